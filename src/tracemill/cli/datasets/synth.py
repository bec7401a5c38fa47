"""`tracemill synth`: examples that are made up where real work has none."""

from typing import Annotated

from cyclopts import Parameter

from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.datasets.made_up import plan_synthesis
from tracemill.records.synth.made_up import StageSlice, SynthPlan

Categories = Annotated[tuple[str, ...], Parameter(name="--category")]


def plan_synth(
    *,
    categories: Categories = (),
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what real examples cover, what is asked for, and what is missing.

    Parameters
    ----------
    categories
        Only these; by default all that are not optional.
    jsonl
        Print each sub-category as one line of JSON.
    """
    plan = plan_synthesis(common.open(), categories)
    if jsonl:
        write_lines(plan.wishes)
    elif not answer("synth-plan", plan, common, next_steps=["tracemill synth run"]):
        _show(plan, common)
    return EXIT_DONE


def _is_part(stage: StageSlice) -> bool:
    """Tell whether a stage of training learns of the categories that are looked at."""
    return bool(stage.categories)


def _show(plan: SynthPlan, common: Common) -> None:
    rows = [
        (w.category, w.part, f"{w.target:,}", f"{w.n_real:,}", f"{w.n_synthetic:,}", f"{w.gap:,}")
        for w in plan.wishes
    ]
    columns = ("CATEGORY", "PART", "WANTED", "REAL", "MADE", "MISSING")
    left_out = print_table(columns, rows, ("MADE", "REAL"))
    if plan.skills:
        write()
        skills = [
            (each.name, f"{each.category}/{each.part}", f"{each.n_real:,}",
             f"{each.n_synthetic:,}", each.file or "")
            for each in plan.skills
        ]  # fmt: skip
        print_table(("SKILL", "SHOWS", "REAL", "MADE", "FILE"), skills, ("FILE",))
        write()
    for stage in filter(_is_part, plan.stages):
        names = ", ".join(stage.categories)
        write(f"Stage {stage.name:<8} {stage.n:,} of {stage.target:,}: {names}")
    if plan.direct_share is not None:
        write(
            f"Call nothing   {plan.direct_share:.0%} of real ones; {plan.direct_target:.0%} asked"
        )
    hint(
        f"{plan.n_real:,} real examples looked at, {plan.gap:,} missing{no_room(left_out)}; "
        "next: tracemill synth run",
        common,
    )
