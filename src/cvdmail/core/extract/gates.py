"""Which rules may speak at all: cheap tests that come before dear ones.

A rule of this package is a pattern, and a pattern costs its whole length at every place of the text.  Most sentences
hold none of the words that a given rule is about, and that is seen faster than a pattern fails.
"""

from __future__ import annotations

import re

_ODD = re.compile("[\u0130\u0131\u017f\u03a3\u1c80-\u1c88]")


def folds_oddly(text: str) -> bool:
    """Say whether a pattern that ignores case may match what is no such word in lower case: "ſecurity", "dıd"."""
    return not text.isascii() and _ODD.search(text) is not None
