"""Looking for words that must not be anywhere: in files, in files that live for a moment, in recorded traffic.

A word is looked for as it is, without regard to case, in UTF-16, in hexadecimal, in base64 at each of its three
alignments, and across the soft line ends of quoted-printable and the hard ones of base64.
"""

from __future__ import annotations

import base64
import ctypes
import os
import secrets
import struct
import subprocess
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

LARGEST = 64 * 1024 * 1024
_LETTERS = "bcdfghjklmnpqrstvwxz"


def new_word(hint: str) -> str:
    """Make a word that nobody has ever written."""
    return hint + "".join(secrets.choice(_LETTERS) for _ in range(14))


@lru_cache(maxsize=100)
def forms(word: str) -> dict[str, bytes]:
    """Return what is searched for: the exact bytes of base64, lower-case bytes of everything else."""
    raw = word.encode()
    found = {
        "as it is": raw.lower(),
        "UTF-16, little end first": word.lower().encode("utf-16-le"),
        "UTF-16, big end first": word.lower().encode("utf-16-be"),
        "hexadecimal": raw.hex().encode(),
    }
    for shift, unsure in ((0, 0), (1, 2), (2, 3)):
        coded = base64.b64encode(b"\0" * shift + raw)
        found[f"base64 {shift}"] = coded[unsure : (shift + len(raw)) * 8 // 6]
    return found


def seen(data: bytes, words: Collection[str]) -> list[str]:
    """Say which words are in ``data``, and how they are written there."""
    unix = data.replace(b"\r\n", b"\n")
    soft = unix.replace(b"=\n", b"").lower()
    joined = unix.replace(b"\n", b"")
    lower = data.lower()
    hits = []
    for word in words:
        for name, wanted in forms(word).items():
            places = (joined,) if name.startswith("base64") else (lower, soft, joined.lower())
            if any(wanted in place for place in places):
                hits.append(f"{word} {name}")
    return hits


def files_below(*roots: Path) -> list[Path]:
    """Return every regular file below some folders."""
    return _find(*roots)


def _find(*roots: Path, tests: Collection[str] = ()) -> list[Path]:
    """Ask find(1): ten times as quick on a large home."""
    words = ["find", *(str(root) for root in roots if root.is_dir()), "-type", "f", *tests, "-print0"]
    done = subprocess.run(words, capture_output=True, check=False)  # what vanishes meanwhile is no failure
    return [Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name]


def search_files(files: Iterable[Path], words: Collection[str]) -> list[str]:
    """Return "file: word, how it is written" for every hit; file names are searched as well."""
    hits = []
    for path in files:
        try:
            data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        except OSError:
            continue  # gone meanwhile, or not ours
        hits += [f"{path}: {hit}" for hit in seen(os.fsencode(path.name) + b"\n" + data, words)]
    return hits


class Horizon:
    """One moment, to tell which files of some folders came or changed later: the kernel keeps ctime, nobody sets it."""

    def __init__(self, *roots: Path) -> None:
        self._roots = roots
        self._began = time.time() - 1

    def changed(self, without: Collection[Path] = ()) -> list[Path]:
        """Return the files that are new or changed, but for those below ``without``."""
        came = _find(*self._roots, tests=["-newerct", f"@{self._began:.3f}"])
        return [path for path in came if not any(path.is_relative_to(other) for other in without)]


_IN_CLOSE_WRITE, _IN_MOVED_TO, _IN_CREATE = 0x08, 0x80, 0x100
_WANTED = _IN_CLOSE_WRITE | _IN_MOVED_TO | _IN_CREATE
_IS_FOLDER = 0x4000_0000
_EVENT = struct.Struct("iIII")
_NONBLOCK = 0x800


class Watcher:
    """Reads files at the moment they change, to catch those that are gone again when the command ends (inotify).

    Best effort: a file that is written and removed faster than this thread runs is seen by name only.
    """

    def __init__(self, deep: Collection[Path], shallow: Collection[Path], words: Collection[str]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(_NONBLOCK)
        assert self._handle >= 0, os.strerror(ctypes.get_errno())
        self._words = words
        self._folders: dict[int, tuple[Path, bool]] = {}
        self._end = threading.Event()
        self.hits: list[str] = []
        self.looked = 0
        for folder in shallow:
            self._add(folder, False)
        for folder in deep:
            self._add(folder, True)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look at what is left, and end."""
        self._end.set()
        self._thread.join(10)
        os.close(self._handle)

    def _add(self, folder: Path, deep: bool) -> None:
        number = self._libc.inotify_add_watch(self._handle, os.fsencode(folder), _WANTED)
        if number < 0:
            return  # gone already
        self._folders[number] = (folder, deep)
        if deep:
            for inside in list(folder.iterdir()):
                if inside.is_dir() and not inside.is_symlink():
                    self._add(inside, True)
                else:
                    self._look(inside)

    def _run(self) -> None:
        while not self._end.wait(0.005):
            self._drain()
        self._drain()

    def _drain(self) -> None:
        try:
            data = os.read(self._handle, 1 << 16)
        except BlockingIOError:
            return
        for number, mask, name in _events(data):
            if number not in self._folders:
                continue
            folder, deep = self._folders[number]
            path = folder / name
            if mask & _IS_FOLDER:
                if deep:
                    self._add(path, True)
            else:
                self._look(path)

    def _look(self, path: Path) -> None:
        if path.is_file():
            self.looked += 1
        for hit in search_files([path], self._words):
            if hit not in self.hits:
                self.hits.append(hit)


def _events(data: bytes) -> Iterator[tuple[int, int, str]]:
    at = 0
    while at + _EVENT.size <= len(data):
        number, mask, _, length = _EVENT.unpack_from(data, at)
        at += _EVENT.size
        yield number, mask, os.fsdecode(data[at : at + length].rstrip(b"\0"))
        at += length


@contextmanager
def watching(deep: Collection[Path], shallow: Collection[Path], words: Collection[str]) -> Iterator[Watcher]:
    """Lend a watcher."""
    made = Watcher(deep, shallow, words)
    try:
        yield made
    finally:
        made.close()
