"""Labels of a team's own reports: gates, decisions, and the output of projects.

| label | on | says |
|---|---|---|
| `gate.quality` | a judgement of a gate | `excellent`, `good`, `acceptable` or `poor` |
| `decision.alignment` | a decision of a person | `correct`, `reasonable` or `incorrect` advice |
| `output.quality` | a project | how good it is, 0 to 1, of four parts that are labels too |
| `output.grade` | a project | `production_ready`, `needs_minor_fixes` or `needs_rework` |

What cannot be known gets no label: a gate that could not tell, a decision of which neither text is
held, a project of which a part is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracemill.label.reports.decisions import label_decisions
from tracemill.label.reports.gates import label_gates, moment_of
from tracemill.label.reports.outputs import label_outputs
from tracemill.label.reports.rules import LabelRules
from tracemill.records.events.event import TeamReport
from tracemill.records.process.labeled_reports import LabeledReport


def label_reports(events: Iterable[TeamReport], rules: LabelRules) -> Iterator[LabeledReport]:
    """Yield gates, decisions and projects, each with its labels, which may be none."""
    held = sorted(events, key=moment_of)
    yield from label_gates(held, rules)
    yield from label_decisions(held)
    yield from label_outputs(held)


__all__ = ["LabelRules", "label_reports"]
