"""The ledger: an append-only record of everything that happened, in hash chains.

Theory.  There is one chain for each case and one (``main``) for everything else.  An event is written as canonical
JSON (RFC 8785) holding ids, enumerations, times and commitments only, so it can be shown without opening anything.
Its hash is ``SHA-256(0x01 | hash of the event before | canonical bytes)``; the first event of a chain follows 32 zero
bytes.  Changing, removing or reordering an event breaks every hash behind it; cutting off the tail is seen only
against a checkpoint kept elsewhere, which is why checkpoints are signed and exported.

Values that must stay secret (a title, a reason) appear as commitments, ``SHA-256(0x02 | salt | value)``; salt and value
are sealed outside, so erasing a case leaves a proof that something was there and nothing to read.

A decision of a person carries that person's detached OpenPGP signature over :func:`statement`: the event without its
place in the chain.  The signature's hash is part of the event.  Decisions taken together (a thousand reports queued by
one command) are signed once: over a list of the hashes of their statements, which each of the events carries in front
of the signature (:func:`joint_statement`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cvdmail.core.events import EventKind
from cvdmail.errors import Refused

Value = str | int | bool | None | Sequence["Value"] | Mapping[str, "Value"]

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

MAIN = "main"
START = bytes(32)


def canonical(value: Value) -> bytes:
    """Return ``value`` as canonical JSON (RFC 8785): names sorted, no blanks, text as it is, whole numbers only.

    For values of these types, with names in ASCII, the encoder of the standard library writes that very form, fifty
    times as fast as a canonicalizer in Python; a property test holds the two together.
    """
    try:
        return _CANONICAL.encode(value).encode()
    except UnicodeEncodeError:
        raise Refused("text", "it holds half a character", "write it again") from None


def instant(at: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC with microseconds, the one form used in records."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def read_instant(text: str) -> datetime:
    """Read what :func:`instant` wrote."""
    if len(text) != 27 or text[10] != "T" or text[26] != "Z":
        raise ValueError("not an instant of ours")
    return datetime.fromisoformat(text)


def commitment(salt: bytes, value: bytes) -> str:
    """Return the hex commitment to ``value``; ``salt`` is 16 random bytes, sealed with the value."""
    return hashlib.sha256(b"\x02" + salt + value).hexdigest()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, before it has a place in a chain.

    ``actor`` is ``daemon``, ``program`` or a person's full fingerprint; ``body`` holds ids, enumerations, times and
    commitments; ``signature`` is the armoured detached signature of a deciding person, or None.
    """

    chain: str
    kind: EventKind
    at: datetime
    actor: str
    body: Mapping[str, Value]
    participant: int | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its place: the ``seq``-th of its chain (from 1), with the hash before it and its own."""

    event: Event
    seq: int
    previous: bytes
    hash: bytes


def statement(event: Event) -> bytes:
    """Return the canonical bytes that a deciding person signs."""
    return canonical(
        {
            "actor": event.actor,
            "at": instant(event.at),
            "body": event.body,
            "chain": event.chain,
            "kind": event.kind.value,
            "participant": event.participant,
            "v": 1,
        }
    )


def joint_statement(events: Sequence[Event]) -> bytes:
    """Return the canonical bytes that a person signs to decide several events at once: the hash of each statement."""
    hashes = sorted({hashlib.sha256(statement(event)).hexdigest() for event in events})
    return canonical({"decisions": hashes, "kind": "cvdmail decisions", "v": 1})


def jointly_signed(event: Event, joint: bytes, signature: str) -> Event:
    """Return ``event`` with a signature over ``joint``, which names it."""
    return replace(event, signature=f"{joint.decode()}\n{signature}")


def signed_bytes(event: Event) -> tuple[bytes, str]:
    """Return what the signature of an event must cover, and the armoured signature (empty if there is none).

    A list of decisions counts only if it is in its canonical form and names this event; else the event's own statement
    is asked for, which that signature does not cover.
    """
    own = statement(event)
    head, newline, signature = (event.signature or "").partition("\n")
    if not newline or not head.startswith("{"):
        return own, event.signature or ""
    try:
        named = json.loads(head)["decisions"]
        canonical_form = canonical({"decisions": sorted(set(named)), "kind": "cvdmail decisions", "v": 1})
    except (ValueError, KeyError, TypeError):
        return own, signature
    fits = canonical_form == head.encode() and hashlib.sha256(own).hexdigest() in named
    return (canonical_form if fits else own), signature


def record(event: Event, seq: int) -> bytes:
    """Return the canonical bytes that the chain hashes: the statement, its place, and the hash of the signature."""
    signature = hashlib.sha256(event.signature.encode()).hexdigest() if event.signature else None
    return canonical(
        {
            "actor": event.actor,
            "at": instant(event.at),
            "body": event.body,
            "chain": event.chain,
            "kind": event.kind.value,
            "participant": event.participant,
            "seq": seq,
            "signature": signature,
            "v": 1,
        }
    )


def link(previous: bytes, canonical_record: bytes) -> bytes:
    """Return the hash of a record that follows ``previous`` (32 bytes)."""
    return hashlib.sha256(b"\x01" + previous + canonical_record).digest()


def append(event: Event, last: Entry | tuple[int, bytes] | None) -> Entry:
    """Give ``event`` its place behind ``last`` (an entry, or its seq and hash; None at the start of a chain)."""
    if last is None:
        seq, previous = 1, START
    elif isinstance(last, Entry):
        seq, previous = last.seq + 1, last.hash
    else:
        seq, previous = last[0] + 1, last[1]
    return Entry(event, seq, previous, link(previous, record(event, seq)))


def verify(chain: str, entries: Iterable[Entry]) -> list[str]:
    """Return what is wrong with a chain, oldest first; an empty list means that it is whole up to its last entry."""
    problems: list[str] = []
    seq, previous = 0, START
    for entry in entries:
        seq += 1
        place = f"{chain} event {seq}"
        if entry.event.chain != chain:
            problems.append(f"{place}: it belongs to another chain")
        if entry.seq != seq:
            problems.append(f"{place}: it is numbered {entry.seq}: an event is missing or doubled")
            seq = entry.seq
        if entry.previous != previous:
            problems.append(f"{place}: it does not follow the event before it")
        if link(entry.previous, record(entry.event, entry.seq)) != entry.hash:
            problems.append(f"{place}: its content was changed")
        previous = entry.hash
    return problems


def heads_statement(heads: Mapping[str, tuple[int, bytes]], at: datetime) -> bytes:
    """Return the canonical bytes of a checkpoint: for every chain the number and hash of its last event."""
    return canonical(
        {
            "at": instant(at),
            "heads": {chain: {"hash": head.hex(), "seq": seq} for chain, (seq, head) in sorted(heads.items())},
            "kind": "cvdmail checkpoint",
            "v": 1,
        }
    )
