"""One daemon, one Dovecot, and everything that happens between them: what was delivered is stored, exactly once.

The daemon runs through all of it and is never helped.  Between the two lies a wire that can be cut or go dead.  In the
end the server's copies are as they were delivered: none expunged, no flag set.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import imaplib
import resource
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from cli.lab import Lab, copied
from cvdmail.config import load
from cvdmail.daemon import Daemon, Pauses, Servers
from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.edge.imap_words import mailbox_name
from cvdmail.wiring import daemon_desk
from cvdmail.work.desk import Desk
from cvdmail.work.health import status
from servers.certificates import short_folder
from servers.dovecot import Dovecot
from servers.fault_proxy import FaultProxy

pytestmark = pytest.mark.asyncio(loop_scope="module")

USER, PASSWORD = "lab", "right"
ODD = "Case files & Öffentlich 送信"
FOLDERS = ("INBOX", "Junk", ODD)
PAUSES = Pauses(idle=1.0, settle=5.0, first=0.05, longest=0.4)
SILENCE = 2.0
"""Seconds after which a command without an answer is given up."""
LONG = 30.0


@dataclass
class Harbour:
    """The daemon at its mooring, and what was delivered."""

    lab: Lab
    desk: Desk
    server: Dovecot
    wire: FaultProxy
    secrets: list[str]
    delivered: dict[str, list[bytes]] = field(default_factory=dict)
    ever: set[bytes] = field(default_factory=set)

    @contextlib.contextmanager
    def person(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4_SSL]:
        """Somebody with a mail program of their own, not over the wire."""
        context = ssl.create_default_context(cafile=self.server.ca_file)
        with imaplib.IMAP4_SSL(self.server.host, self.server.port, ssl_context=context) as other:
            other.login(USER, PASSWORD)
            assert other.select(mailbox_name(folder))[0] == "OK"
            yield other

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        with self.person() as other:
            for raw in mails:
                assert other.append(mailbox_name(folder), "", "", raw)[0] == "OK"
        self.note(*mails, folder=folder)

    def put(self, *mails: bytes) -> None:
        """Lay many mails into the INBOX at once."""
        first = 1_700_000_000 + len(self.ever)  # Dovecot numbers them by the times in their names
        self.server.put(USER, {f"{first + number}.M1P1.lab": raw for number, raw in enumerate(mails)})
        self.note(*mails)

    def note(self, *mails: bytes, folder: str = "INBOX") -> None:
        self.delivered.setdefault(folder, []).extend(mails)
        self.ever.update(mails)

    def counted(self, *mails: bytes) -> list[tuple[int, int]]:
        """In how many rows each mail is kept, and in how many places it was seen."""
        query = """SELECT sha256, count(DISTINCT message.id), count(sighting.id)
            FROM message LEFT JOIN sighting ON message.id = message GROUP BY sha256"""
        found = {sha: (rows, seen) for sha, rows, seen in self.lab.rows(query)}
        return [found.get(hashlib.sha256(raw).hexdigest(), (0, 0)) for raw in mails]

    async def stored(self, *mails: bytes, seen: int = 1) -> None:
        """Wait until each of these is kept once and was seen in so many places; then no more comes of it."""
        await until(lambda: all(places >= seen for _, places in self.counted(*mails)))
        await self.wire.quiet()
        assert self.counted(*mails) == [(1, seen)] * len(mails)

    async def well(self) -> None:
        """Wait until every folder can be read."""
        await until(lambda: self.lab.rows("SELECT * FROM folder_trouble") == [])

    async def trouble(self, kind: str) -> list[str]:
        """Wait until status tells of it; return the words."""

        async def told() -> list[str]:
            shape = await status(self.desk)
            found = [one["trouble"]["why"] for one in shape["mailboxes"] if one["trouble"]]
            return found if kind in [one["trouble"]["kind"] for one in shape["mailboxes"] if one["trouble"]] else []

        return await until_found(told)


async def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, "it never happens"
        await asyncio.sleep(0.05)


async def until_found(look: Callable[[], Awaitable[list[str]]]) -> list[str]:
    end = time.monotonic() + LONG
    while not (found := await look()):
        assert time.monotonic() < end, "it never happens"
        await asyncio.sleep(0.05)
    return found


def mail(name: str, size: int = 0) -> bytes:
    text = f"From: a@vendor.example\r\nSubject: {name}\r\nMessage-ID: <{name}@vendor.example>\r\n\r\nabout {name}\r\n"
    return text.encode() + (b"x" * 74 + b"\r\n") * (size // 76)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def harbour(empty_lab: Lab) -> AsyncIterator[Harbour]:
    assert Dovecot.possible(), "Dovecot is not installed: make setup-system"
    with short_folder() as folder, copied(empty_lab) as lab:
        async with Dovecot(folder, {USER: PASSWORD}) as server, FaultProxy(server.host, server.port) as wire:
            names = ", ".join(f'"{name}"' for name in FOLDERS)
            lab.edit(
                "\n[store]",
                f'\n[imap]\nhost = "127.0.0.1"\nport = {wire.port}\nuser = "{USER}"\nfolders = [{names}]\n\n[store]',
            )
            secrets = [PASSWORD]

            async def secret() -> str:
                return secrets[-1]

            settings = ImapSettings(wire.host, wire.port, server.ca_file, USER, secret, timeout=SILENCE)
            async with daemon_desk(load(lab.config)) as desk:
                there = Harbour(lab, desk, server, wire, secrets)
                with there.person() as other:
                    for name in FOLDERS[1:]:
                        other.create(mailbox_name(name))
                servers = Servers(None, ImapMailboxes(settings, refused_pause=0.5), FOLDERS, "Sent")
                daemon = Daemon(desk, servers, "test", lambda _: False, pauses=PAUSES)
                running = asyncio.ensure_future(daemon.run())
                yield there
                assert not running.done()
                daemon.stop()
                await asyncio.wait_for(running, LONG)
                as_delivered(there)


def as_delivered(there: Harbour) -> None:
    """Nothing but what people did themselves has happened to the server's copies."""
    for folder, mails in there.delivered.items():
        with there.person(folder) as other:
            found = other.fetch("1:*", "(FLAGS BODY.PEEK[])")[1] if mails else []
        parts = [one for one in found if isinstance(one, tuple)]
        assert sorted(part[1] for part in parts) == sorted(mails)
        assert b"\\Seen" not in b"".join(part[0] for part in parts)
        assert b"\\Deleted" not in b"".join(part[0] for part in parts)


