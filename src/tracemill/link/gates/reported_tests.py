"""The tests of a gate run by their identity, so that runs can be compared.

A test is known by its suite and name, however its report spells them: `a/test_b.py::C` and
`a.test_b.C` are one suite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import NamedTuple, Self

from tracemill.records.events.gates import FAILING, GateRun, ResultStatus


class ReportedTest(NamedTuple):
    """What one result of a gate run says of a test, or of a module that holds tests."""

    result_id: str
    suite: str | None
    name: str
    status: ResultStatus
    attempts: int | None = None
    """How often it was run, where the runner repeats tests that fail."""

    @property
    def has_failed(self) -> bool:
        """Whether it failed or ended in error."""
        return self.status in FAILING


class RunOfTests:
    """A run and its tests by key; of several results of one test a failing one counts."""

    def __init__(self, run: GateRun, tests: Iterable[ReportedTest]) -> None:
        self.run = run
        self.tests: dict[str, ReportedTest] = {}
        self.uncollected: dict[str, ReportedTest] = {}
        """Modules that could not be collected."""
        for test in tests:
            is_module = test.suite is None and test.status == "error"
            known = self.uncollected if is_module else self.tests
            key = key_of_test(test.suite, test.name)
            if key not in known or test.has_failed:
                known[key] = test
        suites = {_dotted(test.suite) for test in self.tests.values() if test.suite}
        self.modules = frozenset(module for suite in suites for module in _modules(suite))
        """Names of modules that may hold its tests."""

    def of(self, run: GateRun) -> Self:
        """Return the same tests as those of a run of which more is known."""
        twin = copy(self)
        twin.run = run
        return twin

    def has_failed(self, key: str) -> bool:
        """Tell whether a test failed, or a module could not be collected."""
        test = self.uncollected.get(key) or self.tests.get(key)
        return test is not None and test.has_failed

    def has_passed(self, key: str) -> bool:
        """Tell whether a test passed, or a module's tests were run."""
        test = self.tests.get(key)
        return key in self.modules if test is None else test.status == "passed"


def key_of_test(suite: str | None, name: str) -> str:
    """Return what a test is known by, whoever reports it."""
    return f"{_dotted(suite)}::{name}" if suite else _dotted(name)


def _dotted(suite: str) -> str:
    path, _, rest = suite.partition("::")
    if not path.endswith(".py"):
        return suite
    module = path.removesuffix(".py").replace("/", ".")
    return ".".join([module, *rest.split("::")]) if rest else module


def _modules(suite: str) -> Iterator[str]:
    """Yield the names of all that may hold a suite, itself included."""
    parts = suite.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))
