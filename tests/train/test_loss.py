"""What a trainer logs becomes the loss curve of a stage, also where training fell apart."""

from __future__ import annotations

from math import inf, nan

import msgspec

from tracemill.records.models.training import LossPoint, StageRun
from tracemill.train.engines.trl import loss_curve
from tracemill.train.loss_plot import loss_svg

HISTORY = [
    {"step": 1, "loss": 2.5, "learning_rate": 1e-4, "epoch": 0.5, "grad_norm": nan},
    {"step": 2, "loss": nan, "learning_rate": 5e-5, "epoch": 1.0, "grad_norm": inf, "tokens": 64},
    {"step": 3, "loss": 1.5, "learning_rate": 0.0, "epoch": 1.5, "grad_norm": 0.25},
    {"step": 3, "train_runtime": 8.0},
]


def stage() -> StageRun:
    return StageRun(
        name="calls", method="sft", data_hash="d", n_examples=1, n_tokens=9, n_trained_tokens=3,
        n_steps=3, losses=loss_curve(HISTORY),
    )  # fmt: skip


def test_what_is_no_number_is_unknown() -> None:
    assert loss_curve(HISTORY) == (
        LossPoint(step=1, loss=2.5, learning_rate=1e-4, epoch=0.5),
        LossPoint(step=2, loss=None, learning_rate=5e-5, epoch=1.0, measures={"tokens": 64.0}),
        LossPoint(step=3, loss=1.5, learning_rate=0.0, epoch=1.5, measures={"grad_norm": 0.25}),
    )


def test_a_stage_that_fell_apart_is_read_back() -> None:
    kept = msgspec.json.encode(stage())

    assert msgspec.json.decode(kept, type=StageRun) == stage()
    assert stage().known_losses == [2.5, 1.5]


def test_the_picture_tells_how_many_points_it_lacks() -> None:
    drawn = loss_svg("run", [stage()])

    assert "calls, 3 steps, 1 without a loss" in drawn
    assert "nan" not in drawn
