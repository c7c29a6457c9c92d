"""Every constraint of the schema holds against the database itself, whatever the program does.

The wrong rows are derived from the schema: one for every NOT NULL, foreign key, unique constraint and enumeration.
The named checks have wrong rows of their own, and the last test sees to it that none is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from cvdmail.store.tables import metadata
from store.database import Database

AT = "2026-06-12T10:00:00.000000Z"
FINGERPRINT = "A" * 40
HASH = "0" * 64

# One right row for each table, as the database keeps it; numbers that refer to one another are 1.
RIGHT: dict[str, dict[str, Any]] = {
    "case": {
        "id": 1, "year": 2026, "number": 1, "origin": "engineer", "severity": None, "author": FINGERPRINT,
        "report_mac": HASH, "opened_at": AT, "em": "NONE", "pxa": "pxa", "closed_at": None, "erased_at": None,
    },
    "scope_key": {"id": 11, "kind": "case", "case": 1, "created_at": AT, "wrapped": b"x", "erased_at": None},
    "contact": {
        "id": 1, "vendor": "vendor.example", "channel": "email", "value": "security@vendor.example",
        "state": "candidate", "score": 0.5, "created_at": AT,
    },
    "contact_evidence": {
        "id": 1, "contact": 1, "kind": "cna", "url": None, "fetched_at": None, "sha256": None, "expires": None,
        "noted_at": AT,
    },
    "pinned_key": {
        "id": 1, "contact": 1, "fingerprint": FINGERPRINT, "pinned_at": AT, "pinned_by": FINGERPRINT,
        "unpinned_at": None,
    },
    "participant": {
        "id": 1, "case": 1, "role": "vendor", "vendor": "vendor.example", "contact": 1, "rm": "START", "vfd": "vfd",
        "added_at": AT, "removed_at": None,
    },
    "reply_token": {"id": 1, "participant": 1, "token_sha256": HASH, "created_at": AT, "revoked_at": None},
    "message": {
        "id": 1, "direction": "inbound", "state": "stored", "sha256": HASH, "body_sha256": None, "message_id": None,
        "received_at": AT, "kind": None, "trust": None, "signature": None, "signature_fingerprint": None,
        "encrypted": None, "tries": 0, "why": None,
    },
    "sighting": {
        "id": 1, "message": 1, "account": "a", "folder": "INBOX", "uidvalidity": 1, "uid": 1, "seen_at": AT,
    },
    "filing": {
        "id": 1, "message": 1, "participant": 1, "certain": 1, "evidence": "reply_token", "filed_at": AT,
        "filed_by": "daemon", "ended_at": None,
    },
    "verdict": {
        "id": 1, "message": 1, "replaced_at": AT, "state": "held", "kind": None, "trust": None, "signature": None,
        "signature_fingerprint": None, "encrypted": None, "why": None,
    },
    "guess": {"id": 1, "message": 1, "participant": 1, "evidence": "ticket", "rank": 0},
    "fact": {
        "id": 1, "message": 1, "participant": 1, "position": 0, "kind": "ticket", "grade": "sure", "state": "proposed",
        "corrects": 1,
    },
    "promise": {
        "id": 1, "participant": 1, "fact": 1, "kind": "fix", "status": "planned", "first": "2026-07-01",
        "last": "2026-07-31", "granularity": None, "bound": None, "offset_minutes": 60, "made_at": AT, "slips": None,
    },
    "ticket": {"id": 1, "participant": 1, "number_mac": HASH},
    "trace": {"id": 1, "participant": 1, "kind": "address", "value_mac": HASH},
    "case_link": {"id": 1, "case": 1, "kind": "merged_into", "other": 1, "made_at": AT, "ended_at": None},
    "draft": {
        "id": 1, "participant": 1, "letter": "report", "state": "open", "author": FINGERPRINT, "written_at": AT,
        "digest": None, "answers": None, "clear": 0, "address": None,
    },
    "manifest": {"id": 1, "sha256": HASH, "text": "{}"},
    "approval": {
        "id": 1, "draft": 1, "fingerprint": FINGERPRINT, "digest": HASH, "approved_at": AT, "signature": "x",
        "manifest": None,
    },
    "outbox": {
        "id": 1, "draft": 1, "participant": 1, "state": "queued", "message": 1, "queued_at": AT, "frozen_at": AT,
        "next_attempt_at": AT, "sent_copy": "pending", "stopped": None, "urgency": 45, "waits": None,
    },
    "recipient": {
        "id": 1, "outbox": 1, "address": "a@b.example", "state": "queued", "stage": None, "code": None, "at": AT,
        "resent": 0,
    },
    "server_pause": {"host": "h:465", "until": AT, "stopped": None, "login_mac": None, "at": AT},
    "clear_preference": {
        "id": 1, "contact": 1, "extent": "status", "message": None, "approved_by": FINGERPRINT, "at": AT,
    },
    "delivery": {
        "id": 1, "participant": 1, "direction": "outbound", "channel": "portal", "recorded_by": FINGERPRINT, "at": AT,
        "recorded_at": AT,
    },
    "attempt": {"id": 1, "outbox": 1, "number": 1, "fence": 1, "started_at": AT, "ended_at": None},
    "event": {
        "id": 1, "chain": "main", "seq": 1, "kind": "checkpoint", "at": AT, "actor": "daemon", "participant": None,
        "body": "{}", "signature": None, "previous": bytes(32), "hash": bytes(32),
    },
    "blob": {
        "id": 901, "scope": 11, "owner_table": "case", "owner_column": "title", "owner_row": 1, "wrapped_key": b"x",
        "sealed": b"x",
    },
    "blob_key": {"id": 1, "blob": 901, "scope": 11, "wrapped_key": b"x"},
    "folder_trouble": {"account": "a", "folder": "INBOX", "kind": "gone", "why": "it is not there", "since": AT},
    "mailbox_cursor": {
        "account": "a", "folder": "INBOX", "uidvalidity": 1, "last_uid": 0, "last_sync_at": None,
        "refused_uid": None, "refused_times": 0,
    },
    "lease": {"name": "daemon", "holder": "h", "fence": 1, "expires_at": AT},
}  # fmt: skip

# What each named check forbids, as changes of the right row.
WRONG: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("scope_key", "case_scope"): [{"kind": "case", "case": None}, {"kind": "pen"}, {"kind": "store"}],
    ("scope_key", "erased"): [{"wrapped": None}, {"erased_at": AT}],
    ("case", "number"): [{"number": 0}, {"number": -1}],
    ("case", "pxa"): [{"pxa": "xpa"}, {"pxa": ""}, {"pxa": "PXAA"}],
    ("contact", "score"): [{"score": -0.01}, {"score": 1.01}],
    ("message", "direction_state"): [{"state": "outbound"}, {"direction": "outbound"}],
    ("message", "encrypted"): [{"encrypted": 2}],
    ("filing", "certain"): [{"certain": 2}],
    ("verdict", "encrypted"): [{"encrypted": 2}],
    ("promise", "range"): [{"first": "2026-08-01"}],
    ("promise", "offset"): [{"offset_minutes": 1441}, {"offset_minutes": -1441}],
    ("draft", "digest"): [{"state": "approved"}, {"state": "queued"}],
    ("draft", "whom"): [{"participant": None, "clear": 1}, {"address": "a@b.example"}],
    ("draft", "no_case"): [{"participant": None, "address": "a@b.example", "letter": "thanks"}],
    ("draft", "case_text"): [{"clear": 1}, {"clear": 1, "letter": "reply"}, {"clear": 1, "letter": "handoff"}],
    ("draft", "clear"): [{"clear": 2}],
    ("outbox", "urgency"): [{"urgency": -1}, {"urgency": 101}],
    ("outbox", "frozen"): [{"message": None}, {"frozen_at": None}],
    ("outbox", "bytes_before_sending"): [
        {"state": state, "message": None, "frozen_at": None} for state in ("sending", "sent", "deferred", "unknown")
    ],
    ("event", "seq"): [{"seq": 0}],
    ("blob", "erased"): [{"wrapped_key": None}, {"sealed": None}],
    ("mailbox_cursor", "last_uid"): [{"last_uid": -1}],
}


async def _insert(connection: Any, table: str, row: Mapping[str, Any]) -> None:
    """Insert as plain SQL: the program's own types would refuse a wrong value before the database sees it."""
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(f":{name}" for name in row)
    await connection.execute(sa.text(f'INSERT INTO "{table}" ({names}) VALUES ({places})'), dict(row))


