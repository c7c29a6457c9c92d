"""Throw-away gpg homes with Ed25519/Cv25519 keys, and mails made in them, honest and hostile.

Homes live on short paths directly under the temporary folder: the socket of gpg-agent does not fit into a long one.
Every home's agent is ended with the home.  All calls here are gpg itself, synchronous, so that the code under test
meets messages it did not make.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cvdmail.core.ids import Fingerprint

_QUIET = ("--batch", "--no-tty", "--no-options", "--no-random-seed-file", "--trust-model", "always",
          "--pinentry-mode", "loopback", "--no-auto-key-locate", "--disable-dirmngr")  # fmt: skip


@dataclass(frozen=True)
class GpgHome:
    """One gpg home; ``passphrase`` protects every key made in it (empty: none)."""

    path: Path
    passphrase: str = ""

    def gpg(self, *arguments: str, data: bytes = b"") -> bytes:
        """Run gpg here and return its output; fails with what it said."""
        command = ["gpg", "--homedir", str(self.path), *_QUIET, "--passphrase", self.passphrase, *arguments]
        done = subprocess.run(command, input=data, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout

    def key(
        self, user_id: str, *, expires: str = "0", at: str = "", encrypts: bool = True, algorithm: str = "ed25519"
    ) -> Fingerprint:
        """Make a key; ``at`` (like ``20200101T000000``) turns gpg's clock back."""
        clock = ("--faked-system-time", f"{at}!") if at else ()
        before = set(self.fingerprints())
        self.gpg(*clock, "--quick-gen-key", user_id, algorithm, "sign,cert", expires)
        (made,) = set(self.fingerprints()) - before
        if encrypts:
            subkey = "cv25519" if algorithm == "ed25519" else algorithm
            self.gpg(*clock, "--quick-add-key", str(made), subkey, "encr", expires)
        return made

    def fingerprints(self) -> list[Fingerprint]:
        """Return the primary fingerprints of all keys here."""
        found: list[Fingerprint] = []
        records = [line.split(":") for line in self.gpg("--list-keys", "--with-colons").decode().splitlines()]
        for record, following in itertools.pairwise(records):
            if record[0] == "pub":
                found.append(Fingerprint.parse(following[9]))
        return found

    def subkeys(self, fingerprint: Fingerprint) -> list[Fingerprint]:
        """Return the fingerprints of the subkeys of one key."""
        lines = self.gpg("--list-keys", "--with-colons", "--with-subkey-fingerprint", str(fingerprint)).decode()
        found = [line.split(":")[9] for line in lines.splitlines() if line.startswith("fpr:")]
        return [Fingerprint.parse(one) for one in found[1:]]

    def public(self, *fingerprints: Fingerprint, armor: bool = True) -> bytes:
        """Export certificates."""
        return self.gpg(*(["--armor"] if armor else []), "--export", *map(str, fingerprints))

    def secret(self, fingerprint: Fingerprint) -> bytes:
        """Export one secret key, armoured."""
        return self.gpg("--armor", "--export-secret-keys", str(fingerprint))

    def knows(self, *others: GpgHome) -> None:
        """Import every certificate of the other homes."""
        for other in others:
            self.gpg("--import", data=other.public())

    def message(
        self, text: bytes, to: Sequence[Fingerprint], signers: Sequence[Fingerprint] = (), *options: str
    ) -> bytes:
        """Make an armoured encrypted message."""
        words = [word for one in to for word in ("-r", str(one))] + [
            word for one in signers for word in ("-u", str(one))
        ]
        return self.gpg(*options, "--armor", *words, *(["--sign"] if signers else []), "--encrypt", data=text)

    def wrapped(self, packets: bytes, to: Fingerprint) -> bytes:
        """Encrypt ``packets`` as they are: what is inside need not be what gpg would have put there."""
        return self.gpg("--armor", "--compress-level", "0", "--no-literal", "-r", str(to), "--encrypt", data=packets)

    def signed(self, text: bytes, signer: Fingerprint, *options: str) -> bytes:
        """Sign ``text``, not encrypted and not compressed, in binary: one-pass packet, literal packet, signature."""
        return self.gpg(*options, "--compress-level", "0", "-u", str(signer), "--sign", data=text)

    def detached(self, text: bytes, *signers: Fingerprint, options: Sequence[str] = ()) -> bytes:
        """Make a detached signature, armoured."""
        users = [word for one in signers for word in ("-u", str(one))]
        return self.gpg("--armor", "--digest-algo", "SHA512", *options, *users, "--detach-sign", data=text)

    def stop_agent(self) -> None:
        """End gpg-agent (and what it remembers)."""
        subprocess.run(["gpgconf", "--homedir", str(self.path), "--kill", "all"], check=True, capture_output=True)


@contextlib.contextmanager
def gpg_home(passphrase: str = "") -> Iterator[GpgHome]:
    """Lend a gpg home, and end its agent afterwards."""
    home = GpgHome(Path(tempfile.mkdtemp(prefix="cvd-")), passphrase)
    # By default the agent makes each use of a passphrase last a tenth of a second.
    (home.path / "gpg-agent.conf").write_text("s2k-count 65536\n")
    try:
        yield home
    finally:
        home.stop_agent()
        shutil.rmtree(home.path, ignore_errors=True)
