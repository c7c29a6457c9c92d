"""Folders that are memory: where a text may stand readable for a person to look at, and for no longer.

A disk keeps what was deleted from it; tmpfs and ramfs do not.  Which file system a folder is on is read from
/proc/self/mountinfo (proc(5)) and compared with what the kernel says of the folder itself: a name proves nothing.
tmpfs may be swapped out; :func:`swap_warning` says so where it could happen in clear.

What a person takes elsewhere has to outlive the command: such a folder stays, under a tag by which a later command
finds and wipes it.  It is memory all the same: the end of the machine is its end.

A killed process leaves its folder behind.  Each folder is locked by whoever uses it (and by the programs started on
it, which inherit the lock), so the next call clears away what nobody holds any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from cvdmail.errors import Refused

_MEMORY = frozenset({"tmpfs", "ramfs"})
_PREFIX = "cvdmail-text-"
_KEPT = "cvdmail-handover-"
_YOUNG = 60.0  # seconds in which a new folder may not be locked yet
_BLOCK = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class MemoryFolder:
    """A private folder in memory.  ``lock`` is the descriptor to hand to programs that are started on it."""

    path: Path
    lock: int
    swappable: bool


@dataclass(frozen=True, slots=True)
class _Mount:
    point: str
    device: int
    kind: str
    options: frozenset[str]


def places() -> tuple[Path, ...]:
    """Return where a folder in memory is looked for, best first."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    named = [Path(own)] if own.startswith("/") else []
    return (*named, Path(f"/run/user/{os.getuid()}"), Path("/dev/shm"))  # noqa: S108  # a private folder is made in it


def in_memory(path: Path) -> bool:
    """Say whether a folder certainly lies in memory."""
    return _memory_mount(path) is not None


@contextlib.contextmanager
def memory_backed_folder(what: str, among: Sequence[Path] | None = None) -> Iterator[MemoryFolder]:
    """Lend a private (0700) folder in memory; at the end every file in it is overwritten and removed, whatever happens.

    That includes SIGTERM and SIGHUP, which end the process as an exception here.  ``among`` are the places to look
    in, else :func:`places`.  Raise ``Refused`` naming ``what`` where there is none.
    """
    with _ended_by_signals():
        folder = _make(what, places() if among is None else among)
        try:
            yield folder
        finally:
            wipe(folder.path)
            os.close(folder.lock)


