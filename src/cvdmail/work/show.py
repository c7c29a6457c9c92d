"""Putting together what a person looks at: the list of cases, one whole case, its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cvdmail.core.candidates import Channel
from cvdmail.core.case import RM
from cvdmail.core.deliveries import DeliveryRecord
from cvdmail.core.display import visible
from cvdmail.core.drafts import DraftState, Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import DatePromise, FactKind, Triage
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import Entry, Value
from cvdmail.core.promises import Promise, PromiseKind, is_overdue
from cvdmail.core.records import (
    CaseRecord,
    Direction,
    DraftRecord,
    FactRecord,
    FactState,
    FilingRecord,
    MessageRecord,
    OutboxRecord,
    ParticipantRecord,
    PromiseRecord,
)
from cvdmail.store.transaction import Transaction
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
        records = await tx.inbox.select(case_row=case.row)
        rows = [record.row for record in records]
        readings = await tx.inbox.readings(rows)
        filings = await tx.filings.of(rows)
        facts = await tx.facts.select(case_row=case.row)
        situation = await _situation(tx, participants, case.row)
        messages = tuple(
            ShownMessage(
                record,
                readings.get(record.row, {}),
                [one for one in filings.get(record.row, []) if one.case == case_id],
                [one for one in facts if one.message == record.row],
            )
            for record in sorted(records, key=lambda one: (one.received_at, one.row))
        )
        promises = await tx.facts.promises([one.row for one in participants])
        outbox = await tx.outbox.select(case_row=case.row)
        return WholeCase(
            case,
            tuple(participants),
            tuple(_person(one, situation, desk.clock.now()) for one in participants),
            messages,
            tuple(facts),
            tuple(promises),
            tuple(outbox),
            await tx.attempts.answers([one.row for one in outbox]),
            tuple(await tx.ledger.entries(str(case_id))),
            tuple(await tx.deliveries.select([one.row for one in participants])),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's story."""

    at: datetime
    who: str
    what: str
    quote: str | None = None


_TOLD = {
    EventKind.CASE_OPENED: "case opened",
    EventKind.CASE_IMPORTED: "case opened by an import of old mail",
    EventKind.MAIL_IMPORTED: "mail of ours imported",
    EventKind.CASE_CLOSED: "case closed",
    EventKind.PARTICIPANT_ADDED: "participant added",
    EventKind.PARTICIPANT_REMOVED: "participant removed",
    EventKind.CONTACT_CHOSEN: "contact chosen",
    EventKind.DRAFT_APPROVED: "draft approved, signed",
    EventKind.CLEAR_MAIL_CONFIRMED: "letter in clear confirmed, signed",
    EventKind.CLEAR_PREFERENCE_SET: "wish for mail in clear recorded, signed",
    EventKind.MAIL_QUEUED: "mail queued",
    EventKind.MAIL_FROZEN: "mail signed, encrypted and frozen",
    EventKind.MAIL_SENT: "server took the mail",
    EventKind.MAIL_DEFERRED: "server deferred the mail",
    EventKind.MAIL_REFUSED: "server refused the mail",
    EventKind.MAIL_UNKNOWN: "no answer after the final dot",
    EventKind.DELIVERY_FAILED: "mail bounced",
    EventKind.SENT_COPY_STORED: "copy stored in Sent",
    EventKind.REPORT_RECEIVED: "state: RECEIVED",
    EventKind.REPORT_VALIDATED: "state: VALID",
    EventKind.REPORT_INVALIDATED: "state: INVALID",
    EventKind.REPORT_ACCEPTED: "state: ACCEPTED",
    EventKind.REPORT_DEFERRED: "state: DEFERRED",
    EventKind.REPORT_CLOSED: "state: CLOSED",
    EventKind.FIX_READY: "fix ready",
    EventKind.FIX_DEPLOYED: "fix deployed",
    EventKind.ERASURE_REQUESTED: "erasure requested",
    EventKind.CASE_ERASED: "case erased",
}


# A proposal of one of these kinds would change something if it were believed; the others wait quietly in 'fact list'.
_TELLING = frozenset(
    {
        FactKind.TRIAGE,
        FactKind.FIX_DATE,
        FactKind.PUBLICATION_DATE,
        FactKind.REDIRECT,
        FactKind.ENCRYPTION_STOP_REQUESTED,
        FactKind.ABSENCE,
        FactKind.BOUNCE,
        FactKind.RECEIPT,
    }
)


