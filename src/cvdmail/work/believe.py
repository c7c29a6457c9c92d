"""Believing facts: what a vendor said becomes state, promises and tickets, by policy or by a person's word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from cvdmail.core.case import events_of_fact
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import Bound, DatePromise, FactKind, Identifier
from cvdmail.core.ledger import Event, Value
from cvdmail.core.policy import Policy
from cvdmail.core.promised_days import Change
from cvdmail.core.promises import PromiseKind, Stance, Statement, Step, ledger, moment
from cvdmail.core.records import FactRecord, FactState, PromiseRecord
from cvdmail.core.statements import KINDS, of_promise
from cvdmail.core.trust import Trust
from cvdmail.core.who_read import by_opinion
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, Actor, Desk


def believable(policy: Policy, trusted: Trust | None, record: FactRecord) -> bool:
    """Say whether policy lets a fact of a certainly matched mail be believed without asking.

    Never a second opinion's, whatever grades policy names.
    """
    if by_opinion(record.fact):
        return False
    return trusted in policy.believed and record.fact.grade in policy.believed_grades


class Beliefs:
    """Facts that are believed in one transaction; what follows from them is written together by :meth:`write`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._last: dict[tuple[int, PromiseKind], PromiseRecord] = {}
        self._met: set[int] = set()
        self._promises: list[PromiseRecord] = []
        self._tickets: list[tuple[int, str]] = []

    @property
    def learned(self) -> tuple[tuple[int, str], ...]:
        """The ticket numbers learned and not yet written: participant and number."""
        return tuple(self._tickets)

    async def meet(self, participants: Iterable[int]) -> None:
        """Fetch what these participants promised before, in one query."""
        new = sorted(set(participants) - self._met)
        if new:
            self._met |= set(new)
            self._last |= {(one.participant, one.kind): one for one in await self._tx.facts.last_promises(new)}

    async def believe(self, record: FactRecord, said_at: datetime, event: Event) -> None:
        """Enter that a fact is believed, and everything that follows from it.

        ``event`` is the decision (FACT_ACCEPTED), signed when a person made it; ``said_at`` is when the mail was
        written, with the sender's offset.  The fact itself is written as accepted by the caller.
        """
        if record.participant is None:
            raise Refused(f"fact {record.row}", "its mail is not filed to a participant", "file the mail first")
        await self._tx.ledger.append(event)
        await self.follow(record, record.participant, said_at, event)

    async def follow(self, record: FactRecord, participant: int, said_at: datetime, event: Event) -> None:
        """Enter what follows from a decision that is in the ledger already; see :meth:`believe`."""
        await self.meet([participant])
        for kind in events_of_fact(await self._tx.ledger.state(participant), record.fact):
            body: dict[str, Value] = {"fact": record.row}
            await self._tx.ledger.append(Event(event.chain, kind, event.at, event.actor, body, participant))
        if record.fact.kind is FactKind.TICKET and isinstance(record.fact.value, Identifier):
            self._tickets.append((participant, record.fact.value.id))
        if isinstance(record.fact.value, DatePromise) and record.fact.kind in KINDS:
            await self._promise(record, record.fact.value, participant, said_at, event)

    async def _promise(
        self, record: FactRecord, value: DatePromise, participant: int, said_at: datetime, event: Event
    ) -> None:
        kind = KINDS[record.fact.kind]
        statement = Statement(
            kind, value.status, value.first, value.last, value.bound, value.granularity, said_at, record.row
        )
        if statement.stance is not Stance.PROMISES or value.first is None or value.last is None:
            return
        step, before = await self._step(participant, statement)
        slips = before if step.outcome.change is Change.SLIPPED else None
        new = _written(await self._tx.facts.number_promise(), participant, value.first, value.last, statement, slips)
        self._promises.append(new)
        last = self._last.get((participant, kind))
        if last is None or last.made_at <= said_at:
            self._last[participant, kind] = new
        body: dict[str, Value] = {"change": step.outcome.change.value, "fact": record.row, "promise": new.row}
        at = (event.at, event.actor)
        await self._tx.ledger.append(Event(event.chain, EventKind.PROMISE_MADE, *at, body, participant))
        if slips is not None:
            moved: dict[str, Value] = {"days": step.outcome.days, "from": slips.row, "promise": new.row}
            await self._tx.ledger.append(Event(event.chain, EventKind.PROMISE_SLIPPED, *at, moved, participant))

    async def _step(self, participant: int, new: Statement) -> tuple[Step, PromiseRecord | None]:
        """Say what a promise does to the one that stood when it was made.

        The last one is at hand and mostly suffices.  All of them are looked at where a mail is believed after one that
        was written later, or where the last one left its end open.
        """
        last = self._last.get((participant, new.kind))
        known = [] if last is None else [last]
        if last is not None and (last.made_at > new.said_at or last.bound == Bound.NOT_BEFORE.value):
            known = await self._tx.facts.promises([participant], new.kind)
            known += [one for one in self._promises if (one.participant, one.kind) == (participant, new.kind)]
        by_fact = {one.fact: one for one in known if one.fact != new.fact}
        steps = ledger([*(of_promise(one) for one in by_fact.values()), new])
        step = next(one for one in steps if one.statement.fact == new.fact)
        return step, by_fact.get(step.against or 0)

    async def write(self) -> None:
        """Write the promises and ticket numbers, after the facts they rest on."""
        await self._tx.facts.write_promises(self._promises)
        await self._tx.facts.learn_tickets(self._tickets)
        self._promises, self._tickets = [], []


