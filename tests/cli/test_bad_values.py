"""Values that would bend a header, an envelope or a promise: refused in one line, or the mail is stopped.

What was approved and queued is looked at once more before it is sent, so the world may change meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from cli.lab import CASE, FINDING, MAILBOX, VENDOR, Lab, Outcome, unchanged
from cli.test_bad_sending import change, connected, second_mail
from cvdmail.edge.smtp import Tls
from servers.certificates import Pair, right, short_folder
from servers.smtp_script import Server, scripted
from whole.town import Loop, loop

REVIEWER = 'roles = ["researcher", "reviewer", "manager", "auditor"]'
MEGABYTE = 1024 * 1024


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
    """A friendly server that keeps what it is sent."""
    manager = scripted(pair, Tls.IMPLICIT)
    yield background.run(manager.__aenter__())
    background.run(manager.__aexit__(None, None, None))


def _stopped(lab: Lab, server: Server, ca_file: str) -> None:
    """Insist that the queued mail does not leave, that a person is called, and that it can be approved anew."""
    connected(lab, server.port, ca_file, Tls.IMPLICIT)
    outcome = lab.run(None, "watch", "--once", "--json")
    assert (outcome.code, outcome.err) == (3, ""), outcome
    assert (server.connections, server.texts) == (0, [])
    assert lab.rows("SELECT DISTINCT state FROM recipient") == [("queued",)]
    assert lab.rows("SELECT message FROM outbox") == [(None,)]
    assert lab.rows("SELECT state FROM draft") == [("open",)]
    shape = lab.run("ada", "status", "--json")
    assert (shape.code, shape.json["healthy"]) == (1, False)
    ((why,),) = lab.rows("SELECT stopped FROM outbox")
    assert why
    assert why.partition(";")[0] in lab.run("ada", "case", "show", CASE).good().out
    lab.run("ben", "ledger", "verify").good()
    again = lab.run(None, "watch", "--once", "--json")
    assert (again.code, again.json["outbox"], server.connections) == (0, {}, 0)


def _key_file(lab: Lab) -> Path:
    (found,) = (lab.root / "keys" / "vendors").rglob("*.asc")
    return found


def _revoked(lab: Lab) -> None:
    home = lab.home("vendor")
    (file,) = (home.path / "openpgp-revocs.d").glob(f"{lab.keys['vendor']}.rev")
    home.gpg("--import", data=file.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    _key_file(lab).write_bytes(home.public(lab.keys["vendor"]))


def _expired(lab: Lab) -> None:
    """Its owner sets an end that has passed, and somebody fetches the key anew."""
    home = lab.home("vendor")
    key = str(lab.keys["vendor"])
    made = int(home.gpg("--list-keys", "--with-colons", key).split(b"\npub:")[-1].split(b":")[4])
    while time.time() < made + 2:
        time.sleep(0.1)
    home.gpg("--quick-set-expire", key, "seconds=1")
    time.sleep(2)
    _key_file(lab).write_bytes(home.public(lab.keys["vendor"]))


def _subkey_revoked(lab: Lab) -> None:
    """The key lives on, and nothing can be encrypted to it any more."""
    home = lab.home("vendor")
    words = ["gpg", "--homedir", str(home.path), "--no-tty", "--command-fd", "0", "--pinentry-mode", "loopback",
             "--passphrase", "", "--edit-key", str(lab.keys["vendor"])]  # fmt: skip
    answers = b"key 1\nrevkey\ny\n0\n\ny\nsave\n"
    subprocess.run(words, input=answers, capture_output=True, check=True)
    assert b"\nsub:r:" in home.gpg("--list-keys", "--with-colons")
    _key_file(lab).write_bytes(home.public(lab.keys["vendor"]))


CHANGES: dict[str, Callable[[Lab], object]] = {
    "the key was revoked": _revoked,
    "the key has expired": _expired,
    "its subkey was revoked": _subkey_revoked,
    "the key file is gone": lambda lab: _key_file(lab).unlink(),
    "the key file is another's": lambda lab: _key_file(lab).write_bytes(lab.home("ben").public(lab.keys["ben"])),
    "the key file holds two": lambda lab: _key_file(lab).write_bytes(
        lab.home("vendor").public(lab.keys["vendor"]) + lab.home("ben").public(lab.keys["ben"])
    ),
    "another policy": lambda lab: lab.edit("# The disclosure policy", "# Our disclosure policy", "policy.toml"),
    "no copy to ourselves": lambda lab: lab.edit("copy_to_self = true", "copy_to_self = false"),
    "a reviewer no longer": lambda lab: lab.edit(REVIEWER, 'roles = ["auditor"]'),
    "a forged signature": lambda lab: change(lab, "UPDATE approval SET signature = replace(signature, 'a', 'b')"),
    "no signature": lambda lab: change(lab, "DELETE FROM approval"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_after_it_was_queued_does_not_leave(queued: Lab, server: Server, pair: Pair, what: str) -> None:
    CHANGES[what](queued)
    _stopped(queued, server, pair.ca_file)


def _damaged(lab: Lab, table: str, column: str) -> None:
    """Change the last byte of a sealed value that belongs to the first row."""
    change(
        lab,
        "UPDATE blob SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || x'00' AS BLOB) WHERE "
        f"owner_table = '{table}' AND owner_column = '{column}' AND owner_row = 1",
    )


@pytest.mark.parametrize(("table", "column"), [("draft", "content"), ("case", "attachments"), ("case", "attachment0")])
def test_a_sealed_value_that_is_damaged_holds_up_no_other_mail(
    lab: Lab, server: Server, pair: Pair, table: str, column: str
) -> None:
    poc = lab.write("poc.py", b"print()")
    lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--attach", poc).good()
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    lab.run("ben", "draft", "approve", "1").good()
    lab.run("ada", "send", CASE).good()
    second_mail(lab)
    _damaged(lab, table, column)
    connected(lab, server.port, pair.ca_file, Tls.IMPLICIT)
    outcome = lab.run(None, "watch", "--once", "--json")
    assert len(outcome.err.splitlines()) <= 1
    rows = lab.rows("SELECT outbox, state FROM recipient WHERE address LIKE 'security%' ORDER BY outbox")
    assert rows == [(1, "queued"), (2, "sent")], outcome
    assert outcome.code == 3
    assert len(server.texts) == 1


def test_a_key_that_expires_by_itself_while_the_mail_waits(lab: Lab, server: Server, pair: Pair) -> None:
    home = lab.home("vendor")
    home.gpg("--quick-gen-key", f"Short <{VENDOR}>", "ed25519", "sign,cert", "seconds=12")
    (key,) = set(home.fingerprints()) - set(lab.keys.values())
    until = time.monotonic() + 13
    home.gpg("--quick-add-key", str(key), "cv25519", "encr", "seconds=12")
    file = lab.write("short.asc", home.public(key))
    lab.run("ada", "case", "new", f"{lab.place}/finding.md").good()
    assert lab.run("ada", "key", "pin", file, "--contact", VENDOR, "--yes").code == 0
    lab.run("ben", "draft", "approve", "1").good()
    lab.run("ada", "send", CASE).good()
    while time.monotonic() < until:
        time.sleep(0.1)
    _stopped(lab, server, pair.ca_file)


NOT_ADDRESSES = [
    "a@b.example <c@d.example>", "<a@vendor.example>", "PSIRT <a@vendor.example>", '"a b"@vendor.example',
    '"a"@vendor.example', "group: a@vendor.example;", "a@vendor.example,b@vendor.example", "x@y.example BODY=8BITMIME",
    "x@y.example> BODY=8BITMIME", "a@vendor.example(PSIRT)", "a@[127.0.0.1]", "a@vendor",
    "s\u00e9curit\u00e9@vendor.example", "a@vendor.example\r\nRCPT TO:<b@x.example>", "a@vendor.example\nBcc: b@x",
    "a@vendor.example\u2028b", "a\x85@vendor.example", "=?utf-8?q?a?=@vendor.example ", "@a.example:b@vendor.example",
    "a%b@c@vendor.example", "a@vendor..example", "", " ",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_ADDRESSES)
def test_what_is_no_plain_address_becomes_no_contact(drafted: Lab, address: str) -> None:
    with unchanged(drafted):
        drafted.run("ada", "contact", "add", "vendor.example", address).refused()
        drafted.run("ada", "key", "pin", f"{drafted.place}/vendor.asc", "--contact", address, "--yes").refused()
    report = drafted.write("a.md", FINDING.replace("origin", f'contact: "{_escaped(address)}"\norigin'))
    if address.strip():
        with unchanged(drafted):
            drafted.run("ada", "case", "new", report).refused()


def _escaped(text: str) -> str:
    return text.encode("unicode_escape").decode().replace('"', '\\"') if text.isascii() else text.replace('"', '\\"')


@pytest.mark.parametrize("address", ["-a@vendor.example", "--yes@vendor.example", "-oQ/tmp@vendor.example"])
def test_an_address_is_never_an_option(drafted: Lab, address: str) -> None:
    with unchanged(drafted):
        drafted.run("ada", "contact", "add", "--", "vendor.example", address).refused("address")
        outcome = drafted.run("ada", "contact", "add", "vendor.example", address)
        assert outcome.code == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("psirt@M\u00dcNCHEN.example", "psirt@xn--mnchen-3ya.example"),
        ("psirt@vendor.example.", "psirt@vendor.example"),
        ("PSIRT+Case=7@Vendor.Example", "psirt+case=7@vendor.example"),
        ("o'neil&co@vendor.example", "o'neil&co@vendor.example"),
    ],
)
def test_an_odd_address_that_is_one_is_the_very_envelope(
    lab: Lab, server: Server, pair: Pair, given: str, kept: str
) -> None:
    lab.run("ada", "case", "new", f"{lab.place}/finding.md").good()
    words = ("--contact", given, "--vendor", "vendor.example", "--other-user-id", "--yes")
    assert lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", *words, "--json").json["contact"] == kept
    lab.run("ben", "draft", "approve", "1").good()
    lab.run("ada", "send", CASE).good()
    connected(lab, server.port, pair.ca_file, Tls.IMPLICIT)
    assert lab.run(None, "watch", "--once", "--json").good().json["outbox"] == {"1": "sent"}
    asked = [re.findall(r"<(.*?)>", line)[0] for line in server.sealed if line.startswith("RCPT")]
    assert sorted(asked) == sorted((MAILBOX, kept))
    (text,) = server.texts
    assert f"\r\nTo: {kept}\r\n".encode() in text


BENT = ["a\rb", "a\nBcc: b@x.example", "a\r\n\r\nb", "a\0b", "a\x85b", "a\u2028b", "a\u2029b", "a\x1b[2Jb", "a\x7fb",
        "=?utf-8?q?a=0ABcc:_b@x.example?="]  # fmt: skip


@pytest.mark.parametrize("value", BENT)
def test_a_value_that_would_bend_a_header_is_refused_wherever_it_stands(drafted: Lab, value: str) -> None:
    toml = "".join(f"\\u{ord(char):04X}" for char in value)
    with unchanged(drafted):
        drafted.run("ada", "participant", "add", CASE, value).refused()
        drafted.run("ada", "contact", "add", value, "psirt@other.example").refused()
        text = FINDING.replace("Overflow in the frame parser", f'"{toml}"')
        drafted.run("ada", "case", "new", "-", stdin=text.encode()).refused()
        if "\r\n\r\n" not in value:  # which ends the header of a draft, as a person may mean it
            letter = f"Subject: {value}\n\nwords\n"
            drafted.run("ada", "draft", "edit", "1", "--file", "-", stdin=letter.encode()).refused()
        if not value.isprintable():
            drafted.run("ada", "contact", "add", "vendor.example", value, "--channel", "phone").refused()
    before = drafted.config.read_text()
    for old in (f'address = "{MAILBOX}"', *(['name = "Lab"'] if not value.isprintable() else [])):
        key = old.partition(" = ")[0]
        drafted.edit(old, f'{key} = "{toml}"')
        for words in (("case", "list"), ("draft", "preview", "1"), ("watch", "--once")):
            drafted.run("ada", *words).refused("mailbox")
        drafted.config.write_text(before)


@pytest.mark.parametrize(
    "name", ['Lab "the" \\ <b@x.example>', "L\u00e4b, Research: x;", "=?utf-8?q?a=0ABcc:_b@x.example?=", "a" * 100]
)
def test_a_name_of_the_mailbox_stays_one_name(approved: Lab, server: Server, pair: Pair, name: str) -> None:
    """It is quoted or encoded, and adds no address and no field."""
    toml = name.replace("\\", "\\\\").replace('"', '\\"')
    approved.edit('name = "Lab"', f'name = "{toml}"')
    connected(approved, server.port, pair.ca_file, Tls.IMPLICIT)
    approved.run("ada", "send", CASE).good()
    assert approved.run(None, "watch", "--once", "--json").good().json["outbox"] == {"1": "sent"}
    (text,) = server.texts
    mail = message_from_bytes(text, policy=policy.SMTP)
    assert len(mail.keys()) == len(set(mail.keys()))
    (author,) = mail["From"].addresses
    assert (author.addr_spec, author.display_name) == (MAILBOX, name)
    assert "Bcc" not in mail


# A small process in between: what is measured of a process counts what its parent was when it began.
LAUNCHER = """
import json, os, subprocess, sys
done = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
out, err = done.stdout.read(), done.stderr.read()
_, status, usage = os.wait4(done.pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), out, err, usage.ru_maxrss]))
"""


def _measured(lab: Lab, who: str | None, *words: str) -> tuple[Outcome, int]:
    """Run a command in a process of its own; return the peak memory of it, or of its gpg if that is larger, in MB."""
    command = [sys.executable, "-c", LAUNCHER, sys.executable, "-m", "cvdmail", *words]
    done = subprocess.run(command, env=lab.env(who), cwd=lab.place, capture_output=True, check=True)
    code, out, err, peak = json.loads(done.stdout)
    return Outcome(code, out, err), peak // 1024


def test_a_large_attachment_goes_within_bounds(lab: Lab, server: Server, pair: Pair) -> None:
    content = os.urandom(24 * MEGABYTE)
    path = lab.write("large.bin", content)
    report = f"{lab.place}/finding.md"
    peaks = {}
    for who, words in (
        ("ada", ("case", "new", report, "--attach", path)),
        ("ada", ("key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes")),
        ("ben", ("draft", "approve", "1")),
        ("ada", ("send", CASE)),
    ):
        outcome, peaks[words[:2]] = _measured(lab, who, *words)
        outcome.good()
    connected(lab, server.port, pair.ca_file, Tls.IMPLICIT)
    outcome, peaks["watch", "--once"] = _measured(lab, None, "watch", "--once", "--json")
    assert outcome.good().json["outbox"] == {"1": "sent"}
    assert max(peaks.values()) < 600, peaks
    (text,) = server.texts
    armour = text[text.index(b"-----BEGIN PGP") : text.index(b"-----END PGP MESSAGE-----") + 25]
    clear = lab.home("vendor").gpg("--decrypt", data=armour)
    (part,) = [one for one in message_from_bytes(clear).walk() if one.get_filename() == "large.bin"]
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    assert hashlib.sha256(found).digest() == hashlib.sha256(content).digest()


def test_an_attachment_that_no_mail_can_carry_is_refused_at_once(lab: Lab) -> None:
    path = lab.write("huge.bin", bytes(40 * MEGABYTE))
    with unchanged(lab):
        outcome, peak = _measured(lab, "ada", "case", "new", f"{lab.place}/finding.md", "--attach", path)
        outcome.refused("larger than 25600 KB")
    assert peak < 300
    Path(path).unlink()


@pytest.mark.parametrize("what", ["vanished", "a folder", "a link to nowhere", "a name too long"])
def test_an_attachment_that_is_no_file_opens_nothing(lab: Lab, what: str) -> None:
    place = lab.place / "poc.py"
    report = lab.write("a.md", FINDING.replace("origin", "attachments: [poc.py]\norigin"))
    if what == "a folder":
        place.mkdir()
    elif what == "a link to nowhere":
        place.symlink_to(lab.place / "nowhere")
    elif what == "a name too long":
        report = lab.write("a.md", FINDING.replace("origin", f"attachments: [{'x' * 300}]\norigin"))
    with unchanged(lab):
        lab.run("ada", "case", "new", report).refused("attachment")