async def test_mail_in_every_folder_and_in_sent_once_there_is_one(harbour: Harbour) -> None:
    """A name with spaces, an ampersand and letters of two scripts; Sent is watched, its absence was no trouble."""
    for number, folder in enumerate(FOLDERS):
        harbour.deliver(mail(f"first-{number}"), folder=folder)
    harbour.deliver(mail("webmail"), folder="Sent")
    await harbour.stored(*(mail(f"first-{number}") for number in range(3)), mail("webmail"))
    folders = harbour.lab.rows("SELECT folder FROM mailbox_cursor ORDER BY folder")
    assert [name for (name,) in folders] == sorted((*FOLDERS, "Sent"))
    shape = await status(harbour.desk)
    assert [one["folder"] for one in shape["mailboxes"]] == [*FOLDERS, "Sent"]
    assert all(one["idle"] and one["last_sync"] and not one["trouble"] for one in shape["mailboxes"])


async def test_a_connection_reset_in_idle(harbour: Harbour) -> None:
    await harbour.wire.quiet()
    harbour.wire.cut()
    harbour.deliver(mail("after-reset"))
    await harbour.stored(mail("after-reset"))


async def test_bye_in_idle(harbour: Harbour) -> None:
    await harbour.wire.quiet()
    before = harbour.wire.connections
    harbour.server.hang_up()
    harbour.deliver(mail("after-bye"))
    await harbour.stored(mail("after-bye"))
    await until(lambda: harbour.wire.connections >= before + len(FOLDERS) + 1)


