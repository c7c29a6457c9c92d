"""Sealed values: what the disk holds instead of readable text (rule 2).

Every sealed object has a random 256-bit data key of its own; the data key is wrapped by the key of a *scope* (a case,
the holding pen, or the store for what belongs to neither); scope keys are wrapped by the store key; the store key is
an OpenPGP message to the mailbox and to each person who may read.  So filing a mail re-wraps 32 bytes, and destroying
a case key erases a case from every backup at once.

A sealed value is ``version (1) | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag``.  Its associated data names
table, column and row: a value copied to another place in the database does not open there.  Keys and nonces are
arguments, made at the edge; this module only computes.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cvdmail.errors import SealBroken

VERSION = 1
KEY_SIZE = 32
NONCE_SIZE = 12
_HEADER = 1 + 8 + NONCE_SIZE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands; becomes its associated data."""

    table: str
    column: str
    row: int

    def associated_data(self) -> bytes:
        """Return the bytes bound to the value, without ambiguity between the three parts."""
        return b"cvdmail\0" + self.table.encode() + b"\0" + self.column.encode() + b"\0" + str(self.row).encode()


def seal(key: bytes, key_id: int, nonce: bytes, place: Place, data: bytes) -> bytes:
    """Seal ``data`` under ``key`` (32 bytes) for ``place``; ``nonce`` (12 bytes) must never repeat under one key."""
    if len(key) != KEY_SIZE or len(nonce) != NONCE_SIZE:
        raise SealBroken("sealing", "the key or nonce has the wrong size", "")
    head = bytes([VERSION]) + key_id.to_bytes(8, "big")
    return head + nonce + AESGCM(key).encrypt(nonce, data, head + place.associated_data())


def key_id_of(sealed: bytes) -> int:
    """Return the id of the key that sealed a value; raise ``SealBroken`` for an unknown format."""
    if len(sealed) < _HEADER + 16 or sealed[0] != VERSION:
        raise SealBroken("sealed value", "its format is not known", "was the database changed by another program?")
    return int.from_bytes(sealed[1:9], "big")


def unseal(key: bytes, place: Place, sealed: bytes) -> bytes:
    """Open a sealed value; raise ``SealBroken`` if key, place or bytes are not the ones it was made with."""
    key_id_of(sealed)
    if len(key) != KEY_SIZE:
        raise SealBroken("unsealing", "the key has the wrong size", "")
    nonce = sealed[9:_HEADER]
    try:
        return AESGCM(key).decrypt(nonce, sealed[_HEADER:], sealed[:9] + place.associated_data())
    except InvalidTag:
        raise SealBroken(
            f"sealed {place.table}.{place.column} {place.row}",
            "it does not open at this place with this key",
            "restore the database from a backup, or see 'cvdmail ledger verify'",
        ) from None
