"""Which case does an inbound mail belong to, and who says so?  Two verdicts, kept apart.

*Match* looks at what only our correspondents can know: a live reply token, our unguessable Message-ID, a ticket number
or case id from a known address.  *Trust* (:mod:`cvdmail.core.trust`) looks at who vouches for the sender.  A table
joins them: filed or held, facts believable or not.  Whatever is not certain, conflicts, or is suspicious waits for a
person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
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
    """Who wrote."""
    SUBJECT = "subject"
    """The bare words of the subject."""
    DOMAIN = "domain"
    """The registrable domain of who wrote."""
    LINE = "line"
    """The subject with the version of the product it is for."""
    PARTY = "party"
    """Who reads along, or is named as a finder."""
    FINDER = "finder"
    """Who of us found it, as a fix says ("Reported-by:")."""
    IDENTIFIER = "identifier"
    """A name from code, a CVE id, a ticket, a commit."""
    WORD = "word"
    """A telling word of the subject."""
    MESSAGE_ID = "message_id"
    """A mail of the thread, held or not."""
    SERIES = "series"
    """What the Message-IDs of one sent series have in common."""
    ROOT = "root"
    """The mail that began the thread of a placeholder case, and that we do not hold."""
    LEFT = "left"
    """A mail that left the thread for another matter."""


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
    score: float = 0.0
    """How much the mail is like this participant's, for ``SIMILARITY``; it ranks clues of one kind."""
    why: str = ""
    """The reasons in words for a person, none of them the mail's own."""


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


WORDS: Mapping[Evidence, str] = {
    Evidence.REPLY_TOKEN: "it was sent to a reply address of this participant",
    Evidence.MESSAGE_ID: "it answers a mail of this thread",
    Evidence.TICKET: "it names a ticket of this participant",
    Evidence.CASE_ID: "it names this case",
    Evidence.SIMILARITY: "it is like mails of this participant",
}
"""Why a mail may belong to a participant, for a person."""
MOVED_ON = "its subject has moved on to another matter"
"""Why our Message-ID is not certain in a mail."""
NO_MATCH, PROBABLE = "no match", "probable match only"
"""Why a mail is held against which nothing speaks."""
_STRENGTH = list(Evidence)
_CASE_ID = re.compile(r"(?<![A-Z0-9])CVD-[0-9]{4}-[0-9]{4,9}(?![0-9])")
_MOVED_ON = re.compile(r"[(\[]\s?was\s?(?::|re:|\[|\")", re.IGNORECASE)


def case_ids(text: str) -> tuple[CaseId, ...]:
    """Return the case ids written in ``text``, each once."""
    upper = text[:20000].upper()
    if "CVD-" not in upper:
        return ()
    return tuple(dict.fromkeys(CaseId.parse(found) for found in _CASE_ID.findall(upper)))


def subject_moved_on(subject: str) -> bool:
    """Say whether a subject tells that the mail is about something else now (``new topic (was: old)``)."""
    return _MOVED_ON.search(subject) is not None


def match(clues: Collection[Clue]) -> Match:
    """Rank the clues and name the one certain participant, if there is exactly one."""
    once: dict[tuple[int, Evidence], Clue] = {}
    for clue in clues:
        known = once.get((clue.participant, clue.evidence))
        if known is None or (clue.certain, clue.score) > (known.certain, known.score):
            once[clue.participant, clue.evidence] = clue
    ranked = tuple(sorted(once.values(), key=_rank))
    certain = {clue.participant for clue in ranked if clue.certain}
    return Match(ranked[0] if len(certain) == 1 else None, ranked)


def _rank(clue: Clue) -> tuple[bool, int, float, CaseId]:
    return (not clue.certain, _STRENGTH.index(clue.evidence), -clue.score, clue.case)


def one_of_a_case(clues: Sequence[Clue], vendors: Mapping[int, str], domain: str | None) -> list[Clue]:
    """Leave one of the clues that one mail of ours gives for several participants of a case.

    An imported mail was written to several at once.  ``vendors`` are the names of the participants; the one whose
    registrable domain the sender writes from is meant (``domain``, None if unknown), else the first.
    """
    kept: dict[CaseId, Clue] = {}
    for clue in sorted(clues, key=lambda one: one.participant):
        first = kept.setdefault(clue.case, clue)
        fits = domain is not None and vendors.get(clue.participant) == domain
        if fits and vendors.get(first.participant) != domain:
            kept[clue.case] = clue
    return list(kept.values())


def reasons(clues: Collection[Clue]) -> dict[str, str]:
    """Return the reasons of clues in words, by participant and evidence, as they are kept with a mail."""
    return {f"{clue.participant} {clue.evidence.value}": clue.why for clue in clues if clue.why}


def decide(found: Match, trusted: Trust, suspected: str | None = None) -> Decision:
    """Join the two verdicts: certain and not suspicious is filed, all else held; ``suspected`` says of what."""
    if trusted is Trust.SUSPICIOUS:
        return Decision(Verdict.HELD, False, "suspicious sender" + (f": {suspected}" if suspected else ""))
    if found.conflicting:
        return Decision(Verdict.HELD, False, "it matches several participants")
    if found.certain is None:
        return Decision(Verdict.HELD, False, PROBABLE if found.clues else NO_MATCH)
    return Decision(Verdict.FILED, trusted in (Trust.VERIFIED, Trust.AUTHENTICATED), "certain match")


def read_case_id(text: str) -> CaseId | None:
    """Return the case id that is the whole of ``text``, or None."""
    try:
        return CaseId.parse(text)
    except Refused:
        return None
