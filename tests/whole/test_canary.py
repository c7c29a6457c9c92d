"""Nothing of a report or reply is readable in any file, log or byte on the wire, afterwards or for a moment.

Searched are all files below the folders, every file of the machine's usual places that came or changed since, what
the commands said, and the clear bytes inside TLS.  What people hold in their own hands is not searched: the report
they typed, the vendor's secrets, what the independent readers unpacked.
"""

from __future__ import annotations

import base64
import quopri
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from cvdmail import demo as scenes
from servers.certificates import short_folder
from whole import canary
from whole import story as play
from whole.canary import Horizon, forms, seen
from whole.conftest import Played, Shown
from whole.lab import Lab
from whole.story import Story
from whole.town import MAILBOX, VENDOR, loop

pytestmark = pytest.mark.timeout(300)
WORD = "zephyrglbtrcnvwqkmpd"
DEMO_WORDS = (scenes.CANARY, "Heap overflow in the frame", "our testers need more time", "create_connection")


# The search itself finds what it should.


@pytest.mark.parametrize(
    "hidden",
    [
        WORD.encode(),
        WORD.upper().encode(),
        WORD.encode("utf-16-le"),
        WORD.encode("utf-16-be"),
        WORD.encode().hex().encode(),
        WORD.encode().hex().upper().encode(),
        *(base64.b64encode(b"x" * shift + WORD.encode() + b"tail") for shift in range(3)),
        *(base64.encodebytes(b"The length of a line. " * 3 + b"y" * shift + WORD.encode()) for shift in range(3)),
        quopri.encodestring(b"x" * 66 + WORD.encode() + b" = more\n"),
        quopri.encodestring(b"x" * 66 + WORD.encode() + b" = more\n").replace(b"\n", b"\r\n"),
    ],
)
def test_the_search_sees_it(hidden: bytes) -> None:
    assert seen(b"\0\1\2before " + hidden + b" after", [WORD])


def test_the_search_sees_nothing_where_nothing_is() -> None:
    assert seen(b"zephyr " * 100 + base64.b64encode(b"something else") * 9, [WORD]) == []
    assert len(set(forms(WORD).values())) == 7


def test_the_watcher_sees_what_lives_for_a_moment(tmp_path: Path) -> None:
    with canary.watching([tmp_path], [], [WORD]) as watcher:
        (tmp_path / "inside").mkdir()
        place = tmp_path / "inside" / "scratch"
        place.write_text(f"draft: {WORD}")
        for _ in range(200):
            if watcher.hits:
                break
            watcher._end.wait(0.01)
        place.unlink()
    assert watcher.hits == [f"{place}: {WORD} as it is"]


# The story.


def test_the_story_held_the_words(story: Story) -> None:
    """Without this nothing below would mean anything: the store has them, sealed, and shows them to who may read."""
    shown = str(story.shown) + str(story.ghost_accepted) + story.vendor.open(story.report).text
    for word in (story.words.title, story.words.body, story.words.answer, story.words.answer_by_sq, story.words.clear):
        assert word in shown, word
    assert story.words.attached.encode() in b"".join(story.vendor.open(story.report).attachments.values())


def test_no_file_of_the_laboratory(story: Story) -> None:
    files = canary.files_below(story.lab.folder)
    assert story.lab.database in files
    assert canary.search_files(files, story.words.private) == []


def test_no_mail_on_the_servers_but_what_the_vendor_sent_in_clear(story: Story) -> None:
    everything = b"".join(story.town.folder(MAILBOX) + story.town.folder(MAILBOX, "Sent") + story.town.folder(VENDOR))
    assert seen(everything, story.words.secret) == []
    assert seen(everything, [story.words.clear])


def test_no_file_of_the_servers(story: Story, played: Played) -> None:
    files = canary.files_below(played.servers)
    assert canary.search_files(files, story.words.secret) == []


def test_no_new_file_anywhere(story: Story, played: Played, demo: Shown, horizon: Horizon, memory: Path) -> None:
    came = horizon.changed(without=[memory, played.servers])
    assert any(path.is_relative_to(story.lab.folder) for path in came)
    assert any(path.is_relative_to(demo.folder) for path in came)
    assert canary.search_files(came, story.words.private) == []
    assert canary.search_files((path for path in came if not _ours(path)), DEMO_WORDS) == []


def _ours(path: Path) -> bool:
    """The demonstration's words stand in its own source and in its compiled form, and in what this run prints."""
    return "site-packages" in path.parts or "bash_jobs" in str(path) or path.suffix in (".py", ".pyc")


def test_nothing_lived_for_a_moment(played: Played) -> None:
    assert played.watcher.looked > 100
    assert played.watcher.hits == []


def test_no_command_said_it(story: Story) -> None:
    """With -v as well: what goes to standard error is what ends in a journal."""
    assert len(story.lab.ran) > 20
    said = b"".join(one.err for one in story.lab.ran)
    assert seen(said, story.words.private) == []
    passes = [one for one in story.lab.ran if one.words[0] == "watch"]
    assert len(passes) >= 5
    assert seen(b"".join(one.out for one in passes), story.words.private) == []


def test_no_byte_on_the_wire(story: Story) -> None:
    town = story.town
    sent = [bytes(wire.sent) for wire in (*town.smtp_wires, *town.imap_wires)]
    received = [bytes(wire.received) for wire in (*town.smtp_wires, *town.imap_wires)]
    assert b"BEGIN PGP MESSAGE" in sent[0]
    assert any(b"APPEND" in one and b"BEGIN PGP MESSAGE" in one for one in sent[1:])
    for data in (*sent, *received):
        assert seen(data, story.words.secret) == []
    for data in sent:  # what we say ourselves
        assert seen(data, story.words.private) == []
        for name in (b"Examplelib", b"Heap overflow", b"poc.py", b"Ada"):
            assert name not in data


# Every byte that goes to a disk, seen by the kernel's own eyes.

_WRITE = re.compile(rb'^[0-9]+ +(?:write|pwrite64|writev|pwritev2?)\([0-9]+<(/[^>]*)>, (.*)$', re.MULTILINE)
_TEXT = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')


def _written(trace: bytes) -> dict[bytes, bytearray]:
    """Return what was written to each path, from the protocol of strace -y -xx."""
    written: dict[bytes, bytearray] = {}
    for path, rest in _WRITE.findall(trace):
        for text in _TEXT.findall(rest):
            written.setdefault(path, bytearray()).extend(bytes.fromhex(text.replace(b"\\x", b"").decode()))
    return written


def _traced(lab: Lab, person: str | None, *words: str) -> dict[bytes, bytearray]:
    strace = shutil.which("strace")
    assert strace is not None, "strace is not installed: run 'make setup-system'"
    lab.start_agents()
    trace = lab.folder.parent / f"{lab.folder.name}.trace"
    done = subprocess.run(
        [strace, "-f", "-y", "-xx", "-s", "16777216", "-e", "trace=write,writev,pwrite64,pwritev,pwritev2",
         "-o", trace, sys.executable, "-m", "cvdmail", "-v", *words],
        env=lab.environment(person), cwd=lab.folder, capture_output=True, timeout=150, check=False,
    )  # fmt: skip
    try:
        assert done.returncode in (0, 3), done.stderr.decode()
        written = _written(trace.read_bytes())
    finally:
        trace.unlink()
    return {path: data for path, data in written.items() if not path.startswith((b"/dev/null", b"/proc/"))}
