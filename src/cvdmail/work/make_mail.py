"""From an approved draft to final bytes: rendered, signed, encrypted, and through the guard.

Nothing is written here.  What was approved waits as text; Date, Message-ID, reply token, signature and ciphertext are
made when a mail's turn comes, so that a key that expired or was revoked while the mail waited stops it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cvdmail.core import compose, guard
from cvdmail.core.certificate import usable_for_encryption
from cvdmail.core.compose import Headers
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address, ReplyToken
from cvdmail.core.outgoing import Intended, OutgoingMail
from cvdmail.errors import CryptoRefused, Refused
from cvdmail.ports import PublicKey
from cvdmail.work.desk import Desk
from cvdmail.work.review import Prepared


@dataclass(frozen=True, slots=True)
class Made:
    """The final bytes of a mail with their envelope, and the reply token that was put into them."""

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
    assert statement.case is not None
    token = desk.token()
    headers = _headers(desk, prepared, token)
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


def _headers(desk: Desk, prepared: Prepared, token: ReplyToken) -> Headers:
    statement = prepared.statement
    mailbox = desk.config.mailbox.address
    to = tuple(recipient.address for recipient in statement.recipients)
    return Headers(
        sender=mailbox,
        sender_name=desk.config.mailbox.name,
        to=to,
        cc=(mailbox,) if statement.copy_to_self and mailbox not in to else (),
        reply_to=Address.parse(f"{mailbox.local}+{token}@{mailbox.domain}"),
        date=desk.clock.now().replace(microsecond=0),
        message_id=desk.message_id(),
        outer_subject=f"[{statement.case}]",
        subject=f"[{statement.case}] {statement.subject}",
    )


def _encryption_key_id(desk: Desk, key: PublicKey) -> str:
    usable = usable_for_encryption(key.certificate, desk.clock.now())
    if not usable.usable or usable.key is None:
        raise Refused(f"key {key.certificate.fingerprint}", usable.reason, "renew it, or pin a current key")
    return usable.key.key_id


async def _sample(desk: Desk, prepared: Prepared, entity: bytes, ciphertext: bytes) -> None:
    """Open our own copy of every so-manieth mail and compare: a copy that nobody can read is no copy."""
    every = desk.policy.check_own_copy
    if not every or prepared.draft.row % every:
        return
    result, text = await desk.openpgp.decrypt(ciphertext)
    own = str(desk.config.openpgp.mailbox_key)
    signed = [(one.state, one.fingerprint) for one in result.signatures] == [(SignatureState.GOOD, own)]
    if not result.ok or text != entity or not signed:
        raise CryptoRefused("own copy", "it does not open with our own key to what was signed", "see 'cvdmail doctor'")


def _reading(prepared: Prepared, headers: Headers, intended: Intended) -> dict[str, object]:
    return {
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
