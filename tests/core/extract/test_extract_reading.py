"""Names, verdicts, versions, requests; whole mails; hostile input."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.extract.texts import HOSTILE, SCRAPS, SENT, facts, read
from cvdmail.core.extract import FactKind, Grade, MailKind, Reply, Where, extract, from_json, to_json
from cvdmail.core.extract.facts import Absence, FixedVersion, Identifier, KeyOffered, Redirect, Triage


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your ticket number is 4711-22.", ["4711-22"]),
        ("We opened case #20931 for this.", ["20931"]),
        ("The case number is SEC-20931.", ["SEC-20931"]),
        ("This is tracked as PSIRT-1234 internally.", ["PSIRT-1234"]),
        ("MSRC-98765 was assigned.", ["MSRC-98765"]),
        ("Tickets: VULN-101, VULN-102 and VULN-103.", ["VULN-101", "VULN-102", "VULN-103"]),
        ("Réf. VULN-8841", ["VULN-8841"]),
        ("受付番号：20261234", ["20261234"]),
        ("Fixed by merge #434, see PR #3416.", []),
        ("We use AES-256 and UTF-8, see CWE-79 and RFC-3339.", []),
        ("In case 3 of your table the parser stops.", []),
        ("CVE-2026-12345 is assigned, reference CVE-2026-12345.", []),
        ("Your case CVD-2026-0042 is known to us.", []),
    ],
)
def test_tickets(text: str, found: list[str]) -> None:
    assert [fact.value.id for fact in facts(text, FactKind.TICKET) if isinstance(fact.value, Identifier)] == found


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Re: [Ticket#2026111010000012] flaw", "2026111010000012"),
        ("[vendor.example #12345] flaw", "12345"),
        ("[JIRA] (SEC-123) flaw", "SEC-123"),
        ("Re: flaw [Ref: AB12-77]", "AB12-77"),
        ("Case 00123456 - flaw", "00123456"),
    ],
)
def test_tickets_in_the_subject(subject: str, found: str) -> None:
    (fact,) = [fact for fact in read("Thanks.", subject=subject).facts if fact.kind is FactKind.TICKET]
    assert fact.value == Identifier(found)
    assert (fact.where, fact.start, fact.end) == (Where.SUBJECT, None, None)


def test_cve_ids_are_told_once_in_their_plain_form() -> None:
    found = facts("cve-2026-12345 and CVE‑2026‑99999 and again CVE-2026-12345; not CVE-2026-1.", FactKind.CVE)
    assert [fact.value for fact in found] == [Identifier("CVE-2026-12345"), Identifier("CVE-2026-99999")]


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("We have confirmed the vulnerability in our lab.", ["confirmed"]),
        ("We were able to reproduce the issue.", ["confirmed"]),
        ("Wir konnten das Problem nachvollziehen.", ["confirmed"]),
        ("We cannot confirm the vulnerability yet.", []),
        ("We will try to reproduce the issue.", []),
        ("If we can reproduce the issue, we will tell you.", []),
        ("We confirm receipt of your report.", []),
        ("This behaviour is by design.", ["rejected"]),
        ("The issue is not a security vulnerability.", ["rejected"]),
        ("This does not meet our bar for servicing.", ["rejected"]),
        ("Is this not a security vulnerability?", []),
        ("This is a duplicate of an earlier report.", ["duplicate"]),
        ("This is not a duplicate of an earlier report.", []),
        ("Could you please provide more details on the steps?", ["needs_info"]),
        ("We could not reproduce this issue.", ["needs_info"]),
        ("We have deferred this to a later release.", ["deferred"]),
    ],
)
def test_triage(text: str, verdicts: list[str]) -> None:
    found = [fact.value.verdict.value for fact in facts(text, FactKind.TRIAGE) if isinstance(fact.value, Triage)]
    assert found == verdicts


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("The flaw was fixed in version 3.4.5.", ["3.4.5"]),
        ("It affects versions before 2.3.4; fixed in 2.3.5 and 2.4.1.", ["2.3.5", "2.4.1"]),
        ("The fix will be included in firmware 01.02.26.", ["01.02.26"]),
        ("v2.1.6已修复此漏洞", ["2.1.6"]),
        ("Fixed in: \n* 2.9.10\n* 2.10.0", ["2.9.10", "2.10.0"]),
        ("The flaw is not fixed in 3.4.5.", []),
        ("Is it fixed in 3.4.5?", []),
        ("We reproduced the issue with version 3.4.5.", []),
        ("Version 3.4.5 is vulnerable.", []),
    ],
)
def test_fixed_versions(text: str, versions: list[str]) -> None:
    found = [f.value.version for f in facts(text, FactKind.FIXED_VERSION) if isinstance(f.value, FixedVersion)]
    assert found == versions


@pytest.mark.parametrize(
    ("text", "to", "grade"),
    [
        ("Please send future reports to psirt@vendor.example.", "psirt@vendor.example", Grade.SURE),
        ("Please use https://vendor.example/report for reports.", "https://vendor.example/report", Grade.LIKELY),
        ("Bitte wenden Sie sich an psirt@vendor.example.", "psirt@vendor.example", Grade.SURE),
        ("请发邮件到psirt@vendor.example", "psirt@vendor.example", Grade.SURE),
        ("If you have questions, please contact help@vendor.example.", "help@vendor.example", Grade.UNSURE),
    ],
)
def test_redirects(text: str, to: str, grade: Grade) -> None:
    assert [(fact.value, fact.grade) for fact in facts(text, FactKind.REDIRECT)] == [(Redirect(to), grade)]


def test_no_redirect_without_a_request() -> None:
    assert facts("Please do not send mail to sales@vendor.example.", FactKind.REDIRECT) == []
    assert facts("The advisory is at https://vendor.example/a.", FactKind.REDIRECT) == []


@pytest.mark.parametrize(
    "text",
    [
        "Could you resend your report unencrypted, please?",
        "Please do not encrypt your mails to us.",
        "Bitte senden Sie uns die Mail unverschlüsselt.",
        "Veuillez renvoyer votre message en clair.",
        "We can't decrypt your mail.",
    ],
)
def test_requests_to_stop_encrypting(text: str) -> None:
    assert len(facts(text, FactKind.ENCRYPTION_STOP_REQUESTED)) == 1


def test_encryption_that_is_welcome_is_no_stop() -> None:
    assert facts("Please encrypt your mails with our PGP key.", FactKind.ENCRYPTION_STOP_REQUESTED) == []


def test_keys_offered() -> None:
    print_ = "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567"
    (fact,) = facts(f"Our PGP key is {print_}", FactKind.KEY_OFFERED)
    assert fact.value == KeyOffered(print_.replace(" ", "")) and fact.grade is Grade.SURE
    block = "Here it is.\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
    (fact,) = facts(block, FactKind.KEY_OFFERED)
    assert (fact.value, fact.where) == (KeyOffered(None), Where.PART)


def test_credit() -> None:
    assert len(facts("How would you like to be credited in the advisory?", FactKind.CREDIT)) == 1


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Thank you for your report.", Grade.SURE),
        ("Nous accusons réception de votre signalement.", Grade.SURE),
        ("We will release the fix on 4 December 2026.", Grade.LIKELY),
        ("Da.", Grade.UNSURE),
    ],
)
def test_acknowledgement_by_a_person(text: str, grade: Grade) -> None:
    (fact,) = facts(text, FactKind.ACKNOWLEDGEMENT)
    assert to_json(fact)["by"] == "person" and fact.grade is grade


def test_nothing_arrived_is_no_acknowledgement() -> None:
    assert facts("Thanks for your mail, but we did not receive any report.", FactKind.ACKNOWLEDGEMENT) == []


def test_a_machine_gives_a_receipt_and_its_number_an_acknowledgement() -> None:
    plain = read("Thank you for your report.", kind=MailKind.AUTO_REPLY).facts
    assert [fact.kind for fact in plain] == [FactKind.RECEIPT]
    numbered = read("Thank you. Your case number is 88123.", kind=MailKind.AUTO_REPLY).facts
    told = {(fact.kind, to_json(fact).get("by")) for fact in numbered}
    assert {(FactKind.ACKNOWLEDGEMENT, "tracker"), (FactKind.RECEIPT, None), (FactKind.TICKET, None)} == told


def test_absence_and_bounce_say_nothing_else() -> None:
    away = read(
        "I am out of the office until 20 November. The fix will be released on 4 December.", kind=MailKind.ABSENCE
    )
    assert [fact.kind for fact in away.facts] == [FactKind.ABSENCE]
    assert isinstance(away.facts[0].value, Absence)
    simple = read("I am out of the office until 20 November.", kind=MailKind.ABSENCE).facts
    assert to_json(simple[0])["until"] == "2026-11-20"
    bounced = read("<psirt@vendor.example>: 550 5.1.1 no such user. Fixed on 3 November.", kind=MailKind.BOUNCE).facts
    assert [(f.kind, to_json(f)["permanent"], to_json(f)["status"]) for f in bounced] == [
        (FactKind.BOUNCE, True, "5.1.1")
    ]


def test_today_is_a_day_at_the_senders_place() -> None:
    def first(stamp: str) -> object:
        sent = datetime.fromisoformat(stamp)
        found = extract(Reply("We released the fix today.", "", sent, SENT, MailKind.REPLY)).facts
        return next(to_json(fact)["first"] for fact in found if fact.kind is FactKind.FIX_DATE)

    assert first("2026-11-10T23:30:00-08:00") == "2026-11-10"
    assert first("2026-11-11T08:30:00+01:00") == "2026-11-11"


def test_an_impossible_date_header_is_not_believed() -> None:
    found = extract(Reply("We released the fix today.", "", datetime(9999, 12, 31, tzinfo=UTC), SENT, MailKind.REPLY))
    assert "2026-11-10" in {to_json(fact).get("first") for fact in found.facts}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=8), max_size=40).map(" ".join))
def test_every_quote_stands_where_it_says(text: str) -> None:
    result = read(text)
    for fact in result.facts:
        assert from_json(to_json(fact)) == fact
        if fact.where is Where.TEXT:
            assert fact.quote == result.text[fact.start : fact.end]
    assert extract(Reply(text, "", SENT, SENT, MailKind.REPLY)).text == result.text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_costs_no_more_than_its_size(name: str) -> None:
    """Processor time, not wall time, with a bound far above the 0.25 s it takes, and far below what a square costs."""
    text = HOSTILE[name]
    begun = time.process_time()
    result = extract(Reply(text, "", SENT, SENT, MailKind.REPLY))
    assert time.process_time() - begun < 8
    assert len(result.text) <= 262_144 and len(result.facts) <= 300


def test_what_was_cut_is_said() -> None:
    assert not read("We will fix it.").cut
    assert read("We will fix it.\n" * 4_000).cut
