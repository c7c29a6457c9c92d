"""Which version of the schema a database has, and bringing it up to ours; a newer one is refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.errors import StoreUnavailable

if TYPE_CHECKING:
    from alembic.config import Config


def _config(connection: sa.Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the version this program writes."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


async def current(connection: AsyncConnection) -> str | None:
    """Return the version of a database, None for an empty one."""
    from alembic.runtime.migration import MigrationContext

    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def check(connection: AsyncConnection) -> None:
    """Raise ``StoreUnavailable`` unless the database has exactly our version.

    Read by one statement instead of through Alembic, whose import would cost every command its start-up time.
    """
    try:
        found = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.DBAPIError:
        raise StoreUnavailable(
            "database", "it holds no cvdmail store", "run 'cvdmail init', or check [store] url"
        ) from None
    if found == NEWEST:
        return
    if found in OLDER:
        raise StoreUnavailable("database", f"its schema {found} is older than {NEWEST}", "run 'cvdmail store upgrade'")
    raise StoreUnavailable("database", f"its schema {found} is newer than {NEWEST}", "use the newer program")


NEWEST = "0004"
OLDER: frozenset[str] = frozenset({"0001", "0002", "0003"})


async def upgrade(connection: AsyncConnection) -> tuple[str | None, str]:
    """Run the missing steps in the open transaction (see ``Engines.rebuild``); return (version before, after)."""
    from alembic import command
    from alembic.script import ScriptDirectory

    before = await current(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if before is not None and before not in known:
        raise StoreUnavailable("database", f"its schema {before} is newer than {newest()}", "use the newer program")
    await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
    if connection.dialect.name == "sqlite":
        astray = (await connection.execute(sa.text("PRAGMA foreign_key_check"))).first()
        if astray is not None:
            raise StoreUnavailable("database", "a row refers to nothing; the upgrade was undone", "restore a backup")
    return before, newest()
