"""An adapter of MLX-LM in the form of PEFT: the same matrices, turned round, under other names.

MLX-LM multiplies from the left and weighs by a scale, PEFT from the right and by alpha over rank.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from tracemill.base.errors import DataError, UsageError
from tracemill.base.installing import install_extras

MLX_CONFIG: Final = "adapter_config.json"
MLX_WEIGHTS: Final = "adapters.safetensors"
_SIDES: Final = {"lora_a": "lora_A", "lora_b": "lora_B"}
_MATRIX: Final = 2


def to_peft(adapter: Path, base: str, to: Path) -> None:
    """Write an adapter of MLX-LM as one of PEFT, with its own file beside to go on from.

    Args:
        adapter: MLX-LM's folder.
        base: The base model.
        to: The folder to write.

    Raises:
        DataError: it is no adapter of low-rank matrices alone.
        UsageError: the package that reads weights is not installed.
    """
    try:
        from safetensors.numpy import load_file, save_file
    except ImportError as error:
        raise UsageError(
            "to take up an adapter of MLX-LM, the extra 'train' is needed; "
            f"run: {install_extras('train')}"
        ) from error
    said = json.loads((adapter / MLX_CONFIG).read_bytes())
    shape = said.get("lora_parameters") or {}
    if said.get("fine_tune_type", "lora") != "lora" or not {"rank", "scale"} <= shape.keys():
        raise DataError(f"expected a LoRA adapter of MLX-LM in {str(adapter)!r}, found another")
    weights = {}
    modules = set()
    for name, matrix in load_file(adapter / MLX_WEIGHTS).items():
        module, _, side = name.rpartition(".")
        if side not in _SIDES or matrix.ndim != _MATRIX:
            raise DataError(f"expected low-rank matrices only, found the adapter's part {name!r}")
        modules.add(module)
        weights[f"base_model.model.{module}.{_SIDES[side]}.weight"] = matrix.T.copy()
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": shape["rank"],
        "lora_alpha": shape["scale"] * shape["rank"],
        "lora_dropout": shape.get("dropout", 0.0),
        "target_modules": sorted(modules),
    }
    to.mkdir(exist_ok=True)
    (to / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    save_file(weights, to / "adapter_model.safetensors", {"format": "pt"})
    shutil.copyfile(adapter / MLX_WEIGHTS, to / MLX_WEIGHTS)
