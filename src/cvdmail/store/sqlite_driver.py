"""SQLite behind SQLAlchemy's asyncio: in a thread where something may wait, on the spot where nothing can.

aiosqlite gives every connection a thread of its own, and SQLAlchemy's adapter crosses over to it four times for one
statement: make a cursor, execute, fetch, close.  A crossing costs several times what most statements do.  Here

* beginning a transaction, its first statement, committing and rolling back cross over, once each: they are where SQLite
  waits, for a lock or for the disk;
* every other statement of the transaction runs on the spot: the lock is held and the snapshot taken, so it is a matter
  of microseconds, as any other step of the program.  (One that reads very many rows takes as long as it takes to make
  objects of them, which holds the interpreter in a thread just the same.)

Rows are fetched whole, as before.
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
    """Execute one statement; return description, rows, row count and last row."""
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


async def _run_here(*what: Any) -> tuple[Any, list[Any], int, int | None]:
    """Execute one statement on the spot; SQLAlchemy insists on something to await, and this never waits."""
    return _run(*what)


class Cursor:
    """The part of a DB-API cursor (PEP 249) that SQLAlchemy uses, with its rows in memory."""

    server_side = False

    def __init__(self, adapted: Connection) -> None:
        self._adapted = adapted
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    def execute(self, operation: str, parameters: Any = None) -> None:
        """Run one statement."""
        self._execute(operation, parameters, many=False)

    def executemany(self, operation: str, seq_of_parameters: Any) -> None:
        """Run one statement for each set of parameters."""
        self._execute(operation, seq_of_parameters, many=True)

    def _execute(self, operation: str, parameters: Any, many: bool) -> None:
        driver: Any = self._adapted._connection
        try:
            if self._adapted.settled:
                found = await_(_run_here(driver._conn, operation, parameters, many))
            else:
                found = await_(driver._execute(_run, driver._conn, operation, parameters, many))
                self._adapted.note(operation)
        except Exception as error:
            self._adapted._handle_exception(error)
        self.description, rows, self.rowcount, self.lastrowid = found
        self._rows = deque(rows)

    async def _async_soft_close(self) -> None:
        """Nothing is open behind it."""

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


class Connection(AsyncAdapt_aiosqlite_connection):
    """A connection that knows whether its transaction has all the locks it needs."""

    __slots__ = ("_begun", "settled")
    _cursor_cls = Cursor  # type: ignore[assignment]  # a cursor by its methods, not by its class

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._begun = self.settled = False

    def note(self, operation: str) -> None:
        """Take note of a statement that has crossed over: is there anything left to wait for?"""
        if operation.startswith("BEGIN"):
            self._begun, self.settled = True, "IMMEDIATE" in operation
        elif self._begun:
            self.settled = True  # the first statement of a reader has taken its snapshot

    def commit(self) -> None:
        """Commit, in the thread: this is where the disk is waited for."""
        self._begun = self.settled = False
        super().commit()

    def rollback(self) -> None:
        """Undo, in the thread."""
        self._begun = self.settled = False
        super().rollback()


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """The driver module that is handed to ``create_async_engine``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        """Open a connection that two threads use in turn, and whose own does not keep the program alive."""
        connection: Any = aiosqlite.connect(*arguments, **{**options, "check_same_thread": False})
        connection._thread.daemon = True
        return Connection(self, await_(connection))
