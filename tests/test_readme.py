"""The README says what is: every command line in it would be understood, and every command is in it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cvdmail.cli.main import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")


def leaves(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command that does something."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name)


def calls() -> Iterator[list[str]]:
    """The words after ``cvdmail`` of every command line in a code block, pipes and comments cut away."""
    for block in FENCED.findall(README):
        for line in block.replace("\\\n", " ").splitlines():
            for piece in re.split(r"\|\|?|&&|;", line):
                words = shlex.split(piece.removeprefix("$ "), comments=True)
                while words and (words[0] == "$" or re.match(r"[A-Z_]+=", words[0])):
                    words.pop(0)
                if words and Path(words[0]).name == "cvdmail":
                    yield _without_redirection(words[1:])


def _without_redirection(words: list[str]) -> list[str]:
    for sign in (">", "<", ">>"):
        if sign in words:
            at = words.index(sign)
            words = words[:at] + words[at + 2 :]
    return words


def understood(words: list[str]) -> None:
    """Insist that click's own parser takes the words: command, options and number of arguments."""
    command: click.Command = cli
    name, context = "cvdmail", None
    while isinstance(command, click.Group):
        context = click.Context(command, info_name=name, parent=context)
        _, rest, _ = command.make_parser(context).parse_args(list(words))
        assert rest, f"{name}: no command"
        name, words = rest[0], rest[1:]
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command = found
    try:
        command.make_context(name, words, parent=context)
    except click.exceptions.Exit:
        return  # --help


@pytest.mark.parametrize("words", list(calls()), ids=" ".join)
def test_every_command_line_would_be_understood(words: list[str]) -> None:
    try:
        understood(words)
    except click.ClickException as problem:
        pytest.fail(f"cvdmail {' '.join(words)}: {problem.format_message()}")


def test_there_are_command_lines_at_all() -> None:
    assert len(list(calls())) >= 8


def _code() -> str:
    """Everything in the README that is set as code, ``case new/list`` written out."""
    code = [*FENCED.findall(README), *INLINE.findall(FENCED.sub("", README))]
    for text in list(code):
        for first, *rest in (found.split("/") for found in re.findall(r"[a-z]+ [a-z]+(?:/[a-z]+)+", text)):
            code += [f"{first.split()[0]} {other}" for other in rest]
    return "\n".join(code)


@pytest.mark.parametrize("path", list(leaves()), ids=" ".join)
def test_every_command_is_mentioned(path: tuple[str, ...]) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(' '.join(path))}(?![\w-])", _code())


def test_every_option_that_is_named_alone_exists() -> None:
    known = {"--help"}
    for path in leaves():
        command: click.Command = cli
        for name in path:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        known |= {word for parameter in command.params for word in parameter.opts}
    named = {word for text in INLINE.findall(FENCED.sub("", README)) for word in re.findall(r"(?<!\S)--[a-z-]+", text)}
    assert named - known == set()


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?<![\w-])make ([a-z][a-z-]*)", _code()))
    assert named - targets == set()
    assert named >= {"demo", "test", "check"}


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", README)
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (ROOT / link).exists()] == []
