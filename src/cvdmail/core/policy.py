"""What the programme demands: reviews, report parts, which facts may be believed, what happens after silence.

Read from ``config/policy.toml``; its hash is part of every approval, so a changed policy voids what was approved
under the old one.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cvdmail.core.extract.facts import Grade
from cvdmail.core.ids import Fingerprint
from cvdmail.core.matching import Trust
from cvdmail.core.report import PARTS, Origin
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


@dataclass(frozen=True, slots=True)
class Review:
    """Whether a draft has the reviews it needs; ``why`` says what is missing, in words for a person."""

    complete: bool
    why: str


def read(raw: bytes, file: str) -> Policy:
    """Read ``policy.toml``; raise ``ConfigError`` with every problem found."""
    problems: list[str] = []
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(file, (f"it is not TOML ({error}); correct the line",)) from None
    known = {
        "review": {"automated", "engineer", "different_person", "alone"},
        "report": {"require"},
        "facts": {"believe", "grades"},
        "sending": {"resend_unknown"},
    }
    for table, value in data.items():
        if table not in known or not isinstance(value, dict):
            problems.append(f"[{table}] is not known; remove it")
            continue
        problems += [f"{table}.{key} is not known; remove it" for key in value if key not in known[table]]

    def get(table: str, key: str, kind: type, default: object) -> object:
        found = data.get(table, {}).get(key, default) if isinstance(data.get(table, {}), dict) else default
        odd = kind is int and (isinstance(found, bool) or found not in range(10))
        if not isinstance(found, kind) or odd:
            problems.append(f"{table}.{key} must be of type {kind.__name__}")
            return default
        return found

    require = get("report", "require", list, ["title", "impact", "affected", "reproduction"])
    believe = get("facts", "believe", list, ["verified", "authenticated"])
    grades = get("facts", "grades", list, ["sure"])
    resend = get("sending", "resend_unknown", str, "ask")
    problems += _unknown("report.require", require, list(PARTS))
    problems += _unknown("facts.believe", believe, [Trust.VERIFIED.value, Trust.AUTHENTICATED.value])
    problems += _unknown("facts.grades", grades, [grade.value for grade in Grade])
    problems += _unknown("sending.resend_unknown", [resend], [choice.value for choice in ResendUnknown])
    policy = (
        get("review", "automated", int, 1),
        get("review", "engineer", int, 1),
        get("review", "different_person", bool, True),
        get("review", "alone", bool, True),
    )
    if problems:
        raise ConfigError(file, tuple(problems))
    assert isinstance(require, list) and isinstance(believe, list) and isinstance(grades, list)
    return Policy(
        version=hashlib.sha256(raw).hexdigest(),
        automated_reviews=int(str(policy[0])),
        engineer_reviews=int(str(policy[1])),
        different_person=bool(policy[2]),
        alone=bool(policy[3]),
        required_parts=tuple(str(part) for part in require),
        believed=frozenset(Trust(name) for name in believe),
        believed_grades=frozenset(Grade(name) for name in grades),
        resend_unknown=ResendUnknown(resend),
    )


def _unknown(where: str, values: object, allowed: Sequence[str]) -> list[str]:
    if not isinstance(values, list):
        return []
    return [f"{where} holds an unknown word; use {', '.join(allowed)}" for value in values if value not in allowed]


def review(
    policy: Policy,
    origin: Origin,
    author: Fingerprint,
    approvers: frozenset[Fingerprint],
    reviewers: frozenset[Fingerprint],
) -> Review:
    """Decide whether ``approvers`` suffice for a draft of ``author``; only people with the reviewer's role count.

    A finding of an automated system needs an engineer; a finding of an engineer needs different ones.  Where the
    configuration names a single person, ``alone`` decides whether that person may approve its own draft.
    """
    needed = policy.automated_reviews if origin is Origin.AUTOMATED else policy.engineer_reviews
    counting = approvers & reviewers
    alone = policy.alone and reviewers == {author}
    if origin is Origin.ENGINEER and policy.different_person and not alone:
        counting -= {author}
        if len(counting) < needed and author in approvers:
            return Review(False, "the author's own approval does not count: a different reviewer must approve")
    if len(counting) < needed:
        return Review(False, f"{len(counting)} of {needed} approvals by a reviewer")
    return Review(True, "")
