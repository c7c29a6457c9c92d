"""Watching over a mailbox in memory: late mails, poison, folders that are not there, slow judging."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cli.lab import MAILBOX, Lab, clear_mail
from cvdmail.config import load
from cvdmail.core.gpgstatus import Decryption
from cvdmail.core.records import Cursor, MessageState
from cvdmail.core.watching import LATE
from cvdmail.daemon import Daemon, Pauses, Servers
from cvdmail.edge.memory import MemoryMailbox, MemoryMailboxes, MemoryPostman
from cvdmail.errors import CvdmailError, ServerRefused, ServerUnavailable
from cvdmail.ports import FetchedMail, FolderState, NoSuchFolder
from cvdmail.work.health import status
from cvdmail.work.receive import MAX_BREAKS, MAX_REFUSALS, sync_folder
from cvdmail.work.watch_folder import note_trouble, watch_folder
from work.hostile import BrokenGpg, World, encrypted, entity, head, world

IMAP = '\n[imap]\nhost = "127.0.0.1"\nport = 9\nuser = "lab"\nfolders = ["INBOX", "Junk"]\n\n[store]'
USUAL = Pauses()


@asynccontextmanager
async def watched(queued_lab: Lab) -> AsyncIterator[World]:
    """A world in whose configuration two folders are watched."""
    async with world(queued_lab, sent=False) as w:
        w.lab.edit("\n[store]", IMAP)
        yield replace(w, desk=replace(w.desk, config=load(w.lab.config)))


def servers(account: MemoryMailboxes, *folders: str) -> Servers:
    return Servers(None, account, folders, "Sent")


def daemon(w: World, account: MemoryMailboxes, *folders: str, pauses: Pauses = USUAL) -> Daemon:
    return Daemon(w.desk, servers(account, *folders), "test", lambda _: False, pauses=pauses)


def account(count: int) -> MemoryMailboxes:
    made = MemoryMailboxes()
    for number in range(count):
        made.deliver(clear_mail("text", f"mail {number}"))
    return made


async def cursor(w: World, folder: str = "INBOX") -> Cursor:
    async with w.desk.store.read() as tx:
        found = await tx.inbox.cursor(w.desk.config.mailbox.address.key, folder)
    assert found is not None
    return found


async def stored(w: World) -> int:
    async with w.desk.store.read() as tx:
        return await tx.inbox.count(MessageState.STORED)


async def look(w: World, mailbox: MemoryMailbox, folder: str = "INBOX") -> CvdmailError | None:
    """One look; what went wrong with it."""
    try:
        await sync_folder(w.desk, mailbox, folder)
    except CvdmailError as problem:
        return problem
    return None


# Mails that are late, and mails that are poison.


async def test_mails_that_become_visible_below_the_cursor_are_found(queued_lab: Lab) -> None:
    """Two deliveries at once: the one with the higher number was there first."""
    there = account(LATE + 50)
    inbox = there.folders["INBOX"].mails
    late = {uid: inbox.pop(uid) for uid in (LATE + 49, LATE + 3, 60)}
    async with world(queued_lab, sent=False) as w:
        await sync_folder(w.desk, await there.connect(), "INBOX")
        assert (await cursor(w)).last_uid == LATE + 50
        inbox.update(late)
        synced = await sync_folder(w.desk, await there.connect(), "INBOX")
        assert len(synced.new) == 3
        assert ((await cursor(w)).last_uid, await stored(w)) == (LATE + 50, LATE + 50)
        assert (await sync_folder(w.desk, await there.connect(), "INBOX")).new == ()


class Poisoned(MemoryMailbox):
    """Breaks off whenever certain mails are to be fetched; all FETCHes are counted."""

    def __init__(self, account: MemoryMailboxes, poison: set[int]) -> None:
        super().__init__(account)
        self._poison = poison
        self.fetched: list[list[int]] = []

    async def fetch(self, uids: Sequence[int]) -> list[FetchedMail]:
        self.fetched.append(list(uids))
        if self._poison & set(uids):
            raise ServerUnavailable("IMAP server", "it sent what makes no sense in IMAP")
        return await super().fetch(uids)


async def test_a_mail_at_which_the_connection_always_breaks_off_is_found_and_set_aside(queued_lab: Lab) -> None:
    """The nine before it are stored although they came in one batch with it, and so is what lies behind."""
    there = account(50)
    async with world(queued_lab, sent=False) as w:
        looks = 0
        while await look(w, Poisoned(there, {10})) is not None:
            looks += 1
            assert looks < 2 * MAX_BREAKS
        assert ((await cursor(w)).last_uid, await stored(w)) == (50, 49)
        async with w.desk.store.read() as tx:
            (aside,) = await tx.inbox.select(states=(MessageState.UNPARSED,))
        assert "UID 10" in str(aside.why)
        assert "breaks off" in str(aside.why)
        again = Poisoned(there, {10})
        assert await look(w, again) is None
        assert again.fetched == []


async def test_what_was_stored_before_a_connection_broke_off_is_told_of_at_once(queued_lab: Lab) -> None:
    rung: list[int] = []
    async with world(queued_lab, sent=False) as w:
        mailbox = Poisoned(account(50), {45})
        with pytest.raises(ServerUnavailable):
            await sync_folder(w.desk, mailbox, "INBOX", lambda: rung.append(len(mailbox.fetched)))
    assert rung == [1, 2]


async def test_a_line_that_is_bad_for_a_while_sets_nothing_aside_and_goes_back_to_batches(queued_lab: Lab) -> None:
    there = account(45)
    async with world(queued_lab, sent=False) as w:
        assert await look(w, Poisoned(there, {1})) is not None
        assert await stored(w) == 0
        mended = Poisoned(there, set())
        assert await look(w, mended) is None
        assert [len(uids) for uids in mended.fetched] == [1] * 20 + [20, 5]
        assert await stored(w) == 45
        assert w.lab.rows("SELECT count(*) FROM message WHERE state = 'unparsed'") == [(0,)]


class Phantom(MemoryMailbox):
    """Names a mail in every SEARCH, and hands nothing over for it."""

    async def uids_after(self, last_uid: int) -> list[int]:
        return sorted({*await super().uids_after(last_uid), 3} - set(range(last_uid + 1)))


async def test_a_mail_that_is_named_and_never_comes_is_told_and_holds_up_nobody(queued_lab: Lab) -> None:
    there = account(5)
    del there.folders["INBOX"].mails[3]
    async with world(queued_lab, sent=False) as w:
        seen = []
        for _ in range(MAX_REFUSALS):
            assert await look(w, Phantom(there)) is None
            seen.append(((await cursor(w)).last_uid, await stored(w)))
        assert seen == [(2, 4)] * (MAX_REFUSALS - 1) + [(5, 4)]
        assert w.lab.rows("SELECT count(*) FROM message WHERE state = 'unparsed'") == [(1,)]


async def test_large_mails_come_in_batches_that_are_small_in_bytes(queued_lab: Lab) -> None:
    there = MemoryMailboxes()
    for number in range(6):
        there.deliver(clear_mail("x" * 3_000_000, f"large {number}"))
    async with world(queued_lab, sent=False) as w:
        mailbox = Poisoned(there, set())
        assert await look(w, mailbox) is None
        assert mailbox.fetched == [[1, 2], [3, 4], [5, 6]]


# What status says.


async def test_only_a_look_that_was_complete_counts_as_one(queued_lab: Lab) -> None:
    there = account(30)
    async with world(queued_lab, sent=False) as w:
        assert await look(w, Poisoned(there, {25})) is not None
        assert ((await cursor(w)).last_uid, (await cursor(w)).last_sync_at) == (20, None)
        there.renumber("INBOX")
        assert await look(w, Poisoned(there, {25})) is not None
        assert (await cursor(w)).last_sync_at is None
        assert await look(w, Poisoned(there, set())) is None
        assert (await cursor(w)).last_sync_at is not None


async def test_a_folder_that_has_gone_is_told_at_once_and_since_when(queued_lab: Lab) -> None:
    async with watched(queued_lab) as w:
        there = account(1)
        done = await daemon(w, there, "INBOX", "Junk").once()
        assert (len(done.problems), done.new) == (1, 1)
        shape = await status(w.desk)
        inbox, junk = shape["mailboxes"]
        assert (inbox["folder"], inbox["trouble"], junk["folder"]) == ("INBOX", None, "Junk")
        assert (junk["trouble"]["kind"], junk["idle"], junk["last_sync"]) == ("gone", False, None)
        assert [one for one in shape["problems"] if "folder 2 (Junk) cannot be read since" in one]
        await note_trouble(w.desk, "Junk", NoSuchFolder("IMAP folder", "still not there"))
        later = (await status(w.desk))["mailboxes"][1]["trouble"]
        assert (later["why"], later["since"]) == ("still not there", junk["trouble"]["since"])
        there.deliver(clear_mail("text", "in junk"), "Junk")
        assert (await daemon(w, there, "INBOX", "Junk").once()).problems == []
        assert [one["trouble"] for one in (await status(w.desk))["mailboxes"]] == [None, None]


async def test_what_waiting_may_mend_is_no_alarm_until_it_has_lasted(queued_lab: Lab) -> None:
    async with watched(queued_lab) as w:
        there = account(1)
        there.deliver(clear_mail("text", "in junk"), "Junk")
        await daemon(w, there, "INBOX", "Junk").once()
        there.reachable = False
        done = await daemon(w, there, "INBOX", "Junk").once()
        assert len(done.problems) == 1
        shape = await status(w.desk)
        assert [one["trouble"]["kind"] for one in shape["mailboxes"]] == ["unavailable"] * 2
        assert not [one for one in shape["problems"] if "folder" in one]
        w.change("UPDATE mailbox_cursor SET last_sync_at = '2020-01-01T00:00:00.000000Z'")
        told = [one for one in (await status(w.desk))["problems"] if "folder" in one]
        assert len(told) == 2
        assert all("15 minutes: it cannot be reached" in one for one in told)


# The Sent folder.


async def test_sent_is_watched_once_it_is_there_and_missed_if_it_goes(queued_lab: Lab) -> None:
    async with watched(queued_lab) as w:
        there = account(1)
        there.deliver(clear_mail("text", "in junk"), "Junk")
        assert (await daemon(w, there, "INBOX", "Junk").once()).problems == []
        assert [one["folder"] for one in (await status(w.desk))["mailboxes"]] == ["INBOX", "Junk"]
        there.deliver(clear_mail("I answer from the web", "an answer", sender=MAILBOX), "Sent")
        assert (await daemon(w, there, "INBOX", "Junk").once()).new == 1
        assert w.lab.rows("SELECT count(*) FROM sighting WHERE folder = 'Sent'") == [(1,)]
        assert [one["folder"] for one in (await status(w.desk))["mailboxes"]] == ["INBOX", "Junk", "Sent"]
        del there.folders["Sent"]
        assert (await daemon(w, there, "INBOX", "Junk").once()).problems == [], "the next copy makes it"
        shape = await status(w.desk)
        assert (shape["mailboxes"][2]["trouble"]["kind"], shape["healthy"]) == ("gone", False)


class Full(MemoryMailboxes):
    """Has no room for a copy."""

    async def connect(self) -> MemoryMailbox:
        return NoRoom(self)


class NoRoom(MemoryMailbox):
    async def append(self, folder: str, mail: object) -> None:
        self._closed = True
        raise ServerRefused("IMAP folder Sent", "the server does not take the copy", "check quota")


async def test_a_copy_that_cannot_be_stored_holds_up_no_folder(queued_lab: Lab) -> None:
    there = Full()
    there.deliver(clear_mail("text", "beside the copy"))
    async with world(queued_lab, sent=False) as w:
        postman = MemoryPostman(w.accounts)
        made = Daemon(w.desk, Servers(postman, there, ("INBOX",), "Sent"), "test", lambda _: False)
        done = await made.once()
        assert [one for one in done.problems if "does not take the copy" in one]
        assert done.new == 1
        assert w.lab.rows("SELECT sent_copy FROM outbox") == [("pending",)]


# The loops.


class Chatty(MemoryMailbox):
    """Tells of news with every answer, and there are none."""

    looks = 0

    async def select(self, folder: str) -> FolderState:
        type(self).looks += 1
        return await super().select(folder)

    async def wait(self, seconds: float) -> bool:
        await asyncio.sleep(0)
        return True


class Chatter(MemoryMailboxes):
    async def connect(self) -> MemoryMailbox:
        return Chatty(self)


async def test_a_server_that_always_has_news_is_not_asked_for_ever(queued_lab: Lab) -> None:
    async with world(queued_lab, sent=False) as w:
        watching = asyncio.ensure_future(watch_folder(w.desk, Chatter(), "INBOX", 100, lambda: None, optional=False))
        await asyncio.sleep(1)
        watching.cancel()
        await asyncio.wait([watching])
        assert 2 <= Chatty.looks <= 6


class SlowGpg(BrokenGpg):
    """gpg that takes its time: until somebody lets it go on."""

    def __init__(self, w: World) -> None:
        super().__init__(w.desk.openpgp, b"\0")
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def decrypt(
        self, data: bytes, rings: Sequence[Path] = (), max_output: int = 2**26
    ) -> tuple[Decryption, bytes]:
        self.asked.set()
        await self.go_on.wait()
        return await super().decrypt(data, rings, max_output)


async def test_slow_judging_holds_up_no_folder_and_what_came_meanwhile_is_settled_at_once(queued_lab: Lab) -> None:
    """Nobody asks the database whether something waits (the pause is long): a bell says so."""
    async with world(queued_lab, sent=False) as w:
        gpg = SlowGpg(w)
        w = replace(w, desk=replace(w.desk, openpgp=gpg))
        there = MemoryMailboxes()
        running = asyncio.ensure_future(daemon(w, there, "INBOX", pauses=Pauses(settle=1000)).run())
        there.deliver(encrypted(head("slow"), w.seal(entity("text"))))
        async with asyncio.timeout(20):
            await gpg.asked.wait()
            for number in range(3):
                there.deliver(clear_mail("text", f"meanwhile {number}"))
            while await stored(w) < 4:
                await asyncio.sleep(0.01)
            assert not running.done()
            gpg.go_on.set()
            while await stored(w):
                await asyncio.sleep(0.01)
            there.deliver(clear_mail("text", "the last"))
            while w.lab.rows("SELECT count(*) FROM message WHERE state = 'held'") != [(5,)]:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])
