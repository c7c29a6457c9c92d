"""``cvdmail doctor``: look at everything that can be wrong before it goes wrong."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cvdmail import wiring
from cvdmail.config import Config, PersonRole
from cvdmail.core import guard
from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.edge import disk, keyring
from cvdmail.errors import CvdmailError, ServerRefused
from cvdmail.mailbox_key import mailbox_gpg
from cvdmail.setup import missing_templates
from cvdmail.work.health import status

OWN_COPIES = 5
"""How many of the mails sent last are opened again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: ``ok``, ``warning`` or ``problem``, what was found, and how to mend it."""

    check: str
    level: str
    what: str
    remedy: str = ""


async def examine(config: Config, as_address: str | None, offline: bool) -> list[Finding]:
    """Run every check; one that fails does not stop the next."""
    checks: list[tuple[str, Callable[[], Awaitable[list[Finding]]]]] = [
        ("permissions", lambda: _permissions(config)),
        ("public keys", lambda: _public_keys(config)),
        ("mailbox key", lambda: _mailbox_key(config)),
        ("people", lambda: _people(config)),
        ("discovery", lambda: _discovery(config)),
        ("database", lambda: _database(config, as_address)),
        ("templates", lambda: _templates(config)),
        ("clock", lambda: _clock()),
    ]
    if not offline:
        checks += [("imap", lambda: _imap(config)), ("smtp", lambda: _smtp(config, as_address))]
    findings: list[Finding] = []
    for name, look in checks:
        try:
            findings += await look()
        except CvdmailError as problem:
            findings.append(Finding(name, "problem", f"{problem.what}: {problem.why}", problem.remedy))
    return findings


async def _permissions(config: Config) -> list[Finding]:
    for place in (config.state, config.openpgp.home):
        disk.check_private(place)
    for server in (config.imap, config.smtp):
        if server is not None and server.secret.file is not None:
            disk.check_private(server.secret.file)
    return [Finding("permissions", "ok", "state folder, keys and secrets are private")]


async def _public_keys(config: Config) -> list[Finding]:
    wiring.key_files(config)
    count = sum(1 for _ in config.keys.rglob("*.asc"))
    return [Finding("public keys", "ok", f"{count} files under keys/, none holds a secret key")]


async def _mailbox_key(config: Config) -> list[Finding]:
    gpg = mailbox_gpg(config)
    version = await gpg.version()
    held = {one.fingerprint: one for one in await keyring.secret_keys(config.openpgp.home)}
    own = held.get(config.openpgp.mailbox_key)
    if own is None:
        return [Finding("mailbox key", "problem", "its secret key is not in [openpgp] home", "restore the backup")]
    usable = usable_for_encryption(own, datetime.now(UTC))
    if not usable.usable:
        return [Finding("mailbox key", "problem", usable.reason, "renew it: gpg --quick-set-expire")]
    await gpg.sign_detached(b"cvdmail doctor", config.openpgp.mailbox_key)
    warnings = [Finding("mailbox key", "warning", text, "renew it in time") for text in usable.warnings]
    return [Finding("mailbox key", "ok", f"signs and decrypts, GnuPG {version}"), *warnings]


async def _people(config: Config) -> list[Finding]:
    files = wiring.key_files(config)
    for person in config.people:
        await files.team(person.address, person.fingerprint)
    await files.team(config.mailbox.address, config.openpgp.mailbox_key)
    findings = [Finding("people", "ok", f"{len(config.people)} people, each with a key under keys/team/")]
    if sum(one.may(PersonRole.REVIEWER) for one in config.people) < 2:
        what = "only one person may review: reports are not read by a second pair of eyes"
        findings.append(Finding("people", "warning", what, "add a second reviewer, then 'cvdmail store rekey'"))
    return findings


async def _discovery(config: Config) -> list[Finding]:
    findings = []
    if config.discovery.fixed_hosts:
        what = f"fixed_hosts sends {len(config.discovery.fixed_hosts)} names to fixed addresses"
        findings.append(Finding("discovery", "warning", what, "for closed networks and tests only: empty it"))
    stored = wiring.cna_file(config)
    age = (time.time() - stored.stat().st_mtime) / 86400 if stored.exists() else None
    if age is None:
        findings.append(Finding("discovery", "warning", "there is no CNA list", "cvdmail contact refresh"))
    elif age > 30:
        findings.append(
            Finding("discovery", "warning", f"the CNA list is {age:.0f} days old", "cvdmail contact refresh")
        )
    else:
        findings.append(Finding("discovery", "ok", f"the CNA list is {age:.0f} days old"))
    return findings


async def _database(config: Config, as_address: str | None) -> list[Finding]:
    async with wiring.person_desk(config, as_address) as (desk, actor):
        found = await status(desk)
    findings = [Finding("database", "ok", f"opens with the key of {actor.person.address}")]
    findings += [Finding("daemon", "warning", problem, "see 'cvdmail status'") for problem in found["problems"]]
    return findings + await _own_copies(config, as_address)


async def _templates(config: Config) -> list[Finding]:
    missing = missing_templates(config)
    if missing:
        what = f"{len(missing)} letter templates are missing, {missing[0]} among them"
        return [Finding("templates", "warning", what, "cvdmail store upgrade")]
    return [Finding("templates", "ok", "every letter has its template")]


async def _own_copies(config: Config, as_address: str | None) -> list[Finding]:
    """Open the last few mails that were sent with the mailbox key: a copy that nobody can read is no copy."""
    async with wiring.person_desk(config, as_address) as (desk, _), desk.store.read() as tx:
        sent = [one for one in await tx.sent.latest(OWN_COPIES) if one.encrypted]
        raws = await tx.inbox.raws([one.row for one in sent])
    gpg, unreadable = mailbox_gpg(config), 0
    for raw in raws.values():
        result, text = await gpg.decrypt(guard.ciphertext_of(raw))
        by_us = [(one.state, one.fingerprint) for one in result.signatures]
        good = result.ok and bool(text) and by_us == [(SignatureState.GOOD, str(config.openpgp.mailbox_key))]
        unreadable += not good
    if unreadable:
        what = f"{unreadable} of the last {len(raws)} mails sent do not open with our own key"
        return [Finding("own copies", "problem", what, "restore the mailbox key that they were encrypted to")]
    return [Finding("own copies", "ok", f"the last {len(raws)} mails sent open with our own key")]


async def _clock() -> list[Finding]:
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)  # noqa: ASYNC240
    if now.year < 2026 or now < built:
        return [Finding("clock", "problem", f"it says {now:%Y-%m-%d}", "set it: dates in mails depend on it")]
    return [Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")]


async def _imap(config: Config) -> list[Finding]:
    opened = wiring.mailboxes(config)
    if opened is None or config.imap is None:
        return [Finding("imap", "warning", "not configured: nothing is received", "fill in [imap]")]
    mailbox = await opened.connect()
    try:
        findings = [Finding("imap", "ok", "TLS and log-in are good")]
        for number, folder in enumerate(config.imap.folders, start=1):
            try:
                state = await mailbox.select(folder)
                findings.append(Finding("imap", "ok", f"folder {number} of [imap] folders: {state.exists} mails"))
            except ServerRefused as problem:
                findings.append(Finding("imap", "problem", problem.why, problem.remedy))
                return findings
        return findings
    finally:
        await mailbox.close()


async def _smtp(config: Config, as_address: str | None) -> list[Finding]:
    postman = wiring.smtp_postman(config)
    if postman is None:
        return [Finding("smtp", "warning", "not configured: nothing is sent", "fill in [smtp]")]
    try:
        await postman.check(config.mailbox.address.domain)
    finally:
        await postman.close()
    async with wiring.person_desk(config, as_address) as (desk, _), desk.store.write() as tx:
        pause = await tx.attempts.pause(desk.submission_host)
        if pause is not None and pause.stopped is not None:
            await tx.attempts.set_pause(desk.submission_host, None, desk.clock.now())
            return [Finding("smtp", "ok", "TLS and log-in are good again: sending goes on")]
    return [Finding("smtp", "ok", "TLS and log-in are good")]
