"""The result of checking a dataset of anyone's, row by row."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from tracemill.records.datasets.examples import Message, Split
from tracemill.records.refs import Count, Record

Verdict = Literal["pass", "fail", "unknown"]
"""Whether a check holds; `unknown` where the data does not let it be made."""

CallStyle = Literal["structured", "tagged", "fenced", "prose"]
"""How a call is written: as a field, in a `<tool_call>` element, in a JSON fence, or in prose."""


class WrittenCall(Record, frozen=True, kw_only=True):
    """One tool call as a row writes it."""

    name: str
    """The tool's name; empty where the call cannot be read."""
    arguments: dict[str, Any] | None = None
    """Its arguments; None where they cannot be read."""
    style: CallStyle
    """How it is written."""
    id: str | None = None
    """The id that its result names."""
    has_preamble: bool = False
    """Whether other text stands before it in its message."""


class TrainingRow(Record, frozen=True, kw_only=True):
    """One row of a dataset as a trainer would read it."""

    file: str
    """The file that it stands in."""
    line: Count
    """Its line, from 1."""
    split: Split | None = None
    """The part of the dataset that its file is; None where the name does not tell."""
    messages: tuple[Message, ...] = ()
    """What is said in it."""
    calls: tuple[tuple[WrittenCall, ...], ...] = ()
    """For each message the calls that it makes."""
    rejected: tuple[Message, ...] = ()
    """Of a pair, what its worse side says; nothing in it is imitated, and a trainer reads it."""
    tools: tuple[dict[str, Any], ...] = ()
    """The tools that it declares."""
    has_origin: bool = False
    """Whether it says where it was taken from."""
    part: str = ""
    """What kind of row it is, where a dataset keeps kinds apart: repetition counts within one."""
    groups: tuple[str, ...] = ()
    """Names of the work that it comes from, as far as it tells."""
    tags: tuple[str, ...] = ()
    """What it says about itself, for example `outcome:achieved`."""
    digest: str
    """Hash of its content: rows that say the same have the same."""


class FailingRow(Record, frozen=True, kw_only=True):
    """A row that a check objects to."""

    file: str
    """The file that it stands in."""
    line: Count
    """Its line, from 1."""
    detail: str = ""
    """What is wrong with it, in words that hold nothing of its text."""


class CheckResult(Record, frozen=True, kw_only=True):
    """What one check found."""

    name: str
    """Name of the check."""
    verdict: Verdict
    """Whether it holds."""
    measured: float | None
    """What was measured; None where that could not be done."""
    threshold: float | None = None
    """What was asked for; None where the check only reports."""
    n_rows: Count
    """Rows that it looked at."""
    n_failing: Count = 0
    """Rows that it objects to."""
    says: str
    """What was found, in one sentence."""
    failing: tuple[FailingRow, ...] = ()
    """The first of the rows that it objects to."""
    facts: dict[str, int | float] = msgspec.field(default_factory=dict)
    """Further numbers."""

    @property
    def bound(self) -> Literal["at most", "at least"] | None:
        """On which side of the threshold it holds; None where it has none, or cannot tell."""
        if self.measured is None or self.threshold is None or self.verdict == "unknown":
            return None
        if self.measured == self.threshold:
            return None
        is_below = self.measured < self.threshold
        return "at most" if is_below == (self.verdict == "pass") else "at least"


class AuditReport(Record, frozen=True, kw_only=True):
    """Every check of one dataset."""

    files: tuple[str, ...]
    """Files that were read."""
    rows: dict[str, int]
    """Rows by split; `unnamed` for files whose names do not tell."""
    checks: tuple[CheckResult, ...]
    """What each check found, in their order."""

    @property
    def has_failed(self) -> bool:
        """Whether any check failed."""
        return any(check.verdict == "fail" for check in self.checks)
