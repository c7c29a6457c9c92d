"""Filings: which mail belongs to which participants, the guesses for a held one, and what answers what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.ids import CaseId
from cvdmail.core.matching import Clue, Evidence, NewFiling
from cvdmail.core.records import FilingRecord, MessageState
from cvdmail.store.rows import Rows
from cvdmail.store.sharing import Sharing
from cvdmail.store.tables import case, filing, guess, message, participant, scope_key, verdict
from cvdmail.store.vault import SealedValues


class Filings:
    """The filings of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues, sharing: Sharing) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed
        self._sharing = sharing

    async def file(
        self,
        row: int,
        participant_row: int,
        scope: int,
        certain: bool,
        evidence: Evidence | None,
        by: str,
        now: datetime,
    ) -> None:
        """Link a mail to a participant and move its sealed values under the case's key."""
        await self.file_all([NewFiling(row, participant_row, scope, certain, evidence)], by, now)

    async def file_all(self, new: Sequence[NewFiling], by: str, now: datetime) -> None:
        """Link mails to participants and move their sealed values under the keys of the cases."""
        values = [
            {
                "id": await self._rows.next(filing),
                "message": one.message,
                "participant": one.participant,
                "certain": one.certain,
                "evidence": one.evidence,
                "filed_at": now,
                "filed_by": by,
            }
            for one in new
        ]
        if values:
            await self._connection.execute(sa.insert(filing), values)
            await self._sealed.move_all("message", {one.message: one.scope for one in new})

    async def take_along(self, row: int, scope: int) -> None:
        """Move the earlier verdicts of a mail that waited in the pen under the key of the case it is filed to."""
        for earlier in await self._verdicts([row]):
            await self._sealed.move(scope, "verdict", earlier)

    async def link(self, row: int, participant_row: int, scope: int, by: str, now: datetime) -> None:
        """File a mail that is filed already to one more participant, or again to one that it was moved away from.

        Its sealed values, those of its earlier verdicts and of its copies stay where they are, and open under the key
        of this case too.
        """
        where = sa.and_(filing.c.message == row, filing.c.participant == participant_row)
        values = {"filed_at": now, "filed_by": by, "ended_at": None}
        if not (await self._connection.execute(sa.update(filing).where(where).values(**values))).rowcount:
            values |= {"id": await self._rows.next(filing), "message": row, "participant": participant_row}
            await self._connection.execute(sa.insert(filing).values(certain=False, **values))
        for table, owner in await self._sealed_with(row):
            await self._sharing.share(scope, table, owner)

    async def unlink(self, row: int, participant_row: int, scope: int, now: datetime) -> None:
        """End a filing; its case's key ``scope`` opens the mail no longer, unless it is filed to that case otherwise.

        The mail must be filed somewhere else by then.
        """
        where = sa.and_(filing.c.message == row, filing.c.participant == participant_row)
        await self._connection.execute(sa.update(filing).where(where).values(ended_at=now))
        staying = await self.scopes(row)
        if scope in staying:
            return
        for table, owner in await self._sealed_with(row):
            for other in staying:
                await self._sharing.share(other, table, owner)
            await self._sharing.drop(scope, table, owner)

    async def keep_with(self, row: int, twin: int) -> None:
        """Seal a copy under the keys of the cases that its twin is filed to: erasing the last takes it along."""
        scopes = await self.scopes(twin)
        for scope in scopes[:1]:
            await self._sealed.move(scope, "message", row)
            await self.take_along(row, scope)
        for scope in scopes[1:]:
            await self._sharing.share(scope, "message", row)

    async def scopes(self, row: int) -> list[int]:
        """Return the scope keys of the cases, not erased, that a mail is filed to, oldest filing first."""
        query = (
            sa.select(scope_key.c.id)
            .join(participant, participant.c.case == scope_key.c.case)
            .join(filing, filing.c.participant == participant.c.id)
            .where(filing.c.message == row, filing.c.ended_at.is_(None), scope_key.c.erased_at.is_(None))
            .order_by(filing.c.id)
        )
        return list(dict.fromkeys(int(one) for one in await self._connection.scalars(query)))

    async def _sealed_with(self, row: int) -> list[tuple[str, int]]:
        """Return the rows, with their tables, whose sealed values go where a mail goes."""
        copies = sa.select(message.c.message_id, message.c.body_sha256).where(message.c.id == row)
        known = (await self._connection.execute(copies)).one()
        mails = [row]
        if known.message_id is not None and known.body_sha256 is not None:
            same = sa.and_(message.c.message_id == known.message_id, message.c.body_sha256 == known.body_sha256)
            query = sa.select(message.c.id).where(same, message.c.state == MessageState.COPY)
            mails += [int(one) for one in await self._connection.scalars(query.order_by(message.c.id))]
        return [*(("message", one) for one in mails), *(("verdict", one) for one in await self._verdicts(mails))]

    async def _verdicts(self, rows: Sequence[int]) -> list[int]:
        query = sa.select(verdict.c.id).where(verdict.c.message.in_(rows)).order_by(verdict.c.id)
        return [int(one) for one in await self._connection.scalars(query)]

    async def of(self, rows: Sequence[int], ended: bool = False) -> dict[int, list[FilingRecord]]:
        """Return the filings of mails, by row; those that a person ended only if ``ended``."""
        query = (
            sa.select(filing, case.c.year, case.c.number)
            .join(participant, participant.c.id == filing.c.participant)
            .join(case, case.c.id == participant.c.case)
            .where(filing.c.message.in_(rows))
            .order_by(filing.c.id)
        )
        if not ended:
            query = query.where(filing.c.ended_at.is_(None))
        found: dict[int, list[FilingRecord]] = {}
        for one in await self._connection.execute(query):
            record = FilingRecord(
                one.message,
                one.participant,
                CaseId(one.year, one.number),
                one.certain,
                one.evidence,
                one.filed_by,
                one.filed_at,
                one.ended_at,
            )
            found.setdefault(one.message, []).append(record)
        return found

    async def note_guesses(self, guesses: Mapping[int, Sequence[Clue]]) -> None:
        """Keep the ranked guesses for held mails, by row of the mail."""
        values = [
            {
                "id": await self._rows.next(guess),
                "message": row,
                "participant": clue.participant,
                "evidence": clue.evidence,
                "rank": rank,
            }
            for row, clues in guesses.items()
            for rank, clue in enumerate(clues[:20])
        ]
        if values:
            await self._connection.execute(sa.insert(guess), values)

    async def forget_guesses(self, row: int) -> None:
        """Drop the guesses for a mail: it was judged again."""
        await self._connection.execute(sa.delete(guess).where(guess.c.message == row))

    async def guesses(self, row: int) -> list[tuple[int, Evidence]]:
        """Return the guesses for a held mail, best first: participant row and evidence."""
        query = sa.select(guess.c.participant, guess.c.evidence).where(guess.c.message == row).order_by(guess.c.rank)
        return [(int(one.participant), one.evidence) for one in await self._connection.execute(query)]
