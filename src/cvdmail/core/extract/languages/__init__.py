"""The languages that are read: one module of words each, and nothing but words in it.

To add a language, write a module beside these that holds one :class:`~.language.Language` (or, where words are written
without blanks between them, one :class:`~.language.Unspaced` as well), and name it in ``CODES``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from cvdmail.core.extract.languages.language import Language

CODES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ja", "zh", "ko")
"""Two-letter codes (ISO 639-1) of the languages, in the order in which their phrases are tried."""


@cache
def language(code: str) -> Language:
    """Return the words of a language; raise ``KeyError`` for one that has no module."""
    if code not in CODES:
        raise KeyError(code)
    found = import_module(f"cvdmail.core.extract.languages.{code}").LANGUAGE
    if not isinstance(found, Language):
        raise TypeError(f"languages.{code} holds no Language")
    return found
