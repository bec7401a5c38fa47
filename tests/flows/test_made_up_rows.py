"""Made-up examples come into datasets by a recipe's word alone, capped, marked, and never held out."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tracemill.cli.app import call
from tracemill.flows.synthesis.verifying import verify_files
from tracemill.records.datasets.examples import SYNTHETIC, ChatExample, Lineage, Message
from tracemill.records.refs import Span
from tracemill.records.synth.made_up import SyntheticExample, TaskGraph

N_MADE = 40


def made_up(number: int, category: str, of: Any = None) -> SyntheticExample:
    own = f"synth_{number}"
    lineage = Lineage(
        episode_id=own, trajectory_id=own, first_step=0, last_step=1, input_id=own, uri="synth:x",
        content="0" * 64, span=Span(start=0, end=1),
    )  # fmt: skip
    example = ChatExample(
        id=f"example_{number:020}",
        messages=(
            Message(role="user", content=f"What is the {number}. thing about {category}?"),
            Message(role="assistant", content=f"It is that {category} has {number}.", trained=True),
        ),
        lineage=(msgspec.convert(of, Lineage) if of else lineage,),
        tags=(SYNTHETIC, f"category:{category}"),
    )
    return SyntheticExample(
        id=example.id, example=example, category=category, part="concept", generator="test",
        generator_version=1, template=str(number), graph=TaskGraph(name="test"),
        execution="no_calls",
    )  # fmt: skip


def calling(number: int, answered: str) -> SyntheticExample:
    """Two calls at once, 1 and 2, with results of those in `answered`, in that order."""
    row = made_up(number, "agentic")
    asked, said = row.example.messages
    calls = tuple(
        {"type": "function", "id": name, "function": {"name": "look", "arguments": {"at": name}}}
        for name in "12"
    )
    results = [
        Message(role="tool", content=f"{number} {name}", tool_call_id=name) for name in answered
    ]
    both = Message(role="assistant", tool_calls=calls, trained=True)
    messages = (asked, both, *results, said)
    return msgspec.structs.replace(
        row, example=msgspec.structs.replace(row.example, messages=messages)
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with some real work and more that was made up."""
    root = tmp_path_factory.mktemp("made-up")
    workspace = root / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root))
        patch.delenv("CLAUDE_CONFIG_DIR", raising=False)
        patch.delenv("CODEX_HOME", raising=False)
        assert call(["run", "--workspace", str(workspace), "-q", "--json"]) == 0
    folder = workspace / "synth" / "synth_1"
    folder.mkdir(parents=True)
    rows = [made_up(n, "restraint" if n % 2 else "agentic") for n in range(N_MADE)]
    lines = [msgspec.json.encode(row) + b"\n" for row in rows]
    (folder / "examples-00001.jsonl").write_bytes(b"".join(lines))
    return workspace


