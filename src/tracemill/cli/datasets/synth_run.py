"""`tracemill synth run` and `synth stats`: making examples up, and what came of it."""

from functools import partial
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.installing import install_extras
from tracemill.cli.datasets.synth import Categories
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write, write_lines
from tracemill.cli.shared.steps import StepLine
from tracemill.cli.shared.tables import print_table
from tracemill.flows.datasets.made_up import synthesis_stats
from tracemill.flows.executors.protocol import make_executor
from tracemill.flows.synthesis.run import Wanted, run_synthesis
from tracemill.records.synth.made_up import SynthStats

Some = Annotated[int, Parameter(validator=Number(gt=0))]


def run_synth(
    *,
    many: Annotated[int, Parameter(name="--examples", validator=Number(gt=0))] = 500,
    categories: Categories = (),
    seed: int = 0,
    workers: Some = 2,
    minutes: Annotated[float | None, Parameter(validator=Number(gt=0))] = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make up what is missing, each call carried out in a sandbox; exit 5 without a sandbox.

    The same command goes on with a run that was killed or whose time was over.

    Parameters
    ----------
    many
        How many; never more than are missing.
    categories
        Only these; by default all that are not optional.
    seed
        The same seed gives the same examples.
    workers
        Processes that carry calls out.
    minutes
        Stop after so long; exit 4 then. What was made is kept.
    """
    workspace = common.open()
    with workspace.writing(), StepLine(common) as line:
        executor = make_executor("local", workers, workspace.scratch)
        wanted = Wanted(many, categories, seed, minutes)
        run = run_synthesis(workspace, executor, wanted, partial(line.tell, "synth"))
    if not answer("synth-run", run, common, next_steps=["tracemill synth stats"]):
        write(f"{run.id}  {run.sound:,} of {run.ordered:,} hold, {run.made:,} made")
        counts("Categories", run.categories)
        counts("Tried again", run.refused)
        counts("Objections", run.failed_checks)
        for tool, program in run.absent.items():
            hint(f"{tool} could not be used: {program} is not installed", common)
        if run.absent:
            hint(f"all of them can after: {install_extras('synth')}", common)
        hint(
            "next: tracemill synth stats" if run.is_complete else "its time is over; run again",
            common,
        )
    return EXIT_DONE if run.is_complete else EXIT_PARTLY


def stats_synth(
    *,
    categories: Categories = (),
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show how much of what was generated is valid, how diverse it is, and what it covers.

    Parameters
    ----------
    categories
        Only these; by default all that are not optional.
    jsonl
        Print each sub-category as one line of JSON.
    """
    stats = synthesis_stats(common.open(), categories)
    if jsonl:
        write_lines(stats.categories)
    elif not answer("synth-stats", stats, common, next_steps=["tracemill dataset build"]):
        _show(stats, common)
    return EXIT_DONE if stats.made else EXIT_NOTHING


def _show(stats: SynthStats, common: Common) -> None:
    if not stats.made:
        hint("nothing was made up; run: tracemill synth run", common)
        return
    rows = [
        (
            each.name,
            f"{each.n:,}",
            f"{each.sound:,}",
            f"{each.target:,}",
            f"{_share(each.sound, each.target)}",
        )
        for each in stats.categories
    ]
    print_table(("PART", "MADE", "SOUND", "WANTED", "SHARE"), rows, ())
    checks = [
        (
            each.name,
            f"{each.sound:,}",
            f"{each.n - each.sound - each.unknown:,}",
            f"{each.unknown:,}",
        )
        for each in stats.checks
    ]
    print_table(("CHECK", "PASS", "FAIL", "UNKNOWN"), checks, ())
    if stats.template_share is not None:
        write(f"Templates    {stats.templates:,} of {stats.sound:,} ({stats.template_share:.1%})")
    counts("Calls", stats.executions)
    counts("Use", stats.uses)
    if stats.sound and stats.direct_target is not None:
        share = stats.uses.get("direct", 0) / stats.sound
        write(f"Call nothing {share:.0%}; {stats.direct_target:.0%} asked")
    counts("Tools", stats.tools)
    counts("Skills", stats.personas)
    counts("Languages", stats.languages)
    counts("Made by", stats.generators)
    cost = "unknown" if stats.cost_usd is None else f"{stats.cost_usd:.2f} USD"
    write(f"Cost         {cost}")


def _share(n: int, of: int | None) -> str:
    return f"{n / of:.0%}" if of else ""
