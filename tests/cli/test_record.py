"""``case record``: reports that go by another way than mail, and what comes back."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.lab import CANARY, CASE, Lab, clear_mail, copied, quiet, unchanged
from cvdmail.edge.memory_disk import in_memory

PORTAL = "https://vendor.example/security/report"
MEMORY = Path("/dev/shm")
HAND_OVER = ("case", "record", CASE, "--participant", "vendor.example", "--channel", "portal", "--hand-over", "memory")
REF = ("case", "record", CASE, "--participant", "1", "--channel", "portal", "--ref", "VRP-20417")
IN_MEMORY = pytest.mark.skipif(not in_memory(MEMORY), reason="/dev/shm is not in memory here")


@pytest.fixture(scope="session")
def portal_lab(empty_lab: Lab) -> Iterator[Lab]:
    with copied(empty_lab) as lab:
        proof = lab.write("poc.py", f"# {CANARY}\n")
        lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--attach", proof).good()
        lab.run("ada", "contact", "add", "vendor.example", PORTAL, "--channel", "portal").good()
        lab.run("ada", "contact", "confirm", PORTAL, "--yes").good()
        Path(proof).unlink()
        quiet(lab)
        yield lab


@pytest.fixture
def portal(portal_lab: Lab) -> Iterator[Lab]:
    """A case with an open draft; the vendor takes reports at a portal."""
    with copied(portal_lab) as lab:
        yield lab


@pytest.fixture(scope="session")
def ready_lab(portal_lab: Lab) -> Iterator[Lab]:
    with copied(portal_lab) as lab:
        lab.run("ben", "draft", "approve", "1").good()
        quiet(lab)
        yield lab


@pytest.fixture
def ready(ready_lab: Lab) -> Iterator[Lab]:
    """The draft for the portal is approved; whatever a test leaves in memory goes at the end."""
    with copied(ready_lab) as lab:
        yield lab
        lab.run("ada", *HAND_OVER[:-2], "--done")


def state(lab: Lab) -> tuple[str, int]:
    (case,) = lab.run("ada", "case", "list", "--json").good().lines
    (person,) = case["participants"]
    return person["next"]["action"], person["silent_days"]


@IN_MEMORY
def test_a_report_goes_to_a_portal_and_its_number_threads_the_answer(portal: Lab) -> None:
    assert state(portal)[0] == "review"
    shown = portal.run("ada", "draft", "preview", "1").good().out
    assert f"portal:{PORTAL}" in shown
    assert portal.run("ada", "draft", "preview", "1", "--json").good().json["recipients"] == []
    portal.run("ben", "draft", "approve", "1").good()
    assert state(portal)[0] == "hand over"

    taken = portal.run("ada", *HAND_OVER, "--json", XDG_RUNTIME_DIR="/nowhere")
    assert taken.code == 0
    folder = Path(taken.json["folder"])
    assert (taken.json["contact"], taken.json["files"]) == (PORTAL, ["poc.py", "report.txt"])
    assert in_memory(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    report = (folder / "report.txt").read_text()
    assert report.startswith("Subject: ")
    assert CANARY in report
    assert CANARY in (folder / "poc.py").read_text()

    page = portal.write("page.txt", "Thank you. Reference VRP-20417.")
    done = portal.run("ada", *REF, "--file", page, "--json").good().json
    assert set(done) == {"case", "participant", "delivery", "channel", "direction", "at"}
    assert (done["case"], done["participant"], done["delivery"]) == (CASE, 1, 1)
    assert (done["channel"], done["direction"]) == ("portal", "outbound")
    assert not folder.exists()
    assert state(portal) == ("wait for an acknowledgement", 0)
    assert portal.run("ben", "ledger", "verify", "--json").good().json["ok"] is True

    portal.run(
        "ada", "key", "pin", f"{portal.place}/vendor.asc", "--contact", "security@vendor.example", "--yes"
    ).good()
    subject = "Your report VRP-20417"
    friend = portal.write("friend.eml", clear_mail("We are looking at it.", f"{subject} is with us"))
    filed = portal.run(None, "ingest", friend, "--json").good().json
    assert filed["filings"] == [{"case": CASE, "participant": 1, "certain": True, "evidence": ["ticket"]}]
    stranger = portal.write("x.eml", clear_mail("We look at it.", subject, "x@stranger.example"))
    held = portal.run(None, "ingest", stranger, "--json")
    assert (held.code, held.json["state"]) == (3, "held")
    assert [(one["case"], one["evidence"]) for one in held.json["guesses"]] == [(CASE, ["ticket"])]


@IN_MEMORY
def test_a_person_may_take_it_twice_and_put_it_away(ready: Lab) -> None:
    first, second = (Path(ready.run("ada", *HAND_OVER, "--json").json["folder"]) for _ in range(2))
    assert not first.exists()
    told = ready.run("ada", *HAND_OVER)
    assert "a reboot clears it" in told.out
    assert not second.exists()
    away = ("case", "record", CASE, "--participant", "1", "--channel", "portal", "--done", "--json")
    assert ready.run("ada", *away).good().json == {"case": CASE, "removed": 1}
    assert ready.run("ada", *away).good().json == {"case": CASE, "removed": 0}
    assert ready.rows("SELECT state FROM draft") == [("approved",)]


@IN_MEMORY
def test_what_fails_leaves_nothing_in_memory(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(MEMORY.iterdir())
    opened = os.open

    def full(path: object, flags: int, *rest: int) -> int:
        if str(path).endswith("report.txt"):
            raise OSError(28, "No space left on device")
        return opened(path, flags, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        ready.run("ada", *HAND_OVER, XDG_RUNTIME_DIR="/nowhere").refused("No space left", "--hand-over encrypted")
    assert {path for path in MEMORY.iterdir() if path.name.startswith("cvdmail-handover")} <= before


def test_an_encrypted_report_opens_with_the_persons_own_key_only(ready: Lab) -> None:
    place = ready.place / "report.tar.pgp"
    words = (*HAND_OVER[:-1], "encrypted")
    ready.run("ada", *words, "--out", str(place)).good()
    assert place.stat().st_mode & 0o777 == 0o600
    assert CANARY.encode() not in place.read_bytes()
    clear = ready.home("ada").gpg("--decrypt", str(place))
    with tarfile.open(fileobj=io.BytesIO(clear)) as tar:
        assert tar.getnames() == ["poc.py", "report.txt"]
        file = tar.extractfile("report.txt")
        assert file is not None
        assert CANARY.encode() in file.read()
    packets = ready.home("ben").gpg("--list-packets", "--list-only", str(place)).decode()
    assert packets.count(":pubkey enc packet:") == 1
    with unchanged(ready):
        ready.run("ada", *words, "--out", str(place)).refused("is there already", "--out")


REFUSED_REFERENCES = ["", " ", "a\nb", "a\x1b[2J", "a\u202eb", "x" * 201]
REFUSED_TIMES = ["", "yesterday", "2026-06-12", "2001-01-01T00:00:00Z", "9998-01-01T00:00:00Z", "2026-06-12T10:00:00"]


def test_a_bad_number_or_time_is_refused(ready: Lab) -> None:
    with unchanged(ready):
        for reference in REFUSED_REFERENCES:
            ready.run("ada", *REF[:-1], reference).refused("--ref")
        for at in REFUSED_TIMES:
            ready.run("ada", *REF, "--at", at).refused("--at")
        ready.run("ada", *REF, "--file", "/nowhere").refused("there is no file")
        ready.run("ada", *REF, "--file", ready.write("large", bytes(1024 * 1024 + 1))).refused("larger than")
        (ready.place / "large").unlink()


@pytest.mark.parametrize(
    "words",
    [
        (), ("--hand-over", "memory", "--done"), ("--hand-over", "memory", "--ref", "1"),
        ("--hand-over", "memory", "--out", "f"),
        ("--hand-over", "encrypted"), ("--done", "--at", "2026-06-12T10:00:00Z"), ("--done", "--answer"),
        ("--hand-over", "memory", "--file", "f"), ("--hand-over", "disk"), ("--ref", "1", "--channel", "email"),
    ],
)  # fmt: skip
def test_wrong_usage(ready: Lab, words: tuple[str, ...]) -> None:
    with unchanged(ready):
        outcome = ready.run("ada", *HAND_OVER[:-2], *words)
    assert (outcome.code, outcome.out) == (2, "")


def _edit(lab: Lab) -> None:
    lab.run("ada", "draft", "edit", "1", "--file", "-", stdin=b"Subject: other\n\nother words\n").good()


def _another_portal(lab: Lab) -> None:
    lab.run("ada", "contact", "add", "vendor.example", PORTAL + "2", "--channel", "portal").good()
    lab.run("ada", "contact", "demote", PORTAL, "--yes").good()
    lab.run("ada", "contact", "confirm", PORTAL + "2", "--yes").good()


CHANGES: dict[str, tuple[Callable[[Lab], object], str]] = {
    "edited": (_edit, "it is not approved"),
    "another policy": (
        lambda lab: lab.edit("# The disclosure policy", "# Our disclosure policy", "policy.toml"),
        "something changed",
    ),
    "another portal": (_another_portal, "something changed"),
    "a demoted portal": (lambda lab: lab.run("ada", "contact", "demote", PORTAL, "--yes").good(), "not confirmed"),
    "a reviewer no longer": (
        lambda lab: lab.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["auditor"]'),
        "something changed",
    ),
    "removed": (lambda lab: lab.run("ada", "participant", "remove", CASE, "1", "--yes").good(), "it was removed"),
    "closed": (lambda lab: lab.run("ada", "case", "close", CASE, "--yes").good(), "the case is closed"),
    "no researcher": (
        lambda lab: lab.edit('roles = ["researcher", "reviewer", "manager", "operator"]', 'roles = ["reviewer"]'),
        "does not have the role researcher",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_only_what_was_approved_is_handed_over(ready: Lab, what: str) -> None:
    change, why = CHANGES[what]
    change(ready)
    with unchanged(ready):
        ready.run("ada", *HAND_OVER).refused(why)
        ready.run("ada", *HAND_OVER[:-1], "encrypted", "--out", f"{ready.place}/out").refused(why)
        ready.run("ada", *REF).refused(why)


def test_an_unapproved_draft_is_not_handed_over(portal: Lab) -> None:
    with unchanged(portal):
        portal.run("ada", *HAND_OVER).refused("draft 1", "it is not approved", "draft preview/approve 1")
        portal.run("ada", *REF).refused("it is not approved")
        portal.run("ada", "send", CASE).refused("draft 1 is not approved")


def test_it_goes_to_the_channel_that_was_approved(ready: Lab, approved: Lab) -> None:
    with unchanged(ready):
        words = [one if one != "portal" else "phone" for one in REF]
        ready.run("ada", *words).refused("it is for portal, not phone", "--channel portal")
    with unchanged(approved):
        approved.run("ada", *HAND_OVER).refused("reached by mail", f"cvdmail send {CASE}")
        approved.run("ada", *REF).refused("reached by mail")


def test_send_says_how_it_is_handed_over(ready: Lab) -> None:
    with unchanged(ready):
        ready.run("ada", "send", CASE).refused("not reached by mail", f"cvdmail case record {CASE} --participant 1")


def test_send_sends_the_others(ready: Lab) -> None:
    ready.run("ada", "participant", "add", CASE, "other.example").good()
    key = f"{ready.place}/vendor.asc"
    address = "psirt@other.example"
    ready.run("ada", "key", "pin", key, "--contact", address, "--other-user-id", "--yes").good()
    ready.run("ben", "draft", "approve", "2").good()
    sent = ready.run("ada", "send", CASE, "--json").good().json
    assert [one["participant"] for one in sent] == [2]
    assert ready.rows("SELECT state FROM draft ORDER BY id") == [("approved",), ("queued",)]


def test_a_draft_is_delivered_once_and_answers_are_noted_as_often_as_they_come(ready: Lab) -> None:
    ready.run("ada", *REF).good()
    with unchanged(ready):
        ready.run("ada", *REF).refused("it was delivered already", "--answer")
        ready.run("ada", *HAND_OVER).refused("it was delivered already")
        ready.run("ben", "draft", "approve", "1").refused("it is queued already")
        ready.run("ada", "draft", "edit", "1", "--file", "-", stdin=b"Subject: a\n\nb\n").refused("it is queued")
    told = ready.run("ada", *REF, "--answer", "--file", "-", stdin=b"We fixed it in 2.5.").good()
    assert "moves no state" in told.out
    by_phone = [one if one != "portal" else "phone" for one in REF]
    ready.run("ada", *by_phone, "--answer").good()
    assert ready.rows("SELECT direction, channel FROM delivery ORDER BY id") == [
        ("outbound", "portal"), ("inbound", "portal"), ("inbound", "phone"),
    ]  # fmt: skip
    assert ready.rows("SELECT rm FROM participant") == [("START",)]
    assert ready.rows("SELECT count(*) FROM fact") == [(0,)]
    assert ready.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_the_clock_starts_when_it_was_delivered(ready: Lab) -> None:
    before = (datetime.now(UTC) - timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    statement = f"UPDATE \"case\" SET opened_at = '{before}'"
    with sqlite3.connect(ready.database) as connection:
        connection.execute(statement)
        connection.execute(f"UPDATE participant SET added_at = '{before}'")
    connection.close()
    at = (datetime.now(UTC) - timedelta(days=4, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = ready.run("ada", *REF, "--at", at, "--json").good().json
    assert done["at"] == at.replace("Z", ".000000Z")
    assert state(ready) == ("wait for an acknowledgement", 4)


def test_show_timeline_and_archive_tell_of_it(ready: Lab) -> None:
    ready.run("ada", *REF, "--file", "-", stdin=b"Thank you.\n").good()
    (one,) = ready.run("ada", "case", "show", CASE, "--json").good().json["deliveries_elsewhere"]
    assert (one["ref"], one["text"], one["channel"]) == ("VRP-20417", "Thank you.\n", "portal")
    assert "VRP-20417" in ready.run("ada", "case", "show", CASE).good().out
    assert (
        "recorded: handed over by portal, reference VRP-20417" in ready.run("ada", "case", "timeline", CASE).good().out
    )
    archive = ready.place / "a.tar"
    ready.run("ben", "export", CASE, "--clear", "--yes", "-o", str(archive)).good()
    assert ready.run("ben", "verify", str(archive), "--signer", str(ready.keys["ben"]), "--json").good().json["ok"]
    with tarfile.open(archive) as tar:
        found = tar.extractfile("case.json")
        assert found is not None
        (told,) = json.load(found)["deliveries_elsewhere"]
        assert told["ref"] == "VRP-20417"
        page = tar.extractfile(told["file"])
        assert page is not None
        assert page.read() == b"Thank you.\n"


def test_an_erased_case_keeps_the_event_and_no_number(ready: Lab) -> None:
    ready.run("ada", *REF).good()
    for who in ("ada", "ben"):
        ready.run(who, "case", "erase", CASE, "--reason-file", f"{ready.place}/reason", "--yes")
    with unchanged(ready):
        ready.run("ada", *REF, "--answer").refused("the case is closed")
    assert "reference (erased)" in ready.run("ada", "case", "timeline", CASE).good().out
    (one,) = ready.run("ada", "case", "show", CASE, "--json").good().json["deliveries_elsewhere"]
    assert one["ref"] is None
    assert ready.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_a_delivery_that_the_ledger_does_not_know_is_told(ready: Lab) -> None:
    with sqlite3.connect(ready.database) as connection:
        connection.execute(
            "INSERT INTO delivery VALUES (7, 1, 'outbound', 'portal', 'x', '2026-01-01T00:00:00.000000Z',"
            " '2026-01-01T00:00:00.000000Z')"
        )
    connection.close()
    outcome = ready.run("ben", "ledger", "verify", "--json")
    assert outcome.json["problems"] == ["delivery 7: the ledger does not tell of it"]


TRACKERS = ["https://github.com/o/r/issues/new", "https://bugs.vendor.example/", "https://x.example/o/p/-/issues"]


@pytest.mark.parametrize("channel", ["portal", "private_advisory"])
def test_public_trackers_are_never_offered(lab: Lab, channel: str) -> None:
    with unchanged(lab):
        for url in TRACKERS:
            lab.run("ada", "contact", "add", "vendor.example", url, "--channel", channel).refused("public tracker")
        for url in ("vendor.example", "http://vendor.example/form", "https://vendor.example/\x1b[2J"):
            lab.run("ada", "contact", "add", "vendor.example", url, "--channel", channel).refused("https://")
        lab.run("ada", "contact", "add", "vendor.example", "+1\n2", "--channel", "phone").refused("one line")
    lab.run(
        "ada", "contact", "add", "v.example", "https://github.com/o/r/security/advisories/new", "--channel", channel
    ).good()


def test_a_tracker_that_was_kept_before_is_refused_too(portal: Lab, ready: Lab) -> None:
    for lab in (portal, ready):
        with sqlite3.connect(lab.database) as connection:
            connection.execute(f"UPDATE contact SET value = '{TRACKERS[0]}'")
        connection.close()
    with unchanged(portal):
        portal.run("ben", "draft", "approve", "1").refused("public tracker")
        portal.run("ada", "contact", "confirm", "1", "--yes").refused("public tracker")
    with unchanged(ready):
        ready.run("ada", *HAND_OVER).refused("public tracker")
        ready.run("ada", *REF).refused("public tracker")


@IN_MEMORY
def test_no_file_holds_the_words(ready: Lab) -> None:
    reference, words = "QXREFERENCE-77", "zephyr page of the portal"
    ready.run("ada", *HAND_OVER)
    ready.run("ada", *REF[:-1], reference, "--file", "-", stdin=words.encode()).good()
    ready.run("ada", *REF[:-1], reference, "--answer", "--file", "-", stdin=words.encode()).good()
    held = [
        (path.name, word)
        for path in ready.root.rglob("*")
        if path.is_file()
        for word in (CANARY, reference, words)
        if word.encode() in path.read_bytes()
    ]
    assert held == []
