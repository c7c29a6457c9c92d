"""The values of security.txt fields (RFC 9116): contacts, links and dates, each read twice.

Strictly, to say what breaks the RFC; and tolerantly, to say what a careful person could still use.  The two answers
never mix: a tolerant ``reach`` does not take an error away, and an error does not take a ``reach`` away.

Everything here takes one value of at most 2,048 characters and runs in time linear in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from urllib.parse import unquote

from cvdmail.core.ids import Address, parse_domain
from cvdmail.errors import Refused

_MAX_RECOVERABLE = 10
_MAX_AT_SIGNS = 100


class ContactKind(Enum):
    """What a ``Contact:`` value is, as it stands."""

    MAILTO = "mailto"
    HTTPS = "https"
    HTTP = "http"
    TEL = "tel"
    BARE_EMAIL = "bare-email"
    BARE_PHONE = "bare-phone"
    BARE_HOST = "bare-host"
    OTHER_URI = "other-uri"
    TEXT = "text"
    MAILTO_BAD = "mailto-bad"


@dataclass(frozen=True, slots=True)
class Contact:
    """One ``Contact:`` value (RFC 9116 section 2.5.3).

    ``reach`` is what a tolerant reader may use (``mailto:``, ``https:``, ``http:`` or ``tel:``) or None.
    ``placeholder`` marks an address left over from a template; it is never reachable.  ``recoverable`` holds addresses
    that de-obfuscation finds: a person has to confirm them.
    """

    kind: ContactKind
    value: str
    reach: str | None
    placeholder: bool = False
    recoverable: tuple[str, ...] = ()


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,40}):")
_WEB = re.compile(r"https?://([^/?#@\s\[\]:]{1,253})(?::[0-9]{1,5})?(?:[/?#]\S*)?\Z", re.IGNORECASE)
_USERINFO = re.compile(r"https?://[^/?#]*@", re.IGNORECASE)
_PHONE = re.compile(r"[+(0-9][0-9 ()./-]{5,40}\Z")
_BARE_HOST = re.compile(r"([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})(?:/\S*)?\Z")
_URI_CHARACTERS = re.compile(r"[!-~]+\Z")
# A last label that is a file name's ending: "security.txt" is a slip of the pen, not a host.
_FILE_ENDINGS = frozenset({"asc", "asp", "aspx", "gpg", "htm", "html", "json", "key", "md", "pdf", "pgp", "php", "txt"})

# Template blanks, looked for in the two labels left of the top one: example.com, www.example.co.uk, yourdomain.com.
# The reserved top domains .example and .test are not here: closed networks live under them, and nothing else can.
_PLACEHOLDER_TOP = frozenset({"invalid", "localhost", "tld"})
_PLACEHOLDER_LABELS = frozenset({"example", "mydomain", "yourwebsite"}).union(
    f"your{dash}{noun}" for dash in ("", "-") for noun in ("company", "domain", "organisation", "organization", "site")
)


def is_placeholder_domain(domain: str) -> bool:
    """Tell whether ``domain`` is an example (RFC 2606 section 3), can never exist, or is a template's blank."""
    labels = domain.lower().rstrip(".").split(".")
    return labels[-1] in _PLACEHOLDER_TOP or not _PLACEHOLDER_LABELS.isdisjoint(labels[-3:-1])


def _clean(text: str) -> bool:
    """Tell whether ``text`` shows what it is: no control, bidi, zero-width or separator characters, no blanks."""
    return text.isprintable() and " " not in text


def _address(text: str) -> Address | None:
    if not _clean(text) or text.endswith("."):
        return None
    try:
        return Address.parse(text)
    except Refused:
        return None


def _domain(text: str) -> str | None:
    if len(text) > 253 or not _clean(text):
        return None
    try:
        return parse_domain(text)
    except Refused:
        return None


def web_host(url: str) -> str | None:
    """Return the host (A-labels) of a well-formed ``http`` or ``https`` URL without user part, or None."""
    found = _WEB.match(url)
    if found is None or not url.isprintable() or _USERINFO.match(url):
        return None
    return _domain(found[1])


# "security [at] vendor [dot] com", "x(at)y(dot)z", "x AT y DOT z", "x[@]y": every quantifier is bounded.
_AT = re.compile(r"[ _]{0,3}[\[({<] {0,2}(?:at|@) {0,2}[\])}>][ _]{0,3}| {1,3}(?:at|@) {1,3}", re.IGNORECASE)
_DOT = re.compile(r"[ _]{0,3}[\[({<] {0,2}(?:dot|\.) {0,2}[\])}>][ _]{0,3}| {1,3}dot {1,3}", re.IGNORECASE)
_LOCAL_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-"
_DOMAIN_HEAD = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


