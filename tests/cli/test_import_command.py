"""``import`` as a person runs it."""

from __future__ import annotations

import mailbox

import pytest

from cli.lab import ADA, MAILBOX, VENDOR, Lab, clear_mail, unchanged

REPORT = clear_mail("frame_parse() leaks", "Leak in frame_parse()", ADA, To=VENDOR, Message_ID="<r@lab.example>")
ANSWER = clear_mail(
    "thanks", "Re: Leak in frame_parse()", VENDOR, To=ADA, Message_ID="<a@v.example>", In_Reply_To="<r@lab.example>"
)
NOISE = clear_mail("cheap", "Buy now", "x@spam.example", Message_ID="<s@x.example>")


def filled(lab: Lab) -> list[str]:
    """Both sides, in two boxes of two kinds."""
    folder = mailbox.Maildir(f"{lab.place}/maildir")
    folder.add(ANSWER)
    folder.add(NOISE)
    sent = mailbox.mbox(f"{lab.place}/sent.mbox")
    sent.add(REPORT)
    sent.close()
    return [f"{lab.place}/maildir", f"{lab.place}/sent.mbox"]


@pytest.mark.parametrize(
    "own", [["--own", ADA], ["--own", "ben@lab.example", "--own", ADA], ["--own", "x@y.example", ADA]]
)
def test_both_sides_become_a_case(lab: Lab, own: list[str]) -> None:
    """Addresses may follow one --own, or have one each; the output is in the order in which the mails were written."""
    done = lab.run(None, "import", *filled(lab), *own, "--json")
    assert done.code == 3, done
    assert {one["message_id"]: (one["direction"], one["state"]) for one in done.lines} == {
        "r@lab.example": ("outbound", "filed"),
        "a@v.example": ("inbound", "filed"),
        "s@x.example": ("inbound", "held"),
    }
    ids = [one["message_id"] for one in done.lines]
    assert ids.index("r@lab.example") < ids.index("a@v.example")
    (case,) = lab.run("ada", "case", "list", "--json").good().lines
    assert case["title"] == "Leak in frame_parse()"
    assert [one["vendor"] for one in case["participants"]] == ["vendor.example"]


def test_a_second_run_adds_nothing_and_says_so(lab: Lab) -> None:
    places = filled(lab)
    first = lab.run(None, "import", *places, "--own", ADA)
    assert (first.code, first.out.splitlines()[0]) == (3, "2 filed, 1 held")
    before = lab.rows("SELECT count(*) FROM event")
    assert lab.run(None, "import", *places, "--own", ADA).good().out == "3 duplicate\n"
    assert lab.rows("SELECT count(*) FROM event") == before
    lab.run("ada", "ledger", "verify").good()
    archive = f"{lab.place}/a.tar"
    case = lab.run("ada", "case", "list", "--json").good().lines[0]["case"]
    lab.run("ben", "export", case, "--clear", "--yes", "--output", archive).good()
    assert lab.run("ben", "verify", archive, "--signer", str(lab.keys["ben"]), "--json").good().json["ok"]


def test_the_mailbox_itself_is_an_own_address(lab: Lab) -> None:
    path = lab.write("a.eml", clear_mail("x", "Leak in frame_parse()", MAILBOX, To=VENDOR))
    assert lab.run(None, "import", path, "--json").good().json["direction"] == "outbound"


@pytest.mark.parametrize(
    "words", [["nowhere.mbox"], ["a.eml", "--own", "no address"], ["ada@lab.example", "--own", ADA]]
)
def test_what_cannot_be_imported_is_refused_before_anything_is_taken(lab: Lab, words: list[str]) -> None:
    lab.write("a.eml", REPORT)
    with unchanged(lab):
        lab.run(
            None, "import", *(f"{lab.place}/{one}" if one.endswith((".eml", ".mbox")) else one for one in words)
        ).refused()
