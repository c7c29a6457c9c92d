"""The mailbox's secret key: opened from the configuration, here or in a worker process.

Apart from everything else, so that a worker starts in a tenth of a second: it loads no database and no mail server.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from cvdmail.config import Config, SecretSource, load
from cvdmail.edge import disk
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.gpg_worker import GpgWorker, serve


def mailbox_gpg(config: Config) -> Gpg:
    """Open the GnuPG home with the mailbox key."""
    disk.check_private(config.openpgp.home)
    source = config.openpgp.passphrase
    passphrase = secret(source, "passphrase of the mailbox key") if source.given else None
    return Gpg(config.openpgp.home, passphrase=passphrase)


def secret(source: SecretSource, what: str) -> Callable[[], Awaitable[bytes]]:
    """Return what reads a secret each time it is wanted."""

    async def read() -> bytes:
        return await disk.read_secret(source, what)

    return read


def mailbox_worker(config: Config) -> GpgWorker:
    """Return the mailbox key behind a worker process, which starts when it is first asked for something."""
    disk.check_private(config.openpgp.home)
    return GpgWorker([sys.executable, "-m", "cvdmail.mailbox_key", str(config.file)])


def main() -> None:
    """Be the worker: ``python -m cvdmail.mailbox_key CONFIG SOCKET``."""
    disk.harden()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the daemon, which finishes what it is doing
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    file, descriptor = sys.argv[1:]
    asyncio.run(serve(mailbox_gpg(load(Path(file))), socket.socket(fileno=int(descriptor))))


if __name__ == "__main__":
    main()
