"""The servers of one play: Postfix in front of Dovecot, or the embedded ones, running in a thread of their own.

The tests of this folder are plain synchronous stories; the servers live in an event loop in the background.  Between
program and servers stands a :class:`servers.wire.Wire`, which keeps every clear byte that went by.
"""

from __future__ import annotations

import asyncio
import imaplib
import os
import re
import smtplib
import ssl
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cvdmail.core.ids import Address
from cvdmail.embedded import EmbeddedServers, LocalUser
from servers.dovecot import Dovecot
from servers.postfix import Postfix
from servers.wire import Wire

MAILBOX = "outbounddisclosures@lab.example"
VENDOR = "security@vendor.example"
GONE = "gone@ghost.example"  # an address that the world believes in, and whose mailbox is gone
PASSWORDS = {MAILBOX: "lab-secret", VENDOR: "vendor-secret"}
PATIENCE = 20.0

_Result = TypeVar("_Result")


class Loop:
    """An event loop in a thread: servers run in it while a test waits for a command."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run one coroutine there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def enter(self, manager: AbstractAsyncContextManager[_Result]) -> _Result:
        """Enter an asynchronous context that lasts as long as the loop."""
        return self.run(self._stack.enter_async_context(manager))

    def close(self) -> None:
        """Leave every context and end the thread."""
        self.run(self._stack.aclose())
        self.run(_settled())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


async def _settled() -> None:
    """Let what was cancelled come to its end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def loop() -> Iterator[Loop]:
    """Lend a loop."""
    made = Loop()
    try:
        yield made
    finally:
        made.close()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server with implicit TLS, as a client names it."""

    host: str
    port: int
    ca_file: str

    def context(self) -> ssl.SSLContext:
        """TLS that trusts this server's authority and nobody else."""
        return ssl.create_default_context(cafile=self.ca_file)


def real_servers() -> bool:
    """Whether Postfix and Dovecot can be started: as root they must be there, otherwise they cannot."""
    possible = Postfix.possible() and Dovecot.possible()
    assert possible or os.geteuid() != 0, "Postfix or Dovecot is not installed: run 'make setup-system'"
    return possible


