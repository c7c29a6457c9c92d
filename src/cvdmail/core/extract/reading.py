"""The whole reading of one mail: text in, facts out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from cvdmail.core.extract import dates, identifiers, sentences, verdicts, versions, zones
from cvdmail.core.extract.bounces import text_bounce
from cvdmail.core.extract.civil import Tense
from cvdmail.core.extract.facts import (
    Absence,
    Acknowledgement,
    By,
    DatePromise,
    Fact,
    FactKind,
    FixedVersion,
    Grade,
    Identifier,
    KeyOffered,
    Nothing,
    Redirect,
    Triage,
    Where,
    weaker,
)
from cvdmail.core.extract.identifiers import Span, SpanKind
from cvdmail.core.extract.languages.language import Says
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.extract.page import Page
from cvdmail.core.extract.promises import PromiseReader
from cvdmail.core.extract.sentences import Sentence
from cvdmail.core.extract.words import Words, words_for

MAX_CLAIM_TEXT = 12_000
"""Characters of new text that are read for claims; CVE ids and addresses are read everywhere."""
MAX_FACTS = 300
"""Facts of one mail that are kept."""

_KEY_BLOCK = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is read: the mail's own body as plain text with LF line ends, and what is known about it.

    ``sent_at`` keeps its offset: "today" is a day at the sender's place.  ``known_lines`` are lines of earlier mails of
    the thread, as :func:`~cvdmail.core.extract.zones.normalise_line` writes them.
    """

    plain: str
    subject: str
    sent_at: datetime | None
    received_at: datetime
    kind: MailKind
    known_lines: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The new text, its guessed language, the facts; ``cut`` tells that not all of the text was read for claims."""

    text: str
    language: str | None
    facts: tuple[Fact, ...]
    cut: bool = False


def extract(reply: Reply) -> Extraction:
    """Read one mail.  For facts in the text, ``fact.quote == text[fact.start:fact.end]``.  Nothing is raised."""
    lines = zones.label_lines(reply.plain, reply.known_lines)
    text = zones.join_new(lines)
    language = sentences.language(text)
    words = words_for(language)
    spans = identifiers.find(text)
    masked = identifiers.mask(text, spans)
    cut = len(text) > MAX_CLAIM_TEXT or len(reply.plain) > zones.MAX_TEXT or len(lines) >= zones.MAX_LINES
    facts = [*_names(reply, text, spans), *_key_blocks(lines)]
    if reply.kind is MailKind.BOUNCE:
        bounced = text_bounce(text)
        facts += [bounced] if bounced else []
    elif reply.kind is MailKind.ABSENCE:
        facts += _absence(text, masked, _anchor_day(reply), language, words)
        claims = _claims(text, masked, spans, reply, language, words)
        facts += [fact for fact in claims if fact.kind is FactKind.REDIRECT]
    elif reply.kind in {MailKind.REPLY, MailKind.AUTO_REPLY}:
        claims = _claims(text, masked, spans, reply, language, words)
        facts += claims if reply.kind is MailKind.REPLY else _by_machine(claims)
        facts += _acknowledged(reply, text, facts, words)
    return Extraction(text, language, tuple(_tidy(facts)[:MAX_FACTS]), cut)


def _anchor_day(reply: Reply) -> date:
    """The local day the mail was sent; a Date header that cannot be true is not believed."""
    sent = reply.sent_at or reply.received_at
    if not 1990 <= sent.year <= 2200:
        sent = reply.received_at
    return sent.date() if 1990 <= sent.year <= 2200 else date(2000, 1, 1)


def _claims(
    text: str, masked: str, spans: tuple[Span, ...], reply: Reply, language: str | None, words: Words
) -> list[Fact]:
    day = _anchor_day(reply)
    page = Page(masked, MAX_CLAIM_TEXT, words)
    promises = PromiseReader(text, page, day, language)
    starts = [span.start for span in spans]
    facts: list[Fact] = []
    before: Sentence | None = None
    listed = False
    for sentence in sentences.sentences(masked[:MAX_CLAIM_TEXT], words):
        inside = spans[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        bag = page.bag(sentence.start, sentence.end)
        facts += promises.read(sentence, bag)
        announced = partial(_announced, page, before, listed)
        told = list(versions.read(text, page, sentence, inside, bag, announced))
        listed = any(fact.rule == "fixed_version.item" for fact in told)
        before = sentence
        facts += told
        facts += verdicts.read(text, page, sentence, inside, bag)
    return facts


def _announced(page: Page, before: Sentence | None, listed: bool) -> bool:
    """Say whether a sentence belongs under an announcement: the sentence before is one, or an item under one."""
    return listed or (before is not None and versions.carries(page, before))


def _names(reply: Reply, text: str, spans: tuple[Span, ...]) -> list[Fact]:
    """CVE ids and ticket numbers, from the text and then the subject, each once."""
    out: list[Fact] = []
    seen: set[str] = set()
    kinds = {SpanKind.CVE: FactKind.CVE, SpanKind.TICKET: FactKind.TICKET}
    for span in spans:
        kind = kinds.get(span.kind)
        if kind is None or span.value.upper() in seen:
            continue
        seen.add(span.value.upper())
        grade = Grade.LIKELY if span.rule in {"ticket.shape", "ticket.number", "ticket.list"} else Grade.SURE
        quote = text[span.start : span.end]
        out.append(Fact(kind, quote, Where.TEXT, span.start, span.end, grade, span.rule, Identifier(span.value)))
    for span in identifiers.find_in_subject(reply.subject):
        if span.value.upper() not in seen:
            seen.add(span.value.upper())
            quote = reply.subject[span.start : span.end]
            value = Identifier(span.value)
            out.append(Fact(kinds[span.kind], quote, Where.SUBJECT, None, None, Grade.LIKELY, span.rule, value))
    return out


def _key_blocks(lines: tuple[zones.Line, ...]) -> list[Fact]:
    """A key pasted into the mail's own text; its fingerprint is for OpenPGP software to read."""
    if any(line.zone is zones.Zone.PGP and line.text.strip() == _KEY_BLOCK for line in lines):
        value = KeyOffered(None)
        return [
            Fact(FactKind.KEY_OFFERED, _KEY_BLOCK, Where.PART, None, None, Grade.LIKELY, "key_offered.block", value)
        ]
    return []


