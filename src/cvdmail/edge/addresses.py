"""Name resolution for the fetcher: all addresses of a name, each one judged, before any of them is connected to.

One bad address rejects the whole name: an attacker who can put one private address beside public ones must not win by
luck.  The very addresses returned here are connected to; nobody resolves a second time (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from cvdmail.core.ipcheck import is_public_text
from cvdmail.errors import ServerRefused, ServerUnavailable

_MAX_ADDRESSES = 16
_THREADS = 50  # getaddrinfo cannot be cancelled: a slow name server must not stop the other look-ups


def refuse_private(host: str, addresses: list[str]) -> None:
    """Raise ``ServerRefused`` unless every one of ``addresses`` belongs to the public internet."""
    if not all(is_public_text(address) for address in addresses):
        raise ServerRefused(
            f"fetch from {host}",
            "the name leads to an address that is not of the public internet",
            "name it under discovery.fixed_hosts if it is meant",
        )


class CheckedResolver(AbstractResolver):
    """Resolves names for aiohttp; ``fixed_hosts`` maps a name to the one address and port it always has."""

    def __init__(self, fixed_hosts: Mapping[str, tuple[str, int]]) -> None:
        self._fixed = fixed_hosts
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the checked addresses of ``host``; raise ``ServerRefused`` or ``ServerUnavailable``."""
        fixed = self._fixed.get(host)
        if fixed is not None:
            return [_result(host, *fixed)]
        try:
            found = await asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError):
            raise ServerUnavailable(f"fetch from {host}", "the name does not resolve", "") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        refuse_private(host, addresses)
        return [_result(host, address, port) for address in addresses[:_MAX_ADDRESSES]]

    async def close(self) -> None:
        """Let go of the threads; look-ups still under way are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
