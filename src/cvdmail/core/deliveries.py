"""Deliveries by another way than mail: what a person hands over at a portal or by telephone, and what comes back.

The person gets the approved words as files, and brings back a reference number.  Later mail is recognised by it, so it
is remembered in every form in which a mail may write it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from cvdmail.core import draft_text
from cvdmail.core.candidates import Channel
from cvdmail.core.display import visible
from cvdmail.core.drafts import Statement
from cvdmail.core.extract.identifiers import find_in_subject
from cvdmail.core.records import Direction
from cvdmail.errors import Refused

CHANNELS = (Channel.PORTAL, Channel.PHONE, Channel.PRIVATE_ADVISORY)
"""The ways by which something can be delivered without mail."""
FORMS = (Channel.PORTAL, Channel.PRIVATE_ADVISORY)
"""Those whose contact is the address of a form on the web."""
MAX_REFERENCE = 200
REPORT = "report.txt"


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One delivery that a person recorded; ``at`` is when it happened.

    ``reference`` and ``text`` (what the person kept of it) are None where there is none, or once the case is erased.
    """

    row: int
    participant: int
    direction: Direction
    channel: Channel
    recorded_by: str
    at: datetime
    recorded_at: datetime
    reference: str | None = field(repr=False)
    text: bytes | None = field(repr=False)


def handed_over(statement: Statement) -> Mapping[str, bytes]:
    """Return the files that a person takes to the vendor: the words, and the attachments by their names.

    A name that could lead anywhere else, or that would hide another file, is replaced by a number.
    """
    subject = f"[{statement.case}] {statement.subject}"  # as a mail would have it: answers are known by the case id
    files = {REPORT: draft_text.write(subject, statement.text)}
    for number, attachment in enumerate(statement.attachments, start=1):
        name = attachment.name
        odd = "/" in name or name.startswith(".") or visible(name) != name or not 0 < len(name.encode()) <= 200
        if odd or name in files:
            name = next(free for free in map("attachment-{}".format, count(number)) if free not in files)
        files[name] = attachment.content
    return files


def read_reference(text: str) -> str:
    """Return a reference number as a person typed it; raise ``Refused`` unless it is one short line."""
    found = text.strip()
    if not found:
        raise Refused("--ref", "it is empty", "give the number that the vendor answered with")
    if len(found) > MAX_REFERENCE:
        raise Refused("--ref", f"it is longer than {MAX_REFERENCE} characters", "give the number alone")
    if visible(found) != found:
        raise Refused("--ref", "it holds a character that cannot be seen, or a line end", "type it anew")
    return found


def numbers(reference: str) -> tuple[str, ...]:
    """Return every form in which a mail may write a reference: as it is, bare, and as tickets are read in mails."""
    bare = reference.strip("#[](){}<>:,. ")
    read = [span.value for span in find_in_subject(reference)]
    return tuple(dict.fromkeys(one for one in (reference, bare, *read, *_named(reference)) if one))


def named_numbers(subject: str) -> tuple[str, ...]:
    """Return the words of a subject that may be a number somebody recorded; only a recorded one means anything."""
    return tuple(dict.fromkeys(_named(subject[:1000])))[:10]


_NUMBER = re.compile(r"(?<![\w.@/-])#?([A-Za-z0-9](?:[A-Za-z0-9._/-]{3,58})[A-Za-z0-9])(?![\w@])")


def _named(text: str) -> list[str]:
    words = [match[1] for match in _NUMBER.finditer(text)]
    return [one for one in words if one.upper().startswith("GHSA-") or sum(map(str.isdigit, one)) >= 3]


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def read_moment(text: str, opened: datetime, now: datetime) -> datetime:
    """Read when something was delivered (RFC 3339); raise ``Refused`` for the future, or before the case was opened."""
    wanted = text.strip().upper()
    try:
        if not _INSTANT.fullmatch(wanted):
            raise ValueError
        at = datetime.fromisoformat(wanted)
    except ValueError:
        raise Refused("--at", "it is not a time like 2026-06-12T10:41:19+02:00", "correct it") from None
    if at > now:
        raise Refused("--at", "it is in the future", "record what has happened")
    if at < opened.replace(microsecond=0):  # a person writes whole seconds
        raise Refused("--at", "it is before the case was opened", "correct it")
    return at.astimezone(now.tzinfo)
