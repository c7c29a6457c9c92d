"""Cases that old mail opens: with a report of ours in it, or as a placeholder for a thread whose beginning is missing.

Such a case has a title (the subject, sealed) and no report of its own.  Nobody decided to open it but whoever ran the
import, so its events are the daemon's and of kinds of their own: nothing in the ledger claims a person's signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cvdmail.core.events import EventKind
from cvdmail.core.ids import MessageId
from cvdmail.core.imported import title_of
from cvdmail.core.ledger import Event, Value
from cvdmail.core.matching import Evidence, TraceKind
from cvdmail.core.records import MessageState, ParticipantRecord, Role, ScopeKind
from cvdmail.core.report import Origin
from cvdmail.core.seal import Place
from cvdmail.core.similarity import Trait
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import DAEMON, Desk

MAX_ROOTS = 6


@dataclass(frozen=True, slots=True)
class Opening:
    """What a case is opened from: a subject, the vendors written to, and the mails cited that we do not hold."""

    subject: str
    vendors: Sequence[str]
    missing: Sequence[MessageId]
    sha256: str
    placeholder: bool


async def open_imported(desk: Desk, tx: Transaction, opening: Opening) -> tuple[ParticipantRecord, ...]:
    """Open a case without a report and return its participants.

    ``opening.missing`` are remembered with the first participant: whatever cites them later is of this thread, and a
    mail of ours that turns out to be one of them fills the gap.
    """
    now = desk.clock.now()
    mac = await tx.sealed.mac("import", opening.sha256)
    case = await tx.cases.open(now, Origin.ENGINEER, None, desk.config.openpgp.mailbox_key, mac)
    scope = await tx.scopes.create(ScopeKind.CASE, now, case.row)
    await tx.sealed.put(scope, Place("case", "title", case.row), title_of(opening.subject).encode())
    people = tuple([await tx.cases.add_participant(case, Role.VENDOR, one[:253], now) for one in opening.vendors])
    body: dict[str, Value] = {"participants": [one.row for one in people], "placeholder": opening.placeholder}
    await tx.ledger.append(Event(str(case.id), EventKind.CASE_IMPORTED, now, DAEMON, body))
    roots = [(people[0].row, Trait(TraceKind.ROOT, str(one))) for one in list(opening.missing)[:MAX_ROOTS]]
    await tx.traces.learn(roots)
    return people


async def adopt(desk: Desk, tx: Transaction, row: int, participant: ParticipantRecord) -> None:
    """File a held mail to the case that its thread was found to be; what it says stays a proposal."""
    now = desk.clock.now()
    record = await tx.inbox.get(row)
    if record.state is not MessageState.HELD:
        return
    scope = await tx.cases.scope(participant.case_row)
    await tx.filings.file(row, participant.row, scope, True, Evidence.MESSAGE_ID, DAEMON, now)
    await tx.inbox.set_state(row, MessageState.FILED)
    await tx.facts.assign(row, participant.row, scope)
    body: dict[str, Value] = {
        "evidence": Evidence.MESSAGE_ID.value,
        "message": row,
        "sha256": record.sha256,
        "signature": record.signature.value if record.signature else None,
        "trust": record.trust.value if record.trust else None,
    }
    await tx.ledger.append(Event(str(participant.case), EventKind.MAIL_FILED, now, DAEMON, body, participant.row))


async def case_of_root(tx: Transaction, ids: Sequence[MessageId]) -> ParticipantRecord | None:
    """Return the participant of the placeholder whose missing mail is among ``ids``, if exactly one case has it."""
    asked = [Trait(TraceKind.ROOT, str(one)) for one in list(dict.fromkeys(ids))[:60]]
    shared, cases = await tx.traces.look_up(asked)
    if len({cases[one.participant] for one in shared}) != 1:
        return None
    return await tx.cases.participant(shared[0].participant)
