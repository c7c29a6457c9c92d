"""Measure the reading of replies on a labelled file: ``python tests/eval_extract.py FILE... [--brief] [--only NAME]``.

One JSON object a line with ``text``, ``sent_at`` (or ``entry_date``), ``language`` and ``labels``: ``kind``,
``acknowledged``, ``vendor_ticket_ids``, ``cve_ids``, ``fixed_versions``, ``fix_dates`` and ``disclosure_dates`` (each
date with ``text``, ``start``, ``end``, ``status``).  Rows marked ``dates_only`` count for dates alone.

Prints what matters most, then precision and recall of every kind, the same by language, each with n and its 95 % Wilson
interval, and every miss.  ``--brief`` leaves the misses out, ``--only NAME`` prints those of one line of the table.  It
is no test: figures on texts that rules were written against say little; take them on others.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cvdmail.core.extract import Extraction, Fact, FactKind, Grade, MailKind, Reply, classify, extract
from cvdmail.core.extract.facts import DatePromise, FixedVersion, Identifier, Triage

Row = dict[str, Any]
VERDICTS = frozenset(["confirmed", "rejected", "duplicate", "needs_info"])
CALENDAR = "fix date: exact interval, of those with one"
SURE = "fix date: exact interval, of those graded sure"
FALSE = "replies without a fix date: left alone"
PLACED = "fix date: found, of all labelled"
HEADLINES = (
    "acknowledged or not",
    CALENDAR,
    SURE,
    "fix date: status",
    FALSE,
    "triage verdict",
)
"""The figures that matter most, in the order in which they are printed."""


@dataclass
class Score:
    """Counts of one line of the table, and its misses."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    notes: list[str] = field(default_factory=list)


Scores = dict[str, Score]


def wilson(hits: int, total: int) -> str:
    """Return ``p [low, high] (hits/total)`` with a 95 % Wilson score interval."""
    if total == 0:
        return "-"
    z, p = 1.96, hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{p:.2f} [{middle - half:.2f}, {middle + half:.2f}] ({hits}/{total})"


def read(row: Row) -> Extraction:
    """Extract from one labelled row as from a whole mail."""
    stamp = row.get("sent_at") or row.get("entry_date") or "2020-01-01"
    sent = datetime.fromisoformat(stamp)
    sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
    kinds = set(row["labels"]["kind"])
    kind = MailKind.BOUNCE if "bounce" in kinds else classify({}, "text/plain", "", row["text"])
    return extract(Reply(row["text"], "", sent, sent, kind))


def compare_sets(score: Score, found: set[str], gold: set[str], note: str) -> None:
    """Count a kind whose values are compared as a set."""
    score.right += len(found & gold)
    score.wrong += len(found - gold)
    score.missed += len(gold - found)
    if found != gold:
        score.notes.append(f"{note} | found {sorted(found)}, labelled {sorted(gold)}")


def values(result: Extraction, kind: FactKind) -> set[str]:
    """Return the plain values of one kind of fact."""
    out = set()
    for fact in result.facts:
        if fact.kind is kind:
            match fact.value:
                case Identifier(found) | FixedVersion(found):
                    out.add(found)
                case Triage(verdict):
                    out.add(verdict.value)
                case _:
                    out.add("yes")
    return out


def promise(fact: Fact) -> DatePromise:
    """Return the date of a fact about dates."""
    assert isinstance(fact.value, DatePromise)
    return fact.value


def days(fact: Fact) -> tuple[str | None, str | None]:
    """Return first and last day as the labels write them."""
    value = promise(fact)
    return (value.first.isoformat() if value.first else None, value.last.isoformat() if value.last else None)


def told(fact: Fact) -> str:
    """Return a date as it is printed."""
    value, (first, last) = promise(fact), days(fact)
    return f"{value.phrase!r} {first}..{last} {value.status.value} {fact.grade.value} {fact.rule}"


def matches(fact: Fact, gold: Row) -> bool:
    """Two dates are about the same words when the phrase and the labelled text share a stretch."""
    phrase, words = " ".join(promise(fact).phrase.lower().split()), " ".join(gold["text"].lower().split())
    return phrase in words or words in phrase or words in " ".join(fact.quote.lower().split())


def pair(found: list[Fact], gold: list[Row]) -> list[tuple[Fact | None, Row | None]]:
    """Pair the dates found with those labelled: the same days first, then the same words; the rest stands alone."""
    out: list[tuple[Fact | None, Row | None]] = []
    left, waiting = list(gold), list(found)
    for same in (True, False):
        for fact in list(waiting):
            near = [
                one for one in left if matches(fact, one) and (not same or (one["start"], one["end"]) == days(fact))
            ]
            if near:
                out.append((fact, near[0]))
                left.remove(near[0])
                waiting.remove(fact)
    return out + [(fact, None) for fact in waiting] + [(None, one) for one in left]


def mark(score: Score, right: bool, note: str) -> None:
    """Count one question that was answered: wrong is a miss as well."""
    score.right += right
    score.wrong += not right
    score.missed += not right
    if not right:
        score.notes.append(note)


