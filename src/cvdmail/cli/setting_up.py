"""Setting up, checking, showing."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import at_desk, confirmed, echo, global_options, json_option, load_config, print_json, run
from cvdmail.core.ids import Address
from cvdmail.errors import CvdmailError, Refused


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--mailbox", required=True, metavar="ADDRESS", help="The one address all mail goes through.")
@click.option("--name", default="", metavar="NAME", help="The name vendors see.")
@click.option("--person", metavar="ADDRESS", help="Your own address; default: the mailbox's.")
@click.option("--person-name", metavar="NAME", help="Your own name; default: your login.")
@click.option("--adopt-key", metavar="FILE", help="Use this secret key (armoured) as the mailbox key.")
@click.option("--batch", is_flag=True, help="Do not ask.")
@json_option
@global_options
def init(
    folder: str,
    mailbox: str,
    name: str,
    person: str | None,
    person_name: str | None,
    adopt_key: str | None,
    batch: bool,
    as_json: bool,
) -> None:
    """Lay out the working folder DIR: configuration, keys, a private state folder, an empty store."""
    from cvdmail.setup import FirstPerson, found, read_adopted

    address = Address.parse(mailbox)
    who = FirstPerson(person_name or _login(), Address.parse(person) if person else address)
    root = Path(folder).absolute()
    confirmed(f"make a working folder in {root}", batch, "--batch")
    adopted = read_adopted(Path(adopt_key)) if adopt_key else None
    made = run(found(root, address, name, who, adopted))
    if as_json:
        print_json(
            {
                "config": str(made.config),
                "mailbox_key": str(made.fingerprint),
                "revocation": str(made.revocation) if made.revocation else None,
                "backup": [str(path) for path in made.backup],
            }
        )
        return
    echo(f"working folder: {root}")
    echo(f"mailbox key:    {made.fingerprint}")
    echo("")
    echo("Back up, and keep apart from the database:")
    for path in made.backup:
        echo(f"  {path}")
    echo("Without the mailbox key (or a person's) nothing in the store can ever be read again.")
    if made.revocation:
        echo("Print the revocation certificate and take it off this machine.")
    echo("")
    echo(f"next: cd {root}, then 'cvdmail doctor'; fill in [imap] and [smtp] in {made.config}")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "researcher"


@click.command()
@click.option("--offline", is_flag=True, help="Do not connect to the mail servers.")
@json_option
@global_options
def doctor(offline: bool, as_json: bool) -> None:
    """Check permissions, keys, servers, folders, database and clock, and say how to mend each finding."""
    from cvdmail.checkup import examine

    findings = run(_examine(examine, offline))
    bad = [one for one in findings if one.level == "problem"]
    if as_json:
        print_json(
            {
                "ok": not bad,
                "findings": [
                    {"check": one.check, "level": one.level, "what": one.what, "remedy": one.remedy} for one in findings
                ],
            }
        )
    else:
        marks = {"ok": "ok", "warning": "warning", "problem": "PROBLEM"}
        render.table(
            ("check", "", "what", "how to mend it"),
            [(one.check, marks[one.level], one.what, one.remedy) for one in findings],
        )
    if bad:
        raise SystemExit(1)


async def _examine(examine: Any, offline: bool) -> Any:
    from cvdmail.cli.context import Options

    options = click.get_current_context().ensure_object(Options)
    return await examine(load_config(), options.as_address, offline)


@click.command()
@click.option("--folder", metavar="DIR", help="Where to play; default: a new folder here.")
@click.option("--fast", is_flag=True, help="Without the pauses for reading.")
@global_options
def demo(folder: str | None, fast: bool) -> None:
    """Show the whole job on loopback: throw-away keys and servers, no root, no outside network."""
    try:
        from cvdmail.demo.story import play
    except ImportError as missing:
        raise Refused("demo", f"the package {missing.name} is missing", "pip install 'cvdmail[demo]'") from None
    run(play(Path(folder) if folder else None, fast))


@click.group()
@global_options
def store() -> None:
    """Upgrade the database; change who can read it."""


@store.command("upgrade")
@json_option
@global_options
def upgrade(as_json: bool) -> None:
    """Bring the database to the schema of this program, and add letter templates that are new.

    A failure changes nothing.
    """
    from cvdmail.setup import lay_out_templates

    before, after = run(_upgrade())
    added = lay_out_templates(load_config())
    if as_json:
        print_json({"before": before, "after": after, "templates": added})
        return
    echo(f"schema {after}" + (" already" if before == after else f", was {before}"))
    for name in added:
        echo(f"added config/{name}")


async def _upgrade() -> tuple[str | None, str]:
    from cvdmail.setup import upgrade_database

    return await upgrade_database(load_config())


@store.command("rekey")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@global_options
def rekey(yes: bool, as_json: bool) -> None:
    """Seal the store anew to the mailbox and the people configured now: run it after somebody joins or leaves."""
    confirmed("seal the store to the people configured now", yes)
    people, scopes = run(_rekey())
    if as_json:
        print_json({"readers": people, "scopes": scopes})
        return
    echo(f"sealed to {len(people)} keys, {scopes} scope keys wrapped anew")


async def _rekey() -> tuple[list[str], int]:
    from cvdmail.wiring import key_files, readers
    from cvdmail.work.upkeep import rekey as seal_anew

    async with at_desk() as (desk, actor):
        everybody = await readers(desk.config, key_files(desk.config))
        if actor.fingerprint not in everybody.fingerprints:
            raise CvdmailError("store rekey", "you would lock yourself out", "add yourself under [[people]]")
        count = await seal_anew(desk, actor, everybody.fingerprints, everybody.rings)
        return [str(one) for one in everybody.fingerprints], count
