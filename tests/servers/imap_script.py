"""An IMAP server that says what a test wants it to say, misbehaviour included."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

from servers.certificates import Pair


class Odd(Enum):
    """What a server may do instead of answering."""

    DROP = "drop"
    SILENCE = "silence"


Reply = bytes | Odd
GOOD: Mapping[str, Reply] = {
    "GREETING": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n%s OK done\r\n",
    "LOGIN": b"%s OK welcome\r\n",
    "EXAMINE": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* FLAGS (\\Seen)\r\n%s OK [READ-ONLY] done\r\n",
    "NOOP": b"%s OK done\r\n",
    "UID SEARCH": b"* SEARCH 4 5\r\n%s OK done\r\n",
    "UID FETCH": b"* 1 FETCH (UID 4 RFC822.SIZE 9 BODY[] {9}\r\nS: x\r\n\r\ny)\r\n%s OK done\r\n",
    "IDLE": b"+ idling\r\n",
    "DONE": b"%s OK done\r\n",
    "LOGOUT": b"* BYE\r\n%s OK done\r\n",
}


@dataclass
class Server:
    """A scripted server: one reply to each verb, ``%s`` stands for the tag."""

    replies: Mapping[str, Reply]
    port: int = 0
    lines: list[str] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    pace: float = 0  # seconds between two bytes of what it says to FETCH
    special: tuple[str, re.Pattern[str], Callable[..., bytes]] | None = None

    def follow(self, verb: str, pattern: str, answer: Callable[..., bytes]) -> None:
        """Answer a command that holds a pattern by what is made of the numbers in it."""
        self.special = (verb, re.compile(pattern), answer)

    def _reply(self, verb: str) -> Reply:
        if self.special is not None and verb == self.special[0] and (said := self.special[1].search(self.lines[-1])):
            return self.special[2](*map(int, said.groups()))
        return self.replies.get(verb, b"%s BAD what?\r\n")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tag, verb = b"*", "GREETING"
        while True:
            reply = self._reply(verb)
            if reply is Odd.DROP:
                return
            if reply is Odd.SILENCE:
                await reader.read()
                return
            assert isinstance(reply, bytes)
            said = reply.replace(b"%s", tag)
            for part in [said[at : at + 1] for at in range(len(said))] if self.pace and "FETCH" in verb else [said]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(self.pace)
            line = await reader.readline()
            if not line:
                return
            self.lines.append(line.decode().rstrip("\r\n"))
            words = line.split()
            if words == [b"DONE"] or len(words) < 2:
                verb = "DONE" if words == [b"DONE"] else "EMPTY"
                continue
            tag, verb = words[0], words[1].decode()
            if verb == "UID":
                verb += " " + words[2].decode()


@asynccontextmanager
async def scripted(pair: Pair, **replies: Reply) -> AsyncIterator[Server]:
    server = Server({**GOOD, **{verb.replace("_", " "): reply for verb, reply in replies.items()}})
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=pair.context())
    server.port = int(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        for writer in server.writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)
