"""What a recipe would train, said as far as it is known with what is installed.

Which examples a stage learns from depends on the data alone; rows, tokens and the run's id need the
base model's tokenizer. What is missing for that, or for training, is a part of the answer.
"""

from __future__ import annotations

import msgspec

from tracemill.flows.installed import find_absent, training_extras
from tracemill.flows.models.pools import Pools
from tracemill.records.models.training import Method, TrainingRecipe
from tracemill.records.refs import Count, Record
from tracemill.store.workspace import Workspace
from tracemill.train.lessons import taught
from tracemill.train.recipe_file import read_recipe


class PlannedStage(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one stage would learn from."""

    name: str
    """The stage."""
    method: Method
    """How it would learn."""
    n_examples: Count
    """Examples that it would learn from; those that turn out unfit are taken off once known."""
    n_rows: Count | None
    """Rows that they make; None where there is no tokenizer."""
    n_tokens: Count | None
    """Tokens of these, in one pass; None where there is no tokenizer."""
    drops: dict[str, int]
    """Examples that would be left out, counted by reason, as far as that is known."""


class TrainingPlan(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What would be trained, and what is missing for it."""

    id: str | None
    """The run's id; None where there is no tokenizer."""
    folder: str | None
    """Where it would be kept."""
    format: str | None
    """Fingerprint of the format that it would speak."""
    recipe: TrainingRecipe
    """What is wanted."""
    datasets: tuple[str, ...]
    """The versions and files that it would learn from."""
    stages: tuple[PlannedStage, ...]
    """What each stage would learn from."""
    missing: tuple[str, ...]
    """Packages that are not installed, and that training needs."""
    install: tuple[str, ...]
    """The commands that install them."""


def plan_training(
    workspace: Workspace, named: str, parent: str | None = None, seed: int | None = None
) -> TrainingPlan:
    """Return what a recipe would train; nothing is written, and nothing is asked of a hub's model.

    Raises:
        UsageError: the recipe or its data are not as they must be.
    """
    recipe = read_recipe(named)
    if seed is not None:
        recipe = msgspec.structs.replace(recipe, seed=seed)
    is_told = not find_absent("llm", base=recipe.base).modules
    plan = _encoded(workspace, named, parent, seed) if is_told else _counted(workspace, recipe)
    absent = find_absent(*training_extras(recipe.trainer), base=recipe.base)
    return msgspec.structs.replace(plan, missing=absent.modules, install=absent.steps)


def _encoded(
    workspace: Workspace, named: str, parent: str | None, seed: int | None
) -> TrainingPlan:
    from tracemill.flows.models.training import plan_run

    planned = plan_run(workspace, named, parent, seed=seed)
    run = planned.run
    stages = tuple(
        PlannedStage(
            name=stage.name,
            method=stage.method,
            n_examples=len(data.example_ids),
            n_rows=len(data.rows),
            n_tokens=sum(row.n_tokens for row in data.rows),
            drops=data.drops,
        )
        for stage, data in zip(run.recipe.stages, planned.stages, strict=True)
    )
    return TrainingPlan(
        id=run.id,
        folder=str(workspace.models / run.id),
        format=run.format,
        recipe=run.recipe,
        datasets=run.datasets,
        stages=stages,
        missing=(),
        install=(),
    )


def _counted(workspace: Workspace, recipe: TrainingRecipe) -> TrainingPlan:
    pools = Pools(workspace, {})
    stages = tuple(
        PlannedStage(
            name=stage.name,
            method=stage.method,
            n_examples=sum(1 for _ in taught(pools.lessons(stage, recipe.seed), stage.method)),
            n_rows=None,
            n_tokens=None,
            drops={},
        )
        for stage in recipe.stages
    )
    return TrainingPlan(
        id=None,
        folder=None,
        format=None,
        recipe=recipe,
        datasets=tuple(sorted(pools.names)),
        stages=stages,
        missing=(),
        install=(),
    )
