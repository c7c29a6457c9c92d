"""The report: a Markdown file with front matter, read strictly and checked for the parts a policy requires.

Front matter stands between two lines of ``---`` and is YAML in which every scalar is text: no value changes its type
behind the writer's back.  A part may stand in the front matter (``impact: ...``) or as a heading (``## Impact``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import yaml

from cvdmail.core.compose import check_line
from cvdmail.errors import Refused

MAX_REPORT = 1024 * 1024
MAX_FRONT_MATTER = 64 * 1024

_HEADING = re.compile(r"#{1,6}[ \t]+([^\n]{1,200})")
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
_NAME = re.compile(r"[a-z0-9][a-z0-9 ]{0,40}\Z")


class Origin(Enum):
    """Who found it; the policy asks for different reviews."""

    AUTOMATED = "automated"
    ENGINEER = "engineer"


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
    present: frozenset[str] = frozenset()

    def missing(self, required: tuple[str, ...]) -> tuple[str, ...]:
        """Return the required parts that are not there, in the order asked for."""
        return tuple(part for part in required if part not in self.present)


def read(raw: bytes) -> Report:
    """Read a report file; raise ``Refused`` with what is wrong, why and what to do."""
    text = _text(raw)
    front, body, body_line = _split(text)
    fields = _fields(front)
    lists = {name: _list(fields.get(name)) for name in ("vendor", "contact", "attachments")}
    scalars = {name: value for name, value in fields.items() if isinstance(value, str)}
    title = check_line("report title", scalars.get("title", "").strip() or _first_heading(body))
    origin = scalars.get("origin", Origin.ENGINEER.value).strip().lower()
    if origin not in {kind.value for kind in Origin}:
        raise Refused("report", "origin is neither 'automated' nor 'engineer'", "write one of the two")
    _check_body(body, body_line)
    body = body.strip("\n") + "\n"
    return Report(
        title=title,
        fields=scalars,
        body=body,
        origin=Origin(origin),
        severity=_severity(scalars),
        vendors=lists["vendor"],
        contacts=lists["contact"],
        attachments=lists["attachments"],
        present=_present(fields, body, title),
    )


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
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise Refused(
            "report", "line 1 is not '---': it has no front matter", "start from 'cvdmail case new --template'"
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]) + "\n", number + 2
    raise Refused("report", "its front matter is not closed by a line '---'", "add the line")


def _fields(front: str) -> dict[str, str | list[str]]:
    if len(front) > MAX_FRONT_MATTER:
        raise Refused("report", "its front matter is larger than 64 KB", "move text below it")
    try:
        _check_yaml(front)
        loaded = yaml.load(front, Loader=yaml.BaseLoader)  # noqa: S506  # BaseLoader makes str, list and dict only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 2}" if mark is not None else "it"
        raise Refused("report front matter", f"{line} is not YAML", "write 'name: value' lines") from None
    except RecursionError:
        raise Refused("report front matter", "it is nested too deeply", "write 'name: value' lines") from None
    if not isinstance(loaded, dict):
        raise Refused("report front matter", "it holds no 'name: value' lines", "see 'cvdmail case new --template'")
    fields: dict[str, str | list[str]] = {}
    for raw_name, value in loaded.items():
        name = str(raw_name).strip().lower().replace("_", " ").replace("-", " ")
        if not _NAME.match(name):
            raise Refused("report front matter", "a name is not made of letters, digits and blanks", "correct it")
        if name in fields:
            raise Refused("report front matter", "a name stands there twice", "keep one")
        if isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            for item in [value] if isinstance(value, str) else value:
                if any(unicodedata.category(char) == "Cc" and char not in "\t\n" for char in item):
                    raise Refused("report front matter", "a value holds a control character", "remove it")
            fields[name] = value
        else:
            raise Refused("report front matter", "a value is neither text nor a list of texts", "write plain values")
    return fields


def _check_yaml(front: str) -> None:
    """Refuse aliases, deep nesting (quadratic to read) and names that stand twice (the last one would win)."""
    depth = 0
    for event in yaml.parse(front, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise Refused("report", "its front matter uses YAML aliases", "write values out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > 3:
            raise Refused("report front matter", "it is nested too deeply", "write 'name: value' lines")
    node = yaml.compose(front, Loader=yaml.SafeLoader)
    if isinstance(node, yaml.MappingNode):
        names = [str(key.value) for key, _ in node.value]
        if len(names) != len(set(names)):
            raise Refused("report front matter", "a name stands there twice", "keep one")


def _list(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    items = [value] if isinstance(value, str) else value
    return tuple(check_line("report front matter", item.strip()) for item in items if item.strip())


def _severity(fields: Mapping[str, str]) -> str | None:
    """Return the CVSS vector, checked by the CVSS library, or one of the plain words; None if there is none."""
    value = next((fields[name].strip() for name in PARTS["severity"] if fields.get(name, "").strip()), None)
    if value is None:
        return None
    if value.lower() in ("none", "low", "medium", "high", "critical"):
        return value.lower()
    from cvss import CVSS2, CVSS3, CVSS4, CVSSError  # type: ignore[attr-defined]  # slow to import, seldom needed

    kind = CVSS4 if value.startswith("CVSS:4") else CVSS3 if value.startswith("CVSS:3") else CVSS2
    try:
        kind(value)
    except (CVSSError, ValueError, KeyError, IndexError):
        raise Refused(
            "report severity", "it is neither a CVSS vector nor low, medium, high or critical", "correct the vector"
        ) from None
    return value


def _first_heading(body: str) -> str:
    for line in body.split("\n"):
        found = _HEADING.match(line)
        if found is not None and line.startswith("# "):
            return found[1].strip()
    return ""


def _check_body(body: str, first_line: int) -> None:
    for number, line in enumerate(body.split("\n"), start=first_line):
        if any(unicodedata.category(char) == "Cc" and char not in "\t\f" for char in line):
            raise Refused("report", f"line {number} holds a control character", "remove it")


def _present(fields: Mapping[str, str | list[str]], body: str, title: str) -> frozenset[str]:
    headings: set[str] = set()
    fenced = False
    for line in body.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        found = None if fenced else _HEADING.match(line)
        if found is not None:
            headings.add(found[1].strip().rstrip(":").lower())
    present = {"title"} if title else set()
    for part, names in PARTS.items():
        if any("".join(fields.get(name, "")).strip() for name in names) or headings & set(names):
            present.add(part)
    return frozenset(present)


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
