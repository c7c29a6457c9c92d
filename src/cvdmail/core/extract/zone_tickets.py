"""What ticket systems and code hosts write around a comment: their frames, and the comments before it.

Only called for texts that hold one of the words without which no ticket system wrote.
"""

from __future__ import annotations

import re

from cvdmail.core.extract import zone_end_words as words
from cvdmail.core.extract.zone_lines import Zone, openings
from cvdmail.core.extract.zone_quotes import Decided

_COMMENTED = re.compile(
    r"[^\n:.!?]{2,60} (?:commented|added a comment|added a new comment|replied|wrote)(?: on [\w/.#-]{1,60})?:$"
    r"|--- comment (?:#[0-9]+|added by) [^\n]{0,120}|\(in reply to [^\n)]{1,80}\)$"
    r"|issue #[0-9]+ has been (?:updated|reported) by [^\n]{1,80}\.$"
    r"|(?:ticket|issue|request|case) [\w#-]{1,20} has been updated\.?$|\(v[0-9.]{2,20}#[0-9a-z]+\)$"
    r"|\[ ?https?://[^\s\]]{5,300} ?\]$|sent on [^\n]{6,60}$|\[[a-z0-9]{4,10}-[a-z0-9]{4,6}\]$"
    r"|(?:additional )?comments ?:?$"
)
_STAMP = re.compile(
    r"(?:[a-z]{3,9}\.? [0-9]{1,2}, [0-9]{4},? (?:at )?[0-9]{1,2}:[0-9]{2}"
    r"|[0-9]{1,2}[. ]{1,2}[a-zäé]{3,9}\.? [0-9]{4},? [0-9]{1,2}:[0-9]{2}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2},? [0-9]{1,2}:[0-9]{2})"
    r"(?::[0-9]{2})? ?(?:am|pm)? ?(?:gmt|utc|[a-z]{2,4})?[+-]?[0-9:]{0,5}$"
)
_STAMPED = re.compile(r"[0-9]{2,4}[-./][0-9]{2}[-./][0-9]{2,4} [0-9]{2}:[0-9]{2}:[0-9]{2}[^\n]{0,12} - [^\n]{2,80}$")
_DASHES = re.compile(r"[-—_=*#\s]{3,200}$")
_ISSUE = re.compile(r"[a-z][a-z ]{1,30} #[0-9]{1,9}: \S")
_OPENINGS = openings(words.FURNITURE, 4)
_FRAME: Decided = (Zone.FURNITURE, "furniture.ticket")
_EARLIER: Decided = (Zone.QUOTED, "quote.earlier_comment")


def is_ticketed(lowered: str) -> bool:
    """Say whether a text may hold the frame of a ticket system."""
    return any(word in lowered for word in words.TICKETED)


class Tickets:
    """One pass over the lines of a mail of a ticket system."""

    def __init__(self, lines: list[str], zones: list[Decided | None]) -> None:
        self.lines = lines
        self.zones = zones
        self._stamps = 0
        self._earlier = False
        self._above = False  # whether a line asked to write above it
        self._said = False

    def run(self) -> None:
        """Fill the zones of frames and of earlier comments."""
        framed = False
        for i, line in enumerate(self.lines):
            bare = line.strip()
            if self.zones[i] is not None or not bare:
                framed = False
                continue
            lowered = bare.lower()
            if framed or self._is_frame(i, lowered):
                framed = not _COMMENTED.match(lowered)
                self.zones[i] = _FRAME
            elif self._is_stamp(i, lowered):
                self._stamp(i)
            elif self._earlier:
                self.zones[i] = _EARLIER
            else:
                self._said = self._said or not _DASHES.match(bare)

    def _is_frame(self, i: int, lowered: str) -> bool:
        if len(lowered) < 200 and any(word in lowered for word in words.REPLY_ABOVE):
            self._reply_line(i)
            return True
        if lowered[:4] in _OPENINGS and lowered.startswith(words.FURNITURE):
            self._take_rule(i)
            self._earlier = False
            return True
        if len(lowered) > 320:
            return False
        if _COMMENTED.match(lowered):
            if (
                i + 1 < len(self.lines)
                and self.zones[i + 1] is None
                and _DASHES.match(self.lines[i + 1].strip() or "x")
            ):
                self.zones[i + 1] = _FRAME
            return True
        if (
            _ISSUE.match(lowered)
            and i
            and self.zones[i - 1] is None
            and _DASHES.match(self.lines[i - 1].strip() or "x")
        ):
            self.zones[i - 1] = _FRAME
            self._earlier = True
            return True
        return False

    def _take_rule(self, i: int) -> None:
        """A line of dashes right above a frame belongs to it; the sign of a signature as well."""
        if i and self.zones[i - 1] is None and _DASHES.match(self.lines[i - 1].strip() or "x"):
            self.zones[i - 1] = _FRAME

    def _reply_line(self, i: int) -> None:
        """Above a line that asks to write above it stands an answer, or nothing: the mail of the system itself."""
        self._take_rule(i)
        self._above = True
        self._earlier = self._said

    def _is_stamp(self, i: int, lowered: str) -> bool:
        if _STAMPED.match(lowered):
            return True
        return self._above and len(lowered) < 60 and _STAMP.match(lowered) is not None

    def _stamp(self, i: int) -> None:
        """A comment begins: the first one is the news, those below it were there before."""
        self._stamps += 1
        if self._stamps > 1:
            self._earlier = True
        zone = (Zone.ATTRIBUTION, "attribution.ticket")
        self.zones[i] = zone
        above = i - 1
        while above >= 0 and i - above <= 2 and not self.lines[above].strip():
            above -= 1
        if self._above and above >= 0 and i - above <= 2 and len(self.lines[above].strip()) < 60:
            named = self.zones[above] is None and not self.lines[above].strip().endswith((".", "!", "?", ":"))
            if named or self.zones[above] is _EARLIER:
                self.zones[above] = zone
