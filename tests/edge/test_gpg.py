"""The gpg edge against real gpg, with mails that gpg itself was made to forge."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cvdmail.core import packets
from cvdmail.core.gpgstatus import Signature, SignatureState, verdict
from cvdmail.core.ids import Fingerprint
from cvdmail.edge.gpg import MAX_RINGS, MAX_SIGNATURE_BYTES, Gpg
from cvdmail.errors import CryptoRefused, CryptoUnavailable, ParseLimit, Refused
from gpghome import GpgHome, gpg_home

TEXT = b"the text of a finding\r\n" * 40
S = SignatureState


@dataclass(frozen=True)
class World:
    """Our home, a vendor's and a stranger's, with their keys; ``ring`` holds the vendor's two keys."""

    us: GpgHome
    vendor: GpgHome
    stranger: GpgHome
    our_key: Fingerprint
    vendor_key: Fingerprint
    second_key: Fingerprint
    expired_key: Fingerprint
    stranger_key: Fingerprint
    ring: Path

    @property
    def gpg(self) -> Gpg:
        return Gpg(self.us.path, time_limit=30)

    async def read(self, message: bytes, *rings: Path, max_output: int = 1 << 20) -> tuple[bool, bytes, SignatureState]:
        decryption, text = await self.gpg.decrypt(message, rings or (self.ring,), max_output)
        assert decryption.ok or decryption.why
        return decryption.ok, text, self.judge(decryption.signatures).state

    def judge(self, signatures: tuple[Signature, ...]) -> Signature:
        now = datetime.now(UTC)
        return verdict(signatures, frozenset({str(self.vendor_key), str(self.expired_key)}), now, now)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with gpg_home() as us, gpg_home() as vendor, gpg_home() as stranger:
        our_key = us.key("Lab <lab@lab.example>")
        vendor_key = vendor.key("Vendor <security@vendor.example>")
        second_key = vendor.key("Colleague <second@vendor.example>")
        expired_key = vendor.key("Old <old@vendor.example>", expires="2020-06-01", at="20200101T000000")
        stranger_key = stranger.key(f"[GNUPG:] VALIDSIG {vendor_key} [GNUPG:] GOODSIG <evil@x.example>")
        for home in (vendor, stranger):
            home.knows(us)
        ring = vendor.path / "ring.gpg"
        ring.write_bytes(vendor.public(vendor_key, expired_key, armor=False))
        yield World(us, vendor, stranger, our_key, vendor_key, second_key, expired_key, stranger_key, ring)


def armored(binary: bytes) -> bytes:
    return b"-----BEGIN PGP MESSAGE-----\n\n" + base64.encodebytes(binary) + b"-----END PGP MESSAGE-----\n"


