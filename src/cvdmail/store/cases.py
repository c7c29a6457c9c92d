"""Cases, participants and reply tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.case import EM, RM, VFD, CaseState, ParticipantState
from cvdmail.core.ids import Address, CaseId, Fingerprint, ReplyToken
from cvdmail.core.records import CaseRecord, ContactState, ParticipantRecord, Reviewable, Role, ScopeKind
from cvdmail.core.report import Origin
from cvdmail.core.seal import Place
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import case, contact, participant, reply_token, scope_key
from cvdmail.store.vault import SealedValues


def token_hash(token: ReplyToken) -> str:
    """Return what is stored of a reply token."""
    return hashlib.sha256(b"cvdmail reply token\0" + token.text.encode()).hexdigest()


class Cases:
    """The cases of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def open(
        self, now: datetime, origin: Origin, severity: str | None, author: Fingerprint, report_mac: str
    ) -> CaseRecord:
        """Write a new case with the next number of this year; its scope key and sealed texts come after."""
        row = await self._rows.next(case)
        highest = await self._connection.scalar(
            sa.select(sa.func.coalesce(sa.func.max(case.c.number), 0)).where(case.c.year == now.year)
        )
        case_id = CaseId(now.year, int(highest or 0) + 1)
        values = {
            "id": row,
            "year": case_id.year,
            "number": case_id.number,
            "origin": origin,
            "severity": severity,
            "author": str(author),
            "report_mac": report_mac,
            "opened_at": now,
            "em": EM.NONE,
            "pxa": "pxa",
        }
        await self._connection.execute(sa.insert(case).values(**values))
        return CaseRecord(row, case_id, origin, severity, author, now, CaseState(), None, None)

    async def get(self, case_id: CaseId) -> CaseRecord:
        """Return a case; raise ``NotFound``."""
        found = await self.select(case_id)
        if not found:
            raise NotFound(str(case_id), "there is no such case", "see 'cvdmail case list'")
        return found[0]

    async def select(self, only: CaseId | None = None) -> list[CaseRecord]:
        """Return every case, oldest first, or the one asked for."""
        query = sa.select(case).order_by(case.c.id)
        if only is not None:
            query = query.where(case.c.year == only.year, case.c.number == only.number)
        rows = (await self._connection.execute(query)).all()
        titles = await self._sealed.get_many("case", "title", [row.id for row in rows])
        return [
            CaseRecord(
                row.id,
                CaseId(row.year, row.number),
                row.origin,
                row.severity,
                Fingerprint(row.author),
                row.opened_at,
                CaseState(row.em, row.pxa, row.closed_at is not None),
                row.erased_at,
                titles[row.id].decode() if row.id in titles else None,
            )
            for row in rows
        ]

    async def same_report(self, report_mac: str, vendor: str) -> CaseId | None:
        """Return the case in which the very same report already goes to ``vendor``."""
        found = (
            await self._connection.execute(
                sa.select(case.c.year, case.c.number)
                .join(participant, participant.c.case == case.c.id)
                .where(
                    case.c.report_mac == report_mac, participant.c.vendor == vendor, participant.c.removed_at.is_(None)
                )
            )
        ).first()
        return None if found is None else CaseId(found.year, found.number)

    async def of_report(self, report_mac: str) -> CaseId | None:
        """Return the latest case that was opened for the very same report."""
        query = sa.select(case.c.year, case.c.number).where(case.c.report_mac == report_mac)
        found = (await self._connection.execute(query.order_by(case.c.id.desc()).limit(1))).first()
        return None if found is None else CaseId(found.year, found.number)

    async def scope(self, case_row: int) -> int:
        """Return the scope key row of a case."""
        return await self._sealed.scope(ScopeKind.CASE, case_row)

    async def report(self, case_row: int) -> bytes:
        """Return the report of a case, as it was handed in."""
        return await self._sealed.get(Place("case", "report", case_row))

    async def add_participant(self, of: CaseRecord, role: Role, vendor: str, now: datetime) -> ParticipantRecord:
        """Write a participant; adding one that was removed brings it back."""
        known = await self._connection.scalar(
            sa.select(participant.c.id).where(participant.c.case == of.row, participant.c.vendor == vendor)
        )
        if known is not None:
            where = participant.c.id == known
            await self._connection.execute(sa.update(participant).where(where).values(removed_at=None, role=role))
            return await self.participant(int(known))
        row = await self._rows.next(participant)
        values = {
            "id": row,
            "case": of.row,
            "role": role,
            "vendor": vendor,
            "rm": RM.START,
            "vfd": VFD.UNAWARE,
            "added_at": now,
        }
        await self._connection.execute(sa.insert(participant).values(**values))
        return await self.participant(row)

    async def remove_participant(self, row: int, now: datetime) -> None:
        """Note that a participant has left: its thread stays, its reply tokens are revoked."""
        await self._connection.execute(sa.update(participant).where(participant.c.id == row).values(removed_at=now))
        live = sa.and_(reply_token.c.participant == row, reply_token.c.revoked_at.is_(None))
        await self._connection.execute(sa.update(reply_token).where(live).values(revoked_at=now))

    async def choose_contact(self, row: int, contact_row: int) -> None:
        """Set the contact through which a participant is reached."""
        await self._connection.execute(
            sa.update(participant).where(participant.c.id == row).values(contact=contact_row)
        )

    async def reviewed_as(self, case_rows: Collection[int]) -> dict[int, Reviewable]:
        """Return, by row of the case, what reviewing and sending need to know of it; nothing is unsealed."""
        query = (
            sa.select(case, scope_key.c.id.label("scope"))
            .join(scope_key, scope_key.c.case == case.c.id)
            .where(case.c.id.in_(case_rows))
        )
        return {
            one.id: Reviewable(
                one.origin, one.severity, one.scope, one.closed_at is not None, one.erased_at is not None
            )
            for one in await self._connection.execute(query)
        }

    async def scopes_of(self, participants: Collection[int]) -> dict[int, int]:
        """Return the scope key row of the case of each participant."""
        query = (
            sa.select(participant.c.id, scope_key.c.id.label("scope"))
            .join(scope_key, scope_key.c.case == participant.c.case)
            .where(participant.c.id.in_(participants))
        )
        return {int(one.id): int(one.scope) for one in await self._connection.execute(query)}

    async def participants(
        self, case_row: int | None = None, row: int | None = None, rows: Collection[int] | None = None
    ) -> list[ParticipantRecord]:
        """Return the participants of a case, or all of them, or some, in the order they were added."""
        query = sa.select(participant, case.c.year, case.c.number).join(case, case.c.id == participant.c.case)
        if case_row is not None:
            query = query.where(participant.c.case == case_row)
        if row is not None:
            query = query.where(participant.c.id == row)
        if rows is not None:
            query = query.where(participant.c.id.in_(rows))
        return [
            ParticipantRecord(
                found.id,
                found.case,
                CaseId(found.year, found.number),
                found.role,
                found.vendor,
                found.contact,
                ParticipantState(found.rm, found.vfd),
                found.added_at,
                found.removed_at,
            )
            for found in await self._connection.execute(query.order_by(participant.c.id))
        ]

    async def participant(self, row: int) -> ParticipantRecord:
        """Return one participant; raise ``NotFound``."""
        found = await self.participants(row=row)
        if not found:
            raise NotFound(f"participant {row}", "there is no such participant", "see 'cvdmail case show'")
        return found[0]

    async def of_domain(self, vendors: Collection[str]) -> list[ParticipantRecord]:
        """Return the participants whose vendor is one of ``vendors``."""
        return [one for one in await self.participants() if one.vendor in vendors]

    async def known_addresses(self, row: int) -> frozenset[Address]:
        """Return the confirmed mail addresses of a participant's vendor, and the one chosen for it."""
        query = (
            sa.select(contact.c.value)
            .join(participant, participant.c.vendor == contact.c.vendor)
            .where(participant.c.id == row, contact.c.channel == "email", contact.c.state == ContactState.CONFIRMED)
        )
        return frozenset(Address.parse(value) for value in await self._connection.scalars(query))

    async def issue_tokens(self, tokens: Sequence[tuple[int, ReplyToken]], now: datetime) -> None:
        """Keep the hashes of new reply tokens, each with the participant it belongs to."""
        values = [
            {
                "id": await self._rows.next(reply_token),
                "participant": row,
                "token_sha256": token_hash(token),
                "created_at": now,
            }
            for row, token in tokens
        ]
        if values:
            await self._connection.execute(sa.insert(reply_token), values)
