"""May the product of a run of gpg that encrypted or signed be used?  Read from the status lines and the exit status."""

from __future__ import annotations

from cvdmail.core.gpgstatus import FAILURES, status_lines


def why_not_made(
    status: bytes, exit_status: int, *, keys: frozenset[str], encrypted: bool, signers: frozenset[str] | None
) -> str:
    """Return why the product of an encrypting or signing run must not be used, or nothing if it may.

    ``keys`` are the primary fingerprints that gpg was given, ``signers`` those (subkeys included) one of which must
    have made the one signature; None if there must be no signature.
    """
    lines = status_lines(status)
    if lines is None:
        return "the status of gpg cannot be read"
    words = [word for word, _ in lines]
    unusable = [rest.split(b" ")[-1].decode("latin-1") for word, rest in lines if word in (b"INV_RECP", b"INV_SGNR")]
    if unusable:
        return f"gpg cannot use the key {unusable[0]}" if unusable[0] in keys else "gpg cannot use a key"
    considered = [rest for word, rest in lines if word == b"KEY_CONSIDERED"]
    if any(one[:-2].decode("latin-1") not in keys or one[-2:] not in (b" 0", b" 2") for one in considered):
        return "gpg considered another key than those named"
    if exit_status != 0 or not FAILURES.isdisjoint(set(words) - {b"SIG_CREATED", b"BEGIN_ENCRYPTION"}):
        return "gpg reports a failure"
    if words.count(b"END_ENCRYPTION") != int(encrypted) or words.count(b"BEGIN_ENCRYPTION") != int(encrypted):
        return "gpg did not encrypt exactly once"
    made = [rest.split(b" ")[-1].decode("latin-1") for word, rest in lines if word == b"SIG_CREATED"]
    if len(made) != int(signers is not None) or not (signers or frozenset()).issuperset(made):
        return "gpg did not sign exactly once, with the key named"
    return ""
