"""Bytes of a mail to a tree that remembers where every part stands.

The standard library's modern parser raises on hostile headers and recurses on nested parts; so this module cuts the
bytes itself, under limits, and uses the library only to decode single values.  Rules:

* Nothing is ever re-generated: a part is a slice of the raw bytes, so a signature can be checked on what was signed
  (RFC 3156 section 5) and a quote can be traced.
* Every limit of size, depth and count stands at the top.  Going over one raises
  :class:`~cvdmail.errors.ParseLimit`; the mail is kept as bytes and a person looks at it.
* Every part says what stands around it (:class:`~cvdmail.core.parts.Inside`): a signature, an encryption, a forwarded
  mail, a mailing list's frame.  Whose words are read follows from that alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from cvdmail.core.decode import decode_charset, decode_transfer, read_date
from cvdmail.core.ids import MessageId
from cvdmail.core.listframe import framed
from cvdmail.core.parts import NOWHERE, Header, Inside, Part, parameter
from cvdmail.errors import ParseLimit, Refused

MAX_MAIL = 60 * 1024 * 1024
MAX_HEADER_BLOCK = 256 * 1024
MAX_HEADER = 16 * 1024
MAX_HEADERS = 1000
MAX_DEPTH = 50
MAX_PARTS = 1000
MAX_REFERENCES = 100
MAX_CONTENT_TYPE = 2000
MAX_TEXT = 1024 * 1024

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,76})[ \t]*:")
_ID = re.compile(r"<([^<>\s]{3,500})>")
_FORWARDED = frozenset({"message/rfc822", "message/global"})
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,199}\Z")


@dataclass(frozen=True, slots=True)
class Mail:
    """A parsed mail: its raw bytes, its tree, and the few header values that decisions need."""

    raw: bytes = field(repr=False)
    root: Part = field(repr=False)
    message_id: MessageId | None
    in_reply_to: tuple[MessageId, ...]
    references: tuple[MessageId, ...]
    subject: str = field(repr=False)
    date: datetime | None

    def content(self, part: Part) -> bytes:
        """Return the body of ``part`` with its transfer encoding undone; what cannot be decoded comes as it is."""
        return decode_transfer(self.raw[part.body : part.end], part.transfer_encoding)

    def slice(self, part: Part) -> bytes:
        """Return the very bytes of ``part``, headers included: what a detached signature covers."""
        return self.raw[part.start : part.end]

    def text(self, part: Part) -> str:
        """Return the body of a text part as str with LF line ends, at most ``MAX_TEXT`` characters."""
        data = self.content(part)[: 4 * MAX_TEXT]
        charset = part.parameters.get("charset", "utf-8").lower()
        return decode_charset(data, charset).replace("\r\n", "\n").replace("\r", "\n")[:MAX_TEXT]


def parse(raw: bytes, inside: Inside = NOWHERE) -> Mail:
    """Cut ``raw`` into a :class:`Mail`; raise ``ParseLimit`` over any limit, nothing else.

    ``inside`` is what stood around these bytes where they came from: what was decrypted, what was signed.
    """
    if len(raw) > MAX_MAIL:
        raise ParseLimit("mail", f"it is larger than {MAX_MAIL // 1024 // 1024} MB", "look at it with another program")
    root = framed(_Cutter(raw).cut(0, len(raw), 0, "text/plain", inside), raw)
    return Mail(
        raw=raw,
        root=root,
        message_id=next(iter(_ids(root, "message-id", 1)), None),
        in_reply_to=_ids(root, "in-reply-to", MAX_REFERENCES),
        references=_ids(root, "references", MAX_REFERENCES),
        subject=root.first("subject") or "",
        date=read_date(root.first("date") or ""),
    )


class _Cutter:
    """Counts what it has looked at, so that many small tricks add up to the same limit."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.parts = 0
        self.scanned = 0

    def cut(self, start: int, end: int, depth: int, default_type: str, inside: Inside) -> Part:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise ParseLimit("mail", f"it has more than {MAX_PARTS} parts", "look at it with another program")
        if depth > MAX_DEPTH:
            raise ParseLimit("mail", f"its parts are nested over {MAX_DEPTH} deep", "look at it with another program")
        body = _body_start(self.raw, start, end)
        headers = read_headers(self.raw[start:body])
        media_type, parameters = _content_type(headers, default_type)
        part = Part(headers, media_type, parameters, start, body, end, (), inside)
        children = tuple(
            self.cut(low, high, depth + 1, kind, inside | around) for low, high, kind, around in self._below(part)
        )
        return replace(part, children=children) if children else part

    def _below(self, part: Part) -> list[tuple[int, int, str, Inside]]:
        """Return the slices below a part, with the type each has by default and what stands around it anew."""
        start, end = part.body, part.end
        if part.media_type in _FORWARDED and part.transfer_encoding in _IDENTITY and start < end:
            # Any other encoding is forbidden there (RFC 2046 section 5.2.1), and such a mail stays one piece.
            self._scan(start, end)
            return [(start, end, "text/plain", Inside.FORWARDED)]
        boundary = part.parameters.get("boundary", "")
        if not part.media_type.startswith("multipart/") or not _BOUNDARY.match(boundary):
            return []
        self._scan(start, end)
        slices = _split(self.raw, start, end, boundary)
        kind = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        around = Inside.ENCRYPTION if part.media_type == "multipart/encrypted" else NOWHERE
        signed = Inside.SIGNATURE if part.media_type == "multipart/signed" else NOWHERE
        return [(*one, kind, around | (NOWHERE if number else signed)) for number, one in enumerate(slices)]

    def _scan(self, start: int, end: int) -> None:
        self.scanned += end - start
        if self.scanned > 8 * len(self.raw) + 1024 * 1024:
            raise ParseLimit("mail", "its parts overlap too deeply", "look at it with another program")


