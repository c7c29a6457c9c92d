"""Putting together what a person looks at: the list of cases, one whole case, its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cvdmail.core.candidates import Channel
from cvdmail.core.case import RM
from cvdmail.core.deliveries import DeliveryRecord
from cvdmail.core.drafts import DraftState
from cvdmail.core.history import LinkRecord, VerdictRecord
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import Entry
from cvdmail.core.moved import Unsupported, unsupported
from cvdmail.core.promises import Promise, PromiseKind, is_overdue
from cvdmail.core.records import (
    CaseRecord,
    Direction,
    DraftRecord,
    FactRecord,
    FilingRecord,
    MessageRecord,
    OutboxRecord,
    ParticipantRecord,
    PromiseRecord,
)
from cvdmail.core.statements import Stated, stated
from cvdmail.store.transaction import Transaction
from cvdmail.work.believe import said_at
from cvdmail.work.desk import Desk


@dataclass(frozen=True, slots=True)
class Next:
    """What is to be done next about a participant, and why."""

    action: str
    due: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Person:
    """One participant with where it stands."""

    row: int
    vendor: str
    role: str
    rm: str
    vfd: str
    silent_days: int
    next: Next

    @property
    def next_action(self) -> str:
        """What is next, for a table."""
        return self.next.action + (f" (since {self.next.due})" if self.next.due else "")

    def to_json(self) -> dict[str, object]:
        """Return the machine-readable shape."""
        return {
            "participant": self.row,
            "vendor": self.vendor,
            "role": self.role,
            "rm": self.rm,
            "vfd": self.vfd,
            "silent_days": self.silent_days,
            "next": {"action": self.next.action, "due": self.next.due, "reason": self.next.reason},
        }


@dataclass(frozen=True, slots=True)
class Overview:
    """One line of the list of cases."""

    case: CaseRecord
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One mail of a case with what was read out of it."""

    record: MessageRecord
    reading: dict[str, Any] = field(repr=False)
    filings: list[FilingRecord]
    facts: list[FactRecord]
    ended: list[FilingRecord] = field(default_factory=list)
    earlier: list[VerdictRecord] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class WholeCase:
    """Everything about one case."""

    case: CaseRecord
    participants: tuple[ParticipantRecord, ...]
    people: tuple[Person, ...]
    messages: tuple[ShownMessage, ...]
    facts: tuple[FactRecord, ...]
    promises: tuple[PromiseRecord, ...]
    outbox: tuple[OutboxRecord, ...]
    answers: Mapping[int, str] = field(repr=False)
    events: tuple[Entry, ...]
    deliveries: tuple[DeliveryRecord, ...] = ()
    links: tuple[LinkRecord, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    stated: tuple[Stated, ...] = ()


async def overview(desk: Desk) -> list[Overview]:
    """Return every case that is not closed, oldest first."""
    async with desk.store.read() as tx:
        cases = [one for one in await tx.cases.select() if not one.state.closed]
        by_case: dict[int, list[ParticipantRecord]] = {}
        for one in await tx.cases.participants():
            if one.removed_at is None:
                by_case.setdefault(one.case_row, []).append(one)
        situation = await _situation(tx, [one for people in by_case.values() for one in people], None)
        now = desk.clock.now()
        return [
            Overview(case, tuple(_person(one, situation, now) for one in by_case.get(case.row, ()))) for case in cases
        ]


@dataclass(frozen=True, slots=True)
class _Situation:
    drafts: dict[int, list[DraftRecord]]
    outbox: dict[int, list[OutboxRecord]]
    heard: dict[int, datetime]
    promises: dict[int, PromiseRecord]
    delivered: dict[int, dict[Direction, datetime]]
    by_hand: frozenset[int]  # contacts that are not reached by mail


async def _situation(tx: Transaction, people: Sequence[ParticipantRecord], case_row: int | None) -> _Situation:
    drafts: dict[int, list[DraftRecord]] = {}
    for draft in await tx.drafts.select(case_row=case_row):
        if draft.participant is not None:
            drafts.setdefault(draft.participant, []).append(draft)
    outbox: dict[int, list[OutboxRecord]] = {}
    for mail in await tx.outbox.select(case_row=case_row):
        if mail.participant is not None:
            outbox.setdefault(mail.participant, []).append(mail)
    rows = [one.row for one in people]
    heard: dict[int, datetime] = {}
    promises: dict[int, PromiseRecord] = {}
    delivered: dict[int, dict[Direction, datetime]] = {}
    by_hand: set[int] = set()
    for start in range(0, len(rows), 500):
        heard |= await tx.facts.last_heard(rows[start : start + 500])
        for promise in await tx.facts.promises(rows[start : start + 500], PromiseKind.FIX):
            promises[promise.participant] = promise
        delivered |= await tx.deliveries.last(rows[start : start + 500])
        chosen = {one.contact for one in people[start : start + 500] if one.contact is not None}
        known = await tx.contacts.select(rows=chosen) if chosen else []
        by_hand |= {one.row for one in known if one.channel is not Channel.EMAIL}
    return _Situation(drafts, outbox, heard, promises, delivered, frozenset(by_hand))


def _person(one: ParticipantRecord, situation: _Situation, now: datetime) -> Person:
    sent = [mail.queued_at for mail in situation.outbox.get(one.row, ())]
    told = [*situation.delivered.get(one.row, {}).values(), *sent]
    since = max([one.added_at, *told, *([situation.heard[one.row]] if one.row in situation.heard else [])])
    return Person(
        one.row,
        one.vendor,
        one.role.value,
        one.state.rm.value,
        one.state.vfd.value,
        max(0, (now - since).days),
        _next(one, situation, now),
    )


def _next(one: ParticipantRecord, situation: _Situation, now: datetime) -> Next:
    """Say what a person should do next; the first rule that fits decides."""
    mails = situation.outbox.get(one.row, [])
    stopped = next((mail for mail in mails if mail.stopped), None)
    if stopped is not None:
        return Next("look at the stopped mail", None, stopped.stopped or "")
    if any(mail.state.value in ("unknown", "refused") for mail in mails):
        return Next("look at the delivery", None, "a recipient is refused or unknown")
    drafts = situation.drafts.get(one.row, [])
    if any(draft.state is DraftState.APPROVED for draft in drafts):
        if one.contact in situation.by_hand:
            return Next("hand over", None, "an approved draft waits, and goes by another way than mail")
        return Next("send", None, "an approved draft waits")
    if any(draft.state is DraftState.OPEN for draft in drafts):
        if one.contact is None:
            return Next("find contact", None, "no confirmed contact")
        return Next("review", None, "a draft waits for approval")
    promise = situation.promises.get(one.row)
    if promise is not None:
        civil = Promise(promise.kind, promise.first, promise.last, promise.offset_minutes)
        if is_overdue(civil, now):
            return Next("ask for the fix", promise.last.isoformat(), "the promised day has ended")
        return Next("wait for the fix", promise.last.isoformat(), "promised by the vendor")
    if one.state.rm is RM.START and (mails or Direction.OUTBOUND in situation.delivered.get(one.row, {})):
        return Next("wait for an acknowledgement", None, "nothing believed has come yet")
    return Next("wait", None, "the vendor has the report")


async def whole_case(desk: Desk, case_id: CaseId) -> WholeCase:
    """Return everything about one case; raise ``NotFound``."""
    async with desk.store.read() as tx:
        case = await tx.cases.get(case_id)
        participants = await tx.cases.participants(case.row)
        facts = await tx.facts.select(case_row=case.row)
        situation = await _situation(tx, participants, case.row)
        messages = await _messages(tx, case, facts)
        events = await tx.ledger.entries(str(case_id))
        promises = await tx.facts.promises([one.row for one in participants])
        outbox = await tx.outbox.select(case_row=case.row)
        return WholeCase(
            case,
            tuple(participants),
            tuple(_person(one, situation, desk.clock.now()) for one in participants),
            tuple(messages),
            tuple(facts),
            tuple(promises),
            tuple(outbox),
            await tx.attempts.answers([one.row for one in outbox]),
            tuple(events),
            tuple(await tx.deliveries.select([one.row for one in participants])),
            tuple(await tx.links.of(case.row)),
            tuple(unsupported([entry.event for entry in events], {one.row: one.fact for one in facts})),
            tuple(stated(facts, _said(messages), promises)),
        )


def _said(messages: Sequence[ShownMessage]) -> dict[int, datetime]:
    """Return when each mail was written."""
    return {one.record.row: said_at(one.reading.get("date"), one.record.received_at) for one in messages}


async def _messages(tx: Transaction, case: CaseRecord, facts: Sequence[FactRecord]) -> list[ShownMessage]:
    """Return the mails of a case, oldest first; of an erased one nothing is read, not even what others may read."""
    records = await tx.inbox.select(case_row=case.row)
    rows = [record.row for record in records]
    erased = case.erased_at is not None
    readings = {} if erased else await tx.inbox.readings(rows)
    earlier = {} if erased else await tx.verdicts.of(rows)
    filings = await tx.filings.of(rows, ended=True)
    said: dict[int, list[FactRecord]] = {}
    for fact in facts:
        said.setdefault(fact.message, []).append(fact)
    return [
        ShownMessage(
            record,
            readings.get(record.row, {}),
            [one for one in filings.get(record.row, []) if one.case == case.id and one.ended_at is None],
            said.get(record.row, []),
            [one for one in filings.get(record.row, []) if one.ended_at is not None],
            earlier.get(record.row, []),
        )
        for record in sorted(records, key=lambda one: (one.received_at, one.row))
    ]
