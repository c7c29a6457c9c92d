"""One suite for every Postman: in memory, against aiosmtpd in this process, against Postfix; by both ways into TLS."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from cvdmail.core.ids import Address
from cvdmail.core.outgoing import RecipientState, Stage, SubmissionResult
from cvdmail.edge.imap import ImapMailboxes, ImapSettings
from cvdmail.edge.memory import MemoryMailboxes, MemoryPostman
from cvdmail.edge.smtp import SmtpPostman, SmtpSettings, Tls
from cvdmail.embedded import EmbeddedServers, LocalUser
from cvdmail.errors import GuardRefusal
from cvdmail.ports import Mailboxes, Postman
from servers.certificates import short_folder
from servers.dovecot import Dovecot
from servers.letters import LAB, PASSWORDS, SECOND, STRANGER, VENDOR, Scribe, letter, scribe
from servers.postfix import Postfix

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Town:
    """A postman, and the mailboxes of those it delivers to."""

    postman: Postman
    homes: Mapping[Address, Mailboxes]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@pytest.fixture(scope="module")
def pen(folder: Path) -> Iterator[Scribe]:
    with scribe(folder) as made:
        yield made


async def _lab_secret() -> str:
    return PASSWORDS[LAB]


def _homes(host: str, port: int, ca_file: str, *, local: bool) -> dict[Address, Mailboxes]:
    def home(address: Address) -> Mailboxes:
        async def secret() -> str:
            return PASSWORDS[address]

        user = address.local if local else address.text
        return ImapMailboxes(ImapSettings(host, port, ca_file, user, secret, timeout=10))

    return {address: home(address) for address in PASSWORDS}


async def _embedded(stack: AsyncExitStack, folder: Path, tls: Tls) -> Town:
    users = [LocalUser(address, password) for address, password in PASSWORDS.items()]
    servers = await stack.enter_async_context(EmbeddedServers(folder, users))
    port = servers.smtp_port if tls is Tls.IMPLICIT else servers.starttls_port
    settings = SmtpSettings(servers.host, port, tls, servers.ca_file, LAB.text, _lab_secret, timeout=10)
    homes = _homes(servers.host, servers.imap_port, servers.ca_file, local=False)
    return Town(SmtpPostman(settings), homes)


async def _postfix(stack: AsyncExitStack, folder: Path, tls: Tls) -> Town:
    accounts = {address.local: password for address, password in PASSWORDS.items()}
    place = folder / f"postfix-{tls.value}"
    (place / "mx").mkdir(parents=True)
    place.chmod(0o755)
    dovecot = await stack.enter_async_context(Dovecot(place, accounts))
    known = [address.text for address in PASSWORDS]
    postfix = await stack.enter_async_context(
        Postfix(
            place / "mx",
            ["lab.example", "vendor.example"],
            known,
            lmtp_port=dovecot.lmtp_port,
            auth_port=dovecot.auth_port,
        )
    )
    port = postfix.port if tls is Tls.IMPLICIT else postfix.starttls_port
    settings = SmtpSettings(postfix.host, port, tls, postfix.ca_file, LAB.local, _lab_secret, timeout=10)
    return Town(SmtpPostman(settings), _homes(dovecot.host, dovecot.port, dovecot.ca_file, local=True))


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=["memory", "embedded implicit", "embedded starttls", "postfix implicit", "postfix starttls"],
)
async def town(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Town]:
    kind, _, tls = str(request.param).partition(" ")
    if kind == "postfix" and os.geteuid() != 0:
        pytest.skip("Postfix needs root")  # the one thing an ordinary user cannot start; the summary names it
    assert kind != "postfix" or (Postfix.possible() and Dovecot.possible()), "a server is missing: make setup-system"
    async with AsyncExitStack() as stack:
        if kind == "memory":
            accounts = {address: MemoryMailboxes() for address in PASSWORDS}
            made = Town(MemoryPostman(accounts), accounts)
        else:
            made = await (_embedded if kind == "embedded" else _postfix)(stack, folder, Tls(tls))
        yield made
        await made.postman.close()


async def _inbox(town: Town, address: Address) -> list[bytes]:
    mailbox = await town.homes[address].connect()
    try:
        await mailbox.select("INBOX")
        return [mail.raw for mail in await mailbox.fetch(await mailbox.uids_after(0))]
    finally:
        await mailbox.close()


async def _arrives(town: Town, address: Address, raw: bytes) -> bool:
    for _ in range(100):
        if any(kept.endswith(raw) for kept in await _inbox(town, address)):
            return True
        await asyncio.sleep(0.1)
    return False


def _states(result: SubmissionResult) -> dict[Address, tuple[RecipientState, Stage, int | None]]:
    return {address: (one.state, one.stage, one.code) for address, one in result.recipients.items()}


SENT = (RecipientState.SENT, Stage.DONE, 250)
REFUSED = (RecipientState.REFUSED, Stage.RCPT, 550)


async def test_a_mail_arrives_byte_for_byte(town: Town, pen: Scribe) -> None:
    mail = pen.mail("one recipient")
    result = await town.postman.submit(mail)
    assert _states(result) == {VENDOR: SENT}
    assert not result.pause_host
    assert not result.stop_queue
    assert await _arrives(town, VENDOR, mail.raw)


async def test_to_and_cc_both_get_it(town: Town, pen: Scribe) -> None:
    mail = pen.mail("two recipients", cc=(SECOND,))
    assert _states(await town.postman.submit(mail)) == {VENDOR: SENT, SECOND: SENT}
    assert await _arrives(town, VENDOR, mail.raw)
    assert await _arrives(town, SECOND, mail.raw)


async def test_a_reply_address_with_a_token_is_ours(town: Town, pen: Scribe) -> None:
    tagged = Address.parse("outbound+abcdefghijklmnop@lab.example")
    mail = pen.mail("to a token", to=(tagged,))
    assert _states(await town.postman.submit(mail)) == {tagged: SENT}
    assert await _arrives(town, LAB, mail.raw)


async def test_one_unknown_recipient_of_two(town: Town, pen: Scribe) -> None:
    mail = pen.mail("partly", to=(STRANGER, VENDOR))
    assert _states(await town.postman.submit(mail)) == {STRANGER: REFUSED, VENDOR: SENT}
    assert await _arrives(town, VENDOR, mail.raw)


async def test_only_an_unknown_recipient_and_then_a_known_one(town: Town, pen: Scribe) -> None:
    result = await town.postman.submit(pen.mail("to nobody", to=(STRANGER,)))
    assert _states(result) == {STRANGER: REFUSED}
    assert result.recipients[STRANGER].answer
    assert not result.stop_queue
    assert _states(await town.postman.submit(pen.mail("to somebody"))) == {VENDOR: SENT}


async def test_submissions_at_once_wait_for_each_other(town: Town, pen: Scribe) -> None:
    mails = [pen.mail(f"number {number}") for number in range(5)]
    results = await asyncio.gather(*(town.postman.submit(mail) for mail in mails))
    assert [_states(result) for result in results] == [{VENDOR: SENT}] * 5


async def test_a_clear_mail_goes_nowhere(town: Town, pen: Scribe) -> None:
    sealed = pen.mail("the report")
    clear = sealed.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\nthe report\r\n"
    before = await _inbox(town, SECOND)
    with pytest.raises(GuardRefusal):
        await town.postman.submit(replace(sealed, raw=clear))
    with pytest.raises(GuardRefusal):
        await town.postman.submit(replace(sealed, recipients=(SECOND,)))
    assert await _inbox(town, SECOND) == before


async def test_a_letter_in_clear_arrives_byte_for_byte_if_it_was_let_out(town: Town) -> None:
    mail = letter("Grüße,\n\nwho takes reports?\n.\n..\nFrom here on =20 \n" + "word " * 60)
    assert _states(await town.postman.submit(mail)) == {VENDOR: SENT}
    assert await _arrives(town, VENDOR, mail.raw)
    for changed in (
        replace(mail, raw=mail.raw.replace(b"who takes", b"who has")),
        replace(mail, intended=replace(mail.intended, clear=None)),
        replace(mail, recipients=(VENDOR, SECOND)),
    ):
        with pytest.raises(GuardRefusal):
            await town.postman.submit(changed)


async def test_a_closed_postman_goes_again(town: Town, pen: Scribe) -> None:
    await town.postman.close()
    await town.postman.close()
    assert _states(await town.postman.submit(pen.mail("after close"))) == {VENDOR: SENT}
