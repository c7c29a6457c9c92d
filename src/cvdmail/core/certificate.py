"""OpenPGP certificates as gpg lists them, and whether one may be encrypted to.

The only input is gpg's colon listing (``--with-colons``, doc/DETAILS of GnuPG): one record a line, fields cut at
colons, user ids escaped in the manner of C.  A user id is text from outside that its owner chose; it names an address
but proves nothing, and is never used to pick a key.

Which subkey gpg will encrypt to is a rule of its own: of the live encryption subkeys the one made last (the first of
several made in the same second), and the primary key only if no subkey will do.  :func:`usable_for_encryption` follows
the same rule, so that what was shown to a person is what will stand in the ciphertext.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from cvdmail.core.ids import Address, Fingerprint
from cvdmail.errors import CryptoRefused, ParseLimit, Refused

MAX_LISTING_BYTES = 2 * 1024 * 1024
"""The longest colon listing that is read, in bytes."""
MAX_LISTING_CERTIFICATES = 5000
"""The most certificates in one listing."""
MIN_RSA_BITS = 2048
"""RSA keys below this are refused (security practice since 2014, NIST SP 800-131A)."""
WARN_DAYS = (7, 30, 60)
"""How many days before its expiry a key is warned about, most pressing first."""

_RSA = frozenset({1, 2, 3})
_OUTDATED = frozenset({16, 17, 20})  # ElGamal, DSA, ElGamal sign and encrypt
_ENCRYPTING = frozenset({1, 2, 18, 25, 26})  # RSA, ECDH, X25519, X448 (RFC 9580 section 9.1)
_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LAST_INSTANT = 1 << 32


class Validity(Enum):
    """The state gpg gives a key when nobody is trusted: only the refusals among them mean anything here."""

    PLAIN = "plain"
    INVALID = "invalid"
    DISABLED = "disabled"
    REVOKED = "revoked"
    EXPIRED = "expired"


_VALIDITY = {"i": Validity.INVALID, "d": Validity.DISABLED, "r": Validity.REVOKED, "e": Validity.EXPIRED}


@dataclass(frozen=True, slots=True)
class Subkey:
    """A subkey, or the primary key in the role of one.

    ``capabilities`` holds lower-case letters: ``e`` encrypt, ``s`` sign, ``c`` certify, ``a`` authenticate.
    ``algorithm`` is the number of RFC 9580 section 9.1, ``bits`` the key's length; times are UTC.
    """

    fingerprint: Fingerprint
    key_id: str
    capabilities: str
    algorithm: int
    bits: int
    created: datetime
    expires: datetime | None
    revoked: bool
    validity: Validity = Validity.PLAIN


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: primary key, user ids, subkeys.

    ``user_ids`` are shown to people: control and invisible characters are dropped, revoked ones are left in.
    ``addresses`` are those of the user ids that stand.  ``has_secret``: the secret primary key is here.
    """

    fingerprint: Fingerprint
    created: datetime
    expires: datetime | None
    revoked: bool
    validity: Validity
    algorithm: int
    bits: int
    curve: str
    user_ids: tuple[str, ...]
    addresses: tuple[Address, ...]
    subkeys: tuple[Subkey, ...]
    has_secret: bool
    capabilities: str = ""

    @property
    def primary(self) -> Subkey:
        """The primary key as one that might encrypt or sign itself."""
        return Subkey(
            self.fingerprint, self.fingerprint.key_id, self.capabilities, self.algorithm, self.bits,
            self.created, self.expires, self.revoked, self.validity,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Usability:
    """Whether a certificate may be encrypted to: the subkey that will be used, or the one reason why not."""

    usable: bool
    reason: str
    warnings: tuple[str, ...] = ()
    key: Subkey | None = None


def read_listing(listing: bytes) -> tuple[Certificate, ...]:
    """Read a colon listing.  Raises ``ParseLimit`` for too much of it, ``CryptoRefused`` for a malformed record."""
    if len(listing) > MAX_LISTING_BYTES:
        raise ParseLimit("key listing", f"it is longer than {MAX_LISTING_BYTES} bytes", "")
    blocks: list[list[list[bytes]]] = []
    for line in listing.split(b"\n"):
        fields = line.split(b":")
        if fields[0] in (b"pub", b"sec"):
            blocks.append([])
        if blocks:
            blocks[-1].append(fields)
    if len(blocks) > MAX_LISTING_CERTIFICATES:
        raise ParseLimit("key listing", f"it holds more than {MAX_LISTING_CERTIFICATES} keys", "")
    return tuple(_certificate(block) for block in blocks)


def _certificate(records: Sequence[Sequence[bytes]]) -> Certificate:
    keys: list[tuple[Sequence[bytes], Sequence[bytes]]] = []
    user_ids: list[tuple[str, str]] = []
    for index, record in enumerate(records):
        following = records[index + 1] if index + 1 < len(records) else [b""]
        if record[0] in (b"pub", b"sec", b"sub", b"ssb"):
            keys.append((record, following))
        elif record[0] == b"uid" and _field(record, 1) != "i":
            user_ids.append((_field(record, 1), _unescape(record[9] if len(record) > 9 else b"")))
    primary, *subkeys = (_key(record, following) for record, following in keys)
    first = records[0]
    standing = [text for letter, text in user_ids if letter != "r"]
    found = [address for text in standing if (address := _address(text)) is not None]
    return Certificate(
        primary.fingerprint, primary.created, primary.expires, primary.revoked, primary.validity,
        primary.algorithm, primary.bits, _field(first, 16),
        tuple(visible(text) for _, text in user_ids), tuple(dict.fromkeys(found)), tuple(subkeys),
        first[0] == b"sec" and _field(first, 14) != "#", primary.capabilities,
    )  # fmt: skip


def _key(record: Sequence[bytes], following: Sequence[bytes]) -> Subkey:
    """Read a key record and the ``fpr`` record that must follow it."""
    try:
        fingerprint = Fingerprint.parse(_field(following, 9) if following[0] == b"fpr" else "")
        created = _instant(_field(record, 5) or "missing")
        ends = _field(record, 6)
        validity = _VALIDITY.get(_field(record, 1)[:1], Validity.PLAIN)
        capabilities = "".join(sorted(letter for letter in _field(record, 11) if letter in "esca"))
        if "D" in _field(record, 11):
            validity = Validity.DISABLED
        return Subkey(
            fingerprint, fingerprint.key_id, capabilities, int(_field(record, 3)), int(_field(record, 2)),
            created, _instant(ends) if ends not in ("", "0") else None, validity is Validity.REVOKED, validity,
        )  # fmt: skip
    except (Refused, ValueError):
        raise CryptoRefused("key listing", "gpg wrote a record that cannot be read", "check the key") from None


def _field(record: Sequence[bytes], index: int) -> str:
    return record[index].decode("ascii", "replace") if index < len(record) else ""


def _instant(text: str) -> datetime:
    """Read seconds since 1970; raise ``ValueError`` for anything else."""
    seconds = int(text)
    if not 0 < seconds < _LAST_INSTANT:
        raise ValueError(text)
    return datetime.fromtimestamp(seconds, UTC)


def _unescape(text: bytes) -> str:
    """Undo the escapes of the listing (``\\x3a`` is a colon); bytes that are no UTF-8 become U+FFFD."""
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), text).decode("utf-8", "replace")


