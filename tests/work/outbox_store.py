"""A store for the outbox to begin with, made once; and a look at its file beside the program."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.lab import Lab
from cvdmail import wiring
from cvdmail.config import Config, load
from cvdmail.core.events import EventKind
from cvdmail.core.gpgstatus import Signature
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.ledger import read_instant, signed_bytes
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.policy import Policy
from cvdmail.ports import PublicKey
from cvdmail.store.engine import Engines
from cvdmail.store.scopes import read_store_key
from cvdmail.work import contacts
from cvdmail.work.desk import Actor, Desk
from work.outside import QuickPgp, Shelf, nothing

VENDORS = ("alpha.example", "beta.example", "gamma.example")


def contact_of(vendor: str) -> Address:
    return Address.parse(f"security@{vendor}")


@dataclass(frozen=True)
class Prepared:
    """What every example begins with: a store whose vendors have a key each, and what gpg made and read once."""

    config: Config
    policy: Policy
    database: bytes
    vault: tuple[bytes, bytes]
    keys: Mapping[bytes, PublicKey]
    team: Mapping[Address, bytes]
    messages: Mapping[frozenset[Fingerprint], bytes]
    verified: Mapping[bytes, tuple[Signature, ...]]
    old: bytes
    new: bytes
    begin: datetime

    def openpgp(self, signing: Callable[[], Awaitable[None]] = nothing) -> QuickPgp:
        return QuickPgp(self.messages, self.verified, signing)

    def shelf(self) -> Shelf:
        return Shelf(self.keys, self.team, {contact_of(vendor): self.old for vendor in VENDORS})

    def actor(self, name: str) -> Actor:
        (person,) = [one for one in self.config.people if one.address == Address.parse(f"{name}@lab.example")]
        return Actor(person, self.openpgp())


def _soon() -> datetime:
    """A moment at which the keys are valid already."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)


async def prepare(lab: Lab, old: bytes, new: bytes) -> Prepared:
    config = load(lab.config)
    own = config.openpgp.mailbox_key
    keys: dict[bytes, PublicKey] = {}
    messages: dict[frozenset[Fingerprint], bytes] = {}
    team: dict[Address, bytes] = {}
    async with wiring.daemon_desk(config) as desk:
        for armored, place in ((old, "old@keys.example"), (new, "new@keys.example")):
            (certificate,) = await desk.keys.inspect(armored)
            await desk.keys.save(Address.parse(place), armored)
            key = await desk.keys.vendor(Address.parse(place), certificate.fingerprint)
            readers = (certificate.fingerprint, own)
            keys[armored] = key
            messages[frozenset(readers)] = await desk.openpgp.sign_encrypt(b"secret\r\n", own, readers, (key.ring,))
        for person in config.people:
            key = await desk.keys.team(person.address, person.fingerprint)
            team[person.address], keys[key.armored] = key.armored, key
        engines = Engines(config.store_url)
        async with engines.read() as connection:
            sealed = await read_store_key(connection)
        await engines.close()
        assert sealed is not None
        result, store_key = await desk.openpgp.decrypt(sealed)
        assert result.ok
        policy = replace(desk.policy, check_own_copy=0)
        verified = await _verified(desk, team, keys)
        prepared = Prepared(config, policy, b"", (store_key, sealed), keys, team, messages, verified, old, new, _soon())
        ready = replace(desk, keys=prepared.shelf(), openpgp=prepared.openpgp())
        for vendor in VENDORS:
            await contacts.pin(ready, prepared.actor("ada"), old, contact_of(vendor), vendor, True)
    lab.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    return replace(prepared, database=lab.database.read_bytes())


