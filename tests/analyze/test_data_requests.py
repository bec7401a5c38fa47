"""Which examples the rules ask for that attempts break."""

from __future__ import annotations

from tracemill.analyze.conclusions.data_requests import data_requests
from tracemill.records.events.team_artifacts import ArtifactReport, RuleVerdict


def attempt(path: str | None, *, is_right: bool) -> ArtifactReport:
    broken = () if is_right else (RuleVerdict(rule="has_title"),)
    return ArtifactReport(
        artifact_type="view", file_path=path, validation_passed=is_right, validation_errors=broken
    )


def test_a_rule_that_most_attempts_break_asks_for_examples() -> None:
    (found,) = data_requests(
        [attempt(f"{n}.py", is_right=n == 3) for n in range(4)] + [attempt("0.py", is_right=True)]
    ).requests

    assert (found.rule, found.wanted, found.n_broken, found.n_judged) == (
        "has_title", "examples", 3, 5,
    )  # fmt: skip
    assert found.low < found.share < found.high
    assert (found.n_mended, found.n_kept) == (1, 2)


def test_attempts_that_name_nothing_mend_nothing() -> None:
    tries = [attempt(None, is_right=n % 2 == 1) for n in range(6)]
    (found,) = data_requests(tries).requests

    assert (found.n_broken, found.n_mended) == (3, 0)
