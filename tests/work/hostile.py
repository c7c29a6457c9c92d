"""A lab in hostile hands: its desk, its people, its servers in memory, and mails that lie in chosen places.

Everything below is real (gpg, SQLite, the jobs); only the mail servers are those in memory.  What the tests add are
faults of the outside world: a gpg that dies, a database that somebody else holds, a server that is slow.
"""

from __future__ import annotations

import asyncio
import atexit
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from cli.lab import CASE, MAILBOX, VENDOR, Lab, Outcome, copied, quiet
from cvdmail import wiring
from cvdmail.config import load
from cvdmail.core.gpgstatus import Decryption, Signature
from cvdmail.core.ids import Address, CaseId, Fingerprint
from cvdmail.core.mail import parse
from cvdmail.core.outgoing import OutgoingMail, RecipientState, SubmissionResult
from cvdmail.core.records import Direction, FactState, MessageRecord, OutboxRecord
from cvdmail.core.trust import Trust
from cvdmail.daemon import Daemon, Servers
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.memory import MemoryMailboxes, MemoryPostman
from cvdmail.ports import OpenPgp
from cvdmail.store.transaction import Store, Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.file_mail import process_one
from cvdmail.work.receive import ingest

HOST = "mx.lab.example"
SAYS_YES = f"Authentication-Results: {HOST}; dmarc=pass header.from=vendor.example"
ANSWER = """Hello,

we have received your report and opened ticket EXV-12345.
We can confirm the vulnerability.
We plan to release the fix on 15 January 2031.
"""
_labs: dict[tuple[Path, bool], Lab] = {}


def _stage(queued_lab: Lab, sent: bool) -> Lab:
    """Return a lab whose report waits, or was delivered; made once for all tests."""
    made = _labs.get((queued_lab.place, sent))
    if made is not None:
        return made
    stack = ExitStack()
    atexit.register(stack.close)
    lab = stack.enter_context(copied(queued_lab))
    lab.edit('authserv_id = ""', f'authserv_id = "{HOST}"')
    if sent:
        lab.sent()
    quiet(lab)
    _labs[queued_lab.place, sent] = lab
    return lab


@dataclass(frozen=True)
class Filed:
    """What became of one mail."""

    record: MessageRecord
    cases: tuple[str, ...]
    believed: frozenset[str]
    proposed: frozenset[str]

    @property
    def trust(self) -> Trust | None:
        return self.record.trust


