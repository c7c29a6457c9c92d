"""Measure threading on real mails: ``python tests/eval_threads.py FOLDER``.

``FOLDER`` holds a folder a thread: raw mails and ``expected.json`` with ``messages`` (``file``, ``true_case``; null
where a mail belongs to none) and ``own``, the reporters' addresses. Each thread is imported into a fresh store. A
case of ours stands for the true case of most mails of ours in it; a placeholder for that of its first mail. Prints,
with 95 % Wilson intervals: filed with certainty and right, filed with certainty and WRONG, the first guess right,
neither. Mails that belong to no case are counted apart: they must not be filed with certainty. It is no test: figures
on threads that rules were written against say little; take them on others.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cvdmail.cli import render
from cvdmail.config import load
from cvdmail.core.ids import Address
from cvdmail.edge.mailfiles import MailFile
from cvdmail.setup import FirstPerson, found
from cvdmail.wiring import daemon_desk
from cvdmail.work.import_mail import import_mails
from cvdmail.work.import_order import read_index
from cvdmail.work.show_mail import shown
from eval_extract import wilson

MAILBOX = "outbounddisclosures@lab.example"


@dataclass
class Tally:
    """What became of mails."""

    certain: int = 0
    wrong: int = 0
    guessed: int = 0
    neither: int = 0
    apart: int = 0
    apart_wrong: int = 0
    split: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def mails(self) -> int:
        return self.certain + self.wrong + self.guessed + self.neither

    def add(self, other: Tally) -> None:
        for name in ("certain", "wrong", "guessed", "neither", "apart", "apart_wrong", "split"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def told(self, name: str) -> str:
        right = self.certain + self.guessed
        return (
            f"{name}: {self.mails} mails; filed right {self.certain}, filed WRONG {self.wrong}, first guess right "
            f"{self.guessed}, neither {self.neither}; right {wilson(right, self.mails)}, wrong "
            f"{wilson(self.wrong, self.mails)}; of no case {self.apart} (filed all the same {self.apart_wrong}); "
            f"cases too many {self.split}"
        )


async def imported(folder: Path, expected: dict[str, Any]) -> list[dict[str, Any]]:
    """Import a thread into a fresh store; return what 'import --json' prints of each mail, in that order."""
    own = frozenset(Address.parse(one) for one in expected["own"])
    places = [MailFile(str(folder / one["file"])) for one in expected["messages"]]
    with tempfile.TemporaryDirectory() as work:
        mailbox = Address.parse(MAILBOX)
        founded = await found(Path(work) / "lab", mailbox, "Lab", FirstPerson("Ada", mailbox), None)
        result = []
        async with daemon_desk(load(founded.config)) as desk:
            index = read_index(places, own, desk.clock.now(), lambda: None)
            async for one in import_mails(desk, places, index, own):
                mail = await shown(desk, one.row)
                shape = (mail.record, mail.reading, mail.filings, mail.facts, mail.guesses, Path(one.place.name).name)
                result.append(render.message_json(*shape, not one.is_new))
        return result


def meaning(mails: list[dict[str, Any]], true: dict[str, str | None]) -> dict[str, str | None]:
    """Return which true case each of our cases stands for."""
    ours: dict[str, Counter[str | None]] = {}
    first: dict[str, str | None] = {}
    for mail in mails:
        for case in {one["case"] for one in mail["filings"]}:
            first.setdefault(case, true[mail["file"]])
            if mail["direction"] == "outbound":
                ours.setdefault(case, Counter())[true[mail["file"]]] += 1
    return {case: ours[case].most_common(1)[0][0] if case in ours else one for case, one in first.items()}


def judge(mails: list[dict[str, Any]], true: dict[str, str | None]) -> Tally:
    """Compare what became of each mail with what is true."""
    tally = Tally()
    stands_for = meaning(mails, true)
    tally.split = len(stands_for) - len(set(stands_for.values()))
    for mail in mails:
        wanted = true[mail["file"]]
        certain = {stands_for[one["case"]] for one in mail["filings"] if one["certain"]}
        options = [one["case"] for one in (*mail["guesses"], *mail["filings"])]
        note = (
            f"  {mail['file']} {mail['message']['subject']!r}: {mail['why']}; {mail['filings']} {mail['guesses'][:2]}"
        )
        if wanted is None:
            tally.apart += 1
            tally.apart_wrong += bool(certain)
            tally.notes += [f"of no case, filed: {note}"] if certain else []
        elif certain and certain != {wanted}:
            tally.wrong += 1
            tally.notes.append(f"WRONG, is {wanted}: {note}")
        elif certain:
            tally.certain += 1
        elif options and stands_for.get(options[0]) == wanted:
            tally.guessed += 1
            tally.notes.append(f"first guess: {note}")
        else:
            tally.neither += 1
            tally.notes.append(f"neither, is {wanted}: {note}")
    return tally


async def main(folder: Path) -> None:
    logging.disable(logging.WARNING)
    whole = Tally()
    for path in sorted(folder.glob("*/expected.json")):
        expected = json.loads(path.read_text())
        true = {one["file"]: one["true_case"] for one in expected["messages"]}
        tally = judge(await imported(path.parent, expected), true)
        print(tally.told(path.parent.name))
        for note in tally.notes:
            print("  " + note)
        whole.add(tally)
    print(whole.told("in all"))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python tests/eval_threads.py FOLDER")
    asyncio.run(main(Path(sys.argv[1])))
