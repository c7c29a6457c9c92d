"""Sealed values open with their key, at their place, unchanged, and in no other way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.seal import KEY_SIZE, NONCE_SIZE, VERSION, Place, key_id_of, seal, unseal
from cvdmail.errors import SealBroken

KEY, NONCE = bytes(range(32)), bytes(range(100, 112))
PLACE = Place("message", "body", 7)
TEXT = b"the frobnicator overflows"
SEALED = seal(KEY, 42, NONCE, PLACE, TEXT)


def test_known_answer() -> None:
    """Written into databases: this form may never change without a new version number."""
    assert SEALED[:21].hex() == "01" + "000000000000002a" + "6465666768696a6b6c6d6e6f"
    assert len(SEALED) == 1 + 8 + 12 + len(TEXT) + 16
    assert SEALED.hex() == (
        "01000000000000002a6465666768696a6b6c6d6e6f"
        "3c73bb461f9b39fc500b3c89ae0a18dd2db46378ed009c05d4"
        "fab70d82ff49614549bae92088f79e2d"
    )
    assert PLACE.associated_data() == b"cvdmail\0message\0body\x007"


def test_it_opens_and_names_its_key() -> None:
    assert unseal(KEY, PLACE, SEALED) == TEXT
    assert key_id_of(SEALED) == 42
    assert TEXT not in SEALED


@given(data=st.binary(max_size=300), key=st.binary(min_size=32, max_size=32), key_id=st.integers(0, 2**64 - 1))
def test_whatever_is_sealed_opens_again(data: bytes, key: bytes, key_id: int) -> None:
    sealed = seal(key, key_id, NONCE, PLACE, data)
    assert key_id_of(sealed) == key_id
    assert unseal(key, PLACE, sealed) == data


@pytest.mark.parametrize(
    "place",
    [
        Place("message", "body", 8),
        Place("message", "body", -7),
        Place("message", "title", 7),
        Place("case", "body", 7),
        Place("", "messagebody", 7),
        Place("message\0body", "", 7),
        Place("MESSAGE", "body", 7),
    ],
)
def test_it_opens_nowhere_else(place: Place) -> None:
    with pytest.raises(SealBroken) as broken:
        unseal(KEY, place, SEALED)
    assert broken.value.remedy
    assert "frobnicator" not in broken.value.line()


@pytest.mark.parametrize("key", [bytes(32), KEY[:-1] + b"\0", bytes(reversed(KEY))])
def test_it_opens_with_no_other_key(key: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(key, PLACE, SEALED)


@pytest.mark.parametrize("size", [0, 5, 16, 24, 31, 33, 64])
def test_a_key_of_another_size_is_refused_on_both_ways(size: int) -> None:
    with pytest.raises(SealBroken):
        seal(bytes(size), 1, NONCE, PLACE, TEXT)
    with pytest.raises(SealBroken):
        unseal(bytes(size), PLACE, SEALED)


@pytest.mark.parametrize("size", [0, 8, 11, 13, 16])
def test_a_nonce_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(SealBroken):
        seal(KEY, 1, bytes(size), PLACE, TEXT)


def test_every_flipped_bit_is_noticed() -> None:
    for at in range(len(SEALED)):
        for bit in range(8):
            changed = bytearray(SEALED)
            changed[at] ^= 1 << bit
            with pytest.raises(SealBroken):
                unseal(KEY, PLACE, bytes(changed))


def test_every_cut_and_every_byte_more_is_noticed() -> None:
    for length in range(len(SEALED)):
        with pytest.raises(SealBroken):
            unseal(KEY, PLACE, SEALED[:length])
    for extra in (b"\0", SEALED):
        with pytest.raises(SealBroken):
            unseal(KEY, PLACE, SEALED + extra)


@pytest.mark.parametrize("version", [0, VERSION + 1, 255])
def test_another_version_is_not_guessed_at(version: int) -> None:
    other = bytes([version]) + SEALED[1:]
    with pytest.raises(SealBroken):
        key_id_of(other)
    with pytest.raises(SealBroken):
        unseal(KEY, PLACE, other)


@given(sealed=st.binary(max_size=120))
def test_arbitrary_bytes_open_nowhere(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, PLACE, sealed)


def test_the_sizes_are_those_of_aes_256_gcm() -> None:
    assert (KEY_SIZE, NONCE_SIZE) == (32, 12)
