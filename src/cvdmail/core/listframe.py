"""The frame that a mailing list puts around a posting, which is not its author's.

Lists add a header or footer: to a plain text as last lines, to anything else as a text part of its own beside the
posting (``multipart/mixed``: posting, footer).  A signed posting is then no longer the root of the mail, though its own
range is whole.  Only what looks like a frame in a mail that came through a list counts as one; any other text beside a
signed part is an unsigned text beside it.
"""

from __future__ import annotations

import re

from cvdmail.core.decode import decode_charset, decode_transfer
from cvdmail.core.parts import Inside, Part

MAX_FRAME = 4_000
"""Bytes of the longest header or footer that is taken for one."""
MAX_FOOTER_LINES = 25

_LIST_HEADERS = frozenset({"list-id", "list-post", "list-unsubscribe", "x-beenthere", "x-mailman-version"})
_FRAME_WORDS = re.compile(
    r"unsubscribe|subscription|mailman|listinfo|mailing ?list|list archive|google groups|groups\.io|d[ée]sabonn"
    r"|abmelden|abbestellen|darse de baja|отписаться|メーリングリスト|取消订阅",
    re.IGNORECASE,
)
_RULE = re.compile(r"(?:_{20,}|-{20,}|={20,}|~{20,}|-~-~-[-~]{0,80}|-- ?|--~--~[-~]{0,80}|(?:-=){8,40}-?)\s{0,3}\Z")


def from_list(root: Part) -> bool:
    """Say whether a mail says that it came through a mailing list (RFC 2919, RFC 2369); anybody can say so."""
    return any(header.name in _LIST_HEADERS for header in root.headers)


def framed(root: Part, raw: bytes) -> Part:
    """Return the tree with the parts that are a list's frame marked so (:attr:`Inside.FRAME`)."""
    if root.media_type != "multipart/mixed" or len(root.children) < 2 or not from_list(root):
        return root
    posting = [child for child in root.children if not _is_frame(child, raw)]
    if not posting or len(posting) == len(root.children):
        return root
    children = tuple(
        child if any(child is one for one in posting) else child.placed(Inside.FRAME) for child in root.children
    )
    return Part(root.headers, root.media_type, root.parameters, root.start, root.body, root.end, children, root.inside)


def _is_frame(part: Part, raw: bytes) -> bool:
    if part.media_type != "text/plain" or part.disposition == "attachment" or part.filename:
        return False
    if part.end - part.body > MAX_FRAME:
        return False
    data = decode_transfer(raw[part.body : part.end], part.transfer_encoding)
    text = decode_charset(data, part.parameters.get("charset", "utf-8").lower()).strip()
    lines = text.splitlines()
    return not lines or (bool(_FRAME_WORDS.search(text)) and _is_rule(lines[0]))


def _is_rule(line: str) -> bool:
    return _RULE.match(line.strip("\r\n")) is not None


def without_footer(text: str) -> str:
    """Return the text of a posting without the footer that its list put below it; the whole, if none is found."""
    lines = text.split("\n")
    for back in range(2, min(MAX_FOOTER_LINES, len(lines)) + 1):
        footer = "\n".join(lines[-back:])
        if len(footer) > MAX_FRAME:
            break
        if _is_rule(lines[-back]) and _FRAME_WORDS.search(footer):
            return "\n".join(lines[:-back]).rstrip() + "\n"
    return text
