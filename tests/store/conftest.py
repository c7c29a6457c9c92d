"""A new sealed database for every test, copied from one that was made once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from store.database import Database, founded


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return asyncio.run(founded(tmp_path_factory.mktemp("store")))


@pytest.fixture
def database(empty_database: Database, tmp_path: Path) -> Database:
    return empty_database.copied(tmp_path / "db")
