"""Old mail: whether it is here already, what it cites, and mails of ours that this program did not send."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.ids import CaseId, MessageId
from cvdmail.core.imported import CitedMail, SentMail
from cvdmail.core.records import Direction, MessageState
from cvdmail.core.seal import Place
from cvdmail.store.rows import Rows
from cvdmail.store.tables import case, filing, message, participant
from cvdmail.store.vault import SealedValues


class Imports:
    """What an import asks and writes, in one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def known(self, sha256: str) -> int | None:
        """Return the row of a mail with these bytes, inbound or outbound."""
        both = (Direction.OUTBOUND, Direction.INBOUND)
        query = sa.select(message.c.id).where(message.c.direction.in_(both), message.c.sha256 == sha256)
        row = await self._connection.scalar(query.limit(1))
        return None if row is None else int(row)

    async def cited(self, ids: Collection[MessageId]) -> list[CitedMail]:
        """Return the mails that we hold under these Message-IDs, with where they are filed; erased cases left out."""
        if not ids:
            return []
        query = (
            sa.select(
                message.c.message_id,
                message.c.id,
                message.c.direction,
                message.c.state,
                message.c.trust,
                filing.c.participant,
                case.c.year,
                case.c.number,
            )
            .outerjoin(filing, sa.and_(filing.c.message == message.c.id, filing.c.ended_at.is_(None)))
            .outerjoin(participant, participant.c.id == filing.c.participant)
            .outerjoin(case, case.c.id == participant.c.case)
            .where(message.c.message_id.in_([str(one) for one in ids]), case.c.erased_at.is_(None))
            .order_by(message.c.id, filing.c.participant)
            .limit(200)
        )
        return [
            CitedMail(
                one.message_id,
                one.id,
                one.direction,
                one.state,
                one.trust,
                one.participant,
                None if one.year is None else CaseId(one.year, one.number),
            )
            for one in await self._connection.execute(query)
        ]

    async def keep_sent(self, mail: SentMail, scope: int) -> int:
        """Write a mail of ours with its bytes and reading sealed under ``scope``; return its row."""
        row = await self._rows.next(message)
        values = {
            "id": row,
            "direction": Direction.OUTBOUND,
            "state": MessageState.OUTBOUND,
            "sha256": hashlib.sha256(mail.raw).hexdigest(),
            "body_sha256": mail.body_sha256,
            "message_id": None if mail.message_id is None else str(mail.message_id),
            "received_at": mail.sent_at,
            "kind": mail.kind,
            "encrypted": mail.encrypted,
            "tries": 0,
        }
        await self._connection.execute(sa.insert(message).values(**values))
        sealed = [
            (Place("message", "raw", row), mail.raw),
            (Place("message", "reading", row), json.dumps(mail.reading).encode()),
        ]
        if mail.inner is not None:
            sealed.append((Place("message", "inner", row), mail.inner))
        await self._sealed.put_many(scope, sealed)
        return row
