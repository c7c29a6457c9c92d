"""Drafts, their approval, and sending."""

from __future__ import annotations

from typing import Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import (
    ROW,
    at_desk,
    confirmed_in_clear,
    echo,
    fail,
    finish,
    global_options,
    json_option,
    note,
    print_json,
    print_json_lines,
    read_input,
    run,
)
from cvdmail.core.display import visible, visible_lines
from cvdmail.core.ids import CaseId
from cvdmail.errors import CvdmailError, Refused


@click.group()
@global_options
def draft() -> None:
    """Look at drafts, edit and approve them."""


@draft.command("list")
@click.argument("case_id", metavar="[CASE]", required=False)
@json_option
@global_options
def list_(case_id: str | None, as_json: bool) -> None:
    """List drafts, of one case or of all."""
    rows = run(_list(CaseId.parse(case_id) if case_id else None))
    if as_json:
        print_json_lines(rows)
        return
    render.table(
        ("draft", "case", "vendor", "letter", "in clear", "state", "written"),
        [
            (
                one["draft"],
                one["case"],
                one["vendor"],
                one["letter"],
                "in clear" if one["clear"] else "",
                one["state"],
                one["written_at"],
            )
            for one in rows
        ],
    )


async def _list(case_id: CaseId | None) -> list[dict[str, Any]]:
    async with at_desk() as (desk, _), desk.store.read() as tx:
        case_row = (await tx.cases.get(case_id)).row if case_id else None
        found = await tx.drafts.select(case_row=case_row)
        people = {one.row: one for one in await tx.cases.participants()}
        return [
            {
                "draft": one.row,
                "case": str(people[one.participant].case) if one.participant is not None else None,
                "participant": one.participant,
                "vendor": people[one.participant].vendor if one.participant is not None else str(one.address),
                "letter": one.letter.value,
                "clear": one.clear,
                "state": one.state.value,
                "written_at": one.written_at.isoformat(),
                "digest": one.digest,
            }
            for one in found
        ]


@draft.command("preview")
@click.argument("number", metavar="DRAFT", type=ROW)
@json_option
@global_options
def preview(number: int, as_json: bool) -> None:
    """Show exactly what will be said to whom: recipients, keys, subject, text, attachments."""
    prepared, shape = run(_preview(number))
    if as_json:
        print_json(shape)
        return
    statement = prepared.statement
    if statement.clear:
        echo("In clear:    this letter is neither encrypted nor signed; everybody on the way can read it")
    for name, value in shape["headers"].items():
        if value:
            echo(f"{name + ':':<12} {visible(value)}")
    if statement.channel is not None:
        echo(f"{'By hand:':<12} {visible(statement.channel)}")
    if not statement.clear:
        echo(f"{'Inside:':<12} Subject: {visible(shape['inner_subject'])}")
    for one in statement.recipients:
        echo(f"{'Key:':<12} {one.fingerprint or 'none, in clear'}")
    for attachment in shape["attachments"]:
        name = visible(attachment["name"])
        echo(f"{'Attachment:':<12} {name} ({attachment['size']} bytes, SHA-256 {attachment['sha256']})")
    for warning in prepared.warnings:
        echo(f"{'Warning:':<12} {warning}")
    echo(f"{'Policy:':<12} {statement.policy}")
    echo(f"{'Digest:':<12} {statement.digest()}")
    echo()
    echo(visible_lines(statement.text))


async def _preview(number: int) -> tuple[Any, dict[str, Any]]:
    from cvdmail.work.preview import shape
    from cvdmail.work.review import prepare

    async with at_desk() as (desk, _), desk.store.read() as tx:
        prepared = await prepare(desk, tx, number)
        return prepared, shape(desk, prepared)


