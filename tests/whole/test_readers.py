"""Every kind of mail we send, opened by mail readers that are not ours, and looked at from outside as a server sees it.

A new kind is one entry of ``KINDS``: how commands write its draft, and whose key it goes to.  Approving, sending,
delivering and every look at the result are the same for all.
"""

from __future__ import annotations

import hashlib
import random
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cvdmail.core.ids import Fingerprint
from cvdmail.core.packets import dearmor, encryption_key_ids
from gpghome import GpgHome, gpg_home
from servers.certificates import short_folder
from whole import canary
from whole.lab import Lab, laboratory
from whole.readers import READERS, Desktop, Seen, opened
from whole.town import MAILBOX, VENDOR, Town, loop
from whole.vendor import ciphertext
from whole.zygote import Zygote

pytestmark = pytest.mark.timeout(300)

KEYS = ("ed25519", "rsa3072", "later")
OUTSIDE = {
    "Return-Path", "Delivered-To", "Received", "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID",
    "MIME-Version", "Content-Type",
}  # fmt: skip


SHOWN = {
    "Lab Security Research",
    "-----BEGIN PGP MESSAGE-----",
    "MIME-Version: 1.0",
}  # said inside, and rightly seen outside too


def address_of(key: str) -> str:
    """Everybody's mail ends in the vendor's one mailbox."""
    return VENDOR.replace("@", f"+{key}@")


@dataclass(slots=True)
class Stage:
    """A laboratory, its servers, and a vendor with several addresses, each with a key of its own."""

    lab: Lab
    town: Town
    desktop: Desktop
    memory: Path
    keys: dict[str, Fingerprint] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A draft that waits for its approval, and the words of it that nobody outside may see."""

    case: str
    draft: int
    secret: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail: how its draft comes about, whose key it goes to, and whether the mailbox gets a copy."""

    write: Callable[[Stage, str], Written]
    key: str = "ed25519"
    copy: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail at its end: what was approved, the bytes in our Sent folder, and what lies in the vendor's mailbox."""

    kind: Kind
    written: Written
    approved: dict[str, Any]
    message_id: str
    ours: bytes
    arrived: bytes
    own_copies: tuple[bytes, ...]


def report(
    stage: Stage,
    key: str,
    *,
    body: bytes,
    files: Mapping[str, bytes] | None = None,
    title: str = "",
    vendor: str | None = None,
) -> Written:
    """Open a case for a report."""
    words = [canary.new_word(hint) for hint in ("marmoset", "product", "zephyr", "vendor")]
    content = f"""---
title: {title}Overflow in the {words[0]} parser
product: {words[1]} Server
vendor: {vendor or vendor_of(key)}
affected: {words[1]} 1.0 to 2.4.1
impact: A frame runs code
severity: high
origin: engineer
credit: {words[3]}
---

## Reproduction

Send {words[2]}.
""".encode()
    attach = []
    for name, data in (files or {}).items():
        place = stage.memory / name
        place.write_bytes(data)
        attach += ["--attach", str(place)]
    (stage.memory / "finding.md").write_bytes(content + body)
    found = stage.lab.run("ada", "case", "new", str(stage.memory / "finding.md"), *attach, "--json").json()
    (one,) = found["participants"]
    return Written(found["case"], one["draft"], tuple(words), files or {})


def letter(stage: Stage, key: str, *, kind: str, options: tuple[str, ...] = ()) -> Written:
    """Open a case and write one of the letters that follow a report, with words of our own in it."""
    opened = report(stage, key, body=WORDY)
    word = canary.new_word("letter")
    (stage.memory / "words.txt").write_bytes(f"As we said, {word}: gr\u00fc\u00dfe.\n".encode())
    wish = ("--letter", kind, *options, "--file", str(stage.memory / "words.txt"))
    written = stage.lab.run("ada", "reply", opened.case, "--participant", vendor_of(key), *wish, "--json").json()
    return Written(opened.case, written["draft"], (word,), {})


def handoff(stage: Stage, key: str) -> Written:
    """Open a case for one vendor and hand it off to a coordinator, with the files of the report."""
    opened = report(stage, key, body=WORDY, files={"poc.py": FILES["poc.py"]}, vendor="silent.example")
    added = stage.lab.run("ada", "participant", "add", opened.case, vendor_of(key), "--role", "coordinator", "--json")
    return Written(opened.case, added.json()["draft"], opened.secret, opened.files)


def vendor_of(key: str) -> str:
    return f"{key}.vendor.example"


