"""Facts, promises and tickets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.extract.facts import Fact, from_json, to_json
from cvdmail.core.promises import PromiseKind
from cvdmail.core.records import FactRecord, FactState, PromiseRecord
from cvdmail.core.seal import Place
from cvdmail.errors import NotFound
from cvdmail.store.rows import Rows
from cvdmail.store.sharing import Sharing
from cvdmail.store.tables import fact, message, promise, ticket
from cvdmail.store.tables import participant as parties
from cvdmail.store.vault import SealedValues

_correction = fact.alias("correction")
_WITH_CORRECTION = sa.select(fact, _correction.c.id.label("corrected_by")).outerjoin(
    _correction, _correction.c.corrects == fact.c.id
)


class Facts:
    """The facts of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues, sharing: Sharing) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed
        self._sharing = sharing

    async def write(
        self, message_row: int, participant_row: int | None, found: Sequence[Fact], scope: int, first: int = 0
    ) -> list[FactRecord]:
        """Write the facts of a mail as proposed, their words sealed; return them with their rows."""
        records = await self.number(message_row, participant_row, found)
        await self.write_all([(record, scope) for record in records], first)
        return records

    async def number(self, message_row: int, participant_row: int | None, found: Sequence[Fact]) -> list[FactRecord]:
        """Give rows to the facts of a mail, which :meth:`write_all` writes."""
        rows = [await self._rows.next(fact) for _ in found]
        return [
            FactRecord(row, message_row, participant_row, FactState.PROPOSED, one)
            for row, one in zip(rows, found, strict=True)
        ]

    async def write_all(self, records: Sequence[tuple[FactRecord, int]], first: int = 0) -> None:
        """Write facts, of one mail or of several, each sealed under the scope that stands beside it.

        ``first`` is the position of the first fact of each mail.
        """
        if not records:
            return
        begins = {record.message: record.row for record, _ in reversed(records)}
        values = [
            {
                "id": record.row,
                "message": record.message,
                "participant": record.participant,
                "position": first + record.row - begins[record.message],
                "kind": record.fact.kind,
                "grade": record.fact.grade,
                "state": record.state,
                "corrects": record.corrects,
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

    async def copy(self, message_row: int, participant_row: int, scope: int) -> list[tuple[int, int]]:
        """Propose what a mail says to one more participant that it is filed to: once each, sealed for its case.

        What a person corrected is corrected there too, and the correction is a proposal like the rest: return the
        numbers of both, for each correction.
        """
        there = await self.select(messages=[message_row])
        numbers = {one.fact: one.row for one in there if one.participant == participant_row}
        taken = {one.corrects for one in there if one.participant == participant_row}
        said: dict[Fact, FactRecord] = {}
        for one in there:
            if one.participant != participant_row and one.fact not in numbers:
                said.setdefault(one.fact, one)
        new = await self.add(message_row, participant_row, list(said), scope)
        numbers |= {one.fact: one.row for one in new}
        names = {one.row: one.fact for one in there}
        corrections: list[tuple[int, int]] = []
        for one in new:
            source = said[one.fact]
            if source.state is FactState.CORRECTED:
                await self.set_state(one.row, FactState.CORRECTED)
            of = numbers.get(names[source.corrects]) if source.corrects in names else None
            if of is not None and of not in taken:
                await self._connection.execute(sa.update(fact).where(fact.c.id == one.row).values(corrects=of))
                corrections.append((one.row, of))
        return corrections

    async def correct(self, record: FactRecord, right: Fact, scope: int) -> FactRecord:
        """Put ``right`` in the place of a fact, as believed; the fact itself stays, and counts no more."""
        (new,) = await self.number(record.message, record.participant, [right])
        new = replace(new, state=FactState.ACCEPTED, corrects=record.row)
        await self.set_state(record.row, FactState.CORRECTED)
        await self.write_all([(new, scope)], await self._behind(record.message, record.participant))
        return new

    async def corrections(self) -> list[tuple[int, int]]:
        """Return every correction with the fact that it corrects, those of erased cases among them."""
        query = sa.select(fact.c.id, fact.c.corrects).where(fact.c.corrects.is_not(None)).order_by(fact.c.id)
        return [(int(one.id), int(one.corrects)) for one in await self._connection.execute(query)]

    async def participant_of(self, row: int) -> int | None:
        """Return the participant whose fact it is or was, even if its words were destroyed; None if there is none."""
        found: int | None = await self._connection.scalar(sa.select(fact.c.participant).where(fact.c.id == row))
        return found

    async def add(
        self, message_row: int, participant_row: int | None, found: Sequence[Fact], scope: int
    ) -> list[FactRecord]:
        """Write more facts of a mail as proposed, behind those that are there."""
        first = await self._behind(message_row, participant_row)
        return await self.write(message_row, participant_row, found, scope, first)

    async def _behind(self, message_row: int, participant_row: int | None) -> int:
        """Return the position behind the last fact that a participant has of a mail."""
        of = fact.c.participant.is_(None) if participant_row is None else fact.c.participant == participant_row
        query = sa.select(sa.func.max(fact.c.position)).where(fact.c.message == message_row, of)
        last = await self._connection.scalar(query)
        return 0 if last is None else int(last) + 1

    async def carry(
        self, message_row: int, source: int, target: int, scope: int, same_matter: bool
    ) -> tuple[list[int], list[FactRecord]]:
        """Take the facts of a mail along from one participant to another, as proposals.

        Return the numbers of those that were believed of ``source``, and the facts of ``target`` that say the same.
        Their promises no longer count (:meth:`promises`).  What was rejected is proposed again, unless it is the
        ``same_matter``; what was corrected stays corrected: the words are the same wherever they are.  Facts that the
        other participant has already stay behind.
        """
        theirs = {one.fact: one for one in await self.select(messages=[message_row], participant=target)}
        position = await self._behind(message_row, target)
        believed: list[int] = []
        again: list[FactRecord] = []
        for one in await self.select(messages=[message_row], participant=source):
            twin = theirs.get(one.fact)
            if twin is None:
                kept = one.state is FactState.CORRECTED or (same_matter and one.state is FactState.REJECTED)
                state = one.state if kept else FactState.PROPOSED
                values = {"participant": target, "position": position, "state": state}
                await self._connection.execute(sa.update(fact).where(fact.c.id == one.row).values(**values))
                await self._sealed.move(scope, "fact", one.row)
                position += 1
            if one.state is FactState.ACCEPTED:
                believed += [one.row] if twin is None else []
                again += [one if twin is None else twin] if twin is None or twin.state is FactState.PROPOSED else []
        return believed, [replace(one, participant=target, state=FactState.PROPOSED) for one in again]

    async def drop(self, rows: Sequence[int]) -> None:
        """Destroy the words of facts that are no longer read; their numbers are never given again."""
        await self._sharing.forget("fact", "value", rows)

    async def rewrite(self, row: int, new: Fact, scope: int) -> None:
        """Keep a fact that was read again: what is said is the same, where it stands or how sure it is has changed."""
        await self._connection.execute(sa.update(fact).where(fact.c.id == row).values(grade=new.grade))
        await self._sealed.replace(scope, Place("fact", "value", row), json.dumps(to_json(new)).encode())

    async def select(
        self,
        messages: Sequence[int] | None = None,
        case_row: int | None = None,
        row: int | None = None,
        participant: int | None = None,
    ) -> list[FactRecord]:
        """Return facts in the order of their mails; erased ones are left out."""
        query = _WITH_CORRECTION.order_by(fact.c.message, fact.c.position)
        if messages is not None:
            query = query.where(fact.c.message.in_(messages))
        if row is not None:
            query = query.where(fact.c.id == row)
        if participant is not None:
            query = query.where(fact.c.participant == participant)
        if case_row is not None:
            query = query.join(parties, parties.c.id == fact.c.participant).where(parties.c.case == case_row)
        rows = (await self._connection.execute(query)).all()
        values = await self._sealed.get_many("fact", "value", [one.id for one in rows])
        return [
            FactRecord(
                one.id,
                one.message,
                one.participant,
                one.state,
                from_json(json.loads(values[one.id])),
                one.corrects,
                one.corrected_by,
            )
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
        """Accept or reject a fact, or note that it was corrected."""
        await self._connection.execute(sa.update(fact).where(fact.c.id == row).values(state=state))

    async def number_promise(self) -> int:
        """Return the row of the next promise, which :meth:`write_promises` writes."""
        return await self._rows.next(promise)

    async def write_promises(self, made: Sequence[PromiseRecord]) -> None:
        """Write promises that were believed.

        A fact believed again, after its mail was moved, makes a promise with a number of its own: the earlier one goes.
        """
        again = sa.select(promise.c.id).where(promise.c.fact.in_([one.fact for one in made]))
        earlier = list(await self._connection.scalars(again)) if made else []
        if earlier:
            slipped = sa.update(promise).where(promise.c.slips.in_(earlier)).values(slips=None)
            await self._connection.execute(slipped)
            await self._connection.execute(sa.delete(promise).where(promise.c.id.in_(earlier)))
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

    async def last_promises(self, participants: Sequence[int]) -> list[PromiseRecord]:
        """Return the last promise of each kind of each participant that counts; see :meth:`promises`.

        The last is the one said last, whenever it was believed.
        """
        found = await self._connection.execute(_NEWEST, {"participants": list(participants)})
        return [_promise(one) for one in found]

    async def promises(self, participants: Sequence[int], kind: PromiseKind | None = None) -> list[PromiseRecord]:
        """Return the promises of participants, in the order in which they were made.

        A promise counts as long as its fact is believed of that participant: not once its mail was moved away.
        """
        query = sa.select(promise).join(fact, _BELIEVED).where(promise.c.participant.in_(participants))
        if kind is not None:
            query = query.where(promise.c.kind == kind)
        return [_promise(one) for one in await self._connection.execute(query.order_by(*_AS_SAID))]

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

    async def forget_ticket(self, participant_row: int, number: str) -> None:
        """Forget a ticket number that was learned from a mail of somebody else."""
        mac = await self._sealed.mac("ticket", number.upper())
        where = sa.and_(ticket.c.participant == participant_row, ticket.c.number_mac == mac)
        await self._connection.execute(sa.delete(ticket).where(where))

    async def last_heard(self, participants: Sequence[int]) -> dict[int, datetime]:
        """Return when the last inbound mail that holds a fact of each participant was received."""
        query = (
            sa.select(fact.c.participant, sa.func.max(message.c.received_at))
            .join(message, message.c.id == fact.c.message)
            .where(fact.c.participant.in_(participants))
            .group_by(fact.c.participant)
        )
        return {int(row): heard for row, heard in await self._connection.execute(query)}


_BELIEVED = sa.and_(
    fact.c.id == promise.c.fact, fact.c.participant == promise.c.participant, fact.c.state == FactState.ACCEPTED
)


_AS_SAID = (promise.c.made_at, promise.c.id)
_PLACE = sa.func.row_number().over(
    partition_by=(promise.c.participant, promise.c.kind), order_by=[one.desc() for one in _AS_SAID]
)
_PLACED = (
    sa.select(promise.c.id, _PLACE.label("place"))
    .join(fact, _BELIEVED)
    .where(promise.c.participant.in_(sa.bindparam("participants", expanding=True)))
    .subquery()
)
_NEWEST = sa.select(promise).join(_PLACED, _PLACED.c.id == promise.c.id).where(_PLACED.c.place == 1)


def _promise(one: Any) -> PromiseRecord:
    return PromiseRecord(
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
