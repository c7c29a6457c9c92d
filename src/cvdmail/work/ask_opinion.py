"""Asking a second opinion about the words of mails: only where a desk has one, and behind the fence.

Whatever becomes of it (a refusal, an error, an answer that does not come), the mail is read by the rules as ever.  The
log keeps the hashes of what was asked and answered, and no word of either.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from cvdmail.core.extract import Extraction, MailKind, Reply
from cvdmail.ports import SecondOpinion

log = logging.getLogger("cvdmail.second_opinion")
SECONDS = 30.0
"""How long an answer is waited for."""


async def with_opinions(
    opinion: SecondOpinion, read: Sequence[tuple[Reply, Extraction | None]]
) -> list[Extraction | None]:
    """Return what was read of each mail, with what the opinion may propose behind the rules' own facts."""
    return list(await asyncio.gather(*(_one(opinion, reply, found) for reply, found in read)))


async def _one(opinion: SecondOpinion, reply: Reply, read: Extraction | None) -> Extraction | None:
    if read is None or reply.kind is not MailKind.REPLY or not read.text.strip():
        return read
    try:
        return await _ask(opinion, reply, read)
    except Exception as problem:  # it is not ours: it may fail in any way, and holds up no mail
        log.warning("second opinion failed (%s)", type(problem).__name__)
        return read


async def _ask(opinion: SecondOpinion, reply: Reply, read: Extraction) -> Extraction:
    # Loaded on first use: the tables of words take a while, and most desks have no second opinion.
    from cvdmail.core import second_opinion as fence
    from cvdmail.core.extract.reading import MAX_FACTS

    sent = reply.sent_at if reply.sent_at is not None and 1990 <= reply.sent_at.year <= 2200 else reply.received_at
    shown = await asyncio.to_thread(fence.shown, read.text, sent.date(), read.language)
    asked = fence.question(shown)
    async with asyncio.timeout(SECONDS):
        answer = await opinion.ask(asked)
    heard = await asyncio.to_thread(fence.heard, opinion.name, shown, answer, read.facts)
    log.info(
        "second opinion: input %s output %s proposed %d dropped %d",
        hashlib.sha256(asked).hexdigest(),
        hashlib.sha256(answer).hexdigest() if isinstance(answer, bytes) else "none",
        len(heard.facts),
        heard.dropped,
    )
    return replace(read, facts=fence.with_opinion(read.facts, heard.facts, MAX_FACTS))
