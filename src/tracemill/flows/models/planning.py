"""What a recipe would train, as far as that is known with what is installed.

Which examples a stage learns from depends on the data alone; rows, tokens and the run's id need the
base model's tokenizer. What is missing for that, or for training, is a part of the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tracemill.flows.installed import find_absent, training_extras
from tracemill.flows.models.pools import Pools
from tracemill.flows.models.runs import n_learned_before
from tracemill.records.models.training import Method, TrainingRecipe
from tracemill.records.refs import Count, Record
from tracemill.store.workspace import Workspace
from tracemill.train import MEASURES_HELD_OUT
from tracemill.train.lessons import taught
from tracemill.train.recipe_file import asked_for, read_recipe

if TYPE_CHECKING:
    from tracemill.flows.models.training import Planned


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
    n_held_out: Count | None = None
    """Rows to measure the loss on meanwhile; None where the trainer measures none, or there is no
    tokenizer."""
    held_out_drops: dict[str, int] = msgspec.field(default_factory=dict)
    """Held-out examples that are not measured on, counted by reason."""


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
    n_learned_before: Count | None
    """Examples of these that the model it goes on from learned from already; None without one."""
    stages: tuple[PlannedStage, ...]
    """What each stage would learn from."""
    missing: tuple[str, ...]
    """Packages that are not installed, and that training needs."""
    install: tuple[str, ...]
    """The commands that install them."""


def plan_training(
    workspace: Workspace,
    named: str,
    parent: str | None = None,
    seed: int | None = None,
    stage: str | None = None,
) -> TrainingPlan:
    """Return what a recipe would train; nothing is written, and nothing is asked of a hub's model.

    Raises:
        UsageError: the recipe or its data are not as they must be.
    """
    recipe = asked_for(read_recipe(named), seed, stage, is_tuned=parent is not None)
    is_told = not find_absent("llm", base=recipe.base).modules
    if is_told:
        from tracemill.flows.models.training import plan_run

        plan = _encoded(workspace, plan_run(workspace, named, parent, seed=seed, stage=stage))
    else:
        plan = _counted(workspace, recipe, parent)
    absent = find_absent(*training_extras(recipe.trainer), base=recipe.base)
    return msgspec.structs.replace(plan, missing=absent.modules, install=absent.steps)


def _encoded(workspace: Workspace, planned: Planned) -> TrainingPlan:
    run = planned.run
    is_measuring = run.recipe.trainer in MEASURES_HELD_OUT
    stages = tuple(
        PlannedStage(
            name=stage.name,
            method=stage.method,
            n_examples=len(data.example_ids),
            n_rows=len(data.rows),
            n_tokens=sum(row.n_tokens for row in data.rows),
            drops=data.drops,
            n_held_out=len(data.held_out) if is_measuring else None,
            held_out_drops=dict(data.held_out_drops),
        )
        for stage, data in zip(run.recipe.stages, planned.stages, strict=True)
    )
    return TrainingPlan(
        id=run.id,
        folder=str(workspace.models / run.id),
        format=run.format,
        recipe=run.recipe,
        datasets=run.datasets,
        n_learned_before=n_learned_before(workspace, run.example_ids, run.parent),
        stages=stages,
        missing=(),
        install=(),
    )


def _counted(workspace: Workspace, recipe: TrainingRecipe, parent: str | None) -> TrainingPlan:
    pools = Pools(workspace, {})
    chosen = [
        {each.id for each in taught(pools.lessons(stage, recipe.seed), stage.method)}
        for stage in recipe.stages
    ]
    stages = tuple(
        PlannedStage(
            name=stage.name,
            method=stage.method,
            n_examples=len(ids),
            n_rows=None,
            n_tokens=None,
            drops={},
        )
        for stage, ids in zip(recipe.stages, chosen, strict=True)
    )
    return TrainingPlan(
        id=None,
        folder=None,
        format=None,
        recipe=recipe,
        datasets=tuple(sorted(pools.names)),
        n_learned_before=n_learned_before(workspace, set().union(*chosen), parent),
        stages=stages,
        missing=(),
        install=(),
    )
