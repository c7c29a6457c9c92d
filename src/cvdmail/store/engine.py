"""Opening the database: pragmas, transactions, and what its errors mean.

Two engines.  Writers begin with ``BEGIN IMMEDIATE`` on a pool of one connection, so that a read followed by a write in
one transaction is isolated (the driver's default loses updates without an error); readers have a pool of their own, so
that a long read never waits for a writer.  On PostgreSQL an advisory lock gives writers the same order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from cvdmail.errors import StoreUnavailable
from cvdmail.store.sqlite_driver import Driver

BUSY_SECONDS = 20
_LOCK = 0x6376646D  # "cvdm": the advisory lock under which PostgreSQL writers queue

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)


class Engines:
    """The two engines of one database."""

    def __init__(self, url: str, busy_seconds: float = BUSY_SECONDS) -> None:
        parsed = sa.make_url(url)
        self.url = url
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self._busy_ms = int(busy_seconds * 1000)
        self._writer = self._open(parsed, size=1, begin="BEGIN IMMEDIATE")
        self._reader = self._open(parsed, size=4, begin="BEGIN")

    def _open(self, url: sa.URL, size: int, begin: str) -> AsyncEngine:
        try:
            return self._create(url, size, begin)
        except ModuleNotFoundError as missing:
            remedy = f"install it: pip install {missing.name}"
            raise StoreUnavailable("database", f"the package {missing.name} is missing", remedy) from None

    def _create(self, url: sa.URL, size: int, begin: str) -> AsyncEngine:
        engine = create_async_engine(
            url,
            **({"module": Driver()} if self.sqlite else {}),
            hide_parameters=True,  # an error must never print a value
            poolclass=AsyncAdaptedQueuePool,
            pool_size=size,
            max_overflow=0,
            pool_timeout=60,
        )
        if self.sqlite:
            sa.event.listen(engine.sync_engine, "connect", self._prepare)

            def start(connection: sa.Connection) -> None:
                connection.exec_driver_sql(begin)

            sa.event.listen(engine.sync_engine, "begin", start)
        return engine

    def _prepare(self, connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.execute(f"PRAGMA busy_timeout={self._busy_ms}")
        cursor.close()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may write; commits at the end, rolls back on any error."""
        async with translated(), self._writer.begin() as connection:
            if not self.sqlite:
                await connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection

    @asynccontextmanager
    async def rebuild(self) -> AsyncIterator[AsyncConnection]:
        """One writing transaction in which tables may be replaced: SQLite does not follow references meanwhile.

        The switch works only outside of a transaction, and whoever uses this checks the references at the end.
        """
        if not self.sqlite:
            async with self.write() as connection:
                yield connection
            return
        async with translated(), self._writer.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.execute("PRAGMA foreign_keys=OFF")
            try:
                async with connection.begin():
                    yield connection
            finally:
                await driver.execute("PRAGMA foreign_keys=ON")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that sees one state of the database and writes nothing."""
        async with translated(), self._reader.connect() as connection:
            yield connection

    async def checkpoint(self) -> bool:
        """Move everything out of SQLite's write-ahead log and empty it; False while another reader holds it."""
        if not self.sqlite:
            return True
        async with translated(), self._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            assert driver is not None
            await driver.execute("PRAGMA busy_timeout=200")  # the caller tries again; one try must not take long
            try:
                cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, _, _ = await cursor.fetchone()
                await cursor.close()
            finally:
                await driver.execute(f"PRAGMA busy_timeout={self._busy_ms}")
            return not busy

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn the driver's errors of the outside world into ``StoreUnavailable``; a broken constraint stays our bug."""
    try:
        yield
    except PoolTimeout:
        raise StoreUnavailable("database", "no connection became free in time", "try again") from None
    except (OperationalError, DBAPIError) as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError):
            raise
        name = str(getattr(error.orig, "sqlite_errorname", "") or type(error.orig).__name__)
        for code, (why, remedy) in _MEANINGS.items():
            if name.startswith(code):
                raise StoreUnavailable("database", why, remedy) from None
        raise StoreUnavailable("database", f"it answered with {name}", "see 'cvdmail doctor'") from None


_MEANINGS = {
    "SQLITE_BUSY": ("another process holds it locked", "try again; see 'cvdmail status' for who works on it"),
    "SQLITE_LOCKED": ("another process holds it locked", "try again; see 'cvdmail status' for who works on it"),
    "SQLITE_FULL": ("the disk is full; nothing was changed", "make room, then repeat the command"),
    "SQLITE_IOERR": ("the disk gave an error; nothing was changed", "check the disk, then repeat the command"),
    "SQLITE_READONLY": ("it may not be written", "check owner and permissions of the state folder"),
    "SQLITE_CANTOPEN": ("it cannot be opened", "check [store] url, or run 'cvdmail init'"),
    "SQLITE_NOTADB": ("the file is no SQLite database", "check [store] url, or restore a backup"),
    "SQLITE_CORRUPT": ("it is damaged", "restore a backup, then 'cvdmail ledger verify'"),
}
