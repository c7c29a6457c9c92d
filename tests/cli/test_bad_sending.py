"""Submission servers that misbehave, met by ``watch --once`` over real TLS: what is told, what is kept, what is tried.

A mail is in one of four places afterwards, nothing goes out in clear, and a server that wants rest gets it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.lab import CANARY, CASE, FINDING, MAILBOX, VENDOR, Lab, Outcome
from cvdmail.edge.smtp import Tls
from servers.certificates import Pair, expired, right, short_folder, wrong_name
from servers.smtp_script import GOOD, Answer, Odd, Server, scripted
from whole.town import Loop, loop

PASSWORD = "lab-secret"
SELF_FIRST = (MAILBOX, VENDOR)  # in the order of RCPT


@pytest.fixture(scope="module")
def background() -> Iterator[Loop]:
    with loop() as made:
        yield made


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@pytest.fixture(scope="module")
def pair(folder: Path) -> Pair:
    return right(folder)


@dataclass(frozen=True, slots=True)
class Post:
    """A lab whose mail goes to a scripted server."""

    lab: Lab
    server: Server

    def answers(self, **answers: Answer) -> None:
        """Let the server say something else from now on."""
        self.server.answers = {**GOOD, **answers}
        self.server.said.clear()

    def watch(self) -> Outcome:
        """One pass; whatever it was, the ledger is whole and no attempt is left open."""
        outcome = self.lab.run(None, "watch", "--once", "--json")
        assert self.lab.rows("SELECT count(*) FROM attempt WHERE ended_at IS NULL") == [(0,)]
        self.lab.run("ben", "ledger", "verify").good()
        return outcome

    def states(self) -> dict[str, str]:
        """Where every recipient stands."""
        rows = self.lab.rows("SELECT address, state FROM recipient ORDER BY outbox, address")
        return {str(address): str(state) for address, state in rows}

    def status(self) -> Any:
        """What ``status`` says; its exit status and its words never disagree."""
        outcome = self.lab.run("ada", "status", "--json")
        assert outcome.code == (0 if outcome.json["healthy"] else 1)
        assert outcome.json["healthy"] == (not outcome.json["problems"])
        return outcome.json

    def later(self) -> None:
        """Let every pause between attempts at a mail be over; a pause of the host is not touched."""
        change(self.lab, "UPDATE outbox SET next_attempt_at = queued_at")

    def rested(self) -> None:
        """Let the host's pause be over as well."""
        self.later()
        change(self.lab, "UPDATE server_pause SET until = at WHERE stopped IS NULL")

    def nothing_in_clear(self) -> None:
        """Before TLS there were greetings only, and inside it no word of the report."""
        assert {line.split()[0] for line in self.server.clear} <= {"EHLO", "STARTTLS", "QUIT"}
        said = "\n".join(self.server.lines).encode() + b"".join(self.server.texts)
        for word in (CANARY, "Overflow", "frame", "Examplelib"):
            assert word.encode() not in said
        assert all(b"-----BEGIN PGP MESSAGE-----" in text for text in self.server.texts)


def change(lab: Lab, statement: str) -> None:
    connection = sqlite3.connect(lab.database)
    with connection:
        connection.execute(statement)
    connection.close()


def connected(lab: Lab, port: int, ca_file: str, tls: Tls) -> None:
    """Write the server into the configuration, as a person does."""
    secret = lab.root / "state" / "secrets" / "of-smtp"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    lab.edit(
        "\n[store]",
        f'\n[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "{tls.value}"\nca_file = "{ca_file}"\n'
        f'user = "{MAILBOX}"\npassword_file = "state/secrets/of-smtp"\n\n[store]',
    )


@contextmanager
def posting(lab: Lab, background: Loop, pair: Pair, tls: Tls = Tls.STARTTLS, **answers: Answer) -> Iterator[Post]:
    """Lend a server that answers so; at the end nothing may have gone out in clear."""
    manager = scripted(pair, tls, **answers)
    server = background.run(manager.__aenter__())
    try:
        connected(lab, server.port, pair.ca_file, tls)
        post = Post(lab, server)
        yield post
        post.nothing_in_clear()
    finally:
        background.run(manager.__aexit__(None, None, None))


def both(state: str) -> dict[str, str]:
    return dict.fromkeys(SELF_FIRST, state)


