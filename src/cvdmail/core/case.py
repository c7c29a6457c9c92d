"""The states of a case, as CERT/CC's Vultron names them, folded from events through literal tables.

Theory.  Three small machines, not one.  For each participant: *report management* (RM), where its handling of our
report stands, and *fix path* (VFD): vendor aware, fix ready, fix deployed.  For the case: *embargo management* (EM) and
what the world knows (PXA): public, exploit public, attacks observed.  No state is ever set: an event is appended to
the ledger, and the tables below say where it leads.  An event that finds no row is refused and changes nothing.

The invariants between the machines: a fix cannot be ready at a vendor that is not aware (F needs V), nor deployed
before it is ready (D needs F).  An automatic answer moves no machine at all; that rule lives where facts become events
(:func:`events_of_fact`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import (
    Acknowledgement,
    DatePromise,
    Fact,
    FactKind,
    FixStatus,
    PublicationStatus,
    Triage,
    Verdict,
)
from cvdmail.errors import Refused

K = EventKind


class RM(Enum):
    """Report management of one participant."""

    START = "START"
    RECEIVED = "RECEIVED"
    INVALID = "INVALID"
    VALID = "VALID"
    DEFERRED = "DEFERRED"
    ACCEPTED = "ACCEPTED"
    CLOSED = "CLOSED"


class EM(Enum):
    """Embargo management of a case."""

    NONE = "NONE"
    PROPOSED = "PROPOSED"
    ACTIVE = "ACTIVE"
    REVISE = "REVISE"
    EXITED = "EXITED"


class VFD(Enum):
    """The fix path of one participant: vendor aware, fix ready, fix deployed."""

    UNAWARE = "vfd"
    AWARE = "Vfd"
    READY = "VFd"
    DEPLOYED = "VFD"


RM_TABLE: dict[tuple[RM, EventKind], RM] = {
    (RM.START, K.REPORT_RECEIVED): RM.RECEIVED,
    (RM.RECEIVED, K.REPORT_VALIDATED): RM.VALID,
    (RM.RECEIVED, K.REPORT_INVALIDATED): RM.INVALID,
    (RM.INVALID, K.REPORT_VALIDATED): RM.VALID,
    (RM.INVALID, K.REPORT_CLOSED): RM.CLOSED,
    (RM.VALID, K.REPORT_ACCEPTED): RM.ACCEPTED,
    (RM.VALID, K.REPORT_DEFERRED): RM.DEFERRED,
    (RM.ACCEPTED, K.REPORT_DEFERRED): RM.DEFERRED,
    (RM.ACCEPTED, K.REPORT_CLOSED): RM.CLOSED,
    (RM.DEFERRED, K.REPORT_ACCEPTED): RM.ACCEPTED,
    (RM.DEFERRED, K.REPORT_CLOSED): RM.CLOSED,
}

VFD_TABLE: dict[tuple[VFD, EventKind], VFD] = {
    (VFD.UNAWARE, K.REPORT_RECEIVED): VFD.AWARE,
    (VFD.AWARE, K.FIX_READY): VFD.READY,
    (VFD.READY, K.FIX_DEPLOYED): VFD.DEPLOYED,
}

EM_TABLE: dict[tuple[EM, EventKind], EM] = {
    (EM.NONE, K.EMBARGO_PROPOSED): EM.PROPOSED,
    (EM.PROPOSED, K.EMBARGO_PROPOSED): EM.PROPOSED,
    (EM.PROPOSED, K.EMBARGO_ACCEPTED): EM.ACTIVE,
    (EM.PROPOSED, K.EMBARGO_REJECTED): EM.NONE,
    (EM.ACTIVE, K.EMBARGO_PROPOSED): EM.REVISE,
    (EM.ACTIVE, K.EMBARGO_TERMINATED): EM.EXITED,
    (EM.REVISE, K.EMBARGO_PROPOSED): EM.REVISE,
    (EM.REVISE, K.EMBARGO_ACCEPTED): EM.ACTIVE,
    (EM.REVISE, K.EMBARGO_REJECTED): EM.ACTIVE,
    (EM.REVISE, K.EMBARGO_TERMINATED): EM.EXITED,
}

# What the world knows: each flag turns once, lower case to upper case.
PXA_TABLE: dict[EventKind, tuple[str, str]] = {
    K.BECAME_PUBLIC: ("p", "P"),
    K.EXPLOIT_PUBLIC: ("x", "X"),
    K.ATTACKS_OBSERVED: ("a", "A"),
}

RM_EVENTS = frozenset(kind for _, kind in RM_TABLE)
VFD_EVENTS = frozenset(kind for _, kind in VFD_TABLE)
EM_EVENTS = frozenset(kind for _, kind in EM_TABLE)
CLOSING_EVENTS = frozenset({K.CASE_CLOSED, K.CASE_MERGED, K.CASE_UNMERGED})


@dataclass(frozen=True, slots=True)
class ParticipantState:
    """Where one participant stands."""

    rm: RM = RM.START
    vfd: VFD = VFD.UNAWARE


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands: embargo, what the world knows (``pxa`` to ``PXA``), closed or not."""

    em: EM = EM.NONE
    pxa: str = "pxa"
    closed: bool = False


