"""The lease: who may deliver and receive now."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.records import Lease
from cvdmail.store.tables import lease

_BY_NAME = sa.select(lease).where(lease.c.name == sa.bindparam("wanted"))


class Leases:
    """The leases of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(
        self, name: str, holder: str, now: datetime, until: datetime, dead: str | None = None
    ) -> Lease | None:
        """Take or renew a lease; None while another holder's is live.  A change of holder raises the fence.

        ``dead`` names a holder that is known to run no more: its lease is not waited for.
        """
        found = (await self._connection.execute(_BY_NAME, {"wanted": name})).first()
        if found is None:
            await self._connection.execute(sa.insert(lease).values(name=name, holder=holder, fence=1, expires_at=until))
            return Lease(name, holder, 1, until)
        if found.holder not in (holder, dead) and found.expires_at > now:
            return None
        fence = found.fence if found.holder == holder else found.fence + 1
        await self._connection.execute(
            sa.update(lease).where(lease.c.name == name).values(holder=holder, fence=fence, expires_at=until)
        )
        return Lease(name, holder, fence, until)

    async def get(self, name: str) -> Lease | None:
        """Return the lease as it stands."""
        found = (await self._connection.execute(_BY_NAME, {"wanted": name})).first()
        return None if found is None else Lease(found.name, found.holder, found.fence, found.expires_at)
