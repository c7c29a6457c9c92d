"""Numbers that are names: CVE ids, tickets, versions, addresses, hashes.

They are found before anything else and hidden from the date grammar, because ``3.1.32`` is no day and ``2026-04`` may
be half of a ticket number.  Every pattern looks at a bounded stretch, so the whole is linear in the text.

A *ticket* needs either a shape that only trackers write (``[Ticket#2026011510000012]``, ``MSRC-98765``) or a word that
names it ("your case number is ..."); a bare ``#12345`` or ``ABC-123`` is none.  A *version* of two numbers needs a
word too, because ``7.10`` is also the tenth of July or the seventh of October.

No identifier crosses a line end, and each needs a mark that few lines have: a digit, ``@``, ``://``.  So only lines
with the mark are looked at, and of those only by patterns of whose letters they hold some.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from cvdmail.core.extract.letters import folds_oddly

MAX_SHAPES = 65_536
"""Characters that are read for tickets, versions and what else is hidden from dates."""
MASK = "\ue000"
"""The private-use character that stands for each hidden character; it is no letter, digit or blank."""


class SpanKind(Enum):
    """What a hidden stretch is."""

    URL = "url"
    ADDRESS = "address"
    CVE = "cve"
    FINGERPRINT = "fingerprint"
    TICKET = "ticket"
    VERSION = "version"
    OTHER = "other"


class Span(NamedTuple):
    """``text[start:end]``, what it is, and its value in plain form; ``rule`` says how it was known."""

    kind: SpanKind
    start: int
    end: int
    value: str
    rule: str


_DASH = "[-\u2010\u2011\u2012\u2013]"
_CVE = re.compile(rf"(?<![A-Za-z0-9])CVE{_DASH}([12][0-9]{{3}}){_DASH}([0-9]{{4,19}})(?![0-9A-Za-z])", re.IGNORECASE)
_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"'`\]\[{}|\\^\u3000-\u9fff\uff00-\uffef]{1,1000}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}"
)
_FINGERPRINT = re.compile(r"(?<![0-9A-Fa-f])(?:0x)?[0-9A-Fa-f]{4}(?:[ :\u00a0]{0,2}[0-9A-Fa-f]{4}){9}(?![0-9A-Fa-f])")
_OTHER = re.compile(
    r"(?<![A-Za-z0-9])(?:GHSA-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}|VU#[0-9]{4,9}|CWE-[0-9]{1,5}"
    r"|CVSS:?[ v0-9.]{0,6}[ :]?[0-9.]{0,4}"
    r"|CVD-[0-9]{4}-[0-9]{4,9}|(?:RFC|ISO|IEC|KB|UTF|SHA|MD|AES|JVN#?|JVNDB)[- ]?[0-9]{1,10}"
    r"|(?:[A-Z]{2,6}SA|DSA|USN|ZDI|ZDI-CAN|TALOS)-[0-9]{2,6}[-:]?[0-9]{0,8}"
    r"|(?=[0-9a-f]{0,40}[0-9])(?=[0-9a-f]{0,40}[a-f])[0-9a-f]{7,64}|\+[0-9][0-9 ()/.-]{6,24}[0-9]"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[ap]\.?m\b)?|[0-9]{1,2} ?[AaPp]\.?[Mm]\b"
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.]))(?![A-Za-z0-9])"
)
_VERSION_CUE = (
    r"(?:versions?|ver\.?|releases?|firmware|build|rel\.?|v\.?|verze|versión|versiones|versão|version(?:en|s)?"
    r"|versione|wersja"
    r"|версии|версия|バージョン|版本|버전)"
)
_VERSION = re.compile(
    r"(?<![A-Za-z0-9_.])(?:[vV](?:er\.)?[ ]?)?([0-9]{1,6}(?:\\?\.[0-9]{1,6}){1,5}"
    r"(?:\\?[.+~_-]?[A-Za-z][A-Za-z0-9]{0,15}){0,2})"
    r"(?![A-Za-z0-9])(?!\.[0-9])"
)
_CUED_VERSION = re.compile(
    rf"(?<![A-Za-z0-9_]){_VERSION_CUE}[ :`\"*(]{{0,3}}[vV]?([0-9]{{1,6}}(?:\\?\.[0-9]{{1,6}}){{0,5}}"
    r"(?:[.+~_-]?[A-Za-z0-9]{1,15}){0,2})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_V_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])[vV]([0-9]{1,5})(?![\w.])")
_DATE_SHAPED = re.compile(r"(?:[0-3]?[0-9]\.[01]?[0-9]\.(?:19|20)?[0-9]{2}|(?:19|20)[0-9]{2}\.[01][0-9]\.[0-3][0-9])$")
_FULL_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_PART_OF_NUMBER = re.compile(r"[0-9]{1,6}\\?\.[0-9]{1,6}$")

_NAME = (
    r"tickets?|case|cases|reference|refs?\.?|réf\.?|référence|incident|tracking|request|enquiry|inquiry|vorgangs?|fall"
    r"|aktenzeichen|az\.?|anfrage|dossier|demande|caso|incidencia|referencia|referência|chamado|riferimento"
    r"|segnalazione"
    r"|zaak|sprawa|обращени[ея]|заявк[аи]|案件|受付|問い合わせ|お問い合わせ|管理|チケット|工单|案件|编号|编號|접수|사건"
)
_NUMBER_WORD = r"(?:numbers?|nummer|number|no\.?|nr\.?|num\.?|id|ids|n°|nº|numéro|número|numero|番号|号|编号|#)"
_TICKET_VALUE = (
    r"#{0,2}([A-Za-z]{0,12}[-_/#]?[0-9][A-Za-z0-9._/-]{0,38}[A-Za-z0-9]"
    r"|[A-Za-z]{1,6}[A-Za-z0-9]{0,8}-[0-9]{2,12})#{0,2}"
)
_TICKET_CUED = re.compile(
    rf"(?<![\w-])(?:{_NAME})(?:[- ]?{_NUMBER_WORD})?(?![A-Za-zÀ-ÿ])(?: (?:is|ist|est|es|of|for (?:this"
    rf"|your) (?:report|issue|case)(?: is)?|as))?"
    rf"[ \t]?[:：#=(\[`\"*]{{0,4}}[ \t]?(?:{_NUMBER_WORD}[ :]{{0,2}})?{_TICKET_VALUE}",
    re.IGNORECASE,
)
_TICKET_AFTER = re.compile(
    r"\b(?:assigned|tracked|tracking|track|logged|registered|filed|opened)(?: this| it| the issue| your report"
    r"| the report)?"
    r" (?:as|under|with|in|to)(?: this)?[: ]{1,2}(?:(?:the|our|internal|id|issue|bug|number|identifier)[ :]{1,2}){0,3}"
    r"#?([A-Z][A-Z0-9]{1,9}-[0-9]{2,10}|[A-Z]{2,6}[0-9]{5,12})(?![A-Za-z0-9])"
)
_TICKET_SHAPED = re.compile(
    r"(?<![A-Za-z0-9-])((?:MSRC|VULN|PSIRT|PSR|SIRT|CERT|TICKET|CASE|SECBUG|SECVULN|HELP|SUPPORT|VRP|SEC|ISEC"
    r"|PRODSEC)-[0-9]{2,10}"
    r"(?:-[0-9]{2,8})?|INC[0-9]{6,12}|CS[0-9]{7,10}|RITM[0-9]{6,10}|VRF#?[A-Z0-9]{6,12}"
    r"|PSR-[0-9]{4}-[0-9]{3,6})(?![A-Za-z0-9])"
)
_TICKET_BRACKET = re.compile(
    r"[\[(](?:[A-Za-z][\w.-]{0,40} ?)?#([0-9]{3,20})[\])]|[\[(](?:ticket|case|ref|request"
    r"|incident)[ :#]{1,3}([A-Za-z0-9][A-Za-z0-9_:.-]{2,60})[\])]"
    r"|\[(?:JIRA\] \()?([A-Z][A-Z0-9]{1,9}-[0-9]{2,10})[\])]|##([0-9]{3,20})##|\[ ?(ref:[A-Za-z0-9_.!]{5,60}:ref) ?\]",
    re.IGNORECASE,
)
_MORE = re.compile(r"(?: ?[,;/&]| and| und| et| y)+ #?([A-Z][A-Z0-9]{1,9}-[0-9]{2,10})(?![A-Za-z0-9])")
_SENTENCE_NUMBER = re.compile(
    r"\((?:no|nr|number|ref)\.? ?#?([A-Z]{0,6}-?[0-9]{3,15})\)"
    r"|\bissue(?: number| id)? #([0-9]{3,10})(?![0-9A-Za-z])"
    r"|\b(?:security )?note #?([0-9]{6,10})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_NO_TICKET = re.compile(
    r"(?:CVE|CWE|GHSA|CVSS|RFC|UTF|SHA|AES|ISO|CVD|MD|HTTP|TLS|COVID|WINDOWS|DSA|USN|RHSA|PR|V)[-_ ]?[0-9]"
    r"|[12][0-9]{3}-[01][0-9]-[0-3][0-9]",
    re.IGNORECASE,
)


# A line that a pattern can match holds, in lower case, one entry of the pattern's list.
_NAME_LETTERS = (
    *("case", "ticket", "ref", "az", "track", "request", "incid", "quiry", "vorgang", "fall", "aktenz", "anfrage"),
    *("dossier", "demande", "caso", "chamado", "rifer", "segnal", "zaak", "sprawa"),
)
_FOREIGN_NAME_LETTERS = (
    *("réf", "обращени", "заявк", "案件", "受付", "問い合わせ", "管理", "チケット", "工单", "编号", "编號"),
    *("접수", "사건"),
)
_BRACKET_LETTERS = ("[", "(", "##")
_AFTER_LETTERS = ("assigned", "track", "logged", "registered", "filed", "opened")
_SENTENCE_LETTERS = ("(", "issue", "note")
_CUE_LETTERS = ("v", "rel", "firmware", "build", "wersja", "バージョン", "版本", "버전", "верси")

_SCHEME = re.compile("://")
_AT = re.compile("@")
_DIGIT = re.compile("[0-9]")
_DIGIT_OR_NAME = re.compile("[0-9]|GHSA-|CVSS")
_ANY_LINE = re.compile(r"[^\n]")
_HEX = bytes(ord("h" if chr(byte) in "0123456789abcdefABCDEF" else "-") for byte in range(256))


def find(text: str) -> tuple[Span, ...]:
    """Return the typed spans of ``text`` in order, never overlapping."""
    found = _Found(text)
    for start, end in _lines_with(_SCHEME, text):
        for match in _URL.finditer(text, start, end):
            url = trimmed_url(match[0])
            found.add(SpanKind.URL, match.start(), match.start() + len(url), url, "url")
    for start, end in _lines_with(_AT, text):
        for match in _ADDRESS.finditer(text, start, end):
            found.add(SpanKind.ADDRESS, match.start(), match.end(), match[0].rstrip("."), "address")
    printed = _may_hold_fingerprint(text[:MAX_SHAPES])
    named = "GHSA-" in text or "CVSS" in text
    gated = not folds_oddly(text)
    for start, end in _lines_with(_ANY_LINE if printed else _DIGIT_OR_NAME if named else _DIGIT, text):
        low = text[start:end].lower()
        if not gated or "cve" in low:
            for match in _CVE.finditer(text, start, end):
                found.add(SpanKind.CVE, match.start(), match.end(), f"CVE-{match[1]}-{match[2]}", "cve.shape")
        if start < MAX_SHAPES:
            _find_shapes(found, start, min(end, MAX_SHAPES), low if gated else None, printed)
    return found.sorted()


def _lines_with(mark: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the lines that hold a mark."""
    at = 0
    while (match := mark.search(text, at)) is not None:
        start = max(at, text.rfind("\n", at, match.start()) + 1)
        end = text.find("\n", match.end())
        if end < 0:
            yield start, len(text)
            return
        yield start, end
        at = end + 1


