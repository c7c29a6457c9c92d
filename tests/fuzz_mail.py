"""Coverage-guided fuzzing of everything that reads a mail before a person does: ``make fuzz``, or this file by itself.

The target runs what judging runs without gpg and store: the tree of the mail, the sender and a second opinion on it,
the trust in it, its block of inline OpenPGP, its keys, its words, its kind, its facts, its bounces.  Nothing may be
raised but ``ParseLimit``, what comes out must keep the promises of its types, and nothing may take long or much memory:
libFuzzer stops at an input that does (``-timeout``, ``-rss_limit_mb``).

It makes its own seeds, all of made-up mails.  A finding is left as ``crash-...``, ``timeout-...`` or ``oom-...`` in the
folder that is named at the end; run this file on such a file to see it again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

try:
    import atheris
except ModuleNotFoundError:
    print("fuzz_mail: not run: there is atheris for Python 3.11 on x86_64 Linux only", file=sys.stderr)
    sys.exit(0)

with atheris.instrument_imports(include=["cvdmail", "flufl"]):
    from cvdmail.core import body, html
    from cvdmail.core.extract.bounces import worded_bounces
    from cvdmail.core.extract.facts import Where
    from cvdmail.core.ids import Address
    from cvdmail.core.inline import find_block, signed_words
    from cvdmail.core.keysent import keys_sent
    from cvdmail.core.lookalike import likeness
    from cvdmail.core.mail import parse
    from cvdmail.core.sender import read_recipients, read_sender, second_opinion
    from cvdmail.core.trust import authentication
    from cvdmail.errors import ParseLimit

RECEIVED = datetime(2026, 6, 12, 15, 0, tzinfo=UTC)
MAX_LENGTH = 16 * 1024
SECONDS_FOR_ONE = 5
MEGABYTES = 1024
KNOWN = ("vendor.example", "other.example")


def one_mail(data: bytes) -> None:
    """Read one mail in every way there is, and insist on the promises of the readers."""
    try:
        mail = parse(data)
    except ParseLimit:
        return
    for part in mail.root.walk():
        assert 0 <= part.start <= part.body <= part.end <= len(data)
        assert part.filename.isprintable()
    sender = second_opinion(mail, read_sender(mail.root))
    assert (sender.address is None) is (sender.fault is not None)
    authentication(mail.root, "mx.lab.example", sender)
    if sender.address is not None:
        assert Address.parse(str(sender.address)) == sender.address
        likeness(sender.address.domain, KNOWN)
    read_recipients(mail.root)
    block = find_block(mail)
    if block is not None and block.armored is not None:
        signed_words(block.armored)
    assert all(len(key) in (40, 64) for key in keys_sent(mail))
    reading = body.read(mail, None, RECEIVED, frozenset())
    text = reading.extraction.text
    for fact in reading.extraction.facts:
        if fact.where is Where.TEXT:
            assert fact.start is not None
            assert text[fact.start : fact.end] == fact.quote
    body.to_extract_json(reading, None, False)


def one_input(data: bytes) -> None:
    """The target: a mail; or, by the first byte, HTML or the words of a bounce, which deserve more than their share."""
    if data[:1] == b"\x01":
        html.to_text(data[1:].decode("utf-8", "replace"))
    elif data[:1] == b"\x02":
        worded_bounces([("", data[1:].decode("utf-8", "replace"))], "mailer-daemon@mx.example", [], None)
    else:
        one_mail(data)


def seeds() -> list[bytes]:
    """Made-up mails of every shape that is read in a way of its own."""
    head = (
        "From: PSIRT <security@vendor.example>\r\nTo: outbound+abc@lab.example\r\nSubject: Re: =?utf-8?q?r=65port?=\r\n"
        "Date: Fri, 12 Jun 2026 10:41:19 -0400\r\nMessage-ID: <1@vendor.example>\r\nMIME-Version: 1.0\r\n"
    )
    words = "We have received your report, ticket EXV-12345.\r\nWe plan to release the fix on 15 January 2031.\r\n"
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmDMEZ=\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n"
    armour = "-----BEGIN PGP MESSAGE-----\r\n\r\nhF4D\r\n=AAAA\r\n-----END PGP MESSAGE-----\r\n"
    clear = (
        f"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\n{words}- -- dash\r\n"
        "-----BEGIN PGP SIGNATURE-----\r\n\r\niHUE\r\n=AAAA\r\n-----END PGP SIGNATURE-----\r\n"
    )
    plain = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}"
    footer = f"\r\n{'_' * 30}\r\nlist mailing list\r\nhttps://lists.example/mailman/listinfo/x\r\n"

    def multipart(kind: str, *parts: str) -> str:
        return (
            f'Content-Type: multipart/{kind}; boundary="b"\r\n\r\n'
            + "".join(f"--b\r\n{one}\r\n" for one in parts)
            + "--b--"
        )

    page = f'<html><body><p>{words}</p><blockquote>old</blockquote><div style="display:none">x</div></body></html>'
    status = (
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@vendor.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    bounce = (
        "This is the mail system.\r\nYour message could not be delivered to\r\n<a@vendor.example>: 550 5.1.1 no\r\n"
    )
    listed = "List-Id: <x.lists.example>\r\n"
    signature = f"Content-Type: application/pgp-signature\r\n\r\n{clear[-90:]}"
    mails = [
        head + plain,
        head + "Content-Transfer-Encoding: quoted-printable\r\n" + plain.replace("e", "=65"),
        head + f"Content-Type: text/html\r\n\r\n{page}",
        head + multipart("alternative", plain, f"Content-Type: text/html\r\n\r\n{page}"),
        head + multipart("signed", plain, signature),
        head + listed + multipart("mixed", multipart("signed", plain, signature), plain + footer),
        head + listed + plain + footer,
        head + multipart("encrypted", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", f"\r\n{armour}"),
        head + plain + armour,
        head + f"\r\n{armour}",
        head + f"\r\n{clear}",
        head + f"\r\n{key}",
        head + "Autocrypt: addr=a@b.example; keydata=mDMEZ\r\n" + plain,
        head + multipart("mixed", plain, f"Content-Type: message/rfc822\r\n\r\n{head}{plain}"),
        head + multipart("report; report-type=delivery-status", f"\r\n{bounce}",
                         f"Content-Type: message/delivery-status\r\n\r\n{status}",
                         f"Content-Type: message/rfc822\r\n\r\n{head}\r\n"),
        head.replace("security@vendor.example", "MAILER-DAEMON@vendor.example") + f"Return-Path: <>\r\n\r\n{bounce}",
        head + "Auto-Submitted: auto-replied\r\n\r\nI am out of the office until 3 May.\r\n",
        "Authentication-Results: mx.lab.example; dmarc=pass header.from=vendor.example\r\n" + head + plain,
        head.replace("security@vendor.example", "security@xn--vendr-1of.example") + plain,
        "\x01" + page,
        "\x02" + bounce,
        "\x02" + "failed addresses follow:\r\n a@vendor.example\r\nmessage text follows:\r\n",
    ]  # fmt: skip
    return [one.encode() for one in mails]


WORDS = (
    "Content-Type: ", "Content-Transfer-Encoding: base64", "quoted-printable",
    "Content-Disposition: attachment; filename=", "multipart/mixed; boundary=b", "multipart/signed",
    "multipart/encrypted", "multipart/report", "message/rfc822", "message/delivery-status",
    "application/pgp-signature", "application/pgp-encrypted", "text/html", "text/plain", "charset=", "utf-16",
    "iso-2022-jp", "name*0*=utf-8''%E2", "\r\n--b\r\n", "\r\n--b--\r\n", "\r\n\r\n", "=?utf-8?q?=41?=",
    "=?utf-8?b?QQ==?=", "From: ", "<a@vendor.example>", "List-Id: <x>", "Autocrypt: keydata=", "Return-Path: <>",
    "Auto-Submitted: auto-replied", "Authentication-Results: mx.lab.example; dkim=pass header.d=", "Message-ID: <",
    "-----BEGIN PGP MESSAGE-----", "-----BEGIN PGP SIGNED MESSAGE-----", "-----END PGP SIGNATURE-----", "- -----",
    "-----BEGIN PGP PUBLIC KEY BLOCK-----", "Final-Recipient: rfc822; ", "Action: failed", "Status: 5.1.1",
    "<blockquote>", "<div hidden>", "<!--", "15 January 2031", "next week", "Q3 2031", "ticket EXV-12345",
    "CVE-2031-12345", "\xe2\x80\xae",
)  # fmt: skip


def fuzz(place: str, findings: str, seconds: int) -> None:
    """Fuzz in this process, which libFuzzer ends."""
    words = Path(place, "words")
    lines = ["".join(f"\\x{byte:02x}" for byte in word.encode("latin-1")) for word in WORDS]
    words.write_text("".join(f'"{line}"\n' for line in lines))
    options = [
        f"-dict={words}", "-len_control=0",
        f"-max_total_time={seconds}", f"-max_len={MAX_LENGTH}", f"-timeout={SECONDS_FOR_ONE}",
        f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={findings}/", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(Path(place, "corpus"))], one_input)
    atheris.Fuzz()


def main() -> int:
    """Fuzz for so many seconds, or run inputs again."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=600)
    arguments.add_argument("--inside", nargs=2, metavar=("PLACE", "FINDINGS"), help=argparse.SUPPRESS)
    arguments.add_argument("inputs", nargs="*", help="inputs to run again instead")
    given = arguments.parse_args()
    if given.inside:
        fuzz(given.inside[0], given.inside[1], given.seconds)
    for name in given.inputs:
        one_input(Path(name).read_bytes())
    if given.inputs or given.inside:
        return 0
    findings = Path(tempfile.mkdtemp(prefix="cvd-findings-"))
    with tempfile.TemporaryDirectory(prefix="cvd-fuzz-") as place:
        Path(place, "corpus").mkdir()
        for number, seed in enumerate(seeds()):
            Path(place, "corpus", f"seed-{number}").write_bytes(seed)
        command = [sys.executable, __file__, "--seconds", str(given.seconds), "--inside", place, str(findings)]
        ended = subprocess.run(command, check=False).returncode
    found = sorted(findings.iterdir())
    if not found:
        findings.rmdir()
    print("\n".join(["found:", *map(str, found)]) if found else "fuzz_mail: nothing found")
    return 1 if found else ended


if __name__ == "__main__":
    sys.exit(main())
