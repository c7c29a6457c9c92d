"""Fix and publication dates in sentences: status, days, bound and grade."""

from __future__ import annotations

import pytest

from core.extract.texts import facts, read
from cvdmail.core.extract import FactKind, Grade, MailKind
from cvdmail.core.extract.facts import DatePromise

FIX = [
    ("The fix moves to 29 January.", "planned 2027-01-29 2027-01-29 on sure"),
    ("We have to postpone the release to 29 January.", "planned 2027-01-29 2027-01-29 on sure"),
    ("We moved the release from 4 December to 18 December.", "planned 2026-12-18 2026-12-18 on sure"),
    ("We will release the fix on 15 January 2027.", "planned 2027-01-15 2027-01-15 on sure"),
    ("We will release the fix on 2027-01-15.", "planned 2027-01-15 2027-01-15 on sure"),
    ("The patch will ship on 15.01.2027.", "planned 2027-01-15 2027-01-15 on sure"),
    ("The update is planned for January 15, 2027.", "planned 2027-01-15 2027-01-15 on sure"),
    ("We will publish the update on 25/12/2026.", "planned 2026-12-25 2026-12-25 on sure"),
    ("We will release version 4.5.6 on Friday, 4 December 2026.", "planned 2026-12-04 2026-12-04 on sure"),
    ("A fix will be available by 12/11/2026.", "planned None None by unsure"),
    ("The fix will be released on Thursday, 4 December 2026.", "planned None None on unsure"),
    ("We expect to ship the fix in Q1 2027.", "tentative 2027-01-01 2027-03-31 on likely"),
    ("The fix will be released in the second half of 2027.", "planned 2027-07-01 2027-12-31 on sure"),
    ("The fix will be part of the release in calendar week 4.", "planned 2027-01-25 2027-01-31 on sure"),
    ("The fix is scheduled for early February.", "planned 2027-02-01 2027-02-10 on sure"),
    ("The patch is planned for mid-May 2027.", "planned 2027-05-11 2027-05-20 on sure"),
    ("We plan to release a patch within 30 days.", "planned 2026-11-10 2026-12-10 by sure"),
    ("We will release a patch in two weeks.", "planned 2026-11-18 2026-11-24 on sure"),
    ("The patch will be released next week.", "planned 2026-11-16 2026-11-22 on sure"),
    ("We will release the patch before 1 December.", "planned 2026-11-10 2026-11-30 by sure"),
    ("We hope to have a fix by the end of the month.", "tentative 2026-11-21 2026-11-30 by likely"),
    ("The release is due on the next Patch Tuesday.", "planned 2026-12-08 2026-12-08 on sure"),
    ("We aim for the second Tuesday of January.", "tentative 2027-01-12 2027-01-12 on likely"),
    ("We released the update today.", "released 2026-11-10 2026-11-10 on sure"),
    ("Version 4.2.1 with the fix was released on 3 November 2026.", "released 2026-11-03 2026-11-03 on sure"),
    ("The patch was merged on 2 November.", "past_event 2026-11-02 2026-11-02 on likely"),
    ("The fix will not be released before March 2027.", "planned 2027-03-01 2027-03-31 not_before sure"),
    ("The fix was not released on 3 November.", "refused 2026-11-03 2026-11-03 on unsure"),
    ("The fix may be released on 10 December.", "tentative 2026-12-10 2026-12-10 on likely"),
    ("If QA passes, the fix will be released on 10 December.", "tentative 2026-12-10 2026-12-10 on unsure"),
    ("Will the fix be available on 10 December?", "tentative 2026-12-10 2026-12-10 on unsure"),
    ("Our meeting on Thursday will decide, and the fix ships on Friday.", "planned 2026-11-13 2026-11-13 on likely"),
    ("A hotfix will be released 90 days after your report.", "planned None None on unsure"),
    ("We cannot give you a date.", "refused None None None likely"),
    ("The fix is delayed by two weeks.", "planned None None None likely"),
    ("This will be fixed in the next release.", "planned None None None likely"),
    ("Das Update wird am 15. Januar 2027 veröffentlicht.", "planned 2027-01-15 2027-01-15 on sure"),
    ("Unsere Entwickler planen, die Lücke bis Ende Januar zu beheben.", "planned 2027-01-21 2027-01-31 by likely"),
    ("Der Patch erscheint voraussichtlich in KW 5.", "tentative 2027-02-01 2027-02-07 on likely"),
    ("Le correctif sera publié le 15 janvier 2027.", "planned 2027-01-15 2027-01-15 on sure"),
    ("El parche se publicará el 20 de enero de 2027.", "planned 2027-01-20 2027-01-20 on sure"),
    ("修正版は2027年1月15日に公開予定です。", "planned 2027-01-15 2027-01-15 on sure"),
    ("补丁将于1月20日发布。", "planned 2027-01-20 2027-01-20 on sure"),
    ("Исправление будет выпущено 20 января 2027 года.", "planned 2027-01-20 2027-01-20 on sure"),
]
PUBLICATION = [
    ("Please do not publish before 15 February 2027.", "requested 2027-02-15 2027-02-15 not_before sure"),
    ("Could you please hold the publication until 1 February 2027?", "requested 2027-02-01 2027-02-01 not_before sure"),
    ("We agree to publication on 20 January 2027.", "agreed 2027-01-20 2027-01-20 on sure"),
    ("We will publish the advisory on 20 January 2027.", "planned 2027-01-20 2027-01-20 on sure"),
    ("Our advisory went live on 3 November 2026.", "published 2026-11-03 2026-11-03 on sure"),
]
NONE = [
    "We note your disclosure deadline of 14 February 2027.",
    "You reported this issue on 3 November 2026, and we will look at it next week.",
    "I will update you by Monday.",
    "We are travelling until 20 November.",
    "The log of 3.1.32 shows nothing, and 192.168.10.12 is our test host.",
    "We received your mail on 3 November 2026.",
]


