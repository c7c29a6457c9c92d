"""Case text in a letter that is to go in clear: the second line behind templates that hold none.

Theory.  A letter in clear has a template of its own that is given no case text, and people's own words only where the
policy is answered.  This is the check for when that fails: somebody copied a sentence, or a template was changed.  It
looks for what gives a finding away: the title of a report, the name of its product, a whole line of three words or
more, any six words in a row.  Words are compared without regard to case, blanks, line ends and punctuation.  It finds
copies, not paraphrases; a person reads every such letter and signs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

RUN = 6
"""So many words in a row are a quotation."""
LINE = 3
"""A line of fewer words is a heading, a greeting, a value."""
PRODUCT = 4
"""A name of fewer letters is in too many words."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class CaseText:
    """What must not be in a letter: the title and product of one case, and its report as it was written.

    ``vendor`` is the party's own name: a letter to it may say it, even where the product is called the same.
    """

    title: str = field(repr=False)
    product: str = field(repr=False)
    report: str = field(repr=False)
    vendor: str = ""


def leaks(text: str, secrets: Iterable[CaseText], ours: Collection[str] = ()) -> str | None:
    """Say what of a case stands in ``text``, in words that do not repeat it; None if nothing does.

    ``ours`` are lines of our own that may stand in a report as in any letter: the name and address of the mailbox.
    """
    words = _words(text)
    letter = f" {' '.join(words)} "
    runs = {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
    allowed = {" ".join(_words(line)) for line in ours}
    for secret in secrets:
        if (title := " ".join(_words(secret.title))) and f" {title} " in letter:
            return "the title of a report"
        if _names_product(letter, secret):
            return "the name of a product"
        if any(f" {line} " in letter for line in _lines(secret.report) if line not in allowed):
            return "a line of a report"
        report = _words(secret.report)
        if any(tuple(report[start : start + RUN]) in runs for start in range(len(report) - RUN + 1)):
            return "words of a report"
    return None


def _names_product(letter: str, secret: CaseText) -> bool:
    product = " ".join(_words(secret.product))
    vendor = " ".join(_words(secret.vendor))
    if sum(char.isalpha() for char in product) < PRODUCT or f" {product} " in f" {vendor} ":
        return False
    return f" {product} " in letter


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _lines(report: str) -> Iterator[str]:
    for line in report.splitlines():
        words = _words(line)
        if len(words) >= LINE:
            yield " ".join(words)
