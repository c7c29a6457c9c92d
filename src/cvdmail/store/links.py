"""How cases hang together: merged into another one, or split off from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.case import CaseLinkKind
from cvdmail.core.history import LinkRecord
from cvdmail.core.ids import CaseId
from cvdmail.store.rows import Rows
from cvdmail.store.tables import case, case_link, participant

MAX_STEPS = 20
"""How many merges are followed; refusals keep them from going round, this keeps a damaged database from it."""


_LIVE = sa.and_(case_link.c.kind == CaseLinkKind.MERGED_INTO, case_link.c.ended_at.is_(None))
_THERE = participant.alias("there")
_NEXT = (
    sa.select(_THERE.c.id)
    .select_from(participant)
    .join(case_link, sa.and_(case_link.c.case == participant.c.case, _LIVE))
    .join(_THERE, sa.and_(_THERE.c.case == case_link.c.other, _THERE.c.vendor == participant.c.vendor))
    .where(participant.c.id == sa.bindparam("row"))
)


_NEXT_OF = (
    sa.select(participant.c.id.label("row"), _THERE.c.id.label("next"))
    .select_from(participant)
    .join(case_link, sa.and_(case_link.c.case == participant.c.case, _LIVE))
    .join(_THERE, sa.and_(_THERE.c.case == case_link.c.other, _THERE.c.vendor == participant.c.vendor))
    .where(participant.c.id.in_(sa.bindparam("rows", expanding=True)))
)


class Links:
    """The links between cases of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows) -> None:
        self._connection = connection
        self._rows = rows

    async def add(self, case_row: int, kind: CaseLinkKind, other_row: int, now: datetime) -> None:
        """Link a case to the one it was merged into or split from."""
        values = {
            "id": await self._rows.next(case_link),
            "case": case_row,
            "kind": kind,
            "other": other_row,
            "made_at": now,
        }
        await self._connection.execute(sa.insert(case_link).values(**values))

    async def end(self, row: int, now: datetime) -> None:
        """End a link: it was undone."""
        await self._connection.execute(sa.update(case_link).where(case_link.c.id == row).values(ended_at=now))

    async def of(self, case_row: int) -> list[LinkRecord]:
        """Return the living links from and to a case, oldest first."""
        one, other = case.alias("one"), case.alias("other")
        query = (
            sa.select(
                case_link.c.id,
                case_link.c.kind,
                case_link.c.made_at,
                one.c.year,
                one.c.number,
                other.c.year.label("other_year"),
                other.c.number.label("other_number"),
            )
            .join(one, one.c.id == case_link.c.case)
            .join(other, other.c.id == case_link.c.other)
            .where(case_link.c.ended_at.is_(None))
            .where(sa.or_(case_link.c.case == case_row, case_link.c.other == case_row))
            .order_by(case_link.c.id)
        )
        return [
            LinkRecord(
                int(found.id),
                CaseId(found.year, found.number),
                found.kind,
                CaseId(found.other_year, found.other_number),
                found.made_at,
            )
            for found in await self._connection.execute(query)
        ]

    async def merged(self) -> dict[int, int]:
        """Return, for each case that was merged, the row of the case that has its mails today."""
        query = sa.select(case_link.c.case, case_link.c.other).where(_LIVE)
        into = {int(one.case): int(one.other) for one in await self._connection.execute(query)}
        last = dict(into)
        for _ in range(MAX_STEPS):
            last = {row: into.get(other, other) for row, other in last.items()}
        return last

    async def resolve_all(self, participants: Collection[int]) -> dict[int, int]:
        """Return, for those whose case was merged into another, who gets their mail today; usually one query."""
        today = {row: row for row in participants}
        for _ in range(MAX_STEPS):
            found = await self._connection.execute(_NEXT_OF, {"rows": sorted(set(today.values()))})
            steps = {int(one.row): int(one.next) for one in found} if today else {}
            if not steps:
                break
            today = {row: steps.get(now, now) for row, now in today.items()}
        return {row: now for row, now in today.items() if row != now}

    async def resolve(self, participant_row: int) -> int:
        """Return who gets the mail of a participant today: after a merge, the same vendor's in the other case."""
        for _ in range(MAX_STEPS):
            found = await self._connection.scalar(_NEXT, {"row": participant_row})
            if found is None:
                break
            participant_row = int(found)
        return participant_row
