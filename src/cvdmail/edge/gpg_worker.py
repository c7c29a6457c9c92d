"""gpg in a process of its own, behind the same port: for the daemon, which has more to do than one core can.

Starting a child stops the process that starts it for a while, and reading its pipes and judging its status lines is
work; with two cores the daemon's own loop was the narrowest place.  So the daemon hands each operation to one worker,
which runs :class:`~cvdmail.edge.gpg.Gpg` and nothing else.  The two are joined by a pair of sockets.  When the daemon
goes, whatever its end, the worker's socket ends, and it kills what it runs and goes too.  When the worker goes, every
operation under way is ``CryptoUnavailable`` (temporary), and the next one starts another worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from cvdmail.core import packets
from cvdmail.core.gpgstatus import Decryption, Signature
from cvdmail.core.ids import Fingerprint
from cvdmail.edge import gpg_frames as frames
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.gpg_frames import Frame
from cvdmail.errors import CryptoUnavailable, CvdmailError, ParseLimit

TIME_LIMIT = 300.0
"""Seconds after which an operation counts as lost and the worker is ended: each run of gpg has a shorter limit."""


class GpgWorker:
    """The :class:`~cvdmail.ports.OpenPgp` port, spoken to a worker process that ``command`` starts.

    ``command`` gets the number of its socket as its last argument.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Frame]] = {}
        self._numbers = itertools.count()
        self._starting = asyncio.Lock()

    async def sign_encrypt(
        self, data: bytes, signer: Fingerprint, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()
    ) -> bytes:
        """See :meth:`cvdmail.ports.OpenPgp.sign_encrypt`."""
        values = {
            "do": "sign_encrypt",
            "signer": str(signer),
            "recipients": frames.keys_out(recipients),
            "rings": frames.rings_out(rings),
        }
        return (await self._ask(values, data)).blobs[0]

    async def encrypt(self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()) -> bytes:
        """See :meth:`cvdmail.ports.OpenPgp.encrypt`."""
        values = {"do": "encrypt", "recipients": frames.keys_out(recipients), "rings": frames.rings_out(rings)}
        return (await self._ask(values, data)).blobs[0]

    async def sign_detached(self, data: bytes, signer: Fingerprint) -> bytes:
        """See :meth:`cvdmail.ports.OpenPgp.sign_detached`."""
        return (await self._ask({"do": "sign_detached", "signer": str(signer)}, data)).blobs[0]

    async def decrypt(
        self, data: bytes, rings: Sequence[Path] = (), max_output: int = packets.MAX_BYTES
    ) -> tuple[Decryption, bytes]:
        """See :meth:`cvdmail.ports.OpenPgp.decrypt`."""
        values = {"do": "decrypt", "rings": frames.rings_out(rings), "max_output": max_output}
        answer = await self._ask(values, data)
        return frames.decryption_in(answer.values["decryption"]), answer.blobs[0]

    async def verify_detached(self, data: bytes, signature: bytes, rings: Sequence[Path] = ()) -> tuple[Signature, ...]:
        """See :meth:`cvdmail.ports.OpenPgp.verify_detached`."""
        answer = await self._ask({"do": "verify_detached", "rings": frames.rings_out(rings)}, data, signature)
        return tuple(frames.signature_in(one) for one in answer.values["signatures"])

    async def verify_clear(
        self, block: bytes, rings: Sequence[Path] = (), max_output: int = packets.MAX_BYTES
    ) -> tuple[tuple[Signature, ...], bytes]:
        """See :meth:`cvdmail.ports.OpenPgp.verify_clear`."""
        values = {"do": "verify_clear", "rings": frames.rings_out(rings), "max_output": max_output}
        answer = await self._ask(values, block)
        return tuple(frames.signature_in(one) for one in answer.values["signatures"]), answer.blobs[0]

    async def _ask(self, values: Mapping[str, object], *blobs: bytes) -> Frame:
        writer = await self._connected()
        number = next(self._numbers)
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            frames.write(writer, Frame({**values, "number": number}, blobs))
            async with asyncio.timeout(TIME_LIMIT):
                frame = await answer
        except TimeoutError:
            await self.close()
            raise CryptoUnavailable("gpg worker", f"no answer for {TIME_LIMIT:g} seconds", "try again") from None
        except OSError:
            raise CryptoUnavailable("gpg worker", "it has ended", "it is started anew") from None
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
                raise CryptoUnavailable("gpg worker", "it cannot be started", "try again") from None
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
                    waiting.set_exception(CryptoUnavailable("gpg worker", "it has ended", "it is started anew"))

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


async def serve(gpg: Gpg, connection: socket.socket) -> None:
    """The worker's side: run what is asked for, several operations at a time, until the socket ends."""
    reader, writer = await asyncio.open_connection(sock=connection)
    running: set[asyncio.Task[None]] = set()
    try:
        while True:
            task = asyncio.create_task(_answer(gpg, await frames.read(reader), writer))
            running.add(task)
            task.add_done_callback(running.discard)
    except (OSError, asyncio.IncompleteReadError):
        pass  # the daemon has gone
    finally:
        for task in list(running):
            task.cancel()
        if running:
            await asyncio.wait(running)


async def _answer(gpg: Gpg, asked: Frame, writer: asyncio.StreamWriter) -> None:
    try:
        frame = await _carry_out(gpg, asked)
    except CvdmailError as error:
        frame = Frame(frames.error_out(error), ())
    frame.values["number"] = asked.values["number"]
    frames.write(writer, frame)


async def _carry_out(gpg: Gpg, asked: Frame) -> Frame:
    values, data = asked.values, asked.blobs[0]
    rings = frames.rings_in(values.get("rings", ()))
    if values["do"] == "sign_encrypt":
        signer, recipients = Fingerprint.parse(values["signer"]), frames.keys_in(values["recipients"])
        return Frame({}, (await gpg.sign_encrypt(data, signer, recipients, rings),))
    if values["do"] == "encrypt":
        return Frame({}, (await gpg.encrypt(data, frames.keys_in(values["recipients"]), rings),))
    if values["do"] == "sign_detached":
        return Frame({}, (await gpg.sign_detached(data, Fingerprint.parse(values["signer"])),))
    if values["do"] == "decrypt":
        decryption, text = await gpg.decrypt(data, rings, values["max_output"])
        return Frame({"decryption": frames.decryption_out(decryption)}, (text,))
    if values["do"] == "verify_detached":
        signatures = await gpg.verify_detached(data, asked.blobs[1], rings)
        return Frame({"signatures": [frames.signature_out(one) for one in signatures]}, ())
    if values["do"] == "verify_clear":
        signatures, text = await gpg.verify_clear(data, rings, values["max_output"])
        return Frame({"signatures": [frames.signature_out(one) for one in signatures]}, (text,))
    raise CryptoUnavailable("gpg worker", "it was asked for something it does not know", "this is a fault of ours")
