"""Merging two cases that turn out to be one matter, and undoing it.

Every filing of the one case goes over to the same vendor's participant of the other, who is added where there is none;
what was believed stays believed, because it is the same matter: it is accepted once more in the other case's chain, so
that states and promises follow from that chain as well.  The merged case is closed and linked; mail that would come to
it later goes to the other (:meth:`cvdmail.store.links.Links.resolve`).  Nothing of its own is moved or destroyed: its
report, drafts, deliveries and states stay, so that undoing it is the same walk backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cvdmail.config import PersonRole
from cvdmail.core.case import CaseLinkKind
from cvdmail.core.drafts import DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import Entry, Event, Value
from cvdmail.core.records import CaseRecord, FactRecord, MessageRecord, ParticipantRecord
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.believe import accept, said_at
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.move import carry, known_case, living_case, move_events, on_the_way, refuse_merged


@dataclass(frozen=True, slots=True)
class Merged:
    """What went over: how many mails, the participants that were added, and drafts that stay behind unsent."""

    case: CaseId
    into: CaseId
    messages: tuple[int, ...]
    added: tuple[int, ...]
    drafts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One mail that goes from one participant to another."""

    record: MessageRecord
    source: ParticipantRecord
    target: ParticipantRecord
    keep: bool = False


async def merge(desk: Desk, actor: Actor, case_id: CaseId, into: CaseId) -> Merged:
    """Merge a case into another one; raise ``Refused`` with nothing done."""
    actor.require(PersonRole.RESEARCHER, "case merge")
    if case_id == into:
        raise Refused("case merge", "a case cannot be merged into itself", "name two cases")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        case, goal = await living_case(tx, case_id), await living_case(tx, into)
        leaving = await on_the_way(tx, case)
        if leaving:
            why = f"{len(leaving)} of its mails are on their way (draft {leaving[0]})"
            raise Refused(str(case_id), why, "wait until they are delivered: cvdmail status; or merge the other way")
        by = str(actor.fingerprint)
        targets, added, told = await _participants(tx, case, goal, by, now)
        steps = await _steps(tx, case, targets)
        body: dict[str, Value] = {"into": str(into), "messages": len(steps)}
        events = [Event(str(case_id), EventKind.CASE_MERGED, now, by, body), *told]
        await tx.links.add(case.row, CaseLinkKind.MERGED_INTO, goal.row, now)
        await _go(tx, actor, events, steps, now, "merge")
        drafts = await tx.drafts.select(case_row=case.row)
        unsent = [one.row for one in drafts if one.state in (DraftState.OPEN, DraftState.APPROVED)]
    return Merged(case_id, into, tuple(step.record.row for step in steps), tuple(added), tuple(unsent))


async def unmerge(desk: Desk, actor: Actor, case_id: CaseId) -> Merged:
    """Undo the merge of a case: it is open again, and the mails that came with it go back.

    What arrived since stays where it was filed.
    """
    actor.require(PersonRole.RESEARCHER, "case merge")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        case = await known_case(tx, case_id)
        links = [one for one in await tx.links.of(case.row) if one.kind is CaseLinkKind.MERGED_INTO]
        link = next((one for one in links if one.case == case_id), None)
        if link is None:
            raise Refused(str(case_id), "it was not merged into another case", f"see 'cvdmail case show {case_id}'")
        goal = await known_case(tx, link.other)
        await refuse_merged(tx, goal)
        by = str(actor.fingerprint)
        steps = await _steps_back(tx, case, await tx.ledger.entries(str(case_id)))
        body: dict[str, Value] = {"from": str(link.other), "messages": len(steps)}
        await tx.links.end(link.row, now)
        await _go(tx, actor, [Event(str(case_id), EventKind.CASE_UNMERGED, now, by, body)], steps, now, "unmerge")
        removed = await _remove_added(tx, actor, case, goal, now)
    return Merged(case_id, link.other, tuple(step.record.row for step in steps), tuple(removed), ())


