"""Language, sentences and clauses of the new text.

All work is done on the masked text, whose places are those of the text itself, so that the dots of versions and
addresses end no sentence.  Both patterns begin with the few characters at which anything can be cut: the search skips
from one of them to the next.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from cvdmail.core.extract.languages import CODES
from cvdmail.core.extract.languages import language as language_of
from cvdmail.core.extract.letters import blanked, folds_oddly, has_run, is_wide, latin
from cvdmail.core.extract.words import Words

MAX_SENTENCES = 400
"""Sentences that are read for claims."""
MAX_SENTENCE = 1_200
"""Characters of one sentence that are read as one; longer ones are cut into pieces."""

_BREAK = re.compile(
    r"[。！？.!?…\n:](?:"
    r"(?<=[。！？])[。！？]*[」』\"]?"
    r"|(?<=[.!?…])(?<![.!?…]{2})[.!?…]*[)\"'”’\ue000*_]{0,3}(?=\s|$)"
    r"|(?<=\n)(?:[ \t]*\n|(?=[ \t]*(?:[-*•·–—]|[0-9]{1,2}[.)])[ \t]))"
    r"|(?<=:)[ \t]*\n)"
)


_LABEL = 40
"""Characters before a colon that are no label of what follows, but a clause of its own."""


class Sentence(NamedTuple):
    """``text[start:end]``, and whether it asks."""

    start: int
    end: int
    question: bool


def sentences(masked: str, words: Words) -> list[Sentence]:
    """Split masked text into at most ``MAX_SENTENCES`` sentences, without outer blanks."""
    out: list[Sentence] = []
    begin = 0
    for match in _BREAK.finditer(masked):
        if match[0][0] == "." and _abbreviated(masked, match.start(), match.end(), words):
            continue
        _cut(out, masked, begin, match.end())
        begin = match.end()
        if len(out) >= MAX_SENTENCES:
            return out[:MAX_SENTENCES]
    _cut(out, masked, begin, len(masked))
    return out[:MAX_SENTENCES]


def clauses(masked: str, sentence: Sentence, words: Words) -> list[tuple[int, int]]:
    """Split a sentence into clauses: places of the text, in order."""
    out = []
    begin = sentence.start
    lead = words.clause_lead.match(masked, sentence.start, sentence.end)
    comma = masked.find(",", lead.end(), sentence.end) if lead is not None else -1
    for match in words.clause_break.finditer(masked, sentence.start, sentence.end):
        if 0 < comma < match.start() - 1 and comma - begin >= 8:
            out.append((begin, comma))
            begin, comma = comma, -1
        if match.start() - begin >= (4 if match[0] in "，、" else _LABEL if match[0] == ": " else 8):
            out.append((begin, match.start()))
            begin = match.start()
    if comma > 0 and comma - begin >= 8:
        out.append((begin, comma))
        begin = comma
    out.append((begin, sentence.end))
    return out


def _cut(out: list[Sentence], masked: str, start: int, end: int) -> None:
    if masked.find("\n", start, end) < 0 and end - start <= MAX_SENTENCE:
        _add(out, masked, start, end)
        return
    for part_start, part_end in _short_lines(masked, start, end):
        for begin in range(part_start, part_end, MAX_SENTENCE):
            _add(out, masked, begin, min(begin + MAX_SENTENCE, part_end))


def _add(out: list[Sentence], masked: str, begin: int, stop: int) -> None:
    piece = masked[begin:stop]
    body = piece.lstrip(" \t\n-*•·>")
    begin += len(piece) - len(body)
    body = body.rstrip()
    if body:
        asks = body.endswith(("?", "？", '?"', "?)", "か。", "吗。", "呢。"))
        out.append(Sentence(begin, begin + len(body), asks))


def _short_lines(masked: str, start: int, end: int) -> list[tuple[int, int]]:
    """A short line before one that begins with a capital is a line of its own (a greeting, an item of a list)."""
    out = []
    begin = start
    at = masked.find("\n", start, end)
    while at != -1:
        line_start = masked.rfind("\n", 0, at) + 1
        follows = masked[at + 1 : min(end, at + 41)].lstrip()[:1]
        if masked[line_start:at].strip() and at - line_start < 45 and (follows.isupper() or follows > "\u3000"):
            out.append((begin, at))
            begin = at + 1
        at = masked.find("\n", at + 1, end)
    out.append((begin, end))
    return out


def _abbreviated(masked: str, dot: int, end: int, table: Words) -> bool:
    """Say whether a dot ends an abbreviation or a German day number, not a sentence."""
    if end - dot > 1:
        return False
    words = masked[max(0, dot - 12) : dot].rsplit(None, 1)
    word = words[-1].lower().lstrip("(\"'") if words else ""
    if word not in table.abbreviations and not word.replace(".", "").isdigit():
        return False
    following = masked[dot + 1 : dot + 24].split()
    raw = following[0].strip(",.") if following else ""
    after = raw.lower()
    if word.isdigit() and len(word) <= 2:
        named = (
            after in table.months or after in table.short_months or after in table.units or after in table.half_words
        )
        return named or raw[:1].islower() or after in table.week_names or after in table.weekdays
    if word.replace(".", "").isdigit() and raw[:1].islower():
        return True
    return word in table.abbreviations and bool(after) and word != "no"


_STOPWORDS = {code: frozenset(small.split()) for code in CODES if (small := language_of(code).small_words)}
_STOPWORD_OF = {
    word: tuple(code for code, stop in _STOPWORDS.items() if word in stop)
    for word in frozenset().union(*_STOPWORDS.values())
}
_SCRIPTS = tuple(
    re.compile(script) for script in ("[\u3040-\u30ff]", "[\u4e00-\u9fff]", "[\uac00-\ud7a3]", "[\u0400-\u04ff]")
)
_LATIN_STOPWORDS = latin(_STOPWORD_OF)
_WORD = re.compile(r"[^\W\d_]{1,20}")


def language(text: str) -> str | None:
    """Guess the two-letter language of a text from its script and smallest words; None when it is too short to say."""
    sample = text[:4_000]
    if is_wide(sample):
        script = _language_of_script(sample)
        if script is not None:
            return script
    scores = dict.fromkeys(_STOPWORDS, 0)
    for word, count in Counter(_small_words(sample)).items():
        for code in _STOPWORD_OF[word]:
            scores[code] += count
    ranked = sorted(scores, key=scores.__getitem__, reverse=True)
    best, second = ranked[0], ranked[min(1, len(ranked) - 1)]
    if len(ranked) == 1:
        return best
    if scores[best] == 0 or scores[best] == scores[second]:
        return None
    return best


def _language_of_script(sample: str) -> str | None:
    kana, han, hangul, cyrillic = (len(script.findall(sample)) for script in _SCRIPTS)
    if not (kana or han or hangul or cyrillic):
        return None
    letters = sum(map(str.isalpha, sample))
    if hangul * 4 > letters:
        return "ko"
    if (kana + han) * 4 > letters:
        return "ja" if kana * 12 > han else "zh"
    if cyrillic * 2 > letters:
        return "ru"
    return None


def _small_words(sample: str) -> list[str]:
    """Return the small words of the languages above that stand in a sample, each as often as it does."""
    if not is_wide(sample) and not folds_oddly(sample):
        letters = blanked(sample.lower())
        if not has_run(letters, 21):
            return [word.decode("latin-1") for word in letters.split() if word in _LATIN_STOPWORDS]
    return [word for found in _WORD.findall(sample) if (word := found.lower()) in _STOPWORD_OF]
