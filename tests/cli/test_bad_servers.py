"""Mail servers that are down, want another password or are somebody else: one line, and the mail waits, unharmed."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.lab import CASE, MAILBOX, VENDOR, Lab
from cvdmail.core.ids import Address
from cvdmail.embedded import EmbeddedServers, LocalUser
from servers.certificates import free_ports, short_folder, wrong_name

PASSWORD = "lab-secret"


class Town:
    """Embedded servers in a thread of their own, so that commands can talk to them from here."""

    def __init__(self, folder: Path, users: list[LocalUser]) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.servers = EmbeddedServers(folder, users)
        self.wait(self.servers.__aenter__())

    def wait(self, work: Coroutine[object, object, object]) -> object:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def deliver(self, raw: bytes) -> None:
        self.wait(self.servers.deliver(Address.parse(MAILBOX), raw))

    def close(self) -> None:
        self.wait(self.servers.__aexit__(None, None, None))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def town() -> Iterator[Town]:
    with short_folder() as folder:
        users = [LocalUser(Address.parse(one), PASSWORD) for one in (MAILBOX, VENDOR)]
        made = Town(folder, users)
        yield made
        made.close()


def connect(lab: Lab, table: str, port: int, ca_file: str, host: str = "127.0.0.1", password: str = PASSWORD) -> None:
    """Write a server into the configuration, as a person does."""
    secret = lab.root / "state" / "secrets" / f"of-{table}"
    secret.write_text(password + "\n")
    secret.chmod(0o600)
    folders = '\nfolders = ["INBOX"]' if table == "imap" else ""
    lab.edit(
        "\n[store]",
        f'\n[{table}]\nhost = "{host}"\nport = {port}\nca_file = "{ca_file}"\nuser = "{MAILBOX}"\n'
        f'password_file = "state/secrets/of-{table}"{folders}\n\n[store]',
    )


def both(lab: Lab, town: Town, imap_password: str = PASSWORD, smtp_password: str = PASSWORD) -> None:
    connect(lab, "imap", town.servers.imap_port, town.servers.ca_file, password=imap_password)
    connect(lab, "smtp", town.servers.smtp_port, town.servers.ca_file, password=smtp_password)


def problem(lab: Lab, check: str) -> str:
    """What doctor says about a server, in one entry."""
    outcome = lab.run(None, "doctor", "--json")
    assert outcome.code == 1
    (found,) = [one for one in outcome.json["findings"] if one["check"] == check and one["level"] == "problem"]
    return f"{found['what']}; {found['remedy']}"


def outbox(lab: Lab) -> list[str]:
    return [str(row[0]) for row in lab.rows("SELECT state FROM recipient ORDER BY id")]


def test_without_servers_there_is_nothing_to_watch(queued: Lab) -> None:
    queued.run(None, "watch", "--once").refused("neither [imap] nor [smtp] is configured")
    queued.run(None, "watch").refused("neither [imap] nor [smtp] is configured")
    assert outbox(queued) == ["queued", "queued"]


def test_with_good_servers_all_goes_well(queued: Lab, town: Town) -> None:
    both(queued, town)
    shape = queued.run(None, "watch", "--once", "--json")
    assert (shape.code, shape.err) == (0, "")
    assert shape.json["outbox"] == {"1": "sent"}
    assert shape.json["problems"] == []
    assert outbox(queued) == ["sent", "sent"]
    assert queued.run(None, "doctor", "--json").good().json["ok"] is True
    assert queued.run(None, "watch", "--once").good().out == "nothing was due, nothing has arrived\n"


def test_a_mail_server_that_is_down_leaves_the_mail_waiting(queued: Lab, town: Town) -> None:
    (port,) = free_ports(1)
    connect(queued, "smtp", port, town.servers.ca_file)
    assert "cannot be reached" in problem(queued, "smtp")
    queued.run(None, "watch", "--once").refused("reached")
    assert outbox(queued) == ["deferred", "deferred"]
    assert queued.rows("SELECT count(*) FROM attempt WHERE ended_at IS NULL") == [(0,)]
    queued.edit(f"port = {port}", f"port = {town.servers.smtp_port}")
    later = "2020-01-01T00:00:00.000000Z"
    frozen = queued.rows("SELECT sha256 FROM message")
    with _database(queued) as execute:
        execute(f"UPDATE outbox SET next_attempt_at = '{later}'")
    assert queued.run(None, "watch", "--once", "--json").good().json["outbox"] == {"1": "sent"}
    assert queued.rows("SELECT sha256 FROM message") == frozen  # the identical bytes went


@contextmanager
def _database(lab: Lab) -> Iterator[Callable[[str], object]]:
    connection = sqlite3.connect(lab.database)
    try:
        yield connection.execute
        connection.commit()
    finally:
        connection.close()


def test_a_mail_that_is_stopped_before_it_leaves_needs_a_person(queued: Lab, town: Town) -> None:
    """Something that was approved has changed since: nothing is sent, and that is not passed over."""
    both(queued, town)
    queued.edit("copy_to_self = true", "copy_to_self = false")
    outcome = queued.run(None, "watch", "--once", "--json")
    assert outcome.code == 3, outcome
    assert "sent" not in outbox(queued)
    shape = queued.run("ada", "status", "--json")
    assert (shape.code, shape.json["healthy"]) == (1, False)
    queued.run("ben", "draft", "approve", "1").good()
    (mail,) = queued.run("ada", "send", CASE, "--json").good().json
    assert (mail["state"], mail["stopped"], [one["address"] for one in mail["recipients"]]) == (
        "queued",
        None,
        [VENDOR],
    )
    assert queued.run(None, "watch", "--once", "--json").good().json["outbox"] == {"1": "sent"}


def test_an_imap_server_that_is_down_is_one_line(lab: Lab, town: Town) -> None:
    (port,) = free_ports(1)
    connect(lab, "imap", port, town.servers.ca_file)
    assert "reached" in problem(lab, "imap")
    lab.run(None, "watch", "--once").refused("IMAP")
    assert lab.rows("SELECT * FROM mailbox_cursor") == []


@pytest.mark.parametrize("table", ["imap", "smtp"])
def test_a_wrong_password_is_one_line_and_stops_the_queue(queued: Lab, town: Town, table: str) -> None:
    port = town.servers.imap_port if table == "imap" else town.servers.smtp_port
    connect(queued, table, port, town.servers.ca_file, password="wrong-word")
    assert "wrong-word" not in problem(queued, table)
    outcome = queued.run(None, "watch", "--once")
    said = outcome.refused("log-in" if table == "smtp" else "IMAP")
    assert "wrong-word" not in said
    assert "unknown" not in outbox(queued)


@pytest.mark.parametrize("table", ["imap", "smtp"])
def test_a_name_mismatch_is_named(queued: Lab, table: str) -> None:
    """A server with a certificate of the trusted authority, but for somebody else's host."""
    with short_folder() as folder:
        pair = wrong_name(folder)
        loop = asyncio.new_event_loop()
        context = pair.context()

        async def close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.abort()

        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        serving = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(close, "127.0.0.1", 0, ssl=context), loop
        ).result(10)
        try:
            connect(queued, table, serving.sockets[0].getsockname()[1], pair.ca_file)
            assert "certificate" in problem(queued, table)
            queued.run(None, "watch", "--once").refused("certificate")
        finally:
            loop.call_soon_threadsafe(serving.close)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
    assert "sent" not in outbox(queued)
    assert "unknown" not in outbox(queued)


