"""Is the daemon well?  Health that cannot lie: the time of the last successful look at each folder decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.display import visible
from cvdmail.core.ledger import instant
from cvdmail.core.outgoing import RecipientState, Stage
from cvdmail.core.records import Cursor, MessageState, OutboxRecord, Pause
from cvdmail.core.watching import FolderTrouble
from cvdmail.errors import CvdmailError
from cvdmail.work.desk import LEASE, Desk

STALE_AFTER = timedelta(minutes=15)


async def status(desk: Desk) -> dict[str, Any]:
    """Return the object of ``cvdmail status --json``, with ``problems`` in words."""
    now = desk.clock.now()
    problems: list[str] = []
    async with desk.store.read() as tx:
        cursors = await tx.inbox.cursors()
        lease = await tx.leases.get(LEASE)
        waiting = await tx.outbox.select(
            states=(RecipientState.QUEUED, RecipientState.SENDING, RecipientState.DEFERRED, RecipientState.UNKNOWN)
        )
        stored = await tx.inbox.count(MessageState.STORED)
        held = await tx.inbox.count(MessageState.HELD)
        unparsed = await tx.inbox.count(MessageState.UNPARSED)
        pause = await tx.attempts.pause(desk.submission_host)
        troubles = await tx.folders.troubles(desk.config.mailbox.address.key)
    running = lease is not None and lease.expires_at > now
    mailboxes = _mailboxes(desk, cursors, troubles, problems, running, stored)
    counts = {state: sum(one.state is state for one in waiting) for state in RecipientState}
    problems += _outbox_problems(waiting, pause, now)
    warnings: list[str] = []
    keys = await _keys(desk, problems, warnings)
    oldest = min((one.queued_at for one in waiting if one.state is not RecipientState.UNKNOWN), default=None)
    return {
        "healthy": not problems,
        "problems": problems,
        "warnings": warnings,
        "mailboxes": mailboxes,
        "outbox": {
            "queued": counts[RecipientState.QUEUED] + counts[RecipientState.SENDING],
            "deferred": counts[RecipientState.DEFERRED],
            "unknown": counts[RecipientState.UNKNOWN],
            "held_back": sum(one.waits is not None for one in waiting),
            "oldest_unsent": instant(oldest) if oldest else None,
        },
        "pen": held,
        "unparsed": unparsed,
        "due": 0,
        "lease": {"running": running, "fence": lease.fence if lease is not None else 0},
        "keys": keys,
    }


def _mailboxes(
    desk: Desk,
    cursors: Sequence[Cursor],
    troubles: Mapping[str, FolderTrouble],
    problems: list[str],
    running: bool,
    stored: int,
) -> list[dict[str, object]]:
    """Say of each watched folder when it was last read to its end, and why not since."""
    imap = desk.config.imap
    known = {cursor.folder: cursor.last_sync_at for cursor in cursors}
    shapes: list[dict[str, object]] = []
    for folder in dict.fromkeys((*imap.folders, imap.sent)) if imap is not None else ():
        if imap is not None and folder not in (*imap.folders, *known):
            continue  # Sent, which the first copy makes
        last, trouble = known.get(folder), troubles.get(folder)
        name = f"folder {len(shapes) + 1} ({visible(folder, 60)})"
        if trouble is not None and trouble.kind.needs_person:
            problems.append(f"{name} cannot be read since {trouble.since:%Y-%m-%d %H:%M} UTC: {trouble.why}")
        elif last is None or desk.clock.now() - last > STALE_AFTER:
            why = f": {trouble.why}" if trouble is not None else ""
            problems.append(f"{name} was not looked at for {STALE_AFTER.seconds // 60} minutes{why}")
        shapes.append(
            {
                "folder": folder,
                "last_sync": instant(last) if last else None,
                "idle": running and trouble is None and last is not None,
                "behind": stored,
                "trouble": {"kind": trouble.kind.value, "why": trouble.why, "since": instant(trouble.since)}
                if trouble is not None
                else None,
            }
        )
    return shapes


def _outbox_problems(waiting: Sequence[OutboxRecord], pause: Pause | None, now: datetime) -> list[str]:
    """Say what is wrong with sending, in words."""
    problems: list[str] = []
    stuck = [one for one in waiting if one.state is RecipientState.SENDING]
    if any(now - person.at > STALE_AFTER for one in stuck for person in one.recipients):
        problems.append("a mail has been on the wire for 15 minutes: restart the daemon")
    stopped = sum(one.stopped is not None for one in waiting)
    if stopped:
        problems.append(f"{stopped} mails in the outbox are stopped and need a person")
    unknown = sum(one.state is RecipientState.UNKNOWN for one in waiting)
    if unknown:
        problems.append(f"{unknown} mails ended without an answer of the server")
    if pause is not None and pause.stopped is not None:
        problems.append("nothing is sent: " + pause.stopped)
    elif pause is not None and pause.until is not None and pause.until > now:
        problems.append(f"nothing is sent until {pause.until:%H:%M} UTC: the SMTP server asked to be left alone")
    elif any(person.stage is Stage.LOGIN for one in waiting for person in one.recipients):
        problems.append("the SMTP server refuses the log-in: mend [smtp], then restart the daemon")
    return problems


async def key_warnings(desk: Desk) -> list[str]:
    """Say which keys, ours and the vendors', cannot be used or will expire within 60, 30 or 7 days."""
    problems: list[str] = []
    warnings: list[str] = []
    await _keys(desk, problems, warnings)
    return problems + warnings


async def _keys(desk: Desk, problems: list[str], warnings: list[str]) -> list[dict[str, object]]:
    """Look at our own key and at every pinned one: usable, and for how long."""
    wanted = [(desk.config.mailbox.address, desk.config.openpgp.mailbox_key, True)]
    async with desk.store.read() as tx:
        for pin in await tx.contacts.pinned():
            address = (await tx.contacts.get(pin.contact)).address
            if address is not None:
                wanted.append((address, pin.fingerprint, False))
    keys: list[dict[str, object]] = []
    for address, fingerprint, own in wanted[:500]:
        try:
            key = await (desk.keys.team if own else desk.keys.vendor)(address, fingerprint)
        except CvdmailError as problem:
            keys.append({"fingerprint": str(fingerprint), "own": own, "usable": False, "reason": problem.why})
            problems.append(f"key {fingerprint}: {problem.why}")
            continue
        usable = usable_for_encryption(key.certificate, desk.clock.now())
        expires = key.certificate.expires
        keys.append(
            {
                "fingerprint": str(fingerprint),
                "own": own,
                "usable": usable.usable,
                "reason": usable.reason or "; ".join(usable.warnings),
                "expires": instant(expires) if expires else None,
            }
        )
        warnings += [f"key {fingerprint} of {'ours' if own else address}: {text}" for text in usable.warnings]
        if not usable.usable:
            problems.append(f"key {fingerprint}: {usable.reason}")
    return keys
