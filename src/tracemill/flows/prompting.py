"""Proposals for prompts, out of the patterns and the prompts that are held. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.process import Process
from tracemill.flows.patterns import rules_of
from tracemill.flows.process import read_process
from tracemill.prompts import Prompt, suggest
from tracemill.records.events import DocumentVersion, Event
from tracemill.records.patterns import Pattern
from tracemill.records.suggestions import SuggestionList
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def read_suggestions(workspace: Workspace) -> SuggestionList:
    """Return what should be changed in prompts, and why."""
    process = read_process(workspace)
    patterns = find_patterns(process, rules_of(workspace)).patterns
    roles = {pattern.id: role for pattern in patterns if (role := _role(process, pattern))}
    return suggest(patterns, roles, list(_prompts(Lake(workspace.lake))))


def _role(process: Process, pattern: Pattern) -> str | None:
    """Return whose work most of a pattern's cases are."""
    metric = METRICS[pattern.measure.metric]
    wanted = pattern.measure.slice.items()
    roles = Counter(
        case.facts["role"]
        for case in metric.cases(process)
        if case.counts_against and "role" in case.facts and wanted <= case.facts.items()
    )
    return roles.most_common(1)[0][0] if roles else None


def _prompts(lake: Lake) -> Iterator[Prompt]:
    """Yield the newest version of each prompt that still has a text."""
    newest: dict[str, DocumentVersion] = {}
    events: Iterator[Event] = lake.records(TABLES["events"], where=is_unknown("trajectory_id"))
    for event in events:
        if isinstance(event, DocumentVersion) and event.document == "prompt":
            known = newest.get(event.path)
            if known is None or _order(event) > _order(known):
                newest[event.path] = event
    for path, version in sorted(newest.items()):
        if version.sections is not None:
            sections = ((each.heading or "", each.text) for each in version.sections)
            yield Prompt(path, tuple(sections))


def _order(version: DocumentVersion) -> tuple[str, str]:
    return version.at.isoformat() if version.at else "", version.id
