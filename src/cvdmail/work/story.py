"""The story of a case: its ledger told line by line, with the vendor's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cvdmail.core.deliveries import DeliveryRecord
from cvdmail.core.display import visible
from cvdmail.core.drafts import Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import DatePromise, FactKind, Triage
from cvdmail.core.ledger import Event, Value
from cvdmail.core.moved import withdrawn
from cvdmail.core.records import Direction, FactRecord, FactState
from cvdmail.work.show import ShownMessage, WholeCase


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
    EventKind.MAIL_FOUND_IN_SENT: "answer of ours found in Sent",
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
    gone = withdrawn(entry.event for entry in found.events)
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
        elif event.kind is EventKind.FACT_ACCEPTED and _row(event.body.get("fact")) in gone:
            mail = gone[_row(event.body.get("fact"))]
            lines.append(Line(event.at, vendor, f"fact {event.body.get('fact')} believed; mail {mail} has moved since"))
        elif event.kind in _MOVES:
            lines.append(Line(event.at, names.get(event.actor, event.actor), _MOVES[event.kind](event)))
        elif event.kind is EventKind.PROMISE_SLIPPED:
            lines.append(Line(event.at, vendor, f"the promised date SLIPS by {event.body.get('days')} days"))
    return lines


def _moved(event: Event) -> str:
    facts = event.body.get("facts")
    count = len(facts) if isinstance(facts, list | tuple) else 0
    no_longer = f", {count} facts no longer believed here" if count else ""
    where = f"{event.body.get('to')} participant {event.body.get('to_participant')}"
    return f"mail {event.body.get('message')} moved to {where}{no_longer}"


_MOVES: Mapping[EventKind, Callable[[Event], str]] = {
    EventKind.MAIL_MOVED: _moved,
    EventKind.CASE_MERGED: lambda event: f"merged into {event.body.get('into')}",
    EventKind.CASE_UNMERGED: lambda event: f"no longer merged into {event.body.get('from')}",
    EventKind.CASE_SPLIT: lambda event: f"{event.body.get('messages')} mails split off as {event.body.get('into')}",
    EventKind.MAIL_REPROCESSED: lambda event: f"mail {event.body.get('message')} read again",
}


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
