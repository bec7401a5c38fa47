"""Out: examples become rows that trainers read, and whole trajectories documents for other tools.

To add a format: one module here with one class, one line in a table below, and its tests under
`tests/export/`. `EXPORTERS` are the rows that a dataset version keeps, `DATASET_FORMATS` the files
of one trainer, `TRAJECTORY_EXPORTERS` documents of whole sessions. An exporter never asks which
source an example or a trajectory came from.
"""

from __future__ import annotations

from typing import Any, Final

from tracemill.base.registry import Registry
from tracemill.export.protocol import Exporter, TrajectoryExporter
from tracemill.export.trainers.dataset_format import DatasetFormat
from tracemill.export.trajectories.known import Known

EXPORT_VERSION: Final = 8
"""Raise it when the same example would give another row."""

EXPORTERS: Final = Registry[type[Exporter[Any]]](
    kind="exporter",
    builtin={
        "trl-chat": "tracemill.export.trainers.trl_chat:TrlChat",
        "trl-preference": "tracemill.export.trainers.trl_preference:TrlPreference",
        "trl-unpaired": "tracemill.export.trainers.trl_unpaired:TrlUnpaired",
        "trl-stepwise": "tracemill.export.trainers.trl_stepwise:TrlStepwise",
        "trl-prompt": "tracemill.export.trainers.trl_prompt:TrlPrompt",
    },
)
"""Every exporter of examples by name."""

DATASET_FORMATS: Final = Registry[type[DatasetFormat]](
    kind="dataset format",
    builtin={
        "axolotl": "tracemill.export.trainers.axolotl:Axolotl",
        "llama-factory": "tracemill.export.trainers.llama_factory:LlamaFactory",
        "mlx": "tracemill.export.trainers.mlx:Mlx",
        "openai": "tracemill.export.trainers.openai_chat:OpenAiChat",
        "sharegpt": "tracemill.export.trainers.sharegpt:ShareGpt",
        "unsloth": "tracemill.export.trainers.unsloth:Unsloth",
    },
)
"""Every format of whole datasets by name; `tokens` needs a template and is made by its flow."""

TRAJECTORY_EXPORTERS: Final = Registry[type[TrajectoryExporter]](
    kind="trajectory format",
    builtin={
        "adp": "tracemill.export.trajectories.adp:Adp",
        "atif": "tracemill.export.trajectories.atif:Atif",
        "dialogue": "tracemill.export.trajectories.dialogue:Dialogue",
        "sts": "tracemill.export.trajectories.sts:Sts",
        "turns": "tracemill.export.trajectories.turns:Turns",
    },
)
"""Every exporter of whole trajectories by name."""

__all__ = [
    "DATASET_FORMATS",
    "EXPORTERS",
    "EXPORT_VERSION",
    "TRAJECTORY_EXPORTERS",
    "DatasetFormat",
    "Exporter",
    "Known",
    "TrajectoryExporter",
]
