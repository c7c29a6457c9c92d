"""A small reader of OpenPGP packet headers (RFC 9580, RFC 4880): what a ciphertext says of itself before any key.

Two questions are answered without gpg, so that they can be asked of bytes about to leave and of bytes just arrived:

* *Is this exactly one armoured block and nothing else?*  :func:`dearmor` refuses words around the block, a second
  block, a wrong checksum and base64 that another decoder would read differently.  Text beside a ciphertext is how a
  reader is shown words that nobody encrypted.
* *To which keys is it encrypted?*  :func:`encryption_key_ids` accepts one shape only: session-key packets (PKESK to a
  key, SKESK to a password) and then one integrity-protected data packet that reaches to the very last byte.  What
  stands behind or between is where a second, unprotected message hides; a Symmetrically Encrypted Data packet without
  integrity protection (tag 9) is the EFAIL gadget carrier and refused by its tag alone.

Nothing is decrypted, nothing is recursive, and every loop has a limit.  Key ids are what the message *claims*; only
gpg, with the key, can prove them.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from cvdmail.errors import CryptoRefused, ParseLimit

MAX_BYTES = 64 * 1024 * 1024
"""The longest armour or packet sequence that is looked at, in bytes."""
MAX_SESSION_KEYS = 100
"""The most PKESK and SKESK packets in one message: each costs the reader a secret-key operation."""
MAX_PACKETS = 10_000
"""The most packets in one sequence."""
MAX_CHUNKS = 100_000
"""The most partial lengths in one sequence; 64 MiB in the 8 KiB chunks of gpg are 8,192."""

_WHITE = b" \t\r"
_MAX_ARMOR_HEADERS = 20
_MAX_HEADER_BYTES = 1000
_CRC24_INIT, _CRC24_POLY = 0xB704CE, 0x1864CFB
_FIRST_PARTIAL = 512  # RFC 9580 section 4.2.1.4: the first partial length is at least this
_HEAD = 64  # bytes of a body that are handed out: enough for a version 6 PKESK with its fingerprint

_PKESK, _SKESK, _SECRET_KEY, _PUBLIC_KEY, _SECRET_SUBKEY, _SED, _SEIPD, _AEAD = 1, 3, 5, 6, 7, 9, 18, 20
_STREAMED = frozenset({8, 9, 11, 18, 20})  # the only kinds whose length may be partial or left open


class Armor(Enum):
    """The kinds of armour that are read here, by the words of their header line (RFC 9580 section 6.2)."""

    MESSAGE = "PGP MESSAGE"
    PRIVATE_KEY = "PGP PRIVATE KEY BLOCK"
    PUBLIC_KEY = "PGP PUBLIC KEY BLOCK"
    SIGNATURE = "PGP SIGNATURE"


class DataKind(Enum):
    """How the data packet of a message is protected; every kind named here has integrity protection."""

    SEIPD1 = "seipd1"
    SEIPD2 = "seipd2"
    AEAD = "aead"


@dataclass(frozen=True, slots=True)
class EncryptedShape:
    """What the packets of an encrypted message claim.

    ``key_ids`` holds the 16-digit upper-case ids of the PKESK packets in their order (sixteen zeros for a hidden
    recipient), ``symmetric`` the number of passwords that open the message.
    """

    key_ids: tuple[str, ...]
    symmetric: int
    data: DataKind


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its tag, the first bytes of its body (at most 64) and whether its length was partial or open.

    ``start`` and ``end`` are the range of its body; of a streamed one, of its first piece.
    """

    tag: int
    head: bytes
    streamed: bool
    start: int = 0
    end: int = 0


def _refused(why: str) -> CryptoRefused:
    return CryptoRefused("OpenPGP data", why, "ask for one armoured message encrypted to the key")


def dearmor(armored: bytes, kind: Armor = Armor.MESSAGE) -> bytes:
    """Return the bytes inside the one armoured block of ``kind`` that ``armored`` consists of.

    White space around the block is allowed, anything else is not.  A CRC-24 line is checked when there is one.
    Raises ``CryptoRefused``, or ``ParseLimit`` above :data:`MAX_BYTES`.
    """
    if len(armored) > MAX_BYTES:
        raise ParseLimit("OpenPGP armour", f"it is longer than {MAX_BYTES} bytes", "")
    lines = [line.rstrip(_WHITE) for line in armored.strip(_WHITE + b"\n").split(b"\n")]
    first, last = (f"-----{word} {kind.value}-----".encode() for word in ("BEGIN", "END"))
    if lines[0] != first or lines[-1] != last or len(lines) < 4:
        raise _refused(f"it is not one whole '{kind.value}' block with nothing around it")
    body = _armor_body(lines[1:-1])
    checksum = body.pop() if body and body[-1].startswith(b"=") else None
    data = _strict_base64(b"".join(body))
    if not data:
        raise _refused("the armour is empty")
    if checksum is not None and _strict_base64(checksum[1:]) != crc24(data).to_bytes(3, "big"):
        raise _refused("the checksum of the armour is wrong")
    return data


