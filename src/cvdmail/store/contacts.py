"""Contacts, their evidence, and pinned keys."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.candidates import Channel
from cvdmail.core.drafts import ClearExtent
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.records import ContactRecord, ContactState, EvidenceRecord, PinnedKey
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import clear_preference, contact, contact_evidence, pinned_key


class Contacts:
    """The contacts of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows) -> None:
        self._connection = connection
        self._rows = rows

    async def add(self, vendor: str, channel: Channel, value: str, score: float, now: datetime) -> ContactRecord:
        """Write a contact as a candidate, or return the one that is there with the better score."""
        known = await self.select(vendor=vendor, channel=channel, value=value)
        if known:
            better = max(score, known[0].score)
            where = contact.c.id == known[0].row
            await self._connection.execute(sa.update(contact).where(where).values(score=better))
            return known[0]
        row = await self._rows.next(contact)
        values = {
            "id": row,
            "vendor": vendor,
            "channel": channel,
            "value": value,
            "state": ContactState.CANDIDATE,
            "score": score,
            "created_at": now,
        }
        await self._connection.execute(sa.insert(contact).values(**values))
        return ContactRecord(row, vendor, channel, value, ContactState.CANDIDATE, score, now)

    async def select(
        self,
        vendor: str | None = None,
        channel: Channel | None = None,
        value: str | None = None,
        row: int | None = None,
        rows: Collection[int] | None = None,
    ) -> list[ContactRecord]:
        """Return the contacts that fit, best first."""
        query = sa.select(contact).order_by(contact.c.score.desc(), contact.c.id)
        for column, wanted in (("vendor", vendor), ("channel", channel), ("value", value), ("id", row)):
            if wanted is not None:
                query = query.where(contact.c[column] == wanted)
        if rows is not None:
            query = query.where(contact.c.id.in_(rows))
        return [
            ContactRecord(one.id, one.vendor, one.channel, one.value, one.state, one.score, one.created_at)
            for one in await self._connection.execute(query)
        ]

    async def get(self, row: int) -> ContactRecord:
        """Return one contact; raise ``NotFound``."""
        found = await self.select(row=row)
        if not found:
            raise NotFound(f"contact {row}", "there is no such contact", "see 'cvdmail contact list'")
        return found[0]

    async def by_address(self, address: Address) -> list[ContactRecord]:
        """Return the mail contacts with this address, of whatever vendor."""
        return await self.select(channel=Channel.EMAIL, value=address.key)

    async def set_state(self, row: int, state: ContactState) -> None:
        """Confirm or demote a contact."""
        await self._connection.execute(sa.update(contact).where(contact.c.id == row).values(state=state))

    async def set_score(self, row: int, score: float) -> None:
        """Rank a contact higher or lower; its state stays as it is."""
        await self._connection.execute(sa.update(contact).where(contact.c.id == row).values(score=score))

    async def note_evidence(
        self,
        row: int,
        kind: str,
        now: datetime,
        url: str | None = None,
        fetched_at: datetime | None = None,
        sha256: str | None = None,
    ) -> None:
        """Keep where and when a contact was learned."""
        values = {
            "id": await self._rows.next(contact_evidence),
            "contact": row,
            "kind": kind,
            "url": url,
            "fetched_at": fetched_at,
            "sha256": sha256,
            "noted_at": now,
        }
        await self._connection.execute(sa.insert(contact_evidence).values(**values))

    async def evidence(self, row: int) -> list[EvidenceRecord]:
        """Return where a contact was learned, oldest first."""
        query = sa.select(contact_evidence).where(contact_evidence.c.contact == row).order_by(contact_evidence.c.id)
        return [
            EvidenceRecord(one.contact, one.kind, one.url, one.fetched_at, one.sha256, one.noted_at)
            for one in await self._connection.execute(query)
        ]

    async def prefer_clear(
        self, row: int, extent: ClearExtent, message_row: int | None, by: Fingerprint, now: datetime
    ) -> int:
        """Keep what a contact gets in clear; return the row.  The reason is sealed beside the event."""
        preference = await self._rows.next(clear_preference)
        values = {
            "id": preference,
            "contact": row,
            "extent": extent,
            "message": message_row,
            "approved_by": str(by),
            "at": now,
        }
        await self._connection.execute(sa.insert(clear_preference).values(**values))
        return preference

    async def clear_extents(self, rows: Collection[int]) -> dict[int, ClearExtent]:
        """Return, by contact, what each gets in clear by its latest preference; nobody gets anything without one."""
        if not rows:
            return {}
        query = sa.select(clear_preference).where(clear_preference.c.contact.in_(rows)).order_by(clear_preference.c.id)
        return {one.contact: one.extent for one in await self._connection.execute(query)}

    async def pin(self, row: int, fingerprint: Fingerprint, by: str, now: datetime) -> None:
        """Bind a certificate to a contact; every other one of this contact is unbound, its row stays."""
        await self._connection.execute(
            sa.update(pinned_key)
            .where(pinned_key.c.contact == row, pinned_key.c.unpinned_at.is_(None))
            .values(unpinned_at=now)
        )
        again = await self._connection.scalar(
            sa.select(pinned_key.c.id).where(pinned_key.c.contact == row, pinned_key.c.fingerprint == str(fingerprint))
        )
        live = {"pinned_at": now, "pinned_by": by, "unpinned_at": None}
        if again is not None:
            await self._connection.execute(sa.update(pinned_key).where(pinned_key.c.id == again).values(**live))
            return
        new = {"id": await self._rows.next(pinned_key), "contact": row, "fingerprint": str(fingerprint), **live}
        await self._connection.execute(sa.insert(pinned_key).values(**new))

    async def unpin(self, row: int, now: datetime) -> list[Fingerprint]:
        """Unbind every key of a contact; return their fingerprints."""
        live = await self.pinned(row)
        await self._connection.execute(
            sa.update(pinned_key)
            .where(pinned_key.c.contact == row, pinned_key.c.unpinned_at.is_(None))
            .values(unpinned_at=now)
        )
        return [one.fingerprint for one in live]

    async def pinned(self, row: int | None = None, rows: Collection[int] | None = None) -> list[PinnedKey]:
        """Return the live pins of a contact, of some, or of all contacts."""
        query = sa.select(pinned_key).where(pinned_key.c.unpinned_at.is_(None)).order_by(pinned_key.c.id)
        if row is not None:
            query = query.where(pinned_key.c.contact == row)
        if rows is not None:
            query = query.where(pinned_key.c.contact.in_(rows))
        return [
            PinnedKey(one.contact, Fingerprint(one.fingerprint), one.pinned_at, one.pinned_by)
            for one in await self._connection.execute(query)
        ]