@dataclass
class World:
    """A lab with its desk open, as the daemon has it."""

    lab: Lab
    desk: Desk
    ada: Actor
    ben: Actor
    ours: MemoryMailboxes = field(default_factory=MemoryMailboxes)
    theirs: MemoryMailboxes = field(default_factory=MemoryMailboxes)
    case: CaseId = field(default_factory=lambda: CaseId.parse(CASE))

    @property
    def accounts(self) -> dict[Address, MemoryMailboxes]:
        """Who lives at which address."""
        vendors = dict.fromkeys((Address.parse(VENDOR), Address.parse(OTHER)), self.theirs)
        return {**vendors, Address.parse(MAILBOX): self.ours}

    def daemon(self, postman: MemoryPostman | None = None, holder: str = "this daemon") -> Daemon:
        """A daemon on this store; nobody is known to be dead."""
        servers = Servers(postman or MemoryPostman(self.accounts), self.ours, ("INBOX",), "Sent")
        return Daemon(self.desk, servers, holder, lambda _: False)

    async def command(self, who: str | None, *words: str, stdin: bytes = b"") -> Outcome:
        """Run a command as somebody, in a process of its own, beside the open desk."""
        return await asyncio.to_thread(lambda: self.lab.process(who, *words, stdin=stdin))

    async def sent(self) -> tuple[str, str]:
        """The reply address and the Message-ID of our report, which only its recipient knows."""
        async with self.desk.store.read() as tx:
            (row,) = [one.row for one in await tx.inbox.select() if one.direction is Direction.OUTBOUND]
            mail = parse(await tx.inbox.raw(row))
        reply_to = mail.root.first("reply-to")
        assert reply_to is not None
        return reply_to, str(mail.message_id)

    async def store(self, raw: bytes, received_at: datetime | None = None) -> MessageRecord:
        """Commit a mail; it waits."""
        ((row, _),) = await ingest(self.desk, [raw], received_at)
        return await self.record(row)

    async def take(self, raw: bytes, received_at: datetime | None = None) -> Filed:
        """Let a mail arrive and settle it."""
        waiting = await self.store(raw, received_at)
        await process_one(self.desk, waiting)
        return await self.look(waiting.row)

    async def look(self, row: int) -> Filed:
        async with self.desk.store.read() as tx:
            record = await tx.inbox.get(row)
            filings = (await tx.filings.of([row])).get(row, [])
            facts = await tx.facts.select(messages=[row])
        return Filed(
            record,
            tuple(str(one.case) for one in filings),
            frozenset(one.fact.kind.value for one in facts if one.state is FactState.ACCEPTED),
            frozenset(one.fact.kind.value for one in facts if one.state is FactState.PROPOSED),
        )

    async def record(self, row: int) -> MessageRecord:
        async with self.desk.store.read() as tx:
            return await tx.inbox.get(row)

    async def raw(self, row: int) -> bytes:
        """The bytes of a mail as a program that starts now reads them."""
        async with wiring.daemon_desk(self.desk.config) as other, other.store.read() as tx:
            return await tx.inbox.raw(row)

    async def outbox(self) -> list[OutboxRecord]:
        async with self.desk.store.read() as tx:
            return await tx.outbox.select()

    async def states(self, row: int) -> set[RecipientState]:
        async with self.desk.store.read() as tx:
            return {one.state for one in (await tx.outbox.get(row)).recipients}

    def change(self, *statements: str) -> None:
        """Change the database file behind the program's back."""
        connection = sqlite3.connect(self.lab.database, timeout=20)
        try:
            for one in statements:
                assert connection.execute(one).rowcount > 0, one
            connection.commit()
        finally:
            connection.close()

    def sign(self, part: bytes, *options: str) -> bytes:
        """A detached signature of the vendor over a part, armoured."""
        return self.lab.home("vendor").detached(part, self.lab.keys["vendor"], options=options)

    def seal(self, entity: bytes, *, signed: bool = False) -> bytes:
        """Encrypt to the mailbox, by the vendor's gpg; unsigned unless said otherwise."""
        signers = [self.lab.keys["vendor"]] if signed else []
        return self.lab.home("vendor").message(entity, [self.lab.keys["daemon"]], signers)


OTHER = "security@other.example"


@asynccontextmanager
async def world(queued_lab: Lab, *, sent: bool = True, busy_seconds: float = 20) -> AsyncIterator[World]:
    """Lend a world of one's own; the report was delivered, unless it still has to be."""
    stage = await asyncio.to_thread(_stage, queued_lab, sent)
    with copied(stage) as lab:
        config = load(lab.config)
        people = {str(one.address): one for one in config.people}
        ada, ben = (Actor(people[f"{name}@lab.example"], Gpg(lab.place / name)) for name in ("ada", "ben"))
        async with wiring.daemon_desk(config) as desk:
            if busy_seconds == 20:
                yield World(lab, desk, ada, ben)
                return
            async with wiring.open_store(config, desk.openpgp, busy_seconds) as store:
                yield World(lab, replace(desk, store=store), ada, ben)


@dataclass(frozen=True)
class Shifted:
    """A clock that is ahead."""

    ahead: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Meddled(Store):
    """A store that lets somebody else in just before the n-th writing transaction begins (counted from 1)."""

    def __init__(self, store: Store, number: int, meddle: Callable[[], Awaitable[None]]) -> None:
        self._store, self._left, self._meddle = store, number, meddle

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        self._left -= 1
        if self._left == 0:
            await self._meddle()
        async with self._store.write() as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with self._store.read() as tx:
            yield tx


