"""Old mail on its way into the store: what it cites there, mails of ours, and which attempts are the same series."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cvdmail.core.decode import read_date
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.ids import Address, CaseId, MessageId
from cvdmail.core.matching import TraceKind
from cvdmail.core.parts import Part
from cvdmail.core.records import Direction, MessageState
from cvdmail.core.similarity import Trait, linked_ids
from cvdmail.core.threading import Subject
from cvdmail.core.trust import Trust
from cvdmail.errors import Refused

MAX_TITLE = 200
MAX_RECIPIENTS = 200
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_ID = re.compile(r"<([^<>\s]{3,500})>")
_OUR_TRAILER = re.compile(
    r"^[-* \t]{0,4}(?:link(?: to v[0-9]+)?|closes|v[0-9]+|supersedes|previous version):.{0,400}$", re.I | re.M
)
_AGAIN = re.compile(r"\[[^\[\]]{0,80}\bresend\b", re.IGNORECASE)
_BEFORE_TITLE = re.compile(r"(?:(?:re|aw|fwd?|wg|antw|sv)\s?:\s*){1,10}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CitedMail:
    """A mail that we hold under a Message-ID that was asked for, and one participant that it is filed to, if any."""

    message_id: str
    row: int
    direction: Direction
    state: MessageState
    trust: Trust | None
    participant: int | None
    case: CaseId | None


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours from an old mailbox, ready to be kept."""

    raw: bytes = field(repr=False)
    message_id: MessageId | None
    body_sha256: str
    sent_at: datetime
    kind: MailKind
    encrypted: bool
    reading: Mapping[str, Any] = field(repr=False)
    inner: bytes | None = field(repr=False, default=None)


def title_of(subject: str) -> str:
    """Return the title of a case that a mail opens: its subject on one line, without ``Re:``."""
    line = " ".join("".join(char if char.isprintable() else " " for char in subject).split())
    return _BEFORE_TITLE.sub("", line, count=1)[:MAX_TITLE].strip() or "(no subject)"


def own_series(subject: Subject, sender: Address) -> Trait:
    """Return the trait by which a later attempt of ours at the same series is known: our own words and our address."""
    return Trait(TraceKind.SERIES, f"{subject.line} by {sender.key}")


def is_later_attempt(subject: Subject, raw_subject: str) -> bool:
    """Say whether a mail of ours says of itself that it was sent before: ``[PATCH v2 ...]``, ``[PATCH RESEND]``."""
    return subject.version > 1 or _AGAIN.search(raw_subject) is not None


def named_as_same(text: str, subject: Subject) -> tuple[MessageId, ...]:
    """Return the Message-IDs that a mail of ours names as the same matter, in a line of its own (``Link:``, ``v1:``).

    In a later attempt every link counts: there is nothing else to link to but what came before.
    """
    where = text if subject.version > 1 else "\n".join(_OUR_TRAILER.findall(text[:20_000]))
    return tuple(MessageId(one) for one in linked_ids(where[:20_000]))


def sane(written: datetime | None, now: datetime) -> datetime | None:
    """Return when a mail says that it was written, if that can be true: not before mail was, not in the future."""
    if written is None or not 1980 <= written.year <= 9000:
        return None
    if written.tzinfo is None:
        written = written.replace(tzinfo=UTC)
    return written if written <= now else None


def message_ids(part: Part, name: str, most: int) -> tuple[MessageId, ...]:
    """Return the Message-IDs of a header, the last ``most`` of them; what is none is left out."""
    value = " ".join(header.raw.decode("ascii", "replace") for header in part.headers if header.name == name)
    found: list[MessageId] = []
    for text in _ID.findall(value)[-most:]:
        try:
            found.append(MessageId.parse(text))
        except Refused:
            continue
    return tuple(dict.fromkeys(found))


def addressed(part: Part, *names: str, most: int = MAX_RECIPIENTS) -> tuple[Address, ...]:
    """Return the addresses in headers that say whom a mail is written to, in their order, each once."""
    values = [header.raw.decode("ascii", "replace") for header in part.headers if header.name in names]
    found: list[Address] = []
    for text in dict.fromkeys(text for value in values for text in _ADDRESS.findall(value)[:MAX_RECIPIENTS]):
        try:
            found.append(Address.parse(text.rstrip(".")))
        except Refused:
            continue
        if len(found) == most:
            break
    return tuple(dict.fromkeys(found))


def first_received(part: Part, now: datetime) -> datetime | None:
    """Return when the last host on the way took the mail (its topmost Received), if that can be true."""
    topmost = next((header for header in part.headers if header.name == "received"), None)
    return sane(read_date(topmost.text.rpartition(";")[2].strip()), now) if topmost is not None else None
