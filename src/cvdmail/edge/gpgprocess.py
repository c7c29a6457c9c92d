"""One run of gpg as a child process: bounded, timed, killed with its group, and never judged here.

gpg is run without a shell and without its own configuration, with one pipe for the data, one for the result, one for
the status lines and, where needed, one for the passphrase and one for a detached signature.  Nothing is ever put into
a file.  What gpg says to people (stderr) goes nowhere: it holds user ids, which are text from outside.

* Result and status are bounded while they are read.
* A run that takes too long, is cancelled or goes over a limit is killed with its whole process group.  An agent that
  has stopped, or a pinentry that nobody answers, would otherwise keep it waiting for ever.
* The pipes are our own, and a run is over when gpg is: a child of gpg that keeps one open can delay nothing.
* Each run has a thread of its own, which starts gpg, feeds it and waits for it.  asyncio's own way (a watcher and three
  transports for each child) cost several times as much, and that was a third of the cost of sending a mail.

Starting gpg costs about a millisecond.  ``--no-random-seed-file`` is essential: without it parallel runs wait for one
another on a lock with a back-off of a quarter second and more.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from cvdmail.core.gpgstatus import MAX_STATUS_BYTES
from cvdmail.errors import CryptoUnavailable, ParseLimit

MAX_HOME_BYTES = 86
"""The longest home in bytes: ``S.gpg-agent.browser`` in it must fit into a socket address (measured)."""
MAX_OUTPUT_BYTES = 128 * 1024 * 1024
"""How much a run may write unless the caller says less, in bytes."""

_PIECE = 65_536
_OPTIONS = (
    "--batch", "--no-tty", "--no-options", "--no-random-seed-file", "--trust-model", "always",
    "--no-auto-key-locate", "--no-auto-key-retrieve", "--disable-dirmngr", "--no-encrypt-to",
    "--weak-digest", "SHA1", "--weak-digest", "RIPEMD160", "--no-auto-check-trustdb",
    "--exit-on-status-write-error",
)  # fmt: skip
_KEPT_ENVIRONMENT = (
    "PATH", "HOME", "GPG_TTY", "TERM", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finished:
    """One run of gpg that came to its end: nothing in it has been judged yet."""

    exit_status: int
    status: bytes
    output: bytes


def environment() -> dict[str, str]:
    """Return what gpg may see of our environment: what its agent and pinentry need, and plain English bytes."""
    kept = {name: value for name in _KEPT_ENVIRONMENT if (value := os.environ.get(name)) is not None}
    return {**kept, "LC_ALL": "C"}


def checked_home(home: Path) -> Path:
    """Return ``home`` as an absolute path that gpg-agent can work in, or raise ``CryptoUnavailable``."""
    absolute = home.absolute()
    if len(os.fsencode(absolute)) > MAX_HOME_BYTES:
        remedy = "move it to a shorter path"
        raise CryptoUnavailable("gpg home", f"its path is longer than {MAX_HOME_BYTES} bytes, too long for the "
                                "socket of gpg-agent", remedy)  # fmt: skip
    if not absolute.is_dir():
        raise CryptoUnavailable("gpg home", "the folder does not exist", "make it with 'cvdmail init'")
    return absolute


class _Pipes(contextlib.ExitStack):
    """The pipes of one run, as file objects: each end is closed once, whatever happens (a number closed twice may be
    somebody else's file by then)."""

    def __init__(self) -> None:
        super().__init__()
        self.theirs: list[FileIO] = []

    def from_them(self) -> tuple[FileIO, int]:
        """Return our reading end and the number of their writing end."""
        reading, writing = (FileIO(end, mode) for end, mode in zip(os.pipe(), "rw", strict=True))
        self.enter_context(reading)
        self.theirs.append(self.enter_context(writing))
        return reading, writing.fileno()

    def to_them(self) -> tuple[FileIO, int]:
        """Return our writing end and the number of their reading end."""
        reading, writing = (FileIO(end, mode) for end, mode in zip(os.pipe(), "rw", strict=True))
        self.enter_context(writing)
        self.theirs.append(self.enter_context(reading))
        return writing, reading.fileno()

    def filled(self, content: bytes) -> int:
        """Return the number of their end of a pipe that holds ``content`` and then ends."""
        ours, theirs = self.to_them()
        os.set_blocking(ours.fileno(), False)
        if ours.write(content) != len(content):
            raise CryptoUnavailable("gpg", "the system gives no pipe of the usual size", "try again")
        ours.close()
        return theirs

    def close_theirs(self) -> None:
        for end in self.theirs:
            end.close()


class _Process:
    """One child in a process group of its own, started by ``posix_spawn``, waited for by its descriptor.

    Every descriptor of ours is closed on exec, except those that are named.  ``kill`` may be called from any thread.
    """

    def __init__(self, command: list[str], stdin: int, stdout: int, passed: Sequence[int]) -> None:
        actions: list[tuple[int, int, int] | tuple[int, int, str, int, int]] = [
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_DUP2, stdout, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            *((os.POSIX_SPAWN_DUP2, descriptor, descriptor) for descriptor in passed),  # stays open, at its number
        ]
        self.pid = os.posix_spawnp(
            command[0], command, environment(), file_actions=actions, setpgroup=0,
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
        )  # fmt: skip
        self._gone = FileIO(os.pidfd_open(self.pid), "r")
        self._lock = threading.Lock()
        self._status: int | None = None

    def fileno(self) -> int:
        """The descriptor that can be read once the child has ended."""
        return self._gone.fileno()

    def kill(self) -> None:
        """End the whole group, unless the child is gone: its number may be somebody else's by then."""
        with self._lock:
            if self._status is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)

    def reap(self) -> int:
        """Wait for the child and return its exit status, negative for the signal that ended it."""
        if self._status is None:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)  # without the lock: a kill must be able to come
            with self._lock:
                self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
                self._gone.close()
        return self._status


