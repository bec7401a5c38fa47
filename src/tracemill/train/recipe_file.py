"""Training recipes as people write them: TOML, read whole or refused."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import msgspec

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.named_files import expanded, is_path, missing, read_named
from tracemill.records.from_toml import from_toml
from tracemill.records.models.training import TrainingRecipe

_RATE: Final = 2e-4
"""Learning rate of a base's first stage, where a recipe names none."""
_RATE_OF_TUNED: Final = 5e-5
"""The same of a model that was tuned already: what it knows shall not go."""


def bundled_recipes() -> list[str]:
    """Return the names of the recipes that come with the program."""
    folder = files("tracemill.train") / "recipes"
    names = (each.name for each in folder.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def read_recipe(named: str) -> TrainingRecipe:
    """Return a recipe: a file's, or a bundled one by its name.

    Raises:
        NotFoundError: there is no such file or recipe.
        UsageError: it says something that no recipe can say.
    """
    path = expanded(named)
    if path.suffix != ".toml" and not path.exists():
        if is_path(named):
            raise missing(path, "recipe")
        if named not in bundled_recipes():
            known = ", ".join(bundled_recipes())
            raise NotFoundError(
                f"no training recipe {named!r}; name a .toml file, or one of: {known}"
            )
        text = (files("tracemill.train") / "recipes" / f"{named}.toml").read_text("utf-8")
        return parse_recipe(text, named)
    return parse_recipe(read_named(path, "recipe"), named)


def asked_for(
    recipe: TrainingRecipe, seed: int | None, stage: str | None, *, is_tuned: bool = False
) -> TrainingRecipe:
    """Return a recipe as it is trained: every rate said, with a seed or a stage of one's own.

    Args:
        recipe: the recipe.
        seed: the seed; None for its own.
        stage: name or number of the stage, from 1 on; None or `all` for all of them.
        is_tuned: whether it goes on from a run that was trained here.

    Raises:
        UsageError: it has no such stage.
    """
    if seed is not None:
        recipe = msgspec.structs.replace(recipe, seed=seed)
    return _with_rates(_with_stage(recipe, stage), _RATE_OF_TUNED if is_tuned else _RATE)


def _with_rates(recipe: TrainingRecipe, rate: float) -> TrainingRecipe:
    stages = []
    for stage in recipe.stages:
        rate = stage.learning_rate or rate
        stages.append(msgspec.structs.replace(stage, learning_rate=rate))
        rate /= 2
    return msgspec.structs.replace(recipe, stages=tuple(stages))


def _with_stage(recipe: TrainingRecipe, stage: str | None) -> TrainingRecipe:
    if stage is None or stage == "all":
        return recipe
    named = {each.name: each for each in recipe.stages}
    numbered = {str(number): each for number, each in enumerate(recipe.stages, start=1)}
    found = named.get(stage) or numbered.get(stage)
    if found is None:
        known = ", ".join(f"{number} ({each.name})" for number, each in numbered.items())
        raise UsageError(f"no stage {stage!r} in {recipe.name!r}; expected all, or one of {known}")
    return msgspec.structs.replace(recipe, stages=(found,))


def parse_recipe(text: str, named: str) -> TrainingRecipe:
    """Return the recipe that a TOML text writes down.

    Raises:
        UsageError: it is no TOML, or no recipe.
    """
    recipe = from_toml(text, TrainingRecipe, f"the recipe {named!r}", "docs/training.md")
    names = [stage.name for stage in recipe.stages]
    if len(set(names)) < len(names):
        raise UsageError(f"the recipe {named!r}: expected stages with names of their own")
    return recipe
