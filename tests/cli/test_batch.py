"""``send --batch``: a folder of reports is opened, approved and queued, each once, whatever happens in between."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cli.lab import FINDING, VENDOR, Lab, unchanged
from cli.test_bad_sending import change, connected
from cvdmail.edge.smtp import Tls
from servers.certificates import Pair, right, short_folder
from servers.smtp_script import Server, scripted
from whole.town import Loop, loop

REPORT = FINDING.replace("origin: engineer", "origin: automated")
SHAPE = {"file", "case", "vendor", "draft", "state", "why"}


@pytest.fixture(scope="module")
def background() -> Iterator[Loop]:
    with loop() as made:
        yield made


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with short_folder() as made:
        yield right(made)


@pytest.fixture
def server(background: Loop, pair: Pair) -> Iterator[Server]:
    manager = scripted(pair, Tls.IMPLICIT)
    yield background.run(manager.__aenter__())
    background.run(manager.__aexit__(None, None, None))


@pytest.fixture
def pinned(lab: Lab) -> Lab:
    """The vendor has a confirmed contact with a key, and no case yet."""
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    return lab


def report(title: str, severity: str = "high", vendor: str = "vendor.example", more: str = "") -> str:
    text = REPORT.replace("Overflow in the frame parser", title).replace("severity: high", f"severity: {severity}")
    return text.replace("vendor: vendor.example", f"vendor: {vendor}{more}")


def folder(lab: Lab, files: Mapping[str, str | bytes]) -> str:
    for name, content in files.items():
        lab.write(f"reports/{name}", content)
    return f"{lab.place}/reports"


def batch(lab: Lab, place: str, *words: str, code: int = 0, who: str = "ada") -> dict[str, list[Any]]:
    """Send a folder; return the JSON Lines by file."""
    outcome = lab.run(who, "send", "--batch", place, *words, "--json").good(code)
    found: dict[str, list[Any]] = {}
    for line in outcome.lines:
        assert set(line) == SHAPE
        assert (line["state"] in ("held", "refused")) == (line["why"] is not None)
        found.setdefault(line["file"], []).append(line)
    assert (code == 3) == any(one["state"] in ("held", "refused") for lines in found.values() for one in lines)
    return found


def outbox(lab: Lab) -> list[tuple[Any, ...]]:
    return lab.rows("SELECT draft, state FROM outbox ORDER BY id")


def each_once(lab: Lab, count: int) -> None:
    """As many cases, drafts and queued mails as there are reports; the ledger is whole."""
    for table in ("case", "draft", "outbox"):
        assert lab.rows(f'SELECT count(*) FROM "{table}"') == [(count,)], table
    assert lab.rows("SELECT count(DISTINCT draft) FROM outbox WHERE state = 'queued'") == [(count,)]
    assert lab.rows("SELECT count(*) FROM event WHERE kind = 'mail_queued'") == [(count,)]
    lab.run("ben", "ledger", "verify").good()


def test_a_folder_is_opened_approved_and_queued(pinned: Lab) -> None:
    place = folder(pinned, {f"{name}.md": report(name) for name in ("a", "b", "sub/c")} | {"notes.txt": "no report"})
    found = batch(pinned, place, "--approve")
    assert sorted(found) == ["a.md", "b.md", "sub/c.md"]
    assert {line["state"] for (line,) in found.values()} == {"queued"}
    assert {line["vendor"] for (line,) in found.values()} == {"vendor.example"}
    assert len({line["case"] for (line,) in found.values()}) == 3
    each_once(pinned, 3)


def test_a_second_run_finds_everything_there(pinned: Lab) -> None:
    place = folder(pinned, {f"{name}.md": report(name) for name in "abc"})
    first = batch(pinned, place, "--approve")
    with unchanged(pinned):
        again = batch(pinned, place, "--approve")
        table = pinned.run("ada", "send", "--batch", place).good().out
    assert {line["state"] for (line,) in again.values()} == {"there"}
    assert {name: line["case"] for name, (line,) in again.items()} == {
        name: line["case"] for name, (line,) in first.items()
    }
    assert re.search(r"already there\s+3", table)
    # A changed report is another one; the rest is still there.
    folder(pinned, {"b.md": report("b") + "\nMore.\n"})
    third = batch(pinned, place, "--approve")
    assert [third[name][0]["state"] for name in ("a.md", "b.md", "c.md")] == ["there", "queued", "there"]
    each_once(pinned, 4)


def test_without_approve_each_is_held_until_a_reviewer_has_signed(pinned: Lab) -> None:
    place = folder(pinned, {f"{name}.md": report(name) for name in "ab"})
    found = batch(pinned, place, code=3)
    assert {line["state"] for (line,) in found.values()} == {"held"}
    assert all("not approved" in line["why"] for (line,) in found.values())
    assert outbox(pinned) == []
    pinned.run("ben", "draft", "approve", str(found["a.md"][0]["draft"])).good()
    found = batch(pinned, place, code=3)
    assert [found[name][0]["state"] for name in ("a.md", "b.md")] == ["queued", "held"]
    found = batch(pinned, place, "--approve")
    assert [found[name][0]["state"] for name in ("a.md", "b.md")] == ["there", "queued"]
    each_once(pinned, 2)


def test_an_engineers_own_approval_does_not_count_here_either(pinned: Lab) -> None:
    place = folder(pinned, {"a.md": report("a").replace("automated", "engineer")})
    found = batch(pinned, place, "--approve", code=3)
    assert (found["a.md"][0]["state"], outbox(pinned)) == ("held", [])
    assert batch(pinned, place, "--approve", who="ben")["a.md"][0]["state"] == "queued"
    each_once(pinned, 1)


def test_who_may_not_is_refused_and_nothing_is_opened(pinned: Lab) -> None:
    place = folder(pinned, {"a.md": report("a")})
    pinned.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["reviewer"]')
    with unchanged(pinned):
        pinned.run("ben", "send", "--batch", place, "--approve").refused("researcher")
    pinned.edit('roles = ["reviewer"]', 'roles = ["researcher"]')
    with unchanged(pinned):
        pinned.run("ben", "send", "--batch", place, "--approve").refused("reviewer")


BAD: dict[str, tuple[str | bytes, str]] = {
    "binary.md": (b"\x7fELF\x02" + bytes(range(256)), "UTF-8"),
    "empty.md": (b"", "empty"),
    "no front matter.md": ("# words\n", "front matter"),
    "incomplete.md": (report("x").replace("impact: A frame runs code\n", ""), "impact is missing"),
    "lost attachment.md": (report("x", more="\nattachments: [nowhere.py]"), "there is no file"),
    "folder attached.md": (report("x", more="\nattachments: [sub]"), "is a folder"),
    "too large.md": (b"---\n" + b"x" * (1024 * 1024), "larger than"),
    "bent.md": (report('"a\\nBcc: b"'), "U+000A"),
}


def test_what_is_no_report_is_told_line_by_line_and_holds_up_nothing(pinned: Lab) -> None:
    files: dict[str, str | bytes] = {name: content for name, (content, _) in BAD.items()}
    place = folder(pinned, files | {"good.md": report("good"), "sub/also good.md": report("also")})
    found = batch(pinned, place, "--approve", code=3)
    assert [found[name][0]["state"] for name in ("good.md", "sub/also good.md")] == ["queued", "queued"]
    for name, (_, words) in BAD.items():
        (line,) = found[name]
        assert (line["state"], line["case"], line["draft"]) == ("refused", None, None)
        assert words in line["why"], line
        assert len(line["why"].splitlines()) == 1
    each_once(pinned, 2)
    table = pinned.run("ada", "send", "--batch", place)
    assert (table.code, table.err) == (3, "")
    assert re.search(rf"refused\s+{len(BAD)}\s", table.out)
    assert re.search(r"already there\s+2\s", table.out)
    each_once(pinned, 2)


@pytest.mark.parametrize("what", ["a link to nowhere", "a link to itself", "a folder", "unreadable"])
def test_a_file_that_cannot_be_read_holds_up_nothing(pinned: Lab, what: str) -> None:
    place = folder(pinned, {"good.md": report("good")})
    odd = pinned.place / "reports" / "odd.md"
    if what == "a folder":
        odd.mkdir()
    elif what == "unreadable":
        odd.symlink_to("/proc/self/mem")
    else:
        odd.symlink_to(odd if what == "a link to itself" else "nowhere")
    outcome = pinned.run("ada", "send", "--batch", place, "--approve", "--json")
    assert outcome.code in (0, 3), outcome
    states = {line["file"]: line["state"] for line in outcome.lines}
    assert states.pop("good.md") == "queued"
    assert set(states.values()) <= {"refused"}
    each_once(pinned, 1)


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["--batch", "{place}/nowhere"], "no such folder", 1),
        (["--batch", "{place}/finding.md"], "no such folder", 1),
        (["--batch", "{place}/bare"], "no report", 1),
        (["--batch", ""], "no such folder", 1),
        (["--batch", "{place}/bare", "CVD-2026-0001"], "", 2),
        (["--batch", "{place}/bare", "--resend-unknown"], "", 2),
        (["--approve", "CVD-2026-0001"], "", 2),
        ([], "", 2),
    ],
)
def test_a_folder_that_is_none_is_refused(lab: Lab, words: list[str], said: str, code: int) -> None:
    lab.write("bare/readme.txt", "no report here")
    with unchanged(lab):
        outcome = lab.run("ada", "send", *(word.format(place=lab.place) for word in words))
        assert outcome.code == code
        assert outcome.out == ""
        if code == 1:
            outcome.refused(said)


def test_the_same_report_twice_in_a_folder_is_one(pinned: Lab) -> None:
    place = folder(pinned, {"a.md": report("a"), "copy of a.md": report("a"), "sub/a.md": report("a")})
    found = batch(pinned, place, "--approve", code=3)
    assert found["a.md"][0]["state"] == "queued"
    for name in ("copy of a.md", "sub/a.md"):
        assert found[name][0]["state"] == "refused"
        assert "the very same as a.md" in found[name][0]["why"]
        assert found["a.md"][0]["case"] in found[name][0]["why"]
    each_once(pinned, 1)


def test_attachments_are_looked_for_beside_their_report(pinned: Lab) -> None:
    files: dict[str, str | bytes] = {
        "a.md": report("a", more="\nattachments: [poc.py]"), "poc.py": b"# of a",
        "sub/b.md": report("b", more="\nattachments: [poc.py, deep/log.txt]"), "sub/poc.py": b"# this is of b",
        "sub/deep/log.txt": b"log",
    }  # fmt: skip
    found = batch(pinned, folder(pinned, files), "--approve")

    def attached(name: str) -> list[tuple[str, int]]:
        shown = pinned.run("ben", "draft", "preview", str(found[name][0]["draft"]), "--json").good().json
        return [(one["name"], one["size"]) for one in shown["attachments"]]

    assert attached("a.md") == [("poc.py", 6)]
    assert attached("sub/b.md") == [("poc.py", 14), ("log.txt", 3)]


def test_a_vendor_without_a_key_is_held_and_goes_on_later(pinned: Lab) -> None:
    place = folder(pinned, {"a.md": report("a", vendor="other.example"), "b.md": report("b", vendor="''")})
    found = batch(pinned, place, "--approve", code=3)
    assert [found[name][0]["state"] for name in ("a.md", "b.md")] == ["held", "held"]
    assert found["b.md"][0]["vendor"] is None
    assert "cvdmail participant add" in found["b.md"][0]["why"]
    words = ("--contact", "psirt@other.example", "--other-user-id", "--yes")
    pinned.run("ada", "key", "pin", f"{pinned.place}/vendor.asc", *words).good()
    assert batch(pinned, place, "--approve", code=3)["a.md"][0]["state"] == "queued"
    assert len(outbox(pinned)) == 1


def test_one_report_for_two_vendors_is_two_lines(pinned: Lab) -> None:
    place = folder(pinned, {"a.md": report("a", vendor="[vendor.example, other.example]")})
    found = batch(pinned, place, "--approve", code=3)
    assert {line["vendor"]: line["state"] for line in found["a.md"]} == {
        "vendor.example": "queued",
        "other.example": "held",
    }
    assert len({line["case"] for line in found["a.md"]}) == 1


def test_a_closed_case_is_not_opened_again(pinned: Lab) -> None:
    place = folder(pinned, {"a.md": report("a")})
    case = batch(pinned, place, "--approve")["a.md"][0]["case"]
    pinned.run("ada", "case", "close", case, "--yes").good()
    line = batch(pinned, place, "--approve", code=3)["a.md"][0]
    assert line["state"] == "refused"
    assert "closed" in line["why"]
    assert pinned.rows('SELECT count(*) FROM "case"') == [(1,)]


@pytest.mark.parametrize("after", [1, 13, 55])
def test_killed_in_the_middle_and_run_again_each_is_queued_once(pinned: Lab, after: int) -> None:
    count = 60  # more than one handful
    place = folder(pinned, {f"{number:03}.md": report(f"number {number}") for number in range(count)})
    words = [sys.executable, "-m", "cvdmail", "send", "--batch", place, "--approve"]
    process = subprocess.Popen(
        words, env=pinned.env("ada"), cwd=pinned.place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while pinned.rows('SELECT count(*) FROM "case"')[0][0] < after:
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    pinned.run("ben", "ledger", "verify").good()
    opened = pinned.rows('SELECT count(*) FROM "case"')[0][0]
    assert after <= opened <= count
    assert len(outbox(pinned)) < count
    there = len(outbox(pinned))
    found = batch(pinned, place, "--approve")
    states = Counter(line["state"] for (line,) in found.values())
    assert states == Counter(there=there, queued=count - there)
    each_once(pinned, count)


# When they are delivered.


def _subjects(server: Server) -> list[str]:
    found = [re.search(rb"\r\nSubject: \[(.*?)\]\r\n", text) for text in server.texts]
    return [one[1].decode() for one in found if one is not None]


def _one_line(lab: Lab, server: Server, pair: Pair) -> None:
    connected(lab, server.port, pair.ca_file, Tls.IMPLICIT)
    lab.edit("[smtp]\n", "[smtp]\nconnections = 1\n")


def test_the_most_urgent_leaves_first_though_it_came_later(pinned: Lab, server: Server, pair: Pair) -> None:
    severities = {"a": "low", "b": "medium", "c": "critical", "d": "high"}
    found = batch(
        pinned, folder(pinned, {f"{name}.md": report(name, words) for name, words in severities.items()}), "--approve"
    )
    folder(
        pinned, {"e.md": report("e", "critical"), "f.md": report("f", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H")}
    )
    found |= batch(pinned, f"{pinned.place}/reports", "--approve")
    _one_line(pinned, server, pair)
    assert set(pinned.run(None, "watch", "--once", "--json").good().json["outbox"].values()) == {"sent"}
    names = {lines[0]["case"]: file.removesuffix(".md") for file, lines in found.items()}
    order = [names[case] for case in _subjects(server)]
    assert order[0] == "f"  # 10.0
    assert order[1:] == ["c", "e", "d", "b", "a"]


def _limited(lab: Lab, server: Server, pair: Pair, key: str) -> dict[str, str]:
    """Let a vendor take two of five reports; return the case of each, the most urgent first."""
    text = (lab.config.parent / "policy.toml").read_text()
    (lab.config.parent / "policy.toml").write_text(re.sub(rf"(?m)^{key} = \d+", f"{key} = 2", text))
    severities = {"a": "low", "b": "medium", "c": "critical", "d": "high", "e": "medium"}
    reports = {f"{name}.md": report(name, words) for name, words in severities.items()}
    found = batch(lab, folder(lab, reports), "--approve")
    _one_line(lab, server, pair)
    return {name: found[f"{name}.md"][0]["case"] for name in "cdbea"}


@pytest.mark.parametrize(
    ("key", "why"), [("new_per_day", "its 2 new reports of a day"), ("open_per_vendor", "2 reports open")]
)
def test_for_a_vendors_sake_the_rest_waits_and_it_is_told_why(
    pinned: Lab, server: Server, pair: Pair, key: str, why: str
) -> None:
    cases = _limited(pinned, server, pair, key)
    pinned.run(None, "watch", "--once", "--json").good()
    assert _subjects(server) == [cases["c"], cases["d"]]
    pinned.run(None, "watch", "--once", "--json").good()
    assert len(server.texts) == 2
    status = pinned.run("ada", "status", "--json").good().json
    assert (status["outbox"]["queued"], status["outbox"]["held_back"]) == (3, 3)
    assert "3 held back" in pinned.run("ada", "status").good().out
    for name in "bea":
        assert why in pinned.run("ada", "send", cases[name]).good().out
        assert why in pinned.run("ada", "case", "show", cases[name]).good().out
        (mail,) = pinned.run("ada", "send", cases[name], "--json").good().json
        assert why in mail["waits"]
    if key == "new_per_day":  # the next day
        day = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-25 hours')"
        change(pinned, f"UPDATE outbox SET frozen_at = {day} WHERE frozen_at IS NOT NULL")
    else:
        for name in "cd":
            pinned.run("ada", "case", "close", cases[name], "--yes").good()
    pinned.run(None, "watch", "--once", "--json").good()
    assert _subjects(server)[2:] == [cases["b"], cases["e"]]
    assert pinned.run("ada", "status", "--json").good().json["outbox"]["held_back"] == 1
    assert pinned.run("ada", "send", cases["b"], "--json").good().json[0]["waits"] is None


def test_another_vendor_does_not_wait_for_the_first(pinned: Lab, server: Server, pair: Pair) -> None:
    words = ("--contact", "psirt@other.example", "--other-user-id", "--yes")
    pinned.run("ada", "key", "pin", f"{pinned.place}/vendor.asc", *words).good()
    folder(pinned, {"z.md": report("z", "low", vendor="other.example")})
    _limited(pinned, server, pair, "new_per_day")
    pinned.run(None, "watch", "--once", "--json").good()
    to = Counter(re.findall(rb"\r\nTo: (.*?)\r\n", b"".join(server.texts)))
    assert to == {VENDOR.encode(): 2, b"psirt@other.example": 1}
