"""Taking the cryptographic layer off a mail: decrypt, verify, and say what may be read.

Only where encryption or signature is the root of the mail (EFAIL, "Johnny"): an encrypted part inside something else is
not opened, and beside a signed part nothing is read.  Three shapes count as the root although other bytes stand around
them: one whole inline block (:mod:`cvdmail.core.inline`), a PGP/MIME mail whose structure Exchange took apart, and a
signed posting inside a mailing list's frame, which never makes the whole mail more than partly signed.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from cvdmail.core.gpgstatus import Signature, SignatureState
from cvdmail.core.html import to_text
from cvdmail.core.inline import Block, Form, as_entity, find_block, is_entity, same_words, signed_words
from cvdmail.core.mail import Mail, parse
from cvdmail.core.parts import NOWHERE, Inside, Part
from cvdmail.errors import CryptoRefused, CryptoUnavailable, ParseLimit
from cvdmail.work.desk import Desk

SMALL = 32 * 1024  # bytes that are looked at on the spot
MAX_INNER = 40 * 1024 * 1024

_PART_SIGNED = Signature(SignatureState.PARTIAL, note="only a part of it is signed")
_NO_ENTITY = "what it covers is no MIME entity within the limits"
_SMIME = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_LINE_END = re.compile(rb"\r*\n")


@dataclass(frozen=True, slots=True)
class Opened:
    """The layer taken off: the mail to read (None: the outer one), and who signed it.

    ``clear`` is the whole decrypted entity, kept for auditors; ``problem`` says why an encrypted mail was not opened.
    ``framed``: the signature is partial only because a mailing list put its frame around what was signed.
    """

    encrypted: bool
    inner: Mail | None
    signatures: tuple[Signature, ...]
    problem: str | None = None
    clear: bytes | None = field(default=None, repr=False)
    framed: bool = False


async def open_mail(desk: Desk, mail: Mail, rings: tuple[Path, ...]) -> Opened:
    """Take off the cryptographic layer, only where it is the root of the mail (EFAIL)."""
    root = mail.root
    if root.media_type == "multipart/encrypted":
        if len(root.children) != 2 or root.children[0].media_type != "application/pgp-encrypted":
            return Opened(True, None, (), "its encryption is not of the form of RFC 3156")
        return await _decrypt(desk, mail, root.children[1], rings)
    if root.media_type == "multipart/signed":
        return await _signed(desk, mail, root, rings)
    mangled = _taken_apart(mail)
    if mangled is not None:
        return await _decrypt(desk, mail, mangled, rings)
    # Crossing to a thread and back costs several times what looking at an ordinary mail does.
    block = find_block(mail) if len(mail.raw) <= SMALL else await asyncio.to_thread(find_block, mail)
    if block is not None:
        return await _inline(desk, mail, block, rings)
    return await _inside_something(desk, mail, rings)


async def _inside_something(desk: Desk, mail: Mail, rings: tuple[Path, ...]) -> Opened:
    """Encryption below the root stays closed; a signature there is that of a part, good for the part at most."""
    own = _own(mail)
    if any(part.media_type == "multipart/encrypted" for part in own):
        return Opened(True, None, (), "an encrypted part inside an unprotected mail is not opened")
    below = [part for part in own if part.media_type == "multipart/signed" and part is not mail.root]
    if not below:
        return Opened(False, None, ())
    postings = [part for part in mail.root.children if not part.inside & Inside.FRAME]
    if len(below) == 1 and postings == below and len(postings) < len(mail.root.children):
        opened = await _signed(desk, mail, below[0], rings)
        framed = bool(opened.signatures) and all(one.state is SignatureState.GOOD for one in opened.signatures)
        return replace(opened, signatures=_partial(opened.signatures, "inside a mailing list's frame"), framed=framed)
    return Opened(False, None, (_PART_SIGNED,))


def _partial(signatures: tuple[Signature, ...], where: str) -> tuple[Signature, ...]:
    return tuple(
        replace(one, state=SignatureState.PARTIAL, note=f"it covers only a part: {where}")
        if one.state is SignatureState.GOOD
        else one
        for one in signatures
    )


def _taken_apart(mail: Mail) -> Part | None:
    """Return the ciphertext of a PGP/MIME mail that Exchange turned into ``multipart/mixed``: nothing else is in it."""
    children = mail.root.children
    if mail.root.media_type != "multipart/mixed" or not 2 <= len(children) <= 3:
        return None
    *before, version, data = children
    if (version.media_type, data.media_type) != ("application/pgp-encrypted", "application/octet-stream"):
        return None
    if mail.content(version).split() not in ([b"Version:", b"1"], []):
        return None
    leaves = [part for one in before for part in one.walk() if part.leaf]
    if any(part.media_type not in ("text/plain", "text/html") or part.disposition == "attachment" for part in leaves):
        return None
    words = (mail.text(part) if part.media_type == "text/plain" else to_text(mail.text(part)) for part in leaves)
    return None if any(text.strip() for text in words) else data


async def _inline(desk: Desk, mail: Mail, block: Block, rings: tuple[Path, ...]) -> Opened:
    if block.form is Form.ENCRYPTED:
        if block.armored is None:
            return Opened(True, None, (), "an encrypted block with other words around it is not opened")
        opened = await _decrypt_bytes(desk, block.armored, rings, as_text=True)
    elif block.armored is None:
        return Opened(False, None, (Signature(SignatureState.PARTIAL, note="words stand beside its signed text"),))
    else:
        opened = await _clear_signed(desk, block.armored, rings)
    if not block.beside and not block.in_list:
        return opened
    framed = block.in_list and not block.beside and all(s.state is SignatureState.GOOD for s in opened.signatures)
    where = "inside a mailing list's frame" if framed else "parts without a signature stand beside it"
    return replace(opened, signatures=_partial(opened.signatures, where), framed=framed)


async def _clear_signed(desk: Desk, block: bytes, rings: tuple[Path, ...]) -> Opened:
    """The text is gpg's own output where it is signed well; it must say what we read between the marks."""
    words = signed_words(block) or b""
    unsigned = await _parsed(as_entity(words), NOWHERE)
    if not rings:
        return Opened(False, unsigned, (Signature(SignatureState.UNKNOWN_KEY, note="no key is pinned"),))
    try:
        signatures, output = await desk.openpgp.verify_clear(block, rings, MAX_INNER)
    except (CryptoRefused, ParseLimit) as refusal:
        return Opened(False, unsigned, _error(refusal.why))
    if not any(one.state is SignatureState.GOOD for one in signatures):
        return Opened(False, unsigned, signatures)
    if not same_words(words, output):
        return Opened(False, unsigned, _error("two readers see two texts"))
    return Opened(False, await _parsed(as_entity(canonical(output)), Inside.SIGNATURE), signatures)


