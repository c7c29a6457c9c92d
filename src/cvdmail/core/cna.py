"""The list of CVE Numbering Authorities, read as a directory of vendors' security teams.

The list (``CNAsList.json`` of the CVE programme) was not made for this.  It has no date, no field for a vendor's
domain, and it is kept by hand: addresses without ``@``, blanks in them, HTML in texts, keys that were renamed.  So
each entry is read for what is good in it, and what is bad is counted in ``problems`` instead of stopping the rest.

Three things decide whether an entry may be used.  Only the types *Vendor*, *Open Source* and *Hosted Service* say who
makes a product; a researcher's or a CERT's address is for CVE requests.  Addresses like ``cve@`` and ``cna@`` want
CVE paperwork and rank below a security team's.  The domain index is derived from addresses and links, minus the
platforms that many vendors share; a domain that several entries share is for a person to decide.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from cvdmail.core.ids import Address
from cvdmail.core.registrable import is_platform, registrable_domain
from cvdmail.core.securitytxt_fields import web_host
from cvdmail.errors import ParseLimit, Refused

MAX_BYTES = 16 * 1024 * 1024
MAX_ENTRIES = 20_000
MAX_LIST = 50
MAX_TEXT = 4_000
MAX_LOST = 0.10


class CnaType(Enum):
    """What an authority is; the list's own words."""

    VENDOR = "Vendor"
    OPEN_SOURCE = "Open Source"
    HOSTED_SERVICE = "Hosted Service"
    RESEARCHER = "Researcher"
    CERT = "CERT"
    BUG_BOUNTY = "Bug Bounty Provider"
    CONSORTIUM = "Consortium"


PRODUCT_TYPES = frozenset({CnaType.VENDOR, CnaType.OPEN_SOURCE, CnaType.HOSTED_SERVICE})


class AddressRank(Enum):
    """How well an address fits for a report, best first."""

    SECURITY_TEAM = 0
    GENERAL = 1
    PAPERWORK = 2


class DomainTie(Enum):
    """What ties an entry to a domain: address and links alike, or only one of them."""

    BOTH = "address and links"
    ADDRESS = "address"
    LINKS = "links"


_PAPERWORK = re.compile(r"(?:\A|[^a-z])(?:root)?(?:cve|cna)(?:[^a-z]|\Z)|\A(?:cve|cna|rootcna)|(?:cve|cna)\Z")
_TEAM = re.compile(r"sec(?:ur|alert|team)|prodsec|sirt|cert|cvd|vdp|vuln|incident|disclos")


def rank_address(address: Address) -> AddressRank:
    """Rank an address by its local part."""
    local = address.local.lower()
    if _PAPERWORK.search(local):
        return AddressRank.PAPERWORK
    return AddressRank.SECURITY_TEAM if _TEAM.search(local) else AddressRank.GENERAL


