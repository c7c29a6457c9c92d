"""Language tags: what becomes the name of a folder is a tag and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.language import Language
from cvdmail.errors import Refused


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("de", ("de",)),
        ("DE-at", ("de-AT", "de")),
        ("zh-hant-tw", ("zh-Hant-TW", "zh-Hant", "zh")),
        ("es-419", ("es-419", "es")),
        ("de-1996", ("de-1996", "de")),
        ("sl-rozaj", ("sl-rozaj", "sl")),
    ],
)
def test_a_tag_and_what_is_tried_for_it(text: str, tags: tuple[str, ...]) -> None:
    assert Language.parse(text).lookup() == tags
    assert str(Language.parse(text)) == tags[0]


@pytest.mark.parametrize(
    "text",
    ["", "d", "german", "..", "../de", "de/..", "de/clear", "de\\x", "de_AT", "de-", "-de", "de--AT", "de AT", "de\n",
     "de.UTF-8", "C", "clear", "dé", "x-private", "de-x-y", "de-" + "a" * 40, "de\0", "\u0131\u0131"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        Language.parse(text)
    assert "BCP 47" in refusal.value.line()


@given(text=st.text(max_size=12))
def test_whatever_is_taken_is_a_plain_name(text: str) -> None:
    try:
        tag = str(Language.parse(text))
    except Refused:
        return
    assert re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", tag)
    assert tag.lower() == text.lower()
