"""The fence: of whatever a second opinion says, only what the text proves is left, and nothing is ever raised."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.extract.facts import DatePromise, Fact, FactKind, FixStatus, Grade, PublicationStatus, Verdict, Where
from cvdmail.core.second_opinion import (
    MAX_ANSWER,
    MAX_CLAIMS,
    MAX_SENTENCE,
    MAX_SENTENCES,
    ROLES,
    Role,
    heard,
    question,
    rule_of,
    shown,
    with_opinion,
)
from cvdmail.core.who_read import by_opinion

TEXT = """Hello,

thank you for 2.5.1. It should land in the tree on 15 January 2031, we think.
Our advisory goes out with it. We cannot say more on 03/04.
The bug is real. We look, and we look again.
"""
SHOWN = shown(TEXT, date(2030, 12, 1), "en")
LAND = "It should land in the tree on 15 January 2031"


def sentence(words: str) -> int:
    """The number under which the sentence with these words is shown."""
    asked = json.loads(question(SHOWN))["sentences"]
    return next(int(one["number"]) for one in asked if words in one["text"])


def claim(role: str, quote: str, words: str | None, number: int | None = None) -> dict[str, Any]:
    return {"role": role, "sentence": sentence(quote) if number is None else number, "quote": quote, "date": words}


def answer(*claims: Any) -> bytes:
    return json.dumps({"claims": claims}).encode()


def facts(*claims: Any, own: tuple[Fact, ...] = ()) -> tuple[Fact, ...]:
    found = heard("reader", SHOWN, answer(*claims), own)
    assert found.dropped == len(claims) - len(found.facts)
    return found.facts


def test_it_is_shown_numbered_sentences_of_the_new_text_and_nothing_else() -> None:
    asked = json.loads(question(SHOWN))
    assert set(asked) == {"sentences", "v"}
    assert [one["number"] for one in asked["sentences"]] == list(range(1, len(asked["sentences"]) + 1))
    assert all(set(one) == {"number", "text"} and one["text"] in TEXT for one in asked["sentences"])
    assert "".join(TEXT.split()) == "".join("".join(one["text"] for one in asked["sentences"]).split())


def test_what_is_shown_has_a_limit() -> None:
    many = shown("A sentence of ours. " * 5000, date(2030, 1, 1), "en")
    assert len(many.spans) <= MAX_SENTENCES
    long = shown("word " * 20_000, date(2030, 1, 1), "en")
    assert all(end - start <= MAX_SENTENCE for start, end in long.spans)
    assert len(question(shown("漢" * 200_000, date(2030, 1, 1), None))) < 8 * MAX_SENTENCE * MAX_SENTENCES


def test_a_proven_claim_is_an_unsure_fact_whose_days_are_ours() -> None:
    (fact,) = facts(claim("fix_tentative", LAND, "15 January 2031"))
    assert (fact.kind, fact.grade, fact.where, fact.rule) == (
        FactKind.FIX_DATE,
        Grade.UNSURE,
        Where.TEXT,
        "second_opinion.reader",
    )
    assert fact.start is not None
    assert fact.end is not None
    assert TEXT[fact.start : fact.end] == fact.quote == LAND
    assert isinstance(fact.value, DatePromise)
    assert (fact.value.status, fact.value.first, fact.value.last) == (
        FixStatus.TENTATIVE,
        date(2031, 1, 15),
        date(2031, 1, 15),
    )
    assert by_opinion(fact)


def test_every_role_comes_to_a_fact_that_is_no_acknowledgement_and_no_ticket() -> None:
    kinds = set()
    for role in Role:
        dated = not isinstance(ROLES[role], Verdict)
        (fact,) = facts(claim(role.value, LAND, "15 January 2031" if dated else None))
        kinds.add(fact.kind)
    assert kinds == {FactKind.FIX_DATE, FactKind.PUBLICATION_DATE, FactKind.TRIAGE}
    assert set(ROLES.values()) <= {*FixStatus, *PublicationStatus, *Verdict}


UNPROVEN: dict[str, dict[str, Any]] = {
    "a paraphrase": claim(
        "fix_planned", "it will land in the tree on 15 January 2031", "15 January 2031", sentence(LAND)
    ),
    "another case": claim("fix_planned", LAND.upper(), "15 JANUARY 2031", sentence(LAND)),
    "another sentence": claim("fix_planned", LAND, "15 January 2031", 1),
    "no such sentence": claim("fix_planned", LAND, "15 January 2031", 99),
    "sentence nought": claim("fix_planned", LAND, "15 January 2031", 0),
    "a sentence before the first": claim("fix_planned", LAND, "15 January 2031", -1),
    "words of two sentences": claim("fix_planned", "we think.\nOur advisory", None, sentence(LAND)),
    "an invented date": claim("fix_planned", LAND, "16 January 2031"),
    "a date of another sentence": claim("publication_planned", "Our advisory goes out with it", "15 January 2031"),
    "a date computed": claim("fix_planned", LAND, "2031-01-15"),
    "a date that is none": claim("fix_planned", LAND, "in the tree"),
    "a date cut off by its quote": claim("fix_planned", "in the tree on 15 January", "15 January", sentence(LAND)),
    "a date left out": claim("fix_planned", LAND, None),
    "a date that our grammar does not read": claim("fix_refused", "We cannot say more on 03/04", "03/04"),
    "a version for a date": claim("fix_released", "thank you for 2.5.1", "2.5.1"),
    "a verdict with a date": claim("confirmed", LAND, "15 January 2031"),
    "an empty quote": claim("confirmed", "", None, sentence(LAND)),
    "a blank quote": claim("confirmed", "   ", None, sentence(LAND)),
    "a quote that is there twice": claim("confirmed", "we look", None, sentence("and we look again"))
    | {"quote": "look"},
    "one key more": claim("confirmed", LAND, None) | {"state": "accepted"},
    "one key less": {"role": "confirmed", "sentence": sentence(LAND), "quote": LAND},
    "a role there is not": claim("acknowledgement", LAND, None),
    "a state for a role": claim("ACCEPTED", LAND, None),
    "a fact for a role": claim("ticket", LAND, None),
}


@pytest.mark.parametrize("what", UNPROVEN)
def test_what_the_text_does_not_prove_is_dropped_and_counted(what: str) -> None:
    found = heard("reader", SHOWN, answer(UNPROVEN[what]), ())
    assert (found.facts, found.dropped) == ((), 1)


GARBAGE: dict[str, object] = {
    "nothing": b"",
    "none": None,
    "text": answer().decode(),
    "a list": [],
    "an object": {"claims": []},
    "no JSON": b"{'claims': []}",
    "no UTF-8": b'{"claims": ["\xff\xfe"]}',
    "a bare list": b"[]",
    "another key": b'{"claims": [], "state": "ACCEPTED"}',
    "no list": b'{"claims": {"0": {}}}',
    "null": b'{"claims": null}',
    "very deep": b'{"claims": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "a huge number": b'{"claims": [' + b"9" * 10_000 + b"]}",
    "not a number": b'{"claims": NaN}',
    "too long": b" " * MAX_ANSWER + answer(),
}


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage_is_no_answer(what: str) -> None:
    found = heard("reader", SHOWN, GARBAGE[what], ())
    assert (found.facts, found.dropped) == ((), 1)


good = claim("fix_tentative", LAND, "15 January 2031")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from([LAND, TEXT]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
wrong_claims = st.one_of(
    json_values,
    st.tuples(st.sampled_from(sorted(good)), json_values).map(lambda pair: good | {pair[0]: pair[1]}),
    st.sampled_from(sorted(good)).map(lambda key: {name: value for name, value in good.items() if name != key}),
    st.just(good | {"state": "accepted"}),
)


@given(st.lists(wrong_claims, max_size=6))
def test_arbitrary_claims_raise_nothing_and_invent_nothing(claims: list[Any]) -> None:
    found = heard("reader", SHOWN, answer(*claims), ())
    assert found.dropped == len(claims) - len(found.facts)
    for fact in found.facts:
        assert fact.grade is Grade.UNSURE
        assert by_opinion(fact)
        assert fact.start is not None
        assert TEXT[fact.start : fact.end] == fact.quote


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing(data: bytes) -> None:
    assert heard("reader", SHOWN, data, ()).facts == ()


def test_more_claims_than_anybody_makes_are_dropped() -> None:
    many = [claim("confirmed", LAND[:length], None, sentence(LAND)) for length in range(4, 40)] * 3
    found = heard("reader", SHOWN, answer(*many), ())
    assert len(many) > MAX_CLAIMS
    assert (len(found.facts), found.dropped) == (1, len(many) - 1)  # all of them say the same


def test_what_a_rule_has_read_stands_alone() -> None:
    (fact,) = facts(good)
    assert facts(good, own=(fact,)) == ()
    own = (fact,) * 3
    assert with_opinion(own, [fact], 3) == own
    assert with_opinion((), [fact, fact], 1) == (fact,)


def test_an_odd_name_is_not_written_down() -> None:
    for name in ("", "A", "x" * 41, "a b", "a\n", "../x", "é"):
        assert rule_of(name) == "second_opinion.unnamed"
    assert rule_of("local-7b_q4") == "second_opinion.local-7b_q4"
