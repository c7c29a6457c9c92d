"""Fix dates and publication dates: what a clause says of a date.

A date belongs to the nearest event before it in its clause, else to the first one after it.  If that event is one of
the reporter's or of the correspondence ("you reported on", "I will update you by"), the date is none of ours.  Release
words take their object: "release the advisory" is a publication, "publish the fix" is none.  A clause without an event
("currently planned for the end of May") borrows that of the clause before, and is never sure.

Outcomes: finished and not negated -> released (or a past event, when nothing was made available); negated -> refused,
except "not before"; hedged or conditional -> tentative; else planned.  A grade of sure needs a whole clause of its
own: one date, an explicit verb of future or past, no hedge, question, condition, negation or hearsay, and a date that
does not contradict the tense.

Most sentences hold neither a date nor the words of a refusal or a delay; they are seen by their words and passed over.
What the clause before was about is looked up only when a date needs to borrow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cvdmail.core.extract import dates
from cvdmail.core.extract import promise_words as words
from cvdmail.core.extract.clause import Clause, Event
from cvdmail.core.extract.dates import Anchor, DateReading
from cvdmail.core.extract.facts import (
    Bound,
    DatePromise,
    Fact,
    FactKind,
    FixStatus,
    Grade,
    Granularity,
    PublicationStatus,
    Where,
    weaker,
)
from cvdmail.core.extract.identifiers import MASK
from cvdmail.core.extract.lexicon import Cue
from cvdmail.core.extract.page import Bag, Page
from cvdmail.core.extract.promise_words import NOTHING, Undated
from cvdmail.core.extract.sentences import Sentence, clauses

_NEAR = 10
"""Tokens within which a release word looks for its object."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a date belongs to: a fix or a publication, the event that says so, and whether it was borrowed."""

    kind: FactKind
    event: Event | None
    borrowed: bool


