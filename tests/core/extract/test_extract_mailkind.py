"""People and machines; delivery reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.extract import MailKind, classify, delivery_status_facts, to_json, worded_bounces
from cvdmail.core.extract.bounces import MAX_PARTS
from cvdmail.core.extract.facts import Bounce

CASES: list[tuple[MailKind, dict[str, list[str]], str, str, str]] = [
    (MailKind.REPLY, {}, "text/plain", "Re: flaw", "We confirm the flaw."),
    (MailKind.REPLY, {"auto-submitted": ["no"]}, "text/plain", "Re: flaw", "We confirm the flaw."),
    (MailKind.REPLY, {"list-id": ["<s.example>"], "precedence": ["list"]}, "text/plain", "Re: flaw", "I see it too."),
    (
        MailKind.REPLY,
        {},
        "text/plain",
        "Re: flaw",
        "The fix is out. The office knows, and I will be away from May.",
    ),
    (MailKind.AUTO_REPLY, {"auto-submitted": ["auto-replied"]}, "text/plain", "Re: flaw", "We got your mail."),
    (MailKind.AUTO_REPLY, {"auto-submitted": ["auto-generated; x=y"]}, "text/plain", "Case 1", "We got your mail."),
    (MailKind.AUTO_REPLY, {"precedence": ["bulk"]}, "text/plain", "Case 1", "We got your mail."),
    (MailKind.AUTO_REPLY, {"x-autoreply": ["yes"]}, "text/plain", "Case 1", "We got your mail."),
    (MailKind.AUTO_REPLY, {"return-path": ["<>"]}, "text/plain", "Re: flaw", "We got your mail."),
    (MailKind.AUTO_REPLY, {}, "text/plain", "Automatic reply: flaw", "We got your mail."),
    (MailKind.AUTO_REPLY, {}, "text/plain", "Re: flaw", "This is an automated response. We got your mail."),
    (MailKind.AUTO_REPLY, {}, "text/plain", "Re: flaw", "Diese E-Mail wurde automatisch erzeugt."),
    (MailKind.AUTO_REPLY, {}, "text/plain", "Re: flaw", "本メールは自動送信です。"),
    (MailKind.ABSENCE, {"auto-submitted": ["auto-replied"]}, "text/plain", "Re: flaw", "I am on vacation until May."),
    (MailKind.ABSENCE, {}, "text/plain", "Out of office: flaw", "Back on Monday."),
    (MailKind.ABSENCE, {}, "text/plain", "Re: flaw", "I am currently out of the office until 3 May."),
    (MailKind.ABSENCE, {}, "text/plain", "Abwesenheitsnotiz", "Ich bin im Urlaub."),
    (MailKind.ABSENCE, {"x-autoreply": ["1"]}, "text/plain", "Re: flaw", "Je suis absent du bureau."),
    (MailKind.BOUNCE, {}, 'multipart/report; report-type="delivery-status"; boundary=x', "Failure", ""),
    (MailKind.BOUNCE, {"return-path": ["<>"]}, "text/plain", "Undelivered Mail Returned to Sender", "Sorry"),
    (MailKind.BOUNCE, {"from": ["MAILER-DAEMON@v.example"]}, "text/plain", "x", "Your mail could not be delivered."),
    (MailKind.OTHER, {}, "multipart/report; report-type=disposition-notification", "Read: flaw", ""),
    (MailKind.AUTO_REPLY, {"from": ["noreply@vendor.example"]}, "text/plain", "Case 1", "We confirm the flaw."),
    (MailKind.AUTO_REPLY, {"from": ["V <psirt-do-not-reply@vendor.example>"]}, "text/plain", "Case 1", "We see it."),
    (MailKind.REPLY, {"from": ["annoreply <ann@vendor.example>"]}, "text/plain", "Case 1", "We confirm the flaw."),
    (MailKind.AUTO_REPLY, {}, "text/plain", "Re: flaw", "This mailbox is not monitored. Please use our portal."),
    (MailKind.AUTO_REPLY, {}, "text/plain", "Re: flaw", "Please do not reply to this message; submit on our site."),
    (MailKind.AUTO_REPLY, {}, "text/plain", "Re: flaw", "Replies to this e-mail are not read."),
    (MailKind.REPLY, {}, "text/plain", "Re: flaw", "Please report this through our portal, Ada"),
    (
        MailKind.REPLY,
        {},
        "text/plain",
        "Re: flaw",
        "I see it.\n\n> This is an automated response.\n> This mailbox is not monitored.\n",
    ),
    (
        MailKind.AUTO_REPLY,
        {"x-jira-fingerprint": ["a"]},
        "text/plain",
        "[JIRA] (SEC-12)",
        "Your request has been received. Type your reply above this line.",
    ),
    (MailKind.REPLY, {"x-jira-fingerprint": ["a"]}, "text/plain", "[JIRA] (SEC-12)", "Ada wrote: we confirm the flaw."),
    (MailKind.LIST, {}, "text/plain", "Your message to sec awaits moderator approval", "x"),
    (MailKind.LIST, {"x-list-administrivia": ["yes"]}, "text/plain", "confirm", "x"),
]


@pytest.mark.parametrize(("kind", "headers", "content", "subject", "text"), CASES)
def test_kinds(kind: MailKind, headers: dict[str, list[str]], content: str, subject: str, text: str) -> None:
    assert classify(headers, content, subject, text) is kind


REPORT = """Reporting-MTA: dns; mx.lab.example\r
Arrival-Date: Tue, 10 Nov 2026 10:00:00 +0100\r
\r
Original-Recipient: rfc822;psirt@vendor.example\r
Final-Recipient: rfc822; sec@vendor.example\r
Action: failed\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 no\r
 such user\r
