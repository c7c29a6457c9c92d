"""Labs at four stages: empty, with a case whose contact has a key, approved, and sent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from cli.lab import CASE, VENDOR, Lab, copied, founded, quiet


@pytest.fixture(scope="session")
def empty_lab() -> Iterator[Lab]:
    lab = founded()
    yield lab
    shutil.rmtree(lab.place, ignore_errors=True)


@pytest.fixture(scope="session")
def drafted_lab(empty_lab: Lab) -> Iterator[Lab]:
    with copied(empty_lab) as lab:
        lab.run("ada", "case", "new", f"{lab.place}/finding.md").good()
        lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
        quiet(lab)
        yield lab


@pytest.fixture(scope="session")
def approved_lab(drafted_lab: Lab) -> Iterator[Lab]:
    with copied(drafted_lab) as lab:
        lab.run("ben", "draft", "approve", "1").good()
        quiet(lab)
        yield lab


@pytest.fixture(scope="session")
def queued_lab(approved_lab: Lab) -> Iterator[Lab]:
    with copied(approved_lab) as lab:
        lab.run("ada", "send", CASE).good()
        quiet(lab)
        yield lab


@pytest.fixture
def lab(empty_lab: Lab) -> Iterator[Lab]:
    """An initialised lab without a case."""
    with copied(empty_lab) as copy:
        yield copy


@pytest.fixture
def drafted(drafted_lab: Lab) -> Iterator[Lab]:
    """A case with an open draft; the vendor's key is pinned."""
    with copied(drafted_lab) as copy:
        yield copy


@pytest.fixture
def approved(approved_lab: Lab) -> Iterator[Lab]:
    """The draft is approved by Ben."""
    with copied(approved_lab) as copy:
        yield copy


@pytest.fixture
def queued(queued_lab: Lab) -> Iterator[Lab]:
    """The report waits in the outbox."""
    with copied(queued_lab) as copy:
        yield copy
