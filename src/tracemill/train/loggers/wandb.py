"""W&B: files beside the models, for `wandb sync`; `WANDB_MODE=online` sends at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracemill.train.loggers import PROJECT, Fact


class WandbLogger:
    """Keeps a run as one of W&B."""

    def __init__(self, place: Path) -> None:
        import wandb

        self._wandb: Any = wandb
        self._place = place
        self._run: Any = None

    def begin(self, name: str, facts: Mapping[str, Fact]) -> None:
        """Open a run; only what we say is kept: no code, console, packages or machine."""
        self._place.mkdir(parents=True, exist_ok=True)
        self._run = self._wandb.init(
            project=PROJECT,
            name=name,
            config=dict(facts),
            dir=os.environ.get("WANDB_DIR", str(self._place)),
            mode=_mode(),
            settings=self._wandb.Settings(
                silent=True,
                console="off",
                disable_code=True,
                disable_git=True,
                x_disable_machine_info=True,
                x_disable_meta=True,
                x_disable_stats=True,
                x_save_requirements=False,
            ),
        )

    def note(self, stage: str, step: int, measures: Mapping[str, float]) -> None:
        """Keep a step's measures under the stage's name, along the stage's own steps."""
        self._run.define_metric(f"{stage}/*", step_metric=f"{stage}/step")
        told = {f"{stage}/{name}": value for name, value in measures.items()}
        self._run.log({**told, f"{stage}/step": step})

    def end(self, facts: Mapping[str, Fact]) -> None:
        """Close it."""
        self._run.summary.update(dict(facts))
        self._run.finish()


def _mode() -> str:
    """Return what was asked for in its own words; else nothing is sent."""
    return os.environ.get("WANDB_MODE", "offline")
