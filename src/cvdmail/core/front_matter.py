"""Front matter: ``name: value`` lines in YAML, in which every value is text, or a list of texts.

Read from YAML's nodes, not from its values: a node knows its line, and no value changes its type behind the writer's
back.  What makes the rest unreadable (no YAML, aliases, deep nesting) is refused at once; every other fault is
collected with its line, so that a report is mended in one go.  Faults never repeat what the report says.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from cvdmail.errors import Refused

MAX_FRONT_MATTER = 64 * 1024
_MAX_DEPTH = 3
_FIRST_LINE = 2  # the line '---' comes before
_NAME = re.compile(r"[a-z0-9][a-z0-9 ]{0,40}\Z")
_WHAT, _REMEDY = "report front matter", "write 'name: value' lines"


class Fault(NamedTuple):
    """One thing that is wrong, with the line of the file it is in."""

    line: int
    words: str


def fault(line: int, why: str) -> Fault:
    """Return a fault that begins with its line."""
    return Fault(line, f"line {line}: {why}")


class Item(NamedTuple):
    """One text, and the line of the file where it stands."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands behind one name: a text, or a list of texts (``many``); ``line`` is the name's own."""

    line: int
    items: tuple[Item, ...] = field(repr=False)
    many: bool

    @property
    def text(self) -> str:
        """The text as it stands; the texts of a list joined by semicolons."""
        if not self.many:
            return self.items[0].text
        return "; ".join(item.text.strip() for item in self.items if item.text.strip())


def read(front: str) -> tuple[dict[str, Entry], list[Fault]]:
    """Return the entries by name (lower case, ``_`` and ``-`` as blanks) and what is wrong with others.

    ``front`` is what stands between the two lines ``---``.  Raise ``Refused`` where it is no front matter at all.
    """
    if len(front) > MAX_FRONT_MATTER:
        raise Refused("report", "its front matter is larger than 64 KB", "move text below it")
    faults = _raw_faults(front)
    if faults:
        return {}, faults  # these characters would move YAML's own line numbers
    entries: dict[str, Entry] = {}
    for key, value in _nodes(front):
        line = _line(key.start_mark)
        name = key.value.strip().lower().replace("_", " ").replace("-", " ") if _is_text(key) else ""
        entry = _entry(line, value)
        if not _NAME.match(name):
            faults.append(fault(line, "a name is not made of letters, digits and blanks"))
        elif name in entries:
            faults.append(fault(line, f"a name stands there twice, first in line {entries[name].line}: keep one"))
        elif entry is None:
            faults.append(fault(line, "a value is neither text nor a list of texts"))
        else:
            entries[name] = entry
    return entries, faults


def _raw_faults(front: str) -> list[Fault]:
    return [
        Fault(line, f"line {line} holds a control character")
        for line, text in enumerate(front.split("\n"), start=_FIRST_LINE)
        if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") and char != "\t" for char in text)
    ]


def _nodes(front: str) -> list[tuple[yaml.Node, yaml.Node]]:
    """Return the pairs of the one mapping; refuse aliases and deep nesting (quadratic to read) before building any."""
    try:
        depth = 0
        for event in yaml.parse(front, Loader=yaml.SafeLoader):
            line = _line(event.start_mark)
            if isinstance(event, yaml.AliasEvent):
                raise Refused(_WHAT, f"line {line} uses YAML aliases", "write values out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise Refused(_WHAT, f"line {line} is nested too deeply", _REMEDY)
        node = yaml.compose(front, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise Refused(_WHAT, f"{_place(error, front)} is not YAML", _REMEDY) from None
    except RecursionError:
        raise Refused(_WHAT, "it is nested too deeply", _REMEDY) from None
    if not isinstance(node, yaml.MappingNode):
        raise Refused(_WHAT, "it holds no 'name: value' lines", "see 'cvdmail case new --template'")
    return list(node.value)


def _line(mark: Any) -> int:
    return int(mark.line) + _FIRST_LINE  # PyYAML counts from 0, and its types allow a node without a mark


def _place(error: yaml.YAMLError, front: str) -> str:
    mark, position = getattr(error, "problem_mark", None), getattr(error, "position", None)
    if mark is not None:
        return f"line {_line(mark)}"
    if isinstance(position, int):
        return f"line {front.count(chr(10), 0, position) + _FIRST_LINE}"
    return "it"


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _entry(line: int, value: yaml.Node) -> Entry | None:
    if isinstance(value, yaml.ScalarNode):
        return Entry(line, (Item(line, value.value),), many=False)
    if isinstance(value, yaml.SequenceNode) and all(_is_text(one) for one in value.value):
        items = [Item(_line(one.start_mark), one.value) for one in value.value]
        return Entry(line, tuple(items), many=True)
    return None
