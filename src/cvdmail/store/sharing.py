"""One sealed value, several cases: a mail that is filed to more than one of them.

The value is sealed once, under a data key of its own; each case's key wraps that data key.  One wrapping stands in the
value's own row (``blob``), the others in ``blob_key``.  Erasing a case destroys its wrapping only: another one takes
its place, and the value goes with the last of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.seal import Place
from cvdmail.errors import SealBroken
from cvdmail.store.rows import Rows
from cvdmail.store.tables import blob, blob_key
from cvdmail.store.vault import SealedValues


class Sharing:
    """The further wrappings of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def scopes(self, table: str, row: int) -> list[int]:
        """Return the scopes that open every value of a row, the one in the value's own row first."""
        opening: list[set[int]] = []
        first: list[int] = []
        for one in await self._values(table, row):
            others = [key.scope for key in await self._keys(one.id) if key.wrapped_key is not None]
            first = first or [one.scope, *others]
            opening.append({one.scope, *others})
        return [scope for scope in first if all(scope in them for them in opening)]

    async def share(self, scope: int, table: str, row: int) -> None:
        """Let ``scope`` open the values of a row too; raise ``SealBroken`` if either was erased."""
        for one in await self._values(table, row):
            if one.scope == scope:
                continue
            place = Place(table, one.owner_column, row)
            again = await self._sealed.rewrapped(place, one.wrapped_key, one.scope, scope)
            known = {key.scope: key for key in await self._keys(one.id)}
            if scope not in known:
                values = {"id": await self._rows.next(blob_key), "blob": one.id, "scope": scope, "wrapped_key": again}
                await self._connection.execute(sa.insert(blob_key).values(**values))
            elif known[scope].wrapped_key is None:
                where = blob_key.c.id == known[scope].id
                await self._connection.execute(sa.update(blob_key).where(where).values(wrapped_key=again))

    async def drop(self, scope: int, table: str, row: int) -> None:
        """Take the values of a row away from ``scope``; raise ``SealBroken`` if nobody else could open them."""
        for one in await self._values(table, row):
            keys = await self._keys(one.id)
            if one.scope == scope:
                other = next((key for key in keys if key.wrapped_key is not None), None)
                if other is None:
                    raise SealBroken(f"{table} {row}", "no other case holds its key", "file it to another case first")
                await self._swap(one.id, scope, other)
            else:
                where = sa.and_(blob_key.c.blob == one.id, blob_key.c.scope == scope)
                await self._connection.execute(sa.update(blob_key).where(where).values(wrapped_key=None))

    async def only(self, scope: int, table: str, row: int) -> None:
        """Take the values of a row away from everybody but ``scope``, so that they can be replaced."""
        await self.share(scope, table, row)
        for one in await self._values(table, row):
            if one.scope != scope:
                mine = next(key for key in await self._keys(one.id) if key.scope == scope)
                await self._swap(one.id, one.scope, mine)
            await self._connection.execute(sa.delete(blob_key).where(blob_key.c.blob == one.id))

    async def let_go(self, scope: int) -> None:
        """Before a scope is erased: hand every value it shares over to another one, and destroy its wrappings."""
        shared = (
            sa.select(blob_key.c.id, blob_key.c.blob, blob_key.c.scope, blob_key.c.wrapped_key)
            .join(blob, blob.c.id == blob_key.c.blob)
            .where(blob.c.scope == scope, blob_key.c.wrapped_key.is_not(None))
            .order_by(blob_key.c.id)
        )
        done: set[int] = set()
        for key in (await self._connection.execute(shared)).all():
            if key.blob not in done:
                done.add(key.blob)
                await self._swap(key.blob, scope, key)
        await self._connection.execute(sa.update(blob_key).where(blob_key.c.scope == scope).values(wrapped_key=None))

    async def _swap(self, blob_row: int, scope: int, other: Any) -> None:
        """Let another wrapping stand in the value's own row; the one of ``scope`` is gone."""
        await self._connection.execute(
            sa.update(blob_key).where(blob_key.c.id == other.id).values(scope=scope, wrapped_key=None)
        )
        values = {"scope": other.scope, "wrapped_key": other.wrapped_key}
        await self._connection.execute(sa.update(blob).where(blob.c.id == blob_row).values(**values))

    async def _values(self, table: str, row: int) -> Sequence[Any]:
        """Return the values of a row that were not erased."""
        query = sa.select(blob.c.id, blob.c.scope, blob.c.owner_column, blob.c.wrapped_key).where(
            blob.c.owner_table == table, blob.c.owner_row == row, blob.c.wrapped_key.is_not(None)
        )
        return (await self._connection.execute(query.order_by(blob.c.id))).all()

    async def _keys(self, blob_row: int) -> Sequence[Any]:
        query = sa.select(blob_key).where(blob_key.c.blob == blob_row).order_by(blob_key.c.id)
        return (await self._connection.execute(query)).all()

    async def forget(self, table: str, column: str, rows: Collection[int]) -> None:
        """Destroy values for good, shared by nobody: what was sealed there is no longer wanted."""
        where = (blob.c.owner_table == table, blob.c.owner_column == column, blob.c.owner_row.in_(rows))
        await self._connection.execute(sa.update(blob).where(*where).values(wrapped_key=None, sealed=None))
