"""Delivery on a server in memory: identical bytes, each recipient's fate, one daemon at a time, every crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cli.lab import CASE, MAILBOX, VENDOR, Lab
from cvdmail.config import load
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.core.policy import ResendUnknown
from cvdmail.edge.memory import MemoryMailboxes, MemoryPostman
from cvdmail.errors import StoreUnavailable
from cvdmail.wiring import daemon_desk
from cvdmail.work.deliver import deliver_due, recover
from cvdmail.work.desk import LEASE, Desk
from cvdmail.work.sent_copies import store_copies

ROWS = (Address.parse(VENDOR), Address.parse(MAILBOX))


class Clock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@asynccontextmanager
async def desk_of(lab: Lab, resend: ResendUnknown = ResendUnknown.ASK) -> AsyncIterator[tuple[Desk, Clock]]:
    async with daemon_desk(load(lab.config)) as desk:
        clock = Clock(desk.clock.now())
        yield replace(desk, clock=clock, policy=replace(desk.policy, resend_unknown=resend)), clock


async def lease(desk: Desk, holder: str = "here") -> int:
    now = desk.clock.now()
    async with desk.store.write() as tx:
        taken = await tx.leases.take(LEASE, holder, now, now + timedelta(hours=1))
    assert taken is not None
    return taken.fence


def post() -> tuple[MemoryPostman, MemoryMailboxes]:
    vendor = MemoryMailboxes()
    return MemoryPostman({ROWS[0]: vendor, ROWS[1]: MemoryMailboxes()}), vendor


def answer(state: RecipientState, stage: Stage, code: int | None) -> SubmissionResult:
    return SubmissionResult({address: RecipientResult(state, stage, code, "words") for address in ROWS})


async def states(desk: Desk) -> dict[str, RecipientState]:
    async with desk.store.read() as tx:
        (mail,) = await tx.outbox.select()
    return {str(one.address): one.state for one in mail.recipients}


DEFERRED = answer(RecipientState.DEFERRED, Stage.RCPT, 450)
UNKNOWN = answer(RecipientState.UNKNOWN, Stage.DOT, None)
REFUSED = answer(RecipientState.REFUSED, Stage.RCPT, 550)


async def test_a_retry_sends_the_identical_bytes(queued: Lab) -> None:
    postman, vendor = post()
    postman.upcoming.extend([DEFERRED, DEFERRED])
    async with desk_of(queued) as (desk, clock):
        fence = await lease(desk)
        for wanted in (RecipientState.DEFERRED, RecipientState.DEFERRED, RecipientState.SENT):
            done = await deliver_due(desk, postman, fence)
            assert dict(done.states) == {1: wanted}
            assert dict((await deliver_due(desk, postman, fence)).states) == {}  # not before its time
            clock.at += timedelta(hours=6)
            fence = await lease(desk)
    assert len({mail.raw for mail in postman.taken}) == 1
    assert [len(postman.taken), len(vendor.folders["INBOX"].mails)] == [3, 1]


async def test_who_has_it_is_not_sent_it_again(queued: Lab) -> None:
    postman, _ = post()
    mixed = {**DEFERRED.recipients, ROWS[1]: RecipientResult(RecipientState.SENT, Stage.DONE, 250, "ok")}
    postman.upcoming.append(SubmissionResult(mixed))
    async with desk_of(queued) as (desk, clock):
        await deliver_due(desk, postman, await lease(desk))
        assert await states(desk) == {VENDOR: RecipientState.DEFERRED, MAILBOX: RecipientState.SENT}
        clock.at += timedelta(hours=6)
        await deliver_due(desk, postman, await lease(desk))
        assert await states(desk) == {VENDOR: RecipientState.SENT, MAILBOX: RecipientState.SENT}
    first, second = postman.taken
    assert (set(first.recipients), set(second.recipients)) == (set(ROWS), {ROWS[0]})
    assert first.raw == second.raw


@pytest.mark.parametrize("outcome", [UNKNOWN, REFUSED], ids=["unknown", "refused"])
async def test_what_is_unknown_or_refused_is_not_sent_again_by_itself(queued: Lab, outcome: SubmissionResult) -> None:
    postman, _ = post()
    postman.upcoming.append(outcome)
    async with desk_of(queued) as (desk, clock):
        await deliver_due(desk, postman, await lease(desk))
        for _ in range(3):
            clock.at += timedelta(days=1)
            assert dict((await deliver_due(desk, postman, await lease(desk))).states) == {}
    assert len(postman.taken) == 1


async def test_the_policy_may_send_the_unknown_once_more(queued: Lab) -> None:
    postman, _ = post()
    postman.upcoming.extend([UNKNOWN, UNKNOWN])
    async with desk_of(queued, ResendUnknown.ONCE) as (desk, clock):
        for _ in range(4):
            await deliver_due(desk, postman, await lease(desk))
            clock.at += timedelta(days=1)
        assert set((await states(desk)).values()) == {RecipientState.UNKNOWN}
    assert len(postman.taken) == 2
    assert len({mail.raw for mail in postman.taken}) == 1


async def test_a_person_may_send_the_unknown_once_more(queued: Lab) -> None:
    postman, vendor = post()
    postman.upcoming.append(UNKNOWN)
    async with desk_of(queued) as (desk, _):
        await deliver_due(desk, postman, await lease(desk))
    again = await asyncio.to_thread(queued.process, "ada", "send", CASE, "--resend-unknown", "--json")
    assert again.good().json[0]["state"] == "queued"
    async with desk_of(queued) as (desk, _):
        await deliver_due(desk, postman, await lease(desk))
        assert set((await states(desk)).values()) == {RecipientState.SENT}
    assert len({mail.raw for mail in postman.taken}) == 1
    assert len(vendor.folders["INBOX"].mails) == 1


async def test_a_daemon_whose_lease_has_gone_sends_nothing(queued: Lab) -> None:
    postman, _ = post()
    async with desk_of(queued) as (desk, clock):
        old = await lease(desk, "old")
        clock.at += timedelta(hours=2)
        await lease(desk, "new")
        with pytest.raises(StoreUnavailable):
            await deliver_due(desk, postman, old)
        assert set((await states(desk)).values()) == {RecipientState.QUEUED}
    assert postman.taken == []


class Crash(BaseException):
    """The power went out."""


class CrashingPostman(MemoryPostman):
    """Takes the mail, or not, and is never heard of again."""

    def __init__(self, accounts: dict[Address, MemoryMailboxes], taken: bool) -> None:
        super().__init__(accounts)
        self._takes = taken

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        if self._takes:
            await super().submit(mail)
        raise Crash


@pytest.mark.parametrize("taken", [True, False])
async def test_a_crash_while_sending_ends_as_unknown_and_is_not_repeated(queued: Lab, taken: bool) -> None:
    vendor = MemoryMailboxes()
    crashing = CrashingPostman({ROWS[0]: vendor}, taken)
    async with desk_of(queued) as (desk, _):
        with pytest.raises(Crash):
            await deliver_due(desk, crashing, await lease(desk))
    postman, _ = post()
    async with desk_of(queued) as (desk, clock):
        assert await recover(desk) == 1
        assert await recover(desk) == 0
        assert set((await states(desk)).values()) == {RecipientState.UNKNOWN}
        clock.at += timedelta(days=1)
        assert dict((await deliver_due(desk, postman, await lease(desk))).states) == {}
    assert postman.taken == []


async def test_the_copy_in_sent_is_the_very_mail_and_is_stored_once(queued: Lab) -> None:
    postman, _ = post()
    ours = MemoryMailboxes()
    async with desk_of(queued) as (desk, _):
        assert await store_copies(desk, await ours.connect(), "Sent") == 0
        await deliver_due(desk, postman, await lease(desk))
        assert await store_copies(desk, await ours.connect(), "Sent") == 1
        assert await store_copies(desk, await ours.connect(), "Sent") == 0
    (copy,) = ours.folders["Sent"].mails.values()
    assert copy.raw == postman.taken[0].raw


async def test_a_queue_that_is_told_to_stop_stops(queued: Lab) -> None:
    postman, _ = post()
    deferred = answer(RecipientState.DEFERRED, Stage.LOGIN, 535)
    postman.upcoming.append(SubmissionResult(deferred.recipients, stop_queue=True))
    async with desk_of(queued) as (desk, _):
        done = await deliver_due(desk, postman, await lease(desk))
        assert done.stopped is not None
        async with desk.store.read() as tx:
            kinds = [entry.event.kind.value for entry in await tx.ledger.entries(str(CaseId.parse(CASE)))]
    assert kinds[-2:] == ["mail_deferred", "mail_deferred"]
