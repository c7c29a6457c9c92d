"""The reply's own new words."""

from __future__ import annotations

import pytest

from cvdmail.core.extract import new_text, normalise_line

QUOTE = "> We found a flaw in your parser.\n> Please confirm.\n"
MAILS = {
    "gmail": f"Confirmed.\n\nOn Mon, 9 Nov 2026 at 10:00, Bo Lab <bo@lab.example> wrote:\n\n{QUOTE}",
    "gmail wrapped": f"Confirmed.\n\nOn Mon, 9 Nov 2026 at 10:00, Bo Lab\n<bo@lab.example> wrote:\n{QUOTE}",
    "german": f"Confirmed.\n\nAm 09.11.26 um 10:00 schrieb Bo Lab:\n{QUOTE}",
    "french": f"Confirmed.\n\nLe lun. 9 nov. 2026 à 10:00, Bo Lab <bo@lab.example> a écrit :\n{QUOTE}",
    "japanese": f"Confirmed.\n\n2026年11月9日(月) 10:00 Bo Lab <bo@lab.example>:\n\n{QUOTE}",
    "chinese": f"Confirmed.\n\n在 2026/11/9 10:00, Bo Lab 写道：\n{QUOTE}",
    "no marks": "Confirmed.\n\nOn Mon, 9 Nov 2026 at 10:00, Bo Lab <bo@lab.example> wrote:\n\nWe found a flaw.\n",
    "outlook": "Confirmed.\n\n________________________________\nFrom: Bo Lab <bo@lab.example>\n"
    "Sent: Monday, November 9, 2026 10:00\nTo: PSIRT\nSubject: Flaw\n\nWe found a flaw.\n",
    "outlook german": "Confirmed.\n\nVon: Bo Lab <bo@lab.example>\nGesendet: Montag, 9. November 2026 10:00\n"
    "An: PSIRT\nBetreff: Flaw\n\nWe found a flaw.\n",
    "unknown language": "Confirmed.\n\nQaarkva: Bo Lab <bo@lab.example>\nZelmit: 2026-11-09 10:00\n"
    "Orvu: psirt@v.example\n\nOld.\n",
    "original message": "Confirmed.\n\n-----Original Message-----\nFrom: Bo\n\nWe found a flaw.\n",
    "signature": "Confirmed.\n\n-- \nAda, PSIRT\nOffice closed on 24 December\n",
    "closing": "Confirmed.\n\nKind regards,\nAda Vendor\nPSIRT, Vendor Inc.\n+1 555 0100\n",
    "mobile": "Confirmed.\n\nSent from my iPhone\n",
    "list footer": "Confirmed.\n_______________________________________________\nsec mailing list\nhttps://v.example/listinfo/sec\n",
    "disclaimer": "Confirmed.\n\nCONFIDENTIALITY NOTICE: this message is for\nthe addressee only.\n",
    "pgp": "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nConfirmed.\n-----BEGIN PGP SIGNATURE-----\n\nabcd\n"
    "-----END PGP SIGNATURE-----\n",
    "reply above": "Confirmed.\n\n##- Please type your reply above this line -##\n",
}


@pytest.mark.parametrize("name", MAILS)
def test_only_the_new_words_stay(name: str) -> None:
    assert new_text(MAILS[name]) == "Confirmed."
    assert new_text(MAILS[name].replace("\n", "\r\n")) == "Confirmed."


def test_answers_between_quotes_stay() -> None:
    assert new_text("> Is it fixed?\nYes.\n> When?\nIn May.\n") == "Yes.\nIn May."


def test_marked_answer_below_a_header_block_stays() -> None:
    mail = "See below.\n\nFrom: Bo <bo@lab.example>\nSent: Monday 10:00\nTo: P\nSubject: S\n\n"
    mail += "Will it be fixed?\n[TM] In May\n"
    assert new_text(mail) == "See below.\n\nIn May"


def test_known_lines_are_quotes_without_marks() -> None:
    ours = "We found a flaw in the parser of your product."
    known = frozenset({normalise_line(ours), normalise_line("When will the fix be released to users?")})
    mail = f"Hello,\n{ours.upper()}\nConfirmed.\nWhen will the fix  be released to users?\nIn May."
    assert new_text(mail, known) == "Hello,\nConfirmed.\nIn May."


@pytest.mark.parametrize(
    "text",
    [
        "Thanks,\nWe will fix it in May and tell you then.",
        "Status: open\nOwner: PSIRT\nThe fix is on its way.",
        "We checked three things:\n- the parser\n- the lexer",
        "Please note:\nwe need two weeks.",
    ],
)
def test_a_sentence_is_never_cut_off(text: str) -> None:
    assert new_text(text) == text
