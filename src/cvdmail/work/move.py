"""Moving a mail that was filed wrongly: to another case, or to another party of the same case.

The ledger is append-only.  What the mail brought about where it was is not undone in silence: the old case's chain
tells that it was moved away and which facts are no longer believed there, their promises no longer count, the numbers
learned from it are forgotten; a state that rests on it stays, and ``case show`` says so (:mod:`cvdmail.core.moved`).
In its new place the mail's facts are proposals again: they were believed of somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cvdmail.config import PersonRole
from cvdmail.core.case import CaseLinkKind
from cvdmail.core.deliveries import numbers
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import FactKind, Identifier
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import Event, Value, commitment
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import (
    CaseRecord,
    Direction,
    FactRecord,
    FactState,
    FilingRecord,
    MessageRecord,
    MessageState,
    ParticipantRecord,
)
from cvdmail.errors import NotFound, Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk

_ON_THE_WAY = (RecipientState.QUEUED, RecipientState.SENDING, RecipientState.DEFERRED)


@dataclass(frozen=True, slots=True)
class Moved:
    """A mail that was moved: whence, whither, which facts were believed there, and drafts that answer it."""

    message: int
    source: ParticipantRecord
    target: ParticipantRecord
    withdrawn: tuple[int, ...]
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What moving a mail did to its facts: those that were believed, and the same facts in the new place."""

    withdrawn: tuple[int, ...]
    again: tuple[FactRecord, ...]
    was_there: bool


async def move(
    desk: Desk,
    actor: Actor,
    case_id: CaseId,
    message: int,
    to_case: CaseId,
    which: str | None,
    whence: str | None,
    reason: bytes,
) -> Moved:
    """Move one mail of a case to a participant of another case, or of the same; both chains tell of it."""
    actor.require(PersonRole.RESEARCHER, "case move")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        case = await known_case(tx, case_id)
        record, source = await filed_in(tx, message, case, whence)
        goal = case if to_case == case_id else await living_case(tx, to_case)
        target = await party(tx, goal, which, None if goal.row == case.row else source.vendor, source)
        await _not_there(tx, record, source, target)
        answers = await _answers(tx, case, record)
        carried = await carry(tx, record, source, target, str(actor.fingerprint), now)
        scope = await tx.cases.scope(case.row)
        salt = desk.entropy.bytes(16)
        gone, come = move_events(actor, record, source, target, carried, now, commitment(salt, reason))
        signed_gone, signed_come = await actor.decide_all([gone, come])
        await tx.ledger.append_with_secret(signed_gone, scope, salt, reason)
        await tx.ledger.append(signed_come)
    return Moved(message, source, target, carried.withdrawn, answers)


async def carry(
    tx: Transaction,
    record: MessageRecord,
    source: ParticipantRecord,
    target: ParticipantRecord,
    by: str,
    now: datetime,
    same_matter: bool = False,
    keep: bool = False,
) -> Carried:
    """End the filing of a mail with ``source`` and file it to ``target``, with its keys, facts and numbers.

    ``same_matter``: the vendor stays and so does what it said, only the case changes.  ``keep`` leaves the old filing,
    which was there before the mail came a second time.
    """
    old, new = await tx.cases.scope(source.case_row), await tx.cases.scope(target.case_row)
    there = {one.participant for one in (await tx.filings.of([record.row])).get(record.row, [])}
    if target.row not in there:
        await tx.filings.link(record.row, target.row, new, by, now)
    if keep:
        return Carried((), (), target.row in there)
    await tx.filings.unlink(record.row, source.row, old, now)
    said = await tx.facts.select(messages=[record.row], participant=source.row)
    withdrawn, again = await tx.facts.carry(record.row, source.row, target.row, new, same_matter)
    if not same_matter:
        await forget_numbers(tx, source, [one for one in said if one.state is FactState.ACCEPTED])
    return Carried(tuple(withdrawn), tuple(again), target.row in there)


async def forget_numbers(tx: Transaction, source: ParticipantRecord, believed: Sequence[FactRecord]) -> None:
    """Forget the ticket numbers that were learned from these facts, unless something else tells them too."""
    learned = _numbers(believed)
    if not learned:
        return
    kept = _numbers([one for one in await tx.facts.select(participant=source.row) if one.state is FactState.ACCEPTED])
    for delivery in await tx.deliveries.select([source.row]):
        kept |= {number.upper() for number in numbers(delivery.reference or "")}
    for number in sorted(learned - kept):
        await tx.facts.forget_ticket(source.row, number)


def _numbers(facts: Sequence[FactRecord]) -> set[str]:
    return {
        one.fact.value.id.upper()
        for one in facts
        if one.fact.kind is FactKind.TICKET and isinstance(one.fact.value, Identifier)
    }


def move_events(
    actor: Actor,
    record: MessageRecord,
    source: ParticipantRecord,
    target: ParticipantRecord,
    carried: Carried,
    now: datetime,
    reason: str | None = None,
) -> tuple[Event, Event]:
    """Return what the chain of the old place tells, and that of the new one."""
    by = str(actor.fingerprint)
    away: dict[str, Value] = {
        "by": "person",
        "facts": list(carried.withdrawn),
        "message": record.row,
        "sha256": record.sha256,
        "to": str(target.case),
        "to_participant": target.row,
    }
    if carried.was_there:
        away["was_there"] = True
    if reason is not None:
        away["reason"] = reason
    here: dict[str, Value] = {
        "by": "person",
        "from": str(source.case),
        "from_participant": source.row,
        "message": record.row,
        "sha256": record.sha256,
    }
    return (
        Event(str(source.case), EventKind.MAIL_MOVED, now, by, away, source.row),
        Event(str(target.case), EventKind.MAIL_FILED, now, by, here, target.row),
    )


