"""Arithmetic of civil dates: the house rules for months, thirds, weeks and missing years.

Weeks begin on Monday; early, middle and late of a month are the days 1-10, 11-20 and 21 to the last; the end of a
quarter is its last month; "in N weeks" is the week that ends N weeks later.  A missing year is chosen by the tense of
the clause, and not at all where two years are nearly as good.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from cvdmail.core.extract.facts import Granularity


class Tense(Enum):
    """When the clause says that its event happens."""

    PAST = -1
    UNKNOWN = 0
    FUTURE = 1


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days; ``doubtful`` when another reading is nearly as good, and then never used as a date."""

    first: date
    last: date
    granularity: Granularity
    doubtful: bool = False


def one_day(day: date, *, doubtful: bool = False) -> Days:
    """Return the range of a single day."""
    return Days(day, day, Granularity.DAY, doubtful)


def safe(year: int, month: int, day: int) -> date | None:
    """Return the day if there is such a day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift(day: date, days: int) -> date:
    """Return the day ``days`` later, kept within the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    index = min(max(day.year * 12 + day.month - 1 + months, 12), 9999 * 12 + 11)
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month(year: int, number: int) -> Days:
    """Return a whole month."""
    return Days(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]), Granularity.MONTH)


def months(year: int, first: int, last: int, granularity: Granularity) -> Days:
    """Return the months ``first`` to ``last`` of a year."""
    return Days(month(year, first).first, month(year, last).last, granularity)


def quarter(year: int, number: int) -> Days:
    """Return a quarter, 1 to 4."""
    return months(year, 3 * number - 2, 3 * number, Granularity.QUARTER)


def half(year: int, number: int) -> Days:
    """Return a half year, 1 or 2."""
    return months(year, 6 * number - 5, 6 * number, Granularity.HALF)


def whole_year(year: int) -> Days:
    """Return a year."""
    return months(year, 1, 12, Granularity.YEAR)


def week_of(day: date) -> Days:
    """Return the week, Monday to Sunday, that holds ``day``."""
    monday = shift(day, -day.weekday())
    return Days(monday, shift(monday, 6), Granularity.WEEK)


def iso_week(year: int, number: int) -> Days | None:
    """Return week ``number`` of a year (ISO 8601), if there is one."""
    try:
        return week_of(date.fromisocalendar(year, number, 1))
    except ValueError:
        return None


def nth_weekday(year: int, number: int, weekday: int, nth: int) -> date | None:
    """Return the ``nth`` (or last, -1) weekday of a month."""
    days = month(year, number)
    if nth == -1:
        return shift(days.last, -((days.last.weekday() - weekday) % 7))
    day = shift(days.first, (weekday - days.first.weekday()) % 7 + 7 * (nth - 1))
    return day if day.month == number else None


def part(days: Days, name: str, anchor: date) -> Days:
    """Return the early, middle or late part of a month, quarter, year or week."""
    index = ("early", "mid", "late").index(name)
    if days.granularity is Granularity.MONTH and (days.last - days.first).days <= 30:
        first, last = days.first.replace(day=1), days.last
        edges = ((first, first.replace(day=10)), (first.replace(day=11), first.replace(day=20)))
        begin, end = edges[index] if index < 2 else (first.replace(day=21), last)
        if days.first.day != 1 and begin < days.first <= end:
            begin = days.first  # "the end of this month" begins today
        return Days(begin, end, Granularity.THIRD, days.doubtful)
    if days.granularity is Granularity.QUARTER:
        of_quarter = month(days.last.year, days.last.month - 2 + index)
        return Days(of_quarter.first, of_quarter.last, Granularity.MONTH, days.doubtful)
    if days.granularity is Granularity.YEAR:
        first_month, last_month = ((1, 3), (5, 8), (12, 12))[index]
        return months(days.last.year, first_month, last_month, Granularity.MONTH if index == 2 else Granularity.QUARTER)
    if days.granularity is Granularity.WEEK:
        monday = week_of(days.last).first
        offset, until = ((0, 2), (2, 3), (4, 6))[index]
        closing = shift(monday, until)
        begin = shift(monday, offset)
        return Days(anchor if begin < anchor <= closing else begin, closing, Granularity.DAY)
    return days


