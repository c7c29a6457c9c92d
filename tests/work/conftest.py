"""The labs of the command line's tests, for jobs on servers in memory."""

from __future__ import annotations

from cli.conftest import approved_lab, drafted_lab, empty_lab, queued, queued_lab

__all__ = ["approved_lab", "drafted_lab", "empty_lab", "queued", "queued_lab"]
