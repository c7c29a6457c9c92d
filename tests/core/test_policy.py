"""The policy file, and who may approve what."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.extract.facts import Grade
from cvdmail.core.ids import Fingerprint
from cvdmail.core.policy import Policy, ResendUnknown, read, review
from cvdmail.core.report import Origin
from cvdmail.core.trust import Trust
from cvdmail.errors import ConfigError

ADA, BOB, EVE = (Fingerprint.parse(letter * 40) for letter in "ABE")
SHIPPED = Path(__file__).parents[2] / "config" / "policy.toml"


def policy(text: str = "") -> Policy:
    return read(text.encode(), "policy.toml")


def test_an_empty_file_is_the_careful_policy() -> None:
    found = policy()
    assert (found.automated_reviews, found.engineer_reviews) == (1, 1)
    assert found.different_person
    assert found.alone
    assert found.required_parts == ("title", "impact", "affected", "reproduction")
    assert found.believed == {Trust.VERIFIED, Trust.AUTHENTICATED}
    assert found.believed_grades == {Grade.SURE}
    assert found.resend_unknown is ResendUnknown.ASK


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    shipped, empty = read(SHIPPED.read_bytes(), "policy.toml"), policy()
    assert shipped.version == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert shipped.version != empty.version
    for name in Policy.__slots__:
        if name != "version":
            assert getattr(shipped, name) == getattr(empty, name), name


def test_every_option() -> None:
    found = policy(
        """
        [review]
        automated = 0
        engineer = 2
        different_person = false
        alone = false
        [report]
        require = ["patch", "title"]
        [facts]
        believe = ["verified"]
        grades = ["sure", "likely"]
        [sending]
        resend_unknown = "once"
        """
    )
    assert (found.automated_reviews, found.engineer_reviews) == (0, 2)
    assert not found.different_person
    assert not found.alone
    assert found.required_parts == ("patch", "title")
    assert found.believed == {Trust.VERIFIED}
    assert found.believed_grades == {Grade.SURE, Grade.LIKELY}
    assert found.resend_unknown is ResendUnknown.ONCE


def test_any_change_of_the_file_is_another_version() -> None:
    versions = {policy(text).version for text in ("", "\n", "# comment\n", "[review]\n", "[review]\nengineer = 1\n")}
    assert len(versions) == 5


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[review]\nautomated = -1", "review.automated"),
        ("[review]\nautomated = 10", "review.automated"),
        ("[review]\nautomated = true", "review.automated"),
        ("[review]\nautomated = 1.0", "review.automated"),
        ('[review]\nengineer = "1"', "review.engineer"),
        ("[review]\nengineer = []", "review.engineer"),
        ("[review]\ndifferent_person = 1", "review.different_person"),
        ('[review]\nalone = "yes"', "review.alone"),
        ("[review]\nsecond = 1", "review.second"),
        ('[report]\nrequire = "title"', "report.require"),
        ('[report]\nrequire = ["titel"]', "report.require"),
        ("[report]\nrequire = [1]", "report.require"),
        ("[report]\nrequire = [{}]", "report.require"),
        ('[facts]\nbelieve = ["unauthenticated"]', "facts.believe"),
        ('[facts]\nbelieve = ["suspicious"]', "facts.believe"),
        ('[facts]\ngrades = ["certain"]', "facts.grades"),
        ('[sending]\nresend_unknown = "always"', "sending.resend_unknown"),
        ("[sending]\nresend_unknown = true", "sending.resend_unknown"),
        ("[publication]\ndays = 90", "publication"),
        ("review = 1", "review"),
        ("[[review]]\nautomated = 1", "review"),
        ("not toml", "TOML"),
        ("[review]\nautomated = 1\nautomated = 2", "TOML"),
    ],
)
def test_a_wrong_option_is_named(text: str, key: str) -> None:
    with pytest.raises(ConfigError) as error:
        policy(text)
    assert any(key in problem for problem in error.value.problems)
    assert "policy.toml" in error.value.line()


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ConfigError):
        read(b"\xff\xfe", "policy.toml")


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        policy('[review]\nautomated = 99\nextra = 1\n[report]\nrequire = ["x"]\n[facts]\nbelieve = ["y"]\n[odd]\n')
    assert len(error.value.problems) == 5


# --- reviews ----------------------------------------------------------------------------------------------------------

TWO = frozenset({ADA, BOB})
A, E = Origin.AUTOMATED, Origin.ENGINEER


@pytest.mark.parametrize(
    ("text", "origin", "approvers", "reviewers", "complete"),
    [
        # a finding of an automated system: one engineer
        ("", A, {ADA}, TWO, True),
        ("", A, {BOB}, TWO, True),
        ("", A, set(), TWO, False),
        ("", A, {EVE}, TWO, False),
        ("automated = 2", A, {ADA}, TWO, False),
        ("automated = 2", A, {ADA, BOB}, TWO, True),
        ("automated = 2", A, {ADA, EVE}, TWO, False),
        # a finding of an engineer: a second, different one
        ("", E, {BOB}, TWO, True),
        ("", E, {ADA}, TWO, False),
        ("", E, {ADA, BOB}, TWO, True),
        ("", E, {ADA, EVE}, TWO, False),
        ("", E, set(), TWO, False),
        ("engineer = 2", E, {ADA, BOB}, TWO, False),
        ("engineer = 2", E, {BOB, EVE}, {ADA, BOB, EVE}, True),
        ("different_person = false", E, {ADA}, TWO, True),
        ("different_person = false", E, {EVE}, TWO, False),
        # one person on one machine
        ("", E, {ADA}, {ADA}, True),
        ("alone = false", E, {ADA}, {ADA}, False),
        ("", E, {ADA}, {BOB}, False),
        ("", E, {EVE}, {ADA}, False),
        ("engineer = 2", E, {ADA}, {ADA}, False),
        ("", E, {ADA}, set(), False),
        ("", A, {ADA}, set(), False),
        ("automated = 0", A, set(), TWO, True),
    ],
)
def test_who_may_approve(
    text: str, origin: Origin, approvers: set[Fingerprint], reviewers: set[Fingerprint], complete: bool
) -> None:
    found = review(policy(f"[review]\n{text}"), origin, frozenset({ADA}), frozenset(approvers), frozenset(reviewers))
    assert found.complete is complete
    assert bool(found.why) is not complete


def test_the_author_is_told_why_the_own_approval_does_not_count() -> None:
    found = review(policy(), E, frozenset({ADA}), frozenset({ADA}), TWO)
    assert "author" in found.why


def test_who_changed_a_draft_does_not_review_it() -> None:
    assert not review(policy(), E, frozenset({ADA, BOB}), frozenset({BOB}), TWO).complete
    assert review(policy(), E, frozenset({ADA, BOB}), frozenset({EVE}), TWO | {EVE}).complete
    assert review(policy(), A, frozenset({ADA, BOB}), frozenset({BOB}), TWO).complete


people = st.frozensets(st.sampled_from([ADA, BOB, EVE]))


@given(approvers=people, reviewers=people, needed=st.integers(1, 3), alone=st.booleans())
def test_nobody_without_the_role_and_no_author_beside_others_completes_a_review(
    approvers: frozenset[Fingerprint], reviewers: frozenset[Fingerprint], needed: int, alone: bool
) -> None:
    text = f"[review]\nengineer = {needed}\nautomated = {needed}\nalone = {str(alone).lower()}"
    for origin, author in itertools.product(Origin, [ADA, BOB]):
        complete = review(policy(text), origin, frozenset({author}), approvers, reviewers).complete
        others = (approvers & reviewers) - {author}
        if complete:
            assert len(approvers & reviewers) >= needed
            assert origin is A or len(others) >= needed or (alone and reviewers == {author})
        if len(others) >= needed:
            assert complete