NOISE = random.Random(20260612)
FILES = {
    "fix.patch": b"--- a/frame.c\n+++ b/frame.c\n@@ -1 +1 @@\n-from  \n+to\t\n\\ No newline at end of file",
    "poc.py": b"import socket\r\nprint('frame')\r\n.\r\nFrom here\r\n",
    "crash input.bin": NOISE.randbytes(300_000),
    "Dockerfile": b"FROM debian:12\nRUN make\n",
    "\u00dcberlauf \u6f0f\u6d1e.txt": "Gr\u00f6\u00dfe\n".encode(),
    "original.eml": b"From: a@b.example\nSubject: forwarded\nMIME-Version: 1.0\n\nhello\n--x\n.\n",
    "empty.log": b"",
    "lone cr.txt": b"one\rtwo\r\rthree\n\r\nfour",
    "latin1.txt": "na\u00efve\n".encode("latin-1"),
    "blanks.txt": b"trailing  \t\n \n\n",
    "nul.dat": bytes(range(256)) * 3 + b"\r\n.\r\nQUIT\r\n",
    "a%20b;c='d' (1).txt": b"odd name\n",
    "n" * 150 + ".txt": b"long name\n",
}
AWKWARD = (
    b"x" * 5000 + b"\n" + b"a line of words " * 400 + b"\nFrom here on\nfrom there\n>From quoted\n.\n..\n.end\n"
    b"a lone \r return\rand another\r\nand a line of the other system\r\n"
    + "\u00fcml\u00e4ut \u65e5\u672c\u8a9e \U0001f980\U0001f469\u200d\U0001f4bb e\u0301 \u00a0hard blank\n".encode()
    + b"trailing blanks   \ntrailing tab\t\n\tbegins with a tab\n    begins with blanks\na\tb\tc\n"
    b"=3D is not an equals sign = at the end=\n-- \n- dash\n--boundary\n-----BEGIN PGP MESSAGE-----\n"
    b"Subject: not a header\n\n\n\nafter blank lines\n" + b"=" * 80 + b"\n" + b" " * 100 + b"\nend"
)
WORDY = b"\n## Timeline\n\nNothing yet.\n"

KINDS: dict[str, Kind] = {
    "report with files": Kind(partial(report, body=WORDY, files=FILES)),
    "report with files, RSA, no copy": Kind(partial(report, body=WORDY, files=FILES), "rsa3072", copy=False),
    "awkward text": Kind(partial(report, body=AWKWARD, title="\u00dcber =?utf-8?q? \u2603 "[:5])),
    "awkward text, RSA": Kind(partial(report, body=AWKWARD), "rsa3072"),
    "awkward text and one file, later subkey, no copy": Kind(
        partial(report, body=AWKWARD, files={"poc.py": FILES["poc.py"]}), "later", copy=False
    ),
    "reply": Kind(partial(letter, kind="reply")),
    "follow-up, RSA": Kind(partial(letter, kind="follow_up"), "rsa3072"),
    "thanks, no copy": Kind(partial(letter, kind="thanks"), copy=False),
    "extension": Kind(partial(letter, kind="extension", options=("--until", "2099-01-31"))),
    "heads-up": Kind(partial(letter, kind="heads_up", options=("--date", "2099-02-28"))),
    "hand-off to a coordinator": Kind(handoff),
    "long subject, later subkey": Kind(partial(report, body=WORDY, title="Gr\u00f6\u00dfe " * 40), "later"),
}


def _vendor_keys(home: GpgHome) -> dict[str, Fingerprint]:
    """Make the keys; the last one had a subkey for encryption for years before it got another."""
    made = {key: home.key(f"PSIRT <{address_of(key)}>", algorithm=key) for key in KEYS[:2]}
    made["later"] = home.key(f"PSIRT <{address_of('later')}>", at="20240101T000000")
    home.gpg("--quick-add-key", str(made["later"]), "cv25519", "encr", "0")
    assert len(home.subkeys(made["later"])) == 2
    return made


@pytest.fixture(scope="module")
def stage(memory: Path) -> Iterator[Stage]:
    with short_folder() as folder, loop() as background, gpg_home() as home, Zygote(memory) as runner:
        town = Town(background, folder)
        with laboratory(town.smtp, town.imap) as founded:
            lab = Lab(founded.folder, runner)
            ours = (lab.root / "keys" / "team" / "outbounddisclosures@lab.example.asc").read_bytes()
            keys = _vendor_keys(home)
            home.gpg("--import", data=ours)
            (mailbox,) = set(home.fingerprints()) - set(keys.values())
            (memory / "readers").mkdir()
            made = Stage(lab, town, Desktop(home, mailbox, memory / "readers"), memory, keys)
            for key, fingerprint in keys.items():
                file = folder / f"{key}.asc"
                file.write_bytes(home.public(fingerprint))
                vendor = ("--vendor", vendor_of(key))
                lab.run("ada", "key", "pin", str(file), "--contact", address_of(key), *vendor, "--yes")
            yield made


