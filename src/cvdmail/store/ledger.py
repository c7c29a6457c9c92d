"""Appending to and reading the ledger.

Appending is the one place where states move: the event is written, and the columns that show the folded state of its
participant or case are set from the same transition tables, in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core import ledger as chains
from cvdmail.core.case import (
    CLOSING_EVENTS,
    EM_EVENTS,
    PXA_TABLE,
    RM_EVENTS,
    VFD_EVENTS,
    CaseState,
    ParticipantState,
    apply_case,
    apply_participant,
)
from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId, Fingerprint
from cvdmail.core.ledger import Entry, Event
from cvdmail.core.seal import Place
from cvdmail.store.rows import Rows
from cvdmail.store.tables import case, event, participant
from cvdmail.store.vault import SealedValues

_CASE_EVENTS = EM_EVENTS | frozenset(PXA_TABLE) | CLOSING_EVENTS


_HEAD = (
    sa.select(event.c.seq, event.c.hash)
    .where(event.c.chain == sa.bindparam("name"))
    .order_by(event.c.seq.desc())
    .limit(1)
)


# Numbers are given in order, so the event of a chain with the highest number is its last.
_HEADS = sa.select(event.c.chain, event.c.seq, event.c.hash).where(
    event.c.id.in_(
        sa.select(sa.func.max(event.c.id))
        .where(event.c.chain.in_(sa.bindparam("names", expanding=True)))
        .group_by(event.c.chain)
        .scalar_subquery()
    )
)


class Ledger:
    """The events of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed
        self._heads: dict[str, tuple[int, bytes] | None] = {}

    async def append(self, new: Event) -> Entry:
        """Append an event to its chain and move the state it moves; raise ``Refused`` if it cannot happen now."""
        if new.chain not in self._heads:
            self._heads[new.chain] = await self._head(new.chain)
        await self._project(new)
        entry = chains.append(new, self._heads[new.chain])
        self._heads[new.chain] = (entry.seq, entry.hash)
        values = self._values(await self._rows.next(event), entry)
        await self._connection.execute(sa.insert(event), [values])
        return entry

    async def append_all(self, new: Sequence[Event]) -> list[Entry]:
        """Append events that move no state, each to its chain: one look at the heads, one insert."""
        names = sorted({one.chain for one in new} - set(self._heads))
        self._heads |= dict.fromkeys(names)
        for start in range(0, len(names), 300):
            found = await self._connection.execute(_HEADS, {"names": names[start : start + 300]})
            self._heads |= {one.chain: (int(one.seq), bytes(one.hash)) for one in found}
        entries = []
        for one in new:
            if one.kind in RM_EVENTS | VFD_EVENTS | _CASE_EVENTS:
                raise AssertionError("an event that moves a state is appended alone")
            entry = chains.append(one, self._heads[one.chain])
            self._heads[one.chain] = (entry.seq, entry.hash)
            entries.append(entry)
        if entries:
            values = [self._values(await self._rows.next(event), entry) for entry in entries]
            await self._connection.execute(sa.insert(event), values)
        return entries

    @staticmethod
    def _values(row: int, entry: Entry) -> dict[str, object]:
        new = entry.event
        return {
            "id": row,
            "chain": new.chain,
            "seq": entry.seq,
            "kind": new.kind,
            "at": new.at,
            "actor": new.actor,
            "participant": new.participant,
            "body": chains.canonical(new.body).decode(),
            "signature": new.signature,
            "previous": entry.previous,
            "hash": entry.hash,
        }

    async def append_with_secret(self, new: Event, scope: int, salt: bytes, secret: bytes) -> Entry:
        """Append an event whose body commits to a secret value (``commitment``); seal salt and value beside it."""
        entry = await self.append(new)
        row = await self._connection.scalar(
            sa.select(event.c.id).where(event.c.chain == new.chain, event.c.seq == entry.seq)
        )
        await self._sealed.put(scope, Place("event", "opening", int(row or 0)), salt + secret)
        return entry

    async def _head(self, chain: str) -> tuple[int, bytes] | None:
        found = (await self._connection.execute(_HEAD, {"name": chain})).first()
        return None if found is None else (int(found.seq), bytes(found.hash))

    async def _project(self, new: Event) -> None:
        if new.participant is not None and new.kind in RM_EVENTS | VFD_EVENTS:
            where = participant.c.id == new.participant
            found = (await self._connection.execute(sa.select(participant.c.rm, participant.c.vfd).where(where))).one()
            after = apply_participant(ParticipantState(found.rm, found.vfd), new.kind)
            await self._connection.execute(sa.update(participant).where(where).values(rm=after.rm, vfd=after.vfd))
        if new.kind in _CASE_EVENTS:
            case_id = CaseId.parse(new.chain)
            at = sa.and_(case.c.year == case_id.year, case.c.number == case_id.number)
            row = (await self._connection.execute(sa.select(case.c.em, case.c.pxa, case.c.closed_at).where(at))).one()
            state = apply_case(CaseState(row.em, row.pxa, row.closed_at is not None), new.kind)
            values = {"em": state.em, "pxa": state.pxa, "closed_at": new.at if state.closed else None}
            await self._connection.execute(sa.update(case).where(at).values(**values))

    async def chains(self) -> list[str]:
        """Return the name of every chain, ``main`` first."""
        found = await self._connection.scalars(sa.select(event.c.chain).distinct())
        return sorted(found, key=lambda name: (name != chains.MAIN, name))

    async def heads(self) -> Mapping[str, tuple[int, bytes]]:
        """Return the number and hash of the last event of every chain."""
        last = sa.select(event.c.chain, sa.func.max(event.c.seq).label("seq")).group_by(event.c.chain).subquery()
        query = sa.select(event.c.chain, event.c.seq, event.c.hash).join(
            last, sa.and_(event.c.chain == last.c.chain, event.c.seq == last.c.seq)
        )
        return {row.chain: (int(row.seq), bytes(row.hash)) for row in await self._connection.execute(query)}

    async def entries(self, chain: str) -> list[Entry]:
        """Return a whole chain, oldest first."""
        found = await self._connection.execute(sa.select(event).where(event.c.chain == chain).order_by(event.c.seq))
        return [
            Entry(
                Event(row.chain, row.kind, row.at, row.actor, json.loads(row.body), row.participant, row.signature),
                int(row.seq),
                bytes(row.previous),
                bytes(row.hash),
            )
            for row in found
        ]

    async def openings(self, chain: str) -> dict[int, bytes]:
        """Return the sealed values that events of a chain commit to, by seq: 16 bytes of salt, then the value."""
        rows = await self._connection.execute(sa.select(event.c.id, event.c.seq).where(event.c.chain == chain))
        seqs = {int(row.id): int(row.seq) for row in rows}
        opened = await self._sealed.get_many("event", "opening", list(seqs))
        return {seqs[row]: value for row, value in opened.items()}

    async def last(self, kind: EventKind) -> datetime | None:
        """Return when an event of this kind last happened."""
        found: datetime | None = await self._connection.scalar(
            sa.select(event.c.at).where(event.c.kind == kind).order_by(event.c.id.desc()).limit(1)
        )
        return found

    async def editors(self, chains_: Collection[str]) -> dict[int, frozenset[Fingerprint]]:
        """Return who signed a change of each draft, by its row, in these chains."""
        query = sa.select(event.c.actor, event.c.body).where(
            event.c.chain.in_(chains_), event.c.kind == EventKind.DRAFT_WRITTEN, event.c.signature.is_not(None)
        )
        found: dict[int, frozenset[Fingerprint]] = {}
        for one in await self._connection.execute(query):
            draft = json.loads(one.body).get("draft")
            found[draft] = found.get(draft, frozenset()) | {Fingerprint(one.actor)}
        return found

    async def decided(self, chain: str, kind: EventKind) -> list[Entry]:
        """Return the events of one kind in a chain, oldest first."""
        return [entry for entry in await self.entries(chain) if entry.event.kind is kind]