async def _verified(
    desk: Desk, team: Mapping[Address, bytes], keys: Mapping[bytes, PublicKey]
) -> dict[bytes, tuple[Signature, ...]]:
    """The signatures that are in the ledger already, as gpg judges them."""
    rings = {str(keys[armored].certificate.fingerprint): keys[armored].ring for armored in team.values()}
    found: dict[bytes, tuple[Signature, ...]] = {}
    async with desk.store.read() as tx:
        for chain in await tx.ledger.chains():
            for event in [entry.event for entry in await tx.ledger.entries(chain)]:
                if event.signature is not None:
                    signed, signature = signed_bytes(event)
                    ring = rings[event.actor]
                    found[signature.encode()] = await desk.openpgp.verify_detached(signed, signature.encode(), (ring,))
    return found


@dataclass(frozen=True)
class Mail:
    """A mail as the file shows it; a person is (row, state, resent), an attempt (number, fence, ended)."""

    row: int
    case: str
    vendor: str
    state: RecipientState
    message: int | None
    stopped: str | None
    waits: str | None
    urgency: int
    draft: str
    frozen_at: datetime | None
    queued_at: datetime
    erased: bool
    people: Mapping[str, tuple[int, RecipientState, int]]
    attempts: tuple[tuple[int, int, bool], ...]

    @property
    def states(self) -> list[RecipientState]:
        return [state for _, state, _ in self.people.values()]


@dataclass(frozen=True)
class Look:
    """One look at the file."""

    mails: Mapping[int, Mail]
    events: tuple[tuple[EventKind, datetime, Mapping[str, Any]], ...]
    fence: int

    def of_case(self, case: str) -> Mail:
        (mail,) = [one for one in self.mails.values() if one.case == case]
        return mail

    def told(self, kind: EventKind, mail: int) -> list[tuple[datetime, Mapping[str, Any]]]:
        return [(at, body) for one, at, body in self.events if one is kind and body.get("outbox") == mail]

    def tries(self) -> dict[int, int]:
        return {row: len(mail.attempts) for row, mail in self.mails.items()}


_MAILS = """
SELECT outbox.id, printf('CVD-%d-%04d', "case".year, "case".number), participant.vendor, outbox.state, outbox.message,
       outbox.stopped, outbox.waits, outbox.urgency, draft.state, outbox.frozen_at, outbox.queued_at,
       "case".erased_at IS NOT NULL
FROM outbox JOIN draft ON draft.id = outbox.draft JOIN participant ON participant.id = outbox.participant
JOIN "case" ON "case".id = participant."case" ORDER BY outbox.id
"""


def look_at(database: Path) -> Look:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        people: dict[int, dict[str, tuple[int, RecipientState, int]]] = {}
        for row, mail, address, state, resent in connection.execute(
            "SELECT id, outbox, address, state, resent FROM recipient"
        ):
            people.setdefault(mail, {})[address] = (row, RecipientState(state), resent)
        attempts: dict[int, list[tuple[int, int, bool]]] = {}
        for mail, number, fence, ended in connection.execute(
            "SELECT outbox, number, fence, ended_at FROM attempt ORDER BY id"
        ):
            attempts.setdefault(mail, []).append((number, fence, ended is not None))
        mails: dict[int, Mail] = {}
        for row, case, vendor, state, *rest, frozen_at, queued_at, erased in connection.execute(_MAILS):
            message, stopped, waits, urgency, draft = rest
            mails[row] = Mail(
                row, case, vendor, RecipientState(state), message, stopped, waits, urgency, draft,
                None if frozen_at is None else read_instant(frozen_at), read_instant(queued_at), bool(erased),
                people.get(row, {}), tuple(attempts.get(row, ())),
            )  # fmt: skip
        events = [
            (EventKind(kind), read_instant(at), json.loads(body))
            for kind, at, body in connection.execute(
                "SELECT kind, at, body FROM event WHERE kind LIKE 'mail_%' ORDER BY id"
            )
        ]
        lease = connection.execute("SELECT fence FROM lease").fetchone()
        return Look(mails, tuple(events), lease[0] if lease else 0)
    finally:
        connection.close()
