"""Watching one folder: look, wait for news in IDLE, look again; and what the watcher notes when it cannot look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cvdmail.core.watching import FolderTrouble, TroubleKind, drain
from cvdmail.errors import CvdmailError, ServerRefused
from cvdmail.ports import Mailboxes, NoSuchFolder
from cvdmail.work.desk import Desk
from cvdmail.work.receive import sync_folder

CHATTER = 1.0  # news that come sooner than in so many seconds, time and again, and are none, are chatter


async def watch_folder(
    desk: Desk, mailboxes: Mailboxes, folder: str, seconds: float, arrived: Callable[[], None], *, optional: bool
) -> None:
    """Watch a folder over a connection of its own, until that breaks off with ``ServerUnavailable`` or the like.

    IDLE is renewed after ``seconds``, and each look asks the server itself, whatever IDLE says.  ``arrived`` is called
    when mails were stored.  An ``optional`` folder that was never there is waited for.
    """
    clock = asyncio.get_running_loop().time
    while True:
        mailbox = await mailboxes.connect()
        in_vain = 0
        try:
            while True:
                if (await sync_folder(desk, mailbox, folder, arrived)).new:
                    in_vain = 0
                await asyncio.sleep(drain(in_vain))
                began = clock()
                at_once = await mailbox.wait(seconds) and clock() - began < CHATTER
                in_vain = in_vain + 1 if at_once else 0
        except NoSuchFolder:
            if not optional or await was_read(desk, folder):
                raise
        finally:
            await mailbox.close()
        await asyncio.sleep(seconds)


async def was_read(desk: Desk, folder: str) -> bool:
    """Say whether a folder was ever there."""
    async with desk.store.read() as tx:
        return await tx.inbox.cursor(desk.config.mailbox.address.key, folder) is not None


async def note_trouble(desk: Desk, folder: str, problem: CvdmailError) -> None:
    """Note for ``cvdmail status`` why a folder cannot be read; the next look that succeeds takes it away."""
    kind = TroubleKind.UNAVAILABLE
    if isinstance(problem, ServerRefused):
        kind = TroubleKind.GONE if isinstance(problem, NoSuchFolder) else TroubleKind.REFUSED
    trouble = FolderTrouble(folder, kind, problem.why[:200], desk.clock.now())
    async with desk.store.write() as tx:
        await tx.folders.note_trouble(desk.config.mailbox.address.key, trouble)
