"""What all rows of a batch begin with goes through the model once.

Rows that teach the use of tools begin with the same instructions and the same list of tools, which
may be most of what they hold and carries no loss. A causal model reads it alike in each row, so it
is read once, its keys and values are lent to all rows, and gradients flow back through them
together. Loss and gradients are those of whole rows but for rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any, Final

_WORTH_IT: Final = 32
"""Tokens that must be saved in a batch; below, one more pass costs more than it saves."""


def can_share(model: Any, *, gradient_checkpointing: bool, n_devices: int) -> bool:
    """Tell whether a model's past can be lent from row to row, and is kept where it trains."""
    from transformers.cache_utils import DynamicCache, DynamicLayer

    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    if gradient_checkpointing or n_devices > 1 or not _attends_to_all(core):
        return False
    return all(type(layer) is DynamicLayer for layer in DynamicCache(config=core.config).layers)


def _attends_to_all(core: Any) -> bool:
    """Tell whether attention alone carries the past, and no expert is balanced over a whole row."""
    if (
        getattr(core, "_is_stateful", False)
        or "logits_to_keep" not in signature(core.forward).parameters
    ):
        return False
    return not getattr(core.config.get_text_config(), "output_router_logits", False)


def share_beginning(model: Any, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a batch whose rows start where they differ, with what stands before as their past."""
    ids, labels = inputs["input_ids"], inputs["labels"]
    n_shared = _n_shared(ids, labels)
    if n_shared * (len(ids) - 1) < _WORTH_IT:
        return inputs
    begun = model(input_ids=ids[:1, :n_shared], use_cache=True, logits_to_keep=1)
    begun.past_key_values.batch_repeat_interleave(len(ids))
    return {
        **inputs,
        "input_ids": ids[:, n_shared:],
        "labels": labels[:, n_shared:],
        "past_key_values": begun.past_key_values,
    }


def _n_shared(ids: Any, labels: Any) -> int:
    """Count the tokens with which all rows begin, but for the last one: it foretells the next."""
    alike = (ids == ids[:1]).all(0) & (labels < 0).all(0)
    return max(0, int(alike.long().cumprod(0).sum()) - 1)
