"""Stages are read from the shape that recipes have; anything else has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analyze.test_versions import Told
from tracemill.analyze.conclusions.recipe_proposals import proposals
from tracemill.analyze.process import Process
from tracemill.prompts.recipe_stages import stages_of
from tracemill.records.events.team_projects import GateReport, StageReport

RECIPE = """\
name: web_app
stages:
  - id: architecture
    role: architect
    inputs: ["docs/prd.md"]
    deliverables:
      - "api/openapi.yaml"
      - docs/tech.md
    approvals: ["human"]

  - id: uiux
    role: uiux_designer
    inputs:
      ["docs/prd.md"]
    deliverables: ["docs/wireframes.md"]
  - id: engineering
    inputs: ["docs/*.md", "api/**"]
    deliverables: ["src/**"]
  - id: qa
    inputs: ["src/**"]
    deliverables: []
other: 1
"""


def test_stages_come_in_their_order_with_what_they_need_and_make() -> None:
    found = stages_of(RECIPE)

    assert [stage.name for stage in found] == ["architecture", "uiux", "engineering", "qa"]
    assert [stage.role for stage in found] == ["architect", "uiux_designer", None, None]
    assert found[0].deliverables == ("api/openapi.yaml", "docs/tech.md")
    assert found[1].inputs == ("docs/prd.md",)
    assert found[3].deliverables == ()


@pytest.mark.parametrize("text", ["", "stages: none", "steps:\n  - id: a\n", "stages:\n- a\n- b\n"])
def test_other_shapes_have_no_stages(text: str) -> None:
    assert stages_of(text) == ()


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(stage.name for stage in stages_of(f"stages:\n{text}"))


def recorded(reason: str, failures: int) -> Process:
    told = Told()
    for number in range(20):
        for stage, seconds in (("architecture", 3_600), ("uiux", 1_800), ("qa", 60)):
            says = {"recipe_version": "web_app.v1.0"}
            told.add(f"p{number}", StageReport(stage_id=stage, duration_seconds=seconds), **says)
            told.add(f"p{number}", GateReport(
                gate_id=stage, stage=stage, retry_attempt=1, gate_result_reason=reason,
                gate_result="fail" if number < failures else "pass",
            ))  # fmt: skip
    process = Process(told.events)
    process.fill("recipe_version", lambda _: "web_app.v1.0")
    return process


def test_stages_that_need_nothing_of_one_another_could_run_side_by_side() -> None:
    found = list(proposals(recorded("", 0), "web_app.v1.0", stages_of(RECIPE)))

    assert [each.kind for each in found] == ["stage_reordering"]
    assert "architecture + uiux" in found[0].change
    assert found[0].expected_impact == "30 minutes less on the way"
    assert found[0].n == 20


def test_a_reason_asks_the_stage_before_or_the_stage_that_tests() -> None:
    found = list(proposals(recorded("no edge case of location", 8), "web_app.v1.0",
                           stages_of(RECIPE)))  # fmt: skip
    asked = {each.kind: each for each in found}

    assert "give the template of qa something to look at: no edge" in asked["qa_template"].change
    assert "ask the stage architecture for it" in next(
        each.change for each in found if "uiux say no" in each.rationale
    )
    assert "40% of the time, 8 times so" in asked["qa_template"].rationale
    assert "40 points" in (asked["qa_template"].expected_impact or "")


def test_without_a_version_only_the_text_speaks() -> None:
    found = list(proposals(Process([]), None, stages_of(RECIPE)))

    assert [(each.kind, each.expected_impact, each.n) for each in found] == [
        ("stage_reordering", None, 0)
    ]
