"""The forms of a date in words: "next month", "Thursday", "end of Q3", "the second Tuesday of May"."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.date_forms import Anchor, Read
from cvdmail.core.extract.date_tokens import Token
from cvdmail.core.extract.date_weekdays import Weekdays
from cvdmail.core.extract.facts import Granularity
from cvdmail.core.extract.words import DAY_TIMES, ENDINGS, Words

_WEEK_BEGINS = frozenset(["of", "beginning", "commencing", "starting", "du", "del", "vom", "ab", "van"])


class Phrases(Weekdays):
    """The forms in words, over the tokens of one sentence."""

    def __init__(self, tokens: list[Token], anchor: Anchor, words: Words) -> None:
        super().__init__(tokens, anchor, words)
        self._read: dict[int, Read | None] = {}
        self._forms = _forms(words)

    def any(self, i: int) -> Read | None:
        """Read a range of days that starts at token ``i``, once."""
        if i not in self._read:
            self._read[i] = None  # a form that looks at its own beginning finds nothing there
            self._read[i] = self.whole(i) or self.part(i) or self.deictic(i)
        return self._read[i]

    def whole(self, i: int) -> Read | None:
        """Read a range that may itself be narrowed by a part."""
        if self.at(i).number is not None:
            return (self.iso(i) or self.numeric(i) or self.day_month(i, None) or self.numbered(i)
                    or self._nth_unit(i) or self.nth_day(i) or self.bare_year(i))  # fmt: skip
        for form in self._forms.get(self.low(i), ()):
            read = form(self, i)
            if read is not None:
                return read
        return None

    def ordinal(self, i: int) -> Read | None:
        """Read "second Tuesday in May", "third quarter of 2026", "first half of 2026", "last week of February"."""
        words = self.words
        start = i + 1 if self.low(i) in words.articles else i
        nth = words.ordinals.get(self.low(start))
        if nth is None:
            return None
        j = start + 1
        low = self.low(j)
        if low == "full" or low == ".":
            j, low = j + 1, self.low(j + 1)
        if low in words.weekdays:
            k = self.skip(j + 1)
            month = self.month_at(k, beside=k > j + 1)
            if month is None:
                whole = self.whole(k) if k > j + 1 else None
                if whole is None or whole.days is None or whole.days.granularity is not Granularity.MONTH:
                    return None
                first = whole.days.last.replace(day=1)
                found = civil.nth_weekday(first.year, first.month, words.weekdays[low], nth)
                return Read(civil.one_day(found), whole.end, "date.nth_weekday") if found else None
            year, end = self.year_after(k + 1)
            return self._nth(month, words.weekdays[low], nth, year, end, "date.nth_weekday")
        unit = "half" if low in words.half_words else words.units.get(low)
        if unit not in {"quarter", "half", "week", "day"}:
            return None
        return self._ordinal_unit(nth, unit, j + 1)

    def _nth_unit(self, i: int) -> Read | None:
        """Read "3rd quarter 2026", "1. Halbjahr", "3-й квартал", "2 кв.": the number instead of its word."""
        nth = self.number(i, 1, 4)
        j = self.ordinal_end(i + 1)
        unit = "half" if self.low(j) in self.words.half_words else self.words.units.get(self.low(j))
        if nth is None or unit not in {"quarter", "half"} or (unit == "half" and j == i + 1):
            return None
        return self._ordinal_unit(nth, unit, j + 2 if self.low(j + 1) == "." else j + 1)

    def _ordinal_unit(self, nth: int, unit: str, j: int) -> Read | None:
        words = self.words
        k = self.skip(j)
        outer = self.whole(k) or self._bare_unit(k) if k > j or self.low(k) in words.months else None
        days = outer.days if outer is not None else None
        if unit in {"week", "day"}:
            if outer is None or days is None or days.granularity is not Granularity.MONTH:
                return None
            if unit == "week":
                return Read(_week_of_month(days, nth), outer.end, "date.week_of_month")
            last = days.last if nth == -1 else civil.shift(days.last.replace(day=1), nth - 1)
            return Read(civil.one_day(last), outer.end, "date.day_of_month")
        if outer is not None and days is not None and days.granularity is Granularity.MONTH and unit == "half":
            begin = days.last.replace(day=1)
            middle = begin.replace(day=15)
            first = Days(begin, middle, Granularity.THIRD, days.doubtful)
            second = Days(civil.shift(middle, 1), days.last, Granularity.THIRD, days.doubtful)
            return Read(first if nth == 1 else second, outer.end, "date.half_month")
        limit = 4 if unit == "quarter" else 2
        nth = limit if nth == -1 else nth
        if not 1 <= nth <= limit:
            return None
        make = civil.quarter if unit == "quarter" else civil.half
        year = self.number(k, 1990, 2199) or self.number(j, 1990, 2199)
        if year is not None:
            return Read(make(year, nth), (k if self.number(k, 1990, 2199) else j) + 1, f"date.{unit}")
        if outer is not None and days is not None and days.granularity is Granularity.YEAR:
            return Read(make(days.last.year, nth), outer.end, f"date.{unit}")
        chosen = civil.choose_year(lambda of: make(of, nth), self.anchor, self.tense)
        return Read(chosen, j, f"date.{unit}") if chosen else None

    def skip(self, j: int) -> int:
        """Step over at most three small words between a part and its whole."""
        words = self.words
        for _ in range(4):
            low = self.low(j)
            if (low in words.of and low not in words.this) or low in _SMALL or low in words.articles:
                j += 1
            else:
                break
        return j

    # --- directions ------------------------------------------------------------------------------------------------

    def directed(self, i: int) -> Read | None:
        """Read "next month", "this week", "last quarter", "la semaine prochaine", "week of June 4"."""
        words, low = self.words, self.low(i)
        unit = words.units.get(low)
        if unit == "week" and self.low(i + 1) in _WEEK_BEGINS | words.next:
            return self._week_of(i)
        if unit is not None and self.low(i + 1) in words.next_after:
            return self._unit(unit, 1, i + 2)
        if unit is not None and self.low(i + 1) in words.last_after:
            return self._unit(unit, -1, i + 2)
        if words.units.get(self.low(i + 1)) == "weekend" and (low in words.articles or low in words.on | words.in_):
            return self._weekend(i, i + 2)
        if words.units.get(self.low(i + 2)) == "weekend" and self.low(i + 1) in words.articles and low in words.in_:
            return self._weekend(i, i + 3)
        if unit in {"week", "month"} and self.low(i + 1) in words.after and self.low(i + 2) in words.next:
            return self._unit(unit, 2, i + 3)
        direction = 1 if low in words.next else 0 if low in words.this else -1 if low in words.last else None
        if direction is None:
            return None
        j = i + 1
        if direction == 0 and self.low(j) in words.or_ and self.low(j + 1) in words.next:
            return self._this_or_next(j + 2)
        if (direction == 0 and self.low(j) in words.next) or self.low(j) in {"full", "calendar"}:
            j += 1
        if low in {"coming", "upcoming"} and words.units.get(self.low(j)) == "weekend":
            return self._unit("weekend", 0, j + 1)
        return self._directed_noun(j, direction)

    def _this_or_next(self, j: int) -> Read | None:
        """Read "this or next week"."""
        unit = self.words.units.get(self.low(j), "")
        this, then = self._unit(unit, 0, j + 1), self._unit(unit, 1, j + 1)
        if this is None or then is None or this.days is None or then.days is None:
            return None
        return Read(Days(this.days.first, then.days.last, then.days.granularity), j + 1, "date.either")

    def _weekend(self, i: int, end: int) -> Read | None:
        if self.low(end) in self.words.next_after:
            return self._unit("weekend", 1, end + 1)
        return self._unit("weekend", -1 if self.tense is Tense.PAST else 0, end)

    def _directed_noun(self, j: int, direction: int) -> Read | None:
        words, word = self.words, self.low(j)
        weekday = words.weekdays.get(word)
        if weekday is not None and self.number(j + 1, 1, 31) is None and self.low(j + 1) != ",":
            if direction == 1:
                return Read(civil.next_weekday(self.anchor, weekday), j + 1, "date.weekday.next")
            if direction == -1:
                return Read(civil.last_weekday(self.anchor, weekday), j + 1, "date.weekday.last")
            this = civil.shift(civil.week_of(self.anchor).first, weekday)
            return Read(civil.one_day(this), j + 1, "date.weekday.this")
        if weekday is not None:
            return self.weekday(j)
        if word in words.patch:
            return self.patch_day(j)
        month = self.month_at(j, beside=True) if self.at(j).raw[:1].isupper() or word in words.months else None
        if month is not None and direction != 0:
            return self._directed_month(j, month, direction)
        if month is not None:
            year, end = self.year_after(j + 1)
            return Read(civil.month(year or self.anchor.year, month), end, "date.month.directed")
        unit = words.units.get(word)
        return self._unit(unit, direction, j + 1) if unit else None

    def _directed_month(self, j: int, month: int, direction: int) -> Read | None:
        if self.number(j + 1, 1, 31) is not None:
            return self.month_first(j, None)
        year = self.anchor.year + (direction if (month - self.anchor.month) * direction <= 0 else 0)
        ahead = (month - self.anchor.month) * direction
        days = civil.month(year, month)
        return Read(Days(days.first, days.last, days.granularity, ahead > 6), j + 1, "date.month.directed")

    def _bare_unit(self, i: int) -> Read | None:
        """Read the "month" of "the last week of the month": the one that holds the day of the mail."""
        unit = self.words.units.get(self.low(i))
        if unit not in {"month", "quarter", "year", "week"}:
            return None
        return self._unit(unit, 0, i + 1)

    def _unit(self, unit: str, direction: int, end: int) -> Read | None:
        anchor = self.anchor
        rule = f"date.{unit}.{('last', 'this', 'next', 'after_next')[direction + 1]}"
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
        elif unit == "half":
            of = civil.add_months(anchor.replace(day=1), 6 * direction)
            days = civil.half(of.year, (of.month + 5) // 6)
        elif unit == "year":
            days = civil.whole_year(anchor.year + direction)
        else:
            return None
        if direction == 0 and unit != "weekend":
            days = Days(anchor, days.last, days.granularity) if self.tense is not Tense.PAST else days
        return Read(days, end, rule)

    def _week_of(self, i: int) -> Read | None:
        j = i + 1
        for _ in range(3):
            if self.low(j) in _WEEK_BEGINS or self.low(j) in self.words.articles or self.low(j) in self.words.weekdays:
                j += 1
        inner = self.any(j) or self.any(j - 1) or self.nth_day(j)
        if inner is None or inner.days is None or inner.days.granularity is not Granularity.DAY:
            return None
        week = civil.week_of(inner.days.first)
        return Read(Days(week.first, week.last, week.granularity, inner.days.doubtful), inner.end, "date.week_of")

    def part(self, i: int) -> Read | None:
        """Read "end of July", "mid-May", "late Q3", "Ende Januar", "fin avril", "early next week", "EOM"."""
        words, low = self.words, self.low(i)
        if low in ENDINGS:
            return self._ending(i)
        if low == "later" and self.low(i + 1) in words.this | words.days_from_now.keys():
            return self.directed(i + 1) or self.deictic(i + 1)
        if low in words.new_year or (low == "new" and self.low(i + 1) in words.new_year):
            last = i + 1 if low in words.new_year else i + 2
            if self.low(i - 1) in words.articles | words.before | words.by | words.after or low != "new":
                return Read(civil.one_day(civil.whole_year(self.anchor.year + 1).first), last, "date.new_year")
        if low in words.feasts:
            return self._feast(i, [int(part) for part in words.feasts[low].split("-")])
        name = words.parts.get(low)
        if name is None:
            return None
        j = self.skip(i + 1)
        month = self.month_at(j, beside=True)
        whole = self.whole(j)
        if whole is None and month is not None:
            year, end = self.year_after(j + 1)
            days = self.made(year, month, None)
            whole = Read(days, end, "date.month") if days else None
        unit = words.units.get(self.low(j))
        if whole is None and unit in {"week", "month", "quarter", "half", "year", "day"} and j <= i + 4:
            whole = self._unit(unit, 0, j + 1) or Read(civil.one_day(self.anchor), j + 1, "date.today")
        if whole is None or whole.days is None:
            return None
        if whole.days.granularity is Granularity.DAY:
            return Read(whole.days, whole.end, "date.part.day") if j > i + 1 else None
        return Read(civil.part(whole.days, name, self.anchor), whole.end, "date.part")

    def _feast(self, i: int, told: list[int]) -> Read | None:
        """Read Christmas (month and day) and Thanksgiving (month, weekday and which of them)."""
        if len(told) == 3:
            return self._nth(told[0], told[1], told[2], None, i + 1, "date.feast")
        feast = self.made(None, *told)
        return Read(feast, i + 1, "date.feast") if feast else None

    def _ending(self, i: int) -> Read | None:
        unit = ENDINGS[self.low(i)]
        if unit == "day":
            j = self.skip(i + 1)
            day = self.weekday(j) or self.deictic(j) if self.at(j).number is None else self.any(j)
            return day or Read(civil.one_day(self.anchor), i + 1, "date.today")
        of = self._unit(unit, 0, i + 1)
        return Read(civil.part(of.days, "late", self.anchor), i + 1, "date.part") if of and of.days else None

    def deictic(self, i: int) -> Read | None:
        """Read "today", "tomorrow", "this morning", "the same day", "(until) then"."""
        words, low = self.words, self.low(i)
        if low in words.this and self.low(i + 1) in DAY_TIMES:
            return Read(civil.one_day(self.anchor), i + 2, "date.today")
        named = self._named(i)
        if named is not None:
            return named
        if low in words.articles and words.units.get(self.low(i + 1)) == "day" and self.low(i + 2) in words.after:
            after = self.deictic(i + 3)
            if after is not None and after.days is not None:
                return Read(civil.one_day(civil.shift(after.days.first, 1)), after.end, "date.day_after")
            if self.named is not None:
                return Read(civil.one_day(civil.shift(self.named.last, 1)), i + 3, "date.day_after")
        if low in words.last and self.low(i + 1) == "night":
            return Read(civil.one_day(civil.shift(self.anchor, -1)), i + 2, "date.today")
        offset = words.days_from_now.get(low)
        if offset is None:
            return None
        end = i + 2 if self.low(i + 1) in DAY_TIMES else i + 1
        return Read(civil.one_day(civil.shift(self.anchor, offset)), end, "date.today")

    def _named(self, i: int) -> Read | None:
        """Read words that point back at the date named last."""
        words, low = self.words, self.low(i)
        if self.named is None:
            return None
        if low in words.same and words.units.get(self.low(i + 1)) == "day":
            return Read(self.named, i + 2, "date.same_day")
        if low in words.same and self.low(i + 1) in {"date", "week", "datum", "fecha", "jour", "dia", "día"}:
            return Read(self.named, i + 2, "date.same_day")
        bound = self.low(i - 1) in words.until or self.low(i - 1) in words.by or self.low(i - 1) in words.before
        if low in words.then and bound and low != "that":
            return Read(self.named, i + 1, "date.then")
        if low == "that" and self.low(i + 1) in {"date", "day"} and (bound or self.low(i - 1) in words.on):
            return Read(self.named, i + 2, "date.then")
        return None

    def the_day(self, i: int) -> Read | None:
        """Read "the 25th": the next or last day of that number; only with its suffix."""
        if self.low(i) not in self.words.articles and self.low(i) not in self.words.on:
            return None
        if self.number(i + 1, 1, 31) is None:
            return None
        return self.day_month(i + 1, None) or self.nth_day(i + 1)

    def nth_day(self, i: int) -> Read | None:
        """Read "25th", "the 15th of next month", "den 15."."""
        number = self.number(i, 1, 31)
        marked = self.low(i + 1) in _ORDINAL_MARKS and self.at(i + 1).glued
        end = i + 2 if marked else self._after_day(i + 1)
        if number is None or end == 0:
            return None
        j = self.skip(end)
        of = self.directed(j) or self._bare_unit(j) if j > i + 2 else None
        if of is not None and of.days is not None and of.days.granularity is Granularity.MONTH:
            found = civil.safe(of.days.last.year, of.days.last.month, number)
            return Read(civil.one_day(found), of.end, "date.the_day") if found else None
        step = -1 if self.tense is Tense.PAST else 1
        for offset in (0, 1, 2):
            month = civil.add_months(self.anchor.replace(day=1), step * offset)
            found = civil.safe(month.year, month.month, number)
            if found and (found - self.anchor).days * step >= 0:
                return Read(civil.one_day(found), end, "date.the_day")
        return None

    def _after_day(self, j: int) -> int:
        """Return the token after the "-го", "-го числа" or "числа" of a day number; 0 if none of them stands there."""
        endings = self.words.number_endings
        end = self.ordinal_end(j)
        if self.low(j) == "-" and end > j and self.low(end) not in self.words.units:
            return end + 1 if self.low(end) in endings and not self.at(end).glued else end
        return j + 1 if self.low(j) in endings and not self.at(j).glued and len(self.low(j)) > 3 else 0


_ORDINAL_MARKS = frozenset(["st", "nd", "rd", "th"])
_SMALL = frozenset(["in", "-", "‑", "–", "im", '"', "“", "l'", "d'"])
_Form = Callable[[Phrases, int], Read | None]


@cache
def _forms(words: Words) -> dict[str, tuple[_Form, ...]]:
    """Return the forms of ``whole`` that can begin with a word, in the order in which they are tried."""
    months = frozenset(words.months.keys() | words.short_months.keys())
    numbered = words.week_names | words.quarter_letters | words.half_letters | {"calendar"}
    directed = words.next | words.this | words.last | words.articles | words.on | words.in_
    begins: tuple[tuple[_Form, frozenset[str]], ...] = (
        (Phrases.patch_day, months | words.patch),
        (lambda phrases, i: phrases.month_first(i, None), months),
        (Phrases.weekday, frozenset(words.weekdays.keys() | words.short_weekdays.keys())),
        (Phrases.ordinal, words.articles.union(words.ordinals)),
        (lambda phrases, i: phrases.numbered(i), numbered),
        (Phrases.directed, directed.union(words.units)),
        (Phrases.the_day, words.articles | words.on),
    )
    every = frozenset().union(*(begin for _, begin in begins))
    return {word: tuple(form for form, begin in begins if word in begin) for word in every}


def _week_of_month(days: Days, nth: int) -> Days:
    """The last week is the one, Monday to Sunday, of the last day, cut at the month; the others count from day 1."""
    begin = days.last.replace(day=1)
    if nth == -1:
        first = max(civil.week_of(days.last).first, begin)
        return Days(first, days.last, Granularity.WEEK, days.doubtful)
    first = civil.shift(begin, 7 * (nth - 1))
    return Days(first, min(civil.shift(first, 6), days.last), Granularity.WEEK, days.doubtful)
