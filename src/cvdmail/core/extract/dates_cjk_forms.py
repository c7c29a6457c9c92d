"""The forms of Chinese, Japanese and Korean dates: what one match of a pattern means, and from which day on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.dates_cjk_words import Words, key
from cvdmail.core.extract.facts import Granularity


@dataclass(frozen=True, slots=True)
class Found:
    """One date before it is bound; ``day`` is the bare number of a day, which may take the month of another."""

    start: int
    end: int
    days: Days | None
    rule: str
    prefix: str = ""
    day: int = 0
    certain: bool = True  # a bare day is one only beside other words


@dataclass(frozen=True, slots=True)
class Scene:
    """What the forms read from: the text, its day, the tense, and whether the text is Japanese."""

    text: str
    anchor: date
    tense: Tense
    kana: bool
    say: Words


_Reader = Callable[[re.Match[str], Scene], Days | None]


def made(name: str, match: re.Match[str], scene: Scene) -> Found | None:
    """Return the date that a match of the pattern ``name`` stands for, None where there is no such day."""
    rule = f"date.cjk.{name}"
    if name == "count":
        return _count(match, scene, rule)
    if name in {"same_day", "then"}:
        return Found(match.start(), match.end(), None, f"date.{name}", "until" if name == "then" else "")
    days = _READERS[name](match, scene)
    if days is None:
        return None
    if name == "bare":
        return Found(match.start(), match.end(), days, rule, day=scene.say.number(match["day"]),
                     certain=_certain(match, scene))  # fmt: skip
    return Found(match.start(), match.end(), days, rule)


def _certain(match: re.Match[str], scene: Scene) -> bool:
    """Say whether the bare number of a day is a date: by what stands around it."""
    same = scene.text[: match.start()].endswith("同")
    return same or bool(match["bracket"]) or scene.say.day_cues.match(scene.text, match.end()) is not None


def _year_of(match: re.Match[str], scene: Scene) -> int | None:
    """Return the year that stands before a month, a quarter or a half."""
    if match["year"]:
        year = int(match["year"])
        return year if year > 99 else 2000 + year
    if match["era"]:
        return scene.say.eras[match["era"]] + (1 if match["of_era"] == "元" else int(match["of_era"]))
    if match["which_year"]:
        return scene.anchor.year + scene.say.years[key(match["which_year"])]
    return None


def _in_year(make: Callable[[int], Days | None], match: re.Match[str], scene: Scene) -> Days | None:
    year = _year_of(match, scene)
    if year is None:
        return civil.choose_year(make, scene.anchor, scene.tense)
    return make(year) if 1 <= year <= 9998 else None


def _calendar(match: re.Match[str], scene: Scene) -> Days | None:
    number = scene.say.number(match["month"])
    if not 1 <= number <= 12:
        return None
    return _in_year(lambda year: _of_month(match, scene, civil.month(year, number)), match, scene)


def _of_month(match: re.Match[str], scene: Scene, days: Days) -> Days | None:
    """Return the day, part or week of a month that a match names, or all of it."""
    year, number = days.last.year, days.last.month
    if match["day"]:
        last = scene.say.number(match["until"]) if match["until"] else 0
        first, until = civil.safe(year, number, scene.say.number(match["day"])), civil.safe(year, number, last or 1)
        if first is None or until is None or (last and until <= first):
            return None
        return Days(first, until, Granularity.DAY) if last else civil.one_day(first)
    if match["nth"]:
        return _nth_week(match, scene, year, number)
    return _part(match["part"], days, scene) if match["part"] else days


def _part(name: str, days: Days, scene: Scene) -> Days:
    part = scene.say.parts[key(name)]
    if part in {"first", "second"}:
        return _half_of(days, part == "first", scene)
    if part == "mid" and name in {"中"} and scene.kana:
        return _rest(days, scene) if days.first <= scene.anchor <= days.last else days  # "in the course of"
    return civil.part(days, part, scene.anchor)


def _half_of(days: Days, first: bool, scene: Scene) -> Days:
    whole = days.last
    if days.granularity is Granularity.WEEK:
        monday = civil.week_of(whole).first
        begin, end = (monday, civil.shift(monday, 2)) if first else (civil.shift(monday, 3), civil.shift(monday, 6))
    elif days.granularity is Granularity.MONTH:
        begin, end = (whole.replace(day=1), whole.replace(day=15)) if first else (whole.replace(day=16), whole)
    else:
        return civil.half(whole.year, 1 if first else 2) if days.granularity is Granularity.YEAR else days
    return Days(max(begin, scene.anchor) if begin < scene.anchor <= end else begin, end, Granularity.THIRD)


def _nth_week(match: re.Match[str], scene: Scene, year: int, number: int) -> Days | None:
    """Return the Nth week of a month, which begins on the first of it and runs to Sundays; or a weekday in it."""
    nth = scene.say.weeks_of_month[key(match["nth"])]
    whole = civil.month(year, number)
    if match["weekday"]:
        found = civil.nth_weekday(year, number, scene.say.weekday(match["weekday"]), nth)
        return civil.one_day(found) if found else None
    first = (
        civil.week_of(whole.last).first if nth == -1 else civil.shift(civil.week_of(whole.first).first, 7 * (nth - 1))
    )
    days = Days(max(first, whole.first), min(civil.shift(first, 6), whole.last), Granularity.WEEK)
    return days if days.first <= days.last else None


def _slashed(match: re.Match[str], scene: Scene) -> Days | None:
    def make(year: int) -> Days | None:
        found = civil.safe(year, int(match["month"]), int(match["day"]))
        return civil.one_day(found) if found else None

    year = match.groupdict().get("year")
    if year:
        return make(int(year))
    return civil.choose_year(make, scene.anchor, scene.tense)


def _month_word(match: re.Match[str], scene: Scene) -> Days | None:
    direction = scene.say.months[key(match["which"])]
    of = civil.add_months(scene.anchor, direction)
    days = civil.month(of.year, of.month)
    if direction == 0 and not (match["day"] or match["nth"]):
        days = _rest(days, scene)
    return _of_month(match, scene, days)


def _rest(days: Days, scene: Scene) -> Days:
    """Return what is left of a stretch that runs; of a finished event, what is over."""
    if scene.tense is Tense.PAST:
        return Days(days.first, scene.anchor, days.granularity)
    return Days(scene.anchor, days.last, days.granularity)


def _month_part(match: re.Match[str], scene: Scene) -> Days | None:
    """ "月底" with no month: of this one, or of the next when it is over."""
    for step in (0, -1) if scene.tense is Tense.PAST else (0, 1):
        of = civil.add_months(scene.anchor, step)
        days = civil.part(civil.month(of.year, of.month), scene.say.parts[match["part"]], scene.anchor)
        if days.first <= scene.anchor if scene.tense is Tense.PAST else days.last >= scene.anchor:
            begin = max(days.first, scene.anchor) if scene.tense is not Tense.PAST else days.first
            return replace(days, first=begin)
    return None


def _week_word(match: re.Match[str], scene: Scene) -> Days | None:
    direction = scene.say.weeks[key(match["which"])]
    days = civil.week_of(civil.shift(scene.anchor, 7 * direction))
    if match["weekday"]:
        return civil.one_day(civil.shift(days.first, scene.say.weekday(match["weekday"])))
    if match["part"]:
        if key(match["part"]) in scene.say.week_ends:
            return _weekend(days, scene)
        return _part(match["part"], days, scene)
    return _rest(days, scene) if direction == 0 else days


def _weekend(week: Days, scene: Scene) -> Days:
    saturday = civil.shift(week.first, 5)
    begin = scene.anchor if saturday < scene.anchor <= week.last and scene.tense is not Tense.PAST else saturday
    return Days(begin, week.last, Granularity.DAY)


def _weekday(match: re.Match[str], scene: Scene) -> Days | None:
    return civil.weekday_near(scene.anchor, scene.say.weekday(match["weekday"]), scene.tense)


def _year_word(match: re.Match[str], scene: Scene) -> Days | None:
    year = _year_of(match, scene)
    if year is None or not 1990 <= year <= 2100:
        return None
    if not match["part"]:
        return _rest(civil.whole_year(year), scene) if year == scene.anchor.year else civil.whole_year(year)
    return _part(match["part"], civil.whole_year(year), scene)


def _quarter(match: re.Match[str], scene: Scene) -> Days | None:
    if match["which"]:
        step = scene.say.quarters[key(match["which"])]
        of = civil.add_months(scene.anchor, 3 * step)
        days = civil.quarter(of.year, (of.month + 2) // 3)
        days = _rest(days, scene) if step == 0 and not match["part"] else days
    else:
        number = scene.say.number(match["number"])
        if not 1 <= number <= 4:
            return None
        found = _in_year(lambda year: _fiscal_quarter(year, number, bool(match["fiscal"])), match, scene)
        if found is None:
            return None
        days = found
    if match["part"] and scene.say.parts[key(match["part"])] in {"early", "mid", "late"}:
        return civil.part(days, scene.say.parts[key(match["part"])], scene.anchor)
    return days


def _fiscal_quarter(year: int, number: int, fiscal: bool) -> Days:
    if not fiscal:
        return civil.quarter(year, number)
    return civil.quarter(year + (number == 4), number % 4 + 1)


def _half(match: re.Match[str], scene: Scene) -> Days | None:
    number = 1 if scene.say.parts[key(match["part"])] == "first" else 2
    return _in_year(lambda year: civil.half(year, number), match, scene)


def _fiscal(match: re.Match[str], scene: Scene) -> Days | None:
    """A Japanese year that begins in April: its end is the 31st of March; elsewhere it is the calendar's."""
    anchor = scene.anchor
    step = 0 if match["year"] else scene.say.fiscal_years[key(match["which"])]
    year = int(match["year"]) if match["year"] else anchor.year - (scene.kana and anchor.month < 4) + step
    first, last = (date(year, 4, 1), date(year + 1, 3, 31)) if scene.kana else (date(year, 1, 1), date(year, 12, 31))
    if match["part"] and scene.say.parts[key(match["part"])] == "late":
        return Days(last if scene.kana else last.replace(day=1), last, Granularity.MONTH)
    days = Days(first, last, Granularity.YEAR)
    return _rest(days, scene) if first <= anchor <= last else days


