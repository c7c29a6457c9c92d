"""Bytes of a mail to a tree that remembers where every part stands.

The standard library's modern parser raises on hostile headers and recurses on nested parts; so this module cuts the
bytes itself, under limits, and uses the library only to decode single values.  Rules:

* Nothing is ever re-generated: a part is a slice of the raw bytes, so a signature can be checked on what was signed
  (RFC 3156 section 5) and a quote can be traced.
* Every limit of size, depth and count stands at the top.  Going over one raises
  :class:`~cvdmail.errors.ParseLimit`; the mail is kept as bytes and a person looks at it.
* A forwarded mail (``message/rfc822``) is a leaf: its words are somebody else's and are never mixed with the sender's.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import Message
from email.utils import parsedate_to_datetime
from encodings.aliases import aliases

from cvdmail.core.display import header_safe
from cvdmail.core.ids import MessageId
from cvdmail.errors import ParseLimit, Refused

MAX_MAIL = 60 * 1024 * 1024
MAX_HEADER_BLOCK = 256 * 1024
MAX_HEADER = 16 * 1024
MAX_HEADERS = 1000
MAX_DEPTH = 50
MAX_PARTS = 1000
MAX_REFERENCES = 100
MAX_CONTENT_TYPE = 2000
MAX_ENCODED_WORDS = 300
MAX_TEXT = 1024 * 1024

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,76})[ \t]*:")
_ID = re.compile(r"<([^<>\s]{3,500})>")
_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9*_.:+-]{1,60})\?([bBqQ])\?([^?\s]{0,4000})\?=")
# Text encodings only: idna, punycode, rot13, zip and the like are Python codecs, but no MIME charsets (RFC 2978).
_NO_CHARSETS = frozenset({"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"})
_NO_CHARSETS |= {"mbcs", "oem", "utf_7", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
_CHARSETS = frozenset(
    [
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "quopri_codec",
        "rot_13",
        "uu_codec",
        "zlib_codec",
        "mbcs",
        "oem",
        "utf_7",
        "idna",
        "punycode",
        "undefined",
        "unicode_escape",
        "raw_unicode_escape",
        "tactis",
    ]
)
_CHARSETS = frozenset(name for alias, codec in aliases.items() if codec not in _NO_CHARSETS for name in (alias, codec))
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,199}\Z")


@dataclass(frozen=True, slots=True)
class Header:
    """One header field: lower-case name and the unfolded bytes of its value."""

    name: str
    raw: bytes

    @property
    def text(self) -> str:
        """The value with RFC 2047 words decoded and everything that acts taken out (one line, trimmed)."""
        return header_safe(decode_words(self.raw))


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME entity as a slice of the raw mail: headers from ``start``, body from ``body`` up to ``end``."""

    headers: tuple[Header, ...]
    media_type: str
    parameters: Mapping[str, str]
    start: int
    body: int
    end: int
    children: tuple[Part, ...] = ()

    def first(self, name: str) -> str | None:
        """Return the decoded value of the first header called ``name`` (lower case), or None."""
        return next((header.text for header in self.headers if header.name == name), None)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the decoded values of every header called ``name`` (lower case)."""
        return tuple(header.text for header in self.headers if header.name == name)

    @property
    def disposition(self) -> str:
        """``attachment``, ``inline`` or empty (RFC 2183)."""
        return (self.first("content-disposition") or "").partition(";")[0].strip().lower()

    @property
    def filename(self) -> str:
        """The name the sender gave the part, cleaned for looking at; never a path to write to."""
        named = _parameter(self.first("content-disposition") or "", "filename") or self.parameters.get("name", "")
        return header_safe(named)[:255]

    def walk(self) -> Iterator[Part]:
        """Yield this part and everything below it, in the order of the mail."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


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
        return decode_transfer(self.raw[part.body : part.end], (part.first("content-transfer-encoding") or "").lower())

    def slice(self, part: Part) -> bytes:
        """Return the very bytes of ``part``, headers included: what a detached signature covers."""
        return self.raw[part.start : part.end]

    def text(self, part: Part) -> str:
        """Return the body of a text part as str with LF line ends, at most ``MAX_TEXT`` characters."""
        data = self.content(part)[: 4 * MAX_TEXT]
        charset = part.parameters.get("charset", "utf-8").lower()
        return decode_charset(data, charset).replace("\r\n", "\n").replace("\r", "\n")[:MAX_TEXT]


