"""What can be learned from episodes, shown and written out."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_cli import ask
from tests.flows.sessions import write_session
from tests.repositories import Repository
from tracemill.base.errors import NotFoundError
from tracemill.cli.app import call
from tracemill.export.teams.learning import PARTS
from tracemill.flows.analysis import learning
from tracemill.store.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    write_session(tmp_path / "in", "s1", 2, word="mend the total")
    assert call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()
    return tmp_path


def test_an_episode_is_shown_as_what_it_teaches(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = ask(capsys, place, "episode", "show", "ep_", "--learning", "--json").document
    shown = ask(capsys, place, "episode", "show", "ep_", "--learning").out

    assert document["schema"] == "tracemill.learning/1"
    assert document["learning_episode"]["problem"] == "mend the total 0, please"
    assert document["learning_episode"]["validation"] == "pytest -q: 3 passed in 0.1s"
    places = [words["source"] for words in document["sources"]["problem"]]
    assert [source["step"] for source in places] == [0]
    assert "(asked, step 0)" in shown
    assert "keep their thinking" in shown


def test_all_episodes_are_written_with_their_places(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place / "out"
    written = ask(capsys, place, "episode", "export", "--learning", "--to", str(folder))
    plain = [json.loads(x) for x in (folder / "learning_episodes.jsonl").read_text().splitlines()]
    sources = [json.loads(x) for x in (folder / "sources.jsonl").read_text().splitlines()]

    assert written.code == 0
    assert [set(one) for one in plain] == [{"learning_episode"}]
    assert [one["problem"][0]["text"] for one in sources] == [
        one["learning_episode"]["problem"] for one in plain
    ]
    assert (folder / "receipt.json").exists()
    again = ask(capsys, place, "episode", "export", "--learning", "--to", str(folder))
    assert again.code == 2
    assert "is not empty" in again.err


MESSAGE = """fix: totals of empty orders

The totals of empty orders are wrong.

Root cause: the sum begins at nothing.

The fix:
Begin at zero wherever a sum is made.

Testing:
All 12 tests pass with empty orders.
"""


def test_a_history_without_sessions_teaches_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app"
    path.mkdir()
    repository = Repository(path)
    repository.git("init", "-q", "-b", "main")
    sha = repository.commit(MESSAGE, total__py="sum = 0\n")
    repository.commit("chore: more", other__py="x = 1\n")
    assert call(["run", str(path), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()

    folder = tmp_path / "out"
    document = ask(
        capsys, tmp_path, "episode", "export", "--learning", "--to", str(folder), "--json"
    ).document
    (line,) = (folder / "learning_episodes.jsonl").read_text().splitlines()
    told = json.loads(line)["learning_episode"]
    shown = ask(capsys, tmp_path, "episode", "show", sha[:9], "--learning").out

    assert document["n_episodes"] == {"fix": 1}
    assert document["told_by"] == {"commits": 1}
    assert document["parts"] == dict.fromkeys([*PARTS, "all_parts"], 1)
    assert document["left_out"] == {"no_problem": 1}
    assert told["problem"] == "The totals of empty orders are wrong."
    assert told["solution_approach"] == "Begin at zero wherever a sum is made."
    assert told["outcome"].startswith("unknown: committed, and the history does not go on")
    assert "All 12 tests pass with empty orders.  (commit, commit_" in shown
    assert "keep their thinking" not in shown


def test_the_beginning_of_several_commits_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "app"
    path.mkdir()
    repository = Repository(path)
    repository.git("init", "-q", "-b", "main")
    hashes = [repository.commit(MESSAGE, total__py=f"sum = {n}\n") for n in range(2)]
    assert call(["run", str(path), "--workspace", str(tmp_path / "workspace")]) == 0
    monkeypatch.setattr(learning, "_SHA", re.compile(r"[0-9a-f]*"))

    with pytest.raises(NotFoundError, match=" may mean any of: ") as told:
        learning.show_learning(Workspace(tmp_path / "workspace"), "")

    assert all(each in str(told.value) for each in hashes)


def test_the_steps_of_a_commit_come_with_what_it_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, other = tmp_path / "app", tmp_path / "other"
    for each in (path, other):
        each.mkdir()
    repository, unrelated = Repository(path), Repository(other)
    repository.git("init", "-q", "-b", "main")
    unrelated.git("init", "-q", "-b", "main")
    unrelated.commit("work", a__py="1\n")
    secret = "sk-ant-api03-" + "Ab3dE6gH9jK2mN5p" * 6 + "AA"
    repository.commit("start", total__py="sum = None\n", logo__bin=b"\0\1")
    sha = repository.commit(MESSAGE, total__py=f"sum = 0\nkey = '{secret}'\n", logo__bin=b"\0\2")
    assert call(["run", str(path), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()

    folder = tmp_path / "out"
    named = ["--changes", str(other), "--changes", str(path)]
    written = ask(
        capsys, tmp_path, "episode", "export", "--learning", "--to", str(folder), *named, "--json"
    )
    (line,) = (folder / "changes.jsonl").read_text().splitlines()
    row = json.loads(line)
    sources = json.loads((folder / "sources.jsonl").read_text().splitlines()[0])

    assert written.document["changes"] == {"binary": 1, "commits": 1, "files": 2, "hunks": 1}
    assert (row["episode_id"], row["commit"]) == (sources["episode_id"], sha)
    assert row["steps"] == list(range(1, len(sources["implementation_steps"]) + 1))
    logo, total = row["files"]
    assert (logo["path"], logo["lack"], logo["hunks"]) == ("logo.bin", "binary", [])
    (hunk,) = total["hunks"]
    assert hunk["before"] == "sum = None\n"
    assert hunk["after"].startswith("sum = 0\nkey = ")
    assert secret not in line
    assert total["old_object_id"] != total["object_id"]
    blob = repository.git("rev-parse", f"{sha}:total.py").decode().strip()
    assert blob not in line  # or anybody could test a guess at the secret


def test_without_a_repository_no_change_is_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place / "out"
    written = ask(capsys, place, "episode", "export", "--learning", "--to", str(folder), "--json")

    assert written.document["changes"] == {}
    assert written.document["views"] == {}
    assert not (folder / "views").exists()
    assert not (folder / "changes.jsonl").exists()


def test_rows_to_train_on_are_written_where_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app"
    path.mkdir()
    repository = Repository(path)
    repository.git("init", "-q", "-b", "main")
    repository.commit("start", total__py="sum = None\n")
    repository.commit(MESSAGE, total__py="sum = 0\n")
    repository.n_commits += 60 * 24 * 8  # more than a week later
    repository.commit("chore: more", other__py="x = 1\n")
    assert call(["run", str(path), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()

    folder = tmp_path / "out"
    asked = ["--learning", "--views", "--changes", str(path), "--to", str(folder), "--json"]
    written = ask(capsys, tmp_path, "episode", "export", *asked).document
    (problem,) = (folder / "views").glob("problem-*.jsonl")
    row = json.loads(problem.read_text())

    assert {name.partition("/")[0] for name in written["views"]} == {"problem", "implementation"}
    assert written["no_views"] == {"no_check": 1, "no_steps": 1}
    assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
    assert "sum = None" in row["messages"][0]["content"]
    assert row["messages"][1]["content"] == "The totals of empty orders are wrong."
    assert problem.stem == f"problem-{row['split']}"
