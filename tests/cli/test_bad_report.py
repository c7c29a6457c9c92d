"""``case new`` with reports that are none, and with things that are not there: refused, and nothing is opened."""

from __future__ import annotations

import time

import pytest

from cli.lab import CASE, FINDING, VENDOR, Lab, unchanged
from cvdmail.core.report import TEMPLATE_LINES, TEMPLATE_VALUES

HEAD = "---\ntitle: t\naffected: 1\nimpact: i\nvendor: vendor.example\n"
BODY = "---\n\n## Reproduction\n\nsteps\n"

REPORTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\n\t\n", "the file is empty"),
    "binary": (b"\x7fELF\x02\x01\x01" + bytes(range(256)), "is not UTF-8 text"),
    "NUL": ((HEAD + BODY).encode() + b"a\0b", "holds a NUL"),
    "UTF-16": ((HEAD + BODY).encode("utf-16"), "not UTF-8"),
    "too large": (b"---\n" + b"x" * (1024 * 1024), "larger than 1024 KB"),
    "no front matter": (b"# A title\n\ntext\n", "it has no front matter"),
    "front matter not closed": (HEAD.encode(), "is not closed"),
    "broken YAML": (b"---\ntitle: [unclosed\n" + BODY.encode(), "is not YAML"),
    "YAML with a tab": (b"---\ntitle: t\n\timpact: i\n" + BODY.encode(), "is not YAML"),
    "YAML that is a list": (b"---\n- a\n- b\n" + BODY.encode(), "no 'name: value' lines"),
    "YAML aliases": (b"---\ntitle: &a t\nimpact: *a\n" + BODY.encode(), "uses YAML aliases"),
    "nested value": (b"---\ntitle: t\nimpact:\n  deep: er\n" + BODY.encode(), "neither text nor a list"),
    "odd name": (b"---\n'<b>': t\n" + BODY.encode(), "a name is not made of letters"),
    "CR in the title": (b'---\ntitle: "a\\rBcc: x"\n' + HEAD[13:].encode() + BODY.encode(), "control character"),
    "LF in the title": (b'---\ntitle: "a\\nBcc: x"\n' + HEAD[13:].encode() + BODY.encode(), "U+000A"),
    "escape in the title": (b'---\ntitle: "a\\x1b[2J"\n' + HEAD[13:].encode() + BODY.encode(), "control character"),
    "line separator in the title": ("---\ntitle: a\u2028b\n".encode() + HEAD[13:].encode() + BODY.encode(), ""),
    "long title": (b"---\ntitle: " + b"x" * 1000 + b"\n" + HEAD[13:].encode() + BODY.encode(), "longer than 900"),
    "escape in the text": ((HEAD + BODY).encode() + b"\x1b[2J\n", "holds a control character"),
    "odd origin": ((HEAD + "origin: god\n" + BODY).encode(), "origin is neither"),
    "odd severity": ((HEAD + "severity: CVSS:3.1/AV:Z\n" + BODY).encode(), "line 6: severity is neither"),
    "severity in words": ((HEAD + "severity: terrible\n" + BODY).encode(), "line 6: severity is neither"),
    "no impact": (
        b"---\ntitle: t\naffected: 1\n" + BODY.encode(),
        "report: impact is missing (add a line 'impact: ...' before line 4, or a heading '## Impact')"),
    "an empty impact": (
        b"---\ntitle: t\naffected: 1\nimpact:\n" + BODY.encode(), "report: line 4: impact is empty; complete"),
    "an empty section": ((HEAD + "---\n\n## Reproduction\n").encode(), "line 8: reproduction is empty; complete"),
    "no part at all": (
        b"---\nvendor: v.example\n---\n\ntext\n",
        "report: title is missing (add a line 'title: ...' before line 3, or a heading '# The title'); impact is"),
    "the template's own words": (
        HEAD.replace("title: t", "title: One line that says what is wrong").encode() + BODY.encode(),
        "report: line 2: title is still the template's; complete the report"),
    "odd labels": (
        (HEAD + "cwe: 79\ntlp: PINK\n" + BODY).encode(),
        "report: line 6: cwe is not like CWE-79 (several: [CWE-79, CWE-80]); "
        "line 7: tlp is none of RED, AMBER+STRICT, AMBER, GREEN, CLEAR; correct these lines"),
    "an old label": ((HEAD + "tlp: TLP:WHITE\n" + BODY).encode(), "line 6: tlp WHITE is called CLEAR"),
    "an encoded word in the title": (
        b"---\ntitle: =?utf-8?q?a=0ABcc:_evil@x?=\n" + HEAD[13:].encode() + BODY.encode(), "line 2: title holds an"),
    "an encoded word in a name": ((HEAD + "finder: =?utf-8?q?a?=\n" + BODY).encode(), "line 6: finder holds an"),
    "an encoded word in a file name": (
        (HEAD + "attachments: =?utf-8?q?a?=\n" + BODY).encode(), "line 6: attachments holds an encoded"),
    "a contact and no vendor": (
        (HEAD.replace("vendor: vendor.example\n", "contact: a@b.example\n") + BODY).encode(), "names a contact"),
    "a contact that is none": ((HEAD + "contact: somebody\n" + BODY).encode(), "line 6: contact is not a mail address"),
    "a vendor that is none": ((HEAD.replace("vendor.example", '"\\u200b"') + BODY).encode(), "vendor"),
    "an attachment that is not there": ((HEAD + "attachments: poc.py\n" + BODY).encode(), "there is no file"),
    "an attachment that is a folder": ((HEAD + "attachments: lab\n" + BODY).encode(), "is a folder"),
}  # fmt: skip