@pytest.fixture(scope="module")
def sent(stage: Stage) -> dict[str, Sent]:
    """Write, approve, send and deliver every kind: first those with a copy to ourselves, then those without."""
    found: dict[str, Sent] = {}
    for copy in (True, False):
        kinds = {name: kind for name, kind in KINDS.items() if kind.copy is copy}
        config = stage.lab.root / "config" / "cvdmail.toml"
        text = config.read_text()
        config.write_text(re.sub(r"(?m)^copy_to_self = \w+", f"copy_to_self = {str(copy).lower()}", text))
        waiting = {name: _queued(stage, kind) for name, kind in kinds.items()}
        done = stage.lab.watch()
        assert done["problems"] == []
        assert {done["outbox"][str(row)] for _, _, row in waiting.values()} == {"sent"}
        stage.town.wait_for(VENDOR, len(found) + len(kinds))
        copies = [name for name, kind in KINDS.items() if kind.copy]
        stage.town.wait_for(MAILBOX, len(copies))
        for name, (written, approved, row) in waiting.items():
            found[name] = _collect(stage, kinds[name], written, approved, row)
    return found


def _queued(stage: Stage, kind: Kind) -> tuple[Written, dict[str, Any], int]:
    lab = stage.lab
    written = kind.write(stage, kind.key)
    approved = lab.run("ben", "draft", "preview", str(written.draft), "--json").json()
    assert lab.run("ben", "draft", "approve", str(written.draft), "--json").json()["complete"] is True
    before = set(_rows(lab, "SELECT id FROM outbox"))
    lab.run("ada", "send", written.case)
    ((row,),) = set(_rows(lab, "SELECT id FROM outbox")) - before
    return written, approved, row


