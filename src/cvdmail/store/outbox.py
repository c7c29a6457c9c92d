"""The outbox: mails on their way, their recipients, and every attempt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.case import RM
from cvdmail.core.drafts import Letter
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.outbox import DueMail, VendorLoad, overall
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import CopyState, NewMail, OutboxRecord, RecipientRecord
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import case, draft, outbox, participant, recipient

_WAITING = (RecipientState.QUEUED, RecipientState.DEFERRED)
_UNDONE = (*_WAITING, RecipientState.SENDING, RecipientState.UNKNOWN)


_RECIPIENTS = (
    sa.select(recipient).where(recipient.c.outbox.in_(sa.bindparam("mails", expanding=True))).order_by(recipient.c.id)
)


class Outbox:
    """The outbox of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows) -> None:
        self._connection = connection
        self._rows = rows

    async def queue(self, mails: Sequence[NewMail], now: datetime) -> list[int]:
        """Put approved drafts into the outbox; return their rows.  A draft can be there only once (constraint)."""
        rows = [await self._rows.next(outbox) for _ in mails]
        values = [
            {
                "id": row,
                "draft": mail.draft,
                "participant": mail.participant,
                "state": RecipientState.QUEUED,
                "urgency": mail.urgency,
                "queued_at": now,
                "next_attempt_at": now,
                "sent_copy": CopyState.PENDING,
            }
            for row, mail in zip(rows, mails, strict=True)
        ]
        if values:
            await self._connection.execute(sa.insert(outbox), values)
            await self._address([(row, mail.addresses) for row, mail in zip(rows, mails, strict=True)], now)
        return rows

    async def rows_of_drafts(self, drafts: Sequence[int]) -> dict[int, int]:
        """Return the outbox row of each of these drafts that has one."""
        query = sa.select(outbox.c.draft, outbox.c.id).where(outbox.c.draft.in_(drafts))
        return {int(one.draft): int(one.id) for one in await self._connection.execute(query)}

    async def requeue(self, row: int, addresses: Sequence[Address], now: datetime) -> None:
        """Let a mail that was stopped before its bytes were made wait again, for the recipients of today."""
        await self._connection.execute(sa.delete(recipient).where(recipient.c.outbox == row))
        await self._address([(row, addresses)], now)
        await self.schedule(row, now, None)

    async def _address(self, mails: Sequence[tuple[int, Sequence[Address]]], now: datetime) -> None:
        values = [
            {
                "id": await self._rows.next(recipient),
                "outbox": row,
                "address": str(address),
                "state": RecipientState.QUEUED,
                "at": now,
                "resent": 0,
            }
            for row, addresses in mails
            for address in addresses
        ]
        await self._connection.execute(sa.insert(recipient), values)

    async def due(self, now: datetime) -> list[DueMail]:
        """Return every mail with somebody waiting whose time has come, most urgent first, then oldest."""
        waiting = sa.select(recipient.c.outbox).where(recipient.c.state.in_(_WAITING))
        query = (
            sa.select(outbox.c.id, outbox.c.message, outbox.c.waits, draft.c.letter, participant.c.vendor)
            .join(draft, draft.c.id == outbox.c.draft)
            .outerjoin(participant, participant.c.id == outbox.c.participant)
            .where(outbox.c.next_attempt_at <= now, outbox.c.stopped.is_(None), outbox.c.id.in_(waiting))
            .order_by(outbox.c.urgency, outbox.c.id)
        )
        return [
            DueMail(one.id, one.vendor or "", one.letter is Letter.REPORT and one.message is None, one.waits)
            for one in await self._connection.execute(query)
        ]

    async def load(self, vendors: Collection[str], since: datetime) -> dict[str, VendorLoad]:
        """Return, for each vendor, how many reports were made since an instant, and how many it still has open."""
        reports = (
            sa.select(participant.c.vendor, outbox.c.frozen_at, participant.c.rm, case.c.closed_at)
            .join(participant, participant.c.id == outbox.c.participant)
            .join(case, case.c.id == participant.c.case)
            .join(draft, draft.c.id == outbox.c.draft)
            .where(draft.c.letter == Letter.REPORT, outbox.c.frozen_at.is_not(None), participant.c.removed_at.is_(None))
        )
        found: dict[str, VendorLoad] = {}
        for one in await self._connection.execute(reports):
            if one.vendor not in vendors:
                continue
            known = found.get(one.vendor, VendorLoad(0, 0))
            live = one.closed_at is None and one.rm is not RM.CLOSED
            found[one.vendor] = VendorLoad(known.recent + (one.frozen_at >= since), known.open + live)
        return found

    async def note_waits(self, reasons: Mapping[int, str | None]) -> None:
        """Keep why mails are held back, or that they no longer are."""
        if reasons:
            note = sa.update(outbox).where(outbox.c.id == sa.bindparam("row")).values(waits=sa.bindparam("why"))
            await self._connection.execute(note, [{"row": row, "why": why} for row, why in reasons.items()])

    async def select(
        self,
        row: int | None = None,
        case_row: int | None = None,
        rows: Sequence[int] | None = None,
        states: tuple[RecipientState, ...] = (),
        message: int | None = None,
    ) -> list[OutboxRecord]:
        """Return mails of the outbox, oldest first."""
        query = (
            sa.select(outbox, case.c.year, case.c.number)
            .outerjoin(participant, participant.c.id == outbox.c.participant)
            .outerjoin(case, case.c.id == participant.c.case)
            .order_by(outbox.c.id)
        )
        if row is not None:
            query = query.where(outbox.c.id == row)
        if rows is not None:
            query = query.where(outbox.c.id.in_(rows))
        if case_row is not None:
            query = query.where(participant.c.case == case_row)
        if message is not None:
            query = query.where(outbox.c.message == message)
        if states:
            query = query.where(outbox.c.state.in_(states))
        found = (await self._connection.execute(query)).all()
        people = await self._recipients([one.id for one in found])
        return [
            OutboxRecord(
                one.id,
                one.draft,
                one.participant,
                None if one.year is None else CaseId(one.year, one.number),
                one.state,
                one.message,
                one.queued_at,
                one.next_attempt_at,
                one.sent_copy,
                one.stopped,
                tuple(people.get(one.id, ())),
                one.urgency,
                one.waits,
            )
            for one in found
        ]

    async def _recipients(self, rows: list[int]) -> dict[int, list[RecipientRecord]]:
        found: dict[int, list[RecipientRecord]] = {}
        for start in range(0, len(rows), 500):
            for one in await self._connection.execute(_RECIPIENTS, {"mails": rows[start : start + 500]}):
                found.setdefault(one.outbox, []).append(
                    RecipientRecord(
                        one.id,
                        Address.parse(one.address),
                        one.state,
                        one.stage,
                        one.code,
                        one.at,
                        one.resent,
                    )
                )
        return found

    async def get(self, row: int) -> OutboxRecord:
        """Return one mail; raise ``NotFound``."""
        found = await self.select(row=row)
        if not found:
            raise NotFound(f"outbox {row}", "there is no such mail", "see 'cvdmail status'")
        return found[0]

    async def freeze(self, made: Mapping[int, int], now: datetime) -> bool:
        """Note that the bytes of mails (outbox row to message row) are made; from now on they never change.

        False if any of them was made before: then the caller must undo all of it.
        """
        done = await self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id.in_(made), outbox.c.message.is_(None))
            .values(message=sa.case(made, value=outbox.c.id), frozen_at=now, waits=None)
        )
        return done.rowcount == len(made)

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
        """Refuse every recipient of these participants' mails that still waits, for good; return the mails' rows.

        A mail on the wire, or of unknown fate, gets the order too: whoever still waits after that is refused then
        (:meth:`refuse_waiting`), and nothing of it is sent again.
        """
        of_them = sa.select(outbox.c.id).where(outbox.c.participant.in_(participants))
        if frozen_only:
            of_them = of_them.where(outbox.c.message.is_not(None))
        undone = sa.and_(recipient.c.outbox.in_(of_them), recipient.c.state.in_(_UNDONE))
        found = await self._connection.scalars(sa.select(recipient.c.outbox).where(undone).distinct())
        rows = [int(row) for row in found]
        await self._connection.execute(sa.update(outbox).where(outbox.c.id.in_(rows)).values(stopped=why))
        await self.refuse_waiting(rows, now)
        return rows

    async def refuse_waiting(self, rows: Sequence[int], now: datetime) -> None:
        """Refuse whoever still waits for one of these mails."""
        waiting = sa.and_(recipient.c.outbox.in_(rows), recipient.c.state.in_(_WAITING))
        await self._connection.execute(sa.update(recipient).where(waiting).values(state=RecipientState.REFUSED, at=now))
        for row in rows:
            await self._show(row)

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
            sa.or_(outbox.c.participant.is_(None), outbox.c.participant.in_(living)),
        )
        return await self.select(rows=[int(row) for row in await self._connection.scalars(query.limit(500))])

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
