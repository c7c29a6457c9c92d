"""The form in which a language is written down: words by their part in a sentence, and phrases by what they say.

Words stand in one text, parted by blanks; twelve months and seven weekdays are parted by ``|``.  A word of several
words is written with ``_`` between them (``get_back``), in the tables of cues only.  Phrases are written in the little
language of :mod:`cvdmail.core.extract.phrase`, one a line; a line that begins with ``?`` is a weaker sign of the same.
What a language does not need is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Cue(Enum):
    """What a word contributes to its clause."""

    __hash__ = object.__hash__  # that of Enum is a Python function, and sets of cues are all over

    FIX = "fix"  # the repair or the thing that carries it: fix, patch, update, version
    RELEASE = "release"  # making it available
    PUBLISH = "publish"  # "publish", of a fix or of an advisory: its object decides
    DISCLOSE = "disclose"  # making the vulnerability known: advisory, embargo, disclosure
    WORK = "work"  # bringing a fix about: work on it, pick it up, get it done; weaker than a fix
    OTHER = "other"  # another event that has a date: reported, a meeting, an update of the mail thread
    FLAW = "flaw"  # what is to be fixed; a flaw that is published is disclosed
    MOVE = "move"  # delay, postpone: the date after it counts
    HOLD = "hold"  # wait, refrain, withhold
    FUTURE = "future"
    PAST = "past"
    DONE = "done"  # a participle: past, unless "be" stands before it
    HEDGE = "hedge"
    NEGATION = "negation"
    UNLIKELY = "unlikely"
    REQUEST = "request"
    AGREE = "agree"
    CONDITION = "condition"
    THEIRS = "theirs"  # your, you
    HEARSAY = "hearsay"  # somebody else says so


EVENTS = frozenset([Cue.FIX, Cue.RELEASE, Cue.PUBLISH, Cue.DISCLOSE, Cue.WORK, Cue.OTHER])


class Says(Enum):
    """What a phrase says, or, in the second half, how it turns what another says."""

    __hash__ = object.__hash__

    CONFIRMED = "confirmed"  # the flaw is real
    REJECTED = "rejected"  # it is none, or will not be mended
    DUPLICATE = "duplicate"  # it was known
    NEEDS_INFO = "needs_info"  # the reporter is to tell or try something
    QUESTION = "question"  # as NEEDS_INFO, in a question only
    ASIDE = "aside"  # a question about the process: "is it ok to close this?"
    DEFERRED = "deferred"
    ARRIVED = "arrived"  # the report did: thanks, received
    NOTHING_CAME = "nothing_came"
    WRITE_PLAIN = "write_plain"  # stop encrypting
    UNREADABLE = "unreadable"
    CREDIT = "credit"
    KEY = "key"  # here is our key

    NO_DATE = "no_date"  # no date can be named
    WILL_NOT = "will_not"  # it will not be mended
    LATER = "later"  # mended some time: soon, in the next release
    OUT_NOW = "out_now"  # available at this moment

    SEND = "send"  # a verb of sending or turning to
    ASKING = "asking"
    RATHER_NOT = "rather_not"
    LEAVING = "leaving"  # "for further information see ..."
    RECEIPT = "receipt"  # what else is confirmed: an arrival, a date, a fix; it makes no verdict of "confirm"
    NOT = "not"
    CONDITION = "condition"
    NOT_YET = "not_yet"  # will, to, try to: what follows has not happened
    SOFT = "soft"  # takes a promise back: may still change
    WOULD = "would"
    GOAL = "goal"  # "we aim for Tuesday"
    YES = "yes"  # agrees with what we proposed
    OURS = "ours"  # our deadline, our publication
    SHARED = "shared"  # with you, coordinated
    TOPIC = "topic"  # words of the matter
    SPEAKER = "speaker"  # a person speaks
    ASSIGNED = "assigned"  # what makes a number the tracker's


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of a language that parts its words with blanks; see the module for how they are written."""

    code: str
    small_words: str = ""
    """By which the language of a text is guessed; empty where its script tells."""

    months: str = ""
    short_months: str = ""
    everyday: str = ""
    """Names of months, long or short, that are other words as well: they count only beside a number or a part."""
    weekdays: str = ""
    short_weekdays: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    """day, workday, week, weekend, month, quarter, half, year, hour: the words of each."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """early, mid, late: the words of each."""
    half_words: str = ""
    next: str = ""
    this: str = ""
    last: str = ""
    next_after: str = ""
    last_after: str = ""
    """Adjectives that follow their noun: "la semaine prochaine"."""
    days_from_now: Mapping[int, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    single: str = ""
    """Forms of units that count one of them by themselves, in a language without articles: "через неделю"."""
    number_endings: str = ""
    """What may be written behind a number and a hyphen: "15-го", "2-х недель"."""
    few: str = ""
    ordinals: Mapping[int, str] = field(default_factory=dict)
    """-1: the last."""
    in_: str = ""
    within: str = ""
    by: str = ""
    until: str = ""
    before: str = ""
    after: str = ""
    since: str = ""
    not_: str = ""
    latest: str = ""
    earliest: str = ""
    ago: str = ""
    ago_before: str = ""
    """Words of "ago" that stand before the count: "vor drei Tagen"."""
    from_now: str = ""
    """What may follow a count that looks ahead: "two weeks later"."""
    on: str = ""
    of: str = ""
    between: str = ""
    from_: str = ""
    to: str = ""
    and_: str = ""
    or_: str = ""
    same: str = ""
    """"the same day": the date that was named before."""
    then: str = ""
    """"until then": the same, after a word that binds."""
    year_cues: str = ""
    """Words after which a number of four digits is a year: in, for."""
    new_year: str = ""
    week_names: str = ""
    """Words that make a week number of the number after them: KW 23, week 23."""
    quarter_letters: str = ""
    half_letters: str = ""
    feasts: Mapping[str, str] = field(default_factory=dict)
    """Days of every year by their names: "12-25" of Christmas, "11-3-4" of the fourth Thursday (3) of November."""
    patch: str = ""
    patch_days: str = ""
    """"Patch Tuesday", "patch day"."""

    cues: Mapping[Cue, str] = field(default_factory=dict)
    carriers: str = ""
    """Nouns that carry a fix: update, version; not what is done with it."""
    mentions: str = ""
    """Nouns of other events that are none where they are only mentioned: your report, the call."""
    acts: str = ""
    """Of these, the words that are verbs as well."""
    be: str = ""
    """Words after which a participle tells of no past: to be, being, werden."""
    have: str = ""
    """Words of having that make a past only with a participle."""
    articles: str = ""
    goes_out: str = ""
    """Words after which "out" is a release: is out, went out."""
    future_endings: str = ""
    things: str = ""
    """Nouns of the matter; a participle before one tells of no event: the reported issue."""

    but: str = ""
    """Words that open a clause wherever they stand, phrases with ``_``: but, while, because."""
    joins: str = ""
    """Words that open a clause after a comma: and, which, we."""
    subjects: str = ""
    """Words that open a clause after "and": we, it, the_fix."""
    leads: str = ""
    """Words that open a sentence with a subordinate clause, which its comma ends: due_to, because, when."""
    abbreviations: str = ""
    """Abbreviations whose dot ends no sentence, without it."""

    phrases: Mapping[Says, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unspaced:
    """The calendar of a language that writes no blanks between words: each entry stands as it is in a text.

    ``_`` in an entry is a blank that may be missing ("다음_달").
    """

    early: str = ""
    mid: str = ""
    late: str = ""
    first_half: str = ""
    second_half: str = ""
    """Of a month, a week or, with no other word, of a year."""
    next_month: str = ""
    this_month: str = ""
    last_month: str = ""
    month_after_next: str = ""
    next_week: str = ""
    this_week: str = ""
    last_week: str = ""
    week_after_next: str = ""
    next_year: str = ""
    this_year: str = ""
    last_year: str = ""
    next_quarter: str = ""
    this_quarter: str = ""
    last_quarter: str = ""
    quarters: str = ""
    """What follows the number of a quarter."""
    fiscal_year: Mapping[int, str] = field(default_factory=dict)
    """Years that begin in April: 0 this one, 1 the next."""
    weekdays: str = ""
    """Seven entries parted by ``|``, Monday first; each entry may hold several words."""
    weekend: str = ""
    """The coming weekend; "next weekend" is a word of next week with the last of these words after it."""
    next_monday: str = ""
    """"When the week has turned"."""
    days_from_now: Mapping[int, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    few: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    """day, business, week, month, year: the words of each after a number."""
    spans: Mapping[str, str] = field(default_factory=dict)
    """Words that are a count of days of their own, by ``low-high``: 一両日 1-2."""
    within: str = ""
    after: str = ""
    ago: str = ""
    by: str = ""
    until: str = ""
    before: str = ""
    from_: str = ""
    """Not before: 以降."""
    about: str = ""
    lasting: str = ""
    """Words after a count that ask for so much time."""
    to: str = ""
    latest: str = ""
    earliest: str = ""
    """Words before a date that bind it."""
    same_day: str = ""
    then: str = ""
    end_of_year: str = ""
    start_of_year: str = ""
    within_year: str = ""
    within_month: str = ""
    within_week: str = ""
    holidays: Mapping[str, str] = field(default_factory=dict)
    """Holidays with a day of their own, by ``month-day``."""
    eras: Mapping[str, int] = field(default_factory=dict)
    """The name of an era and the year before its first: 令和 2018."""
    week_of_month: Mapping[int, str] = field(default_factory=dict)
    """"The second week"."""
    every: str = ""
    """Words before a weekday that name no day: every."""
    day_cues: str = ""
    """What must follow the bare number of a day."""
    hold: str = ""
    """Words of holding back, which make of "by the 3rd" an "until the 3rd"."""
