"""Cutting mails: exact slices, limits, hostile headers, odd charsets."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cvdmail.core import decode, mail
from cvdmail.core.ids import MessageId
from cvdmail.core.mail import Mail, parse
from cvdmail.core.parts import NOWHERE, Inside, Part
from cvdmail.errors import ParseLimit

BOTH_LINE_ENDS = pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["crlf", "lf"])


def lines(end: bytes, *texts: bytes) -> bytes:
    return end.join(texts)


def shape(part: Part) -> object:
    """The media types as a nested tree."""
    return (part.media_type, [shape(child) for child in part.children]) if part.children else part.media_type


# --- trees and slices -------------------------------------------------------------------------------------------------


@BOTH_LINE_ENDS
def test_a_signed_part_is_the_very_bytes_between_the_delimiters(end: bytes) -> None:
    signed = lines(end, b"Content-Type: text/plain", b"X-Odd:  two  blanks ", b"", b"Hello,  ", b"", b"- dash", b"")
    signature = lines(end, b"Content-Type: application/pgp-signature", b"", b"-----BEGIN", b"x")
    raw = lines(
        end,
        b"From: a@vendor.example",
        b'Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="b-1"',
        b"",
        b"preamble",
        b"--b-1",
        signed,
        b"--b-1",
        signature,
        b"--b-1--",
        b"epilogue",
        b"",
    )
    read = parse(raw)
    assert shape(read.root) == ("multipart/signed", ["text/plain", "application/pgp-signature"])
    assert [read.slice(part) for part in read.root.children] == [signed, signature]
    assert read.content(read.root.children[0]) == lines(end, b"Hello,  ", b"", b"- dash", b"")
    assert read.root.parameters["protocol"] == "application/pgp-signature"
    assert read.root.parameters["micalg"] == "pgp-sha512"
    assert read.slice(read.root) == raw


@BOTH_LINE_ENDS
def test_nested_multiparts_with_boundaries_that_begin_alike(end: bytes) -> None:
    raw = lines(
        end,
        b"Content-Type: multipart/mixed; boundary=b",
        b"",
        b"--b",
        b"Content-Type: multipart/alternative; boundary=bb",
        b"",
        b"--bb",
        b"",
        b"plain",
        b"--bb",
        b"Content-Type: text/html",
        b"",
        b"<p>html",
        b"--bb--",
        b"--b",
        b"Content-Type: image/png",
        b"",
        b"png",
        b"--bbb",
        b"still png",
        b"--b--",
        b"",
    )
    read = parse(raw)
    assert shape(read.root) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html"]), "image/png"],
    )
    alternative, picture = read.root.children
    assert [read.content(part) for part in alternative.children] == [b"plain", b"<p>html"]
    assert read.content(picture) == lines(end, b"png", b"--bbb", b"still png")


@BOTH_LINE_ENDS
def test_a_missing_end_boundary_leaves_the_rest_to_the_last_part(end: bytes) -> None:
    raw = lines(
        end,
        b"Content-Type: multipart/mixed; boundary=outer",
        b"",
        b"--outer",
        b"Content-Type: multipart/mixed; boundary=inner",
        b"",
        b"--inner",
        b"",
        b"one",
        b"--outer",
        b"",
        b"two",
        b"",
    )
    read = parse(raw)
    assert shape(read.root) == ("multipart/mixed", [("multipart/mixed", ["text/plain"]), "text/plain"])
    assert read.content(read.root.children[0].children[0]) == b"one"
    assert read.content(read.root.children[1]) == lines(end, b"two", b"")


@BOTH_LINE_ENDS
def test_empty_parts_are_empty_and_stay_inside_the_mail(end: bytes) -> None:
    raw = lines(
        end, b"Content-Type: multipart/mixed; boundary=b", b"", b"--b", b"", b"--b", b"--b", b"", b"", b"--b--", b""
    )
    read = parse(raw)
    assert len(read.root.children) == 3
    assert [read.content(part) for part in read.root.children] == [b"", b"", b""]
    for part in read.root.walk():
        assert 0 <= part.start <= part.body <= part.end <= len(raw)


@pytest.mark.parametrize(
    ("body", "contents"),
    [
        (b"--b\r\n\r\none\r\n--b--\r\n", [b"one"]),
        (b"--b  \t\r\n\r\none\r\n--b--  \r\n", [b"one"]),
        (b"preamble --b\r\n--b\r\n\r\none\r\n--b--", [b"one"]),
        (b"x--b\r\n--b\r\n\r\none --b\r\n--b--", [b"one --b"]),
        (b"--b\r\n\r\none\r\n\r\n--b--\r\n", [b"one\r\n"]),
        (b"--b\r\n\r\none\n--b--\r\n", [b"one"]),
        (b"--b\r\n\r\none\r\n--b-- x\r\n--b--\r\n", [b"one\r\n--b-- x"]),
        (b"--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\nepilogue\r\n--b--\r\n", [b"one"]),
        (b"--b\r\n\r\none\r\n --b\r\nstill\r\n--b--", [b"one\r\n --b\r\nstill"]),
        (b"--b\r\n\r\none", [b"one"]),
        (b"--b", [b""]),
        (b"--b--\r\n", []),
        (b"no delimiter at all", []),
        (b"", []),
    ],
)
def test_delimiter_lines(body: bytes, contents: list[bytes]) -> None:
    read = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body)
    assert [read.content(part) for part in read.root.children] == contents


@pytest.mark.parametrize(
    "value",
    [b'"a b"', b'"a\'()+_,-./:=?"', b'"' + b"x" * 70 + b'"', b"simple", b'"with\\"escape"', b"a*b", b'""'],
)
def test_boundaries_of_every_allowed_letter(value: bytes) -> None:
    boundary = value.strip(b'"')
    raw = (
        b"Content-Type: multipart/mixed; boundary=" + value + b"\r\n\r\n--" + boundary + b"\r\n\r\none\r\n--" + boundary
    )
    read = parse(raw + b"--\r\n")
    allowed = value not in (b'"with\\"escape"', b"a*b", b'""')
    assert [read.content(part) for part in read.root.children] == ([b"one"] if allowed else [])


def test_a_forwarded_mail_stands_by_itself() -> None:
    inner = b"From: other@x.example\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nwords\r\n--i--\r\n"
    raw = b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    read = parse(raw + b"\r\n--o--\r\n")
    assert shape(read.root) == ("multipart/mixed", [("message/rfc822", [("multipart/mixed", ["text/plain"])])])
    (forwarded,) = read.root.children
    assert read.content(forwarded) == inner
    assert forwarded.leaf
    assert [part.inside for part in read.root.walk()] == [NOWHERE, NOWHERE, Inside.FORWARDED, Inside.FORWARDED]
    assert list(read.root.own()) == [forwarded]


def test_every_part_says_what_stands_around_it() -> None:
    inner = (
        b"Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\nsigned\r\n--s\r\n"
        b"Content-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n"
    )
    outer = b"Content-Type: multipart/encrypted; boundary=e\r\n\r\n--e\r\n\r\n1\r\n--e\r\n" + inner + b"--e--\r\n"
    assert [part.inside for part in parse(inner).root.walk()] == [NOWHERE, Inside.SIGNATURE, NOWHERE]
    e, both = Inside.ENCRYPTION, Inside.ENCRYPTION | Inside.SIGNATURE
    assert [part.inside for part in parse(outer).root.walk()] == [NOWHERE, e, e, both, e]
    assert [part.inside for part in parse(inner, e).root.walk()] == [e, both, e]


def test_a_forwarded_mail_in_an_encoding_stays_one_piece() -> None:
    raw = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogeA0KDQp4\r\n"
    assert shape(parse(raw).root) == "message/rfc822"


def test_two_types_are_none() -> None:
    head = b"Content-Type: text/plain\r\nContent-Type: text/html\r\n"
    assert parse(head + b"\r\nx").root.media_type == "application/octet-stream"
    assert parse(b"Content-Type: text/html\r\n" * 2 + b"\r\nx").root.media_type == "text/html"


def test_the_parts_of_a_digest_are_mails() -> None:
    read = parse(
        b"Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\nFrom: a@b.example\r\n\r\nx\r\n--d--\r\n"
    )
    assert shape(read.root) == ("multipart/digest", [("message/rfc822", ["text/plain"])])


def test_parts_are_walked_in_the_order_of_the_mail() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
        b"--i\r\n\r\n1\r\n--i\r\n\r\n2\r\n--i--\r\n--o\r\n\r\n3\r\n--o--\r\n"
    )
    read = parse(raw)
    assert [read.content(part) for part in read.root.walk() if not part.children] == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("raw", "names", "body"),
    [
        (b"", [], b""),
        (b"\r\n", [], b""),
        (b"\nbody", [], b"body"),
        (b"\r\nA: b\r\n\r\nbody", [], b"A: b\r\n\r\nbody"),
        (b"A: b", ["a"], b""),
        (b"A: b\r\n\r\n", ["a"], b""),
        (b"A: b\n\r\nbody", ["a"], b"body"),
        (b"A: b\r\nnot a field\r\nC : d\r\n\r\nx", ["a", "c"], b"x"),
        (b" folded into nothing\r\nA: b\r\n\r\nx", ["a"], b"x"),
        (b": no name\r\nA: b\r\n\r\nx", ["a"], b"x"),
        (b"\xc3\xa4: b\r\nA: b\r\n\r\nx", ["a"], b"x"),
    ],
)
def test_where_the_header_ends(raw: bytes, names: list[str], body: bytes) -> None:
    read = parse(raw)
    assert [header.name for header in read.root.headers] == names
    assert raw[read.root.body : read.root.end] == body


# --- header values ----------------------------------------------------------------------------------------------------


def header(value: bytes, name: bytes = b"Subject") -> Mail:
    return parse(name + b": " + value + b"\r\n\r\nbody\r\n")


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"plain", "plain"),
        (b"  folded\r\n\tand  folded", "folded and folded"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?B?44GT44KT?=", "こん"),
        (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?a?=\r\n =?iso-8859-1?q?=E9?=", "aé"),
        (b"Re: =?utf-8?q?x?= y", "Re: x y"),
        (b"=?utf-8*en?q?x?=", "x"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        ("日本 =?utf-8?q?x?=".encode(), "日本 x"),
        # CVE-2024-6923 and its kin: an encoded line end must not become one
        (b"=?utf-8?q?a=0D=0ABcc:_evil=40x.example?=", "a Bcc: evil@x.example"),
        (b"=?utf-8?q?a=0ABcc:?=", "a Bcc:"),
        (b"=?utf-8?b?YQ0KQmNjOg==?=", "a Bcc:"),
        (b"=?utf-8?q?a=E2=80=A8b=C2=85c=E2=80=A9d?=", "a b c d"),
        (b"=?utf-8?q?a=00b=1Bc?=", "a b c"),
        (b"=?utf-8?q?gpj=2Eexe=E2=80=AE?=", "gpj.exe"),
        (b"a\0b", "a b"),
        (b"=?undefined?q?x?=", "x"),
        (b"=?idna?q?x?=", "x"),
        (b"=?punycode?q?x-?=", "x-"),
        (b"=?rot13?q?x?=", "x"),
        (b"=?unicode_escape?q?=5Cx41?=", "\\x41"),
        (b"=?no-such-charset?q?=C3=A9?=", "é"),
        (b"=?utf-8?q?=E9?=", "\ufffd"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"=?utf-8?b?a?=", "=?utf-8?b?a?="),
        (b"=?=?=?", "=?=?=?"),
    ],
)
def test_subjects_are_decoded_to_one_line(value: bytes, subject: str) -> None:
    read = header(value)
    assert read.subject == subject
    assert read.root.first("subject") == subject


def test_several_headers_of_one_name_are_all_there() -> None:
    read = parse(b"Received: one\r\nreceived: two\r\nRECEIVED: three\r\n\r\n")
    assert read.root.values("received") == ("one", "two", "three")
    assert read.root.first("received") == "one"
    assert read.root.first("from") is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b"<a@b.example>", "a@b.example"),
        (b"<A.1@B> (comment)", "A.1@B"),
        (b"<[x@y>", "[x@y"),
        (b"<>", None),
        (b"<x>", None),
        (b"a@b.example", None),
        (b"<a b@c>", None),
        (b"<\xff\xff@c>", None),
    ],
)
def test_message_ids(value: bytes, wanted: str | None) -> None:
    read = header(value, b"Message-ID")
    assert read.message_id == (None if wanted is None else MessageId(wanted))


def test_references_keep_their_order_and_the_last_hundred() -> None:
    ids = [f"<{number}@x.example>".encode() for number in range(250)]
    folded = b"\r\n ".join(ids + ids[-1:])
    read = parse(b"References: " + folded + b"\r\nIn-Reply-To: <a@b> <c@d>\r\n\r\n")
    assert [str(one) for one in read.references] == [f"{number}@x.example" for number in range(151, 250)]
    assert [str(one) for one in read.in_reply_to] == ["a@b", "c@d"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("Fri, 12 Jun 2026 10:41:19 -0400", datetime(2026, 6, 12, 10, 41, 19, tzinfo=timezone(timedelta(hours=-4)))),
        ("12 Jun 2026 10:41 +0200", datetime(2026, 6, 12, 10, 41, tzinfo=timezone(timedelta(hours=2)))),
        ("Fri, 12 Jun 2026 10:41:19 -0000", datetime(2026, 6, 12, 10, 41, 19, tzinfo=UTC)),
        ("Fri, 12 Jun 2026 10:41:19 GMT", datetime(2026, 6, 12, 10, 41, 19, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("Fri, 32 Jun 2026 10:41:19 +0000", None),
        ("Fri, 12 Jun 1869 10:41:19 +0000", None),
        ("Fri, 12 Jun 2026 10:41:19 +9999", None),
        ("Fri, 12 Jun 99999999999999999999 10:41:19 +0000", None),
        ("Fri, 12 Jun 2026 99:99:99 +0000", None),
    ],
)
def test_dates(value: str, wanted: datetime | None) -> None:
    found = decode.read_date(value)
    assert found == wanted
    if found is not None and wanted is not None:
        assert found.utcoffset() == wanted.utcoffset()


@pytest.mark.parametrize(
    ("content_type", "media_type", "parameters"),
    [
        (b"text/plain; charset=us-ascii", "text/plain", {"charset": "us-ascii"}),
        (b'TEXT/Plain; Charset="UTF-8"', "text/plain", {"charset": "UTF-8"}),
        (b"text/plain", "text/plain", {}),
        (b"text", "application/octet-stream", {}),
        (b"", "application/octet-stream", {}),
        (b"text/plain/x", "application/octet-stream", {}),
        (b"a b/c", "application/octet-stream", {}),
        (b"application/pdf; name*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "application/pdf", {"name": "Grüße.pdf"}),
        (b"application/pdf; name*0=part; name*1=s.pdf", "application/pdf", {"name": "parts.pdf"}),
        (b"application/pdf; name*=undefined''x", "application/pdf", {"name": "x"}),
        (b"application/pdf; name*" + b"9" * 5000 + b"=x", "application/pdf", {}),
        (b"text/plain; charset", "text/plain", {}),
    ],
)
def test_content_types(content_type: bytes, media_type: str, parameters: dict[str, str]) -> None:
    root = parse(b"Content-Type: " + content_type + b"\r\n\r\nx").root
    assert (root.media_type, dict(root.parameters)) == (media_type, parameters)


@pytest.mark.parametrize(
    ("disposition", "kind", "name"),
    [
        (b"attachment; filename=poc.py", "attachment", "poc.py"),
        (b'ATTACHMENT; filename="a b.txt"', "attachment", "a b.txt"),
        (b"inline; filename*=utf-8''%E2%80%AEgpj.exe", "inline", "gpj.exe"),
        (b"attachment; filename*=utf-8''a%0D%0Ab", "attachment", "a b"),
        (b"attachment", "attachment", ""),
        (b"", "", ""),
    ],
)
def test_dispositions(disposition: bytes, kind: str, name: str) -> None:
    root = parse(b"Content-Disposition: " + disposition + b"\r\n\r\nx").root
    assert (root.disposition, root.filename) == (kind, name)


def test_a_file_name_is_cut() -> None:
    assert len(parse(b"Content-Disposition: attachment; filename=" + b"n" * 9000 + b"\r\n\r\n").root.filename) == 255


# --- bodies -----------------------------------------------------------------------------------------------------------


def body(encoding: bytes, data: bytes, charset: bytes = b"utf-8") -> tuple[bytes, str]:
    head = b"Content-Type: text/plain; charset=" + charset + b"\r\nContent-Transfer-Encoding: " + encoding
    read = parse(head + b"\r\n\r\n" + data)
    return read.content(read.root), read.text(read.root)


@pytest.mark.parametrize(
    ("encoding", "data", "content"),
    [
        (b"7bit", b"a=3Db", b"a=3Db"),
        (b"8bit", "ä".encode(), "ä".encode()),
        (b"x-unknown", b"a=3Db", b"a=3Db"),
        (b"quoted-printable", b"a=3Db=\r\nc=E4", b"a=bc\xe4"),
        (b"QUOTED-PRINTABLE", b"=ZZ", b"=ZZ"),
        (b"base64", b"SGVs\r\nbG8=\r\n", b"Hello"),
        (b"Base64", b"SGVsbG8", b"Hello"),
        (b"base64", b"S*G-V s\0bG8=", b"Hello"),
        (b"base64", b"SGVsb", b"Hel"),
        (b"base64", b"S", b""),
        (b"base64", b"", b""),
        (b"base64", b"====", b""),
        (b"base64", b"\xff\xfe", b""),
    ],
)
def test_transfer_encodings_damaged_or_not(encoding: bytes, data: bytes, content: bytes) -> None:
    found, _ = body(encoding, data)
    assert found == content


def test_what_follows_the_padding_does_not_hide_what_stands_before_it() -> None:
    assert body(b"base64", b"SGVsbG8=SGVs")[0].startswith(b"Hello")


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        (b"utf-8", "Grüße\r\n".encode(), "Grüße\n"),
        (b"iso-8859-1", b"\xe4", "ä"),
        (b"windows-1252", b"\x93x\x94", "“x”"),
        (b"iso-2022-jp", "こんにちは".encode("iso-2022-jp"), "こんにちは"),
        (b"gb18030", "你好".encode("gb18030"), "你好"),
        (b"koi8-r", "привет".encode("koi8-r"), "привет"),
        (b"us-ascii", "ä".encode(), "\ufffd\ufffd"),
        (b"utf-8", b"\xe4", "\ufffd"),
        (b"no-such", "ä".encode(), "ä"),
        (b"no-such", b"\xe4", "ä"),
        (b"undefined", b"x", "x"),
        (b"idna", b"x", "x"),
        (b"punycode", b"x-", "x-"),
        (b"rot13", b"x", "x"),
        (b"rot_13", b"x", "x"),
        (b"hex", b"41", "41"),
        (b"base64", b"QQ==", "QQ=="),
        (b"zlib", b"x", "x"),
        (b"bz2_codec", b"x", "x"),
        (b"unicode_escape", b"\\x41", "\\x41"),
        (b"raw_unicode_escape", b"\\u0041", "\\u0041"),
        (b"utf-7", b"+ADw-", "+ADw-"),
        (b"mbcs", b"x", "x"),
        (b"../../etc", b"x", "x"),
        (b"utf-8", b"a\rb\r\nc\n", "a\nb\nc\n"),
        (b"x" * 500, b"x", "x"),
    ],
)
def test_charsets_known_odd_and_hostile(charset: bytes, data: bytes, text: str) -> None:
    assert body(b"8bit", data, charset)[1] == text


def test_unknown_charset_names_leave_nothing_behind_in_memory() -> None:
    """A daemon reads hostile names for years; the interpreter remembers every codec name it was asked for."""
    decode.decode_charset(b"x", "warm-up")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(5000):
            decode.decode_charset(b"x", f"x-hostile-{number}")
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 100_000


def test_a_text_is_cut_at_its_limit() -> None:
    assert len(body(b"8bit", b"x" * (mail.MAX_TEXT + 5000))[1]) == mail.MAX_TEXT


# --- limits -----------------------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    pieces = [
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n".encode() for level in range(depth)
    ]
    return b"".join(pieces) + b"\r\nleaf\r\n"


def many(parts: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * parts + b"--b--\r\n"


def wide(fields: int) -> bytes:
    return b"A: b\r\n" * fields + b"\r\n"


def long_header(name: bytes, size: int) -> bytes:
    return name + b": " + b"x" * size + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (nested(mail.MAX_DEPTH), nested(mail.MAX_DEPTH + 1)),
        (many(mail.MAX_PARTS - 1), many(mail.MAX_PARTS)),
        (many(10), many(100_000)),
        (wide(mail.MAX_HEADERS), wide(mail.MAX_HEADERS + 1)),
        (long_header(b"Subject", mail.MAX_HEADER), long_header(b"Subject", mail.MAX_HEADER + 1)),
        (long_header(b"References", mail.MAX_HEADER * 2), long_header(b"References", mail.MAX_HEADER_BLOCK + 10)),
        (b"A: b\r\n\r\n" + b"x" * mail.MAX_HEADER_BLOCK, b"Received: x\r\n" * 30_000),
    ],
    ids=["depth", "parts", "far too many parts", "headers", "header size", "references size", "header block"],
)
def test_limits(allowed: bytes, refused: bytes) -> None:
    parse(allowed)
    with pytest.raises(ParseLimit) as stopped:
        parse(refused)
    assert stopped.value.remedy


def test_a_mail_over_the_size_limit_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MAX_MAIL", 1000)
    parse(b"A: b\r\n\r\n".ljust(1000, b"x"))
    with pytest.raises(ParseLimit):
        parse(b"A: b\r\n\r\n".ljust(1001, b"x"))


def test_overlapping_parts_are_a_limit() -> None:
    """Fifty levels that each search the whole mail again would be fifty times the work."""
    head = b"".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n".encode() for level in range(45)
    )
    with pytest.raises(ParseLimit):
        parse(head + b"\r\n" + b"filler line\r\n" * 200_000)


# --- hostile headers, properties and work -----------------------------------------------------------------------------

HOSTILE_VALUES = [
    b"<[x@y>",
    b"(" * 5000,
    b"(" * 5000 + b")" * 5000,
    b'"' * 5001,
    b"<" * 5000,
    b"a@" * 5000,
    b"=?utf-8?q?" + b"=41" * 4000 + b"?=",
    b"=?utf-8?q?x?= " * 900,
    b"=?a?b?====?= " * 1000,
    b"\xff\xfe\x00\x80",
    b"a:;" * 4000,
    b"x/x; " + b"charset=idna;" * 1000,
    b"x/x; name*0*=undefined''%ff; name*1*=x",
    b"x/x; name*1=a; name*=b; name*x=c",
    b"multipart/mixed; boundary=" + b"\xff" * 20,
    b"Thu, 99 Foo 99999 99:99:99 +99999999999",
    b"\xe2\x80\xa8\xc2\x85",
]
NAMES = [
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"References",
    b"In-Reply-To",
    b"Content-Type",
    b"Content-Disposition",
    b"Content-Transfer-Encoding",
]


def read_everything(raw: bytes) -> Mail | None:
    """Open every door of a mail; None when a limit stopped it."""
    try:
        read = parse(raw)
    except ParseLimit:
        return None
    for part in read.root.walk():
        read.content(part)
        read.text(part)
        read.slice(part)
        assert part.filename.isprintable() or part.filename == ""
        assert part.disposition == part.disposition.lower()
        for one in part.headers:
            assert "\n" not in one.text
            assert "\r" not in one.text
    return read


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=range(len(HOSTILE_VALUES)))
def test_hostile_headers_are_read_without_an_error(name: bytes, value: bytes) -> None:
    read = read_everything(name + b": " + value + b"\r\n\r\nbody")
    assert read is not None
    assert read.raw.endswith(b"body")


def inside(part: Part, low: int, high: int) -> None:
    assert low <= part.start <= part.body <= part.end <= high
    before = part.body
    for child in part.children:
        assert child.start >= before
        inside(child, part.body, part.end)
        before = child.end


WORDS = [
    b"\r\n", b"\n", b"\r", b"--b", b"--", b"--bb", b"--b--", b"\r\n--b\r\n", b"\r\n--b--\r\n", b"\r\n\r\n", b":", b";",
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/mixed; boundary=bb", b"boundary=", b"=?",
    b"Content-Type: message/rfc822", b"Content-Type: text/plain; charset=", b"idna", b"Subject: ", b"?=", b"?q?",
    b"?b?",
    b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*0*=", b"''", b"%ff", b"Date: ",
    b"12 Jun 2026 ", b"References: ", b"<a@b>", b" ", b"\t", b"\0", b"\xff", b"a", b'"', b"name*1=", b"*",
]  # fmt: skip
mails = st.binary(max_size=300) | st.lists(st.sampled_from(WORDS) | st.binary(max_size=4), max_size=40).map(b"".join)


@given(raw=mails)
@example(raw=b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\n--a--\r\n")
@settings(max_examples=600, deadline=None)
def test_arbitrary_bytes_raise_nothing_but_a_limit_and_slices_lie_inside(raw: bytes) -> None:
    read = read_everything(raw)
    if read is not None:
        inside(read.root, 0, len(raw))
        assert read.slice(read.root) == raw


@given(data=st.binary(max_size=60), charset=st.text(max_size=30) | st.sampled_from(["utf-16", "utf-32", "hz", "cp037"]))
def test_any_charset_name_decodes_to_something(data: bytes, charset: str) -> None:
    assert isinstance(decode.decode_charset(data, charset.lower()), str)


@given(data=st.binary(max_size=200), encoding=st.sampled_from(["base64", "quoted-printable", "7bit", ""]))
def test_any_damage_to_a_transfer_encoding_yields_bytes(data: bytes, encoding: str) -> None:
    assert len(decode.decode_transfer(data, encoding)) <= len(data) + 1


@given(text=st.text(max_size=120))
def test_any_date_text_is_a_date_or_nothing(text: str) -> None:
    found = decode.read_date(text)
    assert found is None or found.utcoffset() is not None


MULTIPART = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"


@pytest.mark.parametrize(
    "make",
    [
        lambda size: MULTIPART + b"--a" * (size // 3),
        lambda size: MULTIPART + b"\n--ax" * (size // 5),
        lambda size: MULTIPART + b"\n--a\n" * 900 + b"x" * size,
        lambda size: MULTIPART + b"-" * size,
        lambda size: MULTIPART + b"\r\n" * (size // 2),
        lambda size: b"A:b\r\n\r\n" + b"\r" * size,
        lambda size: b"Received: " + b" \r\n " * (50_000) + b"\r\n\r\n",
        lambda size: (b"To: " + b"=?a?q?" * 2600 + b"\r\n") * 15 + b"\r\n",
        lambda size: (b"To: " + b"=?a?q? " * 2200 + b"\r\n") * 15 + b"\r\n",
        lambda size: (b"Content-Type: text/plain; charset=x; name=y" + b";" * 15_000 + b"\r\n") + b"\r\nx",
        lambda size: MULTIPART + (b"--a\r\nContent-Type: text/plain; charset=x; name=y" + b";" * 15_000 + b"\n\n") * 60,
    ],
    ids=["delimiters in one line", "almost delimiters", "many then long", "dashes", "line ends", "carriage returns",
         "folds", "open words", "open words apart", "semicolons", "semicolons in many parts"],
)  # fmt: skip
def test_work_grows_with_the_size_of_the_mail_and_no_faster(make: Callable[[int], bytes]) -> None:
    raw = make(900_000)
    begun = time.process_time()
    read_everything(raw)
    assert time.process_time() - begun < 4
