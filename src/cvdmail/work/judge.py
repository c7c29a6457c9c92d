"""Judging a mail: whose is it, who says so, and where does it go.

The order follows the trust in the bytes.  First the clues that need no reading (reply token, Message-IDs), which name
the participants whose pinned keys may speak; then decryption and verification with exactly those keys; then the words
(:mod:`cvdmail.work.read_ahead` does these three for many mails at once).  The last step is here: it looks at what the
store knows in the very moment in which the mail is settled, and is quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from cvdmail.core.body import Reading, to_message_json
from cvdmail.core.clues import Known, clues
from cvdmail.core.evidence import Witnesses, evidence_json, overruled
from cvdmail.core.extract.facts import FactKind, Identifier
from cvdmail.core.gpgstatus import Signature, SignatureState
from cvdmail.core.ids import Address, MessageId
from cvdmail.core.mail import Mail
from cvdmail.core.matching import Clue, Decision, Match, Verdict, decide, match
from cvdmail.core.records import MessageState
from cvdmail.core.sender import Sender, read_recipients, read_sender
from cvdmail.core.trust import Trust, authentication, suspicion, trust
from cvdmail.store.inbox import Outcome
from cvdmail.work.desk import Desk
from cvdmail.work.open_mail import Opened
from cvdmail.work.read_ahead import Prepared

DATES_APART = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that was found out about one mail, before it is written."""

    outcome: Outcome
    match: Match
    decision: Decision
    reading: Reading | None


def tickets_in(reading: Reading | None) -> tuple[str, ...]:
    """Return the ticket numbers that were read in a mail."""
    facts = reading.extraction.facts if reading is not None else ()
    return tuple(fact.value.id for fact in facts if fact.kind is FactKind.TICKET and isinstance(fact.value, Identifier))


def words_of(reading: Reading | None) -> str:
    """Return the words in which a case id may stand."""
    return "" if reading is None else reading.subject + "\n" + reading.extraction.text


def find(known: Known, prepared: Prepared, bounced: Sequence[int]) -> list[Clue]:
    """Return every clue for a mail that was read."""
    if prepared.looked is None:
        return []
    reading = prepared.reading
    return clues(known, prepared.looked, words_of(reading), tickets_in(reading), bounced)


def judge(desk: Desk, known: Known, prepared: Prepared, found: Match) -> Judged:
    """Judge a mail that was opened and read, with what is known now."""
    looked, opened, reading, signed = prepared.looked, prepared.opened, prepared.reading, prepared.signed
    if looked is None or opened is None or reading is None or signed is None:
        return _unparsed(prepared.why)
    mail = looked.mail
    addresses = _known_addresses(known, found)
    trusted, suspected, heard = _trust(desk, mail, opened, looked.sender, signed, addresses)
    decision = _decide(opened, found, trusted, suspected)
    state = MessageState.FILED if decision.verdict is Verdict.FILED else MessageState.HELD
    outcome = Outcome(
        state=state,
        message_id=mail.message_id,
        body_sha256=looked.body_sha256,
        kind=reading.kind,
        trust=trusted,
        signature=signed.state,
        signature_fingerprint=signed.fingerprint,
        encrypted=opened.encrypted,
        why=decision.why,
        reading={
            **to_message_json(reading, str(mail.message_id) if mail.message_id else None, opened.encrypted),
            "text": reading.extraction.text,
            "attachments": list(reading.attachments),
            "why": evidence_json(found, decision, trusted, suspected, heard),
        },
        inner=opened.clear,
        signed_sha256=prepared.signed_sha256,
    )
    return Judged(outcome, found, decision, reading)


def _unparsed(why: str) -> Judged:
    outcome = Outcome(MessageState.UNPARSED, why=why)
    return Judged(outcome, match(()), Decision(Verdict.HELD, False, why), None)


def _decide(opened: Opened, found: Match, trusted: Trust, suspected: str | None) -> Decision:
    decision = decide(found, trusted, suspected)
    if opened.problem is not None:
        return Decision(Verdict.HELD, False, opened.problem)
    return decision


def as_copy(prepared: Prepared) -> Judged:
    """Return the outcome for a mail that is a copy: it adds no facts and is filed nowhere."""
    assert prepared.looked is not None
    return _copy(prepared.looked.mail.message_id, prepared.looked.body_sha256)


def a_copy(judged: Judged) -> Judged:
    """Return the outcome for a mail that was judged and turns out to be a copy."""
    return _copy(judged.outcome.message_id, judged.outcome.body_sha256)


def _copy(message_id: MessageId | None, body_sha256: str | None) -> Judged:
    why = "same Message-ID and body as a mail we hold"
    outcome = Outcome(MessageState.COPY, message_id, body_sha256, why=why)
    return Judged(outcome, match(()), Decision(Verdict.HELD, False, "copy"), None)


def replayed(judged: Judged) -> Judged:
    """Return the judgement of a mail whose very signed text came before: its signature proves nothing any more."""
    why = "the very same signed text came before: a replay?"
    reading = judged.outcome.reading
    if reading is not None and "why" in reading:
        reading = {**reading, "why": overruled(reading["why"], why)}
    outcome = replace(
        judged.outcome,
        state=MessageState.HELD,
        why=why,
        trust=Trust.SUSPICIOUS,
        signature=SignatureState.STALE,
        reading=reading,
    )
    return replace(judged, outcome=outcome, decision=Decision(Verdict.HELD, False, why))


def _known_addresses(known: Known, found: Match) -> frozenset[Address]:
    addresses: set[Address] = set()
    for clue in found.clues:
        if found.certain is None or clue.participant == found.certain.participant:
            addresses |= known.addresses.get(clue.participant, frozenset())
    return frozenset(addresses)


def _trust(
    desk: Desk, mail: Mail, opened: Opened, from_: Sender, signed: Signature, known: frozenset[Address]
) -> tuple[Trust, str | None, Witnesses]:
    transport = authentication(mail.root, desk.config.mailbox.authserv_id, from_, desk.config.mailbox.authserv_hops)
    agree = opened.inner is None or _headers_agree(mail, opened.inner, from_, desk.config.mailbox.address)
    # What a mailing list framed is as good as unsigned, and no worse: the frame is none of the sender's doing.
    state = SignatureState.NONE if opened.framed and signed.state is SignatureState.PARTIAL else signed.state
    judged_by = (state, from_, known, transport, agree)
    return trust(*judged_by), suspicion(*judged_by), Witnesses(signed, from_, known, transport, agree)


def _headers_agree(outer: Mail, inner: Mail, from_: Sender, own: Address) -> bool:
    """Say whether the protected headers, where there are any, fit the outside and name us.

    A signed text to somebody else, sent on to us, has the right signature and the wrong recipient: OpenPGP signs none.
    """
    if any(header.name == "from" for header in inner.root.headers):
        inside = read_sender(inner.root)
        if inside.address is None or inside.address != from_.address:
            return False
    if inner.message_id is not None and outer.message_id is not None and inner.message_id != outer.message_id:
        return False
    if inner.date is not None and outer.date is not None and abs(inner.date - outer.date) > DATES_APART:
        return False
    addressed = any(header.name in ("to", "cc") for header in inner.root.headers)
    return not addressed or any(_is_ours(address, own) for address in read_recipients(inner.root))


def _is_ours(address: Address, own: Address) -> bool:
    """Say whether an address is the mailbox, with or without a reply token."""
    return address.domain == own.domain and address.local.lower().partition("+")[0] == own.local.lower()
