"""The guard and letters in clear: a confirmed letter passes, and every single change to it is stopped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cvdmail.core import compose, guard
from cvdmail.core.drafts import ALWAYS_CLEAR, CLEAR_LETTERS, ClearExtent, Letter
from cvdmail.core.ids import Address, CaseId, MessageId
from cvdmail.core.outgoing import ClearLetter, Intended, OutgoingMail
from cvdmail.errors import GuardRefusal

LAB = Address.parse("outbound@lab.example")
PSIRT = Address.parse("psirt@vendor.example")
EVIL = Address.parse("evil@x.example")
CASE = CaseId(2026, 42)
SUBJECT = "[CVD-2026-0042] Security contact"
TEXT = "Hello,\n\nwho takes reports? Grüße\n.\nFrom here on a line that is longer than seventy-six octets allow.\n"
HEADERS = compose.Headers(
    sender=LAB,
    sender_name="Lab Security Research",
    to=(PSIRT,),
    cc=(),
    reply_to=Address.parse("outbound+abcdefghijklmnop@lab.example"),
    date=datetime(2026, 6, 12, 10, 41, 19, tzinfo=UTC),
    message_id=MessageId.parse("cafe0123@lab.example"),
    outer_subject=SUBJECT,
    subject=SUBJECT,
    references=(MessageId.parse("first@vendor.example"),),
)


def hashed(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def letter(text: str = TEXT, headers: compose.Headers = HEADERS, case: CaseId | None = CASE) -> OutgoingMail:
    """A mail as it should be."""
    confirmed = ClearLetter(Letter.FIRST_CONTACT, headers.outer_subject, hashed(compose.clear_body(text)))
    intended = Intended(
        case, LAB, frozenset(headers.to), frozenset(headers.cc), frozenset(), headers.message_id, headers.sender_name,
        clear=confirmed,
    )  # fmt: skip
    return OutgoingMail(compose.clear(headers, text), LAB, headers.to, intended)


GOOD = letter()


def stopped(mail: OutgoingMail) -> None:
    with pytest.raises(GuardRefusal) as refusal:
        guard.inspect(mail)
    assert "who takes" not in refusal.value.line()
    assert "@" not in refusal.value.line()


def test_a_confirmed_letter_passes() -> None:
    guard.inspect(GOOD)
    assert all(len(line) <= 76 for line in GOOD.raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    assert GOOD.raw.isascii()


@pytest.mark.parametrize(
    "subject", ["Security contact", "Ansprechpartner für Sicherheit", "漏洞" * 30, "a " * 60 + "b"]
)
def test_every_subject_that_compose_writes_passes(subject: str) -> None:
    guard.inspect(letter(headers=replace(HEADERS, outer_subject=subject, references=()), case=None))


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
@settings(max_examples=300)
def test_any_text_passes_as_it_was_confirmed(text: str) -> None:
    assume("-----BEGIN PGP" not in text.upper())
    guard.inspect(letter(text))


Change = Callable[[bytes], bytes]


def sub(old: bytes, new: bytes) -> Change:
    def change(raw: bytes) -> bytes:
        assert old in raw
        return raw.replace(old, new, 1)

    return change


def field(name: bytes, value: bytes | None) -> Change:
    """Give a header field another value (folded lines and all), or take it away."""

    def change(raw: bytes) -> bytes:
        found = re.search(rb"(?m)^" + name + rb":[^\n]*\n(?:[ \t][^\n]*\n)*", raw)
        assert found is not None
        line = b"" if value is None else name + b": " + value + b"\r\n"
        return raw[: found.start()] + line + raw[found.end() :]

    return change


def doubled(name: bytes) -> Change:
    def change(raw: bytes) -> bytes:
        found = re.search(rb"(?m)^" + name + rb":[^\n]*\n", raw)
        assert found is not None
        return raw[: found.end()] + found[0] + raw[found.end() :]

    return change


def added(line: bytes) -> Change:
    return sub(b"Date:", line + b"\r\nDate:")


ONCE = [
    b"From", b"To", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type",
    b"Content-Transfer-Encoding",
]  # fmt: skip
CHANGES: dict[str, Change] = {
    "extra header": added(b"X-Mailer: cvdmail"),
    "bcc": added(b"Bcc: evil@x.example"),
    "cc": added(b"Cc: evil@x.example"),
    "cc to the recipient": added(b"Cc: psirt@vendor.example"),
    "resent-to": added(b"Resent-To: evil@x.example"),
    "content-disposition": added(b"Content-Disposition: attachment; filename=overflow.txt"),
    "comments": added(b"Comments: heap overflow"),
    "no colon": added(b"just words"),
    **{f"doubled {name.decode()}": doubled(name) for name in [*ONCE, b"In-Reply-To", b"References"]},
    **{f"missing {name.decode()}": field(name, None) for name in ONCE},
    "other subject": field(b"Subject", b"[CVD-2026-0042] Heap overflow"),
    "more subject": field(b"Subject", SUBJECT.encode() + b": heap overflow"),
    "subject folded": field(b"Subject", SUBJECT.encode() + b"\r\n heap overflow"),
    "subject without the case": field(b"Subject", b"Security contact"),
    "other From": field(b"From", b"evil@x.example"),
    "From with another name": field(b"From", b'"Heap overflow" <outbound@lab.example>'),
    "other To": field(b"To", b"evil@x.example"),
    "second To": field(b"To", b"psirt@vendor.example, evil@x.example"),
    "To with a name": field(b"To", b"Heap Overflow <psirt@vendor.example>"),
    "Reply-To elsewhere": field(b"Reply-To", b"evil@x.example"),
    "two Reply-To": field(b"Reply-To", b"outbound@lab.example, evil@x.example"),
    "other Message-ID": field(b"Message-ID", b"<beef@lab.example>"),
    "date with words": field(b"Date", b"Fri, 12 Jun 2026 10:41:19 +0000 (heap overflow)"),
    "MIME version": field(b"MIME-Version", b"1.1"),
    "in-reply-to with words": field(b"In-Reply-To", b"overflow <first@vendor.example>"),
    "references with words": field(b"References", b"<first@vendor.example> overflow"),
    "html": field(b"Content-Type", b"text/html; charset=utf-8"),
    "other charset": field(b"Content-Type", b"text/plain; charset=utf-7"),
    "no charset": field(b"Content-Type", b"text/plain"),
    "charset quoted": field(b"Content-Type", b'text/plain; charset="utf-8"'),
    "a name": field(b"Content-Type", b'text/plain; charset=utf-8; name="overflow"'),
    "multipart": field(b"Content-Type", b'multipart/mixed; boundary="0123456789abcdef"'),
    "as if encrypted": field(
        b"Content-Type", b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="0123456789abcdef"'
    ),
    "7bit": field(b"Content-Transfer-Encoding", b"7bit"),
    "base64": field(b"Content-Transfer-Encoding", b"base64"),
    "a word more": sub(b"Hello,", b"Hello, overflow,"),
    "a line more": lambda raw: raw + b"heap overflow\r\n",
    "a blank line more": lambda raw: raw + b"\r\n",
    "a letter less": sub(b"Hello,", b"Hell,"),
    "the same, written otherwise": sub(b"Hello", b"H=65llo"),
    "a soft line break more": sub(b"who takes", b"who =\r\ntakes"),
    "8-bit": sub(b"Gr=C3=BC=C3=9Fe", "Grüße".encode()),
    "bare LF": sub(b"Hello,\r\n", b"Hello,\n"),
    "lone CR": sub(b"Hello,\r\n", b"Hello,\r"),
    "NUL": sub(b"Hello,", b"Hel\0o,"),
    "a long line": sub(b"Hello,", b"a" * 999),
    "no final CRLF": lambda raw: raw[:-2],
    "no body": lambda raw: raw.partition(b"\r\n\r\n")[0],
    "nothing": lambda raw: b"",
    "header ended early": sub(b"MIME-Version", b"\r\nMIME-Version"),
    "too large": lambda raw: raw + b"a\r\n" * 20_000,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_to_the_bytes_is_stopped(name: str) -> None:
    changed = CHANGES[name](GOOD.raw)
    assert changed != GOOD.raw
    stopped(replace(GOOD, raw=changed))


def intended(change: Callable[[Intended], Intended]) -> Callable[[OutgoingMail], OutgoingMail]:
    return lambda mail: replace(mail, intended=change(mail.intended))


def confirmed(change: Callable[[ClearLetter], ClearLetter]) -> Callable[[OutgoingMail], OutgoingMail]:
    def changed(mail: OutgoingMail) -> OutgoingMail:
        assert mail.intended.clear is not None
        return replace(mail, intended=replace(mail.intended, clear=change(mail.intended.clear)))

    return changed


OTHER_INTENTIONS: dict[str, Callable[[OutgoingMail], OutgoingMail]] = {
    "nothing confirmed": intended(lambda one: replace(one, clear=None)),
    "a key meant": intended(lambda one: replace(one, encryption_key_ids=frozenset({"0123456789ABCDEF"}))),
    "another case meant": intended(lambda one: replace(one, case=CaseId(2026, 43))),
    "another person meant": intended(lambda one: replace(one, to=frozenset({EVIL}))),
    "two people meant": intended(lambda one: replace(one, to=frozenset({PSIRT, EVIL}))),
    "nobody meant": lambda mail: replace(mail, recipients=(), intended=replace(mail.intended, to=frozenset())),
    "a copy meant": intended(lambda one: replace(one, cc=frozenset({LAB}))),
    "another sender meant": intended(lambda one: replace(one, sender=EVIL)),
    "another name meant": intended(lambda one: replace(one, sender_name="Lab")),
    "another Message-ID meant": intended(lambda one: replace(one, message_id=MessageId.parse("beef@lab.example"))),
    "another envelope": lambda mail: replace(mail, recipients=(EVIL,)),
    "a second in the envelope": lambda mail: replace(mail, recipients=(PSIRT, EVIL)),
    "an empty envelope": lambda mail: replace(mail, recipients=()),
    "another envelope sender": lambda mail: replace(mail, envelope_from=EVIL),
    "another text confirmed": confirmed(lambda one: replace(one, body_sha256=hashed(b"Hello\r\n"))),
    "no text confirmed": confirmed(lambda one: replace(one, body_sha256="")),
    "another subject confirmed": confirmed(lambda one: replace(one, subject="[CVD-2026-0042] Hello")),
    "half a character confirmed": confirmed(lambda one: replace(one, subject=f"{SUBJECT}\ud800")),
    "two lines confirmed": confirmed(lambda one: replace(one, subject=f"{SUBJECT}\r\nBcc: evil@x.example")),
    "no subject confirmed": confirmed(lambda one: replace(one, subject="")),
}


@pytest.mark.parametrize("name", OTHER_INTENTIONS)
def test_a_change_to_the_intention_or_the_envelope_is_stopped(name: str) -> None:
    stopped(OTHER_INTENTIONS[name](GOOD))


@pytest.mark.parametrize("kind", list(Letter))
def test_a_letter_with_case_text_is_never_let_out(kind: Letter) -> None:
    """Rule 1, whatever was confirmed."""
    mail = confirmed(lambda one: replace(one, letter=kind))(GOOD)
    if kind in ALWAYS_CLEAR | CLEAR_LETTERS[ClearExtent.EVERYTHING]:
        guard.inspect(mail)
    else:
        stopped(mail)


@pytest.mark.parametrize("kind", ["MESSAGE", "SIGNED MESSAGE", "PUBLIC KEY BLOCK", "PRIVATE KEY BLOCK", "SIGNATURE"])
def test_armour_in_clear_is_stopped_even_if_it_was_confirmed(kind: str) -> None:
    stopped(letter(f"-----BEGIN PGP {kind}-----\n\naGVhcA==\n-----END PGP {kind}-----\n"))
    stopped(letter(f"  > -----begin pgp {kind.lower()}-----\n"))


@pytest.mark.parametrize(
    "body",
    [
        b"H=65llo\r\n",
        b"Hello =\r\nthere\r\n",
        b"Hello\r\n ",
        b"=FF\r\n",
        b"=0D=0A\r\n",
        b"Hello=\r\n",
        b"a" * 80 + b"\r\n",
    ],
)
def test_an_encoding_that_is_not_ours_is_stopped_even_if_it_was_confirmed(body: bytes) -> None:
    head = GOOD.raw.partition(b"\r\n\r\n")[0]
    mail = confirmed(lambda one: replace(one, body_sha256=hashed(body)))(GOOD)
    stopped(replace(mail, raw=head + b"\r\n\r\n" + body))


def test_a_large_letter_is_stopped_even_if_it_was_confirmed() -> None:
    guard.inspect(letter("word\n" * 5000))
    stopped(letter("word\n" * 6000))


def test_a_subject_of_another_case_is_stopped_even_if_it_was_confirmed() -> None:
    stopped(letter(headers=replace(HEADERS, outer_subject="[CVD-2026-0043] Security contact")))
    stopped(letter(headers=replace(HEADERS, outer_subject="Security contact")))


# --- neither shape passes for the other -------------------------------------------------------------------------------

ARMOUR = b"-----BEGIN PGP MESSAGE-----\n\naGVhcA==\n-----END PGP MESSAGE-----\n"
WORDS = st.lists(st.sampled_from(["Hello", "overflow", "\n", "[CVD-2026-0042]", "-----", "=", ".", "é"]), max_size=30)


@given(words=WORDS, case=st.sampled_from([CASE, None]), key_ids=st.frozensets(st.just("0123456789ABCDEF")))
def test_an_encrypted_intention_never_lets_clear_bytes_pass(
    words: list[str], case: CaseId | None, key_ids: frozenset[str]
) -> None:
    mail = letter(" ".join(words), case=case, headers=replace(HEADERS, outer_subject=f"[{CASE}]"))
    stopped(replace(mail, intended=replace(mail.intended, clear=None, encryption_key_ids=key_ids)))


@given(kind=st.sampled_from(list(Letter)), key_ids=st.frozensets(st.just("0123456789ABCDEF")), hash_it=st.booleans())
def test_a_clear_intention_never_lets_encrypted_bytes_pass(
    kind: Letter, key_ids: frozenset[str], hash_it: bool
) -> None:
    raw = compose.outer(replace(HEADERS, outer_subject=SUBJECT), ARMOUR, "0123456789abcdef")
    body = hashed(raw.partition(b"\r\n\r\n")[2]) if hash_it else hashed(compose.clear_body(TEXT))
    clear = ClearLetter(kind, SUBJECT, body)
    stopped(replace(GOOD, raw=raw, intended=replace(GOOD.intended, clear=clear, encryption_key_ids=key_ids)))


# --- what counts never changes ----------------------------------------------------------------------------------------


def test_no_single_flipped_bit_or_deleted_byte_of_the_text_passes() -> None:
    raw = GOOD.raw
    start = raw.index(b"\r\n\r\n") + 4
    for at in range(start, len(raw)):
        stopped(replace(GOOD, raw=raw[:at] + raw[at + 1 :]))
        for bit in range(8):
            changed = bytearray(raw)
            changed[at] ^= 1 << bit
            stopped(replace(GOOD, raw=bytes(changed)))


@given(raw=st.binary(max_size=400))
def test_arbitrary_bytes_are_stopped_without_any_other_error(raw: bytes) -> None:
    stopped(replace(GOOD, raw=raw))
