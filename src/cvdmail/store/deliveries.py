"""Deliveries by another way than mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.candidates import Channel
from cvdmail.core.deliveries import DeliveryRecord
from cvdmail.core.records import Direction
from cvdmail.core.seal import Place
from cvdmail.store.rows import Rows
from cvdmail.store.tables import delivery
from cvdmail.store.vault import SealedValues


class Deliveries:
    """The deliveries of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def add(
        self,
        participant_row: int,
        direction: Direction,
        channel: Channel,
        by: str,
        at: datetime,
        now: datetime,
        scope: int,
        reference: str,
        text: bytes | None,
    ) -> int:
        """Write a delivery, its reference and text sealed under a case's key; return its row."""
        row = await self._rows.next(delivery)
        values = {
            "id": row,
            "participant": participant_row,
            "direction": direction,
            "channel": channel,
            "recorded_by": by,
            "at": at,
            "recorded_at": now,
        }
        await self._connection.execute(sa.insert(delivery).values(**values))
        sealed = [(Place("delivery", "ref", row), reference.encode())]
        if text is not None:
            sealed.append((Place("delivery", "text", row), text))
        await self._sealed.put_many(scope, sealed)
        return row

    async def select(self, participants: Sequence[int]) -> list[DeliveryRecord]:
        """Return the deliveries of participants, in the order in which they were recorded."""
        query = sa.select(delivery).where(delivery.c.participant.in_(participants)).order_by(delivery.c.id)
        rows = (await self._connection.execute(query)).all()
        references = await self._sealed.get_many("delivery", "ref", [one.id for one in rows])
        texts = await self._sealed.get_many("delivery", "text", [one.id for one in rows])
        return [
            DeliveryRecord(
                one.id,
                one.participant,
                one.direction,
                one.channel,
                one.recorded_by,
                one.at,
                one.recorded_at,
                references[one.id].decode() if one.id in references else None,
                texts.get(one.id),
            )
            for one in rows
        ]

    async def last(self, participants: Sequence[int]) -> dict[int, dict[Direction, datetime]]:
        """Return when the last delivery of each direction was, by participant; nothing is unsealed."""
        query = (
            sa.select(delivery.c.participant, delivery.c.direction, sa.func.max(delivery.c.at).label("at"))
            .where(delivery.c.participant.in_(participants))
            .group_by(delivery.c.participant, delivery.c.direction)
        )
        found: dict[int, dict[Direction, datetime]] = {}
        for one in await self._connection.execute(query):
            found.setdefault(int(one.participant), {})[one.direction] = one.at
        return found

    async def rows(self) -> list[int]:
        """Return the number of every delivery."""
        return [int(row) for row in await self._connection.scalars(sa.select(delivery.c.id).order_by(delivery.c.id))]
