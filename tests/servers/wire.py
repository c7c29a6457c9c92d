"""A wire that remembers: stands between client and server, speaks TLS to both, keeps every clear byte in memory.

What the wire has seen is what a mail server sees, so a text that must stay secret is searched for here.
"""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Self

from servers.certificates import Pair, right


class Wire:
    """Forwards ``port`` (implicit TLS, certificate ``ca_file``) to a server with implicit TLS.

    ``sent`` and ``received`` hold what went to the server and what came from it, over all connections.
    """

    def __init__(self, folder: Path, host: str, port: int, server_ca_file: str, pair: Pair | None = None) -> None:
        self._pair = pair or right(folder)
        self._target = (host, port)
        self._context = ssl.create_default_context(cafile=server_ca_file)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.ca_file = self._pair.ca_file
        self.host = "127.0.0.1"
        self.port = 0
        self.sent = bytearray()
        self.received = bytearray()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._join, self.host, 0, ssl=self._pair.context())
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._server is not None:
            self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def saw(self, text: bytes) -> bool:
        """Whether ``text`` went over the wire in either direction."""
        return text in self.sent or text in self.received

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target, ssl=self._context)
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(
                _copy(reader, far_writer, self.sent), _copy(far_reader, writer, self.received), return_exceptions=True
            )
        except asyncio.CancelledError:
            pass  # the end of the test
        finally:
            writer.transport.abort()
            far_writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    while data := await reader.read(65_536):
        kept += data
        writer.write(data)
        await writer.drain()
    writer.close()
