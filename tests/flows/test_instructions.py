"""Sessions have the version of standing orders, and of the skills they used, of where and when
they began."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.flows.sessions import lines
from tests.repositories import Repository
from tracemill.cli.app import call

MOMENTS = ("2023-11-14T22:15", "2023-11-14T22:16", "2020-01-01T00:00")
"""After the first commit, after the second, and before there was any."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("instructions")
    repository = Repository(root / "app")
    repository.path.mkdir()
    repository.git("init", "-q", "-b", "main")
    repository.commit("Begin", CLAUDE__md="Be brief.\n")
    skill = repository.path / ".claude" / "skills" / "diary"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text("Write down what was done.\n")
    repository.commit("More", CLAUDE__md="Be brief.\nRun the tests.\n")
    folder = root / "sessions"
    folder.mkdir()
    for number, moment in enumerate(MOMENTS):
        name = f"s{number:04}"
        said = b"".join(line + b"\n" for line in lines(name, 2)).decode()
        said = re.sub(r"2026-03-01T10:00:\d\d", f"{moment}:05", said)
        said = said.replace("/srv/app", str(repository.path))
        if number == 1:
            said = said.replace("work 1, please", "<command-name>/diary</command-name>")
        (folder / f"{name}.jsonl").write_text(said)
    elsewhere = b"".join(line + b"\n" for line in lines("s0009", 2))
    (folder / "s0009.jsonl").write_bytes(elsewhere)
    where = str(root / "ws")
    sources = [str(repository.path), str(folder)]
    assert call(["run", *sources, "--workspace", where, "--quiet"]) == 0
    return where


def test_a_session_is_told_by_its_moment_and_others_are_unknown(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["prompt", "show", "claude", "--workspace", workspace, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    old, new = found["versions"]

    assert [old["told"]["n_sessions"], new["told"]["n_sessions"]] == [1, 1]
    assert found["attributed"]["session_moment"] == 2
    assert found["attributed"]["session_unknown"] == 2
    assert datetime.fromisoformat(new["told"]["last_used"]) > datetime(2023, 11, 14, tzinfo=UTC)


def test_a_skill_has_numbers_of_the_sessions_that_used_it(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["prompt", "show", "diary", "--workspace", workspace, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (version,) = found["versions"]

    assert (version["name"], version["told"]["n_sessions"]) == ("diary.v1.0", 1)
    assert {"agent_success_rate", "tool_error_rate"} <= {
        each["measure"]["metric"] for each in version["told"]["metrics"]
    }
    assert [each["ranked"][0]["metric"] for each in found["best"]] == ["agent_success_rate"]


def test_metrics_of_sessions_are_asked_by_their_orders(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    arguments = ["metrics", "show", "--metric", "tool_error_rate", "--by", "instructions"]
    assert call([*arguments, "--workspace", workspace, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert {each["slice"]["instructions"] for each in found["slices"]} == {
        "claude.v1.0", "claude.v1.1",
    }  # fmt: skip
    assert found["n_left_aside"] == 4


def test_what_is_counted_is_written_by_role_version_and_month(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["report", "aggregated", "--workspace", workspace]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    before = {path.name: path.read_bytes() for path in paths}
    for path in paths:
        path.unlink()
    assert call(["report", "aggregated", "--workspace", workspace]) == 0
    trend = json.loads(before["trend_analysis.json"])

    assert sorted(before) == [
        "agent_performance_by_role.json", "metrics_trends.json", "prompt_version_metrics.json",
        "recipe_success_rates.json", "trend_analysis.json",
    ]  # fmt: skip
    assert {path.name: path.read_bytes() for path in paths} == before
    assert [each["name"] for each in trend] == ["2020-01", "2023-11", "2026-03"]
    assert trend[1]["metrics"]["tool_error_rate"]["n"] == 4
    lines = {each["metric"]: each for each in json.loads(before["metrics_trends.json"])}
    months = [(each["month"], each["n"]) for each in lines["tool_error_rate"]["months"]]
    assert ("2023-11", 4) in months
    assert months == sorted(months)
