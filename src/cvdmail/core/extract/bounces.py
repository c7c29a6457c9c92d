"""Bounces: what a mail system says of each recipient.

A delivery status notification (RFC 3464) is a list of field groups: one for the message, then one for each recipient.
Only failed and delayed recipients become facts.  Mail systems that write no such report are read by flufl.bounce, the
detectors of Mailman, and what even they do not know by the first address and status code in the words.  Whether a
bounce belongs to a mail that we sent is for the caller to check: anybody can write such a report.

**How flufl.bounce is kept safe.**  Its patterns take quadratic and cubic time in the length of a line, and it reads
whatever mail it is given.  So it never sees the mail: it sees a new one, made here, of a few short ASCII lines and two
plain header values, so small that its worst case is a fraction of a second.  A failure in it is no bounce.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from email.message import Message

from flufl.bounce import all_failures

from cvdmail.core.extract.facts import Bounce, Fact, FactKind, Grade, Where

# It would write down what it stumbled over: words from outside.
logging.getLogger("flufl.bounce").disabled = True

MAX_REPORT = 65_536
"""Characters of a delivery report that are read."""
MAX_RECIPIENTS = 200
"""Recipient groups that are read."""

_STATUS = re.compile(r"\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,10}:(.{0,1000})")
_TEXT_STATUS = re.compile(r"\b[45][0-9]{2}[ -]#?([45]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_ADDRESS = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


def delivery_status_facts(raw_status: str, original_message_id: str | None) -> tuple[Fact, ...]:
    """Read the decoded body of a ``message/delivery-status`` part; one ``bounce`` for each failed or delayed recipient.

    ``original_message_id`` is the Message-ID found in the returned mail, if any.  A delay is a bounce that is not
    permanent.  Nothing is raised; a group that cannot be read is left out.
    """
    facts = []
    for group in _groups(raw_status[:MAX_REPORT]):
        recipient = _typed(group.get("final-recipient")) or _typed(group.get("original-recipient"))
        action = group.get("action", "").strip().lower()
        found = _STATUS.search(group.get("status", ""))
        status = found[1] if found else None
        if recipient is None or action not in {"failed", "delayed"}:
            continue
        permanent = action == "failed" and (status is None or not status.startswith("4."))
        quote = "; ".join(f"{name}: {group[name].strip()}" for name in _QUOTED if name in group)
        grade = Grade.SURE if status and status[0] in "45" else Grade.LIKELY
        value = Bounce(permanent, recipient, status, original_message_id)
        facts.append(Fact(FactKind.BOUNCE, quote, Where.PART, None, None, grade, "bounce.rfc3464", value))
    return tuple(facts[:MAX_RECIPIENTS])


_QUOTED = ("final-recipient", "action", "status")


def _groups(report: str) -> list[dict[str, str]]:
    """Split into field groups at blank lines, folded lines joined (RFC 5322 section 2.2.3)."""
    groups: list[dict[str, str]] = []
    current: dict[str, str] = {}
    name = ""
    for line in report.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.strip():
            if current:
                groups.append(current)
            current, name = {}, ""
        elif line[0] in " \t":
            if name:
                current[name] = f"{current[name]} {line.strip()}"[:2_000]
        elif (field := _FIELD.match(line)) is not None:
            name = field[1].lower()
            current.setdefault(name, field[2].strip())
    if current:
        groups.append(current)
    return groups[: MAX_RECIPIENTS + 1]


def _typed(value: str | None) -> str | None:
    """Return the address of ``rfc822; user@host`` (RFC 3464 section 2.1.2)."""
    if value is None:
        return None
    address = value.partition(";")[2].strip() if ";" in value else value.strip()
    return address.strip("<>") or None


def text_bounce(text: str) -> Fact | None:
    """Read a bounce written as plain words: the first address and status code in it, if both are there."""
    status = _TEXT_STATUS.search(text)
    address = _ADDRESS.search(text)
    if status is None or address is None:
        return None
    start, end = min(status.start(), address.start()), max(status.end(), address.end())
    value = Bounce(status[1][0] == "5", address[0], status[1], None)
    return Fact(FactKind.BOUNCE, text[start:end], Where.TEXT, start, end, Grade.LIKELY, "bounce.words", value)


MAX_PARTS = 4
"""Text parts of a bounce that flufl.bounce sees."""
MAX_LINES = 120
"""Lines that it sees, of all parts together."""
MAX_LINE = 140
"""Characters of a line that it sees."""


def worded_bounces(
    parts: Sequence[tuple[str, str]], sender: str, failed: Sequence[str], original_message_id: str | None
) -> tuple[Fact, ...]:
    """Read a bounce that is no RFC 3464 report; one ``bounce`` for each recipient that flufl.bounce finds.

    ``parts`` are (Content-Description, text) of the mail's text parts, ``failed`` the values of its
    ``X-Failed-Recipients``.  Nothing is raised.
    """
    made, shown = _small(parts, sender, failed)
    try:
        delayed, permanent = all_failures(made)
    except Exception:  # a foreign reader of hostile input: whatever happens in it, it found nothing
        return ()
    facts = []
    for address in sorted(permanent | delayed)[:MAX_RECIPIENTS]:
        recipient = address.decode("ascii", "replace").strip("<> \t")
        if _ADDRESS.fullmatch(recipient) is None:
            continue
        quote = next((line for line in shown if recipient in line), recipient)
        found = _TEXT_STATUS.search("\n".join(shown)) or _STATUS.search(quote)
        status = found[1] if found else None
        lasting = address in permanent and not (status or "").startswith("4.")
        value = Bounce(lasting, recipient, status, original_message_id)
        facts.append(Fact(FactKind.BOUNCE, quote.strip(), Where.PART, None, None, Grade.LIKELY, "bounce.flufl", value))
    return tuple(facts)


def _small(
    parts: Sequence[tuple[str, str]], sender: str, failed: Sequence[str]
) -> tuple[Message[str, str], tuple[str, ...]]:
    """Make the small mail that flufl.bounce sees; return it with its lines."""
    left = MAX_LINES
    made: list[Message[str, str]] = []
    shown: list[str] = []
    for description, text in parts[:MAX_PARTS]:
        lines = [_plain(line)[:MAX_LINE] for line in text[: MAX_LINES * 1000].split("\n")[:left]]
        left -= len(lines)
        shown += lines
        leaf: Message[str, str] = Message()
        leaf["Content-Type"] = "text/plain"
        if description:
            leaf["Content-Description"] = _plain(description)[:40]
        leaf.set_payload("\n".join(lines))
        made.append(leaf)
    if len(made) == 1:
        whole = made[0]
    else:
        whole = Message()
        whole["Content-Type"] = "multipart/mixed; boundary=b"
        for leaf in made:
            whole.attach(leaf)
    whole["From"] = _plain(sender)[:MAX_LINE]
    addresses = _ADDRESS.findall(_plain(" ".join(failed))[:2_000])
    if addresses:
        whole["X-Failed-Recipients"] = ", ".join(addresses[:20])
    return whole, tuple(shown)


def _plain(text: str) -> str:
    """Return ASCII on one line: what acts in a header or a line is replaced."""
    return "".join(char if " " <= char <= "~" else " " if char == "\t" else "?" for char in text)
