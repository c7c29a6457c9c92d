"""``draft edit``: in memory only, by an editor or from a file; nothing is lost, and nothing approved stays approved."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.lab import CANARY, CASE, Lab, Outcome, unchanged
from cli.terminal import terminal

WORDS = "the marmoset of minus two"  # written by the editor, and by nothing else
NEW = f"Subject: A better subject\n\nHello,\n\n{WORDS}.\n"
CHANGE = f"text = text.replace({CANARY!r}, {WORDS!r})\n"


def shown(lab: Lab) -> tuple[str, str]:
    preview = lab.run("ben", "draft", "preview", "1", "--json").good().json
    return preview["subject"], preview["text"]


def events(lab: Lab) -> list[Any]:
    return list(lab.run("ada", "case", "show", CASE, "--json").good().json["events"])


def script(lab: Lab, body: str = CHANGE, name: str = "scripted") -> str:
    """Write an editor: it tells what it saw into ``seen``, and leaves the file as ``body`` has made ``text``."""
    lab.write(
        name,
        f"#!{sys.executable} -SE\n"
        "import json, os, pathlib, subprocess, sys, time, signal\n"
        "file = pathlib.Path(sys.argv[-1])\n"
        "text = file.read_text()\n"
        "see = lambda path, form: subprocess.check_output(['stat', *form, path], text=True).strip()\n"
        "names = ('TMPDIR', 'HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME')\n"
        "seen = {'file': str(file), 'text': text, 'arguments': sys.argv[1:-1], 'folder': str(file.parent),\n"
        "        'kind': see(file.parent, ('-f', '-c', '%T')), 'folder mode': see(file.parent, ('-c', '%a')),\n"
        "        'file mode': see(file, ('-c', '%a')), 'cwd': os.getcwd(), 'terminal': os.isatty(0) and os.isatty(1),\n"
        "        'environment': {name: os.environ.get(name) for name in names},\n"
        "        'ignored': signal.getsignal(signal.SIGINT) is signal.SIG_IGN}\n"
        f"place = pathlib.Path({str(lab.place)!r})\n"
        f"{body}"
        "file.write_text(text)\n"
        "(place / 'seen').write_text(json.dumps(seen))\n",
    )
    (lab.place / name).chmod(0o700)
    return str(lab.place / name)


def edited(lab: Lab, body: str = CHANGE, *words: str, keys: bytes = b"", who: str = "ada", **more: str) -> Outcome:
    """Edit draft 1 with a scripted editor on a terminal."""
    environment = {"EDITOR": script(lab, body), **more}
    with terminal(lab, who, "draft", "edit", "1", *words, environment=environment) as session:
        if keys:
            session.type(keys)
        return session.ended()


def seen(lab: Lab) -> dict[str, Any]:
    found = json.loads((lab.place / "seen").read_text())
    assert isinstance(found, dict)
    return found


def nothing_readable(lab: Lab) -> None:
    """Insist that no file holds what was edited: in the lab, in the home, in memory, where temporary files go."""
    places = [lab.root, lab.place / "nobody", Path("/dev/shm")]
    for place in places:
        for path in place.rglob("*"):
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                assert WORDS.encode() not in data and CANARY.encode() not in data, path
    if (lab.place / "seen").exists():
        assert not Path(seen(lab)["folder"]).exists()


@contextlib.contextmanager
def unchanged_store(lab: Lab) -> Iterator[None]:
    """Insist that the database says the same afterwards; the editor's own files may come."""
    before = lab.state()[""]
    yield
    assert lab.state()[""] == before


# --- by an editor -----------------------------------------------------------------------------------------------------


def test_an_editor_changes_a_draft_and_leaves_nothing(drafted: Lab) -> None:
    outcome = edited(drafted, CHANGE + "(file.parent / 'backup~').write_text(text)\n(file.parent / 'd').mkdir()\n"
                              "(file.parent / 'd' / '.undo').write_text(text)\n")  # fmt: skip
    assert outcome.code == 0
    assert outcome.out == "draft 1 is changed and open for review; next: cvdmail draft preview 1\n"
    assert WORDS in shown(drafted)[1]
    assert CANARY not in shown(drafted)[1]
    nothing_readable(drafted)
    saw = seen(drafted)
    assert saw["text"].startswith("Subject: Vulnerability report: Overflow in the frame parser\n\nHello,\n")
    assert (saw["kind"], saw["folder mode"], saw["file mode"]) == ("tmpfs", "700", "600")
    assert (saw["cwd"], saw["terminal"], saw["ignored"]) == (saw["folder"], True, False)
    assert set(saw["environment"].values()) == {saw["folder"]}


