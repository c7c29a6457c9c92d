"""Sealing: no readable word on disk, no value opens elsewhere, a new key shuts the old one out, erased is erased."""

from __future__ import annotations

import base64
import json
import quopri
import sqlite3
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from cvdmail.core.drafts import Content, Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import Fact, FactKind, Grade, Identifier, Where
from cvdmail.core.ids import Address, MessageId
from cvdmail.core.ledger import MAIN, Event, commitment, verify
from cvdmail.core.outgoing import RecipientResult, RecipientState, Stage
from cvdmail.core.records import AttemptOutcome, MessageState, ScopeKind
from cvdmail.core.seal import Place
from cvdmail.core.trust import Trust
from cvdmail.errors import NotFound, SealBroken
from cvdmail.store.inbox import Outcome
from cvdmail.store.scopes import read_store_key
from cvdmail.store.tables import blob, blob_key, scope_key
from cvdmail.store.vault import Vault
from store.database import (
    ADA,
    NOW,
    STORE_KEY,
    Database,
    add_party,
    open_case,
    queue,
    store_outbound,
    traces,
    write_draft,
)

CANARY = "the length field of minus one"
NEW_KEY = bytes(reversed(range(32)))
SALT = b"s" * 16


def readable(text: str) -> list[bytes]:
    """``text`` in the encodings that a program might have written it in by mistake."""
    raw = text.encode()
    return [
        raw,
        raw.upper(),
        raw.hex().encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        quopri.encodestring(raw, quotetabs=True),
        json.dumps(text).encode().strip(b'"'),
        *(base64.b64encode(raw[offset:])[:20] for offset in range(3)),
    ]


async def test_no_canary_of_any_sealed_value_is_readable_on_disk(database: Database) -> None:
    words = [f"{CANARY} {number}" for number in range(12)]
    async with database.store() as store:
        async with store.write() as tx:
            pen = await tx.sealed.scope(ScopeKind.PEN)
            case, scope = await open_case(tx, words[0])
            party = await add_party(tx, case)
            await tx.sealed.put(scope, Place("case", "report", case.row), words[1].encode())
            content = Content(words[2], words[3], "00" * 16)
            draft = await tx.drafts.write(party.row, Letter.REPORT, ADA, scope, content, NOW)
            event = Event(MAIN, EventKind.CHECKPOINT, NOW, "daemon", {"reason": commitment(SALT, words[4].encode())})
            await tx.ledger.append_with_secret(event, pen, SALT, words[4].encode())
            mail, _ = await tx.inbox.store(f"Subject: {words[5]}\r\n\r\n".encode(), None, pen, NOW, NOW)
            outcome = Outcome(
                MessageState.FILED, MessageId("a@b.example"), trust=Trust.VERIFIED, encrypted=True,
                reading={"text": words[6]}, inner=words[7].encode(),
            )  # fmt: skip
            await tx.inbox.settle(mail, outcome, pen)
            await tx.filings.file(mail, party.row, scope, True, None, "daemon", NOW)
            fact = Fact(FactKind.TICKET, words[8], Where.TEXT, 0, 5, Grade.SURE, "rule", Identifier("T-4711"))
            await tx.facts.write(mail, party.row, [fact], scope)
            await tx.facts.learn_ticket(party.row, words[9])
            address = Address.parse("security@vendor.example")
            row = await queue(tx, draft, party.row, address)
            sent = await store_outbound(tx, words[10].encode(), scope)
            await tx.outbox.freeze({row: sent}, NOW)
            attempt = (await tx.attempts.begin([row], 1, NOW))[row]
            result = RecipientResult(RecipientState.DEFERRED, Stage.RCPT, 450, words[11])
            await tx.attempts.end([AttemptOutcome(attempt, {address: result}, scope)], NOW)
        assert len(database.files()) == 3  # while it is open, all of it is in the write-ahead log
        needles = [needle for word in words for needle in readable(word)] + readable(CANARY) + [STORE_KEY]
        assert traces(database.on_disk(), needles) == []
        await store.scrub()
        assert traces(database.on_disk(), needles) == []
        async with store.read() as tx:  # and all of it is there for who has the key
            assert (await tx.cases.get(case.id)).title == words[0]
            assert (await tx.drafts.content(draft)).text == words[3]
            assert await tx.ledger.openings(MAIN) == {1: SALT + words[4].encode()}
            assert await tx.inbox.inner(mail) == words[7].encode()
            assert (await tx.inbox.readings([mail]))[mail] == {"text": words[6]}
            assert [one.fact.quote for one in await tx.facts.select(messages=[mail])] == [words[8]]
            assert await tx.sealed.mac("ticket", words[9].upper()) in "\n".join(database.dump())
            assert await tx.inbox.raw(sent) == words[10].encode()
    assert traces(database.on_disk(), needles) == []


