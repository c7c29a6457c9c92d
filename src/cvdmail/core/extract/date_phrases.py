"""The forms of a date in words: "next month", "Thursday", "end of Q3", "the second Tuesday of May"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from cvdmail.core.extract import calendar_words as words
from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.date_forms import CalendarForms, Read
from cvdmail.core.extract.date_tokens import Token
from cvdmail.core.extract.facts import Granularity
from cvdmail.core.extract.zone_words import wordset

ENDINGS = {"eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year"}
HALVES = frozenset(["half", "hälfte", "halbjahr", "semestre", "moitié"])
_ARTICLES = frozenset(["the", "la", "le", "die", "das", "el"])
_WEEK_NAMES = wordset("q h t s kw cw w wk week kalenderwoche semaine semana calendar")
_PATCH_DAYS = frozenset(["tuesday", "day", "dienstag"])


class Phrases(CalendarForms):
    """The forms in words, over the tokens of one sentence."""

    def __init__(self, tokens: list[Token], anchor: date, tense: Tense, language: str | None) -> None:
        super().__init__(tokens, anchor, tense, language)
        self._read: dict[int, Read | None] = {}

    def any(self, i: int) -> Read | None:
        """Read a range of days that starts at token ``i``, once."""
        if i not in self._read:
            self._read[i] = self.whole(i) or self.part(i) or self.deictic(i)
        return self._read[i]

    def whole(self, i: int) -> Read | None:
        """Read a range that may itself be narrowed by a part."""
        if self.at(i).number is not None:
            return self.iso(i) or self.numeric(i) or self.day_month(i, None) or self.numbered(i) or self.bare_year(i)
        for form in _WHOLES.get(self.at(i).low, ()):
            read = form(self, i)
            if read is not None:
                return read
        return None

    # --- weekdays and special days ---------------------------------------------------------------------------------

    def weekday(self, i: int) -> Read | None:
        """Read "Thursday", "Thursday, May 28", "Tuesday 20": with a date, the weekday only checks it."""
        day = words.WEEKDAYS.get(self.at(i).low)
        short = self.at(i).low in words.SHORT_WEEKDAYS and self.at(i).raw[0].isupper()
        if day is None and not short:
            return None
        j = i + 1
        while self.at(j).low in {",", ".", "the", "den", "le", "el", "("}:
            j += 1
        dated = self.day_month(j, day) or self.month_first(j, day) or self.iso(j) or self.numeric(j)
        if dated is not None:
            return Read(dated.days, dated.end + (self.at(dated.end).low == ")"), f"{dated.rule}.weekday")
        if day is None:
            return None
        number = self.number(i + 1, 1, 31)
        if number is not None and self.at(i + 2).low not in {":", "/", "%"}:
            return self._weekday_number(i, day, number)
        if self.low(i + 1) in words.AFTER_NEXT:
            return Read(civil.next_weekday(self.anchor, day), i + 2, "date.weekday.next")
        if self.low(i + 1) in words.AFTER_LAST:
            return Read(civil.last_weekday(self.anchor, day), i + 2, "date.weekday.last")
        return Read(civil.weekday_near(self.anchor, day, self.tense), i + 1, "date.weekday")

    def _weekday_number(self, i: int, weekday: int, number: int) -> Read | None:
        """Find the nearest month in the direction of the clause where this day number is this weekday."""
        step = -1 if self.tense is Tense.PAST else 1
        for offset in range(6):
            of = civil.add_months(self.anchor.replace(day=1), offset * step)
            found = civil.safe(of.year, of.month, number)
            if found and found.weekday() == weekday and (found - self.anchor).days * step >= 0:
                return Read(civil.one_day(found, doubtful=offset > 1), i + 2, "date.weekday_number")
        return None

    def patch_day(self, i: int) -> Read | None:
        """Read "Patch Tuesday", "June Patch Tuesday", "Patching Tuesday of June 2022": the second Tuesday."""
        named = self.month_at(i, beside=True) if self.at(i + 1).low in {"patch", "patching"} else None
        j = i + 1 if named else i
        if self.at(j).low not in {"patch", "patching"} or self.at(j + 1).low not in _PATCH_DAYS:
            return None
        j += 2
        year: int | None = None
        if named is None:
            k = j + 1 if self.at(j).low in {"of", "in", "im", "de"} else j
            named = self.month_at(k, beside=k > j)
            j = k + 1 if named else j
        if named is not None:
            year, j = self.year_after(j)
        if named is None:
            for offset in (0, 1):
                of = civil.add_months(self.anchor, offset)
                found = civil.nth_weekday(of.year, of.month, 1, 2)
                if found and found > self.anchor:
                    return Read(civil.one_day(found), j, "date.patch_day")
            return None
        return self._nth(named, 1, 2, year, j, "date.patch_day")

    def _nth(self, month: int, weekday: int, nth: int, year: int | None, end: int, rule: str) -> Read | None:
        def make(of: int) -> Days | None:
            found = civil.nth_weekday(of, month, weekday, nth)
            return civil.one_day(found) if found else None

        days = make(year) if year else civil.choose_year(make, self.anchor, self.tense)
        return Read(days, end, rule) if days else None

    def ordinal(self, i: int) -> Read | None:
        """Read "second Tuesday in May", "third quarter of 2026", "first half of 2026", "last week of February"."""
        start = i + 1 if self.at(i).low in _ARTICLES else i
        nth = words.ORDINALS.get(self.low(start))
        if nth is None:
            return None
        j = start + 1
        low = self.at(j).low
        unit = "half" if low in HALVES else words.UNITS.get(low)
        if low in words.WEEKDAYS:
            k = self._skip(j + 1)
            month = self.month_at(k, beside=k > j + 1)
            if month is None:
                return None
            year, end = self.year_after(k + 1)
            return self._nth(month, words.WEEKDAYS[low], nth, year, end, "date.nth_weekday")
        if unit not in {"quarter", "half", "week"}:
            return None
        return self._ordinal_unit(nth, unit, j + 1)

    def _ordinal_unit(self, nth: int, unit: str, j: int) -> Read | None:
        k = self._skip(j)
        outer = self.whole(k) if k > j else None
        if unit == "week":
            if outer is None or outer.days is None or outer.days.granularity is not Granularity.MONTH:
                return None
            return Read(_week_of_month(outer.days, nth), outer.end, "date.week_of_month")
        if (
            outer is not None
            and outer.days is not None
            and outer.days.granularity is Granularity.MONTH
            and unit == "half"
        ):
            middle = outer.days.first.replace(day=15)
            first = Days(outer.days.first, middle, Granularity.THIRD, outer.days.doubtful)
            second = Days(civil.shift(middle, 1), outer.days.last, Granularity.THIRD, outer.days.doubtful)
            return Read(first if nth == 1 else second, outer.end, "date.half_month")
        limit = 4 if unit == "quarter" else 2
        if not 1 <= nth <= limit:
            return None
        make = civil.quarter if unit == "quarter" else civil.half
        year = self.number(k, 1990, 2199) or self.number(j, 1990, 2199)
        if year is not None:
            return Read(make(year, nth), (k if self.number(k, 1990, 2199) else j) + 1, f"date.{unit}")
        if outer is not None and outer.days is not None and outer.days.granularity is Granularity.YEAR:
            return Read(make(outer.days.last.year, nth), outer.end, f"date.{unit}")
        days = civil.choose_year(lambda of: make(of, nth), self.anchor, self.tense)
        return Read(days, j, f"date.{unit}") if days else None

    def _skip(self, j: int) -> int:
        """Step over at most three small words between a part and its whole."""
        for _ in range(3):
            low = self.at(j).low
            if (low in words.OF and low not in words.THIS) or low in {"in", "-", "‑", "–", "im", '"', "“"}:
                j += 1
            else:
                break
        return j

    # --- directions ------------------------------------------------------------------------------------------------

    def directed(self, i: int) -> Read | None:
        """Read "next month", "this week", "last quarter", "la semaine prochaine", "week of June 4"."""
        low = self.low(i)
        if low == "week" and self.at(i + 1).low in {"of", "beginning", "commencing", "starting"}:
            return self._week_of(i)
        if low in words.UNITS and (self.low(i + 1) in words.AFTER_NEXT or self.low(i + 1) in words.AFTER_LAST):
            direction = 1 if self.low(i + 1) in words.AFTER_NEXT else -1
            return self._unit(words.UNITS[low], direction, i + 2)
        if low in {"the", "over", "le", "am"} and words.UNITS.get(self.low(i + 1)) == "weekend":
            return self._unit("weekend", 0, i + 2)
        if low == "over" and words.UNITS.get(self.low(i + 2)) == "weekend":
            return self._unit("weekend", 0, i + 3)
        direction_of = 1 if low in words.NEXT else 0 if low in words.THIS else -1 if low in words.LAST else None
        if direction_of is None:
            return None
        j = i + 1
        if direction_of == 0 and self.low(j) in {"coming", "kommenden", "kommende"}:
            j += 1
        if low == "coming" and self.low(j) in words.UNITS and words.UNITS[self.low(j)] == "weekend":
            return self._unit("weekend", 0, j + 1)
        return self._directed_noun(j, direction_of)

    def _directed_noun(self, j: int, direction: int) -> Read | None:
        word = self.low(j)
        weekday = words.WEEKDAYS.get(word)
        if weekday is not None and self.number(j + 1, 1, 31) is None:
            if direction == 1:
                return Read(civil.next_weekday(self.anchor, weekday), j + 1, "date.weekday.next")
            if direction == -1:
                return Read(civil.last_weekday(self.anchor, weekday), j + 1, "date.weekday.last")
            return Read(
                civil.one_day(civil.shift(civil.week_of(self.anchor).first, weekday)), j + 1, "date.weekday.this"
            )
        if weekday is not None:
            return self.weekday(j)
        if word in {"patch", "patching"}:
            return self.patch_day(j)
        month = self.month_at(j, beside=True) if self.at(j).raw[:1].isupper() else None
        if month is not None and direction != 0:
            year = self.anchor.year + (direction if (month - self.anchor.month) * direction <= 0 else 0)
            doubtful = (month - self.anchor.month) * direction > 0  # "next March" said in January
            days = civil.month(year, month)
            return Read(Days(days.first, days.last, days.granularity, doubtful), j + 1, "date.month.directed")
        unit = words.UNITS.get(word)
        return self._unit(unit, direction, j + 1) if unit else None

    def _unit(self, unit: str, direction: int, end: int) -> Read | None:
        anchor = self.anchor
        rule = f"date.{unit}.{('last', 'this', 'next')[direction + 1]}"
        if unit == "week":
            days = civil.week_of(civil.shift(anchor, 7 * direction))
        elif unit == "weekend":
            week = civil.week_of(civil.shift(anchor, 7 * direction))
            days = Days(max(civil.shift(week.first, 5), anchor) if direction == 0 else civil.shift(week.first, 5),
                        week.last, Granularity.DAY)  # fmt: skip
        elif unit == "month":
            of = civil.add_months(anchor.replace(day=1), direction)
            days = civil.month(of.year, of.month)
        elif unit == "quarter":
            of = civil.add_months(anchor.replace(day=1), 3 * direction)
            days = civil.quarter(of.year, (of.month + 2) // 3)
        elif unit == "year":
            days = civil.whole_year(anchor.year + direction)
        else:
            return None
        if direction == 0 and unit != "weekend":
            days = Days(anchor, days.last, days.granularity) if self.tense is not Tense.PAST else days
        return Read(days, end, rule)

    def _week_of(self, i: int) -> Read | None:
        inner = self.any(i + 3) if self.at(i + 2).low in {"the", "monday"} else self.any(i + 2)
        inner = inner or self.any(i + 2)
        if inner is None or inner.days is None or inner.days.granularity is not Granularity.DAY:
            return None
        week = civil.week_of(inner.days.first)
        return Read(Days(week.first, week.last, week.granularity, inner.days.doubtful), inner.end, "date.week_of")

    def part(self, i: int) -> Read | None:
        """Read "end of July", "mid-May", "late Q3", "Ende Januar", "fin avril", "early next week", "EOM"."""
        low = self.low(i)
        if low in ENDINGS:
            of = self._unit(ENDINGS[low], 0, i + 1)
            return Read(civil.part(of.days, "late", self.anchor), i + 1, "date.part") if of and of.days else None
        if low == "later" and self.low(i + 1) in words.THIS:
            return self.directed(i + 1)
        if low == "new" and self.at(i + 1).low in {"year", "year's"} and self.low(i - 1) in {"the", "before"}:
            return Read(civil.one_day(civil.whole_year(self.anchor.year + 1).first), i + 2, "date.new_year")
        name = words.PARTS.get(low)
        if name is None:
            return None
        j = self._skip(i + 1)
        month = self.month_at(j, beside=True)
        whole = self.whole(j)
        if whole is None and month is not None:
            year, end = self.year_after(j + 1)
            days = self.made(year, month, None)
            whole = Read(days, end, "date.month") if days else None
        unit = words.UNITS.get(self.low(j))
        if whole is None and unit in {"week", "month", "quarter", "year"} and (j > i + 1 or low in {"end", "fin"}):
            whole = self._unit(unit, 0, j + 1)
        if whole is None or whole.days is None:
            return None
        if whole.days.granularity is Granularity.DAY:
            return Read(whole.days, whole.end, "date.part.day") if j > i + 1 else None
        return Read(civil.part(whole.days, name, self.anchor), whole.end, "date.part")

    def deictic(self, i: int) -> Read | None:
        """Read "today", "tomorrow", "this morning", "gestern"."""
        low = self.low(i)
        offset = words.DEIXIS.get(low)
        if low in {"this", "heute"} and self.at(i + 1).low in {"morning", "afternoon", "evening"}:
            return Read(civil.one_day(self.anchor), i + 2, "date.today")
        if low == "aujourd'hui":
            offset = 0
        if (
            offset is None
            or (low == "hier" and self.language != "fr")
            or (low == "morgen" and self.language not in {"de", "nl"})
        ):
            return None
        end = i + 1
        if low == "tomorrow" and self.at(i + 1).low == "or" and self.at(i + 2).low in {"tonight", "today"}:
            return Read(Days(self.anchor, civil.shift(self.anchor, 1), Granularity.DAY), i + 3, "date.today")
        return Read(civil.one_day(civil.shift(self.anchor, offset)), end, "date.today")

    def the_day(self, i: int) -> Read | None:
        """Read "the 25th": the next or last day of that number; only with its suffix."""
        number = self.number(i + 1, 1, 31)
        if self.at(i).low != "the" or number is None or self.at(i + 2).low not in {"st", "nd", "rd", "th"}:
            return None
        step = -1 if self.tense is Tense.PAST else 1
        for offset in (0, 1, 2):
            of = civil.add_months(self.anchor.replace(day=1), step * offset)
            found = civil.safe(of.year, of.month, number)
            if found and (found - self.anchor).days * step >= 0:
                return Read(civil.one_day(found, doubtful=self.tense is Tense.UNKNOWN), i + 3, "date.the_day")
        return None


_FIRST_WORDS: tuple[tuple[Callable[[Phrases, int], Read | None], Iterable[str]], ...] = (
    (Phrases.patch_day, words.MONTHS.keys() | words.SHORT_MONTHS.keys() | {"patch", "patching"}),
    (lambda phrases, i: phrases.month_first(i, None), words.MONTHS.keys() | words.SHORT_MONTHS.keys()),
    (Phrases.weekday, words.WEEKDAYS.keys() | words.SHORT_WEEKDAYS),
    (Phrases.ordinal, words.ORDINALS.keys() | _ARTICLES),
    (Phrases.numbered, _WEEK_NAMES),
    (Phrases.directed, words.UNITS.keys() | words.NEXT | words.THIS | words.LAST | {"the", "over", "le", "am"}),
    (Phrases.the_day, {"the"}),
)
_WHOLES = {
    word: tuple(form for form, begin in _FIRST_WORDS if word in begin)
    for word in frozenset().union(*(begin for _, begin in _FIRST_WORDS))
}
"""The forms of ``whole`` that can begin with a word, in the order in which they are tried."""


def _week_of_month(days: Days, nth: int) -> Days:
    """The last week is the one, Monday to Sunday, of the last day, cut at the month; the others count from day 1."""
    if nth == -1:
        first = max(civil.week_of(days.last).first, days.first)
        return Days(first, days.last, Granularity.WEEK, days.doubtful)
    first = civil.shift(days.first, 7 * (nth - 1))
    return Days(first, min(civil.shift(first, 6), days.last), Granularity.WEEK, days.doubtful)
