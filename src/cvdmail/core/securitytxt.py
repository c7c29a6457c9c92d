"""Read a security.txt (RFC 9116) strictly for its faults and tolerantly for its contacts.

Of the files found in the wild, four in five break the RFC, and nearly all of those still name a contact that works;
on the other hand a server's error page is served as ``/.well-known/security.txt`` just as readily.  So three answers
are given and kept apart: what the text *is* (:class:`DocumentClass`; anything but a security.txt yields no contact),
what is *wrong* with it (``errors`` break a MUST, ``warnings`` do not), and what can be *used* (``contacts``).

Rules worth knowing.  CRLF, LF and a lone CR end a line; U+2028, VT and FF do not.  In a clear-signed text only the
signed part counts: fields put in front of or behind it are somebody else's.  Whether the signature is good is not
decided here.  Unknown names are never taken for known ones: ``Expiration:`` is not ``Expires:``.

No input makes :func:`parse` raise, and none of up to 32 KiB takes longer than a few milliseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from cvdmail.core.securitytxt_fields import Contact, find_addresses, link_error, read_contact, read_expires

MAX_BYTES = 32 * 1024  # RFC 9116 section 5.4
MAX_LINE = 2048
MAX_LINES = 1000


class DocumentClass(Enum):
    """What a server answered with."""

    SECURITY_TXT = "security.txt"
    HTML = "html"
    JSON = "json"
    EMPTY = "empty"
    OTHER_TEXT = "other_text"


class SignatureBlock(Enum):
    """The form of the OpenPGP clear-signature around the text; nothing is said about its being good."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """A parsed text.  All values are as the file gives them, in its order; ``errors`` and ``warnings`` are sorted.

    ``expires_at`` is the ``Expires`` instant in UTC, read leniently, None where absent or unclear; ``expired`` was
    decided at the instant given to :func:`parse`.  ``hints`` are addresses seen in a text that is no security.txt:
    for a person's eyes, never to be mailed automatically.
    """

    document: DocumentClass
    contacts: tuple[Contact, ...] = ()
    encryption: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()
    acknowledgments: tuple[str, ...] = ()
    hiring: tuple[str, ...] = ()
    csaf: tuple[str, ...] = ()
    preferred_languages: tuple[str, ...] = ()
    unknown_fields: tuple[str, ...] = ()
    expires: str | None = None
    expires_at: datetime | None = None
    expired: bool = False
    signature_block: SignatureBlock | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def signed(self) -> bool:
        """Whether the text calls itself clear-signed."""
        return self.signature_block is not None

    @property
    def valid(self) -> bool:
        """Whether it is a security.txt that breaks no MUST."""
        return self.document is DocumentClass.SECURITY_TXT and not self.errors

    @property
    def valid_strict(self) -> bool:
        """Whether it also keeps to the letter of the grammar (last line end, blank after the colon)."""
        return self.valid and _GRAMMAR_ONLY.isdisjoint(self.warnings)

    @property
    def usable(self) -> bool:
        """Whether at least one contact can be reached."""
        return any(contact.reach is not None for contact in self.contacts)


_GRAMMAR_ONLY = frozenset({"no_final_eol", "no_space_after_colon"})
_LINK_FIELDS = ("encryption", "policy", "canonical", "acknowledgments", "hiring", "csaf")
_KNOWN = frozenset({"contact", "expires", "preferred-languages", *_LINK_FIELDS})
_KNOWN_LINE = re.compile(r"^(?:contact|expires|encryption|policy|canonical):", re.IGNORECASE | re.MULTILINE)
_FIELD_NAME = re.compile(r"[!-9;-~]{1,100}\Z")  # ftext of RFC 5322 section 3.6.8
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}\Z")  # the form of RFC 5646, not its registry
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HTML_START = re.compile(
    r"<(?:!doctype|!--|\?xml|html|head|body|title|meta|link|script|style|div|center|table|form|iframe|noscript|pre|p|br"
    r"|h[1-6]|svg|b|i|a|span|font|img)\b",
    re.IGNORECASE,
)
_HTML_INSIDE = re.compile(r"<!doctype\s{1,9}html|<html\b", re.IGNORECASE)
_BEGIN_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END_SIGNATURE = "-----END PGP SIGNATURE-----"


def _decode(raw: bytes, errors: set[str]) -> str:
    """Decode ``raw``; a BOM and UTF-16 are forgiven and noted, bytes that are no UTF-8 are replaced and noted."""
    encoding = "utf-8"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif len(raw) >= 4 and raw[1] == 0 and raw[3] == 0 and raw[0] and raw[2]:
        encoding = "utf-16-le"
    elif len(raw) >= 4 and raw[0] == 0 and raw[2] == 0 and raw[1] and raw[3]:
        encoding = "utf-16-be"
    if encoding != "utf-8":
        errors.add("utf16")
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        errors.add("bom")
    text = raw.decode(encoding, "replace").removeprefix("\ufeff")
    if "\ufffd" in text:
        errors.add("not_utf8")
    return text


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    value: str


def _split_field(line: str, errors: set[str], warnings: set[str]) -> _Field | None:
    """Read one line as a field; None for a comment, a blank or a line that is no field."""
    if not line.strip(" \t") or line.startswith("#"):
        return None
    name, colon, rest = line.partition(":")
    bare = name.strip(" \t").lower()
    # "https://..." on a line of its own is a stray link, not a field called "https".
    if not colon or (bare not in _KNOWN and (not _FIELD_NAME.match(name) or rest.startswith("//"))):
        errors.add("bad_line")
        return None
    if bare in _KNOWN and name != name.strip(" \t"):
        errors.add("space_around_field_name")
    value = rest.strip(" \t")
    if not value:
        errors.add("empty_value")
        return None
    if not rest.startswith(" "):
        warnings.add("no_space_after_colon")
    return _Field(bare, value)


def _signed_part(lines: list[str], errors: set[str]) -> tuple[list[str], SignatureBlock | None]:
    """Cut a clear-signed text (RFC 9580 section 7) down to what is signed; other texts are returned whole."""
    trimmed = [line.rstrip(" \t") for line in lines]
    if _BEGIN_SIGNED not in trimmed:
        return lines, None
    begin = trimmed.index(_BEGIN_SIGNED)
    if any(trimmed[:begin]):
        errors.add("text_before_signature")
    start = begin + 1
    while start < len(lines) and trimmed[start]:  # armour headers end at a blank line
        start += 1
    start += 1
    end = next((n for n in range(start, len(lines)) if trimmed[n] == _BEGIN_SIGNATURE), None)
    body = [line.removeprefix("- ") for line in lines[start:end]]
    if end is None:
        errors.add("signature_missing")
        return body, SignatureBlock.MISSING
    close = next((n for n in range(end, len(lines)) if trimmed[n] == _END_SIGNATURE), None)
    if close is None:
        errors.add("signature_truncated")
        return body, SignatureBlock.TRUNCATED
    if any(trimmed[close + 1 :]):
        errors.add("text_after_signature")
    return body, SignatureBlock.COMPLETE


def _lines(text: str, errors: set[str], warnings: set[str]) -> list[str]:
    unix = text.replace("\r\n", "\n")
    if "\r" in unix:
        errors.add("lone_cr")
        unix = unix.replace("\r", "\n")
    if not unix.endswith("\n"):
        warnings.add("no_final_eol")
    lines = unix.split("\n")
    if len(lines) > MAX_LINES + 1:
        errors.add("too_many_lines")
    return lines[:MAX_LINES]


def _fields(lines: list[str], errors: set[str], warnings: set[str]) -> Iterator[_Field]:
    for line in lines:
        if len(line) > MAX_LINE:
            errors.add("line_too_long")
            continue
        if _CONTROL.search(line):
            errors.add("control_character")
        field = _split_field(line, errors, warnings)
        if field is not None:
            yield field


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _not_a_file(text: str) -> DocumentClass:
    """Say what a text without a single known field is."""
    if not text.strip().strip("\x00"):
        return DocumentClass.EMPTY
    if _HTML_START.match(text.lstrip()) or _HTML_INSIDE.search(text):
        return DocumentClass.HTML
    return DocumentClass.JSON if _is_json(text) else DocumentClass.OTHER_TEXT


def _collect(fields: list[_Field], at: datetime, errors: set[str], warnings: set[str]) -> SecurityTxt:
    links: dict[str, list[str]] = {name: [] for name in _LINK_FIELDS}
    contacts: list[Contact] = []
    expires: list[str] = []
    languages: list[str] = []
    unknown: dict[str, None] = {}
    for name, value in ((field.name, field.value) for field in fields):
        if name == "contact":
            contact, error = read_contact(value)
            contacts.append(contact)
            errors.update([error] if error else [])
            warnings.update(["placeholder_contact"] if contact.placeholder else [])
        elif name in links:
            links[name].append(value)
            error = link_error(name, value)
            errors.update([error] if error else [])
        elif name == "expires":
            expires.append(value)
        elif name == "preferred-languages":
            languages.append(value)
        else:
            unknown[name] = None
    if not contacts:
        errors.add("no_contact")
    if unknown:
        warnings.add("unknown_field")
    expires_at, expired = _expiry(expires, at, errors, warnings)
    return SecurityTxt(
        document=DocumentClass.SECURITY_TXT,
        contacts=tuple(contacts),
        encryption=tuple(links["encryption"]),
        policy=tuple(links["policy"]),
        canonical=tuple(links["canonical"]),
        acknowledgments=tuple(links["acknowledgments"]),
        hiring=tuple(links["hiring"]),
        csaf=tuple(links["csaf"]),
        preferred_languages=_languages(languages, errors),
        unknown_fields=tuple(sorted(unknown)),
        expires=expires[0] if expires else None,
        expires_at=expires_at,
        expired=expired,
    )


def _expiry(values: list[str], at: datetime, errors: set[str], warnings: set[str]) -> tuple[datetime | None, bool]:
    if not values:
        errors.add("no_expires")
        return None, False
    if len(values) > 1:
        errors.add("multiple_expires")
    instant, strict = read_expires(values[0])
    if not strict:
        errors.add("bad_expires")
    if instant is None:
        return None, False
    expired = instant <= at
    if expired:
        errors.add("expired")
    elif instant - at > timedelta(days=366):
        warnings.add("expires_over_a_year")
    return instant, expired


def _languages(values: list[str], errors: set[str]) -> tuple[str, ...]:
    if len(values) > 1:
        errors.add("multiple_preferred_languages")
    tags = [tag.strip(" \t") for value in values for tag in value.split(",")]
    if not all(_LANGUAGE.match(tag) for tag in tags):
        errors.add("bad_language")
    return tuple(tag for tag in tags if tag)


def parse(raw: bytes, at: datetime) -> SecurityTxt:
    """Read ``raw`` as it stood at the instant ``at`` (aware).  Never raises.

    More than 32 KiB is no security.txt whatever it says: it is classed from its beginning and bears the error
    ``too_large``.
    """
    errors: set[str] = set()
    warnings: set[str] = set()
    if len(raw) > MAX_BYTES:
        document = _not_a_file(raw[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff"))
        document = document if document is DocumentClass.HTML else DocumentClass.OTHER_TEXT
        return SecurityTxt(document, errors=("too_large",))
    text = _decode(raw, errors)
    signed, block = _signed_part(_lines(text, errors, warnings), errors)
    fields = list(_fields(signed, errors, warnings))
    looks_html = _HTML_START.match(text.lstrip()) is not None
    if looks_html or not any(field.name in _KNOWN for field in fields):
        document = _not_a_file(text)
        return SecurityTxt(document, hints=find_addresses(text) if document is DocumentClass.OTHER_TEXT else ())
    if _is_json(text):
        return SecurityTxt(DocumentClass.JSON)
    page = _HTML_INSIDE.search(text)
    if page is not None and not _KNOWN_LINE.search(text[: page.start()]):
        return SecurityTxt(DocumentClass.HTML)  # the fields only stand inside a web page with something in front
    read = _collect(fields, at, errors, warnings)
    return replace(read, signature_block=block, errors=tuple(sorted(errors)), warnings=tuple(sorted(warnings)))


def _utc(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0") if instant else None


def to_json(result: SecurityTxt, file: str) -> dict[str, object]:
    """Return ``result`` as plain JSON values; ``file`` is the name or URL it was read from."""
    return {
        "file": file,
        "class": result.document.value,
        "contacts": [{"kind": c.kind.value, "value": c.value, "reach": c.reach} for c in result.contacts],
        "encryption": list(result.encryption),
        "policy": list(result.policy),
        "canonical": list(result.canonical),
        "expires": result.expires,
        "expires_utc": _utc(result.expires_at),
        "expired": result.expired,
        "preferred_languages": list(result.preferred_languages),
        "signed": result.signed,
        "errors": list(result.errors),
        "warnings": list(result.warnings),
        "valid": result.valid,
        "valid_strict": result.valid_strict,
        "usable": result.usable,
    }
