"""The receiving half of an IMAP connection: bytes in, whole untagged responses out (RFC 9051 section 7).

aioimaplib sends commands, keeps tags and states and answers continuation requests.  Its reading half cannot be used on
hostile or merely busy input: it goes one stack frame deeper with each line, takes ``* `` out of the middle of lines,
throws away pushes that come outside IDLE, never tells a waiter that the connection is gone, and holds whatever size a
server announces.  So :class:`Wire` stands in front of it.  It cuts the stream into lines and literals in a loop, keeps
every untagged response itself, as raw bytes, and hands the library only what it needs for its own book-keeping: the
greeting, CAPABILITY, continuation requests and tagged lines, one at a time.

Limits: a line of 8 MB, a literal of ``largest`` bytes (a larger one is read past, never held), and 100,000 responses
or four times ``largest`` for one command.  Whoever breaks them loses the connection.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from dataclasses import dataclass

from aioimaplib import aioimaplib

# The library logs every byte it receives and passwords it fails to mask; nothing of that may reach a log at any level.
for _name in ("aioimaplib", "aioimaplib.aioimaplib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
    logging.getLogger(_name).propagate = False

_LINE_LIMIT = 8 * 1024 * 1024
_COUNT_LIMIT = 100_000
_LITERAL = re.compile(rb"\{([0-9]{1,15})\}\Z")
_STATUS = re.compile(rb"\* (?:OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)
_NEWS = re.compile(rb"\* (?:[0-9]{1,10} (?:EXISTS|EXPUNGE|RECENT)|VANISHED)(?: |\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Oversize:
    """Stands where a literal was too large to be held; ``size`` in bytes, as announced."""

    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One untagged response: texts without their line ends, and the literals between them."""

    pieces: tuple[bytes | Oversize, ...]

    @property
    def line(self) -> bytes:
        """The text up to the first literal."""
        first = self.pieces[0]
        return first if isinstance(first, bytes) else b""


class Wire(aioimaplib.IMAP4ClientProtocol):
    """The library's protocol with our own reading half; see the text above.

    ``lost`` is done, with our words for the reason, from the moment the connection cannot be used any more; ``news``
    is set whenever the server tells of a change in the open folder; ``answers`` are the untagged responses since
    :meth:`begin`.
    """

    def __init__(self, largest: int) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(loop)
        self.lost: asyncio.Future[str] = loop.create_future()
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.news = asyncio.Event()
        self.answers: list[Answer] = []
        self.leaving = False
        self._heard = 0
        self._largest = largest
        self._held = 0
        self._greeting_seen = False
        self._buffer = bytearray()
        self._scanned = 0
        self._pieces: list[bytes | Oversize] = []
        self._literal: bytearray | None = None  # None while an oversize one is read past
        self._announced = 0
        self._missing = 0

    def begin(self) -> None:
        """Forget the responses to earlier commands."""
        self.answers = []
        self._held = 0

    def progress(self) -> tuple[int, int]:
        """A value that changes whenever bytes come in or go out: a slow peer is not a dead one."""
        waiting = self.transport.get_write_buffer_size() if self.transport is not None else 0
        return self._heard, waiting

    def break_off(self, why: str) -> None:
        """Cut the connection at once; ``why`` is in our words."""
        if not self.lost.done():
            self.lost.set_result(why)
        if self.transport is not None:
            self.transport.abort()

    async def idle_begins(self) -> None:
        """Wait for the server's "+" to IDLE."""
        await self._idle_event.wait()

    async def end(self) -> None:
        """Cut the connection and see the library's stray tasks to their end."""
        self.break_off("it was closed")
        for task in (strays := list(self.tasks)):
            task.cancel()
        await asyncio.gather(*strays, return_exceptions=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits: the library itself would let them wait for ever."""
        super().connection_lost(exc)
        if not self.lost.done():
            self.lost.set_result("the connection broke off")

    async def welcome(self, command: bytes) -> None:
        """Judge the greeting: only ``OK`` will do.  BYE would otherwise show as a time-out, PREAUTH as a log-in."""
        if not command.upper().startswith(b"* OK"):
            self.break_off("its greeting turns us away")
            return
        try:
            await super().welcome(command)
        except (aioimaplib.AioImapException, LookupError, ValueError):
            self.break_off("it is no IMAP4rev1 server")
        else:
            self.greeted.set_result(None)

    def data_received(self, d: bytes) -> None:
        """Take one read from the socket."""
        if self.lost.done():
            return
        self._heard += len(d)
        self._buffer += d
        try:
            self._consume()
        except Exception:
            # The library answers odd input with whatever exception comes first; asyncio would print it, data and all.
            self.break_off("it sent what makes no sense in IMAP")

    def _consume(self) -> None:
        while self._buffer and not self.lost.done():
            if self._missing:
                taken = self._buffer[: self._missing]
                del self._buffer[: len(taken)]
                self._missing -= len(taken)
                if self._literal is not None:
                    self._literal += taken
                if not self._missing:
                    self._literal_ends()
                continue
            end = self._buffer.find(b"\r\n", self._scanned)
            if end < 0:
                if len(self._buffer) > _LINE_LIMIT:
                    raise ValueError("a line without end")
                self._scanned = len(self._buffer) - 1
                return
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 2]
            self._scanned = 0
            self._line(line)

    def _line(self, line: bytes) -> None:
        if self.state == aioimaplib.CONNECTED:
            if not self._greeting_seen:  # more lines in the same read would each be taken for a greeting
                self._greeting_seen = True
                super().data_received(line + b"\r\n")
            return
        if not self._pieces and not line.startswith(b"* "):
            self._not_untagged(line)
            return
        status = not self._pieces and _STATUS.match(line)
        announced = None if status else _LITERAL.search(line)
        if announced is None:
            self._pieces.append(line)
            answer, self._pieces = Answer(tuple(self._pieces)), []
            self._untagged(answer)
            return
        self._pieces.append(line[: announced.start()])
        self._announced = self._missing = int(announced[1])
        self._literal = bytearray() if self._announced <= self._largest else None
        if not self._missing:
            self._literal_ends()

    def _literal_ends(self) -> None:
        whole = self._literal
        self._pieces.append(Oversize(self._announced) if whole is None else bytes(whole))
        self._literal = None

    def _not_untagged(self, line: bytes) -> None:
        pending = self.pending_sync_command
        if line.startswith(b"+") and pending is not None and pending.name == "AUTHENTICATE":
            self.transport.write(b"\r\n")  # XOAUTH2 refused: the details want an empty answer, the NO comes after it
            return
        super().data_received(line + b"\r\n")

    def _untagged(self, answer: Answer) -> None:
        word = answer.line[2:].partition(b" ")[0].upper()
        if word == b"BYE":
            if not self.leaving:
                self.break_off("it said goodbye")
            return
        if word == b"CAPABILITY":
            super().data_received(answer.line + b"\r\n")
            return
        self.answers.append(answer)
        self._held += sum(len(piece) for piece in answer.pieces if isinstance(piece, bytes))
        if len(self.answers) > _COUNT_LIMIT or self._held > 4 * self._largest + _LINE_LIMIT:
            raise ValueError("too much for one command")
        if _NEWS.match(answer.line):
            self.news.set()


def keep_alive(sock: socket.socket) -> None:
    """A dead peer behind a silent firewall is found in about two minutes, whatever IDLE is waiting for."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
