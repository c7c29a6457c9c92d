"""The guard before every socket (rule 1): bytes in, silence or a refusal out.

Theory.  Whatever went wrong before (a lost key, a failed gpg, a retry path, a bug of ours), this is the last function
that sees a mail, and it believes nothing but the bytes.  It takes them apart again by its own narrow grammar, far
narrower than RFC 5322: only the shape that :mod:`cvdmail.core.compose` writes passes, so anything unforeseen is a
refusal, not a leak.  It checks that

* the header holds only known fields, each once, each of a known form, and a subject that is the bare case id;
* From, To and Cc are exactly the intended addresses, and the envelope exactly To and Cc together;
* the body is multipart/encrypted with the two parts of RFC 3156 section 4 and not one byte beside them;
* the ciphertext is one OpenPGP message of session keys and one integrity-protected packet, nothing else, and its
  session keys go to exactly the intended encryption subkeys.

It cannot know what is inside the ciphertext; it knows that nobody outside the set can.

A letter in clear passes only where the intention says so (``Intended.clear``): a letter that holds no case text, to one
person, as one text part whose bytes have the hash that a person's signature let out.  Neither shape ever passes for the
other: which one is asked for is the intention's word, not the mail's.
"""

from __future__ import annotations

import hashlib
import quopri
import re

from cvdmail.core import packets
from cvdmail.core.compose import CLEAR_TYPE, check_line, encoded_words, mailbox_field, quoted_printable
from cvdmail.core.drafts import ALWAYS_CLEAR, CLEAR_LETTERS, ClearExtent
from cvdmail.core.ids import Address
from cvdmail.core.mail import read_headers
from cvdmail.core.outgoing import ClearLetter, Intended, OutgoingMail
from cvdmail.core.sender import read_mailbox
from cvdmail.errors import CvdmailError, GuardRefusal, Refused

MAX_OUTGOING = 40 * 1024 * 1024
MAX_CLEAR = 32 * 1024

_ONCE = ("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type")
_AT_MOST_ONCE = ("cc", "in-reply-to", "references")
_CLEAR_ONCE = (*_ONCE, "content-transfer-encoding")
_CLEAR_AT_MOST_ONCE = ("in-reply-to", "references")
_CONTENT_TYPE = re.compile(
    rb'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="([0-9a-z]{16,60})"\Z'
)
_DATE = re.compile(rb"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\Z")
_IDS = re.compile(rb"<[\x21-\x3b\x3d\x3f-\x7e]{3,500}>(?: <[\x21-\x3b\x3d\x3f-\x7e]{3,500}>)*\Z")
_ARMOUR = re.compile(rb"-----BEGIN PGP MESSAGE-----\r\n\r\n(?:[A-Za-z0-9+/=]{1,76}\r\n)+-----END PGP MESSAGE-----\Z")


def _stop(why: str) -> GuardRefusal:
    return GuardRefusal("mail stopped before the socket", why, "nothing was sent; see 'cvdmail doctor'")


def inspect(mail: OutgoingMail) -> None:
    """Raise ``GuardRefusal`` unless ``mail`` is provably what was intended: encrypted to exactly the intended set, or
    a letter in clear that a person's signature let out, to the byte.
    """
    raw, intended = mail.raw, mail.intended
    if len(raw) > MAX_OUTGOING:
        raise _stop(f"it is larger than {MAX_OUTGOING // 1024 // 1024} MB")
    _check_lines(raw)
    head, blank, body = raw.partition(b"\r\n\r\n")
    if not blank:
        raise _stop("it has no body")
    if intended.clear is not None:
        _check_clear(head, body, mail, intended.clear)
        return
    values = _read_header(head, _ONCE, _AT_MOST_ONCE)
    _check_addresses(values, mail)
    _check_values(values, intended)
    if intended.case is None or values["subject"] != f"[{intended.case}]".encode("ascii"):
        raise _stop("the outer subject is not the bare case id")
    kind = _CONTENT_TYPE.match(values["content-type"])
    if kind is None:
        raise _stop("it is not a PGP/MIME encrypted mail (RFC 3156)")
    _check_ciphertext(_ciphertext(body, kind[1]), intended)


