"""The kinds of columns that the tables are made of."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import sqlalchemy as sa

from cvdmail.core.ledger import instant, read_instant


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, kept as RFC 3339 text in UTC: readable, and sorted as time."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:
        """Write the one form of :func:`cvdmail.core.ledger.instant`."""
        return None if value is None else instant(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:
        """Read it back."""
        return None if value is None else read_instant(value)


def enum(of: type[Enum], name: str) -> sa.Enum:
    """An enumeration kept as its words, with a constraint that allows no other."""
    return sa.Enum(
        of,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def kinds(of: type[Enum]) -> sa.Enum:
    """An enumeration that will grow, without a constraint: the ledger's table is never rebuilt."""
    return sa.Enum(
        of, native_enum=False, create_constraint=False, length=40, values_callable=lambda all_: [m.value for m in all_]
    )


def row_id() -> sa.Column[int]:
    """The number of a row, given by :class:`cvdmail.store.rows.Rows` before the row is written."""
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)


def ref(name: str, table: str, nullable: bool = False, index: bool = False, unique: bool = False) -> sa.Column[int]:
    """A reference to a row of another table."""
    target = sa.ForeignKey(f"{table}.id")
    return sa.Column(name, sa.Integer, target, nullable=nullable, index=index or None, unique=unique or None)
