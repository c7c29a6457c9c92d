"""Who a mail is from: one From with one mailbox, or nobody."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.ids import Address
from cvdmail.core.mail import parse
from cvdmail.core.sender import Sender, SenderFault, read_mailbox, read_recipients, read_sender, second_opinion

VENDOR = Address.parse("psirt@vendor.example")


def from_(value: bytes) -> bytes:
    return b"From: " + value + b"\r\nTo: outbound@lab.example\r\nSubject: x\r\n\r\nbody\r\n"


def both(raw: bytes) -> Sender:
    """What the program believes: our reader, confirmed by the second one."""
    read = parse(raw)
    return second_opinion(read, read_sender(read.root))


@pytest.mark.parametrize(
    "value",
    [
        b"psirt@vendor.example",
        b"<psirt@vendor.example>",
        b"PSIRT <psirt@vendor.example>",
        b"PSIRT Team <PSIRT@Vendor.Example>",
        b'"Vendor, Inc. PSIRT" <psirt@vendor.example>',
        b'"a \\"b\\" c" <psirt@vendor.example>',
        b"=?utf-8?q?Sicherheits-Team_M=C3=BCnchen?= <psirt@vendor.example>",
        "Größe <psirt@vendor.example>".encode(),
        b"PSIRT\r\n <psirt@vendor.example>",
        b"PSIRT\t<psirt@vendor.example> ",
        b"A. Person <psirt@vendor.example>",
    ],
)
def test_one_plain_mailbox_is_believed_by_both_readers(value: bytes) -> None:
    assert both(from_(value)) == Sender(VENDOR)


# Every one of these is read as the vendor by some reader of mail, and was written by somebody else.
SPOOFED = [
    b"psirt@vendor.example <evil@x.example>",
    b"<psirt@vendor.example> <evil@x.example>",
    b"<psirt@vendor.example>, <evil@x.example>",
    b"<evil@x.example>, <psirt@vendor.example>",
    b"psirt@vendor.example(<evil@x.example>",
    b"psirt@vendor.example)<evil@x.example>",
    b"psirt@vendor.example,<evil@x.example>",
    b"psirt@vendor.example;<evil@x.example>",
    b"psirt@vendor.example:<evil@x.example>",
    b"psirt@vendor.example.<evil@x.example>",
    b"psirt@vendor.example[<evil@x.example>]",
    b"psirt@vendor.example]<evil@x.example>",
    b"psirt@vendor.example\\<evil@x.example>",
    b"Group: psirt@vendor.example, evil@x.example;",
    b"Group: psirt@vendor.example;",
    b"undisclosed-recipients:;",
    b"evil@x.example <psirt@vendor.example>",
    b"psirt@vendor.example <psirt@vendor.example>",
    b"<<psirt@vendor.example>evil@x.example>",
    b"<psirt@vendor.example\0@x.example>",
    b"<psirt@vendor.example\r@x.example>",
    b"psirt@vendor\x0b.example",
    b"<@x.example:psirt@vendor.example>",
    b"<psirt@vendor.example> evil",
    b"<psirt@vendor.example> (evil)",
    b"(evil) <psirt@vendor.example>",
    b"psirt@vendor.example (evil@x.example)",
    b"psirt(evil)@vendor.example",
    b"<psirt@vendor.example@x.example>",
    b"psirt@x.example@vendor.example",
    b'"psirt@vendor.example"@x.example',
    b'"psirt"@vendor.example',
    b'psirt"x"@vendor.example',
    b'psirt@vendor.example".x.example"',
    b'psirt@"x.example"vendor.example',
    b'<psirt@vendor"x".example>',
    b'<"evil@x.example"psirt@vendor.example>',
    b'"psirt@vendor.example <evil@x.example>',
    b'"unclosed <psirt@vendor.example>',
    b"=?utf-8?q?psirt=40vendor.example?=",
    b"=?utf-8?q?psirt=40vendor=2Eexample_=3Cevil=40x.example=3E?=",
    b"=?utf-8?b?cHNpcnRAdmVuZG9yLmV4YW1wbGU=?=",
    b"psirt@=?utf-8?q?vendor.example?=",
    b"psirt@vendor.example=?utf-8?q?=00?=@x.example",
    b"psirt@=?utf-8?q?vendor.example=00?=.x.example",
    b"psirt@vendor.example, psirt@vendor.example",
    b"psirt@vendor.example,",
    b",psirt@vendor.example",
    b"",
    b" ",
    b"<>",
    b"PSIRT",
    b"PSIRT <>",
    b"psirt@vendor.example" + b" " * 300 + b"x",
    b"psirt@[192.0.2.1]",
    b"psirt@192.0.2.1",
    "psirt@vendor.example\u202e".encode(),
    "psirt\u200b@vendor.example".encode(),
    b"psirt@vendor.example\xff",
]


@pytest.mark.parametrize("value", SPOOFED, ids=range(len(SPOOFED)))
def test_anything_else_is_unreadable(value: bytes) -> None:
    sender = read_sender(parse(from_(value)).root)
    assert sender == Sender(None, SenderFault.UNREADABLE)


@pytest.mark.parametrize("value", SPOOFED, ids=range(len(SPOOFED)))
def test_nothing_of_it_is_believed_with_a_second_reader_either(value: bytes) -> None:
    assert both(from_(value)).address is None


@pytest.mark.parametrize(
    "value",
    [
        "=?utf-8?q?psirt?=@vendor.example",
        "psirt@vendοr.example",
        "psirt@vеndor.example",
        "psirt@vendor.example.x.example",
        "psirt@vendorexample.example",
        "psirt.vendor.example@x.example",
    ],
)
def test_a_look_alike_is_another_sender(value: str) -> None:
    assert read_sender(parse(from_(value.encode())).root).address != VENDOR


def test_an_address_in_a_quoted_name_is_a_name() -> None:
    assert both(from_(b'"psirt@vendor.example" <evil@x.example>')).address in (None, Address.parse("evil@x.example"))


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        (b"Subject: x\r\n\r\n", SenderFault.MISSING),
        (b"From: psirt@vendor.example\r\nFrom: evil@x.example\r\n\r\n", SenderFault.SEVERAL),
        (b"From: psirt@vendor.example\r\nFROM: psirt@vendor.example\r\n\r\n", SenderFault.SEVERAL),
        (b"From : evil@x.example\r\nFrom: psirt@vendor.example\r\n\r\n", SenderFault.SEVERAL),
        (b"Sender: psirt@vendor.example\r\n\r\n", SenderFault.MISSING),
        (b"X-From: psirt@vendor.example\r\n\r\nFrom: psirt@vendor.example\r\n", SenderFault.MISSING),
    ],
)
def test_none_or_several_from(head: bytes, fault: SenderFault) -> None:
    read = parse(head)
    sender = read_sender(read.root)
    assert sender == Sender(None, fault)
    assert second_opinion(read, sender) == sender


@pytest.mark.parametrize("value", [b"[x <psirt@vendor.example>", b'=?utf-8?q?x?= "_ <psirt@vendor.example>'])
def test_two_readers_that_disagree_are_believed_neither(value: bytes) -> None:
    """One reader finds the vendor here and the other nobody."""
    sender = both(from_(value))
    assert sender.address is None
    assert sender.fault in (SenderFault.READERS_DISAGREE, SenderFault.UNREADABLE)


@pytest.mark.parametrize("other", [b"From: evil@x.example", b"From: psirt@vendor.example"])
def test_a_sender_that_stands_nowhere_in_the_mail_is_not_believed(other: bytes) -> None:
    """The second reader reads the bytes, not the first reader's word."""
    claimed = Sender(Address.parse("somebody@else.example"))
    assert second_opinion(parse(other + b"\r\n\r\n"), claimed) == Sender(None, SenderFault.READERS_DISAGREE)


