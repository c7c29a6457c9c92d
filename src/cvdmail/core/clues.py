"""Clues: what in a mail can tell whose it is, held against what we know.

Three steps, so that a whole handful of mails can be held against the store by a few statements:

* :func:`look` takes from the bytes what needs no opening: sender, recipients, reply tokens, cited Message-IDs.
* :class:`Known` is what the store answered about all of them at once; it is brought up to date while the mails of a
  handful are settled one after another, because what one taught decides about the next.
* :func:`clues` joins the two.  It is asked twice: before the mail is opened, to learn whose pinned keys may speak, and
  after it was read, with its words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from cvdmail.core.deliveries import named_numbers
from cvdmail.core.ids import Address, CaseId, Fingerprint, MessageId, ReplyToken
from cvdmail.core.mail import Mail, parse
from cvdmail.core.matching import MOVED_ON, Clue, Evidence, case_ids, one_of_a_case, subject_moved_on
from cvdmail.core.records import ParticipantRecord
from cvdmail.core.registrable import registrable_domain
from cvdmail.core.sender import Sender, read_recipients, read_sender, second_opinion
from cvdmail.core.trust import known_sender
from cvdmail.errors import Refused

MAX_CASE_IDS = 20
MAX_SPEAKERS = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What can be seen of a mail from outside, before anything is opened."""

    mail: Mail
    sender: Sender
    tokens: tuple[ReplyToken, ...]
    body_sha256: str
    cited: tuple[MessageId, ...]
    case_ids: tuple[CaseId, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A confirmed mail contact and the keys pinned to it: they may speak for its vendor."""

    contact: int
    address: Address
    fingerprints: tuple[Fingerprint, ...]


@dataclass(slots=True)
class Known:
    """What the store knows that the mails in question may refer to.

    ``cited`` maps a Message-ID to the participants it is filed to and whether the mail was ours; ``twins`` maps
    Message-ID and hash of the body of settled mails to their rows; ``signed`` maps the name of a signed text to the
    rows that brought it; ``left`` are mails that left their threads for another matter; ``addresses`` are the confirmed
    addresses of each participant's vendor; ``moved`` says who gets the mail of the participants of merged cases.
    """

    tokens: dict[str, int] = field(default_factory=dict)
    cited: dict[MessageId, dict[int, bool]] = field(default_factory=dict)
    twins: dict[tuple[MessageId, str], list[int]] = field(default_factory=dict)
    signed: dict[str, set[int]] = field(default_factory=dict)
    left: set[MessageId] = field(default_factory=set)
    tickets: dict[str, set[int]] = field(default_factory=dict)
    of_case: dict[CaseId, tuple[int, ...]] = field(default_factory=dict)
    participants: dict[int, ParticipantRecord] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    scopes: dict[int, int] = field(default_factory=dict)
    erased: set[CaseId] = field(default_factory=set)
    addresses: dict[int, frozenset[Address]] = field(default_factory=dict)
    by_vendor: dict[str, tuple[Speaker, ...]] = field(default_factory=dict)
    by_sender: dict[str, tuple[Speaker, ...]] = field(default_factory=dict)

    def twin(self, row: int, message_id: MessageId | None, body_sha256: str | None) -> int | None:
        """Return the row of another mail, filed or sent by us, with the same Message-ID and body; None without one.

        The same Message-ID with another body is no copy: it may be forged, and is judged like any other mail.
        """
        if message_id is None or body_sha256 is None:
            return None
        return next((one for one in self.twins.get((message_id, body_sha256), ()) if one != row), None)

    def note_twin(self, row: int, message_id: MessageId, body_sha256: str) -> None:
        """Take note that a mail with this Message-ID and body is filed, or was sent."""
        self.twins.setdefault((message_id, body_sha256), []).append(row)

    def note_filed(self, row: int, message_id: MessageId | None, body_sha256: str | None, participant: int) -> None:
        """Take note that a mail of a correspondent was filed: later ones may cite it, or be its copies."""
        if message_id is None:
            return
        self.cited.setdefault(message_id, {}).setdefault(participant, False)
        if body_sha256 is not None:
            self.note_twin(row, message_id, body_sha256)

    def note_sent(self, row: int, message_id: MessageId | None, body_sha256: str | None, participant: int) -> bool:
        """Take note that a mail of ours was found: an answer to it is certain.

        False if its participant was not asked about: then all of this must be asked anew before the next mail.
        """
        if participant not in self.scopes:
            return False
        if message_id is not None:
            self.cited.setdefault(message_id, {})[participant] = True
            if body_sha256 is not None:
                self.note_twin(row, message_id, body_sha256)
        return True

    def note_ticket(self, participant: int, number: str) -> None:
        """Take note of a ticket number that was learned."""
        self.tickets.setdefault(number.upper(), set()).add(participant)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask for one mail beyond what can be seen from outside: what was read in it."""

    looked: Looked
    case_ids: tuple[CaseId, ...] = ()
    tickets: tuple[str, ...] = ()
    signed_sha256: str | None = None
    participants: tuple[int, ...] = ()


def look(raw: bytes, own: Address) -> Looked:
    """Look at the bytes of a mail; ``own`` is the mailbox.  Raise ``ParseLimit``."""
    mail = parse(raw)
    return Looked(
        mail,
        second_opinion(mail, read_sender(mail.root)),
        _tokens(read_recipients(mail.root), own),
        hashlib.sha256(raw[mail.root.body :]).hexdigest(),
        tuple(dict.fromkeys((*mail.in_reply_to, *mail.references))),
        case_ids(mail.subject)[:MAX_CASE_IDS],
        tuple(named_numbers(mail.subject)),
    )


def _tokens(recipients: Iterable[Address], own: Address) -> tuple[ReplyToken, ...]:
    found = []
    for address in recipients:
        base, plus, tail = address.local.lower().partition("+")
        if address.domain != own.domain or base != own.local.lower() or not plus:
            continue
        try:
            found.append(ReplyToken.parse(tail))
        except Refused:
            continue
    return tuple(found)


def clues(
    known: Known,
    looked: Looked,
    words: str = "",
    tickets: Collection[str] = (),
    bounced: Collection[int] = (),
) -> list[Clue]:
    """Return the clues for a mail.

    ``words`` and ``tickets`` are what was read in it, ``bounced`` the participants whose mail it says did not arrive.
    """
    named = [known.tokens[token.text] for token in looked.tokens if token.text in known.tokens]
    found = [_clue(known, row, Evidence.REPLY_TOKEN, True) for row in named]
    found += _cited(known, looked)
    written = dict.fromkeys((*looked.case_ids, *case_ids(words)[:MAX_CASE_IDS])) if words else looked.case_ids
    for row in (row for case_id in written for row in known.of_case.get(case_id, ())):
        sure = known_sender(looked.sender, known.addresses.get(row, frozenset()))
        if sure or known.participants[row].removed_at is None:
            found.append(_clue(known, row, Evidence.CASE_ID, sure))
    found += [_clue(known, row, Evidence.MESSAGE_ID, True) for row in bounced]
    for number in dict.fromkeys((*tickets, *looked.numbers)):
        for row in sorted(known.tickets.get(number.upper(), ())):
            sure = known_sender(looked.sender, known.addresses.get(row, frozenset()))
            found.append(_clue(known, row, Evidence.TICKET, sure))
    return _tempered(known, found)


def _clue(known: Known, row: int, evidence: Evidence, certain: bool, why: str = "") -> Clue:
    row = known.moved.get(row, row)
    return Clue(known.participants[row].case, row, evidence, certain, why=why)


def _cited(known: Known, looked: Looked) -> list[Clue]:
    """Return the clues of the Message-IDs in In-Reply-To and References.

    Only our own are unguessable: a vendor's may have been on a list, and are a probable match.  A mail that left its
    thread ("new matter (was: old)"), and what answers it, still cites ours.
    """
    rows: dict[int, bool] = {}
    for message_id in looked.cited:
        for row, ours in known.cited.get(message_id, {}).items():
            rows[row] = rows.get(row, False) or ours
    if not rows:
        return []
    moved_on = subject_moved_on(looked.mail.subject) or not known.left.isdisjoint(looked.cited)
    found = [
        _clue(known, row, Evidence.MESSAGE_ID, ours and not moved_on, MOVED_ON if ours and moved_on else "")
        for row, ours in rows.items()
    ]
    domain = registrable_domain(looked.sender.address.domain) if looked.sender.address is not None else None
    vendors = {row: known.participants[row].vendor for row in rows}
    certain = [clue for clue in found if clue.certain]
    return one_of_a_case(certain, vendors, domain) + [clue for clue in found if not clue.certain]


def _tempered(known: Known, found: Iterable[Clue]) -> list[Clue]:
    """Drop what points to erased cases, and let nothing that points to a removed participant be certain."""
    return [
        clue if known.participants[clue.participant].removed_at is None else replace(clue, certain=False)
        for clue in found
        if clue.case not in known.erased
    ]


def speakers(known: Known, found: Collection[Clue], sender: Sender) -> tuple[Speaker, ...]:
    """Return whose pinned keys may speak: those of the participants in question.

    Without a certain clue, those pinned to the sender's own address: enough to show who signed, never enough to file.
    """
    vendors = dict.fromkeys(known.participants[clue.participant].vendor for clue in found if clue.certain)
    chosen = {one.contact: one for vendor in vendors for one in known.by_vendor.get(vendor, ())}
    if not chosen and sender.address is not None:
        chosen = {one.contact: one for one in known.by_sender.get(sender.address.key, ())}
    return tuple(chosen[row] for row in sorted(chosen)[:MAX_SPEAKERS])


def certain_only(found: Iterable[Clue]) -> tuple[int, ...]:
    """Return the participants that are certain clues, each once."""
    return tuple(dict.fromkeys(clue.participant for clue in found if clue.certain))
