"""What a recipe's datasets hold out is measured on by a program that does so, and never learned."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.render.formats import tokenizer_file
from tracemill.flows.analysis.flywheel import _learned
from tracemill.flows.models.planning import plan_training
from tracemill.flows.models.training import plan_run, train_model
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile
from tracemill.store.workspace import Workspace

RECIPE = """
name = "measured"
base = "{base}"
template = "compact"
trainer = "{trainer}"
[[stages]]
name = "only"
data = [{data}]
learning_rate = 1e-4
batch_size = 4
max_tokens = 200
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace")
    made.create()
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text("{}")
    tokenizer_file(base)
    return made


def row(number: int, answer: str = "It passes.") -> dict[str, Any]:
    said = [
        {"role": "user", "content": f"Run number {number}."},
        {"role": "assistant", "content": answer},
    ]
    return {"id": f"example_{number:02}", "messages": said}


def keep(workspace: Workspace, name: str, **splits: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows as a dataset version, a file for each split."""
    folder = workspace.datasets / name / f"dataset_{name}"
    folder.mkdir(parents=True)
    files = []
    for split, rows in splits.items():
        data = b"".join(json.dumps(each).encode() + b"\n" for each in rows)
        (folder / f"{split}.jsonl").write_bytes(data)
        files.append(
            ExportedFile(
                path=f"{split}.jsonl",
                format="trl-chat",
                rows=len(rows),
                n_bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
        )
    version = DatasetVersion(id=f"dataset_{name}", name=name, files=tuple(files))
    (folder / "manifest.json").write_bytes(msgspec.json.encode(version))


def recipe(tmp_path: Path, *names: str, trainer: str = "mlx") -> str:
    data = ", ".join(f'{{ dataset = "{name}" }}' for name in names)
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.format(base=tmp_path / "base", trainer=trainer, data=data))
    return str(path)


def handed_over(workspace: Workspace, tmp_path: Path, *names: str) -> dict[str, list[str]]:
    """Hand a run over to MLX-LM, and return the questions in each file of its rows."""
    planned = plan_run(workspace, recipe(tmp_path, *names))
    kept = train_model(workspace, planned, lambda _: None)
    folder = kept.folder / "handoff" / "1-only" / "data"
    return {
        path.stem: [json.loads(line)["prompt"] for line in path.read_text().splitlines()]
        for path in sorted(folder.iterdir())
    }


def numbers(prompts: Sequence[str]) -> list[int]:
    return [int(prompt.partition("number ")[2].partition(".")[0]) for prompt in prompts]


def test_mlx_validates_on_what_is_held_out_and_learns_none_of_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    keep(
        workspace,
        "work",
        train=[row(n) for n in range(6)],
        validation=[row(n) for n in range(10, 15)],
        test=[row(20)],
    )

    found = handed_over(workspace, tmp_path, "work")

    assert numbers(found["train"]) == [0, 1, 2, 3, 4, 5]
    assert numbers(found["valid"]) == [10, 11, 12, 13, 14]


def test_less_than_a_batch_stands_there_evenly_often(workspace: Workspace, tmp_path: Path) -> None:
    keep(workspace, "work", train=[row(0)], validation=[row(10), row(11), row(12)])

    assert numbers(handed_over(workspace, tmp_path, "work")["valid"]) == [10, 11, 12] * 2


def test_nothing_held_out_is_no_file_instead_of_what_was_learned(
    workspace: Workspace, tmp_path: Path
) -> None:
    keep(workspace, "work", train=[row(0), row(1)])

    assert handed_over(workspace, tmp_path, "work").keys() == {"train"}


def test_what_another_dataset_trains_on_is_not_held_out(
    workspace: Workspace, tmp_path: Path
) -> None:
    keep(workspace, "work", train=[row(0)], validation=[row(10), row(11)])
    keep(workspace, "more", train=[row(10)])

    found = handed_over(workspace, tmp_path, "work", "more")

    assert set(numbers(found["train"])) == {0, 10}
    assert set(numbers(found["valid"])) == {11}


@pytest.mark.parametrize(("trainer", "n_rows"), [("mlx", 1), ("scripted", None)])
def test_plan_counts_what_is_measured_on_and_what_is_not(
    trainer: str, n_rows: int | None, workspace: Workspace, tmp_path: Path
) -> None:
    endless = row(11, "so " * 400)
    keep(workspace, "work", train=[row(0)], validation=[row(10), endless])

    (stage,) = plan_training(workspace, recipe(tmp_path, "work", trainer=trainer)).stages

    assert (stage.n_examples, stage.n_held_out) == (1, n_rows)
    assert stage.held_out_drops == ({"too_long": 1} if n_rows else {})


def test_held_out_rows_make_no_other_run(workspace: Workspace, tmp_path: Path) -> None:
    keep(workspace, "work", train=[row(0)], validation=[row(10)])
    first = plan_run(workspace, recipe(tmp_path, "work"))
    (workspace.datasets / "work" / "dataset_work" / "validation.jsonl").write_bytes(b"")

    again = plan_run(workspace, recipe(tmp_path, "work"))

    assert (first.run.id, first.run.example_ids) == (again.run.id, again.run.example_ids)
    assert [len(each.stages[0].held_out) for each in (first, again)] == [1, 0]


def test_what_a_run_learned_is_told_apart_by_where_it_comes_from(
    workspace: Workspace, tmp_path: Path
) -> None:
    made_up = [{**row(n), "tags": ["origin:synthetic"]} for n in range(3)]
    keep(workspace, "mix", train=[*made_up, row(5), row(6)], validation=[row(9)])
    first = plan_run(workspace, recipe(tmp_path, "mix", trainer="scripted"))
    kept = train_model(workspace, first, lambda _: None)
    keep(workspace, "more", train=[row(6), row(7)])
    wanted = recipe(tmp_path, "more", trainer="scripted")
    later = train_model(workspace, plan_run(workspace, wanted, kept.run.id), lambda _: None)

    found = {each.run.id: each for each in _learned(workspace, [kept.run, later.run])}

    whole, beyond = found[kept.run.id], found[later.run.id]
    assert (whole.n_real, whole.n_made_up, whole.n_unknown, whole.origin) == (2, 3, 0, "mixed")
    assert (beyond.n_real, beyond.n_made_up, beyond.origin) == (1, 0, "real")
    assert beyond.before == {kept.run.id}
    shutil.rmtree(workspace.datasets / "more")
    (gone,) = _learned(workspace, [later.run])
    assert (gone.n_unknown, gone.origin) == (1, "unknown")
