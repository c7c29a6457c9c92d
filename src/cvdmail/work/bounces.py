"""Bounces: which mails of ours a delivery report tells about, and what follows from it.

Anybody who has seen our mail can write such a report.  So it must name a mail that we sent and a recipient that we
used; it changes what is known of that delivery, and makes the contact worth less, and decides nothing: confirming and
demoting a contact are a person's decisions and stay as that person left them.
"""

from __future__ import annotations

from datetime import datetime

from cvdmail.core.body import Reading
from cvdmail.core.events import EventKind
from cvdmail.core.extract import MailKind
from cvdmail.core.extract.facts import Bounce
from cvdmail.core.ids import Address, MessageId
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import OutboxRecord
from cvdmail.errors import CvdmailError
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, Desk

KEPT_OF_SCORE = 0.25
"""What is left of the score of a contact whose mail came back for good."""
EVIDENCE = "bounce"
Bounces = list[tuple[OutboxRecord, Address, bool]]
"""What a report says about mails of ours: which, whose copy, and whether for good."""


async def bounced(tx: Transaction, reading: Reading | None) -> Bounces:
    """Return (mail, recipient, permanent) of what a delivery report says about mails that we really sent."""
    found: Bounces = []
    if reading is None or reading.kind is not MailKind.BOUNCE:
        return found
    for fact in reading.extraction.facts:
        if not isinstance(fact.value, Bounce) or not fact.value.original_message_id or not fact.value.recipient:
            continue
        try:
            original = MessageId.parse(fact.value.original_message_id)
            address = Address.parse(fact.value.recipient)
        except CvdmailError:
            continue
        for record, _ in await tx.inbox.by_message_id(original):
            mails = await tx.outbox.select(message=record.row)
            ours = [one for one in mails if address in {person.address for person in one.recipients}]
            found += [(one, address, fact.value.permanent) for one in ours]
    return found


async def note_bounces(desk: Desk, tx: Transaction, bounces: Bounces) -> None:
    """A permanent bounce of a mail that we really sent changes what is known of its delivery, once."""
    now = desk.clock.now()
    for mail, address, permanent in bounces:
        served = {one.address: one.state for one in mail.recipients}
        if permanent and served.get(address) in (RecipientState.SENT, RecipientState.UNKNOWN):
            await tx.outbox.mark_delivery_failed(mail.row, address, now)
            body: dict[str, Value] = {"outbox": mail.row}
            await tx.ledger.append(Event(mail.chain, EventKind.DELIVERY_FAILED, now, DAEMON, body, mail.participant))
            await demote_bounced(tx, mail, address, now)


async def demote_bounced(tx: Transaction, mail: OutboxRecord, address: Address, now: datetime) -> None:
    """Rank the contact lower that ``mail`` could not be delivered to; once for each mail and recipient.

    The caller has made sure that ``mail`` is ours and ``address`` one of its recipients, and that the failure is new.
    """
    vendor = (await tx.cases.participant(mail.participant)).vendor if mail.participant is not None else None
    for contact in await tx.contacts.by_address(address):
        if vendor is not None and contact.vendor != vendor:
            continue
        told = f"outbox:{mail.row}"
        if any((one.kind, one.url) == (EVIDENCE, told) for one in await tx.contacts.evidence(contact.row)):
            continue  # the same mail has come back before
        await tx.contacts.set_score(contact.row, contact.score * KEPT_OF_SCORE)
        await tx.contacts.note_evidence(contact.row, EVIDENCE, now, url=told)
        body: dict[str, Value] = {"contact": contact.row, "outbox": mail.row}
        await tx.ledger.append(Event(MAIN, EventKind.CONTACT_DEMOTED, now, DAEMON, body))
