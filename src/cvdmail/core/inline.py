"""OpenPGP inside the words of a mail, without MIME around it: one whole block, or nothing.

*Whole* means: apart from white space the sender's one text part is the block.  What stands before or behind a block was
neither encrypted nor signed, and a reader that shows both together lends the block's signature to those words (or, the
other way round, leaks its text into them: EFAIL).  Neither is done here: a block with words around it stays closed.

The framework of clear-signed text (RFC 9580 section 7) invites readers to see other words than were signed.  So its
shape is read strictly before gpg sees it, gpg's own output is the text, and the two must say the same.  The words are
UTF-8, else Latin-1, whatever the mail says of its charset: that header is not signed, and another charset makes other
words out of the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from cvdmail.core.listframe import from_list, without_footer
from cvdmail.core.mail import Mail
from cvdmail.core.parts import Part

MAX_BLOCK = 4 * 1024 * 1024
"""Bytes of the longest text that is looked at for a block."""
MAX_LINE = 4_000
"""Bytes of a line in clear-signed text: programs differ in how they cut longer ones."""

_BEGIN = re.compile(rb"^-----BEGIN PGP (SIGNED MESSAGE|MESSAGE)-----[ \t]*\r?$", re.MULTILINE)
_ENCRYPTED, _SIGNED, _SIGNATURE = (
    b"-----BEGIN PGP MESSAGE-----",
    b"-----BEGIN PGP SIGNED MESSAGE-----",
    b"-----BEGIN PGP SIGNATURE-----",
)
_END_ENCRYPTED, _END_SIGNATURE = b"-----END PGP MESSAGE-----", b"-----END PGP SIGNATURE-----"
_HASH = re.compile(rb"Hash: [A-Za-z0-9, -]{1,60}\Z")
_FIELD = re.compile(rb"[!-9;-~]{1,76}:")
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


class Form(Enum):
    """The two forms of inline OpenPGP."""

    ENCRYPTED = "encrypted"
    CLEAR_SIGNED = "clear-signed"


@dataclass(frozen=True, slots=True)
class Block:
    """A block in the sender's words.

    ``armored`` is its bytes with LF line ends, None if it is not whole; ``beside`` says that other parts stand beside
    it, and ``in_list`` that the only words around it were a mailing list's footer.
    """

    form: Form
    armored: bytes | None = field(repr=False)
    beside: bool = False
    in_list: bool = False


def find_block(mail: Mail) -> Block | None:
    """Return the block in the sender's own text parts, or None where there is none."""
    texts = [part for part in mail.root.own() if part.media_type in ("text/plain", "text/html")]
    found = [(part, _BEGIN.search(_bytes(mail, part))) for part in texts]
    held = [(part, match) for part, match in found if match is not None]
    if not held:
        return None
    part, match = held[0]
    form = Form.CLEAR_SIGNED if match[1] == b"SIGNED MESSAGE" else Form.ENCRYPTED
    leaves = [one for one in mail.root.walk() if one.leaf]
    if len(texts) != 1 or part.media_type != "text/plain" or mail.root.media_type not in _HOLDERS:
        return Block(form, None, beside=len(leaves) > 1)
    text = _bytes(mail, part).replace(b"\r\n", b"\n").strip(b" \t\n")
    whole = _whole(form, text)
    if not whole and from_list(mail.root):
        text = without_footer(text.decode("latin-1")).encode("latin-1").strip(b" \t\n")
        return Block(form, text if _whole(form, text) else None, len(leaves) > 1, in_list=_whole(form, text))
    return Block(form, text + b"\n" if whole else None, beside=len(leaves) > 1)


_HOLDERS = frozenset({"text/plain", "multipart/mixed"})


def _bytes(mail: Mail, part: Part) -> bytes:
    return mail.content(part)[:MAX_BLOCK]


def _whole(form: Form, text: bytes) -> bool:
    lines = text.split(b"\n")
    if form is Form.ENCRYPTED:
        return (
            lines[0].rstrip() == _ENCRYPTED
            and lines[-1].rstrip() == _END_ENCRYPTED
            and sum(line.startswith(b"-----") for line in lines) == 2
        )
    return lines[0].rstrip() == _SIGNED and signed_words(text) is not None


def signed_words(block: bytes) -> bytes | None:
    """Return the words of one clear-signed text, each line without white space at its end; None if its shape is odd."""
    lines = block.strip(b" \t\n").split(b"\n")
    marks = [number for number, line in enumerate(lines) if line.startswith(b"-----")]
    if len(marks) != 3 or marks[0] != 0 or marks[2] != len(lines) - 1:
        return None
    if [lines[number].rstrip() for number in marks] != [_SIGNED, _SIGNATURE, _END_SIGNATURE]:
        return None
    inside = lines[1 : marks[1]]
    if b"" not in inside or any(_HASH.match(line) is None for line in inside[: inside.index(b"")]):
        return None
    words = []
    for line in inside[inside.index(b"") + 1 :]:
        if len(line) > MAX_LINE or _CONTROL.search(line) or (line.startswith(b"-") and not line.startswith(b"- ")):
            return None
        words.append((line[2:] if line.startswith(b"- ") else line).rstrip(b" \t"))
    return b"\n".join(words)


def same_words(ours: bytes, output: bytes) -> bool:
    """Say whether gpg wrote out the words that we read, white space at line ends aside."""
    lines = [line.rstrip(b" \t\r") for line in output.split(b"\n")]
    return b"\n".join(lines).rstrip(b"\n") == ours.rstrip(b"\n")


_AS_UTF8 = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
_AS_LATIN1 = b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n"


def as_entity(words: bytes) -> bytes:
    """Make a MIME entity of the words of a block: text, whatever its first lines look like."""
    try:
        words.decode("utf-8")
    except UnicodeDecodeError:
        return _AS_LATIN1 + words
    return _AS_UTF8 + words


def signed_essence(entity: bytes) -> bytes:
    """Return what a signature over ``entity`` says in any dress: the same for MIME, inline, other line ends and blanks.

    A signature over text can be taken out of one form and put into another; the words are then the same.
    """
    words = entity.removeprefix(_AS_UTF8).removeprefix(_AS_LATIN1)
    return b"\n".join(line.rstrip() for line in words.split(b"\n")).strip()


def is_entity(data: bytes) -> bool:
    """Say whether signed bytes are a MIME entity: header fields up to the first empty line, Content-Type among them.

    Words that were signed as words, put into the place of a MIME part, would lose their first paragraph as a header.
    """
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0] if data[:1] not in (b"\r", b"\n") else b""
    lines = head.splitlines()
    if lines and not any(line.lower().startswith(b"content-type:") for line in lines):
        return False
    return all(_FIELD.match(line) or (number and line[:1] in (b" ", b"\t")) for number, line in enumerate(lines))
