"""Approving: a person's signature over the statement of a draft, or over the list of several.

What goes out in clear is approved one by one, by a person who was told so, and gets an entry of the ledger of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cvdmail.config import PersonRole
from cvdmail.core import drafts as rules
from cvdmail.core.drafts import DraftState, Signed
from cvdmail.core.events import EventKind
from cvdmail.core.ledger import Event, Value
from cvdmail.core.policy import Review
from cvdmail.errors import CvdmailError, Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.review import Prepared, prepare, prepare_many, reviewed_many

AT_ONCE = 50
"""How many drafts one signature approves at the most: the manifest stays short, an interruption costs little."""


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
