"""Keys that came with a mail are named by their fingerprints, wherever they stand, and never more than that."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core import packets
from cvdmail.core.keysent import MAX_KEYS, keys_sent
from cvdmail.core.mail import parse
from gpghome import GpgHome, gpg_home

KEY_LINE = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


@pytest.fixture(scope="module")
def home() -> Iterator[GpgHome]:
    with gpg_home() as made:
        made.key("Vendor <security@vendor.example>")
        made.key("Other <other@vendor.example>", encrypts=False)
        yield made


def mixed(*parts: bytes) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"".join(
        b"--b\r\n" + part + b"\r\n" for part in parts
    ) + b"--b--\r\n"  # fmt: skip


def test_a_key_is_found_where_a_sender_may_put_it(home: GpgHome) -> None:
    first, second = home.fingerprints()
    armored, binary = home.public(first), home.public(first, armor=False)
    encoded = base64.encodebytes(armored)
    autocrypt = b"Autocrypt: addr=security@vendor.example; prefer-encrypt=mutual;\r\n keydata="
    keydata = base64.encodebytes(home.public(second, armor=False)).replace(b"\n", b"\r\n ").strip()
    for raw, wanted in (
        (b"\r\nhello\r\n", ()),
        (b"\r\nmy key:\r\n" + armored, (first,)),
        (b"\r\n> " + armored.replace(b"\n", b"\n> "), ()),
        (mixed(b"\r\nhello", b"Content-Type: application/pgp-keys\r\n\r\n" + armored), (first,)),
        (mixed(b"\r\nhello", b"Content-Type: application/octet-stream; name=0x1.asc\r\n\r\n" + armored), (first,)),
        (mixed(b"Content-Type: application/pgp-keys\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded), (first,)),
        (mixed(b"Content-Type: application/x; name=key.gpg\r\n\r\n" + binary), (first,)),
        (mixed(b"Content-Type: image/png\r\n\r\n" + armored), ()),
        (mixed(b"Content-Type: message/rfc822\r\n\r\n\r\n" + armored), ()),
        (autocrypt + keydata + b"\r\n\r\nx", (second,)),
        (b"Autocrypt: keydata=nonsense!\r\n\r\nx", ()),
        (b"\r\n" + home.public(first, second), (first, second)),
        (b"\r\n" + armored + b"\r\n" + armored, (first,)),
    ):  # fmt: skip
        assert keys_sent(parse(raw)) == tuple(map(str, wanted)), raw[:80]
    inner = parse(b"\r\n" + armored)
    assert keys_sent(parse(b"\r\nouter\r\n"), inner) == (str(first),)


def test_a_damaged_or_secret_key_is_none(home: GpgHome) -> None:
    first, _ = home.fingerprints()
    armored = home.public(first)
    for raw in (
        armored.replace(b"=", b"", 1)[:-60],
        armored.replace(b"\n\n", b"\n", 1),
        home.secret(first),
        f"{KEY_LINE}\n\n\n{KEY_LINE.replace('BEGIN', 'END')}\n".encode(),
    ):
        assert keys_sent(parse(b"\r\n" + raw)) == ()


def test_few_fingerprints_are_told(home: GpgHome) -> None:
    with gpg_home() as many:
        for number in range(MAX_KEYS + 1):
            many.key(f"Key {number} <k{number}@vendor.example>", encrypts=False)
        assert len(keys_sent(parse(b"\r\n" + many.public()))) == MAX_KEYS


def test_a_version_6_key_has_a_fingerprint_of_32_bytes() -> None:
    """The key of RFC 9580 appendix A.3, its primary packet."""
    body = bytes.fromhex("0663877fe31b00000020f94da7bb48d60a61e567706a6587d0331999bb9d891a08242ead84543df895a3")
    fingerprint = "CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9"
    assert packets.certificates(b"\xc6" + bytes([len(body)]) + body) == (fingerprint,)


@given(data=st.binary(max_size=200))
def test_any_bytes_name_full_fingerprints_or_nothing(data: bytes) -> None:
    raw = b"Content-Type: application/pgp-keys\r\n\r\n" + b"\xc6" + bytes([min(len(data), 190)]) + data
    assert all(len(one) in (40, 64) for one in keys_sent(parse(raw)))
