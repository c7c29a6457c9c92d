"""A store of an older schema becomes one of today's: every row is there as it was, or nothing has happened."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from cvdmail.errors import StoreUnavailable
from cvdmail.store import schema
from store.database import Database
from store.test_constraints import RIGHT
from store.test_schema import breaking

OLDER = sorted(schema.OLDER)
NEW_VALUES: dict[str, dict[str, dict[str, Any]]] = {
    "0001": {
        "draft": {"clear": 0, "address": None},
        "approval": {"manifest": None},
        "outbox": {"urgency": 45, "waits": None},
        "filing": {"ended_at": None},
        "fact": {"corrects": None},
    },
    "0002": {"filing": {"ended_at": None}, "fact": {"corrects": None}},
    "0003": {"fact": {"corrects": None}},
}


async def old_store(folder: Path, version: str) -> Database:
    """Make an empty store of an older version, by the migrations of that time."""
    database = Database(folder / f"{version}.db")
    async with database.engines() as engines, engines.rebuild() as connection:
        await connection.run_sync(lambda sync: command.upgrade(schema._config(sync), version))
    return database


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]


def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table by the names of its columns."""
    connection = sqlite3.connect(database.path)
    names = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for name in names:
        rows = connection.execute(f'SELECT * FROM "{name}"')
        found[name] = [dict(zip(columns(connection, name), row, strict=True)) for row in rows]
    connection.close()
    return found


async def filled_store(folder: Path, version: str) -> Database:
    """An old store with one right row in every table, each referring to others where it can."""
    database = await old_store(folder, version)
    with sqlite3.connect(database.path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for table, row in RIGHT.items():
            known = {name: row[name] for name in columns(connection, table) if name in row}
            if known:
                names, places = ", ".join(f'"{name}"' for name in known), ", ".join("?" * len(known))
                connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({places})', list(known.values()))
    connection.close()
    return database


async def upgrade(database: Database) -> tuple[str | None, str]:
    async with database.engines() as engines, engines.rebuild() as connection:
        return await schema.upgrade(connection)


def test_every_older_version_is_looked_at() -> None:
    assert set(NEW_VALUES) == set(OLDER)


@pytest.mark.parametrize("version", OLDER)
async def test_no_row_is_lost_and_none_is_changed(tmp_path: Path, version: str) -> None:
    database = await filled_store(tmp_path, version)
    before = rows_of(database)
    assert sum(map(len, before.values())) > 20
    assert await upgrade(database) == (version, schema.NEWEST)
    after = rows_of(database)
    for table, rows in before.items():
        if table == "alembic_version":
            continue
        new = NEW_VALUES[version].get(table, {})
        assert after[table] == [row | new for row in rows], table
    assert all(after[table] == [] for table in set(after) - set(before))


@pytest.mark.parametrize("version", OLDER)
async def test_references_and_indices_are_those_of_a_new_store(
    tmp_path: Path, database: Database, version: str
) -> None:
    old = await filled_store(tmp_path, version)
    await upgrade(old)
    connection = sqlite3.connect(old.path)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    tables = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        targets = {str(row[2]) for row in connection.execute(f'PRAGMA foreign_key_list("{table}")')}
        assert targets <= set(tables), table
    connection.execute("PRAGMA foreign_keys = ON")
    for table in ("draft", "participant", "message", "contact", '"case"'):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()
    assert _statements(old) == _statements(database)
    # Alembic finds nothing to do, and the program opens it.
    assert await upgrade(old) == (schema.NEWEST, schema.NEWEST)
    async with old.engines() as engines, engines.read() as reading:
        await schema.check(reading)


def _statements(database: Database) -> dict[str, set[str]]:
    connection = sqlite3.connect(database.path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {
        name: {" ".join(line.split()).strip(" ,)(").replace('"', "").lower() for line in re.split(r"\n", sql)}
        for name, sql in rows
        if name != "alembic_version"
    }


@pytest.mark.parametrize("at", range(0, 14, 2))
async def test_an_upgrade_that_breaks_leaves_the_old_store(tmp_path: Path, at: int) -> None:
    database = await filled_store(tmp_path, OLDER[0])
    before = database.dump()
    with breaking(at) as passed, pytest.raises((StoreUnavailable, sqlite3.OperationalError)):
        await upgrade(database)
    assert len(passed) == at
    assert database.dump() == before
    async with database.engines() as engines:
        with pytest.raises(StoreUnavailable, match="cvdmail store upgrade"):
            async with engines.read() as reading:
                await schema.check(reading)
    assert await upgrade(database) == (OLDER[0], schema.NEWEST)


async def test_a_row_that_refers_to_nothing_undoes_the_upgrade(tmp_path: Path) -> None:
    database = await filled_store(tmp_path, OLDER[-1])
    with sqlite3.connect(database.path) as connection:
        connection.execute("UPDATE approval SET draft = 99")
    connection.close()
    before = database.dump()
    with pytest.raises(StoreUnavailable, match="refers to nothing"):
        await upgrade(database)
    assert database.dump() == before


async def test_a_row_that_today_is_wrong_undoes_the_upgrade(tmp_path: Path) -> None:
    """Nobody wrote it by the program: a fact of a kind that there never was."""
    database = await filled_store(tmp_path, OLDER[-1])
    with sqlite3.connect(database.path) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE fact SET kind = 'love'")
    connection.close()
    before = database.dump()
    with pytest.raises((StoreUnavailable, sa.exc.IntegrityError)):
        await upgrade(database)
    assert database.dump() == before
