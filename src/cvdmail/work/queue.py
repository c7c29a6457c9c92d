"""Sending, as a person means it: approved drafts go into the outbox; the daemon does the rest."""

from __future__ import annotations

from cvdmail.config import PersonRole
from cvdmail.core.drafts import DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import Event, Value
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import OutboxRecord
from cvdmail.errors import Refused
from cvdmail.work.deliver import GIVEN_UP
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.review import prepare, reviewed


async def send(desk: Desk, actor: Actor, case_id: CaseId) -> list[OutboxRecord]:
    """Queue the approved drafts of a case; return its whole outbox.  Doing it again queues nothing twice."""
    actor.require(PersonRole.RESEARCHER, "send")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        case = await tx.cases.get(case_id)
        if case.erased_at is not None or case.state.closed:
            raise Refused(str(case_id), "the case is closed", "open a new one")
        drafts = await tx.drafts.select(case_row=case.row)
        if not drafts:
            raise Refused(str(case_id), "it has no draft", "cvdmail participant add")
        waiting = [draft for draft in drafts if draft.state is DraftState.APPROVED]
        unreviewed = [draft for draft in drafts if draft.state is DraftState.OPEN]
        if not waiting and unreviewed:
            rows = ", ".join(str(draft.row) for draft in unreviewed)
            raise Refused(
                str(case_id), f"draft {rows} is not approved", f"cvdmail draft preview/approve {unreviewed[0].row}"
            )
        for draft in waiting:
            prepared = await prepare(desk, tx, draft.row)
            digest = prepared.statement.digest()
            if digest != draft.digest or not (await reviewed(desk, tx, prepared, digest)).complete:
                raise Refused(
                    f"draft {draft.row}", "something changed since it was approved", "look at it and approve it again"
                )
            addresses = [recipient.address for recipient in prepared.statement.recipients]
            if prepared.statement.copy_to_self:
                addresses.append(desk.config.mailbox.address)
            stopped = next((one for one in await tx.outbox.select(case_row=case.row) if one.draft == draft.row), None)
            if stopped is None:
                row = await tx.outbox.queue(draft.row, draft.participant, addresses, now)
            else:
                row = stopped.row
                await tx.outbox.requeue(row, addresses, now)
            await tx.drafts.set_state(draft.row, DraftState.QUEUED, digest)
            body: dict[str, Value] = {"draft": draft.row, "outbox": row, "digest": digest}
            event = Event(str(case_id), EventKind.MAIL_QUEUED, now, str(actor.fingerprint), body, draft.participant)
            await tx.ledger.append(await actor.decide(event))
        return await tx.outbox.select(case_row=case.row)


async def resend_unknown(desk: Desk, actor: Actor, case_id: CaseId) -> int:
    """Let mails go out once more whose fate is unknown, or that were given up after days; return how many.

    The bytes are the identical ones.
    """
    actor.require(PersonRole.RESEARCHER, "send")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        case = await tx.cases.get(case_id)
        unknown = [
            one
            for one in await tx.outbox.select(case_row=case.row)
            if any(person.state is RecipientState.UNKNOWN and person.resent == 0 for person in one.recipients)
            or (one.stopped or "").startswith(GIVEN_UP)
        ]
        for one in unknown:
            await tx.outbox.resend_unknown(one.row, now)
            await tx.outbox.schedule(one.row, now, None)
            body: dict[str, Value] = {"outbox": one.row, "again": True}
            event = Event(str(case_id), EventKind.MAIL_QUEUED, now, str(actor.fingerprint), body, one.participant)
            await tx.ledger.append(await actor.decide(event))
    return len(unknown)
