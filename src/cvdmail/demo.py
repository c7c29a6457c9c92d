"""``cvdmail demo``: the whole job in a minute, with throw-away keys and servers on loopback.

Everything a person does here goes through the very commands a user types, each in a process of its own; the servers are
the embedded ones; the daemon is the real ``watch``.  Only the vendor is played, with a key and a mailbox of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from rich.console import Console

from cvdmail.core import compose
from cvdmail.core.compose import Headers
from cvdmail.core.ids import Address, Fingerprint, MessageId
from cvdmail.core.mail import Mail, parse
from cvdmail.edge import keyring
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.embedded import EmbeddedServers, LocalUser
from cvdmail.errors import CvdmailError, Refused, ServerUnavailable

MAILBOX = Address.parse("outbounddisclosures@lab.example")
VENDOR = Address.parse("security@vendor.example")
ADA = Address.parse("ada@lab.example")
BEN = Address.parse("ben@lab.example")
LONGEST_FOLDER = 50  # gpg-agent's sockets live below it, and their path is limited
CANARY = "a length field of minus one"

FINDING = f"""---
title: Heap overflow in the frame parser of Examplelib
product: Examplelib
vendor: vendor.example
affected: 1.0 to 2.4.1
impact: A crafted frame runs code in the receiving process
severity: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
cwe: CWE-787
origin: engineer
finder: Ada
credit: Ada, Lab Security Research
---

## Summary

`parse_frame()` trusts the length it is told: {CANARY} becomes a huge copy.

## Reproduction

