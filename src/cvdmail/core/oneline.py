"""Text that must stay on one line: titles, names, addresses, file names, subjects.

Such a text ends up in a header.  A line end in it would begin another header (CVE-2024-6923 and its kin), and so would
one written as an encoded word of RFC 2047 in a reader that decodes too early: both are refused, never mended.
"""

from __future__ import annotations

import unicodedata

from cvdmail.errors import Refused

MAX_LINE = 900


def line_fault(value: str) -> str | None:
    """Say what keeps ``value`` from standing in a header, as words behind its name; None if nothing does."""
    for char in value:
        if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs"):
            return f"holds the control character U+{ord(char):04X}"
    if len(value) > MAX_LINE:
        return f"is longer than {MAX_LINE} characters"
    begin = value.find("=?")
    if begin >= 0 and value.find("?=", begin + 2) >= 0:
        return "holds an encoded word (=?...?=): write it out"
    return None


def check_words(what: str, value: str) -> str:
    """Return ``value`` if it can stand in a header as it is; raise ``Refused`` naming ``what``."""
    fault = line_fault(value)
    if fault is not None:
        raise Refused(what, f"it {fault}", "correct it")
    return value
