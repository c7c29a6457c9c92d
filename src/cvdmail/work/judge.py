"""Judging a stored mail: whose is it, who says so, what does it say, and where does it go.

The order follows the trust in the bytes.  First the clues that need no reading (reply token, Message-IDs), which name
the participants whose pinned keys may speak; then decryption and verification with exactly those keys; then the words.
The outcome is written in one transaction.  A mail that cannot be read is set aside and never stops the next one; gpg
being out of order is temporary and leaves the mail where it is.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from cvdmail.core import body, sender
from cvdmail.core.body import Reading, to_message_json
from cvdmail.core.deliveries import named_numbers
from cvdmail.core.extract import MailKind, normalise_line
from cvdmail.core.extract.facts import Bounce, FactKind, Identifier
from cvdmail.core.gpgstatus import Signature, SignatureState, verdict
from cvdmail.core.ids import Address, CaseId, Fingerprint, MessageId, ReplyToken
from cvdmail.core.mail import Mail, parse
from cvdmail.core.matching import (
    MOVED_ON,
    Clue,
    Decision,
    Evidence,
    Match,
    Verdict,
    case_ids,
    decide,
    match,
    one_of_a_case,
    reasons,
    subject_moved_on,
)
from cvdmail.core.records import ContactRecord, ContactState, Direction, MessageState, OutboxRecord, ParticipantRecord
from cvdmail.core.registrable import registrable_domain
from cvdmail.core.sender import Sender, read_recipients, read_sender
from cvdmail.core.trust import Trust, authentication, known_sender, suspicion, trust
from cvdmail.errors import CvdmailError, NotFound, ParseLimit, Refused
from cvdmail.store.inbox import Outcome
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk
from cvdmail.work.open_mail import Opened, open_mail
from cvdmail.work.similar import has_left, similar

MAX_TRIES = 3
DATES_APART = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that was found out about one mail, before it is written."""

    outcome: Outcome
    match: Match
    decision: Decision
    reading: Reading | None
    mail: Mail | None = None
    sender: Sender = field(default_factory=lambda: Sender(None))


async def judge(desk: Desk, raw: bytes, received_at: datetime) -> Judged:
    """Judge the bytes of a mail; raise ``CryptoUnavailable`` or ``StoreUnavailable`` only."""
    try:
        mail = await asyncio.to_thread(parse, raw)
    except ParseLimit as limit:
        return _unparsed(limit.why)
    from_ = await asyncio.to_thread(lambda: sender.second_opinion(mail, read_sender(mail.root)))
    body_hash = hashlib.sha256(raw[mail.root.body :]).hexdigest()
    async with desk.store.read() as tx:
        copied = await copy_of(tx, mail.message_id, body_hash)
        clues = await _clues(desk, tx, mail, from_, "")
        pinned, rings = await _keys(desk, tx, clues, from_)
    if copied is not None:
        outcome = Outcome(MessageState.COPY, mail.message_id, body_hash)
        return as_copy(Judged(outcome, match(clues), Decision(Verdict.HELD, False, "copy"), None))
    opened = await open_mail(desk, mail, rings)
    signed = verdict(opened.signatures, pinned, desk.clock.now(), received_at)
    known_lines = await _thread_lines(desk, clues)
    reading = await asyncio.to_thread(body.read, mail, opened.inner, received_at, known_lines)
    async with desk.store.read() as tx:
        clues = await _clues(desk, tx, mail, from_, reading.subject + "\n" + reading.extraction.text, reading)
        found = match(clues)
        known = await _known(tx, found)
    trusted, suspected = _trust(desk, mail, opened, from_, signed, known)
    decision = _decide(opened, found, trusted, suspected)
    state = MessageState.FILED if decision.verdict is Verdict.FILED else MessageState.HELD
    outcome = Outcome(
        state=state,
        message_id=mail.message_id,
        body_sha256=body_hash,
        kind=reading.kind,
        trust=trusted,
        signature=signed.state,
        signature_fingerprint=signed.fingerprint,
        encrypted=opened.encrypted,
        why=decision.why,
        reading={
            **to_message_json(reading, str(mail.message_id) if mail.message_id else None, opened.encrypted),
            "text": reading.extraction.text,
            "attachments": list(reading.attachments),
            "guesses": reasons(found.clues),
        },
        inner=opened.clear,
        signed_sha256=_signed_once(signed, opened),
    )
    return Judged(outcome, found, decision, reading, mail, from_)


