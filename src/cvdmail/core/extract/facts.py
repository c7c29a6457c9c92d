"""What one message can say: the kinds of facts, their values, and their machine-readable shape.

A fact is never bare: it carries the words it was read from, where they stand, the rule that read them and a grade.
``to_json`` and ``from_json`` are inverse to each other; the keys are those of the ``extract`` command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from cvdmail.errors import Refused


class FactKind(Enum):
    """What a message does with a sentence."""

    ACKNOWLEDGEMENT = "acknowledgement"
    RECEIPT = "receipt"
    TRIAGE = "triage"
    FIX_DATE = "fix_date"
    PUBLICATION_DATE = "publication_date"
    FIXED_VERSION = "fixed_version"
    CVE = "cve"
    TICKET = "ticket"
    REDIRECT = "redirect"
    KEY_OFFERED = "key_offered"
    ENCRYPTION_STOP_REQUESTED = "encryption_stop_requested"
    CREDIT = "credit"
    ABSENCE = "absence"
    BOUNCE = "bounce"


class Grade(Enum):
    """How sure a rule is of its reading.  Only an explicit, single, unhedged claim is ``SURE``."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


_GRADES = (Grade.SURE, Grade.LIKELY, Grade.UNSURE)


def weaker(one: Grade, other: Grade) -> Grade:
    """Return the less sure of two grades."""
    return max(one, other, key=_GRADES.index)


class Where(Enum):
    """Where the quoted words stand: the reply's own new text, a header, the subject, or another MIME part."""

    TEXT = "text"
    SUBJECT = "subject"
    HEADER = "header"
    PART = "part"


class By(Enum):
    """Who confirmed that our report arrived."""

    PERSON = "person"
    TRACKER = "tracker"


class Verdict(Enum):
    """The vendor's triage verdict."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    NEEDS_INFO = "needs_info"
    DEFERRED = "deferred"


class FixStatus(Enum):
    """What is said of a fix date."""

    PLANNED = "planned"
    TENTATIVE = "tentative"
    RELEASED = "released"
    REFUSED = "refused"
    PAST_EVENT = "past_event"


class PublicationStatus(Enum):
    """What is said of a publication date."""

    REQUESTED = "requested"
    AGREED = "agreed"
    PLANNED = "planned"
    PUBLISHED = "published"
    REFUSED = "refused"


class Bound(Enum):
    """How the range binds: some day in it, the deadline at its end, or its beginning as the earliest day."""

    ON = "on"
    BY = "by"
    NOT_BEFORE = "not_before"


class Granularity(Enum):
    """The unit in which a date was spoken; a ``third`` is the early, middle or late part of a month."""

    DAY = "day"
    WEEK = "week"
    THIRD = "third"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Nothing:
    """The value of a fact that is wholly said by its kind and quote (receipt, credit, encryption stop)."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Our report arrived, says a person or the number of a tracker."""

    by: By


@dataclass(frozen=True, slots=True)
class Triage:
    """The vendor's verdict on the report."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class DatePromise:
    """A civil date range with its status; ``first`` and ``last`` are both None when no calendar date may be made.

    ``readings`` are the ranges between which nothing decides (``03/04``): then there is no ``first``.
    """

    status: FixStatus | PublicationStatus
    first: date | None
    last: date | None
    bound: Bound | None
    granularity: Granularity | None
    phrase: str
    readings: tuple[tuple[date, date], ...] = ()

    def __post_init__(self) -> None:
        if (self.first is None) != (self.last is None):
            raise ValueError("a date range has both ends or none")
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError("a date range ends before it begins")


@dataclass(frozen=True, slots=True)
class FixedVersion:
    """A version that holds, or will hold, the fix; written without a leading ``v``."""

    version: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """A CVE id or the vendor's ticket number."""

    id: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the vendor wants reports or this conversation to go: an https URL or a mail address."""

    to: str


@dataclass(frozen=True, slots=True)
class KeyOffered:
    """An OpenPGP key is attached or named; the fingerprint, upper-case hex, if the words give one."""

    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away until the stated day (which may be the day of return), or for an unknown time."""

    until: date | None


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery failure of one recipient (RFC 3464); ``status`` is an enhanced status code (RFC 3463)."""

    permanent: bool
    recipient: str | None
    status: str | None
    original_message_id: str | None


Value = (
    Nothing | Acknowledgement | Triage | DatePromise | FixedVersion | Identifier | Redirect | KeyOffered
    | Absence | Bounce
)  # fmt: skip

_VALUE_OF: Mapping[FactKind, type] = {
    FactKind.ACKNOWLEDGEMENT: Acknowledgement,
    FactKind.RECEIPT: Nothing,
    FactKind.TRIAGE: Triage,
    FactKind.FIX_DATE: DatePromise,
    FactKind.PUBLICATION_DATE: DatePromise,
    FactKind.FIXED_VERSION: FixedVersion,
    FactKind.CVE: Identifier,
    FactKind.TICKET: Identifier,
    FactKind.REDIRECT: Redirect,
    FactKind.KEY_OFFERED: KeyOffered,
    FactKind.ENCRYPTION_STOP_REQUESTED: Nothing,
    FactKind.CREDIT: Nothing,
    FactKind.ABSENCE: Absence,
    FactKind.BOUNCE: Bounce,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a message says, with its words.

    For ``where`` TEXT, ``quote`` equals ``text[start:end]`` of the extraction, in Unicode code points; elsewhere
    ``start`` and ``end`` are None.  Raises ``ValueError`` for a value that does not belong to the kind.
    """

    kind: FactKind
    quote: str
    where: Where
    start: int | None
    end: int | None
    grade: Grade
    rule: str
    value: Value = field(default_factory=Nothing)

    def __post_init__(self) -> None:
        if type(self.value) is not _VALUE_OF[self.kind]:
            raise ValueError(f"a {self.kind.value} does not hold a {type(self.value).__name__}")
        if isinstance(self.value, DatePromise):
            wanted = FixStatus if self.kind is FactKind.FIX_DATE else PublicationStatus
            if type(self.value.status) is not wanted:
                raise ValueError(f"a {self.kind.value} does not have the status {self.value.status}")
        if (self.where is Where.TEXT) != (self.start is not None and self.end is not None):
            raise ValueError("only words in the text have a range, and all of them do")
        if self.start is not None and self.end is not None and not 0 <= self.start <= self.end:
            raise ValueError("a range must not end before it begins")


