"""One mail, one place: two settlers, twins, forged twins, an erasure in between, and a mail that kills its reader."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

import pytest

from cli.lab import CASE, MAILBOX, VENDOR, Lab, clear_mail
from cvdmail import wiring
from cvdmail.core.records import MessageState
from cvdmail.edge.gpg import Gpg
from cvdmail.errors import CryptoUnavailable, CvdmailError
from cvdmail.work.file_mail import process_one, process_stored
from cvdmail.work.pen import discard
from cvdmail.work.upkeep import erase_case
from work.hostile import ANSWER, SAYS_YES, BrokenGpg, Meddled, World, encrypted, entity, head, plain, signed, world


async def clue_twice(w: World, *above: str) -> bytes:
    """A mail that cites our own Message-ID (certain) and an earlier mail of the vendor (probable)."""
    _, ours = await w.sent()
    first = await w.take(plain(head("first", MAILBOX, more=f"In-Reply-To: <{ours}>"), "hello\n"))
    assert first.cases == (CASE,)
    more = f"References: <{ours}> <first@vendor.example>\nIn-Reply-To: <first@vendor.example>"
    return plain(head("second", MAILBOX, *above, more=more), "hello again\n")


async def test_the_same_clue_certain_and_uncertain_is_one_clue(queued_lab: Lab) -> None:
    """The certain one counts; held for another reason, the mail waits with one guess and stops nobody."""
    async with world(queued_lab) as w:
        raw = await clue_twice(w, SAYS_YES.replace("pass", "fail"))
        found = await w.take(raw)
        assert found.record.state is MessageState.HELD
        query = "SELECT count(*), count(DISTINCT participant || evidence) FROM guess WHERE message = "
        assert w.lab.rows(query + str(found.record.row)) == [(1, 1)]
    async with world(queued_lab) as w:
        assert (await w.take(await clue_twice(w))).cases == (CASE,)


async def test_two_settlers_of_one_mail_make_one_filing_and_one_event(queued_lab: Lab) -> None:
    """The daemon and 'ingest' may take the same mail at once; the second finds it settled."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity(ANSWER)
        waiting = await w.store(signed(head("once", token), part, w.sign(part)))
        async with wiring.daemon_desk(w.desk.config) as other:
            ends = await asyncio.gather(*(process_one(desk, waiting) for desk in (w.desk, other, w.desk)))
        assert [one.state for one in ends] == [MessageState.FILED] * 3
        assert sum(bool(one.believed) for one in ends) == 1
        for query, wanted in (
            (f"SELECT count(*) FROM filing WHERE message = {waiting.row}", 1),
            ("SELECT count(*) FROM event WHERE kind = 'mail_filed'", 1),
            ("SELECT count(*) FROM event WHERE kind = 'promise_made'", 1),
            ("SELECT count(*) FROM promise", 1),
        ):
            assert w.lab.rows(query) == [(wanted,)]


@pytest.mark.parametrize("discarded", [False, True])
async def test_a_forged_twin_does_not_make_the_real_mail_a_copy(queued_lab: Lab, discarded: bool) -> None:
    """Whoever knows a mail can send its twin ahead, to no case; held or thrown away, it hides nothing."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity(ANSWER)
        signature = w.sign(part)
        outside = head("twin", "somebody@lab.example", sender="x@elsewhere.example")
        forged = await w.take(signed(outside, part, signature))
        assert forged.record.state is MessageState.HELD
        if discarded:
            await discard(w.desk, w.ada, forged.record.row, b"it is noise")
        real = await w.take(signed(head("twin", token), part, signature))
        assert (real.record.state, real.cases) == (MessageState.FILED, (CASE,))
        assert "fix_date" in real.believed


async def test_the_twin_of_a_filed_mail_is_a_copy_and_adds_nothing(queued_lab: Lab) -> None:
    """The same mail by another way (more Received lines) is told as a copy; another body is judged as a new mail."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        raw = plain(head("twin", token))
        assert (await w.take(raw)).record.state is MessageState.FILED
        twin = await w.take(b"Received: from list.example by mx.lab.example; Sat, 21 Nov 2026 10:00:00 +0000\r\n" + raw)
        assert (twin.record.state, twin.cases) == (MessageState.COPY, ())
        assert twin.believed | twin.proposed == frozenset()
        other = await w.take(raw.replace(b"EXV-12345", b"EXV-54321"))
        assert other.record.state is MessageState.FILED


