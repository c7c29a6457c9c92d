"""Reading old mails again: after a key was imported or pinned, or with a new version of the program.

Judging is the same as for a new mail (:mod:`cvdmail.work.judge`); only the writing is another, because there is
something to keep:

- What a person decided stays: where a mail is filed, which facts are believed or rejected.
- A mail in the pen may now be filed.  A mail that is filed is never taken out of its case by the program: where the new
  verdict would hold it, or file it elsewhere, a person is told.
- Facts are the same if kind, value and quote are: those keep their number and state.  New ones are added; those that
  are no longer read, and that nobody has decided about, go.
- The old verdict is kept beside the new one.  If nothing has changed, nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cvdmail.core.events import EventKind
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import MAIN, Event, Value
from cvdmail.core.matching import Verdict
from cvdmail.core.promises import moment
from cvdmail.core.records import (
    Direction,
    FactRecord,
    FactState,
    FilingRecord,
    MessageRecord,
    MessageState,
    ScopeKind,
)
from cvdmail.core.reread import Difference, bare, difference
from cvdmail.errors import CryptoUnavailable, CvdmailError, Refused, SealBroken, StoreUnavailable
from cvdmail.store.inbox import Outcome
from cvdmail.store.transaction import Transaction
from cvdmail.work.believe import accept_by_policy
from cvdmail.work.bounces import Bounces, note_bounces
from cvdmail.work.desk import DAEMON, Desk
from cvdmail.work.file_mail import process_one
from cvdmail.work.judge import Judged, a_copy, replayed
from cvdmail.work.judge_again import judge_again

_AGAIN = (MessageState.FILED, MessageState.HELD, MessageState.UNPARSED, MessageState.STORED)
_IN_PEN = (MessageState.HELD, MessageState.UNPARSED)


@dataclass(frozen=True, slots=True)
class Again:
    """What reading a mail again came to.

    ``added``, ``dropped`` and ``believed`` are numbers of facts.  ``doubt`` says why a person should look at a mail
    that stays where it is filed; ``problem`` why a mail could not be read again.
    """

    row: int
    before: MessageState
    state: MessageState
    changed: bool
    added: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    believed: tuple[int, ...] = ()
    doubt: str | None = None
    problem: str | None = None

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look at the mail now."""
        return self.state in _IN_PEN or self.doubt is not None or self.problem is not None


async def chosen(desk: Desk, rows: Sequence[int], case_id: CaseId | None, in_pen: bool, everything: bool) -> list[int]:
    """Return the mails that are meant, oldest first; raise ``Refused`` for one that is not read again."""
    async with desk.store.read() as tx:
        wanted: set[int] = set()
        for row in rows:
            wanted.add(_readable(await tx.inbox.get(row)))
        if case_id is not None:
            case = await tx.cases.get(case_id)
            if case.erased_at is not None:
                raise Refused(str(case_id), "the case is erased", "its mails can no longer be read")
            mails = await tx.inbox.select(case_row=case.row)
            wanted |= {one.row for one in mails if one.state in _AGAIN and one.direction is Direction.INBOUND}
        if in_pen or everything:
            states = _AGAIN if everything else _IN_PEN
            wanted |= {one.row for one in await tx.inbox.select(states=states)}
        return sorted(wanted)


def _readable(record: MessageRecord) -> int:
    if record.direction is Direction.OUTBOUND:
        raise Refused(f"message {record.row}", "it is a mail of ours", "name mails that came in")
    if record.state is MessageState.DISCARDED:
        raise Refused(f"message {record.row}", "it was discarded", f"put it back: cvdmail pen restore {record.row}")
    if record.state is MessageState.COPY:
        raise Refused(f"message {record.row}", "it is a copy of another mail", "name that one")
    return record.row


