"""The plays, each performed once for all tests that look at it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from servers.certificates import short_folder
from whole import story as play
from whole.canary import Horizon, Watcher, watching
from whole.lab import laboratory
from whole.story import Story, Words
from whole.town import Town, loop
from whole.vendor import vendor

MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Played:
    """The story, and who watched."""

    story: Story
    watcher: Watcher
    servers: Path


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demonstration left and said."""

    folder: Path
    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def horizon() -> Horizon:
    """The files there were before anything was played."""
    return Horizon(Path("/tmp"), MEMORY, Path.home())


@pytest.fixture(scope="session")
def memory(horizon: Horizon) -> Iterator[Path]:
    """A folder for what people hold in their hands: reports in clear, the vendor's secrets; only in memory."""
    folder = Path(tempfile.mkdtemp(prefix="hands-", dir=MEMORY if MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def played(horizon: Horizon, memory: Path) -> Iterator[Played]:
    """The whole story."""
    words = Words()
    with short_folder() as folder, loop() as background:
        town = Town(background, folder)
        with laboratory(town.smtp, town.imap) as lab:
            ours = (lab.root / "keys" / "team" / "outbounddisclosures@lab.example.asc").read_bytes()
            with vendor(ours) as there, watching([lab.folder], [Path("/tmp"), MEMORY], words.private) as watcher:
                story = play.begin(lab, town, there, words, memory)
                play.send(story)
                play.receive(story, memory)
                play.decide(story)
                play.renumber(story)
                yield Played(story, watcher, folder)


@pytest.fixture(scope="session")
def story(played: Played) -> Story:
    """What came of the story."""
    return played.story


@pytest.fixture(scope="session")
def demo(horizon: Horizon) -> Iterator[Shown]:
    """The demonstration, as a first-time reader starts it."""
    with short_folder() as place:
        folder = place / "demo"
        done = subprocess.run(
            [sys.executable, "-m", "cvdmail", "demo", "--folder", str(folder), "--fast"],
            cwd=place, capture_output=True, timeout=150, check=False,
        )  # fmt: skip
        yield Shown(folder, done.returncode, done.stdout.decode(), done.stderr.decode())
        for home in (*folder.glob("gnupg/*"), folder / "lab" / "state" / "gnupg"):
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)
