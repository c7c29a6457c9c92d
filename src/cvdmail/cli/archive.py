"""Archives and the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cvdmail.cli.context import (
    at_desk,
    confirmed,
    echo,
    finish,
    global_options,
    json_option,
    note,
    print_json,
    run,
)
from cvdmail.core.display import visible
from cvdmail.core.ids import CaseId
from cvdmail.errors import CvdmailError, Refused


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--output", "-o", metavar="FILE", help="Where to write it; default CASE.tar.pgp (or CASE.tar).")
@click.option("--to", "readers", multiple=True, metavar="ADDRESS", help="Encrypt to this person of ours; repeatable.")
@click.option(
    "--clear", is_flag=True, help="Write it readable for everybody: the one way report text leaves the store."
)
@click.option("--yes", is_flag=True, help="Do not ask (with --clear).")
@json_option
@global_options
def export(case_id: str, output: str | None, readers: tuple[str, ...], clear: bool, yes: bool, as_json: bool) -> None:
    """Write a signed archive of CASE: every mail byte for byte, the ledger, the facts with their words.

    It is encrypted to you, or to those named by --to, unless --clear is given.
    """
    wanted = CaseId.parse(case_id)
    if clear and readers:
        raise click.UsageError("--clear and --to exclude each other")
    if clear:
        confirmed(f"write {wanted} readable to disk", yes)
    place = Path(output or f"{wanted}.tar{'' if clear else '.pgp'}")
    if place.exists():
        raise Refused(str(place), "the file is there already", "choose another name with --output")
    count, size = run(_export(wanted, place, readers, clear))
    if as_json:
        print_json({"case": str(wanted), "file": str(place), "files": count, "size": size, "encrypted": not clear})
        return
    echo(f"{place}: {count} files, {size} bytes" + ("" if clear else ", encrypted"))
    check = f"cvdmail verify {place}" if clear else f"gpg --decrypt {place} | cvdmail verify -"
    echo(f"check it with: {check} --signer FINGERPRINT")


async def _export(case_id: CaseId, place: Path, readers: tuple[str, ...], clear: bool) -> tuple[int, int]:
    from cvdmail.core.archive import write_tar
    from cvdmail.edge.disk import remove, write_atomically
    from cvdmail.work.export import export as make
    from cvdmail.work.export import note_export

    async with at_desk() as (desk, actor):
        people = {str(one.address): one for one in desk.config.people}
        unknown = [name for name in readers if name not in people]
        if unknown:
            raise Refused("export", "--to names somebody who is not under [[people]]", "use an address from there")
        chosen = [people[name] for name in readers] or [actor.person]
        files, event = await make(desk, actor, case_id)
        data = write_tar(files)
        if not clear:
            keys = [await desk.keys.team(one.address, one.fingerprint) for one in chosen]
            data = await actor.openpgp.encrypt(data, [one.fingerprint for one in chosen], [one.ring for one in keys])
        write_atomically(place, data)
        try:
            await note_export(desk, event)
        except CvdmailError:
            remove(place)
            raise
    return len(files), len(data)


@click.command()
@click.argument("archive", metavar="ARCHIVE")
@click.option("--signer", metavar="FINGERPRINT|FILE", help="Who must have signed: a fingerprint, or a public key file.")
@json_option
@global_options
def verify(archive: str, signer: str | None, as_json: bool) -> None:
    """Check an ARCHIVE (a tar, the folder it was unpacked to, or - for a tar on standard input) without the database.

    Exit 0: whole, and signed by the signer you named.  1: something is wrong.  3: whole, but without --signer nobody
    vouches for it: a key inside the archive proves nothing.
    """
    from cvdmail.verify import verify_archive

    shape = run(verify_archive(Path(archive), signer))
    if as_json:
        print_json(shape)
    else:
        _tell(shape)
    if not shape["ok"]:
        raise SystemExit(1)
    finish(shape["signature"]["trusted"] is None)


def _tell(shape: dict[str, Any]) -> None:
    for problem in shape["problems"]:
        note(f"cvdmail: {visible(problem['path'])}: {problem['what']}")
    signature = shape["signature"]
    echo(f"messages: {shape['messages']}, events: {shape['events']}, chains: {shape['chains']}")
    echo(f"signature: {signature['state']} by {signature['fingerprint']}")
    if not shape["ok"]:
        echo("NOT INTACT")
    elif signature["trusted"] is None:
        echo("whole; but who signed? compare the fingerprint with its owner's word, then use --signer")
    else:
        echo("intact, and signed by the signer you named")


@click.group()
@global_options
def ledger() -> None:
    """Check the ledger of the store."""


@ledger.command("verify")
@json_option
@global_options
def verify_ledger(as_json: bool) -> None:
    """Check every hash chain, every checkpoint and signature, and that all states follow from the events."""
    shape = run(_verify_ledger())
    if as_json:
        print_json(shape)
    else:
        for problem in shape["problems"]:
            note(f"cvdmail: {problem}")
        echo(f"{shape['chains']} chains, {shape['events']} events: {'whole' if shape['ok'] else 'NOT WHOLE'}")
    if not shape["ok"]:
        raise SystemExit(1)


async def _verify_ledger() -> dict[str, Any]:
    from cvdmail.work.audit import audit

    async with at_desk() as (desk, _):
        return await audit(desk)
