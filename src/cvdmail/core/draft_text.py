"""A draft as a person edits it: one line ``Subject: ...``, a blank line, the text.  The shape of a letter template.

What comes back is read strictly: the subject goes into a header, so nothing that could bend one is taken, and nothing
is mended in silence.  Faults name the line; they never repeat the text.
"""

from __future__ import annotations

import unicodedata

from cvdmail.core.oneline import line_fault
from cvdmail.errors import Refused

MAX_DRAFT = 1024 * 1024
_WHAT = "draft text"
_HEAD = "Subject:"


def write(subject: str, text: str) -> bytes:
    """Return what an editor is given."""
    return f"{_HEAD} {subject}\n\n{ended(text)}".encode()


def read(raw: bytes) -> tuple[str, str]:
    """Return (subject, text) of what came back; raise ``Refused`` for anything that could not be sent as it stands."""
    whole = _decoded(raw, _WHAT)
    head, _, rest = whole.partition("\n")
    if not head.startswith(_HEAD):
        raise Refused(_WHAT, "line 1 does not begin with 'Subject:'", "write 'Subject: ...', a blank line, the text")
    blank, _, text = rest.partition("\n")
    if blank.strip():
        raise Refused(_WHAT, "line 2 is not blank", "leave a blank line between subject and text")
    subject = head.removeprefix(_HEAD).strip(" \t")
    if not subject:
        raise Refused(_WHAT, "line 1: the subject is empty", "write one")
    if why := line_fault(subject):
        raise Refused(_WHAT, f"line 1: the subject {why}", "correct it")
    _check_lines(text, _WHAT, 3)
    if not text.strip():
        raise Refused(_WHAT, "there is no text below the subject", "write one")
    return subject, ended(text)


def read_words(raw: bytes, what: str) -> str:
    """Return a person's own words for a letter, with one line end at their end; raise ``Refused`` naming ``what``."""
    text = _decoded(raw, what)
    _check_lines(text, what, 1)
    if not text.strip():
        raise Refused(what, "it is empty", "write something")
    return ended(text.strip("\n"))


def _decoded(raw: bytes, what: str) -> str:
    if len(raw) > MAX_DRAFT:
        raise Refused(what, f"it is larger than {MAX_DRAFT // 1024} KB", "shorten it")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(what, f"line {line} is not UTF-8 text", "save it as UTF-8") from None


def _check_lines(text: str, what: str, first: int) -> None:
    for number, words in enumerate(text.split("\n"), start=first):
        if any(unicodedata.category(char) == "Cc" and char not in "\t\f" for char in words):
            raise Refused(what, f"line {number} holds a control character", "remove it")


def ended(text: str) -> str:
    """Return ``text`` with exactly one line end at its end: editors add one, and take many."""
    return text.rstrip("\n") + "\n"
