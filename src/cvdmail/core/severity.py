"""How bad a finding is: a CVSS vector checked by the CVSS library, or a plain word; and how urgent that makes it."""

from __future__ import annotations

from collections.abc import Mapping

# The middle of each band of the qualitative scale of CVSS 3.1, section 5, roughly.
WORDS: Mapping[str, float] = {"critical": 9.5, "high": 8.0, "medium": 5.5, "low": 2.0, "none": 0.0}
UNKNOWN = 5.5


def score(severity: str) -> float | None:
    """Return the base score (0 to 10) of a vector of CVSS 2, 3 or 4 or of a plain word; None if it is neither."""
    text = severity.strip()
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    from cvss import CVSS2, CVSS3, CVSS4, CVSSError  # type: ignore[attr-defined]  # slow to import, seldom needed

    kind = CVSS4 if text.startswith("CVSS:4") else CVSS3 if text.startswith("CVSS:3") else CVSS2
    try:
        found = kind(text).base_score
    except (CVSSError, ValueError, KeyError, IndexError):
        return None
    return None if found is None else float(found)


def urgency(severity: str | None) -> int:
    """Return 0 (most urgent) to 100 for what a report says of its severity.

    What is not said, or cannot be read, counts as the middle: it must neither push ahead nor be forgotten.
    """
    known = score(severity) if severity is not None else None
    return round(100 - 10 * (UNKNOWN if known is None else known))
