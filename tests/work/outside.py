"""The world around the outbox, scripted: a clock, a plug that can be pulled, a submission server, quick OpenPGP.

Everything here stands behind a port of the program; nothing of the program itself is replaced.

* :class:`Mains` pulls the plug (:class:`PowerCut`) at a named point: around a commit, a submission, an APPEND, or while
  a mail is signed.  From then on everything that belongs to that process fails the same way, because the dead do not
  tidy up; what was committed and what the server has stay.
* :class:`QuickPgp` is an ``OpenPgp`` without the wait.  Messages are real ones, made by gpg once for each set of
  recipients and used again, so the guard reads true key ids; a detached signature is the signer's name and a digest of
  the text, unless gpg made and verified it before.  :class:`Shelf` keeps public keys that gpg has read before.
* :class:`Server` takes mails as its plans say and remembers what it saw; a :class:`Line` is one daemon's way to it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from pathlib import Path

from cvdmail.core.certificate import Certificate
from cvdmail.core.gpgstatus import Decryption, Signature, SignatureState
from cvdmail.core.guard import inspect
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.edge.memory import MemoryMailbox, MemoryMailboxes
from cvdmail.errors import Refused, ServerRefused, ServerUnavailable
from cvdmail.ports import OpenPgp, PublicKey
from cvdmail.store.engine import Engines
from cvdmail.store.transaction import Store, Transaction
from cvdmail.store.vault import Vault


class PowerCut(BaseException):
    """The machine is gone."""


class Point(Enum):
    """Where the plug may be pulled."""

    BEFORE_COMMIT = "before a commit"
    AFTER_COMMIT = "after a commit"
    BEFORE_SUBMISSION = "before a submission"
    UNANSWERED = "the server has it, the answer is not read"
    BEFORE_APPEND = "before an APPEND"
    AFTER_APPEND = "after an APPEND"
    SIGNING = "while a mail is signed"


@dataclass
class Mains:
    """The power supply of one process; pulled when a point is reached for the n-th time."""

    cut: tuple[Point, int] | None = None
    off: bool = False
    reached: Counter[Point] = field(default_factory=Counter)

    def reach(self, point: Point) -> None:
        """Go on, or be dead."""
        self.reached[point] += 1
        self.off = self.off or self.cut == (point, self.reached[point])
        if self.off:
            raise PowerCut


@dataclass
class Clock:
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class PluggedStore(Store):
    """The real store of a process that hangs on the mains; one transaction in it is lost before its commit, or kept."""

    def __init__(self, engines: Engines, vault: Vault, mains: Mains) -> None:
        super().__init__(engines, vault)
        self._mains = mains

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        async with super().write() as tx:
            yield tx
            self._mains.reach(Point.BEFORE_COMMIT)
        self._mains.reach(Point.AFTER_COMMIT)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        if self._mains.off:
            raise PowerCut
        async with super().read() as tx:
            yield tx


async def nothing() -> None:
    """What happens meanwhile, usually."""


class QuickPgp(OpenPgp):
    """See the module; ``signing`` is called while a mail is being signed."""

    def __init__(
        self,
        messages: Mapping[frozenset[Fingerprint], bytes],
        verified: Mapping[bytes, tuple[Signature, ...]],
        signing: Callable[[], Awaitable[None]] = nothing,
    ) -> None:
        self._messages, self._verified, self._signing = messages, verified, signing

    async def sign_encrypt(
        self, data: bytes, signer: Fingerprint, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()
    ) -> bytes:
        await self._signing()
        return self._messages[frozenset(recipients)]

    async def encrypt(self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()) -> bytes:
        return self._messages[frozenset(recipients)]

    async def sign_detached(self, data: bytes, signer: Fingerprint) -> bytes:
        return f"{signer} {hashlib.sha256(data).hexdigest()}".encode()

    async def decrypt(
        self, data: bytes, rings: Sequence[Path] = (), max_output: int = 2**26
    ) -> tuple[Decryption, bytes]:
        raise AssertionError("nobody decrypts while sending")

    async def verify_detached(self, data: bytes, signature: bytes, rings: Sequence[Path] = ()) -> tuple[Signature, ...]:
        if signature in self._verified:
            return self._verified[signature]
        signer, _, digest = signature.decode().partition(" ")
        if digest != hashlib.sha256(data).hexdigest():
            return (Signature(SignatureState.BAD),)
        return (Signature(SignatureState.GOOD, signer),)

    async def verify_clear(
        self, block: bytes, rings: Sequence[Path] = (), max_output: int = 2**26
    ) -> tuple[tuple[Signature, ...], bytes]:
        raise AssertionError("nobody verifies a letter while sending")


class Shelf:
    """Public keys by address, as the folder ``keys/`` holds them."""

    def __init__(
        self, known: Mapping[bytes, PublicKey], team: Mapping[Address, bytes], vendors: Mapping[Address, bytes]
    ) -> None:
        self._known, self._team, self._vendors = known, team, dict(vendors)

    async def vendor(self, address: Address, fingerprint: Fingerprint) -> PublicKey:
        return self._take(self._vendors, address, fingerprint)

    async def team(self, address: Address, fingerprint: Fingerprint) -> PublicKey:
        return self._take(self._team, address, fingerprint)

    async def inspect(self, armored: bytes) -> tuple[Certificate, ...]:
        return (self._known[armored].certificate,)

    async def save(self, address: Address, armored: bytes) -> Path:
        self._vendors[address] = armored
        return Path("keys", "vendors", address.domain, f"{address.key}.asc")

    def _take(self, files: Mapping[Address, bytes], address: Address, fingerprint: Fingerprint) -> PublicKey:
        key = self._known[files[address]]
        if key.certificate.fingerprint != fingerprint:
            raise Refused(str(address), f"it does not hold exactly the pinned key {fingerprint}", "pin the new key")
        return key


class End(Enum):
    """How a submission ends, for those recipients whom RCPT did not settle."""

    TAKEN = "250 to the final dot"
    DEFERRED = "451 to the final dot"
    REFUSED = "554 to the final dot"
    SILENCE_TAKEN = "no answer to the final dot; the server has the mail"
    SILENCE_LOST = "no answer to the final dot; the server has nothing"
    CUT_IN_DATA = "the connection breaks before the final dot"
    UNREACHABLE = "nobody listens"
    NO_TLS = "no TLS can be agreed upon"
    PAUSE = "421 to MAIL"
    PAUSE_AT_DOT = "421 to the final dot"


_D, _R, _U, _S = RecipientState.DEFERRED, RecipientState.REFUSED, RecipientState.UNKNOWN, RecipientState.SENT
_ENDS: Mapping[End, tuple[RecipientState, Stage, int | None]] = {
    End.TAKEN: (_S, Stage.DONE, 250),
    End.DEFERRED: (_D, Stage.DOT, 451),
    End.REFUSED: (_R, Stage.DOT, 554),
    End.SILENCE_TAKEN: (_U, Stage.DOT, None),
    End.SILENCE_LOST: (_U, Stage.DOT, None),
    End.CUT_IN_DATA: (_D, Stage.DATA, None),
    End.UNREACHABLE: (_D, Stage.CONNECT, None),
    End.NO_TLS: (_D, Stage.TLS, None),
    End.PAUSE: (_D, Stage.MAIL, 421),
    End.PAUSE_AT_DOT: (_D, Stage.DOT, 421),
}
_BEFORE_RCPT = (End.UNREACHABLE, End.NO_TLS, End.PAUSE)
_TAKES = (End.TAKEN, End.SILENCE_TAKEN)


A_MOMENT = 0.02
"""Seconds that a slow server thinks: the rest of the pass has come to its end by then, usually."""


@dataclass(frozen=True)
class Plan:
    """What one submission meets; ``rcpt`` answers the recipients in turn (None: 250), ``slow`` lets others end first.

    ``meanwhile`` happens while the server thinks about its answer; with ``expires`` it wants another secret afterwards.
    """

    end: End = End.TAKEN
    rcpt: tuple[int | None, ...] = ()
    slow: bool = False
    expires: bool = False
    meanwhile: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Submission:
    """What the server saw: a mail, the number of the attempt (a key that the test finds in the store), and the end."""

    mail: OutgoingMail
    at: datetime
    log_in: int
    result: SubmissionResult
    taken: frozenset[Address]


class Server:
    """The submission server.  ``log_in`` counts the log-ins that were configured; ``accepted`` is the one it takes."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.seen: list[Submission] = []
        self.log_in = self.accepted = 1

    def want_another_secret(self) -> None:
        """From now on no log-in is good until somebody configures another."""
        self.accepted = max(self.log_in, self.accepted) + 1

    def judge(self, mail: OutgoingMail, plan: Plan) -> Submission:
        """Decide about a mail."""
        if self.log_in != self.accepted:
            outcome = RecipientResult(_D, Stage.LOGIN, 535, "5.7.8 wrong")
            refused = SubmissionResult(
                dict.fromkeys(mail.recipients, outcome), stop_queue=True, log_in=str(self.log_in)
            )
            return Submission(mail, self.clock.now(), self.log_in, refused, frozenset())
        results: dict[Address, RecipientResult] = {}
        for address, code in zip(mail.recipients, plan.rcpt, strict=False):
            if code is not None and plan.end not in _BEFORE_RCPT:
                state = _R if code >= 500 else _D
                results[address] = RecipientResult(state, Stage.RCPT, code, "words")
        rest = [address for address in mail.recipients if address not in results]
        state, stage, code = _ENDS[plan.end]
        results |= dict.fromkeys(rest, RecipientResult(state, stage, code, "words"))
        paused = bool(rest) and plan.end in (End.PAUSE, End.PAUSE_AT_DOT)
        taken = frozenset(rest) if plan.end in _TAKES else frozenset()
        result = SubmissionResult({address: results[address] for address in mail.recipients}, pause_host=paused)
        return Submission(mail, self.clock.now(), self.log_in, result, taken)


