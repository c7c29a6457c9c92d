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
)
from cvdmail.core.seal import Place
from cvdmail.core.trust import Trust
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import blob, filing, mailbox_cursor, message, participant, sighting
from cvdmail.store.vault import SealedValues


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a mailbox (RFC 9051 section 2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as it came: its bytes, where it was seen (None: handed over as bytes), and when the server received it."""

    raw: bytes = field(repr=False)
    position: Position | None
    received_at: datetime


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
        """Do :meth:`store_all` for one mail."""
        return (await self.store_all([Arrival(raw, position, received_at)], scope, now))[0]

    async def store_all(self, mails: Sequence[Arrival], scope: int, now: datetime) -> list[tuple[int, bool]]:
        """Commit the bytes of inbound mails before anything looks at them; return (row, whether it is new) for each.

        The same bytes are kept once, however often and wherever they are seen; a place already seen adds nothing.
        """
        digests = [hashlib.sha256(mail.raw).hexdigest() for mail in mails]
        rows = await self._by_digest(digests)
        seen = await self._seen([mail.position for mail in mails if mail.position is not None])
        await self._rows.look_up(message, sighting, blob)
        new, sightings, answers = [], [], []
        for mail, digest in zip(mails, digests, strict=True):
            if mail.position is not None and mail.position in seen:
                answers.append((seen[mail.position], False))
                continue
            is_new = digest not in rows
            row = rows[digest] if digest in rows else await self._rows.next(message)
            if is_new:
                rows[digest] = row
                new.append((mail, digest, row))
            if mail.position is not None:
                seen[mail.position] = row
                sightings.append(await self._sighting(row, mail.position, now))
            answers.append((row, is_new))
        if new:
            await self._connection.execute(
                sa.insert(message), [_stored(row, digest, mail.received_at) for mail, digest, row in new]
            )
            await self._sealed.put_all([(scope, Place("message", "raw", row), mail.raw) for mail, _, row in new])
        if sightings:
            await self._connection.execute(sa.insert(sighting), sightings)
        return answers

    async def _by_digest(self, digests: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(digests), 500):
            asked = {"digests": digests[start : start + 500]}
            found |= {one.sha256: int(one.id) for one in await self._connection.execute(_SAME, asked)}
        return found

    async def _seen(self, positions: Sequence[Position]) -> dict[Position, int]:
        """Return the rows of the mails that were seen at these places."""
        found: dict[Position, int] = {}
        folders: dict[tuple[str, str, int], list[int]] = {}
        for one in positions:
            folders.setdefault((one.account, one.folder, one.uidvalidity), []).append(one.uid)
        for (account, folder, uidvalidity), uids in folders.items():
            for start in range(0, len(uids), 500):
                asked = {"account": account, "folder": folder, "uidvalidity": uidvalidity}
                rows = await self._connection.execute(_SIGHTED, asked | {"uids": uids[start : start + 500]})
                found |= {Position(account, folder, uidvalidity, row.uid): int(row.message) for row in rows}
        return found

    async def _sighting(self, row: int, at: Position, now: datetime) -> dict[str, object]:
        names = ("account", "folder", "uidvalidity", "uid")
        values = {name: getattr(at, name) for name in names}
        return {"id": await self._rows.next(sighting), "message": row, "seen_at": now, **values}

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
        return [message_record(one) for one in await self._connection.execute(query)]

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

    async def waiting(self, limit: int, rows: Sequence[int] = (), after: int = 0) -> list[tuple[int, int, int]]:
        """Return row, tries and size of mails that wait to be judged, oldest first: all behind ``after``, or these."""
        size = sa.func.length(blob.c.sealed)
        query = sa.select(message.c.id, message.c.tries, sa.func.coalesce(size, 0).label("size"))
        query = query.join(blob, sa.and_(blob.c.owner_row == message.c.id, *_RAW)).order_by(message.c.id).limit(limit)
        query = query.where(message.c.state == MessageState.STORED, message.c.id > after)
        if rows:
            query = query.where(message.c.id.in_(rows))
        return [(int(one.id), int(one.tries), int(one.size)) for one in await self._connection.execute(query)]

    async def take(self, rows: Sequence[int]) -> list[tuple[MessageRecord, bytes]]:
        """Count one more try at reading each of these mails; return those that still wait, with their bytes."""
        asked = {"rows": list(rows), "stored": MessageState.STORED}
        await self._connection.execute(_COUNT, asked)
        waiting = [message_record(one) for one in await self._connection.execute(_WAITING, asked)]
        raws = await self.raws([one.row for one in waiting])
        return [(one, raws[one.row]) for one in waiting if one.row in raws]

    async def lying_in(self, rows: Sequence[int], account: str, folder: str) -> frozenset[int]:
        """Return those of these mails that were seen in a folder."""
        asked = {"rows": list(rows), "account": account, "folder": folder}
        return frozenset(int(row) for row in await self._connection.scalars(_LYING, asked))

    async def give_back(self, rows: Sequence[int]) -> None:
        """Take back a try that failed for a reason of ours."""
        await self._connection.execute(_UNCOUNT, {"rows": list(rows)})

    async def still_waiting(self, rows: Sequence[int]) -> dict[int, MessageState]:
        """Return the states of mails as they are now."""
        found = await self._connection.execute(_STATES, {"rows": list(rows)})
        return {int(row): state for row, state in found}

    async def settle(self, row: int, outcome: Outcome, scope: int) -> None:
        """Write what was made of a mail, its reading sealed under ``scope``."""
        await self.settle_all([(row, outcome, scope)])

    async def settle_all(self, settled: Sequence[tuple[int, Outcome, int]]) -> None:
        """Write what was made of mails: row, outcome, and the scope under which what was read is sealed."""
        values = [{"row": row, **_outcome(outcome)} for row, outcome, _ in settled]
        await self._connection.execute(_SETTLE, values)
        await self._sealed.drop("message", ("reading", "inner"), [row for row, _, _ in settled])
        sealed = [
            (scope, Place("message", "reading", row), json.dumps(outcome.reading).encode())
            for row, outcome, scope in settled
            if outcome.reading is not None
        ]
        sealed += [
            (scope, Place("message", "inner", row), outcome.inner)
            for row, outcome, scope in settled
            if outcome.inner is not None
        ]
        await self._sealed.put_all(sealed)

    async def set_state(self, row: int, state: MessageState) -> None:
        """Move a mail on after a person's decision."""
        await self._connection.execute(sa.update(message).where(message.c.id == row).values(state=state))

    async def twin(self, message_id: MessageId | None, body_sha256: str | None, row: int | None = None) -> int | None:
        """Return the row of another mail, filed or sent by us, with this Message-ID and body; None without one."""
        if message_id is None or body_sha256 is None:
            return None
        settled = (MessageState.FILED, MessageState.OUTBOUND)
        found = await self.by_message_id(message_id)
        twins = (one.row for one, known in found if known == body_sha256 and one.row != row and one.state in settled)
        return next(twins, None)

    async def by_message_id(self, message_id: MessageId) -> list[tuple[MessageRecord, str | None]]:
        """Return the mails with this Message-ID, either direction, with the hash of their bodies."""
        query = sa.select(message).where(message.c.message_id == str(message_id)).order_by(message.c.id)
        return [(message_record(one), one.body_sha256) for one in await self._connection.execute(query)]

    async def store_unfetched(self, position: Position, scope: int, now: datetime, why: str) -> None:
        """Note a mail that the server has and does not hand over, so that a person sees it in the pen."""
        name = f"{position.account}\0{position.folder}\0{position.uidvalidity}\0{position.uid}"
        row = await self._rows.next(message)
        values = _stored(row, hashlib.sha256(name.encode()).hexdigest(), now)
        values |= {"state": MessageState.UNPARSED, "why": why}
        await self._connection.execute(sa.insert(message).values(**values))
        await self._sealed.put(scope, Place("message", "raw", row), b"")
        await self._connection.execute(sa.insert(sighting), [await self._sighting(row, position, now)])

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

    async def move_cursor(
        self, account: str, folder: str, uidvalidity: int, last_uid: int, now: datetime | None
    ) -> None:
        """Set how far a folder has been read, in the transaction that stored the mails up to there.

        ``now`` is given when the look is complete: it becomes the time of the last successful one.
        """
        where = sa.and_(mailbox_cursor.c.account == account, mailbox_cursor.c.folder == folder)
        values: dict[str, object] = {"uidvalidity": uidvalidity, "last_uid": last_uid}
        values |= {"last_sync_at": now} if now is not None else {}
        done = await self._connection.execute(sa.update(mailbox_cursor).where(where).values(**values))
        if not done.rowcount:
            await self._connection.execute(sa.insert(mailbox_cursor).values(account=account, folder=folder, **values))

    async def count(self, state: MessageState) -> int:
        """Return how many mails are in a state."""
        query = sa.select(sa.func.count()).select_from(message).where(message.c.state == state)
        return int(await self._connection.scalar(query) or 0)


_RAW = (blob.c.owner_table == "message", blob.c.owner_column == "raw")
# Outbound too: what we sent comes back from the Sent folder, byte for byte.
_SAME = (
    sa.select(message.c.id, message.c.sha256)
    .where(message.c.direction.in_(list(Direction)), message.c.sha256.in_(sa.bindparam("digests", expanding=True)))
    .order_by(message.c.direction.desc())  # where there are both, the inbound one counts
)
_SIGHTED = sa.select(sighting.c.uid, sighting.c.message).where(
    *(sighting.c[name] == sa.bindparam(name) for name in ("account", "folder", "uidvalidity")),
    sighting.c.uid.in_(sa.bindparam("uids", expanding=True)),
)
_ROWS = message.c.id.in_(sa.bindparam("rows", expanding=True))
_STATES = sa.select(message.c.id, message.c.state).where(_ROWS)
_COUNT = sa.update(message).where(_ROWS, message.c.state == sa.bindparam("stored")).values(tries=message.c.tries + 1)
_LYING = sa.select(sighting.c.message).where(
    sighting.c.message.in_(sa.bindparam("rows", expanding=True)),
    sighting.c.account == sa.bindparam("account"),
    sighting.c.folder == sa.bindparam("folder"),
)
_UNCOUNT = sa.update(message).where(_ROWS, message.c.tries > 0).values(tries=message.c.tries - 1)
_WAITING = sa.select(message).where(_ROWS, message.c.state == sa.bindparam("stored")).order_by(message.c.id)
_OUTCOME = (
    *("state", "message_id", "body_sha256", "kind", "trust", "signature", "signature_fingerprint", "encrypted", "why"),
    "signed_sha256",
)
_SETTLE = (
    sa.update(message)
    .where(message.c.id == sa.bindparam("row"))
    .values({name: sa.bindparam(f"new_{name}", type_=message.c[name].type) for name in _OUTCOME})
)


def _stored(row: int, digest: str, received_at: datetime) -> dict[str, object]:
    return {
        "id": row,
        "direction": Direction.INBOUND,
        "state": MessageState.STORED,
        "sha256": digest,
        "received_at": received_at,
        "tries": 0,
    }


def _outcome(outcome: Outcome) -> dict[str, object]:
    values = {f"new_{name}": getattr(outcome, name) for name in _OUTCOME}
    values["new_message_id"] = str(outcome.message_id) if outcome.message_id else None
    return values


def message_record(one: Any) -> MessageRecord:
    """Return a row of the table as what the program works with."""
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
