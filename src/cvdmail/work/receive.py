"""Receiving: bytes are committed before anything looks at them, and the cursor moves with them.

A mail is known by its place (account, folder, UIDVALIDITY, UID) and by the SHA-256 of its bytes, never by its
Message-ID alone: that may be missing, doubled or forged.  The server's copy is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cvdmail.core.events import EventKind
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.records import ScopeKind
from cvdmail.errors import ParseLimit, ServerRefused
from cvdmail.ports import FetchedMail, FolderState, Mailbox
from cvdmail.store.inbox import Position
from cvdmail.work.desk import Desk

BATCH = 20


@dataclass(frozen=True, slots=True)
class Synced:
    """What one look at a folder brought: rows of new mails, and how many UIDs could not be fetched."""

    folder: str
    new: tuple[int, ...]
    unfetched: int


async def sync_folder(desk: Desk, mailbox: Mailbox, folder: str) -> Synced:
    """Store every mail of ``folder`` that has not been stored yet, and move the cursor over exactly those."""
    state = await mailbox.select(folder)
    last_uid = await _start(desk, state)
    uids = await mailbox.uids_after(last_uid)
    new: list[int] = []
    unfetched = 0
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        mails = {mail.uid: mail for mail in await mailbox.fetch(batch)}
        refused = [uid for uid in batch if uid not in mails and not await _gone(mailbox, uid, mails)]
        unfetched += len(refused)
        new += await _store(desk, state, batch, mails, refused)
    if not uids:
        async with desk.store.write() as tx:
            account = desk.config.mailbox.address.key
            await tx.inbox.move_cursor(account, folder, state.uidvalidity, last_uid, desk.clock.now())
    return Synced(folder, tuple(new), unfetched)


async def _start(desk: Desk, state: FolderState) -> int:
    """Return the UID to go on from; after a change of UIDVALIDITY everything is looked at again, matched by hash."""
    account = desk.config.mailbox.address.key
    async with desk.store.read() as tx:
        cursor = await tx.inbox.cursor(account, state.name)
    if cursor is None:
        return 0
    if cursor.uidvalidity == state.uidvalidity:
        return cursor.last_uid
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.inbox.move_cursor(account, state.name, state.uidvalidity, 0, now)
        body: dict[str, Value] = {"before": cursor.uidvalidity, "now": state.uidvalidity}
        await tx.ledger.append(Event(MAIN, EventKind.FOLDER_RESET, now, "daemon", body))
    return 0


async def _gone(mailbox: Mailbox, uid: int, mails: dict[int, FetchedMail]) -> bool:
    """Ask for a mail alone that a batch left out; True if it is no longer there, False if it cannot be had."""
    try:
        alone = await mailbox.fetch([uid])
    except (ParseLimit, ServerRefused):
        return False
    if alone:
        mails[uid] = alone[0]
    return True


async def _store(
    desk: Desk, state: FolderState, batch: list[int], mails: dict[int, FetchedMail], refused: list[int]
) -> list[int]:
    now = desk.clock.now()
    account = desk.config.mailbox.address.key
    new: list[int] = []
    async with desk.store.write() as tx:
        pen = await tx.sealed.scope(ScopeKind.PEN)
        for uid in batch:
            if uid not in mails:
                continue
            position = Position(account, state.name, state.uidvalidity, uid)
            received_at = mails[uid].internal_date or now
            row, is_new = await tx.inbox.store(mails[uid].raw, position, pen, now, received_at)
            if is_new:
                new.append(row)
        for uid in refused:
            body: dict[str, Value] = {"uid": uid, "uidvalidity": state.uidvalidity, "why": "not to be fetched"}
            await tx.ledger.append(Event(MAIN, EventKind.MAIL_UNPARSED, now, "daemon", body))
        await tx.inbox.move_cursor(account, state.name, state.uidvalidity, batch[-1], now)
    return new


async def ingest(desk: Desk, raws: list[bytes], received_at: datetime | None = None) -> list[tuple[int, bool]]:
    """Store mails that were handed over as bytes; return (row, whether it is new) for each."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        pen = await tx.sealed.scope(ScopeKind.PEN)
        return [await tx.inbox.store(raw, None, pen, now, received_at or now) for raw in raws]
