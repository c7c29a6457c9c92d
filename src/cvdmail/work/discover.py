"""Find whom to tell about a vulnerability: ask the sources, and hand their claims to :mod:`cvdmail.core.candidates`.

The vendor's own words come first: its security.txt (RFC 9116), at most four requests.  Then the CNA list, the address
book, and, where nobody has said anything, the role address of RFC 2142 as a guess that may only be asked.

What a source is allowed to say is decided here.  A page on a platform does not speak through the platform's
security.txt; a domain above the one asked for speaks with less weight; a contact left over from a template is refused.
A source that cannot be fetched is a refusal with its reason, never an error: the others still count.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from cvdmail.core.candidates import (
    Adjustment,
    BookEntry,
    Channel,
    Claim,
    FetchedKey,
    Findings,
    KeyHint,
    Refusal,
    Source,
    SourceKind,
    assemble,
)
from cvdmail.core.cna import AddressRank, CnaEntry, CnaList, DomainTie, rank_address
from cvdmail.core.fetched import Fetched
from cvdmail.core.ids import Address, Fingerprint, parse_domain
from cvdmail.core.registrable import MAIL_PROVIDERS, is_platform, registrable_domain
from cvdmail.core.securitytxt import DocumentClass, SecurityTxt, parse
from cvdmail.core.securitytxt_fields import Contact, ContactKind
from cvdmail.errors import CvdmailError, Refused, ServerRefused, ServerUnavailable

TEXT_LIMIT = 32 * 1024
KEY_LIMIT = 1024 * 1024
JSON_LIMIT = 16 * 1024 * 1024
MAX_KEYS = 3
MAX_TARGET = 300


class WebFetcher(Protocol):
    """The web, as far as discovery needs it (:class:`cvdmail.edge.web.Fetcher`)."""

    async def get(self, url: str, limit: int) -> Fetched:
        """Fetch one file; raise ``Refused``, ``ServerRefused`` or ``ServerUnavailable`` only."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What an inspection of key bytes told of one certificate: its primary fingerprint, and why (not) usable."""

    fingerprint: Fingerprint
    usable: bool
    reason: str


InspectKey = Callable[[bytes], Awaitable[Sequence[KeyFacts]]]


@dataclass(slots=True)
class _Search:
    """What has been gathered so far for one target."""

    fetcher: WebFetcher | None
    inspect_key: InspectKey | None
    now: datetime
    claims: list[Claim] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    keys: list[FetchedKey] = field(default_factory=list)

    def refuse(self, value: str, why: str) -> None:
        self.refused.append(Refusal(value, why))


@dataclass(frozen=True, slots=True)
class Target:
    """What a person named: ``domain`` to look at, the ``address`` if one was given, or the ``name`` of somebody."""

    domain: str | None
    address: Address | None
    name: str


def read_target(text: str) -> Target:
    """Tell a domain, web address, mail address and organisation's name apart; raise ``Refused`` for none of them."""
    stripped = text.strip()
    if not stripped or len(stripped) > MAX_TARGET or not stripped.isprintable():
        raise Refused("target", "it is empty, too long, or holds unprintable characters", "name a domain")
    if stripped.lower().startswith(("https://", "http://")):
        try:
            parts = urlsplit(stripped)
            domain = parse_domain(parts.hostname or "")
        except ValueError:
            raise Refused("target", "the web address is not well formed", "check its spelling") from None
        if is_platform(domain) and parts.path.strip("/"):
            raise Refused("target", "the page stands on a platform that does not speak for it", "name the vendor")
        return Target(domain, None, "")
    if "@" in stripped:
        address = Address.parse(stripped)
        return Target(address.domain, address, "")
    try:
        return Target(parse_domain(stripped), None, "")
    except Refused:
        return Target(None, None, stripped)


async def find(
    target: str,
    *,
    fetcher: WebFetcher | None,
    cna: CnaList | None,
    address_book: Sequence[BookEntry],
    now: datetime,
    inspect_key: InspectKey | None = None,
) -> Findings:
    """Return whom to tell about ``target``: a domain, an https URL, a mail address or an organisation's name.

    ``fetcher`` None asks nobody.  ``address_book`` holds the entries that apply to this target.  ``inspect_key``
    reads fetched key files; without it they are only handed back.  Raises ``Refused`` for a target that is none of
    the four; nothing that a source answers makes it raise.
    """
    wanted = read_target(target)
    search = _Search(fetcher, inspect_key, now)
    domain = wanted.domain
    if domain is not None and registrable_domain(domain) in MAIL_PROVIDERS and wanted.address is not None:
        search.refuse(domain, "the domain is a mail provider's, it says nothing about the vendor")
        domain = None
    if wanted.name and cna is not None:
        domain = _by_name(search, cna, wanted.name)
    if domain is not None:
        await _ask_security_txt(search, domain)
        if cna is not None and not wanted.name:
            _by_domain(search, cna, domain)
        _guess(search, domain)
    if wanted.address is not None and all(_address_of(claim) != wanted.address for claim in search.claims):
        search.refuse(str(wanted.address), "no source names this address")
    return assemble(target, search.claims, search.refused, address_book, search.keys)


