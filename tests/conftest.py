"""Profiles of the property tests, and what the summary must say."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# The suite repeats itself; new examples are sought by `make fuzz`.
settings.register_profile(
    "default", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", deadline=None, max_examples=5000, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what an ordinary user cannot run."""
    if os.geteuid() != 0:
        terminalreporter.write_line("not run: Postfix needs root; the stories ran with the embedded submission server")