async def reprocess(desk: Desk, row: int) -> Again:
    """Read one mail again and write what is new; raise ``CryptoUnavailable`` or ``StoreUnavailable`` only."""
    async with desk.store.read() as tx:
        record = await tx.inbox.get(row)
        try:
            raw = await tx.inbox.raw(row)
        except SealBroken:
            return _left(record, "it was erased")
    if record.state not in _AGAIN:
        return _left(record, None)
    if not raw:
        return _left(record, "its bytes were never fetched: fetch it by hand, then 'cvdmail ingest'")
    try:
        if record.state is MessageState.STORED:
            settled = await process_one(desk, record)
            return Again(row, record.state, settled.state, True, believed=tuple(one.row for one in settled.believed))
        judged, bounces = await judge_again(desk, record, raw)
        async with desk.store.write() as tx:
            there = await tx.inbox.get(row)
            if there != record:
                return _left(there, "somebody else changed it meanwhile: run the command again")
            return await _write(desk, tx, record, judged, bounces)
    except (CryptoUnavailable, StoreUnavailable):
        raise
    except CvdmailError as problem:
        return _left(record, problem.why)
    except Exception as problem:  # a mail that kills its reader must not stop the ones behind it
        return _left(record, f"reading it failed ({type(problem).__name__})")


def _left(record: MessageRecord, problem: str | None) -> Again:
    return Again(record.row, record.state, record.state, False, problem=problem)


_LOCKED = "it could be decrypted before, and cannot be now: is a key missing?"


@dataclass(frozen=True, slots=True)
class _Now:
    """A mail as it is before it is written again."""

    record: MessageRecord
    reading: Mapping[str, Any] = field(repr=False)
    inner: bool
    filings: tuple[FilingRecord, ...]
    facts: tuple[FactRecord, ...] = field(repr=False)
    decided: bool  # a person said where it belongs


async def _write(desk: Desk, tx: Transaction, record: MessageRecord, judged: Judged, bounces: Bounces) -> Again:
    now = await _as_it_is(tx, record)
    judged = await _compared(tx, record, judged)
    if now.inner and judged.outcome.reading is not None and judged.outcome.inner is None:
        return _left(record, _LOCKED)  # what was read with a key that is gone must not be lost
    if now.filings:
        return await _write_filed(desk, tx, now, judged)
    return await _write_in_pen(desk, tx, now, judged, bounces)


async def _as_it_is(tx: Transaction, record: MessageRecord) -> _Now:
    every = (await tx.filings.of([record.row], ended=True)).get(record.row, [])
    scopes = await tx.cases.scopes_of([one.participant for one in every])
    return _Now(
        record,
        (await tx.inbox.readings([record.row])).get(record.row, {}),
        await tx.inbox.inner(record.row) is not None,
        tuple([one for one in every if one.ended_at is None and await tx.sealed.alive(scopes[one.participant])]),
        tuple(await tx.facts.select(messages=[record.row])),
        any(one.filed_by != DAEMON or one.ended_at is not None for one in every),
    )


async def _compared(tx: Transaction, record: MessageRecord, judged: Judged) -> Judged:
    """Ask again whether a twin, or the same signed text, came before; a filed mail is nobody's copy any more."""
    outcome = judged.outcome
    if record.state in _IN_PEN:
        twin = await tx.inbox.twin(outcome.message_id, outcome.body_sha256, record.row)
        if twin is not None:
            return a_copy(judged)
    if outcome.signed_sha256 and await tx.verdicts.signed_earlier(outcome.signed_sha256, record.row):
        return replayed(judged)
    return judged


def _same(now: _Now, outcome: Outcome, state: MessageState) -> bool:
    """Say whether the new verdict is the one we have; other evidence for the same verdict is nothing new."""
    record = now.record
    before = (record.state, record.kind, record.trust, record.signature, record.signature_fingerprint)
    after = (state, outcome.kind, outcome.trust, outcome.signature, outcome.signature_fingerprint)
    if before != after or record.encrypted != outcome.encrypted or record.why != outcome.why:
        return False
    if outcome.reading is None:
        return True
    return bare(now.reading) == bare(outcome.reading or {}) and now.inner == (outcome.inner is not None)


