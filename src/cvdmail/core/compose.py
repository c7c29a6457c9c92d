"""Making the bytes of a PGP/MIME mail (RFC 3156) with protected headers (RFC 9788).

Two steps, with gpg between them: :func:`inner` builds the entity to be signed and encrypted (the real subject, the
text, the attachments and their names), :func:`outer` wraps the ciphertext.  Both write bytes by hand: every header
value is checked against characters that could end a line, everything is 7-bit, lines end in CRLF and stay under 76
characters, so that no server has a reason to change what was signed (libraries that re-serialise did, and broke it).

A letter in clear (:func:`clear`) is one text part and nothing else; which letters may be is not decided here.

The signature is inside the encryption, made in one step with it (RFC 3156 section 6.2).  Readers of today look for
``protected-headers="v1"``, RFC 9788 for ``hp="cipher"`` and ``HP-Outer``: both are written.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import encode_rfc2231, format_datetime

from cvdmail.core.ids import Address, MessageId
from cvdmail.errors import Refused

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}\Z")
# Needs no encoding: short, printable, no "=", no blank at the end, and nothing a server may change at the start.
_PLAIN_LINE = re.compile(rb"(?:(?![.F-])[\x21-\x3c\x3e-\x7e](?:[\t\x20-\x3c\x3e-\x7e]{0,74}[\x21-\x3c\x3e-\x7e])?)?\Z")
# What may not stand in quoted-printable as it is: "=", controls, 8-bit, and a blank at the end of a line.
_TO_ESCAPE = re.compile(rb"[^\t\x20-\x3c\x3e-\x7e]|[\t ]\Z")
CLEAR_TYPE = "text/plain; charset=utf-8"
_BOUNDARY = re.compile(r"[0-9a-z]{16,60}\Z")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the encryption: the name the reader sees, its media type and its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Headers:
    """What the outside of the mail will show, and the real subject that only the inside shows."""

    sender: Address
    sender_name: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: Address
    date: datetime
    message_id: MessageId
    outer_subject: str
    subject: str
    references: tuple[MessageId, ...] = ()


def check_line(what: str, value: str) -> str:
    """Return ``value`` if it can stand in a header; raise ``Refused`` for any control or line-breaking character."""
    for char in value:
        if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs"):
            raise Refused(what, f"it holds the control character U+{ord(char):04X}", "remove it")
    if len(value) > 900:
        raise Refused(what, "it is longer than 900 characters", "shorten it")
    return value


def encoded_words(value: str) -> str:
    """Encode a header value by RFC 2047 where it is not ASCII; folded lines are joined by CRLF and a blank."""
    if value.isascii() and len(value) < 60 and "=?" not in value:
        return value
    plain = value.isascii() and "=?" not in value
    return Header(value, "us-ascii" if plain else "utf-8", maxlinelen=70).encode(linesep="\r\n")


def mailbox_field(name: str, address: Address) -> str:
    """Return the value of a From field: the configured name, quoted or encoded, and the address."""
    if not name:
        return str(address)
    if name.isascii() and "=?" not in name:  # some readers decode an encoded word between quotes too
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{encoded_words(name)} <{address}>"


def _fold(values: list[str], separator: str) -> str:
    return f"{separator}\r\n ".join(values)


def _fields(headers: Headers, subject: str) -> list[tuple[str, str]]:
    fields = [
        ("From", mailbox_field(check_line("sender name", headers.sender_name), headers.sender)),
        ("To", _fold([str(address) for address in headers.to], ",")),
    ]
    if headers.cc:
        fields.append(("Cc", _fold([str(address) for address in headers.cc], ",")))
    fields += [
        ("Reply-To", str(headers.reply_to)),
        ("Subject", encoded_words(check_line("subject", subject))),
        ("Date", format_datetime(headers.date)),
        ("Message-ID", f"<{headers.message_id}>"),
    ]
    if headers.references:
        ids = [f"<{message_id}>" for message_id in headers.references]
        fields += [("In-Reply-To", ids[-1]), ("References", _fold(ids, ""))]
    return fields


def _write(fields: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii")


def inner(headers: Headers, text: str, attachments: tuple[Attachment, ...], boundary: str) -> bytes:
    """Return the entity to sign and encrypt: 7-bit, CRLF, real headers inside.

    ``boundary`` is a random word of ours; raise ``Refused`` for values that cannot stand in a header.
    """
    _check_boundary(boundary)
    outside = _fields(headers, headers.outer_subject)
    subject = encoded_words(check_line("subject", headers.subject))
    inside = [(name, subject if name == "Subject" else value) for name, value in outside]
    protected = [("HP-Outer", f"{name}: {value}") for name, value in outside]
    content_type = ("Content-Type", f'multipart/mixed; boundary="{boundary}";\r\n protected-headers="v1"; hp="cipher"')
    pieces = [
        _write([("MIME-Version", "1.0"), content_type, *inside, *protected]),
        b"\r\n",
        f"--{boundary}\r\n".encode("ascii"),
        text_part(text),
    ]
    for attachment in attachments:
        pieces += [f"\r\n--{boundary}\r\n".encode("ascii"), attachment_part(attachment)]
    pieces.append(f"\r\n--{boundary}--\r\n".encode("ascii"))
    return b"".join(pieces)


def text_part(text: str) -> bytes:
    """Return ``text`` as a text/plain part in quoted-printable, without the last line end."""
    head = f"Content-Type: {CLEAR_TYPE}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode("ascii") + quoted_printable(text)


def quoted_printable(text: str) -> bytes:
    """Return ``text`` as UTF-8 in quoted-printable (RFC 2045 section 6.7), lines of at most 76 octets.

    Lines that begin with ``From `` or ``.`` are encoded too: some servers change them.  The last line is left open.
    """
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        encoded = unix.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("text", "it holds half a character", "write it again") from None
    return b"\r\n".join(_quoted_printable(line) for line in encoded.split(b"\n"))


def _quoted_printable(line: bytes) -> bytes:
    """Encode one line (RFC 2045 section 6.7) in lines of at most 76 octets."""
    if _PLAIN_LINE.match(line):
        return line
    escaped = _TO_ESCAPE.sub(_escape, line)
    pieces: list[bytes] = []
    start = 0
    while True:
        # A soft break may stand anywhere but inside =XX; what a server may change at a line's start is escaped there.
        first = _escape_byte(escaped[start]) if escaped[start : start + 1] in (b".", b"F", b"-") else b""
        rest = start + bool(first)
        end = rest + 75 - len(first)
        if end >= len(escaped) - 1 and len(escaped) - rest + len(first) <= 76:
            return b"=\r\n".join([*pieces, first + escaped[rest:]])
        end -= 1 if escaped[end - 1] == 0x3D else 2 if escaped[end - 2] == 0x3D else 0
        pieces.append(first + escaped[rest:end])
        start = end


def _escape_byte(byte: int) -> bytes:
    return b"=%02X" % byte


def _escape(found: re.Match[bytes]) -> bytes:
    return _escape_byte(found[0][0])


def attachment_part(attachment: Attachment) -> bytes:
    """Return an attachment as a base64 part; its name is written by RFC 2231 where it is not plain ASCII."""
    name = check_line("attachment name", attachment.name)
    if not name or "/" in name or "\\" in name or name in (".", ".."):
        raise Refused("attachment name", "it is empty or holds a path", "give a plain file name")
    if len(name.encode()) > 255:
        raise Refused("attachment name", "it is longer than 255 bytes", "shorten it")
    if not _MEDIA_TYPE.match(attachment.media_type):
        raise Refused("attachment", "its media type is not of the form type/subtype", "")
    media_type = _labelled(attachment)
    if name.isascii() and '"' not in name and len(name) <= 60:
        parameter = f'filename="{name}"'
    else:
        parameter = f"filename*={encode_rfc2231(name, 'utf-8')}"
    head = (
        f"Content-Type: {media_type}\r\n"
        f"Content-Disposition: attachment;\r\n {parameter}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode("ascii")
    return head + base64.encodebytes(attachment.content).rstrip(b"\n").replace(b"\n", b"\r\n")


def _labelled(attachment: Attachment) -> str:
    """Return the media type that the bytes of an attachment bear out, with the charset of a text."""
    kind = attachment.media_type
    # RFC 2045 section 6.4: composite types may not be base64, and a mail inside ours is a file to us.
    if kind.startswith(("message/", "multipart/")):
        return "application/octet-stream"
    if not kind.startswith("text/") or attachment.content.isascii():
        return kind
    # RFC 2046 section 4.1.2: a text that names no charset is US-ASCII.
    try:
        attachment.content.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return f"{kind}; charset=utf-8"


def outer(headers: Headers, ciphertext: bytes, boundary: str) -> bytes:
    """Wrap an armoured OpenPGP message as multipart/encrypted (RFC 3156 section 4); nothing of the inside shows."""
    _check_boundary(boundary)
    content_type = f'multipart/encrypted; protocol="application/pgp-encrypted";\r\n boundary="{boundary}"'
    armoured = ciphertext.replace(b"\r\n", b"\n").rstrip(b"\n").replace(b"\n", b"\r\n")
    return b"".join(
        [
            _write(_fields(headers, headers.outer_subject)),
            _write([("MIME-Version", "1.0"), ("Content-Type", content_type)]),
            f"\r\n--{boundary}\r\n".encode("ascii"),
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
            f"\r\n--{boundary}\r\n".encode("ascii"),
            b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n',
            armoured,
            f"\r\n--{boundary}--\r\n".encode("ascii"),
        ]
    )


def clear(headers: Headers, text: str) -> bytes:
    """Return a mail in clear: one text part, the outer subject, no attachments (not signed: nothing is at stake in it).

    Raise ``Refused`` for values that cannot stand in a header.
    """
    described = [
        ("MIME-Version", "1.0"), ("Content-Type", CLEAR_TYPE), ("Content-Transfer-Encoding", "quoted-printable"),
    ]  # fmt: skip
    return _write([*_fields(headers, headers.outer_subject), *described]) + b"\r\n" + clear_body(text)


def clear_body(text: str) -> bytes:
    """Return the bytes below the header of a mail in clear; the last line is closed."""
    return quoted_printable(text if text.endswith("\n") else f"{text}\n")


def _check_boundary(boundary: str) -> None:
    if not _BOUNDARY.match(boundary):
        raise Refused("boundary", "it is not a random word of 16 to 60 letters and digits", "")