@dataclass(frozen=True, slots=True)
class CnaEntry:
    """One authority.  ``addresses`` are ranked, best first; ``scope`` is prose for people."""

    short_name: str
    organisation: str
    scope: str
    types: frozenset[CnaType]
    addresses: tuple[Address, ...]
    pages: tuple[str, ...]
    policies: tuple[str, ...]
    advisories: tuple[str, ...]
    country: str

    @property
    def speaks_for_products(self) -> bool:
        """Whether it answers for products of its own."""
        return not PRODUCT_TYPES.isdisjoint(self.types)

    def domains(self) -> dict[str, DomainTie]:
        """Return the registrable domains this entry is tied to, platforms left out."""
        mail = {registrable_domain(a.domain) for a in self.addresses if not is_platform(a.domain)}
        hosts = (web_host(url) for url in (*self.policies, *self.advisories))
        links = {registrable_domain(host) for host in hosts if host and not is_platform(host)}
        ties = dict.fromkeys(links - mail, DomainTie.LINKS) | dict.fromkeys(mail - links, DomainTie.ADDRESS)
        return ties | dict.fromkeys(mail & links, DomainTie.BOTH)


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a name led to: ``found`` entries bear exactly it (or an alias); ``similar`` are for a person to look at."""

    found: tuple[CnaEntry, ...]
    similar: tuple[CnaEntry, ...]


@dataclass(frozen=True, slots=True)
class CnaList:
    """The whole list.  ``sha256`` is of the bytes read; ``url`` and ``taken`` say where and when they were got."""

    entries: tuple[CnaEntry, ...]
    sha256: str
    problems: int
    url: str = ""
    taken: datetime | None = None
    _by_domain: Mapping[str, tuple[tuple[CnaEntry, DomainTie], ...]] = field(default_factory=dict, repr=False)
    _by_name: Mapping[str, tuple[CnaEntry, ...]] = field(default_factory=dict, repr=False)
    _by_alias: Mapping[str, tuple[CnaEntry, ...]] = field(default_factory=dict, repr=False)

    def by_domain(self, domain: str) -> tuple[tuple[CnaEntry, DomainTie], ...]:
        """Return the entries tied to the registrable domain of ``domain``, with their ties; several mean: ask."""
        return self._by_domain.get(registrable_domain(domain), ())

    def by_name(self, name: str) -> NameMatch:
        """Look for an organisation: by its name, then by its aliases, then for similar ones (five at most)."""
        wanted = normalise_name(name)
        if not wanted:
            return NameMatch((), ())
        found = self._by_name.get(wanted) or self._by_alias.get(wanted) or ()
        if len(found) == 1:
            return NameMatch(found, ())
        return NameMatch((), found or self._similar(wanted))

    def _similar(self, wanted: str) -> tuple[CnaEntry, ...]:
        words = set(wanted.split()[:20])
        scored = []
        for place, entry in enumerate(self.entries):
            theirs = set(normalise_name(entry.organisation).split()) | {entry.short_name.lower()}
            share = len(words & theirs) / len(words | theirs)
            if share >= 0.25:
                scored.append((-share, place, entry))
        return tuple(entry for _, _, entry in sorted(scored, key=lambda item: item[:2])[:5])


_LEGAL_FORMS = frozenset(
    {"ab", "ag", "as", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "kgaa"}
    | {"kk", "limited", "llc", "llp", "lp", "ltd", "nv", "oy", "oyj", "plc", "pte", "pty", "sa", "sarl", "se", "spa"}
    | {"srl", "sro", "the"}
)
_NOT_WORD = re.compile(r"[^\w]+")
_PARENTHESES = re.compile(r"\(([^()]{1,100})\)")


def normalise_name(name: str) -> str:
    """Return ``name`` without case, accents' forms, punctuation and legal forms; empty if nothing is left."""
    folded = unicodedata.normalize("NFKC", name[:300]).casefold().replace(".", "").replace("'", "")
    words = _NOT_WORD.sub(" ", folded).split()
    return " ".join([word for word in words if word not in _LEGAL_FORMS] or words)


def _aliases(entry: CnaEntry) -> set[str]:
    inside = _PARENTHESES.findall(entry.organisation)
    outside = _PARENTHESES.sub(" ", entry.organisation)
    names = {normalise_name(name) for name in (entry.short_name, entry.short_name.replace("_", " "), outside, *inside)}
    return names - {"", normalise_name(entry.organisation)}


def _objects(value: object) -> Iterator[dict[object, object]]:
    """Yield the objects of a JSON list, at most ``MAX_LIST``; anything of another shape yields nothing."""
    if isinstance(value, list):
        yield from (item for item in value[:MAX_LIST] if isinstance(item, dict))


