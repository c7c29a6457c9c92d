"""Words and numbers of a masked sentence, and which of them belong to the calendar."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_TOKENS = 400
"""Tokens of one sentence that are read."""
_TOKEN = re.compile(r"([0-9]{1,9})|([^\W\d_]{1,40})(['’][^\W\d_]{1,20})?|[^\w\s]")
_NUMBER, _WORD, _TAIL = 1, 2, 3


class Token(NamedTuple):
    """One word, number or mark; ``low`` is lower case without a genitive, ``glued`` tells that no blank came before."""

    low: str
    raw: str
    start: int
    end: int
    number: int | None
    glued: bool


def tokenize(masked: str, offset: int = 0) -> list[Token]:
    """Split into at most ``MAX_TOKENS`` tokens; places are counted from ``offset``."""
    out: list[Token] = []
    last = -1
    make = tuple.__new__
    for match in _TOKEN.finditer(masked):
        raw = low = match[0]
        start, end = match.span()
        kind = match.lastindex
        if kind == _WORD:
            low = raw.lower()
        elif kind == _TAIL:
            low = raw.lower().replace("’", "'").removesuffix("'s")
        number = int(raw) if kind == _NUMBER else None
        # Past the constructor, which is a Python function: this is the innermost line of the whole reading.
        out.append(make(Token, (low, raw, offset + start, offset + end, number, start == last)))
        last = end
        if len(out) >= MAX_TOKENS:
            break
    return out


END = Token("", "", 0, 0, None, False)
"""Stands for every place outside the sentence."""
