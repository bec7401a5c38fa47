"""Models to ask: one seam, and a door for each way in which models are reached.

To add a door: one module here with a function `open_subject` that takes a `SubjectConfig`, one line
in `BACKENDS`, and its tests under `tests/llm/`. What a door needs is imported when it is opened, so
that nobody pays for a door that he does not use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras
from tracemill.base.named_files import require_there
from tracemill.base.registry import Registry
from tracemill.llm.protocol import (
    Answer,
    AskSettings,
    Subject,
    SubjectConfig,
    SubjectError,
    UnreachableError,
)

BACKENDS: Final = Registry[Callable[[SubjectConfig], Subject]](
    kind="subject backend",
    builtin={
        "scripted": "tracemill.llm.scripted:open_subject",
        "lookalike": "tracemill.llm.lookalike:open_subject",
        "openai": "tracemill.llm.openai:open_subject",
        "llama-cpp": "tracemill.llm.llama_cpp:open_subject",
        "transformers": "tracemill.llm.transformers:open_subject",
    },
)
"""Every door by name."""


@contextmanager
def open_subject(config: SubjectConfig) -> Iterator[Subject]:
    """Open a model, and close it again.

    Raises:
        NotFoundError: a file that it needs is not there.
        UnknownNameError: there is no such door.
        UsageError: what the door needs is not installed, or its config lacks something.
        SubjectError: the model cannot be opened.
        FormatMismatchError: it would be asked in another format than it was trained in.
    """
    subject = _open(config)
    try:
        _require_format(config, subject.format)
        yield subject
    finally:
        subject.close()


def _open(config: SubjectConfig) -> Subject:
    if config.adapter is not None:
        require_there(Path(config.adapter), "adapter")
    try:
        return BACKENDS.load(config.backend)(config)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("tracemill"):
            raise
        raise UsageError(
            f"to ask a model through {config.backend!r}, the package {error.name!r} is needed; "
            f"run: {install_extras('llm')}"
        ) from error


def _require_format(config: SubjectConfig, found: str | None) -> None:
    if config.format is not None and found != config.format:
        from tracemill.render.chat_format import FormatMismatchError

        raise FormatMismatchError(
            f"{config.title!r} was trained in the format {config.format}, and would be asked in "
            f"{found or 'one that nobody knows'}; take the template that it was trained with"
        )


__all__ = [
    "BACKENDS",
    "Answer",
    "AskSettings",
    "Subject",
    "SubjectConfig",
    "SubjectError",
    "UnreachableError",
    "open_subject",
]
