"""Made-up mails of many programs, languages and ticket systems, each with the new words that are to be read from it.

They stand as texts in ``mails/``: ``=== name``, then sections ``--- plain``, ``--- html``, ``--- known`` (lines of an
earlier mail of ours) and ``--- new`` (what is expected).  A mail has a plain part, an HTML part, or both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from cvdmail.core.body import read
from cvdmail.core.extract.zones import known_words
from cvdmail.core.mail import parse

FOLDER = Path(__file__).parent / "mails"
AT = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)
_SECTION = re.compile(r"^--- (plain|html|known|new)\n", re.MULTILINE)


@dataclass(frozen=True)
class MadeUp:
    """One mail of the collection."""

    name: str
    sections: dict[str, str]

    def raw(self) -> bytes:
        """Return the mail as it would come in."""
        mail = EmailMessage()
        mail["From"] = "Ada Vendor <ada@vendor.example>"
        mail["To"] = "outbound@lab.example"
        mail["Subject"] = "Re: Heap overflow in parser"
        mail["Date"] = "Thu, 12 Mar 2026 10:00:00 +0100"
        plain, html = self.sections.get("plain"), self.sections.get("html")
        if plain is not None:
            mail.set_content(plain, cte="base64")
            if html is not None:
                mail.add_alternative(html, subtype="html", cte="base64")
        else:
            mail.set_content(html or "", subtype="html", cte="base64")
        return mail.as_bytes()

    @property
    def expected(self) -> list[str]:
        return filled(self.sections["new"])

    def found(self) -> list[str]:
        """Return the lines that are read from it as new."""
        known = known_words([self.sections.get("known", "")])
        return filled(read(parse(self.raw()), None, AT, known).extraction.text)


def filled(text: str) -> list[str]:
    """Return the lines without the empty ones: how many of those stand between paragraphs is taste."""
    return [line for line in text.split("\n") if line.strip()]


def collection() -> dict[str, MadeUp]:
    """Return all mails by name."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for mail in path.read_text(encoding="utf-8").split("=== ")[1:]:
            name, _, rest = mail.partition("\n")
            pieces = _SECTION.split(rest)[1:]
            found[name] = MadeUp(name, dict(zip(pieces[::2], pieces[1::2], strict=True)))
    return found
