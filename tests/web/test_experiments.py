"""Experiments on their pages: filed, decided and taken back by people who mean it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.letting_in import let_in
from tests.web.places import ORIGIN
from tracemill.capture import emit
from tracemill.flows.experiments.experiments import list_experiments, start
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.process.experiments import ExperimentPlan, PlannedMetric
from tracemill.store.workspace import Workspace

OURS = {"Origin": ORIGIN}
NOW = datetime(2030, 1, 1, tzinfo=UTC)
PLAN = ExperimentPlan(
    name="errors", says="errors are asked for", control="architect.v1.0",
    treatment="architect.v1.1", horizon=40, minimum_effect=0.2,
    target=PlannedMetric(metric="gate_failure_rate", better="less"),
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "ws")
    for number in range(12):
        told = {
            "gate_id": "api_contract", "agent_role": "architect", "project_id": f"p{number}",
            "retry_attempt": 1, "validation_result": "fail" if number % 2 else "pass",
        }  # fmt: skip
        assert emit("gate", told, workspace=workspace.root)
    (tmp_path / "in").mkdir()
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [tmp_path / "in"], nothing_else, Options(workers=1), lambda _: None)
    start(workspace, PLAN, "Ada", datetime(2026, 3, 1, tzinfo=UTC))
    return workspace


@pytest.fixture
def browser(workspace: Workspace) -> Iterator[TestClient]:
    with let_in(workspace) as client:
        yield client


def state(workspace: Workspace) -> str:
    (row,) = list_experiments(workspace, NOW).experiments
    return row.state


def test_a_list_says_what_is_still_needed(browser: TestClient) -> None:
    shown = browser.get("/experiments").text
    assert "architect.v1.1" in shown
    assert "gate failures" in shown


def test_a_page_asks_the_three_questions(browser: TestClient) -> None:
    shown = browser.get("/experiments/errors").text
    for question in ("Does it help?", "Does it harm?", "Is it worth it?"):
        assert question in shown


@pytest.mark.parametrize(
    "given",
    [{"by": "Ada"}, {"sure": "yes", "by": "Ada"}, {"sure": "yes", "experiment": "errors"}],
    ids=["nobody means it", "about nothing", "by nobody"],
)
@pytest.mark.parametrize("change", ["keep-control", "stop", "roll-out", "other"])
def test_nothing_changes_unless_somebody_means_it(
    browser: TestClient, workspace: Workspace, change: str, given: dict[str, str]
) -> None:
    answer = browser.post(f"/experiments/do/{change}", data=given, headers=OURS)
    assert (answer.status_code, state(workspace)) == (409, "running")


def test_a_treatment_that_is_not_shown_to_help_is_not_chosen(
    browser: TestClient, workspace: Workspace
) -> None:
    asked = {"experiment": "errors", "by": "Ada", "sure": "yes"}
    answer = browser.post("/experiments/do/choose-treatment", data=asked, headers=OURS)
    assert (answer.status_code, state(workspace)) == (409, "running")


def test_an_experiment_is_stopped_on_its_page(browser: TestClient, workspace: Workspace) -> None:
    asked = {"experiment": "errors", "by": "Ada", "sure": "yes", "reason": "no time"}
    answer = browser.post("/experiments/do/stop", data=asked, headers=OURS)
    assert answer.status_code == 200
    assert "no time" in answer.text
    assert state(workspace) == "stopped"
