"""The letters of a text, and its words as bytes: what cheap tests are made of.

A pattern costs its whole length at every place of a text; that none of its words is there is seen much faster.  For
that a text is split into *words*, runs of Latin-1 letters in lower case, each a ``bytes``.  Everything else parts
them.  Tables of words are turned into the same form by :func:`latin`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_ODD = re.compile("[\u0130\u0131\u017f\u03a3\u1c80-\u1c88]")
_WIDE = re.compile("[^\x00-\xff\u2000-\u206f\u20ac\u2122\ue000]")
_IS_LETTER = [re.match(r"[^\W\d_]", chr(byte)) is not None for byte in range(256)]
_LETTERS = bytes(byte if letter else 0x20 for byte, letter in enumerate(_IS_LETTER))
_SHAPES = bytes(ord("a") if letter else 0x20 for letter in _IS_LETTER)


class Bag(NamedTuple):
    """The words of a stretch, the first four letters of each, and whether it holds letters beyond Latin-1 as well."""

    words: frozenset[bytes]
    heads: frozenset[bytes]
    wide: bool


def folds_oddly(text: str) -> bool:
    """Say whether a pattern that ignores case may match what lower case does not show: "ſecurity", "dıd"."""
    return not text.isascii() and _ODD.search(text) is not None


def is_wide(text: str) -> bool:
    """Say whether a text holds letters beyond Latin-1: Cyrillic, Polish, Chinese."""
    return not text.isascii() and _WIDE.search(text) is not None


def latin(words: Iterable[str]) -> frozenset[bytes]:
    """Return the words of a table as bytes; those with letters beyond Latin-1, or with marks in them, are left out."""
    return frozenset(word.encode("latin-1") for word in words if word.isalpha() and not is_wide(word))


def blanked(lowered: str) -> bytes:
    """Return a text in lower case as bytes, character for character, with a blank for all that is no letter."""
    return lowered.encode("latin-1", "replace").translate(_LETTERS)


def has_run(letters: bytes, length: int) -> bool:
    """Say whether some word of a blanked text has so many letters."""
    return b"a" * length in letters.translate(_SHAPES)
