"""Letters: templates fill in values and do nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.letters import render
from cvdmail.errors import Refused

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