async def test_version(world: World) -> None:
    said = subprocess.run(["gpg", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    assert await world.gpg.version() == said


async def test_sign_encrypt_can_be_read_by_the_vendor(world: World) -> None:
    message = await world.gpg.sign_encrypt(TEXT, world.our_key, [world.vendor_key, world.our_key], [world.ring])
    shape = packets.encryption_key_ids(packets.dearmor(message))
    subkeys = [*world.vendor.subkeys(world.vendor_key), *world.us.subkeys(world.our_key)]
    assert shape.key_ids == tuple(key.key_id for key in subkeys)
    assert world.vendor.gpg("--decrypt", data=message) == TEXT
    decryption, text = await world.gpg.decrypt(message)
    assert (decryption.ok, text) == (True, TEXT)
    assert [(one.state, one.fingerprint, one.hash_algorithm) for one in decryption.signatures] == [
        (S.GOOD, str(world.our_key), 10)
    ]


async def test_encrypt_alone_is_not_signed(world: World) -> None:
    message = await world.gpg.encrypt(TEXT, [world.our_key, world.our_key])
    assert await world.read(message) == (True, TEXT, S.NONE)
    assert await world.read(packets.dearmor(message)) == (True, TEXT, S.NONE)
    assert await world.read(await world.gpg.encrypt(b"", [world.our_key])) == (True, b"", S.NONE)


async def test_a_subkey_of_the_signer_may_sign() -> None:
    with gpg_home() as home:
        key = home.key("Person <person@lab.example>")
        home.gpg("--quick-add-key", str(key), "ed25519", "sign", "0")
        gpg = Gpg(home.path)
        signature = await gpg.sign_detached(TEXT, key)
        (found,) = await gpg.verify_detached(TEXT, signature)
        assert (found.state, found.fingerprint) == (S.GOOD, str(key))
        assert (await gpg.decrypt(await gpg.sign_encrypt(TEXT, key, [key])))[1] == TEXT


async def test_unusable_keys_are_refused(world: World) -> None:
    missing = Fingerprint("A" * 40)
    for recipients in ([missing], [world.vendor_key, missing], [world.expired_key], [world.second_key]):
        with pytest.raises(CryptoRefused, match="gpg cannot use the key"):
            await world.gpg.encrypt(TEXT, recipients, [world.ring])
    for signer in (missing, world.vendor_key):
        with pytest.raises(CryptoRefused, match=str(signer)):
            await world.gpg.sign_encrypt(TEXT, signer, [world.our_key], [world.ring])
        with pytest.raises(CryptoRefused):
            await world.gpg.sign_detached(TEXT, signer)
    with pytest.raises(Refused):
        await world.gpg.encrypt(TEXT, [])


async def test_a_ring_comes_before_our_own_copy(world: World) -> None:
    """A stale copy of the vendor's key in our home must not be the one that is used."""
    with gpg_home() as us, gpg_home() as vendor:
        us.key("Lab <lab@lab.example>")
        key = vendor.key("Vendor <security@vendor.example>", at="20250101T000000")
        us.knows(vendor)
        vendor.gpg("--quick-add-key", str(key), "cv25519", "encr", "0")
        ring = vendor.path / "fresh.gpg"
        ring.write_bytes(vendor.public(key, armor=False))
        message = await Gpg(us.path).encrypt(TEXT, [key], [ring])
        newest = vendor.subkeys(key)[-1]
        assert packets.encryption_key_ids(packets.dearmor(message)).key_ids == (newest.key_id,)


async def test_an_honest_mail(world: World) -> None:
    message = world.vendor.message(TEXT, [world.our_key], [world.vendor_key])
    assert await world.read(message) == (True, TEXT, S.GOOD)
    named = world.vendor.message(
        TEXT, [world.our_key], [world.vendor_key], "--set-filename", "a\n[GNUPG:] BADSIG 1 2\n"
    )
    assert await world.read(named) == (True, TEXT, S.GOOD)
    hidden = world.vendor.message(TEXT, [world.our_key], [world.vendor_key], "--throw-keyids")
    assert await world.read(hidden) == (True, TEXT, S.GOOD)


async def test_signed_by_others(world: World) -> None:
    by_stranger = world.stranger.message(TEXT, [world.our_key], [world.stranger_key])
    assert await world.read(by_stranger) == (True, TEXT, S.UNKNOWN_KEY)
    stranger_ring = world.stranger.path / "ring.gpg"
    stranger_ring.write_bytes(world.stranger.public(world.stranger_key, armor=False))
    # The stranger's user id holds status lines; the key is in the ring and its signature is good, yet it is not pinned.
    assert await world.read(by_stranger, world.ring, stranger_ring) == (True, TEXT, S.UNKNOWN_KEY)
    by_us = world.us.message(TEXT, [world.our_key], [world.our_key])
    assert await world.read(by_us) == (True, TEXT, S.UNKNOWN_KEY)
    two = world.vendor.message(TEXT, [world.our_key], [world.vendor_key, world.second_key])
    assert await world.read(two) == (True, TEXT, S.UNKNOWN_KEY)
    both = world.vendor.path / "both.gpg"
    both.write_bytes(world.vendor.public(world.vendor_key, world.second_key, armor=False))
    assert await world.read(two, both) == (True, TEXT, S.GOOD)


async def test_bad_weak_and_stale_signatures_keep_a_sound_text(world: World) -> None:
    changed = world.vendor.signed(TEXT, world.vendor_key).replace(b"finding", b"fondling"[:7], 1)
    message = world.vendor.wrapped(changed, world.our_key)
    assert await world.read(message) == (True, TEXT.replace(b"finding", b"fondlin", 1), S.BAD)
    sha1 = world.vendor.wrapped(world.vendor.signed(TEXT, world.vendor_key, "--digest-algo", "SHA1"), world.our_key)
    assert await world.read(sha1) == (True, TEXT, S.WEAK)
    sha224 = world.vendor.wrapped(world.vendor.signed(TEXT, world.vendor_key, "--digest-algo", "SHA224"), world.our_key)
    assert await world.read(sha224) == (True, TEXT, S.WEAK)
    old = world.vendor.signed(TEXT, world.expired_key, "--faked-system-time", "20200201T000000!")
    assert await world.read(world.vendor.wrapped(old, world.our_key)) == (True, TEXT, S.STALE)
    ahead = world.vendor.signed(TEXT, world.vendor_key, "--faked-system-time", "20500101T000000!")
    assert await world.read(world.vendor.wrapped(ahead, world.our_key)) == (True, TEXT, S.STALE)


async def test_two_signatures_one_bad(world: World) -> None:
    """A mail with one good signature and one that covers other words."""
    by_vendor, by_second = str(world.vendor_key), str(world.second_key)
    both = world.vendor.path / "both.gpg"
    both.write_bytes(world.vendor.public(world.vendor_key, world.second_key, armor=False))

    def twice_signed(text: bytes) -> tuple[bytes, bytes, bytes]:
        """Return what stands before the two signatures, and each of them."""
        whole = world.vendor.gpg("--compress-level", "0", "-u", by_vendor, "-u", by_second, "--sign", data=text)
        assert [packet.tag for packet in packets.packets(whole)] == [4, 4, 11, 2, 2]
        end = whole.index(text) + len(text)
        size = 2 + whole[end + 1]  # old format, one-byte length
        return whole[:end], whole[end : end + size], whole[end + size :]

    text = b"short text"
    head, first, second = twice_signed(text)
    _, other_first, other_second = twice_signed(b"other text")
    read = [
        await world.read(world.vendor.wrapped(head + one + two, world.our_key), both)
        for one, two in ((first, second), (first, other_second), (other_first, second), (other_first, other_second))
    ]
    assert read == [(True, text, S.GOOD), (True, text, S.BAD), (True, text, S.BAD), (True, text, S.BAD)]


async def test_revoked_signer(world: World) -> None:
    with gpg_home() as vendor:
        key = vendor.key("Vendor <security@vendor.example>")
        vendor.knows(world.us)
        message = vendor.message(TEXT, [world.our_key], [key])
        revocation = (vendor.path / "openpgp-revocs.d" / f"{key}.rev").read_bytes().replace(b":-----", b"-----")
        vendor.gpg("--import", data=revocation)
        ring = vendor.path / "ring.gpg"
        ring.write_bytes(vendor.public(key, armor=False))
        decryption, text = await world.gpg.decrypt(message, [ring], 1 << 20)
        assert (decryption.ok, text) == (True, TEXT)
        (found,) = decryption.signatures
        assert (found.state, found.note) == (S.ERROR, "the signing key has been revoked")
        with pytest.raises(CryptoRefused):
            await world.gpg.encrypt(TEXT, [key], [ring])


def flipped(message: bytes, position: int) -> bytes:
    return message[:position] + bytes([message[position] ^ 1]) + message[position + 1 :]


async def test_unsound_messages_give_no_text(world: World) -> None:
    vendor, to = world.vendor, world.our_key
    plain = packets.dearmor(vendor.message(TEXT, [to], [], "--compress-level", "0"))
    signed = packets.dearmor(vendor.message(TEXT, [to], [world.vendor_key], "--compress-level", "0"))
    by_stranger = packets.dearmor(world.stranger.message(TEXT, [to], [world.stranger_key], "--compress-level", "0"))
    literal = vendor.gpg("--store", "--compress-level", "0", data=b"clear words")
    whole = vendor.signed(TEXT, world.vendor_key)
    no_mdc = vendor.gpg("--rfc2440", "--disable-mdc", "--compress-level", "0", "--cipher-algo", "AES", "-r", str(to),
                        "--encrypt", data=TEXT)  # fmt: skip
    hostile = {
        "no MDC": no_mdc,
        "bare literal in message armour": armored(literal),
        "signed only": armored(whole),
        "two messages": plain + plain,
        "two armoured messages": armored(plain) + armored(plain),
        "literal after it": plain + literal,
        "literal before it": literal + plain,
        "words before the armour": b"Hello\n" + armored(plain),
        "two literals": vendor.wrapped(literal + literal, to),
        "signed, then unsigned": vendor.wrapped(whole + literal, to),
        "unsigned, then signed": vendor.wrapped(literal + whole, to),
        "cut literal": vendor.wrapped(whole[:200], to),
        "rubbish inside": vendor.wrapped(b"rubbish", to),
        "nothing inside": vendor.wrapped(b"", to),
        "signature alone inside": vendor.wrapped(
            vendor.gpg("-u", str(world.vendor_key), "--detach-sign", data=TEXT), to
        ),
        "encryption inside encryption": vendor.wrapped(signed, to),
        "password": vendor.gpg("--armor", "--passphrase", "x", "--symmetric", data=TEXT),
        "password and key": vendor.gpg("--passphrase", "x", "-r", str(to), "--symmetric", "--encrypt", data=TEXT),
        "nothing": b"",
        "no armour, no packet": b"hello",
    }
    for name, honest in {"plain": plain, "signed": signed, "by a stranger": by_stranger}.items():
        hostile |= {f"{name}, byte {position} flipped": flipped(honest, position) for position in (-1, -30, -60, 120)}
        hostile |= {f"{name}, cut at {cut}": honest[:cut] for cut in (-1, -22, -40, 100)}
    for name, message in hostile.items():
        ok, text, state = await world.read(message)
        assert (name, ok, text) == (name, False, b"")
        assert state is not S.GOOD, name


async def test_cut_data_with_mended_lengths(world: World) -> None:
    """The outer packet says the shorter length itself, so only the integrity check can tell."""
    honest = packets.dearmor(world.vendor.message(TEXT, [world.our_key], [world.vendor_key], "--compress-level", "0"))
    start = 2 + honest[1]  # one old-format PKESK with a one-byte length
    assert honest[0] & 0x43 == 0
    assert len(list(packets.packets(honest))) == 2
    body = b"\x01" + b"".join(chunk for chunk in pieces(honest[start:]))[1:]
    whole = honest[:start] + b"\xd2\xff" + len(body).to_bytes(4, "big") + body
    assert await world.read(whole) == (True, TEXT, S.GOOD)
    for cut in (1, 22, 100, 300):
        shorter = body[:-cut]
        message = honest[:start] + b"\xd2\xff" + len(shorter).to_bytes(4, "big") + shorter
        assert (await world.read(message))[:2] == (False, b"")


def pieces(packet: bytes) -> Iterator[bytes]:
    """Yield the body of a new-format packet, partial or not, piece by piece."""
    position = 1
    while True:
        first = packet[position]
        if first < 192:
            size, header = first, 1
        elif first < 224:
            size, header = ((first - 192) << 8) + packet[position + 1] + 192, 2
        elif first == 255:
            size, header = int.from_bytes(packet[position + 1 : position + 5], "big"), 5
        else:
            size, header = 1 << (first & 31), 1
        yield packet[position + header : position + header + size]
        position += header + size
        if not 224 <= first < 255:
            return


@pytest.mark.parametrize("size", [100_001, 2_000_000, 60_000_000])
async def test_a_bomb_is_stopped(world: World, size: int) -> None:
    for signers in ([], [world.stranger_key]):
        bomb = world.stranger.message(b"\0" * size, [world.our_key], signers, "--compress-algo", "zip")
        assert len(bomb) < 200_000
        with pytest.raises(ParseLimit):
            await world.gpg.decrypt(bomb, [world.ring], 100_000)


async def test_the_limit_itself_is_allowed(world: World) -> None:
    message = world.vendor.message(b"\0" * 100_000, [world.our_key], [world.vendor_key])
    assert await world.read(message, max_output=100_000) == (True, b"\0" * 100_000, S.GOOD)
    large = os.urandom(3_000_000)
    message = await world.gpg.sign_encrypt(large, world.our_key, [world.our_key])
    assert (await world.gpg.decrypt(message, (), 3_000_000))[1] == large


async def test_detached_signatures(world: World) -> None:
    async def check(text: bytes, signature: bytes) -> SignatureState:
        return world.judge(await world.gpg.verify_detached(text, signature, [world.ring])).state

    vendor = world.vendor
    good = vendor.detached(TEXT, world.vendor_key)
    assert await check(TEXT, good) is S.GOOD
    assert await check(TEXT, vendor.gpg("-u", str(world.vendor_key), "--detach-sign", data=TEXT)) is S.GOOD
    assert await check(TEXT + b"x", good) is S.BAD
    assert await check(TEXT, vendor.detached(TEXT, world.second_key)) is S.UNKNOWN_KEY
    assert await check(TEXT, vendor.detached(TEXT, world.vendor_key, world.second_key)) is S.UNKNOWN_KEY
    assert await check(TEXT, world.us.detached(TEXT, world.our_key)) is S.UNKNOWN_KEY
    assert await check(TEXT, vendor.detached(TEXT, world.vendor_key, options=["--digest-algo", "SHA1"])) is S.WEAK
    old = vendor.detached(TEXT, world.expired_key, options=["--faked-system-time", "20200201T000000!"])
    assert await check(TEXT, old) is S.STALE
    for wrong in (b"", b"rubbish", vendor.signed(TEXT, world.vendor_key), good[:100],
                  vendor.gpg("-u", str(world.vendor_key), "--clearsign", data=TEXT)):  # fmt: skip
        assert await check(TEXT, wrong) is S.ERROR
    assert await check(b"", vendor.detached(b"", world.vendor_key)) is S.GOOD
    large = TEXT * 5000
    assert await check(large, vendor.detached(large, world.vendor_key)) is S.GOOD
    with pytest.raises(ParseLimit):
        await check(TEXT, b"x" * (MAX_SIGNATURE_BYTES + 1))


async def test_our_detached_signature(world: World) -> None:
    signature = await world.gpg.sign_detached(TEXT, world.our_key)
    assert signature.startswith(b"-----BEGIN PGP SIGNATURE-----\n")
    (found,) = await world.gpg.verify_detached(TEXT, signature)
    assert (found.state, found.fingerprint, found.hash_algorithm) == (S.GOOD, str(world.our_key), 10)
    assert found.made_at is not None
    assert abs(datetime.now(UTC) - found.made_at) < timedelta(minutes=1)


async def test_no_secret_key_is_about_the_message(world: World) -> None:
    message = world.vendor.message(TEXT, [world.vendor_key])
    decryption, text = await world.gpg.decrypt(message)
    assert (decryption.ok, decryption.no_secret_key, text) == (False, True, b"")


async def test_a_home_without_secret_keys_is_about_us(world: World) -> None:
    with gpg_home() as empty:
        with pytest.raises(CryptoUnavailable):
            await Gpg(empty.path).decrypt(world.vendor.message(TEXT, [world.our_key]))
        with pytest.raises(CryptoUnavailable, match="does not exist"):
            Gpg(empty.path / "none")


async def test_passphrases() -> None:
    async def given(word: bytes) -> bytes:
        return word

    with gpg_home("correct horse") as home:
        key = home.key("Lab <lab@lab.example>")
        home.stop_agent()
        for word in (b"wrong", b"", b"two\nlines", b"\0"):
            gpg = Gpg(home.path, passphrase=lambda word=word: given(word))  # type: ignore[misc]
            with pytest.raises(CryptoRefused, match="passphrase"):
                await gpg.sign_detached(TEXT, key)
        message = await Gpg(home.path).encrypt(TEXT, [key])
        with pytest.raises(CryptoRefused, match="passphrase"):
            await Gpg(home.path, passphrase=lambda: given(b"wrong")).decrypt(message)
        right = Gpg(home.path, passphrase=lambda: given(b"correct horse"))
        assert (await right.decrypt(message))[1] == TEXT
        assert (await right.verify_detached(TEXT, await right.sign_detached(TEXT, key)))[0].state is S.GOOD
        home.stop_agent()
        # Nobody to ask, no terminal: that passes by itself once somebody unlocks the key.
        with pytest.raises(CryptoUnavailable):
            await Gpg(home.path).sign_detached(TEXT, key)
        with pytest.raises(CryptoUnavailable):
            await Gpg(home.path).decrypt(message)


async def test_a_stopped_agent_is_waited_for_only_so_long(world: World) -> None:
    with gpg_home() as home:
        key = home.key("Lab <lab@lab.example>")
        pid = int(subprocess.run(["gpg-connect-agent", "--homedir", str(home.path), "GETINFO pid", "/bye"],
                                 capture_output=True, text=True, check=True).stdout.split()[1])  # fmt: skip
        os.kill(pid, signal.SIGSTOP)
        try:
            started = time.monotonic()
            with pytest.raises(CryptoUnavailable, match="did not finish"):
                await Gpg(home.path, time_limit=0.5).sign_detached(TEXT, key)
            assert time.monotonic() - started < 5
            assert not children()
        finally:
            os.kill(pid, signal.SIGCONT)


def children() -> list[str]:
    """Return the names of our living child processes."""
    found = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "comm="], capture_output=True, text=True, check=False
    )
    return [name for name in found.stdout.split("\n") if name.strip() in {"gpg", "sleep", "sh"}]


