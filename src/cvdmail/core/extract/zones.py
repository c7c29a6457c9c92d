"""Which lines of a mail are the writer's own new words.

Every line gets one zone and the rule that decided it; nothing is deleted, the other zones are only not read.  The
evidence, strongest first:

1. quote marks at the head of a line, and what the structure of the HTML part says (:mod:`cvdmail.core.html_match`);
2. lines known from earlier mails of the thread, wrapped anew or not, which is free of language and finds quotes
   without any mark (:mod:`.zone_known`);
3. header blocks as Outlook and forwarding leave them: consecutive "word: value" lines, either with known words or
   with an address and a time; what follows is quoted to the end;
4. attribution lines: up to four lines ending in a colon that hold a date or time and an address or a writing verb;
5. the ends of a mail: ``-- `` (RFC 3676 section 4.3), a closing formula, a mobile tag, a disclaimer, a list footer, the
   frame of a ticket system (:mod:`.zone_ends`, :mod:`.zone_tickets`).

Below a header block or an attribution without marks, a line is an inline answer if it is marked with initials in
brackets (``[TM] In May``), if it stands in a colour of its own, or if it stands unknown between lines that are known.
Where the words above say that answers stand below, or nothing else is new, what follows a question there is ``UNSURE``:
it is read, and a person has to look.  A sentence is never cut off as a signature: losing a vendor's word is worse than
keeping a slogan.

All is one pass over lines; every pattern is linear.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cvdmail.core.extract.zone_ends import Ends
from cvdmail.core.extract.zone_known import known_words
from cvdmail.core.extract.zone_lines import INITIALS, MAX_LINE, MAX_LINES, MAX_TEXT, Line, Zone, normalise_line
from cvdmail.core.extract.zone_quotes import Quotes

__all__ = [
    "MAX_LINE",
    "MAX_LINES",
    "MAX_TEXT",
    "Context",
    "Line",
    "NewText",
    "Zone",
    "join_new",
    "known_words",
    "label_lines",
    "new_text",
    "normalise_line",
    "read",
]

MAX_QUESTION = 600
"""Characters of a quoted question that are kept, its end."""
_READ = frozenset({Zone.NEW, Zone.INLINE, Zone.UNSURE})
_NEW = (Zone.NEW, "new.rest")
_QUOTED = frozenset({Zone.QUOTED, Zone.FORWARDED})
_QUOTE_MARKS = re.compile(r"[\s>＞|¦]{1,20}|\s{0,8}[A-Z][A-Za-z]{0,2}>\s?")
_SENTENCE_START = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])")
_ASKING = re.compile(
    r"[?？]|[か吗呢까]。?$|\b(?:please|kindly|let us know|tell us|could you|bitte"
    r"|merci de|veuillez|por favor|пожалуйста)\b"
    r"|お願い|ください|请|부탁",
    re.IGNORECASE,
)


class Context(NamedTuple):
    """An answer among quoted words: its range in the new text, and the quoted question right above it.

    The question is context for reading the answer, never read for facts itself.
    """

    start: int
    end: int
    question: str


class NewText(NamedTuple):
    """The new words of a mail; ranges are of ``text``.

    ``contexts`` are the answers that stand below a quoted question.  ``unsure`` are ranges of which it is not certain
    that the writer of the mail wrote them: what is read there needs a person.
    """

    text: str
    lines: tuple[Line, ...]
    contexts: tuple[Context, ...]
    unsure: tuple[tuple[int, int], ...]


def read(plain: str, known_lines: frozenset[str] = frozenset()) -> NewText:
    """Return the reply's own new words with what is to be known about their places.

    ``known_lines`` is what :func:`known_words` returns for earlier mails of the thread.
    """
    lines = label_lines(plain, known_lines)
    text, places = _joined(lines)
    return NewText(text, lines, _contexts(lines, places), _unsure(lines, places))


def new_text(plain: str, known_lines: frozenset[str] = frozenset()) -> str:
    """Return the reply's own new words: quotes, attribution lines, quoted headers and the signature removed."""
    return join_new(label_lines(plain, known_lines))


def join_new(lines: tuple[Line, ...]) -> str:
    """Join the lines that are to be read, without outer blank lines and with single ones inside."""
    return _joined(lines)[0]


def label_lines(plain: str, known_lines: frozenset[str] = frozenset()) -> tuple[Line, ...]:
    """Give every line of a body (cut at the limits) its zone."""
    text = plain[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    lines = [line[:MAX_LINE] for line in text.split("\n", MAX_LINES)[:MAX_LINES]]
    zones = Ends(text, lines, Quotes(text, lines, known_lines).run()).run()
    return tuple([Line(line, *(zone or _NEW)) for line, zone in zip(lines, zones, strict=True)])


def _joined(lines: tuple[Line, ...]) -> tuple[str, dict[int, tuple[int, int]]]:
    """Join the lines that are to be read; tell the range of each of them in the whole by its number."""
    out: list[str] = []
    places: dict[int, tuple[int, int]] = {}
    at = 0
    for number, line in enumerate(lines):
        if line.zone not in _READ:
            continue
        text = INITIALS.sub("", line.text, count=1) if line.zone is Zone.INLINE else line.text
        text = text.rstrip()
        if text:
            places[number] = (at, at + len(text))
        elif not out or not out[-1]:
            continue
        out.append(text)
        at += len(text) + 1
    while out and not out[-1]:
        out.pop()
    return "\n".join(out), places


def _unsure(lines: tuple[Line, ...], places: dict[int, tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for number, (start, end) in places.items():
        if lines[number].zone is not Zone.UNSURE:
            continue
        if found and found[-1][1] + 1 == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def _contexts(lines: tuple[Line, ...], places: dict[int, tuple[int, int]]) -> tuple[Context, ...]:
    """Find the answers: runs of new lines right below quoted ones that ask something."""
    found: list[Context] = []
    quoted: list[str] = []  # the last paragraph of the quote above
    run: list[int] = []
    ended = False
    for number, line in enumerate(lines):
        if line.zone in _READ:
            if number in places:
                run.append(number)
        elif line.zone in _QUOTED:
            if run:
                found += _context(quoted, run, places)
                quoted, run, ended = [], [], False
            bare = _unquoted(line.text)
            if bare and ended:
                quoted, ended = [bare], False
            elif bare:
                quoted.append(bare)
            else:
                ended = True
    return (*found, *_context(quoted, run, places))


def _context(quoted: list[str], run: list[int], places: dict[int, tuple[int, int]]) -> list[Context]:
    said = " ".join(quoted[-12:])[-MAX_QUESTION:]
    if not run or not said:
        return []
    question = next((one for one in reversed(_SENTENCE_START.split(said)) if one.strip()), "").strip()
    if _ASKING.search(question) is None:
        return []
    return [Context(places[run[0]][0], places[run[-1]][1], question)]


def _unquoted(line: str) -> str:
    mark = _QUOTE_MARKS.match(line)
    return line[mark.end() :].strip() if mark is not None else line.strip()
