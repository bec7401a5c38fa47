"""What is counted over many pieces of work, as the files of known names that teams read it from.

| file | holds |
|---|---|
| `aggregated/agent_performance_by_role.json` | every metric that can be asked by role |
| `aggregated/prompt_version_metrics.json` | every metric that can be asked by version of a prompt |
| `aggregated/recipe_success_rates.json` | what became of projects, by version of their recipe |
| `aggregated/trend_analysis.json` | every metric by month |

Nothing is kept in them: they are counted anew from what is held, and the same records give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from tracemill.analyze import METRICS
from tracemill.analyze.cases import measures
from tracemill.analyze.effectiveness import effectiveness_of
from tracemill.analyze.process import Process
from tracemill.flows.analysis.process import read_process
from tracemill.flows.written_reports import write_texts
from tracemill.records.process.patterns import Measure
from tracemill.records.process.version_metrics import Effectiveness
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace

_FILES: Final[Mapping[str, str]] = {
    "agent_performance_by_role": "role",
    "prompt_version_metrics": "prompt_version",
    "recipe_success_rates": "recipe_version",
    "trend_analysis": "month",
}
"""The fact by which each file is counted."""
_FOLDER: Final = "aggregated"


class AggregatedSlice(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every metric of one slice of the work."""

    name: str
    """What all of it has in common, for example a role."""
    effectiveness: Effectiveness | None
    """How well it does by what gates say of it; None where no gate judged enough to say."""
    metrics: dict[str, Measure]
    """Each metric that counts anything in it, by name."""


class WrittenAggregates(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Files that were written."""

    files: tuple[str, ...]
    """Where they are."""


def write_aggregates(workspace: Workspace, to: Path | None) -> WrittenAggregates:
    """Write what is counted by role, version and month, into the workspace or a folder elsewhere.

    Raises:
        PolicyError: the gate of exports refuses it; nothing is written.
    """
    process = read_process(workspace)
    texts = {
        f"{_FOLDER}/{name}.json": _text(list(_slices(process, fact)))
        for name, fact in _FILES.items()
    }
    return WrittenAggregates(files=write_texts(workspace, _FOLDER, texts, to))


def _text(slices: list[AggregatedSlice]) -> str:
    return msgspec.json.format(msgspec.json.encode(slices), indent=2).decode() + "\n"


def _slices(process: Process, fact: str) -> Iterator[AggregatedSlice]:
    found: dict[str, dict[str, Measure]] = {}
    for name, metric in METRICS.items():
        if fact in metric.facts:
            for measure in measures(name, metric.unit, metric.cases(process), (fact,)):
                found.setdefault(measure.slice[fact], {})[name] = measure
    for each in sorted(found):
        metrics = found[each]
        yield AggregatedSlice(name=each, effectiveness=effectiveness_of(metrics), metrics=metrics)