async def test_cancelling_kills_the_group(tmp_path: Path, world: World) -> None:
    script = tmp_path / "gpg"
    script.write_text("#!/bin/sh\nsleep 61.25 &\nsleep 61.25\n")
    script.chmod(0o755)
    task = asyncio.create_task(Gpg(world.us.path, program=str(script)).version())
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.1)
    assert "61.25" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


async def test_a_grandchild_that_holds_the_pipes_cannot_delay_us_beyond_the_limit(tmp_path: Path, world: World) -> None:
    script = tmp_path / "gpg"
    script.write_text("#!/bin/sh\nsetsid sleep 4 &\nexit 0\n")
    script.chmod(0o755)
    started = time.monotonic()
    with pytest.raises(CryptoUnavailable):
        await Gpg(world.us.path, program=str(script), time_limit=0.5).version()
    assert time.monotonic() - started < 3


async def test_programs_that_are_not_gpg(tmp_path: Path, world: World) -> None:
    with pytest.raises(CryptoUnavailable, match="cannot be started"):
        await Gpg(world.us.path, program="/nonexistent/gpg").version()
    liar = tmp_path / "gpg"
    liar.write_text("#!/bin/sh\ncat >/dev/null\necho hello\n")
    liar.chmod(0o755)
    gpg = Gpg(world.us.path, program=str(liar))
    with pytest.raises(CryptoUnavailable):
        await gpg.version()
    with pytest.raises(CryptoRefused):
        await gpg.encrypt(TEXT, [world.our_key])
    with pytest.raises(CryptoRefused):
        await gpg.sign_detached(TEXT, world.our_key)
    message = world.vendor.message(TEXT, [world.our_key])
    decryption, text = await gpg.decrypt(message)
    assert (decryption.ok, text) == (False, b"")
    assert [one.state for one in await gpg.verify_detached(TEXT, b"x")] == [S.ERROR]


