"""``reprocess``, ``ingest`` and the evidence: old mail read again, mail from files, and why a mail is where it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cli.lab import CASE, MAILBOX, VENDOR, Lab, clear_mail, copied, quiet, unchanged
from cvdmail.config import load
from cvdmail.core.compose import Headers, inner, outer
from cvdmail.core.extract.facts import FactKind, Identifier
from cvdmail.core.ids import Address, Fingerprint, MessageId
from cvdmail.core.mail import MAX_MAIL, Mail
from cvdmail.core.records import FactState
from cvdmail.wiring import daemon_desk
from cvdmail.work.receive import ingest

REPLY = """Hello,

thank you for your report. We have opened the ticket EXV-20417 for it.
We plan to release the fix on 15 January 2031.
"""
HOST = "mx.lab.example"


@pytest.fixture(scope="module")
def strange_lab(queued_lab: Lab) -> Iterator[Lab]:
    """The report is sent; one answer is encrypted to an old key that we do not have, one signed by a new key."""
    with copied(queued_lab) as lab:
        lab.edit('authserv_id = ""', f'authserv_id = "{HOST}"')
        report = lab.sent()
        home = lab.home("vendor")
        old, new = home.key(f"Old mailbox <{MAILBOX}>"), home.key(f"New key <{VENDOR}>")
        lab.write("new.asc", home.public(new))
        lab.write("old.secret", home.gpg("--export-secret-keys", str(old)))
        unread = answer(lab, report, REPLY, 1, to=old, by=lab.keys["vendor"])
        doubtful = answer(lab, report, REPLY.replace("20417", "20418"), 2, to=lab.keys["daemon"], by=new)
        lab.run(None, "ingest", lab.write("1.eml", unread), "--json").good(3)
        lab.run(None, "ingest", lab.write("2.eml", doubtful), "--json").good()
        quiet(lab)
        yield lab


def answer(lab: Lab, report: Mail, text: str, number: int, to: Fingerprint, by: Fingerprint) -> bytes:
    reply_to = Address.parse(report.root.first("reply-to") or "")
    headers = Headers(
        sender=Address.parse(VENDOR), sender_name="PSIRT", to=(reply_to,), cc=(), reply_to=Address.parse(VENDOR),
        date=report.date or pytest.fail("no date"), message_id=MessageId(f"strange-{number}@vendor.example"),
        outer_subject="...", subject="Re: report", references=(),
    )  # fmt: skip
    sealed = lab.home("vendor").message(inner(headers, text, (), f"{number:020d}"), [to], [by])
    return outer(headers, sealed, f"{number + 7:020d}")


UNREAD, DOUBTFUL = 2, 3  # 1 is the report, and our copy of it the same


@pytest.fixture
def strange(strange_lab: Lab) -> Iterator[Lab]:
    with copied(strange_lab) as copy:
        yield copy


def again(lab: Lab, *words: str, code: int = 0) -> list[Any]:
    return lab.run(None, "reprocess", *words, "--json").good(code).lines


def why(lab: Lab, number: int) -> Any:
    messages = lab.run("ada", "case", "show", CASE, "--why", "--json").good().json["messages"]
    (found,) = [one["why"] for one in messages if one["number"] == number]
    return found


def verdicts(lab: Lab) -> int:
    return int(lab.rows("SELECT count(*) FROM verdict")[0][0])


def test_a_mail_that_could_not_be_decrypted_is_filed_once_the_key_is_there(strange: Lab) -> None:
    (held,) = strange.run("ada", "pen", "list", "--json").good().lines
    assert (held["pen"], held["why"]) == (UNREAD, "it is not encrypted to our key")
    assert f"cvdmail reprocess {UNREAD}" in strange.run("ada", "pen", "show", str(UNREAD)).good().out
    with unchanged(strange):
        (still,) = again(strange, "--pen", code=3)
        assert (still["changed"], still["state"], still["needs_person"]) == (False, "held", True)
    strange.home("daemon").gpg("--import", data=(strange.place / "old.secret").read_bytes())
    (done,) = again(strange, "--pen")
    assert (done["before"], done["state"], done["changed"]) == ("held", "filed", True)
    assert (done["trust"], done["signature"]["state"]) == ("verified", "good")
    assert [(one["case"], one["certain"], one["evidence"]) for one in done["filings"]] == [
        (CASE, True, ["reply_token"])
    ]
    assert {one["state"] for one in done["facts"]} == {"accepted"}
    assert "15 January 2031" in done["text"]
    found = why(strange, UNREAD)
    assert [(one["state"], one["words"]) for one in found["earlier"]] == [("held", "it is not encrypted to our key")]
    with unchanged(strange):
        (same,) = again(strange, str(UNREAD))
        assert (same["changed"], same["facts_added"], same["facts_dropped"]) == (False, [], [])
    assert strange.run("ben", "ledger", "verify", "--json").good().json["ok"] is True
    # What was thought of it before went under the case's key with it.
    scopes = "SELECT s.kind FROM blob b JOIN scope_key s ON s.id = b.scope WHERE b.owner_table = 'verdict'"
    assert strange.rows(scopes) == [("case",)]


def test_pinning_the_key_lets_policy_believe_and_keeps_what_a_person_decided(strange: Lab) -> None:
    before = why(strange, DOUBTFUL)
    assert (before["trust"]["state"], before["signature"]["state"]) == ("unauthenticated", "unknown_key")
    assert before["rule"] == "certain match, unauthenticated sender: filed, facts stay proposed"
    facts = {one["kind"]: one for one in strange.run("ada", "fact", "list", CASE, "--json").good().lines}
    strange.run("ada", "fact", "reject", str(facts["ticket"]["fact"])).good()
    pin = ("key", "pin", f"{strange.place}/new.asc", "--contact", VENDOR, "--yes")
    strange.run("ada", *pin).good()
    (done,) = again(strange, "--case", CASE)
    assert (done["number"], done["trust"], done["changed"]) == (DOUBTFUL, "verified", True)
    assert (done["facts_added"], done["facts_dropped"]) == ([], [])
    states = {one["kind"]: (one["fact"], one["state"]) for one in done["facts"]}
    assert states["ticket"] == (facts["ticket"]["fact"], "rejected")
    assert states["fix_date"] == (facts["fix_date"]["fact"], "accepted")
    after = why(strange, DOUBTFUL)
    assert after["rule"] == "certain match, verified sender: filed, facts accepted as policy says"
    assert [(one["trust"], one["signature"], one["rule"]) for one in after["earlier"]] == [
        ("unauthenticated", "unknown_key", before["rule"])
    ]
    told = strange.run("ada", "case", "show", CASE, "--why").good().out
    assert f"why message {DOUBTFUL}" in told
    assert "clue: " + CASE + " participant 1, reply_token, certain" in told
    assert "unauthenticated, signature unknown_key" in told
    count = verdicts(strange)
    with unchanged(strange):
        again(strange, "--all", code=3)
    assert verdicts(strange) == count


def test_a_new_version_adds_and_drops_proposals_and_touches_no_decision(strange: Lab) -> None:
    """What an older version read and this one does not: a proposal goes, what was accepted stays."""
    wrong, believed, missed = asyncio.run(_as_an_older_version(strange))
    (done,) = again(strange, str(DOUBTFUL))
    assert (done["facts_dropped"], len(done["facts_added"])) == ([wrong], 1)
    states = {one["fact"]: (one["kind"], one["state"]) for one in done["facts"]}
    assert wrong not in states
    assert missed not in states
    assert states[believed] == ("cve", "accepted")
    assert states[done["facts_added"][0]] == ("fix_date", "proposed")
    with unchanged(strange):
        assert again(strange, str(DOUBTFUL))[0]["changed"] is False
    assert verdicts(strange) == 1


async def _as_an_older_version(lab: Lab) -> tuple[int, int, int]:
    async with daemon_desk(load(lab.config)) as desk, desk.store.write() as tx:
        facts = {one.fact.kind: one for one in await tx.facts.select(messages=[DOUBTFUL])}
        (ticket, missed) = facts[FactKind.TICKET], facts[FactKind.FIX_DATE]
        odd = [replace(ticket.fact, kind=FactKind.CVE, value=Identifier(f"CVE-2026-{n}")) for n in (11111, 22222)]
        scope = await tx.cases.scope(1)
        first, second = await tx.facts.add(DOUBTFUL, 1, odd, scope)
        await tx.facts.set_state(second.row, FactState.ACCEPTED)
        await tx.facts.drop([missed.row])
        return first.row, second.row, missed.row


def test_a_mail_that_a_person_filed_stays_there(strange: Lab) -> None:
    strange.run("ada", "case", "new", strange.write("b.md", FINDING_OF_OTHERS)).good()
    strange.run("ada", "pen", "file", str(UNREAD), "CVD-" + CASE[4:8] + "-0002").good()
    strange.home("daemon").gpg("--import", data=(strange.place / "old.secret").read_bytes())
    (done,) = again(strange, str(UNREAD))
    assert (done["changed"], done["doubt"], done["needs_person"]) == (True, None, False)
    assert [one["participant"] for one in done["filings"]] == [2]
    assert {one["state"] for one in done["facts"]} == {"proposed"}
    assert strange.run("ben", "ledger", "verify", "--json").good().json["ok"] is True


FINDING_OF_OTHERS = """---
title: Another matter
product: Otherlib
vendor: other.example
affected: 1.0
impact: A frame runs code
severity: high
origin: engineer
---

