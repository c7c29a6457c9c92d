"""Facts, promises and tickets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.extract.facts import Fact, from_json, to_json
from cvdmail.core.promises import PromiseKind
from cvdmail.core.records import FactRecord, FactState, PromiseRecord
from cvdmail.core.seal import Place
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.tables import fact, message, participant, promise, ticket
from cvdmail.store.vault import SealedValues


class Facts:
    """The facts of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def write(
        self, message_row: int, participant_row: int | None, found: Sequence[Fact], scope: int
    ) -> list[FactRecord]:
        """Write the facts of a mail as proposed, their words sealed; return them with their rows."""
        records = await self.number(message_row, participant_row, found)
        await self.write_all([(record, scope) for record in records])
        return records

    async def number(self, message_row: int, participant_row: int | None, found: Sequence[Fact]) -> list[FactRecord]:
        """Give rows to the facts of a mail, which :meth:`write_all` writes."""
        rows = [await self._rows.next(fact) for _ in found]
        return [
            FactRecord(row, message_row, participant_row, FactState.PROPOSED, one)
            for row, one in zip(rows, found, strict=True)
        ]

    async def write_all(self, records: Sequence[tuple[FactRecord, int]]) -> None:
        """Write facts, of one mail or of several, each sealed under the scope that stands beside it."""
        if not records:
            return
        first = {record.message: record.row for record, _ in reversed(records)}
        values = [
            {
                "id": record.row,
                "message": record.message,
                "participant": record.participant,
                "position": record.row - first[record.message],
                "kind": record.fact.kind,
                "grade": record.fact.grade,
                "state": record.state,
            }
            for record, _ in records
        ]
        await self._connection.execute(sa.insert(fact), values)
        sealed = [
            (scope, Place("fact", "value", record.row), json.dumps(to_json(record.fact)).encode())
            for record, scope in records
        ]
        await self._sealed.put_all(sealed)

    async def assign(self, message_row: int, participant_row: int, scope: int) -> list[FactRecord]:
        """Give the facts of a mail to a participant when a person files it; their words move under its case's key."""
        await self._connection.execute(
            sa.update(fact).where(fact.c.message == message_row).values(participant=participant_row)
        )
        records = await self.select(messages=[message_row])
        for record in records:
            await self._sealed.move(scope, "fact", record.row)
        return records

    async def select(
        self, messages: Sequence[int] | None = None, case_row: int | None = None, row: int | None = None
    ) -> list[FactRecord]:
        """Return facts in the order of their mails; erased ones are left out."""
        query = sa.select(fact).order_by(fact.c.message, fact.c.position)
        if messages is not None:
            query = query.where(fact.c.message.in_(messages))
        if row is not None:
            query = query.where(fact.c.id == row)
        if case_row is not None:
            query = query.join(participant, participant.c.id == fact.c.participant).where(
                participant.c.case == case_row
            )
        rows = (await self._connection.execute(query)).all()
        values = await self._sealed.get_many("fact", "value", [one.id for one in rows])
        return [
            FactRecord(one.id, one.message, one.participant, one.state, from_json(json.loads(values[one.id])))
            for one in rows
            if one.id in values
        ]

    async def get(self, row: int) -> FactRecord:
        """Return one fact; raise ``NotFound``."""
        found = await self.select(row=row)
        if not found:
            raise NotFound(f"fact {row}", "there is no such fact", "see 'cvdmail fact list'")
        return found[0]

    async def set_state(self, row: int, state: FactState) -> None:
        """Accept or reject a fact."""
        await self._connection.execute(sa.update(fact).where(fact.c.id == row).values(state=state))

    async def number_promise(self) -> int:
        """Return the row of the next promise, which :meth:`write_promises` writes."""
        return await self._rows.next(promise)

    async def write_promises(self, made: Sequence[PromiseRecord]) -> None:
        """Write promises that were believed."""
        values = [
            {
                "id": one.row,
                "participant": one.participant,
                "fact": one.fact,
                "kind": one.kind,
                "status": one.status,
                "first": one.first,
                "last": one.last,
                "granularity": one.granularity,
                "bound": one.bound,
                "offset_minutes": one.offset_minutes,
                "made_at": one.made_at,
                "slips": one.slips,
            }
            for one in made
        ]
        if values:
            await self._connection.execute(sa.insert(promise), values)

    async def promises(self, participants: Sequence[int], kind: PromiseKind | None = None) -> list[PromiseRecord]:
        """Return the promises of participants, in the order in which they were believed."""
        query = sa.select(promise).where(promise.c.participant.in_(participants))
        if kind is not None:
            query = query.where(promise.c.kind == kind)
        return [
            PromiseRecord(
                one.id,
                one.participant,
                one.fact,
                one.kind,
                one.status,
                one.first,
                one.last,
                one.granularity,
                one.bound,
                one.offset_minutes,
                one.made_at,
                one.slips,
            )
            for one in await self._connection.execute(query.order_by(promise.c.id))
        ]

    async def learn_ticket(self, participant_row: int, number: str) -> None:
        """Remember a vendor's ticket number (as a keyed hash) so that later mails with it are recognised."""
        await self.learn_tickets([(participant_row, number)])

    async def learn_tickets(self, learned: Sequence[tuple[int, str]]) -> None:
        """Do :meth:`learn_ticket` for several."""
        if not learned:
            return
        wanted = {(row, await self._sealed.mac("ticket", number.upper())) for row, number in learned}
        there = await self._connection.execute(
            sa.select(ticket.c.participant, ticket.c.number_mac).where(
                ticket.c.number_mac.in_(sorted({mac for _, mac in wanted}))
            )
        )
        missing = sorted(wanted - {(int(one.participant), str(one.number_mac)) for one in there})
        values = [{"id": await self._rows.next(ticket), "participant": row, "number_mac": mac} for row, mac in missing]
        if values:
            await self._connection.execute(sa.insert(ticket), values)

    async def participants_of_tickets(self, numbers: Sequence[str]) -> list[int]:
        """Return the participants that one of these ticket numbers belongs to."""
        macs = [await self._sealed.mac("ticket", number.upper()) for number in numbers[:50]]
        found = await self._connection.scalars(
            sa.select(ticket.c.participant).where(ticket.c.number_mac.in_(macs)).distinct()
        )
        return [int(one) for one in found]

    async def last_heard(self, participants: Sequence[int]) -> dict[int, datetime]:
        """Return when the last inbound mail that holds a fact of each participant was received."""
        query = (
            sa.select(fact.c.participant, sa.func.max(message.c.received_at))
            .join(message, message.c.id == fact.c.message)
            .where(fact.c.participant.in_(participants))
            .group_by(fact.c.participant)
        )
        return {int(row): heard for row, heard in await self._connection.execute(query)}
