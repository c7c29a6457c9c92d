"""The list of CVE numbering authorities as a directory of security teams."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvdmail.core.cna import (
    MAX_BYTES,
    AddressRank,
    CnaList,
    DomainTie,
    normalise_name,
    rank_address,
    read,
    refuse_shrunk,
)
from cvdmail.core.ids import Address
from cvdmail.errors import ParseLimit, Refused


def entry(short: str, organisation: str, mails: list[str], hosts: list[str], types: list[str]) -> dict[str, object]:
    links = [{"label": "Policy", "language": "", "url": f"https://{host}/policy"} for host in hosts]
    return {
        "shortName": short,
        "cnaID": "CNA-2020-0001",
        "organizationName": organisation,
        "scope": "<b>All products</b>",
        "contact": [{"email": [{"label": "Email", "emailAddr": m} for m in mails], "contact": [], "form": []}],
        "disclosurePolicy": links,
        "securityAdvisories": {"alerts": [], "advisories": links},
        "resources": [],
        "CNA": {"isRoot": False, "type": types, "roles": [{"helpText": "", "role": "CNA"}]},
        "country": "Germany",
    }


ACME = entry("acme", "Acme Pumps GmbH", ["cna@acme.de", "PSIRT@acme.de"], ["www.acme.de", "github.com"], ["Vendor"])
BETA = entry("beta_oss", "Beta Foundation (BFX)", ["security@beta.org"], ["github.com"], ["Open Source"])
GAMMA = entry("gamma", "Gamma Research, Inc.", ["info@gamma.com"], ["gamma.com"], ["Researcher"])
TWIN_A = entry("twin_a", "Twin Storage", ["psirt@twin.com"], ["twin.com"], ["Vendor"])
TWIN_B = entry("twin_b", "Twin Networks", ["psirt@twin.com"], ["twin.com"], ["Vendor"])


def listed(*items: object) -> CnaList:
    return read(
        json.dumps(list(items)).encode(), url="https://cve.example/list", taken=datetime(2026, 11, 1, tzinfo=UTC)
    )


ALL = listed(ACME, BETA, GAMMA, TWIN_A, TWIN_B)


def test_addresses_are_ranked_and_links_kept() -> None:
    ((found, tie),) = ALL.by_domain("support.acme.de")
    assert [str(address) for address in found.addresses] == ["PSIRT@acme.de", "cna@acme.de"]
    assert tie is DomainTie.BOTH
    assert found.speaks_for_products
    assert found.policies == ("https://www.acme.de/policy", "https://github.com/policy")


def test_platforms_are_in_no_index() -> None:
    assert ALL.by_domain("github.com") == ()
    ((found, tie),) = ALL.by_domain("beta.org")
    assert (found.short_name, tie) == ("beta_oss", DomainTie.ADDRESS)


def test_shared_domains_give_all_their_entries() -> None:
    assert [found.short_name for found, _ in ALL.by_domain("twin.com")] == ["twin_a", "twin_b"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Acme Pumps GmbH", "acme"),
        ("ACME PUMPS", "acme"),
        ("The Acme-Pumps Co., Ltd.", "acme"),
        ("acme", "acme"),
        ("Beta Foundation", "beta_oss"),
        ("BFX", "beta_oss"),
        ("Gamma Research", "gamma"),
    ],
)
def test_names_and_aliases(name: str, short: str) -> None:
    match = ALL.by_name(name)
    assert [found.short_name for found in match.found] == [short]
    assert match.similar == ()


def test_a_name_that_is_only_similar_is_for_a_person() -> None:
    match = ALL.by_name("Acme Valves")
    assert match.found == ()
    assert [found.short_name for found in match.similar] == ["acme"]
    assert ALL.by_name("Nobody Known") == ALL.by_name("") == ALL.by_name("!!!")


def test_researchers_do_not_speak_for_products() -> None:
    ((found, _),) = ALL.by_domain("gamma.com")
    assert not found.speaks_for_products


@pytest.mark.parametrize(
    ("local", "rank"),
    [
        ("security", AddressRank.SECURITY_TEAM),
        ("product-psirt", AddressRank.SECURITY_TEAM),
        ("secalert", AddressRank.SECURITY_TEAM),
        ("support", AddressRank.GENERAL),
        ("cve", AddressRank.PAPERWORK),
        ("CVE-Coordination", AddressRank.PAPERWORK),
        ("security-cna", AddressRank.PAPERWORK),
        ("RootCNA-desk", AddressRank.PAPERWORK),
        ("cna_team", AddressRank.PAPERWORK),
    ],
)
def test_local_parts_are_ranked(local: str, rank: AddressRank) -> None:
    assert rank_address(Address.parse(f"{local}@acme.de")) is rank


def test_an_address_for_other_authorities_ranks_last() -> None:
    item = entry("r", "Root Co", [], ["r.com"], ["Vendor"])
    item["contact"] = [
        {"email": [{"label": "Root contact email", "emailAddr": "desk@r.com"}, {"emailAddr": "help@r.com"}]}
    ]
    ((found, _),) = listed(item).by_domain("r.com")
    assert [str(address) for address in found.addresses] == ["help@r.com", "desk@r.com"]


def test_dirt_costs_only_itself() -> None:
    dirty = entry("dirty", "  Dirty\nData ", [" sec@dirty.com", "no address", "a@b@c"], ["dirty.com"], ["Vendor"])
    old_key = entry("old", "Old Schema", ["sec@old.com"], ["old.com"], ["Vendor"])
    old_key["CNA"] = {"role": "CNA", "type": "Vendor"}
    nothing: dict[str, object] = {"shortName": 7, "organizationName": None}
    wrong = {**ACME, "shortName": "wrong", "contact": "text", "disclosurePolicy": {"url": 5}, "CNA": []}
    got = listed(dirty, old_key, nothing, wrong, "text", None, 5, ACME)
    assert [one.short_name for one in got.entries] == ["dirty", "old", "wrong", "acme"]
    assert got.entries[0].organisation == "Dirty Data"
    assert [str(address) for address in got.entries[0].addresses] == ["sec@dirty.com"]
    assert got.problems == 3
    assert not got.entries[1].speaks_for_products


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"{}", b"[]", b"[[]]", b'[{"shortName": "a"}]', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        read(raw)


def test_limits() -> None:
    with pytest.raises(ParseLimit):
        read(b" " * (MAX_BYTES + 1))
    with pytest.raises(ParseLimit):
        read(b"[" + b"{}," * 20_001 + b"{}]")


def test_a_list_that_lost_a_tenth_is_refused() -> None:
    many = [entry(f"v{n}", f"Vendor {n}", [f"sec@v{n}.com"], [f"v{n}.com"], ["Vendor"]) for n in range(40)]
    old = listed(*many)
    refuse_shrunk(old, listed(*many[4:], ACME))
    with pytest.raises(Refused, match="5 of 40"):
        refuse_shrunk(old, listed(*many[5:], ACME, BETA, GAMMA, TWIN_A, TWIN_B))


@given(st.text(max_size=60))
def test_normalised_names_stay_as_they_are(name: str) -> None:
    once = normalise_name(name)
    assert normalise_name(once) == once


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("a@b.com") | st.just("https://b.com/"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["shortName", "organizationName", "contact", "email", "emailAddr", "CNA", "type", "url"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, max_size=5))
def test_any_json_is_read_or_refused(items: list[object]) -> None:
    try:
        got = read(json.dumps(items).encode())
    except Refused:
        return
    assert any(one.addresses or one.pages for one in got.entries)
