"""The holding pen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cvdmail.cli import clear, render
from cvdmail.cli.context import (
    ROW,
    at_desk,
    confirmed,
    echo,
    global_options,
    json_option,
    person_names,
    print_json,
    print_json_lines,
    read_input,
    run,
)
from cvdmail.core.display import visible, visible_lines
from cvdmail.core.ids import CaseId
from cvdmail.errors import Refused

if TYPE_CHECKING:
    from cvdmail.work.show_mail import Guess, Shown


@click.group()
@global_options
def pen() -> None:
    """Mail that waits for a person to file it."""


pen.add_command(clear.answer)


@pen.command("list")
@click.option("--why", "explained", is_flag=True, help="Every guess with its reasons, not only the best.")
@json_option
@global_options
def list_(explained: bool, as_json: bool) -> None:
    """List the mails in the pen, with ranked guesses and why each is held."""
    mails = run(_list())
    if as_json:
        print_json_lines(
            {
                "pen": one.record.row,
                "message_id": str(one.record.message_id) if one.record.message_id else None,
                "from": one.reading.get("from"),
                "subject": one.reading.get("subject"),
                "guesses": one.guesses,
                "ranked": [_guess_json(guess) for guess in one.ranked],
                "why": one.record.why,
                "trust": one.record.trust.value if one.record.trust else None,
            }
            for one in mails
        )
        return
    if explained:
        _tell_guesses(mails)
        return
    render.table(
        ("pen", "from", "subject", "trust", "why", "guess"),
        [
            (
                one.record.row,
                one.reading.get("from"),
                one.reading.get("subject"),
                one.record.trust.value if one.record.trust else "",
                one.record.why,
                f"{one.guesses[0]['case']} participant {one.guesses[0]['participant']}" if one.guesses else "",
            )
            for one in mails
        ],
    )


def _tell_guesses(mails: Sequence[Shown]) -> None:
    """Print every mail of the pen with why it is held, and all its guesses with their reasons."""
    for one in mails:
        sender, subject = str(one.reading.get("from")), str(one.reading.get("subject") or "")
        echo(f"pen {one.record.row}: {visible(sender)}, {visible(subject, 80)}")
        trust = one.record.trust.value if one.record.trust else "not judged"
        echo(f"  {one.record.state.value}: {visible(one.record.why or '')} ({trust})")
        for rank, guess in enumerate(one.ranked, start=1):
            echo(f"  guess {rank}: {visible(_guess(guess))}")
    if not mails:
        echo("(none)")


def _guess(guess: Guess) -> str:
    """Tell one guess with its reasons."""
    sure = "certain" if guess.certain else "probable"
    like = f", {guess.score:.2f}" if guess.score is not None else ""
    reasons = f": {'; '.join(guess.why)}" if guess.why else ""
    one = guess.participant
    return f"{one.case} participant {one.row} ({one.vendor}) by {', '.join(guess.evidence)}, {sure}{like}{reasons}"


def _guess_json(guess: Guess) -> dict[str, object]:
    return {
        "case": str(guess.participant.case),
        "participant": guess.participant.row,
        "vendor": guess.participant.vendor,
        "evidence": list(guess.evidence),
        "certain": guess.certain,
        "score": guess.score,
        "why": list(guess.why),
    }


async def _list() -> Any:
    from cvdmail.work.show_mail import pen as waiting

    async with at_desk() as (desk, _):
        return await waiting(desk)


@pen.command("show")
@click.argument("number", metavar="PEN", type=ROW)
@json_option
@global_options
def show(number: int, as_json: bool) -> None:
    """Show one mail: its own words, who says whose it is and why, the guesses, and the command to type next."""
    from cvdmail.cli import why
    from cvdmail.work.show_mail import next_steps

    one, raw, names = run(_show(number))
    steps = next_steps(one)
    if as_json:
        shape = render.message_json(one.record, one.reading, one.filings, one.facts, one.guesses)
        ranked = [_guess_json(guess) for guess in one.ranked]
        print_json({**shape, "ranked": ranked, "reasons": why.to_json(one), "next": steps})
        return
    record = one.record
    echo(f"From:      {visible(str(one.reading.get('from')))}")
    echo(f"Subject:   {visible(str(one.reading.get('subject') or ''))}")
    echo(f"Received:  {render.day(record.received_at)} UTC")
    echo(f"State:     {record.state.value}" + (f" ({visible(record.why)})" if record.why else ""))
    echo(f"Trust:     {record.trust.value if record.trust else 'not judged'}")
    signed = f" by {record.signature_fingerprint}" if record.signature_fingerprint else ""
    echo(f"Signature: {record.signature.value if record.signature else 'none'}{signed}")
    echo(f"Encrypted: {'yes' if record.encrypted else 'no'}")
    for rank, guess in enumerate(one.ranked, start=1):
        echo(f"Guess {rank}:   {visible(_guess(guess))}")
    echo("Why:")
    why.tell(one, names, "  ")
    for key in one.reading.get("keys") or ():
        echo(f"Key:       {visible(str(key))} came with this mail; compare it by another channel, then:")
        echo("           cvdmail key pin FILE --contact ADDRESS")
    echo()
    text = one.reading.get("text")
    echo(visible_lines(text if isinstance(text, str) else raw.decode("utf-8", "replace")[:20000]))
    if steps:
        echo()
        echo(f"next: {steps[0]}")
        for step in steps[1:]:
            echo(f"  or: {step}")


async def _show(number: int) -> Any:
    from cvdmail.work.show_mail import original, shown

    async with at_desk() as (desk, _):
        return await shown(desk, number), await original(desk, number), person_names(desk)


@pen.command("file")
@click.argument("number", metavar="PEN", type=ROW)
@click.argument("case_id", metavar="CASE")
@click.option("--participant", metavar="P", help="Which party of the case, by number or vendor, if it has several.")
@click.option("--also", is_flag=True, help="The mail is filed already, and belongs to CASE as well.")
@json_option
@global_options
def file(number: int, case_id: str, participant: str | None, also: bool, as_json: bool) -> None:
    """File a held mail to CASE; what it says stays a proposal ('cvdmail fact list').

    A mail that is about several cases is filed to each of them with --also.  Each case has its facts as proposals of
    its own and can read the mail; it is destroyed when the last of them is erased.

    \b
    Examples:
      cvdmail pen file 12 CVD-2026-0003
      cvdmail pen file 12 CVD-2026-0004 --participant vendor.example --also
    """
    found = run(_file(number, CaseId.parse(case_id), participant, also))
    if as_json:
        print_json({"pen": number, "case": str(found.case), "participant": found.row})
        return
    echo(f"message {number} is filed to {found.case}, participant {found.row}")


async def _file(number: int, case_id: CaseId, participant: str | None, also: bool) -> Any:
    from cvdmail.work.pen import file_by_person

    async with at_desk() as (desk, actor):
        return await file_by_person(desk, actor, number, case_id, participant, also)


@pen.command("discard")
@click.argument("number", metavar="PEN", type=ROW)
@click.option("--reason-file", required=True, metavar="FILE", help="Why, in a file; - for standard input.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@global_options
def discard(number: int, reason_file: str, yes: bool) -> None:
    """Take a mail out of the pen for a reason; its bytes are kept, and 'cvdmail pen restore' puts it back."""
    reason = read_input(reason_file, "reason")
    if not reason.strip():
        raise Refused("pen discard", "the reason is empty", "say why, for the ledger")
    confirmed(f"discard message {number}", yes)
    run(_discard(number, reason))
    echo(f"message {number} is discarded")


async def _discard(number: int, reason: bytes) -> None:
    from cvdmail.work.pen import discard as take_out

    async with at_desk() as (desk, actor):
        await take_out(desk, actor, number, reason)


@pen.command("restore")
@click.argument("number", metavar="PEN", type=ROW)
@json_option
@global_options
def restore(number: int, as_json: bool) -> None:
    """Put a mail that was discarded back into the pen, as it was."""
    state = run(_restore(number))
    if as_json:
        print_json({"pen": number, "state": state.value})
        return
    echo(f"message {number} is in the pen again; next: cvdmail pen show {number}")


async def _restore(number: int) -> Any:
    from cvdmail.work.pen import restore as put_back

    async with at_desk() as (desk, actor):
        return await put_back(desk, actor, number)
