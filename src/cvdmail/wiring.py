"""Configuration to real objects: the only file that names every edge."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cvdmail.config import Config, Person, SecretSource, ServerConfig, Tls
from cvdmail.core import policy as policies
from cvdmail.core.candidates import Findings
from cvdmail.core.certificate import Certificate
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.policy import Policy
from cvdmail.edge import disk, keyring
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.keyfiles import KeyFiles
from cvdmail.edge.reader_worker import ReaderWorker
from cvdmail.edge.system import SystemClock, SystemEntropy
from cvdmail.errors import ConfigError, CryptoRefused, Refused, StoreUnavailable
from cvdmail.mailbox_key import mailbox_gpg, mailbox_worker
from cvdmail.ports import Mailboxes, OpenPgp, Postman, Reader
from cvdmail.store import schema
from cvdmail.store.engine import Engines
from cvdmail.store.scopes import read_store_key
from cvdmail.store.transaction import Store
from cvdmail.store.vault import Vault
from cvdmail.work.desk import Actor, Desk

if TYPE_CHECKING:
    from cvdmail.edge.smtp import SmtpPostman


def find_config(named: str | None) -> Path:
    """Return the configuration file: named, else ``$CVDMAIL_CONFIG``, else ``./config/``, else the XDG place."""
    if named:
        return Path(named).absolute()
    if os.environ.get("CVDMAIL_CONFIG"):
        return Path(os.environ["CVDMAIL_CONFIG"]).absolute()
    here = Path("config/cvdmail.toml").absolute()
    if here.exists():
        return here
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    there = Path(base) / "cvdmail" / "cvdmail.toml"
    return there if there.exists() else here


def read_policy(config: Config) -> Policy:
    """Read the policy beside the configuration."""
    try:
        raw = config.policy_file.read_bytes()
    except OSError as error:
        raise ConfigError(
            str(config.policy_file), (f"it cannot be read ({error.strerror}); restore it from 'cvdmail init'",)
        ) from None
    return policies.read(raw, str(config.policy_file))


def key_files(config: Config) -> KeyFiles:
    """Open the folder of public keys; a secret key in it stops everything."""
    files = KeyFiles(config.keys, disk.private_folder(config.state / "rings"))
    files.refuse_secret_keys()
    return files


def _text_secret(source: SecretSource, what: str) -> Callable[[], Awaitable[str]]:
    async def read() -> str:
        return (await disk.read_secret(source, what)).decode("utf-8", "replace")

    return read


async def identify(config: Config, as_address: str | None) -> Actor:
    """Find out who is at the prompt: the person whose secret key this user holds.

    Homes are looked at in this order: ``$GNUPGHOME``, the program's own, ``~/.gnupg``; the first that holds a
    person's key decides, unless ``as_address`` names one.
    """
    wanted = Address.parse(as_address) if as_address else None
    own = os.environ.get("GNUPGHOME")
    homes = [Path(own)] if own else []
    homes += [config.openpgp.home, Path.home() / ".gnupg"]
    for home in dict.fromkeys(homes):
        if not home.is_dir() or not os.access(home, os.R_OK | os.X_OK):
            continue
        held = {certificate.fingerprint for certificate in await keyring.secret_keys(home)}
        people = [one for one in config.people if one.fingerprint in held]
        if wanted is not None:
            people = [one for one in people if one.address == wanted]
        if len(people) > 1:
            names = ", ".join(str(one.address) for one in people)
            raise Refused("person", f"you hold the keys of several people ({names})", "choose one with --as ADDRESS")
        if people:
            return Actor(people[0], _person_gpg(config, people[0], home))
    who = f"of {wanted}" if wanted else "of anybody named under [[people]]"
    raise Refused("person", f"no secret key {who} was found", "set GNUPGHOME, or correct [[people]]")


def _person_gpg(config: Config, person: Person, home: Path) -> Gpg:
    if home == config.openpgp.home and person.fingerprint == config.openpgp.mailbox_key:
        return mailbox_gpg(config)
    return Gpg(home)


@asynccontextmanager
async def open_store(config: Config, openpgp: OpenPgp, busy_seconds: float = 20) -> AsyncIterator[Store]:
    """Open the database, check its schema, and unseal the store key once with the given secret key."""
    engines = Engines(config.store_url, busy_seconds)
    try:
        check_database(config)
        async with engines.read() as connection:
            await schema.check(connection)
            message = await read_store_key(connection)
        if message is None:
            raise StoreUnavailable("database", "it holds no store key", "run 'cvdmail init'")
        result, key = await openpgp.decrypt(message)
        if not result.ok or len(key) != 32:
            raise CryptoRefused(
                "store key", "your key does not open it", "ask the operator for 'cvdmail store rekey' with your key"
            )
        store = Store(engines, Vault(key, message))
        yield store
    finally:
        await engines.close()


def check_database(config: Config) -> None:
    """Raise unless the database file is there and private; a database on a server is not looked at."""
    prefix, _, path = config.store_url.partition(":///")
    if not prefix.startswith("sqlite"):
        return
    if not Path(path).exists():
        raise StoreUnavailable("database", "it does not exist", "run 'cvdmail init', or correct [store] url")
    disk.check_private(Path(path))


@asynccontextmanager
async def person_desk(config: Config, as_address: str | None) -> AsyncIterator[tuple[Desk, Actor]]:
    """A desk for the person at the prompt, working under that person's own key."""
    actor = await identify(config, as_address)
    policy = read_policy(config)
    keys = key_files(config)
    async with open_store(config, actor.openpgp) as store:
        yield Desk(config, policy, store, SystemClock(), SystemEntropy(), keys, actor.openpgp), actor


