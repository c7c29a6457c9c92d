"""Row numbers, known before the row is written."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


class Rows:
    """Hands out row numbers: the next after the highest, counted on inside one transaction.

    Writers are strictly one after another (``BEGIN IMMEDIATE``, or the advisory lock), so a number is never given
    twice; rows are never deleted, so it is never given again.  It must be known before the row is written, because
    sealed values are bound to it.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._last: dict[str, int] = {}

    async def next(self, table: sa.Table) -> int:
        """Return the number of the next row of ``table``."""
        if table.name not in self._last:
            highest = await self._connection.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)))
            self._last[table.name] = int(highest or 0)
        self._last[table.name] += 1
        return self._last[table.name]
