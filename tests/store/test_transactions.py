"""Transactions: nothing is lost between writers, readers never wait, and a failure leaves nothing behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
import sqlalchemy as sa

from cvdmail.core import ledger as chains
from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import MAIN, Event
from cvdmail.errors import Refused
from cvdmail.store.tables import lease
from cvdmail.store.transaction import Store
from store.database import NOW, STORE_KEY, Database, add_party, later, open_case

CONNECTIONS, EACH = 8, 40


async def test_320_concurrent_read_modify_writes_lose_nothing(database: Database) -> None:
    async with database.engines() as engines, engines.write() as connection:
        await connection.execute(sa.insert(lease).values(name="n", holder="h", fence=0, expires_at=NOW))

    async def add_one(of: Database, times: int) -> None:
        async with of.engines(60) as engines:
            for _ in range(times):
                async with engines.write() as connection:
                    fence = int(await connection.scalar(sa.select(lease.c.fence)) or 0)
                    await asyncio.sleep(0)  # every other writer gets its chance to come between
                    await connection.execute(sa.update(lease).values(fence=fence + 1))

    await asyncio.gather(*(add_one(database, EACH) for _ in range(CONNECTIONS)))
    async with database.engines() as engines, engines.read() as connection:
        assert await connection.scalar(sa.select(lease.c.fence)) == CONNECTIONS * EACH


async def test_concurrent_appends_make_one_chain(database: Database) -> None:
    async def append(of: Store, number: int) -> None:
        async with of.write() as tx:
            await tx.ledger.append(Event(MAIN, EventKind.CHECKPOINT, NOW, "daemon", {"number": number}))

    async with database.store(busy_seconds=60) as one, database.store(busy_seconds=60) as other:
        await asyncio.gather(*(append(store, number) for number in range(60) for store in (one, other)))
        async with one.read() as tx:
            entries = await tx.ledger.entries(MAIN)
    assert chains.verify(MAIN, entries) == []
    assert [entry.seq for entry in entries] == list(range(1, 121))
    assert sorted(int(str(entry.event.body["number"])) for entry in entries) == sorted([*range(60), *range(60)])


PROCESS = """
import asyncio, sys
from datetime import UTC, datetime
from cvdmail.store.engine import Engines
from cvdmail.store.transaction import Store
from cvdmail.store.vault import Vault
from cvdmail.core.report import Origin
from cvdmail.core.ids import Fingerprint

async def main():
    engines = Engines(sys.argv[1], 60)
    store = Store(engines, Vault(bytes(range(32))))
    for _ in range(15):
        async with store.write() as tx:
            now = datetime(2026, 6, 12, tzinfo=UTC)
            await tx.cases.open(now, Origin.ENGINEER, None, Fingerprint("A" * 40), "0" * 64)
    await engines.close()

