"""Which tests failed in one run and passed in a later one: the proof that something was fixed.

A module that could not be collected is fixed when its tests run. Runs whose time is unknown have
no order, and are left out. Two runs that share less than half of the tests of the smaller one are
not runs of the same tests. That a flaky test passes proves nothing, so it is never fixed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from tracemill.base.ids import make_id
from tracemill.link.gates.reported_tests import ReportedTest, RunOfTests
from tracemill.records.events.gates import FixedTest, FixPair

_SAME_TESTS: Final = 0.5


def compare_runs(
    before: RunOfTests, after: RunOfTests, wanted: Collection[str] | None = None
) -> FixPair | None:
    """Return what was fixed from one run to a later one; None where nothing was.

    Args:
        before: the earlier run.
        after: the later run.
        wanted: the tests and modules to look at; all unless given.
    """
    shared = before.tests.keys() & after.tests.keys()
    failed = {key for key in shared if before.tests[key].has_failed}
    failing = {key for key in shared if after.tests[key].has_failed}
    looked_at = [*failed, *before.uncollected] if wanted is None else wanted
    fixed = [key for key in sorted(looked_at) if before.has_failed(key) and after.has_passed(key)]
    tests = [key for key in fixed if key in failed]
    modules = [key for key in fixed if key in before.uncollected]
    smaller = min(len(before.tests), len(after.tests))
    if not modules and (not tests or len(shared) < _SAME_TESTS * smaller):
        return None
    return FixPair(
        id=make_id("fix", before.run.id, after.run.id),
        before_id=before.run.id,
        after_id=after.run.id,
        before_at=before.run.at,
        after_at=after.run.at,
        fixed=tuple(_fixed(before.tests[key], after.tests[key].result_id) for key in tests),
        collected=tuple(_fixed(before.uncollected[key], None) for key in modules),
        n_shared=len(shared),
        n_still_failing=len(failed & failing),
        n_broken=sum(before.tests[key].status == "passed" for key in failing),
        is_green=after.run.status == "passed",
    )


def _fixed(before: ReportedTest, after_id: str | None) -> FixedTest:
    name = f"{before.suite}::{before.name}" if before.suite else before.name
    return FixedTest(name=name, before_id=before.result_id, after_id=after_id)


def find_fix_pairs(
    runs: Iterable[RunOfTests], flaky: Collection[str] = frozenset()
) -> list[FixPair]:
    """Return each pair of runs between which something was fixed, in the order of time.

    Tests of the keys `flaky` are never fixed.

    What passes in a run is compared with its last known outcome. Where that is a failure, the
    last one that the same source read is taken if it is one too, so that the reports of one
    run by several writers make one pair.
    """
    latest: dict[str, RunOfTests] = {}
    latest_by_source: dict[tuple[str, str], RunOfTests] = {}
    found: list[FixPair] = []
    for run in sorted((run for run in runs if run.run.at), key=_order):
        source = run.run.origin.source
        fixed: defaultdict[str, list[str]] = defaultdict(list)
        earlier: dict[str, RunOfTests] = {}
        for key in _passed(run):
            if key in flaky:
                continue
            before = _failure(key, latest, latest_by_source.get((source, key)))
            if before is not None:
                earlier[before.run.id] = before
                fixed[before.run.id].append(key)
        for before in sorted(earlier.values(), key=_order):
            pair = compare_runs(before, run, fixed[before.run.id])
            found += [pair] if pair is not None else []
        for key in _decided(run):
            latest[key] = latest_by_source[source, key] = run
    return found


def _order(run: RunOfTests) -> tuple[float, str]:
    assert run.run.at is not None
    return run.run.at.timestamp(), run.run.id


def _passed(run: RunOfTests) -> Iterator[str]:
    yield from (key for key, test in run.tests.items() if test.status == "passed")
    yield from sorted(run.modules - run.tests.keys())


def _decided(run: RunOfTests) -> Iterator[str]:
    """Yield the tests and modules of which a run says that they pass or fail."""
    yield from (
        key for key, test in run.tests.items() if test.status == "passed" or test.has_failed
    )
    yield from run.modules
    yield from run.uncollected


def _failure(
    key: str, latest: Mapping[str, RunOfTests], own: RunOfTests | None
) -> RunOfTests | None:
    """Return the run in which something failed last, unless it has passed since."""
    before = latest.get(key)
    if before is None or not before.has_failed(key):
        return None
    return own if own is not None and own.has_failed(key) else before
