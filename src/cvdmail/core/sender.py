"""Who a mail says it is from, and to whom it was addressed: read strictly, or not at all.

Lenient readers take ``From: psirt@vendor.example <evil@x.example>`` for the vendor (the CVE-2023-27043 family).  Here
a From that is not exactly one header with exactly one mailbox is *unreadable*, and an unreadable sender is suspicious.
As a second opinion the mail-parser library reads the same header block: where two independent readers see two senders,
somebody meant them to.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from enum import Enum

import mailparser

from cvdmail.core.ids import Address
from cvdmail.core.mail import Mail
from cvdmail.core.parts import Part
from cvdmail.errors import Refused

# It would write down what it stumbled over: words from outside.
logging.getLogger("mailparser").disabled = True

# A display name of words and whole quoted strings, then one address in angle brackets; no quote anywhere else.
_MAILBOX = re.compile(r'(?:[^<>@,;:()\\"]|"(?:[^"\\]|\\.){0,200}"){0,200}<([^<>@\s"]{1,64}@[^<>@\s"]{1,255})>\s*\Z')
_ANY_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")


class SenderFault(Enum):
    """Why a sender could not be read, or must not be believed."""

    MISSING = "no From"
    SEVERAL = "several From"
    UNREADABLE = "From is not one plain mailbox"
    READERS_DISAGREE = "two readers see two senders"


@dataclass(frozen=True, slots=True)
class Sender:
    """The one address a mail is from, or the reason why there is none."""

    address: Address | None
    fault: SenderFault | None = None


def read_mailbox(value: str) -> Address | None:
    """Return the address of ``value`` when it is exactly one mailbox (RFC 5322 section 3.4), else None."""
    bare = value.strip()
    found = _MAILBOX.match(bare)
    if found is None and '"' in bare:
        return None
    try:
        return Address.parse(found[1] if found is not None else bare)
    except Refused:
        return None


def read_sender(part: Part) -> Sender:
    """Read the From of a header block strictly."""
    values = [header for header in part.headers if header.name == "from"]
    if not values:
        return Sender(None, SenderFault.MISSING)
    if len(values) > 1:
        return Sender(None, SenderFault.SEVERAL)
    # The raw value, before RFC 2047: an address may not hide in an encoded word.
    if any(byte < 0x20 or byte == 0x7F for byte in values[0].raw.replace(b"\t", b" ")):
        return Sender(None, SenderFault.UNREADABLE)
    address = read_mailbox(values[0].raw.decode("utf-8", "replace"))
    if address is None:
        return Sender(None, SenderFault.UNREADABLE)
    return Sender(address)


def second_opinion(mail: Mail, sender: Sender) -> Sender:
    """Let mail-parser read the header block too; where it sees another sender, believe neither."""
    if sender.address is None:
        return sender
    block = _where_a_from_may_be_seen(mail.raw[mail.root.start : mail.root.body])
    plain = _PLAIN.fullmatch(block)
    if plain is not None and (plain[1] or plain[2]).decode().lower() == sender.address.key:
        return sender  # one field, and so plain that no two readers can differ
    try:
        other = mailparser.parse_from_bytes(block).from_
    except Exception:  # hostile input: any failure of the second reader is a disagreement
        return Sender(None, SenderFault.READERS_DISAGREE)
    seen = {str(address).lower() for _, address in other if address}
    return sender if seen == {sender.address.key} else Sender(None, SenderFault.READERS_DISAGREE)


_PLAIN = re.compile(
    rb"[Ff]rom: (?:[A-Za-z0-9]{1,40}(?:[ -][A-Za-z0-9]{1,40}){0,8} <([A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9.-]{1,200})>"
    rb"|([A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9.-]{1,200}))\r?\n\r\n"
)
_SEEN = re.compile(rb"from[ \t]{0,20}:|[\r\x00\x0b\x0c](?!\n)", re.IGNORECASE)


def _where_a_from_may_be_seen(block: bytes) -> bytes:
    """Return the fields of a header block, byte for byte, in which any reader could see a From; the rest is bulk."""
    fields: list[list[bytes]] = []
    for line in block.splitlines(keepends=True) if b"\r" not in block.replace(b"\r\n", b"\n") else [block]:
        if line[:1] in b" \t" and fields:
            fields[-1].append(line)
        else:
            fields.append([line])
    return b"".join(whole for field in fields if _SEEN.search(whole := b"".join(field))) + b"\r\n"


def read_recipients(part: Part) -> frozenset[Address]:
    """Return every address in the headers that say where a mail was sent: enough to find a reply token, no more."""
    names = {"to", "cc", "delivered-to", "x-original-to", "envelope-to", "resent-to"}
    found: set[Address] = set()
    for header in part.headers:
        if header.name in names:
            for text in _ANY_ADDRESS.findall(header.raw.decode("ascii", "replace"))[:200]:
                try:
                    found.add(Address.parse(text.strip(".")))
                except Refused:
                    continue
    return frozenset(found)
