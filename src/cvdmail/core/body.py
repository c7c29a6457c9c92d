"""The words of a mail: which part holds them, and what the whole says.

Only the sender's own body is read: the first text part (or the HTML, turned into text) outside attachments, outside
forwarded mails and outside a mailing list's frame.  In a delivery report the machine-readable part is read as well
(RFC 3464), in a bounce of another form what flufl.bounce finds in its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from cvdmail.core.extract import (
    Extraction,
    Fact,
    MailKind,
    Reply,
    classify,
    delivery_status_facts,
    extract,
    to_json,
    worded_bounces,
)
from cvdmail.core.extract.facts import Bounce, FactKind
from cvdmail.core.extract.zone_lines import SIGNS
from cvdmail.core.html import see
from cvdmail.core.html_match import framed, is_stub, marked, tells_more
from cvdmail.core.keysent import keys_sent
from cvdmail.core.listframe import from_list, without_footer
from cvdmail.core.mail import Mail, read_headers
from cvdmail.core.parts import Inside, Part
from cvdmail.core.sender import read_sender

MAX_BODY = 256 * 1024

_QUOTED_ID = re.compile(r"^[> \t]{0,8}Message-ID:[ \t]{0,8}<([^<>\s]{3,250})>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail says: its kind, the real subject, the reply's own words, and the facts in them.

    ``keys`` are the fingerprints of OpenPGP keys that came along: for a person to compare, never used.
    """

    kind: MailKind
    sender: str | None
    subject: str = field(repr=False)
    date: datetime | None
    extraction: Extraction = field(repr=False)
    attachments: tuple[str, ...] = field(repr=False)
    keys: tuple[str, ...] = ()


def body_text(mail: Mail) -> str:
    """Return the sender's own words with LF line ends; empty if there is no readable part.

    The plain part is read, or else the HTML.  What the HTML shows as quoted, signing or answering in colour is marked
    in the text, as :mod:`cvdmail.core.html_match` says; what it hides is left out.
    """
    own = list(mail.root.own())
    plain = next((part for part in own if part.media_type == "text/plain"), None)
    html = next((part for part in own if part.media_type == "text/html"), None)
    text = _without_signs(mail.text(plain)[:MAX_BODY]) if plain is not None else ""
    if html is not None and (not text.strip() or _are_one(plain, html, own)):
        text = _with_html(text, _without_signs(mail.text(html)))[:MAX_BODY]
    return without_footer(text) if from_list(mail.root) else text


def _are_one(plain: Part | None, html: Part, own: list[Part]) -> bool:
    """Say whether a plain and an HTML part say the same: they stand next to each other, as alternatives do."""
    return plain is not None and abs(own.index(plain) - own.index(html)) == 1


def _with_html(text: str, html: str) -> str:
    if not text.strip():
        return framed(see(html))
    if len(text) < 300 and "html" in text.lower() and is_stub(text, seen := see(html)):
        return framed(seen)
    return marked(text, see(html)) if tells_more(text, html) else text


def _without_signs(text: str) -> str:
    """Take out the characters by which the structure of the HTML is told: no mail says them for itself."""
    for sign in SIGNS:
        if sign in text:
            text = text.replace(sign, " ")
    return text


