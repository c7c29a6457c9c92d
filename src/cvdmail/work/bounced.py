"""A permanent bounce makes a contact worth less, and decides nothing.

Confirming and demoting a contact are a person's decisions and stay as that person left them: a bounce can be forged by
anybody who has seen our mail.  What the daemon does is to lower the contact's score, so that it stands behind others in
every list, to keep the bounce as evidence, and to say so in the ledger in its own name.
"""

from __future__ import annotations

from datetime import datetime

from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.records import OutboxRecord
from cvdmail.store.transaction import Transaction

KEPT_OF_SCORE = 0.25
"""What is left of the score of a contact whose mail came back for good."""
EVIDENCE = "bounce"
_DAEMON = "daemon"


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
        await tx.ledger.append(Event(MAIN, EventKind.CONTACT_DEMOTED, now, _DAEMON, body))