def test_an_unknown_editor_is_named_in_one_warning(drafted: Lab) -> None:
    lines = edited(drafted).err.splitlines()
    assert lines[0].startswith("cvdmail: scripted is not an editor known to cvdmail")
    assert all("swap" in line for line in lines[1:])


def test_visual_goes_before_editor_and_may_have_words(drafted: Lab) -> None:
    chosen = script(drafted, CHANGE, "chosen one")
    outcome = edited(drafted, "1/0\n", VISUAL=f"'{chosen}' --wait 'two words'")
    assert outcome.code == 0, outcome.err
    assert seen(drafted)["arguments"] == ["--wait", "two words"]


def test_programs_are_told_whether_something_changed(drafted: Lab) -> None:
    assert edited(drafted, CHANGE, "--json").json == {"draft": 1, "changed": True}
    assert seen(drafted)["terminal"] is True
    assert edited(drafted, "", "--json").json == {"draft": 1, "changed": False}


@pytest.mark.parametrize("body", ["", "text += '\\n\\n'\n", "text = text.replace('\\n', '\\r\\n')\n"])
def test_an_unchanged_text_is_no_event(approved: Lab, body: str) -> None:
    before = events(approved), approved.rows("SELECT * FROM draft"), approved.rows("SELECT * FROM blob")
    outcome = edited(approved, body)
    assert (outcome.code, outcome.out) == (0, "draft 1: nothing changed\n")
    assert (events(approved), approved.rows("SELECT * FROM draft"), approved.rows("SELECT * FROM blob")) == before
    nothing_readable(approved)


BAD = {
    "encoded word": "Subject: =?utf-8?q?a=0ABcc:_evil@x?=", "line separator": "Subject: a\\u2028b",
    "another header": "Subject: a\\nBcc: evil@x.example", "next line": "Subject: a\\x85b", "no subject": "Subject:",
    "no head": "Hello",
}  # fmt: skip


@pytest.mark.parametrize("head", BAD.values(), ids=list(BAD))
def test_a_bad_subject_is_told_and_given_up_changes_nothing(drafted: Lab, head: str) -> None:
    with unchanged_store(drafted):
        outcome = edited(drafted, f"text = '{head}\\n\\n{WORDS}\\n'\n", keys=b"n\n")
    assert outcome.code == 1
    assert "cvdmail: draft text: line" in outcome.err
    assert outcome.err.endswith("cvdmail: draft edit: you gave it up; nothing was changed\n")
    assert "evil" not in outcome.err
    nothing_readable(drafted)


def test_a_bad_subject_is_mended_without_losing_the_text(drafted: Lab) -> None:
    body = (
        "if 'minus two' not in text:\n"
        f"    text = 'Subject: a\\u2028b\\n\\n{WORDS}\\n'\n"
        "else:\n"
        "    text = text.replace('\\u2028', ' and ')\n"
    )
    outcome = edited(drafted, body, keys=b"\n")
    assert outcome.code == 0, outcome.err
    assert "line 1: the subject holds the control character U+2028" in outcome.err
    assert shown(drafted) == ("a and b", f"{WORDS}\n")
    nothing_readable(drafted)


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (CHANGE + "file.write_text(text)\nsys.exit(3)\n", "with status 3"),
        (CHANGE + "file.write_text(text)\nos.kill(os.getpid(), signal.SIGKILL)\n", "by signal 9"),
        (CHANGE + "file.unlink()\nfile.mkdir()\nos._exit(0)\n", "left no file"),
        ("file.unlink()\nos._exit(0)\n", "left no file"),
        ("file.unlink()\nfile.symlink_to('/etc/passwd')\nos._exit(0)\n", "left no file"),
    ],
)
def test_an_editor_that_fails_changes_nothing(approved: Lab, body: str, how: str) -> None:
    with unchanged_store(approved):
        outcome = edited(approved, "(place / 'seen').write_text(json.dumps(seen))\n" + body, keys=b"n\n")
    assert outcome.code == 1
    assert how in outcome.err
    assert approved.rows("SELECT state FROM draft") == [("approved",)]
    nothing_readable(approved)