async def _replace(tx: Transaction, now: _Now, outcome: Outcome, scopes: Sequence[int], at: datetime) -> None:
    """Keep the old verdict and put the new one in its place, under the keys of all the cases of the mail."""
    row = now.record.row
    await tx.verdicts.keep(now.record, now.reading, scopes, at)
    await tx.sharing.only(scopes[0], "message", row)
    await tx.inbox.settle(row, outcome, scopes[0])
    for scope in scopes[1:]:
        await tx.sharing.share(scope, "message", row)


async def _write_facts(
    tx: Transaction, row: int, participant: int | None, scope: int, change: Difference
) -> list[FactRecord]:
    """Write how the facts have changed; return the new ones."""
    await tx.facts.drop(change.gone)
    for record, fact in change.again:
        if record.fact != fact:
            await tx.facts.rewrite(record.row, fact, scope)
    return await tx.facts.add(row, participant, change.new, scope)


async def _write_in_pen(desk: Desk, tx: Transaction, now: _Now, judged: Judged, bounces: Bounces) -> Again:
    """Write the new verdict over a mail in the pen: it waits on, is a copy after all, or is filed."""
    row, outcome = now.record.row, judged.outcome
    read = judged.reading.extraction.facts if judged.reading is not None else ()
    change = difference(now.facts, read)
    if _same(now, outcome, outcome.state) and change.nothing:
        return Again(row, now.record.state, now.record.state, False)
    at = desk.clock.now()
    pen = await tx.sealed.scope(ScopeKind.PEN)
    await _replace(tx, now, outcome, [pen], at)
    await tx.filings.forget_guesses(row)
    added = await _write_facts(tx, row, None, pen, change)
    certain = judged.match.certain
    body = _told(now.record, outcome, len(added), len(change.gone))
    await tx.ledger.append(Event(MAIN, EventKind.MAIL_REPROCESSED, at, DAEMON, body))
    found = Again(row, now.record.state, outcome.state, True, tuple(one.row for one in added), tuple(change.gone))
    if outcome.state is MessageState.COPY:
        twin = await tx.inbox.twin(outcome.message_id, outcome.body_sha256, row)
        if twin is not None:
            await tx.filings.keep_with(row, twin)
        return found
    if outcome.state is not MessageState.FILED or certain is None:
        await tx.filings.note_guesses({row: judged.match.clues})
        return found
    await note_bounces(desk, tx, bounces)
    believed = await _file(desk, tx, now.record, judged, at)
    return Again(found.row, found.before, found.state, True, found.added, found.dropped, believed)


async def _file(desk: Desk, tx: Transaction, record: MessageRecord, judged: Judged, at: datetime) -> tuple[int, ...]:
    """File a mail that waited in the pen to the participant that it certainly belongs to."""
    certain, outcome = judged.match.certain, judged.outcome
    assert certain is not None
    participant = await tx.cases.participant(await tx.links.resolve(certain.participant))
    scope = await tx.cases.scope(participant.case_row)
    await tx.filings.file(record.row, participant.row, scope, True, certain.evidence, DAEMON, at)
    await tx.filings.take_along(record.row, scope)
    records = await tx.facts.assign(record.row, participant.row, scope)
    body: dict[str, Value] = {
        "evidence": certain.evidence.value,
        "message": record.row,
        "sha256": record.sha256,
        "signature": outcome.signature.value if outcome.signature else None,
        "trust": outcome.trust.value if outcome.trust else None,
    }
    chain = str(participant.case)
    await tx.ledger.append(Event(chain, EventKind.MAIL_FILED, at, DAEMON, body, participant.row))
    return await _believe(desk, tx, record, judged, chain, records)