@pytest.mark.parametrize("table", ["imap", "smtp"])
def test_an_authority_file_that_is_none_is_refused_and_mended_at_once(queued: Lab, town: Town, table: str) -> None:
    """After the refusal the lease is free: the next run, with the file mended, need not wait."""
    port = town.servers.imap_port if table == "imap" else town.servers.smtp_port
    connect(queued, table, port, f"{queued.place}/nowhere.pem")
    outcome = queued.run(None, "watch", "--once")
    outcome.refused("nowhere.pem", "ca_file")
    assert "unknown" not in outbox(queued)
    queued.edit(f"{queued.place}/nowhere.pem", town.servers.ca_file)
    queued.process(None, "watch", "--once").good()


@pytest.mark.parametrize("broken", ["missing", "readable", "command"])
@pytest.mark.parametrize("table", ["imap", "smtp"])
def test_a_password_that_cannot_be_read_is_one_line_and_harms_no_mail(
    queued: Lab, town: Town, table: str, broken: str
) -> None:
    port = town.servers.imap_port if table == "imap" else town.servers.smtp_port
    connect(queued, table, port, town.servers.ca_file)
    secret = queued.root / "state" / "secrets" / f"of-{table}"
    if broken == "missing":
        secret.unlink()
    elif broken == "readable":
        secret.chmod(0o644)
    else:
        queued.edit(f'password_file = "state/secrets/of-{table}"', 'password_command = "exit 3"')
    words = {"missing": "does not exist", "readable": "other users can read", "command": "status 3"}[broken]
    said = problem(queued, "permissions" if broken != "command" else table)
    assert words in said
    queued.run(None, "watch", "--once").refused(words)
    assert set(outbox(queued)) <= {"queued", "deferred"}
    assert queued.rows("SELECT count(*) FROM attempt WHERE ended_at IS NULL") == [(0,)]


