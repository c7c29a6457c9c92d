"""Letters: templates fill in values and do nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.clearance import CaseText, leaks
from cvdmail.core.drafts import ALWAYS_CLEAR, CLEAR_LETTERS, ClearExtent, Letter
from cvdmail.core.letters import render
from cvdmail.errors import Refused
from cvdmail.setup import SHIPPED as LAID_OUT

SHIPPED = Path(__file__).parents[2] / "config" / "templates"
VALUES: Mapping[str, object] = {
    "title": "A title",
    "case": "CVD-2026-0042",
    "items": ["one", "two"],
    "fields": {"a": "b"},
}


def test_a_letter() -> None:
    subject, text = render("Subject: {{ case }}: {{ title }}\n\nHello,\n{{ title }}\n\nBye\n", "report", VALUES)
    assert subject == "CVD-2026-0042: A title"
    assert text == "Hello,\nA title\n\nBye\n"


def test_values_are_inserted_as_they_are() -> None:
    hostile = "{{ case }} {% for x in items %} <b> & \\ {# #} ' \""
    assert render("Subject: s\n\n{{ title }}", "report", {**VALUES, "title": hostile}) == ("s", hostile)


def test_the_shipped_report_letter_fills_in() -> None:
    values = {
        "title": "Größe overflows",
        "case": "CVD-2026-0042",
        "fields": {"impact": "code execution"},
        "body": "## Summary\n\n{{ not a template }}\n",
        "team": "Lab",
    }
    subject, text = render((SHIPPED / "report.txt").read_text(), "report.txt", values)
    assert subject == "Vulnerability report: Größe overflows"
    for word in ("CVD-2026-0042", "Impact: code execution", "{{ not a template }}", "Lab"):
        assert word in text


OURS = {"team": "Lab", "mailbox": "out@lab.example", "fingerprint": "AB" * 20, "policy_url": "https://lab.example/p"}
CASE_TEXT = {
    "title": "Größe overflows",
    "vendor": "vendor.example",
    "text": "Own words.\n",
    "fields": {"impact": "code execution"},
    "body": "## Summary\n\nIt overflows.\n",
    "told": [
        {"vendor": "a.example", "on": "2026-06-01", "state": "RECEIVED"},
        {"vendor": "b.example", "on": None, "state": "START"},
    ],
}
IN_CLEAR = {"case": "CVD-2026-0042", "reported": "2026-06-01", "until": "2026-09-01", "date": "2026-10-01"}
TEMPLATES = sorted(path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.txt"))


def needed(template: str) -> frozenset[str]:
    """The values without which a letter cannot be filled in."""
    values: dict[str, object] = {**OURS, **IN_CLEAR, **CASE_TEXT}
    found = set()
    for name in values:
        try:
            render(template, "letter", {key: value for key, value in values.items() if key != name})
        except Refused:
            found.add(name)
    return frozenset(found)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("empty", [False, True])
def test_every_shipped_letter_fills_in(name: str, empty: bool) -> None:
    values: dict[str, object] = {**OURS, **IN_CLEAR, **CASE_TEXT}
    if empty:
        values |= {"reported": None, "policy_url": "", "told": [], "fields": {}}
        if not name.endswith(("reply.txt", "policy_answer.txt")):
            values["text"] = ""
    subject, text = render((SHIPPED / name).read_text("utf-8"), name, values)
    assert subject
    assert "Lab" in text.splitlines()[-1]
    for wrong in ("None", "{{", "{%", "\n\n\n", "Undefined"):
        assert wrong not in text, (name, text)
    assert text.startswith(("Hello,\n", "Guten Tag,\n"))
    assert max(map(len, text.splitlines())) <= 125
    assert len(text.splitlines()) < 40


@pytest.mark.parametrize("name", [name for name in TEMPLATES if "clear/" in name])
def test_a_letter_in_clear_asks_for_no_case_text_and_has_a_fixed_subject(name: str) -> None:
    template = (SHIPPED / name).read_text("utf-8")
    allowed = {*OURS, *IN_CLEAR} | ({"text"} if name.endswith("policy_answer.txt") else set())
    if name.endswith(("first_contact.txt", "policy_answer.txt")):
        allowed -= set(IN_CLEAR)
    assert needed(template) <= allowed
    assert "{" not in template.splitlines()[0]


def test_each_letter_has_a_template_and_init_lays_out_every_one() -> None:
    assert {f"templates/{name}" for name in TEMPLATES} == set(LAID_OUT) - {"policy.toml"}
    in_clear = {f"clear/{one.value}.txt" for one in ALWAYS_CLEAR | CLEAR_LETTERS[ClearExtent.EVERYTHING]}
    encrypted = {f"{one.value}.txt" for one in set(Letter) - ALWAYS_CLEAR}
    assert {name for name in TEMPLATES if not name.startswith("de/")} == in_clear | encrypted


def test_what_the_letters_are_for() -> None:
    def text(name: str) -> str:
        return render((SHIPPED / name).read_text("utf-8"), name, {**OURS, **IN_CLEAR, **CASE_TEXT})[1]

    assert "confirm that this mail has arrived" in " ".join(text("report.txt").split())
    assert "2026-09-01" in text("extension.txt")
    assert "2026-10-01" in text("heads_up.txt")
    assert "a.example: reported on 2026-06-01, state RECEIVED" in text("handoff.txt")
    assert "b.example: not reported yet" in text("handoff.txt")
    first = text("clear/first_contact.txt")
    assert "AB" * 20 in first
    assert "https://lab.example/p" in first
    assert leaks(first, [CaseText("Größe overflows", "Frobnicator", "It overflows here and there.", "")]) is None


@pytest.mark.parametrize(
    "template",
    [
        "Subject: s\n\n{{ missing }}",
        "Subject: {{ missing }}\n\ntext",
        "Subject: s\n\n{{ fields.missing }}",
        "Subject: s\n\n{% if missing %}x{% endif %}",
        "Subject: s\n\n{% for x in missing %}x{% endfor %}",
        "Subject: s\n\n{{ title.__class__ }}",
        "Subject: s\n\n{{ title.__class__.__mro__ }}",
        "Subject: s\n\n{{ ''.__class__.__base__.__subclasses__() }}",
        "Subject: s\n\n{{ title['__class__'] }}",
        "Subject: s\n\n{{ title|attr('__class__') }}",
        "Subject: s\n\n{{ render.__globals__ }}",
        "Subject: s\n\n{{ self.__init__.__globals__ }}",
        "Subject: s\n\n{{ cycler.__init__.__globals__ }}",
        "Subject: s\n\n{{ lipsum.__globals__['os'].popen('id').read() }}",
        "Subject: s\n\n{{ '{0.__class__}'.format(title) }}",
        "Subject: s\n\n{{ items.append('x') }}",
        "Subject: s\n\n{{ fields.update({'x': 'y'}) }}",
        "Subject: s\n\n{% include 'other' %}",
        "Subject: s\n\n{% import 'os' as os %}",
        "Subject: s\n\n{% extends 'other' %}",
        "Subject: s\n\n{{ title | no_such_filter }}",
        "Subject: s\n\n{{ title() }}",
        "Subject: s\n\n{{ 1 / 0 }}",
        "Subject: s\n\n{{ items[9] }}",
        "Subject: s\n\n{{ title + 1 }}",
        "Subject: s\n\n{{ range(1000000000) | list }}",
        "Subject: s\n\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "Subject: s\n\n{{ unclosed",
        "Subject: s\n\n{% if title %}",
        "Subject: s\n\n{% end %}",
    ],
)
def test_a_template_that_reaches_out_or_does_not_fit_is_refused(template: str) -> None:
    items = ["one"]
    with pytest.raises(Refused) as refusal:
        render(template, "canary.txt", {**VALUES, "items": items})
    assert "canary.txt" in refusal.value.line()
    assert "A title" not in refusal.value.line()
    assert items == ["one"]


@pytest.mark.parametrize(
    "template",
    [
        "",
        "text only",
        "subject: s\n\ntext",
        "Subject:s\n\ntext",
        "\nSubject: s\n\ntext",
        "Subject: s",
        "Subject: s\ntext",
        "Subject: s\nBcc: evil@x.example\n\ntext",
        "Subject: {{ lines }}\n\ntext",
        "Subject: a\x07b\n\ntext",
        "Subject: {{ separator }}\n\ntext",
        "Subject: {{ returns }}\n\ntext",
    ],
)
def test_a_letter_begins_with_one_clean_subject_line(template: str) -> None:
    values = {"lines": "a\nBcc: evil@x.example", "separator": "a\u2028b", "returns": "a\rBcc: evil@x.example"}
    with pytest.raises(Refused):
        render(template, "report", values)


@given(title=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_value_gives_a_clean_subject_or_a_refusal(title: str) -> None:
    try:
        subject, text = render("Subject: Report: {{ title }}\n\n{{ title }}|end", "report", {"title": title})
    except Refused:
        return
    assert len(subject.splitlines()) <= 1
    assert text.endswith(f"{title}|end")