class BrokenGpg(OpenPgp):
    """gpg that dies, in a way nobody foresaw, on the messages that hold certain bytes."""

    def __init__(self, gpg: OpenPgp, deadly: bytes) -> None:
        self._gpg, self._deadly = gpg, deadly

    async def sign_encrypt(
        self, data: bytes, signer: Fingerprint, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()
    ) -> bytes:
        return await self._gpg.sign_encrypt(data, signer, recipients, rings)

    async def encrypt(self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()) -> bytes:
        return await self._gpg.encrypt(data, recipients, rings)

    async def sign_detached(self, data: bytes, signer: Fingerprint) -> bytes:
        return await self._gpg.sign_detached(data, signer)

    async def decrypt(
        self, data: bytes, rings: Sequence[Path] = (), max_output: int = 2**26
    ) -> tuple[Decryption, bytes]:
        if self._deadly in data:
            raise RecursionError
        return await self._gpg.decrypt(data, rings, max_output)

    async def verify_detached(self, data: bytes, signature: bytes, rings: Sequence[Path] = ()) -> tuple[Signature, ...]:
        return await self._gpg.verify_detached(data, signature, rings)

    async def verify_clear(
        self, block: bytes, rings: Sequence[Path] = (), max_output: int = 2**26
    ) -> tuple[tuple[Signature, ...], bytes]:
        return await self._gpg.verify_clear(block, rings, max_output)


class Meanwhile(MemoryPostman):
    """Does something while the first mail is on the wire; the mail itself is taken."""

    def __init__(self, world: World, act: Callable[[], Awaitable[object]]) -> None:
        super().__init__(world.accounts)
        self._act: Callable[[], Awaitable[object]] | None = act

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        act, self._act = self._act, None
        if act is not None:
            await act()
        return await super().submit(mail)


def head(
    name: str, to: str = MAILBOX, *above: str, sender: str = VENDOR, subject: str = "about your report", more: str = ""
) -> bytes:
    """The outside of a mail; ``name`` begins its Message-ID, ``above`` stands on top."""
    lines = [
        *above,
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {format_datetime(datetime.now(UTC))}",
        f"Message-ID: <{name}@vendor.example>",
        *([more] if more else []),
        "MIME-Version: 1.0",
    ]
    return crlf("".join(f"{line}\n" for line in lines))


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def entity(text: str, kind: str = "text/plain", *lines: str) -> bytes:
    """A MIME part, its own header lines first."""
    return crlf("".join(f"{line}\n" for line in (*lines, f"Content-Type: {kind}; charset=utf-8")) + f"\n{text}")


def plain(outside: bytes, text: str = ANSWER) -> bytes:
    return outside + entity(text)


def signed(outside: bytes, part: bytes, signature: bytes, before: str = "") -> bytes:
    """A multipart/signed mail (RFC 3156 section 5), or part; ``before`` stands ahead of the armour in its part."""
    kind = 'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha512; boundary="=-=b1"'
    middle = "\n--=-=b1\nContent-Type: application/pgp-signature\n\n" + before
    armour = signature.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return (
        outside
        + f"Content-Type: {kind}\r\n\r\n--=-=b1\r\n".encode()
        + part
        + crlf(middle)
        + armour
        + b"\r\n--=-=b1--\r\n"
    )


def encrypted(outside: bytes, armour: bytes) -> bytes:
    """A multipart/encrypted mail (RFC 3156 section 4)."""
    kind = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="=-=b2"'
    text = (
        f"Content-Type: {kind}\n\n--=-=b2\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n"
        "--=-=b2\nContent-Type: application/octet-stream\n\n"
    )
    return outside + crlf(text) + armour.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n--=-=b2--\r\n"


def kinds(rows: Collection[tuple[str]]) -> list[str]:
    """The one column of a query."""
    return [one for (one,) in rows]