def keep_files(what: str, tag: str, files: Mapping[str, bytes], remedy: str) -> MemoryFolder:
    """Write files (0600) into a private folder in memory that stays; what stood under the same tag is wiped first.

    ``tag`` is of letters and digits, the names of files without folders.  Nothing is left of it after a failure.  Raise
    ``Refused``, with ``remedy``, where there is no memory to write in.
    """
    with _ended_by_signals():
        wipe_kept(tag)
        folder = _make(what, places(), f"{_KEPT}{tag}-", remedy)
        try:
            for name, content in files.items():
                handle = os.open(folder.path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
        except OSError as error:
            wipe(folder.path)
            raise Refused(what, f"the files cannot be written in memory ({error.strerror})", remedy) from None
        except BaseException:
            wipe(folder.path)
            raise
        finally:
            os.close(folder.lock)
        return folder


def kept(tag: str) -> list[Path]:
    """Return the folders that stayed under a tag."""
    found = [path for place in dict.fromkeys(places()) for path in place.glob(f"{_KEPT}{tag}-*")]
    return [path for path in found if _is_ours(path)]


def wipe_kept(tag: str) -> int:
    """Overwrite and remove the folders that stayed under a tag; return how many there were."""
    folders = kept(tag)
    for path in folders:
        wipe(path)
    return len(folders)


def _is_ours(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def _make(
    what: str, among: Sequence[Path], prefix: str = _PREFIX, remedy: str = "or give the text with --file"
) -> MemoryFolder:
    for place in among:
        mount = _memory_mount(place)
        if mount is None or not os.access(place, os.W_OK | os.X_OK):
            continue
        _clear_away(place)
        try:
            path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        except OSError:
            continue  # full, or no right to write after all: the next place may do
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return MemoryFolder(path, lock, mount.kind == "tmpfs" and "noswap" not in mount.options)
    raise Refused(
        what,
        "there is no memory-backed storage to write in",
        f"mount a tmpfs at $XDG_RUNTIME_DIR, {remedy}",
    )


def wipe(folder: Path) -> None:
    """Overwrite every file below a folder, then remove all of it; links are removed, never followed.

    Raise ``Refused`` if something is still there afterwards.
    """
    with _undisturbed():
        for _ in range(3):  # an editor on its way out may be writing yet
            for inside, folders, files in os.walk(folder, topdown=False):
                for name in files:
                    _forget(Path(inside) / name)
                for name in folders:
                    _forget_folder(Path(inside) / name)
            _forget_folder(folder)
            if not folder.exists():
                return
    raise Refused(str(folder), "it could not be removed, and may hold readable text", "remove it")


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        if stat.S_ISREG(path.lstat().st_mode):
            path.chmod(0o600)
            with path.open("r+b", buffering=0) as file:
                left = path.stat().st_size
                while left > 0:
                    left -= file.write(_BLOCK[:left])
    with contextlib.suppress(OSError):
        path.unlink()


def _forget_folder(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_symlink():
            path.unlink()
        else:
            path.rmdir()


def _clear_away(place: Path) -> None:
    """Wipe folders of ours that a killed process left behind: nobody holds their lock."""
    for path in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if not _is_ours(path) or time.time() - path.lstat().st_mtime < _YOUNG:
                continue
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                wipe(path)
            finally:
                os.close(lock)


def swap_warning(folder: MemoryFolder) -> str:
    """Return a line for the person if the folder's pages could reach a swap on disk; empty if they could not.

    zram is memory itself; whether another swap is encrypted cannot be seen from here.
    """
    if not folder.swappable:
        return ""
    try:
        lines = Path("/proc/swaps").read_text("utf-8", "replace").splitlines()[1:]
    except OSError:
        return ""
    if all(line.startswith("/dev/zram") for line in lines):
        return ""
    return "this machine swaps: such a text may be written to the swap area; encrypt it, or turn it off (swapoff -a)"


# --- what the kernel says ---------------------------------------------------------------------------------------------


def _memory_mount(path: Path) -> _Mount | None:
    """Return the mount that a folder is on if it is one of memory; None for any other, and in any doubt."""
    try:
        real = path.resolve(strict=True)
        found = real.stat()
        mounts = _mounts()
    except (OSError, ValueError, RuntimeError):
        return None
    if not stat.S_ISDIR(found.st_mode):
        return None
    mount = None
    for one in mounts:
        inside = one.point == "/" or str(real) == one.point or str(real).startswith(f"{one.point}/")
        # As long as the longest so far counts too: a later mount on the same point covers the earlier one.
        if inside and (mount is None or len(one.point) >= len(mount.point)):
            mount = one
    if mount is None or mount.kind not in _MEMORY or mount.device != found.st_dev:
        return None
    return mount


def _mounts() -> list[_Mount]:
    """Read mountinfo: ``id parent major:minor root point options [optional ...] - type source super-options``."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines():
        left, _, right = line.partition(" - ")
        first, last = left.split(" "), right.split(" ")
        major, _, minor = first[2].partition(":")
        options = frozenset(last[2].split(",")) if len(last) > 2 else frozenset()
        found.append(_Mount(_unescaped(first[4]), os.makedev(int(major), int(minor)), last[0], options))
    return found


def _unescaped(point: str) -> str:
    """Undo the four octal escapes of mountinfo."""
    for escape, char in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        point = point.replace(escape, char)
    return point


_ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into ``SystemExit``, so that everything on the way out is done.

    Only the main thread can do this.  A signal that is ignored (nohup) stays so.
    """
    before = {one: signal.getsignal(one) for one in _ENDING}
    for one, old in before.items():
        if old is not signal.SIG_IGN:
            signal.signal(one, _end)
    try:
        yield
    finally:
        for one, old in before.items():
            signal.signal(one, old)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back what would end the process until the work inside is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*_ENDING, signal.SIGINT, signal.SIGQUIT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
