"""A laboratory: a working folder made by ``cvdmail init``, its people with keys of their own, and their commands.

Every command is the real one, in a process of its own, under the GnuPG home of whoever types it.  What the commands
said on standard error is kept, because it must not tell too much.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gpghome import GpgHome
from servers.certificates import short_folder
from whole.town import MAILBOX, PASSWORDS, Endpoint

TIMEOUT = 120
ROLES = {"ada": ("researcher",), "ben": ("reviewer", "auditor")}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    words: tuple[str, ...]
    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        """What it printed."""
        return self.out.decode()

    def json(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """Its JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Runner(Protocol):
    """Another way to run commands than a process of their own."""

    def __call__(self, lab: Lab, person: str | None, words: tuple[str, ...]) -> Ran:
        """Run one command to its end."""


class Lab:
    """One working folder and its people; ``ada`` researches, ``ben`` reviews and audits, nobody is the daemon."""

    def __init__(self, folder: Path, runner: Runner | None = None) -> None:
        self.folder = folder
        self._runner = runner
        self.root = folder / "lab"
        self.home = self.root / "state" / "gnupg"
        self.ran: list[Ran] = []

    def person(self, name: str) -> GpgHome:
        """The keys of somebody."""
        return GpgHome(self.folder / name)

    def environment(self, name: str | None) -> dict[str, str]:
        """The environment of somebody's shell."""
        kept = {key: value for key, value in os.environ.items() if key != "GNUPGHOME"}
        kept["CVDMAIL_CONFIG"] = str(self.root / "config" / "cvdmail.toml")
        return kept if name is None else {**kept, "GNUPGHOME": str(self.person(name).path)}

    def run(self, person: str | None, *words: str, status: int | Collection[int] = 0, stdin: bytes = b"") -> Ran:
        """Type a command, talkative as it can be; insist on its exit status."""
        if self._runner is not None and not stdin:
            ran = self._runner(self, person, ("-v", *words))
        else:
            done = subprocess.run(
                [sys.executable, "-m", "cvdmail", "-v", *words], input=stdin, env=self.environment(person),
                cwd=self.folder, capture_output=True, timeout=TIMEOUT, check=False,
            )  # fmt: skip
            ran = Ran(words, done.returncode, done.stdout, done.stderr)
        self.ran.append(ran)
        allowed = {status} if isinstance(status, int) else set(status)
        assert ran.status in allowed, f"{words} ended with {ran.status}: {ran.err.decode()}{ran.text}"
        return ran

    def watch(self, status: int | Collection[int] = (0, 3)) -> dict[str, Any]:
        """One pass of the daemon."""
        found = self.run(None, "watch", "--once", "--json", status=status).json()
        assert isinstance(found, dict)
        return found

    def show(self, case: str) -> dict[str, Any]:
        """Everything about a case."""
        found = self.run("ben", "case", "show", case, "--json").json()
        assert isinstance(found, dict)
        return found

    def configure(self, smtp: Endpoint, imap: Endpoint) -> None:
        """Write where the servers are, as a person would with an editor; later calls correct it."""
        file = self.root / "config" / "cvdmail.toml"
        secret = self.root / "state" / "secrets" / "mail"
        secret.write_text(PASSWORDS[MAILBOX] + "\n")
        secret.chmod(0o600)
        text = re.sub(r"(?ms)^\[(?:imap|smtp)\]\n.*?(?=^\[|^# \[)", "", file.read_text())
        for name, server in (("imap", imap), ("smtp", smtp)):
            section = f'[{name}]\nhost = "{server.host}"\nport = {server.port}\nca_file = "{server.ca_file}"\n'
            section += f'user = "{MAILBOX}"\npassword_file = "state/secrets/mail"\n'
            section += 'folders = ["INBOX"]\n' if name == "imap" else ""
            text = text.replace("\n[store]", f"\n{section}\n[store]")
        file.write_text(text)

    def copy(self, folder: Path, runner: Runner | None = None) -> Lab:
        """Return a second laboratory in the same state: people, keys, store; agents are not copied."""
        for name in ("lab", *ROLES):
            shutil.copytree(self.folder / name, folder / name, ignore=shutil.ignore_patterns("S.*"), symlinks=True)
        return Lab(folder, runner)

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.root / "state" / "cvdmail.db"

    def sql(self, statement: str) -> int:
        """Change the store behind the program's back; return how many rows."""
        with sqlite3.connect(self.database) as connection:
            count = connection.execute(statement).rowcount
        connection.close()
        return count

    def time_passes(self) -> None:
        """Let a dead daemon's lease and the pause before the next attempt be over, without waiting for them."""
        self.sql("UPDATE lease SET expires_at = '2020-01-01T00:00:00.000000Z'")
        self.sql("UPDATE outbox SET next_attempt_at = queued_at WHERE state IN ('queued', 'deferred')")

    def homes(self) -> list[Path]:
        """Every GnuPG home an agent may run for."""
        return [self.home, *(self.folder / name for name in ROLES)]

    def start_agents(self) -> None:
        """Start the agents now, so that they are nobody's children later."""
        for home in self.homes():
            subprocess.run(["gpgconf", "--homedir", home, "--launch", "gpg-agent"], check=True, capture_output=True)

    def end_agents(self) -> None:
        """End every agent."""
        for home in self.homes():
            if home.exists():
                subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)


@contextmanager
def empty_lab() -> Iterator[Lab]:
    """Lend a laboratory that is nothing but a folder; agents are ended and everything is gone afterwards."""
    with short_folder() as folder:
        lab = Lab(folder)
        try:
            yield lab
        finally:
            lab.end_agents()


@contextmanager
def laboratory(smtp: Endpoint, imap: Endpoint) -> Iterator[Lab]:
    """Lend a laboratory with two people, ready to open a case."""
    with empty_lab() as lab:
        lab.run(None, "init", "lab", "--mailbox", MAILBOX, "--name", "Lab Security Research", "--batch")
        file = lab.root / "config" / "cvdmail.toml"
        text = file.read_text()
        text = text.replace('"researcher", "reviewer", "manager", "operator", "auditor"', '"operator"')
        for name, roles in ROLES.items():
            home = lab.person(name)
            home.path.mkdir(mode=0o700)
            key = home.key(f"{name.title()} <{name}@lab.example>")
            (lab.root / "keys" / "team" / f"{name}@lab.example.asc").write_bytes(home.public(key))
            listed = ", ".join(f'"{role}"' for role in roles)
            text += f'\n[[people]]\nname = "{name.title()}"\naddress = "{name}@lab.example"\n'
            text += f'roles = [{listed}]\nfingerprint = "{key}"\n'
        file.write_text(text)
        lab.configure(smtp, imap)
        lab.run(None, "store", "rekey", "--yes")
        yield lab
