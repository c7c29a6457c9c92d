"""Delivery: from an approved draft to an answer of the server for every recipient.

Order, and why.  (1) What an earlier run left open is closed first: an attempt that was begun and never ended is
``unknown``, because nobody can know.  (2) A draft whose turn has come is checked once more, rendered, signed and
encrypted, passed through the guard, and its final bytes are committed: *frozen*.  From here on the bytes never change.
(3) The attempt is committed.  (4) Only then comes the connect.  (5) The outcome is committed.  (6) The very bytes go
into the Sent folder.  A crash anywhere leaves the mail in exactly one of these places.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cvdmail.core import compose, guard
from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.compose import Headers
from cvdmail.core.drafts import DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address, MessageId, ReplyToken
from cvdmail.core.ledger import Event, Value
from cvdmail.core.outbox import HOST_PAUSE, delay, gave_up, outstanding
from cvdmail.core.outgoing import (
    Intended,
    OutgoingMail,
    RecipientResult,
    RecipientState,
    Stage,
    SubmissionResult,
)
from cvdmail.core.policy import ResendUnknown
from cvdmail.core.records import OutboxRecord
from cvdmail.errors import CryptoRefused, CvdmailError, GuardRefusal, NotFound, Refused, SealBroken, StoreUnavailable
from cvdmail.ports import Mailbox, Postman
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk
from cvdmail.work.review import Prepared, prepare, reviewed

DAEMON = "daemon"
LEASE = "daemon"
GIVEN_UP = "given up after 5 days"
FREEZE_AT_ONCE = 4  # mails signed and encrypted side by side
_BEFORE_MAIL = (Stage.CONNECT, Stage.TLS, Stage.LOGIN)
_EVENTS = {
    RecipientState.SENT: EventKind.MAIL_SENT,
    RecipientState.DEFERRED: EventKind.MAIL_DEFERRED,
    RecipientState.REFUSED: EventKind.MAIL_REFUSED,
    RecipientState.UNKNOWN: EventKind.MAIL_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a pass over the outbox came to: rows by the state they ended in, and why the queue stopped, if it did."""

    states: Mapping[int, RecipientState]
    stopped: str | None = None
    stopped_by: str | None = None
    problem: str | None = None


