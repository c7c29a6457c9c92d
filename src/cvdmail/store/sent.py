"""The mails that we sent, as messages; how far each got is in the outbox."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.records import Direction, MessageRecord, MessageState, OutboundMail
from cvdmail.core.seal import Place
from cvdmail.store.inbox import Inbox, message_record
from cvdmail.store.rows import Rows
from cvdmail.store.tables import filing, message, participant
from cvdmail.store.vault import SealedValues

_SENT = (
    sa.select(participant.c.case, message.c.id)
    .join(filing, filing.c.participant == participant.c.id)
    .join(message, message.c.id == filing.c.message)
    .where(
        participant.c.case.in_(sa.bindparam("cases", expanding=True)),
        # Written so that no index is tempting: a case has few mails, and we may have sent very many.
        sa.func.coalesce(message.c.direction, "") == Direction.OUTBOUND.value,
        filing.c.ended_at.is_(None),
    )
    .order_by(message.c.id)
)


class Sent:
    """The outbound mails of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues, inbox: Inbox) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed
        self._inbox = inbox

    async def store(self, mails: Sequence[OutboundMail], by: str, now: datetime) -> list[int]:
        """Commit the final bytes of outbound mails, filed to their participants; return their rows."""
        rows = [await self._rows.next(message) for _ in mails]
        values = [
            {
                "id": row,
                "direction": Direction.OUTBOUND,
                "state": MessageState.OUTBOUND,
                "sha256": hashlib.sha256(mail.raw).hexdigest(),
                "body_sha256": hashlib.sha256(mail.raw.partition(b"\r\n\r\n")[2]).hexdigest(),
                "message_id": str(mail.message_id),
                "received_at": now,
                "kind": MailKind.REPLY,
                "encrypted": mail.encrypted,
                "tries": 0,
            }
            for row, mail in zip(rows, mails, strict=True)
        ]
        filings = [
            {
                "id": await self._rows.next(filing),
                "message": row,
                "participant": mail.participant,
                "certain": True,
                "filed_at": now,
                "filed_by": by,
            }
            for row, mail in zip(rows, mails, strict=True)
            if mail.participant is not None
        ]
        await self._connection.execute(sa.insert(message), values)
        if filings:
            await self._connection.execute(sa.insert(filing), filings)
        sealed = [(mail.scope, Place("message", "raw", row), mail.raw) for row, mail in zip(rows, mails, strict=True)]
        sealed += [
            (mail.scope, Place("message", "reading", row), json.dumps(mail.reading).encode())
            for row, mail in zip(rows, mails, strict=True)
        ]
        await self._sealed.put_all(sealed)
        return rows

    async def take_over(self, rows: Sequence[int]) -> None:
        """Make outbound messages of mails that were found to be ours."""
        if rows:
            values = {"direction": Direction.OUTBOUND, "state": MessageState.OUTBOUND}
            await self._connection.execute(sa.update(message).where(message.c.id.in_(rows)).values(**values))

    async def latest(self, count: int) -> list[MessageRecord]:
        """Return the mails that were made last, newest first."""
        query = sa.select(message).where(message.c.direction == Direction.OUTBOUND)
        query = query.order_by(message.c.id.desc()).limit(count)
        return [message_record(one) for one in await self._connection.execute(query)]

    async def texts(self, case_rows: Collection[int], most: int = 50) -> dict[int, list[str]]:
        """Return the words of the first ``most`` mails that we sent in each of these cases, by case."""
        of_case: dict[int, list[int]] = {}
        if case_rows:
            for one in await self._connection.execute(_SENT, {"cases": sorted(case_rows)}):
                of_case.setdefault(one.case, []).append(one.id)
        readings = await self._inbox.readings([row for rows in of_case.values() for row in rows[:most]])
        return {
            case_row: [str(readings[row]["text"]) for row in rows[:most] if row in readings]
            for case_row, rows in of_case.items()
        }
