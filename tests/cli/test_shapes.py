"""The machine-readable shapes that other programs rely on: the keys are there, and the types are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from cli.lab import BEN, CASE, MAILBOX, VENDOR, Lab, clear_mail, copied, quiet

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\Z")
FINGERPRINT = re.compile(r"[0-9A-F]{40}\Z")
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
REPLY = """Hello,

thank you for your report. We have opened the ticket EXV-20417 for it.
We can confirm the vulnerability. We plan to release the fix on 15 {month}.
"""
MONTH = "June" if datetime.now().month < 6 else "May"
MAYBE = type(None)


@pytest.fixture(scope="module")
def answered(queued_lab: Lab) -> Iterator[Lab]:
    """The report is sent, the vendor has answered twice, one mail is in the pen."""
    with copied(queued_lab) as lab:
        report = lab.sent()
        lab.run(None, "ingest", lab.write("1.eml", lab.vendor_mail(REPLY.format(month=MONTH), report, 1))).good()
        slip = f"we need more time: the fix moves to 29 {MONTH}.\n"
        lab.run(None, "ingest", lab.write("2.eml", lab.vendor_mail(slip, report, 2))).good()
        lab.run(
            None,
            "ingest",
            lab.write(
                "3.eml", clear_mail("About EXV-20417: fixed in 2.5.", "ticket EXV-20417", "somebody@elsewhere.example")
            ),
        )
        quiet(lab)
        yield lab


def fits(value: Any, shape: Any, at: str = "") -> None:
    """Insist that ``value`` has the shape: a type, types, a pattern, a set of words, a list or an object of such."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), at
        assert set(shape) <= set(value), (at, set(shape) - set(value))
        for key, inner in shape.items():
            fits(value[key], inner, f"{at}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), at
        for number, one in enumerate(value):
            fits(one, shape[0], f"{at}[{number}]")
    elif isinstance(shape, re.Pattern):
        assert isinstance(value, str) and shape.match(value), (at, value)
    elif isinstance(shape, set):
        assert value in shape, (at, value)
    elif isinstance(shape, tuple) and not all(isinstance(one, type) for one in shape):
        if value is not None:
            fits(value, shape[0], at)
    else:
        assert isinstance(value, shape), (at, value)
        assert shape is not int or not isinstance(value, bool), at


NEXT = {"action": str, "due": (str, MAYBE), "reason": str}
PERSON = {
    "participant": int, "vendor": str, "rm": {"START", "RECEIVED", "VALID", "ACCEPTED"}, "vfd": str, "silent_days": int,
    "next": NEXT,
}  # fmt: skip
FACT = {
    "kind": str, "quote": str, "in": {"text", "subject", "header", "part"}, "start": (int, MAYBE), "end": (int, MAYBE),
    "grade": {"sure", "likely", "unsure"}, "rule": str,
}  # fmt: skip
MESSAGE = {
    "message_id": (str, MAYBE), "date": (INSTANT,), "from": (str, MAYBE), "subject": (str, MAYBE),
    "kind": {"reply", "auto_reply", "absence", "bounce", "list", "other"}, "language": (str, MAYBE), "encrypted": bool,
}  # fmt: skip
INGESTED = {
    "sha256": SHA256, "message_id": (str, MAYBE), "state": {"filed", "held", "duplicate", "copy", "unparsed"},
    "filings": [{"case": str, "participant": int, "certain": bool,
                 "evidence": [{"reply_token", "message_id", "ticket", "case_id", "similarity"}]}],
    "guesses": list, "trust": {"verified", "authenticated", "unauthenticated", "suspicious"},
    "signature": {"state": {"none", "good", "bad", "unknown_key", "partial", "weak", "stale", "error"},
                  "fingerprint": (FINGERPRINT,)},
    "encrypted": bool, "message": MESSAGE, "facts": [FACT],
}  # fmt: skip


def test_case_new(lab: Lab) -> None:
    shape = lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--json").good().json
    fits(shape, {"case": str, "participants": [{"participant": int, "vendor": str}], "missing": list})
    assert shape["case"] == CASE
    assert (shape["missing"], len(shape["participants"])) == ([], 1)


def test_case_list(answered: Lab) -> None:
    (line,) = answered.run("ada", "case", "list", "--json").good().lines
    fits(line, {"case": str, "title": str, "severity": (str, MAYBE), "participants": [PERSON]})
    (person,) = line["participants"]
    assert (person["rm"], person["vfd"], person["vendor"]) == ("ACCEPTED", "Vfd", "vendor.example")
    assert date.fromisoformat(person["next"]["due"])


def test_case_show(answered: Lab) -> None:
    shape = answered.run("ada", "case", "show", CASE, "--json").good().json
    event = {"seq": int, "at": INSTANT, "kind": str, "actor": str, "hash": SHA256, "body": dict}
    fits(shape, {
        "case": str, "title": str, "severity": str, "participants": [PERSON], "facts": [FACT], "events": [event],
        "promises": [{"promise": int, "kind": {"fix"}, "first": str, "last": str, "slips": (int, MAYBE)}],
    })  # fmt: skip
    inbound = [one for one in shape["messages"] if one["direction"] == "inbound"]
    outbound = [one for one in shape["messages"] if one["direction"] == "outbound"]
    for one in inbound:
        fits(one, INGESTED)
        assert (one["trust"], one["signature"]["state"], one["encrypted"]) == ("verified", "good", True)
    assert (len(inbound), len(outbound)) == (2, 1)
    assert [one["last"][8:] for one in shape["promises"]] == ["15", "29"]
    assert shape["promises"][1]["slips"] == shape["promises"][0]["promise"]
    assert [one["seq"] for one in shape["events"]] == list(range(1, len(shape["events"]) + 1))


def test_case_timeline(answered: Lab) -> None:
    lines = answered.run("ada", "case", "timeline", CASE, "--json").good().lines
    for line in lines:
        fits(line, {"at": INSTANT, "who": str, "what": str, "quote": (str, MAYBE)})
    assert any("SLIPS by 14 days" in line["what"] for line in lines)


def test_draft_list_preview_and_approve(drafted: Lab) -> None:
    (line,) = drafted.run("ada", "draft", "list", "--json").good().lines
    fits(line, {"draft": int, "case": str, "participant": int, "vendor": str, "letter": {"report"}, "state": {"open"},
                "written_at": INSTANT, "digest": (SHA256,)})  # fmt: skip
    preview = drafted.run("ben", "draft", "preview", "1", "--json").good().json
    fits(preview, {"draft": int, "case": str, "digest": SHA256, "subject": str, "text": str, "warnings": list,
                   "recipients": [{"address": str, "fingerprint": FINGERPRINT}]})  # fmt: skip
    shape = drafted.run("ben", "draft", "approve", "1", "--json").good().json
    assert shape == {"draft": 1, "digest": preview["digest"], "by": BEN, "complete": True}


def test_send(approved: Lab) -> None:
    shape = approved.run("ada", "send", CASE, "--json").good().json
    fits(shape, [{"case": str, "participant": int, "outbox": int, "state": {"queued"}}])
    assert len(shape) == 1
    assert {one["address"] for one in shape[0]["recipients"]} == {VENDOR, MAILBOX}


def test_pen_list_and_show(answered: Lab) -> None:
    (line,) = answered.run("ada", "pen", "list", "--json").good().lines
    fits(line, {"pen": int, "message_id": (str, MAYBE), "from": str, "why": str,
                "guesses": [{"case": str, "participant": int, "evidence": list}]})  # fmt: skip
    assert line["guesses"][0]["case"] == CASE
    fits(answered.run("ada", "pen", "show", str(line["pen"]), "--json").good().json, INGESTED)


def test_key_pin_list_and_check(lab: Lab) -> None:
    path = f"{lab.place}/vendor.asc"
    shape = lab.run("ada", "key", "pin", path, "--contact", VENDOR, "--yes", "--json").good().json
    assert shape == {
        "fingerprint": str(lab.keys["vendor"]), "contact": VENDOR,
        "file": f"{lab.root}/keys/vendors/vendor.example/{VENDOR}.asc",
    }  # fmt: skip
    for line in lab.run("ada", "key", "list", "--json").good().lines:
        fits(line, {"fingerprint": FINGERPRINT, "own": bool, "usable": bool, "reason": str, "expires": (INSTANT,)})
    (line,) = lab.run("ada", "key", "check", path, "--json").good().lines
    fits(line, {"fingerprint": FINGERPRINT, "user_ids": [str], "usable": bool, "reason": str, "warnings": list})


def test_contacts(drafted: Lab) -> None:
    (found,) = drafted.run("ada", "contact", "find", "vendor.example", "--offline", "--json").good().lines
    source = {"kind": str, "url": (str, MAYBE), "fetched_at": (INSTANT,), "sha256": (SHA256,), "expires": (str, MAYBE)}
    fits(found, {
        "target": str, "refused": [{"value": str, "why": str}],
        "candidates": [{"channel": {"email"}, "value": str, "score": float, "sources": [source],
                        "keys": [{"fingerprint": FINGERPRINT, "source": str, "usable": bool, "reason": (str, MAYBE)}],
                        "gate": {"details", "confirm", "ask_first"}}],
    })  # fmt: skip
    assert len(found["candidates"]) == 1
    (line,) = drafted.run("ada", "contact", "list", "--json").good().lines
    fits(line, {"contact": int, "vendor": str, "channel": str, "value": str, "state": {"confirmed"},
                "fingerprint": FINGERPRINT})  # fmt: skip
    added = drafted.run("ada", "contact", "add", "other.example", "a@other.example", "--json").good().json
    fits(added, {"contact": int, "vendor": str, "value": str, "state": {"candidate"}})
    shape = drafted.run("ada", "contact", "confirm", "a@other.example", "--yes", "--json").good().json
    assert shape["state"] == "confirmed"


def test_ingest(answered: Lab) -> None:
    path = str(answered.place / "1.eml")
    shape = answered.run(None, "ingest", path, "--json").good().json
    fits(shape, {**INGESTED, "file": str})
    assert (shape["file"], shape["state"], shape["filings"][0]["case"]) == (path, "duplicate", CASE)
    assert shape["signature"]["fingerprint"] == str(answered.keys["vendor"])
    kinds = {one["kind"] for one in shape["facts"]}
    assert kinds >= {"acknowledgement", "ticket", "triage", "fix_date"}


def test_facts(answered: Lab) -> None:
    for line in answered.run("ada", "fact", "list", CASE, "--json").good().lines:
        fits(line, {**FACT, "fact": int, "message": int, "participant": int, "state": {"accepted", "proposed"}})


def test_status(answered: Lab) -> None:
    shape = answered.run("ada", "status", "--json").good().json
    fits(shape, {
        "healthy": bool, "mailboxes": [{"folder": str, "last_sync": (INSTANT,), "idle": bool, "behind": int}],
        "outbox": {"queued": int, "deferred": int, "unknown": int, "oldest_unsent": (INSTANT,)}, "pen": int,
        "unparsed": int, "due": int, "lease": dict, "keys": [{"fingerprint": FINGERPRINT}],
    })  # fmt: skip
    assert (shape["healthy"], shape["pen"]) == (True, 1)


def test_verify(answered: Lab) -> None:
    path = f"{answered.place}/a.tar"
    answered.run("ben", "export", CASE, "--clear", "--yes", "-o", path).good()
    shape = answered.run(None, "verify", path, "--json").good(3).json
    fits(shape, {"ok": bool, "messages": int, "events": int, "chains": {"ok"}, "problems": [{"path": str, "what": str}],
                 "signature": {"state": {"good"}, "fingerprint": FINGERPRINT, "trusted": MAYBE}})  # fmt: skip
    assert (shape["messages"], shape["problems"]) == (3, [])


def test_ledger_doctor_rekey_and_upgrade(answered: Lab) -> None:
    shape = answered.run("ben", "ledger", "verify", "--json").good().json
    fits(shape, {"ok": bool, "chains": int, "events": int, "problems": list})
    found = answered.run("ada", "doctor", "--offline", "--json").good().json
    fits(found, {"ok": bool, "findings": [{"check": str, "level": {"ok", "warning"}, "what": str, "remedy": str}]})
    fits(
        answered.run("ada", "store", "rekey", "--yes", "--json").good().json, {"readers": [FINGERPRINT], "scopes": int}
    )
