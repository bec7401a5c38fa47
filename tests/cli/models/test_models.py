"""`tracemill model` as a person uses it."""

import json
from pathlib import Path

import pytest

from tests.flows.models import DATASET, make_workspace, row, write_script
from tests.flows.sessions import write_session
from tracemill.cli.app import call


@pytest.fixture
def root(tmp_path: Path) -> Path:
    held_out = [row(number) for number in range(20)]
    make_workspace(tmp_path / "ws", held_out, [row(number) for number in range(50, 60)])
    write_script(tmp_path / "old.jsonl", set(), 20)
    write_script(tmp_path / "new.jsonl", set(range(20)), 20)
    return tmp_path


def test_a_model_is_evaluated_and_compared(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--workspace", str(root / "ws")]
    assert call(["model", "suite", "build", DATASET, *place]) == 0
    assert call(["model", "suite", "list", *place]) == 0
    assert call(["model", "suite", "check", "replay", DATASET, *place]) == 0
    assert call(["model", "eval", f"scripted:{root / 'old.jsonl'}", *place]) == 0
    assert call(["model", "eval", f"scripted:{root / 'new.jsonl'}", *place]) == 0
    capsys.readouterr()

    assert call(["model", "compare", "old", "new", "--json", *place]) == 0
    document = json.loads(capsys.readouterr().out)
    assert call(["model", "compare", "old", "new", *place]) == 0

    assert document["schema"] == "tracemill.comparison/1"
    assert document["slices"][0]["verdict"] == "better"
    assert "new against old on replay" in capsys.readouterr().out


def test_gaps_stand_beside_the_examples_that_show_them(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(root / "ws")]
    assert call(["model", "suite", "build", DATASET, *place]) == 0
    assert call(["model", "eval", f"scripted:{root / 'old.jsonl'}", *place]) == 0
    capsys.readouterr()

    assert call(["model", "gaps", "old", *place]) == 0
    out = capsys.readouterr().out
    assert call(["model", "gaps", "old", "--json", *place]) == 0
    document = json.loads(capsys.readouterr().out)
    assert call(["model", "gaps", "nobody", *place]) == 3

    assert out.splitlines()[3].split()[:5] == ["tool:run_tests", "20", "of", "20", "10"]
    assert document["schema"] == "tracemill.gaps/1"
    assert document["gaps"][0]["n_failed"] == 20


@pytest.mark.parametrize("gone", ["lineage.jsonl", "train.jsonl"])
def test_a_dataset_folder_that_lacks_a_file_says_which(
    root: Path, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    place = ["--workspace", str(root / "ws")]
    assert call(["model", "suite", "build", DATASET, *place]) == 0
    assert call(["model", "eval", f"scripted:{root / 'old.jsonl'}", *place]) == 0
    (root / "ws" / "datasets" / "chat" / DATASET / gone).unlink()
    capsys.readouterr()

    for asked in (["model", "gaps", "old"], ["model", "suite", "build", DATASET]):
        assert call([*asked, *place]) == 4
        said = capsys.readouterr().err
        assert f"expected {gone!r} in it, found none" in said
        assert "Traceback" not in said


def test_a_suite_is_made_of_a_dataset_or_of_issues(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(root / "ws")]

    assert call(["model", "suite", "build", DATASET, "--issues", str(root), *place]) == 2
    assert f"found {DATASET!r} beside --issues" in capsys.readouterr().err


def test_a_suite_that_leaks_into_a_dataset_says_so(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(root / "ws")]
    assert call(["model", "suite", "build", DATASET, *place]) == 0
    train = root / "ws" / "datasets" / "chat" / DATASET / "train.jsonl"
    train.write_text(train.read_text() + json.dumps(row(3)) + "\n")
    capsys.readouterr()

    assert call(["model", "suite", "check", "replay", DATASET, *place]) == 1
    assert "same_example  example_0003" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["model", "suite", "prove"], 0),
        (["model", "suite", "list"], 3),
        (["model", "eval", "nothing"], 3),
        (["model", "eval", "run_1", "--name", "mine", "--template", "chatml"], 2),
        (["model", "eval", "scripted:"], 2),
        (["model", "eval", "scripted:x", "--suite", "none"], 3),
        (["model", "compare", "a", "b"], 3),
        (["model", "suite", "build"], 3),
        (["model", "suite", "check", "none"], 3),
    ],
)
def test_exit_codes(root: Path, arguments: list[str], code: int) -> None:
    place = ["--workspace", str(root / "empty")]

    assert call([*arguments, *(place if "prove" not in arguments else [])]) == code


def test_a_model_that_no_session_names_is_not_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(tmp_path / "in", "s1", 2)
    place = ["--workspace", str(tmp_path / "workspace")]
    call(["run", str(tmp_path / "in"), *place])

    assert call(["model", "monitor", "m-1", "--against", "m-1", *place]) == 0
    assert call(["model", "monitor", "nope", "--against", "m-1", *place]) == 3
    assert call(["model", "monitor", "m-1", "--against", "nope", *place]) == 3
    assert "no session names the model 'nope'; named: m-1\n" in capsys.readouterr().err


def test_what_measures_misjudge_is_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["model", "suite", "prove", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "tracemill.proofs/1"
    ours, *others = told["measures"]
    assert ours["is_trusted"]
    assert ours["n"] > 0
    assert "misjudged" not in ours
    assert {each["name"] for each in others} == {"length", "keyword"}
    for each in others:
        n_missed = each["n_wrong_accepted"] + each["n_right_rejected"]
        assert 0 < n_missed == len(each["misjudged"]) <= each["n"]


def test_results_of_another_harness_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(tmp_path / "ws")]
    for name, right in (("a", 3), ("b", 18)):
        rows = [{"query": f"question {i}", "correct": i < right} for i in range(20)]
        (tmp_path / f"{name}.json").write_text(json.dumps({"model": name, "results": rows}))
    files = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]

    assert call(["model", "import", *files, "--suite", "twenty", *place]) == 0
    assert "18 of 20  b" in capsys.readouterr().out
    assert call(["model", "compare", "a", "b", "--suite", "twenty", *place]) == 0
    assert "better" in capsys.readouterr().out
    assert call(["model", "import", str(tmp_path / "none.json"), "--suite", "x", *place]) == 3
    (tmp_path / "empty.json").write_text("{}")
    assert call(["model", "import", str(tmp_path / "empty.json"), "--suite", "x", *place]) == 3
    (tmp_path / "other.json").write_text('[{"query": "z", "correct": true}]')
    mixed = [files[0], str(tmp_path / "other.json")]
    assert call(["model", "import", *mixed, "--suite", "x", *place]) == 2


def test_a_model_is_let_work_in_a_sandbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = {"id": "t", "request": "Make a.", "check": ["test", "-f", "a"]}
    (tmp_path / "tasks.jsonl").write_text(json.dumps(task) + "\n")
    makes = {"calls": [{"name": "write_file", "arguments": {"path": "a", "content": "x"}}]}
    (tmp_path / "m.jsonl").write_text(json.dumps(makes) + '\n{"text": "Done."}\n')
    asked = ["model", "attempt", f"scripted:{tmp_path / 'm.jsonl'}"]
    tasks = ["--tasks", str(tmp_path / "tasks.jsonl")]

    code = call([*asked, *tasks])
    said = capsys.readouterr()
    if code == 5:
        pytest.skip(said.err)
    assert code == 0
    assert "1 of 1" in said.out
    assert call([*asked, "--tasks", str(tmp_path / "none.jsonl")]) == 3
    monkeypatch.setenv("PATH", "")
    assert call([*asked, *tasks]) == 5
