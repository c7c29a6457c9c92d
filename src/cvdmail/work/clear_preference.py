"""A vendor's wish to get mail in clear: recorded by a reviewer, with the mail that asked for it, and never guessed.

What holds case text is outside of every extent (rule 1).  Taking a wish back stops the letters that still wait.
"""

from __future__ import annotations

from dataclasses import dataclass

from cvdmail.config import PersonRole
from cvdmail.core.drafts import ALWAYS_CLEAR, CLEAR_LETTERS, ClearExtent, DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ledger import MAIN, Event, Value, commitment
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import ContactRecord, Direction
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.contacts import contact_of
from cvdmail.work.desk import Actor, Desk

NOT_ANY_MORE = "its contact does not get this letter in clear any more; write it encrypted"
_WAITING = (RecipientState.QUEUED, RecipientState.DEFERRED)


@dataclass(frozen=True, slots=True)
class Preferred:
    """What a contact gets in clear from now on, and how many letters were stopped by that."""

    contact: ContactRecord
    extent: ClearExtent
    stopped: int


async def prefer_clear(
    desk: Desk, actor: Actor, value: str, extent: ClearExtent, message: int | None, reason: bytes
) -> Preferred:
    """Record what a contact gets in clear; raise ``Refused`` unless one of its mails asked for it.

    ``message`` may be None only where less than before is allowed: nobody has to ask for encryption.
    """
    actor.require(PersonRole.REVIEWER, "contact clear")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        contact = await contact_of(tx, value)
        if contact.address is None:
            raise Refused(f"contact {contact.row}", f"it is a {contact.channel.value}, not mail", "name a mail contact")
        await _check_message(tx, contact, extent, message)
        await tx.contacts.prefer_clear(contact.row, extent, message, actor.fingerprint, now)
        salt = desk.entropy.bytes(16)
        body: dict[str, Value] = {
            "contact": contact.row,
            "extent": extent.value,
            "message": message,
            "reason": commitment(salt, reason),
        }
        event = Event(MAIN, EventKind.CLEAR_PREFERENCE_SET, now, str(actor.fingerprint), body)
        await tx.ledger.append_with_secret(await actor.decide(event), await tx.pen_scope(), salt, reason)
        stopped = await _stop_waiting(desk, tx, actor, contact, extent)
    return Preferred(contact, extent, stopped)


async def _check_message(tx: Transaction, contact: ContactRecord, extent: ClearExtent, message: int | None) -> None:
    if message is None:
        if extent is not ClearExtent.NEVER:
            raise Refused(f"contact {contact.row}", "no mail asks for it", "name the mail with --message NUMBER")
        return
    record = await tx.inbox.get(message)
    filings = (await tx.filings.of([message])).get(message, [])
    reached = {one.row for one in await tx.cases.participants() if one.contact == contact.row}
    if record.direction is not Direction.INBOUND or not reached & {one.participant for one in filings}:
        raise Refused(
            f"message {message}",
            "no participant reached through this contact sent it",
            "see 'cvdmail case show'",
        )


async def _stop_waiting(desk: Desk, tx: Transaction, actor: Actor, contact: ContactRecord, extent: ClearExtent) -> int:
    """Stop what waits in the outbox and may not go in clear any more; a letter without bytes can be written anew."""
    now = desk.clock.now()
    reached = {one.row for one in await tx.cases.participants() if one.contact == contact.row}
    drafts = {one.row: one for one in await tx.drafts.select() if one.clear and one.participant in reached}
    stopped = 0
    for mail in await tx.outbox.select(states=_WAITING) if drafts else ():
        draft = drafts.get(mail.draft)
        if draft is None or mail.stopped is not None or draft.letter in ALWAYS_CLEAR | CLEAR_LETTERS[extent]:
            continue
        await tx.outbox.schedule(mail.row, now, NOT_ANY_MORE)
        if mail.message is None:
            await tx.drafts.set_state(draft.row, DraftState.OPEN, draft.digest)
        body: dict[str, Value] = {"outbox": mail.row, "stage": "before"}
        event = Event(mail.chain, EventKind.MAIL_REFUSED, now, str(actor.fingerprint), body, mail.participant)
        await tx.ledger.append(event)
        stopped += 1
    return stopped
