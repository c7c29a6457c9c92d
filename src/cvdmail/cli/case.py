"""Cases and their participants."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import (
    at_desk,
    confirmed,
    echo,
    finish,
    global_options,
    json_option,
    language_option,
    note,
    person_names,
    print_json,
    print_json_lines,
    read_input,
    run,
    say_template,
)
from cvdmail.cli.moving import merge, move, split
from cvdmail.cli.record import record
from cvdmail.core.display import visible
from cvdmail.core.ids import CaseId
from cvdmail.core.language import Language
from cvdmail.errors import Refused

if TYPE_CHECKING:
    from cvdmail.core.compose import Attachment

MAX_ATTACHMENT = 25 * 1024 * 1024


@click.group()
@global_options
def case() -> None:
    """Open, list, show, move mails between, merge and erase cases."""


for command in (record, move, split, merge):
    case.add_command(command)


@case.command("new")
@click.argument("file", required=False)
@click.option("--attach", "attachments", multiple=True, metavar="FILE", help="Attach a file; may be repeated.")
@click.option("--vendor", "vendors", multiple=True, metavar="NAME", help="Whom to tell: a domain or name; repeatable.")
@click.option("--template", is_flag=True, help="Print a report file to start from.")
@language_option
@json_option
@global_options
def new(
    file: str | None,
    attachments: tuple[str, ...],
    vendors: tuple[str, ...],
    template: bool,
    language: Language | None,
    as_json: bool,
) -> None:
    """Open a case from the report FILE (Markdown with front matter; - for standard input)."""
    from cvdmail.core.report import TEMPLATE

    if template:
        click.echo(TEMPLATE, nl=False)
        return
    if file is None:
        raise click.UsageError("name a report FILE, or use --template to get one to start from")
    run(_new(file, attachments, vendors, language, as_json))


async def _new(
    file: str, attachments: tuple[str, ...], vendors: tuple[str, ...], language: Language | None, as_json: bool
) -> None:
    from cvdmail.core.drafts import Letter
    from cvdmail.core.report import MAX_REPORT
    from cvdmail.work.letter_template import find
    from cvdmail.work.open_case import open_case, read_report

    raw = read_input(file, "report", MAX_REPORT)
    report = read_report(raw)
    folder = Path(file).parent if file != "-" else Path()
    read = read_attachment_files(folder, report.attachments) + read_attachment_files(Path(), attachments)
    async with at_desk() as (desk, actor):
        missing = report.missing(desk.policy.required_parts)
        if missing and as_json:
            print_json({"case": None, "participants": [], "missing": list(missing)})
        opened = await open_case(desk, actor, report, raw, read, vendors, language)
        say_template(language, find(desk, Letter.REPORT, language=language).name)
    people = [
        {**render.participant_json(one), "draft": draft}
        for one, draft in zip(opened.participants, opened.drafts, strict=True)
    ]
    if as_json:
        print_json({"case": str(opened.case), "participants": people, "missing": []})
        return
    echo(f"{opened.case} is open.")
    for one, draft in zip(opened.participants, opened.drafts, strict=True):
        reached = "contact known" if one.contact else f"next: cvdmail contact find {visible(one.vendor)} --save"
        echo(f"  participant {one.row}: {visible(one.vendor)}, draft {draft}; {reached}")
    if not opened.participants:
        echo(f"  no vendor yet; next: cvdmail participant add {opened.case} VENDOR")


def read_attachment_files(folder: Path, names: Sequence[str]) -> tuple[Attachment, ...]:
    """Read files named beside a report, or on the command line."""
    from cvdmail.core.compose import Attachment

    paths = [folder / name for name in names]
    return tuple(
        Attachment(path.name, _media_type(path), read_input(str(path), "attachment", MAX_ATTACHMENT)) for path in paths
    )


def _media_type(path: Path) -> str:
    guessed, encoding = mimetypes.guess_type(path.name)
    return guessed if guessed and not encoding else "application/octet-stream"


@case.command("list")
@json_option
@global_options
def list_(as_json: bool) -> None:
    """List the open cases, with where each vendor stands and what is next."""
    run(_list(as_json))


async def _list(as_json: bool) -> None:
    from cvdmail.work.show import overview

    async with at_desk() as (desk, _):
        cases = await overview(desk)
    if as_json:
        print_json_lines(render.case_json(one.case, [person.to_json() for person in one.people]) for one in cases)
        return
    rows = [
        (
            one.case.id,
            person.vendor,
            person.rm,
            f"{person.silent_days} d",
            person.next_action,
            one.case.title or "(erased)",
        )
        for one in cases
        for person in one.people
    ]
    render.table(("case", "vendor", "state", "silent", "next", "title"), rows)


@case.command("show")
@click.argument("case_id", metavar="CASE")
@click.option("--why", "explained", is_flag=True, help="For every message: the evidence, the rule, who filed it.")
@json_option
@global_options
def show(case_id: str, explained: bool, as_json: bool) -> None:
    """Show a case: participants, messages, facts with their words, promises, events.

    With --why also what each mail's verdict rests on: every clue to a case, why its sender is trusted or not, the rule
    that joined them, who filed it and when, and earlier verdicts; with --json under "why" of each message.
    """
    run(_show(CaseId.parse(case_id), explained, as_json))


async def _show(case_id: CaseId, explained: bool, as_json: bool) -> None:
    from cvdmail.cli import whole_case as view
    from cvdmail.cli.why import tell_all
    from cvdmail.work.show import whole_case

    async with at_desk() as (desk, _):
        found = await whole_case(desk, case_id)
        names = person_names(desk)
    if as_json:
        print_json(view.to_json(found, explained))
        return
    view.show(found)
    if explained:
        tell_all(found.messages, names)


@case.command("timeline")
@click.argument("case_id", metavar="CASE")
@json_option
@global_options
def timeline(case_id: str, as_json: bool) -> None:
    """Tell the story of a case, line by line, with the vendor's own words."""
    run(_timeline(CaseId.parse(case_id), as_json))


