"""Orders to stop that come while mails are on their way, and a program that ends at the worst moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from cli.lab import CASE, FINDING, MAILBOX, Lab, clear_mail
from cvdmail import wiring
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.outgoing import OutgoingMail, RecipientState, SubmissionResult
from cvdmail.core.records import ContactState
from cvdmail.core.report import read
from cvdmail.daemon import LeaseLost
from cvdmail.edge.memory import MemoryPostman
from cvdmail.edge.smtp import Tls
from cvdmail.errors import StoreUnavailable
from cvdmail.work import contacts, open_case, queue, review
from cvdmail.work.deliver import deliver_due, recover
from cvdmail.work.desk import LEASE, Desk
from cvdmail.work.upkeep import erase_case
from servers.certificates import right, short_folder
from servers.smtp_script import GOOD, Server
from work.hostile import OTHER, Meanwhile, Shifted, World, world

SECOND = CASE.replace("0001", "0002")


async def add_second(w: World) -> int:
    """Queue a second report, to another vendor; return its row in the outbox."""
    report = FINDING.replace("vendor.example", "other.example").replace("frame", "chunk").encode()
    key = w.lab.home("vendor").public(w.lab.keys["vendor"])
    await contacts.pin(w.desk, w.ada, key, Address.parse(OTHER), "other.example", True)
    made = await open_case.open_case(w.desk, w.ada, read(report), report, (), ())
    assert str(made.case) == SECOND
    await review.approve(w.desk, w.ben, made.drafts[0])
    (mail,) = await queue.send(w.desk, w.ada, made.case)
    return mail.row


def to(mails: list[OutgoingMail]) -> list[set[str]]:
    """Whom mails were submitted for, our own copy left out."""
    return [{str(one) for one in mail.recipients} - {MAILBOX} for mail in mails]


async def give(w: World, order: str) -> None:
    """Let a person order something that must keep the second mail from going out."""
    if order == "demote":
        await contacts.confirm(w.desk, w.ada, OTHER, ContactState.DEMOTED, None)
    elif order == "close":
        (await w.command("ada", "case", "close", SECOND, "--yes")).good()
    elif order == "remove":
        (await w.command("ada", "participant", "remove", SECOND, "other.example", "--yes")).good()
    elif order == "erase":
        for person in (w.ada, w.ben):
            await erase_case(w.desk, person, CaseId.parse(SECOND), b"the vendor asks for it")
    else:
        home = w.lab.home("vendor")
        new = home.public(home.key(f"New <{OTHER}>"))
        await contacts.pin(w.desk, w.ada, new, Address.parse(OTHER), None, False)


@pytest.mark.parametrize("order", ["demote", "close", "remove", "erase", "re-pin"])
async def test_an_order_to_stop_is_obeyed_while_a_pass_is_under_way(queued_lab: Lab, order: str) -> None:
    """Both mails are made and due; while the first is on the wire a person stops the second: it does not go out."""
    async with world(queued_lab, sent=False) as w:
        second = await add_second(w)
        postman = Meanwhile(w, lambda: give(w, order))
        done = await w.daemon(postman).once()
        assert done.problems == []
        assert len(postman.taken) == 1
        assert await w.states(second) == {RecipientState.REFUSED}
        assert (await w.outbox())[1].stopped
        later = replace(w, desk=replace(w.desk, clock=Shifted(timedelta(days=1))))
        await later.daemon(postman).once()
        assert to(postman.taken) == [{"security@vendor.example"}]


async def test_without_an_order_both_go_out(queued_lab: Lab) -> None:
    """The control: the same pass with nobody interfering."""
    async with world(queued_lab, sent=False) as w:
        await add_second(w)
        postman = MemoryPostman(w.accounts)
        await w.daemon(postman).once()
        assert to(postman.taken) == [{"security@vendor.example"}, {OTHER}]


class PowerCut(BaseException):
    """The machine is gone."""


@pytest.mark.parametrize("erased", [False, True])
async def test_a_crash_on_the_wire_ends_as_unknown(queued_lab: Lab, erased: bool) -> None:
    """Nobody can know whether the server took it: told, never repeated; the case may have been erased meanwhile."""
    async with world(queued_lab, sent=False) as w:

        async def cut() -> None:
            raise PowerCut

        with pytest.raises(PowerCut):
            await w.daemon(Meanwhile(w, cut)).once()
        assert await w.states(1) == {RecipientState.SENDING}
        if erased:
            for person in (w.ada, w.ben):
                await erase_case(w.desk, person, w.case, b"the vendor asks for it")
        postman = MemoryPostman(w.accounts)
        async with wiring.daemon_desk(w.desk.config) as desk:
            assert (await recover(desk), await recover(desk)) == (1, 0)
            assert await w.states(1) == {RecipientState.UNKNOWN}
            fence = await lease(desk)
            for days in (1, 2, 3):
                later = replace(desk, clock=Shifted(timedelta(days=days)))
                assert dict((await deliver_due(later, postman, fence)).states) == {}
        assert postman.taken == []
        assert w.lab.rows("SELECT count(*) FROM event WHERE kind = 'mail_unknown'") == [(2,)]
        assert w.lab.rows("SELECT count(*) FROM attempt WHERE ended_at IS NULL") == [(0,)]


async def lease(desk: Desk) -> int:
    """Take over from a daemon that is dead."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        taken = await tx.leases.take(LEASE, "the next daemon", now, now + timedelta(days=9), "this daemon")
    assert taken is not None
    return taken.fence


