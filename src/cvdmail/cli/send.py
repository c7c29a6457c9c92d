"""Sending: the approved drafts of a case, or a whole folder of reports."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import (
    at_desk,
    echo,
    finish,
    global_options,
    json_option,
    print_json,
    print_json_lines,
    read_input,
    run,
)
from cvdmail.core.display import visible
from cvdmail.core.ids import CaseId
from cvdmail.errors import NotFound, Refused

if TYPE_CHECKING:
    from cvdmail.core.compose import Attachment
    from cvdmail.work.batch import Line, ReportFile

MOST_FILES = 100_000


@click.command()
@click.argument("case_id", metavar="[CASE]", required=False)
@click.option("--batch", "folder", metavar="FOLDER", help="Open and queue every report (*.md) below FOLDER.")
@click.option("--approve", is_flag=True, help="With --batch: sign an approval of every report with your own key.")
@click.option("--resend-unknown", is_flag=True, help="Also send mails of unknown fate, or given up, once more.")
@json_option
@global_options
def send(case_id: str | None, folder: str | None, approve: bool, resend_unknown: bool, as_json: bool) -> None:
    """Put the approved drafts of CASE into the outbox; 'cvdmail watch' delivers them.

    With --batch FOLDER: open a case for every report below FOLDER and queue those that are approved. Attachments are
    those that a report's front matter names. Interrupted, run it again: reports that are there already (by their
    digest) are passed over. --approve is your signature under each of them, as the policy wants it from a reviewer.
    """
    if (case_id is None) == (folder is None):
        raise click.UsageError("name a CASE, or a folder of reports with --batch FOLDER")
    if folder is not None:
        if resend_unknown:
            raise click.UsageError("--resend-unknown goes with a CASE")
        _show_batch(run(_batch(_reports(folder), approve)), as_json)
        return
    if approve:
        raise click.UsageError("--approve goes with --batch; for one draft: cvdmail draft approve DRAFT")
    mails = run(_send(CaseId.parse(str(case_id)), resend_unknown))
    if as_json:
        print_json([render.outbox_json(one) for one in mails])
        return
    for one in mails:
        why = one.stopped or one.waits
        echo(f"outbox {one.row}: participant {one.participant}, {one.state.value}" + (f" ({why})" if why else ""))


async def _send(case_id: CaseId, again: bool) -> Any:
    from cvdmail.work import queue

    async with at_desk() as (desk, actor):
        if again:
            await queue.resend_unknown(desk, actor, case_id)
        return await queue.send(desk, actor, case_id)


def _reports(name: str) -> list[ReportFile]:
    """Return the reports below a folder, in the order of their names."""
    from cvdmail.work.batch import ReportFile

    folder = Path(name)
    if not name or not folder.is_dir():  # an empty name would be the folder one happens to be in
        raise NotFound("send --batch", "there is no such folder", "name a folder that holds reports (*.md)")
    found = sorted(path for path in folder.rglob("*.md") if path.is_file())
    if not found:
        raise NotFound("send --batch", "the folder holds no report (*.md)", "see 'cvdmail case new --template'")
    if len(found) > MOST_FILES:
        raise Refused("send --batch", f"the folder holds more than {MOST_FILES} reports", "split it")
    return [ReportFile(str(path.relative_to(folder)), partial(_read, path)) for path in found]


async def _batch(files: list[ReportFile], approve: bool) -> list[Line]:
    from cvdmail.work.batch import send_batch

    async with at_desk() as (desk, actor):
        with render.progress("reports", len(files)) as step:
            return await send_batch(desk, actor, files, approve, step)


def _read(path: Path) -> tuple[bytes, tuple[Attachment, ...]]:
    from cvdmail.cli.case import read_attachment_files
    from cvdmail.core.report import MAX_REPORT
    from cvdmail.work.open_case import read_report

    raw = read_input(str(path), "report", MAX_REPORT)
    return raw, read_attachment_files(path.parent, read_report(raw).attachments)


def _show_batch(lines: list[Line], as_json: bool) -> None:
    counts = Counter(one.fate.value for one in lines)
    needs_person = any(one.fate.value in ("held", "refused") for one in lines)
    if as_json:
        print_json_lines(
            {
                "file": one.file,
                "case": str(one.case) if one.case else None,
                "vendor": one.vendor,
                "draft": one.draft,
                "state": one.fate.name.lower(),
                "why": one.why or None,
            }
            for one in lines
        )
        finish(needs_person)
        return
    looked_at = [one for one in lines if one.fate.value in ("held", "refused")]
    if looked_at:
        render.table(
            ("file", "case", "vendor", "draft", "what", "why"),
            [(one.file, one.case, one.vendor, one.draft, one.fate.value, visible(one.why)) for one in looked_at],
        )
        echo()
    render.table(("what", "reports"), sorted(counts.items()))
    finish(needs_person)
