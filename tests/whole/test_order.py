"""Mails take effect in the order in which they arrived, however long the reading of each takes."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from cvdmail.core.ids import Address
from cvdmail.embedded import EmbeddedServers, LocalUser
from servers.certificates import short_folder
from whole import story as play
from whole import vendor
from whole.lab import laboratory
from whole.story import Words
from whole.town import MAILBOX, PASSWORDS, VENDOR, Endpoint, append, loop, read_folder

pytestmark = pytest.mark.timeout(300)
LOG = bytes(24_000_000)  # packs to almost nothing, and takes its time when it is unpacked


def test_a_slow_first_mail_is_not_overtaken() -> None:
    """A vendor promises a day in a large mail, and another one in a small mail: that is a slip."""
    with ExitStack() as stack:
        place, background = stack.enter_context(short_folder()), stack.enter_context(loop())
        users = [LocalUser(Address.parse(address), password) for address, password in PASSWORDS.items()]
        servers = background.enter(EmbeddedServers(place, users))
        smtp = Endpoint(servers.host, servers.smtp_port, servers.ca_file)
        imap = Endpoint(servers.host, servers.imap_port, servers.ca_file)
        lab = stack.enter_context(laboratory(smtp, imap))
        ours = (lab.root / "keys" / "team" / f"{MAILBOX}.asc").read_bytes()
        there = stack.enter_context(vendor.vendor(ours))
        case = play.open_case(lab, there.home, VENDOR, Words(), [])
        lab.watch()
        line = vendor.thread(vendor.read(read_folder(imap, VENDOR)[0]))
        for name, text, log in (
            ("first", "We plan to release the fix on 15 January 2031.\n", LOG),
            ("second", "The fix moves to 29 January 2031.\n", b""),
        ):
            head = vendor.headers(name, line.reply_to, f"Re: {line.subject}", answers=line.message_id)
            inside = vendor.entity(text, line.subject, attached=log)
            append(imap, MAILBOX, vendor.encrypted(head, there.sealed(inside)))
        lab.watch()
        shown = lab.show(case)
    assert [(one["first"], one["slips"]) for one in shown["promises"]] == [("2031-01-15", None), ("2031-01-29", 1)]
    filed = [one["body"]["message"] for one in shown["events"] if one["kind"] == "mail_filed"]
    assert filed == sorted(filed)
