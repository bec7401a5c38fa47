"""Recipes that come with the program, as TOML, each named after its file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from tracemill.records.datasets.recipes import DEFAULT_NAME

_ENDING: Final = ".toml"


@cache
def shipped() -> Mapping[str, str]:
    """Return the recipes that come with the program: name to text, the default first."""
    found = {
        path.name.removesuffix(_ENDING): path.read_text("utf-8")
        for path in resources.files(__package__).iterdir()
        if path.name.endswith(_ENDING)
    }
    return dict(sorted(found.items(), key=lambda item: (item[0] != DEFAULT_NAME, item[0])))


__all__ = ["shipped"]
