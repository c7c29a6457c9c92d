"""Editing a draft: what a person takes up, and what is put back in its place.

Between the two lies as long as a person edits, and no transaction.  Putting back asks again whether the draft is what
was taken up (its random salt is new with every writing, so the same words twice are not the same draft), and in one
transaction seals the new text, opens the draft again and notes who did it.  Old approvals are over the old digest, and
void with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cvdmail.config import PersonRole
from cvdmail.core import draft_text
from cvdmail.core.drafts import Content, DraftState
from cvdmail.core.events import EventKind
from cvdmail.core.ledger import Event, Value
from cvdmail.core.records import CaseRecord, DraftRecord, ParticipantRecord
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A draft as it was when a person began to edit it."""

    draft: int
    content: Content = field(repr=False)

    @property
    def file(self) -> bytes:
        """What an editor is given."""
        return draft_text.write(self.content.subject, self.content.text)


async def take_up(desk: Desk, actor: Actor, draft_row: int) -> TakenUp:
    """Return a draft that may be edited; raise ``Refused`` for one that is on its way, or of a closed case."""
    actor.require(PersonRole.RESEARCHER, "draft edit")
    async with desk.store.read() as tx:
        await _editable(tx, draft_row)
        return TakenUp(draft_row, await tx.drafts.content(draft_row))


async def put_back(desk: Desk, actor: Actor, taken: TakenUp, raw: bytes) -> bool:
    """Put an edited file in place of what was taken up; return False if it says the same.

    Raise ``Refused``, with nothing changed, if it could not be sent as it stands, or if the draft is not any more what
    was taken up.
    """
    actor.require(PersonRole.RESEARCHER, "draft edit")
    if raw == taken.file:
        return False
    subject, text = draft_text.read(raw)
    if (subject, text) == (taken.content.subject, draft_text.ended(taken.content.text)):
        return False
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.scopes.require_ours()
        draft, participant, case = await _editable(tx, taken.draft)
        if await tx.drafts.content(draft.row) != taken.content:
            raise Refused(f"draft {draft.row}", "somebody changed it while you edited", "look at it and edit again")
        content = Content(subject, text, desk.entropy.bytes(16).hex())
        await tx.drafts.rewrite(draft.row, await tx.cases.scope(case.row), content, now)
        body: dict[str, Value] = {"draft": draft.row, "letter": draft.letter.value, "again": True}
        event = Event(str(case.id), EventKind.DRAFT_WRITTEN, now, str(actor.fingerprint), body, participant.row)
        await tx.ledger.append(await actor.decide(event))
    return True


async def _editable(tx: Transaction, row: int) -> tuple[DraftRecord, ParticipantRecord, CaseRecord]:
    draft = await tx.drafts.get(row)
    if draft.clear or draft.participant is None:
        raise Refused(f"draft {row}", "a letter in clear is its template, word for word", "write it again")
    participant = await tx.cases.participant(draft.participant)
    case = await tx.cases.get(participant.case)
    if case.erased_at is not None or case.state.closed:
        raise Refused(str(case.id), "the case is closed", "open a new one")
    if participant.removed_at is not None:
        raise Refused(f"draft {row}", "its participant was removed from the case", "add it again, or let it rest")
    if draft.state not in (DraftState.OPEN, DraftState.APPROVED):
        raise Refused(f"draft {row}", f"it is {draft.state.value} already", "see 'cvdmail case timeline'")
    return draft, participant, case
