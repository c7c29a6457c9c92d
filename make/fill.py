"""Fill a store with very many mails, as rows only, to see whether one more mail costs more among them.

Nothing in them can be opened: no key seals them.  They are there for the indices to be long.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

AT = "2026-06-12T10:00:00.000000Z"
SEALED = 400  # bytes of a sealed value: its length matters little, its number does


def fill(database: Path, count: int) -> None:
    """Add ``count`` settled mails: half of them filed to the first participant, the rest held in the pen."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous=OFF")
    highest = {name: _highest(connection, name) for name in ("message", "filing", "event", "blob", "fact")}
    scope = connection.execute("SELECT id FROM scope_key WHERE kind = 'pen'").fetchone()[0]
    party = connection.execute("SELECT id FROM participant ORDER BY id").fetchone()[0]
    seqs = connection.execute("SELECT coalesce(max(seq), 0) FROM event WHERE chain = 'main'").fetchone()[0]
    with connection:
        connection.executemany(
            "INSERT INTO message (id, direction, state, sha256, body_sha256, message_id, received_at, kind, tries)"
            " VALUES (?, 'inbound', ?, ?, ?, ?, ?, 'reply', 1)",
            _messages(highest["message"], count),
        )
        connection.executemany(
            "INSERT INTO filing (id, message, participant, certain, filed_at, filed_by)"
            " VALUES (?, ?, ?, 1, ?, 'daemon')",
            ((highest["filing"] + n, highest["message"] + n, party, AT) for n in range(1, count + 1, 2)),
        )
        connection.executemany(
            "INSERT INTO event (id, chain, seq, kind, at, actor, body, previous, hash)"
            " VALUES (?, 'main', ?, 'mail_held', ?, 'daemon', '{}', ?, ?)",
            ((highest["event"] + n, seqs + n, AT, bytes(32), os.urandom(32)) for n in range(1, count + 1)),
        )
        connection.executemany(
            "INSERT INTO blob (id, scope, owner_table, owner_column, owner_row, wrapped_key, sealed)"
            " VALUES (?, ?, 'message', ?, ?, ?, ?)",
            (
                (highest["blob"] + 2 * n + part, scope, column, highest["message"] + n, bytes(81), bytes(SEALED))
                for n in range(1, count + 1)
                for part, column in enumerate(("raw", "reading"))
            ),
        )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _highest(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])


def _messages(after: int, count: int) -> Iterator[tuple[object, ...]]:
    for number in range(1, count + 1):
        digest = hashlib.sha256(str(after + number).encode()).hexdigest()
        state = "filed" if number % 2 else "held"
        yield after + number, state, digest, digest, f"{digest[:20]}@filled.example", AT
