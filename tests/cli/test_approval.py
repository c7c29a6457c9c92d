"""From draft to outbox and to the end of a case: who may, what voids an approval, and nothing happens twice."""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
from collections.abc import Callable

import pytest

from cli.lab import BEN, CANARY, CASE, FINDING, VENDOR, Lab, copied, unchanged
from cvdmail.config import load
from cvdmail.core.outgoing import OutgoingMail
from cvdmail.daemon import Daemon, Servers
from cvdmail.edge.memory import MemoryPostman
from cvdmail.wiring import daemon_desk
from gpghome import gpg_home


def approved_by(lab: Lab, who: str, draft: str = "1") -> tuple[int, bool]:
    outcome = lab.run(who, "draft", "approve", draft, "--json")
    return outcome.code, bool(outcome.json["complete"])


def test_an_author_does_not_approve_what_an_engineer_found(drafted: Lab) -> None:
    outcome = drafted.run("ada", "draft", "approve", "1", "--json")
    assert (outcome.code, outcome.err, outcome.json["complete"]) == (3, "", False)
    assert "different reviewer" in outcome.json["missing"]
    with unchanged(drafted):
        drafted.run("ada", "send", CASE).refused("draft 1 is not approved")
    assert approved_by(drafted, "ben") == (0, True)
    drafted.run("ada", "send", CASE).good()


def test_an_author_approves_what_a_machine_found(lab: Lab) -> None:
    path = lab.write("a.md", FINDING.replace("origin: engineer", "origin: automated"))
    lab.run("ada", "case", "new", path).good()
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    assert approved_by(lab, "ada") == (0, True)


def test_one_reviewer_alone_may_approve_only_if_the_policy_says_so(drafted: Lab) -> None:
    drafted.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["auditor"]')
    assert approved_by(drafted, "ada") == (0, True)
    drafted.edit("alone = true", "alone = false", "policy.toml")
    assert approved_by(drafted, "ada") == (3, False)


def test_two_reviews_are_two_people(drafted: Lab) -> None:
    drafted.edit("engineer = 1", "engineer = 2", "policy.toml")
    assert approved_by(drafted, "ben") == (3, False)
    assert approved_by(drafted, "ben") == (3, False)
    assert approved_by(drafted, "ada") == (3, False)
    with unchanged(drafted):
        drafted.run("ada", "send", CASE).refused("is not approved")


def test_who_is_no_reviewer_does_not_approve(drafted: Lab) -> None:
    drafted.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["researcher"]')
    with unchanged(drafted):
        drafted.run("ben", "draft", "approve", "1").refused("does not have the role reviewer")


def test_approving_twice_is_approving_once(approved: Lab) -> None:
    assert approved_by(approved, "ben") == (0, True)
    assert approved.rows("SELECT count(*) FROM approval") == [(1,)]
    approved.run("ada", "send", CASE).good()
    with unchanged(approved):
        approved.run("ben", "draft", "approve", "1").refused("it is queued already")
    assert approved.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_sending_twice_queues_once(approved: Lab) -> None:
    first = approved.run("ada", "send", CASE, "--json").good().json
    with unchanged(approved):
        assert approved.run("ada", "send", CASE, "--json").good().json == first
    assert approved.rows("SELECT count(*) FROM outbox") == [(1,)]


def test_sending_what_is_not_approved_is_refused(drafted: Lab) -> None:
    with unchanged(drafted):
        drafted.run("ada", "send", CASE).refused("draft 1 is not approved", "draft preview")


def test_only_a_researcher_sends(approved: Lab) -> None:
    approved.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["reviewer"]')
    with unchanged(approved):
        approved.run("ben", "send", CASE).refused("does not have the role researcher")


def _other_key(lab: Lab) -> None:
    with gpg_home() as home:
        path = lab.write("new.asc", home.public(home.key(f"V <{VENDOR}>")))
    lab.run("ada", "key", "pin", path, "--contact", VENDOR, "--yes").good()


