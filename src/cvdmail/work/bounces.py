"""Bounces: which mails of ours a delivery report tells about.  Anybody can write such a report."""

from __future__ import annotations

from cvdmail.core.body import Reading
from cvdmail.core.extract import MailKind
from cvdmail.core.extract.facts import Bounce
from cvdmail.core.ids import Address, MessageId
from cvdmail.core.records import OutboxRecord
from cvdmail.errors import CvdmailError
from cvdmail.store.transaction import Transaction


async def bounced(tx: Transaction, reading: Reading | None) -> list[tuple[OutboxRecord, Address, bool]]:
    """Return (mail, recipient, permanent) of what a delivery report says about mails that we really sent."""
    found: list[tuple[OutboxRecord, Address, bool]] = []
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
