"""Planted truth: what is in a history is found with its cause, and what is not is not."""

from typing import Any

import msgspec
import pytest

from tests.analyze.histories import Team
from tests.analyze.projects import Projects
from tracemill.analyze import METRICS, find_patterns, shipped_rules
from tracemill.analyze.conclusions.patterns import read_rules
from tracemill.analyze.process import Process
from tracemill.base.errors import UsageError
from tracemill.records.events.team_projects import StageReport
from tracemill.records.process.patterns import Pattern

N_NULL = 60


def found(seed: int, n_projects: int = 120, **planted: Any) -> list[Pattern]:
    report = find_patterns(Process(Team(seed, **planted).history(n_projects)))
    return [pattern for pattern in report.patterns if pattern.verdict == "found"]


def slices(patterns: list[Pattern], kind: str) -> list[dict[str, str]]:
    return [pattern.measure.slice for pattern in patterns if pattern.kind == kind]


@pytest.mark.parametrize(
    ("planted", "kind", "slice_"),
    [
        ({"fails": {"tests": 0.4}}, "gate_failure_root_causes", {"gate": "tests"}),
        ({"fails": {"tests": 0.7}}, "retry_hotspots", {"role": "engineer"}),
        ({"fails": {"docs": 0.4}}, "hand_offs", {"pair": "engineer → qa"}),
        ({"overridden": {"tech_stack": 0.8}}, "human_overrides", {"decision": "tech_stack"}),
        (
            {"tokens": {"engineer.v1.0": 8_000}},
            "token_efficiency",
            {"role": "engineer", "prompt_version": "engineer.v1.0"},
        ),
        ({"ships": {"mobile": 0.3}}, "recipe_effectiveness", {"recipe": "mobile"}),
        (
            {"fails": {"tests": 0.5}, "fixes": {"stub": 0.9, "refactor": 0.4}},
            "recovery_strategies",
            {"strategy": "refactor"},
        ),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_what_was_planted_is_found(
    seed: int, planted: dict[str, Any], kind: str, slice_: dict[str, str]
) -> None:
    assert slice_ in slices(found(seed, **planted), kind)


def test_the_root_cause_is_the_one_that_was_planted() -> None:
    (pattern,) = [
        pattern
        for pattern in found(1, fails={"api_contract": 0.4})
        if pattern.kind == "gate_failure_root_causes"
    ]
    assert pattern.reasons[0].text.startswith("missing error definitions")
    assert pattern.reasons[0].n > 3 * pattern.reasons[1].n
    assert pattern.reasons[0].examples


def test_overconfidence_is_told_of_the_fifth_that_shows_it() -> None:
    well = {"30": 0.3, "70": 0.75, "90": 0.9}
    over = well | {"70": 0.4}
    assert not slices(found(2, 300, sure_of=well), "overconfidence")
    told = slices(found(2, 300, sure_of=over), "overconfidence")
    assert {each["confidence"] for each in told} == {"60-80 %"}


def test_prompts_that_always_take_the_same_tokens_are_told_apart() -> None:
    made = Projects()
    work = [
        msgspec.structs.replace(
            each, report=msgspec.structs.replace(each.report, input_tokens=tokens)
        )
        for version, tokens in (("engineer.v1.0", 8_000), ("engineer.v2.0", 6_000))
        for each in made.make(12, prompt=version)
        if isinstance(each.report, StageReport)
    ]
    (pattern,) = find_patterns(Process(work)).patterns

    assert (pattern.kind, pattern.verdict) == ("token_efficiency", "found")
    assert "engineer.v1.0 takes 8,000 tokens" in pattern.says


def test_histories_without_an_effect_raise_few_false_alarms() -> None:
    alarms = sum(bool(found(seed, 40)) for seed in range(N_NULL))
    assert alarms <= 8  # of 60 with a chance of 5 % each, more than 8 come once in 300 times


def test_a_limit_itself_is_not_beyond_it() -> None:
    (rule,) = [r for r in shipped_rules() if r.kind == "gate_failure_root_causes"]
    reports = [
        report
        for report in Team(0).history(400)
        if getattr(report.report, "gate_id", None) == "docs"
    ]
    failed = [r for r in reports if getattr(r.report, "gate_result", "") == "fail"]
    passed = [r for r in reports if getattr(r.report, "gate_result", "") == "pass"]
    tenth = [*failed[:10], *passed[:90]]
    assert not find_patterns(Process(tenth), [rule]).patterns
    assert find_patterns(Process([*tenth, failed[10]]), [rule]).patterns[0].verdict != "found"


def test_the_order_of_reports_changes_nothing() -> None:
    reports = list(Team(3, fails={"tests": 0.4}).history(60))
    forward, backward = find_patterns(Process(reports)), find_patterns(Process(reports[::-1]))
    assert forward == backward


def test_nothing_held_is_no_pattern_and_says_so() -> None:
    report = find_patterns(Process([]))
    assert report.patterns == ()
    assert report.n_questions == 0
    assert len(report.skipped) == len({(rule.kind, rule.by) for rule in shipped_rules()})


def test_a_rule_that_names_what_no_slice_has_is_refused() -> None:
    rule = 'kind = "x"\nby = ["role"]\nmetric = "retries"\nabove = 1.0\nsays = "of {team}"\n'
    with pytest.raises(UsageError, match="says names team"):
        read_rules(f"[[rule]]\n{rule}")


def test_every_rule_asks_for_what_its_metric_knows() -> None:
    rules = list(shipped_rules())

    assert rules
    for rule in rules:
        assert set(rule.by) | set(rule.within) <= set(METRICS[rule.metric].facts) | {"platform"}


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ('metric = "no_such"', "unknown metric"),
        ('metric = "retries"', "expected one of"),
        ('metric = "retries"\nbelow = 1.0', "a mean is asked by"),
        ('metric = "gate_failure_rate"\nabove = 80', "0 to 1"),
        ("metric = 3", r"at 'rule\[0\].metric': expected `str`"),
        ("metric = ", "the rules 'patterns.toml' is no TOML"),
        ("metrics = 'retries'", "no such key: 'metrics'; do you mean 'metric'"),
    ],
)
def test_a_rule_that_cannot_be_asked_is_refused(rule: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_rules(f'[[rule]]\nkind = "x"\nby = ["role"]\nsays = ""\n{rule}\n')