async def _timeline(case_id: CaseId, as_json: bool) -> None:
    from cvdmail.work.show import whole_case
    from cvdmail.work.story import story

    async with at_desk() as (desk, _):
        found = await whole_case(desk, case_id)
        names = person_names(desk)
    lines = story(found, names)
    if as_json:
        print_json_lines(
            {"at": one.at.isoformat(), "who": one.who, "what": one.what, "quote": one.quote} for one in lines
        )
        return
    render.table(
        ("when (UTC)", "who", "what", "their words"),
        [(render.day(one.at), one.who, one.what, one.quote or "") for one in lines],
    )


@case.command("close")
@click.argument("case_id", metavar="CASE")
@click.option("--yes", is_flag=True, help="Do not ask.")
@global_options
def close(case_id: str, yes: bool) -> None:
    """Close a case: nothing more is sent; mail that still arrives is filed."""
    wanted = CaseId.parse(case_id)
    confirmed(f"close {wanted}", yes)
    run(_close(wanted))
    echo(f"{wanted} is closed.")


async def _close(case_id: CaseId) -> None:
    from cvdmail.core.events import EventKind
    from cvdmail.core.ledger import Event

    async with at_desk() as (desk, actor), desk.store.write() as tx:
        people = [one.row for one in await tx.cases.participants((await tx.cases.get(case_id)).row)]
        await tx.outbox.stop(people, "the case is closed", desk.clock.now())
        event = Event(str(case_id), EventKind.CASE_CLOSED, desk.clock.now(), str(actor.fingerprint), {})
        await tx.ledger.append(await actor.decide(event))


