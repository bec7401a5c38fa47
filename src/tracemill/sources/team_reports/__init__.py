"""Reports that a team's own process wrote: one JSON object on a line, or one document.

| file | one line is |
|---|---|
| `failures.jsonl` | a feature that failed, and how it was put right |
| `successes.jsonl`, `performance.jsonl` | a feature that was finished; how it went |
| `context_metrics.jsonl` | how full a context window was |
| `feature_episodes.jsonl`, `branch_outcomes.jsonl` | a feature from spec to merge; a branch |
| `project_*_execution.jsonl`, `project_*_gates.jsonl` | a stage that ran; a gate that was asked |
| `project_*_feedback.jsonl` | an approval, an escalation, a survey, a later agent's word |
| `project_*_summary.json` | the project as a whole |
| `recipe_versions.jsonl` | a version of a process recipe, as somebody wrote it down |

Attempts at artifacts have a source of their own, and are reports where they stand among others.

Files are told by the fields of their first object, whatever they are called, and may mix kinds. A
line may also hold several reports, each in a group of its own: `stage_execution` with
`prompt_and_execution`, `gate_validation`, and `project_metadata`, `outcome_metrics`,
`quality_signals` and `human_feedback` for the project.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class TeamReports(FileSource):
    """Reads what a team's own process wrote about its work."""

    name: ClassVar[str] = "team-reports"
    version: ClassVar[int] = 5
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether these are reports, by the names of the first one's fields."""
        from tracemill.render.team_lines import LABELED_MARK, report_parts

        first = head.objects[0] if head.objects else head.fields
        return LABELED_MARK in first or bool(report_parts(first))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for each report, and the tally."""
        from tracemill.sources.reading.json_lines import read_json_lines
        from tracemill.sources.reading.whole_documents import whole_documents
        from tracemill.sources.team_reports.reader import TeamReader

        return read_json_lines(whole_documents(content.lines()), origin, TeamReader(origin))


__all__ = ["TeamReports"]
