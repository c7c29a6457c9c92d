"""The HTML part of a mail beside its plain one: which plain lines its structure says are quoted, hidden or signing.

The plain part is what is read.  Both say the same words in the same order, so each plain line is looked for in the
words of the HTML, from where the one before it was found; blanks, marks and links do not count.  A line that is not
found is left as it is.  What is found is written into the text for :mod:`cvdmail.core.extract.zones`: see
:data:`~cvdmail.core.extract.zone_lines.TAIL_SIGN` and its neighbours.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from cvdmail.core.extract.zone_lines import ANSWER_SIGN, MAX_LINES, SIGNATURE_SIGN, TAIL_SIGN
from cvdmail.core.extract.zone_words import FROM_KEYS
from cvdmail.core.html import Frame, Seen
from cvdmail.core.html_marks import HINTS

_FAR = 4_000  # characters that the HTML may have more than the plain part between two lines
_NEAR = 200
_SHORT = 8  # words this short are everywhere
_LONG = 24
_MOST_SEARCHES = 40  # of the whole HTML, to find the place again
_MOST_LOOKS = 300  # into what is hidden
_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^<>\s]{1,2000}>|\[(?:cid:|image: )[^\]\n]{0,300}\]")
_NO_LETTER = re.compile(r"[\W_]+")
_MORE = (
    "gmail_signature", "moz-signature", "mobile-signature", 'id="signature', "id=signature", "protonmail_signature",
    "composer_signature", "applemailsignature", "display:none", "display: none", "font-size:0", "font-size: 0",
    "visibility:hidden", "visibility: hidden", "mso-hide", "opacity:0", "opacity: 0", "max-height:0", "max-height: 0",
)  # fmt: skip
_COLOURED = re.compile(
    r"style=[\"'][^\"'>]{0,300}?(?<![a-z-])color: ?(?:white|#f{3}|red|blue|green"
    r"|#[cf][0-9a-f]0000|#0070c0|#00b0|#0000ff|rgb)"
    r"|<font[^>]{0,100} color=[\"']?(?:red|blue|green|white|#f|#c00|#00)"
)
_HEADED = re.compile(
    rf"^[*_ ]{{0,3}}(?:{'|'.join(map(re.escape, sorted(FROM_KEYS)))})[*_ ]{{0,3}}[:：]", re.IGNORECASE | re.MULTILINE
)


def tells_more(plain: str, html: str) -> bool:
    """Say whether the HTML may tell of a plain text what that does not tell itself; reading it costs time."""
    lowered = html.lower()
    if any(word in lowered for word in _MORE) or ("color" in lowered and _COLOURED.search(lowered) is not None):
        return True
    if "\n>" in plain or plain.startswith(">") or not any(word in lowered for word in HINTS):
        return False
    return _HEADED.search(plain) is None


def is_stub(plain: str, seen: Seen) -> bool:
    """Say whether a plain part only says that the words stand in the HTML: it is short, and nobody sees it there."""
    bare = plain.strip()
    if len(bare) > 300 or "html" not in bare.lower():
        return False
    shown = "".join(_key(line.text) for line in seen.lines)
    return bool(shown) and _key(bare)[:40] not in shown


def framed(seen: Seen) -> str:
    """Return the lines of an HTML part as text, quotes marked, with the signs that :mod:`.zones` reads."""
    out: list[str] = []
    tail = False
    for text, frame in seen.lines:
        if frame is Frame.TAIL and not tail:
            out.append(TAIL_SIGN)
            tail = True
        out.append(_signed(text, frame))
    return "\n".join(out).strip("\n")


def _signed(text: str, frame: Frame) -> str:
    if frame is Frame.QUOTED:
        return f"> {text}"
    if frame is Frame.SIGNATURE:
        return SIGNATURE_SIGN + text
    return ANSWER_SIGN + text if frame is Frame.ANSWER else text


def marked(plain: str, seen: Seen) -> str:
    """Return the plain text with quotes marked, hidden lines left out, and signs, as the HTML says."""
    words = _Words(seen)
    out: list[str] = []
    tail = False
    lines = plain.split("\n", MAX_LINES)
    for line in lines[:MAX_LINES]:
        frame = words.frame(line)
        if frame is Frame.TAIL and not tail:
            out.append(TAIL_SIGN)
            tail = True
        if frame is Frame.QUOTED and not line.lstrip().startswith(">"):
            out.append(f"> {line}")
        elif frame is Frame.SIGNATURE:
            out.append(SIGNATURE_SIGN + line)
        elif frame is Frame.ANSWER:
            out.append(ANSWER_SIGN + line.lstrip("> "))
        elif frame is not None or not words.hides(line):
            out.append(line)
    return "\n".join(out + lines[MAX_LINES:])


class _Words:
    """The letters of an HTML part in one row, with the frame of each stretch, read from front to back."""

    def __init__(self, seen: Seen) -> None:
        pieces: list[str] = []
        self._starts: list[int] = []
        self._frames: list[Frame] = []
        length = 0
        for text, frame in seen.lines:
            if key := _key(text):
                self._starts.append(length)
                self._frames.append(frame)
                pieces.append(key)
                length += len(key)
        self._row = "".join(pieces)
        self._hidden = " ".join(_key(words) for words in seen.hidden) if seen.hidden else ""
        self._at = 0
        self._searches = self._looks = 0

    def frame(self, line: str) -> Frame | None:
        """Return what a plain line is part of, or None if it is not found; lines are asked for in their order."""
        key = _key(line)
        if not key:
            return Frame.NEW
        reach = _NEAR if len(key) < _SHORT else _FAR
        found = self._row.find(key, self._at, self._at + len(key) + reach)
        if found < 0 and len(key) >= _LONG and self._searches < _MOST_SEARCHES:
            self._searches += 1
            found = self._row.find(key, self._at)
        if found < 0:
            return None
        self._at = found + len(key)
        first, last = (bisect_right(self._starts, at) - 1 for at in (found, self._at - 1))
        frames = set(self._frames[first : min(last + 1, first + 50)])
        return frames.pop() if len(frames) == 1 else Frame.NEW

    def hides(self, line: str) -> bool:
        """Say whether a line that is not among the seen words is among the hidden ones."""
        key = _key(line)
        if len(key) < _SHORT or not self._hidden or self._looks >= _MOST_LOOKS:
            return False
        self._looks += 1
        return key in self._hidden


def _key(line: str) -> str:
    return _NO_LETTER.sub("", _LINK.sub("", line) if "<" in line or "[" in line else line).casefold()
