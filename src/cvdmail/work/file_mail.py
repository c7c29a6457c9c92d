"""Filing: what the judgement of a mail writes."""

from __future__ import annotations

from dataclasses import dataclass

from cvdmail.core.events import EventKind
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import FactRecord, MessageRecord, MessageState, ScopeKind
from cvdmail.errors import CryptoUnavailable, SealBroken, StoreUnavailable
from cvdmail.store.transaction import Transaction
from cvdmail.work.believe import accept_by_policy
from cvdmail.work.desk import Desk
from cvdmail.work.judge import MAX_TRIES, Judged, as_copy, bounced, copy_of, held, judge

DAEMON = "daemon"


@dataclass(frozen=True, slots=True)
class Settled:
    """A mail after its judgement: its row, where it went, and the facts believed."""

    row: int
    state: MessageState
    believed: tuple[FactRecord, ...] = ()


async def process_stored(desk: Desk, limit: int = 50) -> list[Settled]:
    """Judge and settle the mails that wait, one after the other in the order in which they came.

    The order matters: what one mail taught (a ticket, a filing, a promise) decides about the next.  Raise
    ``CryptoUnavailable`` with the rest left where it is; a mail that cannot be judged for a reason of its own does not
    hold up the ones behind it, its error is raised at the end.
    """
    async with desk.store.read() as tx:
        waiting = await tx.inbox.select(states=(MessageState.STORED,), limit=limit)
    settled: list[Settled] = []
    problems: list[Exception] = []
    for record in waiting:
        try:
            settled.append(await process_one(desk, record))
        except (CryptoUnavailable, StoreUnavailable):
            raise
        except Exception as problem:
            problems.append(problem)
    if problems:
        raise problems[0]
    return settled


async def process_one(desk: Desk, record: MessageRecord) -> Settled:
    """Judge one stored mail and write the outcome; after three tries that died it is set aside as unparsed."""
    async with desk.store.write() as tx:
        tries = await tx.inbox.count_try(record.row)
        raw = await tx.inbox.raw(record.row)
    if tries > MAX_TRIES:
        return await _set_aside(desk, record)
    try:
        judged = await judge(desk, raw, record.received_at)
    except (CryptoUnavailable, StoreUnavailable):
        async with desk.store.write() as tx:
            await tx.inbox.uncount_try(record.row)  # the fault is ours and temporary, not the mail's
        raise
    try:
        return await _write_outcome(desk, record, judged)
    except SealBroken:
        # The case was erased a moment ago: judged again, the mail belongs to none and is held.
        return Settled(record.row, MessageState.STORED)


async def _write_outcome(desk: Desk, record: MessageRecord, judged: Judged) -> Settled:
    async with desk.store.write() as tx:
        # While this mail was judged, somebody may have settled it, its twin, or a mail with the same signed text.
        there = await tx.inbox.get(record.row)
        if there.state is not MessageState.STORED:
            return Settled(record.row, there.state)
        outcome = judged.outcome
        twin = await copy_of(tx, outcome.message_id, outcome.body_sha256, record.row)
        if twin is not None:
            judged = as_copy(judged)
        elif outcome.signed_sha256 and await tx.inbox.signed_before(outcome.signed_sha256, record.row):
            judged = held(judged, "the very same signed text came before: a replay?")
        settled = await _settle(desk, tx, record, judged)
        if twin is not None:
            await _keep_with(tx, record.row, twin)
        return settled


async def _keep_with(tx: Transaction, row: int, twin: int) -> None:
    """Seal a copy under the keys of the cases that its twin is filed to: erasing the last of them takes it along."""
    await tx.filings.keep_with(row, twin)


async def _set_aside(desk: Desk, record: MessageRecord) -> Settled:
    async with desk.store.write() as tx:
        await tx.inbox.set_state(record.row, MessageState.UNPARSED)
        body: dict[str, Value] = {"message": record.row, "sha256": record.sha256, "why": "reading it failed 3 times"}
        await tx.ledger.append(Event(MAIN, EventKind.MAIL_UNPARSED, desk.clock.now(), DAEMON, body))
    return Settled(record.row, MessageState.UNPARSED)


_HELD_EVENTS = {
    MessageState.HELD: EventKind.MAIL_HELD,
    MessageState.UNPARSED: EventKind.MAIL_UNPARSED,
    MessageState.COPY: EventKind.MAIL_COPY,
}


async def _settle(desk: Desk, tx: Transaction, record: MessageRecord, judged: Judged) -> Settled:
    now = desk.clock.now()
    outcome = judged.outcome
    pen = await tx.sealed.scope(ScopeKind.PEN)
    await tx.inbox.settle(record.row, outcome, pen)
    facts = judged.reading.extraction.facts if judged.reading is not None else ()
    if outcome.state is not MessageState.FILED or judged.match.certain is None:
        await tx.facts.write(record.row, None, facts, pen)
        await tx.filings.note_guesses(record.row, judged.match.clues)
        body: dict[str, Value] = {"message": record.row, "sha256": record.sha256, "why": outcome.why}
        await tx.ledger.append(Event(MAIN, _HELD_EVENTS[outcome.state], now, DAEMON, body))
        return Settled(record.row, outcome.state)
    certain = judged.match.certain
    participant = await tx.cases.participant(await tx.links.resolve(certain.participant))
    scope = await tx.cases.scope(participant.case_row)
    await tx.filings.file(record.row, participant.row, scope, True, certain.evidence, DAEMON, now)
    body = {
        "evidence": certain.evidence.value,
        "message": record.row,
        "sha256": record.sha256,
        "signature": outcome.signature.value if outcome.signature else None,
        "trust": outcome.trust.value if outcome.trust else None,
    }
    chain = str(participant.case)
    await tx.ledger.append(Event(chain, EventKind.MAIL_FILED, now, DAEMON, body, participant.row))
    records = await tx.facts.write(record.row, participant.row, facts, scope)
    await note_bounces(tx, desk, judged)
    when = judged.reading.date if judged.reading is not None and judged.reading.date else record.received_at
    believed = (
        await accept_by_policy(tx, desk, chain, records, outcome.trust, when)
        if judged.decision.facts_believable
        else []
    )
    return Settled(record.row, outcome.state, tuple(believed))


async def note_bounces(tx: Transaction, desk: Desk, judged: Judged) -> None:
    """A permanent bounce of a mail that we really sent changes what is known of its delivery, nothing else."""
    now = desk.clock.now()
    for mail, address, permanent in await bounced(tx, judged.reading):
        served = {one.address: one.state for one in mail.recipients}
        if permanent and served.get(address) in (RecipientState.SENT, RecipientState.UNKNOWN):
            await tx.outbox.mark_delivery_failed(mail.row, address, now)
            body: dict[str, Value] = {"outbox": mail.row}
            event = Event(mail.chain, EventKind.DELIVERY_FAILED, now, DAEMON, body, mail.participant)
            await tx.ledger.append(event)
