"""A working folder with people, keys and a case at several stages, made once a session and copied for every test.

Commands run in this process, with what ``main`` does around them: expected failures become lines on standard error.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cvdmail.cli.context import fail
from cvdmail.cli.main import cli
from cvdmail.config import load
from cvdmail.core import compose
from cvdmail.core.ids import Address, Fingerprint, MessageId
from cvdmail.core.mail import Mail, parse
from cvdmail.daemon import Daemon, Servers
from cvdmail.edge.memory import MemoryMailboxes, MemoryPostman
from cvdmail.errors import CvdmailError
from cvdmail.wiring import daemon_desk
from gpghome import GpgHome

MAILBOX = "outbounddisclosures@lab.example"
VENDOR = "security@vendor.example"
ADA, BEN, CY = "ada@lab.example", "ben@lab.example", "cy@lab.example"
CASE = f"CVD-{datetime.now(UTC).year}-0001"
CANARY = "the counter of minus one"
FINDING = f"""---
title: Overflow in the frame parser
product: Examplelib
vendor: vendor.example
affected: 1.0 to 2.4.1
impact: A frame runs code
severity: high
origin: engineer
---

## Reproduction

Send {CANARY}.
"""
ROLES = {
    "ada": ["researcher", "reviewer", "manager", "operator"],
    "ben": ["researcher", "reviewer", "manager", "auditor"],
}
LEFT_OUT = ("S.*", "*.lock", ".#*")  # sockets and locks of agents that run elsewhere


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document that was printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON Lines that were printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    def good(self, code: int = 0) -> Outcome:
        """Insist on this end, with nothing on standard error unless something went wrong."""
        assert self.code == code, (self.code, self.out, self.err)
        assert code or not self.err, self.err
        return self

    def refused(self, *words: str, code: int = 1, lines: int = 1) -> str:
        """Insist on a clear refusal: one line on standard error that holds ``words``, nothing else; return it."""
        assert self.code == code, (self.code, self.out, self.err)
        assert len(self.err.splitlines()) == lines, self.err
        assert self.err.startswith("cvdmail: "), self.err
        assert "Traceback" not in self.err
        for word in words:
            assert word in self.err, self.err
        return self.err


def run(*words: str, stdin: bytes = b"", env: Mapping[str, str | None] | None = None) -> Outcome:
    """Run one command; an exception that ``main`` would not expect goes through, as it would to a person."""
    before = os.umask(0o077)
    try:
        done = CliRunner().invoke(cli, words, input=stdin, env=env, prog_name="cvdmail")
    finally:
        os.umask(before)
    code, out, err = done.exit_code, done.stdout, done.stderr
    if isinstance(done.exception, CvdmailError | OSError):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            code = fail(done.exception)
        return Outcome(code, out, err + said.getvalue())
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Outcome(code, out, err)


def process(
    *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, cwd: Path | None = None, closed: bool = False
) -> Outcome:
    """Run one command as a process of its own, as a person does; ``closed``: without a standard input at all."""
    command = [sys.executable, "-m", "cvdmail", *words]
    if closed:
        command = ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command]
    done = subprocess.run(
        command, input=None if closed else stdin, capture_output=True, env=env, cwd=cwd, timeout=60, check=False
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass(frozen=True)
class Lab:
    """One working folder (``place/lab``) and the GnuPG homes of people around it (``place/ada`` ...)."""

    place: Path
    keys: Mapping[str, Fingerprint]

    @property
    def root(self) -> Path:
        return self.place / "lab"

    @property
    def config(self) -> Path:
        return self.root / "config" / "cvdmail.toml"

    @property
    def database(self) -> Path:
        return self.root / "state" / "cvdmail.db"

    def home(self, name: str) -> GpgHome:
        return GpgHome(self.root / "state" / "gnupg" if name == "daemon" else self.place / name)

    def env(self, who: str | None, **more: str) -> dict[str, str]:
        """The environment of somebody's shell; nobody's is the daemon's."""
        kept = {name: value for name, value in os.environ.items() if name not in ("GNUPGHOME", "NO_COLOR")}
        kept |= {"CVDMAIL_CONFIG": str(self.config), "HOME": str(self.place / "nobody")}
        return kept | ({"GNUPGHOME": str(self.place / who)} if who else {}) | more

    def run(self, who: str | None, *words: str, stdin: bytes = b"", **more: str) -> Outcome:
        """Run a command as somebody."""
        wanted: dict[str, str | None] = dict.fromkeys(("GNUPGHOME", "NO_COLOR"))
        return run(*words, stdin=stdin, env=wanted | self.env(who, **more))

    def process(self, who: str | None, *words: str, stdin: bytes = b"", closed: bool = False, **more: str) -> Outcome:
        """Run a command as somebody, in a process of its own."""
        return process(*words, stdin=stdin, env=self.env(who, **more), cwd=self.place, closed=closed)

    def write(self, name: str, content: str | bytes) -> str:
        """Write a file beside the lab; return its path."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def edit(self, old: str, new: str, file: str = "cvdmail.toml") -> None:
        """Edit the configuration as a person does; the old text must be there."""
        path = self.root / "config" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database file itself."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def state(self) -> dict[str, str]:
        """Everything that a refused command must leave as it is: all files by hash, the database as SQL.

        Left out: keyrings that can be made again at any time, and what gpg keeps beside its keys.
        """
        found = {"": hashlib.sha256("\n".join(self._dump()).encode()).hexdigest()}
        for path in sorted(self.place.rglob("*")):
            name = path.relative_to(self.place).as_posix()
            if name.startswith("lab/state/rings") or path.name.startswith(("S.", ".#", "cvdmail.db")):
                continue
            if path.is_symlink() or path.is_dir():
                found[name] = "link" if path.is_symlink() else f"{path.stat().st_mode:o}"
            elif path.is_file() and path.suffix not in (".lock", ".conf", ".gpg"):
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def _dump(self) -> list[str]:
        if not self.database.exists():
            return []
        connection = sqlite3.connect(self.database)
        try:
            return list(connection.iterdump())
        except sqlite3.DatabaseError:
            return [self.database.read_bytes().hex()]
        finally:
            connection.close()

    def vendor_mail(self, text: str, answer_to: Mail | None, number: int = 1, subject: str = "Re: report") -> bytes:
        """A PGP/MIME mail of the vendor, signed and encrypted to the mailbox."""
        reply_to = answer_to.root.first("reply-to") if answer_to is not None else None
        headers = compose.Headers(
            sender=Address.parse(VENDOR), sender_name="PSIRT", to=(Address.parse(reply_to or MAILBOX),), cc=(),
            reply_to=Address.parse(VENDOR), date=datetime.now(UTC).replace(microsecond=0),
            message_id=MessageId(f"answer-{number}@vendor.example"), outer_subject="...", subject=subject,
            references=(answer_to.message_id,) if answer_to is not None and answer_to.message_id else (),
        )  # fmt: skip
        home = self.home("vendor")
        clear = compose.inner(headers, text, (), f"{number:020d}")
        sealed = home.message(clear, [self.keys["daemon"]], [self.keys["vendor"]])
        return compose.outer(headers, sealed, f"{number + 7:020d}")

    def sent(self) -> Mail:
        """Let the daemon deliver to a server in memory; return the mail as the vendor got it."""
        return asyncio.run(self._deliver())

    async def _deliver(self) -> Mail:
        theirs, ours = MemoryMailboxes(), MemoryMailboxes()
        postman = MemoryPostman({Address.parse(VENDOR): theirs, Address.parse(MAILBOX): ours})
        async with daemon_desk(load(self.config)) as desk:
            servers = Servers(postman, ours, ("INBOX",), "Sent")
            done = await Daemon(desk, servers, "test", lambda _: True).once()
        assert done.problems == []
        mailbox = await theirs.connect()
        await mailbox.select("INBOX")
        (mail,) = await mailbox.fetch(await mailbox.uids_after(0))
        return parse(mail.raw)


@contextlib.contextmanager
def unchanged(lab: Lab) -> Iterator[None]:
    """Insist that what happens inside leaves no trace."""
    before = lab.state()
    yield
    after = lab.state()
    assert {name: after.get(name) for name in before} == before
    assert set(after) == set(before)


def clear_mail(text: str, subject: str = "hello", sender: str = VENDOR, **fields: str) -> bytes:
    """A plain mail from outside."""
    lines = {
        "From": sender, "To": MAILBOX, "Subject": subject, "Date": "Fri, 12 Jun 2026 10:00:00 +0000",
        "Message-ID": f"<{base64.b32encode(subject.encode()).decode().strip('=').lower()}@vendor.example>",
    } | {name.replace("_", "-"): value for name, value in fields.items()}  # fmt: skip
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + f"\r\n{text}\r\n".encode()


def founded() -> Lab:
    """Initialise: the mailbox, Ada (author, operator), Ben (reviewer, auditor), a vendor with a key."""
    place = Path(tempfile.mkdtemp(prefix="cvd-", dir="/tmp"))
    keys: dict[str, Fingerprint] = {}
    for name, address in (("ada", ADA), ("ben", BEN), ("cy", CY), ("vendor", VENDOR)):
        home = GpgHome(place / name)
        home.path.mkdir(mode=0o700)
        keys[name] = home.key(f"{name.capitalize()} <{address}>")
    run("init", str(place / "lab"), "--mailbox", MAILBOX, "--name", "Lab", "--batch").good()
    lab = Lab(place, keys)
    keys["daemon"] = load(lab.config).openpgp.mailbox_key
    lab.home("vendor").gpg("--import", data=lab.home("daemon").public(keys["daemon"]))
    text = lab.config.read_text().partition("[[people]]")[0]
    for name, roles in ROLES.items():
        (lab.root / "keys" / "team" / f"{name}@lab.example.asc").write_bytes(lab.home(name).public(keys[name]))
        text += f'[[people]]\nname = "{name.capitalize()}"\naddress = "{name}@lab.example"\n'
        text += f'roles = {json.dumps(roles)}\nfingerprint = "{keys[name]}"\n'
    text += f'[[people]]\nname = "Mailbox"\naddress = "{MAILBOX}"\nroles = ["operator"]\n'
    lab.config.write_text(text + f'fingerprint = "{keys["daemon"]}"\n')
    lab.run(None, "store", "rekey", "--yes").good()
    lab.write("vendor.asc", lab.home("vendor").public(keys["vendor"]))
    lab.write("finding.md", FINDING)
    lab.write("reason", "the vendor asks for it")
    quiet(lab)
    return lab


def quiet(lab: Lab) -> None:
    """End every agent of a lab and empty the write-ahead log, so that it can be copied."""
    for name in ("daemon", "ada", "ben", "cy", "vendor"):
        if lab.home(name).path.exists():
            lab.home(name).stop_agent()
    if lab.database.exists():
        lab.rows("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def copied(lab: Lab) -> Iterator[Lab]:
    """Lend a copy on a short path; its agents end with it."""
    place = Path(tempfile.mkdtemp(prefix="cvd-", dir="/tmp"))
    shutil.copytree(lab.place, place, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
    copy = Lab(place, lab.keys)
    try:
        yield copy
    finally:
        for home in place.rglob("private-keys-v1.d"):
            if any(home.parent.glob("S.*")):
                GpgHome(home.parent).stop_agent()
        shutil.rmtree(place, ignore_errors=True)
