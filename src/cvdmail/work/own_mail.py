"""Answers that colleagues write in webmail: found in the Sent folder, they become outbound messages of their case.

Whoever can put a mail into our own Sent folder can read the mailbox; so what lies there and is from an address of ours
was said by one of us, and goes to the case it answers.  It is no fact of the vendor's and moves no state.  Which case:
:mod:`.thread_ours`; a mail of ours that answers nothing we know waits for a person, like any other.
"""

from __future__ import annotations

from datetime import datetime

from cvdmail.config import Config
from cvdmail.core.body import to_message_json
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address
from cvdmail.core.imported import addressed
from cvdmail.core.ledger import Event, Value
from cvdmail.core.records import MessageState, ParticipantRecord
from cvdmail.core.threading import parties
from cvdmail.store.inbox import Outcome
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, Desk
from cvdmail.work.read_ahead import Prepared
from cvdmail.work.thread_ours import belongs


def is_ours(config: Config, address: Address | None) -> bool:
    """Say whether an address is the mailbox's, with or without a reply token, or one of our people's."""
    if address is None:
        return False
    own = config.mailbox.address
    if address.domain == own.domain and address.local.lower().partition("+")[0] == own.local.lower():
        return True
    return any(address == person.address for person in config.people)


async def case_of_own(desk: Desk, tx: Transaction, one: Prepared) -> ParticipantRecord | None:
    """Return the participant that a mail of ours from the Sent folder was written to; None if nobody can tell."""
    looked, reading = one.looked, one.reading
    if looked is None or reading is None or looked.sender.address is None:
        return None
    root = looked.mail.root
    own = (desk.config.mailbox.address, *(person.address for person in desk.config.people))
    vendors = parties(addressed(root, "to"), addressed(root, "cc", "bcc"), own)
    found = await belongs(desk, tx, looked.mail, reading, looked.sender.address, vendors)
    return found.people[0] if found.people else None


def as_sent(one: Prepared) -> Outcome:
    """Return what is written of a mail of ours; :meth:`~cvdmail.store.sent.Sent.take_over` makes it outbound."""
    looked, opened, reading = one.looked, one.opened, one.reading
    assert looked is not None
    assert opened is not None
    assert reading is not None
    mail = looked.mail
    words = {
        **to_message_json(reading, str(mail.message_id) if mail.message_id else None, opened.encrypted),
        "text": reading.extraction.text if opened.problem is None else None,
        "attachments": list(reading.attachments),
        "to": [str(address) for address in addressed(mail.root, "to")],
        "cc": [str(address) for address in addressed(mail.root, "cc")],
    }
    return Outcome(
        state=MessageState.HELD,  # for the moment between the two statements
        message_id=mail.message_id,
        body_sha256=looked.body_sha256,
        kind=reading.kind,
        encrypted=opened.encrypted,
        reading=words,
        inner=opened.clear,
    )


def told(one: Prepared, participant: ParticipantRecord, now: datetime) -> Event:
    """Return the event that a mail of ours was found; whether it left in clear is of interest to an auditor."""
    body: dict[str, Value] = {
        "encrypted": one.opened is not None and one.opened.encrypted,
        "message": one.record.row,
        "sha256": one.record.sha256,
    }
    return Event(str(participant.case), EventKind.MAIL_FOUND_IN_SENT, now, DAEMON, body, participant.row)
