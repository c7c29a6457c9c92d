"""``ingest``, ``pen``, ``fact``, ``extract``, ``status``: mails of every kind, and what is none."""

from __future__ import annotations

import json
import mailbox
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.lab import CASE, VENDOR, Lab, clear_mail, process, run, unchanged
from cvdmail.core.mail import MAX_MAIL

PLAIN = clear_mail(
    "Thank you for your report. We opened ticket EXV-20417.\r\nWe plan to release the fix on 1 July 2026."
)

GARBAGE = {
    "empty": b"",
    "one byte": b"\0",
    "binary": bytes(range(256)) * 10,
    "only a body": b"\r\n\r\nhello\r\n",
    "no line end": b"Subject: x",
    "a very long line": b"Subject: " + b"x" * 200_000 + b"\r\n\r\nhello",
    "many headers": b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\nhello",
    "deep parts": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(200)
    ),
    "odd charset": b"Content-Type: text/plain; charset=\xff\r\n\r\n\xff\xfe",
    "odd encoding": b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
    "odd date": b"Date: Fri, 99 Foo 9999999999 99:99:99 +9999\r\nSubject: x\r\n\r\nhello",
    "no armour": b'Content-Type: multipart/encrypted; boundary="b"\r\n\r\n--b\r\n\r\nVersion: 1\r\n'
    b"--b\r\n\r\nx\r\n--b--\r\n",
    "several from": b"From: a@b.example\r\nFrom: c@d.example\r\nSubject: x\r\n\r\nhello",
}


@pytest.mark.parametrize("what", GARBAGE)
def test_whatever_arrives_is_kept_and_waits_for_a_person(lab: Lab, what: str) -> None:
    path = lab.write("a.eml", GARBAGE[what])
    outcome = lab.run(None, "ingest", path, "--json")
    assert (outcome.code, outcome.err) == (3, ""), outcome
    assert outcome.json["state"] in ("held", "unparsed")
    assert lab.rows("SELECT count(*) FROM message") == [(1,)]
    assert lab.run(None, "ingest", path, "--json").good().json["state"] == "duplicate"
    assert len(lab.run("ada", "pen", "list", "--json").good().lines) == 1
    lab.run("ada", "pen", "show", "1").good()
    lab.run("ada", "pen", "show", "1", "--json").good()
    lab.run("ada", "pen", "list").good()


