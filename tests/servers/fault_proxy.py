"""A wire that can be cut, or go dead: plain TCP between client and server, TLS goes through it untouched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self


class FaultProxy:
    """Forwards ``port`` to a server; harmless until told otherwise.

    A dead wire (:meth:`swallow`) takes everything, new connections too, and passes nothing on, not even an end: what a
    client sees behind a firewall that has forgotten its connection.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.connections = 0
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._dead = False
        self._left = 0
        self._then: Callable[[], None] | None = None
        self._moved = 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._join, self.host, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    def swallow(self, dead: bool = True) -> None:
        """Go dead; or (False) pass on what comes in new connections."""
        self._dead = dead

    def after(self, count: int, then: Callable[[], None]) -> None:
        """Do something in the middle of the server's words: after so many more bytes of it."""
        self._left, self._then = count, then

    def hold(self, back: bool = True) -> None:
        """Let nothing through for a while; or (False) let it flow again, nothing is lost."""
        if back:
            self._flowing.clear()
        else:
            self._flowing.set()

    async def quiet(self, seconds: float = 0.15) -> None:
        """Wait until nothing has moved for a while: whoever watches is in IDLE."""
        clock = asyncio.get_running_loop().time
        while (left := self._moved + seconds - clock()) > 0:
            await asyncio.sleep(left)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        self._moved = asyncio.get_running_loop().time()
        writers = {writer}
        try:
            if self._dead:
                await self._pass_on(reader, None, False)
                return
            far, far_writer = await asyncio.open_connection(*self._target)
            writers.add(far_writer)
            self._writers |= writers
            await asyncio.gather(self._pass_on(reader, far_writer, False), self._pass_on(far, writer, True))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._writers -= writers
            for one in writers:
                one.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None, server: bool) -> None:
        swallowing = False
        while data := await reader.read(16_384):
            self._moved = asyncio.get_running_loop().time()
            if server and self._then is not None:
                self._left -= len(data)
                if self._left <= 0:
                    then, self._then = self._then, None
                    then()
            await self._flowing.wait()
            swallowing = swallowing or self._dead
            if writer is not None and not swallowing:
                writer.write(data)
                await writer.drain()
        if swallowing or self._dead:
            await asyncio.Event().wait()  # the end is swallowed as well
        if writer is not None:
            writer.close()
