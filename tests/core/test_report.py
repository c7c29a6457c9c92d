"""Reports: what is read from a file, and every refusal with the line that caused it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.front_matter import MAX_FRONT_MATTER
from cvdmail.core.report import (
    MAX_FAULTS,
    MAX_REPORT,
    PARTS,
    TEMPLATE,
    TEMPLATE_LINES,
    TEMPLATE_VALUES,
    TLP,
    Origin,
    read,
)
from cvdmail.errors import Refused

FULL = """---
title: Frobnicator overflows
product: frobd
vendor: vendor.example
affected: 1.0 to 1.4.2
impact: Code execution
severity: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
contact: psirt@vendor.example
attachments: [poc.py, trace.txt]
origin: automated
fix-date: 01-02
build: 010
flag: yes
---

## Summary

Words.

## Reproduction

1. Run poc.py.
"""


def with_front(*lines: str) -> bytes:
    return ("---\n" + "".join(f"{line}\n" for line in lines) + "---\n\nbody\n").encode()


def refused(raw: bytes) -> Refused:
    with pytest.raises(Refused) as refusal:
        read(raw)
    assert refusal.value.why
    assert refusal.value.remedy
    return refusal.value


def test_a_full_report() -> None:
    report = read(FULL.encode())
    assert report.title == "Frobnicator overflows"
    assert report.origin is Origin.AUTOMATED
    assert report.severity == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    assert report.vendors == ("vendor.example",)
    assert report.contacts == ("psirt@vendor.example",)
    assert report.attachments == ("poc.py", "trace.txt")
    assert report.body == "## Summary\n\nWords.\n\n## Reproduction\n\n1. Run poc.py.\n"
    assert report.missing(("title", "impact", "affected", "reproduction", "severity")) == ()
    assert report.missing(("patch", "title", "credit")) == ("patch", "credit")


def test_no_value_changes_its_type_behind_the_writers_back() -> None:
    fields = read(FULL.encode()).fields
    assert fields["fix date"] == "01-02"
    assert fields["build"] == "010"
    assert fields["flag"] == "yes"
    assert read(with_front("title: x", "affected: 1.10", "impact: null", "credit: 0x1f")).fields == {
        "title": "x",
        "affected": "1.10",
        "impact": "null",
        "credit": "0x1f",
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(end: str, mark: str) -> None:
    raw = (mark + FULL.replace("\n", end)).encode()
    assert read(raw) == read(FULL.encode())


def test_the_template_is_a_report_that_says_nothing_yet() -> None:
    report = read(TEMPLATE.encode())
    assert report.origin is Origin.ENGINEER
    assert report.vendors == ("vendor.example",)
    assert report.missing(("title", "impact", "affected", "reproduction")) == (
        "title", "impact", "reproduction", "product", "finder", "credit", "handling", "summary", "patch",
    )  # fmt: skip
    assert [gap.words for gap in report.gaps(())] == [
        f"line {line}: {part} is still the template's"
        for line, part in [
            (2, "title"), (3, "product"), (6, "impact"), (10, "finder"), (11, "credit"), (13, "handling"),
            (18, "summary"), (22, "reproduction"), (26, "patch"),
        ]
    ]  # fmt: skip


@pytest.mark.parametrize("words", [*TEMPLATE_VALUES, *TEMPLATE_LINES])
def test_the_words_to_replace_are_the_templates(words: str) -> None:
    assert TEMPLATE.count(words) == 1


def test_a_template_filled_in_is_a_whole_report() -> None:
    text = TEMPLATE
    for words in (*TEMPLATE_VALUES, *TEMPLATE_LINES):
        text = text.replace(words, "Our own words")
    report = read(text.encode())
    assert report.gaps(tuple(PARTS)) == ()
    assert report.fields["tlp"] == "AMBER"


def test_nothing_secret_shows_in_its_repr() -> None:
    shown = repr(read(FULL.encode()))
    for word in ("Frobnicator", "Words", "poc.py", "Code execution"):
        assert word not in shown


# --- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "written"),
    [(part, name) for part, names in PARTS.items() for name in names if part not in ("severity", "title")],
)
def test_a_part_is_found_under_all_its_names_in_both_places(part: str, written: str) -> None:
    assert read(with_front("title: x", f"{written}: words")).missing((part,)) == ()
    assert read(with_front("title: x", f"{written.replace(' ', '_').title()}: words")).missing((part,)) == ()
    headed = with_front("title: x") + f"### {written.title()}:\n\nwords\n".encode()
    assert read(headed).missing((part,)) == ()


@pytest.mark.parametrize(
    "raw",
    [
        with_front("title: x"),
        with_front("title: x", "impact:"),
        with_front("title: x", 'impact: ""'),
        with_front("title: x", 'impact: "  "'),
        with_front("title: x", "impact: []"),
        with_front("title: x") + b"Impact is high.\n",
        with_front("title: x") + b"#Impact\n",
        with_front("title: x") + b"####### Impact\n",
        with_front("title: x") + b"    ## Impact\n",
        with_front("title: x") + b"```\n# impact\n```\n",
        with_front("title: x") + b"## Impact of other bugs\n",
        with_front("title: x") + b"## Impact\n",
        with_front("title: x") + b"## Impact\n\n## Other\n\nwords\n",
        with_front("title: x") + b"## Impact\n\n# Other\n\nwords\n",
        with_front("title: x") + b"~~~\n```\n## Impact\nwords\n",
        with_front("title: x", "impact: What an  attacker gains"),
    ],
    ids=range(16),
)
def test_a_part_that_is_not_there_is_missing(raw: bytes) -> None:
    assert read(raw).missing(("title", "impact")) == ("impact",)


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (with_front("product: x") + b"# The heading\n", "The heading"),
        (with_front("title: ''") + b"# The heading\n", "The heading"),
        (with_front("title: The field") + b"# The heading\n", "The field"),
        (with_front("product: x") + b"## Not the first level\n", ""),
        (with_front("product: x") + b"```\n# a comment\n```\n# The heading\n", "The heading"),
        (with_front("product: x") + b"# The first\n\n# The second\n", "The first"),
    ],
)
def test_the_title_is_the_field_or_the_first_heading(raw: bytes, title: str) -> None:
    report = read(raw)
    assert report.title == title
    assert report.missing(("title",)) == (() if title else ("title",))


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("vendor: a.example", ("a.example",)),
        ("vendor: [a.example, b.example]", ("a.example", "b.example")),
        ("vendor: ' a.example '", ("a.example",)),
        ("vendor: ''", ()),
        ("vendor: [a.example, '']", ("a.example",)),
    ],
)
def test_lists_of_one_or_more(line: str, values: tuple[str, ...]) -> None:
    assert read(with_front("title: x", line)).vendors == values


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (
            with_front("title: x"),
            "impact is missing (add a line 'impact: ...' before line 3, or a heading '## Impact')",
        ),
        (with_front("title: x", "", "# note", "impact:"), "line 5: impact is empty"),
        (with_front("title: x", "impact: []"), "line 3: impact is empty"),
        (with_front("title: x") + b"\n## Impact\n\n## Other\n\nwords\n", "line 7: impact is empty"),
        (with_front("title: x", "impact: What an attacker gains"), "line 3: impact is still the template's"),
    ],
)
def test_a_gap_says_where(raw: bytes, words: str) -> None:
    assert [gap.words for gap in read(raw).gaps(("title", "impact"))] == [words]


def test_gaps_stand_in_the_order_of_their_lines() -> None:
    report = read(with_front("credit: Your name", "impact: ''", "title: ''"))
    assert [(gap.part, gap.line) for gap in report.gaps(("title", "affected", "impact"))] == [
        ("credit", 2), ("impact", 3), ("title", 4), ("affected", 5),
    ]  # fmt: skip
    assert report.missing(("title", "affected", "impact")) == ("title", "affected", "impact", "credit")


def test_a_section_is_filled_by_what_stands_below_its_own_headings() -> None:
    assert read(with_front("title: x") + b"## Impact\n### First\n\nwords\n").missing(("impact",)) == ()
    assert read(with_front("title: x") + b"## Impact\n```\n# code\n```\n").missing(("impact",)) == ()


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (("affected: [1.0, '1.1']",), {"affected": "1.0; 1.1"}),
        (("affected:", "- 1.0 to 1.4", "- ' '", "- 2.0"), {"affected": "1.0 to 1.4; 2.0"}),
        (("credit: [Ada, Ben]", "finder: [Ada]"), {"credit": "Ada; Ben", "finder": "Ada"}),
        (("cwe: [CWE-79, CWE-80]",), {"cwe": "CWE-79; CWE-80"}),
        (("impact: [a, b]", "whatever: [c, d]"), {"impact": "a; b", "whatever": "c; d"}),
        (("tlp: 'TLP:amber+strict'",), {"tlp": "AMBER+STRICT"}),
    ],
)
def test_a_list_is_used_and_never_dropped(lines: tuple[str, ...], shown: dict[str, str]) -> None:
    assert read(with_front("title: x", *lines)).fields == {"title": "x", **shown}


# --- severity and origin ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        ("High", "high"),
        ("critical", "critical"),
        ("none", "none"),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "AV:N/AC:L/Au:N/C:P/I:P/A:P"),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        ),
        ("''", None),
    ],
)
def test_severities(value: str, severity: str | None) -> None:
    assert read(with_front("title: x", f"severity: {value}")).severity == severity


@pytest.mark.parametrize(
    "value",
    [
        "urgent",
        "9.8",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:4.0/",
        "'/'",
        "high!",
    ],
)
def test_a_severity_that_is_none_is_refused(value: str) -> None:
    refusal = refused(with_front("title: x", f"severity: {value}"))
    assert refusal.line().startswith("report: line 3: severity is neither a CVSS vector nor none, low,")


@given(value=st.text(alphabet="CVSS:3.14/0AVNLPHRUIa", max_size=40))
def test_any_severity_is_read_or_refused(value: str) -> None:
    try:
        read(with_front("title: x", f"severity: '{value}'"))
    except Refused:
        return


@pytest.mark.parametrize(("value", "origin"), [("Automated", Origin.AUTOMATED), ("engineer", Origin.ENGINEER)])
def test_origins(value: str, origin: Origin) -> None:
    assert read(with_front("title: x", f"origin: {value}")).origin is origin


@pytest.mark.parametrize("value", [*TLP, "amber", "TLP:RED", "tlp:amber+strict", "TLP: Green", "''"])
def test_labels_of_the_traffic_light_protocol(value: str) -> None:
    assert read(with_front("title: x", f"tlp: '{value.strip(chr(39))}'")).fields["tlp"] in (*TLP, "")


@pytest.mark.parametrize("value", ["PINK", "AMBER STRICT", "TLP", "TLP:", "RED, GREEN", "AMBER+"])
def test_other_labels_are_refused(value: str) -> None:
    words = "report: line 4: tlp is none of RED, AMBER+STRICT, AMBER, GREEN, CLEAR; correct this line"
    assert refused(with_front("title: x", "impact: y", f"tlp: '{value}'")).line() == words


@pytest.mark.parametrize("value", ["WHITE", "TLP:white"])
def test_the_label_of_tlp_1_is_told_its_new_name(value: str) -> None:
    assert "line 3: tlp WHITE is called CLEAR" in refused(with_front("title: x", f"tlp: '{value}'")).why


@pytest.mark.parametrize("value", ["CWE-1", "CWE-79", "CWE-12345", "[CWE-79]", "[CWE-79, CWE-787]", "[]", ""])
def test_weaknesses(value: str) -> None:
    read(with_front("title: x", f"cwe: {value}"))


@pytest.mark.parametrize("value", ["79", "CWE79", "CWE-", "CWE-123456", "XSS", "CWE-79 and more", "'CWE-７９'"])
def test_other_weaknesses_are_refused(value: str) -> None:
    assert "line 3: cwe is not like CWE-79" in refused(with_front("title: x", f"cwe: {value}")).why
    listed = refused(with_front("title: x", "cwe:", "- CWE-79", f"- {value}")).why
    assert listed.startswith("line 5: cwe is not like CWE-79")


@pytest.mark.parametrize("name", ["title", "tlp", "origin", "severity", "cvss"])
def test_what_has_one_value_is_no_list(name: str) -> None:
    assert f"line 3: {name} is a list" in refused(with_front("product: x", f"{name}: [a, b]")).why


def test_a_second_severity_is_checked_as_well() -> None:
    raw = with_front("title: x", "severity: high", "cvss: nonsense")
    assert refused(raw).why.startswith("line 4: cvss is neither a CVSS vector")


@pytest.mark.parametrize("value", ["somebody", "a@", "a b@c.example"])
def test_a_contact_is_a_mail_address(value: str) -> None:
    assert refused(with_front("title: x", f"contact: {value}")).why == "line 3: contact is not a mail address"


def test_an_unknown_origin_is_refused() -> None:
    assert "engineer" in refused(with_front("title: x", "origin: robot")).why


# --- refusals ---------------------------------------------------------------------------------------------------------

HEAD = b"---\ntitle: x\n---\n"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"# Only Markdown\n", "line 1"),
        (b"\n---\ntitle: x\n---\n", "line 1"),
        (b"--- \ntitle: x\n", "not closed"),
        (b"---\ntitle: x\n----\n", "not closed"),
        (b"---\n---\nbody\n", "front matter"),
        (b"---\njust words\n---\n", "name: value"),
        (b"---\n- a\n- b\n---\n", "name: value"),
        (b"---\ntitle: x\nimpact: [a\n---\nbody\n", "line 3"),
        (b"---\ntitle: x\nimpact: a: b\n---\nbody\n", "line 3"),
        (b"---\ntitle: x\n\timpact: a\n---\nbody\n", "line 3"),
        (b"---\ntitle: x\nimpact: \xff\n---\n", "line 3 is not UTF-8"),
        (HEAD + b"one\ntwo\n\xe4\n", "line 6 is not UTF-8"),
        (HEAD + b"one\r\ntwo\r\n\xe4\n", "line 6 is not UTF-8"),
        ("---\ntitle: x\n".encode("utf-16"), "line 1 is not UTF-8"),
        (b"\x7fELF\x02\x01\x01\0\0", "line 1 holds a NUL"),
        (HEAD + b"one\nbi\0nary\n", "line 5 holds a NUL"),
        (HEAD + b"one\ntwo \x1b[2J\n", "line 5 holds a control character"),
        (HEAD + b"\none\ntwo \x1b[2J\n", "line 6 holds a control character"),
        (HEAD + b"\n\n\n\x07\n", "line 7 holds a control character"),
        (HEAD + b"\r\n\r\n\x07\r\n", "line 6 holds a control character"),
        (HEAD + "one\n\x9b31m\n".encode(), "line 5 holds a control character"),
        (HEAD + b"one\n\x7f\n", "line 5 holds a control character"),
    ],
)
def test_a_file_is_refused_with_the_line_that_is_wrong(raw: bytes, words: str) -> None:
    refusal = refused(raw)
    assert words in refusal.line()


@pytest.mark.parametrize(
    "lines",
    [
        ("title: &a x", "impact: *a"),
        ("a: &a [x,x]", "b: &b [*a,*a]", "c: [*b,*b]"),
        ("title: {a: b}",),
        ("title: [[a]]",),
        ("title: [{a: b}]",),
        ("title: x", "? [a, b]", ": c"),
        ("title: x", "../path: y"),
        ("title: x", "'': y"),
        ("title: x", "'a\\nb': y"),
        ("title: x", "größe: y"),
        ("title: x", f"{'n' * 60}: y"),
        ("title: x", "<<: {a: b}"),
        ('title: "two\\nlines"',),
        ('title: "\\e[2J"',),
        ('title: "a\\u2028b"',),
        ('title: "a\\x85b"',),
        (f"title: {'x' * 1000}",),
        ("title: x", 'vendor: "a\\nb"'),
        ("title: x", 'contact: ["a\\0b"]'),
        ("title: x", 'attachments: ["a\\nb"]'),
        ("title: x", 'impact: "\\e[2J"'),
        ("title: x", 'impact: "a\\0b"'),
        ("title: x", "title: y"),
        ("title: x", "Title: y"),
        ("title: x", "fix-date: a", "fix_date: b"),
        ("title: x", "impact: " + "[" * 400),
        ("title: x", "impact: " + "[" * 400 + "]" * 400),
        ("title: x", "%YAML 9.9"),
        ("title: x", "impact: @y"),
        ("title: x", "impact: y\x1b"),
        ("title: x", "# " + "y" * MAX_FRONT_MATTER),
    ],
    ids=range(31),
)
def test_front_matter_that_is_refused(lines: tuple[str, ...]) -> None:
    refused(with_front(*lines))


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['true']", "!!binary aGVhcA==", "!!int x", "!x y"])
def test_tags_make_nothing_but_text(tag: str) -> None:
    try:
        fields = read(with_front("title: x", f"impact: {tag}")).fields
    except Refused:
        return
    assert all(isinstance(value, str) for value in fields.values())


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    raw = with_front(
        "cwe: XSS", "origin: robot", "title: =?utf-8?q?a?=", "impact: {a: b}", "tlp: PINK", "tlp: RED", "severity: bad"
    )
    assert refused(raw + b"\x07\n").line() == (
        "report: line 2: cwe is not like CWE-79 (several: [CWE-79, CWE-80]); "
        "line 3: origin is neither 'automated' nor 'engineer'; "
        "line 4: title holds an encoded word (=?...?=): write it out; "
        "line 5: a value is neither text nor a list of texts; "
        "line 6: tlp is none of RED, AMBER+STRICT, AMBER, GREEN, CLEAR; "
        "line 7: a name stands there twice, first in line 6: keep one; "
        "line 8: severity is neither a CVSS vector nor none, low, medium, high or critical; "
        "line 12 holds a control character; correct these lines"
    )


def test_a_file_full_of_faults_gives_one_line_of_bearable_length() -> None:
    line = refused(HEAD + b"\x07\n" * 1000).line()
    assert line.count("control character") == MAX_FAULTS
    assert "; 980 more; correct these lines" in line


SMUGGLED = {
    "LF": '"a\\nBcc: evil@x.example"', "CR": '"a\\rBcc: evil@x.example"', "NUL": '"a\\0b"',
    "U+0085": '"a\\x85b"', "U+2028": '"a\\u2028b"', "U+2029": '"a\\u2029b"', "escape": '"a\\e[2Jb"',
    "encoded": "'=?utf-8?q?a=0ABcc:_evil@x?='", "encoded in base64": "a =?UTF-8?B?YQpiCg==?= b",
}  # fmt: skip


@pytest.mark.parametrize("name", ["title", "vendor", "contact", "attachments", "finder", "credit", "product"])
@pytest.mark.parametrize("value", SMUGGLED.values(), ids=list(SMUGGLED))
def test_what_would_bend_a_header_is_refused_with_its_line(name: str, value: str) -> None:
    before = "impact: y" if name == "title" else "title: x"
    assert refused(with_front(before, f"{name}: {value}")).why.startswith(f"line 3: {name} holds ")
    if name != "title":
        listed = refused(with_front(before, f"{name}:", "- a@b.example", f"- {value}")).why
        assert listed.startswith(f"line 5: {name} holds ")


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029", "\x07"])
def test_a_bare_line_separator_in_front_matter_is_refused_with_its_line(char: str) -> None:
    refusal = refused(with_front("title: x", f"impact: a{char}b", "origin: robot"))
    assert refusal.why == "line 3 holds a control character"


def test_a_title_that_is_a_heading_is_checked_too() -> None:
    assert refused(with_front("product: x") + b"# a =?utf-8?q?b?= c\n").why.startswith("line 6: title holds an encoded")


def test_a_body_may_hold_what_mail_has_trouble_with() -> None:
    body = "x" * 5000 + "\nFrom here on\n.\n..\nümläut 🦀 \u2028\n\ttab\n=?utf-8?q?fine_here?=\nFrom \n"
    assert read(with_front("title: x") + body.encode()).body == "body\n" + body
    assert read(with_front("title: x") + b"a\rb\r").body == "body\na\nb\n"


def test_sizes() -> None:
    body = b"x" * 79 + b"\n"
    read((HEAD + body * (MAX_REPORT // 80))[:MAX_REPORT])
    assert "larger" in refused(HEAD + body * (MAX_REPORT // 80 + 1)).why


def test_a_refusal_never_repeats_the_report() -> None:
    for raw in (
        with_front("title: canary", "severity: canary"),
        with_front("canary: &a canary", "b: *a"),
        b"canary\n",
        HEAD + b"canary \x1b\n",
        b"---\ncanary: [canary\n---\n",
        with_front('title: "canary\\nx"'),
        with_front("canary: {canary: canary}"),
        with_front('canary: "canary\\e"'),
        with_front("canary: a", "canary: b"),
        with_front("title: =?canary?q?canary?="),
        with_front("title: x", "tlp: canary", "cwe: canary", "origin: canary", "contact: canary", "cvss: canary"),
    ):
        assert "canary" not in refused(raw).line()


@given(raw=st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"---\n{text}\n---\n{text}".encode()))
def test_any_bytes_are_a_report_or_a_refusal(raw: bytes) -> None:
    try:
        report = read(raw)
    except Refused as refusal:
        assert refusal.remedy
        return
    assert "\r" not in report.body
    assert "\0" not in report.body
    assert len(report.title.splitlines()) <= 1