DROPS = {
    "GREETING": "deferred", "EHLO": "deferred", "STARTTLS": "deferred", "AUTH": "deferred", "MAIL": "deferred",
    # A short mail is in the kernel's hands, dot and all, before anybody can notice that nobody reads it.
    "RCPT": "deferred", "DATA": "deferred", "TEXT": "unknown", "DOT": "unknown",
}  # fmt: skip
REACHED = ("MAIL", "RCPT", "DATA", "TEXT", "DOT")


@pytest.mark.parametrize("step", DROPS)
def test_a_connection_that_breaks_leaves_the_mail_where_it_is_known_to_be(
    queued: Lab, background: Loop, pair: Pair, step: str
) -> None:
    with posting(queued, background, pair, Tls.STARTTLS, **{step: Odd.DROP}) as post:
        outcome = post.watch()
        lost = DROPS[step] == "unknown"
        assert post.states() == both(DROPS[step])
        if step not in REACHED:
            outcome.refused("SMTP")
        else:
            assert (outcome.code, outcome.err) == (3 if lost else 0, ""), outcome
        counted = {name: post.status()["outbox"][name] for name in ("queued", "deferred", "unknown")}
        assert counted == {"queued": 0, "deferred": int(not lost), "unknown": int(lost)}
        connections = post.server.connections
        post.watch()
        assert post.server.connections == connections  # its pause is not over
        frozen = queued.rows("SELECT sha256 FROM message")
        post.answers()
        if lost:
            post.later()
            post.watch()
            assert post.server.connections == connections
            (mail,) = queued.run("ada", "send", CASE, "--resend-unknown", "--json").good().json
            assert mail["state"] == "queued"
        post.later()
        assert post.watch().good().json["outbox"] == {"1": "sent"}
        assert queued.rows("SELECT sha256 FROM message") == frozen
        assert len(set(post.server.texts)) == 1  # the identical bytes
        assert post.watch().good().json["outbox"] == {}


PARTIAL = [
    (("250 ok", "550 5.1.1 unknown"), "250 kept", {MAILBOX: "sent", VENDOR: "refused"}),
    (("550 5.1.1 unknown", "250 ok"), "250 kept", {MAILBOX: "refused", VENDOR: "sent"}),
    (("250 ok", "450 4.2.1 greylisted"), "250 kept", {MAILBOX: "sent", VENDOR: "deferred"}),
    (("452 4.2.2 mailbox full", "250 ok"), "250 kept", {MAILBOX: "deferred", VENDOR: "sent"}),
    (("550 5.1.1 unknown", "450 4.2.1 greylisted"), "250 kept", {MAILBOX: "refused", VENDOR: "deferred"}),
    (("550 5.1.1 unknown", "250 ok"), "554 5.7.1 looks bad", both("refused")),
    (("550 5.1.1 unknown", "250 ok"), "451 4.3.0 later", {MAILBOX: "refused", VENDOR: "deferred"}),
    (("550 5.1.1 unknown", "250 ok"), Odd.DROP, {MAILBOX: "refused", VENDOR: "unknown"}),
    (("450 4.2.1 later", "250 ok"), Odd.DROP, {MAILBOX: "deferred", VENDOR: "unknown"}),
    (("250 ok", Odd.DROP), "250 kept", both("deferred")),
    (("550 5.1.1 unknown", Odd.DROP), "250 kept", {MAILBOX: "refused", VENDOR: "deferred"}),
]


@pytest.mark.parametrize(("rcpt", "dot", "expected"), PARTIAL)
def test_each_recipient_has_an_end_of_its_own(
    queued: Lab, background: Loop, pair: Pair, rcpt: Answer, dot: Answer, expected: dict[str, str]
) -> None:
    with posting(queued, background, pair, RCPT=rcpt, DOT=dot) as post:
        outcome = post.watch()
        assert post.states() == expected
        decides = {"refused", "unknown"} & set(expected.values())
        assert outcome.code == (3 if decides and "deferred" not in expected.values() else outcome.code), outcome
        assert outcome.code in (0, 3)
        assert outcome.err == ""
        (mail,) = queued.run("ada", "send", CASE, "--json").good().json
        assert {one["address"]: one["state"] for one in mail["recipients"]} == expected
        # Later the server is friendly: those who wait get it, nobody else, and nobody twice.
        post.answers()
        post.later()
        post.server.sealed.clear()
        post.watch()
        again = {address for address, state in expected.items() if state == "deferred"}
        asked = [re.findall(r"<(.*?)>", line)[0] for line in post.server.sealed if line.startswith("RCPT")]
        assert sorted(asked) == sorted(again)
        assert post.states() == expected | dict.fromkeys(again, "sent")
        assert len(set(post.server.texts)) <= 1


