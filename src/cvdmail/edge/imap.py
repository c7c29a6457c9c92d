"""IMAP (RFC 9051, RFC 3501): where the mailbox is, and how a connection to it is made.

A password that was refused is not tried again for half an hour, by whichever watcher: servers lock an account for less.
Another password is another matter, and so is a token: it expires, and the next try asks for a new one.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cvdmail.edge.imap_mailbox import ImapMailbox, LogInRefused
from cvdmail.edge.imap_wire import Wire, keep_alive
from cvdmail.edge.tls import client_context
from cvdmail.errors import CryptoUnavailable, CvdmailError, ServerRefused, ServerUnavailable

LARGEST = 60 * 1024 * 1024
"""Bytes of the largest mail that is fetched."""

REFUSED_PAUSE = 1800.0
"""Seconds before a password that was refused is tried again."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Where and as whom to read; TLS is implicit, port 993 as a rule (RFC 8314).

    ``secret`` yields the password, or with ``token`` an OAuth 2 access token (XOAUTH2), anew for each log-in.
    ``timeout`` is how many seconds of silence end a command.
    """

    host: str
    port: int
    ca_file: str
    user: str
    secret: Callable[[], Awaitable[str]]
    token: bool = False
    timeout: float = 30.0


class ImapMailboxes:
    """The real :class:`~cvdmail.ports.Mailboxes`."""

    def __init__(self, settings: ImapSettings, *, largest: int = LARGEST, refused_pause: float = REFUSED_PAUSE) -> None:
        """``largest`` is the limit for one mail in bytes.  Raise ``ConfigError`` for a bad trust anchor."""
        self._settings = settings
        self._largest = largest
        self._context = client_context(settings.ca_file)
        self._refused_pause = refused_pause
        self._key = secrets.token_bytes(32)
        self._refused = b""
        self._refused_until = 0.0
        self._proven = False
        self._gate = asyncio.Lock()

    async def connect(self) -> ImapMailbox:
        """Connect, check TLS and log in; raise ``ServerUnavailable`` or ``ServerRefused``."""
        try:
            secret = await self._settings.secret()
        except CvdmailError as missing:
            passing = isinstance(missing, ServerUnavailable | CryptoUnavailable)
            raise (ServerUnavailable if passing else ServerRefused)(
                "IMAP log-in", missing.why, missing.remedy
            ) from None
        if re.search(r"[\0\r\n]", secret + self._settings.user):
            raise ServerRefused("IMAP log-in", "user or secret holds a line break", "check the [imap] section")
        if self._proven:
            return await self._log_in(secret)
        async with self._gate:  # until one log-in was good, one at a time: a wrong password is tried once
            return await self._log_in(secret)

    async def _log_in(self, secret: str) -> ImapMailbox:
        now = asyncio.get_running_loop().time
        mark = hashlib.blake2b(secret.encode(), key=self._key).digest()
        if mark == self._refused and now() < self._refused_until:
            raise LogInRefused("IMAP log-in", "the server has refused user or secret", "check the [imap] section")
        wire = Wire(self._largest)
        mailbox = ImapMailbox(wire, self._settings.timeout, self._largest)
        try:
            await self._open(wire)
            await mailbox.log_in(self._settings.user, secret, token=self._settings.token)
        except BaseException as problem:
            await wire.end()
            if isinstance(problem, LogInRefused):
                self._proven, self._refused, self._refused_until = False, mark, now() + self._refused_pause
            raise
        self._proven, self._refused = True, b""
        return mailbox

    async def _open(self, wire: Wire) -> None:
        loop, timeout = asyncio.get_running_loop(), self._settings.timeout
        try:
            async with asyncio.timeout(timeout):
                transport, _ = await loop.create_connection(
                    lambda: wire, self._settings.host, self._settings.port, ssl=self._context
                )
        except ssl.SSLCertVerificationError:
            why = "the certificate is not trusted or not for this name"
            raise ServerRefused("IMAP server", why, "check [imap] host and ca_file") from None
        except TimeoutError:
            raise ServerUnavailable("IMAP server", "it does not answer") from None
        except OSError:
            raise ServerUnavailable("IMAP server", "it cannot be reached, or speaks no TLS") from None
        keep_alive(transport.get_extra_info("socket"))
