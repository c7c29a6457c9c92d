"""Letters that never hold case text and go out in clear: the first contact, and the answer about the policy.

Two steps, with a person between them.  The first says exactly what would be sent to whom and changes nothing; the
second, once that person has confirmed it, writes the draft, signs the approval, and queues it, all in one transaction:
nothing half-done remains.  The confirmation is an entry of the ledger by itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from cvdmail.config import PersonRole
from cvdmail.core.drafts import Content, DraftState, Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.language import Language
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.mail import parse
from cvdmail.core.records import ContactRecord, ContactState, MessageState, ParticipantRecord
from cvdmail.core.sender import read_sender, second_opinion
from cvdmail.core.trust import Trust
from cvdmail.errors import ParseLimit, Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.check_clear import refuse_leaks
from cvdmail.work.contacts import contact_of, participant_of
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.letter_template import fill_in, find
from cvdmail.work.pen import discard_within
from cvdmail.work.queue import queue_drafts
from cvdmail.work.review import approve_within

ASKED_LATELY = timedelta(days=7)
_OF_LISTS = frozenset({"list-id", "list-post", "list-unsubscribe", "mailing-list"})  # RFC 2369, RFC 2919
# Addresses that nobody reads, or that a machine answers (RFC 2142, RFC 3834 section 2).
_NOBODY = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounces"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """A letter in clear as it would go out, shown to a person before anything is written.

    ``participant`` is None for a letter that belongs to no case; ``contact`` the row it goes to, ``answers`` the mail.
    """

    letter: Letter
    recipient: Address
    content: Content = field(repr=False)
    template: str
    participant: ParticipantRecord | None = None
    contact: int | None = None
    answers: int | None = None

    @property
    def subject(self) -> str:
        """The subject as the reader sees it."""
        subject = self.content.subject
        return subject if self.participant is None else f"[{self.participant.case}] {subject}"


@dataclass(frozen=True, slots=True)
class LetOut:
    """A letter in clear that was written and approved: its outbox row, or what is missing before it is queued."""

    draft: int
    outbox: int | None
    missing: str


async def propose_first_contact(
    desk: Desk, actor: Actor, value: str, case_id: CaseId | None, which: str | None, language: Language | None
) -> Proposed:
    """Return the letter that asks a contact for a key; raise ``Refused`` or ``NotFound`` if it must not be asked."""
    _require(actor, "contact ask")
    template = find(desk, Letter.FIRST_CONTACT, True, language)
    async with desk.store.read() as tx:
        contact = await contact_of(tx, value)
        participant = await _party(tx, contact, case_id, which)
        recipient = await _askable(desk, tx, contact, participant)
        content = fill_in(desk, template, {})
        await _refuse_leaks(desk, tx, content, participant)
    return Proposed(Letter.FIRST_CONTACT, recipient, content, template.name, participant, contact.row)


async def propose_policy_answer(desk: Desk, actor: Actor, row: int, words: str, language: Language | None) -> Proposed:
    """Return the letter that answers a held mail about the policy; raise ``Refused`` if it is not to be answered."""
    _require(actor, "pen answer")
    template = find(desk, Letter.POLICY_ANSWER, True, language)
    async with desk.store.read() as tx:
        recipient = await _answerable(desk, tx, row)
        content = fill_in(desk, template, {"text": words})
        await _refuse_leaks(desk, tx, content, None)
    return Proposed(Letter.POLICY_ANSWER, recipient, content, template.name, answers=row)


async def let_out(desk: Desk, actor: Actor, proposed: Proposed) -> LetOut:
    """Write, approve and queue what a person has confirmed; everything that allowed it is asked again."""
    _require(actor, "a letter in clear")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.scopes.require_ours()
        participant = await _still_allowed(desk, tx, proposed)
        scope = await tx.pen_scope() if participant is None else await tx.cases.scope(participant.case_row)
        draft = await tx.drafts.write(
            participant.row if participant is not None else None,
            proposed.letter,
            actor.fingerprint,
            scope,
            proposed.content,
            now,
            proposed.answers,
            clear=True,
            address=proposed.recipient if participant is None else None,
        )
        body: dict[str, Value] = {"clear": True, "draft": draft, "letter": proposed.letter.value}
        chain = MAIN if participant is None else str(participant.case)
        row = participant.row if participant is not None else None
        event = Event(chain, EventKind.DRAFT_WRITTEN, now, str(actor.fingerprint), body, row)
        await tx.ledger.append(await actor.decide(event))
        review = await approve_within(desk, tx, actor, draft, proposed.contact)
        outbox = await _queue(desk, tx, actor, draft) if review.complete else None
        if proposed.answers is not None:
            await discard_within(desk, tx, actor, proposed.answers, b"answered: a question about the policy", draft)
    return LetOut(draft, outbox, review.why)


async def queue_approved(desk: Desk, actor: Actor, draft: int) -> int | None:
    """Queue a letter that belongs to no case once its reviews are complete: no 'send CASE' would; return its row."""
    async with desk.store.write() as tx:
        record = await tx.drafts.get(draft)
        if record.participant is not None or record.state is not DraftState.APPROVED:
            return None
        return await _queue(desk, tx, actor, draft)


async def _queue(desk: Desk, tx: Transaction, actor: Actor, draft: int) -> int:
    queued = await queue_drafts(desk, tx, actor, [draft])
    for problem in queued.problems.values():
        raise problem
    return queued.rows[draft]


def _require(actor: Actor, what: str) -> None:
    """A letter in clear is written and let out in one: that takes both roles."""
    actor.require(PersonRole.RESEARCHER, what)
    actor.require(PersonRole.REVIEWER, what)


async def _still_allowed(desk: Desk, tx: Transaction, proposed: Proposed) -> ParticipantRecord | None:
    if proposed.answers is not None:
        recipient = await _answerable(desk, tx, proposed.answers)
        participant = None
    else:
        assert proposed.contact is not None
        contact = await tx.contacts.get(proposed.contact)
        there = proposed.participant
        case_id, which = (there.case, str(there.row)) if there is not None else (None, None)
        participant = await _party(tx, contact, case_id, which)
        recipient = await _askable(desk, tx, contact, participant)
    same = (participant and participant.row) == (proposed.participant and proposed.participant.row)
    if recipient != proposed.recipient or not same:
        raise Refused("letter in clear", "something changed while you looked at it", "look at it again")
    await _refuse_leaks(desk, tx, proposed.content, participant)
    return participant


async def _refuse_leaks(desk: Desk, tx: Transaction, content: Content, participant: ParticipantRecord | None) -> None:
    case_row = None if participant is None else participant.case_row
    await refuse_leaks(desk, tx, f"{content.subject}\n{content.text}", case_row)


async def _party(
    tx: Transaction, contact: ContactRecord, case_id: CaseId | None, which: str | None
) -> ParticipantRecord | None:
    """Return the participant whose letter this is: the one named, else the only one that is reached this way."""
    what = f"contact {contact.row}"
    if case_id is not None:
        case = await tx.cases.get(case_id)
        if case.erased_at is not None or case.state.closed:
            raise Refused(str(case_id), "the case is closed", "leave out --case, or open a new one")
    reached = [one for one in await tx.cases.participants() if one.contact == contact.row and one.removed_at is None]
    if case_id is not None:
        reached = [one for one in reached if one.case == case_id]
        if which is not None:
            wanted = (await participant_of(tx, case_id, which)).row
            reached = [one for one in reached if one.row == wanted]
        if not reached:
            raise Refused(what, f"no such participant of {case_id} is reached through it", "cvdmail contact confirm")
    living = []
    for one in reached:
        case = await tx.cases.get(one.case)
        if case.erased_at is None and not case.state.closed:
            living.append(one)
    if len(living) > 1:
        raise Refused(what, f"{len(living)} cases are reached through it", "name one with --case and --participant")
    return living[0] if living else None


async def _askable(
    desk: Desk, tx: Transaction, contact: ContactRecord, participant: ParticipantRecord | None
) -> Address:
    what = f"contact {contact.row}"
    if contact.address is None:
        raise Refused(what, f"it is a {contact.channel.value}, not mail", "ask there")
    if contact.state is ContactState.DEMOTED:
        raise Refused(what, "it was demoted", "choose another, or confirm it again")
    if participant is not None and contact.state is not ContactState.CONFIRMED:
        raise Refused(what, "it is not confirmed, and a case is at stake", f"cvdmail contact confirm {contact.row}")
    since = desk.clock.now() - ASKED_LATELY
    for draft in await tx.drafts.select():
        if draft.letter is not Letter.FIRST_CONTACT or draft.state is DraftState.VOID or draft.written_at < since:
            continue
        whom = draft.address
        if draft.participant is not None:
            chosen = (await tx.cases.participant(draft.participant)).contact
            whom = (await tx.contacts.get(chosen)).address if chosen is not None else None
        if whom == contact.address:
            raise Refused(what, f"it was asked already (draft {draft.row})", "wait a week for the answer")
    return contact.address


async def _answerable(desk: Desk, tx: Transaction, row: int) -> Address:
    """Return who asked, if a person may be answered there; the program never answers a machine (RFC 3834)."""
    what = f"pen {row}"
    record = await tx.inbox.get(row)
    if any(draft.answers == row and draft.state is not DraftState.VOID for draft in await tx.drafts.select()):
        raise Refused(what, "it was answered already", "see 'cvdmail draft list'")
    if record.state is not MessageState.HELD:
        raise Refused(what, f"it is not held, it is {record.state.value}", "see 'cvdmail pen list'")
    if record.kind is not MailKind.REPLY:
        kind = record.kind.value if record.kind is not None else "unknown"
        raise Refused(what, f"it is from a machine ({kind})", "discard it")
    if record.trust is Trust.SUSPICIOUS:
        raise Refused(what, "its sender is suspicious", "look at its bytes, or discard it")
    if record.encrypted:
        raise Refused(what, "it came encrypted: an answer in clear would undo that", "file it and answer there")
    raw = await tx.inbox.raw(row)
    try:
        mail = await asyncio.to_thread(parse, raw)
    except ParseLimit as limit:
        raise Refused(what, limit.why, "look at its bytes") from None
    if any(header.name in _OF_LISTS for header in mail.root.headers):
        raise Refused(what, "it came through a mailing list", "discard it")
    sender = await asyncio.to_thread(lambda: second_opinion(mail, read_sender(mail.root)))
    own = desk.config.mailbox.address
    if sender.address is None:
        raise Refused(what, f"its sender cannot be read ({sender.fault.value if sender.fault else ''})", "discard it")
    local = sender.address.local.lower()
    if local in _NOBODY or (sender.address.domain == own.domain and local.partition("+")[0] == own.local.lower()):
        raise Refused(what, "nobody reads mail at its sender's address", "discard it")
    return sender.address
