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
from cvdmail.errors import ParseLimit, ServerRefused, ServerUnavailable
from cvdmail.ports import FetchedMail, FolderState, Mailbox
from cvdmail.store.inbox import Arrival, Position
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk

BATCH = 20
MAX_REFUSALS = 5  # how often a withheld mail is asked for before a person is told and the next one is read


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
        fetched = await _fetch(mailbox, batch)
        new += await _store(desk, state, batch, fetched)
        unfetched += len(fetched.oversize)
        if fetched.withheld is not None:
            raise ServerUnavailable(
                "IMAP FETCH", "the server does not hand over a mail that it has", "it is asked for again"
            )
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


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A batch: the mails had, the UIDs of those too large, and the first that the server withheld."""

    mails: dict[int, FetchedMail]
    oversize: tuple[int, ...]
    withheld: int | None


async def _fetch(mailbox: Mailbox, batch: list[int]) -> _Fetched:
    """Fetch a batch; each UID it left out is asked for alone, because a batch does not say why."""
    try:
        mails = {mail.uid: mail for mail in await mailbox.fetch(batch)}
    except ParseLimit:  # a batch of one
        return _Fetched({}, tuple(batch), None)
    oversize = []
    for uid in batch:
        if uid in mails:
            continue
        try:
            mails |= {mail.uid: mail for mail in await mailbox.fetch([uid])}  # nothing: it has gone meanwhile
        except ParseLimit:
            oversize.append(uid)
        except ServerRefused:
            return _Fetched(mails, tuple(oversize), uid)
    return _Fetched(mails, tuple(oversize), None)


async def _store(desk: Desk, state: FolderState, batch: list[int], fetched: _Fetched) -> list[int]:
    """Store what was fetched and move the cursor, never over a mail that was withheld until it was asked for often."""
    now = desk.clock.now()
    account = desk.config.mailbox.address.key
    new: list[int] = []
    async with desk.store.write() as tx:
        pen = await tx.sealed.scope(ScopeKind.PEN)
        for uid in batch:
            if uid not in fetched.mails:
                continue
            position = Position(account, state.name, state.uidvalidity, uid)
            received_at = fetched.mails[uid].internal_date or now
            row, is_new = await tx.inbox.store(fetched.mails[uid].raw, position, pen, now, received_at)
            if is_new:
                new.append(row)
        for uid in fetched.oversize:
            await _set_aside(tx, state, account, uid, pen, now, "it is too large: fetch it by hand")
        last = batch[-1]
        if fetched.withheld is not None:
            last = fetched.withheld - 1
            await tx.inbox.move_cursor(account, state.name, state.uidvalidity, last, now)
            if await tx.inbox.count_refusal(account, state.name, fetched.withheld) >= MAX_REFUSALS:
                last = fetched.withheld
                why = "the server does not hand it over: fetch it by hand"
                await _set_aside(tx, state, account, last, pen, now, why)
        await tx.inbox.move_cursor(account, state.name, state.uidvalidity, last, now)
    return new


async def _set_aside(
    tx: Transaction, state: FolderState, account: str, uid: int, pen: int, now: datetime, why: str
) -> None:
    await tx.inbox.store_unfetched(
        Position(account, state.name, state.uidvalidity, uid), pen, now, f"{why} (UID {uid})"
    )
    body: dict[str, Value] = {"uid": uid, "uidvalidity": state.uidvalidity, "why": "not fetched"}
    await tx.ledger.append(Event(MAIN, EventKind.MAIL_UNPARSED, now, "daemon", body))


async def ingest(desk: Desk, raws: list[bytes], received_at: datetime | None = None) -> list[tuple[int, bool]]:
    """Store mails that were handed over as bytes; return (row, whether it is new) for each."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        pen = await tx.sealed.scope(ScopeKind.PEN)
        return await tx.inbox.store_all([Arrival(raw, None, received_at or now) for raw in raws], pen, now)
