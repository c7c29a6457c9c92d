"""The reading half of the IMAP edge by itself: how the stream is cut, and what its words mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.edge.imap_wire import Answer, Oversize, Wire
from cvdmail.edge.imap_words import instant, items, mailbox_name


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("INBOX", '"INBOX"'),
        ("My Sent", '"My Sent"'),
        ('a"b\\c', r'"a\"b\\c"'),
        ("Tom & Jerry", '"Tom &- Jerry"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("送信済み", '"&kAFP4W4IMH8-"'),
        ("😀/x", '"&2D3eAA-/x"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),
    ],
)
def test_folder_names(name: str, encoded: str) -> None:
    assert mailbox_name(name) == encoded


@pytest.mark.parametrize(
    ("text", "when"),
    [
        (b"17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b" 1-Jan-2026 00:00:00 +0530", datetime(2025, 12, 31, 18, 30, tzinfo=UTC)),
        (b"31-Feb-2026 00:00:00 +0000", None),
        (b"01-Jan-0001 00:00:00 +2359", None),
        (b"01-Mai-2026 00:00:00 +0000", None),
        (b"yesterday", None),
        (b"\xff", None),
    ],
)
def test_internal_dates(text: bytes, when: datetime | None) -> None:
    assert instant(text) == when


@pytest.mark.parametrize(
    ("pieces", "read"),
    [
        ((b"* 1 FETCH (UID 5 BODY[] ", b"raw", b")"), {b"UID": b"5", b"BODY[]": b"raw"}),
        ((b'* 1 FETCH (uid 5 body[] "a * \\"b\\" \\\\")',), {b"UID": b"5", b"BODY[]": b'a * "b" \\'}),
        ((b"* 1 FETCH (UID 5 BODY[] NIL)",), {b"UID": b"5", b"BODY[]": None}),
        ((b'* 1 FETCH (UID 5 BODY[] "NIL")',), {b"UID": b"5", b"BODY[]": b"NIL"}),
        (
            (
                b"* 1 FETCH (X (UID 9 (a) ",
                b"raw",
                b') BODY[] "")',
            ),
            {b"X": None, b"BODY[]": b""},
        ),
        ((b"* 1 FETCH (BODY[] ", Oversize(9), b" UID 5)"), {b"BODY[]": Oversize(9), b"UID": b"5"}),
        ((b"* 1 FETCH (UID",), {}),
        ((b'* 1 FETCH (UID "5)))))',), {b"UID": b"5"}),
        ((b"* SEARCH (UID 5)",), {}),
    ],
)
def test_fetch_responses(pieces: tuple[bytes | Oversize, ...], read: dict[bytes, object]) -> None:
    assert items(Answer(pieces)) == read


_STREAM = (
    b"* OK ready\r\n* CAPABILITY IMAP4rev1\r\n* 1 FETCH (UID 5 BODY[] {12}\r\n* BYE\r\n{3}\r\n)\r\n"
    b"* 2 FETCH (BODY[] {0}\r\n X {40}\r\n" + b"y" * 40 + b")\r\n* OK text {3}\r\n* 3 EXISTS\r\n* SEARCH 1 2\r\n"
)


@given(st.lists(st.integers(0, len(_STREAM)), max_size=12))
async def test_the_cuts_between_reads_change_nothing(cuts: list[int]) -> None:
    async def run(places: list[int]) -> list[tuple[bytes | Oversize, ...]]:
        wire = Wire(largest=20)
        wire.state = "NONAUTH"
        for begin, end in zip([0, *places], [*places, len(_STREAM)], strict=True):
            wire.data_received(_STREAM[begin:end])
        assert not wire.lost.done()
        assert wire.news.is_set()
        return [answer.pieces for answer in wire.answers]

    whole = await run([])
    assert whole == [
        (b"* OK ready",),
        (b"* 1 FETCH (UID 5 BODY[] ", b"* BYE\r\n{3}\r\n", b")"),
        (b"* 2 FETCH (BODY[] ", b"", b" X ", Oversize(40), b")"),
        (b"* OK text {3}",),
        (b"* 3 EXISTS",),
        (b"* SEARCH 1 2",),
    ]
    assert await run(sorted(cuts)) == whole


@given(st.lists(st.binary(max_size=200), max_size=10))
async def test_no_bytes_raise(reads: list[bytes]) -> None:
    wire = Wire(largest=50)
    wire.state = "NONAUTH"
    for read in reads:
        wire.data_received(read)
    for answer in wire.answers:
        items(answer)
