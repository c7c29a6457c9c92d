"""What the web fetcher hands back: an answer with everything needed to prove later where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answered request.

    ``hops`` are the addresses asked, from ``url`` (normalised) to ``final_url``; ``body`` is empty unless ``status``
    is 200; ``content_type`` is the media type in lower case without parameters, empty if none was given;
    ``foreign_redirect`` is true when some hop left the registrable domain of ``url`` (RFC 9116 section 5.2).
    """

    url: str
    final_url: str
    hops: tuple[str, ...]
    status: int
    content_type: str
    body: bytes
    fetched_at: datetime
    sha256: str
    foreign_redirect: bool
