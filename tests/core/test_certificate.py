"""Certificates read from literal listings, and the rules for encrypting to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.certificate import (
    MAX_LISTING_BYTES,
    Certificate,
    Subkey,
    Usability,
    Validity,
    read_listing,
    usable_for_encryption,
    visible,
)
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.errors import CryptoRefused, ParseLimit

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PRIMARY = "B436A2AD64C1870D32B878C1CE6BA3D704484AA7"
SUB = "005A77AD6C4F453EB7E5FAB5C46B71006A2081B7"
T0 = int((NOW - 100 * DAY).timestamp())


def listing(user_id: str = "Vendor <security@vendor.example>", validity: str = "-", secret: str = "") -> bytes:
    pub, sub = ("sec", "ssb") if secret else ("pub", "sub")
    return (
        f"tru::1:1700000000:0:3:1:5\n"
        f"{pub}:{validity}:255:22:CE6BA3D704484AA7:{T0}:{T0 + 86400 * 300}::-:::scESC:::{secret}::ed25519:::0:\n"
        f"fpr:::::::::{PRIMARY}:\n"
        f"grp:::::::::9ACEF906C2FA92A685C441E1C16460661A385956:\n"
        f"uid:-::::{T0}::C7F5921989308416FF10CA3CD923B1B2E0D75F88::{user_id}::::::::::0:\n"
        f"{sub}:{validity}:255:18:C46B71006A2081B7:{T0}::::::e:::{secret}::cv25519::\n"
        f"fpr:::::::::{SUB}:\n"
    ).encode()


def test_a_listing_is_read_whole() -> None:
    (certificate,) = read_listing(listing())
    assert certificate == Certificate(
        Fingerprint(PRIMARY), NOW - 100 * DAY, NOW + 200 * DAY, False, Validity.PLAIN, 22, 255, "ed25519",
        ("Vendor <security@vendor.example>",), (Address.parse("security@vendor.example"),),
        (Subkey(Fingerprint(SUB), SUB[-16:], "e", 18, 255, NOW - 100 * DAY, None, False),), False, "cs",
    )  # fmt: skip
    assert [one.fingerprint.text for one in read_listing(listing() * 3)] == [PRIMARY] * 3


@pytest.mark.parametrize(("mark", "here"), [("+", True), ("#", False), ("D2760001240102000006", True)])
def test_secret_keys(mark: str, here: bool) -> None:
    assert read_listing(listing(secret=mark))[0].has_secret is here


@pytest.mark.parametrize(
    ("escaped", "shown", "addresses"),
    [
        (r"A\x3a B <a@b.example>", "A: B <a@b.example>", ["a@b.example"]),
        (r"J\xc3\xb6rg <j@b.example>", "Jörg <j@b.example>", ["j@b.example"]),
        ("Jörg <j@b.example>", "Jörg <j@b.example>", ["j@b.example"]),
        (r"x\x0a[GNUPG\x3a] GOODSIG <a@b.example>", "x[GNUPG:] GOODSIG <a@b.example>", []),
        (r"x\x1b[2J", "x[2J", []),
        ("a@b.example", "a@b.example", ["a@b.example"]),
        ("<a@b.example> <c@d.example>", "<a@b.example> <c@d.example>", ["c@d.example"]),
        ("<a@b\u200b.example>", "<a@b.example>", []),
        ("\u202ea@b.example", "a@b.example", []),
        (r"\xff\xfe", "\ufffd\ufffd", []),
        (r"\\x41", "\\A", []),
        ("no address", "no address", []),
        ("", "", []),
    ],
)
def test_user_ids(escaped: str, shown: str, addresses: list[str]) -> None:
    (certificate,) = read_listing(listing(escaped))
    assert certificate.user_ids == (shown,)
    assert [address.text for address in certificate.addresses] == addresses


def test_revoked_and_invalid_user_ids_claim_no_address() -> None:
    extra = f"uid:r::::{T0}::X::Old <old@vendor.example>::::::::::0:\nuid:i::::{T0}::X::Evil <evil@x.example>:::\n"
    (certificate,) = read_listing(listing().replace(b"uid:", extra.encode() + b"uid:", 1))
    assert certificate.user_ids == ("Old <old@vendor.example>", "Vendor <security@vendor.example>")
    assert [address.text for address in certificate.addresses] == ["security@vendor.example"]


@pytest.mark.parametrize(
    "malformed",
    [
        b"pub:-:255:22\n",
        b"pub:-:255:22:CE6BA3D704484AA7:1700000000:::-:::scESC::::::23::0:\n",
        listing().replace(f"{T0}:{T0 + 86400 * 300}".encode(), b":"),
        listing().replace(f"{T0 + 86400 * 300}".encode(), b"20260101T000000"),
        listing().replace(f"{T0 + 86400 * 300}".encode(), b"-5"),
        listing().replace(f"fpr:::::::::{SUB}".encode(), b"fpr:::::::::0123456789ABCDEF"),
        listing().replace(b":255:22:", b":x:22:"),
    ],
)
def test_malformed_listings_are_refused(malformed: bytes) -> None:
    with pytest.raises(CryptoRefused):
        read_listing(malformed)


def test_limits() -> None:
    assert read_listing(b"") == ()
    with pytest.raises(ParseLimit):
        read_listing(b"x" * (MAX_LISTING_BYTES + 1))
    with pytest.raises(ParseLimit):
        read_listing(b"pub\n" * 5001)


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda noise: listing().replace(b"255", noise)))
def test_arbitrary_listings_meet_only_our_errors(data: bytes) -> None:
    try:
        certificates = read_listing(data)
    except CryptoRefused as refusal:
        assert refusal.why
    else:
        assert all(visible(text) == text for one in certificates for text in one.user_ids)


def subkey(days_old: float = 50, number: int = 1, **changes: object) -> Subkey:
    made = Subkey(Fingerprint(f"{number:040X}"), f"{number:016X}", "e", 18, 255, NOW - days_old * DAY, None, False)
    return replace(made, **changes)  # type: ignore[arg-type]


def certificate(*subkeys: Subkey, **changes: object) -> Certificate:
    return replace(read_listing(listing())[0], subkeys=subkeys, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (certificate(subkey()), 1),
        (certificate(subkey(50, 1), subkey(10, 2), subkey(30, 3)), 2),
        (certificate(subkey(10, 1), subkey(10, 2)), 1),
        (certificate(subkey(50, 1), subkey(10, 2, revoked=True)), 1),
        (certificate(subkey(50, 1), subkey(10, 2, expires=NOW)), 1),
        (certificate(subkey(50, 1), subkey(10, 2, validity=Validity.INVALID)), 1),
        (certificate(subkey(50, 1), subkey(-1, 2)), 1),
        (certificate(subkey(50, 1), subkey(10, 2, capabilities="s")), 1),
        (certificate(subkey(algorithm=1, bits=2048)), 1),
        (certificate(subkey(50, 1), capabilities="cse", algorithm=1, bits=4096), 1),
        (certificate(), "the key cannot encrypt: it has no encryption subkey"),
        (certificate(subkey(capabilities="sa")), "the key cannot encrypt: it has no encryption subkey"),
        (certificate(subkey(), revoked=True), "the key has been revoked"),
        (certificate(subkey(), validity=Validity.EXPIRED), "the key has expired"),
        (certificate(subkey(), validity=Validity.DISABLED), "the key is disabled"),
        (certificate(subkey(), validity=Validity.INVALID), "the key is invalid"),
        (certificate(subkey(), expires=NOW - DAY), "the key expired on 2026-05-31"),
        (certificate(subkey(), created=NOW + DAY), "the key will only be valid from 2026-06-02"),
        (certificate(subkey(), user_ids=()), "the key has no valid user id"),
        (certificate(subkey(), algorithm=1, bits=1024), "the key is RSA with only 1024 bits"),
        (certificate(subkey(), algorithm=17, bits=3072), "the key is of an outdated kind (DSA or ElGamal)"),
        (certificate(subkey(algorithm=1, bits=2047)), "its encryption subkey is RSA with only 2047 bits"),
        (certificate(subkey(algorithm=16)), "its encryption subkey is of an outdated kind (DSA or ElGamal)"),
        (certificate(subkey(algorithm=99)), "its encryption subkey is of a kind not known here"),
        (certificate(subkey(expires=NOW - DAY)), "its encryption subkey expired on 2026-05-31"),
        (certificate(subkey(50, 1), subkey(10, 2, revoked=True, expires=NOW), subkey(5, 3, revoked=True)), 1),
        (certificate(subkey(revoked=True)), "its encryption subkey has been revoked"),
    ],
)
def test_usability(key: Certificate, expected: int | str) -> None:
    result = usable_for_encryption(key, NOW)
    if isinstance(expected, str):
        assert result == Usability(False, expected)
    else:
        assert (result.usable, result.reason, result.warnings) == (True, "", ())
        assert result.key is not None
        assert int(result.key.key_id, 16) == expected


def test_the_primary_key_encrypts_only_if_no_subkey_will() -> None:
    old_rsa = certificate(capabilities="cse", algorithm=1, bits=4096)
    assert usable_for_encryption(old_rsa, NOW).key == old_rsa.primary
    with_dead = replace(old_rsa, subkeys=(subkey(revoked=True),))
    assert usable_for_encryption(with_dead, NOW).key == old_rsa.primary


@pytest.mark.parametrize(("days", "within"), [(61, 0), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0.5, 7)])
def test_expiry_is_warned_about(days: float, within: int) -> None:
    end = NOW + days * DAY
    for key in (certificate(subkey(expires=end)), certificate(subkey(), expires=end)):
        result = usable_for_encryption(key, NOW)
        assert result.usable
        warning = f"the key expires on {end.date().isoformat()}, within {within} days"
        assert result.warnings == ((warning,) if within else ())
