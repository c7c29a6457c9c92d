"""The labs of the command line's tests, for jobs on servers in memory; and a store for the outbox to begin with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from cli.conftest import approved_lab, drafted_lab, empty_lab, queued, queued_lab
from cli.lab import Lab, copied
from work.outbox_store import Prepared, prepare

__all__ = ["approved_lab", "drafted_lab", "empty_lab", "queued", "queued_lab"]


@pytest.fixture(scope="session")
def prepared(empty_lab: Lab) -> Iterator[Prepared]:
    """Three vendors whose contacts have a key pinned; the vendor's home makes another key for them."""
    with copied(empty_lab) as lab:
        home = lab.home("vendor")
        old = home.public(lab.keys["vendor"])
        new = home.public(home.key("New <security@alpha.example>"))
        yield asyncio.run(prepare(lab, old, new))
