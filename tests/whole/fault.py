"""A hand on the plug: kills a program at a chosen moment of its talk with a server, or of its talk with the disk.

The proxy speaks TLS to both sides.  When the bytes of one direction first match a pattern, it kills the victim: before
the bytes go on (they are lost with it) or after (the other side has them).  Between the servers' words there are the
commits; for those strace(1) kills at the N-th fdatasync of a thread, the moment a transaction becomes durable.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import ssl
import subprocess
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

from servers.certificates import right
from whole.lab import TIMEOUT, Lab
from whole.town import Endpoint
from whole.zygote import Zygote


class Way(Enum):
    """Whose words are listened to."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: at the first match of ``pattern`` in the words of one side, before or after they are passed on."""

    way: Way
    pattern: bytes
    passed_on: bool = False


class Proxy:
    """Stands before one server; harmless until :meth:`aim` names a victim and a moment."""

    def __init__(self, folder: Path, server: Endpoint) -> None:
        self._pair = right(folder)
        self._server = server
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._moment: Moment | None = None
        self._victim = 0
        self._aimed = asyncio.Event()
        self.struck = False

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._join, "127.0.0.1", 0, ssl=self._pair.context())
        self._aimed.set()
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._listening is not None
        self._listening.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def end(self) -> Endpoint:
        """Where the victim connects."""
        assert self._listening is not None
        return Endpoint("127.0.0.1", int(self._listening.sockets[0].getsockname()[1]), self._pair.ca_file)

    async def load(self, moment: Moment | None) -> None:
        """Be ready for a victim: connections wait until :meth:`aim` tells who it is."""
        self._moment = moment
        if moment is None:
            self._aimed.set()
        else:
            self._aimed.clear()

    async def aim(self, victim: int) -> None:
        """Name the process to kill."""
        self._victim = victim
        self._aimed.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await self._aimed.wait()
        context = ssl.create_default_context(cafile=self._server.ca_file)
        try:
            far, far_writer = await asyncio.open_connection(self._server.host, self._server.port, ssl=context)
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(
                self._copy(reader, far_writer, Way.CLIENT), self._copy(far, writer, Way.SERVER), return_exceptions=True
            )
        except asyncio.CancelledError:
            pass  # the end of the test
        finally:
            writer.transport.abort()
            far_writer.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        said = bytearray()
        while data := await reader.read(16_384):
            said += data
            moment = self._moment
            strike = moment is not None and moment.way is way and re.search(moment.pattern, said) is not None
            if strike and moment is not None and not moment.passed_on:
                self._strike()
                break
            writer.write(data)
            await writer.drain()
            if strike:
                self._strike()
        writer.close()

    def _strike(self) -> None:
        if not self.struck and self._victim:
            self.struck = True
            os.kill(self._victim, signal.SIGKILL)
        self._moment = None


def killed_at_sync(zygote: Zygote, lab: Lab, number: int) -> bool:
    """Run one pass under strace and kill it at its N-th commit; say whether it came so far."""
    strace = shutil.which("strace")
    assert strace is not None, "strace is not installed: run 'make setup-system'"
    lab.start_agents()  # an agent started meanwhile would be traced as well, and strace waits for it
    tracer: list[subprocess.Popen[bytes]] = []
    gate = lab.folder / "gate"

    def trace(process: int) -> None:
        words = ["-o", "/dev/null", "-e", "trace=fdatasync", "-e", f"inject=fdatasync:signal=KILL:when={number}"]
        command = [strace, "-f", "-p", str(process), *words]
        tracer.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        status = Path(f"/proc/{process}/status")
        until = time.monotonic() + TIMEOUT
        while "TracerPid:\t0\n" in status.read_text():
            assert tracer[0].poll() is None, "strace may not trace here"
            assert time.monotonic() < until, "strace does not begin"
            time.sleep(0.005)
        gate.touch()

    done = zygote(lab, None, ("watch", "--once"), trace, gate=gate)
    tracer[0].wait(TIMEOUT)
    assert done.status in (0, 3, -signal.SIGKILL), done.err.decode()
    return done.status == -signal.SIGKILL
