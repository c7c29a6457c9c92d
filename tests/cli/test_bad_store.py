"""A store that is locked, full, gone or of another time: one line from every command, and nothing half done."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.lab import CASE, Lab, Outcome, clear_mail, unchanged
from cvdmail import wiring
from cvdmail.store import schema
from cvdmail.store.engine import Engines

WRITING = [
    ("ada", ("case", "new", "{place}/other.md")),
    ("ben", ("draft", "approve", "1")),
    ("ada", ("participant", "add", CASE, "other.example")),
    ("ada", ("contact", "add", "other.example", "a@other.example")),
    ("ada", ("key", "pin", "{place}/vendor.asc", "--contact", "security@vendor.example", "--yes")),
    ("ada", ("store", "rekey", "--yes")),
    (None, ("ingest", "{place}/mail.eml")),
    ("ada", ("case", "close", CASE, "--yes")),
    ("ada", ("case", "erase", CASE, "--yes", "--reason-file", "{place}/reason")),
]


def _prepare(lab: Lab) -> None:
    lab.write("other.md", (lab.place / "finding.md").read_text() + "\nmore\n")
    lab.write("mail.eml", clear_mail("hello"))


@contextmanager
def held(lab: Lab) -> Iterator[None]:
    """Another process inside a writing transaction."""
    hold = (
        "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", hold, str(lab.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands wait 20 seconds for a lock; the tests do not."""
    monkeypatch.setattr(wiring, "Engines", lambda url, _seconds: Engines(url, 0.1))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("who", "words"), WRITING, ids=lambda value: " ".join(value[:2]) if value else "")
def test_a_locked_database_refuses_what_writes(drafted: Lab, who: str | None, words: tuple[str, ...]) -> None:
    _prepare(drafted)
    with unchanged(drafted), held(drafted):
        drafted.run(who, *(word.format(place=drafted.place) for word in words)).refused("locked")


@pytest.mark.usefixtures("impatient")
def test_a_locked_database_can_be_read_and_a_mail_server_is_told_to_wait(drafted: Lab) -> None:
    with unchanged(drafted), held(drafted):
        assert len(drafted.run("ada", "case", "list", "--json").good().lines) == 1
        drafted.run("ben", "draft", "preview", "1").good()
        assert drafted.run(None, "ingest", "-", stdin=clear_mail("hello")).code == 75
    assert drafted.run(None, "ingest", "-", stdin=clear_mail("hello")).good().out == ""
    assert drafted.rows("SELECT count(*) FROM message") == [(1,)]


DAMAGED = ["missing", "garbage", "empty", "another database", "newer", "no store key"]


def _damage(lab: Lab, how: str) -> str:
    if how == "missing":
        lab.database.unlink()
        return "it does not exist"
    if how in ("garbage", "empty"):
        lab.database.write_bytes(b"this is no database at all " * 500 if how == "garbage" else b"")
        return "database"
    with sqlite3.connect(lab.database) as connection:
        if how == "newer":
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        elif how == "no store key":
            connection.execute("DELETE FROM scope_key WHERE kind = 'store'")
        else:
            connection.execute("DROP TABLE alembic_version")
    connection.close()
    return {"newer": "newer", "no store key": "no store key"}.get(how, "holds no cvdmail store")


@pytest.mark.parametrize("how", DAMAGED)
def test_a_database_that_is_none_is_refused_by_all_commands(drafted: Lab, how: str) -> None:
    _prepare(drafted)
    words = _damage(drafted, how)
    with unchanged(drafted):
        drafted.run("ada", "case", "list").refused(words)
        drafted.run("ada", "case", "new", f"{drafted.place}/other.md").refused(words)
        drafted.run(None, "ingest", f"{drafted.place}/mail.eml").refused(words)
        assert drafted.run(None, "ingest", "-", stdin=clear_mail("hello")).code == 75
    outcome = drafted.run("ada", "doctor", "--offline", "--json")
    assert outcome.code == 1
    assert [one["check"] for one in outcome.json["findings"] if one["level"] == "problem"] == ["database"]


@pytest.mark.parametrize("how", ["missing", "garbage", "empty", "another database", "newer"])
def test_an_upgrade_makes_no_store_out_of_something_else(drafted: Lab, how: str) -> None:
    """A database without a store key is a store that nobody can ever use: only ``init`` makes one."""
    _damage(drafted, how)
    with unchanged(drafted):
        drafted.run("ada", "store", "upgrade").refused()


def test_an_upgrade_of_what_is_new_changes_nothing(drafted: Lab) -> None:
    with unchanged(drafted):
        assert drafted.run("ada", "store", "upgrade", "--json").good().json == {
            "before": schema.NEWEST,
            "after": schema.NEWEST,
            "templates": [],
        }


