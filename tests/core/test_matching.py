"""Which case a mail belongs to, and who says so."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address, CaseId
from cvdmail.core.mail import parse
from cvdmail.core.matching import (
    Clue,
    Decision,
    Evidence,
    Match,
    Verdict,
    case_ids,
    decide,
    match,
    one_of_a_case,
    read_case_id,
    reasons,
    subject_moved_on,
)
from cvdmail.core.sender import Sender, SenderFault
from cvdmail.core.trust import Authentication, Trust, authentication, known_sender, trust

CASE, OTHER = CaseId(2026, 1), CaseId(2026, 2)
VENDOR = Address.parse("psirt@vendor.example")
COLLEAGUE = Address.parse("ada.developer@vendor.example")
STRANGER = Address.parse("evil@x.example")
KNOWN = [VENDOR, Address.parse("cert@coordinator.example")]
HOST = "mx.lab.example"


def clue(evidence: Evidence, certain: bool, participant: int = 1, case: CaseId = CASE) -> Clue:
    return Clue(case, participant, evidence, certain)


CERTAIN = match([clue(Evidence.MESSAGE_ID, True)])
PROBABLE = match([clue(Evidence.SIMILARITY, False)])
CONFLICT = match([clue(Evidence.REPLY_TOKEN, True, 1), clue(Evidence.MESSAGE_ID, True, 2, OTHER)])
NONE = match([])


@pytest.mark.parametrize(
    ("found", "trusted", "verdict", "believable"),
    [
        (CERTAIN, Trust.VERIFIED, Verdict.FILED, True),
        (CERTAIN, Trust.AUTHENTICATED, Verdict.FILED, True),
        (CERTAIN, Trust.UNAUTHENTICATED, Verdict.FILED, False),
        (CERTAIN, Trust.SUSPICIOUS, Verdict.HELD, False),
        (PROBABLE, Trust.VERIFIED, Verdict.HELD, False),
        (PROBABLE, Trust.AUTHENTICATED, Verdict.HELD, False),
        (PROBABLE, Trust.UNAUTHENTICATED, Verdict.HELD, False),
        (PROBABLE, Trust.SUSPICIOUS, Verdict.HELD, False),
        (CONFLICT, Trust.VERIFIED, Verdict.HELD, False),
        (CONFLICT, Trust.AUTHENTICATED, Verdict.HELD, False),
        (CONFLICT, Trust.UNAUTHENTICATED, Verdict.HELD, False),
        (CONFLICT, Trust.SUSPICIOUS, Verdict.HELD, False),
        (NONE, Trust.VERIFIED, Verdict.HELD, False),
        (NONE, Trust.AUTHENTICATED, Verdict.HELD, False),
        (NONE, Trust.UNAUTHENTICATED, Verdict.HELD, False),
        (NONE, Trust.SUSPICIOUS, Verdict.HELD, False),
    ],
)
def test_the_table_that_joins_match_and_trust(found: Match, trusted: Trust, verdict: Verdict, believable: bool) -> None:
    decision = decide(found, trusted)
    assert (decision.verdict, decision.facts_believable) == (verdict, believable)
    assert decision.why


def test_the_reasons_tell_the_rows_apart() -> None:
    reasons = [decide(found, Trust.VERIFIED).why for found in (CERTAIN, PROBABLE, CONFLICT, NONE)]
    assert len(set(reasons)) == 4
    assert decide(CERTAIN, Trust.SUSPICIOUS) == Decision(Verdict.HELD, False, "suspicious sender")


def test_clues_are_ranked_certain_first_then_by_strength() -> None:
    clues = [
        clue(Evidence.SIMILARITY, False, 3),
        clue(Evidence.CASE_ID, False, 2),
        clue(Evidence.TICKET, True),
        clue(Evidence.REPLY_TOKEN, True),
        clue(Evidence.MESSAGE_ID, False, 4),
    ]
    for order in itertools.permutations(clues):
        found = match(order)
        assert [one.evidence for one in found.clues] == [
            Evidence.REPLY_TOKEN,
            Evidence.TICKET,
            Evidence.MESSAGE_ID,
            Evidence.CASE_ID,
            Evidence.SIMILARITY,
        ]
        assert found.certain == clue(Evidence.REPLY_TOKEN, True)
        assert not found.conflicting


def test_certain_clues_for_two_participants_conflict() -> None:
    assert CONFLICT.conflicting
    assert CONFLICT.certain is None
    same_case = match([clue(Evidence.REPLY_TOKEN, True, 1), clue(Evidence.TICKET, True, 2)])
    assert same_case.conflicting


def test_a_clue_found_twice_counts_once_and_as_certain_if_either_is() -> None:
    for order in itertools.permutations([clue(Evidence.TICKET, False), clue(Evidence.TICKET, True)]):
        assert match(order).clues == (clue(Evidence.TICKET, True),)


def test_a_probable_clue_for_another_does_not_undo_a_certain_one() -> None:
    found = match([clue(Evidence.REPLY_TOKEN, True, 1), clue(Evidence.SIMILARITY, False, 2, OTHER)])
    assert found.certain == clue(Evidence.REPLY_TOKEN, True, 1)


@given(
    clues=st.lists(
        st.builds(Clue, st.sampled_from([CASE, OTHER]), st.integers(1, 3), st.sampled_from(Evidence), st.booleans())
    ),
    trusted=st.sampled_from(Trust),
)
def test_only_one_certain_participant_who_is_not_suspicious_is_filed(clues: list[Clue], trusted: Trust) -> None:
    found = match(clues)
    certain = {one.participant for one in clues if one.certain}
    filed = decide(found, trusted).verdict is Verdict.FILED
    assert filed == (len(certain) == 1 and trusted is not Trust.SUSPICIOUS)
    if filed:
        assert found.certain is not None
        assert found.certain.participant in certain


# --- trust ------------------------------------------------------------------------------------------------------------

GOOD, NO_SIGNATURE = SignatureState.GOOD, SignatureState.NONE
PASS, FAIL, SILENT = Authentication.PASS, Authentication.FAIL, Authentication.NONE
FROM_VENDOR, FROM_COLLEAGUE, FROM_STRANGER = Sender(VENDOR), Sender(COLLEAGUE), Sender(STRANGER)
LOOKALIKES = [
    "vend0r.example",
    "vendors.example",
    "vndor.example",
    "vendor.exampl",
    "vendor.examplee",
    "wendor.example",
]


@pytest.mark.parametrize(
    ("signature", "sender", "transport", "agree", "trusted"),
    [
        (GOOD, FROM_VENDOR, SILENT, True, Trust.VERIFIED),
        (GOOD, FROM_VENDOR, FAIL, True, Trust.VERIFIED),
        (GOOD, FROM_COLLEAGUE, PASS, True, Trust.VERIFIED),
        (GOOD, FROM_VENDOR, PASS, False, Trust.SUSPICIOUS),
        (NO_SIGNATURE, FROM_VENDOR, PASS, True, Trust.AUTHENTICATED),
        (NO_SIGNATURE, FROM_COLLEAGUE, PASS, True, Trust.AUTHENTICATED),
        (NO_SIGNATURE, FROM_VENDOR, SILENT, True, Trust.UNAUTHENTICATED),
        (NO_SIGNATURE, FROM_VENDOR, FAIL, True, Trust.SUSPICIOUS),
        (NO_SIGNATURE, FROM_VENDOR, PASS, False, Trust.SUSPICIOUS),
        (NO_SIGNATURE, FROM_STRANGER, PASS, True, Trust.UNAUTHENTICATED),
        (NO_SIGNATURE, FROM_STRANGER, SILENT, True, Trust.UNAUTHENTICATED),
        (NO_SIGNATURE, FROM_STRANGER, FAIL, True, Trust.SUSPICIOUS),
        (SignatureState.BAD, FROM_VENDOR, PASS, True, Trust.SUSPICIOUS),
        (SignatureState.PARTIAL, FROM_VENDOR, PASS, True, Trust.SUSPICIOUS),
        (SignatureState.ERROR, FROM_VENDOR, PASS, True, Trust.SUSPICIOUS),
        (SignatureState.UNKNOWN_KEY, FROM_VENDOR, PASS, True, Trust.AUTHENTICATED),
        (SignatureState.UNKNOWN_KEY, FROM_VENDOR, SILENT, True, Trust.UNAUTHENTICATED),
        (SignatureState.WEAK, FROM_VENDOR, PASS, True, Trust.AUTHENTICATED),
        (SignatureState.WEAK, FROM_VENDOR, SILENT, True, Trust.UNAUTHENTICATED),
    ],
)
def test_trust(
    signature: SignatureState, sender: Sender, transport: Authentication, agree: bool, trusted: Trust
) -> None:
    assert trust(signature, sender, KNOWN, transport, agree) is trusted


@pytest.mark.parametrize("fault", list(SenderFault))
@pytest.mark.parametrize("signature", list(SignatureState))
def test_an_unreadable_sender_is_suspicious_whatever_else_holds(signature: SignatureState, fault: SenderFault) -> None:
    assert trust(signature, Sender(None, fault), KNOWN, PASS, True) is Trust.SUSPICIOUS


@pytest.mark.parametrize("domain", LOOKALIKES)
@pytest.mark.parametrize("transport", [PASS, SILENT])
def test_a_look_alike_domain_is_suspicious_also_when_it_authenticates(domain: str, transport: Authentication) -> None:
    sender = Sender(Address.parse(f"psirt@{domain}"))
    assert trust(NO_SIGNATURE, sender, KNOWN, transport, True) is Trust.SUSPICIOUS


@pytest.mark.parametrize("domain", ["vendor.example", "other.example", "rodnev.example", "mail.vendor.example"])
def test_other_domains_are_no_look_alikes(domain: str) -> None:
    sender = Sender(Address.parse(f"psirt@{domain}"))
    assert trust(NO_SIGNATURE, sender, KNOWN, SILENT, True) is Trust.UNAUTHENTICATED


def test_a_known_domain_one_letter_from_another_known_one_is_no_look_alike() -> None:
    known = [VENDOR, Address.parse("psirt@vendors.example")]
    assert trust(NO_SIGNATURE, Sender(known[1]), known, PASS, True) is Trust.AUTHENTICATED


@given(
    signature=st.sampled_from(SignatureState),
    sender=st.sampled_from([FROM_VENDOR, FROM_COLLEAGUE, FROM_STRANGER, Sender(None, SenderFault.SEVERAL)]),
    transport=st.sampled_from(Authentication),
    agree=st.booleans(),
)
def test_belief_needs_a_good_signature_or_a_known_authentic_sender(
    signature: SignatureState, sender: Sender, transport: Authentication, agree: bool
) -> None:
    trusted = trust(signature, sender, KNOWN, transport, agree)
    if trusted is Trust.VERIFIED:
        assert signature is GOOD
    if trusted is Trust.AUTHENTICATED:
        assert transport is PASS
        assert known_sender(sender, KNOWN)
    if trusted in (Trust.VERIFIED, Trust.AUTHENTICATED):
        assert agree
        assert sender.fault is None


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("psirt@vendor.example", True),
        ("PSIRT@Vendor.Example", True),
        ("anybody@vendor.example", True),
        ("psirt@mail.vendor.example", False),
        ("psirt@vendor.example.x.example", False),
        ("psirt@xvendor.example", False),
        ("cert@coordinator.example", True),
    ],
)
def test_known_senders(address: str, known: bool) -> None:
    assert known_sender(Sender(Address.parse(address)), KNOWN) is known
    assert not known_sender(Sender(None, SenderFault.MISSING), KNOWN)
    assert not known_sender(Sender(Address.parse(address)), [])


# --- authentication results -------------------------------------------------------------------------------------------


def results(*values: str, host: str = HOST, sender: Sender = FROM_VENDOR) -> Authentication:
    head = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    return authentication(parse(head.encode() + b"Subject: x\r\n\r\n").root, host, sender)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("mx.lab.example; dmarc=pass (p=reject) header.from=vendor.example", PASS),
        (
            "mx.lab.example; spf=pass smtp.mailfrom=vendor.example; dkim=none; dmarc=pass header.from=vendor.example",
            PASS,
        ),
        ("MX.LAB.example; dmarc=pass header.from=vendor.example", PASS),
        ("mx.lab.example 1; dmarc=pass header.from=vendor.example", PASS),
        ("mx.lab.example;\r\n\tdkim=fail;\r\n\tdmarc=pass header.from=vendor.example", PASS),
        ("mx.lab.example; dmarc=pass header.from=Vendor.Example", PASS),
        ("mx.lab.example; dkim=pass header.d=vendor.example header.s=k1", PASS),
        ("mx.lab.example; dkim=pass (2048-bit key) header.d=vendor.example header.i=x@vendor.example", PASS),
        ("mx.lab.example; dkim=pass header.i=@vendor.example header.s=k1", SILENT),
        ("mx.lab.example; dkim=pass (2048-bit key) header.d=example header.i=@vendor.example", SILENT),
        ("mx.lab.example; dkim=fail header.d=x.example; dkim=pass header.d=vendor.example", PASS),
        ("mx.lab.example; dkim=pass header.d=x.example; dmarc=fail header.from=vendor.example", FAIL),
        ("mx.lab.example; dmarc=fail header.from=vendor.example", FAIL),
        ("mx.lab.example; dmarc=fail; dmarc=pass", FAIL),
        ("mx.lab.example; dkim=pass header.d=x.example", SILENT),
        ("mx.lab.example; dkim=pass header.d=mail.vendor.example", SILENT),
        ("mx.lab.example; dkim=pass header.d=xvendor.example", SILENT),
        ("mx.lab.example; dkim=pass", SILENT),
        ("mx.lab.example; dkim=fail header.d=vendor.example", SILENT),
        ("mx.lab.example; dkim=temperror header.d=vendor.example", SILENT),
        ("mx.lab.example; spf=pass smtp.mailfrom=vendor.example", SILENT),
        ("mx.lab.example; dmarc=none header.from=vendor.example", SILENT),
        ("mx.lab.example; dmarc=bestguesspass header.from=vendor.example", SILENT),
        ("mx.lab.example; dmarc=passed header.from=vendor.example", SILENT),
        ("mx.lab.example; xdmarc=pass header.from=vendor.example", SILENT),
        ("mx.lab.example; x-dmarc=pass header.from=vendor.example", SILENT),
        ("mx.lab.example; none", SILENT),
        ("mx.lab.example", SILENT),
        ("", SILENT),
        ("mx.x.example; dmarc=pass header.from=vendor.example", SILENT),
        ("mx.lab.example.x.example; dmarc=pass header.from=vendor.example", SILENT),
        ("x.mx.lab.example; dmarc=pass header.from=vendor.example", SILENT),
        ("; mx.lab.example; dmarc=pass header.from=vendor.example", SILENT),
        ("x.example (mx.lab.example); dmarc=pass header.from=vendor.example", SILENT),
    ],
)
def test_authentication_results(value: str, verdict: Authentication) -> None:
    assert results(value) is verdict


# What a stranger can make our own honest host write: every value here was chosen by the sender of the mail.
INJECTED = [
    "mx.lab.example; spf=pass smtp.mailfrom=dmarc=pass@x.example; dmarc=fail header.from=vendor.example",
    "mx.lab.example; spf=pass smtp.mailfrom=dmarc=pass@x.example",
    'mx.lab.example; spf=pass smtp.mailfrom="a; dmarc=pass "@x.example; dmarc=fail header.from=vendor.example',
    'mx.lab.example; spf=pass smtp.mailfrom="dmarc=pass"@x.example',
    "mx.lab.example; spf=pass smtp.mailfrom==?utf-8?q?=3Bdmarc=3Dpass?=@x.example; dmarc=fail",
    "mx.lab.example; spf=fail (x.example: dmarc=pass) smtp.mailfrom=x.example; dmarc=fail",
    "mx.lab.example; spf=fail (said; dmarc=pass header.from=vendor.example) smtp.mailfrom=x.example; dmarc=fail",
    "mx.lab.example; spf=fail (a \\) b; dmarc=pass) smtp.mailfrom=x.example; dmarc=fail",
    "mx.lab.example; spf=fail (a (b) c; dmarc=pass) smtp.mailfrom=x.example; dmarc=fail",
    "mx.lab.example; spf=none smtp.helo=dmarc=pass",
    "mx.lab.example; auth=pass smtp.auth=dmarc=pass",
    'mx.lab.example; dkim=fail reason="bad; dmarc=pass" header.d=x.example; dmarc=fail',
    'mx.lab.example; dkim=fail reason="bad; dkim=pass header.d=vendor.example"',
    "mx.lab.example; dkim=pass header.i=vendor.example@x.example header.s=k1",
    "mx.lab.example; dkim=pass header.i=vendor.example@x.example header.d=x.example",
    'mx.lab.example; dkim=pass header.i="header.d=vendor.example "@x.example',
    "mx.lab.example; dkim=pass (header.d=vendor.example) header.d=x.example",
    "mx.lab.example; dkim=pass header.s=header.d=vendor.example header.d=x.example",
    "mx.lab.example; dkim=fail header.s=dkim=pass header.d=vendor.example",
    "mx.lab.example; dmarc=pass header.from=x.example",
    "mx.lab.example; dmarc=pass header.from=vendor.example.x.example",
]


@pytest.mark.parametrize("value", INJECTED, ids=range(len(INJECTED)))
def test_words_of_the_sender_inside_an_honest_result_prove_nothing(value: str) -> None:
    assert results(value) is not PASS


OURS_FAIL = "mx.lab.example; dmarc=fail header.from=vendor.example"
OURS_PASS = "mx.lab.example; dmarc=pass header.from=vendor.example"
FOREIGN = "mx.x.example; dmarc=pass header.from=vendor.example"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((OURS_PASS, OURS_FAIL), PASS),
        ((OURS_FAIL, OURS_PASS), FAIL),
        ((FOREIGN, OURS_PASS), SILENT),
        ((OURS_PASS, FOREIGN), PASS),
        (("mx.lab.example; none", OURS_PASS), SILENT),
        (("mx.lab.example; spf=pass smtp.mailfrom=x.example", OURS_PASS), SILENT),
        ((), SILENT),
    ],
)
def test_only_the_topmost_result_counts_and_only_if_it_is_ours(
    values: tuple[str, ...], verdict: Authentication
) -> None:
    assert results(*values) is verdict


@pytest.mark.parametrize(
    ("received_above", "own_hops", "verdict"),
    [(0, 0, PASS), (1, 0, SILENT), (0, 1, PASS), (1, 1, PASS), (2, 1, SILENT), (2, 2, PASS), (9, 2, SILENT)],
)
def test_a_result_below_a_foreign_hop_is_the_senders(
    received_above: int, own_hops: int, verdict: Authentication
) -> None:
    """Our hosts put their result on top; what stands below a hop that is not ours came with the mail."""
    head = "Received: from x.example by y\r\n" * received_above + f"Authentication-Results: {OURS_PASS}\r\n"
    root = parse(head.encode() + b"Received: from x.example by z\r\n\r\n").root
    assert authentication(root, HOST, FROM_VENDOR, own_hops) is verdict


def test_without_a_configured_host_or_a_sender_nobody_is_believed() -> None:
    assert results(OURS_PASS, host="") is SILENT
    assert results("; dmarc=pass", host="") is SILENT
    assert results(OURS_PASS, sender=Sender(None, SenderFault.SEVERAL)) is SILENT


def test_guesses_of_one_kind_are_ranked_by_likeness() -> None:
    scores = {1: 0.7, 2: 3.1, 3: 1.5}
    likely = [Clue(CaseId(2026, row), row, Evidence.SIMILARITY, False, score, "w") for row, score in scores.items()]
    found = match([*likely, clue(Evidence.CASE_ID, False, 4), Clue(CASE, 2, Evidence.SIMILARITY, False, 0.1)])
    assert [one.participant for one in found.clues] == [4, 2, 3, 1]
    assert found.certain is None
    assert reasons(found.clues) == {f"{row} similarity": "w" for row in scores}


@pytest.mark.parametrize(
    ("domain", "kept"),
    [("two.example", 2), ("one.example", 1), ("three.example", 1), (None, 1), ("gone.example", 1)],
)
def test_of_the_parties_that_one_mail_went_to_the_senders_own_is_meant(domain: str | None, kept: int) -> None:
    """A mail of ours to several parties of a case: its answer is no conflict, and goes to one of them."""
    vendors = {1: "one.example", 2: "two.example", 3: "three.example"}
    clues = [clue(Evidence.MESSAGE_ID, True, 2), clue(Evidence.MESSAGE_ID, True, 1)]
    other = clue(Evidence.MESSAGE_ID, True, 3, OTHER)
    assert one_of_a_case(clues, vendors, domain) == [clue(Evidence.MESSAGE_ID, True, kept)]
    both = one_of_a_case([*clues, other], vendors, domain)
    assert match(both).conflicting
    assert other in both


# --- words in the text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Re: [CVD-2026-0001] x", [CASE]),
        ("cvd-2026-0001 and CVD-2026-0002, CVD-2026-0001", [CASE, OTHER]),
        ("(CVD-2026-12345)", [CaseId(2026, 12345)]),
        ("CVE-2026-0001", []),
        ("CVD-2026-001", []),
        ("XCVD-2026-0001", []),
        ("ACMECVD-2026-0001", []),
        ("CVD-2026-1234567890123", []),
        ("", []),
    ],
)
def test_case_ids_in_a_text(text: str, found: list[CaseId]) -> None:
    assert list(case_ids(text)) == found


@pytest.mark.parametrize(
    ("subject", "moved"),
    [
        ("new topic (was: [CVD-2026-0001] old)", True),
        ("new topic [Was: old]", True),
        ("new topic (was Re: old)", True),
        ("new topic (was [PATCH] old)", True),
        ("new topic (it was [PATCH] old)", False),
        ("new topic (wasm: old)", False),
        ("Re: [CVD-2026-0001] it was: broken", False),
        ("Re: [CVD-2026-0001]", False),
        ("", False),
    ],
)
def test_a_subject_that_has_moved_on(subject: str, moved: bool) -> None:
    assert subject_moved_on(subject) is moved


@pytest.mark.parametrize(
    ("text", "case"), [("CVD-2026-0001", CASE), (" cvd-2026-0001 ", CASE), ("x", None), ("", None)]
)
def test_a_text_that_is_a_case_id(text: str, case: CaseId | None) -> None:
    assert read_case_id(text) == case
