"""Trackers of other people hear a run's numbers and nothing else, and keep them on this machine."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.records.models.training import (
    DataSlice,
    LossPoint,
    Stage,
    StageRun,
    TrainingRecipe,
    TrainingRun,
)
from tracemill.train.loggers import (
    LOGGERS,
    Fact,
    facts_after,
    facts_before,
    logged,
    open_loggers,
)

STAGE = Stage(name="tool-use", data=(DataSlice(),), learning_rate=1e-3)
RUN = TrainingRun(
    id="run_1",
    recipe=TrainingRecipe(
        name="small", base="/home/somebody/models/small", template="compact", stages=(STAGE,)
    ),
    status="finished",
    datasets=("dataset_1",),
    example_ids=("example_1", "example_2"),
    stages=(
        StageRun(
            name="tool-use",
            method="sft",
            data_hash="abc",
            n_examples=2,
            n_tokens=100,
            n_trained_tokens=20,
            n_steps=1,
            seconds=4.0,
            losses=(LossPoint(step=1, loss=0.5, epoch=1.0),),
        ),
    ),
    adapter_hash="def",
)


def tell(name: str, place: Path) -> None:
    (logger,) = open_loggers([name], place)
    logger.begin(RUN.id, facts_before(RUN))
    for step, loss in enumerate([1.0, 0.5], 1):
        logger.note("tool-use", step, {"loss": loss})
    logger.end(facts_after(RUN))


def test_facts_name_the_run_and_neither_folders_nor_what_is_unknown() -> None:
    facts = {**facts_before(RUN), **facts_after(RUN)}

    assert facts["base"] == "small"
    assert facts["tool-use/learning_rate"] == 1e-3
    assert facts["tool-use/tokens_per_second"] == 25.0
    assert "parent" not in facts
    assert "/home" not in json.dumps(facts)


def test_unknown_logger_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="trackio"):
        open_loggers(["nobody"], tmp_path)


def test_absent_package_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("wandb", "tracemill.train.loggers.wandb"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "wandb", None)

    with pytest.raises(UsageError, match=r"\[wandb\]"):
        open_loggers(["wandb"], tmp_path)


class Diary:
    """What a logger was told, in order."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def begin(self, name: str, facts: Mapping[str, Fact]) -> None:
        self._told.append(f"began {name} of {facts['recipe']}")

    def note(self, stage: str, step: int, measures: Mapping[str, float]) -> None:
        self._told.append(f"{stage} {step} {measures}")

    def end(self, facts: Mapping[str, Fact]) -> None:
        self._told.append(f"ended {facts['status']}")


def test_a_run_that_breaks_off_is_closed_too() -> None:
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt), logged([Diary(told)], RUN):
        raise KeyboardInterrupt
    with logged([Diary(told)], RUN) as came:
        came.update(facts_after(RUN))

    began = "began run_1 of small"
    assert told == [began, "ended broken_off", began, "ended finished"]


@pytest.mark.usefixtures("_alone")
def test_opening_a_logger_writes_nothing(tmp_path: Path) -> None:
    for name in LOGGERS.builtin:
        pytest.importorskip(name, reason=f"needs tracemill[{name}]")

    open_loggers([*LOGGERS.builtin], tmp_path)

    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_URI", "TRACKIO_DIR", "WANDB_MODE", "WANDB_DIR"):
        monkeypatch.delenv(name, raising=False)
    for module in [name for name in sys.modules if name.partition(".")[0] == "trackio"]:
        monkeypatch.delitem(sys.modules, module)  # it reads its folder once for each process


@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("_alone")
def test_mlflow_keeps_curve_facts_and_outcome(tmp_path: Path) -> None:
    mlflow = pytest.importorskip("mlflow", reason="needs tracemill[mlflow]")

    tell("mlflow", tmp_path)

    client = mlflow.MlflowClient(tracking_uri=(tmp_path / "mlflow").as_uri())
    experiment = client.get_experiment_by_name("tracemill")
    (run,) = client.search_runs([experiment.experiment_id])
    curve = client.get_metric_history(run.info.run_id, "tool-use/loss")
    assert [(point.step, point.value) for point in curve] == [(1, 1.0), (2, 0.5)]
    assert run.info.run_name == "run_1"
    assert run.info.status == "FINISHED"
    assert run.data.params["tool-use/learning_rate"] == "0.001"
    assert run.data.tags["adapter_hash"] == "def"


@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("_alone")
def test_trackio_keeps_the_curve_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    pytest.importorskip("trackio", reason="needs tracemill[trackio]")

    tell("trackio", tmp_path)

    with sqlite3.connect(tmp_path / "trackio" / "tracemill.db") as database:
        kept = database.execute("select step, metrics from metrics order by step, id").fetchall()
    losses = [(step, json.loads(told).get("tool-use/loss")) for step, told in kept]
    assert losses[:2] == [(1, 1.0), (2, 0.5)]
    assert capsys.readouterr().out == ""


@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("_alone", "socket_enabled")
def test_wandb_keeps_files_and_sends_nothing(tmp_path: Path) -> None:
    wandb = pytest.importorskip("wandb", reason="needs tracemill[wandb]")

    tell("wandb", tmp_path)
    wandb.teardown()  # what writes the files is a process of its own

    (kept,) = (tmp_path / "wandb").rglob("*.wandb")
    written = kept.read_bytes()
    assert kept.parent.name.startswith("offline-run-")
    assert b"tool-use/loss" in written
    assert b"adapter_hash" in written
    assert msgspec.json.encode(RUN.recipe.base)[1:-1] not in written
