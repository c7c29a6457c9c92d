"""The schema: what the migrations make is what tables.py says; newer, older and half-made ones are refused."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from cvdmail.errors import StoreUnavailable
from cvdmail.store import schema
from cvdmail.store.tables import metadata
from store.database import Database

CONTRACT = {
    *("case", "participant", "contact", "contact_evidence", "pinned_key", "message", "filing", "fact", "promise"),
    *("draft", "approval", "outbox", "attempt", "event", "blob", "scope_key", "mailbox_cursor", "lease"),
}


async def test_migrations_make_what_the_tables_say(database: Database) -> None:
    def compare(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with database.engines() as engines, engines.read() as connection:
        assert await connection.run_sync(compare) == []
    assert set(metadata.tables) >= CONTRACT


async def test_migrations_make_the_very_constraints_of_the_tables(database: Database, tmp_path: Path) -> None:
    """Alembic does not compare CHECK constraints: the statements themselves must be the same, clause by clause."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'by-tables.db'}")
    metadata.create_all(engine)
    engine.dispose()
    assert _clauses(database.path) == _clauses(tmp_path / "by-tables.db")


def _clauses(path: Path) -> dict[str, set[str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {
        name: {" ".join(line.split()).strip(" ,)(").replace('"', "").lower() for line in re.split(r"[\n]", sql)}
        for name, sql in rows
        if name != "alembic_version"
    }


async def test_the_program_knows_its_own_versions(database: Database) -> None:
    assert schema.newest() == schema.NEWEST
    versions = Path(schema.__file__).parent / "migrations" / "versions"
    files = {file.stem[1:5] for file in versions.glob("v[0-9]*.py")}
    assert files == {schema.NEWEST} | schema.OLDER
    async with database.engines() as engines:
        async with engines.read() as connection:
            assert await schema.current(connection) == schema.NEWEST
            await schema.check(connection)
        before = database.dump()
        async with engines.write() as connection:
            assert await schema.upgrade(connection) == (schema.NEWEST, schema.NEWEST)
    assert database.dump() == before


async def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    await _set_version(database, "9999")
    before = database.dump()
    async with database.engines() as engines:
        with pytest.raises(StoreUnavailable, match="newer than") as by_check:
            async with engines.read() as connection:
                await schema.check(connection)
        with pytest.raises(StoreUnavailable, match="newer than") as by_upgrade:
            async with engines.write() as connection:
                await schema.upgrade(connection)
    assert database.dump() == before
    for problem in (by_check.value, by_upgrade.value):
        assert len(problem.line().splitlines()) == 1
        assert "use the newer program" in problem.line()


async def test_an_older_schema_asks_for_the_upgrade(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no older one yet: the program is told of one."""
    monkeypatch.setattr(schema, "OLDER", frozenset({"0000"}))
    await _set_version(database, "0000")
    async with database.engines() as engines:
        with pytest.raises(StoreUnavailable, match="cvdmail store upgrade"):
            async with engines.read() as connection:
                await schema.check(connection)


@pytest.mark.parametrize("content", ["", "CREATE TABLE songs (title TEXT);", "CREATE TABLE alembic_version (x TEXT);"])
async def test_a_database_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    database = Database(tmp_path / "songs.db")
    connection = sqlite3.connect(database.path)
    connection.executescript(content)
    connection.close()
    async with database.engines() as engines:
        with pytest.raises(StoreUnavailable, match="holds no cvdmail store"):
            async with engines.read() as reading:
                await schema.check(reading)


async def _set_version(database: Database, version: str) -> None:
    async with database.engines() as engines, engines.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": version})


@contextmanager
def breaking(at: int) -> Iterator[list[str]]:
    """Let the connection break at the n-th statement that changes the schema; yields the statements before it."""
    passed: list[str] = []

    def look(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE")):
            if len(passed) == at:
                raise sqlite3.OperationalError("the wire was cut")
            passed.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", look)
    try:
        yield passed
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", look)


@pytest.mark.parametrize("at", [1, 2, 12, 30])
async def test_a_migration_that_breaks_half_way_leaves_nothing(tmp_path: Path, at: int) -> None:
    database = Database(tmp_path / "new.db")
    async with database.engines() as engines:
        with breaking(at) as passed, pytest.raises((StoreUnavailable, sqlite3.OperationalError)):
            async with engines.write() as connection:
                await schema.upgrade(connection)
        assert len(passed) == at
        assert database.dump() == ["BEGIN TRANSACTION;", "COMMIT;"]
        async with engines.write() as connection:
            assert await schema.upgrade(connection) == (None, schema.NEWEST)
        async with engines.read() as connection:
            await schema.check(connection)