@case.command("erase")
@click.argument("case_id", metavar="CASE")
@click.option("--reason-file", required=True, metavar="FILE", help="Why, in a file; - for standard input.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@global_options
def erase(case_id: str, reason_file: str, yes: bool) -> None:
    """Destroy a case's key, so that nothing in it can ever be read again.  Two people must ask."""
    wanted = CaseId.parse(case_id)
    reason = read_input(reason_file, "reason")
    if not reason.strip():
        raise Refused("case erase", "the reason is empty", "say why, for the ledger")
    confirmed(f"erase {wanted} for ever", yes)
    done = run(_erase(wanted, reason))
    if done.value == "erased":
        echo(f"{wanted} is erased: hashes and events remain.")
        return
    if done.value == "not_scrubbed":
        note(f"cvdmail: {wanted} is erased, but another process reads the database and its log still holds old bytes;")
        note("cvdmail: stop the daemon and run any command that writes, for example 'cvdmail store upgrade'")
        finish(needs_person=True)
    note(f"{wanted}: noted. A second manager must now run the same command.")
    finish(needs_person=True)


async def _erase(case_id: CaseId, reason: bytes) -> Any:
    from cvdmail.work.upkeep import erase_case

    async with at_desk() as (desk, actor):
        return await erase_case(desk, actor, case_id, reason)


@click.group()
@global_options
def participant() -> None:
    """Add parties to a case and remove them."""


@participant.command("add")
@click.argument("case_id", metavar="CASE")
@click.argument("vendor")
@click.option("--role", type=click.Choice(["vendor", "coordinator", "observer"]), default="vendor", show_default=True)
@language_option
@json_option
@global_options
def add(case_id: str, vendor: str, role: str, language: Language | None, as_json: bool) -> None:
    """Add VENDOR (a domain or a name) to CASE, and write the draft of its report.

    A coordinator gets a hand-off: the report, and who was told when.
    """
    found, draft = run(_add(CaseId.parse(case_id), vendor, role, language))
    if as_json:
        print_json({**render.participant_json(found), "draft": draft})
        return
    echo(f"participant {found.row}: {visible(found.vendor)}, draft {draft}")


async def _add(case_id: CaseId, vendor: str, role: str, language: Language | None) -> Any:
    from cvdmail.core.drafts import Letter
    from cvdmail.core.records import Role
    from cvdmail.work.letter_template import find
    from cvdmail.work.open_case import add_vendor, read_report, vendor_name

    async with at_desk() as (desk, actor), desk.store.write() as tx:
        found = await tx.cases.get(case_id)
        report = read_report(await tx.cases.report(found.row))
        letter = Letter.HANDOFF if role == Role.COORDINATOR.value else Letter.REPORT
        added = await add_vendor(desk, tx, actor, found, report, vendor_name(vendor), Role(role), language)
        say_template(language, find(desk, letter, language=language).name)
        return added


@participant.command("remove")
@click.argument("case_id", metavar="CASE")
@click.argument("which", metavar="PARTICIPANT")
@click.option("--yes", is_flag=True, help="Do not ask.")
@global_options
def remove(case_id: str, which: str, yes: bool) -> None:
    """Remove a party from CASE: nothing more is sent to it; its thread stays."""
    confirmed(f"remove participant {visible(which)}", yes)
    run(_remove(CaseId.parse(case_id), which))
    echo("removed.")


async def _remove(case_id: CaseId, which: str) -> None:
    from cvdmail.core.events import EventKind
    from cvdmail.core.ledger import Event
    from cvdmail.work.contacts import participant_of

    async with at_desk() as (desk, actor), desk.store.write() as tx:
        found = await participant_of(tx, case_id, which)
        now = datetime.now(UTC)
        await tx.cases.remove_participant(found.row, now)
        await tx.outbox.stop([found.row], "the participant was removed", now)
        event = Event(str(case_id), EventKind.PARTICIPANT_REMOVED, now, str(actor.fingerprint), {}, found.row)
        await tx.ledger.append(await actor.decide(event))
