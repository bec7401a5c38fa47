"""What other programs are handed, and that their own readers take it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.render.formats import tokenizer
from tests.train.engines import small
from tracemill.base.errors import UsageError
from tracemill.records.training import TrainingRecipe
from tracemill.train import TRAINERS
from tracemill.train.base_models import BaseModel
from tracemill.train.handoff import PROGRAMS
from tracemill.train.protocol import HandedOff, Row, Trained

BASE = BaseModel("owner/name", None)
CONFIGS = {"axolotl": "axolotl.yaml", "llamafactory": "llamafactory.yaml", "mlx": "mlx.yaml"}


def recipe(program: str) -> TrainingRecipe:
    first, second = small.stage("first"), small.stage("second", learning_rate=1e-3)
    return small.recipe(first, second, trainer=program)


def hand_off(program: str, folder: Path) -> Trained | HandedOff:
    job = small.job(BASE, recipe(program), folder)
    return TRAINERS.load(program)().train(job, lambda _: None)


def up_to_trained(row: Row) -> list[int]:
    """The tokens of a row without those behind its last answer, which teach nothing."""
    ids, labels = row.ids
    return ids[: max(at for at, label in enumerate(labels) if label >= 0) + 1]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("program", ["axolotl", "llamafactory", "torchrun"])
def test_rows_go_over_as_the_tokens_that_we_made(program: str, tmp_path: Path) -> None:
    hand_off(program, tmp_path)

    given = small.data(recipe(program).stages[0]).rows
    written = lines(tmp_path / "handoff" / "1-first" / "rows.jsonl")
    assert [[row["input_ids"], row["labels"]] for row in written] == [row.ids for row in given]


def test_mlx_gets_texts_that_its_template_passes_on(tmp_path: Path) -> None:
    hand_off("mlx", tmp_path)
    folder = tmp_path / "handoff" / "1-first"

    given = small.data(recipe("mlx").stages[0]).rows
    joined = [row["prompt"] + row["completion"] for row in lines(folder / "data" / "train.jsonl")]
    beside = json.loads((folder / "model" / "tokenizer_config.json").read_text())
    assert [tokenizer().encode(text) for text in joined] == [up_to_trained(row) for row in given]
    assert "message.content" in beside["chat_template"]


@pytest.mark.parametrize("program", list(PROGRAMS.builtin))
def test_second_stage_goes_on_from_the_first(program: str, tmp_path: Path) -> None:
    handed = hand_off(program, tmp_path)

    assert isinstance(handed, HandedOff)
    config = CONFIGS.get(program, "settings.json")
    said = [
        (tmp_path / "handoff" / stage / config).read_text() for stage in ("1-first", "2-second")
    ]
    assert [str(tmp_path / "handoff" / "1-first" / "adapter") in text for text in said] == [
        False,
        True,
    ]
    assert handed.script.read_text().count("cd ") == 2


@pytest.mark.parametrize("program", list(CONFIGS))
def test_settings_say_what_the_recipe_says(program: str, tmp_path: Path) -> None:
    hand_off(program, tmp_path)
    said = json.loads((tmp_path / "handoff" / "2-second" / CONFIGS[program]).read_text())

    assert said["learning_rate"] == 1e-3
    assert {
        said.get("lora_r"),
        said.get("lora_rank"),
        said.get("lora_parameters", {}).get("rank"),
    } == {
        4,
        None,
    }


def test_adapter_that_was_made_elsewhere_is_taken_up(tmp_path: Path) -> None:
    hand_off("axolotl", tmp_path)
    adapter = tmp_path / "handoff" / "2-second" / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    (adapter / "adapter_model.safetensors").write_bytes(b"weights")

    trained = hand_off("axolotl", tmp_path)

    assert isinstance(trained, Trained)
    assert trained.adapter == adapter
    assert [run.name for run in trained.stages] == ["first", "second"]
    assert [run.adapter_hash is None for run in trained.stages] == [True, False]
    assert trained.stages[0].losses == ()


@pytest.mark.parametrize("found", ["adapter_config.json", "adapter_model.safetensors"])
def test_half_an_adapter_is_not_done_yet(found: str, tmp_path: Path) -> None:
    hand_off("axolotl", tmp_path)
    adapter = tmp_path / "handoff" / "2-second" / "adapter"
    adapter.mkdir()
    (adapter / found).write_text("{}")

    assert isinstance(hand_off("axolotl", tmp_path), HandedOff)


def test_adapter_of_mlx_is_refused_by_name(tmp_path: Path) -> None:
    hand_off("mlx", tmp_path)
    adapter = tmp_path / "handoff" / "2-second" / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    (adapter / "adapters.safetensors").write_bytes(b"weights")

    with pytest.raises(UsageError, match=r"found adapters\.safetensors: adapters of MLX-LM"):
        hand_off("mlx", tmp_path)


def test_preferences_are_not_handed_over(tmp_path: Path) -> None:
    wanted = small.recipe(small.stage(method="dpo"), trainer="axolotl")

    with pytest.raises(UsageError, match="only supervised stages"):
        TRAINERS.load("axolotl")().train(small.job(BASE, wanted, tmp_path), lambda _: None)


@pytest.mark.train
def test_axolotl_takes_its_settings(tmp_path: Path) -> None:
    schemas = pytest.importorskip("axolotl.utils.schemas.config", reason="axolotl is not installed")
    hand_off("axolotl", tmp_path)
    said = json.loads((tmp_path / "handoff" / "2-second" / "axolotl.yaml").read_text())

    taken = schemas.AxolotlInputConfig(**said)

    assert (taken.lora_r, taken.micro_batch_size) == (4, 4)
    assert set(said) <= set(schemas.AxolotlInputConfig.model_fields)


@pytest.mark.train
def test_llama_factory_takes_its_settings(tmp_path: Path) -> None:
    parser = pytest.importorskip("llamafactory.hparams.parser", reason="it is not installed")
    hand_off("llamafactory", tmp_path)
    said = json.loads((tmp_path / "handoff" / "2-second" / "llamafactory.yaml").read_text())

    model, data, training, finetuning, _ = parser._parse_train_args(said)

    assert (finetuning.lora_rank, data.tokenized_path) == (4, "tokenized")
    assert (model.model_name_or_path, training.learning_rate) == ("owner/name", 1e-3)


@pytest.mark.train
def test_mlx_reads_its_rows(tmp_path: Path) -> None:
    datasets = pytest.importorskip("mlx_lm.tuner.datasets", reason="mlx-lm is not installed")
    transformers = pytest.importorskip("transformers")
    hand_off("mlx", tmp_path)
    folder = tmp_path / "handoff" / "1-first"
    made = transformers.AutoTokenizer.from_pretrained(folder / "model")

    class Config:
        mask_prompt = True

    rows = datasets.create_dataset(lines(folder / "data" / "train.jsonl"), made, Config())
    given = small.data(recipe("mlx").stages[0]).rows

    for number, row in enumerate(given):
        ids, offset = rows.process(rows[number])
        assert list(ids) == up_to_trained(row)
        assert offset == next(at for at, label in enumerate(row.ids[1]) if label >= 0)
