"""A configuration that cannot be used: every problem at once, one line each, and nothing is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.lab import Lab, run, unchanged
from cvdmail.config import _TABLES

MAILBOX_LINE = 'address = "outbounddisclosures@lab.example"'
ROLES = 'roles = ["researcher", "reviewer", "manager", "operator"]'

WRONG = [
    ("[mailbox]", '[mailbox]\ncolour = "red"', "mailbox.colour is not known"),
    ("[mailbox]", "[colours]\n[mailbox]", "[colours] is not known"),
    (MAILBOX_LINE, 'address = "not an address"', "mailbox.address"),
    (MAILBOX_LINE, "address = 5", "mailbox.address must be of type str"),
    (MAILBOX_LINE, f'address = "{"x" * 60}@lab.example"', "leaves no room for a reply token"),
    ('name = "Lab"', 'name = "Lab\\r\\nBcc: x"', "mailbox.name: it holds the control character U+000D"),
    ("copy_to_self = true", 'copy_to_self = "yes"', "mailbox.copy_to_self must be of type bool"),
    ("[openpgp]", '[openpgp]\npassphrase = "hunter2"', "openpgp.passphrase is not known"),
    ("sqlite+aiosqlite:///state/cvdmail.db", "sqlite:///state/cvdmail.db", "store.url must begin with"),
    ("sqlite+aiosqlite:///state/cvdmail.db", "mysql://h/x", "store.url must begin with"),
    ('cna_url = ""', 'cna_url = "http://cna.example/"', "discovery.cna_url must begin with https://"),
    ('cna_url = ""', 'cna_url = ""\nfixed_hosts = { "vendor.example" = "here" }', "discovery.fixed_hosts"),
    ('cna_url = ""', 'cna_url = ""\nfixed_hosts = { "vendor.example" = 5 }', "discovery.fixed_hosts"),
    ('cna_url = ""', 'cna_url = ""\nfixed_hosts = { "vendor.example" = "127.0.0.1:99999" }', "discovery.fixed_hosts"),
    (ROLES, 'roles = ["king"]', "people.roles must be a list of"),
    (ROLES, 'roles = [["researcher"]]', "people.roles must be a list of"),
    (ROLES, "roles = [1, {}]", "people.roles must be a list of"),
    (ROLES, 'roles = "researcher"', "people.roles must be of type list"),
    ('address = "ada@lab.example"', 'address = "ben@lab.example"', "two people have the same address"),
    ("[store]", '[imap]\nhost = "imap lab"\n[store]', "imap.host is not a host name"),
    ("[store]", '[imap]\nhost = "i.example"\nport = 0\n[store]', "imap.port is not a port number"),
    ("[store]", '[imap]\nhost = "i.example"\nport = true\n[store]', "imap.port must be of type int"),
    ("[store]", '[imap]\nhost = "i.example"\ntls = "starttls"\n[store]', 'imap.tls must be "implicit"'),
    ("[store]", '[smtp]\nhost = "s.example"\ntls = "none"\n[store]', "smtp.tls must be"),
    ("[store]", '[smtp]\nhost = "s.example"\nport = "465"\n[store]', "smtp.port must be of type int"),
    ("[store]", '[imap]\nhost = "i.example"\nfolders = []\n[store]', "imap.folders must be a list"),
    ("[store]", '[imap]\nhost = "i.example"\nfolders = [1]\n[store]', "imap.folders must be a list"),
    ("[store]", '[imap]\nhost = "i.example"\nfolders = ["A\\nB"]\n[store]', "imap.folders must be a list"),
    ("[store]", '[smtp]\nhost = "s.example"\npassword = "hunter2"\n[store]', "smtp.password is not known"),
    ("[store]", '[smtp]\nhost = "s.example"\npassword_file = "a"\npassword_command = "b"\n[store]', "keep one"),
    ("[mailbox]", "[mailbox", "it is not TOML"),
    ("[mailbox]", "[[mailbox]]", "[mailbox] is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_each_problem_is_one_line_with_file_key_and_remedy(lab: Lab, old: str, new: str, words: str) -> None:
    lab.edit(old, new)
    with unchanged(lab):
        outcome = lab.run("ada", "case", "list")
    assert outcome.out == ""
    said = outcome.refused(words, str(lab.config), lines=len(outcome.err.splitlines()))
    assert "hunter2" not in said
    assert len([line for line in said.splitlines() if words in line]) == 1


def test_several_problems_are_told_at_once(lab: Lab) -> None:
    lab.edit("[mailbox]", '[colours]\n[mailbox]\ncolour = "red"')
    lab.edit('cna_url = ""', 'cna_url = "ftp://x"')
    lab.edit(ROLES, 'roles = ["king"]')
    with unchanged(lab):
        said = lab.run("ada", "case", "list").refused(lines=4)
    assert all(line.startswith(f"cvdmail: {lab.config}: ") for line in said.splitlines())
    assert [word for word in ("[colours]", "mailbox.colour", "cna_url", "people.roles") if word not in said] == []


def test_a_database_that_needs_a_missing_driver_is_refused(lab: Lab) -> None:
    """PostgreSQL is an offer of the configuration; its driver is nobody's dependency."""
    lab.edit("sqlite+aiosqlite:///state/cvdmail.db", "postgresql+asyncpg://127.0.0.1:9/x")
    with unchanged(lab):
        lab.run("ada", "case", "list").refused()


