"""What migrations share: SQLite cannot change a constraint in place, so a table is made anew and takes over its rows.

The caller has switched foreign keys off for the connection and checks them at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def enum(name: str, words: Sequence[str]) -> sa.Enum:
    """Return an enumeration column with its constraint; named in full, since a table is first made under another."""
    return sa.Enum(*words, name=op.f(f"ck_{name}"), native_enum=False, create_constraint=True, length=40)


def row_id() -> sa.Column[int]:
    """Return the number of a row."""
    return sa.Column("id", sa.Integer(), autoincrement=False, nullable=False)


def rebuild(table: str, *parts: sa.schema.SchemaItem, added: dict[str, str]) -> None:
    """Make ``table`` anew of ``parts`` and copy every row; ``added`` gives the SQL value of each new column."""
    new = f"{table}_new"
    names = [part.name for part in parts if isinstance(part, sa.Column)]
    op.create_table(new, *parts)
    into = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(added.get(name, f'"{name}"') for name in names)
    op.execute(sa.text(f'INSERT INTO "{new}" ({into}) SELECT {values} FROM "{table}"'))  # noqa: S608  # our own names
    op.drop_table(table)
    op.rename_table(new, table)
