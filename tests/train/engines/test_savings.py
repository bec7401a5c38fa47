"""What is saved in training changes neither loss nor gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.train.engines import small
from tracemill.train.protocol import ImitatedRow, StageData

pytest.importorskip("trl", reason="needs the extra `train`: make test-train")

import torch

from tracemill.train.engines.loading import load_model, make_tokenizer
from tracemill.train.engines.shared_beginnings import share_beginning
from tracemill.train.engines.trl import with_adapter
from tracemill.train.engines.trl_trainers import make_trainer

pytestmark = [
    pytest.mark.train,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("default"),
]

BEGINNING = list(range(20, 60))


def rows(*endings: list[int]) -> list[ImitatedRow]:
    """Rows that begin alike and whose last three tokens carry loss."""
    whole = [BEGINNING + ending for ending in endings]
    return [ImitatedRow(ids, [-100] * (len(ids) - 3) + ids[-3:]) for ids in whole]


def trainer_of(folder: Path, **changes: Any) -> Any:
    base = small.save_model(folder / "base")
    stage = small.stage(batch_size=3)
    job = small.job(base, small.recipe(stage, **changes), folder / "run")
    made = rows([70, 71, 72, 73], [80, 81, 82, 83, 84, 85], [70, 71, 92, 93, 94])
    data = StageData(made, ["a", "b", "c"], {})
    tokenizer = make_tokenizer(job.tokens)
    model = with_adapter(load_model(base, job.recipe), job, None)
    for name, matrix in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(matrix, std=0.1)
    return make_trainer(job, stage, data, folder / "out", (model, tokenizer))


def loss_and_gradients(trainer: Any) -> tuple[float, dict[str, Any]]:
    trainer.model.zero_grad()
    batch = next(iter(trainer.get_train_dataloader()))
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    learned = trainer.model.named_parameters()
    return loss.item(), {name: each.grad for name, each in learned if each.grad is not None}


def test_shared_beginning_gives_the_loss_and_gradients_of_whole_rows(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path)
    assert trainer.shares_beginnings

    shared, its_gradients = loss_and_gradients(trainer)
    trainer.shares_beginnings = False
    whole, gradients = loss_and_gradients(trainer)

    assert shared == pytest.approx(whole, rel=1e-5)
    assert its_gradients.keys() == gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(its_gradients[name], gradient, rtol=1e-4, atol=1e-6)


def test_rows_start_where_they_differ(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path)
    batch = next(iter(trainer.get_train_dataloader()))

    shared = share_beginning(trainer.model, batch)

    assert shared["past_key_values"].get_seq_length() == len(BEGINNING) - 1
    assert shared["input_ids"].shape[1] == batch["input_ids"].shape[1] - len(BEGINNING) + 1
    assert shared["attention_mask"].shape == batch["attention_mask"].shape


def test_what_is_computed_twice_to_save_memory_is_not_shared(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path, gradient_checkpointing=True)

    assert not trainer.shares_beginnings


def test_only_tokens_that_carry_loss_are_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trl.trainer import utils

    trainer = trainer_of(tmp_path)
    score = utils._ChunkedLogProbFunction.apply
    scored: list[int] = []

    class Counting:
        @staticmethod
        def apply(hidden: Any, *rest: Any) -> Any:
            scored.append(len(hidden))
            return score(hidden, *rest)

    monkeypatch.setattr(utils, "_ChunkedLogProbFunction", Counting)
    loss_and_gradients(trainer)

    assert scored == [9]
