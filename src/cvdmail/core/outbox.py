"""When to try again, when to stop, and what one mail's recipients add up to.

Theory (two generals).  Between the final dot and the server's answer nobody can know whether a mail was taken.  So the
bytes are committed before the first connect, an attempt is committed before it begins, and a silence after the dot is
a state of its own, ``unknown``: visible, and resent with the identical bytes only as policy says.  Everything here is a
pure function of what was committed and the time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from cvdmail.core.outgoing import RecipientState

FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)
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
