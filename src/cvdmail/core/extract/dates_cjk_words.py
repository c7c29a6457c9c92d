"""The calendars of Chinese, Japanese and Korean read together: their words, and the patterns made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property

from cvdmail.core.extract.languages import ja, ko, zh
from cvdmail.core.extract.languages.language import Unspaced

CALENDARS: tuple[Unspaced, ...] = (ja.CALENDAR, zh.CALENDAR, ko.CALENDAR)
_ONES = {char: i for i, char in enumerate("一二三四五六七八九", 1)} | {"两": 2, "兩": 2}
_KANJI = "[一二三四五六七八九十两兩]{1,3}"
_NUMBER = rf"(?:(?<![0-9])[0-9]{{1,3}}|{_KANJI})"
_MONTH = r"(?P<month>(?:(?<![0-9])(?:1[0-2]|0?[1-9])|[一二三四五六七八九十]{1,2}))[ ]?[月월](?:份|분)?"
_DAY = r"(?:(?<![0-9])(?:3[01]|[12][0-9]|0?[1-9])|[一二三四五六七八九十]{1,4})"
_OF = "(?:の|的|[ ])?"
_CLOCK = (
    r"(?:[ ]?(?:午前|午後|上午|下午|晚上|中午|傍晚|早上|오전|오후|夕方|朝|夜|晚)(?:中|の?うち)?)?"
    r"(?P<clock>[ ]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})(?:[:][0-9]{2}|[時时点點시](?:半|[0-9]{1,2}分|整)?))?"
)


def key(text: str) -> str:
    """Return an entry as it is looked up: without blanks."""
    return text.replace(" ", "").replace("_", "")


@cache
def words() -> Words:
    """Return the words; they are made once."""
    return Words()


def _entries(name: str) -> list[str]:
    return [entry for one in CALENDARS for entry in getattr(one, name).split()]


def _numbered(name: str) -> dict[str, int]:
    return {key(entry): number for one in CALENDARS for number, row in getattr(one, name).items()
            for entry in row.split()}  # fmt: skip


def _either(entries: Iterable[str]) -> str:
    """Return the alternatives, the longest first."""
    return "|".join(re.escape(one).replace("_", " ?") for one in sorted(set(entries), key=len, reverse=True)) or "(?!)"


def _mapped(name: str) -> list[str]:
    return [entry for one in CALENDARS for row in getattr(one, name).values() for entry in row.split()]


def _by_unit(rows: Mapping[str, str]) -> dict[str, str]:
    return {key(entry): unit for unit, row in rows.items() for entry in row.split()}


def _pair(text: str) -> tuple[int, int]:
    first, second = text.split("-")
    return int(first), int(second)


class Words:
    """What the entries mean, by how they are written, and the patterns."""

    def __init__(self) -> None:
        self.parts = {key(entry): part for part, name in _PARTS.items() for entry in _entries(name)}
        self.months = self._steps("month")
        self.weeks = self._steps("week")
        self.years = self._steps("year")
        self.quarters = self._steps("quarter")
        self.fiscal_years = _numbered("fiscal_year")
        self.days = _numbered("days_from_now")
        self.eras = {name: before for one in CALENDARS for name, before in one.eras.items()}
        self.weeks_of_month = _numbered("week_of_month")
        self.units = {entry: unit for one in CALENDARS for entry, unit in _by_unit(one.units).items()}
        self.spans = {key(entry): _pair(span) for one in CALENDARS for span, row in one.spans.items()
                      for entry in row.split()}  # fmt: skip
        self.holidays = {key(entry): _pair(day) for one in CALENDARS for day, row in one.holidays.items()
                         for entry in row.split()}  # fmt: skip
        self.week_ends = frozenset(key(one.weekend.split()[-1]) for one in CALENDARS)
        self._numerals = _numbered("numbers")
        self._weekdays = {key(entry): i for one in CALENDARS for i, row in enumerate(one.weekdays.split("|"))
                          for entry in row.split()}  # fmt: skip
        names = self._weekdays.items()
        self._in_brackets = {name[0]: i for name, i in names if name[1:] in {"曜", "曜日", "요일"}}
        self._after_week = {name[-1]: i for name, i in names if name[:-1] and name[-1] not in "曜日よう요일"} | {
            "日": 6
        }

    def _steps(self, unit: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for step, name in ((1, "next"), (0, "this"), (-1, "last")):
            found |= {key(entry): step for entry in _entries(f"{name}_{unit}")}
        if unit in {"month", "week"}:
            found |= {key(entry): 2 for entry in _entries(f"{unit}_after_next")}
        return found

    # --- values ----------------------------------------------------------------------------------------------------

    def number(self, text: str) -> int:
        """Return the value of digits, kanji numerals below a hundred, or a number word; 0 for anything else."""
        if text.isdigit():
            return int(text)
        if text in self._numerals and "十" not in text:
            return self._numerals[text]
        if "十" not in text:
            return _ONES.get(text, 0)
        tens, _, ones = text.partition("十")
        if (tens and tens not in _ONES) or (ones and ones not in _ONES):
            return 0
        return _ONES.get(tens, 1) * 10 + _ONES.get(ones, 0)

    def numbers_of(self, low: str, high: str | None) -> tuple[int, int]:
        """Return the two ends of a count: "1" and "2", or "两三" in one."""
        if high is None and len(low) == 2 and low[0] in _ONES and low[1] in _ONES:
            return _ONES[low[0]], _ONES[low[1]]
        first = self.number(low)
        return (first, first) if high is None else (first, self.number(high))

    def weekday(self, text: str) -> int:
        """Return the number of a weekday, Monday 0, by its name or the letter that is left of it."""
        name = key(text)
        return self._weekdays.get(name, self._after_week.get(name, self._in_brackets.get(name, 0)))

    # --- patterns --------------------------------------------------------------------------------------------------

    @cached_property
    def forms(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Each form and its pattern, in the order in which they take their place."""
        return tuple((name, re.compile(source)) for name, source in self._sources().items())

    @cached_property
    def _bracket(self) -> str:
        letters = "".join(self._in_brackets)
        return rf"(?:[ ]?[(（](?:[{letters}]|{_either(self._weekdays)})(?:[・･/].{{1,3}})?[)）]|[ ]?(?:{_either(self._weekdays)}))"

    @cached_property
    def _tail_of_month(self) -> str:
        weekday = _either(self._weekdays)
        return (
            rf"(?:{_OF}(?:(?P<day>{_DAY})(?:[日号號일]?[ ]?[-~〜～–—至到][ ]?(?P<until>{_DAY}))?"
            rf"(?:[日号號일](?![間间])|(?=[前左之发發晚早上出起将會会更完修])){self._bracket}?"
            rf"|(?P<nth>{_either(_mapped('week_of_month'))}){_OF}(?P<weekday>{weekday})?|{self._part}))?"
        )

    @cached_property
    def _part(self) -> str:
        return rf"(?P<part>{_either(self._all_parts())})(?![国國心文断斷午])"

    @staticmethod
    def _all_parts() -> list[str]:
        return [entry for name in _PARTS.values() for entry in _entries(name)]

    @cached_property
    def _year(self) -> str:
        which = [entry for name in ("next_year", "this_year", "last_year") for entry in _entries(name)]
        return (
            r"(?:(?P<year>(?<![0-9])[0-9]{4}|(?<![0-9])[0-9]{2}(?=年[0-9]{1,2}月))[ ]?[年년]"
            rf"|(?P<era>{_either(self.eras)})(?P<of_era>[0-9]{{1,2}}|元)年"
            rf"|(?<![日])(?P<which_year>{_either(which)}))(?P<fiscal>度)?{_OF}"
        )

    def _sources(self) -> dict[str, str]:
        steps = {unit: _either(entry for name in ("next", "this", "last") for entry in _entries(f"{name}_{unit}"))
                 for unit in ("month", "week", "quarter")}  # fmt: skip
        after_next = {unit: _either(_entries(f"{unit}_after_next")) for unit in ("month", "week")}
        weekday, numbers = _either(self._weekdays), r"(?:1[0-2]|0?[1-9])"
        day = r"(?:3[01]|[12][0-9]|0?[1-9])"
        halves = [
            one for one in self._all_parts() if one[-1] in "年期기" and self.parts[key(one)] in {"first", "second"}
        ]
        letters, fiscal = "".join(self._after_week), _mapped("fiscal_year")
        return {
            "count": self._count,
            "dotted": rf"(?<![0-9./-])(?P<year>20[0-9]{{2}})(?:-|\.[ ]?|/)(?P<month>{numbers})(?:-|\.[ ]?|/)(?P<day>{day})"
            rf"(?![0-9])\.?{self._bracket}?",
            "slashed": rf"(?<![0-9/.:-])(?P<month>{numbers})/(?P<day>{day})(?![0-9/.%:]|[ ]?[的分成个個つ台]){self._bracket}?",
            "calendar": f"(?:{self._year})?{_MONTH}{self._tail_of_month}",
            "fiscal": rf"(?:(?P<year>(?<![0-9])[0-9]{{4}})年度(?!第|上|下)|(?P<which>{_either(one for one in fiscal if one != '年度')}|年度(?=末|内|底|中に|終)))"
            rf"{_OF}(?P<part>{_either(_entries('late'))})?",
            "quarter": rf"(?:(?:{self._year})?第?(?P<number>[1-4一二三四])[ ]?(?:季度|四半期|분기|(?<=第.)季)"
            rf"|(?P<which>{steps['quarter']})){_OF}(?P<part>{_either(self._all_parts())})?",
            "half": f"(?:{self._year})?(?P<part>{_either(halves)})",
            "year": rf"{self._year}(?:{self._part})?",
            "month_word": rf"(?<![日])(?P<which>{after_next['month']}|{steps['month']}){self._tail_of_month}",
            "month_end": r"(?<![0-9一二三四五六七八九十个個か来今本次这這下上翌当先前每毎ヶカ年])[月월][ ]?(?P<part>上旬|中旬|下旬|底|末|初|中|말|초)",
            "week_word": rf"(?<![基毎每])(?P<which>{after_next['week']}|{steps['week']}){_OF}"
            rf"(?:(?P<weekday>{weekday}|[{letters}](?![个個月週周]))|(?P<part>{_either(self._all_parts())}))?",
            "weekday": rf"(?<![{''.join(sorted(set(''.join(one[-1] for one in _entries('every')))))}至到~〜～-])"
            rf"(?P<weekday>{weekday})(?!から|至|到|[-~〜～]|부터)",
            "named": self._named,
            "year_end": rf"(?<![0-9半毎每])(?P<year_end>{_either(_entries('end_of_year'))})(?!年始)",
            "holiday": rf"(?P<name>{_either(_mapped('holidays'))})",
            "day_word": rf"(?P<which>{_either(_mapped('days_from_now'))})",
            "same_day": _either(_entries("same_day")),
            "then": _either(_entries("then")),
            "bare": rf"(?<![0-9月월年년/.:第约約個か番])(?P<day>(?:(?<![0-9])(?:3[01]|[12][0-9]|0?[1-9])|[二三]?十[一二三四五六七八九]?))"
            rf"[日号號일](?![間间目以内內後本常程誌])(?P<bracket>{self._bracket})?",
        }

    @property
    def _named(self) -> str:
        groups = {
            "within_year": rf"(?<![0-9一两兩二三四五六七八九十几幾数數半近])(?:{_either(_entries('within_year'))})",
            "within_month": rf"(?<![0-9一二三四五六七八九十个個か])(?:{_either(_entries('within_month'))})",
            "within_week": rf"(?<![0-9一两兩二三四五六七八九十几数])(?:{_either(_entries('within_week'))})",
            "next_monday": _either(_entries("next_monday")),
            "weekend": rf"(?<![毎每隔])(?:{_either(one for one in _entries('weekend') if key(one) not in self.week_ends)})"
            "(?!愉快|快乐|快樂)",
            "year_start": rf"(?<![0-9毎每])(?:{_either(_entries('start_of_year'))})",
        }
        return "|".join(f"(?P<{name}>{source})" for name, source in groups.items())

    @property
    def _count(self) -> str:
        numerals = _either(one for one in self._numerals if one not in _ONES and one != "十")
        low = rf"(?<![月월年./0-9])(?<![月월] )(?:[0-9]{{1,3}}|{_KANJI}|{numerals})"
        about = _either([*_entries("about"), "정도", "가량", "時間", "时间"])
        return (
            rf"(?:(?P<span>{_either(_mapped('spans'))})|半(?:个|個|か|ヶ|カ)?(?P<half_of>月|年)"
            rf"|(?:(?P<few>{_either(_entries('few'))})|(?P<low>{low})"
            rf"(?:[ ]?(?:{_either(_entries('to'))}|、|,)[ ]?(?P<high>[0-9]{{1,3}}|{_KANJI}|{numerals}))?)"
            rf"(?P<unit>{_either(_mapped('units'))}))"
            rf"(?:(?:{about})?の?(?:(?P<within>{_either(_entries('within'))})(?![容部网測测存置核側侧])"
            rf"|(?P<after>{_either(_entries('after'))})(?![台端])|(?P<ago>{_either(_entries('ago'))})(?![後后]))"
            rf"|(?P<lasting>{_either(_entries('lasting'))})(?![^。]{{0,4}}[遅延遲迟推]))?"
        )

    @cached_property
    def elsewhere(self) -> re.Pattern[str]:
        """Words before a count that begin it on another day, or make it a measure."""
        return re.compile(
            r"(?:(?<!今)(?<!本日)(?<!今日)(?<!これ)(?:から|より)|(?<!今天)(?<!今日)(?<!即日)起|(?<![然今最])[后後]の?"
            r"|以来|延期|推迟|推遲|延后|延後|延長|超过|超過|过去|過去|已经|已經|每|毎|近|满|滿|지난|매|이후)[ 、，,]?$"
        )

    @cached_property
    def tails(self) -> re.Pattern[str]:
        """Words after a date that bind it."""
        kinds = {"by": "by", "until": "until", "before": "before", "after": "from_", "within": "within"}
        groups = "|".join(f"(?P<{kind}>{_GUARDS[kind][0]}(?:{_either(_entries(name))}){_GUARDS[kind][1]})"
                          for kind, name in kinds.items())  # fmt: skip
        return re.compile(rf"{_CLOCK}(?:{_either(_entries('about'))})?[ ]?の?(?:{groups})")

    @cached_property
    def heads(self) -> re.Pattern[str]:
        """Words before a date that bind it."""
        groups = (f"(?P<{kind}>{_either(_entries(kind))})" for kind in ("latest", "earliest"))
        return re.compile(rf"(?:{'|'.join(groups)})[ ]?(?:在|于|於|到|は|で|も|には|、)?[ ]?$")

    @cached_property
    def joints(self) -> re.Pattern[str]:
        """What may stand between the two ends of a range; after some words it must be closed."""
        return re.compile(rf"[ ]?(?:(?P<open>から|부터|より|起)|{_either(_entries('to'))})[ ]?")

    @cached_property
    def closes(self) -> re.Pattern[str]:
        """What closes a range."""
        return re.compile(r"[ ]?(?:まで|の間|の期間|にかけて|까지|사이|之间|之間|期间|期間)")

    @cached_property
    def day_cues(self) -> re.Pattern[str]:
        """What must follow the bare number of a day."""
        return re.compile(rf"[ ]?(?:{_either(_entries('day_cues'))})")

    @cached_property
    def hold(self) -> re.Pattern[str]:
        """Words of holding back."""
        return re.compile(_either(_entries("hold")))


_PARTS = {"early": "early", "mid": "mid", "late": "late", "first": "first_half", "second": "second_half"}
_GUARDS = {
    "by": ("", ""),
    "until": ("", ""),
    "before": ("", "(?![端台面者后後述])"),
    "after": ("", "(?![端台续續面])"),
    "within": ("", "(?![容部网測测存置核側侧国國心文断斷午])"),
}