Run the attached poc.py against the example server; it crashes in `memcpy`.
"""
POC = b'import socket\n\nsocket.create_connection(("127.0.0.1", 7000)).sendall(b"\\xff\\xff\\xff\\xff" + b"A" * 4096)\n'

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


@dataclass(frozen=True, slots=True)
class Stage:
    """The scenery: where everything is, and who holds which key."""

    folder: Path
    console: Console
    pause: float

    @property
    def lab(self) -> Path:
        """The working folder that ``init`` made."""
        return self.folder / "lab"

    def home(self, name: str) -> Path:
        """The GnuPG home of somebody."""
        return self.folder / "gnupg" / name

    async def tell(self, title: str, *lines: str) -> None:
        """Begin a scene: a title, and a line or two of why."""
        self.console.print()
        if title:
            self.console.rule(f"[bold]{title}[/bold]", align="left")
        for line in lines:
            self.console.print(f"[dim]{line}[/dim]")
        await asyncio.sleep(self.pause)

    def environment(self, name: str | None) -> dict[str, str]:
        """The environment of somebody's shell; nobody's is the daemon's."""
        kept = {key: value for key, value in os.environ.items() if key not in ("GNUPGHOME", "CVDMAIL_CONFIG")}
        kept["CVDMAIL_CONFIG"] = str(self.lab / "config" / "cvdmail.toml")
        return kept if name is None else kept | {"GNUPGHOME": str(self.home(name))}

    async def run(self, name: str | None, *words: str, status: int = 0, show: bool = True, stdin: bytes = b"") -> str:
        """Type a command as somebody, show it and what it prints, and insist on its exit status."""
        shown = " ".join(shlex.quote(word) for word in words)
        self.console.print(f"[green]{name or 'daemon'}$[/green] [bold]cvdmail {shown}[/bold]", soft_wrap=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cvdmail", *words,
            env=self.environment(name) | {"COLUMNS": str(max(100, min(160, self.console.width - 2)))},
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with asyncio.timeout(60):
            output, _ = await process.communicate(stdin)
        text = output.decode("utf-8", "replace")
        if show or process.returncode != status:
            for line in text.rstrip("\n").split("\n"):
                self.console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
        if process.returncode != status:
            raise Refused("demo", f"that command ended with {process.returncode}, not {status}", "please report this")
        await asyncio.sleep(self.pause)
        return text


async def play(folder: Path | None, fast: bool) -> None:
    """Play the whole story; raise ``Refused`` if any step does not do what it should."""
    place = _place(folder)
    console = Console(highlight=False, no_color=bool(os.environ.get("NO_COLOR")) or None)
    stage = Stage(place, console, 0.0 if fast or not console.is_terminal else 0.6)
    began = asyncio.get_running_loop().time()
    console.print(f"[bold]cvdmail[/bold]: one vulnerability report, from finding to audit. Everything is in {place}")
    try:
        with console.status("making keys and starting servers"):
            keys = await _make_keys(stage)
            web = await asyncio.to_thread(_make_web, stage)
        users = [LocalUser(MAILBOX, "lab-secret"), LocalUser(VENDOR, "vendor-secret")]
        names = ["vendor.example", "www.vendor.example", "cna.example"]
        async with EmbeddedServers(place / "servers", users, web_root=web, web_names=names) as servers:
            await _set_up(stage, keys, servers)
            await _report(stage, servers)
            await _correspond(stage, keys, servers)
        await _audit(stage, keys)
    finally:
        await _end_agents(stage)
    seconds = asyncio.get_running_loop().time() - began
    _goodbye(stage, keys, seconds)


def _place(folder: Path | None) -> Path:
    """Return a new folder: here if the path is short enough for gpg-agent's sockets, else in the temporary folder."""
    if folder is None:
        number = next(n for n in range(1, 10000) if not Path(f"demo-{n}").exists())
        folder = Path(f"demo-{number}").absolute()
        if len(str(folder)) > LONGEST_FOLDER:
            return Path(tempfile.mkdtemp(prefix="cvdmail-demo-"))
    folder = folder.absolute()
    if len(str(folder)) > LONGEST_FOLDER:
        raise Refused(str(folder), f"the path is longer than {LONGEST_FOLDER} characters", "choose a shorter one")
    if folder.exists() and any(folder.iterdir()):
        raise Refused(str(folder), "it is not empty", "choose a new folder")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


async def _make_keys(stage: Stage) -> Mapping[str, Fingerprint]:
    keys = {}
    for name, address in (("ada", ADA), ("ben", BEN), ("vendor", VENDOR)):
        stage.home(name).mkdir(mode=0o700, parents=True)
        keys[name] = await keyring.generate(stage.home(name), name.capitalize(), address, None, "1y")
    return keys


def _make_web(stage: Stage) -> Path:
    """Lay out the vendor's web site, with its security.txt, and the list of CNAs; the key is put there later."""
    web = stage.folder / "servers" / "web"
    well_known = web / "vendor.example" / ".well-known"
    well_known.mkdir(parents=True)
    expires = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (well_known / "security.txt").write_text(SECURITY_TXT.format(expires=expires))
    (web / "cna.example").mkdir()
    (web / "cna.example" / "list.json").write_text(json.dumps(CNA_LIST))
    return web


async def _set_up(stage: Stage, keys: Mapping[str, Fingerprint], servers: EmbeddedServers) -> None:
    await stage.tell(
        "1. Setting up",
        "A working folder: the mailbox key, an empty sealed store, a commented configuration.",
    )
    lab_name = "Lab Security Research"
    await stage.run(None, "init", "lab", "--mailbox", str(MAILBOX), "--name", lab_name, "--batch", show=False)
    public = await keyring.export_public(stage.home("vendor"), keys["vendor"])
    _write(stage.folder / "servers" / "web" / "vendor.example" / "pgp-key.asc", public)
    for name, address in (("ada", ADA), ("ben", BEN)):
        key = await keyring.export_public(stage.home(name), keys[name])
        _write(stage.lab / "keys" / "team" / f"{address}.asc", key)
    _configure(stage, keys, servers)
    await stage.tell(
        "", "Ada (researcher) and Ben (reviewer, auditor) join; the store is sealed to their keys as well."
    )
    await stage.run(None, "store", "rekey", "--yes")
    await stage.run(None, "doctor")


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _configure(stage: Stage, keys: Mapping[str, Fingerprint], servers: EmbeddedServers) -> None:
    """Edit the configuration as a person would: the servers, the people, the closed network of this play."""
    file = stage.lab / "config" / "cvdmail.toml"
    text = file.read_text()
    secret = stage.lab / "state" / "secrets" / "mail"
    secret.write_text("lab-secret\n")
    secret.chmod(0o600)
    server = f'host = "{servers.host}"\nca_file = "{servers.ca_file}"\nuser = "{MAILBOX}"\npassword_file = "{secret}"\n'
    fixed = ", ".join(
        f'"{name}" = "{servers.host}:{servers.web_port}"'
        for name in ("vendor.example", "www.vendor.example", "cna.example")
    )
    text = text.replace('cna_url = ""', 'cna_url = "https://cna.example/list.json"')
    text = text.replace("\n[store]", f'\n[imap]\nport = {servers.imap_port}\nfolders = ["INBOX"]\n{server}\n[store]')
    text = text.replace("\n[store]", f"\n[smtp]\nport = {servers.smtp_port}\n{server}\n[store]")
    text = text.replace(
        "\n[[people]]", f'\nfixed_hosts = {{ {fixed} }}\nca_file = "{servers.ca_file}"\n\n[[people]]', 1
    )
    text = text.replace('roles = ["researcher", "reviewer", "manager", "operator", "auditor"]', 'roles = ["operator"]')
    for name, address, roles in (("ada", ADA, ("researcher",)), ("ben", BEN, ("reviewer", "auditor"))):
        listed = ", ".join(f'"{role}"' for role in roles)
        text += f'\n[[people]]\nname = "{name.capitalize()}"\naddress = "{address}"\nroles = [{listed}]\n'
        text += f'fingerprint = "{keys[name]}"\n'
    file.write_text(text)


async def _report(stage: Stage, servers: EmbeddedServers) -> None:
    await stage.tell("2. A finding becomes a case", "Ada hands in her report with a proof of concept. Both are sealed.")
    desk = _memory_folder()
    try:
        _write(desk / "finding.md", FINDING.encode())
        _write(desk / "poc.py", POC)
        await stage.run("ada", "case", "new", str(desk / "finding.md"), "--attach", str(desk / "poc.py"))
    finally:
        shutil.rmtree(desk)
    await stage.tell("3. Whom to tell, and with which key?", "security.txt and the CNA list agree; the key is fetched.")
    await stage.run("ada", "contact", "refresh")
    found = ("contact", "find", "vendor.example", "--save", "--save-keys", "found-keys")
    await stage.run("ada", *found)
    await stage.tell("", "A person decides: Ada has compared the fingerprint on the phone, and pins the key.")
    key = next((stage.folder / "found-keys").glob("*.asc"))
    await stage.run("ada", "key", "pin", f"found-keys/{key.name}", "--contact", str(VENDOR), "--yes")
    await stage.tell("4. A second person reads it", "Ben sees exactly what will leave, and signs exactly that.")
    preview = await stage.run("ben", "draft", "preview", "1", show=False)
    for line in preview.split("\n")[:8]:
        stage.console.print(f"  {line}", markup=False, soft_wrap=True)
    await stage.run("ben", "draft", "approve", "1")
    await stage.run("ada", "send", case_name())


def _memory_folder() -> Path:
    """Make a folder for Ada's own files: a report is plain text, so they stay in memory."""
    memory = Path("/dev/shm")  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="ada-", dir=memory if memory.is_dir() else None))


