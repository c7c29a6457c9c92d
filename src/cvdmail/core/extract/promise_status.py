"""What a clause says of the date it holds, and how sure that is.

Finished and not negated -> released (or a past event, when nothing was made available); negated -> refused, except "not
before"; what "was planned" is no longer; hedged or conditional -> tentative; else planned.  A grade of sure needs a
whole clause of its own: one date, an explicit verb of future or past, no hedge, question, condition, negation or
hearsay, and a date that does not contradict the tense.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cvdmail.core.extract.clause import Clause, Event
from cvdmail.core.extract.dates import DateReading
from cvdmail.core.extract.facts import Bound, FactKind, FixStatus, Grade, Granularity, PublicationStatus, weaker
from cvdmail.core.extract.identifiers import MASK
from cvdmail.core.extract.languages.language import Cue, Says
from cvdmail.core.extract.zone_words import wordset

_MERGED = wordset("merge merged merging land landed commit committed pushed gemergt intégrée fusionado")
_ROUGH = frozenset([Granularity.QUARTER, Granularity.HALF, Granularity.YEAR])
_FINISHED = frozenset([FixStatus.RELEASED, FixStatus.PAST_EVENT, PublicationStatus.PUBLISHED])
_REFUSED = frozenset([FixStatus.REFUSED, PublicationStatus.REFUSED])


@dataclass(frozen=True, slots=True)
class Frame:
    """What a date belongs to: a fix or a publication, the event that says so, and whether it was borrowed."""

    kind: FactKind
    event: Event | None
    borrowed: bool


def _says(clause: Clause, says: Says) -> bool:
    return clause.words.any_of(says).search(clause.low) is not None


def is_echo(clause: Clause, reading: DateReading, frame: Frame) -> bool:
    """Say whether the date is our own, given back: "we note your deadline of ..."."""
    near = clause.masked[max(clause.start, reading.start - 60) : min(clause.end, reading.end + 25)]
    if clause.words.any_of(Says.OURS).search(near.lower().replace("’", "'")) is None:
        return False
    if frame.kind is FactKind.PUBLICATION_DATE:
        answered = clause.cues & {Cue.REQUEST, Cue.HOLD, Cue.MOVE} or _says(clause, Says.YES)
        return not answered or "please confirm" in clause.low
    return Cue.FUTURE not in clause.cues and not clause.past


def status(
    clause: Clause, reading: DateReading, frame: Frame, day: date, *, soft: bool
) -> FixStatus | PublicationStatus:
    """Return what is said of the date; ``soft`` tells that its sentence takes something back."""
    negated = _negated(clause, reading)
    if frame.kind is FactKind.FIX_DATE:
        return _fix_status(clause, reading, frame, day, negated=negated, soft=soft)
    return _publication_status(clause, negated=negated)


def _negated(clause: Clause, reading: DateReading) -> bool:
    """A negation in the clause that is no part of the date phrase itself ("not before")."""
    if Cue.UNLIKELY in clause.cues:
        return True
    if Cue.NEGATION not in clause.cues:
        return False
    outside = Clause(clause.masked, clause.start, reading.start, clause.question, clause.words)
    rest = Clause(clause.masked, reading.end, clause.end, clause.question, clause.words)
    if Cue.NEGATION not in outside.cues | rest.cues:
        return False
    return not (reading.prefix in {"before", "until", "not_before", "after"} and Cue.NEGATION in outside.cues)


def _fix_status(
    clause: Clause, reading: DateReading, frame: Frame, day: date, *, negated: bool, soft: bool
) -> FixStatus:
    if negated:
        return FixStatus.REFUSED
    over = reading.last is not None and reading.last < day
    if clause.past or reading.rule == "date.ago":
        return _finished(clause, frame)
    if _moved_away(clause, reading):
        return FixStatus.REFUSED
    planned_then = Cue.PAST in clause.cues and clause.cues & {Cue.FUTURE, Cue.HEDGE} and Cue.MOVE not in clause.cues
    if planned_then and not _has_participle(clause) and not clause.question:
        return FixStatus.PAST_EVENT if over else FixStatus.REFUSED  # "the projected release date was Thursday"
    if over and Cue.FUTURE not in clause.cues:
        return _finished(clause, frame)
    if clause.question or soft or clause.cues & {Cue.HEDGE, Cue.CONDITION}:
        return FixStatus.TENTATIVE
    return FixStatus.PLANNED


def _has_participle(clause: Clause) -> bool:
    return Cue.DONE in clause.cues


def _moved_away(clause: Clause, reading: DateReading) -> bool:
    """The date of "the release planned for today has to be postponed": it stands before the delay, and alone."""
    moves = [token for token in clause.tokens if Cue.MOVE in clause.words.cues.get(token.low, ())]
    follows = any(token.low in clause.words.to or token.low in clause.words.until for token in clause.tokens[-6:])
    return bool(moves) and reading.end <= moves[-1].start and not follows


def _finished(clause: Clause, frame: Frame) -> FixStatus:
    """Made available, or only done."""
    made = frame.event is None or any(event.cue in {Cue.RELEASE, Cue.PUBLISH} for event in clause.events)
    merged = any(token.low in _MERGED for token in clause.tokens)
    shipped = made or MASK in clause.masked[clause.start : clause.end]  # "fixed in 6.0.9 last Friday"
    return FixStatus.RELEASED if shipped and not merged else FixStatus.PAST_EVENT


def _publication_status(clause: Clause, *, negated: bool) -> PublicationStatus:
    asked = clause.cues & {Cue.REQUEST, Cue.HOLD} and not (_says(clause, Says.YES) and Cue.REQUEST not in clause.cues)
    if asked or (clause.question and not _says(clause, Says.SHARED)):
        return PublicationStatus.REQUESTED
    agreed = clause.words.any_of(Says.YES).search(clause.low)
    if negated and not (agreed is not None and clause.words.any_of(Says.NOT).search(agreed[0])):  # "no objections"
        return PublicationStatus.REFUSED
    if agreed is not None:
        return PublicationStatus.AGREED
    if clause.past:
        return PublicationStatus.PUBLISHED
    if Cue.HEDGE in clause.cues and Cue.FUTURE not in clause.cues:
        return PublicationStatus.REQUESTED
    return PublicationStatus.PLANNED


def grade(
    clause: Clause,
    reading: DateReading,
    frame: Frame,
    told: FixStatus | PublicationStatus,
    day: date,
    *,
    alone: bool,
    soft: bool,
) -> Grade:
    """Return how sure the reading is; ``alone`` tells that the clause holds no other date."""
    asked = told is PublicationStatus.REQUESTED and Cue.REQUEST in clause.cues
    if (
        (clause.question and not asked)
        or reading.first is None
        or clause.cues & {Cue.CONDITION, Cue.HEARSAY}
        or (frame.event is None and not clause.cues & {Cue.FUTURE, Cue.HEDGE, Cue.MOVE})
    ):
        return Grade.UNSURE
    if _contradicts(clause, reading, told, day):
        return Grade.UNSURE
    likely = (
        not alone
        or frame.borrowed
        or soft
        or told in _REFUSED
        or (frame.event is not None and frame.event.cue is Cue.WORK)
        or (bool(clause.cues & {Cue.HEDGE, Cue.UNLIKELY}) and not asked)
        or not (clause.past or clause.cues & {Cue.FUTURE, Cue.MOVE, Cue.REQUEST, Cue.AGREE})
        or clause.masked[max(0, reading.start - 1) : reading.start] in {'"', "“", "„", "«"}
        or (_says(clause, Says.WOULD) and not asked)
        or (frame.event is not None and clause.masked[frame.event.start :][:7].lower().rstrip() == "public")
        or (reading.granularity in _ROUGH and clause.past)
        or told is FixStatus.PAST_EVENT
        or reading.rule == "date.needs_count"
        or reading.prefix == "since"
    )
    return weaker(Grade.SURE, Grade.LIKELY) if likely else Grade.SURE


def _contradicts(clause: Clause, reading: DateReading, told: FixStatus | PublicationStatus, day: date) -> bool:
    """Say whether the date and the words do not go together: "was planned for", a release on a day to come."""
    if Cue.PAST in clause.cues and (not clause.past or Cue.FUTURE in clause.cues):
        return True
    if told is FixStatus.PAST_EVENT and not clause.past:
        return True
    if reading.first is None or reading.last is None:
        return True
    return reading.first > day if told in _FINISHED else reading.last < day


def bounds(clause: Clause, reading: DateReading, frame: Frame) -> tuple[date | None, date | None, Bound]:
    """Return what "before" and "until" mean here: a plan's end, a delay's new day, a hold's earliest day."""
    first, last, bound = reading.first, reading.last, reading.bound
    held = frame.kind is FactKind.PUBLICATION_DATE and clause.cues & {Cue.HOLD, Cue.NEGATION, Cue.REQUEST}
    refrains = Cue.NEGATION in clause.cues or bool(held) or Cue.HOLD in clause.cues
    if reading.prefix in {"before", "until", "not_before"} and refrains:
        first, last = reading.named or (first, last)
        return first, last, Bound.NOT_BEFORE
    if reading.prefix == "until" and Cue.MOVE in clause.cues:
        first, last = reading.named or (first, last)
        return first, last, Bound.ON
    return first, last, bound