def visible(text: str) -> str:
    """Drop control characters, bidirectional marks, zero-width characters and line separators from a user id."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in _INVISIBLE)


def _address(user_id: str) -> Address | None:
    """Return the address a user id claims: in angle brackets at its end, or the whole of it.

    A user id with invisible characters claims none: dropping them could turn one address into another.
    """
    if visible(user_id) != user_id:
        return None
    inside = user_id[user_id.rfind("<") + 1 : -1] if user_id.endswith(">") else user_id
    try:
        return Address.parse(inside)
    except Refused:
        return None


def usable_for_encryption(certificate: Certificate, now: datetime) -> Usability:
    """Tell whether gpg would encrypt to ``certificate`` at ``now`` and whether we let it; never raises.

    Refused are revoked, expired, disabled and invalid keys, RSA below 2048 bits, DSA and ElGamal, whether as the
    primary key or as the encryption subkey.  A key that will expire within 60, 30 or 7 days is usable with a warning.
    """
    primary = certificate.primary
    reason = _why_dead(primary, now) or _why_weak(primary)
    if reason:
        return Usability(False, f"the key {reason}")
    if not certificate.user_ids:
        return Usability(False, "the key has no valid user id")
    candidates = [key for key in certificate.subkeys if "e" in key.capabilities]
    candidates = candidates or ([primary] if "e" in primary.capabilities else [])
    if not candidates:
        return Usability(False, "the key cannot encrypt: it has no encryption subkey")
    live = [key for key in candidates if not _why_dead(key, now)]
    if not live and "e" in primary.capabilities:
        live = [primary]
    if not live:
        newest = max(candidates, key=lambda key: key.created)
        return Usability(False, f"its encryption subkey {_why_dead(newest, now)}")
    chosen = max(live, key=lambda key: key.created)
    reason = _why_weak(chosen)
    if reason or chosen.algorithm not in _ENCRYPTING:
        return Usability(False, f"its encryption subkey {reason or 'is of a kind not known here'}")
    return Usability(True, "", _warnings(primary, chosen, now), chosen)


def _why_dead(key: Subkey, now: datetime) -> str:
    if key.revoked or key.validity is Validity.REVOKED:
        return "has been revoked"
    if key.expires is not None and key.expires <= now:
        return f"expired on {key.expires.date().isoformat()}"
    if key.validity is Validity.EXPIRED:
        return "has expired"
    if key.validity in (Validity.INVALID, Validity.DISABLED):
        return f"is {key.validity.value}"
    if key.created > now:
        return f"will only be valid from {key.created.date().isoformat()}"
    return ""


def _why_weak(key: Subkey) -> str:
    if key.algorithm in _OUTDATED:
        return "is of an outdated kind (DSA or ElGamal)"
    if key.algorithm in _RSA and key.bits < MIN_RSA_BITS:
        return f"is RSA with only {key.bits} bits"
    return ""


def _warnings(primary: Subkey, chosen: Subkey, now: datetime) -> tuple[str, ...]:
    ends = [key.expires for key in (primary, chosen) if key.expires is not None]
    if not ends:
        return ()
    left = min(ends) - now
    for days in WARN_DAYS:
        if left <= timedelta(days=days):
            return (f"the key expires on {min(ends).date().isoformat()}, within {days} days",)
    return ()
