"""Mail and web servers inside this process, for the demonstration and the tests; never for real correspondence.

pymap keeps the mailboxes in memory and speaks IMAP, aiosmtpd takes submissions and puts them straight into the INBOX
of whom they are for, and a few lines serve files over HTTPS by the name that was asked for, as vendors' web sites do.
Everything listens on 127.0.0.1, on free ports, with TLS under a throw-away authority whose key never leaves memory.
"""

from __future__ import annotations

import asyncio
import logging
import mimetypes
import ssl
from argparse import Namespace
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import DictBackend, Identity
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import Cleartext

from cvdmail.core.ids import Address
from cvdmail.errors import CvdmailError, NotFound

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own past there

HOST = "127.0.0.1"
_SIZE_LIMIT = 64 * 1024 * 1024


class Authority:
    """A certificate authority for one run; only its certificate is written, to ``ca_file``."""

    def __init__(self, folder: Path, name: str = "cvdmail throw-away authority") -> None:
        self._folder = folder
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.ca_file = folder / "ca.pem"
        certificate = (
            _draft(self._name, self._name, self._key, days=30)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, names: Sequence[str], *, days: int = 30, stem: str = "server") -> tuple[Path, Path]:
        """Write a server certificate for host names and addresses; return its file and its key's (mode 0600).

        A negative ``days`` makes one that has expired.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0][:64])])
        certificate = (
            _draft(subject, self._name, key, days=days)
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        cert_file, key_file = self._folder / f"{stem}.pem", self._folder / f"{stem}.key"
        cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.touch(mode=0o600)
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return cert_file, key_file


def _draft(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int) -> Any:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def server_context(cert_file: Path, key_file: Path) -> ssl.SSLContext:
    """Return the TLS context of a server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert_file, key_file)
    return context


@dataclass(frozen=True, slots=True)
class LocalUser:
    """Somebody with a mailbox here; logs in to IMAP and SMTP with the address and the password."""

    address: Address
    password: str


