"""The forms of a date with numbers and month names: each method reads one at a token and says where it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cvdmail.core.extract import calendar_words as words
from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.date_tokens import END, Token, counts
from cvdmail.core.extract.zone_words import wordset

_DAY_FIRST = wordset("de fr es it pt nl ru pl")
_MONTH_FIRST = frozenset(["ja", "zh", "ko"])
_SUFFIXES = frozenset(["st", "nd", "rd", "th", "er", "º"])
_DATE_CUES = wordset("on by before until is for am bis le el from to с по date zum dem")


_OUTSIDE = (END,) * 64
"""Stands behind the last token, and by the negative index of a list before the first: no form looks farther."""


@dataclass(frozen=True, slots=True)
class Read:
    """A date that was read: its days (None: found, not resolved), the token after it, the rule, a prefix it implies."""

    days: Days | None
    end: int
    rule: str
    prefix: str = ""


class CalendarForms:
    """The forms that are written with numbers and month names, over the tokens of one sentence."""

    def __init__(self, tokens: list[Token], anchor: date, tense: Tense, language: str | None) -> None:
        self.tokens = tokens
        self._padded = [*tokens, *_OUTSIDE]
        self.anchor = anchor
        self.tense = tense
        self.language = language

    def at(self, index: int) -> Token:
        """Return a token, or one that is nothing outside the sentence."""
        return self._padded[index]

    def low(self, index: int) -> str:
        """Return the word at a token if it may be a word of the calendar in this language, else nothing."""
        low = self.at(index).low
        return low if counts(low, self.language) else ""

    def number(self, index: int, low: int, high: int) -> int | None:
        """Return the number at a token if it lies between the two."""
        number = self.at(index).number
        return number if number is not None and low <= number <= high else None

    # --- years and months ------------------------------------------------------------------------------------------

    def year_after(self, i: int) -> tuple[int | None, int]:
        """Read an optional year after a date: ", 2027", "2027", "de 2027"; return it and the token after."""
        for j in (i, i + 1) if self.at(i).low in {",", "of", "de", "/", "del"} else (i,):
            year = self.number(j, 1990, 2199)
            if year is not None and len(self.at(j).raw) == 4:
                return year, j + 1
        return None, i

    def month_at(self, i: int, *, beside: bool) -> int | None:
        """Return the month named at a token; short and risky names only ``beside`` a number or a part."""
        low = self.at(i).low
        full = words.MONTHS.get(low) if counts(low, self.language) or beside else None
        risky = low in words.RISKY_MONTHS
        if full is not None and (not risky or beside):
            return full
        if (
            full is not None
            and self.at(i).raw[0].isupper()
            and self.low(i - 1) in (words.ON | words.IN | words.BY | words.BEFORE)
        ):
            return full
        return words.SHORT_MONTHS.get(low) if beside else None

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

    def day_month(self, i: int, weekday: int | None) -> Read | None:
        """Read "15 January 2027", "15. Januar", "15 de enero", "5-7 May"."""
        day = self.number(i, 1, 31)
        if day is None or len(self.at(i).raw) > 2:
            return None
        j = i + 1
        first_day = None
        if self.at(j).low in {"-", "–"} and self.number(j + 1, 1, 31):
            first_day, day, j = day, self.number(j + 1, 1, 31) or day, j + 2
        if self.at(j).low in _SUFFIXES and self.at(j).glued:
            j += 1
        if self.at(j).low == ".":
            j += 1
        while self.at(j).low in {"of", "de", "-", "/", "d'"} and j < i + 5:
            j += 1
        month = self.month_at(j, beside=True)
        if month is None:
            return None
        j += 2 if self.at(j + 1).low == "." and self.at(j).low in words.SHORT_MONTHS else 1
        if self.at(j).low in {"-", "/"} and self.number(j + 1, 1990, 2199):
            j += 1
        year, end = self.year_after(j)
        days = self.made(year, month, day, weekday)
        if days is not None and first_day is not None and first_day <= day:
            days = Days(days.first.replace(day=first_day), days.last, days.granularity, days.doubtful)
        return Read(days, end, "date.day_month") if days else None

    def month_first(self, i: int, weekday: int | None) -> Read | None:
        """Read "January 15th, 2027", "July 22-25", "January 2027", "January"."""
        j = i + 2 if self.at(i + 1).low == "." else i + 1
        day = self.number(j, 1, 31) if len(self.at(j).raw) <= 2 else None
        year, end = self.year_after(j)
        month = self.month_at(i, beside=day is not None or year is not None)
        if month is None:
            return None
        if day is None:
            days = self.made(year, month, None)
            return Read(days, end if year else i + 1, "date.month") if days else None
        j += 1
        if self.at(j).low in _SUFFIXES and self.at(j).glued:
            j += 1
        last_day = None
        if self.at(j).low in {"-", "–"} and self.number(j + 1, day + 1, 31):
            last_day, j = self.number(j + 1, 1, 31), j + 2
        year, j = self.year_after(j)
        days = self.made(year, month, day, weekday)
        if days is None:
            return None
        if last_day is not None and (to := civil.safe(days.first.year, month, last_day)):
            days = Days(days.first, to, days.granularity, days.doubtful)
        return Read(days, j, "date.month_day")

    # --- numbers ---------------------------------------------------------------------------------------------------

    def iso(self, i: int) -> Read | None:
        """Read 2027-01-15, 2027/01/15, 2027.01.15 and 2027-01 (ISO 8601)."""
        mark = self.at(i + 1).low
        year, month = self.number(i, 1990, 2199), self.number(i + 2, 1, 12)
        if year is None or len(self.at(i).raw) != 4 or mark not in {"-", "/", "."} or month is None:
            return None
        if mark == "." and (len(self.at(i + 2).raw) != 2 or len(self.at(i + 4).raw) != 2):
            return None  # 2020.3.3 is a version
        day = self.number(i + 4, 1, 31) if self.at(i + 3).low == mark else None
        if day is not None and self.at(i + 4).glued:
            found = civil.safe(year, month, day)
            return Read(civil.one_day(found), i + 5, "date.iso") if found else None
        if mark == "-" and len(self.at(i + 2).raw) == 2 and self.at(i + 2).glued and self.at(i + 3).low != "-":
            return Read(civil.month(year, month), i + 3, "date.iso_month")
        return None

    def numeric(self, i: int) -> Read | None:
        """Read 15.01.2027, 15/01/2027, 1/15/2027, 3/9, "02.02."; an order that nothing decides has no value."""
        mark = self.at(i + 1).low
        a, b = self.number(i, 1, 31), self.number(i + 2, 1, 31)
        if a is None or b is None or mark not in {".", "/", "-"} or not (self.at(i + 1).glued and self.at(i + 2).glued):
            return None
        if len(self.at(i).raw) > 2 or len(self.at(i + 2).raw) > 2:
            return None
        year, end = None, i + 3
        if self.at(i + 3).low == mark and self.at(i + 3).glued:
            raw = self.at(i + 4).raw if self.at(i + 4).glued else ""
            if len(raw) == 4 and (year := self.number(i + 4, 1990, 2199)):
                end = i + 5
            elif len(raw) == 2 and raw.isdigit() and self.at(i - 1).low in _DATE_CUES:
                year, end = 2000 + int(raw), i + 5
            elif raw and raw[0].isdigit():
                return None
            elif mark == ".":
                end = i + 4
        if year is None and (mark == "-" or not self._cued(i)):
            return None
        day, month, doubtful = self._order(a, b, mark)
        days = self.made(year, month, day) if 1 <= month <= 12 else None
        if days is None:
            return None
        return Read(Days(days.first, days.last, days.granularity, days.doubtful or doubtful), end, "date.numeric")

    def _order(self, a: int, b: int, mark: str) -> tuple[int, int, bool]:
        """Return day, month, and whether the order is only a guess."""
        if mark == "." or self.language in _DAY_FIRST or a > 12:
            return a, b, False
        if self.language in _MONTH_FIRST or b > 12:
            return b, a, False
        return a, b, a != b

    def _cued(self, i: int) -> bool:
        return self.at(i - 1).low in _DATE_CUES or (self.at(i - 1).low in {"(", ":"})

    def bare_day(self, i: int, before: Read) -> Read | None:
        """Read the "25" of "between July 22 and 25", in the month of the date before."""
        day = self.number(i, 1, 31)
        if day is None or before.days is None:
            return None
        found = civil.safe(before.days.last.year, before.days.last.month, day)
        end = i + 2 if self.at(i + 1).low in _SUFFIXES and self.at(i + 1).glued else i + 1
        return Read(civil.one_day(found), end, "date.bare_day") if found else None

    def bare_year(self, i: int) -> Read | None:
        """Read "in 2027": a year only after a preposition or a part, as many numbers have four digits."""
        year = self.number(i, 2000, 2100)
        before = self.low(i - 1)
        if year is None or len(self.at(i).raw) != 4 or not (
            before in words.IN or before in words.BY or before in words.PARTS or before in words.BEFORE
            or (before in words.OF and self.low(i - 2) in words.PARTS)
        ):  # fmt: skip
            return None
        return Read(civil.whole_year(year), i + 1, "date.year")

    def numbered(self, i: int) -> Read | None:
        """Read "Q3 2026", "3Q26", "2026Q3", "H1", "KW 23", "week 23", "T3"."""
        year, j = None, i
        if self.number(i, 1990, 2199) and self.at(i + 1).low in {"q", "h", "-", "w"}:
            year, j = self.at(i).number, i + (2 if self.at(i + 1).low == "-" else 1)
        name, value = self.at(j).low, self.at(j + 1).number
        if self.number(j, 1, 4) and self.at(j + 1).low == "q" and self.at(j + 1).glued:
            name, value = "q", self.at(j).number
        if name == "calendar" and self.at(j + 1).low == "week":
            j, name, value = j + 1, "week", self.at(j + 2).number
        limit = {"q": 4, "t": 4, "h": 2, "s": 2, "kw": 53, "cw": 53, "w": 53, "wk": 53, "week": 53, "kalenderwoche": 53,
                 "semaine": 53, "semana": 53}.get(name, 0)  # fmt: skip
        if value is None or not 1 <= value <= limit or (name == "t" and self.language != "fr"):
            return None
        if name in {"q", "h", "t", "s", "w"} and not (self.at(j + 1).glued):
            return None
        j += 2
        if year is None:
            year, j = self.year_after(j)
        if name in {"q", "t"}:
            return self._yearly(year, j, value, civil.quarter, "date.quarter")
        if name in {"h", "s"}:
            return self._yearly(year, j, value, civil.half, "date.half")
        days = (
            civil.iso_week(year, value)
            if year
            else civil.choose_year(lambda of: civil.iso_week(of, value), self.anchor, self.tense)
        )
        return Read(days, j, "date.week_number") if days else None

    def _yearly(
        self, year: int | None, end: int, value: int, make: Callable[[int, int], Days], rule: str
    ) -> Read | None:
        days = make(year, value) if year else civil.choose_year(lambda of: make(of, value), self.anchor, self.tense)
        return Read(days, end, rule) if days else None
