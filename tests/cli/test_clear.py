"""What goes out in clear: who is asked, what is answered, whose wish it is; each by itself, confirmed and signed."""

from __future__ import annotations

import pytest

from cli.lab import CANARY, CASE, MAILBOX, VENDOR, Lab, clear_mail, unchanged
from cli.terminal import terminal

TO = ("--participant", "vendor.example")
QUESTION = "What is your disclosure policy, and do you set deadlines?"
ANSWER = "We set no fixed date. We talk to each vendor about it."


def events(lab: Lab, kind: str) -> list[tuple[str, str, str | None]]:
    return lab.rows(f"SELECT chain, body, signature FROM event WHERE kind = '{kind}' ORDER BY id")


def held(lab: Lab, raw: bytes) -> str:
    """Let a mail come in, to be held; return its number."""
    outcome = lab.run(None, "ingest", lab.write("question.eml", raw), "--json")
    assert outcome.code == 3
    return str(outcome.json["pen"])


def asking(text: str = QUESTION, sender: str = "Eve Reporter <eve@press.example>", **fields: str) -> bytes:
    return clear_mail(text, "Your policy", sender, **fields)


# --- contact ask ------------------------------------------------------------------------------------------------------


def test_a_contact_of_a_case_is_asked_and_the_letter_belongs_to_the_case(drafted: Lab) -> None:
    done = drafted.run("ada", "contact", "ask", VENDOR, "--yes", "--json").good().json
    assert done == {
        "draft": 2, "outbox": 1, "letter": "first_contact", "to": VENDOR, "case": CASE, "participant": 1,
        "complete": True,
    }  # fmt: skip
    shown = drafted.run("ada", "draft", "preview", "2", "--json").good().json
    assert shown["clear"] is True
    assert shown["headers"]["Subject"] == f"[{CASE}] Who takes security reports?"
    assert shown["recipients"] == [{"address": VENDOR, "fingerprint": None}]
    for secret in ("Overflow", "frame parser", "Examplelib", CANARY):
        assert secret.lower() not in shown["text"].lower()
    assert str(drafted.keys["daemon"]) in shown["text"]
    assert "In clear:" in drafted.run("ada", "draft", "preview", "2").good().out
    ((chain, body, signature),) = events(drafted, "clear_mail_confirmed")
    assert chain == CASE
    assert '"draft":2' in body
    assert '"recipient":1' in body
    assert f'"digest":"{shown["digest"]}"' in body
    assert signature is not None
    told = [line["what"] for line in drafted.run("ada", "case", "timeline", CASE, "--json").good().lines]
    assert told[-4:] == [
        "letter written: first contact, in clear", "draft approved, signed", "letter in clear confirmed, signed",
        "mail queued",
    ]  # fmt: skip
    assert drafted.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_a_candidate_of_no_case_is_asked_too(lab: Lab) -> None:
    lab.run("ada", "contact", "add", "other.example", "psirt@other.example").good()
    done = lab.run("ada", "contact", "ask", "psirt@other.example", "--yes", "--json").good().json
    assert (done["case"], done["participant"], done["to"]) == (None, None, "psirt@other.example")
    shown = lab.run("ada", "draft", "preview", "1", "--json").good().json
    assert shown["headers"]["Reply-To"] == MAILBOX
    assert shown["headers"]["Subject"] == "Who takes security reports?"
    assert shown["case"] is None
    (row,) = lab.run("ada", "draft", "list", "--json").good().lines
    assert (row["vendor"], row["clear"], row["state"]) == ("psirt@other.example", True, "queued")
    ((chain, body, _),) = events(lab, "clear_mail_confirmed")
    assert (chain, '"recipient":1' in body) == ("main", True)
    assert lab.run("ben", "ledger", "verify", "--json").good().json["ok"] is True
    with unchanged(lab):
        lab.run("ada", "draft", "edit", "1", "--file", "-", stdin=b"Subject: a\n\nb\n").refused("word for word")


def test_asking_twice_in_a_week_is_refused(drafted: Lab) -> None:
    drafted.run("ada", "contact", "ask", VENDOR, "--yes").good()
    with unchanged(drafted):
        drafted.run("ada", "contact", "ask", "1", "--yes").refused("asked already (draft 2)")


def test_without_a_terminal_it_needs_a_yes(drafted: Lab) -> None:
    with unchanged(drafted):
        outcome = drafted.run("ada", "contact", "ask", VENDOR)
        assert outcome.code == 1
        assert "add --yes" in outcome.err
        assert "Who takes security reports" in outcome.out


