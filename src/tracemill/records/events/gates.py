"""Results of a team's gates: one run of a tool with its verdict, and its findings.

A gate run is an event. Its results are rows of their own, like the steps of a trajectory,
since a run may have more of them than fit into memory.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tracemill.records.events.base import EventBase
from tracemill.records.refs import Count, Ratio, Record, Span

GateKind = Literal["test", "coverage", "lint", "types", "security", "build", "ci", "other"]
"""What a gate looks at."""

GateStatus = Literal["passed", "failed", "error", "unknown"]
"""The verdict of a run: `failed` is a no, `error` means that it could not do its work."""

ResultStatus = Literal[
    "passed", "failed", "error", "skipped", "xfailed", "xpassed", "noted", "unknown"
]
"""What a gate says of one test or place.

`xfailed` and `xpassed` are tests that were expected to fail; `noted` is said without failing
the gate, as notes and hints are; `skipped` was not run, or is suppressed.
"""

FAILING: frozenset[ResultStatus] = frozenset({"failed", "error"})
"""The statuses of a result that make a run fail."""


class Coverage(Record, frozen=True, kw_only=True):
    """How much of the code was run by its tests."""

    line_rate: Ratio | None = None
    """Share of the lines that were run."""
    branch_rate: Ratio | None = None
    """Share of the branches that were taken; None where branches were not measured."""
    n_lines: Count | None = None
    """Lines that can be run."""
    n_covered_lines: Count | None = None
    """Lines that were run."""
    n_branches: Count | None = None
    """Branches that can be taken."""
    n_covered_branches: Count | None = None
    """Branches that were taken."""
    missed_lines: tuple[int, ...] = ()
    """Numbers of the lines of one file that were not run, sorted."""


class GateRun(EventBase, frozen=True, kw_only=True, tag="gate_run"):
    """One run of a test runner, linter, type checker or scanner. `at` is when it began or ended."""

    gate: GateKind
    """What it looks at."""
    tool: str | None = None
    """The tool, for example `pytest`; None where the report does not tell."""
    tool_version: str | None = None
    """Version of the tool."""
    title: str | None = None
    """What the report calls the run."""
    status: GateStatus
    """The verdict: what the report states, otherwise what follows from its results."""
    totals: dict[ResultStatus, Count] = msgspec.field(default_factory=dict)
    """Results by status: those that were read, or where there are none, as the report says."""
    coverage: Coverage | None = None
    """What a coverage report says of all files together."""
    score: float | None = None
    """A mark that the tool gives, in its own scale."""
    duration_s: float | None = None
    """How long it took."""
    root: str | None = None
    """Folder in which it ran, as said."""
    commit: str | None = None
    """Hash of the commit that it looked at."""
    branch: str | None = None
    """Branch that it looked at."""
    run_id: str | None = None
    """The forge's id of the CI run in which it ran."""
    attempt: Count | None = None
    """Which attempt of that CI run it was, from 1."""
    exit_code: int | None = None
    """Exit code of the tool."""


class GateResult(Record, frozen=True, kw_only=True):
    """What a gate run says of one test, place or file."""

    id: str
    """Derived from the run and the place in the report."""
    gate_run_id: str
    """The gate run that it belongs to."""
    status: ResultStatus
    """What the gate says."""
    suite: str | None = None
    """What holds the test: module, class or package, as the runner names it."""
    name: str | None = None
    """Name of the test."""
    rule: str | None = None
    """Rule that was broken, for example `F401`."""
    severity: str | None = None
    """How bad it is, in the tool's own word."""
    path: str | None = None
    """File, as said: foreign absolute paths stay."""
    line: Count | None = None
    """Line in the file, from 1."""
    column: Count | None = None
    """Column in the line, from 1."""
    end_line: Count | None = None
    """Last line of the place."""
    end_column: Count | None = None
    """Column behind the last character of the place."""
    message: str | None = None
    """What the tool says, in short."""
    text: str | None = None
    """What it says at length, for example a traceback, at most 65,536 characters."""
    duration_s: float | None = None
    """How long it took."""
    attempts: Count | None = None
    """How often the test was run, where the runner repeats tests that fail."""
    commit: str | None = None
    """Hash of the commit that holds the place, where that is not the run's."""
    coverage: Coverage | None = None
    """For a file: how much of it was run."""
    span: Span
    """Bytes of the input that it was read from."""


class FixedTest(Record, frozen=True, kw_only=True):
    """A test that failed in one run and passed in a later one."""

    name: str
    """Suite and name of the test, or of the module that could not be collected."""
    before_id: str
    """The result that failed."""
    after_id: str | None = None
    """The result that passed; None for a module, which has no result when it is collected."""


class FixPair(Record, frozen=True, kw_only=True):
    """Two runs of the same tests of which some failed before and passed after."""

    id: str
    """Derived from both runs."""
    before_id: str
    """The gate run in which they failed."""
    after_id: str
    """The gate run in which they passed."""
    before_at: datetime | None = None
    """When the first ran."""
    after_at: datetime | None = None
    """When the second ran."""
    fixed: tuple[FixedTest, ...] = ()
    """Tests that failed before and passed after, sorted by name."""
    collected: tuple[FixedTest, ...] = ()
    """Modules that could not be collected before, and whose tests ran after."""
    n_shared: Count = 0
    """Tests that ran in both."""
    n_still_failing: Count = 0
    """Tests that failed in both."""
    n_broken: Count = 0
    """Tests that passed before and failed after."""
    is_green: bool = False
    """Whether nothing failed any more."""


FlakyProof = Literal["repeated", "same_commit"]
"""What shows that a test is flaky: its runner ran it again until it passed, or runs of one commit
say both."""


class FlakyTest(Record, frozen=True, kw_only=True):
    """A test that failed and passed on the same code."""

    id: str
    """Derived from the test and the runs."""
    name: str
    """What the test is known by, whoever reports it."""
    gate: GateKind
    """What the gate looks at that says both."""
    proof: FlakyProof
    """What shows it."""
    commit: str | None = None
    """Hash of the commit, where it is known."""
    run_ids: tuple[str, ...]
    """The gate runs that show it, sorted."""
    failed_ids: tuple[str, ...] = ()
    """The results that say that it failed; none where only the runner saw that."""
    passed_ids: tuple[str, ...] = ()
    """The results that say that it passed."""
    attempts: Count | None = None
    """How often the runner ran it, where the runner shows it."""
    last_at: datetime | None = None
    """When the last of these runs was."""
