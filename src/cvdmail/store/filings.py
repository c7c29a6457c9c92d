"""Filings: which mail belongs to which participants, the guesses for a held one, and what answers what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.ids import CaseId, MessageId
from cvdmail.core.matching import Clue, Evidence, NewFiling
from cvdmail.core.records import Direction, FilingRecord
from cvdmail.store.rows import Rows
from cvdmail.store.tables import case, filing, guess, message, participant
from cvdmail.store.vault import SealedValues


class Filings:
    """The filings of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

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

    async def of(self, rows: Sequence[int]) -> dict[int, list[FilingRecord]]:
        """Return the filings of mails that have not ended, by row."""
        query = (
            sa.select(filing, case.c.year, case.c.number)
            .join(participant, participant.c.id == filing.c.participant)
            .join(case, case.c.id == participant.c.case)
            .where(filing.c.message.in_(rows), filing.c.ended_at.is_(None))
            .order_by(filing.c.id)
        )
        found: dict[int, list[FilingRecord]] = {}
        for one in await self._connection.execute(query):
            record = FilingRecord(one.message, one.participant, CaseId(one.year, one.number), one.certain, one.evidence)
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

    async def guesses(self, row: int) -> list[tuple[int, Evidence]]:
        """Return the guesses for a held mail, best first: participant row and evidence."""
        query = sa.select(guess.c.participant, guess.c.evidence).where(guess.c.message == row).order_by(guess.c.rank)
        return [(int(one.participant), one.evidence) for one in await self._connection.execute(query)]

    async def participants_of_message_ids(self, ids: Collection[MessageId]) -> list[tuple[int, Direction]]:
        """Return (participant row, direction) of every filed mail with one of these Message-IDs, each once."""
        if not ids:
            return []
        query = (
            sa.select(filing.c.participant, message.c.direction)
            .join(message, message.c.id == filing.c.message)
            .where(message.c.message_id.in_([str(one) for one in ids]), filing.c.ended_at.is_(None))
            .distinct()
        )
        return [(int(one.participant), one.direction) for one in await self._connection.execute(query)]
