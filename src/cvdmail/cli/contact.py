"""Contacts and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cvdmail.cli import clear, render
from cvdmail.cli.context import (
    at_desk,
    confirmed,
    echo,
    global_options,
    json_option,
    load_config,
    note,
    print_json,
    print_json_lines,
    read_input,
    run,
)
from cvdmail.core.display import visible
from cvdmail.core.ids import Address
from cvdmail.errors import CvdmailError, Refused

MAX_KEY = 1024 * 1024


@click.group()
@global_options
def contact() -> None:
    """Find whom to tell; confirm contacts."""


contact.add_command(clear.ask)
contact.add_command(clear.clear)


@contact.command("find")
@click.argument("targets", metavar="TARGET...", nargs=-1)
@click.option("--batch", metavar="FILE", help="A file with one target a line; - for standard input.")
@click.option("--offline", is_flag=True, help="Ask nobody: address book and stored lists only.")
@click.option("--save", is_flag=True, help="Keep the candidates, for 'contact confirm'.")
@click.option("--save-keys", metavar="FOLDER", help="Write the keys that were found into FOLDER, for 'key pin'.")
@json_option
@global_options
def find(
    targets: tuple[str, ...], batch: str | None, offline: bool, save: bool, save_keys: str | None, as_json: bool
) -> None:
    """Find the security contacts of TARGET: a domain, an address, or the name of an organisation."""
    wanted = list(targets)
    if batch is not None:
        wanted += [line.strip() for line in read_input(batch, "batch").decode("utf-8", "replace").splitlines()]
    wanted = [target for target in wanted if target and not target.startswith("#")]
    if not wanted:
        raise click.UsageError("name a TARGET, or give --batch FILE")
    run(_find(wanted, offline, save, save_keys, as_json))


async def _find(wanted: list[str], offline: bool, save: bool, save_keys: str | None, as_json: bool) -> None:
    from cvdmail.core.candidates import explain, to_json
    from cvdmail.wiring import finder

    async with at_desk() as (desk, _), finder(desk, offline) as search:
        with render.progress("contacts", len(wanted)) as step:
            for target in wanted:
                findings = await search(target)
                if save:
                    from cvdmail.work.contacts import keep_findings

                    await keep_findings(desk, target, findings)
                if save_keys:
                    _save_keys(Path(save_keys), findings)
                if as_json:
                    print_json(to_json(findings))
                else:
                    echo(visible(findings.target))
                    for one in findings.candidates:
                        echo(f"  {one.score:.2f}  {one.channel.value}  {visible(one.value)}  ({one.gate.value})")
                        for line in explain(one):
                            echo(f"        {visible(line)}")
                    for refused in findings.refused:
                        echo(f"  refused: {visible(refused.value)}: {visible(refused.why)}")
                    if findings.candidates and not save:
                        echo("  keep them with --save, then: cvdmail contact confirm ADDRESS")
                step()


def _save_keys(folder: Path, findings: Any) -> None:
    from cvdmail.edge.disk import write_atomically

    for key in findings.fetched_keys:
        place = folder / f"{key.sha256[:16]}.asc"
        write_atomically(place, key.body, 0o644)
        note(f"key from {visible(key.url)} written to {place}")


@contact.command("list")
@click.option("--vendor", metavar="NAME", help="Only of this vendor.")
@json_option
@global_options
def list_(vendor: str | None, as_json: bool) -> None:
    """List the contacts that are kept, with their pinned keys."""
    rows = run(_list(vendor))
    if as_json:
        print_json_lines(rows)
        return
    render.table(
        ("contact", "vendor", "channel", "value", "state", "score", "pinned key", "in clear"),
        [
            (
                one["contact"],
                one["vendor"],
                one["channel"],
                one["value"],
                one["state"] + (", bounced" if any(each["kind"] == "bounce" for each in one["evidence"]) else ""),
                one["score"],
                one["fingerprint"],
                one["clear"] or "",
            )
            for one in rows
        ],
    )


async def _list(vendor: str | None) -> list[dict[str, Any]]:
    from cvdmail.work.open_case import vendor_name

    async with at_desk() as (desk, _), desk.store.read() as tx:
        found = await tx.contacts.select(vendor=vendor_name(vendor) if vendor else None)
        pins = {pin.contact: str(pin.fingerprint) for pin in await tx.contacts.pinned()}
        extents = await tx.contacts.clear_extents([one.row for one in found])
        rows: list[dict[str, Any]] = []
        for one in found:
            evidence = await tx.contacts.evidence(one.row)
            rows.append(
                {
                    "contact": one.row,
                    "vendor": one.vendor,
                    "channel": one.channel.value,
                    "value": one.value,
                    "state": one.state.value,
                    "score": one.score,
                    "fingerprint": pins.get(one.row),
                    "clear": extents[one.row].value if one.row in extents else None,
                    "evidence": [{"kind": each.kind, "url": each.url, "sha256": each.sha256} for each in evidence],
                }
            )
        return rows


@contact.command("add")
@click.argument("vendor")
@click.argument("value", metavar="ADDRESS|URL|NUMBER")
@click.option(
    "--channel",
    type=click.Choice(["email", "portal", "private_advisory", "phone", "other"]),
    default="email",
    show_default=True,
)
@json_option
@global_options
def add(vendor: str, value: str, channel: str, as_json: bool) -> None:
    """Note a contact of VENDOR by hand; then confirm it."""
    found = run(_add(vendor, value, channel))
    if as_json:
        print_json({"contact": found.row, "vendor": found.vendor, "value": found.value, "state": found.state.value})
        return
    echo(f"contact {found.row}: {visible(found.value)}; next: cvdmail contact confirm {found.row}")


async def _add(vendor: str, value: str, channel: str) -> Any:
    from cvdmail.core.candidates import Channel
    from cvdmail.work.contacts import add_contact

    async with at_desk() as (desk, actor):
        return await add_contact(desk, actor, vendor, Channel(channel), value)


@contact.command("confirm")
@click.argument("value", metavar="CONTACT|ADDRESS")
@click.option("--vendor", metavar="NAME", help="Of which vendor, if several have it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@global_options
def confirm(value: str, vendor: str | None, yes: bool, as_json: bool) -> None:
    """Say that a contact is the right one; your signature goes into the ledger."""
    confirmed(f"confirm contact {visible(value)}", yes)
    _state(value, vendor, "confirmed", as_json)


@contact.command("demote")
@click.argument("value", metavar="CONTACT|ADDRESS")
@click.option("--vendor", metavar="NAME", help="Of which vendor, if several have it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@global_options
def demote(value: str, vendor: str | None, yes: bool, as_json: bool) -> None:
    """Say that a contact is not to be used any more."""
    confirmed(f"demote contact {visible(value)}", yes)
    _state(value, vendor, "demoted", as_json)


def _state(value: str, vendor: str | None, state: str, as_json: bool) -> None:
    found = run(_set_state(value, vendor, state))
    if as_json:
        print_json({"contact": found.row, "vendor": found.vendor, "value": found.value, "state": found.state.value})
        return
    echo(f"contact {found.row} is {found.state.value}")


async def _set_state(value: str, vendor: str | None, state: str) -> Any:
    from cvdmail.core.records import ContactState
    from cvdmail.work.contacts import confirm as decide

    async with at_desk() as (desk, actor):
        return await decide(desk, actor, value, ContactState(state), vendor)


@contact.command("refresh")
@click.option("--cna", "cna_file", metavar="FILE", help="Take the CNA list from a file instead of [discovery] cna_url.")
@json_option
@global_options
def refresh(cna_file: str | None, as_json: bool) -> None:
    """Fetch the list of CNAs anew; a list that lost more than a tenth of its entries is refused."""
    count = run(_refresh(cna_file))
    if as_json:
        print_json({"entries": count})
        return
    echo(f"the CNA list holds {count} entries")


async def _refresh(cna_file: str | None) -> int:
    from cvdmail.wiring import refresh_cna

    raw = read_input(cna_file, "CNA list", 16 * 1024 * 1024) if cna_file else None
    return await refresh_cna(load_config(), raw)


@click.group()
@global_options
def key() -> None:
    """Find, check and pin OpenPGP keys."""


@key.command("pin")
@click.argument("file")
@click.option("--contact", "address", required=True, metavar="ADDRESS", help="Whose key it is.")
@click.option("--vendor", metavar="NAME", help="Of which vendor; default: known, else the address's domain.")
@click.option("--other-user-id", is_flag=True, help="Accept a key that does not name the address.")
@click.option("--yes", is_flag=True, help="Do not ask: the fingerprint was checked by another way.")
@json_option
@global_options
def pin(file: str, address: str, vendor: str | None, other_user_id: bool, yes: bool, as_json: bool) -> None:
    """Bind the certificate in FILE to a contact, by full fingerprint, signed by you."""
    armored = read_input(file, "key file", MAX_KEY)
    wanted = Address.parse(address)
    certificate = run(_inspect(armored))
    if not yes:
        note(f"fingerprint {certificate.fingerprint}")
        for name in certificate.user_ids:
            note(f"  {visible(name)}")
    confirmed(f"pin this key to {wanted}", yes)
    pinned = run(_pin(armored, wanted, vendor, other_user_id))
    for warning in pinned.warnings:
        note(f"warning: {warning}")
    if as_json:
        print_json({"fingerprint": str(pinned.fingerprint), "contact": pinned.contact.value, "file": str(pinned.file)})
        return
    echo(f"pinned {pinned.fingerprint} to {pinned.contact.value}; filed as {pinned.file}")


async def _inspect(armored: bytes) -> Any:
    from cvdmail.work.contacts import read_one_key

    async with at_desk() as (desk, _):
        return await read_one_key(desk, armored)


async def _pin(armored: bytes, address: Address, vendor: str | None, other_user_id: bool) -> Any:
    from cvdmail.work.contacts import pin as bind

    async with at_desk() as (desk, actor):
        return await bind(desk, actor, armored, address, vendor, other_user_id)


@key.command("list")
@json_option
@global_options
def keys(as_json: bool) -> None:
    """List the pinned keys and our own, and whether each can be used."""
    rows = run(_keys())
    if as_json:
        print_json_lines(rows)
        return
    render.table(
        ("fingerprint", "own", "usable", "expires", "remark"),
        [(one["fingerprint"], one["own"], one["usable"], one.get("expires"), one["reason"]) for one in rows],
    )


async def _keys() -> list[dict[str, Any]]:
    from cvdmail.work.health import status

    async with at_desk() as (desk, _):
        found: list[dict[str, Any]] = (await status(desk))["keys"]
        return found


@key.command("check")
@click.argument("file")
@json_option
@global_options
def check(file: str, as_json: bool) -> None:
    """Look at the certificates in FILE without keeping them: user ids, subkeys, whether we would encrypt to them."""
    from datetime import UTC, datetime

    from cvdmail.core.certificate import usable_for_encryption

    certificates = run(_certificates(read_input(file, "key file", MAX_KEY)))
    now = datetime.now(UTC)
    usable = [usable_for_encryption(one, now) for one in certificates]
    if as_json:
        print_json_lines(
            {
                "fingerprint": str(one.fingerprint),
                "user_ids": list(one.user_ids),
                "expires": one.expires.isoformat() if one.expires else None,
                "usable": verdict.usable,
                "reason": verdict.reason,
                "warnings": list(verdict.warnings),
            }
            for one, verdict in zip(certificates, usable, strict=True)
        )
    else:
        for one, verdict in zip(certificates, usable, strict=True):
            echo(f"{one.fingerprint}  {'usable' if verdict.usable else 'NOT usable: ' + verdict.reason}")
            for name in one.user_ids:
                echo(f"  {visible(name)}")
            for warning in verdict.warnings:
                echo(f"  warning: {warning}")
    if not certificates:
        raise Refused("key", "the file holds no certificate", "give an armoured public key")
    if not all(verdict.usable for verdict in usable):
        raise SystemExit(1)


async def _certificates(armored: bytes) -> Any:
    from cvdmail.wiring import inspect_keys

    try:
        return await inspect_keys(armored)
    except CvdmailError as problem:
        raise Refused("key", problem.why, problem.remedy) from None
