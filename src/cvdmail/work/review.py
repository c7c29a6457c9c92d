"""Review: the statement of what will be said to whom, and approvals of it.

The statement is built afresh every time it is needed, from the draft, the participant's contact, its pinned key and
the policy.  Its digest decides: an approval counts for one digest only.
"""

from __future__ import annotations

from dataclasses import dataclass

from cvdmail.config import PersonRole
from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.drafts import DraftState, Letter, Recipient, Statement
from cvdmail.core.events import EventKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Fingerprint
from cvdmail.core.ledger import Event, Value
from cvdmail.core.policy import Review, review
from cvdmail.core.records import ContactState, DraftRecord, ParticipantRecord
from cvdmail.errors import Refused
from cvdmail.ports import PublicKey
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.open_case import read_attachments


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft ready to be looked at: the statement, the recipients' keys, and what is odd about them."""

    draft: DraftRecord
    participant: ParticipantRecord
    statement: Statement
    keys: tuple[PublicKey, ...]
    warnings: tuple[str, ...]


async def prepare(desk: Desk, tx: Transaction, draft_row: int) -> Prepared:
    """Build the statement of a draft; raise ``Refused`` while there is no confirmed contact or no usable pinned key."""
    draft = await tx.drafts.get(draft_row)
    participant = await tx.cases.participant(draft.participant)
    if participant.removed_at is not None:
        raise Refused(f"draft {draft_row}", "its participant was removed from the case", "add it again, or let it rest")
    recipient, key, warnings = await _recipient(desk, tx, participant)
    content = await tx.drafts.content(draft_row)
    attachments = await read_attachments(tx, participant.case_row) if draft.letter is Letter.REPORT else ()
    statement = Statement(
        case=participant.case,
        draft=draft.row,
        participant=participant.row,
        letter=draft.letter,
        subject=content.subject,
        text=content.text,
        attachments=attachments,
        recipients=(recipient,),
        copy_to_self=desk.config.mailbox.copy_to_self,
        policy=desk.policy.version,
        salt=content.salt,
    )
    return Prepared(draft, participant, statement, (key,), warnings)


async def _recipient(
    desk: Desk, tx: Transaction, participant: ParticipantRecord
) -> tuple[Recipient, PublicKey, tuple[str, ...]]:
    what = f"participant {participant.row} of {participant.case}"
    if participant.contact is None:
        raise Refused(
            what, "it has no confirmed contact", "cvdmail contact find VENDOR, then contact confirm and key pin"
        )
    contact = await tx.contacts.get(participant.contact)
    if contact.state is not ContactState.CONFIRMED:
        raise Refused(what, "its contact is not confirmed", f"cvdmail contact confirm {contact.row}")
    address = contact.address
    if address is None:
        raise Refused(what, f"its contact is a {contact.channel.value}, not mail", "choose a mail contact")
    pins = await tx.contacts.pinned(contact.row)
    if not pins:
        raise Refused(what, "no key is pinned to its contact", f"cvdmail key pin FILE --contact {address}")
    key = await desk.keys.vendor(address, pins[0].fingerprint)
    usable = usable_for_encryption(key.certificate, desk.clock.now())
    if not usable.usable:
        raise Refused(f"key {pins[0].fingerprint}", usable.reason, "ask the vendor for a current key and pin it")
    return Recipient(address, pins[0].fingerprint), key, usable.warnings


async def approve(desk: Desk, actor: Actor, draft_row: int) -> tuple[str, Review]:
    """Sign the statement of a draft; return its digest and whether the reviews are complete now."""
    actor.require(PersonRole.REVIEWER, "draft approve")
    now = desk.clock.now()
    async with desk.store.read() as tx:
        prepared = await prepare(desk, tx, draft_row)
    _check_open(prepared.draft)
    statement = prepared.statement.to_bytes()
    digest = prepared.statement.digest()
    signature = (await actor.openpgp.sign_detached(statement, actor.fingerprint)).decode()
    async with desk.store.write() as tx:
        again = await prepare(desk, tx, draft_row)
        _check_open(again.draft)
        if again.statement.digest() != digest:
            raise Refused(f"draft {draft_row}", "it was changed while you approved it", "look at it again")
        await tx.drafts.approve(draft_row, actor.fingerprint, digest, signature, now)
        outcome = await reviewed(desk, tx, again, digest)
        state = DraftState.APPROVED if outcome.complete else DraftState.OPEN
        await tx.drafts.set_state(draft_row, state, digest)
        body: dict[str, Value] = {"digest": digest, "draft": draft_row, "complete": outcome.complete}
        chain = str(again.participant.case)
        actor_name = str(actor.fingerprint)
        event = Event(chain, EventKind.DRAFT_APPROVED, now, actor_name, body, again.participant.row)
        await tx.ledger.append(await actor.decide(event))
    return digest, outcome


def _check_open(draft: DraftRecord) -> None:
    if draft.state in (DraftState.QUEUED, DraftState.VOID):
        raise Refused(f"draft {draft.row}", f"it is {draft.state.value} already", "see 'cvdmail case timeline'")


async def reviewed(desk: Desk, tx: Transaction, prepared: Prepared, digest: str) -> Review:
    """Check the signatures of all approvals of a digest, and decide by policy whether they suffice.

    Each signature is verified again against the reviewer's key under ``keys/team``: the database's word is not enough.
    """
    counted: set[Fingerprint] = set()
    statement = prepared.statement.to_bytes()
    for approval in await tx.drafts.approvals(prepared.draft.row):
        person = desk.config.person_of(approval.fingerprint)
        if approval.digest != digest or person is None:
            continue
        key = await desk.keys.team(person.address, person.fingerprint)
        signatures = await desk.openpgp.verify_detached(statement, approval.signature.encode(), (key.ring,))
        if [(one.state, one.fingerprint) for one in signatures] == [(SignatureState.GOOD, str(person.fingerprint))]:
            counted.add(approval.fingerprint)
    case = await tx.cases.get(prepared.participant.case)
    author = prepared.draft.author
    return review(desk.policy, case.origin, author, frozenset(counted), desk.config.reviewers())