@pytest.mark.parametrize("rcpt", [("250 ok", "550 5.1.1 nobody"), ("550 5.1.1 nobody", "550 5.1.1 nobody")])
def test_the_case_tells_what_the_server_said_of_the_vendor(
    queued: Lab, background: Loop, pair: Pair, rcpt: Answer
) -> None:
    with posting(queued, background, pair, RCPT=rcpt) as post:
        assert post.watch().code == 3
        assert "5.1.1 nobody" in queued.run("ada", "case", "show", CASE).good().out
        shown = queued.run("ada", "case", "show", CASE, "--json").good().json
        assert "mail_refused" in [one["kind"] for one in shown["events"]]


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT"])
def test_a_server_that_says_421_is_left_alone(queued: Lab, background: Loop, pair: Pair, step: str) -> None:
    with posting(queued, background, pair, Tls.STARTTLS, **{step: "421 4.3.2 closing"}) as post:
        post.watch().refused("left alone")
        assert post.states() == both("deferred")
        assert post.server.connections == 1
        post.later()  # the mail is due, and still the host is not asked
        post.watch().refused("left alone")
        assert post.server.connections == 1
        status = post.status()
        assert not status["healthy"]
        assert "left alone" in " ".join(status["problems"])
        post.answers()
        post.rested()
        assert post.watch().good().json["outbox"] == {"1": "sent"}
        assert post.server.connections == 2
        assert post.status()["healthy"]


@pytest.mark.parametrize(("step", "answer"), [("GREETING", "554 5.7.1 not you"), ("EHLO", "550 blocked")])
def test_a_host_that_turns_us_away_refuses_no_mail_and_is_left_alone(
    queued: Lab, background: Loop, pair: Pair, step: str, answer: str
) -> None:
    with posting(queued, background, pair, Tls.STARTTLS, **{step: answer}) as post:
        post.watch().refused("left alone")
        post.later()
        post.watch().refused("left alone")
        assert (post.server.connections, post.states()) == (1, both("deferred"))
        assert not post.status()["healthy"]


def second_mail(lab: Lab) -> None:
    """Queue another report."""
    lab.write("other.md", FINDING.replace("Overflow", "Another overflow").replace("high", "critical"))
    lab.run("ada", "case", "new", f"{lab.place}/other.md").good()
    lab.run("ben", "draft", "approve", "2").good()
    lab.run("ada", "send", CASE.replace("0001", "0002")).good()


@pytest.mark.parametrize(
    ("step", "answer"),
    [("AUTH", "535 5.7.8 wrong"), ("AUTH", "534 5.7.9 too weak"), ("MAIL", "530 5.7.0 log in first"),
     ("EHLO", "250-here\r\n250-STARTTLS\r\n250 AUTH CRAM-MD5")],
)  # fmt: skip
def test_a_refused_log_in_is_not_repeated_until_it_is_mended(
    queued: Lab, background: Loop, pair: Pair, step: str, answer: str
) -> None:
    second_mail(queued)
    with posting(queued, background, pair, Tls.STARTTLS, **{step: answer}) as post:
        said = post.watch().refused("log-in")
        assert PASSWORD not in said
        # Where the log-in itself is refused, one line tries it for all; said to MAIL, each open line hears it once.
        made = post.server.connections
        assert made == 1 or (step == "MAIL" and made == 2)
        assert sum(line.startswith("AUTH") for line in post.server.sealed) == (0 if step == "EHLO" else made)
        post.later()
        for _ in range(2):
            post.watch().refused("log-in")
        post.rested()
        post.watch().refused("log-in")
        assert post.server.connections == made
        status = post.status()
        assert not status["healthy"]
        assert "log-in" in " ".join(status["problems"])
        assert set(post.states().values()) <= {"queued", "deferred"}
        post.answers()
        post.watch().refused("log-in")
        assert post.server.connections == made
        (queued.root / "state" / "secrets" / "of-smtp").write_text("another-secret\n")
        post.later()
        assert post.watch().good().json["outbox"] == {"1": "sent", "2": "sent"}
        assert len(post.server.texts) == len(set(post.server.texts)) == 2
        assert post.status()["healthy"]


