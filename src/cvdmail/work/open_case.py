"""Opening a case: the report is checked, sealed, and drafted for every vendor, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from cvdmail.config import PersonRole
from cvdmail.core import report as reports
from cvdmail.core.candidates import Channel
from cvdmail.core.compose import Attachment, attachment_part
from cvdmail.core.drafts import WITH_ATTACHMENTS, Content, DraftState, Letter
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address, CaseId, parse_domain
from cvdmail.core.language import Language
from cvdmail.core.ledger import Event, Value, commitment
from cvdmail.core.oneline import check_words
from cvdmail.core.outbox import outstanding
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import CaseRecord, ContactState, Direction, ParticipantRecord, Role, ScopeKind
from cvdmail.core.report import Report
from cvdmail.core.seal import Place
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.letter_template import fill_in, find

MAX_ATTACHMENTS = 25 * 1024 * 1024
# What the front matter tells the program, not the vendor; file names may hold folders of the writer's machine.
_OURS = frozenset({"title", "vendor", "contact", "origin", "attachments"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case with its participants and the draft written for each."""

    case: CaseId
    participants: tuple[ParticipantRecord, ...]
    drafts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Which vendor was told on which day (UTC; None: not yet), and how far it has come (Vultron RM)."""

    vendor: str
    on: str | None
    state: str


def vendor_name(text: str) -> str:
    """Return the one way a vendor is written: a domain in A-label form if it is one, else its name, trimmed."""
    stripped = " ".join(check_words("vendor", text.strip()).split())
    try:
        return parse_domain(stripped.rpartition("@")[2] if "@" in stripped else stripped)
    except Refused:
        if not stripped or len(stripped) > 200 or not stripped.isprintable():
            raise Refused("vendor", "it is neither a domain nor a name", "write vendor.example or a name") from None
        return stripped


async def open_case(
    desk: Desk,
    actor: Actor,
    report: Report,
    raw: bytes,
    attachments: tuple[Attachment, ...],
    vendors: tuple[str, ...],
    language: Language | None = None,
) -> Opened:
    """Open a case for ``report``; raise ``Refused`` with nothing written if there is a gap in it."""
    actor.require(PersonRole.RESEARCHER, "case new")
    gaps = report.gaps(desk.policy.required_parts)
    if gaps:
        raise Refused("report", "; ".join(gap.words for gap in gaps), "complete the report")
    if sum(len(attachment.content) for attachment in attachments) > MAX_ATTACHMENTS:
        raise Refused("attachments", f"together over {MAX_ATTACHMENTS // 1024 // 1024} MB", "leave out or shorten some")
    for attachment in attachments:
        check_words("attachment name", attachment.name)
        attachment_part(attachment)  # refuses what could not be sent
    names = [attachment.name for attachment in attachments]
    if len(names) != len(set(names)):
        raise Refused("attachments", "two have the same name", "rename one")
    parties = list(dict.fromkeys(vendor_name(vendor) for vendor in (*report.vendors, *vendors)))
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.scopes.require_ours()
        mac = await tx.sealed.mac("report", hashlib.sha256(raw).hexdigest())
        for vendor in parties:
            earlier = await tx.cases.same_report(mac, vendor)
            if earlier is not None:
                raise Refused("case new", f"the very same report already goes to this vendor in {earlier}", "see there")
        case = await tx.cases.open(now, report.origin, report.severity, actor.fingerprint, mac)
        scope = await tx.scopes.create(ScopeKind.CASE, now, case.row)
        await _seal_report(tx, case, scope, report, raw, attachments)
        salt = desk.entropy.bytes(16)
        body: dict[str, Value] = {
            "origin": report.origin.value,
            "report": commitment(salt, raw),
            "attachments": len(attachments),
        }
        event = Event(str(case.id), EventKind.CASE_OPENED, now, str(actor.fingerprint), body)
        await tx.ledger.append_with_secret(await actor.decide(event), scope, salt, raw)
        participants, drafts = [], []
        for vendor in parties:
            participant, draft = await add_vendor(desk, tx, actor, case, report, vendor, Role.VENDOR, language)
            participants.append(participant)
            drafts.append(draft)
        for value in report.contacts:
            await _take_contact(desk, tx, participants, value)
    return Opened(case.id, tuple(participants), tuple(drafts))


async def _seal_report(
    tx: Transaction, case: CaseRecord, scope: int, report: Report, raw: bytes, attachments: tuple[Attachment, ...]
) -> None:
    index = [{"name": one.name, "media_type": one.media_type} for one in attachments]
    values = [
        (Place("case", "title", case.row), report.title.encode()),
        (Place("case", "report", case.row), raw),
        (Place("case", "attachments", case.row), json.dumps(index).encode()),
    ]
    values += [(Place("case", f"attachment{number}", case.row), one.content) for number, one in enumerate(attachments)]
    await tx.sealed.put_many(scope, values)


async def read_attachments(tx: Transaction, case_rows: Sequence[int]) -> dict[int, tuple[Attachment, ...]]:
    """Return the attachments of the reports of cases, by row of the case; erased ones are left out."""
    found: dict[int, tuple[Attachment, ...]] = {}
    for case_row, index in (await tx.sealed.get_many("case", "attachments", list(case_rows))).items():
        contents = [
            (one, await tx.sealed.get(Place("case", f"attachment{number}", case_row)))
            for number, one in enumerate(json.loads(index))
        ]
        found[case_row] = tuple(Attachment(one["name"], one["media_type"], content) for one, content in contents)
    return found


async def add_vendor(
    desk: Desk,
    tx: Transaction,
    actor: Actor,
    case: CaseRecord,
    report: Report,
    vendor: str,
    role: Role,
    language: Language | None = None,
) -> tuple[ParticipantRecord, int]:
    """Add a participant to a case and write the draft of its report, to a coordinator that of a hand-off; return both.

    A coordinator gets the report with a list of who was told when.
    """
    now = desk.clock.now()
    before = next((one for one in await tx.cases.participants(case.row) if one.vendor == vendor), None)
    kept = await _report_under_way(desk, tx, before) if before is not None else None
    participant = await tx.cases.add_participant(case, role, vendor, now)
    known = await tx.contacts.select(vendor=vendor)
    confirmed = [
        contact
        for contact in sorted(known, key=lambda one: one.channel is not Channel.EMAIL)
        if contact.state is ContactState.CONFIRMED and contact.channel is not Channel.OTHER
    ]
    if confirmed and participant.contact is None:
        await tx.cases.choose_contact(participant.row, confirmed[0].row)
    added: dict[str, Value] = {"role": role.value}
    event = Event(str(case.id), EventKind.PARTICIPANT_ADDED, now, str(actor.fingerprint), added, participant.row)
    await tx.ledger.append(await actor.decide(event))
    if kept is not None:
        return await tx.cases.participant(participant.row), kept
    told = await told_so_far(tx, case.row) if role is Role.COORDINATOR else None
    letter, content = report_letter(desk, case, report, participant, told, language)
    scope = await tx.cases.scope(case.row)
    draft = await tx.drafts.write(participant.row, letter, actor.fingerprint, scope, content, now)
    body: dict[str, Value] = {"draft": draft, "letter": letter.value}
    written = Event(str(case.id), EventKind.DRAFT_WRITTEN, now, str(actor.fingerprint), body, participant.row)
    await tx.ledger.append(written)
    return await tx.cases.participant(participant.row), draft


async def _report_under_way(desk: Desk, tx: Transaction, participant: ParticipantRecord) -> int | None:
    """Return the open draft of a removed participant's report, to be taken up again; None if a new one may be written.

    Raises ``Refused`` while the report is being written for it, waits to be sent, may have reached it, or was handed
    over: nobody gets the same report twice.
    """
    what = f"participant {participant.row} of {participant.case}"
    drafts = [
        one for one in await tx.drafts.select(case_row=participant.case_row) if one.participant == participant.row
    ]
    reports = [one for one in drafts if one.letter in WITH_ATTACHMENTS and one.state is not DraftState.VOID]
    mails = {one.draft: one for one in await tx.outbox.select(case_row=participant.case_row)}
    for draft in reports:
        if draft.state is not DraftState.QUEUED:
            if participant.removed_at is not None:
                return draft.row
            raise Refused(what, f"draft {draft.row} of its report is there", f"cvdmail draft preview {draft.row}")
        mail = mails.get(draft.row)
        theirs = [one.state for one in mail.recipients if one.address != desk.config.mailbox.address] if mail else []
        if mail is None or set(theirs) & {RecipientState.SENT, RecipientState.UNKNOWN, RecipientState.SENDING}:
            raise Refused(what, "the report was sent or handed over to it", f"cvdmail reply {participant.case} ...")
        if mail.stopped is None and any(map(outstanding, theirs)):
            raise Refused(what, "its report waits in the outbox", "see 'cvdmail status'")
    return None


def report_letter(
    desk: Desk,
    case: CaseRecord,
    report: Report,
    participant: ParticipantRecord,
    told: Sequence[Told] | None,
    language: Language | None,
) -> tuple[Letter, Content]:
    """Render the report for one participant; with ``told`` as a hand-off to a coordinator."""
    letter = Letter.REPORT if told is None else Letter.HANDOFF
    fields = {name: value for name, value in report.fields.items() if name not in _OURS and value.strip()}
    values = {
        "case": str(case.id),
        "vendor": participant.vendor,
        "title": report.title,
        "fields": fields,
        "body": report.body,
        "told": told or (),
    }
    return letter, fill_in(desk, find(desk, letter, language=language), values)


async def reported_on(tx: Transaction, case_row: int) -> dict[int, str]:
    """Return, by participant, the day (UTC) on which a server first took the report, or a person handed it over."""
    letters = {one.row: one.letter for one in await tx.drafts.select(case_row=case_row)}
    first: dict[int, str] = {}
    for mail in await tx.outbox.select(case_row=case_row):
        days = [one.at.date().isoformat() for one in mail.recipients if one.state is RecipientState.SENT]
        if days and mail.participant is not None and letters.get(mail.draft) in WITH_ATTACHMENTS:
            first[mail.participant] = min([*days, first.get(mail.participant, days[0])])
    people = [one.row for one in await tx.cases.participants(case_row)]
    for delivery in await tx.deliveries.select(people):
        if delivery.direction is Direction.OUTBOUND:
            day = delivery.at.date().isoformat()
            first[delivery.participant] = min(day, first.get(delivery.participant, day))
    return first


async def told_so_far(tx: Transaction, case_row: int) -> list[Told]:
    """Return the vendors that take part in a case, each with the day it was told, and its state."""
    first = await reported_on(tx, case_row)
    return [
        Told(one.vendor, first.get(one.row), one.state.rm.value)
        for one in await tx.cases.participants(case_row)
        if one.role is Role.VENDOR and one.removed_at is None
    ]


async def _take_contact(desk: Desk, tx: Transaction, participants: list[ParticipantRecord], value: str) -> None:
    """Note an address from the front matter as a candidate; a person confirms it."""
    address = Address.parse(value)
    own = [one for one in participants if one.vendor in (address.domain, str(address))] or participants[:1]
    if not own:
        raise Refused("report", "it names a contact but no vendor", "add a line 'vendor: vendor.example'")
    now = desk.clock.now()
    contact = await tx.contacts.add(own[0].vendor, Channel.EMAIL, address.key, 0.5, now)
    await tx.contacts.note_evidence(contact.row, "report", now)


def read_report(raw: bytes) -> Report:
    """Read a report; see :func:`cvdmail.core.report.read`."""
    return reports.read(raw)
