"""``export`` and ``verify``: whole archives, and every way in which one can be none."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from cli.lab import CASE, Lab, copied, process, run, unchanged
from cvdmail.core import ledger as chains
from cvdmail.core.archive import EVENTS, MANIFEST, event_line, manifest, read_tar, write_tar
from cvdmail.core.events import EventKind


@pytest.fixture(scope="module")
def archive(queued_lab: Lab) -> bytes:
    """A clear archive of the case, signed by Ben."""
    with copied(queued_lab) as lab:
        lab.sent()
        lab.run("ben", "export", CASE, "--clear", "--yes", "-o", f"{lab.place}/x.tar").good()
        return (lab.place / "x.tar").read_bytes()


@pytest.fixture
def signer(queued_lab: Lab) -> str:
    return str(queued_lab.keys["ben"])


def verified(data: bytes, folder: Path, *words: str) -> tuple[int, dict[str, object]]:
    path = folder / "a.tar"
    path.write_bytes(data)
    outcome = run("verify", str(path), "--json", *words)
    assert outcome.err == ""
    return outcome.code, outcome.json


def test_a_whole_archive_by_the_right_signer(archive: bytes, signer: str, tmp_path: Path, queued_lab: Lab) -> None:
    code, shape = verified(archive, tmp_path, "--signer", signer)
    assert (code, shape["ok"], shape["chains"], shape["problems"], shape["messages"]) == (0, True, "ok", [], 1)
    assert shape["signature"] == {"state": "good", "fingerprint": signer, "trusted": True}
    key = tmp_path / "ben.asc"
    key.write_bytes(queued_lab.home("ben").public(queued_lab.keys["ben"]))
    assert verified(archive, tmp_path, "--signer", str(key))[0] == 0


def test_without_a_signer_nobody_vouches(archive: bytes, signer: str, tmp_path: Path) -> None:
    code, shape = verified(archive, tmp_path)
    assert (code, shape["ok"]) == (3, True)
    assert shape["signature"] == {"state": "good", "fingerprint": signer, "trusted": None}


def test_another_signer_is_not_trusted(archive: bytes, tmp_path: Path, queued_lab: Lab) -> None:
    code, shape = verified(archive, tmp_path, "--signer", str(queued_lab.keys["ada"]))
    assert (code, shape["ok"], shape["signature"]["trusted"]) == (1, False, False)  # type: ignore[index]
    key = tmp_path / "ada.asc"
    key.write_bytes(queued_lab.home("ada").public(queued_lab.keys["ada"]))
    code, shape = verified(archive, tmp_path, "--signer", str(key))
    assert (code, shape["ok"]) == (1, False)


def test_a_folder_and_standard_input_are_archives_too(archive: bytes, signer: str, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, data in read_tar(archive).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    assert run("verify", str(folder), "--signer", signer).code == 0
    assert run("verify", "-", "--signer", signer, stdin=archive).code == 0
    (folder / "link").symlink_to("/etc/passwd")
    run("verify", str(folder), "--signer", signer).refused("not a plain file")


def _tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _special(kind: bytes) -> bytes:
    info = tarfile.TarInfo("messages/0001-inbound.eml")
    info.type, info.linkname = kind, "/etc/passwd"
    return _tar((info, b""))


NO_ARCHIVES = {
    "empty": b"",
    "garbage": b"no archive at all " * 100,
    "zeros": bytes(10240),
    "encrypted": b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
    "a link": _special(tarfile.SYMTYPE),
    "a hard link": _special(tarfile.LNKTYPE),
    "a device": _special(tarfile.CHRTYPE),
    "a pipe": _special(tarfile.FIFOTYPE),
    "a folder": _special(tarfile.DIRTYPE),
}


@pytest.mark.parametrize("what", NO_ARCHIVES)
def test_what_is_no_archive_is_never_a_good_one(what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(NO_ARCHIVES[what])
    outcome = run("verify", str(path), "--json")
    if outcome.out:
        assert (outcome.code, outcome.json["ok"], outcome.err) == (1, False, "")
    else:
        outcome.refused("encrypted" if what == "encrypted" else "archive")
    assert run("verify", "-", stdin=NO_ARCHIVES[what]).code == 1


@pytest.mark.parametrize("at", [1, 300, 511, 512, 513, 1024, 5000, 10000, -20480, -10240, -1024, -513])
def test_a_cut_archive_is_never_a_good_one(archive: bytes, signer: str, at: int, tmp_path: Path) -> None:
    """The blocks of zeros at the end may be missing, nothing else."""
    path = tmp_path / "a.tar"
    path.write_bytes(archive[:at])
    outcome = run("verify", str(path), "--signer", signer, "--json")
    last = max(number for number, byte in enumerate(archive) if byte)
    kept = at if at > 0 else len(archive) + at
    assert outcome.code in ((0, 1) if kept > last else (1,)), outcome
    if not outcome.out:
        outcome.refused("archive")


def _files(archive: bytes) -> dict[str, bytes]:
    return dict(read_tar(archive))


def test_every_kind_of_change_is_found_where_it_is(archive: bytes, signer: str, tmp_path: Path) -> None:
    whole = _files(archive)
    for name in whole:
        at = len(whole[name]) // 2
        changed = {**whole, name: whole[name][:at] + bytes([whole[name][at] ^ 1]) + whole[name][at + 1 :]}
        code, shape = verified(write_tar(changed), tmp_path, "--signer", signer)
        assert (code, shape["ok"]) == (1, False), name
        missing = {key: value for key, value in whole.items() if key != name}
        code, shape = verified(write_tar(missing), tmp_path, "--signer", signer)
        assert (code, shape["ok"]) == (1, False), name


def test_an_extra_file_is_found(archive: bytes, signer: str, tmp_path: Path) -> None:
    for name in (
        "extra",
        "messages/9999-inbound.eml",
        "../escape",
        "/etc/passwd",
        "a\\b",
        "messages/0001-outbound.eml ",
    ):
        code, shape = verified(write_tar({**_files(archive), name: b"x"}), tmp_path, "--signer", signer)
        assert (code, shape["ok"]) == (1, False), name
        assert name in [one["path"] for one in shape["problems"]]  # type: ignore[attr-defined]


def test_the_same_name_twice_is_found(archive: bytes, signer: str, tmp_path: Path) -> None:
    files = _files(archive)
    members = [(tarfile.TarInfo(name), data) for name, data in sorted(files.items())]
    again = (tarfile.TarInfo("case.json"), b"{}")
    for doubled in ([*members, again], [again, *members]):
        assert verified(_tar(*doubled), tmp_path, "--signer", signer)[0] == 1


def test_names_that_no_terminal_can_print_are_told_all_the_same(archive: bytes, tmp_path: Path) -> None:
    header = bytearray(_tar((tarfile.TarInfo("strange-name"), b"x")))
    header[:12] = b"\xff\xfe\x1b[2J\n\x07evil"
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header[:512]):06o}\0 ".encode()
    path = tmp_path / "a.tar"
    path.write_bytes(bytes(header))
    for words in ((), ("--json",)):
        outcome = process("verify", str(path), *words)
        assert outcome.code == 1
        assert "Traceback" not in outcome.err
        assert "\x1b" not in outcome.out + outcome.err


ODD_EVENTS: dict[str, object] = {
    "a number for a line": 5,
    "a list for a line": [1],
    "a number for a body": {"body": 5, "kind": "mail_frozen"},
    "a text for a body": {"body": "sha256", "kind": "mail_frozen"},
    "nothing for a body": {"body": None},
    "not a number in a body": {"body": {"a": float("nan")}},
    "an endless number in a body": {"body": {"a": 10**40}},
    "half a character in a body": {"body": {"a": "\ud800"}},
    "half a character for a chain": {"chain": "\ud800"},
    "a deep body": {"body": {"a": json.loads("[" * 500 + "]" * 500)}},
    "an unknown kind": {"kind": "party"},
    "a time that is none": {"at": "yesterday"},
    "an endless participant": {"participant": 10**40},
    "a list for a participant": {"participant": [1]},
}


@pytest.mark.parametrize("what", ODD_EVENTS)
def test_hostile_events_are_problems_and_no_tracebacks(what: str, tmp_path: Path) -> None:
    """The manifest is right and nothing is signed: an archive from a stranger."""
    event = chains.Event("main", EventKind.CHECKPOINT, chains.read_instant("2026-06-12T10:00:00.000000Z"), "daemon", {})
    line = json.loads(json.dumps(event_line(chains.append(event, None), None)))
    odd = ODD_EVENTS[what]
    if isinstance(odd, dict):
        line["record"] |= odd
    else:
        line = odd
    files = {EVENTS: json.dumps(line).encode() + b"\n"}
    code, shape = verified(write_tar({**files, MANIFEST: manifest(files)}), tmp_path)
    assert (code, shape["ok"]) == (1, False)


@pytest.mark.parametrize("change", [{"seq": 10**40}, {"seq": "x"}, {"hash": "zz"}, {"hash": ""}, {"previous": None}])
def test_hostile_places_in_a_chain_are_problems(change: dict[str, object], tmp_path: Path) -> None:
    event = chains.Event("main", EventKind.CHECKPOINT, chains.read_instant("2026-06-12T10:00:00.000000Z"), "daemon", {})
    line = {**event_line(chains.append(event, None), None), **change}
    files = {EVENTS: json.dumps(line).encode() + b"\n"}
    code, shape = verified(write_tar({**files, MANIFEST: manifest(files)}), tmp_path)
    assert (code, shape["ok"]) == (1, False)


def test_a_tiny_archive_that_claims_to_be_huge_does_not_fill_the_memory(tmp_path: Path) -> None:
    """A sparse file of a gigabyte in a few hundred bytes: refused, not unpacked."""
    info = tarfile.TarInfo("case.json")
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[156:157] = b"S"
    header[386:398] = f"{0:011o}\0".encode()
    header[398:410] = f"{0:011o}\0".encode()
    header[483:495] = f"{1_500_000_000:011o}\0".encode()
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header[:512]):06o}\0 ".encode()
    path = tmp_path / "a.tar"
    path.write_bytes(bytes(header) + bytes(1024))
    with subprocess.Popen(
        [sys.executable, "-m", "cvdmail", "verify", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        assert running.stderr is not None
        said = running.stderr.read().decode()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert (running.returncode, "Traceback" in said) == (1, False), said[-300:]
    assert used.ru_maxrss < 300_000  # kilobytes


WRONG_SIGNERS = ["nonsense", "0123456789ABCDEF", "A" * 39, "x" * 300, ""]


@pytest.mark.parametrize("wrong", WRONG_SIGNERS)
def test_a_signer_that_is_none_is_refused(archive: bytes, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(archive)
    run("verify", str(path), "--signer", wrong).refused()


@pytest.mark.parametrize("content", [b"", b"garbage", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxx\n"])
def test_a_signer_file_that_is_none_is_refused(archive: bytes, content: bytes, tmp_path: Path) -> None:
    path, key = tmp_path / "a.tar", tmp_path / "key.asc"
    path.write_bytes(archive)
    key.write_bytes(content)
    run("verify", str(path), "--signer", str(key)).refused()


@pytest.mark.parametrize("path", ["nowhere.tar", "x" * 300])
def test_an_archive_that_is_not_there_is_refused(path: str, tmp_path: Path) -> None:
    run("verify", str(tmp_path / path)).refused()


def test_an_export_never_overwrites(drafted: Lab) -> None:
    path = drafted.write("x.tar.pgp", b"something precious")
    with unchanged(drafted):
        drafted.run("ben", "export", CASE, "-o", path).refused("is there already")
        drafted.run("ben", "export", CASE, "-o", str(drafted.root)).refused("is there already")
        drafted.run("ben", "export", CASE, "-o", f"{drafted.place}/{'x' * 300}").refused()


EXPORTS = [
    ("ada", (), "does not have the role auditor"),
    ("ben", ("--to", "nobody@lab.example"), "not under [[people]]"),
    ("ben", ("--clear",), "add --yes"),
]


@pytest.mark.parametrize(("who", "words", "said"), EXPORTS)
def test_an_export_that_may_not_be_is_refused_whole(drafted: Lab, who: str, words: tuple[str, ...], said: str) -> None:
    with unchanged(drafted):
        drafted.run(who, "export", CASE, "-o", f"{drafted.place}/x", *words).refused(said)
    assert drafted.run("ben", "export", CASE, "--clear", "--to", "ada@lab.example", "--yes").code == 2


def test_an_export_that_cannot_be_written_is_no_export(drafted: Lab) -> None:
    """The ledger must not tell of an archive that nobody has."""
    drafted.write("file", b"x")
    with unchanged(drafted):
        drafted.run("ben", "export", CASE, "-o", f"{drafted.place}/file/x").refused()


def test_an_encrypted_export_opens_for_whom_it_is_for(drafted: Lab) -> None:
    path = f"{drafted.place}/x.tar.pgp"
    shape = drafted.run("ben", "export", CASE, "-o", path, "--to", "ada@lab.example", "--json").good().json
    assert {key: shape[key] for key in ("case", "file", "encrypted")} == {"case": CASE, "file": path, "encrypted": True}
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert Path(path).stat().st_size == shape["size"]
    run("verify", path).refused("it is encrypted", "gpg --decrypt")
    data = drafted.home("ada").gpg("--decrypt", data=Path(path).read_bytes())
    assert len(read_tar(data)) == shape["files"]
    assert run("verify", "-", "--signer", str(drafted.keys["ben"]), stdin=data).code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = replace(body, 'engineer', 'automated') WHERE kind = 'case_opened'",
        "DELETE FROM event WHERE seq = 2 AND chain LIKE 'CVD%'",
        "UPDATE event SET seq = seq + 100 WHERE seq = 3 AND chain LIKE 'CVD%'",
        "UPDATE event SET actor = 'daemon' WHERE kind = 'draft_approved'",
        "UPDATE event SET signature = replace(signature, 'a', 'b') WHERE kind = 'case_opened'",
        "UPDATE participant SET rm = 'ACCEPTED'",
        "UPDATE \"case\" SET pxa = 'Pxa'",
        "UPDATE event SET hash = zeroblob(32) WHERE seq = 1",
    ],
)
def test_a_changed_ledger_is_found(approved: Lab, statement: str) -> None:
    assert approved.run("ben", "ledger", "verify", "--json").good().json["ok"] is True
    with sqlite3.connect(approved.database) as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()
    outcome = approved.run("ben", "ledger", "verify", "--json")
    assert (outcome.code, outcome.json["ok"]) == (1, False)
    assert outcome.json["problems"] != []
    shown = approved.run("ben", "ledger", "verify")
    assert (shown.code, "NOT WHOLE" in shown.out) == (1, True)
    assert "Traceback" not in shown.err