async def known_case(tx: Transaction, case_id: CaseId) -> CaseRecord:
    """Return a case that was not erased; raise ``Refused`` or ``NotFound``."""
    case = await tx.cases.get(case_id)
    if case.erased_at is not None:
        raise Refused(str(case_id), "the case is erased", "its mails can no longer be read or moved")
    return case


async def living_case(tx: Transaction, case_id: CaseId) -> CaseRecord:
    """Return a case that mails may be put into: neither erased nor closed, nor merged into another one."""
    case = await known_case(tx, case_id)
    await refuse_merged(tx, case)
    if case.state.closed:
        raise Refused(str(case_id), "the case is closed", "name an open one: see 'cvdmail case list'")
    return case


async def refuse_merged(tx: Transaction, case: CaseRecord) -> None:
    """Raise ``Refused`` for a case that was merged into another one, naming that."""
    for link in await tx.links.of(case.row):
        if link.kind is CaseLinkKind.MERGED_INTO and link.case == case.id:
            raise Refused(str(case.id), f"it was merged into {link.other}", f"name {link.other}")


async def filed_in(
    tx: Transaction, message: int, case: CaseRecord, whence: str | None
) -> tuple[MessageRecord, ParticipantRecord]:
    """Return a mail of a case that a person may move, and the participant it is filed to there."""
    record = await tx.inbox.get(message)
    what = f"message {message}"
    if record.direction is Direction.OUTBOUND:
        raise Refused(what, "it is a mail of ours, and stays with who it was sent to", "move the answers to it")
    filings = (await tx.filings.of([message])).get(message, [])
    here = [one for one in filings if one.case == case.id]
    if not here:
        raise Refused(what, f"it is not filed to {case.id}", _where_else(record, filings))
    people = [await tx.cases.participant(one.participant) for one in here]
    fitting = [one for one in people if whence is None or whence in (str(one.row), one.vendor)]
    if not fitting:
        raise NotFound(
            what, f"it is not filed to such a participant of {case.id}", f"see 'cvdmail case show {case.id}'"
        )
    if len(fitting) > 1:
        raise Refused(what, f"it is filed to {len(fitting)} participants of {case.id}", "name one with --from")
    return record, fitting[0]


def _where_else(record: MessageRecord, filings: Sequence[FilingRecord]) -> str:
    if filings:
        return f"it is filed to {', '.join(dict.fromkeys(str(one.case) for one in filings))}"
    if record.state in (MessageState.HELD, MessageState.UNPARSED):
        return f"it waits in the pen: cvdmail pen file {record.row} CASE"
    return f"it is {record.state.value}: see 'cvdmail pen show {record.row}'"


async def party(
    tx: Transaction,
    case: CaseRecord,
    which: str | None,
    vendor: str | None = None,
    other_than: ParticipantRecord | None = None,
) -> ParticipantRecord:
    """Return the one participant of a case that is meant.

    By number or vendor; without either the one of ``vendor``, else the only one that is left.
    """
    people = await tx.cases.participants(case.row)
    if which is not None:
        found = [one for one in people if which in (str(one.row), one.vendor)]
    else:
        left = [one for one in people if one.removed_at is None and (other_than is None or one.row != other_than.row)]
        same = [one for one in left if one.vendor == vendor]
        found = same or left
    if len(found) != 1:
        has = f"{case.id} has {len(found)} such participants"
        add = f"cvdmail participant add {case.id} VENDOR"
        raise Refused("participant", has, "name one with --participant" if found else f"name another one, or {add}")
    return found[0]


async def _not_there(
    tx: Transaction, record: MessageRecord, source: ParticipantRecord, target: ParticipantRecord
) -> None:
    there = {one.participant for one in (await tx.filings.of([record.row])).get(record.row, [])}
    if target.row in there:
        where = "that is where it is" if target.row == source.row else "it is filed there as well already"
        raise Refused(f"message {record.row}", where, "name another case or --participant")


async def _answers(tx: Transaction, case: CaseRecord, record: MessageRecord) -> tuple[int, ...]:
    """Return the drafts that answer a mail; raise ``Refused`` while one of them is on its way."""
    drafts = [one.row for one in await tx.drafts.select(case_row=case.row) if one.answers == record.row]
    leaving = [one for one in await on_the_way(tx, case) if one in drafts]
    if leaving:
        why = f"an answer to it is on its way (draft {leaving[0]})"
        raise Refused(f"message {record.row}", why, "wait until it is delivered: cvdmail status")
    return tuple(drafts)


async def on_the_way(tx: Transaction, case: CaseRecord) -> list[int]:
    """Return the drafts of a case whose mails still wait to be delivered."""
    return [
        one.draft
        for one in await tx.outbox.select(case_row=case.row)
        if one.stopped is None and any(person.state in _ON_THE_WAY for person in one.recipients)
    ]
