"""Two other OpenPGP programs, asked about the very bytes that our gpg edge was given: GPGME and Sequoia.

GPGME (Debian's python3-gpg, in a process of the system's Python) drives gpg its own way, with its own reading of the
status lines; Sequoia (pysequoia, in this process) shares no line with either.  Both hold the mailbox's secret key and
the certificate that is pinned, as our edge does.  A finding is the least that matters: was a text released, which, and
which keys are said to have signed it well.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysequoia

from cli.lab import VENDOR, Lab
from cvdmail.core.gpgstatus import Signature, SignatureState
from gpghome import GpgHome

SYSTEM_PYTHON = "/usr/bin/python3"
_SCRIPT = Path(__file__).with_name("ask_gpgme.py")


@dataclass(frozen=True)
class Asked:
    """One question: ``decrypt`` a message, verify a ``detached`` signature, or a ``clear``-signed text."""

    kind: str
    data: bytes
    signature: bytes = b""


@dataclass(frozen=True)
class Finding:
    """The hash of the text that was released (None: none), and the primary fingerprints that signed it well."""

    released: str | None
    signers: frozenset[str]


def _released(text: bytes) -> str:
    """Name a text; white space at the end of lines is no part of a clear-signed one."""
    lines = [line.rstrip() for line in text.split(b"\n")]
    return hashlib.sha256(b"\n".join(lines).rstrip(b"\n")).hexdigest()


def _finding(kind: str, text: bytes | None, signers: Sequence[str]) -> Finding:
    """A detached signature releases no text, and clear-signed text is worth one only where it is signed well."""
    worth = text is not None and (kind == "decrypt" or (kind == "clear" and bool(signers)))
    return Finding(_released(text or b"") if worth else None, frozenset(one.upper() for one in signers))


def ours(kind: str, text: bytes | None, signatures: Sequence[Signature]) -> Finding:
    """The finding of our own gpg edge; no text if it was not released."""
    good = [one.fingerprint for one in signatures if one.state is SignatureState.GOOD and one.fingerprint]
    return _finding(kind, text, good)


def gpgme(lab: Lab, asked: Sequence[Asked]) -> list[Finding]:
    """Ask GPGME, in one process, about everything."""
    with tempfile.TemporaryDirectory(prefix="cvd-", dir="/tmp") as place:
        home = GpgHome(Path(place))
        home.gpg("--import", data=lab.home("daemon").secret(lab.keys["daemon"]))
        home.gpg("--import", data=_pinned(lab))
        lines = [
            json.dumps({"kind": one.kind, "data": _text(one.data), "signature": _text(one.signature)}) for one in asked
        ]
        done = subprocess.run(
            [SYSTEM_PYTHON, str(_SCRIPT), place], input="\n".join(lines), capture_output=True, text=True, check=True
        )
        home.stop_agent()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        _finding(one.kind, base64.b64decode(said["text"]) if said["text"] is not None else None, said["signers"])
        for one, said in zip(asked, answers, strict=True)
    ]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _pinned(lab: Lab) -> bytes:
    return (lab.root / "keys" / "vendors" / "vendor.example" / f"{VENDOR}.asc").read_bytes()


def sequoia(lab: Lab, asked: Sequence[Asked]) -> list[Finding]:
    """Ask Sequoia about everything."""
    secret = pysequoia.Tsk.from_bytes(lab.home("daemon").secret(lab.keys["daemon"]))
    pinned = pysequoia.Cert.from_bytes(_pinned(lab))
    return [_by_sequoia(secret, pinned, one) for one in asked]


def _by_sequoia(secret: pysequoia.Tsk, pinned: pysequoia.Cert, asked: Asked) -> Finding:
    def known(_: object) -> list[pysequoia.Cert]:
        return [pinned]

    try:
        if asked.kind == "decrypt":
            return _decrypted(secret, asked, known)
        if asked.kind == "detached":
            signature = pysequoia.Sig.from_bytes(asked.signature)
            done = pysequoia.verify(bytes=asked.data, store=known, signature=signature)
        else:
            done = pysequoia.verify(bytes=asked.data, store=known)
    except Exception:  # it tells every refusal by an exception of the same kind
        return _finding(asked.kind, None, [])
    return _finding(asked.kind, done.bytes, [one.certificate for one in done.valid_sigs])


def _decrypted(secret: pysequoia.Tsk, asked: Asked, known: Callable[[object], list[pysequoia.Cert]]) -> Finding:
    """With certificates at hand it insists on a good signature; a text without one it gives only when it has none."""
    try:
        done = pysequoia.decrypt(decryptor=secret.decryptor(), bytes=asked.data, store=known)
    except Exception:
        done = pysequoia.decrypt(decryptor=secret.decryptor(), bytes=asked.data)
    return _finding(asked.kind, done.bytes, [one.certificate for one in done.valid_sigs])
