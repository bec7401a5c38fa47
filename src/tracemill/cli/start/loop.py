"""`tracemill loop`: one turn of the whole wheel, from sessions to a model that was judged."""

from pathlib import Path
from typing import TYPE_CHECKING

from tracemill.base.errors import UsageError
from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.cli.shared.steps import StepLine
from tracemill.cli.shared.tables import print_table
from tracemill.flows.installed import require, training_extras
from tracemill.flows.models.runs import PLOT
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.flows.wheel.demo import WheelResult
    from tracemill.records.models.evaluations import SliceComparison


def loop(
    *,
    demo: bool = False,
    recipe: str = "demo",
    seed: int = 0,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Turn the whole wheel once: ingest, dataset, training, evaluation, decision.

    Parameters
    ----------
    demo
        On the bundled example history and made-up tasks, in a workspace of its own.
    recipe
        The training recipe.
    seed
        What the made-up tasks are drawn by, and what training begins with and shuffles by.
    """
    if not demo:
        raise UsageError(
            "expected --demo; on your own sessions turn it step by step: tracemill run, "
            "tracemill model train RECIPE, tracemill model suite build, tracemill model eval, "
            "tracemill model compare"
        )
    from tracemill.train.recipe_file import read_recipe

    wanted = read_recipe(recipe)
    require(*training_extras(wanted.trainer), base=wanted.base)
    from tracemill.flows.wheel.demo import Turn, turn_wheel  # imports what was required

    with StepLine(common) as line:
        result = turn_wheel(_workspace(common), Turn(recipe=recipe, seed=seed), line.tell)
    following = [
        f"tracemill model show {result.run.id} --workspace {result.workspace}",
        "tracemill model list",
    ]
    if not answer("loop", result, common, next_steps=following):
        _show(result)
        hint(f"next: {following[0]}", common)
    return EXIT_DONE if result.decision.is_promoted else EXIT_NO


def _workspace(common: Common) -> Workspace:
    """Return the workspace of the demo, which is never that of one's own sessions by default."""
    if common.workspace is not None:
        return common.open()
    own = common.open().root
    return Workspace(own.with_name(f"{own.name}-demo"))


def _show(result: "WheelResult") -> None:
    run, seconds = result.run, result.seconds
    n_examples = counted(len(run.example_ids), "example")
    write(f"Ingest       {counted(result.sessions, 'session')} of the bundled example history")
    write(f"Dataset      {n_examples} of {', '.join(result.datasets)}")
    for stage in run.stages:
        steps = counted(stage.n_steps, "step")
        left_out = sum(stage.drops.values())
        beside = f", {left_out} left out" if left_out else ""
        curve = ", no loss curve is known"
        if known := stage.known_losses:
            curve = f", loss {known[0]:.2f} to {known[-1]:.2f}"
        write(f"Train        {stage.name}: {steps}{curve}{beside}")
    write(f"Evaluate     {counted(result.suite.n_cases, 'held-out decision')}, both models alike")
    columns = ("PART", "CASES", "BASE", "NOW", "+", "-", "P")
    (compared,) = result.decision.comparisons
    print_table(columns, [_cells(part) for part in compared.slices], ())
    taken = "takes the base's place" if result.decision.is_promoted else "is refused"
    write(f"Decide       {run.id} {taken}")
    for rule in result.decision.rules:
        refused = f", {rule.reason}" if rule.reason else ""
        write(f"             {rule.rule}{refused}: {rule.says}")
    write(f"Loss curve   {Path(result.workspace, 'models', run.id, PLOT)}")
    took = "  ".join(f"{stage} {each / 60:.1f}" for stage, each in seconds.items())
    write(f"Minutes      {took}")


def _cells(part: "SliceComparison") -> tuple[str, ...]:
    return (
        part.name, f"{part.n:,}", f"{part.base / part.n:.0%}", f"{part.candidate / part.n:.0%}",
        f"{part.gains:,}", f"{part.losses:,}", f"{part.p_value:.2g}",
    )  # fmt: skip
