"""Contacts: proposing them, and a person's decisions about them: confirm, demote, pin a key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cvdmail.core.candidates import BookEntry, Channel, Findings
from cvdmail.core.certificate import Certificate, usable_for_encryption
from cvdmail.core.deliveries import FORMS
from cvdmail.core.display import visible
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address, CaseId, Fingerprint
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.records import ContactRecord, ContactState, ParticipantRecord
from cvdmail.core.trackers import PUBLIC, check_form, is_public_tracker
from cvdmail.errors import NotFound, Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.discover import KeyFacts
from cvdmail.work.open_case import vendor_name


@dataclass(frozen=True, slots=True)
class Pinned:
    """A key that was just pinned."""

    fingerprint: Fingerprint
    contact: ContactRecord
    file: Path
    warnings: tuple[str, ...]


async def add_contact(desk: Desk, actor: Actor, vendor: str, channel: Channel, value: str) -> ContactRecord:
    """Note a contact by hand: a person's word is evidence of its own; it still has to be confirmed."""
    if channel is Channel.EMAIL:
        value = Address.parse(value).key
    elif channel in FORMS:
        value = check_form(value.strip())
    elif visible(value) != value or not value.strip() or len(value) > 2000:
        raise Refused("contact", "it is not one line of text", "write it on one line")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        contact = await tx.contacts.add(vendor_name(vendor), channel, value, 0.9, now)
        await tx.contacts.note_evidence(contact.row, "person", now)
        body: dict[str, Value] = {"contact": contact.row, "channel": channel.value}
        event = Event(MAIN, EventKind.CONTACT_PROPOSED, now, str(actor.fingerprint), body)
        await tx.ledger.append(await actor.decide(event))
    return contact


async def keep_findings(desk: Desk, vendor: str, findings: Findings) -> list[ContactRecord]:
    """Keep the candidates that were found, with their evidence, for a person to confirm."""
    now = desk.clock.now()
    kept = []
    async with desk.store.write() as tx:
        for candidate in findings.candidates:
            value = candidate.value
            contact = await tx.contacts.add(vendor_name(vendor), candidate.channel, value, candidate.score, now)
            for source in candidate.sources:
                await tx.contacts.note_evidence(
                    contact.row, source.kind.value, now, source.url, source.fetched_at, source.sha256
                )
            kept.append(contact)
    return kept


