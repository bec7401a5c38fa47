"""What quotes an erased session goes with it: rows that models learned from, and reports."""

from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.erasing.erasure import erase_data, find_data, read_subject
from tracemill.flows.executors.local import Local
from tracemill.flows.models.runs import keep_run, kept_runs
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.models.training import DataSlice, Stage, TrainingRecipe, TrainingRun
from tracemill.store.workspace import Workspace

ROWS = (
    "handoff/1-only/rows.jsonl",
    "handoff/1-only/data/train.jsonl",
    "handoff/1-only/tokenized/data-00000.arrow",
    "handoff/1-only/prepared/ab12/data-00000-of-00001.arrow",
    "handoff/1-only/adapter/debug.log",
    "adapter/script.jsonl",
)
WEIGHTS = ("adapter/adapter_model.safetensors", "handoff/1-only/adapter/adapter_model.safetensors")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_session(tmp_path / "in", "s1", 2, word="mend the total")
    held = Workspace(tmp_path / "workspace")
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(held, [tmp_path / "in"], home, Options(workers=1), lambda _progress: None)
    return held


def train(workspace: Workspace, name: str, dataset: str, parent: str | None = None) -> Path:
    """Put a run where runs are kept, with all files that hold rows."""
    stage = Stage(name="only", data=(DataSlice(),), learning_rate=1e-4)
    recipe = TrainingRecipe(name=name, base="weights", template="compact", stages=(stage,))
    folder = workspace.models / name
    for path in (*ROWS, *WEIGHTS):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("mend the total")
    keep_run(
        folder,
        TrainingRun(id=name, recipe=recipe, status="finished", datasets=(dataset,), parent=parent),
    )
    return folder


def erase(workspace: Workspace, name: str = "s1") -> dict[str, int]:
    subject = read_subject(workspace, name, None, ())
    erased = erase_data(workspace, subject, lambda _: Local(1, workspace.scratch), lambda _: None)
    assert erased.receipt is not None
    return erased.receipt.counts


def test_rows_go_and_weights_stay(workspace: Workspace) -> None:
    _, version = find_version(workspace, "chat")
    learned = train(workspace, "run-a", version.id)
    went_on = train(workspace, "run-b", "dataset_other", parent="run-a")
    other = train(workspace, "run-c", "dataset_other")

    subject = read_subject(workspace, "s1", None, ())
    found = find_data(workspace, subject, lambda _: None)
    counts = erase(workspace)

    assert (found.training_files, found.models) == (2 * len(ROWS), ("run-a", "run-b"))
    assert counts["training_files"] == 2 * len(ROWS)
    marks = {kept.run.id: kept.run.learned_erased for kept in kept_runs(workspace)}
    assert [name for name, mark in marks.items() if mark] == ["run-a", "run-b"]
    for folder in (learned, went_on):
        assert [path for path in ROWS if (folder / path).exists()] == []
        assert all((folder / path).exists() for path in WEIGHTS)
    assert all((other / path).exists() for path in ROWS)


def test_what_was_handed_over_goes_also_where_nobody_knows_what_it_was_made_of(
    workspace: Workspace,
) -> None:
    folder = train(workspace, "run-a", "dataset_other")
    (folder / "run.json").unlink()
    outside = workspace.root.parent / "copied"
    outside.mkdir()
    (folder / "handoff/1-only/cache").symlink_to(outside)

    counts = erase(workspace)

    assert counts["training_files"] == len(ROWS) + 1
    assert not (folder / "handoff/1-only/cache").is_symlink()
    assert outside.exists()
    assert all((folder / path).exists() for path in WEIGHTS)


def test_written_reports_go(workspace: Workspace) -> None:
    reports = workspace.root / "reports"
    reports.mkdir()
    (reports / "weekly_2026-03-02.md").write_text("mend the total")
    subject = read_subject(workspace, "s1", None, ())

    assert find_data(workspace, subject, lambda _: None).report_files == 1
    assert erase(workspace)["report_files"] == 1
    assert not reports.exists()
