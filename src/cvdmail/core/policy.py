"""What the programme demands: reviews, report parts, which facts may be believed, what happens after silence.

Read from ``config/policy.toml``; its hash is part of every approval, so a changed policy voids what was approved
under the old one.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from cvdmail.core.extract.facts import Grade
from cvdmail.core.ids import Fingerprint
from cvdmail.core.outbox import NO_LIMITS, Limits
from cvdmail.core.report import PARTS, Origin
from cvdmail.core.trust import Trust
from cvdmail.errors import ConfigError


class ResendUnknown(Enum):
    """What to do about a recipient whose server never answered after the final dot."""

    ASK = "ask"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Policy:
    """The disclosure policy in force; ``version`` is the SHA-256 of the file it was read from."""

    version: str
    automated_reviews: int
    engineer_reviews: int
    different_person: bool
    alone: bool
    required_parts: tuple[str, ...]
    believed: frozenset[Trust]
    believed_grades: frozenset[Grade]
    resend_unknown: ResendUnknown
    letter_reviews: int = 1
    limits: Limits = NO_LIMITS
    check_own_copy: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """Whether a draft has the reviews it needs; ``why`` says what is missing, in words for a person."""

    complete: bool
    why: str


_KNOWN = {
    "review": {"automated", "engineer", "different_person", "alone", "letters"},
    "report": {"require"},
    "facts": {"believe", "grades"},
    "sending": {"resend_unknown", "new_per_day", "open_per_vendor", "check_own_copy"},
}


class _Reader:
    """Reads value by value and collects what is wrong instead of stopping at the first."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.problems: list[str] = []
        self._data: dict[str, Mapping[str, object]] = {}
        for table, value in data.items():
            if table not in _KNOWN or not isinstance(value, dict):
                self.problems.append(f"[{table}] is not known; remove it")
                continue
            self._data[table] = value
            self.problems += [f"{table}.{key} is not known; remove it" for key in value if key not in _KNOWN[table]]

    def number(self, table: str, key: str, default: int, below: int = 10) -> int:
        """Read a whole number from 0 to below ``below``."""
        found = self._data.get(table, {}).get(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < below:
            self.problems.append(f"{table}.{key} must be a whole number from 0 to {below - 1}")
            return default
        return found

    def truth(self, table: str, key: str, default: bool) -> bool:
        """Read true or false."""
        found = self._data.get(table, {}).get(key, default)
        if not isinstance(found, bool):
            self.problems.append(f"{table}.{key} must be true or false")
            return default
        return found

    def words(self, table: str, key: str, default: Sequence[str], allowed: Sequence[str]) -> list[str]:
        """Read a list of known words."""
        found = self._data.get(table, {}).get(key, list(default))
        if not isinstance(found, list):
            self.problems.append(f"{table}.{key} must be of type list")
            return list(default)
        unknown = [one for one in found if one not in allowed]
        self.problems += [f"{table}.{key} holds an unknown word; use {', '.join(allowed)}" for _ in unknown]
        return [str(one) for one in found if one in allowed]

    def word(self, table: str, key: str, default: str, allowed: Sequence[str]) -> str:
        """Read one known word."""
        found = self._data.get(table, {}).get(key, default)
        if not isinstance(found, str) or found not in allowed:
            self.problems.append(f"{table}.{key} must be of type str, one of {', '.join(allowed)}")
            return default
        return found


def read(raw: bytes, file: str) -> Policy:
    """Read ``policy.toml``; raise ``ConfigError`` with every problem found."""
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(file, (f"it is not TOML ({error}); correct the line",)) from None
    reader = _Reader(data)
    trusts = [Trust.VERIFIED.value, Trust.AUTHENTICATED.value]
    policy = Policy(
        version=hashlib.sha256(raw).hexdigest(),
        automated_reviews=reader.number("review", "automated", 1),
        engineer_reviews=reader.number("review", "engineer", 1),
        different_person=reader.truth("review", "different_person", True),
        alone=reader.truth("review", "alone", True),
        required_parts=tuple(
            reader.words("report", "require", ["title", "impact", "affected", "reproduction"], list(PARTS))
        ),
        believed=frozenset(Trust(name) for name in reader.words("facts", "believe", trusts, trusts)),
        believed_grades=frozenset(
            Grade(name) for name in reader.words("facts", "grades", ["sure"], [grade.value for grade in Grade])
        ),
        resend_unknown=ResendUnknown(
            reader.word("sending", "resend_unknown", "ask", [choice.value for choice in ResendUnknown])
        ),
        letter_reviews=reader.number("review", "letters", 1),
        limits=Limits(
            reader.number("sending", "new_per_day", 20, 100_000),
            reader.number("sending", "open_per_vendor", 200, 1_000_000),
        ),
        check_own_copy=reader.number("sending", "check_own_copy", 50, 1_000_000),
    )
    if reader.problems:
        raise ConfigError(file, tuple(reader.problems))
    return policy


def review_letter(policy: Policy, approvers: frozenset[Fingerprint], reviewers: frozenset[Fingerprint]) -> Review:
    """Decide whether ``approvers`` suffice for a letter that tells a vendor nothing new: its author may be one."""
    counting = approvers & reviewers
    if len(counting) < policy.letter_reviews:
        return Review(False, f"{len(counting)} of {policy.letter_reviews} approvals by a reviewer")
    return Review(True, "")


def review(
    policy: Policy,
    origin: Origin,
    authors: frozenset[Fingerprint],
    approvers: frozenset[Fingerprint],
    reviewers: frozenset[Fingerprint],
) -> Review:
    """Decide whether ``approvers`` suffice for a draft; only people with the reviewer's role count.

    ``authors`` is everybody who wrote on it: who changed a draft does not review it.

    A finding of an automated system needs an engineer; a finding of an engineer needs different ones.  Where the
    configuration names a single person, ``alone`` decides whether that person may approve its own draft.
    """
    needed = policy.automated_reviews if origin is Origin.AUTOMATED else policy.engineer_reviews
    counting = approvers & reviewers
    alone = policy.alone and len(reviewers) == 1 and reviewers <= authors
    if origin is Origin.ENGINEER and policy.different_person and not alone:
        counting -= authors
        if len(counting) < needed and authors & approvers:
            return Review(False, "the author's own approval does not count: a different reviewer must approve")
    if len(counting) < needed:
        return Review(False, f"{len(counting)} of {needed} approvals by a reviewer")
    return Review(True, "")
