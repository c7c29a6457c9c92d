"""The configuration: read once, checked whole, never changed, and handed to who needs it.

Every problem is found and reported at once, with file, key and remedy.  Secrets stand in it only by reference (a file,
a command, a systemd credential); their values are read where they are used and never kept here.  Relative paths mean
the working folder: the folder above ``config/``, or the one that holds the file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cvdmail.core.compose import check_line
from cvdmail.core.ids import Address, Fingerprint, parse_domain
from cvdmail.errors import ConfigError, Refused

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")


class Tls(Enum):
    """How a connection becomes encrypted; there is no way without."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"


class PersonRole(Enum):
    """What a person may do."""

    RESEARCHER = "researcher"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    OPERATOR = "operator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where a secret is read from: exactly one of the three, or none at all."""

    file: Path | None = None
    command: str = ""
    credential: str = ""
    token: bool = False

    @property
    def given(self) -> bool:
        """Whether there is a source."""
        return self.file is not None or bool(self.command) or bool(self.credential)


@dataclass(frozen=True, slots=True)
class MailboxConfig:
    """The one outbound-disclosures mailbox; ``policy_url`` is where vendors can read by which rules we report."""

    address: Address
    name: str
    authserv_id: str
    authserv_hops: int
    copy_to_self: bool
    policy_url: str = ""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """An IMAP or SMTP server; ``connections`` is how many are open at a time (SMTP only)."""

    host: str
    port: int
    tls: Tls
    ca_file: Path | None
    user: str
    secret: SecretSource
    connections: int


@dataclass(frozen=True, slots=True)
class ImapConfig(ServerConfig):
    """The server that replies arrive at; ``folders`` are watched, ``sent`` gets the copies."""

    folders: tuple[str, ...]
    sent: str


@dataclass(frozen=True, slots=True)
class OpenPgpConfig:
    """The GnuPG home with the mailbox key."""

    home: Path
    mailbox_key: Fingerprint
    passphrase: SecretSource


