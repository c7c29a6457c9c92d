"""A disclosure through real servers, read by programs that are not ours."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cvdmail.verify import verify_archive
from gpghome import gpg_home
from servers.certificates import short_folder
from whole import story as play
from whole import vendor
from whole.story import Story
from whole.town import GONE, MAILBOX, VENDOR

pytestmark = pytest.mark.timeout(300)


def _body(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[2]


def _events(shown: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in shown["events"] if one["kind"] == kind]


# The report on its way.


def test_a_pass_delivers_both_reports(story: Story) -> None:
    assert story.first["outbox"] == {"1": "sent", "2": "sent"}
    assert story.first["problems"] == []


def test_the_vendor_holds_the_committed_bytes(story: Story) -> None:
    """What is in Sent has the SHA-256 of the ledger; the server in between added trace lines and changed nothing."""
    (frozen,) = _events(story.shown, "mail_frozen")
    (kept,) = [raw for raw in story.sent if hashlib.sha256(raw).hexdigest() == frozen["body"]["sha256"]]
    assert story.report.endswith(kept)
    assert _body(story.report) == _body(kept)


def test_a_second_pass_sends_nothing_again(story: Story) -> None:
    assert story.second["outbox"] == {}
    assert story.second["sent_copies"] == 0
    assert len(story.vendor_inbox) == 1
    assert sorted(story.sent) == sorted(story.sent_later)
    assert len(story.sent) == 2


def test_the_outside_tells_nothing(story: Story) -> None:
    outside = vendor.read(story.report)
    assert outside["Subject"] == f"[{story.case}]"
    shown = story.report.lower()
    head = shown.partition(b"-----begin pgp message-----")[0]
    assert b"ada" not in head  # so short a name stands in many a ciphertext by chance
    for name in (*story.words.secret, "heap overflow", "examplelib", "poc.py", "crash file"):
        assert name.lower().encode() not in shown


def test_the_vendor_reads_text_and_attachments(story: Story) -> None:
    opened = story.vendor.open(story.report)
    assert story.words.title in opened.inner["Subject"]
    assert story.words.body in opened.text
    assert "Größe und Länge werden nicht geprüft.\nFrom here on = everything breaks.\n.a line" in opened.text
    assert opened.attachments == story.attachments


def test_notmuch_opens_it_and_sees_our_signature(story: Story, memory: Path) -> None:
    place = memory / "notmuch"
    place.mkdir()
    message = play.notmuch(story.vendor, story.report, place)
    crypto = message["crypto"]
    assert crypto["decrypted"]["status"] == "full"
    assert crypto["signed"]["encrypted"] is True
    assert [(one["status"], one["fingerprint"]) for one in crypto["signed"]["status"]] == [("good", str(story.ours))]
    assert story.words.title in message["headers"]["Subject"]
    assert crypto["decrypted"]["header-mask"] == {"Subject": f"[{story.case}]"}
    assert "Subject" in crypto["signed"]["headers"]


def test_sq_opens_it(story: Story, memory: Path) -> None:
    opened = vendor.unfold(story.report, play.sq_decrypt(story.vendor, story.report, memory))
    assert story.words.body in opened.text
    assert opened.attachments == story.attachments


# What came back.


def test_every_answer_finds_its_place(story: Story) -> None:
    states = Counter(one["state"] for one in story.early["settled"] + story.third["settled"])
    assert states == {"filed": 5, "held": 6, "copy": 1}
    assert story.early["received"] + story.third["received"] == len(story.posted) + 1
    assert story.early["problems"] + story.third["problems"] == []
    filed = [one["message_id"].partition("@")[0] for one in story.shown["messages"] if one["direction"] == "inbound"]
    assert filed == ["auto", "ack", "moved", "absent", "unsigned"]


@pytest.mark.parametrize(
    ("name", "kind", "trust", "signature", "encrypted"),
    [
        ("auto", "auto_reply", "unauthenticated", "none", False),
        ("ack", "reply", "verified", "good", True),
        ("moved", "reply", "verified", "good", True),
        ("absent", "absence", "unauthenticated", "none", False),
        ("unsigned", "reply", "unauthenticated", "none", True),
    ],
)
def test_who_says_so(story: Story, name: str, kind: str, trust: str, signature: str, encrypted: bool) -> None:
    mail = story.mail(name)
    assert (mail["message"]["kind"], mail["trust"], mail["encrypted"]) == (kind, trust, encrypted)
    assert mail["signature"]["state"] == signature
    assert mail["signature"]["fingerprint"] == (str(story.vendor.key) if signature == "good" else None)
    (filing,) = mail["filings"]
    assert (filing["case"], filing["certain"]) == (story.case, True)


def test_every_fact_shows_its_words(story: Story) -> None:
    texts = {one["message_id"]: one["text"] for one in story.shown["messages"]}
    facts = [(one["message_id"], fact) for one in story.shown["messages"] for fact in one["facts"]]
    assert len(facts) > 8
    for message_id, fact in facts:
        assert fact["quote"], fact
        assert fact["grade"] in ("sure", "likely", "unsure")
        assert fact["rule"]
        if fact["in"] == "text":
            assert fact["quote"] == texts[message_id][fact["start"] : fact["end"]]


def test_what_the_acknowledgement_says(story: Story) -> None:
    facts = {one["kind"]: one for one in story.mail("ack")["facts"]}
    assert facts["ticket"]["id"] == "EXV-20417"
    assert facts["triage"]["verdict"] == "confirmed"
    assert (facts["fix_date"]["first"], facts["fix_date"]["status"]) == ("2031-01-15", "planned")
    assert "We plan to release the fix on 15 January 2031." in facts["fix_date"]["quote"]
    assert {one["state"] for one in story.mail("ack")["facts"]} == {"accepted"}


def test_a_machine_and_an_unsigned_mail_move_nothing(story: Story) -> None:
    for name in ("auto", "absent", "unsigned"):
        assert {one["state"] for one in story.mail(name)["facts"]} == {"proposed"}, name
    (participant,) = story.shown["participants"]
    assert participant["rm"] == "ACCEPTED"
    assert any(one.get("verdict") == "rejected" for one in story.mail("unsigned")["facts"])


def test_the_promise_slips(story: Story) -> None:
    first, second = story.shown["promises"]
    assert (first["first"], second["first"]) == ("2031-01-15", "2031-01-29")
    assert second["slips"] == first["promise"]
    (slipped,) = _events(story.shown, "promise_slipped")
    assert slipped["body"]["days"] == 14


def test_the_absence_is_known(story: Story) -> None:
    (fact,) = [one for one in story.mail("absent")["facts"] if one["kind"] == "absence"]
    assert fact["until"] == "2031-07-14"


def test_the_bounce_says_what_failed(story: Story) -> None:
    (report,) = [one for one in story.ghost_shown["messages"] if one["message"]["kind"] == "bounce"]
    (fact,) = [one for one in report["facts"] if one["kind"] == "bounce"]
    assert (fact["permanent"], fact["recipient"], fact["status"]) == (True, GONE, "5.1.1")
    assert len(_events(story.ghost_shown, "delivery_failed")) == 1
    (mail,) = story.ghost_shown["outbox"]
    states = {one["address"]: one["state"] for one in mail["recipients"]}
    assert states == {GONE: "refused", MAILBOX: "sent"}
    assert story.ghost_shown["participants"][0]["rm"] == "START"


# What is not believed.


@pytest.mark.parametrize(
    ("name", "trust", "why"),
    [
        ("alike", "suspicious", "suspicious sender"),
        ("torn", "suspicious", "suspicious sender"),
        ("two-from", "suspicious", "suspicious sender"),
        ("two-faced", "suspicious", "suspicious sender"),
        ("stranger", "unauthenticated", "no match"),
        ("from-home", "unauthenticated", "probable match only"),
    ],
)
def test_what_is_doubtful_waits(story: Story, name: str, trust: str, why: str) -> None:
    (mail,) = story.held(name)
    assert mail["trust"] == trust
    assert why in mail["why"]


def test_guesses_are_ranked(story: Story) -> None:
    (forged,) = story.held("torn")
    first = {"case": story.case, "participant": 1, "evidence": ["reply_token"]}
    assert forged["guesses"][0] == {**first, "why": "it was sent to a reply address of this participant"}
    (elsewhere,) = story.held("from-home")
    assert [one["case"] for one in elsewhere["guesses"]] == [story.ghost]
    (stranger,) = story.held("stranger")
    assert stranger["guesses"] == []


def test_a_person_files_and_believes(story: Story) -> None:
    assert story.ghost_shown["participants"][0]["rm"] == "START"
    assert story.ghost_filed["case"] == story.ghost
    (said,) = [one for one in story.ghost_facts if one["kind"] == "acknowledgement"]
    assert said["state"] == "proposed"
    assert story.ghost_accepted["participants"][0]["rm"] == "RECEIVED"
    (filed,) = [one for one in story.ghost_accepted["messages"] if one["message_id"].startswith("from-home@")]
    assert filed["filings"][0]["certain"] is False
    (accepted,) = [one for one in _events(story.ghost_accepted, "fact_accepted") if one["body"]["fact"] == said["fact"]]
    assert accepted["actor"] == str(story.lab.person("ada").fingerprints()[0])


# What comes again.


def test_the_very_bytes_again_are_nothing_new(story: Story) -> None:
    assert (story.repeated["received"], story.repeated["settled"]) == (0, [])


def test_the_copy_adds_no_facts(story: Story) -> None:
    assert len([one for one in story.shown["messages"] if one["message_id"].startswith("ack@")]) == 1
    assert Counter(one["kind"] for one in story.shown["facts"])["ticket"] == 1


def test_new_numbers_lose_and_double_nothing(story: Story) -> None:
    assert (story.renumbered["received"], story.renumbered["settled"]) == (0, [])
    assert story.renumbered["problems"] == []
    assert story.shown_later["messages"] == story.shown["messages"]
    assert story.shown_later["facts"] == story.shown["facts"]
    assert [one["pen"] for one in story.pen_later] == [
        one["pen"] for one in story.pen if not one["message_id"].startswith("from-home@")
    ]


# The archive, and the ledger.


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive, unpacked by tar, and who signed it."""

    tar: bytes
    folder: Path
    signer: str


