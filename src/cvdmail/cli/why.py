"""Why a mail is where it is: the evidence its verdict rested on, who filed it, what was thought of it before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cvdmail.cli.context import echo
from cvdmail.cli.render import day
from cvdmail.core.display import visible
from cvdmail.core.evidence import Evidence, lines, read_evidence
from cvdmail.core.ledger import instant
from cvdmail.core.records import Direction, FilingRecord, MessageRecord

if TYPE_CHECKING:
    from cvdmail.core.history import VerdictRecord
    from cvdmail.work.show import ShownMessage
    from cvdmail.work.show_mail import Shown

_NOT_KEPT = "the evidence was not kept: 'cvdmail reprocess' reads the mail again"


def to_json(one: ShownMessage | Shown) -> dict[str, Any]:
    """Return why a mail is where it is, as ``case show --why --json`` writes it."""
    kept = read_evidence(one.reading.get("why"))
    record = one.record
    return {
        "message": record.row,
        "words": record.why,
        "kept": kept is not None,
        **_evidence(kept, record),
        "filed": [_filed(filing) for filing in [*one.filings, *one.ended]],
        "earlier": [_earlier(verdict) for verdict in one.earlier],
    }


def _evidence(kept: Evidence | None, record: MessageRecord) -> dict[str, Any]:
    found = kept or Evidence()
    return {
        "clues": [
            {
                "case": hint.case,
                "participant": hint.participant,
                "evidence": hint.evidence,
                "certain": hint.certain,
                "score": hint.score,
                "why": hint.why,
            }
            for hint in found.hints
        ],
        "match": found.match if kept else None,
        "trust": {
            "state": record.trust.value if record.trust else None,
            "reason": found.trust_why or None,
            "authentication": found.authentication if kept else None,
            "sender_fault": found.sender_fault,
            "sender_known": found.sender_known if kept else None,
            "headers_agree": found.headers_agree if kept else None,
        },
        "signature": {
            "state": record.signature.value if record.signature else "none",
            "fingerprint": record.signature_fingerprint,
            "note": found.signature_note or None,
        },
        "verdict": found.verdict if kept else None,
        "facts_believable": found.facts_believable if kept else None,
        "rule": found.rule or None,
    }


def _filed(one: FilingRecord) -> dict[str, object]:
    return {
        "case": str(one.case),
        "participant": one.participant,
        "by": one.filed_by,
        "at": instant(one.filed_at),
        "certain": one.certain,
        "evidence": one.evidence.value if one.evidence else None,
        "ended_at": instant(one.ended_at) if one.ended_at else None,
    }


def _earlier(one: VerdictRecord) -> dict[str, object]:
    kept = read_evidence(one.reading.get("why"))
    return {
        "until": instant(one.replaced_at),
        "state": one.state.value,
        "trust": one.trust.value if one.trust else None,
        "signature": one.signature.value if one.signature else None,
        "fingerprint": one.signature_fingerprint,
        "encrypted": one.encrypted,
        "words": one.why,
        "rule": kept.rule if kept else None,
    }


def tell(one: ShownMessage | Shown, names: Mapping[str, str], indent: str = "") -> None:
    """Print why a mail is where it is; ``names`` maps fingerprints to people."""
    for line in _lines(one, names):
        echo(indent + visible(line))


def tell_all(messages: Sequence[ShownMessage], names: Mapping[str, str]) -> None:
    """Print the evidence of every mail of a case."""
    for one in messages:
        echo()
        echo(f"why message {one.record.row}, {one.record.direction.value}, {day(one.record.received_at)}:")
        tell(one, names, "  ")


def _lines(one: ShownMessage | Shown, names: Mapping[str, str]) -> list[str]:
    kept = read_evidence(one.reading.get("why"))
    told: list[str] = []
    if one.record.direction is Direction.OUTBOUND:
        told.append("a mail of ours")
    elif kept is not None:
        told += lines(kept)
    elif one.record.trust is not None:
        told.append(_NOT_KEPT)
    if one.record.why and one.record.why not in " ".join(told):
        told.append(f"why: {one.record.why}")
    for filing in [*one.filings, *one.ended]:
        by = names.get(filing.filed_by, filing.filed_by)
        for_what = f", by {filing.evidence.value}" if filing.evidence else ""
        line = f"filed to {filing.case} participant {filing.participant} by {by}, {day(filing.filed_at)}{for_what}"
        told.append(line + (f"; moved away {day(filing.ended_at)}" if filing.ended_at else ""))
    for verdict in one.earlier:
        trust = verdict.trust.value if verdict.trust else "not judged"
        signed = verdict.signature.value if verdict.signature else "none"
        line = f"until {day(verdict.replaced_at)}: {verdict.state.value}, {trust}, signature {signed}"
        told.append(line + (f" ({verdict.why})" if verdict.why else ""))
    return told
