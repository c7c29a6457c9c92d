"""An index of old mails: when each was written and what it cites.  Headers are read, bodies never kept."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cvdmail.core.decode import read_date
from cvdmail.core.ids import Address
from cvdmail.core.imported import first_received, message_ids, sane
from cvdmail.core.mail import read_headers
from cvdmail.core.parts import Part
from cvdmail.core.sender import read_sender
from cvdmail.core.threading import order, read_subject
from cvdmail.errors import ParseLimit

MAX_HEAD = 64 * 1024
MAX_CITED = 6


class Source(Protocol):
    """A mail in a file."""

    @property
    def name(self) -> str:
        """Return what a person calls the place."""

    def read(self) -> bytes:
        """Return the mail's bytes."""

    def head(self, size: int) -> bytes:
        """Return the first bytes of the mail, at most ``size``."""


@dataclass(slots=True)
class Index:
    """One entry a mail, in the order of the files: seconds, own and cited Message-IDs as hashes, whether it is ours."""

    stamps: array[float] = field(default_factory=lambda: array("d"))
    ids: array[int] = field(default_factory=lambda: array("Q"))
    topics: array[int] = field(default_factory=lambda: array("Q"))
    """Hashes of the bare subjects."""
    cited: list[tuple[int, ...]] = field(default_factory=list)
    ours: bytearray = field(default_factory=bytearray)

    def order(self) -> list[int]:
        """Return the numbers of the mails as they were written."""
        return order(self.stamps, self.ids, self.cited)

    def add(self, head: bytes, own: Collection[Address], now: datetime) -> None:
        """Take one mail in.  Without a believable date it stands right behind the mail before it in the file."""
        block = head.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
        try:
            headers = read_headers(block)
        except ParseLimit:
            headers = ()
        part = Part(headers, "text/plain", {}, 0, 0, 0)
        written = sane(read_date(part.first("date") or ""), now) or first_received(part, now)
        before = self.stamps[-1] if self.stamps else 0.0
        self.stamps.append(written.timestamp() if written is not None else before)
        own_ids = message_ids(part, "message-id", 1)
        self.ids.append(_hash(own_ids[0]) if own_ids else 0)
        answers = message_ids(part, "in-reply-to", 2)
        references = message_ids(part, "references", 100)
        nearest = dict.fromkeys((*answers, *references[:1], *references[-MAX_CITED:]))
        self.cited.append(tuple(map(_hash, list(nearest)[:MAX_CITED])))
        topic = read_subject(part.first("subject") or "").bare
        self.topics.append(_hash(topic) if topic else 0)
        self.ours.append(read_sender(part).address in own)


def read_index(places: Sequence[Source], own: Collection[Address], now: datetime, step: Callable[[], object]) -> Index:
    """Read the headers of every mail; ``step`` is called after each."""
    index = Index()
    for place in places:
        index.add(place.head(MAX_HEAD), own, now)
        step()
    return index


def _hash(value: object) -> int:
    digest = hashlib.blake2b(str(value).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") or 1
