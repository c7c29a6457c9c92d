"""One mail with everything that is known of it, and the holding pen as a list of such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cvdmail.core.evidence import read_evidence
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.history import VerdictRecord
from cvdmail.core.matching import WORDS
from cvdmail.core.records import FactRecord, FactState, FilingRecord, MessageRecord, MessageState, ParticipantRecord
from cvdmail.errors import SealBroken
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk


@dataclass(frozen=True, slots=True)
class Guess:
    """Whose a held mail may be: all that speaks for one participant, and whether its case has no other."""

    participant: ParticipantRecord
    evidence: tuple[str, ...]
    certain: bool
    score: float | None
    why: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One mail: its row, what was read, where it is filed, what it says, and the guesses for a held one."""

    record: MessageRecord
    reading: dict[str, Any] = field(repr=False)
    filings: list[FilingRecord]
    facts: list[FactRecord]
    guesses: list[dict[str, object]]
    ended: list[FilingRecord] = field(default_factory=list)
    earlier: list[VerdictRecord] = field(default_factory=list, repr=False)
    ranked: list[Guess] = field(default_factory=list, repr=False)


async def shown(desk: Desk, row: int) -> Shown:
    """Return one mail; raise ``NotFound``."""
    async with desk.store.read() as tx:
        return await _shown(tx, await tx.inbox.get(row))


async def shown_all(desk: Desk, rows: Sequence[int]) -> dict[int, Shown]:
    """Return several mails, by row."""
    async with desk.store.read() as tx:
        return {row: await _shown(tx, await tx.inbox.get(row)) for row in dict.fromkeys(rows)}


async def pen(desk: Desk) -> list[Shown]:
    """Return the mails that wait for a person, oldest first."""
    async with desk.store.read() as tx:
        waiting = await tx.inbox.select(states=(MessageState.HELD, MessageState.UNPARSED))
        return [await _shown(tx, record) for record in waiting]


async def _shown(tx: Transaction, record: MessageRecord) -> Shown:
    reading = (await tx.inbox.readings([record.row])).get(record.row, {})
    ranked = await _ranked(tx, record, reading)
    cases = {one.participant.row: str(one.participant.case) for one in ranked}
    reasons = _reasons(reading)
    guesses: list[dict[str, object]] = [
        {
            "case": cases[participant],
            "participant": participant,
            "evidence": [evidence.value],
            "why": reasons.get(f"{participant} {evidence.value}") or WORDS[evidence],
        }
        for participant, evidence in await tx.filings.guesses(record.row)
    ]
    filings = (await tx.filings.of([record.row], ended=True)).get(record.row, [])
    facts = await tx.facts.select(messages=[record.row])
    return Shown(
        record,
        reading,
        [one for one in filings if one.ended_at is None],
        facts,
        guesses,
        [one for one in filings if one.ended_at is not None],
        (await tx.verdicts.of([record.row])).get(record.row, []),
        ranked,
    )


def _reasons(reading: dict[str, Any]) -> dict[str, str]:
    """Return the reasons that were kept, by participant and evidence; nobody judged old mail of ours."""
    kept = read_evidence(reading.get("why"))
    hints = kept.hints if kept is not None else ()
    told = {f"{hint.participant} {hint.evidence}": hint.why for hint in hints if hint.why}
    return {**reading.get("guesses", {}), **told}


async def _ranked(tx: Transaction, record: MessageRecord, reading: dict[str, Any]) -> list[Guess]:
    """Return the guesses for a held mail, best first, each participant once with all that speaks for it."""
    kept = read_evidence(reading.get("why"))
    hints = kept.hints if kept is not None else ()
    evidence: dict[int, list[str]] = {}
    for participant, kind in await tx.filings.guesses(record.row):
        evidence.setdefault(participant, []).append(kind.value)
    ranked = []
    for participant, kinds in evidence.items():
        one = await tx.cases.participant(participant)
        others = [other.row for other in await tx.cases.participants(one.case_row) if other.removed_at is None]
        why = [hint for hint in hints if hint.participant == participant]
        ranked.append(
            Guess(
                one,
                tuple(kinds),
                any(hint.certain for hint in why),
                max((hint.score for hint in why if hint.score is not None), default=None),
                tuple(hint.why for hint in why if hint.why),
                others == [participant],
            )
        )
    return ranked


def next_steps(one: Shown) -> list[str]:
    """Return the commands that a person may type next about a mail, the likeliest first."""
    row = one.record.row
    if one.record.state is MessageState.DISCARDED:
        return [f"cvdmail pen restore {row}"]
    if one.record.state is MessageState.FILED:
        case = one.filings[0].case if one.filings else "CASE"
        waiting = any(fact.state is FactState.PROPOSED for fact in one.facts)
        return [f"cvdmail fact list {case}" if waiting else f"cvdmail case show {case} --why"]
    if one.record.state not in (MessageState.HELD, MessageState.UNPARSED):
        return []
    again = [f"cvdmail reprocess {row}"] if _may_be_read_later(one.record) else []
    best = [
        f"cvdmail pen file {row} {guess.participant.case}"
        + ("" if guess.alone else f" --participant {guess.participant.row}")
        for guess in one.ranked[:1]
    ]
    steps = best or ["cvdmail case list", f"cvdmail pen file {row} CASE"]
    return [*steps, *again, f"cvdmail pen discard {row} --reason-file FILE"]


def _may_be_read_later(record: MessageRecord) -> bool:
    """Say whether a key that is imported or pinned, or a newer version, may make more of a mail."""
    unread = record.encrypted is True and record.kind is None
    return (
        record.state is MessageState.UNPARSED
        or record.signature is SignatureState.UNKNOWN_KEY
        or unread
        or "encrypted" in (record.why or "")
    )


async def original(desk: Desk, row: int) -> bytes:
    """Return what a person wants to read of a mail: the decrypted entity if there is one, else the raw bytes."""
    async with desk.store.read() as tx:
        await tx.inbox.get(row)
        try:
            inner = await tx.inbox.inner(row)
        except SealBroken:
            inner = None
        return inner if inner is not None else await tx.inbox.raw(row)