async def test_status_that_never_ends_is_cut_off(tmp_path: Path, world: World) -> None:
    flood = tmp_path / "gpg"
    flood.write_text('#!/bin/bash\nwhile [ "$1" != --status-fd ]; do shift; done\nyes "[GNUPG:] NEWSIG" >&"$2"\n')
    flood.chmod(0o755)
    with pytest.raises(ParseLimit):
        await Gpg(world.us.path, program=str(flood)).version()


def test_a_home_on_a_long_path_is_refused(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    with pytest.raises(CryptoUnavailable, match="longer than 86 bytes") as caught:
        Gpg(long)
    assert "\n" not in caught.value.line()


async def test_rings_are_checked(world: World) -> None:
    with pytest.raises(CryptoUnavailable):
        await world.gpg.decrypt(world.us.message(TEXT, [world.our_key]), [world.us.path / "no such ring.gpg"])
    with pytest.raises(Refused):
        await world.gpg.encrypt(TEXT, [world.our_key], [world.ring] * (MAX_RINGS + 1))
    message = world.vendor.message(TEXT, [world.our_key], [world.vendor_key])
    rings = []
    for number in range(MAX_RINGS):
        ring = world.vendor.path / f"r{number}.gpg"
        ring.write_bytes(
            world.vendor.public(world.second_key if number < MAX_RINGS - 1 else world.vendor_key, armor=False)
        )
        rings.append(ring)
    assert await world.read(message, *rings) == (True, TEXT, S.GOOD)


async def test_many_at_once_and_no_descriptor_is_left(world: World) -> None:
    gpg = world.gpg
    await gpg.encrypt(TEXT, [world.our_key])
    before = len(os.listdir("/proc/self/fd"))
    messages = await asyncio.gather(*(gpg.sign_encrypt(TEXT, world.our_key, [world.our_key]) for _ in range(12)))
    results = await asyncio.gather(*(gpg.decrypt(message) for message in messages))
    assert [text for _, text in results] == [TEXT] * 12
    assert len(os.listdir("/proc/self/fd")) == before
    assert not children()


async def test_nothing_is_written_beside_the_home_and_nothing_is_logged(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("GNUPGHOME", "/nonexistent")
    caplog.set_level(logging.DEBUG)
    canary = b"canary-7d1f"
    before = {path for path in world.us.path.rglob("*") if path.is_file()}
    message = await world.gpg.sign_encrypt(canary, world.our_key, [world.our_key])
    assert (await world.gpg.decrypt(message))[1] == canary
    signature = await world.gpg.sign_detached(canary, world.our_key)
    assert (await world.gpg.verify_detached(canary, signature))[0].state is S.GOOD
    assert {path for path in world.us.path.rglob("*") if path.is_file()} == before
    assert list(tmp_path.iterdir()) == []
    assert canary.decode() not in caplog.text
