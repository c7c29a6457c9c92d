"""The fence around a second opinion: another reader, whose word is worth a look and nothing more.

Theory.  A second opinion may be anything, and whoever writes a mail may be the one who makes it speak.  So it is not
trusted with anything.  It is shown numbered sentences of the mail's new text, and nothing else (:func:`question`).  Its
answer is bytes from outside: read under limits, in one closed shape, and every claim in it must be proven by the text
itself.  The quote must stand, character for character, in the sentence that it names; a date must stand in the quote
and be one that our own grammar reads there, as a whole, and the grammar says which days it means.  What is not proven
is dropped and counted.

What is left becomes a fact of the grade ``unsure``, under a rule that names the opinion.  Policy never believes it
(:mod:`cvdmail.core.who_read`), it is no acknowledgement, ticket or state, and where a rule has read the same the rule's
fact stands alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from cvdmail.core.extract import dates, identifiers, sentences
from cvdmail.core.extract.civil import Tense
from cvdmail.core.extract.facts import (
    DatePromise,
    Fact,
    FactKind,
    FixStatus,
    Grade,
    PublicationStatus,
    Triage,
    Value,
    Verdict,
    Where,
)
from cvdmail.core.extract.words import words_for
from cvdmail.core.who_read import OPINION, by_opinion

MAX_SENTENCES = 100
"""Sentences that are shown."""
MAX_SENTENCE = 600
"""Characters of a sentence that are shown; a longer one is left out."""
MAX_ANSWER = 64 * 1024
"""Bytes of an answer; a longer one is dropped as a whole."""
MAX_CLAIMS = 50
"""Claims of an answer that are looked at; what lies behind them is dropped."""
SHORTEST_QUOTE = 3

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")


class Role(Enum):
    """What a second opinion may claim a sentence does."""

    FIX_PLANNED = "fix_planned"
    FIX_TENTATIVE = "fix_tentative"
    FIX_RELEASED = "fix_released"
    FIX_REFUSED = "fix_refused"
    PUBLICATION_REQUESTED = "publication_requested"
    PUBLICATION_AGREED = "publication_agreed"
    PUBLICATION_PLANNED = "publication_planned"
    PUBLICATION_PUBLISHED = "publication_published"
    PUBLICATION_REFUSED = "publication_refused"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    NEEDS_INFO = "needs_info"
    DEFERRED = "deferred"


ROLES: Mapping[Role, FixStatus | PublicationStatus | Verdict] = {
    Role.FIX_PLANNED: FixStatus.PLANNED,
    Role.FIX_TENTATIVE: FixStatus.TENTATIVE,
    Role.FIX_RELEASED: FixStatus.RELEASED,
    Role.FIX_REFUSED: FixStatus.REFUSED,
    Role.PUBLICATION_REQUESTED: PublicationStatus.REQUESTED,
    Role.PUBLICATION_AGREED: PublicationStatus.AGREED,
    Role.PUBLICATION_PLANNED: PublicationStatus.PLANNED,
    Role.PUBLICATION_PUBLISHED: PublicationStatus.PUBLISHED,
    Role.PUBLICATION_REFUSED: PublicationStatus.REFUSED,
    Role.CONFIRMED: Verdict.CONFIRMED,
    Role.REJECTED: Verdict.REJECTED,
    Role.DUPLICATE: Verdict.DUPLICATE,
    Role.NEEDS_INFO: Verdict.NEEDS_INFO,
    Role.DEFERRED: Verdict.DEFERRED,
}
_PAST = frozenset({Role.FIX_RELEASED, Role.PUBLICATION_PUBLISHED})
_ROLE_WORDS = frozenset(role.value for role in Role)
_KEYS = frozenset({"role", "sentence", "quote", "date"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a second opinion is shown of a mail: where each numbered sentence stands in its new text."""

    text: str = field(repr=False)
    masked: str = field(repr=False)
    spans: tuple[tuple[int, int], ...]
    day: date
    language: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What is left of an answer, and how many claims were dropped."""

    facts: tuple[Fact, ...]
    dropped: int


def rule_of(name: str) -> str:
    """Return the rule that names an opinion; an odd name is not written down."""
    return OPINION + (name if _NAME.match(name) else "unnamed")


def shown(text: str, day: date, language: str | None) -> Shown:
    """Return what may be shown of a new text, written on ``day`` (the local day of who wrote)."""
    masked = identifiers.mask(text, identifiers.find(text))  # versions and tickets look like dates
    spans = [
        (one.start, one.end)
        for one in sentences.sentences(masked, words_for(language))
        if one.end - one.start <= MAX_SENTENCE and text[one.start : one.end].strip()
    ]
    return Shown(text, masked, tuple(spans[:MAX_SENTENCES]), day, language)


def question(what: Shown) -> bytes:
    """Return the whole of what an opinion is given: the numbered sentences as JSON, in UTF-8."""
    numbered = [{"number": at, "text": what.text[start:end]} for at, (start, end) in enumerate(what.spans, start=1)]
    return json.dumps({"sentences": numbered, "v": 1}, ensure_ascii=True).encode()


def heard(name: str, what: Shown, answer: object, own: Iterable[Fact]) -> Heard:
    """Return what may be proposed of an answer; ``own`` are the facts that the rules have read.

    The shape of an answer: ``{"claims": [{"role", "sentence", "quote", "date"}]}`` with a role of :class:`Role`, the
    number of a sentence, words out of it, and the words of a date in them or null.  Nothing is raised.
    """
    claims = _claims(answer)
    if claims is None:
        return Heard((), 1)
    known = {_meaning(fact) for fact in own}
    facts: list[Fact] = []
    for claim in claims[:MAX_CLAIMS]:
        fact = _proven(name, what, claim)
        if fact is not None and _meaning(fact) not in known:
            known.add(_meaning(fact))
            facts.append(fact)
    return Heard(tuple(facts), len(claims) - len(facts))


def _claims(answer: object) -> list[object] | None:
    """Read an answer; None if it is none."""
    if type(answer) is not bytes or len(answer) > MAX_ANSWER:
        return None
    try:
        whole = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if type(whole) is not dict or set(whole) != {"claims"} or type(whole["claims"]) is not list:
        return None
    return whole["claims"]


def _meaning(fact: Fact) -> tuple[FactKind, object]:
    """Return what makes two facts the same claim, however they were spoken."""
    value = fact.value
    if isinstance(value, DatePromise):
        return fact.kind, (value.status, value.first, value.last)
    return fact.kind, value


def _proven(name: str, what: Shown, claim: object) -> Fact | None:
    """Return the fact that a claim comes to if the text proves it, else None."""
    if type(claim) is not dict or set(claim) != _KEYS:
        return None
    role, number, quote, words = claim["role"], claim["sentence"], claim["quote"], claim["date"]
    if type(role) is not str or role not in _ROLE_WORDS or type(number) is not int:
        return None
    if type(quote) is not str or len(quote.strip()) < SHORTEST_QUOTE or not 1 <= number <= len(what.spans):
        return None
    begin, end = what.spans[number - 1]
    start = what.text.find(quote, begin, end)
    if start < 0 or what.text.find(quote, start + 1, end) >= 0:  # not there, or nobody knows which
        return None
    place = (start, start + len(quote))
    meant = _value(Role(role), what, (begin, end), place, words)
    if meant is None:
        return None
    kind, value = meant
    return Fact(kind, quote, Where.TEXT, *place, Grade.UNSURE, rule_of(name), value)


def _value(
    role: Role, what: Shown, sentence: tuple[int, int], quote: tuple[int, int], words: object
) -> tuple[FactKind, Value] | None:
    status = ROLES[role]
    if isinstance(status, Verdict):
        return None if words is not None else (FactKind.TRIAGE, Triage(status))
    kind = FactKind.FIX_DATE if isinstance(status, FixStatus) else FactKind.PUBLICATION_DATE
    inside = [one for one in _read_dates(what, sentence, role in _PAST) if quote[0] < one.end and one.start < quote[1]]
    if words is None:
        # A date that stands there is not passed over: it would make an undated promise of a dated one.
        return None if inside else (kind, DatePromise(status, None, None, None, None, ""))
    if type(words) is not str or not words.strip():
        return None
    at = what.text.find(words, *quote)
    if at < 0 or what.text.find(words, at + 1, quote[1]) >= 0:
        return None
    found = [one for one in inside if at < one.end and one.start < at + len(words)]
    if len(found) != 1 or found[0].first is None or found[0].last is None:
        return None
    (one,) = found
    if one.start < quote[0] or one.end > quote[1]:
        return None  # cut off: "15 January" out of "15 January 2031" would be another day
    phrase = what.text[one.start : one.end]
    return kind, DatePromise(status, one.first, one.last, one.bound, one.granularity, phrase)


def _read_dates(what: Shown, sentence: tuple[int, int], past: bool) -> tuple[dates.DateReading, ...]:
    """Return the dates of a sentence as our own grammar reads them."""
    anchor = dates.Anchor(what.day, Tense.PAST if past else Tense.FUTURE, what.language)
    return dates.find(what.masked, *sentence, anchor, words_for(what.language))


def with_opinion(own: tuple[Fact, ...], opinion: Iterable[Fact], most: int) -> tuple[Fact, ...]:
    """Return the facts of a mail with an opinion behind them, each marked as one; never more than ``most``."""
    added = [replace(fact, grade=Grade.UNSURE) for fact in opinion if by_opinion(fact)]
    return (*own, *added[: max(0, most - len(own))])