def _named(match: re.Match[str], scene: Scene) -> Days | None:
    """Words that name a stretch of time of their own: within the year, at the end of it, when the week has turned."""
    name, anchor = str(match.lastgroup), scene.anchor
    week = civil.week_of(anchor)
    if name == "within_year":
        return _rest(civil.whole_year(anchor.year), scene)
    if name == "within_month":
        return _rest(civil.month(anchor.year, anchor.month), scene)
    if name == "within_week":
        return _rest(week, scene)
    if name == "weekend":
        return _weekend(week, scene)
    if name == "next_monday":
        return civil.one_day(civil.shift(week.first, 7))
    year = anchor.year
    if name == "year_end":
        year -= scene.tense is Tense.PAST and anchor.month < 12
        return civil.month(year, 12)
    year += anchor.month > 1 and scene.tense is not Tense.PAST
    return civil.month(year, 1)


def _holiday(match: re.Match[str], scene: Scene) -> Days | None:
    number, day = scene.say.holidays[key(match["name"])]
    return civil.choose_year(lambda year: civil.one_day(date(year, number, day)), scene.anchor, scene.tense)


def _day_word(match: re.Match[str], scene: Scene) -> Days | None:
    return civil.one_day(civil.shift(scene.anchor, scene.say.days[key(match["which"])]))


