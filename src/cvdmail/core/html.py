"""Words out of HTML: text only, nothing fetched, nothing rendered, hidden text left out.

Lines come as a reader sees them: blocks on lines of their own, list items with a dash, table cells with a tab between,
line breaks of preformatted text kept.  Each line says what the structure makes of it: quoted, signing, or an answer in
colour among quoted words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from cvdmail.core.html_reader import Draft, Reader
from cvdmail.core.html_style import sheets

MAX_HTML = 256 * 1024
MAX_RULES = 200
"""Drawn lines that are looked at for the header of a quoted mail below them."""
_HEADER_SHAPE = re.compile(r"[^\W\d_][^:：\n]{0,24}[:：]|[^\W\d_]\w{1,20} \S")


class Frame(Enum):
    """What the structure of the HTML says of a line."""

    NEW = "new"
    QUOTED = "quoted"
    TAIL = "tail"
    SIGNATURE = "signature"
    ANSWER = "answer"


class HtmlLine(NamedTuple):
    """One line of words, and what it is part of; empty lines are nothing's."""

    text: str
    frame: Frame


class Seen(NamedTuple):
    """The lines that a reader sees, and the words that the HTML hides from them."""

    lines: tuple[HtmlLine, ...]
    hidden: tuple[str, ...]


def see(html: str) -> Seen:
    """Return what ``html`` shows; input is cut at 256 KB."""
    html = html[:MAX_HTML]
    reader = Reader(sheets(html) if "<style" in html or "<STYLE" in html else {})
    try:
        reader.feed(_without_declarations(html))
        reader.close()
    except (AssertionError, ValueError):
        pass  # hostile markup: keep the words read so far
    reader.flush()
    return Seen(_framed(reader), tuple(reader.hidden))


def to_text(html: str) -> str:
    """Return the readable words of ``html``, one line a block, quotes marked with ``> ``; input is cut at 256 KB."""
    marked = (Frame.QUOTED, Frame.TAIL)
    lines = [f"> {text}" if text and frame in marked else text for text, frame in see(html).lines]
    return "\n".join(lines).strip("\n")


def _framed(reader: Reader) -> tuple[HtmlLine, ...]:
    """Say of every line what it is part of, now that all of them are known."""
    drafts = reader.lines
    whole = _whole_containers(reader)
    tail, second = _tail(reader)
    signs = any(line.text and not line.inside.signs and not line.inside.quoted for line in drafts[:tail])
    kept: list[HtmlLine] = []
    for i, line in enumerate(drafts):
        if not line.text:
            if kept and kept[-1].text:
                kept.append(HtmlLine("", Frame.NEW))
            continue
        inside = line.inside
        if i >= tail:
            frame = Frame.ANSWER if line.vivid and i < second and inside.depth == 0 else Frame.TAIL
        elif inside.quoted:
            frame = Frame.ANSWER if line.vivid and inside.depth == 1 else Frame.QUOTED
        elif inside.container >= 0 and (inside.container in whole or not line.answers):
            frame = Frame.QUOTED
        elif inside.signs and signs:
            frame = Frame.SIGNATURE
        else:
            frame = Frame.NEW
        kept.append(HtmlLine(line.text, frame))
    return tuple(kept)


def _whole_containers(reader: Reader) -> set[int]:
    """Return the containers of which all is quoted: those without a blockquote, and those of a forwarded mail."""
    whole = {number for number, quotes in enumerate(reader.containers) if not quotes}
    met: set[int] = set()
    for line in reader.lines:
        number = line.inside.container
        if line.text and number >= 0 and number not in met:
            met.add(number)
            if line.text.startswith("--"):
                whole.add(number)
    return whole


def _tail(reader: Reader) -> tuple[int, int]:
    """Return from which line on all is quoted, and from which on it is quoted in the quote."""
    last = len(reader.lines)
    starts = sorted({*reader.tails, *(at for at in reader.rules[:MAX_RULES] if _heads(reader.lines[at : at + 12]))})
    if not starts:
        return last, last
    # What one program writes as two elements, a mark and a header, is one beginning.
    filled = 0
    for i in range(starts[0], starts[-1]):
        filled += bool(reader.lines[i].text)
        if filled > 1 and (later := next((at for at in starts if at > i), None)) is not None:
            return starts[0], later
    return starts[0], last


def _heads(lines: Sequence[Draft]) -> bool:
    """Say whether lines begin like the header of a mail: three of the first four read "word: value"."""
    filled = [line for line in lines if line.text][:4]
    shaped = [line for line in filled if _HEADER_SHAPE.match(line.text) and ":" in line.text.replace("：", ":")[:27]]
    return bool(filled) and filled[0] in shaped and len(shaped) >= 3


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