@asynccontextmanager
async def daemon_desk(config: Config, worker: bool = False) -> AsyncIterator[Desk]:
    """A desk for the daemon: the only one that uses the mailbox's secret key.

    With ``worker`` gpg is run, and words are read, by processes of their own: worth their start where there is much to
    do.
    """
    policy = read_policy(config)
    keys = key_files(config)
    async with AsyncExitStack() as stack:
        openpgp: OpenPgp = mailbox_gpg(config)
        reader: Reader | None = None
        if worker:
            remote, words = mailbox_worker(config), ReaderWorker()
            stack.push_async_callback(remote.close)
            stack.push_async_callback(words.close)
            openpgp, reader = remote, words
        store = await stack.enter_async_context(open_store(config, openpgp))
        yield Desk(config, policy, store, SystemClock(), SystemEntropy(), keys, openpgp, reader)


def postman(config: Config) -> Postman | None:
    """Return the SMTP edge, None when no server is configured."""
    return smtp_postman(config)


def smtp_postman(config: Config) -> SmtpPostman | None:
    """Return the SMTP edge with its own extra method, ``check``."""
    if config.smtp is None:
        return None
    from cvdmail.edge.smtp import SmtpPostman, SmtpSettings
    from cvdmail.edge.smtp import Tls as SmtpTls

    server = config.smtp
    return SmtpPostman(
        SmtpSettings(
            host=server.host,
            port=server.port,
            tls=SmtpTls.STARTTLS if server.tls is Tls.STARTTLS else SmtpTls.IMPLICIT,
            ca_file=_ca(server),
            user=server.user or None,
            secret=_text_secret(server.secret, "SMTP secret") if server.secret.given else None,
            token=server.secret.token,
            connections=server.connections,
        )
    )


def mailboxes(config: Config) -> Mailboxes | None:
    """Return the IMAP edge, None when no server is configured."""
    if config.imap is None:
        return None
    from cvdmail.edge.imap import ImapMailboxes, ImapSettings

    server = config.imap
    return ImapMailboxes(
        ImapSettings(
            host=server.host,
            port=server.port,
            ca_file=_ca(server),
            user=server.user,
            secret=_text_secret(server.secret, "IMAP secret"),
            token=server.secret.token,
        )
    )


def _ca(server: ServerConfig) -> str:
    return str(server.ca_file) if server.ca_file else ""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may open the store: the mailbox and every person, each with the keyring its key is in."""

    fingerprints: tuple[Fingerprint, ...]
    rings: tuple[Path, ...]


async def readers(config: Config, keys: KeyFiles) -> Readers:
    """Return everybody whose key opens the store key."""
    wanted = {config.openpgp.mailbox_key: config.mailbox.address}
    for person in config.people:
        if person.roles:
            wanted.setdefault(person.fingerprint, person.address)
    found = [await keys.team(address, fingerprint) for fingerprint, address in wanted.items()]
    return Readers(tuple(wanted), tuple(key.ring for key in found))


@asynccontextmanager
async def finder(desk: Desk, offline: bool) -> AsyncIterator[Callable[[str], Awaitable[Findings]]]:
    """Yield a search for contacts: a guarded fetcher (none when ``offline``), CNA list, address book."""
    from cvdmail.core import cna
    from cvdmail.edge.web import Fetcher
    from cvdmail.work import discover
    from cvdmail.work.contacts import address_book, key_facts

    config = desk.config
    stored = cna_file(config)
    known = cna.read(await asyncio.to_thread(stored.read_bytes)) if stored.exists() else None

    async with AsyncExitStack() as stack:
        fetcher = None
        if not offline:
            ca_file = str(config.discovery.ca_file) if config.discovery.ca_file else ""
            contact = str(config.mailbox.address)
            fetcher = await stack.enter_async_context(
                Fetcher(desk.clock, contact=contact, fixed_hosts=config.discovery.fixed_hosts, ca_file=ca_file)
            )

        async def search(target: str) -> Findings:
            return await discover.find(
                target,
                fetcher=fetcher,
                cna=known,
                address_book=await address_book(desk, target),
                now=desk.clock.now(),
                inspect_key=lambda body: key_facts(desk, body),
            )

        yield search


def cna_file(config: Config) -> Path:
    """Return where the fetched list of CNAs is kept."""
    return config.state / "cna.json"


async def refresh_cna(config: Config, raw: bytes | None) -> int:
    """Take the CNA list from ``raw``, or fetch it; refuse one that shrank; return the number of entries."""
    from cvdmail.core import cna
    from cvdmail.edge.web import Fetcher
    from cvdmail.work import discover

    if raw is None:
        if not config.discovery.cna_url:
            raise Refused("contact refresh", "[discovery] cna_url is empty", "set it, or give --cna FILE")
        ca_file = str(config.discovery.ca_file) if config.discovery.ca_file else ""
        async with Fetcher(
            SystemClock(),
            contact=str(config.mailbox.address),
            fixed_hosts=config.discovery.fixed_hosts,
            ca_file=ca_file,
        ) as fetcher:
            raw = await discover.fetch_cna(fetcher, config.discovery.cna_url)
    new = cna.read(raw)
    place = cna_file(config)
    if place.exists():
        cna.refuse_shrunk(cna.read(await asyncio.to_thread(place.read_bytes)), new)
    await asyncio.to_thread(disk.write_atomically, place, raw)
    return len(new.entries)


async def inspect_keys(armored: bytes) -> tuple[Certificate, ...]:
    """Read certificates without keeping them."""
    return await keyring.inspect(armored)