def find_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses in ``text``, plain or lightly disguised, in order, at most ten.

    For a person's eyes: nothing here may ever be mailed unasked.
    """
    plain = _DOT.sub(".", _AT.sub("@", text))
    found: dict[str, None] = {}
    at = plain.find("@")
    for _ in range(_MAX_AT_SIGNS):
        if at < 0 or len(found) >= _MAX_RECOVERABLE:
            break
        domain = _DOMAIN_HEAD.match(plain, at + 1, at + 256)
        window = plain[max(0, at - 64) : at] if domain else ""
        local = window[len(window.rstrip(_LOCAL_CHARACTERS)) :].lstrip(".-_")
        address = _address(f"{local}@{domain[0]}") if local and domain else None
        if address is not None and not is_placeholder_domain(address.domain):
            found[str(address)] = None
        at = plain.find("@", at + 1)
    return tuple(found)


def _mailto(value: str) -> tuple[Contact, str | None]:
    # RFC 6068: header fields (cc, body, ...) are text from outside and are dropped; so are second addresses.
    rest = value[len("mailto:") :]
    given = unquote(rest.split("?", 1)[0].split(",", 1)[0].strip(" \t"))
    address = _address(given)
    if address is None:
        return Contact(ContactKind.MAILTO_BAD, value, None, recoverable=find_addresses(rest)), "contact_bad_uri"
    error = None if _URI_CHARACTERS.match(value) else "contact_bad_uri"
    if is_placeholder_domain(address.domain):
        return Contact(ContactKind.MAILTO, value, None, placeholder=True), error
    return Contact(ContactKind.MAILTO, value, f"mailto:{given}"), error


def _web(value: str, scheme: str) -> tuple[Contact, str | None]:
    kind = ContactKind.HTTPS if scheme == "https" else ContactKind.HTTP
    host = web_host(value)
    if host is None:
        return Contact(kind, value, None), "contact_bad_uri"
    error = None if _URI_CHARACTERS.match(value) else "contact_bad_uri"
    if scheme == "http":
        error = "contact_http_not_https"
    if is_placeholder_domain(host):
        return Contact(kind, value, None, placeholder=True), error
    return Contact(kind, value, value), error


def _dial(text: str) -> str | None:
    digits = "".join(c for c in text if c in "+0123456789")
    return f"tel:{digits}" if sum(c.isdigit() for c in digits) >= 3 else None


def _bare(value: str) -> Contact:
    address = _address(value)
    if address is not None:
        placeholder = is_placeholder_domain(address.domain)
        return Contact(ContactKind.BARE_EMAIL, value, None if placeholder else f"mailto:{value}", placeholder)
    if _PHONE.match(value) and sum(c.isdigit() for c in value) >= 6:
        return Contact(ContactKind.BARE_PHONE, value, _dial(value))
    host = _BARE_HOST.match(value)
    if host is not None and value.isprintable():
        name = _domain(host[1])
        if name is not None and name.rpartition(".")[2] not in _FILE_ENDINGS:
            placeholder = is_placeholder_domain(name)
            return Contact(ContactKind.BARE_HOST, value, None if placeholder else f"https://{value}", placeholder)
    return Contact(ContactKind.TEXT, value, None, recoverable=find_addresses(value))


def read_contact(value: str) -> tuple[Contact, str | None]:
    """Read one ``Contact:`` value; return it with the error it makes, or None."""
    found = _SCHEME.match(value)
    scheme = found[1].lower() if found else ""
    if scheme == "mailto":
        return _mailto(value)
    if scheme in ("https", "http"):
        return _web(value, scheme)
    if scheme == "tel":
        return Contact(ContactKind.TEL, value, _dial(value)), None if _clean(value) else "contact_bad_uri"
    if found and len(value) > found.end() and _URI_CHARACTERS.match(value):
        return Contact(ContactKind.OTHER_URI, value, None), None
    return _bare(value), "contact_not_uri"


def link_error(field: str, value: str) -> str | None:
    """Return the error that a link field (``policy``, ``encryption``, ...) makes, or None.  RFC 9116 section 2.4."""
    found = _SCHEME.match(value)
    if found is None or (" " in value and found[1].lower() not in ("https", "http")):
        return f"{field}_not_uri"
    scheme = found[1].lower()
    if scheme == "http":
        return f"{field}_http_not_https"
    if not _URI_CHARACTERS.match(value) or (scheme == "https" and web_host(value) is None):
        return f"{field}_bad_uri"
    return None


# RFC 3339 section 5.6, as RFC 9116 section 2.5.5 asks for it.
_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,30})?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
# What people write instead, where only one reading is possible: a blank for the T, no seconds, no offset, date only.
_LOOSE_ISO = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt ] ?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,30})?)? ?([Zz]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)
_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3,9},? {1,2})?([0-9]{1,2}) {1,2}([A-Za-z]{3,9}),? {1,2}([0-9]{4})"
    r"(?: {1,2}([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))? {0,2}([Zz]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)
_MONTHS = {"janfebmaraprmayjunjulaugsepoctnovdec"[3 * n : 3 * n + 3]: n + 1 for n in range(12)}


def _offset(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _instant(parts: tuple[str | None, ...]) -> datetime | None:
    """Build an instant from year, month, day, hour, minute, second and offset as texts; None if there is none."""
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    try:
        # A leap second is read as the second before: it exists in RFC 3339 and not in datetime.
        moment = datetime.combine(date(year, month, day), time(hour, minute, min(second, 59)), _offset(parts[6]))
        return moment.astimezone(UTC) if second <= 60 else None
    except (ValueError, OverflowError):
        return None


def read_expires(value: str) -> tuple[datetime | None, bool]:
    """Read an ``Expires:`` value; return the instant in UTC (None where unclear) and whether it is strictly valid."""
    strict = _RFC3339.match(value)
    if strict is not None:
        instant = _instant(strict.groups())
        return instant, instant is not None
    loose = _LOOSE_ISO.match(value)
    if loose is not None:
        return _instant(loose.groups()), False
    mail = _MAIL_DATE.match(value)
    month = _MONTHS.get(mail[2][:3].lower()) if mail else None
    if mail is None or month is None:
        return None, False
    return _instant((mail[3], str(month), mail[1], mail[4], mail[5], mail[6], mail[7])), False
