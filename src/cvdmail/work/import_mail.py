"""Import: an existing mailbox with both sides in it becomes cases, mails of ours and answers.

The mails are taken in the order in which they were written, whatever the order of the files, so that an answer finds
what it answers.  Only an index is kept of all of them (:mod:`.import_order`); bytes are read when their turn comes.

* A mail from an address of ours is committed with its case in one transaction: until then the file itself is the copy
  that nothing can lose.  Which case: :mod:`.thread_ours`.
* Everybody else's goes the way of newly arrived mail: bytes first, then judged and settled (:mod:`.file_mail`).  What
  is held because its thread begins with a mail that we do not have opens a placeholder, or joins the one it has.
* Runs of others' mails are settled in batches; a mail that cites something of the batch at hand, or has the subject
  of a mail in it, begins a new one.
* Mails that are here already, from whatever source, are passed over: an interrupted import goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cvdmail.core import body, sender
from cvdmail.core.body import Reading, to_message_json
from cvdmail.core.events import EventKind
from cvdmail.core.extract import MailKind
from cvdmail.core.ids import Address
from cvdmail.core.imported import SentMail, addressed, first_received, is_later_attempt, own_series, sane
from cvdmail.core.ledger import Event, Value
from cvdmail.core.mail import Mail, parse
from cvdmail.core.matching import NO_MATCH, PROBABLE, Clue, Evidence, reasons, subject_moved_on
from cvdmail.core.records import MessageRecord, MessageState, ParticipantRecord
from cvdmail.core.sender import Sender, read_sender
from cvdmail.core.similarity import DOUBT, GUESS, Likeness, is_doubtful
from cvdmail.core.threading import parties, read_subject, vendor_of
from cvdmail.core.trust import Authentication, Trust, authentication
from cvdmail.errors import ParseLimit
from cvdmail.store.inbox import Arrival
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, Desk
from cvdmail.work.file_mail import process_rows
from cvdmail.work.import_order import Index, Source
from cvdmail.work.open_mail import Opened, open_mail
from cvdmail.work.placeholder import Opening, adopt, case_of_root, open_imported
from cvdmail.work.similar import alike, features_of, has_left, learn, learn_traits
from cvdmail.work.thread_ours import Belongs, belongs, cited_by

BATCH = 50
BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Imported:
    """One mail that was looked at: where it stood, its row, where it went, and whether it is new."""

    place: Source
    row: int
    state: MessageState
    is_new: bool


@dataclass(slots=True)
class _Batch:
    """Mails of others that wait to be settled together (with when they were written), and what they are and cite."""

    mails: list[tuple[Source, bytes, datetime]] = field(default_factory=list)
    names: set[int] = field(default_factory=set)
    size: int = 0

    def full_for(self, names: set[int]) -> bool:
        return len(self.mails) >= BATCH or self.size >= BATCH_BYTES or bool(self.names & names)


async def import_mails(
    desk: Desk, places: Sequence[Source], index: Index, own: frozenset[Address]
) -> AsyncIterator[Imported]:
    """Take in every mail of ``index``, in the order in which they were written; ``own`` are our addresses.

    Raises ``CryptoUnavailable`` and ``StoreUnavailable``; what was yielded before is in the store.
    """
    desk = replace(desk, own=own)
    batch = _Batch()
    for number in index.order():
        place = places[number]
        names = {one for one in (index.ids[number], index.topics[number], *index.cited[number]) if one}
        if index.ours[number] or batch.full_for(names):
            for done in await _settle(desk, batch):
                yield done
            batch = _Batch()
        raw = await asyncio.to_thread(place.read)
        if index.ours[number] and (mine := await _ours(desk, place, raw)) is not None:
            yield mine
            continue
        at = index.stamps[number]
        batch.mails.append((place, raw, datetime.fromtimestamp(at, UTC) if at else desk.clock.now()))
        batch.names |= names
        batch.size += len(raw)
    for done in await _settle(desk, batch):
        yield done


# --- mails of others --------------------------------------------------------------------------------------------------


async def _settle(desk: Desk, batch: _Batch) -> list[Imported]:
    """Commit the bytes of a batch, judge it, and look a second time at what was held."""
    if not batch.mails:
        return []
    now = desk.clock.now()
    async with desk.store.write() as tx:
        pen = await tx.pen_scope()
        stored = await tx.inbox.store_all([Arrival(raw, None, at) for _, raw, at in batch.mails], pen, now)
    new = [row for row, is_new in stored if is_new]
    states = {one.row: one.state for one in await process_rows(desk, new)} if new else {}
    mails = {row: raw for (row, is_new), (_, raw, _) in zip(stored, batch.mails, strict=True) if is_new}
    for row in await _of_threads_without_beginning(desk, mails, states):
        states[row] = await _second_look(desk, row, parse(mails[row]))
    return [
        Imported(place, row, states.get(row, MessageState.STORED), is_new)
        for (place, _, _), (row, is_new) in zip(batch.mails, stored, strict=True)
    ]


async def _of_threads_without_beginning(
    desk: Desk, mails: Mapping[int, bytes], states: Mapping[int, MessageState]
) -> list[int]:
    """Return the held mails against which nothing speaks but that they answer mails that we do not hold."""
    found = []
    held = [row for row in mails if states.get(row) is MessageState.HELD]
    if not held:
        return []
    async with desk.store.read() as tx:
        for row in held:
            mail = await asyncio.to_thread(parse, mails[row])
            cited = cited_by(mail)
            if not cited and not read_subject(mail.subject).reply:
                continue
            missing = await case_of_root(tx, cited) is not None or not await tx.imports.cited(cited)
            if missing and _may_move(await tx.inbox.get(row)):
                found.append(row)
    return found


async def _second_look(desk: Desk, row: int, mail: Mail) -> MessageState:
    """File a mail that is held for nothing but a missing beginning to the placeholder of its thread."""
    from_ = await asyncio.to_thread(lambda: sender.second_opinion(mail, read_sender(mail.root)))
    async with desk.store.write() as tx:
        record = await tx.inbox.get(row)
        reading = (await tx.inbox.readings([row])).get(row, {})
        subject, text = str(reading.get("subject") or ""), str(reading.get("text") or "")
        cited = cited_by(mail)
        if subject_moved_on(subject) or (cited and await has_left(tx, mail)):
            return record.state
        compared = features_of(mail, subject, text, from_)
        found = await case_of_root(tx, cited)
        if found is None:
            guessed = {evidence for _, evidence in await tx.filings.guesses(row)}
            found_alike = [one for _, one in await alike(desk, tx, compared)]
            # What cites something that we do not hold is of another thread by its own word; what cites nothing only
            # says that it answers, so any likeness holds it.
            if guessed - {Evidence.SIMILARITY} or is_doubtful(compared, found_alike, DOUBT if cited else GUESS):
                return record.state
            vendors = (vendor_of(from_.address),) if from_.address is not None else ("unknown sender",)
            people = await open_imported(desk, tx, Opening(subject, vendors, cited[::-1], record.sha256, True))
            found = people[0]
        await adopt(desk, tx, row, found)
        await learn_traits(desk, tx, found.row, compared)
    return MessageState.FILED


def _may_move(record: MessageRecord) -> bool:
    """Say whether nothing speaks against a held mail but that its case is not known."""
    return (
        record.state is MessageState.HELD
        and record.why in (NO_MATCH, PROBABLE)
        and record.trust is not Trust.SUSPICIOUS
        and record.kind in (MailKind.REPLY, MailKind.AUTO_REPLY)
    )


# --- mails of ours ----------------------------------------------------------------------------------------------------


async def _ours(desk: Desk, place: Source, raw: bytes) -> Imported | None:
    """Keep a mail of ours; None if it only says that it is one, and is to be judged like everybody else's."""
    async with desk.store.read() as tx:
        known = await tx.imports.known(hashlib.sha256(raw).hexdigest())
    if known is not None:
        return Imported(place, known, MessageState.OUTBOUND, is_new=False)
    try:
        mail = await asyncio.to_thread(parse, raw)
    except ParseLimit:
        return None
    from_ = await asyncio.to_thread(lambda: sender.second_opinion(mail, read_sender(mail.root)))
    said = authentication(mail.root, desk.config.mailbox.authserv_id, from_, desk.config.mailbox.authserv_hops)
    if from_.address is None or said is Authentication.FAIL:
        return None
    async with desk.store.read() as tx:
        if await tx.inbox.twin(mail.message_id, _body_hash(mail)) is not None:
            return None  # the same mail by another way, through a list: it is told as a copy
    opened = await open_mail(desk, mail, ())
    at = sane(mail.date, desk.clock.now()) or first_received(mail.root, desk.clock.now()) or desk.clock.now()
    reading = await asyncio.to_thread(body.read, mail, opened.inner, at, frozenset())
    async with desk.store.write() as tx:
        row = await _keep(desk, tx, _Sent(mail, opened, reading, from_, from_.address, at))
    return Imported(place, row, MessageState.OUTBOUND, is_new=True)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A mail of ours with what was read of it."""

    mail: Mail
    opened: Opened
    reading: Reading
    sender: Sender
    address: Address
    at: datetime


async def _keep(desk: Desk, tx: Transaction, sent: _Sent) -> int:
    """Write a mail of ours, filed to the case it belongs to, which is opened if there is none."""
    mail, reading = sent.mail, sent.reading
    vendors = parties(
        addressed(mail.root, "to"), addressed(mail.root, "cc", "bcc"), (desk.config.mailbox.address, *desk.own)
    )
    found = await belongs(desk, tx, mail, reading, sent.address, vendors)
    guesses: list[Clue] = []
    certain = bool(found.people)
    digest = hashlib.sha256(mail.raw).hexdigest()
    if not found.people:
        compared = features_of(mail, reading.subject, reading.extraction.text, sent.sender)
        nearest = await alike(desk, tx, compared)
        guesses = [clue for clue, _ in nearest]
        doubtful = [(clue, one) for clue, one in nearest if is_doubtful(compared, [one])]
        certain = not doubtful and not _was_sent_before(reading.subject, [one for _, one in nearest])
        if _answers(mail, reading) and len(doubtful) == 1 and doubtful[0][1].same_subject:
            found = Belongs((await tx.cases.participant(doubtful[0][0].participant),), Evidence.SIMILARITY)
    people = found.people
    if not people:
        known = {one.message_id for one in await tx.imports.cited(cited_by(mail))}
        missing = [one for one in reversed(cited_by(mail)) if str(one) not in known]
        people = await open_imported(desk, tx, Opening(reading.subject, vendors, missing, digest, False))
    scope = await tx.cases.scope(people[0].case_row)
    row = await tx.imports.keep_sent(_record(sent, guesses), scope)
    await _file(desk, tx, row, people, found, certain, scope, digest)
    await tx.filings.note_guesses({row: guesses})
    for held in found.pulls:
        await adopt(desk, tx, held, people[0])
    await learn(desk, tx, people[0].row, mail, reading, sent.sender)
    subject = read_subject(reading.subject)
    if subject.patch:
        await tx.traces.learn([(people[0].row, own_series(subject, sent.address))])
    return row


def _was_sent_before(subject: str, nearest: Sequence[Likeness]) -> bool:
    """Say whether a mail of ours says that it is a later attempt at words that we know, for whatever version."""
    return is_later_attempt(read_subject(subject), subject) and any(one.same_subject for one in nearest)


def _answers(mail: Mail, reading: Reading) -> bool:
    """Say whether a mail of ours says that it is an answer, and not to what."""
    return read_subject(reading.subject).reply and not cited_by(mail)


async def _file(
    desk: Desk,
    tx: Transaction,
    row: int,
    people: Sequence[ParticipantRecord],
    found: Belongs,
    certain: bool,
    scope: int,
    digest: str,
) -> None:
    now = desk.clock.now()
    for one in people:
        await tx.filings.file(row, one.row, scope, certain, found.evidence, DAEMON, now)
    told: dict[str, Value] = {
        "certain": certain,
        "evidence": found.evidence.value if found.evidence else None,
        "message": row,
        "sha256": digest,
    }
    await tx.ledger.append(Event(str(people[0].case), EventKind.MAIL_IMPORTED, now, DAEMON, told, people[0].row))


def _body_hash(mail: Mail) -> str:
    return hashlib.sha256(mail.raw[mail.root.body :]).hexdigest()


def _record(sent: _Sent, guesses: Sequence[Clue]) -> SentMail:
    mail, reading = sent.mail, sent.reading
    words = {
        **to_message_json(reading, str(mail.message_id) if mail.message_id else None, sent.opened.encrypted),
        "text": reading.extraction.text if sent.opened.problem is None else None,
        "attachments": list(reading.attachments),
        "to": [str(one) for one in addressed(mail.root, "to")],
        "cc": [str(one) for one in addressed(mail.root, "cc")],
        "guesses": reasons(guesses),
    }
    return SentMail(
        mail.raw,
        mail.message_id,
        _body_hash(mail),
        sent.at,
        reading.kind,
        sent.opened.encrypted,
        words,
        sent.opened.clear,
    )