async def _believe(
    desk: Desk, tx: Transaction, record: MessageRecord, judged: Judged, chain: str, records: Sequence[FactRecord]
) -> tuple[int, ...]:
    if not judged.decision.facts_believable:
        return ()
    waiting = [one for one in records if one.state is FactState.PROPOSED]
    when = moment(judged.reading.date if judged.reading is not None else None, record.received_at)
    believed = await accept_by_policy(tx, desk, chain, waiting, judged.outcome.trust, when)
    return tuple(one.row for one in believed)


async def _write_filed(desk: Desk, tx: Transaction, now: _Now, judged: Judged) -> Again:
    """Write the new verdict over a mail that stays where it is filed."""
    row, record = now.record.row, now.record
    doubt = _doubt(now, judged)
    outcome = _still_filed(judged.outcome, doubt)
    read = judged.reading.extraction.facts if judged.reading is not None else ()
    if judged.outcome.reading is None:  # a copy of another filed mail, or beyond today's limits: nothing was read
        copied = judged.outcome.state is MessageState.COPY
        return Again(row, record.state, record.state, False, doubt=None if copied else doubt)
    changes = {
        one.participant: difference([fact for fact in now.facts if fact.participant == one.participant], read)
        for one in now.filings
    }
    own = not now.decided and doubt is None and judged.match.certain is not None
    if _same(now, outcome, record.state) and all(change.nothing for change in changes.values()):
        return Again(row, record.state, record.state, False, doubt=doubt)
    at = desk.clock.now()
    await _replace(tx, now, outcome, await tx.filings.scopes(row), at)
    added: list[int] = []
    believed: list[int] = []
    for filing in now.filings:
        participant = await tx.cases.participant(filing.participant)
        scope = await tx.cases.scope(participant.case_row)
        change = changes[filing.participant]
        new = await _write_facts(tx, row, filing.participant, scope, change)
        added += [one.row for one in new]
        body = _told(record, outcome, len(new), len(change.gone))
        chain = str(participant.case)
        await tx.ledger.append(Event(chain, EventKind.MAIL_REPROCESSED, at, DAEMON, body, participant.row))
        if own:
            facts = await tx.facts.select(messages=[row], participant=filing.participant)
            believed += await _believe(desk, tx, record, judged, chain, facts)
    dropped = tuple(one for change in changes.values() for one in change.gone)
    return Again(row, record.state, record.state, True, tuple(added), dropped, tuple(believed), doubt)


def _still_filed(outcome: Outcome, doubt: str | None) -> Outcome:
    """Return the verdict for a mail that stays filed, whatever it would be for a new one."""
    why = outcome.why if doubt is None else f"filed; judged again: {doubt}"[:200]
    return Outcome(
        MessageState.FILED,
        outcome.message_id,
        outcome.body_sha256,
        outcome.kind,
        outcome.trust,
        outcome.signature,
        outcome.signature_fingerprint,
        outcome.encrypted,
        why,
        outcome.reading,
        outcome.inner,
        outcome.signed_sha256,
    )


def _doubt(now: _Now, judged: Judged) -> str | None:
    """Say why the program, asked today, would not have filed a mail where it is; None if it would, or a person did."""
    if now.decided:
        return None
    if judged.decision.verdict is not Verdict.FILED or judged.match.certain is None:
        return f"it would be held: {judged.decision.why}"
    if judged.match.certain.participant not in {one.participant for one in now.filings}:
        certain = judged.match.certain
        return f"it would be filed to {certain.case} participant {certain.participant}"
    return None


def _told(record: MessageRecord, outcome: Outcome, added: int, dropped: int) -> dict[str, Value]:
    """Return what the ledger keeps of a mail that was read again: its verdicts before and now, in enumerations."""

    def verdict(of: MessageRecord | Outcome) -> dict[str, Value]:
        return {
            "signature": of.signature.value if of.signature else None,
            "state": of.state.value,
            "trust": of.trust.value if of.trust else None,
        }

    return {
        "before": verdict(record),
        "facts_added": added,
        "facts_dropped": dropped,
        "message": record.row,
        "now": verdict(outcome),
        "sha256": record.sha256,
    }
