"""Out: examples become rows that trainers read, and whole trajectories documents for other tools.

To add a format: one module here with one class, one line in a table below, and its tests under
`tests/export/`. `EXPORTERS` are the rows that a dataset version keeps, `DATASET_FORMATS` the files
of one trainer, `TRAJECTORY_EXPORTERS` documents of whole sessions. An exporter never asks which
source an example or a trajectory came from.
"""

from __future__ import annotations

from typing import Any, Final

from tracemill.base.registry import Registry
from tracemill.export.dataset_format import DatasetFormat
from tracemill.export.known import Known
from tracemill.export.protocol import Exporter, TrajectoryExporter

EXPORT_VERSION: Final = 7
"""Raise it when the same example would give another row."""

EXPORTERS: Final = Registry[type[Exporter[Any]]](
    kind="exporter",
    builtin={
        "trl-chat": "tracemill.export.trl_chat:TrlChat",
        "trl-preference": "tracemill.export.trl_preference:TrlPreference",
        "trl-unpaired": "tracemill.export.trl_unpaired:TrlUnpaired",
        "trl-stepwise": "tracemill.export.trl_stepwise:TrlStepwise",
        "trl-prompt": "tracemill.export.trl_prompt:TrlPrompt",
    },
)
"""Every exporter of examples by name."""

DATASET_FORMATS: Final = Registry[type[DatasetFormat]](
    kind="dataset format",
    builtin={
        "axolotl": "tracemill.export.axolotl:Axolotl",
        "llama-factory": "tracemill.export.llama_factory:LlamaFactory",
        "mlx": "tracemill.export.mlx:Mlx",
        "openai": "tracemill.export.openai_chat:OpenAiChat",
        "sharegpt": "tracemill.export.sharegpt:ShareGpt",
        "unsloth": "tracemill.export.unsloth:Unsloth",
    },
)
"""Every format of whole datasets by name; `tokens` needs a template and is made by its flow."""

TRAJECTORY_EXPORTERS: Final = Registry[type[TrajectoryExporter]](
    kind="trajectory format",
    builtin={
        "adp": "tracemill.export.adp:Adp",
        "atif": "tracemill.export.atif:Atif",
        "sts": "tracemill.export.sts:Sts",
        "turns": "tracemill.export.turns:Turns",
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