def _armor_body(inside: list[bytes]) -> list[bytes]:
    """Skip the ``Name: value`` lines and the empty line behind them, which RFC 9580 section 6.2 demands."""
    for index, line in enumerate(inside[: _MAX_ARMOR_HEADERS + 1]):
        if not line:
            return inside[index + 1 :]
        if b": " not in line or len(line) > _MAX_HEADER_BYTES or line.startswith(b"-"):
            break
    raise _refused("the armour headers are malformed")


def _strict_base64(text: bytes) -> bytes:
    """Decode base64 that has exactly one reading: no foreign letter, right padding, no stray bits at the end."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("the armour holds bytes that are not base64") from None
    if base64.b64encode(data) != text:
        raise _refused("the base64 of the armour is not in its one right form")
    return data


def crc24(data: bytes) -> int:
    """Return the CRC-24 of ``data`` (RFC 9580 section 6.1.1).

    Byte by byte this would take a second for each few megabytes in Python.  A remainder of polynomials over GF(2)
    may be taken in any order, so the upper half of the number is multiplied by the remainder of its weight and
    folded onto the lower half, until a few bits are left: a dozen shifts of long integers for each halving.  Halves are
    powers of two, so that few weights are ever needed.
    """
    number = (int.from_bytes(data, "big") << 24) ^ (_CRC24_INIT << (8 * len(data)))
    half = 1 << number.bit_length().bit_length()
    while half >= 64:
        while number.bit_length() > half:
            high, number = number >> half, number & ((1 << half) - 1)
            for shift in _bits_of_power(half):
                number ^= high << shift
        half >>= 1
    return _remainder(number)


@functools.cache
def _bits_of_power(exponent: int) -> tuple[int, ...]:
    """Return which bits stand in the remainder of x to the power of ``exponent``, one of few powers of two."""
    weight = _power_of_x(exponent)
    return tuple(shift for shift in range(24) if weight >> shift & 1)


def _remainder(number: int) -> int:
    while (bits := number.bit_length()) > 24:
        number ^= _CRC24_POLY << (bits - 25)
    return number


def _power_of_x(exponent: int) -> int:
    """Return x to the power of ``exponent`` modulo the CRC-24 polynomial, by squaring."""
    power = 1
    for digit in f"{exponent:b}":
        square = 0
        for bit in range(24):
            square |= (power >> bit & 1) << (2 * bit)
        power = _remainder(square << (digit == "1"))
    return power


def packets(data: bytes) -> Iterator[Packet]:
    """Walk the packets of ``data`` to its very end, in old and new format (RFC 9580 section 4.2).

    Raises ``CryptoRefused`` at the first byte that fits no packet, ``ParseLimit`` above the limits of this module.
    """
    if len(data) > MAX_BYTES:
        raise ParseLimit("OpenPGP data", f"it is longer than {MAX_BYTES} bytes", "")
    position, count, chunks = 0, 0, 0
    while position < len(data):
        count += 1
        if count > MAX_PACKETS:
            raise ParseLimit("OpenPGP data", f"it holds more than {MAX_PACKETS} packets", "")
        tag, start, length, more = _header(data, position)
        head = data[start : start + min(length, _HEAD)]
        streamed = more or (length == len(data) - start and data[position] & 0x43 == 0x03)
        if streamed and tag not in _STREAMED:
            raise _refused("a packet that must say its length does not")
        if more and length < _FIRST_PARTIAL:
            raise _refused("a partial length is too short")
        body_end = position = start + length
        body = start
        while more:
            chunks += 1
            if chunks > MAX_CHUNKS:
                raise ParseLimit("OpenPGP data", f"it is cut into more than {MAX_CHUNKS} pieces", "")
            start, length, more = _new_length(data, position)
            position = start + length
        yield Packet(tag, head, streamed, body, body_end)


def _header(data: bytes, position: int) -> tuple[int, int, int, bool]:
    """Read one packet header: tag, where the body starts, how long it (or its first piece) is, whether more comes."""
    first = data[position]
    if not first & 0x80:
        raise _refused("it holds a byte that starts no packet")
    if first & 0x40:
        return (first & 0x3F, *_new_length(data, position + 1))
    size = (1, 2, 4, 0)[first & 3]
    start = position + 1 + size
    if start > len(data):
        raise _refused("it ends inside a packet header")
    length = int.from_bytes(data[position + 1 : start], "big") if size else len(data) - start
    return (first >> 2 & 0x0F, *_fits(data, start, length), False)


def _new_length(data: bytes, position: int) -> tuple[int, int, bool]:
    """Read a new-format length: where the piece starts, how long it is, whether another one follows."""
    if position >= len(data):
        raise _refused("it ends inside a packet header")
    first = data[position]
    if 224 <= first < 255:
        return (*_fits(data, position + 1, 1 << (first & 0x1F)), True)
    size = 1 if first < 192 else 2 if first < 224 else 5
    if position + size > len(data):
        raise _refused("it ends inside a packet header")
    if size == 1:
        length = first
    elif size == 2:
        length = ((first - 192) << 8) + data[position + 1] + 192
    else:
        length = int.from_bytes(data[position + 1 : position + 5], "big")
    return (*_fits(data, position + size, length), False)


def _fits(data: bytes, start: int, length: int) -> tuple[int, int]:
    if start + length > len(data):
        raise _refused("it ends inside a packet")
    return start, length


def encryption_key_ids(message: bytes) -> EncryptedShape:
    """Return to whom the binary ``message`` claims to be encrypted; refuse every shape but the one described above.

    Raises ``CryptoRefused``, or ``ParseLimit`` for more than :data:`MAX_SESSION_KEYS` session keys.
    """
    key_ids: list[str] = []
    symmetric = 0
    data: DataKind | None = None
    for packet in packets(message):
        if data is not None:
            raise _refused("something follows the encrypted data")
        if packet.tag == _PKESK:
            key_ids.append(_recipient(packet.head))
        elif packet.tag == _SKESK:
            symmetric += 1
        else:
            data = _data_kind(packet)
        if len(key_ids) + symmetric > MAX_SESSION_KEYS:
            raise ParseLimit("OpenPGP message", f"it holds more than {MAX_SESSION_KEYS} session keys", "")
    if data is None or (not key_ids and not symmetric):
        raise _refused("it is not an encrypted message")
    return EncryptedShape(tuple(key_ids), symmetric, data)


def _data_kind(packet: Packet) -> DataKind:
    if packet.tag == _SED:
        raise _refused("the encrypted data has no integrity protection")
    kinds = {(_SEIPD, 1): DataKind.SEIPD1, (_SEIPD, 2): DataKind.SEIPD2, (_AEAD, 1): DataKind.AEAD}
    kind = kinds.get((packet.tag, packet.head[0])) if packet.head else None
    if kind is None:
        raise _refused("it is not session keys followed by encrypted data")
    return kind


def _recipient(head: bytes) -> str:
    """Return the key id of a PKESK body, version 3 (RFC 4880 section 5.1) or 6 (RFC 9580 section 5.1.2)."""
    if len(head) >= 10 and head[0] == 3:
        return head[1:9].hex().upper()
    if len(head) >= 3 and head[0] == 6:
        size = head[1]
        fingerprint = head[3 : 2 + size]
        if size == 0:
            return "0" * 16
        if (head[2], size) == (4, 21) and len(fingerprint) == 20:
            return fingerprint[-8:].hex().upper()
        if (head[2], size) == (6, 33) and len(fingerprint) == 32:
            return fingerprint[:8].hex().upper()
    raise _refused("a session-key packet cannot be read")


def secret_keys(data: bytes) -> tuple[int, int]:
    """Return how many primary secret keys and how many secret subkeys the binary ``data`` holds; raises as above."""
    tags = [packet.tag for packet in packets(data)]
    return tags.count(_SECRET_KEY), tags.count(_SECRET_SUBKEY)


def certificates(data: bytes) -> tuple[str, ...]:
    """Return the fingerprints of the primary public keys in the binary ``data``, in upper-case hex; raises as above.

    Computed from the key packets alone (RFC 9580 section 5.5.4, versions 4 and 6): what they claim, not that they are
    whole.  Other versions are left out.
    """
    found = []
    for packet in packets(data):
        if packet.tag != _PUBLIC_KEY or packet.streamed:
            continue
        body = data[packet.start : packet.end]
        if body[:1] == b"\x04" and len(body) < 1 << 16:
            hashed = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False)
            found.append(hashed.hexdigest().upper())
        elif body[:1] == b"\x06":
            found.append(hashlib.sha256(b"\x9b" + len(body).to_bytes(4, "big") + body).hexdigest().upper())
    return tuple(found)
