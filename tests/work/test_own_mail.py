"""What lies in Sent: copies of what we sent, answers that colleagues wrote in webmail, and mails of strangers."""

from __future__ import annotations

from dataclasses import replace

from cli.lab import CASE, MAILBOX, VENDOR, Lab, Outcome
from cvdmail.config import ImapConfig, SecretSource, Tls
from cvdmail.core.records import Direction, MessageRecord, MessageState
from cvdmail.store.inbox import Position
from cvdmail.work.file_mail import process_stored
from work.hostile import SAYS_YES, World, head, plain, world


async def laid_in(w: World, folder: str, *raws: bytes) -> list[MessageRecord]:
    """Let mails be found in a folder of the mailbox, and settle them together."""
    account, now = w.desk.config.mailbox.address.key, w.desk.clock.now()
    rows = []
    async with w.desk.store.write() as tx:
        pen = await tx.pen_scope()
        for number, raw in enumerate(raws, start=1):
            row, _ = await tx.inbox.store(raw, Position(account, folder, 77, number), pen, now, now)
            rows.append(row)
    await process_stored(w.desk)
    return [await w.record(row) for row in rows]


def with_imap(w: World) -> World:
    """The same world with an [imap] section; nothing connects."""
    imap = ImapConfig("localhost", 993, Tls.IMPLICIT, None, "lab", SecretSource(), 1, ("INBOX",), "Sent")
    return replace(w, desk=replace(w.desk, config=replace(w.desk.config, imap=imap)))


async def shown(w: World) -> Outcome:
    return await w.command("ada", "case", "show", CASE, "--json")


async def test_a_colleagues_answer_becomes_an_outbound_message_of_its_case(queued_lab: Lab) -> None:
    async with world(queued_lab) as first:
        w = with_imap(first)
        token, _ = await w.sent()
        answer = await w.take(plain(head("question", token, SAYS_YES), "Which versions are affected?\n"))
        assert answer.cases == (CASE,)
        cites = "In-Reply-To: <question@vendor.example>"
        ours = plain(head("webmail", VENDOR, sender=f"Lab <{MAILBOX}>", more=cites), "All of them.\n")
        # Their reply cites the colleague's mail alone, and both are found in the same moment.
        theirs = plain(head("thanks", MAILBOX, more="In-Reply-To: <webmail@vendor.example>"), "Thank you.\n")
        sent, reply = await laid_in(w, "Sent", ours, theirs)
        assert (sent.direction, sent.state) == (Direction.OUTBOUND, MessageState.OUTBOUND)
        assert (reply.direction, reply.state) == (Direction.INBOUND, MessageState.FILED)
        assert w.lab.rows(f"SELECT count(*) FROM fact WHERE message = {sent.row}") == [(0,)]
        found = w.lab.rows("SELECT body FROM event WHERE kind = 'mail_found_in_sent'")
        assert len(found) == 1
        assert '"encrypted":false' in found[0][0]
        ended = await shown(w)
        assert ended.code == 0, ended.err
        assert "All of them." in ended.out


async def test_what_we_sent_is_not_taken_for_another_mail(queued_lab: Lab) -> None:
    """Byte for byte it is the outbound message; with another Received line it is a copy."""
    async with world(queued_lab) as first:
        w = with_imap(first)
        async with w.desk.store.read() as tx:
            (ours,) = [one.row for one in await tx.inbox.select() if one.direction is Direction.OUTBOUND]
            raw = await tx.inbox.raw(ours)
        same, changed = await laid_in(w, "Sent", raw, b"Received: by webmail.lab.example\r\n" + raw)
        assert same.row == ours
        assert changed.state is MessageState.COPY
        assert w.lab.rows("SELECT count(*) FROM event WHERE kind = 'mail_found_in_sent'") == [(0,)]


async def test_a_strangers_mail_in_sent_is_judged_like_any_other(queued_lab: Lab) -> None:
    """Moved there by accident, or put there by a rule: where it lies says nothing about who wrote it."""
    async with world(queued_lab) as first:
        w = with_imap(first)
        token, _ = await w.sent()
        stranger, theirs, unknown = await laid_in(
            w,
            "Sent",
            plain(head("stranger", VENDOR, sender="eve@elsewhere.example"), "Hello\n"),
            plain(head("theirs", token), "Hello\n"),
            plain(head("nothing", "friend@elsewhere.example", sender=MAILBOX), "About lunch.\n"),
        )
        assert [one.state for one in (stranger, theirs, unknown)] == [
            MessageState.HELD,
            MessageState.FILED,
            MessageState.HELD,
        ]
        # The very mail that would be ours in Sent, arriving in INBOX, is somebody who writes our name.
        cites = "In-Reply-To: <theirs@vendor.example>"
        forged = plain(head("forged", VENDOR, sender=MAILBOX, more=cites), "We withdraw the report.\n")
        (arrived,) = await laid_in(w, "INBOX", forged)
        assert (arrived.direction, arrived.state) == (Direction.INBOUND, MessageState.HELD)
