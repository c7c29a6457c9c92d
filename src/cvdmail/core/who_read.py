"""Who read a fact: the program by one of its rules, a person who corrected it, or a second opinion."""

from __future__ import annotations

from cvdmail.core.extract.facts import Fact

PERSON = "person"
"""The rule of a fact that a person put in the place of another."""
OPINION = "second_opinion."
"""What the rule of a second opinion's fact begins with; its name follows."""


def by_person(fact: Fact) -> bool:
    """Say whether a person made a fact: no reading changes it."""
    return fact.rule == PERSON


def by_opinion(fact: Fact) -> bool:
    """Say whether a fact is a second opinion's: policy never believes it, and no rule's fact gives way to it."""
    return fact.rule.startswith(OPINION)
