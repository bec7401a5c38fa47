"""What takes long to load, and many commands can do without."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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


def front(package: str, offered: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package that loads what it offers when that is asked for.

    Args:
        package: name of the package.
        offered: name of its module in which each thing stands. No thing has the name of a module,
            which would stand in its place once it is loaded.
    """

    def found(name: str) -> Any:
        if name not in offered:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{offered[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return found


@contextmanager
def hidden(name: str) -> Iterator[None]:
    """Let nothing find a module in this block: what uses it where it is installed does without.

    A module that is loaded already stays.
    """
    finder = _NotFound(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _NotFound:
    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: object = None) -> None:
        """Refuse to find the module, and leave all else to other finders."""
        if name == self._name:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
