"""The new words of made-up mails of many programs, in many languages."""

from __future__ import annotations

import pytest

from core.extract.replies import collection

MAILS = collection()


@pytest.mark.parametrize("name", [name for i, name in enumerate(MAILS) if i % 2 == 0])
def test_the_new_words_are_read_and_no_others(name: str) -> None:
    mail = MAILS[name]
    assert [line.rstrip() for line in mail.found()] == [line.rstrip() for line in mail.expected]
