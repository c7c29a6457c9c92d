"""Review: the statement of what will be said to whom, and approvals of it.

The statement is built afresh every time it is needed, from the draft, the participant's contact, its pinned key and
the policy.  Its digest decides: an approval counts for one digest only.  Everything here works on many drafts at once,
because asking the database for one thing of fifty drafts costs little more than for one.  What goes out in clear is
approved by itself, by a person who was told so, and gets an entry of the ledger of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cvdmail.config import PersonRole
from cvdmail.core import drafts as rules
from cvdmail.core.candidates import Channel
from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.deliveries import FORMS
from cvdmail.core.display import visible
from cvdmail.core.drafts import (
    ALWAYS_CLEAR,
    CLEAR_LETTERS,
    WITH_ATTACHMENTS,
    ClearExtent,
    DraftState,
    Recipient,
    Signed,
    Statement,
)
from cvdmail.core.events import EventKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Fingerprint
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.policy import Review, review, review_letter
from cvdmail.core.records import (
    ApprovalRecord,
    ContactRecord,
    ContactState,
    DraftRecord,
    ParticipantRecord,
    Reviewable,
)
from cvdmail.core.trackers import PUBLIC, is_public_tracker
from cvdmail.errors import CvdmailError, NotFound, Refused, SealBroken
from cvdmail.ports import PublicKey
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.draft_material import Material, gather

AT_ONCE = 50
"""How many drafts one signature approves at the most: the manifest stays short, an interruption costs little."""
NOT_MAIL = "its contact is not reached by mail"
"""Why a draft is not queued that a person hands over elsewhere."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft ready to be looked at: the statement, the recipients' keys, and what is odd about them.

    ``participant`` and ``case`` are None for a letter that belongs to no case; ``scope`` seals what comes of it.
    """

    draft: DraftRecord
    participant: ParticipantRecord | None
    case: Reviewable | None
    scope: int
    statement: Statement
    keys: tuple[PublicKey, ...]
    warnings: tuple[str, ...]
    authors: frozenset[Fingerprint]

    @property
    def chain(self) -> str:
        """The chain of the ledger that its events go into."""
        return MAIN if self.participant is None else str(self.participant.case)


async def prepare(desk: Desk, tx: Transaction, draft_row: int) -> Prepared:
    """Build the statement of a draft; raise ``Refused`` while there is no confirmed contact or no usable pinned key."""
    found = (await prepare_many(desk, tx, [draft_row]))[draft_row]
    if isinstance(found, CvdmailError):
        raise found
    return found


async def prepare_many(desk: Desk, tx: Transaction, rows: Sequence[int]) -> dict[int, Prepared | CvdmailError]:
    """Build the statements of drafts; what keeps one from being built stands in its place."""
    try:
        material = await gather(tx, rows)
    except SealBroken as problem:
        if len(rows) == 1:
            return {rows[0]: problem}
        # One damaged value must not hold up the others: look at each by itself.
        alone = [await prepare_many(desk, tx, [row]) for row in rows]
        return {row: found for one in alone for row, found in one.items()}
    prepared: dict[int, Prepared | CvdmailError] = {}
    for row in rows:
        try:
            prepared[row] = await _prepare(desk, material, row)
        except (Refused, NotFound, SealBroken) as problem:
            prepared[row] = problem
    return prepared


async def _prepare(desk: Desk, material: Material, row: int) -> Prepared:
    draft = material.drafts.get(row)
    if draft is None:
        raise NotFound(f"draft {row}", "there is no such draft", "see 'cvdmail draft list'")
    content = material.contents.get(row)
    if content is None:
        raise SealBroken(f"draft {row}", "it was erased", "only its hash remains")
    participant = material.people[draft.participant] if draft.participant is not None else None
    case = material.cases.get(participant.case_row) if participant is not None else None
    reach = await _reach(desk, material, draft, participant)
    statement = Statement(
        case=participant.case if participant is not None else None,
        draft=draft.row,
        participant=draft.participant,
        letter=draft.letter,
        subject=content.subject,
        text=content.text,
        attachments=material.attachments.get(participant.case_row, ())
        if participant is not None and draft.letter in WITH_ATTACHMENTS
        else (),
        recipients=reach.recipients,
        copy_to_self=desk.config.mailbox.copy_to_self and not draft.clear and reach.channel is None,
        policy=desk.policy.version,
        salt=content.salt,
        clear=draft.clear,
        channel=reach.channel,
    )
    scope = case.scope if case is not None else material.pen
    authors = material.editors.get(row, frozenset()) | {draft.author}
    return Prepared(draft, participant, case, scope, statement, reach.keys, reach.warnings, authors)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whom a draft goes to by mail, with which keys; or the channel on which a person hands it over."""

    recipients: tuple[Recipient, ...]
    keys: tuple[PublicKey, ...] = ()
    warnings: tuple[str, ...] = ()
    channel: str | None = None


