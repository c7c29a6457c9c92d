"""Which words of a mail are the sender's own, and what a delivery report says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cvdmail.core.body import MAX_BODY, attachment_names, body_text, read, to_extract_json, to_message_json
from cvdmail.core.extract.facts import Bounce, FactKind
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.mail import parse

AT = datetime(2026, 6, 12, 15, 0, tzinfo=UTC)
HEAD = (
    "From: PSIRT <psirt@vendor.example>\nTo: outbound@lab.example\nSubject: Re: [CVD-2026-0042]\n"
    "Date: Fri, 12 Jun 2026 10:41:19 -0400\nMessage-ID: <reply@vendor.example>\nMIME-Version: 1.0\n"
)
NO_LINES: frozenset[str] = frozenset()


def mail(*rest: str) -> bytes:
    return (HEAD + "\n".join(rest)).replace("\n", "\r\n").encode()


def part(content_type: str, body: str, *headers: str) -> str:
    return "\n".join([f"Content-Type: {content_type}", *headers, "", body])


def multipart(subtype: str, *parts: str, boundary: str = "b", parameters: str = "") -> str:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"{parameters}\n\n'
    return head + "".join(f"--{boundary}\n{one}\n" for one in parts) + f"--{boundary}--\n"


PLAIN = part("text/plain; charset=utf-8", "the plain words")
HTML = part("text/html; charset=utf-8", "<p>the html words</p>")
FORWARDED = part("message/rfc822", "From: other@x.example\nContent-Type: text/plain\n\nthe forwarded words")
ATTACHED = part("text/plain; name=log.txt", "the attached words", "Content-Disposition: attachment; filename=log.txt")


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("\nthe plain words", "the plain words"),
        (PLAIN, "the plain words"),
        (HTML, "the html words"),
        (multipart("alternative", PLAIN, HTML), "the plain words"),
        (multipart("alternative", HTML, PLAIN), "the plain words"),
        (multipart("mixed", ATTACHED, PLAIN), "the plain words"),
        (multipart("mixed", FORWARDED, PLAIN), "the plain words"),
        (multipart("mixed", ATTACHED, FORWARDED, HTML), "the html words"),
        (multipart("mixed", ATTACHED), ""),
        (multipart("mixed", FORWARDED), ""),
        (multipart("mixed", multipart("alternative", PLAIN, HTML, boundary="i"), ATTACHED), "the plain words"),
        (multipart("signed", PLAIN, part("application/pgp-signature", "x")), "the plain words"),
        (multipart("mixed", part("application/octet-stream", "x")), ""),
        (multipart("mixed"), ""),
        (FORWARDED, ""),
        (multipart("alternative", part("text/plain", ""), HTML), "the html words"),
        (multipart("alternative", part("text/plain", " \n\n"), HTML), "the html words"),
        (
            multipart("mixed", multipart("mixed", PLAIN, boundary="i", parameters="\nContent-Disposition: attachment")),
            "",
        ),
    ],
    ids=range(18),
)
def test_the_senders_own_words(rest: str, text: str) -> None:
    assert body_text(parse(mail(rest))).strip() == text


def test_transfer_encoding_charset_and_line_ends_are_undone() -> None:
    body = part(
        "text/plain; charset=iso-8859-1", "Gr=FC=DFe=\n aus M=FCnchen\n", "Content-Transfer-Encoding: quoted-printable"
    )
    assert body_text(parse(mail(body))) == "Grüße aus München\n"


def test_long_words_are_cut() -> None:
    assert len(body_text(parse(mail(part("text/plain", "word " * 100_000))))) == MAX_BODY
    assert len(body_text(parse(mail(part("text/html", "word " * 100_000))))) <= MAX_BODY


def test_attachment_names_are_cleaned_and_an_unnamed_one_is_counted() -> None:
    raw = mail(
        multipart(
            "mixed",
            PLAIN,
            ATTACHED,
            part("application/pdf; name=inline.pdf", "x", "Content-Disposition: inline"),
            part("application/octet-stream", "x", "Content-Disposition: attachment"),
            part("image/png", "x", "Content-Disposition: attachment; filename*=utf-8''%E2%80%AEgnp.exe%0A"),
            FORWARDED,
        )
    )
    assert attachment_names(parse(raw)) == ("log.txt", "inline.pdf", "unnamed", "gnp.exe")


def test_a_reply_is_read() -> None:
    outer = parse(mail("\nHello,\n\nwe received your report and will look into it.\n\nAda\n"))
    reading = read(outer, None, AT, NO_LINES)
    assert reading.kind is MailKind.REPLY
    assert reading.sender == "psirt@vendor.example"
    assert reading.subject == "Re: [CVD-2026-0042]"
    assert reading.date == datetime(2026, 6, 12, 14, 41, 19, tzinfo=UTC)
    assert [fact.kind for fact in reading.extraction.facts] == [FactKind.ACKNOWLEDGEMENT]
    for fact in reading.extraction.facts:
        assert fact.start is not None
        assert reading.extraction.text[fact.start : fact.end] == fact.quote


def test_words_of_others_are_no_facts() -> None:
    said = "We received your report and will fix it by 2026-07-01."
    for rest in (
        multipart("mixed", part("text/plain", "See attached."), part("message/rfc822", f"Subject: x\n\n{said}")),
        multipart(
            "mixed", part("text/plain", "See attached."), part("text/plain", said, "Content-Disposition: attachment")
        ),
        f"\nHello.\n\n> {said}\n",
    ):
        facts = read(parse(mail(rest)), None, AT, NO_LINES).extraction.facts
        assert all(fact.kind is not FactKind.FIX_DATE and fact.quote not in said for fact in facts)


def test_the_inside_of_an_encrypted_mail_stands_before_the_outside() -> None:
    outer = parse(mail(multipart("encrypted", part("application/pgp-encrypted", "Version: 1"))))
    inner = parse(
        b"Subject: the real subject\r\nDate: Sat, 13 Jun 2026 08:00:00 +0200\r\nContent-Type: text/plain\r\n\r\n"
        b"We received your report.\r\n"
    )
    reading = read(outer, inner, AT, NO_LINES)
    assert reading.subject == "the real subject"
    assert reading.date == datetime(2026, 6, 13, 6, 0, tzinfo=UTC)
    assert "received" in reading.extraction.text
    bare = read(outer, parse(b"\r\nwords\r\n"), AT, NO_LINES)
    assert bare.subject == "Re: [CVD-2026-0042]"
    assert bare.date == datetime(2026, 6, 12, 14, 41, 19, tzinfo=UTC)


def test_an_unreadable_sender_is_nobody() -> None:
    raw = mail("\nwords").replace(b"PSIRT <psirt@vendor.example>", b"psirt@vendor.example <evil@x.example>")
    assert read(parse(raw), None, AT, NO_LINES).sender is None


def report(*groups: str, returned: str = "message/rfc822") -> bytes:
    status = "Reporting-MTA: dns; mx.vendor.example\n\n" + "\n\n".join(groups)
    original = "Message-ID: <ours@lab.example>\nFrom: outbound@lab.example\nSubject: [CVD-2026-0042]\n\nbody"
    return mail(
        multipart(
            "report",
            part("text/plain", "Your mail could not be delivered to psirt@vendor.example (550 5.1.1)."),
            part("message/delivery-status", status),
            part(returned, original),
            parameters="; report-type=delivery-status",
        )
    )


FAILED = "Final-Recipient: rfc822; psirt@vendor.example\nAction: failed\nStatus: 5.1.1"
DELAYED = "Final-Recipient: rfc822; security@vendor.example\nAction: delayed\nStatus: 4.4.1"
DELIVERED = "Final-Recipient: rfc822; other@vendor.example\nAction: delivered\nStatus: 2.0.0"


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_delivery_report_tells_of_each_recipient(returned: str) -> None:
    reading = read(parse(report(FAILED, DELAYED, DELIVERED, returned=returned)), None, AT, NO_LINES)
    assert reading.kind is MailKind.BOUNCE
    assert [fact.value for fact in reading.extraction.facts] == [
        Bounce(True, "psirt@vendor.example", "5.1.1", "ours@lab.example"),
        Bounce(False, "security@vendor.example", "4.4.1", "ours@lab.example"),
    ]


def test_a_report_without_the_returned_mail_or_without_a_status() -> None:
    delivery = "; report-type=delivery-status"
    status = part("message/delivery-status", f"Reporting-MTA: dns; x\n\n{FAILED}")
    bare = mail(multipart("report", status, parameters=delivery))
    facts = read(parse(bare), None, AT, NO_LINES).extraction.facts
    assert [fact.value for fact in facts] == [Bounce(True, "psirt@vendor.example", "5.1.1", None)]
    empty = mail(multipart("report", PLAIN, parameters=delivery))
    assert all(fact.kind is FactKind.BOUNCE for fact in read(parse(empty), None, AT, NO_LINES).extraction.facts)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Auto-Submitted: auto-replied\n", MailKind.AUTO_REPLY),
        ("Auto-Submitted: no\n", MailKind.REPLY),
        ("List-Id: <x.example>\n", MailKind.REPLY),
        ("X-Autoreply: yes\n", MailKind.AUTO_REPLY),
    ],
)
def test_what_sort_of_mail_it_is(head: str, kind: MailKind) -> None:
    assert read(parse(head.replace("\n", "\r\n").encode() + mail("\nHello.\n")), None, AT, NO_LINES).kind is kind


def test_the_machine_readable_shapes() -> None:
    reading = read(parse(mail("\nWe received your report.\n")), None, AT, NO_LINES)
    message = {
        "message_id": "reply@vendor.example",
        "date": "2026-06-12T10:41:19-04:00",
        "from": "psirt@vendor.example",
        "subject": "Re: [CVD-2026-0042]",
        "kind": "reply",
        "language": "en",
        "encrypted": False,
        "keys": [],
    }
    assert to_message_json(reading, "reply@vendor.example", False) == message
    whole = to_extract_json(reading, "reply@vendor.example", False)
    assert whole["message"] == message
    assert whole["text"] == reading.extraction.text
    (fact,) = reading.extraction.facts
    assert whole["facts"] == [
        {
            "kind": "acknowledgement",
            "by": "person",
            "quote": fact.quote,
            "in": "text",
            "start": fact.start,
            "end": fact.end,
            "grade": fact.grade.value,
            "rule": fact.rule,
        }
    ]


def test_a_repr_shows_no_word_of_the_mail() -> None:
    shown = repr(read(parse(mail("\nThe frobnicator overflows.\n")), None, AT, NO_LINES))
    assert "robnicator" not in shown
    assert "CVD-2026-0042" not in shown
