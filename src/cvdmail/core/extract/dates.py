"""Dates in sentences: a small compositional grammar over the words of the calendar.

A *day range* is made by one of a few forms (ISO, day and month, quarter, week, "next month", weekday, "today", a
count), may be narrowed by a *part* ("end of"), and bound by a *prefix* ("by", "before", "not before", "within").  The
forms combine freely; words come from the text's language and from English.  What cannot be resolved for certain
(``03/04``, a missing year with two good candidates, "next Friday" on a Monday) is found but has no calendar value, and
a word of the calendar that no form consumed is reported as unresolved: a date is never silently dropped or guessed.

The text must be masked: versions and ticket numbers look like days.  At every token a bounded number of forms is tried,
each looking ahead at most a dozen tokens: linear.  Every date holds a number or a word that means a stretch of time
(``Words.calendar``); where neither is near, nothing is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cvdmail.core.extract import civil, dates_cjk
from cvdmail.core.extract.civil import Days
from cvdmail.core.extract.date_counts import Forms
from cvdmail.core.extract.date_forms import Anchor, Read
from cvdmail.core.extract.date_tokens import END, Token, tokenize
from cvdmail.core.extract.facts import Bound, Granularity
from cvdmail.core.extract.letters import Bag, is_wide
from cvdmail.core.extract.words import Words

__all__ = ["MAX_DATES", "Anchor", "DateReading", "find", "possible", "writes_day_first"]

MAX_DATES = 12
"""Dates of one sentence that are kept."""


_FILLERS = frozenset(
    ["in", "within", "the", "end", "somewhere", "around", "sometime", "some", "time", "am", "im", "le"]
)
_BESIDE = frozenset([",", "at", "the", "on", "in", "possibly", "maybe", "perhaps", "more", "likely", "by", "early-"])
_REACH = 16
"""A word that means a stretch of time stands at most so many tokens after the first token of its date."""
_DIGIT = re.compile("[0-9]")
_ABROAD = re.compile("[\u0100-\u1fff０-９年月日天周週期礼季어오내号號旬末]")
"""Letters of which every Chinese, Japanese and Korean date holds one; other scripts are not told apart."""
_ENDLESS = re.compile(r"[^\W\d_]{41}")
"""A word that is read in pieces."""
_NUMERIC = re.compile(r"(?<![\d./-])([0-3]?[0-9])/([0-3]?[0-9])/(?:20)?[0-9]{2}(?![\d/])")


def possible(bag: Bag | None, stretch: str, words: Words) -> bool:
    """Say whether a stretch of masked text with these words may hold a date; it may say yes too often."""
    if bag is None or not bag.words.isdisjoint(words.latin_sure) or b"aujourd" in bag.words or _DIGIT.search(stretch):
        return True
    if bag.wide and (_ABROAD.search(stretch) or (len(stretch) > 40 and _ENDLESS.search(stretch))):
        return True
    beside = bag.words & words.latin_beside
    if not beside:
        return False
    capital = any(chr(word[0]).upper() in stretch for word in beside & words.latin_everyday)
    return capital or not bag.words.isdisjoint(words.latin_neighbours)


def writes_day_first(masked: str) -> bool | None:
    """Say in which order the writer gives day and month, as far as dates in the text tell that can be read one way.

    None where none does, or where they contradict each other.
    """
    told = {
        int(first) > 12
        for first, second in _NUMERIC.findall(masked[:20_000])
        if (int(first) > 12) != (int(second) > 12) and max(int(first), int(second)) <= 31
    }
    return next(iter(told)) if len(told) == 1 else None


@dataclass(frozen=True, slots=True)
class DateReading:
    """One date phrase: where it stands, its days (None: no calendar value), how it binds, and by which rule.

    ``named`` is the range that was named, before a prefix widened it: the July of "before July".  ``others`` are the
    readings between which nothing decides.
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
    others: tuple[tuple[date, date], ...] = ()

    @property
    def days(self) -> Days | None:
        """The days that were named, for words that point back at them."""
        if self.named is None or self.granularity is None:
            return None
        return Days(*self.named, self.granularity)