## Reproduction

Send it twice.
"""


def test_what_is_not_read_again_is_refused_in_one_line(strange: Lab) -> None:
    strange.run("ada", "pen", "discard", str(UNREAD), "--yes", "--reason-file", f"{strange.place}/reason").good()
    with unchanged(strange):
        for words, said in (
            (("1",), "a mail of ours"),
            ((str(UNREAD),), f"cvdmail pen restore {UNREAD}"),
            (("99",), "there is no such message"),
            (("--case", "CVD-2020-0001"), "there is no such case"),
            (("--case", "x"), "CVD-"),
        ):
            strange.run(None, "reprocess", *words).refused(said)
        assert strange.run(None, "reprocess").code == 2
        assert strange.run(None, "reprocess", "--pen").good().out == "0 read again, 0 changed, 0 need a person\n"


def test_a_mail_that_waits_is_explained_with_the_command_to_type_next(strange: Lab) -> None:
    above = f"Authentication-Results: {HOST}; dmarc=fail header.from=vendor.example\r\n".encode()
    raw = above + clear_mail("We look at it.", f"about {CASE}", VENDOR)
    held = strange.run(None, "ingest", strange.write("3.eml", raw), "--json").good(3).json
    number = str(held["pen"])
    shape = strange.run("ada", "pen", "show", number, "--json").good().json
    reasons = shape["reasons"]
    assert [(one["case"], one["evidence"], one["certain"]) for one in reasons["clues"]] == [(CASE, "case_id", True)]
    assert (reasons["match"], reasons["verdict"], reasons["trust"]["authentication"]) == ("certain", "held", "fail")
    assert reasons["rule"] == "certain match, suspicious sender: held"
    assert shape["next"][0] == f"cvdmail pen file {number} {CASE}"
    out = strange.run("ada", "pen", "show", number).good().out
    for words in ("forged", "our mail host about the sender's domain: fail", f"next: cvdmail pen file {number} {CASE}"):
        assert words in out
    listed = strange.run("ada", "pen", "list", "--why").good().out
    assert f"pen {number}: {VENDOR}, about {CASE}\n" in listed
    assert f"  guess 1: {CASE} participant 1 (vendor.example) by case_id, certain\n" in listed
    strange.run("ada", "pen", "file", number, CASE).good()
    filed = why(strange, int(number))["filed"]
    assert [(one["case"], one["by"], one["evidence"]) for one in filed] == [(CASE, str(strange.keys["ada"]), None)]
    assert f"filed to {CASE} participant 1 by Ada" in strange.run("ada", "case", "show", CASE, "--why").good().out


# --- ingest -----------------------------------------------------------------------------------------------------------


def test_ingest_takes_what_it_can_read_and_names_the_rest(strange: Lab) -> None:
    folder = strange.place / "mails"
    folder.mkdir()
    (folder / "a.eml").write_bytes(clear_mail("one", "one"))
    with (folder / "b.eml").open("wb") as file:
        file.truncate(MAX_MAIL + 1)
    (folder / "c.eml").write_bytes(clear_mail("two", "two"))
    outcome = strange.run(None, "ingest", str(folder), "--json")
    assert outcome.refused("b.eml", "larger than", code=1)
    assert [one["message"]["subject"] for one in outcome.lines] == ["one", "two"]
    (folder / "b.eml").unlink()
    assert [one["state"] for one in strange.run(None, "ingest", str(folder), "--json").good().lines] == [
        "duplicate",
        "duplicate",
    ]
    (strange.place / "nothing").mkdir()
    assert "there is no mail" in strange.run(None, "ingest", f"{strange.place}/nothing").good().out


def test_ingest_goes_on_where_it_was_interrupted(strange: Lab) -> None:
    """Committed, and then the power failed before anything looked at it: the second run settles it, once."""
    raw = clear_mail("three", "three")
    asyncio.run(_committed(strange, raw))
    path = strange.write("3.eml", raw)
    assert strange.run(None, "ingest", path, "--json").good(3).json["state"] == "held"
    assert strange.run(None, "ingest", path, "--json").good().json["state"] == "duplicate"


async def _committed(lab: Lab, raw: bytes) -> None:
    async with daemon_desk(load(lab.config)) as desk:
        await ingest(desk, [raw])
