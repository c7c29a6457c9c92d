"""The packet reader: known answers, hostile shapes, and a fuzz that must only ever see our own errors."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.packets import (
    MAX_CHUNKS,
    MAX_PACKETS,
    MAX_SESSION_KEYS,
    Armor,
    DataKind,
    crc24,
    dearmor,
    encryption_key_ids,
    packets,
    secret_keys,
)
from cvdmail.errors import CryptoRefused, ParseLimit

KEY_ID = "0123456789ABCDEF"


def new(tag: int, body: bytes) -> bytes:
    """One packet in new format with a five-byte length."""
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4, "big") + body


def old(tag: int, body: bytes, size: int = 1) -> bytes:
    """One packet in old format; ``size`` 2 means a four-byte length, 3 an open one."""
    length = b"" if size == 3 else len(body).to_bytes((1, 2, 4)[size], "big")
    return bytes([0x80 | tag << 2 | size]) + length + body


def pkesk(key_id: str = KEY_ID) -> bytes:
    return new(1, b"\x03" + bytes.fromhex(key_id) + b"\x12" + b"\x07" * 40)


def partial(tag: int, pieces: list[int], last: int, fill: bytes = b"\x01") -> bytes:
    """A streamed packet whose pieces have 2**n bytes, ended by a piece of ``last`` (below 192) bytes."""
    out = bytes([0xC0 | tag])
    for power in pieces:
        out += bytes([224 | power]) + fill * (1 << power)
    return out + bytes([last]) + fill * last


SEIPD = new(18, b"\x01" + b"x" * 50)
SKESK = new(3, b"\x04\x09\x03\x08" + b"s" * 9)


def armor(data: bytes, kind: str = "PGP MESSAGE", headers: str = "", crc: bool = True) -> bytes:
    lines = base64.encodebytes(data).decode()
    check = "=" + base64.b64encode(slow_crc24(data).to_bytes(3, "big")).decode() + "\n" if crc else ""
    return f"-----BEGIN {kind}-----\n{headers}\n{lines}{check}-----END {kind}-----\n".encode()


def slow_crc24(data: bytes) -> int:
    """The bit by bit definition of RFC 9580 section 6.1.1."""
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc & 0xFFFFFF


@given(st.binary(max_size=600))
def test_crc24_is_that_of_the_rfc(data: bytes) -> None:
    assert crc24(data) == slow_crc24(data)


def test_crc24_known_answer_and_speed() -> None:
    assert crc24(b"123456789") == 0x21CF02
    started = time.perf_counter()
    crc24(b"\xa5" * 4_000_000)
    assert time.perf_counter() - started < 2


@given(st.binary(min_size=1, max_size=500), st.booleans(), st.sampled_from(["", "Version: X 1\n", "A: b\nC: d\n"]))
def test_dearmor_inverts_armor(data: bytes, crc: bool, headers: str) -> None:
    block = armor(data, headers=headers, crc=crc)
    assert dearmor(block) == data
    assert dearmor(b"\r\n \t" + block.replace(b"\n", b" \r\n") + b"\n\n") == data


def test_dearmor_reads_the_kind_it_is_asked_for() -> None:
    block = armor(b"key", "PGP PRIVATE KEY BLOCK")
    assert dearmor(block, Armor.PRIVATE_KEY) == b"key"
    with pytest.raises(CryptoRefused):
        dearmor(block)


GOOD = armor(pkesk() + SEIPD)


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"hello",
        b"Dear team,\n" + GOOD,
        GOOD + b"Regards\n",
        GOOD + GOOD,
        GOOD.replace(b"PGP MESSAGE", b"PGP SIGNATURE"),
        GOOD.replace(b"-----END PGP MESSAGE-----\n", b""),
        GOOD.replace(b"END PGP MESSAGE", b"END PGP SIGNATURE"),
        GOOD.replace(b"-----\n\n", b"-----\n", 1),
        GOOD.replace(b"-----\n\n", b"-----\nno header\n\n", 1),
        GOOD.replace(b"-----\n\n", b"-----\n" + b"A: b\n" * 30 + b"\n", 1),
        GOOD.replace(b"-----\n\n", b"-----\nA: " + b"b" * 2000 + b"\n\n", 1),
        GOOD.replace(b"-----\n\n", b"-----\n\n*", 1),
        GOOD.replace(b"-----\n\n", b"-----\n\n  ", 1),
        armor(b"abc", crc=True).replace(b"YWJj", b"YWJk"),
        armor(b"abcd", crc=False).replace(b"YWJjZA==", b"YWJjZB=="),
        armor(b"abcd", crc=False).replace(b"YWJjZA==", b"YWJjZA"),
        armor(b"abcd", crc=False).replace(b"YWJjZA==", b"YWJjZA==YWJj"),
        armor(b"", crc=False),
        armor(b"", crc=True),
        b"-----BEGIN PGP MESSAGE-----\n\n=twTO\n-----END PGP MESSAGE-----",
    ],
)
def test_dearmor_refuses(hostile: bytes) -> None:
    with pytest.raises(CryptoRefused):
        dearmor(hostile)


@pytest.mark.parametrize(
    ("message", "key_ids", "symmetric", "kind"),
    [
        (pkesk() + SEIPD, (KEY_ID,), 0, DataKind.SEIPD1),
        (pkesk("F" * 16) + pkesk() + pkesk("0" * 16) + SEIPD, ("F" * 16, KEY_ID, "0" * 16), 0, DataKind.SEIPD1),
        (SKESK + SEIPD, (), 1, DataKind.SEIPD1),
        (SKESK + pkesk() + SKESK + SEIPD, (KEY_ID,), 2, DataKind.SEIPD1),
        (pkesk() + new(18, b"\x02" + b"x" * 40), (KEY_ID,), 0, DataKind.SEIPD2),
        (pkesk() + new(20, b"\x01" + b"x" * 40), (KEY_ID,), 0, DataKind.AEAD),
        (pkesk() + partial(18, [9, 3, 0, 0], 5), (KEY_ID,), 0, DataKind.SEIPD1),
        (pkesk() + partial(18, [10], 0), (KEY_ID,), 0, DataKind.SEIPD1),
        (old(1, b"\x03" + bytes.fromhex(KEY_ID) + b"\x01" * 9, 0) + SEIPD, (KEY_ID,), 0, DataKind.SEIPD1),
        (old(1, b"\x03" + bytes.fromhex(KEY_ID) + b"\x01" * 9, 2) + SEIPD, (KEY_ID,), 0, DataKind.SEIPD1),
        (pkesk() + bytes([0xC0 | 18, 50]) + b"\x01" * 50, (KEY_ID,), 0, DataKind.SEIPD1),
        (pkesk() + bytes([0xC0 | 18, 192, 8]) + b"\x01" * 200, (KEY_ID,), 0, DataKind.SEIPD1),
        (new(1, b"\x06\x15\x04" + bytes(12) + b"\x11" * 8 + b"\x19z") + SEIPD, ("11" * 8,), 0, DataKind.SEIPD1),
        (new(1, b"\x06\x21\x06" + b"\x22" * 8 + bytes(24) + b"\x19z") + SEIPD, ("22" * 8,), 0, DataKind.SEIPD1),
        (new(1, b"\x06\x00\x19" + bytes(9)) + SEIPD, ("0" * 16,), 0, DataKind.SEIPD1),
    ],
)
def test_shapes(message: bytes, key_ids: tuple[str, ...], symmetric: int, kind: DataKind) -> None:
    shape = encryption_key_ids(message)
    assert (shape.key_ids, shape.symmetric, shape.data) == (key_ids, symmetric, kind)


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        SEIPD,
        pkesk(),
        pkesk() + SEIPD + SEIPD,
        pkesk() + SEIPD + pkesk(),
        pkesk() + SEIPD + b"\x00",
        pkesk() + SEIPD + b"\xd2",
        pkesk() + SEIPD + new(11, b"b\x00\x00\x00\x00\x00clear"),
        new(11, b"b\x00\x00\x00\x00\x00clear") + pkesk() + SEIPD,
        new(10, b"PGP") + pkesk() + SEIPD,
        new(4, b"\x03" + bytes(12)) + pkesk() + SEIPD,
        pkesk() + new(9, b"x" * 40),
        pkesk() + new(18, b"\x03" + b"x" * 40),
        pkesk() + new(18, b""),
        pkesk() + new(8, b"\x01xxx"),
        (pkesk() + SEIPD)[:-1],
        new(1, b"\x02" + bytes(20)) + SEIPD,
        new(1, b"\x03" + bytes(4)) + SEIPD,
        new(1, b"\x06\x15\x06" + bytes(30)) + SEIPD,
        new(1, b"\x06\x15\x04" + bytes(10)) + SEIPD,
        partial(1, [9], 4, b"\x03") + SEIPD,
        pkesk() + partial(18, [8], 5),
        pkesk() + bytes([0xC0 | 18, 233]) + b"\x01" * 512,
        pkesk() + bytes([0xC0 | 18, 255, 0, 0]),
        pkesk() + bytes([0xC0 | 18, 200]),
        pkesk() + b"\xb2",
        old(1, b"\x03" + bytes(20), 3),
        b"hello world",
    ],
)
def test_hostile_shapes_are_refused(hostile: bytes) -> None:
    with pytest.raises(CryptoRefused):
        encryption_key_ids(hostile)


def test_an_open_length_is_for_data_only() -> None:
    aead_in_old_format_does_not_exist = pkesk() + old(9, b"x" * 30, 3)
    with pytest.raises(CryptoRefused):
        encryption_key_ids(aead_in_old_format_does_not_exist)
    assert [packet.tag for packet in packets(old(11, b"x" * 30, 3))] == [11]


def test_limits() -> None:
    assert len(encryption_key_ids(pkesk() * MAX_SESSION_KEYS + SEIPD).key_ids) == MAX_SESSION_KEYS
    with pytest.raises(ParseLimit):
        encryption_key_ids(pkesk() * (MAX_SESSION_KEYS + 1) + SEIPD)
    with pytest.raises(ParseLimit):
        encryption_key_ids(pkesk() * 60 + SKESK * 60 + SEIPD)
    with pytest.raises(ParseLimit):
        list(packets(new(2, b"") * (MAX_PACKETS + 1)))
    with pytest.raises(ParseLimit):
        list(packets(pkesk() + bytes([0xC0 | 18, 233]) + b"\x01" * 512 + b"\xe0x" * (MAX_CHUNKS + 1) + b"\x00"))


def test_secret_keys_are_counted() -> None:
    assert secret_keys(new(5, b"\x04") + new(13, b"A") + new(2, b"s") + new(7, b"\x04") + new(2, b"s")) == (1, 1)
    assert secret_keys(new(6, b"\x04") + new(13, b"A")) == (0, 0)


@given(st.binary(max_size=400) | st.lists(st.sampled_from([pkesk(), SKESK, SEIPD, b"\xd2", b"\x81"])).map(b"".join))
def test_arbitrary_bytes_meet_only_our_errors(data: bytes) -> None:
    for read in (dearmor, encryption_key_ids, secret_keys):
        try:
            read(data)
        except (CryptoRefused, ParseLimit) as refusal:
            assert refusal.why


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_changed_armour_is_refused_or_unchanged(position: int, change: bytes) -> None:
    data = pkesk() + SEIPD
    position = min(position, len(GOOD))
    changed = GOOD[:position] + change + GOOD[position + len(change) :]
    try:
        assert dearmor(changed) == data
    except CryptoRefused as refusal:
        assert refusal.why