def _check_lines(raw: bytes) -> None:
    if not raw.isascii() or b"\0" in raw:
        raise _stop("it is not 7-bit text")
    if raw.count(b"\n") != raw.count(b"\r\n") or raw.count(b"\r") != raw.count(b"\r\n"):
        raise _stop("it holds a lone CR or LF")
    if not raw.endswith(b"\r\n") or max(map(len, raw.split(b"\r\n"))) > 998:
        raise _stop("a line is longer than 998 octets or the last one is open")


def _read_header(head: bytes, once: tuple[str, ...], at_most_once: tuple[str, ...]) -> dict[str, bytes]:
    lines = head.split(b"\r\n")
    if any(not line.strip(b" \t") for line in lines):
        raise _stop("a header line is blank")
    if lines[0][:1] in (b" ", b"\t") or any(b":" not in line for line in lines if line[:1] not in (b" ", b"\t")):
        raise _stop("a header line is not a header field")
    try:
        headers = read_headers(head)
    except CvdmailError:
        raise _stop("its header is too large") from None
    if len(headers) != sum(1 for line in lines if line[:1] not in (b" ", b"\t")):
        raise _stop("a header line is not a header field")
    names = [header.name for header in headers]
    for name in once:
        if names.count(name) != 1:
            raise _stop(f"the header field {name} does not stand there exactly once")
    for name in names:
        if name not in once and (name not in at_most_once or names.count(name) > 1):
            raise _stop("it has a header field that no mail of ours has")
    return {header.name: header.raw for header in headers}


def _addresses(value: bytes) -> frozenset[Address]:
    try:
        return frozenset(Address.parse(piece.strip()) for piece in value.decode("ascii").split(","))
    except Refused:
        raise _stop("a recipient field does not hold plain addresses") from None


def _check_addresses(values: dict[str, bytes], mail: OutgoingMail) -> None:
    intended = mail.intended
    if not intended.to:
        raise _stop("nobody is meant to read it")
    if read_mailbox(values["from"].decode("ascii")) != intended.sender or mail.envelope_from != intended.sender:
        raise _stop("the sender is not the mailbox")
    # To the byte, folding included: a name is the one place in a header for free words.
    expected = f"\r\nFrom: {mailbox_field(intended.sender_name, intended.sender)}\r\n".encode("ascii")
    if expected not in b"\r\n" + mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n":
        raise _stop("the sender's name is not the configured one")
    if _addresses(values["to"]) != intended.to:
        raise _stop("To is not the intended set")
    if (_addresses(values["cc"]) if "cc" in values else frozenset()) != intended.cc:
        raise _stop("Cc is not the intended set")
    envelope = frozenset(mail.recipients)
    if not envelope or not envelope <= intended.recipients:
        raise _stop("the envelope holds somebody who is not meant to read it")
    if len(mail.recipients) != len(envelope) or envelope != intended.envelope:
        raise _stop("the envelope is not the intended set")
    replies = _addresses(values["reply-to"])
    if len(replies) != 1:
        raise _stop("Reply-To is not one address")
    reply_to = next(iter(replies))
    own = intended.sender
    if reply_to.domain != own.domain or reply_to.local.partition("+")[0].lower() != own.local.lower():
        raise _stop("Reply-To is not the mailbox")


def _check_values(values: dict[str, bytes], intended: Intended) -> None:
    if values["message-id"] != f"<{intended.message_id}>".encode("ascii"):
        raise _stop("the Message-ID is not the committed one")
    if values["mime-version"] != b"1.0" or not _DATE.match(values["date"]):
        raise _stop("its date or MIME version is odd")
    for name in ("in-reply-to", "references"):
        if name in values and not _IDS.match(values[name]):
            raise _stop(f"the header field {name} is odd")