SWAPS: dict[str, tuple[str, ...]] = {
    "the rows of two values": (
        "UPDATE blob SET owner_row = 999 WHERE id = :a",
        "UPDATE blob SET owner_row = 1 WHERE id = :b",
        "UPDATE blob SET owner_row = 2 WHERE id = :a",
    ),
    "the columns of two values": (
        "UPDATE blob SET owner_column = 'other' WHERE id = :a",
        "UPDATE blob SET owner_column = 'title' WHERE id = :c",
        "UPDATE blob SET owner_column = 'report' WHERE id = :a",
    ),
    "the ciphertexts": ("UPDATE blob SET sealed = (SELECT sealed FROM blob WHERE id = :b) WHERE id = :a",),
    "the ciphertexts of one row": ("UPDATE blob SET sealed = (SELECT sealed FROM blob WHERE id = :c) WHERE id = :a",),
    "the wrapped keys": ("UPDATE blob SET wrapped_key = (SELECT wrapped_key FROM blob WHERE id = :b) WHERE id = :a",),
    "all of one value into another's place": (
        "UPDATE blob SET (scope, wrapped_key, sealed) = (SELECT scope, wrapped_key, sealed FROM blob WHERE id = :b) "
        "WHERE id = :a",
    ),
    "the scope": ("UPDATE blob SET scope = (SELECT scope FROM blob WHERE id = :b) WHERE id = :a",),
}


@pytest.mark.parametrize("what", SWAPS)
async def test_values_that_change_places_do_not_open(database: Database, what: str) -> None:
    async with database.store() as store, store.write() as tx:
        one, scope = await open_case(tx, "the first title")
        await open_case(tx, "the second title")
        await tx.sealed.put(scope, Place("case", "report", one.row), b"the first report")
    rows = {"a": _blob(database, "title", 1), "b": _blob(database, "title", 2), "c": _blob(database, "report", 1)}
    with sqlite3.connect(database.path) as connection:
        for statement in SWAPS[what]:
            connection.execute(statement, {key: value for key, value in rows.items() if f":{key}" in statement})
    connection.close()
    async with database.store() as store, store.read() as tx:
        with pytest.raises(SealBroken) as problem:
            await tx.sealed.get(Place("case", "title", 1))
    assert "first" not in problem.value.line()


def _blob(database: Database, column: str, row: int) -> int:
    connection = sqlite3.connect(database.path)
    (found,) = connection.execute(
        "SELECT id FROM blob WHERE owner_column = ? AND owner_row = ?", (column, row)
    ).fetchone()
    connection.close()
    return int(found)


async def test_scope_keys_that_change_places_do_not_open(database: Database) -> None:
    async with database.store() as store, store.write() as tx:
        await open_case(tx, "the first title")
        await open_case(tx, "the second title")
    with sqlite3.connect(database.path) as connection:
        found = connection.execute("SELECT id, wrapped FROM scope_key WHERE kind = 'case' ORDER BY id").fetchall()
        (first, wrapped_first), (second, wrapped_second) = found
        connection.execute("UPDATE scope_key SET wrapped = ? WHERE id = ?", (wrapped_second, first))
        connection.execute("UPDATE scope_key SET wrapped = ? WHERE id = ?", (wrapped_first, second))
    connection.close()
    async with database.store() as store, store.read() as tx:
        with pytest.raises(SealBroken):
            await tx.sealed.get(Place("case", "title", 1))


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "the version": lambda data: _flip(data, 0),
    "the key id": lambda data: _flip(data, 8),
    "the nonce": lambda data: _flip(data, 9),
    "the first byte": lambda data: _flip(data, 21),
    "the tag": lambda data: _flip(data, len(data) - 1),
    "the end cut off": lambda data: data[:-1],
    "nearly all cut off": lambda data: data[:5],
    "empty": lambda data: b"",
    "longer": lambda data: data + b"\0",
}


