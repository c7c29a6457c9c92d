"""When to try again, when to stop, and what recipients add up to."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.outbox import (
    GIVE_UP_AFTER,
    NO_LIMITS,
    DueMail,
    Limits,
    VendorLoad,
    admit,
    delay,
    gave_up,
    outstanding,
    overall,
)
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


VENDORS = ("a.example", "b.example")
DUE = st.lists(
    st.builds(DueMail, st.integers(1, 10**6), st.sampled_from(VENDORS), st.booleans(), st.none() | st.just("waited")),
    max_size=30,
    unique_by=lambda mail: mail.row,
)
LOAD = st.dictionaries(st.sampled_from(VENDORS), st.builds(VendorLoad, st.integers(0, 6), st.integers(0, 6)))
LIMITS = st.builds(Limits, st.integers(0, 5), st.integers(0, 5))


@given(due=DUE, load=LOAD, limits=LIMITS)
def test_property_no_vendor_gets_more_than_its_limits_and_no_room_is_left_unused(
    due: list[DueMail], load: dict[str, VendorLoad], limits: Limits
) -> None:
    decided = admit(due, load, limits)
    assert list(decided) == [mail.row for mail in due]
    for vendor in VENDORS:
        known = load.get(vendor, VendorLoad(0, 0))
        fresh = [mail for mail in due if mail.vendor == vendor and mail.new_report]
        let_go = [mail for mail in fresh if decided[mail.row] is None]
        rooms = [max(0, most - has) for most, has in
                 ((limits.new_per_day, known.recent), (limits.open_per_vendor, known.open)) if most]  # fmt: skip
        assert len(let_go) == min([len(fresh), *rooms])
        assert let_go == fresh[: len(let_go)]  # in their order: nobody overtakes
    assert all(decided[mail.row] is None for mail in due if not mail.new_report)


@given(due=DUE, load=LOAD, limits=LIMITS)
def test_property_one_vendors_load_is_nobody_elses(
    due: list[DueMail], load: dict[str, VendorLoad], limits: Limits
) -> None:
    whole = admit(due, load, limits)
    for vendor in VENDORS:
        own = [mail for mail in due if mail.vendor == vendor]
        alone = admit(own, {name: one for name, one in load.items() if name == vendor}, limits)
        assert alone == {mail.row: whole[mail.row] for mail in own}


@given(due=DUE, load=LOAD)
def test_property_without_limits_all_go(due: list[DueMail], load: dict[str, VendorLoad]) -> None:
    assert set(admit(due, load, NO_LIMITS).values()) <= {None}


def test_the_reason_names_the_limit_that_holds() -> None:
    (why,) = admit([DueMail(1, "a.example", True, None)], {"a.example": VendorLoad(3, 9)}, Limits(3, 9)).values()
    assert why == "this vendor has had its 3 new reports of a day"
    (why,) = admit([DueMail(1, "a.example", True, None)], {"a.example": VendorLoad(2, 9)}, Limits(3, 9)).values()
    assert why == "this vendor has 9 reports open"
    (why,) = admit([DueMail(1, "a.example", False, "waited")], {"a.example": VendorLoad(9, 9)}, Limits(3, 9)).values()
    assert why is None