async def _reach(desk: Desk, material: Material, draft: DraftRecord, participant: ParticipantRecord | None) -> _Reach:
    if participant is None:
        assert draft.address is not None
        if draft.address in material.demoted:
            raise Refused(f"draft {draft.row}", "its contact was demoted", "ask another one: cvdmail contact ask")
        return _Reach((Recipient(draft.address, None),))
    what = f"participant {participant.row} of {participant.case}"
    if participant.removed_at is not None:
        raise Refused(f"draft {draft.row}", "its participant was removed from the case", "add it again, or let it rest")
    if participant.contact is None:
        raise Refused(
            what, "it has no confirmed contact", "cvdmail contact find VENDOR, then contact confirm and key pin"
        )
    contact = material.contacts[participant.contact]
    if contact.state is not ContactState.CONFIRMED:
        raise Refused(what, "its contact is not confirmed", f"cvdmail contact confirm {contact.row}")
    address = contact.address
    if address is None:
        return _by_hand(what, draft, contact)
    if draft.clear:
        extent = material.extents.get(contact.row, ClearExtent.NEVER)
        if draft.letter not in ALWAYS_CLEAR | CLEAR_LETTERS[extent]:
            raise Refused(
                f"draft {draft.row}",
                "its contact does not get this letter in clear",
                f"write it encrypted, or record the contact's wish: cvdmail contact clear {contact.row}",
            )
        return _Reach((Recipient(address, None),))
    pin = material.pins.get(contact.row)
    if pin is None:
        raise Refused(
            what,
            "no key is pinned to its contact",
            f"cvdmail key pin FILE --contact {address}, or ask for one: cvdmail contact ask {contact.row}",
        )
    key = await desk.keys.vendor(address, pin.fingerprint)
    usable = usable_for_encryption(key.certificate, desk.clock.now())
    if not usable.usable:
        raise Refused(f"key {pin.fingerprint}", usable.reason, "ask the vendor for a current key and pin it")
    return _Reach((Recipient(address, pin.fingerprint),), (key,), usable.warnings)


def _by_hand(what: str, draft: DraftRecord, contact: ContactRecord) -> _Reach:
    """Return the way to a contact that is no mail address; a person goes it, never the program."""
    if draft.clear:
        raise Refused(f"draft {draft.row}", NOT_MAIL, "let it rest: only reports are handed over elsewhere")
    if contact.channel is Channel.OTHER:
        raise Refused(what, "nobody said what kind of contact it has", "cvdmail contact add VENDOR ... --channel")
    if contact.channel in FORMS and is_public_tracker(contact.value):
        raise Refused(what, PUBLIC, f"cvdmail contact demote {contact.row}, then contact find VENDOR")
    channel = f"{contact.channel.value}:{contact.value}"
    return _Reach((), warnings=(f"no mail: a person hands it over, {visible(channel)}",), channel=channel)


def by_hand(prepared: Prepared) -> Refused:
    """Return why a draft is not put into the outbox that a person hands over elsewhere, and how that is done."""
    channel = (prepared.statement.channel or "").partition(":")[0]
    return Refused(
        f"draft {prepared.draft.row}",
        NOT_MAIL,
        f"cvdmail case record {prepared.chain} --participant {prepared.draft.participant} --channel {channel} "
        "--hand-over memory",
    )