@pytest.mark.parametrize("column", ["sealed", "wrapped_key"])
@pytest.mark.parametrize("what", DAMAGE)
async def test_a_changed_byte_is_never_read_over(database: Database, what: str, column: str) -> None:
    async with database.store() as store, store.write() as tx:
        await open_case(tx)
    async with database.engines() as engines, engines.write() as connection:
        data = await connection.scalar(sa.select(blob.c[column]))
        assert isinstance(data, bytes)
        await connection.execute(sa.update(blob).values({column: DAMAGE[what](data)}))
    async with database.store() as store, store.read() as tx:
        with pytest.raises(SealBroken):
            await tx.sealed.get(Place("case", "title", 1))


async def test_a_wrong_store_key_opens_nothing(database: Database) -> None:
    async with database.store() as store, store.write() as tx:
        await open_case(tx)
    async with database.store(NEW_KEY) as store, store.read() as tx:
        with pytest.raises(SealBroken):
            await tx.sealed.get(Place("case", "title", 1))
        with pytest.raises(SealBroken):
            await tx.sealed.mac("ticket", "T-1")


async def test_after_a_new_store_key_the_old_one_opens_nothing_more(database: Database) -> None:
    async with database.store() as store:
        async with store.write() as tx:
            case, _ = await open_case(tx, "a title")
            before = await tx.sealed.mac("report", "the same")
        async with store.write() as tx:
            assert await tx.scopes.rewrap_all(Vault(NEW_KEY)) == 2  # the pen's and the case's
            await tx.scopes.set_store_key(b"another OpenPGP message", NOW)
    async with database.engines() as engines, engines.read() as connection:
        assert await read_store_key(connection) == b"another OpenPGP message"
    async with database.store(NEW_KEY) as store, store.read() as tx:
        assert (await tx.cases.get(case.id)).title == "a title"
        assert await tx.sealed.mac("report", "the same") == before  # what is looked up by it is still found
    async with database.store(STORE_KEY) as store, store.read() as tx:
        with pytest.raises(SealBroken):
            await tx.cases.get(case.id)


async def test_a_new_store_key_that_fails_changes_nothing(database: Database) -> None:
    async with database.store() as store:
        async with store.write() as tx:
            case, _ = await open_case(tx, "a title")
        before = database.dump()
        with pytest.raises(ZeroDivisionError):
            async with store.write() as tx:
                await tx.scopes.rewrap_all(Vault(NEW_KEY))
                raise ZeroDivisionError
        assert database.dump() == before
        async with store.read() as tx:
            assert (await tx.cases.get(case.id)).title == "a title"


async def test_filing_moves_a_mail_under_the_key_of_its_case(database: Database) -> None:
    async with database.store() as store:
        async with store.write() as tx:
            pen = await tx.sealed.scope(ScopeKind.PEN)
            case, scope = await open_case(tx)
            party = await add_party(tx, case)
            mail, _ = await tx.inbox.store(b"Subject: x\r\n\r\nwords", None, pen, NOW, NOW)
            await tx.inbox.settle(mail, Outcome(MessageState.FILED, reading={"a": 1}, inner=b"inside"), pen)
            await tx.filings.file(mail, party.row, scope, True, None, "daemon", NOW)
        async with store.write() as tx:
            assert (await tx.inbox.raw(mail), await tx.inbox.inner(mail)) == (b"Subject: x\r\n\r\nwords", b"inside")
            await tx.scopes.erase_case(case.row, NOW)
        async with store.read() as tx:
            with pytest.raises(SealBroken):
                await tx.inbox.raw(mail)


