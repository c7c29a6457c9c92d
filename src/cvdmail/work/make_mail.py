"""From an approved draft to final bytes: rendered, signed, encrypted, and through the guard.

Nothing is written here.  What was approved waits as text; Date, Message-ID, reply token, signature and ciphertext are
made when a mail's turn comes, so that a key that expired or was revoked while the mail waited stops it.

A letter in clear is made here too, and only from a draft that says so: neither encrypted nor signed, because nothing in
it is secret and whoever gets it has no key of ours yet.  It is searched once more for case text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cvdmail.core import compose, guard
from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.compose import Headers
from cvdmail.core.drafts import Letter
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address, MessageId, ReplyToken
from cvdmail.core.outgoing import ClearLetter, Intended, OutgoingMail
from cvdmail.errors import CryptoRefused, Refused
from cvdmail.ports import PublicKey
from cvdmail.work.check_clear import refuse_leaks
from cvdmail.work.desk import Desk
from cvdmail.work.review import Prepared


@dataclass(frozen=True, slots=True)
class Made:
    """The final bytes of a mail with their envelope, and its reply token (not used where there is no participant)."""

    mail: OutgoingMail
    token: ReplyToken
    at: datetime
    reading: Mapping[str, Any]


async def make(desk: Desk, prepared: Prepared) -> Made:
    """Make the final bytes of a mail.

    Raises ``Refused``, ``CryptoRefused`` or ``GuardRefusal`` when it must not go, ``CryptoUnavailable`` when gpg
    cannot be had now.
    """
    statement = prepared.statement
    token = desk.token()
    headers = _headers(desk, prepared, token, await _references(desk, prepared))
    if statement.clear:
        return await _make_clear(desk, prepared, headers, token)
    assert statement.case is not None
    entity = compose.inner(headers, statement.text, statement.attachments, desk.word())
    own = await desk.keys.team(desk.config.mailbox.address, desk.config.openpgp.mailbox_key)
    keys = (*prepared.keys, own)
    key_ids = frozenset(_encryption_key_id(desk, key) for key in keys)
    ciphertext = await desk.openpgp.sign_encrypt(
        entity,
        desk.config.openpgp.mailbox_key,
        [key.certificate.fingerprint for key in keys],
        tuple(key.ring for key in prepared.keys),
    )
    await _sample(desk, prepared, entity, ciphertext)
    intended = Intended(
        case=statement.case,
        sender=headers.sender,
        to=frozenset(headers.to),
        cc=frozenset(headers.cc),
        encryption_key_ids=key_ids,
        message_id=headers.message_id,
        sender_name=headers.sender_name,
    )
    raw = compose.outer(headers, ciphertext, desk.word())
    mail = OutgoingMail(raw, headers.sender, (*headers.to, *headers.cc), intended)
    guard.inspect(mail)
    return Made(mail, token, headers.date, _reading(prepared, headers, intended))


async def _make_clear(desk: Desk, prepared: Prepared, headers: Headers, token: ReplyToken) -> Made:
    """Make a letter in clear: the very text that was approved, searched once more for case text."""
    statement = prepared.statement
    async with desk.store.read() as tx:
        case_row = prepared.participant.case_row if prepared.participant is not None else None
        await refuse_leaks(desk, tx, f"{statement.subject}\n{statement.text}", case_row)
    body = compose.clear_body(statement.text)
    confirmed = ClearLetter(statement.letter, headers.outer_subject, hashlib.sha256(body).hexdigest())
    intended = Intended(
        case=statement.case,
        sender=headers.sender,
        to=frozenset(headers.to),
        cc=frozenset(),
        encryption_key_ids=frozenset(),
        message_id=headers.message_id,
        sender_name=headers.sender_name,
        clear=confirmed,
    )
    mail = OutgoingMail(compose.clear(headers, statement.text), headers.sender, headers.to, intended)
    guard.inspect(mail)
    return Made(mail, token, headers.date, _reading(prepared, headers, intended))


async def _references(desk: Desk, prepared: Prepared) -> tuple[MessageId, ...]:
    """Return the Message-ID of the mail that a draft answers, if it is one that may stand in a header."""
    if prepared.draft.answers is None:
        return ()
    async with desk.store.read() as tx:
        answered = (await tx.inbox.get(prepared.draft.answers)).message_id
    try:
        return (MessageId.parse(f"<{answered}>"),) if answered is not None and len(answered.text) <= 250 else ()
    except Refused:
        return ()


def _headers(desk: Desk, prepared: Prepared, token: ReplyToken, references: tuple[MessageId, ...]) -> Headers:
    statement = prepared.statement
    mailbox = desk.config.mailbox.address
    to = tuple(recipient.address for recipient in statement.recipients)
    with_token = Address.parse(f"{mailbox.local}+{token}@{mailbox.domain}")
    return Headers(
        sender=mailbox,
        sender_name=desk.config.mailbox.name,
        to=to,
        cc=(mailbox,) if statement.copy_to_self and mailbox not in to else (),
        reply_to=mailbox if prepared.participant is None else with_token,
        date=desk.clock.now().replace(microsecond=0),
        message_id=desk.message_id(),
        outer_subject=outer_subject(prepared),
        subject=inner_subject(prepared),
        references=references,
    )


def inner_subject(prepared: Prepared) -> str:
    """Return the subject that the reader sees."""
    statement = prepared.statement
    return statement.subject if statement.case is None else f"[{statement.case}] {statement.subject}"


def outer_subject(prepared: Prepared) -> str:
    """Return the subject that everybody on the way sees: the bare case id, or the fixed one of a letter in clear."""
    return inner_subject(prepared) if prepared.statement.clear else f"[{prepared.statement.case}]"


def _encryption_key_id(desk: Desk, key: PublicKey) -> str:
    usable = usable_for_encryption(key.certificate, desk.clock.now())
    if not usable.usable or usable.key is None:
        raise Refused(f"key {key.certificate.fingerprint}", usable.reason, "renew it, or pin a current key")
    return usable.key.key_id


async def _sample(desk: Desk, prepared: Prepared, entity: bytes, ciphertext: bytes) -> None:
    """Open our own copy of one mail in so many and compare: a copy that nobody can read is no copy."""
    every = desk.policy.check_own_copy
    if not every or prepared.draft.row % every:
        return
    result, text = await desk.openpgp.decrypt(ciphertext)
    own = str(desk.config.openpgp.mailbox_key)
    signed = [(one.state, one.fingerprint) for one in result.signatures] == [(SignatureState.GOOD, own)]
    if not result.ok or text != entity or not signed:
        raise CryptoRefused("own copy", "it does not open with our own key to what was signed", "see 'cvdmail doctor'")


def _reading(prepared: Prepared, headers: Headers, intended: Intended) -> dict[str, object]:
    reading: dict[str, object] = {
        "from": str(headers.sender),
        "from_name": headers.sender_name,
        "to": [str(address) for address in headers.to],
        "cc": [str(address) for address in headers.cc],
        "date": headers.date.isoformat(),
        "subject": headers.subject,
        "text": prepared.statement.text,
        "attachments": [attachment.name for attachment in prepared.statement.attachments],
        "message_id": str(headers.message_id),
        "key_ids": sorted(intended.encryption_key_ids),
    }
    if intended.clear is not None:
        clear = intended.clear
        reading["clear"] = {"letter": clear.letter.value, "subject": clear.subject, "sha256": clear.body_sha256}
    return reading


def let_out(reading: Mapping[str, Any]) -> ClearLetter | None:
    """Return what was let out in clear when a mail was made, from what was sealed with it; None: it is encrypted."""
    kept = reading.get("clear")
    return None if kept is None else ClearLetter(Letter(kept["letter"]), kept["subject"], kept["sha256"])
