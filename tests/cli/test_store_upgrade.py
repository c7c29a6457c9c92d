"""``cvdmail store upgrade`` on a store that an older program filled: all of it answers afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.lab import CASE, Lab, copied, unchanged
from cvdmail.store import schema
from store.database import Database
from store.test_upgrade import columns, old_store

OLDEST = min(schema.OLDER)
# Kills the process at the n-th statement that the upgrade sends, or right before the end of its transaction.
KILLER = """
import os, signal, sys
import sqlalchemy as sa
at, seen = int(sys.argv.pop(1)), []
def look(_connection, _cursor, statement, *_rest):
    if statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE", "DROP", "ALTER")):
        seen.append(statement)
        if len(seen) == at:
            os.kill(os.getpid(), signal.SIGKILL)
def end(_connection):
    if at == 0 and seen:
        os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(sa.Engine, "before_cursor_execute", look)
sa.event.listen(sa.Engine, "commit", end)
from cvdmail.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def old_lab(approved_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab whose report was sent and whose database is then told in the words of the oldest schema."""
    with copied(approved_lab) as lab:
        lab.run("ada", "send", CASE).good()
        lab.sent()
        old = asyncio.run(old_store(tmp_path_factory.mktemp("old"), OLDEST))
        _copy(lab.database, old.path)
        for file in Database(lab.database).files():
            file.unlink()
        lab.database.touch(0o600)
        lab.database.write_bytes(old.path.read_bytes())
        yield lab


def _copy(new: Path, old: Path) -> None:
    """Take over every row into the tables and columns that there were; keys are followed at the end."""
    source, target = sqlite3.connect(new), sqlite3.connect(old)
    tables = [str(name) for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    with target:
        for table in tables:
            if table != "alembic_version":
                names = ", ".join(f'"{name}"' for name in columns(target, table))
                rows = source.execute(f'SELECT {names} FROM "{table}"').fetchall()
                places = ", ".join("?" * len(columns(target, table)))
                target.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)
    assert target.execute("PRAGMA foreign_key_check").fetchall() == []
    target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    target.close()


@pytest.fixture
def old(old_lab: Lab) -> Iterator[Lab]:
    with copied(old_lab) as copy:
        yield copy


def test_until_it_is_upgraded_everything_says_so(old: Lab) -> None:
    with unchanged(old):
        for words in (("case", "list"), ("send", CASE), ("status",), ("ledger", "verify")):
            old.run("ada", *words).refused(f"schema {OLDEST} is older", "run 'cvdmail store upgrade'")


def test_afterwards_all_of_it_answers(old: Lab) -> None:
    counts = {table: old.rows(f'SELECT count(*) FROM "{table}"') for table in ("case", "message", "blob", "event")}
    told = old.run(None, "store", "upgrade", "--json").good().json
    assert (told["before"], told["after"]) == (OLDEST, schema.NEWEST)
    assert {table: old.rows(f'SELECT count(*) FROM "{table}"') for table in counts} == counts
    old.run("ben", "ledger", "verify").good()
    shown = old.run("ben", "case", "show", CASE, "--json").good().json
    assert shown["title"] == "Overflow in the frame parser"
    assert [one["message"]["kind"] for one in shown["messages"]] != []
    assert [one["state"] for one in shown["outbox"]] == ["sent"]
    assert "frame" in old.run("ben", "draft", "preview", "1").good().out
    with unchanged(old):
        assert old.run(None, "store", "upgrade").good().out == f"schema {schema.NEWEST} already\n"
    # And it goes on: another case, approved and queued.
    more = old.write("more.md", (old.place / "finding.md").read_text() + "\nMore.\n")
    old.run("ada", "case", "new", more).good()
    old.run("ben", "draft", "approve", "2").good()
    (mail,) = old.run("ada", "send", CASE.replace("0001", "0002"), "--json").good().json
    assert mail["state"] == "queued"


@pytest.mark.parametrize("at", [1, 2, 4, 7, 11, 0])
def test_a_kill_in_the_middle_leaves_it_as_it_was(old: Lab, at: int) -> None:
    before = Database(old.database).dump()
    words = [sys.executable, "-c", KILLER, str(at), "store", "upgrade"]
    done = subprocess.run(words, env=old.env(None), cwd=old.place, capture_output=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr
    assert Database(old.database).dump() == before
    told = old.run(None, "store", "upgrade", "--json").good().json
    assert (told["before"], told["after"]) == (OLDEST, schema.NEWEST)
    old.run("ben", "ledger", "verify").good()
