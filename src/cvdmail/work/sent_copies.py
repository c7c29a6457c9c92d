"""The Sent folder: the very bytes that left, once each, and never a reason to send again."""

from __future__ import annotations

from cvdmail.core.events import EventKind
from cvdmail.core.ledger import Event, Value
from cvdmail.errors import NotFound, SealBroken
from cvdmail.ports import Mailbox
from cvdmail.work.desk import DAEMON, Desk
from cvdmail.work.freeze import outgoing


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
            event = Event(record.chain, EventKind.SENT_COPY_STORED, now, DAEMON, body, record.participant)
            await tx.ledger.append(event)
    return stored