@pytest.fixture(scope="module")
def archive(story: Story, memory: Path) -> Archive:
    lab = story.lab
    made = lab.run("ben", "export", story.case, "-o", "case.tar.pgp", "--json").json()
    assert made["encrypted"] is True
    tar = lab.person("ben").gpg("--decrypt", data=(lab.folder / "case.tar.pgp").read_bytes())
    folder = memory / "archive"
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=tar, check=True)
    return Archive(tar, folder, str(lab.person("ben").fingerprints()[0]))


def test_an_outsider_checks_the_archive_by_hand(archive: Archive, story: Story) -> None:
    done = subprocess.run(["sha256sum", "-c", "--strict", "MANIFEST.sha256"], cwd=archive.folder, capture_output=True)
    assert done.returncode == 0, done.stderr
    listed = len((archive.folder / "MANIFEST.sha256").read_text().splitlines())
    assert listed == len([one for one in archive.folder.rglob("*") if one.is_file()]) - 2
    with gpg_home() as home:
        home.gpg("--import", str(archive.folder / "signer.asc"))
        assert [str(one) for one in home.fingerprints()] == [archive.signer]
        place = archive.folder / "MANIFEST.sha256"
        status = home.gpg("--status-fd", "1", "--verify", f"{place}.asc", str(place)).decode()
        assert f"VALIDSIG {archive.signer}" in status
    mails = {hashlib.sha256(one.read_bytes()).hexdigest() for one in archive.folder.glob("messages/*.eml")}
    assert mails == {one["sha256"] for one in story.shown["messages"]}


