"""Traces: what a participant's later mail may be recognised by, as keyed hashes that nobody can read back.

A value is kept for no more than ``COMMON`` participants: one that so many share says nothing, and is left out of every
answer.  So a look-up through the index costs the same however much is stored, and the table does not grow with what
everybody writes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

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
MOST_ASKED = 64


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
        asked = list(traits)[:MOST_ASKED]
        if not asked:
            return [], {}
        await self.flush()
        by_mac = dict(zip(await self._macs(asked), asked, strict=True))
        found: dict[str, list[int]] = {}
        cases: dict[int, CaseId] = {}
        for row, mac, year, number in await self._connection.execute(_LOOK_UP, {"macs": list(by_mac)}):
            found.setdefault(mac, []).append(row)
            if row not in cases:
                cases[row] = CaseId(year, number)
        shared = [
            Shared(one, by_mac[mac], len(people))
            for mac, people in found.items()
            if len(people) < COMMON
            for one in people
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
            {"row": await self._rows.next(trace), "party": row, "of": one.kind.value, "mac": mac}
            for (row, one), mac in zip(waiting, macs, strict=True)
        ]
        await self._connection.execute(_insert(self._connection.dialect.name), values)

    async def left(self, ids: Collection[MessageId]) -> set[MessageId]:
        """Return those of these mails that are known to have left their threads."""
        asked = {Trait(TraceKind.LEFT, str(one)): one for one in ids}
        found: set[MessageId] = set()
        traits = list(asked)
        for start in range(0, len(traits), MOST_ASKED):
            shared, _ = await self.look_up(traits[start : start + MOST_ASKED])
            found |= {asked[one.trait] for one in shared}
        return found

    async def _macs(self, traits: Sequence[Trait]) -> list[str]:
        macs = await self._sealed.macs([(f"trace {one.kind.value}", one.value) for one in traits])
        return [mac[:MAC_DIGITS] for mac in macs]


_LOOK_UP = (
    sa.select(trace.c.participant, trace.c.value_mac, case.c.year, case.c.number)
    .join(participant, participant.c.id == trace.c.participant)
    .join(case, case.c.id == participant.c.case)
    .where(trace.c.value_mac.in_(sa.bindparam("macs", expanding=True)), case.c.erased_at.is_(None))
)


@cache
def _insert(dialect: str) -> sa.Insert:
    """Insert one trace, unless it is there or ``COMMON`` participants share the value already."""
    some = sa.select(trace.c.id).where(trace.c.value_mac == sa.bindparam("mac")).limit(sa.literal_column(str(COMMON)))
    sharing = sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()
    values = sa.select(
        sa.bindparam("row", type_=sa.Integer),
        sa.bindparam("party", type_=sa.Integer),
        sa.bindparam("of", type_=sa.String),
        sa.bindparam("mac", type_=sa.String),
    ).where(sharing < COMMON)
    columns = ["id", "participant", "kind", "value_mac"]
    if dialect == "postgresql":
        return postgresql.insert(trace).from_select(columns, values).on_conflict_do_nothing()
    return sqlite.insert(trace).from_select(columns, values).on_conflict_do_nothing()
