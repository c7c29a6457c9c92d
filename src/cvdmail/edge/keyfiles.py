"""The folder ``keys/``: public keys only, one armoured file per contact, reviewed like code.

``keys/vendors/<domain>/<address>.asc`` and ``keys/team/<address>.asc``.  A file counts only if it holds exactly one
certificate with exactly the fingerprint that was pinned; each goes into a keyring of its own, so a hostile key of one
vendor can never speak for another.  A secret key anywhere below ``keys/`` stops the program.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

from cvdmail.core.certificate import Certificate
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.edge import disk, keyring
from cvdmail.errors import Refused
from cvdmail.ports import PublicKey

MAX_KEY_FILE = 1024 * 1024
_SECRET = re.compile(rb"BEGIN PGP PRIVATE KEY|\(private-key|\(protected-private-key")
# First octet of a binary secret key or secret subkey packet (RFC 9580 section 4.2), old and new format.
_SECRET_TAGS = frozenset({0x94, 0x95, 0x96, 0x97, 0x9C, 0x9D, 0x9E, 0x9F, 0xC5, 0xC7})


class KeyFiles:
    """The public keys below one folder; keyrings are made on demand in a private folder."""

    def __init__(self, folder: Path, rings: Path) -> None:
        self._folder = folder
        self._rings = keyring.Rings(rings)
        self._seen: dict[str, PublicKey] = {}
        self._unchanged: dict[tuple[Path, Fingerprint], tuple[disk.Mark, PublicKey]] = {}

    def refuse_secret_keys(self) -> None:
        """Raise ``Refused`` naming the first file below ``keys/`` that holds a secret key."""
        for path in sorted(self._folder.rglob("*")):
            if path.is_file():
                data = disk.read_file(path, MAX_KEY_FILE, "key file")
                if _SECRET.search(data) or (data[:1] and data[0] in _SECRET_TAGS):
                    raise Refused(
                        str(path), "it holds a SECRET key, and keys/ is for public keys only", "remove it at once"
                    )

    def place(self, address: Address) -> Path:
        """Return where the key of a vendor's contact belongs."""
        return self._folder / "vendors" / address.domain / key_file_name(address)

    def team_place(self, address: Address) -> Path:
        """Return where the key of one of us belongs."""
        return self._folder / "team" / key_file_name(address)

    async def vendor(self, address: Address, fingerprint: Fingerprint) -> PublicKey:
        """Return the key pinned to a contact; raise ``Refused``."""
        return await self._read(self.place(address), fingerprint)

    async def team(self, address: Address, fingerprint: Fingerprint) -> PublicKey:
        """Return the key of one of us; raise ``Refused``."""
        return await self._read(self.team_place(address), fingerprint)

    async def save(self, address: Address, armored: bytes) -> Path:
        """Write the key of a vendor's contact to its place, readable for reviewers, whole or not at all."""
        place = self.place(address)
        await asyncio.to_thread(disk.write_atomically, place, armored, 0o644)
        return place

    async def inspect(self, armored: bytes) -> tuple[Certificate, ...]:
        """Read certificates from outside in an empty throw-away home."""
        return await keyring.inspect(armored)

    async def _read(self, path: Path, fingerprint: Fingerprint) -> PublicKey:
        mark = disk.mark(path)
        if mark is not None and (known_as := self._unchanged.get((path, fingerprint))) and known_as[0] == mark:
            return known_as[1]
        key = await self._read_anew(path, fingerprint)
        if mark is not None:
            self._unchanged[path, fingerprint] = (mark, key)
        return key

    async def _read_anew(self, path: Path, fingerprint: Fingerprint) -> PublicKey:
        data = disk.read_file(path, MAX_KEY_FILE, "key file")
        known = hashlib.sha256(data).hexdigest() + fingerprint.text
        if known not in self._seen:
            certificates = await keyring.inspect(data)
            if len(certificates) != 1 or certificates[0].fingerprint != fingerprint:
                raise Refused(
                    str(path),
                    f"it does not hold exactly the pinned key {fingerprint}",
                    "restore it, or pin the new key",
                )
            ring = await self._rings.ring(data, fingerprint)
            self._seen[known] = PublicKey(certificates[0], ring, data)
        return self._seen[known]


def key_file_name(address: Address) -> str:
    """Return the name of the file that holds the key of an address; raise ``Refused`` if it cannot have one."""
    if "/" in address.key:
        raise Refused("key file", "an address with a slash has no place under keys/", "use another contact")
    return f"{address.key}.asc"
