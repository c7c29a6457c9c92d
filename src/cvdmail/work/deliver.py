"""Delivery: from an approved draft to an answer of the server for every recipient.

Order, and why.  (1) What an earlier run left open is closed first: an attempt that was begun and never ended is
``unknown``, because nobody can know.  (2) A draft whose turn has come is checked once more, rendered, signed and
encrypted, passed through the guard (:mod:`cvdmail.work.make_mail`), and its final bytes are committed: *frozen*.  From
here on the bytes never change.  (3) The attempt is committed.  (4) Only then comes the connect.  (5) The outcome is
committed.  (6) The very bytes go into the Sent folder (:mod:`cvdmail.work.sent_copies`).  A crash anywhere leaves the
mail in exactly one of these places.

The steps run as a belt, because signing, the database and the server each have their own time: while one mail is on the
wire the next few are being signed, and a handful is frozen in one transaction.  Attempts begin in the order of the
queue, the most urgent first, side by side on as many connections as the postman has; what became of some mails is
committed together with the beginning of the next ones.
"""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address
from cvdmail.core.ledger import Event, Value
from cvdmail.core.outbox import A_DAY, HOST_PAUSE, admit, delay, gave_up
from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.core.policy import ResendUnknown
from cvdmail.core.records import Attempt, AttemptOutcome, OutboxRecord, Pause
from cvdmail.errors import CvdmailError, GuardRefusal, Refused, StoreUnavailable
from cvdmail.ports import Postman
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, Desk
from cvdmail.work.freeze import Frozen, check, freeze, holds_lease, load, scopes, stop, try_to_make
from cvdmail.work.make_mail import Made
from cvdmail.work.review import Prepared