def _by_machine(claims: list[Fact]) -> list[Fact]:
    """Claims of an automatic mail: kept, never sure, and never a person's acknowledgement."""
    kept = [fact for fact in claims if fact.kind is not FactKind.ACKNOWLEDGEMENT]
    weak = {FactKind.FIX_DATE, FactKind.PUBLICATION_DATE, FactKind.FIXED_VERSION, FactKind.TRIAGE}
    return [
        replace(fact, grade=Grade.UNSURE if fact.kind in weak else weaker(fact.grade, Grade.LIKELY)) for fact in kept
    ]


def _acknowledged(reply: Reply, text: str, facts: list[Fact], words: Words) -> list[Fact]:
    """Whether our report arrived: by words, by a ticket number, or because the answer shows it."""
    if verdicts.denies_receipt(text, words):
        facts[:] = [fact for fact in facts if fact.kind is not FactKind.ACKNOWLEDGEMENT]
        return []
    out: list[Fact] = []
    ticket = next((fact for fact in facts if fact.kind is FactKind.TICKET), None)
    machine = reply.kind is MailKind.AUTO_REPLY
    if ticket is not None and (machine or _is_assigned(text, ticket, words)):
        value = Acknowledgement(By.TRACKER)
        out.append(replace(ticket, kind=FactKind.ACKNOWLEDGEMENT, rule=f"acknowledgement.{ticket.rule}", value=value))
    first = text.strip().split("\n")[0][:200] if text.strip() else ""
    if machine:
        at = text.find(first) if first else None
        where, end = (Where.TEXT, at + len(first)) if at is not None else (Where.SUBJECT, None)
        quote = first if at is not None else reply.subject
        out.append(Fact(FactKind.RECEIPT, quote, where, at, end, Grade.LIKELY, "receipt.automatic", Nothing()))
        return out
    if not any(fact.kind is FactKind.ACKNOWLEDGEMENT for fact in facts) and first:
        shown = next(
            (fact for fact in facts if isinstance(fact.value, (Triage, DatePromise, FixedVersion, Redirect))), None
        )
        value = Acknowledgement(By.PERSON)
        if shown is not None and shown.where is Where.TEXT:
            out.append(
                replace(
                    shown, kind=FactKind.ACKNOWLEDGEMENT, grade=Grade.LIKELY, rule="acknowledgement.shown", value=value
                )
            )
        else:
            # Any answer of a person may show that the report arrived; whether it does is for a person to say.
            at = text.find(first)
            low = text[:MAX_CLAIM_TEXT].replace("’", "'").lower()
            topic = words.any_of(Says.TOPIC).search(low)
            firm = topic is not None and words.any_of(Says.SPEAKER).search(low) is not None
            rule = f"acknowledgement.{'topic' if topic else 'answer'}"
            grade = Grade.LIKELY if firm else Grade.UNSURE
            out.append(Fact(FactKind.ACKNOWLEDGEMENT, first, Where.TEXT, at, at + len(first), grade, rule, value))
    return out


def _is_assigned(text: str, ticket: Fact, words: Words) -> bool:
    """A number in the text is the tracker's word for our report if a word beside it says so."""
    if ticket.where is not Where.TEXT or ticket.start is None:
        return False
    before = text[max(0, ticket.start - 80) : ticket.start].lower()
    return words.any_of(Says.ASSIGNED).search(before) is not None


def _absence(text: str, masked: str, day: date, language: str | None, words: Words) -> list[Fact]:
    """Until when somebody is away: the last date that is not over, of the first sentences."""
    until: tuple[date, Sentence, str] | None = None
    opening = sentences.sentences(masked[:4_000], words)[:8]
    for sentence in opening:
        anchor = dates.Anchor(day, Tense.FUTURE, language)
        for reading in dates.find(masked, sentence.start, sentence.end, anchor, words):
            if reading.last is not None and reading.last >= day and (until is None or reading.last > until[0]):
                until = (reading.last, sentence, reading.rule)
    if until is None:
        if not opening:
            return []
        start, end = opening[0].start, opening[0].end
        return [
            Fact(
                FactKind.ABSENCE,
                text[start:end],
                Where.TEXT,
                start,
                end,
                Grade.LIKELY,
                "absence.undated",
                Absence(None),
            )
        ]
    start, end = until[1].start, until[1].end
    rule = f"absence.until+{until[2]}"
    return [Fact(FactKind.ABSENCE, text[start:end], Where.TEXT, start, end, Grade.LIKELY, rule, Absence(until[0]))]


def _tidy(facts: Iterable[Fact]) -> list[Fact]:
    """Drop repetitions: the same kind and value is told once, in its surest words, in the order of the text."""
    best: dict[tuple[FactKind, object], Fact] = {}
    for fact in facts:
        key = (fact.kind, fact.value)
        held = best.get(key)
        if held is None or (weaker(held.grade, fact.grade) is held.grade and held.grade is not fact.grade):
            best[key] = fact
    return sorted(best.values(), key=lambda fact: (fact.start is None, fact.start or 0))
