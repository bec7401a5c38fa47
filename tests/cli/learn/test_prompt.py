"""`tracemill prompt suggest` in a workspace, from told events to YAML that others read."""

from pathlib import Path

import pytest
import yaml

from tracemill.cli.app import call


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    from tracemill.capture import emit

    root = tmp_path_factory.mktemp("prompt")
    where = root / "ws"
    (root / "in").mkdir()
    for number in range(60):
        payload = {
            "gate_id": "api_contract", "stage": "architecture", "agent_role": "architect",
            "project_id": f"project_{number}", "retry_attempt": 1,
            "validation_result": "fail" if number % 2 else "pass",
        }  # fmt: skip
        if number % 2:
            payload["validation_reason"] = "missing error definitions"
        assert emit("gate", payload, workspace=where)
    prompts = root / "in" / "ai" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "architect.md").write_text("# Contract\n\nWrite endpoints and error definitions.\n")
    assert call(["run", str(root / "in"), "--workspace", str(where), "--quiet"]) in (0, 4)
    return str(where)


def test_proposals_are_yaml_as_teams_know_it(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["prompt", "suggest", "--workspace", workspace]) == 0
    (found,) = yaml.safe_load(capsys.readouterr().out)
    assert found["agent_role"] == "architect"
    assert found["suggestion_type"] == "constraint_clarity"
    assert {"root_cause": "missing error definitions"} in found["evidence"]
    assert found["proposed_change"]["old_text"] == "Write endpoints and error definitions."
    assert found["expected_impact"]["gate_success_improvement"] == 0.5


def test_nothing_kept_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["prompt", "suggest", "--workspace", str(tmp_path)]) == 3
    assert "nothing is kept" in capsys.readouterr().err
