"""What a person may say that misread words mean, for every kind of fact; and what cannot be is refused in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from cvdmail.core.correction import FIELDS, corrected
from cvdmail.core.extract.facts import (
    Absence,
    Acknowledgement,
    Bounce,
    Bound,
    By,
    DatePromise,
    Fact,
    FactKind,
    FixedVersion,
    FixStatus,
    Grade,
    Granularity,
    Identifier,
    KeyOffered,
    Nothing,
    PublicationStatus,
    Redirect,
    Triage,
    Value,
    Verdict,
    Where,
    from_json,
    to_json,
)
from cvdmail.core.who_read import PERSON
from cvdmail.errors import Refused

K = FactKind
RECEIVED = date(2026, 6, 12)
MARCH = DatePromise(
    FixStatus.PLANNED, date(2027, 3, 1), date(2027, 3, 31), Bound.ON, Granularity.MONTH, "in March"
)  # fmt: skip
FINGERPRINT = "AB" * 20
VALUES: dict[FactKind, Value] = {
    K.ACKNOWLEDGEMENT: Acknowledgement(By.PERSON),
    K.RECEIPT: Nothing(),
    K.TRIAGE: Triage(Verdict.CONFIRMED),
    K.FIX_DATE: MARCH,
    K.PUBLICATION_DATE: replace(MARCH, status=PublicationStatus.REQUESTED),
    K.FIXED_VERSION: FixedVersion("2.4"),
    K.CVE: Identifier("CVE-2026-1234"),
    K.TICKET: Identifier("EXV-1"),
    K.REDIRECT: Redirect("security@vendor.example"),
    K.KEY_OFFERED: KeyOffered(None),
    K.ENCRYPTION_STOP_REQUESTED: Nothing(),
    K.CREDIT: Nothing(),
    K.ABSENCE: Absence(None),
    K.BOUNCE: Bounce(True, None, None, "a@b.example"),
}


def read(kind: FactKind) -> Fact:
    return Fact(kind, "their words", Where.TEXT, 3, 14, Grade.LIKELY, "some.rule", VALUES[kind])


def dated(first: str, last: str | None = None, **more: object) -> DatePromise:
    value = DatePromise(
        FixStatus.PLANNED, date.fromisoformat(first), date.fromisoformat(last or first), Bound.ON, None, "in March"
    )
    return replace(value, **{"granularity": None if last else Granularity.DAY, **more})  # type: ignore[arg-type]


GOOD: list[tuple[FactKind, Mapping[str, str], FactKind | None, Value]] = [
    (K.ACKNOWLEDGEMENT, {"by": "tracker"}, None, Acknowledgement(By.TRACKER)),
    (K.RECEIPT, {"by": "person"}, K.ACKNOWLEDGEMENT, Acknowledgement(By.PERSON)),
    (K.ACKNOWLEDGEMENT, {}, K.RECEIPT, Nothing()),
    (K.TRIAGE, {"verdict": "duplicate"}, None, Triage(Verdict.DUPLICATE)),
    (K.FIX_DATE, {"first": "2027-04-03"}, None, dated("2027-04-03")),
    (K.FIX_DATE, {"first": "2027-04-01", "last": "2027-04-30"}, None, dated("2027-04-01", "2027-04-30")),
    (K.FIX_DATE, {"last": "2027-04-30"}, None, dated("2027-03-01", "2027-04-30")),
    (
        K.FIX_DATE,
        {"last": "2027-04-30", "bound": "by", "granularity": "month"},
        None,
        dated("2027-03-01", "2027-04-30", bound=Bound.BY, granularity=Granularity.MONTH),
    ),
    (K.FIX_DATE, {"status": "tentative"}, None, replace(MARCH, status=FixStatus.TENTATIVE)),
    (K.FIX_DATE, {"bound": "not_before"}, None, replace(MARCH, bound=Bound.NOT_BEFORE)),
    (
        K.FIX_DATE,
        {"first": "none", "status": "refused"},
        None,
        DatePromise(FixStatus.REFUSED, None, None, None, None, "in March"),
    ),
    (K.FIX_DATE, {"status": "agreed"}, K.PUBLICATION_DATE, replace(MARCH, status=PublicationStatus.AGREED)),
    (K.FIX_DATE, {}, K.PUBLICATION_DATE, replace(MARCH, status=PublicationStatus.PLANNED)),
    (K.FIX_DATE, {"status": "released", "first": "2026-06-13"}, None, dated("2026-06-13", status=FixStatus.RELEASED)),
    (K.TRIAGE, {"status": "planned", "first": "2027-04-03"}, K.FIX_DATE, dated("2027-04-03", phrase="")),
    (
        K.TRIAGE,
        {"status": "refused"},
        K.PUBLICATION_DATE,
        DatePromise(PublicationStatus.REFUSED, None, None, None, None, ""),
    ),
    (K.PUBLICATION_DATE, {"status": "agreed"}, None, replace(MARCH, status=PublicationStatus.AGREED)),
    (K.FIXED_VERSION, {"version": "v2.5.1"}, None, FixedVersion("2.5.1")),
    (K.CVE, {"id": "cve-2026-12345"}, None, Identifier("CVE-2026-12345")),
    (K.TICKET, {"id": "EXV-2"}, None, Identifier("EXV-2")),
    (K.CVE, {}, K.TICKET, Identifier("CVE-2026-1234")),
    (K.REDIRECT, {"to": "https://vendor.example/report"}, None, Redirect("https://vendor.example/report")),
    (K.REDIRECT, {"to": "psirt@Vendor.example"}, None, Redirect("psirt@vendor.example")),
    (K.KEY_OFFERED, {"fingerprint": "ab" * 20}, None, KeyOffered(FINGERPRINT)),
    (K.CREDIT, {}, K.KEY_OFFERED, KeyOffered(None)),
    (K.ENCRYPTION_STOP_REQUESTED, {}, K.CREDIT, Nothing()),
    (K.ABSENCE, {"until": "2026-07-01"}, None, Absence(date(2026, 7, 1))),
    (
        K.BOUNCE,
        {"permanent": "false", "recipient": "a@vendor.example", "status": "4.2.2"},
        None,
        Bounce(False, "a@vendor.example", "4.2.2", "a@b.example"),
    ),
    (K.RECEIPT, {"permanent": "true"}, K.BOUNCE, Bounce(True, None, None, None)),
]


@pytest.mark.parametrize(("kind", "given", "other", "value"), GOOD, ids=str)
def test_what_a_person_says_takes_the_place_of_what_was_read(
    kind: FactKind, given: Mapping[str, str], other: FactKind | None, value: Value
) -> None:
    original = read(kind)
    right = corrected(original, given, other, RECEIVED)
    assert (right.kind, right.value) == (other or kind, value)
    assert (right.quote, right.where, right.start, right.end) == ("their words", Where.TEXT, 3, 14)
    assert (right.grade, right.rule) == (Grade.SURE, PERSON)
    assert from_json(to_json(right)) == right


def test_every_kind_can_be_corrected() -> None:
    assert {kind for kind, *_ in GOOD} == set(FactKind) == set(FIELDS)
    assert {name for names in FIELDS.values() for name in names} == {name for _, given, *_ in GOOD for name in given}


BAD: list[tuple[FactKind, Mapping[str, str], FactKind | None, str]] = [
    (K.TRIAGE, {"first": "2027-04-03"}, None, "does not have it"),
    (K.RECEIPT, {"verdict": "confirmed"}, None, "does not have it"),
    (K.FIX_DATE, {"verdict": "confirmed"}, K.FIX_DATE, "does not have it"),
    (K.TRIAGE, {"verdict": "maybe"}, None, "none of the words"),
    (K.TRIAGE, {"verdict": "none"}, None, "needs --verdict"),
    (K.TRIAGE, {"verdict": "confirmed"}, None, "that is what it says already"),
    (K.RECEIPT, {}, K.RECEIPT, "that is what it says already"),
    (K.RECEIPT, {}, K.TRIAGE, "needs --verdict"),
    (K.PUBLICATION_DATE, {}, K.FIX_DATE, "needs --status"),
    (K.FIX_DATE, {"status": "agreed"}, None, "none of the words"),
    (K.FIX_DATE, {"status": "none"}, None, "needs --status"),
    (K.FIX_DATE, {"first": "2027-02-30"}, None, "not a day"),
    (K.FIX_DATE, {"first": "20270203"}, None, "not a day"),
    (K.FIX_DATE, {"first": "tomorrow"}, None, "not a day"),
    (K.FIX_DATE, {"first": "1066-10-14"}, None, "not a day"),
    (K.FIX_DATE, {"first": "9999-12-31"}, None, "not a day"),
    (K.FIX_DATE, {"first": "２０２７-04-03"}, None, "not a day"),  # digits of another script
    (K.FIX_DATE, {"first": "2027-04-03", "last": "2027-04-02"}, None, "before the first"),
    (K.FIX_DATE, {"last": "2027-02-01"}, None, "before the first"),
    (K.FIX_DATE, {"bound": "around"}, None, "none of the words"),
    (K.FIX_DATE, {"granularity": "fortnight"}, None, "none of the words"),
    (K.FIX_DATE, {"status": "released"}, None, "on a later day"),
    (K.TRIAGE, {"status": "planned", "bound": "by"}, K.FIX_DATE, "nothing to bind"),
    (K.FIXED_VERSION, {"version": ""}, None, "no single word"),
    (K.FIXED_VERSION, {"version": "2 or 3"}, None, "no single word"),
    (K.FIXED_VERSION, {"version": "2.5\u202e"}, None, "no single word"),
    (K.CVE, {"id": "CVE-26-1"}, None, "not a CVE id"),
    (K.TICKET, {"id": "EXV\n1"}, None, "no single word"),
    (K.TICKET, {"id": "x" * 101}, None, "no single word"),
    (K.REDIRECT, {"to": "http://vendor.example"}, None, "not a plain address"),
    (K.REDIRECT, {"to": "javascript:alert(1)"}, None, "not a plain address"),
    (K.KEY_OFFERED, {"fingerprint": "1234ABCD"}, None, "not a full fingerprint"),
    (K.ABSENCE, {"until": "2016-07-01"}, None, "over a year before"),
    (K.BOUNCE, {"status": "550"}, None, "not a status code"),
    (K.BOUNCE, {"permanent": "none"}, None, "needs --permanent"),
    (K.BOUNCE, {"recipient": "nobody"}, None, "not a plain address"),
]


@pytest.mark.parametrize(("kind", "given", "other", "why"), BAD, ids=str)
def test_what_cannot_be_is_refused(kind: FactKind, given: Mapping[str, str], other: FactKind | None, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        corrected(read(kind), given, other, RECEIVED)
    assert "\n" not in str(refused.value)
