"""The daemon: watches the mailbox, files what arrives, delivers what is due, and says when it is ill.

Loops under one :class:`asyncio.TaskGroup`: *receive* for each watched folder, over a connection of its own (IDLE, and a
full look every few minutes whatever IDLE says), *settle* for mails that wait to be judged, *deliver* for the outbox,
*copies* for the Sent folder, and *lease*, which keeps other daemons out: finding it lost ends everything.  Between
receiving and settling stands the database, and a bell that says that something came: slow judging holds up no folder,
and a flood of mail waits on disk, not in memory.

Each loop backs off with growing pauses when its server is ill, and one being ill does not stop the others.  The
supervisor here is where unexpected errors end, in the log; it is handed one by ``process_stored`` only after the mails
behind a bad one have had their turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import Lease, MessageState
from cvdmail.core.watching import jittered, next_pause
from cvdmail.errors import CryptoUnavailable, CvdmailError, ServerRefused, ServerUnavailable, StoreUnavailable
from cvdmail.ports import Mailbox, Mailboxes, NoSuchFolder, Postman
from cvdmail.work.deliver import Delivered, deliver_due, recover
from cvdmail.work.desk import LEASE, Desk
from cvdmail.work.file_mail import Settled, process_stored
from cvdmail.work.health import key_warnings
from cvdmail.work.receive import sync_folder
from cvdmail.work.sent_copies import store_copies
from cvdmail.work.upkeep import checkpoint
from cvdmail.work.watch_folder import note_trouble, watch_folder

log = logging.getLogger("cvdmail.daemon")

LEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long the daemon waits, in seconds.

    ``idle``: until IDLE is renewed and the folder looked at whatever IDLE says; ``deliver``: between looks at the
    outbox; ``settle``: between looks for mails that wait and of which nobody told, and for Sent copies; ``first`` and
    ``longest``: before a failed loop begins again; ``refused``: after an SMTP log-in was refused, because one repeated
    every few minutes locks the account; ``finish``: for the mail that is on the wire when a stop is asked for.
    """

    idle: float = 240.0
    deliver: float = 2.0
    settle: float = 30.0
    first: float = 1.0
    longest: float = 300.0
    refused: float = 1800.0
    finish: float = 30.0


class LeaseLost(StoreUnavailable):
    """Another daemon works on this store; this one must stop at once."""


def _first(group: BaseExceptionGroup[LeaseLost]) -> LeaseLost:
    """Return one of the errors of a group, however deep they are nested."""
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, LeaseLost)
    return found


