"""Gate runs, and what shows when they are compared, as rows of lists. These names are stable."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.refs import Record


class GateRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One gate run in a list."""

    id: str
    gate: str
    tool: str | None
    tool_version: str | None
    status: str
    total: int
    passed: int
    failed: int
    errors: int
    skipped: int
    line_rate: float | None
    branch_rate: float | None
    score: float | None
    at: datetime | None
    duration_s: float | None
    commit: str | None
    branch: str | None
    run_id: str | None
    attempt: int | None
    exit_code: int | None
    title: str | None
    source: str
    uri: str
    reports: tuple[str, ...] = ()
    """Ids of further reports of the run."""


class FixRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Two gate runs between which tests were fixed, in a list."""

    id: str
    before: str
    after: str
    before_at: datetime | None
    after_at: datetime | None
    fixed: int
    collected: int
    still_failing: int
    broken: int
    is_green: bool
    tests: tuple[str, ...]


class FlakyRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One flaky test in a list."""

    id: str
    name: str
    gate: str
    proof: str
    commit: str | None
    runs: tuple[str, ...]
    failed: int
    passed: int
    attempts: int | None
    last_at: datetime | None
