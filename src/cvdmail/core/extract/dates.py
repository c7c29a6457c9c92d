"""Dates in sentences: a small compositional grammar over the words of the calendar.

A *day range* is made by one of a few forms (ISO, day and month, quarter, week, "next month", weekday, "today", a
count), may be narrowed by a *part* ("end of"), and bound by a *prefix* ("by", "before", "not before", "within").  The
forms combine freely; words come from one table for all languages.  What cannot be resolved for certain (``03/04``, a
missing year with two good candidates, "next Friday" on a Monday) is found but has no calendar value, and a word of the
calendar that no form consumed is reported as unresolved: a date is never silently dropped or guessed.

The text must be masked: versions and ticket numbers look like days.  At every token a bounded number of forms is tried,
each looking ahead at most a dozen tokens: linear.  Every date holds a number or a word that means a stretch of time
(:data:`CALENDAR`); where neither is near, nothing is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from cvdmail.core.extract import calendar_words as words
from cvdmail.core.extract import civil, dates_cjk
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.date_counts import WORKDAYS, Forms
from cvdmail.core.extract.date_forms import Read
from cvdmail.core.extract.date_phrases import ENDINGS, HALVES
from cvdmail.core.extract.date_tokens import END, Token, counts, tokenize
from cvdmail.core.extract.facts import Bound, Granularity
from cvdmail.core.extract.letters import is_wide, latin
from cvdmail.core.extract.page import Bag
from cvdmail.core.extract.zone_words import wordset

MAX_DATES = 12
"""Dates of one sentence that are kept."""


_UNTIL = frozenset(["until", "till", "til", "bis", "hasta", "até", "до"])
_NOT = frozenset(["not", "no", "nicht", "ne", "pas"])
_FILLERS = frozenset(["in", "within", "the", "end", "somewhere", "around"])


CALENDAR = frozenset().union(
    words.MONTHS, words.SHORT_MONTHS, words.WEEKDAYS, words.UNITS, words.DEIXIS, ENDINGS, HALVES, WORKDAYS,
    wordset("morning afternoon evening aujourd'hui"),
)  # fmt: skip
"""Words one of which, or a number, stands in every date, at most ``_REACH`` tokens after its first token."""
_REACH = 16
STARTERS = (
    frozenset().union(
        words.MONTHS, words.WEEKDAYS, words.UNITS, words.PARTS, words.NEXT, words.THIS, words.LAST, words.DEIXIS,
        words.NUMBERS, words.FEW, words.ORDINALS, words.WITHIN, words.IN, words.AGO_BEFORE,
        wordset("""
            between beween zwischen entre tra между from vom von du del с dal od the over am q h t s kw cw w wk
            calendar kalenderwoche patch patching eow eom eoq eoy later new aujourd'hui d'ici under max another
            eta coming il
        """),
    )
)  # fmt: skip
"""Words with which a date may begin; anywhere else none is looked for."""


_DIGIT = re.compile("[0-9]")
_ABROAD = re.compile("[\u0100-\u1fff０-９年月日天周週期礼季어오내]")
"""Letters of which every Chinese, Japanese and Korean date holds one; other scripts are not told apart."""
_ENDLESS = re.compile(r"[^\W\d_]{41}")
"""A word that is read in pieces."""
_BESIDE = words.RISKY_MONTHS.union(words.SHORT_MONTHS)
"""Months that are read only beside a number, a part or a direction, or with a capital letter."""
_NEIGHBOURS = latin(words.PARTS) | latin(words.NEXT) | latin(words.THIS) | latin(words.LAST)
_LATIN_BESIDE = latin(_BESIDE)
_LATIN_RISKY = latin(words.RISKY_MONTHS)


@cache
def _sure_words(language: str | None) -> frozenset[bytes]:
    """Return the words of ``CALENDAR`` that need nothing beside them, in a text of this language."""
    only = frozenset(word for word in words.UNITS.keys() | words.DEIXIS.keys() if not counts(word, language))
    return latin(CALENDAR - _BESIDE - only) | {b"aujourd"}


def possible(bag: Bag | None, stretch: str, language: str | None) -> bool:
    """Say whether a stretch of masked text with these words may hold a date; it may say yes too often."""
    if bag is None or not bag.words.isdisjoint(_sure_words(language)) or _DIGIT.search(stretch):
        return True
    if bag.wide and (_ABROAD.search(stretch) or (len(stretch) > 40 and _ENDLESS.search(stretch))):
        return True
    beside = bag.words & _LATIN_BESIDE
    if not beside:
        return False
    capital = any(chr(word[0]).upper() in stretch for word in beside & _LATIN_RISKY)
    return capital or not bag.words.isdisjoint(_NEIGHBOURS)


@dataclass(frozen=True, slots=True)
class DateReading:
    """One date phrase: where it stands, its days (None: no calendar value), how it binds, and by which rule.

    ``named`` is the range that was named, before a prefix widened it: the July of "before July".
    """

    start: int
    end: int
    first: date | None
    last: date | None
    bound: Bound
    granularity: Granularity | None
    prefix: str
    rule: str
    doubtful: bool
    named: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """What dates are resolved against: the local day the mail was sent, the clause's tense, the text's language."""

    day: date
    tense: Tense
    language: str | None


def find(
    masked: str, start: int, end: int, anchor: Anchor, *, moves: bool = False, tokens: list[Token] | None = None
) -> tuple[DateReading, ...]:
    """Return the dates in ``masked[start:end]``.

    ``tokens`` may give the words of the stretch, if they are at hand; ``moves`` says that the clause
    moves a date: then "from A to B" is two dates and not a range.
    """
    stretch = masked[start:end]
    readings: list[DateReading] = []
    if is_wide(stretch):
        tokens = None
        stretch = stretch.translate(dates_cjk.WIDE_DIGITS)
        for first, last, days, prefix, rule in dates_cjk.read(stretch, anchor.day, anchor.tense):
            readings.append(_bind(start + first, start + last, days, prefix, rule, anchor))
            stretch = stretch[:first] + "\ue000" * (last - first) + stretch[last:]
    found = tokenize(stretch, start) if tokens is None else tokens
    if any(token.number is not None or token.low in CALENDAR for token in found):
        readings += _Scan(found, anchor, moves).run()
    if len(readings) < 2:
        return tuple(readings)
    return tuple(sorted(readings, key=lambda reading: reading.start)[:MAX_DATES])


class _Scan:
    """Goes through the tokens once; every date found consumes its tokens."""

    def __init__(self, tokens: list[Token], anchor: Anchor, moves: bool) -> None:
        self.tokens = tokens
        self.anchor = anchor
        self.moves = moves
        self.forms = Forms(tokens, anchor.day, anchor.tense, anchor.language)

    def at(self, index: int) -> Token:
        return self.tokens[index] if 0 <= index < len(self.tokens) else END

    def run(self) -> Iterator[DateReading]:
        i = 0
        marks = [j for j, token in enumerate(self.tokens) if token.number is not None or token.low in CALENDAR]
        mark = 0
        while i < len(self.tokens):
            while mark < len(marks) and marks[mark] < i:
                mark += 1
            if mark == len(marks):
                return
            if i < marks[mark] - _REACH:
                i = marks[mark] - _REACH
            if self.tokens[i].number is None and self.tokens[i].low not in STARTERS and not self._short(i):
                i += 1
                continue
            read = self._range(i) or self.forms.counted(i) or self.forms.any(i)
            if read is None:
                if self._stray(self.tokens[i]):
                    yield self._unresolved(i)
                i += 1
                continue
            start, prefix = self._prefix(i, read)
            end = self.tokens[read.end - 1].end
            if self.at(read.end).low == "at" and self.at(read.end + 2).low in {"earliest", "latest"}:
                prefix = "after" if self.at(read.end + 2).low == "earliest" else "by"
                end = self.at(read.end + 2).end
            yield _bind(self.tokens[start].start, end, read.days, prefix, read.rule, self.anchor)
            i = read.end

    def _short(self, i: int) -> bool:
        """A short month or weekday; it may begin a date beside a number."""
        return self.tokens[i].low in words.SHORT_MONTHS or self.tokens[i].low in words.SHORT_WEEKDAYS

    def _range(self, i: int) -> Read | None:
        """Read "between A and B", "from A to B", "A - B": one range of days."""
        begun = self.at(i).low in {"between", "beween", "zwischen", "entre", "tra", "между"}
        spans = self.at(i).low in {"from", "vom", "von", "du", "del", "с", "dal", "od"}
        first = self.forms.any(i + 1) if begun or spans else self.forms.any(i)
        if first is None or (self.moves and not begun):
            return None
        link = self.at(first.end)
        if begun:
            joined = link.low in {"and", "und", "et", "y", "e", "и", "-", "–"}
        else:
            joined = link.low in {"-", "–", "—"} or (
                spans and link.low in {"to", "until", "bis", "au", "al", "по", "до", "do"}
            )
        if not joined:
            return None
        second = self.forms.any(first.end + 1) or (self.forms.bare_day(first.end + 1, first) if begun else None)
        if second is None or first.days is None or second.days is None or second.days.last < first.days.first:
            return None
        doubtful = first.days.doubtful or second.days.doubtful
        days = Days(first.days.first, second.days.last, second.days.granularity, doubtful)
        return Read(days, second.end, "date.range")

    def _prefix(self, i: int, read: Read) -> tuple[int, str]:
        """Walk back over at most four words that bind the date; return the first token and the prefix."""
        if read.prefix:
            return i, read.prefix
        start, prefix = i, ""
        negated = False
        j = i - 1
        while j >= 0 and i - j <= 4:
            low = self.tokens[j].low
            if not counts(low, self.anchor.language) and low not in {"do", "od"}:
                break
            step = self._prefix_word(low, j, prefix)
            if step is not None:
                prefix, j = step
                start = j
            elif low in _NOT and prefix in {"before", "until", "by"}:
                negated, start = True, j
            elif low not in words.OF and low not in words.ON and low not in _FILLERS:
                break
            j -= 1
        if negated and prefix in {"before", "until"}:
            prefix = "not_before"
        return (start, prefix) if prefix else (i, "")

    def _prefix_word(self, low: str, j: int, prefix: str) -> tuple[str, int] | None:
        """Return the prefix that a word gives, and its first token; None if it is no such word."""
        before = self.at(j - 1).low
        if low in words.BEFORE or (low == "to" and before == "prior"):
            return "before", j - (low == "to")
        if low in _UNTIL:
            return prefix or "until", j
        if low in words.BY:
            return prefix or "by", j
        if low in words.AFTER or low in {"frühestens", "earliest"}:
            return "after", j
        if low in {"within", "innerhalb"}:
            return "within", j
        if low in {"than", "que", "als"} and before in {"later", "tard", "tarde", "später"}:
            return "by", j - 2 if self.at(j - 2).low == "no" else j - 1
        if low in {"than", "als"} and before in {"earlier", "sooner", "früher"}:
            return "after", j - 2 if self.at(j - 2).low in {"no", "nicht"} else j - 1
        return None

    def _stray(self, token: Token) -> bool:
        """A word of the calendar that no form consumed."""
        low = token.low
        if low in words.WEEKDAYS:
            return True
        return low in words.MONTHS and low not in words.RISKY_MONTHS and len(low) > 3

    def _unresolved(self, i: int) -> DateReading:
        token = self.tokens[i]
        return DateReading(token.start, token.end, None, None, Bound.ON, None, "", "date.unresolved", True)


def _bind(start: int, end: int, days: Days | None, prefix: str, rule: str, anchor: Anchor) -> DateReading:
    """Apply the prefix; a doubtful range loses its calendar value and keeps its words."""
    bound = Bound.ON
    if prefix in {"by", "before", "within", "until"}:
        bound = Bound.BY
    elif prefix in {"after", "not_before"}:
        bound = Bound.NOT_BEFORE
    if days is None:
        return DateReading(start, end, None, None, bound, None, prefix, rule, True)
    if days.doubtful:
        return DateReading(start, end, None, None, bound, days.granularity, prefix, f"{rule}.doubtful", True)
    first, last = days.first, days.last
    if prefix == "before":
        third = days.granularity is Granularity.THIRD and days.last.day > 20
        last = days.last if third else civil.shift(days.first, -1)
        first = min(anchor.day, last)
    elif (
        prefix in {"by", "within"}
        and (".part" not in rule or (rule == "date.part" and days.granularity is Granularity.DAY))
        and days.granularity is not Granularity.WEEK
        and last >= anchor.day
    ):
        first = min(anchor.day, first)
    named = (days.first, days.last)
    return DateReading(start, end, first, last, bound, days.granularity, prefix, rule, False, named)
