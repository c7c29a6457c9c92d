"""``case move``, ``case split``, ``case merge``: mails that belong elsewhere, and cases that are one matter or two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cvdmail.cli.context import (
    ROW,
    at_desk,
    echo,
    global_options,
    json_option,
    print_json,
    read_input,
    run,
)
from cvdmail.core.display import visible
from cvdmail.core.ids import CaseId
from cvdmail.errors import Refused

if TYPE_CHECKING:
    from cvdmail.work.move import Moved


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("message", metavar="MESSAGE", type=ROW)
@click.argument("to_case", metavar="TO_CASE")
@click.option("--participant", metavar="P", help="Which party of TO_CASE, by number or vendor. Default: same vendor.")
@click.option("--from", "whence", metavar="P", help="Which party of CASE, if the mail is filed to several.")
@click.option("--reason-file", required=True, metavar="FILE", help="Why, in a file; - for standard input.")
@json_option
@global_options
def move(
    case_id: str,
    message: int,
    to_case: str,
    participant: str | None,
    whence: str | None,
    reason_file: str,
    as_json: bool,
) -> None:
    """Move a mail that was filed wrongly from CASE to TO_CASE, or, if both are the same, to another party of it.

    What it says becomes a proposal in its new place ('cvdmail fact list').  What was believed of it in CASE is
    withdrawn there and its promises no longer count; a state that rests on it stays, and 'case show' says so.  Moving
    it back is the same command the other way.  MESSAGE is the number in 'cvdmail case show CASE'.

    \b
    Example:
      cvdmail case move CVD-2026-0001 7 CVD-2026-0004 --reason-file why.txt
    """
    reason = read_input(reason_file, "reason")
    if not reason.strip():
        raise Refused("case move", "the reason is empty", "say why, for the ledger")
    moved = run(_move(CaseId.parse(case_id), message, CaseId.parse(to_case), participant, whence, reason))
    if as_json:
        print_json(_moved_json(moved))
        return
    target = moved.target
    echo(f"message {message} is filed to {target.case}, participant {target.row} ({visible(target.vendor)})")
    _tell_withdrawn([moved])
    for draft in moved.answers:
        echo(f"draft {draft} answers it, and is still addressed to participant {moved.source.row}: look at it again")


async def _move(
    case_id: CaseId, message: int, to_case: CaseId, participant: str | None, whence: str | None, reason: bytes
) -> Any:
    from cvdmail.work.move import move as carry_out

    async with at_desk() as (desk, actor):
        return await carry_out(desk, actor, case_id, message, to_case, participant, whence, reason)


def _moved_json(moved: Moved) -> dict[str, object]:
    return {
        "message": moved.message,
        "from": {"case": str(moved.source.case), "participant": moved.source.row},
        "to": {"case": str(moved.target.case), "participant": moved.target.row},
        "withdrawn": list(moved.withdrawn),
        "answers": list(moved.answers),
    }


def _tell_withdrawn(moved: list[Moved]) -> None:
    facts = [fact for one in moved for fact in one.withdrawn]
    if facts:
        source = moved[0].source.case
        echo(f"no longer believed in {source}: fact {', '.join(map(str, facts))}; states that rest on them stay,")
        echo(f"see 'cvdmail case show {source}'; to believe them in their new place: cvdmail fact accept FACT")


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("messages", metavar="MESSAGE...", type=ROW, nargs=-1, required=True)
@click.option("--title-file", metavar="FILE", help="The new case's title, in a file; - for standard input.")
@json_option
@global_options
def split(case_id: str, messages: tuple[int, ...], title_file: str | None, as_json: bool) -> None:
    """Make a new case of some mails of CASE, because they are about another matter.

    The new case has the report of CASE and the same parties for these mails; what they say is proposed again there.
    Without --title-file it has the title of CASE too.  Undo it with 'cvdmail case merge NEW CASE'.

    \b
    Example:
      cvdmail case split CVD-2026-0001 7 9 --title-file title.txt
    """
    from cvdmail.work.split import read_title

    title = read_title(read_input(title_file, "title")) if title_file is not None else None
    done = run(_split(CaseId.parse(case_id), messages, title))
    if as_json:
        print_json(
            {
                "case": str(done.case),
                "split_from": str(done.source),
                "participants": [{"participant": one.row, "vendor": one.vendor} for one in done.participants],
                "messages": [one.message for one in done.moved],
                "withdrawn": [fact for one in done.moved for fact in one.withdrawn],
            }
        )
        return
    mails = ", ".join(str(one.message) for one in done.moved)
    echo(f"{done.case} is split off from {done.source}, with message {mails}")
    _tell_withdrawn(list(done.moved))


async def _split(case_id: CaseId, messages: tuple[int, ...], title: str | None) -> Any:
    from cvdmail.work.split import split as carry_out

    async with at_desk() as (desk, actor):
        return await carry_out(desk, actor, case_id, messages, title)


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("into", metavar="[INTO]", required=False)
@click.option("--undo", is_flag=True, help="Open CASE again, and take back the mails that went over with it.")
@json_option
@global_options
def merge(case_id: str, into: str | None, undo: bool, as_json: bool) -> None:
    """Merge CASE into INTO, because both are one matter: mails, parties and what was believed go over.

    CASE is closed and says where it went; mail that would come to it later is filed to INTO.  Its report, drafts and
    deliveries stay with it, and its open drafts are not sent.  '--undo CASE' takes all of it back, except mail that
    arrived since.

    \b
    Examples:
      cvdmail case merge CVD-2026-0004 CVD-2026-0001
      cvdmail case merge --undo CVD-2026-0004
    """
    if undo == (into is not None):
        raise click.UsageError("name CASE and INTO, or --undo and CASE alone")
    wanted = CaseId.parse(case_id)
    done = run(_merge(wanted, CaseId.parse(into) if into is not None else None))
    if as_json:
        print_json(
            {
                "case": str(done.case),
                "into": str(done.into),
                "undone": undo,
                "messages": list(done.messages),
                "participants": list(done.added),
                "unsent_drafts": list(done.drafts),
            }
        )
        return
    count = f"{len(done.messages)} mails"
    if undo:
        echo(f"{done.case} is open again; {count} went back to it from {done.into}")
        return
    echo(f"{done.case} is merged into {done.into} and closed; {count} went over")
    for draft in done.drafts:
        echo(f"draft {draft} of {done.case} is not sent any more")


async def _merge(case_id: CaseId, into: CaseId | None) -> Any:
    from cvdmail.work import merge as work

    async with at_desk() as (desk, actor):
        if into is None:
            return await work.unmerge(desk, actor, case_id)
        return await work.merge(desk, actor, case_id, into)
