"""The vault: scope keys in memory, and the sealing and unsealing of values with them.

The store key comes in once per process (unsealed through gpg-agent by whoever opens the store); scope keys are
unwrapped on first use and kept.  A value is sealed for one place (table, column, row) and opens nowhere else.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core import seal
from cvdmail.core.records import ScopeKind
from cvdmail.core.seal import Place
from cvdmail.errors import NotFound, SealBroken
from cvdmail.store.rows import Rows
from cvdmail.store.tables import blob, scope_key

_WRAPPED = sa.select(scope_key.c.wrapped).where(scope_key.c.id == sa.bindparam("row"))


_LIVING = sa.select(scope_key.c.id, scope_key.c.wrapped).where(
    scope_key.c.id.in_(sa.bindparam("rows", expanding=True)), scope_key.c.wrapped.is_not(None)
)
_VALUES = sa.select(blob.c.owner_row, blob.c.scope, blob.c.wrapped_key, blob.c.sealed).where(
    blob.c.owner_table == sa.bindparam("owner"),
    blob.c.owner_column == sa.bindparam("field"),
    blob.c.owner_row.in_(sa.bindparam("rows", expanding=True)),
    blob.c.sealed.is_not(None),
)


_KEYS = sa.select(blob.c.id, blob.c.owner_column, blob.c.owner_row, blob.c.scope, blob.c.wrapped_key).where(
    blob.c.owner_table == sa.bindparam("owner"),
    blob.c.owner_column.in_(sa.bindparam("columns", expanding=True)),
    blob.c.owner_row.in_(sa.bindparam("rows", expanding=True)),
)
# Named in full, so that the index over table, column and row is of use: what goes along when a row changes its scope.
_MOVABLE = {"message": ["raw", "reading", "inner"], "fact": ["value"], "verdict": ["reading"]}
_DROP = sa.delete(blob).where(
    blob.c.owner_table == sa.bindparam("owner"),
    blob.c.owner_column.in_(sa.bindparam("fields", expanding=True)),
    blob.c.owner_row.in_(sa.bindparam("rows", expanding=True)),
)
_REWRAP = (
    sa.update(blob)
    .where(blob.c.id == sa.bindparam("blob"))
    .values(scope=sa.bindparam("new_scope"), wrapped_key=sa.bindparam("new_key"))
)


class Vault:
    """The keys of one process.  ``store_key`` is 32 bytes; it never leaves this object."""

    def __init__(self, store_key: bytes, sealed_as: bytes = b"") -> None:
        """``sealed_as`` is the OpenPGP message that the store key came out of: it tells when another has taken over."""
        self._store_key = store_key
        self.sealed_as = sealed_as
        self._scopes: dict[int, bytes] = {}

    def wrap_new_scope(self, row: int) -> bytes:
        """Make a new scope key for ``scope_key`` row ``row`` and return it wrapped by the store key."""
        key = os.urandom(seal.KEY_SIZE)
        self._scopes[row] = key
        return self.wrap_scope(row, key)

    def wrap_scope(self, row: int, key: bytes) -> bytes:
        """Return a scope key wrapped by the store key."""
        place = Place("scope_key", "wrapped", row)
        return seal.seal(self._store_key, 0, os.urandom(seal.NONCE_SIZE), place, key)

    def unwrap_scope(self, row: int, wrapped: bytes) -> bytes:
        """Open a wrapped scope key and remember it."""
        key = seal.unseal(self._store_key, Place("scope_key", "wrapped", row), wrapped)
        self._scopes[row] = key
        return key

    def known(self, row: int) -> bytes | None:
        """Return a scope key that was used before, or None."""
        return self._scopes.get(row)

    def forget(self, row: int) -> None:
        """Drop a scope key from memory."""
        self._scopes.pop(row, None)


class SealedValues:
    """Reads and writes sealed values inside one transaction."""

    def __init__(self, connection: AsyncConnection, vault: Vault, rows: Rows) -> None:
        self._connection = connection
        self._vault = vault
        self._rows = rows
        self._living: set[int] = set()
        self._rows_of_scopes: dict[tuple[ScopeKind, int | None], int] = {}

    async def mac(self, purpose: str, value: str) -> str:
        """Return a keyed hash (HMAC-SHA256, hex) by which ``value`` can be found again without being readable.

        Keyed by the pen's scope key, which a change of the store key leaves as it is.
        """
        return (await self.macs([(purpose, value)]))[0]

    async def macs(self, values: Sequence[tuple[str, str]]) -> list[str]:
        """Return :meth:`mac` of several (purpose, value), in their order, with the key looked up once."""
        key = await self._scope(await self.scope(ScopeKind.PEN))
        return [
            hmac.digest(key, b"cvdmail mac\0" + purpose.encode() + b"\0" + value.encode(), "sha256").hex()
            for purpose, value in values
        ]

    async def _scope(self, row: int) -> bytes:
        """Return a scope key; once in each transaction the database is asked whether it still exists.

        Without that, a value could be sealed under a key that another process has just destroyed.
        """
        known = self._vault.known(row)
        if known is not None and row in self._living:
            return known
        wrapped = await self._connection.scalar(_WRAPPED, {"row": row})
        if wrapped is not None:
            self._living.add(row)
            if known is not None:
                return known
        if wrapped is None:
            self._vault.forget(row)
            raise SealBroken(f"scope key {row}", "it was erased", "what it protected can no longer be read")
        return self._vault.unwrap_scope(row, wrapped)

    async def scope(self, kind: ScopeKind, case: int | None = None) -> int:
        """Return the row of the pen's scope key, or of a case's; raise ``NotFound``."""
        if (kind, case) not in self._rows_of_scopes:
            query = sa.select(scope_key.c.id).where(scope_key.c.kind == kind)
            row = await self._connection.scalar(query if case is None else query.where(scope_key.c.case == case))
            if row is None:
                raise NotFound("scope key", "there is none of this kind", "run 'cvdmail store upgrade'")
            self._rows_of_scopes[kind, case] = int(row)
        return self._rows_of_scopes[kind, case]

    async def put(self, scope: int, place: Place, data: bytes) -> None:
        """Seal ``data`` for ``place`` under the scope, replacing what stood there."""
        await self.put_many(scope, [(place, data)])

    async def put_many(self, scope: int, values: list[tuple[Place, bytes]]) -> None:
        """Seal several values under one scope."""
        await self.put_all([(scope, place, data) for place, data in values])

    async def warm(self, scopes: Collection[int]) -> None:
        """Make sure, in one query, that several scope keys still exist; an erased one is found when it is used."""
        asked = [scope for scope in scopes if scope not in self._living]
        for start in range(0, len(asked), 500):
            for row, wrapped in await self._connection.execute(_LIVING, {"rows": asked[start : start + 500]}):
                if self._vault.known(row) is None:
                    self._vault.unwrap_scope(row, wrapped)
                self._living.add(row)

    async def alive(self, scope: int) -> bool:
        """Say whether a scope key still exists: whether what it protects has not been erased."""
        try:
            await self._scope(scope)
        except SealBroken:
            return False
        return True

    async def put_all(self, values: Sequence[tuple[int, Place, bytes]]) -> None:
        """Seal several values, each under the scope that stands beside it."""
        rows = []
        for scope, place, data in values:
            key = await self._scope(scope)
            row = await self._rows.next(blob)
            data_key = os.urandom(seal.KEY_SIZE)
            rows.append(
                {
                    "id": row,
                    "scope": scope,
                    "owner_table": place.table,
                    "owner_column": place.column,
                    "owner_row": place.row,
                    "wrapped_key": seal.seal(key, scope, os.urandom(12), _wrapping(place), data_key),
                    "sealed": seal.seal(data_key, row, os.urandom(12), place, data),
                }
            )
        if rows:
            await self._connection.execute(sa.insert(blob), rows)

    async def drop(self, table: str, columns: Collection[str], rows: Sequence[int]) -> None:
        """Remove the values of some columns of several rows, to write them anew."""
        for start in range(0, len(rows), 500):
            asked = {"owner": table, "fields": list(columns), "rows": list(rows[start : start + 500])}
            await self._connection.execute(_DROP, asked)

    async def replace(self, scope: int, place: Place, data: bytes) -> None:
        """Seal ``data`` for ``place``, removing an earlier value of the same place."""
        await self._connection.execute(sa.delete(blob).where(*_at(place)))
        await self.put(scope, place, data)

    async def get(self, place: Place) -> bytes:
        """Open the value at ``place``; raise ``NotFound`` or ``SealBroken``."""
        found = (
            await self._connection.execute(
                sa.select(blob.c.scope, blob.c.wrapped_key, blob.c.sealed).where(*_at(place))
            )
        ).first()
        if found is None:
            raise NotFound(f"sealed {place.table}.{place.column} {place.row}", "there is no such value", "")
        return await self._open(place, found.scope, found.wrapped_key, found.sealed)

    async def get_many(self, table: str, column: str, rows: list[int]) -> dict[int, bytes]:
        """Open the values of one column for several rows; rows without a value, or erased ones, are left out."""
        opened: dict[int, bytes] = {}
        for start in range(0, len(rows), 500):
            place = {"owner": table, "field": column, "rows": rows[start : start + 500]}
            found = await self._connection.execute(_VALUES, place)
            values = found.all()
            await self.warm({scope for _, scope, _, _ in values})
            for row, scope, wrapped, sealed in values:
                opened[row] = await self._open(Place(table, column, row), scope, wrapped, sealed)
        return opened

    async def _open(self, place: Place, scope: int, wrapped: bytes | None, sealed: bytes | None) -> bytes:
        if wrapped is None or sealed is None:
            raise SealBroken(f"{place.table}.{place.column} {place.row}", "it was erased", "only its hash remains")
        data_key = seal.unseal(await self._scope(scope), _wrapping(place), wrapped)
        return seal.unseal(data_key, place, sealed)

    async def move(self, scope: int, table: str, row: int) -> None:
        """Re-wrap the data keys of all values of a row under another scope (filing); the values stay as they are."""
        await self.move_all(table, {row: scope})

    async def move_all(self, table: str, scopes: Mapping[int, int]) -> None:
        """Re-wrap the data keys of all values of several rows, each under the scope it is mapped to."""
        await self.warm(set(scopes.values()))
        moved = []
        rows = sorted(scopes)
        for start in range(0, len(rows), 500):
            asked = {"owner": table, "columns": _MOVABLE[table], "rows": rows[start : start + 500]}
            found = await self._connection.execute(_KEYS, asked)
            for blob_row, column, owner, old_scope, wrapped in found.all():
                scope = scopes[owner]
                if scope == old_scope:
                    continue
                place = Place(table, column, owner)
                if wrapped is None:
                    raise SealBroken(f"{table}.{column} {owner}", "it was erased", "it cannot be filed any more")
                data_key = seal.unseal(await self._scope(old_scope), _wrapping(place), wrapped)
                key = await self._scope(scope)
                again = seal.seal(key, scope, os.urandom(12), _wrapping(place), data_key)
                moved.append({"blob": blob_row, "new_scope": scope, "new_key": again})
        if moved:
            await self._connection.execute(_REWRAP, moved)

    async def rewrapped(self, place: Place, wrapped: bytes, old: int, new: int) -> bytes:
        """Return the data key of ``place`` that scope ``old`` wraps, wrapped by scope ``new``."""
        data_key = seal.unseal(await self._scope(old), _wrapping(place), wrapped)
        return seal.seal(await self._scope(new), new, os.urandom(12), _wrapping(place), data_key)


def _wrapping(place: Place) -> Place:
    return Place(place.table, place.column + "#key", place.row)


def _at(place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        blob.c.owner_table == place.table,
        blob.c.owner_column == place.column,
        blob.c.owner_row == place.row,
    )
