"""Folders in memory: found by what the kernel says, private, and gone with everything in them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cvdmail.edge.memory_disk import in_memory, memory_backed_folder, places, swap_warning, wipe
from cvdmail.errors import Refused

SHM = Path("/dev/shm")
pytestmark = pytest.mark.skipif(not in_memory(SHM), reason="/dev/shm is not in memory here")


def test_a_folder_is_private_and_in_memory_and_gone_afterwards() -> None:
    with memory_backed_folder("draft edit") as folder:
        assert folder.path.stat().st_mode & 0o777 == 0o700
        kind = subprocess.check_output(["stat", "-f", "-c", "%T", folder.path], text=True).strip()
        assert kind in ("tmpfs", "ramfs")
        (folder.path / "text").write_text("words")
    assert not folder.path.exists()


def test_where_there_is_none_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    nowhere = (tmp_path, file, tmp_path / "nowhere", Path("/proc"), Path("relative"), Path("a\0b"))
    with pytest.raises(Refused) as refusal, memory_backed_folder("draft edit", nowhere):
        pass
    assert refusal.value.line() == (
        "draft edit: there is no memory-backed storage to write in; "
        "mount a tmpfs at $XDG_RUNTIME_DIR, or give the text with --file"
    )
    assert list(tmp_path.iterdir()) == [file]


def test_a_disk_is_passed_over(tmp_path: Path) -> None:
    if in_memory(tmp_path):
        pytest.skip("the temporary folder is in memory here")
    with memory_backed_folder("draft edit", (tmp_path, SHM)) as folder:
        assert folder.path.parent == SHM
    link = tmp_path / "link"
    link.symlink_to(SHM)
    with memory_backed_folder("draft edit", (link,)) as folder:
        assert in_memory(folder.path)
    (tmp_path / "shm").mkdir()
    assert not in_memory(tmp_path / "shm")


def test_the_first_place_is_the_persons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/somewhere")
    assert places() == (Path("/somewhere"), Path(f"/run/user/{os.getuid()}"), SHM)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert places() == (Path(f"/run/user/{os.getuid()}"), SHM)


def test_everything_left_is_overwritten_and_removed_and_no_link_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    with memory_backed_folder("draft edit") as folder:
        deep = folder.path / "a" / ".b"
        deep.mkdir(parents=True)
        (deep / "undo~").write_text("words")
        (deep / "read only").write_text("words")
        (deep / "read only").chmod(0o400)
        (folder.path / "to file").symlink_to(outside / "kept")
        (folder.path / "to folder").symlink_to(outside)
        os.mkfifo(folder.path / "pipe")
        (folder.path / "text").write_text("words" * 50_000)
        with (folder.path / "text").open("rb") as still_open:
            wipe(folder.path)
            assert set(still_open.read()) == {0}
    assert not folder.path.exists()
    assert (outside / "kept").read_text() == "kept"


def test_an_error_inside_leaves_nothing() -> None:
    with pytest.raises(KeyboardInterrupt), memory_backed_folder("draft edit") as folder:
        (folder.path / "text").write_text("words")
        raise KeyboardInterrupt
    assert not folder.path.exists()


def test_signals_that_end_a_process_are_as_they_were_afterwards() -> None:
    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with memory_backed_folder("draft edit"):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not before[0]
    finally:
        signal.signal(signal.SIGHUP, before[1])
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)] == before


HOLD = """
import sys, time
from cvdmail.edge.memory_disk import memory_backed_folder
with memory_backed_folder("draft edit") as folder:
    (folder.path / "text").write_text("words")
    print(folder.path, flush=True)
    time.sleep(60)
"""


def holding() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_process_that_is_ended_leaves_nothing() -> None:
    process, path = holding()
    with process:
        assert (path / "text").exists()
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
    assert not path.exists()


def test_what_a_killed_process_left_is_cleared_away_by_the_next() -> None:
    killed, left = holding()
    living, held = holding()
    with killed, living:
        killed.kill()
        killed.wait(20)
        with memory_backed_folder("draft edit"):
            assert left.exists()  # it is too young: its owner may not have locked it yet
        for path in (left, held):
            os.utime(path, (0, 0))
        with memory_backed_folder("draft edit"):
            assert not left.exists()
            assert (held / "text").exists()
        living.terminate()
        living.wait(20)


def test_the_warning_about_swap_is_honest() -> None:
    swaps = [line for line in Path("/proc/swaps").read_text().splitlines()[1:] if not line.startswith("/dev/zram")]
    with memory_backed_folder("draft edit", (SHM,)) as folder:
        assert bool(swap_warning(folder)) == (bool(swaps) and folder.swappable)
