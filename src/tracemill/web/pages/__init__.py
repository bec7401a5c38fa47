"""One module a page; each names its routes, and is imported when one of its addresses is asked for.

The first page is shown at once that way, whatever the others need.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from starlette.routing import Route

__all__ = ["every_route", "routes_of"]

_PAGES: Final = (
    "episodes", "branches", "handoffs", "todos", "gates", "review", "privacy", "trends", "metrics",
    "completeness", "progress", "flywheel", "patterns", "prompts", "recipes", "experiments",
    "datasets", "models", "runs", "health", "settings",
)  # fmt: skip
_MODULES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "": ("overview",),
        "sessions": ("sessions", "session", "marking"),
        "hand-out": ("handing_out",),
        "handed": ("handing_out",),
        **{name: (name,) for name in _PAGES},
    }
)
"""Which modules have addresses that begin with a word."""


def routes_of(word: str) -> list[Route]:
    """Return the routes whose addresses begin with a word; none where no page's do."""
    modules = (import_module(f"{__name__}.{name}") for name in _MODULES.get(word, ()))
    return [route for module in modules for route in module.ROUTES]


def every_route() -> list[Route]:
    """Return the routes of all pages: what the first page does without is imported then."""
    named = {modules: word for word, modules in _MODULES.items()}
    return [route for word in named.values() for route in routes_of(word)]
