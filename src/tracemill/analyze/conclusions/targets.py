"""What was hoped for, as data: read from TOML, and put beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources

from tracemill.analyze.cases import measures
from tracemill.analyze.metrics.table import METRICS
from tracemill.analyze.process import Process
from tracemill.base.errors import UsageError
from tracemill.records.from_toml import from_toml
from tracemill.records.models.evaluations import Evaluation, SliceScore
from tracemill.records.process.patterns import Measure
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
        UsageError: it holds none, one of a metric that there is not, one with a part too, or one
            that cannot be asked by the facts of its `only`.
    """
    found = from_toml(text, _TargetFile, f"the targets {name!r}", "docs/reports.md").target
    for target in found:
        if target.metric is not None and target.metric not in METRICS:
            known = ", ".join(METRICS)
            raise UsageError(f"{name}: unknown metric {target.metric!r}; known: {known}")
        if target.metric is not None and target.part is not None:
            raise UsageError(f"{name}: {target.what!r} names a metric and a part; expected one")
        facts = METRICS[target.metric].facts if target.metric is not None else ()
        if unknown := sorted(target.only.keys() - set(facts)):
            known = ", ".join(facts) or "none without a metric"
            raise UsageError(
                f"{name}: {target.what!r} cannot be asked by {unknown[0]!r}; known: {known}"
            )
    return found


def beside(
    targets: Iterable[Target],
    process: Process,
    evaluations: Sequence[Evaluation] = (),
    in_use: str | None = None,
) -> Iterator[MeasuredTarget]:
    """Yield each target with what was measured of it.

    `in_use` is what evaluations call the model in use.
    """
    for target in targets:
        models = tuple(_scores(target.part, evaluations)) if target.part else ()
        found = next((each for each in models if each.slice["model"] == in_use), None)
        if target.metric is not None:
            metric = METRICS[target.metric]
            wanted = target.only.items()
            cases = (case for case in metric.cases(process) if wanted <= case.facts.items())
            found = next(measures(target.metric, metric.unit, cases, ()), None)
        last = models[-1] if models else None
        yield MeasuredTarget(target=target, measured=found or last, models=models)


def _scores(part: str, evaluations: Iterable[Evaluation]) -> Iterator[Measure]:
    """Yield what each model did on a part of suites when it was asked last, the oldest first."""
    latest: dict[str, tuple[Evaluation, SliceScore]] = {}
    for evaluation in sorted(evaluations, key=lambda each: (each.at, each.id)):
        score = next((each for each in evaluation.slices if each.name == part), None)
        if score is not None and score.n:
            latest.pop(evaluation.subject, None)
            latest[evaluation.subject] = evaluation, score
    for subject, (evaluation, score) in latest.items():
        yield Measure(
            metric=part,
            slice={
                "model": subject, "suite": evaluation.suite, "day": f"{evaluation.at:%Y-%m-%d}",
            },
            unit="share",
            n=score.n,
            value=score.passed / score.n,
            low=score.low,
            high=score.high,
        )  # fmt: skip


def of_metric(targets: Sequence[Target], metric: str) -> Target | None:
    """Return the target of a metric; None where nothing was hoped for."""
    return next((each for each in targets if each.metric == metric and not each.only), None)