def _body_start(raw: bytes, start: int, end: int) -> int:
    found = _END_OF_HEADER.search(raw, start, min(end, start + MAX_HEADER_BLOCK + 4))
    # \A anchors at the start of the bytes, not of the slice: an empty header block of an inner part is a bare line end.
    if start >= end:
        return end
    if raw[start : min(end, start + 2)] == b"\r\n":
        return start + 2
    if raw[start : start + 1] == b"\n":
        return start + 1
    if found is not None:
        return found.end()
    if end - start > MAX_HEADER_BLOCK:
        raise ParseLimit("mail", f"its header is larger than {MAX_HEADER_BLOCK // 1024} KB", "look at the bytes")
    return end


def read_headers(block: bytes) -> tuple[Header, ...]:
    """Split a header block into fields (RFC 5322 section 2.2), folding undone; lines that are no field are dropped."""
    headers: list[tuple[str, list[bytes]]] = []
    for line in block.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t") and headers:
            headers[-1][1].append(line)
            continue
        found = _FIELD.match(line)
        if found is not None:
            headers.append((found[1].decode("ascii").lower(), [line[found.end() :]]))
            if len(headers) > MAX_HEADERS:
                raise ParseLimit("mail", f"it has more than {MAX_HEADERS} header fields", "look at the bytes")
    result = []
    for name, pieces in headers:
        value = b"".join(pieces).strip()
        if len(value) > MAX_HEADER and name not in ("references", "to", "cc", "received"):
            raise ParseLimit("mail", f"one header field is over {MAX_HEADER // 1024} KB", "look at the bytes")
        result.append(Header(name, value[-MAX_HEADER:]))
    return tuple(result)


def _split(raw: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Return the slices between the delimiter lines (RFC 2046 section 5.1.1); the line end before one belongs to it."""
    delimiter = b"--" + boundary.encode("ascii")
    slices: list[tuple[int, int]] = []
    opened: int | None = None
    # Looked for at the start of lines only, and never twice in one line: a body of nothing but dashes stays linear.
    found = start if raw.startswith(delimiter, start, end) else raw.find(b"\n" + delimiter, start, end) + 1
    while found > 0 or (found == start and opened is None and raw.startswith(delimiter, start, end)):
        line_end = raw.find(b"\n", found, end)
        line_end = end if line_end < 0 else line_end + 1
        tail = raw[found + len(delimiter) : line_end].rstrip(b" \t\r\n")
        if tail in (b"", b"--"):
            if opened is not None:
                slices.append((opened, _before_line_end(raw, found, opened)))
                if len(slices) > MAX_PARTS:
                    raise ParseLimit("mail", f"it has more than {MAX_PARTS} parts", "look at it with another program")
            if tail == b"--":
                return slices
            opened = line_end
        found = raw.find(b"\n" + delimiter, line_end - 1, end) + 1
    if opened is not None:
        slices.append((opened, end))
    return slices


def _before_line_end(raw: bytes, at: int, lowest: int) -> int:
    if raw[at - 2 : at] == b"\r\n" and at - 2 >= lowest:
        return at - 2
    return max(lowest, at - 1)


def _content_type(headers: tuple[Header, ...], default: str) -> tuple[str, Mapping[str, str]]:
    values = {header.raw for header in headers if header.name == "content-type"}
    if not values:
        return default, {}
    if len(values) > 1:
        return "application/octet-stream", {}  # every reader takes another one: here it is nothing that can be read
    text = values.pop().decode("ascii", "replace")
    media_type = text.partition(";")[0].strip().lower()
    if not re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", media_type):
        return "application/octet-stream", {}
    if len(text) > MAX_CONTENT_TYPE or text.count(";") > 40:
        return media_type, {}
    names = ("boundary", "charset", "name", "protocol", "micalg", "protected-headers", "hp", "report-type", "format")
    found = {name: parameter(text, name) for name in names if name in text.lower()}
    return media_type, {name: value for name, value in found.items() if value}


def _ids(root: Part, name: str, most: int) -> tuple[MessageId, ...]:
    value = " ".join(header.raw.decode("ascii", "replace") for header in root.headers if header.name == name)
    ids: list[MessageId] = []
    for found in _ID.findall(value)[-most:]:
        try:
            ids.append(MessageId.parse(found))
        except Refused:
            continue
    return tuple(dict.fromkeys(ids))
