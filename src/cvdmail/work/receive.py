"""Receiving: bytes are committed before anything looks at them, and the cursor moves with them.

A mail is known by its place (account, folder, UIDVALIDITY, UID) and by the SHA-256 of its bytes, never by its
Message-ID alone: that may be missing, doubled or forged.  The server's copy is never touched.

What the server says beside the mails (EXISTS, UIDNEXT) moves nothing: the cursor goes over UIDs that are stored, or set
aside for a person, and over no other.  A mail that the server has and does not hand over holds the cursor, not the
mails beside it, and after some tries it is set aside.  So is one at which the connection breaks off time and again:
after the first break the mails there are fetched one by one, until it is known which of them it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cvdmail.core.events import EventKind
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.records import ScopeKind
from cvdmail.core.watching import BATCH, LATE, Reach, batches
from cvdmail.errors import ParseLimit, ServerRefused, ServerUnavailable
from cvdmail.ports import FetchedMail, FolderState, Mailbox
from cvdmail.store.inbox import Arrival, Position
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, Desk

MAX_REFUSALS = 5  # how often a withheld mail is asked for before a person is told and the next one is read
MAX_BREAKS = 8  # the same for one at which the connection breaks off; more, because the line may be what is bad
_TOO_LARGE = "it is too large: fetch it by hand"
_WITHHELD = "the server does not hand it over: fetch it by hand"
_BREAKS = "the connection breaks off whenever it is fetched: fetch it by hand"


@dataclass(frozen=True, slots=True)
class Synced:
    """What one look at a folder brought: rows of new mails, and how many UIDs could not be fetched."""

    folder: str
    new: tuple[int, ...]
    unfetched: int


async def sync_folder(desk: Desk, mailbox: Mailbox, folder: str, arrived: Callable[[], None] = lambda: None) -> Synced:
    """Store every mail of ``folder`` that has not been stored yet, and move the cursor over exactly those.

    ``arrived`` is called after each commit that stored something new.  Raise ``NoSuchFolder``, ``ServerRefused`` or
    ``ServerUnavailable``; what was had before that is stored.
    """
    look = await _begin(desk, mailbox, await mailbox.select(folder))
    unread = look.reach.unread
    for some in batches(unread, {}, look.suspects()):
        sizes = await look.sizes(some)
        for batch in batches(some, sizes):
            fetched = await look.fetch(batch)
            if await look.store(batch, fetched, last=batch[-1] == unread[-1]):
                arrived()
            if fetched.withheld is not None:
                why = "the server does not hand over a mail that it has"
                raise ServerUnavailable("IMAP FETCH", why, "it is asked for again")
    if not unread:
        async with desk.store.write() as tx:
            await look.move(tx, complete=True)
    return Synced(folder, tuple(look.new), look.unfetched)


async def _begin(desk: Desk, mailbox: Mailbox, state: FolderState) -> _Look:
    """Ask both sides what they have; after a change of UIDVALIDITY all is looked at again, matched by hash."""
    account = desk.config.mailbox.address.key
    async with desk.store.read() as tx:
        cursor = await tx.inbox.cursor(account, state.name)
        last = cursor.last_uid if cursor is not None and cursor.uidvalidity == state.uidvalidity else 0
        above = max(0, last - LATE)
        had = await tx.folders.seen(account, state.name, state.uidvalidity, above)
        suspect, times = await tx.folders.refusal(account, state.name)
    if cursor is not None and cursor.uidvalidity != state.uidvalidity:
        async with desk.store.write() as tx:
            now = desk.clock.now()
            await tx.inbox.move_cursor(account, state.name, state.uidvalidity, 0, None)
            body: dict[str, Value] = {"before": cursor.uidvalidity, "now": state.uidvalidity}
            await tx.ledger.append(Event(MAIN, EventKind.FOLDER_RESET, now, DAEMON, body))
    reach = Reach(last, await mailbox.uids_after(above), had)
    return _Look(desk, mailbox, state, reach, suspect if times else 0)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A batch: the mails had, the UIDs of those too large, and the first that was withheld, or did not come."""

    mails: dict[int, FetchedMail]
    oversize: tuple[int, ...] = ()
    withheld: int | None = None
    missing: int | None = None


