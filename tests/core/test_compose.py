"""Composed mails, judged by an independent reader: the standard library's email package."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cvdmail.core import compose
from cvdmail.core.compose import Attachment, Headers
from cvdmail.core.ids import Address, MessageId
from cvdmail.core.mail import parse
from cvdmail.errors import Refused

BOUNDARY = "0123456789abcdef0123456789abcdef"
CIPHERTEXT = b"-----BEGIN PGP MESSAGE-----\n\n" + base64.b64encode(b"\xd2" * 45) + b"\n-----END PGP MESSAGE-----\n"
HEADERS = Headers(
    sender=Address.parse("outbound@lab.example"),
    sender_name="Lab Security Research",
    to=(Address.parse("psirt@vendor.example"), Address.parse("security@vendor.example")),
    cc=(Address.parse("cert@coordinator.example"),),
    reply_to=Address.parse("outbound+abcdefghijklmnop@lab.example"),
    date=datetime(2026, 6, 12, 10, 41, 19, tzinfo=UTC),
    message_id=MessageId.parse("cafe0123@lab.example"),
    outer_subject="[CVD-2026-0042]",
    subject="Heap overflow in the frobnicator",
    references=(MessageId.parse("first@lab.example"), MessageId.parse("second@vendor.example")),
)


def judged(entity: bytes) -> EmailMessage:
    """Parse by the standard library, the modern policy."""
    message = message_from_bytes(entity, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def inside(text: str = "Hello\n", *attachments: Attachment, headers: Headers = HEADERS) -> bytes:
    return compose.inner(headers, text, attachments, BOUNDARY)


def text_of(entity: bytes) -> str:
    """The text as a reader sees it; the standard library leaves the line ends of the mail to us."""
    first = next(iter(judged(entity).iter_parts()))
    payload = first.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8").replace("\r\n", "\n")


def lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- the text ---------------------------------------------------------------------------------------------------------

TEXTS = [
    "",
    "\n",
    "one line without end",
    "one line\n",
    "\n\nleading and trailing empty lines\n\n\n",
    "trailing blanks  \nand tab\t\nand at the end ",
    "From here on\nFrom: me\nfrom\n>From\n",
    ".\n..\n.hidden\n",
    "--\nsignature\n",
    f"--{BOUNDARY}\n--{BOUNDARY}--\nstill here\n",
    f"Content-Type: text/html\n\n--{BOUNDARY}\nContent-Type: text/plain\n\nsmuggled\n",
    "x" * 5000 + "\n",
    "word " * 3000,
    "😀" * 500 + "\n",
    "日本語の文章" * 200,
    "a=3Db = equals == =\n=\n",
    "lone\rcarriage\rreturns\r",
    "mixed\r\nline\nends\r",
    "tab\tand nul\0and bell\x07",
    "=?utf-8?q?not_a_header?=",
    "a\u2028b\u2029c\x85d\x0be\x0cf\n",
    "." * 80 + "\n" + "-" * 80 + "\n",
    ("." + "x" * 74 + "\n") * 5,
    ("From " + "y" * 70 + "\n") * 5,
    ("--" + "z" * 73 + "\n") * 5,
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_reader_gets_the_very_text(text: str) -> None:
    entity = inside(text)
    assert text_of(entity) == lf(text)
    assert_wire_form(entity)


@given(text=st.text(max_size=300) | st.from_regex(r"([.\-]{0,3}|From |=|[ \t\r\n]{0,3}|.){0,60}", fullmatch=True))
def test_any_text_survives(text: str) -> None:
    entity = inside(text)
    assert text_of(entity) == lf(text)
    assert_wire_form(entity)


def assert_wire_form(entity: bytes) -> None:
    """7-bit, CRLF only, short lines, none that a server is known to change (RFC 3156 section 5)."""
    assert entity.isascii()
    assert b"\0" not in entity
    assert entity.count(b"\r") == entity.count(b"\n") == entity.count(b"\r\n")
    head, _, body = entity.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    for line in body.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.endswith((b" ", b"\t"))
        assert not line.startswith((b"From ", b"."))
        assert not line.startswith(b"--") or line.startswith(f"--{BOUNDARY}".encode())


def test_a_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(Refused):
        compose.text_part("half a character \ud83d")


# --- attachments ------------------------------------------------------------------------------------------------------

NAMES = [
    "poc.py",
    "a b c.txt",
    "Größe.txt",
    "日本語.txt",
    "😀.bin",
    'quo"te.txt',
    "semi;colon.txt",
    "per%20cent.txt",
    "it's.txt",
    "-rf",
    ".hidden",
    "n" * 200 + ".txt",
    "名" * 80 + ".txt",
    "comma, dot.txt",
    "a(b)c<d>e@f.txt",
]
CONTENTS = [
    b"",
    b"x",
    bytes(range(256)) * 20,
    b"\r\n.\r\n",
    f"--{BOUNDARY}--\r\n".encode(),
    b"line\nline\r\nline\r",
    b"\0" * 77,
]


@pytest.mark.parametrize("name", NAMES)
def test_attachment_names_survive(name: str) -> None:
    entity = inside("text", Attachment(name, "application/octet-stream", b"content"))
    (attached,) = judged(entity).iter_attachments()
    assert attached.get_filename() == name
    assert attached.get_content_disposition() == "attachment"
    assert_lines_fit(entity)
    ours = parse(entity)
    assert ours.root.children[1].filename == name[:255]


def assert_lines_fit(entity: bytes) -> None:
    assert entity.isascii()
    assert max(map(len, entity.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
def test_attachment_bytes_survive(content: bytes) -> None:
    attachments = (
        Attachment("one.bin", "application/octet-stream", content),
        Attachment("two.txt", "text/plain", b"two"),
    )
    one, two = judged(inside("text", *attachments)).iter_attachments()
    assert one.get_payload(decode=True) == content
    assert two.get_payload(decode=True) == b"two"
    assert [one.get_content_type(), two.get_content_type()] == ["application/octet-stream", "text/plain"]


@pytest.mark.parametrize(
    "media_type", ["message/rfc822", "message/partial", "multipart/mixed", "message/external-body"]
)
def test_a_mail_as_attachment_survives_or_is_refused(media_type: str) -> None:
    """RFC 2045 section 6.4 forbids base64 for composite types: a reader may show an empty mail instead."""
    content = b"From: a@b.example\r\nSubject: proof\r\n\r\nwords\r\n"
    try:
        entity = inside("text", Attachment("proof.eml", media_type, content))
    except Refused:
        return
    (attached,) = judged(entity).iter_attachments()
    assert attached.get_payload(decode=True) == content


@given(name=st.text(min_size=1, max_size=300), content=st.binary(max_size=200))
@example(name="名" * 200, content=b"x")
@example(name="😀" * 900, content=b"x")
def test_any_attachment_survives_or_is_refused(name: str, content: bytes) -> None:
    try:
        part = compose.attachment_part(Attachment(name, "application/octet-stream", content))
    except Refused:
        return
    assert_lines_fit(part)
    message = judged(part + b"\r\n")
    assert message.get_payload(decode=True) == content
    ours = parse(part)
    assert ours.content(ours.root) == content


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "../a", "/etc/passwd", "a\\b", "C:\\x", "a\r\nb", "a\nb", "a\0b", "a\x85b", "a\u2028b",
     "a\u2029b", "a\x1b[2Jb", "a\x7fb", "\ud800", "n" * 1000],
)  # fmt: skip
def test_attachment_names_that_are_refused(name: str) -> None:
    with pytest.raises(Refused):
        inside("text", Attachment(name, "text/plain", b""))


@pytest.mark.parametrize(
    "media_type",
    ["", "text", "text/", "/plain", "text/plain; x=y", "text/plain\r\nBcc: x", "TEXT/PLAIN", "a/b/c", "ü/x"],
)
def test_media_types_that_are_refused(media_type: str) -> None:
    with pytest.raises(Refused):
        inside("text", Attachment("a.txt", media_type, b""))


# --- header values ----------------------------------------------------------------------------------------------------

BAD = ["\r\nBcc: evil@x.example", "\n", "\r", "\0", "\x85", "\u2028", "\u2029", "\x1b", "\x7f", "\x0b", "\ud800", "\t"]


@pytest.mark.parametrize("bad", BAD, ids=[f"{char!a}" for char in BAD])
@pytest.mark.parametrize("field", ["subject", "outer_subject", "sender_name"])
def test_control_characters_are_refused_in_every_header_value(field: str, bad: str) -> None:
    value = f"before{bad}after"
    headers = {
        "subject": replace(HEADERS, subject=value),
        "outer_subject": replace(HEADERS, outer_subject=value),
        "sender_name": replace(HEADERS, sender_name=value),
    }[field]
    with pytest.raises(Refused):
        compose.inner(headers, "text", (), BOUNDARY)
    if field != "subject":
        with pytest.raises(Refused):
            compose.outer(headers, CIPHERTEXT, BOUNDARY)


def test_a_value_over_900_characters_is_refused() -> None:
    compose.check_line("subject", "x" * 900)
    with pytest.raises(Refused) as refusal:
        compose.check_line("subject", "x" * 901)
    assert refusal.value.what == "subject"
    assert "x" * 20 not in refusal.value.line()


@pytest.mark.parametrize(
    "boundary",
    ["", "short", "0123456789ABCDEF", "0123456789abcde ", "0123456789abcdef\r\n", "x" * 61, "--0123456789abcdef"],
)
def test_boundaries_are_random_words_of_ours(boundary: str) -> None:
    with pytest.raises(Refused):
        compose.inner(HEADERS, "text", (), boundary)
    with pytest.raises(Refused):
        compose.outer(HEADERS, CIPHERTEXT, boundary)


SUBJECTS = [
    "Heap overflow in the frobnicator",
    "Größe: Pufferüberlauf",
    "日本語の件名" * 20,
    "😀 " * 60,
    "word " * 100 + "end",
    "x" * 300,
    "a, b; c: d <e@f.example> \"g\" (h)",
    "Re: Re: [CVD-2026-0042] x",
    "equals = question ? underscore _",
    "=?utf-8?q?looks_encoded?=",
    "a  two  blanks",
    "",
]  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_real_subject_survives_inside(subject: str) -> None:
    entity = inside(headers=replace(HEADERS, subject=subject))
    raw = message_from_bytes(entity)["Subject"]
    assert str(make_header(decode_header(raw.replace("\r\n", "")))) == subject
    assert parse(entity).subject == " ".join(subject.split())
    assert_lines_fit(entity)


NAMES_OF_SENDERS = ["Lab", 'The "Lab"', "back\\slash", "Größe, Ltd.", "a@b.example", "", "日本" * 40]


@pytest.mark.parametrize("name", NAMES_OF_SENDERS)
def test_the_sender_name_is_only_a_name(name: str) -> None:
    entity = inside(headers=replace(HEADERS, sender_name=name))
    (address,) = judged(entity)["From"].addresses
    assert address.addr_spec == "outbound@lab.example"
    shown, address_alone = parseaddr(message_from_bytes(entity)["From"].replace("\r\n", ""))
    assert address_alone == "outbound@lab.example"
    assert str(make_header(decode_header(shown))) == name


# --- protected headers ------------------------------------------------------------------------------------------------


def fields(entity: bytes) -> list[tuple[str, str]]:
    return [(name, str(value).replace("\r\n", "")) for name, value in message_from_bytes(entity).items()]


def test_the_inside_holds_the_real_headers_and_says_what_the_outside_shows() -> None:
    inner, outer = inside(), compose.outer(HEADERS, CIPHERTEXT, BOUNDARY)
    names = [name for name, _ in fields(inner)]
    shown = ["From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"]
    assert names == ["MIME-Version", "Content-Type", *shown, *["HP-Outer"] * len(shown)]
    assert dict(fields(inner))["Subject"] == "Heap overflow in the frobnicator"
    # RFC 9788 section 2.2.1: one HP-Outer for each field outside, with the value it has there
    outside = [(name, value) for name, value in fields(outer) if name not in ("MIME-Version", "Content-Type")]
    protected = [value.partition(": ")[::2] for name, value in fields(inner) if name == "HP-Outer"]
    assert [(name, " ".join(value.split())) for name, value in protected] == [
        (name, " ".join(value.split())) for name, value in outside
    ]
    content_type = judged(inner)["Content-Type"]
    assert content_type.content_type == "multipart/mixed"
    assert content_type.params["protected-headers"] == "v1"
    assert content_type.params["hp"] == "cipher"


def test_addresses_date_and_thread_are_written_as_given() -> None:
    for entity in (inside(), compose.outer(HEADERS, CIPHERTEXT, BOUNDARY)):
        message = judged(entity)
        assert [one.addr_spec for one in message["To"].addresses] == ["psirt@vendor.example", "security@vendor.example"]
        assert [one.addr_spec for one in message["Cc"].addresses] == ["cert@coordinator.example"]
        assert message["Reply-To"].addresses[0].addr_spec == "outbound+abcdefghijklmnop@lab.example"
        assert message["Date"].datetime == HEADERS.date
        assert message["Message-ID"] == "<cafe0123@lab.example>"
        assert message["In-Reply-To"] == "<second@vendor.example>"
        assert str(message["References"]).split() == ["<first@lab.example>", "<second@vendor.example>"]
        assert "Bcc" not in message


def test_without_copies_and_thread_there_are_no_such_fields() -> None:
    names = {name for name, _ in fields(compose.outer(replace(HEADERS, cc=(), references=()), CIPHERTEXT, BOUNDARY))}
    assert names == {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}


def test_the_outside_is_the_form_of_rfc_3156() -> None:
    raw = compose.outer(HEADERS, CIPHERTEXT, BOUNDARY)
    message = judged(raw)
    assert message.get_content_type() == "multipart/encrypted"
    assert message["Content-Type"].params["protocol"] == "application/pgp-encrypted"
    control, data = message.iter_parts()
    assert control.get_content_type() == "application/pgp-encrypted"
    assert str(control.get_payload()).strip() == "Version: 1"
    assert data.get_content_type() == "application/octet-stream"
    payload = data.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.replace(b"\r\n", b"\n").strip() == CIPHERTEXT.strip()
    assert raw.endswith(b"--\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")


def test_nothing_of_the_inside_stands_outside() -> None:
    headers = replace(HEADERS, subject="Frobnicator overflow Grüße")
    attachments = (Attachment("exploit-frobnicator.py", "text/x-python", b"payload = 1"),)
    inner = compose.inner(headers, "The frobnicator overflows.\n", attachments, BOUNDARY)
    outer = compose.outer(headers, CIPHERTEXT, "f" * 32)
    assert b"robnicator" in inner
    for word in ("robnicator", "overflow", "exploit", "payload", "text/x-python", BOUNDARY, "Gr=C3"):
        assert word.encode() not in outer
        assert base64.b64encode(word.encode()).rstrip(b"=")[:-1] not in outer


# --- in clear ---------------------------------------------------------------------------------------------------------


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
@example(text="From here\n.\n-- \nGröße =20 \n" + "x" * 200)
def test_a_letter_in_clear_is_one_plain_text(text: str) -> None:
    headers = replace(HEADERS, to=HEADERS.to[:1], cc=(), outer_subject="Größe: who takes reports?")
    raw = compose.clear(headers, text)
    message = judged(raw)
    assert raw.isascii()
    assert (message.get_content_type(), message.get_content_charset(), message.is_multipart()) == (
        "text/plain", "utf-8", False,
    )  # fmt: skip
    assert message["subject"] == "Größe: who takes reports?"
    assert all(len(line) <= 76 for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    wanted = text if text.endswith("\n") else f"{text}\n"
    assert payload.decode("utf-8").replace("\r\n", "\n") == lf(wanted)
