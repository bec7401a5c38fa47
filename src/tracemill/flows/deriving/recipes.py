"""Datasets by recipe, as a person asks for them: which recipes there are, and building by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.named_files import expanded, is_path, read_named
from tracemill.curate.recipe import read_recipe, shipped_recipe
from tracemill.curate.recipes import shipped
from tracemill.export import DATASET_FORMATS
from tracemill.flows.deriving import derive
from tracemill.flows.deriving.dataset import Made, NothingKept, build_version, builder_config
from tracemill.flows.deriving.examples import build_apart
from tracemill.flows.deriving.facts import recorded_facts
from tracemill.flows.deriving.indexing import count_findings
from tracemill.flows.deriving.judged.outcomes import judged_episodes
from tracemill.flows.deriving.judged.turns import judged_activities
from tracemill.flows.deriving.timing import StageClock
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.held.lookup import require_kept
from tracemill.records.datasets.recipes import DEFAULT_NAME, Recipe
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.refs import Record
from tracemill.store.index import Index
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

_ENDING: Final = ".toml"
_N_REASONS: Final = 6
"""How many reasons an error names for which a recipe keeps nothing."""


class RecipeRow(Record, frozen=True, kw_only=True):
    """A recipe that comes with the program."""

    name: str
    """Its name."""
    about: str
    """What it is for."""
    text: str
    """All of it, as TOML."""


class RecipeList(Record, frozen=True, kw_only=True):
    """The recipes that come with the program."""

    recipes: tuple[RecipeRow, ...]
    """The default first."""


class BuiltVersion(Record, frozen=True, kw_only=True):
    """What a recipe made."""

    folder: str
    """Where the version lies."""
    is_new: bool
    """Whether it was not there before."""
    version: DatasetVersion
    """What it is."""


def list_recipes(name: str | None = None) -> RecipeList:
    """Return the recipes that come with the program, or one of them.

    Raises:
        NotFoundError: none is called so.
    """
    names = shipped() if name is None else (name,)
    return RecipeList(
        recipes=tuple(
            RecipeRow(name=each, about=shipped_recipe(each).about, text=shipped()[each])
            for each in names
        )
    )


def open_recipe(name: str) -> Recipe:
    """Return a recipe that comes with the program, or one in a file.

    Places that it names are meant beside the file.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it says something that no recipe says.
    """
    if name in shipped():
        return shipped_recipe(name)
    path = expanded(name)
    if path.suffix != _ENDING and not is_path(name) and not path.exists():
        known = ", ".join(shipped())
        raise NotFoundError(f"no recipe {name!r}; name a {_ENDING} file, or one of: {known}")
    recipe = read_recipe(read_named(path, "recipe"), name)
    for at, written in enumerate(recipe.formats):
        if written not in DATASET_FORMATS.names():
            known = ", ".join(sorted(DATASET_FORMATS.names()))
            raise UsageError(f"{name!r} at 'formats[{at}]': no such format; known: {known}")
    sets = tuple(str(path.parent / each) for each in recipe.limits.evaluation_sets)
    limits = msgspec.structs.replace(recipe.limits, evaluation_sets=sets)
    return msgspec.structs.replace(recipe, limits=limits)


def build_by_recipe(workspace: Workspace, name: str, make: Callable[[], Executor]) -> BuiltVersion:
    """Derive what is not derived yet, and build the version that a recipe asks for.

    Raises:
        NotFoundError: nothing is kept yet, the recipe keeps nothing, or it names a model that was
            never asked about turns.
        UsageError: there is no such recipe, or it is wrong.
    """
    recipe = open_recipe(name)
    require_kept(workspace)
    with workspace.writing():
        derive.refresh(workspace, make, StageClock())
        with Index(workspace.index) as index:
            before = {path.name for path in (workspace.datasets / recipe.name).glob("dataset_*")}
            executor = make()
            made = _made(workspace, executor, recipe)
            version = build_version(workspace, index, executor, made, recipe)
    if isinstance(version, NothingKept):
        raise NotFoundError(
            f"the recipe {name!r} keeps no example{_why(version.drops)}; `tracemill status` says "
            "what there is, and docs/datasets.md what the reasons mean"
        )
    return BuiltVersion(
        folder=str(workspace.datasets / recipe.name / version.id),
        is_new=version.id not in before,
        version=version,
    )


def _why(drops: Mapping[str, int]) -> str:
    """Return what was left out for which reasons, those that weigh most."""
    most = sorted(drops.items(), key=lambda each: (-each[1], each[0]))[:_N_REASONS]
    told = ", ".join(f"{reason} {n:,}" for reason, n in most)
    return f": left out are {told}" if told else ", and nothing was left out"


def _made(workspace: Workspace, executor: Executor, recipe: Recipe) -> Made:
    """Return what builders made: what the default recipe asks for is there already."""
    lake = Lake(workspace.lake)
    facts = recorded_facts(lake)
    redactions = count_findings(lake).rules
    config = builder_config(recipe)
    if recipe.outcomes is not None:
        facts.episodes = judged_episodes(workspace, facts, recipe.outcomes)
    if recipe.turns is not None:
        facts.activities |= judged_activities(workspace, facts, recipe.turns)
    is_by_rule = recipe.turns is None and recipe.outcomes is None
    if is_by_rule and config == builder_config(shipped_recipe(DEFAULT_NAME)):
        return Made(lake, facts, redactions)
    apart = Lake(workspace.scratch / "examples")
    build_apart(lake, workspace.lake, executor, facts, config, apart)
    return Made(apart, facts, redactions)