def attachment_names(mail: Mail) -> tuple[str, ...]:
    """Return the names of the attachments as the sender gave them, cleaned for looking at."""
    return tuple(
        part.filename or "unnamed"
        for part in mail.root.walk()
        if part.leaf and not part.inside & Inside.FORWARDED and (part.disposition == "attachment" or part.filename)
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """A mail whose words were found: what is to be read for facts, and what :func:`finish` needs."""

    outer: Mail = field(repr=False)
    inner: Mail | None = field(repr=False)
    reply: Reply = field(repr=False)


def read(outer: Mail, inner: Mail | None, received_at: datetime, known_lines: frozenset[str]) -> Reading:
    """Read a mail; ``inner`` is the decrypted entity, whose protected headers (RFC 9788) stand before the outer ones.

    ``known_lines`` are normalised lines of earlier mails of the thread: what is quoted without a mark.
    """
    begun = begin(outer, inner, received_at, known_lines)
    return finish(begun, extract(begun.reply))


def begin(outer: Mail, inner: Mail | None, received_at: datetime, known_lines: frozenset[str]) -> Begun:
    """Find the words of a mail and what sort of mail it is; see :func:`read`."""
    mail = inner if inner is not None else outer
    subject = (inner.subject if inner is not None else "") or outer.subject
    text = body_text(mail)
    headers: dict[str, list[str]] = {}
    for header in outer.root.headers:
        headers.setdefault(header.name, []).append(header.text)
    content_type = outer.root.first("content-type") or outer.root.media_type
    kind = classify(headers, content_type, subject, text)
    date = (inner.date if inner is not None else None) or outer.date
    reply = Reply(
        plain=text, subject=subject, sent_at=date, received_at=received_at, kind=kind, known_lines=known_lines
    )
    return Begun(outer, inner, reply)


def finish(begun: Begun, extraction: Extraction) -> Reading:
    """Put together what was read in a mail; of a bounce, what its machine-readable part says counts more."""
    outer, inner, reply = begun.outer, begun.inner, begun.reply
    mail = inner if inner is not None else outer
    if reply.kind is MailKind.BOUNCE:
        reported = _delivery_facts(mail, tuple(one for one in extraction.facts if one.kind is FactKind.BOUNCE))
        if reported:
            extraction = Extraction(extraction.text, extraction.language, reported)
    sender = read_sender(outer.root).address
    return Reading(
        reply.kind,
        str(sender) if sender else None,
        reply.subject,
        reply.sent_at,
        extraction,
        attachment_names(mail),
        keys_sent(outer, inner),
    )


def _delivery_facts(mail: Mail, worded: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return what a bounce says of its recipients; ``worded`` is what was found in its plain words."""
    own = [part for part in mail.root.walk() if not part.inside & Inside.FORWARDED]
    texts = [
        (part.first("content-description") or "", mail.text(part)) for part in own if part.media_type == "text/plain"
    ]
    original = _original_message_id(mail, own, texts)
    status = next((part for part in own if part.media_type == "message/delivery-status"), None)
    reported = delivery_status_facts(mail.text(status), original) if status is not None else ()
    if reported:
        return reported
    sender = read_sender(mail.root).address
    failed = mail.root.values("x-failed-recipients")
    found = worded_bounces(texts, str(sender) if sender else "", failed, original)
    return found or tuple(
        replace(fact, value=replace(fact.value, original_message_id=original))
        for fact in worded
        if isinstance(fact.value, Bounce)
    )


def _original_message_id(mail: Mail, own: list[Part], texts: list[tuple[str, str]]) -> str | None:
    """Return the Message-ID of the mail that came back: from what was returned, else from what the bounce cites."""
    returned = next((part for part in own if part.media_type in ("message/rfc822", "text/rfc822-headers")), None)
    if returned is not None:
        block = mail.content(returned)[: 64 * 1024].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
        found = next((header.text for header in read_headers(block) if header.name == "message-id"), None)
        if found:
            return found.strip("<> ")
    quoted = next((match for _, text in texts if (match := _QUOTED_ID.search(text[:MAX_BODY]))), None)
    if quoted is not None:
        return quoted[1]
    cited = (*mail.in_reply_to, *mail.references[-1:])
    return str(cited[0]) if cited else None


def to_message_json(reading: Reading, message_id: str | None, encrypted: bool) -> dict[str, object]:
    """Return the ``message`` object of the machine-readable shapes."""
    return {
        "message_id": message_id,
        "date": reading.date.isoformat() if reading.date else None,
        "from": reading.sender,
        "subject": reading.subject,
        "kind": reading.kind.value,
        "language": reading.extraction.language,
        "encrypted": encrypted,
        "keys": list(reading.keys),
    }


def to_extract_json(reading: Reading, message_id: str | None, encrypted: bool) -> dict[str, object]:
    """Return the whole object of ``cvdmail extract``."""
    return {
        "message": to_message_json(reading, message_id, encrypted),
        "text": reading.extraction.text,
        "facts": [to_json(fact) for fact in reading.extraction.facts],
    }
