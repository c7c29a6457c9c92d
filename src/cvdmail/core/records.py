"""The frozen values that the store hands out: one for each kind of row that jobs work with.

Texts in them (titles, quotes, subjects) have been unsealed for this process; their ``repr`` never shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from cvdmail.core.candidates import Channel
from cvdmail.core.case import CaseState, ParticipantState
from cvdmail.core.drafts import DraftState, Letter
from cvdmail.core.extract.facts import Fact
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address, CaseId, Fingerprint, MessageId
from cvdmail.core.ledger import MAIN
from cvdmail.core.matching import Evidence
from cvdmail.core.outgoing import RecipientResult, RecipientState, Stage
from cvdmail.core.promises import PromiseKind
from cvdmail.core.report import Origin
from cvdmail.core.trust import Trust


class Role(Enum):
    """What a participant is in a case."""

    VENDOR = "vendor"
    COORDINATOR = "coordinator"
    OBSERVER = "observer"


class ContactState(Enum):
    """Whether a person has said that a contact is the right one."""

    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    DEMOTED = "demoted"


class Direction(Enum):
    """Which way a mail went."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class MessageState(Enum):
    """How far an inbound mail has come; ``stored`` is committed and not yet looked at."""

    STORED = "stored"
    FILED = "filed"
    HELD = "held"
    COPY = "copy"
    UNPARSED = "unparsed"
    DISCARDED = "discarded"
    OUTBOUND = "outbound"


class FactState(Enum):
    """Whether a fact has been believed."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CORRECTED = "corrected"  # a person said what the words mean instead: another fact does


class ScopeKind(Enum):
    """What a scope key protects."""

    STORE = "store"
    PEN = "pen"
    CASE = "case"


class CopyState(Enum):
    """Whether the copy in the Sent folder has been stored."""

    PENDING = "pending"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case: its row, its folded state, and its title (None once erased)."""

    row: int
    id: CaseId
    origin: Origin
    severity: str | None
    author: Fingerprint
    opened_at: datetime
    state: CaseState
    erased_at: datetime | None
    title: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ParticipantRecord:
    """One party of a case; ``contact`` is the row of the contact chosen for it."""

    row: int
    case_row: int
    case: CaseId
    role: Role
    vendor: str
    contact: int | None
    state: ParticipantState
    added_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A way to reach a vendor."""

    row: int
    vendor: str
    channel: Channel
    value: str
    state: ContactState
    score: float
    created_at: datetime

    @property
    def address(self) -> Address | None:
        """The mail address, if the channel is email."""
        return Address.parse(self.value) if self.channel is Channel.EMAIL else None


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """Where and when a contact was learned."""

    contact: int
    kind: str
    url: str | None
    fetched_at: datetime | None
    sha256: str | None
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """An OpenPGP certificate that a person bound to a contact."""

    contact: int
    fingerprint: Fingerprint
    pinned_at: datetime
    pinned_by: str


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A letter being written, approved or on its way.

    ``clear``: it holds no case text and goes out as it is.  ``address`` is where a letter without a participant goes,
    ``answers`` the mail that it answers.
    """

    row: int
    participant: int | None
    letter: Letter
    state: DraftState
    author: Fingerprint
    written_at: datetime
    digest: str | None
    answers: int | None
    clear: bool = False
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """One reviewer's signature: over the statement with this digest, or over a ``manifest`` that names it."""

    draft: int
    fingerprint: Fingerprint
    digest: str
    approved_at: datetime
    signature: str
    manifest: str | None = None


@dataclass(frozen=True, slots=True)
class RecipientRecord:
    """One recipient of a mail in the outbox."""

    row: int
    address: Address
    state: RecipientState
    stage: Stage | None
    code: int | None
    at: datetime
    resent: int


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """One mail on its way; ``message`` is the row of its frozen bytes, None until they are made.

    ``participant`` and ``case`` are None for a letter that belongs to no case.  ``waits`` says why a mail is held back
    although its time has come, ``stopped`` why nobody will try it again.
    """

    row: int
    draft: int
    participant: int | None
    case: CaseId | None
    state: RecipientState
    message: int | None
    queued_at: datetime
    next_attempt_at: datetime
    sent_copy: CopyState
    stopped: str | None
    recipients: tuple[RecipientRecord, ...]
    urgency: int = 45
    waits: str | None = None

    @property
    def chain(self) -> str:
        """The chain of the ledger that its events go into."""
        return MAIN if self.case is None else str(self.case)


@dataclass(frozen=True, slots=True)
class FilingRecord:
    """The link of a message to a participant; ``filed_by`` is ``daemon`` or a fingerprint, ``ended_at`` when a person
    moved the mail away."""

    message: int
    participant: int
    case: CaseId
    certain: bool
    evidence: Evidence | None
    filed_by: str
    filed_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One mail as the store knows it; its bytes are fetched apart."""

    row: int
    direction: Direction
    state: MessageState
    sha256: str
    message_id: MessageId | None
    received_at: datetime
    kind: MailKind | None
    trust: Trust | None
    signature: SignatureState | None
    signature_fingerprint: str | None
    encrypted: bool | None
    tries: int
    why: str | None


@dataclass(frozen=True, slots=True)
class FactRecord:
    """One fact of a message, whether it has been believed, and the facts it corrects and is corrected by."""

    row: int
    message: int
    participant: int | None
    state: FactState
    fact: Fact = field(repr=False)
    corrects: int | None = None
    corrected_by: int | None = None


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """One promise; ``slips`` is the row of the promise it replaced, if it moved the date."""

    row: int
    participant: int
    fact: int
    kind: PromiseKind
    status: str
    first: date
    last: date
    granularity: str | None
    bound: str | None
    offset_minutes: int | None
    made_at: datetime
    slips: int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read."""

    account: str
    folder: str
    uidvalidity: int
    last_uid: int
    last_sync_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may deliver and receive now; a higher fence voids a lower one."""

    name: str
    holder: str
    fence: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A case as far as reviewing and sending need it; ``scope`` is the row of its scope key."""

    origin: Origin
    severity: str | None
    scope: int
    closed: bool
    erased: bool


@dataclass(frozen=True, slots=True)
class NewMail:
    """What the outbox is given: an approved draft, whom it goes to, and how urgent it is (0 first, 100 last)."""

    draft: int
    participant: int | None
    addresses: tuple[Address, ...]
    urgency: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a mail that was begun, and for whom (address to row)."""

    row: int
    outbox: int
    number: int
    recipients: Mapping[Address, int]


@dataclass(frozen=True, slots=True)
class MailState:
    """How a mail stands after an attempt: its state, whether anybody still waits for it, and why it was stopped."""

    state: RecipientState
    waiting: bool
    stopped: str | None


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """What an attempt came to; ``scope`` seals the server's words, None drops them (the case was erased)."""

    attempt: Attempt
    results: Mapping[Address, RecipientResult]
    scope: int | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A submission server that is left alone: until an instant, or, where ``stopped`` says why, until a person acts.

    ``login_mac`` is the keyed hash of the log-in that was refused.
    """

    until: datetime | None
    stopped: str | None = None
    login_mac: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How a participant is reached at this moment; ``gone`` if it was removed, or its case closed or erased."""

    confirmed: bool
    address: str | None
    fingerprint: Fingerprint | None
    gone: bool


@dataclass(frozen=True, slots=True)
class OutboundMail:
    """The final bytes of a mail with what the store keeps beside them; ``scope`` is the key they are sealed under."""

    raw: bytes
    message_id: MessageId
    participant: int | None
    scope: int
    reading: Mapping[str, Any]
    encrypted: bool
