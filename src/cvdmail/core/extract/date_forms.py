"""The forms of a date with numbers and month names: each method reads one at a token and says where it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.date_tokens import END, Token
from cvdmail.core.extract.words import Words

_DAY_FIRST = frozenset(["de", "fr", "es", "it", "pt", "nl", "ru", "pl"])
_MONTH_FIRST = frozenset(["ja", "zh", "ko"])
_SUFFIXES = frozenset(["st", "nd", "rd", "th", "er", "º", "ª", "de", "o"])
_ORDINAL_MARKS = frozenset(["st", "nd", "rd", "th"])
_NUMERIC_CUES = frozenset(["is", "are", "date", "(", ":", "-", "–", "—", "~", "to", "=", "/", "ist", "est", "es"])
_DASHES = frozenset(["-", "–", "—", "~", "/"])

_OUTSIDE = (END,) * 64
"""Stands behind the last token, and by the negative index of a list before the first: no form looks farther."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What dates are resolved against.

    The local day the mail was sent, the tense of the clause, the language of the text, whether the writer puts the day
    before the month (None: nothing tells), and the date that was named last ("the same day").
    """

    day: date
    tense: Tense
    language: str | None
    day_first: bool | None = None
    named: Days | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A date that was read: its days (None: found, not resolved), the token after it, the rule, a prefix it implies.

    ``others`` are further readings of the same words, where nothing decides between them.
    """

    days: Days | None
    end: int
    rule: str
    prefix: str = ""
    others: tuple[Days, ...] = ()


