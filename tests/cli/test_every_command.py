"""What holds for every command: help, options in any place, --json, wrong usage, no colour in a pipe."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from cli.lab import CASE, Lab, clear_mail, process, run
from cvdmail import __version__
from cvdmail.cli.main import cli

TELLS_A_DECISION = {("case", "close"), ("case", "erase"), ("participant", "remove"), ("pen", "discard"), ("demo",)}


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that lead to it, groups among them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = list(commands())
LEAVES = [(path, command) for path, command in ALL if not isinstance(command, click.Group)]


def options(command: click.Command) -> set[str]:
    return {word for parameter in command.params for word in parameter.opts}


@pytest.mark.parametrize("path", [path for path, _ in ALL], ids=" ".join)
def test_help_is_there_and_ends_with_0(path: tuple[str, ...]) -> None:
    outcome = run(*path, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: cvdmail")
    assert len(outcome.out.splitlines()) > 4


@pytest.mark.parametrize(
    ("path", "command"), LEAVES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_global_options_may_stand_behind_every_command(path: tuple[str, ...], command: click.Command) -> None:
    assert {"--config", "--as", "-v"} <= options(command)


@pytest.mark.parametrize(
    ("path", "command"), LEAVES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_that_prints_data_has_json(path: tuple[str, ...], command: click.Command) -> None:
    assert ("--json" in options(command)) != (path in TELLS_A_DECISION)


@pytest.mark.parametrize(
    ("path", "command"), LEAVES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_option_says_what_it_does(path: tuple[str, ...], command: click.Command) -> None:
    silent = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
    assert silent in ([], ["role"], ["channel"])  # these show their choices


@pytest.mark.parametrize("path", [path for path, _ in LEAVES], ids=" ".join)
def test_wrong_usage_ends_with_2(path: tuple[str, ...]) -> None:
    for words in (
        ("--no-such-option",),
        tuple("abcdefgh") if path[0] not in ("ingest", "import", "extract", "securitytxt") else (),
    ):
        if path == ("contact", "find") and words and words[0] == "a":
            continue
        outcome = run(*path, *words)
        assert (outcome.code, outcome.out) == (2, ""), words
        assert "Usage: cvdmail" in outcome.err


@pytest.mark.parametrize(
    "words", [("no-such-command",), ("case", "no-such"), ("--bogus",), ("draft", "preview", "one")]
)
def test_a_command_that_does_not_exist_is_wrong_usage(words: tuple[str, ...]) -> None:
    outcome = run(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Traceback" not in outcome.err


def test_without_a_command_help_is_shown() -> None:
    outcome = run()
    assert outcome.code in (0, 2)
    assert "Usage: cvdmail" in outcome.out + outcome.err


def test_the_program_knows_its_version() -> None:
    assert process("--version").good().out.strip().endswith(__version__)


def test_options_may_stand_in_any_place(lab: Lab) -> None:
    config, person = ("--config", str(lab.config)), ("--as", "ada@lab.example")
    env = {**lab.env("ada"), "CVDMAIL_CONFIG": "/nowhere.toml"}
    for words in (
        (*config, "case", "list"), ("case", *config, "list"), ("case", "list", *config),
        (*config, *person, "case", "list", "--json"), (*person, "case", "list", *config, "-v"),
        ("-v", "case", *person, "list", *config),
    ):  # fmt: skip
        assert run(*words, env=env).code == 0, words
    run("case", "list", env=env).refused("nowhere.toml")
    assert run("case", "list", *config, "--as", "cy@lab.example", env=env).code == 1


COLOUR = re.compile(r"\x1b\[")


@pytest.mark.parametrize("no_colour", [False, True])
def test_there_is_no_colour_in_a_pipe(queued: Lab, no_colour: bool) -> None:
    queued.run(None, "ingest", queued.write("a.eml", clear_mail("hello")))
    for words in (
        ("case", "list"), ("case", "show", CASE), ("case", "timeline", CASE), ("pen", "list"), ("key", "list"),
        ("contact", "list"), ("draft", "list"), ("status",), ("doctor", "--offline"), ("--help",),
    ):  # fmt: skip
        outcome = queued.run("ada", *words, TERM="xterm-256color", NO_COLOR="1" if no_colour else "")
        assert COLOUR.search(outcome.out + outcome.err) is None, words


def test_help_is_quick() -> None:
    """Half a second allows for a busy machine; the bench measures."""
    process("--help").good()
    began = time.monotonic()
    process("--help").good()
    assert time.monotonic() - began < 2


def test_completion_is_offered() -> None:
    outcome = process(env={**os.environ, "_CVDMAIL_COMPLETE": "bash_source"})
    assert "complete" in outcome.out
    assert CliRunner().invoke(cli, [], env={"_CVDMAIL_COMPLETE": ""}).exit_code in (0, 2)
