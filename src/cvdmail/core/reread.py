"""What is new in a mail that was read again: facts are the same if kind, value and quote are."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cvdmail.core.extract.facts import Fact, to_json
from cvdmail.core.records import FactRecord, FactState


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
    new: list[Fact] = []
    again: list[tuple[FactRecord, Fact]] = []
    for fact in read:
        same = waiting.get(said(fact), [])
        if same:
            again.append((same.pop(0), fact))
        else:
            new.append(fact)
    left = [one for several in waiting.values() for one in several]
    gone = tuple(one.row for one in left if one.state is FactState.PROPOSED)
    return Difference(tuple(new), gone, tuple(again))
