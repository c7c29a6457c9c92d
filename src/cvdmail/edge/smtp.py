"""SMTP submission (RFC 6409), driven command by command so that the stage of every failure is known.

Between the final dot and the answer to it nobody can know whether a mail was taken (RFC 1047).  Everything here serves
to make that window small and to say honestly on which side of it an attempt ended:

* a failure before the dot has left this machine: *deferred* (4xx, silence, a broken connection) or *refused* (5xx);
* no answer to the dot: *unknown*;
* 250 to the dot: *sent*.

What concerns the host and not the recipient refuses no recipient: a host that turns us away before MAIL (5xx in its
greeting or to EHLO, no STARTTLS, a wrong certificate) or a log-in it does not like leaves every recipient *deferred*,
with ``pause_host`` or ``stop_queue`` set where trying again soon would do harm.

aiosmtplib keeps a connection "connected" but out of step when a call is cancelled or runs out of time, tries one log-in
mechanism after the other, and starts TLS only if the server cares to offer it.  So: any error or cancel drops the
connection, one mechanism is chosen, and TLS is our own decision.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

import aiosmtplib

from cvdmail.core.display import visible
from cvdmail.core.guard import inspect
from cvdmail.core.ids import Address
from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.edge.tls import client_context
from cvdmail.errors import CvdmailError, GuardRefusal, ServerRefused, ServerUnavailable

# No secret, address or body may reach a log, whatever level a person sets.
logging.getLogger("aiosmtplib").setLevel(logging.CRITICAL + 1)
logging.getLogger("aiosmtplib").propagate = False

_ANSWER_LIMIT = 500
_PIECE = 65_536
_BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_LINE_START_DOT = re.compile(rb"(?m)^\.")
# RFC 4954: authentication required, too weak, wrong, or only under encryption.  Said to MAIL it means the log-in.
_LOGIN_CODES = frozenset({530, 534, 535, 538})


class Tls(Enum):
    """How TLS begins; there is no third way."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where and as whom to submit.

    ``secret`` yields the password, or with ``token`` an OAuth 2 access token (XOAUTH2), anew for each log-in.
    ``timeout`` bounds every step in seconds, ``data_timeout`` the wait for the answer to the final dot, for which
    RFC 5321 section 4.5.3.2.6 asks ten minutes.
    """

    host: str
    port: int
    tls: Tls
    ca_file: str = ""
    user: str | None = None
    secret: Callable[[], Awaitable[str]] | None = None
    token: bool = False
    timeout: float = 60.0
    data_timeout: float = 600.0


class _Ended(Exception):
    """An attempt came to its end early: the outcome of every recipient that has none of its own yet."""

    def __init__(
        self,
        stage: Stage,
        answer: str,
        code: int | None = None,
        *,
        state: RecipientState = RecipientState.DEFERRED,
        pause_host: bool = False,
        stop_queue: bool = False,
    ) -> None:
        super().__init__(stage, code)
        self.outcome = RecipientResult(state, stage, code, answer)
        self.pause_host = pause_host or code == 421
        self.stop_queue = stop_queue


class SmtpPostman:
    """The real :class:`~cvdmail.ports.Postman`: one connection, kept between submissions, one submission at a time."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Raise ``ConfigError`` when the trust anchor cannot be used; nothing is connected yet."""
        self._settings = settings
        self._context = client_context(settings.ca_file)
        self._lock = asyncio.Lock()
        self._smtp: aiosmtplib.SMTP | None = None

    async def submit(self, mail: OutgoingMail) -> SubmissionResult:
        """Try once; see :meth:`cvdmail.ports.Postman.submit`.  A cancel drops the connection and passes on."""
        inspect(mail)
        payload = _dot_stuffed(mail.raw)
        settled: dict[Address, RecipientResult] = {}
        async with self._lock:
            try:
                smtp = await self._ready(mail.envelope_from.domain)
                await self._transfer(smtp, mail, payload, settled)
            except _Ended as ended:
                if ended.outcome.code in {None, 421} or ended.outcome.stage in {Stage.CONNECT, Stage.TLS, Stage.LOGIN}:
                    self._drop()
                for recipient in mail.recipients:
                    settled.setdefault(recipient, ended.outcome)
                in_order = {recipient: settled[recipient] for recipient in mail.recipients}
                return SubmissionResult(in_order, ended.pause_host, ended.stop_queue)
            except BaseException:
                self._drop()
                raise
        return SubmissionResult({recipient: settled[recipient] for recipient in mail.recipients})

    async def check(self, domain: str) -> None:
        """Connect, encrypt and log in, and send nothing; raise ``ServerUnavailable`` or ``ServerRefused``."""
        async with self._lock:
            try:
                await self._ready(domain)
            except _Ended as ended:
                self._drop()
                what = f"SMTP {ended.outcome.stage.value}"
                if ended.stop_queue:
                    raise ServerRefused(what, ended.outcome.answer, "check the [smtp] section") from None
                raise ServerUnavailable(what, ended.outcome.answer, "check host, port and ca_file") from None

    async def close(self) -> None:
        """Say QUIT if there is somebody to hear it, wait two seconds at most for the answer, and let go."""
        async with self._lock:
            smtp, self._smtp = self._smtp, None
            if smtp is None:
                return
            try:
                await smtp.quit(timeout=2)
            except (aiosmtplib.SMTPException, OSError):
                pass  # it goes away in any case
            finally:
                smtp.close()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            transport = smtp.transport
            smtp.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()  # at once: nobody waits for the farewell of a connection that has failed

    async def _ready(self, domain: str) -> aiosmtplib.SMTP:
        """Return the kept connection if it still answers, else a new one, encrypted and logged in."""
        if self._smtp is not None:
            try:
                if (await _ask(self._smtp, Stage.CONNECT, b"RSET")).code == 250:
                    return self._smtp
            except _Ended:
                pass  # closed by the server while idle: that is no failure of this mail
            self._drop()
        # Fetched before anything is connected: without it there is nothing to say to the server.
        secret = await self._secret() if self._settings.user is not None else ""
        smtp = aiosmtplib.SMTP(
            hostname=self._settings.host,
            port=self._settings.port,
            local_hostname=domain,  # our mail domain: the machine's own name is nobody's business
            timeout=self._settings.timeout,
            use_tls=self._settings.tls is Tls.IMPLICIT,
            start_tls=False,
            tls_context=self._context,
        )
        self._smtp = smtp
        with _stage(Stage.CONNECT):
            await smtp.connect()
            await smtp.ehlo()
        if self._settings.tls is Tls.STARTTLS:
            await self._encrypt(smtp)
        if smtp.get_transport_info("ssl_object") is None:
            raise AssertionError("a clear connection must not get this far")
        if self._settings.user is not None:
            await self._log_in(smtp, self._settings.user, secret)
        return smtp

    async def _encrypt(self, smtp: aiosmtplib.SMTP) -> None:
        """STARTTLS (RFC 3207).  Not offered means stripped or misconfigured: nothing is said in clear."""
        if not smtp.supports_extension("starttls"):
            raise _Ended(Stage.TLS, "the server offers no STARTTLS; nothing was sent in clear")
        with _stage(Stage.TLS):
            await smtp.starttls(server_hostname=self._settings.host)
            await smtp.ehlo()

    async def _log_in(self, smtp: aiosmtplib.SMTP, user: str, secret: str) -> None:
        """Log in by exactly one mechanism: a second try with the same wrong password locks accounts."""
        offered = set(smtp.server_auth_methods)
        if self._settings.token and "xoauth2" in offered:
            reply = await _ask(smtp, Stage.LOGIN, b"AUTH", b"XOAUTH2", _b64(f"user={user}\1auth=Bearer {secret}\1\1"))
            if reply.code == 334:  # a refusal in detail, which wants an empty answer before the 535
                reply = await _ask(smtp, Stage.LOGIN, b"")
        elif not self._settings.token and "plain" in offered:
            reply = await _ask(smtp, Stage.LOGIN, b"AUTH", b"PLAIN", _b64(f"\0{user}\0{secret}"))
        elif not self._settings.token and "login" in offered:
            reply = await _ask(smtp, Stage.LOGIN, b"AUTH", b"LOGIN", _b64(user))
            if reply.code == 334:
                reply = await _ask(smtp, Stage.LOGIN, _b64(secret))
        else:
            raise _Ended(Stage.LOGIN, "the server offers no log-in that is configured here", stop_queue=True)
        if reply.code != 235:
            raise _Ended(Stage.LOGIN, _visible(reply.message), reply.code, stop_queue=not 400 <= reply.code < 500)

    async def _secret(self) -> str:
        if self._settings.secret is None:
            raise _Ended(Stage.LOGIN, "no password or token is configured", stop_queue=True)
        try:
            return await self._settings.secret()
        except CvdmailError as missing:
            raise _Ended(Stage.LOGIN, _visible(missing.line())) from None

    async def _transfer(
        self, smtp: aiosmtplib.SMTP, mail: OutgoingMail, payload: bytes, settled: dict[Address, RecipientResult]
    ) -> None:
        """MAIL, RCPT for each, DATA, the bytes, the dot (RFC 5321 section 3.3); settle every recipient or raise."""
        options = [b"SIZE=%d" % len(mail.raw)] if smtp.supports_extension("size") else []
        _demand(await _ask(smtp, Stage.MAIL, b"MAIL", _path(b"FROM", mail.envelope_from), *options), Stage.MAIL, 2)
        for recipient in mail.recipients:
            try:
                _demand(await _ask(smtp, Stage.RCPT, b"RCPT", _path(b"TO", recipient)), Stage.RCPT, 2)
            except _Ended as ended:
                if ended.outcome.code in {None, 421}:
                    raise
                settled[recipient] = ended.outcome
        if len(settled) == len(mail.recipients):
            return  # the next submission begins with RSET
        _demand(await _ask(smtp, Stage.DATA, b"DATA"), Stage.DATA, 3)
        await self._write(smtp, payload)
        reply = await self._dot(smtp)
        for recipient in mail.recipients:
            settled.setdefault(
                recipient, RecipientResult(RecipientState.SENT, Stage.DONE, reply.code, _visible(reply.message))
            )

    async def _write(self, smtp: aiosmtplib.SMTP, payload: bytes) -> None:
        """Hand the text to the kernel, all of it, before the dot: until then the mail is known not to be taken."""
        for begin in range(0, len(payload), _PIECE):
            with _stage(Stage.DATA):
                _protocol(smtp).write(payload[begin : begin + _PIECE])
            await self._drained(smtp)

    async def _drained(self, smtp: aiosmtplib.SMTP) -> None:
        loop = asyncio.get_running_loop()
        backlog, moved = -1, loop.time()
        while isinstance(transport := smtp.transport, asyncio.WriteTransport) and not transport.is_closing():
            left = transport.get_write_buffer_size()
            if not left:
                return
            if left != backlog:
                backlog, moved = left, loop.time()
            elif loop.time() - moved > self._settings.timeout:
                raise _Ended(Stage.DATA, f"the server took no more of the mail for {self._settings.timeout:g} seconds")
            await asyncio.sleep(0.005)
        raise _Ended(Stage.DATA, "the connection broke off")

    async def _dot(self, smtp: aiosmtplib.SMTP) -> aiosmtplib.SMTPResponse:
        """Send the final dot and read its answer; from the first byte on, silence means *unknown*."""
        with _stage(Stage.DATA):
            protocol = _protocol(smtp)
        try:
            protocol.write(b".\r\n")
            reply = await protocol.read_response(timeout=self._settings.data_timeout)
        except (aiosmtplib.SMTPException, OSError) as lost:
            silent = isinstance(lost, aiosmtplib.SMTPTimeoutError)
            words = f"no answer for {self._settings.data_timeout:g} seconds" if silent else "the connection broke off"
            raise _Ended(Stage.DOT, f"{words} after the final dot", state=RecipientState.UNKNOWN) from None
        if reply.code // 100 not in {2, 4, 5}:
            words = "the answer to the final dot makes no sense"
            raise _Ended(Stage.DOT, words, state=RecipientState.UNKNOWN)
        _demand(reply, Stage.DOT, 2)
        return reply