async def test_a_mail_of_three_cases_goes_with_the_last_of_them_whatever_the_order(database: Database) -> None:
    """The key of each case wraps the mail's data keys; whoever goes takes its own wrapping along and no other."""
    for number, order in enumerate(((0, 1, 2), (2, 1, 0), (1, 0, 2))):
        async with database.store() as store:
            async with store.write() as tx:
                pen = await tx.sealed.scope(ScopeKind.PEN)
                cases = [await open_case(tx) for _ in range(3)]
                mail, _ = await tx.inbox.store(b"words of %d" % number, None, pen, NOW, NOW)
                await tx.inbox.settle(mail, Outcome(MessageState.FILED, reading={"a": 1}, inner=b"inside"), pen)
                await tx.verdicts.keep(await tx.inbox.get(mail), {"earlier": True}, [pen], NOW)
                for place, (case, scope) in enumerate(cases):
                    party = await add_party(tx, case)
                    if place == 0:
                        await tx.filings.file(mail, party.row, scope, True, None, "daemon", NOW)
                        await tx.filings.take_along(mail, scope)
                    else:
                        await tx.filings.link(mail, party.row, scope, "A" * 40, NOW)
                assert await tx.sharing.scopes("message", mail) == [scope for _, scope in cases]
            for left in order:
                async with store.read() as tx:
                    assert await tx.inbox.inner(mail) == b"inside"
                    assert (await tx.inbox.readings([mail]))[mail] == {"a": 1}
                    assert [one.reading for one in (await tx.verdicts.of([mail]))[mail]] == [{"earlier": True}]
                async with store.write() as tx:
                    await tx.scopes.erase_case(cases[left][0].row, NOW)
            async with store.read() as tx:
                with pytest.raises(SealBroken):
                    await tx.inbox.raw(mail)
                assert [one.reading for one in (await tx.verdicts.of([mail]))[mail]] == [{}]
        async with database.engines() as engines, engines.read() as connection:
            assert set(await connection.scalars(sa.select(blob_key.c.wrapped_key))) == {None}


async def test_a_wrapping_that_was_dropped_is_gone_from_the_disk(database: Database) -> None:
    """A mail is moved from one case to another: what the first one's key opened must not be found any more."""
    async with database.store() as store:
        async with store.write() as tx:
            (one, scope), (two, other) = await open_case(tx), await open_case(tx)
            parties = [await add_party(tx, case) for case in (one, two)]
            mail, _ = await tx.inbox.store(b"a mail", None, await tx.sealed.scope(ScopeKind.PEN), NOW, NOW)
            await tx.filings.file(mail, parties[0].row, scope, True, None, "daemon", NOW)
        query = sa.select(blob.c.wrapped_key).where(blob.c.owner_table == "message")
        async with database.engines() as engines, engines.read() as connection:
            before = await connection.scalar(query)
        assert before is not None
        async with store.write() as tx:
            await tx.filings.link(mail, parties[1].row, other, "A" * 40, NOW)
            await tx.filings.unlink(mail, parties[0].row, scope, NOW)
            assert await tx.sharing.scopes("message", mail) == [other]
        with pytest.raises(SealBroken, match="no other case"):
            async with store.write() as tx:
                await tx.sharing.drop(other, "message", mail)
        await store.scrub()
        assert traces(database.on_disk(), [before]) == []
        async with store.write() as tx:
            await tx.scopes.erase_case(one.row, NOW)
            assert await tx.inbox.raw(mail) == b"a mail"
            await tx.scopes.erase_case(two.row, NOW)
        async with store.read() as tx:
            with pytest.raises(SealBroken):
                await tx.inbox.raw(mail)


