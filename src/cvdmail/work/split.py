"""Splitting a case: some of its mails are about another matter, and become a case of their own.

The new case has the report of the old one, under a key of its own, and the same parties for the mails that go over.
Merging it back (:mod:`cvdmail.work.merge`) undoes the split.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cvdmail.config import PersonRole
from cvdmail.core.case import CaseLinkKind
from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import Event, Value, commitment
from cvdmail.core.oneline import check_words
from cvdmail.core.records import CaseRecord, ParticipantRecord, ScopeKind
from cvdmail.core.seal import Place
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.move import Moved, carry, filed_in, living_case, move_events

MAX_TITLE = 300


@dataclass(frozen=True, slots=True)
class Split:
    """A case that was split off, its participants, and the mails that went over."""

    case: CaseId
    source: CaseId
    participants: tuple[ParticipantRecord, ...]
    moved: tuple[Moved, ...]


def read_title(raw: bytes) -> str:
    """Return a title as a person gives it in a file; raise ``Refused`` unless it is one line of text."""
    title = raw.decode("utf-8", "replace").strip()
    if not title or len(title) > MAX_TITLE or "\ufffd" in title:
        raise Refused("title", f"it is empty, no text, or longer than {MAX_TITLE} characters", "write one line")
    return check_words("title", title)


async def split(desk: Desk, actor: Actor, case_id: CaseId, messages: Sequence[int], title: str | None) -> Split:
    """Make a new case of some mails of a case; raise ``Refused`` with nothing done."""
    actor.require(PersonRole.RESEARCHER, "case split")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.scopes.require_ours()
        case = await living_case(tx, case_id)
        going = [await filed_in(tx, message, case, None) for message in dict.fromkeys(messages)]
        new, opened = await _open(desk, tx, actor, case, title)
        by = str(actor.fingerprint)
        targets, added = await _parties(tx, actor, case, new, [source for _, source in going])
        await tx.links.add(new.row, CaseLinkKind.SPLIT_FROM, case.row, now)
        body: dict[str, Value] = {"into": str(new.id), "messages": len(going)}
        events = [Event(str(case_id), EventKind.CASE_SPLIT, now, by, body), *added]
        moved: list[Moved] = []
        for record, source in going:
            target = targets[source.row]
            carried = await carry(tx, record, source, target, by, now)
            events += move_events(actor, record, source, target, carried, now)
            moved.append(Moved(record.row, source, target, carried.withdrawn))
        first, *others = await actor.decide_all([opened.event, *events])
        await tx.ledger.append_with_secret(first, opened.scope, opened.salt, opened.report)
        for event in others:
            await tx.ledger.append(event)
    return Split(new.id, case_id, tuple(targets.values()), tuple(moved))


@dataclass(frozen=True, slots=True)
class _Opening:
    event: Event
    scope: int
    salt: bytes
    report: bytes


async def _open(
    desk: Desk, tx: Transaction, actor: Actor, case: CaseRecord, title: str | None
) -> tuple[CaseRecord, _Opening]:
    """Write the new case, with the report and attachments of the old one sealed under its own key."""
    now = desk.clock.now()
    # Of its own, so that the report is still known as that of the case it was handed in for.
    mac = await tx.sealed.mac("split", f"{case.id} {desk.word()}")
    new = await tx.cases.open(now, case.origin, case.severity, actor.fingerprint, mac)
    scope = await tx.scopes.create(ScopeKind.CASE, now, new.row)
    report = await tx.cases.report(case.row)
    index = await tx.sealed.get(Place("case", "attachments", case.row))
    values = [
        (Place("case", "title", new.row), (title or case.title or "").encode()),
        (Place("case", "report", new.row), report),
        (Place("case", "attachments", new.row), index),
    ]
    for number in range(len(json.loads(index))):
        content = await tx.sealed.get(Place("case", f"attachment{number}", case.row))
        values.append((Place("case", f"attachment{number}", new.row), content))
    await tx.sealed.put_many(scope, values)
    salt = desk.entropy.bytes(16)
    body: dict[str, Value] = {
        "attachments": len(json.loads(index)),
        "origin": case.origin.value,
        "report": commitment(salt, report),
        "split_from": str(case.id),
    }
    event = Event(str(new.id), EventKind.CASE_OPENED, now, str(actor.fingerprint), body)
    return new, _Opening(event, scope, salt, report)


async def _parties(
    tx: Transaction, actor: Actor, case: CaseRecord, new: CaseRecord, sources: Sequence[ParticipantRecord]
) -> tuple[dict[int, ParticipantRecord], list[Event]]:
    """Add to the new case the parties whose mails go over; return them by the row of the old one."""
    targets: dict[int, ParticipantRecord] = {}
    events: list[Event] = []
    for source in sources:
        if source.row in targets:
            continue
        target = await tx.cases.add_participant(new, source.role, source.vendor, new.opened_at)
        if source.contact is not None:
            await tx.cases.choose_contact(target.row, source.contact)
        body: dict[str, Value] = {"from": str(case.id), "role": source.role.value}
        by = str(actor.fingerprint)
        events.append(Event(str(new.id), EventKind.PARTICIPANT_ADDED, new.opened_at, by, body, target.row))
        targets[source.row] = await tx.cases.participant(target.row)
    return targets, events
