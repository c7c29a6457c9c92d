"""The ledger of what a vendor promised: dates that hold, slip, are kept, come late, or contradict what was said.

Theory.  A vendor's statements about one kind of date (the fix, or the publication) are read in the order in which they
were made.  None overwrites another.  Each is compared with what *stands*: the last promise that was believed, or the
release that was.  :data:`OUTCOMES` says for every standing and every sort of statement what that is called;
:mod:`cvdmail.core.promised_days` does so for two ranges of days.  Only believed statements change what stands; a
proposed one is told what it would do, and does nothing.

Whatever cannot be reconciled (planned again after it was released, refused after it was promised, published before the
agreed day) is a contradiction, for a person to look at; and where a date cannot be read, or a release cannot be placed
in time, that is said instead of a verdict.

A promise is a civil date or range with the offset it was meant in, never an instant.  It is overdue when its last day
has ended in the vendor's zone, and where that is unknown, at UTC-12, when it has ended everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum

from cvdmail.core.extract.facts import Bound, FixStatus, Granularity, PublicationStatus
from cvdmail.core.promised_days import Change, Days, Outcome, allowed, compare

LONGEST_ON_THE_WAY = timedelta(days=7)
"""A Date header that lies further back from the receipt is not believed, as with signatures."""


class PromiseKind(Enum):
    """What was promised."""

    FIX = "fix"
    PUBLICATION = "publication"


class Stance(Enum):
    """What sort of statement it is."""

    PROMISES = "promises"
    VAGUE = "vague"
    DONE = "done"
    REFUSES = "refuses"
    ASIDE = "aside"


STANCES: Mapping[FixStatus | PublicationStatus, Stance] = {
    FixStatus.PLANNED: Stance.PROMISES,
    FixStatus.TENTATIVE: Stance.PROMISES,
    FixStatus.RELEASED: Stance.DONE,
    FixStatus.REFUSED: Stance.REFUSES,
    FixStatus.PAST_EVENT: Stance.ASIDE,
    PublicationStatus.PLANNED: Stance.PROMISES,
    PublicationStatus.AGREED: Stance.PROMISES,
    PublicationStatus.PUBLISHED: Stance.DONE,
    PublicationStatus.REFUSED: Stance.REFUSES,
    PublicationStatus.REQUESTED: Stance.ASIDE,
}
"""A promise without a calendar date is VAGUE; what is asked of us, or is long past, is no promise: ASIDE."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a vendor said of a date.

    ``first`` and ``last`` are both None without a calendar date; ``said_at`` has the offset of who wrote; ``fact`` is
    the number of the fact it was read into, and ``believed`` whether that is accepted.
    """

    kind: PromiseKind
    status: FixStatus | PublicationStatus
    first: date | None
    last: date | None
    bound: Bound | None
    granularity: Granularity | None
    said_at: datetime
    fact: int
    believed: bool = True

    @property
    def stance(self) -> Stance:
        """What sort of statement it is."""
        stance = STANCES[self.status]
        return Stance.VAGUE if stance is Stance.PROMISES and self.first is None else stance


@dataclass(frozen=True, slots=True)
class Step:
    """A statement in its place in the ledger: what it does, and the fact of the statement it was compared with."""

    statement: Statement
    outcome: Outcome
    against: int | None = None

    @property
    def words(self) -> str:
        """What it does, for people: ``slips by 75 days``."""
        if self.outcome.change is Change.DONE and self.against is None:
            return "done"
        return told(self.outcome, self.statement.bound is Bound.NOT_BEFORE)


class Standing(Enum):
    """What stands when a statement is made: no promise, a promise, or a release that was believed."""

    NOTHING = "nothing"
    PROMISED = "promised"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class _Stands:
    """What stands: the promised days, the statement they come from, and the one that told of the release."""

    days: Days | None = None
    promise: Statement | None = None
    done: Statement | None = None

    @property
    def standing(self) -> Standing:
        if self.done is not None:
            return Standing.DONE
        return Standing.NOTHING if self.days is None else Standing.PROMISED


def _moves(stands: _Stands, new: Statement) -> Outcome:
    days = _days(new)
    assert stands.days is not None and days is not None
    return compare(stands.days, days)


def _refuses(stands: _Stands, new: Statement) -> Outcome:
    """A refusal takes a promise back unless it names days that do not hold the last one promised."""
    assert stands.days is not None
    refused = _days(new)
    touched = refused is None or (stands.days.low if stands.days.open_high else stands.days.high) in refused
    return Outcome(Change.CONTRADICTS if touched else Change.REFUSED)


def _delivers(stands: _Stands, new: Statement) -> Outcome:
    """Measure a release against the last day promised; it cannot be later than the day on which it was told."""
    assert stands.days is not None
    earliest, latest = _done_on(new)
    embargo = new.kind is PromiseKind.PUBLICATION and not stands.days.open_low
    if embargo and latest < stands.days.low:
        return Outcome(Change.CONTRADICTS, (latest - stands.days.low).days)
    if stands.days.open_high:
        return Outcome(Change.DONE)
    if latest <= stands.days.high:
        return Outcome(Change.KEPT, (latest - stands.days.high).days)
    if earliest > stands.days.high:
        return Outcome(Change.LATE, (earliest - stands.days.high).days)
    return Outcome(Change.DONE)


def _done_again(stands: _Stands, new: Statement) -> Outcome:
    assert stands.done is not None
    known = (stands.done.first, stands.done.last)
    same = new.first is None or known == (None, None) or known == (new.first, new.last)
    return Outcome(Change.REAFFIRMED if same else Change.NOTED)


def _done_on(new: Statement) -> tuple[date, date]:
    """Return the first and last day on which something can have been done."""
    told_on = new.said_at.date()
    if new.first is None or new.last is None:
        return date.min, told_on
    return min(new.first, told_on), min(new.last, told_on)


Rule = Callable[[_Stands, Statement], Outcome]

OUTCOMES: Mapping[tuple[Standing, Stance], Change | Rule] = {
    (Standing.NOTHING, Stance.PROMISES): Change.FIRST,
    (Standing.NOTHING, Stance.VAGUE): Change.UNDATED,
    (Standing.NOTHING, Stance.DONE): Change.DONE,
    (Standing.NOTHING, Stance.REFUSES): Change.REFUSED,
    (Standing.NOTHING, Stance.ASIDE): Change.NOTED,
    (Standing.PROMISED, Stance.PROMISES): _moves,
    (Standing.PROMISED, Stance.VAGUE): Change.UNDATED,
    (Standing.PROMISED, Stance.DONE): _delivers,
    (Standing.PROMISED, Stance.REFUSES): _refuses,
    (Standing.PROMISED, Stance.ASIDE): Change.NOTED,
    (Standing.DONE, Stance.PROMISES): Change.CONTRADICTS,
    (Standing.DONE, Stance.VAGUE): Change.CONTRADICTS,
    (Standing.DONE, Stance.DONE): _done_again,
    (Standing.DONE, Stance.REFUSES): Change.CONTRADICTS,
    (Standing.DONE, Stance.ASIDE): Change.NOTED,
}


def ledger(statements: Iterable[Statement]) -> list[Step]:
    """Return, for the statements of one participant about one kind of date, what each does to what stood before it.

    They are taken in the order in which they were said; those said at once keep the order given.
    """
    stands = _Stands()
    steps: list[Step] = []
    for one in sorted(statements, key=lambda statement: statement.said_at):
        rule = OUTCOMES[stands.standing, one.stance]
        outcome = Outcome(rule) if isinstance(rule, Change) else rule(stands, one)
        steps.append(Step(one, outcome, _against(stands, outcome)))
        if one.believed:
            stands = _after(stands, one, outcome)
    return steps


_ALONE = frozenset({Change.FIRST, Change.UNDATED, Change.REFUSED, Change.NOTED})


def _against(stands: _Stands, outcome: Outcome) -> int | None:
    before = stands.done or stands.promise
    return None if before is None or outcome.change in _ALONE else before.fact


def _after(stands: _Stands, new: Statement, outcome: Outcome) -> _Stands:
    """Return what stands after a believed statement.

    A refusal leaves the promise standing, so that the next one is measured by it; a promise after a release is a
    contradiction once and stands from then on.
    """
    if new.stance is Stance.DONE:
        return stands if stands.done is not None else _Stands(stands.days, stands.promise, new)
    days = _days(new)
    if new.stance is not Stance.PROMISES or days is None:
        return stands
    if stands.days is not None and outcome.change in (Change.REFINED, Change.WIDENED) and days.open_high:
        days = Days(max(days.low, stands.days.low), stands.days.high)  # the end that was promised still holds
    return _Stands(days, new)


def _days(one: Statement) -> Days | None:
    if one.first is None or one.last is None:
        return None
    return allowed(one.first, one.last, one.bound)


def moment(written: datetime | None, received: datetime) -> datetime:
    """Return when something was said: by the mail's Date, unless that lies after the receipt or days before it.

    Who sets the Date could otherwise put a statement behind or before all others.  The offset of who wrote is kept.
    """
    if written is None or written.tzinfo is None:
        return received
    if received - LONGEST_ON_THE_WAY <= written <= received:
        return written
    return received.astimezone(written.tzinfo)


def _many(days: int) -> str:
    return f"{abs(days)} day" if abs(days) == 1 else f"{abs(days)} days"


_WORDS: Mapping[Change, str] = {
    Change.FIRST: "first date",
    Change.REAFFIRMED: "reaffirmed",
    Change.REFINED: "refined",
    Change.WIDENED: "widened, the last day stays",
    Change.UNDATED: "no calendar date: it may have moved",
    Change.REFUSED: "refused",
    Change.DONE: "done; whether in time cannot be said",
    Change.CONTRADICTS: "CONTRADICTS what stood: a person must look",
    Change.NOTED: "noted, moves nothing",
}


def told(outcome: Outcome, at_least: bool = False) -> str:
    """Return an outcome for people; ``at_least`` where the new end was left open."""
    days = outcome.days or 0
    if outcome.change is Change.SLIPPED:
        return f"slips by {'at least ' if at_least else ''}{_many(days)}"
    if outcome.change is Change.ADVANCED:
        return f"advanced by {_many(days)}"
    if outcome.change is Change.LATE:
        return f"late by {_many(days)}"
    if outcome.change is Change.KEPT:
        return f"kept, {_many(days)} early" if days else "kept"
    return _WORDS[outcome.change]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that counts: its first and last day, and the offset from UTC in minutes it was made in, if known."""

    kind: PromiseKind
    first: date
    last: date
    offset_minutes: int | None


def is_overdue(promise: Promise, now: datetime) -> bool:
    """Say whether the last day has ended where it was meant."""
    if promise.last == date.max:
        return False
    minutes = promise.offset_minutes if promise.offset_minutes is not None else -12 * 60
    ends = datetime.combine(promise.last + timedelta(days=1), datetime.min.time(), timezone(timedelta(minutes=minutes)))
    return now >= ends
