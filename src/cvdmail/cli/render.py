"""Tables, progress bars and JSON shapes: what people and programs see.  Text from outside is made visible here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cvdmail.core.deliveries import DeliveryRecord
from cvdmail.core.display import visible
from cvdmail.core.extract.facts import to_json
from cvdmail.core.fact_words import in_words
from cvdmail.core.ledger import instant
from cvdmail.core.records import (
    CaseRecord,
    FactRecord,
    FilingRecord,
    MessageRecord,
    MessageState,
    OutboxRecord,
    ParticipantRecord,
)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for people; nothing but a line when it is empty."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        made.add_column(name, overflow="fold")
    count = 0
    for row in rows:
        made.add_row(*(Text(visible(str(value if value is not None else ""))) for value in row))
        count += 1
    if not count:
        print("(none)")
        return
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "0") or 0) or 160
    Console(width=width, highlight=False, no_color=bool(os.environ.get("NO_COLOR")) or None).print(made)


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Any]:
    """Show a progress bar on a terminal and nothing in a pipe; yields a function to call after each step."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


def day(at: datetime | None) -> str:
    """Write an instant for people, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at is not None else ""


def participant_json(one: ParticipantRecord) -> dict[str, object]:
    """Return a participant as the machine-readable shapes write it."""
    return {
        "participant": one.row,
        "vendor": one.vendor,
        "role": one.role.value,
        "rm": one.state.rm.value,
        "vfd": one.state.vfd.value,
    }


def case_json(case: CaseRecord, participants: list[dict[str, object]]) -> dict[str, object]:
    """Return a case as ``case list`` writes it."""
    return {
        "case": str(case.id),
        "title": case.title,
        "severity": case.severity,
        "participants": participants,
    }


def outbox_json(one: OutboxRecord) -> dict[str, object]:
    """Return a mail of the outbox as ``send`` writes it."""
    return {
        "case": None if one.case is None else str(one.case),
        "participant": one.participant,
        "outbox": one.row,
        "state": one.state.value,
        "recipients": [
            {
                "address": str(person.address),
                "state": person.state.value,
                "stage": person.stage.value if person.stage else None,
                "code": person.code,
                "at": instant(person.at),
            }
            for person in one.recipients
        ],
        "stopped": one.stopped,
        "waits": one.waits,
        "urgency": one.urgency,
    }


def delivery_json(one: DeliveryRecord) -> dict[str, object]:
    """Return a delivery by another way than mail."""
    return {
        "delivery": one.row,
        "participant": one.participant,
        "direction": one.direction.value,
        "channel": one.channel.value,
        "ref": one.reference,
        "text": one.text.decode("utf-8", "replace") if one.text is not None else None,
        "by": one.recorded_by,
        "at": instant(one.at),
        "recorded_at": instant(one.recorded_at),
    }


def fact_json(record: FactRecord) -> dict[str, object]:
    """Return a fact with its words, whether it is believed, and which fact it corrects or is corrected by."""
    return {
        **to_json(record.fact),
        "fact": record.row,
        "state": record.state.value,
        "corrects": record.corrects,
        "corrected_by": record.corrected_by,
    }


def facts_table(records: Iterable[FactRecord]) -> None:
    """Print facts for people, each with its words."""
    table(
        ("fact", "message", "what", "state", "grade", "words"),
        [(one.row, one.message, _what(one), fact_state(one), one.fact.grade.value, one.fact.quote) for one in records],
    )


def _what(one: FactRecord) -> str:
    """Name the kind of a fact; where a person corrected it, what it was read as and what it is."""
    told = one.corrects is not None or one.corrected_by is not None
    return in_words(one.fact) if told else one.fact.kind.value


def fact_state(one: FactRecord) -> str:
    """Say how a fact stands, and to which other it is linked."""
    if one.corrected_by is not None:
        return f"{one.state.value} by {one.corrected_by}"
    return one.state.value + (f", corrects {one.corrects}" if one.corrects is not None else "")


def message_json(
    record: MessageRecord,
    reading: dict[str, Any],
    filings: list[FilingRecord],
    facts: list[FactRecord],
    guesses: list[dict[str, object]],
    file: str | None = None,
    duplicate: bool = False,
) -> dict[str, object]:
    """Return a mail as ``ingest`` and ``case show`` write it."""
    state = "duplicate" if duplicate else record.state.value
    if record.state is MessageState.STORED:
        state = "held"
    return {
        "file": file,
        "message": {key: reading.get(key) for key in _MESSAGE_KEYS},
        "number": record.row,
        "pen": record.row if record.state in (MessageState.HELD, MessageState.UNPARSED) else None,
        "sha256": record.sha256,
        "message_id": str(record.message_id) if record.message_id else None,
        "direction": record.direction.value,
        "received_at": instant(record.received_at),
        "state": state,
        "why": record.why,
        "filings": [
            {
                "case": str(one.case),
                "participant": one.participant,
                "certain": one.certain,
                "evidence": [one.evidence.value] if one.evidence else [],
            }
            for one in filings
        ],
        "guesses": guesses,
        "trust": record.trust.value if record.trust else "unauthenticated",
        "signature": {
            "state": record.signature.value if record.signature else "none",
            "fingerprint": record.signature_fingerprint,
        },
        "encrypted": bool(record.encrypted),
        "text": reading.get("text"),
        "attachments": reading.get("attachments", []),
        "keys": reading.get("keys", []),
        "facts": [fact_json(one) for one in facts],
    }


_MESSAGE_KEYS = ("message_id", "date", "from", "subject", "kind", "language", "encrypted")
