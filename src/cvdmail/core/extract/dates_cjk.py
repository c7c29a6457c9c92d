"""Dates as Chinese, Japanese and Korean write them: no blanks, few forms, so patterns instead of a grammar.

Works on the masked text with full-width digits made plain (one for one, so that places stay).  The words are those of
the three calendars in :mod:`cvdmail.core.extract.languages`, read together.  First each form finds its dates (a day, a
month, "next week", a count); then two dates with a word of "to" between them become a range, and the words around a
date bind it.  Every pattern is bounded: linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.dates_cjk_forms import Found, Scene, made
from cvdmail.core.extract.dates_cjk_words import words
from cvdmail.core.extract.facts import Granularity

WIDE_DIGITS = str.maketrans("０１２３４５６７８９／．－：（）", "0123456789/.-:()")
MAY_HOLD = re.compile("[0-9０-９年月日号號周週期礼禮季天旦诞誕国明今后昨晚早元次内月曜末同当當時届屆到那此前之"
                      "오늘내일모레어제주달월분기년말초그]")  # fmt: skip
"""Letters of which every Chinese, Japanese and Korean date holds one."""
_OWN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u3096]")
_MOVED = re.compile("[^。]{0,6}?(?:延期|変更|延び|ずれ|推迟|推遲|延后|延後|改|연기|변경)")


def read(masked: str, anchor: date, tense: Tense) -> Iterator[tuple[int, int, Days | None, str, str]]:
    """Yield (start, end, days, prefix, rule) for each date; the prefix is ``by``, ``after`` or the like, or empty.

    The rules ``date.same_day`` and ``date.then`` mean a date that was named before; they have no days of their own.
    """
    if not _OWN.search(masked):
        return
    scene = Scene(masked, anchor, tense, _KANA.search(masked) is not None, words())
    for found in _ranges(sorted(_dates(scene), key=lambda one: one.start), scene):
        yield _bound(found, scene)


def _dates(scene: Scene) -> Iterator[Found]:
    taken = bytearray(len(scene.text))
    for name, pattern in scene.say.forms:
        for match in pattern.finditer(scene.text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            found = made(name, match, scene)
            if found is not None:
                taken[start : found.end] = b"\x01" * (found.end - start)
                yield found


# --- ranges and bindings -------------------------------------------------------------------------------------------


def _ranges(found: list[Found], scene: Scene) -> Iterator[Found]:
    """Join "6月1日から15日の間"; a bare number of a day stands alone only beside a word that makes it one."""
    i = 0
    while i < len(found):
        one = found[i]
        other = found[i + 1] if i + 1 < len(found) else None
        joined = _joined(one, other, scene) if other is not None and one.certain else None
        if joined is not None:
            yield joined
            i += 2
            continue
        if one.certain:
            yield one
        i += 1


def _joined(one: Found, other: Found, scene: Scene) -> Found | None:
    between = scene.text[one.end : other.start]
    if re.fullmatch("[ 、]?[(（]", between) and one.days and other.days and "slashed" in other.rule:
        bracket = other.end + (scene.text[other.end : other.end + 1] in {")", "）"})
        agreed = one.days.first <= other.days.first <= one.days.last or one.days.doubtful
        return replace(other, start=one.start, end=bracket, days=replace(other.days, doubtful=not agreed))
    link = scene.say.joints.fullmatch(between)
    if link is None or one.days is None or other.days is None or ".count" in one.rule + other.rule:
        return None
    closed = scene.say.closes.match(scene.text, other.end)
    if link["open"]:
        rough = one.days.granularity is not Granularity.DAY and scene.text[other.end : other.end + 1] in {
            *"にをの頃ご에"
        }
        if (closed is None and not rough) or _MOVED.match(scene.text, closed.end() if closed else other.end):
            return None
    days = other.days
    if other.day:
        last = one.days.last
        day = civil.safe(last.year, last.month, other.day)
        if day is not None and day < last:
            following = civil.add_months(last.replace(day=1), 1)
            day = civil.safe(following.year, following.month, other.day)
        if day is None:
            return None
        days = civil.one_day(day)
    elif days.last < one.days.first:
        days = Days(days.first, civil.add_months(days.last, 12), days.granularity, days.doubtful)
    if days.last < one.days.first:
        return None
    whole = Days(one.days.first, days.last, days.granularity, one.days.doubtful or days.doubtful)
    return Found(one.start, closed.end() if closed and link["open"] else other.end, whole, "date.cjk.range", "range")


def _bound(found: Found, scene: Scene) -> tuple[int, int, Days | None, str, str]:
    """Read the words before and after a date that bind it."""
    start, end, days, prefix = found.start, found.end, found.days, found.prefix
    if prefix in {"range", "within"} or (".count" in found.rule and not prefix):
        return start, end, days, prefix if prefix == "within" else "", found.rule
    tail = scene.say.tails.match(scene.text, end)
    if tail is not None and not prefix:
        prefix = str(tail.lastgroup)
        end = tail.end()
    head = scene.say.heads.search(scene.text, max(0, start - 8), start)
    if head is not None:
        start = head.start()
        if head.lastgroup == "earliest":
            prefix = "after"
        elif not prefix:
            prefix = "by"
    if prefix == "before" and tail is not None and tail["clock"]:
        prefix = "by"  # before six o'clock of that day
    if prefix == "by" and not scene.kana and scene.say.hold.search(scene.text, end, end + 30):
        prefix = "until"
    if days is None:
        return start, end, None, prefix if prefix != "within" else "", found.rule
    if prefix == "within":  # "during June" is June; "during this week" is what is left of it
        begun = days.first <= scene.anchor <= days.last and scene.tense is not Tense.PAST
        days = replace(days, first=scene.anchor) if begun else days
        return start, end, days, "within" if begun else "", found.rule
    ending = days.granularity is Granularity.MONTH and not found.rule.endswith(("calendar", "month_word"))
    if prefix == "before" and ending:
        days = replace(days, granularity=Granularity.THIRD)  # before the end of December is within it
    if prefix == "by" and not days.doubtful and days.first > scene.anchor:
        days = replace(days, first=scene.anchor)
    return start, end, days, prefix, found.rule
