"""Filing: the mails that wait are taken in handfuls, opened and read ahead, and settled in the order they came.

While one handful is settled (the database is at work), the next is opened and read (gpg is).  Tries are counted before
anything is looked at, so a mail that kills the program is known by its count: it is then taken alone, and after three
tries it is set aside as unparsed.  Where the fault is ours and temporary, the try is taken back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from cvdmail.core.events import EventKind
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.records import MessageRecord, MessageState
from cvdmail.errors import CryptoUnavailable, SealBroken, StoreUnavailable
from cvdmail.work.desk import DAEMON, Desk
from cvdmail.work.read_ahead import Prepared, prepare
from cvdmail.work.settle import Settled, settle

MAX_TRIES = 3
HANDFUL = 32
MOST_AT_ONCE = 32 * 1024 * 1024  # bytes of the mails of a handful
ROUNDS = 5  # how often a mail may have to be opened anew because something changed meanwhile

__all__ = ["Settled", "process_one", "process_rows", "process_stored"]


async def process_stored(desk: Desk, limit: int = 512) -> list[Settled]:
    """Judge and settle the mails that wait, in the order in which they came.

    Raise ``CryptoUnavailable`` with the rest left where it is; a mail that cannot be judged for a reason of its own
    does not hold up the ones behind it, its error is raised at the end.
    """
    return await _process(desk, _waiting(desk, limit))


async def process_rows(desk: Desk, rows: Sequence[int]) -> list[Settled]:
    """Do :func:`process_stored` for these mails."""
    if not rows:
        return []
    return await _process(desk, _named(desk, rows))


async def process_one(desk: Desk, record: MessageRecord) -> Settled:
    """Judge and settle one mail."""
    settled = await process_rows(desk, [record.row])
    if settled:
        return settled[0]
    async with desk.store.read() as tx:
        return Settled(record.row, (await tx.inbox.get(record.row)).state)


async def _waiting(desk: Desk, limit: int) -> AsyncGenerator[list[int], None]:
    """Yield the mails that wait, in handfuls; those that arrive meanwhile come along, so that nothing has to stop."""
    last = 0
    while limit > 0:
        async with desk.store.read() as tx:
            some = await tx.inbox.waiting(min(limit, 4 * HANDFUL), after=last)
        if not some:
            return
        last, limit = some[-1][0], limit - len(some)
        for rows in _handfuls(some):
            yield rows


async def _named(desk: Desk, rows: Sequence[int]) -> AsyncGenerator[list[int], None]:
    async with desk.store.read() as tx:
        some = await tx.inbox.waiting(len(rows), rows)
    for handful in _handfuls(some):
        yield handful


async def _process(desk: Desk, handfuls_of_rows: AsyncGenerator[list[int], None]) -> list[Settled]:
    settled: list[Settled] = []
    problems: list[Exception] = []
    async with aclosing(handfuls_of_rows), aclosing(_ahead(desk, handfuls_of_rows)) as handfuls:
        async for handful in handfuls:
            if isinstance(handful, Settled):
                settled.append(handful)
                continue
            try:
                settled += await _settle(desk, handful, problems)
            except (CryptoUnavailable, StoreUnavailable):
                raise
            except Exception as problem:  # of a mail in it: the next time each of them goes alone
                problems.append(problem)
    if problems:
        raise problems[0]
    return settled


async def _settle(desk: Desk, prepared: list[Prepared], problems: list[Exception]) -> list[Settled]:
    """Settle a handful, opening anew what has to be; mails with a problem of their own stay where they are."""
    settled: list[Settled] = []
    try:
        for _ in range(ROUNDS):
            problems += [one.problem for one in prepared if one.problem is not None]
            prepared = [one for one in prepared if one.problem is None]
            try:
                done, prepared = await settle(desk, prepared)
            except SealBroken:
                # A case was erased a moment ago: looked at again, the mail belongs to none and is held.
                done = []
            settled += done
            if not prepared:
                return settled
            in_sent = frozenset(one.record.row for one in prepared if one.in_sent)
            prepared = await prepare(desk, [(one.record, one.raw) for one in prepared], in_sent)
    except (CryptoUnavailable, StoreUnavailable, asyncio.CancelledError):
        await asyncio.shield(_give_back(desk, [one.record.row for one in prepared]))
        raise
    await _give_back(desk, [one.record.row for one in prepared])
    return settled


async def _ahead(
    desk: Desk, waiting: AsyncGenerator[list[int], None]
) -> AsyncGenerator[list[Prepared] | Settled, None]:
    """Yield the mails in handfuls, opened and read; the next handful is worked on while the caller has the last.

    Each is taken before the one ahead of it is handed over: the caller's transaction would keep it waiting.  An error
    is raised in its turn, after what came before it was handed over.  What was taken and not handed over is given back.
    """
    coming: asyncio.Task[list[Prepared] | Settled] | None = None
    try:
        async for rows in waiting:
            taken, in_sent = await _take(desk, rows)
            following = asyncio.create_task(_prepare(desk, taken, in_sent))
            if coming is not None:
                before, coming = coming, following
                yield await before
            coming = following
        if coming is not None:
            last, coming = coming, None
            yield await last
    finally:
        if coming is not None:
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, CryptoUnavailable, StoreUnavailable):
                left = await coming
                if not isinstance(left, Settled):
                    await _give_back(desk, [one.record.row for one in left])


def _handfuls(waiting: Sequence[tuple[int, int, int]]) -> list[list[int]]:
    """Cut rows (row, tries, bytes) into handfuls; one that was tried before, or is large, goes alone."""
    handfuls: list[list[int]] = []
    size = MOST_AT_ONCE
    alone = True
    for row, tries, length in waiting:
        if alone or tries or size + length > MOST_AT_ONCE or len(handfuls[-1]) >= HANDFUL:
            handfuls.append([])
            size = 0
        handfuls[-1].append(row)
        size += length
        alone = bool(tries)
    return handfuls


async def _take(desk: Desk, rows: list[int]) -> tuple[list[tuple[MessageRecord, bytes]], frozenset[int]]:
    """Count a try of each of these mails; return them with their bytes, and which of them lie in Sent."""
    async with desk.store.write() as tx:
        taken = await tx.inbox.take(rows)
        account, imap = desk.config.mailbox.address.key, desk.config.imap
        in_sent = await tx.inbox.lying_in(rows, account, imap.sent) if imap is not None else frozenset()
    return taken, in_sent


async def _prepare(
    desk: Desk, taken: list[tuple[MessageRecord, bytes]], in_sent: frozenset[int]
) -> list[Prepared] | Settled:
    """Look at, open and read mails that were taken; one that was tried too often is set aside."""
    try:
        if len(taken) == 1:
            ((record, _),) = taken
            if record.tries > MAX_TRIES:
                return await _set_aside(desk, record)
        return await prepare(desk, taken, in_sent)
    except BaseException:
        # gpg or the database is out of order, or we are asked to stop: no fault of the mails.
        await asyncio.shield(_give_back(desk, [record.row for record, _ in taken]))
        raise


async def _give_back(desk: Desk, rows: Sequence[int]) -> None:
    with contextlib.suppress(StoreUnavailable):
        async with desk.store.write() as tx:
            await tx.inbox.give_back(rows)


async def _set_aside(desk: Desk, record: MessageRecord) -> Settled:
    async with desk.store.write() as tx:
        await tx.inbox.set_state(record.row, MessageState.UNPARSED)
        body: dict[str, Value] = {"message": record.row, "sha256": record.sha256, "why": "reading it failed 3 times"}
        await tx.ledger.append(Event(MAIN, EventKind.MAIL_UNPARSED, desk.clock.now(), DAEMON, body))
    return Settled(record.row, MessageState.UNPARSED)
