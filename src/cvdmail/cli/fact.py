"""Facts: what was read in the mails, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cvdmail.cli import render
from cvdmail.cli.context import (
    ROW,
    at_desk,
    echo,
    global_options,
    json_option,
    print_json,
    print_json_lines,
    read_input,
    run,
)
from cvdmail.core.display import visible
from cvdmail.core.fact_words import in_words
from cvdmail.core.ids import CaseId
from cvdmail.core.records import FactRecord, FactState
from cvdmail.errors import Refused

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group()
@global_options
def fact() -> None:
    """Facts read from replies: accept, reject or correct them."""


@fact.command("list")
@click.argument("case_id", metavar="[CASE]", required=False)
@json_option
@global_options
def facts(case_id: str | None, as_json: bool) -> None:
    """List facts with their words, of one case or all that wait for a decision."""
    rows = run(_facts(CaseId.parse(case_id) if case_id else None))
    if as_json:
        print_json_lines(_shape(one) for one in rows)
        return
    render.facts_table(rows)


def _shape(one: FactRecord) -> dict[str, object]:
    return {**render.fact_json(one), "message": one.message, "participant": one.participant}


async def _facts(case_id: CaseId | None) -> list[FactRecord]:
    async with at_desk() as (desk, _), desk.store.read() as tx:
        if case_id is not None:
            return await tx.facts.select(case_row=(await tx.cases.get(case_id)).row)
        return [one for one in await tx.facts.select() if one.state is FactState.PROPOSED]


@fact.command("accept")
@click.argument("number", metavar="FACT", type=ROW)
@json_option
@global_options
def accept(number: int, as_json: bool) -> None:
    """Believe a fact: it becomes state, promise or ticket, signed by you."""
    _decided(number, True, as_json)


@fact.command("reject")
@click.argument("number", metavar="FACT", type=ROW)
@json_option
@global_options
def reject(number: int, as_json: bool) -> None:
    """Reject a fact: nothing of it is to be believed.  If it was only misread, correct it instead."""
    _decided(number, False, as_json)


def _decided(number: int, believed: bool, as_json: bool) -> None:
    record = run(_decide(number, believed))
    if as_json:
        print_json({**render.fact_json(record), "message": record.message})
        return
    echo(f"fact {number}: {record.state.value}")


async def _decide(number: int, believed: bool) -> Any:
    from cvdmail.work.believe import decide_fact

    async with at_desk() as (desk, actor):
        return await decide_fact(desk, actor, number, believed)


_VALUES = (
    ("kind", "KIND", "What the words do, if that was misread: fix_date, publication_date, triage, ..."),
    ("status", "WORD", "planned, tentative, released, ...; of a bounce its code, 5.1.1."),
    ("first", "DAY", "The first day, as 2026-03-31; alone it is the only one; none: no calendar date."),
    ("last", "DAY", "The last day of a range, or the day by which."),
    ("bound", "WORD", "How the days bind: on, by or not_before."),
    ("granularity", "WORD", "The unit that was spoken: day, week, month, quarter, ..."),
    ("verdict", "WORD", "confirmed, rejected, duplicate, needs_info or deferred."),
    ("version", "VERSION", "The fixed version."),
    ("id", "ID", "The CVE id, or the vendor's ticket number."),
    ("to", "WHERE", "Where they want reports to go: an address or an https URL."),
    ("until", "DAY", "The day until which somebody is away; none: not known."),
    ("by", "WORD", "Who acknowledged: person or tracker."),
    ("fingerprint", "FPR", "The fingerprint of the key that was offered; none: not known."),
    ("permanent", "WORD", "Whether a bounce is for good: true or false."),
    ("recipient", "ADDRESS", "The recipient whose mail bounced."),
)


def _value_options(command: _Command) -> _Command:
    for name, metavar, text in reversed(_VALUES):
        command = click.option(f"--{name}", metavar=metavar, help=text)(command)
    return command


@fact.command("correct")
@click.argument("number", metavar="FACT", type=ROW)
@_value_options
@click.option("--reason-file", metavar="FILE", help="Why, in a file; - for standard input.  Sealed with the case.")
@json_option
@global_options
def correct(number: int, reason_file: str | None, as_json: bool, **given: str | None) -> None:
    """Say what the words of a misread fact mean; what you do not name stays as it was read.

    Your correction is a fact of its own with the same words, believed and signed by you.  The original stays as it was
    read, marked as corrected, and counts no more.  A correction can be corrected again.

    \b
    Examples:
      cvdmail fact correct 12 --first 2026-04-03
      cvdmail fact correct 12 --first 2026-03-01 --last 2026-03-31 --status tentative
      cvdmail fact correct 14 --kind publication_date --status agreed
      cvdmail fact correct 15 --verdict duplicate --reason-file why.txt
    """
    reason = read_input(reason_file, "reason") if reason_file is not None else None
    if reason is not None and not reason.strip():
        raise Refused("fact correct", "the reason is empty", "say why, or leave --reason-file away")
    values = {name: value for name, value in given.items() if value is not None}
    done = run(_correct(number, values, reason))
    if as_json:
        print_json({**_shape(done.record), "original": _shape(done.original)})
        return
    echo(f"fact {number} is corrected by fact {done.record.row}: {visible(in_words(done.record.fact))}")


async def _correct(number: int, values: dict[str, str], reason: bytes | None) -> Any:
    from cvdmail.core.extract.facts import FactKind
    from cvdmail.work.correct import correct as put_right

    named = values.pop("kind", None)
    if named is None and not values:
        raise Refused("fact correct", "nothing is said to be wrong", "see 'cvdmail fact correct --help'")
    words = [one.value for one in FactKind]
    if named is not None and named not in words:
        raise Refused("--kind", "it is none of the kinds there are", f"one of {', '.join(words)}")
    async with at_desk() as (desk, actor):
        return await put_right(desk, actor, number, values, FactKind(named) if named is not None else None, reason)
