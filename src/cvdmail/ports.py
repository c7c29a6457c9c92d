"""The few doors between the jobs in ``work`` and the outside worlds in ``edge``.

Each is small enough to be implemented twice: for real, and in memory (:mod:`cvdmail.edge.memory`), and one suite of
tests runs on both.  A port never lets a foreign exception out: what it raises is said here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cvdmail.core.certificate import Certificate
from cvdmail.core.extract import Extraction, Reply
from cvdmail.core.gpgstatus import Decryption, Signature
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.outgoing import OutgoingMail, SubmissionResult
from cvdmail.errors import ServerRefused


class Clock(Protocol):
    """Where time comes from; handed in so that the rules never ask."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Postman(Protocol):
    """Hands mails to the submission server.  The socket guard runs inside, on the bytes, before the connect.

    ``connections`` is how many submissions may run side by side.
    """

    @property
    def connections(self) -> int:
        """How many submissions may run side by side."""
        ...

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        """Try once.  Raise ``GuardRefusal`` before any connect; every server behaviour is a result, never an error."""
        ...

    async def log_in(self) -> str:
        """Return who logs in where with which secret, as one text to compare; never kept, never shown.

        A secret that cannot be had now gives a text of its own.
        """
        ...

    async def close(self) -> None:
        """Give the connection back."""
        ...


@dataclass(frozen=True, slots=True)
class FolderState:
    """What SELECT (RFC 9051) told of a folder."""

    name: str
    uidvalidity: int
    exists: int


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """One mail as the server keeps it: its UID, its very bytes, and when the server received it (if it says)."""

    uid: int
    raw: bytes
    internal_date: datetime | None


class NoSuchFolder(ServerRefused):
    """The server has no folder of that name: it was renamed, deleted, or not made yet."""


class Mailbox(Protocol):
    """One IMAP connection.  All methods raise ``ServerUnavailable`` (temporary) or ``ServerRefused`` only.

    After either the connection is dead: close it and connect anew.  Two answers leave it alive: ``NoSuchFolder``, with
    no folder open, and ``ParseLimit``, which ``fetch`` of a single mail raises that is too large.
    """

    async def select(self, folder: str) -> FolderState:
        """Open ``folder`` for reading only (EXAMINE); raise ``NoSuchFolder`` when there is none of that name."""
        ...

    async def uids_after(self, last_uid: int) -> list[int]:
        """Return the UIDs above ``last_uid`` in the open folder, ascending."""
        ...

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the size in bytes of each mail, as the server says; one that has gone meanwhile is left out."""
        ...

    async def fetch(self, uids: Sequence[int]) -> list[FetchedMail]:
        """Fetch whole mails without touching a flag; a UID that has gone meanwhile is left out."""
        ...

    async def wait(self, seconds: float) -> bool:
        """IDLE (RFC 2177) for at most ``seconds``; True when the server told of anything."""
        ...

    async def append(self, folder: str, mail: OutgoingMail) -> None:
        """Store a copy of ``mail``, guarded like a submission; make a missing folder; do nothing if it is there."""
        ...

    async def close(self) -> None:
        """Log out and close; never raises."""
        ...


class Mailboxes(Protocol):
    """Opens IMAP connections.  A password that was refused is not sent again for a while (``ServerRefused``)."""

    async def connect(self) -> Mailbox:
        """Connect, check TLS and log in; raise ``ServerUnavailable`` or ``ServerRefused``."""
        ...


class Reader(Protocol):
    """Reads the words of mails for facts, where time and memory can be bounded."""

    async def extract(self, replies: Sequence[Reply]) -> list[Extraction]:
        """Read several texts; raise ``ParseLimit`` when they cost more than their share, all of them together."""
        ...


class SecondOpinion(Protocol):
    """Another reader of a vendor's words; off unless a desk has one, and none is part of the program.

    What it may do is bounded by :mod:`cvdmail.core.second_opinion`: it sees numbered sentences, and its answer is bytes
    from outside that only ever become proposals.
    """

    @property
    def name(self) -> str:
        """A short lower-case name, which the rule of its facts carries."""
        ...

    async def ask(self, question: bytes) -> bytes:
        """Return the answer to a question, both JSON; it may raise anything."""
        ...


class Entropy(Protocol):
    """Where unguessable bytes come from."""

    def bytes(self, count: int) -> bytes:
        """Return ``count`` random bytes."""
        ...


class OpenPgp(Protocol):
    """Signing, encrypting, decrypting and verifying with the secret keys of one GnuPG home.

    All raise ``CryptoUnavailable`` (temporary) or ``CryptoRefused``.
    """

    async def sign_encrypt(
        self, data: bytes, signer: Fingerprint, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()
    ) -> bytes:
        """Return an armoured message, signed inside."""
        ...

    async def encrypt(self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()) -> bytes:
        """Return an armoured message without a signature."""
        ...

    async def sign_detached(self, data: bytes, signer: Fingerprint) -> bytes:
        """Return an armoured detached signature."""
        ...

    async def decrypt(self, data: bytes, rings: Sequence[Path] = (), max_output: int = ...) -> tuple[Decryption, bytes]:
        """Decrypt and verify; the text is empty unless the decryption is sound."""
        ...

    async def verify_detached(self, data: bytes, signature: bytes, rings: Sequence[Path] = ()) -> tuple[Signature, ...]:
        """Verify a detached signature with the keys in ``rings`` only."""
        ...

    async def verify_clear(
        self, block: bytes, rings: Sequence[Path] = (), max_output: int = ...
    ) -> tuple[tuple[Signature, ...], bytes]:
        """Verify one clear-signed text with the keys in ``rings`` only; return gpg's own output as well."""
        ...


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A certificate that was found under ``keys/``, checked, and put into a keyring of its own."""

    certificate: Certificate
    ring: Path
    armored: bytes


class PublicKeys(Protocol):
    """The reviewed public keys under ``keys/``; raises ``Refused`` for a missing or odd file, or another key."""

    async def vendor(self, address: Address, fingerprint: Fingerprint) -> PublicKey:
        """Return the key pinned to a contact."""
        ...

    async def team(self, address: Address, fingerprint: Fingerprint) -> PublicKey:
        """Return the key of one of us."""
        ...

    async def inspect(self, armored: bytes) -> tuple[Certificate, ...]:
        """Read certificates out of bytes from outside."""
        ...

    async def save(self, address: Address, armored: bytes) -> Path:
        """File the key of a contact where it belongs; return the place."""
        ...
