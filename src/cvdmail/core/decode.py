"""Single values out of a mail: encoded words, charsets, transfer encodings, dates.

All of these are named by the sender, and none of them may raise: what cannot be decoded comes as it can be read.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from encodings.aliases import aliases

MAX_ENCODED_WORDS = 300
"""Encoded words that are decoded in one header value."""

_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9*_.:+-]{1,60})\?([bBqQ])\?([^?\s]{0,4000})\?=")
# Text encodings only: idna, punycode, rot13, zip and the like are Python codecs, but no MIME charsets (RFC 2978).
_NO_CHARSETS = frozenset({"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"})
_NO_CHARSETS |= {"mbcs", "oem", "utf_7", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
_CHARSETS = frozenset(name for alias, codec in aliases.items() if codec not in _NO_CHARSETS for name in (alias, codec))


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
