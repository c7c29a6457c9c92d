"""Mails in files: ``.eml`` files, Maildirs and mbox files, read one at a time and never changed.

The bytes are kept as far as the format keeps them.  An ``.eml`` file and a Maildir hold the very bytes.  In an mbox the
line ``From ...`` before a mail and the blank line after it belong to the box.  Lines of a mail that begin with ``From``
were quoted with ``>`` when it was put there: one ``>`` is taken off lines of ``>From``, ``>>From`` ..., which is exact
for boxes of the mboxrd kind; the older mboxo kind does not tell which of its ``>From`` were quoted, which written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cvdmail.core.mail import MAX_MAIL
from cvdmail.edge.disk import read_file
from cvdmail.errors import Refused

_MBOXRD = re.compile(rb"(?m)^>(>*From )")
# RFC 4155 appendix A: "From ", an address, and a time as asctime writes it; without a time it is a sentence.
_FROM_LINE = re.compile(rb"From .{0,300}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?.{0,30}(?:19|20)[0-9]{2}")
_DRAFT = re.compile(r":2,[A-Z]*D")
MAX_LINE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MailFile:
    """One mail in a file: all of it, or the bytes from ``start`` to ``end`` of an mbox, whose ``number``-th it is."""

    place: str
    number: int = 0
    start: int = 0
    end: int | None = None

    @property
    def name(self) -> str:
        """Return what a person calls the place."""
        return f"{self.place}#{self.number}" if self.number else self.place

    def read(self) -> bytes:
        """Return the mail's bytes; the quoting of mboxrd is undone."""
        if self.end is None:
            return read_file(Path(self.place), MAX_MAIL, "mail")
        if self.end - self.start > MAX_MAIL:
            raise Refused("mail", f"{self.name} is larger than {MAX_MAIL // 1024} KB", "it is too large to be read")
        with Path(self.place).open("rb") as file:
            file.seek(self.start)
            data = file.read(self.end - self.start)
        return _MBOXRD.sub(rb"\1", data)

    def head(self, size: int) -> bytes:
        """Return the first bytes of the mail, at most ``size``: enough to look at its header."""
        with Path(self.place).open("rb") as file:
            file.seek(self.start)
            return file.read(size if self.end is None else min(size, self.end - self.start))


def mails_in(path: Path) -> Iterator[MailFile]:
    """Yield the mails of a file, a Maildir or a folder, in the order of their names.

    A Maildir is taken with its subfolders (Maildir++, ``.Sent``), without what is marked as a draft; a folder with its
    ``.eml`` and ``.mbox`` files and the Maildirs in it.
    """
    if not path.exists():
        raise Refused(str(path), "there is no such file or folder", "check the name")
    if not path.is_dir():
        with path.open("rb") as file:
            is_mbox = file.read(5) == b"From "
        yield from _mbox(path) if is_mbox else (MailFile(str(path)),)
        return
    names = sorted(one.name for one in os.scandir(path))
    if _is_maildir(path):
        for folder in ("new", "cur"):
            yield from _maildir(path / folder)
    for name in names:
        inside = path / name
        if inside.is_dir() and _is_maildir(inside):
            yield from mails_in(inside)
        elif not _is_maildir(path) and inside.is_file():
            suffix = inside.suffix.lower()
            if suffix == ".mbox":
                yield from mails_in(inside)
            elif suffix == ".eml":
                yield MailFile(str(inside))


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() or (path / "new").is_dir()


def _maildir(folder: Path) -> Iterator[MailFile]:
    if not folder.is_dir():
        return
    for name in sorted(one.name for one in os.scandir(folder)):
        if not name.startswith(".") and not _DRAFT.search(name) and (folder / name).is_file():
            yield MailFile(str(folder / name))


def _mbox(path: Path) -> Iterator[MailFile]:
    """Cut an mbox (RFC 4155) at its ``From `` lines, which stand after a blank line or at the start."""
    start: int | None = None
    number = offset = 0
    blank = 0
    place = str(path)
    with path.open("rb") as file:
        for line in _lines(file):
            if line.startswith(b"From ") and (start is None or (blank and _FROM_LINE.match(line))):
                if start is not None:
                    number += 1
                    yield MailFile(place, number, start, max(start, offset - blank))
                start = offset + len(line)
            blank = len(line) if line in (b"\n", b"\r\n") else 0
            offset += len(line)
    if start is not None:
        yield MailFile(place, number + 1, start, max(start, offset - blank))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines, a longer one than ``MAX_LINE`` in pieces: a file without line ends is not taken into memory."""
    return iter(lambda: file.readline(MAX_LINE), b"")