@pytest.mark.parametrize("what", REPORTS)
def test_a_report_that_is_none_opens_no_case(lab: Lab, what: str) -> None:
    content, words = REPORTS[what]
    path = lab.write("report.md", content)
    with unchanged(lab):
        outcome = lab.run("ada", "case", "new", path)
        outcome.refused(words)
        assert outcome.out == ""
        lab.run("ada", "case", "new", "-", stdin=content).refused()
    assert lab.run("ada", "case", "list", "--json").good().out == ""


def test_a_front_matter_of_many_levels_is_refused_at_once(lab: Lab) -> None:
    path = lab.write("report.md", b"---\ntitle: " + b"[" * 4000 + b"\n" + BODY.encode())
    began = time.monotonic()
    with unchanged(lab):
        lab.run("ada", "case", "new", path).refused("report front matter")
    assert time.monotonic() - began < 2


def test_what_is_missing_is_also_told_to_programs(lab: Lab) -> None:
    path = lab.write("report.md", "---\nvendor: v.example\ntitle: t\n---\ntext\n")
    with unchanged(lab):
        outcome = lab.run("ada", "case", "new", path, "--json")
    outcome.refused("missing")
    assert outcome.json == {"case": None, "participants": [], "missing": ["impact", "affected", "reproduction"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{place}/nowhere.md"], "there is no file"),
        (["{place}"], "is a folder"),
        (["{place}/" + "x" * 300], "cannot be read"),
        (["{place}/finding.md", "--attach", "{place}/nowhere"], "there is no file"),
        (["{place}/finding.md", "--attach", "{place}/lab"], "is a folder"),
        (["{place}/finding.md", "--attach", "{place}/reason", "--attach", "{place}/lab/../reason"], "the same name"),
        (["{place}/finding.md", "--vendor", ""], "vendor"),
        (["{place}/finding.md", "--vendor", "a\x1bb"], "vendor"),
        (["/dev/zero"], "larger than"),
        (["/dev/null"], "empty"),
    ],
)  # fmt: skip
def test_files_that_are_not_there_open_no_case(lab: Lab, words: list[str], said: str) -> None:
    with unchanged(lab):
        lab.run("ada", "case", "new", *(word.format(place=lab.place) for word in words)).refused(said)


def test_a_standard_input_that_is_closed_is_told(lab: Lab) -> None:
    lab.process("ada", "case", "new", "-", closed=True).refused("report: there is no standard input")
    lab.process("ada", "case", "close", CASE, closed=True).refused("there is no terminal to ask")


def test_attachments_together_have_a_limit(lab: Lab) -> None:
    large = [lab.write(f"large{number}", bytes(13 * 1024 * 1024)) for number in range(2)]
    with unchanged(lab):
        arguments = [word for path in large for word in ("--attach", path)]
        lab.run("ada", "case", "new", f"{lab.place}/finding.md", *arguments).refused("over 25 MB")
        one = lab.write("larger", bytes(26 * 1024 * 1024))
        lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--attach", one).refused("larger than")
        (lab.place / "larger").unlink()


def test_the_very_same_report_is_not_opened_twice_for_a_vendor(drafted: Lab) -> None:
    with unchanged(drafted):
        drafted.run("ada", "case", "new", f"{drafted.place}/finding.md").refused(CASE)
    changed = drafted.write("changed.md", FINDING + "\nMore.\n")
    assert drafted.run("ada", "case", "new", changed, "--json").good().json["case"].endswith("-0002")


def test_only_a_researcher_opens_a_case(lab: Lab) -> None:
    lab.edit('roles = ["researcher", "reviewer", "manager", "auditor"]', 'roles = ["auditor"]')
    with unchanged(lab):
        lab.run("ben", "case", "new", f"{lab.place}/finding.md").refused("does not have the role researcher")


def test_the_template_opens_a_case_once_its_words_are_replaced(lab: Lab) -> None:
    text = lab.run("ada", "case", "new", "--template").good().out
    with unchanged(lab):
        outcome = lab.run("ada", "case", "new", "-", "--json", stdin=text.encode())
    outcome.refused("report: line 2: title is still the template's; line 3: product is", "line 22: reproduction is")
    assert outcome.json["missing"][:3] == ["title", "impact", "reproduction"]
    for words in (*TEMPLATE_VALUES, *TEMPLATE_LINES):
        text = text.replace(words, "our words")
    assert lab.run("ada", "case", "new", "-", "--json", stdin=text.encode()).good().json["case"] == CASE


