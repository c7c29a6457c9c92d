"""Text from outside, made safe to look at (rule 7).

Control, bidirectional and zero-width characters let a mail draw over a terminal, turn a file name round or hide
words.  They are not removed, for a reader must see that they were there: they are shown as ``\\u{202e}``.
"""

from __future__ import annotations

import unicodedata

# Cf: bidi controls, zero-width characters, soft hyphen, tags; Zl and Zp break lines; Cs, Co and Cn are no text.
_HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
_EMPTY_LOOKING = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def _shown(char: str) -> str:
    if unicodedata.category(char) in _HIDDEN or char in _EMPTY_LOOKING:
        return f"\\u{{{ord(char):x}}}"
    return char


def visible(text: str, limit: int | None = None) -> str:
    """Return ``text`` on one line with every character that acts instead of showing written out.

    ``limit`` cuts to so many characters of the result, with an ellipsis.
    """
    plain = text.isascii() and text.isprintable()
    shown = text if plain else "".join(_shown(char) for char in text)
    if limit is not None and len(shown) > limit:
        return shown[: max(0, limit - 1)] + "…"
    return shown


def visible_lines(text: str) -> str:
    """Like :func:`visible`, line by line: only LF stays what it is, a tab becomes four blanks."""
    return "\n".join(visible(line.replace("\t", "    ")) for line in text.replace("\r\n", "\n").split("\n"))


def header_safe(text: str) -> str:
    """Return ``text`` without any character that could end or bend a header line (CVE-2024-6923 and its kin)."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(" " if unicodedata.category(c) in _HIDDEN else c for c in text).split())
