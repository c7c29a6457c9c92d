"""``ingest`` and ``reprocess``: mail from files, and old mail read again."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cvdmail.cli import render
from cvdmail.cli.context import (
    FAILED,
    ROW,
    echo,
    finish,
    global_options,
    json_option,
    load_config,
    note,
    print_json_lines,
    run,
)
from cvdmail.core.display import visible
from cvdmail.core.ids import CaseId
from cvdmail.errors import CryptoUnavailable, CvdmailError, Refused, StoreUnavailable

if TYPE_CHECKING:
    from cvdmail.edge.mailfiles import MailFile
    from cvdmail.work.desk import Desk
    from cvdmail.work.reprocess import Again

TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and tries again
AT_ONCE = 64
AT_ONCE_BYTES = 32 * 1024 * 1024
WORKER_FROM = 20  # so many mails are worth the start of a process that runs gpg


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@json_option
@global_options
def ingest(paths: tuple[str, ...], as_json: bool) -> None:
    """Treat each mail in .eml files, Maildirs and mbox files as newly arrived; the same mail twice adds nothing.

    A mail that cannot be read is named on standard error, and the others are taken (status 1).  After an interruption
    run the same command again: it goes on where it was.  Status 3: a mail was held ('cvdmail pen list').

    'cvdmail ingest -' reads one mail from standard input, for use behind a mail server: silent, status 0 once its
    bytes are committed, otherwise 75.

    \b
    Examples:
      cvdmail ingest ~/Maildir archive.mbox reply.eml
      cvdmail ingest --json folder | jq .state
    """
    if paths == ("-",):
        _ingest_stdin()
        return
    done = _Done(as_json)
    try:
        run(_ingest(paths, done))
    except KeyboardInterrupt:
        note(f"cvdmail: ingest: interrupted, {done.count} mails are taken; run the same command again to go on")
        raise SystemExit(FAILED) from None
    if done.failed:
        raise SystemExit(FAILED)
    finish(done.needs_person)


class _Done:
    """What became of the mails so far."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.count = 0
        self.failed = 0
        self.needs_person = False

    def fail(self, name: str, problem: CvdmailError) -> None:
        """Tell of a mail that could not be taken."""
        self.failed += 1
        note(f"cvdmail: {visible(name)}: {problem.why}" + (f"; {problem.remedy}" if problem.remedy else ""))

    def tell(self, name: str, shape: dict[str, object]) -> None:
        """Tell of a mail that was taken."""
        self.count += 1
        self.needs_person = self.needs_person or shape["state"] in ("held", "unparsed")
        if self.as_json:
            print_json_lines([shape])
        else:
            echo(f"{visible(name)}: {shape['state']}" + (f" ({shape['why']})" if shape["why"] else ""))


def _ingest_stdin() -> None:
    """Commit one mail and say so by the exit status alone: 0, or 75 and the mail server keeps it."""
    from cvdmail.core.mail import MAX_MAIL

    try:
        raw = sys.stdin.buffer.read(MAX_MAIL + 1)
        if not raw or len(raw) > MAX_MAIL:
            raise SystemExit(TEMPORARY)
        run(_commit(raw))
    except Exception:
        # Whatever it was, the bytes are not committed: any other status would make the mail server bounce the mail.
        raise SystemExit(TEMPORARY) from None


async def _commit(raw: bytes) -> None:
    from cvdmail.wiring import daemon_desk
    from cvdmail.work.file_mail import process_one
    from cvdmail.work.receive import ingest as store

    async with daemon_desk(load_config()) as desk:
        (row, is_new), *_ = await store(desk, [raw])
        if not is_new:
            return
        try:
            async with desk.store.read() as tx:
                record = await tx.inbox.get(row)
            await process_one(desk, record)
        except Exception as problem:
            # The bytes are committed, so the answer is yes; the daemon settles the mail later.
            logging.getLogger("cvdmail.ingest").warning("settling failed: %s", type(problem).__name__)


async def _ingest(paths: Sequence[str], done: _Done) -> None:
    from cvdmail.edge.mailfiles import mails_in
    from cvdmail.wiring import daemon_desk

    found = [mail for path in paths for mail in mails_in(Path(path))]
    if not found and not done.as_json:
        echo("there is no mail: name .eml files, a Maildir, an mbox file, or a folder of them")
    async with daemon_desk(load_config(), worker=len(found) >= WORKER_FROM) as desk:
        with render.progress("ingest", len(found)) as step:
            for handful in _handfuls(found, done, step):
                await _take(desk, handful, done)
                for _ in handful:
                    step()


def _handfuls(
    found: Sequence[MailFile], done: _Done, step: Callable[[], None]
) -> Iterator[list[tuple[MailFile, bytes]]]:
    """Read the mails a few at a time; one that cannot be read is told of."""
    handful: list[tuple[MailFile, bytes]] = []
    size = 0
    for place in found:
        try:
            raw = _read(place)
        except CvdmailError as problem:
            done.fail(place.name, problem)
            step()
            continue
        handful.append((place, raw))
        size += len(raw)
        if len(handful) >= AT_ONCE or size >= AT_ONCE_BYTES:
            yield handful
            handful, size = [], 0
    if handful:
        yield handful


