"""What a run of gpg proved, read from its status descriptor and its exit status and from nothing else.

The status descriptor is a pipe of its own, so nothing that a mail, a file name or a user id says can get onto it
except as the escaped tail of a line that gpg wrote (the class of CVE-2018-12020).  It is read as bytes, cut at LF
only; a single line that does not start with ``[GNUPG:] `` makes the whole reading worthless.  Of ``GOODSIG`` only
the key id is used: the rest of that line is a user id, which is the sender's own text.

**When is a decryption sound?**  gpg prints the text before it knows.  So all of this must hold: exit status 0;
exactly one ``BEGIN_DECRYPTION``, ``DECRYPTION_INFO``, ``PLAINTEXT``, ``DECRYPTION_OKAY`` and ``END_DECRYPTION``, in
that order; ``GOODMDC`` or an AEAD mode; every signature inside that frame; and not one word of failure.  The exit
status alone says nothing (a bare literal packet in message armour ends with 0), nor do the words alone (a text cut
off by ``--max-output`` still gets ``DECRYPTION_OKAY`` and ``GOODMDC``, and exit status 2).

**Sound text under a signature that is not good** cannot be told from unsound text in one run.  Found by trying: after
``BADSIG`` gpg in batch mode ends at once with status 1, before the integrity check, so a flipped byte and a bad
signature in a perfect message write the very same lines; with an unknown key it ends with status 2 as it does for a
text cut short.  Therefore :func:`read_decryption` says no to both, and sets ``signature_only`` when the signature may
be all that is wrong; the caller decrypts once more with ``--skip-verify``, which ends with 0 only if the decryption
itself was sound, and :func:`confirm` joins the two.  The good signature, by far the common case, needs one run.

**When is a signature good?**  Block by block, each begun by ``NEWSIG``: exactly one result word and, for a good one,
exactly one ``VALIDSIG`` that names the same key, class 00 or 01, and an allowed hash.  With any exit status but 0
nothing is good.  :func:`verdict` then compares with the pinned keys and the clock, and the weakest signature decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

MAX_STATUS_BYTES = 256 * 1024
"""The longest status that is read, in bytes; a hostile message can make gpg write many lines."""
MAX_SIGNATURES = 50
"""The most signatures over one text."""
GOOD_HASHES = frozenset({8, 9, 10, 12, 14})
"""SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-512, by their numbers in RFC 9580 section 9.5."""
FUTURE = timedelta(hours=1)
"""How far a signature may lie ahead of our clock."""
REPLAY = timedelta(days=7)
"""How much older than its mail a signature may be: an older text has probably been sent again."""

_LINE = re.compile(rb"\[GNUPG:\] ([A-Z0-9_]{1,60})(?: (.*))?\Z", re.DOTALL)
_FINGERPRINT = re.compile(rb"(?:[0-9A-F]{40}|[0-9A-F]{64})\Z")
_KEY_NAME = re.compile(rb"(?:[0-9A-F]{16}|[0-9A-F]{40}|[0-9A-F]{64})\Z")
_NUMBER = re.compile(rb"[0-9]{1,11}\Z")
_LAST_INSTANT = 1 << 32  # OpenPGP times are 32 bits of seconds

FAILURES = frozenset(
    b"DECRYPTION_FAILED BADMDC UNEXPECTED NODATA ERROR FAILURE TRUNCATED BADARMOR RSA_OR_IDEA ERRMDC "
    b"BEGIN_ENCRYPTION SIG_CREATED IMPORT_OK DELETE_PROBLEM".split()
)
"""The words that say that something went wrong, or that gpg did something else than it was asked for."""
_FRAME = (b"BEGIN_DECRYPTION", b"DECRYPTION_INFO", b"PLAINTEXT", b"DECRYPTION_OKAY", b"END_DECRYPTION")
Line = tuple[bytes, bytes]  # a keyword, and what stands behind it


class SignatureState(Enum):
    """What may be believed of a signature; only ``GOOD`` is belief."""

    NONE = "none"
    GOOD = "good"
    BAD = "bad"
    UNKNOWN_KEY = "unknown_key"
    PARTIAL = "partial"
    WEAK = "weak"
    STALE = "stale"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, or the verdict over several.

    ``fingerprint`` is that of the *primary* key (40 or 64 hex digits, upper case) and is only set where gpg checked
    the signature with it; ``made_at`` is UTC; ``hash_algorithm`` as in RFC 9580 section 9.5; ``note`` is ours.
    """

    state: SignatureState
    fingerprint: str | None = None
    made_at: datetime | None = None
    hash_algorithm: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decryption:
    """Whether a text may be used, and who signed it.

    ``why`` says in our words what was missing when not ``ok``.  ``no_secret_key``: none of our keys opens it.
    ``signature_only``: a signature that is not good may be all that is wrong; see :func:`confirm`.
    """

    ok: bool
    why: str
    signatures: tuple[Signature, ...] = ()
    no_secret_key: bool = False
    signature_only: bool = False


