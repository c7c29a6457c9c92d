"""Letters in clear on their way, with the daemon and servers in memory: what leaves, what threads, what is stopped."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.lab import CANARY, CASE, MAILBOX, VENDOR, Lab, clear_mail
from cli.test_clear import ANSWER, TO, asking, held, prefer, wish
from cvdmail.config import load
from cvdmail.core.ids import Address
from cvdmail.core.mail import Mail, parse
from cvdmail.core.outgoing import OutgoingMail, RecipientResult, RecipientState, Stage, SubmissionResult
from cvdmail.daemon import Daemon, Servers
from cvdmail.edge.memory import MemoryMailboxes, MemoryPostman
from cvdmail.wiring import daemon_desk

SECRETS = ("overflow", "frame parser", "examplelib", CANARY, "runs code")


def once(lab: Lab, *mails: bytes, upcoming: Sequence[SubmissionResult] = ()) -> list[OutgoingMail]:
    """Let the daemon work once, with mails that came in; return what was submitted."""
    return asyncio.run(_once(lab, mails, upcoming))


async def _once(lab: Lab, mails: Sequence[bytes], upcoming: Sequence[SubmissionResult]) -> list[OutgoingMail]:
    ours, theirs = MemoryMailboxes(), MemoryMailboxes()
    for raw in mails:
        ours.deliver(raw)
    everybody = (VENDOR, "eve@press.example", "psirt@other.example")
    postman = MemoryPostman({**{Address.parse(one): theirs for one in everybody}, Address.parse(MAILBOX): ours})
    postman.upcoming.extend(upcoming)
    async with daemon_desk(load(lab.config)) as desk:
        done = await Daemon(desk, Servers(postman, ours, ("INBOX",), "Sent"), "test", lambda _: True).once()
        sent = ours.folders.get("Sent")
    assert done.problems == []
    if not upcoming:
        kept = [mail.raw for mail in sent.mails.values()] if sent is not None else []
        assert [mail.raw for mail in postman.taken] == kept
    return postman.taken


def one(mails: Sequence[OutgoingMail]) -> Mail:
    (mail,) = mails
    return parse(mail.raw)


def nothing_told(raw: bytes) -> None:
    assert not [secret for secret in SECRETS if secret.encode() in raw.lower().replace(b"=\r\n", b"")]


def test_a_first_contact_leaves_and_its_answer_threads(drafted: Lab) -> None:
    drafted.run("ada", "contact", "ask", VENDOR, "--yes").good()
    (outgoing,) = once(drafted)
    mail = parse(outgoing.raw)
    nothing_told(outgoing.raw)
    assert outgoing.recipients == (Address.parse(VENDOR),)
    assert mail.subject == f"[{CASE}] Who takes security reports?"
    assert mail.root.media_type == "text/plain"
    assert not [header.name for header in mail.root.headers if header.name == "cc"]
    reply_to = mail.root.first("reply-to")
    assert reply_to is not None
    assert reply_to.startswith("outbounddisclosures+")
    assert drafted.run("ada", "draft", "list", "--json").good().lines[1]["state"] == "queued"
    answer = clear_mail("Please write to security@vendor.example.", "Re: hello", To=reply_to)
    outcome = drafted.run(None, "ingest", drafted.write("a.eml", answer), "--json").good()
    assert outcome.json["filings"] == [
        {"case": CASE, "participant": 1, "certain": True, "evidence": ["reply_token"]},
    ]  # fmt: skip
    assert once(drafted) == []
    told = [line["what"] for line in drafted.run("ada", "case", "timeline", CASE, "--json").good().lines]
    assert "letter in clear frozen" in told
    assert "mail signed, encrypted and frozen" not in told
    assert drafted.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_an_archive_holds_the_letter_and_can_be_checked(drafted: Lab) -> None:
    drafted.run("ada", "contact", "ask", VENDOR, "--yes").good()
    once(drafted)
    archive = str(drafted.place / "a.tar")
    drafted.run("ben", "export", CASE, "--output", archive, "--clear", "--yes").good()
    checked = drafted.run("ben", "verify", archive, "--signer", str(drafted.keys["ben"]), "--json").good().json
    assert (checked["ok"], checked["messages"]) == (True, 1)


def test_the_answer_threads_by_our_message_id_too(drafted: Lab) -> None:
    drafted.run("ada", "contact", "ask", VENDOR, "--yes").good()
    mail = one(once(drafted))
    answer = clear_mail("It is us.", "Re: hello", In_Reply_To=f"<{mail.message_id}>")
    outcome = drafted.run(None, "ingest", drafted.write("a.eml", answer), "--json").good()
    assert outcome.json["filings"][0]["evidence"] == ["message_id"]


def test_letters_of_no_case_leave_from_the_plain_address(drafted: Lab) -> None:
    drafted.run("ada", "contact", "add", "other.example", "psirt@other.example").good()
    drafted.run("ada", "contact", "ask", "psirt@other.example", "--yes").good()
    question = asking()
    number = held(drafted, question)
    drafted.run("ada", "pen", "answer", number, "--file", "-", "--yes", stdin=ANSWER.encode()).good()
    asked, answered = (parse(mail.raw) for mail in once(drafted))
    for mail in (asked, answered):
        nothing_told(mail.raw)
        assert mail.root.first("reply-to") == MAILBOX
        assert "CVD-" not in mail.subject
    assert asked.in_reply_to == ()
    assert answered.in_reply_to == (parse(question).message_id,)
    assert ANSWER.encode() in answered.content(answered.root)
    assert drafted.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_a_contact_that_was_demoted_meanwhile_is_not_asked(lab: Lab) -> None:
    lab.run("ada", "contact", "add", "other.example", "psirt@other.example").good()
    lab.run("ada", "contact", "ask", "psirt@other.example", "--yes").good()
    lab.run("ada", "contact", "demote", "psirt@other.example", "--yes").good()
    assert once(lab) == []
    ((stopped,),) = lab.rows("SELECT stopped FROM outbox")
    assert "was demoted" in stopped


def _follow_up(lab: Lab, extent: str) -> str:
    lab.run("ben", *prefer(lab, extent, "--message", wish(lab))).good()
    draft = str(lab.run("ada", "reply", CASE, *TO, "--letter", "follow_up", "--clear", "--json").good().json["draft"])
    lab.run("ada", "draft", "approve", draft, "--yes").good()
    lab.run("ada", "send", CASE).good()
    return draft


def test_with_a_wish_a_follow_up_goes_in_clear_and_the_report_still_encrypted(approved: Lab) -> None:
    _follow_up(approved, "status")
    report, follow_up = (parse(mail.raw) for mail in once(approved))
    assert report.root.media_type == "multipart/encrypted"
    assert follow_up.root.media_type == "text/plain"
    nothing_told(follow_up.raw)
    assert follow_up.subject == f"[{CASE}] Follow-up to our report"


def test_everything_does_not_let_a_report_or_a_reply_go_in_clear(approved: Lab) -> None:
    approved.run("ben", *prefer(approved, "everything", "--message", wish(approved))).good()
    draft = str(approved.run("ada", "reply", CASE, *TO, "--file", "-", "--json", stdin=b"words").good().json["draft"])
    approved.run("ada", "draft", "approve", draft).good()
    approved.run("ada", "send", CASE).good()
    assert [parse(mail.raw).root.media_type for mail in once(approved)] == ["multipart/encrypted"] * 2


def test_the_schema_does_not_let_a_report_be_marked_clear(drafted: Lab) -> None:
    with sqlite3.connect(drafted.database) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE draft SET clear = 1")
    connection.close()


def test_taking_the_wish_back_stops_what_waits(drafted: Lab) -> None:
    draft = _follow_up(drafted, "status")
    done = drafted.run("ben", *prefer(drafted, "never"), "--json").good().json
    assert (done["extent"], done["stopped"]) == ("never", 1)
    assert once(drafted) == []
    (mail,) = drafted.run("ada", "case", "show", CASE, "--json").good().json["outbox"]
    assert "in clear any more" in mail["stopped"]
    drafted.run("ada", "draft", "approve", draft, "--yes").refused("does not get this letter in clear")


def test_a_wish_taken_back_behind_our_back_stops_it_too(drafted: Lab) -> None:
    """The last look before the bytes are made is at the wish of that moment."""
    _follow_up(drafted, "status")
    with sqlite3.connect(drafted.database) as connection:
        connection.execute("UPDATE clear_preference SET extent = 'never'")
    connection.close()
    assert once(drafted) == []
    (mail,) = drafted.run("ada", "case", "show", CASE, "--json").good().json["outbox"]
    assert "does not get this letter in clear" in mail["stopped"]


def test_taking_the_wish_back_stops_what_was_deferred_but_no_encrypted_mail(approved: Lab) -> None:
    _follow_up(approved, "status")
    later = RecipientResult(RecipientState.DEFERRED, Stage.RCPT, 450, "later")
    deferred = [
        SubmissionResult(dict.fromkeys([Address.parse(VENDOR), Address.parse(MAILBOX)], later)),
        SubmissionResult({Address.parse(VENDOR): later}),
    ]
    assert len(once(approved, upcoming=deferred)) == 2
    approved.run("ben", *prefer(approved, "never")).good()
    shown = approved.run("ada", "case", "show", CASE, "--json").good().json["outbox"]
    assert [bool(mail["stopped"]) for mail in shown] == [False, True]


def test_a_deferred_letter_is_sent_again_to_the_byte_by_another_run(drafted: Lab) -> None:
    """What was let out is sealed beside the bytes: the guard knows it after a restart."""
    _follow_up(drafted, "status")
    later = RecipientResult(RecipientState.DEFERRED, Stage.RCPT, 450, "later")
    (first,) = once(drafted, upcoming=[SubmissionResult({Address.parse(VENDOR): later})])
    with sqlite3.connect(drafted.database) as connection:
        connection.execute("UPDATE outbox SET next_attempt_at = queued_at")
    connection.close()
    (second,) = once(drafted)
    assert second.raw == first.raw
    assert second.intended.clear == first.intended.clear


def test_case_text_in_a_letter_is_found_again_when_its_bytes_are_made(drafted: Lab) -> None:
    """A case opened after a policy answer was approved: the letter is compared with it before it leaves."""
    number = held(drafted, asking())
    words = b"We look at counters of every kind, also at the one of minus two."
    drafted.run("ada", "pen", "answer", number, "--file", "-", "--yes", stdin=words).good()
    finding = Path(drafted.place / "finding.md").read_text().replace(CANARY, "We look at counters of every kind")
    new = drafted.write("b.md", finding.replace("Overflow", "Underflow"))
    drafted.run("ada", "case", "new", new).good()
    assert once(drafted) == []
    ((stopped,),) = drafted.rows("SELECT stopped FROM outbox")
    assert "words of a report" in stopped


def test_a_forged_approval_lets_nothing_out(drafted: Lab) -> None:
    drafted.run("ada", "contact", "ask", VENDOR, "--yes").good()
    with sqlite3.connect(drafted.database) as connection:
        connection.execute("UPDATE approval SET signature = replace(signature, 'a', 'b')")
    connection.close()
    assert once(drafted) == []