@pytest.mark.parametrize("url", ["postgresql+asyncpg://[", "postgresql+asyncpg://h:port/x"])
def test_a_database_url_that_is_none_is_refused(lab: Lab, url: str) -> None:
    lab.edit("sqlite+aiosqlite:///state/cvdmail.db", url)
    with unchanged(lab):
        lab.run("ada", "case", "list").refused("store.url")


def test_the_policy_is_read_as_strictly(lab: Lab) -> None:
    lab.edit("[review]", "[wishes]\n[review]\npeople = 3", "policy.toml")
    lab.edit("engineer = 1", "engineer = -1", "policy.toml")
    with unchanged(lab):
        said = lab.run("ada", "case", "list").refused(lines=3)
    assert [word for word in ("[wishes]", "review.people", "review.engineer") if word not in said] == []


@pytest.mark.parametrize("broken", ["missing", "folder", "not utf-8"])
def test_a_policy_that_cannot_be_read_is_refused(lab: Lab, broken: str) -> None:
    path = lab.root / "config" / "policy.toml"
    path.unlink()
    if broken == "folder":
        path.mkdir()
    elif broken == "not utf-8":
        path.write_bytes(b"\xff\xfe")
    lab.run("ada", "case", "list").refused("policy.toml")


@pytest.mark.parametrize("what", ["missing", "folder", "binary", "empty"])
def test_a_configuration_that_is_none_is_refused(lab: Lab, what: str) -> None:
    path = {"missing": lab.place / "nowhere.toml", "folder": lab.place}.get(what, lab.place / "odd.toml")
    if what in ("binary", "empty"):
        path.write_bytes(b"\x00\xff" if what == "binary" else b"")
    with unchanged(lab):
        outcome = lab.run("ada", "case", "list", "--config", str(path))
    outcome.refused(str(path), lines=2 if what == "empty" else 1)


def test_where_the_configuration_is_looked_for(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named, then the variable, then ./config, then the XDG place."""
    env = {**lab.env("ada"), "CVDMAIL_CONFIG": ""}
    monkeypatch.chdir(lab.root)
    assert run("case", "list", "--json", env=env).good().out == ""
    monkeypatch.chdir(lab.place)
    run("case", "list", env=env).refused("cvdmail init")
    there = lab.place / "xdg" / "cvdmail"
    there.parent.mkdir()
    there.symlink_to(lab.root)
    for name in ("cvdmail.toml", "policy.toml", "templates"):
        (lab.root / name).symlink_to(lab.root / "config" / name)
    run("case", "list", env={**env, "XDG_CONFIG_HOME": str(lab.place / "xdg")}).good()
    wrong = {**env, "CVDMAIL_CONFIG": str(lab.place / "other.toml")}
    run("case", "list", env=wrong).refused("other.toml")
    run("case", "list", "--config", str(lab.config), env=wrong).good()


def test_the_shipped_configuration_documents_every_option() -> None:
    text = (Path(__file__).parents[2] / "config" / "cvdmail.toml").read_text()
    missing = {f"{table}.{key}" for table, keys in _TABLES.items() for key in keys if key not in text}
    assert missing == set()