def _object(value: object) -> dict[object, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return " ".join(value[:MAX_TEXT].split()) if isinstance(value, str) else ""


@dataclass(slots=True)
class _Reading:
    """Counts what had to be left out."""

    problems: int = 0

    def links(self, items: object) -> tuple[str, ...]:
        urls = [_text(item.get("url")) for item in _objects(items)]
        good = [url for url in urls if web_host(url)]
        self.problems += len(urls) - len(good)
        return tuple(dict.fromkeys(good))

    def addresses(self, contacts: list[dict[object, object]]) -> tuple[Address, ...]:
        found: dict[Address, AddressRank] = {}
        for item in (item for contact in contacts for item in _objects(contact.get("email"))):
            try:
                address = Address.parse(_text(item.get("emailAddr")))
            except Refused:
                self.problems += 1
                continue
            rank = rank_address(address)
            if "root" in _text(item.get("label")).lower():  # the door for other authorities, not for reports
                rank = AddressRank.PAPERWORK
            found.setdefault(address, rank)
        return tuple(sorted(found, key=lambda address: found[address].value))

    def entry(self, item: dict[object, object]) -> CnaEntry | None:
        short, organisation = _text(item.get("shortName")), _text(item.get("organizationName"))
        if not short or not organisation:
            self.problems += 1
            return None
        contacts = list(_objects(item.get("contact")))
        types = _object(item.get("CNA")).get("type")
        return CnaEntry(
            short_name=short,
            organisation=organisation,
            scope=_text(item.get("scope")),
            types=frozenset(kind for kind in CnaType if isinstance(types, list) and kind.value in types),
            addresses=self.addresses(contacts),
            pages=tuple(url for c in contacts for key in ("contact", "form") for url in self.links(c.get(key))),
            policies=self.links(item.get("disclosurePolicy")),
            advisories=self.links(_object(item.get("securityAdvisories")).get("advisories")),
            country=_text(item.get("country")),
        )


def read(raw: bytes, *, url: str = "", taken: datetime | None = None) -> CnaList:
    """Read the list from JSON bytes.

    Raises ``ParseLimit`` above 16 MB or 20,000 entries, ``Refused`` for anything without a single usable entry.
    Two entries of one short name (without regard to case) both stay: they are different authorities.
    """
    if len(raw) > MAX_BYTES:
        raise ParseLimit("CNA list", f"it is larger than {MAX_BYTES} octets", "")
    try:
        items = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused("CNA list", "it is not JSON", "fetch it again") from None
    if isinstance(items, list) and len(items) > MAX_ENTRIES:
        raise ParseLimit("CNA list", f"it has more than {MAX_ENTRIES} entries", "")
    reading = _Reading()
    read_entries = [
        reading.entry(item) for item in (items if isinstance(items, list) else []) if isinstance(item, dict)
    ]
    entries = tuple(entry for entry in read_entries if entry is not None)
    if not any(entry.addresses or entry.pages for entry in entries):
        raise Refused("CNA list", "it holds no authority with a contact", "check the address it came from")
    by_domain: dict[str, list[tuple[CnaEntry, DomainTie]]] = {}
    by_name: dict[str, list[CnaEntry]] = {}
    by_alias: dict[str, list[CnaEntry]] = {}
    for entry in entries:
        by_name.setdefault(normalise_name(entry.organisation), []).append(entry)
        for alias in _aliases(entry):
            by_alias.setdefault(alias, []).append(entry)
        for domain, tie in entry.domains().items():
            by_domain.setdefault(domain, []).append((entry, tie))
    return CnaList(
        entries,
        hashlib.sha256(raw).hexdigest(),
        reading.problems,
        url,
        taken,
        {key: tuple(value) for key, value in by_domain.items()},
        {key: tuple(value) for key, value in by_name.items()},
        {key: tuple(value) for key, value in by_alias.items()},
    )


def refuse_shrunk(old: CnaList, new: CnaList) -> None:
    """Raise ``Refused`` if ``new`` lacks more than a tenth of the authorities of ``old``.

    In twenty months the real list lost 4 %; a larger loss is a truncated, wrong or tampered file.
    """
    before = {entry.short_name.lower() for entry in old.entries}
    lost = len(before - {entry.short_name.lower() for entry in new.entries})
    if lost > MAX_LOST * len(before):
        raise Refused("CNA list", f"{lost} of {len(before)} authorities would be lost", "check the file; keep the old")
