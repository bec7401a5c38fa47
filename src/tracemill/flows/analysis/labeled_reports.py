"""A team's reports with what the rules and people say of each. Read-only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.named_files import read_named
from tracemill.label.reports import LabelRules, label_reports
from tracemill.label.reports.rules import read_label_rules
from tracemill.records.events.event import HumanReview, ReviewUndone, TeamReport
from tracemill.records.events.team_projects import StageReport
from tracemill.records.process.labeled_reports import LabeledReport
from tracemill.review.verdict import standing
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_RULES: Final = "labels.toml"


def label_rules(workspace: Workspace) -> LabelRules:
    """Return the workspace's own rules, or those that come with Tracemill.

    Raises:
        UsageError: its own cannot be read.
    """
    path: Path = workspace.root / _RULES
    if not path.is_file():
        return LabelRules()
    return read_label_rules(read_named(path, "rules for labels"), str(path))


def labeled_reports(workspace: Workspace, reports: Iterable[TeamReport]) -> Iterator[LabeledReport]:
    """Yield gates, decisions and projects with their labels, and all stages that people judged."""
    held = list(reports)
    said = _reviews(workspace)
    for each in label_reports(held, label_rules(workspace)):
        yield msgspec.structs.replace(each, reviews=said.get(each.event.id, ()))
    for event in held:
        if isinstance(event.report, StageReport) and event.id in said:
            yield LabeledReport(event=event, reviews=said[event.id])


def _reviews(workspace: Workspace) -> dict[str, tuple[HumanReview, ...]]:
    given: list[HumanReview] = []
    undone: list[ReviewUndone] = []
    for event in Lake(workspace.lake).records(TABLES["events"]):
        if isinstance(event, HumanReview):
            given.append(event)
        elif isinstance(event, ReviewUndone):
            undone.append(event)
    return standing(given, undone)
