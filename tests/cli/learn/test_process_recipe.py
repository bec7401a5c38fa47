"""What people and programs see of a team's process recipes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Repository
from tracemill.cli.app import call

BEGIN = datetime(2023, 11, 14, 22, 14, tzinfo=UTC)
"""Just behind the first commit of a repository that is made for tests."""


def report(number: int, recipe: str, *, shipped: bool, hours: float) -> dict[str, Any]:
    at = (BEGIN + timedelta(hours=number)).isoformat()
    slow = "the architecture stage blocked too long"
    return {
        "project_id": f"p{number}",
        "timestamp": at,
        "project_metadata": {"project_id": f"p{number}", "recipe": recipe, "created_at": at},
        "outcome_metrics": {
            "project_success": "shipped" if shipped else "blocked",
            "time_to_completion": int(3_600 * hours),
        },
        "human_feedback": {
            "post_project_survey": {
                "agent_helpfulness_overall": 4 if hours > 7 else 5,
                "comments": slow if hours > 7 else "fine",
            }
        },
    }


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("process_recipe")
    repository = Repository(root / "app")
    (repository.path / "recipes").mkdir(parents=True)
    repository.git("init", "-q", "-b", "main")
    text = "name: web_app\nstages:\n  - id: a\n    deliverables: [x]\n"
    repository.commit("Begin", **{"recipes/web_app__yaml": text})
    more = f"{text}  - id: b\n    inputs: [y]\n"
    repository.commit("More", **{"recipes/web_app__yaml": more})
    team = root / "team"
    team.mkdir()
    lines = [
        *(report(n, "gis_investment_v1", shipped=n % 3 != 0, hours=8.5) for n in range(30)),
        *(report(30 + n, "gis_investment_v2", shipped=n != 0, hours=6.25) for n in range(30)),
        *(report(60 + n, "web_app", shipped=True, hours=2) for n in range(2)),
    ]
    written = {
        "recipe": "gis_investment_v1", "created": "2025-10-01", "projects": 3,
        "success_rate": "67%", "avg_time_to_completion": "8h 30m",
        "metrics": {"test_coverage": 0.82, "security_issues": "2_critical", "perf_slo_met": False},
        "feedback": ["Security engineer needed more API documentation"],
    }  # fmt: skip
    trial = {"recipe": "gis_investment_v3", "success_rate": 0.98, "avg_time": 19_800}
    (team / "recipes.jsonl").write_text(json.dumps(written) + "\n" + json.dumps(trial) + "\n")
    (team / "projects.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    where = str(root / "ws")
    sources = [str(repository.path), str(team)]
    assert call(["run", *sources, "--workspace", where, "--quiet"]) == 0
    return where


def answered(capsys: pytest.CaptureFixture[str], workspace: str, *arguments: str) -> Any:
    capsys.readouterr()
    assert call(["recipe", *arguments, "--workspace", workspace, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_recipes_of_files_and_of_reports_are_listed(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answered(capsys, workspace, "list")["recipes"]

    assert [(each["name"], each["n_projects"]) for each in found] == [
        ("gis_investment", 60), ("web_app", 2),
    ]  # fmt: skip
    assert found[0]["versions"] == [f"gis_investment.v{n}.0" for n in (1, 2, 3)]
    assert found[1]["path"] == "recipes/web_app.yaml"


def test_versions_are_compared_and_one_is_recommended(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answered(capsys, workspace, "history", "gis_investment")
    old, new, _ = found["versions"]
    changes = {each["measure"]["metric"]: each for each in new["told"]["metrics"]}

    assert changes["project_success_rate"]["difference"] == pytest.approx(29 / 30 - 20 / 30)
    assert changes["project_seconds"]["relative"] == pytest.approx(-0.265, abs=0.001)
    assert changes["satisfaction"]["difference"] == 1
    assert old["feedback"][0]["text"] == "the architecture stage blocked too long"
    assert old["feedback"][0]["n"] == 30
    assert found["recommendation"].startswith("use gis_investment.v2.0 for new projects")


def test_what_somebody_wrote_down_stands_beside_what_is_counted(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, trial = answered(capsys, workspace, "history", "gis_investment")["versions"]
    assert call(["recipe", "history", "gis_investment", "--workspace", workspace]) == 0
    said = capsys.readouterr().out

    assert old["said"]["success_rate"] == 0.67
    assert old["told"]["n_projects"] == 30
    assert new["said"] is None
    assert (trial["said"]["avg_time_to_completion"], trial["told"]["n_projects"]) == (19_800, 0)
    assert (
        "Written      gis_investment.v1.0: made 2025-10-01, 3 projects, success 67%, 8h 30m, "
        "coverage 82%, security issues 2_critical, slower than promised"
    ) in said
    assert "             Security engineer needed more API documentation" in said
    assert "Written      gis_investment.v3.0: success 98%, 19,800 s" in said


def test_a_project_that_names_no_number_followed_what_stood_when_it_began(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answered(capsys, workspace, "history", "web_app")

    assert [each["told"]["n_projects"] for each in found["versions"]] == [0, 2]
    assert "was tried in 2 projects" in found["recommendation"]
    assert [each["kind"] for each in found["proposals"]] == ["stage_reordering"]


def test_people_read_the_history(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["recipe", "history", "gis_investment_v2", "--workspace", workspace]) == 0
    said = capsys.readouterr().out
    assert call(["recipe", "list", "--workspace", workspace]) == 0

    assert "Recommended  use gis_investment.v2.0" in said
    assert "Feedback     gis_investment.v1.0, 30 times: the architecture stage" in said
    assert "83% of 60" not in said
    assert "97% of 30" in capsys.readouterr().out


def test_differences_are_of_numbers_and_of_texts(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = answered(capsys, workspace, "diff", "gis_investment")
    texts = answered(capsys, workspace, "diff", "web_app", "v1.0", "v1.1")
    capsys.readouterr()
    assert call(["recipe", "diff", "web_app", "--workspace", workspace]) == 0

    assert (numbers["old"], numbers["new"]) == ("gis_investment.v1.0", "gis_investment.v2.0")
    assert numbers["unified"] is None
    assert "+  - id: b" in texts["unified"]
    assert "+  - id: b" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["history", "nothing"], 3, "known: gis_investment, web_app"),
        (["diff", "web_app", "v9"], 3, "known: web_app.v1.0, web_app.v1.1"),
        (["history", "web_app", "--by", "colour"], 2, "cannot be asked by 'colour'"),
    ],
)
def test_names_that_mean_nothing_are_told_apart(
    workspace: str,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    assert call(["recipe", *arguments, "--workspace", workspace]) == code
    assert said in capsys.readouterr().err


def test_nothing_held_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "plan.md").write_text("# Plan\n")
    where = str(tmp_path / "ws")
    call(["run", str(notes), "--workspace", where, "--quiet"])
    capsys.readouterr()
    assert call(["recipe", "list", "--workspace", where]) == 3
    assert "no recipe is held" in capsys.readouterr().err
