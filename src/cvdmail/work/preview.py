"""What a draft will look like to whoever gets it, before anything is signed: each visible header, keys, attachments."""

from __future__ import annotations

import hashlib
from typing import Any

from cvdmail.core.compose import mailbox_field
from cvdmail.work.desk import Desk
from cvdmail.work.make_mail import inner_subject, outer_subject
from cvdmail.work.review import Prepared


def shape(desk: Desk, prepared: Prepared) -> dict[str, Any]:
    """Return a draft as ``draft preview --json`` writes it; the reply token is not made before the mail is.

    What a person hands over by another way than mail has a ``channel`` and no headers.
    """
    statement = prepared.statement
    mailbox = desk.config.mailbox
    address = mailbox.address
    with_token = f"{address.local}+TOKEN@{address.domain}"
    by_hand = statement.channel is not None
    copied = statement.copy_to_self and address not in {one.address for one in statement.recipients}
    return {
        "draft": prepared.draft.row,
        "case": None if statement.case is None else str(statement.case),
        "letter": statement.letter.value,
        "clear": statement.clear,
        "digest": statement.digest(),
        "policy": statement.policy,
        "channel": statement.channel,
        "headers": {}
        if by_hand
        else {
            "From": f"{mailbox.name} <{address}>" if mailbox.name else mailbox_field("", address),
            "To": ", ".join(str(one.address) for one in statement.recipients),
            "Cc": str(address) if copied else None,
            "Reply-To": str(address) if prepared.participant is None else with_token,
            "Subject": outer_subject(prepared),
        },
        "inner_subject": None if statement.clear else inner_subject(prepared),
        "recipients": [
            {"address": str(one.address), "fingerprint": None if one.fingerprint is None else str(one.fingerprint)}
            for one in statement.recipients
        ],
        "copy_to_self": statement.copy_to_self,
        "subject": statement.subject,
        "text": statement.text,
        "attachments": [
            {"name": one.name, "size": len(one.content), "sha256": hashlib.sha256(one.content).hexdigest()}
            for one in statement.attachments
        ],
        "answers": prepared.draft.answers,
        "warnings": list(prepared.warnings),
    }