def _other_contact(lab: Lab) -> None:
    with gpg_home() as home:
        path = lab.write("new.asc", home.public(home.key("V <psirt@vendor.example>")))
    lab.run(
        "ada", "key", "pin", path, "--contact", "psirt@vendor.example", "--vendor", "vendor.example", "--yes"
    ).good()
    lab.run("ada", "contact", "demote", VENDOR, "--yes").good()


def _tampered(lab: Lab, statement: str) -> None:
    with sqlite3.connect(lab.database) as connection:
        connection.execute(statement)
    connection.close()


VOIDS: dict[str, Callable[[Lab], object]] = {
    "another key": _other_key,
    "another contact": _other_contact,
    "a demoted contact": lambda lab: lab.run("ada", "contact", "demote", VENDOR, "--yes").good(),
    "another policy": lambda lab: lab.edit("# The disclosure policy", "# Our disclosure policy", "policy.toml"),
    "no copy to ourselves": lambda lab: lab.edit("copy_to_self = true", "copy_to_self = false"),
    "a reviewer no longer": lambda lab: lab.edit(
        'roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["auditor"]'
    ),
    "a removed participant": lambda lab: lab.run("ada", "participant", "remove", CASE, "1", "--yes").good(),
    "a forged digest": lambda lab: _tampered(lab, "UPDATE draft SET digest = replace(digest, '0', '1')"),
    "a forged signature": lambda lab: _tampered(lab, "UPDATE approval SET signature = replace(signature, 'a', 'b')"),
    "a forged name": lambda lab: _tampered(lab, f"UPDATE approval SET fingerprint = '{lab.keys['ada']}'"),
    "no signature at all": lambda lab: _tampered(lab, "DELETE FROM approval"),
}


@pytest.mark.parametrize("what", VOIDS)
def test_an_approval_is_void_after_any_change(approved: Lab, what: str) -> None:
    VOIDS[what](approved)
    with unchanged(approved):
        approved.run("ada", "send", CASE).refused()
    assert approved.rows("SELECT count(*) FROM outbox") == [(0,)]


def test_a_draft_can_be_approved_anew_after_a_change(approved: Lab) -> None:
    _other_key(approved)
    assert approved_by(approved, "ben") == (0, True)
    (mail,) = approved.run("ada", "send", CASE, "--json").good().json
    assert mail["state"] == "queued"


@pytest.mark.parametrize(
    "words", [("case", "close", CASE), ("case", "erase", CASE, "--reason-file", "-"), ("contact", "confirm", VENDOR),
              ("contact", "demote", VENDOR), ("participant", "remove", CASE, "1"), ("store", "rekey")]
)  # fmt: skip
def test_without_a_terminal_a_decision_takes_yes(drafted: Lab, words: tuple[str, ...]) -> None:
    with unchanged(drafted):
        drafted.run("ada", *words, stdin=b"a reason").refused("add --yes")


def test_a_closed_case_sends_nothing_more_and_is_closed_once(approved: Lab) -> None:
    approved.run("ada", "case", "close", CASE, "--yes").good()
    with unchanged(approved):
        approved.run("ada", "send", CASE).refused("the case is closed")
        approved.run("ada", "case", "close", CASE, "--yes").refused()
    assert approved.run("ada", "case", "list", "--json").good().out == ""
    assert approved.run("ada", "case", "show", CASE, "--json").good().json["case"] == CASE


def erase(lab: Lab, who: str) -> int:
    return lab.run(who, "case", "erase", CASE, "--reason-file", f"{lab.place}/reason", "--yes").code


def test_one_person_does_not_erase_a_case(drafted: Lab) -> None:
    for _ in range(2):
        outcome = drafted.run("ada", "case", "erase", CASE, "--reason-file", f"{drafted.place}/reason", "--yes")
        assert (outcome.code, outcome.out) == (3, "")
        assert len(outcome.err.splitlines()) == 1
        assert "second manager" in outcome.err
    assert drafted.run("ada", "case", "show", CASE, "--json").good().json["title"] == "Overflow in the frame parser"


@pytest.mark.parametrize("reason", [b"", b" \n", b"x" * (1024 * 1024 + 1)])
def test_an_erasure_needs_a_reason(drafted: Lab, reason: bytes) -> None:
    with unchanged(drafted):
        drafted.run("ada", "case", "erase", CASE, "--reason-file", "-", "--yes", stdin=reason).refused("reason")


