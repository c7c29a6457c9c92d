"""A fact in a few words, for people."""

from __future__ import annotations

from cvdmail.core.extract.facts import (
    Absence,
    Acknowledgement,
    Bounce,
    Bound,
    DatePromise,
    Fact,
    FixedVersion,
    Identifier,
    KeyOffered,
    Redirect,
    Triage,
)


def in_words(fact: Fact) -> str:
    """Return kind and value of a fact; text from outside in it must still be made visible."""
    name = fact.kind.value.replace("_", " ")
    match fact.value:
        case DatePromise() as value:
            return f"{name} {value.status.value}" + ("" if value.first is None else f": {days_of(value)}")
        case Triage(verdict):
            return f"{name}: {verdict.value}"
        case Identifier(number):
            return f"{name} {number}"
        case FixedVersion(version):
            return f"{name} {version}"
        case Redirect(to):
            return f"{name} to {to}"
        case Acknowledgement(by):
            return f"{name} by {by.value}"
        case KeyOffered(fingerprint) if fingerprint is not None:
            return f"{name}: {fingerprint}"
        case Absence(until) if until is not None:
            return f"{name} until {until}"
        case Bounce(permanent=permanent):
            return f"{name}, {'for good' if permanent else 'for now'}"
        case _:
            return name


def days_of(value: DatePromise) -> str:
    """Return the days of a promise as they bind: ``by 2026-03-31``."""
    if value.first is None:
        return "no calendar date"
    if value.bound is Bound.BY:
        return f"by {value.last}"
    if value.bound is Bound.NOT_BEFORE:
        return f"not before {value.first}"
    return f"{value.first}" if value.first == value.last else f"{value.first} to {value.last}"
