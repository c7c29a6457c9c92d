"""Verdicts, requests and offers that carry no date: read from whole sentences.

Each kind is a short list of phrases (:mod:`.verdict_phrases`), told apart by the operators around them: a question
never decides a verdict, a negation turns "a duplicate" and "can reproduce" around, a condition ("if you can reproduce
...") weakens.  Only a plain statement of the first person or the passive is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cvdmail.core.extract.facts import Fact, FactKind, Grade, KeyOffered, Redirect, Triage, Value, Verdict, Where
from cvdmail.core.extract.identifiers import Span, SpanKind
from cvdmail.core.extract.letters import folds_oddly
from cvdmail.core.extract.page import Bag, Page
from cvdmail.core.extract.sentences import Sentence
from cvdmail.core.extract.verdict_phrases import Rule, possible

_NOT = r"(?:not|n't|no|never|unable|cannot|without|hardly|nicht|kein\w*|pas|ne|aucun\w*|ningun\w*|não|нет|не)"


_BEFORE_NOT = re.compile(rf"(?:\b|(?<=\w)(?=n't)){_NOT}\b(?:\W+\w+){{0,3}}\W*$", re.IGNORECASE)
_INSIDE_NOT = re.compile(
    r"\b(?:not|cannot|unable|didn't|haven't|hasn't|couldn't|can't|never|nicht|pas|ne)\b|ません|没有|未(?!来)",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    r"\b(?:receipt|reception|received?|receiving|erhalt|eingang|empfang|réception|recepción)\b", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whether|once|when|before|should you|wenn|falls|ob|sobald|si|lorsque|quand|cuando)\b|場合|如果",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|'ll|going to|try(?:ing)? to|would|(?<!able )to (?:confirm|reproduce|verify)|werden|allons)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:did(?: not|n't)|have(?: not|n't)|never) (?:\w+ )?(?:receive|received|get|got)\b|\bnothing (?:yet"
    r"|received|so far)\b|\bstill nothing\b"
    r"|\bnicht erhalten\b|\bpas (?:encore )?reçu\b|\bno (?:hemos|he) recibido\b|受け取っていません|没有收到|未收到",
    re.IGNORECASE,
)
_DENIAL_LETTERS = (
    *("have not", "haven", "did not", "didn", "never ", "nothing", "nicht erhalten", "reçu", "recibido"),
    *("受け取っていません", "没有收到", "未收到"),
)
"""A text that denies receipt holds one of these, in lower case."""
_SEND = re.compile(
    r"\b(?:e-?mail|mail|write|send|sent|contact|report|reports|submit|forward|resend|reach|use|file|open"
    r"|address(?:ed)?|direct(?:ed)?|redirect(?:ed)?|go to|visit"
    r"|wenden|senden|schicken|melden|richten|nutzen|kontaktieren|envoyer|envoyez|écrire|contacter|contactez"
    r"|adresser|utiliser|adressez"
    r"|enviar|envíe|escriba|contacte|contactar|reporte|utilice|inviare|scrivere|envie|напишите|отправьте|пишите)\b"
    r"|送信|お送り|ご連絡|报告|ご報告|发邮件|发送|提交|联系|邮件到",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:please|kindly|you can|you may|can you|could you|you should|should be|must be|need to|asked me|bitte"
    r"|veuillez|merci de|vous pouvez|por favor|puede|per favore|пожалуйста)\b"
    r"|^(?:e-?mail|mail|send|contact|report|submit|use|write)\b|請|请|ください|お願い",
    re.IGNORECASE,
)
_RATHER_NOT = re.compile(r"\b(?:do not|don't|no need|not be)\b", re.IGNORECASE)
_LEAVING = re.compile(
    r"\b(?:questions?|feel free|further information|more information|learn more|details can be found|see (?:also )?)\b",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:our|my|the attached|attached(?: is| you(?:'ll| will) find)?(?: our| my| the)?|unser\w*|meine?n?|notre"
    r"|nuestra|following) (?:\w+ ){0,3}?(?:pgp|gpg|openpgp|public|öffentliche[rn]?|publique"
    r"|pública)[- ]?(?:\w+ )?(?:key|schlüssel|clé|clef|clave)\b"
    r"|\b(?:pgp|gpg|openpgp)(?: public)?[- ]?(?:key|schlüssel|fingerprint)\b.{0,12}(?::|is\b|attached|below"
    r"|ist\b|\ue000)|(?:公開鍵|公钥)(?:を|は|：|:)",
    re.IGNORECASE,
)


_KEY_LETTERS = ("pgp", "gpg", "publi", "ffentliche", "públi", "公開鍵", "公钥")
_NEEDS_INFO = Triage(Verdict.NEEDS_INFO)


def read(text: str, page: Page, sentence: Sentence, spans: tuple[Span, ...], bag: Bag | None) -> Iterator[Fact]:
    """Yield what one sentence says without dates; ``spans`` and ``bag`` are the identifiers and words inside it."""
    words = page.plain[sentence.start : sentence.end]
    lowered = page.lowered(sentence.start, sentence.end)
    redirects = list(_redirects(text, words, sentence, spans)) if spans else []
    yield from redirects
    found: dict[Rule, re.Match[str]] = {}
    for rule, phrase in possible(bag):
        if redirects and rule.value == _NEEDS_INFO:
            continue  # "send the details to ..." asks for another way, not for more
        if sentence.question and not rule.request:
            continue
        match = phrase.pattern.search(lowered)
        if match is not None and (rule not in found or match.start() < found[rule].start()):
            found[rule] = match
    for rule, match in found.items():
        grade = _graded(rule, words, match)
        if grade is not None:
            yield _fact(text, sentence, rule.kind, rule.value, grade, rule.name)
    printed = any(span.kind is SpanKind.FINGERPRINT for span in spans)
    if printed or bag is None or any(letters in lowered for letters in _KEY_LETTERS):
        yield from _keys(text, page.masked, sentence, spans)


def denies_receipt(text: str) -> bool:
    """Say whether the writer states that nothing arrived."""
    if not folds_oddly(text):
        low = text.lower()
        if not any(letters in low for letters in _DENIAL_LETTERS):
            return False
    return _DENIAL.search(text.replace("’", "'")) is not None


def _graded(rule: Rule, words: str, match: re.Match[str]) -> Grade | None:
    """Return the grade of a match with its operators, or None when they turn it into something else."""
    before, inside = words[: match.start()], match[0]
    if rule.negatable and (_BEFORE_NOT.search(before[-40:]) or _INSIDE_NOT.search(inside)):
        return None
    confirmed = rule.name == "triage.confirmed"
    if confirmed and (_RECEIPT.search(words) or _FUTURE.search(words[: match.end()]) or "fix" in inside):
        return None
    grade = rule.grade
    if _CONDITION.search(before):
        return None if confirmed else Grade.UNSURE
    return grade


def _fact(text: str, sentence: Sentence, kind: FactKind, value: Value, grade: Grade, rule: str) -> Fact:
    quote = text[sentence.start : sentence.end]
    return Fact(kind, quote, Where.TEXT, sentence.start, sentence.end, grade, rule, value)


def _redirects(text: str, words: str, sentence: Sentence, spans: tuple[Span, ...]) -> Iterator[Fact]:
    """A target with a verb of sending before it, asked for."""
    for span in spans:
        if span.kind not in {SpanKind.URL, SpanKind.ADDRESS}:
            continue
        at = span.start - sentence.start
        verb = _SEND.search(words[:at]) or (_SEND.search(words) if any(char > "\u3000" for char in words) else None)
        asked = _ASKING.search(words)
        if verb is None or asked is None or _RATHER_NOT.search(words):
            continue
        grade = Grade.SURE if span.kind is SpanKind.ADDRESS else Grade.LIKELY
        if _CONDITION.search(words) or _LEAVING.search(words) or sentence.question:
            grade = Grade.UNSURE
        yield _fact(text, sentence, FactKind.REDIRECT, Redirect(span.value), grade, "redirect.asked")
        return


def _keys(text: str, masked: str, sentence: Sentence, spans: tuple[Span, ...]) -> Iterator[Fact]:
    fingerprint = next((span.value for span in spans if span.kind is SpanKind.FINGERPRINT), None)
    if _KEY.search(masked[sentence.start : sentence.end]) and not sentence.question:
        grade = Grade.SURE if fingerprint else Grade.LIKELY
        yield _fact(text, sentence, FactKind.KEY_OFFERED, KeyOffered(fingerprint), grade, "key_offered.words")
    elif fingerprint is not None:
        yield _fact(
            text, sentence, FactKind.KEY_OFFERED, KeyOffered(fingerprint), Grade.UNSURE, "key_offered.fingerprint"
        )
