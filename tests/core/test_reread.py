"""Mail read again: what a person said of some words stands, and a second opinion takes nobody's place."""

from __future__ import annotations

from dataclasses import replace

from cvdmail.core.extract.facts import Fact, FactKind, Grade, Identifier, Triage, Verdict, Where
from cvdmail.core.records import FactRecord, FactState
from cvdmail.core.reread import difference

READ = Fact(FactKind.TRIAGE, "we see it", Where.TEXT, 0, 9, Grade.SURE, "triage.x", Triage(Verdict.CONFIRMED))
RIGHT = replace(READ, value=Triage(Verdict.DUPLICATE), rule="person")
BETTER = replace(RIGHT, rule="triage.new", grade=Grade.LIKELY)
OTHER = replace(READ, value=Triage(Verdict.DEFERRED))
OPINION = replace(READ, grade=Grade.UNSURE, rule="second_opinion.reader")
P, A, C = FactState.PROPOSED, FactState.ACCEPTED, FactState.CORRECTED


def corrected(state: FactState = A) -> list[FactRecord]:
    return [FactRecord(1, 9, 1, C, READ, None, 2), FactRecord(2, 9, 1, state, RIGHT, 1)]


def test_the_same_reading_brings_nothing_back() -> None:
    found = difference(corrected(), [READ])
    assert (found.new, found.gone, found.nothing) == ((), (), True)


def test_a_reading_that_has_come_to_the_same_does_not_rewrite_the_person() -> None:
    found = difference(corrected(), [BETTER])
    assert (found.new, found.gone, found.nothing) == ((), (), True)
    assert [(record.row, fact) for record, fact in found.again] == [(2, RIGHT)]


def test_another_reading_of_the_same_words_is_nothing_new() -> None:
    assert difference(corrected(), [OTHER]).nothing
    assert difference(corrected(P), [OTHER]).nothing  # moved to another case, where it is a proposal
    assert difference(corrected(), []).nothing


def test_other_words_are_something_new_and_so_is_a_second_reading() -> None:
    elsewhere = replace(OTHER, quote="we wait", start=20, end=27)
    ticket = Fact(FactKind.TICKET, "we see it", Where.TEXT, 0, 9, Grade.SURE, "ticket.x", Identifier("EXV-1"))
    assert difference(corrected(), [READ, elsewhere, ticket]).new == (elsewhere, ticket)
    assert difference(corrected(), [READ, OTHER]).new == (OTHER,)


def test_a_second_opinion_is_kept_where_nobody_is_asked() -> None:
    had = [FactRecord(1, 9, 1, P, OPINION)]
    assert difference(had, []).nothing
    assert difference(had, [OPINION]).nothing


def test_a_rule_takes_over_from_an_opinion_and_never_the_other_way() -> None:
    found = difference([FactRecord(1, 9, 1, P, OPINION)], [READ])
    assert [(record.row, fact) for record, fact in found.again] == [(1, READ)]
    believed = difference([FactRecord(1, 9, 1, A, READ)], [OPINION])
    assert (believed.new, believed.gone, believed.again) == ((), (), ())
    both = difference([FactRecord(1, 9, 1, P, READ)], [OPINION, READ])
    assert (both.new, both.gone, [fact for _, fact in both.again]) == ((), (), [READ])
