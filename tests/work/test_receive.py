"""Receiving from a mailbox in memory: every mail once, whatever the server does between two looks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cli.lab import Lab, clear_mail
from cvdmail.config import load
from cvdmail.core.records import MessageState
from cvdmail.edge.memory import MemoryMailbox, MemoryMailboxes
from cvdmail.errors import ParseLimit, ServerUnavailable
from cvdmail.ports import FetchedMail
from cvdmail.wiring import daemon_desk
from cvdmail.work.file_mail import process_stored
from cvdmail.work.receive import ingest, sync_folder


async def test_each_mail_once_through_moves_renumbering_and_other_doors(queued: Lab) -> None:
    account = MemoryMailboxes()
    mails = [clear_mail(f"text {number}", f"mail {number}") for number in range(50)]
    async with daemon_desk(load(queued.config)) as desk:
        for raw in mails[:45]:
            account.deliver(raw)
        mailbox = await account.connect()
        assert len((await sync_folder(desk, mailbox, "INBOX")).new) == 45
        assert (await sync_folder(desk, mailbox, "INBOX")).new == ()
        account.renumber("INBOX")
        account.deliver(mails[45])
        account.deliver(mails[0])
        assert len((await sync_folder(desk, await account.connect(), "INBOX")).new) == 1
        account.deliver(mails[46], "Junk")
        account.deliver(mails[1], "Junk")
        assert len((await sync_folder(desk, await account.connect(), "Junk")).new) == 1
        assert [new for _, new in await ingest(desk, [mails[2], mails[47], mails[47]])] == [False, True, False]
        async with desk.store.read() as tx:
            stored = await tx.inbox.select(states=(MessageState.STORED,))
            kept = [await tx.inbox.raw(one.row) for one in stored]
        assert sorted(kept) == sorted(mails[:48])


class Dying(MemoryMailbox):
    """Breaks off at the n-th fetch."""

    def __init__(self, account: MemoryMailboxes, lives: int) -> None:
        super().__init__(account)
        self._lives = lives

    async def fetch(self, uids: Sequence[int]) -> list[FetchedMail]:
        self._lives -= 1
        if self._lives < 0:
            raise ServerUnavailable("IMAP connection", "it broke off", "connect anew")
        return await super().fetch(uids)


@pytest.mark.parametrize("lives", [0, 1, 2])
async def test_a_connection_that_breaks_off_loses_nothing(queued: Lab, lives: int) -> None:
    account = MemoryMailboxes()
    for number in range(45):
        account.deliver(clear_mail("text", f"mail {number}"))
    async with daemon_desk(load(queued.config)) as desk:
        with pytest.raises(ServerUnavailable):
            await sync_folder(desk, Dying(account, lives), "INBOX")
        async with desk.store.read() as tx:
            before = await tx.inbox.count(MessageState.STORED)
        assert before == lives * 20
        assert len((await sync_folder(desk, await account.connect(), "INBOX")).new) == 45 - before


class Choking(MemoryMailbox):
    """Cannot hand over one of its mails."""

    async def fetch(self, uids: Sequence[int]) -> list[FetchedMail]:
        if list(uids) == [2]:
            raise ParseLimit("mail", "it is too large", "")
        return [mail for mail in await super().fetch(uids) if mail.uid != 2]


async def test_a_mail_that_cannot_be_fetched_is_told_and_does_not_stop_the_others(queued: Lab) -> None:
    account = MemoryMailboxes()
    for number in range(3):
        account.deliver(clear_mail("text", f"mail {number}"))
    async with daemon_desk(load(queued.config)) as desk:
        synced = await sync_folder(desk, Choking(account), "INBOX")
        assert (len(synced.new), synced.unfetched) == (2, 1)
        assert (await sync_folder(desk, Choking(account), "INBOX")).new == ()
    assert queued.rows("SELECT count(*) FROM event WHERE kind = 'mail_unparsed'") == [(1,)]


async def test_what_waits_is_settled_once(queued: Lab) -> None:
    async with daemon_desk(load(queued.config)) as desk:
        await ingest(desk, [clear_mail("text", f"mail {number}") for number in range(3)])
        assert {one.state for one in await process_stored(desk)} == {MessageState.HELD}
        assert await process_stored(desk) == []
    assert queued.rows("SELECT count(*) FROM event WHERE kind = 'mail_held'") == [(3,)]
