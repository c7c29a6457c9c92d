"""Mails that are settled together: what one taught counts for the next, as if they had come a day apart."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from cli.lab import CASE, MAILBOX, Lab
from cvdmail import wiring
from cvdmail.core.records import MessageRecord, MessageState
from cvdmail.core.trust import Trust
from cvdmail.edge.reader_worker import ReaderWorker
from cvdmail.errors import CryptoUnavailable, StoreUnavailable
from cvdmail.work.file_mail import HANDFUL, process_stored
from edge.test_reader_worker import WORKER
from work.hostile import SAYS_YES, BrokenGpg, Meddled, Shifted, World, encrypted, entity, head, plain, signed, world

COLLEAGUE = "eve.engineer@vendor.example"
TAUGHT = "Hello,\n\nwe have received your report and opened ticket EXV-77001.\n"


async def settle(w: World, *raws: bytes) -> list[MessageRecord]:
    """Let mails arrive and settle them in one handful."""
    rows = [(await w.store(raw)).row for raw in raws]
    await process_stored(w.desk)
    return [await w.record(row) for row in rows]


async def test_a_ticket_learned_from_one_mail_files_the_next(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        teaches = plain(head("one", token, SAYS_YES), TAUGHT)
        cites = head("two", MAILBOX, SAYS_YES, sender=COLLEAGUE, subject="[EXV-77001] your question")
        first, second, unknown = await settle(
            w,
            teaches,
            plain(cites, "We are on it.\n"),
            plain(head("three", MAILBOX, subject="[EXV-99999] another")),
        )
        assert [first.state, second.state, unknown.state] == [MessageState.FILED, MessageState.FILED, MessageState.HELD]
        evidence = w.lab.rows(f"SELECT evidence FROM filing WHERE message = {second.row}")
        assert evidence == [("ticket",)]


async def test_a_mail_whose_keys_were_not_yet_in_question_is_opened_anew(queued_lab: Lab) -> None:
    """Before the first mail, nothing tied the second one to a participant whose pinned key could have signed it."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity("We can confirm the vulnerability.\n")
        outside = head("two", MAILBOX, sender=COLLEAGUE, subject="[EXV-77001] our answer")
        teaches = plain(head("one", token, SAYS_YES), TAUGHT)
        _, alone = await settle(w, plain(head("zero", token), "Hello\n"), signed(outside, part, w.sign(part)))
        assert (alone.state, alone.trust) == (MessageState.HELD, Trust.UNAUTHENTICATED)
        part = entity("We can confirm the vulnerability, once more.\n")
        outside = head("three", MAILBOX, sender=COLLEAGUE, subject="[EXV-77001] our answer")
        _, together = await settle(w, teaches, signed(outside, part, w.sign(part)))
        assert (together.state, together.trust) == (MessageState.FILED, Trust.VERIFIED)
        assert together.tries == 1


