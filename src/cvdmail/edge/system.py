"""The real clock, the real randomness, and which process this is."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path


class SystemClock:
    """The wall clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's randomness."""

    def bytes(self, count: int) -> bytes:
        """Return ``count`` unguessable bytes."""
        return secrets.token_bytes(count)


def process_name() -> str:
    """Return a name for this process that no other process on any host has: host, process id, start time."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(name: str) -> bool:
    """Say whether a process named by :func:`process_name` ran on this host and certainly runs no more."""
    host, _, tail = name.partition(":")
    pid, _, started = tail.partition(":")
    if host != socket.gethostname()[:30] or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """Return when a process began, in clock ticks since boot; empty if there is none (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
