"""What an approval covers: every word, file, person and key."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.compose import Attachment
from cvdmail.core.drafts import Content, Letter, Recipient, Statement
from cvdmail.core.ids import Address, CaseId, Fingerprint

PSIRT = Recipient(Address.parse("psirt@vendor.example"), Fingerprint.parse("AB" * 20))
SECOND = Recipient(Address.parse("security@vendor.example"), Fingerprint.parse("CD" * 20))
STATEMENT = Statement(
    case=CaseId(2026, 42),
    draft=3,
    participant=7,
    letter=Letter.REPORT,
    subject="Frobnicator overflows",
    text="Hello,\nit overflows.\n",
    attachments=(Attachment("poc.py", "text/x-python", b"print()"), Attachment("b.txt", "text/plain", b"b")),
    recipients=(PSIRT, SECOND),
    copy_to_self=True,
    policy="0" * 64,
    salt="1" * 32,
)

FIRST_FILE, SECOND_FILE = STATEMENT.attachments
CHANGES = {
    "case": replace(STATEMENT, case=CaseId(2026, 43)),
    "draft": replace(STATEMENT, draft=4),
    "participant": replace(STATEMENT, participant=8),
    "letter": replace(STATEMENT, letter=Letter.REPLY),
    "subject": replace(STATEMENT, subject="Frobnicator overflows."),
    "text word": replace(STATEMENT, text="Hello,\nit overflowed.\n"),
    "text line end": replace(STATEMENT, text="Hello,\r\nit overflows.\r\n"),
    "text last line end": replace(STATEMENT, text="Hello,\nit overflows."),
    "text blank": replace(STATEMENT, text="Hello, \nit overflows.\n"),
    "text look-alike": replace(STATEMENT, text="Hello,\nit оverflows.\n"),
    "attachments none": replace(STATEMENT, attachments=()),
    "attachments fewer": replace(STATEMENT, attachments=(FIRST_FILE,)),
    "attachments order": replace(STATEMENT, attachments=(SECOND_FILE, FIRST_FILE)),
    "attachments twice": replace(STATEMENT, attachments=(*STATEMENT.attachments, SECOND_FILE)),
    "attachments name": replace(STATEMENT, attachments=(replace(FIRST_FILE, name="poc2.py"), SECOND_FILE)),
    "attachments type": replace(STATEMENT, attachments=(replace(FIRST_FILE, media_type="text/plain"), SECOND_FILE)),
    "attachments bytes": replace(STATEMENT, attachments=(replace(FIRST_FILE, content=b"print(1)"), SECOND_FILE)),
    "attachments bytes of one size": replace(
        STATEMENT, attachments=(replace(FIRST_FILE, content=b"print[]"), SECOND_FILE)
    ),
    "recipients none": replace(STATEMENT, recipients=()),
    "recipients fewer": replace(STATEMENT, recipients=(PSIRT,)),
    "recipients address": replace(
        STATEMENT, recipients=(replace(PSIRT, address=Address.parse("psirt@vend0r.example")), SECOND)
    ),
    "recipients key": replace(STATEMENT, recipients=(replace(PSIRT, fingerprint=SECOND.fingerprint), SECOND)),
    "recipients keys exchanged": replace(
        STATEMENT,
        recipients=(
            replace(PSIRT, fingerprint=SECOND.fingerprint),
            replace(SECOND, fingerprint=PSIRT.fingerprint),
        ),
    ),
    "copy_to_self": replace(STATEMENT, copy_to_self=False),
    "policy": replace(STATEMENT, policy="1" * 64),
    "salt": replace(STATEMENT, salt="2" * 32),
    "clear": replace(STATEMENT, clear=True),
    "channel": replace(STATEMENT, channel="portal:https://vendor.example/report"),
    "channel address": replace(STATEMENT, channel="portal:https://vend0r.example/report"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_gives_another_digest(name: str) -> None:
    assert CHANGES[name].digest() != STATEMENT.digest()


def test_no_field_of_a_statement_is_left_out_of_the_table() -> None:
    covered = {name.split()[0] for name in CHANGES}
    assert covered == {one.name for one in fields(Statement)}
    assert len({changed.digest() for changed in CHANGES.values()}) == len(CHANGES)


def test_neither_the_order_of_recipients_nor_the_case_of_an_address_matters() -> None:
    upper = replace(PSIRT, address=Address.parse("PSIRT@vendor.example"))
    assert replace(STATEMENT, recipients=(SECOND, upper)).digest() == STATEMENT.digest()


def test_the_statement_is_canonical_and_whole() -> None:
    written = json.loads(STATEMENT.to_bytes())
    assert (
        json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == STATEMENT.to_bytes()
    )
    assert written["kind"] == "cvdmail approval"
    assert written["case"] == "CVD-2026-0042"
    assert written["attachments"][0] == {
        "media_type": "text/x-python",
        "name": "poc.py",
        "sha256": hashlib.sha256(b"print()").hexdigest(),
        "size": 7,
    }
    assert written["recipients"][0] == {"address": "psirt@vendor.example", "fingerprint": "AB" * 20}
    assert STATEMENT.digest() == hashlib.sha256(STATEMENT.to_bytes()).hexdigest()


def test_words_cannot_move_between_subject_and_text() -> None:
    one = replace(STATEMENT, subject="a", text="b c")
    other = replace(STATEMENT, subject="a b", text="c")
    quoted = replace(STATEMENT, subject='a","text":"b c', text="")
    assert len({one.digest(), other.digest(), quoted.digest()}) == 3


def test_a_repr_shows_no_secret() -> None:
    for shown in (repr(STATEMENT), repr(Content("Frobnicator", "overflows", "salt"))):
        assert "robnicator" not in shown
        assert "overflows" not in shown
        assert "poc.py" not in shown


texts = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)


@given(subject=texts, text=texts, salt=st.text(alphabet="0123456789abcdef", max_size=32))
def test_content_is_sealed_and_read_back_the_same(subject: str, text: str, salt: str) -> None:
    content = Content(subject, text, salt)
    assert Content.from_bytes(content.to_bytes()) == content
