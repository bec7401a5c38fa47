"""A model in PyTorch, with a PEFT adapter: slow on a processor, and at home on a GPU."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras
from tracemill.llm.protocol import Answer, AskSettings, FinishReason, SubjectConfig, SubjectError
from tracemill.llm.speaking import read_answer, render_prompt
from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import ChatFormat, load_format


class TransformersSubject:
    """A model that PyTorch runs."""

    def __init__(self, config: SubjectConfig, format_: ChatFormat, model: Any) -> None:
        self.name = config.title
        self.format = format_.spec.fingerprint
        self._format = format_
        self._config = config
        self._model = model

    def answer(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], settings: AskSettings
    ) -> Answer:
        """Ask the model."""
        import torch

        tokenizer = self._format.tokenizer
        ids = tokenizer.encode(render_prompt(self._format, messages, tools))
        if len(ids) + settings.max_tokens > self._config.context:
            raise SubjectError(
                f"{self.name!r} has room for {self._config.context} tokens, and prompt and answer "
                f"may take {len(ids) + settings.max_tokens}"
            )
        begun = time.perf_counter()
        torch.manual_seed(settings.seed)
        given = torch.tensor([ids], device=self._model.device)
        with torch.inference_mode():
            made = self._model.generate(
                given, attention_mask=torch.ones_like(given), **self._drawing(settings)
            )
        said = made[0, len(ids) :].tolist()
        (stop,) = tokenizer.encode(self._format.template.stop)
        finish: FinishReason = "stop" if said[-1:] == [stop] else "length"
        return Answer(
            **read_answer(self._format, tokenizer.decode(said), finish),
            n_prompt_tokens=len(ids),
            n_answer_tokens=len(said),
            seconds=time.perf_counter() - begun,
            format=self.format,
        )

    def _drawing(self, settings: AskSettings) -> dict[str, Any]:
        (stop,) = self._format.tokenizer.encode(self._format.template.stop)
        drawn = {"do_sample": True, "temperature": settings.temperature}
        return {
            "max_new_tokens": settings.max_tokens,
            "eos_token_id": stop,
            "pad_token_id": stop,
            **(drawn if settings.temperature else {"do_sample": False}),
        }

    def close(self) -> None:
        """Let go of the weights."""
        self._model = None


def open_subject(config: SubjectConfig) -> TransformersSubject:
    """Load the weights."""
    try:
        import torch
        from transformers import AutoModelForCausalLM
    except ImportError as error:
        raise UsageError(
            f"to run a model in PyTorch, the package {error.name!r} is needed; "
            f"run: {install_extras('train')}"
        ) from error
    format_ = load_format(config.template or "model", Path(config.model))
    model = AutoModelForCausalLM.from_pretrained(config.model, dtype=torch.float32)
    if config.adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, config.adapter)
    return TransformersSubject(config, format_, model.eval())
