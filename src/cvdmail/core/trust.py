"""Who says that a mail is from whom it says it is from?

Two witnesses can be heard: a signature by a key that a person pinned for this participant, and our own mail host, whose
topmost Authentication-Results (RFC 8601) says that the sender's domain is authentic.  Whatever speaks against a mail
(several From, headers that disagree, a bad signature, a look-alike domain) outweighs the host, and unreadable senders
and disagreeing headers outweigh the signature as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import Enum

from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address
from cvdmail.core.lookalike import likeness
from cvdmail.core.parts import Part
from cvdmail.core.registrable import MAIL_PROVIDERS, registrable_domain
from cvdmail.core.sender import Sender


class Trust(Enum):
    """Who says that a mail is from the participant."""

    VERIFIED = "verified"
    AUTHENTICATED = "authenticated"
    UNAUTHENTICATED = "unauthenticated"
    SUSPICIOUS = "suspicious"


class Authentication(Enum):
    """What our own mail host says about the sender's domain (RFC 8601)."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


_COMMENT_OR_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)')


def authentication(part: Part, authserv_id: str, sender: Sender, own_hops: int = 1) -> Authentication:
    """Read the topmost Authentication-Results (RFC 8601) if our own host wrote it; others are the sender's choice.

    It counts only above the ``own_hops`` Received lines that our own hosts add: further down, the sender may have
    written it.  Within it, values such as the envelope sender are the sender's words too: so comments and quoted
    strings go first, a method counts only at the start of its piece, and a property only as a token of its own.
    Believed are DMARC, or a DKIM pass whose domain is the sender's own or above it; a DMARC failure outweighs both.
    """
    above = 0
    found = None
    for header in part.headers:
        if header.name == "authentication-results":
            found = header.raw
            break
        above += header.name == "received"
    if found is None or not authserv_id or sender.address is None or above > own_hops:
        return Authentication.NONE
    text = _COMMENT_OR_QUOTED.sub(" ", found.decode("ascii", "replace"))
    if any(char in text for char in '"()\\'):
        return Authentication.NONE
    host, *pieces = text.split(";")
    if not host.split() or host.split()[0].lower() != authserv_id.lower():
        return Authentication.NONE
    verdicts = [_verdict(piece.lower().split(), sender.address.domain) for piece in pieces[:50]]
    if Authentication.FAIL in verdicts:
        return Authentication.FAIL
    return Authentication.PASS if Authentication.PASS in verdicts else Authentication.NONE


def _verdict(words: list[str], domain: str) -> Authentication:
    """Read one piece, ``method=result property=value ...``."""
    if not words:
        return Authentication.NONE
    properties = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    if words[0] == "dmarc=fail":
        return Authentication.FAIL
    if words[0] == "dmarc=pass" and properties.get("header.from", domain).strip(".") == domain:
        return Authentication.PASS
    signing = properties.get("header.d", "").strip(".")
    if words[0] == "dkim=pass" and "." in signing and (domain == signing or domain.endswith("." + signing)):
        return Authentication.PASS
    return Authentication.NONE


def known_sender(sender: Sender, known: Collection[Address]) -> bool:
    """Say whether the sender is a known address of a participant, or of the same domain as one.

    The domain of a mail provider says nothing: there everybody is a colleague of everybody.
    """
    if sender.address is None:
        return False
    domain = sender.address.domain
    shared = registrable_domain(domain) in MAIL_PROVIDERS
    return any(address == sender.address or (address.domain == domain and not shared) for address in known)


def trust(
    signature: SignatureState,
    sender: Sender,
    known: Collection[Address],
    transport: Authentication,
    headers_agree: bool,
) -> Trust:
    """Return the trust in a mail for one participant; see :func:`suspicion`."""
    if suspicion(signature, sender, known, transport, headers_agree) is not None:
        return Trust.SUSPICIOUS
    if signature is SignatureState.GOOD:
        return Trust.VERIFIED
    if transport is Authentication.PASS and known_sender(sender, known):
        return Trust.AUTHENTICATED
    return Trust.UNAUTHENTICATED


def suspicion(
    signature: SignatureState,
    sender: Sender,
    known: Collection[Address],
    transport: Authentication,
    headers_agree: bool,
) -> str | None:
    """Say in words what makes a mail suspicious; None if nothing does.

    Unreadable senders and headers that disagree are suspicious whatever else holds; a verified signature outweighs
    failed transport authentication.
    """
    if sender.fault is not None:
        return sender.fault.value
    if not headers_agree:
        return "its protected headers do not fit the outside, or name somebody else"
    if signature is SignatureState.GOOD:
        return None
    if signature in (SignatureState.BAD, SignatureState.ERROR, SignatureState.PARTIAL, SignatureState.STALE):
        return f"its signature is {signature.value}"
    if transport is Authentication.FAIL:
        return "our mail host says that the sender's domain is forged"
    like = (
        likeness(sender.address.domain, {address.domain for address in known}) if sender.address is not None else None
    )
    return f"its domain looks like a known one, and is another: {like.value}" if like is not None else None
