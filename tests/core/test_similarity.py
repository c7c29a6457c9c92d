"""Likeness: what is compared, how it is weighed, and the words for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.ids import Address, MessageId
from cvdmail.core.matching import TraceKind
from cvdmail.core.similarity import (
    COMMON,
    DOUBT,
    GUESS,
    OTHER_VERSION,
    Features,
    Shared,
    Trait,
    linked_ids,
    names_in,
    traits,
    weigh,
)

PSIRT = Address.parse("psirt@vendor.example")
ADA = Address.parse("ada@lab.example")
REPORT = Features(
    subject="Use after free in frame_parse_header()",
    text="frame_parse_header() in src/frame.c frees the buffer twice, since commit 0a1b2c3d4e5f (CVE-2026-10001).",
    sender=ADA,
    recipients=(PSIRT,),
    message_id=MessageId("r1@lab.example"),
)


def shared(mail: Features, *others: Features) -> list[Shared]:
    """What a store would say: each other mail is a participant of its own, numbered from 1."""
    have = [set(traits(one, [ADA])) for one in others]
    found = []
    for trait in traits(mail, [ADA]):
        people = [number for number, one in enumerate(have, start=1) if trait in one]
        found += [Shared(one, trait, len(people)) for one in people]
    return found


def ranked(mail: Features, *others: Features) -> list[int]:
    return [one.participant for one in weigh(traits(mail, [ADA]), shared(mail, *others))]


OTHER = Features(
    subject="Integer overflow in the tile decoder",
    text="tile_decode_row() adds two lengths, see lib/tile.c.",
    sender=ADA,
    recipients=(PSIRT,),
    message_id=MessageId("r2@lab.example"),
)


@pytest.mark.parametrize(
    "mail",
    [
        Features(
            "[JIRA] (SEC-4711) Use after free in frame_parse_header()", "", Address.parse("jira@tracker.example"), ()
        ),
        Features(
            "Ticket 4711", "we looked at frame_parse_header() in frame.c", Address.parse("bob@vendor.example"), ()
        ),
        Features("[PATCH] frame: free once", 'Fixes: 0a1b2c3d4e5f67 ("frame: x")\nframe_parse_header', PSIRT, ()),
        Features("[PATCH] x", "Link: https://lists.example/all/r1@lab.example/", Address.parse("m@k.example"), ()),
        Features("your CVE request", "CVE-2026-10001 is reserved", Address.parse("cna@cna.example"), ()),
        Features("Re: use after free in frame_parse_header()", "", Address.parse("x@y.example"), (PSIRT,)),
    ],
    ids=["tracker", "other thread", "patch", "link", "cve", "no references"],
)
def test_what_survives_a_rewriting_leads_to_the_case(mail: Features) -> None:
    assert ranked(mail, OTHER, REPORT, OTHER)[0] == 2


def test_nothing_in_common_is_no_guess() -> None:
    mail = Features("Invoice 2026-77", "please pay", Address.parse("a@b.example"), (ADA,))
    assert ranked(mail, REPORT, OTHER) == []


@pytest.mark.parametrize("subject", ["security issue", "Re: vulnerability report", "question", "Re: your report"])
def test_a_subject_that_stands_over_anything_is_no_trait(subject: str) -> None:
    kinds = {one.kind for one in traits(Features(subject, "", None, ()))}
    assert not kinds & {TraceKind.SUBJECT, TraceKind.LINE}


def test_a_label_in_front_of_a_subject_makes_no_other_subject() -> None:
    one, other = Features("Security report: the frame", "", None, ()), Features("Re: the frame", "", None, ())
    assert "same subject" in weigh(traits(one), shared(one, other))[0].why
    driver = Features("frame: the frame", "", None, ())
    assert not [found for found in weigh(traits(driver), shared(driver, other)) if found.same_subject]


def test_parallel_series_are_told_apart_by_their_line() -> None:
    series = [
        Features(f"[PATCH {tree} 0/1] frame: free once", "frame_parse_header", ADA, (PSIRT,))
        for tree in ("6.1", "5.15", "5.10")
    ]
    mail = Features(
        'Patch "frame: free once" has been added to the 5.15-stable tree', "", Address.parse("g@k.example"), ()
    )
    found = weigh(traits(mail), shared(mail, *series))
    assert found[0].participant == 2
    assert [OTHER_VERSION in one.why for one in found] == [False, True, True]


def test_reasons_are_words_for_a_person_and_none_of_the_mails_own() -> None:
    mail = Features("Re: Use after free in frame_parse_header()", "CVE-2026-10001 in frame.c", PSIRT, (ADA,))
    earlier = Features("Use after free in frame_parse_header()", "CVE-2026-10001 frame.c", PSIRT, (ADA,))
    (found,) = weigh(traits(mail), shared(mail, earlier))
    assert "same subject" in found.why
    assert "same sender" in found.why
    assert "3 shared identifiers" in found.why
    assert "frame" not in found.why
    assert found.score >= 2 * DOUBT


def test_the_rarer_a_trait_the_more_it_tells() -> None:
    trait = Trait(TraceKind.SUBJECT, "x")
    scores = [weigh([trait], [Shared(1, trait, spread)]) for spread in (1, 2, 5, COMMON - 1, COMMON)]
    found = [one[0].score for one in scores if one]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    assert scores[-1] == []


def test_of_equals_the_newer_is_named_first() -> None:
    trait = Trait(TraceKind.SUBJECT, "x")
    assert [one.participant for one in weigh([trait], [Shared(n, trait, 3) for n in (4, 9, 2)])] == [9, 4, 2]


def test_people_alone_are_a_guess_and_no_more() -> None:
    kinds = (TraceKind.ADDRESS, TraceKind.DOMAIN)
    many = [Trait(TraceKind.PARTY, str(n)) for n in range(9)] + [Trait(kind, "x") for kind in kinds]
    (found,) = weigh(many, [Shared(1, one, 1) for one in many])
    assert GUESS < found.score < 2


def test_our_own_address_tells_nothing() -> None:
    values = {one.value for one in traits(REPORT, [ADA])}
    assert ADA.key not in values
    assert PSIRT.key in values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Link: https://lore.example/all/a.b-1@lab.example/", ["a.b-1@lab.example"]),
        ("Link: https://lore.example/r/a%2Bb%40lab.example", ["a+b@lab.example"]),
        ("Message-ID: <x@y.example> and In-Reply-To: <z@y.example>", ["x@y.example", "z@y.example"]),
        ("write to https://a.example/ or psirt@vendor.example", []),
        ("Reported-by: Ada <ada@lab.example>", []),
    ],
)
def test_message_ids_in_a_text(text: str, found: list[str]) -> None:
    assert linked_ids(text) == found


def test_names_of_code_and_of_nothing_else() -> None:
    text = (
        "a_b size_t kasan_report do_sys_open nft_byteorder_eval() net/netfilter/nft_byteorder.c parseHeader the issue"
    )
    names = names_in("", text)
    assert {"nft_byteorder_eval", "nft_byteorder.c", "parseheader"} <= set(names)
    assert not {"size_t", "kasan_report", "do_sys_open", "issue"} & set(names)


def test_names_from_crash_reports_of_every_kernel_are_left_out() -> None:
    text = "\n".join(["kasan_report", "__x64_sys_ioctl", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"] * 20)
    assert not {one for one in names_in("", text) if "sys" in one or "kasan" in one}


@given(st.text(max_size=300), st.text(max_size=3000), st.lists(st.sampled_from(["a@b", "c@d.e"]), max_size=200))
def test_any_mail_has_a_bounded_number_of_traits(subject: str, text: str, cited: list[str]) -> None:
    found = traits(Features(subject, text, PSIRT, (PSIRT,) * 200, None, tuple(map(MessageId, cited))))
    assert len(found) <= 48
    assert len(found) == len(set(found))
    assert all(one.value for one in found)


@pytest.mark.parametrize(
    "text", ["a_" * 40_000, "a/" * 40_000, "https://" * 9_000, "<" * 80_000, "aB" * 40_000, "Reported-by: " * 6_000]
)
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    assert len(traits(Features(text, text, None, ()))) <= 48
