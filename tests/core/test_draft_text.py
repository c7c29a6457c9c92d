"""A draft as a file: what an editor gets, and what of its answer is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.draft_text import MAX_DRAFT, read, write
from cvdmail.errors import Refused


def test_what_is_written_is_read_again() -> None:
    assert write("An overflow", "Hello,\n\nwords.") == b"Subject: An overflow\n\nHello,\n\nwords.\n"
    assert read(write("An overflow", "Hello,\n\nwords.")) == ("An overflow", "Hello,\n\nwords.\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: s\n\ntext\n",
        b"Subject: s\n\ntext",
        b"Subject: s\n\ntext\n\n\n",
        b"Subject: s\n \t\ntext\n",
        b"Subject:s\n\ntext\n",
        b"Subject:  s\t\n\ntext\n",
        b"Subject: s\r\n\r\ntext\r\n",
        b"Subject: s\r\rtext\r",
        b"\xef\xbb\xbfSubject: s\n\ntext\n",
    ],
)
def test_editors_differ_in_small_things(raw: bytes) -> None:
    assert read(raw) == ("s", "text\n")


def test_text_may_hold_what_mail_has_trouble_with() -> None:
    text = "x" * 5000 + "\n\nFrom here\n.\n\tümläut 🦀\n\f=?utf-8?q?fine?=\n\u2028\n"
    assert read(write("s", text)) == ("s", text)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "line 1 does not begin"),
        (b"\nSubject: s\n\ntext", "line 1 does not begin"),
        (b"subject: s\n\ntext", "line 1 does not begin"),
        (b"text", "line 1 does not begin"),
        (b"Subject: s\nBcc: evil@x.example\n\ntext", "line 2 is not blank"),
        (b"Subject: s\ntext", "line 2 is not blank"),
        (b"Subject:\n\ntext", "the subject is empty"),
        (b"Subject:  \t\n\ntext", "the subject is empty"),
        (b"Subject: s", "no text"),
        (b"Subject: s\n", "no text"),
        (b"Subject: s\n\n \n\n", "no text"),
        (b"Subject: a\0b\n\ntext", "U+0000"),
        (b"Subject: a\tb\n\ntext", "U+0009"),
        (b"Subject: a\x1b[2J\n\ntext", "U+001B"),
        ("Subject: a\x85Bcc: x\n\ntext".encode(), "U+0085"),
        ("Subject: a\u2028Bcc: x\n\ntext".encode(), "U+2028"),
        ("Subject: a\u2029\n\ntext".encode(), "U+2029"),
        (b"Subject: =?utf-8?q?a=0ABcc:_evil@x?=\n\ntext", "write it out"),
        (b"Subject: " + b"x" * 901 + b"\n\ntext", "longer than 900"),
        (b"Subject: s\n\none\ntwo\x1b\n", "line 4 holds a control character"),
        (b"Subject: s\n\none\n\0\n", "line 4 holds a control character"),
        (b"Subject: s\n\none\n\xff\n", "line 4 is not UTF-8"),
        ("Subject: s\n\ntext".encode("utf-16"), "line 1 is not UTF-8"),
        (b"Subject: s\n\n" + b"x" * MAX_DRAFT, "larger than 1024 KB"),
    ],
)
def test_what_could_not_be_sent_as_it_stands_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(raw)
    assert words in refusal.value.line()
    assert refusal.value.remedy


@given(raw=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: f"Subject: {text}\n\n{text}".encode()))
def test_any_bytes_are_a_draft_or_a_refusal(raw: bytes) -> None:
    try:
        subject, text = read(raw)
    except Refused as refusal:
        assert refusal.remedy
        return
    assert len(subject.splitlines()) == 1
    assert read(write(subject, text)) == (subject, text)
