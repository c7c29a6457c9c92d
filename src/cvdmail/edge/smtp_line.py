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
from collections.abc import Iterator
from contextlib import contextmanager

import aiosmtplib

from cvdmail.core.ids import Address
from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.edge.smtp_settings import Ended, SmtpSettings, Tls, answer_text, fetch_secret, log_in_text
from cvdmail.errors import GuardRefusal

# No secret, address or body may reach a log, whatever level a person sets.
logging.getLogger("aiosmtplib").setLevel(logging.CRITICAL + 1)
logging.getLogger("aiosmtplib").propagate = False

_PIECE = 65_536
_LINE_START_DOT = re.compile(rb"(?m)^\.")
# RFC 4954: authentication required, too weak, wrong, or only under encryption.  Said to MAIL it means the log-in.
_LOGIN_CODES = frozenset({530, 534, 535, 538})


MAILS_PER_CONNECTION = 100
"""After so many mails a connection is closed and a new one made: servers count, and some cut off without a word."""


class Line:
    """One connection to the server, kept between submissions; one submission at a time."""

    def __init__(self, settings: SmtpSettings, context: ssl.SSLContext) -> None:
        self._settings = settings
        self._context = context
        self._smtp: aiosmtplib.SMTP | None = None
        self._carried = 0
        self._fresh_until = 0.0
        self._unasked = False
        self._log_in_text = ""

    @property
    def is_open(self) -> bool:
        """Whether there is a connection that was logged in."""
        return self._smtp is not None

    async def transfer(self, mail: OutgoingMail, payload: bytes) -> SubmissionResult | None:
        """Hand over one mail on the open connection; ``payload`` is its dot-stuffed text without the final dot.

        None, with nothing said of the mail, if the connection was only thought to be alive: open it and try again.
        """
        settled: dict[Address, RecipientResult] = {}
        ended: Ended | None = None
        try:
            assert self._smtp is not None
            self._carried += 1
            await self._transfer(self._smtp, mail, payload, settled)
        except Ended as end:
            ended = end
            if end.outcome.code in {None, 421}:
                self.drop()
        except BaseException:
            self.drop()
            raise
        if ended is None:
            if len(settled) == len(mail.recipients) and any(one.stage is Stage.DONE for one in settled.values()):
                self._fresh_until = asyncio.get_running_loop().time() + self._settings.fresh_seconds
            return SubmissionResult({recipient: settled[recipient] for recipient in mail.recipients})
        if self._unasked and ended.outcome.stage is Stage.MAIL and ended.outcome.code in {None, 421}:
            return None
        outcomes = {recipient: settled.get(recipient, ended.outcome) for recipient in mail.recipients}
        return SubmissionResult(outcomes, ended.pause_host, ended.stop_queue, self._log_in_text)

    async def close(self) -> None:
        """Say QUIT if there is somebody to hear it, wait two seconds at most for the answer, and let go."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            await smtp.quit(timeout=2)
        except (aiosmtplib.SMTPException, OSError):
            pass  # it goes away in any case
        finally:
            smtp.close()

    def drop(self) -> None:
        """Let go at once: nobody waits for the farewell of a connection that has failed."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            transport = smtp.transport
            smtp.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()

    async def still_answers(self) -> bool:
        """Say whether the kept connection can be used again; one that cannot is dropped, a worn one is closed.

        It is asked with RSET, unless it has just taken a mail: then its state is clean and it is alive.
        """
        fresh, self._fresh_until = self._fresh_until, 0.0
        if self._smtp is None:
            return False
        if self._carried >= MAILS_PER_CONNECTION:
            await self.close()
            return False
        self._unasked = asyncio.get_running_loop().time() < fresh and self._smtp.is_connected
        if self._unasked:
            return True
        try:
            if (await _ask(self._smtp, Stage.CONNECT, b"RSET")).code == 250:
                return True
        except Ended:
            pass  # closed by the server while idle: that is no failure of this mail
        self.drop()
        return False

    async def open(self, domain: str) -> None:
        """Connect, encrypt and log in; raise ``Ended``, with nothing left open."""
        try:
            self._unasked = False
            await self._open(domain)
        except BaseException as failed:
            self.drop()
            if isinstance(failed, Ended):
                failed.log_in = self._log_in_text
            raise

    async def _open(self, domain: str) -> None:
        # Fetched before anything is connected: without it there is nothing to say to the server.
        self._log_in_text = log_in_text(self._settings, "")
        secret = await fetch_secret(self._settings)
        self._log_in_text = log_in_text(self._settings, secret)
        self._carried = 0
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

    async def _encrypt(self, smtp: aiosmtplib.SMTP) -> None:
        """STARTTLS (RFC 3207).  Not offered means stripped or misconfigured: nothing is said in clear."""
        if not smtp.supports_extension("starttls"):
            raise Ended(Stage.TLS, "the server offers no STARTTLS; nothing was sent in clear")
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
            raise Ended(Stage.LOGIN, "the server offers no log-in that is configured here", stop_queue=True)
        if reply.code != 235:
            raise Ended(Stage.LOGIN, answer_text(reply.message), reply.code, stop_queue=not 400 <= reply.code < 500)

    async def _transfer(
        self, smtp: aiosmtplib.SMTP, mail: OutgoingMail, payload: bytes, settled: dict[Address, RecipientResult]
    ) -> None:
        """MAIL, RCPT for each, DATA, the bytes, the dot (RFC 5321 section 3.3); settle every recipient or raise."""
        notify = smtp.supports_extension("dsn")
        options = [b"SIZE=%d" % len(mail.raw)] if smtp.supports_extension("size") else []
        # RFC 3461: the headers alone come back with a report, under a name that tells which mail it is about.
        options += [b"RET=HDRS", b"ENVID=" + _xtext(str(mail.intended.message_id))] if notify else []
        _demand(await _ask(smtp, Stage.MAIL, b"MAIL", _path(b"FROM", mail.envelope_from), *options), Stage.MAIL, 2)
        for recipient in mail.recipients:
            try:
                asked = [b"NOTIFY=FAILURE,DELAY", b"ORCPT=rfc822;" + _xtext(str(recipient))] if notify else []
                _demand(await _ask(smtp, Stage.RCPT, b"RCPT", _path(b"TO", recipient), *asked), Stage.RCPT, 2)
            except Ended as ended:
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
                recipient, RecipientResult(RecipientState.SENT, Stage.DONE, reply.code, answer_text(reply.message))
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
                raise Ended(Stage.DATA, f"the server took no more of the mail for {self._settings.timeout:g} seconds")
            await asyncio.sleep(0.005)
        raise Ended(Stage.DATA, "the connection broke off")

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
            raise Ended(Stage.DOT, f"{words} after the final dot", state=RecipientState.UNKNOWN) from None
        if reply.code // 100 not in {2, 4, 5}:
            words = "the answer to the final dot makes no sense"
            raise Ended(Stage.DOT, words, state=RecipientState.UNKNOWN)
        _demand(reply, Stage.DOT, 2)
        return reply


