"""Planted branches: what a requirement leads to, which check a criterion means, whom to follow."""

from __future__ import annotations

import pytest

from tracemill.label.outcomes.expected_work import (
    KnownBranch,
    example_label,
    expected_calls,
    expected_checks,
)
from tracemill.records.events.team_branches import BranchStatus
from tracemill.records.sessions.activity import CheckKind

PLANTED = [
    KnownBranch(["JWT token generation"], frozenset({"Read", "create_service", "pytest"})),
    KnownBranch(["Generate a JWT token for guests"], frozenset({"Read", "create_service"})),
    KnownBranch(["Log-in page", "Refresh JWT tokens"], frozenset({"Read", "create_view"})),
    KnownBranch(["Dark theme of the settings page"], frozenset({"Read", "create_view"})),
    KnownBranch(["Faster search of orders"], frozenset({"Read", "create_index", "pytest"})),
]


def test_a_requirement_leads_to_what_branches_like_it_called_more_than_others() -> None:
    found = expected_calls("Generating JWT tokens", PLANTED)

    assert (found.of_like, found.of_others) == (3, 2)
    assert [(call.name, call.n_like, call.n_others) for call in found.calls] == [
        ("create_service", 2, 0)
    ], "what every branch calls, or most others do, tells nothing"


def test_of_one_branch_all_that_it_called_is_told_as_a_case() -> None:
    found = expected_calls("Faster search of orders", PLANTED[4:])

    assert (found.of_like, found.of_others) == (1, 0)
    assert {call.name for call in found.calls} == {"Read", "create_index", "pytest"}
    assert all(call.n_like == 1 for call in found.calls)


def test_nothing_is_expected_of_what_nobody_built() -> None:
    found = expected_calls("Export to spreadsheets", PLANTED)

    assert (found.of_like, found.calls) == (0, ())


@pytest.mark.parametrize(
    ("text", "checks", "passed"),
    [
        ("All tests pass", ("test",), True),
        ("Ruff and mypy are clean", ("lint", "types"), False),
        ("No type errors", ("types",), False),
        ("The project builds", ("build",), None),
        ("Tests pass and it compiles", ("test", "build"), None),
        ("People can log in", (), None),
    ],
)
def test_a_criterion_means_the_check_that_it_names(
    text: str, checks: tuple[CheckKind, ...], passed: bool | None
) -> None:
    (found,) = expected_checks([text], {"test": True, "lint": True, "types": False})

    assert (found.checks, found.passed) == (checks, passed)


@pytest.mark.parametrize(
    ("status", "is_taken_back", "label"),
    [
        ("merged", False, "positive"),
        ("merged", True, "negative"),
        ("merged", None, "unknown"),
        ("closed", None, "negative"),
        ("open", None, "unknown"),
    ],
)
def test_a_branch_is_followed_once_it_stood(
    status: BranchStatus, is_taken_back: bool | None, label: str
) -> None:
    assert example_label(status, is_taken_back=is_taken_back) == label
