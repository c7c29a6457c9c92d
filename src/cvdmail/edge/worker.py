"""A worker process, joined to this one by a pair of sockets: work that would hold up the loop, or must be bounded.

When this process goes, whatever its end, the worker's socket ends, and it goes too.  When the worker goes, everything
that waits for it is told, and the next question starts another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from cvdmail.edge import frames
from cvdmail.edge.frames import Frame
from cvdmail.errors import CryptoUnavailable, CvdmailError, ParseLimit


class Worker(ABC):
    """This process's end of a worker that ``command`` starts; it gets the number of its socket as its last argument.

    After ``time_limit`` seconds without an answer the worker counts as lost and is ended.
    """

    def __init__(self, command: Sequence[str], name: str, time_limit: float) -> None:
        self._command = command
        self._name = name
        self._time_limit = time_limit
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Frame]] = {}
        self._numbers = itertools.count()
        self._starting = asyncio.Lock()

    @abstractmethod
    def lost(self, why: str, remedy: str) -> CvdmailError:
        """Return the error that being without the worker is to whoever asked."""

    async def ask(self, values: Mapping[str, object], *blobs: bytes) -> Frame:
        """Have something done; raise what the worker answers, or :meth:`lost`."""
        writer = await self._connected()
        number = next(self._numbers)
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            frames.write(writer, Frame({**values, "number": number}, blobs))
            async with asyncio.timeout(self._time_limit):
                frame = await answer
        except TimeoutError:
            await self.close()
            raise self.lost(f"no answer for {self._time_limit:g} seconds", "try again") from None
        except OSError:
            raise self.lost("it has ended", "it is started anew") from None
        finally:
            self._waiting.pop(number, None)
        if "error" in frame.values:
            raise frames.error_in(frame.values)
        return frame

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._starting:
            if self._writer is None or self._listening is None or self._listening.done():
                await self.close()
                await self._start()
            assert self._writer is not None
            return self._writer

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [*self._command, str(theirs.fileno())]
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *command, pass_fds=[theirs.fileno()], stdin=asyncio.subprocess.DEVNULL
                )
            except OSError:
                ours.close()
                raise CryptoUnavailable(self._name, "it cannot be started", "try again") from None
        reader, self._writer = await asyncio.open_connection(sock=ours)
        self._listening = asyncio.create_task(self._listen(reader))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Give every answer to who waits for it; at the end of the stream tell those that are left."""
        try:
            while True:
                frame = await frames.read(reader)
                waiting = self._waiting.get(frame.values.pop("number", -1))
                if waiting is not None and not waiting.done():
                    waiting.set_result(frame)
        except (OSError, asyncio.IncompleteReadError, ParseLimit, ValueError):
            pass  # the worker has ended, or speaks nonsense: the same to us
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(self.lost("it has ended", "it is started anew"))

    async def close(self) -> None:
        """End the worker and wait until it is gone."""
        writer, self._writer = self._writer, None
        listening, self._listening = self._listening, None
        process, self._process = self._process, None
        if writer is not None:
            writer.close()
        if listening is not None:
            listening.cancel()
            await asyncio.wait([listening])
        if process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):  # it ends by itself once its socket does
                    await process.wait()
            if process.returncode is None:
                process.kill()
                await process.wait()