\r
Final-Recipient: rfc822; slow@vendor.example\r
Action: delayed\r
Status: 4.4.1\r
\r
Final-Recipient: rfc822; ok@vendor.example\r
Action: delivered\r
Status: 2.0.0\r
"""


def test_delivery_report() -> None:
    facts = [to_json(fact) for fact in delivery_status_facts(REPORT, "a@lab.example")]
    told = [(f["recipient"], f["permanent"], f["status"], f["original_message_id"], f["in"]) for f in facts]
    assert told == [
        ("sec@vendor.example", True, "5.1.1", "a@lab.example", "part"),
        ("slow@vendor.example", False, "4.4.1", "a@lab.example", "part"),
    ]


def test_hostile_reports_are_bounded() -> None:
    assert delivery_status_facts("\n".join(["nonsense"] * 50_000), None) == ()
    assert delivery_status_facts("", None) == ()
    assert len(delivery_status_facts("Final-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 5_000, None)) == 200


QMAIL = """Hi. This is the qmail-send program at mx.vendor.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<security@vendor.example>:
192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 no such user

--- Below this line is a copy of the message.
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients.

  security@vendor.example
    550 5.7.1 rejected
"""
DELAYED = """The address to which the message has not yet been delivered is:

  security@vendor.example

No action is required on your part.
"""


@pytest.mark.parametrize(
    ("text", "failed", "told"),
    [
        (QMAIL, (), [("security@vendor.example", True, "5.1.1")]),
        (EXIM, ("security@vendor.example, other@vendor.example",),
         [("other@vendor.example", True, "5.7.1"), ("security@vendor.example", True, "5.7.1")]),
        (DELAYED, (), [("security@vendor.example", False, None)]),
        ("We received your report.\n", (), []),
        ("", (), []),
    ],
)  # fmt: skip
def test_bounces_in_words(text: str, failed: tuple[str, ...], told: list[tuple[str, bool, str | None]]) -> None:
    facts = [
        to_json(fact) for fact in worded_bounces([("", text)], "mailer-daemon@mx.example", failed, "a@lab.example")
    ]
    assert [(one["recipient"], one["permanent"], one["status"]) for one in facts] == told
    assert {(one["original_message_id"], one["in"], one["rule"]) for one in facts} <= {
        ("a@lab.example", "part", "bounce.flufl")
    }


@pytest.mark.parametrize(
    "line", ["a" * 100_000, ",a@" * 50_000, "<" * 100_000, "failed addresses follow:\n" + "@" * 99_999]
)
def test_what_reads_bounces_in_words_sees_little_of_a_hostile_one(line: str) -> None:
    """The foreign patterns take cubic time; what they are given is so short that this ends at once."""
    several = [("notification", f"failed addresses follow:\n{line}\n" * 50)] * 50
    assert worded_bounces(several, line, [line], None) == worded_bounces(several[:MAX_PARTS], line, [line], None)


@given(text=st.text(max_size=300), sender=st.text(max_size=40), failed=st.lists(st.text(max_size=40), max_size=3))
def test_any_words_are_bounces_of_addresses_or_none(text: str, sender: str, failed: list[str]) -> None:
    intro = "failed addresses follow:\n"
    for fact in worded_bounces([("notification", intro + text)], sender, failed, None):
        assert isinstance(fact.value, Bounce)
        assert fact.value.recipient is not None
        assert fact.value.recipient.isascii()
        assert fact.value.recipient.count("@") == 1
