"""What the store knows about a handful of mails: asked for all of them at once, by a fixed number of statements.

The rules that use the answer are :mod:`cvdmail.core.clues`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.candidates import Channel
from cvdmail.core.clues import Known, Question, Speaker
from cvdmail.core.ids import Address, CaseId, Fingerprint, MessageId
from cvdmail.core.records import ContactState, Direction, MessageState
from cvdmail.errors import Refused
from cvdmail.store.cases import Cases, token_hash
from cvdmail.store.links import Links
from cvdmail.store.tables import case, contact, filing, message, participant, pinned_key, reply_token, scope_key, ticket
from cvdmail.store.traces import Traces
from cvdmail.store.vault import SealedValues

# A held or discarded twin hides nothing: somebody may have sent it ahead to make the real mail look like a copy.
_SETTLED = (MessageState.FILED, MessageState.OUTBOUND)
_MOST = 900  # parameters of one statement


def _among(column: sa.ColumnElement[object], name: str = "among") -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam(name, expanding=True))


_TOKENS = sa.select(reply_token.c.token_sha256, reply_token.c.participant).where(
    _among(reply_token.c.token_sha256), reply_token.c.revoked_at.is_(None)
)
_CITED = (
    sa.select(message.c.message_id, message.c.direction, filing.c.participant)
    .join(filing, filing.c.message == message.c.id)
    .where(_among(message.c.message_id), filing.c.ended_at.is_(None))
)
# The state is looked at afterwards: a condition on it tempts the planner away from the index of Message-IDs.
_TWINS = sa.select(message.c.id, message.c.message_id, message.c.body_sha256, message.c.state).where(
    _among(message.c.message_id)
)
_SIGNED = sa.select(message.c.id, message.c.signed_sha256).where(_among(message.c.signed_sha256))
_TICKETS = sa.select(ticket.c.number_mac, ticket.c.participant).where(_among(ticket.c.number_mac))
_CASES = (
    sa.select(case.c.year, case.c.number, participant.c.id)
    .join(participant, participant.c.case == case.c.id)
    .where(_among(case.c.number), _among(case.c.year, "years"))
    .order_by(participant.c.id)
)
_ERASED = sa.select(case.c.year, case.c.number).where(_among(case.c.id), case.c.erased_at.is_not(None))
_SCOPES = (
    sa.select(participant.c.id, scope_key.c.id.label("scope"))
    .join(scope_key, scope_key.c.case == participant.c.case)
    .where(_among(participant.c.id))
)
_CONTACTS = (
    sa.select(contact.c.id, contact.c.vendor, contact.c.value, pinned_key.c.fingerprint)
    .outerjoin(pinned_key, sa.and_(pinned_key.c.contact == contact.c.id, pinned_key.c.unpinned_at.is_(None)))
    .where(
        contact.c.channel == Channel.EMAIL,
        contact.c.state == ContactState.CONFIRMED,
        sa.or_(_among(contact.c.vendor, "vendors"), _among(contact.c.value, "senders")),
    )
    .order_by(contact.c.id, pinned_key.c.id)
)


class KnownMails:
    """Answers about mails, in one transaction."""

    def __init__(
        self, connection: AsyncConnection, sealed: SealedValues, cases: Cases, traces: Traces, links: Links
    ) -> None:
        self._connection = connection
        self._sealed = sealed
        self._cases = cases
        self._traces = traces
        self._links = links

    async def about(self, questions: Sequence[Question]) -> Known:
        """Return what is known that these mails may refer to."""
        known = Known()
        await self._tokens(known, questions)
        await self._messages(known, questions)
        await self._tickets(known, questions)
        await self._of_cases(known, questions)
        rows = {row for question in questions for row in question.participants}
        rows |= set(known.tokens.values())
        rows |= {row for cited in known.cited.values() for row in cited}
        rows |= {row for found in known.tickets.values() for row in found}
        rows |= {row for found in known.of_case.values() for row in found}
        known.moved = await self._links.resolve_all(rows)
        await self._participants(known, rows | set(known.moved.values()))
        await self._contacts(known, questions)
        return known

    async def _rows(
        self, statement: sa.Select[tuple[object, ...]], among: Iterable[object]
    ) -> list[sa.Row[tuple[object, ...]]]:
        wanted = list(dict.fromkeys(among))
        found: list[sa.Row[tuple[object, ...]]] = []
        for start in range(0, len(wanted), _MOST):
            part = {"among": wanted[start : start + _MOST]}
            found += (await self._connection.execute(statement, part)).all()
        return found

    async def _tokens(self, known: Known, questions: Sequence[Question]) -> None:
        hashes = {token_hash(token): token.text for question in questions for token in question.looked.tokens}
        known.tokens = {hashes[one.token_sha256]: one.participant for one in await self._rows(_TOKENS, hashes)}

    async def _messages(self, known: Known, questions: Sequence[Question]) -> None:
        cited = [str(one) for question in questions for one in question.looked.cited]
        for one in await self._rows(_CITED, cited):
            ours = one.direction is Direction.OUTBOUND
            rows = known.cited.setdefault(MessageId(one.message_id), {})
            rows[one.participant] = rows.get(one.participant, False) or ours
        if any(ours for rows in known.cited.values() for ours in rows.values()):
            known.left = await self._traces.left({one for question in questions for one in question.looked.cited})
        own = [str(question.looked.mail.message_id) for question in questions if question.looked.mail.message_id]
        for one in await self._rows(_TWINS, own):
            if one.body_sha256 is not None and one.state in _SETTLED:
                known.note_twin(one.id, MessageId(one.message_id), one.body_sha256)
        names = [question.signed_sha256 for question in questions if question.signed_sha256 is not None]
        for one in await self._rows(_SIGNED, names):
            known.signed.setdefault(one.signed_sha256, set()).add(one.id)

    async def _tickets(self, known: Known, questions: Sequence[Question]) -> None:
        macs: dict[str, str] = {}
        for question in questions:
            for number in (*question.tickets, *question.looked.numbers)[:50]:
                macs[await self._sealed.mac("ticket", number.upper())] = number.upper()
        for one in await self._rows(_TICKETS, macs):
            known.tickets.setdefault(macs[one.number_mac], set()).add(one.participant)

    async def _of_cases(self, known: Known, questions: Sequence[Question]) -> None:
        wanted = {one for question in questions for one in (*question.looked.case_ids, *question.case_ids)}
        if not wanted:
            return
        asked = {
            "among": sorted({one.number for one in wanted})[:_MOST],
            "years": sorted({one.year for one in wanted})[:50],
        }
        for one in await self._connection.execute(_CASES, asked):
            case_id = CaseId(one.year, one.number)
            if case_id in wanted:
                known.of_case[case_id] = (*known.of_case.get(case_id, ()), one.id)

    async def _participants(self, known: Known, rows: Collection[int]) -> None:
        if not rows:
            return
        known.participants = {one.row: one for one in await self._cases.participants(rows=rows)}
        cases = {one.case_row for one in known.participants.values()}
        known.erased = {CaseId(one.year, one.number) for one in await self._rows(_ERASED, cases)}
        known.scopes = {one.id: one.scope for one in await self._rows(_SCOPES, rows)}

    async def _contacts(self, known: Known, questions: Sequence[Question]) -> None:
        senders = {one.looked.sender.address.key for one in questions if one.looked.sender.address is not None}
        vendors = {one.vendor for one in known.participants.values()}
        if not senders and not vendors:
            return
        asked = {"vendors": sorted(vendors), "senders": sorted(senders)}
        pins: dict[tuple[int, str, str], list[Fingerprint]] = {}
        for one in await self._connection.execute(_CONTACTS, asked):
            keys = pins.setdefault((one.id, one.vendor, one.value), [])
            if one.fingerprint is not None:
                keys.append(Fingerprint(one.fingerprint))
        for (row, vendor, value), keys in pins.items():
            try:
                speaker = Speaker(row, Address.parse(value), tuple(keys))
            except Refused:
                continue
            known.by_vendor[vendor] = (*known.by_vendor.get(vendor, ()), speaker)
            known.by_sender[value] = (*known.by_sender.get(value, ()), speaker)
        for row, party in known.participants.items():
            known.addresses[row] = frozenset(speaker.address for speaker in known.by_vendor.get(party.vendor, ()))
