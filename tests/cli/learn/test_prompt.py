"""`tracemill prompt suggest` in a workspace, from told events to YAML that others read."""

import json
from pathlib import Path
from shlex import split
from typing import Any

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
    printed = capsys.readouterr().out
    (found,) = yaml.safe_load(printed)
    assert found["agent_role"] == "architect"
    assert found["suggestion_type"] == "constraint_clarity"
    assert {"root_cause": "missing error definitions"} in found["evidence"]
    assert {"retry_count": 0} in found["evidence"]
    assert found["proposed_change"]["old_text"] == "Write endpoints and error definitions."
    assert found["expected_impact"]["gate_success_improvement"] == 0.5
    assert len(found["records"]) > 1
    assert printed.count("\n    - {") == len(found["records"]), "each record has a line of its own"


def applied(config: Any, patch: list[dict[str, Any]]) -> Any:
    """Apply the operations that are used, as RFC 6902 says them."""
    for each in patch:
        assert each["op"] == "add"
        *_, last = each["path"].split("/")
        if last == "-":
            config[each["path"].split("/")[1]].append(each["value"])
        else:
            config[last] = each["value"]
    return config


def test_proposals_are_a_patch_of_a_harness_that_is_never_applied(
    workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "harness_config.json"
    config.write_text('{"max_retries": 3}')
    asked = ["prompt", "suggest", "--harness", str(config), "--workspace", workspace]
    capsys.readouterr()
    assert call(asked) == 0
    patch = json.loads(capsys.readouterr().out)
    assert json.loads(config.read_text()) == {"max_retries": 3}

    after = applied(json.loads(config.read_text()), patch)
    assert after["max_retries"] == 3
    (entry,) = after["suggested_improvements"]
    assert entry["status"] == "proposed"
    assert entry["suggestion_type"] == "constraint_clarity"
    assert entry["records"]

    after["suggested_improvements"] += [{"suggestion_id": ["none"]}, {"suggestion_id": {}}, "note"]
    config.write_text(json.dumps(after))
    assert call(asked) == 3
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("text", ["[]", "no", "[" * 100_000, '{"suggested_improvements": 5}'])
def test_a_configuration_that_is_none_is_named(
    workspace: str, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "harness_config.json"
    config.write_text(text)
    assert call(["prompt", "suggest", "--harness", str(config), "--workspace", workspace]) == 4
    assert "harness_config.json" in capsys.readouterr().err


def test_the_numbers_of_a_proposal_can_be_counted_again(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["prompt", "suggest", "--workspace", workspace, "--json"]) == 0
    evidence = json.loads(capsys.readouterr().out)["suggestions"][0]["evidence"]
    program, *arguments = split(evidence["recount"])
    assert program == "tracemill"
    assert call([*arguments, "--workspace", workspace, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert len(found["cases"]) == evidence["cases"]
    assert found["value"] == evidence["gate_failure_rate"]
    reasons = [each["reason"] for each in found["cases"] if each["value"]]
    assert reasons.count(evidence["root_cause"]) == evidence["root_cause_count"]


def test_nothing_kept_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["prompt", "suggest", "--workspace", str(tmp_path)]) == 3
    assert "nothing is kept" in capsys.readouterr().err
