"""What a subject, a Message-ID and a list of recipients tell about which mails belong together."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.ids import Address
from cvdmail.core.threading import Subject, is_list, order, parties, read_subject, series_stem, vendor_of

X = "net: check the length before the copy"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (X, Subject(X)),
        (f"Re: {X}", Subject(X, reply=True)),
        (f"AW: Fwd: RE[2]: Re: {X}", Subject(X, reply=True)),
        (f"回复: {X}", Subject(X, reply=True)),
        (f"[PATCH] {X}", Subject(X, patch=True)),
        (f"[PATCH v3 2/5] {X}", Subject(X, version=3, part=(2, 5), patch=True)),
        (f"Re: [PATCH net v2 0/1] {X}", Subject(X, version=2, part=(0, 1), reply=True, patch=True)),
        (f"[PATCH 6.1 0/1] {X}", Subject(X, tree="6.1", part=(0, 1), patch=True)),
        (f"[PATCH 5.15.y v2] {X}", Subject(X, tree="5.15", version=2, patch=True)),
        (f"[PATCH AUTOSEL 6.1 12/30] {X}", Subject(X, tree="6.1", part=(12, 30), patch=True)),
        (f"[PATCH linux-5.10.y 1/2] {X}", Subject(X, tree="5.10", part=(1, 2), patch=True)),
        (f'Patch "{X}" has been added to the 6.6-stable tree', Subject(X, tree="6.6", patch=True)),
        (f'FAILED: patch "[PATCH] {X}" failed to apply to 5.4-stable tree', Subject(X, tree="5.4", patch=True)),
        (f"[list-name] Re: [EXTERNAL] {X}", Subject(X, reply=True)),
        (f"[Bug 217345] New: {X}", Subject(X)),
        (f"[JIRA] (ABC-1234) {X}", Subject(X)),
        (f"[example.org #41231] {X}", Subject(X)),
        (f"Ticket#2026011510000012: {X}", Subject(X)),
        (f"INC0012345 - {X}", Subject(X)),
        (f"Case 00123456: {X} [ref:_00D20.5002:ref]", Subject(X)),
        (f"Re: [owner/repo] {X} (#12)", Subject(X, reply=True)),
        (f"Re: [owner/repo] {X} (Issue #12)", Subject(X, reply=True)),
        (f"Something else (was: Re: [PATCH] {X})", Subject("something else", was=X)),
        ("(was: nothing)", Subject("(was: nothing)")),
        ("Re:", Subject("re:", reply=True)),
        ("[PATCH]", Subject("[patch]", patch=True)),
        ("", Subject("")),
    ],
)
def test_a_subject_is_told_apart(text: str, wanted: Subject) -> None:
    assert read_subject(text) == wanted


def test_parallel_series_have_the_same_words_and_another_line() -> None:
    one, other = (read_subject(f"[PATCH {tree} 0/1] {X}") for tree in ("6.1", "5.15"))
    assert one.bare == other.bare
    assert one.line != other.line
    assert one.line == read_subject(f'Re: Patch "{X}" has been added to the 6.1-stable tree').line


@given(st.text(max_size=600))
def test_any_subject_is_read(text: str) -> None:
    found = read_subject(text)
    assert found.bare == read_subject(" ".join(text.split())[:500]).bare


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("20230530122629.231821-1-a@lab.example", "20230530122629.231821-12-a@lab.example", True),
        ("20230530122629.231821-1-a@lab.example", "20230530123944.241927-1-a@lab.example", False),
        ("20240101-fix-it-v1-0-0123456789ab@lab.example", "20240101-fix-it-v1-3-0123456789ab@lab.example", True),
        ("20240101-fix-it-v1-0-0123456789ab@lab.example", "20240101-fix-it-v2-0-0123456789ab@lab.example", False),
    ],
)
def test_a_series_that_was_sent_at_once_is_known_by_its_ids(one: str, other: str, same: bool) -> None:
    assert series_stem(one) is not None
    assert (series_stem(one) == series_stem(other)) is same


@pytest.mark.parametrize("text", ["a@b", "CAO4S-mdVW5GkODk0@mail.example", "178377968720.33756.122@proton.example"])
def test_other_ids_belong_to_no_series(text: str) -> None:
    assert series_stem(text) is None


def addresses(*texts: str) -> tuple[Address, ...]:
    return tuple(map(Address.parse, texts))


OWN = addresses("ada@lab.example")


@pytest.mark.parametrize(
    ("to", "cc", "wanted"),
    [
        (["psirt@vendor.example"], [], ("vendor.example",)),
        (["psirt@mail.vendor.example", "bob@vendor.example"], ["x@y.example"], ("vendor.example",)),
        (["a@one.example", "b@two.example", "ada@lab.example"], [], ("one.example", "two.example")),
        (["dev@gmail.com"], [], ("dev@gmail.com",)),
        (["a@a.example", "b@b.example", "x-devel@vger.c.example", "d@d.example"], [], ("c.example",)),
        (["a@a.example", "b@b.example", "c@c.example", "d@d.example"], [], ("a.example",)),
        ([], ["psirt@vendor.example"], ("vendor.example",)),
        (["ada@lab.example"], ["psirt@vendor.example"], ("vendor.example",)),
        (["ada@lab.example"], [], ("unknown recipient",)),
    ],
)
def test_the_parties_of_a_mail_of_ours(to: list[str], cc: list[str], wanted: tuple[str, ...]) -> None:
    assert parties(addresses(*to), addresses(*cc), OWN) == wanted


def test_a_list_is_no_person() -> None:
    assert all(map(is_list, addresses("stable@vger.kernel.example", "x@lists.a.example", "oss-devel@a.example")))
    assert not any(map(is_list, addresses("security@vendor.example", "devon@a.example")))
    assert vendor_of(Address.parse("A@Sub.Vendor.example")) == "vendor.example"


def test_an_answer_comes_after_what_it_answers_whatever_its_clock_says() -> None:
    """0 answers 2, 2 answers 1; 3 is alone and older; 4 and 5 cite each other."""
    ids = [10, 11, 12, 13, 14, 15]
    cited = [(12,), (), (11,), (), (15,), (14,)]
    found = order([1.0, 5.0, 3.0, 0.5, 9.0, 8.0], ids, cited)
    assert found.index(1) < found.index(2) < found.index(0)
    assert found[0] == 3
    assert sorted(found) == list(range(6))


@given(st.integers(0, 60), st.randoms(use_true_random=False))
def test_every_mail_is_taken_once_and_never_before_its_parent(count: int, chance: random.Random) -> None:
    stamps = [chance.random() for _ in range(count)]
    parents = [chance.randrange(number) + 1 if number and chance.random() < 0.8 else 0 for number in range(count)]
    shuffled = list(range(count))
    chance.shuffle(shuffled)  # place -> mail
    cited = [(parents[mail],) if parents[mail] else () for mail in shuffled]
    found = [shuffled[place] for place in order(stamps, [mail + 1 for mail in shuffled], cited)]
    assert sorted(found) == list(range(count))
    assert all(found.index(parents[mail] - 1) < found.index(mail) for mail in found if parents[mail])


def test_a_long_thread_needs_no_deep_stack() -> None:
    count = 50_000
    ids = list(range(1, count + 1))
    assert order([-float(one) for one in ids], ids, [(one - 1,) if one > 1 else () for one in ids]) == list(
        range(count)
    )
