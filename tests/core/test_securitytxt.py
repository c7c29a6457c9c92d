"""security.txt: what a text is, what is wrong with it, and what can be used of it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvdmail.core.securitytxt import MAX_BYTES, DocumentClass, SecurityTxt, SignatureBlock, parse, to_json
from cvdmail.core.securitytxt_fields import ContactKind, find_addresses, is_placeholder_domain, read_expires

AT = datetime(2026, 11, 21, tzinfo=UTC)
GOOD = "Contact: mailto:security@acme-pumps.de\nExpires: 2027-06-01T00:00:00Z\n"


def read(text: str | bytes) -> SecurityTxt:
    return parse(text.encode() if isinstance(text, str) else text, AT)


def contact(value: str) -> tuple[str, str | None]:
    (one,) = read(f"Contact: {value}\n").contacts
    assert one.value == value.strip(" \t")
    return one.kind.value, one.reach


def test_a_plain_file_is_valid_in_every_sense() -> None:
    got = read(GOOD)
    assert (got.valid, got.valid_strict, got.usable, got.errors, got.warnings) == (True, True, True, (), ())
    assert got.expires_at == datetime(2027, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "reach"),
    [
        ("mailto:psirt@acme.de", "mailto", "mailto:psirt@acme.de"),
        ("MAILTO:PSIRT@Acme.de", "mailto", "mailto:PSIRT@Acme.de"),
        ("mailto: psirt@acme.de", "mailto", "mailto:psirt@acme.de"),
        ("mailto:psirt%40acme.de", "mailto", "mailto:psirt@acme.de"),
        ("mailto:psirt@acme.de?cc=thief@evil.net&body=x", "mailto", "mailto:psirt@acme.de"),
        ("mailto:psirt@acme.de?subject=Bug", "mailto", "mailto:psirt@acme.de"),
        ("mailto:psirt@acme.de.", "mailto-bad", None),
        ("mailto:psirt@acme.de;", "mailto-bad", None),
        ("mailto:psirt@acme.de%0d%0aBcc:thief@evil.net", "mailto-bad", None),
        ("mailto:psirt", "mailto-bad", None),
        ("mailto:", "mailto-bad", None),
        ("mailto:user@example.com", "mailto", None),
        ("mailto:security@yourdomain.com", "mailto", None),
        ("https://acme.de/report?x=1#form", "https", "https://acme.de/report?x=1#form"),
        ("HTTPS://Acme.de/", "https", "HTTPS://Acme.de/"),
        ("https://acme.de:8443/report", "https", "https://acme.de:8443/report"),
        ("https://[", "https", None),
        ("https://", "https", None),
        ("https://acme.de/a b", "https", None),
        ("https://acme.de@evil.net/", "https", None),
        ("https://acme.de/\u202egpj", "https", None),
        ("https://127.0.0.1/", "https", None),
        ("https://example.org/security", "https", None),
        ("http://acme.de/report", "http", "http://acme.de/report"),
        ("tel:+49-30-1234567", "tel", "tel:+49301234567"),
        ("tel:nobody", "tel", None),
        ("psirt@acme.de", "bare-email", "mailto:psirt@acme.de"),
        ("user@example.com", "bare-email", None),
        ("+49 (30) 1234567", "bare-phone", "tel:+49301234567"),
        ("www.acme.de/contact", "bare-host", "https://www.acme.de/contact"),
        ("security.txt", "text", None),
        ("javascript:alert(1)", "other-uri", None),
        ("data:text/html,hello", "other-uri", None),
        ("xmpp:psirt@acme.de", "other-uri", None),
        ("see our web page", "text", None),
        ("psirt [at] acme [dot] de", "text", None),
        ("psirt@acme.de\u2028", "text", None),
        ("psirt@ac\x00me.de", "text", None),
        ("psirt@acme\u200b.de", "text", None),
    ],
)
def test_kinds_and_reach_of_contacts(value: str, kind: str, reach: str | None) -> None:
    assert contact(value) == (kind, reach)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("psirt [at] acme [dot] de", ("psirt@acme.de",)),
        ("psirt(at)acme(dot)de", ("psirt@acme.de",)),
        ("psirt AT acme DOT de", ("psirt@acme.de",)),
        ("psirt_[at]_acme[dot]co[dot]uk", ("psirt@acme.co.uk",)),
        ("psirt[@]acme.de", ("psirt@acme.de",)),
        ("Ann (ann@acme.de), Bob (bob@acme.de)", ("ann@acme.de", "bob@acme.de")),
        ("mailto:psirt@acme.de:", ("psirt@acme.de",)),
        ("##psirt##@acme.de", ()),
        ("look at this dot", ()),
        ("you@example.com", ()),
    ],
)
def test_disguised_addresses_are_recovered_for_a_person(text: str, found: tuple[str, ...]) -> None:
    assert find_addresses(text) == found


@pytest.mark.parametrize(
    ("value", "utc", "strict"),
    [
        ("2027-06-01T12:00:00Z", "2027-06-01T12:00:00", True),
        ("2027-06-01t12:00:00.123z", "2027-06-01T12:00:00", True),
        ("2027-06-01T12:00:00+10:30", "2027-06-01T01:30:00", True),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59", True),
        ("2027-06-01T12:00:00", "2027-06-01T12:00:00", False),
        ("2027-06-01T12:00:00+0200", "2027-06-01T10:00:00", False),
        ("2027-06-01 12:00:00", "2027-06-01T12:00:00", False),
        ("2027-06-01", "2027-06-01T00:00:00", False),
        ("Tue, 1 Jun 2027 12:00:00 +0200", "2027-06-01T10:00:00", False),
        ("1 June 2027", "2027-06-01T00:00:00", False),
        ("06/01/2027", None, False),
        ("2027-02-30T00:00:00Z", None, False),
        ("2027-06-01T00:00:00+25:00", None, False),
        ("9999-12-31T23:59:59-12:00", None, False),
        ("12027-06-01T00:00:00Z", None, False),
        ("never", None, False),
    ],
)
def test_expires_is_read_leniently_and_judged_strictly(value: str, utc: str | None, strict: bool) -> None:
    instant, strictly = read_expires(value)
    assert (instant.replace(tzinfo=None).isoformat() if instant else None) == utc
    assert strictly is strict
    assert ("bad_expires" in read(f"Contact: mailto:a@acme.de\nExpires: {value}\n").errors) is not strict


def test_expiry_is_judged_at_the_given_instant() -> None:
    end = datetime(2027, 6, 1, tzinfo=UTC)
    assert not parse(GOOD.encode(), end - timedelta(seconds=1)).expired
    late = parse(GOOD.encode(), end)
    assert late.expired
    assert late.errors == ("expired",)
    assert late.usable
    assert parse(GOOD.encode(), end - timedelta(days=400)).warnings == ("expires_over_a_year",)


@pytest.mark.parametrize(
    ("text", "errors", "warnings"),
    [
        ("Contact: mailto:a@acme.de\n", ("no_expires",), ()),
        ("Expires: 2027-06-01T00:00:00Z\n", ("no_contact",), ()),
        (GOOD.rstrip("\n"), (), ("no_final_eol",)),
        (GOOD.replace(": ", ":", 1), (), ("no_space_after_colon",)),
        (GOOD.replace("\n", "\r\n"), (), ()),
        (GOOD.replace("\n", "\r"), ("lone_cr",), ()),
        ("\ufeff" + GOOD, ("bom",), ()),
        (" " + GOOD, ("space_around_field_name",), ()),
        (GOOD + "Expiration: 2020-01-01T00:00:00Z\n", (), ("unknown_field",)),
        (GOOD + "Policy:\n", ("empty_value",), ()),
        (GOOD + "Please be kind\n", ("bad_line",), ()),
        (GOOD + "https://acme.de/more\n", ("bad_line",), ()),
        (GOOD + "Our notes: none\n", ("bad_line",), ()),
        (GOOD + "Policy: http://acme.de/p\n", ("policy_http_not_https",), ()),
        (GOOD + "Policy: ask us\n", ("policy_not_uri",), ()),
        (GOOD + "Policy: https://[\n", ("policy_bad_uri",), ()),
        (GOOD + "Encryption: /key.asc\n", ("encryption_not_uri",), ()),
        (GOOD + "Encryption: dns:hash._openpgpkey.acme.de?type=OPENPGPKEY\n", (), ()),
        (GOOD + "Encryption: openpgp4fpr:" + "A" * 40 + "\n", (), ()),
        (GOOD + "Hiring: mailto:jobs@acme.de\n", (), ()),
        (GOOD + "Expires: 2027-07-01T00:00:00Z\n", ("multiple_expires",), ()),
        (GOOD + "Preferred-Languages: en\nPreferred-Languages: de\n", ("multiple_preferred_languages",), ()),
        (GOOD + "Preferred-Languages: en, ?!\n", ("bad_language",), ()),
        (GOOD + "Contact: http://acme.de/form\n", ("contact_http_not_https",), ()),
        (GOOD + "Contact: b@acme.de\n", ("contact_not_uri",), ()),
        (GOOD + "Contact: mailto:user@example.com\n", (), ("placeholder_contact",)),
        (GOOD + "# comment\n\n \t\n", (), ()),
        (GOOD + "#" + "x" * 3000 + "\n", ("line_too_long",), ()),
        (GOOD + "\n" * 1200, ("too_many_lines",), ()),
        (GOOD + "Note: a\x0bb\n", ("control_character",), ("unknown_field",)),
        (GOOD + "CONTACT: mailto:b@acme.de\npOlIcY: https://acme.de/\n", (), ()),
    ],
)
def test_errors_and_warnings(text: str, errors: tuple[str, ...], warnings: tuple[str, ...]) -> None:
    got = read(text)
    assert got.document is DocumentClass.SECURITY_TXT
    assert (got.errors, got.warnings) == (errors, warnings)
    assert got.valid is not bool(errors)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (b"", DocumentClass.EMPTY),
        (b" \r\n\t\n", DocumentClass.EMPTY),
        (b"\xef\xbb\xbf", DocumentClass.EMPTY),
        (b"OK\n", DocumentClass.OTHER_TEXT),
        (b"# only a comment\n", DocumentClass.OTHER_TEXT),
        (b"User-agent: *\nDisallow: /\n", DocumentClass.OTHER_TEXT),
        (b"Contact: \nPolicy:\nNote: x\n", DocumentClass.OTHER_TEXT),
        (b"Expiration: 2027-01-01T00:00:00Z\n", DocumentClass.OTHER_TEXT),
        (b"<!DOCTYPE html><p>\nContact: mailto:a@acme.de\n", DocumentClass.HTML),
        (b"\n<HTML>\nContact: mailto:a@acme.de\n</HTML>", DocumentClass.HTML),
        (b"notice\n<html>\nContact: mailto:a@acme.de\n", DocumentClass.HTML),
        (b'{"Contact": "mailto:a@acme.de"}', DocumentClass.JSON),
        (b'[\n"x",\n"Contact: mailto:a@acme.de"\n]', DocumentClass.JSON),
        (b"[" * 30_000, DocumentClass.OTHER_TEXT),
        (b"Contact: mailto:a@acme.de\n" * 2000, DocumentClass.OTHER_TEXT),
        (b"<!doctype html>" + b"x" * MAX_BYTES, DocumentClass.HTML),
    ],
)
def test_what_is_no_security_txt_yields_no_contact(text: bytes, document: DocumentClass) -> None:
    got = read(text)
    assert got.document is document
    assert got.contacts == ()
    assert not got.usable
    assert not got.valid


def test_too_large_is_an_error() -> None:
    assert read(b"#" * (MAX_BYTES + 1)).errors == ("too_large",)
    assert "too_large" not in read(b"#" * MAX_BYTES).errors


def test_addresses_in_other_texts_are_hints_only() -> None:
    got = read("Write to ann@acme.de if this page is broken.")
    assert (got.contacts, got.hints) == ((), ("ann@acme.de",))


def test_utf16_is_decoded_and_is_an_error() -> None:
    for encoded in (GOOD.encode("utf-16"), GOOD.encode("utf-16-le"), GOOD.encode("utf-16-be")):
        got = read(encoded)
        assert got.usable
        assert "utf16" in got.errors
    assert "not_utf8" in read(GOOD.encode() + b"# \xff\n").errors


def signed(body: str, before: str = "", after: str = "") -> str:
    return (
        f"{before}-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{body}"
        f"-----BEGIN PGP SIGNATURE-----\n\niHUEARYK\n=abcd\n-----END PGP SIGNATURE-----\n{after}"
    )


def test_in_a_signed_text_only_the_signed_part_counts() -> None:
    thief = "Contact: mailto:thief@evil.net\n"
    got = read(signed(GOOD, before=thief, after=thief))
    assert [one.reach for one in got.contacts] == ["mailto:security@acme-pumps.de"]
    assert got.errors == ("text_after_signature", "text_before_signature")
    assert got.signature_block is SignatureBlock.COMPLETE


def test_dash_escapes_are_undone_and_armour_headers_skipped() -> None:
    got = read(signed("- Contact: mailto:a@acme.de\n" + GOOD))
    assert [one.reach for one in got.contacts] == ["mailto:a@acme.de", "mailto:security@acme-pumps.de"]
    assert got.valid_strict
    assert got.signed


def test_signed_blocks_without_an_end() -> None:
    whole = signed(GOOD)
    missing = read(whole[: whole.index("-----BEGIN PGP SIGNATURE")])
    assert (missing.signature_block, missing.errors) == (SignatureBlock.MISSING, ("signature_missing",))
    truncated = read(whole[: whole.index("=abcd")])
    assert (truncated.signature_block, truncated.errors) == (SignatureBlock.TRUNCATED, ("signature_truncated",))


def test_a_second_signed_block_does_not_count() -> None:
    got = read(signed(GOOD) + signed("Contact: mailto:thief@evil.net\n"))
    assert len(got.contacts) == 1
    assert "text_after_signature" in got.errors


@pytest.mark.parametrize("domain", ["example.com", "a.example.org", "example.co.uk", "your-domain.com", "x.invalid"])
def test_placeholder_domains(domain: str) -> None:
    assert is_placeholder_domain(domain)


@pytest.mark.parametrize("domain", ["vendor.example", "acme.test", "example-pumps.com", "acme.de"])
def test_domains_that_are_no_placeholders(domain: str) -> None:
    assert not is_placeholder_domain(domain)


def test_the_json_shape() -> None:
    got = to_json(read(GOOD + "Preferred-Languages: en, de\nCanonical: https://acme.de/s\n"), "a.txt")
    assert got == {
        "file": "a.txt",
        "class": "security.txt",
        "contacts": [
            {"kind": "mailto", "value": "mailto:security@acme-pumps.de", "reach": "mailto:security@acme-pumps.de"}
        ],
        "encryption": [],
        "policy": [],
        "canonical": ["https://acme.de/s"],
        "expires": "2027-06-01T00:00:00Z",
        "expires_utc": "2027-06-01T00:00:00Z",
        "expired": False,
        "preferred_languages": ["en", "de"],
        "signed": False,
        "errors": [],
        "warnings": [],
        "valid": True,
        "valid_strict": True,
        "usable": True,
    }


LINE = st.one_of(
    st.tuples(
        st.sampled_from(["Contact", "contact ", "Expires", "Encryption", "Policy", "Preferred-Languages", "X", ""]),
        st.sampled_from([":", ": ", "", " : "]),
        st.one_of(
            st.text(max_size=40),
            st.text("mailto:htps/@.[]%?&0123456789+-TZ \x00\r\u2028", max_size=60),
            st.sampled_from(["mailto:a@acme.de", "https://[", "9999-12-31T23:59:59-23:59", "psirt at acme dot de"]),
        ),
    ).map("".join),
    st.sampled_from(
        ["-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", "# x"]
    ),
)
TEXTS = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.lists(LINE, max_size=12), st.sampled_from(["\n", "\r\n", "\r"])).map(
        lambda made: made[1].join(made[0]).encode("utf-8", "surrogatepass")
    ),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_no_input_raises_and_the_verdicts_agree(raw: bytes) -> None:
    got = parse(raw, AT)
    json.dumps(to_json(got, "x"))
    assert got.valid_strict <= got.valid
    assert got.usable == any(one.reach for one in got.contacts)
    assert got.document is DocumentClass.SECURITY_TXT or not got.contacts
    for one in got.contacts:
        if one.reach is not None:
            assert one.reach.isprintable()
            assert "\r" not in one.reach
            assert not one.placeholder
        if one.kind in (ContactKind.TEXT, ContactKind.OTHER_URI, ContactKind.MAILTO_BAD):
            assert one.reach is None


SEEDS = [
    b"Contact: " + b"a" * 2000 + b"\n",
    b"Contact: " + b"(at)" * 500 + b"\n",
    b"Contact: " + b" at" * 600 + b"\n",
    b"Contact: " + b"[ " * 900 + b"\n",
    b"Contact: mailto:" + b"a@" * 900 + b"\n",
    b"Contact: mailto:" + b"%41" * 600 + b"\n",
    b"Contact: a@" + b"a." * 900 + b"\n",
    b"Contact: https://" + b"a.a" * 600 + b"\n",
    b"Contact: a@" + "ä".encode() * 900 + b"\n",
    b"Expires: " + b"1 " * 900 + b"\n",
    b"Policy: " + b"a" * 2000 + b":\n",
    b"Preferred-Languages: " + b"a-" * 900 + b"\n",
    b"-----BEGIN PGP SIGNED MESSAGE-----\n",
    b"<!doctype " + b" " * 500,
    b"[" * 1000,
    b'{"a":' * 300,
    b"@" * 1000,
    b"\r",
    b":",
    b"a@b.c ",
    b"Contact: a\n",
]


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_the_largest_hostile_input_is_read_in_time(seed: bytes) -> None:
    raw = (seed * (MAX_BYTES // len(seed) + 1))[:MAX_BYTES]
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        parse(raw, AT)
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.05
