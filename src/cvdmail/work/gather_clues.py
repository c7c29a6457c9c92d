"""Gathering the clues of mails that were read: what to ask the store for all of them, and all that speaks for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cvdmail.core.clues import Known, Question
from cvdmail.core.extract import MailKind
from cvdmail.core.matching import Clue, case_ids
from cvdmail.store.transaction import Transaction
from cvdmail.work.bounces import Bounces, bounced
from cvdmail.work.desk import Desk
from cvdmail.work.judge import find, tickets_in, words_of
from cvdmail.work.read_ahead import Prepared
from cvdmail.work.similar import similar


async def bounces_of(tx: Transaction, prepared: list[Prepared]) -> dict[int, Bounces]:
    """Return, by row of the mail, which mails of ours the delivery reports among these tell about."""
    return {
        one.record.row: await bounced(tx, one.reading)
        for one in prepared
        if one.reading is not None and one.reading.kind is MailKind.BOUNCE
    }


def question(one: Prepared, bounces: Mapping[int, Bounces]) -> Question:
    """Return what to ask the store about one mail."""
    assert one.looked is not None
    parties = [mail.participant for mail, _, _ in bounces.get(one.record.row, [])]
    return Question(
        one.looked,
        case_ids(words_of(one.reading))[:20],
        tickets_in(one.reading),
        one.signed_sha256,
        tuple(party for party in parties if party is not None),
    )


async def gather(desk: Desk, tx: Transaction, known: Known, one: Prepared, bounces: Bounces) -> list[Clue]:
    """Return all clues for a mail; without a certain one, also whom it is like."""
    parties = [mail.participant for mail, _, _ in bounces if mail.participant is not None]
    clues = find(known, one, parties)
    if one.looked is not None and not any(clue.certain for clue in clues):
        alike = await similar(desk, tx, one.looked.mail, one.reading, one.looked.sender)
        named = {clue.participant for clue in clues}
        clues += [clue for clue in await _today(tx, alike) if clue.participant not in named]
    return clues


async def _today(tx: Transaction, clues: list[Clue]) -> list[Clue]:
    """Return clues as they count today: once its case was merged, a clue speaks for the vendor in the other case."""
    moved = await tx.links.resolve_all([clue.participant for clue in clues]) if clues else {}
    resolved = []
    for clue in clues:
        row = moved.get(clue.participant, clue.participant)
        case = clue.case if row == clue.participant else (await tx.cases.participant(row)).case
        resolved.append(replace(clue, case=case, participant=row))
    return resolved
