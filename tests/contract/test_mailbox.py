"""One suite for every Mailbox: in memory, against pymap in this process, against Dovecot."""

from __future__ import annotations

import asyncio
import imaplib
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cvdmail.core.ids import Address
from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.edge.memory import MemoryMailboxes
from cvdmail.embedded import EmbeddedServers, LocalUser
from cvdmail.errors import GuardRefusal, ServerRefused, ServerUnavailable
from cvdmail.ports import Mailbox, Mailboxes, NoSuchFolder
from servers.certificates import short_folder
from servers.dovecot import Dovecot
from servers.letters import Scribe, letter, scribe

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAILS = {
    "8-bit": b"Subject: x\r\n\r\n" + bytes(range(128, 256)) + b"\r\n",
    "dot lines": b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\n\r\n.\r\n",
    "long line": b"Subject: x\r\n\r\n" + b"y" * 20_000 + b"\r\n",
    "empty body": b"Subject: x\r\n\r\n",
    "no last line end": b"Subject: x\r\n\r\nthe end",
    "like IMAP": b"Subject: * 1 * (x {3}\r\n\r\n* BYE gone\r\n* 1 FETCH (UID 9 BODY[] {5}\r\n)\r\nA1 OK done {7}\r\n",
    "quotes": b'Subject: "a\\b" * "\r\n\r\n\\\\"\r\n',
}
_ACCOUNTS = 40


@dataclass(frozen=True, slots=True)
class Place:
    """An empty account: how to connect to it, and how the world puts a mail into it."""

    mailboxes: Mailboxes
    deliver: Callable[[bytes], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@pytest.fixture(scope="module")
def pen(folder: Path) -> Iterator[Scribe]:
    with scribe(folder) as made:
        yield made


async def _secret() -> str:
    return 'p"\\w * d'


def _memory() -> Iterator[Place]:
    while True:
        account = MemoryMailboxes()

        async def deliver(raw: bytes, account: MemoryMailboxes = account) -> None:
            account.deliver(raw)

        yield Place(account, deliver)


def _embedded(servers: EmbeddedServers) -> Iterator[Place]:
    for number in range(_ACCOUNTS):
        address = Address.parse(f"user{number}@lab.example")
        settings = ImapSettings(servers.host, servers.imap_port, servers.ca_file, address.text, _secret, timeout=10)

        async def deliver(raw: bytes, address: Address = address) -> None:
            await servers.deliver(address, raw)

        yield Place(ImapMailboxes(settings), deliver)


def _dovecot(server: Dovecot) -> Iterator[Place]:
    context = ssl.create_default_context(cafile=server.ca_file)

    def append(user: str, raw: bytes) -> None:
        with imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context) as other:
            other.login(user, server.users[user])
            assert other.append("INBOX", "", "", raw)[0] == "OK"

    for user in server.users:
        settings = ImapSettings(server.host, server.port, server.ca_file, user, _secret, timeout=10)

        async def deliver(raw: bytes, user: str = user) -> None:
            await asyncio.to_thread(append, user, raw)

        yield Place(ImapMailboxes(settings), deliver)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["memory", "embedded", "dovecot"])
async def places(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Iterator[Place]]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            yield _memory()
        elif request.param == "embedded":
            users = [LocalUser(Address.parse(f"user{n}@lab.example"), await _secret()) for n in range(_ACCOUNTS)]
            yield _embedded(await stack.enter_async_context(EmbeddedServers(folder, users)))
        else:
            assert Dovecot.possible(), "Dovecot is not installed: make setup-system"
            accounts = {f"user{number}": await _secret() for number in range(_ACCOUNTS)}
            yield _dovecot(await stack.enter_async_context(Dovecot(folder, accounts)))


@pytest.fixture
def place(places: Iterator[Place]) -> Place:
    return next(places)


@pytest_asyncio.fixture(loop_scope="module")
async def mailbox(place: Place) -> AsyncIterator[Mailbox]:
    opened = await place.mailboxes.connect()
    yield opened
    await opened.close()


async def test_an_empty_inbox(mailbox: Mailbox) -> None:
    state = await mailbox.select("INBOX")
    assert (state.name, state.exists) == ("INBOX", 0)
    assert state.uidvalidity > 0
    assert await mailbox.uids_after(0) == []


