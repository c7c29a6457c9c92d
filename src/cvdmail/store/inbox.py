"""Mails: their bytes, where they were seen, what was made of them; cursors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import MessageId
from cvdmail.core.records import (
    Cursor,
    Direction,
    MessageRecord,
    MessageState,
    OutboundMail,
)
from cvdmail.core.seal import Place
from cvdmail.core.trust import Trust
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import filing, mailbox_cursor, message, participant, sighting
from cvdmail.store.vault import SealedValues


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a mailbox (RFC 9051 section 2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of a mail, to be written over its ``stored`` row."""

    state: MessageState
    message_id: MessageId | None = None
    body_sha256: str | None = None
    kind: MailKind | None = None
    trust: Trust | None = None
    signature: SignatureState | None = None
    signature_fingerprint: str | None = None
    encrypted: bool | None = None
    why: str | None = None
    reading: Mapping[str, Any] | None = field(default=None, repr=False)
    inner: bytes | None = field(default=None, repr=False)
    signed_sha256: str | None = None


class Inbox:
    """The mails of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def store(
        self, raw: bytes, position: Position | None, scope: int, now: datetime, received_at: datetime
    ) -> tuple[int, bool]:
        """Commit the bytes of an inbound mail before anything looks at them; return (row, whether it is new).

        The same bytes are kept once, however often and wherever they are seen; a place already seen adds nothing.
        """
        if position is not None:
            at = [sighting.c[name] == getattr(position, name) for name in ("account", "folder", "uidvalidity", "uid")]
            known = await self._connection.scalar(sa.select(sighting.c.message).where(*at))
            if known is not None:
                return int(known), False
        digest = hashlib.sha256(raw).hexdigest()
        same = await self._connection.scalar(
            sa.select(message.c.id).where(message.c.direction == Direction.INBOUND, message.c.sha256 == digest)
        )
        row = int(same) if same is not None else await self._rows.next(message)
        if same is None:
            values = {
                "id": row,
                "direction": Direction.INBOUND,
                "state": MessageState.STORED,
                "sha256": digest,
                "received_at": received_at,
                "tries": 0,
            }
            await self._connection.execute(sa.insert(message).values(**values))
            await self._sealed.put(scope, Place("message", "raw", row), raw)
        if position is not None:
            await self._connection.execute(
                sa.insert(sighting).values(
                    id=await self._rows.next(sighting),
                    message=row,
                    account=position.account,
                    folder=position.folder,
                    uidvalidity=position.uidvalidity,
                    uid=position.uid,
                    seen_at=now,
                )
            )
        return row, same is None

    async def store_outbound(self, mails: Sequence[OutboundMail], by: str, now: datetime) -> list[int]:
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

    async def select(
        self,
        row: int | None = None,
        states: Collection[MessageState] = (),
        case_row: int | None = None,
        limit: int | None = None,
        sha256: str | None = None,
    ) -> list[MessageRecord]:
        """Return mails, oldest first."""
        query = sa.select(message).order_by(message.c.id)
        if row is not None:
            query = query.where(message.c.id == row)
        if sha256 is not None:
            query = query.where(message.c.sha256 == sha256, message.c.direction == Direction.INBOUND)
        if states:
            query = query.where(message.c.state.in_(states))
        if case_row is not None:
            filed = (
                sa.select(filing.c.message)
                .join(participant, participant.c.id == filing.c.participant)
                .where(participant.c.case == case_row, filing.c.ended_at.is_(None))
            )
            query = query.where(message.c.id.in_(filed))
        if limit is not None:
            query = query.limit(limit)
        return [_record(one) for one in await self._connection.execute(query)]

    async def latest_sent(self, count: int) -> list[MessageRecord]:
        """Return the mails that were made last, newest first."""
        query = sa.select(message).where(message.c.direction == Direction.OUTBOUND)
        query = query.order_by(message.c.id.desc()).limit(count)
        return [_record(one) for one in await self._connection.execute(query)]

    async def raws(self, rows: Sequence[int]) -> dict[int, bytes]:
        """Return the bytes of several mails; erased ones are left out."""
        return await self._sealed.get_many("message", "raw", list(rows))

    async def get(self, row: int) -> MessageRecord:
        """Return one mail; raise ``NotFound``."""
        found = await self.select(row=row)
        if not found:
            raise NotFound(f"message {row}", "there is no such message", "see 'cvdmail pen list'")
        return found[0]

    async def raw(self, row: int) -> bytes:
        """Return the bytes of a mail as they came or left."""
        return await self._sealed.get(Place("message", "raw", row))

    async def inner(self, row: int) -> bytes | None:
        """Return the decrypted entity of an encrypted mail, if it could be opened."""
        return (await self._sealed.get_many("message", "inner", [row])).get(row)

    async def readings(self, rows: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return what was read out of mails (subject, sender, new text ...), by row."""
        found = await self._sealed.get_many("message", "reading", list(rows))
        return {row: json.loads(data) for row, data in found.items()}

    async def count_try(self, row: int) -> int:
        """Count one more try at reading a mail; return how many there were."""
        await self._connection.execute(sa.update(message).where(message.c.id == row).values(tries=message.c.tries + 1))
        return int(await self._connection.scalar(sa.select(message.c.tries).where(message.c.id == row)) or 0)

    async def uncount_try(self, row: int) -> None:
        """Take back a try that failed for a reason of ours."""
        await self._connection.execute(
            sa.update(message).where(message.c.id == row, message.c.tries > 0).values(tries=message.c.tries - 1)
        )

    async def settle(self, row: int, outcome: Outcome, scope: int) -> None:
        """Write what was made of a mail, its reading sealed under ``scope``."""
        values = {
            "state": outcome.state,
            "message_id": str(outcome.message_id) if outcome.message_id else None,
            "body_sha256": outcome.body_sha256,
            "kind": outcome.kind,
            "trust": outcome.trust,
            "signature": outcome.signature,
            "signature_fingerprint": outcome.signature_fingerprint,
            "encrypted": outcome.encrypted,
            "why": outcome.why,
            "signed_sha256": outcome.signed_sha256,
        }
        await self._connection.execute(sa.update(message).where(message.c.id == row).values(**values))
        if outcome.reading is not None:
            place = Place("message", "reading", row)
            await self._sealed.replace(scope, place, json.dumps(outcome.reading).encode())
        if outcome.inner is not None:
            await self._sealed.replace(scope, Place("message", "inner", row), outcome.inner)

    async def set_state(self, row: int, state: MessageState) -> None:
        """Move a mail on after a person's decision."""
        await self._connection.execute(sa.update(message).where(message.c.id == row).values(state=state))

    async def by_message_id(self, message_id: MessageId) -> list[tuple[MessageRecord, str | None]]:
        """Return the mails with this Message-ID, either direction, with the hash of their bodies."""
        query = sa.select(message).where(message.c.message_id == str(message_id)).order_by(message.c.id)
        return [(_record(one), one.body_sha256) for one in await self._connection.execute(query)]

    async def signed_before(self, signed_sha256: str, row: int) -> bool:
        """Say whether another mail brought the same signed text already."""
        where = sa.and_(message.c.signed_sha256 == signed_sha256, message.c.id != row)
        return await self._connection.scalar(sa.select(message.c.id).where(where).limit(1)) is not None

    async def store_unfetched(self, position: Position, scope: int, now: datetime, why: str) -> None:
        """Note a mail that the server has and does not hand over, so that a person sees it in the pen."""
        name = f"{position.account}\0{position.folder}\0{position.uidvalidity}\0{position.uid}"
        row = await self._rows.next(message)
        values = {
            "id": row,
            "direction": Direction.INBOUND,
            "state": MessageState.UNPARSED,
            "sha256": hashlib.sha256(name.encode()).hexdigest(),
            "received_at": now,
            "tries": 0,
            "why": why,
        }
        await self._connection.execute(sa.insert(message).values(**values))
        await self._sealed.put(scope, Place("message", "raw", row), b"")
        seen = {"id": await self._rows.next(sighting), "message": row, "seen_at": now}
        names = ("account", "folder", "uidvalidity", "uid")
        seen |= {name: getattr(position, name) for name in names}
        await self._connection.execute(sa.insert(sighting).values(**seen))

    async def count_refusal(self, account: str, folder: str, uid: int) -> int:
        """Count one more time that the server did not hand over a mail; return how often in a row."""
        where = sa.and_(mailbox_cursor.c.account == account, mailbox_cursor.c.folder == folder)
        found = (await self._connection.execute(sa.select(mailbox_cursor).where(where))).one()
        times = found.refused_times + 1 if found.refused_uid == uid else 1
        await self._connection.execute(
            sa.update(mailbox_cursor).where(where).values(refused_uid=uid, refused_times=times)
        )
        return int(times)

    async def cursor(self, account: str, folder: str) -> Cursor | None:
        """Return how far a folder has been read."""
        found = (
            await self._connection.execute(
                sa.select(mailbox_cursor).where(mailbox_cursor.c.account == account, mailbox_cursor.c.folder == folder)
            )
        ).first()
        if found is None:
            return None
        return Cursor(found.account, found.folder, found.uidvalidity, found.last_uid, found.last_sync_at)

    async def cursors(self) -> list[Cursor]:
        """Return every cursor."""
        found = await self._connection.execute(sa.select(mailbox_cursor).order_by(mailbox_cursor.c.folder))
        return [Cursor(one.account, one.folder, one.uidvalidity, one.last_uid, one.last_sync_at) for one in found]

    async def move_cursor(self, account: str, folder: str, uidvalidity: int, last_uid: int, now: datetime) -> None:
        """Set how far a folder has been read, in the transaction that stored the mails up to there."""
        where = sa.and_(mailbox_cursor.c.account == account, mailbox_cursor.c.folder == folder)
        values = {"uidvalidity": uidvalidity, "last_uid": last_uid, "last_sync_at": now}
        done = await self._connection.execute(sa.update(mailbox_cursor).where(where).values(**values))
        if not done.rowcount:
            await self._connection.execute(sa.insert(mailbox_cursor).values(account=account, folder=folder, **values))

    async def count(self, state: MessageState) -> int:
        """Return how many mails are in a state."""
        query = sa.select(sa.func.count()).select_from(message).where(message.c.state == state)
        return int(await self._connection.scalar(query) or 0)


def _record(one: Any) -> MessageRecord:
    return MessageRecord(
        one.id,
        one.direction,
        one.state,
        one.sha256,
        MessageId(one.message_id) if one.message_id else None,
        one.received_at,
        one.kind,
        one.trust,
        SignatureState(one.signature) if one.signature else None,
        one.signature_fingerprint,
        one.encrypted,
        one.tries,
        one.why,
    )
