"""Names parsed once: every accepted form, and every form that must not get in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.ids import Address, CaseId, Fingerprint, MessageId, ReplyToken, parse_domain
from cvdmail.errors import Refused

LONG_LOCAL = "a" * 64
LABEL = "b" * 63


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        ("security@vendor.example", "security@vendor.example"),
        ("  security@vendor.example \n", "security@vendor.example"),
        ("Security@Vendor.EXAMPLE", "Security@vendor.example"),
        ("psirt+case=7@vendor.example", "psirt+case=7@vendor.example"),
        ("a.b.c@sub.vendor.example", "a.b.c@sub.vendor.example"),
        ("!#$%&'*+/=?^_`{|}~-@vendor.example", "!#$%&'*+/=?^_`{|}~-@vendor.example"),
        ("x@vendor.example.", "x@vendor.example"),
        (f"{LONG_LOCAL}@vendor.example", f"{LONG_LOCAL}@vendor.example"),
        (f"x@{LABEL}.example", f"x@{LABEL}.example"),
        ("x@münchen.example", "x@xn--mnchen-3ya.example"),
        ("x@MÜNCHEN.example", "x@xn--mnchen-3ya.example"),
        ("x@xn--mnchen-3ya.example", "x@xn--mnchen-3ya.example"),
        ("x@1.vendor.example", "x@1.vendor.example"),
        ("a-@vendor.example", "a-@vendor.example"),
    ],
)
def test_an_address_is_read(given_text: str, text: str) -> None:
    address = Address.parse(given_text)
    assert str(address) == text
    assert address.key == text.lower()
    assert f"{address.local}@{address.domain}" == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "security",
        "@vendor.example",
        "security@",
        "security@localhost",
        "security@@vendor.example",
        "a@b@vendor.example",
        "a@vendor.example@",
        '"security"@vendor.example',
        '"a b"@vendor.example',
        '"a@b"@vendor.example',
        "security team@vendor.example",
        "Security <security@vendor.example>",
        "<security@vendor.example>",
        "security@vendor.example (PSIRT)",
        "security(PSIRT)@vendor.example",
        "a@vendor.example, b@vendor.example",
        "a@vendor.example;b@vendor.example",
        "group: a@vendor.example;",
        "-security@vendor.example",
        "--help@vendor.example",
        ".a@vendor.example",
        "a.@vendor.example",
        "a..b@vendor.example",
        "a\\b@vendor.example",
        "a\r\nRCPT TO:<b@x.example>@vendor.example",
        "a\n@vendor.example",
        "a\0@vendor.example",
        "a\u200b@vendor.example",
        "a\u202eb@vendor.example",
        "sécurité@vendor.example",
        "\u0430dmin@vendor.example",
        "a@vendor",
        "a@-vendor.example",
        "a@vendor-.example",
        "a@ven_dor.example",
        "a@ven dor.example",
        "a@vendor..example",
        "a@.vendor.example",
        "a@vendor.example/path",
        "a@vendor.example:25",
        "a@vendor.example BODY=8BITMIME",
        "a@vendor.example>",
        "a@[192.0.2.1]",
        "a@192.0.2.1",
        "a@[IPv6:2001:db8::1]",
        "a@2130706433.1",
        f"{LONG_LOCAL}a@vendor.example",
        f"a@{LABEL}b.example",
        f"a@{'.'.join([LABEL] * 4)}",
        "a@\ud800.example",
        "a@ven\u200bdor.\u200b",
    ],
)
def test_an_address_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        Address.parse(text)
    assert refusal.value.remedy


@pytest.mark.parametrize("parse", [Address.parse, parse_domain, Fingerprint.parse, CaseId.parse, MessageId.parse])
def test_a_refusal_never_repeats_the_refused_text(parse: Callable[[str], object]) -> None:
    with pytest.raises(Refused) as refusal:
        parse("canary\x1b[2J")
    assert "canary" not in refusal.value.line()


@pytest.mark.parametrize("letter", ["ß", "ς", "\u200c", "\u200d"])
def test_a_domain_that_two_standards_read_differently_is_refused(letter: str) -> None:
    """IDNA 2003 maps these letters to others, IDNA 2008 registers them: the same name would be two companies."""
    with pytest.raises(Refused):
        parse_domain(f"stra{letter}e.example")


def test_addresses_are_compared_without_case_and_kept_as_given() -> None:
    one, other = Address.parse("Sec.Team@Vendor.example"), Address.parse("sec.team@vendor.EXAMPLE")
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1
    assert str(one) == "Sec.Team@vendor.example"
    assert one.local == "Sec.Team"
    assert one != Address.parse("sec.team@vendor.example.org")
    assert one != "sec.team@vendor.example"


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("vendor.example", "vendor.example"),
        (" Vendor.Example. ", "vendor.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("3com.example", "3com.example"),
        ("a-b.example", "a-b.example"),
    ],
)
def test_a_domain_is_read(text: str, domain: str) -> None:
    assert parse_domain(text) == domain


V4 = "0123456789ABCDEF0123456789ABCDEF01234567"
V6 = "0123456789ABCDEF" * 4


@pytest.mark.parametrize(
    ("text", "wanted", "key_id"),
    [
        (V4, V4, "89ABCDEF01234567"),
        (V4.lower(), V4, "89ABCDEF01234567"),
        ("0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567", V4, "89ABCDEF01234567"),
        (f"openpgp4fpr:{V4}", V4, "89ABCDEF01234567"),
        (f"0x{V4}", V4, "89ABCDEF01234567"),
        (f" {V4}\n", V4, "89ABCDEF01234567"),
        (V6, V6, "0123456789ABCDEF"),
    ],
)
def test_a_fingerprint_is_read(text: str, wanted: str, key_id: str) -> None:
    fingerprint = Fingerprint.parse(text)
    assert str(fingerprint) == wanted
    assert fingerprint.key_id == key_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        V4[-8:],
        V4[-16:],
        V4[:39],
        V4 + "0",
        V6[:63],
        V4[:39] + "G",
        V4 + "!",
        f"{V4},{V4}",
        "security@vendor.example",
        V4[:39] + "\uff10",
        "\ufb00" * 20,
        f"--output={V4}",
    ],
)
def test_a_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Fingerprint.parse(text)


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("CVD-2026-0042", CaseId(2026, 42)),
        ("cvd-2026-0042", CaseId(2026, 42)),
        (" CVD-2026-12345 ", CaseId(2026, 12345)),
        ("CVD-2026-123456789", CaseId(2026, 123456789)),
    ],
)
def test_a_case_id_is_read(text: str, case: CaseId) -> None:
    assert CaseId.parse(text) == case
    assert CaseId.parse(str(case)) == case


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CVD-2026",
        "CVD-2026-42",
        "CVD-26-0042",
        "CVE-2026-0042",
        "CVD 2026 0042",
        "CVD-2026-0042x",
        "[CVD-2026-0042]",
        "CVD-2026-1234567890",
        "CVD-2026-0042\nCVD-2026-0043",
        "CVD-２０２６-0042",
        "../CVD-2026-0042",
    ],
)
def test_a_case_id_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        CaseId.parse(text)


def test_case_ids_sort_by_year_and_number() -> None:
    ids = [CaseId(2026, 10), CaseId(2025, 99999), CaseId(2026, 9)]
    assert [str(one) for one in sorted(ids)] == ["CVD-2025-99999", "CVD-2026-0009", "CVD-2026-0010"]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("<a@b>", "a@b"),
        ("a@b.example", "a@b.example"),
        (" <CAFE.1@Vendor.example> ", "CAFE.1@Vendor.example"),
        ("<a!b$c@[192.0.2.1]>", "a!b$c@[192.0.2.1]"),
        ('<"quoted"@b>', '"quoted"@b'),
        ("<[x@y>", "[x@y"),
    ],
)
def test_a_message_id_is_read_and_keeps_its_case(text: str, bare: str) -> None:
    assert str(MessageId.parse(text)) == bare


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "<a>",
        "<a@>",
        "<@b>",
        "<a b@c>",
        "<a@b> <c@d>",
        "<<a@b>>",
        "<a@b>\r\nBcc: x@y.example",
        "<a@b\n>",
        "<ä@b>",
        "<a@" + "b" * 251 + ">",
        "<" + "a" * 251 + "@b>",
        "<a@b\x7f>",
    ],
)
def test_a_message_id_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        MessageId.parse(text)


def test_message_ids_are_compared_as_they_stand() -> None:
    assert MessageId.parse("<A@b.example>") != MessageId.parse("<a@b.example>")
    assert MessageId.parse("<A@b.example>") == MessageId.parse("A@b.example")


@pytest.mark.parametrize("text", ["abcdefghijklmnop", "ABCDEFGHIJKLMNOP", " 234567qrstuvwxyz "])
def test_a_token_is_read_without_regard_to_case(text: str) -> None:
    assert str(ReplyToken.parse(text)) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abcdefghijklmno",
        "abcdefghijklmnopq",
        "abcdefghijklmno1",
        "abcdefghijklmno0",
        "abcdefgh-jklmnop",
        "\u212a" * 16,
    ],
)
def test_a_token_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        ReplyToken.parse(text)


def test_no_address_looks_like_an_option() -> None:
    for text in ("-o@vendor.example", "--output@vendor.example", "-@vendor.example"):
        with pytest.raises(Refused):
            Address.parse(text)


PARSERS: list[Callable[[str], object]] = [
    Address.parse,
    Fingerprint.parse,
    CaseId.parse,
    MessageId.parse,
    ReplyToken.parse,
]


@given(text=st.text(max_size=80) | st.from_regex(r"[a-z.@<>+-]{0,30}@[a-zé.\[\]-]{0,30}", fullmatch=True))
@pytest.mark.parametrize("parse", PARSERS)
def test_whatever_is_read_is_printable_ascii_and_reads_back_the_same(parse: Callable[[str], object], text: str) -> None:
    try:
        value = parse(text)
    except Refused:
        return
    written = str(value)
    assert written.isascii()
    assert written.isprintable()
    assert " " not in written
    assert parse(written) == value
