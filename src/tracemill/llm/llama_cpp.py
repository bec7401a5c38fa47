"""llama.cpp in this process: a GGUF model, and a LoRA adapter that acts as a question says.

Prompts are rendered by us, in the form that the model was trained in, and answers are read back by
us; llama.cpp sees text and tokens alone. A base and its tuned form are one model with an adapter
that acts not at all or fully, so both answer from one process and one copy of the weights.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras
from tracemill.base.named_files import require_there
from tracemill.llm.protocol import Answer, AskSettings, FinishReason, SubjectConfig, SubjectError
from tracemill.llm.speaking import read_answer, render_prompt
from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import ChatFormat, load_format


class LlamaSubject:
    """A model that llama.cpp runs."""

    def __init__(self, config: SubjectConfig, format_: ChatFormat, server: Any) -> None:
        self.name = config.title
        self.format = format_.spec.fingerprint
        self._format = format_
        self._config = config
        self._server = server

    def answer(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], settings: AskSettings
    ) -> Answer:
        """Ask the model."""
        prompt = render_prompt(self._format, messages, tools)
        begun = time.perf_counter()
        given = self._server.handle_completions(self._request(prompt, settings))
        seconds = time.perf_counter() - begun
        try:
            choice, usage = given["choices"][0], given["usage"]
        except (LookupError, TypeError) as error:
            raise SubjectError(f"{self.name!r} gave no answer: {_fault(given)}") from error
        finish: FinishReason = "length" if choice["finish_reason"] == "length" else "stop"
        made = read_answer(self._format, choice["text"], finish)
        return Answer(
            **made,
            n_prompt_tokens=usage["prompt_tokens"],
            n_answer_tokens=usage["completion_tokens"],
            seconds=seconds,
            format=self.format,
        )

    def _request(self, prompt: str, settings: AskSettings) -> dict[str, Any]:
        request: dict[str, Any] = {
            "prompt": prompt,
            "max_tokens": settings.max_tokens,
            "temperature": settings.temperature,
            "seed": settings.seed,
            "stop": [self._format.template.stop],
            "cache_prompt": True,
        }
        if settings.schema is not None:
            request["json_schema"] = settings.schema
        if self._config.adapter is None:
            return request
        scale = settings.adapter_scale
        chosen = self._config.adapter_scale if scale is None else scale
        return {**request, "lora": [{"id": 0, "scale": chosen}]}

    def close(self) -> None:
        """Stop llama.cpp and give back its memory."""
        self._server = None


def _fault(given: Any) -> str:
    """Return why there is no answer, in the words that llama.cpp has for kinds of faults."""
    said = given.get("error") if isinstance(given, dict) else None
    return str(said.get("type", "unknown")) if isinstance(said, dict) else "unknown"


def open_subject(config: SubjectConfig) -> LlamaSubject:
    """Load the weights."""
    try:
        import xllamacpp
    except ImportError as error:
        raise UsageError(
            "to run a GGUF model here, the package 'xllamacpp' is needed; "
            f"run: {install_extras('llm')}"
        ) from error
    for path in filter(None, (config.model, config.adapter)):
        require_there(Path(path), "GGUF file")
        if not Path(path).is_file():
            raise UsageError(f"no GGUF file {path!r}")
    format_ = load_format(config.template or "model", Path(config.model))
    try:
        server = xllamacpp.Server(_parameters(xllamacpp, config))
    except RuntimeError as error:
        raise SubjectError(
            f"llama.cpp cannot load {config.model!r} with adapter {config.adapter!r}"
        ) from error
    return LlamaSubject(config, format_, server)


def _parameters(xllamacpp: Any, config: SubjectConfig) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = config.model
    parameters.n_ctx = config.context
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = config.threads
    parameters.cpuparams_batch.n_threads = config.threads
    parameters.verbosity = 0
    parameters.ui = False
    parameters.api_keys = [secrets.token_hex()]  # it listens, and nobody else shall ask it
    if config.adapter is not None:
        adapter = xllamacpp.CommonAdapterLoraInfo()
        adapter.path, adapter.scale = config.adapter, config.adapter_scale
        parameters.lora_adapters = [adapter]
    return parameters