@dataclass(frozen=True, slots=True)
class DiscoveryConfig:
    """Where contacts are looked up; ``fixed_hosts`` maps a name to (address, port)."""

    cna_url: str
    fixed_hosts: Mapping[str, tuple[str, int]]
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class Person:
    """One of us; without a role, somebody who has left: signatures of then can be checked, nothing can be read."""

    name: str
    address: Address
    roles: frozenset[PersonRole]
    fingerprint: Fingerprint

    def may(self, role: PersonRole) -> bool:
        """Whether the person has a role."""
        return role in self.roles


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that was configured."""

    file: Path
    root: Path
    mailbox: MailboxConfig
    imap: ImapConfig | None
    smtp: ServerConfig | None
    openpgp: OpenPgpConfig
    store_url: str
    discovery: DiscoveryConfig
    people: tuple[Person, ...]

    @property
    def policy_file(self) -> Path:
        """The disclosure policy, beside the configuration."""
        return self.file.parent / "policy.toml"

    @property
    def templates(self) -> Path:
        """The letter templates, beside the configuration."""
        return self.file.parent / "templates"

    @property
    def keys(self) -> Path:
        """The folder of public keys."""
        return self.root / "keys"

    @property
    def state(self) -> Path:
        """The private folder of everything the program keeps."""
        return self.root / "state"

    def reviewers(self) -> frozenset[Fingerprint]:
        """The keys of the people who may review."""
        return frozenset(person.fingerprint for person in self.people if person.may(PersonRole.REVIEWER))

    def person_of(self, fingerprint: Fingerprint) -> Person | None:
        """The person with a key, or None."""
        return next((person for person in self.people if person.fingerprint == fingerprint), None)


def load(file: Path) -> Config:
    """Read ``cvdmail.toml``; raise ``ConfigError`` with every problem found."""
    try:
        data = tomllib.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ConfigError(str(file), ("there is no such file; run 'cvdmail init DIR --mailbox ADDRESS'",)) from None
    except OSError as error:
        raise ConfigError(str(file), (f"it cannot be read ({error.strerror}); check its permissions",)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(file), (f"it is not TOML ({error}); correct the line",)) from None
    reader = _Reader(file, data)
    config = reader.config()
    if reader.problems or config is None:
        raise ConfigError(str(file), tuple(reader.problems))
    return config


_HTTPS = re.compile(r"(?:https://[a-z0-9.-]+(?::[0-9]+)?(?:/[\x21-\x7e]*)?)?\Z")
_SERVER = frozenset({"host", "port", "tls", "ca_file", "user", "token_command"})
_SERVER |= {"password_file", "password_command", "password_credential"}
_TABLES: dict[str, frozenset[str]] = {
    "mailbox": frozenset({"address", "name", "authserv_id", "authserv_hops", "copy_to_self", "policy_url"}),
    "imap": _SERVER | {"folders", "sent"},
    "smtp": _SERVER | {"connections"},
    "openpgp": frozenset({"home", "mailbox_key", "passphrase_file", "passphrase_command", "passphrase_credential"}),
    "store": frozenset({"url"}),
    "discovery": frozenset({"cna_url", "fixed_hosts", "ca_file"}),
    "people": frozenset({"name", "address", "roles", "fingerprint"}),
}


def _port(text: str) -> int:
    if not 0 < int(text) < 65536:
        raise ValueError
    return int(text)


class _Reader:
    """Reads value by value and collects what is wrong instead of stopping at the first."""

    def __init__(self, file: Path, data: dict[str, Any]) -> None:
        file = file.absolute()
        self.file = file
        self.root = file.parent.parent if file.parent.name == "config" else file.parent
        self.data = data
        self.problems: list[str] = []
        for name, table in data.items():
            rows = table if name == "people" and isinstance(table, list) else [table]
            if name not in _TABLES or not all(isinstance(row, dict) for row in rows):
                self.problems.append(f"[{name}] is not known; remove it")
                continue
            self.problems += [
                f"{name}.{key} is not known; remove it or correct its spelling"
                for row in rows
                for key in row
                if key not in _TABLES[name]
            ]

    def config(self) -> Config | None:
        mailbox = self._mailbox()
        openpgp = self._openpgp()
        smtp = self._server("smtp", 465) if "smtp" in self.data else None
        imap = self._imap() if "imap" in self.data else None
        store_url = self._store_url()
        discovery = self._discovery()
        people = self._people()
        if mailbox is None or openpgp is None or discovery is None:
            return None
        return Config(self.file, self.root, mailbox, imap, smtp, openpgp, store_url, discovery, people)

    def _table(self, name: str) -> dict[str, Any]:
        table = self.data.get(name, {})
        return table if isinstance(table, dict) else {}

    def _get(self, table: str, key: str, kind: type, default: Any, row: Mapping[str, Any] | None = None) -> Any:
        value = (self._table(table) if row is None else row).get(key, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.problems.append(f"{table}.{key} must be of type {kind.__name__}; correct it")
            return default
        return value

    def _text(self, table: str, key: str, default: str = "", row: Mapping[str, Any] | None = None) -> str:
        value: str = self._get(table, key, str, default, row)
        try:
            return check_line(f"{table}.{key}", value)
        except Refused as problem:
            self.problems.append(f"{table}.{key}: {problem.why}; {problem.remedy}")
            return default

    def _parsed(self, table: str, key: str, parse: Any, row: Mapping[str, Any] | None = None) -> Any:
        known, text = len(self.problems), self._text(table, key, row=row)
        if not text:
            self.problems += [f"{table}.{key} is missing; add it"] if len(self.problems) == known else []
            return None
        try:
            return parse(text)
        except Refused as problem:
            self.problems.append(f"{table}.{key}: {problem.why}; {problem.remedy}")
            return None

    def _path(self, table: str, key: str) -> Path | None:
        text = self._text(table, key)
        if not text:
            return None
        try:
            return self.root / Path(text).expanduser()
        except RuntimeError:
            self.problems.append(f"{table}.{key} names a home folder that does not exist; write the path out")
            return None

    def _mailbox(self) -> MailboxConfig | None:
        address = self._parsed("mailbox", "address", Address.parse)
        if address is not None and len(address.local) > 64 - 17:
            self.problems.append("mailbox.address: its local part leaves no room for a reply token; use a shorter one")
        if len((name := self._text("mailbox", "name")).encode()) > 100:
            self.problems.append("mailbox.name is longer than 100 bytes; shorten it")
        authserv_id = self._text("mailbox", "authserv_id")
        if not 0 <= (hops := self._get("mailbox", "authserv_hops", int, 1)) <= 20:
            self.problems.append("mailbox.authserv_hops must be between 0 and 20; correct it")
        copy_to_self = self._get("mailbox", "copy_to_self", bool, True)
        if not _HTTPS.match(policy_url := self._text("mailbox", "policy_url")):
            self.problems.append("mailbox.policy_url is not an https:// address; correct it")
        return None if address is None else MailboxConfig(address, name, authserv_id, hops, copy_to_self, policy_url)

    def _secret(self, table: str, word: str) -> SecretSource:
        token = self._text(table, "token_command")
        source = SecretSource(
            file=self._path(table, f"{word}_file"),
            command=self._text(table, f"{word}_command") or token,
            credential=self._text(table, f"{word}_credential"),
            token=bool(token),
        )
        keys = [f"{word}_file", f"{word}_command", f"{word}_credential", "token_command"]
        if sum(bool(self._table(table).get(key)) for key in keys) > 1:
            self.problems.append(f"{table}: more than one of {', '.join(keys)} is set; keep one")
        return source

    def _server(self, table: str, default_port: int) -> ServerConfig | None:
        host = self._text(table, "host")
        if not _HOST.match(host):
            self.problems.append(f"{table}.host is not a host name; write the name in the server's certificate")
        port = self._get(table, "port", int, default_port)
        if not 0 < port < 65536:
            self.problems.append(f"{table}.port is not a port number; use {default_port}")
        allowed = [Tls.IMPLICIT, Tls.STARTTLS] if table == "smtp" else [Tls.IMPLICIT]
        tls = self._text(table, "tls", "implicit")
        if tls not in [choice.value for choice in allowed]:
            words = " or ".join(f'"{choice.value}"' for choice in allowed)
            self.problems.append(f"{table}.tls must be {words}: mail is never carried in clear")
            return None
        connections = self._get(table, "connections", int, 2) if table == "smtp" else 1
        if not 1 <= connections <= 8:
            self.problems.append(f"{table}.connections must be between 1 and 8; use 2")
        ca_file, user = self._path(table, "ca_file"), self._text(table, "user")
        return ServerConfig(host, port, Tls(tls), ca_file, user, self._secret(table, "password"), connections)

    def _imap(self) -> ImapConfig | None:
        server = self._server("imap", 993)
        folders = self._get("imap", "folders", list, ["INBOX"])
        if not folders or not all(isinstance(name, str) and name.isprintable() and name for name in folders):
            self.problems.append("imap.folders must be a list of folder names; write at least INBOX")
        sent = self._text("imap", "sent", "Sent")
        if server is None:
            return None
        return ImapConfig(
            *(server.host, server.port, server.tls, server.ca_file, server.user, server.secret, server.connections),
            tuple(folders),
            sent,
        )

    def _openpgp(self) -> OpenPgpConfig | None:
        home = self._path("openpgp", "home") or self.root / "state" / "gnupg"
        key = self._parsed("openpgp", "mailbox_key", Fingerprint.parse)
        passphrase = self._secret("openpgp", "passphrase")
        return None if key is None else OpenPgpConfig(home, key, passphrase)

    def _store_url(self) -> str:
        url = self._text("store", "url", "sqlite+aiosqlite:///state/cvdmail.db")
        prefix = "sqlite+aiosqlite:///"
        if url.startswith(prefix):
            return prefix + str((self.root / url.removeprefix(prefix)).absolute())
        if "@" in url.partition("://")[2] and ":" in url.partition("://")[2].rpartition("@")[0]:
            self.problems.append("store.url holds a password: use a .pgpass file, or peer authentication")
            return prefix
        try:
            odd = urlsplit(url).port == 0
        except ValueError:
            odd = True
        if odd:
            self.problems.append("store.url is no database address; write postgresql+asyncpg://host:port/name")
            return prefix
        if not url.startswith("postgresql+asyncpg://"):
            self.problems.append(f"store.url must begin with {prefix} or postgresql+asyncpg://; correct it")
        return url

    def _discovery(self) -> DiscoveryConfig | None:
        cna_url = self._text("discovery", "cna_url")
        if cna_url and not cna_url.startswith("https://"):
            self.problems.append("discovery.cna_url must begin with https://; correct it")
        hosts: dict[str, tuple[str, int]] = {}
        for name, value in self._get("discovery", "fixed_hosts", dict, {}).items():
            address, _, port = str(value).rpartition(":")
            try:
                ip_address(address.strip("[]"))
                hosts[parse_domain(name)] = (address.strip("[]"), _port(port))
            except (Refused, ValueError):
                self.problems.append('discovery.fixed_hosts: an entry is not name = "address:port"; correct it')
        return DiscoveryConfig(cna_url, hosts, self._path("discovery", "ca_file"))

    def _people(self) -> tuple[Person, ...]:
        people: list[Person] = []
        rows = self.data.get("people", [])
        for row in rows if isinstance(rows, list) else []:
            if not isinstance(row, dict):
                continue
            address = self._parsed("people", "address", Address.parse, row)
            fingerprint = self._parsed("people", "fingerprint", Fingerprint.parse, row)
            roles = self._get("people", "roles", list, [], row)
            known = {role.value: role for role in PersonRole}
            if any(not isinstance(role, str) or role not in known for role in roles):
                self.problems.append(f"people.roles must be a list of {', '.join(known)}, or empty; correct it")
                continue
            if address is not None and fingerprint is not None:
                name = self._text("people", "name", row=row)
                people.append(Person(name, address, frozenset(known[role] for role in roles), fingerprint))
        for what, values in (
            ("address", [p.address.key for p in people]),
            ("fingerprint", [p.fingerprint.text for p in people]),
        ):
            if len(values) != len(set(values)):
                self.problems.append(f"people: two people have the same {what}; one entry a person")
        if not people and not self.problems:
            self.problems.append("people: nobody is named; add a [[people]] entry")
        return tuple(people)
