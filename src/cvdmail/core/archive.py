"""The archive: what an auditor gets, and how an outsider checks it without us.

Theory.  An archive is a tar of plain files.  ``MANIFEST.sha256`` lists the SHA-256 of every other file and is signed
(``MANIFEST.sha256.asc``, detached OpenPGP); so ``sha256sum -c`` and ``gpg --verify`` suffice to see that nothing was
changed, and an extra file is a fault as well.  ``events.jsonl`` is the ledger chain of the case: one line an event with
its hash; every mail it says was frozen or filed must be there with that very SHA-256.  Names, times and owners in the
tar are fixed: the same state gives the same bytes.

A key inside the archive proves nothing about who signed: the verifier must be told the signer from outside.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass

from cvdmail.core.events import EventKind
from cvdmail.core.ledger import Entry, Event, commitment, instant, read_instant, verify
from cvdmail.core.ledger import record as canonical_record
from cvdmail.errors import ParseLimit, Refused

MANIFEST = "MANIFEST.sha256"
SIGNATURE = "MANIFEST.sha256.asc"
SIGNER_KEY = "signer.asc"
EVENTS = "events.jsonl"
MAX_ARCHIVE = 2 * 1024 * 1024 * 1024
MAX_FILES = 100_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,100}){0,3}\Z")
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n\\]{1,400})\Z")

README = """This is the correspondence archive of one vulnerability disclosure case.

  case.json        the case, its participants, messages, facts with their words, promises
  events.jsonl     the ledger of the case, one event a line, hash-chained (SHA-256)
  messages/*.eml   every mail, byte for byte as it was sent or received
  messages/*.txt   what was read in it, decrypted
  report/          the report that was sent, and its attachments
  deliveries/      what was kept of deliveries by another way than mail (a portal's page, notes), if there were any
  signer.asc       the public key of who made this archive
  keys/            the public keys of the people whose decisions the ledger holds

To check it without the program that made it:

  sha256sum -c MANIFEST.sha256
  gpg --import signer.asc          (after comparing the fingerprint with what its owner told you)
  gpg --verify MANIFEST.sha256.asc MANIFEST.sha256

With the program: cvdmail verify ARCHIVE --signer FINGERPRINT
The hash of event n is SHA-256(0x01 | hash of event n-1 | canonical JSON (RFC 8785) of its "record").
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an archive, and where."""

    path: str
    what: str


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of files, in the format of sha256sum, sorted by name."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode()


def write_tar(files: Mapping[str, bytes]) -> bytes:
    """Return a tar of files with fixed order, times, owners and modes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            info = tarfile.TarInfo(name)
            info.size = len(files[name])
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(files[name]))
    return buffer.getvalue()


def read_tar(data: bytes) -> dict[str, bytes]:
    """Read a tar into memory; nothing is ever written to a path from inside.  Raise ``Refused`` or ``ParseLimit``."""
    files: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            for info in tar:
                if not info.isfile():
                    raise Refused(
                        "archive", "it holds something that is not a plain file", "it was not made by cvdmail"
                    )
                total += info.size
                if info.issparse() or total > len(data) or len(files) >= MAX_FILES:
                    raise ParseLimit("archive", "it is too large", "")
                found = tar.extractfile(info)
                name = info.name if info.name not in files else info.name + "#again"
                files[name] = found.read() if found is not None else b""
    except (tarfile.TarError, ValueError, OverflowError):
        raise Refused("archive", "it is not a whole tar file", "was it cut short? copy it again") from None
    return files


def event_line(entry: Entry, opening: bytes | None) -> dict[str, object]:
    """Return one event as a line of ``events.jsonl``; ``opening`` is 16 bytes of salt and the secret value."""
    event = entry.event
    return {
        "seq": entry.seq,
        "hash": entry.hash.hex(),
        "previous": entry.previous.hex(),
        "signature": event.signature,
        "opening": {"salt": opening[:16].hex(), "value": base64.b64encode(opening[16:]).decode()} if opening else None,
        "record": {
            "actor": event.actor,
            "at": instant(event.at),
            "body": dict(event.body),
            "chain": event.chain,
            "kind": event.kind.value,
            "participant": event.participant,
        },
    }


def read_event(line: Mapping[str, object]) -> Entry:
    """Read what :func:`event_line` wrote; raise ``Refused``."""
    try:
        record = line["record"]
        assert isinstance(record, dict)
        signature = line["signature"]
        event = Event(
            str(record["chain"]),
            EventKind(record["kind"]),
            read_instant(str(record["at"])),
            str(record["actor"]),
            record["body"],
            record["participant"],
            str(signature) if signature is not None else None,
        )
        if not isinstance(record["body"], dict) or not isinstance(record["participant"], int | None):
            raise TypeError
        seq = int(str(line["seq"]))
        canonical_record(event, seq)  # raises for numbers and texts that no record can hold
        return Entry(event, seq, bytes.fromhex(str(line["previous"])), bytes.fromhex(str(line["hash"])))
    except (KeyError, ValueError, TypeError, AssertionError, OverflowError):
        raise Refused("archive", "an event cannot be read", "was it changed?") from None


# What only a person can decide: without a good signature of that person these events prove nothing.
DECISIONS = frozenset(
    {
        EventKind.STORE_REKEYED,
        EventKind.EXPORTED,
        EventKind.CASE_OPENED,
        EventKind.CASE_CLOSED,
        EventKind.CASE_MERGED,
        EventKind.CASE_UNMERGED,
        EventKind.CASE_SPLIT,
        EventKind.ERASURE_REQUESTED,
        EventKind.CASE_ERASED,
        EventKind.PARTICIPANT_ADDED,
        EventKind.PARTICIPANT_REMOVED,
        EventKind.CONTACT_CHOSEN,
        EventKind.CONTACT_PROPOSED,
        EventKind.CONTACT_CONFIRMED,
        EventKind.CONTACT_DEMOTED,
        EventKind.KEY_PINNED,
        EventKind.KEY_UNPINNED,
        EventKind.DRAFT_APPROVED,
        EventKind.MAIL_QUEUED,
        EventKind.DELIVERY_RECORDED,
        EventKind.FACT_CORRECTED,
        EventKind.MAIL_DISCARDED,
        EventKind.MAIL_RESTORED,
        EventKind.MAIL_MOVED,
        EventKind.FACT_REJECTED,
    }
)


_KEPT = (EventKind.MAIL_FROZEN, EventKind.MAIL_FILED, EventKind.MAIL_IMPORTED, EventKind.MAIL_FOUND_IN_SENT)
"""The events that tell of the bytes of a mail."""


def must_be_signed(event: Event) -> bool:
    """Say whether an event is a person's decision: by its kind, or because it names a person as who decided.

    The one demotion that is nobody's decision only ranks a contact lower: the daemon's, over a mail that bounced.
    """
    if event.kind is EventKind.CONTACT_DEMOTED and event.actor == "daemon" and set(event.body) == {"contact", "outbox"}:
        return False
    return event.kind in DECISIONS or event.body.get("by") == "person"


def _check_opening(line: Mapping[str, object], entry: Entry, number: int) -> list[Problem]:
    """A value shown beside an event must be the one the event commits to."""
    opening = line.get("opening")
    if opening is None:
        return []
    try:
        assert isinstance(opening, dict)
        salt, value = bytes.fromhex(str(opening["salt"])), base64.b64decode(str(opening["value"]), validate=True)
    except (AssertionError, KeyError, ValueError):
        return [Problem(EVENTS, f"line {number}: its opening cannot be read")]
    if commitment(salt, value) not in entry.event.body.values():
        return [Problem(EVENTS, f"line {number}: its opening is not what the event commits to")]
    return []


def check(files: Mapping[str, bytes]) -> tuple[list[Problem], list[Entry], int]:
    """Check everything that needs no key: manifest, chain, mails; return (problems, events, number of mails)."""
    problems = _check_manifest(files)
    entries: list[Entry] = []
    for number, line in enumerate(files.get(EVENTS, b"").decode("utf-8", "replace").splitlines(), start=1):
        try:
            loaded = json.loads(line)
            entries.append(read_event(loaded))
            problems += _check_opening(loaded, entries[-1], number)
        except (Refused, ValueError, RecursionError):
            problems.append(Problem(EVENTS, f"line {number} cannot be read"))
    if not entries:
        problems.append(Problem(EVENTS, "it is missing or empty"))
    else:
        problems += [Problem(EVENTS, what) for what in verify(entries[0].event.chain, entries)]
    mails = {name: data for name, data in files.items() if name.startswith("messages/") and name.endswith(".eml")}
    problems += _check_mails(mails, entries)
    return problems, entries, len(mails)


def _check_manifest(files: Mapping[str, bytes]) -> list[Problem]:
    problems: list[Problem] = []
    listed: dict[str, str] = {}
    for number, line in enumerate(files.get(MANIFEST, b"").decode("utf-8", "replace").splitlines(), start=1):
        found = _LINE.match(line)
        if found is None or found[2] in listed:
            problems.append(Problem(MANIFEST, f"line {number} is odd"))
            continue
        listed[found[2]] = found[1]
    if not listed:
        return [*problems, Problem(MANIFEST, "it is missing or empty")]
    for name in sorted(set(files) - {MANIFEST, SIGNATURE}):
        if name not in listed:
            problems.append(Problem(name, "it is not in the manifest"))
        elif hashlib.sha256(files[name]).hexdigest() != listed[name]:
            problems.append(Problem(name, "its content was changed"))
        if not _NAME.match(name):
            problems.append(Problem(name, "its name is odd"))
    problems += [Problem(name, "it is missing") for name in sorted(set(listed) - set(files))]
    return problems


def _check_mails(mails: Mapping[str, bytes], entries: list[Entry]) -> list[Problem]:
    there: set[tuple[str, int | None]] = set()
    for entry in entries:
        mail = (str(entry.event.body.get("sha256")), entry.event.participant)
        if entry.event.kind in _KEPT and "sha256" in entry.event.body:
            there.add(mail)
        elif entry.event.kind is EventKind.MAIL_MOVED:
            there.discard(mail)  # a person moved it to another case or party, which has an event of its own
    told = {digest for digest, _ in there}
    held = {hashlib.sha256(data).hexdigest(): name for name, data in mails.items()}
    problems = [Problem(name, "no event tells of this mail") for digest, name in held.items() if digest not in told]
    problems += [Problem("messages", f"the mail {digest[:16]}… is missing") for digest in sorted(told - set(held))]
    return problems