def test_only_managers_erase(drafted: Lab) -> None:
    drafted.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["researcher"]')
    with unchanged(drafted):
        path = f"{drafted.place}/reason"
        drafted.run("ben", "case", "erase", CASE, "--reason-file", path, "--yes").refused("role manager")


def test_two_people_erase_and_everything_still_answers_in_one_line(queued: Lab) -> None:
    report = queued.sent()
    queued.run(None, "ingest", queued.write("a.eml", queued.vendor_mail("thank you, we got it", report))).good()
    keys = [bytes(row[0]) for row in queued.rows("SELECT wrapped FROM scope_key WHERE kind = 'case'")]
    assert (erase(queued, "ada"), erase(queued, "ben")) == (3, 0)
    (queued.place / "a.eml").unlink()
    files = b"".join(path.read_bytes() for path in queued.root.rglob("*") if path.is_file())
    assert [key for key in keys if key in files] == []
    with unchanged(queued):
        queued.run("ada", "case", "erase", CASE, "--reason-file", f"{queued.place}/reason", "--yes").refused("already")
        queued.run("ada", "send", CASE).refused()
        queued.run("ben", "export", CASE, "-o", f"{queued.place}/x").refused("erased")
        queued.run("ben", "draft", "preview", "1").refused("erased")
        queued.run("ben", "draft", "approve", "1").refused()
        queued.run("ada", "participant", "add", CASE, "other.example").refused()
        (answer,) = queued.rows("SELECT id FROM message WHERE direction = 'inbound' AND state = 'filed'")
        queued.run("ada", "pen", "show", str(answer[0])).refused("erased")
        queued.run("ada", "fact", "accept", "1").refused()
        shown = queued.run("ada", "case", "show", CASE, "--json").good().json
        queued.run("ada", "case", "show", CASE).good()
        queued.run("ada", "case", "timeline", CASE).good()
        queued.run("ada", "case", "list").good()
        queued.run("ada", "draft", "list").good()
        queued.run("ada", "fact", "list", CASE).good()
        assert queued.run("ben", "ledger", "verify", "--json").good().json["ok"] is True
    assert shown["title"] is None
    assert [one["kind"] for one in shown["events"]][-2:] == ["erasure_requested", "case_erased"]


def test_no_sealed_value_of_an_erased_case_is_left(queued: Lab) -> None:
    """Not even of the copy that came back to our own mailbox, and was under the pen's key."""
    report = queued.sent()
    queued.run(None, "ingest", queued.write("a.eml", queued.vendor_mail("thank you, we got it", report))).good()
    (queued.place / "a.eml").unlink()
    place = "owner_table || '.' || owner_column || ' ' || owner_row"
    before = queued.rows(f"SELECT {place}, sealed FROM blob WHERE owner_table != 'event'")
    assert (erase(queued, "ada"), erase(queued, "ben")) == (3, 0)
    files = b"".join(path.read_bytes() for path in queued.root.rglob("*") if path.is_file())
    assert [name for name, sealed in before if sealed in files] == []


def test_a_mail_that_arrives_for_an_erased_case_waits_for_a_person(queued: Lab) -> None:
    report = queued.sent()
    late = queued.write("late.eml", queued.vendor_mail("we have fixed it", report, 9))
    assert (erase(queued, "ada"), erase(queued, "ben")) == (3, 0)
    outcome = queued.run(None, "ingest", late, "--json")
    assert (outcome.code, outcome.err) == (3, "")
    assert outcome.json["state"] == "held"


