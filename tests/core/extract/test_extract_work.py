"""How much work reading is, counted in calls; and that what is passed over to save work would have said nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.extract.texts import HOSTILE, SCRAPS, SENT, read
from cvdmail.core.extract import Extraction, FactKind, MailKind, Reply, extract
from cvdmail.core.extract.civil import Tense
from cvdmail.core.extract.dates import Anchor, find, possible
from cvdmail.core.extract.page import Page
from cvdmail.core.extract.verdicts import RULES
from cvdmail.core.extract.words import words_for

ORDINARY = (
    "Thank you for your report. We could reproduce the issue with firmware 4.2.1, and opened case PSIRT-20931.\n"
    "The fix is planned for 15 December 2026; our advisory will follow. Could you send us more details?\n\n"
)
SILENT = "The parser reads past its buffer when the chunk is larger than the packet that holds it.\n"
PROMISE = "We will release the fix on 15 December 2026, and the advisory two weeks after that day.\n"


def calls(work: Callable[[], object]) -> int:
    """Count the calls of Python and C functions while ``work`` runs: tokens, rules, patterns tried."""
    count = 0

    def see(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def work_of(text: str) -> int:
    read(text)  # tables and patterns that are made at first use are no work of this text
    return calls(lambda: read(text))


TEXTS = HOSTILE | {"ordinary": ORDINARY * 100, "silent": SILENT * 200, "promises": PROMISE * 200}


@pytest.mark.parametrize("name", TEXTS)
def test_twice_the_text_is_at_most_twice_the_work(name: str) -> None:
    once, twice = work_of(TEXTS[name][:1_500]), work_of(TEXTS[name][:3_000])
    assert twice <= 2.2 * once + 500


def test_what_says_nothing_costs_little() -> None:
    many = work_of(SILENT * 40) - work_of(SILENT * 20)
    assert many / 20 < (work_of(PROMISE * 40) - work_of(PROMISE * 20)) / 20 / 1.5


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_phrase_stands_without_its_needs(data: st.DataObject) -> None:
    words = words_for(None)
    phrase = data.draw(st.sampled_from([phrase for rule in RULES for phrase in words.phrases(rule.says)]))
    text = " ".join(["we", data.draw(st.from_regex(phrase.pattern)), "it"])
    page = Page(text, len(text), words)
    if phrase.pattern.search(page.lowered(0, len(text))):
        bag = page.bag(0, len(text))
        assert bag is None or phrase.may_stand(bag)


ALL = words_for(None)
NAMES = [*ALL.months, *ALL.weekdays, *ALL.units, *ALL.parts, *ALL.days_from_now]
CALENDAR = [*NAMES, "the", "next", "this", "last", "in", "May", "Mar", "half"]
PIECES = st.sampled_from([*CALENDAR, *map(str, range(1, 32)), *SCRAPS, "of", "second", "a", "few", "eom", "２", "2027"])


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=7).map(" ".join), st.sampled_from(["en", "de", "fr", "pl", None]))
def test_no_date_stands_where_none_is_possible(text: str, language: str | None) -> None:
    words = words_for(language)
    page = Page(text, len(text), words)
    if not possible(page.bag(0, len(text)), text, words):
        assert find(text, 0, len(text), Anchor(SENT.date(), Tense.FUTURE, language), words) == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=8), max_size=30).map(" ".join))
def test_the_kind_of_line_end_changes_nothing(text: str) -> None:
    def of(plain: str) -> Extraction:
        return extract(Reply(plain, "", SENT, SENT, MailKind.REPLY))

    plain = text.replace("\r", "\n")
    assert of(plain) == of(plain.replace("\n", "\r\n")) == of(plain.replace("\n", "\r"))


@pytest.mark.parametrize("odd", ["ſ", "İ", "ı", "\u212a", "Σ", "\ue000", "a" * 41])
def test_odd_letters_hide_no_claim(odd: str) -> None:
    text = f"We confirmed the vulnerability. The fix will be released on 15 December 2026. Yours, {odd}."
    told = {(fact.kind, fact.grade) for fact in read(text).facts}
    assert told == {(fact.kind, fact.grade) for fact in read(text.replace(odd, "Bo")).facts}
    assert {FactKind.TRIAGE, FactKind.FIX_DATE} <= {kind for kind, _ in told}