class Line:
    """One daemon's :class:`~cvdmail.ports.Postman`; ``arrives`` hears of each mail before the server decides."""

    def __init__(
        self,
        server: Server,
        mains: Mains,
        plans: Sequence[Plan] = (),
        connections: int = 2,
        arrives: Callable[[OutgoingMail], None] = lambda _: None,
    ) -> None:
        self.connections = connections
        self.submitted: list[OutgoingMail] = []
        self._server, self._mains, self._plans, self._arrives = server, mains, list(plans), arrives

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        self._mains.reach(Point.BEFORE_SUBMISSION)
        self._arrives(mail)
        inspect(mail)
        self.submitted.append(mail)
        plan = self._plans.pop(0) if self._plans else Plan()
        submission = self._server.judge(mail, plan)
        self._server.seen.append(submission)
        if plan.expires:
            self._server.want_another_secret()
        self._mains.reach(Point.UNANSWERED)
        if plan.slow or plan.meanwhile is not None:
            await asyncio.sleep(A_MOMENT)
        if plan.meanwhile is not None:
            await plan.meanwhile()
        if self._mains.off:
            raise PowerCut
        return submission.result

    async def log_in(self) -> str:
        return str(self._server.log_in)

    async def close(self) -> None:
        """Nothing to give back."""


