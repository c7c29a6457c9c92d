"""The evidence of a verdict: kept, read back whatever stands there, and told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.evidence import Evidence, Witnesses, evidence_json, hint_line, lines, overruled, read_evidence
from cvdmail.core.gpgstatus import Signature, SignatureState
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.matching import Clue, Decision, Match, Verdict, decide, match
from cvdmail.core.matching import Evidence as Kind
from cvdmail.core.sender import Sender, SenderFault
from cvdmail.core.trust import Authentication, Trust, suspicion, trust

VENDOR = Address.parse("security@vendor.example")
ONE, TWO = CaseId(2026, 1), CaseId(2026, 2)
TOKEN = Clue(ONE, 1, Kind.REPLY_TOKEN, certain=True)
PLAIN = Sender(VENDOR)
TICKET = Clue(TWO, 5, Kind.TICKET, certain=False)


def kept(
    *clues: Clue,
    signature: SignatureState = SignatureState.NONE,
    transport: Authentication = Authentication.NONE,
    sender: Sender = PLAIN,
    known: bool = True,
    agree: bool = True,
) -> dict[str, Any]:
    """The evidence of a mail judged by the program's own rules, as it comes back from the store."""
    heard = Witnesses(Signature(signature, "A" * 40), sender, {VENDOR} if known else set(), transport, agree)
    judged_by = (signature, sender, heard.known, transport, agree)
    found, trusted, suspected = match(clues), trust(*judged_by), suspicion(*judged_by)
    loaded = json.loads(json.dumps(evidence_json(found, decide(found, trusted, suspected), trusted, suspected, heard)))
    assert isinstance(loaded, dict)
    return loaded


def read(data: object) -> Evidence:
    found = read_evidence(data)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("made", "rule", "why"),
    [
        (
            kept(TOKEN, signature=SignatureState.GOOD),
            "certain match, verified sender: filed, facts accepted as policy says",
            "one good signature over the whole, by a key that is pinned for this participant",
        ),
        (
            kept(TOKEN, transport=Authentication.PASS),
            "certain match, authenticated sender: filed, facts accepted as policy says",
            "a known sender, and our mail host vouches for its domain",
        ),
        (
            kept(TOKEN, signature=SignatureState.UNKNOWN_KEY),
            "certain match, unauthenticated sender: filed, facts stay proposed",
            "it is signed by a key that nobody has pinned, our mail host does not vouch for the sender's domain",
        ),
        (
            kept(TOKEN, transport=Authentication.PASS, known=False),
            "certain match, unauthenticated sender: filed, facts stay proposed",
            "it is not signed, the sender is no known address of this participant",
        ),
        (kept(TOKEN, signature=SignatureState.BAD), "certain match, suspicious sender: held", "its signature is bad"),
        (
            kept(TICKET, sender=Sender(None, SenderFault.SEVERAL)),
            "probable match only, suspicious sender: held",
            "several From",
        ),
        (kept(TICKET, transport=Authentication.PASS), "probable match only, authenticated sender: held", None),
        (
            kept(TOKEN, Clue(TWO, 5, Kind.MESSAGE_ID, certain=True), signature=SignatureState.GOOD),
            "certain clues for several participants, verified sender: held",
            None,
        ),
        (kept(), "no match, unauthenticated sender: held", None),
    ],
)  # fmt: skip
def test_every_cell_of_the_table_is_told_by_its_rule(made: dict[str, Any], rule: str, why: str | None) -> None:
    found = read(made)
    assert found.rule == rule
    assert f"rule: {rule}" in lines(found)
    if why is not None:
        assert found.trust_why == why


def test_every_clue_is_told_with_how_like_it_is() -> None:
    found = read(kept(TOKEN, TICKET))
    assert lines(found)[:2] == [
        "clue: CVD-2026-0001 participant 1, reply_token, certain",
        "clue: CVD-2026-0002 participant 5, ticket, probable",
    ]
    like = {"case": "CVD-2026-0001", "participant": 1, "evidence": "similarity", "certain": False}
    scored = read({"hints": [{**like, "score": 0.8125, "why": "the same subject"}]})
    assert hint_line(scored.hints[0]) == (
        "clue: CVD-2026-0001 participant 1, similarity, probable, 0.81 (the same subject)"
    )
    assert lines(read({}))[0] == "no clue to any case"


def test_what_speaks_against_a_mail_is_told() -> None:
    told = lines(read(kept(TOKEN, sender=Sender(None, SenderFault.UNREADABLE), agree=False)))
    assert "its protected headers do not fit the outside" in told
    assert f"sender: {SenderFault.UNREADABLE.value}" in told
    assert "our mail host about the sender's domain: none" in told


def test_a_mail_that_is_held_after_all_says_so() -> None:
    found = read(overruled(kept(TOKEN, signature=SignatureState.GOOD), "a replay?"))
    assert (found.verdict, found.facts_believable, found.rule) == ("held", False, "held: a replay?")
    assert found.hints == read(kept(TOKEN)).hints


def test_a_problem_with_opening_it_is_the_reason() -> None:
    heard = Witnesses(Signature(SignatureState.NONE), Sender(VENDOR), (), Authentication.NONE, True)
    held = Decision(Verdict.HELD, False, "it is not encrypted to our key")
    made = evidence_json(Match(TOKEN, (TOKEN,)), held, Trust.UNAUTHENTICATED, None, heard)
    assert read(made).rule == "held: it is not encrypted to our key"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*Evidence.__dataclass_fields__, "later"]), JSON))
def test_whatever_another_version_kept_is_read_or_nothing_is(data: dict[str, Any]) -> None:
    found = read_evidence(data)
    if found is not None:
        assert all(isinstance(line, str) for line in lines(found))
        assert ("later" in found.unknown) == ("later" in data)


def test_what_is_no_evidence_is_none() -> None:
    hint = {"case": "x", "participant": 1, "evidence": "ticket", "certain": True}
    odd: list[object] = [None, "text", [], {"hints": [1]}, {"hints": [{"case": "x"}]}]
    odd += [{"hints": [{**hint, "participant": "x"}]}, {"hints": [{**hint, "score": 10**400}]}]
    assert [read_evidence(data) for data in odd] == [None] * len(odd)
