"""What a person takes to a portal, and what may come back from there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.test_drafts import STATEMENT
from cvdmail.core.compose import Attachment
from cvdmail.core.deliveries import handed_over, named_numbers, numbers, read_moment, read_reference
from cvdmail.errors import Refused

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)
OPENED = NOW - timedelta(days=1, microseconds=-5)


def test_the_files_are_the_words_and_the_attachments() -> None:
    files = handed_over(STATEMENT)
    assert files == {
        "report.txt": b"Subject: [CVD-2026-0042] Frobnicator overflows\n\nHello,\nit overflows.\n",
        "poc.py": b"print()",
        "b.txt": b"b",
    }


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", ".", "..", ".bashrc", "report.txt", "", "a\0b", "x" * 300])
def test_a_name_that_leads_elsewhere_is_replaced(name: str) -> None:
    files = handed_over(replace(STATEMENT, attachments=(Attachment(name, "text/plain", b"x"),)))
    assert list(files) == ["report.txt", "attachment-1"]
    assert files["report.txt"].startswith(b"Subject: ")


def test_names_never_hide_one_another() -> None:
    same = tuple(Attachment(name, "text/plain", name.encode()) for name in ("attachment-2", "../x", "y"))
    assert len(handed_over(replace(STATEMENT, attachments=same))) == 4


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x1b[2Jb", "a\u202eb", "a\u200bb", "x" * 201])
def test_a_reference_is_one_short_line(text: str) -> None:
    with pytest.raises(Refused, match="--ref"):
        read_reference(text)


def test_a_reference_is_taken_as_it_is() -> None:
    assert read_reference(" VRP-1 ") == "VRP-1"
    assert read_reference("Vorgang 2026/117 ä") == "Vorgang 2026/117 ä"


@pytest.mark.parametrize(
    ("reference", "subject", "number"),
    [
        ("#1234567", "Re: [Vendor] your report (#1234567)", "1234567"),
        ("Ticket 20417", "Re: [Ticket#20417] hello", "20417"),
        ("GHSA-abcd-efgh-jkmp", "[vendor/lib] A frame (GHSA-abcd-efgh-jkmp)", "GHSA-abcd-efgh-jkmp"),
        ("2026/117-A", "Re: 2026/117-A", "2026/117-A"),
    ],
)
def test_a_number_is_found_again_in_a_subject(reference: str, subject: str, number: str) -> None:
    assert number in set(numbers(reference)) & set(named_numbers(subject))


def test_words_are_no_numbers() -> None:
    assert named_numbers("Re: your report about the parser, version 2.4") == ()


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-06-12", "2026-06-12T10:00:00", "2026-06-12T25:00:00Z", "20260612T100000Z",
             "2026-06-12T10:00:60Z", "2026-06-12T12:00:01Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59",
             "2026-06-11T11:59:59Z", "٢٠٢٦-06-12T10:00:00Z"],
)  # fmt: skip
def test_a_bad_moment_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="--at"):
        read_moment(text, OPENED, NOW)


def test_a_moment_is_read_in_its_zone() -> None:
    assert read_moment("2026-06-12T13:30:00+02:00", OPENED, NOW) == NOW - timedelta(minutes=30)
    assert read_moment("2026-06-11t12:00:00z", OPENED, NOW) < OPENED  # the very second in which the case was opened


@given(st.text(max_size=300))
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    try:
        reference = read_reference(text)
    except Refused as refusal:
        assert len(text) < 9 or text not in refusal.line()
        return
    assert reference in numbers(reference)
