"""Evaluations that another harness made, taken in as it judged them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import orjson

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.named_files import read_bytes
from tracemill.evaluate.foreign_results import ForeignResult, read_results
from tracemill.evaluate.running import Asked, freeze, sum_up
from tracemill.flows.models.evaluations import keep_evaluation
from tracemill.flows.models.suites import find_suite, keep_suite
from tracemill.records.models.evaluations import Evaluation, Suite
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace


class ImportedResults(Record, frozen=True, kw_only=True):
    """Evaluations that were read."""

    suite: Suite
    """The questions."""
    evaluations: tuple[Evaluation, ...]
    """What each model did."""
    drops: dict[str, int] = msgspec.field(default_factory=dict)
    """Results that were left out, counted by reason."""


def import_results(
    workspace: Workspace, files: Sequence[Path], suite: str, at: datetime
) -> ImportedResults:
    """Read what models did on the same questions; the questions become a suite.

    Of a question that a file answers several times for a model the last answer counts, and those
    before it are counted as `duplicate`.

    Raises:
        NotFoundError: a file does not exist, or no file holds a question with a verdict.
        UsageError: a file cannot be read, or its models did other questions.
    """
    by_model: dict[tuple[str, str], dict[str, ForeignResult]] = {}
    drops: Counter[str] = Counter()
    for path in files:
        for found in read_results(_document(path), path.stem):
            known = by_model.setdefault((found.model, str(path)), {})
            drops["duplicate"] += found.case.id in known
            known[found.case.id] = found
    if not by_model:
        raise NotFoundError("no question with a verdict in what was named; expected JSON")
    asked = {frozenset(results) for results in by_model.values()}
    if len(asked) > 1:
        told = "; ".join(f"{model}: {len(each)} questions" for (model, _), each in by_model.items())
        raise UsageError(f"expected results on the same questions, found {told}; import them apart")
    first = next(iter(by_model.values()))
    cases = [found.case for found in first.values()]
    keep_suite(workspace, freeze(suite, "results of another harness", cases, {}), cases, {})
    kept = find_suite(workspace, suite)
    return ImportedResults(
        suite=kept.suite,
        evaluations=tuple(
            keep_evaluation(
                kept,
                sum_up(
                    kept.suite,
                    Asked(model, origin=origin),
                    rows := [found.result for found in results.values()],
                    at,
                ),
                rows,
            )
            for (model, origin), results in by_model.items()
        ),
        drops=dict(+drops),
    )


def _document(path: Path) -> object:
    try:
        return orjson.loads(read_bytes(path, "log of results"))
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{str(path)!r} is no JSON document: {error}") from error
