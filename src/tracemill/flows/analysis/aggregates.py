"""What is counted over many pieces of work, as the files of known names that teams read it from.

| file | holds |
|---|---|
| `aggregated/agent_performance_by_role.json` | every metric that can be asked by role |
| `aggregated/prompt_version_metrics.json` | every metric that can be asked by version of a prompt |
| `aggregated/recipe_success_rates.json` | what became of projects, by version of their recipe |
| `aggregated/trend_analysis.json` | every metric by month |
| `metrics_trends.json` | the months of every metric, as a line is drawn through them |

Nothing is kept in them: they are counted anew from what is held, and the same records give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tracemill.analyze import METRICS
from tracemill.analyze.cases import measures
from tracemill.analyze.conclusions.effectiveness import effectiveness_of
from tracemill.analyze.process import Process
from tracemill.flows.analysis.process import read_process
from tracemill.flows.written_reports import write_texts
from tracemill.records.process.patterns import Measure, Period, Unit
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
_TRENDS: Final = "metrics_trends.json"


class AggregatedSlice(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every metric of one slice of the work."""

    name: str
    """What all of it has in common, for example a role."""
    effectiveness: Effectiveness | None
    """How well it does by what gates say of it; None where no gate judged enough to say."""
    metrics: dict[str, Measure]
    """Each metric that counts anything in it, by name."""


class MetricTrend(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A metric through time."""

    metric: str
    """Its name."""
    says: str
    """What it counts."""
    unit: Unit
    """Whether it is a share or a mean."""
    months: tuple[Period, ...]
    """The metric of each month in which anything counts."""


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
    texts[_TRENDS] = _text(list(_trends(process)))
    return WrittenAggregates(files=write_texts(workspace, _FOLDER, texts, to))


def _text(held: Sequence[Record]) -> str:
    return msgspec.json.format(msgspec.json.encode(held), indent=2).decode() + "\n"


def _trends(process: Process) -> Iterator[MetricTrend]:
    for name, metric in METRICS.items():
        whole = next(measures(name, metric.unit, metric.cases(process), ()), None)
        if whole is not None and whole.periods:
            yield MetricTrend(metric=name, says=metric.says, unit=metric.unit, months=whole.periods)


def _slices(process: Process, fact: str) -> Iterator[AggregatedSlice]:
    found: dict[str, dict[str, Measure]] = {}
    for name, metric in METRICS.items():
        if fact in metric.facts:
            for measure in measures(name, metric.unit, metric.cases(process), (fact,)):
                found.setdefault(measure.slice[fact], {})[name] = measure
    for each in sorted(found):
        metrics = found[each]
        yield AggregatedSlice(name=each, effectiveness=effectiveness_of(metrics), metrics=metrics)
