"""How urgent a severity is: a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.severity import score, urgency


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 2),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 25),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 100),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 25),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 100),
        ("critical", 5),
        ("high", 20),
        ("High", 20),
        ("medium", 45),
        ("low", 80),
        ("none", 100),
        (None, 45),
        ("", 45),
        ("from an older time", 45),
    ],
)
def test_urgency(severity: str | None, expected: int) -> None:
    assert urgency(severity) == expected


def test_the_base_score_counts_and_not_what_is_added_to_it() -> None:
    base = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    assert score(f"{base}/E:U/RL:O/RC:U") == score(base) == 9.8


@given(severity=st.text(alphabet="CVSS:3.14/0AVNLPHRUIa", max_size=40))
def test_any_text_is_somewhere_between(severity: str) -> None:
    assert 0 <= urgency(severity) <= 100
