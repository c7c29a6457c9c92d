"""The configuration: every option, every problem at once, and no secret in any word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cvdmail.config import Config, PersonRole, Tls, load
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.errors import ConfigError

KEY, ADA, BOB = "AB" * 20, "CD" * 20, "EF" * 20
MINIMAL = f"""
[mailbox]
address = "outbound@lab.example"

[openpgp]
mailbox_key = "{KEY}"

[[people]]
name = "Ada"
address = "ada@lab.example"
roles = ["researcher", "reviewer"]
fingerprint = "{ADA}"
"""
FULL = (
    MINIMAL.replace(
        'address = "outbound@lab.example"',
        'address = "outbound@lab.example"\nname = "Lab Sécurité"\ncopy_to_self = false\n'
        'authserv_id = "mx.lab.example"\nauthserv_hops = 2\npolicy_url = "https://lab.example/policy"',
        1,
    ).replace("[openpgp]", '[openpgp]\nhome = "keys-home"\npassphrase_file = "secrets/key"')
    + f"""
[[people]]
name = "Bob"
address = "bob@lab.example"
roles = ["operator"]
fingerprint = "{BOB}"

[imap]
host = "imap.lab.example"
user = "outbound"
password_file = "/run/secrets/imap"
ca_file = "ca.pem"
folders = ["INBOX", "Junk", "Größe"]
sent = "Gesendet"

[smtp]
host = "smtp.lab.example"
port = 587
tls = "starttls"
user = "outbound"
token_command = "get-token smtp"

[store]
url = "sqlite+aiosqlite:///data/x.db"

