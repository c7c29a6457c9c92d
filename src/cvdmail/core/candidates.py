"""Whom to tell: what the sources said, put together into ranked candidates with reasons and a gate.

A *claim* is one source naming one contact.  Claims on the same contact become a *candidate*.  Each source has a
confidence in hundredths, from its kind's base and adjustments; sources that agree raise each other,
``1 - (1-a)(1-b)...``, capped at 0.97, but sources that copy one another (same ``origin`` or the same bytes) count
once.  The *gate* then says what a first mail may hold:

=============  ========================================================================================
``details``    0.8 or more, and two independent sources or a person's yes: the report may be sent
``confirm``    0.5 or more: a person confirms the contact first
``ask_first``  less: only "who takes security reports, and with which key?", with no details
=============  ========================================================================================

A wrong contact hands an unpublished vulnerability to a stranger, so everything doubtful is refused with its reason
and shown, never dropped silently; and no single source, however good, passes the gate without a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from math import prod
from urllib.parse import urlsplit

from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.trackers import PUBLIC, is_public_tracker
from cvdmail.errors import Refused

CAP = 97
DETAILS_FROM = 80
CONFIRM_FROM = 50


class Channel(Enum):
    """How a contact is reached."""

    EMAIL = "email"
    PORTAL = "portal"
    PRIVATE_ADVISORY = "private_advisory"
    PHONE = "phone"
    OTHER = "other"


class SourceKind(Enum):
    """Where a contact was learned."""

    ADDRESS_BOOK = "address_book"
    SECURITY_TXT = "security_txt"
    CNA = "cna"
    CSAF = "csaf"
    SECURITY_MD = "security_md"
    RFC2142 = "rfc2142"


class Gate(Enum):
    """What a first mail to a candidate may hold."""

    DETAILS = "details"
    CONFIRM = "confirm"
    ASK_FIRST = "ask_first"


# Confidence of one undisturbed source, in hundredths.
BASE = {
    SourceKind.ADDRESS_BOOK: 98,
    SourceKind.SECURITY_TXT: 85,
    SourceKind.CNA: 85,
    SourceKind.CSAF: 80,
    SourceKind.SECURITY_MD: 80,
    SourceKind.RFC2142: 30,
}


class Adjustment(Enum):
    """What raises or lowers one source: hundredths and the words shown to a person."""

    CANONICAL = (5, "its Canonical field names the address it was fetched from")
    SIGNED_BY_PINNED = (5, "signed by a key that is pinned")
    EXPIRED = (-35, "expired")
    NO_EXPIRES = (-15, "no readable Expires date")
    FOREIGN_REDIRECT = (-30, "fetched through a redirect to another domain")
    SHARED_TEXT = (-20, "the same text is served by other domains")
    NOT_A_URI = (-5, "the contact is not written as a URI")
    NOT_PLAIN_TEXT = (-20, "not served as text/plain")
    PARENT_DOMAIN = (-10, "found on the domain above the one asked for")
    CVE_PAPERWORK = (-25, "an address for CVE requests rather than reports")
    SEVERAL_AUTHORITIES = (-25, "several authorities share the domain; their scopes decide")
    ONE_TIE = (-10, "tied to the domain by its address or its links only")
    BY_NAME = (-5, "found by its name, not by a domain")
    MAIL_UNCHECKED = (-10, "nobody published it, and whether it takes mail was not checked")

    def __init__(self, hundredths: int, words: str) -> None:
        self.hundredths = hundredths
        self.words = words


@dataclass(frozen=True, slots=True)
class Source:
    """One place that named a contact.

    ``origin`` names who really speaks: sources of one origin, or of the same bytes, count once.  ``fetched_at`` and
    ``sha256`` are of the bytes it was read from; ``expires`` is the date the source itself gives.
    """

    kind: SourceKind
    origin: str
    url: str | None = None
    fetched_at: datetime | None = None
    sha256: str | None = None
    expires: datetime | None = None
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def hundredths(self) -> int:
        """The confidence in this source alone, 1 to 98."""
        return max(1, min(98, BASE[self.kind] + sum(one.hundredths for one in self.adjustments)))


@dataclass(frozen=True, slots=True)
class KeyHint:
    """An OpenPGP key that a source offers for a contact; offered, not pinned.  ``source`` is the URL or URI it gave."""

    fingerprint: Fingerprint | None
    source: str
    usable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One source naming one contact: an address without ``mailto:``, a URL, or a telephone number."""

    channel: Channel
    value: str
    source: Source
    keys: tuple[KeyHint, ...] = ()


@dataclass(frozen=True, slots=True)
class BookEntry:
    """A contact of the address book that applies to the target.

    ``confirmed`` means that a person said yes to it or that it has answered before; ``demoted`` that a person said no.
    """

    channel: Channel
    value: str
    confirmed: bool
    demoted: bool = False
    confirmed_at: datetime | None = None
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact with everything that speaks for it; ``sources`` in the order they were found."""

    channel: Channel
    value: str
    sources: tuple[Source, ...]
    keys: tuple[KeyHint, ...] = ()

    @property
    def independent(self) -> int:
        """How many sources are left when those that copy one another count once."""
        return len(_distinct(self.sources))

    @property
    def score(self) -> float:
        """The combined confidence, 0 to 0.97; a person's yes alone goes to 0.98."""
        best = _distinct(self.sources)
        joined = 1.0 - prod(1.0 - source.hundredths / 100 for source in best)
        cap = max([CAP, *(source.hundredths for source in best)]) if self.confirmed else CAP
        return round(min(cap / 100, joined), 4)

    @property
    def confirmed(self) -> bool:
        """Whether a person has said yes to this very contact."""
        return any(source.kind is SourceKind.ADDRESS_BOOK for source in self.sources)

    @property
    def gate(self) -> Gate:
        """What a first mail may hold."""
        if self.score >= DETAILS_FROM / 100 and (self.confirmed or self.independent >= 2):
            return Gate.DETAILS
        return Gate.CONFIRM if self.score >= CONFIRM_FROM / 100 else Gate.ASK_FIRST