def _bare(match: re.Match[str], scene: Scene) -> Days | None:
    """The number of a day alone: in the month that runs or the next one; of the past, the last such day."""
    number = scene.say.number(match["day"])
    for step in (0, -1, -2) if scene.tense is Tense.PAST else (0, 1, 2):
        of = civil.add_months(scene.anchor.replace(day=1), step)
        found = civil.safe(of.year, of.month, number)
        if found and (found <= scene.anchor if scene.tense is Tense.PAST else found >= scene.anchor):
            return civil.one_day(found)
    return None


def _count(match: re.Match[str], scene: Scene, rule: str) -> Found | None:
    """ "Within N days", "N weeks later", "N days ago"; counted from another day than today's it is none of ours."""
    say, start, end = scene.say, match.start(), match.end()
    if say.elsewhere.search(scene.text, max(0, start - 8), start):
        return None
    if match["span"]:
        low, high, unit = *say.spans[key(match["span"])], "day"
    elif match["half_of"]:
        unit = say.units[key(match["half_of"])]
        low, unit = (15, "day") if unit == "month" else (6, "month")
        high = low
    elif match["few"]:
        unit = say.units[key(match["unit"])]
        if unit != "day" or not (match["within"] or match["after"]):
            return None
        low, high = 1, 7
    else:
        unit = say.units[key(match["unit"])]
        low, high = say.numbers_of(match["low"], match["high"])
    if match["ago"]:
        by_day = not scene.kana and match["unit"] in {"日"}
        days = civil.before_count(scene.anchor, high, "day" if by_day else unit) if not by_day else None
        return Found(start, end, days, rule, "") if days else None
    days = civil.after_count(scene.anchor, low, high, unit)
    if days is None:
        return None
    if match["within"] and (low == high or match["few"]):
        return Found(start, end, Days(scene.anchor, days.last, days.granularity), rule, "within")
    if not (match["within"] or match["after"] or match["lasting"] or match["span"]) and low == high:
        return None
    return Found(start, end, days, rule)


_READERS: dict[str, _Reader] = {
    "calendar": _calendar,
    "slashed": _slashed,
    "dotted": _slashed,
    "year": _year_word,
    "quarter": _quarter,
    "half": _half,
    "fiscal": _fiscal,
    "month_word": _month_word,
    "month_end": _month_part,
    "week_word": _week_word,
    "weekday": _weekday,
    "named": _named,
    "year_end": _named,
    "holiday": _holiday,
    "day_word": _day_word,
    "bare": _bare,
}
