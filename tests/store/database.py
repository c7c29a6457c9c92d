"""A sealed store in a temporary folder: the real schema, made once a session and copied for every test."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cvdmail.core.drafts import Content, Letter
from cvdmail.core.ids import Address, Fingerprint, MessageId
from cvdmail.core.records import CaseRecord, NewMail, OutboundMail, ParticipantRecord, Role, ScopeKind
from cvdmail.core.report import Origin
from cvdmail.core.seal import Place
from cvdmail.store import schema
from cvdmail.store.engine import Engines
from cvdmail.store.scopes import create_store_key
from cvdmail.store.transaction import Store, Transaction
from cvdmail.store.vault import Vault

NOW = datetime(2026, 6, 12, 10, 0, tzinfo=UTC)
ADA = Fingerprint("A" * 40)
STORE_KEY = bytes(range(32))


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Database:
    """One database file, and ways to look at it from outside."""

    path: Path

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.path}"

    def files(self) -> list[Path]:
        """The file and its companions (-wal, -shm)."""
        return sorted(self.path.parent.glob(self.path.name + "*"))

    def on_disk(self) -> bytes:
        """Everything that is on disk now."""
        return b"".join(file.read_bytes() for file in self.files())

    def dump(self) -> list[str]:
        """The whole content as SQL: two equal dumps mean that nothing has changed."""
        with sqlite3.connect(self.path) as connection:
            lines = list(connection.iterdump())
        connection.close()
        return lines

    def count(self, table: str) -> int:
        connection = sqlite3.connect(self.path)
        try:
            (found,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        finally:
            connection.close()
        return int(found)

    @asynccontextmanager
    async def engines(self, busy_seconds: float = 20) -> AsyncIterator[Engines]:
        engines = Engines(self.url, busy_seconds)
        try:
            yield engines
        finally:
            await engines.close()

    @asynccontextmanager
    async def store(self, key: bytes = STORE_KEY, busy_seconds: float = 20) -> AsyncIterator[Store]:
        """The store, opened as another process would: with an empty vault that knows the store key."""
        async with self.engines(busy_seconds) as engines:
            yield Store(engines, Vault(key))

    def copied(self, folder: Path) -> Database:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / self.path.name
        shutil.copyfile(self.path, target)
        target.chmod(0o600)
        return Database(target)


async def founded(folder: Path) -> Database:
    """A new database: schema, store key, the pen's key."""
    database = Database(folder / "c.db")
    os.close(os.open(database.path, os.O_CREAT, 0o600))
    async with database.engines() as engines:
        async with engines.rebuild() as connection:
            await schema.upgrade(connection)
            await create_store_key(connection, b"an OpenPGP message", NOW)
        async with Store(engines, Vault(STORE_KEY)).write() as tx:
            await tx.scopes.create(ScopeKind.PEN, NOW)
        await engines.checkpoint()
    return database


async def open_case(tx: Transaction, title: str = "a title", vendor: str = "vendor.example") -> tuple[CaseRecord, int]:
    """A case with its key and its sealed title; return it and its scope."""
    case = await tx.cases.open(NOW, Origin.ENGINEER, None, ADA, "0" * 64)
    scope = await tx.scopes.create(ScopeKind.CASE, NOW, case.row)
    await tx.sealed.put(scope, Place("case", "title", case.row), title.encode())
    return case, scope


async def add_party(tx: Transaction, case: CaseRecord, vendor: str = "vendor.example") -> ParticipantRecord:
    return await tx.cases.add_participant(case, Role.VENDOR, vendor, NOW)


async def write_draft(tx: Transaction, party: ParticipantRecord, scope: int, text: str = "a text") -> int:
    return await tx.drafts.write(party.row, Letter.REPORT, ADA, scope, Content("a subject", text, "00" * 16), NOW)


def traces(haystack: bytes, needles: Iterable[bytes]) -> list[bytes]:
    """Which of ``needles`` are in ``haystack``."""
    return [needle for needle in needles if needle in haystack]


async def queue(tx: Transaction, draft: int, party: int, *addresses: Address) -> int:
    """Put one mail into the outbox; return its row."""
    (row,) = await tx.outbox.queue([NewMail(draft, party, addresses, 45)], NOW)
    return row


async def store_outbound(tx: Transaction, raw: bytes, scope: int, message_id: str = "1@lab.example") -> int:
    """Keep the bytes of an outbound mail without filing it; return its row."""
    (row,) = await tx.sent.store([OutboundMail(raw, MessageId(message_id), None, scope, {}, True)], "daemon", NOW)
    return row