def test_verify_believes_only_a_named_signer(archive: Archive, story: Story) -> None:
    lab = story.lab
    found = lab.run("ben", "verify", "-", "--signer", archive.signer, "--json", stdin=archive.tar).json()
    assert (found["ok"], found["chains"], found["signature"]["trusted"]) == (True, "ok", True)
    assert found["messages"] == 6
    unnamed = lab.run("ben", "verify", "-", "--json", stdin=archive.tar, status=3).json()
    assert (unnamed["ok"], unnamed["signature"]["trusted"]) == (True, None)
    other = lab.run("ben", "verify", "-", "--signer", str(story.vendor.key), "--json", stdin=archive.tar, status=1)
    assert other.json()["signature"]["trusted"] is False


def test_one_changed_byte_in_any_file_is_noticed(archive: Archive) -> None:
    def look() -> dict[str, Any]:
        return asyncio.run(verify_archive(archive.folder, archive.signer))

    assert look()["ok"]
    files = sorted(one for one in archive.folder.rglob("*") if one.is_file())
    assert len(files) > 20
    for file in files:
        data = file.read_bytes()
        at = len(data) // 2
        file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        found = look()
        file.write_bytes(data)
        assert not found["ok"], file
        assert found["problems"], file
    assert look()["ok"]


def test_a_missing_and_an_extra_file_are_noticed(archive: Archive) -> None:
    extra = archive.folder / "messages" / "9999-inbound.eml"
    extra.write_bytes(b"From: x\r\n\r\n")
    assert not asyncio.run(verify_archive(archive.folder, archive.signer))["ok"]
    extra.unlink()
    mail = archive.folder / "messages" / "0001-outbound.eml"
    data = mail.read_bytes()
    mail.unlink()
    assert not asyncio.run(verify_archive(archive.folder, archive.signer))["ok"]
    mail.write_bytes(data)
    assert asyncio.run(verify_archive(archive.folder, archive.signer))["ok"]


