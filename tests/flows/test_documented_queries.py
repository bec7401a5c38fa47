"""The queries of the documentation are run as they stand there, and say what the metrics say."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.analyze.histories import Team
from tracemill.cli.app import call
from tracemill.export.teams.team_files import team_files

PAGE = Path(__file__).parents[2] / "docs" / "analysis.md"
N_QUERIES = 4

needs_jq = pytest.mark.skipif(not shutil.which("jq"), reason="needs jq")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("queries")
    events = list(Team(3, fails={"tests": 0.4}).history(40))
    for file in team_files(events):
        path = root / "in" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    stages = root / "in" / "raw" / "2026-01" / "project_timed_execution.jsonl"
    stages.write_text(
        "".join(
            json.dumps({
                "project_id": "timed", "stage_id": f"stage_{n}", "agent_role": "qa",
                "timestamp_start": "2026-01-01T00:00:00Z",
                "timestamp_end": f"2026-01-01T00:0{n}:00Z",
            }) + "\n"
            for n in range(7)
        )
    )  # fmt: skip
    where = str(root / "ws")
    assert call(["run", str(root / "in"), "--workspace", where, "--quiet"]) in (0, 4)
    assert (
        call(["data", "reports", "--to", str(root / "out"), "--workspace", where, "--quiet"]) == 0
    )
    return root


def queries(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)


def run(folder: Path, command: str) -> str:
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    program = bin_folder / "tracemill"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tracemill "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "TRACEMILL_WORKSPACE": str(folder / "ws"),
    }
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder / "out", env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def sliced(folder: Path, capsys: pytest.CaptureFixture[str], fact: str) -> dict[str, Any]:
    capsys.readouterr()
    arguments = ["metrics", "show", "--metric", "gate_failure_rate", "--by", fact, "--json"]
    assert call([*arguments, "--workspace", str(folder / "ws")]) == 0
    found = json.loads(capsys.readouterr().out)
    return {each["slice"][fact]: each for each in found["slices"]}


@needs_jq
def test_failures_by_role(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counted = {
        line.split()[1]: int(line.split()[0]) for line in run(folder, queries("sh")[0]).splitlines()
    }
    expected = sliced(folder, capsys, "role")

    assert counted == {
        role: round(each["value"] * each["n"]) for role, each in expected.items() if each["value"]
    }


@needs_jq
def test_success_by_version_of_the_prompt(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {each["version"]: each for each in json.loads(run(folder, queries("sh")[1]))}
    expected = sliced(folder, capsys, "prompt_version")

    assert {name: each["n"] for name, each in found.items()} == {
        name: each["n"] for name, each in expected.items()
    }
    for name, each in found.items():
        assert each["success_rate"] == pytest.approx(1 - expected[name]["value"])


@needs_jq
def test_the_slowest_stages(folder: Path) -> None:
    found = json.loads(run(folder, queries("sh")[2]))

    assert [(each["stage"], each["seconds"]) for each in found] == [
        (f"stage_{n}", 60 * n) for n in (6, 5, 4, 3, 2)
    ]


@needs_jq
def test_an_answer_of_ours_is_read_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.split("\t") for line in run(folder, queries("sh")[3]).splitlines()]
    expected = sliced(folder, capsys, "prompt_version")

    assert {name: int(n) for name, n, *_ in lines} == {
        name: each["n"] for name, each in expected.items()
    }
    assert len(queries("sh")) == N_QUERIES


def test_pandas_reads_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(folder / "out")
    names: dict[str, Any] = {}
    (code,) = queries("python")
    exec(code, names)
    expected = sliced(folder, capsys, "gate")

    for gate, each in expected.items():
        mean, size = names["rates"].loc[gate]
        assert (mean, size) == (pytest.approx(each["value"]), each["n"])