class Town:
    """Everybody's mail server, and the post between them.

    ``smtp`` and ``imap`` are what the program is configured with, through the wires; the vendor uses the servers
    without one.
    """

    def __init__(self, loop: Loop, folder: Path) -> None:
        self._loop = loop
        self._folder = folder
        self.real = real_servers()
        smtp, imap = self._real() if self.real else self._embedded()
        self._vendor_smtp, self._vendor_imap = smtp, imap
        self.smtp_wires, self.imap_wires = [self._wire(smtp)], [self._wire(imap)]

    @property
    def smtp(self) -> Endpoint:
        """Where the program submits."""
        return _end(self.smtp_wires[-1])

    @property
    def imap(self) -> Endpoint:
        """Where the program reads."""
        return _end(self.imap_wires[-1])

    def _wire(self, to: Endpoint) -> Wire:
        return self._loop.enter(Wire(self._folder, to.host, to.port, to.ca_file))

    def _real(self) -> tuple[Endpoint, Endpoint]:
        users = {address.partition("@")[0]: password for address, password in PASSWORDS.items()}
        dovecot = self._loop.enter(Dovecot(self._folder, users))
        place = self._folder / "mx"
        place.mkdir(mode=0o755)
        domains = ["lab.example", "vendor.example", "ghost.example"]
        known = [*PASSWORDS, GONE]  # Postfix takes mail for the last one, Dovecot does not know it: that makes a bounce
        postfix = self._loop.enter(
            Postfix(place, domains, known, lmtp_port=dovecot.lmtp_port, auth_port=dovecot.auth_port)
        )
        return (
            Endpoint(postfix.host, postfix.port, postfix.ca_file),
            Endpoint(dovecot.host, dovecot.port, dovecot.ca_file),
        )

    def _embedded(self) -> tuple[Endpoint, Endpoint]:
        logins = {**PASSWORDS, GONE: "nobody-reads-this"}
        users = [LocalUser(Address.parse(address), password) for address, password in logins.items()]
        servers = self._loop.enter(EmbeddedServers(self._folder, users))
        return (
            Endpoint(servers.host, servers.smtp_port, servers.ca_file),
            Endpoint(servers.host, servers.imap_port, servers.ca_file),
        )

    def post(self, raw: bytes, sender: str, recipient: str) -> None:
        """Send a mail as a vendor's mail program does, and wait until it has arrived."""
        before = len(self.folder(MAILBOX))
        submit(self._vendor_smtp, raw, sender, recipient)
        self.wait_for(MAILBOX, before + 1)

    def wait_for(self, owner: str, count: int) -> list[bytes]:
        """Wait until the INBOX of somebody holds so many mails, and return them."""
        until = time.monotonic() + PATIENCE
        while len(found := self.folder(owner)) < count:
            assert time.monotonic() < until, f"{owner} has {len(found)} mails, not {count}"
            time.sleep(0.1)
        return found

    def folder(self, owner: str, name: str = "INBOX") -> list[bytes]:
        """Return the mails of a folder as an independent client sees them."""
        return read_folder(self._vendor_imap, owner, name)

    def put(self, raw: bytes) -> None:
        """Put a mail into our INBOX byte for byte, as a restored backup does."""
        append(self._vendor_imap, MAILBOX, raw)

    def uidvalidity(self) -> int:
        """Return what our INBOX says of its numbers."""
        with _opened(self._vendor_imap, MAILBOX) as imap:
            _, answer = imap.status("INBOX", "(UIDVALIDITY)")
            found = re.search(rb"UIDVALIDITY ([0-9]+)", answer[0] or b"")
            assert found is not None
            return int(found[1])

    def renumber(self) -> None:
        """Give our INBOX another UIDVALIDITY, as a moved or rebuilt server does; it may be another one then."""
        if self.real:
            home = self._folder / "dovecot" / "mail" / MAILBOX.partition("@")[0]
            for old in (*home.glob("dovecot-uid*"), *home.glob("dovecot.index*")):
                old.unlink()
            (home / "dovecot-uidvalidity").write_text("60000000")
            return
        mails = {owner: self.folder(owner) for owner in PASSWORDS}
        self._vendor_smtp, self._vendor_imap = self._embedded()
        for owner, raws in mails.items():
            for raw in raws:
                append(self._vendor_imap, owner, raw)
        self.smtp_wires.append(self._wire(self._vendor_smtp))
        self.imap_wires.append(self._wire(self._vendor_imap))


def _end(wire: Wire) -> Endpoint:
    return Endpoint(wire.host, wire.port, wire.ca_file)


def submit(server: Endpoint, raw: bytes, sender: str, recipient: str) -> None:
    """Submit a mail under the vendor's log-in."""
    with smtplib.SMTP_SSL(server.host, server.port, context=server.context(), timeout=20) as smtp:
        smtp.login(VENDOR, PASSWORDS[VENDOR])
        assert smtp.sendmail(sender, [recipient], raw) == {}


@contextmanager
def _opened(server: Endpoint, owner: str) -> Iterator[imaplib.IMAP4_SSL]:
    with imaplib.IMAP4_SSL(server.host, server.port, ssl_context=server.context(), timeout=20) as imap:
        imap.login(owner, PASSWORDS[owner])
        yield imap


def read_folder(server: Endpoint, owner: str, name: str = "INBOX") -> list[bytes]:
    """Fetch every mail of a folder by the standard library's client; a folder that is not there is empty."""
    with _opened(server, owner) as imap:
        if imap.select(name, readonly=True)[0] != "OK":
            return []
        _, found = imap.uid("SEARCH", "ALL")
        mails = []
        for uid in found[0].split() if found and found[0] else []:
            _, answer = imap.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
            mails += [piece[1] for piece in answer if isinstance(piece, tuple)]
        return mails


def append(server: Endpoint, owner: str, raw: bytes) -> None:
    """APPEND a mail to somebody's INBOX."""
    with _opened(server, owner) as imap:
        assert imap.append("INBOX", "", "", raw)[0] == "OK"
