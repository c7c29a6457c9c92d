"""Mails that belong elsewhere: ``pen file --also``, ``pen restore``, ``case move``, ``case split``, ``case merge``.

One lab for all of them: the report of the first case was sent and answered (acknowledged, ticket, a date promised); a
second case is open for the same vendor.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cli.lab import CANARY, CASE, FINDING, VENDOR, Lab, clear_mail, copied, quiet, unchanged

YEAR = datetime.now().year
OTHER = f"CVD-{YEAR}-0002"
THIRD = f"CVD-{YEAR}-0003"
PEN = "3"  # 1 is the report, and our copy of it the same; 2 is the answer
REPLY = """Hello,

thank you for your report. We have opened the ticket EXV-20417 for it.
We can confirm the vulnerability. We plan to release the fix on 15 January 2031.
"""
BOTH = "About both of your reports: we plan to release the fix on 1 March 2031.\r\n"
SECOND = FINDING.replace("Overflow in the frame parser", "Race in the scheduler").replace(CANARY, "two at once")


@pytest.fixture(scope="module")
def answered_lab(queued_lab: Lab) -> Iterator[Lab]:
    with copied(queued_lab) as lab:
        report = lab.sent()
        lab.run(None, "ingest", lab.write("1.eml", lab.vendor_mail(REPLY, report, 1))).good()
        lab.run("ada", "case", "new", lab.write("second.md", SECOND)).good()
        lab.run(None, "ingest", lab.write("2.eml", clear_mail(BOTH, "both", "somebody@vendor.example"))).good(3)
        quiet(lab)
        yield lab


@pytest.fixture
def answered(answered_lab: Lab) -> Iterator[Lab]:
    with copied(answered_lab) as copy:
        yield copy


def shown(lab: Lab, case: str = CASE, *options: str) -> Any:
    return lab.run("ada", "case", "show", case, "--json", *options).good().json


def inbound(lab: Lab, case: str) -> list[int]:
    return [one["number"] for one in shown(lab, case)["messages"] if one["direction"] == "inbound"]


def facts(lab: Lab, case: str) -> dict[str, str]:
    return {one["kind"]: one["state"] for one in shown(lab, case)["facts"]}


def believe(lab: Lab, case: str, *kinds: str) -> None:
    for fact in shown(lab, case)["facts"]:
        if fact["kind"] in kinds and fact["state"] == "proposed":
            lab.run("ada", "fact", "accept", str(fact["fact"])).good()


def move(lab: Lab, *words: str, code: int = 0) -> Any:
    return lab.run("ada", "case", "move", *words, "--reason-file", f"{lab.place}/reason", "--json").good(code).json


def whole(lab: Lab, *cases: str) -> None:
    """Insist that ledger and states fit, and that the archive of every case can be checked by an outsider."""
    found = lab.run("ben", "ledger", "verify", "--json").good().json
    assert found["ok"] is True, found["problems"]
    for case in cases:
        path = f"{lab.place}/{case}.tar"
        Path(path).unlink(missing_ok=True)
        lab.run("ben", "export", case, "--clear", "--yes", "--output", path).good()
        checked = lab.run(None, "verify", path, "--signer", str(lab.keys["ben"]), "--json").good().json
        assert checked["ok"] is True, checked["problems"]


def erased(lab: Lab, case: str) -> None:
    for who, code in (("ada", 3), ("ben", 0)):
        lab.run(who, "case", "erase", case, "--yes", "--reason-file", f"{lab.place}/reason").good(code)


def next_reply(lab: Lab, name: str, text: str, **fields: str) -> Any:
    raw = clear_mail(text, name, VENDOR, **fields)
    return lab.run(None, "ingest", lab.write(f"{name}.eml", raw), "--json").json


# --- one mail, several cases ------------------------------------------------------------------------------------------


def test_a_mail_of_two_cases_is_read_by_each_and_destroyed_with_the_last(answered: Lab) -> None:
    (mail,) = [one["pen"] for one in answered.run("ada", "pen", "list", "--json").good().lines]
    number = str(mail)
    answered.run("ada", "pen", "file", number, CASE).good()
    with unchanged(answered):
        answered.run("ada", "pen", "file", number, OTHER).refused(f"filed to {CASE}", "--also")
        answered.run("ada", "pen", "file", number, CASE, "--also").refused("it is filed to", "already")
    assert answered.run("ada", "pen", "file", number, OTHER, "--also", "--json").good().json["case"] == OTHER
    (again,) = [one for one in shown(answered, OTHER)["facts"] if one["kind"] == "fix_date"]
    (first,) = [one for one in shown(answered)["facts"] if one["message"] == mail and one["kind"] == "fix_date"]
    assert (again["state"], again["quote"]) == ("proposed", first["quote"])
    assert again["fact"] != first["fact"]
    answered.run("ada", "fact", "accept", str(again["fact"])).good()
    assert [one["first"] for one in shown(answered, OTHER)["promises"]] == ["2031-03-01"]
    assert {one["state"] for one in shown(answered)["facts"] if one["message"] == mail} == {"proposed"}
    assert [one["case"] for one in answered.run("ada", "pen", "show", number, "--json").good().json["filings"]] == [
        CASE,
        OTHER,
    ]
    whole(answered)
    # The case whose key stands in the value's own row goes first: the other must not lose the mail with it.
    erased(answered, CASE)
    assert "both of your reports" in answered.run("ada", "pen", "show", number).good().out
    assert [one["text"] for one in shown(answered, OTHER)["messages"]] == [BOTH.strip()]
    gone = shown(answered)
    assert ({one["text"] for one in gone["messages"]}, gone["facts"]) == ({None}, [])
    erased(answered, OTHER)
    assert "both of your reports" not in str(shown(answered, OTHER))
    answered.run("ada", "pen", "show", number).refused("it was erased")
    assert answered.rows("SELECT count(*) FROM blob WHERE owner_table = 'message' AND sealed IS NOT NULL") == [(0,)]
    assert answered.rows("SELECT count(*) FROM blob_key WHERE wrapped_key IS NOT NULL") == [(0,)]


def test_erasing_the_case_it_was_filed_to_later_leaves_the_first(answered: Lab) -> None:
    answered.run("ada", "pen", "file", PEN, OTHER).good()
    answered.run("ada", "pen", "file", PEN, CASE, "--also").good()
    erased(answered, CASE)
    assert [one["text"] for one in shown(answered, OTHER)["messages"]] == [BOTH.strip()]
    assert answered.run("ada", "fact", "list", OTHER, "--json").good().lines != []


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_mail_moved_away_takes_its_facts_along_and_is_believed_no_longer(answered: Lab) -> None:
    (mail,) = inbound(answered, CASE)
    assert facts(answered, CASE)["fix_date"] == "accepted"
    moved = move(answered, CASE, str(mail), OTHER)
    assert (moved["from"], moved["to"]) == ({"case": CASE, "participant": 1}, {"case": OTHER, "participant": 2})
    assert len(moved["withdrawn"]) == 5
    old, new = shown(answered), shown(answered, OTHER)
    assert (inbound(answered, CASE), old["facts"], old["promises"]) == ([], [], [])
    assert {one["state"] for one in new["facts"]} == {"proposed"}
    assert new["promises"] == []
    assert [(one["promise"], one["state"]) for one in new["stated"]] == [(None, "proposed")]
    # The state it brought about is not undone in silence, and it is said what it rests on.
    assert [one["rm"] for one in old["participants"]] == ["ACCEPTED"]
    assert old["unsupported"] == [
        {"participant": 1, "rm": "ACCEPTED", "vfd": "Vfd", "without": {"rm": "START", "vfd": "vfd"}, "messages": [mail]}
    ]
    text = answered.run("ada", "case", "show", CASE).good().out
    assert f"its state ACCEPTED Vfd rests on message {mail}" in text
    told = answered.run("ada", "case", "timeline", CASE).good().out
    assert f"mail {mail} moved to {OTHER} participant 2, 5 facts no longer believed here" in told
    # What was learned from it is forgotten: its ticket leads nowhere, until it is believed in the new place.
    later = next_reply(answered, "ticket one", "EXV-20417 is fixed.", Subject="EXV-20417")
    assert [one["evidence"] for one in later["guesses"]] == [["similarity"]]  # the same people, no longer the number
    believe(answered, OTHER, "ticket", "fix_date")
    assert [one["first"] for one in shown(answered, OTHER)["promises"]] == ["2031-01-15"]
    found = next_reply(answered, "ticket two", "EXV-20417 is fixed now.", Subject="EXV-20417")
    assert [one["case"] for one in found["filings"]] == [OTHER]
    whole(answered)
    # And back again: the same filing lives on, and the facts are proposals until somebody believes them.
    assert len(move(answered, OTHER, str(mail), CASE)["withdrawn"]) == 2
    assert inbound(answered, CASE) == [mail]
    (filing,) = [one["filings"] for one in shown(answered)["messages"] if one["number"] == mail]
    assert [(one["certain"], one["evidence"]) for one in filing] == [(True, ["reply_token"])]
    assert set(facts(answered, CASE).values()) == {"proposed"}
    assert shown(answered)["unsupported"] != []
    believe(answered, CASE, "fix_date")
    assert shown(answered)["unsupported"] == []
    assert [one["first"] for one in shown(answered)["promises"]] == ["2031-01-15"]
    whole(answered, CASE, OTHER)


def test_after_a_move_only_the_new_case_can_read_the_mail(answered: Lab) -> None:
    (mail,) = inbound(answered, CASE)
    move(answered, CASE, str(mail), OTHER)
    erased(answered, OTHER)
    answered.run("ada", "pen", "show", str(mail)).refused("it was erased")
    assert shown(answered)["title"] is not None
    with unchanged(answered):
        reason = ("--reason-file", f"{answered.place}/reason")
        answered.run("ada", "case", "move", OTHER, str(mail), CASE, *reason).refused("the case is erased")
        answered.run("ada", "pen", "file", PEN, OTHER).refused("the case is erased")
        answered.run("ada", "pen", "file", str(mail), CASE, "--also").refused("it was erased with its case")


def test_a_mail_is_moved_to_another_party_of_its_case(answered: Lab) -> None:
    answered.run("ada", "participant", "add", CASE, "other.example").good()
    (mail,) = inbound(answered, CASE)
    moved = move(answered, CASE, str(mail), CASE)
    assert (moved["from"]["participant"], moved["to"]["participant"]) == (1, 3)
    (one,) = [one for one in shown(answered)["messages"] if one["number"] == mail]
    assert [filing["participant"] for filing in one["filings"]] == [3]
    assert move(answered, CASE, str(mail), CASE, "--participant", "vendor.example")["to"]["participant"] == 1
    whole(answered, CASE)


def test_a_mail_that_cannot_be_moved_is_refused_in_one_line(answered: Lab) -> None:
    reason = ("--reason-file", f"{answered.place}/reason")
    answered.run("ada", "case", "new", answered.write("third.md", SECOND.replace("two at once", "three"))).good()
    answered.run("ada", "case", "close", THIRD, "--yes").good()
    (mail,) = inbound(answered, CASE)
    number = str(mail)
    with unchanged(answered):
        refusals: list[tuple[tuple[str, ...], str]] = [
            ((CASE, "99", OTHER), "there is no such message"),
            ((CASE, "1", OTHER), "a mail of ours"),
            ((CASE, PEN, OTHER), f"it waits in the pen: cvdmail pen file {PEN}"),
            ((OTHER, number, CASE), f"not filed to {OTHER}; it is filed to {CASE}"),
            ((CASE, number, CASE), "has 0 such participants"),
            ((CASE, number, CASE, "--participant", "1"), "that is where it is"),
            ((CASE, number, THIRD), "the case is closed"),
            ((CASE, number, "CVD-2020-0001"), "there is no such case"),
            ((CASE, number, OTHER, "--participant", "nobody.example"), "0 such participants"),
            ((CASE, number, OTHER, "--from", "nobody.example"), "not filed to such a participant"),
        ]
        for words, said in refusals:
            answered.run("ada", "case", "move", *words, *reason).refused(said)
        answered.run("ada", "case", "move", CASE, number, OTHER, "--reason-file", "-").refused("the reason is empty")
        answered.run("ada", "case", "move", CASE, number, OTHER, "--reason-file", "/nowhere").refused("no file")
        answered.run("ada", "case", "split", CASE, "99").refused("there is no such message")
        answered.run("ada", "case", "split", OTHER, number).refused(f"not filed to {OTHER}")
        answered.run("ada", "case", "split", CASE, number, "--title-file", "-", stdin=b"a\nb").refused("title")
        answered.run("ada", "case", "merge", CASE, CASE).refused("into itself")
        answered.run("ada", "case", "merge", CASE, THIRD).refused("the case is closed")
        answered.run("ada", "case", "merge", THIRD, CASE).refused("the case is closed")
        answered.run("ada", "case", "merge", "--undo", CASE).refused("was not merged")
        for wrong in (("merge", CASE), ("merge", CASE, OTHER, "--undo"), ("move", CASE, number), ("split", CASE)):
            assert answered.run("ada", "case", *wrong).code == 2


def test_a_case_with_a_mail_on_its_way_is_not_merged(queued: Lab) -> None:
    queued.run("ada", "case", "new", queued.write("second.md", SECOND)).good()
    with unchanged(queued):
        queued.run("ada", "case", "merge", CASE, OTHER).refused("on their way", "cvdmail status")


# --- splitting and merging --------------------------------------------------------------------------------------------


def test_a_case_is_split_and_merged_back(answered: Lab) -> None:
    (mail,) = inbound(answered, CASE)
    title = answered.write("title", "Another matter\n")
    done = answered.run("ada", "case", "split", CASE, str(mail), "--title-file", title, "--json").good().json
    assert (done["case"], done["split_from"], done["messages"]) == (THIRD, CASE, [mail])
    assert [one["vendor"] for one in done["participants"]] == ["vendor.example"]
    new = shown(answered, THIRD)
    assert (new["title"], {one["state"] for one in new["facts"]}) == ("Another matter", {"proposed"})
    assert [(one["case"], one["kind"], one["other"]) for one in new["links"]] == [(THIRD, "split_from", CASE)]
    assert f"{THIRD} was split from {CASE}" in answered.run("ada", "case", "show", CASE).good().out
    whole(answered)
    back = answered.run("ada", "case", "merge", THIRD, CASE, "--json").good().json
    assert (back["messages"], back["participants"]) == ([mail], [])
    assert inbound(answered, CASE) == [mail]
    assert set(facts(answered, CASE).values()) == {"proposed"}
    whole(answered, CASE, THIRD)


def test_a_merged_case_gives_everything_and_its_later_mail_to_the_other(answered: Lab) -> None:
    answered.run("ada", "participant", "add", CASE, "cert.example", "--role", "coordinator").good()
    report = shown(answered)["messages"][0]
    done = answered.run("ada", "case", "merge", CASE, OTHER, "--json").good().json
    assert (done["into"], len(done["messages"]), len(done["participants"])) == (OTHER, 2, 1)
    assert done["unsent_drafts"] == [3]
    merged, into = shown(answered), shown(answered, OTHER)
    assert (merged["messages"], merged["facts"], merged["promises"]) == ([], [], [])
    assert [one["direction"] for one in into["messages"]] == ["outbound", "inbound"]
    # It is the same matter: what was believed stays believed, in the chain of the case that has it now.
    assert set(facts(answered, OTHER).values()) == {"accepted"}
    assert [one["first"] for one in into["promises"]] == ["2031-01-15"]
    assert [one["rm"] for one in into["participants"]] == ["ACCEPTED", "START"]
    assert CASE not in {one["case"] for one in answered.run("ada", "case", "list", "--json").good().lines}
    assert f"{CASE} was merged into {OTHER}" in answered.run("ada", "case", "show", CASE).good().out
    with unchanged(answered):
        answered.run("ada", "case", "merge", OTHER, CASE).refused(f"it was merged into {OTHER}")
        answered.run("ada", "pen", "file", PEN, CASE).refused(f"name {OTHER}")
        # The merged case is closed, and its words are as secret as before.
        words = ("pen", "answer", PEN, "--yes", "--file", "-")
        answered.run("ada", *words, stdin=b"about the overflow in the frame parser").refused("it holds")
    # Everything that used to lead to the merged case leads to the other one now.
    for name, fields in (
        ("by id", {"In-Reply-To": f"<{report['message_id']}>"}),
        ("by ticket", {"Subject": "EXV-20417"}),
        ("by case", {"Subject": f"about {CASE}"}),
    ):
        found = next_reply(answered, name, f"we look at it, {name}.", **fields)
        assert [(one["case"], one["participant"]) for one in found["filings"]] == [(OTHER, 2)], name
    whole(answered, CASE)
    undone = answered.run("ada", "case", "merge", "--undo", CASE, "--json").good().json
    assert (undone["undone"], undone["messages"]) == (True, done["messages"])
    assert facts(answered, CASE) == {one["kind"]: "accepted" for one in into["facts"]}
    assert [one["first"] for one in shown(answered)["promises"]] == ["2031-01-15"]
    assert shown(answered)["unsupported"] == []
    left = shown(answered, OTHER)
    assert len(left["messages"]) == 3  # what came since stays where it was filed
    assert [one["without"]["rm"] for one in left["unsupported"]] == ["START"]
    assert [one["participant"] for one in answered.run("ada", "case", "list", "--json").good().lines[0]["participants"]]
    found = next_reply(answered, "again", "we look at it.", **{"In-Reply-To": f"<{report['message_id']}>"})
    assert [one["case"] for one in found["filings"]] == [CASE]
    whole(answered, CASE, OTHER)


def test_a_mail_that_both_cases_have_survives_their_merge_and_its_undoing(answered: Lab) -> None:
    answered.run("ada", "pen", "file", PEN, CASE).good()
    answered.run("ada", "pen", "file", PEN, OTHER, "--also").good()
    believe(answered, CASE, "fix_date")
    assert inbound(answered, OTHER) == [int(PEN)]
    answered.run("ada", "case", "merge", CASE, OTHER).good()
    assert inbound(answered, OTHER) == [2, int(PEN)]
    assert [one["first"] for one in shown(answered, OTHER)["promises"]] == ["2031-01-15", "2031-03-01"]
    answered.run("ada", "case", "merge", "--undo", CASE).good()
    assert (inbound(answered, CASE), inbound(answered, OTHER)) == ([2, int(PEN)], [int(PEN)])
    whole(answered, CASE, OTHER)
    erased(answered, OTHER)
    assert BOTH.strip() in [one["text"] for one in shown(answered)["messages"]]


def test_a_chain_of_merges_is_followed_and_undone_from_its_end(answered: Lab) -> None:
    answered.run("ada", "case", "new", answered.write("third.md", SECOND.replace("two at once", "three"))).good()
    answered.run("ada", "case", "merge", CASE, OTHER).good()
    answered.run("ada", "case", "merge", OTHER, THIRD).good()
    found = next_reply(answered, "later", "we look at it.", Subject=f"about {CASE}")
    assert [one["case"] for one in found["filings"]] == [THIRD]
    with unchanged(answered):
        answered.run("ada", "case", "merge", "--undo", CASE).refused(f"{OTHER}: it was merged into {THIRD}")
    answered.run("ada", "case", "merge", "--undo", OTHER).good()
    answered.run("ada", "case", "merge", "--undo", CASE).good()
    assert facts(answered, CASE)["fix_date"] == "accepted"
    whole(answered)


# --- the pen ----------------------------------------------------------------------------------------------------------


def test_a_discarded_mail_is_put_back(answered: Lab) -> None:
    with unchanged(answered):
        answered.run("ada", "pen", "restore", PEN).refused("it was not discarded, it is held")
        answered.run("ada", "pen", "restore", "99").refused("there is no such message")
    answered.run("ada", "pen", "discard", PEN, "--yes", "--reason-file", f"{answered.place}/reason").good()
    assert f"next: cvdmail pen restore {PEN}" in answered.run("ada", "pen", "show", PEN).good().out
    with unchanged(answered):
        answered.run("ada", "pen", "file", PEN, CASE).refused(f"cvdmail pen restore {PEN}")
    assert answered.run("ada", "pen", "restore", PEN, "--json").good().json == {"pen": int(PEN), "state": "held"}
    answered.run("ada", "pen", "file", PEN, CASE).good()
    whole(answered, CASE)
