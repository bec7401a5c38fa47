"""One turn of the wheel on the bundled example, checked against every answer that is known."""

import io
import json
import shutil
import tomllib
from collections import Counter
from contextlib import redirect_stdout
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from tests.flows.sessions import write_session

from tracemill.cli.app import call
from tracemill.store.archive import Archive

DATA = resources.files("tracemill.flows") / "example_data"
ANSWERS: dict[str, Any] = json.loads((DATA / "answers.json").read_text())
SECRETS = {
    name: "".join(secret["parts"])
    for name, secret in tomllib.loads((DATA / "secrets.toml").read_text()).items()
}
TRAJECTORIES = [pytest.param(t, id=t["label"]) for t in ANSWERS["trajectories"]]
SHAS = ANSWERS["repository"]["commits"]
README = Path(__file__).parents[2] / "README.md"
AT_HAND = {"Inputs", "Dataset", "Nothing"}
"""Lines that tell of this very run, and not of what the example holds."""


class Turned:
    """A workspace in which the wheel was turned once, asked through the command line."""

    def __init__(self, root: Path, out: dict[str, Any], code: int) -> None:
        self.root = root
        self.out = out
        self.code = code

    def ask(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
        code = call([*arguments, "--workspace", str(self.root), "-q"])
        assert code == 0
        said = capsys.readouterr().out
        return (
            [json.loads(line) for line in said.splitlines()]
            if "--jsonl" in arguments
            else json.loads(said)
        )


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Turned:
    root = tmp_path_factory.mktemp("turned") / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        empty = tmp_path_factory.mktemp("home")
        (empty / ".claude" / "projects").mkdir(parents=True)  # installed, but never used
        patch.setenv("HOME", str(empty))
        patch.delenv("CLAUDE_CONFIG_DIR", raising=False)
        patch.delenv("CODEX_HOME", raising=False)
        with redirect_stdout(io.StringIO()) as said:
            code = call(["run", "--workspace", str(root), "--json", "-q"])
    return Turned(root, json.loads(said.getvalue()), code)


def row_of(rows: list[dict[str, Any]], answer: dict[str, Any]) -> dict[str, Any]:
    (found,) = [
        row
        for row in rows
        if row["session_id"] == answer["session_id"] and row["is_subagent"] == answer["is_subagent"]
    ]
    return found


def test_a_machine_without_sessions_gets_the_example_and_is_told_so(turned: Turned) -> None:
    assert turned.code == 0
    assert turned.out["is_example"]
    assert turned.out["inputs"] == {"read": len(ANSWERS["trajectories"]) + 2}
    assert turned.out["store"]["commits"] == ANSWERS["repository"]["n_commits"]


def test_the_readme_shows_what_is_printed(
    turned: Turned,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert call(["run", "--workspace", str(turned.root)]) == 0
    said = capsys.readouterr().out.splitlines()
    shown = README.read_text().split("```")
    (block,) = [part for part in shown if part.startswith("\nNo sessions were found")]
    told = [line for line in block.strip().splitlines() if line.split()[0] not in AT_HAND]

    assert [line for line in said if line.split()[0] not in AT_HAND] == told


def test_who_adds_own_work_to_the_example_is_told_so(
    turned: Turned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(turned.root, root)
    write_session(tmp_path / "in", "s1", 1)

    assert call(["run", str(tmp_path / "in"), "--workspace", str(root)]) == 0
    assert "counted and trained on with yours" in capsys.readouterr().err


def test_the_example_never_joins_work_that_was_read_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRACEMILL_WORKSPACE", str(tmp_path / "workspace"))
    write_session(tmp_path / "in", "s1", 1)
    call(["run", str(tmp_path / "in")])
    capsys.readouterr()

    assert call(["run"]) == 0
    said = capsys.readouterr()
    assert "Sessions     1," in said.out
    assert "Nothing is new." in said.out
    assert "no sessions were found on this machine" in said.err
    assert not (tmp_path / "workspace" / "vault" / "example").exists()


@pytest.mark.parametrize("answer", TRAJECTORIES)
def test_a_session_is_counted_as_the_answers_say(
    turned: Turned, answer: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    row = row_of(turned.ask(capsys, "session", "list", "--jsonl"), answer)

    found = {
        "agent": row["agent"],
        "user_steps": row["user_steps"],
        "tool_calls": row["tool_calls"],
        "tool_results": row["tool_results"],
        "errors": row["tool_errors"],
        "rejections": row["rejections"],
        "interruptions": row["interruptions"],
        "todo_changes": row["todo_changes"],
        "output_tokens": row["output_tokens"],
        "outcome": row["outcome"],
    }
    assert found == {name: answer[name] for name in found}


@pytest.mark.parametrize("answer", TRAJECTORIES)
def test_a_session_is_linked_to_its_commits_and_to_no_other(
    turned: Turned, answer: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    row = row_of(turned.ask(capsys, "session", "list", "--jsonl"), answer)
    links = turned.ask(capsys, "link", "list", "--jsonl")

    found = {
        (i["to"], i["method"]) for i in links if i["from"] == row["id"] and i["to"] in SHAS.values()
    }
    own = {(commit["sha"], commit["method"]) for commit in answer["commits"]}
    has_made = any(method != "base_commit" for _, method in own)
    assert found == own | ({(SHAS["release"], "tag_range")} if has_made else set())


@pytest.mark.parametrize("answer", TRAJECTORIES)
def test_what_failed_in_a_session_is_followed_to_what_worked(
    turned: Turned, answer: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    row = row_of(turned.ask(capsys, "session", "list", "--jsonl"), answer)
    listed = turned.ask(capsys, "failure", "list", "--jsonl")

    found = [failure for failure in listed if failure["session"] == row["id"]]
    assert [
        {name: failure[name] for name in ("kind", "attempts", "resolved_step")}
        for failure in sorted(found, key=lambda failure: failure["attempts"][0])
    ] == answer["failures"]


def test_a_reverted_commit_is_linked_to_its_revert(
    turned: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    links = turned.ask(capsys, "link", "list", "--jsonl")

    found = {(i["from"], i["to"]) for i in links if i["method"] == "reverts"}
    assert found == {(SHAS[a], SHAS[b]) for a, b in ANSWERS["repository"]["reverts"].items()}


def test_subagents_stand_apart_from_those_who_spawned_them(
    turned: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    links = turned.ask(capsys, "link", "list", "--jsonl")
    rows = {row["id"]: row for row in turned.ask(capsys, "session", "list", "--jsonl")}

    (spawned,) = [link for link in links if link["method"] == "spawned"]
    assert rows[spawned["from"]]["is_subagent"]
    assert rows[spawned["to"]]["session_id"] == rows[spawned["from"]]["session_id"]


def test_episodes_have_the_outcomes_that_the_answers_say(
    turned: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    episodes = turned.ask(capsys, "episode", "list", "--jsonl")

    found = Counter((tuple(e["sessions"]), e["outcome"]) for e in episodes)
    expected = Counter(
        ((t["session_id"],), t["outcome"]) for t in ANSWERS["trajectories"] if not t["is_subagent"]
    )
    assert found == expected


def test_no_planted_text_is_left_outside_the_vault(turned: Turned) -> None:
    kept = [
        path.read_bytes()
        for path in turned.root.rglob("*")
        if path.is_file() and "vault" not in path.relative_to(turned.root).parts
    ]
    columns = [
        text.encode()
        for path in (turned.root / "lake").rglob("*.parquet")
        for column in pq.read_table(path).to_pydict().values()
        for text in map(str, column)
    ]
    users = {trajectory["user"] for trajectory in ANSWERS["trajectories"]}

    left = {
        planted
        for planted in [*SECRETS.values(), *users]
        if any(planted.encode() in data for data in [*kept, *columns])
    }
    assert left == set()


def test_every_planted_secret_was_found_by_its_rule(turned: Turned) -> None:
    expected = {rule for t in ANSWERS["trajectories"] for rule in t["planted"]}

    assert expected <= turned.out["store"]["rules"].keys()


def test_every_example_leads_back_to_bytes_that_hold_its_words(
    turned: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(turned.out["dataset"])
    lineage = [json.loads(line) for line in (folder / "lineage.jsonl").read_bytes().splitlines()]
    states = {s.input_id: s for _, s in Archive(turned.root / "vault" / "archive").states()}

    assert len(lineage) == sum(turned.out["store"]["examples"].values())
    for entry in lineage:
        for made_from in entry["lineage"]:
            state = states[made_from["input_id"]]
            data = b"".join(Archive(turned.root / "vault" / "archive").read(state.chunks))
            start, end = made_from["span"]
            assert state.content == made_from["content"]
            assert all(json.loads(line) for line in data[start:end].splitlines())
        explained = turned.ask(capsys, "explain", entry["id"], "--json")
        assert explained["chain"][-1]["sha256"] == made_from["content"]


def test_a_session_leads_to_the_piece_of_work_that_it_is_part_of(
    turned: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    episodes = turned.ask(capsys, "episode", "list", "--jsonl")

    assert episodes
    for episode in episodes:
        (session,) = episode["sessions"]
        (first, *_) = turned.ask(capsys, "explain", session, "--json")["chain"]
        assert (first["episode"], first["outcome"]) == (episode["id"], episode["outcome"])


def test_examples_of_sessions_come_only_from_work_that_was_achieved(
    turned: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = {e["id"]: e["outcome"] for e in turned.ask(capsys, "episode", "list", "--jsonl")}
    folder = Path(turned.out["dataset"])
    rows = [
        json.loads(line)
        for name in ("train.jsonl", "validation.jsonl")
        if (folder / name).exists()
        for line in (folder / name).read_bytes().splitlines()
    ]

    assert rows
    assert {outcomes[row["episode_id"]] for row in rows} == {"achieved"}
    for row in rows:
        assert any(row["trained"])
        calls = [call["id"] for m in row["messages"] for call in m.get("tool_calls", ())]
        answers = [m["tool_call_id"] for m in row["messages"] if m["role"] == "tool"]
        assert answers == calls


def test_recoveries_and_preferences_are_those_that_the_answers_say(
    turned: Turned, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(turned.out["dataset"])
    lineage = {
        entry["id"]: entry["lineage"]
        for entry in map(json.loads, (folder / "lineage.jsonl").read_bytes().splitlines())
    }
    ids = {
        answer["label"]: row_of(turned.ask(capsys, "session", "list", "--jsonl"), answer)["id"]
        for answer in ANSWERS["trajectories"]
    }

    for kind in ("recovery", "preference"):
        lines = (folder / f"{kind}-train.jsonl").read_bytes().splitlines()
        found = Counter(
            (lineage[row["id"]][0]["trajectory_id"], lineage[row["id"]][-1]["last_step"])
            for row in map(json.loads, lines)
        )
        expected = Counter(
            (ids[answer["label"]], step)
            for answer in ANSWERS["trajectories"]
            for step in answer["examples"][kind]
        )
        assert found == expected


def test_parquet_and_json_lines_hold_the_same_rows(turned: Turned) -> None:
    folder = Path(turned.out["dataset"])
    lines = [json.loads(line) for line in (folder / "train.jsonl").read_bytes().splitlines()]
    rows = pq.read_table(folder / "train.parquet").to_pylist()

    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    for row, line in zip(rows, lines, strict=True):
        assert msgspec.json.decode(row["messages"]) == line["messages"]
        assert msgspec.json.decode(row["tools"] or "null") == line.get("tools")


def test_a_second_turn_does_nothing(turned: Turned, capsys: pytest.CaptureFixture[str]) -> None:
    def files() -> dict[Path, int]:
        lake = turned.root / "lake"
        return {path: path.stat().st_mtime_ns for path in lake.rglob("*") if path.is_file()}

    before = files()
    example = str(turned.root / "vault" / "example")
    out = turned.ask(capsys, "run", example, "--json")

    assert not out["changed"]
    assert files() == before


def test_a_dataset_can_be_taken_elsewhere_whole(
    turned: Turned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = turned.ask(capsys, "dataset", "export", "--to", str(tmp_path / "mine"), "--json")

    names = {path.name for path in (tmp_path / "mine").iterdir()}
    made = {f["path"] for f in out["version"]["files"]}
    assert names == {"README.md", "croissant.json", "manifest.json", "receipt.json"} | made


def test_the_store_checks_out(turned: Turned, capsys: pytest.CaptureFixture[str]) -> None:
    out = turned.ask(capsys, "store", "check", "--json")

    assert out["problems"] == []
    assert out["rows"]["steps"] == turned.out["store"]["steps"]


def test_the_card_says_what_work_is_behind_the_examples(turned: Turned) -> None:
    card = (Path(turned.out["dataset"]) / "README.md").read_text()

    assert "| achieved | 3 |\n| failed | 1 |" in card
    assert "| github-pat | 2 |" in card


def test_a_version_that_was_exported_can_be_audited_as_a_folder(
    turned: Turned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "mine"
    assert call(["dataset", "export", "--to", str(to), "--workspace", str(turned.root)]) == 0
    capsys.readouterr()
    call(["dataset", "audit", str(to), "--json"])
    report = json.loads(capsys.readouterr().out)
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}

    assert [Path(file).name for file in report["files"]] == [
        "preference-train.jsonl", "prompt-train.jsonl", "recovery-train.jsonl",
        "stepwise-train.jsonl", "train.jsonl", "unpaired-train.jsonl", "unpaired-validation.jsonl",
    ]  # fmt: skip
    assert (verdicts["readable_rows"], verdicts["stated_origin"]) == ("pass", "pass")
