"""Letters to one participant of a case."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click

from cvdmail.cli.context import (
    ROW,
    at_desk,
    echo,
    global_options,
    json_option,
    language_option,
    print_json,
    read_input,
    run,
    say_template,
)
from cvdmail.core.display import visible
from cvdmail.core.ids import CaseId
from cvdmail.core.language import Language
from cvdmail.errors import Refused

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class Day(click.ParamType[date]):
    """A civil date as ISO 8601 writes it."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read ``YYYY-MM-DD``; raise ``Refused``."""
        text = str(value)
        try:
            return date.fromisoformat(text if _DAY.match(text) else "")
        except ValueError:
            what = param.opts[0] if param is not None else "date"
            raise Refused(what, "it is not a date like 2026-07-01", "write YYYY-MM-DD") from None


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--participant", "which", required=True, metavar="P", help="To whom: a participant's number or name.")
@click.option(
    "--letter",
    type=click.Choice(["reply", "follow_up", "thanks", "extension", "heads_up"]),
    default="reply",
    show_default=True,
    help="Which template.",
)
@click.option("--file", metavar="FILE", help="Your own words, in a file; - for standard input. A reply needs them.")
@click.option("--until", type=Day(), metavar="DATE", help="With extension: until when details stay private.")
@click.option("--date", "day", type=Day(), metavar="DATE", help="With heads_up: when it will be published.")
@language_option
@click.option("--answers", type=ROW, metavar="MESSAGE", help="The number of the mail that this answers.")
@click.option("--clear", is_flag=True, help="In clear: only what the contact asked for, and no words of your own.")
@json_option
@global_options
def reply(
    case_id: str,
    which: str,
    letter: str,
    file: str | None,
    until: date | None,
    day: date | None,
    language: Language | None,
    answers: int | None,
    clear: bool,
    as_json: bool,
) -> None:
    """Write a letter to one participant of CASE, as a draft: it is approved and sent like a report."""
    from cvdmail.core.draft_text import MAX_DRAFT, read_words

    words = (
        None if file is None else read_words(read_input(file, "text of the letter", MAX_DRAFT), "text of the letter")
    )
    wish = {"words": words, "until": until, "day": day, "language": language, "answers": answers, "clear": clear}
    written = run(_write(CaseId.parse(case_id), which, letter, wish))
    say_template(language, written.template)
    person = written.participant
    if as_json:
        shape = {"draft": written.draft, "case": str(person.case), "participant": person.row}
        print_json({**shape, "letter": letter, "clear": clear, "template": written.template, "state": "open"})
        return
    echo(f"draft {written.draft} for {visible(person.vendor)}{', in clear' if clear else ''}; next:")
    echo(f"  cvdmail draft preview {written.draft}")
    echo(f"  cvdmail draft approve {written.draft}")
    echo(f"  cvdmail send {person.case}")


async def _write(case_id: CaseId, which: str, letter: str, wish: dict[str, Any]) -> Any:
    from cvdmail.core.drafts import Letter
    from cvdmail.work.write_letter import Wish, write

    async with at_desk() as (desk, actor):
        return await write(desk, actor, case_id, which, Wish(Letter(letter), **wish))
