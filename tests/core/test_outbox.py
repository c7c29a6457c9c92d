"""When to try again, when to stop, and what recipients add up to."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.outbox import GIVE_UP_AFTER, delay, gave_up, outstanding, overall
from cvdmail.core.outgoing import RecipientState

S = RecipientState


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [
        (-1, 0),
        (0, 0),
        (1, 5),
        (2, 10),
        (3, 20),
        (4, 40),
        (5, 80),
        (6, 160),
        (7, 240),
        (8, 240),
        (30, 240),
        (10**6, 240),
    ],
)
def test_delays_double_from_five_minutes_to_four_hours(attempts: int, minutes: int) -> None:
    assert delay(attempts) == timedelta(minutes=minutes)


def test_five_days_of_attempts_are_a_few_dozen() -> None:
    tried, spent = 0, timedelta(0)
    while spent < GIVE_UP_AFTER:
        tried += 1
        spent += delay(tried)
    assert 30 <= tried <= 40


@pytest.mark.parametrize(
    ("after", "given_up"),
    [(timedelta(0), False), (timedelta(days=4, hours=23, minutes=59), False), (timedelta(days=5), True)],
)
def test_giving_up(after: timedelta, given_up: bool) -> None:
    queued = datetime(2026, 6, 12, 10, tzinfo=UTC)
    assert gave_up(queued, queued + after) is given_up


def test_a_clock_that_went_back_gives_nothing_up() -> None:
    queued = datetime(2026, 6, 12, 10, tzinfo=UTC)
    assert not gave_up(queued, queued - timedelta(days=30))


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([], S.QUEUED),
        ([S.SENT], S.SENT),
        ([S.SENT, S.SENT], S.SENT),
        ([S.SENT, S.REFUSED], S.REFUSED),
        ([S.SENT, S.DEFERRED], S.DEFERRED),
        ([S.SENT, S.QUEUED], S.QUEUED),
        ([S.REFUSED, S.QUEUED], S.QUEUED),
        ([S.REFUSED, S.DEFERRED], S.DEFERRED),
        ([S.DEFERRED, S.QUEUED], S.DEFERRED),
        ([S.UNKNOWN, S.DEFERRED, S.REFUSED, S.SENT, S.QUEUED], S.UNKNOWN),
        ([S.SENDING, S.UNKNOWN], S.SENDING),
        ([S.REFUSED], S.REFUSED),
    ],
)
def test_a_mail_stands_where_its_neediest_recipient_stands(states: list[S], whole: S) -> None:
    for order in itertools.permutations(states):
        assert overall(order) is whole


@given(states=st.lists(st.sampled_from(S), min_size=1))
def test_a_partial_refusal_is_never_sent(states: list[S]) -> None:
    assert overall(states) in states
    assert (overall(states) is S.SENT) == (set(states) == {S.SENT})
    assert overall([*states, S.UNKNOWN]) in (S.UNKNOWN, S.SENDING)


def test_only_queued_and_deferred_are_tried_by_themselves() -> None:
    assert {state for state in S if outstanding(state)} == {S.QUEUED, S.DEFERRED}
