"""What a single line of a mail looks like: quoted, a field of a header, an attribution, a separator.

Lines are read by themselves here; what they make of each other is for :mod:`.zone_quotes` and :mod:`.zone_ends`.
Every pattern is linear.  A table of openings is only asked when the first letters of the line are those of one of its
entries, which nearly no line has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from cvdmail.core.extract import zone_words as words

MAX_TEXT = 262_144
"""Characters of one body that are read; the rest is cut off."""
MAX_LINE = 2_000
"""Characters of one line that are read."""
MAX_LINES = 5_000
"""Lines of one body that are read."""
MAX_ATTRIBUTION = 400

TAIL_SIGN = "\x1c"
"""A line of this alone: from here on the HTML structure says all is quoted.  The signs never stand in what is read from
a mail; :mod:`cvdmail.core.body` takes them out of plain parts before it sets its own."""
SIGNATURE_SIGN = "\x1d"
"""Before a line that the HTML structure says is a signature."""
ANSWER_SIGN = "\x1f"
"""Before a line that stands in a colour of its own among quoted ones."""
SIGNS = (TAIL_SIGN, SIGNATURE_SIGN, ANSWER_SIGN)


class Zone(Enum):
    """What a line belongs to; ``NEW``, ``INLINE`` and ``UNSURE`` are read for facts, the last for a person to check."""

    NEW = "new"
    INLINE = "inline"
    UNSURE = "unsure"
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    ATTRIBUTION = "attribution"
    HEADER_BLOCK = "header_block"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"
    FURNITURE = "furniture"
    PGP = "pgp"


class Line(NamedTuple):
    """One line without its end, its zone, and the rule that decided."""

    text: str
    zone: Zone
    rule: str


class HeaderField(NamedTuple):
    """A line that reads "word: value", and what its value holds."""

    key: str
    known: bool
    addressed: bool
    dated: bool
    timed: bool


class Mark(Enum):
    """How a line is marked as quoted: not at all, for certain, or only if its neighbours are."""

    NONE = 0
    MAYBE = 1
    CERTAIN = 2


INITIALS = re.compile(r"\s{0,8}\[[A-Z][A-Za-z]{0,7}(?: [A-Z][a-z]{0,15})?\][:>]? ?(?=\S)")
RULE_LINE = re.compile(r"\s{0,4}(?:[_=*~-]{20,}|(?:[-=]{2}){8,}-?|[―─━＝]{8,})\s*$")
_QUOTE_MARK = re.compile(r"\s{0,8}(?:[A-Z][A-Za-z]{0,2}>(?=[\s>])|[>＞]|[|¦](?=\s|$))")
_COMPARES = re.compile(r"\s{0,8}>=?\s?v?[0-9]")
_HEADER_LINE = re.compile(r"[\s*_]{0,4}([^\W\d_][^:：\n]{0,24}?)[\s*_]{0,3}[:：](?:[*_]{0,2}(.*))?$")
_ADDRESS = re.compile(r"[^\s@<>]@[^\s@<>]|\*@\*|<[^>\s]{3,80}>")
_DATE = re.compile(r"[12][0-9]{3}|[0-9]{1,2}[:.][0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}|[0-9]{1,2}月")
_TIME = re.compile(r"[0-9]{1,2}[:.][0-9]{2}(?![0-9.])|[0-9]{1,2}時")
_DASHED = re.compile(r"^[\s>]{0,4}[-_=*—]{2,40}")
_WRITING = re.compile("|".join(re.escape(verb) for verb in words.WRITING_VERBS), re.IGNORECASE)
_SPEAKING = re.compile(
    r"\b(?:we|i|you|our|your|us|wir|ich|sie|uns|nous|je|vous|nosotros|noi|wij|vi|jag|will|fixed?|released?)\b|我们|您|你们|弊社|当社",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\S+\s+\S+\s+\S+\s+\S.*[.!?;,。！？]\s*$|[。！？]")
_SENTENCE_END = re.compile(r"[.!?。！？]\s*$")
_TITLING = (" | ", " • ", " · ")
_COMPANY = re.compile(
    r"(?:\b(?:inc|ltd|co|corp|llc|plc|gmbh|s\.a|b\.v|n\.v|s\.r\.o|a\.s|s\.p\.a|sp\. z o\.o)\.,?|,)\s*$", re.IGNORECASE
)
_DRAWN = re.compile(r" ?---[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4} [0-9]{1,2}[:.][0-9]{2}[^\n]{0,12}---")
_INVISIBLE = dict.fromkeys(
    map(ord, "\ufeff\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
_QUOTING = re.compile(r"(?:quoting|zitat von|citando|citando a|en réponse à|citerar|citat)\b", re.IGNORECASE)


def openings(entries: Iterable[str], letters: int) -> frozenset[str]:
    """Return the first letters of all entries: what begins otherwise begins with none of them."""
    return frozenset(entry[:letters] for entry in entries)


_SEPARATOR_OPENINGS = openings(words.SEPARATORS, 4)


def normalise_line(line: str) -> str:
    """Return a line as it is compared with lines of earlier mails: no marks, single blanks, no case."""
    return " ".join(line[:MAX_LINE].lstrip(" \t>|＞").split()).casefold()


def visible(line: str) -> str:
    """Return a line without the marks of direction and width that programs put around addresses."""
    return line if line.isascii() else line.translate(_INVISIBLE)


def quote_mark(line: str) -> Mark:
    """Say how a line is marked as quoted; ``>= 4.2``, a mailbox file's ``>From`` and a row of a table may be words."""
    if _QUOTE_MARK.match(line) is None:
        return Mark.NONE
    bare = line.strip()
    if bare[0] in "|¦":
        return Mark.NONE if bare.endswith("|") and bare.count("|") > 1 else Mark.CERTAIN
    if bare.startswith(">From ") or (bare[1:2] in "=0123456789v" and _COMPARES.match(line)):
        return Mark.MAYBE
    return Mark.CERTAIN