def _unparsed(why: str) -> Judged:
    outcome = Outcome(MessageState.UNPARSED, why=why)
    return Judged(outcome, Match(None, ()), Decision(Verdict.HELD, False, why), None)


def _decide(opened: Opened, found: Match, trusted: Trust, suspected: str | None) -> Decision:
    decision = decide(found, trusted, suspected)
    if opened.problem is not None:
        return Decision(Verdict.HELD, False, opened.problem)
    return decision


async def copy_of(
    tx: Transaction, message_id: MessageId | None, body_sha256: str | None, row: int | None = None
) -> int | None:
    """Return the row of a mail, filed or sent by us, that has the same Message-ID and body; None if there is none.

    The same Message-ID with another body is no copy: it may be forged, and is judged like any other mail.
    """
    if message_id is None or body_sha256 is None:
        return None
    return next(
        (
            record.row
            for record, known_hash in await tx.inbox.by_message_id(message_id)
            if known_hash == body_sha256 and record.row != row and record.state in _SETTLED
        ),
        None,
    )


# A held or discarded twin hides nothing: somebody may have sent it ahead to make the real mail look like a copy.
_SETTLED = (MessageState.FILED, MessageState.OUTBOUND)


def as_copy(judged: Judged) -> Judged:
    """Return the outcome for a mail that is a copy: it adds no facts and is filed nowhere."""
    outcome = Outcome(
        MessageState.COPY,
        judged.outcome.message_id,
        judged.outcome.body_sha256,
        why="same Message-ID and body as a mail we hold",
    )
    return Judged(outcome, judged.match, Decision(Verdict.HELD, False, "copy"), None)


def held(judged: Judged, why: str) -> Judged:
    """Return the same judgement, held for a person."""
    outcome = replace(judged.outcome, state=MessageState.HELD, why=why)
    return replace(judged, outcome=outcome, decision=Decision(Verdict.HELD, False, why))


async def _clues(
    desk: Desk, tx: Transaction, mail: Mail, from_: Sender, words: str, reading: Reading | None = None
) -> list[Clue]:
    clues = [
        Clue(one.case, one.row, Evidence.REPLY_TOKEN, certain=True)
        for one in await _by_token(desk, tx, read_recipients(mail.root))
    ]
    clues += await _cited(tx, mail, from_)
    text = f"{mail.subject}\n{words}"
    for case_id in case_ids(text)[:20]:
        clues += await _by_case(tx, case_id, from_)
    for outbox, _, _ in await bounced(tx, reading):
        if outbox.case is not None and outbox.participant is not None:
            clues.append(Clue(outbox.case, outbox.participant, Evidence.MESSAGE_ID, certain=True))
    tickets = [
        fact.value.id
        for fact in (reading.extraction.facts if reading is not None else ())
        if fact.kind is FactKind.TICKET and isinstance(fact.value, Identifier)
    ]
    tickets += named_numbers(mail.subject)  # what a portal gave need not look like a ticket: GHSA-..., 2026/117
    for row in await tx.facts.participants_of_tickets(tickets) if tickets else ():
        one = await tx.cases.participant(row)
        known = known_sender(from_, await tx.cases.known_addresses(row))
        clues.append(Clue(one.case, row, Evidence.TICKET, known))
    clues = await _tempered(tx, clues)
    if reading is not None and not any(clue.certain for clue in clues):
        named = {clue.participant for clue in clues}
        clues += [clue for clue in await similar(desk, tx, mail, reading, from_) if clue.participant not in named]
    return clues


