"""Inline OpenPGP is one whole block or stays closed; clear-signed text has one strict shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.inline import (
    Block,
    Form,
    as_entity,
    find_block,
    is_entity,
    same_words,
    signed_essence,
    signed_words,
)
from cvdmail.core.mail import parse

MESSAGE = "-----BEGIN PGP MESSAGE-----\n\nhF4D\n=AAAA\n-----END PGP MESSAGE-----\n"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\niHUE\n=AAAA\n-----END PGP SIGNATURE-----\n"


def clear(words: str, headers: str = "Hash: SHA512\n") -> str:
    return f"-----BEGIN PGP SIGNED MESSAGE-----\n{headers}\n{words}\n{SIGNATURE}"


def block(body: str, head: str = "") -> Block | None:
    return find_block(parse((head + "\n" + body).replace("\n", "\r\n").encode()))


def test_no_block_is_no_block() -> None:
    assert block("hello\n") is None
    assert block("> -----BEGIN PGP MESSAGE-----\n> x\n") is None
    assert block("x -----BEGIN PGP MESSAGE-----\n") is None
    assert block(f"--b\n\n{MESSAGE}\n--b--\n", "Content-Type: multipart/encrypted; boundary=b\n") == Block(
        Form.ENCRYPTED, None
    )


@pytest.mark.parametrize(
    ("body", "form", "whole"),
    [
        (MESSAGE, Form.ENCRYPTED, True),
        (f"\n\n{MESSAGE}\n\n", Form.ENCRYPTED, True),
        (f"{MESSAGE}bye\n", Form.ENCRYPTED, False),
        (f"hello\n{MESSAGE}", Form.ENCRYPTED, False),
        (MESSAGE + MESSAGE, Form.ENCRYPTED, False),
        (MESSAGE.replace("-----END PGP MESSAGE-----", ""), Form.ENCRYPTED, False),
        (clear("hello"), Form.CLEAR_SIGNED, True),
        (clear("hello", ""), Form.CLEAR_SIGNED, True),
        (clear("- -- dash\n- ----- x"), Form.CLEAR_SIGNED, True),
        (clear("-- dash"), Form.CLEAR_SIGNED, False),
        (clear("hello", "Hash: SHA512\nComment: words\n"), Form.CLEAR_SIGNED, False),
        (clear("hello", "words\n"), Form.CLEAR_SIGNED, False),
        (clear("hello\f"), Form.CLEAR_SIGNED, False),
        (clear("x" * 4001), Form.CLEAR_SIGNED, False),
        (clear("hello") + "bye\n", Form.CLEAR_SIGNED, False),
        ("hello\n" + clear("hello"), Form.CLEAR_SIGNED, False),
        (clear("hello") + clear("bye"), Form.CLEAR_SIGNED, False),
        (clear("hello") + MESSAGE, Form.CLEAR_SIGNED, False),
        (clear("hello").replace("\n\nhello", "\nhello"), Form.CLEAR_SIGNED, False),
    ],
)
def test_a_block_is_whole_or_stays_closed(body: str, form: Form, whole: bool) -> None:
    found = block(body)
    assert found is not None
    assert found.form is form
    assert (found.armored == (body.strip("\n") + "\n").encode()) is whole
    assert (found.armored is None) is not whole


def test_a_lists_footer_behind_a_block_is_told_apart() -> None:
    footer = f"{'_' * 40}\nx mailing list\nhttps://lists.example/mailman/listinfo/x\n"
    found = block(clear("hello") + footer, "List-Id: <x.lists.example>\n")
    assert found is not None
    assert (found.in_list, found.armored) == (True, clear("hello").strip("\n").encode())
    plain = block(clear("hello") + footer)
    assert plain == Block(Form.CLEAR_SIGNED, None)


def test_the_words_of_clear_signed_text() -> None:
    assert signed_words(clear("hello  \n- -- dash\n\n- From me\t").encode()) == b"hello\n-- dash\n\nFrom me"
    assert same_words(b"a\nb", b"a  \r\nb\r\n")
    assert not same_words(b"a\nb", b"a\nb\nc")
    assert not same_words(b"a\nb", b"ab")


def test_words_are_never_read_as_headers_or_in_a_charset_of_the_senders_choice() -> None:
    for words, text in ((b"From: x\n\nhi", "From: x\n\nhi"), ("ü".encode(), "ü"), (b"\xfc", "ü")):
        mail = parse(as_entity(words))
        assert [header.name for header in mail.root.headers] == ["content-type"]
        assert mail.text(mail.root) == text


@pytest.mark.parametrize(
    ("data", "entity"),
    [
        (b"Content-Type: text/plain\r\n\r\nwords", True),
        (b"Content-Type: text/plain;\r\n charset=utf-8\r\nX-Y:z\r\n\r\nwords", True),
        (b"\r\nwords", True),
        (b"\nwords", True),
        (b"We do not confirm it.\r\n\r\nwords", False),
        (b" Content-Type: text/plain\r\n\r\nwords", False),
        (b"Content-Type: text/plain\r\nNo field\r\n\r\nwords", False),
        (b"Note that: words\r\n\r\nwords", False),
        (b"Note: we do not confirm it.\r\n\r\nwords", False),
        (b"words", False),
    ],
)
def test_a_signed_mime_entity_begins_with_header_fields(data: bytes, entity: bool) -> None:
    assert is_entity(data) is entity


def test_what_a_signature_says_is_the_same_in_any_dress() -> None:
    words = b"We confirm.\r\n\r\nAda"
    same = [words, words + b"\r\n", words.replace(b"\r\n", b"\n"), words.replace(b"\r", b" \r\r"), as_entity(words)]
    assert len({signed_essence(one) for one in same}) == 1
    assert signed_essence(as_entity(b"\xfc")) == b"\xfc"
    assert signed_essence(words) != signed_essence(words.replace(b"Ada", b"Eve"))


@given(st.text("ab- \t\n:", max_size=60))
def test_any_words_between_the_marks_are_read_whole_or_not_at_all(words: str) -> None:
    found = signed_words(clear(words).encode())
    if found is not None:
        plain = [line.removeprefix("- ").rstrip(" \t") for line in words.split("\n")]
        assert found.decode().split("\n") == plain
