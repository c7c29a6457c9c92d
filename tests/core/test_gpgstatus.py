"""Literal transcripts of gpg, hostile ones above all, against what may be believed of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.gpgmade import why_not_made
from cvdmail.core.gpgstatus import (
    Decryption,
    Signature,
    SignatureState,
    Trouble,
    confirm,
    read_clear_signed,
    read_decryption,
    read_verification,
    trouble,
    verdict,
)

VENDOR = "A49D444B9F63BA0E6ECEADF89D57CCCAD05BAC71"
SUBKEY = "1E9D8AEAA3ECBC3201D76E423FF7673B5AC7DA62"
OTHER = "FA4E7E801581866E137E4903243C48B7E4941930"
MADE = datetime(2026, 11, 21, 22, 40, 59, tzinfo=UTC)
STAMP = int(MADE.timestamp())
PINNED = frozenset({VENDOR})


def status(*lines: str) -> bytes:
    return b"".join(b"[GNUPG:] " + line.encode("utf-8", "surrogateescape") + b"\n" for line in lines)


def checked(word: str, primary: str = VENDOR, signer: str = "", hash_number: int = 10, user: str = "V <v@v.example>",
            stamp: int = STAMP, kind: str = "00") -> list[str]:  # fmt: skip
    signer = signer or primary
    return [
        "NEWSIG",
        f"KEY_CONSIDERED {primary} 0",
        f"SIG_ID Q6y9U7Ee3HcGLeKwPExwcqRTOnU 2026-11-21 {stamp}",
        f"{word} {signer[-16:]} {user}",
        f"VALIDSIG {signer} 2026-11-21 {stamp} 0 4 0 22 {hash_number} {kind} {primary}",
    ]


BADSIG = ["NEWSIG", f"BADSIG {VENDOR[-16:]} V <v@v.example>", "FAILURE gpg-exit 33554433"]
UNKNOWN = ["NEWSIG", f"ERRSIG {OTHER[-16:]} 22 10 00 {STAMP} 9 {OTHER}", f"NO_PUBKEY {OTHER[-16:]}"]
SHA1 = ["NEWSIG", f"ERRSIG {VENDOR[-16:]} 22 2 00 {STAMP} 5 {VENDOR}"]
GOOD = checked("GOODSIG")
HEAD = [
    "ENC_TO 3FF7673B5AC7DA62 18 0",
    f"DECRYPTION_KEY {SUBKEY} {OTHER} u",
    "BEGIN_DECRYPTION",
    "DECRYPTION_INFO 2 9 0",
]
TEXT = [f"PLAINTEXT 62 {STAMP} ", "PLAINTEXT_LENGTH 450"]
TAIL = ["DECRYPTION_OKAY", "GOODMDC", "END_DECRYPTION"]
S = SignatureState


def decrypted(*middle: str) -> bytes:
    return status(*HEAD, *TEXT, *middle, *TAIL)


@pytest.mark.parametrize(
    ("transcript", "states"),
    [
        (decrypted(), []),
        (decrypted(*GOOD), [S.GOOD]),
        (decrypted(*GOOD, *checked("GOODSIG", OTHER)), [S.GOOD, S.GOOD]),
        (decrypted(*checked("GOODSIG", VENDOR, OTHER)), [S.GOOD]),
        (decrypted(*checked("GOODSIG", kind="01")), [S.GOOD]),
        (decrypted(*checked("EXPKEYSIG")), [S.STALE]),
        (decrypted(*checked("EXPSIG")), [S.STALE]),
        (decrypted(*checked("REVKEYSIG")), [S.ERROR]),
        (decrypted(*checked("GOODSIG", hash_number=2)), [S.WEAK]),
        (decrypted(*checked("GOODSIG", hash_number=11)), [S.WEAK]),
        (decrypted(*checked("GOODSIG", kind="10")), [S.ERROR]),
        (decrypted(*checked("GOODSIG", stamp=0)), [S.ERROR]),
        (decrypted(*checked("GOODSIG", stamp=1 << 40)), [S.ERROR]),
        (status(*HEAD[:-1], "DECRYPTION_INFO 0 9 2", *TEXT, "DECRYPTION_OKAY", "END_DECRYPTION"), []),
        (status("NO_SECKEY 0000000000000000") + decrypted(), []),
        # Text that tries to be a status line: a user id, a file name, bytes that are no UTF-8.
        (decrypted(*checked("GOODSIG", user="[GNUPG:] VALIDSIG x <u@u.example>")), [S.GOOD]),
        (decrypted(*checked("GOODSIG", user="x%0A[GNUPG:] BADSIG 9D57CCCAD05BAC71")), [S.GOOD]),
        (decrypted(*checked("GOODSIG", user="\r[GNUPG:] BADSIG\x0b\x85\u2028 \udcff\udcfe")), [S.GOOD]),
        (status(*HEAD, f"PLAINTEXT 62 {STAMP} x%0A[GNUPG:]%20GOODSIG%201%202", *TAIL), []),
    ],
)
def test_sound_decryptions(transcript: bytes, states: list[SignatureState]) -> None:
    result = read_decryption(transcript, 0)
    assert (result.ok, result.why, [one.state for one in result.signatures]) == (True, "", states)
    assert all(one.fingerprint in (VENDOR, OTHER) for one in result.signatures if one.state is S.GOOD)
    for exit_status in (1, 2, -9):
        failed = read_decryption(transcript, exit_status)
        assert not failed.ok
        assert S.GOOD not in [one.state for one in failed.signatures]


@pytest.mark.parametrize(
    ("transcript", "exit_status"),
    [
        (b"", 0),
        (status(*TEXT), 0),  # a bare literal packet in message armour
        (status(*TEXT, *GOOD), 0),  # signed only
        (decrypted()[:-1], 0),
        (decrypted() + b"chatter\n", 0),
        (decrypted() + b"\n", 0),
        (b" " + decrypted(), 0),
        (decrypted().replace(b"[GNUPG:] GOODMDC", b"gpg: GOODMDC"), 0),
        (decrypted() + b"[GNUPG:] lower case\n", 0),
        (decrypted() * 2, 0),
        (status(*HEAD, *HEAD, *TEXT, *GOOD, *TAIL, *TAIL), 0),  # encryption within encryption
        (status(*HEAD, *TEXT, *TEXT, *TAIL), 0),
        (status(*HEAD, *TAIL), 0),
        (status(*HEAD, *TEXT, "NODATA 3", *TAIL), 0),
        (status(*HEAD, *TEXT, "UNEXPECTED 0", *TAIL), 0),
        (status(*HEAD, *TEXT, "ERROR proc_pkt.plaintext 89_BAD_DATA", *TAIL), 0),
        (status(*HEAD, *TEXT, *TAIL, "FAILURE decrypt 4294967295"), 0),
        (status(*HEAD, *TEXT, "DECRYPTION_FAILED", "END_DECRYPTION"), 2),
        (status(*HEAD, *TEXT, *GOOD, "BADMDC", "DECRYPTION_FAILED", "END_DECRYPTION"), 2),
        (status(*HEAD, *TEXT, *GOOD, "BADMDC", *TAIL), 0),
        (status(*HEAD, *TEXT, *GOOD, "DECRYPTION_OKAY", "END_DECRYPTION"), 0),  # neither MDC nor AEAD
        (decrypted().replace(b"INFO 2 9 0", b"INFO 0 9 0"), 0),
        (decrypted().replace(b"INFO 2 9 0", b"INFO 2"), 0),
        (decrypted().replace(b"INFO 2 9 0", b"INFO x 9 0"), 0),
        (decrypted(*GOOD), 2),  # cut off by --max-output: the words are perfect
        (status(*GOOD) + decrypted(), 0),
        (decrypted() + status(*GOOD), 0),
        (decrypted(GOOD[-1]), 0),  # a result outside every NEWSIG block
        (status(*HEAD[:2], *TEXT, HEAD[2], HEAD[3], *TAIL), 0),
        (decrypted(*["NEWSIG"] * 51), 0),
        (decrypted(*["KEY_CONSIDERED " + "A" * 1000] * 300), 0),
    ],
)
def test_unsound_decryptions(transcript: bytes, exit_status: int) -> None:
    result = read_decryption(transcript, exit_status)
    assert not result.ok
    assert result.why
    assert not result.signature_only
    assert S.GOOD not in [one.state for one in result.signatures]


def test_no_secret_key_is_told_apart() -> None:
    failed = ["BEGIN_DECRYPTION", "DECRYPTION_FAILED", "END_DECRYPTION"]
    assert read_decryption(
        status("ENC_TO 47F2BF69A61E5DCF 18 0", "NO_SECKEY 47F2BF69A61E5DCF", *failed), 2
    ).no_secret_key
    wrong = status("NO_SECKEY 47F2BF69A61E5DCF", "ERROR pkdecrypt_failed 67108875", *failed)
    assert not read_decryption(wrong, 2).no_secret_key
    assert trouble(wrong) is Trouble.PASSPHRASE


@pytest.mark.parametrize(
    ("first", "exit_status", "state"),
    [
        (status(*HEAD, *TEXT, *BADSIG), 1, S.BAD),
        (status(*HEAD, *TEXT, *GOOD, *BADSIG), 1, S.BAD),
        (decrypted(*UNKNOWN), 2, S.UNKNOWN_KEY),
        (decrypted(*GOOD, *UNKNOWN), 2, S.UNKNOWN_KEY),
        (decrypted(*SHA1), 2, S.WEAK),
    ],
)
def test_a_signature_that_is_not_good_needs_a_second_run(first: bytes, exit_status: int, state: SignatureState) -> None:
    alone = read_decryption(first, exit_status)
    assert not alone.ok
    assert alone.signature_only
    kept = confirm(alone, read_decryption(decrypted(), 0))
    assert kept.ok
    assert verdict(kept.signatures, PINNED, MADE, MADE).state is state
    assert S.GOOD not in [one.state for one in kept.signatures]
    for second, status_of_second in [
        (decrypted(), 2),
        (status(*HEAD, *TEXT, "BADMDC", "DECRYPTION_FAILED", "END_DECRYPTION"), 2),
        (decrypted(*GOOD), 0),
        (b"", 0),
    ]:
        dropped = confirm(alone, read_decryption(second, status_of_second))
        assert not dropped.ok
        assert dropped.why


def test_confirm_never_lifts_another_failure() -> None:
    cut = read_decryption(decrypted(), 2)
    assert confirm(cut, read_decryption(decrypted(), 0)) is cut


@pytest.mark.parametrize(
    ("transcript", "exit_status", "states"),
    [
        (status(*GOOD), 0, [S.GOOD]),
        (status(*GOOD), 2, [S.ERROR]),
        (status(*GOOD, *UNKNOWN), 2, [S.ERROR, S.UNKNOWN_KEY]),
        (status(*BADSIG), 1, [S.BAD]),
        (status(*SHA1), 2, [S.WEAK]),
        (status("NODATA 2", "FAILURE verify 4294967295"), 2, [S.ERROR]),
        (b"", 2, [S.ERROR]),
        (b"", 0, [S.ERROR]),
        (status(*GOOD) + b"x", 0, [S.ERROR]),
        (status(*TEXT, *GOOD), 0, [S.ERROR]),
        (status("NEWSIG"), 0, [S.ERROR]),
        (status("NEWSIG", "GOODSIG 9D57CCCAD05BAC71 V"), 0, [S.ERROR]),
        (status(*GOOD, GOOD[-1]), 0, [S.ERROR]),
        (status(*GOOD, GOOD[-2]), 0, [S.ERROR]),
        (status("NEWSIG", "GOODSIG 0000000000000000 V", GOOD[-1]), 0, [S.ERROR]),
        (status("NEWSIG", GOOD[-2], f"VALIDSIG {VENDOR} 2026-11-21 {STAMP}"), 0, [S.ERROR]),
        (status("NEWSIG", GOOD[-2], GOOD[-1].replace(VENDOR, "D05BAC71")), 0, [S.ERROR]),
        (status("NEWSIG", "ERRSIG 1"), 2, [S.ERROR]),
        (status("NEWSIG", f"ERRSIG {OTHER[-16:]} 99 10 00 {STAMP} 4 -"), 2, [S.ERROR]),
        (status("NEWSIG", f"ERRSIG {OTHER[-16:]} 22 1 00 {STAMP} 4 -"), 2, [S.WEAK]),
    ],
)
def test_verification(transcript: bytes, exit_status: int, states: list[SignatureState]) -> None:
    assert [one.state for one in read_verification(transcript, exit_status)] == states


def good(fingerprint: str = VENDOR, made_at: datetime = MADE, hash_algorithm: int = 10) -> Signature:
    return Signature(S.GOOD, fingerprint, made_at, hash_algorithm)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("signatures", "now", "mail_date", "state"),
    [
        ([], MADE, MADE, S.NONE),
        ([good()], MADE, MADE, S.GOOD),
        ([good()], MADE + 9 * DAY, None, S.GOOD),
        ([good()], MADE - timedelta(minutes=59), MADE, S.GOOD),
        ([good()], MADE - timedelta(minutes=61), MADE, S.STALE),
        ([good()], MADE + 9 * DAY, MADE + 7 * DAY, S.GOOD),
        ([good()], MADE + 9 * DAY, MADE + 7 * DAY + timedelta(seconds=1), S.STALE),
        ([good(OTHER)], MADE, MADE, S.UNKNOWN_KEY),
        ([good(VENDOR.lower())], MADE, MADE, S.UNKNOWN_KEY),
        ([good(), good(OTHER)], MADE, MADE, S.GOOD),
        ([good(), good()], MADE, MADE, S.ERROR),
        ([good(), Signature(S.BAD)], MADE, MADE, S.BAD),
        ([good(), Signature(S.UNKNOWN_KEY), Signature(S.BAD)], MADE, MADE, S.BAD),
        ([good(), Signature(S.UNKNOWN_KEY)], MADE, MADE, S.UNKNOWN_KEY),
        ([good(), Signature(S.STALE)], MADE, MADE, S.STALE),
        ([good(), Signature(S.PARTIAL)], MADE, MADE, S.PARTIAL),
        ([good(), Signature(S.NONE)], MADE, MADE, S.NONE),
        ([Signature(S.ERROR)], MADE, MADE, S.ERROR),
        ([Signature(S.GOOD, VENDOR)], MADE, MADE, S.ERROR),
        ([good(hash_algorithm=2)], MADE, MADE, S.ERROR),
    ],
)
def test_verdict(signatures: list[Signature], now: datetime, mail_date: datetime | None, state: SignatureState) -> None:
    result = verdict(signatures, PINNED, now, mail_date)
    assert result.state is state
    assert (result.note == "") == ((state is S.GOOD and len(signatures) == 1) or result in signatures)


def test_expired_and_revoked_say_which() -> None:
    notes = [read_verification(status(*checked(word)), 0)[0].note for word in ("EXPKEYSIG", "REVKEYSIG", "EXPSIG")]
    assert notes == ["the signing key has expired", "the signing key has been revoked", "the signature has expired"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ERROR pkdecrypt_failed 67108875", Trouble.PASSPHRASE),
        ("FAILURE sign 67109041", Trouble.PASSPHRASE),
        ("ERROR pkdecrypt_failed 67108949", Trouble.UNAVAILABLE),
        ("FAILURE sign 83918950", Trouble.UNAVAILABLE),
        ("FAILURE sign 33554509", Trouble.UNAVAILABLE),
        ("ERROR proc_pkt.plaintext 89_BAD_DATA", None),
        ("FAILURE gpg-exit 33554433", None),
        ("ERROR x", None),
        ("PLAINTEXT 62 67108875 ", None),
    ],
)
def test_trouble(line: str, expected: Trouble | None) -> None:
    assert trouble(status(line)) is expected


MAKING = [
    f"KEY_CONSIDERED {VENDOR} 2",
    f"KEY_CONSIDERED {OTHER} 0",
    "BEGIN_SIGNING H10",
    f"SIG_CREATED S 22 10 00 {STAMP} {VENDOR}",
    "BEGIN_ENCRYPTION 2 9",
    "END_ENCRYPTION",
]


@pytest.mark.parametrize(
    ("lines", "exit_status", "fine"),
    [
        (MAKING, 0, True),
        (MAKING, 2, False),
        (MAKING[:-1], 0, False),
        (MAKING[:3] + MAKING[4:], 0, False),
        ([*MAKING, MAKING[3]], 0, False),
        ([*MAKING, "INV_RECP 0 " + OTHER], 0, False),
        ([*MAKING, "INV_SGNR 0 " + VENDOR], 0, False),
        ([*MAKING, f"KEY_CONSIDERED {SUBKEY} 0"], 0, False),
        ([*MAKING, f"KEY_CONSIDERED {OTHER} 1"], 0, False),
        ([line.replace(f"{STAMP} {VENDOR}", f"{STAMP} {OTHER}") for line in MAKING], 0, False),
    ],
)
def test_what_was_made(lines: list[str], exit_status: int, fine: bool) -> None:
    why = why_not_made(
        status(*lines), exit_status, keys=frozenset({VENDOR, OTHER}), encrypted=True, signers=frozenset({VENDOR})
    )
    assert (why == "") == fine


def test_a_signature_nobody_asked_for_is_refused() -> None:
    keys = frozenset({VENDOR, OTHER})
    assert why_not_made(status(*MAKING), 0, keys=keys, encrypted=True, signers=None)
    assert why_not_made(status(*MAKING), 0, keys=keys, encrypted=False, signers=frozenset({VENDOR}))
    assert why_not_made(b"gpg: hello\n", 0, keys=keys, encrypted=False, signers=None)
    assert why_not_made(b"", 0, keys=keys, encrypted=False, signers=frozenset())
    assert why_not_made(b"", 0, keys=keys, encrypted=False, signers=None) == ""


def believes(status_bytes: bytes, exit_status: int) -> bool:
    decryption = read_decryption(status_bytes, exit_status)
    states = [one.state for one in (*decryption.signatures, *read_verification(status_bytes, exit_status))]
    return decryption.ok or S.GOOD in states


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"[GNUPG:] " + tail + b"\n"))
def test_arbitrary_bytes_are_never_believed(data: bytes) -> None:
    assert not believes(data, 0)


LINES = [*HEAD, *TEXT, *GOOD, *TAIL]
REQUIRED = set(range(len(LINES))) - {0, 1, 5, 7, 8}


@given(st.lists(st.sampled_from([*LINES, *BADSIG, *UNKNOWN, *SHA1, "NODATA 1"]), max_size=16), st.integers(0, 2))
def test_any_mixture_of_lines_is_believed_only_as_the_rules_say(lines: list[str], exit_status: int) -> None:
    result: Decryption = read_decryption(status(*lines), exit_status)
    if result.ok:
        assert exit_status == 0
        for needed in (*HEAD[2:], TEXT[0], *TAIL):
            assert lines.count(needed) == 1
        assert not {"NODATA 1", BADSIG[2]} & set(lines)


@given(st.sampled_from(sorted(REQUIRED)))
def test_no_line_of_a_good_transcript_can_be_missed(index: int) -> None:
    assert believes(status(*LINES), 0)
    result = read_decryption(status(*LINES[:index], *LINES[index + 1 :]), 0)
    assert not (result.ok and verdict(result.signatures, PINNED, MADE, MADE).state is S.GOOD)


CLEAR = f"PLAINTEXT 74 {STAMP} "


@pytest.mark.parametrize(
    ("transcript", "exit_status", "states"),
    [
        (status(CLEAR, *GOOD), 0, [S.GOOD]),
        (status(CLEAR, *GOOD, *checked("GOODSIG", OTHER)), 0, [S.GOOD, S.GOOD]),
        (status(CLEAR, *BADSIG), 1, [S.BAD]),
        (status(CLEAR, *UNKNOWN), 2, [S.UNKNOWN_KEY]),
        (status(CLEAR, *SHA1), 2, [S.WEAK]),
        (status(CLEAR, *GOOD), 2, [S.ERROR]),
        (status(CLEAR, *GOOD, "FAILURE gpg-exit 33554433"), 0, [S.ERROR]),
        (status(CLEAR, CLEAR, *GOOD), 0, [S.ERROR]),
        (status(*GOOD, CLEAR), 0, [S.ERROR]),
        (status(*GOOD), 0, [S.ERROR]),
        (status(CLEAR), 0, [S.ERROR]),
        (status("BEGIN_DECRYPTION", CLEAR, *GOOD), 0, [S.ERROR]),
        (status(CLEAR, *GOOD)[:-1], 0, [S.ERROR]),
        (b"", 0, [S.ERROR]),
    ],
)
def test_clear_signed_text(transcript: bytes, exit_status: int, states: list[SignatureState]) -> None:
    assert [one.state for one in read_clear_signed(transcript, exit_status)] == states
