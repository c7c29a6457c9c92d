"""Every mail of the table gets its verdict, and two other OpenPGP programs judge the same bytes as we do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.lab import Lab
from cvdmail.core.gpgstatus import Decryption, Signature
from cvdmail.core.ids import Fingerprint
from cvdmail.ports import OpenPgp
from work.forge import Forge, prepare, publish
from work.hostile import Filed, World, world
from work.hostile_mails import MAILS, Hostile
from work.judges import Asked, Finding, gpgme, ours, sequoia


class Recording(OpenPgp):
    """Our gpg, with a memory for what it was asked and what came of it."""

    def __init__(self, gpg: OpenPgp) -> None:
        self._gpg = gpg
        self.asked: list[tuple[Asked, Finding]] = []

    async def sign_encrypt(
        self, data: bytes, signer: Fingerprint, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()
    ) -> bytes:
        return await self._gpg.sign_encrypt(data, signer, recipients, rings)

    async def encrypt(self, data: bytes, recipients: Sequence[Fingerprint], rings: Sequence[Path] = ()) -> bytes:
        return await self._gpg.encrypt(data, recipients, rings)

    async def sign_detached(self, data: bytes, signer: Fingerprint) -> bytes:
        return await self._gpg.sign_detached(data, signer)

    async def decrypt(
        self, data: bytes, rings: Sequence[Path] = (), max_output: int = 2**26
    ) -> tuple[Decryption, bytes]:
        result, text = await self._gpg.decrypt(data, rings, max_output)
        self.asked.append((Asked("decrypt", data), ours("decrypt", text if result.ok else None, result.signatures)))
        return result, text

    async def verify_detached(self, data: bytes, signature: bytes, rings: Sequence[Path] = ()) -> tuple[Signature, ...]:
        found = await self._gpg.verify_detached(data, signature, rings)
        self.asked.append((Asked("detached", data, signature), ours("detached", None, found)))
        return found

    async def verify_clear(
        self, block: bytes, rings: Sequence[Path] = (), max_output: int = 2**26
    ) -> tuple[tuple[Signature, ...], bytes]:
        found, text = await self._gpg.verify_clear(block, rings, max_output)
        self.asked.append((Asked("clear", block), ours("clear", text, found)))
        return found, text


@dataclass
class Judgement:
    """What became of every mail of the table, by its name, and what gpg was asked about it."""

    filed: dict[str, Filed] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    asked: dict[str, list[tuple[Asked, Finding]]] = field(default_factory=dict)
    by_gpgme: dict[str, list[Finding]] = field(default_factory=dict)
    by_sequoia: dict[str, list[Finding]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def judgement(queued_lab: Lab) -> Judgement:
    return asyncio.run(_judge(queued_lab))


async def _judge(queued_lab: Lab) -> Judgement:
    found = Judgement()
    async with world(queued_lab) as w:
        token, _ = await w.sent()
        forge = prepare(w.lab, token)
        forges = [replace(forge, name=f"m{number}", number=number) for number in range(len(MAILS))]
        pairs = list(zip(MAILS, forges, strict=True))
        raws = {mail.name: mail.make(one) for mail, one in sorted(pairs, key=lambda pair: not pair[0].soon)}
        publish(forge)
        for mail, one in pairs:
            await _take(found, w, mail, one, raws[mail.name])
        asked = [(name, one) for name, several in found.asked.items() for one, _ in several]
        others = gpgme(w.lab, [one for _, one in asked]), sequoia(w.lab, [one for _, one in asked])
        for into, findings in zip((found.by_gpgme, found.by_sequoia), others, strict=True):
            for (name, _), finding in zip(asked, findings, strict=True):
                into.setdefault(name, []).append(finding)
    return found


async def _take(found: Judgement, w: World, mail: Hostile, forge: Forge, raw: bytes) -> None:
    recording = Recording(w.desk.openpgp)
    filed = await replace(w, desk=replace(w.desk, openpgp=recording)).take(
        raw, datetime.now(UTC) + mail.later if mail.later else None
    )
    async with w.desk.store.read() as tx:
        reading = (await tx.inbox.readings([filed.record.row])).get(filed.record.row, {})
    found.filed[mail.name] = filed
    found.text[mail.name] = str(reading.get("text", ""))
    found.marks[mail.name] = forge.mark
    found.asked[mail.name] = recording.asked


@pytest.mark.parametrize("mail", MAILS, ids=[mail.name for mail in MAILS])
def test_a_mail_of_the_table_gets_its_verdict(judgement: Judgement, mail: Hostile) -> None:
    wanted, found = mail.verdict, judgement.filed[mail.name]
    got = (found.record.signature, found.trust, found.record.state)
    assert got == (wanted.signature, wanted.trust, wanted.state), found.record.why
    assert (judgement.marks[mail.name] in judgement.text[mail.name]) is wanted.read
    assert ("fix_date" in found.believed) is wanted.believed
    assert wanted.believed or not found.believed


EACH_BY_ITSELF = "it judges each signature by itself; here none is believed beside one that is not good"
NO_WEAK_DIGEST = "its gpg is not told that this hash is weak (our gpg edge says so on every call)"
NO_ENCRYPTION_ASKED = "its decrypt also takes what is not encrypted at all, and does not say so"
DIFFERENT_GPGME = {
    "a good signature and a bad one": EACH_BY_ITSELF,
    "a good signature and an unknown one": EACH_BY_ITSELF,
    "SHA-1": NO_WEAK_DIGEST,
    "SHA-1, encrypted": NO_WEAK_DIGEST,
    "RIPEMD-160": NO_WEAK_DIGEST,
    "SHA-224": "our own list of hashes begins at SHA-256",
}
DIFFERENT_SEQUOIA = {
    "a good signature and a bad one": EACH_BY_ITSELF,
    "a good signature and an unknown one": EACH_BY_ITSELF,
    "clear text in the armour of a message": NO_ENCRYPTION_ASKED,
    "signed, not encrypted, in the armour of a message": NO_ENCRYPTION_ASKED,
    "compressed": "it does not check the signature below GnuPG's compression",
    "SHA-224": "our own list of hashes begins at SHA-256",
    "an expired subkey": "the signature was made while the subkey was valid, and that is what it asks",
    "signed tomorrow": "it looks at the clock itself; of ours the gpg edge does not, the verdict does",
}


@pytest.mark.parametrize(("judge", "different"), [("gpgme", DIFFERENT_GPGME), ("sequoia", DIFFERENT_SEQUOIA)])
def test_another_program_judges_the_same_bytes_alike(
    judgement: Judgement, judge: str, different: dict[str, str]
) -> None:
    """Where it does not, the table says why; an explanation that explains nothing any more is a failure as well."""
    others = judgement.by_gpgme if judge == "gpgme" else judgement.by_sequoia
    differing = {
        name: (own, other)
        for name, asked in judgement.asked.items()
        for (_, own), other in zip(asked, others.get(name, []), strict=True)
        if own != other
    }
    assert {name: differing.get(name) for name in {*differing, *different} if name not in different} == {}
    assert differing.keys() == different.keys()
    assert sum(len(asked) for asked in judgement.asked.values()) > 50