class PromiseReader:
    """Reads sentence after sentence; remembers the sentence before, and the clauses of this one."""

    def __init__(self, text: str, page: Page, day: date, language: str | None) -> None:
        self.text = text
        self.page = page
        self.masked = page.masked
        self.day = day
        self.language = language
        self.before: Sentence | None = None
        self.sentence: Sentence | None = None
        self.earlier: list[Clause] = []
        self.told = False
        self.soft: bool | None = None

    def read(self, sentence: Sentence, bag: Bag | None) -> Iterator[Fact]:
        """Yield the dated and undated promises of one sentence; ``bag`` holds its words."""
        self.before, self.sentence = self.sentence, sentence
        self.earlier = []
        self.told = False
        self.soft = None
        dated = dates.possible(bag, self.masked[sentence.start : sentence.end], self.language)
        undated = Undated.of(bag) if not sentence.question else NOTHING
        if not dated and undated == NOTHING:
            return
        for start, end in clauses(self.masked, sentence):
            clause = self.page.clause(start, end, sentence.question)
            facts = list(self._clause(clause, dated, undated))
            yield from facts
            self.told = self.told or bool(facts)
            self.earlier.append(clause)

    @property
    def topic(self) -> FactKind | None:
        """What the clauses before were about: of this sentence, else of the one before if nothing was told since."""
        own = self._own_topic()
        if own is not None or self.told or self.before is None:
            return own
        parts = reversed(clauses(self.masked, self.before))
        return self._last_topic(self.page.clause(start, end, self.before.question) for start, end in parts)

    def _own_topic(self) -> FactKind | None:
        return self._last_topic(reversed(self.earlier))

    def _last_topic(self, clauses_: Iterable[Clause]) -> FactKind | None:
        return next((topic for clause in clauses_ if (topic := self._topic_of(clause)) is not None), None)

    def _is_soft(self) -> bool:
        """Say whether the sentence takes something back: "may still change"."""
        if self.soft is None and self.sentence is not None:
            low = self.masked[self.sentence.start : self.sentence.end].lower().replace("’", "'")
            self.soft = words.SOFT.search(" ".join(low.split())) is not None
        return bool(self.soft)

    def _topic_of(self, clause: Clause) -> FactKind | None:
        for event in clause.events:
            if event.cue is not Cue.OTHER:
                return self._kind(clause, event, event.start + 1)
        return None

    def _clause(self, clause: Clause, dated: bool, undated: Undated) -> Iterator[Fact]:
        told = False
        if dated:
            for fact in self._dates(clause):
                told = True
                yield fact
        if not told and undated != NOTHING:
            yield from self._undated(clause, undated)

    def _dates(self, clause: Clause) -> Iterator[Fact]:
        bag = self.page.bag(clause.start, clause.end)
        if not dates.possible(bag, self.masked[clause.start : clause.end], self.language):
            return
        anchor = Anchor(self.day, clause.tense, self.language)
        found = dates.find(
            self.masked, clause.start, clause.end, anchor, moves=Cue.MOVE in clause.cues, tokens=clause.tokens
        )
        resolved = tuple(reading for reading in found if not self._moved_from(clause, reading, found))
        alone = len({(reading.first, reading.last) for reading in resolved}) == 1
        for reading in resolved:
            frame = self._frame(clause, reading)
            if frame is None or self._within_condition(clause, reading):
                continue
            fact = self._dated(clause, reading, frame, alone)
            if fact is not None:
                yield fact

    def _moved_from(self, clause: Clause, reading: DateReading, found: tuple[DateReading, ...]) -> bool:
        """The A of "postponed from A to B"."""
        if Cue.MOVE not in clause.cues or len(found) < 2 or reading is found[-1]:
            return False
        return bool(
            re.search(
                r"\b(?:from|vom|von|du|del|de|с)\s{1,3}(?:the\s{1,3})?$",
                self.masked[max(0, reading.start - 12) : reading.start],
            )
        )

    def _within_condition(self, clause: Clause, reading: DateReading) -> bool:
        """The date of "if nothing comes this week, ..." is the condition's, not the promise's."""
        if Cue.CONDITION not in clause.cues:
            return False
        at = next((token for token in clause.tokens if token.low in {"if", "unless", "wenn", "falls", "si"}), None)
        if at is None or at.start > reading.start:
            return False
        return not any(event.start < reading.start and event.cue is not Cue.OTHER for event in clause.events)

    # --- frames ----------------------------------------------------------------------------------------------------

    def _frame(self, clause: Clause, reading: DateReading) -> _Frame | None:
        before = [event for event in clause.events if event.start < reading.start]
        after = [event for event in clause.events if event.start >= reading.end]
        while len(before) > 1 and self._beside(clause, before[-1]):
            before.pop()
        event = before[-1] if before else after[0] if after else None
        if event is None:
            topic = self.topic
            if topic is None and words.GOAL.search(clause.low) and Cue.THEIRS not in clause.cues:
                return _Frame(FactKind.FIX_DATE, None, borrowed=True)  # "we aim for Tuesday": shown, never sure
            if topic is None or not clause.cues & {Cue.FUTURE, Cue.HEDGE, Cue.MOVE}:
                return None
            return _Frame(topic, None, borrowed=self._own_topic() is None or Cue.MOVE not in clause.cues)
        if event.cue is Cue.OTHER:
            return None
        return _Frame(self._kind(clause, event, reading.start), event, borrowed=False)

    def _beside(self, clause: Clause, event: Event) -> bool:
        """The bulletins of "released along with the bulletins by Friday" have the date, but are not what is told."""
        if event.cue is not Cue.DISCLOSE or event.token < 0:
            return False
        return any(token.low in {"with", "alongside"} for token in clause.tokens[max(0, event.token - 4) : event.token])

    def _kind(self, clause: Clause, event: Event, place: int) -> FactKind:
        """Decide between fix and publication; a release word takes the nearest object, after it before before it."""
        if event.cue is Cue.FIX:
            return FactKind.FIX_DATE
        if event.cue is Cue.DISCLOSE:
            return FactKind.PUBLICATION_DATE
        objects = [other for other in clause.events if other.cue in {Cue.FIX, Cue.DISCLOSE} and other is not event]
        near = [other for other in objects if other.token < 0 or abs(other.token - event.token) <= _NEAR]
        follow = [other for other in near if other.start > event.start and (other.carrier or other.cue is Cue.DISCLOSE)]
        lead = [other for other in near if other.start < event.start and (other.carrier or other.cue is Cue.DISCLOSE)]
        chosen = follow[0] if follow and follow[0].token - event.token <= 5 else lead[-1] if lead else None
        if chosen is not None:
            return FactKind.FIX_DATE if chosen.cue is Cue.FIX else FactKind.PUBLICATION_DATE
        if event.token >= 0 and any(token.low == MASK for token in clause.tokens[event.token + 1 : event.token + 5]):
            return FactKind.FIX_DATE  # "publish 2.5.0"
        if event.cue is Cue.PUBLISH and Cue.FIX not in clause.cues and not words.CARRIED.search(clause.low):
            return FactKind.PUBLICATION_DATE
        return FactKind.FIX_DATE

    # --- outcomes --------------------------------------------------------------------------------------------------

    def _dated(self, clause: Clause, reading: DateReading, frame: _Frame, alone: bool) -> Fact | None:
        ours = bool(words.OURS.search(clause.low))
        answered = bool(clause.cues & {Cue.REQUEST, Cue.HOLD, Cue.MOVE} or words.YES.search(clause.low))
        if frame.kind is FactKind.PUBLICATION_DATE and ours and (not answered or "please confirm" in clause.low):
            return None  # our own date, echoed
        if frame.kind is FactKind.FIX_DATE and ours and Cue.FUTURE not in clause.cues and not clause.past:
            return None
        negated = self._negated(clause, reading)
        status: FixStatus | PublicationStatus
        if frame.kind is FactKind.FIX_DATE:
            status = self._fix_status(clause, reading, frame, negated)
        else:
            status = self._publication_status(clause, reading, negated)
        return self._fact(clause, reading, frame, status, self._grade(clause, reading, frame, status, alone))

    def _negated(self, clause: Clause, reading: DateReading) -> bool:
        """A negation in the clause that is no part of the date phrase itself ("not before")."""
        if Cue.UNLIKELY in clause.cues:
            return True
        if Cue.NEGATION not in clause.cues:
            return False
        outside = Clause(clause.masked, clause.start, reading.start, clause.question)
        rest = Clause(clause.masked, reading.end, clause.end, clause.question)
        if Cue.NEGATION not in outside.cues | rest.cues:
            return False
        return not (reading.prefix in {"before", "until", "not_before"} and Cue.NEGATION in outside.cues)

    def _fix_status(self, clause: Clause, reading: DateReading, frame: _Frame, negated: bool) -> FixStatus:
        if negated:
            return FixStatus.REFUSED
        if clause.past:
            made = any(event.cue in {Cue.RELEASE, Cue.PUBLISH} for event in clause.events)
            merged = re.search(r"\bmerg|\bland|\bcommit", clause.low)
            shipped = made or MASK in clause.masked[clause.start : clause.end]  # "fixed in 6.0.9 last Friday"
            return FixStatus.RELEASED if shipped and not merged else FixStatus.PAST_EVENT
        if clause.question or self._is_soft() or clause.cues & {Cue.HEDGE, Cue.CONDITION}:
            return FixStatus.TENTATIVE
        if Cue.FUTURE not in clause.cues and reading.last is not None and reading.last < self.day:
            return FixStatus.PAST_EVENT
        return FixStatus.PLANNED

    def _publication_status(self, clause: Clause, reading: DateReading, negated: bool) -> PublicationStatus:
        asked = clause.cues & {Cue.REQUEST, Cue.HOLD} and not (
            words.YES.search(clause.low) and Cue.REQUEST not in clause.cues
        )
        if asked or (clause.question and not words.SHARED.search(clause.low)):
            return PublicationStatus.REQUESTED
        if negated:
            return PublicationStatus.REFUSED
        if words.YES.search(clause.low):
            return PublicationStatus.AGREED
        if clause.past:
            return PublicationStatus.PUBLISHED
        if Cue.HEDGE in clause.cues and Cue.FUTURE not in clause.cues:
            return PublicationStatus.REQUESTED
        return PublicationStatus.PLANNED

    def _grade(
        self, clause: Clause, reading: DateReading, frame: _Frame, status: FixStatus | PublicationStatus, alone: bool
    ) -> Grade:
        asked = status is PublicationStatus.REQUESTED and Cue.REQUEST in clause.cues
        if (
            (clause.question and not asked)
            or reading.first is None
            or Cue.CONDITION in clause.cues
            or Cue.HEARSAY in clause.cues
        ):
            return Grade.UNSURE
        grade = Grade.SURE if alone and not frame.borrowed else Grade.LIKELY
        refused = status in {FixStatus.REFUSED, PublicationStatus.REFUSED}
        if (clause.cues & {Cue.HEDGE, Cue.UNLIKELY} and not asked) or refused:
            grade = weaker(grade, Grade.LIKELY)
        if not (clause.past or clause.cues & {Cue.FUTURE, Cue.MOVE, Cue.REQUEST, Cue.AGREE}):
            grade = weaker(grade, Grade.LIKELY)
        if clause.past and Cue.PAST in clause.cues and Cue.FUTURE in clause.cues:
            grade = Grade.UNSURE
        if self._quoted(reading):
            grade = weaker(grade, Grade.LIKELY)
        rough = reading.granularity in {Granularity.QUARTER, Granularity.HALF, Granularity.YEAR}
        bare = frame.event is not None and clause.masked[frame.event.start :][:7].lower() in {"public ", "public"}
        if words.WOULD.search(clause.low) or bare or (rough and clause.past) or self._is_soft():
            grade = weaker(grade, Grade.LIKELY)
        finished = status in {FixStatus.RELEASED, FixStatus.PAST_EVENT, PublicationStatus.PUBLISHED}
        if reading.last is not None and reading.first is not None:
            wrong = reading.first > self.day if finished else reading.last < self.day
            if wrong or (status is FixStatus.PAST_EVENT and not clause.past):
                grade = Grade.UNSURE
        if Cue.PAST in clause.cues and not clause.past:
            grade = Grade.UNSURE  # "was planned for Thursday"
        return grade

    def _quoted(self, reading: DateReading) -> bool:
        return self.masked[max(0, reading.start - 1) : reading.start] in {'"', "“", "„", "«"}

    def _fact(
        self, clause: Clause, reading: DateReading, frame: _Frame, status: FixStatus | PublicationStatus, grade: Grade
    ) -> Fact:
        first, last, bound = self._bounds(clause, reading, frame)
        phrase = self.text[reading.start : reading.end]
        value = DatePromise(status, first, last, bound, reading.granularity, phrase)
        start, end = clause.trimmed()
        rule = f"{frame.kind.value}.{status.value}+{reading.rule}"
        return Fact(frame.kind, self.text[start:end], Where.TEXT, start, end, grade, rule, value)

    def _bounds(self, clause: Clause, reading: DateReading, frame: _Frame) -> tuple[date | None, date | None, Bound]:
        """What "before" and "until" mean here: the end of a plan, the new day of a delay, the earliest day of a"
        " hold."""
        first, last, bound = reading.first, reading.last, reading.bound
        held = frame.kind is FactKind.PUBLICATION_DATE and clause.cues & {Cue.HOLD, Cue.NEGATION, Cue.REQUEST}
        refrains = Cue.NEGATION in clause.cues or bool(held) or Cue.HOLD in clause.cues
        if reading.prefix in {"before", "until", "not_before"} and refrains:
            first, last = reading.named or (first, last)
            return first, last, Bound.NOT_BEFORE
        if reading.prefix == "until" and Cue.MOVE in clause.cues:
            return first, last, Bound.ON
        return first, last, bound

    # --- without a date --------------------------------------------------------------------------------------------

    def _undated(self, clause: Clause, possible: Undated) -> Iterator[Fact]:
        """Refusals to name a date or to fix, and promises bound to a release without a date."""
        if possible.will_not and (refusal := words.WILL_NOT.search(clause.low)):
            yield self._bare(clause, FixStatus.REFUSED, "fix_date.will_not", refusal[0])
            return
        if possible.no_date and (refusal := words.NO_DATE.search(clause.low)):
            if Cue.DISCLOSE not in clause.cues or clause.cues & {Cue.FIX, Cue.RELEASE}:
                yield self._bare(clause, FixStatus.REFUSED, "fix_date.no_date", refusal[0])
            return
        if (
            possible.moved
            and Cue.MOVE in clause.cues
            and clause.cues & {Cue.FIX, Cue.RELEASE}
            and not clause.cues & {Cue.THEIRS, Cue.REQUEST, Cue.NEGATION}
        ):
            start, end = clause.trimmed()
            yield self._bare(clause, FixStatus.PLANNED, "fix_date.delayed", self.text[start:end][:200])
            return
        later = words.LATER.search(clause.low) if possible.later else None
        if later is None or clause.past or Cue.NEGATION in clause.cues:
            return
        kinds = {event.cue for event in clause.events}
        if not kinds & {Cue.FIX, Cue.RELEASE} or not clause.cues & {Cue.FUTURE, Cue.HEDGE}:
            return
        if Cue.DISCLOSE in kinds or Cue.CONDITION in clause.cues or Cue.THEIRS in clause.cues:
            return
        status = FixStatus.TENTATIVE if Cue.HEDGE in clause.cues else FixStatus.PLANNED
        yield self._bare(clause, status, "fix_date.later", later[0])

    def _bare(self, clause: Clause, status: FixStatus, rule: str, phrase: str) -> Fact:
        start, end = clause.trimmed()
        none: Granularity | None = None
        value = DatePromise(status, None, None, None, none, phrase)
        return Fact(FactKind.FIX_DATE, self.text[start:end], Where.TEXT, start, end, Grade.LIKELY, rule, value)