def _written(
    row: int, participant: int, first: date, last: date, made: Statement, slips: PromiseRecord | None
) -> PromiseRecord:
    offset = made.said_at.utcoffset()
    return PromiseRecord(
        row=row,
        participant=participant,
        fact=made.fact,
        kind=made.kind,
        status=made.status.value,
        first=first,
        last=last,
        granularity=made.granularity.value if made.granularity else None,
        bound=made.bound.value if made.bound else None,
        offset_minutes=int(offset.total_seconds() // 60) if offset is not None else None,
        made_at=made.said_at,
        slips=slips.row if slips is not None else None,
    )


async def accept(tx: Transaction, record: FactRecord, said_at: datetime, event: Event) -> None:
    """Write that one proposed fact is believed, and everything that follows; see :meth:`Beliefs.believe`."""
    beliefs = Beliefs(tx)
    await beliefs.believe(record, said_at, event)
    await tx.facts.set_state(record.row, FactState.ACCEPTED)
    await beliefs.write()


async def believe_by_policy(
    desk: Desk, beliefs: Beliefs, chain: str, records: Sequence[FactRecord], trusted: Trust | None, said_at: datetime
) -> list[FactRecord]:
    """Believe what policy allows; return all the facts, those believed as accepted, to be written."""
    after = []
    for record in records:
        if not believable(desk.policy, trusted, record):
            after.append(record)
            continue
        body: dict[str, Value] = {"by": "policy", "fact": record.row, "policy": desk.policy.version}
        event = Event(chain, EventKind.FACT_ACCEPTED, desk.clock.now(), DAEMON, body, record.participant)
        await beliefs.believe(record, said_at, event)
        after.append(replace(record, state=FactState.ACCEPTED))
    return after


async def accept_by_policy(
    tx: Transaction, desk: Desk, chain: str, records: Sequence[FactRecord], trusted: Trust | None, said_at: datetime
) -> list[FactRecord]:
    """Believe what policy allows of proposed facts that are written already; return what was believed."""
    beliefs = Beliefs(tx)
    after = await believe_by_policy(desk, beliefs, chain, records, trusted, said_at)
    believed = [record for record in after if record.state is FactState.ACCEPTED]
    for record in believed:
        await tx.facts.set_state(record.row, FactState.ACCEPTED)
    await beliefs.write()
    return believed


async def decide_fact(desk: Desk, actor: Actor, row: int, believed: bool) -> FactRecord:
    """Let a person accept or reject a proposed fact."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        record = await tx.facts.get(row)
        if record.state is not FactState.PROPOSED:
            raise Refused(f"fact {row}", f"it is {record.state.value} already", "see 'cvdmail fact list'")
        if record.participant is None:
            raise Refused(f"fact {row}", "its mail waits in the holding pen", "cvdmail pen file MESSAGE PARTICIPANT")
        chain = str((await tx.cases.participant(record.participant)).case)
        kind = EventKind.FACT_ACCEPTED if believed else EventKind.FACT_REJECTED
        body: dict[str, Value] = {"by": "person", "fact": row}
        event = await actor.decide(Event(chain, kind, now, str(actor.fingerprint), body, record.participant))
        if believed:
            message = await tx.inbox.get(record.message)
            reading = (await tx.inbox.readings([message.row])).get(message.row, {})
            await accept(tx, record, said_at(reading.get("date"), message.received_at), event)
        else:
            await tx.facts.set_state(row, FactState.REJECTED)
            await tx.ledger.append(event)
        return await tx.facts.get(row)


def said_at(written: object, received_at: datetime) -> datetime:
    """Return when a mail was written: by the date of its reading, if that can be true, else when it was received."""
    try:
        return moment(datetime.fromisoformat(written) if isinstance(written, str) else None, received_at)
    except ValueError:
        return received_at