@dataclass(slots=True)
class Pass:
    """What one pass of the daemon did."""

    states: dict[int, RecipientState] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    copies: int = 0
    new: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def needs_person(self) -> bool:
        """Whether something waits for a person."""
        held = any(one.state in (MessageState.HELD, MessageState.UNPARSED) for one in self.settled)
        # Queued after a pass means stopped before it left: what was approved has changed.
        looked_at = (RecipientState.UNKNOWN, RecipientState.REFUSED, RecipientState.QUEUED)
        bad = any(state in looked_at for state in self.states.values())
        return held or bad


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers that are configured; None where there is none."""

    postman: Postman | None
    mailboxes: Mailboxes | None
    folders: tuple[str, ...]
    sent: str

    @property
    def watched(self) -> tuple[str, ...]:
        """The folders to watch: Sent too, for answers that colleagues write elsewhere."""
        return tuple(dict.fromkeys((*self.folders, self.sent)))


class Daemon:
    """One daemon on one store."""

    def __init__(
        self,
        desk: Desk,
        servers: Servers,
        holder: str,
        is_dead: Callable[[str], bool],
        tell: Callable[[str], None] = lambda _: None,
        pauses: Pauses = Pauses(),
    ) -> None:
        """``holder`` names this process for the lease; ``is_dead`` says whether another one certainly runs no more."""
        self._desk = desk
        self._servers = servers
        self._holder = holder
        self._is_dead = is_dead
        self._fence = 0
        self._tell = tell
        self._pauses = pauses
        self._stop = asyncio.Event()
        self._arrived = asyncio.Event()
        self._left = asyncio.Event()

    def stop(self) -> None:
        """Ask :meth:`run` to come to an end."""
        self._stop.set()
        self._left.set()

    async def once(self) -> Pass:
        """Deliver what is due, synchronise every folder once, and settle everything; problems are collected."""
        done = Pass()
        await self._take_lease()
        await recover(self._desk)
        await checkpoint(self._desk)
        if self._servers.postman is not None:
            try:
                delivered = await deliver_due(self._desk, self._servers.postman, self._fence)
                done.states.update(delivered.states)
                done.problems += [what for what in (delivered.stopped, delivered.problem) if what]
            finally:
                await self._servers.postman.close()
        await self._look_once(done)
        done.settled += await self._settle_once()
        await self._give_lease_back()
        return done

    async def _look_once(self, done: Pass) -> None:
        """Store the copies and look at every folder, over one connection; what fails is told, the rest is done."""
        if self._servers.mailboxes is None:
            return
        mailbox: Mailbox | None = None
        try:
            for folder in ("", *self._servers.watched):
                try:
                    mailbox = mailbox or await self._servers.mailboxes.connect()
                    await self._step(mailbox, folder, done)
                except (ServerRefused, ServerUnavailable) as problem:
                    if not self._only_sent(folder, problem):
                        done.problems.append(problem.line())
                    if mailbox is None:  # not even a log-in: the others would say the same
                        for one in self._servers.watched:
                            await self._note(one, problem)
                        break
                    await self._note(folder, problem)
                    if not isinstance(problem, NoSuchFolder):
                        await mailbox.close()  # after a failure it is of no use any more
                        mailbox = None
        finally:
            if mailbox is not None:
                await mailbox.close()

    async def _step(self, mailbox: Mailbox, folder: str, done: Pass) -> None:
        """Look at one folder; no folder stands for the copies that are due."""
        if folder:
            done.new += len((await sync_folder(self._desk, mailbox, folder)).new)
        else:
            done.copies = await store_copies(self._desk, mailbox, self._servers.sent)

    def _only_sent(self, folder: str, problem: CvdmailError) -> bool:
        """Say whether it is only the Sent folder that is missing, which the next copy makes."""
        return isinstance(problem, NoSuchFolder) and folder not in ("", *self._servers.folders)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT; raise ``LeaseLost`` when another daemon has taken over."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        await self._take_lease()
        await recover(self._desk)
        self._tell("watching")
        try:
            async with asyncio.TaskGroup() as group:
                jobs = [group.create_task(self._keep_lease())]
                jobs.append(group.create_task(self._supervise("settle", self._settle_for_ever)))
                if self._servers.mailboxes is not None:
                    for folder in self._servers.watched:
                        receive = self._supervise("receive", partial(self._watch, folder), folder)
                        jobs.append(group.create_task(receive))
                    jobs.append(group.create_task(self._supervise("sent copy", self._keep_copies)))
                delivery = None
                if self._servers.postman is not None:
                    delivery = group.create_task(self._supervise("deliver", self._deliver))
                await self._stop.wait()
                if delivery is not None:
                    # The mail on the wire is finished: cut off, nobody could know whether it was taken.
                    await asyncio.wait([delivery], timeout=self._pauses.finish)
                    delivery.cancel()
                for job in jobs:
                    job.cancel()
        except* LeaseLost as lost:
            raise _first(lost) from None
        finally:
            if self._servers.postman is not None:
                await self._servers.postman.close()
        await self._give_lease_back()
        self._tell("stopped")

    async def _supervise(self, name: str, job: Callable[[], Awaitable[None]], folder: str = "") -> None:
        """Run a loop for ever, with growing pauses after failures; the one place that catches broadly."""
        pause = self._pauses.first
        clock = asyncio.get_running_loop().time
        while not self._stop.is_set():
            began = clock()
            try:
                await job()
                lasted = clock() - began
            except LeaseLost:
                raise
            except CvdmailError as problem:
                lasted = clock() - began
                log.warning("%s: %s: %s", name, type(problem).__name__, problem.why)
                self._tell(f"{name}: {problem.why}; {problem.remedy}")
                await self._note(folder, problem)
                if isinstance(problem, ServerRefused) and problem.what == "SMTP log-in":
                    await self._rest(self._pauses.refused)
            except Exception as problem:
                lasted = clock() - began
                # Only the type: the text of a foreign exception may quote what it was working on.
                log.error("%s: unexpected %s", name, type(problem).__name__)  # noqa: TRY400
                self._tell(f"{name}: unexpected {type(problem).__name__}")
            await self._rest(jittered(pause, self._desk.entropy.bytes(2)))
            pause = next_pause(pause, lasted, self._pauses.first, self._pauses.longest)

    async def _note(self, folder: str, problem: CvdmailError) -> None:
        """Note why a folder cannot be read, if that is what it is about and the database takes it."""
        if folder and isinstance(problem, ServerRefused | ServerUnavailable):
            with contextlib.suppress(StoreUnavailable):
                await note_trouble(self._desk, folder, problem)

    async def _rest(self, seconds: float) -> None:
        """Sleep, but not through a stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _take_lease(self) -> Lease:
        now = self._desk.clock.now()
        async with self._desk.store.write() as tx:
            until = now + timedelta(seconds=LEASE_SECONDS)
            there = await tx.leases.get(LEASE)
            dead = there.holder if there is not None and self._is_dead(there.holder) else None
            lease = await tx.leases.take(LEASE, self._holder, now, until, dead)
        if lease is None:
            raise LeaseLost("watch", "another daemon works on this store", "stop it first; see 'cvdmail status'")
        if self._fence and lease.fence != self._fence:
            raise LeaseLost("watch", "another daemon has taken over meanwhile", "this one stops")
        self._fence = lease.fence
        return lease

    async def _give_lease_back(self) -> None:
        now = self._desk.clock.now()
        async with self._desk.store.write() as tx:
            await tx.leases.take(LEASE, self._holder, now, now)

    async def _keep_lease(self) -> None:
        """Renew the lease; a database that is locked for a while is waited for, as long as the lease lasts."""
        renewed = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(LEASE_SECONDS / 4)
            try:
                await self._take_lease()
                async with self._desk.store.read() as tx:
                    ours = await tx.scopes.still_ours()
            except LeaseLost:
                raise
            except StoreUnavailable as problem:
                log.warning("lease: %s", problem.why)
                if asyncio.get_running_loop().time() - renewed > LEASE_SECONDS:
                    raise LeaseLost("watch", "the lease ran out while the database was not to be had", "") from None
                continue
            renewed = asyncio.get_running_loop().time()
            if not ours:
                raise LeaseLost("watch", "the store was sealed anew (store rekey)", "start the daemon again")

    async def _deliver(self) -> None:
        postman = self._servers.postman
        assert postman is not None
        await recover(self._desk)  # what an error of the last round left open
        while not self._stop.is_set():
            if await checkpoint(self._desk):
                for warning in await key_warnings(self._desk):
                    log.warning("keys: %s", warning)
                    self._tell(f"keys: {warning}")
            delivered: Delivered = await deliver_due(self._desk, postman, self._fence, stopping=self._stop.is_set)
            for row, state in delivered.states.items():
                self._tell(f"outbox {row}: {state.value}")
            if delivered.states:
                self._left.set()
            if delivered.problem:
                raise ServerUnavailable("SMTP", delivered.problem, "it is tried again")
            if delivered.stopped:
                raise ServerRefused(delivered.stopped_by or "SMTP", delivered.stopped, "see 'cvdmail doctor'")
            await self._rest(self._pauses.deliver)

    async def _keep_copies(self) -> None:
        """Store the copies of what left; one that cannot be stored never holds up what is still to be sent."""
        while not self._stop.is_set():
            self._left.clear()
            await self._store_copies()
            await _bell(self._left, self._pauses.settle)

    async def _store_copies(self) -> None:
        async with self._desk.store.read() as tx:
            due = await tx.outbox.copies_due()
        if not due or self._servers.mailboxes is None:
            return
        mailbox = await self._servers.mailboxes.connect()
        try:
            await store_copies(self._desk, mailbox, self._servers.sent)
        finally:
            await mailbox.close()

    async def _watch(self, folder: str) -> None:
        assert self._servers.mailboxes is not None
        optional = folder not in self._servers.folders
        seconds, arrived = self._pauses.idle, self._arrived.set
        await watch_folder(self._desk, self._servers.mailboxes, folder, seconds, arrived, optional=optional)

    async def _settle_for_ever(self) -> None:
        """Settle what arrives, what an earlier run or 'ingest' left, and what gpg could not open a moment ago."""
        while True:
            self._arrived.clear()
            await self._settle()
            await _bell(self._arrived, self._pauses.settle)

    async def _settle_once(self) -> list[Settled]:
        done: list[Settled] = []
        try:
            await self._settle(done.extend)
        except CryptoUnavailable as problem:
            log.warning("settle: %s", problem.why)
            self._tell(f"gpg: {problem.why}; {problem.remedy}")
        return done

    async def _settle(self, note: Callable[[list[Settled]], None] = lambda _: None) -> None:
        """Settle all that waits, a few at a time; raise ``CryptoUnavailable`` with the rest left where it is."""
        while settled := await process_stored(self._desk):
            for one in settled:
                self._tell(f"message {one.row}: {one.state.value}")
            note(settled)


async def _bell(bell: asyncio.Event, seconds: float) -> None:
    """Wait until it rings, or for so long."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(bell.wait(), seconds)
