"""The words of a text's language, made ready: its own, and English, which stands in mails of every language.

A text whose language is not known is read with the words of all languages.  Tables are made once for each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any

from cvdmail.core.extract.languages import CODES, language
from cvdmail.core.extract.languages.language import EVENTS, Cue, Language, Says
from cvdmail.core.extract.letters import latin
from cvdmail.core.extract.phrase import Phrase, rows

UNSPACED = ("ja", "ko", "zh")
"""Languages whose words stand side by side without blanks; they share characters, and are read together."""


@cache
def words_for(code: str | None) -> Words:
    """Return the words for texts of a language; those of all languages for None or a code without words."""
    if code in UNSPACED:
        codes: tuple[str, ...] = ("en", *UNSPACED)
    elif code in CODES:
        codes = ("en",) if code == "en" else ("en", str(code))
    else:
        codes = CODES
    languages = tuple(language(one) for one in codes)
    spaced = [one for one in languages if one.code not in UNSPACED]
    made: dict[str, Any] = {name: _union(spaced, name) for name in _PLAIN}
    made |= {name: _values(spaced, name) for name in _VALUES} | {name: _kinds(spaced, name) for name in _KINDS}
    made |= {name: _rows(spaced, name, first) for name, first in _ROWS.items()}
    return Words(languages=languages, **made)


def _union(languages: Iterable[Language], name: str) -> frozenset[str]:
    return frozenset(word for one in languages for word in getattr(one, name).split())


def _rows(languages: Iterable[Language], name: str, first: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in languages:
        for number, row in enumerate(getattr(one, name).split("|"), first):
            found |= {word: number for word in row.split() if word not in found}
    return found


def _values(languages: Iterable[Language], name: str) -> dict[str, int]:
    return {word: number for one in reversed(list(languages)) for number, row in getattr(one, name).items()
            for word in row.split()}  # fmt: skip


def _kinds(languages: Iterable[Language], name: str) -> dict[str, str]:
    return {word: kind for one in reversed(list(languages)) for kind, row in getattr(one, name).items()
            for word in row.split()}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one or several languages, by the names they have in :class:`~.languages.language.Language`."""

    languages: tuple[Language, ...]
    everyday: frozenset[str]
    half_words: frozenset[str]
    next: frozenset[str]
    this: frozenset[str]
    last: frozenset[str]
    next_after: frozenset[str]
    last_after: frozenset[str]
    few: frozenset[str]
    single: frozenset[str]
    number_endings: frozenset[str]
    in_: frozenset[str]
    within: frozenset[str]
    by: frozenset[str]
    until: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    since: frozenset[str]
    not_: frozenset[str]
    latest: frozenset[str]
    earliest: frozenset[str]
    ago: frozenset[str]
    ago_before: frozenset[str]
    from_now: frozenset[str]
    on: frozenset[str]
    of: frozenset[str]
    between: frozenset[str]
    from_: frozenset[str]
    to: frozenset[str]
    and_: frozenset[str]
    or_: frozenset[str]
    same: frozenset[str]
    then: frozenset[str]
    year_cues: frozenset[str]
    new_year: frozenset[str]
    week_names: frozenset[str]
    quarter_letters: frozenset[str]
    half_letters: frozenset[str]
    patch: frozenset[str]
    patch_days: frozenset[str]
    carriers: frozenset[str]
    mentions: frozenset[str]
    acts: frozenset[str]
    be: frozenset[str]
    have: frozenset[str]
    articles: frozenset[str]
    goes_out: frozenset[str]
    future_endings: frozenset[str]
    things: frozenset[str]
    but: frozenset[str]
    joins: frozenset[str]
    subjects: frozenset[str]
    leads: frozenset[str]
    abbreviations: frozenset[str]
    months: dict[str, int]
    short_months: dict[str, int]
    weekdays: dict[str, int]
    short_weekdays: dict[str, int]
    units: dict[str, str]
    parts: dict[str, str]
    days_from_now: dict[str, int]
    numbers: dict[str, int]
    ordinals: dict[str, int]
    feasts: dict[str, str]

    # --- dates -----------------------------------------------------------------------------------------------------

    @cached_property
    def calendar(self) -> frozenset[str]:
        """Words one of which, or a number, stands in every date."""
        names = self.months.keys() | self.short_months.keys() | self.weekdays.keys() | self.short_weekdays.keys()
        marks = self.half_words | ENDINGS.keys() | self.feasts.keys() | self.patch | self.then | DAY_TIMES
        return frozenset(names | self.units.keys() | self.days_from_now.keys() | marks)

    @cached_property
    def starters(self) -> frozenset[str]:
        """Words with which a date may begin, apart from short names beside a number."""
        names = self.months.keys() | self.weekdays.keys() | self.units.keys() | self.parts.keys()
        counts = self.days_from_now.keys() | self.numbers.keys() | self.ordinals.keys() | self.few
        ahead = self.next | self.this | self.last | self.within | self.in_ | self.ago_before | self.between | self.from_
        marks = self.week_names | self.quarter_letters | self.half_letters | self.patch | ENDINGS.keys() | self.same
        return frozenset(names | counts | ahead | marks | self.then | self.articles | self.on | self.of | self.new_year
                         | self.until | self.by | self.half_words | self.feasts.keys() | _OPENERS)  # fmt: skip

    @cached_property
    def beside(self) -> frozenset[str]:
        """Names that are read only beside a number, a part or a direction, or with a capital letter."""
        return self.everyday | self.short_months.keys() | self.short_weekdays.keys()

    @cached_property
    def latin_sure(self) -> frozenset[bytes]:
        """Words of the calendar that need nothing beside them."""
        return latin(self.calendar - self.beside)

    @cached_property
    def latin_beside(self) -> frozenset[bytes]:
        """``beside`` as bytes."""
        return latin(self.beside)

    @cached_property
    def latin_everyday(self) -> frozenset[bytes]:
        """``everyday`` and the short weekdays as bytes: they count with a capital letter."""
        return latin(self.everyday | self.short_weekdays.keys())

    @cached_property
    def latin_neighbours(self) -> frozenset[bytes]:
        """Words beside which the names of ``beside`` count."""
        return latin(self.parts.keys() | self.next | self.this | self.last | self.patch)

    # --- cues ------------------------------------------------------------------------------------------------------

    @cached_property
    def cues(self) -> dict[str, tuple[Cue, ...]]:
        """What each single word contributes to its clause."""
        found: dict[str, tuple[Cue, ...]] = {}
        for cue, word in self._cue_words():
            if "_" not in word and cue not in found.get(word, ()):
                found[word] = (*found.get(word, ()), cue)
        return found

    @cached_property
    def rows(self) -> dict[str, tuple[tuple[tuple[str, ...], Cue], ...]]:
        """Cues of several words, by the first one: the words after it, and what they contribute."""
        found: dict[str, tuple[tuple[tuple[str, ...], Cue], ...]] = {}
        for cue, word in self._cue_words():
            if "_" in word:
                first, *rest = word.split("_")
                found[first] = (*found.get(first, ()), (tuple(rest), cue))
        return found

    def _cue_words(self) -> Iterable[tuple[Cue, str]]:
        for one in self.languages:
            if one.code not in UNSPACED:
                for cue, row in one.cues.items():
                    for word in row.split():
                        yield cue, word.replace("-", "_-_")

    @cached_property
    def event_of(self) -> dict[str, Cue]:
        """The event that a single word names."""
        return {word: event for word, cues in self.cues.items() for event in cues[::-1] if event in EVENTS}

    @cached_property
    def ends_of_future(self) -> frozenset[str]:
        """The last letters of words that the ending makes future."""
        return frozenset(ending[-2:] for ending in self.future_endings)

    @cached_property
    def future_ending(self) -> tuple[str, ...]:
        """The endings that make a future, longest first."""
        return tuple(sorted(self.future_endings, key=len, reverse=True))

    @cached_property
    def wide_cues(self) -> dict[str, tuple[tuple[str, tuple[Cue, ...]], ...]]:
        """The cues of unspaced languages by the first letter of their words, the longest word first."""
        found: dict[str, tuple[Cue, ...]] = {}
        for one in self.languages:
            if one.code in UNSPACED:
                for cue, row in one.cues.items():
                    for word in row.split():
                        if cue not in found.get(word, ()):
                            found[word] = (*found.get(word, ()), cue)
        by_letter: dict[str, list[tuple[str, tuple[Cue, ...]]]] = {}
        for word in sorted(found, key=len, reverse=True):
            by_letter.setdefault(word[0], []).append((word, found[word]))
        return {letter: tuple(entries) for letter, entries in by_letter.items()}

    @cached_property
    def latin_carried(self) -> frozenset[bytes]:
        """Words of a fix or its release."""
        return self.latin_of(Cue.FIX, Cue.RELEASE, Cue.PUBLISH, Cue.WORK)

    @cached_property
    def latin_moves(self) -> frozenset[bytes]:
        """Words of a delay."""
        return self.latin_of(Cue.MOVE)

    def latin_of(self, *wanted: Cue) -> frozenset[bytes]:
        """Return the words of some cues as bytes, of rows of words the first."""
        single = {word for word, cues in self.cues.items() if not set(wanted).isdisjoint(cues)}
        firsts = {word for word, rows_ in self.rows.items() if any(cue in wanted for _, cue in rows_)}
        return latin(single | firsts)

    # --- clauses ---------------------------------------------------------------------------------------------------

    @cached_property
    def clause_break(self) -> re.Pattern[str]:
        """Where a clause begins inside a sentence; it starts with one of the few characters at which that can be."""
        but, joins, subjects, and_ = (_any(table) for table in (self.but, self.joins, self.subjects, self.and_))
        return re.compile(
            r"[;, が、，；:](?:(?<=[;，；])|(?<=:) "
            rf"|(?:(?<=,) |(?<= ))(?:{but})(?!\w)"
            rf"|(?<=,) (?:{joins})(?!\w)"
            rf"|(?:(?<=,) |(?<= ))(?:{and_}) (?:{subjects})(?!\w)"
            r"|(?<= )[-–—]{1,2} |(?<=が)、|(?<=、)(?:但|ただし)|(?<=，)但)",
            re.IGNORECASE,
        )

    @cached_property
    def clause_lead(self) -> re.Pattern[str]:
        """How a sentence begins whose first clause, up to its comma, is subordinate."""
        return re.compile(rf"(?:{_any(self.leads)})(?!\w)", re.IGNORECASE)

    # --- phrases ---------------------------------------------------------------------------------------------------

    def phrases(self, says: Says) -> tuple[Phrase, ...]:
        """Return the phrases that say something, those of the text's own language last."""
        found = self._phrases.get(says)
        if found is None:
            found = tuple(
                phrase
                for one in self.languages
                if says in one.phrases
                for phrase in rows(one.phrases[says], spaced=one.code not in UNSPACED)
            )
            self._phrases[says] = found
        return found

    @cached_property
    def _phrases(self) -> dict[Says, tuple[Phrase, ...]]:
        return {}

    def any_of(self, says: Says) -> re.Pattern[str]:
        """Return one pattern that finds any of the phrases."""
        found = self._patterns.get(says)
        if found is None:
            found = re.compile("|".join(phrase.source for phrase in self.phrases(says)) or r"(?!)")
            self._patterns[says] = found
        return found

    @cached_property
    def _patterns(self) -> dict[Says, re.Pattern[str]]:
        return {}


def _any(table: frozenset[str]) -> str:
    """Return an expression for any entry, the longest first."""
    return (
        "|".join(re.escape(one.replace("_", " ")) for one in sorted(table, key=lambda one: (-len(one), one))) or "(?!)"
    )


ENDINGS = {"eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year", "cob": "day", "eod": "day"}
"""Office words for the end of a stretch of time."""
DAY_TIMES = frozenset(["morning", "afternoon", "evening"])
_OPENERS = frozenset(
    ["calendar", "q", "h", "t", "s", "w", "no", "not", "later", "new", "max", "another", "eta", "coming", "il", "d'ici"]
)
_PLAIN = tuple(one.name for one in fields(Words) if one.type == "frozenset[str]")
_ROWS = {"months": 1, "short_months": 1, "weekdays": 0, "short_weekdays": 0}
_VALUES = ("days_from_now", "numbers", "ordinals")
_KINDS = ("units", "parts", "feasts")
