"""One whole case, for people as a few tables and for programs as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvdmail.cli import render, why
from cvdmail.cli.context import echo
from cvdmail.core.display import visible
from cvdmail.core.ledger import instant

if TYPE_CHECKING:
    from cvdmail.work.show import WholeCase


def show(found: WholeCase) -> None:
    """Print a case: who takes part, what went to and fro, what was read out of it."""
    echo(f"{found.case.id}  {visible(found.case.title or '(erased)')}")
    state = found.case.state
    echo(f"opened {render.day(found.case.opened_at)}, origin {found.case.origin.value}, embargo {state.em.value}")
    echo()
    render.table(
        ("participant", "vendor", "role", "state", "fix path"),
        [(one.row, one.vendor, one.role.value, one.state.rm.value, one.state.vfd.value) for one in found.participants],
    )
    _told_of_moves(found)
    _correspondence(found)
    _read_out(found)


def _told_of_moves(found: WholeCase) -> None:
    """Say which cases this one came from or went to, and which states rest on mails that were moved away."""
    for link in found.links:
        words = link.kind.value.replace("_", " ")
        echo(f"{link.case} was {words} {link.other}, {render.day(link.made_at)}")
    for one in found.unsupported:
        mails = ", ".join(str(row) for row in one.messages)
        state, without = one.state, one.without
        echo(
            f"participant {one.participant}: its state {state.rm.value} {state.vfd.value} rests on message {mails}, "
            f"which was moved away; without it: {without.rm.value} {without.vfd.value}"
        )


def _correspondence(found: WholeCase) -> None:
    """Print what went to and fro: mails, deliveries by other channels, the outbox."""
    echo()
    render.table(
        ("when", "message", "direction", "from", "kind", "trust", "signature", "subject"),
        [
            (
                render.day(one.record.received_at),
                one.record.row,
                one.record.direction.value,
                one.reading.get("from"),
                one.record.kind.value if one.record.kind else "",
                one.record.trust.value if one.record.trust else "",
                one.record.signature.value if one.record.signature else "",
                one.reading.get("subject"),
            )
            for one in found.messages
        ],
    )
    if found.deliveries:
        echo()
        render.table(
            ("delivery", "participant", "direction", "channel", "when", "reference"),
            [
                (one.row, one.participant, one.direction.value, one.channel.value, render.day(one.at), one.reference)
                for one in found.deliveries
            ],
        )
    if found.outbox:
        echo()
        render.table(
            ("outbox", "participant", "state", "the server's words, or why it waits"),
            [
                (one.row, one.participant, one.state.value, one.stopped or one.waits or found.answers.get(one.row))
                for one in found.outbox
            ],
        )


def _read_out(found: WholeCase) -> None:
    """Print what was read out of the answers: facts and promises."""
    echo()
    render.table(
        ("fact", "message", "what", "state", "grade", "words"),
        [
            (one.row, one.message, one.fact.kind.value, one.state.value, one.fact.grade.value, one.fact.quote)
            for one in found.facts
        ],
    )
    if found.promises:
        echo()
        render.table(
            ("promise", "what", "from", "to", "made", "slips"),
            [
                (one.row, f"{one.kind.value} {one.status}", one.first, one.last, render.day(one.made_at), one.slips)
                for one in found.promises
            ],
        )


def to_json(found: WholeCase, explained: bool = False) -> dict[str, object]:
    """Return a case as ``case show --json`` writes it; ``explained`` puts the evidence under "why" of each message."""
    people = [one.to_json() for one in found.people]
    return {
        **render.case_json(found.case, people),
        "opened_at": found.case.opened_at.isoformat(),
        "em": found.case.state.em.value,
        "pxa": found.case.state.pxa,
        "messages": [
            render.message_json(one.record, one.reading, one.filings, one.facts, [])
            | ({"why": why.to_json(one)} if explained else {})
            for one in found.messages
        ],
        "facts": [{**render.fact_json(one), "message": one.message} for one in found.facts],
        "promises": [render.promise_json(one) for one in found.promises],
        "outbox": [{**render.outbox_json(one), "answer": found.answers.get(one.row)} for one in found.outbox],
        "deliveries_elsewhere": [render.delivery_json(one) for one in found.deliveries],
        "links": [
            {
                "case": str(one.case),
                "kind": one.kind.value,
                "other": str(one.other),
                "at": instant(one.made_at),
            }
            for one in found.links
        ],
        "unsupported": [
            {
                "participant": one.participant,
                "rm": one.state.rm.value,
                "vfd": one.state.vfd.value,
                "without": {"rm": one.without.rm.value, "vfd": one.without.vfd.value},
                "messages": list(one.messages),
            }
            for one in found.unsupported
        ],
        "events": [
            {
                "seq": entry.seq,
                "at": entry.event.at.isoformat(),
                "kind": entry.event.kind.value,
                "actor": entry.event.actor,
                "participant": entry.event.participant,
                "body": entry.event.body,
                "hash": entry.hash.hex(),
            }
            for entry in found.events
        ],
    }
