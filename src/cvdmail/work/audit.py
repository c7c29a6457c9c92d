"""``ledger verify``: are the chains whole, the signatures good, and do the states follow from the events?"""

from __future__ import annotations

from typing import Any

from cvdmail.core import ledger as chains
from cvdmail.core.archive import must_be_signed
from cvdmail.core.case import fold_case, fold_participant
from cvdmail.core.events import EventKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.ledger import MAIN, Entry, heads_statement, signed_bytes
from cvdmail.core.records import MessageState
from cvdmail.errors import CvdmailError
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk


async def audit(desk: Desk) -> dict[str, Any]:
    """Check everything; return counts and problems."""
    problems: list[str] = []
    events = 0
    async with desk.store.read() as tx:
        names = await tx.ledger.chains()
        known: dict[str, dict[int, bytes]] = {}
        for name in names:
            entries = await tx.ledger.entries(name)
            events += len(entries)
            problems += chains.verify(name, entries)
            known[name] = {entry.seq: entry.hash for entry in entries}
            problems += await _states(tx, name, entries)
            for entry in entries:
                problems += await _signature(desk, entry)
        problems += await _rows(tx, names)
        for entry in await tx.ledger.entries(MAIN):
            if entry.event.kind is EventKind.CHECKPOINT:
                problems += _checkpoint(entry, known)
    return {"ok": not problems, "chains": len(names), "events": events, "problems": problems}


async def _rows(tx: Transaction, names: list[str]) -> list[str]:
    """Compare what the store shows with what the ledger tells: mails, approvals and pins."""
    told: dict[EventKind, list[Entry]] = {}
    for name in names:
        for entry in await tx.ledger.entries(name):
            told.setdefault(entry.event.kind, []).append(entry)

    def known(kinds: tuple[EventKind, ...], field: str) -> set[object]:
        return {entry.event.body.get(field) for kind in kinds for entry in told.get(kind, ())}

    kept = known((EventKind.MAIL_FROZEN, EventKind.MAIL_FILED, EventKind.MAIL_IMPORTED), "sha256")
    problems = [
        f"message {record.row}: no event of the ledger tells of these bytes"
        for record in await tx.inbox.select(states=(MessageState.FILED, MessageState.OUTBOUND))
        if record.sha256 not in kept
    ]
    signed = {
        (entry.event.body.get("draft"), entry.event.body.get("digest"), entry.event.actor)
        for entry in told.get(EventKind.DRAFT_APPROVED, ())
    }
    for draft in await tx.drafts.select():
        problems += [
            f"draft {draft.row}: the ledger does not tell of an approval of it"
            for one in await tx.drafts.approvals([draft.row])
            if (draft.row, one.digest, str(one.fingerprint)) not in signed
        ]
    delivered = known((EventKind.DELIVERY_RECORDED,), "delivery")
    problems += [
        f"delivery {row}: the ledger does not tell of it" for row in await tx.deliveries.rows() if row not in delivered
    ]
    corrected = _corrected([*told.get(EventKind.FACT_CORRECTED, ()), *told.get(EventKind.MAIL_FILED, ())])
    problems += [
        f"fact {new}: the ledger does not tell that it corrects fact {original}"
        for new, original in await tx.facts.corrections()
        if (new, original) not in corrected
    ]
    pins = {
        (entry.event.body.get("contact"), entry.event.body.get("fingerprint"))
        for entry in told.get(EventKind.KEY_PINNED, ())
    }
    problems += [
        f"contact {pin.contact}: the ledger does not tell of the key pinned to it"
        for pin in await tx.contacts.pinned()
        if (pin.contact, str(pin.fingerprint)) not in pins
    ]
    return problems


def _corrected(told: list[Entry]) -> set[tuple[object, object]]:
    """Return the corrections that the ledger tells of: a person's, and those that went along to one more case."""
    pairs: set[tuple[object, object]] = set()
    for entry in told:
        body = entry.event.body
        pairs.add((body.get("fact"), body.get("corrects")))
        along = body.get("corrections")
        pairs |= {(one[0], one[1]) for one in along if len(one) == 2} if isinstance(along, list | tuple) else set()
    return pairs


async def _states(tx: Transaction, name: str, entries: list[Entry]) -> list[str]:
    """Fold the events again and compare with the states that the store shows."""
    if name == MAIN:
        return []
    case = next((one for one in await tx.cases.select() if str(one.id) == name), None)
    if case is None:
        return [f"{name}: the ledger tells of a case that the store does not have"]
    problems = []
    folded = fold_case(entry.event.kind for entry in entries if entry.event.participant is None)
    if folded != case.state:
        problems.append(f"{name}: the case's state does not follow from its events")
    for one in await tx.cases.participants(case.row):
        kinds = [entry.event.kind for entry in entries if entry.event.participant == one.row]
        if fold_participant(kinds) != one.state:
            problems.append(f"{name}: the state of participant {one.row} does not follow from its events")
    return problems


async def _signature(desk: Desk, entry: Entry) -> list[str]:
    """Verify the signature of a person's decision, or of a checkpoint."""
    event = entry.event
    place = f"{event.chain} event {entry.seq}"
    if event.signature is None:
        missing = event.kind is EventKind.CHECKPOINT or must_be_signed(event)
        return [f"{place}: a decision without the signature of who decided"] if missing else []
    if event.kind is EventKind.CHECKPOINT:
        signed, signature = _heads(entry), event.signature
        fingerprint, address = desk.config.openpgp.mailbox_key, desk.config.mailbox.address
    else:
        person = next((one for one in desk.config.people if str(one.fingerprint) == event.actor), None)
        if person is None:
            return [f"{place}: signed by somebody who is not under [[people]]"]
        (signed, signature), fingerprint, address = signed_bytes(event), person.fingerprint, person.address
    return await _check(desk, place, signed, signature, address, fingerprint)


async def _check(
    desk: Desk, place: str, signed: bytes, signature: str, address: Address, fingerprint: Fingerprint
) -> list[str]:
    try:
        key = await desk.keys.team(address, fingerprint)
        found = await desk.openpgp.verify_detached(signed, signature.encode(), (key.ring,))
    except CvdmailError as problem:
        return [f"{place}: its signature cannot be checked ({problem.why})"]
    if [(one.state, one.fingerprint) for one in found] != [(SignatureState.GOOD, str(fingerprint))]:
        return [f"{place}: its signature is not good"]
    return []


def _heads(entry: Entry) -> bytes:
    body = entry.event.body
    heads = body.get("heads")
    assert isinstance(heads, dict)
    known = {chain: (int(head["seq"]), bytes.fromhex(head["hash"])) for chain, head in heads.items()}
    return heads_statement(known, chains.read_instant(str(body["at"])))


def _checkpoint(entry: Entry, known: dict[str, dict[int, bytes]]) -> list[str]:
    heads = entry.event.body.get("heads")
    assert isinstance(heads, dict)
    return [
        f"main event {entry.seq}: the checkpoint does not fit chain {chain}"
        for chain, head in heads.items()
        if known.get(chain, {}).get(int(head["seq"]), b"").hex() != head["hash"]
    ]
