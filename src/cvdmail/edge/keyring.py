"""Making, importing, listing and exporting keys, and reading certificates that nobody has checked yet.

Making, importing and exporting go through python-gnupg in a worker thread: there the input is our own and a result is
checked by listing the home afterwards.  It decides nothing about trust.  Listing does not go through it: it cuts gpg's
output into text lines, and a user id may hold what Python takes for a line end.  Its logger is silenced, because it
writes the beginning of key data, secret keys included, to the debug log.

A certificate from outside is read by gpg in an empty home of its own, which is thrown away: what is wrong with it can
spoil nothing.  From there it may go into a :class:`Rings` folder, one small keyring file for each certificate, so that
a key pinned for one contact cannot speak for another.  gpg 2.2 takes a keybox or a binary export as a keyring, armour
it refuses.  The files are keyboxes: with a binary export in front of our own keyring each call cost half as much again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import gnupg

from cvdmail.core import packets
from cvdmail.core.certificate import MAX_LISTING_BYTES, Certificate, read_listing, visible
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.edge.gpgprocess import MAX_HOME_BYTES, checked_home, environment, run
from cvdmail.errors import CryptoRefused, CryptoUnavailable, NotFound, ParseLimit, Refused

MAX_KEY_BYTES = 1024 * 1024
"""The most key data that is read at once, in bytes."""
MAX_CERTIFICATES = 20
"""The most certificates in one block of key data."""

_TIME_LIMIT = 30.0  # seconds, for reading key data somebody else made
_EXPIRES = re.compile(r"(?:0|[1-9][0-9]{0,3}[dwmy]|[0-9]{4}-[0-9]{2}-[0-9]{2})\Z")
_OPTIONS = [
    "--no-options", "--no-random-seed-file", "--no-auto-key-locate", "--disable-dirmngr",
    "--trust-model", "always", "--no-auto-check-trustdb",
]  # fmt: skip
_LISTING = ["--with-colons", "--fixed-list-mode", "--with-subkey-fingerprint"]
_RINGS_AT_ONCE = 38  # gpg 2.2 takes 40
_MINIMAL = ["--import-options", "import-minimal"]

_Result = TypeVar("_Result")

logging.getLogger("gnupg").setLevel(logging.CRITICAL + 1)


async def generate(
    home: Path, name: str, address: Address, passphrase: bytes | None, expires: str = "3y", *, program: str = "gpg"
) -> Fingerprint:
    """Make an Ed25519 key (certify, sign) with a Cv25519 encryption subkey in ``home``, which is made if missing.

    ``expires`` is a span like ``3y``, ``18m`` or a date, ``0`` for never; it holds for both keys.  Raises ``Refused``
    for a name, passphrase or span that gpg would read differently, ``CryptoRefused`` if gpg makes no key.
    """
    if not name.strip() or visible(name) != name or len(name) > 200 or set(name) & set("<>()@") or name != name.strip():
        raise Refused("name", "it is empty or holds characters with a meaning of their own", "use plain words")
    if not _EXPIRES.match(expires):
        raise Refused("expiry", "it is not like 3y, 18m, 0 or 2030-01-31", "say how long the key shall live")
    await asyncio.to_thread(home.mkdir, mode=0o700, parents=True, exist_ok=True)
    secret = {"no_protection": True} if passphrase is None else {"passphrase": _one_line(passphrase)}

    def make(gpg: gnupg.GPG) -> str:
        order = gpg.gen_key_input(
            key_type="EDDSA", key_curve="ed25519", key_usage="sign", subkey_type="ECDH", subkey_curve="cv25519",
            subkey_usage="encrypt", name_real=name, name_email=address.text, expire_date=expires, **secret,
        )  # fmt: skip
        return str(gpg.gen_key(order).fingerprint or "")

    made = await _with_library(home, program, make)
    if not any(str(key.fingerprint) == made and key.has_secret for key in await secret_keys(home, program=program)):
        raise CryptoRefused("new key", "gpg made none", "see 'cvdmail doctor'")
    return Fingerprint.parse(made)


def _one_line(passphrase: bytes) -> str:
    """Return the passphrase as gpg's parameter file can carry it: it strips blanks and knows no line ends."""
    try:
        text = passphrase.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("passphrase", "it is not UTF-8", "choose another") from None
    if not text or text != text.strip() or visible(text) != text:
        raise Refused("passphrase", "it is empty, or has blanks at an end or invisible characters", "choose another")
    return text


async def revocation_certificate(home: Path, fingerprint: Fingerprint) -> bytes:
    """Return the revocation certificate that gpg wrote when it made the key, with its explanation.

    gpg puts a colon before the first dashes so that it is not imported by accident.  Raises ``NotFound``.
    """
    file = home / "openpgp-revocs.d" / f"{fingerprint}.rev"
    try:
        return await asyncio.to_thread(file.read_bytes)
    except OSError:
        raise NotFound("revocation certificate", "gpg keeps none for this key", "make one with gpg") from None


