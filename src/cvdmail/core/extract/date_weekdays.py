"""The forms of a date that name a weekday, and the patch day of a month."""

from __future__ import annotations

from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.date_forms import CalendarForms, Read
from cvdmail.core.extract.words import DAY_TIMES

_BETWEEN_DAYS = frozenset([",", ".", "(", "the", "den", "dem", "le", "el", "der", "il", "o", "de", "dia", "día", "-"])


class Weekdays(CalendarForms):
    """The forms with weekdays; those with directions ("next week") are added by :mod:`.date_phrases`."""

    def directed(self, i: int) -> Read | None:
        """Read "next week": in the class that knows directions."""
        raise NotImplementedError

    def weekday(self, i: int) -> Read | None:
        """Read "Thursday", "Thursday, May 28", "Tuesday 20": with a date, the weekday only checks it."""
        words = self.words
        day = words.weekdays.get(self.low(i))
        short = words.short_weekdays.get(self.low(i)) if self.at(i).raw[0].isupper() else None
        if day is None and short is None:
            return None
        j = i + 1
        while self.low(j) in _BETWEEN_DAYS and j < i + 5:
            j += 1
        named = day if day is not None else short
        dated = self.day_month(j, named) or self.month_first(j, named) or self.iso(j) or self.numeric(j, named)
        if dated is not None and dated.rule != "date.month":
            end = dated.end + (self.low(dated.end) == ")")
            return Read(dated.days, end, f"{dated.rule}.weekday", others=dated.others)
        if j > i + 1 and self.low(j - 1) == "the":
            numbered = self.number(j, 1, 31)
            if numbered is not None and named is not None:
                return self._weekday_number(self.ordinal_end(j + 1), named, numbered)
        if day is None:
            return None
        number = self.number(i + 1, 1, 31)
        if number is not None and self.low(i + 2) not in {":", "/", "%"} and self.low(i + 2) not in words.units:
            return self._weekday_number(self.ordinal_end(i + 2), day, number)
        return self._bare_weekday(i, day)

    def _bare_weekday(self, i: int, day: int) -> Read:
        words = self.words
        if self.low(i + 1) in words.next_after or (
            self.low(i + 1) in words.next and self.low(i + 2) not in words.units and self.low(i + 2) not in words.months
        ):
            return Read(civil.next_weekday(self.anchor, day), i + 2, "date.weekday.next")
        if self.low(i + 1) in words.last_after:
            return Read(civil.last_weekday(self.anchor, day), i + 2, "date.weekday.last")
        j = i + 2 if self.low(i + 1) in {"of", "in", "der", "de", "van"} else i + 1
        week = self.directed(j)
        if week is not None and week.days is not None and week.rule.startswith("date.week."):
            monday = civil.week_of(week.days.last).first
            return Read(civil.one_day(civil.shift(monday, day)), week.end, "date.weekday.of_week")
        near = civil.weekday_near(self.anchor, day, self.tense)
        if words.units.get(self.low(i + 1)) == "week" and self.low(i + 1) == "week":
            return Read(civil.one_day(civil.shift(near.first, 7)), i + 2, "date.weekday.week")  # "Friday week"
        end = i + 2 if self.low(i + 1) in DAY_TIMES else i + 1
        return Read(near, end, "date.weekday")

    def _weekday_number(self, end: int, weekday: int, number: int) -> Read | None:
        """Find the nearest month in the direction of the clause where this day number is this weekday."""
        step = -1 if self.tense is Tense.PAST else 1
        for offset in range(6):
            of = civil.add_months(self.anchor.replace(day=1), offset * step)
            found = civil.safe(of.year, of.month, number)
            if found and found.weekday() == weekday and (found - self.anchor).days * step >= 0:
                return Read(civil.one_day(found, doubtful=offset > 2), end, "date.weekday_number")
        return None

    def patch_day(self, i: int) -> Read | None:
        """Read "Patch Tuesday", "June Patch Tuesday", "Patching Tuesday of June 2022": the second Tuesday."""
        words = self.words
        k = i + 1 if self.low(i + 1) in {"'", "’"} else i
        named = self.month_at(i, beside=True) if self.low(k + 1) in words.patch else None
        j = k + 1 if named else i
        if self.low(j) not in words.patch or self.low(j + 1) not in words.patch_days:
            return None
        before = self.low(i - 1)
        if named is None and before not in words.next | words.this | words.on | words.in_ | words.by | words.until:
            return None  # "patch day was moved"
        j += 2
        year: int | None = None
        if named is None:
            k = j + 1 if self.low(j) in {"of", "in", "im", "de", "for", "für", "del"} else j
            named = self.month_at(k, beside=k > j)
            j = k + 1 if named else j
        if named is not None:
            year, j = self.year_after(j)
            return self._nth(named, 1, 2, year, j, "date.patch_day")
        for offset in (0, 1):
            of = civil.add_months(self.anchor, offset)
            found = civil.nth_weekday(of.year, of.month, 1, 2)
            if found and found > self.anchor:
                return Read(civil.one_day(found), j, "date.patch_day")
        return None

    def _nth(self, month: int, weekday: int, nth: int, year: int | None, end: int, rule: str) -> Read | None:
        def make(of: int) -> Days | None:
            found = civil.nth_weekday(of, month, weekday, nth)
            return civil.one_day(found) if found else None

        days = make(year) if year else civil.choose_year(make, self.anchor, self.tense)
        return Read(days, end, rule) if days else None
