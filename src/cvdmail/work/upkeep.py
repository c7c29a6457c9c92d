"""Upkeep of the store: another set of readers, erasing a case, signed checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from pathlib import Path

from cvdmail.config import PersonRole
from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId, Fingerprint
from cvdmail.core.ledger import MAIN, Event, Value, commitment, heads_statement, instant
from cvdmail.core.records import ScopeKind
from cvdmail.errors import Refused
from cvdmail.store.vault import Vault
from cvdmail.work.desk import Actor, Desk

CHECKPOINT_EVERY = timedelta(days=1)


async def rekey(desk: Desk, actor: Actor, readers: Sequence[Fingerprint], rings: Sequence[Path]) -> int:
    """Make a new store key for ``readers`` and wrap every scope key by it; return how many scope keys there are.

    Who is no longer among the readers cannot open the database with their key from now on.  Somebody who copied scope
    keys out of a running program before could still use them: they stay the same under another wrapping.
    """
    actor.require(PersonRole.OPERATOR, "store rekey")
    new_key = desk.entropy.bytes(32)
    message = await actor.openpgp.encrypt(new_key, readers, rings)
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.scopes.require_ours()
        body: dict[str, Value] = {"readers": [str(reader) for reader in readers]}
        event = Event(MAIN, EventKind.STORE_REKEYED, now, str(actor.fingerprint), body)
        await tx.ledger.append(await actor.decide(event))
        count = await tx.scopes.rewrap_all(Vault(new_key))
        await tx.scopes.set_store_key(message, now)
    return count


class Erasure(Enum):
    """How far an erasure has come."""

    REQUESTED = "requested"
    ERASED = "erased"
    NOT_SCRUBBED = "not_scrubbed"


async def erase_case(desk: Desk, actor: Actor, case_id: CaseId, reason: bytes) -> Erasure:
    """Ask for the erasure of a case, or, as a second person, carry it out.

    Two different people must ask (their signatures are in the ledger).  What stays: rows, hashes and events.
    """
    actor.require(PersonRole.MANAGER, "case erase")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        case = await tx.cases.get(case_id)
        if case.erased_at is not None:
            raise Refused(str(case_id), "it is erased already", "")
        asked = await tx.ledger.decided(str(case_id), EventKind.ERASURE_REQUESTED)
        others = [entry for entry in asked if entry.event.actor != str(actor.fingerprint)]
        pen = await tx.sealed.scope(ScopeKind.PEN)
        salt = desk.entropy.bytes(16)
        body: dict[str, Value] = {"reason": commitment(salt, reason)}
        if not others:
            event = Event(str(case_id), EventKind.ERASURE_REQUESTED, now, str(actor.fingerprint), body)
            await tx.ledger.append_with_secret(await actor.decide(event), pen, salt, reason)
            return Erasure.REQUESTED
        event = Event(str(case_id), EventKind.CASE_ERASED, now, str(actor.fingerprint), body)
        await tx.ledger.append_with_secret(await actor.decide(event), pen, salt, reason)
        people = [one.row for one in await tx.cases.participants(case.row)]
        await tx.outbox.stop(people, "the case is erased", now)
        await tx.scopes.erase_case(case.row, now)
    return Erasure.ERASED if await desk.store.scrub() else Erasure.NOT_SCRUBBED


async def checkpoint(desk: Desk) -> bool:
    """Sign the heads of all chains with the mailbox key, at most once a day; True if one was made."""
    now = desk.clock.now()
    async with desk.store.read() as tx:
        last = await tx.ledger.last(EventKind.CHECKPOINT)
        heads = await tx.ledger.heads()
    if last is not None and now - last < CHECKPOINT_EVERY:
        return False
    signature = await desk.openpgp.sign_detached(heads_statement(heads, now), desk.config.openpgp.mailbox_key)
    body: dict[str, Value] = {
        "at": instant(now),
        "heads": {chain: {"hash": head.hex(), "seq": seq} for chain, (seq, head) in heads.items()},
    }
    event = Event(MAIN, EventKind.CHECKPOINT, now, "daemon", body, None, signature.decode())
    async with desk.store.write() as tx:
        await tx.ledger.append(event)
    return True
