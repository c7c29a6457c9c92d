"""The submission server behind the :class:`~cvdmail.ports.Postman` port: a few lines, opened one after the other.

How one connection works is told in :mod:`cvdmail.edge.smtp_line`.  Here is decided which line carries a mail, and that
no two log-ins run at the same time: where one is refused, those that waited behind it are not tried, because a handful
of wrong log-ins at once locks accounts.
"""

from __future__ import annotations

import asyncio

from cvdmail.core.guard import inspect
from cvdmail.core.outgoing import OutgoingMail, Stage, SubmissionResult
from cvdmail.edge.smtp_line import Line, dot_stuffed
from cvdmail.edge.smtp_settings import Ended, SmtpSettings, Tls, fetch_secret, log_in_text
from cvdmail.edge.tls import client_context
from cvdmail.errors import ServerRefused, ServerUnavailable

__all__ = ["SmtpPostman", "SmtpSettings", "Tls"]

_BEFORE_MAIL = frozenset({Stage.CONNECT, Stage.TLS, Stage.LOGIN})


class SmtpPostman:
    """The real :class:`~cvdmail.ports.Postman`: at most ``settings.connections`` lines, kept between submissions."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Raise ``ConfigError`` when the trust anchor cannot be used; nothing is connected yet."""
        self._settings = settings
        self._context = client_context(settings.ca_file)
        self._free = asyncio.Semaphore(settings.connections)
        self._idle: list[Line] = []
        self._opening = asyncio.Lock()
        self._failures = 0
        self._failure: Ended | None = None

    @property
    def connections(self) -> int:
        """See :class:`~cvdmail.ports.Postman`."""
        return self._settings.connections

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        """Try once; see :meth:`cvdmail.ports.Postman.submit`.  A cancel drops the connection and passes on."""
        inspect(mail)
        payload = dot_stuffed(mail.raw)
        async with self._free:
            line = self._idle.pop() if self._idle else Line(self._settings, self._context)
            result: SubmissionResult | None = None
            while result is None:
                try:
                    await self._make_ready(line, mail.envelope_from.domain)
                except Ended as ended:
                    outcomes = dict.fromkeys(mail.recipients, ended.outcome)
                    return SubmissionResult(outcomes, ended.pause_host, ended.stop_queue, ended.log_in)
                result = await line.transfer(mail, payload)
            if line.is_open:
                self._idle.append(line)
            return result

    async def _make_ready(self, line: Line, domain: str) -> None:
        """Use the line as it is if it still answers, else open it; what failed for one fails for those behind it."""
        failures = self._failures
        if await line.still_answers():
            return
        async with self._opening:
            if self._failures != failures and self._failure is not None:
                raise self._failure
            try:
                await line.open(domain)
            except Ended as ended:
                self._failures += 1
                self._failure = ended
                raise

    async def log_in(self) -> str:
        """See :meth:`cvdmail.ports.Postman.log_in`."""
        try:
            secret = await fetch_secret(self._settings)
        except Ended:
            secret = ""
        return log_in_text(self._settings, secret)

    async def check(self, domain: str) -> None:
        """Connect, encrypt and log in, and send nothing; raise ``ServerUnavailable`` or ``ServerRefused``."""
        line = Line(self._settings, self._context)
        try:
            await line.open(domain)
        except Ended as ended:
            what = f"SMTP {ended.outcome.stage.value}"
            if ended.stop_queue:
                raise ServerRefused(what, ended.outcome.answer, "check the [smtp] section") from None
            raise ServerUnavailable(what, ended.outcome.answer, "check host, port and ca_file") from None
        self._idle.append(line)

    async def close(self) -> None:
        """Say QUIT on every idle line; one that is at work closes by itself or is dropped with its task."""
        while self._idle:
            await self._idle.pop().close()