async def confirm(desk: Desk, actor: Actor, value: str, state: ContactState, vendor: str | None) -> ContactRecord:
    """Confirm or demote a contact: the person signs; participants of that vendor without a contact get it."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        contact = await contact_of(tx, value, vendor)
        if state is ContactState.CONFIRMED and contact.channel in FORMS and is_public_tracker(contact.value):
            raise Refused(f"contact {contact.row}", PUBLIC, "find another: cvdmail contact find VENDOR")
        await tx.contacts.set_state(contact.row, state)
        kind = EventKind.CONTACT_CONFIRMED if state is ContactState.CONFIRMED else EventKind.CONTACT_DEMOTED
        event = Event(MAIN, kind, now, str(actor.fingerprint), {"contact": contact.row})
        await tx.ledger.append(await actor.decide(event))
        if state is ContactState.DEMOTED:
            reached = [one.row for one in await tx.cases.participants() if one.contact == contact.row]
            await tx.outbox.stop(reached, "its contact was demoted", now)
            for pin in await tx.contacts.unpin(contact.row, now):
                body: dict[str, Value] = {"contact": contact.row, "fingerprint": str(pin)}
                unpinned = Event(MAIN, EventKind.KEY_UNPINNED, now, str(actor.fingerprint), body)
                await tx.ledger.append(await actor.decide(unpinned))
        if state is ContactState.CONFIRMED and contact.channel is not Channel.OTHER:
            known = await tx.contacts.select(vendor=contact.vendor)
            demoted = {one.row for one in known if one.state is ContactState.DEMOTED}
            for participant in await tx.cases.participants():
                if participant.vendor == contact.vendor and participant.contact in {None, *demoted}:
                    await choose(desk, tx, actor, participant, contact)
        return await tx.contacts.get(contact.row)


async def choose(
    desk: Desk, tx: Transaction, actor: Actor, participant: ParticipantRecord, contact: ContactRecord
) -> None:
    """Make ``contact`` the one through which ``participant`` is reached."""
    await tx.cases.choose_contact(participant.row, contact.row)
    body = {"contact": contact.row}
    chain = str(participant.case)
    event = Event(chain, EventKind.CONTACT_CHOSEN, desk.clock.now(), str(actor.fingerprint), body, participant.row)
    await tx.ledger.append(await actor.decide(event))


async def contact_of(tx: Transaction, value: str, vendor: str | None = None) -> ContactRecord:
    """Return the contact with a number, address or other value; raise ``NotFound``, or ``Refused`` if several fit."""
    name = vendor_name(vendor) if vendor else None
    if value.isascii() and value.isdigit() and len(value) <= 9:
        return await tx.contacts.get(int(value))
    try:
        found = await tx.contacts.select(vendor=name, channel=Channel.EMAIL, value=Address.parse(value).key)
    except Refused:
        found = await tx.contacts.select(vendor=name, value=value)
    if not found:
        raise NotFound("contact", "there is no such contact", "add it: cvdmail contact add VENDOR ADDRESS")
    if len(found) > 1:
        raise Refused("contact", "several vendors have this contact", "add --vendor, or give its number")
    return found[0]


async def read_one_key(desk: Desk, armored: bytes) -> Certificate:
    """Read exactly one certificate; raise ``Refused``."""
    certificates = await desk.keys.inspect(armored)
    if len(certificates) != 1:
        raise Refused("key", f"the file holds {len(certificates)} certificates", "give a file with exactly one")
    return certificates[0]


def check_fit(certificate: Certificate, address: Address, allow_other_user_id: bool) -> None:
    """Raise ``Refused`` unless a certificate names the address it is pinned to, or a person accepts that."""
    if address not in certificate.addresses and not allow_other_user_id:
        raise Refused(
            "key", f"none of its user ids has the address {address}", "check it by another way, then --other-user-id"
        )


async def pin(
    desk: Desk, actor: Actor, armored: bytes, address: Address, vendor: str | None, allow_other_user_id: bool
) -> Pinned:
    """Bind a certificate to a contact by full fingerprint and file it under ``keys/``; pinning confirms the contact."""
    certificate = await read_one_key(desk, armored)
    usable = usable_for_encryption(certificate, desk.clock.now())
    if not usable.usable:
        raise Refused("key", usable.reason, "ask the vendor for a current key")
    check_fit(certificate, address, allow_other_user_id)
    now = desk.clock.now()
    async with desk.store.write() as tx:
        found = await tx.contacts.by_address(address)
        if vendor is None and len({contact.vendor for contact in found}) > 1:
            raise Refused("contact", "several vendors have this contact", "add --vendor")
        name = vendor_name(vendor) if vendor else (found[0].vendor if found else address.domain)
        contact = await tx.contacts.add(name, Channel.EMAIL, address.key, 0.9, now)
        if not found:
            await tx.contacts.note_evidence(contact.row, "person", now)
        before = {one.fingerprint for one in await tx.contacts.pinned(contact.row)}
        await tx.contacts.pin(contact.row, certificate.fingerprint, str(actor.fingerprint), now)
        if before - {certificate.fingerprint}:
            # What was encrypted to the key before this one must not go out any more.
            reached = [one.row for one in await tx.cases.participants() if one.contact == contact.row]
            await tx.outbox.stop(reached, "another key was pinned to its contact", now, frozen_only=True)
        await tx.contacts.set_state(contact.row, ContactState.CONFIRMED)
        body: dict[str, Value] = {"contact": contact.row, "fingerprint": str(certificate.fingerprint)}
        event = Event(MAIN, EventKind.KEY_PINNED, now, str(actor.fingerprint), body)
        await tx.ledger.append(await actor.decide(event))
        for participant in await tx.cases.participants():
            if participant.vendor == contact.vendor and participant.contact is None:
                await choose(desk, tx, actor, participant, contact)
        contact = await tx.contacts.get(contact.row)
        place = await desk.keys.save(address, armored)
    return Pinned(certificate.fingerprint, contact, place, usable.warnings)


async def participant_of(tx: Transaction, case_id: CaseId, which: str) -> ParticipantRecord:
    """Return the participant of a case named by its number or vendor; raise ``NotFound``."""
    case = await tx.cases.get(case_id)
    for one in await tx.cases.participants(case.row):
        if which in (str(one.row), one.vendor):
            return one
    raise NotFound(f"participant of {case_id}", "there is no such participant", f"see 'cvdmail case show {case_id}'")


async def address_book(desk: Desk, target: str) -> list[BookEntry]:
    """Return what we know of a target already: its kept contacts, confirmed and demoted ones among them."""
    async with desk.store.read() as tx:
        kept = await tx.contacts.select(vendor=vendor_name(target))
        pins = {pin.contact: pin for pin in await tx.contacts.pinned()}
    return [
        BookEntry(
            channel=one.channel,
            value=one.value,
            confirmed=one.state is ContactState.CONFIRMED,
            demoted=one.state is ContactState.DEMOTED,
            confirmed_at=pins[one.row].pinned_at if one.row in pins else None,
            fingerprint=pins[one.row].fingerprint if one.row in pins else None,
        )
        for one in kept
        if one.state is not ContactState.CANDIDATE
    ]


async def key_facts(desk: Desk, body: bytes) -> list[KeyFacts]:
    """Return what can be said of the certificates in a fetched key file."""
    now = desk.clock.now()
    facts = []
    for certificate in await desk.keys.inspect(body):
        usable = usable_for_encryption(certificate, now)
        facts.append(KeyFacts(certificate.fingerprint, usable.usable, usable.reason))
    return facts
