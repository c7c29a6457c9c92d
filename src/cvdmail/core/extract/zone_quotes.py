"""Which lines are quoted, and which of those below a quoted header are answers all the same.

``zones`` is filled from the strongest evidence to the weakest; a line that has a zone keeps it.
"""

from __future__ import annotations

import re

from cvdmail.core.extract import zone_lines as look
from cvdmail.core.extract import zone_words as words
from cvdmail.core.extract.zone_known import known_among
from cvdmail.core.extract.zone_lines import HeaderField, Mark, Zone

Decided = tuple[Zone, str]

MARKED: Decided = (Zone.QUOTED, "quote.mark")
_ARMOUR = re.compile(r"-----(BEGIN|END) PGP ([A-Z ]{4,30})-----\s*$")
_QUOTES = ">＞|¦"
_WRAPPED = 60  # characters of a marked line that a program may have broken
_FRAGMENT = 40
_MOST_FIELDS = 16
_ASKS = ("?", "？", "? ", "か。", "吗。")


class Quotes:
    """One pass over the lines: quotes, attributions, header blocks, and what stands below them."""

    def __init__(self, text: str, lines: list[str], known: frozenset[str]) -> None:
        self.text = text
        self.lines = lines
        self.zones: list[Decided | None] = [None] * len(lines)
        self.known = known_among(lines, known) if known else [False] * len(lines)
        self._fields: dict[int, HeaderField | None] = {}
        self._tail_at = len(lines)

    def run(self) -> list[Decided | None]:
        """Fill the zones of all that is quoted; what is left is new, or an end."""
        if any(sign in self.text for sign in look.SIGNS):
            self._signs()
        if " PGP " in self.text:
            self._armour()
        if any(mark in self.text for mark in _QUOTES):
            self._marks()
        for i, known in enumerate(self.known):
            if known:
                self._set(i, (Zone.QUOTED, "quote.known_line"))
        self._tail(*self._find_tail())
        return self.zones

    def _set(self, index: int, zone: Decided) -> None:
        if self.zones[index] is None:
            self.zones[index] = zone

    def _is_quoted(self, index: int) -> bool:
        zone = self.zones[index]
        return zone is not None and zone[0] is Zone.QUOTED

    # --- what stands on a line itself ---------------------------------------------------------------------------------

    def _signs(self) -> None:
        """What the HTML structure says of lines; see :mod:`cvdmail.core.html_match`."""
        for i, line in enumerate(self.lines):
            sign = line[:1]
            if sign == look.TAIL_SIGN and self._tail_at == len(self.lines):
                self._tail_at = i
            elif sign == look.SIGNATURE_SIGN:
                self._set(i, (Zone.SIGNATURE, "signature.html"))
            elif sign == look.ANSWER_SIGN:
                self._set(i, (Zone.INLINE, "inline.colour"))
            if sign in look.SIGNS:
                self.lines[i] = line[1:]

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
        found = [look.quote_mark(line) if line.lstrip()[:4].strip(" ") else Mark.NONE for line in self.lines]
        marked = [i for i, mark in enumerate(found) if mark is not Mark.NONE]
        for i in marked:
            near = [found[j] for j in (i - 1, i + 1) if 0 <= j < len(found)]
            if found[i] is Mark.CERTAIN or Mark.CERTAIN in near:
                self._set(i, MARKED)
        for i in marked:
            if self.zones[i] is not MARKED:
                continue
            if i == 0 or self.zones[i - 1] is None:
                self._attribution_above(i)
            self._broken_below(i)

    def _broken_below(self, index: int) -> None:
        """A marked line that a program broke: its last words stand unmarked between it and the next marked line."""
        if index + 2 >= len(self.lines) or self.zones[index + 1] is not None or self.zones[index + 2] is not MARKED:
            return
        line, rest = self.lines[index].rstrip(), self.lines[index + 1].strip()
        if len(line) >= _WRAPPED and 0 < len(rest) < _FRAGMENT and line[-1:].isalnum() and rest[:1].islower():
            self._set(index + 1, (Zone.QUOTED, "quote.broken_line"))

    # --- attributions -------------------------------------------------------------------------------------------------

    def _attribution_above(self, quoted: int) -> None:
        end = quoted - 1
        while end >= 0 and quoted - end <= 3 and not self.lines[end].strip():
            end -= 1
        if end >= 0 and self.zones[end] is None:
            for i in range(self._attribution_start(end, marked=True), end + 1):
                self._set(i, (Zone.ATTRIBUTION, "attribution.above_quote"))

    def _attribution_start(self, end: int, *, marked: bool) -> int:
        """Return the first line of an attribution that ends at ``end``, or ``end + 1`` if it is none."""
        if not look.ends_attribution(self.lines[end]):
            return end + 1
        joined = ""
        short = end + 1
        for start in range(end, max(-1, end - 4), -1):
            line = self.lines[start].strip()
            if not line or self.zones[start] is not None or len(line) > look.MAX_ATTRIBUTION:
                break
            if start < end and (look.ends_sentence(line) and not look.opens(line)):
                break
            joined = f"{line} {joined}"
            if look.speaks(joined):
                break
            if look.is_attribution(joined, marked=marked):
                above = start - 1
                if start and end - start < 3 and self._opens(above) and not look.opens(line):
                    return above
                return start
            if marked and start == end and look.is_short_attribution(line):
                short = start
        return short

    def _opens(self, index: int) -> bool:
        line = self.lines[index]
        return self.zones[index] is None and look.opens(line) and not look.ends_sentence(line) and not look.speaks(line)

    # --- where an unmarked quote begins -------------------------------------------------------------------------------

    def _find_tail(self) -> tuple[int, int, Decided]:
        """Find where an unmarked quote begins: (first line of its frame, first line after it, what it is)."""
        for i, line in enumerate(self.lines):
            if i == self._tail_at:
                return i, i + 1, (Zone.HEADER_BLOCK, "header.html")
            if self.zones[i] is not None:
                continue
            bare = line.strip(" -_=*>\t—")
            if len(bare) < 80 and look.is_separator(line, bare):
                return i, i + 1, (Zone.HEADER_BLOCK, "header.separator")
            if ":" not in line and "：" not in line:
                if "wrote --" in line and (start := self._attribution_start(i, marked=False)) <= i:
                    return start, i + 1, (Zone.ATTRIBUTION, "attribution.unmarked")
                continue
            if (found := self._tail_at_field(i)) is not None:
                return found
            if look.ends_attribution(line) and not self._marked_below(i):
                start = self._attribution_start(i, marked=False)
                if start <= i and not self._noted_above_quote(start, i):
                    return start, i + 1, (Zone.ATTRIBUTION, "attribution.unmarked")
            if look.is_drawn(line):
                return i, i + 1, (Zone.ATTRIBUTION, "attribution.drawn")
        return len(self.lines), len(self.lines), (Zone.QUOTED, "")

    def _tail_at_field(self, i: int) -> tuple[int, int, Decided] | None:
        if (field := self._field(i)) is None:
            return None
        # Inside a run of such lines only a known word can begin a block: the run's first line was tried.
        above = self._field(i - 1) if i else None
        tried = above is not None and (not field.known or field.key == above.key)
        if tried or (end := self._header_block(i)) <= i:
            return None
        first = i - 1 if i and look.RULE_LINE.match(self.lines[i - 1]) else i
        return first, end, (Zone.HEADER_BLOCK, "header.block")

    def _marked_below(self, index: int) -> bool:
        """Say whether a marked quote begins right below a line: its attribution was read with it."""
        below = index + 1
        while below < min(index + 3, len(self.lines) - 1) and not self.lines[below].strip():
            below += 1
        return below < len(self.lines) and self._is_quoted(below)

    def _noted_above_quote(self, start: int, end: int) -> bool:
        """Say whether a marked quote follows all the same, below a note of one's own ("[list added]")."""
        for i in range(end + 1, min(end + 8, len(self.lines))):
            if self._is_quoted(i):
                for j in range(start, end + 1):
                    self._set(j, (Zone.ATTRIBUTION, "attribution.above_note"))
                return True
            bare = self.lines[i].strip()
            if bare and not (bare[0] in "[(<+" or bare[:2].lower() == "cc"):
                break
        return False

    def _header_block(self, start: int) -> int:
        """Return the line after a header block that starts at ``start``, else ``start``."""
        found: list[HeaderField] = []
        i, end = start, start
        while i < len(self.lines) and len(found) < _MOST_FIELDS:
            field = self._field(i)
            if field is not None:
                found.append(field)
                end = i + 1
            elif not self._continues(i, found, end):
                break
            i += 1
        if len(found) < 2:
            return start
        known = {field.key for field in found if field.known}
        told = any(field.addressed or field.dated for field in found)
        if len(known) >= 3 and told and known & words.FROM_KEYS:
            return end
        if len(known) == 2 and known & words.FROM_KEYS and known & words.DATE_KEYS:
            whole = any(one.addressed for one in found) and any(one.dated and one.timed for one in found)
            return end if whole and found[0].known else start
        shaped = found[0].addressed and any(field.timed and field.dated for field in found)
        strange = not known and not any(field.key in words.PLAIN_KEYS for field in found)
        return end if len(found) >= 3 and shaped and strange else start

    def _continues(self, i: int, found: list[HeaderField], end: int) -> bool:
        """Say whether a line without a field goes on with a header: one empty line, or the rest of a list of names."""
        if not found or i - end >= 6:
            return False
        line = self.lines[i]
        if not line.strip():
            below = self._field(i + 1) if i + 1 < len(self.lines) else None
            return below is not None and below.known and i == end and found[-1].known
        above = self.lines[i - 1].rstrip()
        return "@" in line and (above.endswith((",", ";")) or line[:1] in " \t<")

    def _field(self, index: int) -> HeaderField | None:
        """Read a line as "word: value", once."""
        if index not in self._fields:
            self._fields[index] = look.read_field(self.lines[index])
        return self._fields[index]

    # --- below the beginning of an unmarked quote ---------------------------------------------------------------------

    def _tail(self, first: int, after: int, frame: Decided) -> None:
        if first == len(self.lines):
            return
        for i in range(first, after):
            self._set(i, frame)
        forwarded = frame[1] == "header.separator" and look.is_forward(self.lines[first])
        rest: Decided = (Zone.FORWARDED, "quote.forwarded") if forwarded else (Zone.QUOTED, "quote.tail")
        answered = not forwarded and self._answers_below(first)
        alone = not forwarded and not any(line.strip() for line in self.lines[:first])
        known = [i for i in range(after, len(self.lines)) if self.known[i]]
        first_known, last_known = (known[0], known[-1]) if known else (len(self.lines), -1)
        for i in range(after, len(self.lines)):
            if look.INITIALS.match(self.lines[i]):
                self._set(i, (Zone.INLINE, "inline.initials"))
            elif not self.lines[i].strip():
                self._set(i, rest)
            elif first_known < i < last_known:
                self._set(i, (Zone.INLINE, "inline.between_known"))
            elif known and i > last_known and alone and len(known) > 1:
                self._set(i, (Zone.INLINE, "inline.below_known"))
            elif (answered or alone) and not known and self._follows_question(i, after):
                self._set(i, (Zone.UNSURE, "unsure.below_question"))
            else:
                self._set(i, rest)

    def _answers_below(self, first: int) -> bool:
        """Say whether the words above a quote say that answers stand in it."""
        said = "\n".join(self.lines[max(0, first - 40) : first])[-4_000:].lower()
        if any(cue in said and re.search(rf"\b{re.escape(cue)}\b", said) for cue in words.INLINE):
            return True
        return any(cue in said for cue in words.BELOW) and any(word in said for word in words.ANSWERS)

    def _follows_question(self, i: int, after: int) -> bool:
        """Say whether a line answers the question that the line above it asks, or goes on with such an answer."""
        line = self.lines[i].strip()
        if line.endswith(_ASKS) or i == after:
            return False
        above = i - 1
        while above > after and not self.lines[above].strip():
            above -= 1
        zone = self.zones[above]
        going_on = above == i - 1 and zone is not None and zone[0] is Zone.UNSURE
        return going_on or self.lines[above].strip().endswith(_ASKS)
