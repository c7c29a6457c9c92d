"""People and machines; delivery reports."""

from __future__ import annotations

import pytest

from cvdmail.core.extract import MailKind, classify, delivery_status_facts, to_json

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