@dataclass(slots=True)
class _Look:
    """One look at one folder: what is unread, and how far the cursor has come."""

    desk: Desk
    mailbox: Mailbox
    state: FolderState
    reach: Reach
    suspect: int
    new: list[int] = field(default_factory=list)
    unfetched: int = 0

    @property
    def account(self) -> str:
        """Whose folder it is."""
        return self.desk.config.mailbox.address.key

    def suspects(self) -> Sequence[int]:
        """The mails among which is the one that failed last time."""
        unread = self.reach.unread
        return unread[(at := unread.index(self.suspect)) : at + BATCH] if self.suspect in unread else ()

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How large the mails of a batch are; one alone is not split."""
        if len(uids) == 1:
            return {}
        try:
            return await self.mailbox.sizes(uids)
        except ServerUnavailable:
            await self._broke_off(uids)
            raise

    async def fetch(self, batch: Sequence[int]) -> _Fetched:
        """Fetch a batch; each UID it left out is asked for alone, because a batch does not say why."""
        mails: dict[int, FetchedMail] = {}
        oversize: list[int] = []
        missing: int | None = None
        try:
            if len(batch) > 1:
                mails = {mail.uid: mail for mail in await self.mailbox.fetch(batch)}
            for uid in (one for one in batch if one not in mails):
                try:
                    alone = await self.mailbox.fetch([uid])
                except ParseLimit:
                    oversize.append(uid)
                    continue
                except ServerRefused:
                    return _Fetched(mails, tuple(oversize), uid, missing)
                mails |= {mail.uid: mail for mail in alone}
                if not alone and missing is None:
                    missing = uid  # it has gone, or so it seems: if it is still there at the next look, it is counted
        except ServerUnavailable:
            await self._broke_off(batch)
            raise
        return _Fetched(mails, tuple(oversize), None, missing)

    async def store(self, batch: Sequence[int], fetched: _Fetched, *, last: bool) -> bool:
        """Commit what was fetched and the cursor together; say whether any of it was new.

        ``last``: nothing is unread after this batch.
        """
        now = self.desk.clock.now()
        async with self.desk.store.write() as tx:
            pen = await tx.sealed.scope(ScopeKind.PEN)
            mails = [fetched.mails[uid] for uid in batch if uid in fetched.mails]
            arrivals = [Arrival(mail.raw, self._at(mail.uid), mail.internal_date or now) for mail in mails]
            fresh = [row for row, is_new in await tx.inbox.store_all(arrivals, pen, now) if is_new]
            for uid in fetched.oversize:
                await self._set_aside(tx, uid, pen, _TOO_LARGE)
            self.reach.take((*fetched.mails, *fetched.oversize))
            held_up = fetched.withheld if fetched.withheld is not None else fetched.missing
            if held_up is not None and await self._refused(tx, held_up) >= MAX_REFUSALS:
                await self._set_aside(tx, held_up, pen, _WITHHELD)
                self.reach.take([held_up])
            await self.move(tx, complete=last and fetched.withheld is None)
        self.new += fresh
        self.unfetched += len(fetched.oversize)
        return bool(fresh)

    async def move(self, tx: Transaction, *, complete: bool) -> None:
        """Set the cursor; a complete look is what counts as a successful one."""
        when = self.desk.clock.now() if complete else None
        await tx.inbox.move_cursor(self.account, self.state.name, self.state.uidvalidity, self.reach.last, when)
        if complete:
            await tx.folders.end_trouble(self.account, self.state.name)

    async def _broke_off(self, batch: Sequence[int]) -> None:
        """Count that the connection broke off at the first mail of a batch; one alone that does so often is the one."""
        async with self.desk.store.write() as tx:
            if await self._refused(tx, batch[0]) >= MAX_BREAKS and len(batch) == 1:
                await self._set_aside(tx, batch[0], await tx.sealed.scope(ScopeKind.PEN), _BREAKS)
                self.reach.take(batch)
                await self.move(tx, complete=False)

    async def _refused(self, tx: Transaction, uid: int) -> int:
        await self.move(tx, complete=False)  # the count stands beside the cursor
        return await tx.inbox.count_refusal(self.account, self.state.name, uid)

    def _at(self, uid: int) -> Position:
        return Position(self.account, self.state.name, self.state.uidvalidity, uid)

    async def _set_aside(self, tx: Transaction, uid: int, pen: int, why: str) -> None:
        now = self.desk.clock.now()
        await tx.inbox.store_unfetched(self._at(uid), pen, now, f"{why} (UID {uid})")
        body: dict[str, Value] = {"uid": uid, "uidvalidity": self.state.uidvalidity, "why": "not fetched"}
        await tx.ledger.append(Event(MAIN, EventKind.MAIL_UNPARSED, now, DAEMON, body))


async def ingest(desk: Desk, raws: list[bytes], received_at: datetime | None = None) -> list[tuple[int, bool]]:
    """Store mails that were handed over as bytes; return (row, whether it is new) for each."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        pen = await tx.sealed.scope(ScopeKind.PEN)
        return await tx.inbox.store_all([Arrival(raw, None, received_at or now) for raw in raws], pen, now)
