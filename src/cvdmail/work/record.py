"""``case record``: a report that a person hands over at a portal or by telephone, and answers that come that way.

Two steps.  *Taking out* returns the approved words as files, after the very checks that stand before the outbox:
reviews complete, nothing changed, the channel the one that was approved.  *Recording* writes down that it was done, and
the reference number that came back.  For the draft that is the end: no outbox row ever exists for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cvdmail.config import PersonRole
from cvdmail.core import deliveries as rules
from cvdmail.core.candidates import Channel
from cvdmail.core.drafts import WITH_ATTACHMENTS, DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import Event, Value, commitment, instant
from cvdmail.core.records import CaseRecord, Direction, DraftRecord, ParticipantRecord
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.contacts import participant_of
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.review import Prepared, prepare, reviewed

_WHAT = "case record"


@dataclass(frozen=True, slots=True)
class TakenOut:
    """An approved report for a person to hand over at ``channel``; ``tag`` names its place in memory."""

    participant: ParticipantRecord
    draft: int
    channel: str
    tag: str
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What a person tells of a delivery: the number that came back, the text kept of it, and when it was."""

    reference: str = field(repr=False)
    text: bytes | None = field(repr=False)
    at: str | None
    answer: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """A delivery that was written down."""

    participant: ParticipantRecord
    delivery: int
    direction: Direction
    at: datetime
    tag: str


async def take_out(desk: Desk, actor: Actor, case_id: CaseId, which: str, channel: Channel) -> TakenOut:
    """Return the approved report of a participant as files; raise ``Refused`` unless it may be handed over there."""
    actor.require(PersonRole.RESEARCHER, _WHAT)
    async with desk.store.read() as tx:
        _, participant = await _living(tx, case_id, which)
        prepared = await _approved(desk, tx, participant, channel)
        return TakenOut(
            participant,
            prepared.draft.row,
            prepared.statement.channel or "",
            await _tag(tx, participant),
            rules.handed_over(prepared.statement),
        )


async def put_away(desk: Desk, actor: Actor, case_id: CaseId, which: str) -> str:
    """Return the tag under which a participant's report may stand in memory, for it to be wiped; any case will do."""
    actor.require(PersonRole.RESEARCHER, _WHAT)
    async with desk.store.read() as tx:
        return await _tag(tx, await participant_of(tx, case_id, which))


async def record(desk: Desk, actor: Actor, case_id: CaseId, which: str, channel: Channel, told: Told) -> Recorded:
    """Write down a delivery: the clock starts, and its number threads later mail.

    An answer is kept as a sealed note: it moves no state, for nobody but the person vouches for it.
    """
    actor.require(PersonRole.RESEARCHER, _WHAT)
    reference = rules.read_reference(told.reference)
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.scopes.require_ours()
        case, participant = await _living(tx, case_id, which)
        at = now if told.at is None else rules.read_moment(told.at, case.opened_at, now)
        body: dict[str, Value] = {"channel": channel.value, "at": instant(at), "draft": None}
        direction = Direction.INBOUND if told.answer else Direction.OUTBOUND
        if not told.answer:
            prepared = await _approved(desk, tx, participant, channel)
            digest = prepared.statement.digest()
            await tx.drafts.set_state(prepared.draft.row, DraftState.QUEUED, digest)
            body |= {"draft": prepared.draft.row, "digest": digest}
        scope = await tx.cases.scope(case.row)
        by = str(actor.fingerprint)
        row = await tx.deliveries.add(participant.row, direction, channel, by, at, now, scope, reference, told.text)
        salt = desk.entropy.bytes(16)
        body |= {"delivery": row, "direction": direction.value, "ref": commitment(salt, reference.encode())}
        event = Event(str(case_id), EventKind.DELIVERY_RECORDED, now, by, body, participant.row)
        await tx.ledger.append_with_secret(await actor.decide(event), scope, salt, reference.encode())
        for number in rules.numbers(reference):
            await tx.facts.learn_ticket(participant.row, number)
        return Recorded(participant, row, direction, at, await _tag(tx, participant))


async def _living(tx: Transaction, case_id: CaseId, which: str) -> tuple[CaseRecord, ParticipantRecord]:
    case = await tx.cases.get(case_id)
    if case.erased_at is not None or case.state.closed:
        raise Refused(str(case_id), "the case is closed", "open a new one")
    participant = await participant_of(tx, case_id, which)
    if participant.removed_at is not None:
        raise Refused(f"participant {participant.row}", "it was removed from the case", "add it again")
    return case, participant


async def _approved(desk: Desk, tx: Transaction, participant: ParticipantRecord, channel: Channel) -> Prepared:
    """Return the report of a participant, ready to be handed over on this channel and on no other."""
    draft = await _report(tx, participant)
    prepared = await prepare(desk, tx, draft.row)
    approved_for = prepared.statement.channel
    if approved_for is None:
        raise Refused(f"draft {draft.row}", "its contact is reached by mail", f"cvdmail send {participant.case}")
    if approved_for.partition(":")[0] != channel.value:
        name = approved_for.partition(":")[0]
        raise Refused(f"draft {draft.row}", f"it is for {name}, not {channel.value}", f"use --channel {name}")
    if draft.state is DraftState.OPEN:
        remedy = f"cvdmail draft preview/approve {draft.row}"
        raise Refused(f"draft {draft.row}", "it is not approved", remedy)
    if prepared.statement.digest() != draft.digest or not (await reviewed(desk, tx, prepared)).complete:
        raise Refused(f"draft {draft.row}", "something changed since it was approved", "look and approve it again")
    return prepared


async def _report(tx: Transaction, participant: ParticipantRecord) -> DraftRecord:
    """Return the oldest report or handoff that has not been delivered, an approved one first."""
    drafts = [
        one
        for one in await tx.drafts.select(case_row=participant.case_row)
        if one.participant == participant.row and one.letter in WITH_ATTACHMENTS and one.state is not DraftState.VOID
    ]
    for state in (DraftState.APPROVED, DraftState.OPEN):
        found = next((one for one in drafts if one.state is state), None)
        if found is not None:
            return found
    if drafts:
        raise Refused(
            f"draft {drafts[-1].row}", "it was delivered already", "note what came back with --answer --ref NUMBER"
        )
    raise Refused(f"participant {participant.row}", "it has no report", "cvdmail participant add CASE VENDOR")


async def _tag(tx: Transaction, participant: ParticipantRecord) -> str:
    """Return a name for the place in memory that is of this store alone, and tells nobody of which case."""
    return (await tx.sealed.mac("handover", f"{participant.case} {participant.row}"))[:32]
