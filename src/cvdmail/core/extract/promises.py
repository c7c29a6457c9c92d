"""Fix dates and publication dates: what a clause says of a date.

A date belongs to the nearest event before it in its clause, else to the first one after it.  If that event is one of
the reporter's or of the correspondence ("you reported on", "I will update you by"), the date is none of ours.  Release
words take their object: "release the advisory" is a publication, "publish the fix" is none; a flaw that was published
is disclosed.  A clause without an event ("currently planned for the end of May") borrows that of the clause before, and
is never sure; a mere answer ("probably this weekend") is about the fix, as that is what vendors are asked for, and not
even likely.

What is then said of the date, and how sure that is: :mod:`cvdmail.core.extract.promise_status`.  What is promised
without a date: :mod:`cvdmail.core.extract.promise_undated`.

Most sentences hold neither a date nor the words of a refusal or a delay; they are seen by their words and passed over.
What the clause before was about is looked up only when a date needs to borrow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cvdmail.core.extract import dates
from cvdmail.core.extract import promise_status as status_of
from cvdmail.core.extract.civil import Days
from cvdmail.core.extract.clause import Clause, Event
from cvdmail.core.extract.dates import Anchor, DateReading
from cvdmail.core.extract.facts import DatePromise, Fact, FactKind, FixStatus, Grade, Where
from cvdmail.core.extract.identifiers import MASK
from cvdmail.core.extract.languages.language import Cue, Says
from cvdmail.core.extract.letters import Bag
from cvdmail.core.extract.page import Page
from cvdmail.core.extract.promise_status import Frame
from cvdmail.core.extract.promise_undated import NOTHING, Undated, read_undated
from cvdmail.core.extract.sentences import Sentence, clauses

_NEAR = 10
"""Tokens within which a release word looks for its object."""
_FRAGMENT = 7
"""Words beside its date that the mere answer to a question has at most."""


@dataclass(frozen=True, slots=True)
class Loose:
    """A date that no rule could place: it is shown, never guessed, never dropped."""

    start: int
    end: int
    first: date | None
    last: date | None
    rule: str


class PromiseReader:
    """Reads sentence after sentence; remembers the sentence before, and the clauses of this one.

    ``loose`` gathers the dates that belong to nothing the rules know.
    """

    def __init__(self, text: str, page: Page, day: date, language: str | None) -> None:
        self.text = text
        self.page = page
        self.words = page.words
        self.masked = page.masked
        self.day = day
        self.language = language
        self.day_first = dates.writes_day_first(page.masked)
        self.before: Sentence | None = None
        self.sentence: Sentence | None = None
        self.earlier: list[Clause] = []
        self.told = False
        self.soft: bool | None = None
        self.named: Days | None = None
        self.loose: list[Loose] = []
        words = page.words
        self._small = words.or_ | words.and_ | words.on | words.of | words.articles | words.latest | words.in_

    def read(self, sentence: Sentence, bag: Bag | None) -> Iterator[Fact]:
        """Yield the dated and undated promises of one sentence; ``bag`` holds its words."""
        self.before, self.sentence = self.sentence, sentence
        self.earlier = []
        self.told = False
        self.soft = None
        dated = dates.possible(bag, self.masked[sentence.start : sentence.end], self.words)
        undated = Undated.of(bag, self.words) if not sentence.question else NOTHING
        if not dated and undated == NOTHING:
            return
        for start, end in clauses(self.masked, sentence, self.words):
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
        parts = reversed(clauses(self.masked, self.before, self.words))
        return self._last_topic(self.page.clause(start, end, self.before.question) for start, end in parts)

    def _own_topic(self) -> FactKind | None:
        return self._last_topic(reversed(self.earlier))

    def _last_topic(self, clauses_: Iterable[Clause]) -> FactKind | None:
        return next((topic for clause in clauses_ if (topic := self._topic_of(clause)) is not None), None)

    def _topic_of(self, clause: Clause) -> FactKind | None:
        for event in clause.events:
            if event.cue is not Cue.OTHER:
                return self._kind(clause, event)
        return None

    @property
    def _sentence_low(self) -> str:
        if self.sentence is None:
            return ""
        low = self.masked[self.sentence.start : self.sentence.end].lower().replace("’", "'")
        return " ".join(low.split())

    def is_soft(self) -> bool:
        """Say whether the sentence takes something back: "may still change"."""
        if self.soft is None:
            self.soft = self.words.any_of(Says.SOFT).search(self._sentence_low) is not None
        return self.soft

    def _clause(self, clause: Clause, dated: bool, undated: Undated) -> Iterator[Fact]:
        told = False
        if dated:
            for fact in self._dates(clause):
                told = True
                yield fact
        if not told and undated != NOTHING:
            yield from read_undated(self.text, clause, undated, self.day)

    def _dates(self, clause: Clause) -> Iterator[Fact]:
        bag = self.page.bag(clause.start, clause.end)
        if not dates.possible(bag, self.masked[clause.start : clause.end], self.words):
            return
        anchor = Anchor(self.day, clause.tense, self.language, self.day_first, self.named)
        found = dates.find(
            self.masked,
            clause.start,
            clause.end,
            anchor,
            self.words,
            moves=Cue.MOVE in clause.cues,
            tokens=clause.tokens,
        )
        resolved = tuple(reading for reading in found if not self._moved_from(clause, reading, found))
        alone = len({(reading.first, reading.last) for reading in resolved}) == 1
        for reading in resolved:
            self.named = reading.days or self.named
            frame = None if self._within_condition(clause, reading) else self._frame(clause, reading, found)
            fact = self._dated(clause, reading, frame, alone) if frame is not None else None
            if fact is not None:
                yield fact
            elif frame is None and not self._belongs_elsewhere(clause, reading):
                self.loose.append(Loose(reading.start, reading.end, reading.first, reading.last, reading.rule))

    def _moved_from(self, clause: Clause, reading: DateReading, found: tuple[DateReading, ...]) -> bool:
        """The A of "postponed from A to B"."""
        if Cue.MOVE not in clause.cues or len(found) < 2 or reading is found[-1]:
            return False
        before = [token for token in clause.tokens if token.start <= reading.start][-2:]
        return any(token.low in self.words.from_ for token in before)

    def _within_condition(self, clause: Clause, reading: DateReading) -> bool:
        """The date of "if nothing comes this week, ..." is the condition's, not the promise's."""
        if Cue.CONDITION not in clause.cues:
            return False
        cues = self.words.cues
        at = next((token for token in clause.tokens if Cue.CONDITION in cues.get(token.low, ())), None)
        if at is None or at.start > reading.start:
            return False
        return not any(event.start < reading.start and event.cue is not Cue.OTHER for event in clause.events)

    # --- frames ----------------------------------------------------------------------------------------------------

    def _frame(self, clause: Clause, reading: DateReading, found: tuple[DateReading, ...]) -> Frame | None:
        event = self._event(clause, reading)
        if event is not None:
            if event.cue is Cue.OTHER:
                return None
            if event.cue is Cue.WORK and self.topic is FactKind.PUBLICATION_DATE:
                return None  # "I will do that tomorrow"
            kind = self._kind(clause, event)
            if event.cue is Cue.PUBLISH and self._own_topic() is FactKind.FIX_DATE:
                kind = FactKind.FIX_DATE  # "the fix is in 4.9.2, published a minute ago"
            return Frame(kind, event, borrowed=False)
        topic = self.topic
        over = reading.last is not None and reading.last < self.day
        if over and not clause.past and not self._is_answer(clause, found):
            return None
        if topic is None and Cue.HOLD in clause.cues and reading.prefix in {"until", "before"}:
            return Frame(FactKind.PUBLICATION_DATE, None, borrowed=True)  # "wait until next week"
        goal = self.words.any_of(Says.GOAL).search(clause.low) is not None
        if topic is not None and (goal or clause.cues & {Cue.FUTURE, Cue.HEDGE, Cue.MOVE, Cue.UNLIKELY}):
            return Frame(topic, None, borrowed=self._own_topic() is None or Cue.MOVE not in clause.cues)
        if goal and Cue.THEIRS not in clause.cues:
            return Frame(FactKind.FIX_DATE, None, borrowed=True)  # "we aim for Tuesday": shown, never sure
        if self._is_answer(clause, found) or (topic is FactKind.FIX_DATE and not over and not clause.question):
            return Frame(topic or FactKind.FIX_DATE, None, borrowed=True)
        return None

    def _is_answer(self, clause: Clause, found: tuple[DateReading, ...]) -> bool:
        """Say whether a clause is hardly more than its date, as an answer is: "probably this coming weekend"."""
        if clause.question or Cue.THEIRS in clause.cues:
            return False
        beside = [
            token
            for token in clause.tokens
            if token.raw[0].isalpha()
            and token.low not in self._small
            and not any(one.start <= token.start < one.end for one in found)
        ]
        if len(beside) > _FRAGMENT:
            return False
        marked = clause.cues & {Cue.HEDGE, Cue.UNLIKELY, Cue.MOVE, Cue.FUTURE, Cue.NEGATION}
        return bool(marked) or len(beside) <= 2

    def _event(self, clause: Clause, reading: DateReading) -> Event | None:
        """Return the event that a date belongs to."""
        before = [event for event in clause.events if event.start < reading.start]
        after = [event for event in clause.events if event.start >= reading.end]
        while len(before) > 1 and self._beside(clause, before[-1]):
            before.pop()
        if not before:
            return after[0] if after else None
        nearest = before[-1]
        if nearest.cue is Cue.OTHER and after and after[0].cue is not Cue.OTHER and nearest.token >= 0:
            between = [token for token in clause.tokens[nearest.token + 1 :] if token.start < reading.start]
            if any(token.low in self.words.and_ for token in between):
                return after[0]  # "we reviewed your report and by Friday will have a patch"
        if nearest.cue is Cue.OTHER and nearest.token < 0 and after and after[0].cue is not Cue.OTHER:
            return after[0]  # Chinese and Japanese put the date before its verb
        if nearest.token < 0 and after and nearest.cue is not Cue.OTHER and after[0].cue is not Cue.OTHER:
            return nearest if nearest.carrier else after[0]
        return nearest

    def _belongs_elsewhere(self, clause: Clause, reading: DateReading) -> bool:
        """Say whether a date has an event that is none of ours: it is understood, and not loose."""
        event = self._event(clause, reading)
        return (event is not None and event.cue is Cue.OTHER) or self._within_condition(clause, reading)

    def _beside(self, clause: Clause, event: Event) -> bool:
        """The bulletins of "released along with the bulletins by Friday" have the date, but are not what is told."""
        if event.cue is not Cue.DISCLOSE or event.token < 0:
            return False
        return any(token.low in {"with", "alongside"} for token in clause.tokens[max(0, event.token - 4) : event.token])

    def _kind(self, clause: Clause, event: Event) -> FactKind:
        """Decide between fix and publication; a release word takes the nearest object, after it before before it."""
        if event.cue in {Cue.FIX, Cue.WORK}:
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
        if event.cue is Cue.PUBLISH and Cue.FIX not in clause.cues and not self._carried(clause):
            return FactKind.PUBLICATION_DATE
        flawed = Cue.FLAW in clause.cues and Cue.FIX not in clause.cues and MASK not in clause.low
        if flawed and clause.past and event.token < 0:
            return FactKind.PUBLICATION_DATE  # a flaw was published
        return FactKind.FIX_DATE

    def _carried(self, clause: Clause) -> bool:
        return any(token.low in self.words.carriers for token in clause.tokens)

    # --- outcomes --------------------------------------------------------------------------------------------------

    def _dated(self, clause: Clause, reading: DateReading, frame: Frame, alone: bool) -> Fact | None:
        if status_of.is_echo(clause, reading, frame):
            return None
        status = status_of.status(clause, reading, frame, self.day, soft=self.is_soft())
        grade = status_of.grade(clause, reading, frame, status, self.day, alone=alone, soft=self.is_soft())
        if any(Cue.CONDITION in one.cues for one in self.earlier):
            grade = Grade.UNSURE  # "if QA passes, ..."
            status = FixStatus.TENTATIVE if status is FixStatus.PLANNED else status
        first, last, bound = status_of.bounds(clause, reading, frame)
        phrase = self.text[reading.start : reading.end]
        value = DatePromise(status, first, last, bound, reading.granularity, phrase, reading.others)
        start, end = clause.trimmed()
        rule = f"{frame.kind.value}.{status.value}+{reading.rule}"
        return Fact(frame.kind, self.text[start:end], Where.TEXT, start, end, grade, rule, value)
