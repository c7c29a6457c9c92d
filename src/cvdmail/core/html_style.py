"""What a style does to words: hides them, or colours them.  No renderer: the few properties that senders use.

Words are hidden where nobody could read them: ``display:none`` and its kin, no size, no opacity, clipped away, moved
off the page, or in the colour of their background.  A background that is not a plain colour hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

MAX_STYLE = 2_000
"""Characters of one ``style`` attribute that are read."""
MAX_SHEETS = 64 * 1024
MAX_RULES = 400

_ZERO = re.compile(r"0*(?:\.0*)?(?:px|pt|em|rem|%)?\Z")
_TINY = re.compile(r"[01](?:\.[0-9]{1,4})?(?:px|pt)\Z")
_FAR = re.compile(r"-[0-9]{3,9}(?:\.[0-9]{1,4})?(?:px|pt|em|rem)?\Z")
_CLIPPED = re.compile(r"rect\((?:0(?:px)?|1px)(?:[, ](?:0(?:px)?|1px)){3}\)\Z|inset\((?:[5-9][0-9]|100)%\)\Z")
_NUMBERS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?%?")
_SELECTOR = re.compile(r"\s*[a-z0-9]{0,12}([.#][a-z_][\w-]{0,60})\s*\Z")
_BRACE = re.compile(r"[{}]")
_NAMED = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "black": (0, 0, 0),
    "windowtext": (0, 0, 0),
    "red": (255, 0, 0),
    "darkred": (139, 0, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "mediumblue": (0, 0, 205),
    "green": (0, 128, 0),
    "darkgreen": (0, 100, 0),
    "purple": (128, 0, 128),
    "magenta": (255, 0, 255),
    "fuchsia": (255, 0, 255),
    "orange": (255, 165, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
}
_NEAR = 24
"""How far two colours may lie apart, over all three channels, and still be one to the eye."""
_VIVID = 100
"""How far a colour is from grey, of 255, when somebody chose it to be seen."""

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


class Ink(NamedTuple):
    """The colours in which words stand; None is one that is not known, which hides nothing."""

    text: Colour | None = BLACK
    ground: Colour | None = WHITE

    @property
    def unseen(self) -> bool:
        """Whether text and background are one colour."""
        if self.text is None or self.ground is None:
            return False
        return sum(abs(one - two) for one, two in zip(self.text, self.ground, strict=True)) <= _NEAR

    @property
    def vivid(self) -> bool:
        """Whether the words stand in a colour that was chosen to be seen, as people colour answers."""
        return self.text is not None and max(self.text) - min(self.text) >= _VIVID


def declarations(style: str) -> dict[str, str]:
    """Read a ``style`` attribute: property to value, both without blanks and in lower case; the last one counts."""
    text = _without_comments(style[:MAX_STYLE]).lower()
    found: dict[str, str] = {}
    for one in text.split(";"):
        name, colon, value = one.partition(":")
        if colon:
            found[name.strip()] = " ".join(value.replace("!important", "").split())
    return found


def _without_comments(text: str) -> str:
    if "/*" not in text:
        return text
    kept, at = [], 0
    while (start := text.find("/*", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        at = end + 2
    return "".join([*kept, text[at:]])


def hides(style: Mapping[str, str]) -> bool:
    """Say whether an element of this style shows nothing."""
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if style.get("mso-hide") == "all" or style.get("color") == "transparent":
        return True
    for name in ("font-size", "opacity", "max-height"):
        if name in style and style[name] and _ZERO.match(style[name]):
            return True
    if _TINY.match(style.get("font-size", "")):
        return True
    if style.get("overflow", "").startswith("hidden") and any(
        style.get(name) and _ZERO.match(style[name]) for name in ("height", "width", "max-width")
    ):
        return True
    if style.get("position") in ("absolute", "fixed") and any(
        _FAR.match(style.get(name, "")) for name in ("left", "top", "right", "bottom")
    ):
        return True
    if any(_FAR.match(style.get(name, "")) for name in ("text-indent", "margin-left", "margin-top")):
        return True
    if style.get("transform", "").replace(" ", "").startswith("scale(0)"):
        return True
    return any(_CLIPPED.match(style.get(name, "").replace(", ", ",")) for name in ("clip", "clip-path"))


def inked(ink: Ink, style: Mapping[str, str], text: str | None = None, ground: str | None = None) -> Ink:
    """Return the colours inside an element of this style; ``text`` and ``ground`` are old attributes of colour."""
    written = style.get("color") or text
    if written:
        ink = ink._replace(text=colour(written))
    painted = style.get("background-color") or style.get("background") or ground
    if painted and painted not in ("none", "inherit", "initial", "transparent"):
        ink = ink._replace(ground=colour(painted))
    if "url(" in style.get("background-image", ""):
        ink = ink._replace(ground=None)
    return ink


def colour(value: str) -> Colour | None:
    """Read a colour of CSS or of HTML attributes; None for what is not read."""
    value = value.strip().lower()[:100]
    if value in _NAMED:
        return _NAMED[value]
    if value.startswith("#"):
        digits = value[1:].split(" ")[0]
        if len(digits) in (3, 4):
            digits = "".join(2 * digit for digit in digits[:3])
        try:
            return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)) if len(digits) >= 6 else None
        except ValueError:
            return None
    if value.startswith(("rgb(", "rgba(")) and "%" not in value:
        numbers = [min(255, int(float(one))) for one in _NUMBERS.findall(value)[:3]]
        return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
    return None


def sheets(html: str) -> dict[str, dict[str, str]]:
    """Return what style sheets say of single classes (``.name``) and ids (``#name``), where it may hide or colour.

    Rules inside of ``@media`` and the like hold for some screens only, and count for none.
    """
    lowered = html.lower()
    found: dict[str, dict[str, str]] = {}
    at = room = 0
    while (start := lowered.find("<style", at)) >= 0 and room < MAX_SHEETS:
        begin = lowered.find(">", start)
        end = lowered.find("</style", begin) if begin >= 0 else -1
        if end < 0:
            break
        room += end - begin
        # Class names are compared without case: to take two for one hides at most a little more.
        _read_sheet(lowered[begin + 1 : end][:MAX_SHEETS], found)
        at = end
    return found


def _read_sheet(css: str, found: dict[str, dict[str, str]]) -> None:
    css = _without_comments(css.replace("<!--", "").replace("-->", ""))
    depth = at = begin = 0
    prelude = ""
    for brace in _BRACE.finditer(css):
        if brace[0] == "{":
            if depth == 0:
                prelude, begin = css[at : brace.start()], brace.end()
            depth += 1
        else:
            depth = max(0, depth - 1)
            if depth == 0:
                if not prelude.lstrip().startswith("@") and len(prelude) < 500 and len(found) < MAX_RULES:
                    _keep(prelude, css[begin : brace.start()], found)
                at = brace.end()


def _keep(prelude: str, body: str, found: dict[str, dict[str, str]]) -> None:
    style = declarations(body)
    if not hides(style) and "color" not in style and "background" not in style and "background-color" not in style:
        return
    for one in prelude.split(","):
        if selector := _SELECTOR.match(one):
            found[selector[1]] = {**found.get(selector[1], {}), **style}
