"""The other side: a vendor with a key, a mailbox and a mail program of its own.

Its mails are made by the standard library and by gpg or sq, by nothing of ours.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from cvdmail.core.ids import Fingerprint
from gpghome import GpgHome, gpg_home
from whole.town import MAILBOX, VENDOR

ALIKE = "security@vend0r.example"


@dataclass(frozen=True, slots=True)
class Opened:
    """A report as the vendor reads it: the outside, the decrypted entity, its text and its attachments."""

    outer: EmailMessage
    clear: bytes
    inner: EmailMessage
    text: str
    attachments: dict[str, bytes]


def read(raw: bytes) -> EmailMessage:
    """Parse with the standard library."""
    found = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def ciphertext(raw: bytes) -> bytes:
    """Return the armoured OpenPGP message of a PGP/MIME mail (RFC 3156)."""
    mail = read(raw)
    assert mail.get_content_type() == "multipart/encrypted"
    control, payload = mail.iter_parts()
    assert control.get_content_type() == "application/pgp-encrypted"
    content = payload.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def unfold(raw: bytes, clear: bytes) -> Opened:
    """Take a decrypted entity apart."""
    inner = read(clear)
    text, attachments = "", {}
    for part in inner.walk():
        if part.get_content_maintype() == "multipart":
            continue
        name, content = part.get_filename(), part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if name:
            attachments[name] = content
        else:
            text += content.decode()
    return Opened(read(raw), clear, inner, text.replace("\r\n", "\n"), attachments)


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail program knows when somebody presses "reply"."""

    message_id: str
    reply_to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """The vendor's key, ours as it knows it, and how it writes."""

    home: GpgHome
    key: Fingerprint
    ours: Fingerprint

    def open(self, raw: bytes) -> Opened:
        """Decrypt a report and check who signed it."""
        done = subprocess.run(
            ["gpg", "--homedir", str(self.home.path), "--batch", "--status-fd", "2", "--trust-model", "always",
             "--decrypt"],
            input=ciphertext(raw), capture_output=True, check=True,
        )  # fmt: skip
        assert f"VALIDSIG {self.ours}" in done.stderr.decode()
        return unfold(raw, done.stdout)

    def sealed(self, entity: bytes, *, signed: bool = True) -> bytes:
        """Encrypt to us, and sign."""
        return self.home.message(entity, [self.ours], [self.key] if signed else [])

    def sealed_by_sq(self, entity: bytes, place: Path) -> bytes:
        """The same by Sequoia; its key files lie in ``place``, which must be memory."""
        (place / "vendor.sec").write_bytes(self.home.secret(self.key))
        (place / "lab.pub").write_bytes(self.home.public(self.ours))
        words: list[str | Path] = ["--signer-key", place / "vendor.sec", "--recipient-cert", place / "lab.pub"]
        return subprocess.run(["sq", "encrypt", *words], input=entity, check=True, capture_output=True).stdout


def thread(outer: EmailMessage) -> Thread:
    """Read what a reply needs."""
    return Thread(outer["Message-ID"].strip(), outer["Reply-To"] or outer["From"], outer["Subject"])


def entity(text: str, subject: str, sender: str = VENDOR, attached: bytes = b"") -> bytes:
    """The part that is signed and encrypted, with protected headers, and perhaps a log with it."""
    part = EmailMessage(policy=policy.SMTP)
    part["From"] = sender
    part["Subject"] = subject
    part.set_content(text, cte="quoted-printable")
    if attached:
        part.add_attachment(attached, "application", "octet-stream", filename="log.bin")
    part.set_param("protected-headers", "v1")
    return part.as_bytes()


def headers(
    name: str, to: str, subject: str, *, answers: str | None = None, sender: str = VENDOR, extra: tuple[str, ...] = ()
) -> bytes:
    """The outside of a mail; ``name`` begins its Message-ID."""
    lines = [
        f"From: Dana <{sender}>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {format_datetime(datetime.now(UTC))}",
        f"Message-ID: <{name}@{sender.partition('@')[2]}>",
        *([f"In-Reply-To: {answers}", f"References: {answers}"] if answers else []),
        *extra,
        "MIME-Version: 1.0",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def plain(head: bytes, text: str) -> bytes:
    """A mail in clear."""
    body = text.replace("\n", "\r\n").encode()
    return head + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body


def encrypted(head: bytes, armored: bytes) -> bytes:
    """A PGP/MIME mail (RFC 3156 section 4)."""
    mark = f"=-={secrets.token_hex(12)}"
    kind = f'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="{mark}"\r\n'
    return head + (
        f"{kind}\r\n--{mark}\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        f"--{mark}\r\nContent-Type: application/octet-stream\r\n\r\n"
    ).encode() + _crlf(armored) + f"\r\n--{mark}--\r\n".encode()  # fmt: skip


def signed(head: bytes, part: bytes, signature: bytes) -> bytes:
    """A mail in clear with a detached signature (RFC 3156 section 5)."""
    mark = f"=-={secrets.token_hex(12)}"
    kind = f'Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="{mark}"'
    return head + f"{kind}\r\n\r\n--{mark}\r\n".encode() + part + (
        f"\r\n--{mark}\r\nContent-Type: application/pgp-signature\r\n\r\n"
    ).encode() + _crlf(signature) + f"\r\n--{mark}--\r\n".encode()  # fmt: skip


def bounce(original: bytes, recipient: str) -> bytes:
    """A delivery report (RFC 3464), written by hand for where no real server makes one."""
    mark = f"=-={secrets.token_hex(12)}"
    head = re.split(rb"\r?\n\r?\n", original, maxsplit=1)[0]
    lines = [
        "From: Mail Delivery System <MAILER-DAEMON@mx.test.example>", f"To: {MAILBOX}",
        "Subject: Undelivered Mail Returned to Sender", f"Date: {format_datetime(datetime.now(UTC))}",
        "Message-ID: <bounce-1@mx.test.example>", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{mark}"', "",
        f"--{mark}", "Content-Type: text/plain; charset=us-ascii", "", "I could not deliver your message.",
        f"--{mark}", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.test.example", "",
        f"Final-Recipient: rfc822; {recipient}", "Action: failed", "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 User does not exist", f"--{mark}", "Content-Type: text/rfc822-headers", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n" + _crlf(head) + f"\r\n\r\n--{mark}--\r\n".encode()


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").rstrip(b"\n").replace(b"\n", b"\r\n")


@contextmanager
def vendor(ours: bytes) -> Iterator[Vendor]:
    """Lend a vendor who knows our public key."""
    with gpg_home() as home:
        key = home.key(f"Vendor PSIRT <{VENDOR}>")
        home.gpg("--import", data=ours)
        (other,) = set(home.fingerprints()) - {key}
        yield Vendor(home, key, other)
