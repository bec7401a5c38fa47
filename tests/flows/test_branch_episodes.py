"""What each branch brought is written from its spec to its merge, and can be read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.repositories import Repository
from tracemill.cli.app import call
from tracemill.flows.analysis.branch_episodes import checkpoints_of
from tracemill.flows.deriving.gate_rows import GateRow
from tracemill.flows.deriving.gates import gate_row
from tracemill.records.events.gates import GateKind, GateRun, GateStatus, ResultStatus
from tracemill.records.events.team_branches import ValidationCheckpoint
from tracemill.records.refs import Origin

ORIGIN = Origin(source="junit", source_version=1, uri="made", input_id="in")
SPEC = """\
# Log-in

**Branch:** feature/login

## Requirements
- [x] A log-in page

## Acceptance criteria
- [x] People can log in
- [ ] Tokens expire
"""


def begin(folder: Path) -> Repository:
    (folder / "specs").mkdir(parents=True)
    repo = Repository(folder)
    repo.git("init", "-q", "-b", "main")
    repo.commit("start", a__py="a = 1\n")
    return repo


def merged(folder: Path) -> tuple[Repository, str]:
    """Make a repository whose branch went from its spec to main; return its last commit too."""
    repo = begin(folder)
    repo.git("checkout", "-q", "-b", "feature/login")
    repo.commit("Write the spec", **{"specs/login__md": SPEC.replace("[x]", "[ ]")})
    sha = repo.commit("Add the page", login__py="def a(): ...\n", **{"specs/login__md": SPEC})
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge branch 'feature/login'", "feature/login")
    return repo, sha


@pytest.fixture
def exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    _, sha = merged(tmp_path / "repo")
    place = ["--workspace", str(tmp_path / "ws")]
    for passed in (8, 10):
        told = {"tests_executed": 10, "tests_passed": passed, "commit": sha}
        assert call(["emit", "test_run", "--json", json.dumps(told), *place]) == 0
    assert call(["run", str(tmp_path / "repo"), *place, "--quiet"]) == 0
    assert call(["branch", "export", "--to", str(tmp_path / "out"), *place]) == 0
    capsys.readouterr()
    return tmp_path / "out"


def line(folder: Path, name: str) -> dict[str, Any]:
    (found,) = (folder / f"{name}.jsonl").read_text().splitlines()
    said: dict[str, Any] = json.loads(found)
    return said


def test_a_branch_is_told_with_its_spec_as_it_was_left(exported: Path) -> None:
    found = line(exported, "feature_episodes")

    assert found["spec"] == {
        "title": "Log-in",
        "file": "specs/login.md",
        "requirements": ["A log-in page"],
        "acceptance_criteria": ["People can log in", "Tokens expire"],
    }
    assert found["branch"]["name"] == "feature/login"
    assert (found["branch"]["commits"], found["branch"]["files_changed"]) == (2, 2)
    assert found["outcome"]["status"] == "merged"
    assert found["outcome"]["all_requirements_met"] is True
    assert found["outcome"]["all_acceptance_criteria_met"] is False
    assert found["signals"]["merge"] == "strong_positive"


def test_checks_of_its_commits_are_checkpoints_and_tell_how_good_it_is(exported: Path) -> None:
    found, short = line(exported, "feature_episodes"), line(exported, "branch_outcomes")
    counts = [
        (each["pytest_passed"], each["pytest_failed"]) for each in found["validation_checkpoints"]
    ]

    assert counts == [(8, 2), (10, 0)]
    assert found["outcome"]["final_validation_passed"] is True
    assert found["signals"]["validation"] == "positive"
    assert found["signals"]["failed_then_passed"] is True
    assert found["signals"]["required_and_tested"] is True
    assert found["quality_score"] == short["quality_score"] == 1.0
    assert short["outcome"]["pytest_pass_rate"] == 1.0


def test_tests_that_nobody_counted_are_no_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = begin(tmp_path / "repo")
    repo.git("checkout", "-q", "-b", "feature/login")
    sha = repo.commit("Add the page", login__py="def a(): ...\n")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge branch 'feature/login'", "feature/login")
    place = ["--workspace", str(tmp_path / "ws")]
    told = json.dumps({"test_coverage_percent": 80, "commit": sha})
    assert call(["emit", "test_run", "--json", told, *place]) == 0
    assert call(["run", str(tmp_path / "repo"), *place, "--quiet"]) == 0
    assert call(["branch", "export", "--to", str(tmp_path / "out"), *place]) == 0
    capsys.readouterr()
    found = line(tmp_path / "out", "feature_episodes")

    assert found["validation_checkpoints"] == []
    assert found["outcome"]["final_validation_passed"] is None
    assert found["quality_score"] is None


@pytest.mark.parametrize(
    ("gate", "totals", "expected"),
    [
        (("lint", "failed"), {}, {"verdicts": {"lint": False}}),
        (("types", "error"), {"passed": 3}, {"verdicts": {"types": False}}),
        (("test", "error"), {}, {"verdicts": {"test": False}}),
        (("test", "passed"), {}, {"verdicts": {"test": True}}),
        (("test", "failed"), {"passed": 3, "error": 1}, {"pytest_passed": 3, "pytest_failed": 1}),
        (("lint", "passed"), {}, {"ruff_violations": 0}),
        (("types", "failed"), {"failed": 2}, {"typecheck_errors": 2}),
        (("test", "unknown"), {"passed": 3}, None),
        (("security", "failed"), {"failed": 2}, None),
    ],
)
def test_a_no_without_a_count_is_a_verdict_and_no_count_of_nought(
    gate: tuple[GateKind, GateStatus],
    totals: dict[ResultStatus, int],
    expected: dict[str, Any] | None,
) -> None:
    kind, status = gate
    run = GateRun(id="g", origin=ORIGIN, gate=kind, status=status, totals=totals)

    found = list(checkpoints_of(msgspec.convert(gate_row(run).data, GateRow)))

    assert found == ([] if expected is None else [ValidationCheckpoint(**expected)])


def test_what_nobody_knows_is_null(exported: Path) -> None:
    found, short = line(exported, "feature_episodes"), line(exported, "branch_outcomes")

    assert found["conversations"] == []
    assert found["signals"]["corrected_then_achieved"] is None
    assert found["outcome"]["rollback_within_7d"] is None, "the history ends with the merge"
    assert found["signals"]["rollback"] == "pending"
    assert short["branch"] == "feature/login"
    assert (short["interactions"], short["tool_calls"]) == (None, None)
    assert short["outcome"]["merged"] is True
    assert short["outcome"]["ruff_violations_at_merge"] is None


def test_what_was_written_has_a_receipt_and_is_read_as_it_stands(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (exported / "receipt.json").exists()
    place = ["--workspace", str(tmp_path / "again"), "--quiet"]
    files = [str(exported / f"{n}.jsonl") for n in ("feature_episodes", "branch_outcomes")]
    assert call(["run", *files, *place]) == 0
    assert call(["data", "reports", "--to", str(tmp_path / "reports"), *place]) == 0
    capsys.readouterr()

    for name in ("feature_episodes", "branch_outcomes"):
        assert line(tmp_path / "reports" / "training_data", name) == line(exported, name)


def test_where_no_branch_is_known_nothing_is_written(tmp_path: Path) -> None:
    begin(tmp_path / "repo")
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", str(tmp_path / "repo"), *place]) == 0

    assert call(["branch", "export", "--to", str(tmp_path / "out"), *place]) == 3
    assert not (tmp_path / "out").exists()


def lines_of_session(repo: Path, sha: str) -> str:
    """Return a session that made a commit on the branch, and says so."""
    made: list[dict[str, Any]] = []
    at = "2023-11-14T22:14:{:02}.000Z"

    def add(kind: str, message: dict[str, Any]) -> None:
        number = len(made)
        made.append(
            {
                "parentUuid": f"u{number - 1}" if number else None, "uuid": f"u{number}",
                "isSidechain": False, "userType": "external", "cwd": str(repo),
                "sessionId": "s1", "version": "2.1.63", "gitBranch": "feature/login",
                "type": kind, "timestamp": at.format(number), "message": message,
            }
        )  # fmt: skip

    def ask(tool: str, result: str, **given: Any) -> None:
        block = {"type": "tool_use", "id": f"t{len(made)}", "name": tool, "input": given}
        add("assistant", {"id": f"m{len(made)}", "role": "assistant", "model": "m",
                          "content": [block]})  # fmt: skip
        told = {"type": "tool_result", "tool_use_id": block["id"], "content": result}
        add("user", {"role": "user", "content": [told]})

    add("user", {"role": "user", "content": "Carry out the spec of the log-in page, please."})
    ask("create_page", "done", name="login")
    ask("Bash", f"[feature/login {sha[:7]}] Add the page\n 2 files changed, 2 insertions(+)",
         command="git commit -am 'Add the page'")  # fmt: skip
    return "".join(json.dumps(each) + "\n" for each in made)


def test_a_requirement_leads_to_what_sessions_of_a_branch_that_stood_called(
    tmp_path: Path,
) -> None:
    repo, sha = merged(tmp_path / "repo")
    repo.n_commits += 60 * 24 * 9
    repo.commit("Go on", b__py="b = 1\n")
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "s1.jsonl").write_text(lines_of_session(tmp_path / "repo", sha))
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    asked = ["run", str(tmp_path / "repo"), str(tmp_path / "sessions"), *place]
    assert call(asked) == 0
    assert call(["branch", "export", "--to", str(tmp_path / "out"), *place]) == 0
    found = line(tmp_path / "out", "feature_episodes")["expected"]

    assert found["label"] == "positive"
    (page,) = found["requirements"]
    assert (page["text"], page["of_like"]) == ("A log-in page", 1)
    assert {each["name"] for each in page["calls"]} == {"create_page", "git commit"}
    assert [(each["checks"], each["passed"]) for each in found["criteria"]] == [([], None)] * 2
