"""The text that is read for claims, prepared once: its plain and lower-case forms, and the words of each stretch.

A bag (:class:`~.letters.Bag`) answers which words a stretch may hold, so that the rules about other words need not be
tried.  It may say yes too often, never no too often.  In texts with letters that fold oddly or with endless words it
could: there is no bag then, and every rule is tried.
"""

from __future__ import annotations

import re

from cvdmail.core.extract.clause import Clause
from cvdmail.core.extract.identifiers import MASK
from cvdmail.core.extract.letters import Bag, blanked, folds_oddly, has_run, is_wide
from cvdmail.core.extract.words import Words

_GLUED = re.compile(rf"\w{MASK}|{MASK}\w")
_LONG_TAIL = re.compile(r"['’][^\W\d_]{21}")


class Page:
    """A masked text, and of what is read for claims the forms that rules read; all have the places of the text."""

    def __init__(self, whole: str, limit: int, words: Words) -> None:
        self.masked = whole
        self.words = words
        masked = whole[:limit]
        self.plain = masked.replace("’", "'").replace("\n", " ").replace(MASK, "x")
        self._clauses: dict[tuple[int, int, bool], Clause] = {}
        self._even = not folds_oddly(masked)
        self._lowered = self.plain.lower() if self._even else ""
        self._wide = is_wide(masked)
        self._letters = blanked(masked.lower()) if self._even else b""
        if has_run(self._letters, 21) and (has_run(self._letters, 41) or _LONG_TAIL.search(masked)):
            self._letters = b""

    def clause(self, start: int, end: int, question: bool) -> Clause:
        """Return the clause at a place; asked for again, the same one, with its words as they were read."""
        key = (start, end, question)
        if key not in self._clauses:
            self._clauses[key] = Clause(self.masked, start, end, question, self.words)
        return self._clauses[key]

    def lowered(self, start: int, end: int) -> str:
        """Return a stretch of ``plain`` in lower case; as it stands where lower case has other places."""
        if self._even:
            return self._lowered[start:end]
        words = self.plain[start:end]
        lowered = words.lower()
        return lowered if len(lowered) == len(words) else words

    def bag(self, start: int, end: int) -> Bag | None:
        """Return the words of a stretch that begins and ends between words, or None if any word may be there."""
        if not self._letters:
            return None
        words = frozenset(self._letters[start:end].split())
        if self.masked.find(MASK, start, end) >= 0 and _GLUED.search(self.masked, start, end) is not None:
            words |= frozenset(blanked(self._lowered[start:end]).split())  # in ``plain`` a hidden name is letters
        wide = self._wide and is_wide(self.masked[start:end])
        return Bag(words, frozenset([word[:4] for word in words]), wide)
