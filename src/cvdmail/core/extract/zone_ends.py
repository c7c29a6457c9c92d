"""The ends of a mail: signatures, mobile tags, disclaimers, banners, what lists and ticket systems add.

Only lines that no stronger evidence has labelled are looked at.  A sentence is never cut off as a signature: losing a
vendor's word is worse than keeping a slogan.
"""

from __future__ import annotations

import re

from cvdmail.core.extract import zone_end_words as words
from cvdmail.core.extract import zone_lines as look
from cvdmail.core.extract.zone_lines import Zone, openings
from cvdmail.core.extract.zone_quotes import Decided
from cvdmail.core.extract.zone_tickets import Tickets, is_ticketed

_LIST_FOOTER = re.compile(
    r"mailing ?list|listinfo|unsubscribe|mailman|googlegroups|google groups|groups\.io|list archives|désabonn|abmelden"
    r"|darse de baja|отписаться|取消订阅",
    re.IGNORECASE,
)
_CLOSING_MARKS = re.compile(r"[\s,.!:。、，;！～~–—-]{1,10}$")
_POSTSCRIPT = re.compile(
    r"(?:p\.? ?s\.?(?: ?[:.-]|\s)|n\.b\.|nb:|post ?scriptum|追伸|p\.p\.s|附[:：]|又及)", re.IGNORECASE
)
_REACHED = re.compile(
    r"@|https?://|www\.|\btel\b|\bphone\b|\bfax\b|\bmob|〒|電話|电话|\bT(?:el)?[.:+ ]|\+[0-9]{1,3}[ (]", re.IGNORECASE
)
_BOX = re.compile(r"\s{0,4}([-=_*~―─━＝＊+・☆#])\1{4,}\s*$")
_NAME = re.compile(r"(?:[—–]\s?|[-/~])[^\W\d_][\w.'-]{0,20}(?: [^\W\d_][\w.'-]{0,20}){0,2}$")
_CLOSED_NAME = re.compile(r"([^,.!]{2,40})[,.!]? ?[-–—]? ?((?:[^\W\d_][\w.'-]{0,20} ?){1,3})$")
_DEVICE = re.compile(
    r"iphone|ipad|ipod|android|outlook|galaxy|samsung|huawei|xiaomi|mobile|mobil|móvil|cell|celular|handy|smartphone"
    r"|telefon|teléfono|phone|blackberry|yahoo|proton|spark|airmail|k-9|bluemail|tuta|superhuman|thunderbird|gmx|web\.de"
    r"|mail (?:app|for|secure|master)|mail\.ru|mail\.?$|приложени|почт|手机|移动|スマート|puhelim",
    re.IGNORECASE,
)
_SAYING = re.compile(r"\b(?:was|were|is|are|has|had|will|wurde|war|est|était|es|fue)\b(?!.*(?:brevity|typo))")
_MOST_FILLED = 12
_DISCLAIMER_OPENINGS = openings(words.DISCLAIMERS, 4)
_MOBILE_OPENINGS = openings(words.MOBILE_TAGS, 3)
_CLOSING_OPENINGS = openings(words.CLOSINGS, 2)
_BANNER_OPENINGS = openings(words.BANNERS, 4)
_DISCLAIMER: Decided = (Zone.DISCLAIMER, "disclaimer")
_SIGNED: Decided = (Zone.SIGNATURE, "signature.delimiter")


