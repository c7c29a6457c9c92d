"""When to try again, when to stop, and what one mail's recipients add up to.

Theory (two generals).  Between the final dot and the server's answer nobody can know whether a mail was taken.  So the
bytes are committed before the first connect, an attempt is committed before it begins, and a silence after the dot is
a state of its own, ``unknown``: visible, and resent with the identical bytes only as policy says.  Everything here is a
pure function of what was committed and the time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cvdmail.core.outgoing import RecipientState

FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)
A_DAY = timedelta(days=1)
HOST_PAUSE = timedelta(minutes=30)

# The state of a mail is that of the recipient that most needs looking at.
_PRECEDENCE = (
    RecipientState.SENDING,
    RecipientState.UNKNOWN,
    RecipientState.DEFERRED,
    RecipientState.QUEUED,
    RecipientState.REFUSED,
    RecipientState.SENT,
)


def overall(states: Collection[RecipientState]) -> RecipientState:
    """Return the state of a mail from those of its recipients; a mail without recipients is queued."""
    return next((state for state in _PRECEDENCE if state in states), RecipientState.QUEUED)


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail whose time has come, as far as the order of the queue needs to know it.

    ``new_report``: it is a vendor's first report of a case and its bytes are not made yet.
    """

    row: int
    vendor: str
    new_report: bool
    waits: str | None


@dataclass(frozen=True, slots=True)
class VendorLoad:
    """What a vendor has from us: reports made within the last day, and reports that are still open there."""

    recent: int
    open: int


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a vendor is asked to take: new reports a day, and reports open at a time; 0 means no limit."""

    new_per_day: int
    open_per_vendor: int


NO_LIMITS = Limits(0, 0)


def admit(due: Sequence[DueMail], load: Mapping[str, VendorLoad], limits: Limits) -> dict[int, str | None]:
    """Say of each due mail, in order, why it must wait for the vendor's sake; None lets it go.

    Only new reports wait: an answer, a retry or a thank-you never does.  Those let go count at once.
    """
    now = dict(load)
    decided: dict[int, str | None] = {}
    for mail in due:
        decided[mail.row] = None
        if not mail.new_report:
            continue
        known = now.get(mail.vendor, VendorLoad(0, 0))
        if limits.new_per_day and known.recent >= limits.new_per_day:
            decided[mail.row] = f"this vendor has had its {limits.new_per_day} new reports of a day"
        elif limits.open_per_vendor and known.open >= limits.open_per_vendor:
            decided[mail.row] = f"this vendor has {limits.open_per_vendor} reports open"
        else:
            now[mail.vendor] = VendorLoad(known.recent + 1, known.open + 1)
    return decided


def outstanding(state: RecipientState) -> bool:
    """Say whether a recipient still waits for a first or another attempt."""
    return state in (RecipientState.QUEUED, RecipientState.DEFERRED)


def delay(attempts: int) -> timedelta:
    """Return the pause after so many failed attempts: 5 minutes doubling to 4 hours (RFC 5321 section 4.5.4.1)."""
    if attempts < 1:
        return timedelta(0)
    doubled: timedelta = FIRST_DELAY * (1 << min(attempts - 1, 10))
    return min(LONGEST_DELAY, doubled)


def gave_up(queued_at: datetime, now: datetime) -> bool:
    """Say whether a mail has been tried for so long that a person must decide."""
    return now - queued_at >= GIVE_UP_AFTER