def rows_of(store: Path, tmp_path: Path, text: str) -> list[dict[str, Any]]:
    recipe = tmp_path / "mine.toml"
    recipe.write_text(f'name = "mine"\n{text}')
    code = call(["dataset", "build", str(recipe), "--workspace", str(store), "--json", "-q"])
    assert code == 0
    folders = sorted((store / "datasets" / "mine").iterdir(), key=lambda f: f.stat().st_mtime_ns)
    files = sorted(folders[-1].glob("*train.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def made(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if SYNTHETIC in row["tags"]]


def test_nothing_made_up_comes_in_unasked(store: Path, tmp_path: Path) -> None:
    rows = rows_of(store, tmp_path, "")

    assert rows
    assert made(rows) == []


@pytest.mark.parametrize("at_most", [0.2, 0.5])
def test_its_share_is_capped(store: Path, tmp_path: Path, at_most: float) -> None:
    rows = rows_of(store, tmp_path, f"[synthetic]\nat_most = {at_most}\n")

    n_real = len(rows) - len(made(rows))
    assert n_real
    assert len(made(rows)) == int(n_real * at_most / (1 - at_most) + 1e-9)


def test_all_of_it_can_be_asked_for_and_parts_of_it(store: Path, tmp_path: Path) -> None:
    everything = rows_of(store, tmp_path, "[synthetic]\nat_most = 1\n")
    some = rows_of(store, tmp_path, '[synthetic]\nat_most = 1\ncategories = ["restraint"]\n')

    assert len(made(everything)) == N_MADE
    assert categories(made(some)) == {"category:restraint"}
    assert all(len(categories([row])) == 1 for row in everything if "messages" in row)


def categories(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {tag for row in rows for tag in row["tags"] if tag.startswith("category:")}


def test_it_is_never_held_out(store: Path, tmp_path: Path) -> None:
    rows_of(store, tmp_path, "[synthetic]\nat_most = 1\n[split]\nvalidation = 0.5\n")

    newest = max((store / "datasets" / "mine").iterdir(), key=lambda f: f.stat().st_mtime_ns)
    held_out = list(newest.glob("*validation.jsonl"))
    assert held_out
    for path in held_out:
        assert SYNTHETIC not in path.read_text()


def test_what_grew_out_of_held_out_work_goes_nowhere(store: Path, tmp_path: Path) -> None:
    rows_of(store, tmp_path, "[split]\nvalidation = 0.5\n")
    newest = max((store / "datasets" / "mine").iterdir(), key=lambda f: f.stat().st_mtime_ns)
    lineages = [json.loads(line) for line in (newest / "lineage.jsonl").read_text().splitlines()]
    held = {
        json.loads(line)["id"]
        for path in newest.glob("*validation.jsonl")
        for line in path.read_text().splitlines()
    }
    places = [row["lineage"][0] for row in lineages if row["id"] in held]
    if not places:
        pytest.skip("no work of this store is held out")
    row = made_up(999, "restraint", of=places[0])
    extra = store / "synth" / "synth_2"
    extra.mkdir()
    (extra / "examples-00001.jsonl").write_bytes(msgspec.json.encode(row) + b"\n")

    rows = rows_of(store, tmp_path, "[synthetic]\nat_most = 1\n[split]\nvalidation = 0.5\n")
    shutil.rmtree(extra)

    assert row.id not in {each["id"] for each in rows}


def test_calls_that_cannot_be_told_one_at_a_time_are_left_out_by_name(
    store: Path, tmp_path: Path
) -> None:
    extra = store / "synth" / "synth_2"
    extra.mkdir()
    rows = [calling(900 + n, names) for n, names in enumerate(["12", "21", "1"])]
    lines = [msgspec.json.encode(row) + b"\n" for row in rows]
    (extra / "examples-00001.jsonl").write_bytes(b"".join(lines))

    told = rows_of(store, tmp_path, 'calls = "one"\n[synthetic]\nat_most = 1\n')
    shutil.rmtree(extra)

    newest = max((store / "datasets" / "mine").iterdir(), key=lambda f: f.stat().st_mtime_ns)
    rejects = [json.loads(line) for line in (newest / "rejects.jsonl").read_text().splitlines()]
    apart = [row["messages"] for row in made(told) if "calls:apart" in row["tags"]]
    assert [[m.get("tool_call_id") for m in row[2:6:2]] for row in apart] == [["1", "2"]] * 2
    refused = [each for each in rejects if each["reason"] == "several_calls"]
    assert rows[2].id in {each.get("id") for each in refused}
    funnel = json.loads((newest / "manifest.json").read_text())["funnel"]
    assert funnel[0]["left_out"]["several_calls"] == len(refused)


def test_an_example_tells_how_it_was_made_up(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    name = f"example_{3:020}"

    assert call(["explain", name, "--workspace", str(store), "--json"]) == 0

    chain = json.loads(capsys.readouterr().out)["chain"]
    assert {"made_by": "test@1", "execution": "no_calls"}.items() <= chain[1].items()


def test_a_broken_line_among_made_up_examples_is_rejected_and_counted(tmp_path: Path) -> None:
    first, torn, last = (msgspec.json.encode(made_up(n, "restraint")) for n in range(3))
    (tmp_path / "made.jsonl").write_bytes(b"\n".join([first, torn[:50], last]) + b"\n")

    report = verify_files([tmp_path / "made.jsonl"], with_rows=True)

    assert [(row.line, row.rungs["format"]) for row in report.rows] == [
        (1, "pass"), (3, "pass"), (2, "fail"),
    ]  # fmt: skip