GIVEN_UP = "given up after 5 days"
AT_ONCE = 32
"""How many mails are signed side by side and frozen in one transaction."""
FROZEN_AHEAD = 64
"""How many frozen mails may wait for the wire."""
A_PASS = 1000
"""How many mails one pass takes up at the most."""
_BEFORE_MAIL = (Stage.CONNECT, Stage.TLS, Stage.LOGIN)
_LOG_IN_REFUSED = "the server refuses the log-in: mend [smtp], then 'cvdmail doctor'"
_CHANGED = Refused("mail", "its contact or key changed while it was signed", "approve the draft again")
_EVENTS = {
    RecipientState.SENT: EventKind.MAIL_SENT,
    RecipientState.DEFERRED: EventKind.MAIL_DEFERRED,
    RecipientState.REFUSED: EventKind.MAIL_REFUSED,
    RecipientState.UNKNOWN: EventKind.MAIL_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a pass over the outbox came to: rows by the state they ended in, and why the queue stopped, if it did."""

    states: Mapping[int, RecipientState]
    stopped: str | None = None
    stopped_by: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    """A mail whose attempt is committed, for the recipients in its envelope."""

    frozen: Frozen
    mail: OutgoingMail
    attempt: Attempt


async def recover(desk: Desk) -> int:
    """Close the attempts that a crash left open: their recipients are ``unknown``; return how many there were."""
    async with desk.store.write() as tx:
        interrupted = await tx.attempts.interrupted()
        for attempt in interrupted:
            record = await tx.outbox.get(attempt.outbox)
            lost = RecipientResult(RecipientState.UNKNOWN, Stage.DOT, None, "the program was stopped meanwhile")
            scope = (await scopes(tx, [record]))[record.row]
            result = SubmissionResult(dict.fromkeys(attempt.recipients, lost))
            await _finish(desk, tx, [(record, scope, attempt, result)])
    return len(interrupted)


async def deliver_due(
    desk: Desk, postman: Postman, fence: int, limit: int = A_PASS, stopping: Callable[[], bool] = lambda: False
) -> Delivered:
    """Try every mail that is due once, the most urgent first; stop early when the server asks to be left alone.

    ``stopping`` is asked between two mails: the one under way is always finished.
    """
    left_alone = await _left_alone(desk, postman)
    if left_alone is not None:
        return left_alone
    return await _Belt(desk, postman, fence, stopping).run(await _admitted(desk, limit))


async def _left_alone(desk: Desk, postman: Postman) -> Delivered | None:
    """Say why nothing may be tried now: the server asked for a pause, or refused a log-in that is still the same."""
    now = desk.clock.now()
    async with desk.store.read() as tx:
        pause = await tx.attempts.pause(desk.submission_host)
        if pause is None:
            return None
        if pause.stopped is not None and pause.login_mac == await _login_mac(tx, postman):
            return Delivered({}, pause.stopped, "SMTP log-in")
        if pause.stopped is None and pause.until is not None and now < pause.until:
            return Delivered({}, f"the SMTP server is left alone until {pause.until:%H:%M} UTC, as it asked")
    async with desk.store.write() as tx:
        await tx.attempts.set_pause(desk.submission_host, None, now)
    return None


async def _login_mac(tx: Transaction, postman: Postman) -> str:
    return await tx.sealed.mac("smtp log-in", await postman.log_in())


async def _admitted(desk: Desk, limit: int) -> list[int]:
    """Return the rows of the mails that may go now, in order; keep of the others why they wait."""
    now = desk.clock.now()
    async with desk.store.read() as tx:
        due = await tx.outbox.due(now)
        vendors = {mail.vendor for mail in due if mail.new_report}
        load = await tx.outbox.load(vendors, now - A_DAY) if vendors else {}
    decided = admit(due, load, desk.policy.limits)
    changed = {mail.row: decided[mail.row] for mail in due if decided[mail.row] != mail.waits}
    if changed:
        async with desk.store.write() as tx:
            await tx.outbox.note_waits(changed)
    return [row for row, waits in decided.items() if waits is None][:limit]


@dataclass(frozen=True, slots=True)
class _Signing:
    """A mail on its way to being frozen: what it is made of and the signing under way, or why it must not go."""

    record: OutboxRecord
    prepared: Prepared | None = None
    making: asyncio.Task[Made | CvdmailError] | None = None
    problem: CvdmailError | None = None
    frozen: Frozen | None = None


class _Belt:
    """One pass over the outbox: check and sign, freeze, put on the wire, each step a few mails ahead of the next."""

    def __init__(self, desk: Desk, postman: Postman, fence: int, stopping: Callable[[], bool]) -> None:
        self._desk, self._postman, self._fence, self._stopping = desk, postman, fence, stopping
        self._states: dict[int, RecipientState] = {}
        self._signing: asyncio.Queue[list[_Signing] | None] = asyncio.Queue(1)
        self._frozen: asyncio.Queue[Frozen | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(FROZEN_AHEAD)
        self._replaced = False

    async def run(self, rows: Sequence[int]) -> Delivered:
        """Deliver; raise what kept mails from being made only after those on the belt have had their turn."""
        if not rows:
            return Delivered({})
        # Not in a task group with the submissions: a failure while signing must never cut off a mail on the wire.
        making = asyncio.create_task(self._make_all(rows))
        making.add_done_callback(lambda _: self._frozen.put_nowait(None))
        try:
            ended = await self._submit_all()
        finally:
            making.cancel()
            await asyncio.wait([making])
        failed = None if making.cancelled() else making.exception()
        if ended is not None:
            return ended
        if failed is not None:
            raise failed
        return Delivered(self._states)

    async def _make_all(self, rows: Sequence[int]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._sign_all(group, rows))
                group.create_task(self._freeze_all())
        except* CvdmailError as problems:
            raise _first(problems) from None

    async def _sign_all(self, group: asyncio.TaskGroup, rows: Sequence[int]) -> None:
        """Check each mail once more and start signing it; those that have bytes go on as they are."""
        for start in range(0, len(rows), AT_ONCE):
            if self._stopping():
                break
            await self._signing.put(await self._sign_some(group, rows[start : start + AT_ONCE]))
        await self._signing.put(None)

    async def _sign_some(self, group: asyncio.TaskGroup, rows: Sequence[int]) -> list[_Signing]:
        desk = self._desk
        async with desk.store.read() as tx:
            records = {one.row: one for one in await tx.outbox.select(rows=rows)}
            loaded = await load(desk, tx, [one for one in records.values() if one.message is not None])
            checked = await check(desk, tx, [one.draft for one in records.values() if one.message is None])
        handful: list[_Signing] = []
        for record in (records[row] for row in rows):
            found = loaded[record.row] if record.message is not None else checked[record.draft]
            if isinstance(found, CvdmailError):
                handful.append(_Signing(record, problem=found))
            elif isinstance(found, Frozen):
                handful.append(_Signing(record, frozen=found))
            else:
                handful.append(_Signing(record, found, group.create_task(try_to_make(desk, found))))
        return handful

    async def _freeze_all(self) -> None:
        """Commit the final bytes of each handful and pass the mails on to the wire, in order."""
        while (handful := await self._signing.get()) is not None:
            outcomes = {one.record.row: await one.making if one.making is not None else one.problem for one in handful}
            made = [
                (one.record, one.prepared, outcome)
                for one in handful
                if one.prepared is not None and isinstance(outcome := outcomes[one.record.row], Made)
            ]
            frozen = await freeze(self._desk, made, self._fence) if made else {}
            for one in handful:
                outcome = outcomes[one.record.row]
                if isinstance(outcome, CvdmailError):
                    await stop(self._desk, one.record, outcome)
                    self._states[one.record.row] = RecipientState.QUEUED
                    continue
                ready = one.frozen or frozen.get(one.record.row)
                if ready is None:
                    await stop(self._desk, one.record, _CHANGED)
                    self._states[one.record.row] = RecipientState.QUEUED
                    continue
                await self._room.acquire()
                self._frozen.put_nowait(ready)

    async def _submit_all(self) -> Delivered | None:
        """Keep every connection busy with the next mail; return why the pass ended early, if it did."""
        wire: dict[asyncio.Task[SubmissionResult], _Begun] = {}
        taking: asyncio.Task[Frozen | None] | None = None
        ended: Delivered | None = None
        more = True
        try:
            while more or wire:
                more = more and ended is None and not self._replaced and not self._stopping()
                if more and taking is None and len(wire) < self._postman.connections:
                    taking = asyncio.create_task(self._frozen.get())
                if not wire and taking is None:
                    break
                await asyncio.wait([*wire, *([taking] if taking is not None else [])], return_when=FIRST_COMPLETED)
                done = [(begun, task.result()) for task, begun in wire.items() if task.done()]
                wire = {task: begun for task, begun in wire.items() if not task.done()}
                for _, result in done:
                    ended = ended or self._ending(result)
                ready: list[Frozen] = []
                if taking is not None and taking.done():
                    more = self._take(taking.result(), ready, self._postman.connections - len(wire)) and more
                    taking = None
                # What was taken up and may not begin any more stays frozen and due: another pass finds it.
                for begun in await self._turn(done, [] if ended is not None or self._stopping() else ready):
                    wire[asyncio.create_task(self._submit(begun))] = begun
        finally:
            for task in (*wire, *([taking] if taking is not None else [])):
                task.cancel()
        if self._replaced:
            # Said only now: what was on the wire has ended, and its outcome is written.
            raise StoreUnavailable("delivery", "another daemon has taken over", "only one may run; this one stops")
        return ended

    def _take(self, first: Frozen | None, ready: list[Frozen], free: int) -> bool:
        """Take up what is there for the free connections; False at the end of the belt."""
        frozen = first
        while frozen is not None:
            ready.append(frozen)
            self._room.release()
            if len(ready) == free or self._frozen.empty():
                return True
            frozen = self._frozen.get_nowait()
        return False

    async def _turn(self, done: Sequence[tuple[_Begun, SubmissionResult]], ready: Sequence[Frozen]) -> list[_Begun]:
        """In one transaction: write what became of some mails, and that the attempts at the next ones begin."""
        desk = self._desk
        async with desk.store.write() as tx:
            await tx.sealed.warm({one.frozen.scope for one, _ in done} | {one.scope for one in ready})
            if done:
                ends = [(one.frozen.record, one.frozen.scope, one.attempt, result) for one, result in done]
                self._states |= await _finish(desk, tx, ends)
                for _, result in done:
                    await self._note_pause(tx, result)
            ours = await holds_lease(tx, self._fence)
            living = [one for one in ready if await tx.sealed.alive(one.scope)]
            begun = {}
            if ours and living:
                begun = await tx.attempts.begin([one.record.row for one in living], self._fence, desk.clock.now())
        self._replaced = not ours
        return [_addressed(one, begun[one.record.row]) for one in living if one.record.row in begun]

    async def _submit(self, begun: _Begun) -> SubmissionResult:
        try:
            return await self._postman.submit(begun.mail)
        except GuardRefusal as refusal:
            # The bytes are not what was frozen: nothing was connected, and nobody may try again without a person.
            stopped = RecipientResult(RecipientState.REFUSED, Stage.CONNECT, None, refusal.why)
            return SubmissionResult(dict.fromkeys(begun.mail.recipients, stopped))

    async def _note_pause(self, tx: Transaction, result: SubmissionResult) -> None:
        now, host = self._desk.clock.now(), self._desk.submission_host
        if result.stop_queue:
            log_in_mac = await tx.sealed.mac("smtp log-in", result.log_in)
            await tx.attempts.set_pause(host, Pause(None, _LOG_IN_REFUSED, log_in_mac), now)
        elif result.pause_host:
            known = await tx.attempts.pause(host)
            if known is None or known.stopped is None:  # a refused log-in outlasts a wish for rest
                await tx.attempts.set_pause(host, Pause(now + HOST_PAUSE), now)

    def _ending(self, result: SubmissionResult) -> Delivered | None:
        """Say why nothing more is tried in this pass; None to go on."""
        if result.stop_queue:
            return Delivered(self._states, _LOG_IN_REFUSED, "SMTP log-in")
        if result.pause_host:
            return Delivered(self._states, "the SMTP server asks to be left alone for a while")
        unreached = next((one for one in result.recipients.values() if _not_reached(one)), None)
        if unreached is None:
            return None
        # What keeps one mail from the server keeps them all: the others wait without being tried.
        return Delivered(self._states, problem=f"SMTP {unreached.stage.value}: {unreached.answer}")


def _not_reached(result: RecipientResult) -> bool:
    return result.stage in _BEFORE_MAIL and result.state is RecipientState.DEFERRED


def _first(group: BaseExceptionGroup[CvdmailError]) -> CvdmailError:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, CvdmailError)
    return found


def _addressed(frozen: Frozen, attempt: Attempt) -> _Begun:
    """Return a mail with the envelope of those who still wait for it."""
    waiting = frozenset(attempt.recipients)
    intended = replace(frozen.mail.intended, outstanding=waiting)
    return _Begun(frozen, replace(frozen.mail, recipients=tuple(sorted(waiting)), intended=intended), attempt)


async def _finish(
    desk: Desk, tx: Transaction, ends: Sequence[tuple[OutboxRecord, int, Attempt, SubmissionResult]]
) -> dict[int, RecipientState]:
    """Write the outcome of attempts for each recipient, and when the mails are tried again, if they are."""
    now = desk.clock.now()
    unclosed = await tx.attempts.still_open([attempt.row for _, _, attempt, _ in ends])
    ends = [one for one in ends if one[2].row in unclosed]
    if not ends:
        return {}
    outcomes = [
        AttemptOutcome(attempt, result.recipients, scope if await tx.sealed.alive(scope) else None)
        for _, scope, attempt, result in ends
    ]
    states = await tx.attempts.end(outcomes, now)
    await tx.ledger.append_all(
        [
            _event(record, attempt, address, outcome, now)
            for record, _, attempt, result in ends
            for address, outcome in result.recipients.items()
        ]
    )
    for record, _, attempt, result in ends:
        after = states[record.row]
        if after.stopped is not None:
            await tx.outbox.refuse_waiting([record.row], now)
        elif after.waiting:
            pause = HOST_PAUSE if result.pause_host else delay(attempt.number)
            stopped = f"{GIVEN_UP}; a person must decide" if gave_up(record.queued_at, now) else None
            await tx.outbox.schedule(record.row, now + pause, stopped)
        if after.stopped is None and desk.policy.resend_unknown is ResendUnknown.ONCE:
            await tx.outbox.resend_unknown(record.row, now)
    return {row: after.state for row, after in states.items()}


def _event(record: OutboxRecord, attempt: Attempt, address: Address, outcome: RecipientResult, now: datetime) -> Event:
    body: dict[str, Value] = {
        "attempt": attempt.number,
        "code": outcome.code,
        "outbox": record.row,
        "recipient": attempt.recipients[address],
        "stage": outcome.stage.value,
    }
    return Event(record.chain, _EVENTS[outcome.state], now, DAEMON, body, record.participant)
