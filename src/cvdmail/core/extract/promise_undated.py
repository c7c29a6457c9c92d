"""What is promised or refused without a date: "no date yet", "will not be fixed", "in the next release", "is out"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cvdmail.core.extract.clause import Clause
from cvdmail.core.extract.facts import (
    Bound,
    DatePromise,
    Fact,
    FactKind,
    FixStatus,
    Grade,
    Granularity,
    PublicationStatus,
    Where,
)
from cvdmail.core.extract.identifiers import MASK
from cvdmail.core.extract.languages.language import Cue, Says
from cvdmail.core.extract.letters import Bag
from cvdmail.core.extract.phrase import Phrase
from cvdmail.core.extract.words import Words

_NOT_NOW = frozenset([Cue.NEGATION, Cue.FUTURE, Cue.CONDITION, Cue.HEDGE])
_READ = (Says.WILL_NOT, Says.NO_DATE, Says.OUT_NOW, Says.LATER)


class Undated(NamedTuple):
    """The phrases of promises without a date that a sentence may hold, as far as its words tell."""

    will_not: tuple[Phrase, ...]
    no_date: tuple[Phrase, ...]
    out_now: tuple[Phrase, ...]
    later: tuple[Phrase, ...]
    moved: bool

    @classmethod
    def of(cls, bag: Bag | None, words: Words) -> Undated:
        """Return what a sentence with these words may hold; everything for None."""
        if bag is None:
            will_not, no_date, out_now, later = (words.phrases(says) for says in _READ)
            return cls(will_not, no_date, out_now, later, moved=True)
        will_not, no_date, out_now, later = (
            tuple(one for one in words.phrases(says) if one.may_stand(bag)) for says in _READ
        )
        moved = bag.wide or not bag.words.isdisjoint(words.latin_moves)
        return cls(will_not, no_date, out_now, later, moved)


VERSION = re.compile(r"[0-9]\.[0-9]")
NOTHING = Undated((), (), (), (), moved=False)


def _find(phrases: tuple[Phrase, ...], low: str) -> str | None:
    """Return the words of the first phrase that stands."""
    return next((found[0] for one in phrases if (found := one.search(low)) is not None), None)


def read_undated(text: str, clause: Clause, possible: Undated, day: date) -> Iterator[Fact]:
    """Yield what one clause promises or refuses without a date; ``day`` is the day of the mail."""
    told = clause.cues & {Cue.FIX, Cue.RELEASE, Cue.PUBLISH, Cue.WORK}
    refusal = _find(possible.will_not, clause.low)
    if refusal is not None and not _is_bounded(clause):
        yield _bare(text, clause, FixStatus.REFUSED, "fix_date.will_not", refusal)
        return
    refusal = _find(possible.no_date, clause.low)
    if refusal is not None:
        if Cue.DISCLOSE not in clause.cues or told & {Cue.FIX, Cue.RELEASE}:
            yield _bare(text, clause, FixStatus.REFUSED, "fix_date.no_date", refusal)
        return
    out = _find(possible.out_now, clause.low)
    if out is not None and not clause.cues & _NOT_NOW and not clause.question:
        if MASK in clause.low or any(event.carrier or event.cue is Cue.DISCLOSE for event in clause.events):
            yield _out_now(text, clause, out, day)
        return
    if possible.moved and Cue.MOVE in clause.cues and told & {Cue.FIX, Cue.RELEASE} and Cue.PAST not in clause.cues:
        if not clause.cues & {Cue.THEIRS, Cue.REQUEST, Cue.NEGATION}:
            start, end = clause.trimmed()
            yield _bare(text, clause, FixStatus.PLANNED, "fix_date.delayed", text[start:end][:200])
        return
    yield from _later(text, clause, possible)


def _is_bounded(clause: Clause) -> bool:
    """What will not be released until something is not refused."""
    words = clause.words
    return clause.question or any(token.low in words.until or token.low in words.before for token in clause.tokens)


def _later(text: str, clause: Clause, possible: Undated) -> Iterator[Fact]:
    later = _find(possible.later, clause.low)
    if clause.past or Cue.NEGATION in clause.cues or clause.question:
        return
    if later is None and MASK in clause.low and Cue.FUTURE in clause.cues:
        start, end = clause.trimmed()
        later = text[start:end][:200] if VERSION.search(text, clause.start, clause.end) else None
    if later is None:
        return
    kinds = {event.cue for event in clause.events}
    if not kinds & {Cue.FIX, Cue.RELEASE, Cue.PUBLISH, Cue.WORK} or not clause.cues & {Cue.FUTURE, Cue.HEDGE}:
        return
    if Cue.DISCLOSE in kinds or Cue.CONDITION in clause.cues or Cue.THEIRS in clause.cues or kinds <= {Cue.OTHER}:
        return
    status = FixStatus.TENTATIVE if Cue.HEDGE in clause.cues else FixStatus.PLANNED
    yield _bare(text, clause, status, "fix_date.later", later)


def _out_now(text: str, clause: Clause, phrase: str, day: date) -> Fact:
    start, end = clause.trimmed()
    about = {event.cue for event in clause.events}
    grade = Grade.LIKELY
    if Cue.DISCLOSE in about and not about & {Cue.FIX, Cue.PUBLISH}:
        value = DatePromise(PublicationStatus.PUBLISHED, day, day, Bound.ON, Granularity.DAY, phrase)
        kind = FactKind.PUBLICATION_DATE
    else:
        value = DatePromise(FixStatus.RELEASED, day, day, Bound.ON, Granularity.DAY, phrase)
        kind = FactKind.FIX_DATE
    return Fact(kind, text[start:end], Where.TEXT, start, end, grade, f"{kind.value}.out_now", value)


def _bare(text: str, clause: Clause, status: FixStatus, rule: str, phrase: str) -> Fact:
    start, end = clause.trimmed()
    none: Granularity | None = None
    value = DatePromise(status, None, None, None, none, phrase)
    return Fact(FactKind.FIX_DATE, text[start:end], Where.TEXT, start, end, Grade.LIKELY, rule, value)
