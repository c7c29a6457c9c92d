"""The ledger of what a vendor promised: dates that hold, slip, or are overdue.

A promise is a civil date or range with the offset it was meant in, never an instant.  A later promise of the same kind
by the same participant *slips* the earlier one when its last day is later.  A promise is overdue when its last day has
ended in the vendor's zone, and where that is unknown, at UTC-12, when it has ended everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum


class PromiseKind(Enum):
    """What was promised."""

    FIX = "fix"
    PUBLICATION = "publication"


class Change(Enum):
    """How a promise relates to the one before it."""

    FIRST = "first"
    REPEATED = "repeated"
    REFINED = "refined"
    SLIPPED = "slipped"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its first and last day, and the offset from UTC in minutes it was made in (None if unknown)."""

    kind: PromiseKind
    first: date
    last: date
    offset_minutes: int | None


def compare(earlier: Promise | None, later: Promise) -> Change:
    """Return what ``later`` does to ``earlier``."""
    if earlier is None:
        return Change.FIRST
    if (earlier.first, earlier.last) == (later.first, later.last):
        return Change.REPEATED
    if later.last > earlier.last:
        return Change.SLIPPED
    if earlier.first <= later.first:
        return Change.REFINED
    return Change.ADVANCED


def slip_days(earlier: Promise, later: Promise) -> int:
    """Return by how many days the last day moved; negative when it moved forward."""
    return (later.last - earlier.last).days


def is_overdue(promise: Promise, now: datetime) -> bool:
    """Say whether the last day has ended where it was meant."""
    if promise.last == date.max:
        return False
    minutes = promise.offset_minutes if promise.offset_minutes is not None else -12 * 60
    ends = datetime.combine(promise.last + timedelta(days=1), datetime.min.time(), timezone(timedelta(minutes=minutes)))
    return now >= ends
