"""Drafts and approvals."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.drafts import Content, DraftState, Letter
from cvdmail.core.ids import Fingerprint
from cvdmail.core.records import ApprovalRecord, DraftRecord
from cvdmail.core.seal import Place
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import approval, draft, participant
from cvdmail.store.vault import SealedValues


class Drafts:
    """The drafts of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def write(
        self,
        participant_row: int,
        letter: Letter,
        author: Fingerprint,
        scope: int,
        content: Content,
        now: datetime,
        answers: int | None = None,
    ) -> int:
        """Write a new draft with its sealed content; return its row."""
        row = await self._rows.next(draft)
        values = {
            "id": row,
            "participant": participant_row,
            "letter": letter,
            "state": DraftState.OPEN,
            "author": str(author),
            "written_at": now,
            "answers": answers,
        }
        await self._connection.execute(sa.insert(draft).values(**values))
        await self._sealed.put(scope, Place("draft", "content", row), content.to_bytes())
        return row

    async def rewrite(self, row: int, scope: int, content: Content, now: datetime) -> None:
        """Seal new content in place of the old and open the draft again; approvals stay, over a digest that is gone."""
        await self._sealed.replace(scope, Place("draft", "content", row), content.to_bytes())
        values = {"state": DraftState.OPEN, "digest": None, "written_at": now}
        await self._connection.execute(sa.update(draft).where(draft.c.id == row).values(**values))

    async def content(self, row: int) -> Content:
        """Return the text of a draft."""
        return Content.from_bytes(await self._sealed.get(Place("draft", "content", row)))

    async def select(
        self, case_row: int | None = None, row: int | None = None, state: DraftState | None = None
    ) -> list[DraftRecord]:
        """Return drafts, oldest first."""
        query = sa.select(draft).order_by(draft.c.id)
        if case_row is not None:
            query = query.join(participant, participant.c.id == draft.c.participant).where(
                participant.c.case == case_row
            )
        if row is not None:
            query = query.where(draft.c.id == row)
        if state is not None:
            query = query.where(draft.c.state == state)
        return [
            DraftRecord(
                one.id,
                one.participant,
                one.letter,
                one.state,
                Fingerprint(one.author),
                one.written_at,
                one.digest,
                one.answers,
            )
            for one in await self._connection.execute(query)
        ]

    async def get(self, row: int) -> DraftRecord:
        """Return one draft; raise ``NotFound``."""
        found = await self.select(row=row)
        if not found:
            raise NotFound(f"draft {row}", "there is no such draft", "see 'cvdmail draft list'")
        return found[0]

    async def set_state(self, row: int, state: DraftState, digest: str | None) -> None:
        """Move a draft on."""
        await self._connection.execute(sa.update(draft).where(draft.c.id == row).values(state=state, digest=digest))

    async def approve(self, row: int, by: Fingerprint, digest: str, signature: str, now: datetime) -> None:
        """Keep a reviewer's signature over a digest; the same again changes nothing."""
        known = {(one.fingerprint, one.digest) for one in await self.approvals(row)}
        if (by, digest) in known:
            return
        values = {
            "id": await self._rows.next(approval),
            "draft": row,
            "fingerprint": str(by),
            "digest": digest,
            "approved_at": now,
            "signature": signature,
        }
        await self._connection.execute(sa.insert(approval).values(**values))

    async def approvals(self, row: int) -> list[ApprovalRecord]:
        """Return the approvals of a draft, oldest first."""
        found = await self._connection.execute(
            sa.select(approval).where(approval.c.draft == row).order_by(approval.c.id)
        )
        return [
            ApprovalRecord(one.draft, Fingerprint(one.fingerprint), one.digest, one.approved_at, one.signature)
            for one in found
        ]
