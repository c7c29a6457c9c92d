"""Versions that hold the fix, told apart from those that are affected, tested or merely named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cvdmail.core.extract.clause import Clause, Event
from cvdmail.core.extract.facts import Fact, FactKind, FixedVersion, Grade, Where
from cvdmail.core.extract.identifiers import Span, SpanKind
from cvdmail.core.extract.languages.language import Cue
from cvdmail.core.extract.letters import Bag
from cvdmail.core.extract.page import Page
from cvdmail.core.extract.sentences import Sentence, clauses

_AFFECTED = re.compile(
    r"\b(?:affect\w*|vulnerable|impacted|before|prior to|earlier than|older than|up to|through|tested (?:on|with"
    r"|in|against)|running"
    r"|after|reproduced? (?:on|with|in)|present in|introduced in|against|since|upgrade from|not in|betrifft"
    r"|betroffen\w*|bis|jusqu'à|avant|until|than"
    r"|hasta|current(?:ly)?|left out for|support(?:ed|s)? (?:for|of)?)\W{0,3}(?:(?!releas)\w+\W){0,2}$|<=?\s{0,2}$",
    re.IGNORECASE,
)
_AFFECTED_AFTER = re.compile(
    r"^\W{0,4}(?:is|are|was|were)?\s?(?:\w+ )?(?:vulnerable|affected|impacted|betroffen|vulnérable|afectad)",
    re.IGNORECASE,
)
_NAMES_VERSION = re.compile(r"versi|build|firmware|バージョン|版本|wersja|верси", re.IGNORECASE)
_INTO = re.compile(
    r"\b(?:in|with|by|as|to|of|for|im|in der|mit|dans|à|en|con|nella|releas\w+|publish\w*|version\w*|ver|v"
    r"|latest|versión|versione|versão|include:?|included in"
    r"|micro-patch|like|updating|upgrade|available|and|or|from|update"
    r"|patch)\b[\s`\"'(*:\[v.\]-]{0,6}(?:[\w.'-]{1,20}[\s`\"'(*:\[]{1,4}){0,3}$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"^[\s`\"')*\]]{0,4}(?:\([^)]{0,40}\)\s?)?(?:final )?(?:has|have|was|were|is|will|went|which|that|contains?"
    r"|fixes|includes?|release|out|available|and|with"
    r"|for the|以降|修正|已?修复|版本|中修复|で)",
    re.IGNORECASE,
)
_JOIN = re.compile(r"^[\s`\"'*\]/,()]{0,4}(?:and|or|und|et|y|,|/|[*•-])?[\s`\"'*\[(]{0,4}(?:final |v)?$", re.IGNORECASE)
_RELEASE_URL = re.compile(r"/(?:releases/tag|releases|tag|tags)/v?([0-9][0-9A-Za-z.+_-]{0,30}[0-9A-Za-z])(?:[/?#]|$)")
_NAMING = (b"versi", b"build", b"firmware")
_NO = frozenset([Cue.NEGATION, Cue.UNLIKELY])


def may_name(spans: tuple[Span, ...]) -> bool:
    """Say whether one of the identifiers of a sentence is a version or the page of a release."""
    return any(
        span.kind is SpanKind.VERSION or (span.kind is SpanKind.URL and _RELEASE_URL.search(span.value) is not None)
        for span in spans
    )


def carries(page: Page, sentence: Sentence) -> bool:
    """Say whether a sentence announces a fix, so that a list or a link below it belongs to it."""
    whole = page.clause(sentence.start, sentence.end, sentence.question)
    told = whole.cues & {Cue.DONE, Cue.FUTURE} and whole.cues & {Cue.FIX, Cue.RELEASE}
    listed = page.masked[sentence.start : sentence.end].rstrip().endswith(":") and Cue.FUTURE in whole.cues
    return bool(told or listed) and not whole.cues & _NO and not sentence.question


def read(
    text: str, page: Page, sentence: Sentence, spans: tuple[Span, ...], bag: Bag | None, announced: Callable[[], bool]
) -> Iterator[Fact]:
    """Yield the fixed versions of one sentence.

    ``spans`` and ``bag`` are the identifiers and words inside it; ``announced`` says whether the sentence before
    announced a fix.
    """
    if sentence.question or not may_name(spans) or not _may_be_told(page, sentence, spans, bag, announced):
        return
    whole = page.clause(sentence.start, sentence.end, False)
    for start, end in clauses(page.masked, sentence, page.words):
        inside = [span for span in spans if start <= span.start < end]
        if not inside:
            continue
        clause = page.clause(start, end, False)
        if clause.cues & _NO:
            continue
        if Cue.FIX not in whole.cues and Cue.RELEASE not in whole.cues:
            if start == sentence.start and announced():
                yield from _item(text, clause, inside)
            continue
        yield from _clause(text, clause, [span for span in inside if span.kind is SpanKind.VERSION], whole)
        yield from _links(text, clause, [span for span in inside if span.kind is SpanKind.URL])


def _may_be_told(
    page: Page, sentence: Sentence, spans: tuple[Span, ...], bag: Bag | None, announced: Callable[[], bool]
) -> bool:
    """Say whether a word of a fix or a release is there that does more than name a number, or an announcement before.

    "Version" alone names a number, and keeps it from being an item of an announced list.
    """
    if bag is None or bag.wide:
        return True
    told = bag.words & page.words.latin_carried
    if not told:
        return announced()
    apart = "'" in page.plain[sentence.start : sentence.end]
    return (
        apart or not all(word.startswith(_NAMING) for word in told) or any(span.kind is SpanKind.URL for span in spans)
    )


def _clause(text: str, clause: Clause, spans: list[Span], whole: Clause) -> Iterator[Fact]:
    last: Span | None = None
    repaired = any(event.cue is Cue.FIX and event.verb for event in clause.events)
    for span in spans:
        before = text[clause.start : span.start].replace("\n", " ")
        after = text[span.end : clause.end][:80].replace("\n", " ")
        joined = last is not None and _JOIN.match(text[last.end : span.start].replace("\n", " ")) is not None
        if _AFFECTED.search(before[-60:]):
            last = None
            continue
        told = [event for event in clause.events if event.cue in {Cue.FIX, Cue.RELEASE} and not _is_name(clause, event)]
        if not told or _AFFECTED_AFTER.match(after):
            last = None
            continue
        named = any(event.start < span.start for event in told) and (
            _INTO.search(before[-80:]) is not None or span.rule == "version.cue"
        )
        if not (joined or named or (_FOLLOWS.match(after) and clause.cues & {Cue.FIX, Cue.RELEASE})):
            continue
        last = span
        start, end = clause.trimmed()
        sure = repaired and len(spans) == 1 and named and not clause.cues & {Cue.HEDGE, Cue.CONDITION, Cue.HEARSAY}
        grade = Grade.SURE if sure else Grade.LIKELY if not clause.cues & {Cue.CONDITION} else Grade.UNSURE
        value = FixedVersion(span.value.lstrip("vV"))
        yield Fact(
            FactKind.FIXED_VERSION, text[start:end], Where.TEXT, start, end, grade, "fixed_version.clause", value
        )


def _item(text: str, clause: Clause, spans: list[Span]) -> Iterator[Fact]:
    """An item of a list, or a link, under the announcement: it begins with the version or is its release page."""
    if spans[0].kind is SpanKind.VERSION and len(text[clause.start : spans[0].start].strip(" `*_([")) == 0:
        start, end = clause.trimmed()
        value = FixedVersion(spans[0].value.lstrip("vV"))
        yield Fact(
            FactKind.FIXED_VERSION, text[start:end], Where.TEXT, start, end, Grade.LIKELY, "fixed_version.item", value
        )
    yield from _links(text, clause, [span for span in spans if span.kind is SpanKind.URL])


def _is_name(clause: Clause, event: Event) -> bool:
    """The word "version" only names the number after it; it tells of no fix."""
    return _NAMES_VERSION.match(clause.masked, event.start) is not None


def _links(text: str, clause: Clause, spans: list[Span]) -> Iterator[Fact]:
    for span in spans:
        tag = _RELEASE_URL.search(span.value)
        if tag is None:
            continue
        start, end = clause.trimmed()
        value = FixedVersion(tag[1])
        yield Fact(
            FactKind.FIXED_VERSION, text[start:end], Where.TEXT, start, end, Grade.LIKELY, "fixed_version.link", value
        )
