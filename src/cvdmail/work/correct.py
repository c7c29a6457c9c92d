"""Correcting a fact: a person says what the words mean, and what was read stays beside it.

The original counts no more: its promise falls out of the ledger of promises, a number learned from it is forgotten, and
a state that rests on it is named in ``case show``, as when a mail is moved away.  The correction is believed at once,
by the signature of who made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cvdmail.core.correction import corrected
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import Fact, FactKind
from cvdmail.core.ledger import Event, Value, commitment
from cvdmail.core.records import FactRecord, FactState
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.believe import Beliefs, said_at
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.move import forget_numbers, living_case

_GONE = (FactState.CORRECTED, FactState.REJECTED)


@dataclass(frozen=True, slots=True)
class Correction:
    """The fact as it was read, and the one in its place."""

    original: FactRecord
    record: FactRecord


async def correct(
    desk: Desk, actor: Actor, row: int, given: Mapping[str, str], kind: FactKind | None, reason: bytes | None
) -> Correction:
    """Put what a person says in the place of a fact; raise ``Refused`` with nothing done.

    ``given`` holds values by the names of :data:`cvdmail.core.correction.FIELDS`, ``kind`` another kind if that was
    misread too; ``reason`` is sealed under the case's key, the ledger commits to it.
    """
    now = desk.clock.now()
    async with desk.store.write() as tx:
        record, participant_row = await _to_be_corrected(tx, row)
        participant = await tx.cases.participant(participant_row)
        message = await tx.inbox.get(record.message)
        right = corrected(record.fact, given, kind, message.received_at.date())
        await _not_said_already(tx, record, right)
        scope = await tx.cases.scope(participant.case_row)
        new = await tx.facts.correct(record, right, scope)
        if record.state is FactState.ACCEPTED:
            await forget_numbers(tx, participant, [record])
        body: dict[str, Value] = {"by": "person", "corrects": row, "fact": new.row}
        salt = desk.entropy.bytes(16)
        if reason is not None:
            body["reason"] = commitment(salt, reason)
        chain, by = str(participant.case), str(actor.fingerprint)
        event = await actor.decide(Event(chain, EventKind.FACT_CORRECTED, now, by, body, participant_row))
        if reason is not None:
            await tx.ledger.append_with_secret(event, scope, salt, reason)
        else:
            await tx.ledger.append(event)
        reading = (await tx.inbox.readings([message.row])).get(message.row, {})
        beliefs = Beliefs(tx)
        await beliefs.follow(new, participant_row, said_at(reading.get("date"), message.received_at), event)
        await beliefs.write()
        return Correction(await tx.facts.get(row), await tx.facts.get(new.row))


async def _to_be_corrected(tx: Transaction, row: int) -> tuple[FactRecord, int]:
    """Return a fact that a person may correct, and whose it is."""
    known = await tx.facts.participant_of(row)
    if known is not None:  # of an erased case no word is left, but that it was one is known
        await living_case(tx, (await tx.cases.participant(known)).case)
    record = await tx.facts.get(row)
    if record.participant is None:
        raise Refused(f"fact {row}", "its mail waits in the holding pen", f"cvdmail pen file {record.message} CASE")
    if record.state is FactState.CORRECTED:
        other = record.corrected_by
        raise Refused(f"fact {row}", f"it was corrected by fact {other}", f"cvdmail fact correct {other}")
    return record, record.participant


async def _not_said_already(tx: Transaction, record: FactRecord, right: Fact) -> None:
    for one in await tx.facts.select(messages=[record.message], participant=record.participant):
        same = (one.fact.kind, one.fact.value, one.fact.quote) == (right.kind, right.value, right.quote)
        if same and one.row != record.row and one.state not in _GONE:
            why = f"fact {one.row} says that of the same words already"
            raise Refused(f"fact {record.row}", why, f"cvdmail fact reject {record.row}")
