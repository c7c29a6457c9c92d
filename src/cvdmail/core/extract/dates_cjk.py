"""Dates as Chinese, Japanese and Korean write them: no blanks, few forms, so patterns instead of a grammar.

Works on the masked text with full-width digits made plain (one for one, so that places stay).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from cvdmail.core.extract import civil
from cvdmail.core.extract.civil import Days, Tense
from cvdmail.core.extract.facts import Granularity

WIDE_DIGITS = str.maketrans("０１２３４５６７８９／．－：", "0123456789/.-:")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "两": 2, "兩": 2}
_PARTS = {"上旬": "early", "初": "early", "中旬": "mid", "半ば": "mid", "下旬": "late", "末": "late", "底": "late"}
_PART = "(上旬|中旬|下旬|半ば|初|末|底)?"
_WEEKDAYS = {char: i for i, row in enumerate(("月一", "火二", "水三", "木四", "金五", "土六", "日天")) for char in row}

_CALENDAR = re.compile(
    r"(?:(?P<year>[0-9]{4})[年년][ ]?|(?P<reiwa>令和)(?P<reiwa_year>[0-9]{1,2})年)?(?P<month>[0-9]{1,2})[月월]"
    rf"(?:[ ]?(?P<day>[0-9]{{1,2}})[日号號일]|{_PART.replace('(', '(?P<part>', 1)})"
)
_YEAR_ONLY = re.compile(
    r"(?P<year>[0-9]{4})年(?:第?(?P<quarter>[1-4一二三四])(?:四半期|季度)|(?P<half>[上下]半[年期]))?"
)
_QUARTER = re.compile(r"第(?P<quarter>[1-4一二三四])(?:四半期|季度)")
_MONTH_WORD = re.compile(rf"(?P<which>来月|來月|次月|下个?月|下個月|今月|当月|本月|这个?月|先月|上个?月){_PART}")
_WEEK_WORD = re.compile(
    r"(?P<which>来週|翌週|下个?(?:周|星期|礼拜)|下週|今週|本周|这周|本週|先週|上个?(?:周|星期)|上週)の?"
    r"(?P<weekday>[一二三四五六日天](?![0-9一-龠])|[一二三四五六](?=[^0-9])|[月火水木金土日]曜)?"
)
_DAY_WORD = re.compile(r"(?P<which>明後日|后天|明日|明天|今天|本日|今日|昨天|昨日|어제|오늘|내일)")
_YEAR_WORD = re.compile(r"(?P<which>来年|明年|今年|本年|年内)(?P<half>[上下]半[年期])?(?P<end>末|底)?")
_COUNT = re.compile(
    r"(?P<count>[0-9]{1,3}|[一二三四五六七八九十两])(?:个|個|か|ヶ|カ|ケ)?(?P<unit>営業日|工作日|日|天|週間|周|星期|月)"
    r"(?P<how>以内|之内|内|後|后|之后|以後|以后|前)"
)
_AFTERWARDS = re.compile(r"(?:頃|ごろ|左右|前後)?(?P<by>までに?|之前|以前|前)|(?P<later>以降|以后|以後|之后)")
_UNITS = {"営業日": "business", "工作日": "business", "日": "day", "天": "day", "週間": "week", "周": "week",
          "星期": "week", "月": "month"}  # fmt: skip


def read(masked: str, anchor: date, tense: Tense) -> Iterator[tuple[int, int, Days | None, str, str]]:
    """Yield (start, end, days, prefix, rule) for each date; the prefix is ``by``, ``after`` or empty."""
    taken = bytearray(len(masked))
    for pattern, read_one, rule in _READERS:
        for match in pattern.finditer(masked):
            if any(taken[match.start() : match.end()]):
                continue
            days = read_one(match, anchor, tense)
            if days is None:
                continue
            taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
            tail = _AFTERWARDS.match(masked, match.end())
            prefix = "" if tail is None or pattern is _COUNT else "by" if tail["by"] else "after"
            if prefix == "by" and tail is not None and "前" in tail[0]:
                prefix = "before"
            end = tail.end() if tail is not None and prefix else match.end()
            yield match.start(), end, days, "within" if pattern is _COUNT and "内" in match["how"] else prefix, rule


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _DIGITS.get(text, 0)


def _calendar(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    number = int(match["month"])
    if not 1 <= number <= 12:
        return None
    year = int(match["year"]) if match["year"] else 2018 + int(match["reiwa_year"]) if match["reiwa"] else None
    day = int(match["day"]) if match["day"] else None

    def make(of: int) -> Days | None:
        if day is not None:
            found = civil.safe(of, number, day)
            return civil.one_day(found) if found else None
        days = civil.month(of, number)
        return civil.part(days, _PARTS[match["part"]], anchor) if match["part"] else days

    return make(year) if year and 1 <= year <= 9998 else civil.choose_year(make, anchor, tense)


def _year_only(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    year = int(match["year"])
    if not 1990 <= year <= 2100:
        return None
    if match["quarter"]:
        return civil.quarter(year, _number(match["quarter"]))
    if match["half"]:
        return civil.half(year, 1 if match["half"].startswith("上") else 2)
    return civil.whole_year(year)


def _quarter(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    return civil.choose_year(lambda year: civil.quarter(year, _number(match["quarter"])), anchor, tense)


def _direction(word: str) -> int:
    return 1 if word[0] in "来來次下翌明" else -1 if word[0] in "先上昨" else 0


def _month_word(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    direction = _direction(match["which"])
    of = civil.add_months(anchor, direction)
    days = civil.month(of.year, of.month)
    if direction == 0:
        days = Days(anchor, days.last, Granularity.MONTH)
    return civil.part(days, _PARTS[match[2]], anchor) if match[2] else days


def _week_word(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    direction = _direction(match["which"])
    days = civil.week_of(civil.shift(anchor, 7 * direction))
    if match["weekday"]:
        return civil.one_day(civil.shift(days.first, _WEEKDAYS[match["weekday"][0]]))
    return Days(anchor, days.last, Granularity.WEEK) if direction == 0 else days


_DAYS = {"明後日": 2, "后天": 2, "明日": 1, "明天": 1, "내일": 1, "昨天": -1, "昨日": -1, "어제": -1}


def _day_word(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    return civil.one_day(civil.shift(anchor, _DAYS.get(match["which"], 0)))


def _year_word(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    year = anchor.year + _direction(match["which"])
    if match["half"]:
        return civil.half(year, 1 if match["half"].startswith("上") else 2)
    if match["end"]:
        return civil.month(year, 12)
    return civil.whole_year(year) if year > anchor.year else Days(anchor, date(year, 12, 31), Granularity.YEAR)


def _count(match: re.Match[str], anchor: date, tense: Tense) -> Days | None:
    count, unit = _number(match["count"]), _UNITS[match["unit"]]
    if match["how"] == "前":
        return civil.before_count(anchor, count, unit)
    days = civil.after_count(anchor, count, count, unit)
    return Days(anchor, days.last, days.granularity) if days and "内" in match["how"] else days


_READERS = (
    (_COUNT, _count, "date.cjk.count"),
    (_CALENDAR, _calendar, "date.cjk.calendar"),
    (_YEAR_ONLY, _year_only, "date.cjk.year"),
    (_QUARTER, _quarter, "date.cjk.quarter"),
    (_MONTH_WORD, _month_word, "date.cjk.month_word"),
    (_WEEK_WORD, _week_word, "date.cjk.week_word"),
    (_DAY_WORD, _day_word, "date.cjk.day_word"),
    (_YEAR_WORD, _year_word, "date.cjk.year_word"),
)