def _protocol(smtp: aiosmtplib.SMTP) -> aiosmtplib.protocol.SMTPProtocol:
    if smtp.protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("gone")
    return smtp.protocol


def _path(word: bytes, address: Address) -> bytes:
    """The address exactly as it was parsed; the library's own quoting may rewrite what it finds strange."""
    return word + b":<" + address.text.encode("ascii") + b">"


def _xtext(text: str) -> bytes:
    """Encode a DSN parameter (RFC 3461 section 4): what is not plain, and + and =, as +XX."""
    return b"".join(
        b"+%02X" % byte if byte in b"+=" or not 33 <= byte <= 126 else bytes([byte]) for byte in text.encode("ascii")
    )


def _b64(text: str) -> bytes:
    return base64.b64encode(text.encode())


def dot_stuffed(raw: bytes) -> bytes:
    """RFC 5321 section 4.5.2.  The bytes are signed: what would have to be mended is refused (SMTP smuggling)."""
    ends = raw.count(b"\r\n")
    if raw.count(b"\n") != ends or raw.count(b"\r") != ends or not raw.endswith(b"\r\n") or b"\0" in raw:
        raise GuardRefusal("outgoing mail", "its lines do not all end in CRLF", "this is a fault of the program")
    return _LINE_START_DOT.sub(b"..", raw) if b"\n." in raw or raw.startswith(b".") else raw


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
        code, words = (refused.code, answer_text(refused.message)) if known else (None, "the answer makes no sense")
        raise Ended(stage, words, code, pause_host=known and refused.code >= 500) from None
    except (aiosmtplib.SMTPException, OSError) as failed:
        cause: BaseException | None = failed
        while cause is not None and not isinstance(cause, ssl.SSLError):
            cause = cause.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise Ended(Stage.TLS, "the server's certificate is not trusted or not for its name") from None
        if cause is not None:
            raise Ended(Stage.TLS, "no TLS could be agreed upon") from None
        if isinstance(failed, TimeoutError):
            raise Ended(stage, "no answer in time") from None
        words = "the server cannot be reached" if stage is Stage.CONNECT else "the connection broke off"
        raise Ended(stage, words) from None


def _demand(reply: aiosmtplib.SMTPResponse, stage: Stage, first_digit: int) -> None:
    """Raise ``Ended`` unless the reply's code begins with ``first_digit`` (RFC 5321 section 4.2.1)."""
    if reply.code // 100 == first_digit:
        return
    words = answer_text(reply.message)
    if stage is Stage.MAIL and reply.code in _LOGIN_CODES:
        raise Ended(stage, words, reply.code, stop_queue=True)
    refused = 500 <= reply.code < 600
    raise Ended(stage, words, reply.code, state=RecipientState.REFUSED if refused else RecipientState.DEFERRED)
