"""Domains that are made to be taken for a known one, and those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.lookalike import Likeness, likeness, one_edit

KNOWN = frozenset({"vendor.example", "microsoft.com", "ibm.com", "mail.com"})


def idn(domain: str) -> str:
    return domain.encode("idna").decode()


@pytest.mark.parametrize(
    ("domain", "way"),
    [
        ("vend0r.example", Likeness.HOMOGRAPH),
        ("venclor.example", Likeness.HOMOGRAPH),
        ("rnicrosoft.com", Likeness.HOMOGRAPH),
        ("micr0s0ft.com", Likeness.HOMOGRAPH),
        (idn("vẹndor.example"), Likeness.HOMOGRAPH),
        (idn("іѕо.com"), None),
        (idn("vendоr.example"), Likeness.MIXED_SCRIPT),
        (idn("νendor.example"), Likeness.MIXED_SCRIPT),
        (idn("cдn.nowhere.example"), Likeness.MIXED_SCRIPT),
        ("vendors.example", Likeness.ONE_EDIT),
        ("vendr.example", Likeness.ONE_EDIT),
        ("vnedor.example", Likeness.ONE_EDIT),
        ("microsoft.co", Likeness.ONE_EDIT),
        (idn("vendór.example"), Likeness.HOMOGRAPH),
        ("vendor.com", Likeness.OTHER_TLD),
        ("vendor.co.uk", Likeness.OTHER_TLD),
        ("mail.vendor.org", Likeness.OTHER_TLD),
        ("vendor.example.org", Likeness.INSIDE_ANOTHER),
        ("vendor.example.evil.test", Likeness.INSIDE_ANOTHER),
        ("security.vendor.evil.test", Likeness.INSIDE_ANOTHER),
        ("vendor-example.evil.test", Likeness.INSIDE_ANOTHER),
        ("vendor-example.test", Likeness.INSIDE_ANOTHER),
        ("vendor.example", None),
        ("mail.vendor.example", None),
        ("a.b.vendor.example", None),
        ("vendor.zendesk.com", None),
        ("vendor.atlassian.net", None),
        ("mail.other.example", None),
        ("rodnev.example", None),
        ("elsewhere.example", None),
        (idn("日本ibm製品.example"), None),
        ("xn--.example", None),
        ("xn--zzzzzzzzzz-.example", None),
    ],
)
def test_the_ways_of_being_like_a_known_domain(domain: str, way: Likeness | None) -> None:
    assert likeness(domain, KNOWN) is way


def test_without_known_domains_only_mixed_scripts_are_told() -> None:
    assert likeness("vendor.example", ()) is None
    assert likeness(idn("vendоr.example"), ()) is Likeness.MIXED_SCRIPT


@given(domain=st.from_regex(r"[a-z0-9-]{1,12}(\.[a-z0-9-]{1,12}){0,4}", fullmatch=True))
def test_any_domain_gets_an_answer(domain: str) -> None:
    assert likeness(domain, {domain}) is None
    assert likeness(domain, KNOWN) in {None, *Likeness}


@given(text=st.text("abc", min_size=1, max_size=8), data=st.data())
def test_one_edit_is_one_edit(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert one_edit(text, text[:at] + "x" + text[at:])
    assert not one_edit(text, text)
    assert not one_edit(text, text + "xy")
