"""Traces: found through the index, bounded, readable to nobody."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from cvdmail.core.matching import TraceKind
from cvdmail.core.similarity import COMMON, Shared, Trait
from cvdmail.store.traces import _LOOK_UP
from store.database import NOW, Database, add_party, open_case

SUBJECT = Trait(TraceKind.SUBJECT, "a telling subject")
NAME = Trait(TraceKind.IDENTIFIER, "frame_parse")


async def test_what_was_learned_is_found_once_and_nowhere_readable(database: Database) -> None:
    async with database.store() as store:
        async with store.write() as tx:
            case, _ = await open_case(tx)
            party = await add_party(tx, case)
            for _ in range(2):
                await tx.traces.learn([(party.row, SUBJECT), (party.row, NAME), (party.row, NAME)])
        async with store.read() as tx:
            found, cases = await tx.traces.look_up([SUBJECT, Trait(TraceKind.WORD, SUBJECT.value)])
            assert found == [Shared(party.row, SUBJECT, 1)]
            assert cases == {party.row: case.id}
            assert await tx.traces.look_up([]) == ([], {})
    assert database.count("trace") == 2
    assert not [one for one in (b"telling", b"frame_parse") if one in database.on_disk()]


async def test_another_store_has_other_hashes(database: Database) -> None:
    """The hashes are keyed: a list of guessed subjects does not open them."""
    async with database.store() as store, store.write() as tx:
        one, other = await tx.sealed.macs([("trace subject", "x"), ("trace word", "x")])
        assert one != other
        assert one == await tx.sealed.mac("trace subject", "x")


async def test_what_many_share_is_left_out_and_not_kept_for_more(database: Database) -> None:
    async with database.store() as store, store.write() as tx:
        case, _ = await open_case(tx)
        people = [(await add_party(tx, case, f"v{number}.example")).row for number in range(COMMON + 5)]
        await tx.traces.learn([(row, SUBJECT) for row in people] + [(row, NAME) for row in people[: COMMON - 1]])
        found, _ = await tx.traces.look_up([SUBJECT, NAME])
        assert {one.trait for one in found} == {NAME}
        assert {one.spread for one in found} == {COMMON - 1}
    assert database.count("trace") == 2 * COMMON - 1


async def test_an_erased_case_is_no_guess(database: Database) -> None:
    async with database.store() as store:
        async with store.write() as tx:
            case, _ = await open_case(tx)
            await tx.traces.learn([((await add_party(tx, case)).row, SUBJECT)])
            await tx.scopes.erase_case(case.row, NOW)
        async with store.read() as tx:
            assert await tx.traces.look_up([SUBJECT]) == ([], {})


@pytest.mark.parametrize("count", [1, 3, 40, 200])
async def test_any_number_of_values_may_be_asked_for(database: Database, count: int) -> None:
    asked = [Trait(TraceKind.WORD, str(number)) for number in range(count)]
    async with database.store() as store, store.write() as tx:
        case, _ = await open_case(tx)
        await tx.traces.learn([((await add_party(tx, case)).row, asked[0])])
        found, _ = await tx.traces.look_up(asked)
        assert [one.trait for one in found] == asked[:1]


def test_a_value_is_looked_up_through_the_index(database: Database) -> None:
    """The plan of the database itself: no scan of a table, whatever is in it."""
    text = str(_LOOK_UP.compile(dialect=sqlite.dialect())).replace("(__[POSTCOMPILE_macs])", "('x', 'y')")
    connection = sqlite3.connect(database.path)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")]
    connection.close()
    assert any("trace USING INDEX ix_trace_value_mac (value_mac=?)" in line for line in plan), plan
    assert not [line for line in plan if line.startswith("SCAN")], plan


async def test_looking_up_and_learning_cost_one_statement_each(database: Database) -> None:
    """However many traits a mail has."""
    many = [Trait(TraceKind.WORD, str(number)) for number in range(40)]
    said: list[str] = []
    async with database.store() as store, store.write() as tx:
        case, _ = await open_case(tx)
        party = await add_party(tx, case)
        connection = tx.traces._connection.sync_connection
        sa.event.listen(connection, "before_cursor_execute", lambda *call: said.append(call[2]))
        await tx.traces.learn([(party.row, one) for one in many])
        await tx.traces.look_up(many)
    assert [text.split()[0] for text in said if "trace" in text and "max(" not in text] == ["INSERT", "SELECT"]
