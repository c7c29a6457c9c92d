"""Languages, as far as letters need them: a tag of BCP 47 (RFC 5646), read strictly, and what to try for it.

A tag becomes the name of a folder; nothing but letters, digits and single hyphens gets that far.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cvdmail.errors import Refused

# language, then script, region, variants: no private use, no extensions, no grandfathered tags; letters need none.
_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)\Z")


@dataclass(frozen=True, slots=True)
class Language:
    """A language tag in the case that RFC 5646 section 2.1.1 recommends: ``de``, ``de-AT``, ``zh-Hant-TW``."""

    tag: str

    @classmethod
    def parse(cls, text: str) -> Language:
        """Read a tag without regard to case; raise ``Refused``."""
        found = _TAG.match(text.lower()) if text.isascii() and len(text) <= 35 else None
        if found is None:
            raise Refused("language", "it is not a tag like de or de-AT (BCP 47)", "correct it")
        language, script, region, variants = found.groups()
        pieces = [language, *([script.title()] if script else []), *([region.upper()] if region else [])]
        return cls("-".join(pieces) + variants)

    def __str__(self) -> str:
        return self.tag

    def lookup(self) -> tuple[str, ...]:
        """Return the tags to try, the most special first (RFC 4647 section 3.4)."""
        pieces = self.tag.split("-")
        return tuple("-".join(pieces[:count]) for count in range(len(pieces), 0, -1))
