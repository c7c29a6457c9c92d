"""What sort of mail this is, before its words are read: a person's reply, or a machine's.

Evidence, strongest first: the content type of a delivery report (RFC 3462, RFC 3464), ``Auto-Submitted`` (RFC 3834
section 5), the older headers of the same meaning, an empty return path (RFC 5321 section 4.5.5), an address that takes
no answers, and last the words of subject and text, quoted lines aside.  Ticket systems put automatic headers on answers
that a person typed; therefore an ``auto_reply`` may still hold claims, which are then read with a weaker grade.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

_HEAD = 4_000
"""Only the first characters of subject and text are looked at: a machine says at once that it is one."""


class MailKind(Enum):
    """The sorts of inbound mail; all but ``REPLY`` move no state of a case except delivery."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    ABSENCE = "absence"
    BOUNCE = "bounce"
    LIST = "list"
    OTHER = "other"


class _Phrases:
    """Phrases to look for in lower-cased text: each is tried only where one of its cues, plain words, stands at all."""

    def __init__(self, *phrases: tuple[str, str]) -> None:
        """``phrases``: cues separated by ``|`` (empty: always), and the expression that needs one of them to match."""
        self._phrases = tuple((tuple(cues.split("|")), re.compile(expression)) for cues, expression in phrases)

    def find(self, lowered: str) -> int | None:
        """Return where the first phrase begins; None where there is none."""
        starts = [
            found.start()
            for cues, expression in self._phrases
            if any(cue in lowered for cue in cues) and (found := expression.search(lowered)) is not None
        ]
        return min(starts, default=None)

    def __contains__(self, lowered: object) -> bool:
        return isinstance(lowered, str) and self.find(lowered) is not None


