"""True PGP/MIME mails from two people with true keys, as the program would send them."""

from __future__ import annotations

import hashlib
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cvdmail.core import compose
from cvdmail.core.drafts import Letter
from cvdmail.core.ids import Address, CaseId, MessageId
from cvdmail.core.outgoing import ClearLetter, Intended, OutgoingMail

LAB = Address.parse("outbound@lab.example")
VENDOR = Address.parse("psirt@vendor.example")
SECOND = Address.parse("security@vendor.example")
STRANGER = Address.parse("nobody-here@vendor.example")
PASSWORDS = {LAB: 'lab "pass\\word', VENDOR: "vendor-pass", SECOND: "second-pass"}


def letter(text: str, case: CaseId | None = None, to: Address = VENDOR) -> OutgoingMail:
    """A letter in clear from us, as a person let it out."""
    subject = "Wer nimmt Sicherheitsmeldungen für Sie entgegen?"
    headers = compose.Headers(
        sender=LAB,
        sender_name="Lab",
        to=(to,),
        cc=(),
        reply_to=LAB,
        date=datetime(2026, 6, 12, 10, 0, tzinfo=UTC),
        message_id=MessageId.parse(f"{secrets.token_hex(10)}@lab.example"),
        outer_subject=subject if case is None else f"[{case}] {subject}",
        subject=subject,
    )
    body = hashlib.sha256(compose.clear_body(text)).hexdigest()
    clear = ClearLetter(Letter.FIRST_CONTACT, headers.outer_subject, body)
    intended = Intended(
        case, LAB, frozenset({to}), frozenset(), frozenset(), headers.message_id, headers.sender_name, clear=clear
    )
    return OutgoingMail(compose.clear(headers, text), LAB, (to,), intended)


@dataclass(frozen=True, slots=True)
class Scribe:
    """A gpg home with a key for us and one for the vendor, and what to encrypt with them."""

    home: Path
    key_ids: frozenset[str]

    def mail(
        self, text: str, to: tuple[Address, ...] = (VENDOR,), cc: tuple[Address, ...] = (), number: int = 1
    ) -> OutgoingMail:
        """An encrypted mail from us, each with a Message-ID of its own."""
        headers = compose.Headers(
            sender=LAB,
            sender_name="Lab",
            to=to,
            cc=cc,
            reply_to=LAB,
            date=datetime(2026, 6, 12, 10, 0, tzinfo=UTC),
            message_id=MessageId.parse(f"{secrets.token_hex(10)}@lab.example"),
            outer_subject=f"[{CaseId(2026, number)}]",
            subject="the real subject",
        )
        clear = compose.inner(headers, text, (), secrets.token_hex(16))
        raw = compose.outer(headers, self._encrypt(clear), secrets.token_hex(16))
        intended = Intended(
            CaseId(2026, number),
            LAB,
            frozenset(to),
            frozenset(cc),
            self.key_ids,
            headers.message_id,
            headers.sender_name,
        )
        return OutgoingMail(raw, LAB, (*to, *cc), intended)

    def _encrypt(self, clear: bytes) -> bytes:
        recipients = [word for address in (LAB, VENDOR) for word in ("-r", str(address))]
        return _gpg(self.home, "--armor", "--trust-model", "always", *recipients, "--sign", "--encrypt", text=clear)


@contextmanager
def scribe(folder: Path) -> Iterator[Scribe]:
    """Make the two keys; the agent is ended afterwards."""
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    try:
        for address in (LAB, VENDOR):
            _gpg(home, "--passphrase", "", "--quick-gen-key", str(address), "future-default", "default", "never")
        listing = _gpg(home, "--with-colons", "--list-keys").decode()
        yield Scribe(home, frozenset(re.findall(r"^sub:[^:]*:[^:]*:[^:]*:([0-9A-F]{16}):", listing, re.MULTILINE)))
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def _gpg(home: Path, *words: str, text: bytes = b"") -> bytes:
    command = ["gpg", "--homedir", str(home), "--batch", "--no-tty", "--no-random-seed-file", *words]
    return subprocess.run(command, input=text, check=True, capture_output=True, timeout=60).stdout
