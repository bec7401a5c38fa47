"""Base models and tokenizers for PyTorch, from folders, hub ids and GGUF files.

Weights of a GGUF file are brought back to full numbers. Its tokenizer is taken from us, and not
rebuilt by another library: that one splits digits in another way than the model learned.
"""

from __future__ import annotations

from typing import Any

from tracemill.base.errors import UsageError
from tracemill.records.models.training import TrainingRecipe
from tracemill.train.base_models import BaseModel
from tracemill.train.checks import filler
from tracemill.train.protocol import Tokens


def load_model(base: BaseModel, recipe: TrainingRecipe) -> Any:
    """Return a base model, ready to get an adapter."""
    import torch
    from transformers import AutoModelForCausalLM, GgufConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    dtype = torch.bfloat16 if recipe.precision == "bf16" else torch.float32
    from_gguf: dict[str, Any] = {}
    if base.gguf:
        from_gguf = {
            "gguf_file": base.gguf,
            "quantization_config": GgufConfig(dequantize=True),
        }
    try:
        model = AutoModelForCausalLM.from_pretrained(base.place, dtype=dtype, **from_gguf)
    except OSError as error:
        raise UsageError(
            f"the base model {base.place!r} cannot be loaded; expected a folder with its config "
            "and weights, a GGUF file, or a hub id that this machine can reach"
        ) from error
    model.config.use_cache = False
    return model


def make_tokenizer(tokens: Tokens) -> Any:
    """Return our tokenizer in the form that trainers take.

    Raises:
        UsageError: it has no token to fill up rows with.
    """
    from transformers import PreTrainedTokenizerFast

    made = PreTrainedTokenizerFast(tokenizer_file=str(tokens.file), eos_token=tokens.stop)
    made.pad_token = filler(made.get_vocab().__contains__, tokens.stop)
    return made
