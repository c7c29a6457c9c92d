"""Believing facts: what a vendor said becomes state, promises and tickets, by policy or by a person's word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cvdmail.core.case import events_of_fact
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import DatePromise, FactKind, FixStatus, Identifier, PublicationStatus
from cvdmail.core.ledger import Event, Value
from cvdmail.core.policy import Policy
from cvdmail.core.promises import Change, Promise, PromiseKind, compare, slip_days
from cvdmail.core.records import FactRecord, FactState
from cvdmail.core.trust import Trust
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk

_KINDS = {FactKind.FIX_DATE: PromiseKind.FIX, FactKind.PUBLICATION_DATE: PromiseKind.PUBLICATION}
_PROMISING = {FixStatus.PLANNED, FixStatus.TENTATIVE, PublicationStatus.PLANNED, PublicationStatus.AGREED}


def believable(policy: Policy, trusted: Trust | None, record: FactRecord) -> bool:
    """Say whether policy lets a fact of a certainly matched mail be believed without asking."""
    return trusted in policy.believed and record.fact.grade in policy.believed_grades


async def accept(tx: Transaction, record: FactRecord, said_at: datetime, event: Event) -> None:
    """Write that a fact is believed, and everything that follows from it.

    ``event`` is the decision (FACT_ACCEPTED), signed when a person made it; ``said_at`` is when the mail was written,
    with the sender's offset.
    """
    participant = record.participant
    if participant is None:
        raise Refused(f"fact {record.row}", "its mail is not filed to a participant", "file the mail first")
    await tx.facts.set_state(record.row, FactState.ACCEPTED)
    await tx.ledger.append(event)
    state = (await tx.cases.participant(participant)).state
    for kind in events_of_fact(state, record.fact):
        body: dict[str, Value] = {"fact": record.row}
        await tx.ledger.append(Event(event.chain, kind, event.at, event.actor, body, participant))
    if record.fact.kind is FactKind.TICKET and isinstance(record.fact.value, Identifier):
        await tx.facts.learn_ticket(participant, record.fact.value.id)
    if isinstance(record.fact.value, DatePromise) and record.fact.kind in _KINDS:
        await _promise(tx, record, record.fact.value, participant, said_at, event)


async def _promise(
    tx: Transaction, record: FactRecord, value: DatePromise, participant: int, said_at: datetime, event: Event
) -> None:
    if value.status not in _PROMISING or value.first is None or value.last is None:
        return
    kind = _KINDS[record.fact.kind]
    offset = said_at.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else None
    made = Promise(kind, value.first, value.last, minutes)
    earlier = await tx.facts.promises([participant], kind)
    last = earlier[-1] if earlier else None
    before = Promise(kind, last.first, last.last, last.offset_minutes) if last is not None else None
    change = compare(before, made)
    slips = last.row if last is not None and change is Change.SLIPPED else None
    row = await tx.facts.promise(record, kind, value, minutes, said_at, slips)
    body: dict[str, Value] = {"change": change.value, "fact": record.row, "promise": row}
    await tx.ledger.append(Event(event.chain, EventKind.PROMISE_MADE, event.at, event.actor, body, participant))
    if before is not None and last is not None and change is Change.SLIPPED:
        moved: dict[str, Value] = {"days": slip_days(before, made), "from": last.row, "promise": row}
        await tx.ledger.append(Event(event.chain, EventKind.PROMISE_SLIPPED, event.at, event.actor, moved, participant))


async def accept_by_policy(
    tx: Transaction, desk: Desk, chain: str, records: Sequence[FactRecord], trusted: Trust | None, said_at: datetime
) -> list[FactRecord]:
    """Believe what policy allows; return what was believed."""
    believed = [record for record in records if believable(desk.policy, trusted, record)]
    for record in believed:
        body: dict[str, Value] = {"by": "policy", "fact": record.row, "policy": desk.policy.version}
        event = Event(chain, EventKind.FACT_ACCEPTED, desk.clock.now(), "daemon", body, record.participant)
        await accept(tx, record, said_at, event)
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


def said_at(date: object, received_at: datetime) -> datetime:
    """Return when a mail was written, by its Date with its offset, else when it was received."""
    try:
        return datetime.fromisoformat(date) if isinstance(date, str) else received_at
    except ValueError:
        return received_at