class Appending(Enum):
    """What an APPEND meets."""

    KEPT = "kept"
    CUT = "the connection breaks before it"
    LOST_ANSWER = "kept, but the connection breaks before the answer"
    REFUSED = "over quota"


class Folders(MemoryMailboxes):
    """Our account: ``upcoming`` is what the next APPENDs meet, ``appended`` every one that the server kept."""

    def __init__(self) -> None:
        super().__init__()
        self.upcoming: list[Appending] = []
        self.appended: list[bytes] = []

    @asynccontextmanager
    async def lent(self, mains: Mains) -> AsyncIterator[Appender]:
        mailbox = Appender(self, mains)
        try:
            yield mailbox
        finally:
            await mailbox.close()


class Appender(MemoryMailbox):
    """A connection to it, of a process that hangs on the mains."""

    def __init__(self, account: Folders, mains: Mains) -> None:
        super().__init__(account)
        self._folders, self._mains = account, mains

    async def append(self, folder: str, mail: OutgoingMail) -> None:
        self._mains.reach(Point.BEFORE_APPEND)
        meets = self._folders.upcoming.pop(0) if self._folders.upcoming else Appending.KEPT
        if meets is Appending.CUT:
            raise ServerUnavailable("IMAP connection", "it broke off", "connect anew")
        if meets is Appending.REFUSED:
            raise ServerRefused("APPEND", "over quota", "make room")
        there = self._count(folder)
        await super().append(folder, replace(mail))
        if self._count(folder) > there:
            self._folders.appended.append(mail.raw)
        self._mains.reach(Point.AFTER_APPEND)
        if meets is Appending.LOST_ANSWER:
            raise ServerUnavailable("IMAP connection", "it broke off", "connect anew")

    def _count(self, folder: str) -> int:
        place = self._folders.folders.get(folder)
        return 0 if place is None else len(place.mails)