def _may_hold_fingerprint(text: str) -> bool:
    """Say whether 40 hexadecimal digits stand together when the marks between groups are left out."""
    return b"h" * 40 in text.encode("latin-1", "replace").translate(_HEX, b" :\xa0")


def _find_shapes(found: _Found, start: int, end: int, low: str | None, printed: bool) -> None:
    """Find in one line what is told by its shape; ``low`` is the line in lower case, None if it tells nothing."""
    text = found.text
    if printed:
        for match in _FINGERPRINT.finditer(text, start, end):
            digits = re.sub(r"[^0-9A-Fa-f]", "", match[0].removeprefix("0x")).upper()
            found.add(SpanKind.FINGERPRINT, match.start(), match.end(), digits, "fingerprint.shape")
    _find_tickets(found, start, end, low)
    if _holds(low, _CUE_LETTERS):
        for match in _CUED_VERSION.finditer(text, start, end):
            if match[1] and not _DATE_SHAPED.match(match[1]) and not _is_year(match[1]):
                found.add_group(SpanKind.VERSION, match, 1, "version.cue")
    for match in _OTHER.finditer(text, start, end):
        found.add(SpanKind.OTHER, match.start(), match.end(), match[0], "other")
    if low is None or "." in low:
        for match in _VERSION.finditer(text, start, end):
            _version(found, match)
    if low is None or "v" in low:
        for match in _V_NUMBER.finditer(text, start, end):
            found.add(SpanKind.VERSION, match.start(), match.end(), match[1], "version.v")


