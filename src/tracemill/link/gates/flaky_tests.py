"""Flaky tests: they pass and fail on the same code, so neither verdict proves anything.

Two things show it. A runner that repeats what fails says how often a test was run until it passed.
And of one commit a test may have failed in one run and passed in another. Runs of one commit on
several platforms or with several sets of settings are told apart by their tool, its version,
their title and folder; where a report says none of these, they look like one. A run whose commit
is unknown proves nothing by itself: what lay between two such runs may have been a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tracemill.base.ids import make_id
from tracemill.link.gates.reported_tests import ReportedTest, RunOfTests
from tracemill.records.events.gates import FlakyProof, FlakyTest, GateRun


class _Setting(NamedTuple):
    """What must be the same for two runs to say the same of a test."""

    commit: str | None
    key: str
    gate: str
    tool: str | None
    tool_version: str | None
    title: str | None
    root: str | None


class _Outcome(NamedTuple):
    run: GateRun
    test: ReportedTest


def find_flaky_tests(runs: Iterable[RunOfTests]) -> list[FlakyTest]:
    """Return each flaky test once for each commit and kind of proof, in the order of names."""
    outcomes: defaultdict[_Setting, list[_Outcome]] = defaultdict(list)
    found: list[FlakyTest] = []
    for run in runs:
        for key, test in run.tests.items():
            outcome = _Outcome(run.run, test)
            if test.status == "passed" and (test.attempts or 1) > 1:
                found.append(_flaky(key, "repeated", [outcome]))
            elif run.run.commit is not None:
                outcomes[_setting(run.run, key)].append(outcome)
    for setting, of_one in outcomes.items():
        if {"passed", "failed"} <= set(_verdicts(of_one)):
            found.append(_flaky(setting.key, "same_commit", of_one))
    return sorted(found, key=lambda flaky: (flaky.name, flaky.id))


def _setting(run: GateRun, key: str) -> _Setting:
    return _Setting(run.commit, key, run.gate, run.tool, run.tool_version, run.title, run.root)


def _verdicts(outcomes: Iterable[_Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.test.has_failed:
            yield "failed"
        elif outcome.test.status == "passed":
            yield "passed"


def _flaky(key: str, proof: FlakyProof, outcomes: Sequence[_Outcome]) -> FlakyTest:
    passed = [one for one in outcomes if one.test.status == "passed"]
    failed = [one for one in outcomes if one.test.has_failed]
    runs = {one.run.id: one.run for one in (*passed, *failed)}
    attempts = max(one.test.attempts or 1 for one in outcomes) if proof == "repeated" else None
    return FlakyTest(
        id=make_id("flaky", key, proof, *sorted(runs)),
        name=key,
        gate=outcomes[0].run.gate,
        proof=proof,
        commit=outcomes[0].run.commit,
        run_ids=tuple(sorted(runs)),
        failed_ids=tuple(sorted(one.test.result_id for one in failed)),
        passed_ids=tuple(sorted(one.test.result_id for one in passed)),
        attempts=attempts,
        last_at=max((run.at for run in runs.values() if run.at), default=None),
    )
