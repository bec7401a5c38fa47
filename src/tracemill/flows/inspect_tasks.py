"""Suites as tasks of Inspect AI: its models and logs, our cases and scorers."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tracemill.base.errors import UsageError
from tracemill.evaluate.inspect_task import TASK
from tracemill.flows.suites import CASES, find_suite
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


def export_task(workspace: Workspace, name: str, to: Path) -> ExportedTask:
    """Write a suite's cases and a task that asks and scores them.

    Raises:
        UsageError: `to` holds something already.
    """
    kept = find_suite(workspace, name)
    to = to.expanduser().absolute()
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UsageError(f"{str(to)!r} is not empty; name a new or empty folder")
    cases = kept.cases()
    to.mkdir(parents=True, exist_ok=True)
    write_whole(to / CASES, b"".join(msgspec.json.encode(case) + b"\n" for case in cases))
    write_whole(to / "task.py", TASK.encode())
    return ExportedTask(folder=str(to), suite_id=kept.suite.id, n_cases=len(cases))
