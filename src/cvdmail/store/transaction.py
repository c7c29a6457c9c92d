"""The store as jobs see it: open it, then work in transactions that commit whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.records import ScopeKind
from cvdmail.store.attempts import Attempts
from cvdmail.store.cases import Cases
from cvdmail.store.contacts import Contacts
from cvdmail.store.deliveries import Deliveries
from cvdmail.store.drafts import Drafts
from cvdmail.store.engine import Engines
from cvdmail.store.facts import Facts
from cvdmail.store.filings import Filings
from cvdmail.store.folders import Folders
from cvdmail.store.imports import Imports
from cvdmail.store.inbox import Inbox
from cvdmail.store.known import KnownMails
from cvdmail.store.leases import Leases
from cvdmail.store.ledger import Ledger
from cvdmail.store.links import Links
from cvdmail.store.outbox import Outbox
from cvdmail.store.rows import Rows
from cvdmail.store.scopes import Scopes
from cvdmail.store.sent import Sent
from cvdmail.store.sharing import Sharing
from cvdmail.store.traces import Traces
from cvdmail.store.vault import SealedValues, Vault
from cvdmail.store.verdicts import Verdicts


class Transaction:
    """One transaction, with one attribute per subject."""

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        rows = Rows(connection)
        self.sealed = SealedValues(connection, vault, rows)
        self.ledger = Ledger(connection, rows, self.sealed)
        self.sharing = Sharing(connection, rows, self.sealed)
        self.scopes = Scopes(connection, rows, vault, self.sharing)
        self.cases = Cases(connection, rows, self.sealed)
        self.contacts = Contacts(connection, rows)
        self.drafts = Drafts(connection, rows, self.sealed)
        self.deliveries = Deliveries(connection, rows, self.sealed)
        self.outbox = Outbox(connection, rows)
        self.attempts = Attempts(connection, rows, self.sealed)
        self.leases = Leases(connection)
        self.inbox = Inbox(connection, rows, self.sealed)
        self.folders = Folders(connection)
        self.sent = Sent(connection, rows, self.sealed, self.inbox)
        self.imports = Imports(connection, rows, self.sealed)
        self.traces = Traces(connection, rows, self.sealed)
        self.links = Links(connection, rows)
        self.known = KnownMails(connection, self.sealed, self.cases, self.traces, self.links)
        self.verdicts = Verdicts(connection, rows, self.sealed, self.sharing)
        self.filings = Filings(connection, rows, self.sealed, self.sharing)
        self.facts = Facts(connection, rows, self.sealed, self.sharing)

    async def pen_scope(self) -> int:
        """Return the scope key of what belongs to no case."""
        return await self.sealed.scope(ScopeKind.PEN)


class Store:
    """The database with the vault that opens it."""

    def __init__(self, engines: Engines, vault: Vault) -> None:
        self._engines = engines
        self._vault = vault

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """One writing transaction; raise ``StoreUnavailable`` when the database is locked, full or gone."""
        async with self._engines.write() as connection:
            transaction = Transaction(connection, self._vault)
            yield transaction
            await transaction.traces.flush()
            await transaction.ledger.flush()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """One reading transaction: a single state of the database."""
        async with self._engines.read() as connection:
            yield Transaction(connection, self._vault)

    async def scrub(self, seconds: float = 10) -> bool:
        """After an erasure: empty the write-ahead log, so that the erased bytes are nowhere in the files.

        Another process that reads may hold it up: after ``seconds`` of trying the answer is False.
        """
        until = asyncio.get_running_loop().time() + seconds
        while not await self._engines.checkpoint():
            if asyncio.get_running_loop().time() > until:
                return False
            await asyncio.sleep(0.2)
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self._engines.close()
