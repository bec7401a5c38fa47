"""Several metrics of the same slices beside one another: of recipes, of versions of a prompt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracemill.analyze import METRICS
from tracemill.analyze.cases import measures
from tracemill.flows.process import read_process
from tracemill.records.patterns import Measure
from tracemill.store.workspace import Workspace


class Slice(NamedTuple):
    """One slice of the work."""

    name: str
    """What all of it has in common, for example the name of a recipe."""
    metrics: Mapping[str, Measure]
    """By metric: what it is of this slice; one that counts nothing here is absent."""


def slices_by(workspace: Workspace, fact: str, metrics: Iterable[str]) -> list[Slice]:
    """Return the slices that a fact makes, by name, each with its metrics.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    process = read_process(workspace)
    found: dict[str, dict[str, Measure]] = {}
    for name in metrics:
        metric = METRICS[name]
        cases = [case for case in metric.cases(process) if fact in case.facts]
        for measure in measures(name, metric.unit, cases, (fact,)):
            found.setdefault(measure.slice[fact], {})[name] = measure
    return [Slice(name, found[name]) for name in sorted(found)]
