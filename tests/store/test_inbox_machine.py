"""Receiving against a model: whatever is delivered, whenever it crashes, nothing is lost and nothing is doubled.

The machine plays a server with a folder (mails get UIDs, are moved away, the whole folder gets new numbers) and a
reader that stores batch by batch with the cursor in the same transaction, and crashes anywhere in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cvdmail.core.records import ScopeKind
from cvdmail.store.engine import Engines
from cvdmail.store.inbox import Position
from cvdmail.store.transaction import Store, Transaction
from cvdmail.store.vault import Vault
from store.database import NOW, STORE_KEY, Database

ACCOUNT, FOLDER = "lab@lab.example", "INBOX"
LETTERS = [b"Message-ID: <same@x.example>\r\n\r\n%d" % number for number in range(4)] + [b"", b"\0", b"\n" * 3000]


class Crash(Exception):
    """The power went out."""


class Receiving(RuleBasedStateMachine):
    """``folder`` is what the server shows; ``committed`` what must be in the store, by digest."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.place = Path(tempfile.mkdtemp(prefix="cvd-", dir="/tmp"))
        self.database = Database(self.place / "c.db")
        shutil.copyfile(self.template, self.database.path)
        self.folder: dict[int, bytes] = {}
        self.uidvalidity, self.next_uid = 1, 1
        self.committed: set[str] = set()
        self.sightings: dict[tuple[int, int], str] = {}
        self.cursor: tuple[int, int] | None = None
        self.expected_new = 0
        self._open()

    def _open(self) -> None:
        self.engines = self.runner.run(self._engines())
        self.store = Store(self.engines, Vault(STORE_KEY))

    async def _engines(self) -> Engines:
        return Engines(self.database.url)

    def teardown(self) -> None:
        self.runner.run(self.engines.close())
        self.runner.close()
        shutil.rmtree(self.place)

    @rule(raw=st.sampled_from(LETTERS))
    def a_mail_arrives(self, raw: bytes) -> None:
        self.folder[self.next_uid] = raw
        self.next_uid += 1

    @precondition(lambda self: self.folder)
    @rule(data=st.data())
    def a_colleague_moves_a_mail_away(self, data: st.DataObject) -> None:
        del self.folder[data.draw(st.sampled_from(sorted(self.folder)))]

    @rule()
    def the_server_loses_its_numbers(self) -> None:
        mails = list(self.folder.values())
        self.uidvalidity += 1
        self.folder = dict(enumerate(mails, start=1))
        self.next_uid = len(mails) + 1

    @rule()
    def the_program_is_killed_and_starts_again(self) -> None:
        self.runner.run(self.engines.close())
        self._open()

    @rule(batch=st.integers(1, 4), crash_after=st.none() | st.integers(0, 5))
    def the_folder_is_read(self, batch: int, crash_after: int | None) -> None:
        try:
            self.runner.run(self._read(batch, crash_after))
        except Crash:
            return
        reached = set(self.folder.values())
        assert {hashlib.sha256(raw).hexdigest() for raw in reached} <= self.committed

    async def _read(self, batch: int, crash_after: int | None) -> None:
        async with self.store.read() as tx:
            cursor = await tx.inbox.cursor(ACCOUNT, FOLDER)
        begin = cursor.last_uid if cursor is not None and cursor.uidvalidity == self.uidvalidity else 0
        uids = sorted(uid for uid in self.folder if uid > begin)
        budget = crash_after
        for start in range(0, len(uids), batch):
            piece = uids[start : start + batch]
            async with self.store.write() as tx:
                for uid in piece:
                    if budget == 0:
                        raise Crash
                    budget = budget - 1 if budget is not None else None
                    await self._keep(tx, uid)
                await tx.inbox.move_cursor(ACCOUNT, FOLDER, self.uidvalidity, piece[-1], NOW)
                if budget == 0:
                    raise Crash
            for uid in piece:
                digest = hashlib.sha256(self.folder[uid]).hexdigest()
                self.committed.add(digest)
                self.sightings[self.uidvalidity, uid] = digest
            self.cursor = (self.uidvalidity, piece[-1])

    async def _keep(self, tx: Transaction, uid: int) -> None:
        position = Position(ACCOUNT, FOLDER, self.uidvalidity, uid)
        pen = await tx.sealed.scope(ScopeKind.PEN)
        row, new = await tx.inbox.store(self.folder[uid], position, pen, NOW, NOW)
        assert await tx.inbox.raw(row) == self.folder[uid]
        digest = hashlib.sha256(self.folder[uid]).hexdigest()
        assert new or (await tx.inbox.get(row)).sha256 == digest

    @invariant()
    def nothing_is_lost_and_nothing_is_doubled(self) -> None:
        connection = sqlite3.connect(self.database.path)
        try:
            kept = [row[0] for row in connection.execute("SELECT sha256 FROM message")]
            seen = connection.execute(
                "SELECT uidvalidity, uid, sha256 FROM sighting JOIN message ON message.id = sighting.message"
            ).fetchall()
            blobs = connection.execute("SELECT count(*) FROM blob").fetchone()[0]
            cursors = connection.execute("SELECT uidvalidity, last_uid FROM mailbox_cursor").fetchall()
        finally:
            connection.close()
        assert len(kept) == len(set(kept)) == blobs
        assert set(kept) == self.committed
        assert {(uidvalidity, uid): digest for uidvalidity, uid, digest in seen} == self.sightings
        assert cursors == ([self.cursor] if self.cursor else [])


@pytest.mark.timeout(120)
def test_nothing_is_lost_and_nothing_is_doubled_machine(empty_database: Database) -> None:
    Receiving.template = empty_database.path
    run_state_machine_as_test(
        Receiving,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
