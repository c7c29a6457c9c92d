"""Why a mail was filed or held: the evidence, kept beside what was read, and told to a person later.

Every decision is stored with what it rested on at that moment, because the world moves on: contacts are confirmed, keys
pinned, cases opened.  :func:`evidence_json` is written (sealed) when a mail is judged, :func:`read_evidence` reads it
back, whatever version of the program wrote it, and :func:`lines` tells it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cvdmail.core import matching
from cvdmail.core.gpgstatus import Signature, SignatureState
from cvdmail.core.ids import Address
from cvdmail.core.matching import Clue, Decision, Match, Verdict
from cvdmail.core.sender import Sender
from cvdmail.core.trust import Authentication, Trust, known_sender


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Who was heard about a mail: its signature, its sender as read, our own mail host, its protected headers."""

    signature: Signature
    sender: Sender
    known: Collection[Address]
    transport: Authentication
    headers_agree: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """One clue as it was: whose mail it might be, why, whether that is certain; a likeness has a score and reasons."""

    case: str
    participant: int
    evidence: str
    certain: bool
    score: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rested on; ``rule`` is the line of the table that joined match and trust."""

    hints: tuple[Hint, ...] = ()
    match: str = "none"
    trust: str = "unauthenticated"
    trust_why: str = ""
    signature: str = "none"
    fingerprint: str | None = None
    signature_note: str = ""
    authentication: str = "none"
    sender_fault: str | None = None
    sender_known: bool = False
    headers_agree: bool = True
    verdict: str = "held"
    facts_believable: bool = False
    rule: str = ""
    unknown: tuple[str, ...] = field(default=(), repr=False)


def evidence_json(
    found: Match, decision: Decision, trusted: Trust, suspected: str | None, heard: Witnesses
) -> dict[str, Any]:
    """Return what a verdict rests on, as it is kept; ``suspected`` says in words what makes the mail suspicious."""
    kind = "certain" if found.certain else "conflicting" if found.conflicting else "probable" if found.clues else "none"
    evidence = Evidence(
        hints=tuple(_hint(clue) for clue in found.clues),
        match=kind,
        trust=trusted.value,
        trust_why=suspected or _trust_why(trusted, heard),
        signature=heard.signature.state.value,
        fingerprint=heard.signature.fingerprint,
        signature_note=heard.signature.note,
        authentication=heard.transport.value,
        sender_fault=heard.sender.fault.value if heard.sender.fault is not None else None,
        sender_known=known_sender(heard.sender, heard.known),
        headers_agree=heard.headers_agree,
        verdict=decision.verdict.value,
        facts_believable=decision.facts_believable,
        rule=_rule(kind, trusted, decision),
    )
    kept = {name: getattr(evidence, name) for name in _KEPT}
    return kept | {"hints": [{name: getattr(hint, name) for name in _KEPT_OF_HINT} for hint in evidence.hints]}


_KEPT = tuple(name for name in Evidence.__dataclass_fields__ if name != "unknown")
_KEPT_OF_HINT = tuple(Hint.__dataclass_fields__)


def overruled(kept: Mapping[str, Any], why: str) -> dict[str, Any]:
    """Return the same evidence for a mail that is held after all, and why."""
    return {**kept, "verdict": Verdict.HELD.value, "facts_believable": False, "rule": f"held: {why}"}


def _hint(clue: Clue) -> Hint:
    # Clues that come from likeness say how like, and in what; the others are there or not.
    score = clue.score if clue.evidence is matching.Evidence.SIMILARITY else None
    return Hint(str(clue.case), clue.participant, clue.evidence.value, clue.certain, score, clue.why or None)


def _trust_why(trusted: Trust, heard: Witnesses) -> str:
    if trusted is Trust.VERIFIED:
        return "one good signature over the whole, by a key that is pinned for this participant"
    if trusted is Trust.AUTHENTICATED:
        return "a known sender, and our mail host vouches for its domain"
    if trusted is Trust.SUSPICIOUS:
        return "something speaks against it"
    reasons = [_UNSIGNED.get(heard.signature.state, f"its signature is {heard.signature.state.value}")]
    if heard.transport is not Authentication.PASS:
        reasons.append("our mail host does not vouch for the sender's domain")
    elif not known_sender(heard.sender, heard.known):
        reasons.append("the sender is no known address of this participant")
    return ", ".join(reasons)


_UNSIGNED = {
    SignatureState.NONE: "it is not signed",
    SignatureState.UNKNOWN_KEY: "it is signed by a key that nobody has pinned",
}
_MATCHES = {
    "certain": "certain match",
    "conflicting": "certain clues for several participants",
    "probable": "probable match only",
    "none": "no match",
}


def _rule(match: str, trusted: Trust, decision: Decision) -> str:
    """Say which line of the table of filing and believing joined the two verdicts."""
    both = f"{_MATCHES[match]}, {trusted.value} sender"
    if decision.verdict is Verdict.FILED:
        end = "facts accepted as policy says" if decision.facts_believable else "facts stay proposed"
        return f"{both}: filed, {end}"
    joined = match == "certain" and trusted is not Trust.SUSPICIOUS
    return f"held: {decision.why}" if joined else f"{both}: held"


def read_evidence(kept: object) -> Evidence | None:
    """Read what :func:`evidence_json` wrote; None if there is nothing that can be read.

    Names that this version does not know are listed in ``unknown``, not lost in silence.
    """
    if not isinstance(kept, Mapping):
        return None
    own = set(Evidence.__dataclass_fields__) - {"hints", "unknown"}
    try:
        hints = tuple(_read_hint(one) for one in kept.get("hints", ()))
        known = {name: value for name, value in kept.items() if name in own and _fits(name, value)}
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError):
        return None
    extra = tuple(sorted(str(name) for name in kept if name not in own | {"hints"}))
    return replace(Evidence(**known), hints=hints, unknown=extra)


_TEXTS = frozenset({"fingerprint", "sender_fault"})
_FLAGS = frozenset({"sender_known", "headers_agree", "facts_believable"})


def _fits(name: str, value: object) -> bool:
    if name in _FLAGS:
        return isinstance(value, bool)
    return isinstance(value, str) or (name in _TEXTS and value is None)


def _read_hint(kept: Mapping[str, Any]) -> Hint:
    score, why = kept.get("score"), kept.get("why")
    return Hint(
        str(kept["case"]),
        int(kept["participant"]),
        str(kept["evidence"]),
        bool(kept["certain"]),
        float(score) if isinstance(score, int | float) else None,
        why if isinstance(why, str) else None,
    )


def lines(evidence: Evidence) -> list[str]:
    """Tell the evidence to a person, one thing a line; words from outside in it are not made safe here."""
    told = [hint_line(hint) for hint in evidence.hints] or ["no clue to any case"]
    told.append(f"trust: {evidence.trust}" + (f" ({evidence.trust_why})" if evidence.trust_why else ""))
    signed = f"signature: {evidence.signature}"
    signed += f" by {evidence.fingerprint}" if evidence.fingerprint else ""
    told.append(signed + (f" ({evidence.signature_note})" if evidence.signature_note else ""))
    told.append(f"our mail host about the sender's domain: {evidence.authentication}")
    told.append(f"sender: {evidence.sender_fault or ('known' if evidence.sender_known else 'not known')}")
    if not evidence.headers_agree:
        told.append("its protected headers do not fit the outside")
    if evidence.rule:
        told.append(f"rule: {evidence.rule}")
    return told


def hint_line(hint: Hint) -> str:
    """Tell one clue."""
    sure = "certain" if hint.certain else "probable"
    like = f", {hint.score:.2f}" if hint.score is not None else ""
    return f"clue: {hint.case} participant {hint.participant}, {hint.evidence}, {sure}{like}" + (
        f" ({hint.why})" if hint.why else ""
    )
