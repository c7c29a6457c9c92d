"""Which lines of a mail are the writer's own new words.

Every line gets one zone and the rule that decided it; nothing is deleted, the other zones are only not read.  The
evidence, strongest first:

1. quote marks at the head of a line;
2. lines known from earlier mails of the thread, which is free of language and finds quotes without any mark;
3. header blocks as Outlook and forwarding leave them: consecutive "word: value" lines, either with known words or
   with an address and a time; what follows is quoted to the end;
4. attribution lines: up to four lines ending in a colon that hold a date or time and an address or a writing verb;
5. the ends of a mail: ``-- `` (RFC 3676 section 4.3), a closing formula, a mobile tag, a disclaimer, a list footer.

Below a header block or an attribution without marks, a line is an inline answer if it is marked with initials in
brackets (``[TM] In May``), or if it stands unknown between lines that are known.  A sentence is never cut off as a
signature: losing a vendor's word is worse than keeping a slogan.

All is one pass over lines; every pattern is linear.  A table of openings is only asked when the first letters of the
line are those of one of its entries, which nearly no line has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from cvdmail.core.extract import zone_words as words

MAX_TEXT = 262_144
"""Characters of one body that are read; the rest is cut off."""
MAX_LINE = 2_000
"""Characters of one line that are read."""
MAX_LINES = 5_000
"""Lines of one body that are read."""
_MIN_KNOWN = 12
"""Shorter lines ("Hi,", "Thanks") are in every mail and prove no quote."""


class Zone(Enum):
    """What a line belongs to; ``NEW`` and ``INLINE`` are read for facts."""

    NEW = "new"
    INLINE = "inline"
    QUOTED = "quoted"
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


_QUOTE_MARK = re.compile(r"\s{0,8}(?:[A-Za-z]{0,3}[>＞]|[|¦](?=\s|$))")
_HEADER_LINE = re.compile(r"[\s*_]{0,4}([^\W\d_][^:：\n]{0,24}?)[\s*_]{0,3}[:：][\s*_]{0,4}(\S.*)?$")
_HAS_ADDRESS = re.compile(r"[^\s@<>]@[^\s@<>]|\*@\*|<[^>\s]{3,80}>")
_HAS_DATE = re.compile(r"[12][0-9]{3}|[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2}|[0-9]{1,2}月")
_HAS_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_INITIALS = re.compile(r"\s{0,8}\[[A-Z][A-Za-z]{0,7}(?: [A-Z][a-z]{0,15})?\][:>]? ?(?=\S)")
_RULE_LINE = re.compile(r"\s{0,4}[_=*-]{20,}\s*$")
_DASHED = re.compile(r"^[\s>]{0,4}[-_=*]{2,40}")
_LIST_FOOTER = re.compile(r"mailing list|listinfo|unsubscribe|mailman|googlegroups|list archives", re.IGNORECASE)
_SENTENCE = re.compile(r"\S+\s+\S+\s+\S+\s+\S.*[.!?:;,。！？]\s*$|[。！？]")
_WRITING = re.compile("|".join(re.escape(verb) for verb in words.WRITING_VERBS), re.IGNORECASE)
_CLOSING_MARKS = re.compile(r"[\s,.!。、，;–—-]{1,10}$")
_ARMOUR = re.compile(r"-----(BEGIN|END) PGP ([A-Z ]{4,30})-----\s*$")


def _openings(entries: Iterable[str], letters: int) -> frozenset[str]:
    """Return the first letters of all entries: what begins otherwise begins with none of them."""
    return frozenset(entry[:letters] for entry in entries)


_SEPARATOR_OPENINGS = _openings(words.SEPARATORS, 4)
_DISCLAIMER_OPENINGS = _openings(words.DISCLAIMERS, 4)
_MOBILE_OPENINGS = _openings(words.MOBILE_TAGS, 3)
_CLOSING_OPENINGS = _openings(words.CLOSINGS, 2)
_NEW = (Zone.NEW, "new.rest")
_MARKED = (Zone.QUOTED, "quote.mark")


def normalise_line(line: str) -> str:
    """Return a line as it is compared with lines of earlier mails: no marks, single blanks, no case."""
    return " ".join(line[:MAX_LINE].lstrip(" \t>|＞").split()).casefold()


def new_text(plain: str, known_lines: frozenset[str] = frozenset()) -> str:
    """Return the reply's own new words: quotes, attribution lines, quoted headers and the signature removed."""
    return join_new(label_lines(plain, known_lines))


