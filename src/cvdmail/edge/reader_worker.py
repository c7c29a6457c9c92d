"""Reading words in a process of its own: with limits of time and memory that a thread cannot have, beside the daemon.

Every expression of the extraction runs in linear time, and texts are bounded; this is what stands behind that promise.
A text that costs more than its share ends the worker, and only that text is given up.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cvdmail.core.extract import Extraction, MailKind, Reply, extract, from_json, to_json
from cvdmail.edge import frames
from cvdmail.edge.frames import Frame
from cvdmail.edge.worker import Worker
from cvdmail.errors import CvdmailError, ParseLimit

TIME_LIMIT = 60.0
"""Seconds for a handful of texts, each of which takes less than one."""
MEMORY = 2 * 1024 * 1024 * 1024
"""Bytes of address space of the worker."""


class ReaderWorker(Worker):
    """The :class:`~cvdmail.ports.Reader` port, spoken to a worker process."""

    def __init__(self, command: Sequence[str] = (), time_limit: float = TIME_LIMIT) -> None:
        own = (sys.executable, "-m", "cvdmail.edge.reader_worker")
        super().__init__(command or own, "reader", time_limit)
        self._turn = asyncio.Lock()

    def lost(self, why: str, remedy: str) -> CvdmailError:
        """Whatever ended the worker, these texts were too much for it."""
        why = "reading it takes more time or memory than a mail may"
        return ParseLimit("mail", why, "look at it with another program")

    async def extract(self, replies: Sequence[Reply]) -> list[Extraction]:
        """See :meth:`cvdmail.ports.Reader.extract`."""
        known = {lines: place for place, lines in enumerate({reply.known_lines for reply in replies})}
        values = {
            "replies": [_reply_out(reply, known[reply.known_lines]) for reply in replies],
            "known": [sorted(lines) for lines in known],
        }
        async with self._turn:  # one at a time, so that what ends the worker is known
            answer = await self.ask(values)
        return [_extraction_in(one) for one in answer.values["read"]]


def _reply_out(reply: Reply, known: int) -> dict[str, object]:
    return {
        "plain": reply.plain,
        "subject": reply.subject,
        "sent_at": reply.sent_at.isoformat() if reply.sent_at is not None else None,
        "received_at": reply.received_at.isoformat(),
        "kind": reply.kind.value,
        "known": known,
    }


def _reply_in(values: dict[str, Any], known: Sequence[frozenset[str]]) -> Reply:
    sent_at = datetime.fromisoformat(values["sent_at"]) if values["sent_at"] is not None else None
    received_at = datetime.fromisoformat(values["received_at"])
    kind = MailKind(values["kind"])
    return Reply(values["plain"], values["subject"], sent_at, received_at, kind, known[values["known"]])


def _extraction_out(read: Extraction) -> dict[str, object]:
    facts = [to_json(fact) for fact in read.facts]
    return {"text": read.text, "language": read.language, "facts": facts, "cut": read.cut}


def _extraction_in(values: dict[str, Any]) -> Extraction:
    return Extraction(
        values["text"], values["language"], tuple(from_json(fact) for fact in values["facts"]), values["cut"]
    )


async def serve(connection: socket.socket) -> None:
    """The worker's side: read what comes, one handful after the other, until the socket ends."""
    reader, writer = await asyncio.open_connection(sock=connection)
    try:
        while True:
            asked = await frames.read(reader)
            known = [frozenset(lines) for lines in asked.values["known"]]
            read = [_extraction_out(extract(_reply_in(one, known))) for one in asked.values["replies"]]
            frames.write(writer, Frame({"read": read, "number": asked.values["number"]}, ()))
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass  # whoever asked has gone


def main() -> None:
    """Be the worker: ``python -m cvdmail.edge.reader_worker SOCKET``."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # meant for the daemon, which ends this one by its socket
    os.nice(5)  # where cores are few, decrypting goes first: everything waits for it
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