def to_json(fact: Fact) -> dict[str, object]:
    """Return the fact as the JSON object of the ``extract`` command; dates as ISO 8601."""
    head: dict[str, object] = {"kind": fact.kind.value}
    tail: dict[str, object] = {
        "quote": fact.quote,
        "in": fact.where.value,
        "start": fact.start,
        "end": fact.end,
        "grade": fact.grade.value,
        "rule": fact.rule,
    }
    return head | _value_json(fact.value) | tail


def _value_json(value: Value) -> dict[str, object]:
    match value:
        case Nothing():
            return {}
        case DatePromise():
            return {
                "status": value.status.value,
                "first": value.first.isoformat() if value.first else None,
                "last": value.last.isoformat() if value.last else None,
                "bound": value.bound.value if value.bound else None,
                "granularity": value.granularity.value if value.granularity else None,
                "phrase": value.phrase,
            } | _readings_json(value)
        case Acknowledgement():
            return {"by": value.by.value}
        case Triage():
            return {"verdict": value.verdict.value}
        case Absence():
            return {"until": value.until.isoformat() if value.until else None}
        case FixedVersion():
            return {"version": value.version}
        case Identifier():
            return {"id": value.id}
        case Redirect():
            return {"to": value.to}
        case KeyOffered():
            return {"fingerprint": value.fingerprint}
        case Bounce():
            return {
                "permanent": value.permanent,
                "recipient": value.recipient,
                "status": value.status,
                "original_message_id": value.original_message_id,
            }


def _readings_json(value: DatePromise) -> dict[str, object]:
    readings = [[first.isoformat(), last.isoformat()] for first, last in value.readings]
    return {"readings": readings} if readings else {}


def from_json(data: Mapping[str, object]) -> Fact:
    """Read what :func:`to_json` wrote; raise ``Refused`` for any other shape."""
    try:
        kind = FactKind(data["kind"])
        return Fact(
            kind=kind,
            quote=_text(data, "quote"),
            where=Where(data["in"]),
            start=_number(data, "start"),
            end=_number(data, "end"),
            grade=Grade(data["grade"]),
            rule=_text(data, "rule"),
            value=_value(kind, data),
        )
    except (KeyError, ValueError, TypeError):
        raise Refused("stored fact", "it does not have the shape of a fact", "run reprocess on its message") from None


def _value(kind: FactKind, data: Mapping[str, object]) -> Value:
    match kind:
        case FactKind.RECEIPT | FactKind.ENCRYPTION_STOP_REQUESTED | FactKind.CREDIT:
            return Nothing()
        case FactKind.ACKNOWLEDGEMENT:
            return Acknowledgement(By(data["by"]))
        case FactKind.TRIAGE:
            return Triage(Verdict(data["verdict"]))
        case FactKind.FIX_DATE:
            return _promise(FixStatus(data["status"]), data)
        case FactKind.PUBLICATION_DATE:
            return _promise(PublicationStatus(data["status"]), data)
        case FactKind.FIXED_VERSION:
            return FixedVersion(_text(data, "version"))
        case FactKind.CVE | FactKind.TICKET:
            return Identifier(_text(data, "id"))
        case FactKind.REDIRECT:
            return Redirect(_text(data, "to"))
        case FactKind.KEY_OFFERED:
            return KeyOffered(_maybe_text(data, "fingerprint"))
        case FactKind.ABSENCE:
            return Absence(_day(data, "until"))
        case FactKind.BOUNCE:
            permanent = data["permanent"]
            if not isinstance(permanent, bool):
                raise TypeError
            names = ("recipient", "status", "original_message_id")
            recipient, status, original = (_maybe_text(data, name) for name in names)
            return Bounce(permanent, recipient, status, original)


def _promise(status: FixStatus | PublicationStatus, data: Mapping[str, object]) -> DatePromise:
    return DatePromise(
        status,
        _day(data, "first"),
        _day(data, "last"),
        None if data["bound"] is None else Bound(data["bound"]),
        None if data["granularity"] is None else Granularity(data["granularity"]),
        _text(data, "phrase"),
        _readings(data.get("readings", ())),
    )


def _readings(data: object) -> tuple[tuple[date, date], ...]:
    pairs = data if isinstance(data, (list, tuple)) else ()
    return tuple((date.fromisoformat(str(first)), date.fromisoformat(str(last))) for first, last in pairs)


def _text(data: Mapping[str, object], key: str) -> str:
    found = data[key]
    if not isinstance(found, str):
        raise TypeError
    return found


def _maybe_text(data: Mapping[str, object], key: str) -> str | None:
    return None if data[key] is None else _text(data, key)


def _number(data: Mapping[str, object], key: str) -> int | None:
    found = data[key]
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool):
        raise TypeError
    return found


def _day(data: Mapping[str, object], key: str) -> date | None:
    found = _maybe_text(data, key)
    return None if found is None else date.fromisoformat(found)
