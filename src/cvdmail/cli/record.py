"""``case record``: reports handed over, and answers received, by another way than mail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from cvdmail.cli.context import (
    MAX_TEXT,
    at_desk,
    echo,
    global_options,
    json_option,
    note,
    print_json,
    read_input,
    run,
)
from cvdmail.core.display import visible
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import instant
from cvdmail.errors import Refused

_WHAT = "case record"


@click.command("record")
@click.argument("case_id", metavar="CASE")
@click.option("--participant", "which", required=True, metavar="PARTICIPANT", help="Which party: number or vendor.")
@click.option(
    "--channel",
    required=True,
    type=click.Choice(["portal", "phone", "private_advisory"]),
    help="How it goes, or came.",
)
@click.option(
    "--hand-over",
    type=click.Choice(["memory", "encrypted"]),
    help="Get the approved report: as files in memory, or encrypted to you into --out FILE.",
)
@click.option("--out", metavar="FILE", help="Where the encrypted report goes; never over another file.")
@click.option("--ref", metavar="NUMBER", help="Note that it was delivered, and the number that the vendor gave.")
@click.option(
    "--file", metavar="FILE", help="The vendor's confirmation or your notes, to be sealed; - for standard input."
)
@click.option("--answer", is_flag=True, help="With --ref: not our report, an answer came this way.")
@click.option("--at", metavar="TIME", help="With --ref: when it was (RFC 3339); default now.")
@click.option("--done", is_flag=True, help="Overwrite and remove what --hand-over memory left.")
@json_option
@global_options
def record(
    case_id: str,
    which: str,
    channel: str,
    hand_over: str | None,
    out: str | None,
    ref: str | None,
    file: str | None,
    answer: bool,
    at: str | None,
    done: bool,
    as_json: bool,
) -> None:
    """Hand over the approved report by another way than mail, then note it with the number that came back.

    \b
    First:  cvdmail case record CASE --participant P --channel portal --hand-over memory
    Then:   cvdmail case record CASE --participant P --channel portal --ref NUMBER --file FILE
    """  # \b is click's mark for a paragraph that is not to be wrapped
    if sum((hand_over is not None, ref is not None, done)) != 1:
        raise click.UsageError("give one of --hand-over, --ref and --done")
    if (hand_over == "encrypted") != (out is not None):
        raise click.UsageError("--hand-over encrypted and --out FILE belong together")
    if ref is None and (file is not None or answer or at is not None):
        raise click.UsageError("--file, --answer and --at belong to --ref")
    wanted = CaseId.parse(case_id)
    if ref is not None:
        text = read_input(file, _WHAT, MAX_TEXT) if file is not None else None
        _show_recorded(wanted, channel, run(_record(wanted, which, channel, ref, text, at, answer)), as_json)
    elif done:
        _put_away(wanted, which, as_json)
    elif out is not None:
        _encrypted(wanted, which, channel, Path(out), as_json)
    else:
        _in_memory(wanted, which, channel, as_json)


def _in_memory(case_id: CaseId, which: str, channel: str, as_json: bool) -> None:
    from cvdmail.edge import memory_disk

    taken = run(_take_out(case_id, which, channel))
    remedy = "or use --hand-over encrypted --out FILE"
    folder = memory_disk.keep_files(_WHAT, taken.tag, taken.files, remedy)
    warning = memory_disk.swap_warning(folder)
    if warning:
        note(f"cvdmail: {warning}")
    call = f"cvdmail case record {case_id} --participant {taken.participant.row} --channel {channel}"
    if as_json:
        print_json({**_taken_json(case_id, taken), "folder": str(folder.path), "files": sorted(taken.files)})
        return
    echo(f"draft {taken.draft} is for {visible(taken.channel)}")
    echo(f"{folder.path}: readable for you alone, in memory; a reboot clears it")
    for name in taken.files:
        echo(f"  {visible(name)}")
    echo(f"once it is handed over: {call} --ref NUMBER   (this also removes the files)")
    echo(f"if it is not to be:     {call} --done")


def _encrypted(case_id: CaseId, which: str, channel: str, place: Path, as_json: bool) -> None:
    if os.path.lexists(place):
        raise Refused(str(place), "the file is there already", "choose another name with --out")
    taken = run(_seal(case_id, which, channel, place))
    if as_json:
        print_json({**_taken_json(case_id, taken), "file": str(place), "files": sorted(taken.files)})
        return
    echo(f"draft {taken.draft} is for {visible(taken.channel)}")
    echo(f"{place}: a tar of {len(taken.files)} files, encrypted to you alone")
    echo(f"read it without a readable file on a disk: gpg --decrypt {place} | tar -xO {next(iter(taken.files))}")
    echo(f"then: cvdmail case record {case_id} --participant {taken.participant.row} --channel {channel} --ref NUMBER")


def _taken_json(case_id: CaseId, taken: Any) -> dict[str, object]:
    return {
        "case": str(case_id),
        "participant": taken.participant.row,
        "draft": taken.draft,
        "channel": taken.channel.partition(":")[0],
        "contact": taken.channel.partition(":")[2],
    }


def _put_away(case_id: CaseId, which: str, as_json: bool) -> None:
    from cvdmail.edge.memory_disk import wipe_kept

    count = wipe_kept(run(_tag(case_id, which)))
    if as_json:
        print_json({"case": str(case_id), "removed": count})
    else:
        echo("overwritten and removed." if count else "there was nothing to remove.")


def _show_recorded(case_id: CaseId, channel: str, recorded: Any, as_json: bool) -> None:
    from cvdmail.edge.memory_disk import wipe_kept

    removed = 0 if recorded.direction.value == "inbound" else wipe_kept(recorded.tag)
    if as_json:
        print_json(
            {
                "case": str(case_id),
                "participant": recorded.participant.row,
                "delivery": recorded.delivery,
                "channel": channel,
                "direction": recorded.direction.value,
                "at": instant(recorded.at),
            }
        )
        return
    if recorded.direction.value == "inbound":
        echo(f"delivery {recorded.delivery}: an answer by {channel} is noted and sealed.  It moves no state and gives")
        echo("no facts: only mail is read for those.  Later mail with its number is recognised.")
        return
    echo(f"delivery {recorded.delivery}: handed over by {channel}; later mail with its number is recognised.")
    if removed:
        echo("the files in memory are overwritten and removed.")


async def _take_out(case_id: CaseId, which: str, channel: str) -> Any:
    from cvdmail.core.candidates import Channel
    from cvdmail.work.record import take_out

    async with at_desk() as (desk, actor):
        return await take_out(desk, actor, case_id, which, Channel(channel))


async def _seal(case_id: CaseId, which: str, channel: str, place: Path) -> Any:
    from cvdmail.core.archive import write_tar
    from cvdmail.core.candidates import Channel
    from cvdmail.edge.disk import write_atomically
    from cvdmail.work.record import take_out

    async with at_desk() as (desk, actor):
        taken = await take_out(desk, actor, case_id, which, Channel(channel))
        key = await desk.keys.team(actor.person.address, actor.fingerprint)
        data = await actor.openpgp.encrypt(write_tar(taken.files), [actor.fingerprint], [key.ring])
    write_atomically(place, data)
    return taken


async def _tag(case_id: CaseId, which: str) -> str:
    from cvdmail.work.record import put_away

    async with at_desk() as (desk, actor):
        return await put_away(desk, actor, case_id, which)


async def _record(
    case_id: CaseId, which: str, channel: str, ref: str, text: bytes | None, at: str | None, answer: bool
) -> Any:
    from cvdmail.core.candidates import Channel
    from cvdmail.work.record import Told
    from cvdmail.work.record import record as write_down

    async with at_desk() as (desk, actor):
        return await write_down(desk, actor, case_id, which, Channel(channel), Told(ref, text, at, answer))