async def test_an_erased_case_holds_up_no_other_mail(queued_lab: Lab) -> None:
    """Its mail left and its copy for the Sent folder is gone for ever: the daemon goes on with everything else."""
    async with world(queued_lab, sent=False) as w:
        await add_second(w)

        async def erase() -> None:
            for person in (w.ada, w.ben):
                await erase_case(w.desk, person, w.case, b"the vendor asks for it")

        postman = Meanwhile(w, erase)
        w.ours.deliver(clear_mail("hello", "a question"))
        done = await w.daemon(postman).once()
        assert to(postman.taken) == [{"security@vendor.example"}, {OTHER}]
        assert done.new >= 1
        assert done.copies == 1


async def test_a_second_daemon_delivers_nothing(queued_lab: Lab) -> None:
    """While one has the lease another one ends at once, and sends nothing."""
    async with world(queued_lab, sent=False) as w:
        second = MemoryPostman(w.accounts)
        async with wiring.daemon_desk(w.desk.config) as desk:

            async def start_another() -> None:
                with pytest.raises(LeaseLost):
                    await replace(w, desk=desk).daemon(second, "another").once()

            first = Meanwhile(w, start_another)
            await w.daemon(first).once()
        assert (len(first.taken), len(second.taken)) == (1, 0)
        assert await w.states(1) == {RecipientState.SENT}


async def test_a_daemon_that_slept_through_its_lease_sends_no_further_mail(queued_lab: Lab) -> None:
    """Between two mails another daemon has taken over (its fence is higher): the second mail is that one's."""
    async with world(queued_lab, sent=False) as w:
        second = await add_second(w)

        async def take_over() -> None:
            now = w.desk.clock.now() + timedelta(hours=1)
            async with w.desk.store.write() as tx:
                assert await tx.leases.take(LEASE, "another", now, now + timedelta(minutes=1)) is not None

        postman = Meanwhile(w, take_over)
        with pytest.raises(StoreUnavailable):
            await w.daemon(postman).once()
        assert to(postman.taken) == [{"security@vendor.example"}]
        assert await w.states(second) == {RecipientState.QUEUED}


class Locking(MemoryPostman):
    """Takes the mail; by then somebody else has locked the database, for a while."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__(world.accounts)
        self._file, self._seconds = world.lab.database, seconds

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        result = await super().submit(mail)
        lock = sqlite3.connect(self._file, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(self._seconds, lock.close)
        return result


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(0.05)


async def test_an_outcome_that_could_not_be_written_is_closed_by_the_next_round(queued_lab: Lab) -> None:
    """A locked database must not leave a mail 'sending' until somebody restarts the daemon; it is not sent again."""
    async with world(queued_lab, sent=False, busy_seconds=0.2) as w:
        postman = Locking(w, 0.8)
        running = asyncio.create_task(w.daemon(postman).run())

        async def closed() -> bool:
            return await w.states(1) == {RecipientState.UNKNOWN}

        try:
            await until(closed)
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert len(postman.taken) == 1


class SlowReader:
    """Reads what came before the final dot, tells so, and lets the server think about it."""

    def __init__(self, reader: asyncio.StreamReader, has_all: asyncio.Event, seconds: float) -> None:
        self._reader, self._has_all, self._seconds = reader, has_all, seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    async def readuntil(self, separator: bytes) -> bytes:
        data = await self._reader.readuntil(separator)
        self._has_all.set()
        await asyncio.sleep(self._seconds)
        return data


async def test_sigterm_lets_the_mail_on_the_wire_finish(queued_lab: Lab) -> None:
    """The real 'watch' process, told to end while the server thinks: the answer is waited for, and written."""
    async with world(queued_lab, sent=False) as w:
        with short_folder() as folder:
            pair, has_all = right(folder), asyncio.Event()
            server = Server(pair.context(), Tls.IMPLICIT, GOOD)

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await server.serve(cast(asyncio.StreamReader, SlowReader(reader, has_all, 1.5)), writer)

            listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=pair.context(), limit=2**26)
            port = listening.sockets[0].getsockname()[1]
            section = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "implicit"\nca_file = "{pair.ca_file}"\n'
            w.lab.edit("\n[store]", f"\n{section}\n[store]")
            command = [sys.executable, "-m", "cvdmail", "watch"]
            daemon = await asyncio.create_subprocess_exec(*command, env=w.lab.env(None), cwd=w.lab.place)
            try:
                await asyncio.wait_for(has_all.wait(), 30)
                os.kill(daemon.pid, signal.SIGTERM)
                assert await asyncio.wait_for(daemon.wait(), 30) == 0
            finally:
                if daemon.returncode is None:
                    daemon.kill()
                    await daemon.wait()
                listening.close()
            assert server.said["DOT"] == 1
        assert await w.states(1) == {RecipientState.SENT}
        assert await recover(w.desk) == 0
