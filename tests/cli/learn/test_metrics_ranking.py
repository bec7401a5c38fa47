"""`tracemill metrics calibration|rank|cases|completeness` on told events."""

import json
from pathlib import Path

import pytest

from tracemill.capture import emit
from tracemill.cli.app import call


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("ranking")
    (root / "in").mkdir()
    for number in range(60):
        about = {"project_id": f"p{number}", "agent_role": "architect"}
        is_right = number % 2 == 0
        stage = {**about, "stage_id": "design", "confidence": 90}
        assert emit("stage", stage, workspace=root / "ws")
        gate = {
            **about, "stage": "design", "gate_id": "contract", "retry_attempt": 1,
            "validation_result": "pass" if is_right else "fail", "auto_fix_applied": True,
            "auto_fix_strategy": "stub" if number % 3 else "refactor",
            "auto_fix_success": number % 3 > 0,
        }  # fmt: skip
        assert emit("gate", gate, workspace=root / "ws")
    assert call(["sync", str(root / "in"), "--workspace", str(root / "ws"), "--quiet"]) == 0
    return str(root / "ws")


def test_a_role_that_is_too_sure_is_told(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["metrics", "calibration", "--workspace", where]) == 0
    said = capsys.readouterr().out
    assert said.startswith("architect: overconfident")
    assert "50% of 60 (38% to 62%), said 90%" in said
    assert call(["metrics", "calibration", "--workspace", where, "--jsonl"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["role"], row["lean"], row["n_projects"]) == ("architect", "overconfident", 60)


def test_remedies_are_ranked(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    rank = ["metrics", "rank", "--metric", "auto_fix_success_rate", "--workspace", where]
    capsys.readouterr()
    assert call([*rank, "--by", "strategy", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["ranked"]
    assert [each["measure"]["slice"]["strategy"] for each in found] == ["stub", "refactor"]
    assert [each["verdict"] for each in found] == ["best", "worst"]
    assert call([*rank, "--by", "strategy"]) == 0
    assert "1      stub" in capsys.readouterr().out
    assert call(rank) == 2
    assert call([*rank, "--by", "moon"]) == 2
    assert call([*rank, "--by", "strategy", "--only", "project=none"]) == 3


def test_nobody_who_says_how_sure_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    emit("stage", {"stage_id": "s", "agent_role": "qa"}, workspace=tmp_path / "ws")
    common = ["--workspace", str(tmp_path / "ws")]
    assert call(["sync", str(tmp_path / "in"), *common, "--quiet"]) == 0
    capsys.readouterr()
    assert call(["metrics", "calibration", *common]) == 3
    assert "tell it as `confidence`" in capsys.readouterr().err


def test_what_a_metric_counts_is_listed_and_gives_the_metric(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = ["metrics", "cases", "--metric", "auto_fix_success_rate", "--workspace", where]
    only = ["--only", "strategy=stub"]
    capsys.readouterr()
    assert call([*cases, *only, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    values = [each["value"] for each in found["cases"]]
    assert len({each["record"]["id"] for each in found["cases"]}) == len(values) == 40
    assert sum(values) / len(values) == found["value"] == 1.0
    assert call([*cases, "--jsonl"]) == 0
    rows = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert sum(row["value"] for row in rows) == 40
    assert call([*cases, "--by", "strategy", "--limit", "2"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0].split()[:4] == ["ID", "AT", "VALUE", "STRATEGY"]
    assert "2 of 60 cases; together 67%" in said.err
    assert call([*cases, "--only", "strategy=none"]) == 3


def test_what_is_not_told_is_said_field_by_field(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["metrics", "completeness", "--workspace", where]) == 0
    said = capsys.readouterr()
    rows = {tuple(line.split()[:2]): line.split()[2:] for line in said.out.splitlines()}
    assert rows["gate", "retry_attempt"] == ["100%", "60", "of", "60"]
    assert rows["gate", "reason"] == ["0%", "0", "of", "30"]
    assert rows["stage", "prompt_version"] == ["0%", "0", "of", "60"]
    assert "nothing is held of: approval, feedback, escalation, survey, project" in said.err


def test_two_metrics_are_said_to_go_together_or_not(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["metrics", "correlate", "--metric", "gate_failure_rate", "--workspace", where]
    capsys.readouterr()
    assert call([*ask, "--with", "gate_first_pass_rate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["n_left_aside"], found["by"]) == (60, 0, "project")
    assert found["value"] == pytest.approx(-1.0)
    assert call([*ask, "--with", "stated_confidence"]) == 0
    assert "nobody can tell from 60 projects" in capsys.readouterr().out
    assert call([*ask, "--with", "auto_fix_success_rate", "--by", "project"]) == 0
    assert "over 60 projects, p " in capsys.readouterr().out
    assert call([*ask, "--with", "quality_score"]) == 3
    assert call([*ask, "--with", "nothing"]) == 2
    assert call([*ask, "--with", "retries", "--by", "colour"]) == 2
    assert call([*ask, "--with", "retries", "--by", "role", "--by", "gate"]) == 2
