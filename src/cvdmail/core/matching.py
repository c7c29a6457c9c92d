"""Which case does an inbound mail belong to, and who says so?  Two verdicts, kept apart.

*Match* looks at what only our correspondents can know: a live reply token, our unguessable Message-ID, a ticket number
or case id from a known address.  *Trust* (:mod:`cvdmail.core.trust`) looks at who vouches for the sender.  A table
joins them: filed or held, facts believable or not.  Whatever is not certain, conflicts, or is suspicious waits for a
person.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from cvdmail.core.ids import CaseId
from cvdmail.core.trust import Trust
from cvdmail.errors import Refused


class Evidence(Enum):
    """Why a mail may belong to a participant, strongest first."""

    REPLY_TOKEN = "reply_token"
    MESSAGE_ID = "message_id"
    TICKET = "ticket"
    CASE_ID = "case_id"
    SIMILARITY = "similarity"


class TraceKind(Enum):
    """What a participant's later mail may be recognised by."""

    ADDRESS = "address"
    SUBJECT = "subject"


class Verdict(Enum):
    """What happens to a mail."""

    FILED = "filed"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Clue:
    """One piece of evidence for one participant of a case."""

    case: CaseId
    participant: int
    evidence: Evidence
    certain: bool


@dataclass(frozen=True, slots=True)
class NewFiling:
    """A mail to be linked to a participant, and the scope key of that participant's case."""

    message: int
    participant: int
    scope: int
    certain: bool
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Match:
    """The participant a mail certainly belongs to (or None), and every clue found, strongest first."""

    certain: Clue | None
    clues: tuple[Clue, ...]

    @property
    def conflicting(self) -> bool:
        """Whether certain clues point to several participants."""
        return len({clue.participant for clue in self.clues if clue.certain}) > 1


@dataclass(frozen=True, slots=True)
class Decision:
    """Filed or held, whether facts may be believed as policy says, and why in words for a person."""

    verdict: Verdict
    facts_believable: bool
    why: str


_STRENGTH = list(Evidence)
_CASE_ID = re.compile(r"(?<![A-Z0-9])CVD-[0-9]{4}-[0-9]{4,9}(?![0-9])")
_MOVED_ON = re.compile(r"[(\[]was:", re.IGNORECASE)


def case_ids(text: str) -> tuple[CaseId, ...]:
    """Return the case ids written in ``text``, each once."""
    return tuple(dict.fromkeys(CaseId.parse(found) for found in _CASE_ID.findall(text[:20000].upper())))


def subject_moved_on(subject: str) -> bool:
    """Say whether a subject tells that the mail is about something else now (``new topic (was: old)``)."""
    return _MOVED_ON.search(subject) is not None


def match(clues: Collection[Clue]) -> Match:
    """Rank the clues and name the one certain participant, if there is exactly one."""
    once: dict[tuple[int, Evidence], Clue] = {}
    for clue in clues:
        known = once.get((clue.participant, clue.evidence))
        if known is None or clue.certain:
            once[clue.participant, clue.evidence] = clue
    ranked = tuple(
        sorted(once.values(), key=lambda clue: (not clue.certain, _STRENGTH.index(clue.evidence), clue.case))
    )
    certain = {clue.participant for clue in ranked if clue.certain}
    return Match(ranked[0] if len(certain) == 1 else None, ranked)


def decide(found: Match, trusted: Trust, suspected: str | None = None) -> Decision:
    """Join the two verdicts: certain and not suspicious is filed, all else held; ``suspected`` says of what."""
    if trusted is Trust.SUSPICIOUS:
        return Decision(Verdict.HELD, False, "suspicious sender" + (f": {suspected}" if suspected else ""))
    if found.conflicting:
        return Decision(Verdict.HELD, False, "it matches several participants")
    if found.certain is None:
        return Decision(Verdict.HELD, False, "probable match only" if found.clues else "no match")
    return Decision(Verdict.FILED, trusted in (Trust.VERIFIED, Trust.AUTHENTICATED), "certain match")


def read_case_id(text: str) -> CaseId | None:
    """Return the case id that is the whole of ``text``, or None."""
    try:
        return CaseId.parse(text)
    except Refused:
        return None
