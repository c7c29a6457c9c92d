"""Earlier verdicts: what was made of a mail before it was read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.history import VerdictRecord
from cvdmail.core.records import MessageRecord
from cvdmail.core.seal import Place
from cvdmail.store.rows import Rows
from cvdmail.store.sharing import Sharing
from cvdmail.store.tables import message, verdict
from cvdmail.store.vault import SealedValues


class Verdicts:
    """The earlier verdicts of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues, sharing: Sharing) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed
        self._sharing = sharing

    async def keep(
        self, record: MessageRecord, reading: Mapping[str, Any] | None, scopes: Sequence[int], now: datetime
    ) -> int:
        """Keep the verdict that a mail has now, before another one takes its place; return its row.

        ``scopes`` are the scope keys of the cases that the mail is filed to, or the pen's.
        """
        row = await self._rows.next(verdict)
        names = ("state", "kind", "trust", "signature", "signature_fingerprint", "encrypted", "why")
        values = {"id": row, "message": record.row, "replaced_at": now} | {
            name: getattr(record, name) for name in names
        }
        await self._connection.execute(sa.insert(verdict).values(**values))
        if reading:
            await self._sealed.put(scopes[0], Place("verdict", "reading", row), json.dumps(reading).encode())
            for scope in scopes[1:]:
                await self._sharing.share(scope, "verdict", row)
        return row

    async def rows(self, message_row: int) -> list[int]:
        """Return the rows of a mail's earlier verdicts."""
        query = sa.select(verdict.c.id).where(verdict.c.message == message_row).order_by(verdict.c.id)
        return [int(row) for row in await self._connection.scalars(query)]

    async def of(self, messages: Sequence[int]) -> dict[int, list[VerdictRecord]]:
        """Return the earlier verdicts of mails, oldest first, by row of the mail."""
        query = sa.select(verdict).where(verdict.c.message.in_(messages)).order_by(verdict.c.id)
        rows = (await self._connection.execute(query)).all()
        readings = await self._sealed.get_many("verdict", "reading", [one.id for one in rows])
        found: dict[int, list[VerdictRecord]] = {}
        for one in rows:
            record = VerdictRecord(
                one.message,
                one.replaced_at,
                one.state,
                one.kind,
                one.trust,
                one.signature,
                one.signature_fingerprint,
                one.encrypted,
                one.why,
                json.loads(readings[one.id]) if one.id in readings else {},
            )
            found.setdefault(one.message, []).append(record)
        return found

    async def signed_earlier(self, signed_sha256: str, row: int) -> bool:
        """Say whether a mail that came before brought the same signed text: then this one is a replay."""
        where = sa.and_(message.c.signed_sha256 == signed_sha256, message.c.id < row)
        return await self._connection.scalar(sa.select(message.c.id).where(where).limit(1)) is not None
