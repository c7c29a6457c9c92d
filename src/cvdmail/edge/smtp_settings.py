"""Where and as whom to submit, and how an attempt may end early: what the SMTP edge's two files share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from cvdmail.core.display import visible
from cvdmail.core.outgoing import RecipientResult, RecipientState, Stage
from cvdmail.errors import CvdmailError

_ANSWER_LIMIT = 500


class Tls(Enum):
    """How TLS begins; there is no third way."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where and as whom to submit.

    ``secret`` yields the password, or with ``token`` an OAuth 2 access token (XOAUTH2), anew for each log-in.
    ``timeout`` bounds every step in seconds, ``data_timeout`` the wait for the answer to the final dot, for which
    RFC 5321 section 4.5.3.2.6 asks ten minutes.  ``connections`` bounds how many are open at a time; one
    that has taken a mail within ``fresh_seconds`` counts as alive without being asked.
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
    connections: int = 1
    fresh_seconds: float = 1.0


class Ended(Exception):
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
        self.log_in = ""


def log_in_text(settings: SmtpSettings, secret: str) -> str:
    """Return who logs in where with which secret, as one text to compare."""
    return f"{settings.host}\0{settings.port}\0{settings.user}\0{secret}"


async def fetch_secret(settings: SmtpSettings) -> str:
    """Return the password or token, empty where nobody logs in; raise ``Ended`` when it cannot be had."""
    if settings.user is None:
        return ""
    if settings.secret is None:
        raise Ended(Stage.LOGIN, "no password or token is configured", stop_queue=True)
    try:
        return await settings.secret()
    except CvdmailError as missing:
        raise Ended(Stage.LOGIN, answer_text(missing.line())) from None


def answer_text(text: str) -> str:
    """Return a server's words on one line, with nothing in them that acts on a terminal."""
    return visible(text.replace("\n", " / "), _ANSWER_LIMIT)
