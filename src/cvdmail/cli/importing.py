"""``import``: an existing mailbox with both sides in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import echo, finish, global_options, json_option, load_config, print_json_lines, run
from cvdmail.core.ids import Address
from cvdmail.errors import Refused


@click.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--own", "own", metavar="ADDRESS...", multiple=True, help="An address of yours; the mailbox's is known.")
@json_option
@global_options
def command(paths: tuple[str, ...], own: tuple[str, ...], as_json: bool) -> None:
    """Take in old mail: .eml files, Maildirs with their subfolders, mbox files; the same mail twice adds nothing.

    Mails from an own address become outbound messages and open cases; the rest are threaded to them.  A thread whose
    beginning is missing opens a placeholder case.  Name everything in one call, both sides: mails are taken, and
    printed, in the order in which they were written, not in that of the files.  An interrupted import is run again.

    \b
    cvdmail import Maildir Sent.mbox --own ada@lab.example --own ben@lab.example
    """  # \b is click's mark for a paragraph that is not to be wrapped
    places = [Path(one) for one in paths if not (own and "@" in one and not Path(one).exists())]
    named = [*own, *(one for one in paths if Path(one) not in places)]  # --own ADDRESS ADDRESS ...
    if not places:
        raise Refused("import", "no file or folder is named", "name .eml files, Maildirs or mbox files")
    finish(run(_import(places, frozenset(Address.parse(one) for one in named), as_json)))


async def _import(paths: list[Path], own: frozenset[Address], as_json: bool) -> bool:
    from cvdmail.edge.mailfiles import mails_in
    from cvdmail.wiring import daemon_desk
    from cvdmail.work.import_mail import import_mails
    from cvdmail.work.import_order import read_index

    found = [mail for path in paths for mail in mails_in(path)]
    states: Counter[str] = Counter()
    async with daemon_desk(load_config(), worker=True) as desk:
        everybody = own | {desk.config.mailbox.address}
        with render.progress("read", len(found)) as step:
            index = read_index(found, everybody, desk.clock.now(), step)
        with render.progress("import", len(found)) as step:
            async for one in import_mails(desk, found, index, everybody):
                states[_state(one)] += 1
                if as_json:
                    print_json_lines([await _shape(desk, one)])
                step()
    if not as_json:
        echo(", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no mails")
        if states["held"]:
            echo("what is held waits in 'cvdmail pen list'")
    return bool(states["held"] or states["unparsed"])


def _state(one: Any) -> str:
    """Return what became of a mail, as the machine-readable shape calls it."""
    if not one.is_new:
        return "duplicate"
    return {"outbound": "filed", "stored": "held"}.get(one.state.value, str(one.state.value))


async def _shape(desk: Any, one: Any) -> dict[str, object]:
    from cvdmail.work.show_mail import shown

    mail = await shown(desk, one.row)
    shape = render.message_json(
        mail.record, mail.reading, mail.filings, mail.facts, mail.guesses, one.place.name, not one.is_new
    )
    return {**shape, "state": _state(one)}