asyncio.run(main())
"""


async def test_processes_side_by_side_never_give_a_case_number_twice(database: Database) -> None:
    running = [subprocess.Popen([sys.executable, "-c", PROCESS, database.url]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    async with database.store() as store, store.read() as tx:
        numbers = [case.id for case in await tx.cases.select()]
    assert numbers == [CaseId(2026, number) for number in range(1, 46)]


async def test_readers_do_not_wait_for_a_writer_and_see_one_state(database: Database) -> None:
    async with database.store() as store:
        async with store.write() as tx:
            await open_case(tx, "the first")
        async with store.read() as reading:
            assert len(await reading.cases.select()) == 1
            async with store.write() as writing:
                await open_case(writing, "the second")
                async with asyncio.timeout(2), store.read() as beside:
                    assert len(await beside.cases.select()) == 1
            assert len(await reading.cases.select()) == 1
        async with store.read() as tx:
            assert [case.title for case in await tx.cases.select()] == ["the first", "the second"]


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    before = database.dump()
    async with database.store() as store:
        with pytest.raises(ZeroDivisionError):
            async with store.write() as tx:
                case, _ = await open_case(tx)
                await add_party(tx, case)
                raise ZeroDivisionError
        assert database.dump() == before
        async with store.write() as tx:
            await open_case(tx, "after it")
        async with store.read() as tx:
            assert [(one.id, one.title) for one in await tx.cases.select()] == [(CaseId(2026, 1), "after it")]
    async with database.store(STORE_KEY) as again, again.read() as tx:
        # The key that the failed transaction made for the same row must not be what sealed this.
        assert [one.title for one in await tx.cases.select()] == ["after it"]


async def test_a_cancelled_writer_leaves_nothing_and_lets_the_next_in(database: Database) -> None:
    before = database.dump()
    async with database.store(busy_seconds=1) as store:
        inside = asyncio.Event()

        async def write() -> None:
            async with store.write() as tx:
                await open_case(tx)
                inside.set()
                await asyncio.sleep(60)

        task = asyncio.create_task(write())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert database.dump() == before
        async with asyncio.timeout(5), store.write() as tx:
            await open_case(tx)
    assert database.count("case") == 1


ILLEGAL = [
    (EventKind.REPORT_VALIDATED, True),
    (EventKind.REPORT_CLOSED, True),
    (EventKind.FIX_READY, True),
    (EventKind.FIX_DEPLOYED, True),
    (EventKind.EMBARGO_ACCEPTED, False),
    (EventKind.EMBARGO_TERMINATED, False),
]


@pytest.mark.parametrize(("kind", "of_participant"), ILLEGAL, ids=lambda value: str(getattr(value, "value", value)))
async def test_an_event_that_cannot_happen_is_refused_and_leaves_nothing(
    database: Database, kind: EventKind, of_participant: bool
) -> None:
    async with database.store() as store:
        async with store.write() as tx:
            case, _ = await open_case(tx)
            party = await add_party(tx, case)
        before = database.dump()
        with pytest.raises(Refused) as refusal:
            async with store.write() as tx:
                participant = party.row if of_participant else None
                await tx.ledger.append(Event(str(case.id), EventKind.CONTACT_CHOSEN, NOW, "program", {}, party.row))
                await tx.ledger.append(Event(str(case.id), kind, NOW, "program", {}, participant))
        assert "\n" not in refusal.value.line()
    assert database.dump() == before


async def test_states_move_with_their_events_and_each_flag_turns_once(database: Database) -> None:
    steps = (EventKind.REPORT_RECEIVED, EventKind.REPORT_VALIDATED, EventKind.REPORT_ACCEPTED, EventKind.FIX_READY)
    async with database.store() as store:
        async with store.write() as tx:
            case, _ = await open_case(tx)
            party = await add_party(tx, case)
            for kind in steps:
                await tx.ledger.append(Event(str(case.id), kind, NOW, "program", {}, party.row))
            await tx.ledger.append(Event(str(case.id), EventKind.BECAME_PUBLIC, NOW, "program", {}))
            await tx.ledger.append(Event(str(case.id), EventKind.CASE_CLOSED, later(1), "program", {}))
        async with store.read() as tx:
            shown, (one,) = await tx.cases.get(case.id), await tx.cases.participants(case.row)
        assert (one.state.rm.value, one.state.vfd.value) == ("ACCEPTED", "VFd")
        assert (shown.state.pxa, shown.state.closed, shown.state.em.value) == ("Pxa", True, "NONE")
        for again in (EventKind.BECAME_PUBLIC, EventKind.CASE_CLOSED):
            with pytest.raises(Refused):
                async with store.write() as tx:
                    await tx.ledger.append(Event(str(case.id), again, NOW, "program", {}))


async def test_a_read_transaction_cannot_write(database: Database) -> None:
    before = database.dump()
    async with database.store() as store:
        async with store.read() as tx:
            await open_case(tx, "must not stay")
        assert database.dump() == before


async def test_instants_come_back_as_they_were_and_sort_as_time(database: Database) -> None:
    async with database.engines() as engines:
        async with engines.write() as connection:
            for number, at in enumerate((later(0), later(-0.001), later(90000))):
                await connection.execute(sa.insert(lease).values(name=f"n{number}", holder="h", fence=1, expires_at=at))
        async with engines.read() as connection:
            found = list(await connection.scalars(sa.select(lease.c.expires_at).order_by(lease.c.expires_at)))
    assert found == [later(-0.001), later(0), later(90000)]
