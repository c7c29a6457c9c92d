"""Nobody is believed who cannot be: words of the sender's own, old signatures, text beside a signature, former keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.lab import CASE, FINDING, MAILBOX, VENDOR, Lab
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address
from cvdmail.core.records import ContactState, MessageState
from cvdmail.core.report import read
from cvdmail.core.trust import Trust
from cvdmail.work import contacts, open_case
from work.hostile import ANSWER, HOST, SAYS_YES, encrypted, entity, head, kinds, plain, signed, world

RECEIVED = "Received: from a.example by b.example; Sat, 21 Nov 2026 10:00:00 +0000"
AR = f"Authentication-Results: {HOST};"


async def test_our_own_host_is_believed_above_as_many_received_lines_as_our_hosts_add(queued_lab: Lab) -> None:
    """The control of what follows: the same words in the right place are believed."""
    async with world(queued_lab) as w:
        for number, above in enumerate(([SAYS_YES], [RECEIVED, SAYS_YES])):
            text = ANSWER.replace("12345", f"1234{number}")
            found = await w.take(plain(head(f"good{number}", MAILBOX, *above, subject=CASE), text))
            assert (found.trust, found.record.state) == (Trust.AUTHENTICATED, MessageState.FILED)
            assert "fix_date" in found.believed


FORGED: list[tuple[list[str], bool]] = [
    ([f"{AR} spf=pass smtp.mailfrom=dkim=pass/header.d=vendor.example/x@evil.example; dkim=none"], False),
    ([f"{AR} spf=pass smtp.mailfrom=dmarc=pass@evil.example"], False),
    ([f'{AR} spf=pass smtp.mailfrom="x; dmarc=pass header.from=vendor.example"@evil.example'], False),
    ([f"{AR} spf=pass (x; dmarc=pass header.from=vendor.example) smtp.mailfrom=x@evil.example"], False),
    ([f"{AR} spf=pass (x (y) ; dmarc=pass header.from=vendor.example"], False),
    ([f"{AR} dkim=pass header.i=vendor.example@evil.example header.d=evil.example"], False),
    ([f"{AR} dkim=pass header.i=x@vendor.example/header.d=vendor.example header.d=evil.example"], False),
    ([f"{AR} dkim=pass header.d=example"], False),
    ([f"{AR} dmarc=pass header.from=evil.example"], False),
    ([RECEIVED, RECEIVED, SAYS_YES], False),
    (["Authentication-Results: mx.elsewhere.example; dmarc=none", SAYS_YES], False),
    ([f"{AR} dkim=pass header.d=vendor.example; dmarc=fail header.from=vendor.example"], True),
    ([f"{AR} dmarc=fail header.from=vendor.example; dmarc=pass header.from=vendor.example"], True),
]


async def test_what_the_sender_wrote_into_the_results_is_not_believed(queued_lab: Lab) -> None:
    """Values such as the envelope sender are the sender's words, and so is everything below our own hosts' lines."""
    async with world(queued_lab) as w:
        for number, (above, suspicious) in enumerate(FORGED):
            text = ANSWER.replace("12345", f"1234{number}")
            found = await w.take(plain(head(f"forged{number}", MAILBOX, *above, subject=CASE), text))
            assert found.trust is (Trust.SUSPICIOUS if suspicious else Trust.UNAUTHENTICATED), above
            assert found.record.state is (MessageState.HELD if suspicious else MessageState.FILED), above
            assert found.believed == frozenset(), above
            assert "fix_date" in found.proposed, above


@pytest.mark.parametrize(("days", "good"), [(6, True), (8, False)])
async def test_a_signature_counts_for_seven_days_before_the_mail_came(queued_lab: Lab, days: int, good: bool) -> None:
    """OpenPGP signs no date of a mail: what counts is when the mail reached us, whatever its Date says."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity(ANSWER)
        outside = head("replayed", token).replace(b"Date: ", b"X-Date: ")
        received = datetime.now(UTC) + timedelta(days=days)
        found = await w.take(signed(outside, part, w.sign(part)), received)
        assert found.record.signature is (SignatureState.GOOD if good else SignatureState.STALE)
        assert found.record.state is (MessageState.FILED if good else MessageState.HELD)
        assert bool(found.believed) is good


async def test_the_very_same_signed_text_in_a_second_mail_is_held(queued_lab: Lab) -> None:
    """A recorded answer sent again under a new Message-ID is signed as well as the first; it must not be believed."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity(ANSWER)
        signature = w.sign(part)
        assert (await w.take(signed(head("first", token), part, signature))).record.state is MessageState.FILED
        again = await w.take(signed(head("second", token), part, signature))
        assert (again.record.state, again.cases, again.believed) == (MessageState.HELD, (), frozenset())
        assert (again.record.signature, again.trust) == (SignatureState.STALE, Trust.SUSPICIOUS)
        resealed = await w.take(encrypted(head("third", token), w.seal(signed(b"", part, signature))))
        assert (resealed.record.state, resealed.believed) == (MessageState.HELD, frozenset())


@pytest.mark.parametrize("sealed", [True, False])
async def test_words_before_the_armour_are_not_signed(queued_lab: Lab, sealed: bool) -> None:
    """The signature part is not covered by the signature: what stands there is anybody's."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity("<p>thank you</p>\n", "text/html")
        beside = f"Content-Type: text/plain; charset=utf-8\n\n{ANSWER}\n"
        inside = signed(b"" if sealed else head("beside", token), part, w.sign(part), beside)
        found = await w.take(encrypted(head("beside", token), w.seal(inside)) if sealed else inside)
        assert (found.record.state, found.trust) == (MessageState.HELD, Trust.SUSPICIOUS)
        assert found.believed == frozenset()


