"""The forms of a date that count: "in two weeks", "within 30 days", "three days ago"."""

from __future__ import annotations

from cvdmail.core.extract import calendar_words as words
from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days
from cvdmail.core.extract.date_forms import Read
from cvdmail.core.extract.date_phrases import Phrases
from cvdmail.core.extract.zone_words import wordset

WORKDAYS = wordset("werktage werktagen arbeitstage arbeitstagen")
_BEGIN = frozenset().union(
    words.AGO_BEFORE, words.NUMBERS, words.FEW, words.UNITS, words.WITHIN, words.IN,
    wordset("il a the d'ici under max another eta"),
)  # fmt: skip
"""Words with which a count can begin, apart from numbers."""


class Forms(Phrases):
    """All forms over the tokens of one sentence."""

    def counted(self, i: int) -> Read | None:
        """Read "in two weeks", "within 30 days", "in the next few days", "3 days ago", "in a week or two"."""
        low = self.low(i)
        if low not in _BEGIN and self.at(i).number is None:
            return None
        if low in words.AGO_BEFORE or (low == "il" and self.at(i + 1).low == "y" and self.at(i + 2).low == "a"):
            count = self._count(i + (3 if low == "il" else 1))
            if count is not None and (days := civil.before_count(self.anchor, count[1], count[2])):
                return Read(days, count[3], "date.ago")
        count = self._count(i)
        if count is not None and self.low(count[3]) in words.AGO:
            exact = civil.before_count(self.anchor, count[1], count[2]) if count[0] == count[1] else None
            return Read(exact, count[3] + 1, "date.ago")
        lead, j = self._lead(i)
        if not lead:
            if count is not None and self.at(count[3]).low in {"after", "nach", "après", "después"}:
                return Read(None, count[3] + 1, "date.other_anchor")
            if (count is not None and self.low(count[3]) in {"later", "now"}) or (
                count and self.low(count[3] + 1) == "now"
            ):
                return self._ahead(count, "in", count[3] + 1)
            return None
        count = self._count(j)
        if count is None:
            return None
        if self._other_anchor(count[3]):
            return Read(None, count[3], "date.other_anchor")
        return self._ahead(count, lead, count[3])

    def _lead(self, i: int) -> tuple[str, int]:
        """Read what opens a count: "in", "within", "in the next", "another", "innerhalb von", "d'ici"."""
        low = self.low(i)
        j = i + 1
        if low in words.WITHIN or low in {"d'ici", "under"} or (low == "max" and self.at(j).low == "."):
            lead = "within"
        elif low in words.IN or low in {"takes", "take", "needs", "another", "eta", "about"}:
            lead = "in"
        else:
            return "", i
        if low in {"takes", "take", "needs", "about"}:
            return "", i
        for _ in range(4):
            word = self.low(j)
            if word in {
                "the",
                "of",
                "den",
                "der",
                "de",
                "les",
                "los",
                "von",
                "about",
                "around",
                "approximately",
                "ca",
                "etwa",
                ":",
                "another",
            }:
                j += 1
            elif word in words.NEXT:
                lead, j = "within", j + 1
            else:
                break
        return lead, j

    def _count(self, i: int) -> tuple[int, int, str, int] | None:
        """Read "3 weeks", "two to three weeks", "30-45 days", "a week or two", "a few days": (low, high, unit, end)."""
        j = i
        if self.at(j).low in {"a", "the"} and (self.low(j + 1) in words.FEW or self.low(j + 1) == "couple"):
            j += 1
        few = self.low(j) in words.FEW
        high = low = 0 if few else self.number(j, 1, 999) or words.NUMBERS.get(self.low(j), 0)
        if not few and not low:
            if self.at(j + 1).low != "or" or self.at(j + 2).low != "two" or self.low(j) not in words.UNITS:
                return None
            low, j = 1, j - 1  # "the next month or two"
        j += 1
        if not few and self.at(j).low in {"-", "–", "to", "or", "bis", "à", "a", "oder", "ou", "o"}:
            second = self.number(j + 1, 1, 999) or words.NUMBERS.get(self.low(j + 1), 0)
            if second > low:
                high, j = second, j + 2
        if self.at(j).low in {"of", "full", "more", "additional", "weiteren"}:
            j += 1
        business = self.at(j).low in {"business", "working", "work"}
        j += business
        unit = words.UNITS.get(self.low(j))
        if self.at(j).low in WORKDAYS:
            unit, business = "day", True
        if unit is None or unit == "weekend":
            return None
        j += 1
        if self.at(j).low in {"or", "oder", "ou"} and self.at(j + 1).low in {"two", "so", "zwei", "deux"}:
            high = 2 if self.at(j + 1).low != "so" and low == 1 else high
            j += 2
        if self.at(j).low in {"'", "’", "time"}:
            j += 1
        if few:
            low, high = 1, 7 if unit == "day" else 0
        return low, high, "business" if business and unit == "day" else unit, j

    def _ahead(self, count: tuple[int, int, str, int], lead: str, end: int) -> Read | None:
        low, high, unit, _ = count
        if self.low(end) in {"time", "later", "from"}:
            end += 1
        days = civil.after_count(self.anchor, low, high, unit)
        rule = f"date.{lead}_count"
        if days is None:
            return Read(None, end, rule)
        if lead == "within":
            return Read(Days(self.anchor, days.last, days.granularity), end, rule, "within")
        return Read(days, end, rule)

    def _other_anchor(self, end: int) -> bool:
        """Counted from something else: "within 90 days of your report", "two weeks after the release"."""
        word, then = self.at(end).low, self.at(end + 1).low
        if word in {"after", "nach", "après", "después", "before", "vor"}:
            return True
        return word in {"of", "from", "ab"} and then not in {"now", "today", "heute", "time", "work"}
