"""The report: a Markdown file with front matter, read strictly and checked for the parts a policy requires.

Front matter stands between two lines of ``---`` (:mod:`cvdmail.core.front_matter`).  A part may stand in the front
matter (``impact: ...``) or as a heading (``## Impact``) with words below it.  Everything that is wrong is told at once,
each with the line of the file, and never in the report's own words.  What is not wrong but not there is a gap:
:meth:`Report.gaps` says where it would have to be, and takes words left over from the template for no words at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from cvdmail.core import front_matter
from cvdmail.core.front_matter import Entry, Fault, fault
from cvdmail.core.ids import Address
from cvdmail.core.oneline import line_fault
from cvdmail.core.severity import WORDS, score
from cvdmail.errors import Refused

MAX_REPORT = 1024 * 1024
MAX_FAULTS = 20

_HEADING = re.compile(r"(#{1,6})[ \t]+(.+)")
# How people name the parts; the first name is ours.
PARTS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "product": ("product", "package", "project", "component"),
    "impact": ("impact",),
    "affected": ("affected", "affected versions", "versions", "version", "commits", "commit range", "commit ranges"),
    "reproduction": ("reproduction", "steps to reproduce", "reproduce", "proof of concept", "poc"),
    "patch": ("patch", "fix", "suggested fix"),
    "severity": ("severity", "cvss", "cvss vector"),
    "credit": ("credit", "credits"),
}
TLP = ("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")  # FIRST, Traffic Light Protocol 2.0
_CWE = re.compile(r"CWE-[0-9]{1,5}\Z")
_ONE_VALUE = frozenset({"title", "origin", "tlp", *PARTS["severity"]})
_ONE_LINE = frozenset({"title", "vendor", "contact", "attachments", "finder", *PARTS["product"], *PARTS["credit"]})
_KNOWN = _ONE_VALUE | _ONE_LINE | {name for names in PARTS.values() for name in names} | {"cwe", "handling"}


class Origin(Enum):
    """Who found it; the policy asks for different reviews."""

    AUTOMATED = "automated"
    ENGINEER = "engineer"


class Gap(NamedTuple):
    """A part that is absent, empty, or still in the template's words: its name, the line, and what to do."""

    part: str
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be read: its front matter as text values, and the Markdown below."""

    title: str = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)
    body: str = field(repr=False)
    origin: Origin
    severity: str | None
    vendors: tuple[str, ...]
    contacts: tuple[str, ...]
    attachments: tuple[str, ...] = field(repr=False)
    absent: tuple[Gap, ...] = ()
    leftover: tuple[Gap, ...] = ()

    def gaps(self, required: tuple[str, ...]) -> tuple[Gap, ...]:
        """Return what keeps the report from being sent, in the order of its lines.

        These are the ``required`` parts that are not there, and everything that is still in the template's words,
        required or not: it must not reach a vendor.
        """
        left = {gap.part for gap in self.leftover}
        absent = [gap for gap in self.absent if gap.part in required and gap.part not in left]
        return tuple(sorted([*absent, *self.leftover], key=lambda gap: gap.line))

    def missing(self, required: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of the gaps: the required parts in the order asked for, then the others."""
        names = [gap.part for gap in self.gaps(required)]
        return tuple(dict.fromkeys([*(part for part in required if part in names), *names]))


def read(raw: bytes) -> Report:
    """Read a report file; raise ``Refused`` with every fault in one line, each with the line of the file."""
    front, body, body_line = _split(_text(raw))
    entries, faults = front_matter.read(front)
    for name, entry in entries.items():
        faults += _entry_faults(name, entry)
    sections = list(_sections(body, body_line))
    title, title_line = _title(entries, sections)
    if title_line >= body_line and (why := line_fault(title)):
        faults.append(fault(title_line, f"title {why}"))
    faults += _body_faults(body, body_line)
    _refuse(faults)
    return Report(
        title=title,
        fields={name: _shown(name, entry) for name, entry in entries.items()},
        body=body.strip("\n") + "\n",
        origin=Origin(_one(entries, "origin").lower() or Origin.ENGINEER.value),
        severity=_severity(entries),
        vendors=_list(entries.get("vendor")),
        contacts=_list(entries.get("contact")),
        attachments=_list(entries.get("attachments")),
        absent=tuple(_absent(entries, sections, title, body_line - 1)),
        leftover=(*_front_leftovers(entries), *_body_leftovers(body, body_line)),
    )