BESIDE = "\0beside"
"""Stands in the arguments of :func:`run` for the descriptor that holds the bytes ``beside`` the data."""


@dataclass(slots=True)
class _Order:
    """One run as it is handed to its thread; ``process`` and ``given_up`` let the loop end it from outside."""

    command: list[str]
    arguments: Sequence[str]
    data: bytes
    max_output: int
    time_limit: float
    passphrase: bytes | None
    beside: bytes
    process: _Process | None = None
    given_up: bool = False

    def give_up(self) -> None:
        """Kill what runs, or what is about to."""
        self.given_up = True
        if self.process is not None:
            self.process.kill()


_THREADS = ThreadPoolExecutor(16, thread_name_prefix="gpg")


async def run(
    program: str,
    home: Path,
    arguments: Sequence[str],
    *,
    data: bytes = b"",
    max_output: int = MAX_OUTPUT_BYTES,
    time_limit: float = 60.0,
    passphrase: bytes | None = None,
    beside: bytes = b"",
) -> Finished:
    """Run gpg once in ``home`` with ``data`` on its standard input; ``time_limit`` in seconds.

    Raises ``CryptoUnavailable`` if gpg is missing or does not end in time, ``ParseLimit`` if it writes more than
    ``max_output`` bytes.  However it is left, the process group is dead and every pipe is closed.
    """
    command = [program, "--homedir", str(home)]
    order = _Order(command, arguments, data, max_output, time_limit, passphrase, beside)
    work = asyncio.get_running_loop().run_in_executor(_THREADS, _carry_out, order)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        order.give_up()
        await asyncio.wait([work])  # a moment: its child is dead
        work.exception()
        raise


def _carry_out(order: _Order) -> Finished:
    """Start gpg with one end of every pipe, see it through, and leave nothing of it behind; runs in a thread."""
    try:
        with _Pipes() as pipes:
            return _started(pipes, order)
    except TimeoutError:
        why = f"it did not finish in {order.time_limit:g} seconds"
        raise CryptoUnavailable("gpg", why, "see whether gpg-agent or a pinentry waits for an answer") from None
    except OSError:
        raise CryptoUnavailable("gpg", "it cannot be started", "install GnuPG, or name the program") from None


def _started(pipes: _Pipes, order: _Order) -> Finished:
    stdin, their_stdin = pipes.to_them()
    stdout, their_stdout = pipes.from_them()
    status, their_status = pipes.from_them()
    passed = [their_status]
    command = [*order.command, *_OPTIONS, "--status-fd", str(their_status)]
    if order.passphrase is not None:
        passed.append(pipes.filled(order.passphrase + b"\n"))
        command += ["--pinentry-mode", "loopback", "--passphrase-fd", str(passed[-1])]
    if order.beside:
        passed.append(pipes.filled(order.beside))
    command += [f"-&{passed[-1]}" if argument == BESIDE else argument for argument in order.arguments]
    order.process = process = _Process(command, their_stdin, their_stdout, passed)
    pipes.close_theirs()
    try:
        if order.given_up:
            raise TimeoutError
        output, lines = _converse(process, (stdin, stdout, status), order)
        return Finished(process.reap(), lines, output)
    finally:
        process.kill()
        process.reap()


def _converse(process: _Process, ends: tuple[FileIO, FileIO, FileIO], order: _Order) -> tuple[bytes, bytes]:
    """Feed the data, read result and status to their ends, and wait until the child has ended.

    Raises ``TimeoutError``, or ``ParseLimit`` at the first byte over a limit.
    """
    stdin, stdout, status = ends
    deadline = time.monotonic() + order.time_limit
    left = memoryview(order.data)
    pieces: dict[int, list[bytes]] = {stdout.fileno(): [], status.fileno(): []}
    room = {stdout.fileno(): order.max_output, status.fileno(): MAX_STATUS_BYTES}
    names = {stdout.fileno(): "output of gpg", status.fileno(): "status of gpg"}
    poll = select.poll()
    poll.register(process, select.POLLIN)
    for end in (stdout, status):
        poll.register(end, select.POLLIN)
    os.set_blocking(stdin.fileno(), False)
    poll.register(stdin, select.POLLOUT)
    feeding = stdin.fileno()
    waiting = {process.fileno(), *pieces}
    while waiting:
        ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        if not ready:
            raise TimeoutError
        for number, _ in ready:
            if number == feeding:
                left = _fed(stdin, left)
                if not left:
                    poll.unregister(number)
                    stdin.close()
            elif number in pieces and (piece := os.read(number, _PIECE)):
                room[number] -= len(piece)
                if room[number] < 0:
                    limit = order.max_output if names[number].startswith("output") else MAX_STATUS_BYTES
                    raise ParseLimit(names[number], f"it is longer than {limit} bytes", "")
                pieces[number].append(piece)
            else:  # the end of a pipe, or of the child
                poll.unregister(number)
                waiting.discard(number)
    return b"".join(pieces[stdout.fileno()]), b"".join(pieces[status.fileno()])


def _fed(stdin: FileIO, left: memoryview) -> memoryview:
    """Write what fits; a gpg that stops reading is judged by its status, not here."""
    try:
        return left[os.write(stdin.fileno(), left[:_PIECE]) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:
        return left[:0]
