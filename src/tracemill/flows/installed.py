"""Whether the packages of an extra are installed, said before anything is begun with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Final

from tracemill.base.errors import UsageError

_MODULES: Final[Mapping[str, Sequence[str]]] = {
    "hub": ("httpx2", "huggingface_hub"),
    "llm": ("gguf", "jinja2", "tokenizers"),
    "render": ("gguf", "jinja2", "tokenizers"),
    "train": ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "xllamacpp"),
}
"""The modules that tell whether an extra is there."""


def require(extra: str) -> None:
    """Make sure that an extra is installed.

    Raises:
        UsageError: it is not; the message says how to get it.
    """
    absent = [name for name in _MODULES[extra] if find_spec(name) is None]
    if absent:
        listed = ", ".join(absent)
        raise UsageError(
            f"the extra {extra!r} is needed, and {listed} not installed; "
            f"run: pip install 'tracemill[{extra}]', or in a checkout: "
            f".venv/bin/pip install -e '.[{extra}]'"
        )
