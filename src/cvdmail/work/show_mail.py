"""One mail with everything that is known of it, and the holding pen as a list of such."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cvdmail.core.matching import WORDS
from cvdmail.core.records import FactRecord, FilingRecord, MessageRecord, MessageState
from cvdmail.errors import SealBroken
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk


@dataclass(frozen=True, slots=True)
class Shown:
    """One mail: its row, what was read, where it is filed, what it says, and the guesses for a held one."""

    record: MessageRecord
    reading: dict[str, Any] = field(repr=False)
    filings: list[FilingRecord]
    facts: list[FactRecord]
    guesses: list[dict[str, object]]


async def shown(desk: Desk, row: int) -> Shown:
    """Return one mail; raise ``NotFound``."""
    async with desk.store.read() as tx:
        return await _shown(tx, await tx.inbox.get(row))


async def pen(desk: Desk) -> list[Shown]:
    """Return the mails that wait for a person, oldest first."""
    async with desk.store.read() as tx:
        waiting = await tx.inbox.select(states=(MessageState.HELD, MessageState.UNPARSED))
        return [await _shown(tx, record) for record in waiting]


async def _shown(tx: Transaction, record: MessageRecord) -> Shown:
    readings = await tx.inbox.readings([record.row])
    filings = await tx.filings.of([record.row])
    guesses: list[dict[str, object]] = []
    reasons = readings.get(record.row, {}).get("guesses", {})
    for participant, evidence in await tx.filings.guesses(record.row):
        one = await tx.cases.participant(participant)
        why = reasons.get(f"{participant} {evidence.value}") or WORDS[evidence]
        guesses.append({"case": str(one.case), "participant": participant, "evidence": [evidence.value], "why": why})
    facts = await tx.facts.select(messages=[record.row])
    return Shown(record, readings.get(record.row, {}), filings.get(record.row, []), facts, guesses)


async def original(desk: Desk, row: int) -> bytes:
    """Return what a person wants to read of a mail: the decrypted entity if there is one, else the raw bytes."""
    async with desk.store.read() as tx:
        await tx.inbox.get(row)
        try:
            inner = await tx.inbox.inner(row)
        except SealBroken:
            inner = None
        return inner if inner is not None else await tx.inbox.raw(row)