async def _erased(database: Database) -> list[bytes]:
    """Open two cases, erase the first; return what must be nowhere on disk afterwards."""
    async with database.store() as store:
        async with store.write() as tx:
            one, scope = await open_case(tx, "to be erased")
            party = await add_party(tx, one)
            await write_draft(tx, party, scope, "a draft to be erased")
            await open_case(tx, "to be kept")
            await tx.ledger.append(Event(str(one.id), EventKind.CASE_OPENED, NOW, "program", {}))
        async with database.engines() as engines, engines.read() as connection:
            keys = list(await connection.scalars(sa.select(scope_key.c.wrapped).where(scope_key.c.case == one.row)))
            values = (await connection.execute(sa.select(blob.c.wrapped_key, blob.c.sealed, blob.c.scope))).all()
        gone = [*keys, *(value.wrapped_key for value in values if value.scope == scope)]
        gone += [value.sealed for value in values if value.scope == scope]
        assert len(gone) == 5
        assert traces(database.on_disk(), gone) == gone
        async with store.write() as tx:
            await tx.scopes.erase_case(one.row, NOW)
            await tx.ledger.append(Event(str(one.id), EventKind.CASE_ERASED, NOW, "program", {}))
        await store.scrub()
        assert traces(database.on_disk(), gone) == []
        async with store.read() as tx:  # this process remembers nothing of it either
            with pytest.raises(SealBroken):
                await tx.drafts.content(1)
            with pytest.raises(SealBroken):
                await tx.sealed.get(Place("case", "title", one.row))
            assert [case.title for case in await tx.cases.select()] == [None, "to be kept"]
            assert [case.erased_at for case in await tx.cases.select()] == [NOW, None]
    return gone


async def test_erased_is_erased_on_disk_and_the_events_remain(database: Database) -> None:
    gone = await _erased(database)
    assert traces(database.on_disk(), gone) == []
    async with database.store() as store, store.read() as tx:
        (case, _) = await tx.cases.select()
        entries = await tx.ledger.entries(str(case.id))
        assert [entry.event.kind for entry in entries] == [EventKind.CASE_OPENED, EventKind.CASE_ERASED]
        assert verify(str(case.id), entries) == []
        assert (await tx.drafts.get(1)).row == 1
        with pytest.raises(SealBroken):
            await tx.drafts.content(1)
        with pytest.raises(NotFound):
            await tx.sealed.get(Place("case", "report", case.row))


async def test_a_mail_that_waited_in_the_pen_is_erased_with_its_case(database: Database) -> None:
    """Its data key was once wrapped by the pen's key, which lives on: that wrapping must be gone as well."""
    async with database.store() as store:
        async with store.write() as tx:
            case, scope = await open_case(tx)
            party = await add_party(tx, case)
            mail, _ = await tx.inbox.store(b"a mail", None, await tx.sealed.scope(ScopeKind.PEN), NOW, NOW)
        query = sa.select(blob.c.wrapped_key, blob.c.sealed).where(blob.c.owner_table == "message")
        async with database.engines() as engines, engines.read() as connection:
            (row,) = (await connection.execute(query)).all()
        async with store.write() as tx:
            await tx.filings.file(mail, party.row, scope, True, None, "daemon", NOW)
        async with store.write() as tx:
            await tx.scopes.erase_case(case.row, NOW)
        await store.scrub()
        assert traces(database.on_disk(), [row.wrapped_key, row.sealed]) == []


async def test_nothing_is_sealed_for_an_erased_case(database: Database) -> None:
    """A mail that comes in late must not bring the case back: there is no key to put it under."""
    await _erased(database)
    before = database.dump()
    async with database.store() as store:
        with pytest.raises(SealBroken):
            async with store.write() as tx:
                pen = await tx.sealed.scope(ScopeKind.PEN)
                mail, _ = await tx.inbox.store(b"late", None, pen, NOW, NOW)
                await tx.filings.file(mail, 1, await tx.cases.scope(1), True, None, "daemon", NOW)
    assert database.dump() == before


async def test_an_erasure_that_cannot_be_finished_is_not_silent(database: Database) -> None:
    """Somebody who reads keeps the write-ahead log from being emptied: whoever erases must be told."""
    async with database.store() as store, store.write() as tx:
        case, _ = await open_case(tx, "to be erased")
    async with database.engines() as engines, engines.read() as connection:
        (key,) = await connection.scalars(sa.select(scope_key.c.wrapped).where(scope_key.c.case == case.row))
    async with database.store(busy_seconds=0.2) as store:
        async with database.store() as reader, reader.read() as reading:
            await reading.cases.select()
            async with store.write() as tx:
                await tx.scopes.erase_case(case.row, NOW)
            assert await store.scrub(0.4) is False
            assert traces(database.on_disk(), [key]) == [key]
        assert await store.scrub() is True
        assert traces(database.on_disk(), [key]) == []
