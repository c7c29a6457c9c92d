"""Freezing: an approved draft whose turn has come is checked once more and gets its final bytes, committed for good.

From here on the bytes never change: every attempt sends the same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.drafts import ALWAYS_CLEAR, CLEAR_LETTERS, ClearExtent, DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address, MessageId
from cvdmail.core.ledger import Event, Value
from cvdmail.core.outgoing import Intended, OutgoingMail
from cvdmail.core.records import OutboundMail, OutboxRecord, Reach
from cvdmail.errors import CryptoRefused, CvdmailError, GuardRefusal, NotFound, Refused, SealBroken, StoreUnavailable
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, LEASE, Desk
from cvdmail.work.make_mail import Made, let_out, make
from cvdmail.work.review import Prepared, prepare_many, reviewed_many
from cvdmail.work.similar import learn_sent

_REFUSALS = (Refused, CryptoRefused, GuardRefusal, SealBroken, NotFound)


_WRITE_AGAIN = "cvdmail participant add CASE VENDOR writes a report again"


@dataclass(frozen=True, slots=True)
class Frozen:
    """A mail whose bytes are committed; ``scope`` seals the server's answer."""

    record: OutboxRecord
    mail: OutgoingMail
    scope: int


async def check(desk: Desk, tx: Transaction, drafts: Sequence[int]) -> dict[int, Prepared | CvdmailError]:
    """Build the statements again and verify the approvals: the last look before anything is signed."""
    found = await prepare_many(desk, tx, drafts)
    reviews = await reviewed_many(desk, tx, [one for one in found.values() if isinstance(one, Prepared)])
    changed = Refused("mail", "what was approved has changed", "approve the draft again")
    return {
        row: one
        if isinstance(one, CvdmailError) or (one.statement.digest() == one.draft.digest and reviews[row].complete)
        else changed
        for row, one in found.items()
    }


async def try_to_make(desk: Desk, prepared: Prepared) -> Made | CvdmailError:
    """Make a mail, or return why it must not go; raise only what is temporary."""
    try:
        return await make(desk, prepared)
    except _REFUSALS as problem:
        return problem


async def freeze(desk: Desk, made: Sequence[tuple[OutboxRecord, Prepared, Made]], fence: int) -> dict[int, Frozen]:
    """Commit the final bytes of mails with all that belongs to them, in one transaction.

    A mail whose contact, key or case changed while it was signed is left out: its bytes are for yesterday's.
    """
    now = desk.clock.now()
    async with desk.store.write() as tx:
        if not await holds_lease(tx, fence):
            raise StoreUnavailable("delivery", "another daemon has taken over", "only one may run; this one stops")
        reach = await tx.drafts.reach([record.draft for record, _, _ in made])
        extents = await _extents(tx, [prepared for _, prepared, _ in made])
        made = [one for one in made if _same_reach(one[1], reach.get(one[0].draft), extents)]
        if not made:
            return {}
        await tx.sealed.warm({prepared.scope for _, prepared, _ in made})
        mails = [
            OutboundMail(
                one.mail.raw,
                one.mail.intended.message_id,
                record.participant,
                prepared.scope,
                one.reading,
                encrypted=not prepared.draft.clear,
            )
            for record, prepared, one in made
        ]
        messages = await tx.sent.store(mails, DAEMON, now)
        await learn_sent(desk, tx, mails)
        tokens = [(record.participant, one.token) for record, _, one in made if record.participant is not None]
        await tx.cases.issue_tokens(tokens, now)
        rows = {record.row: message for (record, _, _), message in zip(made, messages, strict=True)}
        if not await tx.outbox.freeze(rows, now):
            raise StoreUnavailable("delivery", "another daemon has made a mail already", "only one may run")
        await tx.ledger.append_all([_frozen_event(record, prepared, one, rows, now) for record, prepared, one in made])
    return {
        record.row: Frozen(replace(record, message=rows[record.row]), one.mail, prepared.scope)
        for record, prepared, one in made
    }


async def _extents(tx: Transaction, drafts: Sequence[Prepared]) -> dict[int, ClearExtent]:
    """Return what the contacts of the letters in clear get in clear, as it stands at this moment."""
    people = [one.participant for one in drafts if one.draft.clear and one.participant is not None]
    return await tx.contacts.clear_extents([one.contact for one in people if one.contact is not None])


