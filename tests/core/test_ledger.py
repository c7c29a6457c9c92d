"""Hash chains: known answers, and every way to change the past."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.events import EventKind
from cvdmail.core.ledger import (
    START,
    Entry,
    Event,
    append,
    canonical,
    commitment,
    heads_statement,
    instant,
    link,
    read_instant,
    record,
    statement,
    verify,
)
from cvdmail.errors import Refused

CHAIN = "CVD-2026-0042"
AT = datetime(2026, 6, 12, 10, 0, tzinfo=UTC)
PERSON = "0123456789ABCDEF0123456789ABCDEF01234567"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n"
FIRST = Event(CHAIN, EventKind.CASE_OPENED, AT, "daemon", {"origin": "engineer"})
SECOND = Event(
    CHAIN,
    EventKind.DRAFT_APPROVED,
    AT + timedelta(seconds=1.5),
    PERSON,
    {"list": [1, True, None, "ü"], "draft": 3},
    participant=7,
    signature=SIGNATURE,
)


def chain(*events: Event) -> list[Entry]:
    entries: list[Entry] = []
    for event in events:
        entries.append(append(event, entries[-1] if entries else None))
    return entries


def long_chain(count: int = 6) -> list[Entry]:
    return chain(*(replace(FIRST, body={"number": number}) for number in range(count)))


def test_known_answers() -> None:
    """Worked out by hand from the rule in the module: a stranger's program must come to the same hashes."""
    first, second = chain(FIRST, SECOND)
    assert record(FIRST, 1) == (
        b'{"actor":"daemon","at":"2026-06-12T10:00:00.000000Z","body":{"origin":"engineer"},"chain":"CVD-2026-0042",'
        b'"kind":"case_opened","participant":null,"seq":1,"signature":null,"v":1}'
    )
    assert record(SECOND, 2).decode() == (
        '{"actor":"0123456789ABCDEF0123456789ABCDEF01234567","at":"2026-06-12T10:00:01.500000Z",'
        '"body":{"draft":3,"list":[1,true,null,"ü"]},"chain":"CVD-2026-0042","kind":"draft_approved","participant":7,'
        f'"seq":2,"signature":"{hashlib.sha256(SIGNATURE.encode()).hexdigest()}","v":1}}'
    )
    assert first.previous == START == bytes(32)
    assert (first.seq, second.seq) == (1, 2)
    assert second.previous == first.hash
    assert first.hash.hex() == "5fd6ab8d209e8b882f9ade62211a1d4db319548682bd4fa0155558de1542050c"
    assert second.hash.hex() == "d22b30e9dce813dacff3ebc388d71bb83b74060a250172a062adf5401f5f457b"
    assert first.hash == hashlib.sha256(b"\x01" + bytes(32) + record(FIRST, 1)).digest()
    assert verify(CHAIN, [first, second]) == []


def test_what_a_person_signs_is_the_event_without_its_place() -> None:
    signed = json.loads(statement(SECOND))
    assert signed == {
        "actor": PERSON,
        "at": "2026-06-12T10:00:01.500000Z",
        "body": {"draft": 3, "list": [1, True, None, "ü"]},
        "chain": CHAIN,
        "kind": "draft_approved",
        "participant": 7,
        "v": 1,
    }
    assert statement(SECOND) == statement(replace(SECOND, signature=None))
    assert statement(SECOND) == canonical(signed)


def test_an_empty_chain_is_whole() -> None:
    assert verify(CHAIN, []) == []


def test_a_chain_goes_on_behind_a_stored_head() -> None:
    first, second = chain(FIRST, SECOND)
    assert append(SECOND, (first.seq, first.hash)) == second


CHANGES: list[tuple[str, Event]] = [
    ("kind", replace(SECOND, kind=EventKind.DRAFT_WRITTEN)),
    ("time", replace(SECOND, at=SECOND.at + timedelta(microseconds=1))),
    ("actor", replace(SECOND, actor="daemon")),
    ("body value", replace(SECOND, body={"list": [1, True, None, "ü"], "draft": 4})),
    ("body type", replace(SECOND, body={"list": [1, True, None, "ü"], "draft": "3"})),
    ("body key", replace(SECOND, body={"list": [1, True, None, "ü"], "drafts": 3})),
    ("body order", replace(SECOND, body={"list": [True, 1, None, "ü"], "draft": 3})),
    ("body empty", replace(SECOND, body={})),
    ("participant", replace(SECOND, participant=8)),
    ("no participant", replace(SECOND, participant=None)),
    ("signature", replace(SECOND, signature=SIGNATURE + "x")),
    ("no signature", replace(SECOND, signature=None)),
    ("chain", replace(SECOND, chain="CVD-2026-0043")),
]


@pytest.mark.parametrize("changed", [event for _, event in CHANGES], ids=[name for name, _ in CHANGES])
def test_a_changed_event_is_found(changed: Event) -> None:
    first, second = chain(FIRST, SECOND)
    problems = verify(CHAIN, [first, replace(second, event=changed)])
    assert any("event 2" in problem for problem in problems)