async def test_a_folder_that_does_not_exist_is_refused_by_name_and_another_may_be_opened(mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    with pytest.raises(NoSuchFolder, match="Nö such & folder"):
        await mailbox.select("Nö such & folder")
    assert (await mailbox.select("INBOX")).exists == 0
    with pytest.raises(NoSuchFolder):
        await mailbox.select("Nö such & folder")
    with pytest.raises(ServerUnavailable, match="no folder"):
        await mailbox.uids_after(0)


async def test_uids_after_is_ascending_and_never_names_an_old_mail(place: Place, mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    for number in range(3):
        await place.deliver(b"Subject: %d\r\n\r\n" % number)
    uids = await mailbox.uids_after(0)
    assert len(uids) == 3
    assert uids == sorted(set(uids))
    assert await mailbox.uids_after(uids[0]) == uids[1:]
    assert await mailbox.uids_after(uids[-1]) == []
    assert await mailbox.uids_after(2**32 - 1) == []


async def test_uidvalidity_lasts(place: Place, mailbox: Mailbox) -> None:
    first = await mailbox.select("INBOX")
    await place.deliver(b"Subject: x\r\n\r\n")
    other = await place.mailboxes.connect()
    second = await other.select("INBOX")
    await other.close()
    assert (second.uidvalidity, second.exists) == (first.uidvalidity, 1)


@pytest.mark.parametrize("raw", MAILS.values(), ids=MAILS.keys())
async def test_bytes_come_as_they_are(place: Place, mailbox: Mailbox, raw: bytes) -> None:
    await mailbox.select("INBOX")
    await place.deliver(raw)
    (mail,) = await mailbox.fetch(await mailbox.uids_after(0))
    assert mail.raw == raw


async def test_a_mail_of_several_slices_comes_whole_between_small_ones(place: Place, mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    texts = [b"Subject: %d\r\n\r\n%s" % (size, b"0123456789abcd\r\n" * size) for size in (1, 65_536 * 2, 140_000, 2)]
    texts[1] = texts[1][: 2 * 1024 * 1024 - 2] + b"\r\n"  # two slices to the byte
    for text in texts:
        await place.deliver(text)
    uids = await mailbox.uids_after(0)
    assert await mailbox.sizes([*uids, uids[-1] + 1000]) == dict(zip(uids, map(len, texts), strict=True))
    assert [mail.raw for mail in await mailbox.fetch(uids)] == texts
    assert await mailbox.sizes([]) == {}


async def test_many_mails_in_the_order_asked_for_without_the_missing(place: Place, mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    texts = [b"Subject: %d\r\n\r\n%s\r\n" % (number, b"z" * number) for number in range(45)]
    for text in texts:
        await place.deliver(text)
    uids = await mailbox.uids_after(0)
    wanted = [uids[-1] + 1000, *reversed(uids), uids[0]]
    assert [mail.raw for mail in await mailbox.fetch(wanted)] == texts[::-1]
    assert await mailbox.fetch([]) == []
    assert await mailbox.fetch([uids[-1] + 1000]) == []


async def test_wait_wakes_on_delivery(place: Place, mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    assert await mailbox.uids_after(0) == []
    waiting = asyncio.ensure_future(mailbox.wait(20))
    await asyncio.sleep(0.2)
    begin = time.monotonic()
    await place.deliver(b"Subject: x\r\n\r\n")
    assert await waiting
    assert time.monotonic() - begin < 3
    assert len(await mailbox.uids_after(0)) == 1
    assert not await mailbox.wait(0.2)


async def test_news_before_the_wait_is_not_lost(place: Place, mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    await place.deliver(b"Subject: x\r\n\r\n")
    begin = time.monotonic()
    assert await mailbox.wait(20)
    assert time.monotonic() - begin < 3


async def test_wait_ends_in_time(mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    begin = time.monotonic()
    assert not await mailbox.wait(0.4)
    assert 0.3 < time.monotonic() - begin < 3


async def test_append_makes_the_folder_and_keeps_one_copy(pen: Scribe, place: Place, mailbox: Mailbox) -> None:
    sent, name = pen.mail("the report"), 'Sent & "öffentlich" 送信'
    await place.deliver(b"Subject: x\r\n\r\n")
    await mailbox.select("INBOX")
    await mailbox.append(name, sent)
    assert len(await mailbox.uids_after(0)) == 1, "the inbox is still the open folder"
    other = await place.mailboxes.connect()
    await other.append(name, sent)
    await other.append(name, pen.mail("another"))
    assert (await other.select(name)).exists == 2
    kept = await other.fetch(await other.uids_after(0))
    await other.close()
    assert kept[0].raw == sent.raw


async def test_a_clear_mail_is_not_appended(pen: Scribe, mailbox: Mailbox) -> None:
    sealed = pen.mail("the report")
    clear = sealed.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\nthe report\r\n"
    with pytest.raises(GuardRefusal):
        await mailbox.append("Drafts of mine", replace(sealed, raw=clear))
    with pytest.raises(ServerRefused):
        await mailbox.select("Drafts of mine")


async def test_a_letter_in_clear_is_appended_if_it_was_let_out(place: Place, mailbox: Mailbox) -> None:
    mail = letter("who takes reports?\n")
    with pytest.raises(GuardRefusal):
        await mailbox.append("Letters", replace(mail, intended=replace(mail.intended, clear=None)))
    await mailbox.append("Letters", mail)
    await mailbox.select("Letters")
    (kept,) = await mailbox.fetch(await mailbox.uids_after(0))
    assert kept.raw == mail.raw


async def test_nothing_works_after_close_and_close_works_twice(mailbox: Mailbox) -> None:
    await mailbox.select("INBOX")
    await mailbox.close()
    await mailbox.close()
    with pytest.raises(ServerUnavailable):
        await mailbox.uids_after(0)
    with pytest.raises(ServerUnavailable):
        await mailbox.wait(1)


async def test_no_folder_open(mailbox: Mailbox) -> None:
    with pytest.raises(ServerUnavailable, match="no folder"):
        await mailbox.uids_after(0)
