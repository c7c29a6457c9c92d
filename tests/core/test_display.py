"""Text from outside on a terminal and in a header."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.display import header_safe, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("Größe 日本語 привет", "Größe 日本語 привет"),
        ("\x1b[2J\x1b]0;title\x07", "\\u{1b}[2J\\u{1b}]0;title\\u{7}"),
        ("a\nb\rc\td", "a\\u{a}b\\u{d}c\\u{9}d"),
        ("\x9b31m", "\\u{9b}31m"),
        ("\x7f\x85\0", "\\u{7f}\\u{85}\\u{0}"),
        ("invoice\u202egpj.exe", "invoice\\u{202e}gpj.exe"),
        ("\u2066\u2067\u2068\u2069\u200e\u200f", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}\\u{200e}\\u{200f}"),
        ("ven\u200bdor\u200d\u2060\ufeff", "ven\\u{200b}dor\\u{200d}\\u{2060}\\u{feff}"),
        ("soft\u00adhyphen", "soft\\u{ad}hyphen"),
        ("a\u2028b\u2029c", "a\\u{2028}b\\u{2029}c"),
        ("\U000e0041tag", "\\u{e0041}tag"),
        ("\ud800", "\\u{d800}"),
        ("\ue000private", "\\u{e000}private"),
        ("\u3164\u2800\u115f", "\\u{3164}\\u{2800}\\u{115f}"),
        ("zażółć 😀", "zażółć 😀"),
    ],
)
def test_what_acts_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abc", 1, "…"),
        ("\x1b\x1b", 5, "\\u{1…"),
        ("abc", 0, "…"),
        ("", 0, ""),
    ],
)
def test_a_limit_counts_what_is_shown(text: str, limit: int, shown: str) -> None:
    assert visible(text, limit) == shown


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
def test_nothing_shown_can_act(text: str) -> None:
    for char in visible(text):
        assert unicodedata.category(char) not in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
def test_only_line_ends_survive_in_lines(text: str) -> None:
    shown = visible_lines(text)
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Zl", "Zp", "Cs"} for char in shown)
    assert shown.count("\n") == text.replace("\r\n", "\n").count("\n")


def test_lines_keep_their_ends_and_tabs_become_blanks() -> None:
    assert visible_lines("a\tb\r\nc\rd\n") == "a    b\nc\\u{d}d\n"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Re: a\r\nBcc: x@y.example", "Re: a Bcc: x@y.example"),
        ("  a   b\t", "a b"),
        ("a\u0085b\u2028c\u2029d\x0be\x0cf\x1cg", "a b c d e f g"),
        ("a\0b\x1bc", "a b c"),
        ("\u202ea\u200b", "a"),
        ("Größe", "Größe"),
    ],
)
def test_a_header_value_is_one_clean_line(text: str, safe: str) -> None:
    assert header_safe(text) == safe


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
def test_no_value_can_end_a_header_line(text: str) -> None:
    safe = header_safe(text)
    assert len(safe.splitlines()) <= 1
    assert safe == safe.strip()
    assert header_safe(safe) == safe
