"""The outbox: mails on their way, their recipients, and every attempt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.ids import Address, CaseId
from cvdmail.core.outbox import overall
from cvdmail.core.outgoing import RecipientResult, RecipientState
from cvdmail.core.records import CopyState, OutboxRecord, RecipientRecord
from cvdmail.core.seal import Place
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import attempt, case, outbox, participant, recipient
from cvdmail.store.vault import SealedValues

_WAITING = (RecipientState.QUEUED, RecipientState.DEFERRED)


class Outbox:
    """The outbox of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def queue(self, draft_row: int, participant_row: int, addresses: list[Address], now: datetime) -> int:
        """Put an approved draft into the outbox; return its row.  A draft can be there only once (constraint)."""
        row = await self._rows.next(outbox)
        values = {
            "id": row,
            "draft": draft_row,
            "participant": participant_row,
            "state": RecipientState.QUEUED,
            "queued_at": now,
            "next_attempt_at": now,
            "sent_copy": CopyState.PENDING,
        }
        await self._connection.execute(sa.insert(outbox).values(**values))
        await self._address(row, addresses, now)
        return row

    async def requeue(self, row: int, addresses: list[Address], now: datetime) -> None:
        """Let a mail that was stopped before its bytes were made wait again, for the recipients of today."""
        await self._connection.execute(sa.delete(recipient).where(recipient.c.outbox == row))
        await self._address(row, addresses, now)
        await self.schedule(row, now, None)

    async def _address(self, row: int, addresses: list[Address], now: datetime) -> None:
        for address in addresses:
            values = {
                "id": await self._rows.next(recipient),
                "outbox": row,
                "address": str(address),
                "state": RecipientState.QUEUED,
                "at": now,
                "resent": 0,
            }
            await self._connection.execute(sa.insert(recipient).values(**values))

    async def select(
        self,
        row: int | None = None,
        case_row: int | None = None,
        due_at: datetime | None = None,
        states: tuple[RecipientState, ...] = (),
        message: int | None = None,
        limit: int | None = None,
    ) -> list[OutboxRecord]:
        """Return mails of the outbox, oldest first; ``due_at``: those with somebody waiting and not stopped."""
        query = (
            sa.select(outbox, case.c.year, case.c.number)
            .join(participant, participant.c.id == outbox.c.participant)
            .join(case, case.c.id == participant.c.case)
            .order_by(outbox.c.id)
        )
        if row is not None:
            query = query.where(outbox.c.id == row)
        if case_row is not None:
            query = query.where(participant.c.case == case_row)
        if message is not None:
            query = query.where(outbox.c.message == message)
        if states:
            query = query.where(outbox.c.state.in_(states))
        if due_at is not None:
            waiting = sa.select(recipient.c.outbox).where(recipient.c.state.in_(_WAITING))
            query = query.where(
                outbox.c.next_attempt_at <= due_at, outbox.c.stopped.is_(None), outbox.c.id.in_(waiting)
            )
        if limit is not None:
            query = query.limit(limit)
        found = (await self._connection.execute(query)).all()
        people = await self._recipients([one.id for one in found])
        return [
            OutboxRecord(
                one.id,
                one.draft,
                one.participant,
                CaseId(one.year, one.number),
                one.state,
                one.message,
                one.queued_at,
                one.next_attempt_at,
                one.sent_copy,
                one.stopped,
                tuple(people.get(one.id, ())),
            )
            for one in found
        ]

    async def _recipients(self, rows: list[int]) -> dict[int, list[RecipientRecord]]:
        found: dict[int, list[RecipientRecord]] = {}
        for start in range(0, len(rows), 500):
            query = (
                sa.select(recipient).where(recipient.c.outbox.in_(rows[start : start + 500])).order_by(recipient.c.id)
            )
            for one in await self._connection.execute(query):
                found.setdefault(one.outbox, []).append(
                    RecipientRecord(
                        one.id, Address.parse(one.address), one.state, one.stage, one.code, one.at, one.resent
                    )
                )
        return found

    async def get(self, row: int) -> OutboxRecord:
        """Return one mail; raise ``NotFound``."""
        found = await self.select(row=row)
        if not found:
            raise NotFound(f"outbox {row}", "there is no such mail", "see 'cvdmail status'")
        return found[0]

    async def freeze(self, row: int, message_row: int, now: datetime) -> bool:
        """Note that the bytes of a mail are made; from now on they never change.  False if they were made before."""
        done = await self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == row, outbox.c.message.is_(None))
            .values(message=message_row, frozen_at=now)
        )
        return done.rowcount == 1

    async def begin_attempt(self, row: int, fence: int, addresses: frozenset[Address], now: datetime) -> int:
        """Commit, before any connect, that an attempt begins; return its number."""
        last = await self._connection.scalar(
            sa.select(sa.func.coalesce(sa.func.max(attempt.c.number), 0)).where(attempt.c.outbox == row)
        )
        number = int(last or 0) + 1
        values = {
            "id": await self._rows.next(attempt),
            "outbox": row,
            "number": number,
            "fence": fence,
            "started_at": now,
        }
        await self._connection.execute(sa.insert(attempt).values(**values))
        await self._connection.execute(
            sa.update(recipient)
            .where(recipient.c.outbox == row, recipient.c.address.in_([str(address) for address in addresses]))
            .values(state=RecipientState.SENDING, at=now)
        )
        await self._show(row)
        return number

    async def finish_attempt(
        self, row: int, number: int, results: Mapping[Address, RecipientResult], scope: int | None, now: datetime
    ) -> RecipientState:
        """Commit what an attempt came to, the server's words sealed; return the state of the mail.

        ``scope`` is None for an erased case: the words are dropped.
        """
        attempt_row = await self._connection.scalar(
            sa.select(attempt.c.id).where(attempt.c.outbox == row, attempt.c.number == number)
        )
        await self._connection.execute(sa.update(attempt).where(attempt.c.id == attempt_row).values(ended_at=now))
        if scope is not None:
            answers = "\n".join(f"{address}: {result.code} {result.answer}" for address, result in results.items())
            await self._sealed.put(scope, Place("attempt", "answers", int(attempt_row or 0)), answers.encode())
        for address, result in results.items():
            await self._connection.execute(
                sa.update(recipient)
                .where(recipient.c.outbox == row, recipient.c.address == str(address))
                .values(state=result.state, stage=result.stage, code=result.code, at=now)
            )
        return await self._show(row)

    async def _show(self, row: int) -> RecipientState:
        states = list(await self._connection.scalars(sa.select(recipient.c.state).where(recipient.c.outbox == row)))
        state = overall(states)
        await self._connection.execute(sa.update(outbox).where(outbox.c.id == row).values(state=state))
        return state

    async def schedule(self, row: int, next_attempt_at: datetime, stopped: str | None) -> None:
        """Set when a mail is tried again, or why it is not."""
        await self._connection.execute(
            sa.update(outbox).where(outbox.c.id == row).values(next_attempt_at=next_attempt_at, stopped=stopped)
        )

    async def stop(self, participants: list[int], why: str, now: datetime, frozen_only: bool = False) -> list[int]:
        """Refuse every recipient of these participants' mails that still waits, for good; return the mails' rows."""
        of_them = sa.select(outbox.c.id).where(outbox.c.participant.in_(participants), outbox.c.stopped.is_(None))
        if frozen_only:
            of_them = of_them.where(outbox.c.message.is_not(None))
        waiting = sa.and_(recipient.c.outbox.in_(of_them), recipient.c.state.in_(_WAITING))
        found = await self._connection.scalars(sa.select(recipient.c.outbox).where(waiting).distinct())
        rows = [int(row) for row in found]
        await self._connection.execute(sa.update(recipient).where(waiting).values(state=RecipientState.REFUSED, at=now))
        await self._connection.execute(sa.update(outbox).where(outbox.c.id.in_(rows)).values(stopped=why))
        for row in rows:
            await self._show(row)
        return rows

    async def interrupted(self) -> list[tuple[int, int]]:
        """Return (outbox row, attempt number) of every attempt that was begun and never ended."""
        query = sa.select(attempt.c.outbox, attempt.c.number).where(attempt.c.ended_at.is_(None))
        return [(int(one.outbox), int(one.number)) for one in await self._connection.execute(query)]

    async def attempts(self, row: int) -> int:
        """Return how often a mail was tried."""
        count = await self._connection.scalar(
            sa.select(sa.func.count()).select_from(attempt).where(attempt.c.outbox == row)
        )
        return int(count or 0)

    async def resend_unknown(self, row: int, now: datetime) -> None:
        """Queue the recipients in ``unknown`` once more, with the identical bytes; each only once."""
        await self._connection.execute(
            sa.update(recipient)
            .where(
                recipient.c.outbox == row,
                recipient.c.state == RecipientState.UNKNOWN,
                recipient.c.resent == 0,
            )
            .values(state=RecipientState.QUEUED, resent=1, at=now)
        )
        await self._show(row)

    async def copies_due(self) -> list[OutboxRecord]:
        """Return the mails that left for somebody and whose copy is not yet in the Sent folder."""
        left = (RecipientState.SENT, RecipientState.UNKNOWN)
        gone = sa.select(recipient.c.outbox).where(recipient.c.state.in_(left))
        living = (
            sa.select(participant.c.id).join(case, case.c.id == participant.c.case).where(case.c.erased_at.is_(None))
        )
        query = sa.select(outbox.c.id).where(
            outbox.c.sent_copy == CopyState.PENDING,
            outbox.c.message.is_not(None),
            outbox.c.id.in_(gone),
            outbox.c.participant.in_(living),
        )
        rows = list(await self._connection.scalars(query))
        return [await self.get(int(row)) for row in rows]

    async def copy_stored(self, row: int) -> None:
        """Note that the copy is in the Sent folder."""
        await self._connection.execute(sa.update(outbox).where(outbox.c.id == row).values(sent_copy=CopyState.STORED))

    async def mark_delivery_failed(self, row: int, address: Address, now: datetime) -> bool:
        """Note a bounce: a recipient that had been served is refused after all; False if it is not one of ours."""
        done = await self._connection.execute(
            sa.update(recipient)
            .where(recipient.c.outbox == row, recipient.c.address == str(address))
            .values(state=RecipientState.REFUSED, at=now)
        )
        await self._show(row)
        return bool(done.rowcount)