def find(
    masked: str,
    start: int,
    end: int,
    anchor: Anchor,
    words: Words,
    *,
    moves: bool = False,
    tokens: list[Token] | None = None,
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
    if any(token.number is not None or token.low in words.calendar for token in found):
        readings += _Scan(found, anchor, moves, words).run()
    if len(readings) < 2:
        return tuple(readings)
    return tuple(sorted(readings, key=lambda reading: reading.start)[:MAX_DATES])


class _Scan:
    """Goes through the tokens once; every date found consumes its tokens."""

    def __init__(self, tokens: list[Token], anchor: Anchor, moves: bool, words: Words) -> None:
        self.tokens = tokens
        self.anchor = anchor
        self.moves = moves
        self.words = words
        self.forms = Forms(tokens, anchor, words)

    def at(self, index: int) -> Token:
        return self.tokens[index] if 0 <= index < len(self.tokens) else END

    def run(self) -> Iterator[DateReading]:
        i = 0
        calendar, starters = self.words.calendar, self.words.starters
        marks = [j for j, token in enumerate(self.tokens) if token.number is not None or token.low in calendar]
        mark = 0
        while i < len(self.tokens):
            while mark < len(marks) and marks[mark] < i:
                mark += 1
            if mark == len(marks):
                return
            if i < marks[mark] - _REACH:
                i = marks[mark] - _REACH
            if self.tokens[i].number is None and self.tokens[i].low not in starters and not self._short(i):
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
            yield _bind(self.tokens[start].start, end, read.days, prefix, read.rule, self.anchor, read.others)
            i = read.end

    def _short(self, i: int) -> bool:
        """A short month or weekday; it may begin a date beside a number."""
        return self.tokens[i].low in self.words.short_months or self.tokens[i].low in self.words.short_weekdays

    def _range(self, i: int) -> Read | None:
        """Read "between A and B", "from A to B", "A - B", "Thursday or Friday": one range of days."""
        words = self.words
        begun = self.at(i).low in words.between
        spans = self.at(i).low in words.from_
        first = self.forms.any(i + 1) if begun or spans else self.forms.any(i)
        if first is None or (self.moves and not begun):
            return None
        link = self.at(first.end).low
        if begun:
            joined = link in words.and_ or link in {"-", "–"}
        else:
            joined = link in {"-", "–", "—", "~"} or (spans and link in words.to)
        if not joined:
            return self._either(first) if not spans else None
        second = self.forms.any(first.end + 1) or (self.forms.bare_day(first.end + 1, first) if begun else None)
        if second is None or first.days is None or second.days is None or second.days.last < first.days.first:
            return None
        doubtful = first.days.doubtful or second.days.doubtful
        days = Days(first.days.first, second.days.last, second.days.granularity, doubtful)
        return Read(days, second.end, "date.range")

    def _either(self, first: Read) -> Read | None:
        """Read "tomorrow or Friday", "end of May/early June": one range if nothing lies between the two."""
        link = self.at(first.end).low
        if first.days is None or not (link in self.words.or_ or link == "/"):
            return None
        then = first.end + 1
        while self.at(then).low in _BESIDE or self.at(then).low in self.words.latest:
            then += 1  # "this week or, at the latest, next week"
        second = self.forms.any(then) or (self.forms.bare_day(then, first) if link != "/" else None)
        if second is None or second.days is None:
            return None
        days, other = (first.days, second.days)
        if other.first < days.first:
            days, other = other, days
        if (other.first - days.last).days > 1:
            return None
        doubtful = days.doubtful or other.doubtful
        return Read(Days(days.first, max(days.last, other.last), days.granularity, doubtful), second.end, "date.either")

    def _prefix(self, i: int, read: Read) -> tuple[int, str]:
        """Walk back over at most five words that bind the date; return the first token and the prefix."""
        if read.prefix:
            return i, read.prefix
        words = self.words
        start, prefix = i, ""
        negated = False
        j = i - 1
        while j >= 0 and i - j <= 5:
            low = self.tokens[j].low
            step = self._prefix_word(low, j, prefix)
            if step is not None:
                prefix, j = step
                start = j
            elif low in words.not_ and prefix in {"before", "until", "by"}:
                negated, start = True, j
            elif low not in words.of and low not in words.on and low not in words.articles and low not in _FILLERS:
                break
            j -= 1
        if negated and prefix in {"before", "until"}:
            prefix = "not_before"
        return (start, prefix) if prefix else (i, "")

    def _prefix_word(self, low: str, j: int, prefix: str) -> tuple[str, int] | None:
        """Return the prefix that a word gives, and its first token; None if it is no such word."""
        words, before = self.words, self.at(j - 1).low
        if low in words.latest:
            return "by", j - (before in {"at", "au", "am", "a"})
        if low in words.earliest:
            return "after", j - (before in {"at", "au", "am", "not"})
        if low in words.before and before in words.or_ and self.at(j - 2).low in words.on:
            return "by", j - 2  # "on or before"
        if low in words.before or (low == "to" and before == "prior"):
            return "before", j - (low == "to")
        if low in words.until:
            return prefix or "until", j
        if low in words.by:
            return prefix or "by", j
        if low in words.after:
            return prefix or "after", j
        if low in words.within:
            return "within", j
        if low in words.since:
            return prefix or "since", j
        if low in {"than", "que", "als"} and before in {"later", "tard", "tarde", "später"}:
            return "by", j - 2 if self.at(j - 2).low in {"no", "pas", "plus", "más"} else j - 1
        if low in {"than", "als", "que"} and before in {"earlier", "sooner", "früher", "tôt"}:
            return "after", j - 2 if self.at(j - 2).low in {"no", "not", "nicht", "pas", "plus"} else j - 1
        return None

    def _stray(self, token: Token) -> bool:
        """A word of the calendar that no form consumed."""
        words, low = self.words, token.low
        return low in words.weekdays or (low in words.months and low not in words.everyday and len(low) > 3)

    def _unresolved(self, i: int) -> DateReading:
        token = self.tokens[i]
        return DateReading(token.start, token.end, None, None, Bound.ON, None, "", "date.unresolved", True)


def _bind(
    start: int, end: int, days: Days | None, prefix: str, rule: str, anchor: Anchor, others: tuple[Days, ...] = ()
) -> DateReading:
    """Apply the prefix; a doubtful range loses its calendar value and keeps its words."""
    bound = Bound.ON
    if prefix in {"by", "before", "within", "until"}:
        bound = Bound.BY
    elif prefix in {"after", "not_before"}:
        bound = Bound.NOT_BEFORE
    if days is None:
        return DateReading(start, end, None, None, bound, None, prefix, rule, True)
    if days.doubtful:
        pairs = tuple((one.first, one.last) for one in others)
        unsure = f"{rule}.doubtful"
        return DateReading(start, end, None, None, bound, days.granularity, prefix, unsure, True, None, pairs)
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