@pytest.mark.parametrize(("typed", "goes"), [(VENDOR.upper(), True), ("y", False), ("", False), ("a@b.example", False)])
def test_on_a_terminal_the_address_is_typed(drafted: Lab, typed: str, goes: bool) -> None:
    with terminal(drafted, "ada", "contact", "ask", VENDOR, environment={}) as session:
        session.type(f"{typed}\n".encode())
        outcome = session.ended()
    assert (outcome.code == 0) is goes
    assert drafted.rows("SELECT count(*) FROM outbox") == [(int(goes),)]
    assert drafted.rows("SELECT count(*) FROM draft") == [(1 + goes,)]
    if not goes:
        assert outcome.err.splitlines()[-1].endswith("you typed another address; nothing was sent or changed")


def test_who_is_not_asked(drafted: Lab) -> None:
    drafted.run(
        "ada", "contact", "add", "vendor.example", "https://vendor.example/report", "--channel", "portal"
    ).good()
    with unchanged(drafted):
        drafted.run("ada", "contact", "ask", "2", "--yes").refused("it is a portal, not mail")
        drafted.run("ada", "contact", "ask", "99", "--yes").refused("no such contact")
        drafted.run("ada", "contact", "ask", "nobody@x.example", "--yes").refused("no such contact")
        drafted.run("ada", "contact", "ask", "1", "--case", "CVD-2020-0001", "--yes").refused("no such case")
        drafted.run("ada", "contact", "ask", "1", "--case", CASE, "--participant", "9", "--yes").refused("no such part")
        assert drafted.run("ada", "contact", "ask", "1", "--participant", "1", "--yes").code == 2
    drafted.run("ada", "contact", "add", "vendor.example", "psirt@vendor.example").good()
    with unchanged(drafted):
        drafted.run("ada", "contact", "ask", "3", "--case", CASE, "--yes").refused("contact confirm")
    drafted.run("ada", "contact", "demote", VENDOR, "--yes").good()
    with unchanged(drafted):
        drafted.run("ada", "contact", "ask", VENDOR, "--yes").refused("it was demoted")
    drafted.run("ada", "case", "close", CASE, "--yes").good()
    with unchanged(drafted):
        drafted.run("ada", "contact", "ask", VENDOR, "--case", CASE, "--yes").refused("the case is closed")


def test_of_two_cases_one_is_named(drafted: Lab) -> None:
    other = drafted.write("other.md", (drafted.place / "finding.md").read_text().replace("Overflow", "Underflow"))
    second = drafted.run("ada", "case", "new", other, "--json").good().json["case"]
    with unchanged(drafted):
        drafted.run("ada", "contact", "ask", VENDOR, "--yes").refused("2 cases are reached", "--case")
    done = drafted.run("ada", "contact", "ask", VENDOR, "--case", second, "--yes", "--json").good().json
    assert (done["case"], done["participant"]) == (second, 2)


def test_it_takes_a_researcher_who_reviews(drafted: Lab) -> None:
    drafted.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["researcher"]')
    with unchanged(drafted):
        drafted.run("ben", "contact", "ask", VENDOR, "--yes").refused("the role reviewer")


def test_a_policy_without_reviews_still_asks_for_one_in_clear(drafted: Lab) -> None:
    drafted.edit("letters = 1", "letters = 0", "policy.toml")
    drafted.run("ada", "contact", "ask", VENDOR, "--yes").good()
    assert drafted.rows("SELECT count(*) FROM approval") == [(1,)]


def test_a_second_review_queues_a_letter_of_no_case(lab: Lab) -> None:
    lab.edit("letters = 1", "letters = 2", "policy.toml")
    lab.run("ada", "contact", "add", "other.example", "psirt@other.example").good()
    outcome = lab.run("ada", "contact", "ask", "1", "--yes", "--json")
    assert (outcome.code, outcome.err, outcome.json["outbox"]) == (3, "", None)
    assert "1 of 2" in outcome.json["missing"]
    with unchanged(lab):
        lab.run("ben", "draft", "approve", "1").refused("no terminal", "--yes")
    lab.run("ben", "draft", "approve", "1", "--yes").good()
    assert lab.rows("SELECT state FROM draft") == [("queued",)]
    assert len(events(lab, "clear_mail_confirmed")) == 2


