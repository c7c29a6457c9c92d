"""One pass over the markup of an HTML part: its lines as they are met, and in which elements they stand."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

from cvdmail.core import html_marks as marks
from cvdmail.core.html_style import Ink, declarations, hides, inked

MAX_CONTAINERS = 200
_MAX_DEPTH = 500
_SILENT = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "object",
        "svg",
        "math",
        "iframe",
        "audio",
        "video",
        "canvas",
        "datalist",
        "noframes",
    ]
)
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table", "blockquote"])
_BLOCK = _PARAGRAPHS | frozenset(
    [
        "div",
        "br",
        "li",
        "tr",
        "hr",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "center",
        "form",
        "address",
    ]
)
_VOID = frozenset(["br", "hr", "img", "meta", "link", "input", "wbr", "area", "base", "col", "embed", "source"])
_CLOSES_ITSELF = frozenset({"p", "li", "td", "th", "tr", "option"})
_KEPT_BREAKS = ("pre", "break-spaces")


class Open(NamedTuple):
    """What holds inside an open element."""

    tag: str = ""
    silent: bool = False
    hidden: bool = False
    depth: int = 0
    signs: bool = False
    quoted: bool = False
    pre: bool = False
    container: int = -1
    ink: Ink = Ink()
    tight: bool = False
    begun: int = 0


class Draft(NamedTuple):
    """A line as it was met: in which quote, signature and container, and whether all of it stands in colour."""

    text: str
    inside: Open = Open()
    vivid: bool = False
    answers: bool = False


ROOT = Open()


class Reader(HTMLParser):
    """Reads markup into drafts of lines; ``css`` is what style sheets say of classes and ids."""

    def __init__(self, css: dict[str, dict[str, str]]) -> None:
        super().__init__(convert_charrefs=True)
        self.css = css
        self.open: list[Open] = []
        self.lines: list[Draft] = []
        self.hidden: list[str] = []
        self.tails: list[int] = []  # from these lines on, all is quoted
        self.rules: list[int] = []  # the same, if a header follows
        self.containers: list[bool] = []  # whether a blockquote was met in it
        self._pieces: list[str] = []
        self._first = ROOT
        self._vivid = self._answers = False
        self._bullet = False
        self._cell = False
        self._row = 0

    # --- lines --------------------------------------------------------------------------------------------------------

    def flush(self, *, empty: bool = False) -> None:
        """End the line; a line without words is only kept where one was asked for."""
        text = "".join(self._pieces)
        text = text.rstrip() if self._first.pre else text.strip()
        if text:
            self.lines.append(Draft(text, self._first, self._vivid, self._answers))
        elif empty:
            self.lines.append(Draft(""))
        self._pieces.clear()

    def _paragraph(self) -> None:
        self.flush()
        if self.lines and self.lines[-1].text:
            self.lines.append(Draft(""))

    def _write(self, text: str, state: Open) -> None:
        if not self._pieces:
            if not text.strip():
                return
            self._first, self._vivid = state, True
            if self._cell:
                self._reopen()
            if self._bullet:
                self._pieces.append("- ")
                self._bullet = False
            if not state.pre:
                text = text.lstrip()
            self._answers = state.container >= 0 and state.depth == 0 and self.containers[state.container]
        elif self._cell:
            self._pieces.append("\t")
        elif text[:1] == " " and self._pieces[-1][-1:] in (" ", "\t"):
            text = text[1:]
        self._cell = False
        if text.strip():
            self._vivid = self._vivid and state.ink.vivid
        if text:
            self._pieces.append(text)

    def _reopen(self) -> None:
        """Put the next cell of a row on the line of the cell before, whatever blocks stand in them."""
        filled = [line for line in self.lines[self._row :] if line.text]
        if len(filled) == 1:
            while not self.lines[-1].text:
                self.lines.pop()
            self._pieces += [self.lines.pop().text, "\t"]
            self._first = filled[0].inside

    # --- markup -------------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element: what holds inside it follows from its names, its style and what stands around it."""
        if tag == "body":
            self.open.clear()  # an unclosed <head> ends here
        elif tag in _CLOSES_ITSELF and self.open and self.open[-1].tag == tag:
            self.open.pop()
        above = self.open[-1] if self.open else ROOT
        given = dict(attrs)
        if tag in _BLOCK:
            self._block(tag, given)
        elif tag in ("td", "th"):
            self._cell = bool(self._pieces) or any(line.text for line in self.lines[self._row :][:4])
        if tag == "hr" and not above.quoted:
            self.rules.append(len(self.lines))
        if tag in _VOID and not (tag == "hr" and given):
            return
        state = self._inside(tag, given, above) if given or tag in ("blockquote", "pre", "a") else above
        if tag in _VOID:
            return
        tight = tag == "p" and _tight(given)
        state = state._replace(tag=tag, silent=state.silent or tag in _SILENT, tight=tight, begun=len(self.lines))
        if len(self.open) < _MAX_DEPTH:
            self.open.append(state)

    def _block(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "br":
            self.flush(empty=True)
        elif tag in _PARAGRAPHS and not (tag == "p" and _tight(given)):
            self._paragraph()
        else:
            self.flush()
        if tag == "tr":
            self._row, self._cell = len(self.lines), False
        elif tag == "li":
            self._bullet = True

    def _inside(self, tag: str, given: dict[str, str | None], above: Open) -> Open:
        names = marks.tokens(given) if "class" in given or "id" in given else set()
        style = declarations(given["style"] or "") if "style" in given else {}
        if self.css and names:
            sheet: dict[str, str] = {}
            for name in names:
                sheet |= self.css.get(f".{name}", {}) | self.css.get(f"#{name}", {})
            style = sheet | style
        hidden = above.hidden or "hidden" in given or (bool(style) and hides(style))
        ink = above.ink if tag != "a" else above.ink._replace(text=None)
        if style or "bgcolor" in given or "color" in given or "text" in given:
            text = given.get("color") if tag == "font" else given.get("text") if tag == "body" else None
            ink = inked(ink, style, text, given.get("bgcolor"))
        state = above._replace(hidden=hidden, ink=ink)
        space = style.get("white-space", "")
        if tag == "pre" or space.startswith(_KEPT_BREAKS):
            state = state._replace(pre=True)
        elif space in ("normal", "nowrap"):
            state = state._replace(pre=False)
        return self._placed(tag, names, given, style, state)

    def _placed(
        self, tag: str, names: set[str], given: dict[str, str | None], style: dict[str, str], state: Open
    ) -> Open:
        """Say what an element makes of the words in it: quote, signature, answer."""
        if not state.quoted:
            if names & marks.TAILS:
                self.flush()
                self.tails.append(len(self.lines))
            elif style and marks.is_ruled(style):
                self.flush()
                self.rules.append(len(self.lines))
        if tag == "blockquote" and marks.is_quote(given, style):
            if state.container >= 0:
                self.containers[state.container] = True
            return state._replace(quoted=True, depth=state.depth + 1)
        if names & marks.QUOTED:
            return state._replace(quoted=True)
        if state.container < 0 and not state.quoted and names & marks.CONTAINERS:
            if len(self.containers) < MAX_CONTAINERS:
                self.containers.append(False)
                return state._replace(container=len(self.containers) - 1)
            return state._replace(quoted=True)
        if names & marks.SIGNATURES or "data-signature-widget" in given or "data-signatureblock" in given:
            return state._replace(signs=True)
        return state

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and the line where it is a block."""
        tight = False
        for index in range(len(self.open) - 1, max(-1, len(self.open) - 50), -1):
            if self.open[index].tag == tag:
                tight = self.open[index].tight
                if tight and not self._pieces and self.open[index].begun == len(self.lines):
                    self.lines.append(Draft(""))  # Word writes an empty line as a paragraph with a blank in it
                del self.open[index:]
                break
        if tag in _PARAGRAPHS and not tight:
            self._paragraph()
        elif tag in _BLOCK:
            self.flush()
        if tag == "li":
            self._bullet = False

    def handle_data(self, data: str) -> None:
        """Write words, unless nobody sees them."""
        state = self.open[-1] if self.open else ROOT
        if state.silent:
            return
        if state.hidden or state.ink.unseen:
            if data.strip():
                self.hidden.append(data)
            return
        if state.pre and "\n" in data:
            first, *rest = data.split("\n")
            self._write(first, state)
            for line in rest:
                self.flush(empty=True)
                self._write(line, state)
            return
        if not state.pre:
            text = " ".join(data.split())
            blank = " " if data else ""
            data = (" " if data[0].isspace() else "") + text + (" " if data[-1].isspace() else "") if text else blank
        self._write(data, state)


def _tight(given: dict[str, str | None]) -> bool:
    """Say whether a paragraph is a line: Word's have no margin, and some style theirs away."""
    if (given.get("class") or "")[:3].lower() == "mso":
        return True
    style = given.get("style") or ""
    return "margin:0" in style[:400].replace(" ", "")
