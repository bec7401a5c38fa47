"""A PEFT adapter as a GGUF file, which llama.cpp puts on top of the base's own GGUF.

The base is never merged and converted: a tokenizer that is rebuilt on the way would not be the one
that was trained with. llama.cpp stores the rows of two projections in another order than PEFT for
models of the Llama family; the low-rank matrices follow it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tracemill.base.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    Matrix = np.ndarray[Any, Any]

_NAME: Final = re.compile(r"(?:base_model\.model\.)?(?P<module>.+)\.lora_(?P<side>[AB])\.weight")


class _Family(NamedTuple):
    arch: str
    """What llama.cpp calls it."""
    is_permuted: bool
    """Whether rows of queries and keys are stored in another order."""


_FAMILIES: Final[Mapping[str, _Family]] = {
    "llama": _Family("llama", is_permuted=True),
    "mistral": _Family("llama", is_permuted=True),
    "qwen2": _Family("qwen2", is_permuted=False),
    "qwen3": _Family("qwen3", is_permuted=False),
}
"""Models by the type in their config."""


def can_write(model_type: str) -> bool:
    """Tell whether adapters of models of a type can be written."""
    return model_type in _FAMILIES


def write_adapter(adapter: Path, config: Mapping[str, Any], to: Path) -> None:
    """Write the adapter in a folder as a GGUF file.

    Args:
        adapter: The folder, with `adapter_config.json` and `adapter_model.safetensors`.
        config: The base model's config, with its type and numbers of layers and heads.
        to: The file.

    Raises:
        DataError: the adapter has parts that llama.cpp could not put on the base.
    """
    import gguf
    from safetensors.numpy import load_file

    family = _FAMILIES[config["model_type"]]
    arch = next(kind for kind, name in gguf.MODEL_ARCH_NAMES.items() if name == family.arch)
    names = gguf.get_tensor_name_map(arch, config["num_hidden_layers"])
    settings = json.loads((adapter / "adapter_config.json").read_bytes())
    writer = gguf.GGUFWriter(to, family.arch)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(settings["lora_alpha"]))
    for name, weights in sorted(load_file(adapter / "adapter_model.safetensors").items()):
        module, side = _parts(name)
        known = names.get_name(f"{module}.weight", (".weight",))
        if known is None:
            raise DataError(f"the adapter has a part that llama.cpp does not know: {module!r}")
        if side == "B" and family.is_permuted:
            weights = _permuted(module, weights, config)  # noqa: PLW2901 - the same, reordered
        writer.add_tensor(f"{known}.lora_{side.lower()}", weights.astype("float16"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _parts(name: str) -> tuple[str, str]:
    found = _NAME.fullmatch(name)
    if found is None:
        raise DataError(f"expected low-rank matrices only, found the adapter's part {name!r}")
    return found["module"], found["side"]


def _permuted(module: str, weights: Matrix, config: Mapping[str, Any]) -> Matrix:
    """Reorder rows of queries and keys: halves of each head become pairs."""
    if module.endswith("q_proj"):
        n_heads = config["num_attention_heads"]
    elif module.endswith("k_proj"):
        n_heads = config["num_key_value_heads"]
    else:
        return weights
    n_rows = weights.shape[0]
    halves = weights.reshape(n_heads, 2, n_rows // n_heads // 2, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)