def _refuse(faults: list[Fault]) -> None:
    if not faults:
        return
    told = [one.words for one in sorted(faults)]
    if len(told) > MAX_FAULTS:
        told = [*told[:MAX_FAULTS], f"{len(told) - MAX_FAULTS} more"]
    raise Refused("report", "; ".join(told), "correct this line" if len(faults) == 1 else "correct these lines")


def _text(raw: bytes) -> str:
    if not raw.strip():
        raise Refused("report", "the file is empty", "start from 'cvdmail case new --template'")
    if len(raw) > MAX_REPORT:
        raise Refused("report", f"it is larger than {MAX_REPORT // 1024} KB", "move long material into attachments")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refused("report", f"line {line} is not UTF-8 text", "save it as UTF-8, attach binary files") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Refused("report", f"line {line} holds a NUL: it is a binary file", "attach binary files instead")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _split(text: str) -> tuple[str, str, int]:
    """Return the front matter, the body, and the number of the body's first line."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise Refused(
            "report", "line 1 is not '---': it has no front matter", "start from 'cvdmail case new --template'"
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]) + "\n", number + 2
    raise Refused("report", "its front matter is not closed by a line '---'", "add the line")


# --- values -----------------------------------------------------------------------------------------------------------


def _entry_faults(name: str, entry: Entry) -> Iterator[Fault]:
    """Yield what is wrong with the values behind one name; a name that is not ours is not repeated."""
    if entry.many and name in _ONE_VALUE:
        yield fault(entry.line, f"{name} is a list: write one value")
        return
    for line, text in entry.items:
        value = text.strip()
        why = line_fault(value) if name in _ONE_LINE else _text_fault(text)
        if why is None and value:
            why = _word_fault(name, value)
        if why is not None:
            yield fault(line, f"{name if name in _KNOWN else 'a value'} {why}")


def _text_fault(text: str) -> str | None:
    control = any(unicodedata.category(char) == "Cc" and char not in "\t\n" for char in text)
    return "holds a control character" if control else None


def _word_fault(name: str, value: str) -> str | None:
    """Say what is wrong with a value that has to be of a certain form."""
    if name == "tlp" and _tlp(value) == "WHITE":
        return "WHITE is called CLEAR since TLP 2.0: write CLEAR"
    if name == "tlp" and _tlp(value) not in TLP:
        return f"is none of {', '.join(TLP)}"
    if name == "cwe" and not _CWE.match(value):
        return "is not like CWE-79 (several: [CWE-79, CWE-80])"
    if name == "origin" and value.lower() not in {kind.value for kind in Origin}:
        return "is neither 'automated' nor 'engineer'"
    if name in PARTS["severity"] and score(value) is None:
        return "is neither a CVSS vector nor none, low, medium, high or critical"
    if name == "vendor" and not value.isprintable():
        return "is neither a domain nor a name"
    if name == "contact" and not _is_address(value):
        return "is not a mail address"
    return None


def _tlp(value: str) -> str:
    return value.upper().removeprefix("TLP:").strip()


def _is_address(value: str) -> bool:
    try:
        Address.parse(value)
    except Refused:
        return False
    return True


def _one(entries: Mapping[str, Entry], name: str) -> str:
    return entries[name].text.strip() if name in entries else ""


def _list(entry: Entry | None) -> tuple[str, ...]:
    return tuple(item.text.strip() for item in entry.items if item.text.strip()) if entry is not None else ()


def _shown(name: str, entry: Entry) -> str:
    return _tlp(entry.text) if name == "tlp" else entry.text


def _severity(entries: Mapping[str, Entry]) -> str | None:
    """Return the CVSS vector or, in lower case, the plain word; None if there is none."""
    value = next((text for name in PARTS["severity"] if (text := _one(entries, name))), None)
    return value.lower() if value is not None and value.lower() in WORDS else value


# --- the body ---------------------------------------------------------------------------------------------------------


class Section(NamedTuple):
    """A heading, and whether words stand below it, before the next one of its level or above."""

    level: int
    name: str
    line: int
    filled: bool


def _lines(body: str, first_line: int) -> Iterator[tuple[int, str, re.Match[str] | None]]:
    """Yield each line of the body with its number, and the heading it is, if it is one outside a code fence."""
    fence = ""
    for number, line in enumerate(body.split("\n"), start=first_line):
        mark = line.lstrip()[:3]
        if fence:
            fence = "" if mark == fence else fence
            yield number, line, None
            continue
        fence = mark if mark in ("```", "~~~") else ""
        yield number, line, None if fence else _HEADING.match(line)


def _sections(body: str, first_line: int) -> Iterator[Section]:
    found: list[Section] = []
    for number, line, heading in _lines(body, first_line):
        if heading is not None:
            level = len(heading[1])
            while found and found[-1].level >= level:
                yield found.pop()
            found.append(Section(level, heading[2].strip().rstrip(":").strip(), number, filled=False))
        elif line.strip():
            found = [one._replace(filled=True) for one in found]
    yield from found


def _title(entries: Mapping[str, Entry], sections: list[Section]) -> tuple[str, int]:
    """Return the title and its line: the field, or the first heading of the first level."""
    if title := _one(entries, "title"):
        return title, entries["title"].line
    heading = min((one for one in sections if one.level == 1), key=lambda one: one.line, default=None)
    return (heading.name, heading.line) if heading is not None else ("", 0)


def _body_faults(body: str, first_line: int) -> Iterator[Fault]:
    for number, line in enumerate(body.split("\n"), start=first_line):
        if any(unicodedata.category(char) == "Cc" and char not in "\t\f" for char in line):
            yield Fault(number, f"line {number} holds a control character")


# --- gaps -------------------------------------------------------------------------------------------------------------


def _absent(entries: Mapping[str, Entry], sections: list[Section], title: str, closing: int) -> Iterator[Gap]:
    """Yield every part that is not there, whether a policy requires it or not.  ``closing`` is the second '---'."""
    for part, names in PARTS.items():
        own = [entries[name] for name in names if name in entries]
        headings = [one for one in sections if one.name.lower() in names]
        if (part == "title" and title) or any(one.text.strip() for one in own) or any(one.filled for one in headings):
            continue
        if own or headings:
            line = own[0].line if own else min(one.line for one in headings)
            yield Gap(part, line, f"line {line}: {part} is empty")
            continue
        heading = "# The title" if part == "title" else f"## {part.capitalize()}"
        where = f"add a line '{part}: ...' before line {closing}, or a heading '{heading}'"
        yield Gap(part, closing, f"{part} is missing ({where})")


def _front_leftovers(entries: Mapping[str, Entry]) -> Iterator[Gap]:
    for name, entry in entries.items():
        for line, text in entry.items:
            if " ".join(text.split()) in TEMPLATE_VALUES:
                part = next((part for part, names in PARTS.items() if name in names), name)
                yield Gap(part, line, f"line {line}: {part} is still the template's")


def _body_leftovers(body: str, first_line: int) -> Iterator[Gap]:
    for number, line, _ in _lines(body, first_line):
        part = TEMPLATE_LINES.get(line.strip().removeprefix("1. "))
        if part is not None:
            yield Gap(part, number, f"line {number}: {part} is still the template's")


TEMPLATE = """---
title: One line that says what is wrong
product: Product or package
vendor: vendor.example            # domain or name; several vendors: a list
affected: 1.0 to 1.4.2            # versions or commit range
impact: What an attacker gains
severity: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N
cwe: CWE-79
origin: engineer                  # or automated
finder: Your name
credit: How you wish to be named
tlp: AMBER
handling: What you ask the vendor to do
---

## Summary

What is wrong, and where.

## Reproduction

1. Steps, or the name of an attached proof of concept.

## Suggested fix

If there is one.
"""
# What a person has to replace: these words must never reach a vendor.
TEMPLATE_VALUES = frozenset(
    {
        "One line that says what is wrong",
        "Product or package",
        "What an attacker gains",
        "Your name",
        "How you wish to be named",
        "What you ask the vendor to do",
    }
)
TEMPLATE_LINES: Mapping[str, str] = {
    "What is wrong, and where.": "summary",
    "Steps, or the name of an attached proof of concept.": "reproduction",
    "If there is one.": "patch",
}
