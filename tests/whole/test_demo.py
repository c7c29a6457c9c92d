"""The demonstration, as a first-time reader types it."""

from __future__ import annotations

import re
import subprocess

import pytest

from whole.conftest import Shown

pytestmark = pytest.mark.timeout(300)


def test_it_ends_well(demo: Shown) -> None:
    assert demo.status == 0, demo.out + demo.err
    assert "please report this" not in demo.out
    assert "Traceback" not in demo.out + demo.err


def test_it_shows_the_timeline_with_the_vendors_words(demo: Shown) -> None:
    joined = " ".join(demo.out.split())
    assert "case timeline" in joined
    assert "EXV-20417" in joined
    assert re.search(r"fix date planned: \d{4}-\d\d-15", joined)
    assert re.search(r"We plan to release the fix on 15", joined)
    assert "the promised date SLIPS by 14" in joined


def test_it_finds_the_changed_byte(demo: Shown) -> None:
    assert "intact, and signed by the signer you named" in demo.out
    assert "NOT INTACT" in demo.out
    assert demo.out.index("intact, and signed") < demo.out.index("NOT INTACT")


def _to_try(demo: Shown) -> list[str]:
    _, _, last = demo.out.rpartition("Everything is left in")
    return [line.strip() for line in last.splitlines() if line.startswith("  ")]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "EXV-20417"), (1, "Our testers need more time|our testers need more time"), (2, "intact, and signed")],
)
def test_the_three_commands_at_the_end_work(demo: Shown, number: int, expected: str) -> None:
    commands = _to_try(demo)
    assert len(commands) == 3
    done = subprocess.run(["bash", "-c", commands[number]], capture_output=True, timeout=60, cwd="/")
    assert done.returncode == 0, done.stderr.decode()
    assert re.search(expected, " ".join(done.stdout.decode().split()))