_ABSENCE = _Phrases(
    ("office", r"\bout of (?:the |my )?office\b|\breturn(?:ing)? to (?:the |my )?office\b"),
    ("ooo", r"\booo\b"),
    (
        "away|vacation|leave|holiday|travel|out until|out from|out of",
        r"\b(?:i am|i'm|i will be|i'll be) (?:currently |now |presently )?"
        r"(?:away|on (?:\w+ ){0,2}(?:vacation|leave|holidays?)|travell?ing|out (?:until|from|of))\b",
    ),
    ("away from", r"\baway from (?:the |my )?(?:office|desk|e-?mail)\b"),
    ("leave", r"\bon (?:annual|parental|maternity|paternity|sick) leave\b"),
    ("limited access", r"\blimited access to (?:my )?e-?mail\b"),
    ("abwesen|nicht im|urlaub", r"\babwesen(?:d|heit)|\bnicht im (?:b(?:ü|ue)ro|haus)\b|\bim urlaub\b"),
    (
        "absen|congé|en cong",
        r"\babsen(?:t|te|ce) d[ue] bureau\b|\bje suis (?:actuellement )?(?:absent|en cong)|\ben congés?\b",
    ),
    ("oficina|ausente|vacaciones", r"\bfuera de (?:la )?oficina\b|\bestar(?:é|e) ausente|\bde vacaciones\b"),
    ("fuori|assente|ferie", r"\bfuori (?:sede|ufficio)\b|\bassente\b|\bin ferie\b"),
    ("fora do|de férias|de ferias", r"\bfora do escrit(?:ó|o)rio\b|\bde f(?:é|e)rias\b"),
    ("afwezig|poza biurem", r"\bafwezig(?:heid)?\b|\bpoza biurem\b"),
    ("отпуске|отсутству", r"\bв отпуске\b|\bотсутству"),
    ("不在", r"不在(?:に|の|です|とな|通知)|不在办公室"),
    ("休暇|休假|外出中|부재|휴가", r"休暇|休假|外出中|부재 ?중|휴가"),
)
_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(?:\[?auto(?:matic|mated|matische|matique|matica|mática)?[ -]?(?:reply|response|antwort|respon\w+|risposta)\b"
    r"|automatische antwort|automatisch antwoord|r(?:é|e)ponse automatique|respuesta autom(?:á|a)tica"
    r"|resposta autom"
    r"|risposta automatica|автоответ|автоматический ответ|自動(?:返信|応答)|自动(?:回复|答复)"
    r"|자동 ?(?:응답|회신)|auto: )"
)
_AUTOMATIC_TEXT = _Phrases(
    (
        "this is a|this was a",
        r"\bthis (?:is|was) an? (?:auto(?:matic|mated)(?:ally)?[ -]?(?:generated )?|auto-?)"
        r"(?:message|e-?mail|reply|response|notification|acknowledge?ment|confirmation|mail)\b",
    ),
    (
        "automatically",
        r"\bthis (?:message|e-?mail|mail|reply|response) (?:is|was|has been) (?:sent |generated |created )?"
        r"automatically\b"
        r"|\bautomatically generated (?:message|e-?mail|reply|response|mail)\b",
    ),
    (
        "automatisch",
        r"\bdiese (?:e-?mail|nachricht|mail) (?:wurde|ist) automatisch\b"
        r"|\bautomatisch (?:generierte|erzeugte|erstellte) ",
    ),
    (
        "automatique",
        r"\bceci est un (?:message|e-?mail|courriel) automatique"
        r"|\b(?:message|courriel) (?:est )?généré automatiquement",
    ),
    (
        "autom",
        r"\beste es un (?:mensaje|correo)(?: electrónico)? (?:automático|generado automáticamente)"
        r"|\bquest[oa] (?:è|e') un(?:a)? (?:messaggio|e-?mail|risposta) automatic",
    ),
    ("自動|自动", r"自動(?:返信|送信|配信|応答)|自动(?:回复|发送|生成)"),
    ("자동|автоматически", r"자동으로 (?:발송|전송|생성)|автоматически (?:создан|сгенерирован)"),
    ("系统自动", r"系统自动"),
)
# "Use our portal": an address where nobody reads says so itself.
_UNREAD_TEXT = _Phrases(
    (
        "monitored|unattended|attended|no longer| read",
        r"\b(?:mailbox|inbox|e-?mail address|e-?mail account|address|alias|account) is (?:not (?:being )?(?:actively )?"
        r"(?:monitored|read|attended)|unmonitored|unattended|no longer (?:monitored|in use|used|read|active))\b",
    ),
    (
        "do not re",
        r"\bdo not (?:reply|respond) (?:directly )?to this (?:e-?mail|message|mail|address|notification)\b",
    ),
    (
        "to this",
        r"\b(?:replies|responses) to this (?:e-?mail|message|mail|address) (?:are|will|can) ?not (?:be )?"
        r"(?:read|monitored|received|answered|processed)\b",
    ),
    ("-only| only", r"\bthis is a (?:send|notification)[ -]only\b"),
    ("antworten sie|postfach", r"\bantworten sie nicht auf diese\b|\bdieses postfach wird nicht (?:gelesen|betreut)\b"),
    ("répond", r"\bmerci de ne pas répondre à ce\b|\bne répondez pas à ce\b"),
    ("no respond", r"\bno respondas? a este (?:mensaje|correo)\b"),
    ("返信|请勿|회신", r"返信しないで|返信いただいても|请勿(?:直接)?回复|회신하지 마"),
)
# A tracker tells what its robot did; what a person typed into it has no such line of its own.
_TRACKER_TEXT = _Phrases(
    (
        "has been",
        r"\byour (?:request|report|ticket|case|submission|enquiry|inquiry|issue) (?:\(?#?[\w-]{1,30}\)? )?has been "
        r"(?:received|created|opened|submitted|logged|registered|assigned to)\b",
    ),
    (
        "created|opened|logged|generated",
        r"\ba (?:new )?(?:ticket|case|support request|service request) (?:\(?#?[\w-]{1,30}\)? )?(?:has been|was) "
        r"(?:created|opened|logged|generated)\b",
    ),
    ("above", r"\b(?:type your (?:reply|response)|please type your reply|reply) above(?: this line)?\b"),
)
_TRACKER_HEADERS = (
    "x-bugzilla-reason", "x-jira-fingerprint", "x-github-reason", "x-gitlab-notificationreason", "x-redmine-host",
    "x-launchpad-bug", "x-trac-ticket-id", "x-mantis", "x-phabricator-mail-id", "x-debian-pr-message",
    "x-zendesk-from-account-id", "x-rt-ticket", "x-otrs-ticket", "x-osticket", "x-freshdesk", "x-hackerone",
)  # fmt: skip
_NO_REPLY = re.compile(
    r"(?:^|[<\s\"])(?:[\w.+-]{0,30}[._+-])?(?:do-?not-?|no-?)(?:reply|respond|response|antwort)[\w.+-]{0,30}@",
    re.IGNORECASE,
)
_BOUNCE_WORDS = re.compile(
    r"\b(?:undeliver(?:able|ed)|delivery status notification|(?:mail )?delivery (?:has |to the following recipients? )?"
    r"fail(?:ed|ure)|returned mail|failure notice|could ?n[o']t be delivered|was automatically rejected"
    r"|unzustellbar"
    r"|non remis|no se (?:ha podido|pudo) entregar|mancata consegna|не доставлено)\b|配信(?:でき"
    r"|不能|に失敗)|退信|无法投递"
)
_LIST_WORDS = _Phrases(
    (
        "moderator",
        r"awaits moderator approval|waiting for (?:the )?moderator|is being held until the list moderator",
    ),
    ("you are not allowed|subscribed", r"\byou (?:are not allowed|have been (?:un)?subscribed)"),
    (
        "member|posting to",
        r"posting (?:to this list|by non-?members)|\bmailing list memberships? reminder"
        r"|non-?members? (?:to|submission)",
    ),
    ("confirm ", r"confirm [0-9a-f]{20,64}\b"),
)
_ROBOT_SENDER = re.compile(r"(?:^|[<\s\"])(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?。！？]")
_CHARACTERS = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\n": " "})


def classify(headers: Mapping[str, Sequence[str]], content_type: str, subject: str, text: str) -> MailKind:
    """Say what sort of mail this is.

    ``headers`` maps lower-case names to decoded values, ``content_type`` is the whole value of that field, ``text`` the
    mail's own plain text.  Nothing is raised; what tells of no machine is a ``REPLY``, also through a mailing list.
    """
    report = _report_type(content_type)
    if report is not None:
        return MailKind.BOUNCE if report == "delivery-status" else MailKind.OTHER
    head = _own_lines(text).translate(_CHARACTERS).lower()
    title = subject[:500].translate(_CHARACTERS).lower()
    robot = bool(_ROBOT_SENDER.search(" ".join(headers.get("from", ()))[:500]))
    null_sender = any(value.strip() in {"<>", ""} for value in headers.get("return-path", ()))
    if (robot or null_sender or "x-failed-recipients" in headers) and (
        _BOUNCE_WORDS.search(title) or _BOUNCE_WORDS.search(head)
    ):
        return MailKind.BOUNCE
    if _list_manager(headers, title, head):
        return MailKind.LIST
    automatic = _automatic_headers(headers) or null_sender or robot or bool(_AUTOMATIC_SUBJECT.match(title))
    automatic = automatic or _unread(headers, head)
    if _is_absence(title, head, automatic):
        return MailKind.ABSENCE
    if automatic or head in _AUTOMATIC_TEXT:
        return MailKind.AUTO_REPLY
    return MailKind.REPLY


def _report_type(content_type: str) -> str | None:
    """Return the report type of a ``multipart/report`` (RFC 3462), empty when it names none; None for other mail."""
    compact = content_type[:2_000].lower().replace(" ", "").replace("\t", "").replace("\n", "").replace('"', "")
    if not compact.startswith("multipart/report"):
        return None
    for parameter in compact.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name == "report-type":
            return value
    return ""


def _automatic_headers(headers: Mapping[str, Sequence[str]]) -> bool:
    for value in headers.get("auto-submitted", ()):
        if value.split(";")[0].strip().lower() not in {"no", ""}:
            return True
    if any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")):
        return True
    # A mailing list marks every posting as bulk or list; only mail that came through none is told by this.
    precedence = {value.strip().lower() for value in headers.get("precedence", ())}
    if "auto_reply" in precedence or (precedence & {"bulk", "junk"} and "list-id" not in headers):
        return True
    # X-Auto-Response-Suppress asks others not to answer; Exchange and ticket systems set it on people's mail too.
    # Together with the mark of an automatic generator it decides, alone it does not.
    suppressed = any(
        "all" in value.lower() or "autoreply" in value.lower() for value in headers.get("x-auto-response-suppress", ())
    )
    return suppressed and "in-reply-to" not in headers


def _own_lines(text: str) -> str:
    """Return the beginning of a text without quoted lines: a person who quotes a machine is no machine."""
    head = text[:_HEAD]
    if "\n>" not in head and not head.startswith(">"):
        return head
    return "\n".join(line for line in text[: 2 * _HEAD].split("\n") if not line.startswith(">"))[:_HEAD]


def _unread(headers: Mapping[str, Sequence[str]], head: str) -> bool:
    """Say whether a robot wrote: it takes no answers, or it is a tracker that tells what it did."""
    if _NO_REPLY.search(" ".join(headers.get("from", ()))[:500]):
        return True
    tracker = any(name in headers for name in _TRACKER_HEADERS)
    return head in _UNREAD_TEXT or (tracker and head in _TRACKER_TEXT)


def _list_manager(headers: Mapping[str, Sequence[str]], title: str, head: str) -> bool:
    if any(value.strip().lower() == "yes" for value in headers.get("x-list-administrivia", ())):
        return True
    return title in _LIST_WORDS or head[:1_000] in _LIST_WORDS


def _is_absence(title: str, head: str, automatic: bool) -> bool:
    """An automatic mail needs one word of absence; without that evidence only its first sentence may say so."""
    if title in _ABSENCE:
        return True
    start = _ABSENCE.find(head)
    return start is not None and (automatic or (len(head) < 600 and not _SENTENCE_END.search(head[:start])))
