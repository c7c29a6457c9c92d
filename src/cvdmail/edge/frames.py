"""What a process and its worker say to each other: a line of JSON with the lengths of the bytes behind it.

Both ends are the same program on one machine, joined by a pair of sockets that nobody else holds.  Even so only these
few values can be said: bytes, fingerprints, paths, and the results and errors named here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cvdmail.core.gpgstatus import Decryption, Signature, SignatureState
from cvdmail.core.ids import Fingerprint
from cvdmail.errors import CryptoRefused, CryptoUnavailable, CvdmailError, ParseLimit, Refused

MAX_FRAME = 256 * 1024 * 1024
"""The longest frame, in bytes: the largest mail with its text several times over."""
_ERRORS: Mapping[str, type[CvdmailError]] = {
    one.__name__: one for one in (CryptoRefused, CryptoUnavailable, ParseLimit, Refused)
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One request or answer: named values, and the bytes that go with them."""

    values: dict[str, Any]
    blobs: tuple[bytes, ...]


def write(writer: asyncio.StreamWriter, frame: Frame) -> None:
    """Put a frame on its way, whole."""
    head = json.dumps({"values": frame.values, "sizes": [len(blob) for blob in frame.blobs]}).encode()
    writer.write(b"".join([len(head).to_bytes(4, "big"), head, *frame.blobs]))


async def read(reader: asyncio.StreamReader) -> Frame:
    """Read a frame; raise ``IncompleteReadError`` at the end of the stream, ``ParseLimit`` for one that is too long."""
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > MAX_FRAME:
        raise ParseLimit("frame", "it is too long", "")
    head = json.loads(await reader.readexactly(size))
    if sum(head["sizes"]) > MAX_FRAME:
        raise ParseLimit("frame", "it is too long", "")
    return Frame(head["values"], tuple([await reader.readexactly(length) for length in head["sizes"]]))


def keys_out(fingerprints: Sequence[Fingerprint]) -> list[str]:
    """Write fingerprints."""
    return [str(one) for one in fingerprints]


def keys_in(texts: Sequence[str]) -> list[Fingerprint]:
    """Read fingerprints."""
    return [Fingerprint.parse(one) for one in texts]


def rings_out(rings: Sequence[Path]) -> list[str]:
    """Write the paths of keyrings."""
    return [str(one.absolute()) for one in rings]


def rings_in(texts: Sequence[str]) -> tuple[Path, ...]:
    """Read the paths of keyrings."""
    return tuple(Path(one) for one in texts)


def signature_out(signature: Signature) -> dict[str, Any]:
    """Write a verdict over a signature."""
    made_at = signature.made_at.isoformat() if signature.made_at is not None else None
    return asdict(signature) | {"state": signature.state.value, "made_at": made_at}


def signature_in(values: Mapping[str, Any]) -> Signature:
    """Read a verdict over a signature."""
    made_at = datetime.fromisoformat(values["made_at"]) if values["made_at"] is not None else None
    state = SignatureState(values["state"])
    return Signature(state, values["fingerprint"], made_at, values["hash_algorithm"], values["note"])


def decryption_out(decryption: Decryption) -> dict[str, Any]:
    """Write the verdict over a decryption."""
    return asdict(decryption) | {"signatures": [signature_out(one) for one in decryption.signatures]}


def decryption_in(values: Mapping[str, Any]) -> Decryption:
    """Read the verdict over a decryption."""
    signatures = tuple(signature_in(one) for one in values["signatures"])
    return Decryption(values["ok"], values["why"], signatures, values["no_secret_key"], values["signature_only"])


def error_out(error: CvdmailError) -> dict[str, Any]:
    """Write an expected failure."""
    return {"error": type(error).__name__, "what": error.what, "why": error.why, "remedy": error.remedy}


def error_in(values: Mapping[str, Any]) -> CvdmailError:
    """Read an expected failure; one of a kind that is not known here is temporary."""
    return _ERRORS.get(values["error"], CryptoUnavailable)(values["what"], values["why"], values["remedy"])