class Ends:
    """One pass over the lines that are still unlabelled."""

    def __init__(self, text: str, lines: list[str], zones: list[Decided | None]) -> None:
        self.lines = lines
        self.zones = zones
        self._lowered = text.lower()
        self._signature = self._disclaimer = self._disclaimed = False
        self._said = False  # whether there are new words above
        self._may_disclaim: bool | None = None  # whether a word of a disclaimer stands anywhere; asked once

    def run(self) -> list[Decided | None]:
        """Fill the zones of the ends; what is left is new."""
        if is_ticketed(self._lowered):
            Tickets(self.lines, self.zones).run()
        for i, line in enumerate(self.lines):
            if self.zones[i] is not None:
                self._signature = self._disclaimer = False
                continue
            bare = line.strip()
            if bare:
                self._filled(i, line, bare)
            else:
                self._disclaimer = False
                if self._signature:
                    self._set(i, _SIGNED)
            self._said = self._said or (bool(bare) and self.zones[i] is None)
        return self.zones

    def _set(self, index: int, zone: Decided) -> None:
        if self.zones[index] is None:
            self.zones[index] = zone

    def _filled(self, i: int, line: str, bare: str) -> None:
        lowered = bare.lower()
        if bare[0] in "-—" and self._delimits(i, line, bare):
            self._signature = True
        if self._signature and _POSTSCRIPT.match(bare):
            self._signature = False
        if self._signature:
            self._set(i, _SIGNED)
        elif self._disclaimer or self._disclaims(i, lowered):
            self._disclaimer = self._disclaimed = True
            self._set(i, _DISCLAIMER)
        elif not self._said and self._is_banner(lowered):
            self._disclaimer = True  # to the end of its paragraph
            self._set(i, (Zone.FURNITURE, "furniture.banner"))
        elif self._is_mobile_tag(lowered):
            self._set(i, (Zone.SIGNATURE, "signature.mobile_tag"))
        elif bare[0] in "_=*~-" and look.RULE_LINE.match(line) and self._footer_below(i):
            self._signature = True
            self._set(i, (Zone.FURNITURE, "furniture.list_footer"))
        elif bare[0] in "-=_*~―─━＝＊+・☆#" and _BOX.match(line) and (end := self._box_end(i)) > i:
            self._cut(i, end, "signature.box")
        elif self._said and self._closing(lowered) and (end := self._signature_end(i)) > i:
            self._cut(i, end, "signature.closing")
        elif self._said and len(bare) < 60 and self._signs_off(i, bare):
            self._set(i, (Zone.SIGNATURE, "signature.name"))

    def _cut(self, start: int, end: int, rule: str) -> None:
        for i in range(start, end):
            self._set(i, (Zone.SIGNATURE, rule))

    # --- signatures ---------------------------------------------------------------------------------------------------

    def _delimits(self, i: int, line: str, bare: str) -> bool:
        """Say whether a line is ``-- `` (RFC 3676 section 4.3), or its like with no sentence below it."""
        if line.startswith("-- ") and not bare.strip("- "):
            return True
        if bare not in {"--", "—", "---"} or (bare == "---" and i + 1 < len(self.lines)):
            return False
        below = next((one.strip() for one in self.lines[i + 1 : i + 4] if one.strip()), "")
        furnished = below.lower().startswith(words.FURNITURE)
        return furnished or not (look.is_sentence(below) and (len(below) > 40 or look.speaks(below)))

    def _closing(self, lowered: str) -> bool:
        if len(lowered) > 50 or lowered[:2] not in _CLOSING_OPENINGS:
            return False
        bare = _CLOSING_MARKS.sub("", lowered)
        return bare in words.CLOSINGS or (" / " in bare and bare.split(" / ")[0] in words.CLOSINGS)

    def _signature_end(self, closing: int) -> int:
        """Return the line after a signature that a closing formula opens; ``closing`` when sentences follow it."""
        end = closing + 1
        filled = 0
        while end < len(self.lines) and self.zones[end] is None and filled < _MOST_FILLED:
            bare = self.lines[end].strip()
            opening = bare[:80].lower()
            if self._opens_disclaimer(opening) or bare in {"--", "—"}:
                break
            if bare and (len(bare) > 100 or look.is_sentence(bare) or _POSTSCRIPT.match(bare)):
                if filled == 0:
                    return closing
                break
            filled += bool(bare) and not self._closing(opening)
            end += 1
        if filled == 0 and _CLOSING_MARKS.sub("", self.lines[closing].strip().lower()) in words.THANKS:
            return closing
        return end

    def _box_end(self, start: int) -> int:
        """Return the line after a signature between two drawn lines, or below one at the end; else ``start``."""
        lines = self.lines[start + 1 : start + 14]
        reached = False
        for at, line in enumerate(lines, start + 1):
            if self.zones[at] is not None or _BOX.match(line):
                closed = self.zones[at] is None
                return at + closed if reached else start
            bare = line.strip()
            if len(bare) > 80 or look.is_sentence(bare):
                return start
            reached = reached or (bool(bare) and _REACHED.search(bare) is not None)
        return start + 1 + len(lines) if reached and start + 1 + len(lines) == len(self.lines) else start

    def _signs_off(self, i: int, bare: str) -> bool:
        """Say whether the last line of one's own is "— Ada" or "Cheers, Ada"."""
        if not self._is_last(i):
            return False
        if bare[0] in "-–—/~":
            return _NAME.match(bare) is not None and (bare[0] in "–—" or not self.lines[i - 1].strip())
        found = _CLOSED_NAME.match(bare)
        if found is None or found[1].strip().lower() not in words.CLOSINGS:
            return False
        return all(word[:1].isupper() for word in found[2].split())

    def _is_last(self, i: int) -> bool:
        """Say whether only empty lines and what is not new come below."""
        for at in range(i + 1, min(i + 6, len(self.lines))):
            if self.zones[at] is not None:
                return True
            if self.lines[at].strip():
                return self._is_mobile_tag(self.lines[at].strip().lower())
        return True

    def _is_mobile_tag(self, lowered: str) -> bool:
        return (
            len(lowered) < 120
            and lowered[:3] in _MOBILE_OPENINGS
            and lowered.startswith(words.MOBILE_TAGS)
            and _DEVICE.search(lowered) is not None
            and _SAYING.search(lowered) is None
        )

    # --- disclaimers, banners, lists ----------------------------------------------------------------------------------

    def _opens_disclaimer(self, lowered: str) -> bool:
        opening = lowered.lstrip("*_ ([")
        return opening[:4] in _DISCLAIMER_OPENINGS and opening.startswith(words.DISCLAIMERS)

    def _disclaims(self, i: int, lowered: str) -> bool:
        """Say whether a line opens a disclaimer: by its first words, or as a paragraph of such words."""
        if self._opens_disclaimer(lowered):
            return True
        if (i and self.lines[i - 1].strip() and self.zones[i - 1] is None) or not (self._said or self._disclaimed):
            return False
        if len(lowered) < 40 and not self._disclaimed:
            return False
        return self._counted(i) >= (1 if self._disclaimed else 2)

    def _counted(self, i: int) -> int:
        """Count the words of a disclaimer in a paragraph."""
        if self._may_disclaim is None:
            self._may_disclaim = any(word in self._lowered for word in words.DISCLAIMING)
        if not self._may_disclaim:
            return 0
        end = i
        while end < len(self.lines) and end - i < 20 and self.lines[end].strip() and self.zones[end] is None:
            end += 1
        said = " ".join(self.lines[i:end]).lower()
        return sum(word in said for word in words.DISCLAIMING)

    def _is_banner(self, lowered: str) -> bool:
        return (
            lowered[:4] in _BANNER_OPENINGS
            and lowered.startswith(words.BANNERS)
            and any(word in lowered for word in words.BANNER_WORDS)
        )

    def _footer_below(self, index: int) -> bool:
        return any(_LIST_FOOTER.search(line) for line in self.lines[index + 1 : index + 4])
