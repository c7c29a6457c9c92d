"""Every date that the vendors of a case ever stated: the promise ledger, made from the facts of its mails.

Made anew whenever it is looked at: a fact that is accepted late, corrected, or moved away with its mail changes what
all the others did, and no row has to be mended for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cvdmail.core.extract.facts import Bound, DatePromise, FactKind, FixStatus, Granularity, PublicationStatus
from cvdmail.core.ledger import instant
from cvdmail.core.promised_days import Change
from cvdmail.core.promises import PromiseKind, Statement, Step, ledger
from cvdmail.core.records import FactRecord, FactState, PromiseRecord

KINDS: Mapping[FactKind, PromiseKind] = {
    FactKind.FIX_DATE: PromiseKind.FIX,
    FactKind.PUBLICATION_DATE: PromiseKind.PUBLICATION,
}
_COUNTING = (FactState.ACCEPTED, FactState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Stated:
    """One line of the ledger: the fact, whose it is, what it does; the numbers of its promise and the one it slips."""

    record: FactRecord
    participant: int
    step: Step
    value: DatePromise = field(repr=False)
    promise: int | None
    slips: int | None

    @property
    def contradicts(self) -> bool:
        """Whether a person must look."""
        return self.step.outcome.change is Change.CONTRADICTS


def stated(
    facts: Iterable[FactRecord], said_at: Mapping[int, datetime], promises: Iterable[PromiseRecord]
) -> list[Stated]:
    """Return the ledger, by participant and in the order in which things were said.

    ``said_at`` gives for each mail when it was written (:func:`cvdmail.core.promises.moment`).
    """
    numbers = {one.fact: one.row for one in promises}
    found: dict[tuple[int, PromiseKind], list[Statement]] = {}
    sources: dict[int, tuple[FactRecord, DatePromise]] = {}
    for record in facts:
        value, kind = record.fact.value, KINDS.get(record.fact.kind)
        if kind is None or record.state not in _COUNTING or not isinstance(value, DatePromise):
            continue
        if record.participant is None or record.message not in said_at:
            continue
        sources[record.row] = record, value
        statement = Statement(
            kind,
            value.status,
            value.first,
            value.last,
            value.bound,
            value.granularity,
            said_at[record.message],
            record.row,
            record.state is FactState.ACCEPTED,
        )
        found.setdefault((record.participant, kind), []).append(statement)
    lines: list[Stated] = []
    for (participant, _), statements in found.items():
        for step in ledger(statements):
            record, value = sources[step.statement.fact]
            slips = numbers.get(step.against or 0) if step.outcome.change is Change.SLIPPED else None
            lines.append(Stated(record, participant, step, value, numbers.get(record.row), slips))
    return sorted(lines, key=lambda one: (one.participant, one.step.statement.said_at))


def of_promise(record: PromiseRecord) -> Statement:
    """Return a promise that is believed as the statement it came from."""
    status = FixStatus if record.kind is PromiseKind.FIX else PublicationStatus
    return Statement(
        record.kind,
        status(record.status),
        record.first,
        record.last,
        Bound(record.bound) if record.bound else None,
        Granularity(record.granularity) if record.granularity else None,
        record.made_at,
        record.fact,
    )


def to_json(one: Stated) -> dict[str, object]:
    """Return a line of the ledger in its machine-readable shape; ``promise`` is null unless it is a believed one.

    ``days``: by how much the last day moved, or how long after the promised day it was done; ``against`` is the fact
    that it was compared with.
    """
    step, said = one.step, one.step.statement
    offset = said.said_at.utcoffset()
    return {
        "promise": one.promise,
        "participant": one.participant,
        "kind": said.kind.value,
        "status": said.status.value,
        "first": said.first.isoformat() if said.first else None,
        "last": said.last.isoformat() if said.last else None,
        "bound": said.bound.value if said.bound else None,
        "granularity": said.granularity.value if said.granularity else None,
        "phrase": one.value.phrase,
        "offset_minutes": int(offset.total_seconds() // 60) if offset is not None else None,
        "made_at": instant(said.said_at),
        "state": one.record.state.value,
        "change": step.outcome.change.value,
        "days": step.outcome.days,
        "against": step.against,
        "slips": one.slips,
        "fact": one.record.row,
    }