async def approve(desk: Desk, actor: Actor, draft_row: int, in_clear: bool = False) -> tuple[str, Review]:
    """Sign the statement of a draft; return its digest and whether the reviews are complete now.

    ``in_clear`` says that the person knows that it goes out in clear; without it, a letter in clear is refused.
    """
    digest, outcome = (await approve_many(desk, actor, [draft_row], in_clear))[draft_row]
    return digest, outcome


async def approve_many(
    desk: Desk, actor: Actor, rows: Sequence[int], in_clear: bool = False
) -> dict[int, tuple[str, Review]]:
    """Approve drafts, all or none: one signature over the statement, or over a manifest of several.

    Returns for each draft its digest and whether its reviews are complete now.  At most :data:`AT_ONCE` at a time.
    """
    actor.require(PersonRole.REVIEWER, "draft approve")
    async with desk.store.read() as tx:
        seen = _all_open(await prepare_many(desk, tx, rows), in_clear)
    digests, signed = await _sign(actor, seen)
    async with desk.store.write() as tx:
        again = _all_open(await prepare_many(desk, tx, rows), in_clear)
        changed = [row for row, one in again.items() if one.statement.digest() != digests[row]]
        if changed:
            raise Refused(f"draft {changed[0]}", "it was changed while you approved it", "look at it again")
        outcomes = await _keep(desk, tx, actor, again, signed)
    return {row: (digests[row], outcomes[row]) for row in rows}


async def approve_within(desk: Desk, tx: Transaction, actor: Actor, row: int, recipient: int | None) -> Review:
    """Approve a letter in clear in the very transaction that writes it; ``recipient`` is the contact it goes to."""
    actor.require(PersonRole.REVIEWER, "a letter in clear")
    seen = _all_open({row: await prepare(desk, tx, row)}, in_clear=True)
    _, signed = await _sign(actor, seen)
    return (await _keep(desk, tx, actor, seen, signed, recipient))[row]


async def _sign(actor: Actor, seen: Mapping[int, Prepared]) -> tuple[dict[int, str], Signed]:
    digests = {row: one.statement.digest() for row, one in seen.items()}
    manifest = None if len(seen) == 1 else rules.manifest(list(digests.values()))
    covered = next(iter(seen.values())).statement.to_bytes() if manifest is None else manifest.encode()
    return digests, Signed((await actor.openpgp.sign_detached(covered, actor.fingerprint)).decode(), manifest)


async def _keep(
    desk: Desk,
    tx: Transaction,
    actor: Actor,
    seen: Mapping[int, Prepared],
    signed: Signed,
    recipient: int | None = None,
) -> dict[int, Review]:
    """Write an approval, what it made of the drafts, and the events of it."""
    now = desk.clock.now()
    digests = {row: one.statement.digest() for row, one in seen.items()}
    await tx.drafts.approve(digests, actor.fingerprint, signed, now)
    outcomes = await reviewed_many(desk, tx, list(seen.values()))
    await tx.drafts.set_states(
        [(row, DraftState.APPROVED if outcomes[row].complete else DraftState.OPEN, digests[row]) for row in seen]
    )
    told = [_approved(actor, one, outcomes[row], now) for row, one in seen.items()]
    told += [_confirmed(actor, one, recipient, now) for one in seen.values() if one.draft.clear]
    await tx.ledger.append_all(await actor.decide_all(told))
    return outcomes


def _confirmed(actor: Actor, prepared: Prepared, recipient: int | None, now: datetime) -> Event:
    """A letter in clear gets an entry of its own: who let it out, and to which contact (rule 1)."""
    contact = recipient if prepared.participant is None else prepared.participant.contact
    body: dict[str, Value] = {
        "digest": prepared.statement.digest(),
        "draft": prepared.draft.row,
        "recipient": contact,
    }
    by = str(actor.fingerprint)
    return Event(prepared.chain, EventKind.CLEAR_MAIL_CONFIRMED, now, by, body, prepared.draft.participant)


