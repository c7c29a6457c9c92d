"""Which case does a mail of ours belong to?  Asked of old mail only: what is sent today knows its case.

What we wrote ourselves is our own word.  So it is certain when our mail answers one of a case, is a mail that a
placeholder misses, names the case, was sent in the same series, or says of itself that it is a later attempt at a
series of ours (``v2`` with the same words for the same tree, or a link to the first).  Nothing else joins mails of
ours: two reports about one subject are two matters until somebody merges them.  A mail that opens a case although it
is much like another is filed there as *not certain*, with the guesses beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cvdmail.core.body import Reading
from cvdmail.core.ids import Address, MessageId
from cvdmail.core.imported import CitedMail, is_later_attempt, named_as_same, own_series
from cvdmail.core.mail import Mail
from cvdmail.core.matching import Evidence, TraceKind, case_ids, subject_moved_on
from cvdmail.core.records import Direction, MessageState, ParticipantRecord
from cvdmail.core.similarity import Trait
from cvdmail.core.threading import read_subject, series_stem
from cvdmail.core.trust import Trust
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk
from cvdmail.work.placeholder import case_of_root
from cvdmail.work.similar import has_left


@dataclass(frozen=True, slots=True)
class Belongs:
    """Where a mail of ours goes: to participants of a case by evidence, or (``people`` empty) to a case of its own.

    ``pulls`` are held mails that it answers and that follow it into its case.
    """

    people: tuple[ParticipantRecord, ...]
    evidence: Evidence | None
    pulls: tuple[int, ...] = ()


def cited_by(mail: Mail) -> tuple[MessageId, ...]:
    """Return what a mail cites, the nearest first: what it answers, then its References from the end."""
    return tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))


async def belongs(
    desk: Desk, tx: Transaction, mail: Mail, reading: Reading, sender: Address, vendors: Sequence[str]
) -> Belongs:
    """Say where a mail of ours goes."""
    cited = cited_by(mail)
    held = await tx.imports.cited([*cited, *([mail.message_id] if mail.message_id else ())])
    pulls = _pulled(held, cited)
    same = [one for one in held if mail.message_id is not None and one.message_id == str(mail.message_id)]
    found = await _filed(tx, same, vendors) or await _named(tx, reading.subject, vendors)
    if found:
        return Belongs(found, Evidence.MESSAGE_ID)
    moved_on = subject_moved_on(reading.subject) or (bool(cited) and await has_left(tx, mail))
    if not moved_on:
        for one in cited:
            found = await _filed(tx, [mail for mail in held if mail.message_id == str(one)], vendors)
            if found:
                return Belongs(found, Evidence.MESSAGE_ID, pulls)
        root = await case_of_root(tx, [*cited, *([mail.message_id] if mail.message_id else ())])
        if root is not None:
            return Belongs(await _people(tx, [root], vendors), Evidence.MESSAGE_ID, pulls)
    if not cited:
        found = await _same_series(tx, mail, reading, sender, vendors)
        if found:
            return Belongs(found, Evidence.MESSAGE_ID)
    return Belongs((), None, pulls)


def _pulled(held: Sequence[CitedMail], cited: Sequence[MessageId]) -> tuple[int, ...]:
    """Return the held mails that a mail of ours answers: our answer says which case they are."""
    wanted = {str(one) for one in cited}
    return tuple(
        dict.fromkeys(
            one.row
            for one in held
            if one.message_id in wanted
            and one.direction is Direction.INBOUND
            and one.state is MessageState.HELD
            and one.participant is None
            and one.trust is not Trust.SUSPICIOUS
        )
    )


async def _filed(tx: Transaction, mails: Sequence[CitedMail], vendors: Sequence[str]) -> tuple[ParticipantRecord, ...]:
    """Return the participants of the one case that mails are filed to; none if there is none, or several."""
    rows = [one.participant for one in mails if one.participant is not None]
    if len({one.case for one in mails if one.case is not None}) != 1:
        return ()
    return await _people(tx, await tx.cases.participants(rows=rows), vendors)


async def _named(tx: Transaction, subject: str, vendors: Sequence[str]) -> tuple[ParticipantRecord, ...]:
    """Return the participants of the case whose id we wrote into the subject."""
    ids = case_ids(subject)
    if len(ids) != 1:
        return ()
    cases = [one for one in await tx.cases.select(ids[0]) if one.erased_at is None]
    people = await tx.cases.participants(cases[0].row) if cases else []
    return await _people(tx, people[:1], vendors)


async def _same_series(
    tx: Transaction, mail: Mail, reading: Reading, sender: Address, vendors: Sequence[str]
) -> tuple[ParticipantRecord, ...]:
    subject = read_subject(reading.subject)
    stem = series_stem(str(mail.message_id)) if mail.message_id else None
    asked = [Trait(TraceKind.SERIES, stem)] if stem else []
    again = is_later_attempt(subject, reading.subject)
    if again:
        asked.append(own_series(subject, sender))
    for trait in asked:
        shared, cases = await tx.traces.look_up([trait])
        if len({cases[one.participant] for one in shared}) == 1:
            return await _people(tx, [await tx.cases.participant(shared[0].participant)], vendors)
    linked = named_as_same(reading.extraction.text, subject)
    known = [one for one in await tx.imports.cited(linked) if one.direction is Direction.OUTBOUND]
    return await _filed(tx, known, vendors)


async def _people(
    tx: Transaction, found: Sequence[ParticipantRecord], vendors: Sequence[str]
) -> tuple[ParticipantRecord, ...]:
    """Return the participants of a case that a mail is written to; if it names none of them, those of the thread."""
    if not found:
        return ()
    all_of_case = await tx.cases.participants(found[0].case_row)
    addressed = tuple(one for one in all_of_case if one.vendor in vendors)
    return addressed or tuple(found[:1])