def test_a_passing_trouble_with_the_log_in_is_tried_again(queued: Lab, background: Loop, pair: Pair) -> None:
    with posting(queued, background, pair, AUTH="454 4.7.0 later") as post:
        post.watch().refused("SMTP login")
        post.later()
        post.answers()
        assert post.watch().good().json["outbox"] == {"1": "sent"}
        assert post.server.connections == 2


def test_where_starttls_is_stripped_nothing_is_said(queued: Lab, background: Loop, pair: Pair) -> None:
    with posting(queued, background, pair, EHLO="250-here\r\n250 AUTH PLAIN LOGIN") as post:
        post.watch().refused("STARTTLS")
        assert [line.split()[0] for line in post.server.lines] == ["EHLO"]
        assert post.states() == both("deferred")


@pytest.mark.parametrize("answer", ["454 not now", "220-go\r\n220 on\r\n250 injected", "garbage"])
def test_whatever_is_said_to_starttls_nothing_else_goes_out_in_clear(
    queued: Lab, background: Loop, pair: Pair, answer: str
) -> None:
    with posting(queued, background, pair, STARTTLS=answer) as post:
        outcome = post.watch()
        assert {line.split()[0] for line in post.server.clear} == {"EHLO", "STARTTLS"}
        if "220" not in answer:
            outcome.refused("SMTP")
            assert (post.server.sealed, post.states()) == ([], both("deferred"))


@pytest.mark.parametrize(
    ("kind", "tls"),
    [("wrong name", Tls.STARTTLS), ("expired", Tls.IMPLICIT), ("unknown authority", Tls.STARTTLS)],
)
def test_a_wrong_certificate_is_named_and_gets_nothing(
    queued: Lab, background: Loop, pair: Pair, folder: Path, kind: str, tls: Tls
) -> None:
    theirs = {"wrong name": wrong_name, "expired": expired, "unknown authority": right}[kind](folder)
    with posting(queued, background, theirs, tls) as post:
        if kind == "unknown authority":
            queued.edit(theirs.ca_file, pair.ca_file)
        post.watch().refused("certificate")
        assert post.server.sealed == []
        assert post.states() == both("deferred")


GARBAGE = {
    "GREETING": ["\x00\xff\x1b[2J", "* OK IMAP4rev1 ready"],
    "EHLO": ["250-" + "x" * 9000, "2500 long"],
    "AUTH": ["334 \x1b]0;title\x07", "\u202egnp", "250 ok"],
    "MAIL": ["354 go on", "220 odd"],
    "RCPT": ["250-ok\r\nnot a line", "334 x"],
    "DATA": ["250 kept already", "399 go"],
    "DOT": ["354 more", "\x1b[31m550", "250-ok\r\n550 no"],
}
BELIEVED = {"220 odd"}  # the first digit tells (RFC 5321 section 4.2.1), words are no use


@pytest.mark.parametrize(("step", "answer"), [(step, one) for step, all_ in GARBAGE.items() for one in all_])
def test_garbage_is_one_line_at_most_and_never_believed_to_be_a_yes(
    queued: Lab, background: Loop, pair: Pair, step: str, answer: str
) -> None:
    with posting(queued, background, pair, Tls.IMPLICIT, **{step: answer}) as post:
        outcome = post.watch()
        assert len(outcome.err.splitlines()) <= 1
        assert outcome.err.replace("\n", "").isprintable()
        assert outcome.code in (0, 1, 3)
        assert outcome.code != 1 or outcome.err
        kept = len(post.server.texts)
        for state in post.states().values():
            assert state in ("deferred", "refused", "unknown", "queued") or (state == "sent" and kept == 1)
        if step == "DOT":
            assert set(post.states().values()) <= {"unknown", "refused"}
        elif answer not in BELIEVED:
            assert "sent" not in post.states().values()