def _address_of(claim: Claim) -> Address | None:
    return Address.parse(claim.value) if claim.channel is Channel.EMAIL else None


# --- security.txt ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    path: str
    parent: bool = False

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


def _places(domain: str) -> list[_Place]:
    """Return where to ask, in order; the legacy place last (RFC 9116 section 3).

    The file of a domain does not speak for the names below it (section 3.1), so a subdomain is asked first and the
    domain above it second; nobody above the registrable domain is asked.
    """
    owner = registrable_domain(domain)
    well_known = "/.well-known/security.txt"
    second = _Place(f"www.{domain}", well_known) if domain == owner else _Place(owner, well_known, parent=True)
    return [_Place(domain, well_known), second, _Place(domain, "/security.txt")]


async def _ask_security_txt(search: _Search, domain: str) -> None:
    if search.fetcher is None:
        return
    unreachable: set[str] = set()
    for place in _places(domain):
        if place.host in unreachable:
            continue
        try:
            answer = await search.fetcher.get(place.url, TEXT_LIMIT)
        except ServerUnavailable as failure:
            unreachable.add(place.host)
            search.refuse(place.url, failure.why)
        except (ServerRefused, Refused) as failure:
            search.refuse(place.url, failure.why)
        else:
            if await _take_answer(search, domain, place, answer):
                return


async def _take_answer(search: _Search, domain: str, place: _Place, answer: Fetched) -> bool:
    """Use one answer; True when it was a security.txt, so that nobody else need be asked."""
    if answer.status != 200:
        search.refuse(place.url, f"the server answered with status {answer.status}")
        return False
    text = parse(answer.body, search.now)
    if text.document is not DocumentClass.SECURITY_TXT:
        search.refuse(place.url, f"what is served there is no security.txt but {text.document.value}")
        for hint in text.hints:
            search.refuse(hint, "only seen in a text that is no security.txt; a person may look at it")
        return False
    host = urlsplit(answer.final_url).hostname or domain
    shared = _file_adjustments(text, answer, place.parent)
    keys = await _key_hints(search, text)
    for contact in text.contacts:
        adjustments = (*shared, *((Adjustment.NOT_A_URI,) if contact.kind.value.startswith("bare-") else ()))
        source = Source(
            SourceKind.SECURITY_TXT,
            f"security_txt:{registrable_domain(host)}",
            answer.final_url,
            answer.fetched_at,
            answer.sha256,
            text.expires_at,
            adjustments,
        )
        _claim_contact(search, domain, contact, source, keys)
    return True


def _file_adjustments(text: SecurityTxt, answer: Fetched, parent: bool) -> tuple[Adjustment, ...]:
    same_place = {url.rstrip("/").lower() for url in text.canonical} & {url.lower() for url in answer.hops}
    return tuple(
        adjustment
        for adjustment, holds in (
            (Adjustment.CANONICAL, bool(same_place)),
            (Adjustment.EXPIRED, text.expired),
            (Adjustment.NO_EXPIRES, text.expires_at is None),
            (Adjustment.FOREIGN_REDIRECT, answer.foreign_redirect),
            (Adjustment.NOT_PLAIN_TEXT, answer.content_type != "text/plain"),
            (Adjustment.PARENT_DOMAIN, parent),
        )
        if holds
    )


_RESERVED_TOP = frozenset({"example", "test"})


def _claim_contact(search: _Search, domain: str, contact: Contact, source: Source, keys: tuple[KeyHint, ...]) -> None:
    if contact.placeholder:
        search.refuse(contact.value, "a placeholder from a template, nobody reads it")
        return
    if contact.reach is None:
        seen = f"; it may mean {', '.join(contact.recoverable)}, a person has to say so" if contact.recoverable else ""
        search.refuse(contact.value, f"not a contact that can be reached ({contact.kind.value}){seen}")
        return
    scheme, _, rest = contact.reach.partition(":")
    if scheme == "http":
        search.refuse(contact.value, "a form that is not served over https")
    elif scheme == "mailto":
        address = Address.parse(rest)
        top = address.domain.rpartition(".")[2]
        # Names under .example and .test exist in closed networks only: a public vendor cannot have one.
        if top in _RESERVED_TOP and domain.rpartition(".")[2] not in _RESERVED_TOP:
            search.refuse(contact.value, "an address under a domain reserved for examples")
            return
        search.claims.append(Claim(Channel.EMAIL, str(address), source, keys))
    elif contact.kind in (ContactKind.TEL, ContactKind.BARE_PHONE):
        search.claims.append(Claim(Channel.PHONE, rest, source))
    else:
        search.claims.append(Claim(Channel.PORTAL, contact.reach, source))


# --- keys -----------------------------------------------------------------------------------------------------