def compare_fix_dates(scores: Scores, found: list[Fact], gold: list[Row], note: str) -> None:
    """Count the fix dates of one reply."""
    if not gold:
        dated = [fact for fact in found if promise(fact).first is not None]
        mark(scores[FALSE], not dated, f"{note} | {'; '.join(map(told, dated))}")
        undated = [fact for fact in found if promise(fact).first is None]
        mark(scores[f"{FALSE}, undated ones too"], not found, f"{note} | {'; '.join(map(told, undated))}")
    for fact, one in pair(found, gold):
        if one is None:
            assert fact is not None
            scores[PLACED].wrong += 1
            scores[PLACED].notes.append(f"{note} | extra {told(fact)}")
            if fact.grade is Grade.SURE and promise(fact).first is not None:
                mark(scores[SURE], False, f"{note} | extra {told(fact)}")
            continue
        label = f"labelled {one['text']!r} {one['start']}..{one['end']} {one['status']}"
        if fact is None:
            scores[PLACED].missed += 1
            scores[PLACED].notes.append(f"{note} | missed, {label}")
            if one["start"] is not None:
                mark(scores[CALENDAR], False, f"{note} | nothing, {label}")
            continue
        scores[PLACED].right += 1
        same = (one["start"], one["end"]) == days(fact)
        if one["start"] is not None:
            mark(scores[CALENDAR], same, f"{note} | {told(fact)}, {label}")
        if fact.grade is Grade.SURE and promise(fact).first is not None:
            mark(scores[SURE], same, f"{note} | {told(fact)}, {label}")
        mark(scores["fix date: status"], promise(fact).status.value == one["status"], f"{note} | {told(fact)}, {label}")


def compare_publication_dates(score: Score, found: list[Fact], gold: list[Row], note: str) -> None:
    """Count the publication dates of one reply, by their days."""
    for fact, one in pair(found, gold):
        if fact is not None and one is not None and (one["start"], one["end"]) == days(fact):
            score.right += 1
        else:
            score.wrong += fact is not None
            score.missed += one is not None
            score.notes.append(f"{note} | {told(fact) if fact else 'nothing'}, labelled {one and one['text']!r}")


def measure_row(scores: Scores, row: Row) -> None:
    """Score one reply."""
    result, labels = read(row), row["labels"]
    note = f"{row['id']} {row['text'][:160]!r}"
    gold_kinds = set(labels["kind"])
    if not row.get("dates_only"):
        acks = [f for f in result.facts if f.kind in {FactKind.ACKNOWLEDGEMENT, FactKind.RECEIPT}]
        gold_ack = {"yes"} if labels["acknowledged"] else set()
        compare_sets(scores["acknowledged or not"], {"yes"} if acks else set(), gold_ack, note)
        firm = [fact for fact in acks if fact.grade is not Grade.UNSURE]
        compare_sets(scores["acknowledged, sure or likely"], {"yes"} if firm else set(), gold_ack, note)
        found = values(result, FactKind.TRIAGE) & VERDICTS
        compare_sets(scores["triage verdict"], found, gold_kinds & VERDICTS, note)
        for verdict in sorted(VERDICTS):
            compare_sets(scores[f"triage verdict: {verdict}"], found & {verdict}, gold_kinds & {verdict}, note)
        target = any(sign in row["text"] for sign in ("@", "http"))
        gold_redirect = {"yes"} if "redirected" in gold_kinds and target else set()
        compare_sets(scores["redirect with a target"], values(result, FactKind.REDIRECT), gold_redirect, note)
    compare_sets(scores["cve"], values(result, FactKind.CVE), set(labels["cve_ids"]), note)
    compare_sets(scores["ticket"], values(result, FactKind.TICKET), set(labels["vendor_ticket_ids"]), note)
    gold_versions = {version.lstrip("v") for version in labels["fixed_versions"]}
    compare_sets(scores["fixed version"], values(result, FactKind.FIXED_VERSION), gold_versions, note)
    fix = [fact for fact in result.facts if fact.kind is FactKind.FIX_DATE]
    compare_fix_dates(scores, fix, labels["fix_dates"], note)
    publication = [fact for fact in result.facts if fact.kind is FactKind.PUBLICATION_DATE]
    compare_publication_dates(scores["publication date: days"], publication, labels["disclosure_dates"], note)


def measure(rows: Iterable[Row]) -> Scores:
    """Score all rows."""
    scores: Scores = defaultdict(Score)
    for row in rows:
        measure_row(scores, row)
    return scores


def line(name: str, score: Score) -> str:
    """Return one line of the table."""
    precision = wilson(score.right, score.right + score.wrong)
    recall = wilson(score.right, score.right + score.missed)
    if precision == recall:
        return f"{name:48} {precision}"
    return f"{name:48} precision {precision:32} recall {recall}"


def main(arguments: list[str]) -> int:
    """Read the files, print the table and the misses."""
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else None
    paths = [one for one in arguments if not one.startswith("--") and one != only]
    if not paths:
        print("usage: eval_extract.py FILE... [--brief] [--only NAME]", file=sys.stderr)
        return 2
    rows = [json.loads(text) for path in paths for text in Path(path).read_text("utf-8").splitlines() if text.strip()]
    scores = measure(rows)
    names = [*HEADLINES, *sorted(scores.keys() - set(HEADLINES))]
    print(f"{len(rows)} replies")
    for name in names:
        print(line(name, scores[name]))
    languages: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        languages[row.get("language") or "?"].append(row)
    for code, some in sorted(languages.items(), key=lambda one: -len(one[1])):
        if len(languages) > 1:
            print(f"\n{code}: {len(some)} replies")
            by_language = measure(some)
            for name in HEADLINES:
                print(line(name, by_language[name]))
    for name in names:
        if (only or name) == name and "--brief" not in arguments:
            print(f"\nmisses of {name}: {len(scores[name].notes)}")
            for note in scores[name].notes:
                print("  ", note)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
