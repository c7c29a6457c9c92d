"""A forger's workshop: mails to one reply address, honest and hostile, made by real gpg from what a vendor signed.

Everything a mail of the table (:mod:`work.hostile_mails`) is built from stands here: the vendor's key (pinned), two
signing subkeys of it that have expired and were revoked, and a stranger's key.  Messages are not compressed unless
asked for, so that every judge can read them.
"""

from __future__ import annotations

import base64
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from cli.lab import VENDOR, Lab
from cvdmail.core import packets
from cvdmail.core.ids import Fingerprint
from work.hostile import crlf, entity

FACTS = """Hello,

we have received your report and opened ticket {ticket}.
We can confirm the vulnerability.
We plan to release the fix on 15 January 2031.
"""
_CLOCK = "%Y%m%dT%H%M%S!"


@dataclass(frozen=True)
class Forge:
    """One mail in the making: ``name`` makes its Message-ID and its words unlike all others."""

    lab: Lab
    expired: Fingerprint
    revoked: Fingerprint
    token: str
    name: str = ""
    number: int = 0

    @property
    def mark(self) -> str:
        """A word that stands in the facts of this mail and nowhere else."""
        return f"EXV-{70_000 + self.number}"

    @property
    def words(self) -> str:
        """A whole answer: ticket, triage and a promise."""
        return FACTS.format(ticket=self.mark)

    @property
    def part(self) -> bytes:
        """The answer as a MIME part."""
        return entity(self.words)

    def head(self, *above: str, sender: str | None = VENDOR, to: str = "", subject: str = "your report") -> bytes:
        """The outside of the mail; ``above`` stands on top of the header."""
        lines = [
            *above,
            *([f"From: {sender}"] if sender is not None else []),
            f"To: {to or self.token}",
            f"Subject: {subject}",
            f"Date: {format_datetime(datetime.now(UTC))}",
            f"Message-ID: <{self.name}@vendor.example>",
            "MIME-Version: 1.0",
        ]
        return crlf("".join(f"{line}\n" for line in lines))

    # --- gpg --------------------------------------------------------------------------------------------------------

    def gpg(self, *arguments: str, data: bytes = b"", who: str = "vendor") -> bytes:
        return self.lab.home(who).gpg(*arguments, data=data)

    def sign(self, data: bytes, *options: str, user: str = "", who: str = "vendor") -> bytes:
        """An armoured detached signature."""
        user = user or f"{self.lab.keys[who]}!"
        digest = () if "--digest-algo" in options else ("--digest-algo", "SHA512")
        return self.gpg("--armor", *digest, *options, "-u", user, "--detach-sign", data=data, who=who)

    def clear(self, words: str, *options: str, who: str = "vendor") -> str:
        """A clear-signed text."""
        user = f"{self.lab.keys[who]}!"
        return self.gpg(
            "--digest-algo", "SHA512", *options, "-u", user, "--clearsign", data=words.encode(), who=who
        ).decode()

    def message(
        self, data: bytes, *options: str, signed: bool = True, who: str = "vendor", to: str = "daemon"
    ) -> bytes:
        """An armoured message to the mailbox, signed inside unless said otherwise."""
        signers = ("-u", f"{self.lab.keys[who]}!", "--digest-algo", "SHA512", "--sign") if signed else ()
        plain = () if "--compress-algo" in options else ("--compress-level", "0")
        recipient = ("-r", str(self.lab.keys[to]))
        return self.gpg("--armor", *plain, *options, *recipient, *signers, "--encrypt", data=data, who=who)

    def wrapped(self, data: bytes) -> bytes:
        """Packets encrypted as they are."""
        return self.lab.home("vendor").wrapped(data, self.lab.keys["daemon"])

    def binary(self, armored: bytes) -> bytes:
        return packets.dearmor(armored)

    def armored(self, data: bytes, kind: str = "PGP MESSAGE") -> bytes:
        body = base64.encodebytes(data)
        return f"-----BEGIN {kind}-----\n\n".encode() + body + f"-----END {kind}-----\n".encode()

    @staticmethod
    def at(when: timedelta) -> tuple[str, str]:
        """gpg options that move its clock."""
        return "--faked-system-time", (datetime.now(UTC) + when).strftime(_CLOCK)

    # --- shapes -----------------------------------------------------------------------------------------------------

    def multipart(self, kind: str, *parts: bytes, boundary: str = "=-b", more: str = "") -> bytes:
        """A multipart body with its Content-Type line; parts bring their own headers."""
        mark = boundary.encode()
        body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
        return f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode() + body + b"--" + mark + (
            b"--\r\n"
        )  # fmt: skip

    def signed(
        self, part: bytes, signature: bytes, *, kind: str = "application/pgp-signature", before: str = ""
    ) -> bytes:
        """A multipart/signed entity (RFC 3156 section 5)."""
        armour = before.encode() + signature.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        second = f"Content-Type: {kind}\r\n\r\n".encode() + armour
        return self.multipart(
            "signed", part, second, boundary="=-s", more=f'; protocol="{kind}"; micalg=pgp-sha512'
        )  # fmt: skip

    def encrypted(self, armour: bytes) -> bytes:
        """A multipart/encrypted entity (RFC 3156 section 4)."""
        return self.multipart(
            "encrypted",
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
            self.octets(armour),
            boundary="=-e",
            more='; protocol="application/pgp-encrypted"',
        )

    def octets(self, data: bytes, *lines: str) -> bytes:
        head = "".join(f"{line}\r\n" for line in ("Content-Type: application/octet-stream", *lines))
        return head.encode() + b"\r\n" + data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def prepare(lab: Lab, token: str) -> Forge:
    """Give the vendor's key an expired and a revoked signing subkey, and put the certificate where the pin looks."""
    home = lab.home("vendor")
    key = lab.keys["vendor"]
    before = set(home.subkeys(key))
    home.gpg("--quick-add-key", str(key), "ed25519", "sign", "seconds=3")
    expired = _new(lab, before)
    home.gpg("--quick-add-key", str(key), "ed25519", "sign", "0")
    revoked = _new(lab, before | {expired})
    forge = Forge(lab, expired, revoked, token)
    lab.home("cy").gpg("--import", data=lab.home("daemon").public(lab.keys["daemon"]))
    return forge


def _new(lab: Lab, before: set[Fingerprint]) -> Fingerprint:
    (made,) = set(lab.home("vendor").subkeys(lab.keys["vendor"])) - before
    return made


def publish(forge: Forge) -> None:
    """Revoke the subkey that is to be revoked, and let the pinned file hold the certificate as it is now."""
    lab, key = forge.lab, forge.lab.keys["vendor"]
    home = lab.home("vendor")
    number = home.subkeys(key).index(forge.revoked) + 1
    script = f"key {number}\nrevkey\ny\n0\n\ny\nsave\n".encode()
    subprocess.run(
        ["gpg", "--homedir", str(home.path), "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "",
         "--command-fd", "0", "--no-options", "--no-random-seed-file", "--edit-key", str(key)],
        input=script, capture_output=True, check=True,
    )  # fmt: skip
    place = lab.root / "keys" / "vendors" / "vendor.example" / f"{VENDOR}.asc"
    assert place.is_file()
    place.write_bytes(home.public(key))
