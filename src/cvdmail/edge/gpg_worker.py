"""gpg in a process of its own, behind the same port: for the daemon, which has more to do than one core can.

Starting a child stops the process that starts it for a while, and reading its pipes and judging its status lines is
work; with two cores the daemon's own loop was the narrowest place.  So the daemon hands each operation to one worker,
which runs :class:`~cvdmail.edge.gpg.Gpg` and nothing else.  The two are joined by a pair of sockets.  When the daemon
goes, whatever its end, the worker's socket ends, and it kills what it runs and goes too.  When the worker goes, every
operation under way is ``CryptoUnavailable`` (temporary), and the next one starts another worker.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from pathlib import Path

from cvdmail.core import packets
from cvdmail.core.gpgstatus import Decryption, Signature
from cvdmail.core.ids import Fingerprint
from cvdmail.edge import frames
from cvdmail.edge.frames import Frame
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.worker import Worker
from cvdmail.errors import CryptoUnavailable, CvdmailError

TIME_LIMIT = 300.0
"""Seconds after which an operation counts as lost and the worker is ended: each run of gpg has a shorter limit."""


class GpgWorker(Worker):
    """The :class:`~cvdmail.ports.OpenPgp` port, spoken to a worker process that ``command`` starts.

    ``command`` gets the number of its socket as its last argument.
    """

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(command, "gpg worker", TIME_LIMIT)

    def lost(self, why: str, remedy: str) -> CvdmailError:
        """Being without the worker is temporary."""
        return CryptoUnavailable("gpg worker", why, remedy)

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
        return (await self.ask(values, data)).blobs[0]

    async def encrypt(self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()) -> bytes:
        """See :meth:`cvdmail.ports.OpenPgp.encrypt`."""
        values = {"do": "encrypt", "recipients": frames.keys_out(recipients), "rings": frames.rings_out(rings)}
        return (await self.ask(values, data)).blobs[0]

    async def sign_detached(self, data: bytes, signer: Fingerprint) -> bytes:
        """See :meth:`cvdmail.ports.OpenPgp.sign_detached`."""
        return (await self.ask({"do": "sign_detached", "signer": str(signer)}, data)).blobs[0]

    async def decrypt(
        self, data: bytes, rings: Sequence[Path] = (), max_output: int = packets.MAX_BYTES
    ) -> tuple[Decryption, bytes]:
        """See :meth:`cvdmail.ports.OpenPgp.decrypt`."""
        values = {"do": "decrypt", "rings": frames.rings_out(rings), "max_output": max_output}
        answer = await self.ask(values, data)
        return frames.decryption_in(answer.values["decryption"]), answer.blobs[0]

    async def verify_detached(self, data: bytes, signature: bytes, rings: Sequence[Path] = ()) -> tuple[Signature, ...]:
        """See :meth:`cvdmail.ports.OpenPgp.verify_detached`."""
        answer = await self.ask({"do": "verify_detached", "rings": frames.rings_out(rings)}, data, signature)
        return tuple(frames.signature_in(one) for one in answer.values["signatures"])

    async def verify_clear(
        self, block: bytes, rings: Sequence[Path] = (), max_output: int = packets.MAX_BYTES
    ) -> tuple[tuple[Signature, ...], bytes]:
        """See :meth:`cvdmail.ports.OpenPgp.verify_clear`."""
        values = {"do": "verify_clear", "rings": frames.rings_out(rings), "max_output": max_output}
        answer = await self.ask(values, block)
        return tuple(frames.signature_in(one) for one in answer.values["signatures"]), answer.blobs[0]


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
