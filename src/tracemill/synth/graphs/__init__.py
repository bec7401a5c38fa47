"""Task graphs: for every sub-category ways of work that show it.

A graph is a function that plays a scene to its end. A new one is a function in a module of this
package and a line in its table `GRAPHS`, which this one puts together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Final

from tracemill.synth.scene import Scene

Graph = Callable[[Scene], None]
"""Plays a scene to its end, or ends it with an `UnfitError`."""
_MODULES: Final = (
    "tool_use",
    "navigation",
    "skills",
    "agentic",
    "craft",
    "people",
    "puzzles",
    "restraint",
    "in_hand",
)

__all__ = ["Graph", "graphs"]


@cache
def graphs() -> Mapping[str, tuple[Graph, ...]]:
    """Return all graphs, by category and part, as `tool-use/single-call`."""
    found: dict[str, tuple[Graph, ...]] = {}
    for name in _MODULES:
        module = import_module(f"{__name__}.{name}")
        for place, some in module.GRAPHS.items():
            found[place] = (*found.get(place, ()), *some)
    return found