class CalendarForms:
    """The forms that are written with numbers and month names, over the tokens of one sentence."""

    def __init__(self, tokens: list[Token], anchor: Anchor, words: Words) -> None:
        self.tokens = tokens
        self._padded = [*tokens, *_OUTSIDE]
        self.anchor = anchor.day
        self.tense = anchor.tense
        self.language = anchor.language
        self.day_first = anchor.day_first
        self.named = anchor.named
        self.words = words

    def at(self, index: int) -> Token:
        """Return a token, or one that is nothing outside the sentence."""
        return self._padded[index]

    def low(self, index: int) -> str:
        """Return the word at a token."""
        return self._padded[index].low

    def number(self, index: int, low: int, high: int) -> int | None:
        """Return the number at a token if it lies between the two."""
        number = self.at(index).number
        return number if number is not None and low <= number <= high else None

    # --- years and months ------------------------------------------------------------------------------------------

    def year_after(self, i: int) -> tuple[int | None, int]:
        """Read an optional year after a date: ", 2027", "2027", "de 2027"; return it and the token after."""
        for j in (i, i + 1) if self.low(i) in {",", "of", "de", "/", "del", "'", "’", "("} else (i,):
            year = self.number(j, 1990, 2199)
            if year is not None and len(self.at(j).raw) == 4:
                return year, j + 1
            short = self.number(j, 20, 60)
            if short is not None and j > i and self.low(i) in {"'", "’"} and self.at(j).glued:
                return 2000 + short, j + 1
        return None, i

    def month_at(self, i: int, *, beside: bool) -> int | None:
        """Return the month named at a token; short and everyday names only ``beside`` a number or a part."""
        words, low = self.words, self.low(i)
        full = words.months.get(low)
        everyday = low in words.everyday
        if full is not None and (not everyday or beside):
            return full
        if full is not None and self.at(i).raw[0].isupper() and self._introduced(i):
            return full
        return words.short_months.get(low) if beside else None

    def _introduced(self, i: int) -> bool:
        """Say whether a word that makes a month of "May" stands before it: "in May", "the May release"."""
        words, before = self.words, self.low(i - 1)
        if before in words.on or before in words.in_ or before in words.by or before in words.before:
            return True
        if before in words.until or before in words.after or before in words.next or before in words.this:
            return True
        return before in words.articles and self.low(i + 1) in words.carriers

    def made(self, year: int | None, month: int, day: int | None, weekday: int | None = None) -> Days | None:
        """Make a month or a day; a missing year is chosen, a weekday that does not fit makes it doubtful."""

        def make(of: int) -> Days | None:
            if day is None:
                return civil.month(of, month)
            found = civil.safe(of, month, day)
            if found is None:
                return None
            return civil.one_day(found, doubtful=weekday is not None and found.weekday() != weekday)

        return make(year) if year is not None else civil.choose_year(make, self.anchor, self.tense)

    def ordinal_end(self, j: int) -> int:
        """Step over what is glued to a day number: "th", "."."""
        if self.low(j) in _SUFFIXES and self.at(j).glued:
            j += 1
        return j + 1 if self.low(j) == "." else j

    def day_month(self, i: int, weekday: int | None) -> Read | None:
        """Read "15 January 2027", "15. Januar", "15 de enero", "5-7 May", "12. bis 14. März", "5th or 6th of May"."""
        day = self.number(i, 1, 31)
        if day is None or len(self.at(i).raw) > 2:
            return None
        first_day = None
        j = self.ordinal_end(i + 1)
        last_day = self.number(j + 1, day + 1, 31)
        if last_day and (self.low(j) in _DASHES or self.low(j) in self.words.to or self.low(j) in self.words.or_):
            first_day, day, j = day, last_day, self.ordinal_end(j + 2)
        while self.low(j) in {"of", "de", "-", "/", "d'", "do", "di"} and j < i + 8:
            j += 1
        month = self.month_at(j, beside=True)
        if month is None:
            return None
        j += 2 if self.low(j + 1) == "." and self.low(j) in self.words.short_months else 1
        if self.low(j) in {"-", "/"} and self.number(j + 1, 1990, 2199):
            j += 1
        year, end = self.year_after(j)
        days = self.made(year, month, day, weekday)
        if days is not None and first_day is not None:
            days = Days(days.first.replace(day=first_day), days.last, days.granularity, days.doubtful)
        return Read(days, end, "date.day_month") if days else None

    def month_first(self, i: int, weekday: int | None) -> Read | None:
        """Read "January 15th, 2027", "July 22-25", "January 2027", "January"."""
        j = i + 2 if self.low(i + 1) == "." and self.low(i) in self.words.short_months else i + 1
        if self.low(j) == "the" or (self.low(j) == "," and self.number(j + 1, 1, 31) and self._ends(j + 2)):
            j += 1
        day = self.number(j, 1, 31) if len(self.at(j).raw) <= 2 else None
        year, end = self.year_after(j)
        month = self.month_at(i, beside=day is not None or year is not None)
        if month is None:
            return None
        if day is None:
            days = self.made(year, month, None)
            return Read(days, end if year else i + 1, "date.month") if days else None
        j += 1
        if self.low(j) in _SUFFIXES and self.at(j).glued:
            j += 1
        last_day = None
        if self.low(j) in _DASHES and self.number(j + 1, day + 1, 31) and len(self.at(j + 1).raw) <= 2:
            last_day, j = self.number(j + 1, 1, 31), j + 2
            j += self.low(j) in _ORDINAL_MARKS
        year, j = self.year_after(j)
        days = self.made(year, month, day, weekday)
        if days is None:
            return None
        if last_day is not None and (to := civil.safe(days.first.year, month, last_day)):
            days = Days(days.first, to, days.granularity, days.doubtful)
        return Read(days, j, "date.month_day")

    def _ends(self, i: int) -> bool:
        """Say whether no noun follows that a number could count: "January, 23." but not "January, 3 issues"."""
        low = self.low(i)
        return low in {"", ",", ".", ")", ";", ":"} or low in self.words.and_ or low in _ORDINAL_MARKS

    # --- numbers ---------------------------------------------------------------------------------------------------

    def iso(self, i: int) -> Read | None:
        """Read 2027-01-15, 2027/01/15, 2027.01.15 and 2027-01 (ISO 8601)."""
        mark = self.low(i + 1)
        year, month = self.number(i, 1990, 2199), self.number(i + 2, 1, 12)
        if year is None or len(self.at(i).raw) != 4 or mark not in {"-", "/", "."} or month is None:
            return None
        if mark == "." and (len(self.at(i + 2).raw) != 2 or len(self.at(i + 4).raw) != 2):
            return None  # 2020.3.3 is a version
        day = self.number(i + 4, 1, 31) if self.low(i + 3) == mark else None
        if day is not None and self.at(i + 4).glued:
            found = civil.safe(year, month, day)
            return Read(civil.one_day(found), i + 5, "date.iso") if found else None
        if mark != "." and len(self.at(i + 2).raw) == 2 and self.at(i + 2).glued and self.low(i + 3) != mark:
            return Read(civil.month(year, month), i + 3, "date.iso_month")
        return None

    def numeric(self, i: int, weekday: int | None = None) -> Read | None:
        """Read 15.01.2027, 15/01/2027, 1/15/2027, 3/9, "02.02."; an order that nothing decides has no value."""
        mark = self.low(i + 1)
        a, b = self.number(i, 1, 31), self.number(i + 2, 1, 31)
        if a is None or b is None or mark not in {".", "/", "-"} or not (self.at(i + 1).glued and self.at(i + 2).glued):
            return None
        if len(self.at(i).raw) > 2 or len(self.at(i + 2).raw) > 2:
            return None
        year, end = self._numeric_year(i, mark)
        if end == 0 or (year is None and (mark == "-" or not self._cued(i))):
            return None
        if year is None and mark == "." and self.language == "en":
            return None  # "after 2.9." is a version
        readings = [
            days
            for day, month in self._orders(a, b, mark, weekday)
            if 1 <= month <= 12 and (days := self.made(year, month, day, weekday)) is not None
        ]
        if weekday is not None and any(not days.doubtful for days in readings):
            readings = [days for days in readings if not days.doubtful]
        if not readings:
            return None
        if len(readings) == 1:
            return Read(readings[0], end, "date.numeric")
        first = readings[0]
        doubtful = Days(first.first, first.last, first.granularity, doubtful=True)
        return Read(doubtful, end, "date.numeric", others=tuple(readings))

    def _numeric_year(self, i: int, mark: str) -> tuple[int | None, int]:
        """Return the year of a numeric date, if it has one, and the token after it; 0 if it is no date."""
        if not (self.low(i + 3) == mark and self.at(i + 3).glued):
            return None, i + 3
        raw = self.at(i + 4).raw if self.at(i + 4).glued else ""
        if len(raw) == 4 and (year := self.number(i + 4, 1990, 2199)):
            return year, i + 5
        if len(raw) == 2 and raw.isdigit() and self._cued(i):
            return 2000 + int(raw), i + 5
        if raw and raw[0].isdigit():
            return None, 0
        return None, i + 4 if mark == "." else i + 3

    def _orders(self, a: int, b: int, mark: str, weekday: int | None) -> tuple[tuple[int, int], ...]:
        """Return the readings as (day, month): one where something decides, else both."""
        if mark == "." or a > 12:
            return ((a, b),)
        if b > 12:
            return ((b, a),)
        first = self.day_first
        if first is None and (self.language in _DAY_FIRST or self.language in _MONTH_FIRST):
            first = self.language in _DAY_FIRST
        if first is None or weekday is not None:
            return ((a, b), (b, a)) if a != b else ((a, b),)
        return ((a, b),) if first else ((b, a),)

    def _cued(self, i: int) -> bool:
        words, low = self.words, self.low(i - 1)
        return (
            low in _NUMERIC_CUES
            or low in words.on
            or low in words.by
            or low in words.until
            or low in words.before
            or low in words.after
            or low in words.from_
            or low in words.weekdays
            or low in words.short_weekdays
            or (low == "." and self.low(i - 2) in words.short_weekdays)
            or (low == "," and (self.low(i - 2) in words.weekdays or self.low(i - 2) in words.short_weekdays))
            or low in words.to
            or low in words.between
            or low in words.and_
        )

    def bare_day(self, i: int, before: Read) -> Read | None:
        """Read the "25" of "between July 22 and 25", in the month of the date before."""
        day = self.number(i, 1, 31)
        if day is None or before.days is None or before.days.first != before.days.last:
            return None
        found = civil.safe(before.days.last.year, before.days.last.month, day)
        return Read(civil.one_day(found), self.ordinal_end(i + 1), "date.bare_day") if found else None

    def bare_year(self, i: int) -> Read | None:
        """Read "in 2027": a year only after a preposition or a part, as many numbers have four digits."""
        year = self.number(i, 2000, 2100)
        words, before = self.words, self.low(i - 1)
        if self.low(i + 1) == "." and self.at(i + 1).glued and self.at(i + 2).glued:
            return None  # "2021.x"
        if year is None or len(self.at(i).raw) != 4 or not (
            before in words.year_cues or before in words.in_ or before in words.by or before in words.parts
            or before in words.before or (before in words.of and self.low(i - 2) in words.parts)
        ):  # fmt: skip
            return None
        return Read(civil.whole_year(year), i + 1, "date.year")

    def numbered(self, i: int) -> Read | None:
        """Read "Q3 2026", "3Q26", "2026Q3", "H1", "KW 23", "week 23", "T3"."""
        words = self.words
        year, j = None, i
        if self.number(i, 1990, 2199) and self.low(i + 1) in {"q", "h", "-", "w", "/"}:
            year, j = self.at(i).number, i + (2 if self.low(i + 1) in {"-", "/"} else 1)
        name, value = self.low(j), self.at(j + 1).number
        if self.number(j, 1, 4) and self.low(j + 1) in words.quarter_letters and self.at(j + 1).glued:
            name, value = self.low(j + 1), self.at(j).number
        if name == "calendar" and self.low(j + 1) in words.week_names:
            j, name, value = j + 1, self.low(j + 1), self.at(j + 2).number
        if self.low(j + 1) in {"nr", "no", "#", "n°", "."} and name in words.week_names:
            j, value = j + 1, self.at(j + 2).number
            if self.low(j + 1) == ".":
                j, value = j + 1, self.at(j + 2).number
        kind = ("quarter" if name in words.quarter_letters else "half" if name in words.half_letters
                else "week" if name in words.week_names else "")  # fmt: skip
        if value is None or not kind or not 1 <= value <= {"quarter": 4, "half": 2, "week": 53}[kind]:
            return None
        if len(name) == 1 and not self.at(j + 1).glued:
            return None
        j += 2
        if year is None:
            year, j = self._numbered_year(j)
        if kind != "week":
            make = civil.quarter if kind == "quarter" else civil.half
            return self._yearly(year, j, value, make, f"date.{kind}")
        days = (
            civil.iso_week(year, value)
            if year
            else civil.choose_year(lambda of: civil.iso_week(of, value), self.anchor, self.tense)
        )
        return Read(days, j, "date.week_number") if days else None

    def _numbered_year(self, j: int) -> tuple[int | None, int]:
        """Read the year of "Q3 2026", "Q3/2026", "Q3/26", "Q3'26"."""
        year, end = self.year_after(j)
        if year is None and self.low(j) in {"/", "-", "'", "’"} and self.at(j).glued:
            short = self.number(j + 1, 20, 60)
            if short is not None and len(self.at(j + 1).raw) == 2:
                return 2000 + short, j + 2
            year, end = self.year_after(j + 1)
            return (year, end) if year is not None else (None, j)
        return year, end

    def _yearly(
        self, year: int | None, end: int, value: int, make: Callable[[int, int], Days], rule: str
    ) -> Read | None:
        days = make(year, value) if year else civil.choose_year(lambda of: make(of, value), self.anchor, self.tense)
        return Read(days, end, rule) if days else None
