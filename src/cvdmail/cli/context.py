"""What every command shares: its global options, running asynchronous work, and ending with the right status.

Exit status: 0 done; 1 refused or failed; 2 wrong usage; 3 done, but something needs a person.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cvdmail.core.display import visible
from cvdmail.errors import CvdmailError, NotFound, Refused

if TYPE_CHECKING:
    from cvdmail.config import Config
    from cvdmail.core.language import Language
    from cvdmail.work.desk import Actor, Desk

DONE, FAILED, USAGE, NEEDS_PERSON = 0, 1, 2, 3
MAX_TEXT = 1024 * 1024

_Result = TypeVar("_Result")
_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(slots=True)
class Options:
    """The global options of one call."""

    config: str | None = None
    as_address: str | None = None
    verbose: bool = False


def _store(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value:
            setattr(context.ensure_object(Options), name, value)

    return callback


def global_options(command: _Command) -> _Command:
    """Add ``--config``, ``--as`` and ``-v``, which may stand before or after a command's name."""
    for decorate in (
        click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=_store("verbose"), help="Say more."),
        click.option(
            "--as",
            "as_address",
            metavar="ADDRESS",
            expose_value=False,
            callback=_store("as_address"),
            help="Which of your own keys to act with.",
        ),
        click.option(
            "--config",
            metavar="FILE",
            expose_value=False,
            callback=_store("config"),
            help="The configuration; default $CVDMAIL_CONFIG, ./config/cvdmail.toml, ~/.config/cvdmail/.",
        ),
    ):
        command = decorate(command)
    return command


def json_option(command: _Command) -> _Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


class RowNumber(click.ParamType[int]):
    """The number of a draft, fact or held mail; one that no database can hold is simply not there."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read plain digits; raise ``NotFound`` for more of them than there can be rows."""
        text = str(value)
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdigit():
            self.fail(f"{visible(text, 20)!r} is not a number", param, ctx)
        if digits != text or len(digits) > 9:
            raise NotFound(f"number {visible(text, 20)}", "there is nothing of this number", "see the list command")
        return int(text)


ROW = RowNumber()


def run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run one asynchronous job to its end."""
    return asyncio.run(work)


def load_config() -> Config:
    """Read the configuration that the options of this call name."""
    from cvdmail.config import load
    from cvdmail.wiring import find_config

    return load(find_config(click.get_current_context().ensure_object(Options).config))


@asynccontextmanager
async def at_desk() -> AsyncIterator[tuple[Desk, Actor]]:
    """Open a desk for the person at the prompt."""
    from cvdmail.wiring import person_desk

    options = click.get_current_context().ensure_object(Options)
    async with person_desk(load_config(), options.as_address) as (desk, actor):
        yield desk, actor


def person_names(desk: Desk) -> dict[str, str]:
    """Return who is behind each fingerprint, for lines that say who decided."""
    return {str(one.fingerprint): one.name or str(one.address) for one in desk.config.people}


def echo(text: str = "") -> None:
    """Print a line for people; text from outside must have gone through ``visible`` before."""
    click.echo(text)


def note(text: str) -> None:
    """Print a line on standard error."""
    click.echo(text, err=True)


def print_json(value: object) -> None:
    """Print one JSON document on one line."""
    click.echo(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))


def print_json_lines(values: Iterable[object]) -> None:
    """Print JSON Lines."""
    for value in values:
        print_json(value)


def read_input(name: str, what: str, limit: int = MAX_TEXT) -> bytes:
    """Read a file a person named, ``-`` for standard input."""
    if name == "-":
        if sys.stdin is None:
            raise Refused(what, "there is no standard input", "name a file, or do not close it")
        data = sys.stdin.buffer.read(limit + 1)
        if len(data) > limit:
            raise Refused(what, f"standard input is longer than {limit // 1024} KB", "shorten it")
        return data
    from cvdmail.edge.disk import read_file

    return read_file(Path(name), limit, what)


def confirmed(question: str, yes: bool, option: str = "--yes") -> None:
    """Ask a person for a yes on a terminal; without one, refuse unless ``--yes`` (or ``option``) was given."""
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise Refused(question, "it needs a yes, and there is no terminal to ask", f"add {option}")
    if not click.confirm(question, err=True):
        raise Refused(question, "you said no", "nothing was changed")


def confirmed_in_clear(recipient: str, yes: bool) -> None:
    """Let a person type the address that a letter goes to in clear; without a terminal, refuse unless ``--yes``."""
    what = f"a letter in clear to {visible(recipient)}"
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise Refused(what, "it needs a yes, and there is no terminal to ask", "add --yes")
    typed = click.prompt("It goes out in clear. Type the recipient's address", default="", show_default=False, err=True)
    if typed.strip().lower() != recipient.lower():
        raise Refused(what, "you typed another address", "nothing was sent or changed")


def language_option(command: _Command) -> _Command:
    """Add ``--language``."""
    words = "Of the letter, as BCP 47 tag: de, de-AT. Default: the plain templates."
    return click.option("--language", "language", metavar="TAG", callback=_read_language, help=words)(command)


def _read_language(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Language | None:
    from cvdmail.core.language import Language

    return None if value is None else Language.parse(value)


def say_template(language: Language | None, name: str) -> None:
    """Say on standard error which template was used, where a language was asked for."""
    if language is not None:
        note(f"cvdmail: letter from templates/{name}")


def finish(needs_person: bool) -> None:
    """End with status 3 if something needs a person."""
    if needs_person:
        raise SystemExit(NEEDS_PERSON)


def fail(error: CvdmailError | OSError) -> int:
    """Print a refusal on standard error, one line each, and return the exit status.

    An ``OSError`` that came this far is about a path that a person named (too long, a loop of links).
    """
    if isinstance(error, OSError):
        error = Refused("file", error.strerror or type(error).__name__, "check the path")
    for line in error.line().split("\n"):
        click.echo(f"cvdmail: {line}", err=True)
    return FAILED