[discovery]
cna_url = "https://cna.example/list.json"
fixed_hosts = {{ "vendor.example" = "127.0.0.1:8443", "b.example" = "[::1]:443" }}
ca_file = "test-ca.pem"
"""
)


def written(folder: Path, text: str, name: str = "config/cvdmail.toml") -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Config]:
    return lambda text: load(written(tmp_path, text))


@pytest.fixture
def problems(tmp_path: Path) -> Callable[[str], tuple[str, ...]]:
    def read_badly(text: str) -> tuple[str, ...]:
        file = written(tmp_path, text)
        with pytest.raises(ConfigError) as error:
            load(file)
        lines = error.value.line().splitlines()
        assert len(lines) == len(error.value.problems)
        assert all(line.startswith(f"{file}: ") for line in lines)
        return error.value.problems

    return read_badly


def test_the_least_that_is_needed(read: Callable[[str], Config], tmp_path: Path) -> None:
    config = read(MINIMAL)
    assert config.mailbox.address == Address.parse("outbound@lab.example")
    assert config.mailbox.copy_to_self
    assert config.mailbox.authserv_id == ""
    assert config.mailbox.authserv_hops == 1
    assert config.mailbox.policy_url == ""
    assert config.imap is None
    assert config.smtp is None
    assert config.openpgp.home == tmp_path / "state" / "gnupg"
    assert config.openpgp.mailbox_key == Fingerprint.parse(KEY)
    assert not config.openpgp.passphrase.given
    assert config.store_url == f"sqlite+aiosqlite:///{tmp_path}/state/cvdmail.db"
    assert config.discovery.cna_url == ""
    assert config.policy_file == tmp_path / "config" / "policy.toml"
    assert config.templates == tmp_path / "config" / "templates"
    assert config.keys == tmp_path / "keys"
    assert config.state == tmp_path / "state"


def test_every_option(read: Callable[[str], Config], tmp_path: Path) -> None:
    config = read(FULL)
    assert config.mailbox.name == "Lab Sécurité"
    assert config.mailbox.authserv_id == "mx.lab.example"
    assert config.mailbox.authserv_hops == 2
    assert config.mailbox.policy_url == "https://lab.example/policy"
    assert not config.mailbox.copy_to_self
    assert config.openpgp.home == tmp_path / "keys-home"
    assert config.openpgp.passphrase.file == tmp_path / "secrets" / "key"
    imap = config.imap
    assert imap is not None
    assert (imap.host, imap.port, imap.tls, imap.user) == ("imap.lab.example", 993, Tls.IMPLICIT, "outbound")
    assert imap.secret.file == Path("/run/secrets/imap")
    assert not imap.secret.token
    assert imap.ca_file == tmp_path / "ca.pem"
    assert (imap.folders, imap.sent) == (("INBOX", "Junk", "Größe"), "Gesendet")
    smtp = config.smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.tls) == ("smtp.lab.example", 587, Tls.STARTTLS)
    assert (smtp.secret.command, smtp.secret.token, smtp.secret.given) == ("get-token smtp", True, True)
    assert config.store_url == f"sqlite+aiosqlite:///{tmp_path}/data/x.db"
    assert dict(config.discovery.fixed_hosts) == {"vendor.example": ("127.0.0.1", 8443), "b.example": ("::1", 443)}
    assert config.discovery.ca_file == tmp_path / "test-ca.pem"
    assert [person.name for person in config.people] == ["Ada", "Bob"]


def test_people(read: Callable[[str], Config]) -> None:
    config = read(FULL)
    ada, bob = config.people
    assert ada.may(PersonRole.REVIEWER)
    assert not bob.may(PersonRole.REVIEWER)
    assert config.reviewers() == {Fingerprint.parse(ADA)}
    assert config.person_of(Fingerprint.parse(BOB)) == bob
    assert config.person_of(Fingerprint.parse(KEY)) is None


def test_the_shipped_file_needs_only_what_init_fills_in(problems: Callable[[str], tuple[str, ...]]) -> None:
    """Every option of the shipped file is known; what is missing is the key and the people."""
    shipped = (Path(__file__).parents[1] / "config" / "cvdmail.toml").read_text()
    found = problems(shipped)
    assert len(found) <= 2
    assert any("openpgp.mailbox_key" in problem for problem in found)


def test_every_option_of_the_shipped_file_is_one_that_is_read(read: Callable[[str], Config]) -> None:
    shipped = (Path(__file__).parents[1] / "config" / "cvdmail.toml").read_text()
    active = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", shipped)
    active = active.replace('mailbox_key = ""', f'mailbox_key = "{KEY}"').replace(
        'fingerprint = ""', f'fingerprint = "{ADA}"'
    )
    config = read(active)
    assert config.imap is not None
    assert config.smtp is not None
    assert config.people


@pytest.mark.parametrize(
    ("old", "new", "key", "remedy"),
    [
        ('address = "outbound@lab.example"', "", "mailbox.address", "add it"),
        ('address = "outbound@lab.example"', 'address = "outbound"', "mailbox.address", "spelling"),
        ('address = "outbound@lab.example"', "address = 5", "mailbox.address", "correct"),
        ('"outbound@lab.example"', f'"{"o" * 48}@lab.example"', "mailbox.address", "shorter"),
        ('"outbound@lab.example"', '"outbound@lab.example"\nname = "a\\nb"', "mailbox.name", "remove"),
        ('"outbound@lab.example"', '"outbound@lab.example"\ncopy_to_self = "yes"', "mailbox.copy_to_self", "correct"),
        ('"outbound@lab.example"', '"outbound@lab.example"\nauthserv_hops = -1', "mailbox.authserv_hops", "correct"),
        ('"outbound@lab.example"', '"outbound@lab.example"\nauthserv_hops = 21', "mailbox.authserv_hops", "correct"),
        ('"outbound@lab.example"', '"outbound@lab.example"\npolicy_url = "ftp://x"', "mailbox.policy_url", "correct"),
        ('"outbound@lab.example"', '"outbound@lab.example"\nadress = "x"', "mailbox.adress", "spelling"),
        (f'mailbox_key = "{KEY}"', "", "openpgp.mailbox_key", "add it"),
        (f'mailbox_key = "{KEY}"', f'mailbox_key = "{KEY[-16:]}"', "openpgp.mailbox_key", "whole"),
        (f'mailbox_key = "{KEY}"', f'mailbox_key = "{KEY}"\nhome = 1', "openpgp.home", "correct"),
        ('roles = ["researcher", "reviewer"]', 'roles = ["boss"]', "people.roles", "correct"),
        ('roles = ["researcher", "reviewer"]', 'roles = "reviewer"', "people.roles", "correct"),
        ('roles = ["researcher", "reviewer"]', 'roles = [["reviewer"]]', "people.roles", "correct"),
        ('roles = ["researcher", "reviewer"]', "roles = [{}]", "people.roles", "correct"),
        (f'fingerprint = "{ADA}"', 'fingerprint = "x"', "people.fingerprint", "whole"),
        (f'fingerprint = "{ADA}"', f'fingerprint = "{ADA}"\nrole = "x"', "people.role", "spelling"),
        ('"ada@lab.example"', '"Ada <ada@lab.example>"', "people.address", "spelling"),
        ("[[people]]", "[people]", "people", "add"),
        ("[openpgp]", "[opengpg]\n[openpgp]", "opengpg", "remove"),
        ("[mailbox]", "imap = 3\n[mailbox]", "imap", ""),
    ],
)  # fmt: skip
def test_a_problem_is_named_with_its_key_and_remedy(
    problems: Callable[[str], tuple[str, ...]], old: str, new: str, key: str, remedy: str
) -> None:
    assert old in MINIMAL
    found = problems(MINIMAL.replace(old, new, 1))
    assert any(key in problem and remedy in problem for problem in found), found


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        ("[imap]\n", "imap.host"),
        ('[imap]\nhost = "a b"\n', "imap.host"),
        ('[imap]\nhost = "https://x.example"\n', "imap.host"),
        ('[imap]\nhost = "x.example"\nport = 0\n', "imap.port"),
        ('[imap]\nhost = "x.example"\nport = 65536\n', "imap.port"),
        ('[imap]\nhost = "x.example"\nport = "993"\n', "imap.port"),
        ('[imap]\nhost = "x.example"\nport = true\n', "imap.port"),
        ('[imap]\nhost = "x.example"\ntls = "none"\n', "imap.tls"),
        ('[imap]\nhost = "x.example"\ntls = "starttls"\n', "imap.tls"),
        ('[imap]\nhost = "x.example"\ntls = false\n', "imap.tls"),
        ('[smtp]\nhost = "x.example"\ntls = "none"\n', "smtp.tls"),
        ('[smtp]\nhost = "x.example"\ntls = "opportunistic"\n', "smtp.tls"),
        ('[smtp]\nhost = "x.example"\ntls = ""\n', "smtp.tls"),
        ('[smtp]\nhost = "x.example"\nfolders = ["INBOX"]\n', "smtp.folders"),
        ('[smtp]\nhost = "x.example"\npassword = "canary"\n', "smtp.password"),
        ('[imap]\nhost = "x.example"\nfolders = []\n', "imap.folders"),
        ('[imap]\nhost = "x.example"\nfolders = "INBOX"\n', "imap.folders"),
        ('[imap]\nhost = "x.example"\nfolders = ["a\\nb"]\n', "imap.folders"),
        ('[imap]\nhost = "x.example"\nfolders = [1]\n', "imap.folders"),
        ('[imap]\nhost = "x.example"\nfolders = [""]\n', "imap.folders"),
        ('[imap]\nhost = "x.example"\nsent = "a\\r\\nb"\n', "imap.sent"),
        ('[imap]\nhost = "x.example"\nuser = "a\\u0000b"\n', "imap.user"),
        ('[imap]\nhost = "x.example"\npassword_file = "a"\npassword_command = "b"\n', "imap"),
        ('[imap]\nhost = "x.example"\npassword_credential = "a"\ntoken_command = "b"\n', "imap"),
        ('[store]\nurl = "mysql://x"\n', "store.url"),
        ('[store]\nurl = "sqlite:///x.db"\n', "store.url"),
        ('[store]\nurl = "postgresql://x"\n', "store.url"),
        ("[store]\nurl = 3\n", "store.url"),
        ('[discovery]\ncna_url = "http://x.example"\n', "discovery.cna_url"),
        ('[discovery]\nfixed_hosts = { "x.example" = "127.0.0.1" }\n', "discovery.fixed_hosts"),
        ('[discovery]\nfixed_hosts = { "x.example" = "localhost:80" }\n', "discovery.fixed_hosts"),
        ('[discovery]\nfixed_hosts = { "x.example" = "127.0.0.1:0" }\n', "discovery.fixed_hosts"),
        ('[discovery]\nfixed_hosts = { "x.example" = "127.0.0.1:99999" }\n', "discovery.fixed_hosts"),
        ('[discovery]\nfixed_hosts = { "x.example" = "127.0.0.1:-1" }\n', "discovery.fixed_hosts"),
        ('[discovery]\nfixed_hosts = { "x.example" = 80 }\n', "discovery.fixed_hosts"),
        ('[discovery]\nfixed_hosts = { "127.0.0.1" = "127.0.0.1:80" }\n', "discovery.fixed_hosts"),
        ("[discovery]\nfixed_hosts = []\n", "discovery.fixed_hosts"),
        ("[logging]\nlevel = 1\n", "logging"),
    ],
)
def test_a_wrong_option_is_named(problems: Callable[[str], tuple[str, ...]], extra: str, key: str) -> None:
    found = problems(MINIMAL + extra)
    assert any(problem.startswith((key, f"[{key}]")) for problem in found), found
    assert len(found) == len(set(found)), "a problem is told once"


def test_two_people_with_one_key_or_address(problems: Callable[[str], tuple[str, ...]]) -> None:
    second = MINIMAL[MINIMAL.index("[[people]]") :]
    found = problems(MINIMAL + second)
    assert len([problem for problem in found if "two people" in problem]) == 2
    upper = second.replace("ada@lab", "ADA@lab").replace(ADA, ADA.lower())
    assert len([problem for problem in problems(MINIMAL + upper) if "two people" in problem]) == 2


def test_nobody_is_a_problem(problems: Callable[[str], tuple[str, ...]]) -> None:
    assert problems(MINIMAL[: MINIMAL.index("[[people]]")]) == ("people: nobody is named; add a [[people]] entry",)


def test_all_problems_are_told_at_once(problems: Callable[[str], tuple[str, ...]]) -> None:
    text = """
    [mailbox]
    address = "x"
    [openpgp]
    mailbox_key = "y"
    [imap]
    host = "a b"
    port = 0
    tls = "none"
    [smtp]
    host = ""
    [store]
    url = "z"
    [odd]
    [[people]]
    address = "q"
    fingerprint = "r"
    roles = ["reviewer"]
    """
    found = problems(text)
    keys = ["mailbox.address", "openpgp.mailbox_key", "imap.host", "imap.port", "imap.tls", "smtp.host", "store.url",
            "[odd]", "people.address", "people.fingerprint"]  # fmt: skip
    for key in keys:
        assert any(problem.startswith(key) for problem in found), key
    assert len(found) == len(keys)


def test_a_wrong_type_is_told_once(problems: Callable[[str], tuple[str, ...]]) -> None:
    assert len(problems(MINIMAL + '[imap]\nhost = "x.example"\ntoken_command = 5\n')) == 1
    assert len(problems(MINIMAL + '[imap]\nhost = "x.example"\npassword_file = 5\n')) == 1


# --- the file itself --------------------------------------------------------------------------------------------------


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cvdmail init"):
        load(tmp_path / "nothing.toml")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[mailbox", b"a = 1\na = 2\n", b"address = canary\n"])
def test_a_file_that_is_not_toml(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "cvdmail.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as error:
        load(file)
    assert "TOML" in error.value.line()
    assert "canary" not in error.value.line()


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load(tmp_path)


# --- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "root"), [("config/cvdmail.toml", "."), ("cvdmail.toml", "."), ("other/cvdmail.toml", "other")]
)
def test_the_working_folder(tmp_path: Path, name: str, root: str) -> None:
    config = load(written(tmp_path, MINIMAL, name))
    assert config.root.resolve() == (tmp_path / root).resolve()


@pytest.mark.parametrize(
    ("where", "name"),
    [(".", "config/cvdmail.toml"), ("config", "cvdmail.toml"), ("config", "../config/cvdmail.toml")],
)
def test_the_working_folder_does_not_depend_on_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, name: str
) -> None:
    written(tmp_path, MINIMAL)
    monkeypatch.chdir(tmp_path / where)
    config = load(Path(name))
    assert config.root.resolve() == tmp_path.resolve()
    assert (config.keys.resolve(), config.state.resolve()) == (tmp_path / "keys", tmp_path / "state")
    prefix = "sqlite+aiosqlite:///"
    assert config.store_url.startswith(prefix)
    assert Path(config.store_url.removeprefix(prefix)).resolve() == tmp_path / "state" / "cvdmail.db"


def test_absolute_and_home_paths_stay_what_they_are(
    read: Callable[[str], Config], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    config = read(MINIMAL.replace("[openpgp]", '[openpgp]\nhome = "~/gnupg"\npassphrase_file = "/run/x"'))
    assert config.openpgp.home == tmp_path / "me" / "gnupg"
    assert config.openpgp.passphrase.file == Path("/run/x")
    absolute = read(MINIMAL + '[store]\nurl = "sqlite+aiosqlite:////var/lib/x.db"\n')
    assert absolute.store_url == "sqlite+aiosqlite:////var/lib/x.db"


def test_the_home_of_an_unknown_user_is_a_problem(problems: Callable[[str], tuple[str, ...]]) -> None:
    found = problems(MINIMAL.replace("[openpgp]", '[openpgp]\nhome = "~no-such-user-here/gnupg"'))
    assert any("openpgp.home" in problem for problem in found)


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "extra",
    [
        '[smtp]\nhost = "x.example"\npassword = "canary"\n',
        '[imap]\nhost = "x.example"\npasswort = "canary"\n',
        '[imap]\nhost = "canary canary"\n',
        '[imap]\nhost = "x.example"\ntls = "canary"\n',
        '[imap]\nhost = "x.example"\nuser = "canary\\n"\n',
        '[store]\nurl = "postgres://user:canary@db/x"\n',
        '[discovery]\ncna_url = "http://user:canary@x.example"\n',
        '[discovery]\nfixed_hosts = { "canary" = "canary" }\n',
        'canary = "canary"\n',
    ],
)
def test_a_value_is_never_repeated(problems: Callable[[str], tuple[str, ...]], extra: str) -> None:
    text = MINIMAL + extra if extra.startswith("[") else MINIMAL.replace("[mailbox]", "[mailbox]\n" + extra)
    found = [problem.replace("mailbox.canary", "").replace("imap.canary", "") for problem in problems(text)]
    assert not any("canary" in problem for problem in found)


def test_a_database_password_is_not_shown(tmp_path: Path) -> None:
    """Either it may not stand in the URL at all, or it shows nowhere."""
    file = written(tmp_path, MINIMAL + '[store]\nurl = "postgresql+asyncpg://user:canary@db/x"\n')
    try:
        config = load(file)
    except ConfigError as error:
        assert "canary" not in error.line()
        return
    assert "canary" not in repr(config)
    assert "canary" not in str(config)
