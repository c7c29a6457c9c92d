"""``fact correct`` and the promise ledger, from the command line to the archive.

One lab: the vendor has promised 15 January 2031, and then 1 April; both mails are signed.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cli.lab import CANARY, CASE, FINDING, Lab, clear_mail, copied, quiet, unchanged
from cli.test_moving import OTHER, move, shown, whole
from cvdmail.config import load
from cvdmail.core.extract.facts import DatePromise
from cvdmail.wiring import daemon_desk

FIRST = """Hello,

thank you for your report. We have opened the ticket EXV-20417 for it.
We can confirm the vulnerability. We plan to release the fix on 15 January 2031.
"""
SECOND = "we need more time: the fix moves to 1 April 2031.\n"
REASON = "they mean their own calendar"


@pytest.fixture(scope="module")
def promised_lab(queued_lab: Lab) -> Iterator[Lab]:
    with copied(queued_lab) as lab:
        report = lab.sent()
        for number, text in enumerate((FIRST, SECOND), start=1):
            lab.run(None, "ingest", lab.write(f"{number}.eml", lab.vendor_mail(text, report, number))).good()
        second = FINDING.replace("Overflow", "Race").replace(CANARY, "two at once")
        lab.run("ada", "case", "new", lab.write("second.md", second)).good()
        quiet(lab)
        yield lab


@pytest.fixture
def promised(promised_lab: Lab) -> Iterator[Lab]:
    with copied(promised_lab) as copy:
        yield copy


def numbers(lab: Lab, kind: str, case: str = CASE) -> list[int]:
    return [one["fact"] for one in shown(lab, case)["facts"] if one["kind"] == kind]


def correct(lab: Lab, fact: int, *words: str) -> Any:
    return lab.run("ada", "fact", "correct", str(fact), *words, "--json").good().json


def ledger(lab: Lab, case: str = CASE) -> list[tuple[Any, ...]]:
    keys = ("first", "state", "change", "days", "fact", "against")
    return [tuple(one[key] for key in keys) for one in shown(lab, case)["stated"]]


def told(lab: Lab) -> list[str]:
    return [one["what"] for one in lab.run("ada", "case", "timeline", CASE, "--json").good().lines]


def test_a_corrected_date_changes_what_follows_and_the_original_stays(promised: Lab) -> None:
    early, late = numbers(promised, "fix_date")
    assert ledger(promised) == [
        ("2031-01-15", "accepted", "first", None, early, None),
        ("2031-04-01", "accepted", "slipped", 76, late, early),
    ]
    assert "slips by 76 days" in promised.run("ada", "case", "show", CASE).good().out
    assert "the promised date SLIPS by 76 days" in told(promised)
    path = promised.write("why", REASON)
    done = correct(promised, early, "--first", "2031-02-16", "--reason-file", path)
    right = done["fact"]
    assert (done["corrects"], done["state"], done["grade"], done["rule"]) == (early, "accepted", "sure", "person")
    assert (done["original"]["state"], done["original"]["corrected_by"]) == ("corrected", right)
    assert (done["original"]["first"], done["original"]["quote"]) == ("2031-01-15", done["quote"])
    assert ledger(promised) == [
        ("2031-02-16", "accepted", "first", None, right, None),
        ("2031-04-01", "accepted", "slipped", 44, late, right),
    ]
    listed = {one["fact"]: one for one in promised.run("ada", "fact", "list", CASE, "--json").good().lines}
    assert [(listed[one]["corrects"], listed[one]["corrected_by"]) for one in (early, right)] == [
        (None, right),
        (early, None),
    ]
    out = promised.run("ada", "fact", "list", CASE).good().out
    assert f"corrected by {right}" in out
    assert f"accepted, corrects {early}" in out
    lines = told(promised)
    assert f"fix date planned: 2031-01-15 (fact {early}, corrected since by fact {right})" in lines
    was = "(was read as fix date planned: 2031-01-15)"
    assert f"fact {early} corrected, signed: fix date planned: 2031-02-16 {was}" in lines
    assert [line for line in lines if "SLIPS" in line] == ["the promised date SLIPS by 44 days"]
    _archived(promised, early, right)


def _archived(lab: Lab, early: int, right: int) -> None:
    """The archive shows both facts, the signed event and the reason; nothing of it stands in clear in the store."""
    whole(lab, CASE)
    with tarfile.open(f"{lab.place}/{CASE}.tar") as tar:
        case, events = (tar.extractfile(name) for name in ("case.json", "events.jsonl"))
        assert case is not None
        assert events is not None
        facts = {one["fact"]: one for one in json.load(case)["facts"]}
        (event,) = [line for line in map(json.loads, events) if line["record"]["kind"] == "fact_corrected"]
    assert (facts[early]["corrected_by"], facts[right]["corrects"]) == (right, early)
    body = event["record"]["body"]
    assert (body["by"], body["corrects"], body["fact"]) == ("person", early, right)
    assert event["signature"].startswith("-----BEGIN PGP SIGNATURE-----")
    assert event["opening"] is not None
    assert REASON.encode() not in lab.database.read_bytes()


def test_a_correction_of_a_correction_and_one_of_a_proposal(promised: Lab) -> None:
    early, late = numbers(promised, "fix_date")
    first = correct(promised, early, "--first", "2031-02-16")["fact"]
    with unchanged(promised):
        promised.run("ada", "fact", "correct", str(early), "--first", "2031-02-17").refused(f"fact correct {first}")
        promised.run("ada", "fact", "accept", str(early)).refused("corrected already")
    again = correct(promised, first, "--first", "2031-04-01", "--status", "tentative")["fact"]
    assert ledger(promised) == [
        ("2031-04-01", "accepted", "first", None, again, None),
        ("2031-04-01", "accepted", "reaffirmed", 0, late, again),
    ]
    mail = clear_mail("We released the fix on 1 May 2025.\r\n", f"about {CASE}", "somebody@elsewhere.example")
    promised.run(None, "ingest", promised.write("3.eml", mail)).good(3)
    (held,) = promised.run("ada", "pen", "list", "--json").good().lines
    (waiting,) = promised.rows(f"SELECT id FROM fact WHERE message = {held['pen']} AND kind = 'fix_date'")
    number = str(waiting[0])
    with unchanged(promised):
        promised.run("ada", "fact", "correct", number, "--status", "planned").refused("waits in the holding pen")
    promised.run("ada", "pen", "file", str(held["pen"]), CASE).good()
    assert ledger(promised)[-1][:3] == ("2025-05-01", "proposed", "kept")
    assert {one["state"] for one in shown(promised)["promises"]} == {"accepted"}
    assert any("not believed; would be: kept" in line for line in told(promised))
    assert "would be: kept" in promised.run("ada", "case", "show", CASE).good().out
    assert shown(promised)["participants"][0]["vfd"] == "Vfd"
    correct(promised, int(number), "--status", "released", "--first", "2025-05-02")
    assert shown(promised)["participants"][0]["vfd"] == "VFd"
    assert ledger(promised)[-1][:3] == ("2025-05-02", "accepted", "kept")
    whole(promised, CASE)


def test_what_followed_from_it_counts_no_more(promised: Lab) -> None:
    """The number is forgotten and the right one learned; a state that rests on it is named."""
    (ticket,) = numbers(promised, "ticket")
    before = promised.rows("SELECT number_mac FROM ticket")
    correct(promised, ticket, "--id", "EXV-99")
    after = promised.rows("SELECT number_mac FROM ticket")
    assert len(after) == len(before) == 1
    assert after != before
    early, late = numbers(promised, "fix_date")
    correct(promised, early, "--status", "tentative")
    assert shown(promised)["unsupported"] == []  # the second promise carries the state too
    correct(promised, late, "--status", "tentative")
    (left,) = shown(promised)["unsupported"]
    assert (left["rm"], left["without"]["rm"], left["messages"], left["corrected"]) == (
        "ACCEPTED",
        "VALID",
        [],
        [early],
    )
    said = promised.run("ada", "case", "show", CASE).good().out
    assert f"ACCEPTED Vfd rests on fact {early}, which was corrected; without it: VALID Vfd" in said
    whole(promised, CASE)


def test_reading_again_brings_nothing_back_and_takes_nothing_away(promised: Lab) -> None:
    early, _ = numbers(promised, "fix_date")
    asyncio.run(_misread(promised, early, date(2031, 1, 16)))
    wrong = correct(promised, early, "--first", "2031-01-15")["fact"]
    before = shown(promised)["facts"]
    promised.run(None, "reprocess", "--case", CASE, "--json").good()
    after = shown(promised)["facts"]
    assert after == before  # this version reads what the person said: the person's fact stays the person's
    correct(promised, wrong, "--first", "2031-01-20")
    with unchanged(promised):
        again = promised.run(None, "reprocess", "--case", CASE, "--json").good().lines
        assert [(one["facts_added"], one["facts_dropped"]) for one in again] == [([], []), ([], [])]


def test_two_facts_do_not_say_the_same_of_the_same_words(promised: Lab) -> None:
    early, _ = numbers(promised, "fix_date")
    twin = asyncio.run(_read_twice(promised, early))
    with unchanged(promised):
        promised.run("ada", "fact", "correct", str(twin), "--first", "2031-01-15").refused(f"fact reject {twin}")


async def _read_twice(lab: Lab, row: int) -> int:
    async with daemon_desk(load(lab.config)) as desk, desk.store.write() as tx:
        record = await tx.facts.get(row)
        assert isinstance(record.fact.value, DatePromise)
        value = replace(record.fact.value, first=date(2031, 1, 14), last=date(2031, 1, 14))
        (twin,) = await tx.facts.add(record.message, 1, [replace(record.fact, value=value)], await tx.cases.scope(1))
        return twin.row


async def _misread(lab: Lab, row: int, day: date) -> None:
    """Let a fact have been read otherwise, as by an older version."""
    async with daemon_desk(load(lab.config)) as desk, desk.store.write() as tx:
        record = await tx.facts.get(row)
        assert isinstance(record.fact.value, DatePromise)
        value = replace(record.fact.value, first=day, last=day)
        await tx.facts.rewrite(row, replace(record.fact, value=value), await tx.cases.scope(1))


def test_a_correction_goes_along_with_its_mail(promised: Lab) -> None:
    early, _ = numbers(promised, "fix_date")
    right = correct(promised, early, "--first", "2031-02-16")["fact"]
    (mail,) = promised.rows(f"SELECT message FROM fact WHERE id = {early}")[0]
    promised.run("ada", "pen", "file", str(mail), OTHER, "--also").good()
    there = {one["first"]: one for one in shown(promised, OTHER)["facts"] if one["kind"] == "fix_date"}
    assert (there["2031-01-15"]["state"], there["2031-02-16"]["state"]) == ("corrected", "proposed")
    assert there["2031-02-16"]["corrects"] == there["2031-01-15"]["fact"] != early
    assert ledger(promised, OTHER)[0][:3] == ("2031-02-16", "proposed", "first")
    with unchanged(promised):
        promised.run(None, "reprocess", str(mail)).good()
    whole(promised, CASE, OTHER)
    (other,) = [one for (one,) in promised.rows(f"SELECT id FROM message WHERE id > {mail}")]
    late = correct(promised, numbers(promised, "fix_date")[-1], "--first", "2031-05-01")
    move(promised, CASE, str(other), OTHER)
    moved = {one["fact"]: one["state"] for one in shown(promised, OTHER)["facts"]}
    assert (moved[late["fact"]], moved[late["original"]["fact"]]) == ("proposed", "corrected")
    assert [one[:2] for one in ledger(promised)] == [("2031-02-16", "accepted")]
    promised.run("ada", "fact", "accept", str(late["fact"])).good()
    whole(promised, CASE, OTHER)
    assert right in [one["fact"] for one in shown(promised)["facts"]]


def test_what_cannot_be_corrected_is_refused_in_one_line(promised: Lab) -> None:
    early, _ = map(str, numbers(promised, "fix_date"))
    with unchanged(promised):
        for words, said in (
            (("999", "--first", "2031-01-01"), "there is no such fact"),
            ((early,), "nothing is said to be wrong"),
            ((early, "--verdict", "confirmed"), "does not have it"),
            ((early, "--kind", "love"), "none of the kinds"),
            ((early, "--first", "31.1.2031"), "not a day"),
            ((early, "--first", "2031-01-15"), "what it says already"),
            ((early, "--first", "2031-01-20", "--reason-file", "/nowhere"), "there is no file"),
        ):
            promised.run("ada", "fact", "correct", *words).refused(said)
        promised.run(
            "ada", "fact", "correct", early, "--first", "2031-01-20", "--reason-file", "-", stdin=b" "
        ).refused("the reason is empty")
    promised.run("ada", "case", "close", CASE, "--yes").good()
    with unchanged(promised):
        promised.run("ada", "fact", "correct", early, "--first", "2031-01-20").refused("the case is closed")
    promised.run("ada", "case", "erase", CASE, "--yes", "--reason-file", f"{promised.place}/reason").good(3)
    promised.run("ben", "case", "erase", CASE, "--yes", "--reason-file", f"{promised.place}/reason").good()
    with unchanged(promised):
        promised.run("ada", "fact", "correct", early, "--first", "2031-01-20").refused("the case is erased")


def test_tampering_with_a_correction_is_noticed(promised: Lab) -> None:
    early, late = numbers(promised, "fix_date")
    right = correct(promised, early, "--first", "2031-02-16")["fact"]
    with sqlite3.connect(promised.database) as connection:
        connection.execute("UPDATE fact SET corrects = ? WHERE id = ?", (late, right))
    connection.close()
    found = promised.run("ben", "ledger", "verify", "--json").good(1).json
    assert found["problems"] == [f"fact {right}: the ledger does not tell that it corrects fact {late}"]
