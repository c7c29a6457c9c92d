"""The holding pen: what a person decides about a mail that waits in it."""

from __future__ import annotations

import asyncio

from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import MAIN, Event, Value, commitment
from cvdmail.core.mail import parse
from cvdmail.core.records import MessageRecord, MessageState, ParticipantRecord, ScopeKind
from cvdmail.core.sender import read_sender
from cvdmail.errors import ParseLimit, Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.move import known_case, party, refuse_merged
from cvdmail.work.similar import features_of, learn_traits


async def file_by_person(
    desk: Desk, actor: Actor, row: int, case_id: CaseId, which: str | None, also: bool = False
) -> ParticipantRecord:
    """File a held mail where a person says; its facts stay proposed for that participant.

    With ``also`` a mail that is filed already is filed there too: each of its cases has its facts as proposals of its
    own, reads its words with its own key, and may be erased without the others.
    """
    now = desk.clock.now()
    by = str(actor.fingerprint)
    async with desk.store.write() as tx:
        record = await _may_be_filed(tx, row, also)
        case = await known_case(tx, case_id)
        await refuse_merged(tx, case)
        filed = (await tx.filings.of([row])).get(row, [])
        participant = await party(tx, case, which)
        if participant.row in {one.participant for one in filed}:
            raise Refused(f"pen {row}", f"it is filed to {case_id} already", "name another case or --participant")
        scope = await tx.cases.scope(case.row)
        if filed and not await tx.filings.scopes(row):
            raise Refused(f"pen {row}", "it was erased with its case", "only its hash remains")
        corrections: list[tuple[int, int]] = []
        if filed:
            await tx.filings.link(row, participant.row, scope, by, now)
            corrections = await tx.facts.copy(row, participant.row, scope)
        else:
            await tx.filings.file(row, participant.row, scope, False, None, by, now)
            await tx.filings.take_along(row, scope)
            await tx.inbox.set_state(row, MessageState.FILED)
            await tx.facts.assign(row, participant.row, scope)
        body: dict[str, Value] = {"by": "person", "message": row, "sha256": record.sha256}
        if filed:
            body["also"] = True
        if corrections:
            body["corrections"] = corrections
        event = Event(str(case_id), EventKind.MAIL_FILED, now, by, body, participant.row)
        await tx.ledger.append(await actor.decide(event))
        await _learn(desk, tx, row, participant.row)
    return participant


async def _learn(desk: Desk, tx: Transaction, row: int, participant: int) -> None:
    """A person's filing teaches what later mail is recognised by, like one of our own."""
    try:
        mail = await asyncio.to_thread(parse, await tx.inbox.raw(row))
    except ParseLimit:
        return  # nothing can be learned from a mail that cannot be read
    reading = (await tx.inbox.readings([row])).get(row, {})
    words = (str(reading.get("subject") or ""), str(reading.get("text") or ""))
    await learn_traits(desk, tx, participant, features_of(mail, *words, read_sender(mail.root)))


async def _may_be_filed(tx: Transaction, row: int, also: bool) -> MessageRecord:
    record = await tx.inbox.get(row)
    if record.state is MessageState.FILED:
        if also:
            return record
        filed = [str(one.case) for one in (await tx.filings.of([row])).get(row, [])]
        raise Refused(
            f"pen {row}",
            f"it is not in the pen, it is filed to {', '.join(dict.fromkeys(filed))}",
            "add --also to file it there too, or see 'cvdmail case move --help'",
        )
    return await _held(tx, row)


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


async def restore(desk: Desk, actor: Actor, row: int) -> MessageState:
    """Put a discarded mail back into the pen, as it was; return what it waits as."""
    async with desk.store.write() as tx:
        record = await tx.inbox.get(row)
        if record.state is not MessageState.DISCARDED:
            raise Refused(f"pen {row}", f"it was not discarded, it is {record.state.value}", "see 'cvdmail pen list'")
        state = MessageState.HELD if record.trust is not None else MessageState.UNPARSED
        await tx.inbox.set_state(row, state)
        body: dict[str, Value] = {"message": row, "sha256": record.sha256}
        event = Event(MAIN, EventKind.MAIL_RESTORED, desk.clock.now(), str(actor.fingerprint), body)
        await tx.ledger.append(await actor.decide(event))
    return state


async def _held(tx: Transaction, row: int) -> MessageRecord:
    record = await tx.inbox.get(row)
    if record.state is MessageState.DISCARDED:
        raise Refused(f"pen {row}", "it is not in the pen, it is discarded", f"put it back: cvdmail pen restore {row}")
    if record.state not in (MessageState.HELD, MessageState.UNPARSED):
        raise Refused(f"pen {row}", f"it is not in the pen, it is {record.state.value}", "see 'cvdmail pen list'")
    return record
