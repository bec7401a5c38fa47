"""A suite of issues is made of files as they were before commits mended them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Repository
from tracemill.cli.app import call

SECRET = "sk-ant-api03-" + "Ab3dE6gH9jK2mN5p" * 6 + "AA"
FIXES = (
    ("the last row is never read", "rows = rows[:-1]"),
    ("dates lose their zone when they are stored", "at = at.naive()"),
    ("an empty name crashes the parser", "first = name[0]"),
    ("two writers overwrite the same index", "index = open(path)"),
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "app").mkdir()
    made = Repository(tmp_path / "app")
    made.git("init", "-q", "-b", "main")
    lines = [f"key = '{SECRET}'", *(wrong for _, wrong in FIXES)]
    made.commit("start", app__py="\n".join(lines) + "\n")
    for said, wrong in FIXES:
        made.n_commits += 3_000  # two days: nearer ones would be attempts at one and the same
        lines[lines.index(wrong)] = f"mended = {len(lines)}"
        message = f"fix: {said}\n\nThe problem: {said}, which is wrong.\n"
        made.commit(message, app__py="\n".join(lines) + "\n", app_test__py=f"# {said}\n" * 9)
    return made


def build(place: Path, *more: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    command = ["model", "suite", "build", "--name", "issues", "--workspace", str(place), "--json"]
    code = call([*command, *more])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {**found, "code": code}


def test_files_are_shown_as_they_were_before_they_were_mended(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "workspace"
    assert call(["run", str(repository.path), "--workspace", str(place), "-q"]) == 0
    capsys.readouterr()
    built = build(place, "--issues", str(repository.path), capsys=capsys)

    assert built["code"] == 0
    assert built["suite"]["checks"] == {"choice": 1}
    assert built["suite"]["drops"] == {"no_others": 3}
    text = Path(built["folder"], "cases.jsonl").read_text()
    (case,) = map(json.loads, text.splitlines())
    asked = case["messages"][0]["content"]
    said, wrong = FIXES[-1]
    assert asked.startswith("`app.py`, as it was before")
    assert wrong in asked
    assert FIXES[0][1] not in asked
    assert f"{case['choice']}. {said}" in asked.replace("The problem: ", "").lower().replace(
        f"{case['choice'].lower()}. ", f"{case['choice']}. "
    )
    assert SECRET not in text
    sources = Path(built["folder"], "lineage.jsonl").read_text()
    assert '"input_id"' in sources


def test_a_repository_without_what_was_read_makes_no_case(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, other = tmp_path / "workspace", tmp_path / "other"
    other.mkdir()
    Repository(other).git("init", "-q", "-b", "main")
    assert call(["run", str(repository.path), "--workspace", str(place), "-q"]) == 0
    capsys.readouterr()
    built = build(place, "--issues", str(other), capsys=capsys)

    assert built["code"] == 3
    assert "commit_not_found 4" in built["error"]