async def _decrypt(desk: Desk, mail: Mail, part: Part, rings: tuple[Path, ...]) -> Opened:
    return await _decrypt_bytes(desk, mail.content(part), rings)


async def _decrypt_bytes(desk: Desk, data: bytes, rings: tuple[Path, ...], *, as_text: bool = False) -> Opened:
    """Decrypt one message; ``as_text``: what comes out is words, never headers and parts."""
    try:
        result, text = await desk.openpgp.decrypt(data, rings, MAX_INNER)
    except ParseLimit as limit:
        return Opened(True, None, (), limit.why)
    except CryptoRefused as refusal:
        # gpg refuses us, not the mail (a wrong passphrase): the mail stays where it is until that is mended.
        raise CryptoUnavailable(refusal.what, refusal.why, refusal.remedy) from None
    if not result.ok:
        why = "it is not encrypted to our key" if result.no_secret_key else f"it does not decrypt: {result.why}"
        return Opened(True, None, (), why[:200])
    around = Inside.ENCRYPTION | (Inside.SIGNATURE if result.signatures else NOWHERE)
    inner = await _parsed(as_entity(text) if as_text else text, around)
    if inner is None:
        return Opened(True, None, result.signatures, "its decrypted content is over the limits")
    if result.signatures and not as_text and not is_entity(text):
        return Opened(True, inner, _error(_NO_ENTITY), clear=text)
    below = {part.media_type for part in _own(inner)}
    if "multipart/encrypted" in below:
        return Opened(True, inner, result.signatures, "it holds another encryption, which is not opened", clear=text)
    if not result.signatures and inner.root.media_type == "multipart/signed":
        return await _signed(desk, inner, inner.root, rings, encrypted=text)
    if not result.signatures and "multipart/signed" in below:
        return Opened(True, inner, (_PART_SIGNED,), clear=text)
    return Opened(True, inner, result.signatures, clear=text)


