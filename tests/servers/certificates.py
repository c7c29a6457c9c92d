"""Certificates for the servers of the tests: right ones, and the wrong ones a client must refuse."""

from __future__ import annotations

import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cvdmail.embedded import Authority, server_context

NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, and the authority that vouches for it."""

    ca_file: str
    cert_file: Path
    key_file: Path

    def context(self) -> ssl.SSLContext:
        """The server's side of TLS with this pair."""
        return server_context(self.cert_file, self.key_file)


def right(folder: Path) -> Pair:
    """A certificate for localhost and 127.0.0.1."""
    return _pair(folder, "right", NAMES)


def wrong_name(folder: Path) -> Pair:
    """A certificate of the same kind for somebody else's host."""
    return _pair(folder, "wrong", ("mail.elsewhere.example",))


def expired(folder: Path) -> Pair:
    """A certificate for the right host whose time is over."""
    return _pair(folder, "expired", NAMES, days=-1)


def _pair(folder: Path, stem: str, names: tuple[str, ...], *, days: int = 30) -> Pair:
    place = Path(tempfile.mkdtemp(prefix="tls-", dir=folder))
    place.chmod(0o755)
    authority = Authority(place)
    return Pair(str(authority.ca_file), *authority.issue(names, days=days, stem=stem))


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder with a name short enough for the sockets of gpg-agent and the servers; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cvd-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