class Trouble(Enum):
    """Why gpg could not even try: something on our side, not in the message."""

    PASSPHRASE = "passphrase"
    UNAVAILABLE = "unavailable"


def status_lines(status: bytes) -> tuple[Line, ...] | None:
    """Cut a status into its lines, or return None if it is too long, cut off, or holds anything foreign."""
    if len(status) > MAX_STATUS_BYTES or (status and not status.endswith(b"\n")):
        return None
    found = [_LINE.match(line) for line in status.split(b"\n")[:-1]]
    lines = [(match[1], match[2] or b"") for match in found if match is not None]
    return tuple(lines) if len(lines) == len(found) else None


def read_decryption(status: bytes, exit_status: int) -> Decryption:
    """Judge one run of ``gpg --decrypt``.  Never raises: what cannot be read is not sound."""
    lines = status_lines(status)
    if lines is None:
        return Decryption(False, "the status of gpg cannot be read")
    words = [word for word, _ in lines]
    signatures = _signatures(lines)
    if signatures is None:
        return Decryption(False, f"it carries more than {MAX_SIGNATURES} signatures, or none that can be read")
    if b"NO_SECKEY" in words and {b"DECRYPTION_KEY", b"DECRYPTION_INFO", b"ERROR"}.isdisjoint(words):
        return Decryption(False, "it is not encrypted to a key of ours", (), no_secret_key=True)
    if exit_status == 0:
        why = _why_unsound(lines, words)
        return Decryption(not why, why, signatures if not why else _disbelieved(signatures))
    doubted = any(one.state is not SignatureState.GOOD for one in signatures)
    only = doubted and words.count(b"PLAINTEXT") == 1 and not _hopeless(words)
    why = _why_unsound(lines, words) or "gpg reports a failure"
    return Decryption(False, why, _disbelieved(signatures), signature_only=only)


def confirm(first: Decryption, second: Decryption) -> Decryption:
    """Join a run that failed over its signatures with a second run of the same bytes under ``--skip-verify``.

    The text of the second run may be used if that run was sound; the signatures are those of the first, none good.
    """
    if not first.signature_only:
        return first
    if not second.ok or second.signatures:
        return Decryption(False, second.why or "gpg contradicts itself", first.signatures, second.no_secret_key)
    return Decryption(True, "", first.signatures)


def _hopeless(words: Sequence[bytes]) -> bool:
    """Tell whether a failure is named that no signature can cause; ``FAILURE`` itself follows every ``BADSIG``."""
    return not FAILURES.isdisjoint(set(words) - {b"FAILURE"})


