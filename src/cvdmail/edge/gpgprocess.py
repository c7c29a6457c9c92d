"""One run of gpg as a child process: bounded, timed, killed with its group, and never judged here.

gpg is run without a shell and without its own configuration, with one pipe for the data, one for the result, one for
the status lines and, where needed, one for the passphrase and one for a detached signature.  Nothing is ever put into
a file.  What gpg says to people (stderr) goes nowhere: it holds user ids, which are text from outside.

* Result and status are bounded while they are read.
* A run that takes too long, is cancelled or goes over a limit is killed with its whole process group.  An agent that
  has stopped, or a pinentry that nobody answers, would otherwise keep it waiting for ever.
* The pipes are our own and not asyncio's: a child of gpg that keeps one open can delay nothing once gpg is dead.

Starting gpg costs about a millisecond.  ``--no-random-seed-file`` is essential: without it parallel runs wait for one
another on a lock with a back-off of a quarter second and more.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from cvdmail.core.gpgstatus import MAX_STATUS_BYTES
from cvdmail.errors import CryptoUnavailable, ParseLimit

MAX_HOME_BYTES = 86
"""The longest home in bytes: ``S.gpg-agent.browser`` in it must fit into a socket address (measured)."""
MAX_OUTPUT_BYTES = 128 * 1024 * 1024
"""How much a run may write unless the caller says less, in bytes."""

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


class _Collector(asyncio.Protocol):
    """Reads one pipe to its end; over ``limit`` bytes it drops what it has and fails with ``ParseLimit``."""

    def __init__(self, what: str, limit: int) -> None:
        self.what, self.limit, self.size = what, limit, 0
        self.pieces: list[bytes] = []
        self.done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.size += len(data)
        if self.size <= self.limit:
            self.pieces.append(data)
        elif not self.done.done():
            self.pieces.clear()
            self.done.set_exception(ParseLimit(self.what, f"it is longer than {self.limit} bytes", ""))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.done.done():
            return
        if exc is None:
            self.done.set_result(b"".join(self.pieces))
        else:
            self.done.set_exception(CryptoUnavailable("gpg", "a pipe to it broke", "try again"))


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


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class _Process:
    """One child in a process group of its own, started by ``posix_spawn``, waited for by its descriptor.

    asyncio starts a thread for every child and forks by a slower road; with several runs a mail that was a third of the
    cost of sending.  Every descriptor of ours is closed on exec, except those that are named.
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
        self._status: int | None = None

    async def wait(self) -> int:
        """Return the exit status, negative for the signal that ended it."""
        if self._status is None:
            await self._gone()
            _, status = os.waitpid(self.pid, 0)  # noqa: ASYNC222  # it has ended: nothing is waited for
            self._status = os.waitstatus_to_exitcode(status)
        return self._status

    async def _gone(self) -> None:
        loop = asyncio.get_running_loop()
        descriptor = os.pidfd_open(self.pid)
        gone = loop.create_future()
        loop.add_reader(descriptor, _settle, gone)
        try:
            await gone
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)

    async def end(self) -> None:
        """Kill what is left of the group and wait until the child is gone."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            await asyncio.shield(self.wait())


BESIDE = "\0beside"
"""Stands in the arguments of :func:`run` for the descriptor that holds the bytes ``beside`` the data."""


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
    try:
        async with asyncio.timeout(time_limit):
            with _Pipes() as pipes:
                return await _started(pipes, [program, "--homedir", str(home)], arguments, data, max_output,
                                      passphrase, beside)  # fmt: skip
    except TimeoutError:
        why = f"it did not finish in {time_limit:g} seconds"
        raise CryptoUnavailable("gpg", why, "see whether gpg-agent or a pinentry waits for an answer") from None
    except OSError:
        raise CryptoUnavailable("gpg", "it cannot be started", "install GnuPG, or name the program") from None


async def _started(
    pipes: _Pipes, command: list[str], arguments: Sequence[str], data: bytes, max_output: int,
    passphrase: bytes | None, beside: bytes,
) -> Finished:  # fmt: skip
    """Start gpg with one end of every pipe, see it through, and leave nothing of it behind."""
    stdin, their_stdin = pipes.to_them()
    stdout, their_stdout = pipes.from_them()
    status, their_status = pipes.from_them()
    passed = [their_status]
    command += [*_OPTIONS, "--status-fd", str(their_status)]
    if passphrase is not None:
        passed.append(pipes.filled(passphrase + b"\n"))
        command += ["--pinentry-mode", "loopback", "--passphrase-fd", str(passed[-1])]
    if beside:
        passed.append(pipes.filled(beside))
    command += [f"-&{passed[-1]}" if argument == BESIDE else argument for argument in arguments]
    process = _Process(command, their_stdin, their_stdout, passed)
    pipes.close_theirs()
    try:
        return await _converse(process, (stdin, stdout, status), data, max_output)
    finally:
        await process.end()


def _itself(collector: _Collector) -> _Collector:
    return collector


async def _converse(process: _Process, ends: tuple[FileIO, FileIO, FileIO], data: bytes, max_output: int) -> Finished:
    """Feed ``data``, read result and status to their ends, wait for the exit."""
    loop = asyncio.get_running_loop()
    stdin, stdout, status_pipe = ends
    output = _Collector("output of gpg", max_output)
    status = _Collector("status of gpg", MAX_STATUS_BYTES)
    readers: list[asyncio.ReadTransport] = []
    writer: asyncio.WriteTransport | None = None
    try:
        for collector, pipe in ((output, stdout), (status, status_pipe)):
            reader, _ = await loop.connect_read_pipe(functools.partial(_itself, collector), pipe)
            readers.append(reader)
        writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, stdin)
        writer.write(data)
        writer.close()  # once all is written; a gpg that stops reading is judged by its status, not here
        result, lines = await asyncio.gather(output.done, status.done)
        return Finished(await process.wait(), lines, result)
    finally:
        for reader in readers:
            reader.close()
        if writer is not None and writer.get_write_buffer_size():
            writer.abort()
        for collector in (output, status):
            if not collector.done.cancel() and not collector.done.cancelled():
                collector.done.exception()  # looked at, so that the loop does not complain of it
