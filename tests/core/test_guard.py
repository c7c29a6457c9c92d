"""The guard before every socket: a good mail passes, and every single change to it is stopped."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvdmail.core import compose, guard
from cvdmail.core.ids import Address, CaseId, Fingerprint, MessageId
from cvdmail.core.outgoing import Intended, OutgoingMail
from cvdmail.errors import GuardRefusal
from gpghome import GpgHome, gpg_home

LAB = Address.parse("outbound@lab.example")
PSIRT = Address.parse("psirt@vendor.example")
SECOND = Address.parse("security@vendor.example")
CERT = Address.parse("cert@coordinator.example")
EVIL = Address.parse("evil@x.example")
BOUNDARY = "fedcba9876543210fedcba9876543210"
HEADERS = compose.Headers(
    sender=LAB,
    sender_name="Lab Security Research",
    to=(PSIRT, SECOND),
    cc=(CERT,),
    reply_to=Address.parse("outbound+abcdefghijklmnop@lab.example"),
    date=datetime(2026, 6, 12, 10, 41, 19, tzinfo=UTC),
    message_id=MessageId.parse("cafe0123@lab.example"),
    outer_subject="[CVD-2026-0042]",
    subject="Heap overflow in the frobnicator",
    references=(MessageId.parse("first@lab.example"), MessageId.parse("second@vendor.example")),
)


@dataclass(frozen=True)
class Scene:
    """A gpg home with four keys, and one good mail to the first three."""

    home: GpgHome
    lab: Fingerprint
    vendor: Fingerprint
    cert: Fingerprint
    evil: Fingerprint
    clear: bytes
    good: OutgoingMail

    def key_id(self, key: Fingerprint) -> str:
        """The id of the one encryption subkey."""
        (subkey,) = self.home.subkeys(key)
        return subkey.key_id

    def wrap(self, armoured: bytes) -> OutgoingMail:
        """The good mail around another ciphertext."""
        return replace(self.good, raw=compose.outer(HEADERS, armoured, BOUNDARY))

    @property
    def armoured(self) -> bytes:
        """The ciphertext of the good mail, LF line ends."""
        found = re.search(rb"-----BEGIN PGP MESSAGE-----.*-----END PGP MESSAGE-----\r\n", self.good.raw, re.DOTALL)
        assert found is not None
        return found[0].replace(b"\r\n", b"\n")


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with gpg_home() as home:
        lab, vendor, cert, evil = (home.key(str(one)) for one in (LAB, PSIRT, CERT, EVIL))
        attachment = compose.Attachment("proof.bin", "application/octet-stream", bytes(range(256)))
        clear = compose.inner(HEADERS, "It overflows.\n", (attachment,), "0123456789abcdef0123456789abcdef")
        raw = compose.outer(HEADERS, home.message(clear, [lab, vendor, cert], [lab]), BOUNDARY)
        key_ids = frozenset(home.subkeys(key)[0].key_id for key in (lab, vendor, cert))
        intended = Intended(
            CaseId(2026, 42),
            LAB,
            frozenset({PSIRT, SECOND}),
            frozenset({CERT}),
            key_ids,
            HEADERS.message_id,
            HEADERS.sender_name,
        )
        good = OutgoingMail(raw, LAB, (PSIRT, SECOND, CERT), intended)
        yield Scene(home, lab, vendor, cert, evil, clear, good)


def stopped(mail: OutgoingMail) -> GuardRefusal:
    with pytest.raises(GuardRefusal) as refusal:
        guard.inspect(mail)
    line = refusal.value.line()
    assert refusal.value.remedy
    assert "frobnicator" not in line
    assert "@" not in line
    return refusal.value


def test_a_composed_and_truly_encrypted_mail_passes(scene: Scene) -> None:
    guard.inspect(scene.good)
    found = re.search(rb"-----BEGIN.*-----END PGP MESSAGE-----\r\n", scene.good.raw, re.DOTALL)
    assert found is not None
    assert scene.home.gpg("--decrypt", data=found[0]) == scene.clear


@pytest.mark.parametrize(
    "sender_name", ["", "Lab", "Größe & Söhne", 'The "Lab"', "Lab, Inc.", "back\\slash", "日本" * 10, "ops@lab.example"]
)
def test_every_form_that_compose_writes_passes(scene: Scene, sender_name: str) -> None:
    headers = replace(HEADERS, sender_name=sender_name, cc=(), references=())
    raw = compose.outer(headers, scene.armoured, BOUNDARY)
    intended = replace(scene.good.intended, cc=frozenset(), sender_name=sender_name)
    guard.inspect(OutgoingMail(raw, LAB, (PSIRT, SECOND), intended))


def test_many_recipients_and_references_pass(scene: Scene) -> None:
    to = tuple(Address.parse(f"person{number}@vendor.example") for number in range(60))
    references = tuple(MessageId.parse(f"{number:040d}@lab.example") for number in range(60))
    raw = compose.outer(replace(HEADERS, to=to, references=references), scene.armoured, BOUNDARY)
    guard.inspect(OutgoingMail(raw, LAB, (*to, CERT), replace(scene.good.intended, to=frozenset(to))))


# --- changes to the bytes ---------------------------------------------------------------------------------------------

Change = Callable[[bytes], bytes]


def sub(old: bytes, new: bytes) -> Change:
    """Replace the first ``old`` by ``new``; it must be there."""

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
    """Let a header field stand there twice."""

    def change(raw: bytes) -> bytes:
        found = re.search(rb"(?m)^" + name + rb":[^\n]*\n(?:[ \t][^\n]*\n)*", raw)
        assert found is not None
        return raw[: found.end()] + found[0] + raw[found.end() :]

    return change


def added(line: bytes) -> Change:
    """Put a line on top, and one at the end of the header for good measure."""
    return sub(b"Date:", line + b"\r\nDate:")


END = f"\r\n--{BOUNDARY}--\r\n".encode()
DELIMITER = f"\r\n--{BOUNDARY}\r\n".encode()
ENDS = b"-----END PGP MESSAGE-----"
BEGINS = b"-----BEGIN PGP MESSAGE-----\r\n"
ONCE = [b"From", b"To", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type"]
TYPE = b'multipart/encrypted; protocol="application/pgp-encrypted";\r\n boundary="' + BOUNDARY.encode() + b'"'

CHANGES: dict[str, Change] = {
    # fields that no mail of ours has
    "extra header": added(b"X-Mailer: cvdmail"),
    "extra header first": lambda raw: b"X-Report: overflow\r\n" + raw,
    "extra header last": sub(b"\r\n\r\n", b"\r\nX-Report: overflow\r\n\r\n"),
    "bcc": added(b"Bcc: evil@x.example"),
    "bcc in capitals": added(b"BCC: evil@x.example"),
    "bcc with a blank before the colon": added(b"Bcc : evil@x.example"),
    "resent-to": added(b"Resent-To: evil@x.example"),
    "resent-bcc": added(b"Resent-Bcc: evil@x.example"),
    "sender": added(b"Sender: evil@x.example"),
    "return-receipt": added(b"Disposition-Notification-To: evil@x.example"),
    "errors-to": added(b"Errors-To: evil@x.example"),
    "autocrypt": added(b"Autocrypt: addr=evil@x.example; keydata=AAAA"),
    "comments": added(b"Comments: heap overflow"),
    "keywords": added(b"Keywords: heap overflow"),
    "thread-topic": added(b"Thread-Topic: heap overflow"),
    "received": added(b"Received: from laptop.lab.example by x"),
    "content-transfer-encoding": added(b"Content-Transfer-Encoding: 7bit"),
    "content-description": added(b"Content-Description: heap overflow"),
    "content-disposition": added(b"Content-Disposition: inline; filename=overflow"),
    "empty name": added(b": value"),
    "no colon": added(b"just words"),
    "8-bit name": added("Größe: x".encode()),
    # fields that stand there twice, or not at all
    **{f"doubled {name.decode()}": doubled(name) for name in [*ONCE, b"Cc", b"References", b"In-Reply-To"]},
    **{f"missing {name.decode()}": field(name, None) for name in [*ONCE, b"Cc"]},
    # subject
    "other subject": field(b"Subject", b"Security report"),
    "subject with words": field(b"Subject", b"[CVD-2026-0042] heap overflow"),
    "subject with words before": field(b"Subject", b"heap overflow [CVD-2026-0042]"),
    "subject of another case": field(b"Subject", b"[CVD-2026-0043]"),
    "subject empty": field(b"Subject", b""),
    "subject without brackets": field(b"Subject", b"CVD-2026-0042"),
    "subject encoded": field(b"Subject", b"=?utf-8?q?=5BCVD-2026-0042=5D?="),
    "subject folded with words": field(b"Subject", b"[CVD-2026-0042]\r\n heap overflow"),
    "subject in small letters": field(b"Subject", b"[cvd-2026-0042]"),
    # recipients
    "other To": field(b"To", b"evil@x.example, security@vendor.example"),
    "additional To": field(b"To", b"psirt@vendor.example, security@vendor.example, evil@x.example"),
    "additional To folded": field(b"To", b"psirt@vendor.example, security@vendor.example,\r\n evil@x.example"),
    "missing To": field(b"To", b"psirt@vendor.example"),
    "empty To": field(b"To", b""),
    "To with an empty entry": field(b"To", b"psirt@vendor.example, , security@vendor.example"),
    "To with a name": field(b"To", b"Heap Overflow <psirt@vendor.example>, security@vendor.example"),
    "To with a comment": field(b"To", b"psirt@vendor.example (overflow), security@vendor.example"),
    "To as a group": field(b"To", b"Team: psirt@vendor.example, security@vendor.example;"),
    "To with a route": field(b"To", b"<@x.example:psirt@vendor.example>, security@vendor.example"),
    "To without commas": field(b"To", b"psirt@vendor.example security@vendor.example"),
    "To with two at signs": field(b"To", b"psirt@vendor.example@x.example, security@vendor.example"),
    "To with quotes": field(b"To", b'"psirt"@vendor.example, security@vendor.example'),
    "To of a sub-domain": field(b"To", b"psirt@mail.vendor.example, security@vendor.example"),
    "other Cc": field(b"Cc", b"evil@x.example"),
    "additional Cc": field(b"Cc", b"cert@coordinator.example, evil@x.example"),
    "Cc moved to To": lambda raw: field(b"Cc", None)(
        field(b"To", b"psirt@vendor.example, security@vendor.example, cert@coordinator.example")(raw)
    ),
    # sender
    "other From": field(b"From", b"evil@x.example"),
    "From a person of ours": field(b"From", b"ada@lab.example"),
    "From with a token": field(b"From", b"outbound+abcdefghijklmnop@lab.example"),
    "two From in one": field(b"From", b"outbound@lab.example, evil@x.example"),
    "From address as name": field(b"From", b"evil@x.example <outbound@lab.example>"),
    "From mailbox as name": field(b"From", b"outbound@lab.example <evil@x.example>"),
    "From with a comment": field(b"From", b"outbound@lab.example (heap overflow)"),
    "From as a group": field(b"From", b"Lab: outbound@lab.example;"),
    "From with words behind": field(b"From", b"<outbound@lab.example> heap overflow"),
    "From with quotes in the local part": field(b"From", b'outbound"x"@lab.example'),
    "From with quotes behind": field(b"From", b'outbound@lab.example"heap overflow"'),
    "From with quotes inside": field(b"From", b'<outbound@lab"heap overflow".example>'),
    "From with an escape character in the name": field(b"From", b'"\x1b[2J" <outbound@lab.example>'),
    "From with an open quotation": field(b"From", b'"Lab <outbound@lab.example>'),
    "From with another name": field(b"From", b'"Heap overflow in frobd" <outbound@lab.example>'),
    "From with words in the name": field(b"From", b'"Lab Security Research heap overflow" <outbound@lab.example>'),
    "From without the name": field(b"From", b"outbound@lab.example"),
    "From with the name unquoted": field(b"From", b"Lab Security Research <outbound@lab.example>"),
    "From without a domain": field(b"From", b"outbound"),
    # other values
    "Reply-To elsewhere": field(b"Reply-To", b"evil@x.example"),
    "Reply-To another of our domain": field(b"Reply-To", b"ada@lab.example"),
    "Reply-To of a sub-domain": field(b"Reply-To", b"outbound+abcdefghijklmnop@x.lab.example"),
    "Reply-To a longer name": field(b"Reply-To", b"outboundx@lab.example"),
    "Reply-To with a name": field(b"Reply-To", b"Lab <outbound@lab.example>"),
    "Reply-To empty": field(b"Reply-To", b""),
    "other Message-ID": field(b"Message-ID", b"<beef@lab.example>"),
    "Message-ID in other letters": field(b"Message-ID", b"<CAFE0123@lab.example>"),
    "Message-ID and a comment": field(b"Message-ID", b"<cafe0123@lab.example> (overflow)"),
    "Message-ID bare": field(b"Message-ID", b"cafe0123@lab.example"),
    "date with words": field(b"Date", b"Fri, 12 Jun 2026 10:41:19 +0000 (heap overflow)"),
    "date as words": field(b"Date", b"today"),
    "MIME version": field(b"MIME-Version", b"1.1"),
    "MIME version with a comment": field(b"MIME-Version", b"1.0 (heap overflow)"),
    "references with words": field(b"References", b"<first@lab.example> heap overflow"),
    "references empty": field(b"References", b""),
    "in-reply-to with words": field(b"In-Reply-To", b"your mail about the overflow <first@lab.example>"),
    # folding
    "first line folded": lambda raw: b" folded\r\n" + raw,
    "blank line of blanks": sub(b"Date:", b" \r\nDate:"),
    "blank line of tabs": sub(b"Date:", b"\t\t\r\nDate:"),
    "words folded into the date": sub(b"+0000\r\n", b"+0000\r\n heap overflow\r\n"),
    "header folded into the subject": sub(b"0042]\r\n", b"0042]\r\n X-Report: overflow\r\n"),
    "header ended early": sub(b"MIME-Version", b"\r\nMIME-Version"),
    # content type
    "mixed": field(b"Content-Type", TYPE.replace(b"encrypted;", b"mixed;", 1)),
    "signed": field(b"Content-Type", TYPE.replace(b"multipart/encrypted", b"multipart/signed")),
    "text": field(b"Content-Type", b"text/plain; charset=us-ascii"),
    "other protocol": field(b"Content-Type", TYPE.replace(b"pgp-encrypted", b"pkcs7-mime")),
    "no protocol": field(b"Content-Type", b'multipart/encrypted; boundary="' + BOUNDARY.encode() + b'"'),
    "extra parameter": field(b"Content-Type", TYPE + b'; name="overflow"'),
    "two boundaries": field(b"Content-Type", TYPE + b'; boundary="other"'),
    "other boundary": field(b"Content-Type", TYPE.replace(BOUNDARY.encode(), b"0" * 32)),
    "short boundary": lambda raw: raw.replace(BOUNDARY.encode(), b"b"),
    "boundary with blanks": lambda raw: raw.replace(BOUNDARY.encode(), b"heap overflow in the frob"),
    # beside the ciphertext
    "preamble": sub(b'"\r\n\r\n--', b'"\r\nThis is a report.\r\n--'),
    "preamble of one line": sub(b'"\r\n\r\n--', b'"\r\n\r\nheap overflow\r\n--'),
    "preamble of blank lines": sub(b'"\r\n\r\n--', b'"\r\n\r\n\r\n--'),
    "epilogue": lambda raw: raw + b"heap overflow\r\n",
    "epilogue of a blank line": lambda raw: raw + b"\r\n",
    "clear part behind": sub(END, DELIMITER + b"Content-Type: text/plain\r\n\r\nheap overflow" + END),
    "clear part between": sub(
        b"Version: 1\r\n" + DELIMITER,
        b"Version: 1\r\n" + DELIMITER + b"Content-Type: text/plain\r\n\r\nheap overflow" + DELIMITER,
    ),
    "clear part first": sub(
        f"--{BOUNDARY}\r\nContent-Type: application/pgp".encode(),
        f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nheap overflow{DELIMITER.decode()}".encode()
        + b"Content-Type: application/pgp",
    ),
    "other version": sub(b"Version: 1\r\n", b"Version: 2\r\n"),
    "words in the control part": sub(b"Version: 1\r\n", b"Version: 1\r\nheap overflow\r\n"),
    "header in the control part": sub(
        b"encrypted\r\n\r\nVersion", b"encrypted\r\nContent-Description: x\r\n\r\nVersion"
    ),
    "control part of another type": sub(
        b"Content-Type: application/pgp-encrypted\r\n", b"Content-Type: text/plain\r\n"
    ),
    "second part of another type": sub(b"application/octet-stream", b"text/plain"),
    "second part with a name that tells": sub(b'name="encrypted.asc"', b'name="overflow.asc"'),
    "second part with a header": sub(b'asc"\r\n\r\n', b'asc"\r\nContent-Description: x\r\n\r\n'),
    "parts without an end": sub(END, b"\r\n"),
    "part not closed": sub(END, DELIMITER),
    "text before the armour": sub(BEGINS, b"heap overflow\r\n" + BEGINS),
    "blank line before the armour": sub(BEGINS, b"\r\n" + BEGINS),
    "text after the armour": sub(ENDS, ENDS + b"\r\nheap overflow"),
    "blank line after the armour": sub(ENDS, ENDS + b"\r\n"),
    "text in the line of the armour": sub(ENDS, ENDS + b" heap overflow"),
    "comment in the armour": sub(BEGINS, BEGINS + b"Comment: heap overflow\r\n"),
    "version in the armour": sub(BEGINS, BEGINS + b"Version: GnuPG\r\n"),
    "no blank line in the armour": sub(BEGINS + b"\r\n", BEGINS),
    "second armour": sub(ENDS, ENDS + b"\r\n" + BEGINS + b"\r\naGVhcA==\r\n" + ENDS),
    "armour of another kind": lambda raw: raw.replace(b"PGP MESSAGE", b"PGP SIGNED MESSAGE"),
    "armour of a part": lambda raw: raw.replace(b"BEGIN PGP MESSAGE", b"BEGIN PGP MESSAGE, PART 01"),
    "armour of a key": lambda raw: raw.replace(b"PGP MESSAGE", b"PGP PUBLIC KEY BLOCK"),
    "no armour": lambda raw: re.sub(rb"-----BEGIN.*?-----END PGP MESSAGE-----", b"heap overflow", raw, flags=re.DOTALL),
    "empty armour": lambda raw: re.sub(rb"(?s)(MESSAGE-----\r\n\r\n).*?(-----END)", rb"\1\2", raw),
    "words in the base64": sub(BEGINS + b"\r\n", BEGINS + b"\r\nheapoverflow\r\n"),
    "base64 with a blank": lambda raw: re.sub(rb"(MESSAGE-----\r\n\r\n[A-Za-z0-9+/]{5})", rb"\1 ", raw),
    "armour cut": lambda raw: re.sub(rb"\r\n[A-Za-z0-9+/=]+\r\n=[A-Za-z0-9+/]{4}\r\n", b"\r\n", raw),
    # bytes that servers read in two ways
    "8-bit": sub(b"Version: 1", "Versión: 1".encode()),
    "8-bit in the header": sub(b"Lab Security", "Läb Security".encode()),
    "bare LF": sub(b"Version: 1\r\n", b"Version: 1\n"),
    "all LF": lambda raw: raw.replace(b"\r\n", b"\n"),
    "lone CR": sub(b"Version: 1\r\n", b"Version: 1\r"),
    "CR CR LF": sub(b"Version: 1\r\n", b"Version: 1\r\r\n"),
    "LF CR": sub(b"Version: 1\r\n", b"Version: 1\n\r"),
    "SMTP smuggling": sub(ENDS, ENDS + b"\n.\r\nMAIL FROM:<evil@x.example>"),
    "NUL": sub(b"Version: 1", b"Version:\x001"),
    "NUL in the header": sub(b"Lab Security", b"Lab\0Security"),
    "long line": sub(ENDS, b"A" * 999 + b"\r\n" + ENDS),
    "long header line": field(
        b"References", b"<" + b"a" * 480 + b"@x> <" + b"b" * 480 + b"@x> <" + b"c" * 480 + b"@x>"
    ),
    "no final CRLF": lambda raw: raw[:-2],
    "final LF": lambda raw: raw[:-2] + b"\n",
    "no header end": lambda raw: raw.replace(b"\r\n\r\n", b"\r\n"),
    "nothing": lambda raw: b"",
    "only a header": lambda raw: raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
    "twice": lambda raw: raw + raw,
    "too large": lambda raw: raw + b"A" * 60 + b"\r\n" * (guard.MAX_OUTGOING // 2),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_to_the_bytes_is_stopped(scene: Scene, name: str) -> None:
    raw = CHANGES[name](scene.good.raw)
    assert raw != scene.good.raw
    stopped(replace(scene.good, raw=raw))


@pytest.mark.parametrize("evil", [f"{letter}@x.example" for letter in "abcdefghijklmnop"])
@pytest.mark.parametrize("first", [True, False])
def test_a_second_reply_to_is_stopped_whoever_it_is(scene: Scene, evil: str, first: bool) -> None:
    """Sixteen names and both orders: no luck with the order of a set."""
    own = "outbound+abcdefghijklmnop@lab.example"
    value = f"{evil}, {own}" if first else f"{own}, {evil}"
    stopped(replace(scene.good, raw=field(b"Reply-To", value.encode())(scene.good.raw)))


# --- changes to the intended set and the envelope ---------------------------------------------------------------------


def intended(change: Callable[[Intended], Intended]) -> Callable[[OutgoingMail], OutgoingMail]:
    return lambda mail: replace(mail, intended=change(mail.intended))


def to(*recipients: Address) -> Callable[[OutgoingMail], OutgoingMail]:
    return lambda mail: replace(mail, recipients=recipients)


def retry(outstanding: set[Address], *recipients: Address) -> Callable[[OutgoingMail], OutgoingMail]:
    return lambda mail: replace(
        mail, recipients=recipients, intended=replace(mail.intended, outstanding=frozenset(outstanding))
    )


OTHER_SETS: dict[str, Callable[[OutgoingMail], OutgoingMail]] = {
    "additional envelope recipient": to(PSIRT, SECOND, CERT, EVIL),
    "other envelope recipient": to(PSIRT, SECOND, EVIL),
    "missing envelope recipient": to(PSIRT, SECOND),
    "doubled envelope recipient": to(PSIRT, SECOND, CERT, CERT),
    "doubled in other letters": to(PSIRT, SECOND, CERT, Address.parse("CERT@coordinator.example")),
    "doubled instead of another": to(PSIRT, SECOND, SECOND),
    "empty envelope": to(),
    "ourselves in the envelope": to(PSIRT, SECOND, CERT, LAB),
    "other envelope sender": lambda mail: replace(mail, envelope_from=EVIL),
    "envelope sender with a token": lambda mail: replace(
        mail, envelope_from=Address.parse("outbound+abcdefghijklmnop@lab.example")
    ),
    "other sender meant": intended(lambda one: replace(one, sender=EVIL)),
    "other sender name meant": intended(lambda one: replace(one, sender_name="Lab")),
    "no sender name meant": intended(lambda one: replace(one, sender_name="")),
    "other case meant": intended(lambda one: replace(one, case=CaseId(2026, 43))),
    "other year meant": intended(lambda one: replace(one, case=CaseId(2025, 42))),
    "other Message-ID committed": intended(lambda one: replace(one, message_id=MessageId.parse("beef@lab.example"))),
    "nobody meant": lambda mail: replace(
        mail, recipients=(), intended=replace(mail.intended, to=frozenset(), cc=frozenset())
    ),
    "To not meant": intended(lambda one: replace(one, to=frozenset({PSIRT}))),
    "more meant than written": intended(lambda one: replace(one, to=one.to | {EVIL})),
    "Cc not meant": intended(lambda one: replace(one, cc=frozenset())),
    "other Cc meant": intended(lambda one: replace(one, cc=frozenset({EVIL}))),
    "To and Cc exchanged": intended(lambda one: replace(one, to=one.cc, cc=one.to)),
    "one key more meant": intended(
        lambda one: replace(one, encryption_key_ids=one.encryption_key_ids | {"0123456789ABCDEF"})
    ),
    "one key fewer meant": intended(
        lambda one: replace(one, encryption_key_ids=frozenset(sorted(one.encryption_key_ids)[1:]))
    ),
    "no key meant": intended(lambda one: replace(one, encryption_key_ids=frozenset())),
    "hidden key meant": intended(lambda one: replace(one, encryption_key_ids=frozenset({"0" * 16}))),
    "short key ids meant": intended(
        lambda one: replace(one, encryption_key_ids=frozenset(key[8:] for key in one.encryption_key_ids))
    ),
    "retry to a stranger": retry({EVIL}, EVIL),
    "retry to a stranger too": retry({PSIRT, EVIL}, PSIRT, EVIL),
    "retry to nobody": retry(set()),
    "retry to nobody, sent to all": retry(set(), PSIRT, SECOND, CERT),
    "retry to one, sent to all": retry({PSIRT}, PSIRT, SECOND, CERT),
    "retry to one, sent to another": retry({PSIRT}, SECOND),
    "retry to two, sent to one": retry({PSIRT, CERT}, PSIRT),
    "retry to one, sent twice": retry({PSIRT}, PSIRT, PSIRT),
}


@pytest.mark.parametrize("name", OTHER_SETS)
def test_another_intended_set_or_envelope_is_stopped(scene: Scene, name: str) -> None:
    stopped(OTHER_SETS[name](scene.good))


@pytest.mark.parametrize("left", [{PSIRT}, {CERT}, {PSIRT, CERT}, {PSIRT, SECOND, CERT}])
def test_a_retry_to_those_still_outstanding_passes(scene: Scene, left: set[Address]) -> None:
    guard.inspect(retry(left, *sorted(left, key=str))(scene.good))


# --- other ciphertexts ------------------------------------------------------------------------------------------------


def armour(data: bytes) -> bytes:
    """Write a binary message without a checksum line (RFC 9580 section 6.1)."""
    text = base64.b64encode(data)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"\n".join([b"-----BEGIN PGP MESSAGE-----", b"", *lines, b"-----END PGP MESSAGE-----", b""])


def binary(armoured: bytes) -> bytes:
    body = armoured.partition(b"\n\n")[2].partition(b"\n=")[0].partition(b"\n-----END")[0]
    return base64.b64decode(body)


def without_protection(data: bytes) -> bytes:
    """Turn the integrity-protected packet (new format, tag 18) into the old one without (tag 9)."""
    at = 0
    while data[at] == 0x84:
        at += 2 + data[at + 1]
    assert data[at] == 0xD2
    return data[:at] + b"\xc9" + data[at + 1 :]


CIPHERTEXTS: dict[str, Callable[[Scene], bytes]] = {
    "additional key": lambda s: s.home.message(s.clear, [s.lab, s.vendor, s.cert, s.evil], [s.lab]),
    "missing key": lambda s: s.home.message(s.clear, [s.lab, s.vendor], [s.lab]),
    "missing own key": lambda s: s.home.message(s.clear, [s.vendor, s.cert], [s.lab]),
    "other key": lambda s: s.home.message(s.clear, [s.lab, s.vendor, s.evil], [s.lab]),
    "hidden recipients": lambda s: s.home.message(s.clear, [s.lab, s.vendor, s.cert], [s.lab], "--throw-keyids"),
    "one hidden recipient more": lambda s: s.home.message(
        s.clear, [s.lab, s.vendor, s.cert], [s.lab], "--hidden-recipient", str(s.evil)
    ),
    "a password too": lambda s: GpgHome(s.home.path, "password").message(
        s.clear, [s.lab, s.vendor, s.cert], [], "--symmetric"
    ),
    "a password only": lambda s: GpgHome(s.home.path, "password").gpg("--armor", "--symmetric", data=s.clear),
    "signed only": lambda s: s.home.gpg("--armor", "-u", str(s.lab), "--sign", data=s.clear),
    "clear-signed": lambda s: s.home.gpg("-u", str(s.lab), "--clear-sign", data=s.clear),
    "detached signature": lambda s: s.home.detached(s.clear, s.lab),
    "not encrypted at all": lambda s: s.home.gpg("--armor", "--store", data=s.clear),
    "a key": lambda s: s.home.public(s.lab).replace(b"PUBLIC KEY BLOCK", b"MESSAGE"),
    "the text itself": lambda s: s.clear,
    "the text in armour": lambda s: armour(s.clear),
    "no integrity protection": lambda s: armour(without_protection(binary(s.armoured))),
    "something behind": lambda s: armour(binary(s.armoured) + b"\xcb\x0cb\0\0\0\0\0heap o"),
    "something before": lambda s: armour(b"\xcb\x0cb\0\0\0\0\0heap o" + binary(s.armoured)),
    "twice": lambda s: armour(binary(s.armoured) * 2),
    "a marker packet": lambda s: armour(b"\xca\x03PGP" + binary(s.armoured)),
    "cut": lambda s: armour(binary(s.armoured)[:-10]),
    "a doubled session key": lambda s: armour(first_packet(binary(s.armoured)) + binary(s.armoured)),
    "session keys only": lambda s: armour(first_packet(binary(s.armoured))),
}


def first_packet(data: bytes) -> bytes:
    """The first session-key packet (old format, one-byte length, as gpg writes it)."""
    assert data[0] == 0x84
    return data[: 2 + data[1]]


@pytest.mark.parametrize("name", CIPHERTEXTS)
def test_another_ciphertext_is_stopped(scene: Scene, name: str) -> None:
    stopped(scene.wrap(CIPHERTEXTS[name](scene)))


def test_the_rewritten_armour_itself_is_no_reason(scene: Scene) -> None:
    """The forged ciphertexts above are stopped for what they are, not for how this test writes armour."""
    guard.inspect(scene.wrap(armour(binary(scene.armoured))))


def test_the_primary_key_is_not_the_encryption_key(scene: Scene) -> None:
    primary = frozenset(key.key_id for key in (scene.lab, scene.vendor, scene.cert))
    mail = replace(scene.good, intended=replace(scene.good.intended, encryption_key_ids=primary))
    assert "intended keys" in stopped(mail).why


# --- every single byte ------------------------------------------------------------------------------------------------


def essence(raw: bytes) -> tuple[object, ...]:
    """Header names, addresses, type and ciphertext bytes, as an independent reader sees them.

    A mail without the two thread fields is a mail of ours too: they may be missing.
    """
    message = message_from_bytes(raw)
    names = sorted({name.lower() for name in message.keys()} - {"in-reply-to", "references"})  # noqa: SIM118
    addresses = tuple(
        sorted(address.lower() for _, address in getaddresses(message.get_all(name, [])))
        for name in ("from", "to", "cc")
    )
    parts = message.get_payload()
    assert isinstance(parts, list)
    armoured = str(parts[1].get_payload()).replace("\r\n", "\n").encode()  # type: ignore[union-attr]
    return (names, addresses, message.get_content_type(), len(parts), binary(armoured), message["subject"].strip())


def accepted_or_the_same(good: OutgoingMail, raw: bytes) -> bool:
    """Say whether a changed mail passed; it may do so only if nothing that counts has changed."""
    try:
        guard.inspect(replace(good, raw=raw))
    except GuardRefusal:
        return False
    assert essence(raw) == essence(good.raw)
    return True


def test_no_single_flipped_bit_changes_what_counts(scene: Scene) -> None:
    raw = scene.good.raw
    begins = raw.index(BEGINS)
    for at in range(len(raw)):
        # within the ciphertext one bit of every byte is enough: the checksum sees them all alike
        for bit in range(8) if at < begins + 80 else (0,):
            changed = bytearray(raw)
            changed[at] ^= 1 << bit
            passed = accepted_or_the_same(scene.good, bytes(changed))
            assert not (passed and at > begins), f"a flipped bit in the ciphertext at {at} passed"


def test_no_single_deleted_byte_changes_what_counts(scene: Scene) -> None:
    raw = scene.good.raw
    for at in range(len(raw)):
        accepted_or_the_same(scene.good, raw[:at] + raw[at + 1 :])


def test_no_doubled_or_missing_or_exchanged_line_changes_what_counts(scene: Scene) -> None:
    lines = scene.good.raw.split(b"\r\n")
    for at in range(len(lines)):
        accepted_or_the_same(scene.good, b"\r\n".join([*lines[:at], lines[at], *lines[at:]]))
        accepted_or_the_same(scene.good, b"\r\n".join([*lines[:at], *lines[at + 1 :]]))
        if at:
            swapped = [*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]]
            accepted_or_the_same(scene.good, b"\r\n".join(swapped))


WORDS = [b"\r\n", b" ", b":", b"Bcc: evil@x.example\r\n", b"\r\n\r\n", b"evil@x.example", b", ", b'"',
         b"<", b">", b";", b"(", b"\n.\n", b"heap overflow", b"--" + BOUNDARY.encode(), b"--", b"\t",
         b"Subject: ", b"=?utf-8?q?x?="]  # fmt: skip


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_no_inserted_or_replaced_words_change_what_counts(scene: Scene, data: st.DataObject) -> None:
    raw = scene.good.raw
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    words = data.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    accepted_or_the_same(scene.good, raw[:start] + b"".join(words) + raw[end:])


@given(raw=st.binary(max_size=400))
def test_arbitrary_bytes_are_stopped_without_any_other_error(scene: Scene, raw: bytes) -> None:
    with pytest.raises(GuardRefusal):
        guard.inspect(replace(scene.good, raw=raw))
