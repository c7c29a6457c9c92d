"""``reply`` and hand-offs: each letter from its template, in a language, a draft like any other; bad wishes refused."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from cli.lab import BEN, CASE, FINDING, MAILBOX, VENDOR, Lab, clear_mail, unchanged
from cvdmail.core import compose
from cvdmail.core.mail import parse

WORDS = "Thank you for the questions: the counter is signed."
LATER = (date.today() + timedelta(days=30)).isoformat()
TO = ("--participant", "vendor.example")


def reply(lab: Lab, *words: str, stdin: bytes = b"") -> int:
    """Write a letter; return the number of the draft."""
    done = lab.run("ada", "reply", CASE, *TO, *words, "--json", stdin=stdin).good().json
    assert {"draft", "case", "participant", "letter", "clear", "template", "state"} == set(done)
    return int(done["draft"])


def text_of(lab: Lab, draft: int) -> str:
    return str(lab.run("ada", "draft", "preview", str(draft), "--json").good().json["text"])


@pytest.mark.parametrize(
    ("letter", "options", "words"),
    [
        ("reply", ("--file", "-"), [WORDS]),
        ("follow_up", (), ["Overflow in the frame parser", CASE]),
        ("follow_up", ("--file", "-"), ["Overflow in the frame parser", WORDS]),
        ("thanks", (), ["thank you"]),
        ("extension", ("--until", LATER), [f"until {LATER}"]),
        ("extension", ("--until", LATER, "--file", "-"), [f"until {LATER}", WORDS]),
        ("heads_up", ("--date", LATER), [f"on {LATER}"]),
    ],
)
def test_each_letter_becomes_an_open_draft(
    drafted: Lab, letter: str, options: tuple[str, ...], words: list[str]
) -> None:
    draft = reply(drafted, "--letter", letter, *options, stdin=WORDS.encode() if "--file" in options else b"")
    text = text_of(drafted, draft)
    assert all(word in text for word in [*words, "Kind regards", "\nLab\n"])
    (found,) = [one for one in drafted.run("ada", "draft", "list", "--json").good().lines if one["draft"] == draft]
    assert (found["letter"], found["state"], found["clear"]) == (letter, "open", False)
    told = [line["what"] for line in drafted.run("ada", "case", "timeline", CASE, "--json").good().lines]
    assert told[-1] == f"letter written: {letter.replace('_', ' ')}"
    assert drafted.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_a_reply_is_approved_and_sent_like_a_report_and_threads(queued: Lab) -> None:
    report = queued.sent()
    queued.run(None, "ingest", queued.write("a.eml", queued.vendor_mail("Which counter?", report)), "--json").good()
    (mail,) = [one for one in _messages(queued) if one["direction"] == "inbound"]
    number = queued.rows("SELECT id FROM message WHERE direction = 'inbound' AND state = 'filed'")[0][0]
    draft = reply(queued, "--file", "-", "--answers", str(number), stdin=WORDS.encode())
    queued.run("ada", "draft", "approve", str(draft)).good()  # policy: the author may review an ordinary letter
    queued.run("ada", "send", CASE).good()
    sent = queued.sent()
    assert [str(one) for one in sent.in_reply_to] == [mail["message_id"]]
    assert [str(one) for one in sent.references] == [mail["message_id"]]
    assert sent.subject == f"[{CASE}]"
    inside = queued.home("vendor").gpg("--decrypt", data=sent.content(sent.root.children[1]))
    assert parse(inside).subject == f"[{CASE}] Re: Overflow in the frame parser"
    assert WORDS.encode() in inside
    assert b"Which counter" not in inside


def _messages(lab: Lab) -> list[dict[str, object]]:
    found = lab.run("ada", "case", "show", CASE, "--json").good().json["messages"]
    assert isinstance(found, list)
    return found


def test_a_follow_up_says_when_we_reported(queued: Lab) -> None:
    queued.sent()
    today = date.fromisoformat(queued.rows("SELECT substr(at, 1, 10) FROM recipient")[0][0])
    assert f"on {today.isoformat()} we reported" in text_of(queued, reply(queued, "--letter", "follow_up"))


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "used", "words"),
    [
        ("de", "de/follow_up.txt", "Guten Tag"),
        ("DE-at", "de/follow_up.txt", "Guten Tag"),
        ("fr", "follow_up.txt", "Hello"),
    ],
)
def test_a_language_is_used_as_far_as_there_is_one(drafted: Lab, tag: str, used: str, words: str) -> None:
    outcome = drafted.run("ada", "reply", CASE, *TO, "--letter", "follow_up", "--language", tag, "--json")
    assert (outcome.code, outcome.err) == (0, f"cvdmail: letter from templates/{used}\n")
    assert outcome.json["template"] == used
    assert text_of(drafted, outcome.json["draft"]).startswith(words)


def test_a_report_and_a_first_contact_in_german(lab: Lab) -> None:
    outcome = lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--language", "de", "--json")
    assert (outcome.code, outcome.err) == (0, "cvdmail: letter from templates/de/report.txt\n")
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    shown = lab.run("ada", "draft", "preview", "1", "--json").good().json
    assert shown["subject"] == "Meldung einer Sicherheitslücke: Overflow in the frame parser"
    asked = lab.run("ada", "contact", "ask", VENDOR, "--language", "de-CH", "--yes", "--json")
    assert (asked.code, asked.err) == (0, "cvdmail: letter from templates/de/clear/first_contact.txt\n")
    assert text_of(lab, asked.json["draft"]).startswith("Guten Tag")


@pytest.mark.parametrize("tag", ["../de", "de/clear", "clear", "..", "", "de_AT", "de\0", "/etc"])
def test_a_language_is_a_tag_and_no_path(drafted: Lab, tag: str) -> None:
    with unchanged(drafted):
        drafted.run("ada", "reply", CASE, *TO, "--letter", "thanks", "--language", tag).refused("BCP 47")


def test_a_teams_own_template_is_used_and_a_broken_one_refused(drafted: Lab) -> None:
    folder = drafted.root / "config" / "templates"
    (folder / "fr").mkdir()
    (folder / "fr" / "thanks.txt").write_text("Subject: Merci\n\nMerci pour {{ case }}.\n")
    assert text_of(drafted, _in_french(drafted)) == f"Merci pour {CASE}.\n"
    for broken in ("Merci", "Subject: Merci\n\n{{ secret }}\n", "Subject: {{ text.__class__ }}\n\nx\n"):
        (folder / "fr" / "thanks.txt").write_text(broken)
        with unchanged(drafted):
            drafted.run("ada", "reply", CASE, *TO, "--letter", "thanks", "--language", "fr").refused("template")
    (folder / "fr" / "thanks.txt").unlink()
    (folder / "thanks.txt").unlink()
    with unchanged(drafted):
        drafted.run("ada", "reply", CASE, *TO, "--letter", "thanks", "--language", "fr").refused("no such letter")


def _in_french(lab: Lab) -> int:
    outcome = lab.run("ada", "reply", CASE, *TO, "--letter", "thanks", "--language", "fr", "--json")
    assert outcome.code == 0
    return int(outcome.json["draft"])


# --- what is refused --------------------------------------------------------------------------------------------------

BAD: dict[str, tuple[tuple[str, ...], bytes, str]] = {
    "no text": ((), b"", "it has no text"),
    "an empty text": (("--file", "-"), b" \n", "it is empty"),
    "no UTF-8": (("--file", "-"), b"ok\n\xff", "line 2 is not UTF-8"),
    "a control character": (("--file", "-"), b"\x1b[2J", "control character"),
    "too long a text": (("--file", "-"), b"x" * (1024 * 1024 + 1), "longer than"),
    "no file": (("--file", "/no/such"), b"", "text of the letter"),
    "extension without a date": (("--letter", "extension"), b"", "--until"),
    "heads-up without a date": (("--letter", "heads_up"), b"", "--date"),
    "thanks with a date": (("--letter", "thanks", "--date", LATER), b"", "no place for --date"),
    "heads-up with until": (("--letter", "heads_up", "--date", LATER, "--until", LATER), b"", "no place for --until"),
    "a past date": (("--letter", "heads_up", "--date", "2020-01-01"), b"", "the day has passed"),
    "no date at all": (("--letter", "heads_up", "--date", "tomorrow"), b"", "YYYY-MM-DD"),
    "a date that is none": (("--letter", "heads_up", "--date", "2031-02-30"), b"", "YYYY-MM-DD"),
    "a date in another form": (("--letter", "heads_up", "--date", "20310201"), b"", "YYYY-MM-DD"),
    "answers nothing": (("--letter", "thanks", "--answers", "99"), b"", "there is no such message"),
    "a reply in clear": (("--file", "-", "--clear"), b"words", "never goes out in clear"),
    "words in clear": (("--letter", "thanks", "--file", "-", "--clear"), b"words", "takes no words of yours"),
    "clear without a wish": (("--letter", "thanks", "--clear"), b"", "does not get this letter in clear"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_wish_that_cannot_be_met_is_refused_in_one_line(drafted: Lab, what: str) -> None:
    options, stdin, words = BAD[what]
    with unchanged(drafted):
        drafted.run("ada", "reply", CASE, *TO, *options, stdin=stdin).refused(words)


def test_only_letters_written_by_hand_are_offered(drafted: Lab) -> None:
    for letter in ("report", "handoff", "first_contact", "policy_answer"):
        outcome = drafted.run("ada", "reply", CASE, *TO, "--letter", letter)
        assert outcome.code == 2
    assert drafted.run("ada", "reply", CASE).code == 2


def test_to_whom_and_in_which_case(drafted: Lab) -> None:
    thanks = ("--letter", "thanks")
    with unchanged(drafted):
        drafted.run("ada", "reply", CASE, "--participant", "other.example", *thanks).refused("no such participant")
        drafted.run("ada", "reply", "CVD-2020-0009", *TO, *thanks).refused("no such case")
        drafted.run("ada", "reply", "nonsense", *TO, *thanks).refused("CVD-2026-0042")
    drafted.run("ada", "participant", "remove", CASE, "1", "--yes").good()
    with unchanged(drafted):
        drafted.run("ada", "reply", CASE, *TO, *thanks).refused("removed from the case")
    drafted.run("ada", "case", "close", CASE, "--yes").good()
    with unchanged(drafted):
        drafted.run("ada", "reply", CASE, *TO, *thanks).refused("the case is closed")


def test_a_letter_goes_by_mail_only(lab: Lab) -> None:
    lab.run("ada", "case", "new", f"{lab.place}/finding.md").good()
    portal = ("https://vendor.example/report", "--channel", "portal")
    lab.run("ada", "contact", "add", "vendor.example", *portal).good()
    lab.run("ada", "contact", "confirm", "1", "--yes").good()
    assert lab.run("ada", "draft", "preview", "1", "--json").good().json["channel"] == f"portal:{portal[0]}"
    assert "By hand:" in lab.run("ada", "draft", "preview", "1").good().out
    with unchanged(lab):
        lab.run("ada", "reply", CASE, *TO, "--letter", "thanks").refused("it is reached by portal, not mail")


def test_only_a_researcher_writes(drafted: Lab) -> None:
    drafted.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["reviewer"]')
    with unchanged(drafted):
        drafted.run("ben", "reply", CASE, *TO, "--letter", "thanks").refused("the role researcher")


def test_what_is_answered_is_a_mail_of_that_participant(queued: Lab) -> None:
    queued.sent()
    queued.run(None, "ingest", queued.write("a.eml", clear_mail("hello")), "--json")
    with unchanged(queued):
        for row in queued.rows("SELECT id FROM message"):  # our own report, and a held mail
            queued.run("ada", "reply", CASE, *TO, "--letter", "thanks", "--answers", str(row[0])).refused(
                "no mail from this participant"
            )


# --- preview ----------------------------------------------------------------------------------------------------------


def test_a_preview_shows_everything_as_the_vendor_will_see_it(lab: Lab) -> None:
    lab.write("poc.py", "print(1)\n")
    lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--attach", f"{lab.place}/poc.py").good()
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    shown = lab.run("ada", "draft", "preview", "1", "--json").good().json
    digest = hashlib.sha256(b"print(1)\n").hexdigest()
    assert shown["headers"] == {
        "From": f"Lab <{MAILBOX}>", "To": VENDOR, "Cc": MAILBOX,
        "Reply-To": MAILBOX.replace("@", "+TOKEN@"), "Subject": f"[{CASE}]",
    }  # fmt: skip
    assert shown["inner_subject"] == f"[{CASE}] {shown['subject']}"
    assert shown["attachments"] == [{"name": "poc.py", "size": 9, "sha256": digest}]
    assert shown["recipients"] == [{"address": VENDOR, "fingerprint": str(lab.keys["vendor"])}]
    said = lab.run("ada", "draft", "preview", "1").good().out
    for words in (MAILBOX, VENDOR, "+TOKEN@", "poc.py", digest, shown["policy"], str(lab.keys["vendor"]), "Inside:"):
        assert words in said
    assert "In clear" not in said


# --- hand-off ---------------------------------------------------------------------------------------------------------


def test_a_coordinator_gets_a_hand_off_with_who_was_told(queued: Lab) -> None:
    queued.sent()
    queued.run("ada", "participant", "add", CASE, "other.example").good()
    done = queued.run("ada", "participant", "add", CASE, "cert.example", "--role", "coordinator", "--json").good().json
    queued.write("cert.asc", queued.home("ben").public(queued.keys["ben"]))
    pin = ("--contact", BEN, "--vendor", "cert.example", "--yes")
    queued.run("ada", "key", "pin", f"{queued.place}/cert.asc", *pin).good()
    shown = queued.run("ada", "draft", "preview", str(done["draft"]), "--json").good().json
    today = queued.rows("SELECT substr(at, 1, 10) FROM recipient")[0][0]
    assert shown["letter"] == "handoff"
    assert shown["subject"] == "Coordination request: Overflow in the frame parser"
    assert f"- vendor.example: reported on {today}, state START" in shown["text"]
    assert "- other.example: not reported yet, state START" in shown["text"]
    assert "cert.example" not in shown["text"]
    assert "## Reproduction" in shown["text"]
    assert FINDING.partition("## ")[2].strip() in shown["text"]
    # It holds the report: reviewed like one.
    outcome = queued.run("ada", "draft", "approve", str(done["draft"]), "--json")
    assert (outcome.code, outcome.json["complete"]) == (3, False)


def test_composing_keeps_the_words_of_a_letter(drafted: Lab) -> None:
    """Whatever a person writes stands in the letter as it is: values are no templates."""
    hostile = "{{ case }} {% raw %} Größe =20 .\n.\nFrom here\n"
    text = text_of(drafted, reply(drafted, "--file", "-", stdin=hostile.encode()))
    assert hostile in text
    assert compose.quoted_printable(text).isascii()