def _own(mail: Mail) -> list[Part]:
    return [part for part in mail.root.walk() if not part.inside & Inside.FORWARDED]


async def _signed(
    desk: Desk, mail: Mail, signed: Part, rings: tuple[Path, ...], encrypted: bytes | None = None
) -> Opened:
    """Verify a multipart/signed entity (RFC 3156 section 5); what is read is its signed part alone, never beside it."""
    sealed = encrypted is not None
    unsigned = mail if sealed else None
    if len(signed.children) != 2:
        return Opened(sealed, unsigned, _error("it is not one part and its signature"), clear=encrypted)
    part, signature = signed.children
    armoured = mail.content(signature).strip()
    if signature.media_type in _SMIME:
        unknown = Signature(SignatureState.UNKNOWN_KEY, note="it is S/MIME, which is not checked here")
        return Opened(sealed, unsigned, (unknown,), clear=encrypted)
    if signature.media_type != "application/pgp-signature" or armoured.count(b"-----BEGIN PGP SIGNATURE-----") != 1:
        return Opened(sealed, unsigned, _error("its signature part is odd"), clear=encrypted)
    if not armoured.startswith(b"-----BEGIN PGP SIGNATURE-----"):
        return Opened(sealed, unsigned, _error("words stand before its signature"), clear=encrypted)
    data = canonical(mail.slice(part))
    signatures = await _verify(desk, data, armoured + b"\n", rings)
    if not any(one.state is SignatureState.GOOD for one in signatures):
        return Opened(sealed, unsigned, signatures, clear=encrypted)
    inner = await _parsed(data, Inside.SIGNATURE | (Inside.ENCRYPTION if sealed else NOWHERE))
    if inner is None or not is_entity(data):
        return Opened(sealed, unsigned, _error(_NO_ENTITY), clear=encrypted)
    return Opened(sealed, inner, signatures, clear=encrypted)


def _error(note: str) -> tuple[Signature, ...]:
    return (Signature(SignatureState.ERROR, note=note),)


def canonical(data: bytes) -> bytes:
    """Return ``data`` with CRLF line ends (RFC 3156 section 5): what is verified, read and remembered as seen.

    A signature over text says the same for other line ends, so they must not make an old text look like a new one.
    """
    return _LINE_END.sub(b"\r\n", data)


async def _verify(desk: Desk, data: bytes, signature: bytes, rings: tuple[Path, ...]) -> tuple[Signature, ...]:
    """Check a detached signature on the very bytes of the part."""
    if not rings:
        return (Signature(SignatureState.UNKNOWN_KEY, note="no key is pinned"),)
    try:
        return await desk.openpgp.verify_detached(data, signature, rings)
    except (CryptoRefused, ParseLimit) as refusal:
        return _error(refusal.why)


async def _parsed(data: bytes, inside: Inside) -> Mail | None:
    try:
        return parse(data, inside) if len(data) <= SMALL else await asyncio.to_thread(parse, data, inside)
    except ParseLimit:
        return None
