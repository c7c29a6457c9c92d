"""Judging one mail that was settled before, with what is known today; nothing is written."""

from __future__ import annotations

from cvdmail.core.matching import match
from cvdmail.core.records import MessageRecord
from cvdmail.work.bounces import Bounces
from cvdmail.work.desk import Desk
from cvdmail.work.gather_clues import bounces_of, gather, question
from cvdmail.work.judge import Judged, as_copy, judge
from cvdmail.work.read_ahead import prepare


async def judge_again(desk: Desk, record: MessageRecord, raw: bytes) -> tuple[Judged, Bounces]:
    """Open, read and judge a mail as if it came now; return the verdict and what it says about mails of ours.

    Raise ``CryptoUnavailable``, ``StoreUnavailable``, or whatever reading this mail raises.
    """
    (one,) = await prepare(desk, [(record, raw)])
    if one.problem is not None:
        raise one.problem
    async with desk.store.read() as tx:
        bounces = await bounces_of(tx, [one])
        known = await tx.known.about([question(one, bounces)] if one.looked is not None else [])
        if one.copied:
            return as_copy(one), []
        told = bounces.get(record.row, [])
        return judge(desk, known, one, match(await gather(desk, tx, known, one, told))), told
