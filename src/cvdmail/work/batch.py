"""Sending a folder of reports: each is opened, approved if asked, and queued; what is there already is passed over.

Every report is opened in a transaction of its own, so an interruption loses nothing: run again, the same folder finds
each report by its digest and goes on where it stood.  Approvals and queueing are signed for a handful at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from cvdmail.config import PersonRole
from cvdmail.core.compose import Attachment
from cvdmail.core.drafts import DraftState, Letter
from cvdmail.core.ids import CaseId
from cvdmail.errors import CvdmailError, Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.open_case import open_case, read_report
from cvdmail.work.queue import queue_drafts
from cvdmail.work.review import AT_ONCE, Prepared, approve_many, prepare_many


class Fate(Enum):
    """What became of a report, for one vendor."""

    QUEUED = "queued"
    THERE = "already there"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report in the folder; ``read`` returns its bytes and attachments, or raises ``Refused``."""

    name: str
    read: Callable[[], tuple[bytes, tuple[Attachment, ...]]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table at the end; ``vendor`` and ``draft`` are None for a report that was not opened."""

    file: str
    fate: Fate
    case: CaseId | None = None
    vendor: str | None = None
    draft: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Waiting:
    file: str
    case: CaseId
    vendor: str
    draft: int
    state: DraftState


async def send_batch(
    desk: Desk, actor: Actor, files: Sequence[ReportFile], approve: bool, step: Callable[[], None]
) -> list[Line]:
    """Open, approve (with ``approve``, by the acting reviewer's signature) and queue; ``step`` is called per file."""
    actor.require(PersonRole.RESEARCHER, "send --batch")
    if approve:
        actor.require(PersonRole.REVIEWER, "send --batch --approve")
    seen: dict[str, tuple[str, CaseId]] = {}
    lines: list[Line] = []
    for start in range(0, len(files), AT_ONCE):
        handful = files[start : start + AT_ONCE]
        waiting: list[_Waiting] = []
        for file in handful:
            try:
                case_id, opened = await _open(desk, actor, file, seen)
            except Refused as problem:
                lines.append(Line(file.name, Fate.REFUSED, why=problem.line()))
            else:
                lines += [_there(one) for one in opened if one.state is DraftState.QUEUED]
                waiting += [one for one in opened if one.state is not DraftState.QUEUED]
                if not opened:
                    why = f"it names no vendor; cvdmail participant add {case_id} VENDOR"
                    lines.append(Line(file.name, Fate.HELD, case_id, why=why))
            step()
        for begin in range(0, len(waiting), AT_ONCE):
            lines += await _queue(desk, actor, waiting[begin : begin + AT_ONCE], approve)
    return lines


def _there(one: _Waiting) -> Line:
    return Line(one.file, Fate.THERE, one.case, one.vendor, one.draft)


async def _open(
    desk: Desk, actor: Actor, file: ReportFile, seen: dict[str, tuple[str, CaseId]]
) -> tuple[CaseId, list[_Waiting]]:
    """Open the case of a report, or find the one that an earlier run opened; return it and the drafts of the report."""
    raw, attachments = file.read()
    digest = hashlib.sha256(raw).hexdigest()
    if digest in seen:
        name, case_id = seen[digest]
        raise Refused("report", f"it is the very same as {name}, in {case_id}", "see there")
    report = read_report(raw)
    async with desk.store.read() as tx:
        known = await tx.cases.of_report(await tx.sealed.mac("report", digest))
    if known is None:
        known = (await open_case(desk, actor, report, raw, attachments, ())).case
    seen[digest] = (file.name, known)
    async with desk.store.read() as tx:
        case = await tx.cases.get(known)
        if case.erased_at is not None or case.state.closed:
            raise Refused("report", f"the very same report was in {known}, which is closed", "see there")
        return known, await _drafts(tx, file.name, known, case.row)


async def _drafts(tx: Transaction, file: str, case_id: CaseId, case_row: int) -> list[_Waiting]:
    people = {one.row: one.vendor for one in await tx.cases.participants(case_row) if one.removed_at is None}
    return [
        _Waiting(file, case_id, people[draft.participant], draft.row, draft.state)
        for draft in await tx.drafts.select(case_row=case_row)
        if draft.letter is Letter.REPORT and draft.participant in people and draft.state is not DraftState.VOID
    ]


async def _queue(desk: Desk, actor: Actor, some: Sequence[_Waiting], approve: bool) -> list[Line]:
    by_row = {one.draft: one for one in some}
    problems: dict[int, CvdmailError] = {}
    if approve:
        unsigned = [one.draft for one in some if one.state is DraftState.OPEN]
        async with desk.store.read() as tx:
            found = await prepare_many(desk, tx, unsigned)
        problems = {row: one for row, one in found.items() if isinstance(one, CvdmailError)}
        ready = [row for row, one in found.items() if isinstance(one, Prepared)]
        if ready:
            signed = await approve_many(desk, actor, ready)
            problems |= {
                row: Refused(f"draft {row}", review.why, "have it approved")
                for row, (_, review) in signed.items()
                if not review.complete
            }
    async with desk.store.write() as tx:
        done = await queue_drafts(desk, tx, actor, [row for row in by_row if row not in problems])
    lines = [
        Line(one.file, Fate.HELD, one.case, one.vendor, one.draft, problem.line())
        for row, problem in {**problems, **done.problems}.items()
        if (one := by_row[row])
    ]
    return lines + [
        Line(one.file, Fate.QUEUED, one.case, one.vendor, one.draft) for row in done.rows if (one := by_row[row])
    ]