def test_a_text_without_end_is_not_taken(drafted: Lab) -> None:
    with unchanged_store(drafted):
        outcome = edited(drafted, "text += 'x' * 1024 * 1024\n", keys=b"n\n")
    assert "larger than 1024 KB" in outcome.err
    nothing_readable(drafted)


WAITS = "(place / 'seen').write_text(json.dumps(seen))\nfile.write_text(text.replace('minus one', 'minus two'))\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_takes_the_editor_and_the_text_with_it(drafted: Lab, number: signal.Signals) -> None:
    body = WAITS + "(place / 'pid').write_text(str(os.getpid()))\n(place / 'ready').touch()\ntime.sleep(60)\n"
    with (
        unchanged_store(drafted),
        terminal(drafted, "ada", "draft", "edit", "1", environment={"EDITOR": script(drafted, body)}) as session,
    ):
        session.wait_for(drafted.place / "ready")
        os.kill(session.process.pid, number)
        assert session.ended().code == 128 + number
    nothing_readable(drafted)
    with pytest.raises(ProcessLookupError):
        os.kill(int((drafted.place / "pid").read_text()), 0)


def test_an_interrupt_belongs_to_the_editor(drafted: Lab) -> None:
    body = (
        WAITS + "(place / 'ready').touch()\n"
        "try:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    (place / 'interrupted').touch()\n" + CHANGE
    )
    with terminal(drafted, "ada", "draft", "edit", "1", environment={"EDITOR": script(drafted, body)}) as session:
        session.wait_for(drafted.place / "ready")
        session.type(b"\x03")
        session.wait_for(drafted.place / "interrupted")
        assert session.ended().code == 0
    assert WORDS in shown(drafted)[1]
    nothing_readable(drafted)


def test_an_editor_that_ends_by_an_interrupt_changes_nothing(drafted: Lab) -> None:
    body = WAITS + "signal.signal(signal.SIGINT, signal.SIG_DFL)\n(place / 'ready').touch()\ntime.sleep(60)\n"
    with (
        unchanged_store(drafted),
        terminal(drafted, "ada", "draft", "edit", "1", environment={"EDITOR": script(drafted, body)}) as session,
    ):
        session.wait_for(drafted.place / "ready")
        session.type(b"\x03")
        outcome = session.ended()
    assert outcome.code == 1
    assert "the editor ended by signal 2; nothing was changed" in outcome.err
    nothing_readable(drafted)


def test_an_interrupt_at_the_question_changes_nothing(drafted: Lab) -> None:
    body = "text = 'no subject'\n(place / 'seen').write_text(json.dumps(seen))\n"
    with (
        unchanged_store(drafted),
        terminal(drafted, "ada", "draft", "edit", "1", environment={"EDITOR": script(drafted, body)}) as session,
    ):
        session.wait_for(drafted.place / "seen")
        time.sleep(2)
        session.type(b"\x03")
        assert session.ended().code == 1
    nothing_readable(drafted)


@pytest.mark.parametrize("name", ["code --wait", "gedit", "emacsclient -nw", "gvim -f"])
def test_editors_that_keep_copies_elsewhere_are_refused(drafted: Lab, name: str) -> None:
    program = script(drafted, CHANGE, name.split()[0])
    with (
        unchanged_store(drafted),
        terminal(
            drafted, "ada", "draft", "edit", "1", environment={"EDITOR": f"{program} {name.partition(' ')[2]}"}
        ) as session,
    ):
        session.ended().refused("keeps copies outside of memory")
    assert not (drafted.place / "seen").exists()


@pytest.mark.parametrize(("named", "words"), [("no-such-editor", "is not there"), ("'unclosed", "is not a command")])
def test_an_editor_that_is_none_is_refused(drafted: Lab, named: str, words: str) -> None:
    with terminal(drafted, "ada", "draft", "edit", "1", environment={"EDITOR": named}) as session:
        session.ended().refused(words)