def _refused(kind: EventKind, state: str) -> Refused:
    return Refused(kind.value, f"it cannot happen in state {state}", "see 'cvdmail case timeline'")


def apply_participant(state: ParticipantState, kind: EventKind) -> ParticipantState:
    """Return the state of a participant after an event; raise ``Refused`` when the tables have no row for it."""
    if kind in RM_EVENTS:
        rm = RM_TABLE.get((state.rm, kind))
        if rm is None:
            raise _refused(kind, state.rm.value)
        vfd = VFD_TABLE.get((state.vfd, kind), state.vfd)
        return ParticipantState(rm, vfd)
    if kind in VFD_EVENTS:
        found = VFD_TABLE.get((state.vfd, kind))
        if found is None:
            raise _refused(kind, state.vfd.value)
        return replace(state, vfd=found)
    return state


def apply_case(state: CaseState, kind: EventKind) -> CaseState:
    """Return the state of a case after an event; raise ``Refused`` when the tables have no row for it."""
    if kind in EM_EVENTS:
        em = EM_TABLE.get((state.em, kind))
        if em is None:
            raise _refused(kind, state.em.value)
        return replace(state, em=em)
    if kind in PXA_TABLE:
        before, after = PXA_TABLE[kind]
        if before not in state.pxa:
            raise _refused(kind, state.pxa)
        return replace(state, pxa=state.pxa.replace(before, after))
    if kind in (K.CASE_CLOSED, K.CASE_MERGED):
        if state.closed:
            raise _refused(kind, "closed")
        return replace(state, closed=True)
    if kind is K.CASE_UNMERGED:
        if not state.closed:
            raise _refused(kind, "open")
        return replace(state, closed=False)
    return state


def fold_participant(kinds: Iterable[EventKind]) -> ParticipantState:
    """Return where a participant stands after all its events, oldest first."""
    state = ParticipantState()
    for kind in kinds:
        state = apply_participant(state, kind)
    return state


def fold_case(kinds: Iterable[EventKind]) -> CaseState:
    """Return where a case stands after all its events, oldest first."""
    state = CaseState()
    for kind in kinds:
        state = apply_case(state, kind)
    return state


# What a believed statement of a vendor makes of its report management: the events that must have happened for it to
# be true, in order.  Those that have happened already are left out (see _missing).
_RECEIVED = (K.REPORT_RECEIVED,)
_VALID = (K.REPORT_RECEIVED, K.REPORT_VALIDATED)
_ACCEPTED = (*_VALID, K.REPORT_ACCEPTED)
_VERDICTS: dict[Verdict, tuple[EventKind, ...]] = {
    Verdict.CONFIRMED: _VALID,
    Verdict.REJECTED: (K.REPORT_RECEIVED, K.REPORT_INVALIDATED),
    Verdict.DUPLICATE: (*_VALID, K.REPORT_DEFERRED),
    Verdict.NEEDS_INFO: _RECEIVED,
    Verdict.DEFERRED: (*_VALID, K.REPORT_DEFERRED),
}
_PROMISES: dict[FixStatus | PublicationStatus, tuple[EventKind, ...]] = {
    FixStatus.PLANNED: _ACCEPTED,
    FixStatus.TENTATIVE: _RECEIVED,
    FixStatus.REFUSED: _RECEIVED,
    FixStatus.RELEASED: (*_ACCEPTED, K.FIX_READY),
}


def events_of_fact(state: ParticipantState, fact: Fact) -> tuple[EventKind, ...]:
    """Return the events that a believed fact adds to a participant in ``state``, in order; none if it says nothing new.

    Receipts, absences and bounces never move a state.
    """
    path: tuple[EventKind, ...] = ()
    if isinstance(fact.value, Acknowledgement):
        path = _RECEIVED
    elif isinstance(fact.value, Triage):
        path = _VERDICTS[fact.value.verdict]
    elif isinstance(fact.value, DatePromise) and fact.kind is FactKind.FIX_DATE:
        path = _PROMISES.get(fact.value.status, ())
    return _missing(state, path)


def _missing(state: ParticipantState, path: tuple[EventKind, ...]) -> tuple[EventKind, ...]:
    """Walk ``path`` from ``state``, leaving out the steps that are not open there because they lie behind."""
    added: list[EventKind] = []
    for kind in path:
        try:
            after = apply_participant(state, kind)
        except Refused:
            continue
        if after != state:
            added.append(kind)
            state = after
    return tuple(added)


class CaseLinkKind(Enum):
    """How one case came out of, or went into, another."""

    MERGED_INTO = "merged_into"
    SPLIT_FROM = "split_from"
