"""Opening and reading mails ahead: everything that is costly, and does not depend on the mails before.

A handful is worked on at once.  One look into the store says for all of them whose keys may speak and what we wrote
ourselves; gpg runs for several side by side; parsing and extraction leave the loop in one go.  The answers rest on what
was known then: each mail carries this :class:`Basis`, and whoever settles it compares it with what is known in that
moment.  A mail that cannot be read is marked and never stops the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cvdmail.core import body
from cvdmail.core.body import Begun, Reading
from cvdmail.core.clues import Known, Looked, Question, Speaker, certain_only, clues, look, speakers
from cvdmail.core.extract import Extraction, Reply, extract
from cvdmail.core.extract.zones import known_words
from cvdmail.core.gpgstatus import Signature, SignatureState, verdict
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.inline import signed_essence
from cvdmail.core.records import MessageRecord
from cvdmail.errors import CryptoUnavailable, ParseLimit, Refused, StoreUnavailable
from cvdmail.work.ask_opinion import with_opinions
from cvdmail.work.desk import Desk
from cvdmail.work.open_mail import Opened, open_mail

MOST_QUOTED = 3  # cases whose outbound mails are held against a mail, to find what it quotes without a mark


@dataclass(frozen=True, slots=True)
class Basis:
    """What opening and reading a mail rested on: whose keys may speak, and which participants it certainly names."""

    speakers: tuple[Speaker, ...] = ()
    certain: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail that was looked at, opened and read; what is None could not be had, and ``why`` says so.

    ``in_sent``: it lies in our own Sent folder.  ``problem`` is an error that was not foreseen: the mail stays where it
    is.
    """

    record: MessageRecord
    raw: bytes = field(repr=False)
    looked: Looked | None = None
    basis: Basis = field(default_factory=Basis)
    opened: Opened | None = None
    signed: Signature | None = None
    signed_sha256: str | None = None
    reading: Reading | None = None
    copied: bool = False
    in_sent: bool = False
    why: str = ""
    problem: Exception | None = None


def basis(known: Known, looked: Looked) -> Basis:
    """Return what opening and reading a mail rests on, as things are known."""
    found = clues(known, looked)
    return Basis(speakers(known, found, looked.sender), certain_only(found)[:MOST_QUOTED])


async def prepare(
    desk: Desk, taken: Sequence[tuple[MessageRecord, bytes]], in_sent: frozenset[int] = frozenset()
) -> list[Prepared]:
    """Look at, open and read mails, those of the rows ``in_sent`` as lying in our Sent folder.

    Raise ``CryptoUnavailable`` or ``StoreUnavailable`` only.
    """
    own = desk.config.mailbox.address
    waiting = [Prepared(record, raw, in_sent=record.row in in_sent) for record, raw in taken]
    mails = await asyncio.to_thread(lambda: [_look(one, own) for one in waiting])
    questions = [Question(one.looked) for one in mails if one.looked is not None]
    async with desk.store.read() as tx:
        known = await tx.known.about(questions)
        mails = [_hold_against(known, one) for one in mails]
        cases = {row: known.participants[row].case_row for one in mails for row in one.basis.certain}
        lines = _lines(await tx.sent.texts(set(cases.values())))
    rings = await _rings(desk, {speaker for one in mails for speaker in one.basis.speakers})
    mails = list(await asyncio.gather(*(_open(desk, one, rings) for one in mails)))
    quoted = [frozenset().union(*(lines.get(cases[row], frozenset()) for row in one.basis.certain)) for one in mails]
    begun = await asyncio.to_thread(lambda: [_begin(one, said) for one, said in zip(mails, quoted, strict=True)])
    return await _read(desk, mails, begun)


def _look(one: Prepared, own: Address) -> Prepared:
    try:
        return replace(one, looked=look(one.raw, own))
    except ParseLimit as limit:
        return replace(one, why=limit.why)
    except Exception as problem:  # of this mail alone
        return replace(one, problem=problem)


def _hold_against(known: Known, one: Prepared) -> Prepared:
    if one.looked is None:
        return one
    copied = known.twin(one.record.row, one.looked.mail.message_id, one.looked.body_sha256) is not None
    return replace(one, basis=basis(known, one.looked), copied=copied)