def test_a_template_with_case_text_is_refused(drafted: Lab) -> None:
    path = drafted.root / "config" / "templates" / "clear" / "first_contact.txt"
    for words in ("about Examplelib", "the overflow in the frame parser", "{{ title }}", "{{ case }}"):
        path.write_text(f"Subject: Hello\n\nWe write {words}.\n")
        with unchanged(drafted):
            drafted.run("ada", "contact", "ask", VENDOR, "--yes").refused()
    path.write_text("Subject: The overflow in the frame parser\n\nHello\n")
    with unchanged(drafted):
        drafted.run("ada", "contact", "ask", VENDOR, "--yes").refused("the title of a report")


# --- pen answer -------------------------------------------------------------------------------------------------------


def test_a_question_about_the_policy_is_answered_once(lab: Lab) -> None:
    number = held(lab, asking())
    done = lab.run("ada", "pen", "answer", number, "--file", "-", "--yes", "--json", stdin=ANSWER.encode()).good().json
    assert (done["to"], done["letter"], done["case"], done["outbox"]) == ("eve@press.example", "policy_answer", None, 1)
    shown = lab.run("ada", "draft", "preview", "1", "--json").good().json
    assert ANSWER in shown["text"]
    assert QUESTION not in shown["text"]
    assert shown["answers"] == int(number)
    assert lab.run("ada", "pen", "list", "--json").good().lines == []
    assert lab.rows("SELECT state FROM message") == [("discarded",)]
    ((_, body, signature),) = events(lab, "mail_discarded")
    assert '"answer":1' in body
    assert signature is not None
    with unchanged(lab):
        lab.run("ada", "pen", "answer", number, "--file", "-", "--yes", stdin=b"again").refused("answered already")
    assert lab.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


MACHINES = {
    "automatic": asking("This is an automatic reply.", Auto_Submitted="auto-replied"),
    "absence": asking("I am out of the office until Monday.", Auto_Submitted="auto-replied"),
    "list": asking("hello", List_Id="<x.press.example>", Precedence="list"),
    "nobody": asking("hello", "noreply@press.example"),
    "daemon": asking("hello", "MAILER-DAEMON@press.example"),
    "ourselves": asking("hello", MAILBOX.replace("@", "+abcdefghijklmnop@")),
    "two senders": asking("hello", "a@b.example, c@d.example"),
    "no sender": asking("hello", "nobody"),
    "a misleading sender": asking("hello", "psirt@vendor.example <evil@x.example>"),
}


@pytest.mark.parametrize("what", MACHINES)
def test_machines_and_unreadable_senders_are_not_answered(lab: Lab, what: str) -> None:
    number = held(lab, MACHINES[what])
    with unchanged(lab):
        lab.run("ada", "pen", "answer", number, "--file", "-", "--yes", stdin=ANSWER.encode()).refused()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("we look at Examplelib", "the name of a product"),
        ("it is an overflow in the  FRAME parser", "the title of a report"),
        (f"Send {CANARY}.", "a line of a report"),
        ("", "it is empty"),
        ("\x1b[2J", "control character"),
    ],
)
def test_an_answer_with_words_of_any_open_case_is_refused(drafted: Lab, words: str, why: str) -> None:
    number = held(drafted, asking())
    with unchanged(drafted):
        drafted.run("ada", "pen", "answer", number, "--file", "-", "--yes", stdin=words.encode()).refused(why)


def test_what_is_not_in_the_pen_is_not_answered(drafted: Lab) -> None:
    number = held(drafted, asking())
    drafted.run("ada", "pen", "file", number, CASE).good()
    with unchanged(drafted):
        drafted.run("ada", "pen", "answer", number, "--file", "-", "--yes", stdin=b"words").refused("it is filed")
        drafted.run("ada", "pen", "answer", "99", "--file", "-", "--yes", stdin=b"words").refused("no such message")


def test_an_answer_needs_a_yes_and_an_encrypted_question_no_answer_in_clear(lab: Lab) -> None:
    number = held(lab, asking())
    with unchanged(lab):
        lab.run("ada", "pen", "answer", number, "--file", "-", stdin=ANSWER.encode()).refused("add --yes")
    number = held(lab, lab.vendor_mail("A question", None))
    with unchanged(lab):
        lab.run("ada", "pen", "answer", number, "--file", "-", "--yes", stdin=b"words").refused("it came encrypted")


# --- contact clear ----------------------------------------------------------------------------------------------------


def wish(lab: Lab) -> str:
    """Let the vendor ask us to stop encrypting, filed to its participant; return the number of the mail."""
    number = held(lab, clear_mail("Please stop encrypting, we cannot read it.", "no encryption"))
    lab.run("ada", "pen", "file", number, CASE).good()
    return number


