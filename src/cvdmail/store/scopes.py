"""Scope keys: making, re-wrapping and destroying them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.records import ScopeKind
from cvdmail.errors import StoreUnavailable
from cvdmail.store.rows import Rows
from cvdmail.store.sharing import Sharing
from cvdmail.store.tables import blob, case, scope_key
from cvdmail.store.vault import Vault


class Scopes:
    """The scope keys of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, vault: Vault, sharing: Sharing) -> None:
        self._connection = connection
        self._rows = rows
        self._vault = vault
        self._sharing = sharing

    async def create(self, kind: ScopeKind, now: datetime, case_row: int | None = None) -> int:
        """Make a scope with a new random key; return its row.

        Raise ``StoreUnavailable`` if the store was sealed anew since it was opened: a key wrapped by the old store key
        could never be opened again.
        """
        await self.require_ours()
        row = await self._rows.next(scope_key)
        wrapped = self._vault.wrap_new_scope(row)
        values = {"id": row, "kind": kind, "case": case_row, "created_at": now, "wrapped": wrapped}
        await self._connection.execute(sa.insert(scope_key).values(**values))
        return row

    async def require_ours(self) -> None:
        """Raise ``StoreUnavailable`` if the store was sealed anew since it was opened."""
        if not await self.still_ours():
            raise StoreUnavailable("store", "it was sealed anew meanwhile", "run the command again")

    async def still_ours(self) -> bool:
        """Say whether the store key in memory is still the one that the database is sealed with."""
        return await read_store_key(self._connection) in (self._vault.sealed_as, None) or not self._vault.sealed_as

    async def rewrap_all(self, new: Vault) -> int:
        """Wrap every scope key by the store key of ``new``; return how many there were."""
        found = await self._connection.execute(
            sa.select(scope_key.c.id, scope_key.c.wrapped).where(
                scope_key.c.kind != ScopeKind.STORE, scope_key.c.wrapped.is_not(None)
            )
        )
        rows = found.all()
        for row, wrapped in rows:
            again = new.wrap_scope(row, self._vault.unwrap_scope(row, wrapped))
            await self._connection.execute(sa.update(scope_key).where(scope_key.c.id == row).values(wrapped=again))
        return len(rows)

    async def set_store_key(self, message: bytes, now: datetime) -> None:
        """Keep the store key, as the OpenPGP message that only the mailbox and the readers open."""
        await self._connection.execute(
            sa.update(scope_key).where(scope_key.c.kind == ScopeKind.STORE).values(wrapped=message, created_at=now)
        )

    async def erase_case(self, case_row: int, now: datetime) -> None:
        """Destroy a case's key and sealed values; rows, hashes and events stay.

        What is filed to another case too stays readable there.
        """
        where = sa.and_(scope_key.c.kind == ScopeKind.CASE, scope_key.c.case == case_row)
        row = await self._connection.scalar(sa.select(scope_key.c.id).where(where))
        await self._sharing.let_go(int(row or 0))
        await self._connection.execute(sa.update(scope_key).where(where).values(wrapped=None, erased_at=now))
        await self._connection.execute(sa.update(blob).where(blob.c.scope == row).values(wrapped_key=None, sealed=None))
        await self._connection.execute(sa.update(case).where(case.c.id == case_row).values(erased_at=now))
        self._vault.forget(int(row or 0))


async def read_store_key(connection: AsyncConnection) -> bytes | None:
    """Return the OpenPGP message that holds the store key, or None in a database without one."""
    wrapped: bytes | None = await connection.scalar(
        sa.select(scope_key.c.wrapped).where(scope_key.c.kind == ScopeKind.STORE)
    )
    return wrapped


async def create_store_key(connection: AsyncConnection, message: bytes, now: datetime) -> None:
    """Write the first row of a new database: its sealed store key."""
    await connection.execute(
        sa.insert(scope_key).values(id=1, kind=ScopeKind.STORE, case=None, created_at=now, wrapped=message)
    )
