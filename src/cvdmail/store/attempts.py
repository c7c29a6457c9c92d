"""Attempts at delivery: begun before the connect, ended with the server's words; and servers that are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cvdmail.core.ids import Address
from cvdmail.core.outbox import outstanding, overall
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import Attempt, AttemptOutcome, MailState, Pause
from cvdmail.core.seal import Place
from cvdmail.store.rows import Rows
from cvdmail.store.tables import attempt, blob, event, outbox, recipient, server_pause
from cvdmail.store.vault import SealedValues

# Every mail passes through these; built once, because building a statement costs more than running it.
_MAILS = (
    sa.select(
        outbox.c.id.label("mail"),
        outbox.c.stopped,
        recipient.c.id,
        recipient.c.address,
        recipient.c.state,
        sa.select(sa.func.count())
        .select_from(attempt)
        .where(attempt.c.outbox == outbox.c.id)
        .correlate(outbox)
        .scalar_subquery()
        .label("tries"),
    )
    .join(recipient, recipient.c.outbox == outbox.c.id)
    .where(outbox.c.id.in_(sa.bindparam("mails", expanding=True)))
    .order_by(recipient.c.id)
)
_ON_THE_WIRE = (
    sa.update(recipient)
    .where(recipient.c.id == sa.bindparam("row"))
    .values(state=RecipientState.SENDING, at=sa.bindparam("now"))
)
_SHOW = sa.update(outbox).where(outbox.c.id == sa.bindparam("mail")).values(state=sa.bindparam("new"))
_END = sa.update(attempt).where(attempt.c.id == sa.bindparam("row")).values(ended_at=sa.bindparam("now"))
_OPEN = sa.select(attempt.c.id).where(
    attempt.c.id.in_(sa.bindparam("rows", expanding=True)), attempt.c.ended_at.is_(None)
)
_OUTCOME = (
    sa.update(recipient)
    .where(recipient.c.id == sa.bindparam("row"))
    .values(state=sa.bindparam("new"), stage=sa.bindparam("where"), code=sa.bindparam("said"), at=sa.bindparam("now"))
)


class Attempts:
    """The attempts of one transaction."""

    def __init__(self, connection: AsyncConnection, rows: Rows, sealed: SealedValues) -> None:
        self._connection = connection
        self._rows = rows
        self._sealed = sealed

    async def begin(self, mails: Sequence[int], fence: int, now: datetime) -> dict[int, Attempt]:
        """Commit, before any connect, that attempts at mails begin, each for everybody who still waits.

        A mail that was stopped meanwhile, or for which nobody waits any more, is left out, and nothing is written.
        """
        people = await self._people(mails)
        begun: dict[int, Attempt] = {}
        await self._rows.look_up(attempt, blob, event)
        for mail in mails:
            waiting = [one for one in people.get(mail, ()) if outstanding(one.state)]
            if not waiting or waiting[0].stopped is not None:
                continue
            begun[mail] = Attempt(
                await self._rows.next(attempt),
                mail,
                int(waiting[0].tries) + 1,
                {Address.parse(one.address): one.id for one in waiting},
            )
        if begun:
            rows = [
                {"id": one.row, "outbox": mail, "number": one.number, "fence": fence, "started_at": now}
                for mail, one in begun.items()
            ]
            await self._connection.execute(sa.insert(attempt), rows)
            touched = [{"row": row, "now": now} for one in begun.values() for row in one.recipients.values()]
            await self._connection.execute(_ON_THE_WIRE, touched)
            await self._connection.execute(_SHOW, [{"mail": mail, "new": RecipientState.SENDING} for mail in begun])
        return begun

    async def _people(self, mails: Sequence[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for one in await self._connection.execute(_MAILS, {"mails": list(mails)}):
            found.setdefault(one.mail, []).append(one)
        return found

    async def still_open(self, rows: Sequence[int]) -> frozenset[int]:
        """Return those of these attempts that nobody has closed: another daemon may have taken them for lost."""
        return frozenset(int(row) for row in await self._connection.scalars(_OPEN, {"rows": list(rows)}))

    async def end(self, outcomes: Sequence[AttemptOutcome], now: datetime) -> dict[int, MailState]:
        """Commit what attempts came to, the server's words sealed; return how each mail stands now."""
        await self._rows.look_up(blob, event)
        changes, words = [], []
        for one in outcomes:
            changes += [
                {"row": row, "new": result.state, "where": result.stage, "said": result.code, "now": now}
                for address, row in one.attempt.recipients.items()
                if (result := one.results.get(address)) is not None
            ]
            said = "\n".join(f"{address}: {result.code} {result.answer}" for address, result in one.results.items())
            if one.scope is not None:
                words.append((one.scope, Place("attempt", "answers", one.attempt.row), said.encode()))
        await self._connection.execute(_END, [{"row": one.attempt.row, "now": now} for one in outcomes])
        await self._sealed.put_all(words)
        if changes:
            await self._connection.execute(_OUTCOME, changes)
        # Asked for afresh: somebody may have stopped a mail, or ordered a resend, while it was on the wire.
        people = await self._people([one.attempt.outbox for one in outcomes])
        states = {
            mail: MailState(
                overall([one.state for one in found]), any(outstanding(one.state) for one in found), found[0].stopped
            )
            for mail, found in people.items()
        }
        await self._connection.execute(_SHOW, [{"mail": mail, "new": found.state} for mail, found in states.items()])
        return states

    async def interrupted(self) -> list[Attempt]:
        """Return every attempt that was begun and never ended."""
        open_ = (await self._connection.execute(sa.select(attempt).where(attempt.c.ended_at.is_(None)))).all()
        people = await self._people([one.outbox for one in open_])
        return [
            Attempt(
                one.id,
                one.outbox,
                one.number,
                {
                    Address.parse(person.address): person.id
                    for person in people[one.outbox]
                    if person.state is RecipientState.SENDING
                },
            )
            for one in open_
        ]

    async def answers(self, mails: Sequence[int]) -> dict[int, str]:
        """Return the server's words at the last attempt of each mail; erased and untried ones are left out."""
        last = (
            sa.select(attempt.c.outbox, sa.func.max(attempt.c.id).label("id"))
            .where(attempt.c.outbox.in_(mails), attempt.c.ended_at.is_not(None))
            .group_by(attempt.c.outbox)
        )
        found = {int(one.id): int(one.outbox) for one in await self._connection.execute(last)}
        opened = await self._sealed.get_many("attempt", "answers", list(found))
        return {found[row]: data.decode() for row, data in opened.items()}

    async def pause(self, host: str) -> Pause | None:
        """Return whether a server is left alone."""
        found = (await self._connection.execute(sa.select(server_pause).where(server_pause.c.host == host))).first()
        return None if found is None else Pause(found.until, found.stopped, found.login_mac)

    async def set_pause(self, host: str, pause: Pause | None, now: datetime) -> None:
        """Leave a server alone, or (None) no longer."""
        await self._connection.execute(sa.delete(server_pause).where(server_pause.c.host == host))
        if pause is not None:
            values = {"host": host, "until": pause.until, "stopped": pause.stopped, "at": now}
            values["login_mac"] = pause.login_mac
            await self._connection.execute(sa.insert(server_pause).values(**values))
