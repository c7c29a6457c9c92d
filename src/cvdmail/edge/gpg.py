"""Signing, encrypting, decrypting and verifying by our own calls of gpg (:mod:`cvdmail.edge.gpgprocess`).

Whether a result may be used is decided by :mod:`cvdmail.core.gpgstatus` from the status lines and the exit status
alone, and no result byte is handed on before.  Rules that hold for every call:

* Keys are named by full fingerprint.  By address gpg would ask the network (WKD), and pick one of several keys.
* gpg's own ``--max-output`` is set a little higher than our limit and is only the second line: at its limit it still
  says that the decryption went well.
* A message is looked at by :mod:`cvdmail.core.packets` before gpg sees it, so that nothing but one encrypted message
  ever reaches the secret key.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from cvdmail.core import certificate, gpgmade, gpgstatus, packets
from cvdmail.core.gpgstatus import Decryption, Signature, Trouble
from cvdmail.core.ids import Fingerprint
from cvdmail.edge.gpgprocess import BESIDE, MAX_OUTPUT_BYTES, Finished, checked_home, run
from cvdmail.errors import CryptoRefused, CryptoUnavailable, ParseLimit, Refused

MAX_SIGNATURE_BYTES = 32 * 1024
"""The longest detached signature, in bytes: it must fit into a pipe before gpg reads it."""
MAX_RINGS = 38
"""The most keyrings in one call: gpg 2.2 takes 40 in all, and goes on without the rest."""

_SLACK = 1024 * 1024  # gpg counts whole buffers against --max-output

Passphrase = Callable[[], Awaitable[bytes]]
"""Fetches the passphrase of the secret key; called once for each run that may need it."""


class Gpg:
    """The OpenPGP operations of one gpg home.

    ``passphrase`` fetches the passphrase of its secret key; without one gpg-agent asks whom it will.  ``time_limit``
    is in seconds for each run of gpg, ``jobs`` how many run at the same time.  Every method raises
    ``CryptoUnavailable`` when gpg, its agent or a pinentry does not do its part (temporary), ``CryptoRefused`` when the
    passphrase is wrong or a key cannot be used, ``ParseLimit`` when a limit of size is passed.
    """

    def __init__(
        self,
        home: Path,
        program: str = "gpg",
        passphrase: Passphrase | None = None,
        time_limit: float = 60.0,
        jobs: int = 4,
    ) -> None:
        self._home = checked_home(home)
        self._program = program
        self._passphrase = passphrase
        self._time_limit = time_limit
        self._slots = asyncio.Semaphore(jobs)
        self._signing_keys: dict[Fingerprint, frozenset[str]] = {}

    async def version(self) -> str:
        """Return the version of gpg, like ``2.2.40``."""
        finished = await self._run(["--version"])
        words = finished.output.partition(b"\n")[0].split()
        if finished.exit_status != 0 or not words or not words[-1][:1].isdigit():
            raise CryptoUnavailable("gpg", "the program is not GnuPG", "name the right program")
        return words[-1].decode("ascii", "replace")

    async def sign_encrypt(
        self, data: bytes, signer: Fingerprint, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()
    ) -> bytes:
        """Return ``data`` signed by ``signer`` and encrypted to exactly ``recipients``, armoured (RFC 3156 part 2)."""
        return await self._encrypt(data, recipients, rings, signer)

    async def encrypt(self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()) -> bytes:
        """Return ``data`` encrypted to exactly ``recipients``, not signed, armoured."""
        return await self._encrypt(data, recipients, rings, None)

    async def _encrypt(
        self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path], signer: Fingerprint | None
    ) -> bytes:
        unique = list(dict.fromkeys(recipients))
        if not unique:
            raise Refused("encryption", "no recipient was named", "pin a key first")
        options = [*self._keyrings(rings, own=True), "--armor", "--cipher-algo", "AES256", "--digest-algo", "SHA512"]
        for recipient in unique:
            options += ["--recipient", str(recipient)]
        options += ["--local-user", str(signer), "--sign"] if signer else []
        finished = await self._run([*options, "--encrypt"], data=data, secret=signer is not None)
        await self._check_made(finished, "encryption", frozenset(map(str, unique)), signer, encrypted=True)
        shape = packets.encryption_key_ids(packets.dearmor(finished.output))
        if len(shape.key_ids) != len(unique) or shape.symmetric:
            raise CryptoRefused("encryption", "the message is not encrypted to exactly those named", "check the keys")
        return finished.output

    async def sign_detached(self, data: bytes, signer: Fingerprint) -> bytes:
        """Return an armoured detached signature over ``data``, with SHA-512 (``micalg=pgp-sha512``, RFC 3156)."""
        options = ["--armor", "--digest-algo", "SHA512", "--local-user", str(signer), "--detach-sign"]
        finished = await self._run(options, data=data, secret=True)
        await self._check_made(finished, "signature", frozenset(), signer, encrypted=False)
        return finished.output

    async def decrypt(
        self, data: bytes, rings: Sequence[Path] = (), max_output: int = packets.MAX_BYTES
    ) -> tuple[Decryption, bytes]:
        """Decrypt one message, armoured or binary, and check its signatures with the keys in ``rings`` and our own.

        The bytes are empty unless the decryption is ``ok``.  What is wrong with the message is said in the result; only
        trouble on our side, and more than ``max_output`` bytes of text, are raised.
        """
        try:
            message = packets.dearmor(data) if data.lstrip()[:5] == b"-----" else data
            shape = packets.encryption_key_ids(message)
        except CryptoRefused as refusal:
            return Decryption(False, refusal.why), b""
        if shape.symmetric:
            # gpg would answer with our own passphrase, or ask a person for one that the sender made up.
            return Decryption(False, "it is encrypted with a password, not only to a key"), b""
        options = [*self._keyrings(rings, own=True), "--no-armor", "--max-output", str(max_output + _SLACK)]
        first = await self._run([*options, "--decrypt"], data=message, max_output=max_output, secret=True)
        result, text = await self._judged(first), first.output
        if result.signature_only:
            options.append("--skip-verify")
            second = await self._run([*options, "--decrypt"], data=message, max_output=max_output, secret=True)
            result, text = gpgstatus.confirm(result, await self._judged(second)), second.output
        return result, text if result.ok else b""

    async def verify_detached(self, data: bytes, signature: bytes, rings: Sequence[Path] = ()) -> tuple[Signature, ...]:
        """Check a detached signature, armoured or binary, with the keys in ``rings`` alone; without any, our own."""
        if len(signature) > MAX_SIGNATURE_BYTES:
            raise ParseLimit("signature", f"it is longer than {MAX_SIGNATURE_BYTES} bytes", "")
        if not signature:
            return (Signature(gpgstatus.SignatureState.ERROR, note="it is empty"),)
        options = [*self._keyrings(rings, own=False), "--enable-special-filenames", "--verify", "--", BESIDE, "-"]
        finished = await self._run(options, data=data, beside=signature)
        return gpgstatus.read_verification(finished.status, finished.exit_status)

    async def verify_clear(
        self, block: bytes, rings: Sequence[Path] = (), max_output: int = packets.MAX_BYTES
    ) -> tuple[tuple[Signature, ...], bytes]:
        """Check one clear-signed text with the keys in ``rings`` alone; return its signatures and gpg's own output."""
        options = [*self._keyrings(rings, own=False), "--max-output", str(max_output + _SLACK), "--output", "-"]
        finished = await self._run([*options, "--verify", "--", "-"], data=block, max_output=max_output)
        return gpgstatus.read_clear_signed(finished.status, finished.exit_status), finished.output

    async def _run(
        self,
        arguments: Sequence[str],
        *,
        data: bytes = b"",
        max_output: int = MAX_OUTPUT_BYTES,
        secret: bool = False,
        beside: bytes = b"",
    ) -> Finished:
        async with self._slots:
            passphrase = await self._passphrase() if secret and self._passphrase else None
            if passphrase is not None and (len(passphrase) > 1000 or b"\n" in passphrase or b"\0" in passphrase):
                raise CryptoRefused("passphrase", "it is not one line of at most 1000 bytes", "check where it is kept")
            return await run(
                self._program, self._home, arguments, data=data, max_output=max_output, beside=beside,
                time_limit=self._time_limit, passphrase=passphrase,
            )  # fmt: skip

    def _keyrings(self, rings: Sequence[Path], *, own: bool) -> list[str]:
        """Name the keyrings in the order gpg is to look into them: those given first, the home's own last."""
        if not rings:
            return []
        if len(rings) > MAX_RINGS:
            raise Refused("keyrings", f"gpg takes no more than {MAX_RINGS} at once", "join them into one")
        stores = [self._home / name for name in ("pubring.kbx", "pubring.gpg")] if own else []
        paths = [ring.absolute() for ring in rings]
        if not all(path.is_file() for path in paths):
            raise CryptoUnavailable("keyring", "a file is missing", "build it anew from the pinned key")
        paths += [store for store in stores if store.is_file()][:1]
        return ["--no-default-keyring", *(word for path in paths for word in ("--keyring", str(path)))]

    async def _judged(self, finished: Finished) -> Decryption:
        """Read a decryption; raise if it failed for a reason of ours."""
        self._raise_trouble(finished)
        result = gpgstatus.read_decryption(finished.status, finished.exit_status)
        if result.no_secret_key and not await self._own_keys():
            # Without its agent gpg says the same as for a message to somebody else; that mail must not be given up.
            raise CryptoUnavailable("gpg-agent", "it offers no secret key at all", "see 'cvdmail doctor'")
        return result

    def _raise_trouble(self, finished: Finished) -> None:
        trouble = gpgstatus.trouble(finished.status)
        if trouble is Trouble.PASSPHRASE:
            raise CryptoRefused("secret key", "the passphrase is wrong or missing", "check where it is kept")
        if trouble is Trouble.UNAVAILABLE:
            raise CryptoUnavailable("gpg-agent", "it cannot ask for the passphrase or is not running",
                                    "see 'cvdmail doctor'")  # fmt: skip

    async def _check_made(
        self, finished: Finished, what: str, keys: frozenset[str], signer: Fingerprint | None, *, encrypted: bool
    ) -> None:
        """Raise unless the run made exactly what was asked for; a signature by a subkey of ``signer`` is by it."""
        self._raise_trouble(finished)
        named = frozenset({str(signer)}) if signer else frozenset()
        judge = functools.partial(
            gpgmade.why_not_made, finished.status, finished.exit_status, keys=keys | named, encrypted=encrypted
        )
        why = judge(signers=self._signing_keys.get(signer, named) if signer else None)
        if why and signer and finished.exit_status == 0:
            self._signing_keys[signer] = named | await self._own_keys(signer)
            why = judge(signers=self._signing_keys[signer])
        if why or not finished.output:
            raise CryptoRefused(what, why or "gpg made nothing", "check the keys with 'cvdmail key check'")

    async def _own_keys(self, fingerprint: Fingerprint | None = None) -> frozenset[str]:
        """Return the fingerprints, subkeys included, of our secret keys, or of the one named; empty without agent."""
        arguments = ["--with-colons", "--list-secret-keys", *([str(fingerprint)] if fingerprint else [])]
        finished = await self._run(arguments, max_output=certificate.MAX_LISTING_BYTES)
        found = certificate.read_listing(finished.output)
        return frozenset(str(key.fingerprint) for one in found for key in (one.primary, *one.subkeys))
