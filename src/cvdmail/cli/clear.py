"""What goes out in clear, each a command of its own: first contact, answers about the policy, and a vendor's wish.

The commands stand below ``contact`` and ``pen``.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import click

from cvdmail.cli.context import (
    ROW,
    at_desk,
    confirmed,
    confirmed_in_clear,
    echo,
    finish,
    global_options,
    json_option,
    language_option,
    note,
    print_json,
    read_input,
    run,
    say_template,
)
from cvdmail.core.display import visible, visible_lines
from cvdmail.core.ids import CaseId
from cvdmail.core.language import Language
from cvdmail.errors import Refused


@click.command("ask")
@click.argument("value", metavar="CONTACT|ADDRESS")
@click.option("--case", "case_id", metavar="CASE", help="Whose answer it will be, if the contact is in several cases.")
@click.option("--participant", "which", metavar="P", help="Which participant of that case.")
@language_option
@click.option("--yes", is_flag=True, help="Do not ask for the recipient's address.")
@json_option
@global_options
def ask(
    value: str, case_id: str | None, which: str | None, language: Language | None, yes: bool, as_json: bool
) -> None:
    """Ask a contact in clear who takes security reports, and with which key.  It says nothing else.

    Shows the letter, lets you type the recipient's address, signs the approval, and puts it into the outbox.
    """
    if which is not None and case_id is None:
        raise click.UsageError("--participant needs --case")
    wanted = CaseId.parse(case_id) if case_id else None
    _confirm_and_send(_propose_first(value, wanted, which, language), language, yes, as_json)


async def _propose_first(value: str, case_id: CaseId | None, which: str | None, language: Language | None) -> Any:
    from cvdmail.work.write_clear import propose_first_contact

    async with at_desk() as (desk, actor):
        return await propose_first_contact(desk, actor, value, case_id, which, language)


@click.command("answer")
@click.argument("number", metavar="PEN", type=ROW)
@click.option("--file", required=True, metavar="FILE", help="Your words, in a file; - for standard input.")
@language_option
@click.option("--yes", is_flag=True, help="Do not ask for the recipient's address.")
@json_option
@global_options
def answer(number: int, file: str, language: Language | None, yes: bool, as_json: bool) -> None:
    """Answer a held mail that asks about the policy, in clear, and take it out of the pen.

    What holds words of an open case is refused; machines are never answered.
    """
    from cvdmail.core.draft_text import MAX_DRAFT, read_words

    words = read_words(read_input(file, "answer", MAX_DRAFT), "answer")
    _confirm_and_send(_propose_answer(number, words, language), language, yes, as_json)


async def _propose_answer(number: int, words: str, language: Language | None) -> Any:
    from cvdmail.work.write_clear import propose_policy_answer

    async with at_desk() as (desk, actor):
        return await propose_policy_answer(desk, actor, number, words, language)


def _confirm_and_send(proposing: Coroutine[Any, Any, Any], language: Language | None, yes: bool, as_json: bool) -> None:
    """Show a letter, have it confirmed, and let it out."""
    proposed = run(proposing)
    say_template(language, proposed.template)
    tell = note if as_json else echo
    if not (as_json and yes):
        tell(f"To:       {proposed.recipient}")
        tell(f"Subject:  {visible(proposed.subject)}")
        tell("In clear: this letter is neither encrypted nor signed; everybody on the way can read it")
        tell("")
        tell(visible_lines(proposed.content.text))
    confirmed_in_clear(str(proposed.recipient), yes)
    done = run(_let_out(proposed))
    party = proposed.participant
    if as_json:
        shape: dict[str, object] = {
            "draft": done.draft,
            "outbox": done.outbox,
            "letter": proposed.letter.value,
            "to": str(proposed.recipient),
            "case": None if party is None else str(party.case),
            "participant": None if party is None else party.row,
            "complete": done.outbox is not None,
        }
        print_json({**shape, "missing": done.missing} if done.missing else shape)
    elif done.outbox is not None:
        echo(f"outbox {done.outbox}: draft {done.draft} goes out with 'cvdmail watch'")
    else:
        echo(f"draft {done.draft}: your approval is noted; still missing: {done.missing}")
        echo(f"  next: cvdmail draft approve {done.draft}")
    finish(done.outbox is None)


async def _let_out(proposed: Any) -> Any:
    from cvdmail.work.write_clear import let_out

    async with at_desk() as (desk, actor):
        return await let_out(desk, actor, proposed)


@click.command("clear")
@click.argument("value", metavar="CONTACT|ADDRESS")
@click.option(
    "--extent",
    required=True,
    type=click.Choice(["never", "status", "everything"]),
    help="never: nothing; status: follow-up and thanks; everything: also extension and heads-up.",
)
@click.option("--message", type=ROW, metavar="MESSAGE", help="The number of the filed mail that asks for it.")
@click.option("--reason-file", required=True, metavar="FILE", help="Why, in a file; - for standard input.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@global_options
def clear(value: str, extent: str, message: int | None, reason_file: str, yes: bool, as_json: bool) -> None:
    """Record that a vendor asks us to stop encrypting, and how far we follow; a reviewer signs it.

    Reports, replies and hand-offs hold case text and are never sent in clear, not even with 'everything': no report
    text leaves in clear.  The other letters then still have to be written with 'reply --clear'.
    """
    reason = read_input(reason_file, "reason")
    if not reason.strip():
        raise Refused("contact clear", "the reason is empty", "say why, for the ledger")
    confirmed(f"set what contact {visible(value)} gets in clear to {extent}", yes)
    done = run(_prefer(value, extent, message, reason))
    if as_json:
        shape = {"contact": done.contact.row, "value": done.contact.value, "extent": extent, "message": message}
        print_json({**shape, "stopped": done.stopped})
        return
    echo(f"contact {done.contact.row} gets in clear: {extent}")
    if done.stopped:
        echo(f"  {done.stopped} letters that waited are stopped")


async def _prefer(value: str, extent: str, message: int | None, reason: bytes) -> Any:
    from cvdmail.core.drafts import ClearExtent
    from cvdmail.work.clear_preference import prefer_clear

    async with at_desk() as (desk, actor):
        return await prefer_clear(desk, actor, value, ClearExtent(extent), message, reason)
