"""One disclosure from the first line to the last, played once; the tests look at what it left behind.

A report goes to a vendor; its machine answers, then a person, twice; others forge, bounce, are absent, repeat
themselves.  A second report goes to an address whose mailbox is gone, and somebody answers from elsewhere.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cvdmail.core.ids import Fingerprint
from gpghome import GpgHome
from whole import canary, vendor
from whole.lab import Lab
from whole.town import GONE, MAILBOX, VENDOR, Town
from whole.vendor import Vendor

ELSEWHERE = "dana@freemail.example"

REPORT = """---
title: Heap overflow in the {title} parser
product: Examplelib
vendor: {vendor}
affected: 1.0 to 2.4.1
impact: A crafted frame runs code
severity: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
origin: engineer
finder: Ada
credit: Ada
---

## Summary

The length of a {body} is trusted. Größe und Länge werden nicht geprüft.
From here on = everything breaks.
.a line that begins with a dot

## Reproduction

Run poc.py against the example server.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of this run.  ``secret`` ones must not be anywhere in clear, ``private`` ones not in what we write."""

    title: str = field(default_factory=lambda: canary.new_word("marmoset"))
    body: str = field(default_factory=lambda: canary.new_word("zephyr"))
    attached: str = field(default_factory=lambda: canary.new_word("quill"))
    answer: str = field(default_factory=lambda: canary.new_word("okapi"))
    answer_by_sq: str = field(default_factory=lambda: canary.new_word("tapir"))
    inside: str = field(default_factory=lambda: canary.new_word("ibex"))
    clear: str = field(default_factory=lambda: canary.new_word("gannet"))

    @property
    def secret(self) -> tuple[str, ...]:
        """What only ever travels encrypted."""
        return (self.title, self.body, self.attached, self.answer, self.answer_by_sq, self.inside)

    @property
    def private(self) -> tuple[str, ...]:
        """What the vendor wrote in clear, which is no reason for us to write it into a file."""
        return (*self.secret, self.clear)


@dataclass(slots=True)
class Story:
    """Everything that came of it."""

    lab: Lab
    town: Town
    vendor: Vendor
    words: Words
    attachments: Mapping[str, bytes]
    case: str = ""
    ghost: str = ""
    first: dict[str, Any] = field(default_factory=dict)
    second: dict[str, Any] = field(default_factory=dict)
    report: bytes = b""
    submitted: bytes = b""
    sent: list[bytes] = field(default_factory=list)
    sent_later: list[bytes] = field(default_factory=list)
    vendor_inbox: list[bytes] = field(default_factory=list)
    posted: dict[str, bytes] = field(default_factory=dict)
    early: dict[str, Any] = field(default_factory=dict)
    third: dict[str, Any] = field(default_factory=dict)
    repeated: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    ghost_shown: dict[str, Any] = field(default_factory=dict)
    pen: list[dict[str, Any]] = field(default_factory=list)
    ghost_facts: list[dict[str, Any]] = field(default_factory=list)
    ghost_filed: dict[str, Any] = field(default_factory=dict)
    ghost_accepted: dict[str, Any] = field(default_factory=dict)
    renumbered: dict[str, Any] = field(default_factory=dict)
    shown_later: dict[str, Any] = field(default_factory=dict)
    pen_later: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ours(self) -> Fingerprint:
        """The mailbox key."""
        return self.vendor.ours

    def mail(self, name: str) -> dict[str, Any]:
        """One mail of the first case by the beginning of its Message-ID."""
        (found,) = [one for one in self.shown["messages"] if one["message_id"].startswith(name + "@")]
        assert isinstance(found, dict)
        return found

    def held(self, name: str) -> list[dict[str, Any]]:
        """The mails in the pen of that name."""
        return [one for one in self.pen if (one["message_id"] or "").startswith(name + "@")]


def attachments(words: Words) -> dict[str, bytes]:
    """A text, and every byte there is."""
    crash = bytes(range(256)) * 4 + words.attached.encode() + b"\r\n.\r\n" + bytes(range(255, -1, -1))
    return {"poc.py": f"import socket  # {words.attached}\n".encode(), "crash file.bin": crash}


def begin(lab: Lab, town: Town, there: Vendor, words: Words, memory: Path) -> Story:
    """Open two cases, have them approved and put them into the outbox."""
    story = Story(lab, town, there, words, attachments(words))
    for name, content in story.attachments.items():
        (memory / name).write_bytes(content)
    attach = [word for name in story.attachments for word in ("--attach", str(memory / name))]
    story.case = open_case(lab, there.home, VENDOR, words, attach)
    story.ghost = open_case(lab, there.home, GONE, words, [])
    return story


def open_case(lab: Lab, keys: GpgHome, address: str, words: Words, attach: list[str]) -> str:
    """Open a case for the vendor of an address, pin a key, approve and send; return its id."""
    name = address.partition("@")[2]
    report = REPORT.format(title=words.title, body=words.body, vendor=name).encode()
    opened = lab.run("ada", "case", "new", "-", *attach, "--json", stdin=report).json()
    assert opened["missing"] == []
    (one,) = opened["participants"]
    key = next(iter(keys.fingerprints()))
    file = lab.folder / f"{name}.asc"
    file.write_bytes(keys.public(key))
    other = [] if address == VENDOR else ["--other-user-id"]
    pinned = lab.run("ada", "key", "pin", str(file), "--contact", address, "--yes", "--json", *other).json()
    assert (pinned["fingerprint"], pinned["contact"]) == (str(key), address)
    approved = lab.run("ben", "draft", "approve", str(one["draft"]), "--json").json()
    assert approved["complete"] is True
    (queued,) = lab.run("ada", "send", opened["case"], "--json").json()
    assert queued["state"] == "queued"
    return str(opened["case"])


def send(story: Story) -> None:
    """Two passes of the daemon: the reports leave, and a second pass changes nothing."""
    town, lab = story.town, story.lab
    story.first = lab.watch()
    (story.report,) = town.wait_for(VENDOR, 1)
    town.wait_for(MAILBOX, 3 if town.real else 2)  # a copy of each report to ourselves, and what Postfix says of one
    story.sent = town.folder(MAILBOX, "Sent")
    if not town.real:
        (lost,) = [raw for raw in story.sent if GONE.encode() in raw]
        town.post(vendor.bounce(lost, GONE), "", MAILBOX)
    story.second = lab.watch()
    story.submitted = bytes(town.smtp_wires[0].sent)
    story.sent_later = town.folder(MAILBOX, "Sent")
    story.vendor_inbox = town.folder(VENDOR)


def answers(story: Story, memory: Path) -> dict[str, bytes]:
    """Write what the vendor, its machines and others send; the names begin the Message-IDs."""
    there, words = story.vendor, story.words
    line = vendor.thread(vendor.read(story.report))
    subject = f"Re: {line.subject}"

    def reply(name: str, sender: str = VENDOR, *extra: str) -> bytes:
        return vendor.headers(name, line.reply_to, subject, answers=line.message_id, sender=sender, extra=extra)

    acknowledged = (
        "Hello Ada,\n\nthank you for your report. We have received it and opened the ticket EXV-20417 for it.\n"
        f"We can confirm the vulnerability in the {words.answer}. We plan to release the fix on 15 January 2031.\n"
    )
    moved = f"Hello,\n\nour testers of {words.answer_by_sq} need more time: the fix moves to 29 January 2031.\n"
    rejected = f"This {words.inside} is not a vulnerability. We will not fix it.\n"
    inside = vendor.entity(acknowledged, f"{subject} [EXV-20417]")
    answer = vendor.encrypted(reply("ack"), there.sealed(inside))
    part = vendor.plain(b"", f"{words.clear}: this is not a vulnerability.\n").rstrip(b"\r\n")
    torn = there.home.detached(part.replace(b"not", b"now"), there.key)
    second_from = reply("two-from").replace(b"Subject:", b"From: Eve <eve@elsewhere.example>\r\nSubject:", 1)
    elsewhere = vendor.entity(rejected, subject, sender="eve@elsewhere.example")
    absent = f"I am out of the office until 14 July 2031. {words.clear}\n"
    automatic = f"This is an automatic reply. We have received your message. {words.clear}\n"
    from_home = f"I write from my private address about {words.inside}. We have received your report, thank you.\n"
    return {
        "auto": vendor.plain(reply("auto", VENDOR, "Auto-Submitted: auto-replied"), automatic),
        "ack": answer,
        "moved": vendor.encrypted(reply("moved"), there.sealed_by_sq(vendor.entity(moved, subject), memory)),
        "absent": vendor.plain(reply("absent", VENDOR, "Auto-Submitted: auto-replied"), absent),
        "unsigned": vendor.encrypted(reply("unsigned"), there.sealed(vendor.entity(rejected, subject), signed=False)),
        "alike": vendor.plain(reply("alike", vendor.ALIKE), f"{words.clear}: this is not a vulnerability.\n"),
        "torn": vendor.signed(reply("torn"), part, torn),
        "two-from": vendor.encrypted(second_from, there.sealed(vendor.entity(rejected, subject))),
        "two-faced": vendor.encrypted(reply("two-faced"), there.sealed(elsewhere)),
        "stranger": vendor.plain(
            vendor.headers("stranger", MAILBOX, "Your policy", sender="curious@freemail.example"), f"{words.clear}?\n"
        ),
        "from-home": vendor.encrypted(
            vendor.headers("from-home", MAILBOX, f"About {story.ghost}", sender=ELSEWHERE),
            there.sealed(vendor.entity(from_home, f"About {story.ghost}", ELSEWHERE), signed=False),
        ),
    }


def receive(story: Story, memory: Path) -> None:
    """Post every answer, one of them twice, and let the daemon file them; then the very bytes of one again."""
    town, lab = story.town, story.lab
    story.posted = answers(story, memory)
    early = [story.posted["auto"], story.posted["ack"]]
    for raw in early:
        town.post(raw, VENDOR, MAILBOX)
    story.early = lab.watch()
    for raw in (*(raw for raw in story.posted.values() if raw not in early), story.posted["ack"]):
        town.post(raw, VENDOR, MAILBOX)
    story.third = lab.watch()
    (kept,) = [raw for raw in town.folder(MAILBOX) if b"Message-ID: <moved@" in raw]
    town.put(kept)
    story.repeated = lab.watch()
    story.shown = lab.show(story.case)
    story.pen = lab.run("ada", "pen", "list", "--json").lines()


def decide(story: Story) -> None:
    """A person files what came from elsewhere, and believes what it says."""
    lab = story.lab
    (waiting,) = story.held("from-home")
    story.ghost_shown = lab.show(story.ghost)
    story.ghost_filed = lab.run("ada", "pen", "file", str(waiting["pen"]), story.ghost, "--json").json()
    story.ghost_facts = lab.run("ada", "fact", "list", story.ghost, "--json").lines()
    (said,) = [one for one in story.ghost_facts if one["kind"] == "acknowledgement"]
    lab.run("ada", "fact", "accept", str(said["fact"]), "--json")
    story.ghost_accepted = lab.show(story.ghost)


def renumber(story: Story) -> None:
    """The mail server is rebuilt: every mail gets a new number."""
    town, lab = story.town, story.lab
    before = town.uidvalidity()
    town.renumber()
    assert town.uidvalidity() != before
    lab.configure(town.smtp, town.imap)
    story.renumbered = lab.watch()
    story.shown_later = lab.show(story.case)
    story.pen_later = lab.run("ada", "pen", "list", "--json").lines()


def notmuch(there: Vendor, raw: bytes, place: Path) -> dict[str, Any]:
    """Let notmuch open a mail with the vendor's key; return the message as it shows it."""
    for name in ("cur", "new", "tmp"):
        (place / "mail" / name).mkdir(parents=True)
    (place / "mail" / "new" / "1.vendor").write_bytes(raw)
    config = place / "notmuch-config"
    config.write_text(f"[database]\npath={place}/mail\n[user]\nname=Vendor\nprimary_email={VENDOR}\n[new]\ntags=new\n")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(place), "NOTMUCH_CONFIG": str(config)}
    environment["GNUPGHOME"] = str(there.home.path)
    for words in (["new", "--quiet"], ["show", "--decrypt=true", "--verify", "--format=json", "--entire-thread", "*"]):
        done = subprocess.run(["notmuch", *words], env=environment, capture_output=True, check=True, timeout=60)
    found = json.loads(done.stdout)
    while isinstance(found, list):
        found = found[0]
    assert isinstance(found, dict)
    return found


def sq_decrypt(there: Vendor, raw: bytes, place: Path) -> bytes:
    """Let Sequoia decrypt a mail and demand our signature."""
    (place / "vendor.sec").write_bytes(there.home.secret(there.key))
    (place / "lab.pub").write_bytes(there.home.public(there.ours))
    words: list[str | Path] = [
        "--recipient-key",
        place / "vendor.sec",
        "--signer-cert",
        place / "lab.pub",
        "--signatures",
        "1",
    ]
    done = subprocess.run(
        ["sq", "decrypt", *words], input=vendor.ciphertext(raw), capture_output=True, check=True, timeout=60
    )
    return done.stdout
