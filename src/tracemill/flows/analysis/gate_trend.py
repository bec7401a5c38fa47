"""What gates counted from commit to commit, read off what was kept. Read-only."""

from __future__ import annotations

from collections import Counter, defaultdict

from tracemill.analyze.gate_trend import SeenCommit, trend
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.held.lookup import require_kept
from tracemill.records.process.gate_trend import TrendPoint
from tracemill.records.refs import Count, Record
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class GateTrends(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What gates counted, run by run."""

    rows: tuple[TrendPoint, ...]
    """The newest first."""
    total: Count
    """How many there are."""
    n_compared: Count
    """Runs that are compared with one before."""
    n_worse: Count
    """Those in which anything got worse."""
    worse: dict[str, Count]
    """How often what got worse."""
    not_compared: dict[str, Count]
    """Runs that are compared with none, by why; `no_moment` where nothing says when they were."""


def gate_trends(workspace: Workspace, limit: int, *, is_worse_only: bool = False) -> GateTrends:
    """Return what gates counted, the newest first; 0 for all.

    Raises:
        NotFoundError: nothing is kept.
    """
    require_kept(workspace)
    lake = Lake(workspace.lake)
    facts = Facts(lake)
    links = list(lake.records(TABLES["links"]))
    facts.fold_reports(links)
    hashes = {commit.id: commit.sha for commit in facts.commits}
    seen = {run.id: SeenCommit(run.commit, 1.0) for run in facts.gate_runs if run.commit}
    for link in links:
        if link.method == "checked_after" and link.target.id in hashes:
            seen.setdefault(link.source.id, SeenCommit(hashes[link.target.id], link.confidence))
    points = trend(facts.gate_runs, seen, _tests(lake))
    worse = [point for point in points if point.worse]
    asked = worse if is_worse_only else points
    why = Counter(str(point.not_compared) for point in points if point.not_compared)
    why["no_moment"] = sum(run.at is None for run in facts.gate_runs)
    return GateTrends(
        rows=tuple(asked[: limit or None]),
        total=len(asked),
        n_compared=sum(point.not_compared is None for point in points),
        n_worse=len(worse),
        worse=dict(Counter(str(name) for point in worse for name in point.worse).most_common()),
        not_compared={name: n for name, n in sorted(why.items()) if n},
    )


def _tests(lake: Lake) -> dict[str, dict[str, str]]:
    """Return what runs said of each test, by the run and the test's name."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    columns = ["gate_run_id", "suite", "name", "status"]
    for batch in lake.batches(TABLES["gate_results"], columns=columns):
        rows = zip(*(batch.column(column).to_pylist() for column in columns), strict=True)
        for run, suite, name, status in rows:
            if name is not None:
                found[run][f"{suite}::{name}" if suite else name] = status
    return found
