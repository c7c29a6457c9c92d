"""Measure the reading of replies on a labelled JSONL file: ``python tests/eval_extract.py FILE [--show KIND]``.

One object a line with ``text``, ``sent_at`` (or ``entry_date``) and ``labels``: ``kind``, ``acknowledged``,
``vendor_ticket_ids``, ``cve_ids``, ``fixed_versions``, ``fix_dates`` and ``disclosure_dates`` (each date with ``text``,
``start``, ``end``, ``status``).  Prints precision and recall with 95 % Wilson intervals.  It is no test:
figures on texts that rules were written against say little; take them on others.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cvdmail.core.extract import Extraction, Fact, FactKind, Grade, MailKind, Reply, classify, extract
from cvdmail.core.extract.facts import DatePromise, FixedVersion, Identifier, Triage


@dataclass
class Score:
    """Counts of one kind of fact."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    notes: list[str] = field(default_factory=list)


def wilson(hits: int, total: int) -> str:
    """Return ``p [low, high] (hits/total)`` with a 95 % Wilson score interval."""
    if total == 0:
        return "-"
    z, p = 1.96, hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{p:.2f} [{middle - half:.2f}, {middle + half:.2f}] ({hits}/{total})"


def read(row: dict[str, Any]) -> Extraction:
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
        score.notes.append(f"{note}: found {sorted(found)} gold {sorted(gold)}")


def matches(fact: Fact, gold: dict[str, Any]) -> bool:
    """Two dates are about the same words when the phrase and the gold text share a stretch."""
    value = fact.value
    assert isinstance(value, DatePromise)
    phrase, words = " ".join(value.phrase.lower().split()), " ".join(gold["text"].lower().split())
    return phrase in words or words in phrase or words in " ".join(fact.quote.lower().split())


def compare_dates(
    name: str, scores: dict[str, Score], found: list[Fact], gold: list[dict[str, Any]], note: str
) -> None:
    """Count dates: found at all, with the right days, with the right status; and the days of those graded sure."""
    open_gold = list(gold)
    for fact in found:
        value = fact.value
        assert isinstance(value, DatePromise)
        span = (value.first and value.first.isoformat(), value.last and value.last.isoformat())
        near = [one for one in open_gold if matches(fact, one)]
        exact = [one for one in near if (one["start"], one["end"]) == span]
        one = next(iter(exact or near), None)
        line = f"{note}: {value.phrase!r} {span[0]}..{span[1]} {value.status.value} {fact.grade.value} {fact.rule}"
        if one is None:
            for part in ("found", "days") + (("sure days", "sure all") if fact.grade is Grade.SURE else ()):
                scores[f"{name} {part}"].wrong += 1
            scores[f"{name} found"].notes.append(f"{line} | extra")
            continue
        open_gold.remove(one)
        scores[f"{name} found"].right += 1
        same, status = bool(exact), one["status"] == value.status.value
        _mark(scores[f"{name} days"], same, f"{line} | gold {one['start']}..{one['end']} {one['text']!r}")
        if name == "fix_date":
            _mark(scores["fix_date status"], status, f"{line} | gold {one['status']} {one['text']!r}")
        if fact.grade is Grade.SURE:
            _mark(scores[f"{name} sure days"], same, f"{line} | gold {one['start']}..{one['end']}")
            _mark(scores[f"{name} sure all"], same and (status or name != "fix_date"), line)
    for one in open_gold:
        for part in ("found", "days"):
            scores[f"{name} {part}"].missed += 1
        scores[f"{name} found"].notes.append(f"{note}: missed {one['text']!r} {one['start']} {one['status']}")


def _mark(score: Score, right: bool, note: str) -> None:
    if right:
        score.right += 1
    else:
        score.wrong += 1
        score.missed += 1
        score.notes.append(note)


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


def measure(rows: list[dict[str, Any]]) -> dict[str, Score]:
    """Score every row."""
    scores: dict[str, Score] = defaultdict(Score)
    verdicts = {"confirmed", "rejected", "duplicate", "needs_info"}
    for row in rows:
        result, labels = read(row), row["labels"]
        note = f"{row['id']} {row['text'][:100]!r}"
        gold_kinds = set(labels["kind"])
        if not row.get("dates_only"):
            acks = [f for f in result.facts if f.kind in {FactKind.ACKNOWLEDGEMENT, FactKind.RECEIPT}]
            gold_ack = {"yes"} if labels["acknowledged"] else set()
            compare_sets(scores["acknowledged (any grade)"], {"yes"} if acks else set(), gold_ack, note)
            firm = [fact for fact in acks if fact.grade is not Grade.UNSURE]
            compare_sets(scores["acknowledged (sure, likely)"], {"yes"} if firm else set(), gold_ack, note)
            found = values(result, FactKind.TRIAGE) & verdicts
            compare_sets(scores["triage"], found, gold_kinds & verdicts, note)
            for verdict in sorted(verdicts):
                compare_sets(scores[f"triage {verdict}"], found & {verdict}, gold_kinds & {verdict}, note)
            target = any(mark in row["text"] for mark in ("@", "http"))
            gold_redirect = {"yes"} if "redirected" in gold_kinds and target else set()
            compare_sets(scores["redirect (with a target)"], values(result, FactKind.REDIRECT), gold_redirect, note)
        compare_sets(scores["cve"], values(result, FactKind.CVE), set(labels["cve_ids"]), note)
        compare_sets(scores["ticket"], values(result, FactKind.TICKET), set(labels["vendor_ticket_ids"]), note)
        gold_versions = {version.lstrip("v") for version in labels["fixed_versions"]}
        compare_sets(scores["fixed_version"], values(result, FactKind.FIXED_VERSION), gold_versions, note)
        fix = [fact for fact in result.facts if fact.kind is FactKind.FIX_DATE]
        publication = [fact for fact in result.facts if fact.kind is FactKind.PUBLICATION_DATE]
        compare_dates("fix_date", scores, fix, labels["fix_dates"], note)
        compare_dates("publication_date", scores, publication, labels["disclosure_dates"], note)
    return scores


def main(arguments: list[str]) -> int:
    """Read the file, print the table, and the misses of one kind if asked."""
    if not arguments:
        print("usage: eval_extract.py FILE [--show KIND]", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in Path(arguments[0]).read_text("utf-8").splitlines() if line.strip()]
    scores = measure(rows)
    for name, score in sorted(scores.items()):
        precision = wilson(score.right, score.right + score.wrong)
        recall = wilson(score.right, score.right + score.missed)
        print(f"{name:28} precision {precision:32} recall {recall}")
    if "--show" in arguments:
        for note in scores[arguments[arguments.index("--show") + 1]].notes:
            print("  ", note)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
