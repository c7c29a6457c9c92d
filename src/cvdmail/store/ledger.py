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


_AT_ONCE = 8
# One look into the index for each chain: a chain may be as long as all mail that ever came.
_HEADS = sa.union_all(
    *(
        sa.select(
            sa.select(event.c.chain, event.c.seq, event.c.hash)
            .where(event.c.chain == sa.bindparam(f"name{number}"))
            .order_by(event.c.seq.desc())
            .limit(1)
            .subquery()
        )
        for number in range(_AT_ONCE)
    )
)


class Ledger:
    """The events of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed
        self._heads: dict[str, tuple[int, bytes] | None] = {}
        self._states: dict[int, ParticipantState] = {}
        self._waiting: list[dict[str, object]] = []

    async def append(self, new: Event) -> Entry:
        """Append an event to its chain and move the state it moves; raise ``Refused`` if it cannot happen now."""
        if new.chain not in self._heads:
            self._heads[new.chain] = await self._head(new.chain)
        await self._project(new)
        return await self._enter(new)

    async def _enter(self, new: Event) -> Entry:
        """Link an event to the head of its chain; its row is written by :meth:`flush`."""
        entry = chains.append(new, self._heads[new.chain])
        self._heads[new.chain] = (entry.seq, entry.hash)
        self._waiting.append(self._values(await self._rows.next(event), entry))
        return entry

    async def flush(self) -> None:
        """Write the events that were appended and are not yet in the table.

        Done before anything here reads the table, and before the transaction commits.
        """
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            await self._connection.execute(sa.insert(event), waiting)

    async def meet(self, names: Collection[str], states: Mapping[int, ParticipantState] | None = None) -> None:
        """Fetch the heads of several chains at once, and take over what was just read of participants' states."""
        self._states |= states or {}
        asked = sorted(set(names) - set(self._heads))
        self._heads |= dict.fromkeys(asked)
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            names = {f"name{number}": some[min(number, len(some) - 1)] for number in range(_AT_ONCE)}
            found = await self._connection.execute(_HEADS, names)
            self._heads |= {one.chain: (int(one.seq), bytes(one.hash)) for one in found}

    async def append_all(self, new: Sequence[Event]) -> list[Entry]:
        """Append events that move no state, each to its chain: one look at the heads, one insert."""
        await self.meet({one.chain for one in new})
        entries = []
        for one in new:
            if one.kind in RM_EVENTS | VFD_EVENTS | _CASE_EVENTS:
                raise AssertionError("an event that moves a state is appended alone")
            entries.append(await self._enter(one))
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
        row = self._waiting[-1]["id"]
        assert isinstance(row, int)
        await self._sealed.put(scope, Place("event", "opening", row), salt + secret)
        return entry

    async def _head(self, chain: str) -> tuple[int, bytes] | None:
        found = (await self._connection.execute(_HEAD, {"name": chain})).first()
        return None if found is None else (int(found.seq), bytes(found.hash))

    async def _project(self, new: Event) -> None:
        if new.participant is not None and new.kind in RM_EVENTS | VFD_EVENTS:
            before = await self.state(new.participant)
            self._states[new.participant] = after = apply_participant(before, new.kind)
            where = participant.c.id == new.participant
            await self._connection.execute(sa.update(participant).where(where).values(rm=after.rm, vfd=after.vfd))
        if new.kind in _CASE_EVENTS:
            case_id = CaseId.parse(new.chain)
            at = sa.and_(case.c.year == case_id.year, case.c.number == case_id.number)
            row = (await self._connection.execute(sa.select(case.c.em, case.c.pxa, case.c.closed_at).where(at))).one()
            state = apply_case(CaseState(row.em, row.pxa, row.closed_at is not None), new.kind)
            values = {"em": state.em, "pxa": state.pxa, "closed_at": new.at if state.closed else None}
            await self._connection.execute(sa.update(case).where(at).values(**values))

    async def state(self, row: int) -> ParticipantState:
        """Return where a participant stands now, within this transaction."""
        if row not in self._states:
            query = sa.select(participant.c.rm, participant.c.vfd).where(participant.c.id == row)
            found = (await self._connection.execute(query)).one()
            self._states[row] = ParticipantState(found.rm, found.vfd)
        return self._states[row]

    async def chains(self) -> list[str]:
        """Return the name of every chain, ``main`` first."""
        await self.flush()
        found = await self._connection.scalars(sa.select(event.c.chain).distinct())
        return sorted(found, key=lambda name: (name != chains.MAIN, name))

    async def heads(self) -> Mapping[str, tuple[int, bytes]]:
        """Return the number and hash of the last event of every chain."""
        await self.flush()
        last = sa.select(event.c.chain, sa.func.max(event.c.seq).label("seq")).group_by(event.c.chain).subquery()
        query = sa.select(event.c.chain, event.c.seq, event.c.hash).join(
            last, sa.and_(event.c.chain == last.c.chain, event.c.seq == last.c.seq)
        )
        return {row.chain: (int(row.seq), bytes(row.hash)) for row in await self._connection.execute(query)}

    async def entries(self, chain: str) -> list[Entry]:
        """Return a whole chain, oldest first."""
        await self.flush()
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
        await self.flush()
        rows = await self._connection.execute(sa.select(event.c.id, event.c.seq).where(event.c.chain == chain))
        seqs = {int(row.id): int(row.seq) for row in rows}
        opened = await self._sealed.get_many("event", "opening", list(seqs))
        return {seqs[row]: value for row, value in opened.items()}

    async def last(self, kind: EventKind) -> datetime | None:
        """Return when an event of this kind last happened."""
        await self.flush()
        found: datetime | None = await self._connection.scalar(
            sa.select(event.c.at).where(event.c.kind == kind).order_by(event.c.id.desc()).limit(1)
        )
        return found

    async def editors(self, chains_: Collection[str]) -> dict[int, frozenset[Fingerprint]]:
        """Return who signed a change of each draft, by its row, in these chains."""
        await self.flush()
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
