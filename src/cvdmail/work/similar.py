"""Guesses for a mail that proves nothing about its case, and what filed mails teach about later ones.

The rules are :mod:`cvdmail.core.similarity`; here the traits of a mail are looked up, and those of a filed one kept.
Each costs one statement, whatever is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cvdmail.core.body import Reading
from cvdmail.core.extract.facts import FactKind, Identifier
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.imported import addressed
from cvdmail.core.mail import Mail
from cvdmail.core.matching import MOVED_ON, Clue, Evidence, TraceKind
from cvdmail.core.records import OutboundMail
from cvdmail.core.sender import Sender
from cvdmail.core.similarity import COMMON, MAX_GUESSES, Features, Likeness, Trait, lessons, traits, weigh
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk

MAX_LEARNED = 36
"""Traits that one mail leaves behind."""
MAX_PEOPLE = 12
_NAMES = (FactKind.CVE, FactKind.TICKET)


def features(mail: Mail, reading: Reading | None, from_: Sender) -> Features:
    """Return what is compared of a mail; of an encrypted one what stands inside, if it could be opened."""
    if reading is None:
        return features_of(mail, mail.subject, "", from_)
    names = [
        one.value.id for one in reading.extraction.facts if one.kind in _NAMES and isinstance(one.value, Identifier)
    ]
    return features_of(mail, reading.subject, reading.extraction.text, from_, names)


def features_of(mail: Mail, subject: str, text: str, from_: Sender, names: Sequence[str] = ()) -> Features:
    """Do :func:`features` for a mail that was read before."""
    return Features(
        subject=subject,
        text=text,
        sender=from_.address,
        recipients=addressed(mail.root, "to", "cc", most=MAX_PEOPLE),
        message_id=mail.message_id,
        cited=(*mail.references, *mail.in_reply_to),
        names=names,
    )


def ours(desk: Desk) -> frozenset[Address]:
    """Return the addresses that tell nothing about a case, because they are our own."""
    return frozenset((desk.config.mailbox.address, *(one.address for one in desk.config.people), *desk.own))


async def similar(desk: Desk, tx: Transaction, mail: Mail, reading: Reading | None, from_: Sender) -> list[Clue]:
    """Return the participants whose mails are most like this one, at most one of a case, each with its reasons.

    For a mail without a certain clue.
    """
    return await like(desk, tx, features(mail, reading, from_))


async def like(desk: Desk, tx: Transaction, compared: Features) -> list[Clue]:
    """Do :func:`similar` for what is compared of a mail."""
    return [clue for clue, _ in await alike(desk, tx, compared)]


async def alike(desk: Desk, tx: Transaction, compared: Features) -> list[tuple[Clue, Likeness]]:
    """Do :func:`like`, with how the likeness is made up."""
    asked = traits(compared, ours(desk))
    shared, cases = await tx.traces.look_up(asked)
    found: dict[CaseId, tuple[Clue, Likeness]] = {}
    for rank, one in enumerate(weigh(asked, shared)):
        case = cases[one.participant]
        score = one.score - rank / 1_000_000  # of equals the order is kept
        found.setdefault(case, (Clue(case, one.participant, Evidence.SIMILARITY, False, score, one.why), one))
    return list(found.values())[:MAX_GUESSES]


async def learn(
    desk: Desk, tx: Transaction, participant_row: int, mail: Mail, reading: Reading | None, from_: Sender
) -> None:
    """Remember the traits of a mail that is filed to a participant."""
    await learn_traits(desk, tx, participant_row, features(mail, reading, from_))


async def learn_traits(desk: Desk, tx: Transaction, participant_row: int, compared: Features) -> None:
    """Do :func:`learn` for what is compared of a mail."""
    found = lessons(compared, ours(desk))
    await tx.traces.learn([(participant_row, one) for one in found[:MAX_LEARNED]])


async def learn_sent(desk: Desk, tx: Transaction, mails: Sequence[OutboundMail]) -> None:
    """Remember the traits of mails that we made: what they say, not the sealed bytes that leave."""
    found: list[tuple[int, Trait]] = []
    for mail in mails:
        if mail.participant is not None:
            known = lessons(_sent(desk, mail), ours(desk))
            found += [(mail.participant, one) for one in known[:MAX_LEARNED]]
    await tx.traces.learn(found)


def _sent(desk: Desk, mail: OutboundMail) -> Features:
    reading: dict[str, Any] = dict(mail.reading)
    people = []
    for text in (*reading.get("to", ()), *reading.get("cc", ())):
        try:
            people.append(Address.parse(text))
        except Refused:
            continue
    return Features(
        subject=str(reading.get("subject") or ""),
        text=str(reading.get("text") or ""),
        sender=desk.config.mailbox.address,
        recipients=people,
        message_id=mail.message_id,
    )


async def has_left(tx: Transaction, mail: Mail) -> bool:
    """Say whether a mail answers one that left its thread ("new matter (was: old)"), or an answer to that.

    Its References still name our mail; its subject does not say any more that it is about something else.
    """
    cited = dict.fromkeys((*mail.in_reply_to, *mail.references[-COMMON:]))
    shared, _ = await tx.traces.look_up([Trait(TraceKind.LEFT, str(one)) for one in cited])
    return bool(shared)


async def note_left(tx: Transaction, mail: Mail, clues: Sequence[Clue]) -> None:
    """Remember that a mail left the threads of these clues, if that is why they are not certain."""
    left = [clue.participant for clue in clues if clue.why == MOVED_ON]
    if mail.message_id is not None and left:
        await tx.traces.learn([(row, Trait(TraceKind.LEFT, str(mail.message_id))) for row in left])
