"""Modules that take long to load, and that many commands can do without."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any


class _Later:
    """Stands for a module, and loads it when something in it is first asked for.

    Another thread that asks meanwhile waits. With `LazyLoader` of Python 3.11.7 it finds half a
    module.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


def later(name: str) -> Any:
    """Return what stands for a module that is loaded when something in it is first asked for.

    Raises:
        ModuleNotFoundError: there is no such module.
    """
    if find_spec(name) is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return _Later(name)
