"""What a mailing list put around a posting is not its author's."""

from __future__ import annotations

import pytest

from cvdmail.core.body import body_text
from cvdmail.core.listframe import MAX_FRAME, without_footer
from cvdmail.core.mail import parse
from cvdmail.core.parts import Inside

LIST = "List-Id: <security.lists.example>\n"
MAILMAN = (
    f"{'_' * 47}\nSecurity mailing list\nSecurity@lists.example\nhttps://lists.example/mailman/listinfo/security\n"
)
GROUPS = (
    "-- \nYou received this message because you are subscribed to the Google Groups group.\nTo unsubscribe, write.\n"
)
GROUPS_IO = "-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nUnsubscribe: x\n"


def multipart(*parts: str) -> str:
    return 'Content-Type: multipart/mixed; boundary="b"\n\n' + "".join(f"--b\n{one}\n" for one in parts) + "--b--\n"


def text(words: str, *lines: str) -> str:
    return "".join(f"{line}\n" for line in (*lines, "Content-Type: text/plain")) + f"\n{words}"


@pytest.mark.parametrize("footer", [MAILMAN, GROUPS, GROUPS_IO])
def test_a_footer_is_cut_off_where_a_list_put_it(footer: str) -> None:
    words = "We fix it in May.\n\nAda\n"
    assert body_text(parse(f"{LIST}\n{words}\n{footer}".encode())).strip() == words.strip()
    assert body_text(parse(f"\n{words}\n{footer}".encode())) == words + "\n" + footer
    assert without_footer(words) == words


def test_a_long_or_early_footer_is_none() -> None:
    assert without_footer("a\n" + MAILMAN + "x\n" * 40) == "a\n" + MAILMAN + "x\n" * 40
    long = "a\n" + "_" * 30 + "\nunsubscribe " + "x" * MAX_FRAME
    assert without_footer(long) == long


@pytest.mark.parametrize(
    ("footer", "framed"),
    [
        (text(MAILMAN), True),
        (text(MAILMAN, "Content-Disposition: inline"), True),
        (text(""), True),
        (text(MAILMAN, "Content-Disposition: attachment"), False),
        (text(MAILMAN, "Content-Disposition: inline; filename=x.txt"), False),
        (text("We will publish this tomorrow; to unsubscribe is too late.\n"), False),
        (text("_" * 30 + "\nSee you\n"), False),
        (text(MAILMAN + "x" * MAX_FRAME), False),
        (MAILMAN, True),
        ("Content-Type: text/html\n\n" + MAILMAN, False),
    ],
)
def test_a_part_is_a_frame_only_if_it_looks_like_one(footer: str, framed: bool) -> None:
    raw = multipart(text("hello\n"), footer if footer.startswith("Content") else "\n" + footer)
    for head, wanted in ((LIST, framed), ("", False)):
        posting, other = parse((head + raw).encode()).root.children
        assert not posting.inside
        assert (other.inside == Inside.FRAME) is wanted


def test_frames_alone_are_no_posting_and_a_header_is_a_frame_too() -> None:
    only = parse((LIST + multipart(text(MAILMAN), text(MAILMAN))).encode())
    assert [part.inside for part in only.root.children] == [Inside(0), Inside(0)]
    both = parse((LIST + multipart(text(MAILMAN), text("hello\n"), text(MAILMAN))).encode())
    assert [part.inside for part in both.root.children] == [Inside.FRAME, Inside(0), Inside.FRAME]
    assert body_text(both).strip() == "hello"