async def import_secret(
    home: Path, armored: bytes, passphrase: bytes | None = None, *, program: str = "gpg"
) -> Fingerprint:
    """Bring the one secret key in ``armored`` into ``home``; raise ``Refused`` unless it is exactly one."""
    if len(armored) > MAX_KEY_BYTES:
        raise ParseLimit("secret key", f"it is longer than {MAX_KEY_BYTES} bytes", "")
    primaries, _ = packets.secret_keys(packets.dearmor(armored, packets.Armor.PRIVATE_KEY))
    if primaries != 1:
        raise Refused("secret key", f"the file holds {primaries} secret keys, not one", "export one key alone")
    word = _one_line(passphrase) if passphrase is not None else None

    def bring(gpg: gnupg.GPG) -> list[str]:
        return list(gpg.import_keys(armored, passphrase=word).fingerprints)

    named = set(await _with_library(home, program, bring))
    found = [key.fingerprint for key in await secret_keys(home, program=program) if str(key.fingerprint) in named]
    if len(found) != 1:
        raise CryptoRefused("secret key", "gpg did not take it", "check the file with gpg --show-keys")
    return found[0]


async def import_public(home: Path, armored: bytes, *, program: str = "gpg") -> tuple[Fingerprint, ...]:
    """Bring certificates into ``home`` without the signatures of third parties; returns what is there afterwards."""
    wanted = [certificate.fingerprint for certificate in await inspect(armored, program=program)]
    await _with_library(home, program, lambda gpg: gpg.import_keys(armored, extra_args=_MINIMAL))
    present = {certificate.fingerprint for certificate in await public_keys(home, program=program)}
    if not present.issuperset(wanted):
        raise CryptoRefused("key", "gpg did not take it", "check the file with gpg --show-keys")
    return tuple(wanted)


async def export_public(home: Path, fingerprint: Fingerprint, *, program: str = "gpg") -> bytes:
    """Return the certificate ``fingerprint`` of ``home``, armoured and minimal; raise ``NotFound``."""
    text = await _with_library(home, program, lambda gpg: str(gpg.export_keys(str(fingerprint), minimal=True)))
    if not text:
        raise NotFound("key", f"{fingerprint} is not in the gpg home", "")
    return text.encode("ascii")


async def secret_keys(home: Path, *, program: str = "gpg") -> list[Certificate]:
    """Return the certificates whose secret keys ``home`` has a place for; see ``has_secret`` of each."""
    return await _listed(home, "--list-secret-keys", program)


async def public_keys(home: Path, *, program: str = "gpg") -> list[Certificate]:
    """Return all certificates in ``home``."""
    return await _listed(home, "--list-keys", program)


async def _listed(home: Path, what: str, program: str) -> list[Certificate]:
    finished = await run(program, checked_home(home), [*_LISTING, what], max_output=MAX_LISTING_BYTES)
    if finished.exit_status != 0:
        raise CryptoUnavailable("gpg home", "gpg cannot list its keys", "see 'cvdmail doctor'")
    return list(read_listing(finished.output))


async def _with_library(home: Path, program: str, job: Callable[[gnupg.GPG], _Result]) -> _Result:
    """Run ``job`` with python-gnupg on ``home`` in a worker thread; its own exceptions do not get out."""
    absolute = checked_home(home)

    def work() -> _Result:
        return job(gnupg.GPG(program, str(absolute), options=_OPTIONS, env=environment(), encoding="utf-8"))

    try:
        return await asyncio.to_thread(work)
    except (OSError, ValueError):
        raise CryptoUnavailable("gpg", "it cannot be run on this home", "see 'cvdmail doctor'") from None