@dataclass(frozen=True, slots=True)
class Refusal:
    """A contact or source that was not taken, and why."""

    value: str
    why: str


@dataclass(frozen=True, slots=True)
class FetchedKey:
    """The raw bytes behind an ``Encryption:`` link; unchecked."""

    url: str
    sha256: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer for one target: candidates, best first, what was refused, and key files as fetched."""

    target: str
    candidates: tuple[Candidate, ...]
    refused: tuple[Refusal, ...]
    fetched_keys: tuple[FetchedKey, ...] = ()


def _distinct(sources: Iterable[Source]) -> list[Source]:
    """Keep the best source of each origin, and one of those with the same bytes: copies are no second witness."""
    kept: list[Source] = []
    for source in sorted(sources, key=lambda one: -one.hundredths):
        copied = any(s.origin == source.origin or (s.sha256 and s.sha256 == source.sha256) for s in kept)
        if not copied:
            kept.append(source)
    return kept


def contact_key(channel: Channel, value: str) -> str:
    """Return what makes two contacts the same: an address without case, a URL without its host's case or last slash."""
    if channel is Channel.EMAIL:
        try:
            return Address.parse(value).key
        except Refused:
            return value.lower()
    if channel is Channel.PORTAL:
        parts = urlsplit(value)
        return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"
    return value


def _book_claims(book: Sequence[BookEntry]) -> tuple[list[Claim], dict[str, str]]:
    claims, demoted = [], {}
    for entry in book:
        if entry.demoted:
            demoted[contact_key(entry.channel, entry.value)] = entry.value
        elif entry.confirmed:
            source = Source(SourceKind.ADDRESS_BOOK, "address_book", fetched_at=entry.confirmed_at)
            pinned = entry.fingerprint
            keys = (KeyHint(pinned, "address_book", True, "pinned"),) if pinned else ()
            claims.append(Claim(entry.channel, entry.value, source, keys))
    return claims, demoted


def assemble(
    target: str,
    claims: Sequence[Claim],
    refused: Sequence[Refusal],
    book: Sequence[BookEntry] = (),
    fetched_keys: Sequence[FetchedKey] = (),
) -> Findings:
    """Put claims together into :class:`Findings`; ``book`` holds what people said about contacts of this target.

    Equal scores keep the order of the claims, which is the vendor's own order of preference.
    """
    known, demoted = _book_claims(book)
    turned_down = [Refusal(value, "a person has demoted this contact") for value in demoted.values()]
    groups: dict[str, list[Claim]] = {}
    for claim in (*known, *claims):
        key = contact_key(claim.channel, claim.value)
        if claim.channel in (Channel.PORTAL, Channel.PRIVATE_ADVISORY) and is_public_tracker(claim.value):
            turned_down.append(Refusal(claim.value, PUBLIC))
        elif key not in demoted:
            groups.setdefault(key, []).append(claim)
    candidates = [
        Candidate(
            group[0].channel,
            group[0].value,
            tuple(dict.fromkeys(claim.source for claim in group)),
            tuple(dict.fromkeys(key for claim in group for key in claim.keys)),
        )
        for group in groups.values()
    ]
    ranked = sorted(candidates, key=lambda one: -one.score)
    return Findings(target, tuple(ranked), tuple(dict.fromkeys((*turned_down, *refused))), tuple(fetched_keys))


def _time(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z") if instant else None


def _source_json(source: Source) -> dict[str, object]:
    return {
        "kind": source.kind.value,
        "url": source.url,
        "fetched_at": _time(source.fetched_at),
        "sha256": source.sha256,
        "expires": _time(source.expires),
    }


def _key_json(key: KeyHint) -> dict[str, object]:
    fingerprint = key.fingerprint.text if key.fingerprint else None
    return {"fingerprint": fingerprint, "source": key.source, "usable": key.usable, "reason": key.reason}


def to_json(findings: Findings) -> dict[str, object]:
    """Return ``findings`` in the shape ``contact find --json`` prints."""
    return {
        "target": findings.target,
        "candidates": [
            {
                "channel": candidate.channel.value,
                "value": candidate.value,
                "score": candidate.score,
                "sources": [_source_json(source) for source in candidate.sources],
                "keys": [_key_json(key) for key in candidate.keys],
                "gate": candidate.gate.value,
            }
            for candidate in findings.candidates
        ],
        "refused": [{"value": refusal.value, "why": refusal.why} for refusal in findings.refused],
    }


def explain(candidate: Candidate) -> tuple[str, ...]:
    """Return the reasons behind a candidate's score, one line a source, for a person."""
    lines = []
    for source in candidate.sources:
        notes = "; ".join(one.words for one in source.adjustments)
        place = f" at {source.url}" if source.url else ""
        lines.append(f"{source.kind.value}{place}: {source.hundredths / 100:.2f}" + (f" ({notes})" if notes else ""))
    return tuple(lines)