def test_a_folder_that_is_not_there_is_one_line_and_the_others_are_read(lab: Lab, town: Town) -> None:
    connect(lab, "imap", town.servers.imap_port, town.servers.ca_file)
    lab.edit('folders = ["INBOX"]', 'folders = ["Nowhere", "INBOX"]')
    town.deliver(b"From: a@b.example\r\nSubject: x\r\nMessage-ID: <1@b.example>\r\n\r\nhello\r\n")
    outcome = lab.run(None, "watch", "--once")
    outcome.refused("folder")
    assert lab.rows("SELECT folder FROM mailbox_cursor") == [("INBOX",)]
    assert "folder" in problem(lab, "imap")


def test_what_is_held_makes_the_pass_end_with_3(lab: Lab, town: Town) -> None:
    connect(lab, "imap", town.servers.imap_port, town.servers.ca_file)
    town.deliver(b"From: a@b.example\r\nSubject: held\r\nMessage-ID: <2@b.example>\r\n\r\nhello there\r\n")
    outcome = lab.run(None, "watch", "--once", "--json")
    assert (outcome.code, outcome.err) == (3, "")
    assert {one["state"] for one in outcome.json["settled"]} == {"held"}
    assert lab.run(None, "watch", "--once", "--json").good().json["received"] == 0


def test_a_second_daemon_is_refused_while_one_works(queued: Lab, town: Town) -> None:
    both(queued, town)
    with _database(queued) as execute:
        execute("INSERT INTO lease VALUES ('daemon', 'another-host-1', 7, '2100-01-01T00:00:00.000000Z')")
    queued.run(None, "watch", "--once").refused("another daemon works on this store")
    queued.run(None, "watch").refused("another daemon works on this store")
    assert outbox(queued) == ["queued", "queued"]
    assert queued.rows("SELECT holder, fence FROM lease") == [("another-host-1", 7)]


def test_a_refused_recipient_ends_with_3_and_shows_in_status(queued: Lab, town: Town) -> None:
    with short_folder() as folder:
        other = Town(folder, [LocalUser(Address.parse(MAILBOX), PASSWORD)])
        try:
            connect(queued, "smtp", other.servers.smtp_port, other.servers.ca_file)
            assert queued.run(None, "watch", "--once").code == 3
        finally:
            other.close()
    assert sorted(outbox(queued)) == ["refused", "sent"]
    (mail,) = queued.run("ada", "send", CASE, "--json").good().json
    assert {one["address"]: one["state"] for one in mail["recipients"]} == {VENDOR: "refused", MAILBOX: "sent"}
