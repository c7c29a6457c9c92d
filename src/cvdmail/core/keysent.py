"""Keys that came with a mail: shown, never used.

Whoever writes a mail can put a key into it (an attachment, an Autocrypt header, a block in the words), so a key that
came along proves nothing about its owner.  It is read far enough to name its fingerprint, which a person can compare
by another channel before pinning it.  Nothing is imported anywhere.
"""

from __future__ import annotations

import base64
import binascii
import re

from cvdmail.core.mail import Mail
from cvdmail.core.packets import Armor, certificates, dearmor
from cvdmail.core.parts import Inside, Part
from cvdmail.errors import CryptoRefused, ParseLimit

MAX_KEY = 512 * 1024
"""Bytes of one part that are looked at for keys."""
MAX_KEYS = 10
"""Fingerprints that are told of one mail."""
_MAX_BLOCKS = 10

_BEGIN, _END = b"-----BEGIN PGP PUBLIC KEY BLOCK-----", b"-----END PGP PUBLIC KEY BLOCK-----"
_KEY_NAMES = re.compile(r"\.(?:asc|gpg|pgp|key|pub)\Z", re.IGNORECASE)
_AUTOCRYPT = re.compile(rb"(?:^|;)\s{0,20}keydata\s{0,20}=([A-Za-z0-9+/=\s]{1,16384})\Z")


def keys_sent(outer: Mail, inner: Mail | None = None) -> tuple[str, ...]:
    """Return the fingerprints (upper-case hex) of the keys that came with a mail, forwarded mails aside; never raises.

    ``inner`` is the decrypted or signed entity, where there is one.
    """
    found: list[str] = []
    for mail in (outer, inner) if inner is not None else (outer,):
        for header in mail.root.headers:
            if header.name == "autocrypt":
                found += _autocrypt(header.raw)
        for part in mail.root.walk():
            if part.leaf and not part.inside & Inside.FORWARDED:
                found += _in_part(mail, part)
    return tuple(dict.fromkeys(found))[:MAX_KEYS]


def _autocrypt(value: bytes) -> tuple[str, ...]:
    """Read the key of an Autocrypt header (Autocrypt level 1, section 2.1): binary, in base64, the last attribute."""
    match = _AUTOCRYPT.search(value)
    if match is None:
        return ()
    try:
        return _fingerprints(base64.b64decode(b"".join(match[1].split()), validate=True))
    except (binascii.Error, ValueError):
        return ()


def _in_part(mail: Mail, part: Part) -> tuple[str, ...]:
    keys = part.media_type == "application/pgp-keys" or _KEY_NAMES.search(part.filename) is not None
    if not keys and part.media_type not in ("text/plain", "application/octet-stream"):
        return ()
    if not keys and part.transfer_encoding == "" and _BEGIN not in mail.raw[part.body : part.end]:
        return ()
    data = mail.content(part)[:MAX_KEY]
    if keys and data[:1] >= b"\x80":
        return _fingerprints(data)
    found: list[str] = []
    at = 0
    for _ in range(_MAX_BLOCKS):
        start = data.find(_BEGIN, at)
        end = data.find(_END, start)
        if start < 0 or end < 0:
            break
        at = end + len(_END)
        try:
            found += _fingerprints(dearmor(data[start:at], Armor.PUBLIC_KEY))
        except (CryptoRefused, ParseLimit):
            continue
    return tuple(found)


def _fingerprints(data: bytes) -> tuple[str, ...]:
    try:
        return certificates(data)
    except (CryptoRefused, ParseLimit):
        return ()