async def _cited(tx: Transaction, mail: Mail, from_: Sender) -> list[Clue]:
    """Return the clues of the Message-IDs in In-Reply-To and References.

    Only our own are unguessable: a vendor's may have been on a list, and are a probable match.
    """
    found = await tx.filings.participants_of_message_ids((*mail.in_reply_to, *mail.references))
    ours = [row for row, direction in found if direction is Direction.OUTBOUND]
    moved_on = bool(ours) and (subject_moved_on(mail.subject) or await has_left(tx, mail))
    people = {row: await tx.cases.participant(row) for row, _ in found}
    clues = {
        row: Clue(
            people[row].case,
            row,
            Evidence.MESSAGE_ID,
            certain=row in ours and not moved_on,
            why=MOVED_ON if row in ours and moved_on else "",
        )
        for row in people
    }
    domain = registrable_domain(from_.address.domain) if from_.address is not None else None
    vendors = {row: one.vendor for row, one in people.items()}
    certain = [clue for clue in clues.values() if clue.certain]
    return one_of_a_case(certain, vendors, domain) + [clue for clue in clues.values() if not clue.certain]


async def _tempered(tx: Transaction, clues: list[Clue]) -> list[Clue]:
    """Drop the clues for erased cases, and let none for a participant that was removed be certain."""
    tempered = []
    for clue in clues:
        if (await tx.cases.get(clue.case)).erased_at is not None:
            continue
        removed = (await tx.cases.participant(clue.participant)).removed_at is not None
        tempered.append(replace(clue, certain=False) if removed else clue)
    return tempered


async def _by_token(desk: Desk, tx: Transaction, recipients: Iterable[Address]) -> list[ParticipantRecord]:
    own = desk.config.mailbox.address
    found = []
    for address in recipients:
        base, plus, tail = address.local.lower().partition("+")
        if address.domain != own.domain or base != own.local.lower() or not plus:
            continue
        try:
            participant = await tx.cases.participant_of_token(ReplyToken.parse(tail))
        except Refused:
            continue
        if participant is not None:
            found.append(participant)
    return found


async def _by_case(tx: Transaction, case_id: CaseId, from_: Sender) -> list[Clue]:
    try:
        case = await tx.cases.get(case_id)
    except NotFound:
        return []
    clues = []
    for one in await tx.cases.participants(case.row):
        known = known_sender(from_, await tx.cases.known_addresses(one.row))
        if known or one.removed_at is None:
            clues.append(Clue(one.case, one.row, Evidence.CASE_ID, known))
    return clues


async def _keys(
    desk: Desk, tx: Transaction, clues: list[Clue], from_: Sender
) -> tuple[frozenset[str], tuple[Path, ...]]:
    """Return the fingerprints that may speak, and their keyrings: those pinned for the participants in question.

    Without a clue, those pinned to the sender's own address: enough to show who signed, never enough to file.
    """
    contacts: set[int] = set()
    for clue in clues:
        if not clue.certain:
            continue
        participant = await tx.cases.participant(clue.participant)
        contacts |= {one.row for one in await tx.contacts.select(vendor=participant.vendor) if _confirmed(one)}
    if not contacts and from_.address is not None:
        contacts = {one.row for one in await tx.contacts.by_address(from_.address) if _confirmed(one)}
    pinned: set[str] = set()
    rings: list[Path] = []
    for row in sorted(contacts)[:20]:
        contact = await tx.contacts.get(row)
        for pin in await tx.contacts.pinned(row):
            key = await _ring(desk, contact.address, pin.fingerprint)
            if key is not None:
                pinned.add(str(pin.fingerprint))
                rings.append(key)
    return frozenset(pinned), tuple(rings)


def _confirmed(contact: ContactRecord) -> bool:
    return contact.state is ContactState.CONFIRMED


async def _ring(desk: Desk, address: Address | None, fingerprint: Fingerprint) -> Path | None:
    if address is None:
        return None
    try:
        return (await desk.keys.vendor(address, fingerprint)).ring
    except Refused:
        return None  # the key file is gone or changed: the signature will be by an unknown key, and wait for a person