def spoken(text: str, kind: FactKind) -> list[str]:
    out = []
    for fact in facts(text, kind):
        value = fact.value
        assert isinstance(value, DatePromise)
        bound = value.bound.value if value.bound else None
        out.append(f"{value.status.value} {value.first} {value.last} {bound} {fact.grade.value}")
    return out


@pytest.mark.parametrize(("text", "meant"), FIX)
def test_fix_dates(text: str, meant: str) -> None:
    assert spoken(text, FactKind.FIX_DATE) == [meant]
    assert spoken(text, FactKind.PUBLICATION_DATE) == []


@pytest.mark.parametrize(("text", "meant"), PUBLICATION)
def test_publication_dates(text: str, meant: str) -> None:
    assert spoken(text, FactKind.PUBLICATION_DATE) == [meant]
    assert spoken(text, FactKind.FIX_DATE) == []


@pytest.mark.parametrize("text", NONE)
def test_dates_of_other_things_are_no_promises(text: str) -> None:
    assert spoken(text, FactKind.FIX_DATE) == []
    assert spoken(text, FactKind.PUBLICATION_DATE) == []


def test_two_dates_in_one_mail_keep_their_events() -> None:
    text = "We will release the fix on 4 December 2026.\n\nPlease do not publish before 18 December 2026."
    assert spoken(text, FactKind.FIX_DATE) == ["planned 2026-12-04 2026-12-04 on sure"]
    assert spoken(text, FactKind.PUBLICATION_DATE) == ["requested 2026-12-18 2026-12-18 not_before sure"]


def test_quoted_promise_is_never_read() -> None:
    text = (
        "No.\n\nOn Mon, 9 Nov 2026 at 10:00, Bo <bo@lab.example> wrote:\n> We will release the fix on 4 December 2026."
    )
    assert read(text).text == "No."
    assert spoken(text, FactKind.FIX_DATE) == []


def test_a_machine_is_never_sure_and_no_person() -> None:
    found = read(
        "We will release the fix on 4 December 2026. Your ticket number is 88123.", kind=MailKind.AUTO_REPLY
    ).facts
    assert [fact.grade for fact in found if fact.kind is FactKind.FIX_DATE] == [Grade.UNSURE]
    assert {getattr(getattr(fact.value, "by", None), "value", None) for fact in found} == {None, "tracker"}
