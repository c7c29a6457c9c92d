"""Words out of an HTML part: text only, nothing fetched, nothing rendered, hidden text left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "math"})
_BLOCK = frozenset(
    {"p", "div", "br", "li", "tr", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "ul", "ol"}
)
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "area", "base", "col", "embed", "source"})
_HIDING = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all"
    r"|(?:font-size|opacity|max-height):0*(?:\.0*)?(?:px|pt|em|rem|%)?)(?:!important)?(?:;|$)"
)
_MAX_DEPTH = 500
MAX_HTML = 256 * 1024


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.open: list[tuple[str, bool, bool]] = []

    def _state(self) -> tuple[bool, bool]:
        return (self.open[-1][1], self.open[-1][2]) if self.open else (False, False)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.open.clear()  # an unclosed <head> ends here
        silent, quoted = self._state()
        if tag in _BLOCK:
            self.pieces.append("\n")
            if tag != "br" and quoted:
                self.pieces.append("> ")
        if tag in _VOID:
            return
        given = dict(attrs)
        style = "".join((given.get("style") or "").lower().split())[:2000]
        silent = silent or tag in _SILENT or "hidden" in given or _HIDING.search(style) is not None
        quoted = quoted or tag == "blockquote"
        if tag == "blockquote":
            self.pieces.append("> ")
        if len(self.open) < _MAX_DEPTH:
            self.open.append((tag, silent, quoted))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, max(-1, len(self.open) - 50), -1):
            if self.open[index][0] == tag:
                del self.open[index:]
                break
        if tag in _BLOCK:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        silent, quoted = self._state()
        if silent:
            return
        text = " ".join(data.split())
        if not text:
            text = " " if data else ""
        else:
            text = (" " if data[0].isspace() else "") + text + (" " if data[-1].isspace() else "")
        if quoted and self.pieces and self.pieces[-1].endswith("\n"):
            self.pieces.append("> ")
        self.pieces.append(text)


def _without_declarations(html: str) -> str:
    """Drop comments, declarations and processing instructions: left open by thousands, they cost quadratic time."""
    kept: list[str] = []
    at = 0
    while (start := html.find("<", at)) >= 0:
        if html[start + 1 : start + 2] not in ("!", "?"):
            kept.append(html[at : start + 1])
            at = start + 1
            continue
        kept.append(html[at:start])
        close = "-->" if html.startswith("<!--", start) else ">"
        end = html.find(close, start + 2)
        if end < 0:
            return "".join(kept)
        at = end + len(close)
    kept.append(html[at:])
    # A tag that is never closed: everything behind the last ">" is no markup any more.
    text = "".join(kept)
    last = text.rfind(">") + 1
    return text[:last] + text[last:].replace("<", " ")


def to_text(html: str) -> str:
    """Return the readable words of ``html``, one line a block, quotes marked with ``> ``; input is cut at 256 KB."""
    reader = _Reader()
    try:
        reader.feed(_without_declarations(html[:MAX_HTML]))
        reader.close()
    except (AssertionError, ValueError):
        pass  # hostile markup: keep the words read so far
    lines = [" ".join(line.split(" ")).strip() for line in "".join(reader.pieces).split("\n")]
    kept: list[str] = []
    for line in lines:
        bare = "" if line.strip("> ") == "" else line
        if bare or (kept and kept[-1]):
            kept.append(bare)
    return "\n".join(kept).strip("\n")
