"""What got worse lately is found, with what came in at that time, and chance is not."""

from typing import Any

import pytest

from tests.analyze.projects import Projects
from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.conclusions.patterns import read_rules
from tracemill.analyze.process import Process
from tracemill.base.errors import UsageError
from tracemill.records.process.patterns import Pattern


def found(kind: str, n_before: int = 40, n_now: int = 10, **changed: Any) -> list[Pattern]:
    made = Projects()
    process = Process(made.make(n_before) + made.make(n_now, **changed))
    return [
        each
        for each in find_patterns(process).patterns
        if each.kind == kind and each.verdict == "found"
    ]


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"model": "mini-2"}, "new is the model of the engineer: mini-2 (10 of 10 projects)"),
        ({"prompt": "engineer.v2.0"}, "new is the prompt version of the engineer: engineer.v2.0"),
        ({"domain": "fintech"}, "new is the domain: fintech"),
        ({"team_size": 9}, "new is the team size"),
    ],
)
def test_a_fall_of_quality_is_told_with_what_came_in(changed: dict[str, Any], cause: str) -> None:
    (pattern,) = found("quality_regression", quality=0.7, **changed)

    assert pattern.measure.metric == "quality_score"
    assert pattern.measure.n == 10
    assert pattern.beside == pytest.approx(0.9, abs=0.02)
    (reason,) = pattern.reasons
    assert reason.text.startswith(cause)
    assert len(reason.examples) == 10


def test_a_fall_without_a_cause_names_none() -> None:
    (pattern,) = found("quality_regression", coverage=0.5)

    assert (pattern.measure.metric, pattern.reasons) == ("test_coverage", ())
    assert "tests cover 0.5" in pattern.says


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("quality_regression", {"passes": 0.3}),
        ("token_regression", {"prompt": "engineer.v2.0", "tokens": 9_000}),
        ("autonomy_shift", {"overridden": 0.9}),
        ("autonomy_shift", {"escalations": 1.0}),
        ("downstream_rejections", {"sent_back": 0.9}),
    ],
)
def test_what_was_planted_is_found(kind: str, changed: dict[str, Any]) -> None:
    assert found(kind, n_now=20, **changed)


@pytest.mark.parametrize(
    "changed", [{}, {"quality": 0.85}, {"model": "mini-2"}, {"quality": 0.99}, {"tokens": 3_000}]
)
def test_no_fall_of_a_tenth_is_no_alarm(changed: dict[str, Any]) -> None:
    for kind in ("quality_regression", "token_regression", "autonomy_shift"):
        assert found(kind, **changed) == []


def test_too_few_projects_before_are_not_asked() -> None:
    assert found("quality_regression", n_before=9, quality=0.3) == []


def test_a_version_is_beside_the_one_before_it_and_not_beside_all() -> None:
    made = Projects()
    history = [
        each
        for version, tokens in (("engineer.v1.0", 3_000), ("engineer.v2.0", 9_000))
        for each in made.make(20, prompt=version, tokens=tokens)
    ]
    history += made.make(20, prompt="engineer.v3.0", tokens=9_000)
    told = [
        each.measure.slice["prompt_version"]
        for each in find_patterns(Process(history)).patterns
        if each.kind == "token_regression"
    ]

    assert told == ["engineer.v2.0"]


def test_complaints_are_counted_where_any_is_held() -> None:
    made = Projects()
    silent = Process(made.make(10))
    some = Process(made.make(10) + made.make(10, sent_back=1.0))
    metric = METRICS["downstream_rejection_rate"]

    assert list(metric.cases(silent)) == []
    cases = list(metric.cases(some))
    assert [sum(case.value for case in cases), len(cases)] == [10, 20]
    assert {case.reason for case in cases if case.value} == {"no error codes"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ('by = []\nbeside = "less"', "expected facts in by"),
        ("by = []\nlast = 10\nabove = 0.1", "last and after go with beside"),
        ('by = []\nlast = 1\nbeside = "less"', "last"),
    ],
)
def test_a_rule_that_cannot_be_asked_is_refused(fields: str, says: str) -> None:
    text = f'[[rule]]\nkind = "k"\nmetric = "quality_score"\nsays = "it fell"\n{fields}\n'
    with pytest.raises(UsageError, match=says):
        read_rules(text)
