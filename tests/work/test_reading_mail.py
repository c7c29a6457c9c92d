"""Replays in another dress, a list's words, keys that came along, and what a bounce does to a contact."""

from __future__ import annotations

import pytest

from cli.lab import CASE, MAILBOX, VENDOR, Lab
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import ContactState, MessageState
from cvdmail.core.trust import Trust
from cvdmail.work.audit import audit
from work.hostile import ANSWER, World, crlf, encrypted, entity, head, plain, signed, world

FOOTER = (
    f"{'_' * 47}\nSecurity mailing list\nWe will fix it on 1 March 2031.\nhttps://lists.example/listinfo/security\n"
)


async def reading(w: World, row: int) -> dict[str, object]:
    async with w.desk.store.read() as tx:
        return (await tx.inbox.readings([row]))[row]


async def test_a_replay_in_another_dress_is_a_replay(queued_lab: Lab) -> None:
    """Other line ends, another armour, another charset: the words and the moment of signing are the same."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity(ANSWER)
        text_mode = w.sign(part, "--textmode")
        assert (await w.take(signed(head("first", token), part, text_mode))).record.state is MessageState.FILED
        bare = signed(b"", part, text_mode).replace(b"\r\n", b"\n")
        extra = signed(b"", part, text_mode).replace(b"2031.\r\n", b"2031.\r\r\n")
        for number, inside in enumerate((bare, extra)):
            again = await w.take(encrypted(head(f"again{number}", token), w.seal(inside)))
            assert (again.record.signature, again.trust) == (SignatureState.STALE, Trust.SUSPICIOUS)
            assert (again.record.state, again.believed) == (MessageState.HELD, frozenset()), inside
        block = (
            w.lab.home("vendor").gpg("--digest-algo", "SHA512", "--clearsign", data=f"{ANSWER}Ada\n".encode()).decode()
        )
        assert (await w.take(head("clear", token) + entity(block))).record.state is MessageState.FILED
        other = f"Content-Type: text/plain; charset=cp500\r\n\r\n{block}".encode()
        for name, raw in (("charset", other), ("spaces", entity("\n\n" + block.replace("2031.", "2031.  ") + "\n"))):
            again = await w.take(head(name, token) + raw)
            assert (again.record.signature, again.trust) == (SignatureState.STALE, Trust.SUSPICIOUS)
            assert (again.record.state, again.believed) == (MessageState.HELD, frozenset()), name


async def test_the_words_of_a_list_are_not_the_vendors(queued_lab: Lab) -> None:
    """In a list's frame the posting is read, as partly signed; of the frame nothing is, and nobody is believed."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity("We have received your report, ticket EXV-12345.\n")
        whole = signed(b"", part, w.sign(part))
        mark = b'Content-Type: multipart/mixed; boundary="=-=l"\r\n\r\n--=-=l\r\n'
        frame = b"\r\n--=-=l\r\n" + entity(FOOTER) + b"\r\n--=-=l--\r\n"
        outside = head("listed", token, sender='"PSIRT via Security" <security@lists.example>')
        raw = b"List-Id: <security.lists.example>\r\n" + outside + mark + whole + frame
        found = await w.take(raw)
        assert (found.record.signature, found.trust) == (SignatureState.PARTIAL, Trust.UNAUTHENTICATED)
        assert (found.cases, found.believed) == ((CASE,), frozenset())
        said = await reading(w, found.record.row)
        assert "EXV-12345" in str(said["text"])
        assert "March" not in str(said["text"])
        assert "fix_date" not in found.proposed
        below = await w.take(
            b"List-Id: <s.lists.example>\r\n" + plain(head("text", token), "We will look.\n\n" + FOOTER)
        )
        assert (await reading(w, below.record.row))["text"] == "We will look."


async def test_a_key_that_came_along_is_shown_and_not_used(queued_lab: Lab) -> None:
    """Its fingerprint stands in the pen, with what to do; a mail that it signs is by an unknown key as before."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        stranger = w.lab.home("cy")
        key = w.lab.keys["cy"]
        words = ANSWER + "\n" + stranger.public(key).decode()
        part = entity(words)
        signature = stranger.detached(part, key)
        found = await w.take(signed(head("key", MAILBOX), part, signature))
        assert found.record.state is MessageState.HELD
        assert (await reading(w, found.record.row))["keys"] == [str(key)]
        shown = (await w.command("ada", "pen", "show", str(found.record.row))).good()
        assert str(key) in shown.out
        assert "cvdmail key pin FILE --contact ADDRESS" in shown.out
        again = await w.take(signed(head("signed", token), part, signature))
        assert (again.record.signature, again.trust) == (SignatureState.UNKNOWN_KEY, Trust.UNAUTHENTICATED)


def bounce(name: str, message_id: str, recipient: str, *, report: bool) -> bytes:
    outside = head(name, MAILBOX, "Return-Path: <>", sender="MAILER-DAEMON@mx.vendor.example", subject="failure notice")
    if not report:
        text = (
            "Hi. This is the qmail-send program at mx.vendor.example.\n\n"
            f"<{recipient}>:\nRemote host said: 550 5.1.1 no such user\n\n--- Below this line is a copy.\n\n"
            f"Message-ID: <{message_id}>\n"
        )
        return plain(outside, text)
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nSorry.\n--b\n'
    status = (
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; {recipient}\n"
    )
    returned = (
        f"Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{message_id}>\n"
    )
    return outside + crlf(kind + status + returned + "\n--b--\n")


@pytest.mark.parametrize("report", [True, False])
async def test_a_bounce_marks_the_delivery_and_ranks_the_contact_lower(queued_lab: Lab, report: bool) -> None:
    """Only of a mail that we sent, to a recipient that we used; what a person decided about the contact stays."""
    async with world(queued_lab) as w:
        _, message_id = await w.sent()
        (row,) = [one.row for one in await w.outbox()]

        async def contact() -> tuple[float, ContactState, list[str]]:
            async with w.desk.store.read() as tx:
                (one,) = await tx.contacts.select(value=VENDOR)
                return one.score, one.state, [each.kind for each in await tx.contacts.evidence(one.row)]

        before = await contact()
        assert before[1] is ContactState.CONFIRMED
        for number, (cited, recipient) in enumerate(
            (("other@vendor.example", VENDOR), (message_id, "other@vendor.example"))
        ):
            await w.take(bounce(f"foreign{number}", cited, recipient, report=report))
            assert await contact() == before
            assert RecipientState.SENT in await w.states(row)
        found = await w.take(bounce("ours", message_id, VENDOR, report=report))
        assert found.cases == (CASE,)
        score, state, evidence = await contact()
        assert 0 < score < before[0]
        assert state is ContactState.CONFIRMED
        assert evidence == [*before[2], "bounce"]
        assert w.lab.rows("SELECT actor FROM event WHERE kind = 'contact_demoted'") == [("daemon",)]
        await w.take(bounce("again", message_id, VENDOR, report=report))
        assert (await contact())[0] == score
        assert "confirmed, bounced" in (await w.command("ada", "contact", "list")).good().out
        assert (await audit(w.desk))["problems"] == []
