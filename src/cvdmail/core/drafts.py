"""What is approved: one canonical statement of exactly what will be said to whom.

A reviewer signs the statement; the daemon builds it again from what it is about to send and compares.  Anything that
differs (a word, an attachment, a recipient, a key, the policy) gives another digest, and the approval is void.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import Enum

from cvdmail.core.compose import Attachment
from cvdmail.core.ids import Address, CaseId, Fingerprint
from cvdmail.core.ledger import canonical


class DraftState(Enum):
    """Where a draft stands."""

    OPEN = "open"
    APPROVED = "approved"
    QUEUED = "queued"
    VOID = "void"


class Letter(Enum):
    """Which template a draft was written from."""

    REPORT = "report"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address with the primary fingerprint of the key pinned to it."""

    address: Address
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything an approval covers.  ``salt`` (hex) keeps the digest from being guessed from a short text."""

    case: CaseId
    draft: int
    participant: int
    letter: Letter
    subject: str = field(repr=False)
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = field(repr=False)
    recipients: tuple[Recipient, ...]
    copy_to_self: bool
    policy: str
    salt: str

    def to_bytes(self) -> bytes:
        """Return the canonical bytes (RFC 8785) that are hashed and signed."""
        return canonical(
            {
                "attachments": [
                    {
                        "media_type": attachment.media_type,
                        "name": attachment.name,
                        "sha256": hashlib.sha256(attachment.content).hexdigest(),
                        "size": len(attachment.content),
                    }
                    for attachment in self.attachments
                ],
                "case": str(self.case),
                "copy_to_self": self.copy_to_self,
                "draft": self.draft,
                "kind": "cvdmail approval",
                "letter": self.letter.value,
                "participant": self.participant,
                "policy": self.policy,
                "recipients": [
                    {"address": recipient.address.key, "fingerprint": str(recipient.fingerprint)}
                    for recipient in sorted(self.recipients, key=lambda one: one.address.key)
                ],
                "salt": self.salt,
                "subject": self.subject,
                "text": self.text,
                "v": 1,
            }
        )

    def digest(self) -> str:
        """Return the hex SHA-256 of the statement: the name under which it is approved."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a draft as it is sealed: subject, body and salt."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    salt: str = field(repr=False)

    def to_bytes(self) -> bytes:
        """Return the bytes to seal."""
        return json.dumps({"subject": self.subject, "text": self.text, "salt": self.salt}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Content:
        """Read what :meth:`to_bytes` wrote."""
        loaded = json.loads(data)
        return cls(loaded["subject"], loaded["text"], loaded["salt"])
