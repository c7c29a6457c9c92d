"""``cvdmail init``: a working folder with configuration, keys, a private state folder and an empty, sealed store."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from cvdmail import wiring
from cvdmail.config import Config, load
from cvdmail.core.compose import check_line
from cvdmail.core.events import EventKind
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.ledger import MAIN, Event
from cvdmail.core.records import ScopeKind
from cvdmail.edge import disk, keyring
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.gpgprocess import checked_home
from cvdmail.edge.keyfiles import MAX_KEY_FILE, key_file_name
from cvdmail.edge.system import SystemClock
from cvdmail.errors import Refused, StoreUnavailable
from cvdmail.mailbox_key import mailbox_gpg
from cvdmail.store import schema
from cvdmail.store.engine import Engines
from cvdmail.store.scopes import create_store_key
from cvdmail.store.transaction import Store
from cvdmail.store.vault import Vault

_ENCRYPTED = ("report", "reply", "follow_up", "thanks", "extension", "heads_up", "handoff")
_CLEAR = ("first_contact", "policy_answer", "follow_up", "thanks", "extension", "heads_up")
_GERMAN = ("report", "follow_up", "thanks", "clear/first_contact")
SHIPPED = (
    "policy.toml",
    *(f"templates/{name}.txt" for name in _ENCRYPTED),
    *(f"templates/clear/{name}.txt" for name in _CLEAR),
    *(f"templates/de/{name}.txt" for name in _GERMAN),
)
_TEMPLATE_FOLDERS = tuple(f"config/templates{name}" for name in ("", "/clear", "/de", "/de/clear"))


@dataclass(frozen=True, slots=True)
class Founded:
    """What ``init`` made, and what must be backed up."""

    config: Path
    fingerprint: Fingerprint
    revocation: Path | None
    backup: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """The person the new configuration names."""

    name: str
    address: Address


async def found(root: Path, mailbox: Address, name: str, person: FirstPerson, adopt: bytes | None) -> Founded:
    """Lay out ``root``; raise with nothing left behind.

    A folder that holds a configuration, keys or a state folder is never touched: it may be somebody's only copy.
    """
    for folder in PARTS:
        if (root / folder).exists():
            raise Refused(str(root / folder), "it is there already", "choose another folder")
    existed = _first_existing(root)
    try:
        return await _lay_out(root, mailbox, name, person, adopt)
    except BaseException:
        await _end_agent(root / "state" / "gnupg")
        _remove(root, existed)
        raise


PARTS = ("config", "keys", "state")


def _first_existing(path: Path) -> Path:
    """Return the nearest folder above (or the path itself) that is there."""
    while not path.exists():
        path = path.parent
    return path


def _remove(root: Path, existed: Path) -> None:
    for folder in PARTS:
        shutil.rmtree(root / folder, ignore_errors=True)
    while root != existed and root.is_dir() and not any(root.iterdir()):
        root.rmdir()
        root = root.parent


async def _end_agent(home: Path) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            "gpgconf", "--homedir", str(home), "--kill", "all", stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return  # no GnuPG, no agent
    await process.wait()


async def _lay_out(root: Path, mailbox: Address, name: str, person: FirstPerson, adopt: bytes | None) -> Founded:
    config_file = root / "config" / "cvdmail.toml"
    for folder_name in ("", "config", *_TEMPLATE_FOLDERS, "keys/team", "keys/vendors"):
        folder = root / folder_name
        try:
            folder.mkdir(mode=0o755 if "keys" in folder.parts else 0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(str(root), f"the folder cannot be made ({error.strerror})", "choose another place") from None
    state = disk.private_folder(root / "state")
    disk.private_folder(state / "secrets")
    home = checked_home(disk.private_folder(state / "gnupg"))
    if adopt is not None:
        fingerprint = await keyring.import_secret(home, adopt, None)
        revocation = None
    else:
        fingerprint = await keyring.generate(home, name or mailbox.local, mailbox, None)
        revocation = state / "revocation.asc"
        disk.write_atomically(revocation, await keyring.revocation_certificate(home, fingerprint))
    public = await keyring.export_public(home, fingerprint)
    team = root / "keys" / "team"
    for address in {mailbox, person.address}:
        disk.write_atomically(team / key_file_name(address), public, 0o644)
    for shipped in SHIPPED:
        disk.write_atomically(root / "config" / shipped, disk.shipped(shipped), 0o600)
    text = _configuration(disk.shipped("cvdmail.toml").decode(), mailbox, name, person, fingerprint)
    disk.write_atomically(config_file, text.encode(), 0o600)
    await create_database(root)
    backup = [home, state / "cvdmail.db", root / "config", root / "keys"]
    return Founded(config_file, fingerprint, revocation, (*backup, *([revocation] if revocation else [])))


def _configuration(text: str, mailbox: Address, name: str, person: FirstPerson, fingerprint: Fingerprint) -> str:
    """Fill the shipped, commented configuration in."""
    for what, value in (("--name", name), ("--person-name", person.name)):
        check_line(what, value)

    def fill(key: str, value: str, within: str) -> str:
        return re.sub(rf'(?m)^{key} = "[^"]*"', lambda _: f"{key} = {quoted(value)}", within, count=1)

    text = fill("address", str(mailbox), text)
    text = fill("name", name, text)
    text = fill("mailbox_key", str(fingerprint), text)
    head = text.partition("# [[people]]")[0]
    roles = ", ".join(quoted(role) for role in ("researcher", "reviewer", "manager", "operator", "auditor"))
    return head + (
        f"[[people]]\nname = {quoted(person.name)}\naddress = {quoted(str(person.address))}\n"
        f"roles = [{roles}]\nfingerprint = {quoted(str(fingerprint))}\n"
    )


def quoted(text: str) -> str:
    """Write a TOML basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def create_database(root: Path) -> None:
    """Create the schema, the store key sealed to everybody who may read, the pen's key and the first event."""
    config = load(root / "config" / "cvdmail.toml")
    readers = await wiring.readers(config, wiring.key_files(config))
    store_key = os.urandom(32)
    gpg: Gpg = mailbox_gpg(config)
    message = await gpg.encrypt(store_key, readers.fingerprints, readers.rings)
    engines = Engines(config.store_url)
    if engines.sqlite:
        # Made private first: SQLite gives its log files the permissions of the database.
        disk.write_atomically(Path(config.store_url.partition(":///")[2]), b"")
    now = SystemClock().now()
    try:
        async with engines.rebuild() as connection:
            await schema.upgrade(connection)
            await create_store_key(connection, message, now)
        async with Store(engines, Vault(store_key)).write() as tx:
            await tx.scopes.create(ScopeKind.PEN, now)
            body = {"readers": [str(fingerprint) for fingerprint in readers.fingerprints]}
            await tx.ledger.append(Event(MAIN, EventKind.STORE_CREATED, now, "program", body))
    finally:
        await engines.close()


def read_adopted(path: Path) -> bytes:
    """Read the secret key file that a person wants to adopt."""
    return disk.read_file(path, MAX_KEY_FILE, "key file")


def missing_templates(config: Config) -> list[str]:
    """Return the letter templates of this version that are not beside the configuration."""
    return [name for name in SHIPPED if name.startswith("templates/") and not (config.file.parent / name).exists()]


def lay_out_templates(config: Config) -> list[str]:
    """Add the letter templates that are missing; those that are there stay as they are."""
    missing = missing_templates(config)
    for name in missing:
        place = config.file.parent / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.write_atomically(place, disk.shipped(name), 0o600)
    return missing


async def upgrade_database(config: Config) -> tuple[str | None, str]:
    """Run the missing schema steps in one transaction; return (version before, version after)."""
    wiring.check_database(config)
    engines = Engines(config.store_url)
    try:
        async with engines.read() as connection:
            if await schema.current(connection) is None:
                raise StoreUnavailable(
                    "database", "it holds no cvdmail store", "run 'cvdmail init', or check [store] url"
                )
        async with engines.rebuild() as connection:
            return await schema.upgrade(connection)
    finally:
        await engines.close()
