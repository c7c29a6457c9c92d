"""The machine-readable shape: inverse, complete, and refusing what is no fact."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.extract import Fact, FactKind, Grade, Where, from_json, to_json
from cvdmail.core.extract.facts import (
    Absence,
    Acknowledgement,
    Bounce,
    Bound,
    By,
    DatePromise,
    FixedVersion,
    FixStatus,
    Granularity,
    Identifier,
    KeyOffered,
    Nothing,
    PublicationStatus,
    Redirect,
    Triage,
    Value,
    Verdict,
)
from cvdmail.errors import Refused

texts = st.text(max_size=30)
maybe = st.none() | texts
ranges = st.none() | st.tuples(st.dates(), st.dates()).map(lambda pair: (min(pair), max(pair)))


@st.composite
def promises(draw: st.DrawFn, statuses: type[FixStatus] | type[PublicationStatus]) -> DatePromise:
    first, last = draw(ranges) or (None, None)
    chosen = FixStatus if statuses is FixStatus else PublicationStatus
    status = chosen(draw(st.sampled_from([member.value for member in chosen])))
    bound, unit = draw(st.none() | st.sampled_from(Bound)), draw(st.none() | st.sampled_from(Granularity))
    return DatePromise(status, first, last, bound, unit, draw(texts))


VALUES: dict[FactKind, st.SearchStrategy[Value]] = {
    FactKind.ACKNOWLEDGEMENT: st.builds(Acknowledgement, st.sampled_from(By)),
    FactKind.RECEIPT: st.just(Nothing()),
    FactKind.TRIAGE: st.builds(Triage, st.sampled_from(Verdict)),
    FactKind.FIX_DATE: promises(FixStatus),
    FactKind.PUBLICATION_DATE: promises(PublicationStatus),
    FactKind.FIXED_VERSION: st.builds(FixedVersion, texts),
    FactKind.CVE: st.builds(Identifier, texts),
    FactKind.TICKET: st.builds(Identifier, texts),
    FactKind.REDIRECT: st.builds(Redirect, texts),
    FactKind.KEY_OFFERED: st.builds(KeyOffered, maybe),
    FactKind.ENCRYPTION_STOP_REQUESTED: st.just(Nothing()),
    FactKind.CREDIT: st.just(Nothing()),
    FactKind.ABSENCE: st.builds(Absence, st.none() | st.dates()),
    FactKind.BOUNCE: st.builds(Bounce, st.booleans(), maybe, maybe, maybe),
}


@st.composite
def any_fact(draw: st.DrawFn) -> Fact:
    kind = draw(st.sampled_from(FactKind))
    where = draw(st.sampled_from(Where))
    start = draw(st.integers(0, 1000)) if where is Where.TEXT else None
    end = None if start is None else start + draw(st.integers(0, 100))
    value = draw(VALUES[kind])
    return Fact(kind, draw(texts), where, start, end, draw(st.sampled_from(Grade)), draw(texts), value)


@given(any_fact())
def test_json_and_back_is_the_same_fact(fact: Fact) -> None:
    data = to_json(fact)
    assert {"kind", "quote", "in", "start", "end", "grade", "rule"} <= set(data)
    assert from_json(data) == fact


def test_the_keys_of_a_fix_date() -> None:
    value = DatePromise(
        FixStatus.PLANNED, date(2026, 7, 1), date(2026, 7, 31), Bound.ON, Granularity.MONTH, "sometime in July"
    )
    fact = Fact(FactKind.FIX_DATE, "sometime in July", Where.TEXT, 3, 19, Grade.LIKELY, "r", value)
    assert to_json(fact) == {
        "kind": "fix_date",
        "status": "planned",
        "first": "2026-07-01",
        "last": "2026-07-31",
        "bound": "on",
        "granularity": "month",
        "phrase": "sometime in July",
        "quote": "sometime in July",
        "in": "text",
        "start": 3,
        "end": 19,
        "grade": "likely",
        "rule": "r",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "gossip"},
        {"by": None},
        {"start": None},
        {"start": True},
        {"start": 9, "end": 3},
        {"grade": 1},
        {"in": "subject"},
    ],
)
def test_what_is_no_fact_is_refused(change: dict[str, object]) -> None:
    good: dict[str, object] = {
        "kind": "acknowledgement",
        "by": "person",
        "quote": "q",
        "in": "text",
        "start": 0,
        "end": 1,
        "grade": "sure",
        "rule": "r",
    }
    assert to_json(from_json(good)) == good
    with pytest.raises(Refused):
        from_json(good | change)


def test_a_value_must_belong_to_its_kind() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Fact(FactKind.CVE, "q", Where.SUBJECT, None, None, Grade.SURE, "r", Nothing())
    with pytest.raises(ValueError, match="status"):
        promise = DatePromise(FixStatus.PLANNED, None, None, None, None, "")
        Fact(FactKind.PUBLICATION_DATE, "q", Where.SUBJECT, None, None, Grade.SURE, "r", promise)
    with pytest.raises(ValueError, match="ends before"):
        DatePromise(FixStatus.PLANNED, date(2027, 1, 2), date(2027, 1, 1), None, None, "")