async def _rings(desk: Desk, who: Iterable[Speaker]) -> dict[Speaker, dict[str, Path]]:
    """Return, for each who may speak, the keyrings of the pinned keys by fingerprint."""
    found: dict[Speaker, dict[str, Path]] = {}
    for one in who:
        rings = {str(key): await _ring(desk, one.address, key) for key in one.fingerprints}
        found[one] = {key: ring for key, ring in rings.items() if ring is not None}
    return found


async def _ring(desk: Desk, address: Address, fingerprint: Fingerprint) -> Path | None:
    try:
        return (await desk.keys.vendor(address, fingerprint)).ring
    except Refused:
        return None  # the key file is gone or changed: the signature will be by an unknown key, and wait for a person


async def _open(desk: Desk, one: Prepared, rings: Mapping[Speaker, Mapping[str, Path]]) -> Prepared:
    if one.looked is None or one.copied or one.problem is not None:
        return one
    pinned = {key: ring for speaker in one.basis.speakers for key, ring in rings[speaker].items()}
    try:
        opened = await open_mail(desk, one.looked.mail, tuple(pinned.values()))
        signed = verdict(opened.signatures, frozenset(pinned), desk.clock.now(), one.record.received_at)
        return replace(one, opened=opened, signed=signed, signed_sha256=signed_once(signed, opened))
    except (CryptoUnavailable, StoreUnavailable):
        raise
    except Exception as problem:  # of this mail alone
        return replace(one, problem=problem)


def signed_once(signed: Signature, opened: Opened) -> str | None:
    """Return a name for this text signed at this moment by this key: seen again in another mail, it is a replay."""
    if signed.state is not SignatureState.GOOD or opened.inner is None or signed.made_at is None:
        return None
    head = f"{signed.fingerprint} {signed.made_at.timestamp():.0f}\n".encode()
    return hashlib.sha256(head + signed_essence(opened.inner.raw)).hexdigest()


def _begin(one: Prepared, quoted: frozenset[str]) -> Begun | Exception | None:
    if one.looked is None or one.opened is None:
        return None
    try:
        return body.begin(one.looked.mail, one.opened.inner, one.record.received_at, quoted)
    except Exception as problem:  # of this mail alone
        return problem


async def _read(desk: Desk, mails: Sequence[Prepared], begun: Sequence[Begun | Exception | None]) -> list[Prepared]:
    """Read the words for facts, all together; if that is too much, one by one, to know which of them it is."""
    texts = [one for one in begun if isinstance(one, Begun)]
    try:
        read = dict(zip(map(id, texts), await _extract(desk, [one.reply for one in texts]), strict=True))
    except ParseLimit:
        read = {}
        for one in texts:
            with contextlib.suppress(ParseLimit):
                (read[id(one)],) = await _extract(desk, [one.reply])
    if desk.opinion is not None:
        pairs = [(one.reply, read.get(id(one))) for one in texts]
        more = await with_opinions(desk.opinion, pairs)
        read |= {id(one): found for one, found in zip(texts, more, strict=True) if found is not None}
    return await asyncio.to_thread(
        lambda: [_finish(one, words, read.get(id(words))) for one, words in zip(mails, begun, strict=True)]
    )


async def _extract(desk: Desk, replies: list[Reply]) -> list[Extraction]:
    if not replies:
        return []
    if desk.reader is not None:
        return await desk.reader.extract(replies)
    return await asyncio.to_thread(lambda: [extract(reply) for reply in replies])


def _finish(one: Prepared, begun: Begun | Exception | None, read: Extraction | None) -> Prepared:
    if isinstance(begun, Exception):
        return replace(one, problem=begun)
    if begun is None:
        return one
    if read is None:
        return replace(one, opened=None, why="reading it takes more time or memory than a mail may")
    try:
        return replace(one, reading=body.finish(begun, read))
    except Exception as problem:  # of this mail alone
        return replace(one, problem=problem)


def _lines(texts: Mapping[int, Collection[str]]) -> dict[int, frozenset[str]]:
    """Return the words of our own mails by case, so that a quote without a mark is still seen as one."""
    return {case: known_words(found) for case, found in texts.items()}
