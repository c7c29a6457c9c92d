"""Reading a vendor's mail: its new words, and the facts they state.

The steps, each pure, deterministic and linear in the text:

1. *kind* (:mod:`.mailkind`): a person's reply, or a machine's;
2. *zones* (:mod:`.zones`): the reply's own new lines, apart from quotes, headers and signature.  What is quoted is
   never read: it would give our own words back to us as the vendor's promise;
3. *identifiers* (:mod:`.identifiers`): CVE ids, tickets, versions, addresses; then hidden from what follows;
4. *sentences and clauses* (:mod:`.sentences`);
5. *dates* (:mod:`.dates`): a compositional grammar; what it cannot resolve for certain has no calendar value;
6. *claims* (:mod:`.promises`, :mod:`.verdicts`, :mod:`.versions`): events composed with negation, tense, hedge,
   question and condition.

What costs is kept from what is cheap to rule out.  The words of each sentence are read once (:mod:`.page`), and a rule
is only tried where its own words, or a number, may stand; nearly every sentence is passed over by nearly every rule.
This saves work and decides nothing: where words could hide, every rule is tried.  Nothing is kept from mail to mail.

The words are those of the text's own language and of English, one module a language (:mod:`.languages`), made ready by
:mod:`.words`; phrases are written in a little language of their own (:mod:`.phrase`).

Facts are proposals with their words, never state.  Only an explicit, single, unhedged claim is graded ``sure``; a
machine's mail gives no fact of a person, and its claims are never sure, as anybody's rule of the other end may have
quoted them.  The promise of this package is to be never silently wrong, not to answer always.

Limits: 256 kB of text, 2,000 characters a line, 5,000 lines, 12,000 characters of new text read for claims, 400
sentences of 1,200 characters, 12 dates a sentence, 300 facts a mail.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvdmail.core.extract.bounces import delivery_status_facts, worded_bounces
    from cvdmail.core.extract.facts import Fact, FactKind, Grade, Where, from_json, to_json
    from cvdmail.core.extract.mailkind import MailKind, classify
    from cvdmail.core.extract.reading import Extraction, Reply, extract
    from cvdmail.core.extract.zones import new_text, normalise_line

__all__ = [
    "Extraction",
    "Fact",
    "FactKind",
    "Grade",
    "MailKind",
    "Reply",
    "Where",
    "classify",
    "delivery_status_facts",
    "extract",
    "from_json",
    "new_text",
    "normalise_line",
    "to_json",
    "worded_bounces",
]

# Loaded on first use: the tables of words take a while, and most commands only need the types of facts.
_HOMES = {
    "Extraction": "reading",
    "Fact": "facts",
    "FactKind": "facts",
    "Grade": "facts",
    "MailKind": "mailkind",
    "Reply": "reading",
    "Where": "facts",
    "classify": "mailkind",
    "delivery_status_facts": "bounces",
    "worded_bounces": "bounces",
    "extract": "reading",
    "from_json": "facts",
    "new_text": "zones",
    "normalise_line": "zones",
    "to_json": "facts",
}


def __getattr__(name: str) -> object:
    """Load a public name from the module it lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"cvdmail.core.extract.{_HOMES[name]}"), name)
