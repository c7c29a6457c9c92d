"""Taking the cryptographic layer off a mail: decrypt, verify, and say what may be read.

Only where encryption or signature is the root of the mail (EFAIL, "Johnny"): an encrypted part inside something else is
not opened, and beside a signed part nothing is read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from cvdmail.core.gpgstatus import Signature, SignatureState
from cvdmail.core.mail import Mail, Part, parse
from cvdmail.errors import CryptoRefused, CryptoUnavailable, ParseLimit
from cvdmail.work.desk import Desk

MAX_INNER = 40 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """The layer taken off: the mail to read (None: the outer one), and who signed it.

    ``clear`` is the whole decrypted entity, kept for auditors; ``problem`` says why an encrypted mail was not opened.
    """

    encrypted: bool
    inner: Mail | None
    signatures: tuple[Signature, ...]
    problem: str | None = None
    clear: bytes | None = field(default=None, repr=False)


async def open_mail(desk: Desk, mail: Mail, rings: tuple[Path, ...]) -> Opened:
    """Take off the cryptographic layer, only where it is the root of the mail (EFAIL)."""
    root = mail.root
    if root.media_type == "multipart/encrypted":
        if len(root.children) != 2 or root.children[0].media_type != "application/pgp-encrypted":
            return Opened(True, None, (), "its encryption is not of the form of RFC 3156")
        return await _decrypt(desk, mail, root.children[1], rings)
    if root.media_type == "multipart/signed" and len(root.children) == 2:
        return await _signed(desk, mail, rings, encrypted=None)
    return Opened(False, None, ())


async def _decrypt(desk: Desk, mail: Mail, part: Part, rings: tuple[Path, ...]) -> Opened:
    try:
        result, text = await desk.openpgp.decrypt(mail.content(part), rings, MAX_INNER)
    except ParseLimit as limit:
        return Opened(True, None, (), limit.why)
    except CryptoRefused as refusal:
        # gpg refuses us, not the mail (a wrong passphrase): the mail stays where it is until that is mended.
        raise CryptoUnavailable(refusal.what, refusal.why, refusal.remedy) from None
    if not result.ok:
        why = "it is not encrypted to our key" if result.no_secret_key else f"it does not decrypt: {result.why}"
        return Opened(True, None, (), why[:200])
    inner = await _parsed(text)
    if inner is None:
        return Opened(True, None, result.signatures, "its decrypted content is over the limits")
    if not result.signatures and inner.root.media_type == "multipart/signed" and len(inner.root.children) == 2:
        return await _signed(desk, inner, rings, encrypted=text)
    return Opened(True, inner, result.signatures, clear=text)


async def _signed(desk: Desk, mail: Mail, rings: tuple[Path, ...], encrypted: bytes | None) -> Opened:
    """Verify a multipart/signed mail (RFC 3156 section 5); what is read is the signed part alone, never beside it."""
    part, signature = mail.root.children
    armoured = mail.content(signature).strip()
    if signature.media_type != "application/pgp-signature" or armoured.count(b"-----BEGIN PGP SIGNATURE-----") != 1:
        odd = (Signature(SignatureState.ERROR, note="its signature part is odd"),)
        return Opened(encrypted is not None, mail if encrypted is not None else None, odd, clear=encrypted)
    if not armoured.startswith(b"-----BEGIN PGP SIGNATURE-----"):
        odd = (Signature(SignatureState.ERROR, note="words stand before its signature"),)
        return Opened(encrypted is not None, mail if encrypted is not None else None, odd, clear=encrypted)
    signatures = await _verify(desk, mail.slice(part), armoured + b"\n", rings)
    if any(one.state is SignatureState.GOOD for one in signatures):
        return Opened(encrypted is not None, await _parsed(mail.slice(part)), signatures, clear=encrypted)
    return Opened(encrypted is not None, mail if encrypted is not None else None, signatures, clear=encrypted)


async def _verify(desk: Desk, data: bytes, signature: bytes, rings: tuple[Path, ...]) -> tuple[Signature, ...]:
    """Check a detached signature on the very bytes of the part, line ends made canonical (RFC 3156 section 5)."""
    if not rings:
        return (Signature(SignatureState.UNKNOWN_KEY, note="no key is pinned"),)
    canonical = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    try:
        return await desk.openpgp.verify_detached(canonical, signature, rings)
    except (CryptoRefused, ParseLimit) as refusal:
        return (Signature(SignatureState.ERROR, note=refusal.why),)


async def _parsed(data: bytes) -> Mail | None:
    try:
        return await asyncio.to_thread(parse, data)
    except ParseLimit:
        return None