def test_a_full_disk_opens_no_case_and_takes_no_mail(drafted: Lab) -> None:
    """On a file system of 1 MB where one may be mounted, else with a limit on the size of files."""
    _prepare(drafted)
    large = drafted.write("large", os.urandom(3_000_000))
    mail = drafted.write("large.eml", clear_mail("x" * 60 + "\r\n" + "y" * 3_000_000))
    with _little_room(drafted) as limit, unchanged(drafted):
        outcome = _limited(drafted, "ada", limit, "case", "new", f"{drafted.place}/other.md", "--attach", large)
        outcome.refused("nothing was changed")
        _limited(drafted, None, limit, "ingest", mail).refused("nothing was changed")
        piped = _limited(drafted, None, limit, "ingest", "-", stdin=Path(mail).read_bytes())
        assert (piped.code, piped.out) == (75, "")
        assert _limited(drafted, "ada", limit, "case", "list", "--json").good().lines[0]["case"] == CASE
    assert drafted.run("ada", "ledger", "verify", "--json").good().json["ok"] is True


@contextmanager
def _little_room(lab: Lab) -> Iterator[bool]:
    """Put the database where there is no room; yields whether a limit on files must stand in for that."""
    state = lab.root / "state"
    place = Path(tempfile.mkdtemp(prefix="cvd-", dir="/tmp"))
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", place], capture_output=True, check=False
        ).returncode
    )
    try:
        if mounted:
            lab.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            (place / "cvdmail.db").touch(0o600)
            (place / "cvdmail.db").write_bytes(lab.database.read_bytes())
            for file in state.glob("cvdmail.db*"):
                file.unlink()
            lab.edit("sqlite+aiosqlite:///state/cvdmail.db", f"sqlite+aiosqlite:///{place}/cvdmail.db")
            lab.database.symlink_to(place / "cvdmail.db")
        yield not mounted
    finally:
        if mounted:
            data = (place / "cvdmail.db").read_bytes()
            lab.database.unlink()
            lab.edit(f"sqlite+aiosqlite:///{place}/cvdmail.db", "sqlite+aiosqlite:///state/cvdmail.db")
            lab.database.touch(0o600)
            lab.database.write_bytes(data)
            subprocess.run(["umount", place], check=True)
        place.rmdir()


def _limited(lab: Lab, who: str | None, limit: bool, *words: str, stdin: bytes = b"") -> Outcome:
    command = [sys.executable, "-m", "cvdmail", *words]
    if limit:
        command = ["/bin/sh", "-c", 'ulimit -f 2000; exec "$@"', "sh", *command]
    done = subprocess.run(command, input=stdin, capture_output=True, env=lab.env(who), cwd=lab.place, check=False)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_mail_from_a_pipe_is_committed_or_the_server_is_told_to_keep_it(lab: Lab) -> None:
    """``ingest -`` ends with 0 or 75 and never with another status, and says nothing."""
    mail = clear_mail("hello")
    for _ in range(2):
        outcome = lab.process(None, "ingest", "-", stdin=mail)
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert lab.rows("SELECT state FROM message") == [("held",)]
    assert lab.process(None, "ingest", "-", stdin=b"\0\xff garbage").code == 0
    assert lab.process(None, "ingest", "-", stdin=b"").code == 75
    assert lab.rows("SELECT count(*) FROM message") == [(2,)]


BROKEN: dict[str, Callable[[Lab], object]] = {
    "no configuration": lambda lab: lab.config.unlink(),
    "a broken configuration": lambda lab: lab.config.write_text("[mailbox"),
    "a configuration of wrong types": lambda lab: lab.edit('roles = ["operator"]', 'roles = [["operator"]]'),
    "no driver": lambda lab: lab.edit("sqlite+aiosqlite:///state/cvdmail.db", "postgresql+asyncpg://h/x"),
    "no database": lambda lab: lab.database.unlink(),
    "no keys": lambda lab: (lab.root / "keys" / "team" / "odd").write_text("(private-key"),
    "no gpg home": lambda lab: (lab.root / "state" / "gnupg").rename(lab.root / "state" / "elsewhere"),
    "a folder for a template": lambda lab: (lab.root / "state" / "rings").write_text("x"),
    "a file for a folder": lambda lab: lab.edit('home = "state/gnupg"', 'home = "config/cvdmail.toml"'),
}


@pytest.mark.parametrize("what", BROKEN)
def test_whatever_is_broken_a_mail_from_a_pipe_is_not_lost(lab: Lab, what: str) -> None:
    rings = lab.root / "state" / "rings"
    if rings.is_dir() and what == "a folder for a template":
        rings.rename(lab.root / "state" / "old")
    BROKEN[what](lab)
    outcome = lab.process(None, "ingest", "-", stdin=clear_mail("hello"))
    assert (outcome.code, outcome.out) == (75, ""), outcome.err[-300:]
    assert "Traceback" not in outcome.err


def test_a_pipe_that_is_closed_or_used_wrongly_is_temporary_too(lab: Lab) -> None:
    assert lab.process(None, "ingest", "-", closed=True).code == 75
    assert lab.process(None, "ingest", "-", "--config", "/nowhere").code == 75
