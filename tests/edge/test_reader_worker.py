"""Words read in a process of their own: the same answers, and a text that costs too much costs only itself."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cvdmail.core.extract import MailKind, Reply, extract
from cvdmail.edge.reader_worker import ReaderWorker
from cvdmail.errors import ParseLimit

AT = datetime(2026, 6, 12, 10, 41, tzinfo=UTC)
TEXTS = (
    "Hello,\n\nwe have received your report and opened ticket EXV-12345.\nWe plan to release it on 15 January 2031",
    "Thank you for CVE-2026-12345. It is fixed in 6.12.4; please publish early next year, or in Q3.",
    "Wir veröffentlichen die Korrektur Ende Juli.\n\n> Wann kommt die Korrektur?\n\nIm August.",
    "修正版は来月リリースする予定です。",
    "I am out of office until 14 July. \U0001f600 \x00 \u202e",
    "",
    "> only quoted\n> words\n" * 500,
)
# The real worker, but one word ends it, another makes it sleep, and a third makes it ask for more memory than it may.
WORKER = """
import time, os, sys
from cvdmail.edge import reader_worker
real = reader_worker.extract
def meddled(reply):
    if "deadly" in reply.plain:
        os._exit(1)
    if "slow" in reply.plain:
        time.sleep(60)
    if "large" in reply.plain:
        bytearray(8 * 1024**3)
    return real(reply)
reader_worker.extract = meddled
sys.argv = ["worker", sys.argv[1]]
reader_worker.main()
"""


def reply(text: str, *lines: str) -> Reply:
    return Reply(text, "Re: your report [EXV-12345]", AT, AT, MailKind.REPLY, frozenset(lines))


@pytest.fixture
async def worker() -> AsyncIterator[ReaderWorker]:
    made = ReaderWorker()
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def meddled() -> AsyncIterator[ReaderWorker]:
    made = ReaderWorker([sys.executable, "-c", WORKER], time_limit=5)
    try:
        yield made
    finally:
        await made.close()


async def test_it_reads_as_we_do(worker: ReaderWorker) -> None:
    replies = [reply(text) for text in TEXTS] + [reply(TEXTS[0], "hello"), replace(reply(TEXTS[1]), sent_at=None)]
    assert await worker.extract(replies) == [extract(one) for one in replies]
    assert await worker.extract([]) == []
    assert (await worker.extract([reply(TEXTS[0])]))[0].facts


@pytest.mark.parametrize("word", ["deadly", "slow", "large"])
async def test_a_text_that_costs_too_much_is_given_up_and_the_next_is_read(meddled: ReaderWorker, word: str) -> None:
    with pytest.raises(ParseLimit, match="more time or memory"):
        await meddled.extract([reply(TEXTS[0]), reply(f"this is {word}")])
    assert await meddled.extract([reply(TEXTS[0])]) == [extract(reply(TEXTS[0]))]


async def test_an_interrupt_at_the_terminal_does_not_end_it(worker: ReaderWorker) -> None:
    """Ctrl-C reaches every process of the terminal: what is being read then is not the mail's fault."""
    await worker.extract([reply(TEXTS[0])])
    process = worker._process
    assert process is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(process.pid, number)
    assert await worker.extract([reply(TEXTS[1])]) == [extract(reply(TEXTS[1]))]
    assert worker._process is process


async def test_who_asks_beside_a_deadly_text_is_answered(meddled: ReaderWorker) -> None:
    deadly, *good = await asyncio.gather(
        *(meddled.extract([reply(text)]) for text in ("deadly", TEXTS[0], TEXTS[1])), return_exceptions=True
    )
    assert isinstance(deadly, ParseLimit)
    assert good == [[extract(reply(TEXTS[0]))], [extract(reply(TEXTS[1]))]]