async def _known(tx: Transaction, found: Match) -> frozenset[Address]:
    known: set[Address] = set()
    for clue in found.clues:
        if found.certain is None or clue.participant == found.certain.participant:
            known |= await tx.cases.known_addresses(clue.participant)
    return frozenset(known)


def _trust(
    desk: Desk, mail: Mail, opened: Opened, from_: Sender, signed: Signature, known: frozenset[Address]
) -> tuple[Trust, str | None]:
    transport = authentication(mail.root, desk.config.mailbox.authserv_id, from_, desk.config.mailbox.authserv_hops)
    agree = opened.inner is None or _headers_agree(mail, opened.inner, from_, desk.config.mailbox.address)
    judged_by = (signed.state, from_, known, transport, agree)
    return trust(*judged_by), suspicion(*judged_by)


def _headers_agree(outer: Mail, inner: Mail, from_: Sender, own: Address) -> bool:
    """Say whether the protected headers, where there are any, fit the outside and name us.

    A signed text to somebody else, sent on to us, has the right signature and the wrong recipient: OpenPGP signs none.
    """
    if any(header.name == "from" for header in inner.root.headers):
        inside = read_sender(inner.root)
        if inside.address is None or inside.address != from_.address:
            return False
    if inner.message_id is not None and outer.message_id is not None and inner.message_id != outer.message_id:
        return False
    if inner.date is not None and outer.date is not None and abs(inner.date - outer.date) > DATES_APART:
        return False
    addressed = any(header.name in ("to", "cc") for header in inner.root.headers)
    return not addressed or any(_is_ours(address, own) for address in read_recipients(inner.root))


def _is_ours(address: Address, own: Address) -> bool:
    """Say whether an address is the mailbox, with or without a reply token."""
    return address.domain == own.domain and address.local.lower().partition("+")[0] == own.local.lower()


def _signed_once(signed: Signature, opened: Opened) -> str | None:
    """Return a name for this text signed at this moment by this key: seen again in another mail, it is a replay."""
    if signed.state is not SignatureState.GOOD or opened.inner is None or signed.made_at is None:
        return None
    head = f"{signed.fingerprint} {signed.made_at.timestamp():.0f}\n".encode()
    return hashlib.sha256(head + opened.inner.raw).hexdigest()


async def _thread_lines(desk: Desk, clues: list[Clue]) -> frozenset[str]:
    """Return the lines of our own mails of the thread, so that a quote without a mark is still seen as one."""
    lines: set[str] = set()
    async with desk.store.read() as tx:
        for row in list(dict.fromkeys(clue.participant for clue in clues if clue.certain))[:3]:
            participant = await tx.cases.participant(row)
            sent = [
                one.row
                for one in await tx.inbox.select(case_row=participant.case_row, limit=50)
                if one.direction is Direction.OUTBOUND
            ]
            for reading in (await tx.inbox.readings(sent)).values():
                lines |= {normalise_line(line) for line in str(reading["text"]).split("\n") if len(line) > 20}
    return frozenset(lines)


async def bounced(tx: Transaction, reading: Reading | None) -> list[tuple[OutboxRecord, Address, bool]]:
    """Return (mail, recipient, permanent) of what a delivery report says about mails that we really sent."""
    found: list[tuple[OutboxRecord, Address, bool]] = []
    if reading is None or reading.kind is not MailKind.BOUNCE:
        return found
    for fact in reading.extraction.facts:
        if not isinstance(fact.value, Bounce) or not fact.value.original_message_id or not fact.value.recipient:
            continue
        try:
            original = MessageId.parse(fact.value.original_message_id)
            address = Address.parse(fact.value.recipient)
        except CvdmailError:
            continue
        for record, _ in await tx.inbox.by_message_id(original):
            mails = await tx.outbox.select(message=record.row)
            ours = [one for one in mails if address in {person.address for person in one.recipients}]
            found += [(one, address, fact.value.permanent) for one in ours]
    return found
