"""Watched folders: which of their mails are in the store, and why one cannot be read."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.watching import FolderTrouble, TroubleKind
from cvdmail.store.tables import folder_trouble, mailbox_cursor, sighting


class Folders:
    """The watched folders of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def seen(self, account: str, folder: str, uidvalidity: int, above: int) -> frozenset[int]:
        """Return the UIDs above ``above`` whose mails are in the store, or were set aside for a person."""
        here = (sighting.c.account == account, sighting.c.folder == folder, sighting.c.uidvalidity == uidvalidity)
        query = sa.select(sighting.c.uid).where(*here, sighting.c.uid > above)
        return frozenset(int(uid) for uid in await self._connection.scalars(query))

    async def refusal(self, account: str, folder: str) -> tuple[int, int]:
        """Return the UID that was not handed over last, and how often in a row; zeros if there is none."""
        where = (mailbox_cursor.c.account == account, mailbox_cursor.c.folder == folder)
        query = sa.select(mailbox_cursor.c.refused_uid, mailbox_cursor.c.refused_times).where(*where)
        found = (await self._connection.execute(query)).first()
        return (0, 0) if found is None or found.refused_uid is None else (int(found.refused_uid), found.refused_times)

    async def note_trouble(self, account: str, trouble: FolderTrouble) -> None:
        """Note why a folder cannot be read; trouble of the same kind keeps the time when it began."""
        where = (folder_trouble.c.account == account, folder_trouble.c.folder == trouble.folder)
        found = (await self._connection.execute(sa.select(folder_trouble).where(*where))).first()
        if found is not None and (found.kind, found.why) == (trouble.kind, trouble.why):
            return
        since = found.since if found is not None and found.kind == trouble.kind else trouble.since
        await self._connection.execute(sa.delete(folder_trouble).where(*where))
        values = {"account": account, "folder": trouble.folder, "kind": trouble.kind, "why": trouble.why}
        await self._connection.execute(sa.insert(folder_trouble).values(**values, since=since))

    async def end_trouble(self, account: str, folder: str) -> None:
        """Forget it: the folder was read."""
        where = (folder_trouble.c.account == account, folder_trouble.c.folder == folder)
        await self._connection.execute(sa.delete(folder_trouble).where(*where))

    async def troubles(self, account: str) -> dict[str, FolderTrouble]:
        """Return the folders that cannot be read, by name."""
        query = sa.select(folder_trouble).where(folder_trouble.c.account == account)
        found = await self._connection.execute(query)
        return {one.folder: FolderTrouble(one.folder, TroubleKind(one.kind), one.why, one.since) for one in found}
