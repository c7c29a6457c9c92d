"""One way to read a sentence in tests: as a person's reply of Tuesday 10 November 2026, 10:00 +01:00."""

from __future__ import annotations

from datetime import datetime

from cvdmail.core.extract import Extraction, Fact, FactKind, MailKind, Reply, extract

SENT = datetime.fromisoformat("2026-11-10T10:00:00+01:00")


def read(text: str, *, kind: MailKind = MailKind.REPLY, subject: str = "Re: your report") -> Extraction:
    """Extract from one text."""
    return extract(Reply(text, subject, SENT, SENT, kind))


def facts(text: str, kind: FactKind) -> list[Fact]:
    """Return the facts of one kind."""
    return [fact for fact in read(text).facts if fact.kind is kind]
