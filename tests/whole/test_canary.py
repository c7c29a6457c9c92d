"""Nothing of a report or reply is readable in any file, log or byte on the wire, afterwards or for a moment.

Searched are all files below the folders, every file of the machine's usual places that came or changed since, what
the commands said, and the clear bytes inside TLS.  What people hold in their own hands is not searched: the report
they typed, the vendor's secrets, what the independent readers unpacked.
"""

from __future__ import annotations

import base64
import getpass
import json
import quopri
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from cvdmail.demo.stage import CANARY
from servers.certificates import short_folder
from whole import canary, vendor
from whole import story as play
from whole.canary import Horizon, forms, seen
from whole.conftest import Played, Shown
from whole.lab import Lab
from whole.story import Story
from whole.town import MAILBOX, VENDOR

pytestmark = pytest.mark.timeout(300)
WORD = "zephyrglbtrcnvwqkmpd"
DEMO_WORDS = (CANARY, "Heap overflow in the frame", "our testers need more time", "create_connection")


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
            time.sleep(0.01)
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
    own = [Path(tempfile.gettempdir()) / f"pytest-of-{getpass.getuser()}"]
    came = horizon.changed(without=[memory, played.servers, *own])
    assert story.lab.database in came
    assert any(path.is_relative_to(demo.folder) for path in came)
    assert canary.search_files(came, story.words.private) == []


def test_no_file_of_the_demonstration(demo: Shown) -> None:
    files = canary.files_below(demo.folder)
    assert demo.folder / "lab" / "state" / "cvdmail.db" in files
    assert canary.search_files(files, DEMO_WORDS) == []


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

_WRITE = re.compile(
    rb"^[0-9]+ +(?:write|pwrite64|writev|pwritev2?)\([0-9]+<((?:\\x[0-9a-f]{2})+)>, (.*)$", re.MULTILINE
)
_TEXT = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')


def _written(trace: bytes) -> dict[bytes, bytearray]:
    """Return what was written to each file, from the protocol of strace -y -xx; pipes and sockets have no path."""
    written: dict[bytes, bytearray] = {}
    for place, rest in _WRITE.findall(trace):
        path = _plain(place)
        for text in _TEXT.findall(rest) if path.startswith(b"/") else ():
            written.setdefault(path, bytearray()).extend(_plain(text))
    return written


def _plain(text: bytes) -> bytes:
    return bytes.fromhex(text.replace(b"\\x", b"").decode())


def _traced(lab: Lab, person: str | None, *words: str, stdin: bytes = b"") -> tuple[dict[bytes, bytearray], bytes]:
    """Run a command under strace; return what it and its children wrote to files, and what it printed."""
    strace = shutil.which("strace")
    assert strace is not None, "strace is not installed: run 'make setup-system'"
    lab.start_agents()
    trace = lab.folder / "trace"
    done = subprocess.run(
        [strace, "-f", "--seccomp-bpf", "-y", "-xx", "-s", "16777216", "-o", trace,
         "-e", "trace=write,writev,pwrite64,pwritev,pwritev2", sys.executable, "-m", "cvdmail", *words],
        env=lab.environment(person), cwd=lab.folder, input=stdin, capture_output=True, timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr.decode()
    written = _written(trace.read_bytes())
    trace.unlink()
    return written, done.stdout


def test_no_write_to_any_file(story: Story) -> None:
    """Another report and another answer, every write(2) of every process on the way looked at."""
    words, town = story.words, story.town
    report = play.REPORT.format(title=words.title, body=words.body, vendor="vendor.example").encode() + b"Again.\n"
    with short_folder() as folder:
        lab = story.lab.copy(folder)
        try:
            opened, out = _traced(lab, "ada", "case", "new", "-", "--json", stdin=report)
            case = json.loads(out)
            lab.run("ben", "draft", "approve", str(case["participants"][0]["draft"]))
            lab.run("ada", "send", case["case"])
            before = len(town.folder(VENDOR))
            sent, _ = _traced(lab, None, "watch", "--once")
            line = vendor.thread(vendor.read(town.wait_for(VENDOR, before + 1)[-1]))
            inside = vendor.entity(f"We have received your report about {words.answer}.\n", line.subject)
            head = vendor.headers("traced", line.reply_to, f"Re: {line.subject}", answers=line.message_id)
            town.post(vendor.encrypted(head, story.vendor.sealed(inside)), VENDOR, MAILBOX)
            received, _ = _traced(lab, None, "watch", "--once")
            looked, text = _traced(lab, "ben", "case", "show", case["case"])
            exported, _ = _traced(lab, "ben", "export", case["case"], "-o", "case.tar.pgp")
            checked, _ = _traced(lab, "ben", "ledger", "verify")
        finally:
            lab.end_agents()
    assert words.answer.encode() in text
    assert len(b"".join(sent.values())) > 20_000
    for name, written in {"opened": opened, "sent": sent, "received": received, "exported": exported}.items():
        assert any(path.endswith((b"-wal", b".pgp")) or b"/.new-" in path for path in written), name
    for written in (opened, sent, received, looked, exported, checked):
        for path, data in written.items():
            assert seen(bytes(data), words.private) == [], path


def test_the_protocol_of_writes_is_read_rightly(tmp_path: Path) -> None:
    text = f'{WORD} \\ " <unfinished'.encode() * 3
    strace = shutil.which("strace")
    assert strace is not None, "strace is not installed: run 'make setup-system'"
    script = f"import os; f=os.open({str(tmp_path / 'it')!r}, os.O_CREAT|os.O_WRONLY); os.writev(f, [{text!r}, b'end'])"
    trace = tmp_path / "trace"
    words: list[str | Path] = [strace, "-f", "--seccomp-bpf", "-y", "-xx", "-s", "65536", "-e", "trace=write,writev"]
    subprocess.run([*words, "-o", trace, sys.executable, "-c", script], check=True)
    found = _written(trace.read_bytes())
    assert found[str(tmp_path / "it").encode()] == text + b"end"
