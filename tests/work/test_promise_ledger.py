"""The promise ledger of real mails: in the order of saying, whenever they came or were believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from cli.lab import Lab
from cvdmail.core.records import FactState
from cvdmail.work.believe import decide_fact
from cvdmail.work.show import WholeCase, whole_case
from cvdmail.work.story import story
from work.hostile import SAYS_YES, World, head, plain, world


def said(hours_ago: int, name: str, token: str, text: str, *above: str) -> bytes:
    """A mail that was written some hours before it comes; ``above`` stands on top."""
    outside = head(name, token, *above).split(b"\r\n")
    at = format_datetime(datetime.now(UTC) - timedelta(hours=hours_ago)).encode()
    return plain(b"\r\n".join(b"Date: " + at if line.startswith(b"Date:") else line for line in outside), text)


async def look(w: World) -> tuple[WholeCase, list[tuple[Any, ...]], list[str]]:
    found = await whole_case(w.desk, w.case)
    steps = [(one.step.outcome.change.value, one.step.outcome.days, one.record.state.value) for one in found.stated]
    return found, steps, [line.what for line in story(found, {})]


def events(w: World, kind: str) -> list[Any]:
    return [json.loads(body) for (body,) in w.lab.rows(f"SELECT body FROM event WHERE kind = '{kind}' ORDER BY id")]


async def test_an_old_mail_that_is_believed_late_is_no_advance(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        late = "We plan to release the fix on 1 March 2031.\n"
        await w.take(said(2, "late", token, late, SAYS_YES))
        early = "We plan to release the fix on 15 January 2031.\n"
        await w.take(said(30, "early", token, early))
        found, steps, _ = await look(w)
        assert steps == [("first", None, "proposed"), ("first", None, "accepted")]
        (waiting,) = [one.record for one in found.stated if one.record.state is FactState.PROPOSED]
        await decide_fact(w.desk, w.ada, waiting.row, True)
        found, steps, told = await look(w)
        assert steps == [("first", None, "accepted"), ("slipped", 45, "accepted")]
        assert "the promised date SLIPS by 45 days" in told
        assert [one["change"] for one in events(w, "promise_made")] == ["first", "first"]
        assert events(w, "promise_slipped") == []
        assert [one.last.isoformat() for one in found.promises] == ["2031-01-15", "2031-03-01"]
        (person,) = found.people
        assert person.next.due == "2031-03-01"  # what was said last is waited for
        # The next one is measured by what was said last, and not by what was believed last.
        await w.take(plain(head("next", token, SAYS_YES), "We plan to release the fix on 2 March 2031.\n"))
        assert [one["days"] for one in events(w, "promise_slipped")] == [1]


async def test_a_date_of_long_ago_or_to_come_is_not_believed_for_the_order(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        now = datetime.now(UTC)
        mails = ((24 * 9000, 4, 15), (24 * 9000, 3, 16), (-24 * 900, 2, 17), (0, 0, 18))
        for written, came, day in mails:  # hours ago
            text = f"We plan to release the fix on {day} January 2039.\n"
            raw = said(written, f"m{day}", token, text, SAYS_YES)
            await w.take(raw, now - timedelta(hours=came))
        _, steps, _ = await look(w)
        assert steps == [("first", None, "accepted"), *[("slipped", 1, "accepted")] * 3]
        assert [one["days"] for one in events(w, "promise_slipped")] == [1, 1, 1]


async def test_an_open_end_hides_no_slip_from_the_ledger_of_events(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        for number, words in enumerate(
            ("on 31 January 2031", "not before 10 January 2031", "on 15 February 2031"), start=1
        ):
            text = f"We plan to release the fix {words}.\n"
            mail = await w.take(plain(head(f"m{number}", token, SAYS_YES), text))
            if "fix_date" in mail.proposed:
                (row,) = w.lab.rows(f"SELECT id FROM fact WHERE message = {mail.record.row} AND kind = 'fix_date'")
                await decide_fact(w.desk, w.ada, row[0], True)
        _, steps, _ = await look(w)
        assert [one[:2] for one in steps] == [("first", None), ("widened", None), ("slipped", 15)]
        assert [one["days"] for one in events(w, "promise_slipped")] == [15]


async def test_a_contradiction_is_told_to_a_person_wherever_they_look(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        texts = (
            "We plan to release the fix on 15 January 2024.\n",
            "We released the fix on 18 January 2024.\n",
            "We plan to release the fix on 1 March 2031.\n",
        )
        for number, text in enumerate(texts):
            mail = await w.take(plain(head(f"m{number}", token, SAYS_YES), text))
            for (row,) in w.lab.rows(
                f"SELECT id FROM fact WHERE message = {mail.record.row} AND kind = 'fix_date' AND state = 'proposed'"
            ):
                await decide_fact(w.desk, w.ada, row, True)
        found, steps, told = await look(w)
        assert [one[:2] for one in steps] == [("first", None), ("late", 3), ("contradicts", None)]
        released, planned = found.stated[1].record.row, found.stated[2]
        assert (planned.contradicts, planned.step.against) == (True, released)
        assert "the promise is late by 3 days" in told
        assert f"CONTRADICTS what stood: a person must look (fact {released})" in told
        shown = (await w.command("ada", "case", "show", str(w.case))).good().out
        assert "CONTRADICTS" in shown