def test_nothing_that_was_sealed_is_readable_in_any_file(queued: Lab) -> None:
    report = queued.sent()
    reply = "we see what you mean by the unlikely word zanzibar"
    queued.run(None, "ingest", queued.write("a.eml", queued.vendor_mail(reply, report))).good()
    queued.run("ben", "export", CASE, "-o", f"{queued.place}/lab/x.tar.pgp").good()
    files = b"".join(path.read_bytes() for path in queued.root.rglob("*") if path.is_file())
    for text in (CANARY, "zanzibar", "Overflow in the frame parser", "the vendor asks for it"):
        raw = text.encode()
        forms = [raw, text.encode("utf-16-le"), json.dumps(text).encode().strip(b'"'), raw.hex().encode()]
        forms += [base64.b64encode(raw[offset:])[: 4 * (len(raw[offset:]) // 3)] for offset in range(3)]
        assert [form for form in forms if form in files] == []


def test_who_decided_is_in_the_ledger_with_a_signature(approved: Lab) -> None:
    events = approved.run("ada", "case", "show", CASE, "--json").good().json["events"]
    (event,) = [one for one in events if one["kind"] == "draft_approved"]
    assert event["actor"] == str(approved.keys["ben"])
    assert approved.rows("SELECT count(*) FROM event WHERE kind = 'draft_approved' AND signature IS NULL") == [(0,)]
    assert approved.run("ben", "draft", "approve", "1", "--json").good().json["by"] == BEN


def test_nobody_gets_the_same_report_twice(drafted: Lab) -> None:
    """Adding a vendor again is refused while its report is written, waits, or has gone; a removed one comes back."""
    add = ("participant", "add", CASE, "vendor.example", "--json")
    with unchanged(drafted):
        drafted.run("ada", *add).refused("draft 1 of its report is there")
    drafted.run("ada", "participant", "remove", CASE, "vendor.example", "--yes").good()
    assert drafted.run("ada", *add).good().json["draft"] == 1
    assert approved_by(drafted, "ben") == (0, True)
    drafted.run("ada", "send", CASE).good()
    with unchanged(drafted):
        drafted.run("ada", *add).refused("waits in the outbox")
    drafted.sent()
    with unchanged(drafted):
        drafted.run("ada", *add).refused("was sent or handed over")


def test_a_report_that_was_stopped_before_it_left_can_be_written_again(queued: Lab) -> None:
    queued.run("ada", "participant", "remove", CASE, "vendor.example", "--yes").good()
    assert queued.run("ada", "participant", "add", CASE, "vendor.example", "--json").good().json["draft"] == 2
    assert approved_by(queued, "ben", "2") == (0, True)
    mails = queued.run("ada", "send", CASE, "--json").good().json
    assert [one["state"] for one in mails] == ["refused", "queued"]
    queued.sent()


def test_several_drafts_are_approved_by_one_signature_that_stands_for_each(lab: Lab) -> None:
    """The folder's approvals and decisions are each verified alone, with and without the others."""
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    for number in range(4):
        text = FINDING.replace("origin: engineer", "origin: automated").replace("Overflow", f"Overflow {number}")
        lab.write(f"reports/{number}.md", text)
    done = lab.run("ada", "send", "--batch", f"{lab.place}/reports", "--approve", "--json").good().lines
    assert [one["state"] for one in done] == ["queued"] * 4
    signatures = {row[0] for row in lab.rows("SELECT signature FROM approval")}
    assert len(signatures) == 1
    assert lab.run("ben", "ledger", "verify", "--json").good().json["ok"] is True
    (manifest,) = lab.rows("SELECT text FROM manifest")[0]
    assert len(json.loads(manifest)["digests"]) == 4
    fewer = manifest.replace(json.loads(manifest)["digests"][0], "0" * 64)
    for forged in (fewer, manifest.replace('"v":1', '"v":2'), manifest.replace(",", ", ", 1)):
        connection = sqlite3.connect(lab.database)
        connection.execute("UPDATE manifest SET text = ?", (forged,))
        connection.commit()
        connection.close()
        with copied(lab) as other:
            assert asyncio.run(delivered(other)) == []
            assert {row[0] for row in other.rows("SELECT state FROM draft")} == {"open"}


async def delivered(lab: Lab) -> list[OutgoingMail]:
    """Let the daemon deliver; return what it submitted."""
    postman = MemoryPostman({})
    async with daemon_desk(load(lab.config)) as desk:
        await Daemon(desk, Servers(postman, None, (), "Sent"), "test", lambda _: True).once()
    return postman.taken
