"""The forms of a date that count: "in two weeks", "within 30 days", "three days ago"."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days
from cvdmail.core.extract.date_forms import Read
from cvdmail.core.extract.date_phrases import Phrases
from cvdmail.core.extract.facts import Granularity
from cvdmail.core.extract.zone_words import wordset

_RISING = wordset("- – to or bis à a oder ou o of tot до do lub или")
_FILL = wordset("""
    the of matter den der de les los von about around approximately approx ca etwa roughly circa environ unos unas :
    another maximum max . rund weiteren le maybe perhaps only just say less than weniger als moins menos más weitere
""")
_HALF = wordset("half demi demie medio media halb halbe mezzo meia meio")
_WORKING = wordset("""
    business working work ouvrés ouvrables ouvré hábiles laborables úteis lavorativi рабочих рабочие roboczych robocze
""")
_NEEDING = wordset("need needs take gimme brauchen benötigen require requires give faut necesitamos")


_LATER = wordset("later thereafter afterwards später danach spätere après después dopo depois")
_MORE = wordset("of full more additional weiteren weitere further de other short")


class Count(NamedTuple):
    """ "Two to three weeks": the numbers, the unit, half a unit more, and the token after it."""

    low: int
    high: int
    unit: str
    half: bool
    end: int


class Forms(Phrases):
    """All forms over the tokens of one sentence."""

    def counted(self, i: int) -> Read | None:
        """Read "in two weeks", "within 30 days", "in the next few days", "3 days ago", "in a week or two"."""
        words, low = self.words, self.low(i)
        if low in words.ago_before or (low == "il" and self.low(i + 1) == "y" and self.low(i + 2) == "a"):
            count = self._count(i + (3 if low == "il" else 1))
            if count is not None and (days := civil.before_count(self.anchor, count.low, count.unit)):
                return Read(days, count.end, "date.ago")
        count = self._count(i)
        if count is not None and self.low(count.end) in words.ago:
            since = self._since_named(count, -1) if self.low(count.end) == "earlier" else None
            exact = civil.before_count(self.anchor, count.low, count.unit) if count.low == count.high else None
            return since or Read(exact, count.end + 1, "date.ago")
        lead, j = self._lead(i)
        if not lead:
            return self._after(i, count) if count is not None else None
        count = self._count(j)
        if count is None:
            return self._coming_one(i, j, lead) or self._few_coming(j, lead)
        if self._other_anchor(count.end):
            return self._from_date(count) or Read(None, count.end, "date.other_anchor")
        return self._ahead(count, lead, count.end)

    def _after(self, i: int, count: Count) -> Read | None:
        """Read a count without an opening word: "two weeks later", "a week from Friday", "needs three weeks"."""
        words = self.words
        after = self.low(count.end)
        if after in words.after or after in words.from_ or after in words.before:
            dated = self._from_date(count)
            if dated is not None:
                return dated
            if self.low(count.end + 1) in {"now", "today"}:
                return self._ahead(count, "in", count.end + 2)
            return Read(None, count.end + 1, "date.other_anchor") if after not in words.from_ else None
        if after in words.from_now:
            since = self._since_named(count, 1) if after in _LATER and self.low(count.end + 1) != "now" else None
            return since or self._ahead(count, "in", count.end + 1)
        if self.low(i - 1) in _NEEDING or (self.low(i - 1) in _FILL and self.low(i - 2) in _NEEDING):
            needed = self._ahead(count, "in", count.end)
            return replace(needed, rule="date.needs_count") if needed is not None else None
        return None

    def _since_named(self, count: Count, step: int) -> Read | None:
        """Read "one day earlier", "two weeks later", where a day was named before."""
        size = {"day": 1, "week": 7}.get(count.unit)
        if self.named is None or size is None or count.low != count.high or self.named.first != self.named.last:
            return None
        day = civil.shift(self.named.first, step * size * count.low)
        return Read(civil.one_day(day), count.end + 1, "date.from_named")

    def _from_date(self, count: Count) -> Read | None:
        """Read "two weeks after 3 May", "a week from Friday": counted from a date that stands there."""
        back = self.low(count.end) in self.words.before
        inner = self.any(self.skip(count.end + 1)) or self.any(count.end + 1)
        if inner is None or inner.days is None or inner.days.granularity is not Granularity.DAY or count.half:
            return None
        size = {"day": 1, "week": 7}.get(count.unit)
        if size is None or count.low != count.high or inner.days.first != inner.days.last:
            return None
        day = civil.shift(inner.days.first, (-1 if back else 1) * size * count.low)
        return Read(civil.one_day(day, doubtful=inner.days.doubtful), inner.end, "date.from_date")

    def _lead(self, i: int) -> tuple[str, int]:
        """Read what opens a count: "in", "within", "in the next", "another", "innerhalb von", "d'ici"."""
        words, low = self.words, self.low(i)
        j = i + 1
        if low == "over" and self.low(j) not in words.next and self.low(j + 1) not in words.next:
            return "", i  # "switched over one day earlier"
        if low in words.within or low in {"d'ici", "under"} or (low == "max" and self.low(j) == "."):
            lead = "within"
        elif low in words.in_ or low in {"another", "eta"}:
            lead = "in"
        elif low in words.next and (low in {"next", "coming"} or self.low(i - 1) in words.articles):
            lead = "within"
        else:
            return "", i
        for _ in range(5):
            word = self.low(j)
            if word in _FILL or word in words.articles:
                if word in words.numbers and self._count(j) is not None:
                    break
                j += 1
            elif word in words.next or word in {"max", "maximal", "höchstens", "most", "maximum", "at"}:
                lead, j = "within", j + 1
            else:
                break
        return lead, j

    def _coming_one(self, i: int, j: int, lead: str) -> Read | None:
        """Read "within the next week": up to a week from now; "within next week" is that week."""
        words = self.words
        if lead != "within" or self.low(i) not in words.within or self.low(j - 1) not in words.next:
            return None
        unit = self._unit_at(j)
        if self.low(j - 2) not in words.articles or unit not in {"week", "month"}:
            return None
        return self._ahead(Count(1, 1, unit, False, j + 1), "within", j + 1)

    def _few_coming(self, j: int, lead: str) -> Read | None:
        """Read "in the coming days": as "in the next few days"."""
        if lead != "within" or self.low(j - 1) not in self.words.next or self.words.units.get(self.low(j)) != "day":
            return None
        if self.low(j) in {"day", "tag", "jour", "día", "giorno", "dia", "dag"}:
            return None
        return Read(Days(self.anchor, civil.shift(self.anchor, 7), Granularity.DAY), j + 1, "date.within_count",
                    "within")  # fmt: skip

    def _count(self, i: int) -> Count | None:
        """Read "3 weeks", "two to three weeks", "30-45 days", "a week or two", "a few days", "2 mois et demi"."""
        words = self.words
        j = i
        if self.low(j) in words.articles and (self.low(j + 1) in words.few or self.low(j + 1) in {"couple", "few"}):
            j += 1
        if self.low(j) == "half" and self.low(j + 1) in {"a", "an"}:
            return None
        few = self.low(j) in words.few
        low = 0 if few else self._value(j)
        couple = self.low(j) == "couple"
        high = low
        if not few and not low:
            if self.low(j + 1) not in words.or_ or not self._or_two(j + 2) or not self._unit_at(j):
                return None
            low, j = 1, j - 1  # "the next month or two"
            high = low
        j += 1
        if not few and self.low(j) in _RISING | words.or_:
            second = self._value(j + 1)
            if second > low:
                high, j = second, j + 2
        if self.low(j) == "(" and self.number(j + 1, 1, 999) and self.low(j + 2) == ")":
            j += 3  # "ten (10) business days"
        half = self.low(j) in words.and_ and self.low(j + 1) in _HALF | words.articles
        if half:
            j += 2 if self.low(j + 1) in _HALF else 3
        if self.low(j) in {
            "of",
            "full",
            "more",
            "additional",
            "weiteren",
            "weitere",
            "further",
            "de",
            "other",
            "short",
        }:
            j += 1
        business = self.low(j) in _WORKING
        j += business
        unit = self._unit_at(j)
        if not unit:
            return None
        j += 1
        if self.low(j) in _WORKING:
            business, j = True, j + 1
        if couple and unit == "day":
            low, high = 1, 3
        return self._finish_count(low, high, "workday" if business and unit == "day" else unit, few, half, j)

    def _or_two(self, i: int) -> bool:
        """The "two" or "so" of "a week or two", "the next month or so"."""
        return self.words.numbers.get(self.low(i)) == 2 or self.low(i) == "so"

    def _finish_count(self, low: int, high: int, unit: str, few: bool, half: bool, j: int) -> Count:
        """Read what may follow the unit: "or two", "or so", "and a half"."""
        words = self.words
        if self.low(j) in words.or_ and (words.numbers.get(self.low(j + 1)) == 2 or self.low(j + 1) in {"so", "deux"}):
            high = 2 if self.low(j + 1) != "so" and low == 1 else high
            j += 2
        if self.low(j) in words.and_ and (self.low(j + 1) in _HALF or self.low(j + 2) in _HALF):
            half, j = True, j + (2 if self.low(j + 1) in _HALF else 3)
        if self.low(j) in {"'", "’", "time"}:
            j += 1
        if few:
            low, high = 1, 7 if unit == "day" else 1 if unit == "minute" else 0
        if unit == "fortnight":
            low, high, unit = 2 * low, 2 * high, "week"
        return Count(low, high, unit, half, j)

    def _value(self, i: int) -> int:
        """Return the number at a token, 0 if there is none."""
        return self.number(i, 1, 999) or self.words.numbers.get(self.low(i), 0)

    def _unit_at(self, i: int) -> str:
        unit = self.words.units.get(self.low(i), "")
        return "" if unit in {"weekend", "half"} else unit

    def _ahead(self, count: Count, lead: str, end: int) -> Read | None:
        if self.low(end) in self.words.from_now:
            end += 1
            if self.low(end) in {"now", "today"}:
                end += 1
        elif self.low(end) in self.words.from_ and self.low(end + 1) in {"now", "today"}:
            end += 2
        days = civil.after_count(self.anchor, count.low, count.high, count.unit)
        rule = f"date.{lead}_count"
        if days is None:
            return Read(None, end, rule)
        if count.half:
            more = {"week": 3, "month": 14, "year": 182}.get(count.unit, 0)
            days = Days(days.first, civil.shift(days.last, more), days.granularity)
        if lead == "within" or self._at_most(end):
            return Read(Days(self.anchor, days.last, days.granularity), end, rule, "within")
        return Read(days, end, rule)

    def _at_most(self, end: int) -> bool:
        """Say whether "at most" or "max" stands after a count."""
        return self.low(end) in {"max", "maximal", "maximum"} or (
            self.low(end) in {"at", "au"} and self.low(end + 1) in {"most", "plus", "maximum"}
        )

    def _other_anchor(self, end: int) -> bool:
        """Counted from something else: "within 90 days of your report", "two weeks after the release"."""
        word, then = self.low(end), self.low(end + 1)
        if word in self.words.after or word in self.words.before:
            return True
        return word in {"of", "from", "ab", "à", "desde", "following"} and then not in {
            "now", "today", "heute", "time", "work", "testing", "development", "aujourd'hui", "hoy"
        }  # fmt: skip