def story(found: WholeCase, names: Mapping[str, str]) -> list[Line]:
    """Tell a case as lines in the order of its ledger, each believed fact with the vendor's words.

    ``names`` maps fingerprints to the people they belong to.
    """
    vendors = {one.row: one.vendor for one in found.participants}
    messages = {one.record.row: one for one in found.messages}
    facts = {one.row: one for one in found.facts}
    lines: list[Line] = []
    for entry in found.events:
        event = entry.event
        vendor = vendors.get(event.participant or 0, "")
        if event.kind is EventKind.MAIL_FROZEN and not event.body.get("keys"):
            lines.append(Line(event.at, names.get(event.actor, event.actor), "letter in clear frozen"))
        elif event.kind in _TOLD:
            lines.append(Line(event.at, names.get(event.actor, event.actor), _TOLD[event.kind]))
        elif event.kind is EventKind.DRAFT_WRITTEN and event.body.get("again"):
            lines.append(Line(event.at, names.get(event.actor, event.actor), "draft edited, signed"))
        elif event.kind is EventKind.DRAFT_WRITTEN and event.body.get("letter") != Letter.REPORT.value:
            lines.append(Line(event.at, names.get(event.actor, event.actor), _written(event.body)))
        elif event.kind is EventKind.DELIVERY_RECORDED:
            known = next((one for one in found.deliveries if one.row == event.body.get("delivery")), None)
            lines.append(Line(event.at, names.get(event.actor, event.actor), _recorded(event.body, known)))
        elif event.kind is EventKind.MAIL_FILED:
            lines.append(_filed(event.at, vendor, messages.get(_row(event.body.get("message")))))
            waiting = [one for one in found.facts if one.message == _row(event.body.get("message"))]
            lines += [
                Line(event.at, vendor, f"{_words(one)} (fact {one.row}, not believed)", one.fact.quote)
                for one in waiting
                if one.state is FactState.PROPOSED and one.fact.kind in _TELLING
            ]
        elif event.kind is EventKind.FACT_ACCEPTED and _row(event.body.get("fact")) in facts:
            record = facts[_row(event.body.get("fact"))]
            lines.append(Line(event.at, vendor, _words(record), record.fact.quote))
        elif event.kind is EventKind.PROMISE_SLIPPED:
            lines.append(Line(event.at, vendor, f"the promised date SLIPS by {event.body.get('days')} days"))
    return lines


def _written(body: Mapping[str, Value]) -> str:
    letter = str(body.get("letter")).replace("_", " ")
    return f"letter written: {letter}{', in clear' if body.get('clear') else ''}"


def _row(value: object) -> int:
    return value if isinstance(value, int) else 0


def _recorded(body: Mapping[str, Value], known: DeliveryRecord | None) -> str:
    done = "answer" if body.get("direction") == Direction.INBOUND.value else "handed over"
    channel = str(body.get("channel")).replace("_", " ")
    reference = visible(known.reference) if known is not None and known.reference is not None else "(erased)"
    return f"recorded: {done} by {channel}, reference {reference}"


def _filed(at: datetime, vendor: str, message: ShownMessage | None) -> Line:
    if message is None or message.record.direction is Direction.OUTBOUND:
        return Line(at, vendor, "mail filed")
    record = message.record
    kind = (record.kind.value if record.kind else "mail").replace("_", " ")
    return Line(at, vendor, f"{kind} filed, {record.trust.value if record.trust else 'untrusted'}")


def _words(record: FactRecord) -> str:
    value = record.fact.value
    name = record.fact.kind.value.replace("_", " ")
    if isinstance(value, DatePromise):
        if value.first is None:
            return f"{name} {value.status.value}"
        until = "" if value.last in (None, value.first) else f" to {value.last}"
        return f"{name} {value.status.value}: {value.first}{until}"
    if isinstance(value, Triage):
        return f"{name}: {value.verdict.value}"
    if record.fact.kind in (FactKind.TICKET, FactKind.CVE):
        return f"{name} {getattr(value, 'id', '')}"
    if record.fact.kind is FactKind.ACKNOWLEDGEMENT:
        return f"{name} by {value.by.value}" if hasattr(value, "by") else name
    return name
