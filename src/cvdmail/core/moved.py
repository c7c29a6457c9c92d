"""What a case still rests on after a mail was moved away from it, or a fact was corrected.

The ledger is append-only and states are folded from it: a state that a misfiled mail brought about stays, because a
person may have acted on it.  But it is said.  :func:`unsupported` folds the events once more without those that follow
from facts whose mail has left or that were corrected, and with what those still believed would have brought about.
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
    """A participant's state that rests on mails moved away, or on facts that were corrected since.

    ``messages`` are the mails, ``corrected`` the facts; ``without`` is what the state would be without them.
    """

    participant: int
    state: ParticipantState
    without: ParticipantState
    messages: tuple[int, ...]
    corrected: tuple[int, ...] = ()


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


def replaced(events: Iterable[Event]) -> dict[int, int]:
    """Return the facts that a person corrected, with the fact that each was corrected by."""
    found: dict[int, int] = {}
    for event in events:
        original, right = event.body.get("corrects"), event.body.get("fact")
        if event.kind is EventKind.FACT_CORRECTED and isinstance(original, int) and isinstance(right, int):
            found[original] = right
    return found


_BELIEVED = (EventKind.FACT_ACCEPTED, EventKind.FACT_CORRECTED)


def unsupported(events: Iterable[Event], facts: Mapping[int, Fact]) -> list[Unsupported]:
    """Return the states of a case's participants that rest on mails moved away, or on facts that were corrected.

    ``events`` is the case's chain, oldest first; ``facts`` are those of its mails, by number.
    """
    chain = list(events)
    gone, wrong = withdrawn(chain), replaced(chain)
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
        if event.kind in _BELIEVED and number not in gone and number not in wrong and number in facts:
            for kind in events_of_fact(bare, facts[number]):
                bare = apply_participant(bare, kind)
            without[here] = bare
        if event.kind not in RM_EVENTS | VFD_EVENTS:
            continue
        states[here] = apply_participant(states.get(here, ParticipantState()), event.kind)
        if number in gone or number in wrong:
            rests.setdefault(here, set()).add(number)
        else:
            without[here] = _step(bare, event.kind)
    return [
        Unsupported(
            here,
            states[here],
            without.get(here, ParticipantState()),
            tuple(sorted({gone[one] for one in rests[here] if one in gone})),
            tuple(sorted(one for one in rests[here] if one not in gone)),
        )
        for here in sorted(rests)
        if states[here] != without.get(here, ParticipantState())
    ]


def _step(state: ParticipantState, kind: EventKind) -> ParticipantState:
    try:
        return apply_participant(state, kind)
    except Refused:
        return state