def read_field(line: str) -> HeaderField | None:
    """Read a line as "word: value", or None."""
    text = line[:MAX_ATTRIBUTION]
    found = _HEADER_LINE.match(visible(text))
    if found is None:
        return None
    key, value = found[1].strip(" *_").lower(), (found[2] or "").strip()
    dated, timed = _DATE.search(value) is not None, _TIME.search(value) is not None
    return HeaderField(key, key in words.HEADER_KEYS, "@" in value, dated, timed)


def is_separator(line: str, bare: str) -> bool:
    """Say whether a line reads "----- Original Message -----", or the same with a colon; ``bare`` has no dashes."""
    lowered = bare.lower()
    if "&nbsp;" in lowered:
        lowered = lowered.replace("&nbsp;", " ").strip(" -")
    return (
        lowered[:4] in _SEPARATOR_OPENINGS
        and lowered.startswith(words.SEPARATORS)
        and (_DASHED.match(line) is not None or line.rstrip().endswith((":", "：")))
    )


def is_forward(line: str) -> bool:
    """Say whether a separator tells of a mail that was passed on."""
    lowered = line.lower()
    return any(word in lowered for word in words.FORWARDS)


def ends_attribution(line: str) -> bool:
    """Say whether a line may be the last one of an attribution: it ends in a colon, or stands between dashes."""
    last = visible(line).rstrip(" *_\t\xa0")
    if len(last) > MAX_ATTRIBUTION:
        return False
    if last.endswith((":", "：", ":-")):
        return True
    return last.endswith("--") and last.startswith("--") and _WRITING.search(last) is not None


def speaks(line: str) -> bool:
    """Say whether a line has words of somebody who speaks for himself, or to somebody: no program writes them."""
    return _SPEAKING.search(line) is not None


def is_attribution(joined: str, *, marked: bool) -> bool:
    """Say whether words that end like an attribution are one; ``marked``: quoted lines stand below."""
    text = visible(joined).strip(" *_-")
    dated, addressed = _DATE.search(text) is not None, _ADDRESS.search(text) is not None
    writing = _WRITING.search(text, max(0, len(text) - 60)) is not None or (
        len(text) < 200 and _WRITING.search(text) is not None
    )
    if marked:
        return (dated and (addressed or writing)) or (addressed and (writing or _QUOTING.match(text) is not None))
    if not writing:
        # "10.03.2026, 09:12, "Bo" <bo@lab.example>:" has no verb: its address stands right before the colon.
        return dated and _TIME.search(text) is not None and text.rstrip(": ：").endswith((">", ")")) and addressed
    return (dated and (addressed or _TIME.search(text) is not None or opens(text))) or addressed


def is_short_attribution(line: str) -> bool:
    """Say whether a line right above marked ones names who wrote them, without a date or an address."""
    return len(line) < 100 and (_WRITING.search(line) is not None or _dated_name(line))


def _dated_name(line: str) -> bool:
    return len(line) < 80 and _DATE.search(line) is not None and _TIME.search(line) is not None


def opens(line: str) -> bool:
    """Say whether a line begins like an attribution."""
    return line.lstrip(" *_-(>").lower().startswith(words.OPENERS)


def is_drawn(line: str) -> bool:
    """Say whether Lotus Notes wrote a line: name, date between dashes, the first words of the quoted mail."""
    return " ---" in line[:200] and _DRAWN.search(line[:400]) is not None


def is_sentence(line: str) -> bool:
    """Say whether a line is words that say something: it ends like a sentence, or is mostly in lower case."""
    if any(mark in line for mark in _TITLING):
        return False
    if _SENTENCE.search(line):
        return _COMPANY.search(line) is None
    said = line.split()
    if len(said) < 4:
        return False
    small = sum(word[:1].islower() for word in said)
    return small >= 3 and small * 10 >= len(said) * 6


def ends_sentence(line: str) -> bool:
    """Say whether a line ends a sentence."""
    return _SENTENCE_END.search(line) is not None
