"""Whether other programs make the same tokens of the same messages as we do.

A model that is trained here and served elsewhere is asked in that program's reading of template and
tokenizer. Each renderer is given the same questions; where its tokens differ from ours in any, it
does not speak the format, however alike the texts look.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.request import Request, urlopen

from tracemill.base.registry import Registry
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Count, Record
from tracemill.render.chat_format import ChatFormat
from tracemill.render.chat_message import chat_message
from tracemill.render.jinja import without_marks


class Question(NamedTuple):
    """What a model may be asked."""

    messages: Sequence[Message]
    tools: Sequence[Mapping[str, Any]] = ()


Renderer = Callable[[Question], list[int]]
"""Makes the tokens with which a model is asked."""


class ParityResult(Record, frozen=True, kw_only=True):
    """How far a renderer agrees with us."""

    renderer: str
    """The renderer."""
    n: Count
    """Questions that it was given."""
    n_same: Count
    """Those of which it made the same tokens."""
    first: Count | None = None
    """The number of the first question that differs; None where none does."""
    at: Count | None = None
    """The token in it at which they part."""


@contextmanager
def transformers_renderer(format_: ChatFormat, model: Path) -> Iterator[Renderer]:
    """Render as transformers does, with the tokenizer that it reads out of the model."""
    from transformers import AutoTokenizer

    given: dict[str, Any] = {"gguf_file": model.name} if model.is_file() else {}
    tokenizer = AutoTokenizer.from_pretrained(model.parent if model.is_file() else model, **given)

    def render(question: Question) -> list[int]:
        made = tokenizer.apply_chat_template(
            [chat_message(each) for each in question.messages],
            tools=list(question.tools) or None,
            chat_template=format_.template.source,
            add_generation_prompt=True,
            return_dict=False,
        )
        return list(made)

    yield render


@contextmanager
def llama_cpp_renderer(format_: ChatFormat, model: Path) -> Iterator[Renderer]:
    """Render as llama.cpp's server does, asked over this machine's own network."""
    import xllamacpp

    key = secrets.token_hex()
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx, parameters.n_parallel = 256, 1
    parameters.verbosity, parameters.ui, parameters.warmup = 0, False, False
    parameters.use_jinja = True
    parameters.chat_template = without_marks(format_.template.source)
    parameters.api_keys = [key]
    server = xllamacpp.Server(parameters)

    def ask(path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = Request(server.listening_address + path, json.dumps(body).encode(), headers)  # noqa: S310 - our own server
        with urlopen(request, timeout=60) as response:  # noqa: S310
            return json.load(response)

    def render(question: Question) -> list[int]:
        messages = [chat_message(each) for each in question.messages]
        tools = {"tools": list(question.tools)} if question.tools else {}
        text = ask("/apply-template", {"messages": messages, **tools})["prompt"]
        special = {"add_special": False, "parse_special": True}
        return list(ask("/tokenize", {"content": text, **special})["tokens"])

    yield render


RENDERERS: Final = Registry[Any](
    kind="renderer",
    builtin={
        "transformers": "tracemill.llm.parity:transformers_renderer",
        "llama-cpp": "tracemill.llm.parity:llama_cpp_renderer",
    },
)
"""Every renderer by name: a context from a format and a model to a `Renderer`."""


def check_parity(
    name: str, render: Renderer, format_: ChatFormat, questions: Sequence[Question]
) -> ParityResult:
    """Return how far a renderer agrees with us."""
    n_same, first, at = 0, None, None
    for number, question in enumerate(questions):
        ours, theirs = format_.prompt_ids(question.messages, question.tools), render(question)
        if ours == theirs:
            n_same += 1
        elif first is None:
            first, at = number, _part(ours, theirs)
    return ParityResult(renderer=name, n=len(questions), n_same=n_same, first=first, at=at)


def _part(ours: Sequence[int], theirs: Sequence[int]) -> int:
    """Return where two rows of tokens part."""
    pairs = zip(ours, theirs, strict=False)
    both = min(len(ours), len(theirs))
    return next((at for at, (one, other) in enumerate(pairs) if one != other), both)
