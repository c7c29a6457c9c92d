"""What is approved: one canonical statement of exactly what will be said to whom.

A reviewer signs the statement; the daemon builds it again from what it is about to send and compares.  Anything that
differs (a word, an attachment, a recipient, a key, the policy) gives another digest, and the approval is void.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
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
    """Which template a draft was written from.

    ``REPORT`` and ``HANDOFF`` carry the report and its attachments, ``REPLY`` a person's own words; the last two hold
    no case text and are written to go out in clear.
    """

    REPORT = "report"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"
    THANKS = "thanks"
    EXTENSION = "extension"
    HEADS_UP = "heads_up"
    HANDOFF = "handoff"
    FIRST_CONTACT = "first_contact"
    POLICY_ANSWER = "policy_answer"


WITH_ATTACHMENTS = frozenset({Letter.REPORT, Letter.HANDOFF})
"""The letters that carry the attachments of the report."""
ALWAYS_CLEAR = frozenset({Letter.FIRST_CONTACT, Letter.POLICY_ANSWER})
"""The letters that hold no case text at all and never need a key."""


class ClearExtent(Enum):
    """What a vendor who asked to stop encrypting gets in clear: a person's recorded decision, never a fallback.

    ``STATUS`` allows the letters that only ask or thank, ``EVERYTHING`` every letter that has a clear template; what
    holds case text (rule 1) is outside of both.
    """

    NEVER = "never"
    STATUS = "status"
    EVERYTHING = "everything"


CLEAR_LETTERS: dict[ClearExtent, frozenset[Letter]] = {
    ClearExtent.NEVER: frozenset(),
    ClearExtent.STATUS: frozenset({Letter.FOLLOW_UP, Letter.THANKS}),
    ClearExtent.EVERYTHING: frozenset({Letter.FOLLOW_UP, Letter.THANKS, Letter.EXTENSION, Letter.HEADS_UP}),
}
"""Which letters each extent allows in clear."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address with the primary fingerprint of the key pinned to it; None for a letter in clear."""

    address: Address
    fingerprint: Fingerprint | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything an approval covers.  ``salt`` (hex) keeps the digest from being guessed from a short text.

    ``channel`` is where a person hands the text over (``portal:https://...``) if it does not go by mail: then there are
    no recipients.
    """

    case: CaseId | None
    draft: int
    participant: int | None
    letter: Letter
    subject: str = field(repr=False)
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = field(repr=False)
    recipients: tuple[Recipient, ...]
    copy_to_self: bool
    policy: str
    salt: str
    clear: bool = False
    channel: str | None = None

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
                "case": None if self.case is None else str(self.case),
                "clear": self.clear,
                "copy_to_self": self.copy_to_self,
                "draft": self.draft,
                "kind": "cvdmail approval",
                "letter": self.letter.value,
                "participant": self.participant,
                "policy": self.policy,
                "recipients": [
                    {
                        "address": recipient.address.key,
                        "fingerprint": None if recipient.fingerprint is None else str(recipient.fingerprint),
                    }
                    for recipient in sorted(self.recipients, key=lambda one: one.address.key)
                ],
                "salt": self.salt,
                "subject": self.subject,
                "text": self.text,
                "v": 2,
            }
            # Absent for mail, so that what was approved before there were other ways stays approved.
            | ({} if self.channel is None else {"channel": self.channel})
        )

    def digest(self) -> str:
        """Return the hex SHA-256 of the statement: the name under which it is approved."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def manifest(digests: Sequence[str]) -> str:
    """Return the canonical list of statements that one signature approves together, each by its digest.

    A digest commits to everything its statement says, so signing the list is signing every one of them.
    """
    return canonical({"digests": sorted(set(digests)), "kind": "cvdmail approvals", "v": 1}).decode()


def manifest_names(text: str, digest: str) -> bool:
    """Say whether ``text`` is a manifest in its one canonical form, and names ``digest``."""
    try:
        found = json.loads(text).get("digests")
    except (ValueError, AttributeError):
        return False
    return isinstance(found, list) and digest in found and manifest([str(one) for one in found]) == text


@dataclass(frozen=True, slots=True)
class Signed:
    """A reviewer's armoured detached signature; ``manifest`` is what it covers, None where it is one statement."""

    signature: str
    manifest: str | None = None


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
