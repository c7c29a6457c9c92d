"""Fix dates and publication dates: what a clause says of a date.

A date belongs to the nearest event before it in its clause, else to the first one after it.  If that event is one of
the reporter's or of the correspondence ("you reported on", "I will update you by"), the date is none of ours.  Release
words take their object: "release the advisory" is a publication, "publish the fix" is none.  A clause without an event
("currently planned for the end of May") borrows that of the clause before, and is never sure.

Outcomes: finished and not negated -> released (or a past event, when nothing was made available); negated -> refused,
except "not before"; hedged or conditional -> tentative; else planned.  A grade of sure needs a whole clause of its
own: one date, an explicit verb of future or past, no hedge, question, condition, negation or hearsay, and a date that
does not contradict the tense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cvdmail.core.extract import dates
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
from cvdmail.core.extract.sentences import Sentence, clauses

_NEAR = 10
"""Tokens within which a release word looks for its object."""

_NO_DATE = re.compile(
    r"\b(?:can ?not|can't|could not|unable to|not able to|no|not|don't|do not|doesn't|does not|didn't|did not"
    r"|won't|isn't|hasn't)\b"
    r".{0,50}\b(?:promise|commit|guarant\w+|provide|share|give|have|fixed|confirmed|firm|been planned|planned"
    r"|set|estimate)\b.{0,40}"
    r"\b(?:date|eta|timelines?|time ?frame|schedule|yet|timing)\b|\bno (?:eta|timeline|date|schedule|time ?frame)\b"
    r"|\bkeine?n? (?:konkreten? |genauen? |festen? )?(?:termin|zeitplan|datum)|\b(?:termin"
    r"|datum)\b.{0,60}\bnicht (?:nennen|zusagen|versprechen)"
    r"|\b(?:aucune date|pas (?:encore )?de date)|\b(?:no (?:tenemos|hay|podemos).{0,30}fecha)|\bданных о сроках нет"
    r"|(?:時期|日程|日期|时间).{0,10}(?:未定|お答えできません|无法|不能)"
)
_WILL_NOT = re.compile(
    r"\b(?:will not|won't|not going to|no plans? to|not plan\w* to|do not (?:intend|plan|think that we want) to"
    r"|not be able to"
    r"|can ?not|can't)\b.{0,30}\b(?:fix(?:ed)?|patch(?:ed|es)?|releas\w+|backport\w*|address(?:ed)?|remediat\w+"
    r"|correct\w*)\b"
    r"|\bwontfix\b|\bwird nicht (?:mehr )?(?:behoben|korrigiert|gefixt)|\bne sera pas (?:corrigée?|publiée?)"
    r"|\bno (?:será|se) (?:corregid[oa]|corregirá)|修正(?:の)?予定はありません|不会修复|不予修复"
)
_LATER = re.compile(
    r"\b(?:soon(?:ish)?|shortly|asap|as soon as possible|in due course|eventually|baldmöglichst"
    r"|so bald wie möglich|in kürze|demnächst"
    r"|bientôt|dès que possible|próximamente|lo antes posible|вскоре|next|upcoming|forthcoming|nächsten?|kommenden"
    r"|prochaine|próxima)\b|\b(?:once|when|after|as soon as) (?:the|we|it|this|i)\b|(?:尽快|尽早|下一?个?版本"
    r"|新版|次期|次回|近日|早急|順次)"
)
_CARRIED = re.compile(r"\b(?:release|version|update|patch|build|tag|cycle|edition|rebuild|firmware)\b")
_OURS = re.compile(
    r"\byour (?:\S+ ){0,3}(?:deadline|disclosure|publication|embargo|timeline|blog|advisory|report|date|policy|talk)\b"
    r"|\byou(?:'re| are)? (?:plan|intend|will|propose|going|would)\w*|\bihre[rn]? (?:\S+ ){0,2}(?:frist"
    r"|veröffentlichung|bericht|meldung)"
    r"|\bvotre (?:\S+ ){0,2}(?:publication|date|échéance)|\bsu (?:\S+ ){0,2}(?:fecha|publicación|plazo)|\bdead ?line\b"
)
_SHARED = re.compile(r"\bwith you\b|\bcoordinat|\bcoordinamos\b|\bkoordin|調整")
_SOFT = re.compile(
    r"\b(?:look(?:ing)? into|(?:not|n't|cannot) (?:be )?guaranteed|subject to|not yet (?:final|fixed|certain)"
    r"|may (?:still )?(?:change|slip|move)"
    r"|week or so|month or so|two possibilities|more realistic|ohne gewähr|unter vorbehalt|sous réserve|sujeto a)\b"
)
_WOULD = re.compile(r"\b(?:would|earliest)\b")
_GOAL = re.compile(r"\b(?:aim\w*|target\w*|eta|due|aiming|shooting|expect\w*|hope|probably|planned)\b")
_YES = re.compile(r"\b(?:works for (?:us|me)|fine (?:with|by|for) (?:us|me)|(?:is|are|sounds) (?:good|fine|ok"
    r"|okay)|ok(?:ay)? (?:to|with)"
                  r"|agree|agreed|einverstanden|d'accord|de acuerdo|go ahead|no objections?|happy with)\b")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a date belongs to: a fix or a publication, the event that says so, and whether it was borrowed."""

    kind: FactKind
    event: Event | None
    borrowed: bool


