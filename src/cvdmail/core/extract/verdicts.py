"""Verdicts, requests and offers that carry no date: read from whole sentences.

Each rule is a list of phrases in the words of the text's language, told apart by the operators around them: a question
never decides a verdict, a negation turns "a duplicate" and "can reproduce" around, a condition ("if you can reproduce
...") weakens, and what "will" be confirmed is not confirmed yet.  Only a plain statement is sure.

Phrases are looked for where their words stand at all (:mod:`cvdmail.core.extract.phrase`), so most sentences are
passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from cvdmail.core.extract.facts import (
    Acknowledgement,
    By,
    Fact,
    FactKind,
    Grade,
    KeyOffered,
    Nothing,
    Redirect,
    Triage,
    Value,
    Verdict,
    Where,
    weaker,
)
from cvdmail.core.extract.identifiers import Span, SpanKind
from cvdmail.core.extract.languages.language import Says
from cvdmail.core.extract.letters import Bag
from cvdmail.core.extract.page import Page
from cvdmail.core.extract.phrase import Phrase
from cvdmail.core.extract.sentences import Sentence
from cvdmail.core.extract.words import Words


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """What phrases of one sort tell; the leftmost phrase that stands is taken, of two at one place the first.

    ``request``: a question is no obstacle; ``asks``: only a question counts; ``negatable``: a "not" before it turns it;
    ``happened``: what is still to come, or what is confirmed of something else, does not count.
    """

    says: Says
    kind: FactKind
    value: Value
    name: str
    grade: Grade
    request: bool = False
    asks: bool = False
    negatable: bool = True
    happened: bool = False


def _triage(says: Says, verdict: Verdict, grade: Grade, name: str = "", **how: bool) -> Rule:
    return Rule(says, FactKind.TRIAGE, Triage(verdict), f"triage.{name or verdict.value}", grade, **how)


RULES = (
    _triage(Says.CONFIRMED, Verdict.CONFIRMED, Grade.SURE, happened=True),
    _triage(Says.REJECTED, Verdict.REJECTED, Grade.SURE, negatable=False),
    _triage(Says.DUPLICATE, Verdict.DUPLICATE, Grade.SURE),
    _triage(Says.NEEDS_INFO, Verdict.NEEDS_INFO, Grade.LIKELY, request=True, negatable=False),
    _triage(Says.QUESTION, Verdict.NEEDS_INFO, Grade.LIKELY, "question", request=True, asks=True, negatable=False),
    _triage(Says.DEFERRED, Verdict.DEFERRED, Grade.LIKELY),
    Rule(Says.ARRIVED, FactKind.ACKNOWLEDGEMENT, Acknowledgement(By.PERSON), "acknowledgement.words", Grade.SURE),
    Rule(
        Says.WRITE_PLAIN,
        FactKind.ENCRYPTION_STOP_REQUESTED,
        Nothing(),
        "encryption_stop.words",
        Grade.SURE,
        request=True,
        negatable=False,
    ),
    Rule(
        Says.UNREADABLE,
        FactKind.ENCRYPTION_STOP_REQUESTED,
        Nothing(),
        "encryption_stop.unreadable",
        Grade.LIKELY,
        negatable=False,
    ),
    Rule(Says.CREDIT, FactKind.CREDIT, Nothing(), "credit.words", Grade.LIKELY, request=True),
)
_WEAKER = {Grade.SURE: Grade.LIKELY, Grade.LIKELY: Grade.UNSURE, Grade.UNSURE: Grade.UNSURE}
_WINDOW = 45
"""Characters before a phrase in which an operator can turn it."""


@dataclass(frozen=True)
class _Index:
    """The phrases of all rules, numbered, and the numbers of those that a head of a word makes possible."""

    numbered: tuple[tuple[Rule, Phrase], ...]
    of_head: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    always: tuple[int, ...] = ()
    wide: tuple[int, ...] = ()


@cache
def _index(words: Words) -> _Index:
    numbered = tuple((rule, phrase) for rule in RULES for phrase in words.phrases(rule.says))
    of_head: dict[bytes, list[int]] = {}
    for number, (_, phrase) in enumerate(numbered):
        for head in phrase.needs[0] if phrase.needs else ():
            of_head.setdefault(head, []).append(number)
    return _Index(
        numbered,
        {head: tuple(numbers) for head, numbers in of_head.items()},
        tuple(number for number, (_, phrase) in enumerate(numbered) if not phrase.needs and not phrase.wide),
        tuple(number for number, (_, phrase) in enumerate(numbered) if phrase.wide),
    )


def possible(bag: Bag | None, words: Words) -> list[tuple[Rule, Phrase]]:
    """Return the phrases that may stand in a sentence with these words, in the order of the rules; all for None."""
    index = _index(words)
    if bag is None:
        return list(index.numbered)
    numbers = {number for head in index.of_head.keys() & bag.heads for number in index.of_head[head]}
    numbers.update(index.always)
    if bag.wide:
        numbers.update(index.wide)
    return [index.numbered[number] for number in sorted(numbers) if index.numbered[number][1].may_stand(bag)]


def read(text: str, page: Page, sentence: Sentence, spans: tuple[Span, ...], bag: Bag | None) -> Iterator[Fact]:
    """Yield what one sentence says without dates; ``spans`` and ``bag`` are the identifiers and words inside it."""
    words = page.words
    lowered = page.lowered(sentence.start, sentence.end)
    redirects = list(_redirects(text, words, lowered, sentence, spans)) if spans else []
    yield from redirects
    found: dict[Rule, tuple[re.Match[str], Phrase]] = {}
    for rule, phrase in possible(bag, words):
        if not _may_tell(rule, sentence, bool(redirects)):
            continue
        match = phrase.search(lowered)
        if match is None or (rule in found and match.start() >= found[rule][0].start() and not found[rule][1].weak):
            continue
        if _turned(rule, words, lowered, match, phrase):
            continue
        if rule not in found or not phrase.weak:
            found[rule] = (match, phrase)
    aside = bool(found) and sentence.question and words.any_of(Says.ASIDE).search(lowered) is not None
    for rule, (match, phrase) in found.items():
        if rule.asks and aside:
            continue
        grade = _WEAKER[rule.grade] if phrase.weak else rule.grade
        if words.any_of(Says.CONDITION).search(lowered[: match.start()][-_WINDOW:]) and rule.kind is FactKind.TRIAGE:
            grade = Grade.UNSURE
        yield _fact(text, sentence, rule.kind, rule.value, grade, rule.name)
    yield from _keys(text, words, lowered, sentence, spans)


def _may_tell(rule: Rule, sentence: Sentence, redirected: bool) -> bool:
    """Say whether a rule may speak in a question or a statement, and beside a redirect."""
    if redirected and isinstance(rule.value, Triage) and rule.value.verdict is Verdict.NEEDS_INFO:
        return False  # "send the details to ..." asks for another way, not for more
    return (rule.request and (sentence.question or not rule.asks)) or (not rule.request and not sentence.question)


def _turned(rule: Rule, words: Words, lowered: str, match: re.Match[str], phrase: Phrase) -> bool:
    """Say whether the operators around a phrase make something else of it."""
    before, inside = lowered[max(0, match.start() - _WINDOW) : match.start()], match[0]
    if rule.negatable:
        turned = words.any_of(Says.NOT)
        if phrase.spaced:
            ends = [found.end() for found in turned.finditer(before)]
            if ends and len(before[ends[-1] :].split()) <= 3:
                return True
            if turned.search(inside):
                return True
        elif turned.search(lowered[match.start() : match.end() + 6]):
            return True
    if not rule.happened:
        return False
    if words.any_of(Says.CONDITION).search(before):
        return True
    ahead = before[-30:] + inside
    return bool(
        words.any_of(Says.NOT_YET).search(ahead)
        or words.any_of(Says.RECEIPT).search(lowered[match.start() : match.end() + 16])
    )


def denies_receipt(text: str, words: Words) -> bool:
    """Say whether the writer states that nothing arrived."""
    low = text[:20_000].replace("’", "'").lower()
    return any(phrase.search(low) is not None for phrase in words.phrases(Says.NOTHING_CAME))


def _fact(text: str, sentence: Sentence, kind: FactKind, value: Value, grade: Grade, rule: str) -> Fact:
    quote = text[sentence.start : sentence.end]
    return Fact(kind, quote, Where.TEXT, sentence.start, sentence.end, grade, rule, value)


def _redirects(text: str, words: Words, lowered: str, sentence: Sentence, spans: tuple[Span, ...]) -> Iterator[Fact]:
    """A target with a verb of sending before it, asked for."""
    for span in spans:
        if span.kind not in {SpanKind.URL, SpanKind.ADDRESS}:
            continue
        at = span.start - sentence.start
        send = words.any_of(Says.SEND)
        verb = send.search(lowered[:at]) or (send.search(lowered) if any(char > "\u3000" for char in lowered) else None)
        asked = words.any_of(Says.ASKING).search(lowered) or (verb is not None and verb.start() == 0)
        if verb is None or not asked or words.any_of(Says.RATHER_NOT).search(lowered):
            continue
        grade = Grade.SURE if span.kind is SpanKind.ADDRESS else Grade.LIKELY
        leaving = words.any_of(Says.LEAVING).search(lowered)
        if words.any_of(Says.CONDITION).search(lowered) or leaving or sentence.question:
            grade = weaker(grade, Grade.UNSURE)
        yield _fact(text, sentence, FactKind.REDIRECT, Redirect(span.value), grade, "redirect.asked")
        return


def _keys(text: str, words: Words, lowered: str, sentence: Sentence, spans: tuple[Span, ...]) -> Iterator[Fact]:
    fingerprint = next((span.value for span in spans if span.kind is SpanKind.FINGERPRINT), None)
    offered = not sentence.question and any(one.search(lowered) for one in words.phrases(Says.KEY))
    if offered:
        grade = Grade.SURE if fingerprint else Grade.LIKELY
        yield _fact(text, sentence, FactKind.KEY_OFFERED, KeyOffered(fingerprint), grade, "key_offered.words")
    elif fingerprint is not None:
        yield _fact(
            text, sentence, FactKind.KEY_OFFERED, KeyOffered(fingerprint), Grade.UNSURE, "key_offered.fingerprint"
        )