async def _refused(database: Database, table: str, row: Mapping[str, Any], *, beside: bool = False) -> None:
    """Insist that the row is refused, in the place of the right one or ``beside`` it, and that nothing stays."""
    before = database.dump()
    async with database.engines() as engines:
        with pytest.raises(IntegrityError):
            async with engines.write() as connection:
                for name, right in RIGHT.items():
                    if name != table or beside:
                        await connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
                        await _insert(connection, name, right)
                await _insert(connection, table, row)
    assert database.dump() == before


async def test_the_right_rows_are_taken(database: Database) -> None:
    assert set(RIGHT) == set(metadata.tables)
    async with database.engines() as engines, engines.write() as connection:
        await connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        for table, row in RIGHT.items():
            columns = metadata.tables[table].columns
            assert {one.name for one in columns if not one.nullable} <= set(row) <= set(columns.keys())
            await _insert(connection, table, row)
    assert database.count("outbox") == 1


NOT_NULL = [
    (table.name, column.name) for table in metadata.tables.values() for column in table.columns if not column.nullable
]


@pytest.mark.parametrize(("table", "column"), NOT_NULL)
async def test_what_must_be_there_must_be_there(database: Database, table: str, column: str) -> None:
    if column == "id":
        # SQLite gives an integer primary key a number of its own instead: it is never null.
        async with database.engines() as engines, engines.write() as connection:
            await connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
            for name, right in RIGHT.items():
                await _insert(connection, name, {**right, "id": None} if name == table else right)
            assert await connection.scalar(sa.text(f'SELECT count(*) FROM "{table}" WHERE id IS NULL')) == 0
            await connection.rollback()
        return
    await _refused(database, table, {**RIGHT[table], column: None})