async def _participants(
    tx: Transaction, case: CaseRecord, goal: CaseRecord, by: str, now: datetime
) -> tuple[dict[int, ParticipantRecord], list[int], list[Event]]:
    """Return, for each participant of a case, the one of the other case that takes its place; add those missing."""
    there = {one.vendor: one for one in await tx.cases.participants(goal.row)}
    targets: dict[int, ParticipantRecord] = {}
    added: list[int] = []
    events: list[Event] = []
    for one in await tx.cases.participants(case.row):
        target = there.get(one.vendor)
        if target is None or (target.removed_at is not None and one.removed_at is None):
            new = target is None
            target = await tx.cases.add_participant(goal, one.role, one.vendor, now)
            if target.contact is None and one.contact is not None:
                await tx.cases.choose_contact(target.row, one.contact)
            body: dict[str, Value] = {"from": str(case.id), "new": new, "role": one.role.value}
            events.append(Event(str(goal.id), EventKind.PARTICIPANT_ADDED, now, by, body, target.row))
            added.append(target.row)
            if one.removed_at is not None:
                await tx.cases.remove_participant(target.row, now)
                events.append(Event(str(goal.id), EventKind.PARTICIPANT_REMOVED, now, by, {}, target.row))
        targets[one.row] = target
    return targets, added, events


async def _steps(tx: Transaction, case: CaseRecord, targets: dict[int, ParticipantRecord]) -> list[_Step]:
    records = {one.row: one for one in await tx.inbox.select(case_row=case.row)}
    filings = await tx.filings.of(list(records))
    sources = {one.row: one for one in await tx.cases.participants(case.row)}
    return [
        _Step(record, sources[one.participant], targets[one.participant])
        for record in sorted(records.values(), key=lambda one: (one.received_at, one.row))
        for one in filings.get(record.row, [])
        if one.participant in sources
    ]


async def _steps_back(tx: Transaction, case: CaseRecord, entries: Sequence[Entry]) -> list[_Step]:
    """Return the way back of every mail that the last merge moved and that is still where it went."""
    merged = max(entry.seq for entry in entries if entry.event.kind is EventKind.CASE_MERGED)
    steps: list[_Step] = []
    for entry in entries:
        event, body = entry.event, entry.event.body
        if entry.seq < merged or event.kind is not EventKind.MAIL_MOVED or event.participant is None:
            continue
        message, to = body.get("message"), body.get("to_participant")
        if not isinstance(message, int) or not isinstance(to, int):
            continue
        there = {one.participant for one in (await tx.filings.of([message])).get(message, [])}
        if to in there:
            source, target = await tx.cases.participant(to), await tx.cases.participant(event.participant)
            keep = body.get("was_there") is True
            steps.append(_Step(await tx.inbox.get(message), source, target, keep))
    return steps


async def _go(
    tx: Transaction, actor: Actor, events: list[Event], steps: Sequence[_Step], now: datetime, why: str
) -> None:
    """Take mails over with what was believed of them, all of it decided by one signature."""
    by = str(actor.fingerprint)
    believed: list[FactRecord] = []
    accepted: list[Event] = []
    for step in steps:
        carried = await carry(tx, step.record, step.source, step.target, by, now, same_matter=True, keep=step.keep)
        gone, come = move_events(actor, step.record, step.source, step.target, carried, now)
        events += [come] if step.keep else [gone, come]
        for fact in carried.again:
            body: dict[str, Value] = {"by": why, "fact": fact.row, "from": str(step.source.case)}
            chain = str(step.target.case)
            accepted.append(Event(chain, EventKind.FACT_ACCEPTED, now, by, body, step.target.row))
            believed.append(fact)
    signed = await actor.decide_all([*events, *accepted])
    for event in signed[: len(events)]:
        await tx.ledger.append(event)
    received = {step.record.row: step.record.received_at for step in steps}
    readings = await tx.inbox.readings(list(received))
    for fact, event in zip(believed, signed[len(events) :], strict=True):
        date = readings.get(fact.message, {}).get("date")
        await accept(tx, fact, said_at(date, received[fact.message]), event)


async def _remove_added(tx: Transaction, actor: Actor, case: CaseRecord, goal: CaseRecord, now: datetime) -> list[int]:
    """Remove the participants that only the merge had brought, unless somebody has begun to write to them."""
    brought = {
        entry.event.participant
        for entry in await tx.ledger.decided(str(goal.id), EventKind.PARTICIPANT_ADDED)
        if entry.event.body.get("from") == str(case.id) and entry.event.body.get("new") is True
    }
    mails = await tx.inbox.select(case_row=goal.row)
    filed = await tx.filings.of([one.row for one in mails])
    needed = {one.participant for several in filed.values() for one in several}
    needed |= {one.participant for one in await tx.drafts.select(case_row=goal.row) if one.participant is not None}
    removed = []
    for one in await tx.cases.participants(goal.row):
        if one.row in brought - needed and one.removed_at is None:
            await tx.cases.remove_participant(one.row, now)
            event = Event(str(goal.id), EventKind.PARTICIPANT_REMOVED, now, str(actor.fingerprint), {}, one.row)
            await tx.ledger.append(await actor.decide(event))
            removed.append(one.row)
    return removed
