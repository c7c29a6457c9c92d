"""What the statements of drafts are made of: everything the database knows of many drafts, gathered at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cvdmail.core.compose import Attachment
from cvdmail.core.drafts import WITH_ATTACHMENTS, ClearExtent, Content
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.records import (
    ContactRecord,
    ContactState,
    DraftRecord,
    ParticipantRecord,
    PinnedKey,
    Reviewable,
)
from cvdmail.store.transaction import Transaction
from cvdmail.work.open_case import read_attachments


@dataclass(frozen=True, slots=True)
class Material:
    """What statements are made of, by row."""

    drafts: Mapping[int, DraftRecord]
    people: Mapping[int, ParticipantRecord]
    cases: Mapping[int, Reviewable]
    contacts: Mapping[int, ContactRecord]
    pins: Mapping[int, PinnedKey]
    extents: Mapping[int, ClearExtent]
    contents: Mapping[int, Content]
    attachments: Mapping[int, tuple[Attachment, ...]]
    editors: Mapping[int, frozenset[Fingerprint]]
    pen: int
    demoted: frozenset[Address]


async def gather(tx: Transaction, rows: Sequence[int]) -> Material:
    """Return what the statements of these drafts are made of, one question for each kind of thing."""
    drafts = {one.row: one for one in await tx.drafts.select(rows=list(rows))}
    named = {one.participant for one in drafts.values() if one.participant is not None}
    people = {one.row: one for one in await tx.cases.participants(rows=named)} if named else {}
    cases = await tx.cases.reviewed_as({one.case_row for one in people.values()}) if people else {}
    await tx.sealed.warm({one.scope for one in cases.values() if not one.erased})
    chosen = {one.contact for one in people.values() if one.contact is not None}
    contacts = {one.row: one for one in await tx.contacts.select(rows=chosen)} if chosen else {}
    pins = {one.contact: one for one in await tx.contacts.pinned(rows=chosen)} if chosen else {}
    in_clear = {people[one.participant].contact for one in drafts.values() if one.clear and one.participant is not None}
    extents = await tx.contacts.clear_extents([row for row in in_clear if row is not None])
    carrying = {
        people[one.participant].case_row
        for one in drafts.values()
        if one.letter in WITH_ATTACHMENTS and one.participant is not None
    }
    return Material(
        drafts, people, cases, contacts, pins, extents, await tx.drafts.contents(list(rows)),
        await read_attachments(tx, sorted(carrying)),
        await tx.ledger.editors({str(one.case) for one in people.values()}), await tx.pen_scope(),
        await _demoted(tx, {one.address for one in drafts.values() if one.address is not None}),
    )  # fmt: skip


async def _demoted(tx: Transaction, addresses: set[Address]) -> frozenset[Address]:
    """Return the addresses that are contacts of ours, and every one of them demoted."""
    states = {address: {one.state for one in await tx.contacts.by_address(address)} for address in addresses}
    return frozenset(address for address, found in states.items() if found == {ContactState.DEMOTED})
