"""An SMTP server that says what a test wants it to say, misbehaviour included."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

from cvdmail.edge.smtp import Tls
from servers.certificates import Pair


class Odd(Enum):
    """What a server may do instead of answering."""

    DROP = "drop"
    SILENCE = "silence"
    DRIP = "drip"


Answer = str | Odd | tuple[str | Odd, ...]
"""A tuple is said one after the other, its last member for ever."""
Answers = Mapping[str, Answer]
GOOD: Answers = {
    "GREETING": "220 ready",
    "EHLO": "250-here\r\n250-STARTTLS\r\n250-SIZE 99999999\r\n250 AUTH PLAIN LOGIN XOAUTH2",
    "STARTTLS": "220 go on",
    "AUTH": "235 welcome",
    "RSET": "250 forgotten",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "DOT": "250 kept as 42",
    "QUIT": "221 bye",
}


@dataclass
class Server:
    """A scripted server; ``clear`` and ``sealed`` are the lines that came before and after TLS began.

    ``texts`` are the mails that came whole, without the dot at their end.  An answer to ``TEXT``, whatever it is, makes
    the server leave in the middle of one.
    """

    context: ssl.SSLContext
    tls: Tls
    answers: Answers
    port: int = 0
    connections: int = 0
    clear: list[str] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> list[str]:
        return self.clear + self.sealed

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure, step = self.tls is Tls.IMPLICIT, "GREETING"
        while True:
            answer = self.answers.get(step, "500 what?")
            if isinstance(answer, tuple):
                answer = answer[min(self.said[step], len(answer) - 1)]
            self.said[step] += 1
            if answer is Odd.DROP:
                return
            if answer is Odd.SILENCE:
                await reader.read()
                return
            if answer is Odd.DRIP:
                for _ in range(100):
                    writer.write(b"250-wait\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.1)
                return
            writer.write(str(answer).encode() + b"\r\n")
            await writer.drain()
            if step == "STARTTLS" and str(answer).startswith("220"):
                await writer.start_tls(self.context)
                secure = True
            if step == "DATA" and str(answer).startswith("354"):
                if "TEXT" in self.answers:
                    await reader.readexactly(500)
                    return
                self.texts.append((await reader.readuntil(b"\r\n.\r\n"))[:-3])
                step = "DOT"
                continue
            line = await reader.readline()
            if not line:
                return
            (self.sealed if secure else self.clear).append(line.decode().rstrip("\r\n"))
            step = line.decode().upper().split()[0] if line.strip() else "EMPTY"


@asynccontextmanager
async def scripted(pair: Pair, tls: Tls, **answers: Answer) -> AsyncIterator[Server]:
    context = pair.context()
    server = Server(context, tls, {**GOOD, **answers})
    listening = await asyncio.start_server(
        server.serve, "127.0.0.1", 0, ssl=context if tls is Tls.IMPLICIT else None, limit=2**26
    )
    server.port = int(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        await asyncio.sleep(0.01)