async def test_an_unsigned_part_beside_the_signed_one_is_not_believed(queued_lab: Lab) -> None:
    """Encryption proves nothing about who wrote; a signed part lends its signature to nothing beside it."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        part = entity("thank you\n")
        mark = 'Content-Type: multipart/mixed; boundary="=-=b0"\r\n\r\n--=-=b0\r\n'
        mixed = mark.encode() + entity(ANSWER) + b"\r\n--=-=b0\r\n" + signed(b"", part, w.sign(part))
        found = await w.take(encrypted(head("mixed", token), w.seal(mixed + b"\r\n--=-=b0--\r\n")))
        assert found.trust is not Trust.VERIFIED
        assert found.believed == frozenset()


PROTECTED: list[tuple[list[str], bool]] = [
    ([f"From: {VENDOR}", f"To: {MAILBOX}", "Message-ID: <inside@vendor.example>"], True),
    ([f"To: {MAILBOX.replace('@', '+tag@')}"], True),
    (["To: another-lab@elsewhere.example"], False),
    (["Cc: another-lab@elsewhere.example"], False),
    ([f"From: {MAILBOX}"], False),
    (["From: ceo@vendor.example"], False),
    ([f"From: {VENDOR}", f"From: {VENDOR}"], False),
    (["Message-ID: <another@vendor.example>"], False),
    (["Date: Thu, 01 Jan 2026 10:00:00 +0000"], False),
]


@pytest.mark.parametrize("sealed", [True, False])
async def test_protected_headers_must_agree_and_name_us(queued_lab: Lab, sealed: bool) -> None:
    """A text that the vendor signed for somebody else, sent on to us, is suspicious however good its signature is."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        for protected, good in PROTECTED:
            part = entity(ANSWER, 'text/plain; protected-headers="v1"', *protected)
            outside = head("inside", token)
            raw = encrypted(outside, w.seal(part, signed=True)) if sealed else signed(outside, part, w.sign(part))
            found = await w.take(raw)
            assert found.record.signature is SignatureState.GOOD, protected
            assert found.trust is (Trust.VERIFIED if good else Trust.SUSPICIOUS), protected
            assert found.record.state is (MessageState.FILED if good else MessageState.HELD), protected
            assert bool(found.believed) is good, protected


async def test_the_key_of_a_demoted_contact_speaks_no_more(queued_lab: Lab) -> None:
    """Demoting a contact takes its key away with it, and says so in the ledger under the person's signature."""
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        await contacts.confirm(w.desk, w.ada, VENDOR, ContactState.DEMOTED, None)
        async with w.desk.store.read() as tx:
            assert await tx.contacts.pinned() == []
        part = entity(ANSWER)
        found = await w.take(signed(head("former", token), part, w.sign(part)))
        assert found.trust is not Trust.VERIFIED
        assert found.record.signature is SignatureState.UNKNOWN_KEY
        assert found.believed == frozenset()
        assert w.lab.rows("SELECT signature IS NOT NULL FROM event WHERE kind = 'key_unpinned'") == [(1,)]


async def test_the_token_of_a_removed_participant_is_dead(queued_lab: Lab) -> None:
    """Who was removed from a case can put nothing into it, with the reply address it still has or in reply to us."""
    async with world(queued_lab) as w:
        token, message_id = await w.sent()
        (await w.command("ada", "participant", "remove", CASE, "vendor.example", "--yes")).good()
        assert w.lab.rows("SELECT count(*) FROM reply_token WHERE revoked_at IS NULL") == [(0,)]
        part = entity(ANSWER)
        for name, to, more in (("token", token, ""), ("reply", MAILBOX, f"In-Reply-To: <{message_id}>")):
            outside = head(name, to, SAYS_YES, more=more)
            body = part.replace(b"12345", name.encode())
            found = await w.take(signed(outside, body, w.sign(body)))
            assert (found.record.state, found.cases, found.believed) == (MessageState.HELD, (), frozenset())


@pytest.mark.parametrize(("sender", "known"), [("vendorteam@gmail.com", True), ("vendorteam2@gmail.com", False)])
async def test_a_mail_provider_makes_nobody_known(queued_lab: Lab, sender: str, known: bool) -> None:
    """Everybody has an address there: only the very address of the contact is known, not its domain."""
    async with world(queued_lab) as w:
        team = Address.parse("vendorteam@gmail.com")
        key = w.lab.home("vendor").public(w.lab.keys["vendor"])
        await contacts.pin(w.desk, w.ada, key, team, "vendorteam", True)
        report = FINDING.replace("vendor.example", "vendorteam").replace("frame", "chunk").encode()
        made = await open_case.open_case(w.desk, w.ada, read(report), report, (), ())
        says = f"{AR} dmarc=pass header.from=gmail.com"
        found = await w.take(plain(head("team", MAILBOX, says, sender=sender, subject=str(made.case))))
        assert found.trust is (Trust.AUTHENTICATED if known else Trust.UNAUTHENTICATED)
        assert found.record.state is (MessageState.FILED if known else MessageState.HELD)
        assert bool(found.believed) is known
        assert kinds(w.lab.rows("SELECT kind FROM event WHERE kind = 'mail_filed'")) == ["mail_filed"] * known