def _why_unsound(lines: Sequence[Line], words: list[bytes]) -> str:
    """Return which rule of soundness a decryption breaks, or nothing."""
    if b"BEGIN_DECRYPTION" not in words:
        return "it is not an encrypted message"
    if b"DECRYPTION_FAILED" in words or b"BADMDC" in words:
        return "it was changed on its way, cut short, or has no integrity protection"
    if not FAILURES.isdisjoint(words):
        return "gpg reports a failure"
    if any(words.count(word) != 1 for word in _FRAME):
        return "it is not exactly one text under one encryption"
    frame = [words.index(word) for word in _FRAME]
    if frame != sorted(frame):
        return "gpg reports its steps in a wrong order"
    if not _has_integrity(lines):
        return "it has no integrity protection"
    inside = range(frame[0], frame[-1])
    if any(word == b"NEWSIG" and index not in inside for index, word in enumerate(words)):
        return "a signature lies outside the encryption"
    return ""


def _has_integrity(lines: Sequence[Line]) -> bool:
    """``DECRYPTION_INFO`` is ``mdc_method cipher [aead_mode]``; MDC must also have been found good."""
    info = next(rest.split() for word, rest in lines if word == b"DECRYPTION_INFO")
    if len(info) not in (2, 3) or not all(_NUMBER.match(field) for field in info):
        return False
    aead = len(info) == 3 and int(info[2]) > 0
    return aead or (int(info[0]) > 0 and sum(word == b"GOODMDC" for word, _ in lines) == 1)


def read_verification(status: bytes, exit_status: int) -> tuple[Signature, ...]:
    """Judge one run of ``gpg --verify SIGNATURE DATA``: every signature found, or one ``ERROR``; never raises."""
    lines = status_lines(status)
    if lines is None:
        return (Signature(SignatureState.ERROR, note="the status of gpg cannot be read"),)
    signatures = _signatures(lines)
    if not signatures:
        return (Signature(SignatureState.ERROR, note="it holds no signature that can be read"),)
    words = {word for word, _ in lines}
    ended_well = exit_status == 0 and words.isdisjoint(FAILURES | {b"PLAINTEXT", b"BEGIN_DECRYPTION"})
    return signatures if ended_well else _disbelieved(signatures)


def read_clear_signed(status: bytes, exit_status: int) -> tuple[Signature, ...]:
    """Judge one run of ``gpg --verify`` on a clear-signed text whose words gpg wrote out; never raises.

    Exactly one text, and every signature behind it: with two texts nobody could say which one is signed.
    """
    lines = status_lines(status)
    if lines is None:
        return (Signature(SignatureState.ERROR, note="the status of gpg cannot be read"),)
    signatures = _signatures(lines)
    words = [word for word, _ in lines]
    if not signatures or words.count(b"PLAINTEXT") != 1 or words.index(b"PLAINTEXT") > words.index(b"NEWSIG"):
        return (Signature(SignatureState.ERROR, note="it is not exactly one text with its signature"),)
    ended_well = exit_status == 0 and FAILURES.isdisjoint(words) and b"BEGIN_DECRYPTION" not in words
    return signatures if ended_well else _disbelieved(signatures)


def _disbelieved(signatures: tuple[Signature, ...]) -> tuple[Signature, ...]:
    """Take the belief out of good signatures: what they cover is not certain."""
    note = "good by itself, but gpg did not end well"
    return tuple(
        replace(one, state=SignatureState.ERROR, note=note) if one.state is SignatureState.GOOD else one
        for one in signatures
    )


def _signatures(lines: Sequence[Line]) -> tuple[Signature, ...] | None:
    """Read every signature block; None if there are too many or a result stands outside."""
    blocks: list[list[Line]] = []
    for word, rest in lines:
        if word == b"NEWSIG":
            blocks.append([])
        elif word in _RESULTS or word == b"VALIDSIG":
            if not blocks:
                return None
            blocks[-1].append((word, rest))
    if len(blocks) > MAX_SIGNATURES:
        return None
    return tuple(_one_signature(block) for block in blocks)