def join_new(lines: tuple[Line, ...]) -> str:
    """Join the lines that are to be read, without outer blank lines and with single ones inside."""
    out: list[str] = []
    for line in lines:
        if line.zone is not Zone.NEW and line.zone is not Zone.INLINE:
            continue
        text = _INITIALS.sub("", line.text, count=1) if line.zone is Zone.INLINE else line.text
        text = text.rstrip()
        if text or (out and out[-1]):
            out.append(text)
    while out and not out[-1]:
        out.pop()
    return "\n".join(out)


def label_lines(plain: str, known_lines: frozenset[str] = frozenset()) -> tuple[Line, ...]:
    """Give every line of a body (cut at the limits) its zone."""
    text = plain[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    lines = [line[:MAX_LINE] for line in text.split("\n", MAX_LINES)[:MAX_LINES]]
    return tuple(_Labeller(text, lines, known_lines).run())


@dataclass(frozen=True, slots=True)
class _Field:
    """A line that reads "word: value", and what its value holds."""

    key: str
    known: bool
    addressed: bool
    dated: bool
    timed: bool


class _Labeller:
    """One pass over the lines; ``zones`` is filled from the strongest evidence to the weakest."""

    def __init__(self, text: str, lines: list[str], known: frozenset[str]) -> None:
        self.text = text
        self.lines = lines
        self.fields: dict[int, _Field | None] = {}
        self.zones: list[tuple[Zone, str] | None] = [None] * len(lines)
        self.known = [False] * len(lines)
        if known:
            self.known = [len(key := normalise_line(line)) >= _MIN_KNOWN and key in known for line in lines]

    def run(self) -> list[Line]:
        if " PGP " in self.text:
            self._armour()
        if any(mark in self.text for mark in ">＞|¦"):
            self._marks()
        self._known()
        self._tail(*self._find_tail())
        self._endings()
        return [Line(line, *(zone or _NEW)) for line, zone in zip(self.lines, self.zones, strict=True)]

    def _set(self, index: int, zone: tuple[Zone, str]) -> None:
        if self.zones[index] is None:
            self.zones[index] = zone

    def _armour(self) -> None:
        """OpenPGP frames (RFC 9580 section 7): signatures and keys are no words; a signed text loses its dashes."""
        inside = signed = False
        for i, line in enumerate(self.lines):
            frame = _ARMOUR.match(line)
            if frame:
                self._set(i, (Zone.PGP, "pgp.armour"))
                signed = signed or frame[2] == "SIGNED MESSAGE"
                inside = frame[1] == "BEGIN" and frame[2] != "SIGNED MESSAGE"
            elif inside or (signed and i and self.zones[i - 1] is not None and line.startswith("Hash: ")):
                self._set(i, (Zone.PGP, "pgp.armour"))
            elif signed and line.startswith("- "):
                self.lines[i] = line[2:]

    def _marks(self) -> None:
        marked = [i for i, line in enumerate(self.lines) if line[:1] == ">" or _QUOTE_MARK.match(line)]
        for i in marked:
            self._set(i, _MARKED)
        for i in marked:
            if self.zones[i] is _MARKED and (i == 0 or self.zones[i - 1] is None):
                self._attribution_above(i)

    def _attribution_above(self, quoted: int) -> None:
        end = quoted - 1
        while end >= 0 and quoted - end <= 3 and not self.lines[end].strip():
            end -= 1
        if end >= 0 and self.zones[end] is None:
            for i in range(self._attribution_start(end, marked=True), end + 1):
                self._set(i, (Zone.ATTRIBUTION, "attribution.above_quote"))

    def _attribution_start(self, end: int, *, marked: bool) -> int:
        """Return the first line of an attribution that ends at ``end``, or ``end + 1`` if it is none."""
        last = self.lines[end].rstrip(" *_")
        if not last.endswith((":", "：", ":-")) or len(last) > 400:
            return end + 1
        if not marked and _WRITING.search(last, max(0, len(last) - 60)) is None:
            return end + 1  # without marks below, only a writing verb makes an attribution of it
        joined = ""
        for start in range(end, max(-1, end - 4), -1):
            if not self.lines[start].strip() or self.zones[start] is not None or len(self.lines[start]) > 400:
                break
            joined = f"{self.lines[start].strip()} {joined}"
            dated = bool(_HAS_DATE.search(joined))
            addressed = bool(_HAS_ADDRESS.search(joined))
            writing = _WRITING.search(joined, max(0, len(joined) - 60)) is not None
            if (dated and (addressed or writing)) or (marked and addressed and writing):
                if start and self._opens(start - 1) and not self._opens(start) and end - start < 3:
                    return start - 1
                return start
            if marked and writing and len(joined) < 100:
                return start
        return end + 1

    def _opens(self, index: int) -> bool:
        return self.zones[index] is None and self.lines[index].strip().lower().startswith(words.OPENERS)

    def _known(self) -> None:
        for i, known in enumerate(self.known):
            if known:
                self._set(i, (Zone.QUOTED, "quote.known_line"))

    def _find_tail(self) -> tuple[int, int, Zone, str]:
        """Find where an unmarked quote begins: (first line of its frame, first line after it, zone, rule)."""
        for i, line in enumerate(self.lines):
            if self.zones[i] is not None:
                continue
            bare = line.strip(" -_=*>\t")
            if len(bare) < 60 and self._separates(line, bare.lower()):
                return i, i + 1, Zone.HEADER_BLOCK, "header.separator"
            if ":" not in line and "：" not in line:
                continue
            if (field := self._field(i)) is not None:
                # Inside a run of such lines only a known word can begin a block: the run's first line was tried.
                above = self._field(i - 1) if i else None
                tried = above is not None and (not field.known or field.key == above.key)
                if not tried and (end := self._header_block(i)) > i:
                    first = i - 1 if i and _RULE_LINE.match(self.lines[i - 1]) else i
                    return first, end, Zone.HEADER_BLOCK, "header.block"
            if line.rstrip(" *_").endswith((":", "：")) and not self._marked_below(i):
                start = self._attribution_start(i, marked=False)
                if start <= i:
                    return start, i + 1, Zone.ATTRIBUTION, "attribution.unmarked"
        return len(self.lines), len(self.lines), Zone.QUOTED, ""

    def _separates(self, line: str, lowered: str) -> bool:
        """Say whether a line reads "----- Original Message -----", or the same with a colon."""
        return (
            lowered[:4] in _SEPARATOR_OPENINGS
            and lowered.startswith(words.SEPARATORS)
            and len(lowered) < 60
            and (_DASHED.match(line) is not None or line.rstrip().endswith((":", "：")))
        )

    def _marked_below(self, index: int) -> bool:
        return any(zone is not None and zone[0] is Zone.QUOTED for zone in self.zones[index + 1 : index + 4])

    def _header_block(self, start: int) -> int:
        """Return the line after a header block that starts at ``start``, else ``start``."""
        fields: list[_Field] = []
        i = start
        while i < len(self.lines) and i - start < 12 and (found := self._field(i)) is not None:
            fields.append(found)
            i += 1
        if len(fields) < 2:
            return start
        known = {found.key for found in fields if found.known}
        told = any(found.addressed or found.dated for found in fields)
        if len(known) >= 3 and told and known & words.FROM_KEYS:
            return i
        shaped = any(found.timed for found in fields) and any(found.addressed for found in fields)
        return i if len(fields) >= 3 and shaped else start

    def _field(self, index: int) -> _Field | None:
        """Read a line as "word: value", once."""
        if index not in self.fields:
            found = _HEADER_LINE.match(self.lines[index][:400])
            if found is None:
                self.fields[index] = None
            else:
                key, value = found[1].strip(" *_").lower(), found[2] or ""
                dated, timed = _HAS_DATE.search(value) is not None, _HAS_TIME.search(value) is not None
                self.fields[index] = _Field(key, key in words.HEADER_KEYS, "@" in value, dated, timed)
        return self.fields[index]

    def _tail(self, first: int, after: int, zone: Zone, rule: str) -> None:
        if first == len(self.lines):
            return
        for i in range(first, after):
            self._set(i, (zone, rule))
        last_known = max((i for i in range(after, len(self.lines)) if self.known[i]), default=-1)
        first_known = next((i for i in range(after, len(self.lines)) if self.known[i]), len(self.lines))
        for i in range(after, len(self.lines)):
            if _INITIALS.match(self.lines[i]):
                self._set(i, (Zone.INLINE, "inline.initials"))
            elif first_known < i < last_known and not self.known[i] and self.lines[i].strip():
                self._set(i, (Zone.INLINE, "inline.between_known"))
            else:
                self._set(i, (Zone.QUOTED, "quote.tail"))

    def _endings(self) -> None:
        """Signatures, tags, disclaimers and footers, among the lines that are still unlabelled."""
        signature = disclaimer = False
        lowered_text = self.text.lower()
        framed = any(words_ in lowered_text for words_ in words.REPLY_ABOVE)
        for i, line in enumerate(self.lines):
            if self.zones[i] is not None:
                signature = disclaimer = False
                continue
            bare = line.strip()
            if not bare:
                disclaimer = False
                if signature:
                    self._set(i, (Zone.SIGNATURE, "signature.delimiter"))
                continue
            lowered = bare.lower()
            if bare[0] in "-—" and (line.rstrip() in {"--", "—"} or (line.startswith("-- ") and not bare.strip("- "))):
                signature = True
            if signature:
                self._set(i, (Zone.SIGNATURE, "signature.delimiter"))
            elif disclaimer or self._disclaims(lowered):
                disclaimer = True
                self._set(i, (Zone.DISCLAIMER, "disclaimer"))
            elif lowered[:3] in _MOBILE_OPENINGS and lowered.startswith(words.MOBILE_TAGS) and len(lowered) < 80:
                self._set(i, (Zone.SIGNATURE, "signature.mobile_tag"))
            elif framed and any(words_ in lowered for words_ in words.REPLY_ABOVE) and len(lowered) < 160:
                self._set(i, (Zone.FURNITURE, "furniture.reply_above"))
            elif bare[0] in "_=*-" and _RULE_LINE.match(line) and self._footer_below(i):
                signature = True
                self._set(i, (Zone.FURNITURE, "furniture.list_footer"))
            elif self._closing(lowered) and (end := self._signature_end(i)) > i:
                for j in range(i, end):
                    self._set(j, (Zone.SIGNATURE, "signature.closing"))

    def _disclaims(self, lowered: str) -> bool:
        opening = lowered.lstrip("*_ ")
        return opening[:4] in _DISCLAIMER_OPENINGS and opening.startswith(words.DISCLAIMERS)

    def _footer_below(self, index: int) -> bool:
        return any(_LIST_FOOTER.search(line) for line in self.lines[index + 1 : index + 4])

    def _closing(self, lowered: str) -> bool:
        return (
            len(lowered) < 50 and lowered[:2] in _CLOSING_OPENINGS and _CLOSING_MARKS.sub("", lowered) in words.CLOSINGS
        )

    def _signature_end(self, closing: int) -> int:
        """Return the line after a signature that a closing formula opens; ``closing`` when sentences follow it."""
        end = closing + 1
        filled = 0
        while end < len(self.lines) and self.zones[end] is None and filled < 12:
            bare = self.lines[end].strip()
            opening = bare[:80].lower()
            if (opening[:4] in _DISCLAIMER_OPENINGS and opening.startswith(words.DISCLAIMERS)) or bare in {"--", "—"}:
                break
            if bare and (len(bare) > 100 or _SENTENCE.search(bare) or bare.upper().startswith(("P.S", "PS:", "PS "))):
                return closing if filled == 0 else end
            filled += bool(bare)
            end += 1
        return end