async def test_a_wire_gone_dead_in_idle(harbour: Harbour) -> None:
    """No end, no reset: only the silence after DONE tells."""
    await harbour.wire.quiet()
    before = harbour.wire.connections
    harbour.wire.swallow()
    harbour.deliver(mail("in-the-dark"))
    await until(lambda: harbour.wire.connections > before)
    assert harbour.counted(mail("in-the-dark")) == [(0, 0)]
    harbour.wire.swallow(False)
    await harbour.stored(mail("in-the-dark"))
    await harbour.well()


async def test_a_wire_gone_dead_in_the_middle_of_a_mail(harbour: Harbour) -> None:
    large = mail("dead-in-fetch", 2_500_000)
    await harbour.wire.quiet()
    harbour.wire.after(1_500_000, harbour.wire.swallow)
    harbour.deliver(large)
    await harbour.trouble("unavailable")
    assert harbour.counted(large) == [(0, 0)]
    harbour.wire.swallow(False)
    await harbour.stored(large)


async def test_a_server_that_loses_power_in_the_middle_of_a_mail_and_in_idle(harbour: Harbour) -> None:
    """The other folders are in IDLE at that moment."""
    large, struck = mail("dies-in-fetch", 2_500_000), asyncio.Event()
    await harbour.wire.quiet()

    def strike() -> None:
        harbour.wire.swallow()
        struck.set()

    harbour.wire.after(1_500_000, strike)
    harbour.deliver(large)
    await struck.wait()
    await harbour.server.kill()
    harbour.wire.swallow(False)
    harbour.wire.cut()
    await harbour.trouble("unavailable")
    await harbour.server.start()
    await harbour.stored(large)
    harbour.deliver(mail("after-power-cut"), folder="Junk")
    await harbour.stored(mail("after-power-cut"))


async def test_a_refused_password_is_told_not_repeated_and_mended_without_a_restart(harbour: Harbour) -> None:
    harbour.secrets.append("wrong")
    harbour.wire.cut()
    assert "the server refuses user or secret" in (await harbour.trouble("refused"))
    shape = await status(harbour.desk)
    assert not shape["healthy"]
    assert any("cannot be read" in problem for problem in shape["problems"])
    harbour.deliver(mail("locked-out"))
    harbour.secrets.append(PASSWORD)
    await harbour.stored(mail("locked-out"))
    await harbour.well()


async def test_new_numbers_for_every_mail(harbour: Harbour) -> None:
    """The server has lost its list: the same number is another mail now, and all are known by their bytes."""
    before = harbour.lab.rows("SELECT count(*) FROM message")
    harbour.server.hang_up()
    for place in harbour.server.maildir(USER).glob("dovecot*"):
        if place.is_file():
            place.unlink()
    harbour.deliver(mail("after-reset-of-numbers"))
    inbox = harbour.delivered["INBOX"]
    await until(lambda: harbour.lab.rows("SELECT count(*) FROM event WHERE kind = 'folder_reset'") == [(1,)])
    await until(lambda: harbour.counted(*inbox) == [(1, 2)] * (len(inbox) - 1) + [(1, 1)])
    assert harbour.lab.rows("SELECT count(*) FROM message") == [(before[0][0] + 1,)]


async def test_the_same_bytes_twice_and_a_mail_that_a_person_moves(harbour: Harbour) -> None:
    """One row, two sightings; where it lies now is its last sighting."""
    twice, moved = mail("twice"), mail("moved")
    harbour.deliver(twice, twice, moved)
    await harbour.stored(moved)
    await harbour.stored(twice, seen=2)
    with harbour.person() as other:
        (found,) = other.uid("SEARCH", "HEADER", "Message-ID", "<moved@vendor.example>")[1]
        assert other.uid("MOVE", found.decode(), "Junk")[0] == "OK"
    harbour.delivered["INBOX"].remove(moved)
    harbour.delivered["Junk"].append(moved)
    await harbour.stored(moved, seen=2)
    query = "SELECT folder FROM sighting JOIN message ON message.id = message WHERE sha256 = '{}' ORDER BY sighting.id"
    assert harbour.lab.rows(query.format(hashlib.sha256(moved).hexdigest())) == [("INBOX",), ("Junk",)]


