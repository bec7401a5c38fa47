"""From told events and a repository's history to which version of a prompt is the best."""

import json
from pathlib import Path

import pytest

from tests.repositories import Repository
from tracemill.cli.app import call

FIRST = 1_700_000_060
"""The second at which the repository's first commit is made."""
DAY = 86_400


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    from datetime import UTC, datetime

    root = tmp_path_factory.mktemp("prompt_metrics")
    repository = Repository(root / "app")
    (repository.path / "prompts").mkdir(parents=True)
    repository.git("init", "-q", "-b", "main")
    repository.commit("Begin", **{"prompts/architect__md": "Write the contract.\n"})
    repository.commit("More", **{"prompts/architect__md": "Write the contract.\nName errors.\n"})
    team = root / "team" / "raw" / "2023-11"
    team.mkdir(parents=True)
    lines = []
    for number in range(60):
        version = "Architect v1.0" if number < 30 else "architect.v1.1"
        at = datetime.fromtimestamp(FIRST + number * 3_600, UTC).isoformat()
        passed = number % 3 == 0 if number < 30 else True
        base = {"project_id": f"p{number}", "agent_role": "architect", "timestamp": at}
        lines += [
            {**base, "stage_id": "design", "prompt_version": version},
            {**base, "gate_id": "api", "gate_result": "pass" if passed else "fail",
             "stage": "design", "retry_attempt": 1},
            {"project_id": f"p{number}", "timestamp": at,
             "project_metadata": {"project_id": f"p{number}", "client_domain": "saas"},
             "outcome_metrics": {"project_success": "shipped"}},
        ]  # fmt: skip
    (team / "all.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    where = str(root / "ws")
    sources = [str(repository.path), str(root / "team")]
    assert call(["run", *sources, "--workspace", where, "--quiet"]) == 0
    return where


def test_programs_read_what_each_version_brought(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    arguments = ["prompt", "show", "architect", "--by", "domain", "--workspace", workspace]
    assert call([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    old, new = found["versions"]
    (rate,) = [
        each for each in new["told"]["metrics"] if each["measure"]["metric"] == "gate_failure_rate"
    ]

    assert (old["name"], new["name"]) == ("architect.v1.0", "architect.v1.1")
    assert (old["standing"], new["standing"]) == ("expired", "in_force")
    assert (old["told"]["n_projects"], new["told"]["n_projects"]) == (30, 30)
    assert rate["difference"] == pytest.approx(-2 / 3)
    assert rate["change"] == "better"
    assert found["best"][0]["best"] == "architect.v1.1"
    assert found["attributed"]["report_said"] == 120


def test_people_read_which_one_to_use(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    arguments = ["prompt", "show", "architect", "--by", "domain", "--workspace", workspace]
    assert call(arguments) == 0
    said = capsys.readouterr().out

    assert "saas: use architect.v1.1 (gate failure rate: architect.v1.1 0% of 30" in said
    assert "-67 points, better" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--metric", "nothing"], "unknown metric 'nothing'"),
        (["--by", "colour"], "cannot be asked by 'colour'"),
    ],
)
def test_what_cannot_be_asked_is_said(
    workspace: str, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert call(["prompt", "show", "architect", *more, "--workspace", workspace]) == 2
    assert said in capsys.readouterr().err


def test_an_archive_keeps_what_is_retired_and_drops_what_expired(
    workspace: str, tmp_path: Path
) -> None:
    from datetime import UTC, datetime, timedelta

    from tracemill.flows.prompts.archive import archive_prompts
    from tracemill.store.workspace import Workspace

    used = datetime.fromtimestamp(FIRST + 29 * 3_600, UTC)
    there, theirs = Workspace(Path(workspace)), tmp_path / "kept.md"
    theirs.write_text("not ours")
    early = archive_prompts(there, used + timedelta(days=5), tmp_path)
    text = (tmp_path / "architect.v1.0.md").read_text()
    late = archive_prompts(there, used + timedelta(days=93), tmp_path)

    assert [each.name for each in early.kept] == ["architect.v1.0"]
    assert text == "Write the contract.\n"
    assert (late.kept, late.dropped) == ((), ("architect.v1.0",))
    assert sorted(path.name for path in tmp_path.glob("*.md")) == ["kept.md"]
    assert json.loads((tmp_path / "archive.json").read_text()) == []


def test_the_archive_of_a_workspace_lies_among_its_reports(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["prompt", "archive", "--workspace", workspace, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["folder"].endswith("reports/deprecated")


def test_what_the_newest_version_mended_is_proposed_no_more(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    call(["prompt", "suggest", "--workspace", workspace, "--json"])
    found = json.loads(capsys.readouterr().out)

    assert found["suggestions"] == []
    assert found["left_out"]["gate_failure_root_causes"] == 1


@pytest.mark.parametrize("option", ["--from-last-projects", "--from-last-N-projects"])
def test_the_last_projects_are_compared_with_those_before(
    option: str, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    arguments = ["train", option, "30", "--date", "2023-12-31", "--json"]
    assert call([*arguments, "--workspace", workspace]) == 0
    found = json.loads(capsys.readouterr().out)
    rates = {each["metric"]: each for each in found["report"]["compared"]}

    assert found["report"]["n_projects"] == 30
    assert rates["gate_failure_rate"]["now"]["n"] == 30
    assert rates["gate_failure_rate"]["before"]["value"] == pytest.approx(2 / 3)
    assert rates["gate_failure_rate"]["change"] == "better"
    assert [Path(path).name for path in found["files"]] == [
        "training_2023-12-31.md", "training_2023-12-31.html",
    ]  # fmt: skip
    assert "Beside what was hoped for" in Path(found["files"][0]).read_text()


@pytest.mark.parametrize("n", ["0", "-3", "x"])
def test_a_number_of_projects_is_asked_for(workspace: str, n: str) -> None:
    assert call(["train", "--from-last-projects", n, "--workspace", workspace]) == 2


def test_maturity_is_written_with_its_evidence(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    arguments = ["report", "maturity", "--date", "2023-12-31", "--workspace", workspace]
    assert call(arguments) == 0
    said, *_, page = capsys.readouterr().out.splitlines()

    assert said == "- Reached: below the first level."
    assert "Level 4: the loop runs by itself" in Path(page).read_text()


def test_hopes_stand_beside_a_metric_and_in_a_list(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    where = ["--workspace", workspace]
    assert call(["metrics", "show", "--metric", "gate_failure_rate", *where]) == 0
    shown = capsys.readouterr().out
    assert call(["metrics", "targets", *where]) == 0
    listed = capsys.readouterr().out
    (Path(workspace) / "targets.toml").write_text(
        '[[target]]\nwhat = "ours"\nunit = "share"\naims = [{ at = "soon", value = 0.5 }]\n'
    )
    assert call(["metrics", "targets", *where]) == 0
    (Path(workspace) / "targets.toml").unlink()

    assert "Hoped for    25% before" in shown
    assert "tools that a model chooses rightly" in listed
    assert "50% soon" in capsys.readouterr().out
