"""What is new in a mail that was read again: facts are the same if kind, value and quote are.

What a person said of some words stands: a correction is never dropped or rewritten, and another reading of words that
were corrected is nothing new.  A second opinion never takes the place of a rule's fact.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cvdmail.core.extract.facts import Fact, to_json
from cvdmail.core.records import FactRecord, FactState
from cvdmail.core.who_read import by_opinion, by_person


def bare(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reading as it is kept, without the evidence: other evidence for the same verdict is nothing new."""
    kept: dict[str, Any] = json.loads(json.dumps(dict(reading)))
    kept.pop("why", None)
    return kept


def said(fact: Fact) -> str:
    """Return what makes two facts the same: kind, value and quote."""
    places = {"in", "start", "end", "grade", "rule"}
    return json.dumps({name: value for name, value in to_json(fact).items() if name not in places}, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """How the facts read now differ from those that one participant, or the pen, has."""

    new: tuple[Fact, ...]
    gone: tuple[int, ...]
    again: tuple[tuple[FactRecord, Fact], ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing was read that was not there, nothing is missing, and nothing is surer or less sure."""
        return not self.new and not self.gone and all(had.fact.grade is fact.grade for had, fact in self.again)


def difference(had: Collection[FactRecord], read: Sequence[Fact]) -> Difference:
    """Compare the facts of one participant with those read now; what a person decided is never among the gone."""
    waiting: dict[str, list[FactRecord]] = {}
    for record in had:
        waiting.setdefault(said(record.fact), []).append(record)
    told = {said(one) for one in read if not by_opinion(one)}
    told |= {said(one.fact) for one in had if one.state is not FactState.PROPOSED}
    unknown: list[Fact] = []
    again: list[tuple[FactRecord, Fact]] = []
    for fact in sorted(read, key=by_opinion):  # the rules have the first word
        same = [one for one in waiting.get(said(fact), []) if _may_stand_for(fact, one)]
        if same:
            waiting[said(fact)].remove(same[0])
            again.append((same[0], same[0].fact if by_person(same[0].fact) else fact))
        elif not (by_opinion(fact) and said(fact) in told):
            unknown.append(fact)
    left = [one for several in waiting.values() for one in several]
    new = _without_other_readings(unknown, [one for one in left if one.state is FactState.CORRECTED])
    gone = [one.row for one in left if one.state is FactState.PROPOSED and not _stays(one.fact)]
    return Difference(tuple(new), tuple(gone), tuple(again))


def _may_stand_for(fact: Fact, record: FactRecord) -> bool:
    """Say whether ``record`` may be what was read again as ``fact``; a rule's fact is not rewritten by an opinion."""
    return by_opinion(record.fact) or not by_opinion(fact)


def _stays(fact: Fact) -> bool:
    """Say whether a proposal stays although the rules do not read it: they never did."""
    return by_person(fact) or by_opinion(fact)


def _without_other_readings(read: Sequence[Fact], corrected: Sequence[FactRecord]) -> list[Fact]:
    """Leave out one reading for each fact that a person corrected and that is no longer read as it was.

    It is of the same kind and words: a person has said already what these mean.
    """
    decided = [(one.fact.kind, one.fact.quote) for one in corrected]
    kept: list[Fact] = []
    for fact in read:
        if (fact.kind, fact.quote) in decided:
            decided.remove((fact.kind, fact.quote))
        else:
            kept.append(fact)
    return kept
