"""The taxonomy: what should be shown, how much of it, and which skills that takes. Kept as data.

Where documents disagree about numbers, the target of a category holds: its parts share it by their
weights, and stages of training are lists of categories, whose sizes follow.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, get_args

from tracemill.base.errors import UsageError
from tracemill.records.synth.made_up import Persona

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SIGN: Final = re.compile(r"[^a-z]+")


class Part(NamedTuple):
    """A sub-category."""

    category: str
    name: str
    target: int
    """How many examples it should have."""
    shows: tuple[Persona, ...]
    """Skills that its examples show."""


class Category(NamedTuple):
    """A category with its sub-categories."""

    name: str
    about: str
    target: int
    is_optional: bool
    """Whether it counts only where it is named."""
    parts: tuple[Part, ...]


class Stage(NamedTuple):
    """A stage of training."""

    name: str
    categories: tuple[str, ...]
    """What it learns from, with all that stages before it learned from."""


class Taxonomy(NamedTuple):
    """All of it."""

    categories: tuple[Category, ...]
    stages: tuple[Stage, ...]
    families: Mapping[str, Sequence[str]]
    """What tools are for, by how their names begin."""
    languages: Mapping[str, str]
    """Languages, and whether code in them is `executed` or only `indexed`."""
    direct: float
    """Share of examples that should call nothing."""

    def named(self, names: Sequence[str] = ()) -> tuple[Category, ...]:
        """Return the categories of some names; without names those that are not optional.

        Raises:
            UsageError: there is no category of a name.
        """
        known = {each.name: each for each in self.categories}
        for name in names:
            if name not in known:
                raise UsageError(f"unknown category {name!r}; known: {', '.join(known)}")
        if names:
            return tuple(known[name] for name in known if name in names)
        return tuple(each for each in self.categories if not each.is_optional)

    def part(self, category: str, name: str) -> Part:
        """Return a sub-category that there is."""
        return next(
            each
            for found in self.categories
            for each in found.parts
            if (each.category, each.name) == (category, name)
        )

    def family_of(self, tool: str) -> str:
        """Return what a tool is for, by its name; `other` where that does not tell."""
        name = "_" + _SIGN.sub("_", _HUMP.sub("_", tool).lower())
        for family, beginnings in self.families.items():
            if any(f"_{each}" in name for each in beginnings):
                return family
        return "other"


@cache
def load_taxonomy() -> Taxonomy:
    """Return the taxonomy that comes with the program."""
    text = (files("tracemill.synth") / "taxonomy.toml").read_text("utf-8")
    written = tomllib.loads(text)
    return Taxonomy(
        categories=tuple(map(_category, written["categories"])),
        stages=_stages(written["stages"]),
        families=written["families"],
        languages=written["languages"],
        direct=written["mix"]["direct"],
    )


def _category(written: Mapping[str, Any]) -> Category:
    parts = written["parts"]
    targets = shared_out(written["target"], [part["weight"] for part in parts])
    return Category(
        name=written["name"],
        about=written["about"],
        target=written["target"],
        is_optional=written.get("optional", False),
        parts=tuple(
            Part(written["name"], part["name"], target, _personas(part["shows"]))
            for part, target in zip(parts, targets, strict=True)
        ),
    )


def _personas(names: Sequence[str]) -> tuple[Persona, ...]:
    return tuple(each for each in get_args(Persona) if each in names)


def _stages(written: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for each in written:
        before = stages[-1].categories if stages else ()
        stages.append(Stage(each["name"], (*before, *each["adds"])))
    return tuple(stages)


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to weights that make up the total; largest rests first."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [int(each) for each in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_rest[: total - sum(shares)]:
        shares[place] += 1
    return shares
