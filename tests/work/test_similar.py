"""Guesses in the daemon: what was sent and filed teaches; what proves nothing is held, with reasons."""

from __future__ import annotations

import pytest

from cli.lab import CASE, MAILBOX, Lab
from cvdmail.core.records import MessageState
from cvdmail.work.show_mail import shown
from work.hostile import SAYS_YES, World, head, plain, world


async def held(w: World, raw: bytes) -> tuple[str | None, list[dict[str, object]]]:
    """Let a mail arrive that must be held; return why, and its guesses."""
    found = await w.take(raw)
    assert found.record.state is MessageState.HELD
    assert found.cases == ()
    return found.record.why, (await shown(w.desk, found.record.row)).guesses


async def test_what_we_sent_is_known_again_though_nothing_of_it_is_proven(queued_lab: Lab) -> None:
    """The report left sealed; its title and words in the subject or the text of a stranger's mail are a guess."""
    async with world(queued_lab) as w:
        tracker = head(
            "t", MAILBOX, sender="jira@tracker.example", subject="[JIRA] (SEC-7) Overflow in the frame parser"
        )
        why, guesses = await held(w, plain(tracker, "a new issue\n"))
        assert why == "probable match only"
        assert [(one["case"], one["evidence"]) for one in guesses] == [(CASE, ["similarity"])]
        assert "same subject" in str(guesses[0]["why"])
        assert await held(w, plain(head("n", MAILBOX, sender="a@b.example", subject="Lunch?"), "at one\n")) == (
            "no match",
            [],
        )


async def test_a_filed_answer_teaches_its_writer_and_the_names_it_uses(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        answer = head("a", token, SAYS_YES, sender="dev@vendor.example")
        filed = await w.take(plain(answer, "it is in frame_parse_header(), see src/frame.c\n"))
        assert filed.cases == (CASE,)
        fresh = head("b", MAILBOX, sender="dev@vendor.example", subject="a thing")
        _, guesses = await held(w, plain(fresh, "do you have a test for frame_parse_header() in frame.c?\n"))
        assert guesses[0]["case"] == CASE
        assert {"2 shared identifiers", "same sender"} <= set(str(guesses[0]["why"]).split(", "))


@pytest.mark.parametrize("certain", [True, False])
async def test_likeness_never_makes_certain_and_never_outranks_proof(queued_lab: Lab, certain: bool) -> None:
    """With a token it is filed by the token; a case id from a stranger ranks above any likeness."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        subject = f"[{CASE}] Overflow in the frame parser"
        raw = plain(head("x", token if certain else MAILBOX, sender="z@z.example", subject=subject), "well\n")
        found = await w.take(raw)
        assert found.cases == ((CASE,) if certain else ())
        guesses = (await shown(w.desk, found.record.row)).guesses
        assert [one["evidence"] for one in guesses] == ([] if certain else [["case_id"]])


async def test_an_erased_case_is_guessed_no_more(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        async with w.desk.store.write() as tx:
            await tx.scopes.erase_case((await tx.cases.get(w.case)).row, w.desk.clock.now())
        outside = head("t", MAILBOX, sender="jira@tracker.example", subject="Overflow in the frame parser")
        assert await held(w, plain(outside, "a new issue\n")) == ("no match", [])
