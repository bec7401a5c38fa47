"""What TRL does with our rows: learns them, goes on after a kill, and says what it did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.train.engines import small
from tracemill.records.models.training import Method
from tracemill.train.base_models import BaseModel
from tracemill.train.protocol import TrainProgress

pytest.importorskip("trl", reason="needs the extra `train`: make test-train")

from tracemill.train.engines.trl import TrlTrainer
from tracemill.train.recipe_file import asked_for, read_recipe

pytestmark = [
    pytest.mark.train,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    return small.save_model(tmp_path_factory.mktemp("base"))


def ignore(_: TrainProgress) -> None:
    pass


def test_loss_goes_down_and_the_record_says_what_was_done(base: BaseModel, tmp_path: Path) -> None:
    wanted = small.recipe(small.stage())
    seen: list[TrainProgress] = []

    trained = TrlTrainer().train(small.job(base, wanted, tmp_path), seen.append)

    (run,) = trained.stages
    assert run.known_losses[-1] < run.known_losses[0]
    assert [point.step for point in run.losses] == list(range(1, 9))
    assert [progress.step for progress in seen] == list(range(1, 9))
    assert (run.n_steps, run.n_examples, run.resumed_at) == (8, 16, None)
    assert run.effective["learning_rate"] == 1e-2
    assert (run.effective["lora_rank"], run.effective["n_rows"]) == (4, 16)
    assert run.effective["n_trained_parameters"] < run.effective["n_parameters"]
    assert run.tokens_per_second is not None
    assert (trained.adapter / "adapter_model.safetensors").exists()


def test_same_seed_gives_the_same_adapter(base: BaseModel, tmp_path: Path) -> None:
    wanted = small.recipe(small.stage(epochs=1))

    hashes = {
        TrlTrainer()
        .train(small.job(base, each, tmp_path / str(number)), ignore)
        .stages[0]
        .adapter_hash
        for number, each in enumerate([wanted, wanted, msgspec.structs.replace(wanted, seed=1)])
    }

    assert len(hashes) == 2


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_preferences_are_learned_from_our_tokens(
    base: BaseModel, tmp_path: Path, method: Method
) -> None:
    wanted = small.recipe(small.stage(method=method, epochs=3))

    (run,) = TrlTrainer().train(small.job(base, wanted, tmp_path), ignore).stages

    margins = [point.measures["rewards/margins"] for point in run.losses]
    assert margins[-1] > margins[0]
    assert run.effective["n_rows"] == (16 if method == "dpo" else 32)


def test_each_stage_goes_on_from_the_one_before(base: BaseModel, tmp_path: Path) -> None:
    first, second = small.stage("first"), small.stage("second", learning_rate=1e-3)
    third = small.stage("third", method="dpo", learning_rate=1e-4)

    runs = (
        TrlTrainer()
        .train(small.job(base, small.recipe(first, second, third), tmp_path), ignore)
        .stages
    )

    assert [run.effective["learning_rate"] for run in runs] == [1e-2, 1e-3, 1e-4]
    assert runs[1].known_losses[0] < runs[0].known_losses[0]
    assert len({run.adapter_hash for run in runs}) == 3


def test_the_bundled_three_stages_really_run(base: BaseModel, tmp_path: Path) -> None:
    bundled = asked_for(read_recipe("three-stages"), None, None)
    wanted = msgspec.structs.replace(bundled, base="small", precision="fp32", save_every=None)

    runs = TrlTrainer().train(small.job(base, wanted, tmp_path), ignore).stages

    rates = [run.effective["learning_rate"] for run in runs]
    firsts = [run.known_losses[0] for run in runs]
    assert [run.method for run in runs] == ["sft"] * 3
    assert rates == [stage.learning_rate for stage in bundled.stages] == [2e-4, 1e-4, 5e-5]
    assert firsts == sorted(firsts, reverse=True)
    assert {run.effective["lora_rank"] for run in runs} == {16}


def test_run_goes_on_from_the_adapter_of_another(base: BaseModel, tmp_path: Path) -> None:
    wanted = small.recipe(small.stage())
    parent = TrlTrainer().train(small.job(base, wanted, tmp_path / "parent"), ignore)

    child = TrlTrainer().train(small.job(base, wanted, tmp_path / "child", parent.adapter), ignore)

    assert child.stages[0].known_losses[0] < parent.stages[0].known_losses[0]


KILLED = """
import sys
from pathlib import Path
from tests.train.engines import small
from tracemill.train.base_models import BaseModel
from tracemill.train.engines.trl import TrlTrainer
from tracemill.train.recipe_file import read_recipe

base, folder = sys.argv[1:]
recipe = small.recipe(small.stage(epochs=6), save_every=3)

def slowly(progress):
    print(progress.step, flush=True)

TrlTrainer().train(small.job(BaseModel(base, None), recipe, Path(folder)), slowly)
"""


def test_killed_run_goes_on_with_the_same_curve_and_repeats_nothing(
    base: BaseModel, tmp_path: Path
) -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, base.place, str(tmp_path / "killed")],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "8":
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    process.wait()
    wanted = small.recipe(small.stage(epochs=6), save_every=3)

    seen: list[TrainProgress] = []
    (resumed,) = (
        TrlTrainer().train(small.job(base, wanted, tmp_path / "killed"), seen.append).stages
    )
    (whole,) = TrlTrainer().train(small.job(base, wanted, tmp_path / "whole"), ignore).stages

    assert resumed.resumed_at in {3, 6}
    assert seen[0].step == (resumed.resumed_at or 0) + 1
    assert [p.step for p in resumed.losses] == [p.step for p in whole.losses]
    assert [p.loss for p in resumed.losses] == pytest.approx(
        [p.loss for p in whole.losses], abs=1e-5
    )
    assert resumed.adapter_hash == whole.adapter_hash


def test_finished_stage_is_not_trained_again(base: BaseModel, tmp_path: Path) -> None:
    wanted = small.recipe(small.stage())
    first = TrlTrainer().train(small.job(base, wanted, tmp_path), ignore)
    seen: list[TrainProgress] = []

    again = TrlTrainer().train(small.job(base, wanted, tmp_path), seen.append)

    assert seen == []
    assert again.stages == first.stages