def choose_year(make: Callable[[int], Days | None], anchor: date, tense: Tense) -> Days | None:
    """Choose the year of a date that names none; the result is ``doubtful`` when a rival is close.

    ``make`` builds the date for a year and may refuse (29 February).
    """
    found = [days for year in range(anchor.year - 1, anchor.year + 2) if (days := make(year)) is not None]
    if not found:
        return None
    before = [days for days in found if days.first <= anchor]
    after = [days for days in found if days.last >= anchor]
    if tense is Tense.FUTURE and after:
        missed = any(days.last < anchor and (anchor - days.last).days <= 31 for days in found)
        return _doubt(after[0], missed and (after[0].first - anchor).days > 270)
    if tense is Tense.PAST and before:
        ahead = any(days.first > anchor and (days.first - anchor).days <= 31 for days in found)
        return _doubt(before[-1], ahead and (anchor - before[-1].last).days > 270)
    ranked = sorted(found, key=lambda days: _distance(days, anchor))
    rival = len(ranked) > 1 and _distance(ranked[1], anchor) - _distance(ranked[0], anchor) < 60
    return _doubt(ranked[0], rival)


def _distance(days: Days, anchor: date) -> int:
    if days.first <= anchor <= days.last:
        return 0
    return min(abs((days.first - anchor).days), abs((days.last - anchor).days))


def _doubt(days: Days, doubtful: bool) -> Days:
    return Days(days.first, days.last, days.granularity, days.doubtful or doubtful)


def weekday_near(anchor: date, weekday: int, tense: Tense) -> Days:
    """Return a weekday named alone: the one to come, or the last one when the clause is in the past.

    Named on that very weekday it is doubtful: today or a week from now.
    """
    ahead = (weekday - anchor.weekday()) % 7
    if tense is Tense.PAST:
        return one_day(shift(anchor, -((anchor.weekday() - weekday) % 7 or 7)), doubtful=ahead == 0)
    return one_day(shift(anchor, ahead or 7), doubtful=ahead == 0)


def next_weekday(anchor: date, weekday: int) -> Days:
    """Return "next Tuesday": doubtful where the coming one and the one of next week differ."""
    coming = shift(anchor, (weekday - anchor.weekday()) % 7 or 7)
    in_next_week = shift(week_of(anchor).first, 7 + weekday)
    return one_day(in_next_week, doubtful=coming != in_next_week)


def last_weekday(anchor: date, weekday: int) -> Days:
    """Return "last Friday": doubtful where the latest one and the one of last week differ."""
    latest = shift(anchor, -((anchor.weekday() - weekday) % 7 or 7))
    in_last_week = shift(week_of(anchor).first, weekday - 7)
    return one_day(in_last_week, doubtful=latest != in_last_week)


def after_count(anchor: date, low: int, high: int, unit: str) -> Days | None:
    """Return "in ``low`` (to ``high``) units" from the anchor."""
    if not 0 < low <= high <= 1_000:
        return None
    if unit == "minute":
        return one_day(anchor)
    if unit == "hour":
        return Days(anchor, shift(anchor, (high + 23) // 24), Granularity.DAY)
    if unit == "workday":
        return Days(_business(anchor, low), _business(anchor, high), Granularity.DAY)
    if unit in {"day", "week"}:
        size = 7 if unit == "week" else 1
        spread = low < high and (size == 1 or low == 1)  # "in a week or two": 7 to 14 days
        begin = shift(anchor, size * low) if spread else shift(anchor, size * (low - 1) + 1)
        return Days(begin, shift(anchor, size * high), Granularity.WEEK if unit == "week" else Granularity.DAY)
    step = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if step is None:
        return None
    begin = shift(add_months(anchor, step * (low - 1)), 1) if low == high else add_months(anchor, step * low)
    return Days(begin, add_months(anchor, step * high), Granularity(unit))


def before_count(anchor: date, count: int, unit: str) -> Days | None:
    """Return "``count`` units ago"."""
    if not 0 < count <= 1_000:
        return None
    if unit == "minute":
        return one_day(anchor)
    if unit == "hour":
        return Days(shift(anchor, -((count + 23) // 24)), anchor, Granularity.DAY)
    if unit == "day":
        return one_day(shift(anchor, -count))
    if unit == "week":
        return Days(shift(anchor, -7 * count), shift(anchor, -7 * (count - 1) - 1), Granularity.WEEK)
    return None


def _business(anchor: date, count: int) -> date:
    """Count working days, Monday to Friday, holidays not known."""
    weeks, rest = divmod(count, 5)
    day = shift(anchor, 7 * weeks)
    while rest or day.weekday() > 4:
        day = shift(day, 1)
        rest -= rest > 0 and day.weekday() < 5
    return day
