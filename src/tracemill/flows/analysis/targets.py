"""What was hoped for, beside what is held. Read-only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tracemill.analyze.conclusions.targets import beside, read_targets, shipped_targets
from tracemill.analyze.process import Process
from tracemill.base.named_files import read_named
from tracemill.flows.analysis.process import read_process
from tracemill.flows.models.evaluations import list_evaluations
from tracemill.flows.models.registry import read_registry
from tracemill.records.process.targets import MeasuredTarget, Target, TargetList
from tracemill.store.workspace import Workspace

_TARGETS: Final = "targets.toml"


def targets_of(workspace: Workspace) -> tuple[Target, ...]:
    """Return the workspace's own targets, or those that come with Tracemill.

    Raises:
        UsageError: its own cannot be read.
    """
    path: Path = workspace.root / _TARGETS
    if not path.is_file():
        return shipped_targets()
    return read_targets(read_named(path, "targets"), str(path))


def list_targets(workspace: Workspace) -> TargetList:
    """Return everything that was hoped for, beside what is held."""
    return TargetList(targets=measured_targets(workspace, read_process(workspace)))


def measured_targets(workspace: Workspace, process: Process) -> tuple[MeasuredTarget, ...]:
    """Return everything that was hoped for, beside what a process counts and models did."""
    incumbent = read_registry(workspace).incumbent
    in_use = incumbent.name if incumbent else None
    evaluations = list_evaluations(workspace)
    return tuple(beside(targets_of(workspace), process, evaluations, in_use))
