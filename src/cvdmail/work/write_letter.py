"""Writing a letter to one participant of a case: its template, a person's own words, and what it must not be.

The draft is open: it is previewed, approved and sent like the report.  In clear goes only what has a template for that,
what the contact asked for (:mod:`cvdmail.work.clear_preference`), and no free text at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from cvdmail.config import PersonRole
from cvdmail.core.drafts import CLEAR_LETTERS, ClearExtent, Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.ids import CaseId
from cvdmail.core.language import Language
from cvdmail.core.ledger import Event, Value
from cvdmail.core.records import CaseRecord, Direction, ParticipantRecord
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.check_clear import refuse_leaks
from cvdmail.work.contacts import participant_of
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.letter_template import fill_in, find
from cvdmail.work.open_case import reported_on
from cvdmail.work.review import prepare

LETTERS = (Letter.REPLY, Letter.FOLLOW_UP, Letter.THANKS, Letter.EXTENSION, Letter.HEADS_UP)
"""What a person writes to a participant by hand."""
_DAYS = {Letter.EXTENSION: "until", Letter.HEADS_UP: "date"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants written.

    ``words`` are the person's own, ``answers`` is the row of the mail that is answered; ``until`` is the new date of an
    extension, ``day`` that of the publication a heads-up tells of.
    """

    letter: Letter
    words: str | None = field(default=None, repr=False)
    until: date | None = None
    day: date | None = None
    language: Language | None = None
    answers: int | None = None
    clear: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A new draft, whom it is for, and the template it was written from."""

    draft: int
    participant: ParticipantRecord
    template: str


async def write(desk: Desk, actor: Actor, case_id: CaseId, which: str, wish: Wish) -> Written:
    """Write a letter as an open draft; raise ``Refused`` or ``NotFound`` with nothing written."""
    actor.require(PersonRole.RESEARCHER, "reply")
    now = desk.clock.now()
    _check(wish, now.date())
    template = find(desk, wish.letter, wish.clear, wish.language)
    async with desk.store.write() as tx:
        await tx.scopes.require_ours()
        case = await tx.cases.get(case_id)
        if case.erased_at is not None or case.state.closed:
            raise Refused(str(case_id), "the case is closed", "open a new one")
        participant = await participant_of(tx, case_id, which)
        if participant.removed_at is not None:
            raise Refused(f"participant {participant.row} of {case_id}", "it was removed from the case", "add it again")
        await _check_way(tx, participant)
        await _check_answered(tx, participant, wish.answers)
        content = fill_in(desk, template, await _values(tx, case, participant, wish))
        scope = await tx.cases.scope(case.row)
        draft = await tx.drafts.write(
            participant.row, wish.letter, actor.fingerprint, scope, content, now, wish.answers, wish.clear
        )
        if wish.clear:
            await refuse_leaks(desk, tx, f"{content.subject}\n{content.text}", case.row)
            await _refuse_encrypted_only(desk, tx, draft, participant)
        body: dict[str, Value] = {"draft": draft, "letter": wish.letter.value}
        if wish.clear:
            body["clear"] = True
        event = Event(str(case_id), EventKind.DRAFT_WRITTEN, now, str(actor.fingerprint), body, participant.row)
        await tx.ledger.append(await actor.decide(event))
    return Written(draft, participant, template.name)


def _check(wish: Wish, today: date) -> None:
    name = wish.letter.value
    if wish.letter not in LETTERS:
        raise Refused("reply", f"{name} is not written by hand", f"use {', '.join(one.value for one in LETTERS)}")
    if wish.clear and wish.letter not in CLEAR_LETTERS[ClearExtent.EVERYTHING]:
        raise Refused(name, "it holds case text and never goes out in clear", "leave out --clear")
    if wish.clear and wish.words is not None:
        raise Refused(name, "a letter in clear takes no words of yours", "leave out --file")
    if wish.letter is Letter.REPLY and wish.words is None:
        raise Refused(name, "it has no text", "give it with --file FILE, or --file -")
    for option, day in (("until", wish.until), ("date", wish.day)):
        wanted = _DAYS.get(wish.letter) == option
        if wanted and day is None:
            raise Refused(name, "it needs a day", f"add --{option} YYYY-MM-DD")
        if day is not None and not wanted:
            raise Refused(name, f"it has no place for --{option}", "leave it out")
        if day is not None and day < today - timedelta(days=1):
            raise Refused(f"--{option}", "the day has passed", "give one to come")


async def _refuse_encrypted_only(desk: Desk, tx: Transaction, draft: int, participant: ParticipantRecord) -> None:
    try:
        await prepare(desk, tx, draft)
    except Refused as problem:
        # Nothing is written: the draft of this number does not stay.
        raise Refused(f"participant {participant.row} of {participant.case}", problem.why, problem.remedy) from None


async def _check_way(tx: Transaction, participant: ParticipantRecord) -> None:
    """A letter goes by mail; only a report is handed over by another way."""
    contact = await tx.contacts.get(participant.contact) if participant.contact is not None else None
    if contact is not None and contact.address is None:
        raise Refused(
            f"participant {participant.row} of {participant.case}",
            f"it is reached by {contact.channel.value}, not mail",
            "write there, and note the answer: cvdmail case record --answer",
        )


async def _check_answered(tx: Transaction, participant: ParticipantRecord, row: int | None) -> None:
    if row is None:
        return
    record = await tx.inbox.get(row)
    filings = (await tx.filings.of([row])).get(row, [])
    if record.direction is not Direction.INBOUND or participant.row not in {one.participant for one in filings}:
        raise Refused(
            f"message {row}", "it is no mail from this participant", f"see 'cvdmail case show {participant.case}'"
        )
    if record.kind is MailKind.BOUNCE:
        raise Refused(f"message {row}", "it is a delivery report: nobody would read an answer", "leave out --answers")


async def _values(tx: Transaction, case: CaseRecord, participant: ParticipantRecord, wish: Wish) -> dict[str, object]:
    """What a template may say; one that is meant to go out in clear is not even given the title."""
    values: dict[str, object] = {
        "case": str(case.id),
        "reported": (await reported_on(tx, case.row)).get(participant.row),
    }
    day = wish.until or wish.day
    if day is not None:
        values[_DAYS[wish.letter]] = day.isoformat()
    if not wish.clear:
        values |= {"title": case.title, "vendor": participant.vendor, "text": wish.words or ""}
    return values
