"""Words of IMAP (RFC 9051 section 9), read and written: pure functions on what :mod:`imap_wire` has cut out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

from cvdmail.edge.imap_wire import Answer, Oversize

Values = dict[bytes, bytes | Oversize | None]
"""A FETCH response: upper-case names and raw values; NIL, and what stands in parentheses, is ``None``."""

_TOKEN = re.compile(rb'[()]|"(?:[^"\\]|\\.)*"|[^ ()"]+', re.DOTALL)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_INTERNAL_DATE = re.compile(
    r"[ ]?([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})\Z"
)


def items(answer: Answer) -> dict[bytes, bytes | Oversize | None]:
    """Read a FETCH response (RFC 9051 section 7.5.2) into upper-case names and raw values; empty if it is none.

    NIL is ``None``, and so are values in parentheses.  What does not fit the grammar is passed over.
    """
    if not re.match(rb"\* [0-9]{1,10} FETCH \(", answer.line, re.IGNORECASE):
        return {}
    flat = _flat(answer)
    return {name.upper(): value for name, value in zip(flat[::2], flat[1::2], strict=False) if isinstance(name, bytes)}


def _flat(answer: Answer) -> list[bytes | Oversize | None]:
    """The words inside the outermost parentheses; what stands in inner ones becomes one ``None``."""
    depth, flat = 0, list[bytes | Oversize | None]()
    for number, piece in enumerate(answer.pieces):
        if number % 2 or isinstance(piece, Oversize):
            if depth == 1:
                flat.append(piece)
            continue
        for word in _TOKEN.findall(piece[piece.index(b"(") :] if number == 0 else piece):
            if word == b"(":
                depth += 1
                if depth == 2:
                    flat.append(None)
            elif word == b")":
                depth -= 1
            elif depth == 1:
                flat.append(_value(word))
    return flat


def _value(word: bytes) -> bytes | None:
    if word.startswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", word[1:-1], flags=re.DOTALL)
    return None if word.upper() == b"NIL" else word


def quoted(text: str) -> str:
    """A quoted string (RFC 9051 section 4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mailbox_name(name: str) -> str:
    """A folder's name as it goes on the wire: modified UTF-7 (RFC 3501 section 5.1.3), quoted."""
    parts = re.split(r"([^\x20-\x7e]+)", name)
    encoded = (_shifted(part) if number % 2 else part.replace("&", "&-") for number, part in enumerate(parts))
    return quoted("".join(encoded))


def _shifted(run: str) -> str:
    base = run.encode("utf-16-be").hex()
    bits = "".join(f"{int(digit, 16):04b}" for digit in base)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,"
    sextets = (bits[at : at + 6].ljust(6, "0") for at in range(0, len(bits), 6))
    return "&" + "".join(alphabet[int(sextet, 2)] for sextet in sextets) + "-"


def number(answers: Sequence[Answer], pattern: bytes) -> int | None:
    """The number in the first response whose line fits ``pattern``, which has one group of digits."""
    for answer in answers:
        if found := re.match(pattern, answer.line, re.IGNORECASE):
            return int(found[1])
    return None


def groups(uids: Sequence[int], sizes: dict[int, int], largest: int) -> Iterator[list[int]]:
    """Split so that one FETCH never brings more than one mail of the largest size would."""
    group: list[int] = []
    total = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if group and total + size > largest:
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group


def instant(text: bytes) -> datetime | None:
    """An INTERNALDATE in UTC, or ``None`` when it is none; the names of the months do not follow the locale."""
    found = _INTERNAL_DATE.match(text.decode("ascii", "replace"))
    if found is None or found[2].lower() not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(found[n]) for n in (1, 3, 4, 5, 6))
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    try:
        month = _MONTHS.index(found[2].lower()) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
