"""`tracemill experiment`: whether a change helps, and what was decided."""

from collections.abc import Iterator
from pathlib import Path

from tracemill.base.clock import now
from tracemill.base.text import measured, one_line
from tracemill.cli.learn.experiment_lines import aim_of, lines_of
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.experiments import experiments
from tracemill.flows.experiments.rows import (
    ExperimentList,
    ExperimentRow,
    ShownExperiment,
    ShownLoop,
)
from tracemill.flows.prompts import changes as prompt_changes
from tracemill.flows.prompts import trials as prompt_trials
from tracemill.records.process.experiments import ArmName, BeforeAfter


def list_experiment(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List experiments, the latest first, each with what its figures say now."""
    found = experiments.list_experiments(common.open(), now()).experiments
    if listing.jsonl:
        write_lines(found)
    elif not answer(
        "experiments", ExperimentList(experiments=found), common,
        next_steps=["tracemill experiment show NAME"],
    ):  # fmt: skip
        if found:
            shown = found[: listing.limit or None]
            print_table(_COLUMNS, map(_cells, shown), ("ID", "SINCE", "LOOP"))
            hint(f"{len(shown)} of {len(found)}; next: tracemill experiment show NAME", common)
        else:
            hint("there are none; what could be tried: tracemill experiment loops", common)
    return EXIT_DONE if found else EXIT_NOTHING


_COLUMNS = ("ID", "NAME", "STATE", "SINCE", "LOOP", "VERDICT", "UNITS", "TARGET")


def _cells(row: ExperimentRow) -> tuple[str, ...]:
    more = f" (needs {row.n_more:,} more)" if row.n_more else ""
    return (
        row.id, row.name, row.state.replace("_", " "), when(row.since), row.loop or "",
        (row.verdict or "none yet") + more, f"{row.n_units:,} of {row.horizon:,}", row.target,
    )  # fmt: skip


def show_experiment(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show an experiment: what was planned, what is seen, and who decided what.

    Parameters
    ----------
    name
        Its name, or how its id begins.
    """
    return tell_experiment(experiments.show(common.open(), name, now()), common)


def tell_experiment(shown: ShownExperiment, common: Common) -> int:
    """Print one experiment in the form that was asked for."""
    following = _following(shown)
    if not answer("experiment", shown, common, next_steps=following):
        for line in lines_of(shown):
            write(line)
        for step in following:
            hint(f"next: {step}", common)
    return EXIT_DONE


def _following(shown: ShownExperiment) -> list[str]:
    name = shown.plan.name
    match shown.state:
        case "running" if shown.result and shown.result.verdict in ("treatment", "control"):
            arm = shown.result.verdict
            return [f"tracemill experiment decide {name} {arm} --by YOU --reason WHY"]
        case "running" if shown.result and shown.result.n_units >= shown.result.horizon:
            return [f"tracemill experiment stop {name} --by YOU --reason WHY"]
        case "running":
            return [f"tracemill experiment show {name}"]
        case "decided" | "canary":
            return [f"tracemill prompt promote {name} --by YOU --reason WHY"]
        case "everywhere":
            return [f"tracemill prompt rollback {name} --by YOU --reason WHY"]
    return ["tracemill experiment loops"]


def start_experiment(
    plan: Path,
    /,
    *,
    by: str,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """File a plan and begin to draw units; what began before takes no part.

    Parameters
    ----------
    plan
        A TOML file: what is asked, of which arms, and when it ends.
    by
        Who starts it.
    dry_run
        Only say what the plan can find.
    """
    filed = experiments.load_plan(plan)
    return tell_experiment(
        experiments.start(common.open(), filed, by, now(), dry_run=dry_run), common
    )


def stop_experiment(
    name: str,
    /,
    *,
    by: str,
    reason: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """End an experiment without a decision; what was in use stays.

    Parameters
    ----------
    name
        Its name, or how its id begins.
    by
        Who stops it.
    reason
        Why; it is kept.
    """
    return tell_experiment(experiments.stop(common.open(), name, by, now(), reason), common)


def decide_experiment(
    name: str,
    arm: ArmName,
    /,
    *,
    by: str,
    reason: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Choose an arm, as a person; the treatment only where it is shown to be better.

    Parameters
    ----------
    name
        Its name, or how its id begins.
    arm
        `treatment`, or `control` for what was in use before.
    by
        Who decides.
    reason
        Why; it is kept.
    """
    return tell_experiment(experiments.decide(common.open(), name, arm, by, now(), reason), common)


def arms_experiment(
    *units: str,
    experiment: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show which arm units work with; harnesses read the same from `experiments/draws.json`.

    Parameters
    ----------
    units
        Ids of projects or sessions.
    experiment
        Only in one experiment.
    """
    given = experiments.arms_of(common.open(), units, experiment)
    if not answer("arms", given, common, next_steps=["tracemill experiment list"]):
        rows = [(each.unit, each.uses, each.experiment_id) for each in given.given]
        print_table(("UNIT", "USES", "EXPERIMENT"), rows)
    return EXIT_DONE


def loops_experiment(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the loops of learning: what calls for each now, and what became of it."""
    found = prompt_trials.list_loops(common.open())
    if listing.jsonl:
        write_lines(found.loops)
    elif not answer("loops", found, common, next_steps=["tracemill prompt test SUGGESTION"]):
        for shown in found.loops:
            for line in _loop(shown):
                write(line)
        hint("next: tracemill prompt suggest, then tracemill prompt test SUGGESTION", common)
    return EXIT_DONE


def history_experiment(
    *,
    metric: tuple[str, ...] = (),
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show how metrics moved when prompts changed: before and after, which is no experiment.

    Parameters
    ----------
    metric
        Metrics to look at; by default failures of gates, retries and tokens.
    """
    found = prompt_changes.changes_of_prompts(common.open(), metric)
    if listing.jsonl:
        write_lines(found.compared)
    elif not answer("before-after", found, common, next_steps=["tracemill experiment loops"]):
        shown = found.compared[: listing.limit or None]
        columns = ("AFTER", "FOLLOWS", "SINCE", "PROJECTS", "METRIC", "MOVED", "OTHERS", "ALSO NEW")
        if shown:
            print_table(columns, map(_change, shown), ("SINCE", "OTHERS"))
            hint(
                "arms were not assigned at random: anything else of that time may be the cause",
                common,
            )
        else:
            hint("no prompt of which reports tell has a second version", common)
    return EXIT_DONE if found.compared else EXIT_NOTHING


def _change(found: BeforeAfter) -> tuple[str, ...]:
    values = (found.value_before, found.value_after)
    both = " → ".join(measured(found.unit, value) for value in values)
    others = _moved_by(found.unit, found.beside)
    return (
        found.after, found.before, when(found.since), f"{found.n_before:,} → {found.n_after:,}",
        found.metric, f"{both}, {found.moved.replace('_', ' ')}", others,
        one_line("; ".join(found.also_new) or "nothing", 90),
    )  # fmt: skip


def _moved_by(unit: str, value: float | None) -> str:
    if value is None:
        return "unknown"
    if unit == "share":
        return f"{value * 100:+.0f} points"
    return ("+" if value >= 0 else "") + measured(unit, value)


def _loop(shown: ShownLoop) -> Iterator[str]:
    loop = shown.loop
    yield f"{loop.name}: when {loop.trigger}"
    yield f"  changes    {loop.proposes}"
    guards = ", ".join(guard.metric for guard in loop.guards)
    yield f"  asks       {aim_of(loop.target)}; no loss on {guards}"
    for call in shown.calls[:3]:
        sure = "" if call.is_shown else ", may be chance"
        name = call.suggestion_id or call.pattern
        what = f"  → {name}" if name else ""
        yield f"  called     {one_line(call.says, 110)}{sure}{what}"
    if not shown.calls:
        yield "  called     by nothing now"
    if len(shown.calls) > 3:  # noqa: PLR2004 - as many as a screen has room for
        yield f"             and {len(shown.calls) - 3} more"
    for said in shown.messages[:3]:
        what = f"{one_line(said.observation, 80)} ({said.n:,} times)"
        yield f"  said       {said.receiver} to {said.giver}: {what}"
    for name, state in shown.experiments.items():
        yield f"  experiment {name} {state.replace('_', ' ')}"
    yield ""
