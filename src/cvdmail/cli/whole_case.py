"""One whole case, for people as a few tables and for programs as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvdmail.cli import render, why
from cvdmail.cli.context import echo
from cvdmail.core.display import visible
from cvdmail.core.fact_words import days_of
from cvdmail.core.ledger import instant
from cvdmail.core.statements import Stated
from cvdmail.core.statements import to_json as stated_json

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
        state, without = one.state, one.without
        rests = []
        if one.messages:
            rests.append(f"message {', '.join(map(str, one.messages))}, which was moved away")
        if one.corrected:
            rests.append(f"fact {', '.join(map(str, one.corrected))}, which was corrected")
        echo(
            f"participant {one.participant}: its state {state.rm.value} {state.vfd.value} rests on "
            f"{', and on '.join(rests)}; without it: {without.rm.value} {without.vfd.value}"
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
    """Print what was read out of the answers: facts, and for each participant every date that was ever stated."""
    echo()
    render.facts_table(found.facts)
    vendors = {one.row: one.vendor for one in found.participants}
    for participant in dict.fromkeys(one.participant for one in found.stated):
        lines = [one for one in found.stated if one.participant == participant]
        echo()
        echo(f"dates stated by participant {participant}, {visible(vendors.get(participant, ''))}")
        render.table(
            ("said", "what", "days", "change", "state", "promise", "fact"),
            [
                (
                    render.day(one.step.statement.said_at),
                    f"{one.step.statement.kind.value} {one.step.statement.status.value}",
                    days_of(one.value),
                    _change(one),
                    one.record.state.value,
                    one.promise,
                    one.record.row,
                )
                for one in lines
            ],
        )


def _change(one: Stated) -> str:
    """Say what a statement does, and to which; of one that nobody believes, what it would do."""
    against = f" (fact {one.step.against})" if one.contradicts and one.step.against is not None else ""
    return f"{'' if one.step.statement.believed else 'would be: '}{one.step.words}{against}"


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
        "promises": [stated_json(one) for one in found.stated if one.step.statement.believed],
        "stated": [stated_json(one) for one in found.stated],
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
            | ({"corrected": list(one.corrected)} if one.corrected else {})
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
