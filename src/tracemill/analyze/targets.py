"""What was hoped for, as data: read from TOML, and put beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources

from tracemill.analyze.cases import measures
from tracemill.analyze.metric_table import METRICS
from tracemill.analyze.process import Process
from tracemill.base.errors import UsageError
from tracemill.records.from_toml import from_toml
from tracemill.records.process.targets import MeasuredTarget, Target
from tracemill.records.refs import Record


class _TargetFile(Record, frozen=True, kw_only=True):
    target: tuple[Target, ...]


@cache
def shipped_targets() -> tuple[Target, ...]:
    """Return the targets that come with Tracemill."""
    return read_targets(
        resources.files("tracemill.analyze").joinpath("targets.toml").read_text("utf-8")
    )


def read_targets(text: str, name: str = "targets.toml") -> tuple[Target, ...]:
    """Return targets from their TOML.

    Raises:
        UsageError: it holds none, or one of a metric that there is not.
    """
    found = from_toml(text, _TargetFile, f"the targets {name!r}", "docs/reports.md").target
    for target in found:
        if target.metric is not None and target.metric not in METRICS:
            known = ", ".join(METRICS)
            raise UsageError(f"{name}: unknown metric {target.metric!r}; known: {known}")
    return found


def beside(targets: Iterable[Target], process: Process) -> Iterator[MeasuredTarget]:
    """Yield each target with what was measured of it."""
    for target in targets:
        found = None
        if target.metric is not None:
            metric = METRICS[target.metric]
            cases = metric.cases(process)
            found = next(measures(target.metric, metric.unit, cases, ()), None)
        yield MeasuredTarget(target=target, measured=found)


def of_metric(targets: Sequence[Target], metric: str) -> Target | None:
    """Return the target of a metric; None where nothing was hoped for."""
    return next((target for target in targets if target.metric == metric), None)
