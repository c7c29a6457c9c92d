"""What a case rests on after a mail was moved away, and what is new in a mail that was read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cvdmail.core.case import RM, VFD, ParticipantState
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import Acknowledgement, By, Fact, FactKind, Grade, Identifier, Triage, Verdict, Where
from cvdmail.core.ledger import Event, Value
from cvdmail.core.moved import Unsupported, unsupported, withdrawn
from cvdmail.core.records import FactRecord, FactState
from cvdmail.core.reread import bare, difference

K = EventKind
ACK = Fact(FactKind.ACKNOWLEDGEMENT, "got it", Where.TEXT, 0, 6, Grade.SURE, "r", Acknowledgement(By.PERSON))
CONFIRMED = Fact(FactKind.TRIAGE, "it is one", Where.TEXT, 7, 16, Grade.SURE, "r", Triage(Verdict.CONFIRMED))
TICKET = Fact(FactKind.TICKET, "EXV-1", Where.SUBJECT, None, None, Grade.SURE, "r", Identifier("EXV-1"))
NOW = datetime(2026, 6, 12, tzinfo=UTC)


def event(kind: EventKind, **body: Value) -> Event:
    return Event("CVD-2026-0001", kind, NOW, "daemon", body, 1)


def accepted(fact: int, *kinds: EventKind) -> list[Event]:
    return [event(K.FACT_ACCEPTED, fact=fact), *(event(kind, fact=fact) for kind in kinds)]


def moved(message: int, *facts: int) -> Event:
    return event(K.MAIL_MOVED, message=message, facts=list(facts), to="CVD-2026-0002")


RECEIVED = ParticipantState(RM.RECEIVED, VFD.AWARE)
VALID = ParticipantState(RM.VALID, VFD.AWARE)


def test_a_state_that_nothing_moved_away_brought_about_is_supported() -> None:
    chain = accepted(1, K.REPORT_RECEIVED)
    assert unsupported(chain, {1: ACK}) == []
    assert unsupported([*chain, moved(7)], {1: ACK}) == []
    assert unsupported([], {}) == []


def test_a_state_whose_only_mail_has_left_rests_on_it() -> None:
    chain = [*accepted(1, K.REPORT_RECEIVED), moved(7, 1)]
    assert withdrawn(chain) == {1: 7}
    assert unsupported(chain, {}) == [Unsupported(1, RECEIVED, ParticipantState(), (7,))]


def test_what_else_is_believed_supports_as_much_as_it_says() -> None:
    """The acknowledgement came twice: with one mail gone the other still says RECEIVED, and only VALID is in doubt."""
    chain = [*accepted(1, K.REPORT_RECEIVED), *accepted(2, K.REPORT_VALIDATED), *accepted(3), moved(7, 1, 2)]
    assert unsupported(chain, {3: ACK}) == [Unsupported(1, VALID, RECEIVED, (7,))]
    assert unsupported(chain, {3: CONFIRMED}) == []


def test_a_fact_that_is_believed_again_supports_again() -> None:
    chain = [*accepted(1, K.REPORT_RECEIVED), moved(7, 1), *accepted(1)]
    assert withdrawn(chain) == {}
    assert unsupported(chain, {1: ACK}) == []


def test_states_that_a_person_moved_do_not_rest_on_mails() -> None:
    chain = [*accepted(1, K.REPORT_RECEIVED), event(K.REPORT_VALIDATED), moved(7, 1)]
    (found,) = unsupported(chain, {})
    assert (found.state, found.without, found.messages) == (VALID, ParticipantState(), (7,))


def record(row: int, fact: Fact, state: FactState = FactState.PROPOSED) -> FactRecord:
    return FactRecord(row, 5, 1, state, fact)


def test_facts_are_the_same_by_kind_value_and_quote() -> None:
    elsewhere = replace(ACK, start=100, end=106, rule="another")
    assert difference([record(1, ACK)], [elsewhere]).nothing
    assert not difference([record(1, ACK)], [replace(elsewhere, grade=Grade.LIKELY)]).nothing
    found = difference([record(1, ACK), record(2, TICKET)], [replace(ACK, quote="got"), TICKET])
    assert (found.new, found.gone, [one.row for one, _ in found.again]) == ((replace(ACK, quote="got"),), (1,), [2])


def test_what_a_person_decided_is_never_gone_and_twice_the_same_is_twice() -> None:
    had = [record(1, ACK, FactState.ACCEPTED), record(2, TICKET, FactState.REJECTED), record(3, CONFIRMED)]
    assert difference(had, []).gone == (3,)
    assert difference([record(1, ACK)], [ACK, ACK]).new == (ACK,)
    assert difference([record(1, ACK), record(2, ACK)], [ACK]).gone == (2,)


def test_other_evidence_is_nothing_new() -> None:
    reading = {"text": "x", "attachments": ("a",), "why": {"rule": "one"}}
    assert bare(reading) == {"text": "x", "attachments": ["a"]}