def _one_signature(block: Sequence[Line]) -> Signature:
    results = [line for line in block if line[0] in _RESULTS]
    if len(results) != 1:
        return Signature(SignatureState.ERROR, note="gpg gives no single result for it")
    word, rest = results[0]
    key_id, _, tail = rest.partition(b" ")
    valid = [fields for name, fields in block if name == b"VALIDSIG"]
    return _RESULTS[word](key_id, tail, valid)


def _checked(state: SignatureState, note: str) -> Callable[[bytes, bytes, list[bytes]], Signature]:
    """Make the reader of a result word that comes with one ``VALIDSIG``: the arithmetic of the signature is right."""

    def read(key_id: bytes, _user_id: bytes, valid: list[bytes]) -> Signature:
        # fingerprint, date, time, expires, version, reserved, public-key algorithm, hash, class, primary fingerprint
        fields = valid[0].split(b" ") if len(valid) == 1 else []
        numbers = [fields[index] for index in (2, 4, 7)] if len(fields) >= 10 else [b"?"]
        if not all(_NUMBER.match(number) for number in numbers) or fields[8] not in (b"00", b"01"):
            return Signature(SignatureState.ERROR, note="gpg gives no usable VALIDSIG for it")
        primary, made_at, hash_algorithm = fields[9], _instant(fields[2]), int(fields[7])
        if not _FINGERPRINT.match(primary) or not _same_key(key_id, fields[0]) or made_at is None:
            return Signature(SignatureState.ERROR, note="gpg contradicts itself about the key")
        fingerprint = primary.decode("ascii")
        if hash_algorithm not in GOOD_HASHES:
            return Signature(SignatureState.WEAK, fingerprint, made_at, hash_algorithm, "its hash is too weak")
        return Signature(state, fingerprint, made_at, hash_algorithm, note)

    return read


def _same_key(key_id: bytes, fingerprint: bytes) -> bool:
    """Compare the key of ``GOODSIG`` (a key id, or from newer gpg a fingerprint) with that of ``VALIDSIG``."""
    if not _FINGERPRINT.match(fingerprint):
        return False
    short = fingerprint[-16:] if len(fingerprint) == 40 else fingerprint[:16]
    return key_id in (short, fingerprint)


def _instant(seconds: bytes) -> datetime | None:
    number = int(seconds)
    return datetime.fromtimestamp(number, UTC) if 0 < number < _LAST_INSTANT else None


def _bad(key_id: bytes, _user_id: bytes, _valid: list[bytes]) -> Signature:
    return Signature(SignatureState.BAD, note=f"the text is not what {_key_named(key_id)} signed")


def _error(key_id: bytes, tail: bytes, _valid: list[bytes]) -> Signature:
    """Read ``ERRSIG``: key id, algorithm, hash, class, time, reason, fingerprint.  Nothing of it has been checked."""
    fields = tail.split(b" ")
    if len(fields) < 5 or not all(_NUMBER.match(fields[index]) for index in (1, 3, 4)):
        return Signature(SignatureState.ERROR, note="it cannot be read")
    hash_algorithm, made_at, reason = int(fields[1]), _instant(fields[3]), int(fields[4])
    if reason == _NO_PUBLIC_KEY:
        note = f"made by {_key_named(key_id)}, which is not known here"
        return Signature(SignatureState.UNKNOWN_KEY, None, made_at, hash_algorithm, note)
    if reason == _BAD_DIGEST or hash_algorithm not in GOOD_HASHES:
        return Signature(SignatureState.WEAK, None, made_at, hash_algorithm, "its hash is too weak")
    return Signature(SignatureState.ERROR, None, made_at, hash_algorithm, "it cannot be checked")


def _key_named(key_id: bytes) -> str:
    return f"key {key_id.decode('ascii')}" if _KEY_NAME.match(key_id) else "a key"


_NO_PUBLIC_KEY, _BAD_DIGEST = 9, 5  # libgpg-error codes

