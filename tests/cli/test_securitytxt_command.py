"""``cvdmail securitytxt`` as a person or a script runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cvdmail.cli.securitytxt import command

GOOD = b"Contact: mailto:psirt@acme.de\nExpires: 2027-06-01T00:00:00Z\n"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "security.txt"
    path.write_bytes(GOOD)
    return str(path)


def test_several_files_are_json_lines(file: str, tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"<html></html>")
    code, out, err = run(file, str(tmp_path / "page"), "--json", "--at", "2026-11-21T00:00:00Z")
    first, second = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert (first["file"], first["valid_strict"], second["class"]) == (file, True, "html")


def test_at_decides_what_has_expired(file: str) -> None:
    assert json.loads(run(file, "--json", "--at", "2028-01-01T00:00:00+02:00")[1])["expired"] is True
    code, out, err = run(file, "--at", "tomorrow")
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "source", ["nowhere/at/all", ".", "http://acme.de/", "https://127.0.0.1/", "https://[", "a\0b", "ftp://acme.de/x"]
)
def test_bad_input_is_one_line_and_the_others_are_still_read(source: str, file: str) -> None:
    code, out, err = run(source, file, "--json")
    assert code == 1
    assert len(out.splitlines()) == 1
    assert len(err.splitlines()) == 1


def test_the_report_shows_what_is_wrong_and_hides_no_character(tmp_path: Path) -> None:
    path = tmp_path / "odd"
    path.write_bytes("Contact: psirt [at] acme [dot] de\x1b[2J\u202e\nExpires: 2020-01-01T00:00:00Z\n".encode())
    code, out, _ = run(str(path))
    assert code == 0
    assert "may mean psirt@acme.de" in out
    assert "expired" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_large_file_is_read_no_further_than_needed(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(GOOD * 20_000)
    got = json.loads(run(str(path), "--json")[1])
    assert (got["class"], got["errors"], got["contacts"]) == ("other_text", ["too_large"], [])
