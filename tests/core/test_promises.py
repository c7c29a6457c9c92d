"""Dates that hold, slip, are kept or late, and those that cannot be true together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.extract.facts import Bound, FixStatus, PublicationStatus
from cvdmail.core.promised_days import MOVES, Change, Days, Outcome, allowed, compare
from cvdmail.core.promises import (
    OUTCOMES,
    STANCES,
    Promise,
    PromiseKind,
    Stance,
    Standing,
    Statement,
    Step,
    is_overdue,
    ledger,
    moment,
    told,
)

F, P, C = FixStatus, PublicationStatus, Change
BEFORE_JULY = date(2026, 6, 30)
ON, BY, FROM = Bound.ON, Bound.BY, Bound.NOT_BEFORE


def july(day: int) -> date:
    """A day counted from July 2026; 32 is the first of August."""
    return BEFORE_JULY + timedelta(days=day)


def days(first: int, last: int | None = None, bound: Bound = ON) -> Days:
    return allowed(july(first), july(first if last is None else last), bound)


@pytest.mark.parametrize(
    ("earlier", "later", "change", "moved"),
    [
        (days(10), days(10), C.REAFFIRMED, 0),
        (days(10), days(11), C.SLIPPED, 1),
        (days(1, 31), days(1, 32), C.SLIPPED, 1),
        (days(1, 31), days(40), C.SLIPPED, 9),
        (days(5), days(1, 31), C.SLIPPED, 26),
        (days(1, 20), days(10, 30), C.SLIPPED, 10),
        (days(1, 31), days(15), C.REFINED, -16),
        (days(1, 31), days(31), C.REFINED, 0),
        (days(1, 31), days(1), C.REFINED, -30),
        (days(1, 31), days(2, 30), C.REFINED, -1),
        (days(10), days(9), C.ADVANCED, -1),
        (days(10, 20), days(1, 15), C.ADVANCED, -5),
        (days(10, 20), days(1, 5), C.ADVANCED, -15),
        (days(10, 20), days(1, 20), C.WIDENED, 0),
        # by a day: whatever it seems to begin with, its end is what was promised
        (days(1, 31, BY), days(20, 31, BY), C.REAFFIRMED, 0),
        (days(1, 31, BY), days(1, 20, BY), C.ADVANCED, -11),
        (days(1, 31, BY), days(1, 41, BY), C.SLIPPED, 10),
        (days(1, 31, BY), days(20, 31), C.REFINED, 0),
        (days(1, 31), days(5, 31, BY), C.WIDENED, 0),
        # not before a day: the end is open
        (days(10, 10, FROM), days(10, 10, FROM), C.REAFFIRMED, 0),
        (days(10, 10, FROM), days(25, 25, FROM), C.SLIPPED, 15),
        (days(10, 10, FROM), days(5, 5, FROM), C.ADVANCED, -5),
        (days(1, 31), days(45, 45, FROM), C.SLIPPED, 14),
        (days(1, 31), days(15, 15, FROM), C.REFINED, None),
        (days(10), days(10, 10, FROM), C.WIDENED, None),
        (days(10, 10, FROM), days(40), C.REFINED, None),
        (days(10, 10, FROM), days(1, 40, BY), C.REFINED, None),
        (days(10, 10, FROM), days(4, 6), C.ADVANCED, -4),
    ],
)
def test_how_one_promise_follows_another(earlier: Days, later: Days, change: Change, moved: int | None) -> None:
    assert compare(earlier, later) == Outcome(change, moved)


def test_the_example_of_the_manual() -> None:
    """ "15 January", then "end of the first quarter": slip one, by 75 days."""
    first = Days(date(2026, 1, 15), date(2026, 1, 15))
    assert told(compare(first, Days(date(2026, 3, 1), date(2026, 3, 31)))) == "slips by 75 days"


ranges = st.builds(lambda first, length: days(first, first + length), st.integers(1, 300), st.integers(0, 60))
bound_ranges = st.builds(
    lambda first, length, bound: days(first, first + length, bound),
    st.integers(1, 300),
    st.integers(0, 60),
    st.sampled_from(Bound),
)


@given(ranges, ranges)
def test_slipped_exactly_when_the_last_day_is_later(earlier: Days, later: Days) -> None:
    moved = (later.high - earlier.high).days
    found = compare(earlier, later)
    assert found.days == moved
    assert (found.change is C.SLIPPED) == (moved > 0)
    assert (found.change is C.REAFFIRMED) == (earlier == later)
    inside = later.low >= earlier.low and later.high <= earlier.high and earlier != later
    assert (found.change is C.REFINED) == inside


@given(bound_ranges, bound_ranges)
def test_one_day_for_two_ranges_never_hides_a_later_end(earlier: Days, later: Days) -> None:
    """Whatever the bounds: a day named behind every day allowed before is a slip, and nothing else slips."""
    found = compare(earlier, later)
    assert compare(earlier, earlier) == Outcome(C.REAFFIRMED, 0)
    if not earlier.open_high and not later.open_high:
        assert (found.change is C.SLIPPED) == (later.high > earlier.high)
    if later.low > earlier.high:
        assert found.change is C.SLIPPED
        assert found.days is not None
        assert found.days > 0
    if found.change is C.SLIPPED:
        assert compare(later, earlier).change is not C.SLIPPED


def test_the_tables_are_whole() -> None:
    assert set(MOVES) == {(one, other) for one in (-1, 0, 1) for other in (-1, 0, 1)}
    assert set(OUTCOMES) == {(standing, stance) for standing in Standing for stance in Stance}
    assert set(STANCES) == {*FixStatus, *PublicationStatus}


# --- statements in a row ----------------------------------------------------------------------------------------------

SAID = datetime(2026, 6, 1, 10, tzinfo=UTC)


def say(
    number: int,
    status: FixStatus | PublicationStatus,
    first: int | None = None,
    last: int | None = None,
    bound: Bound | None = ON,
    believed: bool = True,
    on: int | None = None,
) -> Statement:
    """The ``number``-th statement, said in that order in June, or on a day of July."""
    kind = PromiseKind.FIX if isinstance(status, FixStatus) else PromiseKind.PUBLICATION
    begins = july(first) if first is not None else None
    ends = july(last if last is not None else first) if first is not None else None
    at = SAID + timedelta(minutes=number)
    if on is not None:
        at = datetime.combine(july(on), at.time(), UTC)
    return Statement(kind, status, begins, ends, bound if first is not None else None, None, at, number, believed)


def changes(*statements: Statement) -> list[tuple[Change, int | None, int | None]]:
    return [(step.outcome.change, step.outcome.days, step.against) for step in ledger(statements)]


ROWS: dict[str, tuple[Sequence[Statement], Sequence[tuple[Change, int | None, int | None]]]] = {
    "promised, slipped, reaffirmed, kept": (
        (say(1, F.PLANNED, 10), say(2, F.TENTATIVE, 20), say(3, F.PLANNED, 20), say(4, F.RELEASED, 20, on=21)),
        ((C.FIRST, None, None), (C.SLIPPED, 10, 1), (C.REAFFIRMED, 0, 2), (C.KEPT, 0, 3)),
    ),
    "released early": (
        (say(1, F.PLANNED, 1, 31), say(2, F.RELEASED, 12, on=15)),
        ((C.FIRST, None, None), (C.KEPT, -19, 1)),
    ),
    "late by its own day": (
        (say(1, F.PLANNED, 10), say(2, F.RELEASED, 13, on=20)),
        ((C.FIRST, None, None), (C.LATE, 3, 1)),
    ),
    "released without a day, told in time": (
        (say(1, F.PLANNED, 10), say(2, F.RELEASED, on=8)),
        ((C.FIRST, None, None), (C.KEPT, -2, 1)),
    ),
    "released without a day, told afterwards: nobody can say": (
        (say(1, F.PLANNED, 10), say(2, F.RELEASED, on=12)),
        ((C.FIRST, None, None), (C.DONE, None, 1)),
    ),
    "released some day of a month that holds the promised one: nobody can say": (
        (say(1, F.PLANNED, 10), say(2, F.RELEASED, 1, 31, on=25)),
        ((C.FIRST, None, None), (C.DONE, None, 1)),
    ),
    "released where only a beginning was promised": (
        (say(1, F.PLANNED, 10, bound=FROM), say(2, F.RELEASED, 20, on=21)),
        ((C.FIRST, None, None), (C.DONE, None, 1)),
    ),
    "released without a promise, told again, told with another day": (
        (say(1, F.RELEASED, 3, on=5), say(2, F.RELEASED, on=6), say(3, F.RELEASED, 4, on=7)),
        ((C.DONE, None, None), (C.REAFFIRMED, None, 1), (C.NOTED, None, None)),
    ),
    "planned again after it was released: once, then it stands": (
        (say(1, F.RELEASED, 3, on=5), say(2, F.PLANNED, 20, on=6), say(3, F.PLANNED, 25, on=7)),
        ((C.DONE, None, None), (C.CONTRADICTS, None, 1), (C.SLIPPED, 5, 2)),
    ),
    "promised without a date after it was released": (
        (say(1, F.RELEASED, 3, on=5), say(2, F.PLANNED, on=6)),
        ((C.DONE, None, None), (C.CONTRADICTS, None, 1)),
    ),
    "refused after it was released": (
        (say(1, F.RELEASED, 3, on=5), say(2, F.REFUSED, on=6)),
        ((C.DONE, None, None), (C.CONTRADICTS, None, 1)),
    ),
    "refused after it was promised; the next is measured by the promise": (
        (say(1, F.PLANNED, 10), say(2, F.REFUSED), say(3, F.PLANNED, 40)),
        ((C.FIRST, None, None), (C.CONTRADICTS, None, 1), (C.SLIPPED, 30, 1)),
    ),
    "another month is refused than the one promised": (
        (say(1, F.PLANNED, 40), say(2, F.REFUSED, 1, 31)),
        ((C.FIRST, None, None), (C.REFUSED, None, None)),
    ),
    "the month promised is refused": (
        (say(1, F.PLANNED, 31), say(2, F.REFUSED, 1, 31)),
        ((C.FIRST, None, None), (C.CONTRADICTS, None, 1)),
    ),
    "refused, then promised": (
        (say(1, F.REFUSED), say(2, F.PLANNED, 10)),
        ((C.REFUSED, None, None), (C.FIRST, None, None)),
    ),
    "a promise nobody can read may have moved": (
        (say(1, F.PLANNED), say(2, F.PLANNED, 10), say(3, F.PLANNED), say(4, F.PLANNED, 12)),
        ((C.UNDATED, None, None), (C.FIRST, None, None), (C.UNDATED, None, None), (C.SLIPPED, 2, 2)),
    ),
    "an open end does not swallow the day promised": (
        (say(1, F.PLANNED, 31), say(2, F.TENTATIVE, 10, bound=FROM), say(3, F.PLANNED, 1, 46, BY)),
        ((C.FIRST, None, None), (C.WIDENED, None, 1), (C.SLIPPED, 15, 2)),
    ),
    "an event of the past and a request move nothing": (
        (say(1, F.PLANNED, 10), say(2, F.PAST_EVENT, 20), say(3, F.PLANNED, 10)),
        ((C.FIRST, None, None), (C.NOTED, None, None), (C.REAFFIRMED, 0, 1)),
    ),
    "what is asked of us is no promise": (
        (say(1, P.REQUESTED, 5), say(2, P.AGREED, 10), say(3, P.REQUESTED, 40), say(4, P.PUBLISHED, 10, on=10)),
        ((C.NOTED, None, None), (C.FIRST, None, None), (C.NOTED, None, None), (C.KEPT, 0, 2)),
    ),
    "published before the day that was agreed": (
        (say(1, P.AGREED, 20), say(2, P.PUBLISHED, 5, on=6)),
        ((C.FIRST, None, None), (C.CONTRADICTS, -15, 1)),
    ),
    "an unbelieved statement is measured, and moves nothing": (
        (say(1, F.PLANNED, 10), say(2, F.PLANNED, 40, believed=False), say(3, F.PLANNED, 10)),
        ((C.FIRST, None, None), (C.SLIPPED, 30, 1), (C.REAFFIRMED, 0, 1)),
    ),
    "an unbelieved release is no release": (
        (say(1, F.PLANNED, 10), say(2, F.RELEASED, 5, on=6, believed=False), say(3, F.PLANNED, 10, on=7)),
        ((C.FIRST, None, None), (C.KEPT, -5, 1), (C.REAFFIRMED, 0, 1)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_what_statements_do_one_after_the_other(row: str) -> None:
    statements, expected = ROWS[row]
    assert changes(*statements) == list(expected)


def test_the_order_is_that_of_saying_and_not_of_reading() -> None:
    late, early = say(2, F.PLANNED, 40), say(1, F.PLANNED, 10)
    assert [(step.statement.fact, step.outcome) for step in ledger([late, early])] == [
        (1, Outcome(C.FIRST)),
        (2, Outcome(C.SLIPPED, 30)),
    ]


@st.composite
def _said(draw: st.DrawFn) -> list[Statement]:
    words: list[list[FixStatus | PublicationStatus]] = [[*FixStatus], [*PublicationStatus]]
    status = st.sampled_from(draw(st.sampled_from(words)))
    found = []
    for number in range(draw(st.integers(0, 8))):
        first = draw(st.none() | st.integers(1, 60))
        last = first if first is None else first + draw(st.integers(0, 30))
        found.append(
            say(
                number,
                draw(status),
                first,
                last,
                draw(st.sampled_from(Bound)),
                draw(st.booleans()),
                draw(st.none() | st.integers(1, 60)),
            )
        )
    return found


@given(_said())
def test_what_nobody_believes_changes_nothing(statements: list[Statement]) -> None:
    """Leaving the unbelieved out gives every believed statement the same step; and every statement has one."""
    steps = ledger(statements)
    assert sorted(step.statement.fact for step in steps) == sorted(one.fact for one in statements)
    believed = [step for step in steps if step.statement.believed]
    assert ledger([one for one in statements if one.believed]) == believed


@given(_said())
def test_days_stand_beside_what_can_be_measured(statements: list[Statement]) -> None:
    signs = {C.SLIPPED: 1, C.LATE: 1, C.ADVANCED: -1}
    facts = {one.fact: one for one in statements}
    for step in ledger(statements):
        change, moved = step.outcome.change, step.outcome.days
        if change in signs:
            assert moved is not None
            assert moved * signs[change] > 0
        if change is C.KEPT:
            assert moved is not None
            assert moved <= 0
        if step.against is not None:
            assert facts[step.against].believed
            assert facts[step.against].said_at <= step.statement.said_at
        assert step.words


@given(_said(), st.integers(1, 60))
def test_after_a_believed_release_no_plan_passes_without_a_word(statements: list[Statement], day: int) -> None:
    last = max([one.said_at for one in statements], default=SAID)
    kind = PublicationStatus if statements and isinstance(statements[0].status, PublicationStatus) else FixStatus
    done = P.PUBLISHED if kind is PublicationStatus else F.RELEASED
    released = replace(say(90, done, day), said_at=last + timedelta(days=1))
    planned = replace(say(91, kind.PLANNED, day + 1), said_at=last + timedelta(days=2))
    assert ledger([*statements, released, planned])[-1].outcome.change is C.CONTRADICTS


@pytest.mark.parametrize(
    ("outcome", "open_end", "words"),
    [
        (Outcome(C.SLIPPED, 1), False, "slips by 1 day"),
        (Outcome(C.SLIPPED, 14), True, "slips by at least 14 days"),
        (Outcome(C.ADVANCED, -3), False, "advanced by 3 days"),
        (Outcome(C.LATE, 2), False, "late by 2 days"),
        (Outcome(C.KEPT, 0), False, "kept"),
        (Outcome(C.KEPT, -1), False, "kept, 1 day early"),
    ],
)
def test_it_is_told_in_words(outcome: Outcome, open_end: bool, words: str) -> None:
    assert told(outcome, open_end) == words
    statement = say(1, F.PLANNED, 1, bound=FROM if open_end else ON)
    assert Step(statement, outcome).words == words


NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, NOON),
        (NOON - timedelta(hours=1), NOON - timedelta(hours=1)),
        (NOON - timedelta(days=7), NOON - timedelta(days=7)),
        (NOON - timedelta(days=8), NOON),
        (NOON + timedelta(seconds=1), NOON),
        (NOON + timedelta(days=9000), NOON),
        (NOON.replace(tzinfo=None), NOON),
    ],
)
def test_a_date_that_cannot_be_true_puts_nothing_before_or_behind_the_rest(
    written: datetime | None, said: datetime
) -> None:
    assert moment(written, NOON) == said


def test_the_zone_of_who_wrote_is_kept_even_where_the_time_is_not_believed() -> None:
    found = moment(datetime(1970, 1, 1, tzinfo=EAST), NOON)
    assert (found, found.utcoffset()) == (NOON, timedelta(hours=9))


# --- overdue ----------------------------------------------------------------------------------------------------------


def promise(last: int, offset: int | None) -> Promise:
    return Promise(PromiseKind.FIX, july(1), july(last), offset)


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
    assert not is_overdue(promise(10, offset), last_moment)
    assert is_overdue(promise(10, offset), last_moment + timedelta(seconds=1))


@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_the_zone_of_the_clock_does_not_matter(hours: int) -> None:
    ended = datetime(2026, 7, 11, 0, 0, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    assert is_overdue(promise(10, 0), ended)
    assert not is_overdue(promise(10, 0), ended - timedelta(seconds=1))


def test_the_last_day_of_the_calendar_is_not_overdue() -> None:
    """A vendor may write any year."""
    assert not is_overdue(Promise(PromiseKind.FIX, date.max, date.max, None), datetime(2026, 7, 1, tzinfo=UTC))