async def recover(desk: Desk) -> int:
    """Close the attempts that a crash left open: their recipients are ``unknown``; return how many there were."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        interrupted = await tx.outbox.interrupted()
        for row, number in interrupted:
            record = await tx.outbox.get(row)
            lost = RecipientResult(RecipientState.UNKNOWN, Stage.DOT, None, "the program was stopped meanwhile")
            results = {person.address: lost for person in record.recipients if person.state is RecipientState.SENDING}
            await _finish(desk, tx, record, number, SubmissionResult(results), now)
    return len(interrupted)


async def deliver_due(
    desk: Desk, postman: Postman, fence: int, limit: int = 50, stopping: Callable[[], bool] = lambda: False
) -> Delivered:
    """Try every mail that is due once, oldest first; stop early when the server asks to be left alone.

    ``stopping`` is asked between two mails: the one under way is always finished.
    """
    now = desk.clock.now()
    async with desk.store.read() as tx:
        due = await tx.outbox.select(due_at=now, limit=limit)
    states: dict[int, RecipientState] = {}
    for record in await _frozen(desk, due, states, fence):
        if stopping():
            break
        try:
            result, state = await _attempt(desk, postman, record, fence)
        except (SealBroken, NotFound) as problem:
            await _stop(desk, record, problem)
            continue
        states[record.row] = state
        if result.stop_queue:
            return Delivered(states, "the server refuses the log-in: mend [smtp], then restart", "SMTP log-in")
        if result.pause_host:
            return Delivered(states, "the SMTP server asks to be left alone for a while")
        unreached = next((one for one in result.recipients.values() if one.stage in _BEFORE_MAIL), None)
        if unreached is not None:
            # What keeps one mail from the server keeps them all: the others wait without being tried.
            return Delivered(states, problem=f"SMTP {unreached.stage.value}: {unreached.answer}")
    return Delivered(states)


async def _frozen(
    desk: Desk, due: list[OutboxRecord], states: dict[int, RecipientState], fence: int
) -> list[OutboxRecord]:
    """Make the bytes of the mails that have none yet, a few at a time; those that were stopped stand in ``states``."""
    slots = asyncio.Semaphore(FREEZE_AT_ONCE)

    async def one(record: OutboxRecord) -> OutboxRecord | None:
        if record.message is not None:
            return record
        async with slots:
            return await _freeze(desk, record, fence)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(record)) for record in due]
    except* CvdmailError as problems:
        raise problems.exceptions[0] from None
    made = [task.result() for task in tasks]
    states.update(
        {record.row: RecipientState.QUEUED for record, frozen in zip(due, made, strict=True) if frozen is None}
    )
    return [frozen for frozen in made if frozen is not None]


async def _freeze(desk: Desk, record: OutboxRecord, fence: int) -> OutboxRecord | None:
    """Make and commit the final bytes of a mail; None if it had to be stopped instead, with the reason kept."""
    try:
        async with desk.store.read() as tx:
            prepared = await prepare(desk, tx, record.draft)
            digest = prepared.statement.digest()
            if digest != prepared.draft.digest or not (await reviewed(desk, tx, prepared, digest)).complete:
                raise Refused("mail", "what was approved has changed", "approve the draft again")
        raw, headers, intended, token = await _make(desk, prepared)
    except (Refused, CryptoRefused, GuardRefusal, SealBroken, NotFound) as problem:
        await _stop(desk, record, problem)
        return None
    now = headers.date
    async with desk.store.write() as tx:
        await _check_lease(tx, fence)
        scope = await tx.cases.scope(prepared.participant.case_row)
        body_hash = hashlib.sha256(raw.partition(b"\r\n\r\n")[2]).hexdigest()
        reading = _reading(prepared, headers, intended)
        message = await tx.inbox.store_outbound(raw, intended.message_id, body_hash, reading, scope, now)
        await tx.inbox.file(message, record.participant, scope, True, None, DAEMON, now)
        await tx.cases.issue_token(record.participant, token, now)
        if not await tx.outbox.freeze(record.row, message, now):
            raise StoreUnavailable("delivery", "another daemon has made this mail already", "only one may run")
        body: dict[str, Value] = {
            "digest": prepared.statement.digest(),
            "keys": sorted(intended.encryption_key_ids),
            "message": message,
            "outbox": record.row,
            "sha256": hashlib.sha256(raw).hexdigest(),
        }
        event = Event(str(record.case), EventKind.MAIL_FROZEN, now, DAEMON, body, record.participant)
        await tx.ledger.append(event)
        return await tx.outbox.get(record.row)


async def _stop(desk: Desk, record: OutboxRecord, problem: CvdmailError) -> None:
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.outbox.schedule(record.row, now, f"{problem.why}; {problem.remedy}"[:200])
        if record.message is None:
            draft = await tx.drafts.get(record.draft)
            await tx.drafts.set_state(record.draft, DraftState.OPEN, draft.digest)
        body: dict[str, Value] = {"outbox": record.row, "stage": "before"}
        event = Event(str(record.case), EventKind.MAIL_REFUSED, now, DAEMON, body, record.participant)
        await tx.ledger.append(event)


async def _make(desk: Desk, prepared: Prepared) -> tuple[bytes, Headers, Intended, ReplyToken]:
    """Render, sign, encrypt, and pass the guard; nothing is written yet."""
    config = desk.config
    statement = prepared.statement
    mailbox = config.mailbox.address
    token = desk.token()
    to = tuple(recipient.address for recipient in statement.recipients)
    cc = (mailbox,) if statement.copy_to_self and mailbox not in to else ()
    headers = Headers(
        sender=mailbox,
        sender_name=config.mailbox.name,
        to=to,
        cc=cc,
        reply_to=Address.parse(f"{mailbox.local}+{token}@{mailbox.domain}"),
        date=desk.clock.now().replace(microsecond=0),
        message_id=desk.message_id(),
        outer_subject=f"[{statement.case}]",
        subject=f"[{statement.case}] {statement.subject}",
    )
    entity = compose.inner(headers, statement.text, statement.attachments, desk.word())
    own = await desk.keys.team(mailbox, config.openpgp.mailbox_key)
    keys = (*prepared.keys, own)
    expected = set()
    for key in keys:
        usable = usable_for_encryption(key.certificate, desk.clock.now())
        if not usable.usable or usable.key is None:
            raise Refused(f"key {key.certificate.fingerprint}", usable.reason, "renew it, or pin a current key")
        expected.add(usable.key.key_id)
    recipients = [key.certificate.fingerprint for key in keys]
    ciphertext = await desk.openpgp.sign_encrypt(
        entity, config.openpgp.mailbox_key, recipients, tuple(key.ring for key in prepared.keys)
    )
    raw = compose.outer(headers, ciphertext, desk.word())
    intended = Intended(
        case=statement.case,
        sender=mailbox,
        to=frozenset(to),
        cc=frozenset(cc),
        encryption_key_ids=frozenset(expected),
        message_id=headers.message_id,
        sender_name=headers.sender_name,
    )
    guard.inspect(OutgoingMail(raw, mailbox, (*to, *cc), intended))
    return raw, headers, intended, token


def _reading(prepared: Prepared, headers: Headers, intended: Intended) -> dict[str, object]:
    return {
        "from": str(headers.sender),
        "from_name": headers.sender_name,
        "to": [str(address) for address in headers.to],
        "cc": [str(address) for address in headers.cc],
        "date": headers.date.isoformat(),
        "subject": headers.subject,
        "text": prepared.statement.text,
        "attachments": [attachment.name for attachment in prepared.statement.attachments],
        "message_id": str(headers.message_id),
        "key_ids": sorted(intended.encryption_key_ids),
    }


async def outgoing(
    tx: Transaction, desk: Desk, record: OutboxRecord, waiting: frozenset[Address] | None
) -> OutgoingMail:
    """Return the frozen bytes of a mail with the set they were made for; ``waiting`` limits the envelope."""
    if record.message is None:
        raise Refused(f"outbox {record.row}", "its bytes are not made yet", "wait for the next pass")
    raw = await tx.inbox.raw(record.message)
    reading = (await tx.inbox.readings([record.message]))[record.message]
    mailbox = desk.config.mailbox.address
    to = frozenset(Address.parse(text) for text in reading["to"])
    cc = frozenset(Address.parse(text) for text in reading["cc"])
    intended = Intended(
        case=record.case,
        sender=mailbox,
        to=to,
        cc=cc,
        encryption_key_ids=frozenset(reading["key_ids"]),
        message_id=MessageId(reading["message_id"]),
        sender_name=reading["from_name"],
        outstanding=waiting,
    )
    return OutgoingMail(raw, mailbox, tuple(sorted(intended.envelope)), intended)


async def _attempt(
    desk: Desk, postman: Postman, due: OutboxRecord, fence: int
) -> tuple[SubmissionResult, RecipientState]:
    async with desk.store.write() as tx:
        await _check_lease(tx, fence)
        record = await tx.outbox.get(due.row)  # as it stands now: somebody may have stopped it a moment ago
        waiting = frozenset(person.address for person in record.recipients if outstanding(person.state))
        if record.stopped or not waiting:
            return SubmissionResult({}), record.state
        mail = await outgoing(tx, desk, record, waiting)
        number = await tx.outbox.begin_attempt(record.row, fence, waiting, desk.clock.now())
    try:
        result = await postman.submit(mail)
    except GuardRefusal as refusal:
        # The bytes are not what was frozen: nothing was connected, and nobody may try again without a person.
        stopped = RecipientResult(RecipientState.REFUSED, Stage.CONNECT, None, refusal.why)
        result = SubmissionResult(dict.fromkeys(waiting, stopped))
    async with desk.store.write() as tx:
        return result, await _finish(desk, tx, record, number, result, desk.clock.now())


async def _check_lease(tx: Transaction, fence: int) -> None:
    lease = await tx.inbox.lease(LEASE)
    if lease is None or lease.fence != fence:
        raise StoreUnavailable("delivery", "another daemon has taken over", "only one may run; this one stops")


async def _finish(
    desk: Desk, tx: Transaction, record: OutboxRecord, number: int, result: SubmissionResult, now: datetime
) -> RecipientState:
    case = await tx.cases.get(record.case)
    scope = None if case.erased_at is not None else await tx.cases.scope(case.row)
    state = await tx.outbox.finish_attempt(record.row, number, result.recipients, scope, now)
    for person in (await tx.outbox.get(record.row)).recipients:
        outcome = result.recipients.get(person.address)
        if outcome is None:
            continue
        body: dict[str, Value] = {
            "attempt": number,
            "code": outcome.code,
            "outbox": record.row,
            "recipient": person.row,
            "stage": outcome.stage.value,
        }
        event = Event(str(record.case), _EVENTS[outcome.state], now, DAEMON, body, record.participant)
        await tx.ledger.append(event)
    pause = HOST_PAUSE if result.pause_host else delay(await tx.outbox.attempts(record.row))
    stopped = f"{GIVEN_UP}; a person must decide" if gave_up(record.queued_at, now) else None
    await tx.outbox.schedule(record.row, now + pause, stopped)
    if state is RecipientState.UNKNOWN and desk.policy.resend_unknown is ResendUnknown.ONCE:
        await tx.outbox.resend_unknown(record.row, now)
    return state


async def store_copies(desk: Desk, mailbox: Mailbox, folder: str) -> int:
    """Put the copy of every mail that left into the Sent folder, once; return how many."""
    async with desk.store.read() as tx:
        due = await tx.outbox.copies_due()
    stored = 0
    for record in due:
        try:
            async with desk.store.read() as tx:
                mail = await outgoing(tx, desk, record, None)
        except (SealBroken, NotFound):
            continue  # erased meanwhile: there is nothing left to keep a copy of
        stored += 1
        await mailbox.append(folder, mail)
        async with desk.store.write() as tx:
            await tx.outbox.copy_stored(record.row)
            body: dict[str, Value] = {"outbox": record.row}
            now = desk.clock.now()
            event = Event(str(record.case), EventKind.SENT_COPY_STORED, now, DAEMON, body, record.participant)
            await tx.ledger.append(event)
    return stored
