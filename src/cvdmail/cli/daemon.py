"""The daemon and what feeds and watches it."""

from __future__ import annotations

import logging
from typing import Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import (
    Options,
    echo,
    finish,
    global_options,
    json_option,
    load_config,
    note,
    print_json,
    run,
)
from cvdmail.errors import Refused


@click.command()
@click.option("--once", is_flag=True, help="Deliver what is due, synchronise once, and exit.")
@json_option
@global_options
def watch(once: bool, as_json: bool) -> None:
    """Run the daemon: deliver what is due, watch the mailbox, file what arrives.

    Ends on SIGTERM or Ctrl-C after finishing what it is doing.  With --once: exit 3 if something needs a person.
    """
    verbose = click.get_current_context().ensure_object(Options).verbose
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    if once:
        done = run(_once())
        if as_json:
            print_json(
                {
                    "outbox": {str(row): state.value for row, state in done.states.items()},
                    "received": done.new,
                    "settled": [{"message": one.row, "state": one.state.value} for one in done.settled],
                    "sent_copies": done.copies,
                    "problems": done.problems,
                }
            )
        else:
            for row, state in done.states.items():
                echo(f"outbox {row}: {state.value}")
            for one in done.settled:
                echo(f"message {one.row}: {one.state.value}")
            if not done.states and not done.settled:
                echo("nothing was due, nothing has arrived")
        for problem in done.problems:
            note(f"cvdmail: {problem}")
        if done.problems:
            raise SystemExit(1)
        finish(done.needs_person)
        return
    run(_watch())


def _servers(config: Any) -> Any:
    from cvdmail.daemon import Servers
    from cvdmail.wiring import mailboxes, postman

    imap = config.imap
    if imap is None and config.smtp is None:
        raise Refused("watch", "neither [imap] nor [smtp] is configured", "fill them in, then 'cvdmail doctor'")
    folders = imap.folders if imap is not None else ()
    return Servers(postman(config), mailboxes(config), folders, imap.sent if imap is not None else "Sent")


async def _once() -> Any:
    from cvdmail.daemon import Daemon
    from cvdmail.edge.system import is_dead, process_name
    from cvdmail.wiring import daemon_desk

    config = load_config()
    servers = _servers(config)
    async with daemon_desk(config, worker=True) as desk:
        return await Daemon(desk, servers, process_name(), is_dead).once()


async def _watch() -> None:
    from cvdmail.daemon import Daemon
    from cvdmail.edge.system import is_dead, process_name
    from cvdmail.wiring import daemon_desk

    config = load_config()
    servers = _servers(config)
    async with daemon_desk(config, worker=True) as desk:
        await Daemon(desk, servers, process_name(), is_dead, click.echo).run()


@click.command()
@json_option
@global_options
def status(as_json: bool) -> None:
    """Say whether the daemon is well; status 0 only if it is."""
    shape = run(_status())
    if as_json:
        print_json(shape)
    else:
        echo("healthy" if shape["healthy"] else "NOT healthy: " + "; ".join(shape["problems"]))
        render.table(
            ("folder", "last synchronised", "behind"),
            [(one["folder"], one["last_sync"], one["behind"]) for one in shape["mailboxes"]],
        )
        outbox = shape["outbox"]
        echo(
            f"outbox: {outbox['queued']} queued ({outbox['held_back']} held back for the vendor's sake), "
            f"{outbox['deferred']} deferred, {outbox['unknown']} unknown"
        )
        echo(f"pen: {shape['pen']}, unparsed: {shape['unparsed']}")
        for warning in shape["warnings"]:
            echo(f"warning: {warning}")
    if not shape["healthy"]:
        raise SystemExit(1)


async def _status() -> dict[str, Any]:
    from cvdmail.cli.context import at_desk
    from cvdmail.work.health import status as look

    async with at_desk() as (desk, _):
        return await look(desk)
