"""The second line behind clear letters: copies of case text are found, ordinary letters are not held up."""

from __future__ import annotations

import pytest

from cvdmail.core.clearance import CaseText, leaks

REPORT = """---
title: Overflow in the frame parser
product: Examplelib
vendor: vendor.example
impact: A frame runs code
severity: high
---

## Reproduction

Send the counter of minus one. The length is read as a signed word and then used to
copy the whole frame behind the buffer.

Kind regards,
Lab Security Research
"""
SECRET = CaseText("Overflow in the frame parser", "Examplelib", REPORT, "vendor.example")
LETTER = """Hello,

we found a security problem in one of your products. Who takes security reports, and with which OpenPGP key?

Kind regards,
Lab Security Research
"""


def test_an_ordinary_letter_passes() -> None:
    assert leaks(LETTER, [SECRET], ["Lab Security Research"]) is None


def test_a_line_of_our_own_counts_unless_it_is_named() -> None:
    assert leaks(LETTER, [SECRET]) == "a line of a report"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("Overflow in the frame parser", "the title of a report"),
        ("the OVERFLOW  in\nthe   frame\tparser you have", "the title of a report"),
        ("»Overflow, in the frame-parser«", "the title of a report"),
        ("about Examplelib", "the name of a product"),
        ("EXAMPLELIB's", "the name of a product"),
        ("\uff25\uff58\uff41\uff4d\uff50\uff4c\uff45\uff4c\uff49\uff42", "the name of a product"),
        ("impact: a frame runs code!", "a line of a report"),
        ("(Impact - A frame runs code)", "a line of a report"),
        ("whatever is read as a signed word and then is wrong", "words of a report"),
        ("and then used to\ncopy the whole frame", "words of a report"),
    ],
)
def test_case_text_is_found(words: str, what: str) -> None:
    found = leaks(f"Hello,\n\n{words}\n", [SECRET])
    assert found == what


@pytest.mark.parametrize(
    "words",
    [
        "Examplelibs are many",  # another word
        "vendor.example",
        "a signed word and then",  # five words
        "Reproduction",
        "severity: high",
        "kind regards",
        "",
    ],
)
def test_what_gives_nothing_away_passes(words: str) -> None:
    assert leaks(f"Hello,\n\n{words}\n", [SECRET]) is None


def test_a_vendor_may_be_named_even_if_the_product_is_called_the_same() -> None:
    assert leaks("Dear Frobnicator team", [CaseText("T", "Frobnicator", "", "frobnicator.example")]) is None
    assert leaks("Dear Frobnicator team", [CaseText("T", "Frobnicator", "", "vendor.example")]) is not None


def test_short_names_and_empty_values_are_no_words() -> None:
    assert (
        leaks("go on with it", [CaseText("", "go", "", ""), CaseText("", "", "", ""), CaseText("", "!!", "")]) is None
    )


def test_every_case_is_looked_at() -> None:
    others = [CaseText(f"Title number {number}", f"Thing{number}", "") for number in range(50)]
    assert leaks("about Examplelib", [*others, SECRET]) == "the name of a product"
    assert leaks("about nothing", [*others, SECRET]) is None


def test_a_secret_is_not_shown() -> None:
    assert "frame" not in repr(SECRET)
