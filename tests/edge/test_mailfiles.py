"""Mails in files: the very bytes, one at a time, out of every kind of box."""

from __future__ import annotations

import hashlib
import mailbox
from pathlib import Path

import pytest

from cvdmail.edge import mailfiles
from cvdmail.edge.mailfiles import mails_in
from cvdmail.errors import Refused

FROM = b"From ada@lab.example Thu Mar  5 10:00:00 2026\n"
MAILS = [
    b"Subject: one\n\nhello\n",
    b"Subject: two\n\nFrom the start\n\nFrom me to you\n>From a quote\nbye\n",
    b"Subject: three\n\nno line end at the end",
    b"Subject: four\n\nblank lines behind\n\n\n",
]


def quoted(raw: bytes) -> bytes:
    """As a writer of mboxrd puts a mail away."""
    return b"".join(
        b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in raw.splitlines(keepends=True)
    )


def box(path: Path, mails: list[bytes], line: bytes = FROM) -> Path:
    path.write_bytes(b"".join(line + quoted(one) + (b"" if one.endswith(b"\n") else b"\n") + b"\n" for one in mails))
    return path


def test_an_mbox_gives_back_the_bytes_that_went_in(tmp_path: Path) -> None:
    found = list(mails_in(box(tmp_path / "a.mbox", MAILS)))
    assert [one.read() for one in found] == [one if one.endswith(b"\n") else one + b"\n" for one in MAILS]
    assert [one.name for one in found] == [f"{tmp_path}/a.mbox#{number}" for number in range(1, 5)]


@pytest.mark.parametrize(
    "line",
    [
        FROM,
        b"From mboxrd@z Thu Jan  1 00:00:00 1970\n",
        b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n",
        b"From 17893@xxx Sat May 30 12:00:00 +0000 2020\n",
        b"From MAILER-DAEMON Wed Nov 25 01:46:35 2026\r\n",
        b"From x@y.example Tue Mar 3 9:05 2026\n",
    ],
)
def test_mails_are_cut_at_the_lines_of_every_writer(tmp_path: Path, line: bytes) -> None:
    assert len(list(mails_in(box(tmp_path / "a", MAILS, line)))) == 4


def test_a_sentence_that_begins_with_from_is_none(tmp_path: Path) -> None:
    """Some writers quote nothing; a line of a mail without a time ends no mail."""
    raw = FROM + b"Subject: x\n\nhello\n\nFrom here on: all is well\nFrom 9 to 5\n\nFrom now on\n"
    (tmp_path / "a").write_bytes(raw)
    (one,) = mails_in(tmp_path / "a")
    assert one.read().endswith(b"From now on\n")


def test_the_same_mail_from_every_kind_of_box_is_the_same_mail(tmp_path: Path) -> None:
    raw = MAILS[0]
    (tmp_path / "a.eml").write_bytes(raw)
    maildir = mailbox.Maildir(str(tmp_path / "maildir"))
    maildir.add(raw)
    box(tmp_path / "b.mbox", [raw])
    python = mailbox.mbox(str(tmp_path / "c.mbox"))
    python.add(raw)
    python.close()
    hashes = {hashlib.sha256(one.read()).hexdigest() for one in mails_in(tmp_path)}
    assert hashes == {hashlib.sha256(raw).hexdigest()}
    assert len(list(mails_in(tmp_path))) == 4


def test_a_maildir_is_read_with_its_subfolders_and_without_drafts(tmp_path: Path) -> None:
    for name in ("cur/1:2,S", "new/2", "cur/3:2,DS", ".Sent/cur/4:2,S", ".Sent/cur/.hidden", "notes/5", "courierlist"):
        path = tmp_path / "box" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"Subject: " + name.encode() + b"\n\n")
    (tmp_path / "box" / ".Sent" / "new").mkdir()
    names = [one.name.removeprefix(f"{tmp_path}/box/") for one in mails_in(tmp_path / "box")]
    assert names == ["new/2", "cur/1:2,S", ".Sent/cur/4:2,S"]


def test_no_more_than_the_beginning_is_read_for_an_index(tmp_path: Path) -> None:
    (one, other) = mails_in(box(tmp_path / "a", [b"Subject: x\n\n" + b"y" * 5000 + b"\n", MAILS[0]]))
    assert one.head(20) == b"Subject: x\n\nyyyyyyyy"
    assert other.head(10_000) == MAILS[0]


def test_a_long_line_is_never_taken_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are read in pieces; a piece that happens to begin with From after no blank line cuts nothing."""
    monkeypatch.setattr(mailfiles, "MAX_LINE", 100)
    body = b"x" * 100 + FROM.strip() + b"z" * 300
    (one,) = mails_in(box(tmp_path / "a", [b"Subject: x\n\n" + body + b"\n"]))
    assert body in one.read()


@pytest.mark.parametrize("content", [b"", b"From ", b"From \n", b"\n\n\n", b"From x\n\n\n"])
def test_what_is_hardly_a_box_is_read_without_a_fault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert all(isinstance(one.read(), bytes) and isinstance(one.head(10), bytes) for one in mails_in(tmp_path / "a"))


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        list(mails_in(tmp_path / "nowhere"))
