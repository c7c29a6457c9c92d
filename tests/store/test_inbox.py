"""Idempotence and leases: the same thing twice is the same thing once, and one daemon works at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import IntegrityError

from cvdmail.core.candidates import Channel
from cvdmail.core.drafts import DraftState, Signed
from cvdmail.core.ids import Address, Fingerprint, ReplyToken
from cvdmail.core.outgoing import RecipientResult, RecipientState, Stage
from cvdmail.core.records import AttemptOutcome, Direction, ScopeKind
from cvdmail.errors import NotFound
from cvdmail.store.inbox import Position
from cvdmail.store.transaction import Transaction
from store.database import ADA, NOW, Database, add_party, later, open_case, queue, store_outbound, write_draft

VENDOR = Address.parse("security@vendor.example")
MAIL = b"Subject: one\r\n\r\nwords\r\n"


def at(uid: int, uidvalidity: int = 1, folder: str = "INBOX") -> Position:
    return Position("lab@lab.example", folder, uidvalidity, uid)


async def _store(tx: Transaction, raw: bytes, position: Position | None) -> tuple[int, bool]:
    return await tx.inbox.store(raw, position, await tx.sealed.scope(ScopeKind.PEN), NOW, NOW)


async def test_the_same_mail_is_kept_once_wherever_it_is_seen(database: Database) -> None:
    places = [at(1), at(1), None, at(2), at(1, uidvalidity=2), at(1, folder="Junk"), None]
    async with database.store() as store:
        outcomes = []
        for place in places:
            async with store.write() as tx:
                outcomes.append(await _store(tx, MAIL, place))
        async with store.write() as tx:
            outcomes += [await _store(tx, MAIL, at(3)), await _store(tx, MAIL, at(3))]
        async with store.read() as tx:
            assert await tx.inbox.raw(1) == MAIL
    assert outcomes == [(1, True)] + [(1, False)] * 8
    assert (database.count("message"), database.count("blob")) == (1, 1)
    assert database.count("sighting") == 5


async def test_a_place_that_was_seen_keeps_the_mail_it_had(database: Database) -> None:
    """A server that shows other bytes under a known UID breaks its own rule: what was committed stays."""
    async with database.store() as store, store.write() as tx:
        await _store(tx, MAIL, at(1))
        assert await _store(tx, b"Subject: other\r\n\r\n", at(1)) == (1, False)
        assert await tx.inbox.raw(1) == MAIL
    assert database.count("message") == 1


async def test_a_mail_of_ours_that_comes_back_is_the_one_that_was_sent(database: Database) -> None:
    """The same bytes in Sent, or as the copy to ourselves: nothing new has come, and it is noted where they lie."""
    async with database.store() as store, store.write() as tx:
        _, scope = await open_case(tx)
        sent = await store_outbound(tx, MAIL, scope, "a@lab.example")
        assert await _store(tx, MAIL, at(1)) == (sent, False)
        assert [one.direction for one in await tx.inbox.select()] == [Direction.OUTBOUND]
        # What came first as somebody's mail, and is then sent by us byte for byte, is both.
        other, new = await _store(tx, MAIL + b"other", at(2))
        await store_outbound(tx, MAIL + b"other", scope, "b@lab.example")
        assert new and await _store(tx, MAIL + b"other", at(3)) == (other, False)
    assert database.count("sighting") == 3


async def test_an_aborted_delivery_is_delivered_again_in_full(database: Database) -> None:
    async with database.store() as store:
        with pytest.raises(ZeroDivisionError):
            async with store.write() as tx:
                await _store(tx, MAIL, at(1))
                await tx.inbox.move_cursor("lab@lab.example", "INBOX", 1, 1, NOW)
                raise ZeroDivisionError
        async with store.write() as tx:
            assert await tx.inbox.cursor("lab@lab.example", "INBOX") is None
            assert await _store(tx, MAIL, at(1)) == (1, True)
            await tx.inbox.move_cursor("lab@lab.example", "INBOX", 1, 1, NOW)
        async with store.read() as tx:
            cursor = await tx.inbox.cursor("lab@lab.example", "INBOX")
    assert cursor is not None
    assert (cursor.uidvalidity, cursor.last_uid, cursor.last_sync_at) == (1, 1, NOW)


async def _party_and_draft(tx: Transaction) -> tuple[int, int, int]:
    case, scope = await open_case(tx)
    party = await add_party(tx, case)
    draft = await write_draft(tx, party, scope)
    await tx.drafts.set_state(draft, DraftState.APPROVED, "0" * 64)
    return party.row, draft, scope


async def _queue_twice(tx: Transaction) -> None:
    party, draft, _ = await _party_and_draft(tx)
    await queue(tx, draft, party, VENDOR)
    await queue(tx, draft, party, VENDOR)


async def _same_recipient_twice(tx: Transaction) -> None:
    party, draft, _ = await _party_and_draft(tx)
    await queue(tx, draft, party, VENDOR, Address.parse("security@VENDOR.example"))


async def _file_twice(tx: Transaction) -> None:
    party, _, scope = await _party_and_draft(tx)
    mail, _ = await _store(tx, MAIL, None)
    await tx.filings.file(mail, party, scope, True, None, "daemon", NOW)
    await tx.filings.file(mail, party, scope, True, None, "daemon", NOW)


async def _same_token_for_two(tx: Transaction) -> None:
    case, _ = await open_case(tx)
    one, other = await add_party(tx, case), await add_party(tx, case, "other.example")
    await tx.cases.issue_tokens([(one.row, ReplyToken.parse("a" * 16)), (other.row, ReplyToken.parse("A" * 16))], NOW)


@pytest.mark.parametrize("twice", [_queue_twice, _same_recipient_twice, _file_twice, _same_token_for_two])
async def test_what_must_happen_once_cannot_happen_twice(
    database: Database, twice: Callable[[Transaction], Awaitable[None]]
) -> None:
    before = database.dump()
    async with database.store() as store:
        with pytest.raises(IntegrityError) as problem:
            async with store.write() as tx:
                await twice(tx)
    assert "vendor.example" not in str(problem.value)  # an error never prints a value
    assert database.dump() == before


async def test_saying_the_same_again_adds_nothing(database: Database) -> None:
    fingerprint = Fingerprint("B" * 40)
    async with database.store() as store, store.write() as tx:
        party, draft, _ = await _party_and_draft(tx)
        for _ in range(2):
            await tx.drafts.approve({draft: "0" * 64}, ADA, Signed("a signature"), NOW)
            contact = await tx.contacts.add("vendor.example", Channel.EMAIL, VENDOR.key, 0.4, NOW)
            await tx.contacts.pin(contact.row, fingerprint, str(ADA), NOW)
            await tx.facts.learn_ticket(party, "exv-1")
            case = await tx.cases.select()
            await add_party(tx, case[0])
        assert len(await tx.drafts.approvals([draft])) == 1
        assert len(await tx.contacts.select()) == 1
        assert [pin.fingerprint for pin in await tx.contacts.pinned()] == [fingerprint]
        assert len(await tx.cases.participants()) == 1
    assert [database.count(table) for table in ("approval", "contact", "pinned_key", "ticket", "participant")] == [
        1
    ] * 5


async def test_a_new_pin_unbinds_the_old_one_and_can_be_taken_back(database: Database) -> None:
    old, new = Fingerprint("B" * 40), Fingerprint("C" * 40)
    async with database.store() as store, store.write() as tx:
        contact = await tx.contacts.add("vendor.example", Channel.EMAIL, VENDOR.key, 0.4, NOW)
        for wanted in (old, new, old):
            await tx.contacts.pin(contact.row, wanted, str(ADA), NOW)
            assert [pin.fingerprint for pin in await tx.contacts.pinned(contact.row)] == [wanted]


async def test_frozen_bytes_are_set_once_and_an_attempt_moves_only_its_own_recipients(database: Database) -> None:
    other = Address.parse("second@vendor.example")
    async with database.store() as store, store.write() as tx:
        party, draft, scope = await _party_and_draft(tx)
        row = await queue(tx, draft, party, VENDOR, other)
        first = await store_outbound(tx, b"first", scope)
        second = await store_outbound(tx, b"second", scope, "2@lab.example")
        assert await tx.outbox.freeze({row: first}, NOW)
        assert not await tx.outbox.freeze({row: second}, later(1))
        assert (await tx.outbox.get(row)).message == first
        attempt = (await tx.attempts.begin([row], 1, NOW))[row]
        assert set(attempt.recipients) == {VENDOR, other}
        held_back = RecipientResult(RecipientState.DEFERRED, Stage.RCPT, 450, "later")
        taken = RecipientResult(RecipientState.SENT, Stage.DONE, 250, "ok")
        await tx.attempts.end([AttemptOutcome(attempt, {VENDOR: held_back, other: taken}, scope)], NOW)
        attempt = (await tx.attempts.begin([row], 1, NOW))[row]
        assert (set(attempt.recipients), attempt.number) == ({VENDOR}, 2)
        assert await tx.attempts.interrupted() == [attempt]
        states = {one.address: one.state for one in (await tx.outbox.get(row)).recipients}
        assert states == {VENDOR: RecipientState.SENDING, other: RecipientState.SENT}
        sent = RecipientResult(RecipientState.SENT, Stage.DONE, 250, "ok")
        await tx.attempts.end([AttemptOutcome(attempt, {VENDOR: sent}, scope)], NOW)
        assert await tx.attempts.interrupted() == []
        states = {one.address: one.state for one in (await tx.outbox.get(row)).recipients}
        assert states == {VENDOR: RecipientState.SENT, other: RecipientState.SENT}
        assert await tx.attempts.begin([row], 1, NOW) == {}


async def test_what_is_unknown_is_sent_again_once_at_most(database: Database) -> None:
    async with database.store() as store, store.write() as tx:
        party, draft, scope = await _party_and_draft(tx)
        row = await queue(tx, draft, party, VENDOR)
        await tx.outbox.freeze({row: await store_outbound(tx, b"x", scope)}, NOW)
        seen = []
        for _ in range(3):
            begun = await tx.attempts.begin([row], 1, NOW)
            if not begun:
                seen.append((await tx.outbox.get(row)).state)
                continue
            unknown = RecipientResult(RecipientState.UNKNOWN, Stage.DOT, None, "")
            await tx.attempts.end([AttemptOutcome(begun[row], {VENDOR: unknown}, scope)], NOW)
            await tx.outbox.resend_unknown(row, NOW)
            seen.append((await tx.outbox.get(row)).state)
    assert seen == [RecipientState.QUEUED, RecipientState.UNKNOWN, RecipientState.UNKNOWN]


async def test_a_lease_has_one_holder_and_a_new_holder_a_higher_fence(database: Database) -> None:
    async with database.store() as store, store.write() as tx:
        taken = await tx.leases.take("daemon", "one", NOW, later(1))
        assert taken is not None
        assert taken.fence == 1
        assert await tx.leases.take("daemon", "other", later(0.5), later(2)) is None
        renewed = await tx.leases.take("daemon", "one", later(0.5), later(1.5))
        assert renewed is not None
        assert (renewed.fence, renewed.expires_at) == (1, later(1.5))
        assert await tx.leases.take("daemon", "other", later(1.49), later(3)) is None
        over = await tx.leases.take("daemon", "other", later(1.5), later(3))
        assert over is not None
        assert (over.fence, over.holder) == (2, "other")
        assert await tx.leases.take("daemon", "one", later(2), later(4)) is None
        assert await tx.leases.get("daemon") == over
        back = await tx.leases.take("daemon", "one", later(3), later(4))
        assert back is not None
        assert back.fence == 3
        assert await tx.leases.get("another") is None


async def test_two_daemons_that_start_at_once_cannot_both_have_it(database: Database) -> None:
    async def take(holder: str) -> bool:
        async with database.store() as store, store.write() as tx:
            return await tx.leases.take("daemon", holder, NOW, later(1)) is not None

    assert sum(await asyncio.gather(*(take(str(number)) for number in range(6)))) == 1


async def test_what_is_not_there_is_told(database: Database) -> None:
    async with database.store() as store, store.read() as tx:
        asked: list[Awaitable[object]] = [
            tx.inbox.get(1), tx.inbox.raw(1), tx.outbox.get(1), tx.drafts.get(1), tx.drafts.content(1),
            tx.contacts.get(1), tx.facts.get(1), tx.cases.participant(1), tx.cases.report(1), tx.cases.scope(1),
        ]  # fmt: skip
        for question in asked:
            with pytest.raises(NotFound) as problem:
                await question
            assert len(problem.value.line().splitlines()) == 1
        assert await tx.inbox.inner(1) is None
        assert await tx.inbox.readings([1]) == {}
