"""One clause with its events and operators, from which its meaning is composed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cvdmail.core.extract.civil import Tense
from cvdmail.core.extract.date_tokens import Token, tokenize
from cvdmail.core.extract.languages.language import EVENTS, Cue
from cvdmail.core.extract.letters import is_wide
from cvdmail.core.extract.words import Words
from cvdmail.core.extract.zone_words import wordset

_NO_NEGATION = {
    "no": frozenset(["later", "problem", "doubt", "worries", "earlier", "sooner", "question", "matter"]),
    "not": frozenset(["only", "later", "earlier", "just", "sooner"]),
    "nicht": frozenset(["nur", "später"]),
}
"""What after a negation makes it none: "no later than"."""
_ANY = "+"
"""Stands in a row of words for one to three others: "get it out"."""


@dataclass(frozen=True, slots=True)
class Event:
    """A word that names an event: its place, its kind, and the token's number in the clause (-1 for CJK words)."""

    start: int
    cue: Cue
    token: int
    carrier: bool
    verb: bool


@dataclass(frozen=True)
class Clause:
    """``masked[start:end]`` and the cues of its words; ``question`` is taken from its sentence."""

    masked: str
    start: int
    end: int
    question: bool
    words: Words

    @cached_property
    def tokens(self) -> list[Token]:
        """The words of the clause."""
        return tokenize(self.masked[self.start : self.end], self.start)

    @cached_property
    def low(self) -> str:
        """The clause in lower case, blanks made single, apostrophes plain."""
        return " ".join(self.masked[self.start : self.end].lower().replace("’", "'").split())

    @cached_property
    def _wide(self) -> list[tuple[int, tuple[Cue, ...]]]:
        """The places and cues of Chinese, Japanese and Korean words."""
        table = self.words.wide_cues
        if not table or not is_wide(self.masked[self.start : self.end]):
            return []
        out = []
        at = self.start
        while at < self.end:
            for word, cues in table.get(self.masked[at], ()):
                if self.masked.startswith(word, at, self.end):
                    out.append((at, cues))
                    at += len(word) - 1
                    break
            at += 1
        return out

    @cached_property
    def _rows(self) -> dict[int, tuple[int, tuple[Cue, ...]]]:
        """The rows of words: by the number of their first token, the token after them and their cues."""
        out: dict[int, tuple[int, tuple[Cue, ...]]] = {}
        for i, token in enumerate(self.tokens):
            for rest, cue in self.words.rows.get(token.low, ()):
                end = self._row_end(i + 1, rest)
                if end:
                    longest, cues = out.get(i, (0, ()))
                    out[i] = (max(longest, end), (*cues, cue))
        return out

    def _row_end(self, at: int, rest: tuple[str, ...]) -> int:
        """Return the token after a row of words, 0 where it does not stand."""
        for word in rest:
            if word == _ANY:
                follow = rest[rest.index(_ANY) + 1 :]
                ends = (self._row_end(at + skipped, follow) for skipped in (1, 2, 3))
                return next((end for end in ends if end), 0)
            if self._low(at) != word:
                return 0
            at += 1
        return at

    @cached_property
    def cues(self) -> frozenset[Cue]:
        """The operators and events of the clause."""
        found: set[Cue] = set()
        words = self.words
        for i, token in enumerate(self.tokens):
            low = token.low
            if low in words.cues or "'" in low or low == "may" or (low[-2:] in words.ends_of_future and len(low) > 5):
                found.update(self._token_cues(i, token))
        for _, cues in self._rows.values():
            found.update(cues)
        for _, cues in self._wide:
            found.update(cues)
        return frozenset(found)

    def _token_cues(self, i: int, token: Token) -> tuple[Cue, ...]:
        low, words = token.low, self.words
        if low == "may":
            return (Cue.HEDGE,) if token.raw == "may" else ()
        if low.endswith("'ll"):
            return (Cue.FUTURE,)
        if low.endswith("'ve"):
            return (Cue.PAST,)
        if self._low(i + 1) in _NO_NEGATION.get(low, ()):
            return ()
        cues = words.cues.get(low, ())
        if low.endswith(words.future_ending) and len(low) > 5:
            return (*cues, Cue.FUTURE)
        if low in words.have and not self._has_participle(i):
            return ()  # "they have a tentative date"
        if Cue.DONE in cues and self._not_yet(i):
            cues = tuple(cue for cue in cues if cue is not Cue.DONE)
        if low == "out" and not self._is_out(i):
            return ()
        return cues

    def _has_participle(self, i: int) -> bool:
        return any(
            Cue.DONE in self.words.cues.get(self._low(j), ()) or self._low(j) == "been" for j in range(i + 1, i + 5)
        )

    def _low(self, i: int) -> str:
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def _is_out(self, i: int) -> bool:
        """The "out" of "is out" and "went out", not of "pointed out"."""
        return self._low(i - 1) in self.words.goes_out and self._low(i + 1) not in {"of", "to", "that", "how"}

    def _not_yet(self, i: int) -> bool:
        """A participle after "to be", "being" or "will be" tells of no past."""
        return any(self._low(j) in self.words.be for j in (i - 1, i - 2)) or self._low(i + 1) in self.words.things

    @cached_property
    def events(self) -> list[Event]:
        """The events in order; "the reported issue" is none."""
        out: list[Event] = []
        taken = -1
        for i, token in enumerate(self.tokens):
            row = self._rows.get(i)
            if row is not None and i >= taken:
                out += [Event(token.start, cue, i, carrier=False, verb=True) for cue in row[1] if cue in EVENTS][:1]
                taken = row[0]
            elif i >= taken and token.low in self.words.event_of:
                out += self._single(i, token)
        for start, cues in self._wide:
            event = next((cue for cue in cues if cue in EVENTS), None)
            if event is not None:
                out.append(Event(start, event, -1, event is Cue.FIX, event is not Cue.FIX))
        return sorted(out, key=lambda event: event.start)

    def _single(self, i: int, token: Token) -> Iterator[Event]:
        """Yield the event that one word names, if it names one here."""
        words, low = self.words, token.low
        cue = words.event_of[low]
        if low == "out" and not self._is_out(i):
            return
        if low == "public" and self._low(i - 1) not in _PUBLIC_AFTER and self._low(i + 1) not in _PUBLIC_BEFORE:
            return  # "the public release date" is one of a release, "the public database" is none at all
        if low.startswith("update") and (
            self._low(i + 1) in {"you", "us"}
            or self._low(i - 1) in {"status", "you", "progress", "weekly", "another", "an"}
        ):
            cue = Cue.OTHER  # of the correspondence, not of the product
        if cue is Cue.OTHER and (self._low(i + 1) in words.things or self._is_attribute(i)):
            return
        carrier = low in words.carriers
        verb = not carrier or (
            low in words.acts
            and (self._low(i + 1) in _DETERMINERS or self._low(i - 1) in {"to", "will", "can", "i", "we", "'ll"})
        )
        yield Event(token.start, cue, i, carrier and not verb, verb)

    def _is_attribute(self, i: int) -> bool:
        """The "reported" of "the reported part", and a noun that is only mentioned: "a fix for your report"."""
        words, low = self.words, self._low(i)
        if low.endswith("ed") and self._low(i - 1) in words.articles and self._low(i + 1).isalpha():
            return True
        if low not in words.mentions:
            return False
        j = i + 1
        small = words.of | words.on | words.from_ | words.until | words.by | words.in_ | {"dated", "sent"}
        while self._low(j) in small:
            j += 1
        token = self.tokens[j] if j < len(self.tokens) else None
        dated = token is not None and (token.number is not None or token.low in words.calendar)
        return not dated

    @cached_property
    def past(self) -> bool:
        """A finished event and no plan, wish or condition around it."""
        return Cue.DONE in self.cues and not self.cues & {Cue.FUTURE, Cue.HEDGE, Cue.CONDITION}

    @cached_property
    def tense(self) -> Tense:
        """The direction in which dates without a year are looked for."""
        if self.past:
            return Tense.PAST
        if self.cues & {Cue.FUTURE, Cue.HEDGE, Cue.MOVE, Cue.HOLD, Cue.REQUEST, Cue.UNLIKELY, Cue.AGREE}:
            return Tense.FUTURE if not self.cues & {Cue.PAST} or self.cues & {Cue.FUTURE, Cue.MOVE} else Tense.UNKNOWN
        if self.cues & {Cue.PAST} and Cue.OTHER in self.cues:
            return Tense.PAST
        return Tense.UNKNOWN

    def trimmed(self) -> tuple[int, int]:
        """Return the clause without the mark or conjunction that opened it, and without outer blanks."""
        raw = self.masked[self.start : self.end]
        lead = len(raw) - len(raw.lstrip(" \t\n,;–—-、，；"))
        body = raw[lead:].rstrip(" \t\n,;")
        return self.start + lead, self.start + lead + len(body)


_PUBLIC_AFTER = wordset("be is are was go goes going went gone become made make making fully disclosed")
_PUBLIC_BEFORE = wordset("disclosure announcement until before on by in at advisory date")
_DETERMINERS = frozenset(
    ["the", "this", "that", "it", "these", "those", "your", "all", "them", "both", "den", "die", "das", "le", "la"]
)