@pytest.mark.parametrize("what", GARBAGE)
def test_extract_reads_anything_or_refuses_in_one_line(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(GARBAGE[what])
    outcome = run("extract", str(path), "--json")
    if outcome.code:
        outcome.refused()
    else:
        assert set(outcome.json) >= {"message", "text", "facts"}
    assert run("extract", str(path)).code == outcome.code


def test_a_folder_a_maildir_and_an_mbox_are_mails(lab: Lab) -> None:
    folder = lab.place / "mails"
    (folder / "plain").mkdir(parents=True)
    (folder / "plain" / "a.eml").write_bytes(clear_mail("one", "one"))
    (folder / "plain" / "b.EML").write_bytes(clear_mail("two", "two"))
    (folder / "plain" / "notes.txt").write_bytes(b"not a mail")
    maildir = mailbox.Maildir(str(folder / "maildir"))
    maildir.add(clear_mail("three", "three"))
    box = mailbox.mbox(str(folder / "box"))
    for word in ("four", "five"):
        box.add(clear_mail(f"{word}\r\nFrom here on\r\n", word))
    box.close()
    outcome = lab.run(None, "ingest", *(str(folder / name) for name in ("plain", "maildir", "box")), "--json")
    assert (outcome.code, [one["state"] for one in outcome.lines]) == (3, ["held"] * 5)
    assert [one["message"]["subject"] for one in outcome.lines] == ["one", "two", "three", "four", "five"]
    again = lab.run(None, "ingest", str(folder / "box"), "--json").good().lines
    assert [one["state"] for one in again] == ["duplicate"] * 2
    assert outcome.lines[4]["file"] == f"{folder}/box#2"
    out = run("extract", str(folder / "plain"), str(folder / "maildir"), str(folder / "box"), "--json").good().lines
    assert len(out) == 5
    assert all(one["file"] for one in out)


@pytest.mark.parametrize("command", ["ingest", "extract"])
@pytest.mark.parametrize("path", ["nowhere.eml", "x" * 300, "finding.md/inside"])
def test_a_mail_that_is_not_there_is_refused_before_anything_is_taken(lab: Lab, command: str, path: str) -> None:
    good = lab.write("good.eml", PLAIN)
    with unchanged(lab):
        outcome = lab.run(None, command, good, f"{lab.place}/{path}")
        outcome.refused()
        assert outcome.out == ""


def test_extract_of_an_empty_folder_is_refused(tmp_path: Path) -> None:
    run("extract", str(tmp_path)).refused("there is no mail")


def test_a_mail_that_is_too_large_is_refused(lab: Lab) -> None:
    path = lab.place / "large.eml"
    with path.open("wb") as file:
        file.truncate(MAX_MAIL + 1)
    with unchanged(lab):
        lab.run(None, "ingest", str(path)).refused("larger than")
        run("extract", str(path)).refused("larger than")
        assert lab.run(None, "ingest", "-", stdin=bytes(MAX_MAIL + 1)).code == 75


def test_extract_one_mail_is_one_object_with_words_in_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(PLAIN)
    shape = run("extract", str(path), "--json").good().json
    assert set(shape) == {"message", "text", "facts"}
    assert set(shape["message"]) >= {"message_id", "date", "from", "subject", "kind", "language", "encrypted"}
    assert {one["kind"] for one in shape["facts"]} >= {"acknowledgement", "ticket", "fix_date"}
    for fact in shape["facts"]:
        assert set(fact) >= {"kind", "quote", "in", "start", "end", "grade", "rule"}
        if fact["in"] == "text":
            assert shape["text"][fact["start"] : fact["end"]] == fact["quote"]
        else:
            assert (fact["start"], fact["end"]) == (None, None)
    (promise,) = [one for one in shape["facts"] if one["kind"] == "fix_date"]
    assert (promise["first"], promise["last"], promise["status"]) == ("2026-07-01", "2026-07-01", "planned")


def test_received_overrides_the_date(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(clear_mail("We plan to release the fix on 15 January."))
    for received, year in (("2028-06-12T10:41:19+02:00", 2029), ("2026-06-12", 2027), ("2026-06-12T10:00:00Z", 2027)):
        shape = run("extract", str(path), "--received", received, "--json").good().json
        (fact,) = [one for one in shape["facts"] if one["kind"] == "fix_date"]
        assert fact["first"] == f"{year}-01-15"
    for wrong in ("tomorrow", "", "12.6.2026"):
        run("extract", str(path), "--received", wrong).refused("--received")


def test_an_encrypted_mail_has_no_text_and_no_facts(queued: Lab, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(queued.vendor_mail("thank you, the ticket is EXV-1", None))
    shape = run("extract", str(path), "--json").good().json
    assert (shape["message"]["encrypted"], shape["text"], shape["facts"]) == (True, None, [])
    assert "encrypted" in run("extract", str(path)).good().out


def test_extract_and_verify_and_securitytxt_need_no_configuration(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(PLAIN)
    env: dict[str, str | None] = {"CVDMAIL_CONFIG": str(tmp_path / "nowhere.toml"), "HOME": str(tmp_path)}
    assert run("extract", str(path), env=env).code == 0
    assert run("securitytxt", str(path), env=env).code == 0
    assert run("verify", str(path), env=env).code == 1


def test_a_held_mail_is_filed_by_a_person_once(queued: Lab) -> None:
    queued.run(None, "ingest", queued.write("a.eml", PLAIN), "--json")
    (held,) = queued.run("ada", "pen", "list", "--json").good().lines
    number = str(held["pen"])
    with unchanged(queued):
        queued.run("ada", "pen", "file", number, "CVD-2026-9999").refused()
        queued.run("ada", "pen", "file", number, CASE, "--participant", "nobody.example").refused("participants")
        queued.run("ada", "pen", "discard", number, "--yes", "--reason-file", "-").refused("the reason is empty")
        queued.run("ada", "pen", "discard", number, "--reason-file", "-", stdin=b"x").refused("--yes")
        (fact,) = queued.rows("SELECT id FROM fact WHERE kind = 'ticket'")[:1]
        queued.run("ada", "fact", "accept", str(fact[0])).refused("waits in the holding pen")
    shape = queued.run("ada", "pen", "file", number, CASE, "--json").good().json
    assert shape == {"pen": int(number), "case": CASE, "participant": 1}
    with unchanged(queued):
        queued.run("ada", "pen", "file", number, CASE).refused("it is not in the pen, it is filed")
        queued.run("ada", "pen", "discard", number, "--yes", "--reason-file", f"{queued.place}/reason").refused("filed")
    proposed = queued.run("ada", "fact", "list", "--json").good().lines
    assert {one["state"] for one in proposed} == {"proposed"}
    for decision, state in (("accept", "accepted"), ("reject", "rejected")):
        fact_number = str(proposed.pop()["fact"])
        assert queued.run("ada", "fact", decision, fact_number, "--json").good().json["state"] == state
        with unchanged(queued):
            queued.run("ada", "fact", "accept", fact_number).refused("already")
            queued.run("ada", "fact", "reject", fact_number).refused("already")
    assert queued.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


def test_a_discarded_mail_is_kept_and_out_of_the_pen(lab: Lab) -> None:
    lab.run(None, "ingest", lab.write("a.eml", PLAIN))
    lab.run("ada", "pen", "discard", "1", "--yes", "--reason-file", f"{lab.place}/reason").good()
    assert lab.run("ada", "pen", "list", "--json").good().out == ""
    assert lab.rows("SELECT state FROM message") == [("discarded",)]
    assert lab.run("ada", "pen", "show", "1", "--json").good().json["state"] == "discarded"
    with unchanged(lab):
        lab.run("ada", "pen", "file", "1", CASE).refused("discarded")


def test_what_vendors_write_cannot_drive_the_terminal(queued: Lab) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u200b [bold]x[/bold] =cmd|' /C calc'!A0"
    raw = clear_mail(f"Thank you for your report {evil}", f"=?utf-8?q?=1B[2J=E2=80=AE?= {evil}".replace("\n", ""))
    queued.run(None, "ingest", queued.write("a.eml", raw))
    queued.run("ada", "pen", "file", "1", CASE)
    for words in (
        ("pen", "show", "1"),
        ("pen", "list"),
        ("case", "show", CASE),
        ("case", "timeline", CASE),
        ("fact", "list"),
    ):
        shown = queued.run("ada", *words).good().out
        assert [char for char in "\x1b\x07\u202e\u200b" if char in shown] == []
    assert "[bold]" in queued.run("ada", "pen", "show", "1").good().out


def test_status_is_healthy_until_something_is_ill(lab: Lab) -> None:
    assert lab.run("ada", "status", "--json").good().json["healthy"] is True
    assert "healthy" in lab.run("ada", "status").good().out
    lab.edit("[store]", '[imap]\nhost = "imap.lab.example"\nuser = "x"\nfolders = ["INBOX", "Junk"]\n\n[store]')
    outcome = lab.run("ada", "status", "--json")
    assert (outcome.code, outcome.json["healthy"], len(outcome.json["problems"])) == (1, False, 2)
    assert lab.run("ada", "status").code == 1
    now = datetime.now(UTC)
    for minutes, code in ((1, 0), (20, 1)):
        at = (now - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        _execute(lab, "DELETE FROM mailbox_cursor")
        for folder in ("INBOX", "Junk"):
            values = f"('outbounddisclosures@lab.example', '{folder}', 1, 0, '{at}')"
            names = "account, folder, uidvalidity, last_uid, last_sync_at"
            _execute(lab, f"INSERT INTO mailbox_cursor ({names}) VALUES {values}")
        assert lab.run("ada", "status").code == code


def _execute(lab: Lab, statement: str) -> None:
    with sqlite3.connect(lab.database) as connection:
        connection.execute(statement)
    connection.close()


def test_a_bad_list_of_cnas_is_refused_and_the_old_one_kept(lab: Lab) -> None:
    mail = [{"email": [{"label": "Email", "emailAddr": "security@vendor.example"}], "contact": [], "form": []}]
    entry = {"shortName": "v", "cnaID": "CNA-1", "organizationName": "V", "scope": "V", "contact": mail, "CNA": {}}
    good = json.dumps([{**entry, "cnaID": f"CNA-{number}", "shortName": f"v{number}"} for number in range(20)])
    assert lab.run("ada", "contact", "refresh", "--cna", lab.write("g", good), "--json").good().json == {"entries": 20}
    shrunk = json.dumps(json.loads(good)[:10])
    for content in (b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b"<html>", shrunk.encode(), b"[1]", b'[{"a":'):
        path = lab.write("bad", content)
        with unchanged(lab):
            lab.run("ada", "contact", "refresh", "--cna", path).refused()
    with unchanged(lab):
        lab.run("ada", "contact", "refresh", "--cna", "/nowhere").refused("there is no file")
        lab.run("ada", "contact", "refresh").refused("cna_url is empty")


def test_contact_find_offline_asks_nobody_and_tells_what_is_known(drafted: Lab) -> None:
    (shape,) = drafted.run("ada", "contact", "find", "vendor.example", "--offline", "--json").good().lines
    assert [one["value"] for one in shape["candidates"]] == [VENDOR]
    odd = drafted.run("ada", "contact", "find", "nobody.example", "--offline", "--json").good().lines
    assert odd[0]["target"] == "nobody.example"
    batch = drafted.write("targets", "vendor.example\n\n# a comment\nnobody.example\n")
    both = drafted.run("ada", "contact", "find", "--batch", batch, "--offline", "--json").good().lines
    assert [one["target"] for one in both] == ["vendor.example", "nobody.example"]
    with unchanged(drafted):
        for wrong in ("\x1b[2J", " ", "x" * 300):
            drafted.run("ada", "contact", "find", wrong, "--offline").refused()


def test_a_broken_pipe_is_quiet(lab: Lab) -> None:
    shutil.copy(lab.write("a.eml", PLAIN), lab.place / "b.eml")
    command = f"{lab.place}/x.sh"
    Path(command).write_text('"$@" | true\n')
    outcome = process("case", "list", env=lab.env("ada"), cwd=lab.place)
    assert outcome.code == 0
    words = ["/bin/sh", command, sys.executable, "-m", "cvdmail", "extract", str(lab.place / "a.eml"), "--json"]
    done = subprocess.run(words, env=lab.env(None), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