def test_the_ledger_is_whole(story: Story) -> None:
    found = story.lab.run("ben", "ledger", "verify", "--json").json()
    assert (found["ok"], found["problems"], found["chains"]) == (True, [], 3)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE event SET body = replace(body, '14', '13') WHERE kind = 'promise_slipped'",
        "UPDATE event SET actor = 'daemon' WHERE kind = 'draft_approved' AND chain LIKE '%-0001'",
        "UPDATE event SET at = '2020-01-01T00:00:00.000000Z' WHERE kind = 'mail_sent' AND chain LIKE '%-0001'",
        "DELETE FROM event WHERE kind = 'mail_filed' AND chain LIKE '%-0001'",
        "UPDATE participant SET rm = 'CLOSED' WHERE id = 1",
        "UPDATE event SET signature = (SELECT signature FROM event WHERE kind = 'draft_approved' LIMIT 1)"
        " WHERE kind = 'mail_queued' AND chain LIKE '%-0001'",
    ],
)
def test_tampering_behind_the_programs_back_is_noticed(story: Story, tampering: str) -> None:
    with short_folder() as folder:
        copy = story.lab.copy(folder)
        try:
            assert copy.sql(tampering) >= 1
            found = copy.run("ben", "ledger", "verify", "--json", status=1).json()
        finally:
            copy.end_agents()
    assert found["ok"] is False
    assert found["problems"]


def test_the_timeline_tells_it_all(story: Story) -> None:
    text = story.lab.run("ben", "case", "timeline", story.case, "--json")
    told = [(one["what"], one["quote"]) for one in text.lines()]
    assert any(what == "the promised date SLIPS by 14 days" for what, _ in told)
    assert ("fix date planned: 2031-01-29", "the fix moves to 29 January 2031.") in [
        (what, (quote or "")[-33:]) for what, quote in told
    ]


def test_everything_went_through_submission_with_tls(story: Story) -> None:
    """The wire speaks TLS on both sides; its clear bytes show a log-in for each connection, and only the reports."""
    assert 1 <= story.submitted.count(b"AUTH PLAIN ") <= 2
    assert story.submitted.count(b"DATA\r\n") == 2
    assert story.submitted.count(f"RCPT TO:<{VENDOR}>".encode()) == 1