def case_name() -> str:
    """The name of the demo's only case."""
    return f"CVD-{datetime.now(UTC).year}-0001"


async def _correspond(stage: Stage, keys: Mapping[str, Fingerprint], servers: EmbeddedServers) -> None:
    # A vendor in January means another month: the dates must lie ahead.
    month = "March" if datetime.now(UTC).month == 1 else "January"
    await stage.tell("5. The daemon delivers", "It alone uses the mailbox key: it signs, encrypts, submits over TLS.")
    stage.console.print("[green]daemon$[/green] [bold]cvdmail watch[/bold]")
    daemon = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cvdmail", "watch",
        env=stage.environment(None), cwd=stage.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        await _until(daemon, stage, "sent")
        report = await _vendor_reads(stage, keys, servers)
        await stage.tell("7. The vendor answers", "First its machine, which moves nothing; then a person, signed.")
        await servers.deliver(MAILBOX, _automatic_answer(report))
        await _until(daemon, stage, "filed")
        for number, text in enumerate(ANSWERS):
            answer = await _vendor_writes(stage, keys, report, text.format(month=month), number)
            await servers.deliver(MAILBOX, answer)
            await _until(daemon, stage, "filed")
    finally:
        if daemon.returncode is None:
            daemon.terminate()
            await daemon.wait()
    await stage.tell("8. What we know now", "Every fact with the vendor's own words, and the promise that slipped.")
    await stage.run("ada", "case", "timeline", case_name())