def parse(raw: bytes) -> Mail:
    """Cut ``raw`` into a :class:`Mail`; raise ``ParseLimit`` over any limit, nothing else."""
    if len(raw) > MAX_MAIL:
        raise ParseLimit("mail", f"it is larger than {MAX_MAIL // 1024 // 1024} MB", "look at it with another program")
    root = _Cutter(raw).cut(0, len(raw), 0, "text/plain")
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

    def cut(self, start: int, end: int, depth: int, default_type: str) -> Part:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise ParseLimit("mail", f"it has more than {MAX_PARTS} parts", "look at it with another program")
        if depth > MAX_DEPTH:
            raise ParseLimit("mail", f"its parts are nested over {MAX_DEPTH} deep", "look at it with another program")
        body = _body_start(self.raw, start, end)
        headers = read_headers(self.raw[start:body])
        media_type, parameters = _content_type(headers, default_type)
        children: tuple[Part, ...] = ()
        boundary = parameters.get("boundary", "")
        if media_type.startswith("multipart/") and _BOUNDARY.match(boundary):
            inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
            self.scanned += end - body
            if self.scanned > 8 * len(self.raw) + 1024 * 1024:
                raise ParseLimit("mail", "its parts overlap too deeply", "look at it with another program")
            children = tuple(
                self.cut(low, high, depth + 1, inner) for low, high in _split(self.raw, body, end, boundary)
            )
        return Part(headers, media_type, parameters, start, body, end, children)


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
    value = next((header.raw for header in headers if header.name == "content-type"), None)
    if value is None:
        return default, {}
    text = value.decode("ascii", "replace")
    media_type = text.partition(";")[0].strip().lower()
    if not re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", media_type):
        return "application/octet-stream", {}
    if len(text) > MAX_CONTENT_TYPE or text.count(";") > 40:
        return media_type, {}
    names = ("boundary", "charset", "name", "protocol", "micalg", "protected-headers", "hp", "report-type", "format")
    found = {name: _parameter(text, name) for name in names if name in text.lower()}
    return media_type, {name: value for name, value in found.items() if value}


def _parameter(value: str, name: str) -> str:
    """Return one MIME parameter (RFC 2045, RFC 2231), or an empty string when it is missing or unreadable."""
    holder: Message[str, str] = Message()
    holder["content-type"] = "x/x;" + value.partition(";")[2]
    try:
        found = holder.get_param(name)
        if isinstance(found, tuple):
            return decode_charset(found[2].encode("latin-1", "replace"), (found[0] or "utf-8").lower())
        return found or ""
    except (LookupError, ValueError, MessageError, AttributeError, TypeError):
        return ""


def decode_words(raw: bytes) -> str:
    """Decode the RFC 2047 words of a header value; bytes that are no text become U+FFFD, never an error."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if "=?" not in text or text.count("=?") > MAX_ENCODED_WORDS:
        return text
    # Neighbours of one charset are joined before decoding: some senders cut a character in two.
    pieces: list[tuple[str, bytes | str]] = []
    at = 0
    for found in _ENCODED_WORD.finditer(text):
        between = text[at : found.start()]
        if between.strip(" \t") or not pieces:
            pieces.append(("", between))
        charset, data = found[1].partition("*")[0].lower(), _word(found[2], found[3])
        if data is None:
            pieces.append(("", found[0]))
            at = found.end()
            continue
        if pieces and pieces[-1][0] == charset and isinstance(pieces[-1][1], bytes):
            pieces[-1] = (charset, pieces[-1][1] + data)
        else:
            pieces.append((charset, data))
        at = found.end()
    pieces.append(("", text[at:]))
    return "".join(data if isinstance(data, str) else decode_charset(data, charset) for charset, data in pieces)


def _word(encoding: str, data: str) -> bytes | None:
    ascii_only = data.encode("ascii", "replace")
    if encoding in "bB":
        if len(data.rstrip("=")) % 4 == 1:
            return None  # cut short: shown as it stands
        return decode_transfer(ascii_only, "base64")
    return quopri.decodestring(ascii_only, header=True)


def decode_charset(data: bytes, charset: str) -> str:
    """Decode by a charset named from outside: an unknown or odd one falls back to UTF-8, then Latin-1.

    Only names that Python knows beforehand are looked up: it remembers every unknown name for ever.
    """
    name = charset.lower().replace("-", "_").replace(".", "_").replace(" ", "_")
    if name in _CHARSETS:
        try:
            return data.decode(name, "replace")
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding (RFC 2045 section 6); damaged data yields what can be read."""
    if encoding == "base64":
        compact = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        try:
            return base64.b64decode(compact + b"=" * (-len(compact) % 4))
        except binascii.Error:
            return base64.b64decode(compact[: len(compact) // 4 * 4])
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    return data


def read_date(text: str) -> datetime | None:
    """Read a Date value (RFC 5322 section 3.3) with its offset; None when it cannot be understood."""
    try:
        found = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not 1970 <= found.year <= 2200:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _ids(root: Part, name: str, most: int) -> tuple[MessageId, ...]:
    value = " ".join(header.raw.decode("ascii", "replace") for header in root.headers if header.name == name)
    ids: list[MessageId] = []
    for found in _ID.findall(value)[-most:]:
        try:
            ids.append(MessageId.parse(found))
        except Refused:
            continue
    return tuple(dict.fromkeys(ids))