def test_a_list_in_the_front_matter_reaches_the_vendor_and_file_names_do_not(lab: Lab) -> None:
    lines = "credit: [Ada, Ben of the Lab]\nfinder: [Ada]\nattachments: [folder/poc.py]\nhandling: ''\ntlp: amber\n"
    lab.write("folder/poc.py", "print()")
    path = lab.write("a.md", FINDING.replace("affected: 1.0 to 2.4.1\n", f"affected: [1.0 to 2.4.1, 3.0]\n{lines}"))
    lab.run("ada", "case", "new", path).good()
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    shown = lab.run("ada", "draft", "preview", "1", "--json").good().json
    assert "Affected: 1.0 to 2.4.1; 3.0\nCredit: Ada; Ben of the Lab\nFinder: Ada\nTlp: AMBER\n" in shown["text"]
    assert "folder" not in shown["text"]
    assert [one["name"] for one in shown["attachments"]] == ["poc.py"]


def test_bodies_that_mail_has_trouble_with_arrive_whole(lab: Lab) -> None:
    body = "x" * 5000 + "\nFrom here on\n.\n..\n\u00fcml\u00e4ut \U0001f980\n.end\n"
    path = lab.write("a.md", (FINDING + body).encode() + b"a\rb\r\nc\n")
    lab.run("ada", "case", "new", path).good()
    lab.run("ada", "key", "pin", f"{lab.place}/vendor.asc", "--contact", VENDOR, "--yes").good()
    assert body + "a\nb\nc\n" in lab.run("ada", "draft", "preview", "1", "--json").good().json["text"]
    lab.run("ben", "draft", "approve", "1").good()
    lab.run("ada", "send", CASE).good()
    lab.sent()


@pytest.mark.parametrize("name", ["=?utf-8?q?a=0ABcc=3A_evil?=", "a\nb", "a\u2028b", "a\x85b"])
def test_names_that_would_bend_a_header_are_refused_on_the_command_line_too(lab: Lab, name: str) -> None:
    path = lab.write(name, b"poc")
    with unchanged(lab):
        lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--attach", path).refused("attachment name: it holds")
        lab.run("ada", "case", "new", f"{lab.place}/finding.md", "--vendor", name).refused("vendor: it holds")


UNKNOWN = [
    ("case", "show", "CVD-2026-9999"),
    ("case", "timeline", "CVD-2026-9999"),
    ("case", "close", "CVD-2026-9999", "--yes"),
    ("case", "erase", "CVD-2026-9999", "--yes", "--reason-file", "-"),
    ("participant", "add", "CVD-2026-9999", "vendor.example"),
    ("participant", "remove", "CVD-2026-9999", "1", "--yes"),
    ("participant", "remove", CASE, "nobody.example", "--yes"),
    ("participant", "add", CASE, "\x1b"),
    ("draft", "list", "CVD-2026-9999"),
    ("draft", "preview", "99"),
    ("draft", "approve", "99"),
    ("send", "CVD-2026-9999"),
    ("fact", "list", "CVD-2026-9999"),
    ("fact", "accept", "99"),
    ("fact", "reject", "99"),
    ("pen", "show", "99"),
    ("pen", "file", "99", CASE),
    ("pen", "discard", "99", "--yes", "--reason-file", "-"),
    ("export", "CVD-2026-9999"),
    ("contact", "confirm", "nobody@vendor.example", "--yes"),
    ("contact", "confirm", "99", "--yes"),
    ("contact", "demote", "nobody@vendor.example", "--yes"),
    ("contact", "confirm", "security@vendor.example", "--vendor", "unknown.example", "--yes"),
    ("contact", "add", "vendor.example", "not an address"),
    ("case", "show", "nonsense"),
    ("case", "show", ""),
    ("case", "show", "CVD-2026-0001; rm"),
    ("send", "99"),
]


@pytest.mark.parametrize("words", UNKNOWN, ids=" ".join)
def test_what_is_not_there_is_told_in_one_line(drafted: Lab, words: tuple[str, ...]) -> None:
    with unchanged(drafted):
        outcome = drafted.run("ben", *words, stdin=b"a reason")
        outcome.refused()
    assert outcome.out == ""


HUGE = str(2**63)
NUMBERS = [
    ("draft", "preview", HUGE),
    ("draft", "approve", HUGE),
    ("draft", "preview", "--", f"-{HUGE}0"),
    ("fact", "accept", HUGE),
    ("pen", "show", HUGE),
    ("pen", "file", HUGE, CASE),
    ("contact", "confirm", HUGE, "--yes"),
    ("contact", "confirm", "\u00b2", "--yes"),
    ("contact", "confirm", "9" * 5000, "--yes"),
    ("participant", "remove", CASE, HUGE, "--yes"),
    ("case", "show", "CVD-9999-999999999"),
]


@pytest.mark.parametrize("words", NUMBERS, ids=lambda words: " ".join(words)[:40])
def test_a_number_that_no_database_can_hold_is_not_there_either(drafted: Lab, words: tuple[str, ...]) -> None:
    with unchanged(drafted):
        drafted.run("ben", *words).refused()
