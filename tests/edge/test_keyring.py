"""Keys made, imported and listed by real gpg, and certificates from outside, honest and hostile."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cvdmail.core.certificate import Validity, usable_for_encryption
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.edge import keyring
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.keyring import Rings
from cvdmail.errors import CryptoRefused, CryptoUnavailable, NotFound, ParseLimit, Refused
from gpghome import GpgHome, gpg_home

LAB = Address.parse("outbound@lab.example")


@dataclass(frozen=True)
class Vendors:
    """A home with a vendor's keys of several kinds."""

    home: GpgHome
    good: Fingerprint
    other: Fingerprint
    expired: Fingerprint
    short: Fingerprint
    sign_only: Fingerprint


@pytest.fixture(scope="module")
def vendors() -> Iterator[Vendors]:
    with gpg_home() as home:
        yield Vendors(
            home,
            home.key("Vendor: Product <security@vendor.example>", expires="20d"),
            home.key("pub:u:255:22:0:0\u2028sub:x <other@vendor.example>"),
            home.key("Old <old@vendor.example>", expires="2020-06-01", at="20200101T000000"),
            home.key("Short <short@vendor.example>", algorithm="rsa1024"),
            home.key("Signer <signer@vendor.example>", encrypts=False),
        )


async def test_a_made_key_works(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def passphrase() -> bytes:
        return "pässwörd zwei".encode()

    with gpg_home() as home:
        path = home.path / "gnupg"
        made = await keyring.generate(path, "Lab Sécurité", LAB, await passphrase(), "18m")
        try:
            (key,) = await keyring.secret_keys(path)
            assert (key.fingerprint, key.has_secret, key.curve, key.algorithm) == (made, True, "ed25519", 22)
            assert (key.user_ids, key.addresses) == (("Lab Sécurité <outbound@lab.example>",), (LAB,))
            assert key.expires is not None
            assert timedelta(days=500) < key.expires - key.created < timedelta(days=560)
            chosen = usable_for_encryption(key, datetime.now(UTC) + timedelta(seconds=1)).key
            assert chosen is not None
            assert (chosen.algorithm, chosen.capabilities, chosen.expires is not None) == (18, "e", True)
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
            subprocess.run(["gpgconf", "--homedir", str(path), "--kill", "all"], check=True)
            gpg = Gpg(path, passphrase=passphrase)
            message = await gpg.sign_encrypt(b"x", made, [made])
            decryption, text = await gpg.decrypt(message)
            assert (decryption.ok, text, decryption.signatures[0].state) == (True, b"x", SignatureState.GOOD)
            revocation = await keyring.revocation_certificate(path, made)
            assert b":-----BEGIN PGP PUBLIC KEY BLOCK-----" in revocation
            with pytest.raises(NotFound):
                await keyring.revocation_certificate(path, Fingerprint("A" * 40))
        finally:
            subprocess.run(["gpgconf", "--homedir", str(path), "--kill", "all"], check=True)
    assert "zwei" not in caplog.text


async def test_a_key_without_passphrase_and_without_end() -> None:
    with gpg_home() as home:
        made = await keyring.generate(home.path, "Me", LAB, None, "0")
        assert (await keyring.public_keys(home.path))[0].expires is None
        armored = await keyring.export_public(home.path, made)
        assert armored.startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n")
        assert [one.fingerprint for one in await keyring.inspect(armored)] == [made]
        with pytest.raises(NotFound):
            await keyring.export_public(home.path, Fingerprint("A" * 40))
        assert await Gpg(home.path).sign_detached(b"x", made)


@pytest.mark.parametrize(
    ("name", "passphrase", "expires"),
    [
        ("", None, "3y"),
        ("a\nKey-Type: RSA", None, "3y"),
        ("a <b@c.example>", None, "3y"),
        ("a\u202eb", None, "3y"),
        (" a", None, "3y"),
        ("a", b"", "3y"),
        ("a", b" x", "3y"),
        ("a", b"x\ny", "3y"),
        ("a", b"\xff", "3y"),
        ("a", None, "3y\n%commit"),
        ("a", None, "soon"),
        ("a", None, ""),
    ],
)
async def test_what_gpg_would_read_differently_is_refused(
    tmp_path: Path, name: str, passphrase: bytes | None, expires: str
) -> None:
    with pytest.raises(Refused):
        await keyring.generate(tmp_path / "h", name, LAB, passphrase, expires)
    assert not list(tmp_path.rglob("*.key"))


async def test_import_secret_takes_exactly_one() -> None:
    with gpg_home("pass word") as source, gpg_home() as home:
        first, second = source.key("One <one@lab.example>"), source.key("Two <two@lab.example>")
        both = source.gpg("--armor", "--export-secret-keys")
        for wrong in (both, source.public(first), b"", b"rubbish", source.secret(first) + source.secret(second)):
            with pytest.raises((Refused, CryptoRefused)):
                await keyring.import_secret(home.path, wrong)
        with pytest.raises(ParseLimit):
            await keyring.import_secret(home.path, b"x" * (keyring.MAX_KEY_BYTES + 1))
        assert await keyring.secret_keys(home.path) == []
        assert await keyring.import_secret(home.path, source.secret(first), b"pass word") == first
        assert await keyring.import_secret(home.path, source.secret(first), b"pass word") == first

        async def passphrase() -> bytes:
            return b"pass word"

        assert await Gpg(home.path, passphrase=passphrase).sign_detached(b"x", first)


async def test_import_public(vendors: Vendors) -> None:
    with gpg_home() as home:
        block = vendors.home.public(vendors.good, vendors.other)
        assert await keyring.import_public(home.path, block) == (vendors.good, vendors.other)
        assert {key.fingerprint for key in await keyring.public_keys(home.path)} == {vendors.good, vendors.other}
        assert await keyring.secret_keys(home.path) == []
        with pytest.raises(Refused, match="secret key"):
            await keyring.import_public(home.path, vendors.home.secret(vendors.sign_only))
        assert len(await keyring.public_keys(home.path)) == 2


async def test_inspect_reads_every_kind(vendors: Vendors) -> None:
    now = datetime.now(UTC)
    everything = {key.fingerprint: key for key in await keyring.inspect(vendors.home.public())}
    reasons = {fingerprint: usable_for_encryption(key, now) for fingerprint, key in everything.items()}
    good = reasons[vendors.good]
    assert good.usable
    assert good.key is not None
    assert [good.key.fingerprint] == vendors.home.subkeys(vendors.good)
    assert len(good.warnings) == 1
    assert "within 30 days" in good.warnings[0]
    assert everything[vendors.good].user_ids == ("Vendor: Product <security@vendor.example>",)
    assert everything[vendors.expired].validity is Validity.EXPIRED
    assert reasons[vendors.expired].reason == "the key expired on 2020-06-01"
    assert reasons[vendors.short].reason == "the key is RSA with only 1024 bits"
    assert reasons[vendors.sign_only].reason == "the key cannot encrypt: it has no encryption subkey"
    # A user id that looks like records of the listing is one user id, and claims no address.
    assert everything[vendors.other].user_ids == ("pub:u:255:22:0:0sub:x <other@vendor.example>",)
    assert everything[vendors.other].addresses == ()
    assert not any(key.has_secret for key in everything.values())


async def test_inspect_takes_binary_and_text_around(vendors: Vendors) -> None:
    for block in (vendors.home.public(vendors.good, armor=False), b"Our key:\n\n" + vendors.home.public(vendors.good)):
        assert [one.fingerprint for one in await keyring.inspect(block)] == [vendors.good]


async def test_a_revoked_key_is_seen_as_such() -> None:
    with gpg_home() as home:
        key = home.key("Vendor <security@vendor.example>")
        revocation = (await keyring.revocation_certificate(home.path, key)).replace(b":-----", b"-----")
        home.gpg("--import", data=revocation)
        (found,) = await keyring.inspect(home.public(key))
        assert (found.revoked, found.addresses) == (True, ())
        assert usable_for_encryption(found, datetime.now(UTC)).reason == "the key has been revoked"


async def test_what_is_no_certificate_is_refused(vendors: Vendors) -> None:
    block = vendors.home.public(vendors.good)
    for wrong in (
        b"",
        b"rubbish",
        block[:300],
        block.replace(b"\n", b"", 8),
        vendors.home.detached(b"x", vendors.good),
    ):
        with pytest.raises(CryptoRefused):
            await keyring.inspect(wrong)
    secret = vendors.home.secret(vendors.sign_only)
    binary = vendors.home.gpg("--export-secret-keys", str(vendors.sign_only))
    disguised = secret.replace(b"PRIVATE KEY BLOCK", b"PUBLIC KEY BLOCK")
    for wrong in (secret, binary, disguised, block + secret, vendors.home.public(vendors.good, armor=False) + binary):
        with pytest.raises(Refused, match="secret key where a public one is expected"):
            await keyring.inspect(wrong)
    with pytest.raises(ParseLimit):
        await keyring.inspect(b"x" * (keyring.MAX_KEY_BYTES + 1))
    with pytest.raises(ParseLimit):
        await keyring.inspect(vendors.home.public(vendors.good, armor=False) * (keyring.MAX_CERTIFICATES + 1))


async def test_inspecting_leaves_nothing_behind(
    vendors: Vendors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    await keyring.inspect(vendors.home.public(vendors.good))
    with pytest.raises(Refused):
        await keyring.inspect(vendors.home.secret(vendors.good).replace(b"PRIVATE", b"PUBLIC"))
    assert list(tmp_path.iterdir()) == []
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in listed


async def test_a_ring_holds_one_certificate(vendors: Vendors, tmp_path: Path) -> None:
    rings = Rings(tmp_path / "rings")
    armored = vendors.home.public(vendors.good)
    path = await rings.ring(armored, vendors.good)
    assert path.parent == tmp_path / "rings"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    listed = vendors.home.gpg("--no-default-keyring", "--keyring", str(path), "--list-keys", "--with-colons").decode()
    assert [line.split(":")[4] for line in listed.splitlines() if line.startswith("pub:")] == [vendors.good.key_id]
    written = path.stat().st_mtime_ns
    assert await rings.ring(armored, vendors.good) == path
    assert path.stat().st_mtime_ns == written
    path.chmod(0o644)  # no longer ours alone: made again
    assert await rings.ring(armored, vendors.good) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]


async def test_a_ring_refuses_what_is_not_expected(vendors: Vendors, tmp_path: Path) -> None:
    rings = Rings(tmp_path / "rings")
    with pytest.raises(Refused, match="2 certificates"):
        await rings.ring(vendors.home.public(vendors.good, vendors.other), vendors.good)
    with pytest.raises(Refused, match="fingerprint is not"):
        await rings.ring(vendors.home.public(vendors.other), vendors.good)
    with pytest.raises(Refused, match="secret key"):
        await rings.ring(vendors.home.secret(vendors.good), vendors.good)
    with pytest.raises(Refused, match="fingerprint is not"):
        # The fingerprint of a subkey names no certificate.
        await rings.ring(vendors.home.public(vendors.good), vendors.home.subkeys(vendors.good)[0])
    with pytest.raises(CryptoRefused):
        await rings.ring(b"rubbish", vendors.good)
    assert not (tmp_path / "rings").exists()


async def test_rings_drop_what_third_parties_added(tmp_path: Path) -> None:
    with gpg_home() as home:
        key, friend = home.key("Vendor <security@vendor.example>"), home.key("Friend <friend@x.example>")
        plain = home.public(key)
        home.gpg("-u", str(friend), "--quick-sign-key", str(key))
        signed = home.public(key)
        assert len(signed) > len(plain)
        rings = Rings(tmp_path)
        one, two = await rings.ring(plain, key), await rings.ring(signed, key)
        assert one != two
        exported = ("--no-default-keyring", "--export", "--keyring")
        assert home.gpg(*exported, str(one)) == home.gpg(*exported, str(two))


async def test_rings_serve_gpg(vendors: Vendors, tmp_path: Path) -> None:
    rings = Rings(tmp_path)
    fingerprints = (vendors.good, vendors.other)
    paths = [await rings.ring(vendors.home.public(one), one) for one in fingerprints]
    joined = await rings.joined([*paths, paths[0]])
    assert joined == await rings.joined(paths)
    with gpg_home() as home:
        ours = home.key("Lab <lab@lab.example>")
        vendors.home.knows(home)
        gpg = Gpg(home.path)
        for ring in ([paths[0]], paths, [joined]):
            message = await gpg.sign_encrypt(b"report", ours, [vendors.good, ours], ring)
            assert vendors.home.gpg("--decrypt", data=message) == b"report"
            answer = vendors.home.message(b"thanks", [ours], [vendors.good])
            decryption, text = await gpg.decrypt(answer, ring)
            assert (text, [one.fingerprint for one in decryption.signatures]) == (b"thanks", [str(vendors.good)])
        (found,) = await gpg.verify_detached(b"x", vendors.home.detached(b"x", vendors.good), [joined])
        assert found.state is SignatureState.GOOD


async def test_more_rings_than_gpg_takes_are_joined(tmp_path: Path) -> None:
    with gpg_home() as home:
        keys = [home.key(f"Vendor <v{number}@vendor.example>", encrypts=False) for number in range(41)]
        rings = Rings(tmp_path)
        joined = await rings.joined([await rings.ring(home.public(key), key) for key in keys])
        gpg = Gpg(home.path)
        for key in (keys[0], keys[-1]):
            (found,) = await gpg.verify_detached(b"x", home.detached(b"x", key), [joined])
            assert (found.state, found.fingerprint) == (SignatureState.GOOD, str(key))


async def test_many_at_once(vendors: Vendors, tmp_path: Path) -> None:
    rings = Rings(tmp_path)
    armored = vendors.home.public(vendors.good)
    paths = await asyncio.gather(*(rings.ring(armored, vendors.good) for _ in range(6)))
    assert len(set(paths)) == 1
    assert len(os.listdir(tmp_path)) == 1


async def test_no_gpg_is_said_in_one_line(tmp_path: Path) -> None:
    for attempt in (
        keyring.inspect(b"x", program="/nonexistent"),
        keyring.public_keys(tmp_path, program="/nonexistent"),
        keyring.export_public(tmp_path, Fingerprint("A" * 40), program="/nonexistent"),
        keyring.secret_keys(tmp_path / "missing"),
    ):
        with pytest.raises(CryptoUnavailable) as caught:
            await attempt
        assert "\n" not in caught.value.line()
