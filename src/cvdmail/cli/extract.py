"""Reading mail files without any configuration."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import echo, global_options, json_option, note, print_json
from cvdmail.core.display import visible, visible_lines
from cvdmail.errors import CvdmailError, Refused


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@click.option("--received", metavar="TIME", help="When the mail was written (RFC 3339), overriding its Date.")
@json_option
@global_options
def extract(paths: tuple[str, ...], received: str | None, as_json: bool) -> None:
    """Read the facts out of mails: .eml files, Maildirs, mbox files, folders.

    One file gives one JSON object; several give JSON Lines, each with "file".
    """
    from cvdmail.edge.mailfiles import mails_in

    at = _time(received)
    found = [mail for path in paths for mail in mails_in(Path(path))]
    if not found:
        raise Refused("extract", "there is no mail in what you named", "name .eml files, a Maildir or an mbox")
    alone = len(found) == 1 and len(paths) == 1 and not Path(paths[0]).is_dir()
    failed = False
    with render.progress("extract", len(found)) as step:
        for mail in found:
            try:
                shape = _read(mail.read(), at)
            except CvdmailError as problem:
                failed = True
                note(f"cvdmail: {mail.name}: {problem.why}" + (f"; {problem.remedy}" if problem.remedy else ""))
                continue
            if as_json:
                print_json(shape if alone else {"file": mail.name, **shape})
            else:
                _tell(mail.name, shape)
            step()
    if failed:
        raise SystemExit(1)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("--received", "it is not a time like 2026-06-12T10:41:19+02:00", "correct it") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _read(raw: bytes, at: datetime | None) -> dict[str, Any]:
    from dataclasses import replace

    from cvdmail.core.body import read, to_extract_json
    from cvdmail.core.mail import parse

    mail = parse(raw)
    if at is not None:
        mail = replace(mail, date=at)
    encrypted = mail.root.media_type == "multipart/encrypted"
    reading = read(mail, None, at or mail.date or datetime.now(UTC), frozenset())
    shape = to_extract_json(reading, str(mail.message_id) if mail.message_id else None, encrypted)
    return {**shape, "text": None, "facts": []} if encrypted else shape


def _tell(name: str, shape: dict[str, Any]) -> None:
    message = shape["message"]
    echo(f"{name}: {message['kind']} from {visible(str(message['from']))}, {message['date']}")
    if message["encrypted"]:
        echo("  it is encrypted: 'cvdmail ingest' opens it with the mailbox key")
        return
    rows = []
    for fact in shape["facts"]:
        skipped = ("kind", "quote", "in", "start", "end", "grade", "rule")
        detail = ", ".join(f"{key} {value}" for key, value in fact.items() if key not in skipped and value is not None)
        rows.append((fact["kind"], detail, fact["grade"], fact["quote"]))
    render.table(("what", "detail", "grade", "words"), rows)
    if not rows:
        echo(visible_lines(str(shape["text"])[:500]))