async def _key_hints(search: _Search, text: SecurityTxt) -> tuple[KeyHint, ...]:
    hints: list[KeyHint] = []
    links = [value for value in dict.fromkeys(text.encryption) if value.lower().startswith("https://")]
    for value in dict.fromkeys(text.encryption):
        if value.lower().startswith("openpgp4fpr:"):
            hints.append(_fingerprint_hint(value))
        elif value not in links:
            hints.append(KeyHint(None, value, False, "not a place this program takes keys from"))
    for url in links[:MAX_KEYS]:
        hints.extend(await _fetch_key(search, url))
    return tuple(hints)


def _fingerprint_hint(value: str) -> KeyHint:
    try:
        fingerprint = Fingerprint.parse(value)
    except Refused as failure:
        return KeyHint(None, value, False, failure.why)
    return KeyHint(fingerprint, value, False, "only the fingerprint is published; the key itself is not here")


async def _fetch_key(search: _Search, url: str) -> list[KeyHint]:
    if search.fetcher is None:
        return []
    try:
        answer = await search.fetcher.get(url, KEY_LIMIT)
    except (ServerUnavailable, ServerRefused, Refused) as failure:
        return [KeyHint(None, url, False, failure.why)]
    if answer.status != 200 or not answer.body:
        return [KeyHint(None, url, False, f"the server answered with status {answer.status} and no key")]
    search.keys.append(FetchedKey(url, answer.sha256, answer.body))
    if search.inspect_key is None:
        return [KeyHint(None, url, False, "fetched, not inspected")]
    try:
        found = await search.inspect_key(answer.body)
    except CvdmailError as failure:
        return [KeyHint(None, url, False, failure.why)]
    return [KeyHint(one.fingerprint, url, one.usable, one.reason) for one in found] or [
        KeyHint(None, url, False, "no OpenPGP key in what is served there")
    ]


# --- CNA list -------------------------------------------------------------------------------------------------


def _by_domain(search: _Search, cna: CnaList, domain: str) -> None:
    matches = cna.by_domain(domain)
    firm = [match for match in matches if match[1] is DomainTie.BOTH] or list(matches)
    for entry, tie in matches:
        if not entry.speaks_for_products:
            search.refuse(entry.organisation, "its CNA entry takes CVE requests and makes no products")
        elif (entry, tie) in firm:
            several = sum(one.speaks_for_products for one, _ in firm) > 1
            extra = [Adjustment.SEVERAL_AUTHORITIES] if several else []
            extra += [Adjustment.ONE_TIE] if tie is not DomainTie.BOTH else []
            _claim_entry(search, cna, entry, extra)


def _by_name(search: _Search, cna: CnaList, name: str) -> str | None:
    """Claim what the list says under ``name``; return the vendor's own domain if the entry ties just one firmly."""
    match = cna.by_name(name)
    for entry in match.similar:
        search.refuse(entry.organisation, "its name is only like the one asked for; a person decides")
    for entry in match.found:
        if not entry.speaks_for_products:
            search.refuse(entry.organisation, "its CNA entry takes CVE requests and makes no products")
            continue
        _claim_entry(search, cna, entry, [Adjustment.BY_NAME])
        firm = [domain for domain, tie in entry.domains().items() if tie is DomainTie.BOTH]
        if len(firm) == 1 and len(cna.by_domain(firm[0])) == 1:
            return firm[0]
    if not match.found and not match.similar:
        search.refuse(name, "no organisation of this name in the CNA list; name a domain")
    return None


def _claim_entry(search: _Search, cna: CnaList, entry: CnaEntry, adjustments: Sequence[Adjustment]) -> None:
    for address in entry.addresses:
        paperwork = rank_address(address) is AddressRank.PAPERWORK
        extra = (*adjustments, *((Adjustment.CVE_PAPERWORK,) if paperwork else ()))
        source = Source(SourceKind.CNA, "cna", cna.url or None, cna.taken, cna.sha256, None, extra)
        search.claims.append(Claim(Channel.EMAIL, str(address), source))
    for url in entry.pages:
        source = Source(SourceKind.CNA, "cna", cna.url or None, cna.taken, cna.sha256, None, tuple(adjustments))
        search.claims.append(Claim(Channel.PORTAL, url, source))


# --- RFC 2142 -------------------------------------------------------------------------------------------------


def _guess(search: _Search, domain: str) -> None:
    """Propose ``security@`` when no source named any contact at all."""
    if not search.claims and not is_platform(domain):
        source = Source(SourceKind.RFC2142, "rfc2142", adjustments=(Adjustment.MAIL_UNCHECKED,))
        search.claims.append(Claim(Channel.EMAIL, f"security@{registrable_domain(domain)}", source))


async def fetch_cna(fetcher: WebFetcher, url: str) -> bytes:
    """Fetch the CNA list's bytes.  Raises ``Refused``, ``ServerRefused`` or ``ServerUnavailable``."""
    answer = await fetcher.get(url, JSON_LIMIT)
    if answer.status != 200:
        raise ServerRefused("CNA list", f"the server answered with status {answer.status}", "check discovery.cna_url")
    return answer.body
