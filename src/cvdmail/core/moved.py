"""What a case still rests on after a mail was moved away from it.

The ledger is append-only and states are folded from it: a state that a misfiled mail brought about stays, because a
person may have acted on it.  But it is said.  :func:`unsupported` folds the events once more without those that follow
from facts whose mail has left, and with what the facts that are still believed would have brought about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cvdmail.core.case import RM_EVENTS, VFD_EVENTS, ParticipantState, apply_participant, events_of_fact
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import Fact
from cvdmail.core.ledger import Event
from cvdmail.errors import Refused


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A participant's state that rests on mails moved away: which ones, and what the state would be without them."""

    participant: int
    state: ParticipantState
    without: ParticipantState
    messages: tuple[int, ...]


def withdrawn(events: Iterable[Event]) -> dict[int, int]:
    """Return the facts that were believed here until their mail was moved away, with the number of that mail."""
    gone: dict[int, int] = {}
    for event in events:
        fact = event.body.get("fact")
        if event.kind is EventKind.FACT_ACCEPTED and isinstance(fact, int):
            gone.pop(fact, None)
        message, facts = event.body.get("message"), event.body.get("facts")
        if event.kind is EventKind.MAIL_MOVED and isinstance(message, int) and isinstance(facts, list | tuple):
            gone |= {one: message for one in facts if isinstance(one, int)}
    return gone


def unsupported(events: Iterable[Event], facts: Mapping[int, Fact]) -> list[Unsupported]:
    """Return the states of a case's participants that rest on mails moved away.

    ``events`` is the case's chain, oldest first; ``facts`` are those of its mails, by number.
    """
    chain = list(events)
    gone = withdrawn(chain)
    states: dict[int, ParticipantState] = {}
    without: dict[int, ParticipantState] = {}
    rests: dict[int, set[int]] = {}
    for event in chain:
        if event.participant is None:
            continue
        here = event.participant
        fact = event.body.get("fact")
        number = fact if isinstance(fact, int) else 0
        bare = without.get(here, ParticipantState())
        if event.kind is EventKind.FACT_ACCEPTED and number not in gone and number in facts:
            for kind in events_of_fact(bare, facts[number]):
                bare = apply_participant(bare, kind)
            without[here] = bare
        if event.kind not in RM_EVENTS | VFD_EVENTS:
            continue
        states[here] = apply_participant(states.get(here, ParticipantState()), event.kind)
        if number in gone:
            rests.setdefault(here, set()).add(gone[number])
        else:
            without[here] = _step(bare, event.kind)
    return [
        Unsupported(here, states[here], without.get(here, ParticipantState()), tuple(sorted(rests[here])))
        for here in sorted(rests)
        if states[here] != without.get(here, ParticipantState())
    ]


def _step(state: ParticipantState, kind: EventKind) -> ParticipantState:
    try:
        return apply_participant(state, kind)
    except Refused:
        return state
