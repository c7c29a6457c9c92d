"""A server that keeps mails back, hands over too much, or forgets its numbers: nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cli.lab import Lab, clear_mail
from cvdmail.core.records import Cursor, MessageState
from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.edge.memory import MemoryMailbox, MemoryMailboxes
from cvdmail.errors import CvdmailError, ParseLimit, ServerRefused, ServerUnavailable
from cvdmail.ports import FetchedMail
from cvdmail.work.health import status
from cvdmail.work.receive import MAX_REFUSALS, Synced, sync_folder
from servers.certificates import Pair, right, short_folder
from servers.imap_script import Server, scripted
from work.hostile import World, world

FOUR = b"* 1 FETCH (UID 4 RFC822.SIZE 9 BODY[] {9}\r\nS: x\r\n\r\ny)\r\n"
SIX = b"* 3 FETCH (UID 6 RFC822.SIZE 9 BODY[] {9}\r\nS: z\r\n\r\ny)\r\n"


async def secret() -> str:
    return "x"


async def look(w: World, server: Server, pair: Pair) -> Synced:
    """One look at the INBOX of a scripted server."""
    settings = ImapSettings("127.0.0.1", server.port, pair.ca_file, "lab", secret, timeout=5)
    mailbox = await ImapMailboxes(settings).connect()
    try:
        return await sync_folder(w.desk, mailbox, "INBOX")
    finally:
        await mailbox.close()


async def cursor(w: World) -> Cursor:
    async with w.desk.store.read() as tx:
        (found,) = [one for one in await tx.inbox.cursors() if one.folder == "INBOX"]
    return found


async def set_aside(w: World) -> list[str]:
    """What the pen says of mails that were not had."""
    async with w.desk.store.read() as tx:
        return [str(one.why) for one in await tx.inbox.select(states=(MessageState.UNPARSED,))]


async def stored(w: World) -> int:
    async with w.desk.store.read() as tx:
        return await tx.inbox.count(MessageState.STORED)


async def test_a_mail_that_the_server_keeps_back_is_not_passed_over(queued_lab: Lab) -> None:
    """A tagged NO says that the mail is there: the cursor stays before it, and in the end a person is told."""
    fetches = FOUR + b"%s NO [UNAVAILABLE] try later\r\n"
    async with world(queued_lab, sent=False) as w:
        with short_folder() as folder:
            pair = right(folder)
            search = b"* SEARCH 4 5 6\r\n%s OK done\r\n"
            async with scripted(pair, UID_SEARCH=search, UID_FETCH=fetches) as server:
                for number in range(1, MAX_REFUSALS + 1):
                    with pytest.raises(CvdmailError):
                        await look(w, server, pair)
                    assert await stored(w) == 1
                    last = number == MAX_REFUSALS
                    assert (await cursor(w)).last_uid == (5 if last else 4)
                    assert len(await set_aside(w)) == int(last)
            (why,) = await set_aside(w)
            assert "UID 5" in why
            assert (await status(w.desk))["unparsed"] == 1
            async with scripted(pair, UID_SEARCH=search, UID_FETCH=SIX + b"%s OK done\r\n") as server:
                assert len((await look(w, server, pair)).new) == 1
        assert (await cursor(w)).last_uid == 6
        assert w.lab.rows("SELECT count(*) FROM event WHERE kind = 'mail_unparsed'") == [(1,)]


class Stubborn(MemoryMailbox):
    """Keeps some mails back, and has some that are too large."""

    def __init__(self, account: MemoryMailboxes, keeps: set[int], large: set[int]) -> None:
        super().__init__(account)
        self._keeps, self._large = keeps, large

    async def fetch(self, uids: Sequence[int]) -> list[FetchedMail]:
        if len(uids) == 1 and uids[0] in self._large:
            raise ParseLimit("mail", "it is too large", "")
        if len(uids) == 1 and uids[0] in self._keeps:
            raise ServerRefused("IMAP FETCH", "the server says no")
        return [one for one in await super().fetch(uids) if one.uid not in self._keeps | self._large]


def account(count: int) -> MemoryMailboxes:
    made = MemoryMailboxes()
    for number in range(count):
        made.deliver(clear_mail("text", f"mail {number}"))
    return made


async def test_what_lies_beside_a_mail_kept_back_is_stored_and_the_cursor_stays_before_it(queued_lab: Lab) -> None:
    """Two of fifty are kept back: the cursor waits for each a few looks, none is lost, none is stored twice."""
    there = account(50)
    async with world(queued_lab, sent=False) as w:
        seen = []
        for _ in range(MAX_REFUSALS * 2):
            with pytest.raises(ServerUnavailable):
                await sync_folder(w.desk, Stubborn(there, {22, 31}, set()), "INBOX")
            seen.append((await cursor(w)).last_uid)
        assert seen == [21] * 4 + [30] * 5 + [50]
        await sync_folder(w.desk, Stubborn(there, {22, 31}, set()), "INBOX")
        assert ((await cursor(w)).last_uid, await stored(w)) == (50, 48)
        assert [why.rpartition("(")[2] for why in await set_aside(w)] == ["UID 22)", "UID 31)"]


async def test_a_mail_handed_over_after_all_is_not_set_aside(queued_lab: Lab) -> None:
    """Refusals are counted in a row for one mail: a server that is ill for a while costs nothing."""
    there = account(3)
    async with world(queued_lab, sent=False) as w:
        for _ in range(MAX_REFUSALS - 1):
            with pytest.raises(ServerUnavailable):
                await sync_folder(w.desk, Stubborn(there, {2}, set()), "INBOX")
        there.deliver(clear_mail("text", "one more"))
        with pytest.raises(ServerUnavailable):
            await sync_folder(w.desk, Stubborn(there, {4}, set()), "INBOX")
        await sync_folder(w.desk, Stubborn(there, set(), set()), "INBOX")
        assert (await stored(w), await set_aside(w)) == (4, [])


async def test_a_mail_too_large_is_set_aside_where_a_person_sees_it(queued_lab: Lab) -> None:
    """By its size on the wire, before a byte of it is taken; alone in its batch or between others."""
    async with world(queued_lab, sent=False) as w:
        with short_folder() as folder:
            pair = right(folder)
            large = b"* 1 FETCH (UID 4 RFC822.SIZE 70000000)\r\n%s OK done\r\n"
            async with scripted(pair, UID_SEARCH=b"* SEARCH 4\r\n%s OK done\r\n", UID_FETCH=large) as server:
                synced = await look(w, server, pair)
                assert (synced.new, synced.unfetched, (await cursor(w)).last_uid) == ((), 1, 4)
        (why,) = await set_aside(w)
        assert "UID 4" in why
        assert "too large" in why
        listed = (await w.command("ada", "pen", "list", "--json")).good()
        assert [one["why"] for one in listed.lines] == [why]
    for large_ones in ({2}, {1, 3}, {1, 2, 3}):
        async with world(queued_lab, sent=False) as w:
            synced = await sync_folder(w.desk, Stubborn(account(3), set(), large_ones), "INBOX")
            assert (len(synced.new), synced.unfetched) == (3 - len(large_ones), len(large_ones))
            assert len(await set_aside(w)) == len(large_ones)
            assert (await cursor(w)).last_uid == 3


async def test_new_numbers_lose_and_double_nothing(queued_lab: Lab) -> None:
    """After a change of UIDVALIDITY an old number may be another mail: all are looked at, and known by their bytes."""
    there = account(30)
    async with world(queued_lab, sent=False) as w:
        await sync_folder(w.desk, await there.connect(), "INBOX")
        before = await cursor(w)
        there.renumber("INBOX")
        there.folders["INBOX"].mails.pop(min(there.folders["INBOX"].mails))
        there.deliver(clear_mail("text", "one more"))
        synced = await sync_folder(w.desk, await there.connect(), "INBOX")
        after = await cursor(w)
        assert after.uidvalidity != before.uidvalidity
        assert (len(synced.new), await stored(w)) == (1, 31)
        assert w.lab.rows("SELECT count(*) FROM event WHERE kind = 'folder_reset'") == [(1,)]
        assert (await sync_folder(w.desk, await there.connect(), "INBOX")).new == ()
