"""Two ranges of days, one promised after the other: what the later does to the earlier.

A range is what a statement allows: *by* a day has no beginning, *not before* a day has no end, and the day that such a
statement names is all it is compared by.  Two ranges that are nested, widened or overlap are told apart by where they
begin and end; what counts for a slip is the last day alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from cvdmail.core.extract.facts import Bound


class Change(Enum):
    """What a statement does to what stood before it."""

    FIRST = "first"  # the first promise with a date
    REAFFIRMED = "reaffirmed"  # the same days again
    REFINED = "refined"  # days inside those promised
    WIDENED = "widened"  # may begin earlier, or its end was left open; the last day did not move
    SLIPPED = "slipped"  # the last day is later
    ADVANCED = "advanced"  # the last day is earlier, and the days are not inside those promised
    UNDATED = "undated"  # promised without a calendar date: it may have moved, nobody can say
    REFUSED = "refused"  # a date is refused, and none that was promised is touched
    KEPT = "kept"  # released or published by the last day promised
    LATE = "late"  # released or published after it
    DONE = "done"  # released or published; whether in time cannot be said, or nothing was promised
    CONTRADICTS = "contradicts"  # it cannot be true together with what stands: to a person
    NOTED = "noted"  # moves nothing: a request, an event of the past, another date of what is done


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change, and its measure in days.

    ``days``: by how much the last day moved (positive: later), or how long after the last promised day it was done
    (positive: late).  None where there is nothing to measure.
    """

    change: Change
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a promise allows; a beginning or end that was left open is the first or last of the calendar."""

    low: date
    high: date

    @property
    def open_low(self) -> bool:
        """Whether only the end was named."""
        return self.low == date.min

    @property
    def open_high(self) -> bool:
        """Whether only the beginning was named."""
        return self.high == date.max

    def __contains__(self, day: date) -> bool:
        return self.low <= day <= self.high


def allowed(first: date, last: date, bound: Bound | None) -> Days:
    """Return the days that a range allows as it binds."""
    if bound is Bound.BY:
        return Days(date.min, last)
    return Days(first, date.max if bound is Bound.NOT_BEFORE else last)


MOVES: Mapping[tuple[int, int], Change] = {
    # (beginning, end): -1 earlier, 0 the same, +1 later than before
    (-1, -1): Change.ADVANCED,
    (-1, 0): Change.WIDENED,
    (-1, +1): Change.SLIPPED,
    (0, -1): Change.REFINED,
    (0, 0): Change.REAFFIRMED,
    (0, +1): Change.SLIPPED,
    (+1, -1): Change.REFINED,
    (+1, 0): Change.REFINED,
    (+1, +1): Change.SLIPPED,
}


def _sign(one: date, other: date) -> int:
    return (one > other) - (one < other)


def compare(before: Days, after: Days) -> Outcome:
    """Say what a later promise does to an earlier one; by how many days, where both ends are known.

    Where both name only their end, or only their beginning, that day alone is compared.  A promise whose end was left
    open slips the earlier one if it begins behind its end: by that many days at least.
    """
    if before.open_high and after.open_high:
        return _one_day(before.low, after.low)
    if before.open_low and after.open_low:
        return _one_day(before.high, after.high)
    if after.open_high:
        beyond = (after.low - before.high).days
        if beyond > 0:
            return Outcome(Change.SLIPPED, beyond)
        return Outcome(Change.REFINED if after.low > before.low else Change.WIDENED, None)
    if before.open_high:
        ahead = (after.high - before.low).days
        return Outcome(Change.ADVANCED, ahead) if ahead < 0 else Outcome(Change.REFINED)
    change = MOVES[_sign(after.low, before.low), _sign(after.high, before.high)]
    return Outcome(change, (after.high - before.high).days)


def _one_day(before: date, after: date) -> Outcome:
    moved = (after - before).days
    change = Change.SLIPPED if moved > 0 else Change.ADVANCED if moved < 0 else Change.REAFFIRMED
    return Outcome(change, moved)