def _rows(lab: Lab, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(lab.database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _collect(stage: Stage, kind: Kind, written: Written, approved: dict[str, Any], row: int) -> Sent:
    query = f"SELECT message_id FROM message JOIN outbox ON outbox.message = message.id WHERE outbox.id = {row}"
    ((message_id,),) = _rows(stage.lab, query)
    mark = f"\r\nMessage-ID: <{message_id}>\r\n".encode()
    (ours,) = [raw for raw in stage.town.folder(MAILBOX, "Sent") if mark in raw]
    (arrived,) = [raw for raw in stage.town.folder(VENDOR) if mark in raw]
    copies = tuple(raw for raw in stage.town.folder(MAILBOX) if mark in raw)
    return Sent(kind, written, approved, message_id, ours, arrived, copies)


@pytest.fixture(scope="module")
def seen(stage: Stage, sent: dict[str, Sent]) -> Callable[[str, str], Seen]:
    """What a reader shows of a kind; each opens each mail once."""
    known: dict[tuple[str, str], Seen] = {}

    def look(reader: str, kind: str) -> Seen:
        if (reader, kind) not in known:
            one = sent[kind]
            known[reader, kind] = READERS[reader](stage.desktop, one.arrived, stage.keys[one.kind.key])
        return known[reader, kind]

    return look


Look = Callable[[str, str], Seen]
everywhere = pytest.mark.parametrize("kind", KINDS)
by_all = pytest.mark.parametrize("reader", READERS)


# What the vendor's mail program shows.


@by_all
@everywhere
def test_the_signature_is_good_and_the_mailboxs(stage: Stage, seen: Look, reader: str, kind: str) -> None:
    assert seen(reader, kind).signed_by == str(stage.desktop.ours)


@by_all
@everywhere
def test_the_real_subject_is_shown(sent: dict[str, Sent], seen: Look, reader: str, kind: str) -> None:
    one = sent[kind]
    assert seen(reader, kind).subject == f"[{one.written.case}] {one.approved['subject']}"


@by_all
@everywhere
def test_the_text_is_what_was_approved(sent: dict[str, Sent], seen: Look, reader: str, kind: str) -> None:
    text = sent[kind].approved["text"]
    assert seen(reader, kind).text == text
    assert all(word in text for word in sent[kind].written.secret[1:])


@by_all
@everywhere
def test_every_file_comes_out_byte_for_byte(sent: dict[str, Sent], seen: Look, reader: str, kind: str) -> None:
    def digests(files: Mapping[str, bytes]) -> dict[str, tuple[int, str]]:
        return {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}

    assert digests(seen(reader, kind).files) == digests(sent[kind].written.files)
    approved = [(one["name"], one["size"]) for one in sent[kind].approved["attachments"]]
    assert approved == [(name, len(data)) for name, data in sent[kind].written.files.items()]


@everywhere
def test_a_text_is_labelled_by_what_it_holds(stage: Stage, sent: dict[str, Sent], kind: str) -> None:
    """RFC 2046 section 4.1.2: text without a charset is ASCII.  notmuch passes other bytes on as broken JSON."""
    one = sent[kind]
    inner = opened(stage.desktop, one.arrived, stage.keys[one.kind.key])
    texts = [part for part in inner.walk() if part.get_content_maintype() == "text"]
    assert texts
    for part in texts:
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        try:
            content.decode(part.get_content_charset("us-ascii"))
        except UnicodeDecodeError:
            pytest.fail(f"{part.get_filename()} is not {part.get_content_charset('us-ascii')}")


# What everybody else sees.


def _parsed(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


@everywhere
def test_the_very_bytes_arrived_and_are_kept(sent: dict[str, Sent], kind: str) -> None:
    """Servers put their own lines in front, and change nothing behind them."""
    one = sent[kind]
    assert one.arrived.endswith(one.ours)
    assert len(one.own_copies) == one.kind.copy
    assert all(copy.endswith(one.ours) for copy in one.own_copies)


@everywhere
def test_the_header_tells_nothing(stage: Stage, sent: dict[str, Sent], kind: str) -> None:
    one = sent[kind]
    mail = _parsed(one.arrived)
    assert mail.get_all("Subject") == [f"[{one.written.case}]"]
    assert set(mail.keys()) <= OUTSIDE
    assert mail.get_all("To") == [address_of(one.kind.key)]
    assert mail.get_all("Cc", []) == ([MAILBOX] if one.kind.copy else [])
    assert re.fullmatch(r"<[0-9a-z]{20,}@lab\.example>", str(mail["Message-ID"]))
    assert re.fullmatch(r"outbounddisclosures\+[a-z2-7]{16}@lab\.example", str(mail["Reply-To"]))
    assert str(mail["Reply-To"]).partition("@")[0].partition("+")[2] not in str(mail["Message-ID"])
    head = one.ours.partition(b"\r\n\r\n")[0].decode()
    assert not re.search(rf"(?i)(?<![\w.-]){re.escape(socket.gethostname())}(?![\w-])", head)
    submitted = bytes(stage.town.smtp_wires[0].sent)
    assert set(re.findall(rb"(?im)^EHLO (\S+)\r$", submitted)) == {b"lab.example"}


def test_no_two_mails_share_a_token_or_an_id(sent: dict[str, Sent]) -> None:
    mails = [_parsed(one.arrived) for one in sent.values()]
    for name in ("Message-ID", "Reply-To"):
        assert len({str(mail[name]) for mail in mails}) == len(KINDS)


@everywhere
def test_no_word_of_the_inside_shows_outside(stage: Stage, sent: dict[str, Sent], kind: str) -> None:
    one = sent[kind]
    inside = [*one.written.secret, *(name for name in one.written.files), vendor_of(one.kind.key)]
    inside += [line.strip() for line in one.approved["text"].splitlines() if len(line.strip()) > 10]
    inside += [line for data in one.written.files.values() for line in _lines(data)]
    inside = [line for line in inside if line not in SHOWN]
    outside = one.arrived + bytes(stage.town.smtp_wires[0].sent)
    assert len(inside) > 2
    assert canary.seen(outside, inside) == []
    assert canary.seen(b"x" + one.written.secret[0].encode(), inside) != []


def _lines(data: bytes) -> list[str]:
    return [line for line in data.decode("latin-1").split("\n") if line.isascii() and line.isprintable() and line[10:]]


@everywhere
def test_it_is_encrypted_to_exactly_two_subkeys(stage: Stage, sent: dict[str, Sent], kind: str) -> None:
    """The vendor's newest one and our own; the copy to ourselves is the very same mail."""
    one = sent[kind]
    newest = stage.desktop.home.subkeys(stage.keys[one.kind.key])[-1]
    (own,) = stage.desktop.home.subkeys(stage.desktop.ours)
    shape = encryption_key_ids(dearmor(ciphertext(one.arrived)))
    assert sorted(shape.key_ids) == sorted((str(newest)[-16:], str(own)[-16:]))


@by_all
def test_a_reader_refuses_what_was_changed(stage: Stage, sent: dict[str, Sent], reader: str) -> None:
    """They are judges: with one letter of the ciphertext changed none of them shows a text."""
    one = next(iter(sent.values()))
    head, mark, rest = one.arrived.partition(b"-----BEGIN PGP MESSAGE-----\r\n\r\n")
    place = len(rest) // 2
    letter = b"A" if rest[place : place + 1] != b"A" else b"B"
    changed = head + mark + rest[:place] + letter + rest[place + 1 :]
    with pytest.raises((AssertionError, KeyError)):
        READERS[reader](stage.desktop, changed, stage.keys[one.kind.key])
