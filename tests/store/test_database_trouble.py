"""What a database can do to a program: locked, full, read-only, no database at all.  One clear line each."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cvdmail.core.seal import Place
from cvdmail.errors import StoreUnavailable
from cvdmail.store import schema
from cvdmail.store.engine import Engines
from cvdmail.store.transaction import Store
from store.database import NOW, Database, open_case


@pytest.fixture(autouse=True)
async def connections_end() -> AsyncIterator[None]:
    """The driver ends a connection that never came to be in a thread of its own: let it, while the loop still runs."""
    before = set(threading.enumerate())
    yield
    for _ in range(100):
        if set(threading.enumerate()) <= before:
            return
        await asyncio.sleep(0.01)


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Another process inside a writing transaction."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.communicate()


def one_line(problem: StoreUnavailable) -> str:
    line = problem.line()
    assert len(line.splitlines()) == 1
    assert problem.remedy
    return line


async def test_a_locked_database_is_told_in_one_line_and_can_still_be_read(database: Database) -> None:
    async with database.store(busy_seconds=0.2) as store:
        with held(database):
            with pytest.raises(StoreUnavailable, match="locked") as problem:
                async with store.write() as tx:
                    await open_case(tx)
            one_line(problem.value)
            async with asyncio.timeout(2), store.read() as reading:
                assert await reading.cases.select() == []
        async with store.write() as tx:
            await open_case(tx)
    assert database.count("case") == 1


async def test_a_writer_waits_for_another_as_long_as_it_was_told_to(database: Database) -> None:
    async with database.store(busy_seconds=10) as store:
        with held(database):
            waiting = asyncio.create_task(_write(store))
            await asyncio.sleep(0.3)
            assert not waiting.done()
        await waiting
    assert database.count("case") == 1


async def _write(store: Store) -> None:
    async with store.write() as tx:
        await open_case(tx)


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """A file system of that size; skipping nothing: without the right to mount, the caller takes another way."""
    place = Path(tempfile.mkdtemp(prefix="cvd-", dir="/tmp"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
        place.rmdir()


def may_mount() -> bool:
    if os.geteuid() != 0:
        return False
    try:
        with small_disk(64):
            return True
    except subprocess.CalledProcessError:
        return False


FILL = """
import asyncio, resource, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from cvdmail.core.seal import Place
from cvdmail.errors import StoreUnavailable
from store.database import Database, open_case

async def main():
    database = Database(Path(sys.argv[1]))
    before = database.dump()
    if sys.argv[3] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    async with database.store() as store:
        try:
            async with store.write() as tx:
                case, scope = await open_case(tx)
                await tx.sealed.put(scope, Place("case", "report", case.row), bytes(4_000_000))
        except StoreUnavailable as problem:
            print(problem.line())
        else:
            print("no problem?")
        async with store.read() as tx:
            assert await tx.cases.select() == []
        async with store.write() as tx:
            await open_case(tx, "a small one still fits")
        async with store.read() as tx:
            assert len(await tx.cases.select()) == 1
    assert database.dump() != before
    assert database.count("blob") == 1

asyncio.run(main())
"""


def _fill(database: Database, how: str) -> str:
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(database.path), tests, how], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_disk_that_gives_an_error_half_way_leaves_nothing(database: Database) -> None:
    line = _fill(database, "limit")
    assert "nothing was changed" in line
    assert len(line.splitlines()) == 1


def test_a_full_disk_leaves_nothing_and_the_next_mail_still_fits(database: Database) -> None:
    """On a file system of 2 MB where one may be mounted; else the same by a limit on the size of files."""
    if not may_mount():
        assert "nothing was changed" in _fill(database, "limit")
        return
    with small_disk(2000) as place:
        line = _fill(database.copied(place / "db"), "disk")
    assert "the disk is full; nothing was changed" in line
    assert len(line.splitlines()) == 1


READ_ONLY = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from cvdmail.errors import StoreUnavailable
from store.database import Database, open_case

async def write(database):
    async with database.store() as store, store.write() as tx:
        await open_case(tx)

asyncio.run(write(Database(Path(sys.argv[3]))))  # everything is imported now, while we may
if os.geteuid() == 0:
    os.setuid(65534)
try:
    asyncio.run(write(Database(Path(sys.argv[1]))))
except StoreUnavailable as problem:
    print(problem.line())
"""


def test_a_read_only_file_is_told_in_one_line(database: Database) -> None:
    """For root nothing is read-only: the process becomes somebody else before it writes."""
    folder = Path(tempfile.mkdtemp(prefix="cvd-", dir="/tmp"))
    copy = database.copied(folder / "db")
    for path, mode in ((copy.path, 0o444), (copy.path.parent, 0o555), (folder, 0o755)):
        path.chmod(mode)
    before = copy.path.read_bytes()
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", READ_ONLY, str(copy.path), tests, str(database.path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        copy.path.parent.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert copy.path.read_bytes() == before
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink()
    copy.path.parent.rmdir()
    folder.rmdir()


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"this is a letter and no database\n" * 100, "no SQLite database"), (b"\0" * 8192, "database")],
)
async def test_a_file_that_is_no_database_is_told_and_not_touched(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(content)
    engines = Engines(f"sqlite+aiosqlite:///{path}")
    try:
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match=word) as problem:
                async with engines.write() as connection:
                    await schema.upgrade(connection)
            one_line(problem.value)
    finally:
        await engines.close()
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


async def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    async with Database(tmp_path / "nowhere" / "c.db").engines() as engines:
        with pytest.raises(StoreUnavailable, match="cannot be opened") as problem:
            async with engines.read():
                pass
    one_line(problem.value)
    assert list(tmp_path.iterdir()) == []


async def test_a_damaged_database_is_told(database: Database) -> None:
    async with database.store() as store, store.write() as tx:
        for _ in range(50):
            await open_case(tx)
    data = bytearray(database.path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    database.path.write_bytes(data)
    for companion in database.files()[1:]:
        companion.unlink()
    async with database.store() as store:
        with pytest.raises(StoreUnavailable) as problem:
            async with store.write() as tx:
                await tx.sealed.put(1, Place("case", "title", 1), b"x")
    one_line(problem.value)


async def test_a_file_is_private_to_its_owner(database: Database) -> None:
    async with database.store() as store, store.write() as tx:
        await tx.inbox.move_cursor("a", "INBOX", 1, 0, NOW)
        modes = {file.stat().st_mode & 0o777 for file in database.files()}
    assert modes == {0o600}


async def test_an_opening_that_fails_leaves_no_connection_behind(tmp_path: Path) -> None:
    """Each connection of the driver is a thread: a daemon that tries again and again must not collect them."""
    path = tmp_path / "letter.db"
    path.write_bytes(b"this is a letter and no database\n" * 100)
    before = set(threading.enumerate())
    problems = []
    async with Database(path).engines() as engines:
        for _ in range(5):
            with pytest.raises(StoreUnavailable) as problem:
                async with engines.read():
                    pass
            problems.append(problem)  # what went wrong may be kept, and with it the place where it did
    for _ in range(100):
        left = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
        if not left:
            break
        await asyncio.sleep(0.01)
    assert left == []