@pytest.mark.skipif(shutil.which("vi") is None, reason="vi is not installed")
def test_vi_keeps_nothing_even_if_its_settings_say_so(drafted: Lab) -> None:
    home = drafted.place / "nobody"
    (home / "keep").mkdir(parents=True)
    drafted.write(
        "nobody/.vimrc",
        "set nocompatible backup writebackup swapfile undofile updatecount=1\n"
        "set backupdir=~/keep directory=~/keep undodir=~/keep viminfo='100,<1000,n~/keep/viminfo\n",
    )
    real = Path(shutil.which("vi") or "").resolve().name
    if not real.startswith("vim"):
        pytest.skip("vi is not Vim here")
    with terminal(drafted, "ada", "draft", "edit", "1", environment={}) as session:
        session.wait_to_see(b"Subject:")
        session.type(f":%s/{CANARY}/{WORDS}/\r:w\r:%d a\ru".encode())
        session.type(
            f":call writefile([&swapfile, &backup, &undofile, swapname('%')], '{drafted.place}/said')\r".encode()
        )
        session.type(f":call writefile(glob('{home}/keep/*', 1, 1), '{drafted.place}/kept')\r:wq\r".encode())
        outcome = session.ended()
    assert outcome.code == 0, outcome.err
    assert WORDS in shown(drafted)[1]
    assert (drafted.place / "said").read_text() == "0\n0\n0\n\n"
    assert (drafted.place / "kept").read_text() == ""
    assert list((home / "keep").iterdir()) == []
    nothing_readable(drafted)


# --- from a file ------------------------------------------------------------------------------------------------------


def test_a_text_from_standard_input_needs_no_editor(drafted: Lab) -> None:
    outcome = drafted.run("ada", "draft", "edit", "1", "--file", "-", "--json", stdin=NEW.encode()).good()
    assert outcome.json == {"draft": 1, "changed": True}
    assert shown(drafted) == ("A better subject", f"Hello,\n\n{WORDS}.\n")
    again = drafted.run("ada", "draft", "edit", "1", "--file", "-", "--json", stdin=NEW.encode()).good()
    assert again.json == {"draft": 1, "changed": False}
    nothing_readable(drafted)


def test_without_a_terminal_it_refuses_instead_of_waiting(drafted: Lab) -> None:
    with unchanged(drafted):
        drafted.run("ada", "draft", "edit", "1", EDITOR="true").refused("no terminal to edit on", "--file")
    drafted.process("ada", "draft", "edit", "1", closed=True, EDITOR="true").refused("no terminal to edit on")
    drafted.process("ada", "draft", "edit", "1", "--file", "-", closed=True).refused("there is no standard input")


def test_an_edit_voids_the_approval_and_is_signed(approved: Lab) -> None:
    path = approved.write("new.txt", NEW)
    old = approved.rows("SELECT digest FROM draft")
    approved.run("ada", "draft", "edit", "1", "--file", path).good()
    assert approved.rows("SELECT state, digest FROM draft") == [("open", None)]
    with unchanged(approved):
        approved.run("ada", "send", CASE).refused("draft 1 is not approved")
    event = events(approved)[-1]
    assert (event["kind"], event["actor"]) == ("draft_written", str(approved.keys["ada"]))
    assert event["body"] == {"draft": 1, "letter": "report", "again": True}
    told = [line["what"] for line in approved.run("ada", "case", "timeline", CASE, "--json").good().lines]
    assert told[-1] == "draft edited, signed"
    assert approved.run("ben", "ledger", "verify", "--json").good().json["ok"] is True
    approved.run("ben", "draft", "approve", "1").good()
    assert approved.rows("SELECT digest FROM draft") != old
    approved.run("ada", "send", CASE).good()
    assert approved.sent()


def test_the_same_words_again_are_another_draft(approved: Lab) -> None:
    """An approval must not come back to life by editing there and back: the salt is new."""
    before = f"Subject: {shown(approved)[0]}\n\n{shown(approved)[1]}"
    for text in (NEW, before):
        approved.run("ada", "draft", "edit", "1", "--file", "-", stdin=text.encode()).good()
    assert shown(approved)[1] == before.partition("\n\n")[2]
    with unchanged(approved):
        approved.run("ada", "send", CASE).refused("draft 1 is not approved")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"Subject: =?utf-8?q?a?=\n\ntext\n", "line 1: the subject holds an encoded word"),
        (b"Subject: a\nBcc: evil@x.example\n\ntext\n", "line 2 is not blank"),
        (b"Subject: a\n\ntext\n\x1b[2J\n", "line 4 holds a control character"),
        (b"", "does not begin with 'Subject:'"),
        (b"Subject: a\n\n" + b"x" * 1024 * 1024, "longer than 1024 KB"),
        (b"\xff\xfe", "is not UTF-8"),
    ],
)
def test_a_file_that_could_not_be_sent_changes_nothing(approved: Lab, text: bytes, words: str) -> None:
    with unchanged(approved):
        approved.run("ada", "draft", "edit", "1", "--file", "-", stdin=text).refused(words)


