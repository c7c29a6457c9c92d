"""Checking an archive from outside: no configuration, no database, a throw-away keyring."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from cvdmail.core import archive
from cvdmail.core.archive import Problem
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Fingerprint
from cvdmail.core.ledger import Entry, signed_bytes
from cvdmail.edge import keyring
from cvdmail.edge.disk import read_file
from cvdmail.edge.gpg import Gpg
from cvdmail.errors import CvdmailError, Refused


async def verify_archive(path: Path, signer: str | None) -> dict[str, Any]:
    """Return the object of ``cvdmail verify --json``; raise ``Refused`` if there is no archive to look at."""
    files, packed = await asyncio.to_thread(_read, path)
    problems, events, mails = archive.check(files)
    if packed is not None and archive.write_tar(files).rstrip(b"\0") != packed.rstrip(b"\0"):
        problems.append(Problem("archive", "it holds bytes that belong to none of its files"))
    problems += await _decisions(files, events)
    wanted = await _wanted(signer)
    state, fingerprint = await _signature(files, wanted)
    trusted = None if wanted is None else state == "good" and fingerprint == wanted[0].text
    if state != "good":
        problems.append(Problem(archive.SIGNATURE, f"its signature is {state}"))
    elif trusted is False:
        problems.append(Problem(archive.SIGNATURE, "it is not by the signer you named"))
    chain_problems = [one for one in problems if one.path == archive.EVENTS]
    return {
        "ok": not problems,
        "messages": mails,
        "events": len(events),
        "chains": "broken" if chain_problems else "ok",
        "signature": {"state": state, "fingerprint": fingerprint, "trusted": trusted},
        "problems": [{"path": one.path, "what": one.what} for one in problems],
    }


def _read(path: Path) -> tuple[dict[str, bytes], bytes | None]:
    """Return the files, and the bytes of the tar they came in (None for a folder)."""
    if str(path) == "-":
        return _unpacked("standard input", sys.stdin.buffer.read(archive.MAX_ARCHIVE))
    if path.is_dir():
        found = {}
        for file in sorted(path.rglob("*")):
            if file.is_symlink() or not (file.is_file() or file.is_dir()):
                raise Refused(str(file), "it is not a plain file", "unpack the archive anew")
            if file.is_file():
                found[file.relative_to(path).as_posix()] = read_file(file, archive.MAX_ARCHIVE, "archive")
        return found, None
    return _unpacked(str(path), read_file(path, archive.MAX_ARCHIVE, "archive"))


def _unpacked(name: str, data: bytes) -> tuple[dict[str, bytes], bytes | None]:
    if data.startswith(b"-----BEGIN PGP MESSAGE-----"):
        remedy = "gpg --decrypt FILE | cvdmail verify - --signer FINGERPRINT"
        raise Refused(name, "it is encrypted", remedy)
    return archive.read_tar(data), data


async def _decisions(files: dict[str, bytes], events: list[Entry]) -> list[Problem]:
    """Check every person's signature in the ledger with the keys in the archive, which its signer vouches for."""
    problems: list[Problem] = []
    with tempfile.TemporaryDirectory(prefix="cvdmail-") as folder:  # holds public keys only
        gpg, rings = Gpg(Path(folder)), keyring.Rings(Path(folder) / "rings")
        made: dict[str, Path] = {}
        for entry in events:
            event = entry.event
            if not archive.must_be_signed(event):
                continue
            place = f"event {entry.seq}"
            key = files.get(f"keys/{event.actor}.asc", b"")
            try:
                if event.actor not in made:
                    made[event.actor] = await rings.ring(key, Fingerprint.parse(event.actor))
                covered, signature = signed_bytes(event)
                found = await gpg.verify_detached(covered, signature.encode(), (made[event.actor],))
            except CvdmailError:
                problems.append(Problem(archive.EVENTS, f"{place}: there is no key to check who decided it"))
                continue
            if [(one.state, one.fingerprint) for one in found] != [(SignatureState.GOOD, event.actor)]:
                problems.append(Problem(archive.EVENTS, f"{place}: it is not signed by who decided it"))
    return problems


async def _wanted(signer: str | None) -> tuple[Fingerprint, bytes | None] | None:
    """Return whom the verifier trusts: a fingerprint, with the key if a file was given."""
    if signer is None:
        return None
    if Path(signer).exists():  # noqa: ASYNC240
        data = await asyncio.to_thread(read_file, Path(signer), 1024 * 1024, "signer")
        certificates = await keyring.inspect(data)
        if len(certificates) != 1:
            raise Refused("signer", "the file does not hold exactly one certificate", "give the signer's public key")
        return certificates[0].fingerprint, data
    return Fingerprint.parse(signer), None


async def _signature(
    files: dict[str, bytes], wanted: tuple[Fingerprint, bytes | None] | None
) -> tuple[str, str | None]:
    key = wanted[1] if wanted is not None and wanted[1] is not None else files.get(archive.SIGNER_KEY, b"")
    manifest, signature = files.get(archive.MANIFEST, b""), files.get(archive.SIGNATURE, b"")
    if not signature:
        return "none", None
    with tempfile.TemporaryDirectory(prefix="cvdmail-") as folder:  # holds public keys only
        home = Path(folder)
        try:
            certificates = await keyring.inspect(key)
            if len(certificates) != 1:
                return "unknown_key", None
            ring = await keyring.Rings(home / "rings").ring(key, certificates[0].fingerprint)
            found = await Gpg(home).verify_detached(manifest, signature, (ring,))
        except CvdmailError:
            return "error", None
    if len(found) != 1:
        return "error", None
    state = found[0].state
    return state.value, found[0].fingerprint if state is SignatureState.GOOD else None