def _ciphertext(body: bytes, boundary: bytes) -> bytes:
    """Return the armoured message between the only two parts; every other byte of the body is prescribed."""
    before = (
        b"--" + boundary + b"\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        b"\r\n--" + boundary + b'\r\nContent-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n'
    )
    after = b"\r\n--" + boundary + b"--\r\n"
    if not body.startswith(before) or not body.endswith(after) or len(body) < len(before) + len(after):
        raise _stop("its body is not the two parts of RFC 3156")
    armoured = body[len(before) : -len(after)]
    if not _ARMOUR.match(armoured):
        raise _stop("its second part is not one armoured OpenPGP message")
    return armoured


def ciphertext_of(raw: bytes) -> bytes:
    """Return the armoured message inside the bytes of a mail of ours; raise ``GuardRefusal`` for any other bytes."""
    head, _, body = raw.partition(b"\r\n\r\n")
    kind = _CONTENT_TYPE.match(_read_header(head, _ONCE, _AT_MOST_ONCE)["content-type"])
    if kind is None:
        raise _stop("it is not a PGP/MIME encrypted mail (RFC 3156)")
    return _ciphertext(body, kind[1])


def _check_ciphertext(armoured: bytes, intended: Intended) -> None:
    try:
        shape = packets.encryption_key_ids(packets.dearmor(armoured))
    except CvdmailError:
        raise _stop("its ciphertext is not one whole OpenPGP message") from None
    if shape.symmetric:
        raise _stop("it can be opened with a password")
    if shape.data not in (packets.DataKind.SEIPD1, packets.DataKind.SEIPD2, packets.DataKind.AEAD):
        raise _stop("its ciphertext is not integrity protected")
    if len(shape.key_ids) != len(set(shape.key_ids)) or frozenset(shape.key_ids) != intended.encryption_key_ids:
        raise _stop("it is not encrypted to exactly the intended keys")


def _check_clear(head: bytes, body: bytes, mail: OutgoingMail, confirmed: ClearLetter) -> None:
    """Let a letter in clear pass only if every byte of it is accounted for."""
    intended = mail.intended
    if confirmed.letter not in ALWAYS_CLEAR | CLEAR_LETTERS[ClearExtent.EVERYTHING]:
        raise _stop("a letter with case text is never sent in clear")
    if intended.encryption_key_ids or intended.cc or len(intended.to) != 1:
        raise _stop("a letter in clear goes to one person, without a key")
    if len(mail.raw) > MAX_CLEAR:
        raise _stop(f"a letter in clear is larger than {MAX_CLEAR // 1024} KB")
    values = _read_header(head, _CLEAR_ONCE, _CLEAR_AT_MOST_ONCE)
    _check_addresses(values, mail)
    _check_values(values, intended)
    if intended.case is not None and not confirmed.subject.startswith(f"[{intended.case}] "):
        raise _stop("the subject of a letter in clear does not begin with its case id")
    if values["subject"] != _subject(confirmed):
        raise _stop("the subject of a letter in clear is not the confirmed one")
    kind = (values["content-type"], values["content-transfer-encoding"])
    if kind != (CLEAR_TYPE.encode("ascii"), b"quoted-printable"):
        raise _stop("a letter in clear is not one plain text")
    _check_clear_text(body, confirmed)


def _subject(confirmed: ClearLetter) -> bytes:
    """Return the one form of the confirmed subject, folding undone."""
    try:
        return encoded_words(check_line("subject", confirmed.subject)).replace("\r\n", "").encode("ascii")
    except Refused:
        raise _stop("the confirmed subject cannot stand in a header") from None


def _check_clear_text(body: bytes, confirmed: ClearLetter) -> None:
    if hashlib.sha256(body).hexdigest() != confirmed.body_sha256:
        raise _stop("the text of a letter in clear is not the confirmed one")
    try:
        text = quopri.decodestring(body).decode("utf-8")
    except UnicodeDecodeError:
        raise _stop("the text of a letter in clear is not UTF-8") from None
    # One text has one encoding here: what decodes in two ways could be read in two ways.
    if quoted_printable(text) != body:
        raise _stop("the text of a letter in clear is not encoded as ours is")
    if "-----BEGIN PGP" in text.upper():
        raise _stop("a letter in clear holds OpenPGP armour")