_RESULTS: dict[bytes, Callable[[bytes, bytes, list[bytes]], Signature]] = {
    b"GOODSIG": _checked(SignatureState.GOOD, ""),
    b"EXPSIG": _checked(SignatureState.STALE, "the signature has expired"),
    b"EXPKEYSIG": _checked(SignatureState.STALE, "the signing key has expired"),
    b"REVKEYSIG": _checked(SignatureState.ERROR, "the signing key has been revoked"),
    b"BADSIG": _bad,
    b"ERRSIG": _error,
}

_WORST_FIRST = (
    SignatureState.BAD,
    SignatureState.WEAK,
    SignatureState.STALE,
    SignatureState.UNKNOWN_KEY,
    SignatureState.PARTIAL,
    SignatureState.ERROR,
    SignatureState.NONE,
)


def verdict(
    signatures: Sequence[Signature], pinned: frozenset[str], now: datetime, mail_date: datetime | None
) -> Signature:
    """Return the one state for a whole text: ``GOOD`` only for one good signature by a pinned key, and no doubt.

    ``pinned`` holds primary fingerprints as upper-case hex.  Any signature that is not good decides; a further good
    one by a key that is not pinned is noted.  ``mail_date`` is when the mail says it was written: a signature much
    older than that is probably an old text sent again (RFC 9580 signs no recipients); None skips that test.
    """
    if not signatures:
        return Signature(SignatureState.NONE, note="it is not signed")
    for state in _WORST_FIRST:
        for one in signatures:
            if one.state is state:
                return one
    ours = [one for one in signatures if one.fingerprint in pinned]
    if not ours:
        return replace(signatures[0], state=SignatureState.UNKNOWN_KEY, note="the key is not pinned")
    if len(ours) > 1:
        return replace(ours[0], state=SignatureState.ERROR, note="more than one signature by pinned keys")
    note = "also signed by a key that is not pinned" if len(signatures) > 1 else ""
    return _in_time(replace(ours[0], note=note), now, mail_date)


def _in_time(good: Signature, now: datetime, mail_date: datetime | None) -> Signature:
    if good.made_at is None or good.hash_algorithm not in GOOD_HASHES:
        return replace(good, state=SignatureState.ERROR, note="its time or hash is not known")
    if good.made_at > now + FUTURE:
        return replace(good, state=SignatureState.STALE, note="it is dated in the future")
    if mail_date is not None and good.made_at < mail_date - REPLAY:
        return replace(good, state=SignatureState.STALE, note="it is more than 7 days older than the mail")
    return good


def trouble(status: bytes) -> Trouble | None:
    """Tell whether gpg, its agent or a pinentry failed us, by the error numbers in ``ERROR`` and ``FAILURE`` lines.

    Only numbers that no message can provoke are named: a mail must not be able to look like a passing trouble and so
    be tried for ever.
    """
    numbers = list(_error_numbers(status_lines(status) or ()))
    if any(number & 0xFFFF in _PASSPHRASE_CODES for number in numbers):
        return Trouble.PASSPHRASE
    if any(number & 0xFFFF in _AGENT_CODES or number >> 24 & 0x7F == _FROM_PINENTRY for number in numbers):
        return Trouble.UNAVAILABLE
    return None


def _error_numbers(lines: Sequence[Line]) -> Iterator[int]:
    for word, rest in lines:
        fields = rest.split(b" ")
        if word in (b"ERROR", b"FAILURE") and len(fields) >= 2:
            digits = fields[1].partition(b"_")[0]
            if _NUMBER.match(digits):
                yield int(digits)


# libgpg-error: BAD_PASSPHRASE, NO_PASSPHRASE; TIMEOUT, NO_AGENT, AGENT, NO_PINENTRY, CANCELED, FULLY_CANCELED, and the
# Assuan errors of a broken connection to the agent.
_PASSPHRASE_CODES = frozenset({11, 177})
_AGENT_CODES = frozenset({62, 77, 78, 85, 99, 198, 257, 258, 259, 260, 262, 270, 271})
_FROM_PINENTRY = 5