def test_what_cannot_be_edited(queued: Lab) -> None:
    with unchanged(queued):
        queued.run("ada", "draft", "edit", "1", "--file", "-", stdin=NEW.encode()).refused("it is queued already")
        queued.run("ada", "draft", "edit", "99", "--file", "-", stdin=NEW.encode()).refused("there is no such draft")
        queued.run("ada", "draft", "edit", "1", "--file", f"{queued.place}/no").refused()


def test_a_draft_of_a_closed_or_erased_case_is_not_edited(drafted: Lab) -> None:
    drafted.run("ada", "case", "close", CASE, "--yes").good()
    with unchanged(drafted):
        drafted.run("ada", "draft", "edit", "1", "--file", "-", stdin=NEW.encode()).refused("the case is closed")
    for who, code in (("ada", 3), ("ben", 0)):
        assert drafted.run(who, "case", "erase", CASE, "--yes", "--reason-file", f"{drafted.place}/reason").code == code
    with unchanged(drafted):
        drafted.run("ada", "draft", "edit", "1", "--file", "-", stdin=NEW.encode()).refused("the case is closed")


def test_a_draft_to_a_removed_participant_is_not_edited(drafted: Lab) -> None:
    drafted.run("ada", "participant", "remove", CASE, "vendor.example", "--yes").good()
    with unchanged(drafted):
        drafted.run("ada", "draft", "edit", "1", "--file", "-", stdin=NEW.encode()).refused("was removed from the case")


def test_only_a_researcher_edits(drafted: Lab) -> None:
    drafted.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["reviewer"]')
    with unchanged(drafted):
        drafted.run("ben", "draft", "edit", "1", "--file", "-", stdin=NEW.encode()).refused("the role researcher")


# --- at the same time -------------------------------------------------------------------------------------------------

HOLDS = (
    "(place / 'seen').write_text(json.dumps(seen))\n"
    "(place / 'ready').touch()\n"
    "while not (place / 'go').exists():\n    time.sleep(0.02)\n"
)


def test_an_approval_given_while_somebody_edits_is_void(drafted: Lab) -> None:
    program = script(drafted, HOLDS + CHANGE)
    with terminal(drafted, "ada", "draft", "edit", "1", environment={"EDITOR": program}) as session:
        session.wait_for(drafted.place / "ready")
        drafted.run("ben", "draft", "approve", "1").good()
        drafted.write("go", "")
        assert session.ended().code == 0
    assert drafted.rows("SELECT state, digest FROM draft") == [("open", None)]
    with unchanged(drafted):
        drafted.run("ada", "send", CASE).refused("is not approved")


def test_of_two_who_edit_the_second_is_told(drafted: Lab) -> None:
    program = script(drafted, HOLDS + CHANGE)
    with terminal(drafted, "ada", "draft", "edit", "1", environment={"EDITOR": program}) as session:
        session.wait_for(drafted.place / "ready")
        drafted.run("ben", "draft", "edit", "1", "--file", "-", stdin=b"Subject: Ben's\n\nBen's words\n").good()
        drafted.write("go", "")
        session.type(b"n\n")
        outcome = session.ended()
    assert outcome.code == 1
    assert "draft 1: somebody changed it while you edited" in outcome.err
    assert shown(drafted) == ("Ben's", "Ben's words\n")
    nothing_readable(drafted)


def test_a_draft_sent_while_somebody_edits_stays_what_was_approved(approved: Lab) -> None:
    program = script(approved, HOLDS + CHANGE)
    with terminal(approved, "ada", "draft", "edit", "1", environment={"EDITOR": program}) as session:
        session.wait_for(approved.place / "ready")
        with_digest = approved.rows("SELECT digest FROM draft")
        approved.run("ada", "send", CASE).good()
        approved.write("go", "")
        session.type(b"n\n")
        outcome = session.ended()
    assert outcome.code == 1
    assert "it is queued already" in outcome.err
    assert approved.rows("SELECT digest FROM draft") == with_digest
    assert approved.sent()
