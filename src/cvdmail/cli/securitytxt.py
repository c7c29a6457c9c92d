"""``cvdmail securitytxt``: read security.txt files (RFC 9116), as a lint report for people or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cvdmail.cli.context import global_options

if TYPE_CHECKING:
    from datetime import datetime

    from cvdmail.core.securitytxt import SecurityTxt
    from cvdmail.edge.system import SystemClock

_MAX_READ = 64 * 1024  # enough to see that a file is too large and what it is


@click.command(name="securitytxt")
@click.argument("sources", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each, one a line.")
@click.option("--at", metavar="TIME", help="Judge Expires at this RFC 3339 instant instead of now.")
@click.pass_context
@global_options
def command(context: click.Context, sources: tuple[str, ...], as_json: bool, at: str | None) -> None:
    """Check security.txt files and show whom they name.

    A URL without a path means its /.well-known/security.txt.  Needs no configuration.
    """
    import asyncio

    from cvdmail.errors import CvdmailError

    try:
        failed = asyncio.run(_check_all(sources, as_json, at))
    except CvdmailError as refusal:
        click.echo(f"cvdmail: {refusal.line()}", err=True)
        failed = True
    context.exit(1 if failed else 0)


async def _check_all(sources: tuple[str, ...], as_json: bool, at: str | None) -> bool:
    """Print a result for each source that can be read; tell whether any could not."""
    from cvdmail.core.display import visible
    from cvdmail.core.securitytxt import parse
    from cvdmail.edge.system import SystemClock
    from cvdmail.errors import CvdmailError

    clock = SystemClock()
    moment = _instant(at) if at is not None else clock.now()
    failed = False
    for number, source in enumerate(sources):
        try:
            raw = await _read(source, clock)
        except CvdmailError as refusal:
            click.echo(f"cvdmail: {visible(source, 200)}: {refusal.line()}", err=True)
            failed = True
            continue
        _print(parse(raw, moment), source, as_json, first=number == 0)
    return failed


def _instant(text: str) -> datetime:
    from cvdmail.core.securitytxt_fields import read_expires
    from cvdmail.errors import Refused

    instant, strict = read_expires(text)
    if instant is None or not strict:
        raise Refused("--at", "it is not an instant like 2026-11-21T12:00:00Z", "give date, time and offset")
    return instant


async def _read(source: str, clock: SystemClock) -> bytes:
    """Return the bytes of a file or an https URL; raise a ``CvdmailError``."""
    import asyncio

    if not source.lower().startswith(("https://", "http://")):
        return await asyncio.to_thread(_read_file, source)
    from urllib.parse import urlsplit

    from cvdmail.edge.web import TEXT_LIMIT, Fetcher
    from cvdmail.errors import Refused, ServerRefused

    try:
        bare = urlsplit(source).path in ("", "/")
    except ValueError:
        raise Refused("web address", "it is not well formed", "check its spelling") from None
    url = source.rstrip("/") + "/.well-known/security.txt" if bare else source
    async with Fetcher(clock) as fetcher:
        answer = await fetcher.get(url, TEXT_LIMIT)
    if answer.status != 200:
        raise ServerRefused("fetch", f"the server answered with status {answer.status}", "")
    return answer.body


def _read_file(name: str) -> bytes:
    from pathlib import Path

    from cvdmail.errors import Refused

    try:
        with Path(name).open("rb") as file:
            return file.read(_MAX_READ)
    except (OSError, ValueError):
        raise Refused("file", "it cannot be read", "check its name and permissions") from None


def _print(result: SecurityTxt, source: str, as_json: bool, *, first: bool) -> None:
    import json

    from cvdmail.core.securitytxt import to_json

    if as_json:
        # ASCII only: bidi and control characters from outside stay visible as escapes.
        click.echo(json.dumps(to_json(result, source)))
        return
    if not first:
        click.echo()
    for line in _report(result, source):
        click.echo(line)


def _report(result: SecurityTxt, source: str) -> list[str]:
    """Return the lines a person reads; everything from outside is made visible."""
    from cvdmail.core.display import visible
    from cvdmail.core.securitytxt import DocumentClass

    rows: list[tuple[str, str]] = []
    if result.document is DocumentClass.SECURITY_TXT:
        verdict = "valid" if result.valid_strict else "valid but for its form" if result.valid else "not valid"
        rows.append(("verdict", f"{verdict}, {'usable' if result.usable else 'no contact can be reached'}"))
    for contact in result.contacts:
        state = "" if contact.reach else "  (a placeholder)" if contact.placeholder else "  (cannot be reached)"
        rows.append(("contact", visible(contact.value, 200) + state))
        rows.extend(("", f"may mean {visible(address)}") for address in contact.recoverable)
    if result.expires is not None:
        state = "expired" if result.expired else "not expired" if result.expires_at else "unclear"
        rows.append(("expires", f"{visible(result.expires, 60)}  ({state})"))
    for name in ("encryption", "policy", "canonical"):
        rows.extend((name, visible(value, 200)) for value in getattr(result, name))
    if result.preferred_languages:
        rows.append(("languages", visible(", ".join(result.preferred_languages), 200)))
    if result.signed:
        rows.append(("signed", "yes, signature not checked"))
    rows.extend(("error", code.replace("_", " ")) for code in result.errors)
    rows.extend(("warning", code.replace("_", " ")) for code in result.warnings)
    rows.extend(("seen", f"{visible(address)}  (in a text that is no security.txt)") for address in result.hints)
    head = f"{visible(source, 200)}: {result.document.value}"
    return [head, *(f"  {label:<11}{value}" for label, value in rows)]
