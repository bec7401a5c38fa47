"""Proposals say what the record says, where the prompt says it, and why."""

import re
from typing import Any

import pytest

from tests.analyze.histories import Team
from tracemill.analyze import find_patterns
from tracemill.analyze.process import Process
from tracemill.prompts import Prompt, suggest
from tracemill.records.process.patterns import Pattern
from tracemill.records.process.suggestions import Suggestion

PROMPT = Prompt(
    "ai/prompts/architect.yaml",
    (
        ("", "You are an architect."),
        (
            "API contract",
            "# API contract\nWrite the contract with endpoints and error definitions.\n",
        ),
    ),
)


def patterns(**planted: Any) -> tuple[Pattern, ...]:
    return find_patterns(Process(Team(1, **planted).history(120))).patterns


def one(kind: str, prompts: list[Prompt], roles: dict[str, str], **planted: Any) -> Suggestion:
    found = suggest(patterns(**planted), roles, prompts).suggestions
    return next(each for each in found if each.suggestion_type == kind)


def roles_of(found: tuple[Pattern, ...], role: str) -> dict[str, str]:
    return {pattern.id: role for pattern in found}


def test_a_failing_gate_asks_for_a_clearer_constraint_where_the_prompt_speaks_of_it() -> None:
    planted = {"fails": {"api_contract": 0.4}}
    roles = roles_of(patterns(**planted), "architect")
    made = one("constraint_clarity", [PROMPT], roles, **planted)
    change = made.proposed_change
    assert made.agent_role == "architect"
    assert change.prompt_file == PROMPT.path
    assert change.section == "API contract"
    assert change.old_text is not None
    assert any(change.old_text in text for _, text in PROMPT.sections)
    assert change.new_text.startswith(change.old_text)
    assert "missing error definitions" in change.new_text
    assert made.evidence["root_cause_count"] > 1  # type: ignore[operator]
    assert 0.2 < (made.expected_impact.gate_success_improvement or 0) < 0.4
    assert made.records


@pytest.mark.parametrize(
    ("kind", "planted", "role"),
    [
        ("example_addition", {"fails": {"tests": 0.7}}, "engineer"),
        ("context_enrichment", {"overridden": {"tech_stack": 0.9}}, None),
        ("role_handoff_improvement", {"fails": {"docs": 0.5}}, "engineer"),
        ("decision_framework", {"sure_of": {"70": 0.2}}, "qa"),
    ],
)
def test_each_rule_has_its_pattern(kind: str, planted: dict[str, Any], role: str | None) -> None:
    made = [
        each
        for each in suggest(patterns(**planted), {}, []).suggestions
        if each.suggestion_type == kind
    ]
    assert role in {each.agent_role for each in made}
    for each in made:
        assert each.proposed_change.prompt_file is None
        assert each.proposed_change.old_text is None
        assert "{" not in each.proposed_change.new_text + each.proposed_change.rationale


def test_names_are_unique_and_stay() -> None:
    found = patterns(fails={"tests": 0.7, "docs": 0.5}, overridden={"tech_stack": 0.9})
    names = [each.suggestion_id for each in suggest(found, {}, []).suggestions]
    assert len(set(names)) == len(names) > 3
    assert all(re.fullmatch(r"SUG-\d{4}-\d{2}-\d{3}", name) for name in names)
    assert names == [each.suggestion_id for each in suggest(found[::-1], {}, []).suggestions]


def test_what_may_be_chance_proposes_nothing() -> None:
    found = patterns()
    assert suggest(found, {}, []).suggestions == ()
    assert sum(suggest(found, {}, []).left_out.values()) == len(found)
