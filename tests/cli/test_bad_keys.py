"""Keys that are none, in the wrong place or the wrong hands, and a gpg that cannot work: one line, nothing changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cli.lab import ADA, BEN, CASE, CY, MAILBOX, VENDOR, Lab, unchanged
from gpghome import gpg_home

PIN = ("--contact", VENDOR, "--yes")


def _public(lab: Lab, *names: str) -> bytes:
    return b"".join(lab.home(name).public(lab.keys[name]) for name in names)


def _bad_key(lab: Lab, what: str) -> tuple[bytes, str]:
    vendor = lab.home("vendor")
    match what:
        case "empty":
            return b"", "key"
        case "garbage":
            return b"\x99\x01\x02\xff" * 100, "key"
        case "a letter":
            return b"Dear Sir,\n\nhere is our key.\n", "key"
        case "cut short":
            return _public(lab, "vendor")[:300], "key"
        case "two keys":
            return vendor.public(lab.keys["vendor"], lab.keys["daemon"]), "holds 2 certificates"
        case "a secret key":
            return vendor.secret(lab.keys["vendor"]), "secret key"
        case "somebody else's":
            return _public(lab, "cy"), f"none of its user ids has the address {VENDOR}"
        case "expired":
            with gpg_home() as home:
                return home.public(home.key(f"V <{VENDOR}>", at="20200101T000000", expires="1y")), "expired"
        case "signs only":
            with gpg_home() as home:
                return home.public(home.key(f"V <{VENDOR}>", encrypts=False)), "encrypt"
        case "too large":
            return b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n" + b"x" * 1024 * 1024, "larger than"
    raise AssertionError(what)


BAD_KEYS = [
    "empty", "garbage", "a letter", "cut short", "two keys", "a secret key", "somebody else's", "expired",
    "signs only", "too large",
]  # fmt: skip


@pytest.mark.parametrize("what", BAD_KEYS)
def test_a_key_that_is_none_is_not_pinned(lab: Lab, what: str) -> None:
    content, words = _bad_key(lab, what)
    path = lab.write("bad.asc", content)
    with unchanged(lab):
        outcome = lab.run("ada", "key", "pin", path, *PIN)
        outcome.refused(words)
        assert outcome.out == ""


@pytest.mark.parametrize("what", ["empty", "garbage", "a letter", "cut short", "a secret key", "too large"])
def test_looking_at_a_key_that_is_none_is_refused(lab: Lab, what: str) -> None:
    path = lab.write("bad.asc", _bad_key(lab, what)[0])
    with unchanged(lab):
        lab.run("ada", "key", "check", path).refused()
        lab.run("ada", "key", "check", path, "--json").refused()


def test_a_key_that_cannot_be_used_is_shown_with_the_reason(lab: Lab) -> None:
    path = lab.write("bad.asc", _bad_key(lab, "expired")[0])
    outcome = lab.run("ada", "key", "check", path, "--json")
    assert outcome.code == 1
    (row,) = outcome.lines
    assert (row["usable"], "expired" in row["reason"]) == (False, True)


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere.asc", *PIN),
        (".", *PIN),
        ("vendor.asc", "--contact", "not an address", "--yes"),
        ("vendor.asc", "--contact", VENDOR),
        ("vendor.asc", "--contact", "a/b@vendor.example", "--other-user-id", "--yes"),
    ],
)
def test_a_pin_that_cannot_be_is_refused_whole(lab: Lab, words: tuple[str, ...]) -> None:
    with unchanged(lab):
        outcome = lab.run("ada", "key", "pin", f"{lab.place}/{words[0]}", *words[1:])
        shown = 2 if outcome.err.startswith("fingerprint") else 0
        assert outcome.code == 1
        assert len(outcome.err.splitlines()) == 1 + shown
        assert outcome.err.splitlines()[-1].startswith("cvdmail: ")


def test_a_key_file_that_cannot_be_written_leaves_nothing_pinned(lab: Lab) -> None:
    """The file under keys/ and the pin in the database are made together or not at all."""
    blocked = lab.root / "keys" / "vendors" / "vendor.example"
    blocked.write_text("a file where a folder should be")
    with unchanged(lab):
        lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", *PIN).refused("cannot be written")


SECRETS = ["armoured", "binary", "secret subkeys", "gpg-agent", "deep down"]


@pytest.mark.parametrize("form", SECRETS)
def test_a_secret_key_under_keys_stops_everything(lab: Lab, form: str) -> None:
    home = lab.home("vendor")
    if form == "gpg-agent":
        data = next((home.path / "private-keys-v1.d").iterdir()).read_bytes()
    elif form == "binary":
        data = home.gpg("--export-secret-keys", str(lab.keys["vendor"]))
    elif form == "secret subkeys":
        data = home.gpg("--armor", "--export-secret-subkeys", str(lab.keys["vendor"]))
    else:
        data = home.secret(lab.keys["vendor"])
    place = "keys/vendors/a/b/c/odd" if form == "deep down" else "keys/vendors/odd.asc"
    lab.write(f"lab/{place}", data)
    with unchanged(lab):
        for who, words in (
            ("ada", ("case", "list")), ("ada", ("case", "new", f"{lab.place}/finding.md")),
            (None, ("ingest", f"{lab.place}/finding.md")), ("ada", ("status",)), ("ada", ("store", "rekey", "--yes")),
        ):  # fmt: skip
            lab.run(who, *words).refused("SECRET key", place)
        assert lab.run(None, "ingest", "-", stdin=b"Subject: x\r\n\r\n").code == 75
    outcome = lab.run("ada", "doctor", "--offline", "--json")
    assert outcome.code == 1
    assert [one for one in outcome.json["findings"] if "SECRET" in one["what"]] != []


@pytest.mark.parametrize("broken", ["missing", "garbage", "another key", "folder"])
def test_a_key_file_that_is_not_the_pinned_key_stops_the_report(drafted: Lab, broken: str) -> None:
    path = drafted.root / "keys" / "vendors" / "vendor.example" / f"{VENDOR}.asc"
    path.unlink()
    if broken == "garbage":
        path.write_bytes(b"nothing of use")
    elif broken == "another key":
        path.write_bytes(_public(drafted, "cy"))
    elif broken == "folder":
        path.mkdir()
    with unchanged(drafted):
        for command in ("preview", "approve"):
            drafted.run("ben", "draft", command, "1").refused()
    outcome = drafted.run("ben", "status", "--json")
    assert (outcome.code, outcome.json["healthy"]) == (1, False)


@pytest.mark.parametrize("broken", ["missing", "another key"])
def test_a_team_key_that_is_not_there_stops_what_needs_it(lab: Lab, broken: str) -> None:
    path = lab.root / "keys" / "team" / "ben@lab.example.asc"
    path.unlink()
    if broken == "another key":
        path.write_bytes(_public(lab, "cy"))
    with unchanged(lab):
        lab.run("ada", "store", "rekey", "--yes").refused(str(path))


PRIVATE = ["state/gnupg", "state/cvdmail.db", "state/rings"]


@pytest.mark.parametrize("place", PRIVATE)
def test_what_others_can_read_is_refused(lab: Lab, place: str) -> None:
    path = lab.root / place
    if place == "state/rings":
        path.mkdir(exist_ok=True)
    path.chmod(0o755 if path.is_dir() else 0o644)
    with unchanged(lab):
        for words in (("ingest", f"{lab.place}/finding.md"), ("store", "upgrade")):
            outcome = lab.run(None, *words)
            if words[0] == "ingest" or place == "state/cvdmail.db":
                outcome.refused("other users can read or write it", f"chmod {700 if path.is_dir() else 600}")
    assert lab.run("ada", "doctor", "--offline").code == 1


def test_a_state_folder_that_others_can_read_is_found_by_doctor(lab: Lab) -> None:
    (lab.root / "state").chmod(0o755)
    outcome = lab.run("ada", "doctor", "--offline", "--json")
    assert outcome.code == 1
    assert [one["remedy"] for one in outcome.json["findings"] if one["level"] == "problem"] == [
        f"run: chmod 700 {lab.root}/state"
    ]


def test_nobody_without_a_key_of_ours_gets_in(lab: Lab) -> None:
    shutil.rmtree(lab.root / "state" / "gnupg" / "private-keys-v1.d")
    lab.run("cy", "case", "list").refused()  # gpg makes the folder again
    with unchanged(lab):
        lab.run("cy", "case", "list").refused("no secret key of anybody named under [[people]]")
        lab.run("vendor", "case", "list").refused("no secret key")
        lab.run(None, "case", "list").refused("no secret key")


def test_somebody_the_store_is_not_sealed_to_is_told_whom_to_ask(lab: Lab) -> None:
    lab.write(f"lab/keys/team/{CY}.asc", _public(lab, "cy"))
    with lab.config.open("a") as file:
        file.write(f'[[people]]\nname = "Cy"\naddress = "{CY}"\nroles = ["researcher"]\n')
        file.write(f'fingerprint = "{lab.keys["cy"]}"\n')
    with unchanged(lab):
        lab.run("cy", "case", "list").refused("your key does not open it", "store rekey")
    lab.run("ada", "store", "rekey", "--yes").good()
    lab.run("cy", "case", "list").good()


def test_who_has_left_is_shut_out_by_a_rekey(lab: Lab) -> None:
    text = lab.config.read_text()
    block = text[text.index('[[people]]\nname = "Ben"') :].partition("\n[[people]]")[0]
    lab.config.write_text(text.replace(block + "\n", ""))
    lab.run("ada", "store", "rekey", "--yes").good()
    lab.config.write_text(text)
    with unchanged(lab):
        lab.run("ben", "case", "list").refused("your key does not open it")
    lab.run("ada", "case", "list").good()


def test_as_names_one_of_ones_own_keys(lab: Lab) -> None:
    ada = lab.home("ada")
    ada.gpg("--import", data=lab.home("ben").secret(lab.keys["ben"]))
    with unchanged(lab):
        lab.run("ada", "case", "list").refused("you hold the keys of several people", "--as")
        lab.run("ada", "--as", "nobody@lab.example", "case", "list").refused("no secret key of nobody@lab.example")
        lab.run("ada", "--as", VENDOR, "case", "list").refused(f"no secret key of {VENDOR}")
        lab.run("ada", "--as", "nonsense", "case", "list").refused("address")
        lab.run("ben", "--as", ADA, "case", "list").refused(f"no secret key of {ADA}")
        lab.run("ada", "case", "list", "--as", BEN).good()
        lab.run("ada", "case", "--as", "BEN@LAB.example", "list").good()


GPG_COMMANDS = [
    ("ada", ("case", "list")),
    ("ada", ("case", "new", "{place}/finding.md")),
    ("ada", ("key", "check", "{place}/vendor.asc")),
    ("ada", ("key", "pin", "{place}/vendor.asc", *PIN)),
    (None, ("ingest", "{place}/finding.md")),
    (None, ("init", "{place}/other", "--mailbox", MAILBOX, "--batch")),
    ("ada", ("store", "rekey", "--yes")),
    ("ada", ("status",)),
]


@pytest.mark.parametrize(("who", "words"), GPG_COMMANDS, ids=lambda value: " ".join(value) if value else "")
def test_without_gpg_everything_is_refused_in_one_line(lab: Lab, who: str | None, words: tuple[str, ...]) -> None:
    (lab.place / "bin").mkdir()
    with unchanged(lab):
        outcome = lab.run(who, *(word.format(place=lab.place) for word in words), PATH=str(lab.place / "bin"))
        assert "gpg" in outcome.refused() or "GnuPG" in outcome.err
        assert outcome.out == ""


def test_a_gpg_that_is_another_program_is_found_out(lab: Lab) -> None:
    lab.write("bin/gpg", "#!/bin/sh\nexit 0\n")
    (lab.place / "bin" / "gpg").chmod(0o755)
    path = f"{lab.place}/bin:{os.environ['PATH']}"
    with unchanged(lab):
        lab.run("ada", "case", "list", PATH=path).refused()
        lab.run(None, "ingest", f"{lab.place}/finding.md", PATH=path).refused()
        assert lab.run(None, "ingest", "-", stdin=b"Subject: x\r\n\r\n", PATH=path).code == 75
    outcome = lab.run("ada", "doctor", "--offline", "--json", PATH=path)
    assert outcome.code == 1
    assert "the program is not GnuPG" in outcome.out


@pytest.mark.parametrize("whose", ["person", "mailbox"])
def test_a_home_with_too_long_a_path_is_refused(lab: Lab, whose: str) -> None:
    long = lab.place / ("x" * 90)
    long.mkdir(mode=0o700)
    if whose == "mailbox":
        lab.edit('home = "state/gnupg"', f'home = "{long}"')
    with unchanged(lab):
        if whose == "person":
            lab.run(None, "case", "list", GNUPGHOME=str(long)).refused("longer than 86 bytes", "shorter path")
        else:
            lab.run(None, "ingest", f"{lab.place}/finding.md").refused("longer than 86 bytes", "shorter path")
            assert lab.run(None, "ingest", "-", stdin=b"Subject: x\r\n\r\n").code == 75


def test_init_in_too_long_a_path_leaves_nothing(lab: Lab) -> None:
    with unchanged(lab):
        lab.run(None, "init", f"{lab.place}/{'x' * 90}", "--mailbox", MAILBOX, "--batch").refused("longer than 86")
        lab.run(None, "init", f"{lab.place}/{'x' * 300}", "--mailbox", MAILBOX, "--batch").refused()


PASSPHRASES = [
    ("wrong", 0o600, "the passphrase is wrong or missing"),
    ("", 0o600, "the passphrase is wrong or missing"),
    (None, 0o600, "does not exist"),
    ("right", 0o644, "other users can read or write it"),
    ("right", 0o600, ""),
]


@pytest.fixture(scope="module")
def locked_key() -> bytes:
    with gpg_home("right") as home:
        return home.secret(home.key(f"Lab <{MAILBOX}>"))


@pytest.mark.parametrize(("passphrase", "mode", "said"), PASSPHRASES)
def test_the_passphrase_of_the_mailbox_key(
    lab: Lab, locked_key: bytes, passphrase: str | None, mode: int, said: str
) -> None:
    place = Lab(lab.place / "n", lab.keys)
    place.place.mkdir()
    key = lab.write("locked.asc", locked_key)
    lab.run(None, "init", str(place.root), "--mailbox", MAILBOX, "--adopt-key", key, "--batch").good()
    place.edit("# passphrase_file", "passphrase_file")
    place.edit('passphrase_file = ""', 'passphrase_file = "state/secrets/gpg"')
    secret = place.root / "state" / "secrets" / "gpg"
    if passphrase is not None:
        secret.write_text(passphrase + "\n")
        secret.chmod(mode)
    mail = lab.write("mail.eml", b"Subject: x\r\n\r\nhello\r\n")
    if not said:
        assert place.run(None, "ingest", mail).code == 3
        place.run(None, "case", "list").good()
        return
    with unchanged(place):
        place.run(None, "ingest", mail).refused(said)
        place.run(None, "case", "list").refused(said)
        assert place.run(None, "ingest", "-", stdin=b"Subject: x\r\n\r\n").code == 75
    outcome = place.run(None, "doctor", "--offline", "--json")
    assert outcome.code == 1
    assert [one for one in outcome.json["findings"] if one["level"] == "problem" and said in one["what"]] != []


@pytest.mark.parametrize("command", ["exit 3", "true", "sleep 0; exit 1"])
def test_a_passphrase_command_that_fails_is_told(lab: Lab, command: str) -> None:
    lab.edit("# passphrase_file", "passphrase_command")
    lab.edit('passphrase_command = ""', f'passphrase_command = "{command}"')
    with unchanged(lab):
        lab.run(None, "ingest", f"{lab.place}/finding.md").refused("its command ended with status")


def _adopted(lab: Lab, what: str) -> tuple[bytes, str]:
    vendor = lab.home("vendor")
    match what:
        case "public":
            return _public(lab, "vendor"), "key"
        case "two":
            return vendor.gpg("--armor", "--export-secret-keys") + lab.home("cy").secret(lab.keys["cy"]), "key"
        case "two in one block":
            with gpg_home() as home:
                home.key("One <one@lab.example>")
                home.key("Two <two@lab.example>")
                return home.gpg("--armor", "--export-secret-keys"), "holds 2 secret keys, not one"
        case "garbage":
            return b"garbage", "key"
        case "empty":
            return b"", "key"
    raise AssertionError(what)


@pytest.mark.parametrize("what", ["public", "two", "two in one block", "garbage", "empty"])
def test_init_adopts_one_secret_key_or_makes_nothing(lab: Lab, what: str) -> None:
    content, words = _adopted(lab, what)
    key = lab.write("adopt.asc", content)
    with unchanged(lab):
        lab.run(None, "init", f"{lab.place}/n", "--mailbox", MAILBOX, "--adopt-key", key, "--batch").refused(words)


def test_init_adopts_a_key_that_opens_everything_afterwards(lab: Lab) -> None:
    with gpg_home() as home:
        fingerprint = home.key(f"Lab <{MAILBOX}>")
        key = lab.write("adopt.asc", home.secret(fingerprint))
    words = ("init", f"{lab.place}/n/lab", "--mailbox", MAILBOX, "--adopt-key", key, "--batch", "--json")
    shape = lab.run(None, *words).good().json
    assert (shape["mailbox_key"], shape["revocation"]) == (str(fingerprint), None)
    other = Lab(lab.place / "n", lab.keys)
    assert other.run(None, "case", "list", "--json").good().out == ""
    other.run(None, "case", "new", f"{lab.place}/finding.md").good()


INIT_WRONG = [
    ("--mailbox", "nonsense"),
    ("--mailbox", "x@127.0.0.1"),
    ("--mailbox", f"{'x' * 60}@lab.example"),
    ("--mailbox", MAILBOX, "--person", "nonsense"),
    ("--mailbox", MAILBOX, "--name", "a <b>"),
    ("--mailbox", MAILBOX, "--name", "a\nb"),
    ("--mailbox", MAILBOX, "--person-name", "a\nb"),
    ("--mailbox", MAILBOX, "--adopt-key", "/nowhere/key.asc"),
    ("--mailbox", "a/b@lab.example"),
]


@pytest.mark.parametrize("words", INIT_WRONG, ids=" ".join)
def test_init_with_wrong_words_makes_nothing(lab: Lab, words: tuple[str, ...]) -> None:
    with unchanged(lab):
        lab.run(None, "init", f"{lab.place}/n", *words, "--batch").refused()


def test_init_twice_changes_nothing(lab: Lab) -> None:
    with unchanged(lab):
        lab.run(None, "init", str(lab.root), "--mailbox", MAILBOX, "--batch").refused("is there already")
        lab.run(None, "init", str(lab.root), "--mailbox", "other@lab.example", "--batch").refused("is there already")
        lab.run(None, "init", f"{lab.place}/finding.md", "--mailbox", MAILBOX, "--batch").refused()
        lab.run(None, "init", f"{lab.place}/n", "--mailbox", MAILBOX).refused("--batch")


def test_init_never_overwrites_what_it_finds(lab: Lab) -> None:
    """A folder with a store but without its configuration is somebody's only copy."""
    config = lab.config.read_bytes()
    lab.config.unlink()
    with unchanged(lab):
        lab.run(None, "init", str(lab.root), "--mailbox", MAILBOX, "--batch").refused()
    lab.config.write_bytes(config)
    lab.run("ada", "case", "list").good()


def test_what_init_made_is_private_and_complete(lab: Lab) -> None:
    words = ("init", f"{lab.place}/n/lab", "--mailbox", MAILBOX, "--name", 'A "quoted" \\ name', "--batch", "--json")
    shape = lab.run(None, *words).good().json
    assert set(shape) == {"config", "mailbox_key", "revocation", "backup"}
    assert all(Path(path).exists() for path in [shape["config"], shape["revocation"], *shape["backup"]])
    other = Lab(lab.place / "n", lab.keys)
    readable = [
        str(path)
        for path in other.root.rglob("*")
        if path.stat().st_mode & 0o077 and other.root / "keys" not in [path, *path.parents]
    ]
    assert readable == []
    assert b"BEGIN PGP PUBLIC KEY" in Path(shape["revocation"]).read_bytes()
    assert other.run(None, "case", "new", f"{lab.place}/finding.md", "--json").good().json["case"] == CASE
    assert other.run(None, "doctor", "--offline", "--json").good().json["ok"] is True
