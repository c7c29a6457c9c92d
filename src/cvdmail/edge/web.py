"""The one door to the web: fetches small public files over https, and trusts nothing on the way.

Who is on the other side is not known; often it is the very party whose fault we hold.  So the fetcher must not be
turned against our own network, must not tell more than it has to, and must end in bounded time and memory:

* https only, port 443, DNS names only.  Every address of a name is checked (:mod:`cvdmail.core.ipcheck`), the checked
  address is connected to, while SNI, Host and the certificate check keep the name.  aiohttp does not ask its resolver
  about IP literals, so they are refused before, and once more where the socket is made.
* Redirects are followed here, not by the library: at most three, each hop checked like the first, never to http.
* No compression (a bomb needs it), bodies cut at the caller's limit while reading, five seconds to connect, ten in
  all, at most fifty requests at once; no proxy, cookies or credentials from the environment.

``fixed_hosts`` is the only exception to the address rules, for closed networks and tests.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.connector import AddrInfoType
from yarl import URL

from cvdmail import __version__
from cvdmail.core.fetched import Fetched
from cvdmail.core.ids import parse_domain
from cvdmail.core.ipcheck import is_public_text
from cvdmail.core.registrable import same_owner
from cvdmail.edge.addresses import CheckedResolver
from cvdmail.edge.tls import client_context
from cvdmail.errors import Refused, ServerRefused, ServerUnavailable
from cvdmail.ports import Clock

TEXT_LIMIT = 32 * 1024
KEY_LIMIT = 1024 * 1024
JSON_LIMIT = 16 * 1024 * 1024
MAX_REDIRECTS = 3
MAX_URL = 2048
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
AT_ONCE = 50

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Fetcher:
    """Fetches single files; use it as an async context manager.

    ``contact`` is an address or URL where an operator can complain about us.  ``seconds`` is the time allowed for one
    :meth:`get`, redirects included.  ``ca_file`` names one more trust anchor (PEM); ``ConfigError`` if it is none.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        contact: str = "",
        fixed_hosts: Mapping[str, tuple[str, int]] | None = None,
        ca_file: str = "",
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._clock = clock
        self._fixed = {host.lower().rstrip("."): place for host, place in (fixed_hosts or {}).items()}
        self._fixed_places = frozenset(self._fixed.values())
        self._tls = client_context(ca_file)
        self._seconds = seconds
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._agent = f"cvdmail/{__version__}" + (f" (+{contact})" if contact else "")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, url: str, limit: int) -> Fetched:
        """Fetch ``url``, at most ``limit`` octets of body.

        Raises ``Refused`` for an address that may not be asked at all, ``ServerRefused`` when an answer breaks a rule
        (redirect, size, compression, certificate, private address), ``ServerUnavailable`` when there is none in time.
        An HTTP status other than 200 is a result with an empty body.
        """
        hops = [self._admitted(url)]
        host = _host(hops[0])
        async with self._slots:
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._follow(url, hops, limit)
            except TimeoutError:
                raise ServerUnavailable(f"fetch from {host}", "no complete answer in time", "try again later") from None
            except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError):
                raise ServerRefused(f"fetch from {host}", "the TLS certificate is not good for the name", "") from None
            except (aiohttp.ClientError, OSError, ValueError):
                # ValueError: the library's parsers on hostile input; the words of the error are not ours.
                raise ServerUnavailable(f"fetch from {host}", "the connection failed or broke off", "") from None

    async def _follow(self, url: str, hops: list[str], limit: int) -> Fetched:
        while True:
            async with self._open_session().get(
                URL(hops[-1], encoded=True), allow_redirects=False, max_redirects=0
            ) as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    hops.append(self._next_hop(hops, answer.headers["Location"]))
                    continue
                body = await _read(answer, limit, _host(hops[-1])) if answer.status == 200 else b""
                return Fetched(
                    url=url,
                    final_url=hops[-1],
                    hops=tuple(hops),
                    status=answer.status,
                    content_type=answer.headers.get("Content-Type", "")[:100].partition(";")[0].strip().lower(),
                    body=body,
                    fetched_at=self._clock.now(),
                    sha256=hashlib.sha256(body).hexdigest(),
                    foreign_redirect=not all(same_owner(_host(hops[0]), _host(hop)) for hop in hops[1:]),
                )

    def _next_hop(self, hops: list[str], location: str) -> str:
        origin = f"fetch from {_host(hops[0])}"
        if len(hops) > MAX_REDIRECTS:
            raise ServerRefused(origin, f"more than {MAX_REDIRECTS} redirects", "")
        if len(location) > MAX_URL:
            raise ServerRefused(origin, "a redirect to a place that may not be asked", "")
        try:
            return self._admitted(urljoin(hops[-1], location))
        except (Refused, ValueError):
            raise ServerRefused(origin, "a redirect to a place that may not be asked", "") from None

    def _admitted(self, url: str) -> str:
        """Return ``url`` normalised, without fragment; raise ``Refused`` if the rules forbid it."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise Refused("web address", "it is not well formed", "check its spelling") from None
        visible = url.isprintable() and url.isascii() and " " not in url and "\\" not in url
        if len(url) > MAX_URL or not visible or parts.scheme != "https" or "@" in parts.netloc:
            raise Refused("web address", "only plain https:// addresses are fetched", "")
        if host not in self._fixed:
            host = parse_domain(host)
            last = host.rpartition(".")[2]
            if port not in (None, 443) or not (last.isalpha() or last.startswith("xn--")):
                raise Refused("web address", "only names on port 443 are fetched", "")
        query = f"?{parts.query}" if parts.query else ""
        shown_port = f":{port}" if port not in (None, 443) else ""
        return f"https://{host}{shown_port}{parts.path or '/'}{query}"

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=CheckedResolver(self._fixed),
                socket_factory=self._socket,
                ssl=self._tls,
                limit=AT_ONCE,
                use_dns_cache=False,
                force_close=True,  # each host is asked once or twice; idle connections would only pile up
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                headers={"User-Agent": self._agent, "Accept-Encoding": "identity"},
            )
        return self._session

    def _socket(self, info: AddrInfoType) -> socket.socket:
        """Make the socket for an address, having looked at it once more: nothing gets round this place."""
        family, kind, proto, _, place = info
        address, port = str(place[0]), int(place[1])
        if (address, port) not in self._fixed_places and not is_public_text(address):
            raise ServerRefused("fetch", "an address that is not of the public internet", "")
        return socket.socket(family, kind, proto)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


async def _read(answer: aiohttp.ClientResponse, limit: int, host: str) -> bytes:
    """Read the body, stopping at the first octet too many."""
    if answer.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise ServerRefused(f"fetch from {host}", "the answer is compressed although we asked it not to be", "")
    chunks, size = [], 0
    if (answer.content_length or 0) <= limit:
        async for chunk in answer.content.iter_any():
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                break
        else:
            return b"".join(chunks)
    raise ServerRefused(f"fetch from {host}", f"the answer is larger than {limit} octets", "")