@given(value=st.text(max_size=60) | st.from_regex(r'[<>@,;:()"a-z. ]{0,40}', fullmatch=True))
def test_whatever_is_read_as_a_mailbox_has_exactly_one_at_sign_outside_quotes(value: str) -> None:
    address = read_mailbox(value)
    if address is not None:
        assert str(address).count("@") == 1
        assert address.local.lower() in value.lower()


@given(value=st.binary(max_size=80))
def test_any_from_bytes_give_a_sender_or_a_fault(value: bytes) -> None:
    sender = both(from_(value.replace(b"\n", b"")))
    assert (sender.address is None) == (sender.fault is not None)


@given(
    pieces=st.lists(
        st.sampled_from(
            [
                "psirt@vendor.example",
                "evil@x.example",
                "<",
                ">",
                '"',
                "(",
                ")",
                ",",
                ";",
                ":",
                " ",
                "\\",
                "=?utf-8?q?",
                "?=",
            ]
        ),
        max_size=8,
    )
)
def test_the_vendor_is_believed_only_where_nobody_else_is_named_outside_quotes(pieces: list[str]) -> None:
    value = "".join(pieces)
    sender = both(from_(value.encode()))
    if sender.address == VENDOR:
        outside = "".join(part for index, part in enumerate(value.split('"')) if index % 2 == 0)
        assert "evil" not in outside
        assert value.replace(">", " ").rstrip().endswith("psirt@vendor.example")


def test_recipients_are_found_wherever_a_server_writes_them() -> None:
    raw = (
        b"Delivered-To: outbound+abcdefghijklmnop@lab.example\r\nX-Original-To: <a@lab.example>\r\n"
        b"Envelope-To: b@lab.example\r\nTo: Lab <outbound@lab.example>, other@x.example\r\n"
        b"Cc: Group: c@lab.example, d@lab.example;\r\nResent-To: e@lab.example.\r\n"
        b"Subject: not-me@lab.example\r\nReply-To: nor-me@lab.example\r\n\r\n"
    )
    assert {str(address) for address in read_recipients(parse(raw).root)} == {
        "outbound+abcdefghijklmnop@lab.example",
        "outbound@lab.example",
        "other@x.example",
        *(f"{letter}@lab.example" for letter in "abcde"),
    }


@pytest.mark.parametrize(
    "head",
    [
        b"To: " + b"a" * 15_000 + b"\r\n",
        b"To: " + b"a@b.example," * 1300 + b"\r\n",
        b"To: " + b"a@" * 7000 + b"\r\n",
        b"".join(b"Received: " + word * (15_000 // len(word)) + b"\r\n" for word in [b"from a ", b"by ", b"("] * 4),
        b"Subject: " + b"=?utf-8?q?x?= " * 1000 + b"\r\n",
        b"Reply-To: " + b"(" * 15_000 + b"\r\n",
        b"Cc: " + b'"' * 15_000 + b"\r\n",
    ],
    ids=range(7),
)  # fmt: skip
def test_hostile_headers_cost_little(head: bytes) -> None:
    begun = time.process_time()
    read = parse(head + from_(b"psirt@vendor.example"))
    sender = second_opinion(read, read_sender(read.root))
    assert len(read_recipients(read.root)) <= 400
    assert time.process_time() - begun < 4
    assert sender.address in (VENDOR, None)