REFERENCES = [
    (table.name, column.name)
    for table in metadata.tables.values()
    for column in table.columns
    if column.foreign_keys
]  # fmt: skip


@pytest.mark.parametrize(("table", "column"), REFERENCES)
async def test_nothing_refers_to_what_is_not_there(database: Database, table: str, column: str) -> None:
    await _refused(database, table, {**RIGHT[table], column: 99_999})


TO_OTHERS = [
    (table, column)
    for table, column in REFERENCES
    if all(key.column.table.name != table for key in metadata.tables[table].columns[column].foreign_keys)
]


@pytest.mark.parametrize(("table", "column"), TO_OTHERS)
async def test_nothing_that_is_referred_to_can_be_removed(database: Database, table: str, column: str) -> None:
    other = RIGHT[table].get(column) or 1
    (target,) = metadata.tables[table].columns[column].foreign_keys
    async with database.engines() as engines:
        with pytest.raises(IntegrityError):
            async with engines.write() as connection:
                await connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
                for name, right in RIGHT.items():
                    await _insert(connection, name, {**right, column: other} if name == table else right)
                await connection.execute(sa.text("PRAGMA defer_foreign_keys=OFF"))
                await connection.execute(sa.text(f'DELETE FROM "{target.column.table.name}" WHERE id = {other}'))


def _uniques() -> Iterator[tuple[str, tuple[str, ...]]]:
    for table in metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
                yield table.name, tuple(column.name for column in constraint.columns)
        for index in table.indexes:
            if index.unique:
                yield table.name, tuple(column.name for column in index.columns)


UNIQUES = list(_uniques())


def _another(column: sa.Column[Any], value: Any) -> Any:
    """A different value that is as right; None if there is none to be had."""
    if column.foreign_keys or isinstance(column.type, sa.Enum | sa.Boolean) or value is None:
        return value
    if isinstance(value, bool | int | float):
        return value + 1
    return value[:-1] + b"~" if isinstance(value, bytes) else value[:-1] + "~"


@pytest.mark.parametrize(("table", "columns"), UNIQUES, ids=lambda value: "-".join(value) if value else "")
async def test_nothing_is_there_twice(database: Database, table: str, columns: tuple[str, ...]) -> None:
    """A second row that agrees with the right one in exactly these columns is refused."""
    others = [set(other) for name, other in UNIQUES if name == table and other != columns]
    kept = set(columns)
    second = {
        name: value if name in kept else _another(metadata.tables[table].columns[name], value)
        for name, value in RIGHT[table].items()
        if name in kept or any(name in other for other in others) or name == "id"
    }
    await _refused(database, table, {**RIGHT[table], **second}, beside=True)


ENUMERATED = [
    (table.name, column.name)
    for table in metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, sa.Enum) and column.type.create_constraint
]


@pytest.mark.parametrize(("table", "column"), ENUMERATED)
async def test_no_word_stands_where_an_enumeration_does(database: Database, table: str, column: str) -> None:
    await _refused(database, table, {**RIGHT[table], column: "nonsense"})
    await _refused(database, table, {**RIGHT[table], column: ""})


@pytest.mark.parametrize(
    ("table", "change"), [(table, change) for (table, _), changes in WRONG.items() for change in changes], ids=str
)
async def test_no_wrong_state_can_be_written(database: Database, table: str, change: dict[str, Any]) -> None:
    await _refused(database, table, {**RIGHT[table], **change})


def test_every_named_check_is_tried() -> None:
    named = {
        (table.name, str(constraint.name).removeprefix(f"ck_{table.name}_"))
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    enumerated = {(table, metadata.tables[table].columns[column].type.name) for table, column in ENUMERATED}  # type: ignore[attr-defined]
    assert named - enumerated == set(WRONG)


@pytest.mark.parametrize("kind", ["store", "pen"])
async def test_there_is_one_store_key_and_one_pen(database: Database, kind: str) -> None:
    """A second pen would split what is looked up by keyed hash; a second store key would leave one unsealed."""
    row = {**RIGHT["scope_key"], "id": 50, "kind": kind, "case": None}
    async with database.engines() as engines:
        with pytest.raises(IntegrityError):
            async with engines.write() as connection:
                await _insert(connection, "scope_key", row)


async def test_a_contact_has_one_live_key(database: Database) -> None:
    """Two live pins would leave it open which key a report is encrypted to."""
    async with database.engines() as engines:
        with pytest.raises(IntegrityError):
            async with engines.write() as connection:
                await _insert(connection, "contact", RIGHT["contact"])
                await _insert(connection, "pinned_key", RIGHT["pinned_key"])
                await _insert(connection, "pinned_key", {**RIGHT["pinned_key"], "id": 2, "fingerprint": "B" * 40})


def test_dates_of_promises_are_civil_dates() -> None:
    kinds = {metadata.tables["promise"].columns[name].type.python_type for name in ("first", "last")}
    assert kinds == {date}
