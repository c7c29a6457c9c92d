"""Scores, gates and the shape of what contact discovery prints."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.candidates import (
    BASE,
    Adjustment,
    BookEntry,
    Candidate,
    Channel,
    Claim,
    Findings,
    Gate,
    KeyHint,
    Refusal,
    Source,
    SourceKind,
    assemble,
    explain,
    to_json,
)
from cvdmail.core.ids import Fingerprint

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TXT = Source(SourceKind.SECURITY_TXT, "security_txt:acme.de", "https://acme.de/s", NOW, "aa")
CNA = Source(SourceKind.CNA, "cna", None, NOW, "bb")
KEY = KeyHint(Fingerprint.parse("AB" * 20), "https://acme.de/key", True, "")


def with_(source: Source, *adjustments: Adjustment) -> Source:
    return Source(source.kind, source.origin, source.url, source.fetched_at, source.sha256, None, adjustments)


def one(*sources: Source) -> Candidate:
    return Candidate(Channel.EMAIL, "psirt@acme.de", sources)


GUESS = Source(SourceKind.RFC2142, "rfc2142")
COPY = Source(SourceKind.CSAF, "security_txt:acme.de")
SAME_BYTES = Source(SourceKind.SECURITY_TXT, "security_txt:acme.com", sha256="aa")


@pytest.mark.parametrize(
    ("sources", "score", "gate"),
    [
        ((TXT,), 0.85, Gate.CONFIRM),
        ((with_(TXT, Adjustment.CANONICAL, Adjustment.SIGNED_BY_PINNED),), 0.95, Gate.CONFIRM),
        ((with_(TXT, Adjustment.EXPIRED),), 0.5, Gate.CONFIRM),
        ((with_(TXT, Adjustment.EXPIRED, Adjustment.NOT_A_URI),), 0.45, Gate.ASK_FIRST),
        ((with_(TXT, Adjustment.NO_EXPIRES),), 0.7, Gate.CONFIRM),
        ((with_(TXT, Adjustment.EXPIRED, Adjustment.FOREIGN_REDIRECT, Adjustment.SHARED_TEXT),), 0.01, Gate.ASK_FIRST),
        ((with_(CNA, Adjustment.CVE_PAPERWORK),), 0.6, Gate.CONFIRM),
        ((GUESS,), 0.3, Gate.ASK_FIRST),
        ((TXT, CNA), 0.97, Gate.DETAILS),
        ((with_(TXT, Adjustment.EXPIRED), with_(CNA, Adjustment.CVE_PAPERWORK)), 0.8, Gate.DETAILS),
        ((with_(TXT, Adjustment.EXPIRED), GUESS), 0.65, Gate.CONFIRM),
        ((TXT, TXT), 0.85, Gate.CONFIRM),
        ((TXT, COPY), 0.85, Gate.CONFIRM),
        ((TXT, SAME_BYTES), 0.85, Gate.CONFIRM),
    ],
)
def test_scores_and_gates(sources: tuple[Source, ...], score: float, gate: Gate) -> None:
    assert one(*sources).score == score
    assert one(*sources).gate is gate


def test_a_persons_yes_opens_the_gate_and_a_no_closes_it() -> None:
    claim = Claim(Channel.EMAIL, "psirt@acme.de", with_(TXT, Adjustment.EXPIRED))
    yes = BookEntry(Channel.EMAIL, "PSIRT@acme.de", confirmed=True, confirmed_at=NOW, fingerprint=KEY.fingerprint)
    (found,) = assemble("acme.de", [claim], [], [yes]).candidates
    assert found.gate is Gate.DETAILS
    assert found.score == 0.98
    assert [key.reason for key in found.keys] == ["pinned"]
    no = BookEntry(Channel.EMAIL, "PSIRT@acme.de", confirmed=False, demoted=True)
    refused = assemble("acme.de", [claim], [], [no])
    assert refused.candidates == ()
    assert refused.refused == (Refusal("PSIRT@acme.de", "a person has demoted this contact"),)
    neither = BookEntry(Channel.EMAIL, "psirt@acme.de", confirmed=False)
    (plain,) = assemble("acme.de", [claim], [], [neither]).candidates
    assert plain.gate is Gate.CONFIRM


def test_claims_on_one_contact_are_joined_whatever_its_case() -> None:
    found = assemble(
        "acme.de",
        [
            Claim(Channel.EMAIL, "Security@acme.de", TXT, (KEY,)),
            Claim(Channel.PORTAL, "https://ACME.de/report/", TXT),
            Claim(Channel.EMAIL, "security@ACME.de", CNA, (KEY,)),
            Claim(Channel.PORTAL, "https://acme.de/report", CNA),
            Claim(Channel.PORTAL, "https://acme.de/Report", CNA),
        ],
        [],
    )
    assert [(one.value, len(one.sources)) for one in found.candidates] == [
        ("Security@acme.de", 2),
        ("https://ACME.de/report/", 2),
        ("https://acme.de/Report", 1),
    ]
    assert found.candidates[0].keys == (KEY,)


def test_equal_scores_keep_the_vendors_order() -> None:
    names = ["zoe@acme.de", "ann@acme.de", "max@acme.de"]
    found = assemble("acme.de", [Claim(Channel.EMAIL, name, TXT) for name in names], [])
    assert [one.value for one in found.candidates] == names


def test_the_json_shape() -> None:
    source = Source(SourceKind.SECURITY_TXT, "o", "https://acme.de/s", NOW, "aa", datetime(2027, 1, 1, tzinfo=UTC))
    hint = KeyHint(None, "dns:x", False, "not fetched")
    found = assemble("acme.de", [Claim(Channel.EMAIL, "a@acme.de", source, (KEY, hint))], [Refusal("x", "y")] * 2)
    assert to_json(found) == {
        "target": "acme.de",
        "candidates": [
            {
                "channel": "email",
                "value": "a@acme.de",
                "score": 0.85,
                "sources": [
                    {
                        "kind": "security_txt",
                        "url": "https://acme.de/s",
                        "fetched_at": "2026-11-21T12:00:00Z",
                        "sha256": "aa",
                        "expires": "2027-01-01T00:00:00Z",
                    }
                ],
                "keys": [
                    {"fingerprint": "AB" * 20, "source": "https://acme.de/key", "usable": True, "reason": ""},
                    {"fingerprint": None, "source": "dns:x", "usable": False, "reason": "not fetched"},
                ],
                "gate": "confirm",
            }
        ],
        "refused": [{"value": "x", "why": "y"}],
    }
    assert to_json(Findings("t", (), ())) == {"target": "t", "candidates": [], "refused": []}


def test_reasons_are_told() -> None:
    (line,) = explain(one(with_(TXT, Adjustment.EXPIRED, Adjustment.NOT_A_URI)))
    assert line == "security_txt at https://acme.de/s: 0.45 (expired; the contact is not written as a URI)"


SOURCES = st.builds(
    Source,
    st.sampled_from([kind for kind in BASE if kind is not SourceKind.ADDRESS_BOOK]),
    st.sampled_from(["a", "b", "c"]),
    sha256=st.sampled_from([None, "1", "2"]),
    adjustments=st.lists(st.sampled_from(list(Adjustment)), unique=True, max_size=4).map(tuple),
)


@given(st.lists(SOURCES, min_size=1, max_size=6), SOURCES)
def test_without_a_person_details_need_two_origins_and_more_evidence_never_lowers(
    sources: list[Source], more: Source
) -> None:
    found = one(*sources)
    assert 0.0 < found.score <= 0.97
    if found.gate is Gate.DETAILS:
        assert len({source.origin for source in sources}) >= 2
    if more.origin not in {source.origin for source in sources} and more.sha256 is None:
        assert one(*sources, more).score >= found.score
    assert one(*sources, *sources).score == found.score
