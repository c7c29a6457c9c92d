"""Contact discovery as a whole: real requests to a loopback site, and what is made of the answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from cvdmail.core import cna
from cvdmail.core.candidates import BookEntry, Candidate, Channel, Findings, Gate, SourceKind, to_json
from cvdmail.core.ids import Fingerprint
from cvdmail.edge.web import Fetcher
from cvdmail.errors import CryptoRefused, Refused, ServerRefused, ServerUnavailable
from cvdmail.work.discover import KeyFacts, fetch_cna, find
from servers.https_site import HttpsSite, answer, redirect

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOSTS = ("acme.example", "www.acme.example", "app.acme.example", "agency.example", "list.example", "acme-pumps.de")
WELL_KNOWN = "acme.example/.well-known/security.txt"
FILE = b"Contact: mailto:psirt@acme.example\nContact: https://acme.example/report\nExpires: 2027-06-01T00:00:00Z\n"


class FixedClock:
    def now(self) -> datetime:
        return NOW


def listed(*mails: str, name: str = "Acme Pumps GmbH", kind: str = "Vendor") -> cna.CnaList:
    item = {
        "shortName": "acme",
        "organizationName": name,
        "contact": [
            {
                "email": [{"label": "Email", "emailAddr": mail} for mail in mails],
                "contact": [{"label": "Page", "url": "https://acme.example/report"}],
            }
        ],
        "disclosurePolicy": [{"url": "https://www.acme.example/policy"}],
        "CNA": {"type": [kind]},
    }
    return cna.read(json.dumps([item]).encode(), url="https://list.example/cna.json", taken=NOW)


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[HttpsSite]:
    async with HttpsSite(tmp_path, HOSTS) as running:
        yield running


@pytest_asyncio.fixture
async def web(site: HttpsSite) -> AsyncIterator[Fetcher]:
    hosts = dict.fromkeys(HOSTS, site.place)
    async with Fetcher(FixedClock(), fixed_hosts=hosts, ca_file=str(site.ca_file), seconds=5) as fetcher:
        yield fetcher


async def look(
    target: str, web: Fetcher | None, known: cna.CnaList | None = None, book: Sequence[BookEntry] = ()
) -> Findings:
    return await find(target, fetcher=web, cna=known, address_book=book, now=NOW)


def values(found: Findings) -> list[str]:
    return [candidate.value for candidate in found.candidates]


def best(found: Findings) -> Candidate:
    return found.candidates[0]


async def test_security_txt_alone_waits_for_a_person(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE)
    found = await look("acme.example", web)
    assert values(found) == ["psirt@acme.example", "https://acme.example/report"]
    assert [one.channel for one in found.candidates] == [Channel.EMAIL, Channel.PORTAL]
    assert {one.gate for one in found.candidates} == {Gate.CONFIRM}
    (source,) = best(found).sources
    assert source.url == f"https://{WELL_KNOWN}"
    assert (source.fetched_at, source.sha256) == (NOW, hashlib.sha256(FILE).hexdigest())
    assert source.expires == datetime(2027, 6, 1, tzinfo=UTC)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "target", ["acme.example", "ACME.example.", "https://acme.example/shop?x=1", "someone@acme.example"]
)
async def test_all_ways_to_name_a_vendor(site: HttpsSite, web: Fetcher, target: str) -> None:
    site.pages[WELL_KNOWN] = answer(FILE)
    assert best(await look(target, web)).value == "psirt@acme.example"


async def test_a_second_independent_source_opens_the_gate(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE)
    found = await look("acme.example", web, listed("PSIRT@acme.example", "cve@acme.example"))
    assert (best(found).value, best(found).gate, best(found).independent) == ("psirt@acme.example", Gate.DETAILS, 2)
    paperwork = next(one for one in found.candidates if one.value == "cve@acme.example")
    assert (paperwork.score, paperwork.gate) == (0.6, Gate.CONFIRM)


async def test_an_expired_file_needs_a_person(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE.replace(b"2027", b"2025"))
    found = await look("acme.example", web)
    assert (best(found).score, best(found).gate) == (0.5, Gate.CONFIRM)


async def test_the_order_of_places(site: HttpsSite, web: Fetcher) -> None:
    site.pages["acme.example/security.txt"] = answer(FILE)
    found = await look("acme.example", web)
    assert values(found)[0] == "psirt@acme.example"
    assert [f"{one.host}{one.path}" for one in site.asked] == [
        WELL_KNOWN,
        "www.acme.example/.well-known/security.txt",
        "acme.example/security.txt",
    ]
    assert [(one.value, one.why) for one in found.refused] == [
        (f"https://{WELL_KNOWN}", "the server answered with status 404"),
        ("https://www.acme.example/.well-known/security.txt", "the server answered with status 404"),
    ]


async def test_a_subdomain_may_fall_back_to_the_domain_above_it(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE)
    found = await look("app.acme.example", web)
    assert (best(found).value, best(found).score) == ("psirt@acme.example", 0.75)
    assert [one.host for one in site.asked] == ["app.acme.example", "acme.example"]


async def test_a_redirect_to_a_stranger_lowers_the_score(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = redirect("https://agency.example/s.txt")
    site.pages["agency.example/s.txt"] = answer(FILE)
    found = await look("acme.example", web)
    assert (best(found).score, best(found).sources[0].url) == (0.55, "https://agency.example/s.txt")


async def test_canonical_raises_and_a_strange_media_type_lowers(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE + f"Canonical: https://{WELL_KNOWN}\n".encode())
    assert best(await look("acme.example", web)).score == 0.9
    site.pages[WELL_KNOWN] = answer(FILE, kind="text/html")
    assert best(await look("acme.example", web)).score == 0.65


async def test_what_is_no_contact_is_refused_with_its_reason(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(
        b"Contact: user@example.com\nContact: psirt [at] acme [dot] example\nContact: javascript:alert(1)\n"
        b"Contact: http://acme.example/form\nContact: tel:+49-30-1234567\nExpires: 2027-06-01T00:00:00Z\n"
    )
    found = await look("acme.example", web)
    assert [(one.channel, one.value) for one in found.candidates] == [(Channel.PHONE, "+49301234567")]
    why = {one.value: one.why for one in found.refused}
    assert "placeholder" in why["user@example.com"]
    assert "psirt@acme.example" in why["psirt [at] acme [dot] example"]
    assert "other-uri" in why["javascript:alert(1)"]
    assert "https" in why["http://acme.example/form"]


async def test_pages_that_are_no_security_txt_give_hints_only(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(b"<html>\nContact: mailto:thief@evil.net\n</html>")
    site.pages["www.acme.example/.well-known/security.txt"] = answer(b"Write to help@acme.example please")
    found = await look("acme.example", web)
    assert values(found) == ["security@acme.example"]
    assert (best(found).gate, best(found).sources[0].kind) == (Gate.ASK_FIRST, SourceKind.RFC2142)
    refused = {one.value: one.why for one in found.refused}
    assert "html" in refused[f"https://{WELL_KNOWN}"]
    assert "help@acme.example" in refused
    assert "thief@evil.net" not in json.dumps(to_json(found))


async def test_a_host_that_cannot_be_reached_is_a_refused_source(site: HttpsSite, web: Fetcher) -> None:
    found = await look("nowhere.invalid", web, listed("psirt@acme.example"))
    assert values(found) == ["security@nowhere.invalid"]
    assert [one.value for one in found.refused] == [
        "https://nowhere.invalid/.well-known/security.txt",
        "https://www.nowhere.invalid/.well-known/security.txt",
    ]
    assert site.connections == 0


async def test_offline_asks_nobody(site: HttpsSite) -> None:
    found = await look("acme.example", None, listed("psirt@acme.example"))
    assert (best(found).value, best(found).gate) == ("psirt@acme.example", Gate.CONFIRM)
    assert best(found).sources[0].url == "https://list.example/cna.json"
    assert site.connections == 0


async def test_an_organisation_is_found_by_name_and_corroborated(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE)
    found = await look("Acme Pumps", web, listed("psirt@acme.example"))
    assert (best(found).value, best(found).gate) == ("psirt@acme.example", Gate.DETAILS)


async def test_a_similar_name_is_only_shown() -> None:
    found = await look("Acme Valves", None, listed("psirt@acme.example"))
    assert found.candidates == ()
    assert [one.value for one in found.refused] == ["Acme Pumps GmbH"]


async def test_a_researchers_authority_is_refused() -> None:
    for target in ("acme.example", "Acme Pumps"):
        found = await look(target, None, listed("psirt@acme.example", kind="Researcher"))
        assert all(one.sources[0].kind is SourceKind.RFC2142 for one in found.candidates)
        assert "CVE requests" in found.refused[0].why


async def test_the_address_book_outranks_the_file(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE)
    book = [
        BookEntry(Channel.EMAIL, "jane@acme.example", confirmed=True),
        BookEntry(Channel.EMAIL, "psirt@acme.example", confirmed=False, demoted=True),
    ]
    found = await look("acme.example", web, None, book)
    assert values(found) == ["jane@acme.example", "https://acme.example/report"]
    assert best(found).gate is Gate.DETAILS


async def test_an_address_that_no_source_names_is_said_so(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN] = answer(FILE)
    found = await look("bob@acme.example", web)
    assert [(one.value, one.why) for one in found.refused] == [("bob@acme.example", "no source names this address")]


@pytest.mark.parametrize(
    "target", ["", " ", "x" * 400, "a\u202eb", "https://", "https://[", "https://127.0.0.1/", "a@b"]
)
async def test_targets_that_are_none(target: str) -> None:
    with pytest.raises(Refused):
        await look(target, None)


async def test_a_page_on_a_platform_does_not_speak_through_it(web: Fetcher) -> None:
    with pytest.raises(Refused, match="platform"):
        await look("https://github.com/acme/pump", web)


async def test_a_mail_provider_is_not_the_vendor(site: HttpsSite) -> None:
    found = await look("someone@gmail.com", None)
    assert found.candidates == ()
    assert found.refused[0].value == "gmail.com"


async def test_a_public_vendor_cannot_have_an_example_address(site: HttpsSite) -> None:
    hosts = {"acme-pumps.de": site.place}
    site.pages["acme-pumps.de/.well-known/security.txt"] = answer(FILE)
    async with Fetcher(FixedClock(), fixed_hosts=hosts, ca_file=str(site.ca_file)) as fetcher:
        found = await look("acme-pumps.de", fetcher)
    assert values(found) == ["https://acme.example/report"]
    assert [(one.value, one.why) for one in found.refused] == [
        ("mailto:psirt@acme.example", "an address under a domain reserved for examples")
    ]


KEYS = FILE + (
    b"Encryption: https://acme.example/key.asc\nEncryption: https://acme.example/gone.asc\n"
    b"Encryption: openpgp4fpr:" + b"ab" * 20 + b"\nEncryption: openpgp4fpr:abcd\nEncryption: dns:x.acme.example\n"
)


async def test_keys_are_fetched_and_handed_back_as_they_are(site: HttpsSite, web: Fetcher) -> None:
    body = b"not a key at all, 40,000 octets" + b"." * 40_000
    site.pages[WELL_KNOWN], site.pages["acme.example/key.asc"] = answer(KEYS), answer(body)
    found = await look("acme.example", web)
    (fetched,) = found.fetched_keys
    assert (fetched.url, fetched.body) == ("https://acme.example/key.asc", body)
    assert fetched.sha256 == hashlib.sha256(body).hexdigest()
    hints = {key.source: key for key in best(found).keys}
    assert hints["openpgp4fpr:" + "ab" * 20].fingerprint == Fingerprint.parse("AB" * 20)
    assert not any(key.usable for key in hints.values())
    assert "404" in hints["https://acme.example/gone.asc"].reason
    assert hints["openpgp4fpr:abcd"].fingerprint is None


async def test_inspected_keys_stand_beside_the_mail_contact(site: HttpsSite, web: Fetcher) -> None:
    site.pages[WELL_KNOWN], site.pages["acme.example/key.asc"] = answer(KEYS), answer(b"key")
    seen: list[bytes] = []

    async def inspect(raw: bytes) -> Sequence[KeyFacts]:
        seen.append(raw)
        return [KeyFacts(Fingerprint.parse("CD" * 20), True, "")]

    found = await find("acme.example", fetcher=web, cna=None, address_book=(), now=NOW, inspect_key=inspect)
    assert seen == [b"key"]
    (usable,) = [key for key in best(found).keys if key.usable]
    assert (str(usable.fingerprint), usable.source) == ("CD" * 20, "https://acme.example/key.asc")
    assert found.candidates[1].keys == ()

    async def broken(raw: bytes) -> Sequence[KeyFacts]:
        raise CryptoRefused("key", "it is a secret key", "")

    again = await find("acme.example", fetcher=web, cna=None, address_book=(), now=NOW, inspect_key=broken)
    assert "it is a secret key" in [key.reason for key in best(again).keys]


async def test_the_cna_list_is_fetched(site: HttpsSite, web: Fetcher) -> None:
    url = "https://list.example/cna.json"
    with pytest.raises(ServerRefused):
        await fetch_cna(web, url)
    site.pages["list.example/cna.json"] = answer(b"[]" + b" " * 100_000, kind="application/json")
    assert len(await fetch_cna(web, url)) == 100_002
    with pytest.raises(ServerUnavailable):
        await fetch_cna(web, "https://nowhere.invalid/cna.json")