def _approved(actor: Actor, prepared: Prepared, outcome: Review, now: datetime) -> Event:
    body: dict[str, Value] = {
        "digest": prepared.statement.digest(),
        "draft": prepared.draft.row,
        "complete": outcome.complete,
    }
    by = str(actor.fingerprint)
    return Event(prepared.chain, EventKind.DRAFT_APPROVED, now, by, body, prepared.draft.participant)


def _all_open(found: Mapping[int, Prepared | CvdmailError], in_clear: bool) -> dict[int, Prepared]:
    """Return the drafts if every one of them can be approved; raise the first reason why not."""
    good: dict[int, Prepared] = {}
    for row, one in found.items():
        if isinstance(one, CvdmailError):
            raise one
        if one.draft.state in (DraftState.QUEUED, DraftState.VOID):
            raise Refused(f"draft {row}", f"it is {one.draft.state.value} already", "see 'cvdmail case timeline'")
        if one.draft.clear and not in_clear:
            raise Refused(f"draft {row}", "it goes out in clear, which is confirmed by itself", "approve it alone")
        good[row] = one
    return good


async def reviewed(desk: Desk, tx: Transaction, prepared: Prepared) -> Review:
    """Check the signatures of all approvals of a draft, and decide by policy whether they suffice."""
    return (await reviewed_many(desk, tx, [prepared]))[prepared.draft.row]


async def reviewed_many(desk: Desk, tx: Transaction, drafts: Sequence[Prepared]) -> dict[int, Review]:
    """Check the signatures of all approvals of drafts, and decide by policy whether they suffice.

    Each signature is verified again against the reviewer's key under ``keys/team``: the database's word is not enough.
    A signature over a manifest is verified once, and counts for the statements that the manifest names.
    """
    by_row = {one.draft.row: one for one in drafts}
    statements = {row: (one.statement.digest(), one.statement.to_bytes()) for row, one in by_row.items()}
    counted: dict[int, set[Fingerprint]] = {row: set() for row in by_row}
    verified: dict[tuple[bytes, str, Fingerprint], bool] = {}
    for approval in await tx.drafts.approvals(list(by_row)):
        digest, statement = statements[approval.draft]
        covered = statement if approval.manifest is None else approval.manifest.encode()
        named = approval.manifest is None or rules.manifest_names(approval.manifest, digest)
        if approval.digest != digest or not named:
            continue
        what = (covered, approval.signature, approval.fingerprint)
        if what not in verified:
            verified[what] = await _is_good(desk, approval, covered)
        if verified[what]:
            counted[approval.draft].add(approval.fingerprint)
    reviewers = desk.config.reviewers()
    return {row: _review(desk, one, frozenset(counted[row]), reviewers) for row, one in by_row.items()}


def _review(
    desk: Desk, prepared: Prepared, approvers: frozenset[Fingerprint], reviewers: frozenset[Fingerprint]
) -> Review:
    if prepared.draft.clear:
        # Whatever the policy says of letters: nothing goes out in clear without a person's signature over its words.
        policy = replace(desk.policy, letter_reviews=max(1, desk.policy.letter_reviews))
        return review_letter(policy, approvers, reviewers)
    if prepared.case is None or prepared.draft.letter not in WITH_ATTACHMENTS:
        return review_letter(desk.policy, approvers, reviewers)
    return review(desk.policy, prepared.case.origin, prepared.authors, approvers, reviewers)


async def _is_good(desk: Desk, approval: ApprovalRecord, covered: bytes) -> bool:
    person = desk.config.person_of(approval.fingerprint)
    if person is None:
        return False
    key = await desk.keys.team(person.address, person.fingerprint)
    signatures = await desk.openpgp.verify_detached(covered, approval.signature.encode(), (key.ring,))
    return [(one.state, one.fingerprint) for one in signatures] == [(SignatureState.GOOD, str(person.fingerprint))]