def _same_reach(prepared: Prepared, reach: Reach | None, extents: Mapping[int, ClearExtent]) -> bool:
    """Say whether a mail would still go to the very contact and key that it was made for."""
    if reach is None or prepared.participant is None:
        return True  # it belongs to no case
    (recipient,) = prepared.statement.recipients
    if reach.gone or not reach.confirmed or reach.address != recipient.address.key:
        return False
    if not prepared.draft.clear:
        return reach.fingerprint == recipient.fingerprint
    extent = extents.get(prepared.participant.contact or 0, ClearExtent.NEVER)
    return prepared.draft.letter in ALWAYS_CLEAR | CLEAR_LETTERS[extent]


def _frozen_event(
    record: OutboxRecord, prepared: Prepared, made: Made, messages: Mapping[int, int], now: datetime
) -> Event:
    body: dict[str, Value] = {
        "digest": prepared.statement.digest(),
        "keys": sorted(made.mail.intended.encryption_key_ids),
        "message": messages[record.row],
        "outbox": record.row,
        "sha256": hashlib.sha256(made.mail.raw).hexdigest(),
    }
    return Event(record.chain, EventKind.MAIL_FROZEN, now, DAEMON, body, record.participant)


async def stop(desk: Desk, record: OutboxRecord, problem: CvdmailError) -> None:
    """Keep why a mail must not go, and let its draft be approved anew where no bytes were made yet."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.outbox.schedule(record.row, now, f"{problem.why}; {problem.remedy}"[:200])
        if record.message is None:
            draft = await tx.drafts.get(record.draft)
            await tx.drafts.set_state(record.draft, DraftState.OPEN, draft.digest)
        body: dict[str, Value] = {"outbox": record.row, "stage": "before"}
        event = Event(record.chain, EventKind.MAIL_REFUSED, now, DAEMON, body, record.participant)
        await tx.ledger.append(event)


async def scopes(tx: Transaction, records: Sequence[OutboxRecord]) -> dict[int, int]:
    """Return the scope key row of each mail: its case's, or the pen's."""
    known = await tx.cases.scopes_of({one.participant for one in records if one.participant is not None})
    pen = await tx.pen_scope()
    return {one.row: pen if one.participant is None else known[one.participant] for one in records}


async def load(desk: Desk, tx: Transaction, records: Sequence[OutboxRecord]) -> dict[int, Frozen | CvdmailError]:
    """Return mails that were frozen by an earlier pass, or why they must not go any more.

    Days may have passed since: the contact and its key are looked at again, as before a first attempt.
    """
    if not records:
        return {}
    keys = await scopes(tx, records)
    today = await prepare_many(desk, tx, [record.draft for record in records])
    found: dict[int, Frozen | CvdmailError] = {}
    for record in records:
        try:
            mail = await outgoing(tx, desk, record, None)
            found[record.row] = _still_good(desk, today[record.draft], mail) or Frozen(record, mail, keys[record.row])
        except (SealBroken, NotFound) as problem:
            found[record.row] = problem
    return found


def _still_good(desk: Desk, today: Prepared | CvdmailError, mail: OutgoingMail) -> CvdmailError | None:
    """Say why frozen bytes must not be sent any more; None if their contact and its key are still those of today."""
    if isinstance(today, CvdmailError):
        return today
    usable = [usable_for_encryption(key.certificate, desk.clock.now()).key for key in today.keys]
    key_ids = {key.key_id for key in usable if key is not None}
    addresses = {recipient.address for recipient in today.statement.recipients}
    if key_ids <= mail.intended.encryption_key_ids and addresses == mail.intended.to:
        return None
    return Refused("mail", "its contact or its key has changed since it was encrypted", _WRITE_AGAIN)


async def outgoing(
    tx: Transaction, desk: Desk, record: OutboxRecord, waiting: frozenset[Address] | None
) -> OutgoingMail:
    """Return the frozen bytes of a mail with the set they were made for; ``waiting`` limits the envelope."""
    if record.message is None:
        raise Refused(f"outbox {record.row}", "its bytes are not made yet", "wait for the next pass")
    raw = await tx.inbox.raw(record.message)
    reading = (await tx.inbox.readings([record.message]))[record.message]
    mailbox = desk.config.mailbox.address
    intended = Intended(
        case=record.case,
        sender=mailbox,
        to=frozenset(Address.parse(text) for text in reading["to"]),
        cc=frozenset(Address.parse(text) for text in reading["cc"]),
        encryption_key_ids=frozenset(reading["key_ids"]),
        message_id=MessageId(reading["message_id"]),
        sender_name=reading["from_name"],
        outstanding=waiting,
        clear=let_out(reading),
    )
    return OutgoingMail(raw, mailbox, tuple(sorted(intended.envelope)), intended)


async def holds_lease(tx: Transaction, fence: int) -> bool:
    """Say whether this daemon is still the one that may deliver."""
    lease = await tx.leases.get(LEASE)
    return lease is not None and lease.fence == fence