class PromiseReader:
    """Reads sentence after sentence; remembers what the last clause was about."""

    def __init__(self, text: str, masked: str, day: date, language: str | None) -> None:
        self.text = text
        self.masked = masked
        self.day = day
        self.language = language
        self.topic: FactKind | None = None
        self.soft = False

    def read(self, sentence: Sentence) -> Iterator[Fact]:
        """Yield the dated and undated promises of one sentence."""
        fresh = False
        words = " ".join(self.masked[sentence.start : sentence.end].lower().replace("’", "'").split())
        self.soft = _SOFT.search(words) is not None
        for start, end in clauses(self.masked, sentence):
            clause = Clause(self.masked, start, end, sentence.question)
            facts = list(self._clause(clause, same_sentence=fresh))
            yield from facts
            topic = self._topic_of(clause)
            fresh = fresh or topic is not None
            self.topic = topic or (self.topic if fresh or not facts else None)
        if not fresh:
            self.topic = None

    def _topic_of(self, clause: Clause) -> FactKind | None:
        for event in clause.events:
            if event.cue is not Cue.OTHER:
                return self._kind(clause, event, event.start + 1)
        return None

    def _clause(self, clause: Clause, *, same_sentence: bool) -> Iterator[Fact]:
        anchor = Anchor(self.day, clause.tense, self.language)
        found = dates.find(
            self.masked, clause.start, clause.end, anchor, moves=Cue.MOVE in clause.cues, tokens=clause.tokens
        )
        resolved = tuple(reading for reading in found if not self._moved_from(clause, reading, found))
        alone = len({(reading.first, reading.last) for reading in resolved}) == 1
        told = False
        for reading in resolved:
            frame = self._frame(clause, reading, same_sentence)
            if frame is None or self._within_condition(clause, reading):
                continue
            fact = self._dated(clause, reading, frame, alone)
            if fact is not None:
                told = True
                yield fact
        if not told and not clause.question:
            yield from self._undated(clause)

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

    def _frame(self, clause: Clause, reading: DateReading, same_sentence: bool) -> _Frame | None:
        before = [event for event in clause.events if event.start < reading.start]
        after = [event for event in clause.events if event.start >= reading.end]
        while len(before) > 1 and self._beside(clause, before[-1]):
            before.pop()
        event = before[-1] if before else after[0] if after else None
        if event is None and self.topic is None and _GOAL.search(clause.low) and Cue.THEIRS not in clause.cues:
            return _Frame(FactKind.FIX_DATE, None, borrowed=True)  # "we aim for the second Tuesday": shown, never sure
        if event is None:
            moves = clause.cues & {Cue.FUTURE, Cue.HEDGE, Cue.MOVE}
            if self.topic is None or not moves:
                return None
            return _Frame(self.topic, None, borrowed=not same_sentence or Cue.MOVE not in clause.cues)
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
        if event.cue is Cue.PUBLISH and Cue.FIX not in clause.cues and not _CARRIED.search(clause.low):
            return FactKind.PUBLICATION_DATE
        return FactKind.FIX_DATE

    # --- outcomes --------------------------------------------------------------------------------------------------

    def _dated(self, clause: Clause, reading: DateReading, frame: _Frame, alone: bool) -> Fact | None:
        ours = bool(_OURS.search(clause.low))
        answered = bool(clause.cues & {Cue.REQUEST, Cue.HOLD, Cue.MOVE} or _YES.search(clause.low))
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
        if clause.question or self.soft or clause.cues & {Cue.HEDGE, Cue.CONDITION}:
            return FixStatus.TENTATIVE
        if Cue.FUTURE not in clause.cues and reading.last is not None and reading.last < self.day:
            return FixStatus.PAST_EVENT
        return FixStatus.PLANNED

    def _publication_status(self, clause: Clause, reading: DateReading, negated: bool) -> PublicationStatus:
        asked = clause.cues & {Cue.REQUEST, Cue.HOLD} and not (
            _YES.search(clause.low) and Cue.REQUEST not in clause.cues
        )
        if asked or (clause.question and not _SHARED.search(clause.low)):
            return PublicationStatus.REQUESTED
        if negated:
            return PublicationStatus.REFUSED
        if _YES.search(clause.low):
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
        if _WOULD.search(clause.low) or bare or (rough and clause.past) or self.soft:
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

    def _undated(self, clause: Clause) -> Iterator[Fact]:
        """Refusals to name a date or to fix, and promises bound to a release without a date."""
        if refusal := _WILL_NOT.search(clause.low):
            yield self._bare(clause, FixStatus.REFUSED, "fix_date.will_not", refusal[0])
            return
        if refusal := _NO_DATE.search(clause.low):
            if Cue.DISCLOSE not in clause.cues or clause.cues & {Cue.FIX, Cue.RELEASE}:
                yield self._bare(clause, FixStatus.REFUSED, "fix_date.no_date", refusal[0])
            return
        if (
            Cue.MOVE in clause.cues
            and clause.cues & {Cue.FIX, Cue.RELEASE}
            and not clause.cues & {Cue.THEIRS, Cue.REQUEST, Cue.NEGATION}
        ):
            yield self._bare(
                clause,
                FixStatus.PLANNED,
                "fix_date.delayed",
                self.text[clause.trimmed()[0] : clause.trimmed()[1]][:200],
            )
            return
        later = _LATER.search(clause.low)
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
