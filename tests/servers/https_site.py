"""A real TLS web server on loopback, with an authority made for one test run.

Answers are raw octets or a coroutine that writes them, so that a test can say exactly how a hostile server behaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Writer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived: host, path with query, and headers by lower-case name."""

    host: str
    path: str
    headers: dict[str, str]


def answer(body: bytes, status: str = "200 OK", kind: str = "text/plain", extra: str = "") -> bytes:
    """Build the octets of a complete answer; ``extra`` is more header lines, each ended by CRLF."""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{extra}\r\n"
    )
    return head.encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """Build a redirect to ``location``."""
    return answer(b"", status, extra=f"Location: {location}\r\n")


def make_authority(directory: Path, names: Sequence[str]) -> tuple[Path, Path]:
    """Write a CA certificate and a server chain for ``names``; return the paths of the CA and of the chain with key."""
    key, ca_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )

    def started(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        )

    ca = (
        started(ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        started(x509.Name([]), key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    ca_file, chain = directory / "authority.pem", directory / "site.pem"
    pem = serialization.Encoding.PEM
    ca_file.write_bytes(ca.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(secret + leaf.public_bytes(pem))
    return ca_file, chain


class HttpsSite:
    """Serves ``pages`` (``host/path`` to answer) and keeps what was asked; everything else is a 404."""

    def __init__(self, directory: Path, names: Sequence[str]) -> None:
        self.ca_file, chain = make_authority(directory, names)
        self.pages: dict[str, bytes | Writer] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(chain)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context, backlog=256)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def place(self) -> tuple[str, int]:
        """The address and port it listens on."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return ("127.0.0.1", port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
            path = head[0].split(" ")[1]
            host = headers["host"].partition(":")[0]
            self.asked.append(Asked(host, path, headers))
            page = self.pages.get(f"{host}{path}", answer(b"nothing here", "404 Not Found"))
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
