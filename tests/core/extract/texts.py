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


SCRAPS = [
    *(
        "We will fix this on",
        "15 January",
        "in",
        "5.1.2",
        "by the end of",
        "next week",
        "not",
        "the advisory",
        "\n",
    ),
    *("> ", "-- \n", "?", ".", ",", "if", "Q3", "KW 5", "2026", "CVE-2026-12345", "ticket", "#12345", "公開"),
    *("1月5日", "до", "Mon", "may", "May", "From: a@b.example\n", "wrote:", "https://x.example/", "''", "İ"),
    *("\ue000", "\u202e"),
]
"""Pieces of which texts are made at random."""

HOSTILE = {
    "on": "On " * 90_000,
    "blanks": " " * 200_000 + "wrote:",
    "dashes": "-" * 260_000,
    "headers": "From: x\n" * 33_000,
    "addressed headers": "From: a@b.example 10:00\n" * 11_000,
    "marks": "> " * 130_000,
    "digits": "1." * 130_000,
    "dates": "We will fix it on 5 May. " * 10_000,
    "cases": "case number " * 22_000,
    "list": "AB-1234, " * 29_000,
    "links": "https://" + "a." * 130_000,
    "addresses": "a@" * 130_000,
    "hex": "abcd " * 52_000,
    "lines": "A\n" * 130_000,
    "colons": "a:\n" * 87_000,
    "attributions": "2026 a@b.example wrote:\n" * 11_000,
    "closings": "Regards,\nBob\n" * 20_000,
    "cannot": ("cannot " + "x " * 24 + "\n") * 4_600,
    "please": "please send " * 22_000,
    "cjk": "修复于1月5日发布" * 26_000,
    "nots": "not " * 65_000,
}
