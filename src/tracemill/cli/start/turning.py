"""What `tracemill run` and `tracemill sync` do, and how they tell what came of it."""

import os
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

from tracemill.base.loading import hidden
from tracemill.base.text import counted, sized
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_PARTLY
from tracemill.cli.shared.output import Manner, ProgressLine, answer, counts, hint, write
from tracemill.cli.shared.unread import hint_unread
from tracemill.cli.start.standing import following, show_store
from tracemill.flows.results import PlanResult, RunResult
from tracemill.flows.wheel.turn import Options, plan_turn, read_only, turn
from tracemill.report.inputs import fates_in_words
from tracemill.store.workspace import Workspace

_UNKNOWN = "unknown_"


def turn_wheel(
    sources: tuple[Path, ...],
    options: Options,
    common: Manner,
    *,
    dry_run: bool = False,
    only_read: bool = False,
) -> int:
    """Read what is new, build a dataset unless it is only to be read, and say what came of it."""
    workspace = common.open()
    environment = dict(os.environ)
    if dry_run:
        plan = plan_turn(workspace, sources, environment)
        if not answer("plan", plan, common, next_steps=["tracemill run"]):
            _show_plan(plan)
        return EXIT_DONE
    flow, is_first = read_only if only_read else turn, not workspace.exists
    # Arrow would import NumPy, for longer than a session takes to be read
    with ProgressLine(common) as report, hidden("numpy") if only_read else nullcontext():
        result = flow(workspace, sources, environment, options, report)
    next_steps = _next_steps(result)
    if not answer("run", result, common, next_steps=next_steps):
        _show(result, common)
        if is_first and not result.is_example:
            _hint_originals(workspace, common)
        hint(f"next: {next_steps[0]}", common)
    return EXIT_PARTLY if result.failures else EXIT_DONE


def _hint_originals(workspace: Workspace, common: Manner) -> None:
    """Say once that originals are kept, where they are."""
    from tracemill.flows.ingest.consent import keeps_originals

    if keeps_originals(workspace):
        hint(
            f"originals are kept too, unredacted, in {workspace.vault}, closed to other users; "
            "whether that shall be so: `tracemill doctor` says how to keep none",
            common,
        )


def _next_steps(result: RunResult) -> list[str]:
    if not result.is_derived:
        return ["tracemill run", "tracemill status"]
    if result.dataset is None:
        return [following(result.store), "tracemill status"]
    return ["tracemill dataset show", "tracemill episode list", "tracemill session list"]


def _show_plan(plan: PlanResult) -> None:
    if plan.is_example:
        write("No sessions on this machine: the bundled example history would be used.")
    for place in plan.places:
        write(f"Place        {place}")
    write(f"To read      {counted(plan.to_read, 'input')}, {sized(plan.n_bytes)}")
    write(f"Unchanged    {plan.unchanged:,}")
    counts("Skipped", fates_in_words(plan.to_skip))


def _unknown(skipped: Mapping[str, int]) -> dict[str, int]:
    """Return the types of lines and parts of messages that nobody has taught us, by name."""
    return {
        reason.removeprefix(_UNKNOWN): n
        for reason, n in skipped.items()
        if reason.startswith(_UNKNOWN)
    }


def _show(result: RunResult, common: Manner) -> None:
    if result.is_example:
        write("No sessions were found on this machine: this is the bundled example history.")
    counts("Inputs", fates_in_words(result.inputs))
    counts("Not known", _unknown(result.skipped_lines))
    if result.is_derived:
        show_store(result.store)
        if result.dataset:
            write(f"Dataset      {result.dataset}")
    else:
        counts("Records", result.records)
    if not result.changed:
        n_failures = len(result.failures)
        still = f" {counted(n_failures, 'input')} still cannot be read." if n_failures else ""
        write(f"Nothing is new.{still}")
    seconds = sum(stage.seconds for stage in result.stages.values())
    n_bytes = sum(stage.n_bytes for stage in result.stages.values())
    if not result.is_example and common.open().example.exists():
        hint(
            "the bundled example history is in this workspace, and its made-up sessions are "
            "counted and trained on with yours; to be without it, name another folder with "
            "--workspace",
            common,
        )
    if not result.inputs:
        hint(
            "no sessions were found on this machine; to look again at a folder that was read "
            "before, name it",
            common,
        )
    hint(f"{sized(n_bytes)} in {seconds:.2f} s", common)
    beside = result.inputs.get("side_file", 0)
    if beside and not (result.records or result.store.sessions or result.store.documents):
        hint(
            f"left alone: {counted(beside, 'file')}; prompts, plans, decisions and their like are "
            "known by their folders and names; of a git repository their history is read too",
            common,
        )
    hint_unread(result, common)
