"""Rules of watching a mailbox: what one FETCH asks for, how long to wait before the next try, what is an alarm."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

LATE = 200
"""How many UIDs below the cursor each look asks for again: a mail may become visible late (two deliveries at once)."""
BATCH = 20
"""Mails in one FETCH: larger ones were slower, and one lost connection costs more."""
BATCH_BYTES = 8 * 1024 * 1024
"""Bytes in one FETCH of several mails; a larger mail comes alone."""
_STEADY = 10  # a connection that lived so many times as long as the pause before it was a good one
_DRAIN = 10.0  # seconds between looks, at most, when a server tells of news that are none


class TroubleKind(Enum):
    """Why a watched folder cannot be read."""

    GONE = "gone"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"

    @property
    def needs_person(self) -> bool:
        """Whether waiting will not mend it."""
        return self is not TroubleKind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class FolderTrouble:
    """A folder that could not be read at the last try: why, in our words, and since when."""

    folder: str
    kind: TroubleKind
    why: str
    since: datetime


class Reach:
    """How far a folder has been read: over mails that the store has, never past one that it has not.

    Gaps between UIDs are normal.  A mail below the cursor that became visible late is unread like any other, and the
    cursor does not move back for it.
    """

    def __init__(self, last: int, found: Iterable[int], had: Iterable[int]) -> None:
        """``last`` is the cursor, ``found`` the UIDs the server has, ``had`` those whose mails the store has."""
        there = sorted(set(found))
        self.last = last
        self._had = set(had)
        self.unread = [uid for uid in there if uid not in self._had]
        self._ahead = deque(uid for uid in there if uid > last)
        self.take(())

    def take(self, uids: Iterable[int]) -> None:
        """Note that the store has these, and move on as far as that goes."""
        self._had.update(uids)
        while self._ahead and self._ahead[0] in self._had:
            self.last = self._ahead.popleft()


def batches(uids: Sequence[int], sizes: Mapping[int, int], single: Collection[int] = ()) -> Iterator[list[int]]:
    """Split into FETCHes that are small in number and in bytes; those in ``single`` come alone."""
    batch: list[int] = []
    total = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if batch and (len(batch) == BATCH or total + size > BATCH_BYTES or uid in single or batch[-1] in single):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


def next_pause(pause: float, lasted: float, first: float, longest: float) -> float:
    """Return the pause in seconds after one of ``pause``: doubled, or the first again after a run that lasted."""
    return first if lasted > _STEADY * pause else min(longest, pause * 2)


def jittered(pause: float, chance: bytes) -> float:
    """Spread a pause between its half and its whole: watchers cut off together must not come back together."""
    return pause * (1 + int.from_bytes(chance, "big") / (1 << 8 * len(chance))) / 2


def drain(in_vain: int) -> float:
    """Return how long to rest before looking again, after so many looks in a row for news that were none."""
    return 0.0 if in_vain < 2 else min(_DRAIN, 0.1 * 2 ** min(in_vain, 10))
