"""Settings as a trainer has them, which may differ from those that it was asked for."""

from __future__ import annotations

from typing import Any, Final

_ARGUMENTS: Final = (
    "learning_rate", "lr_scheduler_type", "warmup_steps", "num_train_epochs", "max_steps",
    "per_device_train_batch_size", "gradient_accumulation_steps", "gradient_checkpointing",
    "optim", "weight_decay", "max_grad_norm", "bf16", "fp16", "seed", "max_length", "packing",
    "loss_type", "beta",
)  # fmt: skip


def effective_settings(trainer: Any) -> dict[str, Any]:
    """Return what a trainer is about to do."""
    arguments = {
        name: _plain(getattr(trainer.args, name))
        for name in _ARGUMENTS
        if hasattr(trainer.args, name)
    }
    shape = trainer.model.peft_config["default"]
    parameters = list(trainer.model.parameters())
    trained = [each for each in parameters if each.requires_grad]
    return {
        **arguments,
        "device": str(trainer.args.device),
        "n_devices": max(1, trainer.args.n_gpu) * trainer.args.world_size,
        "n_rows": len(trainer.train_dataset),
        "shares_beginnings": getattr(trainer, "shares_beginnings", False),
        "lora_rank": shape.r,
        "lora_alpha": shape.lora_alpha,
        "lora_dropout": shape.lora_dropout,
        "lora_targets": sorted(shape.target_modules),
        "n_parameters": sum(each.numel() for each in parameters),
        "n_trained_parameters": sum(each.numel() for each in trained),
        "dtypes": sorted({str(each.dtype).removeprefix("torch.") for each in parameters}),
        "trained_dtypes": sorted({str(each.dtype).removeprefix("torch.") for each in trained}),
    }


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(getattr(value, "value", value))
