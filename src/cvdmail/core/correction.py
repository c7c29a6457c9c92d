"""Correcting a fact that was misread: the same words, and what a person says they mean.

A correction is a fact of its own, with the quote, place and message of the original, the rule ``person`` and the grade
``sure``.  The original stays as it was read, in the state ``corrected``: it counts no more, and everybody can see what
was read, what it was taken for, and by whom.  What a person may give is the value of the fact, by the names that the
``extract`` command uses (section 5 of the contract); whatever cannot be is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from cvdmail.core.extract.facts import (
    Absence,
    Bound,
    By,
    DatePromise,
    Fact,
    FactKind,
    FixStatus,
    Grade,
    Granularity,
    PublicationStatus,
    Verdict,
    from_json,
    to_json,
)
from cvdmail.core.ids import Address, Fingerprint
from cvdmail.core.oneline import line_fault
from cvdmail.core.who_read import PERSON
from cvdmail.errors import Refused

NONE = "none"
"""What a person types for a value that is not known."""
YEARS = range(1990, 2201)
_LONG_AGO = 366

_DATES = ("status", "first", "last", "bound", "granularity")
FIELDS: Mapping[FactKind, tuple[str, ...]] = {
    FactKind.ACKNOWLEDGEMENT: ("by",),
    FactKind.RECEIPT: (),
    FactKind.TRIAGE: ("verdict",),
    FactKind.FIX_DATE: _DATES,
    FactKind.PUBLICATION_DATE: _DATES,
    FactKind.FIXED_VERSION: ("version",),
    FactKind.CVE: ("id",),
    FactKind.TICKET: ("id",),
    FactKind.REDIRECT: ("to",),
    FactKind.KEY_OFFERED: ("fingerprint",),
    FactKind.ENCRYPTION_STOP_REQUESTED: (),
    FactKind.CREDIT: (),
    FactKind.ABSENCE: ("until",),
    FactKind.BOUNCE: ("permanent", "recipient", "status"),
}
"""What of each kind a person may correct."""
_MAY_BE_NONE: Mapping[FactKind, tuple[str, ...]] = {
    FactKind.FIX_DATE: _DATES[1:],
    FactKind.PUBLICATION_DATE: _DATES[1:],
    FactKind.KEY_OFFERED: ("fingerprint",),
    FactKind.ABSENCE: ("until",),
    FactKind.BOUNCE: ("recipient", "status"),
}

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}\Z")
_STATUS_CODE = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\Z")
_URL = re.compile(r"https://[!-~]{1,2000}\Z")
_NAME = re.compile(r"\S{1,100}\Z")
_REMEDY = "see 'cvdmail fact correct --help'"


def corrected(original: Fact, given: Mapping[str, str], kind: FactKind | None, received: date) -> Fact:
    """Return the fact that a person says the words of ``original`` are; raise ``Refused`` for what cannot be.

    ``given`` holds values by the names of :data:`FIELDS` as they were typed; ``kind`` is None if that was read rightly;
    ``received`` is the day on which the mail came: nothing was released or published after it.
    """
    kind = original.kind if kind is None else kind
    for name in given:
        if name not in FIELDS[kind]:
            has = ", ".join(f"--{one}" for one in FIELDS[kind]) or "no value of its own: only --kind"
            raise Refused(f"--{name}", f"a fact of kind {kind.value} does not have it", f"it has {has}")
    data = _kept(original, kind)
    for name, typed in given.items():
        data[name] = None if typed == NONE else _READERS[name](kind, typed)
    if kind in (FactKind.FIX_DATE, FactKind.PUBLICATION_DATE):
        _complete_dates(data, given)
    open_to = _MAY_BE_NONE.get(kind, ())
    missing = [name for name in FIELDS[kind] if name not in data or (data[name] is None and name not in open_to)]
    if missing:
        raise Refused("fact correct", f"a fact of kind {kind.value} needs --{missing[0]}", _REMEDY)
    right = replace(_read(data), grade=Grade.SURE, rule=PERSON)
    if (right.kind, right.value) == (original.kind, original.value):
        raise Refused("fact correct", "that is what it says already", "cvdmail fact accept FACT")
    _possible(right, received)
    return right


def _kept(original: Fact, kind: FactKind) -> dict[str, object]:
    """Return what stays of the original: all of it, or where the kind changes what both kinds have in common."""
    data = to_json(original)
    data["kind"] = kind.value
    if kind is original.kind:
        return data
    wanted = {"kind", "quote", "in", "start", "end", "grade", "rule", "phrase", *FIELDS[kind]}
    data = {name: value for name, value in data.items() if name in wanted}
    dated = kind in (FactKind.FIX_DATE, FactKind.PUBLICATION_DATE)
    if "status" in data and (not dated or data["status"] not in _statuses(kind)):
        del data["status"]
    unknown: dict[str, object] = dict.fromkeys(_MAY_BE_NONE.get(kind, ()))
    if dated:
        unknown["phrase"] = ""
    if kind is FactKind.BOUNCE:
        unknown["original_message_id"] = None
    return unknown | data


def _complete_dates(data: dict[str, object], given: Mapping[str, str]) -> None:
    """Fill in what a person need not type: one day is its own end, and a range has the unit it was spoken in."""
    if NONE in (given.get("first"), given.get("last")):
        data |= {"first": None, "last": None, "bound": None, "granularity": None}
        return
    if "first" in given and "last" not in given:
        data["last"] = data["first"]
    if "last" in given and data["first"] is None:
        data["first"] = data["last"]
    first, last = data["first"], data["last"]
    if first is None or last is None:
        if {"bound", "granularity"} & set(given):
            raise Refused("fact correct", "without a date there is nothing to bind", "give --first, or --last as well")
        return
    if str(first) > str(last):
        raise Refused("fact correct", "the last day lies before the first", "give --first and --last")
    if data["bound"] is None:
        data["bound"] = Bound.ON.value
    if {"first", "last"} & set(given) and "granularity" not in given:
        data["granularity"] = Granularity.DAY.value if first == last else None


def _read(data: Mapping[str, object]) -> Fact:
    try:
        return from_json(data)
    except Refused:
        raise Refused("fact correct", "these values do not go together", _REMEDY) from None


def _possible(right: Fact, received: date) -> None:
    value = right.value
    if isinstance(value, DatePromise) and value.first is not None:
        done = value.status in (FixStatus.RELEASED, FixStatus.PAST_EVENT, PublicationStatus.PUBLISHED)
        if done and value.first > received + timedelta(days=1):  # their day may be ahead of ours
            why = f"a mail of {received} cannot tell that it was done on a later day"
            raise Refused("fact correct", why, "correct the date, or --status planned")
    if isinstance(value, Absence) and value.until is not None and value.until < received - timedelta(days=_LONG_AGO):
        raise Refused("--until", "the absence was over a year before the mail came", "check the year")


def _word(allowed: Callable[[FactKind], list[str]], name: str) -> Callable[[FactKind, str], object]:
    def read(kind: FactKind, typed: str) -> object:
        words = allowed(kind)
        if typed not in words:
            raise Refused(f"--{name}", "it is none of the words there are", f"one of {', '.join(words)}")
        return typed

    return read


def _statuses(kind: FactKind) -> list[str]:
    return [one.value for one in (FixStatus if kind is FactKind.FIX_DATE else PublicationStatus)]


def _status(kind: FactKind, typed: str) -> object:
    if kind is not FactKind.BOUNCE:
        return _word(_statuses, "status")(kind, typed)
    if not _STATUS_CODE.match(typed):
        raise Refused("--status", "it is not a status code like 5.1.1 (RFC 3463)", "copy it from the bounce")
    return typed


def _day(name: str) -> Callable[[FactKind, str], object]:
    def read(_kind: FactKind, typed: str) -> object:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            day = date.min
        if day.isoformat() != typed or day.year not in YEARS:
            raise Refused(f"--{name}", "it is not a day like 2026-03-31", f"write year-month-day, or {NONE}")
        return typed

    return read


def _id(kind: FactKind, typed: str) -> object:
    if kind is FactKind.CVE and not _CVE.match(typed.upper()):
        raise Refused("--id", "it is not a CVE id like CVE-2026-12345", "copy the whole of it")
    return typed.upper() if kind is FactKind.CVE else _name("id")(kind, typed)


def _name(name: str) -> Callable[[FactKind, str], object]:
    def read(_kind: FactKind, typed: str) -> object:
        if not _NAME.match(typed) or not typed.isprintable() or line_fault(typed) is not None:
            raise Refused(f"--{name}", "it is empty, too long, or no single word", "copy it as the mail has it")
        return typed.removeprefix("v") if name == "version" and typed[1:2].isdigit() else typed

    return read


def _to(_kind: FactKind, typed: str) -> object:
    return typed if _URL.match(typed) else str(Address.parse(typed))


_READERS: Mapping[str, Callable[[FactKind, str], object]] = {
    "by": _word(lambda _kind: [one.value for one in By], "by"),
    "verdict": _word(lambda _kind: [one.value for one in Verdict], "verdict"),
    "status": _status,
    "first": _day("first"),
    "last": _day("last"),
    "until": _day("until"),
    "bound": _word(lambda _kind: [one.value for one in Bound], "bound"),
    "granularity": _word(lambda _kind: [one.value for one in Granularity], "granularity"),
    "version": _name("version"),
    "id": _id,
    "to": _to,
    "fingerprint": lambda _kind, typed: str(Fingerprint.parse(typed)),
    "permanent": lambda kind, typed: _word(lambda _kind: ["true", "false"], "permanent")(kind, typed) == "true",
    "recipient": lambda _kind, typed: str(Address.parse(typed)),
}
