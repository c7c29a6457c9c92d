"""Words out of HTML: what a person would have read, and nothing they would not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.html import MAX_HTML, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<div>one</div><div>two</div>", "one\n\ntwo"),
        ("a <b>bold</b> word", "a bold word"),
        ("a\n   wrapped\tline", "a wrapped line"),
        ("&lt;script&gt; &amp; &#8364; &#x20ac;", "<script> & € €"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<a href='https://x.example/'>here</a>", "here"),
        ("<img src=https://x.example/track.png alt=x>after", "after"),
        ("<script>evil()</script>after", "after"),
        ("<style>p { color: red }</style>after", "after"),
        ("<title>not shown</title>after", "after"),
        ("<!-- comment -->after", "after"),
        ("<!-->after", "after"),
        ("<!--->after", "after"),
        ("<!DOCTYPE html><p>after", "after"),
        ("<![if !mso]>after<![endif]>", "after"),
        ("<!--[if mso]><p>not shown</p><![endif]-->after", "after"),
        ("<?xml:namespace prefix = o />after", "after"),
        ("before<!-- never closed", "before"),
        ("<template>hidden</template>after", "after"),
        ("<p>We fixed it in &#49;.2</p>", "We fixed it in 1.2"),
    ],
)
def test_known_answers(html: str, text: str) -> None:
    assert squeeze(to_text(html)) == squeeze(text)


def squeeze(text: str) -> str:
    """Leave out empty lines: how many of them stand between blocks is taste."""
    return "\n".join(line for line in text.split("\n") if line)


@pytest.mark.parametrize(
    "tag",
    [
        '<span style="display:none">{}</span>',
        '<span style="DISPLAY: None">{}</span>',
        '<span style="display : none !important">{}</span>',
        '<div style="visibility:hidden">{}</div>',
        '<span style="font-size:0">{}</span>',
        '<span style="font-size:0px">{}</span>',
        '<span style="font-size: 0.0pt;">{}</span>',
        '<span style="opacity:0">{}</span>',
        '<span style="opacity:0.0">{}</span>',
        '<span style="mso-hide:all">{}</span>',
        "<p hidden>{}</p>",
        "<noscript>{}</noscript>",
        "<object>{}</object>",
        "<svg><text>{}</text></svg>",
        "<div style='display:none'><div><b>{}</b></div></div>",
    ],
)
def test_hidden_words_are_left_out_and_those_behind_them_are_not(tag: str) -> None:
    text = to_text(f"<p>before</p>{tag.format('we refuse to fix it')}<p>after</p>")
    assert "refuse" not in text
    assert "before" in text
    assert "after" in text


@pytest.mark.parametrize(
    "html",
    [
        '<p style="font-size:0.9em">{}</p>',
        '<p style="font-size:0.875rem; color:#000">{}</p>',
        '<p style="opacity:0.95">{}</p>',
        '<p style="line-height:0">{}</p>',
        "<html><head><meta charset=utf-8><body>{}",
        "<html><head><title>x</title><body><p>{}",
        "<head><style>p {{}}</style></head><p>{}",
        "<p>{}",
        "<b><i>{}</b></i>",
        "</div></div>{}",
        "<table><tr><td>{}</table>",
        "<pre>{}</pre>",
        "<style><!-- p {{ color: red }} --></style>{}",
        "<p>5 < 6, so {}",
        "{} < and > more",
        "<input type=text>{}",
        "<p hidden-by=x>{}",
    ],
)
def test_words_that_a_person_sees_are_never_lost(html: str) -> None:
    assert "we will fix it" in to_text(html.format("we will fix it"))


def test_a_quotation_is_marked_line_by_line() -> None:
    text = squeeze(to_text("<p>new</p><blockquote><p>old one</p><p>old two</p></blockquote><p>new again</p>"))
    assert [line for line in text.split("\n") if line.startswith(">")] == ["> old one", "> old two"]
    assert "new" in text.split("\n")
    assert text.split("\n")[-1] == "new again"


def test_nested_quotations_stay_marked_until_the_outermost_ends() -> None:
    lines = squeeze(to_text("<blockquote>a<blockquote>b</blockquote>c</blockquote>d")).split("\n")
    assert [line.startswith(">") for line in lines if line.strip("> ")] == [True, True, True, False]


def test_the_input_is_cut() -> None:
    assert len(to_text("word " * 400_000)) <= MAX_HTML


@given(html=st.text(max_size=200) | st.from_regex(r"(<[/!?a-z]{0,3}[a-z =\"'&;#x0-9-]{0,6}>?){0,20}", fullmatch=True))
def test_any_markup_gives_text(html: str) -> None:
    assert isinstance(to_text(html), str)


@given(words=st.text(alphabet="abcdefghij .,", max_size=60))
def test_plain_words_come_through(words: str) -> None:
    assert to_text(f"<p>{words}</p>").split() == words.split()


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<![", "<a ", "<a b", "<a/", "</", "<?", "<!", "&", "<", "&#", "<script>", '<div style="', "<a b='", "<p>",
     "<div>", "<blockquote>", "</p>", "<!doctype ", "<![CDATA[", '<a a="x"', "<svg>", "<b><blockquote></b>"],
)  # fmt: skip
@pytest.mark.parametrize("end", ["", ">", "'>", '">'])
def test_work_grows_no_faster_than_the_markup(piece: str, end: str) -> None:
    """Eighty kilobytes that take a second are a megabyte that takes minutes."""
    begun = time.process_time()
    to_text(piece * (80_000 // len(piece)) + end)
    assert time.process_time() - begun < 1.2
