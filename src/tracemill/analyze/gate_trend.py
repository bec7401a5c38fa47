"""What gates counted from run to run, so that nothing gets worse without a word.

Runs of one gate, tool, title and place make a series, in the order of time; of several at one
commit the last counts. Each is compared with the last one before it that looked at the same things:
half of the tests of the smaller one, or as long as no test is named, between half and twice as many
results. A test that is gone is as bad as one that is skipped: both hide what fails.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from msgspec import structs

from tracemill.base.clock import moment_key
from tracemill.records.events.gates import FAILING, GateRun
from tracemill.records.process.gate_trend import NotCompared, TrendPoint, Worsening

_HALF: Final = 0.5
_LEAST: Final = 0.0005
"""Share of lines below which coverage only wavers."""
_LOOKED_AT: Final = 50
"""Runs of a series behind one among which one of the same tests is looked for."""
_WHOLE: Final = 0.9
"""Share of the results before from which a run is no run of some tests only."""
_MOST_SHOWN: Final = 20
_COUNTED: Final = frozenset({"test"})
"""Gates whose results are the things that they looked at; others only tell of faults."""


class SeenCommit(NamedTuple):
    """The commit that a run looked at, and how sure that is."""

    sha: str
    confidence: float


class _Series(NamedTuple):
    source: str
    place: str
    gate: str
    tool: str | None
    title: str | None
    branch: str | None


def trend(
    runs: Iterable[GateRun],
    commits: Mapping[str, SeenCommit],
    tests: Mapping[str, Mapping[str, str]],
) -> list[TrendPoint]:
    """Return what each gate counted, run by run, the newest first.

    `commits` are those that runs looked at, `tests` what they said of each test, by the run. A run
    of unknown moment has no place.
    """
    series: defaultdict[_Series, list[GateRun]] = defaultdict(list)
    for run in runs:
        if run.at is not None:
            series[_series(run)].append(run)
    found = [point for held in series.values() for point in _points(held, commits, tests)]
    return sorted(found, key=lambda point: (-point.at.timestamp(), point.id))


def _series(run: GateRun) -> _Series:
    place = run.root or run.origin.uri.rpartition("/")[0]
    return _Series(run.origin.source, place, run.gate, run.tool, run.title, run.branch)


def _points(
    runs: list[GateRun],
    commits: Mapping[str, SeenCommit],
    tests: Mapping[str, Mapping[str, str]],
) -> Iterator[TrendPoint]:
    ordered = sorted(runs, key=lambda run: (moment_key(run.at), run.id))
    last: dict[str, GateRun] = {}
    for run in ordered:
        seen = commits.get(run.id)
        name = seen.sha if seen is not None else run.id
        last.pop(name, None)
        last[name] = run
    behind: deque[GateRun] = deque(maxlen=_LOOKED_AT)
    for run in last.values():
        alike = (each for each in reversed(behind) if _are_alike(run, each, tests))
        before = next(alike, None)
        point = _point(run, before, commits.get(run.id), is_first=not behind)
        broken = _broken(tests.get(run.id, {}), tests.get(before.id, {})) if before else ()
        yield structs.replace(point, broken=broken)
        behind.append(run)


def _point(
    run: GateRun, compared: GateRun | None, seen: SeenCommit | None, *, is_first: bool
) -> TrendPoint:
    assert run.at is not None, "only these have a place"
    why: NotCompared | None = None
    if compared is None:
        why = "first" if is_first else "other_tests"
    coverage = run.coverage
    return TrendPoint(
        id=run.id,
        before_id=compared.id if compared else None,
        gate=run.gate,
        tool=run.tool,
        title=run.title,
        at=run.at,
        commit=seen.sha if seen else None,
        confidence=seen.confidence if seen else None,
        status=run.status,
        failing=_failing(run),
        passing=run.totals.get("passed", 0),
        skipped=run.totals.get("skipped", 0),
        line_rate=coverage.line_rate if coverage else None,
        branch_rate=coverage.branch_rate if coverage else None,
        worse=tuple(_worse(run, compared)) if compared else (),
        not_compared=why,
    )


def _failing(run: GateRun) -> int:
    return run.totals.get("failed", 0) + run.totals.get("error", 0)


def _are_alike(run: GateRun, other: GateRun, tests: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether two runs looked at the same things."""
    if run.gate not in _COUNTED:
        return True
    named, others = set(tests.get(run.id, ())), set(tests.get(other.id, ()))
    if named and others:
        return len(named & others) >= _HALF * min(len(named), len(others))
    one, two = sum(run.totals.values()), sum(other.totals.values())
    return min(one, two) >= _HALF * max(one, two)


def _broken(now: Mapping[str, str], then: Mapping[str, str]) -> tuple[str, ...]:
    """Return the tests that passed before and fail, some of very many."""
    found = (name for name, said in now.items() if said in FAILING and then.get(name) == "passed")
    return tuple(sorted(found))[:_MOST_SHOWN]


def _worse(run: GateRun, before: GateRun) -> Iterator[Worsening]:
    if before.status == "passed" and run.status in {"failed", "error"}:
        yield "verdict"
    failing, failed = _failing(run), _failing(before)
    if failing > failed:
        yield "failing"
    passes, passed = run.totals.get("passed", 0), before.totals.get("passed", 0)
    is_whole = sum(run.totals.values()) >= _WHOLE * sum(before.totals.values())
    if run.gate in _COUNTED and is_whole and passes < passed and failing <= failed:
        yield "passing"
    if run.totals.get("skipped", 0) > before.totals.get("skipped", 0):
        yield "skipped"
    now, then = run.coverage, before.coverage
    if now is not None and then is not None:
        if _is_less(now.line_rate, then.line_rate):
            yield "lines"
        if _is_less(now.branch_rate, then.branch_rate):
            yield "branches"


def _is_less(now: float | None, then: float | None) -> bool:
    return now is not None and then is not None and then - now > _LEAST