class EmbeddedServers:
    """The servers, running between ``async with`` and its end.

    ``imap_port`` and ``smtp_port`` are implicit TLS, ``starttls_port`` is SMTP with STARTTLS, ``web_port`` is HTTPS; a
    request for ``https://vendor.example/a`` is answered from the file ``web_root/vendor.example/a``.
    """

    def __init__(
        self, folder: Path, users: Sequence[LocalUser], *, web_root: Path | None = None, web_names: Sequence[str] = ()
    ) -> None:
        """``folder`` takes the certificates; ``web_names`` are the host names they are also for."""
        self._authority = Authority(folder)
        cert_file, key_file = self._authority.issue(["localhost", HOST, *web_names])
        self._context = server_context(cert_file, key_file)
        self._users = {user.address: user for user in users}
        self._web_root = web_root
        self._stack = AsyncExitStack()
        self._backend: DictBackend | None = None
        self.ca_file = str(self._authority.ca_file)
        self.host = HOST
        self.imap_port = self.smtp_port = self.starttls_port = self.web_port = 0

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.imap_port = await self._serve_imap(stack)
            self.smtp_port = await self._serve_smtp(stack, implicit=True)
            self.starttls_port = await self._serve_smtp(stack, implicit=False)
            if self._web_root is not None:
                self.web_port = await self._serve_web(stack, self._web_root)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def owner(self, address: str) -> Address | None:
        """Whose INBOX mail for ``address`` goes to; ``user+token@`` is ``user@``."""
        try:
            parsed = Address.parse(address)
            plain = Address.parse(f"{parsed.local.partition('+')[0]}@{parsed.domain}")
        except CvdmailError:
            return None
        return plain if plain in self._users else None

    async def deliver(self, address: Address, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail, as it is, into the folder of a local user; raise ``NotFound`` for anybody else."""
        owner = self.owner(str(address))
        if owner is None or self._backend is None:
            raise NotFound("delivery", "no such local user, or the servers do not run")
        async with Identity(owner.key, self._backend.login, None, frozenset()).new_session() as session:
            await session.append_messages(folder, [AppendMessage(raw, datetime.now(UTC), frozenset())])

    def knows(self, address: str, password: str) -> bool:
        """Whether that is the log-in of a local user."""
        return any(user.address.key == address.lower() and user.password == password for user in self._users.values())

    async def _serve_imap(self, stack: AsyncExitStack) -> int:
        # pymap wants a demonstration user; nobody knows this one's password
        arguments = Namespace(
            demo_data=False,
            demo_user="nobody",
            demo_password=token_hex(),
            debug=False,
            tls=False,
            cert=None,
            key=None,
            host=HOST,
            port=0,
            proxy_protocol=None,
            passlib_cfg=None,
        )
        self._backend, config = await DictBackend.init(arguments, hash_context=Cleartext())  # in memory, for one run
        for user in self._users.values():
            secret = await Passwords(config).hash_password(user.password)
            name = user.address.key
            await Identity(name, self._backend.login, None, frozenset()).set(
                UserMetadata(config, name, password=secret)
            )
        imap = IMAPServer(self._backend.login, config)
        running: set[asyncio.Task[Any]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                running.add(task)
                task.add_done_callback(running.discard)
            try:
                await imap(reader, writer, SocketInfoLocal(writer))
            except (OSError, EOFError, asyncio.CancelledError):
                writer.transport.abort()  # the client or the end of the run; nothing to tell anybody

        server = await asyncio.start_server(serve, HOST, 0, ssl=self._context, limit=_SIZE_LIMIT)
        stack.push_async_callback(_stop, server, running)
        return _port(server)

    async def _serve_smtp(self, stack: AsyncExitStack, *, implicit: bool) -> int:
        sessions: list[SMTP] = []

        def session() -> SMTP:
            sessions.append(
                SMTP(
                    _Deliveries(self),
                    data_size_limit=_SIZE_LIMIT,
                    hostname="localhost",
                    ident="cvdmail demonstration",
                    tls_context=None if implicit else self._context,
                    require_starttls=not implicit,
                    auth_require_tls=not implicit,  # aiosmtpd sees implicit TLS as none
                    authenticator=self._authenticate,
                )
            )
            return sessions[-1]

        loop = asyncio.get_running_loop()
        server = await loop.create_server(session, HOST, 0, ssl=self._context if implicit else None)
        stack.push_async_callback(_hang_up, server, sessions)
        return _port(server)

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
        known = isinstance(said, LoginPassword) and self.knows(
            said.login.decode("utf-8", "replace"), said.password.decode("utf-8", "replace")
        )
        return AuthResult(success=known, handled=False)

    async def _serve_web(self, stack: AsyncExitStack, root: Path) -> int:
        async def answer(request: web.Request) -> web.StreamResponse:
            return _file(root, request.host, request.path)

        application = web.Application()
        application.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, 0, ssl_context=self._context).start()
        return int(runner.addresses[0][1])


class _Deliveries:
    """The hooks aiosmtpd calls: only who logged in may send, only local users receive."""

    def __init__(self, servers: EmbeddedServers) -> None:
        self._servers = servers

    async def handle_MAIL(  # noqa: N802 (the name is aiosmtpd's)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 log in first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 go on"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._servers.owner(address) is None:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        # The trace lines of RFC 5321 section 4.4, as any delivering host writes them; below them not a byte changes.
        now = format_datetime(datetime.now(UTC))
        trace = f"Return-Path: <{envelope.mail_from}>\r\nReceived: by localhost with ESMTPSA; {now}\r\n"
        for owner in {self._servers.owner(address) for address in envelope.rcpt_tos}:
            if owner is not None:
                await self._servers.deliver(owner, trace.encode() + envelope.original_content)
        return "250 2.0.0 kept"


def _file(root: Path, host: str, path: str) -> web.StreamResponse:
    """The file below ``root/host``, and none outside of it."""
    site = (root / host.partition(":")[0].lower()).resolve()
    wanted = (site / path.lstrip("/")).resolve()
    if site.parent != root.resolve() or not wanted.is_relative_to(site) or not wanted.is_file():
        return web.Response(status=404, text="nothing here\n")
    kind = mimetypes.guess_type(wanted.name)[0] or "text/plain"
    return web.Response(body=wanted.read_bytes(), content_type=kind, charset="utf-8")


async def _stop(server: asyncio.Server, running: set[asyncio.Task[Any]]) -> None:
    server.close()
    tasks = list(running)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _hang_up(server: asyncio.Server, sessions: Sequence[SMTP]) -> None:
    server.close()
    for session in sessions:
        if isinstance(session.transport, asyncio.WriteTransport):
            session.transport.abort()
    await asyncio.sleep(0)


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])