@draft.command("edit")
@click.argument("number", metavar="DRAFT", type=ROW)
@click.option("--file", metavar="FILE", help="Take the new text from a file instead; - for standard input.")
@json_option
@global_options
def edit(number: int, file: str | None, as_json: bool) -> None:
    """Change a draft's subject and text in $VISUAL, $EDITOR or vi, in memory only.  Approvals so far are void.

    FILE begins with a line 'Subject: ...'; a blank line follows, then the text.
    """
    from cvdmail.core.draft_text import MAX_DRAFT

    if file is None:
        changed = _edit_by_hand(number)
    else:
        changed = run(_put_back(run(_take_up(number)), read_input(file, "draft text", MAX_DRAFT)))
    if as_json:
        print_json({"draft": number, "changed": changed})
    elif changed:
        echo(f"draft {number} is changed and open for review; next: cvdmail draft preview {number}")
    else:
        echo(f"draft {number}: nothing changed")


def _edit_by_hand(number: int) -> bool:
    """Open the editor, again and again, until what it leaves is taken or given up: a typing error loses no text."""
    from cvdmail.core.draft_text import MAX_DRAFT
    from cvdmail.edge import editor, memory_disk

    if not editor.has_terminal():
        raise Refused("draft edit", "there is no terminal to edit on", "give the text with --file FILE, or --file -")
    chosen = editor.chosen_editor()
    taken = run(_take_up(number))
    with memory_disk.memory_backed_folder("draft edit") as folder:
        for warning in filter(None, (chosen.warning, memory_disk.swap_warning(folder))):
            note(f"cvdmail: {warning}")
        text = folder.path / "draft.txt"
        text.write_bytes(taken.file)
        while True:
            editor.edit(chosen, folder, text)
            try:
                return run(_put_back(taken, editor.read_back(text, MAX_DRAFT)))
            except CvdmailError as refusal:
                fail(refusal)
                if not click.confirm("Open the editor again (no: what you wrote is lost)?", default=True, err=True):
                    raise Refused("draft edit", "you gave it up", "nothing was changed") from None


async def _take_up(number: int) -> Any:
    from cvdmail.work.edit_draft import take_up

    async with at_desk() as (desk, actor):
        return await take_up(desk, actor, number)


async def _put_back(taken: Any, raw: bytes) -> bool:
    from cvdmail.work.edit_draft import put_back

    async with at_desk() as (desk, actor):
        return await put_back(desk, actor, taken, raw)


@draft.command("approve")
@click.argument("number", metavar="DRAFT", type=ROW)
@click.option("--yes", is_flag=True, help="For a letter in clear: do not ask for the recipient's address.")
@json_option
@global_options
def approve(number: int, yes: bool, as_json: bool) -> None:
    """Sign a draft with your own key: exactly this text, to exactly these recipients.

    A letter in clear asks for the recipient's address; one that belongs to no case goes into the outbox at once.
    """
    digest, outcome, by = run(_approve(number, yes))
    if as_json:
        shape: dict[str, object] = {"draft": number, "digest": digest, "by": by, "complete": outcome.complete}
        print_json({**shape, "missing": outcome.why} if outcome.why else shape)
    elif outcome.complete:
        echo(f"draft {number} is approved ({digest[:16]}…); next: cvdmail send CASE")
    else:
        echo(f"draft {number}: your approval is noted; still missing: {outcome.why}")
    finish(not outcome.complete)


async def _approve(number: int, yes: bool) -> Any:
    from cvdmail.work.review import approve as sign
    from cvdmail.work.review import prepare
    from cvdmail.work.write_clear import queue_approved

    async with at_desk() as (desk, actor):
        async with desk.store.read() as tx:
            clear = (await tx.drafts.get(number)).clear
            recipient = (await prepare(desk, tx, number)).statement.recipients[0].address if clear else None
        if recipient is not None:
            confirmed_in_clear(str(recipient), yes)
        digest, outcome = await sign(desk, actor, number, in_clear=clear)
        if clear and outcome.complete:
            await queue_approved(desk, actor, number)
        return digest, outcome, str(actor.person.address)
