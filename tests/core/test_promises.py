"""Dates that hold, slip, or are overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.promises import Change, Promise, PromiseKind, compare, is_overdue, slip_days


def days(first: int, last: int | None = None, offset: int | None = None) -> Promise:
    """Days of July 2026; 32 is the first of August."""
    start = date(2026, 6, 30)
    end = first if last is None else last
    return Promise(PromiseKind.FIX, start + timedelta(days=first), start + timedelta(days=end), offset)


@pytest.mark.parametrize(
    ("earlier", "later", "change", "slip"),
    [
        (days(10), days(10), Change.REPEATED, 0),
        (days(10, offset=60), days(10, offset=None), Change.REPEATED, 0),
        (days(10), days(11), Change.SLIPPED, 1),
        (days(1, 31), days(1, 32), Change.SLIPPED, 1),
        (days(1, 31), days(40), Change.SLIPPED, 9),
        (days(5), days(1, 31), Change.SLIPPED, 26),
        (days(1, 31), days(15), Change.REFINED, -16),
        (days(1, 31), days(31), Change.REFINED, 0),
        (days(1, 31), days(1), Change.REFINED, -30),
        (days(1, 31), days(2, 30), Change.REFINED, -1),
        (days(10), days(9), Change.ADVANCED, -1),
        (days(10, 20), days(1, 15), Change.ADVANCED, -5),
        (days(10, 20), days(1, 5), Change.ADVANCED, -15),
    ],
)
def test_how_one_promise_follows_another(earlier: Promise, later: Promise, change: Change, slip: int) -> None:
    assert compare(earlier, later) is change
    assert slip_days(earlier, later) == slip


def test_the_first_promise_follows_none() -> None:
    assert compare(None, days(1)) is Change.FIRST


@pytest.mark.parametrize(
    ("offset", "last_moment"),
    [
        (0, datetime(2026, 7, 10, 23, 59, 59, tzinfo=UTC)),
        (-12 * 60, datetime(2026, 7, 11, 11, 59, 59, tzinfo=UTC)),
        (None, datetime(2026, 7, 11, 11, 59, 59, tzinfo=UTC)),
        (14 * 60, datetime(2026, 7, 10, 9, 59, 59, tzinfo=UTC)),
        (5 * 60 + 45, datetime(2026, 7, 10, 18, 14, 59, tzinfo=UTC)),
        (-4 * 60, datetime(2026, 7, 11, 3, 59, 59, tzinfo=UTC)),
    ],
)
def test_overdue_when_the_day_has_ended_where_it_was_meant(offset: int | None, last_moment: datetime) -> None:
    promise = days(1, 10, offset)
    assert not is_overdue(promise, last_moment)
    assert is_overdue(promise, last_moment + timedelta(seconds=1))


@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_the_zone_of_the_clock_does_not_matter(hours: int) -> None:
    ended = datetime(2026, 7, 11, 0, 0, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    assert is_overdue(days(10, offset=0), ended)
    assert not is_overdue(days(10, offset=0), ended - timedelta(seconds=1))


def test_the_last_day_of_the_calendar_is_not_overdue() -> None:
    """A vendor may write any year."""
    assert not is_overdue(Promise(PromiseKind.FIX, date.max, date.max, None), datetime(2026, 7, 1, tzinfo=UTC))


@given(first=st.integers(1, 400), length=st.integers(0, 60), other=st.integers(1, 400), other_length=st.integers(0, 60))
def test_slipped_exactly_when_the_last_day_is_later(first: int, length: int, other: int, other_length: int) -> None:
    earlier, later = days(first, first + length), days(other, other + other_length)
    assert (compare(earlier, later) is Change.SLIPPED) == (slip_days(earlier, later) > 0)
    assert slip_days(earlier, later) == -slip_days(later, earlier)
    assert compare(earlier, earlier) is Change.REPEATED
