"""One clause with its events and operators, from which its meaning is composed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cvdmail.core.extract.civil import Tense
from cvdmail.core.extract.date_tokens import Token, tokenize
from cvdmail.core.extract.letters import is_wide
from cvdmail.core.extract.lexicon import EVENTS, WORDS, Cue, cjk_cues
from cvdmail.core.extract.zone_words import wordset

_BE = wordset("""
    be being get gets getting to werden wird been-not when once until as être ser essere zijn быть être
""")
FUTURE_ENDINGS = ("ará", "erá", "irá", "arán", "erán", "irán", "aremos", "iremos", "erà", "arà", "irà")
"""Spanish, Portuguese and Italian make the future by an ending."""
_ENDS_OF_FUTURE = frozenset(ending[-3:] for ending in FUTURE_ENDINGS)
_EVENT_OF = {word: cue for word, cues in WORDS.items() for cue in reversed(cues) if cue in EVENTS}
_CUE_WORDS = WORDS.keys() | {"may"}
_HAVE = wordset("have has had haben hat avons a ha hemos")
_OUT_AFTER = wordset("is are was went get go goes going be come comes coming it now already push roll")
_NOUN_AFTER = wordset("""
    issue issues vulnerability vulnerabilities bug bugs problem problems finding findings defect flaw
    flaws weakness behavior behaviour schwachstelle lücke vulnérabilité faille vulnerabilidad
""")
_CARRIERS = wordset("""
    fix fixes patch patches hotfix hotfixes bugfix update updates version versions build mitigation
    firmware workaround backport upgrade cu sicherheitsupdate aktualisierung korrektur correctif
    correctifs correction correções mise parche parches actualización corrección versión correzione
    aggiornamento versione correção atualização versão oplossing исправление обновление обновления патч
    версия poprawka aktualizacja release releases
""")
_DETERMINERS = wordset("the this that it these those your all them both den die das le la les el")
_VERBS_OF_NOUN = frozenset(["fix", "patch", "update", "upgrade", "backport"])


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

    @cached_property
    def tokens(self) -> list[Token]:
        """The words of the clause."""
        return tokenize(self.masked[self.start : self.end], self.start)

    @cached_property
    def low(self) -> str:
        """The clause in lower case, blanks made single, apostrophes plain."""
        return " ".join(self.masked[self.start : self.end].lower().replace("’", "'").split())

    @cached_property
    def _cjk(self) -> list[tuple[int, tuple[Cue, ...]]]:
        return cjk_cues(self.masked, self.start, self.end) if is_wide(self.masked[self.start : self.end]) else []

    @cached_property
    def cues(self) -> frozenset[Cue]:
        """The operators and events of the clause."""
        found: set[Cue] = set()
        for i, token in enumerate(self.tokens):
            low = token.low
            if low in _CUE_WORDS or "'" in low or (low[-3:] in _ENDS_OF_FUTURE and low.endswith(FUTURE_ENDINGS)):
                found.update(self._token_cues(i, token))
        for _, cues in self._cjk:
            found.update(cues)
        return frozenset(found)

    def _token_cues(self, i: int, token: Token) -> tuple[Cue, ...]:
        low = token.low
        if low == "may":
            return (Cue.HEDGE,) if token.raw == "may" else ()
        if low.endswith("n't") or low == "won't":
            future = (Cue.FUTURE,) if low in {"won't", "wouldn't"} else ()
            past = (Cue.PAST,) if low in {"wasn't", "weren't", "hasn't", "haven't", "didn't"} else ()
            return (Cue.NEGATION, *future, *past)
        if low.endswith("'ll"):
            return (Cue.FUTURE,)
        if low.endswith("'ve"):
            return (Cue.PAST,)
        if low == "no" and self._low(i + 1) in {"later", "problem", "doubt", "worries", "earlier", "sooner"}:
            return ()
        if low == "not" and self._low(i + 1) in {"only", "later", "earlier", "just"}:
            return ()
        cues = WORDS.get(low, ())
        if low.endswith(FUTURE_ENDINGS) and len(low) > 5:
            return (*cues, Cue.FUTURE)
        if low in _HAVE and not any(
            Cue.DONE in WORDS.get(self._low(j), ()) or self._low(j) == "been" for j in range(i + 1, i + 5)
        ):
            return ()  # "they have a tentative date"
        if Cue.DONE in cues and self._not_yet(i):
            cues = tuple(cue for cue in cues if cue is not Cue.DONE)
        if low == "out" and not self._is_out(i):
            return ()
        return cues

    def _low(self, i: int) -> str:
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def _is_out(self, i: int) -> bool:
        """The "out" of "is out" and "went out", not of "pointed out"."""
        return self._low(i - 1) in _OUT_AFTER and self._low(i + 1) not in {"of", "to"}

    def _not_yet(self, i: int) -> bool:
        """A participle after "to be", "being" or "will be" tells of no past."""
        return any(self._low(j) in _BE for j in (i - 1, i - 2)) or self._low(i + 1) in _NOUN_AFTER

    @cached_property
    def events(self) -> list[Event]:
        """The events in order; "the reported issue" is none."""
        out: list[Event] = []
        for i, token in enumerate(self.tokens):
            cue = _EVENT_OF.get(token.low)
            if cue is None or (token.low == "out" and not self._is_out(i)):
                continue
            if token.low == "public" and WORDS.get(self._low(i + 1), ())[:1] == (Cue.RELEASE,):
                continue  # "the public release date" is one of a release
            if token.low.startswith("update") and (
                self._low(i + 1) in {"you", "us"} or self._low(i - 1) in {"status", "you", "progress", "weekly"}
            ):
                cue = Cue.OTHER  # of the correspondence, not of the product
            if cue is Cue.OTHER and (self._low(i + 1) in _NOUN_AFTER or (self._low(i + 1) in {"by", "to"} and i == 0)):
                continue
            verb = token.low not in _CARRIERS or (
                token.low in _VERBS_OF_NOUN
                and (self._low(i + 1) in _DETERMINERS or self._low(i - 1) in {"to", "will", "can", "i", "we", "'ll"})
            )
            out.append(Event(token.start, cue, i, token.low in _CARRIERS and not verb, verb))
        for start, cues in self._cjk:
            event = next((cue for cue in cues if cue in EVENTS), None)
            if event is not None:
                out.append(Event(start, event, -1, event is Cue.FIX, event is not Cue.FIX))
        return sorted(out, key=lambda event: event.start)

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
