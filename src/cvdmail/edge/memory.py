"""Mailbox and postman in memory: for the demo without a network and for the tests of everything above the edges.

They pass the contract suite of the real ones, the socket guard included.  What the real world does on its own is a
method or an attribute here: mail comes in by :meth:`MemoryMailboxes.deliver`, a server goes away with ``reachable``, a
folder loses its numbers by :meth:`MemoryMailboxes.renumber`, a submission fails as :attr:`MemoryPostman.upcoming` says.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cvdmail.core.display import visible
from cvdmail.core.guard import inspect
from cvdmail.core.ids import Address
from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.errors import ServerUnavailable
from cvdmail.ports import Clock, FetchedMail, FolderState, NoSuchFolder


@dataclass(slots=True)
class _Folder:
    uidvalidity: int
    mails: dict[int, FetchedMail] = field(default_factory=dict)
    last_uid: int = 0


class MemoryMailboxes:
    """One account: a :class:`~cvdmail.ports.Mailboxes` over a dictionary of folders, with an INBOX."""

    def __init__(self, clock: Clock | None = None) -> None:
        """With ``clock`` the mails get an internal date."""
        self.reachable = True
        self.folders = {"INBOX": _Folder(1)}
        self._clock = clock
        self._listeners: list[MemoryMailbox] = []

    async def connect(self) -> MemoryMailbox:
        """Return a connection; raise ``ServerUnavailable`` while not ``reachable``."""
        if not self.reachable:
            raise ServerUnavailable("IMAP server", "it cannot be reached")
        mailbox = MemoryMailbox(self)
        self._listeners.append(mailbox)
        return mailbox

    def deliver(self, raw: bytes, folder: str = "INBOX") -> int:
        """Put a mail into ``folder``, made if missing, wake who waits for it, and return its UID."""
        place = self.folders.setdefault(folder, _Folder(len(self.folders) + 1))
        place.last_uid += 1
        now = self._clock.now() if self._clock else None
        place.mails[place.last_uid] = FetchedMail(place.last_uid, raw, now)
        for listener in self._listeners:
            listener.tell(folder)
        return place.last_uid

    def renumber(self, folder: str) -> None:
        """Change the UIDVALIDITY and every UID, as a server does whose index was lost."""
        old = self.folders[folder]
        self.folders[folder] = _Folder(old.uidvalidity + 1)
        for mail in old.mails.values():
            self.deliver(mail.raw, folder)

    def forget(self, mailbox: MemoryMailbox) -> None:
        """Tell a closed connection no more."""
        self._listeners = [listener for listener in self._listeners if listener is not mailbox]


class MemoryMailbox:
    """A :class:`~cvdmail.ports.Mailbox`; made by :meth:`MemoryMailboxes.connect`."""

    def __init__(self, account: MemoryMailboxes) -> None:
        self._account = account
        self._open: str | None = None
        self._news = asyncio.Event()
        self._closed = False

    def tell(self, folder: str) -> None:
        """Note a change in ``folder``."""
        if folder == self._open:
            self._news.set()

    async def select(self, folder: str) -> FolderState:
        """Open ``folder``; raise ``NoSuchFolder`` when there is none of that name."""
        self._check()
        self._open = None
        if folder not in self._account.folders:
            raise NoSuchFolder(f"IMAP folder {visible(folder, 60)}", "the server has no such folder")
        self._open = folder
        self._news.clear()
        place = self._account.folders[folder]
        return FolderState(folder, place.uidvalidity, len(place.mails))

    async def uids_after(self, last_uid: int) -> list[int]:
        """Return the UIDs above ``last_uid``."""
        mails = self._mails()
        self._news.clear()
        return sorted(uid for uid in mails if uid > last_uid)

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the sizes of those of ``uids`` that are there."""
        mails = self._mails()
        return {uid: len(mails[uid].raw) for uid in uids if uid in mails}

    async def fetch(self, uids: Sequence[int]) -> list[FetchedMail]:
        """Return those of ``uids`` that are there."""
        mails = self._mails()
        return [mails[uid] for uid in dict.fromkeys(uids) if uid in mails]

    async def wait(self, seconds: float) -> bool:
        """Wait for a delivery."""
        self._mails()
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        finally:
            self._news.clear()
        self._check()
        return True

    async def append(self, folder: str, mail: OutgoingMail) -> None:
        """Keep a copy once."""
        inspect(mail)
        self._check()
        place = self._account.folders.get(folder)
        if place is None or all(kept.raw != mail.raw for kept in place.mails.values()):
            self._account.deliver(mail.raw, folder)

    async def close(self) -> None:
        """Let go."""
        self._closed = True
        self._account.forget(self)

    def _check(self) -> None:
        if self._closed or not self._account.reachable:
            self._closed = True
            raise ServerUnavailable("IMAP connection", "the connection broke off", "connect anew")

    def _mails(self) -> dict[int, FetchedMail]:
        self._check()
        if self._open is None:
            raise ServerUnavailable("IMAP connection", "no folder is open")
        if self._open not in self._account.folders:
            self._closed = True
            raise ServerUnavailable("IMAP connection", "the folder has gone", "connect anew")
        return self._account.folders[self._open].mails


class MemoryPostman:
    """A :class:`~cvdmail.ports.Postman` that delivers to accounts in memory and refuses everybody else (550).

    ``taken`` is what was submitted, in order; an entry in ``upcoming`` is returned instead of a delivery.
    """

    connections = 1

    def __init__(self, accounts: Mapping[Address, MemoryMailboxes]) -> None:
        self._accounts = accounts
        self.taken: list[OutgoingMail] = []
        self.upcoming: deque[SubmissionResult] = deque()

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        """Deliver to each recipient's INBOX; ``user+anything@`` is ``user@``."""
        inspect(mail)
        self.taken.append(mail)
        if self.upcoming:
            return self.upcoming.popleft()
        return SubmissionResult({recipient: self._hand_over(recipient, mail) for recipient in mail.recipients})

    async def log_in(self) -> str:
        """Nobody logs in here."""
        return ""

    async def close(self) -> None:
        """Nothing to give back."""

    def _hand_over(self, recipient: Address, mail: OutgoingMail) -> RecipientResult:
        owner = Address.parse(f"{recipient.local.partition('+')[0]}@{recipient.domain}")
        account = self._accounts.get(owner)
        if account is None:
            return RecipientResult(RecipientState.REFUSED, Stage.RCPT, 550, "5.1.1 no such user")
        account.deliver(mail.raw)
        return RecipientResult(RecipientState.SENT, Stage.DONE, 250, "2.0.0 kept")