async def _until(daemon: asyncio.subprocess.Process, stage: Stage, word: str) -> None:
    """Show the daemon's lines until one ends with ``word``."""
    assert daemon.stdout is not None
    async with asyncio.timeout(30):
        while line := (await daemon.stdout.readline()).decode("utf-8", "replace").rstrip():
            stage.console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
            if line.endswith(word):
                return
    raise ServerUnavailable("demo", "the daemon ended early", "please report this")


async def _vendor_reads(stage: Stage, keys: Mapping[str, Fingerprint], servers: EmbeddedServers) -> Mail:
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


def _automatic_answer(report: Mail) -> bytes:
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


async def _vendor_writes(stage: Stage, keys: Mapping[str, Fingerprint], report: Mail, text: str, number: int) -> bytes:
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


async def _audit(stage: Stage, keys: Mapping[str, Fingerprint]) -> None:
    await stage.tell("9. An auditor checks it", "A signed archive, encrypted to Ben; an outsider needs no database.")
    name = f"{case_name()}.tar.pgp"
    await stage.run("ben", "export", case_name(), "-o", name)
    sealed = await asyncio.to_thread((stage.folder / name).read_bytes)
    _, archive = await Gpg(stage.home("ben")).decrypt(sealed)
    signer = ("verify", "-", "--signer", str(keys["ben"]))
    await stage.run("ben", *signer, stdin=archive)
    await stage.tell("", "Now one byte of one mail is changed:")
    at = archive.index(b"-----BEGIN PGP MESSAGE-----") + 200
    changed = archive[:at] + bytes([archive[at] ^ 1]) + archive[at + 1 :]
    await stage.run("ben", *signer, stdin=changed, status=1)
    await stage.run("ben", "ledger", "verify")


async def _end_agents(stage: Stage) -> None:
    for home in (*(stage.home(name) for name in ("ada", "ben", "vendor")), stage.lab / "state" / "gnupg"):
        process = await asyncio.create_subprocess_exec(
            "gpgconf", "--homedir", str(home), "--kill", "all", stderr=asyncio.subprocess.DEVNULL
        )
        await process.wait()


def _goodbye(stage: Stage, keys: Mapping[str, Fingerprint], seconds: float) -> None:
    ben = f"GNUPGHOME={stage.home('ben')} CVDMAIL_CONFIG={stage.lab}/config/cvdmail.toml"
    program = f"{sys.executable} -m cvdmail"
    name = case_name()
    stage.console.print()
    stage.console.rule("[bold]Done[/bold]", align="left")
    stage.console.print(f"That took {seconds:.0f} seconds. Everything is left in {stage.folder}; three things to try:")
    for line in (
        f"{ben} {program} case show {name}",
        f"{ben} {program} fact list {name}",
        f"gpg --homedir {stage.home('ben')} --decrypt {stage.folder}/{name}.tar.pgp"
        f" | {program} verify - --signer {keys['ben']}",
    ):
        stage.console.print(f"  {line}", markup=False, soft_wrap=True)
