"""Drafts and approvals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.candidates import Channel
from cvdmail.core.drafts import Content, DraftState, Letter, Signed
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.records import ApprovalRecord, ContactState, DraftRecord, Reach
from cvdmail.core.seal import Place
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import approval, case, contact, draft, manifest, participant, pinned_key
from cvdmail.store.vault import SealedValues


class Drafts:
    """The drafts of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def write(
        self,
        participant_row: int | None,
        letter: Letter,
        author: Fingerprint,
        scope: int,
        content: Content,
        now: datetime,
        answers: int | None = None,
        clear: bool = False,
        address: Address | None = None,
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
            "clear": clear,
            "address": None if address is None else str(address),
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

    async def contents(self, rows: list[int]) -> dict[int, Content]:
        """Return the texts of several drafts; those of erased cases are left out."""
        found = await self._sealed.get_many("draft", "content", rows)
        return {row: Content.from_bytes(data) for row, data in found.items()}

    async def select(
        self,
        case_row: int | None = None,
        row: int | None = None,
        state: DraftState | None = None,
        rows: list[int] | None = None,
    ) -> list[DraftRecord]:
        """Return drafts, oldest first."""
        query = sa.select(draft).order_by(draft.c.id)
        if case_row is not None:
            query = query.join(participant, participant.c.id == draft.c.participant).where(
                participant.c.case == case_row
            )
        if row is not None:
            query = query.where(draft.c.id == row)
        if rows is not None:
            query = query.where(draft.c.id.in_(rows))
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
                one.clear,
                None if one.address is None else Address.parse(one.address),
            )
            for one in await self._connection.execute(query)
        ]

    async def get(self, row: int) -> DraftRecord:
        """Return one draft; raise ``NotFound``."""
        found = await self.select(row=row)
        if not found:
            raise NotFound(f"draft {row}", "there is no such draft", "see 'cvdmail draft list'")
        return found[0]

    async def reach(self, rows: Sequence[int]) -> dict[int, Reach]:
        """Return how the participant of each draft is reached at this moment; a draft of no case is left out."""
        query = (
            sa.select(draft.c.id, participant.c.removed_at, case.c.closed_at, case.c.erased_at, contact, pinned_key)
            .select_from(draft)
            .join(participant, participant.c.id == draft.c.participant)
            .join(case, case.c.id == participant.c.case)
            .outerjoin(contact, contact.c.id == participant.c.contact)
            .outerjoin(pinned_key, sa.and_(pinned_key.c.contact == contact.c.id, pinned_key.c.unpinned_at.is_(None)))
            .where(draft.c.id.in_(rows))
        )
        found = (await self._connection.execute(query)).mappings()
        return {
            one[draft.c.id]: Reach(
                one[contact.c.state] is ContactState.CONFIRMED,
                one[contact.c.value] if one[contact.c.channel] is Channel.EMAIL else None,
                None if one[pinned_key.c.fingerprint] is None else Fingerprint(one[pinned_key.c.fingerprint]),
                any(
                    one[column] is not None for column in (participant.c.removed_at, case.c.closed_at, case.c.erased_at)
                ),
            )
            for one in found
        }

    async def set_state(self, row: int, state: DraftState, digest: str | None) -> None:
        """Move a draft on."""
        await self.set_states([(row, state, digest)])

    async def set_states(self, moves: Sequence[tuple[int, DraftState, str | None]]) -> None:
        """Move several drafts on."""
        if moves:
            move = sa.update(draft).where(draft.c.id == sa.bindparam("row")).values(state=sa.bindparam("new"))
            values = [{"row": row, "new": state, "digest": digest} for row, state, digest in moves]
            await self._connection.execute(move.values(digest=sa.bindparam("digest")), values)

    async def approve(self, digests: Mapping[int, str], by: Fingerprint, signed: Signed, now: datetime) -> None:
        """Keep a reviewer's signature over the digests of drafts (by row); the same again changes nothing."""
        known = {(one.draft, one.fingerprint, one.digest) for one in await self.approvals(list(digests))}
        new = [(row, digest) for row, digest in digests.items() if (row, by, digest) not in known]
        if not new:
            return
        manifest_row = None if signed.manifest is None else await self._keep_manifest(signed.manifest)
        rows = [
            {
                "id": await self._rows.next(approval),
                "draft": row,
                "fingerprint": str(by),
                "digest": digest,
                "approved_at": now,
                "signature": signed.signature,
                "manifest": manifest_row,
            }
            for row, digest in new
        ]
        await self._connection.execute(sa.insert(approval), rows)

    async def _keep_manifest(self, text: str) -> int:
        digest = hashlib.sha256(text.encode()).hexdigest()
        known = await self._connection.scalar(sa.select(manifest.c.id).where(manifest.c.sha256 == digest))
        if known is not None:
            return int(known)
        row = await self._rows.next(manifest)
        await self._connection.execute(sa.insert(manifest).values(id=row, sha256=digest, text=text))
        return row

    async def approvals(self, rows: Sequence[int]) -> list[ApprovalRecord]:
        """Return the approvals of drafts, oldest first."""
        query = (
            sa.select(approval, manifest.c.text)
            .outerjoin(manifest, manifest.c.id == approval.c.manifest)
            .where(approval.c.draft.in_(rows))
            .order_by(approval.c.id)
        )
        return [
            ApprovalRecord(
                one.draft, Fingerprint(one.fingerprint), one.digest, one.approved_at, one.signature, one.text
            )
            for one in await self._connection.execute(query)
        ]
