"""Training: a recipe and examples in, an adapter and the record of what happened out.

`recipe_file` reads what is wanted, `lessons` makes rows of tokens of examples, `checks` refuses
what would be learned wrongly, and a trainer does the rest. To add a trainer: one module in
`engines` with one class, one line in `TRAINERS`, and its tests under `tests/train/`. `handoff`
writes the files with which other programs train on many GPUs.
"""

from __future__ import annotations

from typing import Final

from tracemill.base.registry import Registry
from tracemill.train.protocol import Trainer

TRAIN_VERSION: Final = 2
"""Raise it when the same recipe and examples would give other rows or another run."""

TRAINERS: Final = Registry[type[Trainer]](
    kind="trainer",
    builtin={
        "trl": "tracemill.train.engines.trl:TrlTrainer",
        "scripted": "tracemill.train.engines.scripted:ScriptedTrainer",
        "axolotl": "tracemill.train.handoff.protocol:HandOffTrainer",
        "llamafactory": "tracemill.train.handoff.protocol:HandOffTrainer",
        "mlx": "tracemill.train.handoff.protocol:HandOffTrainer",
        "torchrun": "tracemill.train.handoff.protocol:HandOffTrainer",
    },
)
"""Every trainer by name."""

MEASURES_HELD_OUT: Final = frozenset({"mlx"})
"""Trainers that measure the loss on held-out examples while they train."""

__all__ = ["MEASURES_HELD_OUT", "TRAINERS", "TRAIN_VERSION", "Trainer"]
