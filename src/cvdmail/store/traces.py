"""Traces: what a participant's later mail may be recognised by, as keyed hashes that nobody can read back.

A look-up costs the same however much is stored: every value is asked for through the index and no more than a few of
its rows are fetched; a value that more participants share than that says nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.ids import CaseId, MessageId
from cvdmail.core.matching import TraceKind
from cvdmail.core.similarity import COMMON, Shared, Trait
from cvdmail.store.rows import Rows
from cvdmail.store.tables import case, participant, trace
from cvdmail.store.vault import SealedValues

MAC_DIGITS = 24
"""Hex digits kept of a hash: 96 bits, far from a chance hit among everything that is ever stored."""
_SIZES = (1, 2, 4, 8, 16, 24, 32, 48, 64)
"""How many values one statement asks for: few shapes, so that each is compiled once."""


class Traces:
    """The traces of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed
        self._waiting: list[tuple[int, Trait]] = []

    async def look_up(self, traits: Collection[Trait]) -> tuple[list[Shared], dict[int, CaseId]]:
        """Return who shares which of ``traits``, and the case of each such participant; erased cases are left out.

        A trait of ``COMMON`` participants or more is left out.  One statement; at most 64 traits.
        """
        asked = list(traits)[: _SIZES[-1]]
        if not asked:
            return [], {}
        await self.flush()
        by_mac = dict(zip(await self._macs(asked), asked, strict=True))
        size = next(one for one in _SIZES if one >= len(by_mac))
        macs = [*by_mac, *[""] * (size - len(by_mac))]
        values = {f"mac{number}": mac for number, mac in enumerate(macs)}
        found: dict[str, list[int]] = {}
        cases: dict[int, CaseId] = {}
        for row in await self._connection.execute(_look_up(size), values):
            found.setdefault(row.value_mac, []).append(int(row.participant))
            if row.erased_at is None:
                cases[int(row.participant)] = CaseId(row.year, row.number)
        shared = [
            Shared(one, by_mac[mac], len(people))
            for mac, people in found.items()
            if len(people) < COMMON
            for one in people
            if one in cases
        ]
        return shared, cases

    async def learn(self, found: Sequence[tuple[int, Trait]]) -> None:
        """Remember traits of participants (by row); what is known is left alone.  :meth:`flush` writes them."""
        self._waiting += found

    async def flush(self) -> None:
        """Write what was learned, by one statement: before the next look-up, and before the transaction commits."""
        if not self._waiting:
            return
        waiting, self._waiting = list(dict.fromkeys(self._waiting)), []
        macs = await self._macs([one for _, one in waiting])
        values = [
            {"id": await self._rows.next(trace), "participant": row, "kind": one.kind, "value_mac": mac}
            for (row, one), mac in zip(waiting, macs, strict=True)
        ]
        await self._connection.execute(_insert(self._connection.dialect.name), values)

    async def left(self, ids: Collection[MessageId]) -> set[MessageId]:
        """Return those of these mails that are known to have left their threads."""
        asked = {Trait(TraceKind.LEFT, str(one)): one for one in ids}
        found: set[MessageId] = set()
        traits = list(asked)
        for start in range(0, len(traits), _SIZES[-1]):
            shared, _ = await self.look_up(traits[start : start + _SIZES[-1]])
            found |= {asked[one.trait] for one in shared}
        return found

    async def _macs(self, traits: Sequence[Trait]) -> list[str]:
        macs = await self._sealed.macs([(f"trace {one.kind.value}", one.value) for one in traits])
        return [mac[:MAC_DIGITS] for mac in macs]


@cache
def _look_up(size: int) -> sa.Select[Any]:
    """Ask for a few rows of each of ``size`` values: a limit of its own for each, so that no common value is read."""
    each = [
        sa.select(trace.c.participant, trace.c.value_mac)
        .where(trace.c.value_mac == sa.bindparam(f"mac{number}", type_=sa.String))
        .limit(sa.literal_column(str(COMMON)))
        .subquery()
        for number in range(size)
    ]
    some = sa.union_all(*(sa.select(one) for one in each)).subquery()
    return (
        sa.select(some.c.participant, some.c.value_mac, case.c.year, case.c.number, case.c.erased_at)
        .join(participant, participant.c.id == some.c.participant)
        .join(case, case.c.id == participant.c.case)
    )


@cache
def _insert(dialect: str) -> sa.Insert:
    """Insert, or leave what is there."""
    if dialect == "postgresql":
        return postgresql.insert(trace).on_conflict_do_nothing()
    return sqlite.insert(trace).on_conflict_do_nothing()