async def test_a_case_erased_between_judging_and_settling_takes_no_mail_with_it(queued_lab: Lab) -> None:
    """The answer belongs to nobody any more, but it is no part of what was erased: a person can read it in the pen."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        raw = plain(head("late", token))
        waiting = await w.store(raw)

        async def erase() -> None:
            async with wiring.daemon_desk(w.desk.config) as other:
                for person in (w.ada, w.ben):
                    await erase_case(other, person, w.case, b"the vendor asks for it")

        between = Meddled(w.desk.store, 2, erase)  # the first counts the try, the second settles
        with contextlib.suppress(CvdmailError):
            await process_one(replace(w.desk, store=between), waiting)
        await process_stored(w.desk)
        found = await w.look(waiting.row)
        assert (found.record.state, found.cases) == (MessageState.HELD, ())
        assert await w.raw(waiting.row) == raw


async def test_a_wrong_passphrase_of_the_mailbox_key_is_no_fault_of_the_mail(queued_lab: Lab) -> None:
    """gpg refuses us, not the mail: it stays where it is, its tries uncounted, and is read once that is mended."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        waiting = await w.store(encrypted(head("sealed", token), w.seal(entity(ANSWER), signed=True)))
        home = w.lab.home("daemon")
        home.stop_agent()
        (home.path / "gpg-agent.conf").write_text("s2k-count 65536\n")
        replace(home, passphrase="correct").gpg("--change-passphrase", str(w.lab.keys["daemon"]))
        home.stop_agent()

        async def wrong() -> bytes:
            return b"wrong"

        async def correct() -> bytes:
            return b"correct"

        for _ in range(2):
            with pytest.raises(CryptoUnavailable):
                await process_stored(replace(w.desk, openpgp=Gpg(home.path, passphrase=wrong)))
            after = await w.record(waiting.row)
            assert (after.state, after.tries) == (MessageState.STORED, 0)
        await process_stored(replace(w.desk, openpgp=Gpg(home.path, passphrase=correct)))
        assert (await w.look(waiting.row)).record.state is MessageState.FILED


async def test_one_deadly_mail_is_set_aside_after_three_tries_and_its_neighbours_are_not(queued_lab: Lab) -> None:
    """A mail that kills its reader each time goes to the pen unread; those beside it are settled at the first try."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        deadly = w.seal(entity("deadly\n"))
        near = [
            await w.store(encrypted(head(f"near{number}", token), w.seal(entity(f"question {number}\n"))))
            for number in range(3)
        ]
        poison = await w.store(encrypted(head("deadly", token), deadly))
        near.append(await w.store(plain(head("near9", token), "hello\n")))
        mark = deadly.splitlines()[4]
        desk = replace(w.desk, openpgp=BrokenGpg(w.desk.openpgp, mark))
        for _ in range(3):
            with pytest.raises(RecursionError):
                await process_stored(desk)
            assert (await w.record(poison.row)).state is MessageState.STORED
        await process_stored(desk)
        assert (await w.record(poison.row)).state is MessageState.UNPARSED
        after = [await w.record(one.row) for one in near]
        assert [(one.state, one.tries) for one in after] == [(MessageState.FILED, 1)] * 4
        assert await process_stored(desk) == []


async def test_ingest_from_a_mail_server_ends_with_0_or_75(queued_lab: Lab) -> None:
    """0 once the bytes are committed, whatever they are; else 75, and the mail server keeps the mail; never a word."""
    async with world(queued_lab) as w:
        odd = await clue_twice(w, SAYS_YES.replace("pass", "fail"))
        good = [odd, b"\xff\x00 no mail at all", clear_mail("hello", "known sender", VENDOR)]
        ends = await asyncio.gather(*(w.command(None, "ingest", "-", stdin=raw) for raw in good))
        assert [(one.code, one.out, one.err) for one in ends] == [(0, "", "")] * 3
        assert w.lab.rows("SELECT count(*) FROM message WHERE state = 'stored'") == [(0,)]
        before = w.lab.rows("SELECT count(*) FROM message")

        raw = clear_mail("hello", "not stored")
        closed = asyncio.to_thread(lambda: w.lab.process(None, "ingest", "-", closed=True))
        bad = list(await asyncio.gather(w.command(None, "ingest", "-"), closed))
        kept = w.lab.config.read_bytes()
        w.lab.config.write_bytes(b"[[[ not what it was")
        bad.append(await w.command(None, "ingest", "-", stdin=raw))
        w.lab.config.write_bytes(kept)
        w.lab.database.chmod(0o644)
        bad.append(await w.command(None, "ingest", "-", stdin=raw))
        assert [(one.code, one.out, one.err) for one in bad] == [(75, "", "")] * 4
        assert w.lab.rows("SELECT count(*) FROM message") == before