def prefer(lab: Lab, extent: str, *words: str) -> tuple[str, ...]:
    return ("contact", "clear", VENDOR, "--extent", extent, "--reason-file", f"{lab.place}/reason", "--yes", *words)


def test_a_wish_is_recorded_with_its_mail_its_limit_and_who_approved(drafted: Lab) -> None:
    number = wish(drafted)
    done = drafted.run("ben", *prefer(drafted, "status", "--message", number), "--json").good().json
    assert done == {"contact": 1, "value": VENDOR, "extent": "status", "message": int(number), "stopped": 0}
    assert drafted.rows("SELECT contact, extent, message, approved_by FROM clear_preference") == [
        (1, "status", int(number), str(drafted.keys["ben"]))
    ]
    ((chain, body, signature),) = events(drafted, "clear_preference_set")
    assert (chain, signature is not None) == ("main", True)
    assert '"extent":"status"' in body
    assert "the vendor asks" not in body
    (row,) = drafted.run("ada", "contact", "list", "--json").good().lines
    assert row["clear"] == "status"
    assert "status" in drafted.run("ada", "contact", "list").good().out
    assert drafted.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_a_wish_that_nobody_uttered_is_refused(drafted: Lab) -> None:
    number = held(drafted, clear_mail("Please stop encrypting."))
    empty = drafted.write("empty", " \n")
    with unchanged(drafted):
        drafted.run("ben", *prefer(drafted, "status")).refused("no mail asks for it")
        drafted.run("ben", *prefer(drafted, "status", "--message", number)).refused("no participant reached")
        drafted.run("ben", *prefer(drafted, "status", "--message", "99")).refused("no such message")
        drafted.run("ben", "contact", "clear", "9", *prefer(drafted, "status")[3:]).refused("no such contact")
        drafted.run("ben", *prefer(drafted, "status", "--message", number)[:-3]).refused("add --yes")
        drafted.run("ben", "contact", "clear", VENDOR, "--extent", "never", "--reason-file", empty, "--yes").refused(
            "the reason is empty"
        )
        assert drafted.run("ben", *prefer(drafted, "always")).code == 2


def test_only_a_reviewer_records_a_wish(drafted: Lab) -> None:
    number = wish(drafted)
    drafted.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["researcher"]')
    with unchanged(drafted):
        drafted.run("ben", *prefer(drafted, "status", "--message", number)).refused("the role reviewer")


LATER = "2099-01-01"
STATUS = {"follow_up": (), "thanks": ()}
MORE = {"extension": ("--until", LATER), "heads_up": ("--date", LATER)}
LETTERS: dict[str, tuple[str, ...]] = {**STATUS, **MORE}


@pytest.mark.parametrize(("extent", "allowed"), [("never", ()), ("status", STATUS), ("everything", LETTERS)])
def test_each_extent_allows_its_letters_and_no_other(drafted: Lab, extent: str, allowed: dict[str, object]) -> None:
    drafted.run("ben", *prefer(drafted, extent, "--message", wish(drafted))).good()
    for letter, options in LETTERS.items():
        words = ("reply", CASE, *TO, "--letter", letter, *options, "--clear")
        if letter in allowed:
            assert drafted.run("ada", *words, "--json").good().json["clear"] is True
            continue
        with unchanged(drafted):
            drafted.run("ada", *words).refused("does not get this letter in clear")
    with unchanged(drafted):
        drafted.run("ada", "reply", CASE, *TO, "--file", "-", "--clear", stdin=b"words").refused(
            "never goes out in clear"
        )


def test_a_letter_in_clear_is_confirmed_when_it_is_approved(drafted: Lab) -> None:
    drafted.run("ben", *prefer(drafted, "status", "--message", wish(drafted))).good()
    draft = str(drafted.run("ada", "reply", CASE, *TO, "--letter", "thanks", "--clear", "--json").good().json["draft"])
    with unchanged(drafted):
        drafted.run("ada", "draft", "approve", draft).refused("no terminal", "--yes")
        drafted.run("ada", "draft", "edit", draft, "--file", "-", stdin=b"Subject: a\n\nb\n").refused("word for word")
    drafted.run("ada", "draft", "approve", draft, "--yes").good()
    assert len(events(drafted, "clear_mail_confirmed")) == 1
    assert drafted.rows("SELECT count(*) FROM outbox") == [(0,)]
    drafted.run("ada", "send", CASE).good()


def test_the_help_says_what_never_goes_in_clear(drafted: Lab) -> None:
    said = " ".join(drafted.run("ada", "contact", "clear", "--help").good().out.split())
    assert "never sent in clear, not even with 'everything'" in said
