"""Suites as tasks of Inspect AI: its models and logs, our cases and scorers."""

from __future__ import annotations

from pathlib import Path

from tracemill.base.errors import UsageError
from tracemill.evaluate.inspect_task import TASK
from tracemill.flows.datasets.versions import let_out
from tracemill.flows.destinations import new_folder
from tracemill.flows.models.suites import CASES, find_suite
from tracemill.flows.privacy.gate import Gate
from tracemill.records.canonical import row_lines
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace, write_whole


class ExportedTask(Record, frozen=True, kw_only=True):
    """A suite that was written for another harness."""

    folder: str
    """Where it is."""
    suite_id: str
    """The suite."""
    n_cases: int
    """Cases in it."""
    receipt: Receipt
    """What it went through before."""


def export_task(
    workspace: Workspace, name: str, to: Path, reviewer: str | None = None
) -> ExportedTask:
    """Write a suite's cases and a task that asks and scores them, if the gate lets them out.

    Raises:
        UsageError: `to` holds something already, or a judge is needed.
        PolicyError: the gate refuses it; nothing is written.
    """
    kept = find_suite(workspace, name)
    to = new_folder(to)
    cases = kept.cases()
    if any(case.questions for case in cases):
        raise UsageError(f"answers to {name!r} need a judge, which Inspect AI is not told of")

    def fill(part: Path) -> None:
        write_whole(part / CASES, row_lines(cases))
        write_whole(part / "task.py", TASK.encode())

    gate = Gate(workspace, reviewer)
    receipt = let_out(gate, kept.suite.id, to, fill, kind="suite", inputs=kept.inputs())
    return ExportedTask(folder=str(to), suite_id=kept.suite.id, n_cases=len(cases), receipt=receipt)
