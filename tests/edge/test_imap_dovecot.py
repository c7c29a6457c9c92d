"""The IMAP edge against Dovecot, looked at by an independent client and on the wire."""

from __future__ import annotations

import imaplib
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC

import pytest

from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.edge.imap_mailbox import ImapMailbox
from cvdmail.errors import ParseLimit, ServerRefused
from servers.certificates import short_folder
from servers.dovecot import Dovecot
from servers.letters import Scribe, scribe
from servers.wire import Wire as Tap

PASSWORD = 'p"\\w * {3}'


@pytest.fixture(scope="module")
def pen() -> Iterator[Scribe]:
    assert Dovecot.possible(), "Dovecot is not installed: make setup-system"
    with short_folder() as folder, scribe(folder) as made:
        yield made


@pytest.fixture
async def dovecot() -> AsyncIterator[Dovecot]:
    with short_folder() as made:
        async with Dovecot(made, {"lab": PASSWORD}) as server:
            yield server


async def _password() -> str:
    return PASSWORD


def _settings(server: Dovecot | Tap, ca_file: str) -> ImapSettings:
    return ImapSettings("127.0.0.1", server.port, ca_file, "lab", _password, timeout=10)


@asynccontextmanager
async def opened(server: Dovecot, largest: int = 1_000_000) -> AsyncIterator[ImapMailbox]:
    mailbox = await ImapMailboxes(_settings(server, server.ca_file), largest=largest).connect()
    await mailbox.select("INBOX")
    try:
        yield mailbox
    finally:
        await mailbox.close()


def _other(server: Dovecot) -> imaplib.IMAP4_SSL:
    """An independent client."""
    other = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=ssl.create_default_context(cafile=server.ca_file))
    other.login("lab", PASSWORD)
    return other


def _put(server: Dovecot, *mails: bytes) -> None:
    with _other(server) as other:
        for raw in mails:
            assert other.append("INBOX", "", "", raw)[0] == "OK"


async def test_a_wrong_password_at_dovecot(dovecot: Dovecot) -> None:
    async def wrong() -> str:
        return "wrong"

    with pytest.raises(ServerRefused, match="log-in"):
        await ImapMailboxes(replace(_settings(dovecot, dovecot.ca_file), secret=wrong)).connect()


async def test_reading_leaves_no_trace(dovecot: Dovecot) -> None:
    _put(dovecot, b"Subject: a\r\n\r\n", b"Subject: b\r\n\r\n")
    with _other(dovecot) as other:
        other.select("INBOX")
        other.store("1", "+FLAGS", "(\\Answered)")
        before = other.fetch("1:*", "(UID FLAGS)")[1]
    async with opened(dovecot) as mailbox:
        await mailbox.fetch(await mailbox.uids_after(0))
        await mailbox.wait(0.1)
    with _other(dovecot) as other:
        other.select("INBOX", readonly=True)
        after = other.fetch("1:*", "(UID FLAGS)")[1]
    plain = [
        [line.replace(b" \\Recent", b"").replace(b"\\Recent", b"") for line in lines if isinstance(line, bytes)]
        for lines in (before, after)
    ]
    assert plain[0] == plain[1]
    assert b"\\Seen" not in b"".join(plain[1])


async def test_one_giant_does_not_stop_the_rest(dovecot: Dovecot) -> None:
    small, giant = b"Subject: a\r\n\r\nsmall\r\n", b"Subject: b\r\n\r\n" + b"x\r\n" * 5000
    _put(dovecot, small, giant, small)
    async with opened(dovecot, largest=2000) as mailbox:
        first, middle, last = await mailbox.uids_after(0)
        assert [mail.uid for mail in await mailbox.fetch([first, middle, last])] == [first, last]
        with pytest.raises(ParseLimit, match=f"mail {middle}"):
            await mailbox.fetch([middle])
        assert [mail.raw for mail in await mailbox.fetch([last])] == [small], "the connection lives on"


async def test_hundreds_of_mails_in_order(dovecot: Dovecot) -> None:
    _put(dovecot, *(b"Subject: %d\r\n\r\n%s" % (number, b"* a {3}\r\n" * 20) for number in range(300)))
    async with opened(dovecot, largest=3000) as mailbox:
        uids = await mailbox.uids_after(0)
        mails = await mailbox.fetch(uids)
    assert [mail.uid for mail in mails] == uids
    assert [mail.raw.splitlines()[0] for mail in mails] == [b"Subject: %d" % number for number in range(300)]
    assert all(mail.internal_date and mail.internal_date.tzinfo is UTC for mail in mails)


async def test_the_copy_is_kept_as_read_and_the_wire_and_the_log_see_no_word_of_it(
    dovecot: Dovecot, pen: Scribe, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with short_folder() as made:
        async with Tap(made, dovecot.host, dovecot.port, dovecot.ca_file) as tap:
            mailbox = await ImapMailboxes(_settings(tap, tap.ca_file)).connect()
            await mailbox.append("Sent", pen.mail("canary-in-the-mine"))
            await mailbox.append("Reports sent", pen.mail("canary-in-the-mine"))
            await mailbox.close()
    assert tap.saw(b"APPEND")
    assert tap.saw(b"BEGIN PGP MESSAGE")
    assert not tap.saw(b"canary")
    assert not [record for record in caplog.records if record.name.startswith(("aioimaplib", "cvdmail"))]
    with _other(dovecot) as other:
        assert b"Reports sent" in b"".join(line for line in other.lsub()[1] if isinstance(line, bytes))
        for name in ("Sent", '"Reports sent"'):
            other.select(name, readonly=True)
            assert "\\Seen" in str(other.fetch("1", "(FLAGS)")[1])
