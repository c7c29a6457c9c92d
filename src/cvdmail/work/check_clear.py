"""Before a letter goes out in clear: is there case text in it?  Asked when it is written, and when its bytes are made.

A letter of a case is compared with that case; one that belongs to none with every open case.  A case that was merged
into another one is closed, and its words are still as secret as the other's: it counts as the other.
"""

from __future__ import annotations

from cvdmail.core import report as reports
from cvdmail.core.clearance import CaseText, leaks
from cvdmail.core.report import PARTS
from cvdmail.errors import Refused
from cvdmail.store.transaction import Transaction
from cvdmail.work.desk import Desk


async def refuse_leaks(desk: Desk, tx: Transaction, text: str, case_row: int | None) -> None:
    """Raise ``Refused`` if ``text`` (subject and body) holds words of the case, or, without one, of any open case."""
    secrets = await _secrets(tx, case_row)
    mailbox = desk.config.mailbox
    ours = (mailbox.name, str(mailbox.address), str(desk.config.openpgp.mailbox_key), mailbox.policy_url)
    found = leaks(text, secrets, [one for one in ours if one])
    if found is not None:
        raise Refused("letter in clear", f"it holds {found}", "take it out, or write to the vendor encrypted")


async def _secrets(tx: Transaction, case_row: int | None) -> list[CaseText]:
    every = [one for one in await tx.cases.select() if one.erased_at is None]
    merged = await tx.links.merged()
    living = {one.row for one in every if not one.state.closed} if case_row is None else {case_row}
    cases = [one for one in every if one.row in living or merged.get(one.row) in living]
    written = await tx.sealed.get_many("case", "report", [one.row for one in cases])
    vendors: dict[int, str] = {}
    for party in await tx.cases.participants():
        vendors[party.case_row] = f"{vendors.get(party.case_row, '')} {party.vendor}"
    return [
        CaseText(
            one.title or "",
            _product(written.get(one.row, b"")),
            written.get(one.row, b"").decode("utf-8", "replace"),
            vendors.get(one.row, ""),
        )
        for one in cases
    ]


def _product(raw: bytes) -> str:
    try:
        fields = reports.read(raw).fields
    except Refused:
        return ""
    return next((fields[name] for name in PARTS["product"] if fields.get(name, "").strip()), "")
