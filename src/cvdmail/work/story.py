"""The story of a case: its ledger told line by line, with the vendor's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cvdmail.core.deliveries import DeliveryRecord
from cvdmail.core.display import visible
from cvdmail.core.drafts import Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import FactKind
from cvdmail.core.fact_words import in_words
from cvdmail.core.ledger import Event, Value
from cvdmail.core.moved import withdrawn
from cvdmail.core.promised_days import Change
from cvdmail.core.promises import PromiseKind
from cvdmail.core.records import Direction, FactState
from cvdmail.core.statements import Stated
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
    facts = _Facts(found)
    lines: list[Line] = []
    for entry in found.events:
        event = entry.event
        vendor = vendors.get(event.participant or 0, "")
        actor = names.get(event.actor, event.actor)
        if event.kind is EventKind.MAIL_FROZEN and not event.body.get("keys"):
            lines.append(Line(event.at, actor, "letter in clear frozen"))
        elif event.kind in _TOLD:
            lines.append(Line(event.at, actor, _TOLD[event.kind]))
        elif event.kind is EventKind.DRAFT_WRITTEN and event.body.get("again"):
            lines.append(Line(event.at, actor, "draft edited, signed"))
        elif event.kind is EventKind.DRAFT_WRITTEN and event.body.get("letter") != Letter.REPORT.value:
            lines.append(Line(event.at, actor, _written(event.body)))
        elif event.kind is EventKind.DELIVERY_RECORDED:
            known = next((one for one in found.deliveries if one.row == event.body.get("delivery")), None)
            lines.append(Line(event.at, actor, _recorded(event.body, known)))
        elif event.kind is EventKind.MAIL_FILED:
            lines.append(_filed(event.at, vendor, messages.get(_row(event.body.get("message")))))
            lines += facts.proposed(event, vendor)
        elif event.kind is EventKind.FACT_ACCEPTED:
            lines += facts.accepted(event, vendor)
        elif event.kind is EventKind.FACT_CORRECTED:
            lines += facts.corrected(event, vendor, actor)
        elif event.kind in _MOVES:
            lines.append(Line(event.at, actor, _MOVES[event.kind](event)))
        elif event.kind in (EventKind.PROMISE_MADE, EventKind.PROMISE_SLIPPED):
            lines += facts.promised(event, vendor)
    return lines


class _Facts:
    """What the story tells of facts: the words of each, and what a stated date did to what stood before it.

    What a date did is told by the promise ledger as it is now (:mod:`cvdmail.core.statements`); of facts that have left
    the case only what the events say is known.
    """

    def __init__(self, found: WholeCase) -> None:
        self._facts = {one.row: one for one in found.facts}
        self._steps = {one.record.row: one for one in found.stated}
        self._gone = withdrawn(entry.event for entry in found.events)
        self._promised: dict[int, int] = {}

    def proposed(self, event: Event, vendor: str) -> list[Line]:
        """Tell what a mail proposed when it was filed, and what it would do if it were believed."""
        lines: list[Line] = []
        for one in self._facts.values():
            if one.message != _row(event.body.get("message")) or one.participant != event.participant:
                continue
            if one.state is FactState.PROPOSED and one.fact.kind in _TELLING and one.corrects is None:
                step = self._steps.get(one.row)
                does = f"; would be: {step.step.words}" if step is not None and _worth_a_line(step) else ""
                what = f"{in_words(one.fact)} (fact {one.row}, not believed{does})"
                lines.append(Line(event.at, vendor, what, one.fact.quote))
        return lines

    def accepted(self, event: Event, vendor: str) -> list[Line]:
        """Tell that a fact was believed, and what it did."""
        row = _row(event.body.get("fact"))
        if row in self._facts:
            record = self._facts[row]
            since = f" (fact {row}, corrected since by fact {record.corrected_by})" if record.corrected_by else ""
            return [
                Line(event.at, vendor, in_words(record.fact) + since, record.fact.quote),
                *self._did(event, row, vendor),
            ]
        if row in self._gone:
            return [Line(event.at, vendor, f"fact {row} believed; mail {self._gone[row]} has moved since")]
        return []

    def corrected(self, event: Event, vendor: str, actor: str) -> list[Line]:
        """Tell that a person corrected a fact: what was read, and what it is."""
        row, original = _row(event.body.get("fact")), _row(event.body.get("corrects"))
        if row not in self._facts or original not in self._facts:
            return [Line(event.at, actor, f"fact {original} corrected by fact {row}")]
        was, now = self._facts[original].fact, self._facts[row]
        what = f"fact {original} corrected, signed: {in_words(now.fact)} (was read as {in_words(was)})"
        return [Line(event.at, actor, what, now.fact.quote), *self._did(event, row, vendor)]

    def promised(self, event: Event, vendor: str) -> list[Line]:
        """Tell a slip of a promise whose fact is no longer here; the others are told with their facts."""
        promise, fact = _row(event.body.get("promise")), event.body.get("fact")
        if event.kind is EventKind.PROMISE_MADE:
            self._promised[promise] = _row(fact)
            return []
        if self._promised.get(promise) in self._facts:
            return []
        return [Line(event.at, vendor, f"the promised date SLIPS by {event.body.get('days')} days")]

    def _did(self, event: Event, row: int, vendor: str) -> list[Line]:
        one = self._steps.get(row)
        if one is None or not _worth_a_line(one):
            return []
        date = "the promised date" if one.step.statement.kind is PromiseKind.FIX else "the publication date"
        words = one.step.words.replace("slips", "SLIPS")
        told = _DID[one.step.outcome.change].format(date=date, words=words, against=one.step.against)
        return [Line(event.at, vendor, told)]


_DID: Mapping[Change, str] = {
    Change.REAFFIRMED: "{date} is {words}",
    Change.REFINED: "{date} is {words}",
    Change.WIDENED: "{date} is {words}",
    Change.SLIPPED: "{date} {words}",
    Change.ADVANCED: "{date} is {words}",
    Change.UNDATED: "{words}",
    Change.KEPT: "the promise is {words}",
    Change.LATE: "the promise is {words}",
    Change.DONE: "{words}",
    Change.CONTRADICTS: "{words} (fact {against})",
}
"""What a stated date did to what stood before it; the changes that are left out did nothing to it."""


def _worth_a_line(one: Stated) -> bool:
    alone = one.step.outcome.change is Change.DONE and one.step.against is None
    return one.step.outcome.change in _DID and not alone


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