def _holds(low: str | None, letters: tuple[str, ...]) -> bool:
    if low is None:
        return True
    for entry in letters:  # noqa: SIM110 - a generator costs more than the search
        if entry in low:
            return True
    return False


def find_in_subject(subject: str) -> tuple[Span, ...]:
    """Return CVE ids and ticket numbers of a subject line."""
    return tuple(span for span in find(subject[:1_000]) if span.kind in {SpanKind.CVE, SpanKind.TICKET})


def mask(text: str, spans: tuple[Span, ...]) -> str:
    """Return ``text`` with every span hidden, character for character."""
    out: list[str] = []
    at = 0
    for span in spans:
        out += (text[at : span.start], MASK * (span.end - span.start))
        at = span.end
    return "".join((*out, text[at:]))


def trimmed_url(raw: str) -> str:
    """Cut what ends the sentence and not the address; a closing bracket stays if it was opened inside."""
    url = raw
    while url and url[-1] in ".,;:!?)*_>":
        if url[-1] == ")" and url.count("(") >= url.count(")"):
            break
        url = url[:-1]
    return url


class _Found:
    """Spans found so far, and which characters they take."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.taken = bytearray(len(text))
        self.spans: list[Span] = []

    def add(self, kind: SpanKind, start: int, end: int, value: str, rule: str) -> bool:
        if end <= start or any(self.taken[start:end]):
            return False
        self.taken[start:end] = b"\x01" * (end - start)
        self.spans.append(Span(kind, start, end, value, rule))
        return True

    def add_group(self, kind: SpanKind, match: re.Match[str], group: int, rule: str) -> bool:
        value = match[group].replace("\\", "").rstrip(".")
        end = match.start(group) + len(match[group].rstrip("."))
        return self.add(kind, match.start(group), end, value, rule)

    def sorted(self) -> tuple[Span, ...]:
        return tuple(sorted(self.spans, key=lambda span: span.start))


def _find_tickets(found: _Found, start: int, end: int, low: str | None) -> None:
    named = _holds(low, _NAME_LETTERS) or (low is not None and not low.isascii() and _holds(low, _FOREIGN_NAME_LETTERS))
    for pattern, rule, possible in (
        (_TICKET_BRACKET, "ticket.bracket", _holds(low, _BRACKET_LETTERS)),
        (_TICKET_CUED, "ticket.named", named),
        (_TICKET_AFTER, "ticket.assigned", _holds(low, _AFTER_LETTERS)),
        (_TICKET_SHAPED, "ticket.shape", True),
        (_SENTENCE_NUMBER, "ticket.number", _holds(low, _SENTENCE_LETTERS)),
    ):
        if not possible:
            continue
        for match in pattern.finditer(found.text, start, end):
            group = match.lastindex or 0
            if group and _is_ticket(match[group]) and found.add_group(SpanKind.TICKET, match, group, rule):
                _find_more(found, match.end())


def _find_more(found: _Found, at: int) -> None:
    """Take the rest of a list: "cases AB-1, AB-2 and AB-3"; at most ten."""
    for _ in range(10):
        more = _MORE.match(found.text, at)
        if more is None or not _is_ticket(more[1]) or not found.add_group(SpanKind.TICKET, more, 1, "ticket.list"):
            return
        at = more.end()


def _is_ticket(value: str) -> bool:
    digits = sum(char.isdigit() for char in value)
    if digits < 2 or _NO_TICKET.match(value) or len(value) < 3 or _DATE_SHAPED.match(value) or _is_year(value):
        return False
    return not _PART_OF_NUMBER.match(value)


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isdigit() and value[:2] in {"19", "20"}


def _version(found: _Found, match: re.Match[str]) -> None:
    """Three numbers are a version unless they make a day; two are one after ``v``, or hidden without being one."""
    number = match[1]
    if _DATE_SHAPED.match(number) and (_FULL_YEAR.search(number) or _day_cue(found.text, match.start())):
        return
    two = _PART_OF_NUMBER.match(number) is not None
    marked = match[0][0] in "vV"
    if two and not marked and found.text[match.end() : match.end() + 1] == "." and _day_month(number):
        return  # "02.02." is a German day; the date grammar decides
    if two and not marked and _day_month(number) and len(found.text) and _day_cue(found.text, match.start()):
        return
    rule = "version.v" if marked else "version.two" if two else "version.shape"
    found.add(SpanKind.VERSION, match.start(), match.end(), number.replace("\\", ""), rule)


def _day_month(number: str) -> bool:
    day, _, month = number.partition(".")
    return day.isdigit() and month.isdigit() and 1 <= int(day) <= 31 and 1 <= int(month) <= 12


_DAY_CUE = re.compile(
    r"(?:\bam|\bbis|\bzum|\bdem|\bvom|\bab|\bon|\bby|\bс|\bпо|\bдо|\bна|\bdo|\bod|\bdnia)[ \n]$", re.IGNORECASE
)


def _day_cue(text: str, at: int) -> bool:
    return _DAY_CUE.search(text[max(0, at - 6) : at]) is not None
