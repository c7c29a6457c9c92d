"""Mail programs that are not ours: each opens a mail with the vendor's keys and says what a person would see in it.

``notmuch`` (GMime) and ``neomutt`` (its own MIME code, GPGME) are whole mail readers; ``sq`` (Sequoia, no GnuPG at all)
decrypts, and Python's ``email`` takes apart what it found.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from cvdmail.core.ids import Fingerprint
from gpghome import GpgHome
from whole.vendor import ciphertext

PATIENCE = 30.0
_BEGIN_TEXT = b"[-- Type: text/plain; charset=utf-8, Encoding: quoted-printable, Size: "
_END_TEXT = (b"\n[-- Attachment #2", b"\n\n[-- End of PGP/MIME")


@dataclass(frozen=True, slots=True)
class Desktop:
    """Where somebody reads mail: the GnuPG home of the vendor, and folders that exist in memory only."""

    home: GpgHome
    ours: Fingerprint
    memory: Path

    def folder(self) -> Path:
        """Return a new folder."""
        return Path(tempfile.mkdtemp(prefix="read-", dir=self.memory))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader shows: whose good signature, the real subject, the text, and the files it saves."""

    signed_by: str
    subject: str
    text: str
    files: dict[str, bytes]


Reader = Callable[[Desktop, bytes, Fingerprint], Seen]
"""Opens a mail that is encrypted to the key given last."""


def _environment(desktop: Desktop, place: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin", "HOME": str(place), "GNUPGHOME": str(desktop.home.path), "TMPDIR": str(place),
        "TERM": "xterm", "LC_ALL": "C.UTF-8", "NOTMUCH_CONFIG": str(place / "notmuch-config"), "TZ": "UTC",
    }  # fmt: skip


def _maildir(place: Path, raw: bytes) -> Path:
    box = place / "mail"
    for name in ("cur", "new", "tmp"):
        (box / name).mkdir(parents=True)
    (box / "cur" / "1.vendor:2,S").write_bytes(raw)
    return box


def _run(words: list[str | Path], environment: dict[str, str], data: bytes = b"") -> bytes:
    done = subprocess.run(words, input=data, env=environment, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr.decode()}"
    return done.stdout


def notmuch(desktop: Desktop, raw: bytes, _: Fingerprint) -> Seen:
    """Ask notmuch for the mail as JSON, then for each of its parts as bytes."""
    place = desktop.folder()
    environment = _environment(desktop, place)
    (place / "notmuch-config").write_text(f"[database]\npath={_maildir(place, raw)}\n[new]\ntags=new\n")
    _run(["notmuch", "new", "--quiet"], environment)
    show: list[str | Path] = ["notmuch", "show", "--decrypt=true", "--verify"]
    # It passes bytes of attached texts through as they are.
    found = json.loads(_run([*show, "--format=json", "*"], environment).decode("utf-8", "surrogateescape"))
    while isinstance(found, list):
        found = found[0]
    assert found["crypto"]["decrypted"]["status"] == "full"
    # The subject stood encrypted inside, and the one outside is known to be another.
    assert "Subject" in found["crypto"]["decrypted"]["header-mask"]
    (signature,) = found["crypto"]["signed"]["status"]
    assert (signature["status"], "Subject" in found["crypto"]["signed"]["headers"]) == ("good", True)
    texts, files = [], {}
    for part in _leaves(found["body"][0]):
        if "filename" in part and part["filename"] != "encrypted.asc":
            files[part["filename"]] = _run([*show, f"--part={part['id']}", "--format=raw", "*"], environment)
        elif part["content-type"] == "text/plain":
            texts.append(part["content"])
    (text,) = texts
    return Seen(signature["fingerprint"], found["headers"]["Subject"], text, files)


def _leaves(part: dict[str, Any]) -> list[dict[str, Any]]:
    if not isinstance(part.get("content"), list):
        return [part]
    return [leaf for one in part["content"] if isinstance(one, dict) for leaf in _leaves(one)]


