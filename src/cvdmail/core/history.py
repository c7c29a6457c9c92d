"""What was before: earlier verdicts on a mail, and the cases that a case came from or went to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cvdmail.core.case import CaseLinkKind
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import CaseId
from cvdmail.core.records import MessageState
from cvdmail.core.trust import Trust


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """One link between two cases: ``case`` was merged into, or split from, ``other``."""

    row: int
    case: CaseId
    kind: CaseLinkKind
    other: CaseId
    made_at: datetime


@dataclass(frozen=True, slots=True)
class VerdictRecord:
    """An earlier verdict: until when it held, and what was read then (empty if nothing was, or it was erased)."""

    message: int
    replaced_at: datetime
    state: MessageState
    kind: MailKind | None
    trust: Trust | None
    signature: SignatureState | None
    signature_fingerprint: str | None
    encrypted: bool | None
    why: str | None
    reading: Mapping[str, Any] = field(repr=False)
