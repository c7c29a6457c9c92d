"""``cvdmail demo``: the whole job in a minute, with throw-away keys and servers on loopback.

Everything a person does here goes through the very commands a user types, each in a process of its own; the servers are
the embedded ones; the daemon is the real ``watch``.  Only the vendor is played, with a key and a mailbox of its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from cvdmail.core.ids import Fingerprint
from cvdmail.demo.stage import ADA, BEN, CANARY, MAILBOX, VENDOR, Stage, case_name, memory_folder, new_folder, until
from cvdmail.demo.vendor import ANSWERS, automatic_answer, make_web, read_report, write_answer
from cvdmail.edge import keyring
from cvdmail.edge.gpg import Gpg
from cvdmail.embedded import EmbeddedServers, LocalUser

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


async def play(folder: Path | None, fast: bool) -> None:
    """Play the whole story; raise ``Refused`` if any step does not do what it should."""
    place = new_folder(folder)
    console = Console(highlight=False, no_color=bool(os.environ.get("NO_COLOR")) or None)
    stage = Stage(place, console, 0.0 if fast or not console.is_terminal else 0.6)
    began = asyncio.get_running_loop().time()
    console.print(f"[bold]cvdmail[/bold]: one vulnerability report, from finding to audit. Everything is in {place}")
    try:
        with console.status("making keys and starting servers"):
            keys = await _make_keys(stage)
            web = await asyncio.to_thread(make_web, stage)
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


async def _make_keys(stage: Stage) -> Mapping[str, Fingerprint]:
    keys = {}
    for name, address in (("ada", ADA), ("ben", BEN), ("vendor", VENDOR)):
        stage.home(name).mkdir(mode=0o700, parents=True)
        keys[name] = await keyring.generate(stage.home(name), name.capitalize(), address, None, "1y")
    return keys


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
    desk = memory_folder()
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
        await until(daemon, stage, "sent")
        report = await read_report(stage, keys, servers)
        await stage.tell("7. The vendor answers", "First its machine, which moves nothing; then a person, signed.")
        await servers.deliver(MAILBOX, automatic_answer(report))
        await until(daemon, stage, "filed")
        for number, text in enumerate(ANSWERS):
            answer = await write_answer(stage, keys, report, text.format(month=month), number)
            await servers.deliver(MAILBOX, answer)
            await until(daemon, stage, "filed")
    finally:
        if daemon.returncode is None:
            daemon.terminate()
            await daemon.wait()
    await stage.tell("8. What we know now", "Every fact with the vendor's own words, and the promise that slipped.")
    await stage.run("ada", "case", "timeline", case_name())


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
