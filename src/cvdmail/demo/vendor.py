"""The vendor, played: its web site, its mailbox, its key, and what it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from cvdmail.core import compose
from cvdmail.core.compose import Headers
from cvdmail.core.ids import Address, Fingerprint, MessageId
from cvdmail.core.mail import Mail, parse
from cvdmail.demo.stage import CANARY, MAILBOX, VENDOR, Stage
from cvdmail.edge import keyring
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.embedded import EmbeddedServers
from cvdmail.errors import CvdmailError

SECURITY_TXT = """Contact: mailto:security@vendor.example
Encryption: https://vendor.example/pgp-key.asc
Preferred-Languages: en
Canonical: https://vendor.example/.well-known/security.txt
Expires: {expires}
"""
CNA_LIST = [
    {
        "shortName": "examplevendor",
        "cnaID": "CNA-2020-0001",
        "organizationName": "Example Vendor",
        "scope": "Examplelib only.",
        "contact": [{"email": [{"label": "Email", "emailAddr": "security@vendor.example"}], "contact": [], "form": []}],
        "disclosurePolicy": [{"label": "Policy", "language": "", "url": "https://vendor.example/security"}],
        "securityAdvisories": {"alerts": [], "advisories": [{"label": "", "url": "https://vendor.example/advisories"}]},
        "resources": [],
        "CNA": {"isRoot": False, "root": {"shortName": "n/a", "organizationName": "n/a"}, "type": ["Vendor"]},
        "country": "n/a",
    }
]
ANSWERS = (
    "Hello Ada,\n\nthank you for your report. We have received it and opened the ticket EXV-20417 for it.\n"
    "We can confirm the vulnerability. We plan to release the fix on 15 {month}.\n\n"
    "Best regards\nDana, Example Vendor PSIRT\n",
    "Hello Ada,\n\nour testers need more time: the fix moves to 29 {month}.\n\nDana, Example Vendor PSIRT\n",
)


def make_web(stage: Stage) -> Path:
    """Lay out the vendor's web site, with its security.txt, and the list of CNAs; the key is put there later."""
    web = stage.folder / "servers" / "web"
    well_known = web / "vendor.example" / ".well-known"
    well_known.mkdir(parents=True)
    expires = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (well_known / "security.txt").write_text(SECURITY_TXT.format(expires=expires))
    (web / "cna.example").mkdir()
    (web / "cna.example" / "list.json").write_text(json.dumps(CNA_LIST))
    return web


async def read_report(stage: Stage, keys: Mapping[str, Fingerprint], servers: EmbeddedServers) -> Mail:
    """The vendor fetches its mail by IMAP and opens it with its own key; return the outer mail."""
    await stage.tell(
        "6. The vendor opens it", "With its own key, from its own mailbox. Outside, the mail shows nothing:"
    )

    async def password() -> str:
        return "vendor-secret"

    settings = ImapSettings(servers.host, servers.imap_port, str(servers.ca_file), str(VENDOR), password)
    mailbox = await ImapMailboxes(settings).connect()
    try:
        await mailbox.select("INBOX")
        fetched = await mailbox.fetch(await mailbox.uids_after(0))
    finally:
        await mailbox.close()
    mail = parse(fetched[0].raw)
    stage.console.print(f"  Subject: {mail.subject}", markup=False)
    ciphertext = mail.content(mail.root.children[1])
    result, clear = await Gpg(stage.home("vendor")).decrypt(ciphertext)
    if not result.ok or CANARY.encode() not in clear.replace(b"=\r\n", b""):
        raise CvdmailError("demo", "the vendor cannot read the report", "please report this")
    inner = parse(clear)
    stage.console.print("  and inside:")
    stage.console.print(f"  Subject: {inner.subject}", markup=False)
    names = ", ".join(part.filename for part in inner.root.walk() if part.filename)
    stage.console.print(f"  Attachment: {names}", markup=False)
    await asyncio.sleep(stage.pause)
    return mail


def _reply_to(report: Mail) -> Address:
    return Address.parse(report.root.first("reply-to") or str(MAILBOX))


def automatic_answer(report: Mail) -> bytes:
    """Return what the vendor's ticket system answers by itself (RFC 3834)."""
    lines = (
        f"From: Example Vendor PSIRT <{VENDOR}>",
        f"To: {_reply_to(report)}",
        f"Subject: Automatic reply: {report.subject}",
        f"Date: {datetime.now(UTC).strftime('%a, %d %b %Y %H:%M:%S +0000')}",
        "Message-ID: <auto-1@vendor.example>",
        f"In-Reply-To: <{report.message_id}>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "This is an automatic reply. We have received your message and will look at it.",
        "",
    )
    return "\r\n".join(lines).encode()


async def write_answer(stage: Stage, keys: Mapping[str, Fingerprint], report: Mail, text: str, number: int) -> bytes:
    """A PGP/MIME mail of the vendor, signed and encrypted to the mailbox."""
    home = stage.home("vendor")
    file = stage.lab / "keys" / "team" / f"{MAILBOX}.asc"
    mailbox_key = (await keyring.import_public(home, await asyncio.to_thread(file.read_bytes)))[0]
    assert report.message_id is not None
    headers = Headers(
        sender=VENDOR,
        sender_name="Dana, Example Vendor PSIRT",
        to=(_reply_to(report),),
        cc=(),
        reply_to=VENDOR,
        date=datetime.now(timezone(timedelta(hours=1))).replace(microsecond=0),
        message_id=MessageId(f"answer-{number}@vendor.example"),
        outer_subject="...",
        subject=f"Re: {report.subject} [EXV-20417]",
        references=(report.message_id,),
    )
    entity = compose.inner(headers, text, (), f"{number:020d}")
    return compose.outer(
        headers, await Gpg(home).sign_encrypt(entity, keys["vendor"], [mailbox_key]), f"{number + 7:020d}"
    )
