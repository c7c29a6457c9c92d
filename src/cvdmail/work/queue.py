"""Sending, as a person means it: approved drafts go into the outbox; the daemon does the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cvdmail.config import PersonRole
from cvdmail.core.drafts import DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.ledger import Event, Value
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import NewMail, OutboxRecord, RecipientRecord
from cvdmail.core.severity import urgency
from cvdmail.errors import CvdmailError, Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.deliver import GIVEN_UP
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.review import NOT_MAIL, Prepared, by_hand, prepare_many, reviewed_many


@dataclass(frozen=True, slots=True)
class Queued:
    """What became of drafts: the outbox row of each that was queued, and why each of the others was not."""

    rows: dict[int, int]
    problems: dict[int, CvdmailError]


async def send(desk: Desk, actor: Actor, case_id: CaseId) -> list[OutboxRecord]:
    """Queue the approved drafts of a case; return its whole outbox.  Doing it again queues nothing twice."""
    actor.require(PersonRole.RESEARCHER, "send")
    async with desk.store.write() as tx:
        case = await tx.cases.get(case_id)
        if case.erased_at is not None or case.state.closed:
            raise Refused(str(case_id), "the case is closed", "open a new one")
        drafts = await tx.drafts.select(case_row=case.row)
        if not drafts:
            raise Refused(str(case_id), "it has no draft", "cvdmail participant add")
        waiting = [draft.row for draft in drafts if draft.state is DraftState.APPROVED]
        unreviewed = [draft for draft in drafts if draft.state is DraftState.OPEN]
        if not waiting and unreviewed:
            rows = ", ".join(str(draft.row) for draft in unreviewed)
            raise Refused(
                str(case_id), f"draft {rows} is not approved", f"cvdmail draft preview/approve {unreviewed[0].row}"
            )
        done = await queue_drafts(desk, tx, actor, waiting)
        for problem in done.problems.values():
            if problem.why != NOT_MAIL or not done.rows:  # what goes by mail does not wait for what a person does
                raise problem
        return await tx.outbox.select(case_row=case.row)


async def queue_drafts(desk: Desk, tx: Transaction, actor: Actor, rows: Sequence[int]) -> Queued:
    """Put approved drafts into the outbox, decided by one signature; what cannot go stands among the problems."""
    ready: list[Prepared] = []
    problems: dict[int, CvdmailError] = {}
    found = await prepare_many(desk, tx, rows)
    reviews = await reviewed_many(desk, tx, [one for one in found.values() if isinstance(one, Prepared)])
    for row, one in found.items():
        if isinstance(one, CvdmailError):
            problems[row] = one
        elif one.draft.state is not DraftState.APPROVED:
            problems[row] = Refused(f"draft {row}", "it is not approved", f"cvdmail draft preview/approve {row}")
        elif one.statement.digest() != one.draft.digest or not reviews[row].complete:
            problems[row] = Refused(
                f"draft {row}", "something changed since it was approved", "look at it and approve it again"
            )
        elif not one.statement.recipients:
            problems[row] = by_hand(one)
        else:
            ready.append(one)
    places = await _place(desk, tx, ready)
    await tx.drafts.set_states([(one.draft.row, DraftState.QUEUED, one.statement.digest()) for one in ready])
    told = [_queued(actor, one, places[one.draft.row], desk) for one in ready]
    await tx.ledger.append_all(await actor.decide_all(told))
    return Queued(places, problems)


async def _place(desk: Desk, tx: Transaction, ready: Sequence[Prepared]) -> dict[int, int]:
    """Give each draft its row in the outbox; one that was stopped before its bytes were made has one already."""
    now = desk.clock.now()
    there = await tx.outbox.rows_of_drafts([one.draft.row for one in ready])
    for one in ready:
        if one.draft.row in there:
            await tx.outbox.requeue(there[one.draft.row], _addresses(desk, one), now)
    new = [one for one in ready if one.draft.row not in there]
    mails = [
        NewMail(
            one.draft.row,
            one.draft.participant,
            _addresses(desk, one),
            urgency(one.case.severity if one.case is not None else None),
        )
        for one in new
    ]
    rows = await tx.outbox.queue(mails, now)
    return there | {one.draft.row: row for one, row in zip(new, rows, strict=True)}


def _addresses(desk: Desk, prepared: Prepared) -> tuple[Address, ...]:
    addresses = [recipient.address for recipient in prepared.statement.recipients]
    if prepared.statement.copy_to_self:
        addresses.append(desk.config.mailbox.address)
    return tuple(dict.fromkeys(addresses))


def _queued(actor: Actor, prepared: Prepared, row: int, desk: Desk) -> Event:
    body: dict[str, Value] = {"draft": prepared.draft.row, "outbox": row, "digest": prepared.statement.digest()}
    by = str(actor.fingerprint)
    return Event(prepared.chain, EventKind.MAIL_QUEUED, desk.clock.now(), by, body, prepared.draft.participant)


def _may_go_again(person: RecipientRecord) -> bool:
    return person.state is RecipientState.UNKNOWN and person.resent == 0


async def resend_unknown(desk: Desk, actor: Actor, case_id: CaseId) -> int:
    """Let mails go out once more whose fate is unknown, or that were given up after days; return how many.

    The bytes are the identical ones.  What a person has stopped since stays stopped.
    """
    actor.require(PersonRole.RESEARCHER, "send")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        case = await tx.cases.get(case_id)
        unknown = [
            one
            for one in await tx.outbox.select(case_row=case.row)
            if (one.stopped is None and any(_may_go_again(person) for person in one.recipients))
            or (one.stopped or "").startswith(GIVEN_UP)
        ]
        for one in unknown:
            await tx.outbox.resend_unknown(one.row, now)
            await tx.outbox.schedule(one.row, now, None)
            body: dict[str, Value] = {"outbox": one.row, "again": True}
            event = Event(str(case_id), EventKind.MAIL_QUEUED, now, str(actor.fingerprint), body, one.participant)
            await tx.ledger.append(await actor.decide(event))
    return len(unknown)
