"""The holding pen: what a person decides about a mail that waits in it."""

from __future__ import annotations

from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import MAIN, Event, Value, commitment
from cvdmail.core.records import MessageRecord, MessageState, ParticipantRecord, ScopeKind
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk


async def file_by_person(desk: Desk, actor: Actor, row: int, case_id: CaseId, which: str | None) -> ParticipantRecord:
    """File a held mail where a person says; its facts stay proposals for that participant."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        record = await _held(tx, row)
        case = await tx.cases.get(case_id)
        participants = await tx.cases.participants(case.row)
        named = [one for one in participants if which is None or which in (str(one.row), one.vendor)]
        if len(named) != 1:
            raise Refused(f"pen {row}", f"{case_id} has {len(named)} such participants", "name one with --participant")
        participant = named[0]
        scope = await tx.cases.scope(case.row)
        await tx.filings.file(row, participant.row, scope, False, None, str(actor.fingerprint), now)
        await tx.inbox.set_state(row, MessageState.FILED)
        await tx.facts.assign(row, participant.row, scope)
        body: dict[str, Value] = {"by": "person", "message": row, "sha256": record.sha256}
        event = Event(str(case_id), EventKind.MAIL_FILED, now, str(actor.fingerprint), body, participant.row)
        await tx.ledger.append(await actor.decide(event))
    return participant


async def discard(desk: Desk, actor: Actor, row: int, reason: bytes) -> None:
    """Take a held mail out of the pen for a reason; its bytes stay."""
    async with desk.store.write() as tx:
        await discard_within(desk, tx, actor, row, reason)


async def discard_within(
    desk: Desk, tx: Transaction, actor: Actor, row: int, reason: bytes, answer: int | None = None
) -> None:
    """Do :func:`discard` in a transaction that does more; ``answer`` is the draft that answers the mail."""
    record = await _held(tx, row)
    await tx.inbox.set_state(row, MessageState.DISCARDED)
    pen = await tx.sealed.scope(ScopeKind.PEN)
    salt = desk.entropy.bytes(16)
    body: dict[str, Value] = {
        "message": row,
        "reason": commitment(salt, reason),
        "sha256": record.sha256,
    }
    if answer is not None:
        body["answer"] = answer
    event = Event(MAIN, EventKind.MAIL_DISCARDED, desk.clock.now(), str(actor.fingerprint), body)
    await tx.ledger.append_with_secret(await actor.decide(event), pen, salt, reason)


async def _held(tx: Transaction, row: int) -> MessageRecord:
    record = await tx.inbox.get(row)
    if record.state not in (MessageState.HELD, MessageState.UNPARSED):
        raise Refused(f"pen {row}", f"it is not in the pen, it is {record.state.value}", "see 'cvdmail pen list'")
    return record