def neomutt(desktop: Desktop, raw: bytes, _: Fingerprint) -> Seen:
    """Press the keys: display the mail, then look at its attachments, tag them all and save them."""
    place = desktop.folder()
    saved, shown = place / "saved", place / "shown"
    saved.mkdir()
    (place / "pager").write_text(f'#!/bin/sh\ncat "$1" > {shown}\n')
    (place / "pager").chmod(0o700)
    box = _maildir(place, raw)
    settings = {
        "crypt_use_gpgme": "yes", "pipe_decode": "yes", "pager": f"{place}/pager", "prompt_after": "no",
        "wait_key": "no", "wrap": "0", "markers": "no", "charset": "utf-8", "tmpdir": str(place),
        "attach_save_dir": str(saved), "attach_save_without_prompting": "yes", "sleep_time": "0", "folder": str(box),
    }  # fmt: skip
    (place / "rc").write_text("".join(f'set {name}="{value}"\n' for name, value in settings.items()))
    _press(desktop, place, box, "<display-message><exit>")
    assert shown.exists(), "neomutt shows nothing"
    screen = shown.read_bytes()
    names = screen.count(b"\n[-- Attachment #") - 1  # the first one is the text
    if names > 0:
        keys = "<view-attachments><next-entry>" + "<tag-entry>" * names + "<tag-prefix><save-entry><exit><exit>"
        _press(desktop, place, box, keys)
    head, sign, rest = screen.partition(_BEGIN_TEXT)
    assert sign, screen.decode("utf-8", "replace")
    text = rest.partition(b"\n\n")[2]
    ends = [text.index(end) for end in _END_TEXT if end in text]
    lines = re.sub(r"\n[ \t]+", " ", head.decode()).splitlines()
    subjects = [line for line in lines if line.startswith("Subject: ")]
    signatures = [line.partition(" created: ")[0] for line in lines if "ignature from: " in line]
    assert [line.partition(": ")[0] for line in signatures] == ["Good signature from"], head.decode()
    by = _run(["gpg", "--with-colons", "--list-keys", "=" + signatures[0].partition(": ")[2]],
              _environment(desktop, place))  # fmt: skip
    fingerprint = next(line.split(b":")[9] for line in by.splitlines() if line.startswith(b"fpr:"))
    files = {path.name: path.read_bytes() for path in saved.iterdir()}
    return Seen(fingerprint.decode(), subjects[-1].removeprefix("Subject: "), text[: min(ends)].decode(), files)


def _press(desktop: Desktop, place: Path, box: Path, keys: str) -> None:
    """Start neomutt on a terminal, with keys already pressed, and wait until it has ended by itself."""
    words = ["neomutt", "-n", "-F", str(place / "rc"), "-f", str(box), "-e", f'push "{keys}<exit>"']
    ours, its = pty.openpty()
    process = subprocess.Popen(
        words, stdin=its, stdout=its, stderr=its, env=_environment(desktop, place), start_new_session=True
    )
    os.close(its)
    screen, until = b"", time.monotonic() + PATIENCE
    try:
        while time.monotonic() < until:
            if select.select([ours], [], [], 0.5)[0]:
                screen += os.read(ours, 65_536)
    except OSError:
        pass  # it has closed its end
    finally:
        ended = time.monotonic() < until
        if not ended:
            process.kill()
        status = process.wait(PATIENCE)
        os.close(ours)
    assert ended, f"neomutt does not end: {screen.decode('utf-8', 'replace')[-1000:]}"
    assert status == 0, screen.decode("utf-8", "replace")[-1000:]


def opened(desktop: Desktop, raw: bytes, key: Fingerprint) -> EmailMessage:
    """Decrypt by Sequoia, without GnuPG, demand our signature, and return what was inside."""
    place = desktop.folder()
    (place / "vendor.sec").write_bytes(desktop.home.secret(key))
    (place / "lab.pub").write_bytes(desktop.home.public(desktop.ours))
    keys: list[str | Path] = ["--recipient-key", place / "vendor.sec", "--signer-cert", place / "lab.pub"]
    # "--signatures 1" has it end with an error unless there is one good signature by the certificate it was given.
    clear = _run(["sq", "decrypt", "--signatures", "1", *keys], _environment(desktop, place), ciphertext(raw))
    inner = message_from_bytes(clear, policy=policy.SMTP)
    assert isinstance(inner, EmailMessage)
    return inner


def sequoia(desktop: Desktop, raw: bytes, key: Fingerprint) -> Seen:
    """Take apart by the standard library what Sequoia has opened."""
    inner = opened(desktop, raw, key)
    texts, files = [], {}
    for part in inner.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            name = part.get_filename()
            if name is None:
                texts.append(content.decode().replace("\r\n", "\n"))
            else:
                files[name] = content
    (text,) = texts
    return Seen(str(desktop.ours), str(inner["Subject"]), text, files)


READERS: dict[str, Reader] = {"notmuch": notmuch, "neomutt": neomutt, "sq": sequoia}
