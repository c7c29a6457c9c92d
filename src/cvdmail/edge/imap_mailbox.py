"""One IMAP connection: read folders without leaving a trace, wait for news, keep a copy of what is sent.

Rules of this file:

* Reading uses EXAMINE and ``BODY.PEEK[]``: no flag is ever changed, nothing moved or expunged.
* One command at a time, each under a watch of our own that ends when the answer is there, when the connection is lost
  (at once), or when nothing has moved for ``timeout`` seconds.  After any failure or cancel the connection is cut: a
  late answer would be taken for the answer to the next command.
* Pushes are hints.  ``* n EXISTS`` may ride on any reply, so news that came outside IDLE makes the next
  :meth:`ImapMailbox.wait` return at once, and only UID SEARCH after a NOOP says what is there.
* A large mail comes in slices, each a command of its own: on a slow line the whole would outlast any time-out.
* An APPEND whose answer was lost may have happened: each one begins with a search for the Message-ID.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aioimaplib import aioimaplib

from cvdmail.core.display import visible
from cvdmail.core.guard import inspect
from cvdmail.core.outgoing import OutgoingMail
from cvdmail.edge.imap_wire import Answer, Wire
from cvdmail.edge.imap_words import Values, groups, instant, items, mailbox_name, number, quoted
from cvdmail.errors import ParseLimit, ServerRefused, ServerUnavailable
from cvdmail.ports import FetchedMail, FolderState, NoSuchFolder

_BATCH = 20  # larger FETCHes were slower, and one lost connection costs more
_SLICE = 1024 * 1024
_LAST_UID = 2**32 - 1
_POLL = 15.0
_PATIENCE = 20  # a command may take so many times ``timeout`` in all, as long as something moves
_TEMPORARY = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN", "LIMIT"})  # RFC 5530


class LogInRefused(ServerRefused):
    """The server knows the user and says that the password is wrong; to ask often would lock the account."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """A tagged response: ``OK``, ``NO`` or ``BAD``, its response code or nothing, and the untagged ones before it."""

    result: str
    code: str
    answers: list[Answer]


class ImapMailbox:
    """The real :class:`~cvdmail.ports.Mailbox`: one connection, made and logged in by ``ImapMailboxes.connect``."""

    def __init__(self, wire: Wire, timeout: float, largest: int) -> None:
        self._wire = wire
        self._timeout = timeout
        self._largest = largest
        self._lock = asyncio.Lock()
        self._open: FolderState | None = None
        self._sizes: dict[int, int] = {}

    async def log_in(self, user: str, secret: str, *, token: bool) -> None:
        """Wait for the greeting and log in, with one mechanism and once.

        A ``token`` that is refused has expired as a rule: that is ``ServerUnavailable``, the next try brings a new one.
        """
        async with self._turn():
            await self._watch(self._wire.greeted)
            if token:
                reply = await self._command(self._wire.xoauth2(user, secret))
            elif "LOGINDISABLED" in self._wire.capabilities:
                raise ServerRefused("IMAP log-in", "the server takes no password", "configure token_command")
            else:
                reply = await self._command(self._wire.login(quoted(user), secret))
            if reply.result != "OK" and reply.code in _TEMPORARY:
                raise ServerUnavailable("IMAP log-in", "the server says it cannot check it now")
            if reply.result != "OK" and token:
                raise ServerUnavailable(
                    "IMAP log-in", "the server refuses the token", "the next try asks for a new one"
                )
            if reply.result != "OK":
                raise LogInRefused("IMAP log-in", "the server refuses user or secret", "check the [imap] section")
            await self._command(self._wire.capability(), answered=False)  # often another list than before the log-in

    async def select(self, folder: str) -> FolderState:
        """EXAMINE ``folder``; raise ``NoSuchFolder`` when there is none of that name."""
        async with self._turn():
            state = await self._examine(folder)
            if state is None:
                raise NoSuchFolder(_place(folder), "the server has no such folder", "check [imap] folders")
            self._wire.news.clear()
            return state

    async def uids_after(self, last_uid: int) -> list[int]:
        """NOOP, so that the server looks, then UID SEARCH; ``n:*`` names the last mail even when it is older."""
        async with self._turn():
            self._opened()
            await self._done(self._wire.simple_command("NOOP"))
            self._wire.news.clear()
            if last_uid >= _LAST_UID:
                return []
            found = await self._search("UID", f"{max(last_uid, 0) + 1}:*")
            return sorted(uid for uid in found if uid > last_uid)

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """UID FETCH of RFC822.SIZE; the next :meth:`fetch` of these mails need not ask again."""
        async with self._turn():
            self._opened()
            self._sizes, _ = await self._ask_sizes(list(dict.fromkeys(uids))) if uids else ({}, True)
            return dict(self._sizes)

    async def fetch(self, uids: Sequence[int]) -> list[FetchedMail]:
        """Fetch whole mails, in the order asked for.

        In a batch, a mail over the size limit, or one that the server does not hand over, is left out like one that has
        gone; asked for alone it raises ``ParseLimit`` (the connection lives on) or ``ServerRefused``.
        """
        async with self._turn():
            self._opened()
            wanted = list(dict.fromkeys(uids))
            mails: dict[int, FetchedMail] = {}
            for batch in (wanted[at : at + _BATCH] for at in range(0, len(wanted), _BATCH)):
                sizes = self._sizes
                if not sizes.keys() >= set(batch):
                    sizes, _ = await self._ask_sizes(batch)
                large = [uid for uid in batch if _SLICE < sizes.get(uid, 0) <= self._largest]
                small = [uid for uid in batch if sizes.get(uid, 0) <= min(_SLICE, self._largest)]
                for group in groups(small, sizes, self._largest):
                    mails |= await self._bodies(group)
                for uid in large:
                    mails |= await self._slices(uid, sizes[uid])
            if len(wanted) == 1 and not mails:
                await self._why_not(wanted[0])
            return [mails[uid] for uid in wanted if uid in mails]

    async def wait(self, seconds: float) -> bool:
        """IDLE; without IDLE on the server, NOOP every quarter of a minute."""
        async with self._turn():
            self._opened()
            if not self._wire.news.is_set():  # some servers push only what comes after IDLE began: ask once before
                await self._done(self._wire.simple_command("NOOP"))
            if not self._wire.news.is_set():
                await (self._idle(seconds) if "IDLE" in self._wire.capabilities else self._poll(seconds))
            told = self._wire.news.is_set()
            self._wire.news.clear()
            return told

    async def append(self, folder: str, mail: OutgoingMail) -> None:
        """Store ``mail`` once, marked as read; the folder that was open is open again afterwards."""
        inspect(mail)
        async with self._turn():
            before = self._open
            if await self._examine(folder) is None:
                await self._create(folder)
            if not await self._search("HEADER", "Message-ID", quoted(f"<{mail.intended.message_id}>")):
                reply = await self._command(self._wire.append(mail.raw, mailbox_name(folder), "(\\Seen)"))
                _accept(reply, _place(folder), "the server does not take the copy", "check quota and rights there")
            if before is not None:
                again = await self._examine(before.name)
                if again is None or again.uidvalidity != before.uidvalidity:
                    raise ServerUnavailable(_place(before.name), "it has changed its identity meanwhile")
                self._wire.news.set()  # whatever came in between was told to nobody

    async def close(self) -> None:
        """LOGOUT, two seconds at most, and cut; never raises."""
        async with self._lock:
            try:
                if not self._wire.lost.done():
                    self._wire.leaving = True
                    async with asyncio.timeout(2):
                        await self._wire.logout()
            except (aioimaplib.AioImapException, OSError, TimeoutError, RuntimeError):
                pass  # it goes away in any case
            finally:
                await self._wire.end()

    # One command at a time, under watch.

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """The connection for the length of one method; what goes wrong on the wire in it ends the connection."""
        async with self._lock:
            if self._wire.lost.done():
                raise ServerUnavailable("IMAP connection", self._wire.lost.result(), "connect anew")
            try:
                yield
            except (ParseLimit, NoSuchFolder):
                raise
            except BaseException:
                self._wire.break_off("an earlier command failed")
                raise

    async def _watch(self, *awaited: asyncio.Future[Any]) -> None:
        """Return when one of ``awaited`` is done; raise ``ServerUnavailable`` on loss or silence."""
        loop = asyncio.get_running_loop()
        moved, last_chance = loop.time(), loop.time() + _PATIENCE * self._timeout
        progress = self._wire.progress()
        while True:
            left = min(moved + self._timeout, last_chance) - loop.time()
            await asyncio.wait({*awaited, self._wire.lost}, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED)
            if any(future.done() for future in awaited):
                return
            if self._wire.lost.done():
                raise ServerUnavailable("IMAP server", self._wire.lost.result())
            now = self._wire.progress()
            if now == progress or loop.time() >= last_chance:
                raise ServerUnavailable("IMAP server", "it does not answer in time")
            progress, moved = now, loop.time()

    async def _command(self, work: Coroutine[Any, Any, Any], *, answered: bool = True) -> _Reply:
        """Run one of the library's commands; ``answered`` is false for the one that returns nothing."""
        self._wire.begin()
        task = asyncio.ensure_future(work)
        try:
            await self._watch(task)
            response = task.result()
        except (aioimaplib.AioImapException, OSError, ValueError, LookupError):
            # ValueError: a line break or a character beyond ASCII where the protocol has no room for one
            raise ServerUnavailable("IMAP server", "the command could not be carried through") from None
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        if not answered:
            return _Reply("OK", "", [])
        last = bytes(response.lines[-1]) if response.lines else b""
        code = re.match(rb"\[([A-Za-z-]{1,40})", last)
        return _Reply(response.result.upper(), code[1].decode().upper() if code else "", self._wire.answers)

    async def _done(self, work: Coroutine[Any, Any, Any]) -> list[Answer]:
        reply = await self._command(work)
        if reply.result != "OK":
            raise ServerUnavailable("IMAP server", "it refuses a command every server knows")
        return reply.answers

    def _opened(self) -> FolderState:
        if self._open is None:
            raise ServerUnavailable("IMAP connection", "no folder is open")
        return self._open

    # Commands.

    async def _examine(self, folder: str) -> FolderState | None:
        """EXAMINE; ``None`` when the server has no such folder."""
        self._open, self._sizes = None, {}
        reply = await self._command(self._wire.simple_command("EXAMINE", mailbox_name(folder)))
        if reply.result != "OK":
            self._wire.state = aioimaplib.AUTH
            if reply.code in _TEMPORARY:
                raise ServerUnavailable(_place(folder), "the server cannot open it now")
            return None
        self._wire.state = aioimaplib.SELECTED  # the library knows this of SELECT only
        validity = number(reply.answers, rb"\* OK \[UIDVALIDITY ([0-9]{1,10})\]")
        exists = number(reply.answers, rb"\* ([0-9]{1,10}) EXISTS")
        if validity is None or exists is None:
            raise ServerRefused(_place(folder), "the server gives its mails no lasting numbers (UIDVALIDITY)")
        self._open = FolderState(folder, validity, exists)
        return self._open

    async def _create(self, folder: str) -> None:
        """CREATE and SUBSCRIBE; somebody else may have been quicker."""
        await self._command(self._wire.simple_command("CREATE", mailbox_name(folder)))
        await self._command(self._wire.simple_command("SUBSCRIBE", mailbox_name(folder)))
        if await self._examine(folder) is None:
            raise ServerRefused(_place(folder), "the server neither has it nor makes it", "make it there by hand")

    async def _search(self, *criteria: str) -> set[int]:
        answers = await self._done(self._wire.search(*criteria, charset=None, by_uid=True))
        lines = [answer.line.split() for answer in answers]
        numbers = [word for line in lines if line[1:2] == [b"SEARCH"] for word in line[2:]]
        return {int(word) for word in numbers if word.isdigit() and len(word) <= 10}

    async def _fetch(self, uids: Sequence[int], what: str) -> tuple[dict[int, Values], bool]:
        """UID FETCH; what came, by UID, and whether the server said OK to all of it."""
        reply = await self._command(self._wire.fetch(",".join(map(str, uids)), what, by_uid=True))
        if reply.result == "BAD":
            raise ServerUnavailable("IMAP server", "it does not understand FETCH")
        found: dict[int, Values] = {}
        for answer in reply.answers:
            values = items(answer)
            uid = values.get(b"UID")
            if isinstance(uid, bytes) and uid.isdigit() and int(uid) in uids:
                found.setdefault(int(uid), {}).update(values)
        return found, reply.result == "OK"

    async def _ask_sizes(self, uids: Sequence[int]) -> tuple[dict[int, int], bool]:
        """The size of each mail that is still there, and whether the server said OK to all of it."""
        found, complete = await self._fetch(uids, "(UID RFC822.SIZE)")
        sizes = {uid: values.get(b"RFC822.SIZE") for uid, values in found.items()}
        return {uid: int(size) for uid, size in sizes.items() if isinstance(size, bytes) and size.isdigit()}, complete

    async def _bodies(self, uids: Sequence[int]) -> dict[int, FetchedMail]:
        found, _ = await self._fetch(uids, "(UID INTERNALDATE BODY.PEEK[])")
        mails = {}
        for uid, values in found.items():
            raw, date = values.get(b"BODY[]"), values.get(b"INTERNALDATE")
            if isinstance(raw, bytes):
                mails[uid] = FetchedMail(uid, raw, instant(date) if isinstance(date, bytes) else None)
        return mails

    async def _slices(self, uid: int, size: int) -> dict[int, FetchedMail]:
        """A large mail, piece by piece (RFC 9051 section 6.4.5, ``<partial>``); nothing if a piece does not come.

        Some servers announce a size that is not quite right: the end is where the server has no more bytes.
        """
        raw = bytearray()
        received: datetime | None = None
        while len(raw) <= self._largest:
            what = f"BODY.PEEK[]<{len(raw)}.{_SLICE}>"
            found, _ = await self._fetch([uid], f"(UID INTERNALDATE {what})")
            values = found.get(uid, {})
            piece, date = values.get(b"BODY[]<%d>" % len(raw)), values.get(b"INTERNALDATE")
            received = instant(date) if isinstance(date, bytes) else received
            if isinstance(whole := values.get(b"BODY[]"), bytes):  # it knows nothing of pieces
                return {uid: FetchedMail(uid, whole, received)}
            if not isinstance(piece, bytes):
                return {}
            raw += piece
            if not piece or (len(piece) < _SLICE and len(raw) >= size):
                return {uid: FetchedMail(uid, bytes(raw), received)}
        return {}

    async def _why_not(self, uid: int) -> None:
        """A mail asked for alone did not come: raise, unless it has gone.

        A server may remember a mail that another client has expunged until it is let tell of it: hence the NOOP.
        """
        await self._done(self._wire.simple_command("NOOP"))
        sizes, complete = await self._ask_sizes([uid])
        what = f"mail {uid} on the server"
        if sizes.get(uid, 0) > self._largest:
            raise ParseLimit(what, f"it is larger than {self._largest // 1024 // 1024} MB", "read it there")
        if sizes or not complete:
            raise ServerRefused(what, "the server does not hand it over whole", "read it there")

    async def _idle(self, seconds: float) -> None:
        """IDLE (RFC 2177) until news, loss or the end of ``seconds``, then DONE."""
        self._wire.begin()
        idle = asyncio.ensure_future(self._wire.idle())
        ready = asyncio.ensure_future(self._wire.idle_begins())
        news = asyncio.ensure_future(self._wire.news.wait())
        try:
            await self._watch(idle, ready)
            ends: set[asyncio.Future[Any]] = {idle, news, self._wire.lost}
            if not idle.done():
                await asyncio.wait(ends, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
            if not idle.done() and not self._wire.lost.done():
                self._wire.idle_done()
            await self._watch(idle)
            if idle.exception() is not None or idle.result().result != "OK":
                raise ServerUnavailable("IMAP server", "it does not let us wait for news")
        finally:
            for task in (idle, ready, news):
                task.cancel()
            await asyncio.wait({idle, ready, news})

    async def _poll(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self._wire.news.is_set() and (left := end - loop.time()) > 0:
            await asyncio.wait({self._wire.lost}, timeout=min(left, _POLL))
            await self._done(self._wire.simple_command("NOOP"))


def _accept(reply: _Reply, what: str, why: str, remedy: str) -> None:
    if reply.result != "OK" and reply.code in _TEMPORARY:
        raise ServerUnavailable(what, why)
    if reply.result != "OK":
        raise ServerRefused(what, why, remedy)


def _place(folder: str) -> str:
    return f"IMAP folder {visible(folder, 60)}"
