"""Settling: what the judgement of mails writes, for a handful of them in one transaction, in the order they came.

The order matters: what one mail taught (a filing, a ticket, a promise, a signed text) decides about the next.  So each
mail is judged by what is known in its turn, and :class:`~cvdmail.core.clues.Known` takes note of what it taught.  Where
that changes what opening the mail rested on, it is left for another round, and everything behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cvdmail.core.clues import Known
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.mail import Mail
from cvdmail.core.matching import MOVED_ON, Clue, Evidence, NewFiling, match
from cvdmail.core.promises import moment
from cvdmail.core.records import FactRecord, FactState, MessageState, ParticipantRecord, ScopeKind
from cvdmail.store.inbox import Outcome
from cvdmail.store.transaction import Transaction
from cvdmail.work.believe import Beliefs, believe_by_policy
from cvdmail.work.bounces import Bounces, note_bounces
from cvdmail.work.desk import DAEMON, Desk
from cvdmail.work.gather_clues import bounces_of, gather, question
from cvdmail.work.judge import Judged, as_copy, judge, replayed
from cvdmail.work.own_mail import as_sent, case_of_own, is_ours, told
from cvdmail.work.read_ahead import Prepared, basis
from cvdmail.work.similar import learn, note_left

_HELD_EVENTS = {
    MessageState.HELD: EventKind.MAIL_HELD,
    MessageState.UNPARSED: EventKind.MAIL_UNPARSED,
    MessageState.COPY: EventKind.MAIL_COPY,
}


@dataclass(frozen=True, slots=True)
class Settled:
    """A mail after its judgement: its row, where it went, and the facts believed."""

    row: int
    state: MessageState
    believed: tuple[FactRecord, ...] = ()


async def settle(desk: Desk, prepared: Sequence[Prepared]) -> tuple[list[Settled], list[Prepared]]:
    """Settle mails in their order; return what became of them, and those that must be opened anew first."""
    async with desk.store.write() as tx:
        # While these were opened, somebody may have settled one of them, its twin, or one with the same signed text.
        states = await tx.inbox.still_waiting([one.record.row for one in prepared])
        bounces = await bounces_of(tx, list(prepared))
        known = await tx.known.about([question(one, bounces) for one in prepared if one.looked is not None])
        writing = _Writing(desk, tx, known, await tx.sealed.scope(ScopeKind.PEN), desk.clock.now())
        await writing.begin()
        done: list[Settled] = []
        for place, one in enumerate(prepared):
            if states.get(one.record.row) is not MessageState.STORED:
                done.append(Settled(one.record.row, states.get(one.record.row, MessageState.STORED)))
                continue
            settled = await writing.settle(one, bounces.get(one.record.row, []))
            if settled is None:
                await writing.end()
                return done, list(prepared[place:])
            done.append(settled)
            if writing.outdated:
                await writing.end()
                return done, list(prepared[place + 1 :])
        await writing.end()
    return done, []


@dataclass(slots=True)
class _Writing:
    """One transaction in which mails are settled; what it writes is gathered and written at the end."""

    desk: Desk
    tx: Transaction
    known: Known
    pen: int
    now: datetime
    outcomes: list[tuple[int, Outcome, int]] = field(default_factory=list)
    filings: list[NewFiling] = field(default_factory=list)
    guesses: dict[int, Sequence[Clue]] = field(default_factory=dict)
    facts: list[tuple[FactRecord, int]] = field(default_factory=list)
    ours: list[int] = field(default_factory=list)
    outdated: bool = False
    returned: set[tuple[int, Address]] = field(default_factory=set)
    kept_with: dict[int, int] = field(default_factory=dict)
    beliefs: Beliefs = field(init=False)

    async def begin(self) -> None:
        """Fetch what every mail's writing starts from."""
        self.beliefs = Beliefs(self.tx)
        parties = self.known.participants
        await self.beliefs.meet(parties)
        chains = {MAIN, *(str(one.case) for one in parties.values())}
        await self.tx.ledger.meet(chains, {row: one.state for row, one in parties.items()})

    async def settle(self, one: Prepared, bounces: Bounces) -> Settled | None:
        """Judge one mail in its turn and note what is to be written; None if it must be opened anew."""
        if one.looked is not None:
            twin = self.known.twin(one.record.row, one.looked.mail.message_id, one.looked.body_sha256)
            if twin is not None:
                self.kept_with[one.record.row] = twin
                return await self._hold(one, as_copy(one))
            if one.copied or basis(self.known, one.looked) != one.basis:
                return None
        if one.in_sent and one.looked is not None and is_ours(self.desk.config, one.looked.sender.address):
            participant = await case_of_own(self.desk, self.tx, one)
            if participant is not None:
                return await self._take_over(one, participant)
        clues = await gather(self.desk, self.tx, self.known, one, bounces)
        judged = judge(self.desk, self.known, one, match(clues))
        if one.signed_sha256 is not None:
            if self.known.signed.get(one.signed_sha256, set()) - {one.record.row}:
                judged = replayed(judged)
            self.known.signed.setdefault(one.signed_sha256, set()).add(one.record.row)
        if judged.outcome.state is not MessageState.FILED or judged.match.certain is None:
            return await self._hold(one, judged)
        return await self._file(one, judged, judged.match.certain, bounces)

    async def _hold(self, one: Prepared, judged: Judged) -> Settled:
        row, outcome = one.record.row, judged.outcome
        self.outcomes.append((row, outcome, self.pen))
        found = judged.reading.extraction.facts if judged.reading is not None else ()
        self.facts += [(record, self.pen) for record in await self.tx.facts.number(row, None, found)]
        if judged.match.clues:
            self.guesses[row] = judged.match.clues
        if one.looked is not None and outcome.state is MessageState.HELD:
            await self._note_left(one.looked.mail, judged.match.clues)
        body: dict[str, Value] = {"message": row, "sha256": one.record.sha256, "why": outcome.why}
        await self.tx.ledger.append(Event(MAIN, _HELD_EVENTS[outcome.state], self.now, DAEMON, body))
        return Settled(row, outcome.state)

    async def _file(self, one: Prepared, judged: Judged, certain: Clue, bounces: Bounces) -> Settled:
        row, outcome, chain = one.record.row, judged.outcome, str(certain.case)
        scope = self.known.scopes[certain.participant]
        self.outcomes.append((row, outcome, scope))
        self.filings.append(NewFiling(row, certain.participant, scope, True, certain.evidence))
        body: dict[str, Value] = {
            "evidence": certain.evidence.value,
            "message": row,
            "sha256": one.record.sha256,
            "signature": outcome.signature.value if outcome.signature else None,
            "trust": outcome.trust.value if outcome.trust else None,
        }
        filed = Event(chain, EventKind.MAIL_FILED, self.now, DAEMON, body, certain.participant)
        await self.tx.ledger.append(filed)
        self.known.note_filed(row, outcome.message_id, outcome.body_sha256, certain.participant)
        new = [one for one in bounces if (one[0].row, one[1]) not in self.returned]
        self.returned |= {(mail.row, address) for mail, address, permanent in new if permanent}
        await note_bounces(self.desk, self.tx, new)
        reading = judged.reading
        if one.looked is not None:
            await learn(self.desk, self.tx, certain.participant, one.looked.mail, reading, one.looked.sender)
        records = await self.tx.facts.number(row, certain.participant, reading.extraction.facts if reading else ())
        if judged.decision.facts_believable:
            when = moment(reading.date if reading is not None else None, one.record.received_at)
            trusted = outcome.trust
            records = await believe_by_policy(self.desk, self.beliefs, chain, records, trusted, when)
            for participant, number in self.beliefs.learned:
                self.known.note_ticket(participant, number)
        self.facts += [(record, scope) for record in records]
        believed = tuple(record for record in records if record.state is FactState.ACCEPTED)
        return Settled(row, outcome.state, believed)

    async def _take_over(self, one: Prepared, participant: ParticipantRecord) -> Settled:
        row, scope = one.record.row, await self.tx.cases.scope(participant.case_row)
        outcome = as_sent(one)
        self.outcomes.append((row, outcome, scope))
        self.filings.append(NewFiling(row, participant.row, scope, True, Evidence.MESSAGE_ID))
        self.ours.append(row)
        await self.tx.ledger.append(told(one, participant, self.now))
        noted = self.known.note_sent(row, outcome.message_id, outcome.body_sha256, participant.row)
        self.outdated = self.outdated or not noted
        assert one.looked is not None
        await learn(self.desk, self.tx, participant.row, one.looked.mail, one.reading, one.looked.sender)
        return Settled(row, MessageState.OUTBOUND)

    async def _note_left(self, mail: Mail, clues: Sequence[Clue]) -> None:
        await note_left(self.tx, mail, clues)
        if mail.message_id is not None and any(clue.why == MOVED_ON for clue in clues):
            self.known.left.add(mail.message_id)

    async def end(self) -> None:
        """Write everything that was noted."""
        if not self.outcomes:
            return
        await self.tx.inbox.settle_all(self.outcomes)
        await self.tx.filings.file_all(self.filings, DAEMON, self.now)
        await self.tx.sent.take_over(self.ours)
        await self.tx.filings.note_guesses(self.guesses)
        await self.tx.facts.write_all(self.facts)
        await self.beliefs.write()
        await self._keep_copies()

    async def _keep_copies(self) -> None:
        """Seal copies under the keys of the cases that their twins are filed to: erasing a case takes them along."""
        for row, twin in self.kept_with.items():
            await self.tx.filings.keep_with(row, twin)