@pytest.mark.parametrize("changed", [event for _, event in CHANGES], ids=[name for name, _ in CHANGES])
def test_a_changed_event_with_a_new_hash_breaks_the_one_behind_it(changed: Event) -> None:
    first, second = chain(FIRST, SECOND)
    third = append(FIRST, second)
    forged = append(changed, first)
    assert forged.hash != second.hash
    assert any("event 3" in problem for problem in verify(CHAIN, [first, forged, third]))


@pytest.mark.parametrize("field", ["previous", "hash"])
@pytest.mark.parametrize("at", range(6))
def test_a_changed_hash_is_found(field: str, at: int) -> None:
    entries = long_chain()
    entry = entries[at]
    entries[at] = replace(entry, previous=bytes(31) + b"\1") if field == "previous" else replace(entry, hash=bytes(32))
    assert verify(CHAIN, entries)


@pytest.mark.parametrize("at", range(5))
def test_a_removed_event_is_found_unless_it_is_the_last(at: int) -> None:
    entries = long_chain()
    del entries[at]
    problems = verify(CHAIN, entries)
    assert any("missing or doubled" in problem for problem in problems)
    assert any("does not follow" in problem for problem in problems)


def test_a_cut_tail_is_not_seen_in_the_chain_alone() -> None:
    """Only a checkpoint kept elsewhere shows it; the module says so."""
    entries = long_chain()
    assert verify(CHAIN, entries[:-2]) == []
    whole = heads_statement({CHAIN: (entries[-1].seq, entries[-1].hash)}, AT)
    cut = heads_statement({CHAIN: (entries[-3].seq, entries[-3].hash)}, AT)
    assert whole != cut


@pytest.mark.parametrize("at", range(6))
def test_a_doubled_event_is_found(at: int) -> None:
    entries = long_chain()
    entries.insert(at, entries[at])
    assert any("missing or doubled" in problem for problem in verify(CHAIN, entries))


@given(order=st.permutations(range(6)))
def test_any_other_order_is_found(order: list[int]) -> None:
    entries = long_chain()
    problems = verify(CHAIN, [entries[at] for at in order])
    assert bool(problems) == (order != list(range(6)))


def test_an_event_of_another_chain_is_found() -> None:
    stranger = append(replace(FIRST, chain="main"), None)
    assert any("another chain" in problem for problem in verify(CHAIN, [stranger]))
    assert verify("main", [stranger]) == []


def test_an_event_inserted_with_the_right_hashes_is_found() -> None:
    entries = long_chain()
    forged = append(SECOND, entries[2])
    assert verify(CHAIN, [*entries[:3], forged, *entries[3:]])


def test_no_two_places_of_one_event_have_the_same_hash() -> None:
    assert link(START, record(FIRST, 1)) != link(START, record(FIRST, 2))
    assert link(START, record(FIRST, 1)) != link(bytes(31) + b"\1", record(FIRST, 1))


def test_commitments() -> None:
    salt = bytes(range(16))
    assert commitment(salt, b"a title") == "04193428124dde3d408352ed3a156da3cd531efc4c4ffe6ecfda3d317922e9cb"
    others = [
        commitment(salt, b"a titl"),
        commitment(bytes(16), b"a title"),
        hashlib.sha256(salt + b"a title").hexdigest(),
        hashlib.sha256(b"\x01" + salt + b"a title").hexdigest(),
    ]
    assert commitment(salt, b"a title") not in others


def test_a_checkpoint_names_every_head() -> None:
    heads = {"main": (3, bytes(32)), CHAIN: (7, bytes([255] * 32))}
    written = json.loads(heads_statement(heads, AT))
    assert written == {
        "at": "2026-06-12T10:00:00.000000Z",
        "heads": {"main": {"seq": 3, "hash": "00" * 32}, CHAIN: {"seq": 7, "hash": "ff" * 32}},
        "kind": "cvdmail checkpoint",
        "v": 1,
    }
    assert heads_statement(dict(reversed(heads.items())), AT) == heads_statement(heads, AT)
    assert heads_statement({**heads, "main": (4, bytes(32))}, AT) != heads_statement(heads, AT)


@given(
    at=st.datetimes(
        min_value=datetime(2000, 1, 1),
        max_value=datetime(2900, 1, 1),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-11, minutes=-30))]),
    )
)
def test_instants_are_written_in_one_form_and_read_back(at: datetime) -> None:
    text = instant(at)
    assert len(text) == 27
    assert text.endswith("Z")
    assert read_instant(text) == at


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=126)), inner),
    max_leaves=20,
)


@given(value=_VALUES)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_half_a_character_has_no_canonical_form() -> None:
    with pytest.raises(Refused, match="half a character"):
        canonical({"text": "\ud800"})
