"""The scenery of the demonstration: folders, who has which key, and typing commands for all to see."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from cvdmail.core.ids import Address
from cvdmail.errors import Refused, ServerUnavailable

MAILBOX = Address.parse("outbounddisclosures@lab.example")
VENDOR = Address.parse("security@vendor.example")
ADA = Address.parse("ada@lab.example")
BEN = Address.parse("ben@lab.example")
LONGEST_FOLDER = 50  # gpg-agent's sockets live below it, and their path is limited
CANARY = "a length field of minus one"


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


def new_folder(folder: Path | None) -> Path:
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


def memory_folder() -> Path:
    """Make a folder for Ada's own files: a report is plain text, so they stay in memory."""
    memory = Path("/dev/shm")  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="ada-", dir=memory if memory.is_dir() else None))


def case_name() -> str:
    """The name of the demo's only case."""
    return f"CVD-{datetime.now(UTC).year}-0001"


async def until(daemon: asyncio.subprocess.Process, stage: Stage, word: str) -> None:
    """Show the daemon's lines until one ends with ``word``."""
    assert daemon.stdout is not None
    async with asyncio.timeout(30):
        while line := (await daemon.stdout.readline()).decode("utf-8", "replace").rstrip():
            stage.console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
            if line.endswith(word):
                return
    raise ServerUnavailable("demo", "the daemon ended early", "please report this")