def _protocol(smtp: aiosmtplib.SMTP) -> aiosmtplib.protocol.SMTPProtocol:
    if smtp.protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("gone")
    return smtp.protocol


def _path(word: bytes, address: Address) -> bytes:
    """The address exactly as it was parsed; the library's own quoting may rewrite what it finds strange."""
    return word + b":<" + address.text.encode("ascii") + b">"


def _b64(text: str) -> bytes:
    return base64.b64encode(text.encode())


def _dot_stuffed(raw: bytes) -> bytes:
    """RFC 5321 section 4.5.2.  The bytes are signed: what would have to be mended is refused (SMTP smuggling)."""
    if _BARE_LINE_END.search(raw) or not raw.endswith(b"\r\n") or b"\0" in raw:
        raise GuardRefusal("outgoing mail", "its lines do not all end in CRLF", "this is a fault of the program")
    return _LINE_START_DOT.sub(b"..", raw)


async def _ask(smtp: aiosmtplib.SMTP, stage: Stage, *words: bytes) -> aiosmtplib.SMTPResponse:
    with _stage(stage):
        return await smtp.execute_command(*words)


@contextmanager
def _stage(stage: Stage) -> Iterator[None]:
    """Turn what aiosmtplib and the socket raise into the end of the attempt at ``stage``."""
    try:
        yield
    except aiosmtplib.SMTPResponseException as refused:
        known = 400 <= refused.code < 600
        code, words = (refused.code, _visible(refused.message)) if known else (None, "the answer makes no sense")
        raise _Ended(stage, words, code, pause_host=known and refused.code >= 500) from None
    except (aiosmtplib.SMTPException, OSError) as failed:
        cause: BaseException | None = failed
        while cause is not None and not isinstance(cause, ssl.SSLError):
            cause = cause.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise _Ended(Stage.TLS, "the server's certificate is not trusted or not for its name") from None
        if cause is not None:
            raise _Ended(Stage.TLS, "no TLS could be agreed upon") from None
        if isinstance(failed, TimeoutError):
            raise _Ended(stage, "no answer in time") from None
        words = "the server cannot be reached" if stage is Stage.CONNECT else "the connection broke off"
        raise _Ended(stage, words) from None


def _demand(reply: aiosmtplib.SMTPResponse, stage: Stage, first_digit: int) -> None:
    """Raise ``_Ended`` unless the reply's code begins with ``first_digit`` (RFC 5321 section 4.2.1)."""
    if reply.code // 100 == first_digit:
        return
    words = _visible(reply.message)
    if stage is Stage.MAIL and reply.code in _LOGIN_CODES:
        raise _Ended(stage, words, reply.code, stop_queue=True)
    refused = 500 <= reply.code < 600
    raise _Ended(stage, words, reply.code, state=RecipientState.REFUSED if refused else RecipientState.DEFERRED)


def _visible(text: str) -> str:
    return visible(text.replace("\n", " / "), _ANSWER_LIMIT)