async def _take(desk: Desk, handful: Sequence[tuple[MailFile, bytes]], done: _Done) -> None:
    """Commit mails and settle them; those that were committed before and not settled are settled now."""
    from cvdmail.core.records import MessageState
    from cvdmail.work.file_mail import process_rows
    from cvdmail.work.receive import ingest as store
    from cvdmail.work.show_mail import shown_all

    stored = await store(desk, [raw for _, raw in handful])
    rows = [row for row, _ in stored]
    async with desk.store.read() as tx:
        before = await tx.inbox.still_waiting(rows)
    unsettled = {row for row in rows if before[row] is MessageState.STORED}
    trouble: CvdmailError | None = None
    try:
        await process_rows(desk, sorted(unsettled))
    except CvdmailError as problem:
        trouble = problem
    mails = await shown_all(desk, rows)
    told: set[int] = set()
    for (place, _), (row, is_new) in zip(handful, stored, strict=True):
        mail = mails[row]
        if mail.record.state is MessageState.STORED and trouble is not None:
            if not isinstance(trouble, CryptoUnavailable | StoreUnavailable):
                done.fail(place.name, trouble)
            continue
        duplicate = row in told or (not is_new and row not in unsettled)
        told.add(row)
        about = (mail.record, mail.reading, mail.filings, mail.facts, mail.guesses, place.name, duplicate)
        done.tell(place.name, render.message_json(*about))
    if isinstance(trouble, CryptoUnavailable | StoreUnavailable):
        raise trouble  # it would be the same for all that follow


def _read(place: MailFile) -> bytes:
    try:
        return place.read()
    except OSError as problem:
        raise Refused("mail", f"it cannot be read ({problem.strerror})", "check its permissions") from None


@click.command()
@click.argument("messages", metavar="[MESSAGE]...", type=ROW, nargs=-1)
@click.option("--case", "case_id", metavar="CASE", help="All mails filed to this case.")
@click.option("--pen", "in_pen", is_flag=True, help="All mails that wait in the holding pen.")
@click.option("--all", "everything", is_flag=True, help="All mails that ever came in.")
@json_option
@global_options
def reprocess(messages: tuple[int, ...], case_id: str | None, in_pen: bool, everything: bool, as_json: bool) -> None:
    """Read old mails again: after a key was imported or pinned, or with a new version of the program.

    Nothing is doubled: facts that are there stay, those that a person accepted or rejected keep their state, new ones
    are added.  A mail from the pen may now be filed; a mail that a person filed stays there.  The earlier verdict is
    kept ('case show --why').  If nothing has changed, nothing is written.  Status 3: something needs a person.

    \b
    Examples:
      cvdmail reprocess --pen          # a key was missing
      cvdmail reprocess 12 13
      cvdmail reprocess --all --json   # a new version
    """
    if not messages and case_id is None and not in_pen and not everything:
        raise click.UsageError("name MESSAGE numbers, or --case CASE, --pen or --all")
    wanted = CaseId.parse(case_id) if case_id is not None else None
    told: list[Again] = []
    try:
        run(_reprocess(messages, wanted, in_pen, everything, as_json, told))
    except KeyboardInterrupt:
        note(f"cvdmail: reprocess: interrupted after {len(told)} mails; run the same command again")
        raise SystemExit(FAILED) from None
    finish(any(one.needs_person for one in told))


async def _reprocess(
    messages: Sequence[int],
    case_id: CaseId | None,
    in_pen: bool,
    everything: bool,
    as_json: bool,
    told: list[Again],
) -> None:
    from cvdmail.wiring import daemon_desk
    from cvdmail.work import reprocess as work
    from cvdmail.work.show_mail import shown

    async with daemon_desk(load_config()) as desk:
        rows = await work.chosen(desk, messages, case_id, in_pen, everything)
        with render.progress("reprocess", len(rows)) as step:
            for row in rows:
                again = await work.reprocess(desk, row)
                told.append(again)
                if as_json:
                    mail = await shown(desk, row)
                    shape = render.message_json(mail.record, mail.reading, mail.filings, mail.facts, mail.guesses)
                    print_json_lines([{**shape, **_again_json(again)}])
                elif again.changed or again.needs_person or row in messages:
                    echo(_again_line(again))
                step()
    if not as_json:
        changed = sum(one.changed for one in told)
        waiting = sum(one.needs_person for one in told)
        echo(f"{len(told)} read again, {changed} changed, {waiting} need a person")


def _again_json(again: Again) -> dict[str, Any]:
    return {
        "before": again.before.value,
        "changed": again.changed,
        "facts_added": list(again.added),
        "facts_dropped": list(again.dropped),
        "facts_believed": list(again.believed),
        "needs_person": again.needs_person,
        "doubt": again.doubt,
        "problem": again.problem,
    }


def _again_line(again: Again) -> str:
    state = again.state.value if again.before is again.state else f"{again.before.value} -> {again.state.value}"
    news = [
        f"{len(rows)} facts {what}"
        for rows, what in ((again.added, "added"), (again.dropped, "dropped"), (again.believed, "believed"))
        if rows
    ]
    words = [*news, *([] if again.changed or again.problem else ["nothing new"])]
    words += [f"look at it: {again.doubt}"] if again.doubt else []
    words += [again.problem] if again.problem else []
    return f"message {again.row}: {state}" + (f" ({'; '.join(words)})" if words else "")