async def test_twins_and_replays_within_a_handful(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity("We plan to release the fix on 15 January 2031.\n")
        signature = w.sign(part)
        received = b"Received: from list.example by mx.lab.example; Sat, 21 Nov 2026 10:00:00 +0000\r\n"
        raw = signed(head("one", token), part, signature)
        first, twin, replay = await settle(w, raw, received + raw, signed(head("other", token), part, signature))
        assert [first.state, twin.state, replay.state] == [MessageState.FILED, MessageState.COPY, MessageState.HELD]
        assert replay.why == "the very same signed text came before: a replay?"
        assert w.lab.rows("SELECT count(*) FROM promise") == [(1,)]
        # The copy goes with its case: erasing it takes both along.
        scopes = w.lab.rows(
            "SELECT DISTINCT scope FROM blob WHERE owner_table = 'message' AND owner_column = 'raw'"
            f" AND owner_row IN ({first.row}, {twin.row})"
        )
        assert len(scopes) == 1


async def test_a_date_that_moves_within_a_handful_is_a_slip(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        dates = ("15 January 2031", "29 January 2031", "29 January 2031", "1 March 2031")
        await settle(
            w,
            *(
                plain(head(f"m{number}", token, SAYS_YES), f"We plan to release the fix on {date}.\n")
                for number, date in enumerate(dates)
            ),
        )
        changes = w.lab.rows("SELECT body FROM event WHERE kind = 'promise_slipped' ORDER BY seq")
        assert [body.partition('"days":')[2].partition(",")[0] for (body,) in changes] == ["14", "31"]
        assert w.lab.rows("SELECT count(*) FROM promise") == [(4,)]
        slips = w.lab.rows("SELECT slips FROM promise ORDER BY id")
        rows = [row for (row,) in w.lab.rows("SELECT id FROM promise ORDER BY id")]
        assert [one for (one,) in slips] == [None, rows[0], None, rows[2]]


async def test_more_mails_than_a_handful_are_settled_in_their_order(queued_lab: Lab) -> None:
    """Two handfuls and one more: events stand in the order in which the mails came, each chain unbroken."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        mails = [plain(head(f"m{number}", token), f"Question {number}\n") for number in range(2 * HANDFUL + 1)]
        records = await settle(w, *mails)
        assert {one.state for one in records} == {MessageState.FILED}
        filed = w.lab.rows(f"SELECT body FROM event WHERE kind = 'mail_filed' AND chain = '{CASE}' ORDER BY seq")
        order = [int(body.partition('"message":')[2].partition(",")[0]) for (body,) in filed]
        assert order == sorted(order) == [one.row for one in records]
        ended = await w.command("ada", "ledger", "verify")
        assert ended.code == 0, ended.err


async def test_gpg_out_of_order_in_the_second_handful_leaves_the_first_settled(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        sealed = w.seal(entity("sealed\n"))
        rows = [(await w.store(plain(head(f"m{number}", token), "Hello\n"))).row for number in range(HANDFUL)]
        late = await w.store(encrypted(head("late", token), sealed))
        after = await w.store(plain(head("after", token), "Hello\n"))

        class Away(BrokenGpg):
            async def decrypt(self, *_arguments: object, **_options: object) -> tuple[object, bytes]:  # type: ignore[override]
                raise CryptoUnavailable("gpg", "it is away", "wait")

        for _ in range(4):  # more often than a mail is tried
            try:
                await process_stored(replace(w.desk, openpgp=Away(w.desk.openpgp, b"")))
            except CryptoUnavailable:
                continue
        states = [(await w.record(row)).state for row in rows]
        assert set(states) == {MessageState.FILED}
        waiting = [await w.record(one.row) for one in (late, after)]
        assert [(one.state, one.tries) for one in waiting] == [(MessageState.STORED, 0)] * 2
        await process_stored(w.desk)
        assert {(await w.record(one.row)).state for one in (late, after)} == {MessageState.FILED}


async def test_two_programs_settle_one_pile_each_mail_once(queued_lab: Lab) -> None:
    """The daemon and 'ingest' at once: every mail has one filing, one event, one set of facts."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        mails = [plain(head(f"m{number}", token, SAYS_YES), TAUGHT) for number in range(HANDFUL + 8)]
        rows = [(await w.store(raw)).row for raw in mails]
        async with wiring.daemon_desk(w.desk.config) as other:
            ahead = replace(other, clock=Shifted(timedelta(seconds=1)))
            await asyncio.gather(process_stored(w.desk), process_stored(ahead))
        assert {(await w.record(row)).state for row in rows} == {MessageState.FILED}
        count = len(rows)
        filings = w.lab.rows(f"SELECT count(*), count(DISTINCT message) FROM filing WHERE message >= {rows[0]}")
        assert filings == [(count, count)]
        assert w.lab.rows("SELECT count(*) FROM event WHERE kind = 'mail_filed'") == [(count,)]
        assert w.lab.rows("SELECT max(tries) <= 2 FROM message") == [(1,)]


async def test_a_text_that_ends_its_reader_goes_to_the_pen_and_takes_nobody_along(queued_lab: Lab) -> None:
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        reader = ReaderWorker([sys.executable, "-c", WORKER], time_limit=5)
        try:
            mails = [
                plain(head(f"m{number}", token), text) for number, text in enumerate(("Hello\n", "deadly\n", TAUGHT))
            ]
            rows = [(await w.store(raw)).row for raw in mails]
            await process_stored(replace(w.desk, reader=reader))
        finally:
            await reader.close()
        records = [await w.record(row) for row in rows]
        states = [one.state for one in records]
        assert states == [MessageState.FILED, MessageState.UNPARSED, MessageState.FILED]
        assert records[1].why == "reading it takes more time or memory than a mail may"
        assert w.lab.rows("SELECT count(*) FROM event WHERE kind = 'mail_unparsed'") == [(1,)]
        assert await w.raw(rows[1]) == mails[1]


async def test_a_database_that_fails_while_settling_is_no_fault_of_the_mails(queued_lab: Lab) -> None:
    """However often it fails, nobody is set aside for it."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        rows = [(await w.store(plain(head(f"m{number}", token), "Hello\n"))).row for number in range(3)]

        async def fail() -> None:
            raise StoreUnavailable("database", "another process holds it locked", "try again")

        for _ in range(5):  # more often than a mail is tried; the first transaction counts, the second settles
            with pytest.raises(StoreUnavailable):
                await process_stored(replace(w.desk, store=Meddled(w.desk.store, 2, fail)))
        assert {(one.state, one.tries) for one in [await w.record(row) for row in rows]} == {(MessageState.STORED, 0)}
        await process_stored(w.desk)
        assert {(await w.record(row)).state for row in rows} == {MessageState.FILED}