@contextlib.asynccontextmanager
async def _empty_home() -> AsyncIterator[Path]:
    """Lend an empty gpg home, private and on a short path (in memory where there is a runtime folder)."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = runtime if 0 < len(runtime) < MAX_HOME_BYTES - 20 and os.access(runtime, os.W_OK) else None
    home = tempfile.mkdtemp(prefix="cvdmail-", dir=folder)
    try:
        yield Path(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def inspect(armored: bytes, *, program: str = "gpg") -> tuple[Certificate, ...]:
    """Return the certificates in key data from outside (armoured or binary), without keeping anything.

    Raises ``Refused`` for secret key material, ``CryptoRefused`` if gpg finds no certificate or stumbles over one,
    ``ParseLimit`` above :data:`MAX_KEY_BYTES` or :data:`MAX_CERTIFICATES`.
    """
    if len(armored) > MAX_KEY_BYTES:
        raise ParseLimit("key", f"it is longer than {MAX_KEY_BYTES} bytes", "")
    # Looked for before gpg is started, so that no secret key gets near a folder that may be on disk.
    if b"PRIVATE KEY BLOCK" in armored or armored[:1] in _SECRET_STARTS:
        raise _secret_refused()
    async with _empty_home() as home:
        # Under the trust model "always" gpg 2.2 stumbles over a revoked key in a home without a trust database.
        options = ["--no-autostart", "--trust-model", "direct", *_LISTING, "--show-keys"]
        finished = await run(program, home, options, data=armored, max_output=MAX_LISTING_BYTES,
                             time_limit=_TIME_LIMIT)  # fmt: skip
    if b"\nsec:" in b"\n" + finished.output or b"\nssb:" in finished.output:
        raise _secret_refused()
    certificates = read_listing(finished.output)
    if len(certificates) > MAX_CERTIFICATES:
        raise ParseLimit("key", f"it holds more than {MAX_CERTIFICATES} certificates", "")
    if finished.exit_status != 0 or not certificates:
        raise CryptoRefused("key", "gpg finds no whole OpenPGP certificate in it", "ask for the key once more")
    return certificates


# The first byte of a secret key or secret subkey packet: tags 5 and 7 in old (all length types) and new format.
_SECRET_STARTS = frozenset(bytes([0x80 | tag << 2 | size]) for tag in (5, 7) for size in range(4)) | {b"\xc5", b"\xc7"}


def _secret_refused() -> Refused:
    return Refused(
        "key", "it holds a secret key where a public one is expected", "remove the file, it must stay secret"
    )


class Rings:
    """A folder of small keyring files, one for each certificate; private to us, and made again when lost."""

    def __init__(self, folder: Path, *, program: str = "gpg") -> None:
        self._folder = folder.absolute()
        self._program = program

    async def ring(self, armored: bytes, expected: Fingerprint) -> Path:
        """Return the keyring file that holds the one certificate in ``armored``, and nothing else.

        Raises ``Refused`` unless it is exactly one, its primary fingerprint is ``expected``, and no secret key is
        near; else as :func:`inspect`.  What gpg would not import (signatures of third parties, user ids that are not
        bound to the key) does not get into the file.
        """
        path = self._folder / f"{expected}-{hashlib.sha256(armored).hexdigest()[:16]}.kbx"
        if not _is_private_file(path):
            self._check(await inspect(armored, program=self._program), expected)
            await self._make(path, armored, (expected,))
        return path

    async def joined(self, rings: Sequence[Path]) -> Path:
        """Return one keyring file with the certificates of all ``rings``: gpg takes only a few keyrings at once."""
        unique = sorted(set(rings))
        names = "\n".join(ring.name for ring in unique)  # each says what it holds
        path = self._folder / f"joined-{hashlib.sha256(names.encode()).hexdigest()[:32]}.kbx"
        if not _is_private_file(path):
            packs = [unique[start : start + _RINGS_AT_ONCE] for start in range(0, len(unique), _RINGS_AT_ONCE)]
            keys = [await self._on_rings(pack, "--export") for pack in packs]
            listed = [read_listing(await self._on_rings(pack, *_LISTING, "--list-keys")) for pack in packs]
            expected = dict.fromkeys(one.fingerprint for certificates in listed for one in certificates)
            await self._make(path, b"".join(keys), tuple(expected))
        return path

    async def _make(self, path: Path, keys: bytes, expected: Sequence[Fingerprint]) -> None:
        """Import ``keys`` into a new keyring file, look at what is in it, and put it in its place."""
        async with _empty_home() as home:
            fresh = home / "ring.kbx"
            options = ["--no-autostart", "--trust-model", "direct", "--no-default-keyring", "--keyring", str(fresh)]
            finished = await run(self._program, home, [*options, *_MINIMAL, "--import"], data=keys,
                                 time_limit=_TIME_LIMIT)  # fmt: skip
            inside = read_listing(await self._on_rings([fresh], *_LISTING, "--list-keys"))
            if finished.exit_status != 0 or {one.fingerprint for one in inside} != set(expected):
                raise CryptoRefused("key", "gpg does not import it", "ask for the key once more")
            await asyncio.to_thread(self._write, path, fresh)

    async def _on_rings(self, rings: Sequence[Path], *arguments: str) -> bytes:
        """Return what gpg says about some keyring files."""
        options = ["--no-autostart", "--trust-model", "direct", "--no-default-keyring"]
        options += [word for ring in rings for word in ("--keyring", str(ring))]
        async with _empty_home() as home:
            finished = await run(self._program, home, [*options, *arguments])
        if finished.exit_status != 0:
            raise CryptoRefused("keyring", "gpg cannot read it", "remove the file, it is made again")
        return finished.output

    @staticmethod
    def _check(certificates: Sequence[Certificate], expected: Fingerprint) -> None:
        if len(certificates) != 1:
            raise Refused("key", f"the file holds {len(certificates)} certificates, not one", "keep one key in a file")
        if certificates[0].fingerprint != expected:
            raise Refused("key", f"its fingerprint is not {expected}", "pin the key again after checking it")

    def _write(self, path: Path, source: Path) -> None:
        """Put a copy of ``source`` in its place at once, readable by us alone."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(source.read_bytes())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _is_private_file(path: Path) -> bool:
    try:
        facts = path.lstat()
    except OSError:
        return False
    return path.is_file() and not path.is_symlink() and facts.st_uid == os.getuid() and not facts.st_mode & 0o077
