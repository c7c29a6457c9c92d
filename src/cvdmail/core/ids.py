"""Names that are parsed once, at the border, and trusted afterwards.

Every type here has one way in, ``parse``, which raises :class:`~cvdmail.errors.Refused`; a value that exists is
right.  None of them echoes the refused text in its error: it may come from outside.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from cvdmail.errors import Refused

# dot-atom of RFC 5322 section 3.2.3, without quoted strings: no security team uses them and every parser differs.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
# IDNA 2003 and 2008 map these to different names (UTS 46): a mail would reach another company.
_DEVIATIONS = frozenset("\u00df\u03c2\u200c\u200d\u1e9e")
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{40}|[0-9A-F]{64})\Z")
_CASE = re.compile(r"CVD-([0-9]{4})-([0-9]{4,9})\Z")
_MESSAGE_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,250}@[\x21-\x3b\x3d\x3f-\x7e]{1,250}\Z")
_TOKEN = re.compile(r"[a-z2-7]{16}\Z")


@functools.lru_cache(maxsize=4096)
def parse_domain(text: str) -> str:
    """Return ``text`` as a lower-case A-label domain of at least two labels (RFC 5890); raise ``Refused``."""
    lowered = text.strip().lower().rstrip(".")
    if any(char in _DEVIATIONS for char in lowered):
        raise Refused("domain", "it holds a letter that two standards read differently", "write it as xn--...")
    if not lowered.isascii():
        try:
            lowered = lowered.encode("idna").decode("ascii")
        except UnicodeError:
            raise Refused("domain", "it is no international domain name", "check its spelling") from None
    labels = lowered.split(".")
    if len(lowered) > 253 or len(labels) < 2 or not all(_LABEL.match(label) for label in labels):
        raise Refused("domain", "it is not a domain name like vendor.example", "check its spelling")
    if labels[-1].isdigit():
        raise Refused("domain", "it is an IP address, not a name", "name the domain")
    return lowered


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A mail address (RFC 5321 Mailbox, dot-atom local part, domain in A-label form).

    Two addresses are equal when they are equal without regard to case: no known mail system tells them apart, and
    an attacker must not be able to.  ``text`` keeps the case of the local part as given.
    """

    key: str
    text: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``local@domain``; raise ``Refused`` for anything else, display names and quoted parts included."""
        candidate = text.strip()
        local, at, domain = candidate.rpartition("@")
        odd = local.startswith("-") or ("=?" in local and "?=" in local)  # an option, an encoded word (RFC 2047)
        if not at or len(local) > 64 or len(candidate) > 254 or odd or not _LOCAL.match(local):
            raise Refused("address", "it is not a plain address like security@vendor.example", "check its spelling")
        full = f"{local}@{parse_domain(domain)}"
        return cls(full.lower(), full)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text

    @property
    def local(self) -> str:
        """The part before the ``@``, as given."""
        return self.text.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the ``@``, lower-case A-labels."""
        return self.key.rpartition("@")[2]


@dataclass(frozen=True, slots=True, order=True)
class Fingerprint:
    """A full OpenPGP fingerprint, 40 hex digits (version 4) or 64 (version 5 and 6), upper case."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Fingerprint:
        """Read a fingerprint, spaces and ``openpgp4fpr:`` forgiven; raise ``Refused`` for a short key id."""
        compact = text.strip().replace(" ", "").upper().removeprefix("OPENPGP4FPR:").removeprefix("0X")
        if not text.isascii() or not _FINGERPRINT.match(compact):
            raise Refused("fingerprint", "it is not a full fingerprint of 40 or 64 hex digits", "copy the whole of it")
        return cls(compact)

    def __str__(self) -> str:
        return self.text

    @property
    def key_id(self) -> str:
        """The 16-digit key id: the low 64 bits for version 4, the high 64 for later versions."""
        return self.text[-16:] if len(self.text) == 40 else self.text[:16]


@dataclass(frozen=True, slots=True, order=True)
class CaseId:
    """The name of a case, ``CVD-2026-0042``: the year it was opened and a number within it."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> CaseId:
        """Read a case id without regard to case; raise ``Refused``."""
        found = _CASE.match(text.strip().upper())
        if found is None:
            raise Refused("case", "the name is not like CVD-2026-0042", "see 'cvdmail case list'")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"CVD-{self.year:04d}-{self.number:04d}"


@dataclass(frozen=True, slots=True, order=True)
class MessageId:
    """A Message-ID (RFC 5322 section 3.6.4) without its angle brackets; compared as it stands."""

    text: str

    @classmethod
    def parse(cls, text: str) -> MessageId:
        """Read one id, angle brackets forgiven; raise ``Refused``."""
        bare = text.strip().removeprefix("<").removesuffix(">")
        if not _MESSAGE_ID.match(bare):
            raise Refused("Message-ID", "it is not of the form <left@right>", "")
        return cls(bare)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """80 random bits in lower-case base32 (RFC 4648), the secret part of a reply address."""

    text: str

    @classmethod
    def parse(cls, text: str) -> ReplyToken:
        """Read a token without regard to case; raise ``Refused``."""
        lowered = text.strip().lower()
        if not text.isascii() or not _TOKEN.match(lowered):
            raise Refused("reply token", "it is not 16 base32 letters", "")
        return cls(lowered)

    def __str__(self) -> str:
        return self.text
