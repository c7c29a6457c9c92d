"""The little language in which phrases are written, and what a sentence must hold for one to be tried.

A phrase is a row of words, on a line of its own or on several of which all but the last end with ``|``.
``vulnerab*`` is a word that begins so, ``(a|b c)`` one of several, ``[a]`` may be missing, ``~`` stands for up to 40
characters and ``~~`` for up to 90.  Between two words stand blanks or marks.  In a language without blanks the same
signs are used, words touch, and gaps are of 12 and 30 characters.  What stands behind ``!`` must not stand in the
sentence: there the phrase says something else.

From the same row follow the *needs*: of each word or alternative that cannot be missing, the first four letters.  A
sentence without them cannot hold the phrase, and most sentences lack them; so hardly any phrase is ever tried.  A row
is compiled to a regular expression with bounded gaps only, when it is first tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cvdmail.core.extract.letters import Bag, is_wide

_PIECE = re.compile(r"\(([^()]+)\)|\[([^\[\]]+)\]|(~~|~)|([^\s()\[\]~]+)")
_RUN = re.compile(r"(?:(?![\u0100-\U0010ffff])[^\W\d_])+")
_JOIN = r"\W{1,4}"
_GAPS = {"~": r"\b.{1,40}?\b", "~~": r"\b.{1,90}?\b"}
_WIDE_GAPS = {"~": ".{0,12}?", "~~": ".{0,30}?"}


class Phrase:
    """One row of words; ``weak`` for a weaker sign, ``spaced`` for a language that parts words with blanks."""

    def __init__(self, row: str, *, spaced: bool = True) -> None:
        self.weak = row.startswith("?")
        self.row, _, self.unless = (part.strip() for part in row.removeprefix("?").partition("!"))
        self.spaced = spaced
        self.needs = _needs(self.row) if spaced else ()
        self.wide = not spaced or (not self.needs and _is_wide(self.row))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression; it is written for text in lower case with plain apostrophes."""
        return re.compile(self.source)

    @cached_property
    def _excluded(self) -> re.Pattern[str]:
        return re.compile(_spaced(self.unless) if self.spaced else _unspaced(self.unless))

    def search(self, text: str) -> re.Match[str] | None:
        """Find the phrase in the lower-cased words of a sentence."""
        found = self.pattern.search(text)
        if found is None or (self.unless and self._excluded.search(text) is not None):
            return None
        return found

    @property
    def source(self) -> str:
        """The source of the expression."""
        return _spaced(self.row) if self.spaced else _unspaced(self.row)

    def may_stand(self, bag: Bag) -> bool:
        """Say whether a sentence with these words may hold the phrase."""
        if self.wide:
            return bag.wide
        for group in self.needs:  # noqa: SIM110 - a generator costs more than the search
            if group.isdisjoint(bag.heads):
                return False
        return True


def rows(table: str, *, spaced: bool = True) -> tuple[Phrase, ...]:
    """Read a table of phrases, one a line.

    A line with an open bracket or a ``|`` at its end goes on in the next, as does one before a line that begins with
    ``!``.
    """
    lines: list[str] = []
    for line in filter(None, map(str.strip, table.split("\n"))):
        if lines and (_is_open(lines[-1]) or line.startswith("!")):
            lines[-1] += line if lines[-1].endswith(("|", "(", "[")) else f" {line}"
        else:
            lines.append(line)
    return tuple(Phrase(line, spaced=spaced) for line in lines)


def _is_open(line: str) -> bool:
    return line.endswith("|") or line.count("(") > line.count(")") or line.count("[") > line.count("]")


def _word(text: str) -> str:
    return re.escape(text[:-1]) + r"\w*" if text.endswith("*") else re.escape(text)


def _alternatives(text: str) -> str:
    return "|".join(_JOIN.join(map(_word, one.split())) for one in text.split("|"))


def _spaced(row: str) -> str:
    out = ""
    joined = True  # whether the next word may stand right here
    pieces = list(_PIECE.finditer(row))
    while pieces and pieces[-1][2]:
        pieces.pop()
    for match in pieces:
        alternatives, optional, gap, word = match.groups()
        if gap:
            out += _GAPS[gap]
            joined = True
        elif optional:
            out += "" if joined else _JOIN
            out += f"(?:(?:{_alternatives(optional)}){_JOIN})?"
            joined = True
        else:
            out += "" if joined else _JOIN
            out += f"(?:{_alternatives(alternatives)})" if alternatives else _word(word)
            joined = False
    return rf"(?<!\w){out}(?!\w)"


def _unspaced(row: str) -> str:
    out = ""
    for match in _PIECE.finditer(row):
        alternatives, optional, gap, word = match.groups()
        if gap:
            out += _WIDE_GAPS[gap]
        elif optional:
            out += f"(?:{'|'.join(map(re.escape, optional.split('|')))})?"
        elif alternatives:
            out += f"(?:{'|'.join(map(re.escape, alternatives.split('|')))})"
        else:
            out += re.escape(word)
    return out


def _parts(row: str) -> Iterator[list[str]]:
    """Yield the alternatives of each part that cannot be missing."""
    for match in _PIECE.finditer(row):
        alternatives, _, _, word = match.groups()
        if alternatives or word:
            yield alternatives.split("|") if alternatives else [word]


def _is_wide(row: str) -> bool:
    """Say whether no sentence without letters beyond Latin-1 can hold the phrase."""
    return any(all(is_wide(one) for one in part) for part in _parts(row))


def _needs(row: str) -> tuple[frozenset[bytes], ...]:
    """Return for each part that cannot be missing the heads of its first words; parts that tell nothing are left out.

    The most telling part stands first: the one with the fewest alternatives.
    """
    out = []
    for part in _parts(row):
        heads = {_head(one.split()[0]) for one in part if one}
        if heads and None not in heads:
            out.append(frozenset(head for head in heads if head is not None))
    return tuple(sorted(out, key=len))


def _head(word: str) -> bytes | None:
    """Return the first four letters as a bag of words has them; None where they cannot be told.

    A bag parts words at letters beyond Latin-1: the Polish "błędy" is in it as "b" and "dy".  The longest of such
    pieces is taken.
    """
    first = re.match(r"[^\W\d_]+", word)
    if first is None:
        return None
    # "fix*" also begins "fixed", of which the first four letters are others
    goes_on = word.endswith("*") and first.end() == len(word) - 1
    runs = [run[0] for run in _RUN.finditer(first[0]) if len(run[0]) >= 4 or not (goes_on and run.end() == first.end())]
    return max(runs, key=len)[:4].encode("latin-1") if runs else None
