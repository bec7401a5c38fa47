"""Where a model fails, beside what it was shown and what work asks for."""

from __future__ import annotations

from datetime import UTC, datetime

from tracemill.evaluate.gaps import gaps
from tracemill.records.models.evaluations import Evaluation, SliceScore
from tracemill.records.models.gaps import Gap


def score(name: str, n: int, passed: int) -> SliceScore:
    return SliceScore(name=name, n=n, passed=passed, low=0.0, high=1.0)


def test_what_fails_most_stands_first_and_what_no_case_asks_for_behind_it() -> None:
    evaluation = Evaluation(
        id="e", suite_id="s", suite="replay", subject="m", at=datetime(2026, 1, 1, tzinfo=UTC),
        slices=(
            score("all", 9, 2), score("check:tool", 9, 2), score("answer", 2, 1),
            score("context:to_2k", 9, 2), score("turn:1", 9, 2),
            score("tool:Read", 4, 4), score("tool:Grep", 5, 1), score("tool:Edit", 5, 1),
        ),
        confusions={"Grep -> Read": 3, "Grep -> answer": 1, "answer -> Read": 1, "Edit -> Bash": 4},
    )  # fmt: skip
    examples = {"tool:Grep": 20, "tool:Edit": 2, "answer": 7}
    sessions = {"Grep": 9, "Edit": 8, "Glob": 3, "Task": 5}

    assert gaps(evaluation, examples, sessions) == (
        Gap(part="tool:Edit", n_cases=5, n_failed=4, n_examples=2, n_sessions=8,
            instead={"Bash": 4}),
        Gap(part="tool:Grep", n_cases=5, n_failed=4, n_examples=20, n_sessions=9,
            instead={"Read": 3, "answer": 1}),
        Gap(part="answer", n_cases=2, n_failed=1, n_examples=7, n_sessions=None,
            instead={"Read": 1}),
        Gap(part="tool:Read", n_cases=4, n_failed=0, n_examples=0, n_sessions=0),
        Gap(part="tool:Task", n_cases=0, n_failed=0, n_examples=0, n_sessions=5),
        Gap(part="tool:Glob", n_cases=0, n_failed=0, n_examples=0, n_sessions=3),
    )  # fmt: skip
