"""The SMTP edge against a server that misbehaves at each stage, and what the wire sees of a submission."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.edge.smtp import SmtpPostman, SmtpSettings, Tls
from cvdmail.edge.smtp_line import MAILS_PER_CONNECTION
from cvdmail.embedded import EmbeddedServers, LocalUser
from cvdmail.errors import ConfigError, CryptoUnavailable, GuardRefusal
from servers.certificates import Pair, expired, right, short_folder, wrong_name
from servers.letters import LAB, PASSWORDS, SECOND, VENDOR, Scribe, scribe
from servers.smtp_script import GOOD, Odd, Server, scripted
from servers.wire import Wire

DEFERRED, REFUSED, UNKNOWN, SENT = (
    RecipientState.DEFERRED,
    RecipientState.REFUSED,
    RecipientState.UNKNOWN,
    RecipientState.SENT,
)
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@pytest.fixture(scope="module")
def pen(folder: Path) -> Iterator[Scribe]:
    with scribe(folder) as made:
        yield made


@pytest.fixture(scope="module")
def pair(folder: Path) -> Pair:
    return right(folder)


async def _password() -> str:
    return PASSWORD


def _settings(server: Server, ca_file: str) -> SmtpSettings:
    return SmtpSettings("127.0.0.1", server.port, server.tls, ca_file, "lab", _password, timeout=5, data_timeout=5)


async def _try(server: Server, pair: Pair, pen: Scribe, patience: float = 5) -> SubmissionResult:
    postman = SmtpPostman(replace(_settings(server, pair.ca_file), timeout=patience, data_timeout=patience))
    result = await postman.submit(pen.mail("the report", cc=(SECOND,)))
    await postman.close()
    assert set(result.recipients) == {VENDOR, SECOND}
    return result


def _only(result: SubmissionResult) -> RecipientResult:
    (one,) = set(result.recipients.values())
    return one


@pytest.mark.parametrize(
    ("step", "odd", "state", "stage"),
    [
        (step, odd, state, stage)
        for odd in Odd
        for step, state, stage in [
            ("GREETING", DEFERRED, Stage.CONNECT),
            ("EHLO", DEFERRED, Stage.CONNECT),
            ("STARTTLS", DEFERRED, Stage.TLS),
            ("AUTH", DEFERRED, Stage.LOGIN),
            ("MAIL", DEFERRED, Stage.MAIL),
            ("RCPT", DEFERRED, Stage.RCPT),
            ("DATA", DEFERRED, Stage.DATA),
            ("DOT", UNKNOWN, Stage.DOT),
        ]
    ],
)
async def test_a_connection_lost_or_silent_at_each_stage(
    pair: Pair, pen: Scribe, step: str, odd: Odd, state: RecipientState, stage: Stage
) -> None:
    async with scripted(pair, Tls.STARTTLS, **{step: odd}) as server:
        result = await _try(server, pair, pen, patience=0.7)
    assert (_only(result).state, _only(result).stage, _only(result).code) == (state, stage, None)
    assert not result.stop_queue
    assert not result.pause_host
    assert PASSWORD not in str(server.clear)


@pytest.mark.parametrize(
    ("step", "answer", "state", "stage", "pause", "stop"),
    [
        ("GREETING", "421 too busy", DEFERRED, Stage.CONNECT, True, False),
        ("GREETING", "450 later", DEFERRED, Stage.CONNECT, False, False),
        ("GREETING", "554 not you", DEFERRED, Stage.CONNECT, True, False),
        ("EHLO", "550 not you", DEFERRED, Stage.CONNECT, True, False),
        ("STARTTLS", "454 not now", DEFERRED, Stage.TLS, False, False),
        ("AUTH", "535 5.7.8 wrong", DEFERRED, Stage.LOGIN, False, True),
        ("AUTH", "534 5.7.9 too weak", DEFERRED, Stage.LOGIN, False, True),
        ("AUTH", "504 5.5.4 unknown", DEFERRED, Stage.LOGIN, False, True),
        ("AUTH", "454 4.7.0 later", DEFERRED, Stage.LOGIN, False, False),
        ("AUTH", "421 4.7.0 closing", DEFERRED, Stage.LOGIN, True, False),
        ("MAIL", "530 5.7.0 log in", DEFERRED, Stage.MAIL, False, True),
        ("MAIL", "451 4.3.0 later", DEFERRED, Stage.MAIL, False, False),
        ("MAIL", "550 5.7.1 not this sender", REFUSED, Stage.MAIL, False, False),
        ("MAIL", "421 4.3.2 closing", DEFERRED, Stage.MAIL, True, False),
        ("RCPT", "450 4.2.0 greylisted", DEFERRED, Stage.RCPT, False, False),
        ("RCPT", "550 5.1.1 unknown", REFUSED, Stage.RCPT, False, False),
        ("RCPT", "421 4.3.2 closing", DEFERRED, Stage.RCPT, True, False),
        ("DATA", "451 4.3.0 later", DEFERRED, Stage.DATA, False, False),
        ("DATA", "554 5.5.1 no", REFUSED, Stage.DATA, False, False),
        ("DATA", "250 what?", DEFERRED, Stage.DATA, False, False),
        ("DOT", "451 4.3.0 later", DEFERRED, Stage.DOT, False, False),
        ("DOT", "421 4.3.2 closing", DEFERRED, Stage.DOT, True, False),
        ("DOT", "554 5.7.1 looks bad", REFUSED, Stage.DOT, False, False),
    ],
)
async def test_each_answer_means_one_thing(
    pair: Pair, pen: Scribe, step: str, answer: str, state: RecipientState, stage: Stage, pause: bool, stop: bool
) -> None:
    async with scripted(pair, Tls.STARTTLS, **{step: answer}) as server:
        result = await _try(server, pair, pen)
    assert (_only(result).state, _only(result).stage) == (state, stage)
    assert (_only(result).code, _only(result).answer) == (int(answer[:3]), answer[4:])
    assert (result.pause_host, result.stop_queue) == (pause, stop)
    assert sum(line.startswith("AUTH") for line in server.lines) <= 1


@pytest.mark.parametrize("answer", ["hello", "354 more?", "999 odd", "25", "250-" + "x" * 9000, "250-a\r\n" * 9000])
async def test_a_senseless_answer_after_the_dot_is_unknown(pair: Pair, pen: Scribe, answer: str) -> None:
    async with scripted(pair, Tls.IMPLICIT, DOT=answer) as server:
        result = await _try(server, pair, pen, patience=0.7)
    assert (_only(result).state, _only(result).stage) == (UNKNOWN, Stage.DOT)


async def test_without_starttls_nothing_is_said_in_clear(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.STARTTLS, EHLO="250-here\r\n250 AUTH PLAIN LOGIN") as server:
        result = await _try(server, pair, pen)
    assert (_only(result).state, _only(result).stage) == (DEFERRED, Stage.TLS)
    assert [line.split()[0] for line in server.lines] == ["EHLO"]


async def test_words_slipped_in_before_tls_are_not_believed(pair: Pair, pen: Scribe) -> None:
    injected = "220 go on\r\n250-here\r\n250 AUTH LOGIN"
    async with scripted(pair, Tls.STARTTLS, STARTTLS=injected) as server:
        result = await _try(server, pair, pen)
    assert _only(result).state is SENT
    assert [line.split()[1] for line in server.sealed if line.startswith("AUTH")] == ["PLAIN"]


@pytest.mark.parametrize("tls", list(Tls))
@pytest.mark.parametrize("kind", [wrong_name, expired, right], ids=["wrong name", "expired", "unknown authority"])
async def test_a_wrong_certificate_defers_and_says_nothing(
    pair: Pair, pen: Scribe, kind: Callable[[Path], Pair], tls: Tls, tmp_path: Path
) -> None:
    theirs = kind(tmp_path)
    trusted = pair if kind is right else theirs
    async with scripted(theirs, tls) as server:
        result = await _try(server, trusted, pen)
    assert (_only(result).state, _only(result).stage) == (DEFERRED, Stage.TLS)
    assert server.sealed == []
    assert all(line.split()[0] in {"EHLO", "STARTTLS"} for line in server.clear)


async def test_a_server_without_tls_behind_implicit_tls(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.STARTTLS) as server:
        postman = SmtpPostman(replace(_settings(server, pair.ca_file), tls=Tls.IMPLICIT))
        result = await postman.submit(pen.mail("the report"))
    assert (_only(result).state, _only(result).stage) == (DEFERRED, Stage.TLS)


async def test_partial_refusal_in_the_middle_of_a_lost_connection(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.IMPLICIT, RCPT=("550 5.1.1 unknown", Odd.DROP)) as server:
        result = await _try(server, pair, pen)
    assert [one.state for one in result.recipients.values()] == [REFUSED, DEFERRED]


async def test_the_connection_is_kept_and_renewed_when_the_server_has_left(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.IMPLICIT) as server:
        postman = SmtpPostman(replace(_settings(server, pair.ca_file), fresh_seconds=0))
        for _ in range(3):
            assert _only(await postman.submit(pen.mail("the report"))).state is SENT
        assert (server.connections, server.said["RSET"]) == (1, 2)
        server.answers = {**GOOD, "RSET": Odd.DROP}
        assert _only(await postman.submit(pen.mail("the report"))).state is SENT
        server.answers = {**GOOD, "RSET": "421 idle for too long"}
        assert _only(await postman.submit(pen.mail("the report"))).state is SENT
        assert server.connections == 3
        await postman.close()
    assert server.lines[-1] == "QUIT"


@pytest.mark.parametrize("gone", [Odd.DROP, "421 too many mails"])
async def test_a_connection_only_thought_to_be_alive_is_renewed(pair: Pair, pen: Scribe, gone: str | Odd) -> None:
    async with scripted(pair, Tls.IMPLICIT, MAIL=("250 ok", gone, "250 ok")) as server:
        postman = SmtpPostman(_settings(server, pair.ca_file))
        for text in ("the report", "another"):
            assert _only(await postman.submit(pen.mail(text))).state is SENT
        assert server.connections == 2
        assert "RSET" not in server.said
        await postman.close()


async def test_after_so_many_mails_a_connection_is_closed(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.IMPLICIT) as server:
        postman = SmtpPostman(_settings(server, pair.ca_file))
        mail = pen.mail("the report")
        for _ in range(MAILS_PER_CONNECTION + 1):
            assert _only(await postman.submit(mail)).state is SENT
        assert (server.connections, server.said["QUIT"]) == (2, 1)
        await postman.close()


async def test_connections_are_bounded_and_a_refused_log_in_is_not_tried_beside(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.IMPLICIT) as server:
        settings = replace(_settings(server, pair.ca_file), connections=3)
        postman = SmtpPostman(settings)
        done = await asyncio.gather(*(postman.submit(pen.mail("the report")) for _ in range(12)))
        assert all(_only(one).state is SENT for one in done)
        assert server.connections <= 3
        await postman.close()
        server.answers, server.connections = {**GOOD, "AUTH": "535 no"}, 0
        refused = await asyncio.gather(*(postman.submit(pen.mail("the report")) for _ in range(3)))
        assert all(one.stop_queue for one in refused)
        assert server.connections == 1


async def test_delivery_notifications_are_asked_for_where_they_are_offered(pair: Pair, pen: Scribe) -> None:
    offering = str(GOOD["EHLO"]).replace("250-SIZE", "250-DSN\r\n250-SIZE")
    async with scripted(pair, Tls.IMPLICIT, EHLO=offering) as server:
        mail = pen.mail("the report")
        assert _only(await _try_one(server, pair, mail)).state is SENT
    (envelope,) = [line for line in server.lines if line.startswith("MAIL")]
    assert envelope.endswith(f"RET=HDRS ENVID={mail.intended.message_id}")
    (asked,) = [line for line in server.lines if line.startswith("RCPT")]
    assert asked.endswith(f"NOTIFY=FAILURE,DELAY ORCPT=rfc822;{VENDOR}")


async def _try_one(server: Server, pair: Pair, mail: OutgoingMail) -> SubmissionResult:
    postman = SmtpPostman(_settings(server, pair.ca_file))
    result = await postman.submit(mail)
    await postman.close()
    return result


async def test_a_cancel_drops_the_connection(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.IMPLICIT, DOT=Odd.SILENCE) as server:
        postman = SmtpPostman(replace(_settings(server, pair.ca_file), data_timeout=30))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await postman.submit(pen.mail("the report"))
        server.answers = GOOD
        assert _only(await postman.submit(pen.mail("another"))).state is SENT
        assert server.connections == 2
        await postman.close()


@pytest.mark.parametrize("leave", [True, False], ids=["leaves", "stops reading"])
async def test_a_server_lost_in_the_middle_of_the_text_has_not_taken_it(pair: Pair, pen: Scribe, leave: bool) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        try:
            while not (line := await reader.readline()).startswith(b"DATA"):
                writer.write(b"250-here\r\n250 AUTH PLAIN\r\n" if line.startswith(b"EHLO") else b"235 ok\r\n")
            writer.write(b"354 go on\r\n")
            await reader.readline()
            if not leave:
                await asyncio.sleep(5)
        finally:
            writer.transport.abort()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=pair.context())
    port = int(listening.sockets[0].getsockname()[1])
    settings = SmtpSettings("127.0.0.1", port, Tls.IMPLICIT, pair.ca_file, "lab", _password, timeout=0.5)
    large = pen.mail(os.urandom(9 * 2**20).hex())
    result = await SmtpPostman(settings).submit(large)
    listening.close()
    assert (_only(result).state, _only(result).stage) == (DEFERRED, Stage.DATA)


@pytest.mark.parametrize(
    ("offered", "token", "begins"),
    [
        ("PLAIN LOGIN XOAUTH2", False, "AUTH PLAIN"),
        ("LOGIN XOAUTH2", False, "AUTH LOGIN"),
        ("PLAIN LOGIN XOAUTH2", True, "AUTH XOAUTH2"),
        ("PLAIN LOGIN", True, None),
        ("XOAUTH2 CRAM-MD5", False, None),
    ],
)
async def test_one_mechanism_is_chosen(pair: Pair, pen: Scribe, offered: str, token: bool, begins: str | None) -> None:
    async with scripted(pair, Tls.IMPLICIT, EHLO=f"250-here\r\n250 AUTH {offered}") as server:
        postman = SmtpPostman(replace(_settings(server, pair.ca_file), token=token))
        result = await postman.submit(pen.mail("the report"))
        await postman.close()
    said = [line for line in server.lines if line.startswith("AUTH")]
    if begins is None:
        assert said == []
        assert result.stop_queue
        assert (_only(result).state, _only(result).stage) == (DEFERRED, Stage.LOGIN)
    else:
        assert len(said) == 1
        assert said[0].startswith(begins)
        assert _only(result).state is SENT


async def test_a_refused_token_is_heard_to_the_end(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.IMPLICIT, AUTH="334 eyJzdGF0dXMiOiI0MDAifQ==", EMPTY="535 5.7.8 expired") as server:
        postman = SmtpPostman(replace(_settings(server, pair.ca_file), token=True))
        result = await postman.submit(pen.mail("the report"))
    assert (_only(result).code, result.stop_queue) == (535, True)


async def test_a_secret_that_cannot_be_had_now_defers(pair: Pair, pen: Scribe) -> None:
    async def broken() -> str:
        raise CryptoUnavailable("password", "the command did not end in time")

    async with scripted(pair, Tls.IMPLICIT) as server:
        result = await SmtpPostman(replace(_settings(server, pair.ca_file), secret=broken)).submit(pen.mail("x"))
    assert (_only(result).state, _only(result).stage, result.stop_queue) == (DEFERRED, Stage.LOGIN, False)


async def test_the_words_of_a_server_cannot_draw_on_a_terminal(pair: Pair, pen: Scribe) -> None:
    answer = "550-\x1b[2J\u202egood\r\n550 " + "long " * 400
    async with scripted(pair, Tls.IMPLICIT, MAIL=answer) as server:
        words = _only(await _try(server, pair, pen)).answer
    assert words.startswith("\\u{1b}[2J\\u{202e}good / long long")
    assert len(words) <= 500
    assert words.isprintable()


async def test_nobody_listens(pair: Pair, pen: Scribe) -> None:
    async with scripted(pair, Tls.IMPLICIT) as server:
        settings = _settings(server, pair.ca_file)
    result = await SmtpPostman(settings).submit(pen.mail("the report"))
    assert (_only(result).state, _only(result).stage) == (DEFERRED, Stage.CONNECT)


async def test_the_guard_comes_before_the_connection(pair: Pair, pen: Scribe) -> None:
    sealed = pen.mail("the report")
    async with scripted(pair, Tls.IMPLICIT) as server:
        postman = SmtpPostman(_settings(server, pair.ca_file))
        for raw in (sealed.raw.replace(b"\r\n", b"\n"), sealed.raw + b".\n", sealed.raw[:-2], b"the report"):
            with pytest.raises(GuardRefusal):
                await postman.submit(replace(sealed, raw=raw))
    assert server.connections == 0


def test_a_trust_anchor_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing of that kind\n")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigError, match="ca_file"):
            SmtpPostman(SmtpSettings("localhost", 465, Tls.IMPLICIT, str(tmp_path / name)))


async def test_session_keys_are_written_to_no_file(
    pair: Pair, pen: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    async with scripted(pair, Tls.STARTTLS) as server:
        assert _only(await _try(server, pair, pen)).state is SENT
    assert list(tmp_path.iterdir()) == []


async def test_the_wire_and_the_log_see_no_word_of_the_report(
    folder: Path, pen: Scribe, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    users = [LocalUser(address, password) for address, password in PASSWORDS.items()]

    async def secret() -> str:
        return PASSWORDS[LAB]

    mail = pen.mail("canary-in-the-mine")
    async with (
        EmbeddedServers(folder, users) as servers,
        Wire(folder, servers.host, servers.smtp_port, servers.ca_file) as wire,
    ):
        postman = SmtpPostman(SmtpSettings(wire.host, wire.port, Tls.IMPLICIT, wire.ca_file, LAB.text, secret))
        assert _only(await postman.submit(mail)).state is SENT
        await postman.close()
    assert wire.saw(b"MAIL FROM:<outbound@lab.example>")
    assert wire.saw(mail.raw.partition(b"\r\n\r\n")[2])
    assert not wire.saw(b"canary")
    assert not wire.saw(b"the real subject")
    assert [record for record in caplog.records if record.name.startswith(("aiosmtplib", "cvdmail"))] == []