async def test_mails_expunged_between_search_and_fetch(harbour: Harbour) -> None:
    """Of thirty, twenty are on their way when somebody deletes the other ten: these are gone, and nothing is wrong."""
    batch = [mail(f"race-{number}", 100_000) for number in range(30)]

    def expunge() -> None:
        with harbour.person() as other:
            found = [other.uid("SEARCH", "SUBJECT", f"race-2{number}")[1][0] for number in range(10)]
            assert all(found)
            other.uid("STORE", b",".join(found).decode(), "+FLAGS", "(\\Deleted)")
            other.expunge()

    held = asyncio.Event()
    await harbour.wire.quiet()
    connections = harbour.wire.connections

    def hold() -> None:
        harbour.wire.hold()
        held.set()

    harbour.wire.after(300_000, hold)
    harbour.put(*batch)
    await held.wait()
    await asyncio.to_thread(expunge)
    harbour.wire.hold(False)
    uids = harbour.lab.rows("SELECT max(uid) FROM sighting WHERE folder = 'INBOX'")[0][0]
    await until(lambda: harbour.lab.rows("SELECT max(uid) FROM sighting WHERE folder = 'INBOX'")[0][0] >= uids + 20)
    harbour.deliver(mail("after-race"))
    await harbour.stored(mail("after-race"))
    counted = harbour.counted(*batch)
    assert sorted(counted) == [(0, 0)] * 10 + [(1, 1)] * 20
    assert harbour.wire.connections == connections
    left = [raw for raw, count in zip(batch, counted, strict=True) if count == (1, 1)]
    harbour.delivered["INBOX"] = [raw for raw in harbour.delivered["INBOX"] if raw not in batch or raw in left]
    harbour.ever -= set(batch) - set(left)
    await harbour.well()


async def test_a_folder_renamed_by_a_person_is_an_alarm_and_the_others_are_read(harbour: Harbour) -> None:
    with harbour.person() as other:
        assert other.rename("Junk", "Rubbish")[0] == "OK"
    assert "the server has no such folder" in await harbour.trouble("gone")
    shape = await status(harbour.desk)
    assert [one for one in shape["problems"] if "Junk" in one and "no such folder" in one]
    harbour.deliver(mail("beside-the-gone"))
    await harbour.stored(mail("beside-the-gone"))
    with harbour.person() as other:
        assert other.rename("Rubbish", "Junk")[0] == "OK"
    await harbour.well()
    harbour.deliver(mail("named-again"), folder="Junk")
    await harbour.stored(mail("named-again"))


async def test_our_disk_is_full(harbour: Harbour) -> None:
    """Nothing is half stored, and it goes on by itself when there is room."""
    before = harbour.lab.rows("SELECT count(*) FROM message")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        connections = harbour.wire.connections
        with harbour.person() as other:  # by hand: the library would not say that the log could not be written
            assert other.append("INBOX", "", "", mail("no-room"))[0] == "OK"
        await until(lambda: harbour.wire.connections > connections)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert harbour.lab.rows("SELECT count(*) FROM message") in (before, [(before[0][0] + 1,)])
    harbour.note(mail("no-room"))
    await harbour.stored(mail("no-room"))


async def test_the_servers_disk_is_full(harbour: Harbour) -> None:
    """It can write neither mail nor index: what is there is read, and nothing is taken for lost."""
    harbour.put(mail("before-full"))
    await harbour.stored(mail("before-full"))
    await harbour.server.fill_disk()
    harbour.wire.cut()
    with harbour.person() as other:
        assert other.append("INBOX", "", "", mail("no-room-there"))[0] == "NO"
    harbour.put(mail("laid-there"))
    await asyncio.sleep(2)  # so long it goes on without a file to write to
    await harbour.server.fill_disk(False)
    await harbour.stored(mail("laid-there"))
    await harbour.well()
    assert harbour.counted(mail("no-room-there")) == [(0, 0)]


async def test_a_thousand_mails_at_once(harbour: Harbour) -> None:
    many = [mail(f"many-{number}") for number in range(1000)]
    harbour.put(*many)
    await harbour.stored(*many)
    query = "SELECT sha256 FROM message"
    assert sorted(sha for (sha,) in harbour.lab.rows(query)) == sorted(
        hashlib.sha256(raw).hexdigest() for raw in harbour.ever
    )
