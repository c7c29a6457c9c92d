"""Mails in files: ``.eml``, Maildir folders and mbox files, read one at a time and never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cvdmail.core.mail import MAX_MAIL
from cvdmail.edge.disk import read_file
from cvdmail.errors import Refused

_MBOXRD = re.compile(rb"(?m)^>(>*From )")


@dataclass(frozen=True, slots=True)
class MailFile:
    """One mail in a file: all of it, or the bytes from ``start`` to ``end`` of an mbox."""

    name: str
    path: Path
    start: int = 0
    end: int | None = None

    def read(self) -> bytes:
        """Return the mail's bytes; the quoting of mboxrd is undone."""
        if self.end is None:
            return read_file(self.path, MAX_MAIL, "mail")
        if self.end - self.start > MAX_MAIL:
            raise Refused("mail", f"{self.name} is larger than {MAX_MAIL // 1024} KB", "it is too large to be read")
        with self.path.open("rb") as file:
            file.seek(self.start)
            data = file.read(self.end - self.start)
        return _MBOXRD.sub(rb"\1", data)


def mails_in(path: Path) -> Iterator[MailFile]:
    """Yield the mails of a file, a Maildir or a folder of ``.eml`` files, in the order of their names."""
    if not path.exists():
        raise Refused(str(path), "there is no such file or folder", "check the name")
    if path.is_dir():
        inside = [folder for folder in (path / "new", path / "cur") if folder.is_dir()]
        folders = inside or [path]
        for folder in folders:
            for file in sorted(folder.iterdir()):
                if file.is_file() and (inside or file.suffix.lower() == ".eml"):
                    yield MailFile(str(file), file)
                elif file.is_dir() and not inside and ((file / "cur").is_dir() or (file / "new").is_dir()):
                    yield from mails_in(file)
        return
    with path.open("rb") as head:
        if head.read(5) != b"From ":
            yield MailFile(str(path), path)
            return
    yield from _mbox(path)


def _mbox(path: Path) -> Iterator[MailFile]:
    """Cut an mbox (RFC 4155) at its ``From `` lines, which stand after a blank line or at the start."""
    start: int | None = None
    number = 0
    offset = 0
    blank = True
    with path.open("rb") as file:
        for line in file:
            if blank and line.startswith(b"From "):
                if start is not None:
                    number += 1
                    yield MailFile(f"{path}#{number}", path, start, offset)
                start = offset + len(line)
            blank = line in (b"\n", b"\r\n")
            offset += len(line)
    if start is not None:
        yield MailFile(f"{path}#{number + 1}", path, start, offset)
