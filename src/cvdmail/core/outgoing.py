"""One mail ready for a socket, and what a server said about it.

The vocabulary shared by the guard, the outbox and the SMTP and IMAP edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cvdmail.core.drafts import Letter
from cvdmail.core.ids import Address, CaseId, MessageId


@dataclass(frozen=True, slots=True)
class ClearLetter:
    """What a person's signature let out in clear: the letter, its outer subject, and the very bytes of its text.

    ``body_sha256`` is the hex SHA-256 of what stands below the header of the mail
    (:func:`cvdmail.core.compose.clear_body`), encoding included.
    """

    letter: Letter
    subject: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Intended:
    """Who is meant to read a mail: decided before it is made, compared with its bytes before every socket.

    ``to`` and ``cc`` are the visible recipients; ``encryption_key_ids`` are the 16-digit ids of the very encryption
    subkeys (ours included) that must appear in the ciphertext, no more and no fewer.  ``outstanding`` are those of the
    recipients that this attempt is for: a retry leaves out who has it already (None: all of them).  ``sender_name`` is
    the configured name beside the sender's address.  ``clear`` is None for an encrypted mail, and nothing else makes
    one pass that is not.
    """

    case: CaseId | None
    sender: Address
    to: frozenset[Address]
    cc: frozenset[Address]
    encryption_key_ids: frozenset[str]
    message_id: MessageId
    sender_name: str = ""
    outstanding: frozenset[Address] | None = None
    clear: ClearLetter | None = None

    @property
    def envelope(self) -> frozenset[Address]:
        """Who must be in the envelope of this attempt."""
        return self.recipients if self.outstanding is None else self.outstanding

    @property
    def recipients(self) -> frozenset[Address]:
        """Everybody the mail is for."""
        return self.to | self.cc


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """The frozen bytes of one mail with its envelope (RFC 5321) and the intended readers it is checked against."""

    raw: bytes
    envelope_from: Address
    recipients: tuple[Address, ...]
    intended: Intended


class RecipientState(Enum):
    """Where one recipient of one mail stands (rule 3)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Stage(Enum):
    """How far a submission came before it ended; everything before ``DOT`` is known not to have been taken."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """What happened to one recipient: its state, the stage that decided, the server's code and words (may be empty)."""

    state: RecipientState
    stage: Stage
    code: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """The outcome of one attempt, one entry per recipient.

    ``pause_host`` asks to leave the whole host alone for a while (421); ``stop_queue`` that no further attempt be
    made until a person has mended the log-in (535): retrying would lock the account.
    """

    recipients: dict[Address, RecipientResult]
    pause_host: bool = False
    stop_queue: bool = False
