"""SQLite statements that cross to the driver's thread once.

aiosqlite gives every connection a thread of its own, and SQLAlchemy's adapter crosses over to it four times for one
statement: make a cursor, execute, fetch, close.  A crossing costs more than most statements do, so here the four are
one function that runs over there.  Nothing else changes: the loop is never blocked, rows are fetched whole as before.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.util.concurrency import await_


def _run(
    connection: sqlite3.Connection, statement: str, parameters: Any, many: bool
) -> tuple[Any, list[Any], int, int | None]:
    """Execute one statement in the driver's thread; return description, rows, row count and last row."""
    cursor = connection.cursor()
    try:
        if many:
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, () if parameters is None else parameters)
        rows = cursor.fetchall() if cursor.description else []
        return cursor.description, rows, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


class OneHopCursor:
    """The part of a DB-API cursor (PEP 249) that SQLAlchemy uses, with its rows in memory."""

    server_side = False

    def __init__(self, adapted: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapted = adapted
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    def execute(self, operation: str, parameters: Any = None) -> None:
        """Run one statement."""
        self._cross(operation, parameters, many=False)

    def executemany(self, operation: str, seq_of_parameters: Any) -> None:
        """Run one statement for each set of parameters."""
        self._cross(operation, seq_of_parameters, many=True)

    def _cross(self, operation: str, parameters: Any, many: bool) -> None:
        try:
            found = await_(self._over_there(operation, parameters, many))
        except Exception as error:
            self._adapted._handle_exception(error)
        self.description, rows, self.rowcount, self.lastrowid = found
        self._rows = deque(rows)

    async def _over_there(self, operation: str, parameters: Any, many: bool) -> Any:
        driver: Any = self._adapted._connection
        async with self._adapted._execute_mutex:
            return await driver._execute(_run, driver._conn, operation, parameters, many)

    async def _async_soft_close(self) -> None:
        """Nothing is open over there."""

    def close(self) -> None:
        """Drop the rows."""
        self._rows.clear()

    def __iter__(self) -> Iterator[Any]:
        while self._rows:
            yield self._rows.popleft()

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        """Return the next rows."""
        wanted = min(self.arraysize if size is None else size, len(self._rows))
        return [self._rows.popleft() for _ in range(wanted)]

    def fetchall(self) -> Sequence[Any]:
        """Return the rows that are left."""
        rows = list(self._rows)
        self._rows.clear()
        return rows


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = OneHopCursor  # type: ignore[assignment]  # a cursor by its methods, not by its class


class OneHopDriver(AsyncAdapt_aiosqlite_dbapi):
    """The driver module that is handed to ``create_async_engine``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        """Open a connection whose thread does not keep the program alive."""
        connection: Any = aiosqlite.connect(*arguments, **options)
        connection._thread.daemon = True
        return _Connection(self, await_(connection))
