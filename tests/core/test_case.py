"""The machines of a case: every step that is open, every step that is not, and their invariants."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cvdmail.core.case import (
    CLOSING_EVENTS,
    EM,
    RM,
    VFD,
    CaseState,
    ParticipantState,
    apply_case,
    apply_participant,
    events_of_fact,
    fold_case,
    fold_participant,
)
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import (
    Absence,
    Acknowledgement,
    Bounce,
    By,
    DatePromise,
    Fact,
    FactKind,
    FixStatus,
    Grade,
    Identifier,
    Nothing,
    PublicationStatus,
    Triage,
    Value,
    Verdict,
    Where,
)
from cvdmail.errors import Refused

K = EventKind

# The arrows of Vultron's report management; whatever is not here is refused.
RM_ARROWS = {
    "START": {K.REPORT_RECEIVED: "RECEIVED"},
    "RECEIVED": {K.REPORT_VALIDATED: "VALID", K.REPORT_INVALIDATED: "INVALID"},
    "INVALID": {K.REPORT_VALIDATED: "VALID", K.REPORT_CLOSED: "CLOSED"},
    "VALID": {K.REPORT_ACCEPTED: "ACCEPTED", K.REPORT_DEFERRED: "DEFERRED"},
    "ACCEPTED": {K.REPORT_DEFERRED: "DEFERRED", K.REPORT_CLOSED: "CLOSED"},
    "DEFERRED": {K.REPORT_ACCEPTED: "ACCEPTED", K.REPORT_CLOSED: "CLOSED"},
    "CLOSED": {},
}
RM_KINDS = [
    K.REPORT_RECEIVED,
    K.REPORT_VALIDATED,
    K.REPORT_INVALIDATED,
    K.REPORT_ACCEPTED,
    K.REPORT_DEFERRED,
    K.REPORT_CLOSED,
]
EM_ARROWS = {
    "NONE": {K.EMBARGO_PROPOSED: "PROPOSED"},
    "PROPOSED": {K.EMBARGO_PROPOSED: "PROPOSED", K.EMBARGO_ACCEPTED: "ACTIVE", K.EMBARGO_REJECTED: "NONE"},
    "ACTIVE": {K.EMBARGO_PROPOSED: "REVISE", K.EMBARGO_TERMINATED: "EXITED"},
    "REVISE": {
        K.EMBARGO_PROPOSED: "REVISE",
        K.EMBARGO_ACCEPTED: "ACTIVE",
        K.EMBARGO_REJECTED: "ACTIVE",
        K.EMBARGO_TERMINATED: "EXITED",
    },
    "EXITED": {},
}
EM_KINDS = [K.EMBARGO_PROPOSED, K.EMBARGO_ACCEPTED, K.EMBARGO_REJECTED, K.EMBARGO_TERMINATED]
PXA_KINDS = [K.BECAME_PUBLIC, K.EXPLOIT_PUBLIC, K.ATTACKS_OBSERVED]
VFD_KINDS = [K.FIX_READY, K.FIX_DEPLOYED]
MACHINE_KINDS = {*RM_KINDS, *EM_KINDS, *PXA_KINDS, *VFD_KINDS, *CLOSING_EVENTS}


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(RM, RM_KINDS)))
def test_report_management_step_by_step(state: RM, kind: EventKind) -> None:
    before = ParticipantState(state, VFD.AWARE if state is not RM.START else VFD.UNAWARE)
    wanted = RM_ARROWS[state.value].get(kind)
    if wanted is None:
        with pytest.raises(Refused) as refusal:
            apply_participant(before, kind)
        assert state.value in refusal.value.why
        assert kind.value == refusal.value.what
    else:
        assert apply_participant(before, kind).rm is RM(wanted)


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(EM, EM_KINDS)))
def test_embargo_step_by_step(state: EM, kind: EventKind) -> None:
    wanted = EM_ARROWS[state.value].get(kind)
    if wanted is None:
        with pytest.raises(Refused):
            apply_case(CaseState(em=state), kind)
    else:
        assert apply_case(CaseState(em=state), kind) == CaseState(em=EM(wanted))


@pytest.mark.parametrize(
    ("state", "kind", "wanted"),
    [
        (VFD.UNAWARE, K.FIX_READY, None),
        (VFD.UNAWARE, K.FIX_DEPLOYED, None),
        (VFD.AWARE, K.FIX_READY, VFD.READY),
        (VFD.AWARE, K.FIX_DEPLOYED, None),
        (VFD.READY, K.FIX_READY, None),
        (VFD.READY, K.FIX_DEPLOYED, VFD.DEPLOYED),
        (VFD.DEPLOYED, K.FIX_READY, None),
        (VFD.DEPLOYED, K.FIX_DEPLOYED, None),
    ],
)
def test_the_fix_path_step_by_step(state: VFD, kind: EventKind, wanted: VFD | None) -> None:
    before = ParticipantState(RM.ACCEPTED, state)
    if wanted is None:
        with pytest.raises(Refused):
            apply_participant(before, kind)
    else:
        assert apply_participant(before, kind) == ParticipantState(RM.ACCEPTED, wanted)


def test_receiving_the_report_makes_the_vendor_aware() -> None:
    assert apply_participant(ParticipantState(), K.REPORT_RECEIVED) == ParticipantState(RM.RECEIVED, VFD.AWARE)


@pytest.mark.parametrize(
    ("kinds", "pxa"),
    [
        ([], "pxa"),
        ([K.BECAME_PUBLIC], "Pxa"),
        ([K.EXPLOIT_PUBLIC], "pXa"),
        ([K.ATTACKS_OBSERVED], "pxA"),
        ([K.ATTACKS_OBSERVED, K.BECAME_PUBLIC, K.EXPLOIT_PUBLIC], "PXA"),
    ],
)
def test_what_the_world_knows(kinds: list[EventKind], pxa: str) -> None:
    state = fold_case(kinds)
    assert state.pxa == pxa
    for kind in kinds:
        with pytest.raises(Refused):
            apply_case(state, kind)


def test_a_case_closes_once() -> None:
    closed = apply_case(CaseState(), K.CASE_CLOSED)
    assert closed == CaseState(closed=True)
    with pytest.raises(Refused):
        apply_case(closed, K.CASE_CLOSED)


def test_a_merged_case_is_closed_until_the_merge_is_undone() -> None:
    merged = apply_case(CaseState(EM.ACTIVE, "Pxa"), K.CASE_MERGED)
    assert merged == CaseState(EM.ACTIVE, "Pxa", closed=True)
    assert apply_case(merged, K.CASE_UNMERGED) == CaseState(EM.ACTIVE, "Pxa")
    for kind, state in ((K.CASE_MERGED, merged), (K.CASE_CLOSED, merged), (K.CASE_UNMERGED, CaseState())):
        with pytest.raises(Refused):
            apply_case(state, kind)


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in MACHINE_KINDS])
def test_all_other_events_move_nothing(kind: EventKind) -> None:
    for rm, vfd in itertools.product(RM, VFD):
        assert apply_participant(ParticipantState(rm, vfd), kind) == ParticipantState(rm, vfd)
    for em, closed in itertools.product(EM, [True, False]):
        assert apply_case(CaseState(em, "pXa", closed), kind) == CaseState(em, "pXa", closed)


@pytest.mark.parametrize("kind", list(EventKind))
def test_no_event_moves_a_case_and_a_participant(kind: EventKind) -> None:
    moved = []
    for rm, vfd in itertools.product(RM, VFD):
        state = ParticipantState(rm, vfd)
        try:
            moved.append(apply_participant(state, kind) != state)
        except Refused:
            moved.append(True)
    case = CaseState(EM.PROPOSED)
    try:
        case_moved = apply_case(case, kind) != case
    except Refused:
        case_moved = True
    assert not (any(moved) and case_moved)


def fact(kind: FactKind, value: Value) -> Fact:
    return Fact(kind, "words", Where.TEXT, 0, 5, Grade.SURE, "rule", value)


def fix(status: FixStatus) -> Fact:
    return fact(FactKind.FIX_DATE, DatePromise(status, None, None, None, None, ""))


def publication(status: PublicationStatus) -> Fact:
    return fact(FactKind.PUBLICATION_DATE, DatePromise(status, None, None, None, None, ""))


def verdict(word: Verdict) -> Fact:
    return fact(FactKind.TRIAGE, Triage(word))


ACK = fact(FactKind.ACKNOWLEDGEMENT, Acknowledgement(By.PERSON))
TRACKER = fact(FactKind.ACKNOWLEDGEMENT, Acknowledgement(By.TRACKER))
SILENT = [
    fact(FactKind.RECEIPT, Nothing()),
    fact(FactKind.CREDIT, Nothing()),
    fact(FactKind.ENCRYPTION_STOP_REQUESTED, Nothing()),
    fact(FactKind.ABSENCE, Absence(None)),
    fact(FactKind.BOUNCE, Bounce(True, None, "5.1.1", None)),
    fact(FactKind.TICKET, Identifier("T-1")),
    fact(FactKind.CVE, Identifier("CVE-2026-1")),
    fix(FixStatus.PAST_EVENT),
    *(publication(status) for status in PublicationStatus),
]
facts = st.sampled_from([ACK, TRACKER, *SILENT, *map(fix, FixStatus), *map(verdict, Verdict)])


class OneCase(RuleBasedStateMachine):
    """Any order of events; what the tables refuse must change nothing, and folding must come to the same end."""

    def __init__(self) -> None:
        super().__init__()
        self.participant = ParticipantState()
        self.case = CaseState()
        self.participant_history: list[EventKind] = []
        self.case_history: list[EventKind] = []

    @rule(kind=st.sampled_from([*RM_KINDS, *VFD_KINDS, K.MAIL_RECEIVED, K.PROMISE_MADE]))
    def something_of_the_participant(self, kind: EventKind) -> None:
        try:
            self.participant = apply_participant(self.participant, kind)
        except Refused:
            return
        self.participant_history.append(kind)

    @rule(kind=st.sampled_from([*EM_KINDS, *PXA_KINDS, K.CASE_CLOSED, K.CASE_OPENED]))
    def something_of_the_case(self, kind: EventKind) -> None:
        try:
            self.case = apply_case(self.case, kind)
        except Refused:
            return
        self.case_history.append(kind)

    @rule(fact=facts)
    def a_believed_fact(self, fact: Fact) -> None:
        for kind in events_of_fact(self.participant, fact):
            self.participant = apply_participant(self.participant, kind)
            self.participant_history.append(kind)
        assert events_of_fact(self.participant, fact) == ()

    @invariant()
    def folding_comes_to_the_same_state(self) -> None:
        assert fold_participant(self.participant_history) == self.participant
        assert fold_case(self.case_history) == self.case

    @invariant()
    def a_fix_needs_an_aware_vendor_and_deployment_a_fix(self) -> None:
        vfd = self.participant.vfd.value
        assert vfd in {"vfd", "Vfd", "VFd", "VFD"}
        assert (vfd == "vfd") == (self.participant.rm is RM.START)

    @invariant()
    def the_world_forgets_nothing(self) -> None:
        assert (K.BECAME_PUBLIC in self.case_history) == ("P" in self.case.pxa)
        assert (K.EXPLOIT_PUBLIC in self.case_history) == ("X" in self.case.pxa)
        assert (K.ATTACKS_OBSERVED in self.case_history) == ("A" in self.case.pxa)

    @invariant()
    def an_exited_embargo_stays_exited(self) -> None:
        assert (K.EMBARGO_TERMINATED in self.case_history) == (self.case.em is EM.EXITED)


TestOneCase = OneCase.TestCase
TestOneCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)


# --- what a believed fact adds ----------------------------------------------------------------------------------------


RECEIVED, VALIDATED, INVALIDATED = K.REPORT_RECEIVED, K.REPORT_VALIDATED, K.REPORT_INVALIDATED
ACCEPTED, DEFERRED = K.REPORT_ACCEPTED, K.REPORT_DEFERRED


@pytest.mark.parametrize(
    ("state", "said", "events"),
    [
        (RM.START, ACK, (RECEIVED,)),
        (RM.START, TRACKER, (RECEIVED,)),
        (RM.RECEIVED, ACK, ()),
        (RM.CLOSED, ACK, ()),
        (RM.START, verdict(Verdict.CONFIRMED), (RECEIVED, VALIDATED)),
        (RM.RECEIVED, verdict(Verdict.CONFIRMED), (VALIDATED,)),
        (RM.INVALID, verdict(Verdict.CONFIRMED), (VALIDATED,)),
        (RM.VALID, verdict(Verdict.CONFIRMED), ()),
        (RM.ACCEPTED, verdict(Verdict.CONFIRMED), ()),
        (RM.DEFERRED, verdict(Verdict.CONFIRMED), ()),
        (RM.START, verdict(Verdict.REJECTED), (RECEIVED, INVALIDATED)),
        (RM.RECEIVED, verdict(Verdict.REJECTED), (INVALIDATED,)),
        (RM.INVALID, verdict(Verdict.REJECTED), ()),
        (RM.VALID, verdict(Verdict.REJECTED), ()),
        (RM.START, verdict(Verdict.DUPLICATE), (RECEIVED, VALIDATED, DEFERRED)),
        (RM.INVALID, verdict(Verdict.DUPLICATE), (VALIDATED, DEFERRED)),
        (RM.ACCEPTED, verdict(Verdict.DUPLICATE), (DEFERRED,)),
        (RM.START, verdict(Verdict.NEEDS_INFO), (RECEIVED,)),
        (RM.VALID, verdict(Verdict.NEEDS_INFO), ()),
        (RM.START, verdict(Verdict.DEFERRED), (RECEIVED, VALIDATED, DEFERRED)),
        (RM.DEFERRED, verdict(Verdict.DEFERRED), ()),
        (RM.START, fix(FixStatus.PLANNED), (RECEIVED, VALIDATED, ACCEPTED)),
        (RM.VALID, fix(FixStatus.PLANNED), (ACCEPTED,)),
        (RM.DEFERRED, fix(FixStatus.PLANNED), (ACCEPTED,)),
        (RM.ACCEPTED, fix(FixStatus.PLANNED), ()),
        (RM.CLOSED, fix(FixStatus.PLANNED), ()),
        (RM.START, fix(FixStatus.TENTATIVE), (RECEIVED,)),
        (RM.VALID, fix(FixStatus.TENTATIVE), ()),
        (RM.START, fix(FixStatus.REFUSED), (RECEIVED,)),
        (RM.START, fix(FixStatus.RELEASED), (RECEIVED, VALIDATED, ACCEPTED, K.FIX_READY)),
        (RM.INVALID, fix(FixStatus.RELEASED), (VALIDATED, ACCEPTED, K.FIX_READY)),
        (RM.ACCEPTED, fix(FixStatus.RELEASED), (K.FIX_READY,)),
    ],
)
def test_what_a_believed_fact_adds(state: RM, said: Fact, events: tuple[EventKind, ...]) -> None:
    before = ParticipantState(state, VFD.UNAWARE if state is RM.START else VFD.AWARE)
    assert events_of_fact(before, said) == events


def test_a_second_release_adds_nothing() -> None:
    assert events_of_fact(ParticipantState(RM.ACCEPTED, VFD.READY), fix(FixStatus.RELEASED)) == ()
    assert events_of_fact(ParticipantState(RM.ACCEPTED, VFD.DEPLOYED), fix(FixStatus.RELEASED)) == ()


@pytest.mark.parametrize("said", SILENT, ids=lambda one: f"{one.kind.value} {getattr(one.value, 'status', '')}")
@pytest.mark.parametrize("rm", list(RM))
def test_machines_and_dates_of_others_move_nothing(rm: RM, said: Fact) -> None:
    assert events_of_fact(ParticipantState(rm, VFD.AWARE), said) == ()


@given(said=facts, rm=st.sampled_from(RM), vfd=st.sampled_from(VFD))
def test_the_events_of_a_fact_can_always_happen_in_their_order(said: Fact, rm: RM, vfd: VFD) -> None:
    state = ParticipantState(rm, vfd)
    for kind in events_of_fact(state, said):
        after = apply_participant(state, kind)
        assert after != state
        state = after
