"""The IMAP edge against servers that misbehave."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.edge.imap_mailbox import ImapMailbox, LogInRefused
from cvdmail.errors import CryptoUnavailable, CvdmailError, NotFound, ServerRefused, ServerUnavailable
from servers.certificates import Pair, expired, right, short_folder, wrong_name
from servers.imap_script import Odd, Reply, Server, scripted
from servers.letters import Scribe, scribe

PASSWORD = 'p"\\w * {3}'


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@pytest.fixture(scope="module")
def pair(folder: Path) -> Pair:
    return right(folder)


@pytest.fixture(scope="module")
def pen(folder: Path) -> Iterator[Scribe]:
    with scribe(folder) as made:
        yield made


async def _password() -> str:
    return PASSWORD


def _settings(server: Server, ca_file: str) -> ImapSettings:
    return ImapSettings("127.0.0.1", server.port, ca_file, "lab", _password, timeout=5)


@asynccontextmanager
async def connected(server: Server, pair: Pair, timeout: float = 5) -> AsyncIterator[ImapMailbox]:
    mailbox = await ImapMailboxes(replace(_settings(server, pair.ca_file), timeout=timeout)).connect()
    try:
        yield mailbox
    finally:
        await mailbox.close()


# Connecting and logging in.


@pytest.mark.parametrize("greeting", [b"* BYE busy\r\n", b"* PREAUTH hello\r\n", b"220 smtp\r\n", b"* BYE NOT OK\r\n"])
async def test_a_greeting_that_turns_us_away_is_noticed_at_once(pair: Pair, greeting: bytes) -> None:
    async with scripted(pair, GREETING=greeting) as server:
        begin = time.monotonic()
        with pytest.raises(ServerUnavailable, match="greeting"):
            await ImapMailboxes(_settings(server, pair.ca_file)).connect()
        assert time.monotonic() - begin < 2
    assert server.lines == []


@pytest.mark.parametrize("verb", ["GREETING", "CAPABILITY", "LOGIN"])
@pytest.mark.parametrize("odd", list(Odd))
async def test_a_server_lost_or_silent_while_connecting(pair: Pair, verb: str, odd: Odd) -> None:
    async with scripted(pair, **{verb: odd}) as server:
        with pytest.raises(ServerUnavailable):
            await ImapMailboxes(replace(_settings(server, pair.ca_file), timeout=0.5)).connect()


async def test_no_server_and_no_tls(pair: Pair) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        await reader.read(1)
        writer.transport.abort()

    plain = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = int(plain.sockets[0].getsockname()[1])
    settings = ImapSettings("127.0.0.1", port, pair.ca_file, "lab", _password, timeout=1)
    with pytest.raises(ServerUnavailable):
        await ImapMailboxes(settings).connect()
    plain.close()
    with pytest.raises(ServerUnavailable):
        await ImapMailboxes(settings).connect()


@pytest.mark.parametrize("kind", [wrong_name, expired, right], ids=["wrong name", "expired", "unknown authority"])
async def test_a_wrong_certificate_is_refused_before_a_word(
    pair: Pair, kind: Callable[[Path], Pair], tmp_path: Path
) -> None:
    theirs = kind(tmp_path)
    trusted = pair if kind is right else theirs
    async with scripted(theirs) as server:
        with pytest.raises(ServerRefused, match="certificate"):
            await ImapMailboxes(_settings(server, trusted.ca_file)).connect()
    assert server.lines == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"%s NO [AUTHENTICATIONFAILED] wrong\r\n", ServerRefused),
        (b"%s NO wrong\r\n", ServerRefused),
        (b"%s BAD what\r\n", ServerRefused),
        (b"%s NO [UNAVAILABLE] later\r\n", ServerUnavailable),
    ],
)
async def test_a_refused_login(pair: Pair, reply: bytes, error: type[Exception]) -> None:
    async with scripted(pair, LOGIN=reply) as server:
        with pytest.raises(error, match="log-in") as raised:
            await ImapMailboxes(_settings(server, pair.ca_file)).connect()
    assert sum("LOGIN" in line for line in server.lines) == 1
    assert PASSWORD not in str(raised.value)


async def test_no_password_is_sent_where_none_is_taken(pair: Pair) -> None:
    async with scripted(pair, CAPABILITY=b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n%s OK\r\n") as server:
        with pytest.raises(ServerRefused, match="takes no password"):
            await ImapMailboxes(_settings(server, pair.ca_file)).connect()
    assert not any("LOGIN" in line for line in server.lines)


EXPIRED = {"AUTHENTICATE": b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n", "EMPTY": b"%s NO [AUTHENTICATIONFAILED] expired\r\n"}


async def test_an_expired_token_is_heard_to_the_end_and_the_next_try_asks_for_a_new_one(pair: Pair) -> None:
    """The challenge with the details wants an empty answer (RFC 7628 section 3.2.3); a token command runs each time."""
    tokens = iter(("ya29.old", "ya29.new"))

    async def token() -> str:
        return next(tokens)

    async with scripted(pair, **EXPIRED) as server:
        mailboxes = ImapMailboxes(replace(_settings(server, pair.ca_file), token=True, secret=token))
        begin = time.monotonic()
        with pytest.raises(ServerUnavailable, match="refuses the token") as raised:
            await mailboxes.connect()
        assert time.monotonic() - begin < 2
        assert server.lines[-1] == ""
        assert "ya29" not in str(raised.value)
        server.replies = {**server.replies, "AUTHENTICATE": b"%s OK welcome\r\n"}
        mailbox = await mailboxes.connect()
        await mailbox.select("INBOX")
        await mailbox.close()
    told = [base64.b64decode(line.split()[-1]) for line in server.lines if "AUTHENTICATE XOAUTH2" in line]
    assert told == [b"user=lab\1auth=Bearer %s\1\1" % name for name in (b"ya29.old", b"ya29.new")]


async def test_a_challenge_that_nothing_follows_ends_in_time(pair: Pair) -> None:
    async with scripted(pair, AUTHENTICATE=EXPIRED["AUTHENTICATE"], EMPTY=Odd.SILENCE) as server:
        with pytest.raises(ServerUnavailable, match="does not answer"):
            await ImapMailboxes(replace(_settings(server, pair.ca_file), token=True, timeout=0.5)).connect()


async def test_a_refused_password_is_not_sent_again_but_another_one_is(pair: Pair) -> None:
    """Three watchers at once and a fourth later: servers lock an account for less."""
    words = ["wrong"]

    async def secret() -> str:
        return words[-1]

    async with scripted(pair, LOGIN=b"%s NO [AUTHENTICATIONFAILED] wrong\r\n") as server:
        mailboxes = ImapMailboxes(replace(_settings(server, pair.ca_file), secret=secret))
        tries = await asyncio.gather(*(mailboxes.connect() for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in tries] == [LogInRefused] * 3
        with pytest.raises(ServerRefused, match="refused"):
            await mailboxes.connect()
        assert sum("LOGIN" in line for line in server.lines) == 1
        server.replies = {**server.replies, "LOGIN": b"%s OK welcome\r\n"}
        words.append("right")
        await (await mailboxes.connect()).close()
        assert sum("LOGIN" in line for line in server.lines) == 2


async def test_a_refused_password_is_tried_again_after_the_pause(pair: Pair) -> None:
    async with scripted(pair, LOGIN=b"%s NO wrong\r\n") as server:
        mailboxes = ImapMailboxes(_settings(server, pair.ca_file), refused_pause=0)
        for _ in range(2):
            with pytest.raises(LogInRefused):
                await mailboxes.connect()
    assert sum("LOGIN" in line for line in server.lines) == 2


async def test_user_and_password_are_quoted_and_cannot_hold_a_command(pair: Pair) -> None:
    async def secret() -> str:
        return 'a"b\\c'

    async def evil() -> str:
        return "x\r\nA1 DELETE INBOX"

    async with scripted(pair) as server:
        settings = replace(_settings(server, pair.ca_file), user='l "ab', secret=secret)
        await (await ImapMailboxes(settings).connect()).close()
        assert server.lines[1].endswith(r'LOGIN "l \"ab" "a\"b\\c"')
        with pytest.raises(ServerRefused, match="line break"):
            await ImapMailboxes(replace(settings, secret=evil)).connect()


@pytest.mark.parametrize(
    ("failure", "error"),
    [(CryptoUnavailable, ServerUnavailable), (NotFound, ServerRefused)],
    ids=["passing", "lasting"],
)
async def test_a_secret_that_cannot_be_had(pair: Pair, failure: type[CvdmailError], error: type[CvdmailError]) -> None:
    async def broken() -> str:
        raise failure("password", "the command failed")

    async with scripted(pair) as server:
        with pytest.raises(error, match="the command failed"):
            await ImapMailboxes(replace(_settings(server, pair.ca_file), secret=broken)).connect()
    assert server.writers == []


# An open connection.


async def test_the_end_of_the_connection_in_idle_is_noticed_within_a_second(pair: Pair) -> None:
    async with scripted(pair) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        waiting = asyncio.ensure_future(mailbox.wait(60))
        while "IDLE" not in server.lines[-1]:
            await asyncio.sleep(0.01)
        begin = time.monotonic()
        server.writers[-1].transport.abort()
        with pytest.raises(ServerUnavailable):
            await waiting
        assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    "idle",
    [
        Odd.DROP,
        Odd.SILENCE,
        b"%s NO not here\r\n",
        b"+ idling\r\n* BYE shutting down\r\n",
        b"+ idling\r\n%s BAD changed my mind\r\n",
    ],
)
async def test_idle_that_comes_to_nothing(pair: Pair, idle: Reply) -> None:
    async with scripted(pair, IDLE=idle) as server, connected(server, pair, timeout=0.7) as mailbox:
        await mailbox.select("INBOX")
        with pytest.raises(ServerUnavailable):
            await mailbox.wait(30)


async def test_idle_with_news_in_the_same_read(pair: Pair) -> None:
    async with scripted(pair, IDLE=b"+ idling\r\n* 3 EXISTS\r\n") as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        assert await mailbox.wait(30)
        assert await mailbox.uids_after(4) == [5]
        assert server.lines[-3:-2] == ["DONE"]


async def test_small_talk_in_idle_is_no_news(pair: Pair) -> None:
    async with scripted(pair, IDLE=b"+ idling\r\n* OK Still here\r\n") as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        assert not await mailbox.wait(0.3)


async def test_without_idle_the_server_is_asked(pair: Pair) -> None:
    capability = b"* CAPABILITY IMAP4rev1\r\n%s OK\r\n"
    async with scripted(pair, CAPABILITY=capability) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        assert not await mailbox.wait(0.2)
        server.replies = {**server.replies, "NOOP": b"* 3 EXISTS\r\n%s OK\r\n"}
        assert await mailbox.wait(20)
    assert not any("IDLE" in line for line in server.lines)


async def test_news_that_rides_on_another_answer_ends_the_wait(pair: Pair) -> None:
    search = b"* SEARCH 4 5\r\n* 3 EXISTS\r\n%s OK\r\n"
    async with scripted(pair, UID_SEARCH=search) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        await mailbox.uids_after(0)
        begin = time.monotonic()
        assert await mailbox.wait(30)
        assert time.monotonic() - begin < 2


@pytest.mark.parametrize("verb", ["EXAMINE", "NOOP", "UID SEARCH"])
@pytest.mark.parametrize(
    "odd", [*Odd, b"* BYE\r\n%s OK\r\n", b"A999 OK not yours\r\n", b"* SEARCH " + b"1" * 9_000_000]
)
async def test_a_server_lost_silent_or_senseless(pair: Pair, verb: str, odd: Reply) -> None:
    async with scripted(pair, **{verb: odd}) as server, connected(server, pair, timeout=0.7) as mailbox:
        with pytest.raises(ServerUnavailable):
            await mailbox.select("INBOX")
            await mailbox.uids_after(0)
        with pytest.raises(ServerUnavailable):
            await mailbox.uids_after(0)


@pytest.mark.parametrize(
    "fetch",
    [
        Odd.SILENCE,
        Odd.DROP,
        b"* 1 FETCH (UID 4 BODY[] {100}\r\nonly so much",
        b"* 1 FETCH (UID 4 BODY[] {9}\r\nS: x\r\n\r\ny)\r\n%s BAD what\r\n",
    ],
)
async def test_a_fetch_that_breaks_off(pair: Pair, fetch: Reply) -> None:
    async with scripted(pair, UID_FETCH=fetch) as server, connected(server, pair, timeout=0.7) as mailbox:
        await mailbox.select("INBOX")
        with pytest.raises(ServerUnavailable):
            await mailbox.fetch([4])


async def test_a_server_that_says_a_byte_at_a_time_is_heard_to_the_end(pair: Pair) -> None:
    """The whole takes longer than the silence that ends a command: as long as something moves it is not given up."""
    async with scripted(pair) as server, connected(server, pair, timeout=0.4) as mailbox:
        await mailbox.select("INBOX")
        server.pace = 0.01
        assert [mail.raw for mail in await mailbox.fetch([4])] == [b"S: x\r\n\r\ny"]


async def test_a_thousand_lines_in_one_read(pair: Pair) -> None:
    noise = b"".join(b"* %d FETCH (FLAGS (\\Seen))\r\n" % number for number in range(1, 5001))
    async with (
        scripted(pair, GREETING=b"* OK ready\r\n" + b"* OK again\r\n" * 1000, NOOP=noise + b"%s OK done\r\n") as server,
        connected(server, pair) as mailbox,
    ):
        await mailbox.select("INBOX")
        assert await mailbox.uids_after(4) == [5]
        assert [mail.raw for mail in await mailbox.fetch([4])] == [b"S: x\r\n\r\ny"]


async def test_a_server_that_never_stops_talking(pair: Pair) -> None:
    noise = b"* 1 FETCH (FLAGS (\\Seen))\r\n" * 100_001
    async with scripted(pair, NOOP=noise) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        with pytest.raises(ServerUnavailable, match="makes no sense"):
            await mailbox.uids_after(0)


@pytest.mark.parametrize(
    "examine",
    [b"%s OK done\r\n", b"* 2 EXISTS\r\n%s OK done\r\n", b"* OK [UIDVALIDITY 7] x\r\n%s OK done\r\n"],
)
async def test_a_folder_without_lasting_numbers(pair: Pair, examine: bytes) -> None:
    async with scripted(pair, EXAMINE=examine) as server, connected(server, pair) as mailbox:
        with pytest.raises(ServerRefused, match="UIDVALIDITY"):
            await mailbox.select("INBOX")


async def test_a_folder_that_is_busy_is_a_matter_of_time(pair: Pair) -> None:
    async with scripted(pair, EXAMINE=b"%s NO [INUSE] wait\r\n") as server, connected(server, pair) as mailbox:
        with pytest.raises(ServerUnavailable, match="cannot open it now"):
            await mailbox.select("INBOX")


async def test_only_what_was_asked_for_is_believed(pair: Pair) -> None:
    fetch = (
        b"* 9 FETCH (UID 99 BODY[] {3}\r\nfoe)\r\n"
        b"* 1 FETCH (BODY[] {3}\r\nfoe)\r\n"
        b"* 1 FETCH (FLAGS (\\Seen BODY[] {3}\r\nfoe) MODSEQ (12) BODY[] {4}\r\n)\r\n( UID 4 INTERNALDATE odd)\r\n"
        b"* OK [ALERT] BODY[] {3}\r\n%s OK done\r\n"
    )
    async with scripted(pair, UID_FETCH=fetch) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        (mail,) = await mailbox.fetch([4, 5])
    assert (mail.uid, mail.raw, mail.internal_date) == (4, b")\r\n(", None)


async def test_tasks_that_share_a_connection_take_turns(pair: Pair) -> None:
    async with scripted(pair) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        fetches = [asyncio.ensure_future(mailbox.fetch([4])) for _ in range(5)]
        searches = [asyncio.ensure_future(mailbox.uids_after(4)) for _ in range(5)]
        for fetch in fetches:
            assert [mail.uid for mail in await fetch] == [4]
        assert [await search for search in searches] == [[5]] * 5


async def test_a_cancelled_command_ends_the_connection(pair: Pair) -> None:
    async with scripted(pair, UID_FETCH=Odd.SILENCE) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await mailbox.fetch([4])
        with pytest.raises(ServerUnavailable):
            await mailbox.fetch([4])


async def test_a_literal_larger_than_announced_is_read_past_and_not_held(pair: Pair) -> None:
    fetch = (
        b"* 1 FETCH (UID 4 RFC822.SIZE 5 BODY[] {5000}\r\n" + b"x" * 5000 + b")\r\n"
        b"* 2 FETCH (UID 5 RFC822.SIZE 5 BODY[] {5}\r\nsmall)\r\n%s OK done\r\n"
    )
    async with scripted(pair, UID_FETCH=fetch) as server:
        mailbox = await ImapMailboxes(_settings(server, pair.ca_file), largest=1000).connect()
        await mailbox.select("INBOX")
        assert [mail.raw for mail in await mailbox.fetch([4, 5])] == [b"small"]
        with pytest.raises(ServerRefused, match="mail 4"):
            await mailbox.fetch([4])
        await mailbox.close()


BIG = b"S: x\r\n\r\n" + b"0123456789abcde\n" * 150_000  # 2.3 slices


def _piece(at: int, size: int) -> bytes:
    piece = BIG[at : at + size]
    return b'* 1 FETCH (UID 4 INTERNALDATE "12-Jun-2026 10:00:00 +0000" BODY[]<%d> {%d}\r\n%s)\r\n%%s OK\r\n' % (
        at,
        len(piece),
        piece,
    )


@pytest.mark.parametrize("announced", [0, -7, 7], ids=["right", "too small", "too large"])
async def test_a_large_mail_comes_in_slices_and_ends_where_the_bytes_end(pair: Pair, announced: int) -> None:
    """Some servers announce a size that is not quite right, and some hand over short pieces."""
    sizes = b"* 1 FETCH (UID 4 RFC822.SIZE %d)\r\n%%s OK\r\n" % (len(BIG) + announced)
    async with scripted(pair, UID_FETCH=sizes) as server, connected(server, pair) as mailbox:
        server.follow("UID FETCH", r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", lambda at, size: _piece(at, size - (at == 0)))
        await mailbox.select("INBOX")
        (mail,) = await mailbox.fetch([4])
        assert mail.raw == BIG
        assert mail.internal_date == datetime(2026, 6, 12, 10, tzinfo=UTC)
        asked = [line for line in server.lines if "BODY.PEEK" in line]
        assert 3 <= len(asked) <= 4


async def test_a_server_that_knows_nothing_of_slices_may_hand_over_the_whole(pair: Pair) -> None:
    fetch = b"* 1 FETCH (UID 4 RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n%%s OK\r\n" % (len(BIG), len(BIG), BIG)
    async with scripted(pair, UID_FETCH=fetch) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        assert [mail.raw for mail in await mailbox.fetch([4])] == [BIG]


async def test_a_mail_of_which_a_slice_is_missing_is_not_taken_for_whole(pair: Pair) -> None:
    sizes = b"* 1 FETCH (UID 4 RFC822.SIZE %d)\r\n%%s OK\r\n" % len(BIG)
    async with scripted(pair, UID_FETCH=sizes) as server, connected(server, pair) as mailbox:
        server.follow("UID FETCH", r"<(\d+)\.(\d+)>", lambda at, size: b"%s OK\r\n" if at else _piece(at, size))
        await mailbox.select("INBOX")
        with pytest.raises(ServerRefused, match="mail 4"):
            await mailbox.fetch([4])


async def test_sizes_are_asked_for_once(pair: Pair) -> None:
    async with scripted(pair) as server, connected(server, pair) as mailbox:
        await mailbox.select("INBOX")
        assert await mailbox.sizes([]) == {}
        assert await mailbox.sizes([4, 5]) == {4: 9}
        await mailbox.fetch([4])
        assert sum("RFC822.SIZE" in line for line in server.lines) == 1


@pytest.mark.parametrize(
    ("append", "error"),
    [
        (b"%s NO [OVERQUOTA] full\r\n", ServerRefused),
        (b"%s NO [UNAVAILABLE] later\r\n", ServerUnavailable),
        (Odd.DROP, ServerUnavailable),
        (Odd.SILENCE, ServerUnavailable),
    ],
)
async def test_an_append_that_fails(pair: Pair, pen: Scribe, append: Reply, error: type[Exception]) -> None:
    async with (
        scripted(pair, UID_SEARCH=b"* SEARCH\r\n%s OK\r\n", APPEND=append) as server,
        connected(server, pair, timeout=0.7) as mailbox,
    ):
        with pytest.raises(error):
            await mailbox.append("Sent", pen.mail("the report"))


async def test_an_append_that_finds_the_mail_there_sends_nothing(pair: Pair, pen: Scribe) -> None:
    mail = pen.mail("the report")
    async with scripted(pair) as server, connected(server, pair) as mailbox:
        await mailbox.append("Sent", mail)
    assert any(f'UID SEARCH HEADER Message-ID "<{mail.intended.message_id}>"' in line for line in server.lines)
    assert not any("APPEND" in line for line in server.lines)
