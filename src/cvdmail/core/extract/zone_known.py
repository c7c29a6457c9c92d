"""What is known from earlier mails of a thread, and quoted lines that are found by it without any mark.

The words of a mail are kept as its lines and its paragraphs, both normalised.  A line that was wrapped anew is then no
line of the earlier mail any more, but still a stretch of one of its paragraphs: every shingle of it is known, in their
order.  That is free of language, and needs one search in what is known for each line that is not known otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cvdmail.core.extract.zone_lines import normalise_line

SHORTEST_LINE = 20
"""Characters; shorter lines are anybody's."""
_MIN_KNOWN = 12
"""Shorter lines ("Hi,", "Thanks") are in every mail and prove no quote."""
_MIN_STRETCH = 24
_MIN_WORDS = 5
_MOST_LOOKED = 24_000_000
"""Characters that are looked through for one mail."""


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """Return lines and paragraphs of earlier mails, normalised, as ``known_lines`` of a reply takes them."""
    found: set[str] = set()
    for text in texts:
        paragraph: list[str] = []
        for line in [*text.split("\n"), ""]:
            bare = normalise_line(line)
            if len(line) > SHORTEST_LINE:
                found.add(bare)
            if bare:
                paragraph.append(bare)
            else:
                if len(paragraph) > 1:
                    found.add(" ".join(paragraph))
                paragraph = []
    return frozenset(found)


def known_among(lines: Sequence[str], known: frozenset[str]) -> list[bool]:
    """Say of every line whether it is known: as a line, or as a stretch of a paragraph."""
    keys = [normalise_line(line) for line in lines]
    found = [len(key) >= _MIN_KNOWN and key in known for key in keys]
    row = "\n".join(known)
    budget = _MOST_LOOKED
    for i, key in enumerate(keys):
        if found[i] or not key or budget < 0:
            continue
        if (len(key) >= _MIN_STRETCH and key.count(" ") >= _MIN_WORDS - 1) or _is_long_without_blanks(key):
            budget -= len(row)
            found[i] = key in row
        elif i and found[i - 1] and keys[i - 1]:
            # The last words of a paragraph that was wrapped anew: known together with the end of the line above.
            budget -= len(row)
            found[i] = f"{keys[i - 1][-_MIN_STRETCH:]} {key}" in row
    for i in range(len(keys) - 2, -1, -1):
        if not found[i] and keys[i] and found[i + 1] and budget >= 0:
            budget -= len(row)
            found[i] = f"{keys[i]} {keys[i + 1][:_MIN_STRETCH]}" in row
    return found


def _is_long_without_blanks(key: str) -> bool:
    return len(key) >= _MIN_STRETCH and not key.isascii() and " " not in key
