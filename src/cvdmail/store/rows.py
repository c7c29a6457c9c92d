"""Row numbers, known before the row is written."""

from __future__ import annotations

import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


@functools.cache
def _highest(tables: tuple[sa.Table, ...]) -> sa.Select[Any]:
    highest = [sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)).scalar_subquery() for table in tables]
    return sa.select(*highest)


class Rows:
    """Hands out row numbers: the next after the highest, counted on inside one transaction.

    Writers are strictly one after another (``BEGIN IMMEDIATE``, or the advisory lock), so a number is never given
    twice; rows are never deleted, so it is never given again.  It must be known before the row is written, because
    sealed values are bound to it.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._last: dict[str, int] = {}

    async def look_up(self, *tables: sa.Table) -> None:
        """Ask for the highest numbers of several tables at once, where they are not known yet."""
        asked = [table for table in tables if table.name not in self._last]
        if asked:
            found = (await self._connection.execute(_highest(tuple(asked)))).one()
            self._last |= {table.name: int(found[place]) for place, table in enumerate(asked)}

    async def next(self, table: sa.Table) -> int:
        """Return the number of the next row of ``table``."""
        if table.name not in self._last:
            await self.look_up(table)
        self._last[table.name] += 1
        return self._last[table.name]
